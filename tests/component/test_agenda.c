/* test_agenda.c - what a person at a shell asks of meetings and of the audit, through the same verbs as
 * the control socket: agenda, minutes applied once, outcome, who saw a case. */
#include "tests/component/fixture.h"
#include <jansson.h>
#include "gateway/casework/meetings.h"
#include "gateway/casework/tasks.h"
#include "gateway/cli/agenda_page.h"
#include "gateway/hub/verbs.h"
#include "store/tasks.h"

#define AG1 "+355694000001" /* TDH */
#define AG2 "+355694000002" /* TV */
#define S1 "+355694000003"  /* SSS */

static char code[24];

static const char *str(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));
	return s ? s : "";
}

static json_int_t num(const json_t *o, const char *key)
{
	return json_integer_value(json_object_get(o, key));
}

static bool ok(const json_t *o)
{
	return json_is_true(json_object_get(o, "ok"));
}

/* As a command does it: a turn of its own, undone when the verb fails. */
static json_t *verb(struct fx *f, json_t *rq)
{
	json_t *answer = NULL;

	fx_begin(f);
	int rc = verb_run(&f->d, rq, 0, &answer);
	if (rc == STORE_OK)
		fx_commit(f);
	else
		store_rollback(f->st);
	json_decref(rq);
	assert_non_null(answer);
	return answer;
}

static json_t *plain(struct fx *f, const char *name, const char *day)
{
	return verb(f, json_pack("{s:s,s:s}", "verb", name, "day", day));
}

static json_t *minutes(struct fx *f, const char *words)
{
	char text[600], *at = text;

	for (const char *p = words; *p; p++) { /* '@' is the case's code */
		if (*p == '@')
			at += snprintf(at, sizeof(text) - (size_t)(at - text), "%s", code);
		else
			*at++ = *p;
	}
	*at = '\0';
	return verb(f, json_pack("{s:s,s:s,s:s}", "verb", "agenda.minutes", "day", "", "text", text));
}

static struct task task_of(struct fx *f, int64_t number)
{
	struct task t;

	OK(task_get(f->st, number, &t));
	return t;
}

static void open_case(struct fx *f)
{
	struct case_row c;
	size_t n = 0;

	fx_ask(f, S1, "RAST LYP Z4 M11");
	fx_ask(f, C1, "OK 1");
	OK(case_list(f->st, NULL, &c, 1, &n));
	snprintf(code, sizeof(code), "%s", c.code);
	fx_clear(f);
}

static void task(struct fx *f, const char *rest)
{
	char text[100];

	snprintf(text, sizeof(text), "DETYRE %s %s", code, rest);
	fx_ask(f, C1, text);
}

/* ---- agenda --------------------------------------------------------------------------------- */

static void test_h04_agenda(void **state)
{
	struct fx *f = *state;
	char text[60];
	json_t *one;

	open_case(f);
	task(f, "TDH vizite deri 20.11");
	task(f, "TV strehim deri 25.11");
	fx_ask(f, AG2, "KRYER T2");
	snprintf(text, sizeof(text), "RREZIK %s LARTE", code);
	fx_ask(f, C1, text);
	fx_ask(f, AG1, "TAKIM VIJ");
	for (int score = 4; score >= 2; score--) {
		f->d.now += 86400;
		snprintf(text, sizeof(text), "PROGRES %s shkolla %d", code, score);
		fx_sms(f, C1, text);
	}
	fx_clear(f);
	fx_at(f, "2026-11-24T10:00");
	json_t *a = plain(f, "agenda", "");
	assert_true(ok(a));
	assert_string_equal(str(json_object_get(a, "meeting"), "day"), "2026-12-15");
	const json_t *tasks = json_object_get(a, "tasks");
	assert_int_equal(json_array_size(tasks), 2);
	one = json_array_get(tasks, 0);
	assert_string_equal(str(one, "task"), "T1");
	assert_string_equal(str(one, "state"), "late");
	assert_string_equal(str(one, "case"), code);
	assert_string_equal(str(json_array_get(tasks, 1), "state"), "done");
	assert_string_equal(str(json_array_get(json_object_get(a, "high_risk"), 0), "case"), code);
	assert_string_equal(str(json_array_get(json_object_get(a, "progress_falls"), 0), "progress"),
			    "school");
	/* one begging case in the month: never shown as one */
	one = json_array_get(json_object_get(a, "trend"), 0);
	assert_string_equal(str(one, "concern"), "begging");
	assert_string_equal(str(one, "cases"), "<5");
	size_t i;
	int comes = 0;
	json_array_foreach(json_object_get(a, "attendance"), i, one) {
		if (strcmp(str(one, "agency"), "TDH") == 0)
			comes = (int)num(one, "comes");
	}
	assert_int_equal(comes, 1);
	/* neither numbers nor names anywhere in it */
	char *all = json_dumps(a, 0);
	assert_null(strstr(all, "+355"));
	free(all);
	json_decref(a);
	a = plain(f, "agenda", "2026-12-16");
	assert_false(ok(a));
	json_decref(a);
}

