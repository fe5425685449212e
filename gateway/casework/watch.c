/* watch.c - see watch.h. */
#include "gateway/casework/watch.h"
#include <stdio.h>
#include <string.h>
#include "gateway/casework/alerts.h"
#include "gateway/hub/clock.h"
#include "parser/calendar.h"
#include "store/cases.h"

#define CASES 4
#define DAY_TEXT "alert_a9_day" /* where the day is not today: "today" would be a wrong word */

static int tell(struct desk *d, const struct config_rule *rule, const struct case_row *k,
		const char *day, const struct cause *c)
{
	struct alerts_about about;
	char today[CLOCK_DAY];
	int64_t number;

	clock_day(d->now, today);
	memset(&about, 0, sizeof(about));
	about.subject = k->code;
	about.window = day;
	about.case_id = k->id;
	about.message = c->message;
	about.owner = k->owner;
	about.who = c->who;
	about.text = strcmp(day, today) == 0 ? NULL : DAY_TEXT;
	about.facts.case_code = k->code;
	about.facts.age = about.facts.n_children = about.facts.days = about.facts.pupil = -1;
	return alerts_raise(d, rule, &about, &number);
}

static int take_back(struct desk *d, const struct config_rule *rule, const struct case_row *k,
		     const char *day, const struct cause *c)
{
	struct alert_row rows[4];
	char behind[16];
	size_t n = 0;

	snprintf(behind, sizeof(behind), "%.10s~~", day);
	int rc = alert_in_span(d->st, rule->id, k->code, day, behind, rows, 4, &n);
	for (size_t i = 0; rc == STORE_OK && i < n; i++) {
		if (strcmp(rows[i].state, "open") == 0 || strcmp(rows[i].state, "acked") == 0)
			rc = alerts_withdraw(d, &rows[i], c->who, "the report was changed",
					     "alert_withdrawn");
	}
	return rc;
}

int watch_day(struct desk *d, const struct pupil_view *v, const char *day, const struct cause *c)
{
	struct case_row cases[CASES];
	int32_t number;
	size_t n = 0;

	if (!day_from_iso(day, &number))
		return STORE_OK;
	char mark = pattern_mark_of(&v->p, number);
	bool absent = mark == 'u' || mark == 'e';
	int rc = case_of_pupil(d->st, v->key.school, v->key.class_name, v->key.pupil, cases, CASES, &n);
	for (size_t i = 0; rc == STORE_OK && n && i < d->cf->n_rules; i++) {
		const struct config_rule *rule = &d->cf->rules[i];
		if (rule->is.kind != WHEN_WATCHED)
			continue;
		for (size_t k = 0; rc == STORE_OK && k < n; k++)
			rc = absent ? tell(d, rule, &cases[k], day, c)
				    : take_back(d, rule, &cases[k], day, c);
	}
	return rc;
}
