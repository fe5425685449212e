/* streak.c - the rules about one pupil.  See streak.h. */
#include "gateway/casework/streak.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "gateway/casework/alerts.h"
#include "gateway/casework/rules.h"
#include "gateway/hub/clock.h"
#include "parser/calendar.h"
#include "store/attendance.h"

#define ROWS 32
#define TOTALS 16

/* ---- reading a year ------------------------------------------------------------------------- */

static struct pattern_mark mark_of(const struct desk *d, const char *day, char mark)
{
	struct pattern_mark m = { .mark = mark, .season = config_in_season(d->cf, day) };

	if (!day_from_iso(day, &m.day))
		m.mark = 0; /* the store holds dates alone */
	return m;
}

int streak_class(struct desk *d, const char *school, const char *class_name, const char *day,
		 struct class_view *out)
{
	out->school = school;
	out->class_name = class_name;
	out->year = schoolyear_of(day);
	schoolyear_begin(out->year, out->from);
	schoolyear_end(out->year, out->to);
	int rc = class_listed(d->st, school, class_name, out->from, out->to, out->listed, YEAR_DAYS,
			      &out->n_listed);
	for (size_t i = 0; i < out->n_listed; i++)
		out->present[i] = mark_of(d, out->listed[i].day, 'p');
	return rc;
}

static void add_mark(struct pattern *p, struct pattern_mark m)
{
	if (m.mark && p->n < PATTERN_MARKS)
		p->m[p->n++] = m;
}

/* Three rows of days, each in order, into one. */
static void merge(const struct desk *d, const struct class_view *c, const struct day_mark *away,
		  size_t n_away, const struct day_mark *back, size_t n_back, struct pattern *p)
{
	size_t i = 0, k = 0, b = 0;

	p->n = 0;
	while (i < c->n_listed || k < n_away || b < n_back) {
		const char *l = i < c->n_listed ? c->listed[i].day : "~";
		const char *a = k < n_away ? away[k].day : "~";
		const char *r = b < n_back ? back[b].day : "~";
		int order = strcmp(a, l);
		if (strcmp(r, l) < 0 && strcmp(r, a) < 0) {
			add_mark(p, mark_of(d, r, 'r'));
			b++;
		} else if (order <= 0) {
			struct pattern_mark m = order ? mark_of(d, a, 'u') : c->present[i];
			m.mark = strcmp(away[k].category, "excused") == 0 ? 'e' : 'u';
			add_mark(p, m);
			i += order == 0;
			k++;
		} else {
			add_mark(p, c->present[i]);
			i++;
		}
	}
}

static int read_marks(struct desk *d, const struct class_view *c, struct pupil_view *v)
{
	struct day_mark away[YEAR_DAYS], back[32];
	size_t n_away = 0, n_back = 0;

	int rc = pupil_absences(d->st, &v->key, v->from, v->to, away, YEAR_DAYS, &n_away);
	if (rc == STORE_OK)
		rc = pupil_returns(d->st, &v->key, v->from, v->to, back, 32, &n_back);
	if (rc == STORE_OK)
		merge(d, c, away, n_away, back, n_back, &v->p);
	return rc;
}

int streak_view(struct desk *d, const struct class_view *c, int pupil, struct pupil_view *v)
{
	v->key = (struct pupil_key){ c->school, c->class_name, pupil };
	v->year = c->year;
	memcpy(v->from, c->from, sizeof(v->from));
	memcpy(v->to, c->to, sizeof(v->to));
	snprintf(v->subject, sizeof(v->subject), "%s %s %d", c->school, c->class_name, pupil);
	int rc = read_marks(d, c, v);
	return rc == STORE_OK ? enrolment_left(d->st, &v->key, v->year, &v->left) : rc;
}

static int view_of(struct desk *d, const struct pupil_key *p, const char *day, struct pupil_view *v)
{
	struct class_view c;

	int rc = streak_class(d, p->school, p->class_name, day, &c);
	return rc == STORE_OK ? streak_view(d, &c, p->pupil, v) : rc;
}

static void cut_after(struct pattern *p, const char *day)
{
	int32_t upto;

	while (day_from_iso(day, &upto) && p->n && p->m[p->n - 1].day > upto)
		p->n--;
}

/* The newest row of days without excuse: the one that reaches to now, or the last that ended within
 * so many days; older ones are not meant by a word without a date. */
#define EXCUSE_BACK 7

