/* people.c - sex and age, children, and counts: m11, djale 11 vjec, 2 femije, 3 nxenes, 3/28.
 * May call scan. */
#include "parser/slots.h"
#include <string.h>

static int sex_at(const struct scan *s, int i, int *sex, bool *letter)
{
	static const struct {
		enum concept c;
		int sex;
		bool letter;
	} words[] = { { C_MALE, 'M', false }, { C_FEMALE, 'F', false }, { C_SEX_M, 'M', true },
		      { C_SEX_F, 'F', true } };
	for (unsigned k = 0; k < 4; k++) {
		int n = scan_is(s, i, words[k].c, NULL);
		if (n) {
			*sex = words[k].sex;
			*letter = words[k].letter;
			return n;
		}
	}
	return 0;
}

static bool age_ok(int32_t n)
{
	return n >= 0 && n <= 99;
}

static void add_person(struct scan *s, int i, int n, int sex, int32_t age)
{
	struct unit *u = scan_add(s, sex && age >= 0 ? U_SEX_AGE : sex ? U_SEX : U_AGE, i, n);
	u->a = sex;
	u->b = age;
}

static bool number_free(const struct scan *s, int i)
{
	/* 11 in "11/16" or "11.12" is part of something longer */
	return !(scan_tight(s, i + 1, SEP_DOT) || scan_tight(s, i + 1, SEP_SLASH)) ||
	       !s->ts.t[i + 1].number;
}

/* "fl2", "ml1", "vi3": the letter of the sex, and a one that was typed as the letter it looks like. */
static void sex_and_slip(struct scan *s, int i)
{
	const struct token *t = &s->ts.t[i];
	const char *c = token_text(&s->ts, i);
	if (t->n != 2 || t->number || s->phrase[i].n || !strchr("mfvg", c[0]) || (c[1] != 'l' && c[1] != 'i') ||
	    !scan_glued(s, i + 1) || s->ts.t[i + 1].digits != 1 || !s->ts.t[i + 1].number || scan_glued(s, i + 2))
		return;
	add_person(s, i, 2, c[0] == 'm' ? 'M' : 'F', 10 + s->ts.t[i + 1].num);
	s->units[s->n_units - 1].flags = K_FIXED;
	s->plain[i + 1] = true;
}

/* "m11", "djale 11 vjec", "vajze e vogel 8", "femije 8 vjec" */
static void sex_then_age(struct scan *s, int i)
{
	int sex = 0;
	bool letter = false;
	int n = sex_at(s, i, &sex, &letter);
	if (!n)
		return;
	add_person(s, i, n, sex, -1);
	int at = i + n;
	at += scan_is(s, at, C_OF, NULL) ? scan_is(s, at, C_OF, NULL) : scan_is(s, at, C_FILLER, NULL);
	if (letter)
		at = i + n;
	at += scan_is(s, at, C_AGE_LABEL, NULL);
	int32_t age;
	unsigned f;
	int k = scan_number(s, at, &age, &f);
	if (!k || !age_ok(age) || !number_free(s, at + k - 1))
		return;
	/* "m1O", "m1l": a letter typed for the figure it looks like */
	if (letter && k == 1 && age == 1 && scan_glued(s, at) && scan_glued(s, at + 1) &&
	    (token_is(&s->ts, at + 1, "o") || token_is(&s->ts, at + 1, "l"))) {
		age = token_is(&s->ts, at + 1, "o") ? 10 : 11;
		f = K_FIXED;
		k = 2;
	}
	int months = scan_is(s, at + k, C_MONTH_WORD, NULL);
	if (months) {
		add_person(s, i, at + k + months - i, sex, age / 12);
		return;
	}
	int grade, section, index; /* "djale 5A" goes to class 5A and is not five */
	if (scan_glued(s, at + k) && class_at(s, at, &grade, &section, &index, &f) > k)
		return;
	int w = scan_is(s, at + k, C_AGE_WORD, NULL);
	add_person(s, i, at + k + w - i, sex, age);
	s->units[s->n_units - 1].flags = (uint16_t)(f & K_FIXED);
}

