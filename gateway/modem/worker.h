/* worker.h - a modem worker's life: settings, first words, libgammu, READY, then receiving and
 * sending until told to stop or something ends it.  Calls the other files of this folder. */
#ifndef GATEWAY_MODEM_WORKER_H
#define GATEWAY_MODEM_WORKER_H
#include "gateway/hub/wire.h"

/* Exit codes; the NOTE "reason" sent before says it in words. */
enum worker_exit {
	WORKER_STOPPED = WIRE_MODEM_STOPPED,
	WORKER_HUB_GONE = WIRE_MODEM_HUB,
	WORKER_SETTINGS = WIRE_MODEM_SETTINGS,
	WORKER_NO_DEVICE = WIRE_MODEM_NO_DEVICE,
	WORKER_MUTE = WIRE_MODEM_MUTE,
	WORKER_SIM = WIRE_MODEM_SIM,
	WORKER_SETUP = WIRE_MODEM_SETUP,
	WORKER_SICK = WIRE_MODEM_SICK
};

int worker_run(int fd); /* fd: the socket to the hub */
#endif
