/* verbs_agenda.c - what a person may ask about the group's meetings: when they are, what is on the
 * table, minutes, what came of them.  See verbs.h; calls casework's agenda, minutes and meetings. */
#include "gateway/hub/verbs_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/casework/agenda.h"
#include "gateway/casework/answer.h"
#include "gateway/casework/meetings.h"
#include "gateway/casework/minutes.h"
#include "gateway/hub/clock.h"
#include "store/audit.h"

#define MEETINGS_MAX 64

static void put_day(json_t *o, const char *name, int64_t utc)
{
	char day[CLOCK_DAY];
	clock_day(utc, day);
	verb_put(o, name, utc ? day : "");
}

/* The word people have for a service, in the site's language. */
static void put_work(struct desk *d, json_t *o, const char *service)
{
	char id[48], word[64] = "";
	snprintf(id, sizeof id, "service_%s", service);
	if (service[0])
		answer_word(d, NULL, id, word);
	for (char *p = word; *p; p++)
		*p = (char)(*p >= 'A' && *p <= 'Z' ? *p + 32 : *p);
	verb_put(o, "service", service);
	verb_put(o, "work", word[0] ? word : service);
}

static json_t *meeting_json(const struct meeting *m)
{
	char day[8], hour[8];
	json_t *o = json_object();
	if (!m->id)
		return json_decref(o), json_null();
	meetings_words(m, day, hour);
	json_object_set_new(o, "meeting", json_integer(m->id));
	put_day(o, "day", m->at);
	verb_put(o, "time", hour);
	verb_put(o, "place", m->place);
	verb_put(o, "state", m->state);
	json_object_set_new(o, "minutes", json_integer(m->minutes));
	return o;
}

static json_t *no_meeting(const char *day)
{
	return day[0] ? verb_refuse("no meeting on %s (kujdestar agenda meetings)", day)
		      : verb_refuse("no meeting is known: kujdestar agenda --set 2026-12-10T10:00, or "
				    "meetings.first in the configuration");
}

/* ---- meetings -------------------------------------------------------------------------------- */

static json_t *set_answer(const struct meeting *m, enum meetings_answer answer)
{
	switch (answer) {
	case MEETINGS_SET:
	case MEETINGS_MOVED:
	case MEETINGS_SAME:
		return json_pack("{s:b,s:s,s:o}", "ok", 1, "done",
				 answer == MEETINGS_SET	  ? "set" :
				 answer == MEETINGS_MOVED ? "moved" :
							    "unchanged",
				 "meeting", meeting_json(m));
	case MEETINGS_HELD:
		return verb_refuse("a meeting of that day was held, and is closed");
	case MEETINGS_PAST:
		return verb_refuse("that time is past");
	case MEETINGS_NONE:
		break;
	}
	return verb_refuse("no meeting on that day (kujdestar agenda meetings)");
}

/* All rows or none. */
int verb_meeting_set(struct verb_call *c)
{
	size_t i;
	json_t *row, *done = json_array();
	json_array_foreach(json_object_get(c->rq, "rows"), i, row) {
		enum meetings_answer answer = MEETINGS_PAST;
		struct meeting m;
		int64_t at = clock_utc_of(verb_text(row, "at"));
		int rc = at > 0 ? meetings_set(c->d, at, verb_text(row, "place"), c->who, &m, &answer) : STORE_OK;
		json_t *one = rc == STORE_OK ? set_answer(&m, answer) : NULL;
		if (rc == STORE_OK && !json_is_true(json_object_get(one, "ok"))) {
			*c->answer = verb_refuse("%s: %s", verb_text(row, "at"), verb_text(one, "error"));
			json_decref(one);
			rc = STORE_STATE;
		}
		if (rc != STORE_OK) {
			json_decref(done);
			return rc;
		}
		json_array_append_new(done, one);
	}
	*c->answer = json_pack("{s:b,s:o}", "ok", 1, "meetings", done);
	return STORE_OK;
}

