/* message.c - one whole text: read, acted upon, answered, settled.
 *
 * The order inside the turn: text, sender, context, reading, effect, reply, and last the message's
 * own end, so that any error before it leaves the message 'ready' and the turn rolled back.
 */
#include "gateway/intake/message.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "gateway/casework/casefile.h"
#include "gateway/casework/cases.h"
#include "gateway/casework/confirms.h"
#include "gateway/casework/decoy.h"
#include "gateway/casework/effects.h"
#include "gateway/casework/keys.h"
#include "gateway/casework/last.h"
#include "gateway/casework/pins.h"
#include "gateway/casework/reporters.h"
#include "gateway/casework/safety.h"
#include "gateway/hub/clock.h"
#include "gateway/intake/loop.h"
#include "gateway/intake/text.h"
#include "gateway/outbox/lines.h"
#include "gateway/outbox/notice.h"
#include "gateway/outbox/post.h"
#include "store/alerts.h"
#include "store/cases.h"
#include "store/confirms.h"
#include "store/lines.h"
#include "store/secrets.h"

#define REPORTS_MAX 16 /* configured reports of one text */
#define HEARD_S 43200  /* that he was heard is written down twice a day at most */

struct turn {                    /* what is known of one message while it is read */
	struct message m;
	struct reporter who;
	const struct reporter *from; /* NULL: unknown, locked, or no number at all */
	int64_t lately;              /* texts of this sender in the last hour, this one too */
	char gaps[32];
	struct parser_sender sender;
	struct parser_clock clock;
	struct parser_context ctx;
	struct reading last, r;
	struct reading further;      /* a further report of the same text that has a fault */
	struct effect e;
	char state[16], reason[96];
	char *shown;                 /* MESSAGE_REPLY octets for the reply, or NULL: by SMS alone */
	const struct checker_job *job; /* the hash of the PIN in it is there; NULL: not looked for yet */
	enum pins_verdict pin;
	enum pins_verdict proved;    /* by a PIN that was typed before, in the same menu */
	const char *refused;         /* catalogue id: for its PIN, or for want of one, nothing is done */
	struct line line;
	bool on_roster, number, answered, by_sms;
	bool silent;                 /* his number was not heard for long: nothing is revealed to it */
	bool parked;                 /* its PIN is on the way through the checker */
	int64_t named;               /* the first case that a configured form in it names, 0 none */
	bool stray;                  /* "OK 482913": of no alert of his, so it may be his PIN */
	bool halved;                 /* a gap cut a number of his, which may be his PIN: blanked */
	bool several;                /* its reports name several cases: it can lie under no one's key */
};
_Static_assert(MESSAGE_REPLY == NOTICE_TEXT, "a reply is as long as a notice");

/* ---- before reading ------------------------------------------------------------------------- */

static int load_text(struct desk *d, struct turn *t)
{
	size_t len = 0;

	if (t->m.text_len || strcmp(t->m.channel, "sms") != 0)
		return STORE_OK;
	int rc = text_join(d, &t->m, t->m.text, &len, t->gaps, sizeof(t->gaps));
	if (rc != STORE_OK)
		return rc;
	t->m.text_len = len;
	return len ? inbox_set_text(d->st, t->m.id, t->m.text, len) : STORE_OK;
}

static int find_sender(struct desk *d, struct turn *t)
{
	t->number = t->m.sender[0] == '+';
	int rc = reporters_find(d, t->m.sender, &t->who);
	if (rc != STORE_OK && rc != STORE_NONE)
		return rc;
	t->on_roster = rc == STORE_OK;
	t->from = t->on_roster && t->who.active ? &t->who : NULL;
	reporters_sender(d, t->on_roster ? &t->who : NULL, &t->sender);
	rc = t->from ? line_get(d->st, t->who.id, &t->line) : STORE_OK;
	if (rc != STORE_OK && rc != STORE_NONE)
		return rc;
	t->silent = t->from && lines_silent(d, &t->line);
	return inbox_recent_count(d->st, t->m.sender, d->now - 3600, &t->lately);
}

/* The day a text is about, undated, is the day it was sent: a modem that was dead for two days must
 * not record its backlog under today.  A network stamp outside the configured bounds is not
 * believed. */
static void set_clock(const struct desk *d, struct turn *t)
{
	const struct message *m = &t->m;
	int weekday;
	bool believed = m->sent > 0 && m->sent >= m->received - d->cf->clock_past_s &&
			m->sent <= m->received + d->cf->clock_future_s;
	int64_t when = believed ? m->sent : m->received;

	clock_day(when, t->clock.today);
	clock_local(when, &t->clock.hour, &t->clock.minute, &weekday);
	t->clock.unsure = !believed;
}

