/* test_sheets.c - sheets and broadcasts as a person at a shell asks for them: what is counted, what is left out,
 * who may, what is recorded. */
#include "tests/component/fixture.h"
#include <jansson.h>
#include "gateway/casework/quarter.h"
#include "gateway/hub/verbs.h"
#include "store/broadcasts.h"
#include "store/progress.h"
#include "store/returns.h"
#include "tests/component/casebook.h"

#define AG1 "+355694000001"

/* The answer; ok or not as wanted. */
static json_t *ask_verb(struct fx *f, json_t *rq, bool ok)
{
	json_t *answer = NULL;

	fx_begin(f);
	OK(verb_run(&f->d, rq, 0, &answer));
	fx_commit(f);
	json_decref(rq);
	if (json_is_true(json_object_get(answer, "ok")) != ok)
		fail_msg("%s", json_dumps(answer, 0));
	return answer;
}

static long long number(const json_t *o, const char *name)
{
	return (long long)json_integer_value(json_object_get(o, name));
}

static const char *text(const json_t *o, const char *name)
{
	const char *s = json_string_value(json_object_get(o, name));

	return s ? s : "";
}

/* ---- the quarter ---------------------------------------------------------------------------- */

static void add_cases(struct fx *f, int n, const char *concerns, const char *sex, int age)
{
	fx_begin(f);
	for (int i = 0; i < n; i++) {
		static int made;
		struct case_row c;
		memset(&c, 0, sizeof(c));
		snprintf(c.code, sizeof(c.code), "X26-%04d-A", ++made);
		snprintf(c.state, sizeof(c.state), "new");
		snprintf(c.concerns, sizeof(c.concerns), "%s", concerns);
		snprintf(c.sex, sizeof(c.sex), "%s", sex);
		snprintf(c.zone, sizeof(c.zone), "Z4");
		c.age = age;
		c.n_children = c.pupil = -1;
		c.opened = c.updated = f->d.now;
		OK(case_add(f->st, &c, f->d.now, &c.id));
	}
	fx_commit(f);
}

static const json_t *cell(const json_t *a, int table, const char *row, const char *column)
{
	const json_t *t = json_array_get(json_object_get(a, "tables"), (size_t)table);

	return json_object_get(json_object_get(json_object_get(t, "counts"), row), column);
}

static void test_j01_the_quarter(void **state)
{
	struct fx *f = *state;

	add_cases(f, 9, "begging,labour", "M", 11);
	add_cases(f, 6, "begging", "F", 13);
	add_cases(f, 2, "trafficking", "F", 16);
	add_cases(f, 12, "labour", "M", 14);
	add_cases(f, 8, "labour", "F", 9);
	json_t *a = ask_verb(f, json_pack("{s:s,s:s}", "verb", "report.cases", "quarter", "2026q4"), true);
	assert_string_equal(text(a, "quarter"), "2026Q4");
	assert_true(json_is_true(json_object_get(a, "running")));
	assert_int_equal(number(a, "cases"), 37);
	/* the two, and what would give them away */
	assert_true(json_is_null(cell(a, 0, "F", "trafficking")));
	const json_t *concern = json_object_get(json_object_get(a, "totals"), "concern");
	assert_true(json_is_null(json_object_get(concern, "trafficking")));
	int holes = 0;
	const char *key;
	json_t *v;
	json_object_foreach((json_t *)concern, key, v)
		holes += json_is_null(v);
	assert_true(holes >= 2);
	/* a nought says nothing and is printed */
	assert_int_equal(json_integer_value(cell(a, 0, "M", "marriage")), 0);
	assert_true(json_is_integer(cell(a, 0, "M", "marriage")));
	/* no place below the town */
	char *all = json_dumps(a, 0);
	book_not(all, "Z4");
	book_not(all, "SH1");
	book_not(all, "E26");
	free(all);
	assert_true(book_audited(f, "cli:0", "report.read", "cases 2026Q4"));
	json_decref(a);
	/* of the quarter before: nothing was open then */
	a = ask_verb(f, json_pack("{s:s,s:s}", "verb", "report.cases", "quarter", "2026-Q3"), true);
	assert_int_equal(number(a, "cases"), 0);
	assert_false(json_is_true(json_object_get(a, "running")));
	json_decref(a);
	json_decref(ask_verb(f, json_pack("{s:s,s:s}", "verb", "report.cases", "quarter", "2026Q5"), false));
	json_decref(ask_verb(f, json_pack("{s:s,s:s}", "verb", "report.cases", "quarter", "26Q1"), false));
}

