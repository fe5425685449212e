/* recover.c - see recover.h. */
#include "gateway/modem/recover.h"

#define RADIOS_MAX 2

void recover_ok(struct recover *r)
{
	r->failures = 0;
}

enum recover_step recover_failed(struct recover *r)
{
	static const enum recover_step steps[] = {RECOVER_RETRY, RECOVER_CHECK, RECOVER_RADIO,
						  RECOVER_REPLACE};
	const int last = sizeof(steps) / sizeof(steps[0]) - 1;
	int i = r->failures++;

	return steps[i < last ? i : last];
}

enum recover_network recover_radio(struct recover *r, bool registered, int64_t now)
{
	if (registered) {
		r->unregistered = 0;
		r->radios = 0;
		return NETWORK_WAIT;
	}
	if (r->unregistered == 0)
		r->unregistered = now;
	if (now - r->unregistered < r->network_ms)
		return NETWORK_WAIT;
	if (r->radio_at && now - r->radio_at < 3LL * r->network_ms)
		return NETWORK_WAIT;
	if (r->radios == RADIOS_MAX)
		return NETWORK_REPLACE;
	r->radio_at = now;
	r->radios++;
	return NETWORK_RADIO;
}
