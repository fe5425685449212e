/* dialect.h - one provider's way of asking and being answered, as its block says: data, no code.
 *
 * dialect_ask judges who calls, takes the fields out of a request and names what it is (a new session, an
 * answer, the end of one); dialect_tell writes the answer the block describes.  Nothing of a request is
 * ever repeated in a refusal but what the block's own template echoes.
 * Calls values, request, parser/template.
 */
#ifndef GATEWAY_EDGE_DIALECT_H
#define GATEWAY_EDGE_DIALECT_H
#include "gateway/edge/request.h"
#include "gateway/edge/values.h"
#include "gateway/hub/wire.h"
#include "parser/template.h"

#define DIALECT_KEPT 1900 /* octets of a request that its answer may need */

struct dialect;
/* Of the pairs of its SETTINGS frame, copied; NULL: no memory, or not a block. */
struct dialect *dialect_new(const struct wire_pairs *p);
void dialect_free(struct dialect *d);
const char *dialect_name(const struct dialect *d);
unsigned dialect_deadline_ms(const struct dialect *d);
bool dialect_posts(const struct dialect *d); /* its screens are no answers: the hub has them posted */

enum dialect_what {
	DIALECT_NOT_MINE, /* another path, or another secret in it: as if there were nothing */
	DIALECT_REFUSED,  /* *out is the answer */
	DIALECT_ANSWERED, /* *out is the answer: nothing the hub has to know */
	DIALECT_CALL
};
struct dialect_call { /* views into the request and the values */
	struct edge_str session, msisdn, code, input, sequence;
	const char *event;        /* "new" "continue" "close" "" */
	char number[24];          /* msisdn in one form, if it is one */
};
/* kept: DIALECT_KEPT octets for dialect_tell. */
enum dialect_what dialect_ask(const struct dialect *d, const struct edge_request *rq, struct values *values,
			      struct dialect_call *c, char *kept, struct edge_answer *out);
/* Whose request it was, as kept. */
void dialect_caller(const char *kept, struct edge_str *session, struct edge_str *number);
/* The i-th field that some answer repeats, as kept; s == NULL: it was not there.  False behind the last. */
bool dialect_echo(const struct dialect *d, const char *kept, size_t i, struct edge_str *name, struct edge_str *value,
		  bool *literal);
/* A screen, or (closed) that the end was taken note of. */
void dialect_tell(const struct dialect *d, const char *kept, struct edge_str text, bool end, bool closed,
		  struct edge_answer *out);
/* words: ours, in plain ASCII. */
void dialect_fail(const struct dialect *d, const char *kept, unsigned status, const char *words,
		  struct edge_answer *out);
#endif
