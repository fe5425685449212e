/* outbox.c - what is owed to the outside, and each attempt at it.  Owns outbox, attempts,
 * sms_parts; may call base.c, seal.c and the seam.
 *
 * Fairness: each row gets a turn number when it is added, one more than the recipient's last queued
 * row, but not before the turn now being handed out.  So a recipient with a hundred rows waits
 * behind one with a single row, and the choice is one step along an index. */
#include "store/outbox.h"

#include <stdio.h>
#include <string.h>

#include "store/internal.h"

#define NUMBER_MAX 24
#define REASON_MAX 96
#define SKIP_MAX 64
#define COLUMNS "id, created, alert, message, case_id, expires, not_before, leg, uid, kind, " \
	"event, agency, reporter, state, urgent, attempts, reason, number, body, failures, phase"

enum {
	Q_TURN_NOW, Q_TURN_OF, Q_ADD, Q_LOAD, Q_CANDIDATES, Q_CLAIM, Q_ATTEMPT, Q_ATTEMPT_END, Q_NEXT_DUE,
	Q_SENT, Q_DELIVERED, Q_DEFER, Q_FAIL, Q_UNCERTAIN, Q_RETRY, Q_WITHDRAW, Q_DROP, Q_PART, Q_FIND_PART,
	Q_PART_STATUS, Q_PARTS_OPEN, Q_PARTS_ALL, Q_PROVEN, Q_REFUSED, Q_END_LOST, Q_REQUEUE, Q_END_UNSURE,
	Q_UNSURE, Q_EXPIRE, Q_OVERDUE, Q_LIST, Q_LIST_STATE, Q_LIST_OWED, Q_TRIES, Q_COUNT, Q_OLD,
	Q_RESEAL, Q_HOUR, Q_HOUR_ADD, Q_HOUR_OLD, Q_STEP, Q_PHASE, Q_WAITING, Q_DEAD, Q_RELEASE, Q_HEAD,
	Q_HOLD, Q_ROUTINE, Q_SHIFT, Q_FUTURE, Q_YOUNG, Q_N
};
static const char *const sql[Q_N] = {
	[Q_TURN_NOW] = "SELECT COALESCE(min(turn), 0) FROM outbox WHERE state = 'queued' AND leg = $1",
	[Q_TURN_OF] = "SELECT max(turn) FROM outbox WHERE state = 'queued' AND leg = $1 "
		      "AND recipient = $2",
	[Q_ADD] = "INSERT INTO outbox (id, uid, leg, kind, reporter, number, agency, event, recipient, "
		  "body, alert, message, case_id, urgent, turn, created, not_before, expires, state, "
		  "attempts, worker, reason, told) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, "
		  "$11, $12, $13, $14, $15, $16, $17, $18, 'queued', 0, '', $19, 0)",
	[Q_LOAD] = "SELECT " COLUMNS " FROM outbox WHERE id = $1",
	/* "+ 0" keeps the planner off outbox_due, where it would have to sort all that is due. */
	[Q_CANDIDATES] = "SELECT id, recipient, turn, urgent FROM outbox WHERE state = 'queued' AND leg = $1 "
			 "AND not_before + 0 <= $2 AND (expires = 0 OR expires > $2) "
			 "ORDER BY urgent DESC, turn, id",
	[Q_CLAIM] = "UPDATE outbox SET state = CASE WHEN leg = 'sms' THEN 'submitting' ELSE 'inflight' "
		    "END, attempts = attempts + 1, worker = $1 WHERE id = $2 AND state = 'queued'",
	[Q_ATTEMPT] = "INSERT INTO attempts (outbox, n, worker, started, outcome, code, detail) "
		      "VALUES ($1, $2, $3, $4, '', 0, '')",
	[Q_ATTEMPT_END] = "UPDATE attempts SET ended = $1, outcome = $2, code = $3, detail = $4 "
			  "WHERE outbox = $5 AND ended IS NULL",
	[Q_NEXT_DUE] = "SELECT min(not_before) FROM outbox WHERE state = 'queued' AND leg = $1",
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
	[Q_WAITING] = "SELECT count(*) FROM outbox WHERE leg = 'http' AND recipient = $1 "
		      "AND state IN ('queued', 'inflight')",
	[Q_DEAD] = "SELECT count(*) FROM outbox WHERE leg = 'http' AND state = 'dead' AND agency = $1",
	[Q_RELEASE] = "UPDATE outbox SET not_before = $1 WHERE leg = 'http' AND recipient = $2 "
		      "AND state = 'queued' AND failures > 0 AND not_before > $1",
	[Q_HEAD] = "SELECT not_before, state FROM outbox WHERE leg = 'http' AND recipient = $1 "
		   "AND state IN ('queued', 'inflight') AND urgent = 0 ORDER BY id LIMIT 1",
	[Q_FAIL] = "UPDATE outbox SET state = $1, reason = $2, settled = $3, worker = '' "
		   "WHERE id = $4 AND (state = 'queued' OR state = 'inflight' OR state = 'submitting' OR "
		   "(state = 'sent' AND $1 = 'failed'))",
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
	[Q_FIND_PART] = "SELECT outbox, attempt, part, status FROM sms_parts WHERE recipient = $1 "
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
	[Q_LIST] = "SELECT " COLUMNS " FROM outbox WHERE id > $1 ORDER BY id LIMIT $2",
	[Q_LIST_STATE] = "SELECT " COLUMNS " FROM outbox WHERE state = $1 AND id > $2 ORDER BY id "
			 "LIMIT $3",
	[Q_LIST_OWED] = "SELECT " COLUMNS " FROM outbox WHERE id > $1 AND leg IN ('sms', 'http') AND "
			"state IN ('queued', 'inflight', 'submitting', 'failed', 'dead', 'expired', "
			"'uncertain') ORDER BY id LIMIT $2",
	[Q_TRIES] = "SELECT n, code, started, COALESCE(ended, 0), worker, outcome, detail FROM attempts "
		    "WHERE outbox = $1 ORDER BY n DESC LIMIT $2",
	[Q_OLD] = "SELECT id FROM outbox WHERE id > $1 AND created < $2 AND case_id IS NULL "
		  "AND body IS NOT NULL AND state IN ('queued', 'inflight', 'submitting') "
		  "ORDER BY id LIMIT 1",
	[Q_HOUR] = "SELECT parts, held FROM sms_hours WHERE recipient = $1 AND hour = $2",
	[Q_HOUR_ADD] = "INSERT INTO sms_hours (recipient, hour, parts, held) VALUES ($1, $2, $3, $4) "
		       "ON CONFLICT (recipient, hour) DO UPDATE SET parts = sms_hours.parts + "
		       "excluded.parts, held = CASE WHEN excluded.held = 1 THEN 1 ELSE sms_hours.held END",
	[Q_HOUR_OLD] = "DELETE FROM sms_hours WHERE hour < $1",
	[Q_RESEAL] = "UPDATE outbox SET body = $1 WHERE id = $2",
	[Q_HOLD] = "UPDATE outbox SET not_before = $1, reason = $2 WHERE id = $3 AND state = 'queued'",
	[Q_ROUTINE] = "SELECT id FROM outbox WHERE state = 'queued' AND leg = 'sms' AND recipient = $1 "
		      "AND reporter = $2 AND urgent = 0 AND kind <> 'reply' AND not_before + 0 <= $3 "
		      "AND (expires = 0 OR expires > $3) AND id > $4 ORDER BY id LIMIT 1",
	/* created stays: it tells which day's key the body is under, and so when to seal it anew. */
	[Q_SHIFT] = "UPDATE outbox SET not_before = CASE WHEN not_before > 0 AND not_before + $1 > 0 "
		    "THEN not_before + $1 ELSE not_before END, expires = CASE WHEN expires > 0 AND "
		    "expires + $1 > 0 THEN expires + $1 ELSE expires END WHERE state = 'queued'",
	[Q_YOUNG] = "UPDATE outbox SET created = $1 WHERE state = 'queued' AND created > $1",
	[Q_FUTURE] = "UPDATE outbox SET not_before = CASE WHEN not_before > created THEN not_before - "
		     "created + $1 ELSE 0 END, expires = CASE WHEN expires > 0 THEN expires - created "
		     "+ $1 ELSE 0 END, created = $1 WHERE state = 'queued' AND created > $1",
	[Q_COUNT] = "SELECT count(*) FROM outbox WHERE state = $1 AND leg = $2",
};
const struct sql_family outbox_family = { "outbox", sql, Q_N };

