/* gate.h - what the blocks of all providers share: the path and secret that make a request theirs, who may
 * call, and the fields of a request by the names a block gives them.
 *
 * Nothing of a request is repeated in a refusal.  Calls values, request.
 */
#ifndef GATEWAY_EDGE_GATE_H
#define GATEWAY_EDGE_GATE_H
#include "gateway/edge/request.h"
#include "gateway/edge/values.h"
#include "gateway/hub/wire.h"

#define GATE_CAPTURES 6

struct gate { /* texts are its own; lists are lines */
	char *name, *path, *in, *auth, *auth_name, *auth_user, *secret, *methods, *addresses, *list;
	bool fold_names;
};
struct gate_capture {
	char name[24];
	struct edge_str value;
};
struct gate_look { /* one request in the reading */
	const struct gate *g;
	const struct edge_request *rq;
	struct values *values;
	struct gate_capture capture[GATE_CAPTURES];
	size_t n_captures;
	struct json_list list; /* of a block with a list: what is left of it */
};

/* Of the pairs of a SETTINGS frame, copied.  False: no memory, or not a block; gate_close all the same. */
bool gate_open(struct gate *g, const struct wire_pairs *p);
void gate_close(struct gate *g);
char *gate_text(const struct wire_pairs *p, const char *name); /* a copy, "" when absent; NULL: no memory */
bool gate_line(const char **p, struct edge_str *out);          /* the lines of a list, one a call */

bool gate_fits(struct gate_look *l, const char *pattern); /* a path with {secret} and other {names} */
unsigned gate_proved(const struct gate *g, const struct edge_request *rq); /* 0, or 401, 403 */
/* Method, type and body into l->values: 0, or the status of the refusal and *why.  Of a block with a list
 * its elements come by gate_next, and gate_done ends it. */
unsigned gate_take(struct gate_look *l, const char **why);
/* The next element into l->values; false: there is none.  *why: NULL, or why it cannot be taken. */
bool gate_next(struct gate_look *l, const char **why);
void gate_done(struct gate_look *l);
/* "sessionId", "path:session", "header:X-Id", "query:id". */
struct edge_str gate_field(const struct gate_look *l, const char *spec, bool *literal, bool *twice);
/* Some line "FIELD=VALUE" or "FIELD^=BEGINNING" holds; *says: the value of one is not empty. */
bool gate_any(const struct gate_look *l, const char *list, bool *says);
/* form: plus digits national.  False: it is no number. */
bool gate_number(const char *form, struct edge_str v, char out[24]);
#endif
