/* parts.c - the SUBMIT parts of an outgoing SMS.  May call parser/tpdu. */
#include "gateway/outbox/parts.h"
#include <string.h>

#define VALIDITY_ONE_DAY 167 /* 23.040 9.2.3.12.1: 144..167 are 12 h 30 min .. 24 h */

int parts_make(const struct outbox_item *item, struct tpdu parts[WIRE_PARTS_MAX])
{
	struct tpdu base;

	memset(&base, 0, sizeof(base));
	base.kind = TPDU_SUBMIT;
	base.report_requested = true;
	base.port = -1;
	/* A reply that reaches a phone days later is about something else: the network drops it. */
	base.validity = VALIDITY_ONE_DAY;
	if (strlen(item->number) >= sizeof(base.address))
		return TPDU_ERR_VALUE;
	memcpy(base.address, item->number, strlen(item->number) + 1);
	if (item->len == 0)
		return TPDU_ERR_VALUE;
	return tpdu_split(&base, item->body, item->len, (uint16_t)(item->id & 0xff), parts,
			  WIRE_PARTS_MAX);
}

int parts_count(const struct outbox_item *item)
{
	struct tpdu parts[WIRE_PARTS_MAX];

	return parts_make(item, parts);
}