static struct db_stmt *q(struct store *st, int i)
{
	return st->q[FAM_OUTBOX][i];
}

static const char *leg_name(enum outbox_leg leg)
{
	return leg == OUTBOX_SMS ? "sms" : "http";
}

/* ---- adding ---------------------------------------------------------------------------------- */

/* Who a row goes to, as octets: hash of the number, or of the agency. */
static int recipient_of(struct store *st, enum outbox_leg leg, const char *who, size_t len,
			uint8_t out[SEAL_HASH])
{
	return base_hash(st, leg == OUTBOX_SMS ? "number" : "agency", who, len, out);
}

static int next_turn(struct store *st, enum outbox_leg leg, const uint8_t to[SEAL_HASH],
		     int64_t *turn)
{
	struct db_stmt *s;
	int rc;
	if (!st->fair[leg].known) {
		s = q(st, Q_TURN_NOW);
		db_bind_text(s, 1, leg_name(leg), 8);
		rc = db_step(s);
		if (rc != STORE_OK)
			return base_db(st, rc);
		st->fair[leg].now = db_int(s, 0);
		st->fair[leg].known = true;
		db_reset(s);
	}
	s = q(st, Q_TURN_OF);
	db_bind_text(s, 1, leg_name(leg), 8);
	db_bind_blob(s, 2, to, SEAL_HASH);
	rc = db_step(s);
	if (rc != STORE_OK)
		return base_db(st, rc);
	int64_t own = db_null(s, 0) ? 0 : db_int(s, 0) + 1;
	db_reset(s);
	*turn = own > st->fair[leg].now ? own : st->fair[leg].now;
	return STORE_OK;
}