static int load_owned(struct desk *d, struct turn *t)
{
	struct case_row rows[64];
	size_t n = 0;

	/* Coordinators may name any case: without a list any well-formed code is read, and the
	 * store says whether there is one. */
	t->ctx.has_owned = !cases_sees_all(t->from);
	if (!t->ctx.has_owned)
		return STORE_OK;
	/* Ended ones too: he may open one again. */
	int rc = case_ever_owned(d->st, t->from->id, rows, 64, &n);
	for (size_t i = 0; rc == STORE_OK && i < n && i < 64; i++)
		desk_cut(t->ctx.owned[t->ctx.n_owned++], sizeof(t->ctx.owned[0]), rows[i].code);
	return rc == STORE_NONE ? STORE_OK : rc;
}

static int load_alerts(struct desk *d, struct turn *t)
{
	int64_t numbers[32];
	size_t n = 0;

	int rc = alert_pending(d->st, t->from->id, numbers, 32, &n);
	for (size_t i = 0; (rc == STORE_OK || rc == STORE_BOUND) && i < n && i < 32; i++)
		t->ctx.alerts[t->ctx.n_alerts++] = (int32_t)numbers[i];
	return rc == STORE_NONE || rc == STORE_BOUND ? STORE_OK : rc;
}

static int load_last(struct desk *d, struct turn *t)
{
	struct last last;
	enum last_state state;

	int rc = last_report(d, t->from->id, &last, &state);
	if (rc == STORE_OK && state == LAST_HERE && keys_read(last.intent, last.keys, &t->last))
		t->ctx.last = &t->last;
	return rc;
}

/* "BASHKO" or "po" alone means the two cases he was asked about, when he was asked nothing else: with
 * a closing that waits too, "po" could mean either. */
static int load_merge(struct desk *d, struct turn *t)
{
	struct confirmation q[8];
	size_t n = 0, merges = 0;

	if (t->ctx.asked[0] || !cases_sees_all(t->from))
		return STORE_OK;
	int rc = confirm_told(d->st, t->from->id, "", q, 8, &n);
	for (size_t i = 0; rc == STORE_OK && i < n; i++)
		merges += strcmp(q[i].kind, "merge") == 0;
	if (n && merges == n)
		snprintf(t->ctx.asked, sizeof(t->ctx.asked), "merge");
	return rc;
}

static int load_context(struct desk *d, struct turn *t)
{
	if (!t->from)
		return STORE_OK;
	int rc = context_get(d->st, t->from->id, d->now, t->ctx.asked, sizeof(t->ctx.asked),
			     t->ctx.case_code, sizeof(t->ctx.case_code));
	if (rc == STORE_OK || rc == STORE_NONE)
		rc = load_owned(d, t);
	if (rc == STORE_OK)
		rc = load_merge(d, t);
	if (rc == STORE_OK)
		rc = load_alerts(d, t);
	t->ctx.last_waits = true;
	return rc;
}

/* ---- what is done --------------------------------------------------------------------------- */

/* His last report is looked for only when the reading hangs on it, which few do: a sender of many texts
 * without a report has all of them looked through. */
static int read_words(struct desk *d, struct turn *t, const char *text, size_t len, struct reading *r)
{
	parser_read(d->cf->world, &t->sender, &t->clock, &t->ctx, text, len, r);
	if (!r->wants_last)
		return STORE_OK;
	t->ctx.last_waits = false;
	int rc = load_last(d, t);
	if (rc == STORE_OK)
		parser_read(d->cf->world, &t->sender, &t->clock, &t->ctx, text, len, r);
	return rc;
}

static bool is(const struct turn *t, const char *intent)
{
	return reading_is(&t->r, intent);
}

static bool over_quota(const struct desk *d, const struct turn *t)
{
	return d->cf->flood_per_hour > 0 && t->lately > d->cf->flood_per_hour;
}

/* A case is opened for whatever it lacks; an absence with a fault is not recorded. */
static bool has_effect(const struct desk *d, const struct turn *t)
{
	if (t->r.test || !t->number || t->refused)
		return false;
	if (is(t, "emergency"))
		return true;
	if (t->gaps[0] || (over_quota(d, t) && !is(t, "lost_phone"))) /* that one counts by itself */
		return false;
	if (!t->r.error)
		return true;
	return is(t, "case_new") && strcmp(t->r.error, "not_authorised") != 0;
}

