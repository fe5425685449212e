/* audit.c - the append-only trail.  Each row's hash is keyed and covers the row and the hash
 * before, so that a row altered, taken out or slipped in is found by whoever holds the keys.  What is
 * hashed is what stands in the row; no value of it lies under a key that can be destroyed.
 *
 * Rows behind a checkpoint can be taken out: its signature vouches for the hash the rest begins with. */
#include "store/audit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/internal.h"

#define FIELDS 5
#define ROW_MAX 320

#define PRUNED "audit.prune"
#define COLUMNS "id, at, who, verb, object, result, rule"
#define CHECKPOINT "upto, at, row_at, hash, signature"

enum {
	Q_LAST, Q_ADD, Q_ALL, Q_NEXT, Q_GET, Q_FIND, Q_OF_CASE, Q_POINT_ADD, Q_POINT, Q_POINTS, Q_NEWEST,
	Q_YOUNG, Q_PRUNE, Q_TAKEN, Q_N
};
static const char *const sql[Q_N] = {
	[Q_LAST] = "SELECT hash FROM audit ORDER BY id DESC LIMIT 1",
	[Q_ADD] = ("INSERT INTO audit (id, at, who, verb, object, result, rule, hash) "
		   "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"),
	[Q_ALL] = "SELECT id, at, who, verb, object, result, rule, hash FROM audit WHERE id > $1 ORDER BY id LIMIT $2",
	[Q_NEXT] = "SELECT next FROM sequence WHERE name = 'audit'",
	[Q_GET] = "SELECT " COLUMNS ", hash FROM audit WHERE id = $1",
	[Q_FIND] = "SELECT " COLUMNS " FROM audit WHERE id > $1 AND at >= $2 AND ($3 = '' OR who = $3) "
		   "ORDER BY id LIMIT $4",
	/* What was done to the case, under every name the audit has for a part of it; and the lists
	 * that showed it to somebody since it was opened. */
	[Q_OF_CASE] = "SELECT " COLUMNS " FROM audit WHERE id > $1 AND at >= $2 "
		      "AND ($3 = '' OR who = $3) AND (object = $4 "
		      "OR object IN (SELECT 'alert ' || CAST(number AS TEXT) FROM alerts WHERE case_id = $5) "
		      "OR object IN (SELECT 'task T' || CAST(number AS TEXT) FROM tasks WHERE case_id = $5) "
		      "OR object IN (SELECT 'R' || CAST(number AS TEXT) FROM referrals WHERE case_id = $5) "
		      "OR object IN (SELECT 'mo ' || CAST(id AS TEXT) FROM messages WHERE case_id = $5) "
		      "OR (verb IN ('case.list', 'agenda.read') AND at >= $6)) ORDER BY id LIMIT $7",
	[Q_POINT_ADD] = "INSERT INTO audit_checkpoints (" CHECKPOINT ") VALUES ($1, $2, $3, $4, $5)",
	[Q_POINT] = "SELECT " CHECKPOINT " FROM audit_checkpoints WHERE upto = $1",
	[Q_POINTS] = "SELECT " CHECKPOINT " FROM audit_checkpoints ORDER BY upto DESC LIMIT $1",
	[Q_NEWEST] = "SELECT max(id) FROM audit",
	/* Rows stand in the order they were written in; a clock set back must not let a younger one go. */
	[Q_YOUNG] = "SELECT min(id) FROM audit WHERE at >= $1",
	[Q_PRUNE] = "DELETE FROM audit WHERE id <= $1",
	[Q_TAKEN] = "UPDATE sequence SET next = $1 WHERE name = 'audit' AND next = $2",
};
const struct sql_family audit_family = { "audit", sql, Q_N };

static const size_t limits[FIELDS] = { 32, 32, 64, 64, 32 };

static size_t put_int(uint8_t *p, int64_t v)
{
	for (int i = 0; i < 8; i++)
		p[i] = (uint8_t)((uint64_t)v >> (8 * i));
	return 8;
}

/* hash before, id, time, fields with their NULs: no two rows have the same octets. */
static int chain(struct store *st, const uint8_t before[SEAL_HASH], int64_t id, int64_t at,
		 const char *const field[FIELDS], uint8_t out[SEAL_HASH])
{
	uint8_t row[SEAL_HASH + 16 + ROW_MAX];
	size_t n = SEAL_HASH;
	memcpy(row, before, SEAL_HASH);
	n += put_int(row + n, id);
	n += put_int(row + n, at);
	for (int i = 0; i < FIELDS; i++) {
		size_t len = strnlen(field[i], limits[i]);
		if (len >= limits[i])
			return base_say(st, STORE_BOUND, "audit: field %d is too long", i);
		memcpy(row + n, field[i], len + 1);
		n += len + 1;
	}
	return base_hash(st, "audit", row, n, out);
}

