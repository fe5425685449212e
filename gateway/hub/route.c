/* route.c - see route.h. */
#include "gateway/hub/route.h"

#include <string.h>

#include "gateway/hub/health.h"
#include "gateway/hub/traffic.h"

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
