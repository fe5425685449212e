/* hub.c - see hub.h. */
#include "gateway/hub/hub.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sysexits.h>
#include <unistd.h>

#include "config/config.h"
#include "gateway/hub/clock.h"
#include "gateway/hub/commands.h"
#include "gateway/hub/confine.h"
#include "gateway/hub/control.h"
#include "gateway/hub/health.h"
#include "gateway/hub/jump.h"
#include "gateway/hub/log.h"
#include "gateway/hub/modes.h"
#include "gateway/hub/notify.h"
#include "gateway/hub/passphrase.h"
#include "gateway/hub/reload.h"
#include "gateway/hub/schedule.h"
#include "gateway/hub/settings.h"
#include "gateway/hub/spawn.h"
#include "gateway/hub/state.h"
#include "gateway/hub/supervise.h"
#include "gateway/hub/traffic.h"
#include "gateway/hub/turn.h"
#include "gateway/hub/workers.h"
#include "store/outbox.h"
#include "store/secrets.h"

#define TURN_FRAMES 128       /* frames of one worker a turn */
#define TURN_BYTES (1u << 20) /* of all workers: what a failed turn keeps in memory */
#define WAIT_MAX_MS 60000

/* ---- the loop -------------------------------------------------------------------------------- */

static void signals(struct hub *h)
{
	struct signalfd_siginfo si;
	while (read(h->signal_fd, &si, sizeof si) == (ssize_t)sizeof si) {
		if (si.ssi_signo == SIGHUP)
			h->reload = true;
		else if (si.ssi_signo == SIGTERM || si.ssi_signo == SIGINT)
			h->stopping = true;
	}
}

static int64_t wait_ms(struct hub *h)
{
	int64_t now_ms = clock_mono_ms();
	int64_t wait = supervise_next_ms(h->sup, now_ms);
	if (h->failing)
		return h->retry_at_ms > now_ms && h->retry_at_ms - now_ms < wait ? h->retry_at_ms - now_ms
										   : 0;
	if (h->in || h->work_waits || h->touched || checker_ready(h->checker) ||
	    (!h->stopping && upkeep_busy(&h->upkeep, h->st, clock_now(h->clock))))
		return 0;
	int64_t at = schedule_next(h);
	int64_t due = at == INT64_MAX ? WAIT_MAX_MS : clock_wait_ms(h->clock, at, WAIT_MAX_MS);
	if (due < wait)
		wait = due;
	int64_t beat = notify_interval_ms();
	if (beat && beat < wait)
		wait = beat;
	if (store_needs_scrub(h->st) && h->scrub_at_ms - now_ms < wait)
		wait = h->scrub_at_ms > now_ms ? h->scrub_at_ms - now_ms : 0;
	int64_t end = h->stopping ? h->stop_at_ms : h->end_at_ms;
	if (end && end - now_ms < wait)
		wait = end > now_ms ? end - now_ms : 0;
	return wait;
}

static void wait_and_read(struct hub *h)
{
	struct pollfd fds[2 + SUPERVISE_MAX + 1 + CONTROL_CLIENTS];
	bool reading = !h->failing && h->in_bytes < TURN_BYTES;
	fds[0] = (struct pollfd){.fd = h->signal_fd, .events = POLLIN};
	fds[1] = (struct pollfd){.fd = h->failing ? -1 : checker_fd(h->checker), .events = POLLIN};
	size_t n_workers = supervise_pollfds(h->sup, fds + 2, SUPERVISE_MAX, reading);
	size_t n_control = control_pollfds(h->control, fds + 2 + n_workers, 1 + CONTROL_CLIENTS);
	int rc = poll(fds, 2 + n_workers + n_control, (int)wait_ms(h));
	if (rc > 0) {
		if (fds[0].revents)
			signals(h);
		supervise_ready_fds(h->sup, fds + 2, n_workers, reading ? TURN_FRAMES : 0);
		control_ready_fds(h->control, fds + 2 + n_workers, n_control);
	}
	supervise_tick(h->sup, clock_mono_ms());
}

static void hold_clock(struct hub *h)
{
	bool starting = false;
	for (int i = 0; i < supervise_count(h->sup); i++) {
		struct worker_view v;
		starting |= supervise_view(h->sup, i, &v) && v.state == WORKER_STARTING;
	}
	int64_t now = clock_now(h->clock);
	bool due = (now >= h->due_at[OUTBOX_SMS] && traffic_leg_has_room(h, OUTBOX_SMS)) ||
		   (now >= h->due_at[OUTBOX_HTTP] && traffic_leg_has_room(h, OUTBOX_HTTP));
	clock_hold(h->clock, starting || h->in || h->work_waits || checker_busy(h->checker) || traffic_in_hand(h) || due ||
				     supervise_in_call(h->sup));
}