static int last_hash(struct store *st, uint8_t out[SEAL_HASH])
{
	struct db_stmt *s = st->q[FAM_AUDIT][Q_LAST];
	memset(out, 0, SEAL_HASH);
	int rc = db_step(s);
	if (rc == STORE_NONE)
		return STORE_OK;
	if (rc != STORE_OK)
		return base_db(st, rc);
	size_t n;
	const void *p = db_blob(s, 0, &n);
	if (p && n == SEAL_HASH)
		memcpy(out, p, SEAL_HASH);
	db_reset(s);
	return STORE_OK;
}

static int next_number(struct store *st, int64_t *next)
{
	struct db_stmt *s = st->q[FAM_AUDIT][Q_NEXT];
	int rc = db_step(s);
	if (rc != STORE_OK)
		return base_db(st, rc);
	*next = db_int(s, 0);
	db_reset(s);
	return STORE_OK;
}

/* Where the chain goes on, asked of the file once a turn: inside one nobody else writes. */
static int take_up(struct store *st)
{
	struct audit_end *e = &st->audit;
	if (e->known)
		return STORE_OK;
	int rc = last_hash(st, e->hash);
	if (rc == STORE_OK)
		rc = next_number(st, &e->next);
	e->from = e->next;
	e->known = rc == STORE_OK;
	return rc;
}

/* The numbers given out are written once a turn: they prove later that no row was cut off the end. */
int audit_end_turn(struct store *st)
{
	struct audit_end *e = &st->audit;
	if (!e->known || e->next == e->from)
		return STORE_OK;
	struct db_stmt *s = st->q[FAM_AUDIT][Q_TAKEN];
	db_bind_int(s, 1, e->next);
	db_bind_int(s, 2, e->from);
	int rc = base_transition(st, s, "the audit's numbers");
	if (rc == STORE_OK)
		e->from = e->next;
	return rc;
}

void audit_forget(struct store *st)
{
	st->audit.known = false;
}

int audit_add(struct store *st, int64_t now, const char *who, const char *verb, const char *object,
	      const char *result, const char *rule)
{
	const char *const field[FIELDS] = { who ? who : "", verb ? verb : "", object ? object : "",
					    result ? result : "", rule ? rule : "" };
	uint8_t hash[SEAL_HASH];
	struct audit_end *e = &st->audit;
	int rc = take_up(st);
	if (rc == STORE_OK)
		rc = chain(st, e->hash, e->next, now, field, hash);
	if (rc != STORE_OK)
		return rc;
	struct db_stmt *s = st->q[FAM_AUDIT][Q_ADD];
	db_bind_int(s, 1, e->next);
	db_bind_int(s, 2, now);
	for (int i = 0; i < FIELDS; i++)
		db_bind_text(s, 3 + i, field[i], limits[i]);
	db_bind_blob(s, 8, hash, sizeof hash);
	rc = base_db(st, db_run(s));
	if (rc == STORE_OK) {
		memcpy(e->hash, hash, SEAL_HASH);
		e->next++;
	}
	return rc;
}

/* STORE_OK when the row continues the chain; before becomes its hash. */
static int check_row(struct store *st, struct db_stmt *s, int64_t want, uint8_t before[SEAL_HASH])
{
	char text[FIELDS][64];
	const char *field[FIELDS];
	uint8_t hash[SEAL_HASH];
	size_t n;
	if (db_int(s, 0) != want)
		return STORE_CORRUPT;
	for (int i = 0; i < FIELDS; i++) {
		db_text(s, 2 + i, text[i], limits[i]);
		field[i] = text[i];
	}
	if (db_row(s) != STORE_OK)
		return STORE_CORRUPT;
	int rc = chain(st, before, want, db_int(s, 1), field, hash);
	if (rc != STORE_OK)
		return rc;
	const void *stored = db_blob(s, 7, &n);
	if (!stored || n != SEAL_HASH || memcmp(stored, hash, SEAL_HASH) != 0)
		return STORE_CORRUPT;
	memcpy(before, hash, SEAL_HASH);
	return STORE_OK;
}

/* ---- checkpoints ----------------------------------------------------------------------------- */

