/* jump.c - see jump.h. */
#include "gateway/hub/jump.h"

#include <stdio.h>
#include <stdlib.h>

#include "gateway/hub/log.h"
#include "store/alerts.h"
#include "store/outbox.h"

#define LARGE_S 86400
#define DOUBT_MS (10 * 60 * 1000)
#define KEEP_MS (24 * 60 * 60 * 1000LL)
#define SEEN "clock_seen"

static bool real(const struct hub *h)
{
	return !h->opt->start_at && h->opt->time_scale == 1;
}

static void doubt(struct hub *h, int64_t seconds)
{
	if (seconds < LARGE_S && seconds > -LARGE_S)
		return;
	h->jump.doubt_until_ms = clock_mono_ms() + DOUBT_MS;
	h->jump.keep_until_ms = clock_mono_ms() + KEEP_MS;
	log_line(LOG_WARNING, "clock=doubted: nothing scheduled for 10 minutes, nothing destroyed for a day");
}

int jump_start(struct hub *h)
{
	char text[32] = "";
	int64_t now = clock_now(h->clock);
	if (!real(h))
		return STORE_OK;
	int rc = store_meta_get(h->st, SEEN, text, sizeof text);
	if (rc == STORE_OK)
		doubt(h, now - strtoll(text, NULL, 10));
	if (rc == STORE_OK || rc == STORE_NONE)
		rc = store_begin(h->st);
	if (rc == STORE_OK)
		rc = outbox_future(h->st, now);
	if (rc == STORE_OK)
		rc = jump_seen(h, now);
	if (rc == STORE_OK)
		return store_commit(h->st);
	if (store_in_turn(h->st))
		store_rollback(h->st);
	return rc;
}

bool jump_look(struct hub *h)
{
	int64_t seconds = clock_jump(h->clock);
	if (seconds == 0)
		return false;
	log_line(LOG_WARNING, "clock=jumped seconds=%lld", (long long)seconds);
	h->jump.seconds += seconds;
	doubt(h, seconds);
	return true;
}

int jump_stage(struct hub *h, struct desk *d)
{
	if (h->jump.seconds == 0)
		return STORE_OK;
	int rc = outbox_shift(h->st, d->now, h->jump.seconds);
	return rc == STORE_OK ? alert_shift(h->st, h->jump.seconds) : rc;
}

void jump_committed(struct hub *h)
{
	h->jump.seconds = 0;
}

bool jump_doubted(const struct hub *h)
{
	return h->jump.doubt_until_ms && clock_mono_ms() < h->jump.doubt_until_ms;
}

bool jump_keeps(const struct hub *h)
{
	return h->jump.keep_until_ms && clock_mono_ms() < h->jump.keep_until_ms;
}

int jump_seen(struct hub *h, int64_t now)
{
	char text[32];
	if (!real(h))
		return STORE_OK;
	snprintf(text, sizeof text, "%lld", (long long)now);
	return store_meta_put(h->st, SEEN, text);
}
