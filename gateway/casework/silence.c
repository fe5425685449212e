/* silence.c - see silence.h. */
#include "gateway/casework/silence.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "gateway/casework/alerts.h"
#include "gateway/casework/rules.h"
#include "gateway/casework/schoolday.h"
#include "gateway/casework/streak.h"
#include "gateway/hub/clock.h"
#include "gateway/outbox/notice.h"
#include "parser/calendar.h"
#include "parser/schooldays.h"

#define SWEPT "silence.swept" /* deadlines up to this second have been looked at */
#define NEXT "silence.next"   /* and the next one is then; " late" behind it: waited for once */
#define SINCE "silence.since" /* when the looking began */
#define YEAR "silence.year"   /* school year whose alerts may be open */
#define LATE_S 600            /* a deadline missed by more: the hub was away, as may be the modem's texts */
#define GRACE_S 300           /* so long they are waited for */
#define MINUTES_MAX 16        /* different deadlines */
#define PEOPLE 32
#define CLASSES_SHOWN 90      /* septets of a list in one SMS */

struct silent {              /* one class at its deadline */
	const char *school, *class_name;
	int64_t deadline;
	int days;            /* school days without a report, today too; 0: it has reported */
	char first[SCHOOLDAY];
};
struct sweep {
	struct desk *d;
	char today[CLOCK_DAY];
	int64_t since;
	int most;            /* days: more are not counted */
	int n;               /* what was sent */
	struct silent *c;
	size_t n_classes;
};

/* ---- what is kept --------------------------------------------------------------------------- */

static int get_time(struct desk *d, const char *name, int64_t *at, bool *late)
{
	char value[40] = "", *end;

	int rc = store_meta_get(d->st, name, value, sizeof(value));
	if (rc != STORE_OK)
		return rc;
	*at = strtoll(value, &end, 10);
	if (late)
		*late = strcmp(end, " late") == 0;
	return STORE_OK;
}

static int put_time(struct desk *d, const char *name, int64_t at, bool late)
{
	char value[40];

	snprintf(value, sizeof(value), "%" PRId64 "%s", at, late ? " late" : "");
	return store_meta_put(d->st, name, value);
}

/* The next time of day that is some class's deadline, school or not: on a day without, there is nothing
 * to do then. */
static int64_t next_deadline(const struct desk *d)
{
	int minutes[MINUTES_MAX];
	size_t n = 0;
	int64_t best = 0;

	for (size_t i = 0; i < d->cf->n_classes; i++) {
		const struct config_class_row *c = &d->cf->classes[i];
		int m = world_deadline(d->cf->world, c->school, c->class_name);
		bool known = m < 0;
		for (size_t k = 0; k < n; k++)
			known |= minutes[k] == m;
		if (!known && n < MINUTES_MAX)
			minutes[n++] = m;
	}
	for (int day = 0; day < 2; day++) {
		char iso[CLOCK_DAY], at[32];
		clock_day(d->now + (int64_t)day * 86400, iso);
		for (size_t k = 0; k < n; k++) {
			snprintf(at, sizeof(at), "%sT%02d:%02d", iso, minutes[k] / 60, minutes[k] % 60);
			int64_t when = clock_utc_of(at);
			if (when > d->now && (!best || when < best))
				best = when;
		}
	}
	return best ? best : d->now + 86400;
}

/* ---- what is silent ------------------------------------------------------------------------- */

static int most_days(const struct desk *d)
{
	int most = 0;

	for (size_t i = 0; i < d->cf->n_rules; i++) {
		const struct config_when *w = &d->cf->rules[i].is;
		if ((w->kind == WHEN_CLASS_SILENT || w->kind == WHEN_SCHOOL_SILENT) && w->days > most)
			most = w->days;
	}
	return most;
}

/* The first deadline after the looking began is the first that a class could miss. */
static bool first_of_all(const struct sweep *s, struct silent *c)
{
	const struct config *cf = s->d->cf;

	clock_day(s->since, c->first);
	return schoolday_deadline(cf, c->school, c->class_name, c->first) > s->since ||
	       schoolday_step(cf, c->school, c->class_name, c->first, 1, c->first);
}