#define SIGNED (24 + SEAL_HASH)

static void signed_octets(const struct audit_checkpoint *c, uint8_t out[SIGNED])
{
	size_t n = put_int(out, c->upto);
	n += put_int(out + n, c->at);
	n += put_int(out + n, c->row_at);
	memcpy(out + n, c->hash, SEAL_HASH);
}

static int load_point(struct store *st, struct db_stmt *s, void *row)
{
	struct audit_checkpoint *c = row;
	size_t n, k;
	(void)st;
	memset(c, 0, sizeof *c);
	c->upto = db_int(s, 0);
	c->at = db_int(s, 1);
	c->row_at = db_int(s, 2);
	const void *hash = db_blob(s, 3, &n);
	if (!hash || n != SEAL_HASH)
		return STORE_CORRUPT;
	memcpy(c->hash, hash, SEAL_HASH);
	const void *signature = db_blob(s, 4, &k);
	if (!signature || k != SEAL_SIGNATURE)
		return STORE_CORRUPT;
	memcpy(c->signature, signature, SEAL_SIGNATURE);
	return STORE_OK;
}

static int check_point(struct store *st, const struct audit_checkpoint *c)
{
	uint8_t octets[SIGNED];
	if (!st->seal)
		return base_say(st, STORE_KEY, "opened without keys");
	signed_octets(c, octets);
	int rc = seal_verify(st->seal, "audit.checkpoint", octets, sizeof octets, c->signature);
	return rc == STORE_OK ? rc : base_say(st, rc, "audit: checkpoint at row %lld: %s",
					      (long long)c->upto, seal_errmsg(st->seal));
}

static int point_at(struct store *st, int64_t upto, struct audit_checkpoint *out)
{
	struct db_stmt *s = st->q[FAM_AUDIT][Q_POINT];
	db_bind_int(s, 1, upto);
	return base_one(st, s, load_point, out);
}

static int first_row(struct store *st, int64_t *first)
{
	struct db_stmt *s = st->q[FAM_AUDIT][Q_YOUNG];
	db_bind_int(s, 1, INT64_MIN);
	return base_least(st, s, first);
}

/* ---- verifying ------------------------------------------------------------------------------- */

/* Where the chain begins: at nothing, or at a checkpoint that vouches for what is gone. */
static int begin(struct store *st, int64_t next, struct audit_walk *w)
{
	struct audit_checkpoint c;
	int64_t first = 0;
	int rc = first_row(st, &first);
	if (rc == STORE_NONE)
		first = next; /* none is left */
	else if (rc != STORE_OK)
		return rc;
	w->at = w->start = first - 1;
	if (w->start == 0)
		return STORE_OK;
	rc = point_at(st, w->start, &c);
	if (rc == STORE_OK)
		rc = check_point(st, &c);
	if (rc == STORE_NONE || rc == STORE_CORRUPT) {
		w->at = 0; /* the first row is the one that is missing */
		return STORE_CORRUPT;
	}
	memcpy(w->hash, c.hash, SEAL_HASH);
	return rc;
}

static void note_pruning(struct db_stmt *s, struct audit_walk *w)
{
	char verb[32], object[64];
	db_text(s, 3, verb, sizeof verb);
	db_text(s, 4, object, sizeof object);
	if (strcmp(verb, PRUNED) == 0 && strncmp(object, "rows 1-", 7) == 0)
		w->pruned = strtoll(object + 7, NULL, 10);
}

/* Rows cut off at the end leave a chain that is whole, but the numbers given out are known; so do rows cut off
 * in front up to a checkpoint, but of a pruning there is a record. */
static int at_the_end(struct audit_walk *w, int64_t next)
{
	if (next != w->at + 1)
		return STORE_CORRUPT;
	if (w->pruned == w->start)
		return STORE_OK;
	w->at = 0;
	return STORE_CORRUPT;
}

static int walk(struct store *st, struct audit_walk *w, int64_t max, bool *done)
{
	struct db_stmt *s = st->q[FAM_AUDIT][Q_ALL];
	int64_t next = 0;
	*done = false;
	int rc = audit_end_turn(st); /* asked inside one */
	if (rc == STORE_OK)
		rc = next_number(st, &next);
	if (!w->begun)
		memset(w, 0, sizeof *w);
	if (rc == STORE_OK && !w->begun)
		rc = begin(st, next, w);
	if (rc != STORE_OK)
		return rc;
	w->begun = true;
	db_bind_int(s, 1, w->at);
	db_bind_int(s, 2, max);
	while ((rc = db_step(s)) == STORE_OK) {
		rc = check_row(st, s, w->at + 1, w->hash);
		if (rc != STORE_OK)
			break;
		note_pruning(s, w);
		w->at++;
		max--;
	}
	db_reset(s);
	if (rc != STORE_NONE)
		return rc;
	*done = max > 0;
	return *done ? at_the_end(w, next) : STORE_OK;
}

