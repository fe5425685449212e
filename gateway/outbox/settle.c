/* settle.c - settling outcomes: sent, delivered, deferred with back-off, failed, dead, uncertain.
 *
 * Every call works on a row that was handed out; a row in any other state is left alone
 * (STORE_STATE). May call the store, parts and trouble.  The two back-off functions are pure.
 */
#include "gateway/outbox/lines.h"
#include "gateway/outbox/hand.h"
#include <stdio.h>
#include <string.h>
#include "gateway/outbox/breaker.h"
#include "gateway/outbox/digest.h"
#include "gateway/outbox/parts.h"
#include "gateway/outbox/posted.h"
#include "gateway/outbox/provider.h"
#include "gateway/outbox/receiver.h"
#include "gateway/outbox/report.h"
#include "gateway/outbox/tokens.h"
#include "gateway/outbox/trouble.h"
#include "store/providers.h"
#include "store/routine.h"
#include "store/circuits.h"
#include "store/referrals.h"

#define HOUR 3600
#define RETRY_AFTER_CAP (2 * HOUR) /* an agency may ask for patience, not for silence */
#define FEW_TRIES 3
#define NO_NETWORK 331     /* 3GPP TS 27.005 3.2.5: what an unreached provider is like */
#define UNDELIVERED 0x45   /* 3GPP TS 23.040 9.2.3.15: unavailable, for good */

/* ---- back-off, pure ------------------------------------------------------------------------- */

/* wait, less or more by up to a fifth: deliveries that failed together must not return together. */
static int64_t jittered(int64_t wait, unsigned jitter)
{
	return wait * (800 + (int64_t)(jitter % 1000) * 400 / 999) / 1000;
}

int64_t settle_backoff_http(int attempts, int64_t age, int64_t expires_after, unsigned jitter)
{
	static const int64_t steps[] = { 0, 5, 30, 120, 600, 1800 };
	const int n = sizeof(steps) / sizeof(steps[0]);

	if (age >= expires_after)
		return -1;
	int64_t wait = attempts < 0 ? 0 : attempts < n ? steps[attempts] : HOUR;
	wait = jittered(wait, jitter);
	/* The last try falls on the horizon itself, never beyond it. */
	return age + wait > expires_after ? expires_after - age : wait;
}

enum sms_class { SMS_RETRY, SMS_NEVER, SMS_FEW };

/* RP-cause values 3GPP TS 24.011 8.2.5.4 (below 128) and the modem's own, 3GPP TS 27.005 3.2.5:
 * what the network may cure is tried again; what is about the number or the text is not.  What is about
 * our own subscription (barred, no credit, SMS not in it) is tried a few times: another modem or a
 * provider may have no such trouble. */
static enum sms_class sms_class(int code)
{
	static const int retry[] = { 38, 41, 42, 47, 111, 331, 332 };
	static const int never[] = { 1, 30, 96 };

	for (size_t i = 0; i < sizeof(retry) / sizeof(retry[0]); i++) {
		if (retry[i] == code)
			return SMS_RETRY;
	}
	for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++) {
		if (never[i] == code)
			return SMS_NEVER;
	}
	return SMS_FEW;
}

int64_t settle_backoff_sms(int attempts, int code, int max_attempts, unsigned jitter)
{
	static const int64_t steps[] = { 0, 30, 120, 300, 900, 1800 };
	const int n = sizeof(steps) / sizeof(steps[0]);
	enum sms_class class = sms_class(code);
	int most = class == SMS_FEW && max_attempts > FEW_TRIES ? FEW_TRIES : max_attempts;

	if (class == SMS_NEVER || attempts >= most)
		return -1;
	return jittered(attempts < 0 ? 0 : attempts < n ? steps[attempts] : HOUR, jitter);
}

/* A draw that needs no state: the row and its try decide it. */
static unsigned jitter_of(const struct outbox_item *item)
{
	uint64_t x = (uint64_t)item->id * 0x9e3779b97f4a7c15u +
		     (uint64_t)item->attempts * 0xbf58476d1ce4e5b9u;

	x ^= x >> 31;
	return (unsigned)((x * 0x94d049bb133111ebu >> 40) % 1000);
}

