/* attendance.c - readings about who was in class: absence, counts, all present, excuses, returns,
 * leaving school.  May call roll, finish, slots, scan, world, calendar.
 */
#include <stdio.h>
#include <string.h>
#include "parser/calendar.h"
#include "parser/finish.h"
#include "parser/roll.h"
#include "parser/slots.h"

static int named_class(struct scan *s, const char *name, int school)
{
	int g, sec, n;
	return class_parse(name, &g, &sec) ? world_find_class(s->w, school, g, sec, &n) : -1;
}

/* An absence that is announced ("do te mungoje te premten"): a weekday is the one to come, and what has not
 * happened is not recorded. */
static void refuse_announced(const struct scan *s, const struct pick *p, struct reading *r)
{
	bool will = false, perhaps = scan_any(s, C_MAYBE_FUTURE);
	for (int i = 0; i < s->ts.n; i++) {
		int n = scan_is(s, i, C_FUTURE, NULL), k = i + n;
		k += n ? scan_is(s, k, C_FILLER, NULL) : 0;
		will |= n && (scan_is(s, i, C_ABSENCE, NULL) || scan_is(s, i + n, C_ABSENCE, NULL) ||
			      scan_is(s, k, C_ABSENCE, NULL));
	}
	const struct unit *d = pick_first(p, U_DATE);
	if (will && (!d || (!(d->flags & (K_WEEKDAY | K_BAD)) && d->b < s->today)))
		finish_clarify(r, "date");
	else if ((will || perhaps) && d && (d->flags & K_WEEKDAY) && !(d->flags & K_SPAN) && d->c > s->today) {
		char iso[11];
		day_to_iso(d->c, iso);
		reading_set_word(r, "date", iso);
		finish_fail(r, "future_date");
	}
}

static bool beside_number(const struct scan *s, const struct unit *u)
{
	int end = u->at + u->n;
	return (u->at > 0 && s->ts.t[u->at - 1].number) || (end < s->ts.n && s->ts.t[end].number);
}

/* Names, numbers, addresses have no place in an attendance report.  A word that fits no slot of it, stands in no
 * vocabulary and is not a slip from one is taken for a name too, in small letters as well. */
static bool refuse_private(const struct scan *s, const struct pick *p, struct reading *r, int pupils)
{
	int words = 0, strange = 0, beside = 0, run = 0;
	bool two = false;          /* two strange words side by side */
	bool other = !p->triggered; /* something else does not fit: then it is the text that is not understood */
	for (int i = 0; i < p->n; i++) {
		const struct unit *u = p->p[i].u;
		const struct token *t = &s->ts.t[u->at];
		bool word = u->type == U_WORD && !t->number && t->n >= 3 && !s->phrase[u->at].n;
		bool common = u->type == U_CONCEPT && u->concept == C_COMMON;
		words += word || common;
		bool odd = word && t->word < 0 && !(t->flags & TOK_NEAR) && !scan_is(s, u->at - 1, C_IN_PLACE, NULL);
		strange += odd;
		run = word ? run + 1 : 0;
		two |= run > 1;
		other |= !p->p[i].used && u->type == U_CONCEPT && (common || concept_weight((enum concept)u->concept) > 3);
		beside += (word || common) && beside_number(s, u);
		/* a word only nearly known, and of no use here: "salla 7" */
		beside += u->type == U_CONCEPT && !p->p[i].used && (u->flags & K_GUESS) &&
			  concept_weight((enum concept)u->concept) && beside_number(s, u);
	}
	bool name = pick_private(p) || two || (strange && !other);
	/* a slip that was mended may have been a name: shown back, and not kept */
	for (int i = 0; i < p->n; i++) {
		const struct unit *u = p->p[i].u;
		if (u->type != U_CONCEPT || !(u->flags & K_GUESS) || concept_weight((enum concept)u->concept) > 4)
			continue;
		r->private_found = true;
		if (pupils)
			reading_set_flag(r, "confirm");
	}
	if (name) {
		r->private_found = true;
		finish_fail(r, "names_not_allowed");
	} else if (words || beside) {
		/* An unknown word in small letters cannot be told from a name: the report may stand, shown
		 * back, but the raw text is not kept. */
		r->private_found = true;
		if (beside) /* "12 libra", "dhoma 4", "nr 12 <name>": what the number is was not read */
			finish_clarify(r, "meaning");
		else if (pupils)
			reading_set_flag(r, "confirm");
	} else if (p->cost > COST) {
		reading_set_flag(r, "confirm");
	}
	return name;
}

