/* base.c - what every family of store/ needs: words of errors, row ids, seals, transitions.
 * Owns the handed-out id blocks; may call the seam and seal.c. */
#include "store/internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { Q_TAKE, Q_N };
static const char *const sql[Q_N] = {
	[Q_TAKE] = "UPDATE sequence SET next = next + $1 WHERE name = $2 RETURNING next",
};
const struct sql_family base_family = { "base", sql, Q_N };

static const struct {
	const char *name;
	int64_t block;
} sequences[SEQUENCES] = {
	/* People type the number of an alert or a referral: one at a time. */
	[SEQ_USSD] = { "ussd", 64 },
	[SEQ_ALERT] = { "alert", 1 },     [SEQ_ATTENDANCE] = { "attendance", 64 },
	[SEQ_CASE] = { "case", 1 },       [SEQ_EVENT] = { "event", 16 },
	[SEQ_MESSAGE] = { "message", 64 },
	[SEQ_OUTBOX] = { "outbox", 64 },  [SEQ_READING] = { "reading", 64 },
	[SEQ_REPORTER] = { "reporter", 1 }, [SEQ_SEGMENT] = { "segment", 64 },
	[SEQ_FOLLOWUP] = { "followup", 16 }, [SEQ_REFERRAL] = { "referral", 1 },
	[SEQ_CALENDAR] = { "calendar", 1 },
	[SEQ_RETURN] = { "return", 16 },  [SEQ_ENROLMENT] = { "enrolment", 1 },
	[SEQ_MEETING] = { "meeting", 1 }, [SEQ_TASK] = { "task", 1 },
	[SEQ_TASK_EVENT] = { "task_event", 16 },
	[SEQ_SLOT] = { "slot", 1 },     [SEQ_PROGRESS] = { "progress", 16 },
	[SEQ_RETURN_OP] = { "return_op", 1 }, [SEQ_CAMPAIGN] = { "campaign", 1 },
	[SEQ_BROADCAST] = { "broadcast", 1 }, [SEQ_SECRET] = { "secret", 1 },
	[SEQ_HOLD] = { "hold", 1 },
};

int base_db(struct store *st, int rc)
{
	if (rc != STORE_OK && rc != STORE_NONE)
		snprintf(st->err, sizeof st->err, "%s", db_errmsg(st->db));
	else if (rc == STORE_NONE)
		memcpy(st->err, "no such row", sizeof "no such row"); /* many times a text */
	return rc;
}

int base_say(struct store *st, int rc, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(st->err, sizeof st->err, fmt, ap);
	va_end(ap);
	return rc;
}

int base_next_id(struct store *st, enum sequence seq, int64_t *id)
{
	if (st->ids[seq].next < st->ids[seq].end) {
		*id = st->ids[seq].next++;
		return STORE_OK;
	}
	struct db_stmt *s = st->q[FAM_BASE][Q_TAKE];
	db_bind_int(s, 1, sequences[seq].block);
	db_bind_text(s, 2, sequences[seq].name, 32);
	int rc = db_step(s);
	if (rc != STORE_OK)
		return rc == STORE_NONE ? base_say(st, STORE_CORRUPT, "sequence %s is missing",
						   sequences[seq].name)
					: base_db(st, rc);
	st->ids[seq].end = db_int(s, 0);
	st->ids[seq].next = st->ids[seq].end - sequences[seq].block;
	db_reset(s);
	*id = st->ids[seq].next++;
	return STORE_OK;
}

void base_forget_ids(struct store *st)
{
	memset(st->ids, 0, sizeof st->ids);
}

