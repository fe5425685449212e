/* lifecycle.c - the states of a case.  See lifecycle.h. */
#include "gateway/casework/lifecycle.h"
#include <stdio.h>
#include <string.h>
#include "gateway/casework/alerts.h"
#include "gateway/casework/answer.h"
#include "store/confirms.h"
#include "store/followups.h"

enum { OWNER = 1, LEAD = 2, GATEWAY = 4 }; /* who: LEAD are coordinators and duty officers */
#define OPEN "new assessment plan services"
#define SAME "="   /* stays as it is */
#define BEFORE "<" /* where it was before it was closed */

/* A case goes forward by what is done for it, never back but by reopening. */
static const struct move {
	const char *from, *to;
	enum life_event event;
	unsigned who;
} table[] = {
	{ OPEN, SAME, LIFE_AMEND, OWNER | LEAD },
	{ "new", "assessment", LIFE_CONTACT, OWNER | LEAD },
	{ "assessment plan services", SAME, LIFE_CONTACT, OWNER | LEAD },
	{ OPEN, SAME, LIFE_RISK, OWNER | LEAD },
	{ "new assessment", "plan", LIFE_REFER, OWNER | LEAD },
	{ "plan services", SAME, LIFE_REFER, OWNER | LEAD },
	{ OPEN, "services", LIFE_ACCEPTED, GATEWAY },
	{ "new assessment", "plan", LIFE_TASK, LEAD | GATEWAY },
	{ "plan services", SAME, LIFE_TASK, LEAD | GATEWAY },
	{ OPEN, "services", LIFE_ENROL, OWNER | LEAD },
	{ OPEN, SAME, LIFE_PROGRESS, OWNER | LEAD },
	{ OPEN, SAME, LIFE_ASK, OWNER | LEAD },
	{ OPEN, "closed", LIFE_CLOSE, LEAD },
	{ "closed", BEFORE, LIFE_REOPEN, OWNER | LEAD },
	{ OPEN, "duplicate", LIFE_MERGE, LEAD },
	{ "new", "closed", LIFE_UNDO, OWNER | LEAD | GATEWAY },
};

/* What a person can write, in the order it is offered. */
static const struct {
	enum life_event event;
	const char *word;
} verbs[] = {
	{ LIFE_CONTACT, "verb_followup" }, { LIFE_REFER, "verb_refer" }, { LIFE_RISK, "verb_risk" },
	{ LIFE_ASK, "verb_close" },        { LIFE_REOPEN, "verb_reopen" },
};

static bool in_state(const char *states, const char *state)
{
	size_t n = strlen(state);

	for (const char *p = states; *p; p += *p == ' ') {
		size_t k = strcspn(p, " ");
		if (k == n && memcmp(p, state, n) == 0)
			return true;
		p += k;
	}
	return false;
}

static const struct move *find(const struct case_row *c, enum life_event e)
{
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (table[i].event == e && in_state(table[i].from, c->state))
			return &table[i];
	}
	return NULL;
}

static unsigned who_is(const struct case_row *c, const struct reporter *from)
{
	if (!from)
		return GATEWAY;
	unsigned who = cases_sees_all(from) ? LEAD : 0;
	return who | (c->owner[0] && strcmp(c->owner, from->id) == 0 ? OWNER : 0);
}

bool life_may(const struct case_row *c, enum life_event e, const struct reporter *from)
{
	const struct move *m = find(c, e);

	return m && (m->who & who_is(c, from));
}

/* "plan>closed": its first word is where reopening leads back to. */
static int state_before(struct desk *d, const struct case_row *c, char state[16])
{
	struct case_event last;

	int rc = case_event_last(d->st, c->id, "state", &last);
	size_t n = rc == STORE_OK ? strcspn(last.detail, ">") : 0;
	snprintf(state, 16, "%.*s", (int)(n < 16 ? n : 0), rc == STORE_OK ? last.detail : "");
	if (!in_state(OPEN, state))
		snprintf(state, 16, "assessment");
	return rc == STORE_NONE ? STORE_OK : rc;
}

int life_move(struct desk *d, struct case_row *c, enum life_event e, const char *who, int64_t into)
{
	const struct move *m = find(c, e);
	char to[16], detail[40];
	int rc = STORE_OK;

	if (!m)
		return STORE_STATE;
	if (strcmp(m->to, BEFORE) == 0)
		rc = state_before(d, c, to);
	else
		desk_cut(to, sizeof(to), strcmp(m->to, SAME) == 0 ? c->state : m->to);
	if (rc != STORE_OK || strcmp(to, c->state) == 0)
		return rc;
	rc = e == LIFE_MERGE ? case_merge(d->st, c->id, c->state, into, d->now)
			     : case_set_state(d->st, c->id, c->state, to, d->now);
	snprintf(detail, sizeof(detail), "%s>%s", c->state, to);
	if (rc == STORE_OK)
		rc = casefile_note(d, c->id, who, "state", detail, NULL);
	if (rc == STORE_OK)
		memcpy(c->state, to, sizeof(to));
	return rc;
}

void life_refuse(const struct desk *d, const struct case_row *c, const struct reporter *from,
		 struct effect *out)
{
	char list[100] = "", word[64];

	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		if (life_may(c, verbs[i].event, from))
			desk_join(list, sizeof(list), ", ",
				  answer_word(d, from, verbs[i].word, word));
	}
	answer_fill(out, "list", list);
	answer_with(out, list[0] ? "case_refused" : "case_merged");
}

/* ---- the end -------------------------------------------------------------------------------- */

static int withdraw_questions(struct desk *d, const struct case_row *c, const char *who)
{
	static const char *const kinds[] = { "close", "risk", "refer", "merge", "support" };
	struct confirmation q;
	int rc = STORE_OK;

	for (size_t i = 0; rc == STORE_OK && i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		rc = confirm_waiting_of(d->st, kinds[i], c->id, &q);
		if (rc == STORE_OK)
			rc = confirm_settle(d->st, q.number, "withdrawn", who, d->now);
		else if (rc == STORE_NONE)
			rc = STORE_OK;
	}
	return rc;
}

int life_wind_up(struct desk *d, const struct case_row *c, const char *who, const char *reason,
		 const char *notice)
{
	struct alert_row rows[32];
	size_t n = 0;

	int rc = due_all_done(d->st, c->id);
	if (rc == STORE_OK)
		rc = withdraw_questions(d, c, who);
	if (rc == STORE_OK)
		rc = alert_open_for(d->st, c->code, rows, 32, &n);
	for (size_t i = 0; rc == STORE_OK && i < n; i++)
		rc = alerts_withdraw(d, &rows[i], who, reason, notice);
	return rc == STORE_NONE ? STORE_OK : rc;
}