/* Begins with the time, so that rows of one day lie together in its index; 95 random bits follow. */
void outbox_uid(struct store *st, int64_t now, char uid[OUTBOX_UID])
{
	static const char digits[] = "0123456789abcdefghijklmnopqrstuv";
	uint8_t rnd[19];
	seal_random(st->seal, rnd, sizeof rnd);
	memcpy(uid, "msg_", 4);
	for (int i = 0; i < 7; i++)
		uid[4 + i] = digits[(now >> (5 * (6 - i))) & 31];
	for (size_t i = 0; i < sizeof rnd; i++)
		uid[11 + i] = digits[rnd[i] & 31];
	uid[11 + sizeof rnd] = '\0';
}

static int seal_body(struct store *st, const struct outbox_new *o, int64_t now, int64_t id)
{
	const struct seal_place p = { "outbox.body", id };
	return base_seal(st, o->case_id ? SEAL_CASE : SEAL_DAY, o->case_id ? o->case_id : base_day(now),
			 &p, o->body ? o->body : "", o->len, st->scratch);
}

struct prepared {
	int64_t id, turn;
	char uid[40];
	uint8_t to[SEAL_HASH], number[NUMBER_MAX + SEAL_OVERHEAD];
	size_t number_len; /* of the sealed one; 0 = none */
};

static int prepare(struct store *st, const struct outbox_new *o, int64_t now, struct prepared *p)
{
	bool sms = o->leg == OUTBOX_SMS;
	const char *who = sms ? o->number : o->agency;
	size_t len = who ? strnlen(who, NUMBER_MAX) : 0;
	if (len == 0 || len >= NUMBER_MAX || o->len >= OUTBOX_BODY_MAX)
		return base_say(st, STORE_BOUND, "outbox: recipient or body of a length not allowed");
	int rc = recipient_of(st, o->leg, who, len, p->to);
	if (rc == STORE_OK)
		rc = next_turn(st, o->leg, p->to, &p->turn);
	if (rc == STORE_OK)
		rc = base_next_id(st, SEQ_OUTBOX, &p->id);
	if (rc == STORE_OK && sms) {
		const struct seal_place at = { "outbox.number", p->id };
		rc = base_seal(st, SEAL_ROSTER, 0, &at, who, len, p->number);
		p->number_len = len + SEAL_OVERHEAD;
	}
	if (rc == STORE_OK)
		rc = seal_body(st, o, now, p->id);
	if (o->uid)
		snprintf(p->uid, sizeof p->uid, "%s", o->uid);
	else
		outbox_uid(st, now, p->uid);
	return rc;
}

int outbox_add(struct store *st, const struct outbox_new *o, int64_t now, int64_t *id, char *uid,
	       size_t umax)
{
	struct prepared p = { .number_len = 0 };
	int rc = prepare(st, o, now, &p);
	if (rc == STORE_OK && uid && umax <= strlen(p.uid))
		rc = base_say(st, STORE_BOUND, "outbox: uid does not fit");
	if (rc != STORE_OK)
		return rc;
	struct db_stmt *s = q(st, Q_ADD);
	db_bind_int(s, 1, p.id);
	db_bind_text(s, 2, p.uid, sizeof p.uid);
	db_bind_text(s, 3, leg_name(o->leg), 8);
	db_bind_text(s, 4, o->kind, 12);
	db_bind_text(s, 5, o->reporter, ROSTER_ID);
	db_bind_blob(s, 6, p.number_len ? p.number : NULL, p.number_len);
	db_bind_text(s, 7, o->agency, 12);
	db_bind_text(s, 8, o->event, 32);
	db_bind_blob(s, 9, p.to, sizeof p.to);
	db_bind_blob(s, 10, st->scratch, o->len + SEAL_OVERHEAD);
	db_bind_ref(s, 11, o->alert);
	db_bind_ref(s, 12, o->message);
	db_bind_ref(s, 13, o->case_id);
	db_bind_int(s, 14, o->urgent);
	db_bind_int(s, 15, p.turn);
	db_bind_int(s, 16, now);
	db_bind_int(s, 17, o->not_before);
	db_bind_int(s, 18, o->expires);
	db_bind_text(s, 19, o->reason ? o->reason : "", REASON_MAX);
	rc = base_db(st, db_run(s));
	if (rc != STORE_OK)
		return rc;
	*id = p.id;
	if (uid)
		memcpy(uid, p.uid, strlen(p.uid) + 1);
	return STORE_OK;
}

