/* tasks.h - tasks of the group: T12, who has it and by when, done or put off, from a phone and from the
 * minutes; and the way other work sets one.
 *
 * A task is an agency's, or one person's of it.  They and the municipality's coordinators may touch
 * it; to anybody else it is as unknown as a number that was never given.  Every move leaves a row in the
 * task's history, the case's and the audit.  Calls cases, alerts, meetings, the outbox and the store. */
#ifndef GATEWAY_CASEWORK_TASKS_H
#define GATEWAY_CASEWORK_TASKS_H
#include "gateway/casework/effects.h"
#include "store/tasks.h"

#define TASKS_LATE_CARRIES 3 /* put off so often, the coordinators hear of it */
#define TASKS_PEOPLE 32

struct tasks_order {
	int64_t case_id;      /* 0 = of no case */
	const char *agency;   /* who has to do it */
	const char *assignee; /* one person of it, "" or NULL = the agency */
	const char *service;  /* visit family_assessment enrol ... "" or NULL = not said */
	const char *due;      /* local day, "" or NULL = the next meeting, if one is known */
	const char *set_by;   /* reporter id, "system", "cli:0" */
	int64_t message;      /* the text it follows from, 0 = none */
	const char *dedupe;   /* the caller's key: set once under it; NULL = none */
};
enum tasks_answer {
	TASKS_DONE,       /* carried out */
	TASKS_THERE,      /* it was set under that key already, or stands so already */
	TASKS_NO_MANDATE, /* the agency has none for tasks */
	TASKS_GONE        /* not open any more */
};
/* Sets one and tells those who have it: by SMS, and over HTTP if the agency has a URL.  *t is the task. */
int tasks_set(struct desk *d, const struct tasks_order *o, struct task *t,
	      enum tasks_answer *answer);

enum tasks_event { TASKS_PROGRESS, TASKS_FINISH, TASKS_DEFER, TASKS_CARRY, TASKS_CANCEL };
/* Moves one.  due: of TASKS_DEFER and TASKS_CARRY, the new day; meeting: the one that puts it off, which
 * does so once (0 = none); t is brought up to date. */
int tasks_move(struct desk *d, struct task *t, enum tasks_event event, const char *who,
	       const char *due, int64_t due_meeting, int64_t meeting, enum tasks_answer *answer);

/* How much is open for a case: for its closing.  And an end to it, as the case is closed. */
int tasks_open_work(struct desk *d, int64_t case_id, int *n);
int tasks_case_closed(struct desk *d, int64_t case_id, const char *who);

/* Those who have it: the person, else all of the agency; of the municipality its coordinators. */
int tasks_people(struct desk *d, const struct task *t, struct reporter who[TASKS_PEOPLE], size_t *n);
bool tasks_is_his(const struct task *t, const struct reporter *from);
/* Open ones that are his, those due first in front. */
int tasks_of(struct desk *d, const struct reporter *from, struct task *out, size_t max, size_t *n);
/* "T12 E26-0147-V 30.11, T13 ... +2" in at most max - 1 octets: the codes are left out first. */
void tasks_words(const struct task *t, size_t n, char *out, size_t max);

/* The task a message set is cancelled again; *undone false: work on it has begun. */
int tasks_takeback(struct desk *d, int64_t message, const struct reporter *from, bool *undone,
		   struct effect *out);

int tasks_new(struct desk *d, const struct message *m, const struct reporter *from,
	      const struct reading *r, struct effect *out);
int tasks_done(struct desk *d, const struct message *m, const struct reporter *from,
	       const struct reading *r, struct effect *out);
int tasks_progress(struct desk *d, const struct message *m, const struct reporter *from,
		   const struct reading *r, struct effect *out);
int tasks_defer(struct desk *d, const struct message *m, const struct reporter *from,
		const struct reading *r, struct effect *out);
int tasks_list(struct desk *d, const struct message *m, const struct reporter *from,
	       const struct reading *r, struct effect *out);
#endif
