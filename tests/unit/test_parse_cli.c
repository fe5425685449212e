/* test_parse_cli.c - `kujdestar parse`: JSON lines, bad lines, the form for a person, scoring. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <jansson.h>
#include <unistd.h>
#include "gateway/cli/parse.h"
#include "tests/unit/world_group.h"

static struct parse_job job_of(void)
{
	return (struct parse_job){ w, fixture_sender, NULL, "Europe/Tirane", 1794993300 };
}

static char *stream(const char *in, long *bad)
{
	struct parse_job job = job_of();
	char *out = NULL;
	size_t n = 0;
	FILE *fi = fmemopen((void *)(uintptr_t)in, strlen(in), "r"), *fo = open_memstream(&out, &n);
	*bad = parse_stream(&job, fi, fo);
	fclose(fi);
	fclose(fo);
	return out;
}

static void test_lines(void **state)
{
	long bad;
	(void)state;
	char *out = stream("{\"id\":7,\"from\":\"T1\",\"text\":\"MUNGESE 5A 12\",\"now\":\"2026-11-17T08:00\"}\n"
			   "not json\n"
			   "{\"id\":\"x\",\"from\":\"T1\"}\n"
			   "\n"
			   "{\"from\":\"+355 69 100 0001\",\"text\":\"5A 0\"}\n"
			   "{\"from\":\"T1\",\"text\":\"a\",\"now\":\"yesterday\"}\n"
			   "{\"from\":\"T1\",\"text\":\"a\",\"context\":{\"mood\":1}}\n"
			   "{\"from\":\"VODAFONE\",\"text\":\"Rast lyp z4\"}\n"
			   "{\"from\":\"T1\",\"text\":\"flm\"}", &bad);
	assert_int_equal(bad, 4);
	char *line = out;
	line[strcspn(line, "\n")] = 0;
	assert_non_null(strstr(line, "\"id\":7"));
	assert_non_null(strstr(line, "\"date\":\"2026-11-17\""));
	assert_non_null(strstr(line, "\"reply_septets\":"));
	line += strlen(line) + 1;
	assert_non_null(strstr(line, "\"error\":\"not a JSON object\""));
	assert_non_null(strstr(line, "\"id\":\"x\""));
	assert_non_null(strstr(line, "\"intent\":\"all_present\""));
	assert_non_null(strstr(line, "local time as"));
	assert_non_null(strstr(line, "context: only"));
	assert_non_null(strstr(line, "\"intent\":\"ignore\",\"reply\":null"));
	free(out);
}

static void test_long_line_does_not_end_it(void **state)
{
	long bad;
	char *big = malloc(200000);
	(void)state;
	memset(big, 'x', 150000);
	static const char next[] = "\n{\"from\":\"T1\",\"text\":\"5A 0\"}\n";
	memcpy(big + 150000, next, sizeof(next));
	char *out = stream(big, &bad);
	assert_int_equal(bad, 1);
	assert_non_null(strstr(out, "all_present"));
	free(out);
	free(big);
}

static void test_lost_phone_shows_the_id(void **state)
{
	long bad;
	(void)state;
	char *out = stream("{\"from\":\"X\",\"text\":\"lost 0691000001 word\",\"context\":{\"secret\":\"codeword\"}}\n",
			   &bad);
	assert_non_null(strstr(out, "\"lock\":\"T1\""));
	assert_null(strstr(out, "691000001"));
	assert_null(strstr(out, "word\""));
	free(out);
	out = stream("{\"from\":\"X\",\"text\":\"lost 0691000001 word\",\"context\":{\"secret\":\"wrong\"}}\n", &bad);
	assert_null(strstr(out, "\"lock\""));
	free(out);
}

static void test_for_a_person(void **state)
{
	struct parse_job job = job_of();
	char *out = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&out, &n);
	(void)state;
	assert_true(parse_text(&job, "T1", "mungese 5A 12 17", true, f));
	fclose(f);
	assert_non_null(strstr(out, "tokens:"));
	assert_non_null(strstr(out, "absence"));
	assert_non_null(strstr(out, "used     5 a = class"));
	free(out);
}

static void test_scoring(void **state)
{
	struct parse_job job = job_of();
	struct parse_score score;
	char name[] = "/tmp/kujdestar-expect-XXXXXX", *out = NULL;
	size_t n = 0;
	int fd = mkstemp(name);
	FILE *f = fdopen(fd, "w"), *fo = open_memstream(&out, &n);
	(void)state;
	fputs("{\"id\":\"1\",\"from\":\"T1\",\"text\":\"mungese 5A 12\",\"expect\":{\"intent\":\"absence\",\"pupils\":[12]},\"tags\":[]}\n"
	      "{\"id\":\"2\",\"from\":\"T1\",\"text\":\"mungese 5A 12-17\",\"expect\":{\"intent\":\"absence\"},\"tags\":[]}\n"
	      "{\"id\":\"3\",\"from\":\"T1\",\"text\":\"mungese 5A 12\",\"expect\":{\"intent\":\"undo\"},\"tags\":[]}\n"
	      "{\"id\":\"4\",\"from\":\"O1\",\"text\":\"ndjek {C1~} ok\",\"expect\":{\"intent\":\"followup\",\"case\":\"{C1}\"},\"tags\":[]}\n"
	      "{\"id\":\"5\",\"from\":\"T1\",\"text\":\"0\",\"expect\":{\"intent\":\"all_present\",\"class\":\"6A\"},\"tags\":[\"after-nudge:6A\"]}\n"
	      "{\"id\":\"6\",\"from\":\"C1\",\"text\":\"bashko {C1} {C2}\",\"expect\":{\"cases\":[\"{C1}\",\"{C2}\"]}}\n"
	      "{\"id\":\"7\",\"from\":\"O1\",\"text\":\"vizita mire\",\"context\":{\"case\":\"{C1}\"},\"expect\":{\"case\":\"{C1}\"}}\n"
	      "{\"id\":\"8\",\"from\":\"T1\",\"text\":\"mungese 5A 12-17\",\"expect\":{\"intent\":\"undo\"},\"may_ask\":true}\n"
	      "{\"id\":\"9\",\"from\":\"T1\",\"text\":\"5A 0\",\"expect\":{\"intent\":\"undo\"},\"alt\":[{\"intent\":\"all_present\"}]}\n"
	      "{\"id\":\"10\",\"from\":\"T1\",\"text\":\"5A 0\",\"expect\":{\"intent\":\"undo\"},\"may_ask\":true,\"alt\":[{\"intent\":\"stop\"}]}\n"
	      "{\"id\":\"11\",\"from\":\"T1\",\"text\":\"mungese 5A 12 ne greqi duke punuar\",\"expect\":{\"flags\":[\"work\"]}}\n"
	      "{\"id\":\"12\",\"from\":\"T1\",\"text\":\"mungese 5A 12 ne greqi\",\"expect\":{\"flags\":[\"work\"]}}\n"
	      "{\"id\":\"13\",\"from\":\"T1\",\"text\":\"mungese 5A 12-17\",\"may_ask\":true,\"expect\":{\"intent\":\"undo\",\"must_not_echo\":[\"clarify\"]}}\n",
	      f);
	fclose(f);
	assert_true(parse_expect(&job, name, fo, &score));
	fclose(fo);
	unlink(name);
	assert_int_equal(score.right, 8);
	assert_int_equal(score.asked, 2);
	assert_int_equal(score.wrong, 3);
	assert_non_null(strstr(out, "WRONG 3"));
	assert_non_null(strstr(out, "WRONG 10"));
	assert_non_null(strstr(out, "WRONG 12"));
	assert_non_null(strstr(out, "asked 13"));
	assert_false(parse_expect(&job, "/nonexistent", stdout, &score));
	free(out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines), cmocka_unit_test(test_long_line_does_not_end_it),
		cmocka_unit_test(test_lost_phone_shows_the_id), cmocka_unit_test(test_for_a_person),
		cmocka_unit_test(test_scoring),
	};
	return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
