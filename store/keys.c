/* keys.c - see keys.h.  Owns meta.renew; may call the families' base, the keyring, master.c, files.c. */
#include "store/keys.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/dated.h"
#include "store/internal.h"
#include "store/master.h"

#define REWRAPS 256 /* keys a piece */
#define ANEW 128    /* values a piece */

/* Every sealed column, with the place its values are bound to.  A test seals one of each and looks for it. */
#define COLUMNS(X) \
	X(segments, id, octets) \
	X(messages, id, sender) \
	X(messages, id, text) \
	X(outbox, id, number) \
	X(outbox, id, body) \
	X(reporters, seal, number) \
	X(case_events, id, note) \
	X(ussd_sessions, id, draft) \
	X(ussd_sessions, id, caller) \
	X(legal_holds, id, reason) \
	X(secrets, seal, secret) \
	X(readings, id, notes)

enum {
#define X(table, id, column) Q_GET_##table##_##column, Q_PUT_##table##_##column,
	COLUMNS(X)
#undef X
	Q_N
};
static const char *const sql[Q_N] = {
#define X(table, id, column) \
	[Q_GET_##table##_##column] = "SELECT " #id ", " #column " FROM " #table " WHERE " #id " > $1 AND " #column \
				     " IS NOT NULL ORDER BY " #id " LIMIT 1", \
	[Q_PUT_##table##_##column] = "UPDATE " #table " SET " #column " = $1 WHERE " #id " = $2",
	COLUMNS(X)
#undef X
};
const struct sql_family keys_family = { "keys", sql, Q_N };

static const char *const places[] = {
#define X(table, id, column) #table "." #column,
	COLUMNS(X)
#undef X
};
#define PLACES (sizeof places / sizeof places[0])

static int said(struct store *st, int rc)
{
	return rc == STORE_OK ? rc : base_say(st, rc, "%s", seal_errmsg(st->seal));
}

static int no_keys(struct store *st)
{
	return base_say(st, STORE_KEY, "opened without keys");
}

/* ---- how far a renewal is ---------------------------------------------------------------------- */

static int load(struct store *st)
{
	char text[64] = "";
	if (st->renew.known)
		return STORE_OK;
	int rc = store_meta_get(st, "renew", text, sizeof text);
	if (rc != STORE_OK && rc != STORE_NONE)
		return rc;
	st->renew = (struct renewal){ .known = true };
	char *p = text;
	if (text[0]) {
		st->renew.since = strtoll(p, &p, 10);
		st->renew.place = (int)strtol(p, &p, 10);
		st->renew.after = strtoll(p, &p, 10);
	}
	return STORE_OK;
}

static int keep(struct store *st, const struct renewal *r)
{
	char text[64] = "";
	if (r->since)
		snprintf(text, sizeof text, "%" PRId64 " %d %" PRId64, r->since, r->place, r->after);
	int rc = store_meta_put(st, "renew", text);
	st->renew.known = false; /* as the turn ends, so it is */
	return rc;
}

/* ---- asking ------------------------------------------------------------------------------------ */

int keys_status(struct store *st, struct keys_status *out)
{
	memset(out, 0, sizeof *out);
	if (!st->seal)
		return no_keys(st);
	int rc = said(st, seal_masters(st->seal, &out->master));
	for (int i = 0; rc == STORE_OK && i <= SEAL_BACKUP; i++)
		rc = said(st, seal_count(st->seal, (enum seal_kind)i, &out->kind[i]));
	if (rc == STORE_OK)
		rc = load(st);
	out->waits = st->waits_for_key && seal_rotating(st->seal);
	out->renewing = st->renew.since ? st->renew.since : st->numbers_on;
	return rc;
}

bool keys_busy(struct store *st)
{
	if (!st->seal || st->read_only || load(st) != STORE_OK)
		return false;
	return st->renew.since || st->numbers_on || (seal_rotating(st->seal) && !st->waits_for_key);
}

/* ---- changing ---------------------------------------------------------------------------------- */

int keys_rotate(struct store *st, const struct keys_new *to, int64_t now)
{
	if (!st->seal)
		return no_keys(st);
	struct master_from from = { .source = to ? to->source : STORE_KEY_FILE, .path = to ? to->path : NULL,
				    .ask = to ? to->ask : NULL };
	if (!to && st->key_source != STORE_KEY_FILE)
		return base_say(st, STORE_STATE, "the gateway cannot write its own master key when that is a %s: name the "
				"new one", st->key_source == STORE_KEY_CREDENTIAL ? "credential" : "passphrase");
	if (from.source != STORE_KEY_PASSPHRASE && !seal_can_replace(st->seal))
		return base_say(st, STORE_STATE, "the gateway may not write the folder of the key file: let it (ReadWritePaths= of its "
				"unit), or keep the key as a credential");
	st->waits_for_key = false;
	return said(st, seal_rotate(st->seal, to ? &from : NULL, now));
}

int keys_renew(struct store *st, int64_t now)
{
	int rc = st->seal ? load(st) : no_keys(st);
	if (rc != STORE_OK)
		return rc;
	if (st->renew.since || st->numbers_on)
		return base_say(st, STORE_STATE, "the data keys are being renewed already");
	/* Keys made within this second are old ones, too. */
	const struct renewal r = { .since = now + 1, .place = -1 };
	return keep(st, &r);
}

static int rotate_piece(struct store *st)
{
	size_t n = 0;
	bool done = true;
	int rc = said(st, seal_rotate_step(st->seal, REWRAPS, &n));
	if (rc == STORE_OK && n == 0) {
		rc = said(st, seal_rotate_end(st->seal, &done));
		st->waits_for_key = rc == STORE_OK && !done;
	}
	return rc;
}

/* The next value of a column: *id 0 when there is none. */
static int anew(struct store *st, int place, int64_t after, int64_t *id)
{
	uint8_t *out = st->scratch;
	size_t n = 0;
	struct db_stmt *s = st->q[FAM_KEYS][2 * place];
	db_bind_int(s, 1, after);
	int rc = db_step(s);
	*id = 0;
	if (rc == STORE_NONE)
		return STORE_OK;
	if (rc != STORE_OK)
		return base_db(st, rc);
	*id = db_int(s, 0);
	const struct seal_place p = { places[place], *id };
	const void *sealed = db_blob(s, 1, &n);
	rc = sealed && n <= sizeof st->scratch ? seal_anew(st->seal, &p, sealed, n, out) : STORE_STATE;
	db_reset(s);
	if (rc == STORE_STATE)
		return STORE_OK; /* live, destroyed, or nothing sealed */
	if (rc != STORE_OK)
		return base_say(st, rc, "%s %" PRId64 ": %s", p.column, p.row, seal_errmsg(st->seal));
	s = st->q[FAM_KEYS][2 * place + 1];
	db_bind_blob(s, 1, out, n);
	db_bind_int(s, 2, *id);
	return base_db(st, db_run(s));
}

/* Place -1: keys are retired; 0 and on: the columns, one after the other. */
static int renew_rows(struct store *st, struct renewal *r)
{
	int rc = STORE_OK;
	for (int i = 0; rc == STORE_OK && i < ANEW && r->place < (int)PLACES; i++) {
		int64_t id = 0;
		rc = anew(st, r->place, r->after, &id);
		r->after = id;
		r->place += id == 0;
	}
	if (r->place == (int)PLACES)
		*r = (struct renewal){ .since = 0 };
	return rc;
}

static int renew_piece(struct store *st, int64_t now)
{
	struct renewal r = st->renew;
	size_t n = 0;
	bool begun = false;
	int rc = base_db(st, db_begin(st->db));
	if (rc != STORE_OK)
		return rc;
	if (r.place < 0) {
		rc = said(st, seal_retire_step(st->seal, r.since, now, REWRAPS, &n));
		begun = rc == STORE_OK && n == 0;
		if (begun)
			rc = numbers_begin(st, r.since, now);
		if (begun)
			r = (struct renewal){ .since = r.since };
	} else {
		rc = renew_rows(st, &r);
		st->scrub |= r.since == 0;
	}
	if (rc == STORE_OK)
		rc = keep(st, &r);
	if (rc != STORE_OK) {
		store_rollback(st);
		return rc;
	}
	rc = store_commit(st);
	return rc == STORE_OK && begun ? numbers_use(st) : rc;
}

int keys_step(struct store *st, int64_t now)
{
	int rc = st->seal ? load(st) : no_keys(st);
	if (rc != STORE_OK)
		return rc;
	if (seal_rotating(st->seal) && !st->waits_for_key)
		return rotate_piece(st);
	if (st->renew.since)
		return renew_piece(st, now);
	return st->numbers_on ? numbers_step(st, now) : STORE_OK;
}

int keys_expire(struct store *st, int64_t before, int64_t now, int64_t *n)
{
	int64_t retired = 0;
	*n = 0;
	if (!st->seal)
		return no_keys(st);
	int rc = load(st);
	if (rc == STORE_OK)
		rc = said(st, seal_destroy(st->seal, SEAL_BACKUP, base_day(before), now, n));
	/* Not while values may still lie under them. */
	if (rc == STORE_OK && !st->renew.since && !st->numbers_on)
		rc = said(st, seal_destroy_retired(st->seal, before, now, &retired));
	*n += retired;
	return rc;
}

/* ---- copies ------------------------------------------------------------------------------------ */

int keys_copy(struct store *st, const char *recovery, const char *dir, int64_t now, char *path, size_t max)
{
	uint8_t public_key[CRYPT_KEY];
	if (!st->seal)
		return no_keys(st);
	if (!crypt_unhex(recovery, strlen(recovery), public_key, sizeof public_key))
		return base_say(st, STORE_KEY, "backup.recovery_key: 64 hex digits, as 'kujdestar key recovery' printed them");
	int rc = dated_name(dir, KEYS_COPY, KEYS_COPY_END, now, path, max);
	if (rc != STORE_OK)
		return base_say(st, rc, "%s: path too long", dir);
	return said(st, seal_copy(st->seal, public_key, path, now));
}

int keys_copies_expire(const char *dir, int64_t before, int64_t *n)
{
	return dated_expire(dir, KEYS_COPY, KEYS_COPY_END, before, n);
}

int64_t keys_newest_copy(const char *dir)
{
	return dated_newest(dir, KEYS_COPY, KEYS_COPY_END);
}

int keys_make_recovery(const char *file, char public_hex[65], char *err, size_t errlen)
{
	uint8_t public_key[CRYPT_KEY], secret[CRYPT_KEY];
	if (crypt_start() != STORE_OK) {
		snprintf(err, errlen, "libsodium did not start");
		return STORE_FAIL;
	}
	crypt_pair(public_key, secret);
	int rc = master_write(file, secret, err, errlen);
	crypt_wipe(secret, sizeof secret);
	if (rc == STORE_OK)
		crypt_hex(public_key, sizeof public_key, public_hex);
	return rc;
}

int keys_recover(const struct store_options *o, const char *copy, const char *secret_file, int64_t *made, char *err,
		 size_t errlen)
{
	uint8_t secret[CRYPT_KEY];
	const struct seal_options s = { .keyring_path = o->keyring_path, .source = o->key_source,
					.key_file = o->key_file, .ask = o->ask, .busy_ms = 1000 };
	const struct master_from from = { .source = STORE_KEY_FILE, .path = secret_file };
	*made = 0;
	if (crypt_start() != STORE_OK) {
		snprintf(err, errlen, "libsodium did not start");
		return STORE_FAIL;
	}
	int rc = master_read(&from, secret, err, errlen);
	if (rc == STORE_OK)
		rc = seal_recover(&s, copy, secret, made, err, errlen);
	crypt_wipe(secret, sizeof secret);
	return rc;
}
