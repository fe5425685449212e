/* returns.h - assisted returns: announced, arrived or missed, followed up, ended.  A move names the states it
 * starts from (STORE_STATE when the return is in none of them). */
#ifndef STORE_RETURNS_H
#define STORE_RETURNS_H
#include "store/store.h"
#include "store/roster.h"

struct return_op {
	int64_t id, case_id, message, announced;
	char who[ROSTER_ID], country[3];
	char day[11], arrived[11]; /* local; arrived "" = not yet */
	char state[12];            /* announced missed arrived ended cancelled */
	bool unsafe;               /* the family is not a safe place */
	int64_t shelter;           /* referral in place of home, 0 = none */
	int stage;                 /* of the later visits: how many were set */
	int64_t look_at;           /* when the clock looks at it next, 0 = never */
	int64_t assessment, reception, visit, enrol; /* task numbers, 0 = none */
};
/* id, announced and state are filled in.  STORE_EXISTS: one of that case is open. */
int return_add(struct store *st, struct return_op *r, int64_t now);
int return_get(struct store *st, int64_t id, struct return_op *out);
/* The open one of a case (announced, missed, arrived); STORE_NONE. */
int return_of_case(struct store *st, int64_t case_id, struct return_op *out);
int return_of_message(struct store *st, int64_t message, struct return_op *out);
/* All that are announced or missed, by id from after id `after`. */
int return_awaited(struct store *st, int64_t after, struct return_op *out, size_t max, size_t *n);
/* Writes day, tasks, unsafe, shelter, stage and look_at; the state does not change. */
int return_update(struct store *st, const struct return_op *r);
/* announced -> missed cancelled; announced, missed -> arrived; arrived, announced, missed -> ended.  arrived:
 * the day, of that state alone, else "". */
int return_move(struct store *st, int64_t id, const char *to, const char *arrived, int64_t look_at);
/* A duplicate's goes on in the case it became; where that has one of its own, it ends. */
int return_merge(struct store *st, int64_t from_case, int64_t to_case);
int return_due(struct store *st, int64_t now, struct return_op *out); /* STORE_NONE */
int return_next_due(struct store *st, int64_t *at);                   /* STORE_NONE */
/* One more with this outcome in the quarter ("2026Q4"): a count, of no case. */
int return_outcome(struct store *st, const char *quarter, const char *outcome);
#endif