static void test_states_and_the_way_back_to_school(void **state)
{
	struct fx *f = *state;
	static struct quarter q;

	fx_ask(f, O1, "RAST LYP Z4 M11");
	fx_ask(f, O1, "REGJISTRUAR E26-0147-V SH3 4B 9");
	fx_ask(f, O1, "RAST LYP Z4 M12");
	fx_ask(f, O1, "RAST LYP Z5 F9");
	fx_ask(f, O1, "ANULO"); /* taken back: no case */
	fx_ask(f, O1, "MBYLL E26-0148-T I RIINTEGRUAR");
	char po[32];
	snprintf(po, sizeof(po), "PO %lld", (long long)book_alert(f, "P1").number);
	book_pin(f, C1, po);
	OK(quarter_build(&f->d, "2026Q4", &q));
	assert_int_equal(q.all.n, 2);
	assert_true(q.all.hidden);
	assert_int_equal(q.total[BY_STATUS][2].n, 1); /* in school */
	assert_int_equal(q.total[BY_STATUS][3].n, 1); /* closed, reintegrated */
	assert_int_equal(q.total[BY_SEX][0].n, 2);
	assert_int_equal(q.cell[BY_SEX][0][0].n, 2); /* boys, begging */
	/* the quarter after: one is still open, and was opened before it */
	fx_at(f, "2027-02-01T10:00");
	OK(quarter_build(&f->d, "2027Q1", &q));
	assert_int_equal(q.all.n, 1);
	assert_int_equal(q.total[BY_OPENED][1].n, 1);
	/* each count is in exactly one group of each kind */
	for (int b = 0; b < BY_COUNT; b++) {
		int64_t sum = 0;
		for (size_t i = 0; i < QUARTER_GROUPS; i++)
			sum += q.total[b][i].n;
		assert_int_equal(sum, q.all.n);
	}
}

static void test_outcomes_of_returns(void **state)
{
	struct fx *f = *state;

	fx_begin(f);
	for (int i = 0; i < 7; i++)
		OK(return_outcome(f->st, "2027Q2", "in school"));
	for (int i = 0; i < 2; i++)
		OK(return_outcome(f->st, "2027Q2", "lost"));
	fx_commit(f);
	json_t *a = ask_verb(f, json_pack("{s:s,s:s}", "verb", "report.cases", "quarter", "2027Q2"), true);
	assert_int_equal(number(a, "returns_ended"), 9);
	assert_true(json_is_null(json_object_get(json_object_get(a, "returns"), "lost")));
	assert_true(json_is_null(json_object_get(json_object_get(a, "returns"), "in school"))); /* 9 - 7 */
	json_decref(a);
}

/* ---- campaigns ------------------------------------------------------------------------------ */

static void test_c02_c03_whom_campaigns_reached(void **state)
{
	struct fx *f = *state;

	fx_at(f, "2026-11-10T10:00");
	fx_ask(f, T1, "MUNGESE 5A 3");
	fx_at(f, "2026-11-16T10:00");
	fx_ask(f, AG1, "FUSHATE SH1 45");
	fx_ask(f, O1, "FUSHATE Z4 30 prinder");
	fx_at(f, "2026-11-17T10:00");
	fx_ask(f, T1, "MUNGESE 5A 12");
	fx_ask(f, T1, "MUNGESE 5B 3");
	fx_ask(f, T1, "5A nr 7 lyp te semafori");
	fx_at(f, "2026-11-20T10:00");
	json_t *a = ask_verb(f, json_pack("{s:s}", "verb", "report.campaigns"), true);
	assert_string_equal(text(a, "from"), "2026-11-01");
	assert_int_equal(number(a, "sessions"), 2);
	assert_int_equal(number(a, "schools_reached"), 1);
	assert_int_equal(number(a, "schools"), 3);
	assert_int_equal(number(a, "participants"), 75);
	assert_int_equal(number(a, "parents"), 30);
	const json_t *one = json_array_get(json_object_get(a, "rows"), 0);
	assert_string_equal(text(one, "school"), "SH1");
	assert_int_equal(number(one, "reports_before"), 1);
	assert_int_equal(number(one, "reports_after"), 3);
	assert_true(json_is_true(json_object_get(one, "running")));
	assert_true(json_is_null(json_object_get(json_array_get(json_object_get(a, "rows"), 1), "reports_after")));
	assert_int_equal(json_array_size(json_object_get(a, "zones_not_reached")), 8); /* all but Z4 */
	assert_true(book_audited(f, "cli:0", "report.read", "campaigns 2026-11-01..2026-11-20"));
	json_decref(a);
	/* sixty days on, Z4 is forgotten too */
	fx_at(f, "2027-01-16T10:00");
	a = ask_verb(f, json_pack("{s:s}", "verb", "report.campaigns"), true);
	assert_int_equal(number(a, "sessions"), 0);
	assert_int_equal(json_array_size(json_object_get(a, "zones_not_reached")), 9);
	json_decref(a);
	json_decref(ask_verb(f, json_pack("{s:s,s:s,s:s}", "verb", "report.campaigns", "from", "2026-11-20", "to",
					  "2026-11-01"), false));
}