static int silent_days(struct sweep *s, struct silent *c)
{
	const struct config *cf = s->d->cf;
	char last[11], day[SCHOOLDAY];

	c->days = 0;
	int rc = class_last_report(s->d->st, c->school, c->class_name, s->today, last);
	if (rc != STORE_OK && rc != STORE_NONE)
		return rc;
	if (rc == STORE_OK && strcmp(last, s->today) >= 0)
		return STORE_OK;
	if (rc == STORE_OK ? !schoolday_step(cf, c->school, c->class_name, last, 1, c->first)
			   : !first_of_all(s, c))
		return STORE_OK;
	memcpy(day, c->first, sizeof(day));
	while (strcmp(day, s->today) <= 0 && c->days < s->most) {
		c->days++;
		if (!schoolday_step(cf, c->school, c->class_name, day, 1, day))
			break;
	}
	return STORE_OK;
}

static int by_school(const void *a, const void *b)
{
	const struct silent *x = a, *y = b;
	int c = strcmp(x->school, y->school);

	if (c == 0)
		c = x->deadline < y->deadline ? -1 : x->deadline > y->deadline;
	return c ? c : strcmp(x->class_name, y->class_name);
}

/* The classes whose deadline lies after `swept` and has passed. */
static int collect(struct sweep *s, int64_t swept)
{
	const struct config *cf = s->d->cf;
	int rc = STORE_OK;

	s->c = calloc(cf->n_classes ? cf->n_classes : 1, sizeof(*s->c));
	if (!s->c)
		return STORE_FAIL;
	for (size_t i = 0; rc == STORE_OK && i < cf->n_classes; i++) {
		struct silent *c = &s->c[s->n_classes];
		c->school = cf->classes[i].school;
		c->class_name = cf->classes[i].class_name;
		c->deadline = schoolday_deadline(cf, c->school, c->class_name, s->today);
		if (c->deadline <= swept || c->deadline > s->d->now)
			continue;
		rc = silent_days(s, c);
		s->n_classes++;
	}
	qsort(s->c, s->n_classes, sizeof(*s->c), by_school);
	return rc;
}

/* ---- telling -------------------------------------------------------------------------------- */

struct group {
	const struct silent *c;
	size_t n;
	int days;            /* all of them are silent at least so long; 0: one has reported */
	const char *first;   /* since when all are */
};

struct asked {               /* one person, and the classes he is asked for */
	struct reporter who;
	char classes[CLASSES_SHOWN + 1];
	char one[12];
	int n;
};

static void ask_for(struct asked *list, size_t *n, const struct reporter *who, const char *class_name)
{
	size_t i = 0;

	while (i < *n && strcmp(list[i].who.id, who->id) != 0)
		i++;
	if (i == *n) {
		if (*n == PEOPLE)
			return;
		list[(*n)++] = (struct asked){ .who = *who };
	}
	desk_join(list[i].classes, sizeof(list[i].classes), " ", class_name);
	snprintf(list[i].one, sizeof(list[i].one), "%s", class_name);
	list[i].n++;
}

static int people(struct desk *d, const struct config_rule *rule, const char *school,
		  const char *class_name, struct reporter *who, size_t *n)
{
	int rc = STORE_OK;

	*n = 0;
	for (const char **role = rule->audience; rc == STORE_OK && *role && *n < PEOPLE; role++) {
		size_t more = 0;
		bool local = strcmp(*role, "teacher") == 0 || strcmp(*role, "head") == 0;
		const char *of = strcmp(*role, "teacher") == 0 ? class_name : "";
		rc = local ? roster_of_school(d->st, *role, school, of, who + *n, PEOPLE - *n, &more)
			   : roster_of_role(d->st, *role, NULL, NULL, who + *n, PEOPLE - *n, &more);
		*n += more;
	}
	/* A class that nobody reports for is its head's to mend. */
	if (rc == STORE_OK && *n == 0 && class_name[0])
		rc = roster_of_school(d->st, "head", school, "", who, PEOPLE, n);
	return rc;
}

