/* silence.h - classes that have not reported: not reported is a third state beside present and absent.
 *
 * At each deadline of a shift, once, every class whose deadline has passed is looked at.  How far the
 * looking has come is kept in the store with what followed from it, so that a restart neither repeats nor
 * skips it.  A class is silent since the school day after its last report; one that never reported, since
 * the gateway began to look.  A school of which all classes of a shift are silent is told of as one.
 * Calls the store, schoolday, streak (windows) and alerts. */
#ifndef GATEWAY_CASEWORK_SILENCE_H
#define GATEWAY_CASEWORK_SILENCE_H
#include "gateway/casework/desk.h"

int silence_due(struct desk *d, int *n);
int silence_next(struct desk *d, int64_t *at);
/* A report has come: what was told of a silence is over. */
int silence_reported(struct desk *d, const char *school, const char *class_name, const char *who);
/* The class is no more: it is not waited for.  What was told of its pupils stays on the table. */
int silence_closed(struct desk *d, const char *school, const char *class_name, const char *who);
#endif
