/* secrets.h - PINs and codewords, as slow hashes under the roster's key, and the messages that wait for
 * one to be checked.  The hashing itself is the gateway's.  States: store/STATES.md. */
#ifndef STORE_SECRETS_H
#define STORE_SECRETS_H
#include "store/roster.h"
#include "store/store.h"

enum secret_kind { SECRET_KIND_PIN, SECRET_KIND_CODEWORD };
struct secret_row {
	uint8_t salt[16], hash[32];
	uint8_t second[32];      /* of a second PIN; random when there is none */
	bool once;               /* to be changed before it opens anything */
	int tries;               /* since the last right one, the one in hand too */
	int64_t locked_until;    /* 0 = not locked */
	int64_t changed;
};
int secret_get(struct store *st, const char *reporter, enum secret_kind kind, struct secret_row *out);
/* Adds or replaces; tries and lock as in *s.  STORE_NONE: no such reporter. */
int secret_put(struct store *st, const char *reporter, enum secret_kind kind, const struct secret_row *s,
	       int64_t now);
int secret_tried(struct store *st, const char *reporter, enum secret_kind kind, int tries,
		 int64_t locked_until);
int secret_drop(struct store *st, const char *reporter); /* all of his; none is no error */

/* A 'ready' message that is not handed out until it is taken back. */
int parked_add(struct store *st, int64_t message, int64_t now);
int parked_remove(struct store *st, int64_t message); /* STORE_STATE: it is not parked */
int parked_clear(struct store *st, int64_t *n);
#endif