static void test_five_are_shown(void **state)
{
	struct fx *f = *state;
	static const char *const texts[] = { "RAST LYP Z1 M8", "RAST LYP Z2 M9", "RAST LYP Z3 M10",
					     "RAST LYP Z5 M12", "RAST LYP+PUN Z6 M13" };

	for (size_t i = 0; i < 5; i++)
		fx_ask(f, S1, texts[i]);
	json_t *a = plain(f, "agenda", "");
	const json_t *trend = json_object_get(a, "trend");
	assert_int_equal(json_array_size(trend), 2);
	assert_string_equal(str(json_array_get(trend, 0), "cases"), "5");
	assert_string_equal(str(json_array_get(trend, 1), "cases"), "<5");
	json_decref(a);
}

/* ---- every section, with what belongs in it and nothing else -------------------------------- */

static json_t *only(const json_t *a, const char *section)
{
	json_t *rows = json_object_get(a, section);

	if (json_array_size(rows) != 1)
		fail_msg("%s: %zu rows: %s", section, json_array_size(rows), json_dumps(rows, 0));
	return json_array_get(rows, 0);
}

/* A printed line holds these words in this order. */
static void line_of(const char *text, const char *const *words)
{
	const char *at = strstr(text, words[0]);

	assert_non_null(at);
	size_t len = strcspn(at, "\n");
	const char *end = at + len;
	for (size_t i = 1; words[i]; i++) {
		const char *next = strstr(at, words[i]);
		if (!next || next > end)
			fail_msg("\"%s\" does not stand behind \"%s\" in \"%.*s\"", words[i], words[0], (int)len,
				 end - len);
		at = next;
	}
}

/* A text whose sender may hear more than his reply. */
static void tell(struct fx *f, const char *from, const char *text)
{
	fx_clear(f);
	fx_sms(f, from, text);
	fx_drain(f);
}

static void ten_days_away(struct fx *f, const char *pupil)
{
	static const char *const days[] = { "2026-11-23", "2026-11-24", "2026-11-25", "2026-11-26",
					    "2026-11-27", "2026-11-30", "2026-12-01", "2026-12-02",
					    "2026-12-03", "2026-12-04" };
	char at[24], text[24];

	snprintf(text, sizeof(text), "5A %s", pupil);
	for (size_t i = 0; i < sizeof(days) / sizeof(days[0]); i++) {
		snprintf(at, sizeof(at), "%sT09:00", days[i]);
		fx_at(f, at);
		tell(f, T1, text);
	}
}

