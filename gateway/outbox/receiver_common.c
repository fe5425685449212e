/* receiver_common.c - see receiver_common.h. */
#include "gateway/outbox/receiver_common.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "gateway/outbox/base64.h"
#include "gateway/outbox/payload_json.h"

bool receiver_url(const struct config_agency *a, const char *path, char out[RECEIVER_URL])
{
	size_t n = strlen(a->url);

	while (n > 0 && a->url[n - 1] == '/')
		n--;
	int len = snprintf(out, RECEIVER_URL, "%.*s%s", (int)n, a->url, path);
	return len > 0 && len < RECEIVER_URL;
}

bool receiver_basic(const struct config_agency *a, char *out, size_t max)
{
	char pair[300];
	int n = snprintf(pair, sizeof(pair), "%s:%s", a->user, a->password);

	if (n < 0 || (size_t)n >= sizeof(pair) || max < 8)
		return false;
	memcpy(out, "Basic ", 7);
	bool ok = base64_text(pair, (size_t)n, out + 6, max - 6);
	base64_wipe(pair, sizeof(pair));
	return ok;
}

static const struct config_map *map_of(const struct config_agency *a, const char *key)
{
	for (size_t i = 0; i < a->n_fields; i++) {
		if (strcmp(a->fields[i].key, key) == 0)
			return &a->fields[i];
	}
	return NULL;
}

/* "11-13=school_age": the receiver's own code of a value. */
static json_t *value_of(const struct config_map *m, json_t *value)
{
	const char *s = json_string_value(value);

	for (const char **v = m->values; s && v && *v; v++) {
		size_t n = strcspn(*v, "=");
		if (strlen(s) == n && memcmp(*v, s, n) == 0 && (*v)[n])
			return json_string(*v + n + 1);
	}
	return json_incref(value);
}

json_t *receiver_fields(const struct receiver_source *src)
{
	json_t *data = payload_data(src->event, src->row, src->now), *out = json_object();
	const char *key;
	json_t *value;
	bool ok = data && out;

	json_object_foreach(data, key, value)
	{
		const struct config_map *m = map_of(src->agency, key);
		if (src->agency->n_fields > 0 && !m)
			continue; /* it has no place for it: it does not leave */
		ok = ok && json_object_set_new(out, m ? m->name : key,
					       m ? value_of(m, value) : json_incref(value)) == 0;
	}
	json_decref(data);
	if (ok)
		return out;
	json_decref(out);
	return NULL;
}

size_t receiver_dump(json_t *body, char *out, size_t max)
{
	size_t n = body ? json_dumpb(body, out, max, JSON_SORT_KEYS | JSON_COMPACT) : 0;

	json_decref(body);
	return n < max ? n : 0;
}

json_t *receiver_answer(const struct wire_done_http *r)
{
	return json_loadb(r->body.s ? r->body.s : "", r->body.len, 0, NULL);
}

void receiver_say(struct receiver_outcome *out, enum receiver_verdict v, const char *fmt, ...)
{
	va_list ap;

	out->verdict = v;
	va_start(ap, fmt);
	vsnprintf(out->why, sizeof(out->why), fmt, ap);
	va_end(ap);
}

bool receiver_usual(const struct wire_done_http *r, struct receiver_outcome *out)
{
	if (r->result != WIRE_HTTP_ANSWERED)
		receiver_say(out, RECEIVER_RETRY, "%s", wire_http_name(r->result));
	else if (r->status == 410)
		receiver_say(out, RECEIVER_STOP, "status=410");
	else if (r->status == 408 || r->status == 425 || r->status == 429 || r->status >= 500)
		receiver_say(out, RECEIVER_RETRY_ASKED, "status=%d", r->status);
	else if (r->status >= 300 && r->status < 400) /* never followed: it could lead anywhere */
		receiver_say(out, RECEIVER_RETRY, "status=%d, not followed", r->status);
	else
		return false;
	return true;
}

/* A proxy's word says nothing of what stands behind it, a server's fault nothing of what it did before. Who
 * is not available (503) has done nothing. */
bool receiver_unsure(const struct wire_done_http *r)
{
	if (r->result == WIRE_HTTP_ANSWERED)
		return r->status >= 500 && r->status != 503;
	return r->result == WIRE_HTTP_BROKEN || r->result == WIRE_HTTP_TIMEOUT;
}
