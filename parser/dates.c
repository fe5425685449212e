/* dates.c - days as people text them: sot, dje, e premte, 16.11, 10-13.11, 3 dite, nga e hena.
 *
 * A day without a year is the one within half a year of the day the text was sent.  What could be
 * something else (12.11 after a class may be two register numbers) keeps a flag and is settled where
 * the whole reading is known.  May call scan, calendar, world.
 */
#include "parser/slots.h"
#include "parser/calendar.h"

struct moment {
	int32_t from, to, coming;
	unsigned flags;
	int32_t day_of_month; /* of a bare "10" whose month stands further on, else 0 */
};

static int32_t near_day(const struct scan *s, int m, int d)
{
	int y, tm, td;
	day_split(s->today, &y, &tm, &td);
	for (int k = -1; k <= 1; k++) {
		if (!day_valid(y + k, m, d))
			continue;
		int32_t day = day_number(y + k, m, d);
		if (day > s->today - 183 && day <= s->today + 183)
			return day;
	}
	return day_valid(y, m, d) ? day_number(y, m, d) : 0;
}

static void set_day(const struct scan *s, struct moment *o, int y, int m, int d)
{
	o->from = y < 0 ? near_day(s, m, d) : day_valid(y, m, d) ? day_number(y, m, d) : 0;
	/* A mistyped year must not put an absence into another school year. */
	if (o->from == 0 || o->from < s->today - 250 || o->from > s->today + 800)
		o->flags |= K_BAD;
	o->to = o->coming = o->from;
}

static const struct token *num(const struct scan *s, int i, int max_digits)
{
	if (i >= s->ts.n)
		return NULL;
	const struct token *t = &s->ts.t[i];
	return t->number && t->digits <= max_digits && !(t->flags & TOK_HUGE) ? t : NULL;
}

/* Nothing of a class or another number hangs on after a date that ends before token i. */
static bool ends_clean(const struct scan *s, int i)
{
	return i >= s->ts.n || !scan_glued(s, i);
}

static int year_of(const struct token *t)
{
	if (t->digits == 4)
		return (int)t->num;
	return t->digits == 2 ? 2000 + (int)t->num : -1;
}

/* 16.11  16.11.26  16/11/2026  16-11  2026-11-16 */
static int numeric_day(const struct scan *s, int i, struct moment *o, bool labelled)
{
	const struct token *a = num(s, i, 4), *b = num(s, i + 1, 2), *c;
	if (!a || !b || (a->flags & TOK_FIXED) || (b->flags & TOK_FIXED))
		return 0;
	unsigned sep = b->pre;
	if (sep != SEP_DOT && sep != SEP_SLASH && sep != SEP_DASH && sep != (SEP_DOT | SEP_SPACE))
		return 0;
	/* 13-10.11: the days of a span, whose month stands behind the dot */
	if (sep == SEP_DASH && num(s, i + 2, 2) && scan_tight(s, i + 2, SEP_DOT))
		return 0;
	/* dots or slashes all along are separators: "mungese/5A/12/11" */
	if (i > 0 && a->pre == sep && !scan_is(s, i - 1, C_DATE_LABEL, NULL))
		return 0;
	c = num(s, i + 2, 4);
	if (c && c->pre != sep)
		c = NULL;
	if (a->digits == 4 && c && c->digits <= 2 && ends_clean(s, i + 3)) {
		set_day(s, o, (int)a->num, (int)b->num, (int)c->num);
		return 3;
	}
	if (a->digits > 2 || a->num == 0 || sep == (SEP_DOT | SEP_SPACE))
		return 0;
	if (c && year_of(c) > 1999 && ends_clean(s, i + 3) && a->num <= 31 && b->num >= 1 && b->num <= 12) {
		bool full = c->digits == 4 || labelled;
		set_day(s, o, year_of(c), (int)b->num, (int)a->num);
		int y, tm, td;
		day_split(s->today, &y, &tm, &td);
		/* 12.11.10: three register numbers rather than a year ago; 30.2.26 ends in the year it is */
		if (!full && (o->flags & K_BAD) && (year_of(c) != y || sep == SEP_DASH)) {
			o->flags = 0;
			return 0;
		}
		if (!full && sep == SEP_DASH)
			o->flags |= K_DM;
		return 3;
	}
	if (c || !ends_clean(s, i + 2))
		return 0;
	bool slip = a->num > 31 && a->num <= 39 && b->digits == 2 && sep != SEP_DASH; /* 32.11 */
	if (a->num >= 1 && (a->num <= 31 || slip) && b->num >= 1 && b->num <= 12) {
		if (sep == SEP_DASH && !labelled && a->num < b->num)
			return 0; /* 3-8 is a range or a list */
		set_day(s, o, -1, (int)b->num, (int)a->num);
		if (!labelled)
			o->flags |= K_DM;
		return 2;
	}
	if (sep == SEP_SLASH && a->num >= 1 && a->num <= 12 && b->num > 12 && b->num <= 31) {
		set_day(s, o, -1, (int)a->num, (int)b->num);
		/* 12/17 in November is a list, not the American way to write a day that has not come */
		if ((o->flags & K_BAD) || o->from > s->today || o->from < s->today - 31)
			return 0;
		o->flags |= K_US;
		return 2;
	}
	return 0;
}

