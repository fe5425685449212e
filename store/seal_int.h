/* seal_int.h - what the files around the keyring share: seal.c (values, keys), keyring.c (its file, masters,
 * opening), rotate.c (changing the master key, renewing the data keys), index.c (the key that numbers are found
 * by), escrow.c (copies for the recovery key).  For nobody else. */
#ifndef STORE_SEAL_INT_H
#define STORE_SEAL_INT_H
#include "store/crypt.h"
#include "store/db.h"
#include "store/master.h"
#include "store/seal.h"

#define SEAL_NONCE 24
#define SEAL_TAG 16
#define SEAL_WRAPPED (SEAL_NONCE + CRYPT_KEY + SEAL_TAG)
#define SEAL_CACHE 64
#define SEAL_POOL 2048

enum seal_query {
	SEAL_Q_LIVE, SEAL_Q_BY_ID, SEAL_Q_ADD, SEAL_Q_DESTROY, SEAL_Q_DESTROY_OLD, SEAL_Q_MASTERS,
	SEAL_Q_MASTER_ADD, SEAL_Q_MASTER_OTHER, SEAL_Q_MASTER_DROP, SEAL_Q_MASTER_LIVE, SEAL_Q_UNDER, SEAL_Q_REWRAP,
	SEAL_Q_LEFT, SEAL_Q_KINDS, SEAL_Q_OLD, SEAL_Q_RETIRE, SEAL_Q_SPENT, SEAL_Q_ALL, SEAL_Q_ERASED, SEAL_Q_LAST,
	SEAL_Q_BEFORE, SEAL_Q_SPENT_OF, SEAL_Q_N
};
struct seal_cached {
	int64_t id, ref; /* id 0 = free */
	uint64_t used;
	enum seal_kind kind;
	bool retired;    /* opens what it sealed, seals no more */
	uint8_t key[CRYPT_KEY];
};
struct seal_master {
	int64_t id, created; /* id 0 = none */
	bool passphrase;
	uint8_t key[CRYPT_KEY];
};
struct seal_secrets { /* all of it in guarded memory */
	struct seal_master master[2]; /* [0] wraps; [1] the one that is being left */
	uint8_t index[CRYPT_KEY];
	uint8_t numbers[2][CRYPT_KEY]; /* [1]: its predecessor, while there is one */
	uint8_t pool[SEAL_POOL]; /* random octets not given out yet: the last `left` of them */
	struct seal_cached cache[SEAL_CACHE];
};
struct seal {
	struct db *db;
	struct db_stmt *q[SEAL_Q_N];
	struct seal_secrets *s;
	struct master_from from;
	int64_t opened_by; /* which of the masters */
	uint64_t clock;
	size_t left;
	int64_t keyring_id, numbers_id;
	size_t n_numbers; /* of s->numbers */
	char path[1024]; /* of the key file, or the credential's name */
	char err[200];
};

int seal_said(struct seal *k, int rc, const char *text);
int seal_said_db(struct seal *k, int rc);
const char *seal_kind_name(enum seal_kind kind);
int seal_kind_of(const char *name, enum seal_kind *kind);

/* A key wrapped by m, bound to what it is: a data key of that kind, "master", or the proof that m is right. */
void seal_wrap(const struct seal_master *m, const char *what, int64_t ref, int64_t id, const uint8_t key[CRYPT_KEY],
	       uint8_t out[SEAL_WRAPPED]);
int seal_unwrap(const struct seal_master *m, const char *what, int64_t ref, int64_t id, const uint8_t *wrapped,
		size_t len, uint8_t key[CRYPT_KEY]);
/* The octets of that key, in guarded memory, until the next call.  STORE_NONE: destroyed. */
int seal_key_by_id(struct seal *k, int64_t id, const uint8_t **key);
#define INDEX_ALL 0     /* refs of SEAL_INDEX: the audit, and what is known again by its octets */
#define INDEX_NUMBERS 1 /* telephone numbers */
/* Inside a turn of the keyring: a new key of (kind, ref). */
int seal_add_key(struct seal *k, enum seal_kind kind, int64_t ref, int64_t now, int64_t *id);
int64_t seal_new_id(void);
/* Drops what memory holds of (kind, ref), for SEAL_DAY and SEAL_BACKUP of every ref before. */
void seal_forget(struct seal *k, enum seal_kind kind, int64_t ref);
/* Inside a turn: a row of masters.  other may be NULL. */
struct seal_salt {
	bool is;
	uint8_t salt[CRYPT_SALT];
	struct crypt_cost cost;
};
int seal_add_master(struct seal *k, const struct seal_master *m, const char *state, const struct seal_salt *salt,
		    const struct seal_master *other);
/* The octets of a key that is to be the master from now on: from the file or credential, or from a new
 * passphrase, whose salt is filled in. */
int seal_new_master(const struct master_from *from, struct seal_master *m, struct seal_salt *salt, char *err,
		    size_t errlen);
/* A new keyring file without tables or masters, to be filled; closed by seal_close. */
int seal_blank(const struct seal_options *o, struct seal **out, char *err, size_t errlen);
/* Begins a turn that fills it: its tables and its master. */
int seal_begin_new(struct seal *k, const struct seal_salt *salt);
/* Ends a turn of the keyring by what came of it. */
int seal_finish(struct seal *k, int rc);
#endif
