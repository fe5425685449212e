/* traffic.c - see traffic.h. */
#include "gateway/hub/traffic.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/hub/log.h"

/* The environment may mend itself: the same turn is tried again.  Anything else is this row's fault. */
bool traffic_environment(int rc)
{
	return rc == STORE_FULL || rc == STORE_READONLY || rc == STORE_BUSY || rc == STORE_IO;
}

void traffic_drop_departures(struct hub *h)
{
	while (h->out) {
		struct departure *d = h->out;
		h->out = d->next;
		free(d);
	}
	h->out_end = &h->out;
}

struct departure *traffic_depart(struct hub *h, int worker, const struct wire_frame *f)
{
	static uint8_t frame[WIRE_FRAME_MAX]; /* the hub has one thread */
	long len = wire_encode(f, frame, sizeof frame);
	struct departure *d = len > 0 ? malloc(sizeof *d + (size_t)len) : NULL;
	if (!d)
		return NULL;
	*d = (struct departure){.worker = worker, .generation = supervise_generation(h->sup, worker)};
	d->len = (size_t)len;
	memcpy(d->bytes, frame, d->len);
	*h->out_end = d;
	h->out_end = &d->next;
	return d;
}

void traffic_arrive(struct hub *h, int worker, const char *name, const uint8_t *raw, size_t len)
{
	struct arrival *a = malloc(sizeof *a + len);
	if (!a) {
		/* Not acknowledged, so not lost: the worker offers it again after its restart. */
		log_line(LOG_ERROR, "worker=%s frame=dropped reason=\"out of memory\"", name);
		return;
	}
	*a = (struct arrival){.worker = worker, .down = raw == NULL, .len = len,
			      .generation = supervise_generation(h->sup, worker)};
	snprintf(a->name, sizeof a->name, "%s", name);
	if (raw)
		memcpy(a->bytes, raw, len);
	*h->in_end = a;
	h->in_end = &a->next;
	h->in_bytes += len;
}

void traffic_forget_first(struct hub *h)
{
	struct arrival *a = h->in;
	h->in = a->next;
	if (!h->in)
		h->in_end = &h->in;
	h->in_bytes -= a->len;
	explicit_bzero(a->bytes, a->len); /* a PIN may stand in it */
	free(a);
}

struct job *traffic_job(struct slot *s, int64_t id)
{
	for (int i = 0; i < s->n_jobs; i++) {
		if (s->jobs[i].id == id)
			return &s->jobs[i];
	}
	return NULL;
}

int traffic_jobs(const struct slot *s)
{
	int n = 0;
	for (int i = 0; i < s->n_jobs; i++)
		n += !s->jobs[i].ended;
	return n;
}

void traffic_unend(struct hub *h)
{
	for (int i = 0; i < SUPERVISE_MAX; i++) {
		for (int k = 0; k < h->slots[i].n_jobs; k++)
			h->slots[i].jobs[k].ended = false;
	}
}

void traffic_job_ended(struct hub *h, int worker, int64_t id)
{
	struct slot *s = &h->slots[worker];
	struct job *j = traffic_job(s, id);
	if (j)
		*j = s->jobs[--s->n_jobs];
	supervise_job_done(h->sup, worker, id);
}

bool traffic_has_room(struct hub *h, int worker, enum worker_kind kind)
{
	struct worker_view v;
	const struct slot *s = &h->slots[worker];
	return supervise_view(h->sup, worker, &v) && v.spec->kind == kind && v.state == WORKER_READY &&
	       traffic_jobs(s) < v.credit && traffic_jobs(s) < SUPERVISE_CALLS && !s->away;
}

bool traffic_leg_has_room(struct hub *h, enum outbox_leg leg)
{
	for (int i = 0; i < supervise_count(h->sup); i++) {
		if (traffic_has_room(h, i, leg == OUTBOX_SMS ? WORKER_MODEM : WORKER_COURIER))
			return true;
	}
	/* who may take it then is judged row by row */
	return leg == OUTBOX_SMS && config_sends_sms(h->cf) && traffic_leg_has_room(h, OUTBOX_HTTP);
}

bool traffic_in_hand(struct hub *h)
{
	for (int i = 0; i < SUPERVISE_MAX; i++) {
		if (h->slots[i].n_jobs > 0)
			return true;
	}
	return false;
}

struct desk hub_desk(struct hub *h)
{
	return (struct desk){.st = h->st, .cf = h->cf, .now = clock_now(h->clock), .nudges = &h->touched,
			     .checker = h->checker};
}
