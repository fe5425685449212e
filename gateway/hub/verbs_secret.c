/* verbs_secret.c - PINs and codewords that were hashed by the command.  See verbs.h. */
#include "gateway/hub/verbs_int.h"

#include <stdio.h>
#include <string.h>

#include "store/secrets.h"

static int digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool verb_octets(const json_t *rq, const char *name, uint8_t *out, size_t n)
{
	const char *s = verb_text(rq, name);
	if (strlen(s) != 2 * n)
		return false;
	for (size_t i = 0; i < n; i++) {
		int hi = digit(s[2 * i]), lo = digit(s[2 * i + 1]);
		if (hi < 0 || lo < 0)
			return false;
		out[i] = (uint8_t)(hi << 4 | lo);
	}
	return true;
}

int verb_coordinator(struct verb_call *c, const char *verb, const char *object, struct reporter *r,
		     enum pins_verdict *v)
{
	static const char *const why[] = {
		[PINS_WRONG] = "the PIN is not his", [PINS_LOCKED] = "his PIN is locked after wrong ones",
		[PINS_NONE] = "he has no PIN: kujdestar contact pin", [PINS_ONCE] = "his PIN must be changed first",
		[PINS_BUSY] = "the PIN was changed meanwhile: again"};
	const char *as = verb_text(c->rq, "as");
	uint8_t hash[PIN_HASH];
	int rc = roster_by_id(c->d->st, as, r);
	if (rc != STORE_OK && rc != STORE_NONE)
		return rc;
	if (rc == STORE_NONE || !r->active || strcmp(r->role, "coordinator") != 0) {
		*c->answer = verb_refuse("\"%s\" is no coordinator: --as names who asks for it", as);
	} else if (!verb_octets(c->rq, "hash", hash, sizeof hash)) {
		*c->answer = verb_refuse("the coordinator's PIN is wanted");
	} else {
		rc = pins_prove(c->d, r, hash, v);
		if (rc == STORE_OK && *v == PINS_SECOND)
			return pins_alarm(c->d, r, 0);
		if (rc != STORE_OK || *v == PINS_RIGHT)
			return rc;
		*c->answer = verb_refuse("%s", why[*v]);
	}
	return desk_audit(c->d, c->who, verb, object, "refused", "");
}

static int put(struct verb_call *c, enum secret_kind kind)
{
	const char *id = verb_text(c->rq, "id");
	struct secret_row s = {.once = json_is_true(json_object_get(c->rq, "once"))};
	struct reporter r;
	int rc = roster_by_id(c->d->st, id, &r);
	if (rc == STORE_NONE) {
		*c->answer = verb_refuse("no contact \"%s\" (kujdestar contact list)", id);
		return STORE_OK;
	}
	if (rc != STORE_OK)
		return rc;
	if (!verb_octets(c->rq, "salt", s.salt, sizeof s.salt) || !verb_octets(c->rq, "hash", s.hash, sizeof s.hash) ||
	    !verb_octets(c->rq, "second", s.second, sizeof s.second)) {
		*c->answer = verb_refuse("not hashed as this gateway hashes");
		return STORE_OK;
	}
	rc = secret_put(c->d->st, id, kind, &s, c->d->now);
	if (rc == STORE_OK)
		rc = audit_add(c->d->st, c->d->now, c->who,
			       kind == SECRET_KIND_PIN ? "contact.pin" : "contact.codeword", id,
			       s.once ? "to be changed" : "set", "");
	explicit_bzero(&s, sizeof s);
	if (rc == STORE_OK)
		*c->answer = json_pack("{s:b}", "ok", 1);
	return rc;
}

int verb_contact_pin(struct verb_call *c)
{
	return put(c, SECRET_KIND_PIN);
}

int verb_contact_codeword(struct verb_call *c)
{
	return put(c, SECRET_KIND_CODEWORD);
}

/* For a command that hashes what is typed at its terminal. */
int verb_contact_salt(struct verb_call *c)
{
	const char *id = verb_text(c->rq, "id");
	struct secret_row s;
	char hex[2 * sizeof s.salt + 1];
	int rc = secret_get(c->d->st, id, SECRET_KIND_PIN, &s);
	if (rc == STORE_NONE) {
		*c->answer = verb_refuse("%s has no PIN: kujdestar contact pin %s", id, id);
		return STORE_OK;
	}
	for (size_t i = 0; rc == STORE_OK && i < sizeof s.salt; i++)
		snprintf(hex + 2 * i, 3, "%02x", s.salt[i]);
	explicit_bzero(&s, sizeof s);
	if (rc == STORE_OK)
		*c->answer = json_pack("{s:b,s:s}", "ok", 1, "salt", hex);
	return rc;
}
