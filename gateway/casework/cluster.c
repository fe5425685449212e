/* cluster.c - see cluster.h. */
#include "gateway/casework/cluster.h"
#include <stdio.h>
#include <string.h>
#include "gateway/casework/alerts.h"
#include "gateway/casework/rules.h"
#include "gateway/casework/schoolday.h"
#include "gateway/hub/clock.h"
#include "parser/calendar.h"
#include "store/cases.h"

#define STARTS 256
#define ROWS 16

/* ---- places --------------------------------------------------------------------------------- */

static const char *zone_of_class(const struct desk *d, const struct class_view *v)
{
	for (size_t i = 0; i < d->cf->n_classes; i++) {
		const struct config_class_row *c = &d->cf->classes[i];
		if (strcmp(c->class_name, v->class_name) == 0 && strcmp(c->school, v->school) == 0)
			return c->zone ? c->zone : "";
	}
	return "";
}

static int zone_of(struct desk *d, const struct class_view *c, const struct pupil_key *p, char zone[12])
{
	struct case_row cases[2];
	size_t n = 0;

	snprintf(zone, 12, "%s", zone_of_class(d, c));
	int rc = case_of_pupil(d->st, p->school, p->class_name, p->pupil, cases, 2, &n);
	for (size_t i = 0; rc == STORE_OK && i < n; i++) {
		if (cases[i].zone[0])
			snprintf(zone, 12, "%s", cases[i].zone);
	}
	return rc;
}

static bool is_cluster(const struct config_rule *rule)
{
	return rule->is.kind == WHEN_CLASS_CLUSTER || rule->is.kind == WHEN_ZONE_CLUSTER;
}

static int shortest(const struct desk *d)
{
	int least = 0;

	for (size_t i = 0; i < d->cf->n_rules; i++) {
		const struct config_rule *rule = &d->cf->rules[i];
		if (is_cluster(rule) && (!least || rule->is.days < least))
			least = rule->is.days;
	}
	return least;
}

int cluster_note(struct desk *d, const struct class_view *c, const struct pupil_view *v)
{
	struct pattern_row row = pattern_row_now(&v->p, false);
	int least = shortest(d);
	char first[11], zone[12];

	if (!least || row.days < least || v->left)
		return STORE_OK;
	day_to_iso(row.first, first);
	int rc = zone_of(d, c, &v->key, zone);
	return rc == STORE_OK ? start_put(d->st, &v->key, first, zone) : rc;
}

/* ---- counting ------------------------------------------------------------------------------- */

/* Which starts of a list are those of an absence of so many days, by what stands now. */
static int prove(struct desk *d, const struct config_when *w, struct absence_start *s, size_t n,
		 size_t *proved)
{
	int rc = STORE_OK;

	*proved = 0;
	for (size_t i = 0; rc == STORE_OK && i < n; i++) {
		struct class_view c;
		struct pupil_view v;
		int32_t day;
		rc = streak_class(d, s[i].school, s[i].class_name, s[i].day, &c);
		if (rc == STORE_OK)
			rc = streak_view(d, &c, s[i].pupil, &v);
		if (rc != STORE_OK || v.left || !day_from_iso(s[i].day, &day))
			continue;
		struct pattern_row row = pattern_row_of(&v.p, false, day);
		if (row.first == day && row.days >= w->days)
			s[(*proved)++] = s[i];
	}
	return rc;
}

struct place {               /* of a rule */
	const char *school, *class_name, *zone, *subject;
};

static int begun(struct desk *d, const struct config_rule *rule, const struct place *at,
		 const char *from, const char *to, struct absence_start *s, size_t *n)
{
	size_t found = 0;

	int rc = rule->is.kind == WHEN_CLASS_CLUSTER
			 ? start_list_class(d->st, at->school, at->class_name, from, to, s, STARTS,
					    &found)
			 : start_list_zone(d->st, at->zone, from, to, s, STARTS, &found);
	return rc == STORE_OK ? prove(d, &rule->is, s, found, n) : rc;
}

/* The other end of so many school days, `day` the first of them (step -1: backwards). */
static void days_off(const struct desk *d, const struct place *at, const char *day, int days, int step,
		     char out[11])
{
	schoolday_off(d->cf, at->school ? at->school : "", day, days - 1, step, out);
}

/* ---- telling -------------------------------------------------------------------------------- */