/* His next bare numbers are of the one class he was asked for; of several he must name it. */
static int ask(struct sweep *s, const struct config_rule *rule, const char *school,
	       const struct asked *a)
{
	struct message_fill fill[] = { { "class", a->one }, { "entries", a->classes },
				       { "school", school } };
	bool teacher = strcmp(a->who.role, "teacher") == 0, told;
	char asked[24], object[40];

	int rc = notice_one(s->d, &a->who, a->n > 1 ? "nudge_many" : rule->message, fill, 3, 0, false,
			    &told);
	if (rc != STORE_OK || !told)
		return rc;
	s->n++;
	snprintf(asked, sizeof(asked), "class:%s", a->one);
	if (teacher && a->n == 1 && strlen(a->one) < 12)
		rc = context_set(s->d->st, a->who.id, asked, "",
				 s->d->now + (int64_t)s->d->cf->context_h * 3600);
	snprintf(object, sizeof(object), "%s %s", school, a->n == 1 ? a->one : "several");
	return rc == STORE_OK
		       ? desk_audit(s->d, "system", "silence.ask", object, a->who.id, rule->id)
		       : rc;
}

/* The rule by which a class is asked for on the day itself; NULL: there is none. */
static const struct config_rule *rule_of_day(const struct desk *d)
{
	for (size_t i = 0; i < d->cf->n_rules; i++) {
		const struct config_when *w = &d->cf->rules[i].is;
		if (w->kind == WHEN_CLASS_SILENT && w->days == 1)
			return &d->cf->rules[i];
	}
	return NULL;
}

static int ask_all(struct sweep *s, const struct config_rule *rule, const struct silent *c, size_t n)
{
	struct asked list[PEOPLE];
	size_t n_list = 0;
	int rc = STORE_OK;

	for (size_t i = 0; rule && rc == STORE_OK && i < n; i++) {
		struct reporter who[PEOPLE];
		size_t n_who = 0;
		if (c[i].days == 0)
			continue;
		rc = people(s->d, rule, c[i].school, c[i].class_name, who, &n_who);
		for (size_t k = 0; rc == STORE_OK && k < n_who; k++)
			ask_for(list, &n_list, &who[k], c[i].class_name);
	}
	for (size_t i = 0; rc == STORE_OK && i < n_list; i++)
		rc = ask(s, rule, c[0].school, &list[i]);
	return rc;
}

static int ask_school(struct sweep *s, const struct config_rule *rule, const struct group *g)
{
	const char *school = g->c[0].school;
	struct message_fill fill[] = { { "school", school } };
	struct reporter who[PEOPLE];
	size_t n = 0;

	int rc = people(s->d, rule, school, "", who, &n);
	if (rc == STORE_OK && n == 0) /* a school without a head: its teachers, each for his own */
		return ask_all(s, rule_of_day(s->d), g->c, g->n);
	for (size_t i = 0; rc == STORE_OK && i < n; i++) {
		bool told;
		rc = notice_one(s->d, &who[i], rule->message, fill, 1, 0, false, &told);
		s->n += told;
		if (rc == STORE_OK && told)
			rc = desk_audit(s->d, "system", "silence.ask", school, who[i].id, rule->id);
	}
	return rc;
}

/* class_name "": the whole school. */
static int tell(struct sweep *s, const struct config_rule *rule, const char *school,
		const char *class_name, const char *first)
{
	struct alerts_about about;
	char subject[64], window[32];
	int32_t from, to;
	int64_t number = 0;
	bool covered;

	snprintf(subject, sizeof(subject), "%s%s%s", school, class_name[0] ? " " : "", class_name);
	snprintf(window, sizeof(window), "%.10s+%d", first, rule->is.days);
	if (!day_from_iso(first, &from) || !day_from_iso(s->today, &to))
		return STORE_OK;
	int rc = streak_covered(s->d, rule, subject, from, to, 0, false, &covered);
	if (rc != STORE_OK || covered)
		return rc;
	memset(&about, 0, sizeof(about));
	about.subject = subject;
	about.window = window;
	about.owner = "";
	about.who = "system";
	about.again = true;
	about.facts.age = about.facts.n_children = about.facts.pupil = -1;
	about.facts.days = rule->is.days;
	about.facts.school = school;
	about.facts.class_name = class_name;
	about.facts.from = first;
	about.facts.to = s->today;
	rc = alerts_raise(s->d, rule, &about, &number);
	s->n += number != 0;
	return rc;
}

