/* confine.h - what a process of the gateway gives up, for good.
 *
 * confine_start: at once, before anything is opened: inherited descriptors, signals, core files, the
 * right of others to look into its memory.  confine_finish: when what needs the open world is set up
 * and before READY: files (Landlock), TCP ports (Landlock from version 4), signals to others, and every
 * system call that its work does not need (seccomp).  Kernels differ: what one lacks is left out and
 * told, never silently.  What one has and refuses is an error: the process must end.
 *
 * A worker that makes a system call it may not make is killed: its end costs nothing and is seen, and
 * what took it over gets no second try.  The hub gets EPERM instead: it alone answers texts.
 *
 * Links into every process; libc, the kernel and libseccomp (confine_calls.c alone) only.
 */
#ifndef GATEWAY_HUB_CONFINE_H
#define GATEWAY_HUB_CONFINE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum confine_kind { CONFINE_HUB, CONFINE_MODEM, CONFINE_COURIER, CONFINE_EDGE };

#define CONFINE_FILES_MAX 128 /* files and folders of one worker */
#define CONFINE_PORTS_MAX 64
#define CONFINE_WORDS 64

struct confine {
	enum confine_kind kind;
	unsigned files;           /* most descriptors from now on; 0: as it is */
	size_t memory;            /* octets of address space; 0: as it is */
	const char *device;       /* may be opened, read and written; NULL: none */
	const char *read[CONFINE_FILES_MAX]; /* files and folders that may be read; NULL ends */
	uint16_t port[CONFINE_PORTS_MAX];    /* TCP ports that may be connected to */
	size_t n_ports;
};

/* Of the hub: core files, dumps, privileges, modes of new files; it keeps its signals. 0 or -1, errno. */
int confine_hub_start(void);
int confine_start(void); /* of a worker; 0 or -1 with errno */

/* 0 and what is in force in `what` ("files ports signals calls"; CONFINE_WORDS), or -1 with errno. */
int confine_finish(const struct confine *c, char *what);

/* A file or folder of c->read is another one than when it was confined, has come or gone: the rule
 * holds for the old one, and a new process is needed to read the new. */
bool confine_stale(void);

/* What of `have` (from confine_finish) is missing, in words for a person; "" when nothing is. */
void confine_lacks(enum confine_kind kind, const char *have, char *out, size_t max);

struct confine_kernel {
	int landlock;             /* its version; 0: none */
	bool seccomp;
};
struct confine_kernel confine_kernel(void);
#endif
