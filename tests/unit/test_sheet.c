/* test_sheet.c - every example of the sheet reads back, for every role and language; each lint fires on a small
 * bad form and is silent on a good one; keywords and fields are listed. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include "parser/sheet.h"
#include "tests/unit/world_fixture.h"

#define TODAY "2026-11-18"

static const struct world_field water[] = {
	{ .name = "school", .type = "school", .labels = "", .required = true },
	{ .name = "state", .type = "choice", .labels = "gjendja", .choices = "ok=mire,ok; none=ska,none; bad=keq,bad",
	  .required = true },
	{ .name = "days", .type = "integer", .labels = "dite", .has_min = true, .has_max = true, .max = 60 },
};
static const struct world_form good = { .name = "water", .keywords = "uje,taps", .separators = "",
					.roles = 1u << ROLE_TEACHER | 1u << ROLE_HEAD, .fields = water,
					.n_fields = 3, .reply_sq = "", .reply_en = "" };

static const struct world_field everything[] = {
	{ .name = "kind", .type = "choice", .labels = "lloji", .choices = "WATER=uje,water; FOOD=ushqim,food",
	  .required = true },
	{ .name = "extras", .type = "choices", .labels = "shtesa", .choices = "A=alfa; B=beta; C=gama" },
	{ .name = "ready", .type = "yesno", .labels = "gati" },
	{ .name = "day", .type = "date", .labels = "dita" },
	{ .name = "at", .type = "time", .labels = "ora" },
	{ .name = "weight", .type = "decimal", .labels = "" },
	{ .name = "class", .type = "class", .labels = "klasa" },
	{ .name = "zone", .type = "zone", .labels = "" },
	{ .name = "school", .type = "school", .labels = "" },
	{ .name = "case", .type = "case", .labels = "" },
	{ .name = "age", .type = "age", .labels = "mosha" },
	{ .name = "sex", .type = "sex", .labels = "gjinia" },
	{ .name = "tel", .type = "phone", .labels = "" },
	{ .name = "note", .type = "text", .labels = "shenim" },
};
static const struct world_form all_types = { .name = "all", .keywords = "gjithcka", .separators = "",
					     .roles = 1u << ROLE_OUTREACH, .fields = everything, .n_fields = 14,
					     .reply_sq = "", .reply_en = "" };

static struct world *world_of(const struct world_form *a, const struct world_form *b)
{
	struct world *w = fixture_world_open();
	fixture_check(w, world_add_form(w, a), "form");
	if (b)
		fixture_check(w, world_add_form(w, b), "form");
	assert_int_equal(world_seal(w), 0);
	assert_int_equal(fixture_faults, 0);
	return w;
}

/* ---- examples ---- */

static void check_line(const struct world *w, const struct sheet *sh, const struct sheet_form *f, enum role role,
		       const char *lang, const char *today)
{
	static struct reading r;
	struct sheet_line l;
	struct parser_sender from;
	assert_true(sheet_line(sh, f, role, lang, today, &l));
	if (!l.good)
		fail_msg("%s as %s on %s: \"%s\" %s", f->name, role_name(role), today, l.example, l.why);
	assert_true(*l.what && *l.pattern && *l.example && !strchr(l.pattern, '{') && !strchr(l.example, '{'));
	sheet_sender(sh, role, lang, &from);
	assert_int_equal(from.role, role);
	/* the answers to a question, and what needs a PIN, have a context that is the sheet's own */
	if (strcmp(f->name, "form:water") != 0 && strcmp(f->name, "absence") != 0)
		return;
	const struct parser_clock clock = { TODAY, 10, 0, false };
	char example[SHEET_TEXT];
	snprintf(example, sizeof(example), "%s", l.example);
	parser_read(w, &from, &clock, NULL, example, strlen(example), &r);
	assert_string_equal(r.intent, f->name);
	assert_null(r.error);
}

