/* confirms.c - asking a second person for a PO or JO.  See confirms.h. */
#include "gateway/casework/confirms.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "gateway/casework/alerts.h"
#include "gateway/casework/rules.h"

#define LISTED 12 /* numbers a reply can name */

int confirms_ask(struct desk *d, const struct case_row *c, const struct confirms_about *about,
		 bool *asked)
{
	struct alerts_about a = { .subject = c->code, .window = about->window, .case_id = c->id,
				  .message = about->message, .owner = c->owner,
				  .who = about->asked_by };
	struct confirmation q;
	size_t at = 0;

	*asked = false;
	int rc = confirm_waiting_of(d->st, about->kind, c->id, &q);
	if (rc != STORE_NONE)
		return rc;
	const struct config_rule *rule = rules_next(d, about->event, &at);
	memset(&q, 0, sizeof(q));
	casefile_facts(c, &a.facts);
	rc = rule ? alerts_raise(d, rule, &a, &q.number) : STORE_OK;
	if (rc != STORE_OK || q.number == 0)
		return rc;
	desk_cut(q.kind, sizeof(q.kind), about->kind);
	desk_cut(q.value, sizeof(q.value), about->value);
	desk_cut(q.asked_by, sizeof(q.asked_by), about->asked_by);
	q.case_id = c->id;
	q.other = about->other;
	rc = confirm_add(d->st, &q, d->now);
	*asked = rc == STORE_OK;
	return rc;
}

int confirms_for(struct desk *d, const struct reporter *from, const char *kind,
		 struct confirmation *one, size_t *n, char list[100])
{
	struct confirmation all[LISTED];

	int rc = confirm_told(d->st, from->id, kind, all, LISTED, n);
	list[0] = '\0';
	for (size_t i = 0; rc == STORE_OK && i < *n; i++) {
		char number[24];
		snprintf(number, sizeof(number), "%" PRId64, all[i].number);
		desk_join(list, 100, ", ", number);
	}
	if (rc == STORE_OK && *n)
		*one = all[0];
	return rc;
}

int confirms_guarded(struct desk *d, const struct reporter *from, const struct reading *r, bool *yes)
{
	char asked[24] = "", code[24] = "";
	struct confirmation q[2];
	size_t n = 0;

	*yes = reading_get(r, "pending") != NULL;
	if (*yes)
		return STORE_OK;
	int rc = context_get(d->st, from->id, d->now, asked, sizeof(asked), code, sizeof(code));
	if (rc != STORE_OK && rc != STORE_NONE)
		return rc;
	if (strcmp(asked, "confirm") == 0)
		return STORE_OK; /* to his own report */
	rc = confirm_told(d->st, from->id, "", q, 2, &n);
	*yes = n == 1; /* of several he is asked which */
	return rc;
}

int confirms_settle(struct desk *d, const struct confirmation *q, const char *who, bool yes)
{
	struct alert_row row;
	enum alerts_answer answer;
	char object[40];

	int rc = confirm_settle(d->st, q->number, yes ? "confirmed" : "denied", who, d->now);
	if (rc == STORE_OK)
		rc = alerts_ack(d, who, q->number, &row, &answer);
	snprintf(object, sizeof(object), "alert %" PRId64, q->number);
	return rc == STORE_OK ? desk_audit(d, who, yes ? "confirm" : "deny", object, q->kind, "")
			      : rc;
}
