/* test_tasks.c - tasks and meetings from a feature phone, by a clock that the test moves: exact
 * replies, rows, audit; reminders once; the third carry-over. */
#include "tests/component/casebook.h"
#include "gateway/casework/meetings.h"
#include "gateway/casework/reminders.h"
#include "gateway/casework/tasks.h"
#include "parser/gsm7.h"
#include "store/audit.h"
#include "store/followups.h"
#include "store/meetings.h"
#include "store/tasks.h"

#define AG1 "+355694000001" /* TDH */
#define AG2 "+355694000002" /* TV */
#define S1 "+355694000003"  /* SSS */
#define PIN "482913"

static char code[24];

static void has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("\"%s\" is not in \"%s\"", part, text);
}

static void has_not(const char *text, const char *part)
{
	if (strstr(text, part))
		fail_msg("\"%s\" is in \"%s\"", part, text);
}

/* A case that a partner reported and the coordinator took. */
static void open_case(struct fx *f)
{
	struct case_row c;
	size_t n = 0;

	fx_ask(f, S1, "RAST LYP Z4 M11");
	fx_ask(f, C1, "OK 1");
	OK(case_list(f->st, NULL, &c, 1, &n));
	snprintf(code, sizeof(code), "%s", c.code);
	fx_begin(f);
	OK(due_all_done(f->st, c.id)); /* what the case itself is due is another test's */
	fx_commit(f);
	fx_clear(f);
}

/* "%s" in the text is the case's code. */
static const char *ask(struct fx *f, const char *from, const char *words)
{
	const char *at = strstr(words, "%s");
	char text[200];

	assert_non_null(at);
	snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - words), words, code, at + 2);
	return fx_ask(f, from, text);
}

static struct task task_of(struct fx *f, int64_t number)
{
	struct task t;

	OK(task_get(f->st, number, &t));
	return t;
}

static int audited(struct fx *f, const char *who, const char *verb, const char *object)
{
	const struct audit_query q = { .who = who };
	static struct audit_row rows[500];
	size_t n = 0;
	int k = 0;

	OK(audit_find(f->st, &q, 0, rows, 500, &n));
	for (size_t i = 0; i < n; i++)
		k += strcmp(rows[i].verb, verb) == 0 && strcmp(rows[i].object, object) == 0;
	return k;
}

/* ---- setting -------------------------------------------------------------------------------- */

static void test_task_by_text(void **state)
{
	struct fx *f = *state;
	char want[160];

	open_case(f);
	const char *reply = ask(f, C1, "DETYRE %s TDH vizite deri 30.11");
	snprintf(want, sizeof(want), "Detyre T1 per TDH: %s deri 30.11", code);
	assert_string_equal(reply, want);
	snprintf(want, sizeof(want), "Detyre T1: vizite %s deri 30.11. KRYER T1 / SHTY T1 data", code);
	assert_string_equal(fx_to(f, AG1), want);
	assert_int_equal(fx_count_to(f, AG2) + fx_count_to(f, S1) + fx_count_to(f, T1), 0);
	/* over HTTP to that agency alone, with the keys of its row */
	assert_int_equal(f->n_http, 1);
	assert_string_equal(f->http[0].agency, "TDH");
	assert_string_equal(f->http[0].event, "task.new");
	snprintf(want, sizeof(want), "\"data\":{\"case\":\"%s\",\"due\":\"2026-11-30\",\"service\":\"visit\",\"task\":\"T1\"}", code);
	has(f->http[0].body, want);
	struct task t = task_of(f, 1);
	assert_string_equal(t.state, "open");
	assert_string_equal(t.agency, "TDH");
	assert_string_equal(t.service, "visit");
	assert_string_equal(t.due, "2026-11-30");
	assert_string_equal(t.set_by, "C1");
	assert_string_equal(t.case_code, code);
	assert_int_equal(audited(f, "C1", "task.set", "task T1"), 1);
}

static void test_without_a_day_at_the_next_meeting(void **state)
{
	struct fx *f = *state;
	char want[160];

	open_case(f);
	snprintf(want, sizeof(want), "Detyre T1 per TDH: %s deri 15.12", code);
	assert_string_equal(ask(f, C1, "detyre tdh vizite %s"), want);
	assert_string_equal(task_of(f, 1).due, "2026-12-15");
	assert_true(task_of(f, 1).due_meeting > 0);
}

