/* retain.c - see retain.h.  Owns no table; may call the families, erase.c, audit.c, base.c and the seam. */
#include "store/retain.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/audit.h"
#include "store/erase.h"
#include "store/internal.h"

#define WINDOW 1000 /* ids a piece: a few milliseconds */
#define LEAVERS 50

/* Rows of a window of ids, $1 < id <= $2, that are older than $3; counted without the window. */
#define IN(id) id " > $1 AND " id " <= $2 AND "
#define OF_NONE "case_id IS NULL"

#define UNREAD "state IN ('queued', 'quarantined') AND " OF_NONE " AND received < $3"
#define UNREAD_SEGMENT "state = 'quarantined' AND received < $3"
#define TEXT "text IS NOT NULL AND " OF_NONE " AND state = 'read' AND received < $3"
#define READING "keys <> '' AND EXISTS (SELECT 1 FROM messages m WHERE m.id = readings.message AND m.state = 'read' " \
	"AND m.received < $3)"
#define OCTETS "octets IS NOT NULL AND state IN ('joined', 'settled') AND received < $3 AND NOT EXISTS (SELECT 1 FROM " \
	"messages m WHERE m.id = segments.message AND (m.case_id IS NOT NULL OR m.state <> 'read'))"
#define SENDER "length(sender) > 0 AND state = 'read' AND received < $3"
#define SETTLED "state NOT IN ('queued', 'inflight', 'submitting') AND created < $3"
#define SETTLED_ROWS "(SELECT id FROM outbox WHERE " IN("id") SETTLED ")"
#define SPENT "state NOT IN ('open', 'closed') AND changed < $3"
#define LEFT "active = 0 AND length(number) > 0 AND changed < $1"
#define OLD_DAY "day < $3"
/* "SH1 5A 12": of a pupil; a class has one blank less. */
#define PUPIL "subject LIKE '% % %' AND case_id IS NULL AND state NOT IN ('open', 'acked') AND subject NOT LIKE 'alert %' " \
	"AND raised < $3"
#define OVER "state IN ('closed', 'duplicate') AND erased IS NULL AND anonymised IS NULL AND updated < $1 AND NOT EXISTS " \
	"(SELECT 1 FROM legal_holds h WHERE h.case_id = cases.id AND h.released IS NULL) AND (merged IS NULL OR state = " \
	"'closed')"


#define MAX(table, id) "SELECT coalesce(max(" id "), 0) FROM " table
#define COUNT(table, id, cond) "SELECT count(*) FROM " table " WHERE " IN(id) cond

