/* test_store_casework.c - roster, contexts, attendance, cases, alerts. */
#include "tests/component/store_common.h"

#include "store/alerts.h"
#include "store/attendance.h"
#include "store/cases.h"
#include "store/inbox.h"
#include "store/roster.h"
#include "store/schoolyear.h"

static struct reporter person(const char *id, const char *role, const char *school)
{
	struct reporter r = { .active = true, .n_classes = 2, .classes = { "5A", "6B" } };
	snprintf(r.id, sizeof r.id, "%s", id);
	snprintf(r.role, sizeof r.role, "%s", role);
	snprintf(r.school, sizeof r.school, "%s", school);
	snprintf(r.lang, sizeof r.lang, "sq");
	return r;
}

/* ---- roster ---------------------------------------------------------------------------------- */

static void test_roster(void **state)
{
	struct box *b = *state;
	struct reporter r = person("T1", "teacher", "SH1"), out;
	char number[24];
	OK(store_begin(b->st));
	OK(roster_put(b->st, &r, NUMBER_A, NOW));
	OK(roster_by_number(b->st, NUMBER_A, &out));
	assert_string_equal(out.id, "T1");
	assert_string_equal(out.role, "teacher");
	assert_string_equal(out.school, "SH1");
	assert_string_equal(out.lang, "sq");
	assert_int_equal(out.n_classes, 2);
	assert_string_equal(out.classes[1], "6B");
	assert_true(out.active);
	RC(STORE_NONE, roster_by_number(b->st, NUMBER_B, &out));
	RC(STORE_NONE, roster_by_number(b->st, "an alphanumeric sender of many letters", &out));
	RC(STORE_NONE, roster_by_number(b->st, "", &out));
	OK(roster_number(b->st, "T1", number, sizeof number));
	assert_string_equal(number, NUMBER_A);
	RC(STORE_BOUND, roster_number(b->st, "T1", number, 5));
	RC(STORE_NONE, roster_number(b->st, "T9", number, sizeof number));
	struct reporter other = person("T2", "teacher", "SH1");
	RC(STORE_EXISTS, roster_put(b->st, &other, NUMBER_A, NOW));
	RC(STORE_NONE, roster_put(b->st, &other, NULL, NOW));
	/* A new number, fewer classes; the old number is free again. */
	r.n_classes = 1;
	OK(roster_put(b->st, &r, NUMBER_B, NOW));
	RC(STORE_NONE, roster_by_number(b->st, NUMBER_A, &out));
	OK(roster_by_number(b->st, NUMBER_B, &out));
	assert_int_equal(out.n_classes, 1);
	OK(roster_put(b->st, &other, NUMBER_A, NOW));
	snprintf(r.role, sizeof r.role, "head");
	OK(roster_put(b->st, &r, NULL, NOW));
	OK(roster_by_number(b->st, NUMBER_B, &out));
	assert_string_equal(out.role, "head");
	OK(store_commit(b->st));
	assert_int_equal(box_holds(b, &NUMBER_A[4], 9), 0);
	assert_int_equal(box_holds(b, &NUMBER_B[4], 9), 0);
	box_reopen(b);
	OK(roster_number(b->st, "T1", number, sizeof number));
	assert_string_equal(number, NUMBER_B);
	OK(store_begin(b->st));
	snprintf(r.role, sizeof r.role, "wizard");
	RC(STORE_BOUND, roster_put(b->st, &r, NULL, NOW));
	store_rollback(b->st);
}