static void say(char *words, size_t max, const struct outbox_item *item, const char *what)
{
	if (words && max)
		snprintf(words, max, "mt=%lld leg=%s try=%d %s", (long long)item->id,
			 item->leg == OUTBOX_SMS ? "sms" : "http", item->attempts, what);
}

static void copy_words(struct wire_str v, char *out, size_t max)
{
	wire_copy(v, out, max);
	for (char *p = out; *p; p++) { /* a worker's words may hold an outsider's: one plain line */
		if ((unsigned char)*p < ' ')
			*p = ' ';
	}
}

/* A referral whose first row arrived is with its agency. */
static int arrived(struct desk *d, const struct outbox_item *item)
{
	bool referral = strncmp(item->event, "referral.", 9) == 0;

	return referral ? referral_arrived(d->st, item->id) : STORE_OK;
}

static int arrived_joined(struct desk *d, int64_t leader)
{
	static struct outbox_item item; /* 20 KB; the hub has one thread */
	int64_t id = 0;
	int rc;

	while ((rc = routine_next(d->st, leader, id, &id)) == STORE_OK) {
		rc = outbox_load(d->st, id, &item);
		if (rc == STORE_OK)
			rc = arrived(d, &item);
		if (rc != STORE_OK)
			return rc;
	}
	return rc == STORE_NONE ? STORE_OK : rc;
}

/* ---- SMS ------------------------------------------------------------------------------------ */

static int text_sent(struct desk *d, const struct outbox_item *item, int mr, const char *detail)
{
	int rc = outbox_sent(d->st, item->id, d->now, mr, detail);

	if (rc == STORE_OK)
		rc = arrived(d, item);
	if (rc == STORE_OK)
		rc = digest_sent(d, item->id, detail);
	return rc == STORE_OK ? arrived_joined(d, item->id) : rc;
}

static int text_deferred(struct desk *d, const struct outbox_item *item, int64_t wait, int code,
			 const char *detail)
{
	int rc = outbox_defer(d->st, item->id, d->now, d->now + wait, code, detail);

	return rc == STORE_OK ? digest_deferred(d, item->id, d->now + wait, code, detail) : rc;
}

static int text_lost(struct desk *d, const struct outbox_item *item, const char *state, int code,
		     const char *what)
{
	int rc = outbox_fail(d->st, item->id, d->now, state, code, what);

	if (rc == STORE_OK)
		rc = trouble_sms(d, item, strcmp(state, "uncertain") == 0);
	return rc == STORE_OK ? digest_failed(d, item->id, state, code, what) : rc;
}

static int sms_sent(struct desk *d, const struct wire_done_sms *r, const struct outbox_item *item,
		    int n_parts, const char *detail, char what[96])
{
	int rc = outbox_part_sent(d->st, item->id, r->part + 1, r->mr, d->now);

	if (rc != STORE_OK || r->part + 1 < n_parts) {
		snprintf(what, 96, "part %d of %d sent", r->part + 1, n_parts);
		return rc;
	}
	snprintf(what, 96, "sent mr=%d", r->mr);
	rc = text_sent(d, item, r->mr, detail);
	/* Its report may have overtaken the outcome. */
	return rc == STORE_OK ? digest_reported(d, item->id, 0) : rc;
}

/* An urgent one that failed is tried again when it may leave by a provider, not long after. */
static int64_t not_beyond_fallback(const struct desk *d, const struct outbox_item *item, int64_t wait)
{
	int64_t left = item->created + d->cf->sms_fallback_urgent_s - d->now;
	bool falls = item->urgent && d->cf->sms_fallback_urgent_s > 0 && config_sends_sms(d->cf);

	return falls && left > 0 && left < wait ? left : wait;
}