/* ---- one school and shift ------------------------------------------------------------------- */

static void measure(struct group *g)
{
	g->days = g->c[0].days;
	g->first = g->c[0].first;
	for (size_t i = 1; i < g->n; i++) {
		if (g->c[i].days < g->days)
			g->days = g->c[i].days;
		if (strcmp(g->c[i].first, g->first) > 0)
			g->first = g->c[i].first;
	}
}

/* Is the school as a whole told of at so many days, in place of its classes? */
static bool as_school(const struct desk *d, const struct group *g, int days)
{
	if (g->n < 2 || g->days < days)
		return false;
	for (size_t i = 0; i < d->cf->n_rules; i++) {
		const struct config_when *w = &d->cf->rules[i].is;
		if (w->kind == WHEN_SCHOOL_SILENT && w->days == days)
			return true;
	}
	return false;
}

static int by_rule(struct sweep *s, const struct group *g, const struct config_rule *rule)
{
	const struct config_when *w = &rule->is;
	int rc = STORE_OK;

	if (w->kind == WHEN_SCHOOL_SILENT) {
		if (g->n < 2 || g->days < w->days)
			return STORE_OK;
		return w->days == 1 ? ask_school(s, rule, g)
				    : tell(s, rule, g->c[0].school, "", g->first);
	}
	if (as_school(s->d, g, w->days))
		return STORE_OK;
	if (w->days == 1)
		return ask_all(s, rule, g->c, g->n);
	for (size_t i = 0; rc == STORE_OK && i < g->n; i++) {
		if (g->c[i].days >= w->days)
			rc = tell(s, rule, g->c[i].school, g->c[i].class_name, g->c[i].first);
	}
	return rc;
}

static int sweep_group(struct sweep *s, struct group *g)
{
	int rc = STORE_OK;

	measure(g);
	for (size_t i = 0; rc == STORE_OK && i < s->d->cf->n_rules; i++) {
		const struct config_rule *rule = &s->d->cf->rules[i];
		if (rule->is.kind == WHEN_CLASS_SILENT || rule->is.kind == WHEN_SCHOOL_SILENT)
			rc = by_rule(s, g, rule);
	}
	return rc;
}

static int sweep_all(struct sweep *s)
{
	int rc = STORE_OK;

	for (size_t i = 0; rc == STORE_OK && i < s->n_classes;) {
		struct group g = { .c = s->c + i, .n = 1 };
		while (i + g.n < s->n_classes && strcmp(g.c[g.n].school, g.c->school) == 0 &&
		       g.c[g.n].deadline == g.c->deadline)
			g.n++;
		i += g.n;
		rc = sweep_group(s, &g);
	}
	return rc;
}

/* ---- the year ------------------------------------------------------------------------------- */

/* Register numbers are given anew: what was open of the old ones is nobody's any more, and must not be
 * looked through with every text for years. */
static int turn_year(struct desk *d, const char *today)
{
	char value[16] = "", begin[11], at[32];
	int year = schoolyear_of(today);

	int rc = store_meta_get(d->st, YEAR, value, sizeof(value));
	if (rc != STORE_OK && rc != STORE_NONE)
		return rc;
	if (rc == STORE_OK && (int)strtol(value, NULL, 10) >= year)
		return STORE_OK;
	schoolyear_begin(year, begin);
	snprintf(at, sizeof(at), "%sT00:00", begin);
	rc = STORE_OK;
	for (size_t i = 0; rc == STORE_OK && i < d->cf->n_rules; i++) {
		const struct config_rule *rule = &d->cf->rules[i];
		if (rule->is.kind && rule->is.kind != WHEN_WATCHED)
			rc = alert_close_before(d->st, rule->id, clock_utc_of(at),
						"the school year is over", d->now);
	}
	snprintf(value, sizeof(value), "%d", year);
	return rc == STORE_OK ? store_meta_put(d->st, YEAR, value) : rc;
}

