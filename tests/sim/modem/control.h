/* control.h - the control socket: clients that send command lines and read JSON lines.
 *
 * Owns the socket, its path and its clients.  May call commands.  `now` is milliseconds, monotonic.
 */
#ifndef SIM_CONTROL_H
#define SIM_CONTROL_H
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include "tests/sim/modem/sim.h"

#define CONTROL_CLIENTS 32
#define CONTROL_FDS (CONTROL_CLIENTS + 1)

struct control;

struct control *control_new(struct sim *sim, const char *path); /* NULL with errno set */
void control_free(struct control *c);

/* control_poll fills fds and returns how many; control_run takes them back after poll, and accepts,
 * reads, runs, answers and writes. */
int control_poll(struct control *c, struct pollfd *fds);
void control_run(struct control *c, const struct pollfd *fds, int64_t now);
int64_t control_next(const struct control *c); /* the next deadline of a wait */
bool control_quit(const struct control *c);

/* Client: sends one command, copies the answers to standard output.  Returns an exit status: 0 ok,
 * 1 the answer says no, 2 no connection. */
int control_ask(const char *path, const char *command);
#endif
