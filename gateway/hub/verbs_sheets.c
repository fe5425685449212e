/* verbs_sheets.c - sheets for the group and for donors: whom campaigns reached, the anonymous counts of a
 * quarter, the export of cases; texts to groups of staff.  See verbs.h; calls casework and the store. */
#include "gateway/hub/verbs_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/casework/broadcast.h"
#include "gateway/casework/campaigns.h"
#include "gateway/casework/pins.h"
#include "gateway/casework/quarter.h"
#include "gateway/casework/suppress.h"
#include "gateway/hub/clock.h"
#include "parser/calendar.h"
#include "store/cases.h"

#define EXPORT_ROWS 200
#define BROADCASTS 100
#define TOLD 200

static void put_count(json_t *o, const char *name, int64_t n)
{
	json_object_set_new(o, name, n >= 0 ? json_integer(n) : json_null());
}

/* ---- campaigns ------------------------------------------------------------------------------- */

/* Days as said, or the month so far. */
static bool days_of(struct verb_call *c, char from[11], char to[11], char *why, size_t max)
{
	const char *a = verb_text(c->rq, "from"), *b = verb_text(c->rq, "to");
	char today[CLOCK_DAY];
	int32_t first, last;
	clock_day(c->d->now, today);
	snprintf(from, 11, "%.8s01", today);
	snprintf(to, 11, "%.10s", today);
	if (*a)
		snprintf(from, 11, "%.10s", a);
	if (*b)
		snprintf(to, 11, "%.10s", b);
	if ((*a && strlen(a) != 10) || (*b && strlen(b) != 10) || !day_from_iso(from, &first) ||
	    !day_from_iso(to, &last) || last < first) {
		snprintf(why, max, "--from and --to are days like 2026-11-01, the first not after the last");
		return false;
	}
	return true;
}

static json_t *session_json(const struct campaign_line *l)
{
	json_t *o = json_object();
	verb_put(o, "day", l->c.day);
	verb_put(o, "school", l->c.school);
	verb_put(o, "zone", l->c.zone);
	put_count(o, "participants", l->c.participants);
	put_count(o, "pupils", l->c.pupils);
	put_count(o, "parents", l->c.parents);
	put_count(o, "reports_before", l->before);
	put_count(o, "reports_after", l->after);
	json_object_set_new(o, "running", json_boolean(l->running));
	return o;
}

int verb_report_campaigns(struct verb_call *c)
{
	char from[11], to[11], why[120], object[64];
	struct campaign_sheet s;
	if (!days_of(c, from, to, why, sizeof why)) {
		*c->answer = verb_refuse("%s", why);
		return STORE_OK;
	}
	int rc = campaigns_sheet(c->d, from, to, &s);
	json_t *list = json_array(), *zones = json_array();
	for (size_t i = 0; rc == STORE_OK && i < s.n; i++)
		json_array_append_new(list, session_json(&s.lines[i]));
	for (size_t i = 0; rc == STORE_OK && i < s.n_forgotten; i++)
		json_array_append_new(zones, json_string(s.forgotten[i]));
	*c->answer = json_pack("{s:b,s:s,s:s,s:i,s:i,s:i,s:i,s:i,s:i,s:o,s:o,s:b}", "ok", 1, "from", from, "to", to,
			       "sessions", (int)s.n, "schools_reached", s.schools, "schools", s.schools_all,
			       "participants", s.participants, "pupils", s.pupils, "parents", s.parents, "rows",
			       list, "zones_not_reached", zones, "cut", s.cut);
	campaigns_free(&s);
	snprintf(object, sizeof object, "campaigns %s..%s", from, to);
	return rc == STORE_OK ? desk_audit(c->d, c->who, "report.read", object, "ok", "") : rc;
}

/* ---- the quarter ----------------------------------------------------------------------------- */

/* A count that is left out is null: nothing tells whether it was small itself. */
static json_t *count_json(const struct quarter_count *q)
{
	return q->hidden ? json_null() : json_integer(q->n);
}

static json_t *totals_json(const struct quarter *q, enum quarter_by b)
{
	json_t *o = json_object();
	for (size_t i = 0; quarter_group(b, i); i++)
		json_object_set_new(o, quarter_group(b, i), count_json(&q->total[b][i]));
	return o;
}

static json_t *table_json(const struct quarter *q, enum quarter_by b)
{
	json_t *rows = json_object();
	for (size_t i = 0; quarter_group(b, i); i++) {
		json_t *row = json_object();
		for (size_t k = 0; quarter_group(b + 1, k); k++)
			json_object_set_new(row, quarter_group(b + 1, k), count_json(&q->cell[b][i][k]));
		json_object_set_new(rows, quarter_group(b, i), row);
	}
	return json_pack("{s:s,s:s,s:o}", "rows", quarter_by_name(b), "columns", quarter_by_name(b + 1), "counts",
			 rows);
}

