/* pins.c - see pins.h. */
#include "gateway/casework/pins.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "gateway/casework/alerts.h"
#include "gateway/casework/answer.h"
#include "gateway/outbox/notice.h"
#include "gateway/pin/typed.h"
#include "store/secrets.h"

#define ALARM "safety"

/* ---- what a PIN is for ---------------------------------------------------------------------- */

static const struct {
	const char *intent;
	bool must, shows;
} uses[] = {
	{ "case_status", true, true }, { "case_list", true, true }, { "meeting_agenda", true, true },
	{ "task_list", true, true },   { "lock", true, false },	    { "pin_change", true, false },
	{ "merge", true, false },      { "close", false, false },   { "reopen", false, false },
	{ "case_risk", false, false }, { "refer", false, false },
	/* a yes must where it answers a question about a case: see confirms_guarded */
	{ "confirm_pending", false, false }, { "deny_pending", false, false },
};

static int use_of(const char *intent)
{
	for (size_t i = 0; i < sizeof(uses) / sizeof(uses[0]); i++) {
		if (strcmp(uses[i].intent, intent) == 0)
			return (int)i;
	}
	return -1;
}

bool pins_may(const char *intent)
{
	return use_of(intent) >= 0;
}

bool pins_must(const char *intent)
{
	int i = use_of(intent);

	return i >= 0 && uses[i].must;
}

bool pins_shows(const char *intent)
{
	int i = use_of(intent);

	return i >= 0 && uses[i].shows;
}

/* ---- out of the text ------------------------------------------------------------------------ */

bool pins_typed(const struct message *m, const struct reading *r, unsigned nth, char out[PIN_SECRET])
{
	out[0] = '\0';
	if (nth >= r->n_secrets)
		return false;
	const struct reading_secret *s = &r->secrets[nth];
	if ((size_t)s->at + s->len > m->text_len || !typed_pin(m->text + s->at, s->len, out))
		return false;
	return out[strspn(out, "0")] != '\0';
}

/* As many noughts as there were digits, of whatever script, and blanks in place of their further octets:
 * what is read from the text afterwards is read as before. */
void pins_blank_at(struct message *m, size_t at, size_t len)
{
	size_t digits = 0;

	if (at + len > m->text_len)
		return;
	for (size_t k = 0; k < len; k++)
		digits += ((unsigned char)m->text[at + k] & 0xc0) != 0x80;
	for (size_t k = 0; k < len; k++)
		m->text[at + k] = k < digits ? '0' : ' ';
}

void pins_blank(struct message *m, const struct reading *r)
{
	for (unsigned i = 0; i < r->n_secrets; i++)
		pins_blank_at(m, r->secrets[i].at, r->secrets[i].len);
}

/* ---- tries ---------------------------------------------------------------------------------- */

static int lock(struct desk *d, const struct reporter *from, int tries)
{
	struct message_fill fill = { "owner", from->id };
	int64_t until = d->now + (int64_t)d->cf->pin_lock_min * 60;

	int rc = secret_tried(d->st, from->id, SECRET_KIND_PIN, tries, until);
	if (rc == STORE_OK)
		rc = desk_audit(d, from->id, "pin", from->id, "locked", "");
	return rc == STORE_OK ? notice_role(d, "coordinator", "pin_locked_told", &fill, 1, 0, true, NULL)
			      : rc;
}

/* PINS_UNASKED: the try is counted, and what is typed may be hashed. */
static int charge(struct desk *d, const struct reporter *from, struct secret_row *s, enum pins_verdict *v)
{
	*v = PINS_NONE;
	int rc = secret_get(d->st, from->id, SECRET_KIND_PIN, s);
	if (rc != STORE_OK)
		return rc == STORE_NONE ? STORE_OK : rc;
	*v = PINS_LOCKED;
	if (s->locked_until > d->now)
		return STORE_OK;
	if (s->locked_until)
		s->tries = 0;
	else if (s->tries >= d->cf->pin_tries) /* the hub ended before it could act on them */
		return lock(d, from, s->tries);
	*v = PINS_UNASKED;
	return secret_tried(d->st, from->id, SECRET_KIND_PIN, s->tries + 1, 0);
}

int pins_try(struct desk *d, const struct reporter *from, struct checker_job *job, enum pins_verdict *v)
{
	struct secret_row s;

	*v = PINS_BUSY;
	if (!d->checker || !checker_has_room(d->checker, from->id))
		return STORE_OK;
	int rc = charge(d, from, &s, v);
	if (rc != STORE_OK || *v != PINS_UNASKED)
		return rc;
	memcpy(job->salt, s.salt, sizeof(job->salt));
	desk_cut(job->reporter, sizeof(job->reporter), from->id);
	desk_cut(job->from, sizeof(job->from), from->id);
	if (!checker_stage(d->checker, job))
		*v = PINS_BUSY;
	pin_wipe(&s, sizeof(s));
	return rc;
}

