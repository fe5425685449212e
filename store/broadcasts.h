/* broadcasts.h - one approved text to a group of staff: who was to get it, and what became of each. */
#ifndef STORE_BROADCASTS_H
#define STORE_BROADCASTS_H
#include "store/store.h"
#include "store/roster.h"

struct broadcast {
	int64_t id, at;
	char template[32], role[16], school[12], zone[8];
	char who[ROSTER_ID];     /* the coordinator in whose name it went */
	char state[12];          /* sent stopped */
};
/* id, at and state are filled in. */
int broadcast_add(struct store *st, struct broadcast *b, int64_t now);
int broadcast_get(struct store *st, int64_t id, struct broadcast *out);
/* The newest first. */
int broadcast_list(struct store *st, struct broadcast *out, size_t max, size_t *n);
int broadcast_told(struct store *st, int64_t id, const char *reporter, int64_t outbox);
int broadcast_stop(struct store *st, int64_t id); /* sent -> stopped */

struct broadcast_row {           /* one recipient, with the state of his row in the outbox */
	char reporter[ROSTER_ID], state[12], reason[96];
	int64_t outbox, settled;
};
/* By reporter, from after reporter `after`. */
int broadcast_rows(struct store *st, int64_t id, const char *after, struct broadcast_row *out, size_t max,
		   size_t *n);
#endif
