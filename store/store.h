/* store.h - the durable truth: open, transactions, errors.
 *
 * Owns the database file, the keyring file beside it and the data keys in memory.  One writer at a
 * time: the hub, or a command while the hub is down (store_open takes the lock).  A turn is
 * store_begin .. store_commit; nothing may be acknowledged to the outside before store_commit
 * returned STORE_OK.  Every call returns STORE_OK or a negative store_rc; store_errmsg(st) words the
 * last one.  Times are UTC seconds; days are local ISO text.  Never logs.
 *
 * What is sealed and with which key: store/STATES.md.  Strings returned in structs are copies.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct store;
enum store_rc {
	STORE_OK = 0,
	STORE_NONE = -1,     /* no such row / nothing due */
	STORE_EXISTS = -2,   /* already there: the caller's idempotence */
	STORE_STATE = -3,    /* the row is not in a state this transition starts from */
	STORE_FULL = -4,     /* disk full */
	STORE_READONLY = -5,
	STORE_BUSY = -6,     /* locked by another process */
	STORE_IO = -7,
	STORE_CORRUPT = -8,
	STORE_NEWER = -9,    /* written by a newer version */
	STORE_KEY = -10,     /* key file or keyring missing, wrong or destroyed; a seal that does not open */
	STORE_BOUND = -11,   /* a value longer than the caller's buffer, or than a column allows */
	STORE_FAIL = -12
};
const char *store_rc_name(int rc);

enum store_key_source {
	STORE_KEY_FILE,
	STORE_KEY_CREDENTIAL, /* $CREDENTIALS_DIRECTORY/key_file, as systemd's LoadCredential= hands it over */
	STORE_KEY_PASSPHRASE  /* asked for; Argon2id, its salt in the keyring */
};
#define STORE_PASSPHRASE_MAX 512
/* Asks a person; fresh: for a new one, twice.  STORE_OK, or an error worded in err. */
typedef int store_ask_fn(bool fresh, char *words, size_t max, char *err, size_t errlen);

struct store_options {
	const char *path;         /* database file */
	const char *keyring_path; /* separate file: wrapped data keys; never part of a data backup */
	enum store_key_source key_source;
	const char *key_file;     /* master key, mode 0600; group or world bits are refused */
	store_ask_fn *ask;        /* of a passphrase; NULL: nobody can be asked */
	bool read_only;           /* no lock, short snapshots */
	int busy_ms;              /* how long to wait for another connection */
	const char *vfs;          /* tests: name of a substituted SQLite VFS, or NULL */
};
/* Makes the key file (never overwrites one), the keyring and an empty database. err gets words with
 * the path and the mend. */
int store_init(const struct store_options *o, char *err, size_t errlen);
/* Opens, applies missing migrations (each one transaction), reads back journal mode and synchronous,
 * prepares every statement.  *out is NULL on error. */
int store_open(const struct store_options *o, struct store **out, char *err, size_t errlen);
void store_close(struct store *st);

int store_begin(struct store *st);    /* BEGIN IMMEDIATE */
int store_commit(struct store *st);   /* durable when STORE_OK; otherwise rolled back */
void store_rollback(struct store *st);
bool store_in_turn(const struct store *st);
const char *store_errmsg(const struct store *st);
int store_version(const struct store *st); /* number of the newest migration applied */

/* Something was redacted or erased since the last scrub: its sealed octets still lie in the
 * write-ahead log.  store_scrub empties that, outside a turn; STORE_BUSY while a reader is in a
 * snapshot: call again later. */
bool store_needs_scrub(const struct store *st);
int store_scrub(struct store *st);

/* Writes the database anew, so that nothing that was moved or taken out is left in a page of it, and empties
 * the log.  Blocks, a second for some 100 MB, which it takes of memory: STORE_BOUND, a file of more than max octets
 * is left as it is.  Outside a turn; meta.compacted: when it was done last. */
#define STORE_COMPACT_MAX (INT64_C(256) << 20) /* where nobody waits */
#define STORE_COMPACT_TURN (INT64_C(16) << 20) /* between turns */
int store_compact(struct store *st, int64_t now, int64_t max);
/* A case was erased or made anonymous, or days of absences were taken out, and the file not written anew since. */
bool store_needs_compact(const struct store *st);

/* Walks both files: STORE_CORRUPT when their structure is damaged.  Slow on a large store. */
int store_check(struct store *st);

/* Erasure, each a turn of its own (STORE_STATE inside one), to be called again after a failure.
 * store_forget_case: see erase.h.  store_expire_days: texts and bodies of days before
 * `before` become unreadable, after what is still unread or owed was sealed anew; *renewed values,
 * *keys destroyed. */
int store_forget_case(struct store *st, int64_t case_id, int64_t now);
int store_expire_days(struct store *st, int64_t before, int64_t now, int64_t *renewed,
		      int64_t *keys);

/* Small durable facts: "clean_end", "epoch", ...  Values up to 255 bytes. */
int store_meta_get(struct store *st, const char *name, char *value, size_t max);
int store_meta_put(struct store *st, const char *name, const char *value);

/* Append-only, each row's hash over the row and the hash before it.  Up to 31 octets each, object and
 * result 63.  who: reporter id, "system",
 * "cli:uid"; object: "alert 31", "E26-0147-V"; never a text or a number. */
int audit_add(struct store *st, int64_t now, const char *who, const char *verb, const char *object,
	      const char *result, const char *rule);
int audit_verify(struct store *st, int64_t *rows, int64_t *first_bad);
/* A piece of it, AUDIT_PIECE rows, some tens of milliseconds: on from where the last piece in this process ended, or
 * anew.  *rows so far; *done: all rows that there are now. */
#define AUDIT_PIECE 20000
int audit_verify_some(struct store *st, bool anew, int64_t *rows, int64_t *first_bad, bool *done);
#endif
