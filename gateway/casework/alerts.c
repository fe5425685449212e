/* alerts.c - raising, acknowledging, escalating and withdrawing alerts.  See alerts.h. */
#include "gateway/casework/alerts.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "gateway/casework/mandate.h"
#include "gateway/casework/rules.h"
#include "gateway/outbox/notice.h"
#include "gateway/outbox/quiet.h"
#include "store/cases.h"
#include "store/answers.h"

#define PEOPLE 32
/* A withdrawn alert whose reason returned is raised in a window of its own. */
#define WINDOWS_AGAIN 99

/* ---- texts ---------------------------------------------------------------------------------- */

/* The text of an alert is made from its row alone, so that an escalation weeks later, after a
 * restart, says what the first one said. */
struct facts {
	char alert[24], school[12], class_name[12], pupil[12], days[12], code[24], task[24];
	char day[8], referral[12];
	struct message_fill fill[16];
	size_t n;
};

static void add_fill(struct facts *f, const char *name, const char *value)
{
	f->fill[f->n++] = (struct message_fill){ name, value };
}

static void word_at(const char *s, int nth, char *out, size_t max)
{
	out[0] = '\0';
	while (nth-- > 0) {
		s += strcspn(s, " ");
		s += *s == ' ';
	}
	size_t n = strcspn(s, " ");
	if (n < max) {
		memcpy(out, s, n);
		out[n] = '\0';
	}
}

static int alert_facts(struct desk *d, const struct alert_row *a, struct facts *f)
{
	struct case_row c;
	const char *plus = strchr(a->window, '+');
	int days = plus ? (int)strtol(plus + 1, NULL, 10) : 0;

	memset(f, 0, sizeof(*f));
	snprintf(f->alert, sizeof(f->alert), "%" PRId64, a->number);
	if (a->case_id) {
		int rc = case_by_id(d->st, a->case_id, &c);
		if (rc != STORE_OK)
			return rc;
		snprintf(f->code, sizeof(f->code), "%s", c.code);
		if (strcmp(a->subject, c.code) != 0) { /* "R88", "T12 TDH" */
			bool task = a->subject[0] == 'T';
			word_at(a->subject, 0, task ? f->task : f->referral,
				task ? sizeof(f->task) : sizeof(f->referral));
		}
	} else {
		word_at(a->subject, 0, f->school, sizeof(f->school));
		word_at(a->subject, 1, f->class_name, sizeof(f->class_name));
		word_at(a->subject, 2, f->pupil, sizeof(f->pupil));
	}
	if (days > 0)
		snprintf(f->days, sizeof(f->days), "%d", days);
	if (strlen(a->window) >= 10 && a->window[4] == '-')
		snprintf(f->day, sizeof(f->day), "%.2s.%.2s", a->window + 8, a->window + 5);
	add_fill(f, "alert", f->alert);
	add_fill(f, "case", f->code);
	add_fill(f, "school", f->school);
	add_fill(f, "class", f->class_name);
	add_fill(f, "pupil", f->pupil);
	add_fill(f, "pupils", f->pupil);
	add_fill(f, "n", f->days);
	add_fill(f, "task", f->task);
	add_fill(f, "day", f->day);
	add_fill(f, "place", f->school); /* of a zone's: the subject is its code alone */
	add_fill(f, "number", f->alert);
	add_fill(f, "referral", f->referral);
	add_fill(f, "cases", a->window); /* of a duplicate: the case it is like */
	return STORE_OK;
}

/* ---- who ------------------------------------------------------------------------------------ */

static bool has_class(const struct reporter *r, const char *class_name)
{
	for (unsigned i = 0; i < r->n_classes; i++) {
		if (strcmp(r->classes[i], class_name) == 0)
			return true;
	}
	return false;
}

/* Alerts stay inside the municipality and the child's own school: an agency learns by its mandate
 * row or not at all.  But for the worker whose own case or referral it is: he knows it. */