/* What a piece of each stage does, in this order and in one turn: first to what hangs on the rows. */
enum {
	Q_UNREAD, Q_UNREAD_MAX, Q_UNREAD_N, Q_STRAYS, Q_STRAYS_MAX, Q_STRAYS_N, Q_READINGS, Q_READINGS_MAX, Q_READINGS_N,
	Q_OCTETS, Q_OCTETS_MAX, Q_OCTETS_N, Q_TEXTS, Q_TEXTS_MAX, Q_TEXTS_N, Q_SENDERS, Q_SENDERS_MAX, Q_SENDERS_N,
	Q_SENT, Q_SENT_LAST = Q_SENT + 8, Q_SENT_MAX, Q_SENT_N, Q_SESSIONS, Q_SESSIONS_MAX, Q_SESSIONS_N,
	Q_ABSENCES, Q_ABSENCES_MAX, Q_ABSENCES_N, Q_RETURNS, Q_RETURNS_MAX, Q_RETURNS_N, Q_ENROLMENTS, Q_ENROLMENTS_MAX,
	Q_ENROLMENTS_N, Q_ALERTS, Q_ALERTS_MAX, Q_ALERTS_N, Q_YEARS, Q_STARTS, Q_LEAVERS_N, Q_CASE, Q_CASES_N, Q_AUDIT_N, Q_N
};
static const char *const sql[Q_N] = {
	[Q_UNREAD] = "UPDATE messages SET text = NULL, state = 'read', reason = 'nobody read it in time' WHERE " IN("id") UNREAD,
	[Q_UNREAD_MAX] = MAX("messages", "id"),
	[Q_UNREAD_N] = COUNT("messages", "id", UNREAD),
	[Q_STRAYS] = "UPDATE segments SET octets = NULL, state = 'settled', reason = 'nobody read it in time' WHERE "
		     IN("id") UNREAD_SEGMENT,
	[Q_STRAYS_MAX] = MAX("segments", "id"),
	[Q_STRAYS_N] = COUNT("segments", "id", UNREAD_SEGMENT),
	[Q_READINGS] = "UPDATE readings SET keys = '', about = '', notes = NULL WHERE " IN("id") READING,
	[Q_READINGS_MAX] = MAX("readings", "id"),
	[Q_READINGS_N] = COUNT("readings", "id", READING),
	[Q_OCTETS] = "UPDATE segments SET octets = NULL WHERE " IN("id") OCTETS,
	[Q_OCTETS_MAX] = MAX("segments", "id"),
	[Q_OCTETS_N] = COUNT("segments", "id", OCTETS),
	[Q_TEXTS] = "UPDATE messages SET text = NULL WHERE " IN("id") TEXT,
	[Q_TEXTS_MAX] = MAX("messages", "id"),
	[Q_TEXTS_N] = COUNT("messages", "id", TEXT),
	[Q_SENDERS] = "UPDATE messages SET sender = x'', sender_hash = zeroblob(32) WHERE " IN("id") SENDER,
	[Q_SENDERS_MAX] = MAX("messages", "id"),
	[Q_SENDERS_N] = COUNT("messages", "id", SENDER),
	[Q_SENT] = "DELETE FROM attempts WHERE outbox IN " SETTLED_ROWS,
	[Q_SENT + 1] = "DELETE FROM sms_parts WHERE outbox IN " SETTLED_ROWS,
	[Q_SENT + 2] = "DELETE FROM sms_provider_ids WHERE outbox IN " SETTLED_ROWS,
	[Q_SENT + 3] = "DELETE FROM sms_joined WHERE outbox IN " SETTLED_ROWS,
	[Q_SENT + 4] = "DELETE FROM sms_joined WHERE leader IN " SETTLED_ROWS,
	[Q_SENT + 5] = "DELETE FROM referral_told WHERE outbox IN " SETTLED_ROWS,
	[Q_SENT + 6] = "DELETE FROM broadcast_told WHERE outbox IN " SETTLED_ROWS,
	[Q_SENT + 7] = "UPDATE alert_told SET outbox = NULL WHERE outbox IN " SETTLED_ROWS,
	[Q_SENT_LAST] = "DELETE FROM outbox WHERE " IN("id") SETTLED,
	[Q_SENT_MAX] = MAX("outbox", "id"),
	[Q_SENT_N] = COUNT("outbox", "id", SETTLED),
	[Q_SESSIONS] = "DELETE FROM ussd_sessions WHERE " IN("id") SPENT,
	[Q_SESSIONS_MAX] = MAX("ussd_sessions", "id"),
	[Q_SESSIONS_N] = COUNT("ussd_sessions", "id", SPENT),
	[Q_ABSENCES] = "DELETE FROM absences WHERE " IN("id") OLD_DAY,
	[Q_ABSENCES_MAX] = MAX("absences", "id"),
	[Q_ABSENCES_N] = COUNT("absences", "id", OLD_DAY),
	[Q_RETURNS] = "DELETE FROM pupil_returns WHERE " IN("id") OLD_DAY,
	[Q_RETURNS_MAX] = MAX("pupil_returns", "id"),
	[Q_RETURNS_N] = COUNT("pupil_returns", "id", OLD_DAY),
	[Q_ENROLMENTS] = "DELETE FROM enrolments WHERE " IN("id") "year < $3",
	[Q_ENROLMENTS_MAX] = MAX("enrolments", "id"),
	[Q_ENROLMENTS_N] = COUNT("enrolments", "id", "year < $3"),
	[Q_ALERTS] = "UPDATE alerts SET subject = 'pupil ' || CAST(number AS TEXT) WHERE " IN("number") PUPIL,
	[Q_ALERTS_MAX] = MAX("alerts", "number"),
	[Q_ALERTS_N] = COUNT("alerts", "number", PUPIL),
	[Q_YEARS] = "DELETE FROM pupil_years WHERE year < $1",
	[Q_STARTS] = "DELETE FROM absence_starts WHERE day < $1",
	[Q_LEAVERS_N] = "SELECT count(*) FROM reporters WHERE " LEFT,
	[Q_CASE] = "SELECT id FROM cases WHERE " OVER " AND id > $2 ORDER BY id LIMIT 1",
	[Q_CASES_N] = "SELECT count(*) FROM cases WHERE " OVER,
	[Q_AUDIT_N] = "SELECT count(*) FROM audit WHERE at < $1",
};
const struct sql_family retain_family = { "retain", sql, Q_N };

