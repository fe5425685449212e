/* call_answer.c - see call_answer.h.  May call casework/agencies, outbox/sign, outbox/answer_body
 * and the store. */
#include "gateway/intake/call_answer.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "gateway/casework/agencies.h"
#include "gateway/outbox/answer_body.h"
#include "gateway/outbox/sign.h"
#include "store/answers.h"

#define UID_MAX 64
/* Calls are remembered while their time stamp could be believed, and long past it. */
#define REMEMBER_S 86400

static const struct {
	enum agency_result result;
	unsigned status;
	const char *detail, *state;
} outcomes[] = {
	{ AGENCY_TAKEN, 200, NULL, "taken" },
	{ AGENCY_ALREADY, 200, NULL, "already" },
	{ AGENCY_UNKNOWN, 404, "nothing of that number was sent to you", NULL },
	{ AGENCY_CLOSED, 409, "it is closed: answered otherwise, withdrawn or expired", NULL },
	{ AGENCY_NOT_POSSIBLE, 422, "that cannot be answered so", NULL },
};

static int settle(struct desk *d, const struct agency_says *says, struct call_reply *r, char *words,
		  size_t max)
{
	enum agency_result result;
	char subject[32];

	int rc = agency_answer(d, says, &result);
	if (rc != STORE_OK)
		return rc;
	agency_subject(says->kind, says->number, subject);
	snprintf(words, max, "answer agency=%s what=%s of=\"%s\" result=%d", says->agency,
		 agency_what_name(says->what), subject, (int)result);
	for (size_t i = 0; i < sizeof(outcomes) / sizeof(outcomes[0]); i++) {
		if (outcomes[i].result != result)
			continue;
		if (outcomes[i].status >= 400) {
			call_refuse(r, outcomes[i].status, outcomes[i].detail);
			return STORE_OK;
		}
		r->status = (uint16_t)outcomes[i].status;
		call_field(r, "state", outcomes[i].state);
		call_field(r, "subject", subject);
	}
	return STORE_OK;
}

/* ---- signed calls --------------------------------------------------------------------------- */

#define NOBODYS "whsec_bm9ib2R5IG5vYm9keSBub2JvZHkgbm9ib2R5IG5vYm9keSE="

static bool signed_by(struct desk *d, const struct wire_call *c, const struct config_agency *a,
		      const char *uid, int64_t at)
{
	const char *const secrets[] = { a->secret, a->secret_next };
	char list[512];
	bool good = false;

	wire_copy(wire_find(&c->fields, "webhook-signature"), list, sizeof(list));
	for (size_t i = 0; i < 2; i++) {
		/* As much is hashed for one that has no secret, or no second one. */
		bool has = secrets[i] && secrets[i][0];
		bool verifies = sign_verify_v1(has ? secrets[i] : NOBODYS, uid, at, d->now, c->body.s ? c->body.s : "",
					       c->body.len, list) == SIGN_OK;
		good |= has & verifies;
	}
	return good;
}

static bool authentic(struct desk *d, const struct wire_call *c, const struct config_agency **a,
		      char uid[UID_MAX])
{
	/* An agency that does not exist is judged like one that does: who guesses learns nothing. */
	static const struct config_agency nobody = { .secret = NULL };
	char code[12], stamp[24], *end;
	size_t n = wire_copy(c->block, code, sizeof(code));

	*a = n == c->block.len ? config_agency(d->cf, code) : NULL;
	n = wire_copy(wire_find(&c->fields, "webhook-id"), uid, UID_MAX);
	bool whole = n > 0 && n == wire_find(&c->fields, "webhook-id").len;
	wire_copy(wire_find(&c->fields, "webhook-timestamp"), stamp, sizeof(stamp));
	int64_t at = strtoll(stamp, &end, 10);
	whole &= stamp[0] >= '0' && stamp[0] <= '9' && *end == '\0';
	return signed_by(d, c, *a ? *a : &nobody, uid, at) && whole && *a;
}

