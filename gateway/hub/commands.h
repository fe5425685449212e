/* commands.h - answers the control socket: status, and the verbs, each in a turn of its own. */
#ifndef GATEWAY_HUB_COMMANDS_H
#define GATEWAY_HUB_COMMANDS_H
#include "gateway/hub/state.h"

void commands_run(struct hub *h);
#endif
