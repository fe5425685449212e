/* roll.c - the pupils of a text, and which word about them belongs to whom.  See roll.h.
 *
 * They are collected in the order written; categories and reasons then find the pupils they belong to by
 * where they stand ("12 pa arsye 17 me arsye", "pa arsye 12 17").
 */
#include "parser/roll.h"
#include <stdio.h>
#include <string.h>
#include "parser/calendar.h"
#include "parser/slots.h"

static const char *category_of(enum concept c)
{
	return c == C_EXCUSED || c == C_SICK ? "excused" : c == C_UNEXCUSED ? "unexcused" :
	       c == C_LATE ? "late" : c == C_LEFT_EARLY ? "left_early" : NULL;
}

static const char *reason_of(enum concept c)
{
	return c == C_SICK ? "sick" : c == C_ABROAD || c == C_MOVED_ABROAD ? "abroad" :
	       c == C_WORK || c == C_LABOUR ? "work" : c == C_FAMILY_REASON ? "family" :
	       c == C_WEATHER ? "weather" : c == C_TRANSPORT ? "transport" :
	       c == C_NO_CLOTHES ? "no_means" : NULL;
}

/* Which class a unit means, for this sender; -1 after a fault. */
static int resolve(struct scan *s, const struct unit *u, int school, struct reading *r)
{
	int n, index;
	if (u->type == U_CLASS) {
		index = world_find_class(s->w, school, u->a, u->b, &n);
		if (index < 0)
			finish_fail(r, "unknown_class");
		else if (n > 1) {
			finish_clarify(r, "school");
			return -1;
		}
		return index;
	}
	int mine = -1, found = 0;
	for (unsigned i = 0; i < s->from->n_classes && i < 24; i++) {
		int g, sec;
		if (class_parse(s->from->classes[i], &g, &sec) && g == u->a) {
			mine = world_find_class(s->w, school, g, sec, &n);
			found++;
		}
	}
	index = world_find_class(s->w, school, u->a, 0, &n);
	if (found == 1 && mine >= 0) {
		reading_set_flag(r, "confirm");
		return mine;
	}
	if (found == 0 && n == 1) {
		reading_set_flag(r, "confirm");
		return index;
	}
	finish_fail(r, found || n ? "missing_section" : "unknown_class");
	return -1;
}

static int school_of(struct scan *s, const struct pick *p, struct reading *r)
{
	const struct unit *u = pick_first(p, U_SCHOOL);
	if (!u)
		return s->school;
	if (p->form->intent == I_LEFT_SCHOOL)
		return s->school; /* the school named is where the pupil went */
	if (u->a < 0)
		finish_clarify(r, "school");
	else if (s->school >= 0 && u->a != s->school)
		finish_fail(r, "unknown_class");
	return u->a;
}

void roll_add(struct roll *o, int entry, bool pupil, int32_t n, const char *cat, const char *why)
{
	if (o->n_marks == ROLL_MAX) {
		o->too_many = true;
		return;
	}
	o->marks[o->n_marks++] = (struct mark){ (int8_t)entry, o->part, pupil, n, cat, why };
	o->n_pupils += pupil;
}

/* A keyword or a class behind pupils: what follows may be said of others. */
static void next_part(struct roll *o)
{
	if (o->n_pupils && o->part < 100)
		o->part = (int8_t)(o->part + 1);
}

/* A dash between two numbers: neighbours are the same as a range and as a list; else it is asked. */
static void add_range(struct scan *s, struct roll *o, int entry, const struct unit *u, struct reading *r)
{
	if (u->flags & K_DASH) {
		int y, m, d;
		day_split(s->today, &y, &m, &d);
		bool date = u->b >= 1 && u->b <= 12 && day_valid(y, u->b, u->a) &&
			    s->today - day_number(y, u->b, u->a) >= 0 &&
			    s->today - day_number(y, u->b, u->a) < 30;
		if (date)
			finish_clarify(r, "date_or_pupils");
		else if (u->b - u->a > 1)
			finish_clarify(r, "range_or_list");
	} else if ((u->flags & K_LABELLED) && o->n_pupils && u->b <= 31) {
		finish_clarify(r, "date_or_pupils");
	}
	for (int32_t n = u->a; n <= u->b && n < u->a + 200; n++)
		roll_add(o, entry, true, n, NULL, NULL);
}

/* "prinderit ne pune": it is the parents who work.  "me prinderit" it is the child, with them. */
static bool of_relative(const struct scan *s, const struct pick *p, int i)
{
	const struct unit *u;
	do {
		if (--i < 0)
			return false;
		u = p->p[i].u;
	} while (u->type == U_CONCEPT && scan_is(s, u->at, C_FILLER, NULL) && !scan_is(s, u->at, C_RELATIVE, NULL));
	return scan_is(s, u->at, C_RELATIVE, NULL) > 0;
}