static bool may_hear(const struct reporter *r, const struct facts *f)
{
	if (!r->active || strcmp(r->role, "agency") == 0)
		return false;
	if (strcmp(r->role, "teacher") == 0)
		return strcmp(r->school, f->school) == 0 && has_class(r, f->class_name);
	if (strcmp(r->role, "head") == 0)
		return f->school[0] && strcmp(r->school, f->school) == 0;
	return !r->agency[0] || strcmp(r->agency, "MUN") == 0;
}

struct round {                 /* one telling */
	const struct config_rule *rule;
	const char *text;      /* catalogue id */
	const struct alert_row *a;
	struct facts f;
	int step;
	const char *owner;     /* told as such, and not again by his role */
	char told[80];         /* ids, for the audit */
	int n_told;
};

static int tell_one(struct desk *d, struct round *r, const struct reporter *to, bool own)
{
	char text[NOTICE_TEXT];
	bool told;

	bool again = !own && r->owner && strcmp(r->owner, to->id) == 0;
	/* One that is about a person of the roster is not for the telephone he holds. */
	if (again || strcmp(r->a->subject, to->id) == 0 || !(own ? to->active : may_hear(to, &r->f)) ||
	    !notice_text(d, to, r->text ? r->text : "", r->f.fill, r->f.n, text))
		return STORE_OK;
	int rc = post_sms(d, to, text, r->a->number, r->step, r->a->case_id, r->a->urgent, &told);
	if (rc == STORE_OK && told) {
		desk_join(r->told, sizeof(r->told), ",", to->id);
		r->n_told++;
	}
	return rc;
}

static int tell_owner(struct desk *d, struct round *r, const char *owner)
{
	struct reporter to;

	if (!owner || !owner[0])
		return STORE_OK;
	r->owner = owner;
	int rc = roster_by_id(d->st, owner, &to);
	return rc == STORE_OK ? tell_one(d, r, &to, true) : rc == STORE_NONE ? STORE_OK : rc;
}

/* The next duty officer in order of id who has not been told of this alert. *found false: none
 * left. */
static int tell_next_duty(struct desk *d, struct round *r, bool *found)
{
	struct reporter who[PEOPLE];
	size_t n = 0;

	*found = false;
	int rc = roster_of_role(d->st, "duty", NULL, NULL, who, PEOPLE, &n);
	for (size_t i = 0; rc == STORE_OK && !*found && i < n; i++) {
		int before = r->n_told;
		if (alert_was_told(d->st, r->a->number, who[i].id) == STORE_OK)
			continue;
		rc = tell_one(d, r, &who[i], false);
		*found = r->n_told > before;
	}
	return rc == STORE_NONE ? STORE_OK : rc;
}

static int tell_role(struct desk *d, struct round *r, const char *role)
{
	struct reporter who[PEOPLE];
	bool local = strcmp(role, "teacher") == 0 || strcmp(role, "head") == 0;
	size_t n = 0;

	if (local && !r->f.school[0])
		return STORE_OK;
	const char *of = strcmp(role, "teacher") == 0 ? r->f.class_name : "";
	int rc = local ? roster_of_school(d->st, role, r->f.school, of, who, PEOPLE, &n)
		       : roster_of_role(d->st, role, NULL, NULL, who, PEOPLE, &n);
	for (size_t i = 0; rc == STORE_OK && i < n; i++)
		rc = tell_one(d, r, &who[i], false);
	return rc == STORE_NONE ? STORE_OK : rc;
}

static int tell_audience(struct desk *d, struct round *r, const char *owner)
{
	bool found, to_owner = false;
	int rc = STORE_OK;

	for (const char **role = r->rule->audience; rc == STORE_OK && role && *role; role++) {
		to_owner |= strcmp(*role, "owner") == 0;
		if (strcmp(*role, "owner") == 0)
			rc = tell_owner(d, r, owner);
		else if (strcmp(*role, "duty") == 0)
			rc = tell_next_duty(d, r, &found); /* the others if he does not answer */
		else
			rc = tell_role(d, r, *role);
	}
	/* A case that nobody leads, or whose owner cannot be reached, is the coordinators'. */
	if (rc == STORE_OK && to_owner && r->n_told == 0)
		rc = tell_role(d, r, "coordinator");
	return rc;
}