/* The class of a text that names none: the one just asked about, or the only one he has. */
static void default_class(struct scan *s, struct roll *o, struct reading *r)
{
	int c = -1;
	if (o->n_entries || r->error)
		return;
	if (s->ctx && strncmp(s->ctx->asked, "class:", 6) == 0)
		c = named_class(s, s->ctx->asked + 6, s->school);
	else if (s->ctx && strcmp(s->ctx->asked, "pupils") == 0 && scan_last(s) &&
		 reading_word(scan_last(s), "class"))
		c = named_class(s, reading_word(scan_last(s), "class"), s->school);
	if (c < 0 && s->from->n_classes == 1) {
		c = named_class(s, s->from->classes[0], s->school);
		reading_set_flag(r, "confirm");
	}
	if (c >= 0)
		o->classes[o->n_entries++] = c;
}

static bool own_grade(const struct scan *s, int32_t n)
{
	int g, sec;
	for (unsigned i = 0; i < s->from->n_classes && i < 24; i++)
		if (class_parse(s->from->classes[i], &g, &sec) && g == n)
			return true;
	return false;
}

static void need_class(struct scan *s, struct roll *o, struct reading *r)
{
	if (o->n_entries)
		return;
	/* "MUNGESE 5 12 17": the first number is a grade he teaches, and others follow */
	bool grade = o->n_pupils > 1 && o->marks[0].pupil && own_grade(s, o->marks[0].n);
	finish_fail(r, grade ? "missing_section" : "missing_class");
}

static void set_class(struct scan *s, struct roll *o, struct reading *r)
{
	if (o->n_entries == 0 || o->classes[0] < 0)
		return;
	const struct w_class *c = &s->w->classes[o->classes[0]];
	reading_set_word(r, "class", c->name);
	if (s->school < 0)
		reading_set_word(r, "school", s->w->schools[c->school].id);
}

static void check_pupils(struct scan *s, struct roll *o, struct reading *r)
{
	for (int i = 0; i < o->n_marks; i++) {
		const struct mark *m = &o->marks[i];
		if (!m->pupil || m->entry < 0 || m->entry >= o->n_entries)
			continue;
		int c = o->classes[m->entry];
		if (c >= 0 && (m->n > s->w->classes[c].size || m->n < 0)) {
			finish_fail(r, "pupil_out_of_range");
			if (!reading_word(r, "class")) /* of several: the one at fault */
				reading_set_word(r, "class", s->w->classes[c].name);
		}
	}
	if (o->too_many)
		finish_clarify(r, "too_long");
}

static void write_words(struct roll *o, struct reading *r, bool several, struct scan *s)
{
	const char *cat = NULL, *why = NULL;
	bool same_cat = true, same_why = true, first = true, any_cat = false, any_why = false;
	for (int i = 0; i < o->n_marks; i++) {
		struct mark *m = &o->marks[i];
		if (!m->pupil)
			continue;
		if (!m->category)
			m->category = "unknown";
		any_cat |= strcmp(m->category, "unknown") != 0;
		any_why |= m->reason != NULL;
		if (!first) {
			same_cat &= strcmp(cat, m->category) == 0;
			same_why &= (why == NULL) == (m->reason == NULL) &&
				    (!why || strcmp(why, m->reason) == 0);
		}
		cat = m->category;
		why = m->reason;
		first = false;
	}
	if (same_cat && cat)
		reading_set_word(r, "category", cat);
	if (same_why && why)
		reading_set_word(r, "reason", why);
	for (int i = 0; i < o->n_marks; i++) {
		const struct mark *m = &o->marks[i];
		char key[20];
		if (!m->pupil)
			continue;
		if (several)
			snprintf(key, sizeof(key), "%.7s:%d", s->w->classes[o->classes[m->entry]].name,
				 (int)(m->n % 1000));
		else
			snprintf(key, sizeof(key), "%d", (int)(m->n % 1000));
		if (!same_cat && any_cat && !reading_map(r, "categories", key))
			reading_add_pair(r, "categories", key, m->category);
		if (!same_why && any_why && m->reason && !reading_map(r, "reasons", key))
			reading_add_pair(r, "reasons", key, m->reason);
	}
}