int pins_prove(struct desk *d, const struct reporter *from, const uint8_t hash[PIN_HASH], enum pins_verdict *v)
{
	struct checker_job job = { .purpose = CHECKER_PIN };
	struct secret_row s;

	int rc = charge(d, from, &s, v);
	if (rc == STORE_OK && *v == PINS_UNASKED) {
		memcpy(job.salt, s.salt, sizeof(job.salt));
		memcpy(job.hash, hash, sizeof(job.hash));
		rc = pins_judge(d, from, &job, v);
	}
	pin_wipe(&s, sizeof(s));
	pin_wipe(&job, sizeof(job));
	return rc;
}

static int judge(struct desk *d, const struct reporter *from, const struct checker_job *job,
		 const struct secret_row *s, enum pins_verdict *v)
{
	bool first = pin_same(job->hash, s->hash), second = pin_same(job->hash, s->second);

	if (job->failed || memcmp(job->salt, s->salt, sizeof(s->salt)) != 0) {
		/* Not looked at, or the PIN was replaced meanwhile: no try of his. */
		*v = PINS_BUSY;
		return secret_tried(d->st, from->id, SECRET_KIND_PIN, s->tries > 0 ? s->tries - 1 : 0,
				    s->locked_until);
	}
	if (first || second) {
		*v = second ? PINS_SECOND : s->once && job->purpose == CHECKER_PIN ? PINS_ONCE : PINS_RIGHT;
		return secret_tried(d->st, from->id, SECRET_KIND_PIN, 0, 0);
	}
	*v = PINS_WRONG;
	if (s->tries < d->cf->pin_tries || s->locked_until > d->now)
		return desk_audit(d, from->id, "pin", from->id, "wrong", "");
	*v = PINS_LOCKED;
	return lock(d, from, s->tries);
}

int pins_judge(struct desk *d, const struct reporter *from, const struct checker_job *job,
	       enum pins_verdict *v)
{
	struct secret_row s;

	*v = PINS_NONE;
	int rc = secret_get(d->st, from->id, SECRET_KIND_PIN, &s);
	if (rc == STORE_OK)
		rc = judge(d, from, job, &s, v);
	pin_wipe(&s, sizeof(s));
	return rc == STORE_NONE ? STORE_OK : rc;
}

const char *pins_reply(enum pins_verdict v)
{
	switch (v) {
	case PINS_WRONG: return "error_bad_pin";
	case PINS_LOCKED: return "pin_locked";
	case PINS_NONE: return "pin_none";
	case PINS_ONCE: return "pin_once";
	case PINS_BUSY: return "pin_busy";
	case PINS_UNASKED:
	case PINS_RIGHT:
	case PINS_SECOND: break;
	}
	return NULL;
}

/* ---- under duress --------------------------------------------------------------------------- */

int pins_alarm(struct desk *d, const struct reporter *from, int64_t message)
{
	char object[40], window[24];
	struct alerts_about about = { .subject = from->id, .window = window, .message = message,
				      .owner = "", .who = "system" };
	int raised = 0;

	snprintf(object, sizeof(object), "mo %" PRId64, message);
	snprintf(window, sizeof(window), "%" PRId64, message);
	about.facts = (struct post_event){ .age = -1, .n_children = -1, .pupil = -1, .days = -1 };
	int rc = alerts_raise_event(d, ALARM, &about, &raised);
	return rc == STORE_OK ? desk_audit(d, from->id, "duress", object, "called", "") : rc;
}

/* ---- a new one ------------------------------------------------------------------------------ */

int pins_change(struct desk *d, const struct reporter *from, const struct checker_job *job,
		enum pins_verdict v, struct effect *out)
{
	struct secret_row s;
	bool second = v == PINS_SECOND;

	int rc = secret_get(d->st, from->id, SECRET_KIND_PIN, &s);
	if (rc != STORE_OK)
		return rc;
	/* The other of the two, or the one he has: refused in the words of one that is easily guessed, so
	 * that nobody finds the second PIN by trying to set it. */
	if (pin_same(job->fresh_hash, s.hash) || pin_same(job->fresh_hash, s.second)) {
		answer_with(out, "pin_weak");
		pin_wipe(&s, sizeof(s));
		return STORE_OK;
	}
	/* Under duress it is the second one that changes: what he was made to set opens nothing. */
	memcpy(second ? s.second : s.hash, job->fresh_hash, PIN_HASH);
	s.once = second ? s.once : false;
	s.tries = 0;
	s.locked_until = 0;
	answer_with(out, "pin_changed");
	rc = secret_put(d->st, from->id, SECRET_KIND_PIN, &s, d->now);
	pin_wipe(&s, sizeof(s));
	return rc == STORE_OK ? desk_audit(d, from->id, "pin", from->id, "changed", "") : rc;
}