static void test_every_section_has_its_rows(void **state)
{
	static const char *const cases[] = { "RAST LYP Z1 M8", "RAST LYP Z2 M9 LARTE", "RAST LYP Z3 M10",
					     "RAST LYP Z5 M12", "RAST LYP Z6 M13" };
	struct fx *f = *state;
	struct case_row c[8];
	char text[80], *printed = NULL;
	size_t n = 0, size = 0;

	f->cf->flood_per_hour = 1000;
	fx_at(f, "2026-11-16T08:00");
	for (size_t i = 0; i < 5; i++)
		tell(f, O1, cases[i]);
	OK(case_page(f->st, 0, c, 8, &n)); /* the oldest first */
	assert_int_equal(n, 5);
	/* a referral that is answered, and one that is not */
	snprintf(text, sizeof(text), "refero %s tdh arsim", c[0].code);
	tell(f, O1, text);
	tell(f, AG1, "PRANO R1");
	snprintf(text, sizeof(text), "refero %s shssh strehim", c[1].code);
	tell(f, O1, text);
	/* a closure that waits, and one that was refused */
	for (int i = 2; i <= 3; i++) {
		snprintf(text, sizeof(text), "MBYLL %s I RIINTEGRUAR", c[i].code);
		tell(f, O1, text);
	}
	struct alert_row rows[64];
	int64_t no = 0;
	for (int i = fx_alerts(f, rows, 64) - 1; i >= 0; i--) {
		if (strcmp(rows[i].rule, "P1") == 0 && strcmp(rows[i].subject, c[3].code) == 0)
			no = rows[i].number;
	}
	snprintf(text, sizeof(text), "JO %lld", (long long)no);
	tell(f, C1, text);
	/* two falls in a row */
	for (int score = 4; score >= 2; score--) {
		f->d.now += 86400;
		snprintf(text, sizeof(text), "PROGRES %s %d", c[4].code, score);
		tell(f, O1, text);
	}
	/* two pupils of ten days: of one the office took the matter up */
	ten_days_away(f, "12 17");
	int64_t taken = 0;
	for (int i = fx_alerts(f, rows, 64) - 1; i >= 0; i--) {
		if (strcmp(rows[i].rule, "A3") == 0 && strcmp(rows[i].subject, "SH1 5A 17") == 0)
			taken = rows[i].number;
	}
	assert_true(taken > 0);
	fx_begin(f);
	OK(alert_ack(f->st, taken, "agency:EDU", f->d.now));
	fx_commit(f);
	fx_at(f, "2026-12-14T10:00");
	json_t *a = plain(f, "agenda", "");
	assert_true(ok(a));
	assert_string_equal(str(only(a, "high_risk"), "case"), c[1].code);
	const json_t *one = only(a, "referrals");
	assert_string_equal(str(one, "referral"), "R2");
	assert_string_equal(str(one, "case"), c[1].code);
	assert_string_equal(str(one, "agency"), "SSS");
	assert_string_equal(str(one, "sent"), "2026-11-16");
	one = only(a, "absences");
	assert_string_equal(str(one, "rule"), "A3");
	assert_string_equal(str(one, "pupil"), "SH1 5A 12");
	one = only(a, "closures");
	assert_string_equal(str(one, "case"), c[2].code);
	assert_string_equal(str(one, "reason"), "reintegrated");
	assert_string_equal(str(one, "asked_by"), "O1");
	one = only(a, "progress_falls");
	assert_string_equal(str(one, "case"), c[4].code);
	assert_string_equal(str(one, "progress"), "score");
	one = only(a, "trend"); /* five may be shown, and no place */
	assert_string_equal(str(one, "month"), "2026-11");
	assert_string_equal(str(one, "cases"), "5");
	assert_int_equal(json_object_size(one), 3);
	FILE *out = open_memstream(&printed, &size);
	assert_non_null(out);
	agenda_text(a, out);
	fclose(out);
	line_of(printed, (const char *const[]){ "R2 ", c[1].code, "SSS", "strehim", "16.11.2026", NULL });
	line_of(printed, (const char *const[]){ "A3 ", "SH1 5A 12", "04.12.2026", NULL });
	line_of(printed, (const char *const[]){ c[4].code, "score", NULL });
	assert_null(strstr(printed, "SH1 5A 17"));
	assert_null(strstr(printed, "+355"));
	assert_null(strstr(printed, "Z1"));
	free(printed);
	json_decref(a);
}

/* ---- minutes -------------------------------------------------------------------------------- */

static void test_minutes_once(void **state)
{
	struct fx *f = *state;
	static const char words[] = "# takimi\n@ TDH vizite deri 10.1\n@ O1 telefonate\nT1 kryer\n"
				    "T2 shty 20.1\n";

	open_case(f);
	task(f, "TDH vizite");
	task(f, "TV strehim");
	task(f, "SSS vleresim familje");
	json_t *a = minutes(f, words);
	assert_false(ok(a)); /* no meeting has begun */
	json_decref(a);
	fx_at(f, "2026-12-15T13:00");
	fx_clear(f);
	a = minutes(f, words);
	if (!ok(a))
		fail_msg("%s", json_dumps(a, 0));
	assert_int_equal(num(a, "set"), 2);
	assert_int_equal(num(a, "moved"), 2);
	assert_int_equal(num(a, "carried"), 1); /* T3: nobody spoke of it */
	json_decref(a);
	assert_string_equal(task_of(f, 1).state, "done");
	assert_string_equal(task_of(f, 2).state, "deferred");
	assert_int_equal(task_of(f, 2).carries, 1);
	assert_string_equal(task_of(f, 3).state, "carried");
	assert_string_equal(task_of(f, 3).due, "2027-02-15");
	assert_string_equal(task_of(f, 4).due, "2027-01-10");
	assert_string_equal(task_of(f, 5).assignee, "O1");
	assert_string_equal(task_of(f, 5).due, "2027-02-15"); /* the next meeting */
	fx_drain(f);
	assert_int_equal(fx_count_to(f, AG1), 1);
	assert_int_equal(fx_count_to(f, O1), 1);
	/* a second time, also after the work went on: nothing */
	fx_ask(f, AG2, "KRYER T2");
	fx_clear(f);
	a = minutes(f, words);
	assert_true(ok(a));
	assert_int_equal(num(a, "set") + num(a, "moved") + num(a, "carried"), 0);
	assert_int_equal(num(a, "already"), 4);
	json_decref(a);
	fx_drain(f);
	assert_int_equal(f->n_sms + f->n_http, 0);
	struct task t;
	assert_int_equal(task_get(f->st, 6, &t), STORE_NONE);
	/* a line that was forgotten is added to the file */
	a = minutes(f, "@ TDH vizite deri 10.1\nT3 anuluar\n");
	assert_int_equal(num(a, "moved"), 1);
	json_decref(a);
	assert_string_equal(task_of(f, 3).state, "cancelled");
}

