/* classes.c - class names as people text them: 5A, 5-a, 5/2, V-A, IXB, e pesta A.  May call scan. */
#include "parser/slots.h"
#include "parser/calendar.h"
#include <string.h>

/* Roman numeral I..XII at the start of s: its value, and in *used its letters; the longest fits. */
static int roman(const char *s, size_t n, size_t *used)
{
	static const char *const names[] = { "", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix",
					     "x", "xi", "xii" };
	int best = 0;
	*used = 0;
	for (int v = 1; v <= 12; v++) {
		size_t k = strlen(names[v]);
		if (k <= n && k > *used && memcmp(s, names[v], k) == 0) {
			best = v;
			*used = k;
		}
	}
	return best;
}

static bool is_section(const struct scan *s, int i)
{
	return scan_letter(s, i, 'a', 'h');
}

static int section_of(const struct scan *s, int i)
{
	int c = (unsigned char)*token_text(&s->ts, i);
	return c == 'c' && (s->ts.t[i].flags & TOK_CEDILLA) ? c | SECTION_CEDILLA : c;
}

static int find(const struct scan *s, int grade, int section)
{
	int n;
	return world_find_class(s->w, s->school, grade, section, &n);
}

/* "mungese 5/3 12": the first numbers of a report of absence, and further ones behind. */
static bool leads_list(const struct scan *s, int i, int grade)
{
	int y, m, d;
	day_split(s->today, &y, &m, &d);
	int32_t ago = day_valid(y, s->ts.t[i].num, grade) ? s->today - day_number(y, s->ts.t[i].num, grade) : -1;
	if (ago >= 0 && ago < 45)
		return false; /* the 9th of March */
	for (int k = 0; k < i - 1; k++)
		if (s->ts.t[k].number)
			return false;
	return scan_seen(s, C_ABSENCE) && i + 1 < s->ts.n && s->ts.t[i + 1].number && s->ts.t[i + 1].pre == SEP_SPACE;
}

/* "a" or "2" after a grade that ends before token i. */
static int section_after(const struct scan *s, int i, int grade, int *section, bool labelled)
{
	if (i >= s->ts.n)
		return 0;
	bool joined = scan_glued(s, i) || scan_tight(s, i, SEP_DASH) || scan_tight(s, i, SEP_SLASH) ||
		      scan_tight(s, i, SEP_DOT);
	if (is_section(s, i)) {
		int sec = section_of(s, i);
		bool known = find(s, grade, sec) >= 0;
		bool spaced = !(s->ts.t[i].pre & ~(unsigned)(SEP_SPACE | SEP_DASH | SEP_SLASH));
		bool upper = s->ts.t[i].flags & TOK_UPPER;
		spaced |= upper && s->ts.t[i].pre == (SEP_SPACE | SEP_DOT) && scan_seen(s, C_ABSENCE);
		/* 12e17 is "12 and 17"; 5 a 12 is a class only where the school has one. */
		if (scan_glued(s, i) && scan_glued(s, i + 1) && !known)
			return 0;
		if (!joined && !(spaced && (known || (labelled && upper))))
			return 0;
		*section = sec;
		return 1;
	}
	if (s->ts.t[i].number && s->ts.t[i].digits == 1 && joined && !scan_glued(s, i)) {
		int sec = '0' + s->ts.t[i].num;
		bool more = scan_tight(s, i + 1, s->ts.t[i].pre) && s->ts.t[i + 1].number;
		/* "5/3" where the sections of the school are numbered is no share of anything */
		bool numbered = scan_tight(s, i, SEP_SLASH) && sec - '0' < grade &&
				(find(s, grade, '1') >= 0 || leads_list(s, i, grade));
		if (sec > '0' && !more && !(s->ts.t[i].flags & TOK_FIXED) &&
		    (find(s, grade, sec) >= 0 || numbered || (labelled && scan_tight(s, i, SEP_SLASH)))) {
			*section = sec;
			return 1;
		}
	}
	return 0;
}

