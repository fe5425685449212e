/* alerts.h - alerts: raised once per subject and window, told to people, acknowledged or escalated. */
#ifndef STORE_ALERTS_H
#define STORE_ALERTS_H
#include "store/store.h"
#include "store/roster.h"

struct alert_row {
	int64_t number;          /* what people type: OK 31 */
	char rule[8];            /* A1 A2 C1 ... */
	char subject[64];        /* "SH1 5A 12", "E26-0147-V" */
	char window[32];         /* with rule and subject: raised once */
	int64_t case_id;         /* 0 = none */
	char state[12];          /* open acked withdrawn done (needs no answer) */
	bool urgent;
	int step;                /* 0 = first audience; grows as nobody answers */
	int64_t raised, escalate_at; /* 0 = never */
	char acked_by[ROSTER_ID];
	int64_t acked_at;
	int64_t message;
};
/* *fresh false: the same rule, subject and window was raised before (row returned in *a). */
int alert_raise(struct store *st, struct alert_row *a, int64_t now, bool *fresh);
int alert_get(struct store *st, int64_t number, struct alert_row *out);
int alert_list(struct store *st, bool open_only, struct alert_row *out, size_t max, size_t *n);
/* Who was told at which step. */
int alert_told(struct store *st, int64_t number, const char *reporter, int step, int64_t outbox);
int alert_was_told(struct store *st, int64_t number, const char *reporter); /* STORE_OK / STORE_NONE */
/* Open alerts a reporter was told of, oldest first. */
int alert_pending(struct store *st, const char *reporter, int64_t *numbers, size_t max, size_t *n);
int alert_ack(struct store *st, int64_t number, const char *reporter, int64_t now); /* STORE_STATE */
/* Also of one that somebody took: `reason` then says who.  STORE_STATE: withdrawn or over before. */
int alert_withdraw(struct store *st, int64_t number, const char *reason, int64_t now);
/* Ids of all who were told. */
int alert_who(struct store *st, int64_t number, char (*ids)[ROSTER_ID], size_t max, size_t *n);
/* What it told of is over; nobody need answer any more. */
int alert_close(struct store *st, int64_t number, const char *reason, int64_t now);
/* It speaks of another stretch of the same thing now; the caller knows that no other alert has this window. */
int alert_move(struct store *st, int64_t number, const char *window);
/* All open ones of a rule that were raised before. */
int alert_close_before(struct store *st, const char *rule, int64_t before, const char *reason,
		       int64_t now);
/* Open and acknowledged ones whose subject lies in [from, before): "SH1 5A " .. "SH1 5A!" is all of a class. */
int alert_standing_with(struct store *st, const char *from, const char *before, struct alert_row *out,
			size_t max, size_t *n);
/* Those of a rule and subject, in any state, whose window lies in [from, before), in its order. */
int alert_in_span(struct store *st, const char *rule, const char *subject, const char *from,
		  const char *before, struct alert_row *out, size_t max, size_t *n);
int alert_open_for(struct store *st, const char *subject, struct alert_row *out, size_t max, size_t *n);
/* Acknowledged ones too: somebody acts on what they say. */
int alert_standing_for(struct store *st, const char *subject, struct alert_row *out, size_t max, size_t *n);
int alert_of_message(struct store *st, int64_t message, struct alert_row *out, size_t max, size_t *n);
/* Open, escalate_at reached; STORE_NONE when none. next_at: the nearest escalate_at still ahead. */
int alert_due(struct store *st, int64_t now, struct alert_row *out);
int alert_next_due(struct store *st, int64_t *at);
int alert_escalated(struct store *st, int64_t number, int step, int64_t escalate_at);
/* The wall clock was set by so many seconds: who has still to answer has as long as before. */
int alert_shift(struct store *st, int64_t seconds);
#endif
