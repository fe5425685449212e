/* tasks.c - tasks of the group.  See tasks.h. */
#include "gateway/casework/tasks.h"
#include "gateway/casework/decoy.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "gateway/casework/alerts.h"
#include "gateway/casework/answer.h"
#include "gateway/casework/cases.h"
#include "gateway/casework/lifecycle.h"
#include "gateway/casework/meetings.h"
#include "gateway/hub/clock.h"
#include "gateway/outbox/notice.h"

#define LIST 64
#define EVENT_NEW "task.new"
#define EVENT_CARRIED "task.carried"

/* ---- the states ----------------------------------------------------------------------------- */

#define OPEN_STATES 4
static const char *const open_states[OPEN_STATES] = { "open", "progress", "deferred", "carried" };

/* From every open state: where an event leads and what is written down.  Ended is ended. */
static const struct {
	const char *to, *what, *verb;
} moves[] = {
	[TASKS_PROGRESS] = { "progress", "progress", "task.progress" },
	[TASKS_FINISH] = { "done", "done", "task.done" },
	[TASKS_DEFER] = { "deferred", "deferred", "task.defer" },
	[TASKS_CARRY] = { "carried", "carried", "task.carry" },
	[TASKS_CANCEL] = { "cancelled", "cancelled", "task.cancel" },
};

static bool is_open(const struct task *t)
{
	for (size_t i = 0; i < OPEN_STATES; i++) {
		if (strcmp(t->state, open_states[i]) == 0)
			return true;
	}
	return false;
}

/* ---- whose ---------------------------------------------------------------------------------- */

static bool coordinates(const struct reporter *from)
{
	return cases_sees_all(from) && strcmp(from->role, "coordinator") == 0;
}

static bool by_school(const struct reporter *from)
{
	return strcmp(from->role, "teacher") == 0 || strcmp(from->role, "head") == 0;
}

/* The municipality's tasks are its coordinators' and duty officers': its other workers see the codes of
 * their own cases alone. */
static bool of_agency(const struct task *t, const struct reporter *from)
{
	if (strcmp(t->agency, "MUN") == 0)
		return cases_sees_all(from);
	return !by_school(from) && strcmp(t->agency, from->agency) == 0;
}

bool tasks_is_his(const struct task *t, const struct reporter *from)
{
	return t->assignee[0] ? strcmp(t->assignee, from->id) == 0 : of_agency(t, from);
}

static bool may_touch(const struct task *t, const struct reporter *from)
{
	return coordinates(from) || tasks_is_his(t, from) || of_agency(t, from);
}

static bool hears(const struct task *t, const struct reporter *r)
{
	if (!r->active)
		return false;
	if (!t->assignee[0] && strcmp(t->agency, "MUN") == 0)
		return coordinates(r);
	return tasks_is_his(t, r);
}

int tasks_people(struct desk *d, const struct task *t, struct reporter who[TASKS_PEOPLE], size_t *n)
{
	struct reporter rows[TASKS_PEOPLE];
	char after[ROSTER_ID] = "";
	size_t got = TASKS_PEOPLE;
	int rc = STORE_OK;

	*n = 0;
	while (rc == STORE_OK && got == TASKS_PEOPLE && *n < TASKS_PEOPLE) {
		rc = roster_list(d->st, after, rows, TASKS_PEOPLE, &got);
		for (size_t i = 0; rc == STORE_OK && i < got && *n < TASKS_PEOPLE; i++) {
			if (hears(t, &rows[i]))
				who[(*n)++] = rows[i];
		}
		if (got)
			memcpy(after, rows[got - 1].id, sizeof(after));
	}
	return rc == STORE_NONE ? STORE_OK : rc;
}

static bool row_has(const struct config_mandate *row, const char *key)
{
	for (const char **k = row ? row->keys : NULL; k && *k; k++) {
		if (strcmp(*k, key) == 0)
			return true;
	}
	return false;
}

/* The case's code goes where the mandate lets it, by SMS as over HTTP. */
static bool may_know_case(const struct desk *d, const char *agency)
{
	return row_has(config_mandate_for(d->cf, EVENT_NEW, NULL, agency), "case");
}