static void test_minutes_with_faults_do_nothing(void **state)
{
	struct fx *f = *state;

	open_case(f);
	task(f, "TDH vizite");
	fx_at(f, "2026-12-15T13:00");
	fx_clear(f);
	json_t *a = minutes(f, "T1 kryer\nE26-0148-T TDH vizite\nT77 kryer\n@ X9 vizite\n@ T1 vizite\n"
			       "hello\n@ TDH vizite\n");
	assert_false(ok(a));
	const json_t *faults = json_object_get(a, "faults");
	assert_int_equal(json_array_size(faults), 5);
	static const struct {
		int line;
		const char *words;
	} want[] = { { 2, "no case E26-0148-T" }, { 3, "no task T77" },
		     { 4, "\"X9\" is neither an agency nor on the roster" },
		     { 5, "T1 takes no tasks of the group" },
		     { 6, "begins with neither a case code nor a task (\"T12\")" } };
	for (size_t i = 0; i < 5; i++) {
		const json_t *one = json_array_get(faults, i);
		assert_int_equal(num(one, "line"), want[i].line);
		assert_string_equal(str(one, "fault"), want[i].words);
	}
	json_decref(a);
	assert_string_equal(task_of(f, 1).state, "open");
	struct task t;
	assert_int_equal(task_get(f->st, 2, &t), STORE_NONE);
	fx_drain(f);
	assert_int_equal(f->n_sms, 0);
}

static void test_carried_once_by_minutes_and_clock(void **state)
{
	struct fx *f = *state;

	open_case(f);
	task(f, "TDH vizite");
	fx_at(f, "2026-12-15T13:00");
	json_decref(minutes(f, "# nothing was decided\n"));
	assert_int_equal(task_of(f, 1).carries, 1);
	fx_at(f, "2026-12-19T13:00");
	fx_due(f);
	assert_int_equal(task_of(f, 1).carries, 1);
	/* minutes that come after the clock closed the meeting count nothing twice */
	fx_at(f, "2027-02-19T13:00");
	fx_due(f);
	assert_int_equal(task_of(f, 1).carries, 2);
	json_t *a = minutes(f, "T1 shty 1.5\n");
	assert_true(ok(a));
	json_decref(a);
	assert_int_equal(task_of(f, 1).carries, 2);
	assert_string_equal(task_of(f, 1).due, "2027-05-01");
}

static void test_h05_outcome(void **state)
{
	struct fx *f = *state;

	json_t *a = plain(f, "agenda.outcome", "");
	assert_false(ok(a));
	json_decref(a);
	open_case(f);
	fx_due(f); /* the meeting is reckoned */
	fx_at(f, "2026-12-15T13:00");
	json_decref(minutes(f, "@ TDH vizite deri 20.12\n@ TDH telefonate deri 20.12\n@ TV strehim\n"));
	fx_ask(f, AG1, "KRYER T1");
	fx_at(f, "2026-12-28T13:00");
	a = plain(f, "agenda.outcome", "2026-12-15");
	assert_true(ok(a));
	const json_t *rows = json_object_get(a, "agencies"), *tdh = json_array_get(rows, 0);
	assert_int_equal(json_array_size(rows), 2);
	assert_string_equal(str(tdh, "agency"), "TDH");
	assert_int_equal(num(tdh, "set"), 2);
	assert_int_equal(num(tdh, "done"), 1);
	assert_int_equal(num(tdh, "late"), 1);
	assert_true(json_is_null(json_object_get(json_object_get(a, "medians"), "first_contact_s")));
	json_decref(a);
}

/* ---- meetings ------------------------------------------------------------------------------- */

