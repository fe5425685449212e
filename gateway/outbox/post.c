/* post.c - putting something into the outbox.  The one place that decides who may be told what.
 *
 * Owns nothing.  May call the store, the mandate table, the payload writer and the parser's
 * catalogue.
 */
#include "gateway/outbox/lines.h"
#include "gateway/outbox/post.h"
#include <stdio.h>
#include <string.h>
#include "gateway/casework/mandate.h"
#include "gateway/outbox/quiet.h"
#include "gateway/outbox/receiver.h"
#include "parser/gsm7.h"
#include "store/alerts.h"
#include "store/answers.h"
#include "store/outbox.h"

#define SMS_TEXT_MAX 2048
#define PEOPLE 16
#define LINK_MAX 256
/* A bare reference and whom to telephone: no fact of the case. */
#define REFERENCE_MESSAGE "agency_sms"

static void nudge(struct desk *d)
{
	if (d->nudges)
		(*d->nudges)++;
}

static int add(struct desk *d, struct outbox_new *o, int64_t *id)
{
	int64_t unused;

	int rc = outbox_add(d->st, o, d->now, id ? id : &unused, NULL, 0);
	if (rc == STORE_OK)
		nudge(d);
	return rc;
}

/* The alphabet of the configuration: without unicode every text is made to fit the GSM alphabet
 * here, so that no letter can turn a 160-septet text into three parts on its way out. */
static int add_sms(struct desk *d, const struct outbox_new *as, const char *text, int64_t *id)
{
	struct outbox_new o = *as;
	char plain[SMS_TEXT_MAX];
	size_t len = strlen(text);

	o.leg = OUTBOX_SMS;
	o.body = text;
	o.len = len;
	o.expires = (o.not_before ? o.not_before : d->now) + (int64_t)d->cf->sms_expire_h * 3600;
	if (!d->cf->sms_unicode) {
		long n = gsm7_plain(text, len, plain, sizeof(plain));
		if (n < 0)
			return STORE_BOUND;
		o.body = plain;
		o.len = (size_t)n;
	}
	return add(d, &o, id);
}

static int reply(struct desk *d, int64_t message, const struct reporter *to, const char *number,
		 const char *text, int64_t case_id, bool first)
{
	struct outbox_new o = { .kind = "reply", .reporter = to ? to->id : "", .number = number,
				.urgent = first, .message = message, .case_id = case_id };

	if (!text[0] || (to && !to->active))
		return STORE_OK;
	return add_sms(d, &o, text, NULL);
}

int post_reply(struct desk *d, int64_t message, const struct reporter *to, const char *number,
	       const char *text, int64_t case_id)
{
	return reply(d, message, to, number, text, case_id, false);
}

int post_reply_first(struct desk *d, int64_t message, const struct reporter *to, const char *number,
		     const char *text, int64_t case_id)
{
	return reply(d, message, to, number, text, case_id, true);
}

/* One of ours by SMS; as: kind, alert, event and the like. *id 0: he is locked, or has no number. */
static int sms_to(struct desk *d, const struct reporter *to, const struct outbox_new *as,
		  const char *text, int64_t *id)
{
	char number[24];
	struct outbox_new o = *as;

	bool open;

	*id = 0;
	if (!to->active || !text[0])
		return STORE_OK;
	int rc = lines_open(d, to, o.urgent, &open);
	if (rc != STORE_OK || !open)
		return rc;
	int64_t quiet = o.urgent ? 0 : quiet_until(d->cf, d->now);
	if (quiet > o.not_before) {
		o.not_before = quiet;
		o.reason = "quiet hours";
	}
	rc = roster_number(d->st, to->id, number, sizeof(number));
	if (rc == STORE_NONE)
		return STORE_OK;
	o.reporter = to->id;
	o.number = number;
	return rc == STORE_OK ? add_sms(d, &o, text, id) : rc;
}

int post_sms(struct desk *d, const struct reporter *to, const char *text, int64_t alert, int step,
	     int64_t case_id, bool urgent, bool *told)
{
	struct outbox_new o = { .kind = alert ? "alert" : "notice",
				.urgent = urgent,
				.alert = alert,
				.case_id = case_id };
	int64_t id = 0;

	int rc = sms_to(d, to, &o, text, &id);
	if (rc == STORE_OK && id && alert)
		rc = alert_told(d->st, alert, to->id, step, id);
	*told = rc == STORE_OK && id;
	return rc;
}

