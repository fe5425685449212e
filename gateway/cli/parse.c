/* parse.c - JSON lines and arguments to readings, for a person and for tests.  Calls parser, jansson. */
#include "gateway/cli/parse.h"
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "gateway/cli/parse_json.h"

#define LINE_MAX_BYTES (64 * 1024)
#define FURTHER_MAX 8 /* reports in one text after the first */

static void sender_of(const struct parse_job *job, const char *who, struct parser_sender *out)
{
	memset(out, 0, sizeof(*out));
	snprintf(out->lang, sizeof(out->lang), "sq");
	if (!job->sender(job->arg, who, out)) {
		memset(out, 0, sizeof(*out));
		snprintf(out->lang, sizeof(out->lang), "sq");
	}
}

/* Letters make a name of an operator or a bank, fewer than six digits a short code: never answered. */
static bool is_operator(const char *who, const struct parser_sender *from)
{
	size_t digits = 0, letters = 0;
	if (from->role != ROLE_NONE)
		return false;
	for (const char *p = who; *p; p++) {
		digits += *p >= '0' && *p <= '9';
		letters += (*p | 32) >= 'a' && (*p | 32) <= 'z';
	}
	return letters >= 3 || (digits >= 2 && digits < 7 && letters == 0);
}

/* Further reports of the same text (configured forms: "SOH LF 10; SOH MC 5") go into "also". */
static void read_rest(const struct parse_job *job, const struct parse_request *q,
		      const struct parser_sender *from, struct reading *r, json_t *out)
{
	json_t *also = NULL;
	size_t at = 0;
	for (int n = 0; r->rest && n < FURTHER_MAX; n++) {
		at += r->rest;
		parser_read(job->w, from, &q->clock, &q->ctx, q->text + at, q->len - at, r);
		json_t *o = json_object();
		parse_reading_json(r, o);
		if (!also)
			also = json_array();
		json_array_append_new(also, o);
	}
	if (also)
		json_object_set_new(out, "also", also);
}

static bool answer(const struct parse_job *job, json_t *in, json_t *out, const char **fault)
{
	struct parse_request q;
	struct reading *r = malloc(sizeof(*r));
	bool ok = false;
	if (!r)
		return false;
	if (!parse_request_read(job->w, job->now, job->tz, in, &q, fault))
		goto out;
	struct parser_sender from;
	sender_of(job, q.from, &from);
	if (is_operator(q.from, &from))
		reading_init(r, "ignore");
	else
		parser_read(job->w, &from, &q.clock, &q.ctx, q.text, q.len, r);
	parse_reading_json(r, out);
	/* The number of a lost telephone is shown as the roster's id, and only to the right codeword. */
	const char *phone = reading_word(r, "phone");
	struct parser_sender lost;
	memset(&lost, 0, sizeof(lost));
	if (phone && reading_is(r, "lost_phone") && q.ctx.secret == SECRET_CODEWORD &&
	    job->sender(job->arg, phone, &lost))
		json_object_set_new(out, "lock", json_string(lost.id));
	char reply[512];
	size_t n = parser_reply(job->w, &from, &q.clock, r, NULL, reply, sizeof(reply));
	json_object_set_new(out, "reply", n ? json_string(reply) : json_null());
	json_object_set_new(out, "reply_septets", json_integer(n ? parse_septets(reply, n) : 0));
	read_rest(job, &q, &from, r, out);
	ok = true;
out:
	parse_request_free(&q);
	free(r);
	return ok;
}

static json_t *answer_line(const struct parse_job *job, const char *line, size_t len)
{
	json_error_t e;
	json_t *in = json_loadb(line, len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &e);
	json_t *out = json_object();
	const char *fault = "not a JSON object";
	json_t *id = json_object_get(in, "id"); /* NULL too when in is no object */
	if (id)
		json_object_set(out, "id", id);
	if (!in || !answer(job, in, out, &fault)) {
		json_object_set_new(out, "error", json_string(fault));
		json_object_set_new(out, "invalid", json_true());
	}
	json_decref(in);
	return out;
}

/* A line of any length is read to its end; false at the end of the file. */
static bool read_line(FILE *in, char *line, size_t max, size_t *len, bool *cut)
{
	int c;
	*len = 0;
	*cut = false;
	while ((c = getc(in)) != EOF && c != '\n') {
		if (*len + 1 < max)
			line[(*len)++] = (char)c;
		else
			*cut = true;
	}
	line[*len] = 0;
	return c != EOF || *len > 0;
}