int verb_meeting_cancel(struct verb_call *c)
{
	enum meetings_answer answer;
	struct meeting m;
	int rc = meetings_cancel(c->d, verb_text(c->rq, "day"), c->who, &m, &answer);
	if (rc == STORE_OK)
		*c->answer = set_answer(&m, answer);
	return rc;
}

int verb_meeting_list(struct verb_call *c)
{
	struct meeting *rows = calloc(MEETINGS_MAX, sizeof *rows), next;
	size_t n = 0;
	if (!rows)
		return STORE_FAIL;
	int rc = meetings_next(c->d, c->d->now, &next);
	if (rc == STORE_OK || rc == STORE_NONE)
		rc = meeting_list(c->d->st, rows, MEETINGS_MAX, &n);
	json_t *list = json_array();
	for (size_t i = 0; rc == STORE_OK && i < n; i++)
		json_array_append_new(list, meeting_json(&rows[i]));
	free(rows);
	*c->answer = json_pack("{s:b,s:o}", "ok", 1, "meetings", list);
	return rc;
}

/* ---- the agenda ------------------------------------------------------------------------------ */

static json_t *task_json(struct desk *d, const struct agenda *a, const struct task *t)
{
	char name[24];
	json_t *o = json_object();
	snprintf(name, sizeof name, "T%lld", (long long)t->number);
	verb_put(o, "task", name);
	verb_put(o, "case", t->case_code);
	verb_put(o, "agency", t->agency);
	verb_put(o, "person", t->assignee);
	put_work(d, o, t->service);
	put_day(o, "set", t->set_at);
	verb_put(o, "due", t->due);
	verb_put(o, "state", agenda_state(a, t));
	json_object_set_new(o, "carries", json_integer(t->carries));
	put_day(o, "ended", t->closed);
	return o;
}

static json_t *tasks_json(struct desk *d, const struct agenda *a)
{
	json_t *list = json_array();
	for (size_t i = 0; i < a->n_tasks; i++)
		json_array_append_new(list, task_json(d, a, &a->tasks[i]));
	return list;
}