static int sms_failed(struct desk *d, const struct wire_done_sms *r, const struct outbox_item *item,
		      int n_parts, const char *detail, char what[96])
{
	int64_t wait = -1;

	/* Parts that went out cannot be called back: sending all again would show the reader half a
	 * text twice, so a person decides. */
	if (r->part == 0)
		wait = settle_backoff_sms(item->attempts, r->code, d->cf->sms_max_attempts,
					  jitter_of(item));
	if (wait >= 0) {
		wait = not_beyond_fallback(d, item, wait);
		snprintf(what, 96, "deferred %llds code=%d", (long long)wait, (int)r->code);
		return text_deferred(d, item, wait, r->code, detail);
	}
	if (r->part > 0)
		snprintf(what, 96,
			 "part %d of %d failed after the ones before it were sent, code=%d",
			 r->part + 1, n_parts, (int)r->code);
	else
		snprintf(what, 96, "failed code=%d after %d tries", (int)r->code, item->attempts);
	return text_lost(d, item, "failed", r->code, what);
}

/* What an outcome says of the modem: a number or text that the network will not have says nothing. */
static int modem_circuit(struct desk *d, const char *modem, const struct wire_done_sms *r,
			 const struct outbox_item *item)
{
	if (r->result == WIRE_SMS_SENT)
		return breaker_worked(d, CIRCUIT_MODEM, modem);
	if (r->result == WIRE_SMS_FAILED && sms_class(r->code) == SMS_NEVER)
		return STORE_OK;
	/* A text that fails again tells nothing new: three tries of one bad number must not hold up others. */
	if (item->failures > 0)
		return STORE_OK;
	return breaker_failed(d, CIRCUIT_MODEM, modem, jitter_of(item));
}

int settle_sms(struct desk *d, const char *modem, const struct wire_done_sms *r, char *words, size_t max)
{
	struct outbox_item item;
	char detail[96], what[96];

	int rc = outbox_load(d->st, r->job, &item);
	if (rc != STORE_OK)
		return rc == STORE_NONE ? STORE_STATE : rc;
	if (item.leg != OUTBOX_SMS || strcmp(item.state, "submitting") != 0)
		return STORE_STATE;
	rc = digest_text(d, &item);
	if (rc != STORE_OK)
		return rc;
	int n_parts = parts_count(&item);
	copy_words(r->detail, detail, sizeof(detail));
	if (r->part >= n_parts || r->result < WIRE_SMS_SENT || r->result > WIRE_SMS_UNKNOWN)
		return STORE_STATE; /* an outcome of something that was never handed out */
	if (r->result == WIRE_SMS_SENT) {
		rc = sms_sent(d, r, &item, n_parts, detail, what);
	} else if (r->result == WIRE_SMS_FAILED) {
		rc = sms_failed(d, r, &item, n_parts, detail, what);
	} else {
		snprintf(what, sizeof(what), "uncertain: nobody knows whether part %d left",
			 r->part + 1);
		rc = text_lost(d, &item, "uncertain", r->code, what);
	}
	say(words, max, &item, what);
	return rc == STORE_OK ? modem_circuit(d, modem, r, &item) : rc;
}

int settle_report(struct desk *d, const char *number, int mr, int status, char *words, size_t max)
{
	struct outbox_item item;
	int64_t id = 0;
	char what[64];

	int rc = outbox_report(d->st, number, mr, status, d->now, &id);
	if (rc != STORE_OK) {
		if (words && max)
			snprintf(words, max, "report mr=%d st=%d matches nothing sent", mr, status);
		return rc;
	}
	rc = outbox_load(d->st, id, &item);
	if (rc != STORE_OK)
		return rc;
	snprintf(what, sizeof(what), "report st=%d", status);
	say(words, max, &item, what);
	/* 23.040 9.2.3.15: 0x40..0x5f permanent error, 0x60..0x7f the centre gave up. */
	bool lost = status >= 0x40 && status < 0x80;
	rc = lost ? trouble_sms(d, &item, false) : STORE_OK;
	if (rc == STORE_OK && (lost || status < 0x20))
		rc = lines_report(d, item.reporter, !lost);
	return rc == STORE_OK ? digest_reported(d, id, status) : rc;
}

/* ---- SMS through a provider ----------------------------------------------------------------- */

