/* worker.c - see worker.h. */
#include "gateway/modem/worker.h"
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include "gateway/hub/confine.h"
#include "gateway/modem/drain.h"
#include "gateway/modem/link.h"
#include "gateway/modem/mono.h"
#include "gateway/modem/pause.h"
#include "gateway/modem/recover.h"
#include "gateway/modem/send.h"
#include "gateway/modem/settings.h"
#include "gateway/modem/start.h"
#include "gateway/modem/talk.h"
#include "gateway/modem/ussd.h"
#include "gateway/modem/watch.h"

#define OPEN_MS 60000
#define SHORT_MS 25000   /* signal and the like: 20 s inside libgammu, and some */
#define NETWORK_MS 10000
#define AWAY_MS 3000 /* without network it is looked for so often */
#define RETRY_MS 1000
#define STACK_WIPED (640 * 1024) /* libgammu goes deep: its lists of texts are a quarter of a megabyte each */
#define RESYNC_MS 3000
#define FILES_MAX 32
#define MEMORY_MAX ((size_t)256 << 20)
#define SLOW_GAP_MS 100 /* whoever allows libgammu such pauses has a modem that needs them */

#define GONE(events) ((events) & (POLLHUP | POLLERR | POLLNVAL))

struct worker {
	struct modem_settings set;
	struct talk talk;
	struct link *link;
	struct drain drain;
	struct recover recover;
	struct ussd_session ussd;
	int64_t next_sweep, next_status;
	bool suspect; /* bytes came that were neither notice nor report: libgammu may hold half a
			 line */
	bool usage_due;
	struct link_usage usage;
	int signal;
	const char *registration;
	int exit_code; /* -1: go on */
};

static void end(struct worker *w, int code, const char *why)
{
	if (why)
		talk_note(&w->talk, "reason", why);
	w->exit_code = code;
}

/* ---- after a call ------------------------------------------------------------------------------
 */

/* An answer that came too late must not be taken for the next command's.  One that does not answer, or was
 * pulled out while it was asked, ends the worker. */
static bool answers(struct worker *w)
{
	talk_begin(&w->talk, "AT", RESYNC_MS * 2);
	int rc = link_resync(w->link, RESYNC_MS);
	talk_end(&w->talk);
	if (rc == LINK_GONE)
		end(w, WORKER_NO_DEVICE, "the device went away");
	else if (rc != LINK_OK)
		end(w, WORKER_SICK, "the modem stopped answering");
	return rc == LINK_OK;
}

/* A modem that restarted by itself listens again, but no longer tells of new texts. */
static void check_settings(struct worker *w)
{
	talk_begin(&w->talk, "AT+CNMI", RESYNC_MS * 2);
	int rc = link_settled(w->link);
	talk_end(&w->talk);
	if (rc == LINK_GONE)
		end(w, WORKER_NO_DEVICE, "the device went away");
	else if (rc == LINK_TIMEOUT)
		end(w, WORKER_SICK, "the modem stopped answering");
	else if (rc == LINK_FAIL)
		end(w, WORKER_SICK, "the modem has restarted by itself");
}

static void switch_radio(struct worker *w)
{
	talk_note(&w->talk, "stage", "radio off and on");
	talk_call(&w->talk, "GSM_SetPower", SHORT_MS * 2);
	link_radio(w->link, false);
	link_radio(w->link, true);
	talk_end(&w->talk);
}

static void judge(struct worker *w, int rc)
{
	if (rc == LINK_OK) {
		recover_ok(&w->recover);
		return;
	}
	if (rc == LINK_GONE) {
		end(w, WORKER_NO_DEVICE, "the device went away");
		return;
	}
	if (rc == LINK_TIMEOUT && !answers(w))
		return;
	switch (recover_failed(&w->recover)) {
	case RECOVER_RETRY:
		break;
	case RECOVER_CHECK:
		if (answers(w))
			check_settings(w);
		break;
	case RECOVER_RADIO:
		switch_radio(w);
		break;
	case RECOVER_REPLACE:
		end(w, WORKER_SICK, "calls to the modem keep failing");
		break;
	}
	w->next_sweep = mono_ms() + RETRY_MS;
}

/* ---- receiving ---------------------------------------------------------------------------------
 */

static void sweep(struct worker *w, int64_t now)
{
	bool full = now >= w->next_sweep;

	/* libgammu would find a mute modem out in 20 s; AT finds it in three. */
	if ((full || w->suspect) && !answers(w))
		return;
	w->suspect = false;
	if (full)
		check_settings(w);
	if (w->exit_code >= 0)
		return;
	if (full) {
		w->next_sweep = now + (int64_t)w->set.sweep_s * 1000;
		w->usage_due = true;
	}
	judge(w, drain_sweep(&w->drain, full));
}

static void tty_event(struct worker *w, short events)
{
	if (events & POLLIN) {
		if (link_poll(w->link) != LINK_OK)
			end(w, WORKER_NO_DEVICE, "the device went away");
		w->suspect |= !link_noticed(w->link) && !drain_reports(&w->drain);
	} else if (GONE(events)) {
		end(w, WORKER_NO_DEVICE, "the device went away");
	}
}

