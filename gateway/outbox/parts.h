/* parts.h - the SUBMIT parts of an outgoing SMS: one rule for handing them out and for knowing,
 * when outcomes come back, how many there were.  Pure. */
#ifndef GATEWAY_OUTBOX_PARTS_H
#define GATEWAY_OUTBOX_PARTS_H
#include <stddef.h>
#include <stdint.h>
#include "gateway/hub/wire.h"
#include "parser/tpdu.h"
#include "store/outbox.h"

/* Splits the text of a row into SUBMITs with a delivery report asked for.  The reference of a
 * concatenated SMS comes from the row's id, so every try has the same.  Returns the number of
 * parts, or a negative tpdu_error. */
int parts_make(const struct outbox_item *item, struct tpdu parts[WIRE_PARTS_MAX]);
/* TP-VP, relative form, of so many seconds; 0 or less: a day. */
int parts_validity(int64_t seconds);
int parts_count(const struct outbox_item *item);
#endif
