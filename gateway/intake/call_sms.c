/* call_sms.c - see call_sms.h.  May call intake, the parser's alphabets and the store. */
#include "gateway/intake/call_sms.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "gateway/intake/intake.h"
#include "gateway/outbox/report.h"
#include "parser/gsm7.h"
#include "parser/tpdu.h"
#include "parser/ucs2.h"
#include "store/inbox.h"

#define ID_MAX 201
#define KEY_MAX (PARSER_TEXT_MAX + 300)

struct sms { /* what the edge made of the request */
	const struct config_sms_provider *p;
	char from[ID_MAX], id[ID_MAX];
	struct wire_str text, udh;
};

static bool read_call(struct desk *d, const struct wire_call *c, struct sms *s)
{
	char name[24];

	wire_copy(c->block, name, sizeof(name));
	s->p = config_sms_provider(d->cf, name);
	wire_copy(wire_find(&c->fields, "from"), s->from, sizeof(s->from));
	wire_copy(wire_find(&c->fields, "id"), s->id, sizeof(s->id));
	s->text = wire_find(&c->fields, "text");
	s->udh = wire_find(&c->fields, "udh");
	return s->p && s->p->receives && s->from[0] && s->text.s;
}

/* ---- whole texts ---- */

/* The provider's own number of it; without one the same words of the same sender, in this stretch of time
 * or the one before: a provider that missed our answer sends again within seconds. */
static int seen_before(struct desk *d, const struct sms *s, char key[KEY_MAX], bool *seen)
{
	char before[KEY_MAX];
	int window = s->p->inbound.dedupe_s;

	*seen = false;
	key[0] = '\0';
	if (s->id[0]) {
		snprintf(key, KEY_MAX, "sms %s id %s", s->p->name, s->id);
		return STORE_OK;
	}
	if (window == 0)
		return STORE_OK;
	int64_t stretch = d->now / window;
	for (int64_t back = 1; back >= 0; back--)
		snprintf(back ? before : key, KEY_MAX, "sms %s text %s %" PRId64 " %.*s", s->p->name, s->from,
			 stretch - back, (int)s->text.len, s->text.s);
	int rc = inbox_seen(d->st, before);
	*seen = rc == STORE_OK;
	return rc == STORE_NONE ? STORE_OK : rc;
}

static int take_whole(struct desk *d, const struct sms *s, char *words, size_t max)
{
	static char key[KEY_MAX]; /* the hub has one thread */
	int64_t message = 0;
	bool seen;

	int rc = seen_before(d, s, key, &seen);
	if (rc == STORE_OK && !seen)
		rc = intake_text(d, "http", s->from, s->text.s, s->text.len, key[0] ? key : NULL, &message);
	seen |= rc == STORE_EXISTS;
	if (rc != STORE_OK && rc != STORE_EXISTS)
		return rc;
	if (seen)
		snprintf(words, max, "sms provider=%s again", s->p->name);
	else
		snprintf(words, max, "sms provider=%s mo=%" PRId64, s->p->name, message);
	return STORE_OK;
}

/* ---- parts ---- */

/* A part is kept as the segment it was: what joins the modem's parts joins these. */
static int encode_part(struct desk *d, const struct sms *s, uint8_t octets[TPDU_MAX])
{
	struct tpdu t;

	memset(&t, 0, sizeof(t));
	t.kind = TPDU_DELIVER;
	t.port = -1;
	t.scts = d->now;
	snprintf(t.address, sizeof(t.address), "%.47s", s->from);
	t.alphanumeric = t.address[strspn(t.address, "+0123456789")] != '\0';
	memcpy(t.udh, s->udh.s, s->udh.len);
	t.udh_len = (uint8_t)s->udh.len;
	long n = gsm7_encode(s->text.s, s->text.len, t.data, sizeof(t.data));
	t.alphabet = n >= 0 ? TPDU_GSM7 : TPDU_UCS2;
	if (n < 0)
		n = ucs2_encode(s->text.s, s->text.len, t.data, sizeof(t.data));
	if (n < 0)
		return TPDU_ERR_SPACE;
	t.data_len = (uint8_t)n;
	return tpdu_encode(&t, octets, TPDU_MAX);
}

/* STORE_NONE: its header names no part of a longer text, or it is none after all. */
static int take_part(struct desk *d, const struct sms *s, char *words, size_t max)
{
	uint8_t octets[TPDU_MAX];
	struct tpdu t;
	int64_t segment;
	bool fresh;

	if (s->udh.len == 0 || s->udh.len > sizeof(t.udh))
		return STORE_NONE;
	int n = encode_part(d, s, octets);
	if (n < 0 || tpdu_decode(octets, (size_t)n, false, &t, NULL) != TPDU_OK || t.concat.total < 2)
		return STORE_NONE;
	struct wire_segment w = { .memory = wire_str("HT"), .rebuilt = true,
				  .octets = wire_blob(octets, (size_t)n) };
	int rc = intake_take(d, s->p->name, &w, false, &segment, &fresh);
	if (rc == STORE_OK)
		snprintf(words, max, "sms provider=%s segment=%" PRId64 " part=%d of=%d", s->p->name, segment,
			 t.concat.seq, t.concat.total);
	return rc;
}

int call_sms(struct desk *d, const struct wire_call *c, struct call_reply *r, char *words, size_t max)
{
	struct sms s;

	if (!read_call(d, c, &s)) {
		call_refuse(r, 404, NULL);
		return STORE_OK;
	}
	int rc = take_part(d, &s, words, max);
	if (rc == STORE_NONE)
		rc = take_whole(d, &s, words, max);
	if (rc == STORE_BOUND) {
		call_refuse(r, 413, "the text is too long");
		return STORE_OK;
	}
	r->status = 200;
	return rc;
}

/* 404 for what is of no text of ours: a report may overtake the answer that names its number, and then
 * comes again. */
int call_report(struct desk *d, const struct wire_call *c, struct call_reply *r, char *words, size_t max)
{
	char name[24], id[ID_MAX], status[64];

	wire_copy(c->block, name, sizeof(name));
	wire_copy(wire_find(&c->fields, "id"), id, sizeof(id));
	wire_copy(wire_find(&c->fields, "status"), status, sizeof(status));
	const struct config_sms_provider *p = config_sms_provider(d->cf, name);
	int rc = p && p->reports ? settle_provider_report(d, p, id, status, words, max) : STORE_NONE;
	if (rc == STORE_NONE || rc == STORE_BOUND) {
		call_refuse(r, 404, NULL);
		return STORE_OK;
	}
	r->status = 200;
	return rc;
}