enum term { BEFORE, DAY, YEAR };
/* The stages of the rules that go by windows of ids. */
static const struct stage {
	enum retain_rule rule;
	int first, last, max, count;
	enum term term;
} stages[] = {
	{ RETAIN_UNREAD, Q_UNREAD, Q_UNREAD, Q_UNREAD_MAX, Q_UNREAD_N, BEFORE },
	{ RETAIN_UNREAD, Q_STRAYS, Q_STRAYS, Q_STRAYS_MAX, Q_STRAYS_N, BEFORE },
	{ RETAIN_TEXTS, Q_READINGS, Q_READINGS, Q_READINGS_MAX, Q_READINGS_N, BEFORE },
	{ RETAIN_TEXTS, Q_OCTETS, Q_OCTETS, Q_OCTETS_MAX, Q_OCTETS_N, BEFORE },
	{ RETAIN_TEXTS, Q_TEXTS, Q_TEXTS, Q_TEXTS_MAX, Q_TEXTS_N, BEFORE },
	{ RETAIN_SENDERS, Q_SENDERS, Q_SENDERS, Q_SENDERS_MAX, Q_SENDERS_N, BEFORE },
	{ RETAIN_DELIVERIES, Q_SENT, Q_SENT_LAST, Q_SENT_MAX, Q_SENT_N, BEFORE },
	{ RETAIN_DELIVERIES, Q_SESSIONS, Q_SESSIONS, Q_SESSIONS_MAX, Q_SESSIONS_N, BEFORE },
	{ RETAIN_ATTENDANCE, Q_ABSENCES, Q_ABSENCES, Q_ABSENCES_MAX, Q_ABSENCES_N, DAY },
	{ RETAIN_ATTENDANCE, Q_RETURNS, Q_RETURNS, Q_RETURNS_MAX, Q_RETURNS_N, DAY },
	{ RETAIN_ATTENDANCE, Q_ENROLMENTS, Q_ENROLMENTS, Q_ENROLMENTS_MAX, Q_ENROLMENTS_N, YEAR },
	{ RETAIN_ATTENDANCE, Q_ALERTS, Q_ALERTS, Q_ALERTS_MAX, Q_ALERTS_N, BEFORE },
};
#define STAGES (sizeof stages / sizeof stages[0])

const char *retain_name(enum retain_rule r)
{
	static const char *const names[RETAIN_RULES] = {
		[RETAIN_UNREAD] = "unread",         [RETAIN_TEXTS] = "texts",     [RETAIN_SENDERS] = "senders",
		[RETAIN_DELIVERIES] = "deliveries", [RETAIN_LEAVERS] = "leavers", [RETAIN_ATTENDANCE] = "attendance",
		[RETAIN_CASES] = "cases",           [RETAIN_AUDIT] = "audit",
	};
	return names[r];
}

static struct db_stmt *q(struct store *st, int i)
{
	return st->q[FAM_RETAIN][i];
}

static int one(struct store *st, struct db_stmt *s, int64_t *out)
{
	int rc = db_step(s);
	if (rc == STORE_OK)
		*out = db_int(s, 0);
	db_reset(s);
	return base_db(st, rc);
}

/* ---- windows ----------------------------------------------------------------------------------- */

