/* breaker.c - see breaker.h. */
#include "gateway/outbox/breaker.h"

#include <stdio.h>
#include <string.h>

#include "gateway/outbox/notice.h"
#include "gateway/outbox/post.h"
#include "gateway/outbox/trouble.h"

struct patience {
	int failures, first_s, max_s;
};

static struct patience patience(const struct config *cf, enum circuit_kind kind)
{
	if (kind == CIRCUIT_AGENCY)
		return (struct patience){ cf->circuit_failures, cf->circuit_s, cf->circuit_max_s };
	return (struct patience){ cf->sms_circuit_failures, cf->sms_circuit_s, cf->sms_circuit_max_s };
}

/* Doubled with each failure beyond the first that counted; less or more by up to a fifth. */
static int64_t probe_wait(const struct patience *p, int failures, unsigned jitter)
{
	int64_t wait = p->first_s;

	for (int i = p->failures; i < failures && wait < p->max_s; i++)
		wait *= 2;
	if (wait > p->max_s)
		wait = p->max_s;
	return wait * (800 + (int64_t)(jitter % 1000) * 400 / 999) / 1000;
}

enum breaker_state breaker_state(const struct circuit *c, int64_t now)
{
	if (!c || !c->probe_at)
		return BREAKER_CLOSED;
	return c->probe_at > now ? BREAKER_OPEN : BREAKER_PROBE;
}

/* ---- what people hear ---- */

/* By SMS only where another way can carry it: one that waited for this very modem would tell that
 * nothing leaves by it when it does. */
static bool another_way(const struct config *cf)
{
	size_t n = cf->n_modems;

	for (size_t i = 0; i < cf->n_sms_providers; i++)
		n += cf->sms_providers[i].sends;
	return n > 1;
}

static int tell(struct desk *d, const char *event, const char *message, const char *name, bool down)
{
	struct message_fill fill = { "modem", name };
	char reason[80];
	struct post_event e = { .event = event, .reason = reason, .urgent = down, .age = -1, .n_children = -1,
				.pupil = -1, .days = -1 };
	int n;

	snprintf(reason, sizeof(reason), "%.16s: %s", name, down ? "no text leaves by it" : "texts leave by it again");
	int rc = post_event(d, &e, &n);
	if (rc == STORE_OK && another_way(d->cf))
		rc = notice_role(d, "coordinator", message, &fill, 1, 0, down, NULL);
	return rc == STORE_OK && another_way(d->cf) ? notice_role(d, "duty", message, &fill, 1, 0, down, NULL) : rc;
}

static int opened(struct desk *d, enum circuit_kind kind, const char *name)
{
	if (kind == CIRCUIT_AGENCY)
		return desk_audit(d, "system", "agency.down", name, "left in peace", "");
	int rc = desk_audit(d, "system", "sms.down", name, "texts fail in a row", "");
	if (rc == STORE_OK)
		rc = circuit_told(d->st, kind, name);
	return rc == STORE_OK ? tell(d, "modem.down", "sends_nothing", name, true) : rc;
}

static int closed(struct desk *d, enum circuit_kind kind, const char *name, const struct circuit *was)
{
	bool agency = kind == CIRCUIT_AGENCY;
	int rc = STORE_OK;

	if (was->probe_at)
		rc = desk_audit(d, "system", agency ? "agency.back" : "sms.back", name,
				agency ? "answers" : "a text left", "");
	if (rc != STORE_OK || !was->told)
		return rc;
	return agency ? trouble_back(d, name) : tell(d, "modem.back", "sends_again", name, false);
}

/* ---- moving it ---- */

int breaker_failed(struct desk *d, enum circuit_kind kind, const char *name, unsigned jitter)
{
	struct patience p = patience(d->cf, kind);
	struct circuit c = { .failures = 0 };

	int rc = circuit_get(d->st, kind, name, &c);
	if (rc != STORE_OK && rc != STORE_NONE)
		return rc;
	int n = c.failures + 1;
	rc = circuit_failed(d->st, kind, name, d->now, n < p.failures ? 0 : d->now + probe_wait(&p, n, jitter));
	return rc == STORE_OK && n == p.failures ? opened(d, kind, name) : rc;
}

int breaker_worked(struct desk *d, enum circuit_kind kind, const char *name)
{
	struct circuit c;
	bool was = false;

	int rc = circuit_get(d->st, kind, name, &c);
	if (rc == STORE_NONE)
		return STORE_OK;
	if (rc == STORE_OK)
		rc = circuit_closed(d->st, kind, name, d->now, &was);
	return rc == STORE_OK ? closed(d, kind, name, &c) : rc;
}