int post_later(struct desk *d, const struct reporter *to, const char *text, int64_t not_before)
{
	struct outbox_new o = { .kind = "notice", .urgent = true, .not_before = not_before, .reason = "behind the reply" };
	int64_t id;

	return sms_to(d, to, &o, text, &id);
}

int post_text(struct desk *d, const struct reporter *to, const char *kind, const char *text, int64_t *id)
{
	struct outbox_new o = { .kind = kind };

	return sms_to(d, to, &o, text, id);
}

/* ---- events to agencies --------------------------------------------------------------------- */

static const char *event_object(const struct post_event *e, char out[40])
{
	if (e->case_code && e->case_code[0])
		snprintf(out, 40, "%s", e->case_code);
	else
		snprintf(out, 40, "alert %lld", (long long)e->alert);
	return out;
}

static int audit_send(struct desk *d, const struct post_event *e, const struct config_mandate *row,
		      const char *how)
{
	char object[40], result[80], rule[120];

	snprintf(result, sizeof(result), "%s %s %s", row->agency, how, e->event);
	snprintf(rule, sizeof(rule), "%s %s", row->rule, row->basis ? row->basis : "");
	return desk_audit(d, "system", "tell", event_object(e, object), result, rule);
}

static void keep(struct post_sent *sent, int64_t id)
{
	if (id && sent->n < sizeof(sent->id) / sizeof(sent->id[0]))
		sent->id[sent->n++] = id;
}

static bool lists(const struct config_mandate *row, const char *key)
{
	for (const char **k = row->keys; k && *k; k++) {
		if (strcmp(*k, key) == 0)
			return true;
	}
	return false;
}

/* A link for a person at the agency who has no program to answer with: for what this event is about,
 * the referral or task before the alert that told of it. */
static int make_link(struct desk *d, const struct post_event *e, const struct config_mandate *row,
		     char out[LINK_MAX])
{
	char token[LINK_TOKEN], subject[32];
	const char *base = d->cf->edge_public_url;

	out[0] = '\0';
	if (!base[0] || !lists(row, "link"))
		return STORE_OK;
	if (e->referral && e->referral[0])
		snprintf(subject, sizeof(subject), "referral %.20s", e->referral + (e->referral[0] == 'R'));
	else if (e->task && e->task[0])
		snprintf(subject, sizeof(subject), "task %.20s", e->task + (e->task[0] == 'T'));
	else if (e->alert)
		snprintf(subject, sizeof(subject), "alert %lld", (long long)e->alert);
	else
		return STORE_OK;
	int rc = link_add(d->st, row->agency, subject, d->now,
			  d->now + (int64_t)d->cf->edge_link_days * 86400, token);
	if (rc == STORE_OK)
		snprintf(out, LINK_MAX, "%s%sa/%s", base, base[strlen(base) - 1] == '/' ? "" : "/",
			 token);
	return rc;
}

static int tell_http(struct desk *d, const struct post_event *event,
		     const struct config_mandate *row, struct post_sent *sent)
{
	struct post_event copy = *event, *e = &copy;
	char body[OUTBOX_BODY_MAX], uid[OUTBOX_UID], link[LINK_MAX];
	/* No expiry in the row: giving up is settle's to decide, which then tells a person. */
	struct outbox_new o = { .leg = OUTBOX_HTTP, .kind = "alert", .reporter = "", .number = "",
				.agency = row->agency, .event = e->event, .body = body,
				.urgent = e->urgent, .alert = e->alert, .case_id = e->case_id };
	int64_t id = 0;

	int rc = make_link(d, event, row, link);
	if (rc != STORE_OK)
		return rc;
	copy.link = link;
	outbox_uid(d->st, d->now, uid);
	o.uid = uid;
	const struct config_agency *a = config_agency(d->cf, row->agency);
	const struct receiver_source src = { e, row, a, uid, d->cf->site_letter, d->now };
	o.len = receiver_of(a)->write(&src, body, sizeof(body));
	if (o.len == 0)
		return STORE_BOUND;
	rc = add(d, &o, &id);
	keep(sent, id);
	return rc == STORE_OK ? audit_send(d, e, row, "http") : rc;
}