/* What follows when the provider's word ended a row. */
static int ended_by_report(struct desk *d, int64_t id, bool was_uncertain)
{
	struct outbox_item item;

	int rc = outbox_load(d->st, id, &item);
	if (rc != STORE_OK)
		return rc;
	bool good = strcmp(item.state, "delivered") == 0;
	if (!good)
		rc = trouble_sms(d, &item, false);
	else if (was_uncertain)
		rc = arrived(d, &item);
	if (rc == STORE_OK)
		rc = lines_report(d, item.reporter, good);
	return rc == STORE_OK ? digest_reported(d, id, good ? 0 : UNDELIVERED) : rc;
}

static int by_provider(struct desk *d, const struct outbox_item *item, const char *name, int attempt,
		       const struct provider_outcome *o, char what[96])
{
	int64_t wait = settle_backoff_sms(item->attempts, NO_NETWORK, d->cf->sms_max_attempts, jitter_of(item));
	bool unsure = o->verdict == PROVIDER_UNSURE, moved = false;
	int rc = o->id[0] ? provider_id(d->st, item->id, attempt, name, o->id) : STORE_OK;

	snprintf(what, 96, "provider=%.16s %.60s", name, o->why);
	if (rc != STORE_OK)
		return rc;
	if (o->verdict == PROVIDER_RETRY && wait >= 0) {
		snprintf(what, 96, "deferred %llds provider=%.16s %.36s", (long long)wait, name, o->why);
		return text_deferred(d, item, wait, 0, what);
	}
	if (o->verdict == PROVIDER_RETRY || o->verdict == PROVIDER_REFUSED)
		return text_lost(d, item, "failed", 0, what);
	rc = unsure ? text_lost(d, item, "uncertain", 0, what) : text_sent(d, item, -1, what);
	/* Its report may have overtaken its answer. */
	if (rc == STORE_OK)
		rc = provider_overtaken(d->st, item->id, attempt, d->now, &moved);
	return rc == STORE_OK && moved ? ended_by_report(d, item->id, unsure) : rc;
}

/* One that refuses texts is as much use as one that is not reached; the next may be of better use. */
static int provider_circuit(struct desk *d, const struct outbox_item *item, const char *name,
			    enum provider_verdict v)
{
	return v == PROVIDER_SENT ? breaker_worked(d, CIRCUIT_PROVIDER, name)
				  : breaker_failed(d, CIRCUIT_PROVIDER, name, jitter_of(item));
}

static int settle_by_provider(struct desk *d, const struct wire_done_http *r, struct outbox_item *item,
			      char what[96])
{
	char name[PROVIDER_NAME];
	struct provider_outcome o;
	int attempt = 0;

	if (strcmp(item->state, "submitting") != 0)
		return STORE_STATE;
	int rc = provider_last(d->st, item->id, name, &attempt);
	if (rc != STORE_OK || attempt != item->attempts)
		return rc == STORE_OK || rc == STORE_NONE ? STORE_STATE : rc;
	rc = digest_text(d, item);
	if (rc != STORE_OK)
		return rc;
	provider_judge(config_sms_provider(d->cf, name), r, &o);
	rc = by_provider(d, item, name, attempt, &o, what);
	return rc == STORE_OK ? provider_circuit(d, item, name, o.verdict) : rc;
}

int settle_provider_report(struct desk *d, const struct config_sms_provider *p, const char *id,
			   const char *status, char *words, size_t max)
{
	struct outbox_item item;
	bool good = config_has(p->report.delivered, status), moved = false;
	int64_t row = 0;
	int rc;

	if (!good && !config_has(p->report.failed, status))
		return STORE_OK; /* on its way */
	rc = provider_report(d->st, p->name, id, good, d->now, &row, &moved);
	if (rc != STORE_OK)
		return rc;
	rc = outbox_load(d->st, row, &item);
	if (rc != STORE_OK)
		return rc;
	say(words, max, &item, good ? "report: delivered" : "report: not delivered");
	/* arrived() of one that had arrived changes nothing */
	return moved ? ended_by_report(d, row, true) : STORE_OK;
}

/* ---- HTTP ----------------------------------------------------------------------------------- */

static int64_t asked_wait(int64_t wait, int32_t retry_after)
{
	if (retry_after > RETRY_AFTER_CAP)
		return wait > RETRY_AFTER_CAP ? wait : RETRY_AFTER_CAP;
	/* Below our own minimum (and -1, not said): ours stands. */
	return retry_after > wait ? retry_after : wait;
}