/* ---- raising -------------------------------------------------------------------------------- */

static int audit_alert(struct desk *d, const char *who, const char *verb, int64_t number,
		       const char *result, const char *rule)
{
	char object[32];

	snprintf(object, sizeof(object), "alert %" PRId64, number);
	return desk_audit(d, who && who[0] ? who : "system", verb, object, result, rule);
}

/* Counted from when the SMS leaves: nobody answers what waits for the morning. */
static int64_t answer_by(const struct desk *d, const struct config_rule *rule)
{
	int64_t from = rule->urgent ? d->now : quiet_leaves(d->cf, d->now);

	return rule->ack_minutes > 0 ? from + (int64_t)rule->ack_minutes * 60 : 0;
}

/* *fresh false: it stands already.  One that was withdrawn and holds again is a new alert. */
static int raise_row(struct desk *d, const struct config_rule *rule,
		     const struct alerts_about *about, struct alert_row *a, bool *fresh)
{
	for (int again = 0; again <= WINDOWS_AGAIN; again++) {
		memset(a, 0, sizeof(*a));
		desk_cut(a->rule, sizeof(a->rule), rule->id);
		desk_cut(a->subject, sizeof(a->subject), about->subject);
		if (again)
			snprintf(a->window, sizeof(a->window), "%.28s~%d", about->window, again);
		else
			desk_cut(a->window, sizeof(a->window), about->window);
		a->case_id = about->case_id;
		a->message = about->message;
		a->urgent = rule->urgent;
		a->escalate_at = answer_by(d, rule);
		/* Also one that nobody has to answer is open: what it is about can still end. */
		snprintf(a->state, sizeof(a->state), "open");
		int rc = alert_raise(d->st, a, d->now, fresh);
		bool over = about->again && strcmp(a->state, "done") == 0;
		if (rc != STORE_OK || *fresh || (strcmp(a->state, "withdrawn") != 0 && !over))
			return rc;
	}
	return STORE_OK;
}

static int tell_agencies(struct desk *d, const struct config_rule *rule,
			 const struct alerts_about *about, const struct alert_row *a, int *agencies)
{
	struct post_event e = about->facts;

	*agencies = 0;
	if (!rule->tell || !rule->tell[0])
		return STORE_OK;
	e.event = rule->tell;
	e.alert = a->number;
	e.rule = rule->id;
	e.case_id = about->case_id;
	e.urgent = rule->urgent;
	return post_event(d, &e, agencies);
}

int alerts_raise(struct desk *d, const struct config_rule *rule, const struct alerts_about *about,
		 int64_t *number)
{
	struct alert_row a;
	char result[96];
	bool fresh = false;
	int agencies = 0;

	*number = 0;
	int rc = raise_row(d, rule, about, &a, &fresh);
	if (rc != STORE_OK || !fresh)
		return rc;
	struct round r = { .rule = rule, .text = about->text ? about->text : rule->message, .a = &a };
	rc = alert_facts(d, &a, &r.f);
	if (rc == STORE_OK)
		rc = tell_audience(d, &r, about->owner);
	if (rc == STORE_OK)
		rc = tell_agencies(d, rule, about, &a, &agencies);
	snprintf(result, sizeof(result), "sms:%s http:%d", r.told[0] ? r.told : "-", agencies);
	if (rc == STORE_OK)
		rc = audit_alert(d, about->who, "alert.raise", a.number, result, rule->id);
	*number = a.number;
	return rc;
}

int alerts_raise_event(struct desk *d, const char *event, const struct alerts_about *about,
		       int *raised)
{
	const struct config_rule *rule;
	int64_t number = 0;
	size_t at = 0;
	int rc = STORE_OK;

	*raised = 0;
	while (rc == STORE_OK && (rule = rules_next(d, event, &at)) != NULL) {
		rc = alerts_raise(d, rule, about, &number);
		*raised += number != 0;
	}
	return rc;
}

