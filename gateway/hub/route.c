/* route.c - see route.h. */
#include "gateway/hub/route.h"

#include <string.h>

#include "gateway/hub/health.h"
#include "gateway/hub/traffic.h"
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
	int n = h->slots[worker].n_jobs;
	for (const struct departure *o = h->out; o; o = o->next)
		n += o->worker == worker && o->job != 0;
	return n;
}

struct offer {
	int fit;
	bool healthy;
	int64_t handed;
	bool room;
};

static bool better(const struct offer *a, const struct offer *b)
{
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

bool route_open(struct hub *h)
{
	struct worker_view v;

	for (int i = 0; i < supervise_count(h->sup); i++) {
		if (candidate(h, i, &v) && outstanding(h, i) < v.credit)
			return true;
	}
	return false;
}

int route_pick(struct hub *h, const char *number)
{
	struct offer best = {.fit = -2};
	int pick = -1;

	for (int i = 0; i < supervise_count(h->sup); i++) {
		struct worker_view v;
		if (!candidate(h, i, &v))
			continue;
		const struct config_modem *m = config_modem(h->cf, v.spec->name);
		struct offer o = {.fit = route_fit(m ? m->prefixes : NULL, number),
				  .healthy = !health_rung(h, v.spec->name)[0],
				  .handed = h->slots[i].handed,
				  .room = outstanding(h, i) < v.credit};
		if (!better(&o, &best))
			continue;
		best = o;
		pick = i;
	}
	return best.room ? pick : -1;
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

bool route_provider_open(struct hub *h)
{
	return config_sends_sms(h->cf) && courier_with_room(h) >= 0;
}

static int texts_out(const struct hub *h, int worker)
{
	int n = 0;
	for (int i = 0; i < h->slots[worker].n_jobs; i++)
		n += h->slots[worker].jobs[i].text;
	for (const struct departure *o = h->out; o; o = o->next)
		n += o->worker == worker && o->text;
	return n;
}

static bool modem_works(struct hub *h)
{
	struct worker_view v;
	for (int i = 0; i < supervise_count(h->sup); i++) {
		if (candidate(h, i, &v))
			return true;
	}
	return false;
}

static bool waited_enough(const struct hub *h, const struct outbox_item *item, int64_t now)
{
	int s = item->urgent ? h->cf->sms_fallback_urgent_s : h->cf->sms_fallback_s;
	/* What was tried already has waited since it was made, not since its next try fell due. */
	int64_t since = item->attempts || item->not_before < item->created ? item->created : item->not_before;
	return h->cf->n_modems == 0 || (s > 0 && now - since >= s);
}

/* The one behind that which had it last, of those that take texts of this length. */
static const struct config_sms_provider *next_provider(struct hub *h, const struct outbox_item *item)
{
	char last[PROVIDER_NAME] = "";
	const struct config_sms_provider *first = NULL, *all = h->cf->sms_providers;
	int attempt, parts = parts_count(item);
	bool behind = false;
	provider_last(h->st, item->id, last, &attempt);
	for (size_t i = 0; i < h->cf->n_sms_providers; i++) {
		/* without modems a text that is too long for all of them must come to an end */
		bool takes = all[i].sends && (parts <= all[i].outbound.max_parts || h->cf->n_modems == 0);
		if (takes && behind)
			return &all[i];
		if (takes && !first)
			first = &all[i];
		behind |= strcmp(all[i].name, last) == 0;
	}
	return first;
}

const struct config_sms_provider *route_provider(struct hub *h, const struct outbox_item *item, int64_t now,
						 int *worker)
{
	*worker = config_sends_sms(h->cf) && !modem_works(h) && waited_enough(h, item, now) ? courier_with_room(h)
											    : -1;
	const struct config_sms_provider *p = *worker >= 0 ? next_provider(h, item) : NULL;
	return p && texts_out(h, *worker) < p->outbound.parallel ? p : NULL;
}
