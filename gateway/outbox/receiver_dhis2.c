/* receiver_dhis2.c - DHIS2 2.38 and later: an alert is an event of a program (tracker), a period's
 * attendance a set of data values.
 *
 * Both may be repeated: an event under an id derived from ours, data values because they are an upsert
 * by key.  async=false, or 200 would only mean that a job was queued.  A 409 may have imported a
 * part, so the summary is read value by value and never the status alone. */
#include <stdio.h>
#include <string.h>
#include "gateway/hub/clock.h"
#include "gateway/outbox/attendance_report.h"
#include "gateway/outbox/receiver_common.h"
#include "gateway/outbox/uuid.h"

#define REPORT ATTENDANCE_REPORT /* its body is made by whoever made the report */
#define EXISTS "E1030"
#define VALUES_MAX 1000000 /* no report of ours has so many */

/* "SH1=DiszpKrYNg8": the organisation unit of a school, or the one of "*". */
static const char *unit_of(const struct config_agency *a, const char *school)
{
	const char *any = "";

	for (const char **u = a->units; u && *u; u++) {
		size_t n = strcspn(*u, "=");
		if (!(*u)[n])
			continue;
		if (n == 1 && (*u)[0] == '*')
			any = *u + 2;
		if (school && strlen(school) == n && memcmp(*u, school, n) == 0)
			return *u + n + 1;
	}
	return any;
}

static json_t *values_of(const struct receiver_source *s)
{
	json_t *fields = receiver_fields(s), *list = json_array(), *value;
	const char *key;

	json_object_foreach(fields, key, value)
	{
		char text[64] = "";
		const char *words = text;
		if (json_is_string(value))
			words = json_string_value(value);
		else if (json_is_integer(value))
			snprintf(text, sizeof(text), "%lld", (long long)json_integer_value(value));
		else if (json_is_boolean(value))
			words = json_is_true(value) ? "true" : "false";
		else if (json_is_array(value)) /* one value a data element: the first */
			words = json_string_value(json_array_get(value, 0));
		if (words && words[0])
			json_array_append_new(list, json_pack("{s:s,s:s}", "dataElement", key, "value",
							      words));
	}
	json_decref(fields);
	return list;
}

static size_t write_body(const struct receiver_source *s, char *out, size_t max)
{
	char id[UUID_DHIS2], day[11];
	const struct config_agency *a = s->agency;

	uuid_dhis2(s->uid, id);
	clock_day(s->now, day);
	return receiver_dump(json_pack("{s:[{s:s,s:s,s:s,s:s,s:s,s:s,s:o}]}", "events", "event", id,
				       "program", a->program, "programStage", a->stage, "orgUnit",
				       unit_of(a, s->event->school), "occurredAt", day, "status",
				       "COMPLETED", "dataValues", values_of(s)),
			     out, max);
}

static void authorize(const struct config_agency *a, struct receiver_exchange *x)
{
	if (a->token[0])
		snprintf(x->auth, sizeof(x->auth), "ApiToken %s", a->token);
	else
		receiver_basic(a, x->auth, sizeof(x->auth));
}

static const char *build(const struct config_agency *a, const struct outbox_item *item,
			 const char *unused, int64_t now, struct receiver_exchange *x)
{
	bool report = strcmp(item->event, REPORT) == 0;

	(void)unused, (void)now;
	x->method = "POST";
	x->type = "application/json";
	x->body = item->body;
	x->len = item->len;
	authorize(a, x);
	const char *path = !report ? "/api/tracker?async=false&importStrategy=CREATE"
			   : strcmp(a->id_scheme, "uid") == 0
				   ? "/api/dataValueSets"
				   : "/api/dataValueSets?orgUnitIdScheme=code&dataElementIdScheme=code&idScheme=code";
	return receiver_url(a, path, x->url) ? NULL : "its address is too long";
}

/* ---- what was imported ---------------------------------------------------------------------- */

