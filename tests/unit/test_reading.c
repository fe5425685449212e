/* test_reading.c - texts as people send them, each with the least its reading must hold, through the same
 * JSON lines as `kujdestar parse --json`.  Tables: tests/unit/data/readings*.tsv. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <jansson.h>
#include "gateway/cli/parse.h"
#include "tests/unit/world_group.h"

static json_t *read_one(const char *from, const char *context, const char *text)
{
	struct parse_job job = { w, fixture_sender, NULL, "Europe/Tirane", 1794993300 };
	json_t *in = json_pack("{s:s, s:s, s:s}", "from", from, "text", text, "now", "2026-11-18T10:15");
	json_error_t e;
	char *out = NULL;
	size_t n = 0;
	assert_non_null(in);
	if (strcmp(context, "-") != 0) {
		json_t *c = json_loads(context, 0, &e);
		assert_non_null(c);
		json_object_set_new(in, "context", c);
	}
	char *line = json_dumps(in, JSON_COMPACT);
	FILE *fi = fmemopen(line, strlen(line), "r"), *fo = open_memstream(&out, &n);
	assert_int_equal(parse_stream(&job, fi, fo), 0);
	fclose(fi);
	fclose(fo);
	json_t *got = json_loads(out, 0, &e);
	assert_non_null(got);
	json_decref(in);
	free(line);
	free(out);
	return got;
}

static void unescape(char *s)
{
	char *to = s;
	for (; *s; s++, to++) {
		if (s[0] == '\\' && s[1] == 'n') {
			*to = '\n';
			s++;
		} else {
			*to = *s;
		}
	}
	*to = 0;
}

static bool holds(json_t *got, json_t *want, const char **where)
{
	const char *key;
	json_t *v;
	json_object_foreach(want, key, v) {
		*where = key;
		json_t *have = json_object_get(got, key);
		bool same = json_is_null(v) ? !have || json_is_null(have) : json_equal(have, v);
		if (strcmp(key, "optional") != 0 && !same)
			return false;
	}
	return true;
}

static void check_row(char *line, int *rows, int *wrong)
{
	char *context = strchr(line, '\t'), *text = context ? strchr(context + 1, '\t') : NULL;
	char *expect = text ? strchr(text + 1, '\t') : NULL;
	json_error_t e;
	const char *where = "";
	assert_non_null(expect);
	*context++ = *text++ = *expect++ = 0;
	unescape(text);
	json_t *want = json_loads(expect, 0, &e), *got = read_one(line, context, text);
	assert_non_null(want);
	++*rows;
	const char *reply = json_string_value(json_object_get(got, "reply"));
	bool silent = strcmp(json_string_value(json_object_get(got, "intent")), "ignore") == 0;
	if (silent != (reply == NULL) || json_integer_value(json_object_get(got, "reply_septets")) > 160) {
		print_error("%s: reply %s\n", text, reply ? reply : "none");
		++*wrong;
	}
	if (!json_object_get(want, "optional") && !holds(got, want, &where)) {
		char *s = json_dumps(got, JSON_COMPACT);
		print_error("%s: at %s\n  want %s\n  read %s\n", text, where, expect, s);
		free(s);
		++*wrong;
	}
	json_decref(want);
	json_decref(got);
}

static void check_table(const char *file, int least)
{
	char *line = NULL;
	size_t room = 0;
	int rows = 0, wrong = 0;
	FILE *f = fopen(file, "re");
	assert_non_null(f);
	while (getline(&line, &room, f) > 0) {
		line[strcspn(line, "\n")] = 0;
		if (*line && *line != '#')
			check_row(line, &rows, &wrong);
	}
	free(line);
	fclose(f);
	assert_int_equal(wrong, 0);
	assert_true(rows >= least);
}

static void test_field_trial(void **state)
{
	(void)state;
	check_table("tests/unit/data/readings_trial.tsv", 90);
}

static void test_further_texts(void **state)
{
	(void)state;
	check_table("tests/unit/data/readings.tsv", 150);
}

/* Written by one who had not seen the code, many of them to be misread. */
static void test_blind_texts(void **state)
{
	(void)state;
	check_table("tests/unit/data/readings_blind.tsv", 1000);
}

static void test_third_examination(void **state)
{
	(void)state;
	check_table("tests/unit/data/readings_third.tsv", 250);
}

static void test_neighbours(void **state)
{
	(void)state;
	check_table("tests/unit/data/readings_neighbours.tsv", 300);
}

static void test_persons(void **state)
{
	(void)state;
	check_table("tests/unit/data/readings_persons.tsv", 400);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_field_trial),
		cmocka_unit_test(test_further_texts), cmocka_unit_test(test_blind_texts),
		cmocka_unit_test(test_third_examination), cmocka_unit_test(test_neighbours),
		cmocka_unit_test(test_persons),
	};
	return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