static void write_flags(struct roll *o, struct reading *r)
{
	if (o->country[0])
		reading_set_word(r, "country", o->country);
	if (o->abroad)
		reading_add_word(r, "flags", "abroad");
	if (o->work)
		reading_add_word(r, "flags", "work");
}

static void write_entries(struct scan *s, struct roll *o, struct reading *r)
{
	for (int e = 0; e < o->n_entries; e++) {
		bool any = false, zero = false;
		for (int i = 0; i < o->n_marks; i++) {
			any |= o->marks[i].pupil && o->marks[i].entry == e && o->marks[i].n > 0;
			zero |= o->marks[i].pupil && o->marks[i].entry == e && o->marks[i].n == 0;
		}
		if (!any && !zero)
			finish_fail(r, "missing_pupils");
		else if (any && zero)
			finish_clarify(r, "zero_or_pupils");
		struct reading_entry *en = reading_add_entry(r, s->w->classes[o->classes[e]].name);
		for (int i = 0; en && i < o->n_marks; i++) {
			const struct mark *m = &o->marks[i];
			bool twice = false;
			for (unsigned k = 0; k < en->n; k++)
				twice |= r->items[en->first + k].num == m->n;
			if (m->pupil && m->entry == e && m->n > 0 && !twice)
				reading_entry_pupil(r, en, m->n);
		}
	}
}

/* What may stand beside a class and numbers without saying anything. */
static bool idle(enum concept c)
{
	switch ((int)c) {
	case C_FILLER: case C_GREETING: case C_THANKS: case C_AND: case C_CLASS_WORD: case C_PUPIL_WORD:
	case C_NUMBER_LABEL: case C_SCHOOL_WORD: case C_TEST: case C_OF: case C_FROM: case C_WITH:
	case C_TEACHER_WORD:
		return true;
	default:
		return false;
	}
}

/* A word whose meaning this report has no use for, or whose other meaning is a keyword. */
static bool unread(const struct scan *s, const struct pick *p)
{
	/* "vetem nr 5" says nothing more, where the absent were asked for */
	bool only = s->ctx && strncmp(s->ctx->asked, "class:", 6) == 0;
	for (int i = 0; i < p->n; i++) {
		const struct unit *u = p->p[i].u;
		if (p->p[i].used || u->type == U_WORD || u->type == U_NAME)
			continue;
		if (only && u->type == U_CONCEPT && u->concept == C_ONLY)
			continue;
		/* "eshte ne gjermani me familjen" */
		if (u->type == U_CONCEPT && u->concept == C_FAMILY_WORD && scan_seen(s, C_COUNTRY))
			continue;
		if (u->type != U_CONCEPT ||
		    (!idle((enum concept)u->concept) && !scan_is(s, u->at, C_FILLER, NULL)))
			return true;
		for (int32_t e = s->phrase[u->at].n ? s->phrase[u->at].entry : -1; e >= 0;
		     e = s->w->lex.entries[e].next) {
			enum concept c = s->w->lex.entries[e].concept;
			if ((concept_group(c) == G_TRIGGER || concept_group(c) == G_TYPE) && concept_weight(c) > 2)
				return true;
		}
	}
	return false;
}

/* Hours and times of day make an absence of a part of a day, which is not recorded: only a late or an
 * early pupil's are taken for what they are. */
static void ask_part_of_day(const struct pick *p, struct reading *r)
{
	const struct unit *q = pick_first(p, U_QUANTITY);
	if (!q)
		return;
	bool part = pick_concept(p, C_LATE) || pick_concept(p, C_LEFT_EARLY) || pick_concept(p, C_CAME);
	if (!part || q->b == 'X' || q->b == 'H')
		finish_clarify(r, "meaning");
	else
		reading_set_flag(r, "confirm");
}

