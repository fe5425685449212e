/* confirms.h - what waits for a person's PO or JO, under the number of the alert that asks. */
#ifndef STORE_CONFIRMS_H
#define STORE_CONFIRMS_H
#include "store/store.h"
#include "store/roster.h"

struct confirmation {
	int64_t number;             /* of the alert: PO 41 */
	char kind[8];               /* close risk merge refer send */
	int64_t case_id, other;     /* other: of a merge, the case it would become; 0 none */
	char value[64];             /* close: reason; risk: the new one; refer, send: "TV shelter" */
	char asked_by[ROSTER_ID];
	int64_t asked, answered;
	char state[12];             /* waiting confirmed denied withdrawn */
	char answered_by[ROSTER_ID];
};
/* STORE_EXISTS: one of that kind waits for that case already. */
int confirm_add(struct store *st, const struct confirmation *c, int64_t now);
int confirm_get(struct store *st, int64_t number, struct confirmation *out);
/* The one that waits for a case, STORE_NONE. */
int confirm_waiting_of(struct store *st, const char *kind, int64_t case_id,
		       struct confirmation *out);
/* Waiting ones a reporter was told of; kind NULL = any. */
int confirm_told(struct store *st, const char *reporter, const char *kind, struct confirmation *out,
		 size_t max, size_t *n);
/* All that wait, oldest first, from after number `after`; kind NULL = any ("close": closures that
 * await approval). */
int confirm_waiting(struct store *st, const char *kind, int64_t after, struct confirmation *out,
		    size_t max, size_t *n);
/* waiting -> confirmed denied withdrawn; STORE_STATE. */
int confirm_settle(struct store *st, int64_t number, const char *to, const char *who, int64_t now);
#endif