int verb_report_cases(struct verb_call *c)
{
	static struct quarter q; /* 60 KB; the hub has one thread */
	const char *name = verb_text(c->rq, "quarter");
	char object[64];
	int rc = quarter_build(c->d, name, &q);
	if (rc == STORE_NONE) {
		*c->answer = verb_refuse("\"%.20s\" is no quarter like 2026Q4", name);
		return STORE_OK;
	}
	if (rc != STORE_OK)
		return rc;
	json_t *totals = json_object(), *tables = json_array(), *returns = json_object();
	for (enum quarter_by b = BY_SEX; b < BY_COUNT; b++) {
		json_object_set_new(totals, quarter_by_name(b), totals_json(&q, b));
		if (b + 1 < BY_COUNT)
			json_array_append_new(tables, table_json(&q, b));
	}
	for (size_t i = 0; i < q.n_outcomes; i++)
		json_object_set_new(returns, q.outcome[i].outcome,
				    q.outcome_hidden[i] ? json_null() : json_integer(q.outcome[i].n));
	*c->answer = json_pack("{s:b,s:s,s:s,s:s,s:b,s:o,s:o,s:o,s:o,s:o,s:i}", "ok", 1, "quarter", q.name, "from",
			       q.from, "to", q.to, "running", q.running, "cases", count_json(&q.all), "totals", totals,
			       "tables", tables, "returns", returns, "returns_ended",
			       q.outcomes_hidden ? json_null() : json_integer(q.outcomes), "suppressed_below",
			       SUPPRESS_BELOW);
	snprintf(object, sizeof object, "cases %s", q.name);
	return desk_audit(c->d, c->who, "report.read", object, "anonymous", "");
}

/* ---- export ---------------------------------------------------------------------------------- */

/* Never a school: a concern and a school do not stand together outside the gateway. */
static json_t *export_json(const struct case_row *k)
{
	char opened[CLOCK_DAY];
	json_t *o = json_object();
	clock_day(k->opened, opened);
	verb_put(o, "case", k->code);
	verb_put(o, "state", k->state);
	verb_put(o, "risk", k->risk);
	verb_put(o, "concerns", k->concerns);
	verb_put(o, "zone", k->zone);
	verb_put(o, "sex", k->sex);
	verb_put(o, "age_band", k->age < 0 ? "" : k->age < 6 ? "0-5" : k->age < 12 ? "6-11" : k->age < 15 ? "12-14"
			   : k->age < 18 ? "15-17" : "18+");
	verb_put(o, "opened", opened);
	json_object_set_new(o, "in_school", json_boolean(k->pupil >= 0));
	return o;
}

int verb_case_export(struct verb_call *c)
{
	json_int_t after = json_integer_value(json_object_get(c->rq, "after"));
	char object[64], result[64];
	struct reporter r;
	enum pins_verdict v = PINS_WRONG;
	size_t n = 0;
	int rc = verb_coordinator(c, "case.export", "cases", &r, &v);
	if (rc != STORE_OK || *c->answer)
		return rc;
	struct case_row *rows = calloc(EXPORT_ROWS, sizeof *rows);
	if (!rows)
		return STORE_FAIL;
	if (v == PINS_RIGHT) /* under duress there are no cases */
		rc = case_page(c->d->st, after, rows, EXPORT_ROWS, &n);
	json_t *list = json_array();
	for (size_t i = 0; rc == STORE_OK && i < n; i++)
		json_array_append_new(list, export_json(&rows[i]));
	*c->answer = json_pack("{s:b,s:o,s:b,s:I}", "ok", 1, "cases", list, "more", n == EXPORT_ROWS, "last",
			       (json_int_t)(n ? rows[n - 1].id : after));
	free(rows);
	snprintf(object, sizeof object, "cases from %lld", (long long)after);
	snprintf(result, sizeof result, "%zu as %.24s", n, r.id);
	return rc == STORE_OK ? desk_audit(c->d, c->who, "case.export", object, result, "") : rc;
}

/* ---- broadcasts ------------------------------------------------------------------------------ */

static json_t *broadcast_json(const struct broadcast *b)
{
	json_t *o = json_object();
	json_object_set_new(o, "broadcast", json_integer(b->id));
	verb_put(o, "template", b->template);
	verb_put(o, "role", b->role);
	verb_put(o, "school", b->school);
	verb_put(o, "zone", b->zone);
	verb_put(o, "as", b->who);
	verb_put_time(o, "sent", b->at);
	verb_put(o, "state", b->state);
	return o;
}

static json_t *plan_json(struct verb_call *c, const struct broadcast_plan *p)
{
	json_t *ids = json_array();
	for (size_t i = 0; i < p->n; i++)
		json_array_append_new(ids, json_string(p->to[i].id));
	json_t *o = json_pack("{s:b,s:s,s:s,s:i,s:i,s:i,s:o}", "ok", 1, "sq", p->t->text[0], "en", p->t->text[1],
			      "people", (int)p->n, "inactive", (int)p->inactive, "segments", p->segments, "to", ids);
	int price = c->d->cf->segment_price;
	json_object_set_new(o, "cost_hundredths", price ? json_integer((json_int_t)price * p->segments) : json_null());
	verb_put(o, "currency", c->d->cf->currency ? c->d->cf->currency : "");
	return o;
}

