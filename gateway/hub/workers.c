/* workers.c - see workers.h. */
#include "gateway/hub/workers.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gateway/hub/credit.h"
#include "gateway/hub/health.h"
#include "gateway/hub/log.h"
#include "gateway/hub/inquiry.h"
#include "gateway/hub/settings.h"
#include "gateway/hub/spawn.h"
#include "gateway/hub/traffic.h"
#include "gateway/hub/ussd.h"

#define QUIET_SWEEPS 3
#define QUIET_S 60

static void on_settings(void *arg, const struct worker_spec *spec, bool safe, struct wire_pairs *out)
{
	struct hub *h = arg;
	if (spec->kind == WORKER_MODEM)
		health_settings(h, config_modem(h->cf, spec->name), safe, out);
	else if (spec->kind == WORKER_EDGE)
		settings_edge(h->cf, out);
	else
		settings_courier(h->cf, out);
}

static pid_t on_spawn(void *arg, const struct worker_spec *spec, int fd)
{
	struct hub *h = arg;
	pid_t pid = spawn_worker(h->spawner, spec->binary, spec->name, fd);
	if (pid < 0 && errno == EPIPE && !h->stopping) {
		/* Without it no worker can be replaced any more: the service manager begins anew. */
		log_line(LOG_ERROR, "hub=stopping reason=\"the process that starts workers is gone\"");
		h->stopping = true;
		errno = EPIPE;
	}
	return pid;
}

static bool on_more(void *arg, const struct worker_spec *spec, int k, struct wire_pairs *out)
{
	const struct hub *h = arg;
	return spec->kind == WORKER_EDGE && settings_provider(h->cf, k, out);
}

/* A worker has a say about what it was handed, and about nothing else: one that settled the rows of
 * another could make a text that nobody sent count as sent.  Texts beyond what it was granted would fill
 * the store faster than any modem. */
static bool plausible(struct slot *s, const struct wire_frame *f)
{
	const struct job *j = NULL;
	switch (f->type) {
	case WIRE_SEGMENT:
		return ++s->unacknowledged <= TRAFFIC_SEGMENTS;
	case WIRE_DONE_HTTP:
		return traffic_job(s, f->u.done_http.job) != NULL;
	case WIRE_DONE_SMS:
		j = traffic_job(s, f->u.done_sms.job);
		return j && f->u.done_sms.part < j->parts;
	default:
		return true;
	}
}

static bool on_frame(void *arg, int worker, const struct wire_frame *f, const uint8_t *raw, size_t len)
{
	struct hub *h = arg;
	struct worker_view v;
	if (f->type == WIRE_DONE_HTTP && inquiry_done(h, worker, &f->u.done_http))
		return true;
	if (!plausible(&h->slots[worker], f))
		return false;
	if (f->type == WIRE_DONE_USSD)
		ussd_done(h, worker, &f->u.done_ussd);
	else if (supervise_view(h->sup, worker, &v))
		traffic_arrive(h, worker, v.spec->name, raw, len);
	return true;
}

static void on_ready(void *arg, int worker)
{
	struct hub *h = arg;
	health_ready(h, worker);
	/* Rows may have fallen due while nobody could take them. */
	h->due_at[OUTBOX_SMS] = h->due_at[OUTBOX_HTTP] = 0;
	h->credit_at = 0;
}

static void on_down(void *arg, int worker, const char *why)
{
	struct hub *h = arg;
	struct worker_view v;
	(void)why;
	h->slots[worker].n_jobs = 0;
	h->slots[worker].unacknowledged = 0;
	health_down(h, worker);
	ussd_lost(h, worker);
	inquiry_lost(h, worker);
	if (supervise_view(h->sup, worker, &v))
		traffic_arrive(h, worker, v.spec->name, NULL, 0); /* after the frames it sent before */
}

static void path_of(const struct hub *h, const char *program, char *out, size_t max)
{
	const char *dir = h->cf->worker_dir[0] ? h->cf->worker_dir : h->opt->binary_dir;
	snprintf(out, max, "%s/%s", dir, program);
}

static void spec_binary(struct hub *h, const char *program, struct worker_spec *spec)
{
	path_of(h, program, spec->binary, sizeof spec->binary);
}