/* ---- reading --------------------------------------------------------------------------------- */

static int load_row(struct store *st, struct db_stmt *s, struct outbox_item *o, bool body,
		    bool *gone)
{
	char leg[8];
	size_t len;
	o->id = db_int(s, 0);
	o->created = db_int(s, 1);
	o->alert = db_int(s, 2);
	o->message = db_int(s, 3);
	o->case_id = db_int(s, 4);
	o->expires = db_int(s, 5);
	o->not_before = db_int(s, 6);
	db_text(s, 7, leg, sizeof leg);
	o->leg = strcmp(leg, "sms") == 0 ? OUTBOX_SMS : OUTBOX_HTTP;
	db_text(s, 8, o->uid, sizeof o->uid);
	db_text(s, 9, o->kind, sizeof o->kind);
	db_text(s, 10, o->event, sizeof o->event);
	db_text(s, 11, o->agency, sizeof o->agency);
	db_text(s, 12, o->reporter, sizeof o->reporter);
	db_text(s, 13, o->state, sizeof o->state);
	o->urgent = db_int(s, 14) != 0;
	o->attempts = (int)db_int(s, 15);
	db_text(s, 16, o->reason, sizeof o->reason);
	o->failures = (int)db_int(s, 19);
	db_text(s, 20, o->phase, sizeof o->phase);
	o->body[0] = '\0';
	o->len = 0;
	const struct seal_place number = { "outbox.number", o->id }, at = { "outbox.body", o->id };
	int rc = base_db(st, db_row(s));
	if (rc == STORE_OK)
		rc = base_unseal(st, s, 17, &number, o->number, sizeof o->number, &len, NULL);
	if (rc == STORE_OK && body)
		rc = base_unseal(st, s, 18, &at, o->body, sizeof o->body, &o->len, gone);
	return rc;
}

static int load(struct store *st, int64_t id, struct outbox_item *out, bool *gone)
{
	struct db_stmt *s = q(st, Q_LOAD);
	db_bind_int(s, 1, id);
	int rc = db_step(s);
	if (rc != STORE_OK)
		return base_db(st, rc);
	rc = load_row(st, s, out, true, gone);
	*gone = *gone || db_null(s, 18);
	db_reset(s);
	return rc;
}

int outbox_load(struct store *st, int64_t id, struct outbox_item *out)
{
	bool gone = false;
	return load(st, id, out, &gone);
}

static int list(struct store *st, struct db_stmt *s, int i, int64_t after, struct outbox_item *out, size_t max,
		size_t *n)
{
	int rc = STORE_NONE;
	*n = 0;
	db_bind_int(s, i, after);
	db_bind_int(s, i + 1, (int64_t)max);
	while (*n < max && (rc = db_step(s)) == STORE_OK) {
		rc = load_row(st, s, &out[*n], false, NULL);
		if (rc != STORE_OK) {
			db_reset(s);
			return rc;
		}
		++*n;
	}
	db_reset(s);
	return rc == STORE_NONE ? STORE_OK : base_db(st, rc);
}

int outbox_list(struct store *st, const char *state, int64_t after, struct outbox_item *out, size_t max, size_t *n)
{
	struct db_stmt *s = q(st, state ? Q_LIST_STATE : Q_LIST);
	if (state)
		db_bind_text(s, 1, state, 12);
	return list(st, s, state ? 2 : 1, after, out, max, n);
}

int outbox_owed(struct store *st, int64_t after, struct outbox_item *out, size_t max, size_t *n)
{
	return list(st, q(st, Q_LIST_OWED), 1, after, out, max, n);
}

int outbox_tries(struct store *st, int64_t id, struct outbox_try *out, size_t max, size_t *n)
{
	struct db_stmt *s = q(st, Q_TRIES);
	int rc = STORE_NONE;
	*n = 0;
	db_bind_int(s, 1, id);
	db_bind_int(s, 2, (int64_t)max);
	while (*n < max && (rc = db_step(s)) == STORE_OK) {
		struct outbox_try *t = &out[(*n)++];
		t->n = (int)db_int(s, 0);
		t->code = (int)db_int(s, 1);
		t->started = db_int(s, 2);
		t->ended = db_int(s, 3);
		db_text(s, 4, t->worker, sizeof t->worker);
		db_text(s, 5, t->outcome, sizeof t->outcome);
		db_text(s, 6, t->detail, sizeof t->detail);
	}
	db_reset(s);
	return rc == STORE_NONE ? STORE_OK : base_db(st, rc);
}

static int one_int(struct store *st, struct db_stmt *s, int64_t *value)
{
	int rc = db_step(s);
	if (rc == STORE_OK) {
		*value = db_int(s, 0);
		rc = db_null(s, 0) ? STORE_NONE : STORE_OK;
	}
	db_reset(s);
	return base_db(st, rc);
}

