/* hand.c - handing rows of the outbox to workers: a claimed row becomes a frame.
 *
 * Owns nothing; the frame points into the caller's hand_held.  May call the store, the
 * configuration, parts, sign and trouble.
 */
#include "gateway/outbox/hand.h"
#include <stdio.h>
#include <string.h>
#include "gateway/outbox/digest.h"
#include "gateway/outbox/parts.h"
#include "gateway/outbox/posted.h"
#include "gateway/outbox/provider.h"
#include "gateway/outbox/quiet.h"
#include "gateway/outbox/quota.h"
#include "gateway/outbox/receiver.h"
#include "gateway/outbox/sign.h"
#include "gateway/outbox/tokens.h"
#include "gateway/outbox/trouble.h"
#include "store/providers.h"
#include "store/roster.h"
#include "store/routine.h"

#define AGENT "User-Agent: Kujdestar/1"

/* ---- SMS ------------------------------------------------------------------------------------ */

/* Why a claimed row may not leave any more, or NULL. */
static const char *refuse_sms(struct desk *d, const struct outbox_item *item, const char **state)
{
	struct reporter who;
	char number[24] = "";

	*state = "failed";
	if (item->expires && item->expires <= d->now) {
		*state = "expired";
		return "too old";
	}
	if (!item->reporter[0])
		return NULL;
	/* A phone reported lost hears nothing more, also of what was queued before. */
	int rc = roster_by_id(d->st, item->reporter, &who);
	if (rc == STORE_NONE || (rc == STORE_OK && !who.active))
		return "recipient is locked or left";
	/* Nor does whoever has the number next read what was meant for him who had it. */
	if (rc == STORE_OK)
		rc = roster_number(d->st, item->reporter, number, sizeof(number));
	return rc == STORE_OK && strcmp(number, item->number) != 0 ? "the recipient has another number now" : NULL;
}

static int encode_parts(const struct outbox_item *item, struct hand_held *held,
			struct wire_work_sms *w)
{
	struct tpdu parts[WIRE_PARTS_MAX];

	int n = parts_make(item, parts);
	for (int i = 0; i < n; i++) {
		int len = tpdu_encode(&parts[i], held->octets[i], sizeof(held->octets[i]));
		if (len < 0)
			return len;
		w->part[i].octets = wire_blob(held->octets[i], (size_t)len);
	}
	return n;
}

/* STORE_OK with *held_back: the day's allowance is used up, the row waits for the next. */
static int within_quota(struct desk *d, const struct outbox_item *item, int parts, bool *held_back)
{
	int64_t until;
	const char *why;

	int rc = quota_take(d, item->number, item->reporter, parts, item->urgent, &until, &why);
	*held_back = rc == STORE_OK && until != 0;
	if (!*held_back)
		return rc;
	rc = outbox_defer(d->st, item->id, d->now, until, 0, why);
	return rc == STORE_OK ? digest_deferred(d, item->id, until, 0, why) : rc;
}

/* The next row must wait still: quiet hours, or one was sent a while ago.  Not a try, so not claimed. */
static int wait_still(struct desk *d, const char *skip_numbers, struct outbox_item *item, bool *waits)
{
	char why[QUIET_REASON];
	int64_t until = 0;

	*waits = false;
	if (!d->cf->quiet_from[0] && !d->cf->sms_gap_min)
		return STORE_OK;
	int rc = outbox_peek(d->st, OUTBOX_SMS, d->now, skip_numbers, item);
	if (rc != STORE_OK || !item->number[0])
		return rc;
	rc = quiet_holds(d, item, &until, why);
	*waits = rc == STORE_OK && until != 0;
	return *waits ? outbox_hold(d->st, item->id, until, why) : rc;
}

/* What is due to the same person comes along. */
static int join(struct desk *d, const char *modem, struct outbox_item *item)
{
	int rc = digest_join(d, modem, item);

	if (rc == STORE_OK && d->cf->sms_gap_min && quiet_routine(item))
		rc = routine_note(d->st, item->number, d->now);
	return rc;
}

static int give_up(struct desk *d, const struct outbox_item *item, const char *state,
		   const char *why)
{
	int rc = outbox_fail(d->st, item->id, d->now, state, 0,
			     why ? why : "the text does not encode");

	return rc == STORE_OK && item->alert ? trouble_sms(d, item, false) : rc;
}

static void fill_sms(const struct outbox_item *item, int parts, struct wire_work_sms *w)
{
	w->job = item->id;
	w->to = wire_str(item->number);
	w->report = true;
	w->n_parts = (uint16_t)parts;
}