/* ---- what the modem says of itself -------------------------------------------------------------
 */

static void tell_usage(struct worker *w)
{
	struct link_usage u;

	w->usage_due = false;
	talk_call(&w->talk, "GSM_GetSMSStatus", SHORT_MS * 2);
	int rc = link_usage(w->link, &u);
	talk_end(&w->talk);
	if (rc != LINK_OK || memcmp(&u, &w->usage, sizeof(u)) == 0)
		return;
	w->usage = u;
	talk_note_num(&w->talk, "sim_used", u.sim_used);
	talk_note_num(&w->talk, "sim_size", u.sim_size);
	talk_note_num(&w->talk, "me_used", u.me_used);
	talk_note_num(&w->talk, "me_size", u.me_size);
}

static void tell_signal(struct worker *w)
{
	int percent = -1;

	talk_call(&w->talk, "GSM_GetSignalQuality", SHORT_MS);
	int rc = link_signal(w->link, &percent);
	talk_end(&w->talk);
	if (rc == LINK_OK && percent != w->signal)
		talk_note_num(&w->talk, "signal", percent);
	w->signal = percent;
	if (rc != LINK_OK)
		judge(w, rc);
}

static void tell_network(struct worker *w, int64_t now)
{
	const char *registration;

	talk_begin(&w->talk, "AT+CREG", NETWORK_MS);
	int rc = link_network(w->link, &registration);
	talk_end(&w->talk);
	if (rc != LINK_OK) {
		judge(w, rc);
		return;
	}
	if (!w->registration || strcmp(registration, w->registration) != 0)
		talk_note(&w->talk, "registration", registration);
	w->registration = registration;
	bool registered = strcmp(registration, "home") == 0 ||
			  strcmp(registration, "roaming") == 0 ||
			  strcmp(registration, "unknown") == 0;
	if (!registered && w->next_status > now + AWAY_MS)
		w->next_status = now + AWAY_MS;
	switch (recover_radio(&w->recover, registered, now)) {
	case NETWORK_WAIT:
		break;
	case NETWORK_RADIO:
		switch_radio(w);
		break;
	case NETWORK_REPLACE:
		end(w, WORKER_SICK, "no network, also after the radio was off and on");
		break;
	}
}

static void status(struct worker *w, int64_t now)
{
	w->next_status = now + (int64_t)w->set.status_s * 1000;
	/* libgammu would find a mute modem out in 20 s; AT finds it in three. */
	if (!answers(w))
		return;
	tell_signal(w);
	if (w->exit_code < 0)
		tell_network(w, now);
}

/* ---- the loop ----------------------------------------------------------------------------------
 */

static bool idle(const struct worker *w)
{
	return w->drain.offered == 0 && w->drain.to_delete == 0;
}

static void idle_work(struct worker *w, int64_t now)
{
	if (w->exit_code >= 0 || !idle(w))
		return;
	if (w->usage_due)
		tell_usage(w);
	else if (now >= w->next_status)
		status(w, now);
}

static void turn(struct worker *w)
{
	int64_t now = mono_ms();

	if (link_noticed(w->link) || now >= w->next_sweep)
		sweep(w, now);
	if (w->exit_code < 0 && w->talk.has_job) {
		int rc = send_run(&w->drain, w->set.send_ms);
		if (rc != LINK_OK)
			w->next_status = mono_ms(); /* refused for want of a network: the hub should know */
		if (rc == LINK_TIMEOUT)
			end(w, WORKER_SICK, "the modem stopped answering");
		else if (rc == LINK_GONE)
			judge(w, rc);
		w->next_sweep = mono_ms(); /* texts may have come in while it was sent */
		return;
	}
	if (w->exit_code < 0)
		judge(w, drain_settle(&w->drain));
	if (w->exit_code < 0 && w->talk.has_ussd && idle(w)) {
		int rc = ussd_run(&w->talk, w->link, &w->ussd);
		if (rc != LINK_OK)
			judge(w, rc);
		w->next_sweep = mono_ms(); /* a text may have come meanwhile */
		return;
	}
	if (w->exit_code < 0)
		ussd_tick(&w->talk, w->link, &w->ussd);
	if (w->drain.moved)
		w->next_sweep = now;
	w->drain.moved = false;
	idle_work(w, now);
}

static void wait(struct worker *w)
{
	bool status_first =
	    idle(w) && w->next_status < w->next_sweep; /* else it waits for the hub */
	int64_t next = status_first ? w->next_status : w->next_sweep;
	if (w->ussd.open && w->ussd.until < next)
		next = w->ussd.until;
	bool busy = w->talk.has_job || (w->talk.has_ussd && idle(w)) || w->talk.n_acks > 0 || link_noticed(w->link) ||
		    (w->usage_due && idle(w));
	int ms = busy ? 0 : mono_left(next);

	tty_event(w, talk_wait(&w->talk, link_fd(w->link), ms));
}

