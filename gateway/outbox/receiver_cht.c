/* receiver_cht.c - Community Health Toolkit 4: a report of a form.
 *
 * Each POST makes a document, also of what it has: a delivery whose outcome is unknown is held for a
 * person.  Faults of a form are kept in the document and answered with success, so the document is
 * looked at once. */
#include <stdio.h>
#include <string.h>
#include "gateway/outbox/receiver_common.h"

static size_t write_body(const struct receiver_source *s, char *out, size_t max)
{
	json_t *data = receiver_fields(s);

	if (!data)
		return 0;
	json_object_set_new(data, "_meta",
			    json_pack("{s:s,s:s,s:I}", "form", s->agency->form, "from",
				      s->agency->user, "reported_date", (json_int_t)s->now * 1000));
	json_object_set_new(data, "kujdestar_id", json_string(s->uid));
	return receiver_dump(data, out, max);
}

static const char *build(const struct config_agency *a, const struct outbox_item *item,
			 const char *unused, int64_t now, struct receiver_exchange *x)
{
	(void)unused, (void)now;
	x->method = "POST";
	x->type = "application/json";
	x->body = item->body;
	x->len = item->len;
	receiver_basic(a, x->auth, sizeof(x->auth));
	return receiver_url(a, "/api/v2/records", x->url) ? NULL : "its address is too long";
}

static void judge(const struct config_agency *a, const struct outbox_item *item,
		  const struct wire_done_http *r, struct receiver_outcome *out)
{
	(void)a, (void)item;
	if (receiver_unsure(r)) {
		receiver_say(out, RECEIVER_HOLD, "perhaps delivered (%s status=%d): look there for its id",
			     wire_http_name(r->result), r->status);
		return;
	}
	if (receiver_usual(r, out))
		return;
	if (r->status == 400) {
		receiver_say(out, RECEIVER_REJECTED, "no such form, or no _meta: status=400");
		return;
	}
	if (r->status >= 300) {
		receiver_say(out, RECEIVER_RETRY, "status=%d", r->status);
		return;
	}
	json_t *root = receiver_answer(r);
	const json_t *errors = json_object_get(root, "errors");
	receiver_say(out, RECEIVER_DELIVERED, "status=%d", r->status);
	if (json_is_false(json_object_get(root, "success")) || json_array_size(errors) > 0) {
		receiver_say(out, RECEIVER_DELIVERED, "kept there with faults in its form");
		out->warn = true;
	}
	json_decref(root);
}

static void probe(const struct config_agency *a, const char *unused, struct receiver_exchange *x)
{
	(void)unused;
	x->method = "GET";
	receiver_url(a, "/api/v2/monitoring", x->url);
	receiver_basic(a, x->auth, sizeof(x->auth));
}

const struct receiver receiver_cht = { "cht", write_body, build, judge, NULL, NULL, probe };