static void queue(struct turn *t, const char *reason)
{
	snprintf(t->state, sizeof(t->state), "queued");
	if (!t->reason[0])
		snprintf(t->reason, sizeof(t->reason), "%s", reason);
}

/* Why a person must look, most telling first. */
static void decide_state(const struct desk *d, struct turn *t)
{
	char gap[64];

	snprintf(t->state, sizeof(t->state), "read");
	if (t->r.test)
		return;
	if (t->gaps[0]) {
		snprintf(gap, sizeof(gap), "part %s of %d never came", t->gaps, t->m.total);
		queue(t, gap);
	}
	if (!t->number && !is(t, "ignore"))
		queue(t, "sender is no telephone number");
	if (t->on_roster && !t->from)
		queue(t, "from a locked phone");
	if (over_quota(d, t))
		queue(t, "more texts an hour than the quota");
	if (t->e.queue || is(t, "unknown"))
		queue(t, t->r.intent);
	if (t->r.error && strcmp(t->r.error, "not_authorised") == 0 && is(t, "case_new"))
		queue(t, "a case from a role that may not open one");
}

static int put_reading(struct desk *d, struct turn *t, int ordinal, const struct reading *r, const char *error,
		       const char *about)
{
	char keys[KEYS_MAX], notes[READING_NOTES];
	int64_t id, case_id = 0;

	if (t->stray)
		snprintf(keys, sizeof(keys), "{}");
	else
		keys_write(r, keys, sizeof(keys));
	int rc = reading_put(d->st, t->m.id, ordinal, r->intent, error, about, keys, &id);
	if (rc == STORE_OK)
		rc = casefile_named(d, r, &case_id);
	t->several |= case_id && t->named && case_id != t->named;
	t->named = t->named ? t->named : case_id;
	size_t n = keys_notes(r, notes, sizeof(notes));
	if (rc == STORE_OK && n > 0)
		rc = reading_put_notes(d->st, id, case_id, notes, n);
	pin_wipe(notes, sizeof(notes));
	return rc;
}

/* Several configured reports in one text: each is a reading of its own.  The reply is about the first
 * that has a fault, else about the first. */
static int apply_further(struct desk *d, struct turn *t)
{
	struct reading r = { .rest = t->r.rest };
	size_t at = 0;
	int rc = STORE_OK;

	for (int n = 1; rc == STORE_OK && r.rest && n < REPORTS_MAX; n++) {
		at += r.rest;
		rc = read_words(d, t, t->m.text + at, t->m.text_len - at, &r);
		if (rc != STORE_OK)
			break;
		t->r.redacted |= r.redacted;
		t->r.private_found |= r.private_found;
		rc = put_reading(d, t, n, &r, r.error ? r.error : "", r.about ? r.about : "");
		if (r.error && !t->r.error && !t->further.intent)
			t->further = r;
	}
	return rc;
}

static int change_pin(struct desk *d, struct turn *t)
{
	if (t->job && t->job->purpose == CHECKER_CHANGE)
		return pins_change(d, t->from, t->job, t->pin, &t->e);
	bool right = t->pin == PINS_RIGHT || t->pin == PINS_SECOND;
	snprintf(t->e.override_reply, sizeof(t->e.override_reply), "%s", right ? "pin_ok" : "pin_change_how");
	return STORE_OK;
}

/* Why a deed cannot be done is a fact of the case: what is open in it, in which state it is, whose matter it is.
 * Who typed no PIN hears that one is wanted, and nothing was done. */
static void keep_why(const struct desk *d, struct turn *t)
{
	static const char *const tell[] = { "close_open_tasks", "case_refused", "case_merged", "refer_open",
					    "refer_no_mandate", "refer_ask_service" };
	bool free = is(t, "refer") && !d->cf->pin_referrals;

	if (t->pin != PINS_UNASKED || !pins_may(t->r.intent) || free)
		return;
	for (size_t i = 0; i < sizeof(tell) / sizeof(tell[0]); i++) {
		if (strcmp(t->e.override_reply, tell[i]) == 0)
			snprintf(t->e.override_reply, sizeof(t->e.override_reply), "auth_needed");
	}
}

