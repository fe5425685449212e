/* test_forms.c - configured forms: every field type, named, by position, glued, mixed, several in one text,
 * TEST, slips, and every fault by name. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include "tests/unit/reading_text.h"
#include "tests/unit/world_fixture.h"

static struct world *w;

static const struct world_field stock[] = {
	{ .name = "lf", .type = "integer", .labels = "liter,la foudre", .has_min = true, .min = 0, .has_max = true, .max = 99, .required = true },
	{ .name = "mc", .type = "integer", .labels = "micro", .has_min = true, .min = 0, .has_max = true, .max = 500 },
	{ .name = "jd", .type = "decimal", .labels = "", .has_min = true, .min = -10, .has_max = true, .max = 100 },
};
static const struct world_field visit[] = {
	{ .name = "hfi", .type = "text", .labels = "note", .required = true },
	{ .name = "zdt", .type = "integer", .labels = "", .required = true, .has_min = true, .min = 1, .has_max = true, .max = 999 },
};
static const struct world_field everything[] = {
	{ .name = "kind", .type = "choice", .labels = "lloji", .choices = "WATER=uje,water; FOOD=ushqim,food; CLOTHES=veshje", .required = true },
	{ .name = "extras", .type = "choices", .labels = "shtesa", .choices = "A=a,alfa; B=b,beta; C=c,gama" },
	{ .name = "ready", .type = "yesno", .labels = "gati" },
	{ .name = "day", .type = "date", .labels = "dita" },
	{ .name = "at", .type = "time", .labels = "ora" },
	{ .name = "tel", .type = "phone", .labels = "" },
	{ .name = "class", .type = "class", .labels = "klasa" },
	{ .name = "zone", .type = "zone", .labels = "" },
	{ .name = "school", .type = "school", .labels = "" },
	{ .name = "case", .type = "case", .labels = "" },
	{ .name = "age", .type = "age", .labels = "mosha" },
	{ .name = "sex", .type = "sex", .labels = "gjinia", .fallback = NULL },
	{ .name = "n", .type = "integer", .labels = "numri", .fallback = "1" },
};

static int setup(void **state)
{
	(void)state;
	static const struct world_form forms[] = {
		{ .name = "SOH", .keywords = "soh,stok", .separators = "", .roles = 1u << ROLE_TEACHER | 1u << ROLE_HEAD,
		  .fields = stock, .n_fields = 3, .reply_sq = "SOH: u mor", .reply_en = "" },
		{ .name = "CDT", .keywords = "cdt", .separators = "#", .roles = 1u << ROLE_TEACHER, .fields = visit,
		  .n_fields = 2, .reply_sq = "", .reply_en = "" },
		{ .name = "ALL", .keywords = "gjithcka,everything", .separators = "", .roles = 1u << ROLE_TEACHER,
		  .fields = everything, .n_fields = 13, .reply_sq = "", .reply_en = "" },
	};
	w = fixture_world_open();
	for (size_t i = 0; i < 3; i++)
		fixture_check(w, world_add_form(w, &forms[i]), "form");
	assert_int_equal(world_seal(w), 0);
	assert_int_equal(fixture_faults, 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	world_free(w);
	return 0;
}

static void read_as(const char *who, const char *text, char *line, size_t max, struct reading *r)
{
	struct parser_sender from;
	const struct parser_clock clock = { "2026-11-18", 10, 15, false };
	assert_true(fixture_sender(NULL, who, &from));
	parser_read(w, &from, &clock, NULL, text, strlen(text), r);
	reading_text(r, line, max);
}

/* Each wanted piece, separated by blanks, stands in the line; a piece with '!' before it does not. */
static void expect(const char *text, const char *want)
{
	char line[2048], piece[128];
	struct reading r;
	read_as("T1", text, line, sizeof(line), &r);
	while (*want) {
		size_t n = strcspn(want, "|");
		bool not = *want == '!';
		snprintf(piece, sizeof(piece), "%.*s", (int)(n - not), want + not);
		if ((strstr(line, piece) != NULL) == not)
			fail_msg("%s\n  want %s\n  read %s", text, piece, line);
		want += n + (want[n] == '|');
	}
}

