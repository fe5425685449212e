/* at_info.h - who the modem is, its SIM lock, its place in the network, and the settings that are
 * only remembered (3GPP TS 27.007, ITU-T V.250).
 *
 * Works on struct at.  May call at_state, net.
 */
#ifndef SIM_AT_INFO_H
#define SIM_AT_INFO_H
#include "tests/sim/modem/at_state.h"

extern const struct at_command at_info_commands[]; /* ends with a NULL name */

/* A command of V.250 that is a letter and a number (E0, I, Z ...); an AT_ result. */
int at_info_basic(struct at *at, char letter, long value);

const struct at_model *at_info_model(const char *name); /* NULL = unknown */
const char *at_info_models(void);
void at_info_lock(struct at *at);   /* takes the SIM fault over into the PIN state */
void at_info_report(struct at *at); /* +CREG unsolicited, when it changed */
void at_info_power(struct at *at);  /* settings as after switching on */
#endif
