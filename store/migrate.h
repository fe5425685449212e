/* migrate.h - numbered migrations, embedded at build time by embed.sh.  Each is one transaction
 * together with its number, so that a cut leaves the file at a whole number. */
#ifndef STORE_MIGRATE_H
#define STORE_MIGRATE_H
#include <stddef.h>

struct db;
struct migration {
	int number;
	const char *name, *sql;
};
extern const struct migration store_migrations[];
extern const int store_migrations_n;

/* Brings db to the newest number; read_only only looks.  STORE_NEWER: the file is ahead of this
 * program.  STORE_STATE: it is behind and may not be written.  err gets words. */
int migrate(struct db *db, int read_only, int *version, char *err, size_t errlen);
#endif
