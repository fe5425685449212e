/* at_sms.h - the message commands (3GPP TS 27.005, PDU mode) and the arrival of messages.
 *
 * Works on struct at.  May call at_state, stores, net, parser/tpdu.
 */
#ifndef SIM_AT_SMS_H
#define SIM_AT_SMS_H
#include "tests/sim/modem/at_state.h"

extern const struct at_command at_sms_commands[]; /* ends with a NULL name */

int at_sms_text(struct at *at);    /* Ctrl-Z came: what the prompt collected; an AT_ result */
void at_sms_arrive(struct at *at); /* takes what the network holds, as far as there is room */
int64_t at_sms_next(const struct at *at);
#endif
