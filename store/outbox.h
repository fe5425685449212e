/* outbox.h - messages owed to the outside (legs sms and http) and their attempts.
 *
 * Rows outlive the process; callers hold ids.  The body is stored once, sealed, and sent byte for byte
 * on every try.  HTTP is at least once under one uid; an SMS whose outcome is unknown becomes
 * 'uncertain' and is never claimed again by itself.  States: store/STATES.md.
 */
#ifndef STORE_OUTBOX_H
#define STORE_OUTBOX_H
#include "store/store.h"
#include "store/roster.h"

enum outbox_leg { OUTBOX_SMS, OUTBOX_HTTP };
struct outbox_new {
	enum outbox_leg leg;
	const char *kind;       /* reply alert notice */
	const char *reporter;   /* SMS: roster id, or "" for a number that is not on the roster */
	const char *number;     /* SMS: E.164, sealed */
	const char *agency;     /* HTTP: configured agency */
	const char *event;      /* HTTP: "case.new" */
	const void *body;       /* SMS: UTF-8 text; HTTP: exact bytes */
	size_t len;
	bool urgent;
	int64_t alert, message, case_id; /* 0 = none; with case_id the body is under the case's key */
	int64_t not_before, expires;     /* 0 = now / never */
	const char *reason;     /* why it waits, for people; NULL = it does not */
	const char *uid;        /* HTTP: one drawn before by outbox_uid, since the body names it; or NULL */
};
#define OUTBOX_UID 40
void outbox_uid(struct store *st, int64_t now, char uid[OUTBOX_UID]);
/* *id; uid (HTTP: "msg_..." random, stable over tries) may be NULL. */
int outbox_add(struct store *st, const struct outbox_new *o, int64_t now, int64_t *id, char *uid,
	       size_t umax);

#define OUTBOX_BODY_MAX 20480
struct outbox_item {
	int64_t id, created, alert, message, case_id, expires, not_before;
	enum outbox_leg leg;
	char uid[40], kind[12], event[32], agency[12], reporter[ROSTER_ID], number[24];
	char state[12];
	bool urgent;
	int attempts;          /* times it was handed out */
	int failures;          /* ... of which so many failed */
	char phase[16];        /* what the next exchange is for, "" the delivery itself */
	char reason[96];
	size_t len;
	char body[OUTBOX_BODY_MAX]; /* NUL-terminated too */
};
/* Claims the most urgent due row (urgent first, then fair by recipient, then oldest): queued ->
 * inflight (http) or submitting (sms), attempts + 1, an attempt row opened.  skip: agencies (http) or
 * numbers that may not be handed out now, space-separated, or NULL. STORE_NONE when none. */
int outbox_claim(struct store *st, enum outbox_leg leg, int64_t now, const char *worker,
		 const char *skip, struct outbox_item *out);
/* The same of the http leg; hold: agencies of which urgent rows alone may go now. */
int outbox_claim_http(struct store *st, int64_t now, const char *worker, const char *skip,
		      const char *hold, struct outbox_item *out);
/* The oldest row of an agency that is neither urgent nor ended: what an agency that wants its
 * deliveries in order gets next.  *in_hand: it is with a worker.  STORE_NONE. */
int outbox_head(struct store *st, const char *agency, int64_t *not_before, bool *in_hand);
/* The row that outbox_claim would take, as it stands (one that does not open is claimed). */
int outbox_peek(struct store *st, enum outbox_leg leg, int64_t now, const char *skip,
		struct outbox_item *out);
/* SMS parts handed out to a number in the UTC hour of now; *held: one was held back in it.  Adding
 * counts parts, and with held notes that. */
int outbox_hour(struct store *st, const char *number, int64_t now, int64_t *parts, bool *held);
int outbox_hour_add(struct store *st, const char *number, int64_t now, int parts, bool held);
int outbox_load(struct store *st, int64_t id, struct outbox_item *out);
/* A queued row waits until not_before, for a reason that people see; no try is counted. */
int outbox_hold(struct store *st, int64_t id, int64_t not_before, const char *reason);
/* The next due routine SMS (not urgent, no reply) to the same person, by id behind `after`; STORE_NONE.
 * outbox_take claims such a row: queued -> submitting. */
