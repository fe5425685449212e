/* spawn.h - the starter: a small process that starts programs for the hub, so that the hub itself can
 * give up starting any (what a process gives up, its children are born without).
 *
 * Forked before the store is opened: it knows no key.  What it starts, and what with, is fixed then: the
 * workers, and the modems' power cycles as the configuration says them.  Its children are the hub's own:
 * the hub waits for them, and they die with it.  It ends with the hub.
 */
#ifndef GATEWAY_HUB_SPAWN_H
#define GATEWAY_HUB_SPAWN_H
#include <stddef.h>
#include <sys/types.h>

#define SPAWN_PROGRAMS 4
#define SPAWN_POWER 16
#define SPAWN_NAME 24
#define SPAWN_PATH 256

struct spawn_list {
	char program[SPAWN_PROGRAMS][SPAWN_PATH]; /* workers by path; "" ends */
	struct {
		char name[SPAWN_NAME];
		const char *const *argv;
	} power[SPAWN_POWER]; /* name "" ends */
};
struct spawner;

struct spawner *spawn_open(const struct spawn_list *list); /* NULL with errno */
void spawn_close(struct spawner *s);

/* The process, or -1 with errno: EACCES when it is not in the list, EPIPE when the starter is gone.
 * fd: the worker's end of its socket; stays the caller's. */
pid_t spawn_worker(struct spawner *s, const char *program, const char *name, int fd);
pid_t spawn_power(struct spawner *s, const char *modem);

/* In a child: becomes the worker, with a clean mask and environment and no descriptor but fd. */
_Noreturn void spawn_become(const char *program, const char *name, int fd);
#endif
