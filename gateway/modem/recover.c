/* recover.c - see recover.h. */
#include "gateway/modem/recover.h"

#define FAILURES_MAX 3
#define UNREGISTERED_MS (3 * 60 * 1000)
#define RADIO_AGAIN_MS (10 * 60 * 1000)

void recover_ok(struct recover *r)
{
	r->failures = 0;
}

enum recover_step recover_failed(struct recover *r)
{
	r->failures++;
	return r->failures < FAILURES_MAX ? RECOVER_RETRY : RECOVER_REPLACE;
}

bool recover_radio(struct recover *r, bool registered, int64_t now)
{
	if (registered) {
		r->unregistered = 0;
		return false;
	}
	if (r->unregistered == 0)
		r->unregistered = now;
	if (now - r->unregistered < UNREGISTERED_MS)
		return false;
	if (r->radio_at && now - r->radio_at < RADIO_AGAIN_MS)
		return false;
	r->radio_at = now;
	return true;
}