/* ---- withdrawing ---------------------------------------------------------------------------- */

/* Not the one whose own text it follows from: his reply says so. */
static int tell_withdrawn(struct desk *d, const struct alert_row *a, const char *sender,
			  const char *notice)
{
	char ids[PEOPLE][ROSTER_ID];
	struct facts f;
	size_t n = 0;

	int rc = alert_facts(d, a, &f);
	if (rc == STORE_OK)
		rc = alert_who(d->st, a->number, ids, PEOPLE, &n);
	for (size_t i = 0; rc == STORE_OK && i < n; i++) {
		struct reporter to;
		bool told;
		if (strcmp(ids[i], sender) == 0)
			continue;
		rc = roster_by_id(d->st, ids[i], &to);
		if (rc == STORE_OK)
			rc = notice_one(d, &to, notice, f.fill, f.n, a->case_id, a->urgent, &told);
		rc = rc == STORE_NONE ? STORE_OK : rc;
	}
	return rc;
}

/* Those whom it told, and no other: not every agency with a mandate for this is one for every alert. */
static int tell_agencies_withdrawn(struct desk *d, const struct alert_row *a)
{
	const struct config_rule *rule = rules_of(d, a->rule);
	const struct config_mandate *rows[MANDATE_ROWS];
	struct post_event e = { .event = "alert.withdrawn",
				.alert = a->number,
				.rule = a->rule,
				.case_id = a->case_id,
				.age = -1,
				.n_children = -1,
				.pupil = -1,
				.days = -1 };
	int rc = STORE_OK;

	if (!rule || !rule->tell || !rule->tell[0])
		return STORE_OK;
	size_t n = mandate_rows(d->cf, e.event, NULL, rows);
	for (size_t i = 0; rc == STORE_OK && i < n; i++) {
		struct post_sent sent = { .n = 0 };
		if (strcmp(rows[i]->agency, "MUN") != 0) /* which hears by SMS, too */
			rc = agency_was_told(d->st, rows[i]->agency, a->number);
		if (rc == STORE_OK)
			rc = post_to(d, &e, rows[i], &sent);
		rc = rc == STORE_NONE ? STORE_OK : rc;
	}
	return rc;
}

/* Withdrawn or over before: that was said. */
static int taken_back(struct desk *d, const struct alert_row *a, int rc, const char *who,
		      const char *verb, const char *reason, const char *notice)
{
	if (rc == STORE_STATE)
		return STORE_OK;
	if (rc == STORE_OK && notice[0])
		rc = tell_withdrawn(d, a, who, notice);
	if (rc == STORE_OK)
		rc = tell_agencies_withdrawn(d, a);
	return rc == STORE_OK ? audit_alert(d, who, verb, a->number, reason, a->rule) : rc;
}

int alerts_withdraw(struct desk *d, const struct alert_row *a, const char *who, const char *reason,
		    const char *notice)
{
	return taken_back(d, a, alert_withdraw(d->st, a->number, reason, d->now), who,
			  "alert.withdraw", reason, notice);
}

int alerts_end(struct desk *d, const struct alert_row *a, const char *who, const char *reason,
	       const char *notice)
{
	return taken_back(d, a, alert_close(d->st, a->number, reason, d->now), who, "alert.end", reason,
			  notice);
}

int alerts_resolve(struct desk *d, const char *subject, const char *const *events, const char *who,
		   const char *reason, const char *notice)
{
	struct alert_row rows[32];
	size_t n = 0;

	int rc = alert_open_for(d->st, subject, rows, 32, &n);
	for (size_t i = 0; rc == STORE_OK && i < n; i++) {
		const struct config_rule *rule = rules_of(d, rows[i].rule);
		for (const char *const *e = events; rule && rc == STORE_OK && *e; e++) {
			if (strcmp(rule->event, *e) == 0)
				rc = alerts_end(d, &rows[i], who, reason, notice);
		}
	}
	return rc == STORE_NONE ? STORE_OK : rc;
}