static void test_every_example_reads_back(void **state)
{
	(void)state;
	static const char *const langs[] = { "sq", "en" };
	/* a school day, a Sunday, the middle of summer, the last and the first of the year, a leap day */
	static const char *const days[] = { TODAY, "2026-11-22", "2026-08-01", "2026-12-31", "2027-01-01",
					    "2028-02-29" };
	struct world *w = world_of(&good, &all_types);
	struct sheet *sh = sheet_new(w);
	struct sheet_form f;
	int lines = 0;
	for (int i = 0; sheet_form(sh, i, &f); i++)
		for (int r = ROLE_TEACHER; r < ROLES; r++)
			for (int k = 0; (f.roles >> r & 1) && k < 12; k++) {
				struct sheet_line l;
				if (!sheet_line(sh, &f, (enum role)r, langs[k % 2], days[k / 2], &l))
					continue; /* open to everybody: below */
				check_line(w, sh, &f, (enum role)r, langs[k % 2], days[k / 2]);
				lines++;
			}
	assert_true(lines > 12 * 100);
	assert_true(sheet_find(sh, "help", &f));
	check_line(w, sh, &f, ROLE_NONE, "sq", TODAY);
	sheet_free(sh);
	world_free(w);
}

/* Every report that a role may send has a line, so that none is forgotten when a form is added. */
static void test_every_intent_has_a_line(void **state)
{
	(void)state;
	struct world *w = world_of(&good, NULL);
	struct sheet *sh = sheet_new(w);
	struct sheet_form f;
	struct sheet_line l;
	int forms = 0;
	for (int i = 0; sheet_form(sh, i, &f); i++, forms++) {
		int lines = 0;
		for (int r = 0; r < ROLES; r++)
			lines += sheet_line(sh, &f, (enum role)r, "sq", TODAY, &l);
		if (!lines)
			fail_msg("%s has no line", f.name);
	}
	assert_true(forms > 40);
	assert_true(sheet_find(sh, "water", &f) && !f.built_in);
	assert_false(sheet_line(sh, &f, ROLE_AGENCY, "sq", TODAY, &l));
	assert_false(sheet_find(sh, "nothing", &f));
	sheet_free(sh);
	world_free(w);
}

static void test_the_configured_example(void **state)
{
	(void)state;
	struct world *w = world_of(&good, NULL);
	struct sheet *sh = sheet_new(w);
	struct sheet_form f;
	struct sheet_line l;
	assert_true(sheet_find(sh, "form:water", &f));
	assert_true(sheet_line(sh, &f, ROLE_TEACHER, "sq", TODAY, &l));
	assert_string_equal(l.pattern, "UJE school mire|ska|keq [days]");
	assert_string_equal(l.example, "UJE SH1 mire 3");
	assert_true(sheet_line(sh, &f, ROLE_TEACHER, "en", TODAY, &l));
	assert_string_equal(l.example, "TAPS SH1 ok 3");
	sheet_free(sh);
	world_free(w);
}

/* An example that does not read is said to be none. */
static void test_a_bad_example_is_seen(void **state)
{
	(void)state;
	static const struct world_field two[] = {
		{ .name = "n", .type = "integer", .labels = "", .required = true },
	};
	struct world_form f = good;
	f.name = "shadow";
	f.keywords = "uje";
	f.fields = two;
	f.n_fields = 1;
	struct world_form g = f;
	g.name = "late";
	g.keywords = "uje tjeter"; /* the shorter keyword is found first */
	struct world *w = world_of(&f, &g);
	struct sheet *sh = sheet_new(w);
	struct sheet_form sf;
	struct sheet_line l;
	assert_true(sheet_find(sh, "late", &sf));
	assert_true(sheet_line(sh, &sf, ROLE_TEACHER, "sq", TODAY, &l));
	assert_false(l.good);
	assert_non_null(strstr(l.why, "form:shadow"));
	sheet_free(sh);
	world_free(w);
}

/* ---- list ---- */

struct seen {
	const char *langs, *word;
	int n, hits;
};

static void see(void *arg, const char *langs, const char *word)
{
	struct seen *s = arg;
	s->n++;
	s->hits += strcmp(word, s->word) == 0 && strcmp(langs, s->langs) == 0;
}

static int words_of(const struct sheet *sh, const char *form, const char *langs, const char *word, int *n)
{
	struct sheet_form f;
	struct seen s = { langs, word, 0, 0 };
	assert_true(sheet_find(sh, form, &f));
	sheet_keywords(sh, &f, see, &s);
	if (n)
		*n = s.n;
	return s.hits;
}