int tasks_of(struct desk *d, const struct reporter *from, struct task *out, size_t max, size_t *n)
{
	struct task rows[LIST];
	size_t got = LIST, at = 0;
	int rc = STORE_OK;

	*n = 0;
	while (rc == STORE_OK && got == LIST && *n < max) {
		rc = task_open(d->st, "", 0, at, rows, LIST, &got);
		at += got;
		for (size_t i = 0; rc == STORE_OK && i < got && *n < max; i++) {
			if (!tasks_is_his(&rows[i], from))
				continue;
			out[*n] = rows[i];
			if (!coordinates(from) && !may_know_case(d, rows[i].agency))
				out[*n].case_code[0] = '\0';
			++*n;
		}
	}
	return rc == STORE_NONE ? STORE_OK : rc;
}

/* ---- words ---------------------------------------------------------------------------------- */

static void name_of(const struct task *t, char out[24])
{
	snprintf(out, 24, "T%" PRId64, t->number);
}

static void short_day(const char *iso, char out[8])
{
	out[0] = '\0';
	if (strlen(iso) == 10)
		snprintf(out, 8, "%.2s.%.2s", iso + 8, iso + 5);
}

static bool words(const struct task *t, size_t n, bool codes, char *out, size_t max)
{
	size_t at = 0;

	out[0] = '\0';
	for (size_t i = 0; i < n; i++) {
		char one[64], day[8], more[24] = "";
		short_day(t[i].due, day);
		snprintf(one, sizeof(one), "%sT%" PRId64 "%s%s%s%s", i ? ", " : "", t[i].number,
			 codes && t[i].case_code[0] ? " " : "", codes ? t[i].case_code : "",
			 day[0] ? " " : "", day);
		if (i + 1 < n)
			snprintf(more, sizeof(more), " +%zu", n - i - 1);
		if (at + strlen(one) + strlen(more) >= max) {
			snprintf(out + at, max - at, " +%zu", n - i);
			return false;
		}
		at += (size_t)snprintf(out + at, max - at, "%s", one);
	}
	return true;
}

void tasks_words(const struct task *t, size_t n, char *out, size_t max)
{
	if (!words(t, n, true, out, max))
		words(t, n, false, out, max);
}

static const char *action(const struct desk *d, const struct task *t, const struct reporter *to,
			  char out[64])
{
	char id[48];

	snprintf(id, sizeof(id), "service_%s", t->service[0] ? t->service : "task");
	if (!answer_word(d, to, id, out)[0])
		answer_word(d, to, "service_task", out);
	for (char *p = out; *p; p++) /* the catalogue has some as keywords are typed */
		*p = (char)(*p >= 'A' && *p <= 'Z' ? *p + 32 : *p);
	return out;
}

static int audit(struct desk *d, const char *who, const char *verb, const struct task *t,
		 const char *result, const char *rule)
{
	char object[32];

	/* "T1" alone may be a reporter's id */
	snprintf(object, sizeof(object), "task T%" PRId64, t->number);
	return desk_audit(d, who, verb, object, result, rule);
}

/* The case's own history names its tasks; the text's notes lie there under the case's key. */
static int history(struct desk *d, const struct task *t, const char *who, const char *what,
		   const struct reading *r)
{
	char detail[96], day[8];

	if (!t->case_id)
		return STORE_OK;
	short_day(t->due, day);
	snprintf(detail, sizeof(detail), "T%" PRId64 " %s %s %s %s", t->number, what, t->agency,
		 t->service, day);
	return case_event_add(d->st, t->case_id, d->now, who, "task", detail, r ? r->text : "",
			      r ? r->text_len : 0);
}

/* ---- telling -------------------------------------------------------------------------------- */

static int tell_http(struct desk *d, const struct task *t, const struct config_mandate *row,
		     bool *sent)
{
	char name[24];
	struct post_event e = { .event = EVENT_NEW, .case_id = t->case_id,
				.case_code = t->case_code, .service = t->service, .task = name,
				.due = t->due, .age = -1, .n_children = -1, .pupil = -1,
				.days = -1 };

	name_of(t, name);
	return post_http(d, &e, row, sent);
}