int audit_verify_some(struct store *st, bool anew, int64_t *rows, int64_t *first_bad, bool *done)
{
	struct audit_walk *w = &st->walk;
	w->begun &= !anew;
	*first_bad = 0;
	int rc = walk(st, w, AUDIT_PIECE, done);
	*rows = w->at > w->start ? w->at - w->start : 0;
	if (rc != STORE_OK)
		w->begun = false;
	if (rc != STORE_CORRUPT)
		return rc;
	*first_bad = w->at + 1;
	return base_say(st, STORE_CORRUPT, "audit: the chain breaks at row %lld", (long long)*first_bad);
}

static int verify(struct store *st, bool anew, int64_t *rows, int64_t *first_bad)
{
	bool done = false;
	int rc = STORE_OK;
	for (; rc == STORE_OK && !done; anew = false)
		rc = audit_verify_some(st, anew, rows, first_bad, &done);
	return rc;
}

int audit_verify(struct store *st, int64_t *rows, int64_t *first_bad)
{
	return verify(st, true, rows, first_bad);
}

/* ---- asking ---------------------------------------------------------------------------------- */

static int load_audit(struct store *st, struct db_stmt *s, void *row)
{
	struct audit_row *a = row;
	(void)st;
	memset(a, 0, sizeof *a);
	a->id = db_int(s, 0);
	a->at = db_int(s, 1);
	db_text(s, 2, a->who, sizeof a->who);
	db_text(s, 3, a->verb, sizeof a->verb);
	db_text(s, 4, a->object, sizeof a->object);
	db_text(s, 5, a->result, sizeof a->result);
	db_text(s, 6, a->rule, sizeof a->rule);
	return db_row(s);
}

int audit_get(struct store *st, int64_t id, struct audit_row *out)
{
	struct db_stmt *s = st->q[FAM_AUDIT][Q_GET];
	db_bind_int(s, 1, id);
	return base_one(st, s, load_audit, out);
}

int audit_find(struct store *st, const struct audit_query *want, int64_t after,
	       struct audit_row *out, size_t max, size_t *n)
{
	struct db_stmt *s = st->q[FAM_AUDIT][want->code ? Q_OF_CASE : Q_FIND];
	db_bind_int(s, 1, after);
	db_bind_int(s, 2, want->since);
	db_bind_text(s, 3, want->who, 32);
	if (want->code) {
		db_bind_text(s, 4, want->code, 64);
		db_bind_int(s, 5, want->case_id);
		db_bind_int(s, 6, want->opened);
	}
	db_bind_int(s, want->code ? 7 : 4, (int64_t)max);
	return base_many(st, s, load_audit, out, sizeof *out, max, n);
}

/* ---- signing and pruning --------------------------------------------------------------------- */

static int hash_of(struct store *st, int64_t id, int64_t *at, uint8_t hash[SEAL_HASH])
{
	struct db_stmt *s = st->q[FAM_AUDIT][Q_GET];
	size_t n = 0;
	db_bind_int(s, 1, id);
	int rc = db_step(s);
	if (rc != STORE_OK)
		return base_db(st, rc);
	*at = db_int(s, 1);
	const void *p = db_blob(s, 7, &n);
	if (p && n == SEAL_HASH)
		memcpy(hash, p, SEAL_HASH);
	else
		rc = STORE_CORRUPT;
	db_reset(s);
	return rc;
}

/* Signs the row `upto` of a chain that has been verified. */
static int sign_at(struct store *st, int64_t upto, int64_t now, struct audit_checkpoint *c)
{
	uint8_t octets[SIGNED];
	memset(c, 0, sizeof *c);
	c->upto = upto;
	c->at = now;
	int rc = hash_of(st, upto, &c->row_at, c->hash);
	if (rc != STORE_OK)
		return rc;
	signed_octets(c, octets);
	rc = seal_sign(st->seal, "audit.checkpoint", octets, sizeof octets, c->signature, c->public_key);
	if (rc != STORE_OK)
		return base_say(st, rc, "%s", seal_errmsg(st->seal));
	struct db_stmt *s = st->q[FAM_AUDIT][Q_POINT_ADD];
	db_bind_int(s, 1, c->upto);
	db_bind_int(s, 2, c->at);
	db_bind_int(s, 3, c->row_at);
	db_bind_blob(s, 4, c->hash, sizeof c->hash);
	db_bind_blob(s, 5, c->signature, sizeof c->signature);
	return base_db(st, db_run(s));
}