/* Words whose neighbour makes something else of them. */
static void ask_beside(const struct scan *s, const struct pick *p, struct reading *r)
{
	/* "mungon libri": a thing is missing */
	for (int i = 0; i + 1 < p->n; i++) {
		const struct unit *a = p->p[i].u, *b = p->p[i + 1].u;
		bool word = a->type == U_CONCEPT && b->type == U_CONCEPT;
		if (word && ((a->concept == C_COMMON && b->concept == C_ABSENCE) ||
			     (a->concept == C_ABSENCE && b->concept == C_COMMON)))
			finish_clarify(r, "meaning");
	}
	/* "5A 12 nuk ka libra": without, but there */
	if (!p->triggered && pick_concept(p, C_NO_CLOTHES))
		finish_clarify(r, "meaning");
	/* "raport 5A 12": the report, or a doctor's note? */
	if (scan_is(s, p->p[0].u->at, C_REPORT_WORD, NULL) && p->p[0].used)
		finish_clarify(r, "meaning");
	for (int i = 1; i < p->n; i++) {
		const struct unit *u = p->p[i].u, *before = p->p[i - 1].u;
		/* "deri te premten", "raport 5 dite": days that are still to come */
		if (u->type == U_DATE && (scan_is(s, before->at, C_UP_TO, NULL) ||
					  ((u->flags & K_BACK) && before->type == U_CONCEPT &&
					   before->concept == C_EXCUSED)))
			finish_clarify(r, "date");
		/* "3 me 16": with, or on the 16th */
		if (i > 1 && u->type == U_NUMBER && !(u->flags & K_LABELLED) && u->a >= 1 && u->a <= 31 &&
		    p->p[i - 2].u->type == U_NUMBER && before->n == 1 && scan_is(s, before->at, C_WITH, NULL))
			finish_clarify(r, "date_or_pupils");
	}
	/* "jane 25, mungojne 3": how many there are is no register number; "mungesat jane 12, 17" is */
	for (int i = 1; i < p->n; i++) {
		const struct unit *u = p->p[i].u, *are = p->p[i - 1].u;
		const struct unit *before = i > 1 ? p->p[i - 2].u : NULL;
		bool noun = before && before->type == U_CONCEPT && scan_is(s, before->at, C_ABSENCE, NULL);
		if (u->type == U_NUMBER && !(u->flags & K_LABELLED) && scan_is(s, are->at, C_HAVE, NULL) && !noun &&
		    (are->type == U_CONCEPT || are->type == U_WORD) && pick_concept(p, C_ABSENCE) && !scan_is(s, are->at, C_ABSENCE, NULL))
			finish_clarify(r, "count_or_pupils");
	}
}

static void ask_unclear(struct scan *s, struct pick *p, struct roll *o, struct reading *r)
{
	const struct unit *d = pick_first(p, U_DATE);
	if (r->error)
		return;
	bool all = (pick_concept(p, C_ALL) && !pick_concept(p, C_EXCEPT)) || pick_concept(p, C_SOME);
	if (all || (pick_concept(p, C_NOBODY) && !o->zero))
		finish_clarify(r, "mass_absence");
	if (d && (d->flags & K_US))
		finish_clarify(r, "date");
	if (d && (d->flags & K_DM) && o->n_pupils == 0)
		finish_clarify(r, "date_or_pupils");
	if (o->loose_date)
		finish_clarify(r, "date");
	/* "arsye" alone: excused, or the reason forgotten */
	bool words = o->abroad || o->work;
	for (int i = 0; i < o->n_marks; i++)
		words |= !o->marks[i].pupil;
	if (pick_concept(p, C_EXCUSE) && !words)
		finish_clarify(r, "meaning");
	/* "1. nr 3 2. nr 5", "2: nr 3 dhe nr 5": a number that only counts those that follow */
	for (int i = 0; i + 2 < p->n; i++)
		if (p->p[i].used && p->p[i].u->type == U_NUMBER && !(p->p[i].u->flags & K_LABELLED) &&
		    p->p[i + 1].u->type == U_CONCEPT && p->p[i + 1].u->concept == C_NUMBER_LABEL &&
		    p->p[i + 2].u->type == U_NUMBER)
			finish_clarify(r, "count_or_pupils");
	/* "3 absent in 5A": which, or how many? */
	const struct unit *one = pick_first(p, U_NUMBER), *gone = pick_concept(p, C_ABSENCE);
	if (one && gone && o->n_pupils == 1 && one->at == s->first_word && one->at + one->n == gone->at &&
	    !(one->flags & K_LABELLED))
		reading_set_flag(r, "confirm");
	/* a text cut off before its day */
	const struct picked *last = &p->p[p->n - 1];
	if (!last->used && last->u->type == U_CONCEPT && last->u->concept == C_DATE_LABEL)
		finish_clarify(r, "date");
	ask_part_of_day(p, r);
	ask_beside(s, p, r);
	for (int i = 0; i < p->n && !p->triggered; i++)
		if (p->p[i].u->type == U_CONCEPT && roll_elsewhere(s, p, i))
			finish_clarify(r, "meaning"); /* "5A 12 iku ne fshat" */
	/* Without a keyword nothing may stay unread: "5A 12 shkoi", "5A 12 ne shkolle" are no absences. */
	if (!p->triggered && (scan_seen(s, C_VERB) || unread(s, p) ||
			      (pick_concept(p, C_PARENT_WORD) && !o->abroad && !o->work)))
		finish_clarify(r, "meaning");
	/* "3 nxenes: 12, 17, 23": the count must be that of the list */
	const struct unit *count = pick_first(p, U_COUNT);
	if (count && o->n_pupils && (count->a != o->n_pupils || pick_count(p, U_COUNT) > 1))
		finish_clarify(r, "count_or_pupils");
	/* "12 16 dhe 17 nentor": 16 may be a pupil or the 16th */
	for (int i = 2; i < p->n; i++) {
		const struct unit *u = p->p[i].u, *and = p->p[i - 1].u;
		if (u->type == U_DATE && (u->flags & K_NAMED) && p->p[i - 2].u->type == U_NUMBER &&
		    scan_is(s, and->at, C_AND, NULL) && o->n_pupils > 1)
			finish_clarify(r, "date_or_pupils");
	}
	for (int e = 0; e < o->n_entries; e++) {
		int n = 0;
		for (int i = 0; i < o->n_marks; i++)
			n += o->marks[i].pupil && o->marks[i].entry == e;
		if (o->classes[e] >= 0 && n > 8 && n * 10 > s->w->classes[o->classes[e]].size * 8)
			finish_clarify(r, "mass_absence");
	}
}

