/* erase.c - see erase.h, and store_expire_days of store.h.  Owns legal_holds and erasures; the one file that
 * writes tables of others: what ends with a case is one list here, so that nothing is left in one of them.
 * May call the families, seal.c and the seam.
 *
 * The order matters.  Of a case the key goes first: from then on its texts are unreadable in every
 * copy and backup, and a cut before the rest leaves only ciphertext for the next try.  Of days the
 * rows go first: a key destroyed before its unread texts are sealed anew would lose them. */
#include "store/erase.h"

#include <stdio.h>
#include <string.h>

#include "store/internal.h"

#define ENDED "state IN ('closed', 'duplicate')"
/* Messages that some row of the case came from, or that named it and were asked back, whatever key they were
 * sealed under. */
#define MESSAGES \
	"(SELECT id FROM messages WHERE case_id = $1 " \
	"UNION SELECT message FROM cases WHERE id = $1 AND message IS NOT NULL " \
	"UNION SELECT message FROM followups WHERE case_id = $1 AND message IS NOT NULL " \
	"UNION SELECT message FROM referrals WHERE case_id = $1 AND message IS NOT NULL " \
	"UNION SELECT message FROM tasks WHERE case_id = $1 AND message IS NOT NULL " \
	"UNION SELECT message FROM case_slots WHERE case_id = $1 AND message IS NOT NULL " \
	"UNION SELECT message FROM progress WHERE case_id = $1 AND message IS NOT NULL " \
	"UNION SELECT message FROM returns WHERE case_id = $1 AND message IS NOT NULL " \
	"UNION SELECT message FROM alerts WHERE case_id = $1 AND message IS NOT NULL " \
	"UNION SELECT message FROM readings WHERE keys LIKE '%' || (SELECT code FROM cases WHERE id = $1) || '%')"
#define REFERRALS "(SELECT number FROM referrals WHERE case_id = $1)"
#define TASKS "(SELECT number FROM tasks WHERE case_id = $1)"

/* One list an end, each statement with the case's id as its only parameter, in this order. */
#define BOTH(X) \
	X(DRAFTS, "UPDATE ussd_sessions SET draft = NULL WHERE message IN " MESSAGES) \
	X(OCTETS, "UPDATE segments SET octets = NULL WHERE message IN " MESSAGES) \
	X(TEXTS, "UPDATE messages SET text = NULL WHERE id IN " MESSAGES) \
	X(READINGS, "UPDATE readings SET keys = '', about = '', error = '', notes = NULL WHERE message IN " MESSAGES) \
	X(OUTBOX, "UPDATE outbox SET body = NULL, state = CASE WHEN state IN ('queued', 'failed', 'dead', 'expired', " \
		  "'uncertain') THEN 'dropped' ELSE state END, reason = 'erased' WHERE case_id = $1") \
	X(CONTEXTS, "DELETE FROM contexts WHERE case_code = (SELECT code FROM cases WHERE id = $1)") \
	X(DUES, "DELETE FROM case_dues WHERE case_id = $1") \
	X(CONFIRMS, "DELETE FROM confirmations WHERE case_id = $1 OR other = $1") \
	X(ANSWERS, "DELETE FROM answers WHERE subject IN (SELECT 'R' || CAST(number AS TEXT) FROM referrals WHERE " \
		   "case_id = $1)") \
	X(LINKS, "DELETE FROM links WHERE subject IN (SELECT 'R' || CAST(number AS TEXT) FROM referrals WHERE " \
		 "case_id = $1)") \
	X(DECISIONS, "UPDATE meeting_decisions SET decision = 'set T' || CAST(task AS TEXT) WHERE decision LIKE 'set %' " \
		     "AND task IN " TASKS) \
	X(HELD, "DELETE FROM legal_holds WHERE case_id = $1") \
	X(ERASURES, "DELETE FROM erasures WHERE case_id = $1")