static json_t *high_json(const struct agenda *a)
{
	json_t *list = json_array();
	for (size_t i = 0; i < a->n_high; i++) {
		json_t *o = json_object();
		verb_put(o, "case", a->high[i].code);
		put_day(o, "opened", a->high[i].opened);
		verb_put(o, "state", a->high[i].state);
		json_object_set_new(o, "urgent", json_boolean(a->high[i].urgent));
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *referrals_json(struct desk *d, const struct agenda *a)
{
	json_t *list = json_array();
	for (size_t i = 0; i < a->n_referrals; i++) {
		const struct referral *r = &a->referrals[i].r;
		char name[24];
		json_t *o = json_object();
		snprintf(name, sizeof name, "R%lld", (long long)r->number);
		verb_put(o, "referral", name);
		verb_put(o, "case", a->referrals[i].code);
		verb_put(o, "agency", r->agency);
		put_work(d, o, r->service);
		put_day(o, "sent", r->created);
		put_day(o, "due", r->due);
		json_object_set_new(o, "reminders", json_integer(r->chased));
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *absences_json(const struct agenda *a)
{
	json_t *list = json_array();
	for (size_t i = 0; i < a->n_absences; i++) {
		json_t *o = json_object();
		json_object_set_new(o, "alert", json_integer(a->absences[i].number));
		verb_put(o, "rule", a->absences[i].rule);
		verb_put(o, "pupil", a->absences[i].subject); /* school, class, register number */
		put_day(o, "raised", a->absences[i].raised);
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *closures_json(const struct agenda *a)
{
	json_t *list = json_array();
	for (size_t i = 0; i < a->n_closures; i++) {
		json_t *o = json_object();
		json_object_set_new(o, "number", json_integer(a->closures[i].q.number));
		verb_put(o, "case", a->closures[i].code);
		verb_put(o, "reason", a->closures[i].q.value);
		verb_put(o, "asked_by", a->closures[i].q.asked_by);
		put_day(o, "asked", a->closures[i].q.asked);
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *falls_json(const struct agenda *a)
{
	json_t *list = json_array();
	for (size_t i = 0; i < a->n_falls; i++) {
		json_t *o = json_object();
		verb_put(o, "case", a->falls[i].code);
		verb_put(o, "progress", a->falls[i].detail);
		put_day(o, "seen", a->falls[i].at);
		json_array_append_new(list, o);
	}
	return list;
}

/* Small counts leave here as "<5" already, in every form. */
static json_t *trend_json(const struct agenda *a)
{
	json_t *list = json_array();
	for (size_t i = 0; i < a->n_trend; i++) {
		char n[16];
		agenda_count(a->trend[i].n, n);
		json_array_append_new(list, json_pack("{s:s,s:s,s:s}", "month", a->trend[i].month, "concern",
						      a->trend[i].concern, "cases", n));
	}
	return list;
}

static json_t *seats_json(const struct agenda *a)
{
	json_t *list = json_array();
	for (size_t i = 0; i < a->n_seats; i++)
		json_array_append_new(list, json_pack("{s:s,s:i,s:i,s:i}", "agency", a->seats[i].agency,
						      "comes", a->seats[i].yes, "does_not", a->seats[i].no,
						      "silent", a->seats[i].silent));
	return list;
}

static json_t *agenda_json(struct desk *d, const struct agenda *a)
{
	json_t *o = json_object();
	json_object_set_new(o, "ok", json_true());
	json_object_set_new(o, "meeting", meeting_json(&a->m));
	json_object_set_new(o, "last", meeting_json(&a->last));
	verb_put(o, "today", a->today);
	verb_put_time(o, "made", d->now);
	json_object_set_new(o, "cut", json_boolean(a->cut));
	json_object_set_new(o, "tasks", tasks_json(d, a));
	json_object_set_new(o, "high_risk", high_json(a));
	json_object_set_new(o, "referrals", referrals_json(d, a));
	json_object_set_new(o, "absences", absences_json(a));
	json_object_set_new(o, "closures", closures_json(a));
	json_object_set_new(o, "progress_falls", falls_json(a));
	json_object_set_new(o, "trend", trend_json(a));
	json_object_set_new(o, "attendance", seats_json(a));
	return o;
}

static int audit_meeting(struct verb_call *c, const char *verb, const struct meeting *m,
			 const char *result)
{
	char object[32];
	snprintf(object, sizeof object, "meeting %lld", (long long)m->id);
	return audit_add(c->d->st, c->d->now, c->who, verb, object, result, "");
}

int verb_agenda(struct verb_call *c)
{
	const char *day = verb_text(c->rq, "day");
	struct agenda *a;
	int rc = agenda_build(c->d, day, &a);
	if (rc == STORE_NONE) {
		*c->answer = no_meeting(day);
		return STORE_OK;
	}
	if (rc != STORE_OK)
		return rc;
	/* The read is in the record before it is shown. */
	rc = audit_meeting(c, "agenda.read", &a->m, "ok");
	if (rc == STORE_OK)
		*c->answer = agenda_json(c->d, a);
	agenda_free(a);
	return rc;
}

/* ---- outcome --------------------------------------------------------------------------------- */

static json_t *outcome_json(struct desk *d, const struct outcome *o)
{
	json_t *rows = json_array();
	for (size_t i = 0; i < o->n_rows; i++) {
		const struct outcome_row *r = &o->rows[i];
		json_array_append_new(rows, json_pack("{s:s,s:i,s:i,s:i,s:i,s:i,s:i}", "agency", r->agency,
						      "set", r->set, "done", r->done, "open", r->open, "late",
						      r->late, "carried", r->carried, "cancelled",
						      r->cancelled));
	}
	json_t *waits = json_pack("{s:i,s:o,s:i,s:o,s:i}", "first_contacts", o->contacts,
				  "first_contact_s",
				  o->contact_s < 0 ? json_null() : json_integer(o->contact_s),
				  "referral_answers", o->answers, "referral_answer_s",
				  o->answer_s < 0 ? json_null() : json_integer(o->answer_s),
				  "referrals_unanswered", o->unanswered);
	json_t *all = json_pack("{s:b,s:o,s:o,s:o,s:o}", "ok", 1, "meeting", meeting_json(&o->m), "next",
				meeting_json(&o->next), "agencies", rows, "medians", waits);
	verb_put_time(all, "made", d->now);
	return all;
}

int verb_agenda_outcome(struct verb_call *c)
{
	const char *day = verb_text(c->rq, "day");
	struct outcome *o;
	int rc = outcome_build(c->d, day, &o);
	if (rc == STORE_NONE) {
		*c->answer = day[0] ? no_meeting(day) : verb_refuse("no meeting has been held yet");
		return STORE_OK;
	}
	if (rc != STORE_OK)
		return rc;
	rc = audit_meeting(c, "agenda.outcome", &o->m, "ok");
	if (rc == STORE_OK)
		*c->answer = outcome_json(c->d, o);
	outcome_free(o);
	return rc;
}

/* ---- minutes --------------------------------------------------------------------------------- */

static json_t *refuse_minutes(const struct minutes *m)
{
	json_t *faults = json_array();
	for (size_t i = 0; i < m->n; i++) {
		if (m->lines[i].fault[0])
			json_array_append_new(faults, json_pack("{s:i,s:s}", "line", m->lines[i].line, "fault",
								m->lines[i].fault));
	}
	json_t *o = verb_refuse("%d fault%s in the minutes; nothing was applied", m->faults,
				m->faults == 1 ? "" : "s");
	json_object_set_new(o, "faults", faults);
	return o;
}

static int apply(struct verb_call *c, struct meeting *meeting, const struct minutes *m)
{
	struct minutes_done done;
	int rc = minutes_apply(c->d, meeting, m, c->who, &done);
	if (rc == STORE_OK)
		*c->answer = json_pack("{s:b,s:o,s:i,s:i,s:i,s:i}", "ok", 1, "meeting",
				       meeting_json(meeting), "set", done.set, "moved", done.moved, "already",
				       done.already, "carried", done.carried);
	return rc;
}

static int find_meeting(struct verb_call *c, struct meeting *m)
{
	const char *day = verb_text(c->rq, "day");
	int rc = day[0] ? meetings_of_day(c->d, day, m) : meetings_last(c->d, m);
	if (rc == STORE_NONE)
		*c->answer = day[0] ? no_meeting(day) : verb_refuse("no meeting has begun yet");
	else if (rc == STORE_OK && m->at > c->d->now)
		*c->answer = verb_refuse("that meeting has not begun yet");
	return rc == STORE_NONE ? STORE_OK : rc;
}

int verb_agenda_minutes(struct verb_call *c)
{
	struct meeting meeting;
	char day[CLOCK_DAY];
	const json_t *v = json_object_get(c->rq, "text");
	int rc = find_meeting(c, &meeting);
	if (rc != STORE_OK || *c->answer)
		return rc;
	clock_day(meeting.at, day);
	struct minutes *m = minutes_read(c->d->cf->world, day, json_is_string(v) ? json_string_value(v) : "",
					 json_is_string(v) ? json_string_length(v) : 0);
	rc = m ? minutes_check(c->d, &meeting, m) : STORE_FAIL;
	if (rc == STORE_OK && m->faults)
		*c->answer = refuse_minutes(m);
	else if (rc == STORE_OK)
		rc = apply(c, &meeting, m);
	minutes_free(m);
	return rc;
}