int outbox_next_due(struct store *st, enum outbox_leg leg, int64_t *at)
{
	struct db_stmt *s = q(st, Q_NEXT_DUE);
	db_bind_text(s, 1, leg_name(leg), 8);
	return one_int(st, s, at);
}

int outbox_of_agency(struct store *st, const char *agency, int64_t *waiting, int64_t *dead)
{
	uint8_t to[SEAL_HASH];
	int rc = recipient_of(st, OUTBOX_HTTP, agency, strlen(agency), to);
	if (rc != STORE_OK)
		return rc;
	db_bind_blob(q(st, Q_WAITING), 1, to, sizeof to);
	rc = one_int(st, q(st, Q_WAITING), waiting);
	db_bind_text(q(st, Q_DEAD), 1, agency, 12);
	return rc == STORE_OK ? one_int(st, q(st, Q_DEAD), dead) : rc;
}

int outbox_count(struct store *st, enum outbox_leg leg, const char *state, int64_t *n)
{
	struct db_stmt *s = q(st, Q_COUNT);
	db_bind_text(s, 1, state, 12);
	db_bind_text(s, 2, leg_name(leg), 8);
	return one_int(st, s, n);
}

/* ---- claiming -------------------------------------------------------------------------------- */

struct skip {
	size_t n;
	uint8_t to[SKIP_MAX][SEAL_HASH];
};

static int read_skip(struct store *st, enum outbox_leg leg, const char *words, struct skip *skip)
{
	skip->n = 0;
	while (words && *words) {
		size_t len = strcspn(words, " ");
		if (len && skip->n == SKIP_MAX)
			return base_say(st, STORE_BOUND, "outbox: more than %d to skip", SKIP_MAX);
		int rc = len ? recipient_of(st, leg, words, len, skip->to[skip->n++]) : STORE_OK;
		if (rc != STORE_OK)
			return rc;
		words += len + (words[len] == ' ');
	}
	return STORE_OK;
}

static bool named(const struct skip *skip, struct db_stmt *s)
{
	size_t n;
	const void *to = db_blob(s, 1, &n);
	for (size_t i = 0; to && n == SEAL_HASH && i < skip->n; i++) {
		if (memcmp(to, skip->to[i], SEAL_HASH) == 0)
			return true;
	}
	return false;
}

/* pass[0]: whoever is named waits; pass[1]: unless it is urgent. */
static bool skipped(const struct skip pass[2], struct db_stmt *s)
{
	return named(&pass[0], s) || (pass[1].n > 0 && db_int(s, 3) == 0 && named(&pass[1], s));
}

static int choose(struct store *st, enum outbox_leg leg, int64_t now, const struct skip pass[2],
		  int64_t *id, int64_t *turn)
{
	struct db_stmt *s = q(st, Q_CANDIDATES);
	int rc;
	db_bind_text(s, 1, leg_name(leg), 8);
	db_bind_int(s, 2, now);
	while ((rc = db_step(s)) == STORE_OK && skipped(pass, s))
		;
	if (rc == STORE_OK) {
		*id = db_int(s, 0);
		*turn = db_int(s, 2);
	}
	db_reset(s);
	return base_db(st, rc);
}

static int end_attempt(struct store *st, int64_t id, int64_t now, const char *outcome, int code,
		       const char *detail)
{
	struct db_stmt *s = q(st, Q_ATTEMPT_END);
	db_bind_int(s, 1, now);
	db_bind_text(s, 2, outcome, 16);
	db_bind_int(s, 3, code);
	db_bind_text(s, 4, detail, REASON_MAX);
	db_bind_int(s, 5, id);
	return base_db(st, db_run(s));
}

static int take(struct store *st, int64_t id, int64_t now, const char *worker, int attempt)
{
	struct db_stmt *s = q(st, Q_CLAIM);
	db_bind_text(s, 1, worker, 32);
	db_bind_int(s, 2, id);
	int rc = base_transition(st, s, "outbox");
	if (rc != STORE_OK)
		return rc;
	s = q(st, Q_ATTEMPT);
	db_bind_int(s, 1, id);
	db_bind_int(s, 2, attempt);
	db_bind_text(s, 3, worker, 32);
	db_bind_int(s, 4, now);
	return base_db(st, db_run(s));
}

static int set_failed(struct store *st, int64_t id, int64_t now, const char *state,
		      const char *reason)
{
	struct db_stmt *s = q(st, Q_FAIL);
	db_bind_text(s, 1, state, 12);
	db_bind_text(s, 2, reason, REASON_MAX);
	db_bind_int(s, 3, now);
	db_bind_int(s, 4, id);
	return base_transition(st, s, "outbox");
}