#define ERASE(X) \
	X(ERASED, "UPDATE cases SET concerns = '', zone = '', sex = '', country = '', age = -1, n_children = -1, " \
		  "missing = '', flags = '', school = '', class_name = '', pupil = -1, nrm = '', risk = '', owner = '', " \
		  "urgent = 0, partial = 0, message = NULL WHERE id = $1") \
	X(EVENTS, "DELETE FROM case_events WHERE case_id = $1") \
	X(FOLLOWUPS, "DELETE FROM followups WHERE case_id = $1") \
	X(PROGRESS, "DELETE FROM progress WHERE case_id = $1") \
	X(SLOTS, "DELETE FROM case_slots WHERE case_id = $1") \
	X(RETURNS, "DELETE FROM returns WHERE case_id = $1") \
	X(TOLD, "DELETE FROM referral_told WHERE referral IN " REFERRALS) \
	X(REFERRAL, "DELETE FROM referrals WHERE case_id = $1") \
	X(TASK, "UPDATE tasks SET dedupe = NULL, service = '', assignee = '', message = NULL WHERE case_id = $1") \
	X(ALERTS, "UPDATE alerts SET reason = '', message = NULL WHERE case_id = $1")
/* What is counted stays.  An age becomes the least of its band. */
#define ANONYMISE(X) \
	X(BLANKED, "UPDATE cases SET code = 'X-' || CAST(id AS TEXT), country = '', missing = '', flags = '', school = '', " \
		   "class_name = '', pupil = -1, nrm = '', risk = '', owner = '', message = NULL, age = CASE WHEN age < 0 " \
		   "THEN -1 WHEN age < 6 THEN 0 WHEN age < 12 THEN 6 WHEN age < 15 THEN 12 WHEN age < 18 THEN 15 " \
		   "ELSE 18 END WHERE id = $1") \
	X(HISTORY, "DELETE FROM case_events WHERE case_id = $1 AND what NOT IN ('state', 'closed', 'reopened')") \
	X(NAMELESS, "UPDATE case_events SET who = '', note = NULL WHERE case_id = $1") \
	X(VISITS, "UPDATE followups SET who = '', message = NULL WHERE case_id = $1") \
	X(SCORES, "UPDATE progress SET who = '', flags = '', message = NULL WHERE case_id = $1") \
	X(PLACES, "UPDATE case_slots SET school = '', class_name = '', pupil = -1, was_school = '', was_class = '', " \
		  "was_pupil = -1, who = '', message = NULL WHERE case_id = $1") \
	X(ARRIVALS, "UPDATE returns SET who = '-', country = '', message = NULL WHERE case_id = $1") \
	X(SENT, "UPDATE referrals SET sender = '-', answered_by = '', basis = '', message = NULL WHERE case_id = $1") \
	X(WORK, "UPDATE tasks SET dedupe = NULL, assignee = '', message = NULL WHERE case_id = $1") \
	X(SIGNALS, "UPDATE alerts SET subject = 'X-' || CAST(case_id AS TEXT) || ' ' || CAST(number AS TEXT), reason = '', " \
		   "message = NULL WHERE case_id = $1")

enum {
#define X(NAME, text) Q_##NAME,
	BOTH(X) Q_BOTH_N, Q_ERASE = Q_BOTH_N - 1, ERASE(X) Q_ERASE_N, Q_ANONYMISE = Q_ERASE_N - 1, ANONYMISE(X)
#undef X
	Q_LIST_N, Q_MARK_ERASED = Q_LIST_N, Q_MARK_ANONYMISED, Q_CLOSE, Q_STATE, Q_DUPLICATE, Q_HOLD_ADD, Q_HOLD_END, Q_HOLD_OF, Q_HOLDS,
	Q_ERASURE_ADD, Q_ERASURE_NEXT, Q_ERASURE_DROP, Q_N
};
#define HOLD "id, case_id, at, who, reason"
static const char *const sql[Q_N] = {
#define X(NAME, text) [Q_##NAME] = (text),
	BOTH(X) ERASE(X) ANONYMISE(X)
#undef X
	[Q_MARK_ERASED] = ("UPDATE cases SET erased = $1 WHERE id = $2 AND " ENDED),
	[Q_MARK_ANONYMISED] = ("UPDATE cases SET anonymised = $1 WHERE id = $2 AND erased IS NULL AND " ENDED),
	[Q_CLOSE] = ("UPDATE cases SET state = 'closed' WHERE id = $1 AND NOT " ENDED),
	[Q_STATE] = "SELECT state, code FROM cases WHERE id = $1",
	[Q_DUPLICATE] = ("WITH RECURSIVE became (id) AS (SELECT id FROM cases WHERE merged = $1 UNION SELECT c.id FROM cases c "
			"JOIN became b ON c.merged = b.id) SELECT id FROM became WHERE id > $2 AND id <> $1 ORDER BY id LIMIT 1"),
	[Q_HOLD_ADD] = ("INSERT INTO legal_holds (id, case_id, who, at, reason, released_by) "
		       "VALUES ($1, $2, $3, $4, $5, '')"),
	[Q_HOLD_END] = "UPDATE legal_holds SET released = $1, released_by = $2 WHERE case_id = $3 AND released IS NULL",
	[Q_HOLD_OF] = ("SELECT " HOLD " FROM legal_holds WHERE case_id = $1 AND released IS NULL"),
	[Q_HOLDS] = ("SELECT " HOLD " FROM legal_holds WHERE id > $1 AND released IS NULL ORDER BY id LIMIT $2"),
	[Q_ERASURE_ADD] = "INSERT INTO erasures (case_id, asked_by, confirmed_by, at) VALUES ($1, $2, $3, $4)",
	[Q_ERASURE_NEXT] = "SELECT case_id, asked_by, confirmed_by FROM erasures ORDER BY at, case_id LIMIT 1",
	[Q_ERASURE_DROP] = "DELETE FROM erasures WHERE case_id = $1",
};
const struct sql_family erase_family = { "erase", sql, Q_N };

