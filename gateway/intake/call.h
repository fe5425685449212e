/* call.h - requests from outside that the edge passed on: one table from kind to who answers it.
 *
 * Runs inside a turn; the reply leaves after the commit.  Whoever calls has proved nothing but that
 * he reached us: each kind judges signature, sender and state itself, and a refusal's words are the
 * same for what does not exist and what is not his.
 */
#ifndef GATEWAY_INTAKE_CALL_H
#define GATEWAY_INTAKE_CALL_H
#include "gateway/casework/desk.h"
#include "gateway/hub/wire.h"

#define CALL_ROOM 16384 /* octets of a reply's texts */

struct call_reply {
	uint16_t status;        /* as of HTTP; 0 counts as 500 */
	char detail[160];       /* of a refusal: for whoever calls, names nobody, repeats nothing */
	struct wire_pairs fields; /* values live in room or are static */
	char room[CALL_ROOM];
	size_t used;
};
/* STORE_OK, or a negative store_rc that ends the turn.  words: one line for the log, "" none. */
int call_take(struct desk *d, const struct wire_call *c, struct call_reply *r, char *words, size_t max);

/* For whoever answers a kind.  False: no room; then the reply is a 500. */
bool call_field(struct call_reply *r, const char *name, const char *value); /* name static, value copied */
void call_refuse(struct call_reply *r, unsigned status, const char *detail);
#endif