/* ---- when ----------------------------------------------------------------------------------- */

static int sweep(struct desk *d, int64_t swept, int *n)
{
	struct sweep s = { .d = d, .most = most_days(d) };

	clock_day(d->now, s.today);
	int rc = turn_year(d, s.today);
	if (rc == STORE_OK)
		rc = get_time(d, SINCE, &s.since, NULL);
	if (rc == STORE_OK && s.most)
		rc = collect(&s, swept);
	if (rc == STORE_OK)
		rc = sweep_all(&s);
	free(s.c);
	*n = s.n;
	return rc == STORE_OK ? put_time(d, SWEPT, d->now, false) : rc;
}

/* The first time of all: deadlines of before are none of ours. */
static int begin(struct desk *d)
{
	int rc = put_time(d, SINCE, d->now, false);

	if (rc == STORE_OK)
		rc = put_time(d, SWEPT, d->now, false);
	return rc == STORE_OK ? put_time(d, NEXT, next_deadline(d), false) : rc;
}

int silence_due(struct desk *d, int *n)
{
	int64_t next = 0, swept = 0;
	bool late = false;

	*n = 0;
	int rc = get_time(d, NEXT, &next, &late);
	if (rc == STORE_NONE)
		return begin(d);
	if (rc == STORE_OK)
		rc = get_time(d, SWEPT, &swept, NULL);
	if (rc != STORE_OK)
		return rc;
	if (d->now >= next && d->now - next > LATE_S && !late)
		return put_time(d, NEXT, d->now + GRACE_S, true);
	if (d->now >= next)
		rc = sweep(d, swept, n);
	else if (late)
		return STORE_OK;
	/* Also when nothing is due: a shift may have another deadline since the last start. */
	int64_t at = next_deadline(d);
	return rc == STORE_OK && at != next ? put_time(d, NEXT, at, false) : rc;
}

int silence_next(struct desk *d, int64_t *at)
{
	int rc = get_time(d, NEXT, at, NULL);

	if (rc == STORE_NONE)
		*at = d->now;
	return rc == STORE_NONE ? STORE_OK : rc;
}

/* ---- the end of it -------------------------------------------------------------------------- */

struct reported {
	const char *school, *class_name, *who, *reason;
	char last[11]; /* the newest day reported, "" = not asked for yet */
};

static int last_reported(struct desk *d, struct reported *r)
{
	char today[CLOCK_DAY];

	if (r->last[0])
		return STORE_OK;
	clock_day(d->now, today);
	return class_last_report(d->st, r->school, r->class_name, today, r->last);
}

static int end_of(struct desk *d, struct reported *r, const char *subject, const char *notice)
{
	struct alert_row rows[16];
	size_t n = 0;

	int rc = alert_standing_for(d->st, subject, rows, 16, &n);
	for (size_t i = 0; rc == STORE_OK && i < n; i++) {
		const struct config_rule *rule = rules_of(d, rows[i].rule);
		if (!rule || !(rule->ended_by & END_REPORT))
			continue;
		rc = last_reported(d, r);
		if (rc == STORE_OK && strncmp(rows[i].window, r->last, 10) <= 0)
			rc = alerts_end(d, &rows[i], r->who, r->reason, notice);
	}
	return rc == STORE_NONE ? STORE_OK : rc;
}

int silence_reported(struct desk *d, const char *school, const char *class_name, const char *who)
{
	struct reported r = { .school = school, .class_name = class_name, .who = who, .reason = "reported" };
	char subject[64];

	snprintf(subject, sizeof(subject), "%s %s", school, class_name);
	int rc = end_of(d, &r, subject, "alert_reported");
	return rc == STORE_OK ? end_of(d, &r, school, "alert_reported_school") : rc;
}

int silence_closed(struct desk *d, const char *school, const char *class_name, const char *who)
{
	struct reported r = { .who = who, .reason = "the class was closed", .last = "9999-12-31" };
	char subject[64];

	snprintf(subject, sizeof(subject), "%s %s", school, class_name);
	return end_of(d, &r, subject, "");
}
