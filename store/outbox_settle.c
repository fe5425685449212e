/* outbox_settle.c - what became of what was handed out: outcomes, delivery reports, and the mending of what a
 * worker or a run left.  Owns no table: outbox, attempts and sms_parts are outbox.c's; may call outbox.c, base.c
 * and the seam. */
#include <stdio.h>
#include <string.h>

#include "store/internal.h"
#include "store/outbox_int.h"

enum {
	Q_ATTEMPT_END, Q_SENT, Q_DELIVERED, Q_DEFER, Q_UNCERTAIN, Q_RETRY, Q_WITHDRAW, Q_DROP, Q_PART,
	Q_FIND_PART, Q_PART_STATUS, Q_PARTS_OPEN, Q_PARTS_ALL, Q_PROVEN, Q_REFUSED, Q_END_LOST, Q_REQUEUE,
	Q_END_UNSURE, Q_UNSURE, Q_EXPIRE, Q_OVERDUE, Q_STEP, Q_PHASE, Q_RELEASE, Q_N
};
static const char *const sql[Q_N] = {
	[Q_ATTEMPT_END] = "UPDATE attempts SET ended = $1, outcome = $2, code = $3, detail = $4 "
			  "WHERE outbox = $5 AND ended IS NULL",
	[Q_SENT] = "UPDATE outbox SET state = 'sent', reason = '', settled = $1 "
		   "WHERE id = $2 AND state = 'submitting' RETURNING attempts",
	[Q_DELIVERED] = "UPDATE outbox SET state = 'delivered', reason = '', settled = $1 "
			"WHERE id = $2 AND (state = 'inflight' OR state = 'sent' OR state = 'uncertain')",
	[Q_DEFER] = "UPDATE outbox SET state = 'queued', not_before = $1, reason = $2, worker = '', "
		    "failures = failures + 1 "
		    "WHERE id = $3 AND state IN ('inflight', 'submitting')",
	[Q_STEP] = "UPDATE outbox SET state = 'queued', not_before = $1, phase = $2, worker = '' "
		   "WHERE id = $3 AND leg = 'http' AND state = 'inflight'",
	[Q_PHASE] = "UPDATE outbox SET phase = $1 WHERE id = $2 AND leg = 'http' AND state = 'inflight'",
	[Q_RELEASE] = "UPDATE outbox SET not_before = $1 WHERE leg = 'http' AND recipient = $2 "
		      "AND state = 'queued' AND failures > 0 AND not_before > $1",
	[Q_UNCERTAIN] = "UPDATE outbox SET state = 'uncertain', reason = $1, settled = $2, worker = '' "
			"WHERE id = $3 AND state = 'submitting'",
	/* An expiry already past would take the row away again at once. */
	[Q_RETRY] = "UPDATE outbox SET state = 'queued', not_before = $1, reason = '', settled = NULL, "
		    "expires = CASE WHEN expires > $1 THEN expires ELSE 0 END "
		    "WHERE id = $2 AND (state IN ('failed', 'dead', 'uncertain') OR "
		    "(state = 'queued' AND leg = 'http' AND not_before > $1))",
	[Q_WITHDRAW] = "UPDATE outbox SET state = 'dropped', reason = $1, settled = $2 WHERE leg = 'sms' "
		       "AND recipient = $3 AND state = 'queued' AND (message IS NULL OR message <> $4)",
	[Q_DROP] = "UPDATE outbox SET state = 'dropped', reason = $1, settled = $2 WHERE id = $3 "
		   "AND state IN ('queued', 'failed', 'dead', 'expired', 'uncertain')",
	[Q_PART] = "INSERT INTO sms_parts (outbox, attempt, part, mr, recipient, sent) "
		   "SELECT id, attempts, $1, $2, recipient, $3 FROM outbox "
		   "WHERE id = $4 AND leg = 'sms' AND state IN ('submitting', 'sent') "
		   "ON CONFLICT (outbox, attempt, part) DO UPDATE SET mr = excluded.mr, "
		   "sent = excluded.sent",
	[Q_FIND_PART] = "SELECT outbox, attempt, part, status, sent FROM sms_parts WHERE recipient = $1 "
			"AND mr = $2 ORDER BY sent DESC, outbox DESC LIMIT 1",
	[Q_PART_STATUS] = "UPDATE sms_parts SET status = $1, reported = $2 "
			  "WHERE outbox = $3 AND attempt = $4 AND part = $5",
	[Q_PARTS_OPEN] = "SELECT count(*) FROM sms_parts WHERE outbox = $1 AND attempt = $2 "
			 "AND (status IS NULL OR status >= 32)",
	[Q_PARTS_ALL] = "SELECT count(*) FROM sms_parts WHERE outbox = $1 AND attempt = $2",
	[Q_PROVEN] = "UPDATE outbox SET state = 'delivered', settled = $1 "
		     "WHERE id = $2 AND attempts = $3 AND state = 'sent'",
	[Q_REFUSED] = "UPDATE outbox SET state = 'failed', reason = $1, settled = $2 "
		      "WHERE id = $3 AND attempts = $4 AND state = 'sent'",
	[Q_END_LOST] = "UPDATE attempts SET ended = $1, outcome = 'lost', detail = 'worker lost' "
		       "WHERE ended IS NULL AND outbox IN (SELECT id FROM outbox "
		       "WHERE leg = 'http' AND state = 'inflight' AND ($2 = '' OR worker = $2))",
	[Q_REQUEUE] = "UPDATE outbox SET state = 'queued', worker = '', reason = 'worker lost' "
		      "WHERE leg = 'http' AND state = 'inflight' AND ($1 = '' OR worker = $1)",
	[Q_END_UNSURE] = "UPDATE attempts SET ended = $1, outcome = 'uncertain', detail = 'worker lost' "
			 "WHERE ended IS NULL AND outbox IN (SELECT id FROM outbox "
			 "WHERE leg = 'sms' AND state = 'submitting' AND ($2 = '' OR worker = $2))",
	[Q_UNSURE] = "UPDATE outbox SET state = 'uncertain', worker = '', reason = 'worker lost', "
		     "settled = $1 WHERE leg = 'sms' AND state = 'submitting' AND ($2 = '' OR worker = $2)",
	[Q_EXPIRE] = "UPDATE outbox SET state = 'expired', reason = 'expired', settled = $1 "
		     "WHERE state = 'queued' AND expires > 0 AND expires <= $1",
	/* What waits for its hour and was never tried is not late before an hour behind that. */
	[Q_OVERDUE] = "UPDATE outbox SET told = 1 WHERE id = (SELECT id FROM outbox WHERE told = 0 "
		      "AND (kind = 'alert' OR alert IS NOT NULL) AND (state = 'queued' OR "
		      "state = 'inflight' OR state = 'submitting' OR state = 'failed' OR state = 'dead' OR "
		      "state = 'expired' OR state = 'uncertain') AND created < $1 "
		      "AND (state <> 'queued' OR attempts > 0 OR not_before < $1) "
		      "ORDER BY created, id LIMIT 1) RETURNING id",
};
const struct sql_family settle_family = { "settle", sql, Q_N };

