/* segment.h - a stored TPDU: decoded, and settled, quarantined or joined into its message.
 * Calls the store, parser/tpdu and outbox/report. */
#ifndef GATEWAY_INTAKE_SEGMENT_H
#define GATEWAY_INTAKE_SEGMENT_H
#include "gateway/casework/desk.h"
#include "parser/tpdu.h"

/* Bounded and without a side effect; a tpdu_error.  field may be NULL. */
int segment_decode(const uint8_t *octets, size_t len, struct tpdu *t, const char **field);
/* A text of one part, for a person to have written. */
bool segment_is_text(const struct tpdu *t);
int segment_process(struct desk *d, int64_t segment, char *words, size_t max);
/* A sender as the store knows him: E.164 where it is a number of the plan, else as it came (short
 * codes, letters). */
void segment_sender(const struct desk *d, const char *address, bool alphanumeric, char out[48]);
#endif
