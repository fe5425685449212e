/* pattern.c - see pattern.h. */
#include "gateway/casework/pattern.h"

static bool counts(const struct pattern_mark *m, bool excused_too)
{
	return m->mark == 'u' || (excused_too && m->mark == 'e');
}

static bool is_day(const struct pattern_mark *m)
{
	return m->mark != 'r';
}

/* ---- in a row ------------------------------------------------------------------------------- */

static bool back_after(const struct pattern *p, size_t i)
{
	for (i++; i < p->n; i++) {
		if (p->m[i].mark == 'p' || p->m[i].mark == 'r')
			return true;
	}
	return false;
}

/* The row around mark i, which counts. */
static struct pattern_row row_around(const struct pattern *p, bool excused_too, size_t i)
{
	size_t a = i, b = i;

	while (a > 0 && counts(&p->m[a - 1], excused_too))
		a--;
	while (b + 1 < p->n && counts(&p->m[b + 1], excused_too))
		b++;
	return (struct pattern_row){ .days = (int)(b - a) + 1,
				     .first = p->m[a].day,
				     .last = p->m[b].day,
				     .season = p->m[b].season,
				     .back = back_after(p, b) };
}

struct pattern_row pattern_row_now(const struct pattern *p, bool excused_too)
{
	if (p->n == 0 || !counts(&p->m[p->n - 1], excused_too))
		return (struct pattern_row){ .days = 0 };
	return row_around(p, excused_too, p->n - 1);
}

struct pattern_row pattern_row_of(const struct pattern *p, bool excused_too, int32_t day)
{
	for (size_t i = 0; i < p->n; i++) {
		if (p->m[i].day == day && counts(&p->m[i], excused_too))
			return row_around(p, excused_too, i);
	}
	return (struct pattern_row){ .days = 0 };
}

struct pattern_row pattern_row_behind(const struct pattern *p, bool excused_too, int32_t after, int32_t by,
				      int days)
{
	for (size_t i = 0; i < p->n && p->m[i].day <= by; i++) {
		if (p->m[i].day <= after || !counts(&p->m[i], excused_too))
			continue;
		struct pattern_row row = row_around(p, excused_too, i);
		if (row.first > after && row.days >= days)
			return row;
	}
	return (struct pattern_row){ .days = 0 };
}

/* ---- in so many weeks ----------------------------------------------------------------------- */

struct reach {
	size_t at;               /* the mark at which the number was reached */
	bool yes;
};

/* From absence i on: inside the weeks, or in a row from it, whichever is first; the number is that of
 * the day on which it is reached. */
static struct reach reaches(const struct pattern *p, const struct config_when *w,
			    const struct config_when *season, size_t i)
{
	int32_t until = p->m[i].day + 7 * w->weeks;
	bool row = true;
	int n = 0;

	for (size_t k = i; k < p->n; k++) {
		bool in_row = w->in_row && row;
		if (p->m[k].day >= until && !in_row)
			break;
		if (!counts(&p->m[k], w->excused_too)) {
			row = false;
			continue;
		}
		n++;
		if (n >= (p->m[k].season ? season->days : w->days))
			return (struct reach){ k, true };
	}
	return (struct reach){ 0, false };
}

static bool said_back_after(const struct pattern *p, size_t i)
{
	for (i++; i < p->n; i++) {
		if (p->m[i].mark == 'r')
			return true;
	}
	return false;
}

static struct pattern_total stretch(const struct pattern *p, const struct config_when *w, size_t i,
				    size_t reached)
{
	struct pattern_row row = row_around(p, w->excused_too, reached);
	struct pattern_total t = { .first = p->m[i].day,
				   .end = p->m[i].day + 7 * w->weeks - 1,
				   .back = said_back_after(p, reached) };

	/* An absence that goes on is one, however long. */
	if (w->in_row && row.last > t.end)
		t.end = row.last;
	for (size_t k = i; k < p->n && p->m[k].day <= t.end; k++) {
		if (!counts(&p->m[k], w->excused_too))
			continue;
		t.days++;
		t.last = p->m[k].day;
	}
	return t;
}

size_t pattern_totals(const struct pattern *p, const struct config_when *w,
		      const struct config_when *season, struct pattern_total *out, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n && n < max; i++) {
		if (!counts(&p->m[i], w->excused_too) ||
		    (n && p->m[i].day <= out[n - 1].end))
			continue;
		struct reach r = reaches(p, w, season, i);
		if (r.yes)
			out[n++] = stretch(p, w, i, r.at);
	}
	return n;
}

struct pattern_total pattern_total_of(const struct pattern *p, const struct config_when *w,
				      const struct config_when *season, int32_t day)
{
	for (size_t i = 0; i < p->n && p->m[i].day <= day; i++) {
		if (!counts(&p->m[i], w->excused_too))
			continue;
		struct reach r = reaches(p, w, season, i);
		struct pattern_total t = { .days = 0 };
		if (r.yes)
			t = stretch(p, w, i, r.at);
		if (t.days && t.end >= day)
			return t;
	}
	return (struct pattern_total){ .days = 0 };
}

/* ---- the rate ------------------------------------------------------------------------------- */

struct pattern_rate pattern_rate(const struct pattern *p, int32_t upto)
{
	struct pattern_rate r = { 0, 0 };

	for (size_t i = 0; i < p->n && p->m[i].day <= upto; i++) {
		r.known += is_day(&p->m[i]);
		r.absent += counts(&p->m[i], true);
	}
	return r;
}

char pattern_mark_of(const struct pattern *p, int32_t day)
{
	for (size_t i = 0; i < p->n; i++) {
		if (p->m[i].day == day && is_day(&p->m[i]))
			return p->m[i].mark;
	}
	return 0;
}
