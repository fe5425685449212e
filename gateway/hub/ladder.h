/* ladder.h - what to try next with a modem whose worker keeps ending: the hard steps of recovery.
 *
 * Pure policy and its counters; the hub carries the steps out and keeps the counters in the store, so
 * that neither a restart of the hub nor a power cut begins the climb anew.  Below it stand the soft
 * steps, which the worker takes by itself (retry, AT and its settings, radio off and on).
 *
 *   reopen   a new worker opens the device by its stable name
 *   restart  the new worker says AT+CFUN=1,1 first
 *   power    the configured program switches the modem off and on, at most once in ten minutes
 *   down     told to people; a hard step again each five minutes
 *
 * A modem that was ready for ten minutes is well again.  now: UTC seconds; a clock that went back
 * makes steps wait, never repeat.
 */
#ifndef GATEWAY_HUB_LADDER_H
#define GATEWAY_HUB_LADDER_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LADDER_TEXT 96

enum ladder_rung { LADDER_REOPEN, LADDER_RESTART, LADDER_POWER, LADDER_DOWN };
enum ladder_fault {
	LADDER_DEVICE, /* the device is not there */
	LADDER_MODEM,  /* it does not do as asked */
	LADDER_PERSON  /* only a person can help: PIN, PUK */
};
struct ladder {
	enum ladder_rung rung;
	int failures;                   /* on this rung */
	int64_t restart_at, power_at;   /* when last done, 0 = never */
	int64_t ready_at;               /* ready since, 0 = not; not kept over restarts */
	bool told;                      /* people know that it is down */
	enum ladder_fault fault;        /* the last one */
};

void ladder_failed(struct ladder *l, enum ladder_fault fault, bool has_power, int64_t now);
void ladder_ready(struct ladder *l, int64_t now);
/* What to do before or with the next worker: LADDER_REOPEN, LADDER_RESTART or LADDER_POWER.  The
 * step counts as done. */
enum ladder_rung ladder_step(struct ladder *l, bool has_power, int64_t now);
/* True once when it is well again after trouble; the counters are then cleared. */
bool ladder_mended(struct ladder *l, int64_t now);
/* True once for each time it goes down. */
bool ladder_alarm(struct ladder *l);
const char *ladder_name(enum ladder_rung r);

/* The counters as text and back; false: not understood, and *l is cleared. */
void ladder_write(const struct ladder *l, char out[LADDER_TEXT]);
bool ladder_read(struct ladder *l, const char *text);
#endif
