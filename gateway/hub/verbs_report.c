/* verbs_report.c - the register of a school's classes and what follows from it, as one answer.  Reading
 * it is recorded before it is shown.  See verbs.h; calls casework/register and the store. */
#include "gateway/hub/verbs_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/casework/register.h"
#include "gateway/hub/clock.h"
#include "gateway/hub/places.h"
#include "parser/calendar.h"
#include "parser/schooldays.h"

#define ALERTS 400
#define PART_DAYS 4000 /* class-days of one answer: about a megabyte */

struct span {
	char from[SCHOOLDAY], to[SCHOOLDAY];
};

/* This week, this month (the default), or as said. False: why has the words. */
static bool span_of(struct verb_call *c, struct span *s, char *why, size_t max)
{
	const char *from = verb_text(c->rq, "from"), *to = verb_text(c->rq, "to");
	char today[SCHOOLDAY];
	int32_t n, a, b;
	int y, m, d;
	clock_day(c->d->now, today);
	if (!day_from_iso(today, &n))
		return false;
	day_split(n, &y, &m, &d);
	bool week = strcmp(verb_text(c->rq, "span"), "week") == 0;
	a = week ? n - day_weekday(n) + 1 : day_number(y, m, 1);
	b = week ? a + 6 : day_number(m == 12 ? y + 1 : y, m == 12 ? 1 : m + 1, 1) - 1;
	if ((*from && !day_from_iso(from, &a)) || (*to && !day_from_iso(to, &b))) {
		snprintf(why, max, "\"%.20s\" is no date (YYYY-MM-DD)",
			 *from && !day_from_iso(from, &a) ? from : to);
		return false;
	}
	if (*from && !*to)
		b = n;
	if (b < a || b - a >= REGISTER_DAYS || (*to && !*from)) {
		snprintf(why, max, "%s", *to && !*from ? "--to goes with --from" :
					 b < a ? "the last day is before the first" :
						 "a report is of at most 400 days");
		return false;
	}
	day_to_iso(a, s->from);
	day_to_iso(b, s->to);
	return true;
}

/* ---- one class ------------------------------------------------------------------------------- */

static const char *state_name(enum register_state s)
{
	static const char *const names[] = {"no school", "reported", "silent", "due"};
	return names[s];
}

