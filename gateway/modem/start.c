/* start.c - see start.h. */
#include "gateway/modem/start.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "gateway/modem/mono.h"
#include "gateway/modem/rawat.h"

#define SAFE_MS 120000
#define SIM_MS 45000
#define RESTART_MS 15000

/* ---- SIM ---------------------------------------------------------------------------------------
 */

static int no_sim(struct talk *t, const char *state, const char *why)
{
	talk_note(t, "sim", state);
	talk_note(t, "reason", why);
	return START_SIM;
}

/* A PIN is tried once: three wrong ones lock the SIM.  So the hub first writes down that it is being
 * tried, and gives no PIN to a later worker until this one says "accepted": also a power cut in
 * between costs one try only. */
static bool may_try(struct talk *t)
{
	struct wire_ack a;

	talk_note(t, "pin", "wanted");
	while (!t->over && !t->stop) {
		if (talk_ack(t, &a))
			return a.verdict == WIRE_STORED;
		talk_wait(t, -1, -1);
	}
	return false;
}

static int enter_pin(struct talk *t, struct rawat *r, const struct modem_settings *s)
{
	const char *pin = s->pin;

	if (!pin[0])
		return no_sim(t, "pin",
			      s->withheld ? "the SIM refused the configured PIN before: change it, then "
					    "reload"
					  : "the SIM wants a PIN and none is configured");
	if (!may_try(t))
		return START_OVER;
	int rc = rawat_enter_pin(r, pin);
	if (rc == RAWAT_OK) {
		talk_note(t, "pin", "accepted");
		talk_note(t, "sim", "ready");
		return START_OK;
	}
	talk_note(t, "pin", rc == RAWAT_REFUSED ? "refused" : "unanswered");
	return no_sim(t, "pin", "the SIM did not take the PIN");
}

static int check_sim(struct talk *t, struct rawat *r, const struct modem_settings *s)
{
	switch (rawat_sim(r)) {
	case SIM_READY:
		talk_note(t, "sim", "ready");
		return START_OK;
	case SIM_WANTS_PIN:
		return enter_pin(t, r, s);
	case SIM_WANTS_PUK:
		return no_sim(t, "puk", "the SIM is locked and wants its PUK");
	case SIM_MISSING:
		return no_sim(t, "missing", "there is no SIM, or it does not work");
	case SIM_UNKNOWN:
		break; /* a modem that does not know the question may still serve */
	}
	talk_note(t, "sim", "unknown");
	return START_OK;
}

/* ---- emptying the memories without libgammu ----------------------------------------------------
 */

struct safe {
	struct talk *talk;
	struct rawat *raw;
	struct rawat_message *list; /* RAWAT_LIST_MAX */
	uint64_t token[RAWAT_LIST_MAX];
	bool store[RAWAT_LIST_MAX]; /* the hub has it */
	int max;
};

static void offer(struct safe *s, const char *memory, int n)
{
	for (int i = 0; i < n; i++) {
		const struct rawat_message *m = &s->list[i];
		struct wire_segment w = {
		    .token = s->token[i] = ++s->talk->next_token,
		    .memory = wire_str(memory),
		    .place = m->place,
		    .rebuilt = !m->pdu.hex,
		    .octets = wire_blob(m->pdu.octets, m->pdu.len),
		    .view_sender = wire_str(""),
		    .view_text = wire_str(""),
		};
		s->store[i] = false;
		talk_segment(s->talk, &w);
	}
}

static int await_words(struct safe *s, int n)
{
	struct wire_ack a;
	int missing = n;

	while (missing > 0) {
		if (!talk_ack(s->talk, &a)) {
			if (s->talk->over || s->talk->stop)
				return START_OVER;
			talk_wait(s->talk, -1, -1);
			continue;
		}
		for (int i = 0; i < n; i++) {
			if (s->token[i] != a.token)
				continue;
			s->store[i] = a.verdict == WIRE_STORED;
			missing--;
		}
	}
	return START_OK;
}

static int delete_stored(struct safe *s, int n)
{
	int deleted = 0;

	for (int i = 0; i < n; i++)
		if (s->store[i] && rawat_delete(s->raw, s->list[i].place) == RAWAT_OK)
			deleted++;
	return deleted;
}