/* Who may not know that there is a case is told of the work alone. */
static void test_the_least_by_sms_too(void **state)
{
	struct fx *f = *state;

	open_case(f);
	fx_begin(f);
	fx_person(f, "E1", "+355694000009", "agency", "", "", "EDU");
	fx_commit(f);
	fx_secret(f, "E1", SECRET_KIND_PIN, PIN, "");
	ask(f, C1, "DETYRE %s EDU shkolle deri 30.11");
	const char *sms = fx_to(f, "+355694000009");
	has(sms, "Detyre T1: ");
	has(sms, " deri 30.11. KRYER T1 / SHTY T1 data");
	has_not(sms, "E26");
	assert_string_equal(fx_agency(f, "EDU")->event, "task.new");
	has_not(fx_agency(f, "EDU")->body, "E26");
	has_not(fx_ask(f, "+355694000009", "PIN " PIN " DETYRAT"), "E26");
	has(fx_to(f, "+355694000009"), "Detyrat: T1 30.11");
}

static void test_nobody_to_tell(void **state)
{
	struct fx *f = *state;

	open_case(f);
	char text[100];
	snprintf(text, sizeof(text), "DETYRE %s HOPE vizite deri 30.11", code);
	fx_clear(f);
	fx_sms(f, C1, text); /* no URL, nobody on the roster */
	fx_drain(f);
	assert_int_equal(f->n_sms, 2);
	has(f->sms[0].text, "T1: HOPE s'ka numer ne sistem. Njoftoje vete");
	assert_string_equal(f->sms[0].to, C1);
	has(f->sms[1].text, "Detyre T1 per HOPE");
}

static void test_set_by_the_wrong_people(void **state)
{
	struct fx *f = *state;
	struct task t;

	open_case(f);
	has(ask(f, AG1, "DETYRE %s TDH vizite deri 30.11"), "s'eshte per ty");
	has(ask(f, O1, "DETYRE %s TDH vizite deri 30.11"), "s'eshte per ty");
	has(fx_ask(f, C1, "DETYRE E26-0148-T TDH vizite"), "Kodi nuk vlen");
	has(ask(f, C1, "DETYRE %s TDH vizite deri 30.10"), "SHTY T12 30.11");
	assert_int_equal(task_get(f->st, 1, &t), STORE_NONE);
}

static void test_taken_back(void **state)
{
	struct fx *f = *state;

	open_case(f);
	ask(f, C1, "DETYRE %s TDH vizite deri 30.11");
	assert_string_equal(fx_ask(f, C1, "ANULO"), "U anulua detyra T1");
	assert_string_equal(fx_to(f, AG1), "T1 u anulua. Mos e kryej");
	assert_string_equal(task_of(f, 1).state, "cancelled");
	assert_string_equal(fx_ask(f, AG1, "KRYER T1"), "T1 s'eshte me e hapur");
	/* a day that was guessed is asked about; "jo" takes the task back */
	has(ask(f, C1, "DETYRE %s TDH vizite te premten"), "Sakte? PO ose JO");
	fx_ask(f, C1, "jo");
	assert_string_equal(task_of(f, 2).state, "cancelled");
}

/* ---- doing ---------------------------------------------------------------------------------- */

static void test_done_not_yet_postponed(void **state)
{
	struct fx *f = *state;

	open_case(f);
	ask(f, C1, "DETYRE %s TDH vizite deri 30.11");
	assert_string_equal(fx_ask(f, AG1, "T1 jo akoma"), "T1 u shenua: ende jo e kryer");
	assert_string_equal(task_of(f, 1).state, "progress");
	assert_string_equal(fx_ask(f, AG1, "SHTY T1 10.12 mungon dokumenti"), "T1: afati i ri 10.12");
	struct task t = task_of(f, 1);
	assert_string_equal(t.state, "deferred");
	assert_string_equal(t.due, "2026-12-10");
	assert_int_equal(t.carries, 1);
	assert_string_equal(fx_ask(f, AG1, "SHTY T1 5.12"), "T1: afati i ri 05.12");
	assert_int_equal(task_of(f, 1).carries, 1); /* brought forward */
	assert_string_equal(fx_ask(f, AG1, "KRYER T1"), "T1 u krye. Faleminderit");
	assert_string_equal(task_of(f, 1).state, "done");
	assert_string_equal(fx_ask(f, AG1, "u krye T1"), "T1 u krye. Faleminderit");
	assert_string_equal(fx_ask(f, AG1, "SHTY T1 20.12"), "T1 s'eshte me e hapur");
	struct task_event e[10];
	size_t n = 0;
	OK(task_events(f->st, 1, e, 10, &n));
	assert_int_equal(n, 5);
	assert_string_equal(e[1].what, "progress");
	assert_string_equal(e[4].what, "done");
	assert_string_equal(e[4].who, "AG1");
	assert_int_equal(audited(f, "AG1", "task.done", "task T1"), 1);
	assert_int_equal(audited(f, "AG1", "task.defer", "task T1"), 2);
	/* no absence was made of a missing document */
	assert_int_equal(fx_alerts(f, (struct alert_row[4]){ 0 }, 4), 1);
}