/* Words of a keyword-less text are shown back: "12 17" may have been meant otherwise. */
static void show_guess(const struct pick *p, struct reading *r)
{
	if (!p->triggered)
		reading_set_flag(r, "confirm");
}

void finish_absence(struct scan *s, struct pick *p, struct reading *r)
{
	struct roll o;
	roll_collect(s, p, r, &o);
	if (refuse_private(s, p, r, o.n_pupils)) {
		set_class(s, &o, r);
		return;
	}
	if (o.n_entries == 0)
		default_class(s, &o, r);
	need_class(s, &o, r);
	if (o.n_entries > 1 && pick_count(p, U_DATE) > 1)
		finish_clarify(r, "date");
	/* "mungese 5A asnje": none is absent, said the short way; shown back */
	const struct unit *trigger = pick_concept(p, C_ABSENCE);
	bool came_not = trigger && scan_is(s, trigger->at, C_NOT_COME, NULL);
	if (pick_concept(p, C_NOBODY) && !pick_concept(p, C_ALL) && o.n_pupils == 0 && !came_not) {
		roll_add(&o, o.n_entries - 1, true, 0, NULL, NULL);
		o.zero = true;
		reading_set_flag(r, "confirm");
	}
	roll_settle_entries(&o);
	ask_unclear(s, p, &o, r);
	if (!r->error && !r->about)
		refuse_announced(s, p, r);
	if (r->error || r->about) {
		set_class(s, &o, r);
		return;
	}
	roll_days(s, p, r, &o);
	check_pupils(s, &o, r);
	for (int e = 0; e < o.n_entries; e++)
		roll_settle_words(&o, e);
	if (o.clash)
		finish_clarify(r, "meaning"); /* "pa me arsye" */
	if (!o.zero) /* "5A 0" is the short way that is taught, and can mean nothing else */
		show_guess(p, r);
	if (o.n_entries == 1) {
		set_class(s, &o, r);
		if (o.n_pupils == 0)
			finish_fail(r, "missing_pupils");
		else if (o.zero && o.n_pupils > 1)
			finish_clarify(r, "zero_or_pupils");
		else if (o.zero && !r->about)
			r->intent = "all_present";
	}
	if (r->error || r->about || reading_is(r, "all_present"))
		return;
	if (o.n_entries > 1) {
		write_entries(s, &o, r);
	} else {
		for (int i = 0; i < o.n_marks; i++)
			if (o.marks[i].pupil)
				add_number_once(r, "pupils", o.marks[i].n);
	}
	write_words(&o, r, o.n_entries > 1, s);
	write_flags(&o, r);
}

