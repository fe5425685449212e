/* probe.c - see probe.h. */
#include "gateway/hub/probe.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "gateway/hub/clock.h"
#include "gateway/hub/settings.h"
#include "gateway/hub/supervise.h"
#include "gateway/hub/view.h"

#define MUTE_S 8         /* a modem that says nothing */
#define LOOK_MS 45000    /* the whole: set-up of a slow modem and its first sweep */
#define ALL_MS 12000     /* after it is ready, for what it tells of itself */
#define STOP_MS 5000
#define FRAMES 64

struct probe {
	const struct config *cf;
	struct config_modem modem;
	struct supervisor *sup;
	bool down;
	int64_t ready_ms;
};

static void on_settings(void *arg, const struct worker_spec *spec, bool safe, struct wire_pairs *out)
{
	struct probe *p = arg;
	struct settings_start s = {.wait_s = MUTE_S};
	(void)spec;
	(void)safe;
	settings_modem(p->cf, &p->modem, &s, out);
}

/* Nothing here is durable: every text stays where it is. */
static bool on_frame(void *arg, int worker, const struct wire_frame *f, const uint8_t *raw, size_t len)
{
	struct probe *p = arg;
	(void)raw;
	(void)len;
	if (f->type != WIRE_SEGMENT)
		return true;
	struct wire_frame keep = {.type = WIRE_ACK, .u.ack = {f->u.segment.token, WIRE_KEEP}};
	supervise_send(p->sup, worker, &keep);
	return true;
}

static void on_ready(void *arg, int worker)
{
	(void)worker;
	((struct probe *)arg)->ready_ms = clock_mono_ms();
}

static void on_down(void *arg, int worker, const char *why)
{
	(void)worker;
	(void)why;
	((struct probe *)arg)->down = true;
}

static bool told(const struct worker_view *v, const char *name)
{
	for (int i = 0; i < v->n_notes; i++) {
		if (strcmp(v->note[i].name, name) == 0)
			return true;
	}
	return false;
}

static bool done(const struct probe *p, int64_t until)
{
	struct worker_view v;
	int64_t now = clock_mono_ms();
	if (p->down || now >= until || !supervise_view(p->sup, 0, &v))
		return true;
	if (!p->ready_ms)
		return false;
	return now - p->ready_ms >= ALL_MS || (told(&v, "signal") && told(&v, "sim_size"));
}

static void turn(struct supervisor *sup)
{
	struct pollfd fds[SUPERVISE_MAX];
	size_t n = supervise_pollfds(sup, fds, SUPERVISE_MAX, true);
	int64_t wait = supervise_next_ms(sup, clock_mono_ms());
	if (poll(fds, n, wait > 200 ? 200 : (int)wait) > 0)
		supervise_ready_fds(sup, fds, n, FRAMES);
	supervise_tick(sup, clock_mono_ms());
}

static json_t *look(struct probe *p)
{
	struct worker_view v;
	int64_t until = clock_mono_ms() + LOOK_MS;
	while (!done(p, until))
		turn(p->sup);
	json_t *o = supervise_view(p->sup, 0, &v) ? view_json(&v) : NULL;
	supervise_stop_all(p->sup);
	until = clock_mono_ms() + STOP_MS;
	while (!supervise_idle(p->sup) && clock_mono_ms() < until)
		turn(p->sup);
	return o;
}

json_t *probe_modem(const struct config *cf, const struct config_modem *m, const char *binary_dir,
		    char *why, size_t max)
{
	struct probe p = {.cf = cf, .modem = *m};
	struct supervise_events ev = {.arg = &p, .settings = on_settings, .frame = on_frame,
				      .ready = on_ready, .down = on_down};
	struct worker_spec spec = {.kind = WORKER_MODEM};
	p.modem.pin = ""; /* a PIN is the gateway's to try, once and on record */
	snprintf(spec.name, sizeof spec.name, "%s", m->name);
	snprintf(spec.device, sizeof spec.device, "%s", m->device);
	snprintf(spec.binary, sizeof spec.binary, "%s/kujdestar-modem",
		 cf->worker_dir[0] ? cf->worker_dir : binary_dir);
	if (access(spec.binary, X_OK) != 0) {
		snprintf(why, max, "%s: %s", spec.binary, strerror(errno));
		return NULL;
	}
	p.sup = supervise_new(&ev);
	json_t *o = NULL;
	if (p.sup && supervise_add(p.sup, &spec) == 0)
		o = look(&p);
	if (!o)
		snprintf(why, max, "it could not be started");
	supervise_free(p.sup);
	return o;
}