long parse_stream(const struct parse_job *job, FILE *in, FILE *out)
{
	char *line = malloc(LINE_MAX_BYTES);
	long bad = 0;
	size_t len;
	bool cut;
	if (!line)
		return -1;
	while (read_line(in, line, LINE_MAX_BYTES, &len, &cut)) {
		if (strspn(line, " \t\r") == len && !cut)
			continue;
		json_t *o = answer_line(job, line, cut ? 0 : len);
		if (json_object_get(o, "invalid")) {
			json_object_del(o, "invalid");
			bad++;
		}
		int rc = json_dumpf(o, out, JSON_COMPACT);
		json_decref(o);
		if (rc || putc('\n', out) == EOF) {
			bad = -1;
			break;
		}
		fflush(out);
	}
	free(line);
	return bad;
}

bool parse_text(const struct parse_job *job, const char *from, const char *text, bool explain, FILE *out)
{
	json_t *in = json_pack("{s:s, s:s}", "from", from, "text", text), *o = json_object();
	const char *fault = "the text is not UTF-8", *key;
	json_t *value;
	bool ok = in && answer(job, in, o, &fault);
	if (!ok) {
		fprintf(out, "%s\n", fault);
		goto out;
	}
	if (explain) {
		struct parse_request q;
		struct parser_sender who;
		sender_of(job, from, &who);
		if (parse_request_read(job->w, job->now, job->tz, in, &q, &fault))
			parser_explain(job->w, &who, &q.clock, &q.ctx, q.text, q.len, out);
		parse_request_free(&q);
	}
	json_object_foreach(o, key, value) {
		char *s = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
		fprintf(out, "%-14s %s\n", key, json_is_string(value) ? json_string_value(value) :
			s ? s : "");
		free(s);
	}
out:
	json_decref(in);
	json_decref(o);
	return ok;
}

/* ---- scoring against expected readings ---------------------------------------------------- */

static bool has_tag(const json_t *sample, const char *tag)
{
	size_t i;
	json_t *t;
	json_array_foreach(json_object_get(sample, "tags"), i, t)
		if (json_is_string(t) && strncmp(json_string_value(t), tag, strlen(tag)) == 0)
			return true;
	return false;
}

static bool lists_all(const json_t *got, const json_t *want)
{
	size_t i, k;
	json_t *v;
	json_array_foreach(want, i, v) {
		for (k = 0; k < json_array_size(got) && !json_equal(json_array_get(got, k), v); k++)
			;
		if (k == json_array_size(got))
			return false;
	}
	return true;
}

/* Is every expected key there, and equal?  Expected arrays and objects are compared whole, but that a
 * reading may have more flags. */
static bool key_fits(const json_t *got, const char *key, const json_t *want)
{
	if (strcmp(key, "reply") == 0)
		return json_is_string(want) || json_equal(got, want);
	if (json_is_integer(want) && json_is_string(got)) {
		char s[32];
		snprintf(s, sizeof(s), "%" JSON_INTEGER_FORMAT, json_integer_value(want));
		return strcmp(s, json_string_value(got)) == 0;
	}
	if (json_is_object(want)) {
		const char *k;
		json_t *v;
		json_object_foreach((json_t *)(uintptr_t)want, k, v)
			if (!json_equal(json_object_get(got, k), v))
				return false;
		return true;
	}
	if (strcmp(key, "flags") == 0 && json_is_array(want))
		return lists_all(got, want);
	if (json_is_array(want) && json_array_size(want) == json_array_size(got)) {
		size_t i;
		json_t *v;
		json_array_foreach(want, i, v)
			if (json_is_object(v) ? !key_fits(json_array_get(got, i), key, v) :
						!json_equal(json_array_get(got, i), v))
				return false;
		return true;
	}
	return json_equal(got, want);
}

static bool echoes(const json_t *got, const json_t *words)
{
	char *s = json_dumps(got, JSON_COMPACT);
	bool found = false;
	size_t i;
	json_t *v;
	json_array_foreach(words, i, v)
		found |= s && json_is_string(v) && strstr(s, json_string_value(v));
	free(s);
	return found;
}

