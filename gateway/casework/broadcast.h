/* broadcast.h - one approved text to a group of staff: whom it would reach and what it costs, sending it, what
 * became of it for each, stopping what has not left.
 *
 * Only a text of the configuration, only in the name of a coordinator, only from the shell.  Calls the store
 * and outbox/post. */
#ifndef GATEWAY_CASEWORK_BROADCAST_H
#define GATEWAY_CASEWORK_BROADCAST_H
#include "gateway/casework/desk.h"
#include "store/broadcasts.h"
#include "store/roster.h"

#define BROADCAST_MAX 2000   /* recipients of one */
#define BROADCAST_AGAIN_S 86400 /* the same to the same group within so long is most likely a slip */

struct broadcast_order {
	const char *template, *role;
	const char *school, *zone;   /* "" any */
	const char *as;              /* the coordinator */
	bool again;                  /* it is no slip */
};
struct broadcast_plan {
	const struct config_template *t;
	struct reporter *to;         /* active ones, by id */
	size_t n, inactive;          /* inactive: locked or left, who get nothing */
	int segments;
};
/* Whom it would reach.  why: the words of a refusal, "" none.  plan must be freed in either case. */
int broadcast_plan(struct desk *d, const struct broadcast_order *o, struct broadcast_plan *plan,
		   char why[160]);
void broadcast_free(struct broadcast_plan *plan);
/* cli: of the audit, beside the coordinator. */
int broadcast_send(struct desk *d, const struct broadcast_order *o, const struct broadcast_plan *plan,
		   const char *cli, struct broadcast *out, char why[160]);
/* What is still queued does not leave; *dropped how many.  STORE_NONE, STORE_STATE. */
int broadcast_halt(struct desk *d, int64_t id, const char *cli, int *dropped);
#endif