static void bind_window(struct db_stmt *s, const struct stage *g, const struct retain_terms *t, int64_t after, int64_t upto)
{
	db_bind_int(s, 1, after);
	db_bind_int(s, 2, upto);
	if (g->term == DAY)
		db_bind_text(s, 3, t->day, sizeof t->day);
	else
		db_bind_int(s, 3, g->term == YEAR ? t->year : t->before[g->rule]);
}

static int window(struct store *st, const struct stage *g, const struct retain_terms *t, int64_t after, int64_t *n)
{
	int rc = STORE_OK;
	for (int i = g->first; rc == STORE_OK && i <= g->last; i++) {
		bind_window(q(st, i), g, t, after, after + WINDOW);
		rc = base_db(st, db_run(q(st, i)));
	}
	*n = rc == STORE_OK ? db_changes(st->db) : 0;
	return rc;
}

static int once(struct store *st, const struct retain_terms *t)
{
	db_bind_int(q(st, Q_YEARS), 1, t->year);
	int rc = base_db(st, db_run(q(st, Q_YEARS)));
	if (rc != STORE_OK)
		return rc;
	db_bind_text(q(st, Q_STARTS), 1, t->day, sizeof t->day);
	return base_db(st, db_run(q(st, Q_STARTS)));
}

/* ---- counting ---------------------------------------------------------------------------------- */

static int count_windows(struct store *st, enum retain_rule r, const struct retain_terms *t, int64_t *n)
{
	int rc = STORE_OK;
	*n = 0;
	for (size_t i = 0; rc == STORE_OK && i < STAGES; i++) {
		int64_t some = 0;
		if (stages[i].rule != r)
			continue;
		bind_window(q(st, stages[i].count), &stages[i], t, INT64_MIN, INT64_MAX);
		rc = one(st, q(st, stages[i].count), &some);
		*n += some;
	}
	return rc;
}

int retain_count(struct store *st, enum retain_rule r, const struct retain_terms *t, int64_t *n)
{
	int query = r == RETAIN_LEAVERS ? Q_LEAVERS_N : r == RETAIN_CASES ? Q_CASES_N : Q_AUDIT_N;
	if (r != RETAIN_LEAVERS && r != RETAIN_CASES && r != RETAIN_AUDIT)
		return count_windows(st, r, t, n);
	db_bind_int(q(st, query), 1, t->before[r]);
	return one(st, q(st, query), n);
}

/* ---- a run ------------------------------------------------------------------------------------- */

void retain_begin(struct retain_run *r, const struct retain_terms *t)
{
	memset(r, 0, sizeof *r);
	r->on = true;
	r->terms = *t;
}

static void next_rule(struct retain_run *r)
{
	r->rule++;
	r->after = 0;
}

/* r->after counts windows through all stages of the rule: their number stands above the ids. */
#define STAGE_BITS 48

static int windows_step(struct store *st, struct retain_run *r, int64_t *n)
{
	size_t i = (size_t)(r->after >> STAGE_BITS);
	int64_t at = r->after & ((INT64_C(1) << STAGE_BITS) - 1), max = 0;
	while (i < STAGES && stages[i].rule != r->rule)
		i++;
	int rc = i < STAGES ? one(st, q(st, stages[i].max), &max) : STORE_OK;
	if (rc != STORE_OK)
		return rc;
	if (i == STAGES) {
		rc = r->rule == RETAIN_ATTENDANCE ? once(st, &r->terms) : STORE_OK;
		next_rule(r);
		return rc;
	}
	rc = window(st, &stages[i], &r->terms, at, n);
	at += WINDOW;
	r->after = at < max ? (int64_t)i << STAGE_BITS | at : (int64_t)(i + 1) << STAGE_BITS;
	return rc;
}

static int leavers_step(struct store *st, struct retain_run *r, int64_t now, int64_t *n)
{
	int rc = roster_forget_numbers(st, r->terms.before[RETAIN_LEAVERS], now, LEAVERS, n);
	if (rc == STORE_OK && *n < LEAVERS)
		next_rule(r);
	return rc;
}

