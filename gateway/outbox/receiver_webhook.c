/* receiver_webhook.c - Standard Webhooks 1.0.0, the body as its own form or as CloudEvents 1.0.2. */
#include <stdio.h>
#include <string.h>
#include "gateway/outbox/payload.h"
#include "gateway/outbox/receiver_common.h"

static bool cloud(const struct config_agency *a)
{
	return strcmp(a->format, "cloudevents") == 0;
}

static size_t write_body(const struct receiver_source *s, char *out, size_t max)
{
	return cloud(s->agency)
		       ? payload_cloudevent(s->event, s->row, s->now, s->uid, s->site, out, max)
		       : payload_write(s->event, s->row, s->now, out, max);
}

static const char *build(const struct config_agency *a, const struct outbox_item *item,
			 const char *token, int64_t now, struct receiver_exchange *x)
{
	(void)token, (void)now;
	x->method = "POST";
	x->type = cloud(a) ? "application/cloudevents+json; charset=UTF-8" : "application/json";
	x->is_signed = true;
	x->body = item->body;
	x->len = item->len;
	int n = snprintf(x->url, sizeof(x->url), "%s", a->url);
	return n > 0 && (size_t)n < sizeof(x->url) ? NULL : "its address is too long";
}

/* 400, 401, 404 are failures like any other: a receiver under repair must not cost an alert. */
static void judge(const struct config_agency *a, const struct outbox_item *item,
		  const struct wire_done_http *r, struct receiver_outcome *out)
{
	(void)a, (void)item;
	if (receiver_usual(r, out))
		return;
	if (r->status < 300)
		receiver_say(out, RECEIVER_DELIVERED, "status=%d", r->status);
	else if (r->status == 422)
		receiver_say(out, RECEIVER_REJECTED, "refused for good, status=%d", r->status);
	else
		receiver_say(out, RECEIVER_RETRY, "status=%d", r->status);
}

static void probe(const struct config_agency *a, const char *token, struct receiver_exchange *x)
{
	(void)token;
	x->method = "HEAD";
	snprintf(x->url, sizeof(x->url), "%s", a->url);
}

const struct receiver receiver_webhook = { "webhook", write_body, build, judge, NULL, NULL, probe };
