/* rotate.c - changing the master key and retiring data keys, a bounded piece at a time.  Part of the
 * keyring (seal.h); may call seal.c, master.c and the seam.
 *
 * Until the last key was wrapped anew either master key opens the keyring, since each lies wrapped in the
 * other: a cut at any point leaves a keyring that whatever key stands in the file opens, and the rest is
 * done later.  The file is put in place before the old key is given up, never after. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "store/seal_int.h"

bool seal_rotating(const struct seal *k)
{
	return k->s->master[1].id != 0;
}

bool seal_can_replace(const struct seal *k)
{
	char dir[1024];
	const char *slash = strrchr(k->path, '/');
	snprintf(dir, sizeof dir, "%.*s", slash ? (int)(slash - k->path) + 1 : 1, slash ? k->path : ".");
	return k->from.source != STORE_KEY_FILE || access(dir, W_OK) == 0;
}

static int begin(struct seal *k)
{
	int rc = db_begin(k->db);
	return rc == STORE_OK ? rc : seal_said_db(k, rc);
}

static int keep_both(struct seal *k, const struct seal_master *next, const struct seal_salt *salt)
{
	const struct seal_master *now = &k->s->master[0];
	uint8_t other[SEAL_WRAPPED];
	int rc = begin(k);
	if (rc != STORE_OK)
		return rc;
	rc = seal_add_master(k, next, "next", salt, now);
	if (rc == STORE_OK) {
		struct db_stmt *q = k->q[SEAL_Q_MASTER_OTHER];
		seal_wrap(now, "master", 0, next->id, next->key, other);
		db_bind_blob(q, 1, other, sizeof other);
		db_bind_int(q, 2, now->id);
		rc = db_run(q);
	}
	return seal_finish(k, rc);
}

int seal_rotate(struct seal *k, const struct master_from *to, int64_t now)
{
	struct seal_salt salt = { .is = false };
	char why[180] = "";
	int rc = STORE_OK;
	if (seal_rotating(k))
		return seal_said(k, STORE_STATE, "its master key is being changed already");
	struct seal_master *m = crypt_alloc(sizeof *m);
	if (!m)
		return seal_said(k, STORE_FAIL, "out of guarded memory");
	if (to) {
		rc = seal_new_master(to, m, &salt, why, sizeof why);
	} else {
		m->id = seal_new_id();
		crypt_random(m->key, sizeof m->key);
	}
	m->created = now;
	if (rc != STORE_OK)
		rc = seal_said(k, rc, why);
	else if (memcmp(m->key, k->s->master[0].key, CRYPT_KEY) == 0)
		rc = seal_said(k, STORE_STATE, "that is the key it has now");
	if (rc == STORE_OK)
		rc = keep_both(k, m, &salt);
	if (rc == STORE_OK) {
		k->s->master[1] = k->s->master[0];
		k->s->master[0] = *m;
		if (salt.is) /* whoever said it twice knows it */
			k->opened_by = m->id;
	}
	crypt_free(m);
	return rc;
}

struct wrapped {
	int64_t id, ref;
	char kind[16];
	uint8_t octets[SEAL_WRAPPED];
};

static int next_under(struct seal *k, int64_t master, struct wrapped *out, size_t max, size_t *n)
{
	struct db_stmt *q = k->q[SEAL_Q_UNDER];
	int rc = STORE_OK;
	*n = 0;
	db_bind_int(q, 1, master);
	db_bind_int(q, 2, (int64_t)max);
	while (*n < max && (rc = db_step(q)) == STORE_OK) {
		struct wrapped *w = &out[*n];
		size_t len = 0;
		w->id = db_int(q, 0);
		db_text(q, 1, w->kind, sizeof w->kind);
		w->ref = db_int(q, 2);
		const void *p = db_blob(q, 3, &len);
		if (!p || len != sizeof w->octets) {
			rc = STORE_CORRUPT;
			break;
		}
		memcpy(w->octets, p, len);
		++*n;
	}
	db_reset(q);
	return rc == STORE_NONE || rc == STORE_OK ? STORE_OK : seal_said(k, rc, "a wrapped key cannot be read");
}