static struct db_stmt *q(struct store *st, int i)
{
	return st->q[FAM_SETTLE][i];
}

/* ---- outcomes -------------------------------------------------------------------------------- */

static int end_attempt(struct store *st, int64_t id, int64_t now, const char *outcome, int code, const char *detail)
{
	struct db_stmt *s = q(st, Q_ATTEMPT_END);
	db_bind_int(s, 1, now);
	db_bind_text(s, 2, outcome, 16);
	db_bind_int(s, 3, code);
	db_bind_text(s, 4, detail, OUTBOX_REASON_MAX);
	db_bind_int(s, 5, id);
	return base_db(st, db_run(s));
}

/* sent, and each part of that attempt reported as delivered: delivered. */
static int prove(struct store *st, int64_t id, int64_t attempt, int64_t now)
{
	int64_t all = 0, open = 0;
	struct db_stmt *s = q(st, Q_PARTS_ALL);
	db_bind_int(s, 1, id);
	db_bind_int(s, 2, attempt);
	int rc = base_least(st, s, &all);
	if (rc == STORE_OK) {
		s = q(st, Q_PARTS_OPEN);
		db_bind_int(s, 1, id);
		db_bind_int(s, 2, attempt);
		rc = base_least(st, s, &open);
	}
	if (rc != STORE_OK || all == 0 || open > 0)
		return rc;
	s = q(st, Q_PROVEN);
	db_bind_int(s, 1, now);
	db_bind_int(s, 2, id);
	db_bind_int(s, 3, attempt);
	return base_db(st, db_run(s));
}