static int audit_step(struct store *st, struct retain_run *r, int64_t now, int64_t *n)
{
	int64_t upto, rows, bad;
	bool done = false;
	if (r->after <= 0) { /* a piece at a time: 0 anew, -1 on */
		int rc = audit_verify_some(st, r->after == 0, &rows, &bad, &done);
		r->after = done ? 1 : -1;
		return rc;
	}
	int rc = audit_prune(st, r->terms.before[RETAIN_AUDIT], "system", now, n, &upto);
	if (rc != STORE_OK || *n < AUDIT_PIECE)
		next_rule(r);
	return rc == STORE_NONE ? STORE_OK : rc;
}

static int record(struct store *st, enum retain_rule rule, int64_t n, int64_t now)
{
	char result[64];
	snprintf(result, sizeof result, "%" PRId64 " rows", n);
	return audit_add(st, now, "system", "retention", retain_name(rule), result, "");
}

static int alone(struct store *st, enum retain_rule rule, int64_t n, int64_t now)
{
	int rc = store_begin(st);
	if (rc != STORE_OK)
		return rc;
	rc = record(st, rule, n, now);
	if (rc == STORE_OK)
		return store_commit(st);
	store_rollback(st);
	return rc;
}

/* A turn of its own: one case and its key. */
static int cases_step(struct store *st, struct retain_run *r, int64_t now, int64_t *n)
{
	int64_t id = 0;
	db_bind_int(q(st, Q_CASE), 1, r->terms.before[RETAIN_CASES]);
	db_bind_int(q(st, Q_CASE), 2, r->after);
	int rc = one(st, q(st, Q_CASE), &id);
	if (rc == STORE_NONE) {
		next_rule(r);
		return r->taken[RETAIN_CASES] ? alone(st, RETAIN_CASES, r->taken[RETAIN_CASES], now) : STORE_OK;
	}
	if (rc == STORE_OK)
		rc = store_anonymise_case(st, id, now);
	r->after = id;
	*n = rc == STORE_OK;
	return rc == STORE_STATE ? STORE_OK : rc; /* a duplicate of it is held: it waits for that */
}

static int piece(struct store *st, struct retain_run *r, int64_t now, int64_t *n)
{
	enum retain_rule rule = r->rule;
	int rc = store_begin(st);
	if (rc != STORE_OK)
		return rc;
	if (rule == RETAIN_LEAVERS)
		rc = leavers_step(st, r, now, n);
	else if (rule == RETAIN_AUDIT)
		rc = audit_step(st, r, now, n);
	else
		rc = windows_step(st, r, n);
	if (rc == STORE_OK && rule == RETAIN_ATTENDANCE && *n > 0)
		rc = store_owe_compact(st);
	/* What was kept and is gone is on record, rule by rule; not the sums of what hangs on it. */
	if (rc == STORE_OK && rule != r->rule && rule != RETAIN_AUDIT && r->taken[rule] + *n > 0)
		rc = record(st, rule, r->taken[rule] + *n, now);
	if (rc == STORE_OK)
		return store_commit(st);
	store_rollback(st);
	return rc;
}

/* What is sealed needs no compact file: its keys are gone.  Facts in clear do, and the rest once a week. */
static int compact(struct store *st, const struct retain_run *r, int64_t now)
{
	char last[24] = "0";
	if (!r->dirty)
		return STORE_OK;
	int rc = store_meta_get(st, "compacted", last, sizeof last);
	if (rc != STORE_OK && rc != STORE_NONE)
		return rc;
	if (!store_needs_compact(st) && strtoll(last, NULL, 10) > now - 7 * 86400)
		return STORE_OK;
	rc = store_compact(st, now, r->terms.compact_max);
	return rc == STORE_BOUND ? STORE_OK : rc;
}

int retain_step(struct store *st, struct retain_run *r, int64_t now)
{
	struct retain_run before = *r;
	int64_t n = 0;
	if (r->rule == RETAIN_RULES) {
		r->on = false;
		return compact(st, r, now);
	}
	enum retain_rule rule = r->rule;
	int rc = rule == RETAIN_CASES ? cases_step(st, r, now, &n) : piece(st, r, now, &n);
	if (rc != STORE_OK) {
		*r = before;
		return rc;
	}
	r->taken[rule] += n;
	r->dirty |= n > 0;
	st->scrub |= n > 0;
	return STORE_OK;
}
