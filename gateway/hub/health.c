/* health.c - see health.h. */
#include "gateway/hub/health.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gateway/hub/log.h"
#include "gateway/hub/settings.h"
#include "gateway/hub/spawn.h"
#include "gateway/hub/traffic.h"
#include "gateway/hub/view.h"
#include "gateway/outbox/notice.h"
#include "gateway/outbox/post.h"

#define LISTEN_S 45        /* a mute modem, before its worker gives way to the next step */
#define LISTEN_DOWN_S 300
#define POWER_MS 60000     /* the longest a power cycle may take */
#define POWER_LOOK_MS 200
#define FULL_PERCENT 80
#define EMPTY_PERCENT 60   /* the alarm about a full memory is armed again */
#define META_MAX 256
#define HOLD_S 600         /* with network for so long: it is back */

/* ---- finding --------------------------------------------------------------------------------- */

static struct health *of(struct hub *h, const char *name)
{
	for (int i = 0; i < h->n_health; i++) {
		if (strcmp(h->health[i].name, name) == 0)
			return &h->health[i];
	}
	return NULL;
}

static struct health *of_worker(struct hub *h, int worker, struct worker_view *v)
{
	if (!supervise_view(h->sup, worker, v) || v->spec->kind != WORKER_MODEM)
		return NULL;
	return of(h, v->spec->name);
}

static bool has_power(const struct hub *h, const char *name)
{
	const struct config_modem *m = config_modem(h->cf, name);
	return m && m->power_cycle && m->power_cycle[0];
}

/* ---- keeping --------------------------------------------------------------------------------- */

static void meta_name(const char *kind, const char *modem, char out[32])
{
	snprintf(out, 32, "%s.%.24s", kind, modem);
}

static void load_one(struct hub *h, struct health *k)
{
	char name[32], text[META_MAX];
	meta_name("modem", k->name, name);
	if (store_meta_get(h->st, name, text, sizeof text) == STORE_OK && ladder_read(&k->ladder, text))
		snprintf(k->kept, sizeof k->kept, "%.100s", text);
	meta_name("pin", k->name, name);
	if (store_meta_get(h->st, name, text, sizeof text) == STORE_OK)
		snprintf(k->pin_tried, sizeof k->pin_tried, "%.39s", text);
	meta_name("down", k->name, name);
	if (store_meta_get(h->st, name, text, sizeof text) == STORE_OK)
		k->down_since = strtoll(text, NULL, 10);
	k->away_told = k->down_since && !k->ladder.told; /* then it was the network */
}

void health_load(struct hub *h)
{
	struct stat sb;
	h->cf_state[0] = '\0';
	if (stat(h->opt->config_file, &sb) == 0)
		snprintf(h->cf_state, sizeof h->cf_state, "%lld.%09ld", (long long)sb.st_mtim.tv_sec,
			 sb.st_mtim.tv_nsec);
	for (size_t i = 0; i < h->cf->n_modems; i++) {
		const char *name = h->cf->modems[i].name;
		if (of(h, name) || h->n_health == SUPERVISE_MAX)
			continue;
		struct health *k = &h->health[h->n_health++];
		*k = (struct health){.power_pid = 0};
		snprintf(k->name, sizeof k->name, "%s", name);
		load_one(h, k);
	}
}

static int keep_down(struct hub *h, const char *modem, int64_t since)
{
	char name[32], text[24];
	meta_name("down", modem, name);
	snprintf(text, sizeof text, "%lld", (long long)since);
	return store_meta_put(h->st, name, text);
}

static int keep(struct hub *h, struct health *k)
{
	char name[32], text[LADDER_TEXT];
	ladder_write(&k->ladder, text);
	if (strcmp(text, k->kept) == 0)
		return STORE_OK;
	meta_name("modem", k->name, name);
	return store_meta_put(h->st, name, text);
}

/* ---- the first frame ------------------------------------------------------------------------- */

static bool withheld(const struct hub *h, const struct health *k)
{
	return k && k->pin_tried[0] && strcmp(k->pin_tried, h->cf_state) == 0;
}

void health_settings_plain(struct hub *h, const struct config_modem *m, struct wire_pairs *out)
{
	struct settings_start s = {.wait_s = LISTEN_S};
	s.pin_withheld = m && withheld(h, of(h, m->name));
	settings_modem(h->cf, m, &s, out);
}