static int http_give_up(struct desk *d, const struct outbox_item *item, int code, const char *what)
{
	int rc = outbox_fail(d->st, item->id, d->now, "dead", code, what);
	return rc == STORE_OK ? trouble_dead(d, item) : rc;
}

static int http_again(struct desk *d, const struct wire_done_http *r, const struct outbox_item *item,
		      const struct receiver_outcome *o, char what[96])
{
	int64_t horizon = (int64_t)d->cf->http_expire_h * HOUR;
	int64_t age = d->now - item->created;
	int64_t wait = settle_backoff_http(item->failures + 1, age, horizon, jitter_of(item));

	int rc = breaker_failed(d, CIRCUIT_AGENCY, item->agency, jitter_of(item));
	if (rc == STORE_OK && strcmp(o->phase, item->phase) != 0)
		rc = outbox_phase(d->st, item->id, o->phase);
	if (rc != STORE_OK)
		return rc;
	if (wait < 0) {
		snprintf(what, 96, "dead after %d h: %.70s", d->cf->http_expire_h, o->why);
		return http_give_up(d, item, r->status, what);
	}
	if (o->verdict == RECEIVER_RETRY_ASKED) {
		wait = asked_wait(wait, r->retry_after);
		if (age + wait > horizon)
			wait = horizon - age;
	}
	snprintf(what, 96, "deferred %llds %.70s", (long long)wait, o->why);
	return outbox_defer(d->st, item->id, d->now, d->now + wait, r->status, what);
}

/* The address is done with, not only this delivery: remembered until the configuration names
 * another. */
static int http_gone(struct desk *d, const struct outbox_item *item)
{
	const struct config_agency *a = config_agency(d->cf, item->agency);
	char name[40];

	snprintf(name, sizeof(name), "gone.%s", item->agency);
	int rc = a && strlen(a->url) < 255 ? store_meta_put(d->st, name, a->url) : STORE_OK;
	if (rc == STORE_OK)
		rc = http_give_up(d, item, 410, "dead: the address answered 410 Gone");
	return rc == STORE_OK ? desk_audit(d, "system", "agency.gone", item->agency, "410", "")
			      : rc;
}

static int http_done(struct desk *d, const struct wire_done_http *r, const struct outbox_item *item,
		     const struct receiver_outcome *o)
{
	int rc = outbox_delivered(d->st, item->id, d->now, r->status, o->why);

	if (rc == STORE_OK)
		rc = breaker_worked(d, CIRCUIT_AGENCY, item->agency);
	if (rc == STORE_OK)
		rc = arrived(d, item);
	if (rc == STORE_OK && o->warn)
		rc = trouble_warn(d, item, o->why);
	return rc == STORE_OK ? trouble_told(d, item) : rc;
}

/* The token may be old: one new login and the same exchange again.  A second refusal of a fresh token
 * is a failure like others, or the two would call each other for ever. */
static int http_login(struct desk *d, const struct wire_done_http *r, const struct outbox_item *item,
		      struct receiver_outcome *o, char what[96])
{
	if (tokens_refused(item->agency, item->id)) {
		snprintf(o->why, sizeof(o->why), "a new token was refused too, status=%d", r->status);
		return http_again(d, r, item, o, what);
	}
	snprintf(what, 96, "token refused: a new login");
	return outbox_step(d->st, item->id, d->now, item->phase, what);
}

static int http_settle(struct desk *d, const struct wire_done_http *r, const struct outbox_item *item,
		       struct receiver_outcome *o, char what[96])
{
	int rc;

