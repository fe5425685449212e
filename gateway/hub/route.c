/* route.c - see route.h. */
#include "gateway/hub/route.h"

#include <string.h>

#include "gateway/hub/health.h"
#include "gateway/hub/traffic.h"
#include "gateway/outbox/breaker.h"
#include "gateway/outbox/parts.h"
#include "store/providers.h"

int route_fit(const char *const *prefixes, const char *number)
{
	int best = -1;

	if (!prefixes || !prefixes[0])
		return 0;
	for (; *prefixes; prefixes++) {
		size_t n = strlen(*prefixes);
		if (strncmp(number, *prefixes, n) == 0 && (int)n > best)
			best = (int)n;
	}
	return best;
}

static int outstanding(const struct hub *h, int worker)
{
	int n = traffic_jobs(&h->slots[worker]);
	for (const struct departure *o = h->out; o; o = o->next)
		n += o->worker == worker && o->job != 0;
	return n;
}

int route_look(struct hub *h, int64_t now, struct route_look *look)
{
	look->now = now;
	int rc = circuit_list(h->st, CIRCUIT_MODEM, look->modem, ROUTE_WAYS, &look->n_modem);
	if (rc == STORE_OK)
		rc = circuit_list(h->st, CIRCUIT_PROVIDER, look->provider, ROUTE_WAYS, &look->n_provider);
	return rc;
}

static const struct circuit *find(const struct circuit *c, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(c[i].name, name) == 0)
			return &c[i];
	}
	return NULL;
}

/* ---- by a modem ---- */

struct offer {
	int worker;
	enum breaker_state state;
	int fit;
	bool room, healthy;
	int64_t handed;
};

static bool better(const struct offer *a, const struct offer *b)
{
	if (a->state != b->state)
		return a->state > b->state;
	if (a->fit != b->fit)
		return a->fit > b->fit;
	if (a->room != b->room)
		return a->room;
	if (a->healthy != b->healthy)
		return a->healthy;
	return a->handed < b->handed;
}

static bool candidate(struct hub *h, int i, struct worker_view *v)
{
	return supervise_view(h->sup, i, v) && v->spec->kind == WORKER_MODEM && v->state == WORKER_READY &&
	       !h->slots[i].away;
}

/* False: this worker is no modem that may be asked.  number NULL: any. */
static bool offer_of(struct hub *h, const struct route_look *look, int i, const char *number, bool urgent,
		     struct offer *o)
{
	struct worker_view v;
	if (!candidate(h, i, &v))
		return false;
	const struct config_modem *m = config_modem(h->cf, v.spec->name);
	const struct circuit *c = find(look->modem, look->n_modem, v.spec->name);
	int out = outstanding(h, i);
	*o = (struct offer){.worker = i,
			    .state = breaker_state(c, look->now),
			    .fit = number ? route_fit(m ? m->prefixes : NULL, number) : 0,
			    .room = out < v.credit,
			    .healthy = !c && !health_rung(h, v.spec->name)[0],
			    .handed = h->slots[i].handed};
	/* One routine text at a time finds out whether it sends again: for that it goes first. */
	if (o->state == BREAKER_PROBE && !urgent)
		o->state = out == 0 ? BREAKER_CLOSED : BREAKER_OPEN;
	return true;
}

/* The best, if any takes the text at all. */
static bool best_modem(struct hub *h, const struct route_look *look, const struct outbox_item *item,
		       struct offer *best)
{
	bool found = false;
	for (int i = 0; i < supervise_count(h->sup); i++) {
		struct offer o;
		if (!offer_of(h, look, i, item->number, item->urgent, &o) || (found && !better(&o, best)))
			continue;
		*best = o;
		found = true;
	}
	return found;
}

static bool modem_open(struct hub *h, const struct route_look *look, bool urgent)
{
	for (int i = 0; i < supervise_count(h->sup); i++) {
		struct offer o;
		if (offer_of(h, look, i, NULL, urgent, &o) && o.room && (urgent || o.state != BREAKER_OPEN))
			return true;
	}
	return false;
}

/* ---- by a provider ---- */

static int courier_with_room(struct hub *h)
{
	for (int i = 0; i < supervise_count(h->sup); i++) {
		struct worker_view v;
		if (traffic_has_room(h, i, WORKER_COURIER) && supervise_view(h->sup, i, &v) &&
		    outstanding(h, i) < v.credit)
			return i;
	}
	return -1;
}