static int named_month(const struct scan *s, int i, struct moment *o)
{
	int32_t m, d;
	unsigned f;
	if (!scan_any(s, C_MONTH))
		return 0;
	int k = scan_is(s, i, C_MONTH, &m), n;
	if (k && num(s, i + k, 2) && s->ts.t[i + k].num >= 1 && s->ts.t[i + k].num <= 31) {
		set_day(s, o, -1, (int)m, (int)s->ts.t[i + k].num);
		return k + 1;
	}
	n = scan_number(s, i, &d, &f);
	if (!n || d < 1 || d > 31)
		return 0;
	/* "16th november", "16-te nentor" */
	bool joined = s->ts.t[i].number && (scan_glued(s, i + 1) || scan_tight(s, i + 1, SEP_DASH));
	n += joined && scan_is(s, i + 1, C_ENDING, NULL) == 1;
	k = scan_is(s, i + n, C_MONTH, &m);
	if (!k)
		return 0;
	const struct token *y = num(s, i + n + k, 4);
	bool year = y && y->digits == 4;
	set_day(s, o, year ? (int)y->num : -1, (int)m, (int)d);
	o->flags |= K_NAMED;
	/* "12 Nov 16": the day may stand on either side, and the other number is a pupil's */
	y = num(s, i + n + k, 2);
	if (!year && y && y->num >= 1 && y->num <= 31 && ends_clean(s, i + n + k + 1)) {
		o->flags |= K_US;
		return n + k + 1;
	}
	return n + k + year;
}

static int weekday(const struct scan *s, int i, struct moment *o)
{
	int32_t day;
	int n = scan_is(s, i, C_WEEKDAY, &day);
	if (!n)
		return 0;
	int back = (day_weekday(s->today) - (int)day + 7) % 7;
	int k = scan_is(s, i + n, C_LAST_WORD, NULL);
	bool last = k || (i > 0 && scan_is(s, i - 1, C_LAST_WORD, NULL));
	if (last && back == 0)
		back = 7;
	o->from = o->to = s->today - back;
	o->coming = s->today + (7 - back) % 7;
	if (last)
		o->coming = o->from;
	/* "e hena tjeter", "next monday": the one to come, never the one gone by */
	int next = k ? 0 : scan_is(s, i + n, C_NEXT, NULL);
	if (next || (i > 0 && scan_is(s, i - 1, C_NEXT, NULL)))
		o->from = o->to = o->coming = s->today + (back ? 7 - back : 7);
	o->flags |= K_WEEKDAY;
	return n + k + next;
}