static struct db_stmt *q(struct store *st, int i)
{
	return st->q[FAM_ERASE][i];
}

static int destroy(struct store *st, enum seal_kind kind, int64_t ref, int64_t now, int64_t *n)
{
	if (!st->seal)
		return base_say(st, STORE_KEY, "opened without keys");
	int rc = seal_destroy(st->seal, kind, ref, now, n);
	return rc == STORE_OK ? rc : base_say(st, rc, "%s", seal_errmsg(st->seal));
}

/* Ends the turn by what came of it. */
static int finish(struct store *st, int rc)
{
	if (rc == STORE_OK)
		return store_commit(st);
	store_rollback(st);
	return rc;
}

/* ---- holds ----------------------------------------------------------------------------------- */

int hold_put(struct store *st, int64_t case_id, const char *who, const char *reason, int64_t now)
{
	uint8_t sealed[HOLD_REASON + SEAL_OVERHEAD];
	struct seal_place p = { "legal_holds.reason", 0 };
	size_t len = strlen(reason);
	if (len >= HOLD_REASON)
		return base_say(st, STORE_BOUND, "a reason of %zu octets", len);
	int rc = base_next_id(st, SEQ_HOLD, &p.row);
	if (rc == STORE_OK)
		rc = base_seal(st, SEAL_CASE, case_id, &p, reason, len, sealed);
	if (rc != STORE_OK)
		return rc;
	struct db_stmt *s = q(st, Q_HOLD_ADD);
	db_bind_int(s, 1, p.row);
	db_bind_int(s, 2, case_id);
	db_bind_text(s, 3, who, 32);
	db_bind_int(s, 4, now);
	db_bind_blob(s, 5, sealed, len + SEAL_OVERHEAD);
	return base_db(st, db_run(s));
}

int hold_release(struct store *st, int64_t case_id, const char *who, int64_t now)
{
	struct db_stmt *s = q(st, Q_HOLD_END);
	db_bind_int(s, 1, now);
	db_bind_text(s, 2, who, 32);
	db_bind_int(s, 3, case_id);
	return base_transition(st, s, "hold");
}

static int load_hold(struct store *st, struct db_stmt *s, void *row)
{
	struct legal_hold *h = row;
	size_t len;
	memset(h, 0, sizeof *h);
	h->id = db_int(s, 0);
	h->case_id = db_int(s, 1);
	h->at = db_int(s, 2);
	db_text(s, 3, h->who, sizeof h->who);
	const struct seal_place p = { "legal_holds.reason", h->id };
	int rc = db_row(s);
	return rc == STORE_OK ? base_unseal(st, s, 4, &p, h->reason, sizeof h->reason, &len, NULL) : rc;
}

int hold_of(struct store *st, int64_t case_id, struct legal_hold *out)
{
	struct db_stmt *s = q(st, Q_HOLD_OF);
	db_bind_int(s, 1, case_id);
	return base_one(st, s, load_hold, out);
}

int hold_list(struct store *st, int64_t after, struct legal_hold *out, size_t max, size_t *n)
{
	struct db_stmt *s = q(st, Q_HOLDS);
	db_bind_int(s, 1, after);
	db_bind_int(s, 2, (int64_t)max);
	return base_many(st, s, load_hold, out, sizeof *out, max, n);
}