static void test_roster_lists(void **state)
{
	struct box *b = *state;
	struct reporter out[4], r;
	size_t n;
	OK(store_begin(b->st));
	r = person("T2", "teacher", "SH1");
	OK(roster_put(b->st, &r, NUMBER_B, NOW));
	r = person("T1", "teacher", "SH2");
	OK(roster_put(b->st, &r, NUMBER_A, NOW));
	r = person("D1", "duty", "");
	snprintf(r.agency, sizeof r.agency, "NJMF");
	OK(roster_put(b->st, &r, NUMBER_C, NOW));
	OK(roster_of_role(b->st, "teacher", NULL, NULL, out, 4, &n));
	assert_int_equal(n, 2);
	assert_string_equal(out[0].id, "T1");
	OK(roster_of_role(b->st, "teacher", "SH1", NULL, out, 4, &n));
	assert_int_equal(n, 1);
	OK(roster_of_role(b->st, "duty", NULL, "NJMF", out, 4, &n));
	assert_int_equal(n, 1);
	OK(roster_of_role(b->st, "duty", NULL, "TV", out, 4, &n));
	assert_int_equal(n, 0);
	OK(roster_set_active(b->st, "T1", false, NOW));
	OK(roster_set_lang(b->st, "T2", "en"));
	RC(STORE_NONE, roster_set_active(b->st, "T9", false, NOW));
	RC(STORE_NONE, roster_set_lang(b->st, "T9", "en"));
	RC(STORE_BOUND, roster_set_lang(b->st, "T2", "english"));
	OK(roster_of_role(b->st, "teacher", NULL, NULL, out, 4, &n));
	assert_int_equal(n, 1);
	assert_string_equal(out[0].lang, "en");
	OK(roster_list(b->st, "", out, 2, &n));
	assert_int_equal(n, 2);
	assert_string_equal(out[1].id, "T1");
	assert_false(out[1].active);
	OK(roster_list(b->st, "T1", out, 2, &n));
	assert_int_equal(n, 1);
	OK(store_commit(b->st));
}

static void test_classes_and_contexts(void **state)
{
	struct box *b = *state;
	struct reporter r = person("T1", "teacher", "SH1");
	char asked[64], code[24];
	int size;
	OK(store_begin(b->st));
	OK(school_put(b->st, "SH1"));
	OK(school_put(b->st, "SH1"));
	OK(class_put(b->st, "SH1", "5A", 28, "am"));
	OK(class_put(b->st, "SH1", "5A", 29, "am"));
	OK(class_register(b->st, "SH1", "5A", &size));
	assert_int_equal(size, 29);
	RC(STORE_NONE, class_register(b->st, "SH1", "9Z", &size));
	RC(STORE_BOUND, class_put(b->st, "SH1", "5A", -1, "am"));
	RC(STORE_NONE, context_set(b->st, "T1", "zone", "", NOW + 60));
	OK(roster_put(b->st, &r, NUMBER_A, NOW));
	OK(context_set(b->st, "T1", "zone", "E26-0001-V", NOW + 60));
	OK(context_get(b->st, "T1", NOW, asked, sizeof asked, code, sizeof code));
	assert_string_equal(asked, "zone");
	assert_string_equal(code, "E26-0001-V");
	RC(STORE_NONE, context_get(b->st, "T1", NOW + 60, asked, sizeof asked, code, sizeof code));
	OK(context_set(b->st, "T1", "class:6A", "", NOW + 90));
	OK(context_get(b->st, "T1", NOW + 60, asked, sizeof asked, code, sizeof code));
	assert_string_equal(asked, "class:6A");
	OK(context_set(b->st, "T1", "", "", 0));
	RC(STORE_NONE, context_get(b->st, "T1", NOW, asked, sizeof asked, code, sizeof code));
	OK(store_commit(b->st));
}

/* ---- attendance ------------------------------------------------------------------------------ */

static int64_t message(struct box *b, int n)
{
	char dedupe[24];
	int64_t id = 0;
	snprintf(dedupe, sizeof dedupe, "n%d", n);
	OK(inbox_add_message(b->st, "console", NUMBER_A, "x", 1, NOW, NOW + n, dedupe, &id));
	return id;
}

static int64_t day_put(struct box *b, const char *day, int64_t msg, int count, bool fresh)
{
	const struct class_day d = { .school = "SH1", .class_name = "5A", .day = day, .reporter = "T1",
				     .message = msg, .count = count, .enrolled = -1 };
	int64_t id = 0;
	bool was = !fresh;
	OK(class_day_put(b->st, &d, NOW, &id, &was));
	assert_int_equal(was, fresh);
	return id;
}

static int put(struct box *b, int64_t day, int64_t msg, int pupil, const char *category,
	       const char *reason)
{
	const struct absence a = { .class_day = day, .message = msg, .pupil = pupil,
				   .category = category, .reason = reason, .country = "" };
	int64_t id;
	return absence_put(b->st, &a, NOW, &id);
}

static void pupils_are(struct box *b, const char *day, size_t want, int first)
{
	int pupils[8];
	size_t n;
	bool reported;
	OK(attendance_of_day(b->st, "SH1", "5A", day, pupils, 8, &n, &reported));
	assert_int_equal(n, want);
	assert_true(reported);
	if (want)
		assert_int_equal(pupils[0], first);
}

