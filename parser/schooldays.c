/* schooldays.c - see schooldays.h.  May call calendar, world and libc. */
#include "parser/schooldays.h"
#include <stdio.h>
#include <string.h>
#include "parser/calendar.h"
#include "parser/world_int.h"

#define ALL (-1)
#define STEPS_MAX 731
#define SPAN_DAYS_MAX 400

/* ---- building -------------------------------------------------------------------------------- */

static int add_span(struct world *w, struct w_spans *to, const char *what, const char *school,
		    const char *from, const char *until)
{
	int32_t a, b;
	int at = *school ? world_find_school(w, school) : ALL;
	if (*school && at < 0)
		return world_fail(w, WORLD_BAD, "%s of unknown school %s", what, school);
	if (!day_from_iso(from, &a) || !day_from_iso(until, &b) || b < a || b - a > SPAN_DAYS_MAX)
		return world_fail(w, WORLD_BAD, "%s %s to %s", what, from, until);
	struct w_span *s = world_slot(w, (void **)&to->at, &to->n, &to->cap, sizeof(*s));
	if (!s)
		return WORLD_NOMEM;
	*s = (struct w_span){ a, b, (int16_t)at };
	return WORLD_OK;
}

int world_set_week(struct world *w, unsigned mask)
{
	if (mask == 0 || mask > 0x7f)
		return world_fail(w, WORLD_BAD, "school week: no day is a school day");
	w->week = mask;
	return WORLD_OK;
}

int world_add_term(struct world *w, const char *school, const char *from, const char *to)
{
	return add_span(w, &w->terms, "term", school, from, to);
}

int world_add_closure(struct world *w, const char *school, const char *from, const char *to)
{
	return add_span(w, &w->closed, "closed days", school, from, to);
}

int world_add_makeup(struct world *w, const char *school, const char *from, const char *to)
{
	return add_span(w, &w->open, "make-up day", school, from, to);
}

int world_add_closed(struct world *w, const char *from, const char *to)
{
	return world_add_closure(w, "", from, to);
}

int world_add_open(struct world *w, const char *day)
{
	return world_add_makeup(w, "", day, day);
}

int world_add_shift(struct world *w, const char *name, int minutes)
{
	if (!*name || strlen(name) >= sizeof(w->shifts[0].name))
		return world_fail(w, WORLD_BAD, "shift \"%s\": 1 to %zu characters", name,
				  sizeof(w->shifts[0].name) - 1);
	if (minutes < 0 || minutes >= 24 * 60)
		return world_fail(w, WORLD_BAD, "shift %s: no such time of day", name);
	for (int i = 0; i < w->n_shifts; i++)
		if (strcmp(w->shifts[i].name, name) == 0)
			return world_fail(w, WORLD_BAD, "shift %s is named twice", name);
	if (w->n_shifts == WORLD_SHIFTS)
		return world_fail(w, WORLD_FULL, "more than %d shifts", WORLD_SHIFTS);
	struct w_shift *s = &w->shifts[w->n_shifts++];
	snprintf(s->name, sizeof(s->name), "%s", name);
	s->deadline = minutes;
	return WORLD_OK;
}

bool world_class_name(const char *typed, char *out, size_t max)
{
	int grade, section;
	char name[WORLD_CODE];
	if (!class_parse(typed, &grade, &section))
		return false;
	class_format(grade, section, name);
	return snprintf(out, max, "%s", name) < (int)max;
}

/* ---- asking ---------------------------------------------------------------------------------- */

static const struct w_shift *shift_at(const struct world *w, int i)
{
	static const struct w_shift usual[] = { { "morning", DEADLINE_MORNING },
						{ "afternoon", DEADLINE_AFTERNOON } };
	int n = w->n_shifts ? w->n_shifts : 2;
	return i < 0 || i >= n ? NULL : w->n_shifts ? &w->shifts[i] : &usual[i];
}

