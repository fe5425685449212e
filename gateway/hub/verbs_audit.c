/* verbs_audit.c - who saw and did what: the audit asked, proved, signed and pruned.  See verbs.h. */
#include "gateway/hub/verbs_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/casework/rules.h"
#include "gateway/hub/clock.h"
#include "parser/msisdn.h"
#include "parser/parser.h"
#include "store/alerts.h"
#include "store/audit.h"
#include "store/cases.h"
#include "store/roster.h"

#define ROWS 500 /* of one answer; the asker goes on from the last */
#define POINTS 100
#define YEAR_S (366LL * 86400)

static json_t *hex(const uint8_t *in, size_t n)
{
	char out[2 * SEAL_SIGNATURE + 1];
	for (size_t i = 0; i < n && i < SEAL_SIGNATURE; i++)
		snprintf(out + 2 * i, 3, "%02x", in[i]);
	return json_string(out);
}

/* ---- who ------------------------------------------------------------------------------------- */

/* The role he has now, and his number masked: the row keeps neither. */
static void put_who(struct desk *d, json_t *o, const char *who)
{
	char number[48] = "", mask[MSISDN_MAX] = "";
	struct reporter r;
	verb_put(o, "who", who);
	if (strcmp(who, "system") == 0 || strcmp(who, "unknown") == 0) {
		verb_put(o, "role", who);
		json_object_set_new(o, "number", json_null());
		return;
	}
	if (strncmp(who, "cli:", 4) == 0) {
		verb_put(o, "role", "shell");
		json_object_set_new(o, "number", json_null());
		return;
	}
	bool known = roster_by_id(d->st, who, &r) == STORE_OK;
	if (known && roster_number(d->st, who, number, sizeof number) == STORE_OK)
		msisdn_mask(number, mask);
	verb_put(o, "role", known ? r.role : "");
	verb_put(o, "number", mask);
}

static json_t *row_json(struct desk *d, const struct audit_row *a)
{
	json_t *o = json_object();
	json_object_set_new(o, "row", json_integer(a->id));
	verb_put_time(o, "at", a->at);
	put_who(d, o, a->who);
	verb_put(o, "verb", a->verb);
	verb_put(o, "object", a->object);
	verb_put(o, "result", a->result);
	verb_put(o, "rule", a->rule);
	return o;
}

/* ---- asking ---------------------------------------------------------------------------------- */

static int find_case(struct verb_call *c, const char *typed, char code[CASE_CODE_MAX],
		     struct audit_query *q)
{
	struct case_row k;
	int rc = code_read(typed, strlen(typed), code) ? case_ever_by_code(c->d->st, code, &k) : STORE_NONE;
	if (rc == STORE_NONE) {
		*c->answer = verb_refuse("no case with that code");
		return STORE_OK;
	}
	if (rc != STORE_OK)
		return rc;
	q->code = code;
	q->case_id = k.id;
	q->opened = k.opened;
	return STORE_OK;
}

/* Who worked under threat is for the security role alone: root, or whom audit.security_uid names.  To
 * anybody else the record looks as if it had not been, and a call for help of another kind as it is. */
static bool is_security(const struct verb_call *c)
{
	char security[24];
	snprintf(security, sizeof security, "cli:%d", c->d->cf->security_uid);
	return strcmp(c->who, "cli:0") == 0 || strcmp(c->who, security) == 0;
}

bool verb_hides(const struct verb_call *c, const char *rule)
{
	const struct config_rule *r = rules_of(c->d, rule);
	return r && strcmp(r->event, "safety") == 0 && !is_security(c);
}

int verb_hidden_alert(struct verb_call *c, int64_t number, bool *yes)
{
	struct alert_row a = {.number = 0};
	int rc = number ? alert_get(c->d->st, number, &a) : STORE_NONE;
	*yes = rc == STORE_OK && verb_hides(c, a.rule);
	return rc == STORE_NONE ? STORE_OK : rc;
}

static int answer_rows(struct verb_call *c, const struct audit_query *q, int64_t after)
{
	struct audit_row *rows = calloc(ROWS, sizeof *rows);
	size_t n = 0;
	if (!rows)
		return STORE_FAIL;
	int rc = audit_find(c->d->st, q, after, rows, ROWS, &n);
	json_t *list = json_array();
	for (size_t i = 0; rc == STORE_OK && i < n; i++) {
		bool duress = strcmp(rows[i].verb, "duress") == 0;
		if (!verb_hides(c, rows[i].rule) && (!duress || is_security(c)))
			json_array_append_new(list, row_json(c->d, &rows[i]));
	}
	*c->answer = json_pack("{s:b,s:o,s:b,s:I}", "ok", 1, "audit", list, "more", n == ROWS, "last",
			       (json_int_t)(n ? rows[n - 1].id : after));
	free(rows);
	return rc;
}

