/* erasing.c - see erasing.h. */
#include "gateway/casework/erasing.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "gateway/casework/answer.h"
#include "gateway/casework/confirms.h"
#include "store/erase.h"

static int hindered(struct desk *d, const struct case_row *c, char why[64])
{
	struct legal_hold h;

	why[0] = '\0';
	if (strcmp(c->state, "closed") != 0) {
		snprintf(why, 64, "the case is open: close it first");
		return STORE_OK;
	}
	int rc = hold_of(d->st, c->id, &h);
	if (rc == STORE_OK)
		snprintf(why, 64, "legal hold");
	return rc == STORE_NONE ? STORE_OK : rc;
}

int erasing_ask(struct desk *d, const struct reporter *from, const struct case_row *c, int64_t *number, char why[64])
{
	char window[24];
	struct confirms_about about = { .kind = "erase", .event = "case.erase_asked", .value = "", .asked_by = from->id,
					.window = window };
	struct confirmation q = { .number = 0 };
	bool asked = false;

	*number = 0;
	int rc = hindered(d, c, why);
	if (rc == STORE_OK && why[0])
		return desk_audit(d, from->id, "case.erase", c->code, why, "");
	snprintf(window, sizeof(window), "erase %" PRId64, d->now);
	if (rc == STORE_OK)
		rc = confirms_ask(d, c, &about, &asked);
	if (rc == STORE_OK)
		rc = confirm_waiting_of(d->st, "erase", c->id, &q);
	if (rc == STORE_NONE) {
		snprintf(why, 64, "nobody can be asked: rules.cfg has no case.erase_asked");
		return STORE_OK;
	}
	*number = q.number;
	return rc == STORE_OK ? desk_audit(d, from->id, "case.erase", c->code, "asked", "") : rc;
}

int erasing_answer(struct desk *d, const struct message *m, const struct reporter *from,
		   const struct confirmation *q, bool yes, struct effect *out)
{
	struct case_row c;
	char why[64];

	(void)m;
	int rc = case_by_id(d->st, q->case_id, &c);
	if (rc == STORE_OK)
		rc = hindered(d, &c, why);
	if (rc != STORE_OK)
		return rc;
	answer_fill(out, "case", c.code);
	answer_with(out, !yes ? "erase_denied" : why[0] ? "erase_held" : "erase_done");
	if (!yes || why[0])
		return desk_audit(d, from->id, "case.erase", c.code, yes ? why : "denied", "");
	rc = erasure_add(d->st, c.id, q->asked_by, from->id, d->now);
	return rc == STORE_EXISTS ? STORE_OK : rc;
}

int erasing_pretend(struct desk *d, const struct confirmation *q, struct effect *out)
{
	struct case_row c;

	int rc = case_by_id(d->st, q->case_id, &c);
	if (rc != STORE_OK)
		return rc;
	answer_fill(out, "case", c.code);
	answer_with(out, "erase_done");
	return STORE_OK;
}
