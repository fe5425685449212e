/* parse_json.c - see parse_json.h. */
#include "gateway/cli/parse_json.h"
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "parser/gsm7.h"

long parse_septets(const char *s, size_t n)
{
	return gsm7_count(s, n);
}

/* ---- requests ------------------------------------------------------------------------------ */

static bool digits(const char *s, int n, int *out)
{
	*out = 0;
	for (int i = 0; i < n; i++) {
		if (s[i] < '0' || s[i] > '9')
			return false;
		*out = *out * 10 + (s[i] - '0');
	}
	return true;
}

/* "2026-11-18T10:15", local. */
static bool local_time(const char *s, struct parser_clock *c)
{
	int y, m, d;
	if (strlen(s) < 16 || s[4] != '-' || s[7] != '-' || (s[10] != 'T' && s[10] != ' ') || s[13] != ':' ||
	    !digits(s, 4, &y) || !digits(s + 5, 2, &m) || !digits(s + 8, 2, &d) ||
	    !digits(s + 11, 2, &c->hour) || !digits(s + 14, 2, &c->minute) || m < 1 || m > 12 || d < 1 ||
	    d > 31 || c->hour > 23 || c->minute > 59)
		return false;
	memcpy(c->today, s, 10);
	c->today[10] = 0;
	return true;
}

/* The zone's local time of now.  The zone is given to libc once a request has none of its own; the
 * program has one zone, so TZ is set to the same value each time. */
static void clock_now(int64_t now, const char *tz, struct parser_clock *c)
{
	time_t t = (time_t)now;
	struct tm tm;
	if (tz && *tz) {
		setenv("TZ", tz, 1);
		tzset();
	}
	localtime_r(&t, &tm);
	strftime(c->today, sizeof(c->today), "%Y-%m-%d", &tm);
	c->hour = tm.tm_hour;
	c->minute = tm.tm_min;
}

static bool take(char *to, size_t max, const json_t *v)
{
	const char *s = json_string_value(v);
	if (!s || strlen(s) >= max)
		return false;
	memcpy(to, s, strlen(s) + 1);
	return true;
}

static void set_value(struct reading *r, const char *key, const json_t *v)
{
	size_t i;
	json_t *e;
	const char *k;
	if (json_is_string(v))
		reading_set_word(r, key, json_string_value(v));
	else if (json_is_integer(v))
		reading_set_int(r, key, json_integer_value(v));
	else if (json_is_true(v))
		reading_set_flag(r, key);
	else if (json_is_array(v))
		json_array_foreach(v, i, e) {
			if (json_is_integer(e))
				reading_add_int(r, key, (int32_t)json_integer_value(e));
			else if (json_is_string(e))
				reading_add_word(r, key, json_string_value(e));
		}
	else if (json_is_object(v))
		json_object_foreach((json_t *)(uintptr_t)v, k, e) {
			if (json_is_string(e))
				reading_add_pair(r, key, k, json_string_value(e));
			else if (json_is_integer(e))
				reading_add_pair_int(r, key, k, (int32_t)json_integer_value(e));
		}
}

/* The sender's last report, given as a reading's JSON: its keys live as long as the request. */
static bool read_last(const json_t *v, struct parse_request *q)
{
	const char *key, *intent = json_string_value(json_object_get(v, "intent"));
	json_t *e;
	q->last = malloc(sizeof(*q->last));
	if (!q->last || !intent)
		return false;
	reading_init(q->last, intent);
	json_object_foreach((json_t *)(uintptr_t)v, key, e)
		if (strcmp(key, "intent") != 0)
			set_value(q->last, key, e);
	q->ctx.last = q->last;
	return true;
}

static bool read_secret(const json_t *v, struct parser_context *c)
{
	static const char *const names[] = { "", "pin", "duress", "wrong", "codeword" };
	static const int values[] = { SECRET_NONE, SECRET_PIN, SECRET_DURESS, SECRET_WRONG, SECRET_CODEWORD };
	const char *s = json_string_value(v);
	for (int i = 1; s && i < 5; i++)
		if (strcmp(names[i], s) == 0) {
			/* the member's enum has no name of its own */
			switch (values[i]) {
			case SECRET_PIN: c->secret = SECRET_PIN; break;
			case SECRET_DURESS: c->secret = SECRET_DURESS; break;
			case SECRET_WRONG: c->secret = SECRET_WRONG; break;
			default: c->secret = SECRET_CODEWORD;
			}
			return true;
		}
	return false;
}

