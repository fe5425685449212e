/* payload.c - the body of an event.  See payload.h. */
#include "gateway/outbox/payload.h"
#include "gateway/outbox/payload_json.h"
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include "gateway/hub/clock.h"

enum source { TEXT, LIST, NUMBER, ALERT, FLAG, BAND };

static const struct key {
	const char *name;
	enum source source;
	size_t at; /* in struct post_event */
} keys[] = {
	{ "alert", ALERT, offsetof(struct post_event, alert) },
	{ "rule", TEXT, offsetof(struct post_event, rule) },
	{ "event", TEXT, offsetof(struct post_event, event) },
	{ "case", TEXT, offsetof(struct post_event, case_code) },
	{ "code", TEXT, offsetof(struct post_event, case_code) },
	{ "concerns", LIST, offsetof(struct post_event, concerns) },
	{ "concern", LIST, offsetof(struct post_event, concerns) },
	{ "zone", TEXT, offsetof(struct post_event, zone) },
	{ "sex", TEXT, offsetof(struct post_event, sex) },
	{ "risk", TEXT, offsetof(struct post_event, risk) },
	{ "age", NUMBER, offsetof(struct post_event, age) },
	{ "age_band", BAND, offsetof(struct post_event, age) },
	{ "n_children", NUMBER, offsetof(struct post_event, n_children) },
	{ "urgent", FLAG, offsetof(struct post_event, urgent) },
	{ "urgency", FLAG, offsetof(struct post_event, urgent) },
	{ "school", TEXT, offsetof(struct post_event, school) },
	{ "class", TEXT, offsetof(struct post_event, class_name) },
	{ "register_no", NUMBER, offsetof(struct post_event, pupil) },
	{ "pupil", NUMBER, offsetof(struct post_event, pupil) },
	{ "days", NUMBER, offsetof(struct post_event, days) },
	{ "from", TEXT, offsetof(struct post_event, from) },
	{ "to", TEXT, offsetof(struct post_event, to) },
	{ "reason", TEXT, offsetof(struct post_event, reason) },
	{ "country", TEXT, offsetof(struct post_event, country) },
	{ "referral", TEXT, offsetof(struct post_event, referral) },
	{ "service", TEXT, offsetof(struct post_event, service) },
	{ "task", TEXT, offsetof(struct post_event, task) },
	{ "due", TEXT, offsetof(struct post_event, due) },
	{ "date", TEXT, offsetof(struct post_event, date) },
	{ "link", TEXT, offsetof(struct post_event, link) },
	{ "flags", LIST, offsetof(struct post_event, flags) },
};

/* The member at `at`, copied out: the table's offsets stay clear of aliasing and alignment. */
static const char *text_at(const struct post_event *e, size_t at)
{
	const char *s;

	memcpy(&s, (const char *)e + at, sizeof(s));
	return s ? s : "";
}

static int number_at(const struct post_event *e, size_t at)
{
	int v;

	memcpy(&v, (const char *)e + at, sizeof(v));
	return v;
}

static json_t *text_value(const char *s)
{
	return s[0] ? json_string(s) : NULL;
}

static json_t *list_value(const char *s)
{
	json_t *list = s[0] ? json_array() : NULL;

	while (list && *s) {
		size_t n = strcspn(s, ", ");
		if (n && json_array_append_new(list, json_stringn(s, n)) != 0)
			break;
		s += n + (s[n] != '\0');
	}
	return list;
}

/* Age is often a guess made across a street; most offices need no more than the band. */
static json_t *band_value(int age)
{
	if (age < 0)
		return NULL;
	return json_string(age < 6    ? "0-5"
			   : age < 12 ? "6-11"
			   : age < 15 ? "12-14"
			   : age < 18 ? "15-17"
				      : "18+");
}

static json_t *value_of(const struct post_event *e, const struct key *k)
{
	switch (k->source) {
	case TEXT:
		return text_value(text_at(e, k->at));
	case LIST:
		return list_value(text_at(e, k->at));
	case NUMBER:
		return number_at(e, k->at) < 0 ? NULL : json_integer(number_at(e, k->at));
	case ALERT:
		return e->alert ? json_integer(e->alert) : NULL;
	case FLAG:
		return json_boolean(e->urgent);
	case BAND:
		return band_value(number_at(e, k->at));
	}
	return NULL;
}

static int put_key(json_t *data, const struct post_event *e, const char *name, const char *at)
{
	if (strcmp(name, "at") == 0)
		return json_object_set_new(data, name, json_string(at));
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (strcmp(keys[i].name, name) != 0)
			continue;
		json_t *v = value_of(e, &keys[i]);
		return v ? json_object_set_new(data, name, v) : 0;
	}
	return 0; /* a key that is not ours to give: nothing leaves for it */
}

json_t *payload_data(const struct post_event *e, const struct config_mandate *row, int64_t now)
{
	char at[32];
	json_t *data = json_object();
	int rc = data ? 0 : -1;

	clock_iso(now, at, sizeof(at));
	for (const char **k = row->keys; rc == 0 && k && *k; k++)
		rc = put_key(data, e, *k, at);
	if (rc == 0)
		return data;
	json_decref(data);
	return NULL;
}

static size_t write_out(json_t *body, char *out, size_t max)
{
	size_t n = body ? json_dumpb(body, out, max, JSON_SORT_KEYS | JSON_COMPACT) : 0;

	json_decref(body);
	return n < max ? n : 0;
}

size_t payload_write(const struct post_event *e, const struct config_mandate *row, int64_t now,
		     char *out, size_t max)
{
	char at[32];

	clock_iso(now, at, sizeof(at));
	return write_out(json_pack("{s:s,s:s,s:o}", "type", e->event, "timestamp", at, "data",
				   payload_data(e, row, now)),
			 out, max);
}

size_t payload_cloudevent(const struct post_event *e, const struct config_mandate *row, int64_t now,
			  const char *id, char site, char *out, size_t max)
{
	char at[32], source[32], type[64];

	clock_iso(now, at, sizeof(at));
	snprintf(source, sizeof(source), "/kujdestar/%c", site);
	snprintf(type, sizeof(type), "kujdestar.%s", e->event);
	return write_out(json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:o}", "specversion", "1.0", "id", id,
				   "source", source, "type", type, "time", at, "datacontenttype",
				   "application/json", "data", payload_data(e, row, now)),
			 out, max);
}
