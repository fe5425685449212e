/* circuits.h - agencies that do not answer: how often they failed since they last did, and when one
 * is tried next.  An agency without a row answers, as far as anyone knows. */
#ifndef STORE_CIRCUITS_H
#define STORE_CIRCUITS_H
#include "store/store.h"

struct circuit {
	char agency[12];
	int failures;      /* in a row */
	int64_t since;     /* of the first of them */
	int64_t probe_at;  /* nothing is sent before it; 0: not failed often enough */
	bool told;
};
int circuit_get(struct store *st, const char *agency, struct circuit *out); /* STORE_NONE: it answers */
int circuit_list(struct store *st, struct circuit *out, size_t max, size_t *n);
/* One more failure; probe_at as of now on. */
int circuit_failed(struct store *st, const char *agency, int64_t now, int64_t probe_at);
int circuit_told(struct store *st, const char *agency);
/* It answered. *was: it had a row.  What waits for it because it failed falls due at once. */
int circuit_closed(struct store *st, const char *agency, int64_t now, bool *was);
#endif