static int empty_memory(struct safe *s, const char *memory)
{
	for (;;) {
		talk_begin(s->talk, "AT+CMGL", SAFE_MS);
		int n = rawat_list(s->raw, memory, s->list, s->max);
		talk_end(s->talk);
		if (n == RAWAT_GONE)
			return START_NO_DEVICE;
		if (n <= 0) /* empty, or no such memory */
			return START_OK;
		offer(s, memory, n);
		if (await_words(s, n) != START_OK)
			return START_OVER;
		talk_begin(s->talk, "AT+CMGD", SAFE_MS);
		int deleted = delete_stored(s, n);
		talk_end(s->talk);
		if (deleted == 0) /* all kept back, or not to be deleted: no progress to be had */
			return START_OK;
	}
}

static int safe_drain(struct talk *t, struct rawat *r, const struct modem_settings *set)
{
	struct safe s = {.talk = t, .raw = r};

	s.max = set->credit < RAWAT_LIST_MAX ? set->credit : RAWAT_LIST_MAX;
	s.list = calloc((size_t)s.max, sizeof(*s.list));
	if (!s.list)
		return START_OVER;
	talk_note(t, "stage", "safe drain");
	int rc = empty_memory(&s, "SM");
	if (rc == START_OK)
		rc = empty_memory(&s, "ME");
	free(s.list);
	return rc;
}

/* ---- the whole ---------------------------------------------------------------------------------
 */

static const char *one_ping(struct talk *t, struct rawat *r, int ms, int *rc)
{
	const char *why = "the modem does not answer AT";

	talk_begin(t, "AT", ms + 1000);
	int64_t deadline = mono_ms() + ms;
	*rc = rawat_quiet(r, ms);
	if (*rc == RAWAT_OK)
		*rc = rawat_ping(r, mono_left(deadline));
	else if (*rc == RAWAT_TIMEOUT)
		why = "noise on the line";
	talk_end(t);
	return why;
}

/* A mute modem is asked again and again: who goes away and comes back at growing intervals would
 * miss the moment at which it speaks. */
static int listen(struct talk *t, struct rawat *r, const struct modem_settings *s)
{
	int64_t deadline = mono_ms() + s->wait_ms;
	const char *said = NULL;
	int rc;

	for (;;) {
		const char *why = one_ping(t, r, s->ping_ms, &rc);
		if (rc == RAWAT_OK)
			return START_OK;
		if (rc == RAWAT_GONE) {
			talk_note(t, "reason", "the device went away");
			return START_NO_DEVICE;
		}
		if (why != said)
			talk_note(t, "reason", said = why);
		talk_wait(t, -1, 0);
		if (t->over || t->stop)
			return START_OVER;
		if (mono_left(deadline) == 0)
			return START_MUTE;
	}
}

static int first_words(struct talk *t, struct rawat *r, const struct modem_settings *s)
{
	int rc = listen(t, r, s);
	if (rc != START_OK)
		return rc;
	talk_begin(t, "AT+CPIN", SIM_MS);
	rc = check_sim(t, r, s);
	if (rc == START_OK)
		rawat_announce(r, s->reports); /* refused: there is the sweep */
	talk_end(t);
	return rc == START_OK && s->safe ? safe_drain(t, r, s) : rc;
}

static int restart(struct talk *t, struct rawat *r)
{
	talk_note(t, "stage", "restarting the modem");
	talk_begin(t, "AT+CFUN=1,1", RESTART_MS);
	int rc = rawat_restart(r);
	talk_end(t);
	if (rc != RAWAT_GONE)
		return START_OK;
	talk_note(t, "reason", "the modem restarts");
	return START_NO_DEVICE;
}

int start_modem(struct talk *t, const struct modem_settings *s)
{
	struct rawat r;
	char why[96];

	if (rawat_open(&r, s->device) != RAWAT_OK) {
		snprintf(why, sizeof(why), "cannot open the device: %s", strerrordesc_np(errno));
		talk_note(t, "reason", why);
		return START_NO_DEVICE;
	}
	int rc = START_OK;
	if (s->reset)
		rc = restart(t, &r);
	if (rc == START_OK)
		rc = first_words(t, &r, s);
	rawat_close(&r);
	return rc;
}