/* Does nothing stand after the newest checkpoint but the record of its making? */
static bool nothing_new(struct store *st, int64_t end)
{
	struct audit_checkpoint c;
	struct audit_row row;
	if (point_at(st, end, &c) == STORE_OK)
		return true;
	return end > 1 && point_at(st, end - 1, &c) == STORE_OK &&
	       audit_get(st, end, &row) == STORE_OK && strcmp(row.verb, "audit.checkpoint") == 0;
}

int audit_checkpoint_add(struct store *st, const char *who, int64_t now,
			 struct audit_checkpoint *out)
{
	int64_t rows, bad, end = 0;
	char object[64];
	int rc = verify(st, !st->walk.begun, &rows, &bad);
	if (rc == STORE_OK)
		rc = base_least(st, st->q[FAM_AUDIT][Q_NEWEST], &end);
	if (rc == STORE_OK && nothing_new(st, end))
		rc = base_say(st, STORE_NONE, "nothing was written since the last checkpoint");
	if (rc == STORE_OK)
		rc = sign_at(st, end, now, out);
	if (rc != STORE_OK)
		return rc;
	snprintf(object, sizeof object, "row %lld", (long long)end);
	return audit_add(st, now, who, "audit.checkpoint", object, "signed", "");
}

int audit_checkpoint_list(struct store *st, struct audit_checkpoint *out, size_t max, size_t *n)
{
	struct db_stmt *s = st->q[FAM_AUDIT][Q_POINTS];
	db_bind_int(s, 1, (int64_t)max);
	int rc = base_many(st, s, load_point, out, sizeof *out, max, n);
	for (size_t i = 0; rc == STORE_OK && i < *n; i++)
		rc = check_point(st, &out[i]);
	return rc;
}

/* The last row of those in front that are all older. */
static int last_before(struct store *st, int64_t before, int64_t *upto)
{
	struct db_stmt *s = st->q[FAM_AUDIT][Q_YOUNG];
	int64_t first = 0;
	db_bind_int(s, 1, before);
	int rc = base_least(st, s, upto);
	if (rc == STORE_OK)
		--*upto;
	else if (rc == STORE_NONE)
		rc = base_least(st, st->q[FAM_AUDIT][Q_NEWEST], upto);
	if (rc == STORE_OK)
		rc = first_row(st, &first);
	return rc == STORE_OK && *upto < first ? STORE_NONE : rc;
}

int audit_prune(struct store *st, int64_t before, const char *who, int64_t now, int64_t *rows,
		int64_t *upto)
{
	struct audit_checkpoint c;
	char object[64], result[64];
	int64_t all, bad, first = 0;
	*rows = *upto = 0;
	int rc = verify(st, !st->walk.begun, &all, &bad);
	if (rc == STORE_OK)
		rc = last_before(st, before, upto);
	if (rc == STORE_OK)
		rc = first_row(st, &first);
	if (rc == STORE_OK && *upto - first >= AUDIT_PIECE)
		*upto = first + AUDIT_PIECE - 1;
	if (rc != STORE_OK)
		return rc;
	rc = point_at(st, *upto, &c);
	if (rc == STORE_NONE)
		rc = sign_at(st, *upto, now, &c);
	else if (rc == STORE_OK)
		rc = check_point(st, &c);
	if (rc != STORE_OK)
		return rc;
	snprintf(object, sizeof object, "rows 1-%lld", (long long)*upto);
	/* The record goes in first: were it the last row's turn to go, the chain would still have an end. */
	struct db_stmt *s = st->q[FAM_AUDIT][Q_PRUNE];
	db_bind_int(s, 1, *upto);
	snprintf(result, sizeof result, "signed at %lld", (long long)c.at);
	rc = audit_add(st, now, who, PRUNED, object, result, "");
	if (rc == STORE_OK)
		rc = base_db(st, db_run(s));
	*rows = db_changes(st->db);
	if (rc == STORE_OK)
		st->walk.start = st->walk.pruned = *upto;
	return rc;
}