void health_settings(struct hub *h, const struct config_modem *m, bool safe, struct wire_pairs *out)
{
	struct health *k = m ? of(h, m->name) : NULL;
	struct settings_start s = {.safe = safe, .wait_s = LISTEN_S};
	if (k) {
		int64_t now = clock_now(h->clock);
		s.pin_withheld = withheld(h, k);
		s.wait_s = k->ladder.rung == LADDER_DOWN ? LISTEN_DOWN_S : LISTEN_S;
		s.restart = ladder_step(&k->ladder, false, now) == LADDER_RESTART;
		if (s.restart)
			log_line(LOG_WARNING, "modem=%s step=restart rung=%s", k->name,
				 ladder_name(k->ladder.rung));
		h->health_due = true;
	}
	settings_modem(h->cf, m, &s, out);
}

/* ---- the power cycle ------------------------------------------------------------------------- */

static void power_start(struct hub *h, struct health *k, const struct config_modem *m)
{
	pid_t pid = spawn_power(h->spawner, k->name);
	if (pid < 0) {
		log_line(LOG_ERROR, "modem=%s step=power reason=\"not started: %s\"", k->name, strerror(errno));
		return;
	}
	k->power_pid = (int)pid;
	k->power_until_ms = clock_mono_ms() + POWER_MS;
	log_line(LOG_WARNING, "modem=%s step=power program=\"%s\"", k->name, m->power_cycle[0]);
}

/* True while it runs. */
static bool power_runs(struct health *k)
{
	int status = 0;
	if (!k->power_pid)
		return false;
	bool late = clock_mono_ms() >= k->power_until_ms;
	if (late)
		kill(k->power_pid, SIGKILL);
	pid_t pid;
	do
		pid = waitpid(k->power_pid, &status, late ? 0 : WNOHANG);
	while (pid < 0 && errno == EINTR);
	if (pid == 0)
		return true;
	k->power_pid = 0;
	if (late || status != 0)
		log_line(LOG_ERROR, "modem=%s step=power reason=\"%s %d\"", k->name,
			 late ? "not done in a minute, killed;" : "exit status",
			 WIFEXITED(status) ? WEXITSTATUS(status) : -1);
	return false;
}

int health_before(void *hub, int worker)
{
	struct hub *h = hub;
	struct worker_view v;
	struct health *k = of_worker(h, worker, &v);
	const struct config_modem *m = k ? config_modem(h->cf, k->name) : NULL;
	if (!m)
		return 0;
	if (power_runs(k))
		return POWER_LOOK_MS;
	if (!has_power(h, k->name) || (k->ladder.rung != LADDER_POWER && k->ladder.rung != LADDER_DOWN))
		return 0;
	struct ladder probe = k->ladder;
	if (ladder_step(&probe, true, clock_now(h->clock)) != LADDER_POWER)
		return 0;
	k->ladder = probe;
	h->health_due = true;
	power_start(h, k, m);
	return POWER_LOOK_MS;
}

void health_end(struct hub *h)
{
	for (int i = 0; i < h->n_health; i++) {
		if (h->health[i].power_pid)
			h->health[i].power_until_ms = 0;
		power_runs(&h->health[i]);
	}
}

/* ---- what the supervisor sees ---------------------------------------------------------------- */

void health_ready(struct hub *h, int worker)
{
	struct worker_view v;
	struct health *k = of_worker(h, worker, &v);
	if (k)
		ladder_ready(&k->ladder, clock_now(h->clock));
}

/* False: its end says nothing of the modem (it was killed, stopped, or misunderstood us). */
static bool fault_of(const struct worker_view *v, enum ladder_fault *fault)
{
	const char *sim = view_note(v, "sim");
	*fault = LADDER_MODEM;
	switch (v->exit_code) {
	case WIRE_MODEM_NO_DEVICE:
		*fault = LADDER_DEVICE;
		return true;
	case WIRE_MODEM_SIM:
		if (strcmp(sim, "pin") == 0 || strcmp(sim, "puk") == 0)
			*fault = LADDER_PERSON;
		return true;
	case WIRE_MODEM_MUTE:
	case WIRE_MODEM_SETUP:
	case WIRE_MODEM_SICK:
		return true;
	default:
		return v->failed;
	}
}

void health_down(struct hub *h, int worker)
{
	struct worker_view v;
	struct health *k = of_worker(h, worker, &v);
	enum ladder_fault fault;
	if (!k || h->stopping)
		return;
	if (!fault_of(&v, &fault))
		return;
	enum ladder_rung before = k->ladder.rung;
	ladder_failed(&k->ladder, fault, has_power(h, k->name), clock_now(h->clock));
	snprintf(k->why, sizeof k->why, "%s", v.why);
	if (k->ladder.rung != before)
		log_line(LOG_WARNING, "modem=%s rung=%s reason=\"%s\"", k->name,
			 ladder_name(k->ladder.rung), k->why);
	/* Who was told that it has no network need not hear that the hard steps did not help. */
	k->down_due |= ladder_alarm(&k->ladder) && !k->away_told;
	h->health_due = true;
}

