/* routine.h - routine SMS to one person: when the last left, and which left together in one text.
 * Owns sms_last and sms_joined; reads outbox. */
#ifndef STORE_ROUTINE_H
#define STORE_ROUTINE_H
#include "store/store.h"

/* When the last routine SMS to a number was handed out; STORE_NONE: never. */
int routine_last(struct store *st, const char *number, int64_t *at);
int routine_note(struct store *st, const char *number, int64_t at);
/* The text of `outbox` leaves with that of `leader` in this try of both: it shares its fate. */
int routine_join(struct store *st, int64_t leader, int leader_try, int64_t outbox, int outbox_try);
/* Those that shared the last try of `leader`, by id behind `after`; STORE_NONE. */
int routine_next(struct store *st, int64_t leader, int64_t after, int64_t *outbox);
#endif
