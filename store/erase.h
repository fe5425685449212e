/* erase.h - what ends: cases erased on request or made anonymous when their time is over, and the holds of
 * the law that keep them.
 *
 * store_forget_case erases: the case's key is destroyed, so that what it sealed is unreadable here and in every
 * backup, and what stands in clear is taken out of every table; the code alone stays, so that it is never
 * given again.  store_anonymise_case destroys the key, too, and keeps what is counted: concern, sex, age band,
 * zone, times, outcomes; the code goes.  Both take its duplicates with it, refuse a case that is open or held
 * (STORE_STATE, the words say which), are turns of their own, and are called again after a failure. */
#ifndef STORE_ERASE_H
#define STORE_ERASE_H
#include "store/store.h"

int store_anonymise_case(struct store *st, int64_t case_id, int64_t now);

/* ---- holds ---- */
#define HOLD_REASON 160
struct legal_hold {
	int64_t id, case_id, at;
	char who[32], reason[HOLD_REASON];
};
/* Inside a turn.  STORE_EXISTS: one stands. */
int hold_put(struct store *st, int64_t case_id, const char *who, const char *reason, int64_t now);
/* STORE_STATE: none stands. */
int hold_release(struct store *st, int64_t case_id, const char *who, int64_t now);
int hold_of(struct store *st, int64_t case_id, struct legal_hold *out); /* STORE_NONE */
int hold_list(struct store *st, int64_t after, struct legal_hold *out, size_t max, size_t *n);

/* ---- erasures that two persons agreed on ---- */
/* Inside a turn; carried out after it, also after a cut.  STORE_EXISTS. */
int erasure_add(struct store *st, int64_t case_id, const char *asked_by, const char *confirmed_by, int64_t now);
/* The next that is to be carried out.  STORE_NONE. */
int erasure_next(struct store *st, int64_t *case_id);
/* Carries the next one out, and its audit row; a turn of its own.  *code: of the case.  STORE_NONE: none waits;
 * STORE_STATE: it was refused, which is on record, and waits no more. */
int erasure_step(struct store *st, int64_t now, char code[24]);

/* After a backup was put back: the next case, from after *after on, whose key the keyring knows as destroyed is
 * erased anew.  STORE_NONE: no more. */
int erase_again(struct store *st, int64_t now, int64_t *after);
#endif