static void test_keywords(void **state)
{
	(void)state;
	struct world *w = fixture_world_open();
	int n;
	assert_int_equal(world_add_form(w, &good), WORLD_OK);
	assert_int_equal(world_add_word(w, "sq", "stop", "mjaft tani xyz"), WORLD_OK);
	assert_int_equal(world_add_word(w, "en", "stop", "mjaft tani xyz"), WORLD_OK);
	assert_int_equal(world_add_word(w, "en", "stop", "xyzzy"), WORLD_OK);
	assert_int_equal(world_seal(w), 0);
	struct sheet *sh = sheet_new(w);
	assert_int_equal(words_of(sh, "stop", "sq en", "mjaft tani xyz", &n), 1);
	assert_true(n > 3);
	assert_int_equal(words_of(sh, "stop", "en", "xyzzy", NULL), 1);
	assert_int_equal(words_of(sh, "stop", "sq", "ndalo", NULL), 1);
	assert_int_equal(words_of(sh, "absence", "", "ndalo", NULL), 0);
	assert_int_equal(words_of(sh, "water", "", "taps", &n), 1);
	assert_int_equal(n, 2);
	sheet_free(sh);
	world_free(w);
}

static void test_fields(void **state)
{
	(void)state;
	struct world *w = world_of(&good, NULL);
	struct sheet *sh = sheet_new(w);
	struct sheet_form f;
	struct sheet_field x;
	assert_true(sheet_find(sh, "water", &f));
	assert_int_equal(f.roles, good.roles);
	assert_int_equal(f.n_fields, 3);
	assert_true(sheet_field(sh, &f, 1, &x));
	assert_string_equal(x.name, "state");
	assert_string_equal(x.type, "choice");
	assert_true(x.required);
	assert_int_equal(x.n_labels, 1);
	assert_string_equal(x.labels[0], "gjendja");
	assert_string_equal(x.choices[0].code, "ok");
	assert_string_equal(x.choices[1].alias, "mire");
	assert_true(sheet_field(sh, &f, 2, &x));
	assert_true(x.has_max && x.max == 60 && !x.required);
	assert_false(sheet_field(sh, &f, 3, &x));
	assert_true(sheet_find(sh, "absence", &f));
	int required = 0;
	for (int k = 0; sheet_field(sh, &f, k, &x); k++) {
		assert_int_equal(x.required, strcmp(x.name, "class") == 0 || strcmp(x.name, "number") == 0);
		required += x.required;
	}
	assert_int_equal(required, 2);
	sheet_free(sh);
	world_free(w);
}

/* ---- lints ---- */

struct found {
	const char *field, *piece;
	int n, hits;
	char last[300];
};

static void note(void *arg, const char *form, const char *field, const char *what)
{
	struct found *x = arg;
	(void)form;
	x->n++;
	x->hits += strcmp(field, x->field) == 0 && strstr(what, x->piece);
	snprintf(x->last, sizeof(x->last), "%s: %s", field, what);
}

static void lint(const struct world_form *a, const struct world_form *b, int n, const char *field, const char *piece)
{
	struct world *w = world_of(a, b);
	struct sheet *sh = sheet_new(w);
	struct found x = { .field = field, .piece = piece };
	int all = sheet_lint(sh, note, &x);
	assert_int_equal(all, x.n);
	if (x.n != n || (n && !x.hits))
		fail_msg("%d findings, %d of \"%s: %s\"; last %s", x.n, x.hits, field, piece, x.last);
	sheet_free(sh);
	world_free(w);
}

static void lint_fields(const struct world_field *fields, size_t n, const char *field, const char *piece)
{
	struct world_form f = good;
	f.fields = fields;
	f.n_fields = n;
	lint(&f, NULL, 1, field, piece);
}
#define LINT_FIELDS(field, piece, ...) do { \
	const struct world_field list[] = { __VA_ARGS__ }; \
	lint_fields(list, sizeof(list) / sizeof(list[0]), field, piece); \
} while (0)
#define RANGE .has_min = true, .has_max = true, .max = 9

static void test_a_good_form(void **state)
{
	(void)state;
	lint(&good, NULL, 0, "", "");
}

