/* worker.h - a modem worker's life: settings, first words, libgammu, READY, then receiving and
 * sending until told to stop or something ends it.  Calls the other files of this folder. */
#ifndef GATEWAY_MODEM_WORKER_H
#define GATEWAY_MODEM_WORKER_H

/* Exit codes; the NOTE "reason" sent before says it in words. */
enum worker_exit {
	WORKER_STOPPED = 0,
	WORKER_HUB_GONE = 3, /* or its frames were not understood */
	WORKER_SETTINGS = 4,
	WORKER_NO_DEVICE = 5, /* not there, or it went away */
	WORKER_MUTE = 6,
	WORKER_SIM = 7,   /* PIN wanted or refused, PUK, no SIM */
	WORKER_SETUP = 8, /* libgammu's set-up failed */
	WORKER_SICK = 9   /* calls failed until the soft steps were used up */
};

int worker_run(int fd); /* fd: the socket to the hub */
#endif