int verb_broadcast(struct verb_call *c)
{
	const struct broadcast_order o = {.template = verb_text(c->rq, "template"), .role = verb_text(c->rq, "to"),
					  .school = verb_text(c->rq, "school"), .zone = verb_text(c->rq, "zone"),
					  .as = verb_text(c->rq, "as"),
					  .again = json_is_true(json_object_get(c->rq, "again"))};
	struct broadcast_plan plan;
	struct broadcast b;
	char why[160];
	int rc = broadcast_plan(c->d, &o, &plan, why);
	bool send = rc == STORE_OK && !why[0] && json_is_true(json_object_get(c->rq, "send"));
	if (send)
		rc = broadcast_send(c->d, &o, &plan, c->who, &b, why);
	if (rc == STORE_OK && why[0])
		*c->answer = verb_refuse("%s", why);
	else if (rc == STORE_OK)
		*c->answer = plan_json(c, &plan);
	if (rc == STORE_OK && send && !why[0])
		json_object_set_new(*c->answer, "broadcast", broadcast_json(&b));
	broadcast_free(&plan);
	return rc;
}

int verb_broadcast_list(struct verb_call *c)
{
	struct broadcast *rows = calloc(BROADCASTS, sizeof *rows);
	size_t n = 0;
	int rc = rows ? broadcast_list(c->d->st, rows, BROADCASTS, &n) : STORE_FAIL;
	json_t *list = json_array();
	for (size_t i = 0; rc == STORE_OK && i < n; i++)
		json_array_append_new(list, broadcast_json(&rows[i]));
	free(rows);
	*c->answer = json_pack("{s:b,s:o}", "ok", 1, "broadcasts", list);
	return rc;
}

int verb_broadcast_templates(struct verb_call *c)
{
	json_t *list = json_array();
	for (size_t i = 0; i < c->d->cf->n_templates; i++)
		json_array_append_new(list, json_pack("{s:s,s:s,s:s}", "name", c->d->cf->templates[i].name, "sq",
						      c->d->cf->templates[i].text[0], "en",
						      c->d->cf->templates[i].text[1]));
	*c->answer = json_pack("{s:b,s:o}", "ok", 1, "templates", list);
	return STORE_OK;
}

static int told_json(struct verb_call *c, int64_t id, json_t *list, json_t *counts)
{
	struct broadcast_row *rows = calloc(TOLD, sizeof *rows);
	char after[ROSTER_ID] = "";
	size_t n = TOLD;
	int rc = rows ? STORE_OK : STORE_FAIL;
	while (rc == STORE_OK && n == TOLD) {
		rc = broadcast_rows(c->d->st, id, after, rows, TOLD, &n);
		for (size_t i = 0; rc == STORE_OK && i < n; i++) {
			json_t *o = json_object();
			verb_put(o, "contact", rows[i].reporter);
			verb_put(o, "state", rows[i].state);
			verb_put(o, "reason", rows[i].reason);
			verb_put_time(o, "settled", rows[i].settled);
			json_array_append_new(list, o);
			json_object_set_new(counts, rows[i].state,
					    json_integer(1 + json_integer_value(
								     json_object_get(counts, rows[i].state))));
			memcpy(after, rows[i].reporter, sizeof after);
		}
	}
	free(rows);
	return rc;
}

int verb_broadcast_status(struct verb_call *c)
{
	int64_t id = json_integer_value(json_object_get(c->rq, "id"));
	struct broadcast b;
	int rc = broadcast_get(c->d->st, id, &b);
	if (rc == STORE_NONE) {
		*c->answer = verb_refuse("no broadcast %lld (kujdestar broadcast list)", (long long)id);
		return STORE_OK;
	}
	json_t *list = json_array(), *counts = json_object();
	if (rc == STORE_OK)
		rc = told_json(c, id, list, counts);
	*c->answer = json_pack("{s:b,s:o,s:o,s:o}", "ok", 1, "broadcast", broadcast_json(&b), "contacts", list,
			       "counts", counts);
	return rc;
}

int verb_broadcast_stop(struct verb_call *c)
{
	int64_t id = json_integer_value(json_object_get(c->rq, "id"));
	int dropped = 0;
	int rc = broadcast_halt(c->d, id, c->who, &dropped);
	if (rc == STORE_NONE || rc == STORE_STATE) {
		*c->answer = verb_refuse("broadcast %lld %s", (long long)id,
					 rc == STORE_NONE ? "is none (kujdestar broadcast list)" : "was stopped before");
		return STORE_OK;
	}
	if (rc == STORE_OK)
		*c->answer = json_pack("{s:b,s:i}", "ok", 1, "withdrawn", dropped);
	return rc;
}