static void test_field_lints(void **state)
{
	(void)state;
	LINT_FIELDS("note", "free text", { .name = "note", .type = "text", .labels = "", .required = true },
		    { .name = "days", .type = "integer", .labels = "", .required = true, RANGE });
	LINT_FIELDS("days", "no range", { .name = "days", .type = "integer", .labels = "" });
	LINT_FIELDS("days", "no max", { .name = "days", .type = "integer", .labels = "", .has_min = true });
	LINT_FIELDS("days", "which may be left out", { .name = "count", .type = "integer", .labels = "", RANGE },
		    { .name = "days", .type = "integer", .labels = "", .required = true, RANGE });
	LINT_FIELDS("days", "also a choice of state",
		    { .name = "state", .type = "choice", .labels = "", .required = true, .choices = "A=alfa; B=beta" },
		    { .name = "days", .type = "integer", .labels = "beta", RANGE });
	LINT_FIELDS("meters", "one letter from \"metrat\"",
		    { .name = "litra", .type = "integer", .labels = "metrat", .required = true, RANGE },
		    { .name = "meters", .type = "integer", .labels = "metra", .required = true, RANGE });
	LINT_FIELDS("state", "stands for A and for B",
		    { .name = "state", .type = "choice", .labels = "", .choices = "A=alfa; B=beta,alfa" });
	LINT_FIELDS("second", "also a choice of first",
		    { .name = "first", .type = "choice", .labels = "", .choices = "A=alfa; B=beta" },
		    { .name = "second", .type = "choice", .labels = "", .choices = "X=ksi; Y=beta" });
}

static void test_separators_end_a_text(void **state)
{
	(void)state;
	static const struct world_field fields[] = {
		{ .name = "note", .type = "text", .labels = "", .required = true },
		{ .name = "days", .type = "integer", .labels = "", .required = true, RANGE },
	};
	struct world_form f = good;
	f.separators = "#";
	f.fields = fields;
	f.n_fields = 2;
	lint(&f, NULL, 0, "", "");
}

static void test_keyword_lints(void **state)
{
	(void)state;
	struct world_form a = good, b = good;
	a.keywords = "zhurma";
	b.name = "other";
	b.keywords = "zhurme";
	lint(&a, &b, 1, "keywords", "one letter from \"zhurma\" of form water");
	a.keywords = "unsubscribe";
	lint(&a, NULL, 1, "keywords", "\"unsubscribe\" is a word of the vocabularies (stop)");
	a.keywords = "xcampaign";
	lint(&a, NULL, 1, "keywords", "one letter from \"campaign\" of the vocabularies");
	a.keywords = "\xd0\xb2\xd0\xbe\xd0\xb4\xd0\xb0"; /* Cyrillic */
	lint(&a, NULL, 1, "keywords", "cannot type");
	a.keywords = "uj\xc3\xab"; /* typed with or without its dots */
	lint(&a, NULL, 0, "", "");
}

static void test_form_lints(void **state)
{
	(void)state;
	struct world_form f = good;
	f.roles = 0;
	lint(&f, NULL, 1, "roles", "no role may send it");
	f.roles = 1u << ROLE_NONE;
	lint(&f, NULL, 1, "roles", "no role may send it");
	f = good;
	f.reply_sq = "{form} {form} {form} {form} {form} {form} {form} {form} {form}";
	lint(&f, NULL, 1, "reply.sq", "would not be sent: 160 fit");
	f.reply_sq = "{form} u mor, {owner}";
	lint(&f, NULL, 1, "reply.sq", "nothing fills {owner}");
	f.reply_sq = "{form} u mor {school}";
	lint(&f, NULL, 0, "", "");
	f.reply_sq = "";
	f.reply_en = "Thank you";
	lint(&f, NULL, 1, "reply.sq", "is empty while reply.en is not");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_example_reads_back),
		cmocka_unit_test(test_every_intent_has_a_line),
		cmocka_unit_test(test_the_configured_example),
		cmocka_unit_test(test_a_bad_example_is_seen),
		cmocka_unit_test(test_keywords),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_a_good_form),
		cmocka_unit_test(test_field_lints),
		cmocka_unit_test(test_separators_end_a_text),
		cmocka_unit_test(test_keyword_lints),
		cmocka_unit_test(test_form_lints),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
