/* parts.c - the SUBMIT parts of an outgoing SMS.  May call parser/tpdu. */
#include "gateway/outbox/parts.h"
#include <string.h>

#define VALIDITY_ONE_DAY 167
#define MINUTE 60
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

/* 3GPP TS 23.040 9.2.3.12.1, rounded down: what the row itself would no longer be sent for, the network
 * need not keep either. */
int parts_validity(int64_t seconds)
{
	if (seconds <= 0)
		return VALIDITY_ONE_DAY;
	if (seconds < 12 * HOUR + 30 * MINUTE)
		return seconds < 10 * MINUTE ? 0 : (int)(seconds / (5 * MINUTE)) - 1 > 143
							   ? 143
							   : (int)(seconds / (5 * MINUTE)) - 1;
	if (seconds < 2 * DAY)
		return seconds >= DAY ? VALIDITY_ONE_DAY
				      : 143 + (int)((seconds - 12 * HOUR) / (30 * MINUTE));
	if (seconds < 5 * 7 * DAY)
		return 166 + (seconds / DAY > 30 ? 30 : (int)(seconds / DAY));
	return seconds / (7 * DAY) > 63 ? 255 : 192 + (int)(seconds / (7 * DAY));
}

int parts_make(const struct outbox_item *item, struct tpdu parts[WIRE_PARTS_MAX])
{
	struct tpdu base;

	memset(&base, 0, sizeof(base));
	base.kind = TPDU_SUBMIT;
	base.report_requested = true;
	base.port = -1;
	/* A reply that reaches a phone days later is about something else: the network drops it. */
	base.validity = parts_validity(item->expires ? item->expires - item->created : 0);
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