int streak_excusable(struct desk *d, const struct pupil_key *p, const char *upto, char first[11],
		     char last[11])
{
	struct pupil_view v;
	int32_t now;

	first[0] = '\0';
	int rc = view_of(d, p, upto, &v);
	if (rc != STORE_OK || !day_from_iso(upto, &now))
		return rc;
	cut_after(&v.p, upto);
	struct pattern_row row = pattern_row_now(&v.p, false);
	size_t i = v.p.n;
	/* Over the days since he is back; an excused one says that the absence has its excuse. */
	while (!row.days && i > 0 && v.p.m[i - 1].mark != 'e' && v.p.m[i - 1].day >= now - EXCUSE_BACK) {
		if (v.p.m[--i].mark == 'u')
			row = pattern_row_of(&v.p, false, v.p.m[i].day);
		if (row.days)
			day_to_iso(row.last, last);
	}
	if (row.days)
		day_to_iso(row.first, first);
	return STORE_OK;
}

/* ---- windows -------------------------------------------------------------------------------- */

bool streak_window(const char *window, int32_t *day, int *number)
{
	char iso[11];

	if (strlen(window) < 12 || window[10] != '+')
		return false;
	memcpy(iso, window, 10);
	iso[10] = '\0';
	*number = (int)strtol(window + 11, NULL, 10);
	return day_from_iso(iso, day);
}

int streak_covered(struct desk *d, const struct config_rule *rule, const char *subject, int32_t from,
		   int32_t to, int least, bool over_too, bool *yes)
{
	struct alert_row rows[ROWS];
	char a[11], last[11], b[16];
	size_t n = 0;

	*yes = false;
	day_to_iso(from, a);
	day_to_iso(to, last);
	snprintf(b, sizeof(b), "%s~", last); /* behind every window of that day */
	int rc = alert_in_span(d->st, rule->id, subject, a, b, rows, ROWS, &n);
	for (size_t i = 0; rc == STORE_OK && i < n; i++) {
		bool over = strcmp(rows[i].state, "done") == 0;
		int32_t day;
		int number;
		if (strcmp(rows[i].state, "withdrawn") != 0 && (!over || over_too) &&
		    streak_window(rows[i].window, &day, &number) && number >= least)
			*yes = true;
	}
	return rc;
}

static void about_pupil(const struct pupil_key *p, const char *subject, const char *window,
			const struct cause *c, struct alerts_about *about)
{
	memset(about, 0, sizeof(*about));
	about->subject = subject;
	about->window = window;
	about->message = c->message;
	about->owner = "";
	about->who = c->who;
	about->facts.age = about->facts.n_children = about->facts.days = -1;
	about->facts.school = p->school;
	about->facts.class_name = p->class_name;
	about->facts.pupil = p->pupil;
}

static int tell(struct desk *d, const struct pupil_view *v, const struct config_rule *rule,
		const char *window, int days, int32_t from, int32_t to, const struct cause *c)
{
	struct alerts_about about;
	char first[16], last[16];
	int64_t number;

	day_to_iso(from, first);
	day_to_iso(to, last);
	about_pupil(&v->key, v->subject, window, c, &about);
	about.again = true;
	about.facts.days = days;
	about.facts.from = first;
	about.facts.to = last;
	return alerts_raise(d, rule, &about, &number);
}

/* ---- telling -------------------------------------------------------------------------------- */

static const struct config_when *in_season(const struct config_rule *rule, bool season)
{
	return season && rule->season.kind ? &rule->season : &rule->is;
}

/* The step that n days have reached, 0 = none: 5, 10, 15 ... for 5 and every 5. */
static int step_of(const struct config_when *w, int n)
{
	if (n < w->days)
		return 0;
	return w->every > 0 ? n - (n - w->days) % w->every : w->days;
}

static int raise_row(struct desk *d, const struct pupil_view *v, const struct config_rule *rule,
		     const struct cause *c)
{
	struct pattern_row row = pattern_row_now(&v->p, rule->is.excused_too);
	int step = row.days ? step_of(in_season(rule, row.season), row.days) : 0;
	char window[32], first[16];
	bool covered;

	if (step == 0)
		return STORE_OK;
	int rc = streak_covered(d, rule, v->subject, row.first, row.last, step, false, &covered);
	if (rc != STORE_OK || covered)
		return rc;
	day_to_iso(row.first, first);
	snprintf(window, sizeof(window), "%.10s+%d", first, step);
	return tell(d, v, rule, window, row.days, row.first, row.last, c);
}

static int raise_total(struct desk *d, const struct pupil_view *v, const struct config_rule *rule,
		       const struct cause *c)
{
	struct pattern_total t[TOTALS];
	size_t n = pattern_totals(&v->p, &rule->is, in_season(rule, true), t, TOTALS);
	int rc = STORE_OK;

	for (size_t i = 0; rc == STORE_OK && i < n; i++) {
		char window[32], first[16];
		bool covered;
		/* One that he came back from is over, and stays told. */
		rc = streak_covered(d, rule, v->subject, t[i].first, t[i].end, 0, t[i].back,
				    &covered);
		if (rc != STORE_OK || covered)
			continue;
		day_to_iso(t[i].first, first);
		snprintf(window, sizeof(window), "%.10s+%d", first, t[i].days);
		rc = tell(d, v, rule, window, t[i].days, t[i].first, t[i].last, c);
	}
	return rc;
}