/* A message to all of a role but those whom the alert itself has reached; *told_n how many know. */
static int tell_role(struct desk *d, const struct post_event *e, const char *role,
		     const char *agency, const char *id, const struct message_fill *fills,
		     size_t *told_n, struct post_sent *sent)
{
	struct outbox_new o = { .kind = "notice", .event = e->event, .urgent = e->urgent,
				.case_id = e->case_id };
	struct reporter who[PEOPLE];
	char text[SMS_TEXT_MAX];
	size_t n = 0;

	*told_n = 0;
	int rc = roster_of_role(d->st, role, NULL, agency, who, PEOPLE, &n);
	for (size_t i = 0; rc == STORE_OK && i < n; i++) {
		const char *lang = who[i].lang[0] ? who[i].lang : d->cf->language;
		int64_t row = 0;
		bool told = e->alert && alert_was_told(d->st, e->alert, who[i].id) == STORE_OK;
		if (!told && parser_message(d->cf->world, lang, id, fills, 2, text, sizeof(text)))
			rc = sms_to(d, &who[i], &o, text, &row);
		*told_n += told || row;
		if (sent)
			keep(sent, row);
	}
	return rc == STORE_NONE ? STORE_OK : rc;
}

static const char *reference(const struct post_event *e, char out[32])
{
	snprintf(out, 32, "%lld", (long long)e->alert);
	return e->referral && e->referral[0] ? e->referral : out;
}

/* The municipality's people are its coordinators, whom the alert itself reaches. */
static int tell_reference(struct desk *d, const struct post_event *e,
			  const struct config_mandate *row, size_t *told, struct post_sent *sent)
{
	bool mun = strcmp(row->agency, "MUN") == 0;
	char ref[32];
	struct message_fill fills[] = { { "referral", reference(e, ref) }, { "agency", "MUN" } };

	return tell_role(d, e, mun ? "coordinator" : "agency", mun ? NULL : row->agency,
			 REFERENCE_MESSAGE, fills, told, sent);
}

/* An agency without internet: a bare reference by SMS to its own people.  An office that cannot be
 * told at all is told by the coordinators, who hear so. */
static int tell_sms(struct desk *d, const struct post_event *e, const struct config_mandate *row,
		    struct post_sent *sent)
{
	char ref[32];
	struct message_fill dead[] = { { "alert", reference(e, ref) }, { "agency", row->agency } };
	size_t told = 0, unused;

	int rc = tell_reference(d, e, row, &told, sent);
	if (rc == STORE_OK && told == 0 && strcmp(row->agency, "MUN") != 0)
		rc = tell_role(d, e, "coordinator", NULL, "dead_letter", dead, &unused, NULL);
	return rc == STORE_OK ? audit_send(d, e, row, told ? "sms" : "nobody-by") : rc;
}

static bool has_url(const struct desk *d, const char *agency)
{
	const struct config_agency *a = config_agency(d->cf, agency);

	return a && a->url && a->url[0];
}

int post_to(struct desk *d, const struct post_event *e, const struct config_mandate *row,
	    struct post_sent *sent)
{
	return has_url(d, row->agency) ? tell_http(d, e, row, sent) : tell_sms(d, e, row, sent);
}

int post_reference(struct desk *d, const struct post_event *e, const struct config_mandate *row,
		   struct post_sent *sent)
{
	size_t told = 0;

	int rc = tell_reference(d, e, row, &told, sent);
	return rc == STORE_OK && told ? audit_send(d, e, row, "sms") : rc;
}

int post_event(struct desk *d, const struct post_event *e, int *agencies)
{
	const struct config_mandate *rows[MANDATE_ROWS];
	size_t n = mandate_rows(d->cf, e->event, e->concerns, rows);
	int rc = STORE_OK;

	*agencies = 0;
	for (size_t i = 0; rc == STORE_OK && i < n; i++) {
		struct post_sent sent = { .n = 0 };
		rc = post_to(d, e, rows[i], &sent);
		*agencies += has_url(d, rows[i]->agency) && rc == STORE_OK;
	}
	return rc;
}

int post_http(struct desk *d, const struct post_event *e, const struct config_mandate *row,
	      bool *sent)
{
	struct post_sent rows = { .n = 0 };

	*sent = has_url(d, row->agency);
	return *sent ? tell_http(d, e, row, &rows) : STORE_OK;
}