/* "iku ne", "went to": abroad only when a country follows. */
bool roll_elsewhere(const struct scan *s, const struct pick *p, int i)
{
	const struct unit *u = p->p[i].u;
	int end = u->at + u->n;
	bool open = u->concept == C_ABROAD && u->n > 1 && scan_is(s, end - 1, C_TOWARDS, NULL) == 1;
	return open && !scan_is(s, end, C_COUNTRY, NULL) && !scan_is(s, end, C_ABROAD, NULL);
}

static void collect_word(struct scan *s, struct roll *o, int entry, const struct unit *u)
{
	enum concept c = (enum concept)u->concept;
	const char *cat = category_of(c), *why = reason_of(c);
	o->abroad |= c == C_ABROAD || c == C_MOVED_ABROAD;
	o->work |= c == C_WORK || c == C_LABOUR;
	if (c == C_COUNTRY) {
		snprintf(o->country, sizeof(o->country), "%s", s->w->values[u->a]);
		if (strcmp(o->country, "AL") == 0)
			o->country[0] = 0;
		o->abroad |= o->country[0] != 0;
		why = o->country[0] ? "abroad" : NULL;
	}
	if (cat || why)
		roll_add(o, entry, false, 0, cat, why);
}

void roll_collect(struct scan *s, struct pick *p, struct reading *r, struct roll *o)
{
	int entry = -1, school = school_of(s, p, r), last_date = -1;
	memset(o, 0, offsetof(struct roll, marks));
	o->country[0] = 0;
	o->abroad = o->work = o->zero = o->clash = false;
	o->n_days = 0;
	for (int i = 0; i < p->n; i++) {
		const struct unit *u = p->p[i].u;
		if (!p->p[i].used)
			continue;
		if (u->flags & K_FIXED)
			reading_set_flag(r, "confirm");
		switch (u->type) {
		case U_CLASS: case U_GRADE: {
			next_part(o);
			int c = resolve(s, u, school, r);
			if (c < 0 && r->error) {
				char name[WORLD_CODE];
				class_format(u->a, u->b, name);
				if (u->type == U_CLASS && !reading_get(r, "class"))
					reading_set_word(r, "class", name);
			}
			for (entry = 0; entry < o->n_entries && o->classes[entry] != c; entry++)
				;
			if (entry == READING_ENTRIES) {
				o->too_many = true;
				return;
			}
			if (entry == o->n_entries)
				o->classes[o->n_entries++] = c;
			break;
		}
		case U_NUMBER:
			if (u->a == 0)
				o->zero = true;
			if ((u->flags & (K_WORDED | K_LABELLED)) == K_WORDED)
				reading_set_flag(r, "confirm");
			if (last_date >= 0 && o->n_pupils)
				o->loose_date = true;
			last_date = o->n_pupils ? last_date : -1; /* days in front of all pupils are everybody's */
			roll_add(o, entry, true, u->a, NULL, NULL);
			break;
		case U_RANGE:
			o->zero |= u->a == 0;
			add_range(s, o, entry, u, r);
			break;
		case U_DATE:
			last_date = i;
			break;
		case U_CONCEPT:
			if (u->concept == C_ABSENCE)
				next_part(o);
			if ((u->concept == C_WORK && of_relative(s, p, i)) || roll_elsewhere(s, p, i))
				reading_set_flag(r, "confirm");
			else
				collect_word(s, o, entry, u);
			break;
		default:
			break;
		}
	}
	o->loose_date = o->loose_date && pick_count(p, U_DATE) > 1;
}

/* Pupils before the first class belong to the class that follows: "12 dhe 17 nga 5A", and, when the
 * text ends with a class, each group to the class behind it. */
void roll_settle_entries(struct roll *o)
{
	if (o->n_entries == 0)
		return;
	bool before = false, under_last = false;
	for (int i = 0; i < o->n_marks; i++) {
		before |= o->marks[i].entry < 0 && o->marks[i].pupil;
		under_last |= o->marks[i].entry == o->n_entries - 1 && o->marks[i].pupil;
	}
	bool suffix = before && !under_last && o->n_entries > 1;
	for (int i = 0; i < o->n_marks; i++) {
		struct mark *m = &o->marks[i];
		if (suffix)
			m->entry++;
		else if (m->entry < 0 && (m->pupil || o->n_entries == 1))
			m->entry = 0;
	}
}

static bool named_before(const struct roll *o, int at)
{
	const struct mark *m = &o->marks[at];
	for (int i = 0; i < at; i++)
		if (o->marks[i].pupil && o->marks[i].entry == m->entry && o->marks[i].n == m->n)
			return true;
	return false;
}

