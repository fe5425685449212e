/* upkeep.h - what is done beside the turns, a bounded piece at a time, so that no text waits for it: keys are
 * changed, cases that two persons agreed on are erased, what is old is taken out.  The hub does a piece after
 * each turn; a command does all of it when no hub holds the store.  Calls the store; logs. */
#ifndef GATEWAY_HUB_UPKEEP_H
#define GATEWAY_HUB_UPKEEP_H
#include <stdbool.h>
#include <stdint.h>
#include <jansson.h>
#include "config/config.h"
#include "store/retain.h"

struct upkeep {
	struct retain_run run;
	int64_t not_before;  /* after a failure, UTC */
	int64_t compact_at;  /* the file is not written anew before this */
	const struct config *cf; /* of a hub, whom people wait for; NULL: of a command */
	bool notes, noted;   /* free text of an earlier version lies under no case's key yet; or it was looked for */
};
/* Is there anything to do now? */
bool upkeep_busy(struct upkeep *u, struct store *st, int64_t now);
/* A piece of it, outside a turn.  A failure is logged, and tried again later. */
int upkeep_step(struct upkeep *u, struct store *st, int64_t now);
/* A request that was carried out, and what it was answered: does it begin something here? */
void upkeep_asked(struct upkeep *u, const struct config *cf, const json_t *request, const json_t *answer, int64_t now);
/* What the configuration says is old at `now`; local days and months. */
void upkeep_terms(const struct config *cf, int64_t now, struct retain_terms *out);
#endif
