/* quantities.c - numbers that are no register numbers because of what stands beside them: a time of day
 * (ora 3, 9:30, 9am), minutes, hours, how many times, totals (gjithsej 2).  They are taken as what they
 * are, so that none becomes a pupil.  May call scan. */
#include "parser/slots.h"

static const struct token *small(const struct scan *s, int i)
{
	if (i < 0 || i >= s->ts.n)
		return NULL;
	const struct token *t = &s->ts.t[i];
	return t->number && t->digits <= 3 && !(t->flags & TOK_HUGE) ? t : NULL;
}

/* 9:30, and after a word for the hour 9.30 too: tokens, or 0.  "5A:12:17" is a list. */
static int clock_time(const struct scan *s, int i, bool labelled)
{
	const struct token *h = small(s, i), *m = small(s, i + 1);
	if (!h || h->num > 23 || scan_glued(s, i) || (h->flags & TOK_FIXED))
		return 0;
	bool colon = m && m->pre == SEP_COLON;
	bool point = m && labelled && (m->pre == SEP_DOT || m->pre == SEP_COMMA);
	if ((colon || point) && m->n == 2 && m->num < 60 && !(h->pre & SEP_COLON) &&
	    !scan_tight(s, i + 2, SEP_COLON) && !scan_glued(s, i + 2))
		return 2;
	int g, sec, index;
	unsigned f;
	return labelled && !scan_glued(s, i + 1) && !class_at(s, i, &g, &sec, &index, &f) ? 1 : 0;
}

static int add(struct scan *s, int i, int n, int at, int kind)
{
	struct unit *u = scan_add(s, U_QUANTITY, i, n);
	u->a = s->ts.t[at].num;
	u->b = kind;
	for (int k = i; k < i + n; k++)
		s->plain[k] |= s->ts.t[k].number;
	return n;
}

/* "ora 3", "ne oren e 4", "ora 9:30" */
static int hour_label(struct scan *s, int i)
{
	int n = scan_is(s, i, C_HOUR_LABEL, NULL);
	if (!n)
		return 0;
	int32_t which;
	int ordinal = scan_is(s, i + n, C_ORDINAL, &which);
	if (ordinal) { /* "ora e pare" */
		struct unit *u = scan_add(s, U_QUANTITY, i, n + ordinal);
		u->a = which;
		u->b = 'C';
		return n + ordinal;
	}
	int of = scan_is(s, i + n, C_FILLER, NULL), k = clock_time(s, i + n + of, true);
	if (!k)
		return 0;
	k += scan_is(s, i + n + of + k, C_CLOCK_MARK, NULL);
	return add(s, i, n + of + k, i + n + of, 'C');
}

static int number_and_unit(struct scan *s, int i)
{
	static const struct {
		enum concept c;
		int kind;
	} words[] = { { C_CLOCK_MARK, 'C' }, { C_MINUTE_WORD, 'M' }, { C_HOUR_WORD, 'H' },
		      { C_TIMES_WORD, 'X' } };
	int32_t value;
	unsigned f;
	if (!scan_any(s, C_CLOCK_MARK) && !scan_any(s, C_MINUTE_WORD) && !scan_any(s, C_HOUR_WORD) &&
	    !scan_any(s, C_TIMES_WORD))
		return 0;
	int n = scan_number(s, i, &value, &f);
	if (!n || s->plain[i])
		return 0;
	if ((s->ts.t[i].pre & SEP_HASH) || (i > 0 && scan_is(s, i - 1, C_NUMBER_LABEL, NULL)))
		return 0;
	for (unsigned k = 0; k < 4; k++) {
		int w = scan_is(s, i + n, words[k].c, NULL);
		if (w)
			return add(s, i, n + w, i, words[k].kind);
	}
	return 0;
}

/* "gjithsej 2", "2 gjithsej": a count, to be held against the list */
static int total(struct scan *s, int i)
{
	if (!scan_any(s, C_TOTAL_LABEL))
		return 0;
	int n = scan_is(s, i, C_TOTAL_LABEL, NULL), at = n ? i + n : i;
	const struct token *t = small(s, at);
	int g, sec, index;
	unsigned f;
	if (!t || s->plain[at] || scan_glued(s, at + 1) || class_at(s, at, &g, &sec, &index, &f))
		return 0;
	int after = n ? 0 : scan_is(s, at + 1, C_TOTAL_LABEL, NULL);
	if (!n && (!after || small(s, at + 1 + after)))
		return 0;
	int k = n ? n + 1 : 1 + after;
	k += scan_is(s, i + k, C_PUPIL_WORD, NULL);
	struct unit *u = scan_add(s, U_COUNT, i, k);
	u->a = t->num;
	u->b = 'P';
	s->plain[at] = true;
	return k;
}

void quantity_units(struct scan *s, int i)
{
	if (hour_label(s, i) || number_and_unit(s, i) || total(s, i))
		return;
	int k = s->plain[i] ? 0 : clock_time(s, i, false);
	if (k) {
		k += scan_is(s, i + k, C_CLOCK_MARK, NULL);
		add(s, i, k, i, 'C');
	}
}
