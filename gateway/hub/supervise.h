/* supervise.h - starts workers, watches their calls, kills and replaces them; owns their sockets.
 *
 * A worker is a process of our own that may hang or crash at any moment.  It gets its settings in its
 * first frame, says READY, and announces each call that can block with a deadline; past it (after what
 * has arrived was read) it is killed.  A replacement starts after a delay that grows with each early
 * death; a device that reappears resets it.  Times are real milliseconds (clock_mono_ms).
 */
#ifndef GATEWAY_HUB_SUPERVISE_H
#define GATEWAY_HUB_SUPERVISE_H
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>
#include "gateway/hub/wire.h"

#define SUPERVISE_MAX 16      /* workers */
#define SUPERVISE_CALLS 64    /* announced calls of one worker at once */

enum worker_kind { WORKER_MODEM, WORKER_COURIER, WORKER_EDGE };
enum worker_state { WORKER_DOWN, WORKER_STARTING, WORKER_READY, WORKER_STOPPING };
const char *worker_state_name(enum worker_state s);

struct worker_spec {
	enum worker_kind kind;
	char name[24];           /* "sim1", "courier" */
	char binary[256];        /* path */
	char device[128];        /* modem: watched while it is down, "" none */
	int quiet_ms;            /* ready and silent for so long: it is stuck; 0 = it may be silent */
};

struct supervisor;
struct supervise_events {
	void *arg;
	/* Fills the first frame of a new worker; safe: it died twice in one call, drain the safe way. */
	void (*settings)(void *arg, const struct worker_spec *spec, bool safe, struct wire_pairs *out);
	/* Fills the k-th further settings frame, k from 0; false: there is none.  NULL: never any. */
	bool (*more)(void *arg, const struct worker_spec *spec, int k, struct wire_pairs *out);
	/* A decoded frame other than BEGIN, END and READY, with its raw bytes.  False: nothing that this
	 * worker may say now, so it is broken or taken over, and replaced. */
	bool (*frame)(void *arg, int worker, const struct wire_frame *f, const uint8_t *raw, size_t len);
	void (*ready)(void *arg, int worker);
	/* It is gone (socket closed, process reaped): what it had in hand is of unknown outcome. */
	void (*down)(void *arg, int worker, const char *why);
	/* Starts the process with its end of the socket; -1 with errno.  NULL: a plain fork. */
	pid_t (*spawn)(void *arg, const struct worker_spec *spec, int fd);
	/* About to start one: 0, or milliseconds after which to ask again.  NULL: never waits. */
	int (*before)(void *arg, int worker);
};
struct supervisor *supervise_new(const struct supervise_events *ev);
void supervise_free(struct supervisor *s); /* kills what still runs */
int supervise_add(struct supervisor *s, const struct worker_spec *spec); /* its index, or -1 */
void supervise_remove(struct supervisor *s, int worker);                 /* stops it; slot is freed */
int supervise_count(const struct supervisor *s);                         /* slots in use: 0..n-1 */

/* The loop's side. */
size_t supervise_pollfds(struct supervisor *s, struct pollfd *fds, size_t max, bool reading);
void supervise_ready_fds(struct supervisor *s, const struct pollfd *fds, size_t n, size_t frames_max);
void supervise_tick(struct supervisor *s, int64_t now_ms);    /* start, judge deadlines, reap */
int64_t supervise_next_ms(const struct supervisor *s, int64_t now_ms); /* until the next tick is due */

/* Queues a frame (written at once when the socket takes it).  -1: the worker is not there. */
int supervise_send(struct supervisor *s, int worker, const struct wire_frame *f);
/* The same of an encoded one that leaves with supervise_flush: what a turn has to say goes together. */
int supervise_queue(struct supervisor *s, int worker, const uint8_t *frame, size_t len);
void supervise_flush(struct supervisor *s);
/* A job was handed over: its outcome is due within ms, unless the worker announces another time. */
void supervise_expect(struct supervisor *s, int worker, int64_t job, int64_t ms);
void supervise_job_done(struct supervisor *s, int worker, int64_t job); /* ends its announced call */
void supervise_stop_all(struct supervisor *s);    /* STOP to each; those left are killed by free */
bool supervise_idle(const struct supervisor *s);  /* nobody runs */
bool supervise_in_call(const struct supervisor *s); /* somebody is inside a call */

/* What status shows. */
struct worker_view {
	const struct worker_spec *spec;
	enum worker_state state;
	int pid, credit, deaths, delay_ms;
	char call[32], why[96], detail[96];
	int exit_code;           /* of the last one: its exit status, or -1 */
	bool failed;             /* it outstayed a deadline or crashed */
	int n_notes;
	struct {
		char name[24], value[40];
	} note[16];
};
bool supervise_view(const struct supervisor *s, int worker, struct worker_view *out);
/* Generation of the process in this slot: an outcome of an older one is of unknown standing. */
unsigned supervise_generation(const struct supervisor *s, int worker);
#endif