static int wrap_anew(struct seal *k, const struct wrapped *w)
{
	const struct seal_master *from = &k->s->master[1], *to = &k->s->master[0];
	uint8_t key[CRYPT_KEY], wrapped[SEAL_WRAPPED];
	int rc = seal_unwrap(from, w->kind, w->ref, w->id, w->octets, sizeof w->octets, key);
	if (rc != STORE_OK)
		return seal_said(k, rc, "a key does not unwrap under the old master key");
	seal_wrap(to, w->kind, w->ref, w->id, key, wrapped);
	crypt_wipe(key, sizeof key);
	struct db_stmt *q = k->q[SEAL_Q_REWRAP];
	db_bind_blob(q, 1, wrapped, sizeof wrapped);
	db_bind_int(q, 2, to->id);
	db_bind_int(q, 3, w->id);
	db_bind_int(q, 4, from->id);
	rc = db_run(q);
	return rc == STORE_OK ? rc : seal_said_db(k, rc);
}

#define STEP_MAX 256

int seal_rotate_step(struct seal *k, size_t max, size_t *n)
{
	static struct wrapped batch[STEP_MAX]; /* 30 KB; one thread */
	*n = 0;
	if (!seal_rotating(k))
		return STORE_OK;
	int rc = begin(k);
	if (rc != STORE_OK)
		return rc;
	rc = next_under(k, k->s->master[1].id, batch, max < STEP_MAX ? max : STEP_MAX, n);
	for (size_t i = 0; rc == STORE_OK && i < *n; i++)
		rc = wrap_anew(k, &batch[i]);
	return seal_finish(k, rc);
}

static int give_up_old(struct seal *k)
{
	struct seal_master *next = &k->s->master[0], *old = &k->s->master[1];
	int rc = begin(k);
	if (rc != STORE_OK)
		return rc;
	db_bind_int(k->q[SEAL_Q_MASTER_DROP], 1, old->id);
	rc = db_run(k->q[SEAL_Q_MASTER_DROP]);
	if (rc == STORE_OK) {
		db_bind_int(k->q[SEAL_Q_MASTER_LIVE], 1, next->id);
		rc = db_run(k->q[SEAL_Q_MASTER_LIVE]);
	}
	if (rc != STORE_OK)
		(void)seal_said_db(k, rc);
	rc = seal_finish(k, rc);
	if (rc != STORE_OK)
		return rc;
	crypt_wipe(old, sizeof *old);
	(void)db_scrub(k->db); /* a reader in the way: the next opening does it */
	return STORE_OK;
}

int seal_rotate_end(struct seal *k, bool *done)
{
	char why[180] = "";
	const struct seal_master *next = &k->s->master[0];
	struct seal_masters m;
	*done = true;
	if (!seal_rotating(k))
		return STORE_OK;
	int rc = seal_masters(k, &m);
	if (rc != STORE_OK)
		return rc;
	if (m.left > 0)
		return seal_said(k, STORE_STATE, "keys are left under the old master key");
	if (k->from.source == STORE_KEY_FILE && !next->passphrase) {
		rc = master_replace(k->path, next->key, why, sizeof why);
		if (rc != STORE_OK)
			return seal_said(k, rc, why);
	} else if (k->opened_by != next->id) {
		*done = false;
		return STORE_OK;
	}
	return give_up_old(k);
}

/* ---- data keys ------------------------------------------------------------------------------- */

/* All that seal values; the index key stays, since the audit's chain hangs on it, and numbers' is index.c's. */
static const enum seal_kind renewed[] = { SEAL_ROSTER, SEAL_CASE, SEAL_DAY };

static int retire_one(struct seal *k, enum seal_kind kind, int64_t id, int64_t ref, int64_t now)
{
	int64_t successor;
	db_bind_int(k->q[SEAL_Q_RETIRE], 1, now);
	db_bind_int(k->q[SEAL_Q_RETIRE], 2, id);
	int rc = db_run(k->q[SEAL_Q_RETIRE]);
	if (rc != STORE_OK)
		return seal_said_db(k, rc);
	return seal_add_key(k, kind, ref, now, &successor);
}

