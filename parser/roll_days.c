/* roll_days.c - the days that a text about a class is about.  See roll.h. */
#include "parser/roll.h"
#include "parser/calendar.h"

/* Whose calendar: the school of the class; who has none and names none goes by that of all. */
static int days_school(const struct scan *s, const struct roll *o)
{
	return o->n_entries && o->classes[0] >= 0 ? s->w->classes[o->classes[0]].school : s->school;
}

/* The days of the text, school days only. */
static void add_days(struct scan *s, struct roll *o, const struct unit *u, struct reading *r)
{
	char iso[11];
	day_to_iso(u->a, iso);
	if (u->flags & (K_US | K_VAGUE)) {
		finish_clarify(r, "date");
		return;
	}
	if (u->flags & K_BAD) {
		finish_fail(r, "bad_date");
		return;
	}
	if (u->flags & K_BACK) {
		int32_t day = s->today, back[ROLL_DAYS];
		int n = 0;
		for (int tries = 0; n < u->c && n < ROLL_DAYS && tries < 200; tries++, day--)
			if (world_school_day(s->w, days_school(s, o), day))
				back[n++] = day;
		while (n > 0 && o->n_days < ROLL_DAYS)
			o->days[o->n_days++] = back[--n];
		return;
	}
	bool span = u->flags & K_SPAN;
	if (u->b > s->today) {
		if (!span)
			reading_set_word(r, "date", iso);
		finish_fail(r, "future_date");
		return;
	}
	if (!span && !world_school_day(s->w, days_school(s, o), u->a)) {
		reading_set_word(r, "date", iso);
		finish_fail(r, "non_school_day");
		return;
	}
	if (u->b - u->a > 62) {
		finish_fail(r, "bad_date");
		return;
	}
	for (int32_t d = u->a; d <= u->b && o->n_days < ROLL_DAYS; d++)
		if (world_school_day(s->w, days_school(s, o), d))
			o->days[o->n_days++] = d;
}

static int day_order(const int32_t *days, int n, int32_t d)
{
	for (int i = 0; i < n; i++)
		if (days[i] == d)
			return i;
	return -1;
}

/* A day as a weekday, as a word (dje) or in figures. */
static int way_of(const struct scan *s, const struct unit *u)
{
	return u->flags & K_WEEKDAY ? 1 : s->ts.t[u->at + u->n - 1].number ? 2 : 3;
}

/* "sot po raportoj mungesat e djeshme": two days in words that no "and" puts together. */
static bool days_apart(const struct scan *s, const struct pick *p)
{
	const struct unit *last = NULL;
	bool joined = false;
	for (int i = 0; i < p->n; i++) {
		const struct unit *u = p->p[i].u;
		if (u->type == U_CONCEPT && (u->concept == C_AND || scan_is(s, u->at, C_AND, NULL)))
			joined = true;
		if (u->type != U_DATE || !p->p[i].used)
			continue;
		joined |= s->ts.t[u->at].pre & (SEP_COMMA | SEP_PLUS | SEP_SLASH | SEP_SEMI | SEP_LINE);
		if (last && !joined && last->a != u->a && way_of(s, u) == 3 && way_of(s, last) == 3 &&
		    !((u->flags | last->flags) & (K_SPAN | K_BACK | K_BAD | K_VAGUE)))
			return true;
		last = u;
		joined = false;
	}
	return false;
}

/* "dje me 16.11", "e hene 17.11": one day said twice, and not the same.  The weekday of a full date is
 * said beside it and adds nothing. */
static void settle_days(struct scan *s, struct pick *p, struct reading *r)
{
	if (days_apart(s, p))
		finish_clarify(r, "date");
	struct picked *last = NULL;
	for (int i = 0; i < p->n; i++) {
		struct picked *k = &p->p[i];
		const struct unit *u = k->u;
		if (u->type != U_DATE || !k->used) {
			bool glue = u->type == U_CONCEPT && !concept_weight((enum concept)u->concept) &&
				    !scan_is(s, u->at, C_AND, NULL);
			if (!glue)
				last = NULL;
			continue;
		}
		const unsigned vague = K_SPAN | K_BACK | K_BAD | K_US | K_VAGUE;
		bool apart = s->ts.t[u->at].pre & (SEP_COMMA | SEP_PLUS | SEP_SLASH | SEP_SEMI | SEP_DASH);
		if (last && !((u->flags | last->u->flags) & vague) && !apart &&
		    way_of(s, u) != way_of(s, last->u)) {
			bool first = last->u->flags & K_WEEKDAY;
			const struct unit *weekday = first ? last->u : u, *day = first ? u : last->u;
			if ((weekday->flags & K_WEEKDAY) && !(day->flags & K_WEEKDAY) &&
			    day_weekday(weekday->a) == day_weekday(day->a))
				*(first ? &last->used : &k->used) = false;
			else if (u->a != last->u->a)
				finish_clarify(r, "date");
		}
		last = k;
	}
}

void roll_days(struct scan *s, struct pick *p, struct reading *r, struct roll *o)
{
	char iso[11];
	int units = 0;
	settle_days(s, p, r);
	/* "javen e kaluar 2 dite": which two? */
	for (int i = 0; i < p->n && pick_count(p, U_DATE) > 1; i++)
		if (p->p[i].u->type == U_DATE && (p->p[i].u->flags & K_BACK))
			finish_clarify(r, "date");
	for (int i = 0; i < p->n; i++)
		if (p->p[i].u->type == U_DATE && p->p[i].used) {
			units++;
			add_days(s, o, p->p[i].u, r);
		}
	if (units == 0) {
		day_to_iso(s->today, iso);
		if (s->clock->unsure)
			reading_set_flag(r, "confirm");
		if (world_school_day(s->w, days_school(s, o), s->today))
			o->days[o->n_days++] = s->today;
		else {
			reading_set_word(r, "date", iso);
			finish_fail(r, "non_school_day");
		}
	}
	int unique = 0;
	for (int i = 0; i < o->n_days; i++)
		if (day_order(o->days, unique, o->days[i]) < 0)
			o->days[unique++] = o->days[i];
	o->n_days = unique;
	for (int i = 1; i < unique; i++) /* in the order of the calendar, however they were said */
		for (int k = i; k > 0 && o->days[k - 1] > o->days[k]; k--) {
			int32_t d = o->days[k];
			o->days[k] = o->days[k - 1];
			o->days[k - 1] = d;
		}
	if (unique == 0)
		finish_fail(r, "non_school_day");
	if (r->error)
		return;
	if (unique == 1) {
		day_to_iso(o->days[0], iso);
		reading_set_word(r, "date", iso);
		return;
	}
	for (int i = 0; i < unique; i++) {
		day_to_iso(o->days[i], iso);
		reading_add_word(r, "dates", iso);
	}
}