/* "para 2 ditesh", "2 days ago", "pas nje jave": counted away from the day of the text.  Counted in
 * months it names no one day. */
static int shifted(const struct scan *s, int i, struct moment *o)
{
	if (!scan_any(s, C_DAY_WORD) && !scan_any(s, C_WEEK_WORD) && !scan_any(s, C_MONTH_WORD))
		return 0;
	int ago = scan_is(s, i, C_AGO, NULL), hence = ago ? 0 : scan_is(s, i, C_HENCE, NULL);
	int32_t n = 1;
	unsigned f;
	int k = scan_number(s, i + ago + hence, &n, &f), at = i + ago + hence + k;
	int days = scan_is(s, at, C_DAY_WORD, NULL), weeks = days ? 0 : scan_is(s, at, C_WEEK_WORD, NULL);
	int months = days || weeks ? 0 : scan_is(s, at, C_MONTH_WORD, NULL);
	if (!k || n > 60 || !(days || weeks || months))
		return 0;
	at += days + weeks + months;
	int after = ago || hence ? 0 : scan_is(s, at, C_AGO, NULL);
	/* "2 dite para takimit" is no day ago: the word before must close the text or a clause */
	if (after && at + after < s->ts.n && !s->ts.t[at + after].number && !(s->ts.t[at + after].pre & ~1u) &&
	    scan_is(s, at, C_BEFORE, NULL))
		after = 0;
	if (!ago && !hence && !after)
		return 0;
	int32_t shift = n * (weeks ? 7 : 1);
	if (months)
		o->flags |= K_VAGUE | K_SPAN;
	o->from = o->to = o->coming = s->today + (hence ? shift : -shift);
	return at + after - i;
}

/* "next week", "javen tjeter" are to come; "muajin e kaluar", "kete muaj" name no day. */
static int long_spell(const struct scan *s, int i, struct moment *o)
{
	if (!scan_any(s, C_WEEK_WORD) && !scan_any(s, C_MONTH_WORD) && !scan_any(s, C_THIS_WEEK))
		return 0;
	int next = scan_is(s, i, C_NEXT, NULL), last = next ? 0 : scan_is(s, i, C_LAST_WORD, NULL);
	int at = i + next + last, month = scan_is(s, at, C_MONTH_WORD, NULL);
	int week = month ? 0 : scan_is(s, at, C_WEEK_WORD, NULL);
	if (!week && !month)
		week = scan_is(s, at, C_THIS_WEEK, NULL);
	if (!week && !month)
		return 0;
	at += week + month;
	if (!next && !last && (next = scan_is(s, at, C_NEXT, NULL)) > 0)
		at += next;
	else if (!next && !last && month && (last = scan_is(s, at, C_LAST_WORD, NULL)) > 0)
		at += last;
	if (!next && !(month && (last || month)))
		return 0;
	int32_t monday = s->today - (day_weekday(s->today) - 1);
	o->from = o->coming = next ? monday + 7 : s->today;
	o->to = next ? monday + 13 : s->today;
	o->flags |= K_SPAN | (next && week ? 0 : K_VAGUE);
	return at - i;
}

static int relative(const struct scan *s, int i, struct moment *o)
{
	static const struct {
		enum concept c;
		int shift;
	} words[] = { { C_TODAY, 0 }, { C_YESTERDAY, -1 }, { C_DAY_BEFORE, -2 }, { C_TOMORROW, 1 },
		      { C_DAY_AFTER, 2 } };
	for (unsigned k = 0; k < 5; k++) {
		int n = scan_is(s, i, words[k].c, NULL);
		if (n) {
			o->from = o->to = o->coming = s->today + words[k].shift;
			return n;
		}
	}
	int away = shifted(s, i, o), spell = away ? 0 : long_spell(s, i, o);
	if (away || spell)
		return away + spell;
	int n = scan_is(s, i, C_LAST_WEEK, NULL);
	int this_week = n ? 0 : scan_is(s, i, C_THIS_WEEK, NULL);
	if (!n && !this_week)
		return 0;
	int32_t monday = s->today - (day_weekday(s->today) - 1);
	o->from = n ? monday - 7 : monday;
	o->to = o->coming = n ? monday - 1 : s->today;
	o->flags |= K_SPAN;
	return n + this_week;
}

