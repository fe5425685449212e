/* tasks.h - tasks the group sets: T12, who has it, by when, and what became of it.
 *
 * States and who moves between them: STATES.md.  A move names the state it starts from (STORE_STATE
 * when the task is not in it) and leaves a step in the append-only history. */
#ifndef STORE_TASKS_H
#define STORE_TASKS_H
#include "store/store.h"
#include "store/roster.h"

#define TASK_DAY 11
struct task {
	int64_t number;           /* people type T12 */
	int64_t case_id;          /* 0 = of no case */
	char case_code[24];       /* of that case, "" none: filled in by reading */
	char agency[12];          /* who has to do it */
	char assignee[ROSTER_ID]; /* one person of it, "" = the agency */
	char service[32];         /* visit family_assessment ... "" not said */
	char set_by[ROSTER_ID];
	int64_t set_at, meeting, message; /* meeting: the last one before it was set, 0 none */
	char due[TASK_DAY];       /* local day, "" none */
	int64_t due_meeting;      /* it is due at that meeting and moves with it, 0 = the day stands */
	char state[12];           /* open progress deferred carried done cancelled */
	int carries;              /* how often its day was put off */
	int64_t counted;          /* meeting that put it off last, 0 none */
	char overdue_told[TASK_DAY]; /* the due day of which people heard that it had passed */
	int64_t changed, closed;  /* closed: 0 = not yet */
};
/* number, set_at and changed are filled in.  dedupe: the caller's key or NULL; STORE_EXISTS: a task
 * was made under it, *t is that one. */
int task_add(struct store *st, struct task *t, const char *dedupe, int64_t now);
int task_get(struct store *st, int64_t number, struct task *out);
int task_of_message(struct store *st, int64_t message, struct task *out);

/* One move: what is written down of it as well. */
struct task_move {
	const char *from, *to;    /* states */
	const char *what;         /* progress deferred carried done cancelled */
	const char *who;
	const char *due;          /* the day that stands from now on */
	int64_t due_meeting, counted;
	int carries;
};
int task_move(struct store *st, int64_t number, const struct task_move *m, int64_t now);

/* Open ones, those due first in front, those without a day last.  agency "" = any, case_id 0 = any;
 * from after `after` rows. */
int task_open(struct store *st, const char *agency, int64_t case_id, size_t after, struct task *out,
	      size_t max, size_t *n);
int task_open_count(struct store *st, int64_t case_id, int64_t *n);
/* Every task that was open at some time in [from, to), or set in it, by number from after `after`. */
int task_alive(struct store *st, int64_t from, int64_t to, int64_t after, struct task *out,
	       size_t max, size_t *n);
/* Open ones due on day or before that the meeting has not put off, by number from after `after`. */
int task_to_carry(struct store *st, const char *day, int64_t meeting, int64_t after,
		  struct task *out, size_t max, size_t *n);
/* Open ones due before day of which nobody has heard so yet; the first due day of such ones at all
 * ("" none). */
int task_overdue(struct store *st, const char *day, int64_t after, struct task *out, size_t max,
		 size_t *n);
int task_first_untold(struct store *st, char day[TASK_DAY]);
int task_told_overdue(struct store *st, int64_t number, const char *day);
/* Open tasks due at a meeting follow it to another day; *moved how many. */
int task_follow(struct store *st, int64_t meeting, int64_t to_meeting, const char *day,
		const char *who, int64_t now, int64_t *moved);

/* Open ones of a duplicate follow the case it became. */
int task_to_case(struct store *st, int64_t from_case, int64_t to_case, int64_t now);

struct task_event {
	int64_t id, task, at;
	char who[ROSTER_ID], what[12], due[TASK_DAY];
};
int task_events(struct store *st, int64_t task, struct task_event *out, size_t max, size_t *n);
/* Of all tasks in [from, to), from after id `after`. */
int task_events_between(struct store *st, int64_t from, int64_t to, int64_t after,
			struct task_event *out, size_t max, size_t *n);
#endif
