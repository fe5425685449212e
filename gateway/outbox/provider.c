/* provider.c - see provider.h. */
#include "gateway/outbox/provider.h"
#include <jansson.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "gateway/outbox/base64.h"
#include "parser/gsm7.h"
#include "parser/template.h"

#define ROOM 12288 /* ten segments, each octet as %XX, and the rest of an address */
#define AGENT "User-Agent: Kujdestar/1"

static struct { /* of one request; the hub has one thread */
	char url[ROOM], body[ROOM], header[WIRE_HEADERS_MAX][400];
} made;

void provider_own_id(const struct outbox_item *item, char out[PROVIDER_ID])
{
	snprintf(out, PROVIDER_ID, "%s-%d", item->uid, item->attempts);
}

/* ---- the request ----------------------------------------------------------------------------- */

struct filling {
	const struct config_sms_provider *p;
	const struct outbox_item *item;
	char id[PROVIDER_ID], report[600];
};

/* Where its word on this text is to come. */
static void report_address(const struct config *cf, const struct config_sms_provider *p, char *out, size_t max)
{
	const char *base = *p->report.base ? p->report.base : cf->edge_public_url, *path = p->report.path;
	const char *place = strstr(path, "{secret}");
	size_t n = strlen(base);

	while (n > 0 && base[n - 1] == '/')
		n--;
	if (place)
		snprintf(out, max, "%.*s%.*s%s%s", (int)n, base, (int)(place - path), path, p->secret,
			 place + strlen("{secret}"));
	else
		snprintf(out, max, "%.*s%s", (int)n, base, path);
}

static const char *value_of(const struct filling *f, const char *name, size_t len)
{
	const struct outbox_item *item = f->item;
	bool gsm = gsm7_count(item->body, item->len) >= 0;
	bool digits = strcmp(f->p->outbound.number_form, "digits") == 0;
	const struct {
		const char *name, *value;
	} all[] = { { "to", item->number + (digits && item->number[0] == '+') },
		    { "text", item->body },
		    { "id", f->id },
		    { "sender", f->p->outbound.sender },
		    { "user", f->p->outbound.user },
		    { "password", f->p->outbound.password },
		    { "coding", gsm ? f->p->outbound.coding_gsm : f->p->outbound.coding_unicode },
		    { "report", f->report } };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (strlen(all[i].name) == len && memcmp(all[i].name, name, len) == 0)
			return all[i].value;
	return NULL;
}

static bool get(void *arg, const char *name, size_t len, struct template_value *out)
{
	const char *s = value_of(arg, name, len);

	*out = (struct template_value){ s, s ? strlen(s) : 0, false };
	return s != NULL;
}

static bool write_text(struct filling *f, const char *text, char *out, size_t max)
{
	return template_write(text, get, f, TEMPLATE_LF, out, max) >= 0;
}

static bool header(struct wire_work_http *w)
{
	if (w->n_headers == WIRE_HEADERS_MAX)
		return false;
	w->header[w->n_headers] = wire_str(made.header[w->n_headers]);
	w->n_headers++;
	return true;
}

static bool add_auth(const struct config_sms_provider *p, struct wire_work_http *w)
{
	char *out = made.header[w->n_headers], pair[200];
	size_t max = sizeof(made.header[0]);

	if (strcmp(p->outbound.auth, "none") == 0)
		return true;
	if (strcmp(p->outbound.auth, "bearer") == 0) {
		snprintf(out, max, "Authorization: Bearer %s", p->outbound.password);
		return header(w);
	}
	int n = snprintf(pair, sizeof(pair), "%s:%s", p->outbound.user, p->outbound.password);
	int at = snprintf(out, max, "Authorization: Basic ");
	bool ok = base64_text(pair, (size_t)n, out + at, max - (size_t)at);
	base64_wipe(pair, sizeof(pair));
	return ok && header(w);
}

static bool add_headers(struct filling *f, struct wire_work_http *w)
{
	const char **list = f->p->outbound.headers;

	if (*f->p->outbound.type) {
		snprintf(made.header[0], sizeof(made.header[0]), "Content-Type: %s", f->p->outbound.type);
		header(w);
	}
	for (size_t i = 0; list && list[i]; i++)
		if (!write_text(f, list[i], made.header[w->n_headers], sizeof(made.header[0])) || !header(w))
			return false;
	if (!add_auth(f->p, w))
		return false;
	snprintf(made.header[w->n_headers], sizeof(made.header[0]), AGENT);
	return header(w);
}

const char *provider_request(const struct config *cf, const struct config_sms_provider *p,
			     const struct outbox_item *item, struct wire_work_http *w)
{
	struct filling f = { .p = p, .item = item };

	memset(w, 0, sizeof(*w));
	provider_own_id(item, f.id);
	report_address(cf, p, f.report, sizeof(f.report));
	if (!write_text(&f, p->outbound.url, made.url, sizeof(made.url)) ||
	    !write_text(&f, p->outbound.body, made.body, sizeof(made.body)))
		return "the text does not go into the provider's templates";
	if (!add_headers(&f, w))
		return "the provider's headers cannot be made";
	w->job = item->id;
	w->method = wire_str(p->outbound.method);
	w->url = wire_str(made.url);
	w->body = wire_str(made.body);
	w->want = w->client_cert = w->client_key = w->pin = wire_str("");
	w->timeout_ms = (uint32_t)p->outbound.timeout_ms;
	w->plain_http = p->outbound.plain_http;
	w->allow_private = wire_str(p->outbound.allow_private);
	w->ca_file = wire_str(p->outbound.ca_file);
	return NULL;
}

