/* workers.h - the workers that the configuration wants, and what the supervisor tells of them. */
#ifndef GATEWAY_HUB_WORKERS_H
#define GATEWAY_HUB_WORKERS_H
#include "gateway/hub/state.h"

/* The process that starts them; before the store is opened, and so before any key is in memory. */
int workers_starter(struct hub *h);
int workers_start(struct hub *h);  /* makes the supervisor; -1 when memory is out */
/* Starts, restarts and stops workers so that they are those of h->cf; one whose settings did not change
 * goes on. */
void workers_want(struct hub *h);
#endif
