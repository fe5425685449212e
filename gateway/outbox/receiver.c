/* receiver.c - which receiver an agency has. */
#include "gateway/outbox/receiver.h"
#include <string.h>

const struct receiver *receiver_of(const struct config_agency *a)
{
	static const struct receiver *const all[] = { &receiver_webhook, &receiver_primero,
						      &receiver_dhis2, &receiver_cht,
						      &receiver_rapidpro };

	for (size_t i = 0; a && a->receiver && i < sizeof(all) / sizeof(all[0]); i++) {
		if (strcmp(all[i]->name, a->receiver) == 0)
			return all[i];
	}
	return &receiver_webhook;
}