static bool read_context(const json_t *v, struct parse_request *q, const char **fault)
{
	const char *key;
	json_t *e, *x;
	size_t i;
	struct parser_context *c = &q->ctx;
	if (!json_is_object(v)) {
		*fault = "context is not an object";
		return false;
	}
	json_object_foreach((json_t *)(uintptr_t)v, key, e) {
		bool ok = true;
		if (strcmp(key, "asked") == 0) {
			ok = take(c->asked, sizeof(c->asked), e);
		} else if (strcmp(key, "case") == 0) {
			ok = take(c->case_code, sizeof(c->case_code), e);
		} else if (strcmp(key, "owned") == 0) {
			ok = json_is_array(e) && json_array_size(e) <= 64;
			c->has_owned = ok;
			json_array_foreach(e, i, x)
				ok = ok && take(c->owned[c->n_owned++], sizeof(c->owned[0]), x);
		} else if (strcmp(key, "alerts") == 0) {
			ok = json_is_array(e) && json_array_size(e) <= 32;
			if (ok)
				json_array_foreach(e, i, x)
					c->alerts[c->n_alerts++] = json_is_integer(x) ?
						(int32_t)json_integer_value(x) :
						(int32_t)strtol(json_string_value(x) ? json_string_value(x) : "0", NULL, 10);
		} else if (strcmp(key, "last") == 0) {
			ok = json_is_null(e) || read_last(e, q);
		} else if (strcmp(key, "secret") == 0) {
			ok = json_is_null(e) || read_secret(e, c);
		} else {
			*fault = "context: only asked, case, owned, alerts, last, secret";
			return false;
		}
		if (!ok) {
			*fault = "context: a value is malformed";
			return false;
		}
	}
	return true;
}

bool parse_request_read(const struct world *w, int64_t now, const char *tz, const json_t *in,
			struct parse_request *q, const char **fault)
{
	(void)w;
	const json_t *text = json_object_get(in, "text"), *at = json_object_get(in, "now");
	const json_t *ctx = json_object_get(in, "context");
	memset(q, 0, sizeof(*q));
	q->from = json_string_value(json_object_get(in, "from"));
	if (!q->from || !json_is_string(text)) {
		*fault = "\"from\" and \"text\" are needed, both strings";
		return false;
	}
	q->text = json_string_value(text);
	q->len = json_string_length(text);
	clock_now(now, tz, &q->clock);
	if (at && (!json_is_string(at) || !local_time(json_string_value(at), &q->clock))) {
		*fault = "\"now\" is local time as 2026-11-18T10:15";
		return false;
	}
	return !ctx || json_is_null(ctx) || read_context(ctx, q, fault);
}

void parse_request_free(struct parse_request *q)
{
	free(q->last);
	q->last = NULL;
}

/* ---- readings ------------------------------------------------------------------------------ */

static json_t *list_json(const struct reading *r, const struct reading_value *v)
{
	json_t *a = json_array();
	for (unsigned i = v->first; i < (unsigned)v->first + v->n; i++)
		json_array_append_new(a, v->kind == READ_INTS ? json_integer(r->items[i].num) :
								json_string(r->items[i].word));
	return a;
}

static json_t *map_json(const struct reading *r, const struct reading_value *v)
{
	json_t *o = json_object();
	for (unsigned i = v->first; i < (unsigned)v->first + v->n; i++)
		json_object_set_new(o, r->items[i].key, v->kind == READ_MAP_INT ?
				    json_integer(r->items[i].num) : json_string(r->items[i].word));
	return o;
}

static json_t *entries_json(const struct reading *r)
{
	json_t *a = json_array();
	for (unsigned e = 0; e < r->n_entries; e++) {
		const struct reading_entry *en = &r->entries[e];
		json_t *o = json_object(), *p = json_array();
		json_object_set_new(o, "class", json_string(en->class_name));
		if (en->has_count)
			json_object_set_new(o, "count", json_integer(en->count));
		for (unsigned i = en->first; i < (unsigned)en->first + en->n; i++)
			json_array_append_new(p, json_integer(r->items[i].num));
		json_object_set_new(o, "pupils", p);
		json_array_append_new(a, o);
	}
	return a;
}

static json_t *value_json(const struct reading *r, const struct reading_value *v)
{
	switch (v->kind) {
	case READ_FLAG: return json_boolean(v->num != 0);
	case READ_INT: return json_integer(v->num);
	case READ_DECIMAL: return json_real((double)v->num / 1000.0);
	case READ_WORD: return json_string(v->word);
	case READ_INTS: case READ_WORDS: return list_json(r, v);
	case READ_MAP: case READ_MAP_INT: return map_json(r, v);
	case READ_ENTRIES: return entries_json(r);
	}
	return json_null();
}

void parse_reading_json(const struct reading *r, json_t *out)
{
	json_object_set_new(out, "intent", json_string(r->intent));
	if (r->error && r->error_field) {
		json_t *e = json_sprintf("%s:%s", r->error, r->error_field);
		json_object_set_new(out, "error", e);
	} else if (r->error) {
		json_object_set_new(out, "error", json_string(r->error));
	}
	if (r->about)
		json_object_set_new(out, "about", json_string(r->about));
	if (r->test)
		json_object_set_new(out, "test", json_true());
	if (r->redacted)
		json_object_set_new(out, "redacted", json_true());
	for (unsigned i = 0; i < r->n_values; i++) {
		/* a telephone number is never printed */
		if (strcmp(r->values[i].field, "phone") == 0)
			continue;
		json_object_set_new(out, r->values[i].field, value_json(r, &r->values[i]));
	}
}

/* ---- sample files -------------------------------------------------------------------------- */