int outbox_part_sent(struct store *st, int64_t id, int part, int mr, int64_t now)
{
	struct db_stmt *s = q(st, Q_PART);
	db_bind_int(s, 1, part);
	db_bind_int(s, 2, mr);
	db_bind_int(s, 3, now);
	db_bind_int(s, 4, id);
	return base_transition(st, s, "outbox part");
}

int outbox_sent(struct store *st, int64_t id, int64_t now, int mr, const char *detail)
{
	char why[OUTBOX_REASON_MAX];
	int64_t attempt = 0, parts = 0;
	base_cut(why, sizeof why, detail);
	struct db_stmt *s = q(st, Q_SENT);
	db_bind_int(s, 1, now);
	db_bind_int(s, 2, id);
	int rc = base_least(st, s, &attempt);
	if (rc != STORE_OK)
		return rc == STORE_NONE ? base_say(st, STORE_STATE, "outbox: not 'submitting'") : rc;
	rc = end_attempt(st, id, now, "sent", mr, why);
	if (rc == STORE_OK) {
		s = q(st, Q_PARTS_ALL);
		db_bind_int(s, 1, id);
		db_bind_int(s, 2, attempt);
		rc = base_least(st, s, &parts);
	}
	if (rc == STORE_OK && parts == 0 && mr >= 0 && mr <= 255)
		rc = outbox_part_sent(st, id, 1, mr, now);
	/* A delivery report may have overtaken the modem's own answer. */
	return rc == STORE_OK ? prove(st, id, attempt, now) : rc;
}

int outbox_delivered(struct store *st, int64_t id, int64_t now, int code, const char *detail)
{
	char why[OUTBOX_REASON_MAX];
	base_cut(why, sizeof why, detail);
	struct db_stmt *s = q(st, Q_DELIVERED);
	db_bind_int(s, 1, now);
	db_bind_int(s, 2, id);
	int rc = base_transition(st, s, "outbox");
	return rc == STORE_OK ? end_attempt(st, id, now, "delivered", code, why) : rc;
}

int outbox_defer(struct store *st, int64_t id, int64_t now, int64_t not_before, int code,
		 const char *reason)
{
	char why[OUTBOX_REASON_MAX];
	base_cut(why, sizeof why, reason);
	struct db_stmt *s = q(st, Q_DEFER);
	db_bind_int(s, 1, not_before);
	db_bind_text(s, 2, why, sizeof why);
	db_bind_int(s, 3, id);
	int rc = base_transition(st, s, "outbox");
	return rc == STORE_OK ? end_attempt(st, id, now, "deferred", code, why) : rc;
}

int outbox_step(struct store *st, int64_t id, int64_t now, const char *phase, const char *reason)
{
	struct db_stmt *s = q(st, Q_STEP);
	db_bind_int(s, 1, now);
	db_bind_text(s, 2, phase, 16);
	db_bind_int(s, 3, id);
	int rc = base_transition(st, s, "outbox");
	return rc == STORE_OK ? end_attempt(st, id, now, "deferred", 0, reason) : rc;
}

int outbox_phase(struct store *st, int64_t id, const char *phase)
{
	struct db_stmt *s = q(st, Q_PHASE);
	db_bind_text(s, 1, phase, 16);
	db_bind_int(s, 2, id);
	return base_transition(st, s, "outbox");
}

