/* decisions.c - carrying out what minutes decided.  See minutes.h. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "gateway/casework/meetings.h"
#include "gateway/casework/minutes.h"
#include "gateway/casework/reminders.h"
#include "gateway/casework/tasks.h"
#include "store/cases.h"

__attribute__((format(printf, 3, 4))) static void fault(struct minutes *m, struct minutes_line *l,
							const char *fmt, ...)
{
	va_list ap;

	if (l->fault[0])
		return;
	va_start(ap, fmt);
	vsnprintf(l->fault, sizeof(l->fault), fmt, ap);
	va_end(ap);
	m->faults++;
}

/* ---- do the lines speak of what is there? ---------------------------------------------------- */

static int check_person(struct desk *d, struct minutes *m, struct minutes_line *l)
{
	struct reporter r;

	int rc = roster_by_id(d->st, l->person, &r);
	if (rc == STORE_NONE) {
		fault(m, l, "\"%s\" is neither an agency nor on the roster", l->person);
		return STORE_OK;
	}
	if (rc != STORE_OK)
		return rc;
	if (!r.active || strcmp(r.role, "teacher") == 0 || strcmp(r.role, "head") == 0)
		fault(m, l, "%s takes no tasks of the group", l->person);
	snprintf(l->agency, sizeof(l->agency), "%.11s", r.agency[0] ? r.agency : "MUN");
	return STORE_OK;
}

static int check_new(struct desk *d, struct minutes *m, struct minutes_line *l)
{
	struct case_row c;

	int rc = case_by_code(d->st, l->code, &c);
	if (rc == STORE_NONE)
		fault(m, l, "no case %s", l->code);
	else if (rc == STORE_OK && strcmp(c.state, "duplicate") == 0)
		fault(m, l, "%s is a duplicate of another case", l->code);
	if (rc != STORE_OK && rc != STORE_NONE)
		return rc;
	rc = l->person[0] ? check_person(d, m, l) : STORE_OK;
	if (rc == STORE_OK && l->agency[0] && !config_mandate_for(d->cf, "task.new", NULL, l->agency))
		fault(m, l, "%s has no mandate for tasks (mandates.cfg, task.new)", l->agency);
	return rc;
}

static int check_old(struct desk *d, struct minutes *m, struct minutes_line *l)
{
	struct task t;

	int rc = task_get(d->st, l->task, &t);
	if (rc == STORE_NONE) {
		fault(m, l, "no task T%" PRId64, l->task);
		return STORE_OK;
	}
	bool cancelled = rc == STORE_OK && strcmp(t.state, "cancelled") == 0;
	bool done = rc == STORE_OK && strcmp(t.state, "done") == 0;
	if ((cancelled && l->kind != MINUTES_CANCEL) || (done && l->kind != MINUTES_FINISH))
		fault(m, l, "T%" PRId64 " is %s already", l->task, t.state);
	return rc;
}

/* What a decision is known by: the same file a second time is the same decisions. */
static void key_of(const struct minutes_line *l, char key[128])
{
	static const char *const verbs[] = { [MINUTES_TASK] = "set", [MINUTES_FINISH] = "done",
					     [MINUTES_DEFER] = "defer",
					     [MINUTES_PROGRESS] = "progress",
					     [MINUTES_CANCEL] = "cancel" };

	if (l->kind == MINUTES_TASK)
		snprintf(key, 128, "set %s %s %s %s", l->code,
			 l->person[0] ? l->person : l->agency, l->service, l->due);
	else
		snprintf(key, 128, "T%" PRId64 " %s %s", l->task, verbs[l->kind], l->due);
}

int minutes_check(struct desk *d, const struct meeting *meeting, struct minutes *m)
{
	char key[128];
	int64_t task;
	int rc = STORE_OK;

	for (size_t i = 0; rc == STORE_OK && i < m->n; i++) {
		struct minutes_line *l = &m->lines[i];
		if (l->fault[0])
			continue;
		key_of(l, key);
		rc = decision_get(d->st, meeting->id, key, &task);
		if (rc == STORE_NONE)
			rc = l->kind == MINUTES_TASK ? check_new(d, m, l) : check_old(d, m, l);
	}
	return rc;
}

/* ---- carrying out ---------------------------------------------------------------------------- */

static int set_one(struct desk *d, const struct minutes_line *l, const char *who, int64_t *number)
{
	struct tasks_order o = { .agency = l->agency, .assignee = l->person, .service = l->service,
				 .due = l->due, .set_by = who };
	enum tasks_answer answer;
	struct case_row c;
	struct task t;

	int rc = case_by_code(d->st, l->code, &c);
	if (rc != STORE_OK)
		return rc;
	o.case_id = c.id;
	rc = tasks_set(d, &o, &t, &answer);
	*number = t.number;
	return rc == STORE_OK && answer != TASKS_DONE ? STORE_STATE : rc;
}

static int move_one(struct desk *d, const struct meeting *meeting, const struct minutes_line *l,
		    const char *who)
{
	static const enum tasks_event events[] = { [MINUTES_FINISH] = TASKS_FINISH,
						   [MINUTES_DEFER] = TASKS_DEFER,
						   [MINUTES_PROGRESS] = TASKS_PROGRESS,
						   [MINUTES_CANCEL] = TASKS_CANCEL };
	enum tasks_answer answer;
	struct task t;

	int rc = task_get(d->st, l->task, &t);
	if (rc == STORE_OK)
		rc = tasks_move(d, &t, events[l->kind], who, l->due, 0, meeting->id, &answer);
	return rc == STORE_OK && answer == TASKS_GONE ? STORE_STATE : rc;
}

static int carry_out(struct desk *d, const struct meeting *meeting, const struct minutes_line *l,
		     const char *who, struct minutes_done *done)
{
	int64_t number = l->task;
	char key[128];

	key_of(l, key);
	int rc = decision_get(d->st, meeting->id, key, &number);
	if (rc == STORE_OK)
		done->already++;
	if (rc != STORE_NONE)
		return rc;
	number = l->task;
	rc = l->kind == MINUTES_TASK ? set_one(d, l, who, &number)
				     : move_one(d, meeting, l, who);
	if (rc == STORE_OK)
		rc = decision_put(d->st, meeting->id, key, number, d->now);
	done->set += l->kind == MINUTES_TASK;
	done->moved += l->kind != MINUTES_TASK;
	return rc;
}

int minutes_apply(struct desk *d, struct meeting *meeting, const struct minutes *m, const char *who,
		  struct minutes_done *done)
{
	char object[32], result[64];
	int rc = STORE_OK;

	memset(done, 0, sizeof(*done));
	for (size_t i = 0; rc == STORE_OK && i < m->n; i++)
		rc = carry_out(d, meeting, &m->lines[i], who, done);
	/* What was decided stands before the meeting ends, and is not carried over as undecided. */
	if (rc == STORE_OK)
		rc = reminders_close(d, meeting, who, &done->carried);
	if (rc == STORE_OK && (done->set || done->moved || done->carried))
		rc = meeting_minuted(d->st, meeting->id);
	if (rc != STORE_OK)
		return rc;
	snprintf(object, sizeof(object), "meeting %" PRId64, meeting->id);
	snprintf(result, sizeof(result), "set %d moved %d already %d carried %d", done->set, done->moved,
		 done->already, done->carried);
	return desk_audit(d, who, "meeting.minutes", object, result, "");
}
