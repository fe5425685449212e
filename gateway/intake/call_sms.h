/* call_sms.h - what an SMS provider sends: a text that came in, and its word on one that went out.
 *
 * The edge has proved that it is the provider; whether there is such a block now is judged again here. */
#ifndef GATEWAY_INTAKE_CALL_SMS_H
#define GATEWAY_INTAKE_CALL_SMS_H
#include "gateway/casework/desk.h"
#include "gateway/intake/call_reply.h"

int call_sms(struct desk *d, const struct wire_call *c, struct call_reply *r, char *words, size_t max);
int call_report(struct desk *d, const struct wire_call *c, struct call_reply *r, char *words, size_t max);
#endif