/* ---- a case ends ----------------------------------------------------------------------------- */

static int facts(struct store *st, int64_t case_id, char state[16], char code[24])
{
	struct db_stmt *s = q(st, Q_STATE);
	db_bind_int(s, 1, case_id);
	int rc = db_step(s);
	if (rc == STORE_OK) {
		db_text(s, 0, state, 16);
		db_text(s, 1, code, 24);
	}
	db_reset(s);
	return base_db(st, rc);
}

static int may_end(struct store *st, int64_t case_id)
{
	struct legal_hold h;
	char state[16], code[24];
	int rc = facts(st, case_id, state, code);
	if (rc != STORE_OK)
		return rc;
	if (strcmp(state, "closed") != 0 && strcmp(state, "duplicate") != 0)
		return base_say(st, STORE_STATE, "the case is open: close it first");
	rc = hold_of(st, case_id, &h);
	if (rc == STORE_OK)
		return base_say(st, STORE_STATE, "legal hold");
	return rc == STORE_NONE ? STORE_OK : rc;
}

/* The case itself, then each that became it. */
static int next_of(struct store *st, int64_t case_id, int64_t *id)
{
	if (*id == 0) {
		*id = case_id;
		return STORE_OK;
	}
	struct db_stmt *s = q(st, Q_DUPLICATE);
	db_bind_int(s, 1, case_id);
	db_bind_int(s, 2, *id == case_id ? 0 : *id);
	int rc = db_step(s);
	if (rc == STORE_OK)
		*id = db_int(s, 0);
	db_reset(s);
	return base_db(st, rc);
}

static int run_list(struct store *st, int from, int to, int64_t case_id)
{
	int rc = STORE_OK;
	for (int i = from; rc == STORE_OK && i < to; i++) {
		struct db_stmt *s = q(st, i);
		db_bind_int(s, 1, case_id);
		rc = base_db(st, db_run(s));
	}
	return rc;
}

static int blank(struct store *st, int64_t case_id, bool anonymise, int64_t now)
{
	struct db_stmt *s = q(st, anonymise ? Q_MARK_ANONYMISED : Q_MARK_ERASED);
	db_bind_int(s, 1, now);
	db_bind_int(s, 2, case_id);
	int rc = base_transition(st, s, "case");
	/* The messages of the case are found by its rows, so these come last. */
	if (rc == STORE_OK)
		rc = run_list(st, 0, Q_BOTH_N, case_id);
	if (rc != STORE_OK)
		return rc;
	return anonymise ? run_list(st, Q_BLANKED, Q_LIST_N, case_id) : run_list(st, Q_ERASED, Q_ERASE_N, case_id);
}

/* Inside a turn, of its case alone: the rows of it and of its duplicates, then their keys. */
static int end_case(struct store *st, int64_t case_id, bool anonymise, int64_t now)
{
	int64_t id = 0, n;
	int rc = STORE_OK;
	while (rc == STORE_OK && (rc = next_of(st, case_id, &id)) == STORE_OK) {
		rc = may_end(st, id);
		if (rc == STORE_OK)
			rc = blank(st, id, anonymise, now);
	}
	if (rc != STORE_NONE)
		return rc;
	/* An open case, or a held one, was refused by the rows before its key is touched. */
	for (id = 0, rc = store_owe_compact(st); rc == STORE_OK && (rc = next_of(st, case_id, &id)) == STORE_OK;)
		rc = destroy(st, SEAL_CASE, id, now, &n);
	if (rc == STORE_NONE)
		rc = STORE_OK;
	st->scrub |= rc == STORE_OK;
	return rc;
}

int store_forget_case(struct store *st, int64_t case_id, int64_t now)
{
	int rc = store_begin(st);
	return rc == STORE_OK ? finish(st, end_case(st, case_id, false, now)) : rc;
}

int store_anonymise_case(struct store *st, int64_t case_id, int64_t now)
{
	int rc = store_begin(st);
	return rc == STORE_OK ? finish(st, end_case(st, case_id, true, now)) : rc;
}

/* ---- by two persons -------------------------------------------------------------------------- */

