/* call.h - requests from outside that the edge passed on: one table from kind to who answers it.
 *
 * Runs inside a turn; the reply leaves after the commit.  Whoever calls has proved nothing but that
 * he reached us: each kind judges signature, sender and state itself, and a refusal's words are the
 * same for what does not exist and what is not his.
 */
#ifndef GATEWAY_INTAKE_CALL_H
#define GATEWAY_INTAKE_CALL_H
#include "gateway/casework/desk.h"
#include "gateway/intake/call_reply.h"

/* STORE_OK, or a negative store_rc that ends the turn.  words: one line for the log, "" none. */
int call_take(struct desk *d, const struct wire_call *c, struct call_reply *r, char *words, size_t max);
/* What a call waited for (r->waits_for) was carried out: its reply, from what came of that message. */
int call_resume(struct desk *d, int64_t message, const char *reply, struct call_reply *r, char *words,
		size_t max);
#endif
