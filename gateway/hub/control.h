/* control.h - the hub's control socket: how commands ask the running hub to do something.
 *
 * A Unix stream socket, mode 0600; one JSON object a line each way.  A request is {"verb": "...", ...};
 * an answer is {"ok": true, ...} or {"ok": false, "error": "what, and the mend"}.  An answer to a verb
 * that changes something is written after its commit.  Bounded: clients, bytes a line.
 */
#ifndef GATEWAY_HUB_CONTROL_H
#define GATEWAY_HUB_CONTROL_H
#include <jansson.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CONTROL_CLIENTS 8
#define CONTROL_LINE_MAX (4u << 20)

struct control;
/* Listens on path (a stale socket there is replaced: the caller holds the store's lock, so no other
 * hub lives).  NULL with words in err. */
struct control *control_listen(const char *path, char *err, size_t errlen);
void control_free(struct control *c); /* closes and unlinks */
size_t control_pollfds(struct control *c, struct pollfd *fds, size_t max);
void control_ready_fds(struct control *c, const struct pollfd *fds, size_t n);
/* The next whole request, or NULL.  *client names the asker until it is answered; *uid is its user.
 * The caller owns the object. */
json_t *control_next(struct control *c, int *client, int *uid);
/* Tells one client from the next in the same place. */
unsigned control_serial(const struct control *c, int client);
void control_answer(struct control *c, int client, json_t *answer); /* takes the reference */

/* The command's side: connects, asks, waits at most timeout_ms.  NULL: nobody listens (errno ENOENT,
 * ECONNREFUSED) or no answer (ETIMEDOUT, EPROTO). */
json_t *control_ask(const char *path, const json_t *request, int timeout_ms);
#endif
