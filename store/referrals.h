/* referrals.h - referrals to agencies: R88, its mandate, its answer, and what is still owed one.
 *
 * States and who moves between them: STATES.md.  Every move is one call that names where it starts;
 * STORE_STATE when the referral is not there any more. */
#ifndef STORE_REFERRALS_H
#define STORE_REFERRALS_H
#include "store/store.h"
#include "store/cases.h"
#include "store/roster.h"

struct referral {
	int64_t number;          /* people type R88 */
	int64_t case_id, message;
	char agency[12], service[32];
	bool urgent;
	char sender[ROSTER_ID];  /* reporter who referred: hears the answer */
	char rule[32];           /* mandate row under which it left, "M44", and its legal basis */
	char basis[160];
	char state[12];          /* created sent accepted declined expired withdrawn completed */
	int64_t created, due;    /* due: an answer is wanted by then */
	int64_t look_at;         /* when the clock looks at it next, 0 = never */
	int chased;              /* reminders sent */
	int64_t answered;        /* 0 = not yet */
	char answered_by[ROSTER_ID], reason[32];
};
/* A number that no referral gets. */
int referral_skip(struct store *st, int64_t *number);
/* number, state ("created") and created are filled in. */
int referral_add(struct store *st, struct referral *r, int64_t now);
int referral_get(struct store *st, int64_t number, struct referral *out);
/* Outbox row that carries it; when one of them arrived: created -> sent (nothing when it was). */
int referral_told(struct store *st, int64_t number, int64_t outbox);
int referral_arrived(struct store *st, int64_t outbox);
/* The referral that a row of the outbox carries; STORE_NONE. */
int referral_of_outbox(struct store *st, int64_t outbox, int64_t *number);
/* created, sent -> accepted declined expired withdrawn; accepted -> completed, withdrawn. */
int referral_settle(struct store *st, int64_t number, const char *to, const char *who,
		    const char *reason, int64_t now);
/* created or sent with look_at reached, STORE_NONE; what is looked at next and how often chased. */
int referral_due(struct store *st, int64_t now, struct referral *out);
int referral_next_due(struct store *st, int64_t *at);
int referral_looked(struct store *st, int64_t number, int64_t look_at, int chased);
/* All of a case, oldest first. */
int referral_of_case(struct store *st, int64_t case_id, struct referral *out, size_t max, size_t *n);
int referral_of_message(struct store *st, int64_t message, struct referral *out);
/* Open ones of a duplicate follow the case it became. */
int referral_move(struct store *st, int64_t from_case, int64_t to_case);
/* Without an answer (created, sent), oldest first, from after number `after`. */
int referral_unanswered(struct store *st, int64_t after, struct referral *out, size_t max,
			size_t *n);
/* An agency's own, the newest first ("" = all agencies'): taken, or without an answer. */
int referral_open_of(struct store *st, const char *agency, bool taken, struct referral *out, size_t max,
		     size_t *n);
/* Answered and not, created in [from, to): for the sheet of a meeting. */
int referral_between(struct store *st, int64_t from, int64_t to, int64_t after,
		     struct referral *out, size_t max, size_t *n);
#endif
