/* migrate.c - applies what is missing, one transaction each.  Owns nothing; may call the seam. */
#include "store/migrate.h"

#include <stdio.h>

#include "store/db.h"
#include "store/store.h"

static int apply(struct db *db, const struct migration *m)
{
	int rc = db_begin(db);
	if (rc != STORE_OK)
		return rc;
	rc = db_exec(db, m->sql);
	if (rc == STORE_OK)
		rc = db_set_version(db, m->number);
	if (rc == STORE_OK)
		return db_commit(db);
	db_rollback(db);
	return rc;
}

int migrate(struct db *db, int read_only, int *version, char *err, size_t errlen)
{
	int have = 0;
	int rc = db_version(db, &have);
	*version = have;
	if (rc != STORE_OK) {
		snprintf(err, errlen, "%s", db_errmsg(db));
		return rc;
	}
	if (have > store_migrations_n) {
		snprintf(err, errlen, "written by a newer version (schema %d, this program knows %d): "
			 "install that version or newer", have, store_migrations_n);
		return STORE_NEWER;
	}
	if (read_only && have < store_migrations_n) {
		snprintf(err, errlen, "schema %d is older than this program's %d: start the gateway "
			 "once so that it is brought up to date", have, store_migrations_n);
		return STORE_STATE;
	}
	for (int i = have; i < store_migrations_n; i++) {
		rc = apply(db, &store_migrations[i]);
		if (rc != STORE_OK) {
			snprintf(err, errlen, "migration %s: %s", store_migrations[i].name,
				 db_errmsg(db));
			return rc;
		}
		*version = store_migrations[i].number;
	}
	return STORE_OK;
}