static bool rate_reached(const struct config_when *w, struct pattern_rate r)
{
	return r.known >= w->days && r.absent * 100 >= w->percent * r.known;
}

/* The highest tier the rate has reached. */
static const struct config_rule *rate_rule(const struct desk *d, struct pattern_rate r)
{
	const struct config_rule *best = NULL;

	for (size_t i = 0; i < d->cf->n_rules; i++) {
		const struct config_rule *rule = &d->cf->rules[i];
		if (rule->is.kind == WHEN_RATE && rate_reached(&rule->is, r) &&
		    (!best || rule->is.percent > best->is.percent))
			best = rule;
	}
	return best;
}

/* Was this tier or a higher one told this year, and not withdrawn? */
static int rate_told(struct desk *d, const struct pupil_view *v, int percent, bool *yes)
{
	int32_t from, to;
	int rc = STORE_OK;

	*yes = false;
	if (!day_from_iso(v->from, &from) || !day_from_iso(v->to, &to))
		return STORE_OK;
	for (size_t i = 0; rc == STORE_OK && !*yes && i < d->cf->n_rules; i++) {
		const struct config_rule *rule = &d->cf->rules[i];
		if (rule->is.kind == WHEN_RATE && rule->is.percent >= percent)
			rc = streak_covered(d, rule, v->subject, from, to, 0, true, yes);
	}
	return rc;
}

static int raise_rate(struct desk *d, const struct pupil_view *v, const struct cause *c)
{
	if (v->p.n == 0)
		return STORE_OK;
	int32_t last = v->p.m[v->p.n - 1].day;
	struct pattern_rate r = pattern_rate(&v->p, last);
	const struct config_rule *rule = rate_rule(d, r);
	char window[32];
	bool told;

	if (!rule)
		return STORE_OK;
	int rc = rate_told(d, v, rule->is.percent, &told);
	if (rc != STORE_OK || told)
		return rc;
	snprintf(window, sizeof(window), "%s+%d", v->from, rule->is.percent);
	return tell(d, v, rule, window, r.absent, v->p.m[0].day, last, c);
}

int streak_raise(struct desk *d, const struct pupil_view *v, const struct cause *c)
{
	int rc = STORE_OK;

	if (v->left)
		return STORE_OK;
	for (size_t i = 0; rc == STORE_OK && i < d->cf->n_rules; i++) {
		const struct config_rule *rule = &d->cf->rules[i];
		if (rule->is.kind == WHEN_ROW)
			rc = raise_row(d, v, rule, c);
		else if (rule->is.kind == WHEN_TOTAL)
			rc = raise_total(d, v, rule, c);
	}
	return rc == STORE_OK ? raise_rate(d, v, c) : rc;
}

/* ---- taking back ---------------------------------------------------------------------------- */

enum verdict { HOLDS, WRONG, BACK };

static enum verdict judge_row(const struct pupil_view *v, const struct config_rule *rule, int32_t day,
			      int number)
{
	struct pattern_row row = pattern_row_of(&v->p, rule->is.excused_too, day);

	if (row.days < number)
		return WRONG;
	return row.back ? BACK : HOLDS;
}

/* A stretch that begins elsewhere since the report was corrected still speaks of that day. */
static enum verdict judge_total(const struct pupil_view *v, const struct config_rule *rule,
				int32_t day)
{
	struct pattern_total t = pattern_total_of(&v->p, &rule->is, in_season(rule, true), day);

	if (!t.days)
		return WRONG;
	return t.back ? BACK : HOLDS;
}

/* As it was known of the days up to the one on which it was told. */
static enum verdict judge_rate(const struct pupil_view *v, const struct config_rule *rule,
			       const struct alert_row *a, int percent)
{
	struct config_when w = rule->is;
	char told[CLOCK_DAY];
	int32_t day;

	w.percent = percent;
	clock_day(a->raised, told);
	if (!day_from_iso(told, &day))
		return HOLDS;
	return rate_reached(&w, pattern_rate(&v->p, day)) ? HOLDS : WRONG;
}

static enum verdict judge(const struct pupil_view *v, const struct config_rule *rule,
			  const struct alert_row *a)
{
	int32_t day, from, to;
	int number;

	if (!streak_window(a->window, &day, &number) || !day_from_iso(v->from, &from) ||
	    !day_from_iso(v->to, &to) || day < from || day > to)
		return HOLDS; /* of another year, or of another kind: not ours to judge */
	if (rule->is.kind == WHEN_ROW)
		return judge_row(v, rule, day, number);
	if (rule->is.kind == WHEN_TOTAL)
		return judge_total(v, rule, day);
	return rule->is.kind == WHEN_RATE ? judge_rate(v, rule, a, number) : HOLDS;
}