static int tell(struct desk *d, const struct config_rule *rule, const struct place *at,
		const struct absence_start *s, size_t n, const char *to, const struct cause *c)
{
	struct alerts_about about;
	char window[32];
	int64_t number;

	memset(&about, 0, sizeof(about));
	snprintf(window, sizeof(window), "%s+%zu", s[0].day, n);
	about.subject = at->subject;
	about.window = window;
	about.message = c->message;
	about.owner = "";
	about.who = c->who;
	about.facts.age = about.facts.n_children = about.facts.days = about.facts.pupil = -1;
	about.facts.school = at->school;
	about.facts.class_name = at->class_name;
	about.facts.zone = at->zone;
	about.facts.from = s[0].day;
	about.facts.to = to;
	return alerts_raise(d, rule, &about, &number);
}

static int raise_cluster(struct desk *d, const struct config_rule *rule, const struct place *at,
			 const char *newest, const struct cause *c)
{
	struct absence_start s[STARTS];
	char from[11], before[11];
	int32_t a, b;
	size_t n = 0;
	bool covered;

	/* The last of them must have lasted: it began so many days before the newest. */
	days_off(d, at, newest, rule->is.within + rule->is.days - 1, -1, from);
	int rc = begun(d, rule, at, from, newest, s, &n);
	if (rc != STORE_OK || n < (size_t)rule->is.pupils)
		return rc;
	days_off(d, at, s[0].day, rule->is.within, -1, before);
	if (!day_from_iso(before, &a) || !day_from_iso(newest, &b))
		return STORE_OK;
	/* The same children a day later are no other cluster. */
	rc = streak_covered(d, rule, at->subject, a, b, 0, true, &covered);
	return rc == STORE_OK && !covered ? tell(d, rule, at, s, n, newest, c) : rc;
}

/* ---- taking back ---------------------------------------------------------------------------- */

static int settle_cluster(struct desk *d, const struct config_rule *rule, const struct place *at,
			  const struct alert_row *a, const struct cause *c)
{
	struct absence_start s[STARTS];
	char to[11], from[11];
	int32_t day;
	int number;
	size_t n = 0;

	if (!streak_window(a->window, &day, &number))
		return STORE_OK;
	day_to_iso(day, from);
	days_off(d, at, from, rule->is.within, 1, to);
	int rc = begun(d, rule, at, from, to, s, &n);
	if (rc != STORE_OK || n >= (size_t)rule->is.pupils ||
	    !(rule->ended_by & (c->excuse ? END_EXCUSE : END_CORRECTION)))
		return rc;
	return alerts_withdraw(d, a, c->who, c->excuse ? "excused" : "the report was changed",
			       "alert_withdrawn");
}

/* Better days take nothing back; only a correction does. */
static int settle_rate(struct desk *d, const struct config_rule *rule, const struct class_year *y,
		       const struct alert_row *a, const struct cause *c)
{
	int32_t day;
	int percent;

	if (!streak_window(a->window, &day, &percent) || !c->correction ||
	    !(rule->ended_by & END_CORRECTION) ||
	    (y->rated >= rule->is.days && (int64_t)y->missed * 100 >= (int64_t)percent * y->places))
		return STORE_OK;
	return alerts_withdraw(d, a, c->who, "the report was changed", "alert_withdrawn");
}

static int settle_subject(struct desk *d, const struct place *at, const struct class_view *v,
			  const struct class_year *y, const struct cause *c)
{
	struct alert_row rows[ROWS];
	size_t n = 0;

	int rc = alert_standing_for(d->st, at->subject, rows, ROWS, &n);
	for (size_t i = 0; rc == STORE_OK && i < n; i++) {
		const struct config_rule *rule = rules_of(d, rows[i].rule);
		if (!rule || strcmp(rows[i].window, v->from) < 0)
			continue;
		if (is_cluster(rule))
			rc = settle_cluster(d, rule, at, &rows[i], c);
		else if (rule->is.kind == WHEN_CLASS_RATE)
			rc = settle_rate(d, rule, y, &rows[i], c);
	}
	return rc == STORE_NONE ? STORE_OK : rc;
}

/* ---- a class and its zone ------------------------------------------------------------------- */

static struct place place_of_class(const struct class_view *v, char subject[64])
{
	snprintf(subject, 64, "%s %s", v->school, v->class_name);
	return (struct place){ v->school, v->class_name, NULL, subject };
}