static void category_is(struct box *b, int pupil, const char *want)
{
	struct attendance_mark m[1];
	size_t n;
	OK(attendance_recent(b->st, "SH1", "5A", pupil, "2026-11-16", m, 1, &n));
	assert_int_equal(n, 1);
	assert_string_equal(m[0].category, want);
}

static void test_class_day_again(void **state)
{
	struct box *b = *state;
	OK(store_begin(b->st));
	int64_t m1 = message(b, 1), m2 = message(b, 2);
	int64_t d = day_put(b, "2026-11-16", m1, -1, true);
	OK(put(b, d, m1, 12, "unknown", ""));
	assert_int_equal(day_put(b, "2026-11-16", m2, -1, false), d);
	OK(put(b, d, m2, 14, "excused", "sick"));
	pupils_are(b, "2026-11-16", 2, 12);
	RC(STORE_EXISTS, put(b, d, m2, 12, "unknown", ""));
	OK(put(b, d, m2, 12, "unexcused", ""));
	RC(STORE_EXISTS, put(b, d, m2, 12, "unknown", ""));
	category_is(b, 12, "unexcused");
	RC(STORE_NONE, put(b, 9999, m2, 1, "unknown", ""));
	RC(STORE_BOUND, put(b, d, m2, 3, "asleep", ""));
	store_rollback(b->st);
}

static int missed(struct box *b)
{
	struct class_year y;
	OK(class_year_get(b->st, "SH1", "5A", 2026, &y));
	assert_int_equal(y.listed, 1);
	return y.rated == 1 ? y.missed : -1;
}

/* What a list says in front of how many are away is proved behind it. */
static void test_sums_of_a_list(void **state)
{
	struct box *b = *state;
	struct class_day_list list;
	int64_t absence;
	OK(store_begin(b->st));
	int64_t m = message(b, 1);
	const struct class_day d = { .school = "SH1", .class_name = "5A", .day = "2026-11-16",
				     .reporter = "T1", .message = m, .count = -1, .enrolled = 28,
				     .away = 3 };
	OK(class_day_begin(b->st, &d, NOW, &list));
	assert_true(list.fresh);
	assert_false(list.listed);
	assert_int_equal(missed(b), 3);
	for (int pupil = 12; pupil < 14; pupil++) {
		const struct absence a = { .class_day = list.id, .message = m, .pupil = pupil,
					   .category = "unknown", .reason = "", .country = "",
					   .list = &list };
		OK(absence_put(b->st, &a, NOW, &absence));
	}
	assert_int_equal(missed(b), 3);
	OK(class_day_end(b->st, &list, NOW));
	assert_int_equal(missed(b), 2);
	OK(put(b, list.id, m, 14, "late", ""));
	assert_int_equal(missed(b), 2);
	OK(put(b, list.id, m, 15, "unknown", ""));
	assert_int_equal(missed(b), 3);
	store_rollback(b->st);
}

static void test_undo_gives_back(void **state)
{
	struct box *b = *state;
	struct absence_ref refs[8];
	size_t n;
	OK(store_begin(b->st));
	int64_t m1 = message(b, 1), m2 = message(b, 2), m3 = message(b, 3);
	int64_t d = day_put(b, "2026-11-16", m1, -1, true);
	OK(put(b, d, m1, 12, "unknown", ""));
	day_put(b, "2026-11-16", m2, -1, false);
	OK(put(b, d, m2, 12, "excused", "sick"));
	OK(put(b, d, m2, 13, "unknown", ""));
	OK(put(b, d, m3, 12, "unexcused", ""));
	/* Out of the middle: what stands stays, and its undo goes past the one taken out. */
	OK(attendance_undo(b->st, m2, NOW, refs, 8, &n));
	assert_int_equal(n, 3);
	assert_int_equal(refs[0].pupil, 13);
	assert_int_equal(refs[1].pupil, 12);
	assert_int_equal(refs[2].pupil, -1);
	assert_string_equal(refs[0].school, "SH1");
	assert_string_equal(refs[0].class_name, "5A");
	assert_string_equal(refs[0].day, "2026-11-16");
	category_is(b, 12, "unexcused");
	category_is(b, 13, "");
	OK(attendance_undo(b->st, m3, NOW, refs, 8, &n));
	assert_int_equal(n, 1);
	category_is(b, 12, "unknown");
	OK(attendance_undo(b->st, m3, NOW, refs, 8, &n));
	assert_int_equal(n, 0);
	OK(attendance_undo(b->st, m1, NOW, refs, 1, &n));
	assert_int_equal(n, 1);
	int pupils[4];
	bool reported = true;
	OK(attendance_of_day(b->st, "SH1", "5A", "2026-11-16", pupils, 4, &n, &reported));
	assert_false(reported);
	assert_int_equal(n, 0);
	/* Reported again: the same id, and new. */
	assert_int_equal(day_put(b, "2026-11-16", m3, 0, true), d);
	OK(store_commit(b->st));
}

