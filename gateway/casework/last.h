/* last.h - which report of a sender "ANULO" and "KORRIGJO" speak of: the very last one, and no
 * other.
 *
 * The store knows the last report that left rows behind; this file remembers whether something else
 * was reported since, so that an undo never reaches past it to an older report that was not meant.
 * Calls the store; kept in its small facts. */
#ifndef GATEWAY_CASEWORK_LAST_H
#define GATEWAY_CASEWORK_LAST_H
#include <stdbool.h>
#include "gateway/casework/desk.h"
#include "gateway/casework/keys.h"

struct last {
	int64_t reading, message;
	char intent[48], keys[KEYS_MAX];
};
enum last_state {
	LAST_NONE,  /* nothing within the time for undoing, or the last one is undone already */
	LAST_HERE,  /* *out is it */
	LAST_OTHER  /* the last thing reported is not one that can be taken back by itself */
};
int last_report(struct desk *d, const char *reporter, struct last *out, enum last_state *state);
int last_set(struct desk *d, const char *reporter, int64_t message);
int last_undone(struct desk *d, const char *reporter);
/* Is this intent a report, which an ANULO after it would mean? */
bool last_is_report(const char *intent);
#endif
