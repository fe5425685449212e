/* numbers.c - the hashes that telephone numbers are found by, made again under a new key.  Owns meta.numbers; like
 * erase.c it writes tables of others, for all places of a number are one list here.  May call turn.c, ussd.c,
 * base.c, seal.c and the seam.
 *
 * meta.numbers: "base target place after".  base: the key every row was under; target: the one that rows are being
 * put under, or 0; place, after: how far.  It names a target before any row has a hash under that, and the keyring
 * has the target before it is named; so at each opening the two tell what is still to be done.  Wherever a number
 * is sealed its hash is made anew of it; where only the hash is kept, it follows the rows that have both, and what
 * none of them had is forgotten at the end: older than all that was sent, it counts for nothing. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/internal.h"
#include "store/roster.h"

#define META "numbers"
#define PIECE 128 /* rows a turn */
#define PLAIN_MAX (USSD_CALLER_MAX + 1)

enum { REPORTERS, MESSAGES, OUTBOX, SESSIONS, PLACES };
enum {
	Q_NEXT, Q_SET = Q_NEXT + PLACES, Q_HOURS = Q_SET + PLACES, Q_LAST, Q_PARTS, Q_SESSION, Q_OLD_SESSION, Q_HOURS_LEFT,
	Q_LAST_LEFT, Q_N
};
static const char *const sql[Q_N] = {
	[Q_NEXT + REPORTERS] = "SELECT seal, number, number_hash FROM reporters WHERE seal > $1 AND length(number) > 0 ORDER BY seal LIMIT 1",
	[Q_NEXT + MESSAGES] = "SELECT id, sender, sender_hash FROM messages WHERE id > $1 AND length(sender) > 0 ORDER BY id LIMIT 1",
	[Q_NEXT + OUTBOX] = "SELECT id, number, recipient FROM outbox WHERE id > $1 AND length(number) > 0 ORDER BY id LIMIT 1",
	[Q_NEXT + SESSIONS] = "SELECT id, caller, number FROM ussd_sessions WHERE id > $1 ORDER BY id LIMIT 1",
	[Q_SET + REPORTERS] = "UPDATE reporters SET number_hash = $1 WHERE seal = $2",
	[Q_SET + MESSAGES] = "UPDATE messages SET sender_hash = $1 WHERE id = $2",
	[Q_SET + OUTBOX] = "UPDATE outbox SET recipient = $1 WHERE id = $2",
	[Q_SET + SESSIONS] = "UPDATE ussd_sessions SET number = $1, session = $2 WHERE id = $3 AND session <> $2",
	[Q_HOURS] = "UPDATE sms_hours SET recipient = $1, keyed = $2 WHERE recipient = $3",
	[Q_LAST] = "UPDATE sms_last SET recipient = $1, keyed = $2 WHERE recipient = $3",
	[Q_PARTS] = "UPDATE sms_parts SET recipient = $1 WHERE outbox = $2",
	[Q_SESSION] = "SELECT provider, reporter FROM ussd_sessions WHERE id = $1",
	[Q_OLD_SESSION] = ("SELECT coalesce(r.number_hash, $1) FROM ussd_sessions u LEFT JOIN reporters r ON r.id = u.reporter "
			  "WHERE u.id = $2"),
	[Q_HOURS_LEFT] = "DELETE FROM sms_hours WHERE keyed <> $1",
	[Q_LAST_LEFT] = "DELETE FROM sms_last WHERE keyed <> $1",
};
const struct sql_family numbers_family = { "numbers", sql, Q_N };

struct progress {
	int64_t base, target, after;
	int place;
};

static struct db_stmt *q(struct store *st, int i)
{
	return st->q[FAM_NUMBERS][i];
}

static int said(struct store *st, int rc)
{
	return rc == STORE_OK ? rc : base_say(st, rc, "%s", seal_errmsg(st->seal));
}

static int load(struct store *st, struct progress *p)
{
	char text[100] = "", *at = text;
	int rc = store_meta_get(st, META, text, sizeof text);
	memset(p, 0, sizeof *p);
	if (rc != STORE_OK)
		return rc;
	p->base = strtoll(at, &at, 10);
	p->target = strtoll(at, &at, 10);
	p->place = (int)strtol(at, &at, 10);
	p->after = strtoll(at, &at, 10);
	return STORE_OK;
}

static int keep(struct store *st, const struct progress *p)
{
	char text[100];
	snprintf(text, sizeof text, "%" PRId64 " %" PRId64 " %d %" PRId64, p->base, p->target, p->place, p->after);
	return store_meta_put(st, META, text);
}

static int keep_alone(struct store *st, const struct progress *p)
{
	int rc = store_begin(st);
	if (rc != STORE_OK)
		return rc;
	rc = keep(st, p);
	if (rc == STORE_OK)
		return store_commit(st);
	store_rollback(st);
	return rc;
}

/* ---- one row ----------------------------------------------------------------------------------- */