static int claim(struct store *st, enum outbox_leg leg, int64_t now, const char *worker,
		 const char *skip, const char *hold, struct outbox_item *out)
{
	struct skip pass[2];
	int64_t id = 0, turn = 0;
	int rc = read_skip(st, leg, skip, &pass[0]);
	if (rc == STORE_OK)
		rc = read_skip(st, leg, hold, &pass[1]);
	while (rc == STORE_OK && (rc = choose(st, leg, now, pass, &id, &turn)) == STORE_OK) {
		bool gone = false;
		rc = load(st, id, out, &gone);
		if (rc == STORE_OK && !gone)
			break;
		if (rc != STORE_OK && rc != STORE_KEY && rc != STORE_BOUND)
			return rc;
		/* Erased with its case, or damaged: shown to a person, and no stop to those behind it. */
		rc = set_failed(st, id, now, "failed", gone ? "erased" : "does not open");
	}
	if (rc != STORE_OK)
		return rc;
	st->fair[leg].now = turn > st->fair[leg].now || !st->fair[leg].known ? turn : st->fair[leg].now;
	st->fair[leg].known = true;
	rc = take(st, id, now, worker, out->attempts + 1);
	if (rc != STORE_OK)
		return rc;
	out->attempts++;
	snprintf(out->state, sizeof out->state, "%s", leg == OUTBOX_SMS ? "submitting" : "inflight");
	return STORE_OK;
}

int outbox_claim(struct store *st, enum outbox_leg leg, int64_t now, const char *worker,
		 const char *skip, struct outbox_item *out)
{
	return claim(st, leg, now, worker, skip, NULL, out);
}

int outbox_claim_http(struct store *st, int64_t now, const char *worker, const char *skip,
		      const char *hold, struct outbox_item *out)
{
	return claim(st, OUTBOX_HTTP, now, worker, skip, hold, out);
}

int outbox_head(struct store *st, const char *agency, int64_t *not_before, bool *in_hand)
{
	uint8_t to[SEAL_HASH];
	char state[12] = "";
	int rc = recipient_of(st, OUTBOX_HTTP, agency, strlen(agency), to);
	if (rc != STORE_OK)
		return rc;
	struct db_stmt *s = q(st, Q_HEAD);
	db_bind_blob(s, 1, to, sizeof to);
	rc = db_step(s);
	if (rc == STORE_OK) {
		*not_before = db_int(s, 0);
		db_text(s, 1, state, sizeof state);
		*in_hand = strcmp(state, "inflight") == 0;
	}
	db_reset(s);
	return base_db(st, rc);
}

int outbox_peek(struct store *st, enum outbox_leg leg, int64_t now, const char *skip,
		struct outbox_item *out)
{
	struct skip pass[2] = { { .n = 0 }, { .n = 0 } };
	int64_t id = 0, turn = 0;
	bool gone = false;
	int rc = read_skip(st, leg, skip, &pass[0]);
	if (rc == STORE_OK)
		rc = choose(st, leg, now, pass, &id, &turn);
	if (rc == STORE_OK)
		rc = load(st, id, out, &gone);
	if (rc != STORE_KEY && rc != STORE_BOUND)
		return rc;
	out->number[0] = '\0'; /* claiming sets it aside */
	return STORE_OK;
}

/* ---- waiting --------------------------------------------------------------------------------- */

int outbox_hold(struct store *st, int64_t id, int64_t not_before, const char *reason)
{
	char why[REASON_MAX];
	base_cut(why, sizeof why, reason);
	struct db_stmt *s = q(st, Q_HOLD);
	db_bind_int(s, 1, not_before);
	db_bind_text(s, 2, why, sizeof why);
	db_bind_int(s, 3, id);
	return base_transition(st, s, "outbox");
}

int outbox_routine(struct store *st, const struct outbox_item *like, int64_t now, int64_t after,
		   struct outbox_item *out)
{
	uint8_t to[SEAL_HASH];
	bool gone = false;
	int64_t id = 0;
	int rc = recipient_of(st, OUTBOX_SMS, like->number, strnlen(like->number, NUMBER_MAX), to);
	if (rc != STORE_OK)
		return rc;
	struct db_stmt *s = q(st, Q_ROUTINE);
	db_bind_blob(s, 1, to, sizeof to);
	db_bind_text(s, 2, like->reporter, ROSTER_ID);
	db_bind_int(s, 3, now);
	db_bind_int(s, 4, after);
	rc = one_int(st, s, &id);
	if (rc != STORE_OK)
		return rc;
	rc = load(st, id, out, &gone);
	/* One that does not open is the claim's to set aside. */
	return rc == STORE_OK && gone ? STORE_NONE : rc == STORE_KEY || rc == STORE_BOUND ? STORE_NONE : rc;
}

int outbox_take(struct store *st, struct outbox_item *item, int64_t now, const char *worker)
{
	int rc = take(st, item->id, now, worker, item->attempts + 1);
	if (rc != STORE_OK)
		return rc;
	item->attempts++;
	snprintf(item->state, sizeof item->state, "submitting");
	return STORE_OK;
}