/* "11 vjec", "11 vjec djale", "12 m", "13 year old girl" */
static void age_then_sex(struct scan *s, int i)
{
	int label = scan_is(s, i, C_AGE_LABEL, NULL);
	int32_t age;
	unsigned f;
	int k = scan_number(s, i + label, &age, &f);
	if (!k || !age_ok(age))
		return;
	int at = i + label + k, sex = 0;
	int w = scan_is(s, at, C_AGE_WORD, NULL);
	bool letter = false;
	int n = sex_at(s, at + w, &sex, &letter);
	if (n && letter && !w && !scan_glued(s, at))
		n = 0; /* "z4 2 m11" */
	if (n && scan_glued(s, at + w + n))
		n = 0;
	if (n && (w || letter))
		add_person(s, i, label + k + w + n, sex, age);
	/* "named Tani 11": the name is cut out, the age stays */
	bool named = i > 1 && scan_is(s, i - 2, C_NAME_CUE, NULL) && private_name(s, i - 1);
	if (w || label || named)
		add_person(s, i, label + k + w, 0, age);
	/* "eshte 11 vjec" is an age and no register number, "nr 11" is one whatever follows */
	if ((w || label) && s->ts.t[i + label].number && !(i > 0 && scan_is(s, i - 1, C_NUMBER_LABEL, NULL)))
		s->plain[i + label] = true;
}

static void children(struct scan *s, int i)
{
	int32_t n;
	unsigned f;
	int k = scan_number(s, i, &n, &f);
	/* the 7 of "z7 femije", the four of "zone four girl" say where */
	if (!k || n < 1 || n > 40 || scan_glued(s, i) || scan_is(s, i - 1, C_ZONE_WORD, NULL))
		return;
	int sex = 0;
	int w = scan_is(s, i + k, C_CHILD_WORD, NULL);
	if (!w && (w = scan_is(s, i + k, C_MALES, NULL)))
		sex = 'M';
	if (!w && (w = scan_is(s, i + k, C_FEMALES, NULL)))
		sex = 'F';
	/* "dy vajza": the plural looks like the one girl */
	if (!w && n > 1 && (f & K_WORDED) && (w = scan_is(s, i + k, C_FEMALE, NULL)))
		sex = 'F';
	if (!w)
		return;
	/* "dy vajza 9 dhe 12 vjec": ages of several are no one's age */
	int at = i + k + w, ages = 0;
	while (at < s->ts.n && s->ts.t[at].number && s->ts.t[at].digits <= 2 && !s->plain[at]) {
		ages++;
		at++;
		at += scan_is(s, at, C_AND, NULL);
	}
	int years = ages > 1 ? scan_is(s, at, C_AGE_WORD, NULL) : 0;
	struct unit *u = scan_add(s, U_KIDS, i, years ? at + years - i : k + w);
	u->a = n;
	u->b = sex;
}

/* Does a day end before token i that cannot be two register numbers? */
static bool day_before(const struct scan *s, int i)
{
	for (int k = s->n_units - 1; k >= 0 && s->units[k].at + 8 > i; k--)
		if (s->units[k].type == U_DATE && s->units[k].at + s->units[k].n == i &&
		    (s->units[k].n > 2 || (s->units[k].flags & K_LABELLED)) && !(s->units[k].flags & (K_DM | K_BAD)))
			return true;
	return false;
}