/* ixb, via, ia: a roman grade and its section in one word. */
static int roman_word(const struct scan *s, int i, bool labelled, int *grade, int *section)
{
	const char *t = token_text(&s->ts, i);
	size_t n = s->ts.t[i].n, used;
	if (*t != 'i' && *t != 'v' && *t != 'x')
		return 0;
	int g = n <= 5 ? roman(t, n, &used) : 0;
	if (!g)
		return 0;
	bool upper = s->ts.t[i].flags & TOK_UPPER;
	if (used == n) {
		int k = section_after(s, i + 1, g, section, true);
		bool joined = !(s->ts.t[i + 1].pre & SEP_SPACE);
		bool before_number = i + 2 < s->ts.n && s->ts.t[i + 2].number;
		if (!k || (!labelled && !joined && !((upper || before_number) && find(s, g, *section) >= 0)) ||
		    (!labelled && !upper && find(s, g, *section) < 0))
			return 0;
		*grade = g;
		return 1 + k;
	}
	if (used + 1 != n || t[used] < 'a' || t[used] > 'h')
		return 0;
	*section = t[used] == 'c' && (s->ts.t[i].flags & TOK_CEDILLA) ? 'c' | SECTION_CEDILLA : t[used];
	*grade = g;
	/* "ia", "va" in small letters are words too: a class only beside a number */
	bool beside = (i > 0 && s->ts.t[i - 1].number) || (i + 1 < s->ts.n && (s->ts.t[i + 1].number ||
		      scan_is(s, i + 1, C_NUMBER_LABEL, NULL) || scan_is(s, i + 1, C_ABSENCE, NULL)));
	return labelled || upper || (beside && s->school >= 0 && find(s, g, *section) >= 0) ? 1 : 0;
}

int class_at(const struct scan *s, int i, int *grade, int *section, int *class_index, unsigned *flags)
{
	int n = 0, k;
	bool labelled = i > 0 && scan_any(s, C_CLASS_WORD) && (scan_is(s, i - 1, C_CLASS_WORD, NULL) ||
				  scan_is(s, i - 2, C_CLASS_WORD, NULL) == 2 || /* "klasa e" */
				  (scan_is(s, i - 1, C_AND, NULL) == 1 && scan_is(s, i - 2, C_CLASS_WORD, NULL) == 1) ||
				  scan_is(s, i - 3, C_CLASS_WORD, NULL) == 3); /* "ne klasen e" */
	int32_t value;
	*section = 0;
	*flags = labelled ? K_LABELLED : 0;
	const struct token *t = &s->ts.t[i];
	if (t->number && t->num <= 12 && t->digits <= 2 && !(t->flags & TOK_FIXED)) {
		/* "e 9-te B", "5th A" */
		bool joined = scan_glued(s, i + 1) || scan_tight(s, i + 1, SEP_DASH);
		int ending = joined && scan_is(s, i + 1, C_ENDING, NULL) == 1;
		*grade = (int)t->num;
		k = section_after(s, i + 1 + ending, *grade, section, labelled || ending);
		n = k || ending ? 1 + ending + k : 0;
	} else if ((k = scan_is(s, i, C_ORDINAL, &value)) && value <= 12) {
		*grade = (int)value;
		int m = section_after(s, i + k, *grade, section, true);
		n = m || labelled ? k + m : 0;
		*flags |= K_WORDED;
	} else if (labelled && (k = scan_is(s, i, C_NUMBER, &value)) && value <= 12 &&
		   (n = section_after(s, i + k, (int)value, section, true))) {
		*grade = (int)value; /* "klasa e gjashte A" */
		n += k;
		*flags |= K_WORDED;
	} else if (!t->number && !scan_glued(s, i)) {
		n = roman_word(s, i, labelled, grade, section);
		*flags |= K_ROMAN;
	} else if (!t->number && scan_glued(s, i) && s->ts.t[i].n <= 5 && s->ts.t[i - 1].number) {
		return 0;
	}
	if (n)
		*class_index = *section ? find(s, *grade, *section) : -1;
	return n;
}

int class_units(struct scan *s, int i)
{
	int grade, section, index;
	unsigned flags;
	int n = class_at(s, i, &grade, &section, &index, &flags);
	if (n) {
		struct unit *u = scan_add(s, section ? U_CLASS : U_GRADE, i, n);
		u->a = grade;
		u->b = section;
		u->c = index;
		u->flags = (uint16_t)flags;
		/* A word that is also a vocabulary word is that word unless such a class exists. */
		bool word = (flags & K_ROMAN) && s->phrase[i].n;
		/* A class that exists is not read as the numbers it is written with. */
		for (int k = i; index >= 0 && !word && k < i + n; k++)
			s->plain[k] = true;
		u->cost = (int16_t)(index >= 0 || (section > '0' && section <= '9') ? 0 : word ? 3 * COST : 4);
		return index >= 0 && !word ? n : 0;
	}
	if (i > 0 && scan_is(s, i - 1, C_CLASS_WORD, NULL) && s->ts.t[i].number && s->ts.t[i].num <= 12) {
		if (scan_tight(s, i + 1, SEP_DASH) && s->ts.t[i + 1].number && s->ts.t[i + 1].num <= 12) {
			scan_add(s, U_GRADES, i, 2);
			s->plain[i] = s->plain[i + 1] = true;
			return 2;
		}
		struct unit *u = scan_add(s, U_GRADE, i, 1);
		u->a = s->ts.t[i].num;
		u->flags = K_LABELLED;
		u->c = -1;
	}
	return 0;
}