/* "te gjithe prezent pervec 14": the one is absent; shown back. */
void finish_all_but(struct scan *s, struct pick *p, struct reading *r)
{
	const struct unit *but = pick_concept(p, C_EXCEPT), *n = pick_first(p, U_NUMBER);
	bool here = pick_concept(p, C_PRESENT) || pick_concept(p, C_NO_ABSENCE) ||
		    (pick_concept(p, C_ALL) && pick_concept(p, C_CAME));
	if (!n)
		n = pick_first(p, U_RANGE);
	finish_absence(s, p, r);
	if (!here || !n || n->at < but->at || pick_concept(p, C_NOBODY))
		finish_clarify(r, "mass_absence");
	if (!r->error && !r->about)
		reading_set_flag(r, "confirm");
}

void finish_absence_count(struct scan *s, struct pick *p, struct reading *r)
{
	struct roll o;
	roll_collect(s, p, r, &o);
	if (refuse_private(s, p, r, 1))
		return;
	o.n_pupils = 0;
	default_class(s, &o, r);
	need_class(s, &o, r);
	set_class(s, &o, r);
	if (o.n_entries > 1)
		finish_clarify(r, "count_of_which_class");
	roll_days(s, p, r, &o);
	const struct unit *of = pick_first(p, U_OUT_OF), *total = pick_first(p, U_TOTAL);
	const struct unit *n = of ? of : pick_first(p, U_COUNT);
	int32_t enrolled = of ? of->b : total ? total->b : 0;
	if (!n)
		n = pick_first(p, U_NUMBER);
	if (!n) {
		finish_fail(r, "missing_pupils");
		return;
	}
	int size = o.n_entries && o.classes[0] >= 0 ? s->w->classes[o.classes[0]].size : 0;
	if (n->flags & K_FIXED)
		reading_set_flag(r, "confirm");
	/* 11/16 is a date in the American order as much as a share of a class of another size */
	if (of && of->n == 2 && size && enrolled != size)
		finish_clarify(r, pick_first(p, U_DATE) || (of->a >= 1 && of->a <= 12 && enrolled > 12 &&
			       enrolled <= 31) ? "date" : "count_or_pupils");
	if (pick_concept(p, C_ALL) || pick_concept(p, C_SOME))
		finish_clarify(r, "mass_absence");
	/* "5A kam 28 nxenes", "12 djem 16 vajza": how many there are */
	if (pick_count(p, U_COUNT) > 1)
		finish_clarify(r, "count_or_pupils");
	else if (!p->triggered && !of && size && n->a * 2 > size)
		finish_clarify(r, "mass_absence");
	else if (!p->triggered && !of && unread(s, p))
		finish_clarify(r, "meaning"); /* "12 nxenes te rinj" */
	if (n->type == U_COUNT && n->b == 'A')
		reading_set_flag(r, "confirm");
	if ((enrolled && n->a > enrolled) || (size && n->a > size))
		finish_fail(r, "pupil_out_of_range");
	if (r->error || r->about)
		return;
	if (n->a == 0) {
		r->intent = "all_present";
		return;
	}
	reading_set_int(r, "count", n->a);
	if (!of)
		show_guess(p, r);
	if (enrolled)
		reading_set_int(r, "enrolled", enrolled);
	if (size && enrolled && enrolled != size)
		reading_set_flag(r, "confirm");
}

void finish_all_present(struct scan *s, struct pick *p, struct reading *r)
{
	struct roll o;
	roll_collect(s, p, r, &o);
	if (refuse_private(s, p, r, 1))
		return;
	default_class(s, &o, r);
	need_class(s, &o, r);
	/* "zero prezent" is the opposite of none absent, and so is "vetem .. prezent" */
	for (int i = 0; i < s->ts.n; i++) {
		int32_t v;
		unsigned f;
		if (scan_number(s, i, &v, &f) && v == 0 && pick_concept(p, C_PRESENT) && !pick_concept(p, C_ALL))
			finish_clarify(r, "mass_absence");
	}
	if (scan_seen(s, C_ONLY))
		finish_clarify(r, "mass_absence");
	/* "asnje prezent" and "asnje erdhi" are the opposite */
	if (pick_concept(p, C_NOBODY) && (pick_concept(p, C_PRESENT) || pick_concept(p, C_CAME)))
		finish_clarify(r, "mass_absence");
	roll_days(s, p, r, &o);
	if (o.n_entries > 1 && !r->error && !r->about) {
		for (int e = 0; e < o.n_entries; e++)
			reading_add_entry(r, s->w->classes[o.classes[e]].name);
		r->intent = "absence"; /* several class-days, each with nobody absent */
		return;
	}
	set_class(s, &o, r);
}

