/* at.h - the simulated modem as its serial line sees it: bytes in, bytes out, time.
 *
 * Owns the state of the AT interpreter, of the SIM lock, of registration and of USSD.  May call the
 * stores, the network, the faults and the events it was given, which stay the caller's.  Nothing
 * here blocks or reads a clock: `now` is milliseconds of the monotonic clock. Rules: 3GPP TS 27.005
 * (SMS, PDU mode), 27.007 (the rest), ITU-T V.250 (the line).
 */
#ifndef SIM_AT_H
#define SIM_AT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "tests/sim/modem/events.h"
#include "tests/sim/modem/fault.h"
#include "tests/sim/modem/net.h"
#include "tests/sim/modem/out.h"
#include "tests/sim/modem/stores.h"

struct at;

struct at_setup {
	const char *model; /* a name at_model_known knows; NULL = "generic" */
	const char *pin;   /* NULL = the SIM asks for none */
};

struct at_counts {
	uint64_t commands, errors, bytes_in, bytes_out, arrivals, announced, deleted, submitted;
	uint64_t reports, ussd, pin_attempts, resets, opens, closes, urc_lost;
};

bool at_model_known(const char *name);
const char *at_model_names(void);

struct at *at_new(const struct at_setup *setup, struct stores *stores, struct net *net,
		  struct fault *fault, struct events *events);
void at_free(struct at *at);

void at_feed(struct at *at, const char *bytes, size_t n); /* what the TE wrote */
void at_run(struct at *at, int64_t now);                  /* does all that is due */
struct out *at_output(struct at *at);                     /* what the TE is to read */
int64_t at_next(const struct at *at,
		int64_t now);       /* when at_run has work again, INT64_MAX = never */
void at_power_cycle(struct at *at); /* settings and half-typed lines are gone */
struct at_counts *at_counts(struct at *at);
void at_counts_json(const struct at *at, struct out *o); /* members of a JSON object */

/* What a person at the control socket changes. */
void at_set_signal(struct at *at, int csq);
void at_set_registration(struct at *at, int stat); /* 27.007 +CREG <stat> */
void at_set_overflow(struct at *at, bool on);      /* a full memory passes messages to the other */
void at_set_pace(struct at *at, int64_t ms);       /* least time between two arrivals */
void at_set_trace(struct at *at, bool on);         /* an event for each command */
void at_set_base(struct at *at, int base);         /* the first index of a memory */
void at_set_reset(struct at *at, int64_t away_ms, bool renumber); /* what AT+CFUN=1,1 does */
void at_sim_changed(struct at *at);                               /* fault->sim has another value */
bool at_idle(const struct at *at);                                /* stores and queue are empty */

/* USSD: the reply to a code ("" as code = to any other), and a message the network begins.  Returns
 * 0, or -1 when the table is full. */
int at_ussd_set(struct at *at, const char *code, int status, int dcs, int64_t delay,
		const char *text);
int at_ussd_push(struct at *at, int status, int dcs, int64_t delay, const char *text);
void at_ussd_clear(struct at *at);
#endif