const char *health_rung(struct hub *h, const char *modem)
{
	const struct health *k = of(h, modem);
	return k && (k->ladder.rung != LADDER_REOPEN || k->ladder.failures) ? ladder_name(k->ladder.rung)
									     : "";
}

/* ---- what a worker tells --------------------------------------------------------------------- */

static void network(struct hub *h, struct health *k, int worker, const struct desk *d,
		    struct wire_str v)
{
	bool on = wire_is(v, "home") || wire_is(v, "roaming") || wire_is(v, "unknown");
	wire_copy(v, k->registration, sizeof k->registration);
	h->slots[worker].away = !on;
	k->on_since = !on ? 0 : k->on_since ? k->on_since : d->now;
	if (on == (k->away_since == 0))
		return;
	log_line(on ? LOG_INFO : LOG_WARNING, "modem=%s network=%s", k->name, k->registration);
	k->away_since = on ? 0 : d->now;
	if (on) {
		h->touched = 1; /* what waited can go */
		return;
	}
	const struct config_modem *m = config_modem(h->cf, k->name);
	if (m && d->now + m->network_s < h->maintain_at)
		h->maintain_at = d->now + m->network_s; /* the next look */
}

static void usage(struct health *k, const struct wire_pairs *p)
{
	static const char *const names[2][2] = {{"sim_used", "sim_size"}, {"me_used", "me_size"}};
	for (int i = 0; i < 2; i++) {
		k->used[i] = (int)wire_find_num(p, names[i][0], k->used[i]);
		k->size[i] = (int)wire_find_num(p, names[i][1], k->size[i]);
		/* Used and size come one after the other: judge when both are of one memory. */
		if (!wire_find(p, names[i][1]).s || k->size[i] <= 0)
			continue;
		int percent = (int)(100LL * k->used[i] / k->size[i]);
		if (percent >= FULL_PERCENT && !k->full_told)
			k->full_due = k->full_told = true;
		else if (percent < EMPTY_PERCENT && i == 0)
			k->full_told = false;
	}
}

static int pin(struct hub *h, struct health *k, int worker, struct wire_str v)
{
	char name[32];
	meta_name("pin", k->name, name);
	if (wire_is(v, "wanted")) {
		struct wire_frame go = {.type = WIRE_ACK, .u.ack = {0, WIRE_STORED}};
		int rc = store_meta_put(h->st, name, h->cf_state);
		if (rc == STORE_OK)
			snprintf(k->pin_tried, sizeof k->pin_tried, "%s", h->cf_state);
		if (rc == STORE_OK && !traffic_depart(h, worker, &go))
			rc = STORE_FAIL;
		return rc;
	}
	if (wire_is(v, "accepted")) {
		k->pin_tried[0] = '\0';
		return store_meta_put(h->st, name, "");
	}
	log_line(LOG_ERROR, "modem=%s pin=%.*s: not tried again until the configuration changes", k->name,
		 (int)v.len, v.s);
	return STORE_OK;
}

int health_note(struct hub *h, struct desk *d, int worker, const char *name,
		const struct wire_pairs *p)
{
	struct health *k = of(h, name);
	struct wire_str v;
	if (!k)
		return STORE_OK;
	if ((v = wire_find(p, "registration")).s)
		network(h, k, worker, d, v);
	usage(k, p);
	h->health_due |= k->full_due;
	v = wire_find(p, "pin");
	return v.s ? pin(h, k, worker, v) : STORE_OK;
}

/* ---- writing and telling --------------------------------------------------------------------- */

/* What has lasted long enough; turns come at least once a minute. */
static void look(struct hub *h, int64_t now)
{
	for (int i = 0; i < h->n_health; i++) {
		struct health *k = &h->health[i];
		const struct config_modem *m = config_modem(h->cf, k->name);
		if (ladder_mended(&k->ladder, now)) {
			log_line(LOG_INFO, "modem=%s rung=%s: well again", k->name,
				 ladder_name(k->ladder.rung));
			h->health_due = true;
		}
		if (m && k->away_since && !k->away_told && now - k->away_since >= m->network_s) {
			k->away_told = k->away_due = true;
			h->health_due = true;
		}
		/* A network that comes and goes is told of once: it must hold before it counts as back. */
		if (k->away_told && k->on_since && !k->ladder.ready_at)
			k->on_since = now;
		if (k->away_told && k->on_since && now - k->on_since >= HOLD_S)
			k->away_told = false;
		if (k->down_since && !k->away_told && !k->ladder.told)
			k->back_due = h->health_due = true;
	}
}

