/* at_ussd.h - +CUSD (3GPP TS 27.007 7.15): codes, sessions, and messages the network begins.
 *
 * Works on struct at.  May call at_state, parser/gsm7, parser/ucs2, parser/tpdu (hex).
 */
#ifndef SIM_AT_USSD_H
#define SIM_AT_USSD_H
#include "tests/sim/modem/at_state.h"

extern const struct at_command at_ussd_commands[]; /* ends with a NULL name */

void at_ussd_run(struct at *at); /* sends the reply that is due */
int64_t at_ussd_next(const struct at *at);
#endif