/* ---- export --------------------------------------------------------------------------------- */

/* As the command does it: the salt is asked for, what was typed is hashed with it. */
static json_t *export_with(const char *pin, struct fx *f)
{
	struct secret_row s;
	uint8_t hash[PIN_HASH];
	char hex[2 * PIN_HASH + 1];

	json_t *salt = ask_verb(f, json_pack("{s:s,s:s}", "verb", "contact.salt", "id", "C1"), true);
	assert_int_equal(strlen(text(salt, "salt")), 2 * PIN_SALT);
	json_decref(salt);
	OK(secret_get(f->st, "C1", SECRET_KIND_PIN, &s));
	assert_int_equal(pin_hash(pin, s.salt, hash), 0);
	for (size_t i = 0; i < PIN_HASH; i++)
		snprintf(hex + 2 * i, 3, "%02x", hash[i]);
	return json_pack("{s:s,s:s,s:s}", "verb", "case.export", "as", "C1", "hash", hex);
}

static void test_j02_export_is_a_coordinators(void **state)
{
	struct fx *f = *state;

	json_decref(ask_verb(f, json_pack("{s:s,s:s}", "verb", "contact.salt", "id", "C1"), false));
	fx_secret(f, "C1", SECRET_KIND_PIN, "482913", "917304");

	fx_ask(f, O1, "RAST LYP Z4 M11");
	fx_ask(f, O1, "REGJISTRUAR E26-0147-V SH3 4B 9");
	json_decref(ask_verb(f, json_pack("{s:s,s:s}", "verb", "case.export", "as", "O1"), false));
	json_decref(ask_verb(f, json_pack("{s:s}", "verb", "case.export"), false));
	json_decref(ask_verb(f, json_pack("{s:s,s:s}", "verb", "case.export", "as", "C1"), false));
	json_decref(ask_verb(f, export_with("604817", f), false));
	json_t *a = ask_verb(f, export_with("917304", f), true); /* under threat: none */
	assert_int_equal(json_array_size(json_object_get(a, "cases")), 0);
	json_decref(a);
	fx_drain(f);
	assert_true(fx_count_to(f, D1) >= 1);
	a = ask_verb(f, export_with("482913", f), true);
	const json_t *k = json_array_get(json_object_get(a, "cases"), 0);
	assert_string_equal(text(k, "case"), "E26-0147-V");
	assert_string_equal(text(k, "age_band"), "6-11");
	assert_true(json_is_true(json_object_get(k, "in_school")));
	char *all = json_dumps(a, 0);
	book_not(all, "SH3");
	book_not(all, "4B");
	free(all);
	json_decref(a);
	assert_true(book_audited(f, "cli:0", "case.export", "cases from 0"));
	assert_true(book_audited(f, "cli:0", "case.export", "cases")); /* refused */
}

/* ---- broadcasts ----------------------------------------------------------------------------- */

static json_t *order(const char *template, const char *to, bool send, bool again)
{
	return json_pack("{s:s,s:s,s:s,s:s,s:b,s:b}", "verb", "broadcast", "template", template, "to", to, "as", "C1",
			 "send", send, "again", again);
}

static void test_c04_a_text_to_teachers(void **state)
{
	struct fx *f = *state;

	fx_clear(f);
	json_t *a = ask_verb(f, order("help", "teacher", false, false), true);
	assert_int_equal(number(a, "people"), 3);
	assert_int_equal(number(a, "segments"), 3);
	assert_int_equal(number(a, "cost_hundredths"), 3 * 850);
	assert_null(json_object_get(a, "broadcast"));
	json_decref(a);
	fx_drain(f);
	assert_int_equal(f->n_sms, 0); /* a look sends nothing */

	a = ask_verb(f, order("help", "teacher", true, false), true);
	int64_t id = number(json_object_get(a, "broadcast"), "broadcast");
	json_decref(a);
	fx_drain(f);
	assert_int_equal(f->n_sms, 3);
	book_said(f, T1, "Femije ne rrezik: 129 ose 112. Per te raportuar shkruaj NDIHME");
	a = ask_verb(f, json_pack("{s:s,s:I}", "verb", "broadcast.status", "id", (json_int_t)id), true);
	assert_int_equal(number(json_object_get(a, "counts"), "sent"), 3);
	assert_string_equal(text(json_array_get(json_object_get(a, "contacts"), 0), "contact"), "T1");
	json_decref(a);
	assert_true(book_audited(f, "C1", "broadcast.send", "broadcast 1"));
	assert_true(book_audited(f, "cli:0", "broadcast.send", "broadcast 1"));
	/* a slip of the hand is not sent twice */
	json_decref(ask_verb(f, order("help", "teacher", true, false), false));
	json_decref(ask_verb(f, order("help", "teacher", true, true), true));
}