/* What calls into libgammu left below this frame: answers of the modem with texts in them, and PINs in those.
 * Out of line, so that its frame lies where theirs lay. */
static __attribute__((noinline)) void wipe_stack(void)
{
	char below[STACK_WIPED];

	explicit_bzero(below, sizeof(below));
}

static int loop(struct worker *w)
{
	w->next_sweep = w->next_status = mono_ms();
	while (w->exit_code < 0) {
		turn(w);
		wipe_stack();
		if (w->exit_code < 0)
			wait(w);
		if (w->exit_code < 0 && w->talk.over)
			w->exit_code = WORKER_HUB_GONE;
		else if (w->exit_code < 0 && w->talk.stop)
			w->exit_code = WORKER_STOPPED;
	}
	return w->exit_code;
}

/* Told before READY, so that no text is handed to a modem that cannot send it. */
static void first_look(struct worker *w)
{
	w->exit_code = -1;
	w->signal = -2;
	w->recover.network_ms = w->set.network_ms;
	w->ussd.patience_ms = w->set.send_ms;
	check_settings(w);
	if (w->exit_code < 0)
		tell_network(w, mono_ms());
	talk_begin(&w->talk, "AT+CSCA", RESYNC_MS * 2);
	if (w->exit_code < 0 && !w->set.smsc[0] && !link_has_smsc(w->link))
		talk_note(&w->talk, "smsc", "none");
	talk_end(&w->talk);
	if (w->exit_code < 0 && link_cnmi(w->link)[0])
		talk_note(&w->talk, "cnmi", link_cnmi(w->link));
}

static int run_link(struct worker *w)
{
	const char *why;
	char detail[64];

	pause_cap(w->set.gap_ms /
		  10); /* it sleeps before each of two dozen commands of the set-up */
	w->talk.call_ms = w->set.call_ms;
	talk_wait(&w->talk, -1, 0);
	if (w->talk.over) /* never take the line for a hub that is gone */
		return WORKER_HUB_GONE;
	talk_call(&w->talk, "GSM_InitConnection", OPEN_MS);
	pause_whole_lines(w->set.gap_ms < SLOW_GAP_MS); /* it has answered whole lines by now */
	w->link = link_open(&w->set, &why);
	pause_whole_lines(false);
	talk_end(&w->talk);
	if (!w->link) {
		talk_note(&w->talk, "reason", why);
		return WORKER_SETUP;
	}
	snprintf(detail, sizeof(detail), "libgammu %s%s", link_version(),
		 link_notifies(w->link) ? "" : ", no notices: sweeping");
	watch_start(link_fd(w->link), w->talk.fd, WORKER_NO_DEVICE);
	pause_cap(w->set.gap_ms);
	drain_init(&w->drain, w->link, &w->talk, w->set.credit);
	first_look(w);
	if (w->exit_code < 0)
		talk_ready(&w->talk, detail);
	int code = loop(w);
	if (code == WORKER_STOPPED)
		talk_begin(&w->talk, "GSM_TerminateConnection", SHORT_MS);
	link_close(w->link, code != WORKER_STOPPED);
	return code;
}

/* Before the line is opened: what a modem, or a text on its SIM, makes of libgammu has no more than the
 * device.  The rule holds for the device that is there now; one that goes away takes the worker with it,
 * and the next worker gets a rule of its own. */
static bool give_up(struct worker *w)
{
	const struct confine c = {.kind = CONFINE_MODEM,
				  .files = FILES_MAX,
				  .memory = MEMORY_MAX,
				  .device = w->set.device,
				  .read = {"/etc/localtime", "/usr/share/zoneinfo"}};
	char confined[CONFINE_WORDS];
	if (confine_finish(&c, confined) < 0)
		return false;
	talk_note(&w->talk, "confined", confined);
	return true;
}

int worker_run(int fd)
{
	static struct worker w; /* a third of a megabyte; one a process */
	struct wire_pairs pairs;
	const char *why;
	char text[64];

	talk_open(&w.talk, fd);
	if (talk_settings(&w.talk, &pairs) < 0)
		return WORKER_HUB_GONE;
	if (settings_read(&pairs, &w.set, &why) < 0) {
		snprintf(text, sizeof(text), "setting: %s", why);
		talk_note(&w.talk, "reason", text);
		return WORKER_SETTINGS;
	}
	explicit_bzero(w.talk.buf, sizeof(w.talk.buf)); /* the PIN went through it */
	if (!give_up(&w)) {
		talk_note(&w.talk, "reason", "it could not be confined");
		return WORKER_SETTINGS;
	}
	int rc = start_modem(&w.talk, &w.set);
	explicit_bzero(w.set.pin, sizeof(w.set.pin));
	switch (rc) {
	case START_OK:
		return run_link(&w);
	case START_NO_DEVICE:
		return WORKER_NO_DEVICE;
	case START_MUTE:
		return WORKER_MUTE;
	case START_SIM:
		return WORKER_SIM;
	default:
		return w.talk.stop ? WORKER_STOPPED : WORKER_HUB_GONE;
	}
}