static void begin_stop(struct hub *h)
{
	if (h->stop_at_ms)
		return;
	log_line(LOG_INFO, "hub=stopping");
	notify_stopping();
	h->stop_at_ms = clock_mono_ms() + (int64_t)h->cf->stop_s * 1000;
	supervise_stop_all(h->sup);
}

static bool drained(struct hub *h)
{
	return (supervise_idle(h->sup) && !h->in && !checker_busy(h->checker)) || clock_mono_ms() >= h->stop_at_ms;
}

static void loop(struct hub *h)
{
	for (;;) {
		hold_clock(h);
		wait_and_read(h);
		/* Scaled time passes while the hub waits, and not during a turn: a disk's few
		 * milliseconds are an hour of it, and what the turn has just owed would be late. */
		clock_hold(h->clock, true);
		if (jump_look(h)) {
			schedule_forget(h);
			h->touched = 1;
		}
		if (h->end_at_ms && clock_mono_ms() >= h->end_at_ms)
			h->stopping = true;
		if (h->stopping)
			begin_stop(h);
		if (h->reload && !h->stopping)
			reload_config(h);
		if (h->failing && clock_mono_ms() < h->retry_at_ms) {
			commands_run(h);
			if (h->stopping && drained(h))
				return;
			continue;
		}
		log_hold(true);
		bool ok = turn_run(h);
		log_hold(false);
		for (bool idle = false; ok && h->careful_until && h->work_waits && !idle;)
			ok = turn_careful_step(h, &idle);
		if (ok && h->touched)
			ok = turn_run(h); /* hand out what careful reading just owed */
		commands_run(h);
		if (ok)
			turn_scrub(h);
		if (ok)
			schedule_daily(h);
		if (ok && !h->stopping && upkeep_busy(&h->upkeep, h->st, clock_now(h->clock)))
			(void)upkeep_step(&h->upkeep, h->st, clock_now(h->clock));
		/* The beat says that turns are committed and no leg stands still; a stuck worker is
		 * the supervisor's matter and is killed at its deadline. */
		if (ok && schedule_moves(h))
			notify_alive();
		if (h->stopping && drained(h))
			return;
	}
}

/* ---- start and end --------------------------------------------------------------------------- */

static int open_signals(void)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	signal(SIGPIPE, SIG_IGN);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return -1;
	return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

static int exit_of(int rc)
{
	switch (rc) {
	case STORE_OK:
		return EX_OK;
	case STORE_BUSY:
		return EX_TEMPFAIL;
	case STORE_KEY:
		return EX_NOPERM;
	default:
		return EX_IOERR;
	}
}

/* What the last run left: deliveries in flight go back to the queue under their ids, texts in
 * submission are of unknown outcome. */
static int take_over(struct hub *h)
{
	char clean[8] = "1";
	int64_t http = 0, sms = 0, parked = 0, now = clock_now(h->clock);
	int rc = store_begin(h->st);
	if (rc == STORE_OK)
		rc = store_meta_get(h->st, "clean_end", clean, sizeof clean);
	if (rc == STORE_NONE)
		rc = STORE_OK;
	if (rc == STORE_OK)
		rc = outbox_recover(h->st, NULL, now, &http, &sms);
	/* Their PINs went with the last run: they are read without, and their senders asked again. */
	if (rc == STORE_OK)
		rc = parked_clear(h->st, &parked);
	if (rc == STORE_OK)
		rc = store_meta_put(h->st, "clean_end", "0");
	if (rc == STORE_OK)
		rc = store_commit(h->st);
	else if (store_in_turn(h->st))
		store_rollback(h->st);
	if (rc == STORE_OK && strcmp(clean, "1") != 0) {
		h->careful_until = now + TURN_CAREFUL_S;
		log_line(LOG_WARNING, "hub=recovering requeued=%lld uncertain=%lld: the last run did not end cleanly",
			 (long long)http, (long long)sms);
	}
	return rc;
}

static int open_all(struct hub *h)
{
	char err[1200] = "";
	if (!modes_private(h->cf->store_path, err, sizeof err) ||
	    !modes_private(h->cf->keyring_path, err, sizeof err) ||
	    !modes_private(h->cf->key_file, err, sizeof err)) {
		fprintf(stderr, "kujdestar: %s\n", err);
		return EX_NOPERM;
	}
	h->upkeep.cf = h->cf;
	struct store_options so = settings_store(h->cf);
	int rc = store_open(&so, &h->st, err, sizeof err);
	passphrase_end();
	if (rc != STORE_OK) {
		fprintf(stderr, "kujdestar: %s\n", err);
		return exit_of(rc);
	}
	h->control = control_listen(h->cf->control_socket, err, sizeof err);
	if (!h->control) {
		fprintf(stderr, "kujdestar: %s\n", err);
		return EX_UNAVAILABLE;
	}
	rc = take_over(h);
	if (rc == STORE_OK)
		rc = jump_start(h);
	if (rc == STORE_OK)
		rc = reload_first(h);
	if (rc != STORE_OK)
		fprintf(stderr, "kujdestar: %s: %s: %s\n", h->cf->store_path, store_rc_name(rc),
			store_errmsg(h->st));
	return exit_of(rc);
}