static void test_named_and_positional(void **state)
{
	(void)state;
	expect("SOH LF 10 MC 20", "form:SOH|lf=10 |mc=20 |!error");
	expect("soh mc 20 lf 10", "lf=10 |mc=20 |!error");
	expect("SOH 10 20", "lf=10 |mc=20 |!error");
	expect("soh 10,20", "lf=10 |mc=20 |!error");
	expect("sohlf10mc20", "lf=10 |mc=20 |!error");
	expect("soh lf=10, mc:20; jd 2.5", "lf=10 |mc=20 |jd=2500m |!error");
	expect("stok 10 mc20", "lf=10 |mc=20 |!error");
	expect("soh la foudre 7", "lf=7 |!error");
	expect("pershendetje soh lf 10 flm", "lf=10 |!error");
	expect("SOH lf 1O", "lf=10 |confirm |!error");
	expect("soh lf l2", "lf=12 |confirm ");
	expect("soh lf \xd9\xa2\xd9\xa4", "lf=24 ");
	expect("soh lf \xe0\xa5\xa8\xe0\xa5\xaa", "lf=24 ");
	expect("soh\xc2\xa0lf\xe2\x80\x8b 24", "lf=24 ");
	expect("soh lf 007", "lf=7 ");
	expect("soh 10 jd -5", "lf=10 |jd=-5000m |!error");
	expect("soh 10 jd 0,25", "jd=250m |!error");
	expect("soh \xe2\x80\x9c" "10\xe2\x80\x9d", "lf=10 |!error");
}

static void test_faults(void **state)
{
	(void)state;
	expect("soh mc 20", "error=missing:lf |mc=20 ");
	expect("soh lf 100", "error=range:lf |hint=0-99 ");
	expect("soh lf abc", "error=bad:lf ");
	expect("soh lf 2.5", "error=bad:lf ");
	expect("soh lf -5", "error=range:lf ");
	expect("soh lf 10 lf 20", "error=ambiguous:lf ");
	expect("soh lf-5", "error=ambiguous:lf ");
	expect("soh 10 20 30 40", "error=ambiguous:jd ");
	expect("soh lf 100 mc 999", "faults=range:lf,range:mc ");
	expect("soh lf 10 mirco 20", "error=bad:mc |suggest=micro |lf=10 ");
	expect("gjithcka usqhim", "error=bad:kind |suggest=FOOD ");
	expect("gjithcka day 31.02.2026 lloji uje", "error=bad:day ");
	expect("gjithcka uje case E26-0147-W", "error=bad:case ");
	expect("gjithcka uje klasa 6B", "error=bad:class ");
	expect("gjithcka uje zone z44", "error=bad:zone ");
	expect("soh lf 99999999999999999999", "error=bad:lf ");
}

static void test_types(void **state)
{
	(void)state;
	expect("gjithcka uje", "kind=WATER |n=1 |!error");
	expect("everything ushqim shtesa a, c ready po", "kind=FOOD |extras=A,C |ready |!error");
	expect("gjithcka uje gati jo", "ready=no |!error");
	expect("gjithcka uje dita 16.11", "day=2026-11-16 |!error");
	expect("gjithcka uje dita dje ora 10:30", "day=2026-11-17 |at=10:30 |!error");
	expect("gjithcka uje ora 0930", "at=09:30 |!error");
	expect("gjithcka uje ora 25:10", "error=bad:at ");
	expect("gjithcka uje tel 069 100 0002", "tel=+355691000002 |!error");
	expect("gjithcka uje klasa 5A", "class=5A |!error");
	expect("gjithcka uje zone z4 school sh3", "zone=Z4 |school=SH3 |!error");
	expect("gjithcka uje case e260147v", "case=E26-0147-V |!error");
	expect("gjithcka uje mosha 12 gjinia f", "age=12 |sex=F |!error");
	expect("gjithcka uje mosha 150", "error=range:age ");
	expect("gjithcka uje numri 5", "n=5 |!error");
}

static void test_text(void **state)
{
	char line[2048];
	struct reading r;
	(void)state;
	expect("CDT HFI foo ZDT 999", "form:CDT|hfi=foo |zdt=999 |!error");
	expect("cdt 12 Main Hall # 7", "hfi=12 Main Hall |zdt=7 |!error");
	expect("cdt foo zdt 1000", "error=range:zdt ");
	read_as("T1", "cdt thirr 0691234567 zdt 5", line, sizeof(line), &r);
	assert_null(strstr(line, "0691234567"));
	assert_non_null(strstr(line, "hfi=thirr *** "));
	read_as("T1", "cdt arben hoxha zdt 5", line, sizeof(line), &r);
	assert_null(strstr(line, "arben"));
}