static const struct {
	const char *mark, *text, *value; /* in a text, and in what is expected */
} marks[] = {
	{ "{C1~}", "e260147v", "E26-0147-V" }, { "{C1_}", "E26 0147 V", "E26-0147-V" },
	{ "{C1!}", "E26-0148-V", "E26-0148-V" }, { "{C1}", "E26-0147-V", "E26-0147-V" },
	{ "{C2}", "E26-0148-T", "E26-0148-T" }, { "{A1}", "31", "31" }, { "{R1}", "R88", "R88" },
	{ "{T1}", "T12", "T12" }, { "{PIN}", "4821", "" }, { "{DPIN}", "7305", "" },
	{ "{PHONE_T1}", "0691000001", "" }, { "{CODEWORD}", "dallendyshe", "" },
};

static json_t *fill(const char *s, bool expected)
{
	char out[8192];
	size_t at = 0;
	while (*s && at + 32 < sizeof(out)) {
		size_t i, n = sizeof(marks) / sizeof(marks[0]);
		for (i = 0; i < n; i++)
			if (strncmp(s, marks[i].mark, strlen(marks[i].mark)) == 0)
				break;
		if (i == n) {
			out[at++] = *s++;
			continue;
		}
		const char *v = expected ? marks[i].value : marks[i].text;
		while (*v)
			out[at++] = *v++;
		s += strlen(marks[i].mark);
	}
	return json_stringn_nocheck(out, at);
}

/* A copy with the placeholders filled in every string, however deep it lies.  What must not be echoed is what
 * stood in the text. */
static json_t *filled(const json_t *v, bool expected)
{
	json_t *to, *e;
	const char *key;
	size_t i;
	if (json_is_string(v))
		return fill(json_string_value(v), expected);
	if (json_is_array(v)) {
		to = json_array();
		json_array_foreach(v, i, e)
			json_array_append_new(to, filled(e, expected));
		return to;
	}
	if (!json_is_object(v))
		return json_deep_copy(v);
	to = json_object();
	json_object_foreach((json_t *)(uintptr_t)v, key, e)
		json_object_set_new(to, key, filled(e, expected && strncmp(key, "must_not", 8) != 0));
	return to;
}

static json_t *find_sample(const json_t *all, const char *id)
{
	size_t i;
	json_t *s;
	json_array_foreach(all, i, s)
		if (json_is_string(json_object_get(s, "id")) &&
		    strcmp(json_string_value(json_object_get(s, "id")), id) == 0)
			return s;
	return NULL;
}

/* "after-nudge:6A", "after-ask:zone", "after:F010" */
static void tag_context(const char *tag, const json_t *all, json_t *ctx)
{
	if (strncmp(tag, "after-nudge:", 12) == 0)
		json_object_set_new(ctx, "asked", json_sprintf("class:%s", tag + 12));
	else if (strncmp(tag, "after-ask:", 10) == 0)
		json_object_set_new(ctx, "asked", json_string(tag + 10));
	else if (strncmp(tag, "after:", 6) == 0) {
		json_t *s = find_sample(all, tag + 6);
		if (s)
			json_object_set_new(ctx, "last", parse_sample_expect(s));
	}
}

json_t *parse_sample_request(const json_t *sample, const json_t *all)
{
	const char *text = json_string_value(json_object_get(sample, "text"));
	const char *from = json_string_value(json_object_get(sample, "from"));
	json_t *given = json_object_get(sample, "context"), *tag;
	size_t i;
	if (!text || !from)
		return NULL;
	json_t *ctx = given ? filled(given, false) : json_object();
	json_array_foreach(json_object_get(sample, "tags"), i, tag)
		if (json_is_string(tag))
			tag_context(json_string_value(tag), all, ctx);
	const char *secret = strstr(text, "{DPIN}") ? "duress" : strstr(text, "{PIN}") ? "pin" :
			     strstr(text, "{CODEWORD}") ? "codeword" : NULL;
	if (secret)
		json_object_set_new(ctx, "secret", json_string(secret));
	if (!strcmp(text, "po") || !strcmp(text, "jo") || !strcmp(text, "yes") || !strcmp(text, "no"))
		if (!json_object_get(ctx, "asked"))
			json_object_set_new(ctx, "asked", json_string("confirm"));
	if (strcmp(from, "O1") == 0 && !json_object_get(ctx, "owned"))
		json_object_set_new(ctx, "owned", json_pack("[s]", "E26-0147-V"));
	const char *now = json_string_value(json_object_get(sample, "now"));
	return json_pack("{s:s, s:o, s:s, s:o}", "from", from, "text", fill(text, false), "now",
			 now ? now : "2026-11-18T10:15", "context", ctx);
}

json_t *parse_sample_expect(const json_t *sample)
{
	json_t *expect = filled(json_object_get(sample, "expect"), true);
	return expect ? expect : json_object();
}

json_t *parse_sample_others(const json_t *sample)
{
	json_t *alt = json_object_get(sample, "alt");
	return json_is_array(alt) ? filled(alt, true) : json_array();
}