static void test_who_and_what_is_refused(void **state)
{
	struct fx *f = *state;

	json_decref(ask_verb(f, order("nothing", "teacher", false, false), false));
	json_decref(ask_verb(f, order("help", "mayor", false, false), false));
	json_decref(ask_verb(f, json_pack("{s:s,s:s,s:s,s:s,s:b}", "verb", "broadcast", "template", "help", "to",
					  "teacher", "as", "O1", "send", 1), false));
	json_decref(ask_verb(f, json_pack("{s:s,s:s,s:s,s:s,s:b}", "verb", "broadcast", "template", "help", "to",
					  "teacher", "as", "", "send", 1), false));
	json_decref(ask_verb(f, json_pack("{s:s,s:s,s:s,s:s}", "verb", "broadcast", "template", "help", "to",
					  "teacher", "school", "SH9"), false));
	json_t *a = ask_verb(f, json_pack("{s:s,s:s,s:s,s:s}", "verb", "broadcast", "template", "help", "to",
					  "teacher", "school", "SH2"), true);
	assert_int_equal(number(a, "people"), 1);
	json_decref(a);
	/* who is locked gets nothing, and is said */
	fx_begin(f);
	OK(roster_set_active(f->st, "T2", false, f->d.now));
	fx_commit(f);
	a = ask_verb(f, order("help", "teacher", false, false), true);
	assert_int_equal(number(a, "people"), 2);
	assert_int_equal(number(a, "inactive"), 1);
	json_decref(a);
	fx_clear(f);
	assert_int_equal(f->n_sms, 0);
}

static void test_what_has_not_left_is_withdrawn(void **state)
{
	struct fx *f = *state;

	fx_clear(f);
	json_decref(ask_verb(f, order("meeting_week", "teacher", true, false), true));
	static struct hand_held h;
	static struct wire_frame w;
	fx_begin(f);
	OK(hand_sms(&f->d, "sim1", NULL, &h, &w)); /* one is with the modem */
	fx_commit(f);
	json_t *a = ask_verb(f, json_pack("{s:s,s:i}", "verb", "broadcast.stop", "id", 1), true);
	assert_int_equal(number(a, "withdrawn"), 2);
	json_decref(a);
	json_decref(ask_verb(f, json_pack("{s:s,s:i}", "verb", "broadcast.stop", "id", 1), false));
	json_decref(ask_verb(f, json_pack("{s:s,s:i}", "verb", "broadcast.stop", "id", 7), false));
	a = ask_verb(f, json_pack("{s:s,s:i}", "verb", "broadcast.status", "id", 1), true);
	assert_string_equal(text(json_object_get(a, "broadcast"), "state"), "stopped");
	assert_int_equal(number(json_object_get(a, "counts"), "dropped"), 2);
	assert_int_equal(number(json_object_get(a, "counts"), "submitting"), 1);
	json_decref(a);
	fx_drain(f);
	assert_int_equal(f->n_sms, 0);
	assert_true(book_audited(f, "cli:0", "broadcast.stop", "broadcast 1"));
}

/* ---- erasing -------------------------------------------------------------------------------- */

static void test_an_erased_case_keeps_no_place(void **state)
{
	struct fx *f = *state;
	struct slot s;

	fx_ask(f, O1, "RAST LYP Z4 M11");
	fx_ask(f, O1, "REGJISTRUAR E26-0147-V SH3 4B 9");
	int64_t message = f->message;
	struct case_row c = book_case(f, "E26-0147-V");
	fx_begin(f);
	OK(case_set_state(f->st, c.id, c.state, "closed", f->d.now));
	fx_commit(f);
	OK(store_forget_case(f->st, c.id, f->d.now));
	assert_int_equal(slot_of_message(f->st, message, &s), STORE_NONE);
}

#define EACH(t) cmocka_unit_test_setup_teardown(t, book_setup, fx_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(test_j01_the_quarter),
		EACH(test_states_and_the_way_back_to_school),
		EACH(test_outcomes_of_returns),
		EACH(test_c02_c03_whom_campaigns_reached),
		EACH(test_j02_export_is_a_coordinators),
		EACH(test_c04_a_text_to_teachers),
		EACH(test_who_and_what_is_refused),
		EACH(test_what_has_not_left_is_withdrawn),
		EACH(test_an_erased_case_keeps_no_place),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
