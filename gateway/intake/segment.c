/* segment.c - a stored TPDU becomes a part of a message.  See segment.h. */
#include "gateway/intake/segment.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "gateway/outbox/report.h"
#include "store/inbox.h"

#define MTI_MASK 3
#define MTI_SUBMIT 1

void segment_sender(const struct desk *d, const char *address, bool alphanumeric, char out[48])
{
	char number[MSISDN_MAX];

	if (!alphanumeric &&
	    msisdn_normalise(&d->cf->plan, address, strlen(address), number) == MSISDN_OK)
		address = number;
	desk_cut(out, 48, address);
}

static int quarantine(struct desk *d, int64_t id, const char *reason, char *words, size_t max)
{
	char object[32];

	snprintf(words, max, "segment=%" PRId64 " quarantined: %s", id, reason);
	snprintf(object, sizeof(object), "segment %" PRId64, id);
	int rc = inbox_quarantine(d->st, id, reason);
	return rc == STORE_OK ? desk_audit(d, "system", "mo.quarantine", object, reason, "") : rc;
}

static int settle(struct desk *d, int64_t id, const char *reason, char *words, size_t max)
{
	snprintf(words, max, "segment=%" PRId64 " %s", id, reason);
	return inbox_settle_segment(d->st, id, reason);
}

static int take_report(struct desk *d, int64_t id, const struct tpdu *t, char *words, size_t max)
{
	char number[48], what[120] = "";

	segment_sender(d, t->address, t->alphanumeric, number);
	int rc = settle_report(d, number, t->mr, t->status, what, sizeof(what));
	if (rc != STORE_OK && rc != STORE_NONE && rc != STORE_STATE)
		return rc;
	snprintf(words, max, "segment=%" PRId64 " %s", id, what);
	return inbox_settle_segment(d->st, id,
				    rc == STORE_OK ? "a delivery report"
						   : "a delivery report of nothing we sent");
}

/* Ports carry WAP pushes, MMS notices and settings; 8-bit data is for machines.  Both are kept. */
static const char *notice(const struct tpdu *t, char out[64])
{
	if (t->port >= 0) {
		snprintf(out, 64, "a notice for port %d", t->port);
		return out;
	}
	return t->alphabet == TPDU_8BIT ? "binary data" : NULL;
}

static int join(struct desk *d, int64_t id, const struct tpdu *t, char *words, size_t max)
{
	char sender[48];
	struct segment_facts f = { .sender = sender, .sent = t->scts, .zone = t->zone };
	int64_t message = 0;
	bool complete = false, duplicate = false;

	segment_sender(d, t->address, t->alphanumeric, sender);
	if (t->concat.bits && t->concat.seq >= 1 && t->concat.seq <= t->concat.total) {
		f.ref = t->concat.ref;
		f.bits = t->concat.bits;
		f.total = t->concat.total;
		f.seq = t->concat.seq;
	}
	int rc = inbox_join(d->st, id, &f, d->now, (int64_t)d->cf->concat_window_h * 3600, &message,
			    &complete, &duplicate);
	snprintf(words, max, "segment=%" PRId64 " mo=%" PRId64 " part=%d/%d%s%s", id, message,
		 f.bits ? f.seq : 1, f.bits ? f.total : 1, complete ? " whole" : "",
		 duplicate ? " duplicate" : "");
	return rc;
}

/* Which way a stored TPDU went is not in it: SUBMITs that somebody left in the modem's memory are
 * ours to remove, and no reader's text. */
int segment_decode(const uint8_t *octets, size_t len, struct tpdu *t, const char **field)
{
	int rc = tpdu_decode(octets, len, false, t, field);

	if (rc == TPDU_ERR_KIND && (t->first_octet & MTI_MASK) == MTI_SUBMIT)
		rc = tpdu_decode(octets, len, true, t, field);
	return rc;
}

bool segment_is_text(const struct tpdu *t)
{
	return t->kind == TPDU_DELIVER && t->concat.bits == 0 && t->port < 0 && t->alphabet != TPDU_8BIT;
}

int segment_process(struct desk *d, int64_t segment, char *words, size_t max)
{
	struct segment s;
	struct tpdu t;
	const char *field = "";
	char reason[96];

	memset(&s, 0, sizeof(s));
	int rc = inbox_next_segment(d->st, segment - 1, &s);
	if (rc == STORE_KEY && s.id == segment)
		return quarantine(d, segment, "its key is gone", words, max);
	if (rc != STORE_OK)
		return rc;
	if (s.id != segment)
		return STORE_STATE;
	rc = segment_decode(s.octets, s.len, &t, &field);
	if (rc != TPDU_OK) {
		snprintf(reason, sizeof(reason), "undecodable at %s: %s", field,
			 tpdu_error_name(rc));
		return quarantine(d, segment, reason, words, max);
	}
	if (t.kind == TPDU_STATUS_REPORT)
		return take_report(d, segment, &t, words, max);
	if (t.kind == TPDU_SUBMIT)
		return settle(d, segment, "an outgoing message found in the memory", words, max);
	const char *why = notice(&t, reason);
	return why ? settle(d, segment, why, words, max) : join(d, segment, &t, words, max);
}
