/* follow.c - see follow.h. */
#include "gateway/casework/follow.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "gateway/casework/cluster.h"
#include "gateway/casework/silence.h"
#include "gateway/casework/watch.h"
#include "store/alerts.h"
#include "store/attendance.h"

#define OPEN_MAX 256 /* alerts of a class that stand in one year */

enum { NAMED = 1, GROWN = 2, OPEN = 4 }; /* why a pupil is looked at */

#define VIEWS 16 /* of pupils, kept while a change is followed: most texts name fewer */

struct look {
	const struct change *c;
	struct class_view view;
	struct cluster_look clusters;
	unsigned char why[FOLLOW_PUPILS];
	int low, high; /* the marked ones lie between, both included */
	int n_views;
};

static void mark(struct look *l, int pupil, unsigned char why)
{
	if (pupil < 0 || pupil >= FOLLOW_PUPILS)
		return;
	l->why[pupil] |= why;
	l->low = pupil < l->low ? pupil : l->low;
	l->high = pupil > l->high ? pupil : l->high;
}

/* Alerts change while a change is followed; days and enrolments do not. */
static int view_of(struct desk *d, struct look *l, int pupil, const struct pupil_view **out)
{
	static struct pupil_view views[VIEWS]; /* 80 KB; the hub has one thread */
	int i = 0;

	while (i < l->n_views && views[i].key.pupil != pupil)
		i++;
	*out = &views[i < VIEWS ? i : VIEWS - 1];
	if (i < l->n_views)
		return STORE_OK;
	l->n_views = i < VIEWS ? i + 1 : VIEWS;
	return streak_view(d, &l->view, pupil, &views[i < VIEWS ? i : VIEWS - 1]);
}

/* ---- who ------------------------------------------------------------------------------------ */

static int absent_on(struct desk *d, struct look *l, const char *day)
{
	int pupils[FOLLOW_PUPILS];
	size_t n = 0;

	int rc = class_absent(d->st, l->c->school, l->c->class_name, day, pupils, FOLLOW_PUPILS, &n);
	for (size_t i = 0; rc == STORE_OK && i < n; i++)
		mark(l, pupils[i], GROWN);
	return rc;
}

/* On the day itself and on the known day before it: where a day goes, a row before it and one behind
 * it become one. */
static int around(struct desk *d, struct look *l, const char *day)
{
	char before[11];

	int rc = absent_on(d, l, day);
	if (rc != STORE_OK)
		return rc;
	rc = class_listed_before(d->st, l->c->school, l->c->class_name, day, before);
	if (rc == STORE_OK)
		rc = absent_on(d, l, before);
	return rc == STORE_NONE ? STORE_OK : rc;
}

static int with_alert(struct desk *d, struct look *l)
{
	static struct alert_row rows[OPEN_MAX]; /* 48 KB; the hub has one thread */
	char from[64], before[64];
	size_t n = 0;

	snprintf(from, sizeof(from), "%s %s ", l->c->school, l->c->class_name);
	snprintf(before, sizeof(before), "%s %s!", l->c->school, l->c->class_name);
	int rc = alert_standing_with(d->st, from, before, rows, OPEN_MAX, &n);
	for (size_t i = 0; rc == STORE_OK && i < n; i++)
		mark(l, (int)strtol(rows[i].subject + strlen(from), NULL, 10), OPEN);
	return rc;
}

/* Those whose sum of the year may have reached a tier: the others cannot have. */
static int near_a_rate(struct desk *d, struct look *l)
{
	struct pupil_year years[FOLLOW_PUPILS];
	const struct class_year *y = &l->clusters.year;
	int least = 0;
	size_t n = 0;

	for (size_t i = 0; i < d->cf->n_rules; i++) {
		const struct config_when *w = &d->cf->rules[i].is;
		if (w->kind != WHEN_RATE || y->listed < w->days)
			continue;
		int need = (w->percent * y->listed + 99) / 100;
		least = least == 0 || need < least ? need : least;
	}
	if (least == 0)
		return STORE_OK;
	int rc = pupil_years(d->st, l->c->school, l->c->class_name, l->view.year, least, years,
			 FOLLOW_PUPILS, &n);
	for (size_t i = 0; rc == STORE_OK && i < n; i++)
		mark(l, years[i].pupil, GROWN);
	return rc;
}