/* Another agency's task reads as one that was never given. */
static void test_not_his(void **state)
{
	struct fx *f = *state;
	char unknown[200];

	open_case(f);
	ask(f, C1, "DETYRE %s TDH vizite deri 30.11");
	snprintf(unknown, sizeof(unknown), "%s", fx_ask(f, AG2, "KRYER T77"));
	assert_string_equal(unknown, "Cila detyre? P.sh. KRYER T12");
	assert_string_equal(fx_ask(f, AG2, "KRYER T1"), unknown);
	assert_string_equal(fx_ask(f, AG2, "T1 jo akoma"), unknown);
	assert_string_equal(fx_ask(f, AG2, "SHTY T1 20.12"), unknown);
	assert_string_equal(fx_ask(f, O1, "KRYER T1"), unknown);
	assert_string_equal(task_of(f, 1).state, "open");
	assert_string_equal(fx_ask(f, C1, "KRYER T1"), "T1 u krye. Faleminderit");
}

static void test_the_askers_own_list(void **state)
{
	struct fx *f = *state;
	char want[200];

	open_case(f);
	assert_string_equal(fx_ask(f, AG1, "PIN " PIN " DETYRAT"), "S'ke detyra te hapura");
	ask(f, C1, "DETYRE %s TDH vizite deri 30.11");
	ask(f, C1, "DETYRE %s TV strehim deri 25.11");
	ask(f, C1, "DETYRE %s TDH telefonate deri 20.11");
	snprintf(want, sizeof(want), "Detyrat: T3 %s 20.11, T1 %s 30.11", code, code);
	assert_string_equal(fx_ask(f, AG1, "PIN " PIN " DETYRAT"), want);
	snprintf(want, sizeof(want), "Detyrat: T2 %s 25.11", code);
	assert_string_equal(fx_ask(f, AG2, "pin " PIN " my tasks"), want);
	assert_string_equal(fx_ask(f, C1, "PIN " PIN " DETYRAT"), "S'ke detyra te hapura");
	for (int i = 0; i < 12; i++)
		ask(f, C1, "DETYRE %s TDH vizite deri 1.12");
	const char *list = fx_ask(f, AG1, "PIN " PIN " DETYRAT");
	has(list, "Detyrat: T3 20.11, T1 30.11");
	has(list, " +");
	assert_in_range(gsm7_count(list, strlen(list)), 1, 160);
}

/* ---- for other work ------------------------------------------------------------------------- */

static void test_set_by_other_work(void **state)
{
	struct fx *f = *state;
	struct case_row c;
	enum tasks_answer answer;
	struct task t;
	int open = 0;

	open_case(f);
	OK(case_by_code(f->st, code, &c));
	const struct tasks_order o = { .case_id = c.id, .agency = "SSS", .service = "family_assessment",
				       .due = "2026-11-28", .set_by = "system",
				       .dedupe = "return:E26-0147-V:assess" };
	fx_begin(f);
	OK(tasks_set(&f->d, &o, &t, &answer));
	assert_int_equal(answer, TASKS_DONE);
	OK(tasks_set(&f->d, &o, &t, &answer));
	assert_int_equal(answer, TASKS_THERE);
	OK(tasks_open_work(&f->d, c.id, &open));
	assert_int_equal(open, 1);
	fx_commit(f);
	fx_drain(f);
	has(fx_to(f, S1), "Detyre T1: vleresim familje ");
	fx_begin(f);
	OK(tasks_case_closed(&f->d, c.id, "C1"));
	OK(tasks_open_work(&f->d, c.id, &open));
	fx_commit(f);
	assert_int_equal(open, 0);
	assert_string_equal(task_of(f, 1).state, "cancelled");
	fx_drain(f);
	has(f->sms[f->n_sms - 1].text, "T1 u anulua");
}

