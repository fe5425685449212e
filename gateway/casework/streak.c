/* streak.c - days missed in a row.  See streak.h. */
#include "gateway/casework/streak.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "gateway/casework/alerts.h"
#include "store/attendance.h"

#define MARKS 250 /* a school year has fewer days */
#define EVENT "absence.streak"

static void subject_of(const struct pupil *p, char out[64])
{
	snprintf(out, 64, "%s %s %d", p->school, p->class_name, p->number);
}

static void return_name(const struct pupil *p, char out[32])
{
	snprintf(out, 32, "back %s %s %d", p->school, p->class_name, p->number);
}

static bool counts(const struct attendance_mark *m)
{
	return strcmp(m->category, "unknown") == 0 || strcmp(m->category, "unexcused") == 0;
}

int streak_count(struct desk *d, const struct pupil *p, const char *upto, struct streak *s)
{
	struct attendance_mark marks[MARKS];
	char name[32], back[16] = "";
	size_t n = 0;

	memset(s, 0, sizeof(*s));
	return_name(p, name);
	int rc = store_meta_get(d->st, name, back, sizeof(back));
	if (rc != STORE_OK && rc != STORE_NONE)
		return rc;
	rc = attendance_recent(d->st, p->school, p->class_name, p->number, upto, marks, MARKS, &n);
	if (rc != STORE_OK && rc != STORE_NONE)
		return rc;
	for (size_t i = 0; i < n; i++) {
		if (!marks[i].absent && !marks[i].list)
			continue; /* only a count was sent: it says nothing about this pupil */
		if (!marks[i].absent || !counts(&marks[i]) || strcmp(marks[i].day, back) <= 0)
			break;
		if (s->days++ == 0)
			memcpy(s->last, marks[i].day, sizeof(s->last));
		memcpy(s->first, marks[i].day, sizeof(s->first));
	}
	return STORE_OK;
}

/* The step of a rule that a streak of n days has reached, 0 = none: 5, 10, 15 ... for 5 and
 * every 5. */
static int step_of(const struct config_rule *rule, int n)
{
	const struct config_when *w = &rule->is;

	if (n < w->days)
		return 0;
	return w->every > 0 ? n - (n - w->days) % w->every : w->days;
}

static void about_pupil(const struct pupil *p, const char *subject, const char *window,
			int64_t message, const char *who, struct alerts_about *about)
{
	memset(about, 0, sizeof(*about));
	about->subject = subject;
	about->window = window;
	about->message = message;
	about->owner = "";
	about->who = who;
	about->facts.age = about->facts.n_children = about->facts.days = -1;
	about->facts.school = p->school;
	about->facts.class_name = p->class_name;
	about->facts.pupil = p->number;
}

int streak_raise(struct desk *d, const struct pupil *p, const char *upto, int64_t message,
		 const char *who)
{
	struct alerts_about about;
	struct streak s;
	char subject[64], window[32];

	int rc = streak_count(d, p, upto, &s);
	if (rc != STORE_OK || s.days == 0)
		return rc;
	subject_of(p, subject);
	for (size_t i = 0; rc == STORE_OK && i < d->cf->n_rules; i++) {
		const struct config_rule *rule = &d->cf->rules[i];
		int step = strcmp(rule->event, EVENT) == 0 ? step_of(rule, s.days) : 0;
		int64_t number;
		if (step == 0)
			continue;
		snprintf(window, sizeof(window), "%s+%d", s.first, step);
		about_pupil(p, subject, window, message, who, &about);
		about.facts.days = s.days;
		about.facts.from = s.first;
		about.facts.to = s.last;
		rc = alerts_raise(d, rule, &about, &number);
	}
	return rc;
}

static bool has_rule(const struct desk *d, const char *event)
{
	for (size_t i = 0; i < d->cf->n_rules; i++) {
		if (strcmp(d->cf->rules[i].event, event) == 0)
			return true;
	}
	return false;
}

int streak_special(struct desk *d, const struct pupil *p, const char *event, const char *day,
		   const char *reason, const char *country, int64_t message, const char *who,
		   int *raised)
{
	struct alerts_about about;
	struct streak s;
	char subject[64], window[32];

	int rc = streak_count(d, p, day, &s);
	if (rc != STORE_OK)
		return rc;
	const char *from = s.days ? s.first : day;
	subject_of(p, subject);
	snprintf(window, sizeof(window), "%s %.16s", from, reason);
	about_pupil(p, subject, window, message, who, &about);
	about.facts.from = from;
	about.facts.to = day;
	about.facts.reason = reason;
	about.facts.country = country;
	if (s.days)
		about.facts.days = s.days;
	if (has_rule(d, event))
		return alerts_raise_event(d, event, &about, raised);
	/* No rule alerts people of it: the offices whose mandate it is are told all the same. */
	int agencies;
	*raised = 0;
	about.facts.event = event;
	return post_event(d, &about.facts, &agencies);
}

/* ---- taking back ---------------------------------------------------------------------------- */

static bool same_pupil(const struct alert_row *a, const char *subject)
{
	return strcmp(a->subject, subject) == 0;
}

/* window: "2026-11-16+5".  Alerts of other kinds (abroad, left) hold as long as their own report.
 */
static bool holds(const struct alert_row *a, const struct streak *s, bool own)
{
	const char *plus = strchr(a->window, '+');

	if (!plus)
		return !own;
	return s->days >= (int)strtol(plus + 1, NULL, 10) && strncmp(a->window, s->first, 10) == 0;
}

static int reconcile(struct desk *d, const struct alert_row *rows, size_t n, const char *subject,
		     const struct streak *s, bool own, const char *who)
{
	int rc = STORE_OK;

	for (size_t i = 0; rc == STORE_OK && i < n; i++) {
		if (!same_pupil(&rows[i], subject) || strcmp(rows[i].state, "withdrawn") == 0 ||
		    holds(&rows[i], s, own))
			continue;
		rc = alerts_withdraw(d, &rows[i], who, "the report was changed",
				     "alert_withdrawn_pupil");
	}
	return rc;
}

#define ROWS 32

int streak_reconcile(struct desk *d, const struct pupil *p, const char *upto, int64_t message,
		     const char *who)
{
	struct alert_row rows[ROWS];
	struct streak s;
	char subject[64];
	size_t n = 0;

	subject_of(p, subject);
	int rc = streak_count(d, p, upto, &s);
	if (rc == STORE_OK && message) {
		rc = alert_of_message(d->st, message, rows, ROWS, &n);
		if (rc == STORE_OK)
			rc = reconcile(d, rows, n, subject, &s, true, who);
	}
	if (rc != STORE_OK && rc != STORE_NONE)
		return rc;
	n = 0;
	rc = alert_open_for(d->st, subject, rows, ROWS, &n);
	if (rc == STORE_OK)
		rc = reconcile(d, rows, n, subject, &s, false, who);
	return rc == STORE_NONE ? STORE_OK : rc;
}

int streak_close(struct desk *d, const struct pupil *p, const char *day, const char *who)
{
	struct alert_row rows[ROWS];
	char name[32], subject[64];
	size_t n = 0;

	return_name(p, name);
	subject_of(p, subject);
	int rc = store_meta_put(d->st, name, day);
	if (rc == STORE_OK)
		rc = alert_open_for(d->st, subject, rows, ROWS, &n);
	for (size_t i = 0; rc == STORE_OK && i < n; i++) {
		if (strchr(rows[i].window, '+'))
			rc = alerts_withdraw(d, &rows[i], who, "back at school", "alert_returned");
	}
	return rc == STORE_NONE ? STORE_OK : rc;
}
