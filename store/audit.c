/* audit.c - the append-only trail.  Each row's hash is keyed and covers the row and the hash
 * before, so that a row altered, taken out or slipped in is found by whoever holds the keys. */
#include <string.h>

#include "store/internal.h"

#define FIELDS 5
#define ROW_MAX 320

enum { Q_LAST, Q_ADD, Q_ALL, Q_NEXT, Q_N };
static const char *const sql[Q_N] = {
	[Q_LAST] = "SELECT hash FROM audit ORDER BY id DESC LIMIT 1",
	[Q_ADD] = ("INSERT INTO audit (id, at, who, verb, object, result, rule, hash) "
		   "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"),
	[Q_ALL] = "SELECT id, at, who, verb, object, result, rule, hash FROM audit ORDER BY id",
	[Q_NEXT] = "SELECT next FROM sequence WHERE name = 'audit'",
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

int audit_add(struct store *st, int64_t now, const char *who, const char *verb, const char *object,
	      const char *result, const char *rule)
{
	const char *const field[FIELDS] = { who ? who : "", verb ? verb : "", object ? object : "",
					    result ? result : "", rule ? rule : "" };
	uint8_t before[SEAL_HASH], hash[SEAL_HASH];
	int64_t id;
	int rc = last_hash(st, before);
	if (rc == STORE_OK)
		rc = base_next_id(st, SEQ_AUDIT, &id);
	if (rc == STORE_OK)
		rc = chain(st, before, id, now, field, hash);
	if (rc != STORE_OK)
		return rc;
	struct db_stmt *s = st->q[FAM_AUDIT][Q_ADD];
	db_bind_int(s, 1, id);
	db_bind_int(s, 2, now);
	for (int i = 0; i < FIELDS; i++)
		db_bind_text(s, 3 + i, field[i], limits[i]);
	db_bind_blob(s, 8, hash, sizeof hash);
	return base_db(st, db_run(s));
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

int audit_verify(struct store *st, int64_t *rows, int64_t *first_bad)
{
	struct db_stmt *s = st->q[FAM_AUDIT][Q_ALL];
	uint8_t before[SEAL_HASH] = { 0 };
	int64_t next = 0;
	*rows = *first_bad = 0;
	int rc = next_number(st, &next);
	if (rc != STORE_OK)
		return rc;
	while ((rc = db_step(s)) == STORE_OK) {
		rc = check_row(st, s, *rows + 1, before);
		if (rc != STORE_OK)
			break;
		++*rows;
	}
	/* Rows cut off at the end leave a chain that is whole, but the numbers given out are known. */
	if (rc == STORE_NONE && next != *rows + 1)
		rc = STORE_CORRUPT;
	db_reset(s);
	if (rc == STORE_CORRUPT) {
		*first_bad = *rows + 1;
		return base_say(st, STORE_CORRUPT, "audit: the chain breaks at row %lld",
				(long long)*first_bad);
	}
	return rc == STORE_NONE ? STORE_OK : rc;
}