static void test_closing_and_merging(void **state)
{
	struct fx *f = *state;
	struct case_row rows[4];
	size_t n = 0;
	char text[80];

	open_case(f);
	ask(f, C1, "DETYRE %s TDH vizite deri 30.11");
	snprintf(text, sizeof(text), "MBYLL %s RIINTEGRUAR", code);
	has(book_pin(f, C1, text), "1 detyra te hapura");
	fx_ask(f, AG2, "RAST DRO Z2 M15");
	OK(case_list(f->st, NULL, rows, 4, &n));
	assert_int_equal(n, 2);
	snprintf(text, sizeof(text), "BASHKO %s %s", rows[1].code, rows[0].code);
	book_pin(f, C1, text);
	struct case_row first, second;
	OK(case_by_id(f->st, rows[1].id, &first));
	OK(case_by_id(f->st, rows[0].id, &second));
	const char *kept = strcmp(first.state, "duplicate") == 0 ? second.code : first.code;
	assert_true(strcmp(first.state, "duplicate") == 0 || strcmp(second.state, "duplicate") == 0);
	assert_string_equal(task_of(f, 1).case_code, kept);
}

/* ---- reminders ------------------------------------------------------------------------------ */

static void at(struct fx *f, const char *iso)
{
	fx_at(f, iso);
	f->n_sms = f->n_http = 0;
	fx_due(f);
}

static void test_reminded_before_the_meeting(void **state)
{
	struct fx *f = *state;
	char want[200];
	int64_t next;

	open_case(f);
	ask(f, C1, "DETYRE %s TDH vizite");
	ask(f, C1, "DETYRE %s TDH telefonate deri 14.12");
	ask(f, C1, "DETYRE %s TV strehim");
	fx_clear(f);
	at(f, "2026-12-08T07:59");
	assert_int_equal(f->n_sms, 0);
	OK(effects_next(&f->d, &next));
	fx_at(f, "2026-12-08T08:00");
	assert_int_equal(next, f->d.now);
	at(f, "2026-12-08T08:00");
	snprintf(want, sizeof(want), "Takimi me 15.12. Detyrat e tua: T2 %s 14.12, T1 %s 15.12", code,
		 code);
	assert_string_equal(fx_to(f, AG1), want);
	has(fx_to(f, AG2), "T3");
	assert_int_equal(f->n_sms, 2); /* one a person */
	/* a restart, and an hour later: nothing again */
	store_close(f->st);
	fx_open_store(f);
	at(f, "2026-12-08T09:00");
	assert_int_equal(f->n_sms, 0);
	fx_ask(f, AG2, "KRYER T3");
	at(f, "2026-12-14T08:00");
	assert_int_equal(fx_count_to(f, AG1), 1);
	assert_int_equal(fx_count_to(f, AG2), 0); /* his is done */
	at(f, "2026-12-14T20:00");
	assert_int_equal(f->n_sms, 0);
	assert_int_equal(audited(f, "system", "remind.week", "AG1"), 1);
	assert_int_equal(audited(f, "system", "remind.day", "AG1"), 1);
}

/* The gateway was down for the whole week: one reminder, not two, and in waking hours. */
static void test_reminded_late(void **state)
{
	struct fx *f = *state;

	open_case(f);
	ask(f, C1, "DETYRE %s TDH vizite");
	fx_clear(f);
	at(f, "2026-12-14T22:30");
	assert_int_equal(f->n_sms, 0);
	at(f, "2026-12-15T06:00");
	assert_int_equal(f->n_sms, 0);
	at(f, "2026-12-15T08:00");
	assert_int_equal(f->n_sms, 1);
	at(f, "2026-12-15T09:00");
	assert_int_equal(f->n_sms, 0);
}

