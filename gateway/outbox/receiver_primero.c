/* receiver_primero.c - Primero 2: a case by its own API, under an id derived from our code.
 *
 * POST /api/v2/cases with an id answers 204 the first time and 409 ever after: both are success.
 * Fields that its role may not set are dropped without a word, so the first delivery is read back and
 * what is missing is told.  What is later told of the same case is a flag on it; flags have no ids,
 * so one of unknown outcome is looked for before it is set again. */
#include <stdio.h>
#include <string.h>
#include "gateway/hub/clock.h"
#include "gateway/outbox/receiver_common.h"
#include "gateway/outbox/uuid.h"

#define TOKEN_S 3300 /* it holds for an hour */

static bool is_flag(const char *event)
{
	return strcmp(event, "case.new") != 0 && strcmp(event, "case.urgent") != 0;
}

static size_t write_case(const struct receiver_source *s, char *out, size_t max)
{
	char id[UUID_TEXT];
	json_t *data = receiver_fields(s);

	if (!data || !s->event->case_code || !s->event->case_code[0]) {
		json_decref(data);
		return 0;
	}
	uuid_of(s->event->case_code, id);
	json_object_set_new(data, "id", json_string(id));
	if (s->agency->module[0])
		json_object_set_new(data, "module_id", json_string(s->agency->module));
	return receiver_dump(json_pack("{s:o}", "data", data), out, max);
}

/* The message names the event and our id of the delivery, by which it is found again. */
static size_t write_flag(const struct receiver_source *s, char *out, size_t max)
{
	char id[UUID_TEXT], day[11], words[160];

	if (!s->event->case_code || !s->event->case_code[0])
		return 0;
	uuid_of(s->event->case_code, id);
	clock_day(s->now, day);
	snprintf(words, sizeof(words), "Kujdestar %s %s", s->event->event, s->uid);
	return receiver_dump(json_pack("{s:s,s:{s:s,s:s}}", "case", id, "data", "date", day, "message",
				       words),
			     out, max);
}

static size_t write_body(const struct receiver_source *s, char *out, size_t max)
{
	return is_flag(s->event->event) ? write_flag(s, out, max) : write_case(s, out, max);
}

/* The id of the case that a stored body is about. */
static bool case_id(const struct outbox_item *item, char out[UUID_TEXT])
{
	json_t *root = json_loadb(item->body, item->len, 0, NULL);
	const char *id = json_string_value(json_object_get(root, "case"));

	if (!id)
		id = json_string_value(json_object_get(json_object_get(root, "data"), "id"));
	bool ok = id && strlen(id) < UUID_TEXT;
	if (ok)
		memcpy(out, id, strlen(id) + 1);
	json_decref(root);
	return ok;
}

/* The case was there already, and what is urgent must not drown in that. */
static size_t flag_text(const struct outbox_item *item, int64_t now, char *out, size_t max)
{
	char day[11], words[160];

	clock_day(now, day);
	snprintf(words, sizeof(words), "Kujdestar %s %s", item->event, item->uid);
	return receiver_dump(json_pack("{s:{s:s,s:s}}", "data", "date", day, "message", words), out,
			     max);
}

static const char *build(const struct config_agency *a, const struct outbox_item *item,
			 const char *token, int64_t now, struct receiver_exchange *x)
{
	char id[UUID_TEXT], path[100];
	bool marks = strcmp(item->phase, "flag") == 0, look = item->phase[0] != '\0' && !marks;
	bool flag = is_flag(item->event) || marks ||
		    strcmp(item->phase, "lookup") == 0;

	if (!case_id(item, id))
		return "its body names no case";
	snprintf(path, sizeof(path), "/api/v2/cases%s%s%s", flag || look ? "/" : "",
		 flag || look ? id : "", flag ? "/flags" : "");
	if (!receiver_url(a, path, x->url))
		return "its address is too long";
	snprintf(x->auth, sizeof(x->auth), "Bearer %s", token);
	x->method = look ? "GET" : "POST";
	x->type = look ? "" : "application/json";
	x->body = look ? "" : marks ? x->text : item->body;
	x->len = look ? 0 : marks ? flag_text(item, now, x->text, sizeof(x->text)) : item->len;
	return NULL;
}

/* ---- answers -------------------------------------------------------------------------------- */

/* Was each field that was sent kept?  A name that its configuration does not know is dropped with
 * success as the answer. */
static void compare(const struct outbox_item *item, const struct wire_done_http *r,
		    struct receiver_outcome *out)
{
	json_t *sent = json_loadb(item->body, item->len, 0, NULL), *kept = receiver_answer(r);
	const json_t *theirs = json_object_get(kept, "data");
	char missing[64] = "";
	const char *key;
	json_t *value;

	receiver_say(out, RECEIVER_DELIVERED, "kept whole");
	json_object_foreach(json_object_get(sent, "data"), key, value)
	{
		const json_t *there = json_object_get(theirs, key);
		if (strcmp(key, "id") == 0 || (there && !json_is_null(there)))
			continue;
		size_t n = strlen(missing);
		snprintf(missing + n, sizeof(missing) - n, "%s%.20s", n ? " " : "", key);
	}
	if (!json_is_object(theirs)) {
		receiver_say(out, RECEIVER_DELIVERED, "delivered; it could not be read back");
	} else if (missing[0]) {
		receiver_say(out, RECEIVER_DELIVERED, "fields dropped: %s", missing);
		out->warn = true;
	}
	json_decref(sent);
	json_decref(kept);
}

