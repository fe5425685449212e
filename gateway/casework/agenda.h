/* agenda.h - what the group has on its table at a meeting, and what came of the last one.  Codes only.
 *
 * Built from the store at the time it is asked for; owned by the caller.  Calls meetings, tasks and the
 * store. */
#ifndef GATEWAY_CASEWORK_AGENDA_H
#define GATEWAY_CASEWORK_AGENDA_H
#include "gateway/casework/effects.h"
#include "store/agenda.h"
#include "store/alerts.h"
#include "store/cases.h"
#include "store/confirms.h"
#include "store/meetings.h"
#include "store/referrals.h"
#include "store/tasks.h"

#define AGENDA_MONTHS 6  /* of the trend */
#define AGENDA_SMALL 5   /* a count below it is shown as "<5" */
#define AGENDA_ROWS 400  /* of one kind; `cut` says that there are more */

struct agenda_cell {
	char month[8];           /* "2026-11" */
	char concern[16];
	int n;
};
struct agenda_seat {             /* one agency's people */
	char agency[12];
	int yes, no, silent;
};
struct agenda_referral {
	struct referral r;
	char code[24];           /* of its case */
};
struct agenda_closure {
	struct confirmation q;
	char code[24];
};
struct agenda {
	struct meeting m;        /* the one it is for */
	struct meeting last;     /* the one before; id 0: none */
	char today[11];
	bool cut;
	struct task *tasks;      /* open now, or ended since the last meeting */
	struct case_row *high;   /* of high risk, opened since the last meeting */
	struct agenda_referral *referrals;
	struct alert_row *absences; /* education-office rules nobody has acted on */
	struct agenda_closure *closures;
	struct agenda_event *falls;
	struct agenda_cell *trend;
	struct agenda_seat *seats;
	size_t n_tasks, n_high, n_referrals, n_absences, n_closures, n_falls, n_trend, n_seats;
};
/* day: of a meeting, "" = the next one, or the last when none is ahead.  STORE_NONE: there is none. */
int agenda_build(struct desk *d, const char *day, struct agenda **out);
void agenda_free(struct agenda *a);
bool agenda_is_late(const struct agenda *a, const struct task *t);
/* "done" "cancelled" "late" "carried" "deferred" "progress" "open": what to read out of a task. */
const char *agenda_state(const struct agenda *a, const struct task *t);
/* A count for people: "0", "<5", "7". */
void agenda_count(int n, char out[16]);

/* What came of a meeting: tasks set from it until the next one, by agency, and how long children and
 * referrals waited in that time. */
struct outcome_row {
	char agency[12];
	int set, done, late, carried, open, cancelled; /* carried: put off at least once and still open */
};
struct outcome {
	struct meeting m, next;  /* next.id 0: it counts until now */
	int64_t from, to;
	struct outcome_row *rows;
	size_t n_rows;
	int contacts, answers, unanswered;
	int64_t contact_s, answer_s; /* medians, -1 without any */
};
int outcome_build(struct desk *d, const char *day, struct outcome **out);
void outcome_free(struct outcome *o);

int agenda_say(struct desk *d, const struct message *m, const struct reporter *from,
	       const struct reading *r, struct effect *out);
#endif
