/* session.h - a provider's call: whose session it is, where that stands, one answer, one screen.
 *
 * Runs inside a turn; a report is stored, acted upon and its END screen made in the same turn, so that
 * the screen is seen only when the report is durable.  The same request again gives the same screen and
 * moves nothing.  A number that is not on the roster learns what an SMS of it would tell, and leaves no
 * row.  Calls walk, facts, intake and the store.
 */
#ifndef GATEWAY_USSD_SESSION_H
#define GATEWAY_USSD_SESSION_H
#include "gateway/casework/desk.h"
#include "gateway/intake/call_reply.h"

/* Kind "ussd": fields session, msisdn, code, input, sequence, event (new continue close "";
 * "unheard": the answer to call did not reach the provider).  Reply: text,
 * end ("0" "1").  words: ids and places only, never what was typed. */
int session_call(struct desk *d, const struct wire_call *c, struct call_reply *r, char *words, size_t max);
/* A report with a PIN in it was carried out in a later turn (r->waits_for of session_call): its END screen,
 * from the reply. */
int session_resume(struct desk *d, int64_t message, const char *reply, struct call_reply *r, char *words,
		   size_t max);
/* Walks nobody went on with: forgotten; what was begun of a case report is kept for a person.  *n. */
int session_expire(struct desk *d, int64_t *n);
#endif
