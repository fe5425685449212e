/* verdicts.h - what PINs were found to be: the texts and calls that waited for it are done.
 *
 * Between the turn that found a PIN and the one that acts on it the checker's thread works; the loop goes
 * on meanwhile.  Owns h->waiting; calls intake and gateway/pin. */
#ifndef GATEWAY_HUB_VERDICTS_H
#define GATEWAY_HUB_VERDICTS_H
#include "gateway/hub/state.h"

/* A call that waits for a message; false: no room, it is to be refused. */
bool verdicts_wait(struct hub *h, int worker, uint64_t call, int64_t message);
/* The part of a turn: every hash that is there. */
int verdicts_stage(struct hub *h, struct desk *d);
void verdicts_committed(struct hub *h); /* also of a turn without any */
void verdicts_undone(struct hub *h);
#endif
