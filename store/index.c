/* index.c - the key that telephone numbers are found by, and its successors.  Part of the keyring (seal.h); may
 * call seal.c and the seam.
 *
 * The new key is in the keyring before a row has a hash under it; the old one is destroyed when no row has one
 * under that.  Which rows those are the database knows: numbers.c. */
#include <string.h>

#include "store/seal_int.h"

static int retire_before(struct seal *k, int64_t since, int64_t now)
{
	int64_t id = 0;
	struct db_stmt *q = k->q[SEAL_Q_BEFORE];
	db_bind_text(q, 1, seal_kind_name(SEAL_INDEX), 16);
	db_bind_int(q, 2, INDEX_NUMBERS);
	db_bind_int(q, 3, since);
	int rc = db_step(q);
	if (rc == STORE_OK)
		id = db_int(q, 0);
	db_reset(q);
	if (rc != STORE_OK)
		return rc;
	q = k->q[SEAL_Q_RETIRE];
	db_bind_int(q, 1, now);
	db_bind_int(q, 2, id);
	return db_run(q);
}

static bool has_own(struct seal *k, int *rc)
{
	struct db_stmt *q = k->q[SEAL_Q_LIVE];
	db_bind_text(q, 1, seal_kind_name(SEAL_INDEX), 16);
	db_bind_int(q, 2, INDEX_NUMBERS);
	*rc = db_step(q);
	db_reset(q);
	return *rc == STORE_OK;
}

int seal_numbers_new(struct seal *k, int64_t since, int64_t now)
{
	int64_t id;
	int rc = db_begin(k->db);
	if (rc != STORE_OK)
		return seal_said_db(k, rc);
	rc = retire_before(k, since, now > since ? now : since);
	if (rc == STORE_NONE && has_own(k, &rc)) /* a younger one */
		return seal_finish(k, STORE_OK);
	if (rc != STORE_OK && rc != STORE_NONE)
		return seal_finish(k, seal_said_db(k, rc));
	rc = seal_finish(k, seal_add_key(k, SEAL_INDEX, INDEX_NUMBERS, now > since ? now : since, &id));
	seal_forget(k, SEAL_INDEX, INDEX_NUMBERS);
	return rc;
}

int seal_numbers_spent(struct seal *k, int64_t now)
{
	struct db_stmt *q = k->q[SEAL_Q_SPENT_OF];
	int rc = db_begin(k->db);
	if (rc != STORE_OK)
		return seal_said_db(k, rc);
	db_bind_int(q, 1, now);
	db_bind_text(q, 2, seal_kind_name(SEAL_INDEX), 16);
	db_bind_int(q, 3, INDEX_NUMBERS);
	rc = db_run(q);
	rc = seal_finish(k, rc == STORE_OK ? rc : seal_said_db(k, rc));
	if (rc != STORE_OK)
		return rc;
	seal_forget(k, SEAL_INDEX, INDEX_NUMBERS);
	rc = db_scrub(k->db);
	return rc == STORE_OK ? rc : seal_said_db(k, rc);
}