int call_answer(struct desk *d, const struct wire_call *c, struct call_reply *r, char *words, size_t max)
{
	const struct config_agency *a;
	struct answer_body body;
	char uid[UID_MAX], subject[32];

	if (!authentic(d, c, &a, uid)) {
		call_refuse(r, 401, "the signature does not verify for this agency and time");
		snprintf(words, max, "answer=refused reason=signature");
		return STORE_OK;
	}
	int rc = answer_seen(d->st, a->code, uid);
	if (rc == STORE_OK)
		call_refuse(r, 409, "this call was taken before; nothing was changed");
	if (rc != STORE_NONE)
		return rc;
	const char *why = answer_body_read(c->body.s, c->body.len, &body);
	struct agency_says says = { .agency = a->code, .kind = body.kind, .number = body.number,
				    .reason = body.reason };
	if (why || !agency_what_of(body.what, &says.what)) {
		call_refuse(r, 400, why);
		return STORE_OK;
	}
	rc = settle(d, &says, r, words, max);
	agency_subject(says.kind, says.number, subject);
	if (rc == STORE_OK && r->status < 400)
		rc = answer_put(d->st, a->code, uid, d->now, body.what, subject, r->status);
	return rc == STORE_OK ? answers_forget(d->st, d->now - REMEMBER_S) : rc;
}

/* ---- links ---------------------------------------------------------------------------------- */

static const char *choices_of(char kind)
{
	return kind == 'r' ? "accept decline" : kind == 't' ? "done" : "ack";
}

static bool offered(const char *choices, const char *action)
{
	size_t n = strlen(action);

	for (const char *p = choices; *p && n; p += strcspn(p, " "), p += *p == ' ')
		if (strcspn(p, " ") == n && memcmp(p, action, n) == 0)
			return true;
	return false;
}

static int use_link(struct desk *d, const char *token, const struct link_row *l, const char *action,
		    struct call_reply *r, char *words, size_t max)
{
	struct agency_says says = { .agency = l->agency, .reason = "" };

	if (!agency_subject_of(l->subject, &says.kind, &says.number) ||
	    !agency_what_of(action, &says.what) || !offered(choices_of(says.kind), action)) {
		call_refuse(r, 400, "that is none of the answers this page offers");
		return STORE_OK;
	}
	int rc = link_use(d->st, token, action, d->now);
	rc = rc == STORE_OK ? settle(d, &says, r, words, max) : rc;
	if (rc == STORE_OK && r->status < 400)
		call_field(r, "agency", l->agency);
	return rc;
}

int call_link(struct desk *d, const struct wire_call *c, struct call_reply *r, char *words, size_t max)
{
	char token[LINK_TOKEN], action[16];
	struct link_row l;
	char kind = 0;
	int64_t number;

	size_t n = wire_copy(wire_find(&c->fields, "token"), token, sizeof(token));
	bool whole = n == LINK_TOKEN - 1 && n == wire_find(&c->fields, "token").len;
	int rc = link_get(d->st, token, &l);
	if (rc != STORE_OK && rc != STORE_NONE)
		return rc;
	/* Before anything is looked at that could tell them apart: a used one is found in somebody's history. */
	if (rc == STORE_NONE || !whole || l.used_at || l.expires <= d->now || !config_agency(d->cf, l.agency)) {
		call_refuse(r, 404, "there is no such page, or it was used, or is too old");
		return STORE_OK;
	}
	if (wire_copy(wire_find(&c->fields, "action"), action, sizeof(action)) > 0)
		return use_link(d, token, &l, action, r, words, max);
	r->status = 200;
	agency_subject_of(l.subject, &kind, &number);
	call_field(r, "agency", l.agency);
	call_field(r, "subject", l.subject);
	call_field(r, "choices", choices_of(kind));
	return STORE_OK;
}