static void test_recent_marks(void **state)
{
	struct box *b = *state;
	struct attendance_mark m[8];
	size_t n;
	OK(store_begin(b->st));
	int64_t msg = message(b, 1);
	int64_t d = day_put(b, "2026-11-12", msg, -1, true);
	OK(put(b, d, msg, 12, "unknown", ""));
	day_put(b, "2026-11-13", msg, 2, true);
	d = day_put(b, "2026-11-16", msg, -1, true);
	OK(put(b, d, msg, 12, "late", ""));
	day_put(b, "2026-11-17", msg, 0, true);
	OK(attendance_recent(b->st, "SH1", "5A", 12, "2026-11-16", m, 8, &n));
	assert_int_equal(n, 3);
	assert_string_equal(m[0].day, "2026-11-16");
	assert_false(m[0].absent);
	assert_string_equal(m[0].category, "late");
	assert_true(m[0].list);
	assert_string_equal(m[1].day, "2026-11-13");
	assert_false(m[1].list);
	assert_true(m[2].absent);
	OK(attendance_recent(b->st, "SH1", "5A", 12, "2026-11-30", m, 1, &n));
	assert_int_equal(n, 1);
	assert_true(m[0].list);
	OK(attendance_recent(b->st, "SH9", "5A", 12, "2026-11-30", m, 8, &n));
	assert_int_equal(n, 0);
	OK(store_commit(b->st));
}

/* ---- cases ----------------------------------------------------------------------------------- */

static struct case_row new_case(const char *code, const char *owner)
{
	struct case_row c = { .age = 9, .n_children = -1, .pupil = -1, .urgent = true };
	snprintf(c.code, sizeof c.code, "%s", code);
	snprintf(c.owner, sizeof c.owner, "%s", owner);
	snprintf(c.risk, sizeof c.risk, "high");
	snprintf(c.concerns, sizeof c.concerns, "begging,no_school");
	snprintf(c.zone, sizeof c.zone, "Z3");
	return c;
}

