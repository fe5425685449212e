/* jump.h - a wall clock that is set while texts are owed: waiting times move with it, and what cannot
 * be undone waits until it has proved itself.
 *
 * A box without a battery wakes in 1970; a slip of a hand sets the year wrong.  What is queued keeps its
 * age.  After a jump of more than a day nothing scheduled is done for ten minutes, in which a time
 * service sets it right, and no key of a day is destroyed for a day of running.  The scaled clock of a
 * demonstration never jumps.  Owns h->jump; calls the clock and the store.
 */
#ifndef GATEWAY_HUB_JUMP_H
#define GATEWAY_HUB_JUMP_H
#include "gateway/hub/state.h"

int jump_start(struct hub *h);  /* at the start: against the time at which the last run was seen */
bool jump_look(struct hub *h);  /* each round of the loop; true: it was set, every time known may be wrong */
int jump_stage(struct hub *h, struct desk *d); /* inside a turn, first */
void jump_committed(struct hub *h);
bool jump_doubted(const struct hub *h); /* leave what is scheduled alone */
bool jump_keeps(const struct hub *h);   /* destroy nothing */
int jump_seen(struct hub *h, int64_t now); /* inside a turn, now and then */
#endif
