/* start.h - what is settled with the modem before libgammu has the line: does it answer, is there a
 * SIM, does it want a PIN; and, after deaths, the emptying of its memories.  Calls rawat and talk.
 */
#ifndef GATEWAY_MODEM_START_H
#define GATEWAY_MODEM_START_H
#include "gateway/modem/settings.h"
#include "gateway/modem/talk.h"

enum start_result {
	START_OK = 0,
	START_NO_DEVICE = -1,
	START_MUTE = -2,
	START_SIM = -3,
	START_OVER = -4
};

/* Notes to the hub say why it did not work. */
int start_modem(struct talk *t, const struct modem_settings *s);
#endif