static int apply(struct desk *d, struct turn *t)
{
	if (t->r.test)
		return STORE_OK;
	/* A report that was recorded in spite of its fault can be taken back like any other: the
	 * fault stands as what it is about. */
	const char *error = t->r.error ? t->r.error : "", *about = t->r.about ? t->r.about : "";
	bool recorded = error[0] && has_effect(d, t) && is(t, "case_new");
	int rc = over_quota(d, t) ? loop_flood(d, t->from ? t->from->id : "") : STORE_OK;
	if (rc == STORE_OK)
		rc = put_reading(d, t, 0, &t->r, recorded ? "" : error, recorded ? error : about);
	if (rc == STORE_OK && has_effect(d, t))
		rc = is(t, "pin_change") ? change_pin(d, t) : effects_apply(d, &t->m, t->from, &t->r, &t->e);
	keep_why(d, t);
	if (rc == STORE_OK && t->r.rest)
		rc = apply_further(d, t);
	if (!t->e.case_id)
		t->e.case_id = t->named;
	return rc;
}

/* ---- the answer ----------------------------------------------------------------------------- */

/* Numbers that are not on the roster hear once in a while at most, or two machines would talk for
 * ever; words of danger are always answered. */
static int may_answer(struct desk *d, const struct turn *t, bool *yes)
{
	int64_t n = 0;

	bool silent = false;

	*yes = t->number;
	if (*yes && is(t, "emergency")) { /* whatever else he wrote; never the first not */
		int counted = safety_calls(d, t->m.sender, &n);
		*yes = n <= SAFETY_CALLS_AN_HOUR && !t->e.mute;
		return counted;
	}
	*yes &= !over_quota(d, t);
	if (!*yes)
		return STORE_OK;
	if (t->from) {
		bool read = !is(t, "unknown") && !is(t, "clarify");
		int guarded = read ? STORE_OK : loop_guard(d, t->from->id, &silent);
		*yes = !silent;
		return guarded;
	}
	if (t->on_roster) { /* locked: whoever holds the phone learns nothing from it */
		*yes = is(t, "help");
		return STORE_OK;
	}
	int rc = inbox_recent_count(d->st, t->m.sender,
				    d->now - (int64_t)d->cf->unknown_reply_h * 3600, &n);
	if (rc != STORE_OK || n > 1) {
		*yes = false;
		return rc;
	}
	rc = loop_strangers(d, &silent);
	*yes = !silent;
	return rc;
}

static size_t override_text(const struct desk *d, struct turn *t, char out[NOTICE_TEXT])
{
	const char *id = t->gaps[0] && !is(t, "emergency") ? "queued"
			 : t->refused		     ? t->refused
			 : t->silent && !is(t, "emergency") && !is(t, "help") ? "line_ask"
						     : t->e.override_reply;
	struct message_fill fills[EFFECT_FILLS + 6];
	const struct message_fill also[6] = {
		{ "case", t->e.case_code }, { "alert", t->e.words[0] }, { "owner", t->e.words[1] },
		{ "pupils", t->e.words[0] }, { "class", t->e.words[2] }, { "day", t->e.words[3] }
	};
	size_t n = sizeof(also) / sizeof(also[0]);

	/* Of two values of a name the last counts: what the effect gave by name. */
	memcpy(fills, also, sizeof(also));
	for (unsigned i = 0; i < t->e.n_fills; i++)
		fills[n++] = (struct message_fill){ t->e.fill[i].name, t->e.fill[i].value };
	if (!id[0] || strcmp(id, "no_case") == 0 || !notice_text(d, t->from, id, fills, n, out))
		return 0;
	return strlen(out);
}

static size_t reply_text(const struct desk *d, struct turn *t, char out[NOTICE_TEXT])
{
	if (t->e.whole_reply[0] && !t->gaps[0] && !t->silent) {
		desk_cut(out, NOTICE_TEXT, t->e.whole_reply);
		return strlen(out);
	}
	size_t n = override_text(d, t, out);
	if (n)
		return n;
	/* The same words for a code that is none and for one that is another's. */
	if (strcmp(t->e.override_reply, "no_case") == 0)
		t->r.error = "not_found_or_no_access";
	return parser_reply(d->cf->world, &t->sender, &t->clock, t->further.intent ? &t->further : &t->r,
			    &t->e.facts, out, NOTICE_TEXT);
}

static int answer(struct desk *d, struct turn *t)
{
	char text[NOTICE_TEXT];
	bool yes;

	int rc = may_answer(d, t, &yes);
	if (rc != STORE_OK || !yes || is(t, "ignore"))
		return rc;
	if (reply_text(d, t, text) == 0)
		return STORE_OK;
	t->answered = true;
	if (t->shown)
		memcpy(t->shown, text, sizeof(text));
	if (!t->by_sms)
		return STORE_OK;
	/* The farewell goes to the number: the reporter himself hears nothing any more. */
	const struct reporter *to = is(t, "stop") ? NULL : t->from;
	/* A cry for help is answered first, and when the day's allowance is used up, too; nor does it use it up. */
	return t->job || is(t, "emergency") ? post_reply_first(d, t->m.id, to, t->m.sender, text, t->e.case_id)
		      : post_reply(d, t->m.id, to, t->m.sender, text, t->e.case_id);
}