static int texts_out(const struct hub *h, int worker)
{
	int n = 0;
	for (int i = 0; i < h->slots[worker].n_jobs; i++)
		n += h->slots[worker].jobs[i].text && !h->slots[worker].jobs[i].ended;
	for (const struct departure *o = h->out; o; o = o->next)
		n += o->worker == worker && o->text;
	return n;
}

bool route_open(struct hub *h, const struct route_look *look, bool urgent)
{
	return modem_open(h, look, urgent) || (config_sends_sms(h->cf) && courier_with_room(h) >= 0);
}

static bool waited_enough(const struct hub *h, const struct outbox_item *item, int64_t now)
{
	int s = item->urgent ? h->cf->sms_fallback_urgent_s : h->cf->sms_fallback_s;
	/* What was tried already has waited since it was made, not since its next try fell due. */
	int64_t since = item->attempts || item->not_before < item->created ? item->created : item->not_before;
	return h->cf->n_modems == 0 || (s > 0 && now - since >= s);
}

struct last_try {
	char provider[PROVIDER_NAME]; /* "" none went by one */
	bool by_modem;                /* the last failed at a modem */
};

static void last_try(struct hub *h, const struct outbox_item *item, struct last_try *l)
{
	int attempt = 0;
	*l = (struct last_try){.provider = ""};
	if (provider_last(h->st, item->id, l->provider, &attempt) != STORE_OK)
		attempt = 0;
	l->by_modem = item->failures > 0 && attempt < item->attempts;
}

/* May it be asked now for a text of so many segments? */
static bool provider_takes(struct hub *h, const struct route_look *look, const struct config_sms_provider *p,
			   int parts, int out)
{
	enum breaker_state state = breaker_state(find(look->provider, look->n_provider, p->name), look->now);
	/* without modems a text that is too long for all of them must come to an end */
	return p->sends && (parts <= p->outbound.max_parts || h->cf->n_modems == 0) &&
	       out < p->outbound.parallel &&
	       (state == BREAKER_CLOSED || (state == BREAKER_PROBE && out == 0));
}

/* Of those that take it the one whose prefix fits best, in their order; after a try that went wrong the
 * next has its turn, and the same one only if there is no other. */
static const struct config_sms_provider *best_provider(struct hub *h, const struct route_look *look,
						       const struct outbox_item *item, const char *last, int out,
						       int *fit)
{
	const struct config_sms_provider *all = h->cf->sms_providers, *best = NULL;
	int parts = parts_count(item);
	size_t n = h->cf->n_sms_providers, first = 0;
	for (size_t i = 0; i < n; i++) {
		if (strcmp(all[i].name, last) == 0)
			first = i + 1;
	}
	for (size_t k = 0; k < n; k++) {
		const struct config_sms_provider *p = &all[(first + k) % n];
		int f = route_fit(p->prefixes, item->number);
		bool again = strcmp(p->name, last) == 0;
		if (!provider_takes(h, look, p, parts, out) || (best && (f <= *fit || again)))
			continue;
		best = p;
		*fit = f;
	}
	return best;
}

/* ---- which of them ---- */

static bool to_provider(struct hub *h, const struct route_look *look, const struct outbox_item *item,
			const struct offer *modem, struct route *to)
{
	struct last_try last;
	int fit = -1;
	to->worker = config_sends_sms(h->cf) ? courier_with_room(h) : -1;
	if (to->worker < 0)
		return false;
	last_try(h, item, &last);
	to->provider = best_provider(h, look, item, last.provider, texts_out(h, to->worker), &fit);
	if (!to->provider)
		return false;
	bool works = modem && modem->state == BREAKER_CLOSED;
	if (fit > 0 && (!works || fit > modem->fit))
		return true;
	return waited_enough(h, item, look->now) && (!works || last.by_modem);
}

bool route_pick(struct hub *h, const struct route_look *look, const struct outbox_item *item, struct route *to)
{
	struct offer modem;
	bool is = best_modem(h, look, item, &modem);
	if (to_provider(h, look, item, is ? &modem : NULL, to))
		return true;
	*to = (struct route){.worker = is ? modem.worker : -1};
	return is && modem.room && (item->urgent || modem.state != BREAKER_OPEN);
}