/* Rows that have the hash alone, and had what this one had. */
static int follow(struct store *st, const uint8_t now[SEAL_HASH], const uint8_t had[SEAL_HASH])
{
	int rc = STORE_OK;
	for (int i = Q_HOURS; rc == STORE_OK && i <= Q_LAST; i++) {
		struct db_stmt *s = q(st, i);
		db_bind_blob(s, 1, now, SEAL_HASH);
		db_bind_int(s, 2, seal_numbers_id(st->seal));
		db_bind_blob(s, 3, had, SEAL_HASH);
		rc = base_db(st, db_run(s));
	}
	return rc;
}

static int set(struct store *st, int query, int64_t id, const struct number_hash *h)
{
	struct db_stmt *s = q(st, query);
	db_bind_blob(s, 1, h->of[0], SEAL_HASH);
	db_bind_int(s, 2, id);
	return base_db(st, db_run(s));
}

static int put_number(struct store *st, int place, int64_t id, const char *number, size_t len,
		      const uint8_t had[SEAL_HASH])
{
	struct number_hash h = { .n = 0 };
	int rc = base_hash_number(st, place == MESSAGES ? "sender" : "number", number, len, &h);
	if (rc != STORE_OK || memcmp(h.of[0], had, SEAL_HASH) == 0)
		return rc;
	rc = set(st, Q_SET + place, id, &h);
	if (rc == STORE_OK && place == OUTBOX)
		rc = set(st, Q_PARTS, id, &h);
	return rc == STORE_OK && place != MESSAGES ? follow(st, h.of[0], had) : rc;
}

static int put_hashes(struct store *st, int64_t id, const uint8_t number[SEAL_HASH], const uint8_t session[SEAL_HASH])
{
	struct db_stmt *s = q(st, Q_SET + SESSIONS);
	db_bind_blob(s, 1, number, SEAL_HASH);
	db_bind_blob(s, 2, session, SEAL_HASH);
	db_bind_int(s, 3, id);
	return base_db(st, db_run(s));
}

/* One from before callers were sealed: its reporter finds his draft by his number, its key is not found again. */
static int put_old_session(struct store *st, int64_t id)
{
	uint8_t session[SEAL_HASH], number[SEAL_HASH];
	size_t len = 0;
	struct db_stmt *s = q(st, Q_OLD_SESSION);
	seal_random(st->seal, session, sizeof session);
	db_bind_blob(s, 1, session, sizeof session);
	db_bind_int(s, 2, id);
	int rc = db_step(s);
	if (rc != STORE_OK)
		return base_db(st, rc);
	const void *got = db_blob(s, 0, &len);
	memcpy(number, got && len == SEAL_HASH ? got : session, SEAL_HASH);
	db_reset(s);
	return put_hashes(st, id, number, session);
}

static int put_session(struct store *st, int64_t id, char *caller)
{
	struct number_hash number, session;
	char provider[24] = "", *key = strchr(caller, '\n');
	struct db_stmt *s = q(st, Q_SESSION);
	db_bind_int(s, 1, id);
	int rc = db_step(s);
	if (rc == STORE_OK)
		db_text(s, 0, provider, sizeof provider);
	db_reset(s);
	if (rc != STORE_OK || !key)
		return rc == STORE_OK ? base_say(st, STORE_CORRUPT, "ussd session %" PRId64 ": no key", id) : base_db(st, rc);
	*key++ = '\0';
	rc = base_hash_number(st, "number", caller, strlen(caller), &number);
	if (rc == STORE_OK)
		rc = ussd_hash_session(st, provider, key, &session);
	return rc == STORE_OK ? put_hashes(st, id, number.of[0], session.of[0]) : rc;
}

/* The next row of the place: *id 0 when there is none. */
static int row(struct store *st, int place, int64_t after, int64_t *id)
{
	static const char *const columns[PLACES] = {
		[REPORTERS] = "reporters.number", [MESSAGES] = "messages.sender",
		[OUTBOX] = "outbox.number", [SESSIONS] = "ussd_sessions.caller",
	};
	char plain[PLAIN_MAX];
	uint8_t had[SEAL_HASH] = { 0 };
	size_t len = 0;
	bool gone = false;
	struct db_stmt *s = q(st, Q_NEXT + place);
	db_bind_int(s, 1, after);
	int rc = db_step(s);
	*id = 0;
	if (rc == STORE_NONE)
		return STORE_OK;
	if (rc != STORE_OK)
		return base_db(st, rc);
	*id = db_int(s, 0);
	const struct seal_place p = { columns[place], *id };
	const void *hash = db_blob(s, 2, &len);
	if (hash && len == SEAL_HASH)
		memcpy(had, hash, SEAL_HASH);
	rc = base_unseal(st, s, 1, &p, plain, sizeof plain, &len, &gone);
	db_reset(s);
	if (rc == STORE_OK && (gone || len == 0))
		rc = place == SESSIONS ? put_old_session(st, *id) : STORE_OK;
	else if (rc == STORE_OK)
		rc = place == SESSIONS ? put_session(st, *id, plain) : put_number(st, place, *id, plain, len, had);
	seal_wipe(plain, sizeof plain);
	return rc;
}