/* ---- after ---------------------------------------------------------------------------------- */

/* Reports that "jo" as the very next text can take back. */
static bool takes_back(const struct turn *t)
{
	static const char *const intents[] = { "absence",    "absence_count", "all_present",
					       "correction", "excuse",        "case_new" };

	for (size_t i = 0; i < sizeof(intents) / sizeof(intents[0]); i++) {
		if (is(t, intents[i]))
			return true;
	}
	return false;
}

static int remember(struct desk *d, const struct turn *t)
{
	const struct effect *e = &t->e;
	bool standing = strncmp(t->ctx.asked, "class:", 6) == 0;
	bool recorded = !t->r.error && has_effect(d, t) && !e->queue && takes_back(t);
	const char *asked = e->asked;
	int64_t until = d->now + (int64_t)d->cf->context_h * 3600;

	if (!t->from || t->r.test || is(t, "ignore"))
		return STORE_OK;
	/* A class that was asked for stands for all its texts of the day. */
	if (!asked[0] && standing)
		return STORE_OK;
	if (!asked[0] && recorded && reading_flag(&t->r, "confirm"))
		asked = "confirm"; /* "jo" as the next text takes it back */
	const char *code = e->case_code[0] ? e->case_code : t->ctx.case_code;
	if (!asked[0] && !code[0] && !t->ctx.asked[0])
		return STORE_OK;
	return context_set(d->st, t->from->id, asked, code, until);
}

/* Names and secrets do not outlive the turn that found them; what concerns a case lies under its
 * key. */
static int protect(struct desk *d, const struct turn *t)
{
	if (t->stray)
		return inbox_redact(d->st, t->m.id, 0, "", 0);
	/* Its reports keep what was said, each under its own case's key: the whole of it would outlive one. */
	if (t->several)
		return inbox_redact(d->st, t->m.id, t->e.case_id, "", 0);
	if (t->r.redacted || t->r.private_found)
		return inbox_redact(d->st, t->m.id, t->e.case_id, t->r.text, t->r.text_len);
	if (t->halved)
		return inbox_redact(d->st, t->m.id, t->e.case_id, t->m.text, t->m.text_len);
	return t->e.case_id ? inbox_to_case(d->st, t->m.id, t->e.case_id) : STORE_OK;
}

static int record(struct desk *d, const struct turn *t)
{
	char object[40], verb[32], result[64];

	snprintf(object, sizeof(object), "mo %" PRId64, t->m.id);
	snprintf(verb, sizeof(verb), "mo.%.27s", t->r.intent);
	snprintf(result, sizeof(result), "%s%s%.40s", t->state, t->r.error ? " " : "",
		 t->r.error ? t->r.error : "");
	return desk_audit(d, t->on_roster ? t->who.id : "unknown", verb, object, result, "");
}

static void say(const struct turn *t, char *words, size_t max)
{
	char masked[MSISDN_MAX];

	msisdn_mask(t->m.sender, masked);
	snprintf(words, max,
		 "mo=%" PRId64 " from=%s who=%s intent=%s error=%s case=%s state=%s reply=%s%s%s",
		 t->m.id, masked, t->on_roster ? t->who.id : "-", t->r.intent,
		 t->r.error ? t->r.error : "-", t->e.case_code[0] ? t->e.case_code : "-", t->state,
		 t->answered ? "yes" : "no", t->gaps[0] ? " gap=" : "", t->gaps);
}

/* ---- PINs ----------------------------------------------------------------------------------- */

static int read_as(struct desk *d, struct turn *t, int secret)
{
	switch (secret) {
	case SECRET_PIN: t->ctx.secret = SECRET_PIN; break;
	case SECRET_DURESS: t->ctx.secret = SECRET_DURESS; break;
	case SECRET_WRONG: t->ctx.secret = SECRET_WRONG; break;
	case SECRET_TYPED: t->ctx.secret = SECRET_TYPED; break;
	default: t->ctx.secret = SECRET_NONE;
	}
	return read_words(d, t, t->m.text, t->m.text_len, &t->r);
}

