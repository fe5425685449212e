/* status.c - reading a case from a telephone.  See status.h. */
#include "gateway/casework/status.h"
#include <stdio.h>
#include <string.h>
#include "gateway/casework/answer.h"
#include "gateway/casework/casefile.h"
#include "gateway/casework/closing.h"
#include "gateway/casework/decoy.h"

#define LISTED 8 /* codes that one reply holds */

static const char *risk_word(const struct desk *d, const struct reporter *from, const char *risk,
			     char word[64])
{
	char id[16];

	if (!risk[0])
		return "-";
	snprintf(id, sizeof(id), "risk_%.7s", risk);
	return answer_word(d, from, id, word);
}

static void say(const struct desk *d, const struct reporter *from, const char *state,
		const char *risk, int n, struct effect *out)
{
	char id[24], word[64];

	snprintf(id, sizeof(id), "state_%.15s", state);
	answer_fill(out, "status", answer_word(d, from, id, word));
	answer_fill(out, "risk", risk_word(d, from, risk, word));
	answer_int(out, "n", n);
	answer_with(out, "case_status_ok");
}

int status_of_case(struct desk *d, const struct message *m, const struct reporter *from,
		   const struct reading *r, struct effect *out)
{
	const char *code = reading_word(r, "case");
	bool found, duress = reading_flag(r, "duress");
	struct case_row c;
	int n = 0;

	(void)m;
	if (duress && code && decoy_is(d, from, code)) { /* one of those he was shown */
		decoy_status(d, from, "new", "low", 0, out);
		snprintf(out->case_code, sizeof(out->case_code), "%s", code);
		return STORE_OK;
	}
	int rc = casefile_open(d, from, r, out, &c, &found);
	if (rc == STORE_OK && found)
		rc = cases_open_work(d, c.id, &n);
	if (rc != STORE_OK || !found)
		return rc;
	if (duress)
		decoy_status(d, from, c.state, c.risk, n, out);
	else
		say(d, from, c.state, c.risk, n, out);
	return desk_audit(d, from->id, "read", c.code, "status", "");
}

/* Under duress what the record says is what it says of an ordinary read: the truth stands in a row of its
 * own, for the security role (pins.h). */
int status_list(struct desk *d, const struct message *m, const struct reporter *from,
		const struct reading *r, struct effect *out)
{
	struct case_row rows[LISTED + 1]; /* the last only tells that there are more */
	char list[100] = "";
	size_t n = 0;

	(void)m;
	int rc = cases_sees_all(from) ? case_list(d->st, NULL, rows, LISTED + 1, &n)
				      : case_owned(d->st, from->id, rows, LISTED + 1, &n);
	for (size_t i = 0; rc == STORE_OK && i < n && i < LISTED; i++) {
		desk_join(list, sizeof(list), ", ", rows[i].code);
		rc = desk_audit(d, from->id, "read", rows[i].code, "list", "");
	}
	if (rc == STORE_OK && reading_flag(r, "duress"))
		rc = decoy_text(d, from, list);
	if (n > LISTED)
		desk_join(list, sizeof(list), "", "..");
	answer_fill(out, "list", list);
	answer_with(out, list[0] ? "case_list_ok" : "case_list_none");
	return rc == STORE_NONE ? STORE_OK : rc;
}
