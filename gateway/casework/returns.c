/* returns.c - assisted return.  See returns.h. */
#include "gateway/casework/returns.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "gateway/casework/alerts.h"
#include "gateway/casework/answer.h"
#include "gateway/casework/cases.h"
#include "gateway/casework/dues.h"
#include "gateway/casework/lifecycle.h"
#include "gateway/casework/referrals.h"
#include "gateway/casework/tasks.h"
#include "gateway/hub/clock.h"
#include "parser/calendar.h"
#include "store/followups.h"
#include "store/returns.h"

#define HOUR 3600
#define DAY 86400
#define AGAIN_S DAY        /* the same child, day and country again from one person: the same return */
#define VISIT_AHEAD 7      /* days before a later visit on which its task is set */
#define END_AFTER 7        /* days after the last visit was due */
#define UNASSESSED "return.unassessed"

static bool is(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

/* ---- days ----------------------------------------------------------------------------------- */

static void plus_days(const char *day, int n, char out[CLOCK_DAY])
{
	int32_t number = 0;

	day_from_iso(day, &number);
	day_to_iso(number + n, out);
}

/* The same day of the month, or its last. */
static void plus_months(const char *day, int n, char out[CLOCK_DAY])
{
	int32_t number = 0;
	int y, m, dom;

	day_from_iso(day, &number);
	day_split(number, &y, &m, &dom);
	m += n - 1;
	y += m / 12;
	m = m % 12 + 1;
	while (dom > 28 && !day_valid(y, m, dom))
		dom--;
	day_to_iso(day_number(y, m, dom), out);
}

static int64_t at_hour(const char *day, int hour)
{
	char iso[24];

	snprintf(iso, sizeof(iso), "%.10sT%02d:00", day, hour);
	return clock_utc_of(iso);
}

static int64_t block_at(const struct desk *d, const struct return_op *r)
{
	char day[CLOCK_DAY];

	plus_days(r->day, -d->cf->return_assess_d, day);
	return at_hour(day, 0);
}

static int64_t missed_at(const struct desk *d, const struct return_op *r)
{
	return at_hour(r->day, 0) + (int64_t)d->cf->return_missed_h * HOUR;
}

/* ---- what has to be ready ------------------------------------------------------------------- */

enum step { ASSESSMENT, RECEPTION, VISIT, ENROL, STEPS };
static const struct {
	const char *service, *agency; /* NULL: of who announced it */
	int days;                     /* from the day of the return */
} steps[STEPS] = {
	[ASSESSMENT] = { "family_assessment", "SSS", -7 },
	[RECEPTION] = { "reception", "TDH", 0 },
	[VISIT] = { "visit", NULL, 2 },
	[ENROL] = { "enrol", "EDU", 14 },
};

static int64_t *step_task(struct return_op *r, enum step s)
{
	int64_t *const task[STEPS] = { &r->assessment, &r->reception, &r->visit, &r->enrol };

	return task[s];
}

static void step_day(const struct desk *d, const char *day, enum step s, char out[CLOCK_DAY])
{
	char today[CLOCK_DAY];

	plus_days(day, steps[s].days, out);
	clock_day(d->now, today);
	if (strcmp(out, today) < 0)
		memcpy(out, today, sizeof(today));
}

/* The case's own worker, in the agency he is of. */
static int own_order(struct desk *d, const struct case_row *c, struct reporter *owner,
		     struct tasks_order *o)
{
	int rc = c->owner[0] ? roster_by_id(d->st, c->owner, owner) : STORE_NONE;

	o->agency = "MUN";
	o->assignee = "";
	if (rc != STORE_OK)
		return rc == STORE_NONE ? STORE_OK : rc;
	if (!cases_sees_all(owner) && owner->active) {
		o->agency = owner->agency[0] ? owner->agency : "MUN";
		o->assignee = owner->id;
	}
	return STORE_OK;
}

static int set_task(struct desk *d, const struct case_row *c, struct tasks_order *o, int64_t *number)
{
	enum tasks_answer answer;
	struct task t;

	o->case_id = c->id;
	int rc = tasks_set(d, o, &t, &answer);
	if (rc == STORE_OK && answer == TASKS_NO_MANDATE) {
		o->agency = "MUN"; /* an office without a mandate for tasks: the municipality leads */
		o->assignee = "";
		rc = tasks_set(d, o, &t, &answer);
	}
	*number = rc == STORE_OK && answer != TASKS_NO_MANDATE ? t.number : 0;
	return rc;
}

static int set_steps(struct desk *d, const struct case_row *c, struct return_op *r)
{
	struct reporter owner;
	int rc = STORE_OK;

	for (int s = 0; rc == STORE_OK && s < STEPS; s++) {
		char due[CLOCK_DAY], key[64];
		struct tasks_order o = { .service = steps[s].service, .due = due,
					 .agency = steps[s].agency, .set_by = r->who,
					 .message = r->message, .dedupe = key };
		step_day(d, r->day, (enum step)s, due);
		snprintf(key, sizeof(key), "return %" PRId64 " %s", r->id, steps[s].service);
		if (!o.agency)
			rc = own_order(d, c, &owner, &o);
		if (rc == STORE_OK)
			rc = set_task(d, c, &o, step_task(r, (enum step)s));
	}
	return rc;
}

/* Moves a step's task; what is not open any more stays as it is. */
static int move_step(struct desk *d, int64_t number, enum tasks_event event, const char *who,
		     const char *due)
{
	enum tasks_answer answer;
	struct task t;

	int rc = number ? task_get(d->st, number, &t) : STORE_NONE;
	if (rc != STORE_OK)
		return rc == STORE_NONE ? STORE_OK : rc;
	if (event == TASKS_DEFER && is(t.due, due))
		return STORE_OK;
	return tasks_move(d, &t, event, who, due, 0, 0, &answer);
}

static int assessed(struct desk *d, const struct return_op *r, bool *yes)
{
	struct task t;

	int rc = r->assessment ? task_get(d->st, r->assessment, &t) : STORE_NONE;
	*yes = rc == STORE_OK && is(t.state, "done");
	return rc == STORE_NONE ? STORE_OK : rc;
}

/* ---- telling -------------------------------------------------------------------------------- */

static int tell(struct desk *d, const struct case_row *c, const struct return_op *r, const char *who,
		const char *event)
{
	struct alerts_about about = { .subject = c->code, .window = r->day, .case_id = c->id,
				      .message = r->message, .owner = c->owner, .who = who };
	int raised;

	casefile_facts(c, &about.facts);
	about.facts.date = r->day;
	about.facts.country = r->country;
	return alerts_raise_event(d, event, &about, &raised);
}

/* rd: the text that says it, for its free words; NULL where there is none, or they stand elsewhere. */
static int note(struct desk *d, const struct case_row *c, const char *who, const char *what,
		const char *day, const struct reading *rd)
{
	char detail[64];

	snprintf(detail, sizeof(detail), "%s %s", what, day);
	int rc = casefile_note(d, c->id, who, "return", detail, rd);
	return rc == STORE_OK ? desk_audit(d, who, "case.return", c->code, detail, "") : rc;
}

/* A text that moves nothing: what it says beside that is kept. */
static int said_again(struct desk *d, const struct case_row *c, const char *who,
		      const struct reading *rd)
{
	return casefile_note(d, c->id, who, "received", rd->intent, rd);
}

/* ---- announcing ----------------------------------------------------------------------------- */

/* Before the day the clock looks whether the family was assessed, on it whether he came. */
static int64_t first_look(const struct desk *d, const struct return_op *r)
{
	int64_t block = block_at(d, r);

	return block > d->now ? block : d->now;
}

static bool same_child(const struct case_row *c, const struct reading *r)
{
	const char *sex = reading_word(r, "sex");
	int64_t age = -1;

	reading_int(r, "age", &age);
	return strcmp(c->sex, sex ? sex : "") == 0 && c->age == (int)age;
}

/* The same words of one person a second time. */
static int announced_before(struct desk *d, const struct reporter *from, const struct reading *r,
			    struct case_row *c, struct return_op *op, bool *yes)
{
	const char *day = reading_word(r, "date"), *country = reading_word(r, "country");
	int64_t after = 0;
	size_t n = 1;
	int rc = STORE_OK;

	*yes = false;
	while (rc == STORE_OK && n == 1 && !*yes) {
		rc = return_awaited(d->st, after, op, 1, &n);
		if (rc != STORE_OK || n == 0)
			break;
		after = op->id;
		if (!is(op->who, from->id) || !is(op->day, day) ||
		    !is(op->country, country ? country : "") || op->announced < d->now - AGAIN_S)
			continue;
		rc = case_by_id(d->st, op->case_id, c);
		*yes = rc == STORE_OK && same_child(c, r);
	}
	return rc == STORE_NONE ? STORE_OK : rc;
}

static int say(struct desk *d, struct effect *out, const struct case_row *c, const struct return_op *r)
{
	struct task t;

	casefile_remember(out, c);
	int rc = r->assessment ? task_get(d->st, r->assessment, &t) : STORE_NONE;
	if (rc == STORE_OK) {
		desk_cut(out->words[1], sizeof(out->words[1]), t.due);
		out->facts.due = out->words[1];
	}
	return rc == STORE_NONE ? STORE_OK : rc;
}

static int announce(struct desk *d, struct case_row *c, struct return_op *r,
		    const struct reading *rd)
{
	r->case_id = c->id;
	r->look_at = first_look(d, r);
	int rc = return_add(d->st, r, d->now);
	if (rc == STORE_OK)
		rc = set_steps(d, c, r);
	if (rc == STORE_OK)
		rc = return_update(d->st, r);
	if (rc == STORE_OK)
		rc = note(d, c, r->who, "announced", r->day, rd);
	return rc == STORE_OK ? tell(d, c, r, r->who, "return.new") : rc;
}

/* Another day: what was set moves with it. */
static int postpone(struct desk *d, struct case_row *c, struct return_op *r,
		    const struct reading *rd, const char *who)
{
	const char *day = reading_word(rd, "date");
	int rc = STORE_OK;

	if (is(r->day, day))
		return said_again(d, c, who, rd);
	desk_cut(r->day, sizeof(r->day), day);
	for (int s = 0; rc == STORE_OK && s < STEPS; s++) {
		char due[CLOCK_DAY];
		step_day(d, day, (enum step)s, due);
		rc = move_step(d, *step_task(r, (enum step)s), TASKS_DEFER, who, due);
	}
	r->look_at = first_look(d, r);
	if (rc == STORE_OK)
		rc = return_update(d->st, r);
	if (rc == STORE_OK)
		rc = note(d, c, who, "moved", day, rd);
	return rc == STORE_OK ? tell(d, c, r, who, "return.new") : rc;
}

static void fill(const struct reading *rd, const struct reporter *from, const struct message *m,
		 struct return_op *r)
{
	const char *country = reading_word(rd, "country"), *day = reading_word(rd, "date");

	memset(r, 0, sizeof(*r));
	r->message = m->id;
	desk_cut(r->who, sizeof(r->who), from->id);
	desk_cut(r->country, sizeof(r->country), country ? country : "");
	desk_cut(r->day, sizeof(r->day), day ? day : "");
}

static int of_known_case(struct desk *d, const struct message *m, const struct reporter *from,
			 const struct reading *rd, struct effect *out)
{
	struct return_op r;
	struct case_row c;
	bool found;

	int rc = casefile_open(d, from, rd, out, &c, &found);
	if (rc != STORE_OK || !found)
		return rc;
	if (is(c.state, "closed") || is(c.state, "duplicate"))
		return answer_later(out);
	rc = return_of_case(d->st, c.id, &r);
	if (rc == STORE_OK && !is(r.state, "announced"))
		return answer_later(out); /* he is here, or was missed: a person sorts that out */
	if (rc == STORE_OK) {
		rc = postpone(d, &c, &r, rd, from->id);
	} else if (rc == STORE_NONE) {
		fill(rd, from, m, &r);
		rc = announce(d, &c, &r, rd);
	}
	return rc == STORE_OK ? say(d, out, &c, &r) : rc;
}

int returns_new(struct desk *d, const struct message *m, const struct reporter *from,
		const struct reading *rd, struct effect *out)
{
	struct return_op r;
	struct case_row c;
	bool before;

	if (!reading_word(rd, "date") || strlen(reading_word(rd, "date")) != 10)
		return answer_later(out);
	if (reading_word(rd, "case"))
		return of_known_case(d, m, from, rd, out);
	int rc = announced_before(d, from, rd, &c, &r, &before);
	if (rc != STORE_OK)
		return rc;
	if (before) {
		rc = said_again(d, &c, from->id, rd);
		return rc == STORE_OK ? say(d, out, &c, &r) : rc;
	}
	rc = cases_open(d, m, from, rd, &c);
	fill(rd, from, m, &r);
	if (rc == STORE_OK)
		rc = announce(d, &c, &r, NULL); /* the words stand where the case was opened */
	return rc == STORE_OK ? say(d, out, &c, &r) : rc;
}

/* ---- arriving ------------------------------------------------------------------------------- */

/* Who has a task of the return knows its code from there. */
static int has_task(struct desk *d, const struct reporter *from, const struct case_row *c, bool *yes)
{
	const struct config_mandate *row =
		config_mandate_for(d->cf, "task.new", NULL, from->agency[0] ? from->agency : "MUN");
	struct task rows[16];
	bool told = false;
	size_t n = 0;

	*yes = false;
	for (const char **k = row ? row->keys : NULL; k && *k; k++)
		told |= is(*k, "case");
	int rc = told ? task_open(d->st, "", c->id, 0, rows, 16, &n) : STORE_OK;
	for (size_t i = 0; rc == STORE_OK && i < n; i++)
		*yes |= tasks_is_his(&rows[i], from);
	return rc;
}

static int named(struct desk *d, const struct reporter *from, const char *code, struct case_row *c,
		 bool *found)
{
	int rc = cases_visible(d, from, code, c);

	*found = rc == STORE_OK;
	if (rc != STORE_NONE)
		return rc;
	rc = case_by_code(d->st, code, c);
	return rc == STORE_OK ? has_task(d, from, c, found) : rc == STORE_NONE ? STORE_OK : rc;
}

/* By sex, age and country: the one awaited that he may know of. */
static int described(struct desk *d, const struct reporter *from, const struct reading *rd,
		     struct case_row *c, int *n_found)
{
	const char *country = reading_word(rd, "country");
	struct return_op op;
	struct case_row one;
	int64_t after = 0;
	size_t n = 1;
	int rc = STORE_OK;

	*n_found = 0;
	while (rc == STORE_OK && n == 1) {
		bool may = false;
		rc = return_awaited(d->st, after, &op, 1, &n);
		if (rc != STORE_OK || n == 0)
			break;
		after = op.id;
		rc = case_by_id(d->st, op.case_id, &one);
		if (rc == STORE_OK)
			rc = named(d, from, one.code, &one, &may);
		if (rc != STORE_OK || !may || !same_child(&one, rd) ||
		    (country && op.country[0] && !is(country, op.country)))
			continue;
		if (++*n_found == 1)
			*c = one;
	}
	return rc == STORE_NONE ? STORE_OK : rc;
}

static int tell_arrived(struct desk *d, const struct case_row *c, const struct return_op *r)
{
	struct post_event e;
	int agencies;

	casefile_facts(c, &e);
	e.event = "return.arrived";
	e.date = r->arrived;
	e.country = r->country;
	return post_event(d, &e, &agencies);
}

static const int months[] = { 1, 3, 6 };
#define MONTHS ((int)(sizeof(months) / sizeof(months[0])))

/* When the next of the later visits is to be set, and after the last one the end. */
static int64_t later_look(const struct return_op *r)
{
	char day[CLOCK_DAY];

	plus_months(r->arrived, months[r->stage < MONTHS ? r->stage : MONTHS - 1], day);
	plus_days(day, r->stage < MONTHS ? -VISIT_AHEAD : END_AFTER, day);
	return at_hour(day, 8);
}

static int arrive_steps(struct desk *d, const struct return_op *r, const char *who)
{
	char due[CLOCK_DAY];

	int rc = move_step(d, r->reception, TASKS_FINISH, who, "");
	step_day(d, r->arrived, VISIT, due);
	if (rc == STORE_OK)
		rc = move_step(d, r->visit, TASKS_DEFER, who, due);
	step_day(d, r->arrived, ENROL, due);
	return rc == STORE_OK ? move_step(d, r->enrol, TASKS_DEFER, who, due) : rc;
}

static int arrived(struct desk *d, struct case_row *c, struct return_op *r,
		   const struct reading *rd, const char *who)
{
	const char *said = reading_word(rd, "date");
	static const char *const waits[] = { UNASSESSED, "case.urgent", NULL };
	char today[CLOCK_DAY];

	clock_day(d->now, today);
	const char *day = said && said[0] ? said : today;
	bool missed = is(r->state, "missed");
	desk_cut(r->arrived, sizeof(r->arrived), day);
	int rc = return_move(d->st, r->id, "arrived", r->arrived, later_look(r));
	/* what called for him is over; another urgent report of the case is not */
	if (rc == STORE_OK)
		rc = alerts_resolve(d, c->code, missed ? waits : (const char *const[]){ UNASSESSED, NULL },
				    who, "arrived", "alert_done");
	if (rc == STORE_OK)
		rc = dues_arrived(d, c, is(day, today) ? d->now : at_hour(day, 12));
	if (rc == STORE_OK)
		rc = arrive_steps(d, r, who);
	if (rc == STORE_OK)
		rc = note(d, c, who, "arrived", r->arrived, rd);
	return rc == STORE_OK ? tell_arrived(d, c, r) : rc;
}

/* Nobody knows where he is: as urgent as a child in danger. */
static int missed(struct desk *d, struct case_row *c, const struct return_op *r, const char *who,
		  const struct reading *rd)
{
	char window[32];

	int rc = return_move(d->st, r->id, "missed", "", 0);
	c->urgent = true;
	snprintf(c->risk, sizeof(c->risk), "high");
	if (rc == STORE_OK)
		rc = case_update(d->st, c, d->now);
	if (rc == STORE_OK)
		rc = note(d, c, who, "missed", r->day, rd);
	snprintf(window, sizeof(window), "missed %s", r->day);
	return rc == STORE_OK ? casefile_tell(d, c, 0, who, "case.urgent", window) : rc;
}

static int settle(struct desk *d, const struct reporter *from, const struct reading *rd,
		  struct case_row *c, struct effect *out)
{
	bool not_yet = reading_get(rd, "arrived") && !reading_flag(rd, "arrived");
	struct return_op r;

	int rc = return_of_case(d->st, c->id, &r);
	if (rc == STORE_NONE) { /* no return is known of: it is kept, and a person looks */
		rc = said_again(d, c, from->id, rd);
		return rc == STORE_OK ? answer_later(out) : rc;
	}
	if (rc != STORE_OK)
		return rc;
	if (not_yet)
		return is(r.state, "announced") ? missed(d, c, &r, from->id, rd)
		       : is(r.state, "missed")  ? said_again(d, c, from->id, rd)
						: answer_later(out);
	return is(r.state, "arrived") ? said_again(d, c, from->id, rd) : arrived(d, c, &r, rd, from->id);
}

int returns_arrived(struct desk *d, const struct message *m, const struct reporter *from,
		    const struct reading *rd, struct effect *out)
{
	struct case_row c;
	bool found = false;
	int n = 0, rc;

	(void)m;
	if (reading_word(rd, "case"))
		rc = named(d, from, reading_word(rd, "case"), &c, &found);
	else
		rc = described(d, from, rd, &c, &n);
	if (rc != STORE_OK)
		return rc;
	if (!found && n != 1) {
		answer_with(out, reading_word(rd, "case") ? "no_case" : "arrived_which");
		return STORE_OK;
	}
	casefile_remember(out, &c);
	return settle(d, from, rd, &c, out);
}

/* ---- what is done meanwhile ----------------------------------------------------------------- */

/* The office whose row names shelters: who else may take any referral is not asked for one. */
static const char *shelter_agency(const struct desk *d, const char *concerns)
{
	for (size_t i = 0; i < d->cf->n_mandates; i++) {
		const struct config_mandate *row = &d->cf->mandates[i];
		for (const char **s = row->services; s && *s; s++) {
			if (is(*s, "shelter") && is(row->event, "referral.new") &&
			    config_mandate_referral(d->cf, concerns, row->agency, "shelter") == row)
				return row->agency;
		}
	}
	return NULL;
}

int returns_unsafe(struct desk *d, struct case_row *c, const char *who)
{
	const char *agency = shelter_agency(d, c->concerns);
	struct return_op r;

	int rc = return_of_case(d->st, c->id, &r);
	if (rc != STORE_OK || r.unsafe)
		return rc == STORE_NONE ? STORE_OK : rc;
	r.unsafe = true;
	rc = note(d, c, who, "family unsafe", r.day, NULL);
	if (rc == STORE_OK && agency)
		rc = referrals_make(d, c, agency, "shelter", true, c->owner[0] ? c->owner : r.who,
				    &r.shelter);
	if (rc == STORE_OK)
		rc = return_update(d->st, &r);
	/* nobody has shelters by mandate, or the child is of age: the coordinators decide */
	return rc == STORE_OK && !r.shelter ? tell(d, c, &r, who, UNASSESSED) : rc;
}

static int finish_step(struct desk *d, struct case_row *c, enum step s, const char *who)
{
	struct return_op r;

	int rc = return_of_case(d->st, c->id, &r);
	if (rc == STORE_OK && !is(r.state, "arrived"))
		return STORE_OK;
	if (rc == STORE_OK)
		rc = move_step(d, *step_task(&r, s), TASKS_FINISH, who, "");
	return rc == STORE_NONE ? STORE_OK : rc;
}

int returns_enrolled(struct desk *d, struct case_row *c, const char *who)
{
	return finish_step(d, c, ENROL, who);
}

int returns_visited(struct desk *d, struct case_row *c, const char *who)
{
	return finish_step(d, c, VISIT, who);
}

int returns_task_done(struct desk *d, int64_t case_id, const char *who, bool unsafe)
{
	static const char *const waits[] = { UNASSESSED, NULL };
	struct return_op r;
	struct case_row c;
	bool done = false;

	int rc = return_of_case(d->st, case_id, &r);
	if (rc != STORE_OK)
		return rc == STORE_NONE ? STORE_OK : rc;
	rc = case_by_id(d->st, case_id, &c);
	if (rc == STORE_OK)
		rc = assessed(d, &r, &done);
	if (rc == STORE_OK && done)
		rc = alerts_resolve(d, c.code, waits, who, "assessed", "alert_done");
	return rc == STORE_OK && unsafe ? returns_unsafe(d, &c, who) : rc;
}

/* Nobody has worked on it yet. */
static int untouched(struct desk *d, const struct case_row *c, struct return_op *r, bool *yes)
{
	struct referral any;
	struct followup seen;
	size_t n_referrals = 0, n_seen = 0;

	*yes = true;
	int rc = referral_of_case(d->st, c->id, &any, 1, &n_referrals);
	if (rc == STORE_OK)
		rc = followup_list(d->st, c->id, &seen, 1, &n_seen);
	for (int s = 0; rc == STORE_OK && s < STEPS; s++) {
		struct task t;
		rc = *step_task(r, (enum step)s) ? task_get(d->st, *step_task(r, (enum step)s), &t)
						 : STORE_NONE;
		*yes &= rc == STORE_NONE || is(t.state, "open");
		rc = rc == STORE_NONE ? STORE_OK : rc;
	}
	*yes &= n_referrals == 0 && n_seen == 0;
	return rc;
}

static int close_opened(struct desk *d, struct case_row *c, const struct reporter *from)
{
	static const char why[] = "undone by its reporter";

	int rc = life_move(d, c, LIFE_CLOSE, from->id, 0);
	if (rc == STORE_OK)
		rc = casefile_note(d, c->id, from->id, "closed", why, NULL);
	if (rc == STORE_OK)
		rc = life_wind_up(d, c, from->id, why, "alert_withdrawn");
	return rc == STORE_OK ? desk_audit(d, from->id, "case.close", c->code, why, "") : rc;
}

int returns_takeback(struct desk *d, int64_t message, const struct reporter *from, bool *undone,
		     struct effect *out)
{
	struct return_op r;
	struct case_row c;
	bool fresh;

	*undone = false;
	int rc = return_of_message(d->st, message, &r);
	if (rc == STORE_OK)
		rc = case_by_id(d->st, r.case_id, &c);
	if (rc != STORE_OK || !is(r.state, "announced"))
		return rc == STORE_NONE ? STORE_OK : rc;
	out->case_id = c.id;
	rc = untouched(d, &c, &r, &fresh);
	if (rc != STORE_OK || !fresh)
		return rc;
	for (int s = 0; rc == STORE_OK && s < STEPS; s++)
		rc = move_step(d, *step_task(&r, (enum step)s), TASKS_CANCEL, from->id, "");
	if (rc == STORE_OK)
		rc = return_move(d->st, r.id, "cancelled", "", 0);
	if (rc == STORE_OK)
		rc = note(d, &c, from->id, "taken back", r.day, NULL);
	if (rc == STORE_OK && c.message == message) { /* it opened the case as well */
		rc = close_opened(d, &c, from);
		snprintf(out->case_code, sizeof(out->case_code), "%s", c.code);
	}
	*undone = rc == STORE_OK;
	return rc;
}

/* ---- the clock ------------------------------------------------------------------------------ */

static int later(struct desk *d, struct return_op *r, int64_t at)
{
	r->look_at = at;
	return return_update(d->st, r);
}

/* Inside the last days the family was not assessed: told at once, once. */
static int before_the_day(struct desk *d, struct case_row *c, struct return_op *r)
{
	bool done;

	if (d->now >= missed_at(d, r))
		return missed(d, c, r, "system", NULL);
	int rc = assessed(d, r, &done);
	if (rc == STORE_OK && !done && d->now >= block_at(d, r))
		rc = tell(d, c, r, "system", UNASSESSED);
	return rc == STORE_OK ? later(d, r, done || d->now >= block_at(d, r) ? missed_at(d, r)
									      : block_at(d, r))
			      : rc;
}

/* What became of him, in a word that says nothing else. */
static int outcome(struct desk *d, const struct case_row *c, const struct return_op *r,
		   const char **word)
{
	struct followup all[64];
	struct case_event last;
	size_t n = 0;

	*word = r->arrived[0] ? "at home" : "not arrived";
	int rc = followup_list(d->st, c->id, all, 64, &n);
	for (size_t i = 0; rc == STORE_OK && i < n; i++) {
		if (all[i].in_school >= 0)
			*word = all[i].in_school ? "in school" : "not in school";
		if (is(all[i].outcome, "not_found") || is(all[i].outcome, "moved_unknown"))
			*word = "lost";
	}
	if (rc == STORE_OK && c->pupil >= 0 && is(*word, "at home"))
		*word = "in school";
	if (rc == STORE_OK && is(c->state, "closed"))
		rc = case_event_last(d->st, c->id, "closed", &last);
	if (rc == STORE_OK && is(c->state, "closed") && is(last.detail, "reintegrated"))
		*word = "reintegrated";
	return rc == STORE_NONE ? STORE_OK : rc;
}

static int end(struct desk *d, const struct case_row *c, const struct return_op *r)
{
	char today[CLOCK_DAY], quarter[8];
	int32_t number = 0;
	int y, month, dom;
	const char *word;

	clock_day(d->now, today);
	day_from_iso(today, &number);
	day_split(number, &y, &month, &dom);
	snprintf(quarter, sizeof(quarter), "%.4sQ%c", today, '0' + (month + 2) / 3);
	int rc = outcome(d, c, r, &word);
	if (rc == STORE_OK)
		rc = return_move(d->st, r->id, "ended", "", 0);
	if (rc == STORE_OK)
		rc = return_outcome(d->st, quarter, word);
	return rc == STORE_OK ? note(d, c, "system", "ended", today, NULL) : rc;
}

static int set_visit(struct desk *d, struct case_row *c, struct return_op *r)
{
	char due[CLOCK_DAY], key[64];
	struct tasks_order o = { .service = "visit", .due = due, .set_by = "system", .dedupe = key };
	struct reporter owner;

	plus_months(r->arrived, months[r->stage], due);
	snprintf(key, sizeof(key), "return %" PRId64 " month %d", r->id, months[r->stage]);
	int rc = own_order(d, c, &owner, &o);
	if (rc == STORE_OK)
		rc = set_task(d, c, &o, &r->visit);
	r->stage++;
	return rc == STORE_OK ? later(d, r, later_look(r)) : rc;
}

static int look(struct desk *d, struct return_op *r)
{
	struct case_row c;

	int rc = case_by_id(d->st, r->case_id, &c);
	if (rc != STORE_OK)
		return rc;
	if (is(c.state, "closed") || is(c.state, "duplicate"))
		return end(d, &c, r);
	if (is(r->state, "announced"))
		return before_the_day(d, &c, r);
	if (is(r->state, "arrived"))
		return r->stage < MONTHS ? set_visit(d, &c, r) : end(d, &c, r);
	return later(d, r, 0);
}

int returns_due(struct desk *d, int *n)
{
	struct return_op r;
	int rc;

	while ((rc = return_due(d->st, d->now, &r)) == STORE_OK) {
		rc = look(d, &r);
		if (rc != STORE_OK)
			return rc;
		(*n)++;
	}
	return rc == STORE_NONE ? STORE_OK : rc;
}