/* Claims the next row for a worker; *n: its segments, 0 when it was settled or put off instead. */
static int take_text(struct desk *d, const char *worker, bool alone, const char *skip_numbers,
		     struct hand_held *held, struct wire_frame *f, int *n)
{
	struct outbox_item *item = &held->item;
	const char *state;
	bool held_back = false;

	*n = 0;
	int rc = wait_still(d, skip_numbers, item, &held_back);
	if (rc == STORE_OK && !held_back)
		rc = outbox_claim(d->st, OUTBOX_SMS, d->now, worker, skip_numbers, item);
	if (rc != STORE_OK || held_back)
		return rc;
	memset(f, 0, sizeof(*f));
	f->type = WIRE_WORK_SMS;
	const char *why = refuse_sms(d, item, &state);
	rc = why || alone ? STORE_OK : join(d, worker, item);
	if (rc != STORE_OK)
		return rc;
	int parts = why ? 0 : encode_parts(item, held, &f->u.work_sms);
	rc = parts > 0 ? within_quota(d, item, parts, &held_back) : give_up(d, item, state, why);
	if (rc == STORE_OK && parts > 0 && !held_back)
		*n = parts;
	return rc;
}

int hand_one_sms(struct desk *d, const char *modem, const char *skip_numbers, struct hand_held *held,
		 struct wire_frame *f, bool *handed)
{
	int n = 0;

	int rc = take_text(d, modem, false, skip_numbers, held, f, &n);
	*handed = rc == STORE_OK && n > 0;
	if (*handed)
		fill_sms(&held->item, n, &f->u.work_sms);
	return rc;
}

/* One that does not join parts itself gets each text alone. */
int hand_one_by_provider(struct desk *d, const struct config_sms_provider *p, const char *skip_numbers,
			 struct hand_held *held, struct wire_frame *f, bool *handed)
{
	struct outbox_item *item = &held->item;
	char id[PROVIDER_ID];
	int n = 0;

	*handed = false;
	int rc = take_text(d, "courier", p->outbound.max_parts == 1, skip_numbers, held, f, &n);
	if (rc != STORE_OK || n == 0)
		return rc;
	f->type = WIRE_WORK_HTTP;
	const char *why = n > p->outbound.max_parts ? "longer than the provider takes"
						    : provider_request(d->cf, p, item, &f->u.work_http);
	if (why)
		return give_up(d, item, "failed", why);
	provider_own_id(item, id);
	*handed = true;
	return provider_try(d->st, item->id, item->attempts, p->name, id, d->now);
}

int hand_sms(struct desk *d, const char *modem, const char *skip_numbers, struct hand_held *held,
	     struct wire_frame *f)
{
	bool handed = false;
	int rc = STORE_OK;

	while (rc == STORE_OK && !handed)
		rc = hand_one_sms(d, modem, skip_numbers, held, f, &handed);
	return rc;
}

/* ---- HTTP ----------------------------------------------------------------------------------- */

static const char *refuse_http(struct desk *d, const struct outbox_item *item,
			       const struct config_agency *a)
{
	char name[40], gone[256];

	if (!a || !a->url[0])
		return "no such agency, or it has no address any more";
	if (strncmp(a->url, "https://", 8) != 0 && !a->plain_http)
		return "plain http is not allowed for this agency";
	/* 410 is about an address: a new address in the configuration opens the way again. */
	snprintf(name, sizeof(name), "gone.%s", item->agency);
	if (store_meta_get(d->st, name, gone, sizeof(gone)) == STORE_OK &&
	    strcmp(gone, a->url) == 0)
		return "the address said it is gone (410); set a new one";
	return NULL;
}

static bool add_header(struct hand_held *held, struct wire_work_http *w, const char *name,
		       const char *value)
{
	char *out = held->header[w->n_headers];
	int n = snprintf(out, sizeof(held->header[0]), "%s: %s", name, value);

	if (n < 0 || (size_t)n >= sizeof(held->header[0]))
		return false;
	w->header[w->n_headers++] = wire_str(out);
	return true;
}

/* While a secret changes both sign, so that the receiver can change in its own time. */
static bool add_signatures(struct desk *d, const struct config_agency *a, struct hand_held *held,
			   struct wire_work_http *w)
{
	const struct outbox_item *item = &held->item;
	const char *const secrets[] = { a->secret, a->secret_next };
	char list[2 * SIGN_MAX + SIGN_A_MAX] = "", one[SIGN_A_MAX];

