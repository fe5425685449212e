/* referrals.c - referring a case to an agency.  See referrals.h. */
#include "gateway/casework/referrals.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "gateway/casework/agency_names.h"
#include "gateway/casework/alerts.h"
#include "gateway/casework/answer.h"
#include "gateway/casework/confirms.h"
#include "gateway/casework/lifecycle.h"
#include "gateway/casework/mandate.h"
#include "gateway/outbox/notice.h"

#define OF_CASE 64 /* referrals of one case that are looked at */
#define SHOWN 41   /* agencies in a reply, see parser/messages.c */

static bool is(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

static bool unanswered(const struct referral *r)
{
	return is(r->state, "created") || is(r->state, "sent");
}

static const char *ref_name(const struct referral *r, char out[12])
{
	snprintf(out, 12, "R%d", (int)r->number);
	return out;
}

/* ---- telling the agency ---------------------------------------------------------------------- */

static int link_rows(struct desk *d, const struct referral *r, const struct post_sent *sent)
{
	int rc = STORE_OK;

	for (size_t i = 0; rc == STORE_OK && i < sent->n; i++)
		rc = referral_told(d->st, r->number, sent->id[i]);
	return rc;
}

static void event_of(const struct referral *r, const struct case_row *c, const char *event,
		     const char *ref, struct post_event *e)
{
	casefile_facts(c, e);
	e->event = event;
	e->referral = ref;
	e->service = r->service;
	e->urgent = r->urgent;
}

static int send_new(struct desk *d, const struct referral *r, const struct case_row *c,
		    const struct config_mandate *row)
{
	struct post_sent sent = { .n = 0 };
	struct post_event e;
	char ref[12];

	event_of(r, c, "referral.new", ref_name(r, ref), &e);
	int rc = post_to(d, &e, row, &sent);
	return rc == STORE_OK ? link_rows(d, r, &sent) : rc;
}

/* Its number and no more, to the agency that has it: by HTTP under the event's own row, and by SMS
 * to its people, who may not look at the machine. */
static int send_again(struct desk *d, const struct referral *r, const struct case_row *c,
		      const char *event)
{
	const struct config_mandate *row = config_mandate_for(d->cf, event, NULL, r->agency);
	const struct config_agency *a = config_agency(d->cf, r->agency);
	struct post_sent sent = { .n = 0 };
	struct post_event e;
	char ref[12];
	int rc = STORE_OK;

	if (!row || is(row->rule, "M00"))
		return STORE_OK;
	event_of(r, c, event, ref_name(r, ref), &e);
	if (a && a->url && a->url[0])
		rc = post_to(d, &e, row, &sent);
	/* "Telephone us" fits a reminder; what is taken back says nothing by SMS. */
	if (rc == STORE_OK && is(event, "referral.reminder"))
		rc = post_reference(d, &e, row, &sent);
	return rc == STORE_OK ? link_rows(d, r, &sent) : rc;
}

/* ---- referring ------------------------------------------------------------------------------- */

static int create(struct desk *d, struct case_row *c, const char *sender, struct referral *r,
		  const struct config_mandate *row)
{
	bool high = c->urgent || r->urgent || is(c->risk, "high");
	int64_t wait = (int64_t)(high ? d->cf->answer_high_h : d->cf->answer_h) * 3600;
	char ref[12], detail[96];

	r->case_id = c->id;
	r->urgent = r->urgent || c->urgent;
	r->due = r->look_at = d->now + wait;
	desk_cut(r->sender, sizeof(r->sender), sender);
	desk_cut(r->rule, sizeof(r->rule), row->rule);
	desk_cut(r->basis, sizeof(r->basis), row->basis);
	int rc = referral_add(d->st, r, d->now);
	if (rc == STORE_OK)
		rc = send_new(d, r, c, row);
	if (rc == STORE_OK)
		rc = life_move(d, c, LIFE_REFER, sender, 0);
	snprintf(detail, sizeof(detail), "%s %s %s", ref_name(r, ref), r->agency, r->service);
	if (rc == STORE_OK)
		rc = casefile_note(d, c->id, sender, "referred", detail, NULL);
	return rc == STORE_OK ? desk_audit(d, sender, "refer", c->code, detail, r->rule) : rc;
}

static void say_made(const struct desk *d, const struct reporter *from, const struct referral *r,
		     struct effect *out)
{
	char ref[12], name[64];

	answer_fill(out, "referral", ref_name(r, ref));
	answer_fill(out, "agency", agencies_name(d, from, r->agency, name));
}

/* The same question to the same office waits for its answer. */
static int pending(struct desk *d, const struct case_row *c, const struct referral *want,
		   struct referral *found, bool *yes)
{
	struct referral all[OF_CASE];
	size_t n = 0;

	*yes = false;
	int rc = referral_of_case(d->st, c->id, all, OF_CASE, &n);
	for (size_t i = 0; rc == STORE_OK && i < n && !*yes; i++) {
		*yes = unanswered(&all[i]) && is(all[i].agency, want->agency) &&
		       is(all[i].service, want->service);
		if (*yes)
			*found = all[i];
	}
	return rc;
}

/* Offices that may be asked for this, and have not said no to it for this case. */
static int others(struct desk *d, const struct reporter *to, const struct case_row *c,
		  const struct referral *not, char list[SHOWN])
{
	const char *codes[MANDATE_AGENCIES];
	struct referral all[OF_CASE];
	char name[64];
	size_t n_all = 0;

	size_t n = mandate_agencies(d->cf, c->concerns, not->service, not->agency, codes);
	int rc = referral_of_case(d->st, c->id, all, OF_CASE, &n_all);
	list[0] = '\0';
	for (size_t i = 0; rc == STORE_OK && i < n; i++) {
		bool tried = is(codes[i], "POLICE"); /* not named in a text */
		for (size_t k = 0; k < n_all; k++) {
			tried |= is(all[k].agency, codes[i]) && is(all[k].service, not->service) &&
				 !is(all[k].state, "withdrawn") && !is(all[k].state, "completed");
		}
		if (!tried)
			desk_join(list, SHOWN, ", ", agencies_name(d, to, codes[i], name));
	}
	if (!list[0])
		desk_join(list, SHOWN, ", ", agencies_name(d, to, "MUN", name));
	return rc;
}

static int refuse(struct desk *d, const struct reporter *from, const struct case_row *c,
		  const struct referral *want, struct effect *out)
{
	char list[SHOWN], name[64], id[40], word[64];
	const char *first = want->service[0] ? NULL
					     : mandate_service(d->cf, c->concerns, want->agency);

	answer_fill(out, "agency", agencies_name(d, from, want->agency, name));
	if (first) { /* it takes some: one question */
		snprintf(id, sizeof(id), "service_%.31s", first);
		answer_fill(out, "word", answer_word(d, from, id, word));
		answer_with(out, "refer_ask_service");
		return STORE_OK;
	}
	int rc = others(d, from, c, want, list);
	answer_fill(out, "agencies", list);
	answer_with(out, "refer_no_mandate");
	return rc == STORE_OK ? desk_audit(d, from->id, "refer", c->code, "no mandate",
					   want->agency)
			      : rc;
}

static const struct asking {
	const char *kind, *event, *note, *reply;
} consent = { "refer", "referral.asked", "consent", "refer_pending" },
  unproved = { "send", "case.refer_asked", "referring", "refer_unproved" };

static int ask_first(struct desk *d, const struct message *m, const struct reporter *from,
		     const struct case_row *c, const struct referral *want, const struct asking *a,
		     struct effect *out)
{
	char value[64], window[24], result[48];
	struct confirms_about about = { .kind = a->kind, .event = a->event, .value = value,
					.asked_by = from->id, .window = window, .message = m->id };
	bool asked;

	snprintf(value, sizeof(value), "%s %s%s", want->agency, want->urgent ? "!" : "",
		 want->service);
	snprintf(window, sizeof(window), "%" PRId64, m->id);
	int rc = confirms_ask(d, c, &about, &asked);
	if (rc == STORE_OK && asked)
		rc = casefile_note(d, c->id, from->id, "asked", a->note, NULL);
	answer_with(out, a->reply);
	snprintf(result, sizeof(result), "%s asked", a->note);
	return rc == STORE_OK ? desk_audit(d, from->id, "refer", c->code, result, "") : rc;
}

enum proof { PROOF_NONE, PROOF_PIN, PROOF_DURESS }; /* that it is he who refers */

/* The ordinary words, with the number it would have had; nothing is sent and nothing is kept. */
static int pretend(struct desk *d, const struct reporter *from, struct referral *want, struct effect *out)
{
	int rc = referral_skip(d->st, &want->number);

	say_made(d, from, want, out);
	answer_with(out, "refer_ok");
	return rc;
}

static int refer(struct desk *d, const struct message *m, const struct reporter *from, enum proof proof,
		 struct case_row *c, struct referral *want, struct effect *out)
{
	const struct config_mandate *row =
		config_mandate_referral(d->cf, c->concerns, want->agency, want->service);
	struct referral same;
	bool waits;

	if (!row)
		return refuse(d, from, c, want, out);
	int rc = pending(d, c, want, &same, &waits);
	if (rc != STORE_OK)
		return rc;
	if (waits) {
		say_made(d, from, &same, out);
		answer_with(out, "refer_open");
		return STORE_OK;
	}
	if (proof == PROOF_DURESS)
		return pretend(d, from, want, out);
	/* An adult decides himself: a coordinator who has asked him says so first.  That it is one is not said
	 * without a PIN. */
	bool no_pin = proof == PROOF_NONE && d->cf->pin_referrals;
	if (is(c->nrm, "consent")) {
		rc = ask_first(d, m, from, c, want, &consent, out);
		if (no_pin)
			answer_with(out, unproved.reply);
		return rc;
	}
	if (no_pin)
		return ask_first(d, m, from, c, want, &unproved, out);
	rc = create(d, c, from->id, want, row);
	say_made(d, from, want, out);
	answer_with(out, "refer_ok");
	return rc;
}

int referrals_new(struct desk *d, const struct message *m, const struct reporter *from,
		  const struct reading *r, struct effect *out)
{
	const char *agency = reading_word(r, "agency"), *service = reading_word(r, "service");
	struct referral want;
	struct case_row c;
	bool found;

	int rc = casefile_open(d, from, r, out, &c, &found);
	if (rc != STORE_OK || !found)
		return rc;
	if (!life_may(&c, LIFE_REFER, from)) {
		life_refuse(d, &c, from, out);
		return STORE_OK;
	}
	if (!agency)
		return answer_later(out);
	enum proof proof = reading_flag(r, "duress")	       ? PROOF_DURESS
			   : reading_flag(r, "authenticated") ? PROOF_PIN
							      : PROOF_NONE;
	memset(&want, 0, sizeof(want));
	want.message = m->id;
	want.urgent = reading_flag(r, "urgent");
	desk_cut(want.agency, sizeof(want.agency), agency);
	desk_cut(want.service, sizeof(want.service), service ? service : "");
	if (r->text_len && proof != PROOF_DURESS)
		rc = casefile_note(d, c.id, from->id, "received", "refer", r);
	return rc == STORE_OK ? refer(d, m, from, proof, &c, &want, out) : rc;
}

/* ---- consent --------------------------------------------------------------------------------- */

static int tell_sender(struct desk *d, const struct referral *r, const struct case_row *c,
		       const char *to, const char *message)
{
	struct message_fill fills[3] = { { "case", c->code } };
	struct reporter who;
	char ref[12], name[64];
	bool told;

	int rc = roster_by_id(d->st, to, &who);
	if (rc != STORE_OK)
		return rc == STORE_NONE ? STORE_OK : rc;
	fills[1] = (struct message_fill){ "referral", ref_name(r, ref) };
	fills[2] = (struct message_fill){ "agency", agencies_name(d, &who, r->agency, name) };
	return notice_one(d, &who, message, fills, 3, c->id, r->urgent, &told);
}

int referrals_confirm(struct desk *d, const struct message *m, const struct reporter *from,
		      const struct confirmation *q, bool yes, struct effect *out)
{
	const char *service = strchr(q->value, ' ');
	struct referral want;
	struct case_row c;

	int rc = case_by_id(d->st, q->case_id, &c);
	if (rc != STORE_OK)
		return rc;
	casefile_remember(out, &c);
	if (!yes || !service)
		return casefile_notify(d, &c, q->asked_by, from->id, "refer_denied");
	memset(&want, 0, sizeof(want));
	snprintf(want.agency, sizeof(want.agency), "%.*s", (int)strcspn(q->value, " "), q->value);
	want.urgent = service[1] == '!';
	desk_cut(want.service, sizeof(want.service), service + 1 + want.urgent);
	const struct config_mandate *row =
		config_mandate_referral(d->cf, c.concerns, want.agency, want.service);
	if (!row)
		return refuse(d, from, &c, &want, out);
	if (!life_may(&c, LIFE_REFER, from)) {
		life_refuse(d, &c, from, out);
		return STORE_OK;
	}
	if (is(q->kind, consent.kind))
		rc = casefile_note(d, c.id, from->id, "consent", "given", NULL);
	else if (is(c.nrm, "consent"))
		return ask_first(d, m, from, &c, &want, &consent, out);
	if (rc == STORE_OK)
		rc = create(d, &c, q->asked_by, &want, row);
	return rc == STORE_OK ? tell_sender(d, &want, &c, q->asked_by, "referral_made") : rc;
}

/* ---- without a text -------------------------------------------------------------------------- */

int referrals_make(struct desk *d, struct case_row *c, const char *agency, const char *service,
		   bool urgent, const char *sender, int64_t *number)
{
	const struct config_mandate *row =
		config_mandate_referral(d->cf, c->concerns, agency, service);
	struct referral want, same;
	bool waits = false;

	*number = 0;
	memset(&want, 0, sizeof(want));
	want.urgent = urgent;
	desk_cut(want.agency, sizeof(want.agency), agency);
	desk_cut(want.service, sizeof(want.service), service);
	if (!row || is(c->nrm, "consent"))
		return STORE_OK;
	int rc = pending(d, c, &want, &same, &waits);
	if (rc == STORE_OK && !waits)
		rc = create(d, c, sender, &want, row);
	*number = waits ? same.number : want.number;
	if (rc == STORE_OK && !waits)
		rc = tell_sender(d, &want, c, sender, "referral_made");
	return rc;
}

/* What a family without income needs, and whose duty it is. */
static const struct {
	const char *agency, *service;
} support[] = { { "EMPLOY", "parent_job" }, { "MUN", "social_aid" } };
#define SUPPORT (sizeof(support) / sizeof(support[0]))

int referrals_support_open(struct desk *d, const struct case_row *c, bool *yes)
{
	struct referral all[OF_CASE];
	size_t n = 0;

	*yes = false;
	int rc = referral_of_case(d->st, c->id, all, OF_CASE, &n);
	for (size_t i = 0; rc == STORE_OK && i < n; i++) {
		*yes |= is(all[i].agency, support[0].agency) && is(all[i].service, support[0].service) &&
			(unanswered(&all[i]) || is(all[i].state, "accepted"));
	}
	return rc;
}

int referrals_support(struct desk *d, const struct message *m, const struct reporter *from,
		      const struct confirmation *q, bool yes, struct effect *out)
{
	const char *sender = is(q->asked_by, "system") ? from->id : q->asked_by;
	struct case_row c;
	int64_t number;

	(void)m;
	int rc = case_by_id(d->st, q->case_id, &c);
	if (rc != STORE_OK)
		return rc;
	casefile_remember(out, &c);
	if (!yes)
		return casefile_notify(d, &c, q->asked_by, from->id, "support_denied");
	if (!life_may(&c, LIFE_REFER, from)) {
		life_refuse(d, &c, from, out);
		return STORE_OK;
	}
	if (is(c.nrm, "consent")) /* his own consent comes first: a referral by text asks for it */
		return answer_later(out);
	for (size_t i = 0; rc == STORE_OK && i < SUPPORT; i++)
		rc = referrals_make(d, &c, support[i].agency, support[i].service, false, sender,
				    &number);
	return rc;
}

/* ---- the answer ------------------------------------------------------------------------------ */

static const char *const asked_for_it[] = { "referral.unanswered", "referral.expired", NULL };

static int accepted(struct desk *d, const struct referral *r, struct case_row *c, const char *who,
		    const char *message)
{
	int rc = life_move(d, c, LIFE_ACCEPTED, who, 0);

	if (rc == STORE_STATE) /* the case ended meanwhile: what the agency said is kept */
		rc = STORE_OK;
	return rc == STORE_OK ? tell_sender(d, r, c, r->sender, message) : rc;
}

/* Who says that it is done has taken it, whether he said so before or not. */
static int settle(struct desk *d, const struct referral *r, const char *state, const char *who)
{
	int rc = STORE_OK;

	if (is(state, "completed") && unanswered(r))
		rc = referral_settle(d->st, r->number, "accepted", who, "", d->now);
	return rc == STORE_OK ? referral_settle(d->st, r->number, state, who, r->reason, d->now) : rc;
}

static int tell_declined(struct desk *d, const struct referral *r, const struct case_row *c,
			 const struct reporter *to)
{
	char ref[12], name[64], why[64], id[40], list[SHOWN];
	bool told;

	snprintf(id, sizeof(id), "reason_%.20s", r->reason[0] ? r->reason : "none");
	int rc = others(d, to, c, r, list);
	struct message_fill fills[] = { { "referral", ref_name(r, ref) },
					{ "agency", agencies_name(d, to, r->agency, name) },
					{ "reason", answer_word(d, to, id, why) },
					{ "agencies", list } };
	return rc == STORE_OK ? notice_one(d, to, "referral_declined", fills, 4, c->id, r->urgent,
					   &told)
			      : rc;
}

/* Back to who sent it and to the coordinators, with the reason and who else may be asked. */
static int declined(struct desk *d, const struct referral *r, const struct case_row *c,
		    const char *who)
{
	struct reporter to[NOTICE_PEOPLE];
	struct post_event e;
	char ref[12];
	size_t n = 0;
	int agencies;

	int rc = roster_by_id(d->st, r->sender, &to[0]);
	if (rc == STORE_OK)
		rc = tell_declined(d, r, c, &to[0]);
	if (rc == STORE_OK || rc == STORE_NONE)
		rc = roster_of_role(d->st, "coordinator", NULL, NULL, to, NOTICE_PEOPLE, &n);
	for (size_t i = 0; rc == STORE_OK && i < n; i++) {
		if (!is(to[i].id, r->sender) && !is(to[i].id, who) && cases_sees_all(&to[i]))
			rc = tell_declined(d, r, c, &to[i]);
	}
	if (rc != STORE_OK && rc != STORE_NONE)
		return rc;
	event_of(r, c, "referral.declined", ref_name(r, ref), &e);
	e.reason = r->reason;
	return post_event(d, &e, &agencies);
}

static int settled(struct desk *d, struct referral *r, const char *state, const char *who,
		   struct case_row *c)
{
	char ref[12], detail[96];

	ref_name(r, ref);
	int rc = case_by_id(d->st, r->case_id, c);
	snprintf(detail, sizeof(detail), "%s %s %s", ref, state, r->reason);
	if (rc == STORE_OK)
		rc = casefile_note(d, c->id, who, "referral", detail, NULL);
	if (rc == STORE_OK)
		rc = alerts_resolve(d, ref, asked_for_it, who, state, "alert_referral_done");
	snprintf(detail, sizeof(detail), "%s %s", state, r->reason);
	return rc == STORE_OK ? desk_audit(d, who, "referral", ref, detail, r->rule) : rc;
}

static const char *state_of(const char *answer)
{
	return is(answer, "accept")     ? "accepted"
	       : is(answer, "decline")  ? "declined"
	       : is(answer, "complete") ? "completed"
					: NULL;
}

int referrals_answer(struct desk *d, int64_t number, const char *agency, const char *who,
		     const char *answer, const char *reason, enum referrals_result *result)
{
	const char *state = state_of(answer);
	struct referral r;
	struct case_row c;
	char by[ROSTER_ID];

	*result = REFERRALS_UNKNOWN;
	int rc = state ? referral_get(d->st, number, &r) : STORE_NONE;
	if (rc == STORE_NONE || (rc == STORE_OK && !is(r.agency, agency)))
		return STORE_OK;
	if (rc != STORE_OK)
		return rc;
	*result = is(r.state, state) ? REFERRALS_ALREADY : REFERRALS_CLOSED;
	desk_cut(by, sizeof(by), who);
	desk_cut(r.reason, sizeof(r.reason), reason);
	rc = *result == REFERRALS_ALREADY ? STORE_STATE : settle(d, &r, state, by);
	if (rc == STORE_STATE)
		return STORE_OK;
	if (rc == STORE_OK)
		rc = settled(d, &r, state, by, &c);
	if (rc == STORE_OK && is(state, "declined"))
		rc = declined(d, &r, &c, by);
	else if (rc == STORE_OK)
		rc = accepted(d, &r, &c, by,
			      is(state, "accepted") ? "referral_accepted" : "referral_completed");
	*result = REFERRALS_TAKEN;
	return rc;
}

/* Only the agency's own people; and a coordinator for one that telephoned. */
static int by_text(struct desk *d, const struct reporter *from, const struct reading *r,
		   const char *answer, struct effect *out)
{
	const char *word = reading_word(r, "referral"), *reason = reading_word(r, "reason");
	enum referrals_result result = REFERRALS_UNKNOWN;
	struct referral row;

	int64_t number = word && word[0] == 'R' ? strtoll(word + 1, NULL, 10) : 0;
	int rc = referral_get(d->st, number, &row);
	/* another's costs as little as one that there is not */
	if (rc == STORE_OK && (cases_sees_all(from) || is(row.agency, from->agency)))
		rc = referrals_answer(d, number, row.agency, from->id, answer, reason ? reason : "",
				      &result);
	if (rc != STORE_OK && rc != STORE_NONE)
		return rc;
	if (result == REFERRALS_UNKNOWN) {
		answer_with(out, "clarify_referral");
		return STORE_OK;
	}
	out->case_id = row.case_id; /* the text is sealed under the case's key; no code is told */
	answer_fill(out, "referral", word);
	if (result == REFERRALS_CLOSED)
		answer_with(out, "referral_closed");
	return r->text_len ? casefile_note(d, row.case_id, from->id, "received", answer, r)
			   : STORE_OK;
}

int referrals_accept(struct desk *d, const struct message *m, const struct reporter *from,
		     const struct reading *r, struct effect *out)
{
	(void)m;
	return by_text(d, from, r, "accept", out);
}

int referrals_decline(struct desk *d, const struct message *m, const struct reporter *from,
		      const struct reading *r, struct effect *out)
{
	(void)m;
	return by_text(d, from, r, "decline", out);
}

int referrals_done(struct desk *d, const struct message *m, const struct reporter *from,
		   const struct reading *r, struct effect *out)
{
	(void)m;
	return by_text(d, from, r, "complete", out);
}

/* ---- taking back, and the end of the case ---------------------------------------------------- */

static int withdraw(struct desk *d, struct referral *r, const char *who, struct case_row *c)
{
	int rc = referral_settle(d->st, r->number, "withdrawn", who, "", d->now);

	if (rc == STORE_OK)
		rc = settled(d, r, "withdrawn", who, c);
	return rc == STORE_OK ? send_again(d, r, c, "referral.withdrawn") : rc;
}

int referrals_takeback(struct desk *d, int64_t message, const struct reporter *from, bool *undone,
		       struct effect *out)
{
	struct referral r;
	struct case_row c;
	char ref[12];

	*undone = false;
	int rc = referral_of_message(d->st, message, &r);
	if (rc != STORE_OK || !unanswered(&r))
		return rc == STORE_NONE ? STORE_OK : rc;
	rc = withdraw(d, &r, from->id, &c);
	*undone = rc == STORE_OK;
	out->case_id = r.case_id;
	answer_fill(out, "referral", ref_name(&r, ref));
	answer_with(out, "undo_referral");
	return rc;
}

int referrals_open_work(struct desk *d, int64_t case_id, int *n)
{
	struct referral all[OF_CASE];
	size_t n_all = 0;

	int rc = referral_of_case(d->st, case_id, all, OF_CASE, &n_all);
	for (size_t i = 0; rc == STORE_OK && i < n_all; i++)
		*n += unanswered(&all[i]);
	return rc;
}

int referrals_closed(struct desk *d, const struct case_row *c, const char *who)
{
	struct referral all[OF_CASE];
	struct case_row same;
	size_t n = 0;

	int rc = referral_of_case(d->st, c->id, all, OF_CASE, &n);
	for (size_t i = 0; rc == STORE_OK && i < n; i++) {
		if (unanswered(&all[i]))
			rc = withdraw(d, &all[i], who, &same);
		else if (is(all[i].state, "accepted"))
			rc = referral_settle(d->st, all[i].number, "completed", who, "", d->now);
	}
	return rc;
}

/* ---- the clock ------------------------------------------------------------------------------- */

static int tell_people(struct desk *d, const struct referral *r, const struct case_row *c,
		       const char *event)
{
	char ref[12];
	struct alerts_about about = { .subject = ref_name(r, ref), .window = "once",
				      .case_id = r->case_id, .owner = r->sender, .who = "system" };
	int raised;

	casefile_facts(c, &about.facts);
	about.facts.referral = ref;
	return alerts_raise_event(d, event, &about, &raised);
}

static int expire(struct desk *d, struct referral *r, const struct case_row *c)
{
	static const char *const waits[] = { "referral.unanswered", NULL };
	char ref[12], detail[96];

	ref_name(r, ref);
	int rc = referral_settle(d->st, r->number, "expired", "system", "", d->now);
	if (rc == STORE_OK) /* one alert about it is enough */
		rc = alerts_resolve(d, ref, waits, "system", "expired", "");
	snprintf(detail, sizeof(detail), "%s expired", ref);
	if (rc == STORE_OK)
		rc = casefile_note(d, c->id, "system", "referral", detail, NULL);
	if (rc == STORE_OK)
		rc = tell_people(d, r, c, "referral.expired");
	return rc == STORE_OK ? desk_audit(d, "system", "referral", ref, "expired", r->rule) : rc;
}

/* The agency first, then who sent it and the coordinator; again and again until the hard stop. */
static int chase(struct desk *d, const struct referral *r, const struct case_row *c, int64_t stop)
{
	int64_t next = d->now + (r->due - r->created);

	int rc = send_again(d, r, c, "referral.reminder");
	if (rc == STORE_OK)
		rc = tell_people(d, r, c, "referral.unanswered");
	return rc == STORE_OK ? referral_looked(d->st, r->number, next < stop ? next : stop,
						r->chased + 1)
			      : rc;
}

int referrals_due(struct desk *d, int *n)
{
	struct referral r;
	struct case_row c;
	int rc;

	while ((rc = referral_due(d->st, d->now, &r)) == STORE_OK) {
		int64_t stop = r.created + (int64_t)d->cf->referral_stop_d * 86400;
		rc = case_by_id(d->st, r.case_id, &c);
		if (rc == STORE_OK)
			rc = d->now >= stop ? expire(d, &r, &c) : chase(d, &r, &c, stop);
		if (rc != STORE_OK)
			return rc;
		(*n)++;
	}
	return rc == STORE_NONE ? STORE_OK : rc;
}
