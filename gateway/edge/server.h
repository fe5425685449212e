/* server.h - the HTTP server of the edge: connections, limits, whole requests and their answers.
 *
 * server.c is the only file that includes microhttpd.h.  It owns the daemon and every connection, in
 * one thread: nothing blocks, a request waits suspended until server_answer.  Rules kept here: a
 * request must be complete within head_s + its body's limit, whoever trickles is cut off; an
 * ambiguous length is refused and its connection closed (RFC 9112 6.3); bodies are bounded; one
 * address gets few connections; an answer carries no-store and no hint of the software.
 */
#ifndef GATEWAY_EDGE_SERVER_H
#define GATEWAY_EDGE_SERVER_H
#include "gateway/edge/request.h"

#define SERVER_STATE 2048 /* octets a waiting request may keep for its answer */

struct server_settings {
	const char *listen;         /* "127.0.0.1:8480", "[::1]:8480" */
	const char *tls_cert, *tls_key; /* PEM texts, or NULL: plain */
	unsigned connections, per_address;
	unsigned request_s;         /* longest time from a request's first octet, or from its connection
				       being idle, to its last; and longest wait for an answer */
	size_t body_max;
};
struct server_events {
	void *arg;
	/* A whole request.  True: it is answered in *out.  False: it waits under `token` (never 0), and
	 * what stands in state is there again when it is answered. */
	bool (*request)(void *arg, uint64_t token, const struct edge_request *rq, void *state,
			struct edge_answer *out);
	/* It was asked about and waited, and its answer did not reach who asked. */
	void (*unheard)(void *arg, uint64_t token, const void *state);
	/* It waited too long: answer it in *out; a later server_answer finds nothing. */
	void (*expired)(void *arg, uint64_t token, const void *state, struct edge_answer *out);
};
struct server;

/* NULL, and why (static or strerror text) in *why: an address in use, a certificate not understood. */
struct server *server_open(const struct server_settings *s, const struct server_events *ev,
			   const char **why);
void server_close(struct server *s);
int server_fd(const struct server *s);      /* readable: server_run is due */
int server_timeout_ms(struct server *s);    /* ... or after so long */
int server_run(struct server *s);           /* 0 or -1 */
/* The state of a waiting request, or NULL when it is gone or answered. */
void *server_state(struct server *s, uint64_t token);
/* False: nobody waits under this token any more. */
bool server_answer(struct server *s, uint64_t token, const struct edge_answer *a);
unsigned server_waiting(const struct server *s);
/* No new connections from now on. */
void server_quiesce(struct server *s);
#endif