/* "me date 16": a day of this month, or of the last for what has happened. */
static int bare_day(const struct scan *s, int i, struct moment *o)
{
	const struct token *t = num(s, i, 2);
	int y, m, d;
	if (!t || t->num < 1 || t->num > 31 || (t->flags & TOK_FIXED) || !ends_clean(s, i + 1) ||
	    (i + 1 < s->ts.n && s->ts.t[i + 1].number && !(s->ts.t[i + 1].pre & (SEP_SPACE | SEP_COMMA))) ||
	    scan_is(s, i + 1, C_UNTIL, NULL))
		return 0;
	day_split(s->today, &y, &m, &d);
	int back = t->num > d ? 1 : 0, ahead = t->num < d ? 1 : 0;
	int pm = m - back < 1 ? 12 : m - back, py = m - back < 1 ? y - 1 : y;
	int nm = m + ahead > 12 ? 1 : m + ahead, ny = m + ahead > 12 ? y + 1 : y;
	if (!day_valid(py, pm, (int)t->num) || !day_valid(ny, nm, (int)t->num)) {
		o->flags |= K_BAD;
		return 1;
	}
	o->from = o->to = day_number(py, pm, (int)t->num);
	o->coming = day_number(ny, nm, (int)t->num);
	o->flags |= K_WEEKDAY;
	return 1;
}

/* "date 16.13": shaped like a day and said to be one */
static int impossible_day(const struct scan *s, int i, struct moment *o)
{
	const struct token *a = num(s, i, 2), *b = num(s, i + 1, 2), *c = num(s, i + 2, 4);
	if (!a || !b || (b->pre != SEP_DOT && b->pre != SEP_SLASH && b->pre != SEP_DASH))
		return 0;
	o->flags |= K_BAD;
	return c && c->pre == b->pre ? 3 : 2;
}

static int single(const struct scan *s, int i, struct moment *o)
{
	*o = (struct moment){ 0 };
	int label = scan_is(s, i, C_DATE_LABEL, NULL);
	bool before = i > 0 && scan_is(s, i - 1, C_DATE_LABEL, NULL);
	int k = numeric_day(s, i + label, o, label || before);
	if (!k)
		k = named_month(s, i + label, o);
	if (!k)
		k = weekday(s, i + label, o);
	if (!k)
		k = relative(s, i + label, o);
	if (!k && label)
		k = impossible_day(s, i + label, o);
	if (!k && label)
		k = bare_day(s, i + label, o);
	if (k && label)
		o->flags |= K_LABELLED;
	return k ? label + k : 0;
}

/* "3 dite", "prej 3 ditesh", "for 2 weeks": that many school days up to the day of the text. */
static int counted_back(const struct scan *s, int i, struct moment *o)
{
	if (!scan_any(s, C_DAY_WORD) && !scan_any(s, C_WEEK_WORD))
		return 0;
	int from = scan_is(s, i, C_FROM, NULL);
	int32_t n;
	unsigned f;
	int k = scan_number(s, i + from, &n, &f);
	if (!k || n < 1 || n > 60)
		return 0;
	int days = scan_is(s, i + from + k, C_DAY_WORD, NULL);
	int weeks = days ? 0 : scan_is(s, i + from + k, C_WEEK_WORD, NULL);
	if (!days && !weeks)
		return 0;
	*o = (struct moment){ .from = s->today, .to = s->today + (weeks ? n * 7 : n),
			      .coming = weeks ? n * 5 : n };
	o->flags = K_BACK | K_SPAN;
	return from + k + days + weeks;
}