static void test_overdue_the_next_day(void **state)
{
	struct fx *f = *state;

	open_case(f);
	ask(f, C1, "DETYRE %s TDH vizite deri 30.11");
	fx_clear(f);
	at(f, "2026-11-30T12:00");
	assert_int_equal(f->n_sms, 0);
	at(f, "2026-12-01T07:00");
	assert_int_equal(f->n_sms, 0);
	at(f, "2026-12-01T08:00");
	assert_string_equal(fx_to(f, AG1), "T1 ka kaluar afatin me 1 dite. KRYER T1 / SHTY T1 data");
	at(f, "2026-12-02T08:00");
	assert_int_equal(f->n_sms, 0);
	/* a new day that passes is another matter; two at once are one text */
	fx_ask(f, AG1, "SHTY T1 3.12");
	ask(f, C1, "DETYRE %s TDH telefonate deri 3.12");
	at(f, "2026-12-04T08:00");
	has(fx_to(f, AG1), "Afati ka kaluar: T1 ");
	has(fx_to(f, AG1), "T2 ");
	assert_int_equal(f->n_sms, 1);
	int64_t next;
	OK(effects_next(&f->d, &next));
	assert_true(next > f->d.now);
}

/* ---- meetings ------------------------------------------------------------------------------- */

static void test_when_is_the_meeting(void **state)
{
	struct fx *f = *state;
	struct rsvp rows[8];
	struct meeting m;
	size_t n = 0;

	assert_string_equal(fx_ask(f, AG1, "TAKIM"),
			    "Takimi i grupit: 15.12 ora 10:00. Pergjigju VIJ ose NUK VIJ");
	assert_string_equal(fx_ask(f, AG1, "TAKIM VIJ"), "U shenua: vjen ne takim. Faleminderit");
	assert_string_equal(fx_ask(f, AG2, "TAKIM S'VIJ"), "U shenua: nuk vjen ne takim. Faleminderit");
	fx_ask(f, AG2, "nuk vij ne takim");
	fx_ask(f, C1, "takim vij");
	OK(meeting_next(f->st, f->d.now, &m));
	OK(rsvp_list(f->st, m.id, rows, 8, &n));
	assert_int_equal(n, 3);
	assert_string_equal(rows[0].agency, "MUN");
	assert_string_equal(rows[1].agency, "TDH");
	assert_true(rows[1].attending);
	assert_false(rows[2].attending);
	assert_int_equal(audited(f, "AG1", "meeting.rsvp", "meeting 1"), 1);
	has(fx_ask(f, T1, "TAKIM"), "s'eshte per ty");
}

static void test_the_agenda_on_a_phone(void **state)
{
	struct fx *f = *state;

	assert_string_equal(fx_ask(f, C1, "PIN " PIN " rendi i dites"), "Rendi i dites 15.12: asgje e hapur");
	open_case(f);
	ask(f, C1, "DETYRE %s TDH vizite deri 17.11");
	ask(f, C1, "DETYRE %s TDH vizite deri 20.11");
	ask(f, C1, "DETYRE %s TV strehim deri 25.11");
	ask(f, C1, "RREZIK %s LARTE");
	fx_at(f, "2026-11-23T10:00");
	const char *reply = fx_ask(f, C1, "PIN " PIN " rendi i dites");
	has(reply, "Rendi i dites 15.12: 2 detyra, 1 me vonese, 1 rreziqe te reja. ");
	has(reply, code);
	/* a partner: the counts, and his own tasks */
	reply = fx_ask(f, AG2, "PIN " PIN " rendi i dites");
	has(reply, "2 detyra, 1 me vonese");
	has(reply, ". T2 ");
	has_not(reply, "T1 ");
	for (int i = 0; i < 30; i++)
		ask(f, C1, "DETYRE %s TDH vizite deri 1.12");
	fx_clear(f);
	fx_sms(f, AG1, "agenda pin " PIN);
	fx_drain(f);
	assert_int_equal(f->n_sms, 1);
	assert_in_range(f->sms[0].parts, 1, 2);
	assert_int_equal(audited(f, "AG1", "agenda.read", "meeting 1"), 1);
}

static enum meetings_answer set(struct fx *f, const char *iso, const char *place)
{
	enum meetings_answer answer;
	struct meeting m;

	fx_begin(f);
	OK(meetings_set(&f->d, clock_utc_of(iso), place, "cli:0", &m, &answer));
	fx_commit(f);
	return answer;
}