/* "PO 1041": the digits are the number of a question that was put to him, and no PIN. */
static int names_question(struct desk *d, const struct turn *t, bool *yes)
{
	int64_t number;

	*yes = false;
	if (!reading_int(&t->r, "pending", &number))
		return STORE_OK;
	int rc = alert_was_told(d->st, number, t->from->id);
	*yes = rc == STORE_OK;
	return rc == STORE_NONE ? STORE_OK : rc;
}

/* Numbers of alerts are kept in clear. */
static int look_for_stray(struct desk *d, struct turn *t)
{
	const char *word = is(t, "ack") ? reading_word(&t->r, "alert") : NULL;

	if (!word || strlen(word) < PIN_MIN || strspn(word, "0123456789") != strlen(word))
		return STORE_OK;
	int rc = alert_was_told(d->st, strtoll(word, NULL, 10), t->from->id);
	t->stray = rc == STORE_NONE;
	return rc == STORE_NONE ? STORE_OK : rc;
}

/* "STATUS E26-0147-V 4821": read once more as if the digits were a PIN, when they make sense as nothing
 * else, or are left over in what asks for one; also where the rest of it has to be asked about, or the
 * digits would be kept. */
static int read_first(struct desk *d, struct turn *t)
{
	bool his = false;

	int rc = read_as(d, t, SECRET_NONE);
	if (rc == STORE_OK && t->from)
		rc = look_for_stray(d, t);
	if (rc != STORE_OK || !t->from || t->r.n_secrets || !(is(t, "clarify") || pins_may(t->r.intent)))
		return rc;
	rc = names_question(d, t, &his);
	if (rc != STORE_OK || his)
		return rc;
	rc = read_as(d, t, SECRET_TYPED);
	const char *what = is(t, "clarify") && t->r.of ? t->r.of : t->r.intent;
	if (rc == STORE_OK && (!t->r.n_secrets || !pins_may(what)))
		rc = read_as(d, t, SECRET_NONE);
	return rc;
}

/* The PIN goes into locked memory, noughts stand in its place in all that is kept, and the text waits
 * until the hash is there. */
static int park(struct desk *d, struct turn *t)
{
	int rc = inbox_redact(d->st, t->m.id, 0, t->m.text, t->m.text_len);

	t->parked = rc == STORE_OK;
	return rc == STORE_OK ? parked_add(d->st, t->m.id, d->now) : rc;
}

/* Digits beside a PIN: a new one that is none. */
static bool other_digits(const struct turn *t)
{
	size_t digits = 0;

	if (t->r.n_secrets != 1)
		return false;
	for (size_t i = 0; i < t->m.text_len; i++)
		digits += t->m.text[i] >= '0' && t->m.text[i] <= '9';
	for (size_t i = 0; i < t->r.secrets[0].len; i++) {
		char c = t->m.text[t->r.secrets[0].at + i];
		digits -= c >= '0' && c <= '9';
	}
	return digits > 0;
}

/* Of who has a PIN: neither half of it is kept when a part of the text never came. */
static int blank_halves(struct desk *d, struct turn *t)
{
	struct secret_row s;

	if (!t->gaps[0] || !t->on_roster)
		return STORE_OK;
	int rc = secret_get(d->st, t->who.id, SECRET_KIND_PIN, &s);
	pin_wipe(&s, sizeof(s));
	if (rc == STORE_OK)
		t->halved = text_blank_halves(&t->m);
	return rc == STORE_NONE ? STORE_OK : rc;
}

/* Whoever sent it may have lost the telephone since, changed his mind, or sent it again: nothing is shown or done
 * on the word of a text that was on its way for so long.  One without a usable stamp is taken for new. */
static bool is_late(const struct desk *d, const struct turn *t)
{
	return t->m.sent > 0 && d->now - t->m.sent > (int64_t)d->cf->pin_age_h * 3600;
}