static void test_meetings_are_set_all_or_none(void **state)
{
	struct fx *f = *state;
	json_t *rows = json_pack("[{s:s,s:s},{s:s,s:s}]", "at", "2026-12-10T10:00", "place", "SALLA1", "at",
				 "2026-11-01T10:00", "place", "");

	json_t *a = verb(f, json_pack("{s:s,s:o}", "verb", "meeting.set", "rows", rows));
	assert_false(ok(a));
	assert_string_equal(str(a, "error"), "2026-11-01T10:00: that time is past");
	json_decref(a);
	a = plain(f, "meeting.list", "");
	assert_int_equal(json_array_size(json_object_get(a, "meetings")), 1); /* the reckoned one */
	json_decref(a);
	a = plain(f, "meeting.cancel", "2026-12-15");
	assert_true(ok(a));
	json_decref(a);
	assert_non_null(strstr(fx_ask(f, AG1, "TAKIM"), "15.02"));
}

/* ---- who saw it ----------------------------------------------------------------------------- */

static bool did(const json_t *rows, const char *who, const char *what)
{
	size_t i;
	json_t *row;

	json_array_foreach(rows, i, row) {
		if (strcmp(str(row, "who"), who) == 0 && strcmp(str(row, "verb"), what) == 0)
			return true;
	}
	return false;
}

static void test_who_saw_a_case(void **state)
{
	struct fx *f = *state;
	json_t *row;

	open_case(f);
	task(f, "TDH vizite deri 30.11");
	fx_ask(f, AG1, "KRYER T1");
	fx_ask(f, O1, "RAST PUN Z5 M12"); /* another one */
	json_decref(verb(f, json_pack("{s:s,s:s}", "verb", "case.show", "case", code)));
	json_decref(plain(f, "agenda", ""));
	json_t *a = verb(f, json_pack("{s:s,s:s}", "verb", "audit.show", "case", code));
	assert_true(ok(a));
	const json_t *rows = json_object_get(a, "audit");
	assert_true(did(rows, "S1", "case.open"));
	assert_true(did(rows, "C1", "alert.ack"));
	assert_true(did(rows, "C1", "task.set"));
	assert_true(did(rows, "AG1", "task.done"));
	assert_true(did(rows, "cli:0", "case.read"));
	assert_true(did(rows, "cli:0", "agenda.read"));
	assert_true(did(rows, "cli:0", "audit.read")); /* this very question */
	assert_false(did(rows, "O1", "case.open"));
	row = json_array_get(rows, 0);
	char *all = json_dumps(rows, 0);
	assert_null(strstr(all, "+355694000003")); /* masked */
	assert_non_null(strstr(all, "+355*****0003"));
	free(all);
	assert_true(num(row, "row") > 0);
	json_decref(a);
	a = verb(f, json_pack("{s:s,s:s}", "verb", "audit.show", "case", "E26-0148-T"));
	assert_false(ok(a));
	json_decref(a);
	a = verb(f, json_pack("{s:s,s:s,s:s}", "verb", "audit.show", "case", code, "who", "AG1"));
	assert_int_equal(json_array_size(json_object_get(a, "audit")), 2); /* his text, and the task */
	json_decref(a);
	a = verb(f, json_pack("{s:s}", "verb", "audit.verify"));
	assert_true(ok(a));
	json_decref(a);
}

static void test_pruning_young_rows_is_refused(void **state)
{
	struct fx *f = *state;

	open_case(f);
	json_t *a = verb(f, json_pack("{s:s,s:s}", "verb", "audit.prune", "before", "2026-11-01"));
	assert_false(ok(a));
	assert_non_null(strstr(str(a, "error"), "last 5 years"));
	json_decref(a);
	fx_at(f, "2032-01-10T10:00");
	a = verb(f, json_pack("{s:s,s:s}", "verb", "audit.prune", "before", "2026-12-01"));
	if (!ok(a))
		fail_msg("%s", str(a, "error"));
	assert_true(num(a, "rows") > 3);
	json_decref(a);
	a = verb(f, json_pack("{s:s}", "verb", "audit.verify"));
	assert_true(ok(a));
	assert_int_equal(num(a, "rows"), 1); /* the record of the pruning */
	json_decref(a);
}

#define T(f) cmocka_unit_test_setup_teardown(f, fx_setup, fx_teardown)
int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_h04_agenda), T(test_five_are_shown), T(test_every_section_has_its_rows), T(test_minutes_once),
		T(test_minutes_with_faults_do_nothing), T(test_carried_once_by_minutes_and_clock),
		T(test_h05_outcome), T(test_meetings_are_set_all_or_none), T(test_who_saw_a_case),
		T(test_pruning_young_rows_is_refused),
	};

	return cmocka_run_group_tests_name("agenda", tests, NULL, NULL);
}