/* A server may say anything: what is no count of a report's values is none, or as many as there can be. */
static int count(const json_t *counts, const char *name)
{
	json_int_t n = json_integer_value(json_object_get(counts, name));

	return n < 0 ? 0 : n > VALUES_MAX ? VALUES_MAX : (int)n;
}

/* Old servers put the summary at the top, newer ones under "response". */
static void judge_values(const struct wire_done_http *r, const json_t *root, struct receiver_outcome *out)
{
	const json_t *summary = json_object_get(root, "response");
	const json_t *counts = json_object_get(summary ? summary : root, "importCount");

	if (!json_is_object(counts)) {
		receiver_say(out, RECEIVER_RETRY, "no summary in the answer, status=%d", r->status);
		return;
	}
	int taken = count(counts, "imported") + count(counts, "updated");
	int ignored = count(counts, "ignored");
	if (ignored == 0) {
		receiver_say(out, RECEIVER_DELIVERED, "%d values taken", taken);
	} else if (taken > 0) { /* repeating would change nothing: people mend the codes */
		receiver_say(out, RECEIVER_DELIVERED, "%d values taken, %d refused", taken, ignored);
		out->warn = true;
	} else {
		receiver_say(out, RECEIVER_REJECTED, "all %d values refused", ignored);
	}
}

static void judge_errors(const json_t *reports, struct receiver_outcome *out)
{
	char codes[48] = "";
	bool only_exists = json_array_size(reports) > 0;
	size_t i;
	json_t *e;

	json_array_foreach(reports, i, e)
	{
		const char *code = json_string_value(json_object_get(e, "errorCode"));
		size_t n = strlen(codes);
		only_exists &= code && strcmp(code, EXISTS) == 0;
		if (code && strspn(code, "E0123456789") == strlen(code) && !strstr(codes, code))
			snprintf(codes + n, sizeof(codes) - n, "%s%.6s", n ? " " : "", code);
	}
	if (only_exists)
		receiver_say(out, RECEIVER_ALREADY, "it has this event");
	else
		receiver_say(out, RECEIVER_REJECTED, "refused: %s", codes[0] ? codes : "no code");
}

static void judge_event(const struct wire_done_http *r, const json_t *root, struct receiver_outcome *out)
{
	const char *status = json_string_value(json_object_get(root, "status"));
	const json_t *report = json_object_get(root, "validationReport");

	if (r->status < 300 && status && strcmp(status, "ERROR") != 0 && json_object_get(root, "stats"))
		receiver_say(out, RECEIVER_DELIVERED, "status=%d", r->status);
	else if (r->status < 300 && status && strcmp(status, "OK") == 0 && !report)
		/* a server that queues in spite of async=false: nobody knows yet, and asking again is
		 * safe, since the id is the same */
		receiver_say(out, RECEIVER_RETRY, "queued there, not imported yet");
	else if (report)
		judge_errors(json_object_get(report, "errorReports"), out);
	else
		receiver_say(out, RECEIVER_RETRY, "no report in the answer, status=%d", r->status);
}

static void judge(const struct config_agency *a, const struct outbox_item *item,
		  const struct wire_done_http *r, struct receiver_outcome *out)
{
	(void)a;
	if (receiver_usual(r, out))
		return;
	if (r->status == 401 || r->status == 403) { /* a person mends the token; the alert waits */
		receiver_say(out, RECEIVER_RETRY, "not allowed in, status=%d", r->status);
		return;
	}
	if (r->status == 400 || r->status == 415) {
		receiver_say(out, RECEIVER_REJECTED, "status=%d", r->status);
		return;
	}
	json_t *root = receiver_answer(r);
	if (strcmp(item->event, REPORT) == 0)
		judge_values(r, root, out);
	else
		judge_event(r, root, out);
	json_decref(root);
}

static void probe(const struct config_agency *a, const char *unused, struct receiver_exchange *x)
{
	(void)unused;
	x->method = "GET";
	receiver_url(a, "/api/me?fields=id", x->url);
	authorize(a, x);
}

const struct receiver receiver_dhis2 = { "dhis2", write_body, build, judge, NULL, NULL, probe };
