/* call_answer.h - agencies' answers over HTTP: a signed call, or a person's click on a link. */
#ifndef GATEWAY_INTAKE_CALL_ANSWER_H
#define GATEWAY_INTAKE_CALL_ANSWER_H
#include "gateway/casework/desk.h"
#include "gateway/intake/call_reply.h"

/* Kind "answer": block is the agency, fields webhook-id, webhook-timestamp, webhook-signature, body as
 * it was signed.  401 for an agency that is none and for a signature that is not its own, in the
 * same words; 409 for a call that was taken before and for one that comes too late. */
int call_answer(struct desk *d, const struct wire_call *c, struct call_reply *r, char *words, size_t max);
/* Kind "link": field token, and action when it is answered; without, what may be answered is told.
 * The reply's fields: agency, subject, choices ("accept decline"), of an answer state, what came of it.
 * 404 for a token that is none, was used, is too old, or is of an agency that is gone: one answer, after one look. */
int call_link(struct desk *d, const struct wire_call *c, struct call_reply *r, char *words, size_t max);
#endif