static void test_moved_by_a_person(void **state)
{
	struct fx *f = *state;

	open_case(f);
	ask(f, C1, "DETYRE %s TDH vizite");
	fx_ask(f, AG1, "VIJ");
	fx_clear(f);
	assert_int_equal(set(f, "2026-12-10T10:00", "SALLA1"), MEETINGS_MOVED);
	fx_drain(f);
	assert_string_equal(fx_to(f, AG1), "Takimi i grupit u shty: 10.12 ora 10:00. Pergjigju VIJ ose NUK VIJ");
	assert_string_equal(task_of(f, 1).due, "2026-12-10"); /* it follows */
	assert_int_equal(task_of(f, 1).carries, 0);
	assert_string_equal(fx_ask(f, AG1, "TAKIM"),
			    "Takimi i grupit: 10.12 ora 10:00, SALLA1. Pergjigju VIJ ose NUK VIJ");
	assert_int_equal(set(f, "2026-12-10T10:00", "SALLA1"), MEETINGS_SAME);
	assert_int_equal(set(f, "2026-11-01T10:00", ""), MEETINGS_PAST);
	/* the day it was moved from does not come back */
	fx_at(f, "2026-12-11T09:00");
	has(fx_ask(f, AG1, "TAKIM"), "15.02");
}

static void test_three_carries_escalate(void **state)
{
	struct fx *f = *state;

	open_case(f);
	ask(f, C1, "DETYRE %s TDH vizite");
	ask(f, C1, "DETYRE %s TDH telefonate");
	fx_ask(f, AG1, "KRYER T2");
	at(f, "2026-12-18T09:59"); /* the minutes never came: 72 hours */
	assert_string_equal(task_of(f, 1).state, "open");
	at(f, "2026-12-18T10:00");
	struct task t = task_of(f, 1);
	assert_string_equal(t.state, "carried");
	assert_string_equal(t.due, "2027-02-15");
	assert_int_equal(t.carries, 1);
	assert_string_equal(task_of(f, 2).state, "done");
	at(f, "2027-02-18T10:00");
	assert_int_equal(task_of(f, 1).carries, 2);
	assert_int_equal(fx_count_to(f, C1), 0);
	at(f, "2027-04-18T12:00");
	assert_int_equal(task_of(f, 1).carries, 3);
	has(fx_to(f, C1), "detyra T1 u shty 3 here. OK ");
	has_not(fx_to(f, C1), "E26");
	at(f, "2027-04-19T12:00");
	assert_int_equal(task_of(f, 1).carries, 3);
	assert_int_equal(audited(f, "system", "task.carry", "task T1"), 3);
}

static void test_put_off_by_phone_three_times(void **state)
{
	struct fx *f = *state;

	open_case(f);
	ask(f, C1, "DETYRE %s TDH vizite deri 20.11");
	fx_ask(f, AG1, "SHTY T1 25.11");
	fx_ask(f, AG1, "SHTY T1 30.11");
	assert_int_equal(fx_count_to(f, C1), 0);
	fx_ask(f, AG1, "SHTY T1 5.12");
	has(fx_to(f, C1), "detyra T1 u shty 3 here");
	fx_ask(f, AG1, "SHTY T1 9.12");
	has(fx_to(f, C1), "detyra T1 u shty 4 here");
}

static int setup(void **state)
{
	static const char *const ids[] = { "C1", "AG1", "AG2" };
	int rc = fx_setup(state);

	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
		fx_secret(*state, ids[i], SECRET_KIND_PIN, PIN, "");
	return rc;
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, fx_teardown)
int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_task_by_text), T(test_without_a_day_at_the_next_meeting),
		T(test_the_least_by_sms_too), T(test_nobody_to_tell), T(test_set_by_the_wrong_people),
		T(test_taken_back), T(test_done_not_yet_postponed), T(test_not_his),
		T(test_the_askers_own_list), T(test_set_by_other_work), T(test_closing_and_merging),
		T(test_reminded_before_the_meeting), T(test_reminded_late), T(test_overdue_the_next_day),
		T(test_when_is_the_meeting), T(test_the_agenda_on_a_phone),
		T(test_moved_by_a_person), T(test_three_carries_escalate),
		T(test_put_off_by_phone_three_times),
	};

	return cmocka_run_group_tests_name("tasks", tests, NULL, NULL);
}
