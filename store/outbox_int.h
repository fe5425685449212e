/* outbox_int.h - what the two files of the outbox share: outbox.c (adding, reading, handing out) and
 * outbox_settle.c (what became of it).  For nobody else. */
#ifndef STORE_OUTBOX_INT_H
#define STORE_OUTBOX_INT_H
#include "store/internal.h"

#define OUTBOX_NUMBER_MAX 24
#define OUTBOX_REASON_MAX 96

/* Who a row goes to: hash of the number, or of the agency. */
int outbox_recipient(struct store *st, enum outbox_leg leg, const char *who, size_t len, struct number_hash *out);
/* STORE_STATE: it ended before. */
int outbox_set_failed(struct store *st, int64_t id, int64_t now, const char *state, const char *reason);
#endif
