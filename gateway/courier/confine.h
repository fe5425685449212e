/* confine.h - what the courier gives up.
 *
 * confine_start: at once, before anything is opened: inherited descriptors, signals, core dumps.
 * confine_finish: after settings, library and resolver are set up and before READY: privileges and
 * limits for good.
 */
#ifndef GATEWAY_COURIER_CONFINE_H
#define GATEWAY_COURIER_CONFINE_H
#include <stddef.h>

int confine_start(void); /* 0 or -1 with errno */
/* 0 and what is in force in `what` ("no_new_privs,nofile=256"), or -1 with errno. */
int confine_finish(char *what, size_t max);
#endif