static json_t *days_json(const struct register_class *r)
{
	json_t *list = json_array();
	for (size_t i = 0; i < r->n_days; i++) {
		const struct register_day *d = &r->days[i];
		char week[9];
		int32_t n = 0;
		int y, m, dom;
		day_from_iso(d->day, &n);
		day_split(n + 1, &y, &m, &dom);
		register_week_name(d->day, week);
		json_t *o = json_pack("{s:s,s:i,s:s,s:b,s:b,s:s}", "day", d->day, "weekday", day_weekday(n),
				      "week", week, "month_end", dom == 1, "school", d->school, "state",
				      state_name(d->state));
		if (d->state == REGISTER_REPORTED)
			json_object_update_new(
				o, json_pack("{s:b,s:i,s:i,s:i,s:i,s:i,s:i}", "list", d->list, "enrolled",
					     d->enrolled, "absent", d->absent, "excused", d->excused,
					     "unexcused", d->unexcused, "late", d->late, "left", d->left));
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *marks_json(const struct register_class *r)
{
	json_t *list = json_array();
	for (size_t i = 0; i < r->n_marks; i++)
		json_array_append_new(list, json_pack("{s:s,s:i,s:s,s:s}", "day", r->marks[i].day, "pupil",
						      r->marks[i].pupil, "category", r->marks[i].category,
						      "reason", r->marks[i].reason));
	return list;
}

static json_t *left_json(const struct register_class *r)
{
	json_t *list = json_array();
	for (size_t i = 0; i < r->n_left; i++)
		json_array_append_new(list, json_pack("{s:i,s:s,s:s}", "pupil", r->left[i].pupil, "from",
						      r->left[i].from, "until", r->left[i].until));
	return list;
}

static json_t *weeks_json(const struct register_class *r)
{
	json_t *list = json_array();
	for (size_t i = 0; i < r->n_weeks; i++) {
		const struct register_week *w = &r->weeks[i];
		json_t *o = json_pack("{s:s,s:s,s:s,s:i,s:i,s:i,s:i,s:i}", "week", w->name, "from", w->from,
				      "to", w->to, "school_days", w->school_days, "reported", w->reported,
				      "silent", w->silent, "absent", w->absent, "possible", w->possible);
		json_object_set_new(o, "rate", w->possible ? json_real((double)w->absent / w->possible)
							   : json_null());
		json_array_append_new(list, o);
	}
	return list;
}

/* Pupils (and the class itself, pupil null) over the threshold of a rule: what the rules raised of them in the
 * span and nobody took back. */
static int over_json(struct verb_call *c, const struct config_class_row *about, const struct span *s,
		     json_t *list)
{
	struct report_alert *rows = calloc(ALERTS, sizeof *rows);
	char until[32];
	int rc = rows ? STORE_OK : STORE_FAIL;
	snprintf(until, sizeof until, "%sT23:59:59", s->to);
	size_t head = strlen(about->school) + 1 + strlen(about->class_name);
	for (size_t i = 0; rc == STORE_OK && i < c->d->cf->n_rules; i++) {
		size_t n = 0;
		rc = report_alerts(c->d->st, c->d->cf->rules[i].id, about->school, about->class_name,
				   clock_utc_of(s->from), clock_utc_of(until) + 1, rows, ALERTS, &n);
		for (size_t k = 0; rc == STORE_OK && k < n; k++) {
			char raised[CLOCK_DAY];
			clock_day(rows[k].raised, raised);
			bool pupil = strlen(rows[k].subject) > head;
			json_t *o = json_pack("{s:s,s:s,s:s}", "rule", rows[k].rule, "state", rows[k].state,
					      "raised", raised);
			json_object_set_new(o, "pupil",
					    pupil ? json_integer(strtol(rows[k].subject + head, NULL, 10))
						  : json_null());
			json_array_append_new(list, o);
		}
	}
	free(rows);
	return rc;
}

static int class_json(struct verb_call *c, const struct config_class_row *about, const char *closed,
		      const struct span *s, json_t *list)
{
	struct register_class r;
	json_t *over = json_array();
	int rc = register_load(c->d, about, closed, s->from, s->to, &r);
	if (rc == STORE_OK)
		rc = over_json(c, about, s, over);
	if (rc == STORE_OK)
		json_array_append_new(
			list, json_pack("{s:s,s:s,s:s,s:i,s:s,s:o,s:o,s:o,s:o,s:s,s:s,s:i,s:O}", "school",
					about->school, "closed", closed,
					"class", about->class_name, "register", about->register_size, "shift",
					about->shift, "days", days_json(&r), "marks", marks_json(&r), "gone", left_json(&r), "weeks",
					weeks_json(&r), "last", r.last, "silent_since", r.silent_since,
					"silent_days", r.silent_days, "over", over));
	json_decref(over);
	register_free(&r);
	return rc;
}

/* ---- a school -------------------------------------------------------------------------------- */

/* A part of a school's classes: what one answer holds. */
struct part {
	json_t *list;
	json_int_t skip, seen; /* classes told before; classes met */
	size_t room;
	bool more;
};

static int one_class(struct verb_call *c, const struct config_class_row *about, const char *closed,
		     const struct span *s, struct part *p)
{
	if (p->seen++ < p->skip || p->more)
		return STORE_OK;
	if (json_array_size(p->list) == p->room) {
		p->more = true;
		return STORE_OK;
	}
	return class_json(c, about, closed, s, p->list);
}

/* The classes of the school, or the one named; those that were closed in the span or after it, too. */
static int classes_json(struct verb_call *c, const char *school, const char *name, const struct span *s,
			struct part *part)
{
	const struct config *cf = c->d->cf;
	struct places p;
	int rc = places_load(c->d->st, &p);
	for (size_t i = 0; rc == STORE_OK && i < cf->n_classes; i++) {
		const struct config_class_row *row = &cf->classes[i];
		if (strcmp(row->school, school) == 0 && (!*name || strcmp(row->class_name, name) == 0))
			rc = one_class(c, row, "", s, part);
	}
	for (size_t i = 0; rc == STORE_OK && i < p.n_classes; i++) {
		const struct class_info *k = &p.classes[i];
		struct config_class_row row = {k->school, k->name, k->shift, k->zone, k->size, 0};
		if (strcmp(k->school, school) == 0 && (!*name || strcmp(k->name, name) == 0) &&
		    strcmp(k->closed, s->from) > 0)
			rc = one_class(c, &row, k->closed, s, part);
	}
	places_free(&p);
	return rc;
}

/* One school an answer, and of a long span some classes ("next": skip so many to go on), so that the
 * hub is never held up for long and an answer stays within its bounds. */
int verb_report_attendance(struct verb_call *c)
{
	const struct config *cf = c->d->cf;
	const char *school = verb_text(c->rq, "school"), *name = verb_text(c->rq, "class");
	char why[160] = "the clock has no day", typed[16] = "", object[64], today[CLOCK_DAY];
	struct span s;
	if (!span_of(c, &s, why, sizeof why)) {
		*c->answer = verb_refuse("%s", why);
		return STORE_OK;
	}
	if (!world_has_school(cf->world, school)) {
		*c->answer = verb_refuse("no school \"%s\" (kujdestar school list)", school);
		return STORE_OK;
	}
	if (*name && !world_class_name(name, typed, sizeof typed))
		snprintf(typed, sizeof typed, "%.15s", name);
	int32_t first = 0, last = 0;
	day_from_iso(s.from, &first);
	day_from_iso(s.to, &last);
	struct part part = {.list = json_array(),
			    .skip = json_integer_value(json_object_get(c->rq, "skip")),
			    .room = 1 + PART_DAYS / (size_t)(last - first + 1)};
	int rc = classes_json(c, school, typed, &s, &part);
	if (rc == STORE_OK && part.seen == 0) {
		*c->answer = verb_refuse("no class \"%s\" in %s (kujdestar school list)", typed, school);
		json_decref(part.list);
		return STORE_OK;
	}
	snprintf(object, sizeof object, "attendance %s%s%s %s..%s", school, *typed ? " " : "", typed, s.from,
		 s.to);
	if (rc == STORE_OK)
		rc = desk_audit(c->d, c->who, "report.read", object, "ok", "");
	clock_day(c->d->now, today);
	*c->answer = json_pack("{s:b,s:s,s:s,s:s,s:s,s:o}", "ok", 1, "from", s.from, "to", s.to, "today",
			       today, "school", school, "classes", part.list);
	if (part.more)
		json_object_set_new(*c->answer, "next",
				    json_integer(part.skip + (json_int_t)json_array_size(part.list)));
	return rc;
}