static int who(struct desk *d, struct look *l)
{
	int rc = with_alert(d, l);

	for (size_t i = 0; i < l->c->n_pupils; i++)
		mark(l, l->c->pupil[i], NAMED);
	if (rc == STORE_OK)
		rc = class_year_get(d->st, l->c->school, l->c->class_name, l->view.year, &l->clusters.year);
	if (l->c->same_days)
		return rc;
	for (size_t i = 0; rc == STORE_OK && i < l->c->n_days; i++) {
		if (schoolyear_of(l->c->day[i]) == l->view.year)
			rc = around(d, l, l->c->day[i]);
	}
	return rc == STORE_OK ? near_a_rate(d, l) : rc;
}

/* ---- what ----------------------------------------------------------------------------------- */

static int watch(struct desk *d, const struct look *l, const struct pupil_view *v)
{
	int rc = STORE_OK;

	for (size_t i = 0; rc == STORE_OK && i < l->c->n_days; i++) {
		if (schoolyear_of(l->c->day[i]) == v->year)
			rc = watch_day(d, v, l->c->day[i], &l->c->cause);
	}
	return rc;
}

/* First of all: a cluster may hold by an absence that begins on another day since. */
static int note_starts(struct desk *d, struct look *l)
{
	const struct pupil_view *v;
	int rc = STORE_OK;

	for (int p = l->low; rc == STORE_OK && p <= l->high; p++) {
		if (!(l->why[p] & (NAMED | GROWN)))
			continue;
		rc = view_of(d, l, p, &v);
		if (rc == STORE_OK)
			rc = cluster_note(d, &l->view, v);
	}
	return rc == STORE_OK ? cluster_zones(d, &l->view, &l->clusters) : rc;
}

static int settle(struct desk *d, struct look *l)
{
	const struct pupil_view *v;
	int rc = STORE_OK;

	for (int p = l->low; rc == STORE_OK && p <= l->high; p++) {
		if (!(l->why[p] & OPEN))
			continue;
		rc = view_of(d, l, p, &v);
		if (rc == STORE_OK)
			rc = streak_settle(d, v, &l->c->cause);
	}
	return rc == STORE_OK ? cluster_settle(d, &l->view, &l->clusters, &l->c->cause) : rc;
}

static int raise_all(struct desk *d, struct look *l)
{
	const struct pupil_view *v;
	int rc = STORE_OK;

	for (int p = l->low; rc == STORE_OK && p <= l->high; p++) {
		if (!(l->why[p] & (NAMED | GROWN)))
			continue;
		rc = view_of(d, l, p, &v);
		if (rc == STORE_OK)
			rc = streak_raise(d, v, &l->c->cause);
		if (rc == STORE_OK && (l->why[p] & NAMED))
			rc = watch(d, l, v);
	}
	return rc == STORE_OK ? cluster_raise(d, &l->view, &l->clusters, &l->c->cause) : rc;
}

static int follow_year(struct desk *d, const struct change *c, const char *day)
{
	struct look l;

	l.c = c;
	l.view.n_listed = 0;
	memset(l.why, 0, sizeof(l.why));
	l.low = FOLLOW_PUPILS;
	l.high = -1;
	l.n_views = 0;
	int rc = streak_class(d, c->school, c->class_name, day, &l.view);
	if (rc == STORE_OK)
		rc = who(d, &l);
	if (rc == STORE_OK)
		rc = note_starts(d, &l);
	if (rc == STORE_OK)
		rc = settle(d, &l);
	return rc == STORE_OK ? raise_all(d, &l) : rc;
}

int follow_change(struct desk *d, const struct change *c)
{
	int rc = STORE_OK;

	for (size_t i = 0; rc == STORE_OK && i < c->n_days; i++) {
		bool seen = false;
		for (size_t k = 0; k < i; k++)
			seen |= schoolyear_of(c->day[k]) == schoolyear_of(c->day[i]);
		if (!seen)
			rc = follow_year(d, c, c->day[i]);
	}
	return rc == STORE_OK && c->reported ? silence_reported(d, c->school, c->class_name, c->cause.who)
					     : rc;
}