static void look_for_flag(const struct outbox_item *item, const struct wire_done_http *r,
			  struct receiver_outcome *out)
{
	char text[16385];
	size_t n = r->body.len < sizeof(text) - 1 ? r->body.len : sizeof(text) - 1;

	if (n > 0)
		memcpy(text, r->body.s, n);
	text[n] = '\0';
	if (strstr(text, item->uid))
		receiver_say(out, RECEIVER_ALREADY, "the flag is there");
	else if (r->body.len >= sizeof(text) - 1)
		receiver_say(out, RECEIVER_HOLD, "too many flags to look through");
	else
		receiver_say(out, RECEIVER_NEXT, "the flag is not there");
	snprintf(out->phase, sizeof(out->phase), "%s", is_flag(item->event) ? "" : "flag");
}

static void looked(const struct outbox_item *item, const struct wire_done_http *r,
		   struct receiver_outcome *out)
{
	if (strcmp(item->phase, "verify") == 0 && r->status == 200)
		compare(item, r, out);
	else if (strcmp(item->phase, "verify") == 0) /* it may write and not read: so be it */
		receiver_say(out, RECEIVER_DELIVERED, "delivered; read back: status=%d", r->status);
	else if (r->status == 200)
		look_for_flag(item, r, out);
	else
		receiver_say(out, RECEIVER_RETRY, "looking for the flag: status=%d", r->status);
}

static void posted(const struct outbox_item *item, const struct wire_done_http *r,
		   struct receiver_outcome *out)
{
	bool marks = is_flag(item->event) || item->phase[0] != '\0';

	if (r->status == 409 && !marks && strcmp(item->event, "case.urgent") == 0) {
		receiver_say(out, RECEIVER_NEXT, "it has the case: flagged");
		snprintf(out->phase, sizeof(out->phase), "flag");
	} else if (r->status < 300 || (r->status == 409 && !marks)) {
		receiver_say(out, marks ? RECEIVER_DELIVERED : RECEIVER_NEXT, "status=%d", r->status);
		snprintf(out->phase, sizeof(out->phase), "verify");
	} else if (r->status == 422) {
		receiver_say(out, RECEIVER_REJECTED, "a field's value is not one of its own, status=422");
	} else {
		receiver_say(out, RECEIVER_RETRY, "status=%d", r->status);
	}
}

static void judge(const struct config_agency *a, const struct outbox_item *item,
		  const struct wire_done_http *r, struct receiver_outcome *out)
{
	(void)a;
	bool flag = is_flag(item->event) ? !item->phase[0] : strcmp(item->phase, "flag") == 0;

	if (flag && receiver_unsure(r)) {
		receiver_say(out, RECEIVER_RETRY, "%s status=%d: it is looked for first",
			     wire_http_name(r->result), r->status);
		snprintf(out->phase, sizeof(out->phase), "lookup");
		return;
	}
	snprintf(out->phase, sizeof(out->phase), "%s", item->phase);
	if (receiver_usual(r, out))
		return;
	if (r->status == 401)
		receiver_say(out, RECEIVER_LOGIN, "status=401");
	else if (item->phase[0] && strcmp(item->phase, "flag") != 0)
		looked(item, r, out);
	else
		posted(item, r, out);
}

/* ---- login ---------------------------------------------------------------------------------- */

static const char *login(const struct config_agency *a, struct receiver_exchange *x)
{
	if (!receiver_url(a, "/api/v2/tokens", x->url))
		return "its address is too long";
	x->method = "POST";
	x->type = "application/json";
	x->want = "Authorization";
	x->len = receiver_dump(json_pack("{s:{s:s,s:s}}", "user", "user_name", a->user, "password",
					 a->password),
			       x->text, sizeof(x->text));
	x->body = x->text;
	return x->len ? NULL : "its user or password is too long";
}

static bool token(const struct wire_done_http *r, char out[RECEIVER_TOKEN], int *lasts_s,
		  struct receiver_outcome *o)
{
	static const char bearer[] = "Bearer ";
	size_t n = sizeof(bearer) - 1;

	*lasts_s = TOKEN_S;
	if (receiver_usual(r, o))
		return false;
	if (r->status >= 300) {
		receiver_say(o, RECEIVER_RETRY, "login refused, status=%d", r->status);
		return false;
	}
	if (r->header.len <= n || r->header.len - n >= RECEIVER_TOKEN ||
	    memcmp(r->header.s, bearer, n) != 0) {
		receiver_say(o, RECEIVER_RETRY, "login gave no token");
		return false;
	}
	memcpy(out, r->header.s + n, r->header.len - n);
	out[r->header.len - n] = '\0';
	return true;
}

static void probe(const struct config_agency *a, const char *with, struct receiver_exchange *x)
{
	x->method = "GET";
	receiver_url(a, "/api/v2/cases?per=1", x->url);
	snprintf(x->auth, sizeof(x->auth), "Bearer %s", with);
}

const struct receiver receiver_primero = { "primero", write_body, build, judge, login, token, probe };