static int look_at_pin(struct desk *d, struct turn *t)
{
	struct checker_job job = { .purpose = CHECKER_PIN, .message = t->m.id };
	bool change = is(t, "pin_change"), mine = t->from && pins_may(t->r.intent);
	bool allowed = !t->r.error || strcmp(t->r.error, "not_authorised") != 0;
	bool acts = !t->r.test && !t->gaps[0] && !over_quota(d, t);
	int rc = STORE_OK;

	if (is(t, "lost_phone"))
		return STORE_OK; /* a codeword: casework's */
	bool typed = mine && allowed && acts && pins_typed(&t->m, &t->r, 0, job.secret);
	if (change && (t->r.error || other_digits(t))) { /* of no PIN's length */
		t->refused = "pin_weak";
		typed = false;
	} else if (change && typed && t->r.n_secrets > 1) {
		job.purpose = CHECKER_CHANGE;
		typed = t->r.n_secrets == 2 && pins_typed(&t->m, &t->r, 1, job.fresh);
		if (typed && pin_weak(job.fresh)) {
			t->refused = "pin_weak";
			typed = false;
		}
	}
	if (typed && is_late(d, t)) {
		t->refused = "pin_late";
		typed = false;
	}
	pins_blank(&t->m, &t->r);
	if (typed)
		rc = pins_try(d, t->from, &job, &t->pin);
	pin_wipe(&job, sizeof(job));
	if (rc != STORE_OK || !typed)
		return rc;
	t->refused = pins_reply(t->pin);
	return t->refused ? STORE_OK : park(d, t);
}

/* What only the owner of a silent number knows: his PIN, or of which class he reports. */
static bool proves(const struct turn *t)
{
	static const char *const own[] = { "absence", "absence_count", "all_present", "correction", "excuse" };
	bool school = strcmp(t->who.role, "teacher") == 0 || strcmp(t->who.role, "head") == 0;

	if (t->pin == PINS_RIGHT || t->pin == PINS_SECOND || t->pin == PINS_ONCE)
		return true;
	for (size_t i = 0; school && !t->r.error && i < sizeof(own) / sizeof(own[0]); i++) {
		if (is(t, own[i]))
			return true;
	}
	return false;
}

static int hear(struct desk *d, struct turn *t)
{
	if (!t->from || t->r.test || is(t, "ignore"))
		return STORE_OK;
	if (t->silent && !proves(t))
		return STORE_OK;
	t->silent = false;
	bool well = !t->line.failed && !t->line.stopped && !t->line.asked;
	if (well && d->now - t->line.heard < HEARD_S && d->now >= t->line.heard)
		return STORE_OK;
	return line_heard(d->st, t->who.id, d->now);
}

/* Who was shown invented cases may ask about them. */
static int own_decoys(struct desk *d, struct turn *t)
{
	char codes[DECOY_CODES][CASE_CODE_MAX];
	size_t n = 0;

	int rc = decoy_codes(d, t->from, codes, &n);
	for (size_t i = 0; rc == STORE_OK && t->ctx.has_owned && i < n && t->ctx.n_owned < 64; i++)
		memcpy(t->ctx.owned[t->ctx.n_owned++], codes[i], sizeof(codes[i]));
	return rc;
}

/* What his PIN was decides how the text is read. */
static int read_by_pin(struct desk *d, struct turn *t)
{
	int rc = STORE_OK;
	int secret = t->pin == PINS_RIGHT    ? SECRET_PIN
		     : t->pin == PINS_SECOND ? SECRET_DURESS
		     : t->pin == PINS_WRONG  ? SECRET_WRONG
					     : SECRET_NONE;

	if (t->pin == PINS_SECOND)
		rc = own_decoys(d, t);
	if (rc == STORE_OK)
		rc = read_as(d, t, secret);
	t->refused = pins_reply(t->pin);
	return rc;
}

/* The hash is there. */
static int use_verdict(struct desk *d, struct turn *t)
{
	int rc = t->from ? pins_judge(d, t->from, t->job, &t->pin) : STORE_OK;

	if (rc == STORE_OK)
		rc = read_by_pin(d, t);
	d->verdict = (int)t->pin;
	return rc;
}

/* He proved himself in this menu a moment ago: that opens what only shows, and nothing else. */
static int use_proof(struct desk *d, struct turn *t)
{
	if (t->proved == PINS_UNASKED || t->pin != PINS_UNASKED || t->refused || !pins_shows(t->r.intent))
		return STORE_OK;
	t->pin = t->proved;
	return read_by_pin(d, t);
}

/* Whether the code he asks about is his, another's or nobody's: without a PIN the answer is the same. */
static int demand_pin(struct desk *d, struct turn *t)
{
	bool allowed = !t->r.error || strcmp(t->r.error, "not_authorised") != 0;
	bool must = pins_must(t->r.intent) && !is(t, "pin_change");
	int rc = STORE_OK;

	if (!t->from || !allowed || t->refused || t->pin != PINS_UNASKED)
		return STORE_OK;
	if (is(t, "confirm_pending"))
		rc = confirms_guarded(d, t->from, &t->r, &must);
	if (must)
		t->refused = "auth_needed";
	return rc;
}

