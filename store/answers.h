/* answers.h - what agencies answered over HTTP, and the links by which they may. */
#ifndef STORE_ANSWERS_H
#define STORE_ANSWERS_H
#include "store/store.h"

#define LINK_TOKEN 33 /* 32 characters of 5 bits, NUL */

/* A call of an agency, by its own id.  STORE_EXISTS: it was taken before. */
int answer_put(struct store *st, const char *agency, const char *uid, int64_t now, const char *what,
	       const char *subject, int status);
int answer_seen(struct store *st, const char *agency, const char *uid); /* STORE_OK, STORE_NONE */
/* Calls older than `before` cannot be sent again: their time stamp is too old.  Also ended links. */
int answers_forget(struct store *st, int64_t before);

struct link_row {
	char agency[12], subject[32]; /* "alert 31", "referral 88", "task 12" */
	int64_t made, expires, used_at; /* used_at 0: not yet */
	char used[32];
};
/* A new link; the token is random and kept nowhere but as a keyed hash. */
int link_add(struct store *st, const char *agency, const char *subject, int64_t now, int64_t expires,
	     char token[LINK_TOKEN]);
int link_get(struct store *st, const char *token, struct link_row *out); /* STORE_NONE */
/* Unused and not expired -> used.  STORE_STATE: neither. */
int link_use(struct store *st, const char *token, const char *what, int64_t now);
/* Was this agency told of this alert over HTTP?  STORE_OK, STORE_NONE. */
int agency_was_told(struct store *st, const char *agency, int64_t alert);
#endif
