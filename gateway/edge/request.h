/* request.h - one HTTP request and its answer, free of any server library: what routes and dialects
 * work on, and what their tests and fuzz targets build.
 *
 * Views are octets with a length, not NUL-terminated, and live as long as the request.  Names of
 * headers are compared without regard to case (RFC 9110 5.1); query arguments keep theirs.  An
 * argument or header that comes twice is no argument at all where it matters: who means the first
 * and who means the last cannot be known, so request_arg and request_header say so with *twice.
 *
 * Pure; allocates nothing; libc only.
 */
#ifndef GATEWAY_EDGE_REQUEST_H
#define GATEWAY_EDGE_REQUEST_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EDGE_PAIRS_MAX 64
#define EDGE_ANSWER_MAX 24576 /* octets of an answer's body */
#define EDGE_HEADERS_MAX 4    /* of an answer, beside Content-Type */

struct edge_str {
	const char *s;
	size_t len;
};
struct edge_pair {
	struct edge_str name, value;
};
struct edge_request {
	const char *method, *path;      /* path: percent-decoded */
	struct edge_pair arg[EDGE_PAIRS_MAX], header[EDGE_PAIRS_MAX];
	size_t n_args, n_headers;
	struct edge_str body;
	char peer[64];                  /* numeric address */
};
struct edge_answer {
	unsigned status;
	const char *type;               /* static text */
	char header[EDGE_HEADERS_MAX][160]; /* "Name: value" */
	unsigned n_headers;
	bool close;                     /* the connection ends with this answer */
	unsigned wait_ms;               /* of a request that waits: how long at most, 0 = as any */
	char body[EDGE_ANSWER_MAX];
	size_t len;
};

/* s == NULL: absent.  twice may be NULL. */
struct edge_str request_arg(const struct edge_request *rq, const char *name, bool *twice);
struct edge_str request_header(const struct edge_request *rq, const char *name, bool *twice);
bool edge_is(struct edge_str v, const char *s);
/* The media type alone, without parameters: "application/json; charset=utf-8" is "application/json". */
bool request_type_is(const struct edge_request *rq, const char *type);

/* May this request be believed to end where we think it ends?  NULL, or why not: two lengths, a
 * length beside chunks, an unknown coding (RFC 9112 6.1, 6.3: request smuggling). */
const char *request_ambiguous(const struct edge_request *rq);

/* Text into the answer, as a whole or (it did not fit) not at all: false. */
bool answer_text(struct edge_answer *a, unsigned status, const char *type, const char *text);
/* RFC 9457: {"title":...,"status":...,"detail":...}; detail may be NULL.  What was sent is never
 * repeated in it. */
void answer_problem(struct edge_answer *a, unsigned status, const char *detail);
bool answer_header(struct edge_answer *a, const char *name, const char *value);
/* Equal or not, in a time that depends on the lengths alone. */
bool edge_same_secret(struct edge_str given, const char *secret);
#endif