	switch (o->verdict) {
	case RECEIVER_DELIVERED:
	case RECEIVER_ALREADY:
		snprintf(what, 96, "delivered agency=%s %.60s", item->agency, o->why);
		return http_done(d, r, item, o);
	case RECEIVER_NEXT:
		snprintf(what, 96, "goes on agency=%s %.60s", item->agency, o->why);
		return outbox_step(d->st, item->id, d->now, o->phase, what);
	case RECEIVER_STOP:
		snprintf(what, 96, "dead status=410 agency=%s", item->agency);
		return http_gone(d, item);
	case RECEIVER_LOGIN:
		return http_login(d, r, item, o, what);
	case RECEIVER_HOLD:
		snprintf(what, 96, "held: %.80s", o->why);
		rc = outbox_fail(d->st, item->id, d->now, "dead", r->status, what);
		return rc == STORE_OK ? trouble_held(d, item) : rc;
	case RECEIVER_REJECTED:
		snprintf(what, 96, "dead: %.80s", o->why);
		rc = http_give_up(d, item, r->status, what);
		/* this one it will not have, but it answers */
		return rc == STORE_OK ? breaker_worked(d, CIRCUIT_AGENCY, item->agency) : rc;
	case RECEIVER_RETRY:
	case RECEIVER_RETRY_ASKED:
		break;
	}
	return http_again(d, r, item, o, what);
}

static void judge(struct desk *d, const struct config_agency *a, const struct outbox_item *item,
		  const struct wire_done_http *r, struct receiver_outcome *o)
{
	const struct receiver *rc = receiver_of(a);
	char token[RECEIVER_TOKEN];
	int lasts_s = 0;

	memset(o, 0, sizeof(*o));
	snprintf(o->phase, sizeof(o->phase), "%s", item->phase);
	if (!rc->login || !tokens_is_login(item->agency, item->id)) {
		rc->judge(a, item, r, o);
		return;
	}
	tokens_asking(item->agency, 0);
	if (!rc->token(r, token, &lasts_s, o))
		return;
	tokens_put(item->agency, token, d->now + lasts_s);
	explicit_bzero(token, sizeof(token));
	o->verdict = RECEIVER_NEXT;
	snprintf(o->why, sizeof(o->why), "logged in");
}

int settle_http(struct desk *d, const struct wire_done_http *r, char *words, size_t max)
{
	static const struct config_agency gone; /* taken out of the configuration meanwhile */
	struct outbox_item item;
	struct receiver_outcome o;
	char what[96] = "";

	int rc = outbox_load(d->st, r->job, &item);
	if (rc != STORE_OK)
		return rc == STORE_NONE ? STORE_STATE : rc;
	if (item.leg == OUTBOX_SMS) {
		rc = settle_by_provider(d, r, &item, what);
		say(words, max, &item, what);
		return rc;
	}
	if (strcmp(item.state, "inflight") != 0)
		return STORE_STATE;
	if (posted_is(&item)) {
		rc = posted_settle(d, r, &item, what);
		say(words, max, &item, what);
		return rc;
	}
	const struct config_agency *a = config_agency(d->cf, item.agency);
	judge(d, a ? a : &gone, &item, r, &o);
	rc = http_settle(d, r, &item, &o, what);
	say(words, max, &item, what);
	return rc;
}

/* Not so 'uncertain' ones: a worker that died with a row in hand makes them too and tells nobody.
 */
static bool told_when_it_ended(const struct outbox_item *item)
{
	return strcmp(item->state, "dead") == 0 || strcmp(item->state, "failed") == 0;
}

/* One SMS an outage: a queue of a hundred rows to one dead agency is one piece of news. */
static int heard_of(struct desk *d, const struct outbox_item *item, bool *heard)
{
	struct circuit c;

	*heard = false;
	if (item->leg != OUTBOX_HTTP)
		return STORE_OK;
	int rc = circuit_get(d->st, CIRCUIT_AGENCY, item->agency, &c);
	if (rc != STORE_OK)
		return rc == STORE_NONE ? STORE_OK : rc;
	*heard = c.told;
	return circuit_told(d->st, CIRCUIT_AGENCY, item->agency);
}

int settle_overdue(struct desk *d, int *n)
{
	struct outbox_item item;
	int rc;

	*n = 0;
	while ((rc = outbox_overdue(d->st, d->now - HOUR, &item)) == STORE_OK) {
		if (told_when_it_ended(&item))
			continue;
		bool heard;
		rc = heard_of(d, &item, &heard);
		if (rc == STORE_OK && !heard)
			rc = trouble_late(d, &item);
		if (rc != STORE_OK)
			return rc;
		*n += !heard;
	}
	return rc == STORE_NONE ? STORE_OK : rc;
}