static int tell_one(struct desk *d, const struct task *t, const struct reporter *to, bool code,
		    bool *told)
{
	char name[24], day[8], what[64];

	name_of(t, name);
	short_day(t->due, day);
	const char *id = code && t->case_code[0] ? (day[0] ? "task_sms" : "task_sms_open")
						 : (day[0] ? "task_sms_bare" : "task_sms_bare_open");
	const struct message_fill fills[] = { { "task", name },
					      { "action", action(d, t, to, what) },
					      { "case", t->case_code },
					      { "due", day } };
	return notice_one(d, to, id, fills, 4, t->case_id, false, told);
}

static int tell_untold(struct desk *d, const struct task *t)
{
	char name[24];
	const struct message_fill fills[] = { { "task", name }, { "agency", t->agency } };

	name_of(t, name);
	return notice_role(d, "coordinator", "task_untold", fills, 2, t->case_id, false, NULL);
}

/* Who set it himself needs no SMS of it: his reply says so. */
static int tell_new(struct desk *d, const struct task *t, const struct config_mandate *row)
{
	struct reporter who[TASKS_PEOPLE];
	char list[64] = "", result[96];
	size_t n = 0, told_n = 0;
	bool http = false;

	int rc = tell_http(d, t, row, &http);
	if (rc == STORE_OK)
		rc = tasks_people(d, t, who, &n);
	for (size_t i = 0; rc == STORE_OK && i < n; i++) {
		bool told = false, own = strcmp(who[i].id, t->set_by) == 0;
		if (!own)
			rc = tell_one(d, t, &who[i], may_know_case(d, t->agency), &told);
		told_n += told || own;
		if (told)
			desk_join(list, sizeof(list), ",", who[i].id);
	}
	if (rc == STORE_OK && told_n == 0 && !http)
		rc = tell_untold(d, t);
	snprintf(result, sizeof(result), "%s sms:%s http:%d", t->agency, list[0] ? list : "-", http);
	return rc == STORE_OK ? audit(d, t->set_by, "task.set", t, result, row->rule) : rc;
}

/* One line to all who have it but `who`. */
static int tell_change(struct desk *d, const struct task *t, const char *message, const char *who)
{
	struct reporter people[TASKS_PEOPLE];
	char name[24];
	size_t n = 0;
	bool told;

	name_of(t, name);
	const struct message_fill fills[] = { { "task", name } };
	int rc = tasks_people(d, t, people, &n);
	for (size_t i = 0; rc == STORE_OK && i < n; i++) {
		if (strcmp(people[i].id, who) != 0)
			rc = notice_one(d, &people[i], message, fills, 1, t->case_id, false, &told);
	}
	return rc;
}

static bool has_rule(const struct desk *d, const char *event)
{
	for (size_t i = 0; i < d->cf->n_rules; i++) {
		if (strcmp(d->cf->rules[i].event, event) == 0)
			return true;
	}
	return false;
}

/* Put off a third time, and at each further time: the coordinators, by the rule or, where the
 * configuration has none, by a plain notice. */
static int escalate(struct desk *d, const struct task *t, const char *who)
{
	char name[24], subject[40], window[40], times[16];
	int raised;

	name_of(t, name);
	snprintf(subject, sizeof(subject), "%s %s", name, t->agency);
	snprintf(window, sizeof(window), "%s+%d", t->due, t->carries);
	snprintf(times, sizeof(times), "%d", t->carries);
	if (!has_rule(d, EVENT_CARRIED)) {
		const struct message_fill fills[] = { { "task", name }, { "n", times } };
		return notice_role(d, "coordinator", "task_carried", fills, 2, t->case_id, false,
				   NULL);
	}
	struct alerts_about about = { .subject = subject, .window = window, .case_id = t->case_id,
				      .message = t->message, .who = who };
	about.facts = (struct post_event){ .case_id = t->case_id, .task = name, .due = t->due,
					   .age = -1, .n_children = -1, .pupil = -1, .days = -1 };
	return alerts_raise_event(d, EVENT_CARRIED, &about, &raised);
}