static int deadline_of(const struct world *w, const char *shift)
{
	const struct w_shift *s;
	for (int i = 0; (s = shift_at(w, i)) != NULL; i++)
		if (strcmp(s->name, shift) == 0)
			return s->deadline;
	return -1;
}

bool world_shift_name(const struct world *w, int i, char *out, size_t max)
{
	const struct w_shift *s = shift_at(w, i);
	return s && snprintf(out, max, "%s", s->name) < (int)max;
}

bool world_has_school(const struct world *w, const char *id)
{
	return world_find_school(w, id) >= 0;
}

bool world_has_shift(const struct world *w, const char *name)
{
	return deadline_of(w, name) >= 0;
}

static bool in(const struct w_spans *s, int school, int32_t day)
{
	for (int i = 0; i < s->n; i++)
		if (s->at[i].school == school && day >= s->at[i].from && day <= s->at[i].to)
			return true;
	return false;
}

static bool has(const struct w_spans *s, int school)
{
	for (int i = 0; i < s->n; i++)
		if (s->at[i].school == school)
			return true;
	return false;
}

static const char *no_school(const struct world *w, int school, int32_t day)
{
	if (school >= 0 && in(&w->open, school, day))
		return "";
	if (school >= 0 && in(&w->closed, school, day))
		return "closed";
	if (in(&w->open, ALL, day))
		return "";
	if (in(&w->closed, ALL, day))
		return "holiday";
	if (!(w->week >> (day_weekday(day) - 1) & 1))
		return "weekend";
	int whose = school >= 0 && has(&w->terms, school) ? school : ALL;
	return !has(&w->terms, whose) || in(&w->terms, whose, day) ? "" : "no term";
}

const char *world_no_school(const struct world *w, const char *school, int32_t day)
{
	return no_school(w, *school ? world_find_school(w, school) : ALL, day);
}

bool world_school_day(const struct world *w, int school, int32_t day)
{
	return !*no_school(w, school, day);
}

bool world_is_school_day(const struct world *w, const char *iso_date)
{
	int32_t day;
	return day_from_iso(iso_date, &day) && world_school_day(w, ALL, day);
}

static const struct w_class *class_of(const struct world *w, int school, const char *name)
{
	int grade, section, n;
	if (school < 0 || !class_parse(name, &grade, &section))
		return NULL;
	if (w->sealed) {
		int at = world_find_class(w, school, grade, section, &n);
		return at >= 0 ? &w->classes[at] : NULL;
	}
	for (int i = 0; i < w->n_classes; i++)
		if (w->classes[i].school == school && w->classes[i].grade == grade &&
		    w->classes[i].section == section)
			return &w->classes[i];
	return NULL;
}

/* -2: no such school or class */
static int subject(const struct world *w, const char *school, const char *class_name)
{
	int at = *school ? world_find_school(w, school) : ALL;
	if (*school && at < 0)
		return -2;
	return class_name && !class_of(w, at, class_name) ? -2 : at;
}

bool world_lessons(const struct world *w, const char *school, const char *class_name, int32_t day)
{
	int at = subject(w, school, class_name);
	return at > -2 && world_school_day(w, at, day);
}

int world_deadline(const struct world *w, const char *school, const char *class_name)
{
	const struct w_class *c = class_of(w, world_find_school(w, school), class_name);
	if (!c)
		return -1;
	int minutes = deadline_of(w, c->shift);
	return minutes >= 0 ? minutes : DEADLINE_MORNING; /* a shift that nobody defined */
}

bool world_step_school_day(const struct world *w, const char *school, const char *class_name,
			   int32_t day, int step, int32_t *out)
{
	int at = subject(w, school, class_name);
	for (int i = 0; at > -2 && i < STEPS_MAX; i++) {
		day += step < 0 ? -1 : 1;
		if (!world_school_day(w, at, day))
			continue;
		*out = day;
		return true;
	}
	return false;
}