static void test_cases(void **state)
{
	struct box *b = *state;
	struct case_row c = new_case("E26-0001-V", "O1"), out, many[4];
	int64_t id, id2, number;
	size_t n;
	OK(store_begin(b->st));
	OK(case_next_number(b->st, 2026, &number));
	assert_int_equal(number, 1);
	OK(case_next_number(b->st, 2026, &number));
	assert_int_equal(number, 2);
	OK(case_next_number(b->st, 2027, &number));
	assert_int_equal(number, 1);
	c.message = message(b, 1);
	OK(case_add(b->st, &c, NOW, &id));
	RC(STORE_EXISTS, case_add(b->st, &c, NOW, &id2));
	struct case_row d = new_case("E26-0002-M", "O1");
	OK(case_add(b->st, &d, NOW, &id2));
	d.message = 999;
	snprintf(d.code, sizeof d.code, "E26-0003-X");
	RC(STORE_NONE, case_add(b->st, &d, NOW, &id2));
	store_rollback(b->st);
	OK(store_begin(b->st));
	OK(case_next_number(b->st, 2026, &number));
	c.message = message(b, 1);
	OK(case_add(b->st, &c, NOW, &id));
	d = new_case("E26-0002-M", "O1");
	OK(case_add(b->st, &d, NOW, &id2));
	OK(store_commit(b->st));
	OK(case_by_code(b->st, "E26-0001-V", &out));
	assert_int_equal(out.id, id);
	assert_string_equal(out.state, "new");
	assert_string_equal(out.concerns, "begging,no_school");
	assert_int_equal(out.age, 9);
	assert_true(out.urgent);
	assert_false(out.partial);
	assert_int_equal(out.opened, NOW);
	OK(case_by_message(b->st, c.message, &out));
	assert_int_equal(out.id, id);
	RC(STORE_NONE, case_by_code(b->st, "E26-0009-Q", &out));
	RC(STORE_NONE, case_by_id(b->st, 99, &out));
	RC(STORE_NONE, case_by_message(b->st, 99, &out));
	OK(store_begin(b->st));
	out = c;
	out.id = id;
	out.age = 10;
	snprintf(out.zone, sizeof out.zone, "Z4");
	OK(case_update(b->st, &out, NOW + 5));
	OK(case_by_id(b->st, id, &out));
	assert_int_equal(out.age, 10);
	assert_string_equal(out.zone, "Z4");
	assert_int_equal(out.updated, NOW + 5);
	out.id = 99;
	RC(STORE_NONE, case_update(b->st, &out, NOW));
	OK(case_set_state(b->st, id, "new", "assessment", NOW));
	RC(STORE_STATE, case_set_state(b->st, id, "new", "plan", NOW));
	RC(STORE_BOUND, case_set_state(b->st, id, "assessment", "nowhere", NOW));
	OK(case_owned(b->st, "O1", many, 4, &n));
	assert_int_equal(n, 2);
	assert_int_equal(many[0].id, id2);
	OK(case_set_state(b->st, id2, "new", "closed", NOW));
	OK(case_owned(b->st, "O1", many, 4, &n));
	assert_int_equal(n, 1);
	OK(case_list(b->st, NULL, many, 4, &n));
	assert_int_equal(n, 1);
	OK(case_list(b->st, "closed", many, 4, &n));
	assert_int_equal(n, 1);
	assert_int_equal(many[0].id, id2);
	OK(store_commit(b->st));
}

static void test_case_history(void **state)
{
	struct box *b = *state;
	struct case_row c = new_case("E26-0001-V", "O1");
	struct case_event ev[3];
	char big[700];
	int64_t id;
	size_t n;
	memset(big, 'x', sizeof big);
	OK(store_begin(b->st));
	OK(case_add(b->st, &c, NOW, &id));
	OK(case_event_add(b->st, id, NOW, "O1", "opened", "risk high", "", 0));
	OK(case_event_add(b->st, id, NOW + 1, "O1", "note", "", "CHILDSLEEPSROUGH", 16));
	RC(STORE_BOUND, case_event_add(b->st, id, NOW, "O1", "note", "", big, 640));
	RC(STORE_NONE, case_event_add(b->st, 99, NOW, "O1", "note", "", "", 0));
	RC(STORE_KEY, case_event_add(b->st, 99, NOW, "O1", "note", "", "x", 1));
	OK(store_commit(b->st));
	assert_int_equal(box_holds(b, "CHILDSLEEPSROUGH", 16), 0);
	OK(case_events(b->st, id, ev, 3, &n));
	assert_int_equal(n, 2);
	assert_string_equal(ev[0].what, "opened");
	assert_string_equal(ev[0].note, "");
	assert_string_equal(ev[1].note, "CHILDSLEEPSROUGH");
	OK(case_events(b->st, id, ev, 1, &n));
	assert_int_equal(n, 1);
}

/* ---- alerts ---------------------------------------------------------------------------------- */

static struct alert_row alert(const char *rule, const char *subject, int64_t at)
{
	struct alert_row a = { .escalate_at = at };
	snprintf(a.rule, sizeof a.rule, "%s", rule);
	snprintf(a.subject, sizeof a.subject, "%s", subject);
	snprintf(a.window, sizeof a.window, "2026-W47");
	return a;
}