/* ---- setting and moving --------------------------------------------------------------------- */

static const char *or_empty(const char *s)
{
	return s ? s : "";
}

/* Without a day of its own it is due at the next meeting. */
static int default_due(struct desk *d, struct task *t)
{
	struct meeting next;
	char today[CLOCK_DAY], day[CLOCK_DAY];

	int rc = meetings_next(d, d->now, &next);
	if (rc == STORE_NONE)
		return STORE_OK;
	if (rc != STORE_OK)
		return rc;
	clock_day(next.at, day);
	clock_day(d->now, today);
	/* What is set on the day of a meeting is for the one after it. */
	if (strcmp(day, today) == 0)
		rc = meetings_next(d, next.at + MEETING_HALF_DAY, &next);
	if (rc != STORE_OK)
		return rc == STORE_NONE ? STORE_OK : rc;
	clock_day(next.at, t->due);
	t->due_meeting = next.id;
	return STORE_OK;
}

static int fill(struct desk *d, const struct tasks_order *o, struct task *t)
{
	struct meeting last;

	memset(t, 0, sizeof(*t));
	t->case_id = o->case_id;
	t->message = o->message;
	desk_cut(t->agency, sizeof(t->agency), o->agency);
	desk_cut(t->assignee, sizeof(t->assignee), or_empty(o->assignee));
	desk_cut(t->service, sizeof(t->service), or_empty(o->service));
	desk_cut(t->set_by, sizeof(t->set_by), o->set_by);
	desk_cut(t->due, sizeof(t->due), or_empty(o->due));
	int rc = t->due[0] ? STORE_OK : default_due(d, t);
	if (rc == STORE_OK)
		rc = meetings_last(d, &last);
	if (rc == STORE_OK)
		t->meeting = last.id;
	return rc == STORE_NONE ? STORE_OK : rc;
}

/* A case with a task has a plan; one that has ended stays as it is. */
static int planned(struct desk *d, const struct tasks_order *o)
{
	struct case_row c;

	int rc = o->case_id ? case_by_id(d->st, o->case_id, &c) : STORE_STATE;
	if (rc == STORE_OK)
		rc = life_move(d, &c, LIFE_TASK, o->set_by, 0);
	return rc == STORE_STATE ? STORE_OK : rc;
}

int tasks_set(struct desk *d, const struct tasks_order *o, struct task *t,
	      enum tasks_answer *answer)
{
	const struct config_mandate *row = config_mandate_for(d->cf, EVENT_NEW, NULL, o->agency);

	*answer = TASKS_NO_MANDATE;
	if (!row)
		return STORE_OK;
	int rc = fill(d, o, t);
	if (rc == STORE_OK)
		rc = task_add(d->st, t, o->dedupe, d->now);
	*answer = rc == STORE_EXISTS ? TASKS_THERE : TASKS_DONE;
	if (rc == STORE_EXISTS)
		return STORE_OK;
	if (rc == STORE_OK)
		rc = history(d, t, o->set_by, "set", NULL);
	if (rc == STORE_OK)
		rc = planned(d, o);
	return rc == STORE_OK ? tell_new(d, t, row) : rc;
}

/* A day that is put off is counted, once for one meeting; one brought forward is not. */
static bool counts(const struct task *t, enum tasks_event event, const char *due, int64_t meeting)
{
	if (event != TASKS_DEFER && event != TASKS_CARRY)
		return false;
	return t->due[0] && strcmp(due, t->due) > 0 && !(meeting && t->counted == meeting);
}

