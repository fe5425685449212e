/* confine.h - what a worker on the network gives up.
 *
 * confine_start: at once, before anything is opened: inherited descriptors, signals, core dumps.
 * confine_finish: after settings, library, resolver and listening sockets are set up and before READY:
 * privileges and limits for good.  Links into such workers beside the wire; libc only.
 */
#ifndef GATEWAY_HUB_CONFINE_H
#define GATEWAY_HUB_CONFINE_H
#include <stddef.h>

int confine_start(void); /* 0 or -1 with errno */
/* files: most descriptors from now on.  0 and what is in force in `what` ("no_new_privs,nofile=256"),
 * or -1 with errno. */
int confine_finish(unsigned files, char *what, size_t max);
#endif