int outbox_release(struct store *st, const char *agency, int64_t now)
{
	struct number_hash to = { .n = 0 };
	int rc = outbox_recipient(st, OUTBOX_HTTP, agency, strlen(agency), &to);
	if (rc != STORE_OK)
		return rc;
	struct db_stmt *s = q(st, Q_RELEASE);
	db_bind_int(s, 1, now);
	db_bind_blob(s, 2, to.of[0], SEAL_HASH);
	return base_db(st, db_run(s));
}

int outbox_fail(struct store *st, int64_t id, int64_t now, const char *state, int code,
		const char *reason)
{
	static const char *const ends[] = { "failed", "dead", "expired", "uncertain" };
	char why[OUTBOX_REASON_MAX];
	size_t i = 0;
	base_cut(why, sizeof why, reason);
	while (i < 4 && strcmp(state, ends[i]) != 0)
		i++;
	if (i == 4)
		return base_say(st, STORE_STATE, "outbox: '%.12s' is no failure", state);
	int rc;
	if (i == 3) {
		struct db_stmt *s = q(st, Q_UNCERTAIN);
		db_bind_text(s, 1, why, sizeof why);
		db_bind_int(s, 2, now);
		db_bind_int(s, 3, id);
		rc = base_transition(st, s, "outbox");
	} else {
		rc = outbox_set_failed(st, id, now, state, why);
	}
	return rc == STORE_OK ? end_attempt(st, id, now, state, code, why) : rc;
}

int outbox_retry(struct store *st, int64_t id, int64_t now)
{
	struct db_stmt *s = q(st, Q_RETRY);
	db_bind_int(s, 1, now);
	db_bind_int(s, 2, id);
	return base_transition(st, s, "outbox");
}

int outbox_drop(struct store *st, int64_t id, int64_t now, const char *reason)
{
	char why[OUTBOX_REASON_MAX];
	base_cut(why, sizeof why, reason);
	struct db_stmt *s = q(st, Q_DROP);
	db_bind_text(s, 1, why, sizeof why);
	db_bind_int(s, 2, now);
	db_bind_int(s, 3, id);
	return base_transition(st, s, "outbox");
}

int outbox_withdraw(struct store *st, const char *number, int64_t but, int64_t now, const char *reason, int64_t *n)
{
	struct number_hash to = { .n = 0 };
	char why[OUTBOX_REASON_MAX];
	int rc = outbox_recipient(st, OUTBOX_SMS, number, strnlen(number, OUTBOX_NUMBER_MAX), &to);
	*n = 0;
	base_cut(why, sizeof why, reason);
	for (size_t i = 0; rc == STORE_OK && i < to.n; i++) {
		struct db_stmt *s = q(st, Q_WITHDRAW);
		db_bind_text(s, 1, why, sizeof why);
		db_bind_int(s, 2, now);
		db_bind_blob(s, 3, to.of[i], SEAL_HASH);
		db_bind_int(s, 4, but);
		rc = base_db(st, db_run(s));
		if (rc == STORE_OK)
			*n += db_changes(st->db);
	}
	return rc;
}

/* ---- delivery reports ------------------------------------------------------------------------ */

static int put_status(struct store *st, int64_t id, int64_t attempt, int64_t part, int status,
		      int64_t now)
{
	struct db_stmt *s = q(st, Q_PART_STATUS);
	db_bind_int(s, 1, status);
	db_bind_int(s, 2, now);
	db_bind_int(s, 3, id);
	db_bind_int(s, 4, attempt);
	db_bind_int(s, 5, part);
	return base_db(st, db_run(s));
}

static int refused(struct store *st, int64_t id, int64_t attempt, int status, int64_t now)
{
	char why[OUTBOX_REASON_MAX];
	snprintf(why, sizeof why, "delivery report 0x%02x", (unsigned)status & 0xff);
	struct db_stmt *s = q(st, Q_REFUSED);
	db_bind_text(s, 1, why, sizeof why);
	db_bind_int(s, 2, now);
	db_bind_int(s, 3, id);
	db_bind_int(s, 4, attempt);
	return base_db(st, db_run(s));
}

struct sent_part {
	int64_t outbox, attempt, part, sent;
	int64_t had; /* its status, -1 = none */
};