int outbox_routine(struct store *st, const struct outbox_item *like, int64_t now, int64_t after,
		   struct outbox_item *out);
int outbox_take(struct store *st, struct outbox_item *item, int64_t now, const char *worker);
/* The wall clock was set by so many seconds: what is queued keeps its age and its waiting time. */
int outbox_shift(struct store *st, int64_t now, int64_t seconds);
/* Rows of a clock that ran ahead and is set right since: they count as made now. */
int outbox_future(struct store *st, int64_t now);
/* When the next queued row of a leg falls due; STORE_NONE. */
int outbox_next_due(struct store *st, enum outbox_leg leg, int64_t *at);

/* Outcomes; each closes the open attempt and asserts the state it starts from. */
int outbox_sent(struct store *st, int64_t id, int64_t now, int mr, const char *detail); /* sms sent */
int outbox_delivered(struct store *st, int64_t id, int64_t now, int code, const char *detail);
int outbox_defer(struct store *st, int64_t id, int64_t now, int64_t not_before, int code,
		 const char *reason); /* back to queued: it failed, or may not leave yet */
/* HTTP: an exchange of a delivery of several succeeded; the next one is due at once.  phase "" the
 * delivery itself. */
int outbox_step(struct store *st, int64_t id, int64_t now, const char *phase, const char *reason);
/* A row with a worker: what its next exchange will be for, when this one's outcome is settled. */
int outbox_phase(struct store *st, int64_t id, const char *phase);
/* The agency answers again: what waits for a further try of it falls due now. */
int outbox_release(struct store *st, const char *agency, int64_t now);
int outbox_fail(struct store *st, int64_t id, int64_t now, const char *state /* failed dead expired
		 uncertain */, int code, const char *reason);
/* By a person: failed, dead, uncertain -> queued; a delivery over HTTP that waits for its next try falls due. */
int outbox_retry(struct store *st, int64_t id, int64_t now);
int outbox_drop(struct store *st, int64_t id, int64_t now, const char *reason); /* by a person -> dropped */
/* Every SMS to a number that has not left yet, but the answer to message `but`: queued -> dropped; *n. */
int outbox_withdraw(struct store *st, const char *number, int64_t but, int64_t now, const char *reason,
		    int64_t *n);
/* One part of an SMS went out with this TP-MR: delivery reports find it. */
int outbox_part_sent(struct store *st, int64_t id, int part, int mr, int64_t now);
/* A delivery report: newest sms row to this number with this TP-MR. status: raw TP-ST. */
int outbox_report(struct store *st, const char *number, int mr, int status, int64_t now, int64_t *id);
/* At start and when a worker died: http inflight -> queued (same uid), sms submitting -> uncertain.
 * worker NULL = all. *n rows. */
int outbox_recover(struct store *st, const char *worker, int64_t now, int64_t *http, int64_t *sms);
int outbox_expire(struct store *st, int64_t now, int64_t *n);
/* After the first failed hour of an alert's delivery somebody is told once. */
int outbox_overdue(struct store *st, int64_t before, struct outbox_item *out); /* marks it as told */
int outbox_list(struct store *st, const char *state /* NULL = all */, int64_t after,
		struct outbox_item *out, size_t max, size_t *n); /* bodies left empty */
/* Of these what is still owed, or wants a person. */
int outbox_owed(struct store *st, int64_t after, struct outbox_item *out, size_t max, size_t *n);
struct outbox_try { /* one handing out */
	int n, code;
	int64_t started, ended; /* 0: it is out */
	char worker[32], outcome[12], detail[96];
};
/* The newest first. */
int outbox_tries(struct store *st, int64_t id, struct outbox_try *out, size_t max, size_t *n);
/* Rows an agency has still to get, and those that were given up. */
int outbox_of_agency(struct store *st, const char *agency, int64_t *waiting, int64_t *dead);
int outbox_count(struct store *st, enum outbox_leg leg, const char *state, int64_t *n);
#endif