static int tell(struct desk *d, const struct health *k, const char *event, const char *what)
{
	bool back = strcmp(event, "modem.back") == 0;
	char reason[160];
	int n = 0;
	snprintf(reason, sizeof reason, "%s: %s", k->name, what);
	log_line(back ? LOG_INFO : LOG_ERROR, "%s=%s modem=%s reason=\"%s\"", back ? "notice" : "alarm",
		 event, k->name, what);
	struct post_event e = {.event = event, .reason = reason, .urgent = !back, .age = -1,
			       .n_children = -1, .pupil = -1, .days = -1};
	int rc = post_event(d, &e, &n);
	return rc == STORE_OK ? desk_audit(d, "system", event, k->name, "told", "") : rc;
}

static int tell_people(struct desk *d, const char *id, const struct message_fill *fills, size_t n,
		       bool urgent)
{
	int rc = notice_role(d, "coordinator", id, fills, n, 0, urgent, NULL);
	return rc == STORE_OK ? notice_role(d, "duty", id, fills, n, 0, urgent, NULL) : rc;
}

/* Some modem that can send. */
static bool another_lives(struct hub *h)
{
	struct worker_view v;
	for (int i = 0; i < supervise_count(h->sup); i++) {
		if (supervise_view(h->sup, i, &v) && v.spec->kind == WORKER_MODEM &&
		    v.state == WORKER_READY && !h->slots[i].away)
			return true;
	}
	return false;
}

static bool by_provider(const struct hub *h)
{
	return h->cf->sms_fallback_urgent_s > 0 && config_sends_sms(h->cf);
}

/* By SMS only while another modem or a provider can carry it: one that waited for this very modem would
 * tell that it is out of order when it is back. */
static int tell_down(struct hub *h, struct desk *d, struct health *k, const char *what)
{
	struct message_fill fill = {"modem", k->name};
	if (!k->down_since)
		k->down_since = d->now;
	int rc = keep_down(h, k->name, k->down_since);
	if (rc == STORE_OK)
		rc = tell(d, k, "modem.down", what);
	return rc == STORE_OK && (another_lives(h) || by_provider(h)) ? tell_people(d, "modem_down", &fill, 1, true) : rc;
}

static int tell_back(struct hub *h, struct desk *d, const struct health *k)
{
	char what[96], hours[16];
	int64_t minutes = k->down_since && d->now > k->down_since ? (d->now - k->down_since) / 60 : 0;
	snprintf(hours, sizeof hours, "%lld h %d min", (long long)(minutes / 60 % 10000), (int)(minutes % 60));
	struct message_fill fills[] = {{"modem", k->name}, {"hours", hours}};
	snprintf(what, sizeof what, "works again after %s", hours);
	int rc = keep_down(h, k->name, 0);
	if (rc == STORE_OK)
		rc = tell(d, k, "modem.back", what);
	return rc == STORE_OK ? tell_people(d, "modem_back", fills, 2, false) : rc;
}

static int stage_one(struct hub *h, struct desk *d, struct health *k)
{
	char words[96];
	int rc = keep(h, k);
	if (rc == STORE_OK && k->down_due)
		rc = tell_down(h, d, k, k->why);
	if (rc == STORE_OK && k->away_due) {
		snprintf(words, sizeof words, "no network (%s)", k->registration);
		rc = tell_down(h, d, k, words);
	}
	if (rc == STORE_OK && k->back_due && !k->down_due && !k->away_due)
		rc = tell_back(h, d, k);
	if (rc == STORE_OK && k->full_due) {
		snprintf(words, sizeof words, "memory nearly full: SIM %d of %d, modem %d of %d", k->used[0],
			 k->size[0], k->used[1], k->size[1]);
		rc = tell(d, k, "modem.full", words);
	}
	return rc;
}

int health_stage(struct hub *h, struct desk *d)
{
	int rc = STORE_OK;
	look(h, d->now);
	if (!h->health_due)
		return STORE_OK;
	for (int i = 0; i < h->n_health && rc == STORE_OK; i++)
		rc = stage_one(h, d, &h->health[i]);
	return rc;
}

void health_committed(struct hub *h)
{
	if (!h->health_due)
		return;
	h->health_due = false;
	for (int i = 0; i < h->n_health; i++) {
		struct health *k = &h->health[i];
		if (k->back_due)
			k->down_since = 0;
		k->down_due = k->away_due = k->full_due = k->back_due = false;
		ladder_write(&k->ladder, k->kept);
	}
}