/* Into p, if it is a newer one. */
static int newest_part(struct store *st, const uint8_t to[SEAL_HASH], int mr, struct sent_part *p)
{
	struct db_stmt *s = q(st, Q_FIND_PART);
	db_bind_blob(s, 1, to, SEAL_HASH);
	db_bind_int(s, 2, mr);
	int rc = db_step(s);
	if (rc == STORE_OK && db_int(s, 4) > p->sent)
		*p = (struct sent_part){ db_int(s, 0), db_int(s, 1), db_int(s, 2), db_int(s, 4),
					 db_null(s, 3) ? -1 : db_int(s, 3) };
	db_reset(s);
	return rc == STORE_NONE ? STORE_OK : base_db(st, rc);
}

int outbox_report(struct store *st, const char *number, int mr, int status, int64_t now,
		  int64_t *id)
{
	struct number_hash to = { .n = 0 };
	size_t len = strnlen(number, OUTBOX_NUMBER_MAX);
	if (len >= OUTBOX_NUMBER_MAX)
		return base_say(st, STORE_NONE, "no such row");
	int rc = outbox_recipient(st, OUTBOX_SMS, number, len, &to);
	if (rc != STORE_OK)
		return rc;
	struct sent_part p = { .sent = INT64_MIN };
	for (size_t i = 0; rc == STORE_OK && i < to.n; i++)
		rc = newest_part(st, to.of[i], mr, &p);
	if (rc != STORE_OK || p.sent == INT64_MIN)
		return rc == STORE_OK ? base_say(st, STORE_NONE, "no such row") : rc;
	*id = p.outbox;
	/* 3GPP TS 23.040 9.2.3.15: 0x00-0x1f done, 0x20-0x3f still trying, 0x40-0x7f given up.  A word
	 * that is not final takes back none that is; reserved values are kept and change nothing. */
	bool final = status >= 0 && (status < 0x20 || (status >= 0x40 && status < 0x80));
	if (p.had >= 0 && (p.had < 0x20 || p.had >= 0x40) && !final)
		return STORE_OK;
	rc = put_status(st, *id, p.attempt, p.part, status, now);
	if (rc != STORE_OK || !final)
		return rc;
	return status < 0x20 ? prove(st, *id, p.attempt, now) : refused(st, *id, p.attempt, status, now);
}

/* ---- mending --------------------------------------------------------------------------------- */

static int end_and_move(struct store *st, int end, int move, const char *worker, int64_t now,
			int64_t *n)
{
	struct db_stmt *s = q(st, end);
	db_bind_int(s, 1, now);
	db_bind_text(s, 2, worker, 32);
	int rc = base_db(st, db_run(s));
	if (rc != STORE_OK)
		return rc;
	s = q(st, move);
	if (move == Q_UNSURE)
		db_bind_int(s, 1, now);
	db_bind_text(s, move == Q_UNSURE ? 2 : 1, worker, 32);
	rc = base_db(st, db_run(s));
	*n = rc == STORE_OK ? db_changes(st->db) : 0;
	return rc;
}

int outbox_recover(struct store *st, const char *worker, int64_t now, int64_t *http, int64_t *sms)
{
	*http = *sms = 0;
	int rc = end_and_move(st, Q_END_LOST, Q_REQUEUE, worker, now, http);
	return rc == STORE_OK ? end_and_move(st, Q_END_UNSURE, Q_UNSURE, worker, now, sms) : rc;
}

int outbox_expire(struct store *st, int64_t now, int64_t *n)
{
	struct db_stmt *s = q(st, Q_EXPIRE);
	db_bind_int(s, 1, now);
	int rc = base_db(st, db_run(s));
	*n = rc == STORE_OK ? db_changes(st->db) : 0;
	return rc;
}

int outbox_overdue(struct store *st, int64_t before, struct outbox_item *out)
{
	int64_t id = 0;
	struct db_stmt *s = q(st, Q_OVERDUE);
	db_bind_int(s, 1, before);
	int rc = base_least(st, s, &id);
	return rc == STORE_OK ? outbox_load(st, id, out) : rc;
}
