/* outbox.c - what is owed to the outside: adding, reading, handing out, waiting; what became of it is
 * outbox_settle.c's.  Owns outbox, attempts, sms_hours, sms_parts; may call base.c, seal.c and the seam.
 *
 * Fairness: each row gets a turn number when it is added, one more than the recipient's last queued
 * row, but not before the turn now being handed out.  So a recipient with a hundred rows waits
 * behind one with a single row, and the choice is one step along an index. */
#include "store/outbox.h"

#include <stdio.h>
#include <string.h>

#include "store/internal.h"
#include "store/outbox_int.h"

#define SKIP_MAX 64
#define COLUMNS "id, created, alert, message, case_id, expires, not_before, leg, uid, kind, " \
	"event, agency, reporter, state, urgent, attempts, reason, number, body, failures, phase"

enum {
	Q_TURN_NOW, Q_TURN_OF, Q_ADD, Q_LOAD, Q_CANDIDATES, Q_CLAIM, Q_ATTEMPT, Q_NEXT_DUE, Q_FAIL, Q_LIST,
	Q_LIST_STATE, Q_LIST_OWED, Q_TRIES, Q_COUNT, Q_OLD, Q_RESEAL, Q_HOUR, Q_HOUR_MOVE, Q_HOUR_ADD, Q_HOUR_OLD,
	Q_WAITING, Q_DEAD, Q_HEAD, Q_HOLD, Q_ROUTINE, Q_SHIFT, Q_FUTURE, Q_YOUNG, Q_N
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
	[Q_NEXT_DUE] = "SELECT min(not_before) FROM outbox WHERE state = 'queued' AND leg = $1",
	[Q_WAITING] = "SELECT count(*) FROM outbox WHERE leg = 'http' AND recipient = $1 "
		      "AND state IN ('queued', 'inflight')",
	[Q_DEAD] = "SELECT count(*) FROM outbox WHERE leg = 'http' AND state = 'dead' AND agency = $1",
	[Q_HEAD] = "SELECT not_before, state FROM outbox WHERE leg = 'http' AND recipient = $1 "
		   "AND state IN ('queued', 'inflight') AND urgent = 0 ORDER BY id LIMIT 1",
	[Q_FAIL] = "UPDATE outbox SET state = $1, reason = $2, settled = $3, worker = '' "
		   "WHERE id = $4 AND (state = 'queued' OR state = 'inflight' OR state = 'submitting' OR "
		   "(state = 'sent' AND $1 = 'failed'))",
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
	[Q_HOUR_MOVE] = "UPDATE sms_hours SET recipient = $1, keyed = $2 WHERE recipient = $3",
	[Q_HOUR_ADD] = "INSERT INTO sms_hours (recipient, hour, parts, held, keyed) VALUES ($1, $2, $3, $4, $5) "
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

int outbox_recipient(struct store *st, enum outbox_leg leg, const char *who, size_t len, struct number_hash *out)
{
	if (leg == OUTBOX_SMS)
		return base_hash_number(st, "number", who, len, out);
	out->n = 1;
	return base_hash(st, "agency", who, len, out->of[0]);
}

static int next_turn(struct store *st, enum outbox_leg leg, const struct number_hash *to, int64_t *turn)
{
	struct db_stmt *s;
	int64_t own = 0;
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
	for (size_t i = 0; i < to->n; i++) {
		s = q(st, Q_TURN_OF);
		db_bind_text(s, 1, leg_name(leg), 8);
		db_bind_blob(s, 2, to->of[i], SEAL_HASH);
		rc = db_step(s);
		if (rc != STORE_OK)
			return base_db(st, rc);
		if (!db_null(s, 0) && db_int(s, 0) >= own)
			own = db_int(s, 0) + 1;
		db_reset(s);
	}
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
	struct number_hash to;
	uint8_t number[OUTBOX_NUMBER_MAX + SEAL_OVERHEAD];
	size_t number_len; /* of the sealed one; 0 = none */
};

static int prepare(struct store *st, const struct outbox_new *o, int64_t now, struct prepared *p)
{
	bool sms = o->leg == OUTBOX_SMS;
	const char *who = sms ? o->number : o->agency;
	size_t len = who ? strnlen(who, OUTBOX_NUMBER_MAX) : 0;
	if (len == 0 || len >= OUTBOX_NUMBER_MAX || o->len >= OUTBOX_BODY_MAX)
		return base_say(st, STORE_BOUND, "outbox: recipient or body of a length not allowed");
	int rc = outbox_recipient(st, o->leg, who, len, &p->to);
	if (rc == STORE_OK)
		rc = next_turn(st, o->leg, &p->to, &p->turn);
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
	db_bind_blob(s, 9, p.to.of[0], SEAL_HASH);
	db_bind_blob(s, 10, st->scratch, o->len + SEAL_OVERHEAD);
	db_bind_ref(s, 11, o->alert);
	db_bind_ref(s, 12, o->message);
	db_bind_ref(s, 13, o->case_id);
	db_bind_int(s, 14, o->urgent);
	db_bind_int(s, 15, p.turn);
	db_bind_int(s, 16, now);
	db_bind_int(s, 17, o->not_before);
	db_bind_int(s, 18, o->expires);
	db_bind_text(s, 19, o->reason ? o->reason : "", OUTBOX_REASON_MAX);
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

int outbox_next_due(struct store *st, enum outbox_leg leg, int64_t *at)
{
	struct db_stmt *s = q(st, Q_NEXT_DUE);
	db_bind_text(s, 1, leg_name(leg), 8);
	return base_least(st, s, at);
}

int outbox_of_agency(struct store *st, const char *agency, int64_t *waiting, int64_t *dead)
{
	struct number_hash to = { .n = 0 };
	int rc = outbox_recipient(st, OUTBOX_HTTP, agency, strlen(agency), &to);
	if (rc != STORE_OK)
		return rc;
	db_bind_blob(q(st, Q_WAITING), 1, to.of[0], SEAL_HASH);
	rc = base_least(st, q(st, Q_WAITING), waiting);
	db_bind_text(q(st, Q_DEAD), 1, agency, 12);
	return rc == STORE_OK ? base_least(st, q(st, Q_DEAD), dead) : rc;
}

int outbox_count(struct store *st, enum outbox_leg leg, const char *state, int64_t *n)
{
	struct db_stmt *s = q(st, Q_COUNT);
	db_bind_text(s, 1, state, 12);
	db_bind_text(s, 2, leg_name(leg), 8);
	return base_least(st, s, n);
}

/* ---- claiming -------------------------------------------------------------------------------- */

struct skip {
	size_t n;
	struct number_hash to[SKIP_MAX];
};

static int read_skip(struct store *st, enum outbox_leg leg, const char *words, struct skip *skip)
{
	skip->n = 0;
	while (words && *words) {
		size_t len = strcspn(words, " ");
		if (len && skip->n == SKIP_MAX)
			return base_say(st, STORE_BOUND, "outbox: more than %d to skip", SKIP_MAX);
		int rc = len ? outbox_recipient(st, leg, words, len, &skip->to[skip->n++]) : STORE_OK;
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
		const struct number_hash *h = &skip->to[i];
		if (memcmp(to, h->of[0], SEAL_HASH) == 0 || memcmp(to, h->of[h->n - 1], SEAL_HASH) == 0)
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

int outbox_set_failed(struct store *st, int64_t id, int64_t now, const char *state, const char *reason)
{
	struct db_stmt *s = q(st, Q_FAIL);
	db_bind_text(s, 1, state, 12);
	db_bind_text(s, 2, reason, OUTBOX_REASON_MAX);
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
		rc = outbox_set_failed(st, id, now, "failed", gone ? "erased" : "does not open");
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
	struct number_hash to = { .n = 0 };
	char state[12] = "";
	int rc = outbox_recipient(st, OUTBOX_HTTP, agency, strlen(agency), &to);
	if (rc != STORE_OK)
		return rc;
	struct db_stmt *s = q(st, Q_HEAD);
	db_bind_blob(s, 1, to.of[0], SEAL_HASH);
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
	char why[OUTBOX_REASON_MAX];
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
	struct number_hash to = { .n = 0 };
	bool gone = false;
	int64_t id = 0;
	int rc = outbox_recipient(st, OUTBOX_SMS, like->number, strnlen(like->number, OUTBOX_NUMBER_MAX), &to);
	for (size_t i = 0; rc == STORE_OK && i < to.n; i++) {
		int64_t next = 0;
		struct db_stmt *s = q(st, Q_ROUTINE);
		db_bind_blob(s, 1, to.of[i], SEAL_HASH);
		db_bind_text(s, 2, like->reporter, ROSTER_ID);
		db_bind_int(s, 3, now);
		db_bind_int(s, 4, after);
		rc = base_least(st, s, &next);
		if (rc == STORE_OK && (id == 0 || next < id))
			id = next;
		rc = rc == STORE_NONE ? STORE_OK : rc;
	}
	if (rc != STORE_OK || id == 0)
		return rc == STORE_OK ? STORE_NONE : rc;
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

int outbox_hour(struct store *st, const char *number, int64_t now, int64_t *parts, bool *held)
{
	struct number_hash to = { .n = 0 };
	*parts = 0;
	*held = false;
	int rc = outbox_recipient(st, OUTBOX_SMS, number, strlen(number), &to);
	for (size_t i = 0; rc == STORE_OK && i < to.n; i++) {
		struct db_stmt *s = q(st, Q_HOUR);
		db_bind_blob(s, 1, to.of[i], SEAL_HASH);
		db_bind_int(s, 2, now / 3600);
		rc = db_step(s);
		if (rc == STORE_OK) {
			*parts += db_int(s, 0);
			*held |= db_int(s, 1) != 0;
		}
		db_reset(s);
		rc = rc == STORE_NONE ? STORE_OK : base_db(st, rc);
	}
	return rc;
}

/* Before a row is added, so that of one hour there are never two. */
static int hour_move(struct store *st, const struct number_hash *to)
{
	struct db_stmt *s = q(st, Q_HOUR_MOVE);
	db_bind_blob(s, 1, to->of[0], SEAL_HASH);
	db_bind_int(s, 2, seal_numbers_id(st->seal));
	db_bind_blob(s, 3, to->of[1], SEAL_HASH);
	return base_db(st, db_run(s));
}

int outbox_hour_add(struct store *st, const char *number, int64_t now, int parts, bool held)
{
	struct number_hash to = { .n = 0 };
	struct db_stmt *s = q(st, Q_HOUR_OLD);
	db_bind_int(s, 1, now / 3600);
	int rc = base_db(st, db_run(s));
	if (rc == STORE_OK)
		rc = outbox_recipient(st, OUTBOX_SMS, number, strlen(number), &to);
	if (rc == STORE_OK && to.n == 2)
		rc = hour_move(st, &to);
	if (rc != STORE_OK)
		return rc;
	s = q(st, Q_HOUR_ADD);
	db_bind_blob(s, 1, to.of[0], SEAL_HASH);
	db_bind_int(s, 2, now / 3600);
	db_bind_int(s, 3, parts);
	db_bind_int(s, 4, held);
	db_bind_int(s, 5, seal_numbers_id(st->seal));
	return base_db(st, db_run(s));
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
		rc = base_least(st, s, &id);
		if (rc == STORE_OK)
			rc = reseal(st, id, now);
		*n += rc == STORE_OK;
	}
	return rc == STORE_NONE ? STORE_OK : rc;
}