static struct place place_of_zone(const char *zone)
{
	return (struct place){ NULL, NULL, zone, zone };
}

static void add_zone(struct cluster_look *l, const char *code)
{
	for (size_t i = 0; i < l->n_zones; i++) {
		if (strcmp(l->zone[i], code) == 0)
			return;
	}
	if (code[0] && l->n_zones < CLUSTER_ZONES)
		snprintf(l->zone[l->n_zones++], sizeof(l->zone[0]), "%s", code);
}

static int longest(const struct desk *d)
{
	int most = 0;

	for (size_t i = 0; i < d->cf->n_rules; i++) {
		const struct config_rule *rule = &d->cf->rules[i];
		if (rule->is.kind == WHEN_ZONE_CLUSTER && rule->is.within + rule->is.days > most)
			most = rule->is.within + rule->is.days;
	}
	return most;
}

/* A change in the class may make or break a cluster there. */
int cluster_zones(struct desk *d, const struct class_view *v, struct cluster_look *out)
{
	struct absence_start s[STARTS];
	struct place at = { .school = v->school };
	char from[11];
	int days = longest(d);
	size_t n = 0;

	out->n_zones = 0;
	if (!days || !v->n_listed)
		return STORE_OK;
	days_off(d, &at, v->listed[v->n_listed - 1].day, 2 * days, -1, from);
	int rc = start_list_class(d->st, v->school, v->class_name, from, v->to, s, STARTS, &n);
	for (size_t i = 0; rc == STORE_OK && i < n; i++)
		add_zone(out, s[i].zone);
	return rc;
}

int cluster_settle(struct desk *d, const struct class_view *v, const struct cluster_look *l,
		   const struct cause *c)
{
	char subject[64];
	struct place at = place_of_class(v, subject);

	int rc = settle_subject(d, &at, v, &l->year, c);
	for (size_t i = 0; rc == STORE_OK && i < l->n_zones; i++) {
		at = place_of_zone(l->zone[i]);
		rc = settle_subject(d, &at, v, &l->year, c);
	}
	return rc;
}

static int raise_class_rate(struct desk *d, const struct config_rule *rule, const struct class_view *v,
			    const struct place *at, const struct class_year *y, const struct cause *c)
{
	struct absence_start of = { .pupil = -1 };
	int32_t from, to;
	bool covered;

	if (y->rated < rule->is.days || y->places == 0 ||
	    (int64_t)y->missed * 100 < (int64_t)rule->is.percent * y->places ||
	    !day_from_iso(v->from, &from) || !day_from_iso(v->to, &to))
		return STORE_OK;
	int rc = streak_covered(d, rule, at->subject, from, to, 0, true, &covered);
	if (rc != STORE_OK || covered)
		return rc;
	snprintf(of.day, sizeof(of.day), "%s", v->from);
	return tell(d, rule, at, &of, (size_t)rule->is.percent, v->to, c);
}

static int raise_zones(struct desk *d, const struct config_rule *rule, const struct cluster_look *l,
		       const char *newest, const struct cause *c)
{
	int rc = STORE_OK;

	for (size_t i = 0; rc == STORE_OK && i < l->n_zones; i++) {
		struct place at = place_of_zone(l->zone[i]);
		rc = raise_cluster(d, rule, &at, newest, c);
	}
	return rc;
}

int cluster_raise(struct desk *d, const struct class_view *v, const struct cluster_look *l,
		  const struct cause *c)
{
	const char *newest = v->n_listed ? v->listed[v->n_listed - 1].day : NULL;
	char subject[64];
	struct place at = place_of_class(v, subject);
	int rc = STORE_OK;

	for (size_t i = 0; rc == STORE_OK && i < d->cf->n_rules; i++) {
		const struct config_rule *rule = &d->cf->rules[i];
		if (rule->is.kind == WHEN_CLASS_RATE)
			rc = raise_class_rate(d, rule, v, &at, &l->year, c);
		else if (rule->is.kind == WHEN_CLASS_CLUSTER && newest)
			rc = raise_cluster(d, rule, &at, newest, c);
		else if (rule->is.kind == WHEN_ZONE_CLUSTER && newest)
			rc = raise_zones(d, rule, l, newest, c);
	}
	return rc;
}