/* ---- answering ------------------------------------------------------------------------------ */

int alerts_ack(struct desk *d, const char *reporter, int64_t number, struct alert_row *row,
	       enum alerts_answer *answer)
{
	int64_t pending[2];
	size_t n = 0;

	*answer = ALERTS_UNKNOWN;
	memset(row, 0, sizeof(*row));
	if (number == 0) {
		int rc = alert_pending(d->st, reporter, pending, 2, &n);
		if (rc != STORE_OK && rc != STORE_BOUND && rc != STORE_NONE)
			return rc;
		if (n != 1 || rc != STORE_OK)
			return STORE_OK;
		number = pending[0];
	}
	int rc = alert_was_told(d->st, number, reporter);
	if (rc == STORE_OK)
		rc = alert_ack(d->st, number, reporter, d->now);
	if (rc == STORE_NONE)
		return STORE_OK;
	if (rc != STORE_OK && rc != STORE_STATE)
		return rc;
	*answer = rc == STORE_OK ? ALERTS_ACKED : ALERTS_ALREADY;
	rc = alert_get(d->st, number, row);
	if (rc == STORE_OK && *answer == ALERTS_ACKED) {
		char took[32];
		snprintf(took, sizeof(took), "after %" PRId64 " s", d->now - row->raised);
		rc = audit_alert(d, reporter, "alert.ack", number, took, row->rule);
	}
	return rc;
}

/* ---- escalating ----------------------------------------------------------------------------- */

static size_t list_len(const char **list)
{
	size_t n = 0;

	while (list && list[n])
		n++;
	return n;
}

/* One step: the rule's next role.  "duty" is the next officer in order of id, or, when all have
 * been told, all of them once more. */
static int escalate_to(struct desk *d, struct round *r)
{
	size_t n = list_len(r->rule->escalate);
	bool found = false;
	int rc = STORE_OK;

	if (n == 0)
		return rc;
	size_t i = (size_t)r->step <= n ? (size_t)r->step - 1 : n - 1;
	/* A role nobody holds costs no step. */
	for (; rc == STORE_OK && i < n && r->n_told == 0; i++) {
		if (strcmp(r->rule->escalate[i], "duty") == 0)
			rc = tell_next_duty(d, r, &found);
		if (rc == STORE_OK && r->n_told == 0)
			rc = tell_role(d, r, r->rule->escalate[i]);
	}
	return rc;
}

static int escalate(struct desk *d, const struct alert_row *a)
{
	const struct config_rule *rule = rules_of(d, a->rule);
	char result[96];

	if (!rule || a->step >= rule->max_steps) {
		/* Nobody is left to call.  It stays open, in every list of open alerts. */
		int rc = alert_escalated(d->st, a->number, a->step, 0);
		return rc == STORE_OK ? audit_alert(d, "system", "alert.unanswered", a->number,
						    "last step", a->rule)
				      : rc;
	}
	struct round r = { .rule = rule, .text = rule->message, .a = a, .step = a->step + 1 };
	int rc = alert_facts(d, a, &r.f);
	if (rc == STORE_OK)
		rc = escalate_to(d, &r);
	if (rc == STORE_OK)
		rc = alert_escalated(d->st, a->number, r.step, answer_by(d, rule));
	snprintf(result, sizeof(result), "step %d sms:%s", r.step, r.told[0] ? r.told : "-");
	return rc == STORE_OK
		       ? audit_alert(d, "system", "alert.escalate", a->number, result, a->rule)
		       : rc;
}

int alerts_due(struct desk *d, int *n, int64_t *next_at)
{
	struct alert_row a;
	int rc;

	*n = 0;
	*next_at = 0;
	while ((rc = alert_due(d->st, d->now, &a)) == STORE_OK) {
		rc = escalate(d, &a);
		if (rc != STORE_OK)
			return rc;
		(*n)++;
	}
	if (rc == STORE_NONE)
		rc = alert_next_due(d->st, next_at);
	return rc == STORE_NONE ? STORE_OK : rc;
}
