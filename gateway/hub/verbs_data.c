/* verbs_data.c - what ends: cases erased by two persons, holds of the law, retention.  See verbs.h. */
#include "gateway/hub/verbs_int.h"

#include <stdio.h>
#include <string.h>

#include "gateway/casework/erasing.h"
#include "gateway/hub/clock.h"
#include "gateway/hub/upkeep.h"
#include "parser/parser.h"
#include "store/alerts.h"
#include "store/cases.h"
#include "store/erase.h"

#define HOLDS 200

/* False: there is none, and the answer says so. */
static int find_case(struct verb_call *c, struct case_row *k, bool *found)
{
	char code[CASE_CODE_MAX];
	const char *typed = verb_text(c->rq, "case");
	int rc = code_read(typed, strlen(typed), code) ? case_by_code(c->d->st, code, k) : STORE_NONE;
	*found = rc == STORE_OK;
	if (rc == STORE_NONE)
		*c->answer = verb_refuse("no case with that code");
	return rc == STORE_NONE ? STORE_OK : rc;
}

/* A number that answers nothing: of the alert by which the duty officer was just called. */
static int newest_alert(struct desk *d, int64_t *number)
{
	struct alert_row a = {.number = 0};
	size_t n = 0;
	int rc = alert_list(d->st, false, &a, 1, &n);
	*number = a.number;
	return rc == STORE_NONE ? STORE_OK : rc;
}

int verb_case_erase(struct verb_call *c)
{
	struct case_row k;
	struct reporter r;
	enum pins_verdict v = PINS_WRONG;
	char why[64] = "";
	int64_t number = 0;
	bool found;
	char code[CASE_CODE_MAX];
	const char *typed = verb_text(c->rq, "case");
	/* Who asks is looked at first: whether there is such a case is for a coordinator who proved himself. */
	int rc = verb_coordinator(c, "case.erase", code_read(typed, strlen(typed), code) ? code : "no code", &r, &v);
	if (rc != STORE_OK || *c->answer)
		return rc;
	rc = find_case(c, &k, &found);
	if (rc != STORE_OK || !found)
		return rc;
	rc = v == PINS_SECOND ? newest_alert(c->d, &number) : erasing_ask(c->d, &r, &k, &number, why);
	if (rc != STORE_OK)
		return rc;
	if (why[0])
		*c->answer = verb_refuse("%s is not erased: %s (this is on record)", k.code, why);
	else
		*c->answer = json_pack("{s:b,s:s,s:I}", "ok", 1, "case", k.code, "number", (json_int_t)number);
	return STORE_OK;
}

int verb_case_hold(struct verb_call *c)
{
	struct case_row k;
	bool found;
	const char *reason = verb_text(c->rq, "reason");
	if (!reason[0] || strlen(reason) >= HOLD_REASON) {
		*c->answer = verb_refuse("a hold has a reason, of at most %d characters", HOLD_REASON - 1);
		return STORE_OK;
	}
	int rc = find_case(c, &k, &found);
	if (rc != STORE_OK || !found)
		return rc;
	rc = hold_put(c->d->st, k.id, c->who, reason, c->d->now);
	if (rc == STORE_EXISTS || rc == STORE_KEY) {
		*c->answer = verb_refuse(rc == STORE_EXISTS ? "%s is held already" : "%s is anonymous: nothing of it is left to hold",
					 k.code);
		return STORE_OK;
	}
	if (rc != STORE_OK)
		return rc;
	*c->answer = json_pack("{s:b}", "ok", 1);
	return audit_add(c->d->st, c->d->now, c->who, "case.hold", k.code, "held", "");
}

int verb_case_release(struct verb_call *c)
{
	struct case_row k;
	bool found;
	int rc = find_case(c, &k, &found);
	if (rc != STORE_OK || !found)
		return rc;
	rc = hold_release(c->d->st, k.id, c->who, c->d->now);
	if (rc == STORE_STATE) {
		*c->answer = verb_refuse("%s is not held", k.code);
		return STORE_OK;
	}
	if (rc != STORE_OK)
		return rc;
	*c->answer = json_pack("{s:b}", "ok", 1);
	return audit_add(c->d->st, c->d->now, c->who, "case.hold", k.code, "released", "");
}

int verb_case_holds(struct verb_call *c)
{
	struct legal_hold h;
	struct case_row k;
	size_t n = 1;
	int64_t after = 0;
	int rc = audit_add(c->d->st, c->d->now, c->who, "case.list", "holds", "ok", "");
	json_t *list = json_array();
	while (rc == STORE_OK && (rc = hold_list(c->d->st, after, &h, 1, &n)) == STORE_OK && n == 1 &&
	       json_array_size(list) < HOLDS) {
		after = h.id;
		rc = case_by_id(c->d->st, h.case_id, &k);
		json_t *o = json_pack("{s:s,s:s,s:s}", "case", k.code, "who", h.who, "reason", h.reason);
		verb_put_time(o, "since", h.at);
		json_array_append_new(list, o);
	}
	*c->answer = json_pack("{s:b,s:o}", "ok", 1, "holds", list);
	return rc;
}

int verb_retention_run(struct verb_call *c)
{
	struct retain_terms t;
	int rc = STORE_OK;
	upkeep_terms(c->d->cf, c->d->now, &t);
	json_t *list = json_array();
	for (int i = 0; rc == STORE_OK && i < RETAIN_RULES; i++) {
		int64_t n = 0;
		char day[CLOCK_DAY];
		rc = retain_count(c->d->st, (enum retain_rule)i, &t, &n);
		clock_day(t.before[i], day);
		json_array_append_new(list, json_pack("{s:s,s:s,s:I}", "rule", retain_name((enum retain_rule)i), "before", day,
						      "rows", (json_int_t)n));
	}
	*c->answer = json_pack("{s:b,s:o}", "ok", 1, "rules", list);
	return rc;
}
