/* backup_rows.c - what of a backup is rows: what it holds, its key, and what is set right when it was put back.
 * Owns no table; may call turn.c, audit.c, base.c, seal.c and the seam. */
#include "store/backup.h"

#include <stdio.h>

#include "store/internal.h"

#define GAP 100 /* cases, alerts, tasks that a lost day may have had */

enum { Q_COUNTS, Q_UNSURE, Q_GAP, Q_CASES, Q_N };
static const char *const sql[Q_N] = {
	[Q_COUNTS] = "SELECT (SELECT count(*) FROM cases), (SELECT count(*) FROM messages), (SELECT count(*) FROM audit)",
	/* the brackets tell clang that no comma is missing */
	[Q_UNSURE] = ("UPDATE outbox SET state = 'uncertain', reason = 'restored: it may have left since' "
		      "WHERE leg = 'sms' AND state = 'queued'"),
	[Q_GAP] = "UPDATE sequence SET next = next + $1 WHERE name <> 'audit'",
	[Q_CASES] = "UPDATE sequence SET next = $1 WHERE name = 'case' AND next < $1",
};
const struct sql_family backup_family = { "backup", sql, Q_N };

int backup_counts(struct store *st, struct backup_info *info)
{
	struct db_stmt *s = st->q[FAM_BACKUP][Q_COUNTS];
	int rc = db_step(s);
	if (rc == STORE_OK) {
		info->cases = db_int(s, 0);
		info->messages = db_int(s, 1);
		info->audit = db_int(s, 2);
		info->version = store_version(st);
	}
	db_reset(s);
	return base_db(st, rc);
}

int backup_key(struct store *st, int64_t now)
{
	int64_t id;
	if (!st->seal)
		return base_say(st, STORE_KEY, "opened without keys");
	int rc = seal_key(st->seal, SEAL_BACKUP, base_day(now), true, now, &id);
	return rc == STORE_OK ? rc : base_say(st, rc, "%s", seal_errmsg(st->seal));
}

/* SMS that waited may have left since; numbers may have been given out since. */
int backup_set_right(struct store *st, int64_t now, const char *made, int64_t *unsure)
{
	int64_t last = 0;
	int rc = seal_last_ref(st->seal, SEAL_CASE, &last);
	if (rc != STORE_OK)
		return base_say(st, rc, "%s", seal_errmsg(st->seal));
	rc = store_begin(st);
	if (rc != STORE_OK)
		return rc;
	rc = base_db(st, db_run(st->q[FAM_BACKUP][Q_UNSURE]));
	*unsure = db_changes(st->db);
	if (rc == STORE_OK) {
		db_bind_int(st->q[FAM_BACKUP][Q_GAP], 1, GAP);
		rc = base_db(st, db_run(st->q[FAM_BACKUP][Q_GAP]));
	}
	/* Cases that were opened after the backup have keys: their row ids are not given to others. */
	if (rc == STORE_OK) {
		db_bind_int(st->q[FAM_BACKUP][Q_CASES], 1, last + 1);
		rc = base_db(st, db_run(st->q[FAM_BACKUP][Q_CASES]));
	}
	if (rc == STORE_OK)
		rc = audit_add(st, now, "system", "store.restore", "backup", made, "");
	if (rc == STORE_OK)
		return store_commit(st);
	store_rollback(st);
	return rc;
}
