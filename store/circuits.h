/* circuits.h - whoever takes nothing: agencies that do not answer, modems and SMS providers that send no
 * text; how often they failed since they last did not, and when one is tried next.  Who has no row works,
 * as far as anyone knows. */
#ifndef STORE_CIRCUITS_H
#define STORE_CIRCUITS_H
#include "store/store.h"

enum circuit_kind { CIRCUIT_AGENCY, CIRCUIT_MODEM, CIRCUIT_PROVIDER };
#define CIRCUIT_NAME 24
struct circuit {
	char name[CIRCUIT_NAME];
	int failures;      /* in a row */
	int64_t since;     /* of the first of them */
	int64_t probe_at;  /* nothing is sent before it; 0: not failed often enough */
	bool told;
};
/* STORE_NONE: it works */
int circuit_get(struct store *st, enum circuit_kind kind, const char *name, struct circuit *out);
int circuit_list(struct store *st, enum circuit_kind kind, struct circuit *out, size_t max, size_t *n);
/* One more failure; probe_at as of now on. */
int circuit_failed(struct store *st, enum circuit_kind kind, const char *name, int64_t now, int64_t probe_at);
/* A person wants a try now. */
int circuit_probe(struct store *st, enum circuit_kind kind, const char *name, int64_t now);
int circuit_told(struct store *st, enum circuit_kind kind, const char *name);
/* It took something.  *was: it had a row.  What waits for an agency because it failed falls due at once. */
int circuit_closed(struct store *st, enum circuit_kind kind, const char *name, int64_t now, bool *was);
#endif
