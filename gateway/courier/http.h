/* http.h - HTTP deliveries, several at a time.
 *
 * Owns one libcurl multi handle and a pool of easy handles; http.c is the only file that includes
 * curl/curl.h, and no CURLcode leaves it.  One process has at most one of these.
 *
 * Rules kept here: no redirect is followed and no proxy used, whatever the environment says; TLS is
 * verified; each address is judged after name resolution, and again for each request on a kept
 * connection (address.h); the answer's size is bounded; a request is sent at most once a delivery,
 * because a receiver that cannot recognise repeats must not get one that nobody decided on.
 *
 * Outcomes beyond wire.h's words: UNREACHED also for a time-out before the request was let go; an
 * answer whose body is too long is ANSWERED with its status and its first octets, one whose head is too
 * long or ends within itself is BROKEN whatever its status line said; a certificate file that cannot be
 * read is TLS, and a certificate of ours that the server will not have.
 */
#ifndef GATEWAY_COURIER_HTTP_H
#define GATEWAY_COURIER_HTTP_H
#include "gateway/hub/wire.h"

#define HTTP_PARALLEL_MAX 64
#define HTTP_BODY_MAX 65536  /* octets of an answer's body that are read */
#define HTTP_HEAD_MAX 32768  /* octets of an answer's head */
#define HTTP_REPLY_MAX WIRE_REPLY_MAX /* octets of the body that are handed back */
#define HTTP_RETRY_MAX 86400 /* s; a Retry-After beyond is cut to it */

struct http_settings {
	const char *user_agent;
	const char *ca_file; /* certificates for deliveries that name none; NULL: the system's */
	unsigned parallel;   /* 1..HTTP_PARALLEL_MAX */
	long connect_ms;     /* resolving, connecting and the TLS handshake together */
};

struct http;

/* NULL when the library cannot be set up.  The settings' strings are copied. */
struct http *http_open(const struct http_settings *s);
void http_close(struct http *h);

/* Begins one delivery; w and what it points to are copied.  0: it runs.  Otherwise an enum
 * wire_http_result: it ended at once, nothing was sent, and *why (static) says the reason. */
int http_start(struct http *h, const struct wire_work_http *w, const char **why);

/* Sleeps until a transfer moves, a timer of the library is due, or fd (-1: none) is readable, or ended. */
int http_wait(struct http *h, int fd, bool *readable);

/* Moves all transfers and calls done for each that ended; its strings live during the call.  Stops
 * at done's first non-zero value and returns it; -1 when the library fails as a whole. */
int http_move(struct http *h, int (*done)(void *arg, const struct wire_done_http *d), void *arg);

int64_t http_now_ms(void); /* monotonic */
unsigned http_running(const struct http *h);
const char *http_version(void);
#endif