static bool reply_lacks(const json_t *got, const json_t *parts)
{
	const char *reply = json_string_value(json_object_get(got, "reply"));
	size_t i;
	json_t *v;
	json_array_foreach(parts, i, v)
		if (json_is_string(v) && (!reply || !strstr(reply, json_string_value(v))))
			return true;
	return false;
}

static bool is_right(const json_t *got, json_t *expect, const char **where)
{
	const char *key;
	json_t *want;
	json_object_foreach(expect, key, want) {
		*where = key;
		if (strcmp(key, "must_not_echo") == 0 || strcmp(key, "must_not_store") == 0) {
			if (echoes(got, want))
				return false;
		} else if (strcmp(key, "reply_has") == 0) {
			if (reply_lacks(got, want))
				return false;
		} else if (!key_fits(json_object_get(got, key), key, want)) {
			return false;
		}
	}
	return true;
}

/* What must not be echoed holds for every reading, the one expected or another. */
static bool leaks(const json_t *got, const json_t *expect)
{
	return echoes(got, json_object_get(expect, "must_not_echo")) ||
	       echoes(got, json_object_get(expect, "must_not_store"));
}

/* "may_ask": a question, or an error that names the fault, is as good. */
static bool asks_well(const json_t *sample, const json_t *got)
{
	const char *intent = json_string_value(json_object_get(got, "intent"));
	return json_is_true(json_object_get(sample, "may_ask")) &&
	       ((intent && strcmp(intent, "clarify") == 0) || json_is_string(json_object_get(got, "error")));
}

static bool fits_other(const json_t *sample, const json_t *got)
{
	const char *where;
	json_t *others = parse_sample_others(sample), *other;
	bool fits = false;
	size_t i;
	json_array_foreach(others, i, other)
		fits |= is_right(got, other, &where);
	json_decref(others);
	return fits;
}

static void score_one(const struct parse_job *job, json_t *sample, json_t *all, FILE *out,
		      struct parse_score *score)
{
	json_t *in = parse_sample_request(sample, all), *got = json_object();
	json_t *expect = parse_sample_expect(sample);
	const char *fault = "", *where = "";
	if (!in || !answer(job, in, got, &fault))
		json_object_set_new(got, "error", json_string(fault));
	const char *intent = json_string_value(json_object_get(got, "intent"));
	if (is_right(got, expect, &where) ||
	    (!leaks(got, expect) && (asks_well(sample, got) || fits_other(sample, got)))) {
		score->right++;
	} else {
		/* A question or a named fault costs the sender a text; anything else is a wrong reading. */
		bool asked = (intent && strcmp(intent, "clarify") == 0) || json_object_get(got, "error") ||
			     (intent && strcmp(intent, "unknown") == 0);
		*(asked ? &score->asked : &score->wrong) += 1;
		char *g = json_dumps(got, JSON_COMPACT), *x = json_dumps(expect, JSON_COMPACT);
		fprintf(out, "%s %s%s at %s: %s\n  expected %s\n  read     %s\n", asked ? "asked" : "WRONG",
			json_string_value(json_object_get(sample, "id")),
			has_tag(sample, "optional") ? " (optional)" : "", where,
			json_string_value(json_object_get(sample, "text")), x ? x : "", g ? g : "");
		free(g);
		free(x);
	}
	json_decref(in);
	json_decref(got);
	json_decref(expect);
}

bool parse_expect(const struct parse_job *job, const char *file, FILE *out, struct parse_score *score)
{
	FILE *f = fopen(file, "re");
	char *line = malloc(LINE_MAX_BYTES);
	json_t *all = json_array(), *sample;
	size_t len, i;
	bool cut;
	*score = (struct parse_score){ 0, 0, 0 };
	if (!f || !line) {
		free(line);
		json_decref(all);
		if (f)
			fclose(f);
		return false;
	}
	while (read_line(f, line, LINE_MAX_BYTES, &len, &cut)) {
		json_error_t e;
		json_t *o = json_loadb(line, len, JSON_ALLOW_NUL, &e);
		if (json_is_object(o))
			json_array_append(all, o);
		json_decref(o);
	}
	json_array_foreach(all, i, sample)
		score_one(job, sample, all, out, score);
	fprintf(out, "right %ld, asked %ld, wrong %ld of %zu\n", score->right, score->asked, score->wrong,
		json_array_size(all));
	fclose(f);
	free(line);
	json_decref(all);
	return true;
}