int workers_starter(struct hub *h)
{
	static const char *const programs[] = {"kujdestar-modem", "kujdestar-courier", "kujdestar-edge"};
	struct spawn_list list = {.power = {{.argv = NULL}}};
	size_t n = 0;
	for (size_t i = 0; i < sizeof programs / sizeof programs[0]; i++)
		path_of(h, programs[i], list.program[i], sizeof list.program[i]);
	for (size_t i = 0; i < h->cf->n_modems && n < SPAWN_POWER; i++) {
		const struct config_modem *m = &h->cf->modems[i];
		if (!m->power_cycle || !m->power_cycle[0])
			continue;
		snprintf(list.power[n].name, sizeof list.power[n].name, "%s", m->name);
		list.power[n++].argv = (const char *const *)m->power_cycle;
	}
	h->spawner = spawn_open(&list);
	return h->spawner ? 0 : -1;
}

static void spec_settings(struct hub *h, const struct worker_spec *spec, char *out, size_t max)
{
	struct wire_pairs p;
	if (spec->kind == WORKER_MODEM)
		health_settings_plain(h, config_modem(h->cf, spec->name), &p);
	else if (spec->kind == WORKER_EDGE)
		settings_edge(h->cf, &p);
	else
		settings_courier(h->cf, &p);
	settings_text(&p, out, max);
}

static void want_worker(struct hub *h, const struct worker_spec *spec)
{
	char wanted[sizeof h->slots[0].settings];
	spec_settings(h, spec, wanted, sizeof wanted);
	for (int i = 0; i < supervise_count(h->sup); i++) {
		struct worker_view v;
		if (!supervise_view(h->sup, i, &v) || strcmp(v.spec->name, spec->name) != 0)
			continue;
		if (strcmp(h->slots[i].settings, wanted) == 0)
			return;
		supervise_remove(h->sup, i);
	}
	int i = supervise_add(h->sup, spec);
	if (i < 0) {
		log_line(LOG_ERROR, "worker=%s state=refused reason=\"more than %d workers\"", spec->name,
			 SUPERVISE_MAX);
		return;
	}
	h->slots[i].n_jobs = h->slots[i].unacknowledged = 0;
	memcpy(h->slots[i].settings, wanted, sizeof wanted);
}

void workers_want(struct hub *h)
{
	health_load(h);
	credit_load(h);
	for (size_t i = 0; i < h->cf->n_modems; i++) {
		struct worker_spec spec = {.kind = WORKER_MODEM};
		snprintf(spec.name, sizeof spec.name, "%s", h->cf->modems[i].name);
		snprintf(spec.device, sizeof spec.device, "%s", h->cf->modems[i].device);
		spec_binary(h, "kujdestar-modem", &spec);
		/* It looks through the memories every sweep and says so. */
		spec.quiet_ms = (QUIET_SWEEPS * h->cf->modems[i].sweep_s + QUIET_S) * 1000;
		want_worker(h, &spec);
	}
	struct worker_spec courier = {.kind = WORKER_COURIER, .name = "courier"};
	spec_binary(h, "kujdestar-courier", &courier);
	want_worker(h, &courier);
	struct worker_spec edge = {.kind = WORKER_EDGE, .name = "edge"};
	spec_binary(h, "kujdestar-edge", &edge);
	if (h->cf->edge_listen[0])
		want_worker(h, &edge);
	for (int i = 0; i < supervise_count(h->sup); i++) {
		struct worker_view v;
		if (!supervise_view(h->sup, i, &v) || v.state == WORKER_STOPPING)
			continue;
		bool modem = v.spec->kind == WORKER_MODEM, door = v.spec->kind == WORKER_EDGE;
		if ((modem && !config_modem(h->cf, v.spec->name)) || (door && !h->cf->edge_listen[0]))
			supervise_remove(h->sup, i);
	}
}

int workers_start(struct hub *h)
{
	struct supervise_events ev = {.arg = h,
				      .settings = on_settings,
				      .more = on_more,
				      .frame = on_frame,
				      .ready = on_ready,
				      .down = on_down,
				      .spawn = on_spawn,
				      .before = health_before};
	h->sup = supervise_new(&ev);
	return h->sup ? 0 : -1;
}