	for (size_t i = 0; i < 2; i++) {
		if (!secrets[i] || !secrets[i][0])
			continue;
		if (sign_v1(secrets[i], item->uid, d->now, item->body, item->len, one) != SIGN_OK)
			return false;
		desk_join(list, sizeof(list), " ", one);
	}
	if (a->signing_key && a->signing_key[0]) {
		if (sign_v1a(a->signing_key, item->uid, d->now, item->body, item->len, one) !=
		    SIGN_OK)
			return false;
		desk_join(list, sizeof(list), " ", one);
	}
	return !list[0] || add_header(held, w, "webhook-signature", list);
}

/* Standard Webhooks 1.0.0: one id over all tries, a time stamp and signature a try. Idempotency-Key
 * is a structured-field string, hence its quotes (draft-ietf-httpapi-idempotency-key-header). */
static bool add_webhook(struct desk *d, const struct config_agency *a, struct hand_held *held,
			struct wire_work_http *w)
{
	const struct outbox_item *item = &held->item;
	char stamp[24], quoted[48];

	snprintf(stamp, sizeof(stamp), "%lld", (long long)d->now);
	snprintf(quoted, sizeof(quoted), "\"%s\"", item->uid);
	return add_header(held, w, "webhook-id", item->uid) &&
	       add_header(held, w, "webhook-timestamp", stamp) &&
	       add_header(held, w, "Idempotency-Key", quoted) && add_signatures(d, a, held, w);
}

static bool add_headers(struct desk *d, const struct config_agency *a, struct hand_held *held,
			struct wire_work_http *w)
{
	const struct receiver_exchange *x = &held->exchange;
	int n = snprintf(held->auth, sizeof(held->auth), "Authorization: %s", x->auth);
	bool ok = (!x->type || !x->type[0] || add_header(held, w, "Content-Type", x->type)) &&
		  (!x->is_signed || add_webhook(d, a, held, w)) && n > 0 &&
		  (size_t)n < sizeof(held->auth);

	if (ok && x->auth[0])
		w->header[w->n_headers++] = wire_str(held->auth);
	if (ok)
		w->header[w->n_headers++] = wire_str(AGENT);
	return ok;
}

static void fill_http(const struct config_agency *a, struct hand_held *held,
		      struct wire_work_http *w)
{
	const struct receiver_exchange *x = &held->exchange;

	w->job = held->item.id;
	w->method = wire_str(x->method);
	w->url = wire_str(x->url);
	w->body = wire_blob(x->len ? x->body : "", x->len);
	w->want = wire_str(x->want ? x->want : "");
	w->timeout_ms = (uint32_t)(a->timeout_ms > 0 ? a->timeout_ms : 20000);
	w->plain_http = a->plain_http;
	w->allow_private = wire_str(a->allow_private ? a->allow_private : "");
	w->ca_file = wire_str(a->ca_file ? a->ca_file : "");
	w->client_cert = wire_str(a->client_cert);
	w->client_key = wire_str(a->client_key);
	w->pin = wire_str(a->pin);
}

/* The next exchange of the row: a login where one is wanted first.  NULL, or why there is none. */
static const char *next_exchange(struct desk *d, const struct config_agency *a, struct hand_held *held)
{
	const struct receiver *rc = receiver_of(a);
	const char *token = rc->login ? tokens_get(a->code, d->now) : "";

	memset(&held->exchange, 0, sizeof(held->exchange));
	if (rc->login && !token[0]) {
		tokens_asking(a->code, held->item.id);
		return rc->login(a, &held->exchange);
	}
	return rc->build(a, &held->item, token, d->now, &held->exchange);
}

int hand_http(struct desk *d, const char *skip_agencies, const char *hold_agencies,
	      struct hand_held *held, struct wire_frame *f)
{
	for (;;) {
		int rc = outbox_claim_http(d->st, d->now, "courier", skip_agencies,
					   hold_agencies, &held->item);
		if (rc != STORE_OK)
			return rc;
		memset(f, 0, sizeof(*f));
		f->type = WIRE_WORK_HTTP;
		if (posted_is(&held->item)) {
			const char *no = posted_request(d, &held->item, &f->u.work_http);
			if (!no)
				return STORE_OK;
			rc = posted_drop(d, &held->item, "failed", 0, no);
			if (rc != STORE_OK)
				return rc;
			continue;
		}
		const struct config_agency *a = config_agency(d->cf, held->item.agency);
		const char *why = refuse_http(d, &held->item, a);
		if (!why)
			why = next_exchange(d, a, held);
		if (!why && add_headers(d, a, held, &f->u.work_http)) {
			fill_http(a, held, &f->u.work_http);
			return STORE_OK;
		}
		rc = outbox_fail(d->st, held->item.id, d->now, "failed", 0,
				 why ? why : "it cannot be signed: is the secret whole?");
		if (rc == STORE_OK)
			rc = trouble_dead(d, &held->item);
		if (rc != STORE_OK)
			return rc;
	}
}
