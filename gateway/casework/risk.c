/* risk.c - a case's risk.  See risk.h. */
#include "gateway/casework/risk.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "gateway/casework/answer.h"
#include "gateway/casework/confirms.h"
#include "gateway/casework/dues.h"
#include "gateway/casework/lifecycle.h"

static int set(struct desk *d, struct case_row *c, const char *risk, const char *who,
	       const struct reading *r)
{
	bool raised = casefile_risk_order(risk) > casefile_risk_order(c->risk);

	desk_cut(c->risk, sizeof(c->risk), risk);
	int rc = case_update(d->st, c, d->now);
	if (rc == STORE_OK)
		rc = casefile_note(d, c->id, who, "risk", risk, r);
	if (rc == STORE_OK)
		rc = dues_risk(d, c, raised);
	if (rc == STORE_OK)
		rc = casefile_tell_change(d, c, "case.risk", NULL);
	return rc == STORE_OK ? desk_audit(d, who, "case.risk", c->code, risk, "") : rc;
}

static int ask(struct desk *d, const struct message *m, const struct reporter *from,
	       const struct case_row *c, const char *risk, struct effect *out)
{
	char window[24];
	struct confirms_about about = { .kind = "risk", .event = "case.risk_asked", .value = risk,
					.asked_by = from->id, .window = window, .message = m->id };
	bool asked;

	snprintf(window, sizeof(window), "%" PRId64, m->id);
	int rc = confirms_ask(d, c, &about, &asked);
	if (rc == STORE_OK && asked)
		rc = casefile_note(d, c->id, from->id, "asked", "lower risk", NULL);
	answer_with(out, "risk_pending");
	return rc == STORE_OK ? desk_audit(d, from->id, "case.risk", c->code, "asked", "") : rc;
}

int risk_change(struct desk *d, const struct message *m, const struct reporter *from,
		const struct reading *r, struct effect *out)
{
	const char *risk = reading_word(r, "risk");
	struct case_row c;
	bool found;

	int rc = casefile_open(d, from, r, out, &c, &found);
	if (rc != STORE_OK || !found)
		return rc;
	if (!life_may(&c, LIFE_RISK, from)) {
		life_refuse(d, &c, from, out);
		return STORE_OK;
	}
	if (!risk || !casefile_risk_order(risk))
		return answer_later(out);
	/* Under duress the reply is the ordinary one, and nothing changes. */
	if (reading_flag(r, "duress") || strcmp(risk, c.risk) == 0)
		return STORE_OK;
	if (casefile_risk_order(risk) < casefile_risk_order(c.risk) &&
	    !reading_flag(r, "authenticated"))
		return ask(d, m, from, &c, risk, out);
	return set(d, &c, risk, from->id, r);
}

int risk_answer(struct desk *d, const struct message *m, const struct reporter *from,
		const struct confirmation *q, bool yes, struct effect *out)
{
	struct case_row c;

	(void)m;
	int rc = case_by_id(d->st, q->case_id, &c);
	if (rc != STORE_OK)
		return rc;
	casefile_remember(out, &c);
	if (yes && !life_may(&c, LIFE_RISK, from)) {
		life_refuse(d, &c, from, out);
		return STORE_OK;
	}
	if (yes && casefile_risk_order(q->value) < casefile_risk_order(c.risk))
		rc = set(d, &c, q->value, from->id, NULL);
	return rc == STORE_OK ? casefile_notify(d, &c, q->asked_by, from->id,
						yes ? "risk_done" : "risk_denied")
			      : rc;
}