/* The days it began with were excused or corrected, and those behind them, known when it was told, are
 * enough by themselves: it stands for these, and nobody hears of a withdrawal and a new one for one absence. */
static int move_row(struct desk *d, const struct pupil_view *v, const struct config_rule *rule,
		    const struct alert_row *a, bool *moved)
{
	char told[CLOCK_DAY], first[16], window[32], behind[36];
	struct alert_row same;
	int32_t day, by;
	bool covered;
	size_t n = 0;
	int number;

	*moved = false;
	clock_day(a->raised, told);
	if (rule->is.kind != WHEN_ROW || !streak_window(a->window, &day, &number) || !day_from_iso(told, &by))
		return STORE_OK;
	struct pattern_row row = pattern_row_behind(&v->p, rule->is.excused_too, day, by, number);
	if (!row.days || row.back)
		return STORE_OK;
	int rc = streak_covered(d, rule, v->subject, row.first, row.last, number, false, &covered);
	day_to_iso(row.first, first);
	snprintf(window, sizeof(window), "%.10s+%d", first, number);
	snprintf(behind, sizeof(behind), "%s!", window);
	if (rc == STORE_OK && !covered)
		rc = alert_in_span(d->st, rule->id, v->subject, window, behind, &same, 1, &n);
	if (rc != STORE_OK || covered || n)
		return rc;
	*moved = true;
	return alert_move(d->st, a->number, window);
}

static bool of_absence(const struct config_rule *rule)
{
	return rule->is.kind == WHEN_ROW || rule->is.kind == WHEN_TOTAL;
}

static int settle_one(struct desk *d, const struct pupil_view *v, const struct config_rule *rule,
		      const struct alert_row *a, const struct cause *c)
{
	if (v->left && of_absence(rule)) /* who left is told of as such */
		return alerts_end(d, a, c->who, "left school", "");
	switch (judge(v, rule, a)) {
	case HOLDS:
		return STORE_OK;
	case BACK:
		return rule->ended_by & END_RETURN
			       ? alerts_end(d, a, c->who, "back at school", "alert_returned")
			       : STORE_OK;
	case WRONG:
		break;
	}
	if (!(rule->ended_by & (c->excuse ? END_EXCUSE : END_CORRECTION)))
		return STORE_OK;
	bool moved;
	int rc = move_row(d, v, rule, a, &moved);
	if (rc != STORE_OK || moved)
		return rc;
	return alerts_withdraw(d, a, c->who, c->excuse ? "excused" : "the report was changed",
			       "alert_withdrawn_pupil");
}

int streak_settle(struct desk *d, const struct pupil_view *v, const struct cause *c)
{
	struct alert_row rows[ROWS];
	size_t n = 0;

	int rc = alert_standing_for(d->st, v->subject, rows, ROWS, &n);
	for (size_t i = 0; rc == STORE_OK && i < n; i++) {
		const struct config_rule *rule = rules_of(d, rows[i].rule);
		if (rule && rule->is.kind)
			rc = settle_one(d, v, rule, &rows[i], c);
	}
	return rc == STORE_NONE ? STORE_OK : rc;
}

/* ---- at once -------------------------------------------------------------------------------- */

static bool has_rule(const struct desk *d, const char *event)
{
	for (size_t i = 0; i < d->cf->n_rules; i++) {
		if (strcmp(d->cf->rules[i].event, event) == 0)
			return true;
	}
	return false;
}

int streak_special(struct desk *d, const struct pupil_key *p, const char *event, const char *day,
		   const char *reason, const char *country, const struct cause *c, int *raised)
{
	struct alerts_about about;
	struct pupil_view v;
	char window[32], first[16];

	int rc = view_of(d, p, day, &v);
	if (rc != STORE_OK)
		return rc;
	cut_after(&v.p, day);
	struct pattern_row row = pattern_row_now(&v.p, false);
	snprintf(first, sizeof(first), "%s", day);
	if (row.days)
		day_to_iso(row.first, first);
	snprintf(window, sizeof(window), "%.10s %.16s", first, reason);
	about_pupil(p, v.subject, window, c, &about);
	about.again = true;
	about.facts.from = first;
	about.facts.to = day;
	about.facts.reason = reason;
	about.facts.country = country;
	if (row.days)
		about.facts.days = row.days;
	if (has_rule(d, event))
		return alerts_raise_event(d, event, &about, raised);
	/* No rule alerts people of it: the offices whose mandate it is are told all the same. */
	int agencies;
	*raised = 0;
	about.facts.event = event;
	return post_event(d, &about.facts, &agencies);
}