/* The end of a range whose start may be a bare day of the month: "10-13.11", "10 deri 13 nentor".
 * alone: the day at i, *alone_n tokens, when no "from" stands there. */
static int range(const struct scan *s, int i, struct moment *o, struct moment *alone, int *alone_n)
{
	int from = scan_is(s, i, C_FROM, NULL);
	struct moment a, b;
	int k = single(s, i + from, &a), until, m;
	*alone_n = from ? -1 : k;
	*alone = a;
	if (!k) {
		int label = scan_is(s, i + from, C_DATE_LABEL, NULL);
		const struct token *t = num(s, i + from + label, 2);
		if (!t || t->num < 1 || t->num > 31)
			return 0;
		k = label + 1;
		a = (struct moment){ .day_of_month = t->num };
	}
	int at = i + from + k;
	until = scan_is(s, at, C_UNTIL, NULL);
	bool dash = !until && at < s->ts.n && (s->ts.t[at].pre & SEP_DASH);
	m = until || dash ? single(s, at + until, &b) : 0;
	if (!m || (b.flags & (K_SPAN | K_US))) {
		if (!from || a.day_of_month || (a.flags & (K_SPAN | K_US)))
			return 0;
		*o = a;
		/* "mungesat per 16 nentor", "absent for monday": that day */
		if (scan_is(s, i, C_ON_DAY, NULL))
			return from + k;
		/* "nga e hena": from then to the day of the text */
		o->to = s->today;
		o->flags |= K_SPAN;
		return a.from <= s->today ? from + k : 0;
	}
	*o = b;
	if (a.day_of_month) {
		int y, mo, d;
		day_split(b.from, &y, &mo, &d);
		if (!day_valid(y, mo, (int)a.day_of_month) || a.day_of_month > d) {
			/* "13-10.11" is a span the wrong way round, "17, 16.11" a pupil and a day */
			if (!(dash || from) || (dash && s->ts.t[at].pre != SEP_DASH))
				return 0;
			o->flags |= K_BAD | K_SPAN;
			return from + k + until + m;
		}
		o->from = day_number(y, mo, (int)a.day_of_month);
	} else {
		o->from = a.from;
	}
	o->flags = ((a.flags | b.flags) & K_BAD) | K_SPAN;
	if (o->from > o->to)
		o->flags |= K_BAD;
	return from + k + until + m;
}

static void add(struct scan *s, int i, int n, const struct moment *o)
{
	struct unit *u = scan_add(s, U_DATE, i, n);
	u->a = o->from;
	u->b = o->to;
	u->c = o->coming;
	u->flags = (uint16_t)o->flags;
}

/* Without any word about days, a day is figures with a mark between them. */
static bool may_begin(const struct scan *s, int i)
{
	const struct token *t = &s->ts.t[i];
	if (!t->number)
		return s->phrase[i].n && (s->phrase[i].says & SAYS_DAY);
	return (s->says & SAYS_DAYS) ||
	       (i + 1 < s->ts.n && t[1].number && (t[1].pre & (SEP_DOT | SEP_SLASH | SEP_DASH)));
}

void date_units(struct scan *s, int i)
{
	struct moment o, alone;
	int alone_n;
	if (!may_begin(s, i))
		return;
	o = (struct moment){ 0 };
	int n = shifted(s, i, &o);
	if (!n)
		n = counted_back(s, i, &o);
	if (n) {
		add(s, i, n, &o);
		return;
	}
	n = range(s, i, &o, &alone, &alone_n);
	if (n) {
		add(s, i, n, &o);
		return;
	}
	n = alone_n >= 0 ? alone_n : single(s, i, &alone);
	if (n)
		add(s, i, n, &alone);
}
