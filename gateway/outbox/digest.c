/* digest.c - see digest.h. */
#include "gateway/outbox/digest.h"

#include <stdio.h>
#include <string.h>

#include "gateway/outbox/parts.h"
#include "gateway/outbox/quiet.h"
#include "gateway/outbox/trouble.h"
#include "store/routine.h"

#define SEGMENTS 4 /* a telephone shows so many as one text, and a person reads it to its end */

static struct outbox_item more; /* 20 KB; the hub has one thread */

/* False: it does not fit, *leader is as it was. */
static bool append(struct outbox_item *leader, const struct outbox_item *next, int segments)
{
	size_t was = leader->len;

	if (was + 1 + next->len >= sizeof(leader->body))
		return false;
	leader->body[was] = '\n';
	memcpy(leader->body + was + 1, next->body, next->len + 1);
	leader->len = was + 1 + next->len;
	if (parts_count(leader) <= segments && parts_count(leader) > 0)
		return true;
	leader->len = was;
	leader->body[was] = '\0';
	return false;
}

int digest_join(struct desk *d, const char *modem, struct outbox_item *leader)
{
	int64_t after = 0;
	int rc = STORE_OK;

	if (!d->cf->sms_gap_min || !quiet_routine(leader))
		return STORE_OK;
	while ((rc = outbox_routine(d->st, leader, d->now, after, &more)) == STORE_OK) {
		after = more.id;
		if (!append(leader, &more, SEGMENTS))
			continue; /* a shorter one behind it may fit */
		rc = outbox_take(d->st, &more, d->now, modem);
		if (rc == STORE_OK)
			rc = routine_join(d->st, leader->id, leader->attempts, more.id, more.attempts);
		if (rc != STORE_OK)
			return rc;
	}
	return rc == STORE_NONE ? STORE_OK : rc;
}

int digest_text(struct desk *d, struct outbox_item *leader)
{
	int64_t id = 0;
	int rc;

	while ((rc = routine_next(d->st, leader->id, id, &id)) == STORE_OK) {
		rc = outbox_load(d->st, id, &more);
		if (rc != STORE_OK)
			return rc;
		append(leader, &more, WIRE_PARTS_MAX);
	}
	return rc == STORE_NONE ? STORE_OK : rc;
}

int digest_sent(struct desk *d, int64_t leader, const char *detail)
{
	int64_t id = 0;
	int rc;

	/* Without a TP-MR: reports find the leader. */
	while ((rc = routine_next(d->st, leader, id, &id)) == STORE_OK) {
		rc = outbox_sent(d->st, id, d->now, -1, detail);
		if (rc != STORE_OK)
			return rc;
	}
	return rc == STORE_NONE ? STORE_OK : rc;
}

int digest_deferred(struct desk *d, int64_t leader, int64_t until, int code, const char *why)
{
	int64_t id = 0;
	int rc;

	while ((rc = routine_next(d->st, leader, id, &id)) == STORE_OK) {
		rc = outbox_defer(d->st, id, d->now, until, code, why);
		if (rc != STORE_OK)
			return rc;
	}
	return rc == STORE_NONE ? STORE_OK : rc;
}

int digest_failed(struct desk *d, int64_t leader, const char *state, int code, const char *why)
{
	int64_t id = 0;
	int rc;

	while ((rc = routine_next(d->st, leader, id, &id)) == STORE_OK) {
		rc = outbox_fail(d->st, id, d->now, state, code, why);
		if (rc == STORE_OK)
			rc = outbox_load(d->st, id, &more);
		if (rc == STORE_OK)
			rc = trouble_sms(d, &more, strcmp(state, "uncertain") == 0);
		if (rc != STORE_OK)
			return rc;
	}
	return rc == STORE_NONE ? STORE_OK : rc;
}

int digest_reported(struct desk *d, int64_t leader, int status)
{
	struct outbox_item item;
	char why[32];

	int rc = outbox_load(d->st, leader, &item);
	if (rc != STORE_OK)
		return rc;
	snprintf(why, sizeof(why), "delivery report 0x%02x", (unsigned)status & 0xff);
	if (strcmp(item.state, "failed") == 0) {
		rc = digest_failed(d, leader, "failed", status, why);
		return rc == STORE_STATE ? STORE_OK : rc; /* a report that came twice */
	}
	int64_t id = 0;
	while (strcmp(item.state, "delivered") == 0 &&
	       (rc = routine_next(d->st, leader, id, &id)) == STORE_OK) {
		rc = outbox_delivered(d->st, id, d->now, status, "");
		if (rc != STORE_OK && rc != STORE_STATE)
			return rc;
	}
	return rc == STORE_NONE || rc == STORE_STATE ? STORE_OK : rc;
}