/* Class and pupils of a report about named register numbers; false after a fault. */
static bool class_and_pupils(struct scan *s, struct pick *p, struct reading *r, struct roll *o)
{
	roll_collect(s, p, r, o);
	if (refuse_private(s, p, r, o->n_pupils))
		return false;
	default_class(s, o, r);
	need_class(s, o, r);
	roll_settle_entries(o);
	if (o->n_entries > 1)
		finish_clarify(r, "which_class");
	check_pupils(s, o, r);
	set_class(s, o, r);
	if (o->n_pupils == 0 || o->zero)
		finish_fail(r, "missing_pupils");
	if (r->error || r->about)
		return false;
	for (int i = 0; i < o->n_marks; i++)
		if (o->marks[i].pupil)
			add_number_once(r, "pupils", o->marks[i].n);
	show_guess(p, r);
	return true;
}

void finish_excuse(struct scan *s, struct pick *p, struct reading *r)
{
	struct roll o;
	if (!class_and_pupils(s, p, r, &o))
		return;
	for (int i = 0; i < o.n_marks; i++)
		if (o.marks[i].reason) {
			reading_set_word(r, "reason", o.marks[i].reason);
			break;
		}
	write_flags(&o, r);
	if (pick_first(p, U_DATE))
		roll_days(s, p, r, &o);
}

void finish_return(struct scan *s, struct pick *p, struct reading *r)
{
	struct roll o;
	if (!class_and_pupils(s, p, r, &o))
		return;
	/* "vetem 12 erdhi": the rest of the class did not */
	if (scan_seen(s, C_ONLY))
		finish_clarify(r, "mass_absence");
	/* "kane ardhur 12": that many, or that one? */
	const struct unit *one = pick_first(p, U_NUMBER);
	if (o.n_pupils == 1 && one && !(one->flags & K_LABELLED) && scan_any(s, C_PLURAL_CAME))
		finish_clarify(r, "count_or_pupils");
	ask_part_of_day(p, r);
	roll_days(s, p, r, &o);
}

void finish_left(struct scan *s, struct pick *p, struct reading *r)
{
	struct roll o;
	if (!class_and_pupils(s, p, r, &o))
		return;
	const char *why = pick_concept(p, C_TRANSFERRED) ? "transferred" :
			  pick_concept(p, C_MOVED_ABROAD) || o.abroad ? "moved_abroad" :
			  pick_concept(p, C_MARRIED) ? "married" :
			  pick_concept(p, C_DROPOUT) ? "dropout" : NULL;
	if (why)
		reading_set_word(r, "reason", why);
	else
		finish_clarify(r, "reason");
	if (o.country[0])
		reading_set_word(r, "country", o.country);
}

void finish_reported(struct scan *s, struct pick *p, struct reading *r)
{
	const struct unit *c = pick_first(p, U_CLASS);
	(void)s;
	r->intent = "clarify";
	r->of = "absence";
	r->about = "date_or_duplicate";
	if (c) {
		char name[WORLD_CODE];
		class_format(c->a, c->b, name);
		reading_set_word(r, "class", name);
	}
}

/* The day that was asked for, put to the report that lacked it. */
void finish_date_answer(struct scan *s, struct pick *p, struct reading *r)
{
	struct roll o = { 0 };
	const struct reading *last = scan_last(s);
	const struct reading_item *it;
	if (!last) { /* "raportova dje", and nothing was asked */
		finish_reported(s, p, r);
		return;
	}
	size_t n = reading_list(last, "pupils", &it);
	const char *c = reading_word(last, "class"), *cat = reading_word(last, "category");
	if (c)
		reading_set_word(r, "class", c);
	for (size_t i = 0; i < n; i++)
		reading_add_int(r, "pupils", it[i].num);
	if (!c)
		finish_fail(r, "missing_class");
	else if (!n)
		finish_fail(r, "missing_pupils");
	roll_days(s, p, r, &o);
	reading_set_word(r, "category", cat ? cat : "unknown");
	reading_set_flag(r, "confirm");
}