static void test_roles_test_and_slips(void **state)
{
	char line[2048];
	struct reading r;
	(void)state;
	expect("TEST SOH LF 10", "form:SOH|test |lf=10 ");
	expect("gjihtcka uje", "kind=WATER ");
	read_as("O1", "soh lf 10", line, sizeof(line), &r);
	assert_non_null(strstr(line, "error=not_authorised"));
	/* a built-in keyword before it keeps its meaning */
	expect("mungese 5A 12 soh", "!form:");
}

static void test_several_in_one_text(void **state)
{
	struct parser_sender from;
	const struct parser_clock clock = { "2026-11-18", 10, 15, false };
	const char *text = "soh lf 10; cdt foo zdt 9 soh lf 20";
	struct reading r;
	int n = 0;
	static const char *const want[] = { "lf=10 ", "zdt=9 ", "lf=20 " };
	(void)state;
	fixture_sender(NULL, "T1", &from);
	for (size_t at = 0; n < 4;) {
		char line[1024];
		parser_read(w, &from, &clock, NULL, text + at, strlen(text + at), &r);
		reading_text(&r, line, sizeof(line));
		assert_true(n < 3);
		assert_non_null(strstr(line, want[n]));
		assert_null(r.error);
		n++;
		if (!r.rest)
			break;
		at += r.rest;
	}
	assert_int_equal(n, 3);
}

static void test_replies(void **state)
{
	struct parser_sender from;
	const struct parser_clock clock = { "2026-11-18", 10, 15, false };
	struct reading r;
	char out[256];
	static const struct {
		const char *text, *has;
	} cases[] = {
		{ "soh lf 10", "SOH: u mor" }, { "soh mc 3", "mungon lf" }, { "soh lf 100", "0-99" },
		{ "soh lf 10 mirco 20", "micro" }, { "cdt foo zdt 9", "CDT: u regjistrua" },
		{ "test soh lf 1", "PROVE: SOH" },
	};
	(void)state;
	fixture_sender(NULL, "T1", &from);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		parser_read(w, &from, &clock, NULL, cases[i].text, strlen(cases[i].text), &r);
		parser_reply(w, &from, &clock, &r, NULL, out, sizeof(out));
		if (!strstr(out, cases[i].has))
			fail_msg("%s -> %s", cases[i].text, out);
	}
}

static void test_bad_definitions(void **state)
{
	static const struct world_field odd = { .name = "x", .type = "colour", .labels = "" };
	static const struct world_field turned = { .name = "x", .type = "integer", .labels = "", .has_min = true,
						   .min = 5, .has_max = true, .max = 1 };
	static const struct world_field empty = { .name = "x", .type = "choice", .labels = "", .choices = "" };
	struct world *b = world_new();
	struct world_form f = { .name = "A", .keywords = "aa", .separators = "", .fields = &odd, .n_fields = 1 };
	(void)state;
	assert_int_equal(world_add_form(b, &f), WORLD_BAD);
	assert_non_null(strstr(world_error(b), "colour"));
	f = (struct world_form){ .name = "B", .keywords = "bb", .separators = "", .fields = &turned, .n_fields = 1 };
	assert_int_equal(world_add_form(b, &f), WORLD_BAD);
	f = (struct world_form){ .name = "C", .keywords = "cc", .separators = "", .fields = &empty, .n_fields = 1 };
	assert_int_equal(world_add_form(b, &f), WORLD_BAD);
	f = (struct world_form){ .name = "D", .keywords = "", .separators = "", .n_fields = 0 };
	assert_int_equal(world_add_form(b, &f), WORLD_BAD);
	f = (struct world_form){ .name = "E", .keywords = "aa", .separators = "", .n_fields = 0 };
	assert_int_equal(world_add_form(b, &f), WORLD_BAD); /* form A's keyword */
	world_free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_named_and_positional), cmocka_unit_test(test_faults),
		cmocka_unit_test(test_types), cmocka_unit_test(test_text),
		cmocka_unit_test(test_roles_test_and_slips), cmocka_unit_test(test_several_in_one_text),
		cmocka_unit_test(test_replies), cmocka_unit_test(test_bad_definitions),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