/* ---- the answer ------------------------------------------------------------------------------ */

/* "a.b.0.c": members, and elements of lists from 0. */
static const json_t *walk(const json_t *v, const char *path, size_t len)
{
	char name[100];

	for (size_t at = 0; v && at <= len;) {
		size_t n = 0;
		while (at + n < len && path[at + n] != '.')
			n++;
		if (n >= sizeof(name))
			return NULL;
		memcpy(name, path + at, n);
		name[n] = '\0';
		v = json_is_array(v) ? json_array_get(v, strtoul(name, NULL, 10)) : json_object_get(v, name);
		at += n + 1;
	}
	return v;
}

static bool text_of(const json_t *v, char *out, size_t max)
{
	out[0] = '\0';
	if (json_is_string(v))
		return snprintf(out, max, "%s", json_string_value(v)) < (int)max && out[0];
	if (!json_is_number(v) && !json_is_boolean(v))
		return false;
	size_t n = json_dumpb(v, out, max - 1, JSON_ENCODE_ANY);
	out[n < max ? n : 0] = '\0';
	return n > 0 && n < max;
}

static bool any_is(const json_t *o, const char **list)
{
	char text[200];

	for (size_t i = 0; list && list[i]; i++) {
		size_t n = strcspn(list[i], "=");
		if (text_of(walk(o, list[i], n), text, sizeof(text)) && strcmp(text, list[i] + n + 1) == 0)
			return true;
	}
	return false;
}

static bool fits(const char *expression, const char *text, char *group, size_t max)
{
	regmatch_t m[2];
	regex_t re;

	if (regcomp(&re, expression, REG_EXTENDED) != 0)
		return false;
	bool ok = regexec(&re, text, 2, m, 0) == 0;
	regfree(&re);
	if (ok && group)
		snprintf(group, max, "%.*s", m[1].rm_so < 0 ? 0 : (int)(m[1].rm_eo - m[1].rm_so),
			 text + (m[1].rm_so < 0 ? 0 : m[1].rm_so));
	return ok;
}

static void take_id(const struct config_sms_provider *p, const json_t *o, const char *text,
		    struct provider_outcome *out)
{
	const char *id = p->outbound.id;
	size_t n = strlen(id);
	char inner[200];

	if (n > 2 && id[0] == '/' && id[n - 1] == '/') {
		snprintf(inner, sizeof(inner), "%.*s", (int)(n - 2), id + 1);
		fits(inner, text, out->id, sizeof(out->id));
	} else if (n) {
		text_of(walk(o, id, n), out->id, sizeof(out->id));
	}
}

static void say(struct provider_outcome *out, enum provider_verdict v, const char *what, int status)
{
	out->verdict = v;
	snprintf(out->why, sizeof(out->why), "%s, status=%d", what, status);
}

/* 2xx: what the body says. */
static void judge_body(const struct config_sms_provider *p, const struct wire_done_http *r,
		       struct provider_outcome *out)
{
	static char text[WIRE_REPLY_MAX + 1]; /* the hub has one thread */
	bool json = p && ((p->outbound.ok_if && p->outbound.ok_if[0]) || (*p->outbound.id && p->outbound.id[0] != '/'));

	wire_copy(r->body, text, sizeof(text));
	json_t *o = json ? json_loadb(r->body.s ? r->body.s : "", r->body.len, 0, NULL) : NULL;
	say(out, PROVIDER_SENT, "taken by the provider", r->status);
	if (json && !o)
		say(out, PROVIDER_UNSURE, "its answer cannot be read", r->status);
	else if (p && *p->outbound.ok && !fits(p->outbound.ok, text, NULL, 0))
		say(out, r->body.len ? PROVIDER_REFUSED : PROVIDER_UNSURE, "its answer is not outbound.ok",
		    r->status);
	else if (p && (p->outbound.ok_if && p->outbound.ok_if[0]) && !any_is(o, p->outbound.ok_if))
		say(out, PROVIDER_REFUSED, "its answer is none of outbound.ok_if", r->status);
	else if (p)
		take_id(p, o, text, out);
	json_decref(o);
}

void provider_judge(const struct config_sms_provider *p, const struct wire_done_http *r,
		    struct provider_outcome *out)
{
	memset(out, 0, sizeof(*out));
	if (r->result == WIRE_HTTP_UNREACHED || r->result == WIRE_HTTP_TLS || r->result == WIRE_HTTP_REFUSED)
		snprintf(out->why, sizeof(out->why), "not reached: %s", wire_http_name(r->result));
	if (out->why[0])
		out->verdict = PROVIDER_RETRY;
	else if (r->result != WIRE_HTTP_ANSWERED)
		say(out, PROVIDER_UNSURE, wire_http_name(r->result), 0);
	else if (r->status >= 200 && r->status < 300)
		judge_body(p, r, out);
	else if (r->status == 408 || r->status == 429 || r->status == 503)
		say(out, PROVIDER_RETRY, "the provider asks for patience", r->status);
	/* Not this text but our account or address with it: another way may have no such trouble. */
	else if ((r->status >= 401 && r->status <= 404) || r->status == 407)
		say(out, PROVIDER_RETRY, "the provider knows us or the address no more", r->status);
	/* Behind a proxy the work may have been done all the same. */
	else if (r->status >= 500)
		say(out, PROVIDER_UNSURE, "a fault of the provider's", r->status);
	else
		say(out, PROVIDER_REFUSED, "the provider refuses it", r->status);
}
