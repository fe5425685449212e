/* dues.c - what is due for a case.  See dues.h. */
#include "gateway/casework/dues.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "gateway/casework/alerts.h"
#include "store/followups.h"
#include "store/inbox.h"

#define HOUR 3600
#define DAY 86400

static const char *const overdue[] = { "case.contact_due", "case.contact_late",
				       "case.followup_due", "case.followup_late",
				       "case.not_found", "case.moved", "case.elsewhere", NULL };

/* A risk that nobody has said is not a low one. */
static int by_risk(const struct case_row *c)
{
	return strcmp(c->risk, "high") == 0 ? 0 : strcmp(c->risk, "low") == 0 ? 2 : 1;
}

static int64_t contact_s(const struct desk *d, const struct case_row *c)
{
	return (int64_t)d->cf->contact_h[by_risk(c)] * HOUR;
}

static int64_t followup_s(const struct desk *d, const struct case_row *c)
{
	return (int64_t)d->cf->followup_d[by_risk(c)] * DAY;
}

int dues_opened(struct desk *d, const struct case_row *c, bool confirm)
{
	int64_t at = d->now + contact_s(d, c), ask = d->now + (int64_t)d->cf->confirm_min * 60;

	int rc = due_set(d->st, c->id, "contact", at, at);
	return rc == STORE_OK && confirm ? due_set(d->st, c->id, "confirm", ask, ask) : rc;
}

int dues_contact(struct desk *d, const struct case_row *c, const char *who, int64_t *next)
{
	*next = d->now + followup_s(d, c);
	int rc = due_done(d->st, c->id, "contact");
	if (rc == STORE_OK)
		rc = due_set(d->st, c->id, "followup", *next, *next);
	return rc == STORE_OK ? alerts_resolve(d, c->code, overdue, who, "done", "alert_done") : rc;
}

static int open_due(struct desk *d, const struct case_row *c, const char *kind,
		    struct case_due *due)
{
	int rc = due_get(d->st, c->id, kind, due);
	return rc == STORE_OK && !due->open ? STORE_NONE : rc;
}

int dues_next(struct desk *d, const struct case_row *c, int64_t *next)
{
	struct case_due due;

	int rc = open_due(d, c, "contact", &due);
	if (rc == STORE_NONE)
		rc = open_due(d, c, "followup", &due);
	*next = rc == STORE_OK ? due.due : 0;
	return rc == STORE_NONE ? STORE_OK : rc;
}

/* began: when the time that is counted began. */
static int shift(struct desk *d, const struct case_row *c, const char *kind, int64_t length,
		 int64_t began, bool raised)
{
	struct case_due due;

	int rc = open_due(d, c, kind, &due);
	if (rc != STORE_OK)
		return rc == STORE_NONE ? STORE_OK : rc;
	int64_t at = raised ? d->now + length : began + length;
	if (raised && due.due < at)
		return STORE_OK;
	return due_set(d->st, c->id, kind, at, at);
}

static int last_seen(struct desk *d, const struct case_row *c, int64_t *at)
{
	struct case_event last;

	int rc = case_event_last(d->st, c->id, "contact", &last);
	*at = rc == STORE_OK ? last.at : c->opened;
	return rc == STORE_NONE ? STORE_OK : rc;
}

int dues_risk(struct desk *d, const struct case_row *c, bool raised)
{
	int64_t seen;

	int rc = last_seen(d, c, &seen);
	if (rc == STORE_OK)
		rc = shift(d, c, "contact", contact_s(d, c), c->opened, raised);
	return rc == STORE_OK ? shift(d, c, "followup", followup_s(d, c), seen, raised) : rc;
}

int dues_arrived(struct desk *d, const struct case_row *c, int64_t at)
{
	int64_t due = at + (int64_t)d->cf->return_visit_h * HOUR;
	struct followup any;
	size_t n = 0;

	int rc = followup_list(d->st, c->id, &any, 1, &n);
	return rc == STORE_OK ? due_set(d->st, c->id, n ? "followup" : "contact", due, due) : rc;
}

int dues_reopened(struct desk *d, const struct case_row *c)
{
	struct followup any;
	size_t n = 0;
	int64_t at = d->now + followup_s(d, c), first = d->now + contact_s(d, c);

	int rc = followup_list(d->st, c->id, &any, 1, &n);
	if (rc != STORE_OK)
		return rc;
	return n ? due_set(d->st, c->id, "followup", at, at)
		 : due_set(d->st, c->id, "contact", first, first);
}

int dues_confirmed(struct desk *d, int64_t case_id)
{
	return due_done(d->st, case_id, "confirm");
}

/* ---- the clock ------------------------------------------------------------------------------ */

/* Somebody who can hear it: a school owns no case, and a worker may have left. */
static int has_owner(struct desk *d, const struct case_row *c, bool *yes)
{
	struct reporter who;

	int rc = c->owner[0] ? roster_by_id(d->st, c->owner, &who) : STORE_NONE;
	*yes = rc == STORE_OK && who.active;
	return rc == STORE_NONE ? STORE_OK : rc;
}

static int overdue_case(struct desk *d, const struct case_row *c, const struct case_due *due)
{
	bool contact = strcmp(due->kind, "contact") == 0, owner;
	int64_t grace = contact ? (int64_t)d->cf->contact_late_h * HOUR
				: (int64_t)d->cf->followup_late_d * DAY;
	char window[24];
	int step = due->step;

	snprintf(window, sizeof(window), "%" PRId64, due->due);
	int rc = has_owner(d, c, &owner);
	if (rc == STORE_OK && step == 0 && owner)
		rc = casefile_tell(d, c, 0, "system",
				   contact ? "case.contact_due" : "case.followup_due", window);
	/* Later, or nobody else to tell: the coordinator. */
	bool late = d->now >= due->due + grace || !owner;
	if (rc == STORE_OK && late)
		rc = casefile_tell(d, c, 0, "system",
				   contact ? "case.contact_late" : "case.followup_late", window);
	return rc == STORE_OK ? due_looked(d->st, c->id, due->kind, step + 1,
					   late ? 0 : due->due + grace)
			      : rc;
}

/* What was guessed, and nobody said whether rightly: the text itself goes to a person. */
static int unconfirmed(struct desk *d, const struct case_row *c)
{
	int rc = due_done(d->st, c->id, "confirm");

	if (rc == STORE_OK && c->message)
		rc = inbox_queue_again(d->st, c->message, "its reporter has not confirmed it");
	if (rc != STORE_OK && rc != STORE_STATE)
		return rc;
	return casefile_tell(d, c, 0, "system", "case.unconfirmed", "opened");
}

static int look(struct desk *d, const struct case_due *due)
{
	struct case_row c;

	int rc = case_by_id(d->st, due->case_id, &c);
	if (rc != STORE_OK)
		return rc;
	if (strcmp(c.state, "closed") == 0 || strcmp(c.state, "duplicate") == 0)
		return due_all_done(d->st, c.id);
	return strcmp(due->kind, "confirm") == 0 ? unconfirmed(d, &c) : overdue_case(d, &c, due);
}

int cases_due(struct desk *d, int *n)
{
	struct case_due due;
	int rc;

	while ((rc = due_next(d->st, d->now, &due)) == STORE_OK) {
		rc = look(d, &due);
		if (rc != STORE_OK)
			return rc;
		(*n)++;
	}
	return rc == STORE_NONE ? STORE_OK : rc;
}
