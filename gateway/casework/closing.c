/* closing.c - closing a case with approval, and opening it again.  See closing.h. */
#include "gateway/casework/closing.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "gateway/casework/answer.h"
#include "gateway/casework/confirms.h"
#include "gateway/casework/dues.h"
#include "gateway/casework/lifecycle.h"
#include "gateway/casework/referrals.h"
#include "gateway/casework/tasks.h"

/* ---- what is still open ---------------------------------------------------------------------- */

static int (*const open_work[])(struct desk *d, int64_t case_id, int *n) = {
	referrals_open_work,
	tasks_open_work,
};

int cases_open_work(struct desk *d, int64_t case_id, int *n)
{
	int rc = STORE_OK;

	*n = 0;
	for (size_t i = 0; rc == STORE_OK && i < sizeof(open_work) / sizeof(open_work[0]); i++) {
		int some = 0;
		rc = open_work[i](d, case_id, &some);
		*n += some;
	}
	return rc;
}

/* ---- closing -------------------------------------------------------------------------------- */

static int close_now(struct desk *d, struct case_row *c, const char *reason, const char *who)
{
	int rc = life_move(d, c, LIFE_CLOSE, who, 0);

	if (rc == STORE_OK)
		rc = casefile_note(d, c->id, who, "closed", reason, NULL);
	if (rc == STORE_OK)
		rc = referrals_closed(d, c, who);
	if (rc == STORE_OK)
		rc = tasks_case_closed(d, c->id, who);
	if (rc == STORE_OK)
		rc = life_wind_up(d, c, who, "closed", "");
	if (rc == STORE_OK)
		rc = casefile_tell_change(d, c, "case.closed", reason);
	return rc == STORE_OK ? desk_audit(d, who, "case.close", c->code, reason, "") : rc;
}

static int ask_approval(struct desk *d, const struct message *m, const struct reporter *from,
			const struct case_row *c, const char *reason)
{
	char window[24];
	struct confirms_about about = { .kind = "close", .event = "case.close_asked",
					.value = reason, .asked_by = from->id,
					.window = window, .message = m->id };
	bool asked;

	snprintf(window, sizeof(window), "%" PRId64, m->id);
	int rc = confirms_ask(d, c, &about, &asked);
	if (rc == STORE_OK && asked)
		rc = casefile_note(d, c->id, from->id, "asked", "closing", NULL);
	return rc == STORE_OK ? desk_audit(d, from->id, "case.close", c->code, "asked", "") : rc;
}

int closing_ask(struct desk *d, const struct message *m, const struct reporter *from,
		const struct reading *r, struct effect *out)
{
	const char *reason = reading_word(r, "reason") ? reading_word(r, "reason") : "not said";
	struct case_row c;
	bool found;
	int n = 0;

	int rc = casefile_open(d, from, r, out, &c, &found);
	if (rc != STORE_OK || !found)
		return rc;
	if (!life_may(&c, LIFE_ASK, from)) {
		life_refuse(d, &c, from, out);
		return STORE_OK;
	}
	if (reading_flag(r, "duress")) { /* the ordinary reply, and nothing happens */
		if (cases_sees_all(from))
			answer_with(out, "close_done");
		return STORE_OK;
	}
	rc = cases_open_work(d, c.id, &n);
	if (rc == STORE_OK && n > 0 && !reading_flag(r, "anyway")) {
		answer_int(out, "n", n);
		answer_with(out, "close_open_tasks");
		return STORE_OK;
	}
	if (rc == STORE_OK && r->text_len)
		rc = casefile_note(d, c.id, from->id, "received", "close", r);
	if (rc != STORE_OK)
		return rc;
	if (!cases_sees_all(from) || !reading_flag(r, "authenticated"))
		return ask_approval(d, m, from, &c, reason);
	answer_with(out, "close_done");
	return close_now(d, &c, reason, from->id);
}

int closing_answer(struct desk *d, const struct message *m, const struct reporter *from,
		   const struct confirmation *q, bool yes, struct effect *out)
{
	struct case_row c;

	(void)m;
	int rc = case_by_id(d->st, q->case_id, &c);
	if (rc != STORE_OK)
		return rc;
	casefile_remember(out, &c);
	if (yes && !life_may(&c, LIFE_CLOSE, from)) {
		life_refuse(d, &c, from, out);
		return STORE_OK;
	}
	rc = yes ? close_now(d, &c, q->value, from->id)
		 : casefile_note(d, c.id, from->id, "denied", "closing", NULL);
	return rc == STORE_OK ? casefile_notify(d, &c, q->asked_by, from->id,
						yes ? "close_done" : "close_denied")
			      : rc;
}

int closing_reopen(struct desk *d, const struct message *m, const struct reporter *from,
		   const struct reading *r, struct effect *out)
{
	struct case_row c;
	bool found;

	(void)m;
	int rc = casefile_open(d, from, r, out, &c, &found);
	if (rc != STORE_OK || !found)
		return rc;
	if (!life_may(&c, LIFE_REOPEN, from)) {
		life_refuse(d, &c, from, out);
		return STORE_OK;
	}
	if (reading_flag(r, "duress"))
		return STORE_OK;
	rc = life_move(d, &c, LIFE_REOPEN, from->id, 0);
	if (rc == STORE_OK)
		rc = casefile_note(d, c.id, from->id, "reopened", c.state, r);
	if (rc == STORE_OK)
		rc = dues_reopened(d, &c);
	if (rc == STORE_OK)
		rc = casefile_tell_change(d, &c, "case.amended", NULL);
	return rc == STORE_OK ? desk_audit(d, from->id, "case.reopen", c.code, c.state, "") : rc;
}