static void test_alert_raised_once(void **state)
{
	struct box *b = *state;
	struct alert_row a = alert("A1", "SH1 5A 12", NOW + 600), again = a, out[4];
	bool fresh;
	size_t n;
	OK(store_begin(b->st));
	a.message = message(b, 1);
	OK(alert_raise(b->st, &a, NOW, &fresh));
	assert_true(fresh);
	assert_int_equal(a.number, 1);
	assert_string_equal(a.state, "open");
	OK(alert_raise(b->st, &again, NOW + 9, &fresh));
	assert_false(fresh);
	assert_int_equal(again.number, 1);
	assert_int_equal(again.raised, NOW);
	struct alert_row other = alert("C1", "SH1 5A 12", 0);
	snprintf(other.state, sizeof other.state, "done");
	OK(alert_raise(b->st, &other, NOW, &fresh));
	assert_int_equal(other.number, 2);
	OK(alert_open_for(b->st, "SH1 5A 12", out, 4, &n));
	assert_int_equal(n, 1);
	OK(alert_list(b->st, true, out, 4, &n));
	assert_int_equal(n, 1);
	OK(alert_list(b->st, false, out, 4, &n));
	assert_int_equal(n, 2);
	OK(alert_of_message(b->st, a.message, out, 4, &n));
	assert_int_equal(n, 1);
	RC(STORE_NONE, alert_get(b->st, 9, out));
	OK(store_commit(b->st));
}

static void test_alert_told_and_answered(void **state)
{
	struct box *b = *state;
	struct alert_row a = alert("A1", "SH1 5A 12", NOW + 600), c = alert("A2", "SH1 5A 13", NOW + 300);
	int64_t numbers[4], at;
	bool fresh;
	size_t n;
	OK(store_begin(b->st));
	OK(alert_raise(b->st, &a, NOW, &fresh));
	OK(alert_raise(b->st, &c, NOW, &fresh));
	OK(alert_told(b->st, a.number, "H1", 0, 0));
	OK(alert_told(b->st, a.number, "H1", 0, 0));
	OK(alert_told(b->st, a.number, "H1", 1, 0));
	OK(alert_told(b->st, c.number, "H1", 0, 0));
	RC(STORE_NONE, alert_told(b->st, 99, "H1", 0, 0));
	OK(alert_was_told(b->st, a.number, "H1"));
	RC(STORE_NONE, alert_was_told(b->st, a.number, "D1"));
	OK(alert_pending(b->st, "H1", numbers, 4, &n));
	assert_int_equal(n, 2);
	assert_int_equal(numbers[0], a.number);
	OK(alert_next_due(b->st, &at));
	assert_int_equal(at, NOW + 300);
	RC(STORE_NONE, alert_due(b->st, NOW, &a));
	OK(alert_due(b->st, NOW + 700, &a));
	assert_int_equal(a.number, c.number);
	OK(alert_escalated(b->st, c.number, 1, NOW + 900));
	OK(alert_due(b->st, NOW + 700, &a));
	assert_int_equal(a.number, 1);
	OK(alert_ack(b->st, 1, "H1", NOW + 20));
	RC(STORE_STATE, alert_ack(b->st, 1, "H1", NOW + 21));
	RC(STORE_STATE, alert_escalated(b->st, 1, 2, NOW));
	RC(STORE_NONE, alert_ack(b->st, 99, "H1", NOW));
	RC(STORE_BOUND, alert_ack(b->st, 2, "", NOW));
	OK(alert_get(b->st, 1, &a));
	assert_string_equal(a.state, "acked");
	assert_string_equal(a.acked_by, "H1");
	assert_int_equal(a.acked_at, NOW + 20);
	OK(alert_standing_for(b->st, a.subject, &a, 1, &n)); /* who took it acts on what it says */
	assert_int_equal(n, 1);
	OK(alert_withdraw(b->st, 1, "undone", NOW));
	RC(STORE_STATE, alert_withdraw(b->st, 1, "undone", NOW));
	OK(alert_get(b->st, 1, &a));
	assert_string_equal(a.state, "withdrawn");
	assert_string_equal(a.acked_by, "");
	assert_int_equal(a.acked_at, NOW + 20);
	OK(alert_withdraw(b->st, 2, "undone", NOW));
	RC(STORE_STATE, alert_ack(b->st, 2, "H1", NOW));
	RC(STORE_NONE, alert_next_due(b->st, &at));
	OK(alert_pending(b->st, "H1", numbers, 4, &n));
	assert_int_equal(n, 0);
	OK(store_commit(b->st));
}

#define T(f) cmocka_unit_test_setup_teardown(f, box_setup, box_teardown)
int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_roster), T(test_roster_lists), T(test_classes_and_contexts),
		T(test_class_day_again), T(test_sums_of_a_list), T(test_undo_gives_back), T(test_recent_marks),
		T(test_cases),
		T(test_case_history), T(test_alert_raised_once), T(test_alert_told_and_answered),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