static void give(struct roll *o, int entry, int from, int to, const struct mark *word)
{
	for (int i = from; i < to; i++) {
		struct mark *k = &o->marks[i];
		if (!k->pupil || k->entry != entry)
			continue;
		k->category = word->category ? word->category : k->category;
		k->reason = word->reason ? word->reason : k->reason;
	}
}

/* "3 4 5 mungojne, 4 me raport": pupils named again, of whom alone the words say something.  False when no
 * pupil is named twice; what cannot be told apart is asked (clash). */
static bool settle_again(struct roll *o, int entry)
{
	int again = -1, last = -1, word = -1;
	for (int i = 0; i < o->n_marks; i++) {
		const struct mark *m = &o->marks[i];
		if (m->pupil && m->entry == entry && named_before(o, i))
			again = again < 0 ? i : again;
		else if (m->pupil && m->entry == entry && again >= 0)
			last = i;
		else if (!m->pupil)
			word = i;
	}
	if (again < 0 || word < 0)
		return false;
	o->clash |= last >= 0; /* a new pupil among those named again */
	int list = again; /* one behind the last of the first naming */
	while (list > 0 && !o->marks[list - 1].pupil)
		list--;
	bool suffix = word > again;
	for (int w = 0; w < o->n_marks; w++) {
		if (o->marks[w].pupil)
			continue;
		int from = w;
		while (from > again && !o->marks[from - 1].pupil)
			from--;
		int to = from;
		while (from > again && o->marks[from - 1].pupil)
			from--;
		if (w < again && (suffix || w < list))
			give(o, entry, 0, again, &o->marks[w]);
		else if (w < again)
			give(o, entry, again, o->n_marks, &o->marks[w]);
		else
			give(o, entry, from, to, &o->marks[w]);
	}
	for (int i = again; i < o->n_marks; i++)
		for (int k = 0; k < again; k++)
			if (o->marks[i].pupil && o->marks[k].pupil && o->marks[k].n == o->marks[i].n &&
			    o->marks[k].entry == entry)
				give(o, entry, k, k + 1, &o->marks[i]);
	return true;
}

static int first_word_of(const struct roll *o, int entry)
{
	for (int i = 0; i < o->n_marks; i++)
		if (!o->marks[i].pupil && (o->marks[i].entry == entry || o->marks[i].entry == -1))
			return i;
	return -1;
}

/* Gives the pupils of one class (marks with that entry) their category and reason. */
void roll_settle_words(struct roll *o, int entry)
{
	if (settle_again(o, entry))
		return;
	int first_pupil = -1, last_pupil = -1, between = 0, first_word = -1;
	for (int i = 0; i < o->n_marks; i++) {
		if (o->marks[i].entry != entry || !o->marks[i].pupil)
			continue;
		if (first_pupil < 0)
			first_pupil = i;
		last_pupil = i;
	}
	if (first_pupil < 0)
		return;
	/* "3 4 5 mungojne, 2 me raport": a further pupil with a note, or two of the three? */
	bool apart = o->marks[first_pupil].part != o->marks[last_pupil].part && o->n_entries == 1;
	for (int i = last_pupil + 1; i < o->n_marks && apart; i++)
		o->clash |= o->marks[i].entry == entry && first_word_of(o, entry) > last_pupil;
	for (int i = 0; i < o->n_marks; i++)
		if (o->marks[i].entry == entry && !o->marks[i].pupil) {
			if (first_word < 0)
				first_word = i;
			between += i > first_pupil && i < last_pupil;
		}
	bool prefix = between && first_word < first_pupil && o->marks[o->n_marks - 1].pupil;
	for (int w = 0; w < o->n_marks; w++) {
		const struct mark *m = &o->marks[w];
		if (m->pupil || (m->entry != entry && m->entry != -1))
			continue;
		int from = 0, to = o->n_marks;
		if (between && m->entry == entry && prefix) {
			for (from = w; from < o->n_marks && !o->marks[from].pupil; from++)
				;
			for (to = from; to < o->n_marks && o->marks[to].pupil; to++)
				;
		} else if (between && m->entry == entry) {
			for (to = w; to > 0 && !o->marks[to - 1].pupil; to--)
				;
			for (from = to; from > 0 && o->marks[from - 1].pupil; from--)
				;
		}
		for (int i = from; i < to; i++) {
			struct mark *k = &o->marks[i];
			if (!k->pupil || k->entry != entry)
				continue;
			bool implied = m->reason && strcmp(m->reason, "sick") == 0;
			if (m->category && k->category && strcmp(m->category, k->category) != 0 &&
			    strstr(m->category, "excused") && strstr(k->category, "excused"))
				o->clash |= !implied;
			if (m->category && (!k->category || !implied))
				k->category = m->category;
			if (m->reason)
				k->reason = m->reason;
		}
	}
}