int tasks_move(struct desk *d, struct task *t, enum tasks_event event, const char *who,
	       const char *due, int64_t due_meeting, int64_t meeting, enum tasks_answer *answer)
{
	bool dated = event == TASKS_DEFER || event == TASKS_CARRY;
	bool count = counts(t, event, due, meeting);
	char was[16];

	*answer = TASKS_GONE;
	if (strcmp(t->state, moves[event].to) == 0 && (!dated || strcmp(t->due, due) == 0))
		*answer = TASKS_THERE;
	else if (is_open(t))
		*answer = TASKS_DONE;
	if (*answer != TASKS_DONE)
		return STORE_OK;
	desk_cut(was, sizeof(was), t->state);
	const struct task_move m = { .from = was, .to = moves[event].to,
				     .what = moves[event].what, .who = who,
				     .due = dated ? due : t->due,
				     .due_meeting = dated ? due_meeting : t->due_meeting,
				     .counted = count && meeting ? meeting : t->counted,
				     .carries = t->carries + count };
	int rc = task_move(d->st, t->number, &m, d->now);
	if (rc == STORE_OK)
		rc = task_get(d->st, t->number, t);
	if (rc == STORE_OK)
		rc = audit(d, who, moves[event].verb, t, t->due[0] ? t->due : "-", "");
	if (rc == STORE_OK)
		rc = history(d, t, who, moves[event].what, NULL);
	if (rc == STORE_OK && count && t->carries >= TASKS_LATE_CARRIES)
		rc = escalate(d, t, who);
	if (rc == STORE_OK && event == TASKS_CANCEL)
		rc = tell_change(d, t, "task_cancelled", who);
	return rc;
}

int tasks_open_work(struct desk *d, int64_t case_id, int *n)
{
	int64_t open = 0;

	int rc = task_open_count(d->st, case_id, &open);
	*n = (int)open;
	return rc;
}

int tasks_case_closed(struct desk *d, int64_t case_id, const char *who)
{
	struct task rows[LIST];
	enum tasks_answer answer;
	size_t n = LIST;
	int rc = STORE_OK;

	while (rc == STORE_OK && n == LIST) {
		rc = task_open(d->st, "", case_id, 0, rows, LIST, &n);
		for (size_t i = 0; rc == STORE_OK && i < n; i++)
			rc = tasks_move(d, &rows[i], TASKS_CANCEL, who, "", 0, 0, &answer);
	}
	return rc;
}

int tasks_takeback(struct desk *d, int64_t message, const struct reporter *from, bool *undone,
		   struct effect *out)
{
	enum tasks_answer answer;
	struct task t;
	char name[24];

	*undone = false;
	int rc = task_of_message(d->st, message, &t);
	if (rc != STORE_OK)
		return rc == STORE_NONE ? STORE_OK : rc;
	out->case_id = t.case_id;
	if (strcmp(t.state, "open") != 0)
		return STORE_OK;
	rc = tasks_move(d, &t, TASKS_CANCEL, from->id, "", 0, 0, &answer);
	*undone = rc == STORE_OK && answer == TASKS_DONE;
	name_of(&t, name);
	answer_fill(out, "task", name);
	answer_with(out, "undo_task");
	return rc;
}

/* ---- from a phone --------------------------------------------------------------------------- */

/* Police in a task are a partner, as in the reading's own reply. */
static void answer_new(const struct task *t, const struct reading *r, struct effect *out)
{
	name_of(t, out->words[0]);
	out->facts.task = out->words[0];
	if (t->due[0] && !reading_word(r, "due")) {
		desk_cut(out->words[1], sizeof(out->words[1]), t->due);
		out->facts.due = out->words[1];
	}
	out->case_id = t->case_id;
	desk_cut(out->case_code, sizeof(out->case_code), t->case_code);
	if (reading_flag(r, "confirm"))
		snprintf(out->asked, sizeof(out->asked), "confirm"); /* "jo" takes it back */
}