int base_seal(struct store *st, enum seal_kind kind, int64_t ref, const struct seal_place *p,
	      const void *plain, size_t len, uint8_t *out)
{
	int64_t key;
	if (!st->seal)
		return base_say(st, STORE_KEY, "opened without keys");
	int rc = seal_key(st->seal, kind, ref, kind == SEAL_DAY, ref * 86400, &key);
	if (rc == STORE_NONE)
		return base_say(st, STORE_KEY, "the key of case %lld was destroyed or is not there",
				(long long)ref);
	if (rc == STORE_OK)
		rc = seal_put(st->seal, key, p, plain, len, out);
	return rc == STORE_OK ? rc : base_say(st, rc, "%s", seal_errmsg(st->seal));
}

int base_unseal(struct store *st, struct db_stmt *s, int col, const struct seal_place *p,
		char *plain, size_t max, size_t *len, bool *gone)
{
	size_t n;
	const void *sealed = db_blob(s, col, &n);
	*len = 0;
	plain[0] = '\0';
	if (gone)
		*gone = false;
	if (!sealed || !st->seal)
		return STORE_OK;
	int rc = seal_get(st->seal, p, sealed, n, plain, max - 1, len);
	if (rc == STORE_OK)
		plain[*len] = '\0';
	else
		plain[0] = '\0';
	if (rc == STORE_NONE) {
		if (gone)
			*gone = true;
		return STORE_OK;
	}
	return rc == STORE_OK ? rc : base_say(st, rc, "%s %lld: %s", p->column, (long long)p->row,
					      seal_errmsg(st->seal));
}

int base_hash(struct store *st, const char *domain, const void *in, size_t len,
	      uint8_t out[SEAL_HASH])
{
	if (!st->seal)
		return base_say(st, STORE_KEY, "opened without keys");
	int rc = seal_hash(st->seal, domain, in, len, out);
	return rc == STORE_OK ? rc : base_say(st, rc, "%s", seal_errmsg(st->seal));
}

int base_hash_number(struct store *st, const char *domain, const void *in, size_t len, struct number_hash *out)
{
	if (!st->seal)
		return base_say(st, STORE_KEY, "opened without keys");
	int rc = seal_hash_number(st->seal, domain, in, len, out->of, &out->n);
	return rc == STORE_OK ? rc : base_say(st, rc, "%s", seal_errmsg(st->seal));
}

int64_t base_day(int64_t when)
{
	int64_t day = when / 86400;
	return when % 86400 < 0 ? day - 1 : day;
}

void base_cut(char *out, size_t max, const char *in)
{
	size_t n = in ? strnlen(in, max) : 0;
	if (in && n == max) {
		n = max - 1;
		while (n && ((unsigned char)in[n] & 0xc0) == 0x80)
			n--;
	}
	if (n)
		memcpy(out, in, n);
	out[n] = '\0';
}

int base_transition(struct store *st, struct db_stmt *s, const char *what)
{
	int rc = db_run(s);
	if (rc != STORE_OK)
		return base_db(st, rc);
	if (db_changes(st->db) == 0)
		return base_say(st, STORE_STATE, "%s: not from the state the row is in", what);
	return STORE_OK;
}

int base_least(struct store *st, struct db_stmt *s, int64_t *at)
{
	int rc = db_step(s);
	if (rc == STORE_OK) {
		*at = db_int(s, 0);
		rc = db_null(s, 0) ? STORE_NONE : STORE_OK;
	}
	db_reset(s);
	return base_db(st, rc);
}

int base_one(struct store *st, struct db_stmt *s, base_load_fn *load, void *row)
{
	int rc = db_step(s);
	if (rc == STORE_OK)
		rc = load(st, s, row);
	db_reset(s);
	return base_db(st, rc);
}

int base_many(struct store *st, struct db_stmt *s, base_load_fn *load, void *rows, size_t size,
	      size_t max, size_t *n)
{
	int rc = STORE_OK;
	*n = 0;
	while (*n < max && (rc = db_step(s)) == STORE_OK) {
		rc = load(st, s, (char *)rows + *n * size);
		if (rc != STORE_OK)
			break;
		++*n;
	}
	db_reset(s);
	return rc == STORE_NONE ? STORE_OK : base_db(st, rc);
}
