/* intake.c - what waits, and handing it to the file that does it.  See intake.h.
 * May call segment, message and the store. */
#include "gateway/intake/intake.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "gateway/casework/reporters.h"
#include "gateway/intake/message.h"
#include "gateway/intake/segment.h"
#include "store/inbox.h"

#define SEGMENT_MAX 256 /* what the store keeps of one; a TPDU with its SMSC is shorter */

/* libgammu's view of the sender is a second opinion: when it differs, that is recorded, and ours
 * stands, being made from the octets that are kept. */
static int compare_views(struct desk *d, int64_t id, const struct wire_segment *s, const struct tpdu *t)
{
	char theirs[48], ours[48], view[48], object[32];

	if (s->view_sender.len == 0 || t->kind == TPDU_SUBMIT)
		return STORE_OK;
	wire_copy(s->view_sender, view, sizeof(view));
	segment_sender(d, view, t->alphanumeric, theirs);
	segment_sender(d, t->address, t->alphanumeric, ours);
	if (strcmp(ours, theirs) == 0)
		return STORE_OK;
	snprintf(object, sizeof(object), "segment %" PRId64, id);
	return desk_audit(d, "system", "mo.view", object, "the library reads another sender", "");
}

static int add_text(struct desk *d, const struct segment_new *n, const struct tpdu *t, int64_t *segment,
		    bool *fresh)
{
	char sender[48];
	struct segment_facts f = { .sender = sender, .sent = t->scts, .zone = t->zone };
	int64_t message;

	segment_sender(d, t->address, t->alphanumeric, sender);
	return inbox_add_whole(d->st, n, &f, t->text, t->text_len, segment, &message, fresh);
}

int intake_take(struct desk *d, const char *modem, const struct wire_segment *s, bool unread,
		int64_t *segment, bool *fresh)
{
	char memory[8];
	static const uint8_t nothing[1] = { 0 };
	struct segment_new n = { .modem = modem,
				 .memory = memory,
				 .place = s->place,
				 .received = d->now,
				 .rebuilt = s->rebuilt,
				 .octets = s->octets.s,
				 .len = s->octets.len };
	struct tpdu t;
	bool settled;

	wire_copy(s->memory, memory, sizeof(memory));
	if (n.len > SEGMENT_MAX)
		n.len = SEGMENT_MAX; /* no TPDU: it is kept and will be quarantined */
	if (n.len == 0) {
		n.octets = nothing;
		n.len = 1;
	}
	if (unread || segment_decode(n.octets, n.len, &t, NULL) != TPDU_OK)
		return inbox_add_segment(d->st, &n, segment, fresh, &settled);
	/* Most texts are of one part: they become messages at once, and are not stored twice. */
	int rc = segment_is_text(&t) ? add_text(d, &n, &t, segment, fresh)
				     : inbox_add_segment(d->st, &n, segment, fresh, &settled);
	return rc == STORE_OK && *fresh ? compare_views(d, *segment, s, &t) : rc;
}

int intake_peek(struct desk *d, struct intake_item *out)
{
	struct segment s;

	memset(&s, 0, sizeof(s));
	memset(out, 0, sizeof(*out));
	int rc = inbox_next_segment(d->st, 0, &s);
	if (rc == STORE_NONE) {
		out->kind = INTAKE_MESSAGE;
		return inbox_next_ready(d->st, 0, &out->id, &out->attempts);
	}
	if (rc != STORE_OK && !(rc == STORE_KEY && s.id))
		return rc;
	out->kind = INTAKE_SEGMENT;
	out->id = s.id;
	out->attempts = s.attempts;
	return STORE_OK;
}

int intake_count(struct desk *d, const struct intake_item *it)
{
	return it->kind == INTAKE_SEGMENT ? inbox_count_attempt(d->st, it->id)
					  : inbox_count_message_attempt(d->st, it->id);
}

int intake_process(struct desk *d, const struct intake_item *it, char *words, size_t max)
{
	if (max)
		words[0] = '\0';
	if (it->kind == INTAKE_SEGMENT)
		return segment_process(d, it->id, words, max);
	return message_process(d, it->id, words, max);
}

int intake_verdict(struct desk *d, const struct checker_job *job, int64_t *message, char *reply, char *words,
		   size_t max)
{
	reply[0] = words[0] = '\0';
	*message = 0;
	if (job->purpose == CHECKER_CODEWORD)
		return job->spoiled ? STORE_OK : reporters_codeword(d, job, words, max);
	*message = job->message;
	return message_resume(d, job, reply, words, max);
}

int intake_quarantine(struct desk *d, const struct intake_item *it, const char *reason)
{
	char object[40];
	bool segment = it->kind == INTAKE_SEGMENT;

	int rc = segment ? inbox_quarantine(d->st, it->id, reason)
			 : inbox_settle(d->st, it->id, "quarantined", "", reason, d->now);
	snprintf(object, sizeof(object), "%s %" PRId64, segment ? "segment" : "mo", it->id);
	return rc == STORE_OK ? desk_audit(d, "system", "mo.quarantine", object, reason, "") : rc;
}

int intake_release(struct desk *d, int64_t *n)
{
	int64_t message;
	int rc;

	*n = 0;
	while ((rc = inbox_release_gap(d->st, d->now - (int64_t)d->cf->concat_window_h * 3600,
				       &message)) == STORE_OK)
		(*n)++;
	return rc == STORE_NONE ? STORE_OK : rc;
}

int intake_text(struct desk *d, const char *channel, const char *sender, const char *text,
		size_t len, const char *dedupe, int64_t *message)
{
	char from[48];

	segment_sender(d, sender, false, from);
	if (len > PARSER_TEXT_MAX - 1)
		return STORE_BOUND;
	return inbox_add_message(d->st, channel, from, text, len, d->now, d->now, dedupe, message);
}
