/* lines_tell.h - the coordinators hear whose line is silent or dead, and the silent number is asked.
 * Calls notice, post and the store. */
#ifndef GATEWAY_CASEWORK_LINES_TELL_H
#define GATEWAY_CASEWORK_LINES_TELL_H
#include "gateway/casework/desk.h"

int lines_tell_due(struct desk *d, int *n);
int lines_tell_next(struct desk *d, int64_t *at); /* STORE_NONE: nothing is ahead */
#endif