int outbox_shift(struct store *st, int64_t now, int64_t seconds)
{
	struct db_stmt *s = q(st, Q_SHIFT);
	db_bind_int(s, 1, seconds);
	int rc = base_db(st, db_run(s));
	if (rc != STORE_OK)
		return rc;
	s = q(st, Q_YOUNG);
	db_bind_int(s, 1, now);
	return base_db(st, db_run(s));
}

int outbox_future(struct store *st, int64_t now)
{
	struct db_stmt *s = q(st, Q_FUTURE);
	db_bind_int(s, 1, now);
	return base_db(st, db_run(s));
}

/* ---- so many an hour ------------------------------------------------------------------------- */

static int hour_bind(struct store *st, struct db_stmt *s, const char *number, int64_t now,
		     uint8_t to[SEAL_HASH])
{
	int rc = recipient_of(st, OUTBOX_SMS, number, strlen(number), to);
	if (rc != STORE_OK)
		return rc;
	db_bind_blob(s, 1, to, SEAL_HASH);
	db_bind_int(s, 2, now / 3600);
	return STORE_OK;
}

int outbox_hour(struct store *st, const char *number, int64_t now, int64_t *parts, bool *held)
{
	uint8_t to[SEAL_HASH];
	struct db_stmt *s = q(st, Q_HOUR);
	*parts = 0;
	*held = false;
	int rc = hour_bind(st, s, number, now, to);
	if (rc != STORE_OK)
		return rc;
	rc = db_step(s);
	if (rc == STORE_OK) {
		*parts = db_int(s, 0);
		*held = db_int(s, 1) != 0;
	}
	db_reset(s);
	return rc == STORE_NONE ? STORE_OK : base_db(st, rc);
}

int outbox_hour_add(struct store *st, const char *number, int64_t now, int parts, bool held)
{
	uint8_t to[SEAL_HASH];
	struct db_stmt *s = q(st, Q_HOUR_OLD);
	db_bind_int(s, 1, now / 3600);
	int rc = base_db(st, db_run(s));
	if (rc != STORE_OK)
		return rc;
	s = q(st, Q_HOUR_ADD);
	rc = hour_bind(st, s, number, now, to);
	if (rc != STORE_OK)
		return rc;
	db_bind_int(s, 3, parts);
	db_bind_int(s, 4, held);
	return base_db(st, db_run(s));
}

/* ---- outcomes -------------------------------------------------------------------------------- */