static int prepare(struct desk *d, struct turn *t)
{
	int rc = find_sender(d, t);

	if (rc == STORE_OK) {
		set_clock(d, t);
		rc = load_context(d, t);
	}
	if (rc != STORE_OK)
		return rc;
	if (t->job) {
		rc = use_verdict(d, t);
	} else {
		rc = blank_halves(d, t);
		if (rc == STORE_OK)
			rc = read_first(d, t);
		if (rc == STORE_OK)
			rc = look_at_pin(d, t);
		if (rc == STORE_OK && !t->parked)
			rc = use_proof(d, t);
	}
	if (t->parked || rc != STORE_OK)
		return rc;
	rc = demand_pin(d, t);
	return rc == STORE_OK ? hear(d, t) : rc;
}

static int finish(struct desk *d, struct turn *t)
{
	decide_state(d, t);
	int rc = protect(d, t);
	if (rc == STORE_OK)
		rc = remember(d, t);
	if (rc == STORE_OK)
		rc = inbox_settle(d->st, t->m.id, t->state, t->on_roster ? t->who.id : "",
				  t->reason, d->now);
	return rc == STORE_OK ? record(d, t) : rc;
}

/* A day's key that is gone takes its texts with it: what is left of one is shown to a person. */
static int set_aside(struct desk *d, int64_t message, char *words, size_t max)
{
	char object[40];

	snprintf(words, max, "mo=%" PRId64 " quarantined: its key is gone", message);
	snprintf(object, sizeof(object), "mo %" PRId64, message);
	int rc = inbox_settle(d->st, message, "quarantined", "", "its key is gone", d->now);
	return rc == STORE_OK
		       ? desk_audit(d, "system", "mo.quarantine", object, "its key is gone", "")
		       : rc;
}

static int process(struct desk *d, struct turn *t, int64_t message, char *words, size_t max)
{
	int rc = inbox_load(d->st, message, &t->m);

	if (rc == STORE_OK && strcmp(t->m.state, "ready") != 0)
		return STORE_STATE;
	if (rc == STORE_OK)
		rc = load_text(d, t);
	if (rc == STORE_KEY)
		return set_aside(d, message, words, max);
	if (rc == STORE_OK)
		rc = prepare(d, t);
	/* A menu shows the reply; by SMS it comes too where that is wished, but for what was only looked at:
	 * codes of cases are not left lying in a telephone that showed them. */
	if (strcmp(t->m.channel, "ussd") == 0)
		t->by_sms = (t->job ? d->cf->ussd_confirm : t->by_sms) && !pins_shows(t->r.intent);
	if (rc == STORE_OK && t->parked) {
		snprintf(words, max, "mo=%" PRId64 " who=%s intent=%s state=parked", message, t->who.id,
			 t->r.intent);
		return STORE_OK;
	}
	if (rc == STORE_OK)
		rc = apply(d, t);
	if (rc == STORE_OK)
		rc = answer(d, t);
	if (rc == STORE_OK && t->pin == PINS_SECOND)
		rc = pins_alarm(d, t->from, t->m.id); /* behind his reply */
	if (rc == STORE_OK)
		rc = finish(d, t);
	if (rc == STORE_OK)
		say(t, words, max);
	return rc;
}

int message_process(struct desk *d, int64_t message, char *words, size_t max)
{
	struct turn t = { .by_sms = true };
	int rc = process(d, &t, message, words, max);

	pin_wipe(t.m.text, sizeof(t.m.text));
	return rc;
}

int message_answer(struct desk *d, int64_t message, bool sms, enum pins_verdict proved, char out[MESSAGE_REPLY],
		   bool *parked, char *words, size_t max)
{
	struct turn t = { .shown = out, .by_sms = sms, .proved = proved };

	out[0] = '\0';
	int rc = process(d, &t, message, words, max);
	*parked = t.parked;
	pin_wipe(t.m.text, sizeof(t.m.text));
	return rc;
}

/* What was read of it before is read again: whoever it was may have been locked meanwhile. */
int message_resume(struct desk *d, const struct checker_job *job, char out[MESSAGE_REPLY], char *words,
		   size_t max)
{
	struct turn t = { .shown = out, .by_sms = true, .job = job };

	out[0] = words[0] = '\0';
	int rc = parked_remove(d->st, job->message);
	if (rc == STORE_STATE)
		return STORE_OK; /* somebody took it up meanwhile */
	return rc == STORE_OK && !job->spoiled ? process(d, &t, job->message, words, max) : rc;
}
