/* posted.c - see posted.h. */
#include "gateway/outbox/posted.h"
#include <stdio.h>
#include <string.h>
#include "gateway/outbox/base64.h"
#include "parser/template.h"

#define AGENT "User-Agent: Kujdestar/1"
#define BODY_MAX 8192
#define WAIT_MAX_S 8 /* between two tries */

/* ---- the body -------------------------------------------------------------------------------- */

struct filling {
	const struct wire_pairs *fields;
	const char *text;
};

static bool named(const char *name, size_t len, const char *what)
{
	return strlen(what) == len && memcmp(name, what, len) == 0;
}

static struct wire_str field(const struct wire_pairs *p, const char *prefix, const char *name, size_t len)
{
	char whole[128];
	int n = snprintf(whole, sizeof(whole), "%s%.*s", prefix, (int)len, name);

	return n > 0 && (size_t)n < sizeof(whole) ? wire_find(p, whole) : (struct wire_str){ NULL, 0 };
}

static bool get(void *arg, const char *name, size_t len, struct template_value *out)
{
	const struct filling *f = arg;
	bool echo = len > 3 && memcmp(name, "in.", 3) == 0;

	if (named(name, len, "text")) {
		*out = (struct template_value){ f->text, strlen(f->text), false };
		return true;
	}
	if (named(name, len, "status")) {
		*out = (struct template_value){ "200", 3, true };
		return true;
	}
	struct wire_str v = field(f->fields, "", name, len);
	struct wire_str raw = echo ? field(f->fields, "raw.", name + 3, len - 3) : (struct wire_str){ NULL, 0 };
	if (raw.s)
		v = raw;
	*out = (struct template_value){ v.s, v.len, raw.s != NULL };
	return true;
}

int posted_add(struct desk *d, const struct config_provider *p, const struct wire_pairs *fields, const char *text,
	       bool end, int64_t message)
{
	static char body[BODY_MAX]; /* the hub has one thread */
	struct filling f = { fields, text };
	int64_t id;
	long n = template_write(end ? p->end : p->cont, get, &f, template_newline_named(p->newline), body,
				sizeof(body));

	if (n < 0)
		return STORE_BOUND;
	struct outbox_new o = { .leg = OUTBOX_HTTP,
				.kind = "screen",
				.reporter = "",
				.agency = POSTED_AGENCY,
				.event = p->name,
				.body = body,
				.len = (size_t)n,
				.urgent = true, /* a person looks at his telephone */
				.message = message,
				.expires = d->now + p->post.within_s };
	return outbox_add(d->st, &o, d->now, &id, NULL, 0);
}

bool posted_is(const struct outbox_item *item)
{
	return item->leg == OUTBOX_HTTP && strcmp(item->kind, "screen") == 0;
}

/* ---- the request ----------------------------------------------------------------------------- */

static bool add_auth(const struct config_provider *p, char *out, size_t max)
{
	char pair[200];
	int n;

	if (strcmp(p->post.auth, "bearer") == 0)
		return snprintf(out, max, "Authorization: Bearer %s", p->post.password) < (int)max;
	n = snprintf(pair, sizeof(pair), "%s:%s", p->post.user, p->post.password);
	int at = snprintf(out, max, "Authorization: Basic ");
	bool ok = base64_text(pair, (size_t)n, out + at, max - (size_t)at);
	base64_wipe(pair, sizeof(pair));
	return ok;
}

const char *posted_request(const struct desk *d, const struct outbox_item *item, struct wire_work_http *w)
{
	static char type[100], auth[400]; /* the hub has one thread */
	const struct config_provider *p = config_provider(d->cf, item->event);

	if (!p || !p->served || !p->post.url[0])
		return "its provider is not configured any more";
	snprintf(type, sizeof(type), "Content-Type: %s", p->reply_type);
	w->header[w->n_headers++] = wire_str(type);
	if (strcmp(p->post.auth, "none") != 0) {
		if (!add_auth(p, auth, sizeof(auth)))
			return "post.password is too long";
		w->header[w->n_headers++] = wire_str(auth);
	}
	w->header[w->n_headers++] = wire_str(AGENT);
	w->job = item->id;
	w->method = wire_str(p->post.method);
	w->url = wire_str(p->post.url);
	w->body = wire_blob(item->body, item->len);
	w->want = w->client_cert = w->client_key = w->pin = wire_str("");
	w->timeout_ms = (uint32_t)p->post.timeout_ms;
	w->plain_http = p->post.plain_http;
	w->allow_private = wire_str(p->post.allow_private);
	w->ca_file = wire_str(p->post.ca_file);
	return NULL;
}

/* ---- the outcome ----------------------------------------------------------------------------- */

int posted_drop(struct desk *d, const struct outbox_item *item, const char *state, int code, const char *why)
{
	char result[64];
	int rc = outbox_fail(d->st, item->id, d->now, state, code, why);

	snprintf(result, sizeof(result), "dropped, %.50s", why);
	return rc == STORE_OK ? desk_audit(d, "system", "ussd.screen", item->event, result, "") : rc;
}

static bool surely_not_taken(const struct wire_done_http *r)
{
	return r->result == WIRE_HTTP_UNREACHED || r->result == WIRE_HTTP_TLS || r->result == WIRE_HTTP_REFUSED ||
	       (r->result == WIRE_HTTP_ANSWERED && (r->status == 408 || r->status == 429 || r->status == 503));
}

int posted_settle(struct desk *d, const struct wire_done_http *r, const struct outbox_item *item, char what[96])
{
	bool answered = r->result == WIRE_HTTP_ANSWERED;
	int64_t wait = 1;

	if (answered && r->status >= 200 && r->status < 300) {
		snprintf(what, 96, "posted provider=%.24s status=%d", item->event, r->status);
		return outbox_delivered(d->st, item->id, d->now, r->status, what);
	}
	for (int i = 1; i < item->attempts && wait < WAIT_MAX_S; i++)
		wait *= 2;
	if (surely_not_taken(r) && d->now + wait < item->expires) {
		snprintf(what, 96, "deferred %llds provider=%.24s %.30s status=%d", (long long)wait, item->event,
			 wire_http_name(r->result), r->status);
		return outbox_defer(d->st, item->id, d->now, d->now + wait, r->status, what);
	}
	bool late = surely_not_taken(r);
	snprintf(what, 96, "dropped provider=%.16s %s%.20s status=%d", item->event,
		 late	    ? "not reached in its time: "
		 : answered ? "refused: "
			    : "perhaps shown: ",
		 wire_http_name(r->result), answered ? r->status : 0);
	return posted_drop(d, item, late ? "expired" : "failed", r->status, what);
}