/* ---- all of them --------------------------------------------------------------------------------- */

static int rows(struct store *st, struct progress *p)
{
	int rc = STORE_OK;
	for (int i = 0; rc == STORE_OK && i < PIECE && p->place < PLACES; i++) {
		int64_t id = 0;
		rc = row(st, p->place, p->after, &id);
		p->after = id;
		p->place += id == 0;
	}
	return rc;
}

static int left(struct store *st)
{
	int rc = STORE_OK;
	for (int i = Q_HOURS_LEFT; rc == STORE_OK && i <= Q_LAST_LEFT; i++) {
		db_bind_int(q(st, i), 1, seal_numbers_id(st->seal));
		rc = base_db(st, db_run(q(st, i)));
	}
	return rc;
}

static int piece(struct store *st, struct progress *p)
{
	int rc = store_begin(st);
	if (rc != STORE_OK)
		return rc;
	rc = rows(st, p);
	if (rc == STORE_OK && p->place == PLACES) {
		rc = left(st);
		if (rc == STORE_OK)
			rc = store_owe_compact(st); /* pages that were moved hold old hashes in their gaps */
		*p = (struct progress){ .base = p->target };
	}
	if (rc == STORE_OK)
		rc = keep(st, p);
	if (rc == STORE_OK)
		return store_commit(st);
	store_rollback(st);
	return rc;
}

/* No row is under the old key: it goes, and what the files still hold of the hashes. */
static int end(struct store *st, int64_t now)
{
	int rc = said(st, seal_numbers_use(st->seal, 0));
	if (rc == STORE_OK)
		rc = said(st, seal_numbers_spent(st->seal, now));
	if (rc != STORE_OK)
		return rc;
	st->scrub = true;
	st->numbers_on = false;
	return STORE_OK;
}

int numbers_step(struct store *st, int64_t now)
{
	struct progress p;
	int rc = load(st, &p);
	if (rc == STORE_OK && p.target)
		rc = piece(st, &p);
	return rc == STORE_OK && !p.target ? end(st, now) : rc;
}

int numbers_begin(struct store *st, int64_t since, int64_t now)
{
	struct progress p;
	int64_t live = 0;
	int rc = load(st, &p);
	if (rc == STORE_OK)
		rc = said(st, seal_numbers_new(st->seal, since, now));
	if (rc == STORE_OK)
		rc = said(st, seal_numbers_key(st->seal, &live));
	if (rc != STORE_OK || p.base == live)
		return rc;
	p = (struct progress){ .base = p.base, .target = live };
	return keep(st, &p);
}

int numbers_use(struct store *st)
{
	struct progress p;
	int rc = load(st, &p);
	st->numbers_on = rc == STORE_OK;
	return rc == STORE_OK ? said(st, seal_numbers_use(st->seal, p.base)) : rc;
}

/* ---- opening ------------------------------------------------------------------------------------- */

int numbers_fresh(struct store *st)
{
	const struct progress p = { .base = seal_numbers_id(st->seal) };
	return keep(st, &p);
}

/* The database of before knew of one key for all. */
static int where(struct store *st, struct progress *p)
{
	int rc = load(st, p);
	if (rc != STORE_NONE)
		return rc;
	return said(st, seal_key(st->seal, SEAL_INDEX, 0, false, 0, &p->base));
}

/* Rows under a key that is not there any more, as in a backup of before: not one look-up before the last is done. */
static int all_at_once(struct store *st)
{
	int rc = STORE_OK;
	while (rc == STORE_OK && st->numbers_on)
		rc = numbers_step(st, 0);
	return rc;
}

int numbers_open(struct store *st)
{
	struct progress p;
	int rc = where(st, &p);
	if (rc == STORE_OK && !st->read_only)
		rc = said(st, seal_numbers_new(st->seal, 0, 0)); /* one of their own, if there is none */
	if (rc == STORE_OK)
		rc = said(st, seal_numbers_use(st->seal, 0));
	if (rc != STORE_OK)
		return rc;
	int64_t live = seal_numbers_id(st->seal);
	/* A cut may have come before the old key went. */
	if (p.base == live)
		return st->read_only ? STORE_OK : said(st, seal_numbers_spent(st->seal, 0));
	st->numbers_on = !st->read_only;
	int old = seal_numbers_use(st->seal, p.base);
	bool whole = old == STORE_OK && (p.target == 0 || p.target == live);
	if (st->read_only || (whole && p.target))
		return STORE_OK;
	p = (struct progress){ .base = p.base, .target = live };
	rc = keep_alone(st, &p);
	return rc == STORE_OK && !whole ? all_at_once(st) : rc;
}