/* sent, and each part of that attempt reported as delivered: delivered. */
static int prove(struct store *st, int64_t id, int64_t attempt, int64_t now)
{
	int64_t all = 0, open = 0;
	struct db_stmt *s = q(st, Q_PARTS_ALL);
	db_bind_int(s, 1, id);
	db_bind_int(s, 2, attempt);
	int rc = one_int(st, s, &all);
	if (rc == STORE_OK) {
		s = q(st, Q_PARTS_OPEN);
		db_bind_int(s, 1, id);
		db_bind_int(s, 2, attempt);
		rc = one_int(st, s, &open);
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
	char why[REASON_MAX];
	int64_t attempt = 0, parts = 0;
	base_cut(why, sizeof why, detail);
	struct db_stmt *s = q(st, Q_SENT);
	db_bind_int(s, 1, now);
	db_bind_int(s, 2, id);
	int rc = one_int(st, s, &attempt);
	if (rc != STORE_OK)
		return rc == STORE_NONE ? base_say(st, STORE_STATE, "outbox: not 'submitting'") : rc;
	rc = end_attempt(st, id, now, "sent", mr, why);
	if (rc == STORE_OK) {
		s = q(st, Q_PARTS_ALL);
		db_bind_int(s, 1, id);
		db_bind_int(s, 2, attempt);
		rc = one_int(st, s, &parts);
	}
	if (rc == STORE_OK && parts == 0 && mr >= 0 && mr <= 255)
		rc = outbox_part_sent(st, id, 1, mr, now);
	/* A delivery report may have overtaken the modem's own answer. */
	return rc == STORE_OK ? prove(st, id, attempt, now) : rc;
}

int outbox_delivered(struct store *st, int64_t id, int64_t now, int code, const char *detail)
{
	char why[REASON_MAX];
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
	char why[REASON_MAX];
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
	uint8_t to[SEAL_HASH];
	int rc = recipient_of(st, OUTBOX_HTTP, agency, strlen(agency), to);
	if (rc != STORE_OK)
		return rc;
	struct db_stmt *s = q(st, Q_RELEASE);
	db_bind_int(s, 1, now);
	db_bind_blob(s, 2, to, sizeof to);
	return base_db(st, db_run(s));
}

int outbox_fail(struct store *st, int64_t id, int64_t now, const char *state, int code,
		const char *reason)
{
	static const char *const ends[] = { "failed", "dead", "expired", "uncertain" };
	char why[REASON_MAX];
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
		rc = set_failed(st, id, now, state, why);
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
	char why[REASON_MAX];
	base_cut(why, sizeof why, reason);
	struct db_stmt *s = q(st, Q_DROP);
	db_bind_text(s, 1, why, sizeof why);
	db_bind_int(s, 2, now);
	db_bind_int(s, 3, id);
	return base_transition(st, s, "outbox");
}

int outbox_withdraw(struct store *st, const char *number, int64_t but, int64_t now, const char *reason, int64_t *n)
{
	uint8_t to[SEAL_HASH];
	char why[REASON_MAX];
	int rc = recipient_of(st, OUTBOX_SMS, number, strnlen(number, NUMBER_MAX), to);
	*n = 0;
	if (rc != STORE_OK)
		return rc;
	base_cut(why, sizeof why, reason);
	struct db_stmt *s = q(st, Q_WITHDRAW);
	db_bind_text(s, 1, why, sizeof why);
	db_bind_int(s, 2, now);
	db_bind_blob(s, 3, to, sizeof to);
	db_bind_int(s, 4, but);
	rc = db_run(s);
	if (rc == STORE_OK)
		*n = db_changes(st->db);
	return base_db(st, rc);
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
	char why[REASON_MAX];
	snprintf(why, sizeof why, "delivery report 0x%02x", (unsigned)status & 0xff);
	struct db_stmt *s = q(st, Q_REFUSED);
	db_bind_text(s, 1, why, sizeof why);
	db_bind_int(s, 2, now);
	db_bind_int(s, 3, id);
	db_bind_int(s, 4, attempt);
	return base_db(st, db_run(s));
}

int outbox_report(struct store *st, const char *number, int mr, int status, int64_t now,
		  int64_t *id)
{
	uint8_t to[SEAL_HASH];
	size_t len = strnlen(number, NUMBER_MAX);
	if (len >= NUMBER_MAX)
		return base_say(st, STORE_NONE, "no such row");
	int rc = recipient_of(st, OUTBOX_SMS, number, len, to);
	if (rc != STORE_OK)
		return rc;
	struct db_stmt *s = q(st, Q_FIND_PART);
	db_bind_blob(s, 1, to, sizeof to);
	db_bind_int(s, 2, mr);
	rc = db_step(s);
	if (rc != STORE_OK)
		return base_db(st, rc);
	*id = db_int(s, 0);
	int64_t attempt = db_int(s, 1), part = db_int(s, 2);
	int64_t had = db_null(s, 3) ? -1 : db_int(s, 3);
	db_reset(s);
	/* 3GPP TS 23.040 9.2.3.15: 0x00-0x1f done, 0x20-0x3f still trying, 0x40-0x7f given up.  A word
	 * that is not final takes back none that is; reserved values are kept and change nothing. */
	bool final = status >= 0 && (status < 0x20 || (status >= 0x40 && status < 0x80));
	if (had >= 0 && (had < 0x20 || had >= 0x40) && !final)
		return STORE_OK;
	rc = put_status(st, *id, attempt, part, status, now);
	if (rc != STORE_OK || !final)
		return rc;
	return status < 0x20 ? prove(st, *id, attempt, now) : refused(st, *id, attempt, status, now);
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
	int rc = one_int(st, s, &id);
	return rc == STORE_OK ? outbox_load(st, id, out) : rc;
}

/* ---- keys that end --------------------------------------------------------------------------- */

static int reseal(struct store *st, int64_t id, int64_t now)
{
	const struct seal_place p = { "outbox.body", id };
	char body[OUTBOX_BODY_MAX];
	size_t len;
	bool gone;
	struct db_stmt *s = q(st, Q_LOAD);
	db_bind_int(s, 1, id);
	int rc = db_step(s);
	if (rc != STORE_OK)
		return base_db(st, rc);
	rc = base_unseal(st, s, 18, &p, body, sizeof body, &len, &gone);
	db_reset(s);
	if (rc == STORE_OK && !gone)
		rc = base_seal(st, SEAL_DAY, base_day(now), &p, body, len, st->scratch);
	seal_wipe(body, sizeof body);
	if (rc != STORE_OK || gone)
		return rc;
	s = q(st, Q_RESEAL);
	db_bind_blob(s, 1, st->scratch, len + SEAL_OVERHEAD);
	db_bind_int(s, 2, id);
	return base_db(st, db_run(s));
}

int outbox_renew(struct store *st, int64_t before, int64_t now, int64_t *n)
{
	int64_t id = 0;
	int rc = STORE_OK;
	while (rc == STORE_OK) {
		struct db_stmt *s = q(st, Q_OLD);
		db_bind_int(s, 1, id);
		db_bind_int(s, 2, before);
		rc = one_int(st, s, &id);
		if (rc == STORE_OK)
			rc = reseal(st, id, now);
		*n += rc == STORE_OK;
	}
	return rc == STORE_NONE ? STORE_OK : rc;
}