static void counts(struct scan *s, int i)
{
	static const struct {
		enum concept c;
		int kind;
	} words[] = { { C_PUPIL_WORD, 'P' }, { C_CHILD_WORD, 'P' }, { C_MALES, 'P' }, { C_FEMALES, 'P' },
		      { C_PARENT_WORD, 'R' }, { C_PEOPLE_WORD, 'V' }, { C_TEACHER_WORD, 'V' },
		      { C_ABSENCES, 'A' } };
	int32_t n;
	unsigned f;
	int k = scan_number(s, i, &n, &f);
	if (!k || n > 2000 || s->plain[i] || scan_is(s, i, C_NO_ABSENCE, NULL))
		return;
	for (unsigned j = 0; j < sizeof(words) / sizeof(words[0]); j++) {
		int w = scan_is(s, i + k, words[j].c, NULL);
		if (!w)
			continue;
		/* "12 17 nxenesit": a list of numbers before the word is not a count; a day before it is no list */
		bool list = i > 0 && !day_before(s, i) && s->ts.t[i - 1].number && !s->plain[i - 1] && !scan_glued(s, i - 1) &&
			    !(s->ts.t[i].pre & ~(unsigned)(SEP_SPACE | SEP_COMMA)) && !class_at(s, i - 1, &(int){ 0 },
			    &(int){ 0 }, &(int){ 0 }, &(unsigned){ 0 });
		/* "nr 12 nxenesi" names a pupil */
		if (scan_is(s, i - 1, C_NUMBER_LABEL, NULL) || (s->ts.t[i].pre & SEP_HASH))
			return;
		struct unit *u = scan_add(s, U_COUNT, i, k + w);
		s->plain[i] = !list;
		u->a = n;
		u->b = words[j].kind;
		u->flags = (uint16_t)f;
		u->cost = (int16_t)(list ? 3 * COST : 0);
		return;
	}
}

/* A number at i that is only that: no class, date or fraction grows out of it. */
static bool bare_number(const struct scan *s, int i)
{
	int g, sec, c;
	unsigned f;
	if (i >= s->ts.n || !s->ts.t[i].number || (s->ts.t[i].flags & TOK_HUGE) ||
	    scan_glued(s, i + 1) || class_at(s, i, &g, &sec, &c, &f))
		return false;
	if ((scan_tight(s, i + 1, SEP_DOT) || scan_tight(s, i + 1, SEP_SLASH) ||
	     scan_tight(s, i + 1, SEP_DASH)) && s->ts.t[i + 1].number)
		return false;
	int at = i + 1;
	return !scan_is(s, at, C_DAY_WORD, NULL) && !scan_is(s, at, C_MONTH, NULL) &&
	       !scan_is(s, at, C_WEEK_WORD, NULL) && !scan_is(s, at, C_UNTIL, NULL);
}

/* "3/28", "3 nga 28", "3 nga 28 nxenes"; and "nga 28" where the 3 stands elsewhere. */
static void fractions(struct scan *s, int i)
{
	const struct token *a = &s->ts.t[i];
	if (a->number && a->digits <= 3 && !s->plain[i]) {
		const struct token *b = i + 1 < s->ts.n ? &s->ts.t[i + 1] : NULL;
		int g, sec, c, at = i + 1;
		unsigned f;
		bool slash = b && scan_tight(s, i + 1, SEP_SLASH) && b->number;
		if (!slash) {
			int of = scan_is(s, at, C_OF, NULL);
			at += of;
			if (!of)
				at = s->ts.n;
		}
		if (at < s->ts.n && bare_number(s, at) && s->ts.t[at].num >= a->num &&
		    s->ts.t[at].num <= 99 && !(slash && class_at(s, i, &g, &sec, &c, &f) && c >= 0) &&
		    !scan_tight(s, i, SEP_SLASH) && /* slashes all along are separators */
		    !(slash && scan_tight(s, at + 1, SEP_SLASH) && s->ts.t[at + 1].number)) {
			struct unit *u = scan_add(s, U_OUT_OF, i, at + 1 - i);
			u->a = a->num;
			u->b = s->ts.t[at].num;
			s->plain[i] = s->plain[at] = true;
			return;
		}
	}
	int of = scan_is(s, i, C_OF, NULL);
	if (of && bare_number(s, i + of) && s->ts.t[i + of].num >= 5 && s->ts.t[i + of].num <= 99) {
		struct unit *u = scan_add(s, U_TOTAL, i, of + 1);
		u->b = s->ts.t[i + of].num;
		s->plain[i + of] = true;
	}
}

void people_units(struct scan *s, int i)
{
	sex_and_slip(s, i);
	bool said = s->phrase[i].n && (s->phrase[i].says & SAYS_PERSON);
	if (!s->ts.t[i].number && !said)
		return;
	fractions(s, i);
	if (said)
		sex_then_age(s, i);
	age_then_sex(s, i);
	if (s->says & SAYS_KIDS)
		children(s, i);
	if (s->says & SAYS_COUNTED)
		counts(s, i);
}