static int oldest(struct seal *k, enum seal_kind kind, int64_t since, int64_t *id, int64_t *ref)
{
	struct db_stmt *q = k->q[SEAL_Q_OLD];
	db_bind_text(q, 1, seal_kind_name(kind), 16);
	db_bind_int(q, 2, since);
	db_bind_int(q, 3, 1);
	int rc = db_step(q);
	if (rc == STORE_OK) {
		*id = db_int(q, 0);
		*ref = db_int(q, 1);
	}
	db_reset(q);
	return rc == STORE_OK || rc == STORE_NONE ? rc : seal_said_db(k, rc);
}

int seal_retire_step(struct seal *k, int64_t since, int64_t now, size_t max, size_t *n)
{
	*n = 0;
	int rc = begin(k);
	if (rc != STORE_OK)
		return rc;
	for (size_t i = 0; i < sizeof renewed / sizeof renewed[0]; i++) {
		int64_t id = 0, ref = 0;
		while (*n < max && (rc = oldest(k, renewed[i], since, &id, &ref)) == STORE_OK) {
			rc = retire_one(k, renewed[i], id, ref, now > since ? now : since);
			if (rc != STORE_OK)
				return seal_finish(k, rc);
			++*n;
		}
		if (rc != STORE_OK && rc != STORE_NONE)
			return seal_finish(k, rc);
	}
	rc = seal_finish(k, STORE_OK);
	memset(k->s->cache, 0, sizeof k->s->cache); /* which are retired is read again */
	return rc;
}

int seal_destroy_retired(struct seal *k, int64_t before, int64_t now, int64_t *n)
{
	*n = 0;
	int rc = begin(k);
	if (rc != STORE_OK)
		return rc;
	db_bind_int(k->q[SEAL_Q_SPENT], 1, now);
	db_bind_int(k->q[SEAL_Q_SPENT], 2, before);
	rc = db_run(k->q[SEAL_Q_SPENT]);
	int64_t changed = db_changes(k->db);
	if (rc != STORE_OK)
		(void)seal_said_db(k, rc);
	rc = seal_finish(k, rc);
	if (rc != STORE_OK || changed == 0)
		return rc;
	memset(k->s->cache, 0, sizeof k->s->cache);
	*n = changed;
	rc = db_scrub(k->db);
	return rc == STORE_OK ? rc : seal_said_db(k, rc);
}

/* ---- asking ---------------------------------------------------------------------------------- */

static int one_number(struct seal *k, struct db_stmt *q, int64_t *out)
{
	int rc = db_step(q);
	if (rc == STORE_OK)
		*out = db_int(q, 0);
	db_reset(q);
	return rc == STORE_OK || rc == STORE_NONE ? rc : seal_said_db(k, rc);
}

int seal_count(struct seal *k, enum seal_kind kind, struct seal_counts *out)
{
	struct db_stmt *q = k->q[SEAL_Q_KINDS];
	db_bind_text(q, 1, seal_kind_name(kind), 16);
	int rc = db_step(q);
	if (rc == STORE_OK)
		*out = (struct seal_counts){ db_int(q, 0), db_int(q, 1), db_int(q, 2) };
	db_reset(q);
	return rc == STORE_OK ? rc : seal_said_db(k, rc);
}

int seal_masters(struct seal *k, struct seal_masters *out)
{
	const struct seal_master *m = &k->s->master[0], *old = &k->s->master[1];
	*out = (struct seal_masters){ .id = m->id, .created = m->created, .left = -1, .passphrase = m->passphrase };
	if (!seal_rotating(k))
		return STORE_OK;
	db_bind_int(k->q[SEAL_Q_LEFT], 1, old->id);
	return one_number(k, k->q[SEAL_Q_LEFT], &out->left);
}

int seal_next_erased(struct seal *k, int64_t after, int64_t *case_id)
{
	db_bind_int(k->q[SEAL_Q_ERASED], 1, after);
	return one_number(k, k->q[SEAL_Q_ERASED], case_id);
}

int seal_last_ref(struct seal *k, enum seal_kind kind, int64_t *ref)
{
	db_bind_text(k->q[SEAL_Q_LAST], 1, seal_kind_name(kind), 16);
	return one_number(k, k->q[SEAL_Q_LAST], ref);
}
