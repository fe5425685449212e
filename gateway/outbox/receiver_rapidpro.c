/* receiver_rapidpro.c - RapidPro and TextIt, API 2: an alert starts a flow for people or groups there.
 *
 * Not idempotent: a start of unknown outcome is looked for by our id among the latest starts, and
 * made again only when it is not there. */
#include <stdio.h>
#include <string.h>
#include "gateway/outbox/receiver_common.h"

static json_t *texts(const char **list)
{
	json_t *out = json_array();

	for (; list && *list; list++)
		json_array_append_new(out, json_string(*list));
	return out;
}

static size_t write_body(const struct receiver_source *s, char *out, size_t max)
{
	json_t *params = receiver_fields(s);

	if (!params)
		return 0;
	json_object_set_new(params, "kujdestar_id", json_string(s->uid));
	return receiver_dump(json_pack("{s:s,s:o,s:o,s:o,s:b}", "flow", s->agency->form, "urns",
				       texts(s->agency->urns), "groups", texts(s->agency->groups),
				       "params", params, "restart_participants", 1),
			     out, max);
}

static const char *build(const struct config_agency *a, const struct outbox_item *item,
			 const char *unused, int64_t now, struct receiver_exchange *x)
{
	bool look = strcmp(item->phase, "lookup") == 0;

	(void)unused, (void)now;
	x->method = look ? "GET" : "POST";
	x->type = look ? "" : "application/json";
	x->body = look ? "" : item->body;
	x->len = look ? 0 : item->len;
	snprintf(x->auth, sizeof(x->auth), "Token %s", a->token);
	return receiver_url(a, "/api/v2/flow_starts.json", x->url) ? NULL : "its address is too long";
}

static bool holds_id(const json_t *start, const char *uid)
{
	static const char *const places[] = { "params", "extra" };

	for (int i = 0; i < 2; i++) {
		const char *id = json_string_value(
			json_object_get(json_object_get(start, places[i]), "kujdestar_id"));
		if (id && strcmp(id, uid) == 0)
			return true;
	}
	return false;
}

/* The first page, newest first, holds more starts than a gateway makes in the time of a retry; cut
 * short or without a list it says nothing. */
static void looked(const struct outbox_item *item, const struct wire_done_http *r,
		   struct receiver_outcome *out)
{
	json_t *root = receiver_answer(r), *start;
	const json_t *list = json_object_get(root, "results");
	bool found = false;
	size_t i;

	json_array_foreach(list, i, start)
		found |= holds_id(start, item->uid);
	if (found)
		receiver_say(out, RECEIVER_ALREADY, "it was started");
	else if (json_is_array(list))
		receiver_say(out, RECEIVER_NEXT, "it was not started");
	else
		receiver_say(out, RECEIVER_HOLD, "perhaps started: look there for its id");
	out->phase[0] = '\0';
	json_decref(root);
}

static void judge(const struct config_agency *a, const struct outbox_item *item,
		  const struct wire_done_http *r, struct receiver_outcome *out)
{
	bool unknown = receiver_unsure(r);

	(void)a;
	snprintf(out->phase, sizeof(out->phase), "%s", unknown ? "lookup" : item->phase);
	if (receiver_usual(r, out))
		return;
	if (r->status == 200 && item->phase[0])
		looked(item, r, out);
	else if (r->status < 300)
		receiver_say(out, RECEIVER_DELIVERED, "status=%d", r->status);
	else if (r->status == 400 && !item->phase[0])
		receiver_say(out, RECEIVER_REJECTED, "refused for good, status=400");
	else
		receiver_say(out, RECEIVER_RETRY, "status=%d", r->status);
}

static void probe(const struct config_agency *a, const char *unused, struct receiver_exchange *x)
{
	(void)unused;
	x->method = "GET";
	receiver_url(a, "/api/v2/workspace.json", x->url);
	snprintf(x->auth, sizeof(x->auth), "Token %s", a->token);
}

const struct receiver receiver_rapidpro = { "rapidpro", write_body, build, judge, NULL, NULL, probe };
