/* erase.c - erasing: keys destroyed in the keyring, and what they sealed taken out of the rows.
 * May call the families, seal.c and the seam.
 *
 * The order matters.  Of a case the key goes first: from then on its texts are unreadable in every
 * copy and backup, and a cut before the rest leaves only ciphertext for the next try.  Of days the
 * rows go first: a key destroyed before its unread texts are sealed anew would lose them. */
#include "store/internal.h"

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
		rc = base_db(st, db_commit(st->db));
	else
		db_rollback(st->db);
	if (rc != STORE_OK)
		base_forget_ids(st);
	return rc;
}

static int blank(struct store *st, int64_t case_id, int64_t now)
{
	int rc = case_forget(st, case_id, now);
	if (rc == STORE_OK)
		rc = progress_forget_case(st, case_id);
	if (rc == STORE_OK)
		rc = inbox_forget_case(st, case_id);
	return rc == STORE_OK ? outbox_forget_case(st, case_id) : rc;
}

int store_forget_case(struct store *st, int64_t case_id, int64_t now)
{
	int64_t n;
	int rc = base_db(st, db_begin(st->db));
	if (rc != STORE_OK)
		return rc;
	/* An open case is refused by the rows before its key is touched. */
	rc = blank(st, case_id, now);
	if (rc == STORE_OK)
		rc = destroy(st, SEAL_CASE, case_id, now, &n);
	if (rc == STORE_OK)
		st->scrub = true;
	return finish(st, rc);
}

int store_expire_days(struct store *st, int64_t before, int64_t now, int64_t *renewed,
		      int64_t *keys)
{
	int64_t day = base_day(before);
	*renewed = *keys = 0;
	if (day > base_day(now))
		return base_say(st, STORE_STATE, "the days to expire are not over yet");
	int rc = base_db(st, db_begin(st->db));
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