int erasure_add(struct store *st, int64_t case_id, const char *asked_by, const char *confirmed_by, int64_t now)
{
	struct db_stmt *s = q(st, Q_ERASURE_ADD);
	st->no_erasures = false;
	db_bind_int(s, 1, case_id);
	db_bind_text(s, 2, asked_by, 32);
	db_bind_text(s, 3, confirmed_by, 32);
	db_bind_int(s, 4, now);
	return base_db(st, db_run(s));
}

static int next_erasure(struct store *st, int64_t *case_id, char asked[32], char confirmed[32])
{
	struct db_stmt *s = q(st, Q_ERASURE_NEXT);
	int rc = db_step(s);
	if (rc == STORE_OK) {
		*case_id = db_int(s, 0);
		db_text(s, 1, asked, 32);
		db_text(s, 2, confirmed, 32);
	}
	db_reset(s);
	return base_db(st, rc);
}

/* Asked after each turn, and nearly always for nothing. */
int erasure_next(struct store *st, int64_t *case_id)
{
	char asked[32], confirmed[32];
	int rc = st->no_erasures ? STORE_NONE : next_erasure(st, case_id, asked, confirmed);
	st->no_erasures = rc == STORE_NONE;
	return rc;
}

/* It waits no more: what stands in the way is on record, and may be asked for again. */
static int refuse(struct store *st, int64_t case_id, const char *code, const char *who, int64_t now)
{
	char why[64];
	base_cut(why, sizeof why, st->err);
	int rc = store_begin(st);
	if (rc != STORE_OK)
		return rc;
	struct db_stmt *s = q(st, Q_ERASURE_DROP);
	db_bind_int(s, 1, case_id);
	rc = base_db(st, db_run(s));
	if (rc == STORE_OK)
		rc = audit_add(st, now, who, "case.erase", code, why, "");
	rc = finish(st, rc);
	return rc == STORE_OK ? base_say(st, STORE_STATE, "%s", why) : rc;
}

int erasure_step(struct store *st, int64_t now, char code[24])
{
	char asked[32], confirmed[32], state[16], result[64];
	int64_t id = 0;
	int rc = store_begin(st);
	if (rc != STORE_OK)
		return rc;
	rc = next_erasure(st, &id, asked, confirmed);
	if (rc == STORE_OK)
		rc = facts(st, id, state, code);
	snprintf(result, sizeof result, "erased, asked by %s", asked);
	if (rc == STORE_OK)
		rc = audit_add(st, now, confirmed, "case.erase", code, result, "");
	if (rc == STORE_OK)
		rc = end_case(st, id, false, now);
	rc = finish(st, rc);
	return rc == STORE_STATE ? refuse(st, id, code, confirmed, now) : rc;
}

/* A case opened after the backup is no row of it. */
int erase_again(struct store *st, int64_t now, int64_t *after)
{
	char state[16], code[24];
	if (!st->seal)
		return base_say(st, STORE_KEY, "opened without keys");
	int rc = seal_next_erased(st->seal, *after, after);
	if (rc != STORE_OK)
		return rc == STORE_NONE ? rc : base_say(st, rc, "%s", seal_errmsg(st->seal));
	rc = store_begin(st);
	if (rc != STORE_OK)
		return rc;
	rc = facts(st, *after, state, code);
	/* Its state may be an earlier one than when it was erased. */
	if (rc == STORE_OK)
		rc = run_list(st, Q_CLOSE, Q_CLOSE + 1, *after);
	if (rc == STORE_OK)
		rc = blank(st, *after, false, now);
	if (rc == STORE_OK)
		rc = store_owe_compact(st);
	if (rc == STORE_NONE)
		rc = STORE_OK;
	return finish(st, rc);
}

/* ---- days ------------------------------------------------------------------------------------ */

int store_expire_days(struct store *st, int64_t before, int64_t now, int64_t *renewed,
		      int64_t *keys)
{
	int64_t day = base_day(before);
	*renewed = *keys = 0;
	if (day > base_day(now))
		return base_say(st, STORE_STATE, "the days to expire are not over yet");
	int rc = store_begin(st);
	if (rc != STORE_OK)
		return rc;
	rc = inbox_renew(st, day * 86400, now, renewed);
	if (rc == STORE_OK)
		rc = outbox_renew(st, day * 86400, now, renewed);
	rc = finish(st, rc);
	if (rc != STORE_OK)
		return rc;
	rc = destroy(st, SEAL_DAY, day, now, keys);
	if (rc == STORE_OK)
		st->scrub = true;
	return rc;
}