static int start_clock(struct hub *h)
{
	if (clock_zone(h->cf->timezone) < 0) {
		fprintf(stderr, "kujdestar: %s: site.timezone: no zone \"%s\" on this machine\n",
			h->opt->config_file, h->cf->timezone);
		return EX_CONFIG;
	}
	if (!h->opt->start_at && h->opt->time_scale == 1) {
		h->clock = clock_new();
	} else {
		struct clock *real = clock_new();
		int64_t start = real && !h->opt->start_at ? clock_now(real) : -1;
		clock_free(real);
		if (h->opt->start_at)
			start = clock_utc_of(h->opt->start_at);
		if (start < 0) {
			fprintf(stderr, "kujdestar: --start-at: \"%s\" is no local time like 2026-11-16T07:30\n",
				h->opt->start_at);
			return EX_USAGE;
		}
		h->clock = clock_new_scaled(start, h->opt->time_scale);
	}
	return h->clock ? EX_OK : EX_OSERR;
}

static void close_all(struct hub *h, bool clean)
{
	health_end(h);
	supervise_free(h->sup);
	spawn_close(h->spawner);
	if (h->st && clean && store_begin(h->st) == STORE_OK) {
		/* Whoever was killed at the end left its work of unknown outcome. */
		int64_t http, sms;
		if (outbox_recover(h->st, NULL, clock_now(h->clock), &http, &sms) == STORE_OK &&
		    store_meta_put(h->st, "clean_end", "1") == STORE_OK && store_commit(h->st) == STORE_OK)
			log_line(LOG_INFO, "hub=stopped");
		else if (store_in_turn(h->st))
			store_rollback(h->st);
	}
	traffic_drop_departures(h);
	while (h->in)
		traffic_forget_first(h);
	control_free(h->control);
	checker_free(h->checker);
	store_close(h->st);
	clock_free(h->clock);
	config_free(h->cf);
	if (h->signal_fd >= 0)
		close(h->signal_fd);
}

/* The network, other programs, other processes' memory: none of it is the hub's.  What the kernel does
 * not let it give up is told by status. */
static int give_up(struct hub *h)
{
	const struct confine c = {.kind = CONFINE_HUB};
	char lacks[512];
	if (confine_finish(&c, h->confined) < 0) {
		fprintf(stderr, "kujdestar: the hub could not be confined: %s\n", strerror(errno));
		return EX_OSERR;
	}
	confine_lacks(CONFINE_HUB, h->confined, lacks, sizeof lacks);
	if (lacks[0])
		log_line(LOG_WARNING, "hub=open reason=\"not confined in its %s\"", lacks);
	return EX_OK;
}

int hub_run(const struct hub_options *o)
{
	static struct hub h; /* large; one a process */
	h = (struct hub){.opt = o, .signal_fd = -1};
	h.in_end = &h.in;
	h.out_end = &h.out;
	h.touched = 1; /* the first turn asks the store what is due */
	h.work_waits = true;
	/* Keys live in this process. */
	if (confine_hub_start() < 0) {
		fprintf(stderr, "kujdestar: %s\n", strerror(errno));
		return EX_OSERR;
	}
	if (config_load(o->config_file, &h.cf, stderr) > 0 || !h.cf)
		return EX_CONFIG;
	reload_setup_log(h.cf);
	h.signal_fd = open_signals();
	int rc = h.signal_fd < 0 ? EX_OSERR : start_clock(&h);
	if (rc == EX_OK && workers_starter(&h) < 0) /* forks: before there are threads and keys */
		rc = EX_OSERR;
	if (rc == EX_OK && !(h.checker = checker_new(true)))
		rc = EX_OSERR;
	if (rc == EX_OK)
		rc = open_all(&h);
	if (rc == EX_OK && workers_start(&h) < 0)
		rc = EX_OSERR;
	if (rc == EX_OK)
		rc = give_up(&h);
	if (rc == EX_OK) {
		if (o->stop_after_s)
			h.end_at_ms = clock_mono_ms() + (int64_t)o->stop_after_s * 1000;
		workers_want(&h);
		log_line(LOG_INFO, "hub=running store=%d workers=%d", store_version(h.st),
			 supervise_count(h.sup));
		notify_ready();
		loop(&h);
	}
	close_all(&h, rc == EX_OK);
	return rc;
}