int tasks_new(struct desk *d, const struct message *m, const struct reporter *from,
	      const struct reading *r, struct effect *out)
{
	struct tasks_order o = { .agency = reading_word(r, "agency"),
				 .service = reading_word(r, "service"),
				 .due = reading_word(r, "due"), .set_by = from->id,
				 .message = m->id };
	enum tasks_answer answer;
	struct case_row c;
	struct task t;

	int rc = cases_visible(d, from, reading_word(r, "case"), &c);
	if (rc == STORE_NONE) {
		answer_with(out, "no_case");
		return STORE_OK;
	}
	if (rc != STORE_OK)
		return rc;
	if (!coordinates(from) || !o.agency || strcmp(c.state, "duplicate") == 0)
		return answer_later(out);
	o.case_id = c.id;
	out->case_id = c.id;
	rc = tasks_set(d, &o, &t, &answer);
	if (rc != STORE_OK)
		return rc;
	if (answer == TASKS_NO_MANDATE) {
		answer_fill(out, "agency", o.agency);
		answer_with(out, "task_no_mandate");
		return desk_audit(d, from->id, "task.set", c.code, "no mandate", o.agency);
	}
	answer_new(&t, r, out);
	return r->text_len ? history(d, &t, from->id, "note", r) : STORE_OK;
}

/* The task a text names, if it is the sender's to touch.  *found false: the reply says what it says to
 * a number that was never given. */
static int named(struct desk *d, const struct reporter *from, const struct reading *r,
		 struct effect *out, struct task *t, bool *found)
{
	const char *word = reading_word(r, "task");
	int64_t number = word && word[0] == 'T' ? strtoll(word + 1, NULL, 10) : 0;

	*found = false;
	int rc = number > 0 ? task_get(d->st, number, t) : STORE_NONE;
	if (rc != STORE_OK && rc != STORE_NONE)
		return rc;
	*found = rc == STORE_OK && may_touch(t, from);
	if (!*found) {
		answer_with(out, "clarify_task");
		char object[40];
		snprintf(object, sizeof(object), "task %.20s", word ? word : "-");
		return desk_audit(d, from->id, "task.refused", object, "unknown", "");
	}
	out->case_id = t->case_id;
	return STORE_OK;
}

static int move_named(struct desk *d, const struct reporter *from, const struct reading *r,
		      struct effect *out, enum tasks_event event, const char *due)
{
	enum tasks_answer answer;
	struct task t;
	char name[24];
	bool found;

	int rc = named(d, from, r, out, &t, &found);
	if (rc != STORE_OK || !found)
		return rc;
	rc = tasks_move(d, &t, event, from->id, due, 0, 0, &answer);
	if (rc == STORE_OK && answer == TASKS_DONE && r->text_len)
		rc = history(d, &t, from->id, "note", r);
	if (rc == STORE_OK && answer == TASKS_GONE) {
		name_of(&t, name);
		answer_fill(out, "task", name);
		answer_with(out, "task_gone");
	}
	return rc;
}

int tasks_done(struct desk *d, const struct message *m, const struct reporter *from,
	       const struct reading *r, struct effect *out)
{
	(void)m;
	return move_named(d, from, r, out, TASKS_FINISH, "");
}

int tasks_progress(struct desk *d, const struct message *m, const struct reporter *from,
		   const struct reading *r, struct effect *out)
{
	(void)m;
	return move_named(d, from, r, out, TASKS_PROGRESS, "");
}

int tasks_defer(struct desk *d, const struct message *m, const struct reporter *from,
		const struct reading *r, struct effect *out)
{
	const char *due = reading_word(r, "date");

	(void)m;
	return due && strlen(due) == 10 ? move_named(d, from, r, out, TASKS_DEFER, due)
					: answer_later(out);
}

int tasks_list(struct desk *d, const struct message *m, const struct reporter *from,
	       const struct reading *r, struct effect *out)
{
	struct task rows[LIST];
	char list[91];
	size_t n = 0;

	(void)m;
	int rc = tasks_of(d, from, rows, LIST, &n);
	if (rc != STORE_OK)
		return rc;
	tasks_words(rows, n, list, sizeof(list));
	if (reading_flag(r, "duress") && (rc = decoy_text(d, from, list)) != STORE_OK)
		return rc;
	answer_fill(out, "tasks", list);
	answer_with(out, n ? "task_list_ok" : "task_list_none");
	return desk_audit(d, from->id, "task.list", "own", n ? "shown" : "none", "");
}