int verb_audit_show(struct verb_call *c)
{
	char code[CASE_CODE_MAX];
	const char *typed = verb_text(c->rq, "case"), *since = verb_text(c->rq, "since"), *who = verb_text(c->rq, "who");
	int64_t after = json_integer_value(json_object_get(c->rq, "after"));
	struct audit_query q = {.who = who};
	char from[32];
	int rc = typed[0] ? find_case(c, typed, code, &q) : STORE_OK;
	if (rc != STORE_OK || *c->answer)
		return rc;
	if (since[0]) {
		snprintf(from, sizeof from, "%.10sT00:00", since);
		q.since = clock_utc_of(from);
	}
	/* Reading the record is a read like another: it stands in it before it is shown. */
	if (after == 0)
		rc = audit_add(c->d->st, c->d->now, c->who, "audit.read", q.code ? q.code : "audit", "ok", "");
	return rc == STORE_OK ? answer_rows(c, &q, after) : rc;
}

int verb_audit_verify(struct verb_call *c)
{
	struct audit_row bad;
	int64_t rows = 0, first_bad = 0;
	bool done = false, on = json_is_true(json_object_get(c->rq, "on"));
	int rc = audit_verify_some(c->d->st, !on, &rows, &first_bad, &done);
	while (rc == STORE_OK && !done && !c->d->nudges) /* no hub, whom it would hold up */
		rc = audit_verify_some(c->d->st, false, &rows, &first_bad, &done);
	if (rc == STORE_OK) {
		*c->answer = json_pack("{s:b,s:I,s:b}", "ok", 1, "rows", (json_int_t)rows, "more", !done);
		return STORE_OK;
	}
	if (rc != STORE_CORRUPT)
		return rc;
	*c->answer = verb_refuse("the audit does not verify: row %lld was altered, taken out or slipped in; "
				 "%lld rows before it are as they were written",
				 (long long)first_bad, (long long)rows);
	json_object_set_new(*c->answer, "row", json_integer(first_bad));
	json_t *stands = audit_get(c->d->st, first_bad, &bad) == STORE_OK ? row_json(c->d, &bad) : json_null();
	json_object_set_new(*c->answer, "stands", stands);
	return STORE_OK;
}

/* ---- checkpoints ----------------------------------------------------------------------------- */

static json_t *point_json(const struct audit_checkpoint *p)
{
	json_t *o = json_object();
	json_object_set_new(o, "row", json_integer(p->upto));
	verb_put_time(o, "written", p->row_at);
	verb_put_time(o, "signed", p->at);
	json_object_set_new(o, "hash", hex(p->hash, sizeof p->hash));
	json_object_set_new(o, "signature", hex(p->signature, sizeof p->signature));
	return o;
}

int verb_audit_checkpoint(struct verb_call *c)
{
	struct audit_checkpoint p;
	int rc = audit_checkpoint_add(c->d->st, c->who, c->d->now, &p);
	if (rc == STORE_NONE || rc == STORE_CORRUPT) {
		*c->answer = verb_refuse("%s", store_errmsg(c->d->st));
		return rc == STORE_NONE ? STORE_OK : STORE_STATE;
	}
	if (rc != STORE_OK)
		return rc;
	json_t *o = point_json(&p);
	json_object_set_new(o, "public_key", hex(p.public_key, sizeof p.public_key));
	*c->answer = json_pack("{s:b,s:o}", "ok", 1, "checkpoint", o);
	return STORE_OK;
}

int verb_audit_checkpoints(struct verb_call *c)
{
	struct audit_checkpoint rows[POINTS];
	size_t n = 0;
	int rc = audit_checkpoint_list(c->d->st, rows, POINTS, &n);
	if (rc == STORE_CORRUPT) {
		*c->answer = verb_refuse("%s", store_errmsg(c->d->st));
		return STORE_OK;
	}
	json_t *list = json_array();
	for (size_t i = 0; rc == STORE_OK && i < n; i++)
		json_array_append_new(list, point_json(&rows[i]));
	*c->answer = json_pack("{s:b,s:o}", "ok", 1, "checkpoints", list);
	return rc;
}

int verb_audit_prune(struct verb_call *c)
{
	char before[32];
	int64_t rows = 0, upto = 0;
	snprintf(before, sizeof before, "%.10sT00:00", verb_text(c->rq, "before"));
	int64_t when = clock_utc_of(before);
	if (when < 0 || when > c->d->now - c->d->cf->audit_keep_years * YEAR_S) {
		*c->answer = verb_refuse("rows of the last %d years stay (audit.keep_years): %s is later than "
					 "that, or no day", c->d->cf->audit_keep_years, verb_text(c->rq, "before"));
		return STORE_OK;
	}
	int rc = audit_prune(c->d->st, when, c->who, c->d->now, &rows, &upto);
	if (rc == STORE_NONE) {
		*c->answer = verb_refuse("no row is older than %s", verb_text(c->rq, "before"));
		return STORE_OK;
	}
	if (rc == STORE_CORRUPT) {
		*c->answer = verb_refuse("%s: nothing was taken out", store_errmsg(c->d->st));
		return STORE_STATE;
	}
	if (rc == STORE_OK)
		*c->answer = json_pack("{s:b,s:I,s:I,s:b}", "ok", 1, "rows", (json_int_t)rows, "upto",
				       (json_int_t)upto, "more", rows == AUDIT_PIECE);
	return rc;
}
