/* test_reintegration.c - a child's way back: a place in a class, its first missed day, scores, help for the
 * family, an assisted return with all its days, sessions of awareness; texts in, rows, replies, alerts out. */
#include "tests/component/fixture.h"
#include "gateway/casework/progress.h"
#include "store/agenda.h"
#include "store/campaigns.h"
#include "store/progress.h"
#include "store/returns.h"
#include "store/schoolyear.h"
#include "store/tasks.h"
#include "tests/component/casebook.h"

#define T3 "+355691000003"
#define AG1 "+355694000001"
#define S1 "+355694000003"
#define CODE "E26-0147-V"

static void to(struct fx *f, const char *iso)
{
	fx_at(f, iso);
	fx_clear(f);
	fx_due(f);
}

/* A text whose sender hears more than his reply. */
static void say(struct fx *f, const char *from, const char *text)
{
	fx_clear(f);
	fx_sms(f, from, text);
	fx_drain(f);
}

static const char *told(struct fx *f, const char *agency, const char *event)
{
	const struct fx_http *h = book_http(f, agency, event);

	if (!h)
		fail_msg("%s was not told %s", agency, event);
	return h ? h->body : "";
}

static struct return_op op_of(struct fx *f, const char *code)
{
	struct case_row c = book_case(f, code);
	struct return_op r;

	OK(return_of_case(f->st, c.id, &r));
	return r;
}

static struct task task_of(struct fx *f, int64_t number)
{
	struct task t;

	OK(task_get(f->st, number, &t));
	return t;
}

/* The newest return, ended or not. */
static struct return_op op_at(struct fx *f, int64_t id)
{
	struct return_op r;

	OK(return_get(f->st, id, &r));
	return r;
}

/* ---- a place in a class --------------------------------------------------------------------- */

static void test_enrolled_and_watched(void **state)
{
	struct fx *f = *state;
	struct slot s;

	fx_begin(f);
	fx_person(f, "T4", "+355691000005", "teacher", "SH3", "4B", "");
	fx_commit(f);
	fx_ask(f, O1, "RAST LYP Z4 M11");
	assert_string_equal(fx_ask(f, O1, "REGJISTRUAR " CODE " SH3 4B"),
			    CODE ": SH3 4B. Cili eshte numri ne regjister? Dergo numrin, p.sh. 12");
	OK(slot_of_message(f->st, f->message, &s));
	assert_int_equal(s.pupil, -1);
	assert_string_equal(fx_ask(f, O1, "9"), CODE ": numri u shenua. Ndjekja e mungesave filloi");
	struct case_row c = book_case(f, CODE);
	assert_string_equal(c.state, "services");
	assert_string_equal(c.school, "SH3");
	assert_string_equal(c.class_name, "4B");
	assert_int_equal(c.pupil, 9);
	assert_int_equal(book_events(f, c.id, "enrolled", "watched"), 1);
	assert_true(book_audited(f, "O1", "case.enrol", CODE));

	/* The first missed day: the owner by the code alone; the teacher's reply is every teacher's. */
	fx_at(f, "2026-11-19T09:00");
	assert_string_equal(fx_ask(f, "+355691000005", "MUNGESE 4B 9"),
			    "4B 19.11: mungojne nr 9. Gabim? Shkruaj ANULO");
	assert_string_equal(fx_to(f, O1),
			    CODE " mungoi sot ne shkolle. Pergjigju VIZITE " CODE " dhe si shkoi");
	assert_int_equal(fx_count_to(f, "+355691000005"), 1);
	assert_int_equal(fx_count_to(f, C1), 0);
	assert_int_equal(fx_count_to(f, H1), 0);
	assert_int_equal(f->n_http, 0);
	assert_int_equal(book_rule(f, "A9", "open"), 1);
	book_not(fx_ask(f, "+355691000005", "MUNGESE 4B 10"), CODE); /* another pupil: nothing */
	assert_int_equal(book_rule(f, "A9", NULL), 1);
}

static void test_a_place_in_one_text_and_its_limits(void **state)
{
	struct fx *f = *state;

	fx_ask(f, O1, "RAST LYP Z4 M11");
	assert_string_equal(fx_ask(f, O1, "REGJISTRUAR " CODE " SH3 4B 9"),
			    CODE ": SH3 4B. Ndjekja e mungesave filloi");
	assert_int_equal(book_case(f, CODE).pupil, 9);
	/* said again without the number: it stays */
	fx_ask(f, O1, "REGJISTRUAR " CODE " SH3 4B");
	assert_int_equal(book_case(f, CODE).pupil, 9);
	book_has(fx_ask(f, O1, "REGJISTRUAR " CODE " SH3 4B 40"), "klasa 4B ka 24 nxenes");
	assert_int_equal(book_case(f, CODE).pupil, 9);
	/* another class, and back again */
	assert_string_equal(fx_ask(f, O1, "REGJISTRUAR " CODE " SH1 5A 3"),
			    CODE ": SH1 5A. Ndjekja e mungesave filloi");
	fx_ask(f, O1, "ANULO");
	assert_string_equal(book_case(f, CODE).school, "SH3");
	assert_int_equal(book_case(f, CODE).pupil, 9);
	/* a number alone is nobody's when nothing was asked */
	fx_ask(f, O1, "14");
	assert_int_equal(book_case(f, CODE).pupil, 9);
	/* not his: the words of a wrong code */
	book_second_worker(f);
	char wrong[200];
	snprintf(wrong, sizeof(wrong), "%s", fx_ask(f, O2, "REGJISTRUAR E26-0147-X SH3 4B 9"));
	assert_string_equal(fx_ask(f, O2, "REGJISTRUAR " CODE " SH3 4B 8"), wrong);
	assert_int_equal(book_case(f, CODE).pupil, 9);
}

static void test_who_had_left_is_there_again(void **state)
{
	struct fx *f = *state;
	const struct pupil_key key = { "SH1", "5A", 12 };
	bool left;

	fx_ask(f, T1, "BRAKTISI 5A 12");
	OK(enrolment_left(f->st, &key, 2026, &left));
	assert_true(left);
	fx_ask(f, O1, "RAST LYP Z4 M11");
	fx_ask(f, O1, "REGJISTRUAR " CODE " SH1 5A 12");
	OK(enrolment_left(f->st, &key, 2026, &left));
	assert_false(left);
}

/* ---- scores --------------------------------------------------------------------------------- */

/* As the agenda counts them. */
static size_t falls(struct fx *f)
{
	struct agenda_event e[8];
	char which[PROGRESS_FELL];
	size_t n = 0, k = 0;

	int rc = agenda_events(f->st, "fall", 0, 0, e, 8, &n);
	assert_true(rc == STORE_OK || rc == STORE_NONE);
	for (size_t i = 0; i < n; i++) {
		OK(progress_fell(&f->d, e[i].case_id, e[i].at, which));
		k += which[0] != 0;
	}
	return k;
}

static void test_two_falls_in_a_row(void **state)
{
	struct fx *f = *state;
	struct progress p[8];
	size_t n = 0;

	fx_ask(f, O1, "RAST LYP Z4 M11");
	fx_ask(f, O1, "PROGRES " CODE " 4");
	book_said(f, O1, CODE ": progresi u shenua");
	fx_at(f, "2026-11-25T10:00");
	fx_ask(f, O1, "PROGRES " CODE " 3");
	assert_int_equal(book_rule(f, "C9", NULL), 0);
	fx_at(f, "2026-12-02T10:00");
	say(f, O1, "PROGRES " CODE " shkolla 3 familja 2 komuniteti 3"); /* a mean of less than 3 */
	OK(progress_list(f->st, book_case(f, CODE).id, f->d.now, p, 8, &n));
	assert_int_equal(n, 3);
	assert_int_equal(p[0].family, 2);
	assert_int_equal(p[0].score, 0);
	assert_int_equal(falls(f), 1);
	struct alert_row a = book_alert(f, "C9");
	char want[96];
	snprintf(want, sizeof(want), CODE ": progresi ra dy here rresht. OK %lld = mora", (long long)a.number);
	book_said(f, O1, want);
	book_said(f, C1, want);
	assert_true(book_audited(f, "O1", "case.progress", CODE));
	/* the same day put right: it did not fall */
	fx_ask(f, O1, "PROGRES " CODE " 4");
	assert_int_equal(book_rule(f, "C9", "open"), 0);
	assert_int_equal(falls(f), 0);
	OK(progress_list(f->st, book_case(f, CODE).id, f->d.now, p, 8, &n));
	assert_int_equal(n, 3);
	/* and taken back, the one before it stands again */
	fx_ask(f, O1, "ANULO");
	OK(progress_list(f->st, book_case(f, CODE).id, f->d.now, p, 8, &n));
	assert_int_equal(n, 3);
	assert_int_equal(p[0].family, 2);
	assert_int_equal(falls(f), 1);
	book_has(fx_ask(f, O1, "PROGRES " CODE " 6"), "1");
	OK(progress_list(f->st, book_case(f, CODE).id, f->d.now, p, 8, &n));
	assert_int_equal(n, 3);
}

/* What was taken back did not fall: neither is its alert open nor does the agenda show it, also when the word
 * taken back is the one before the last, another's. */
static void test_a_fall_taken_back(void **state)
{
	struct fx *f = *state;

	fx_ask(f, O1, "RAST LYP Z4 M11");
	fx_ask(f, O1, "PROGRES " CODE " 4");
	fx_at(f, "2026-11-25T10:00");
	fx_ask(f, O1, "PROGRES " CODE " 3");
	fx_at(f, "2026-11-26T10:00");
	fx_sms(f, O1, "PROGRES " CODE " 2");
	assert_int_equal(falls(f), 1);
	fx_sms(f, O1, "ANULO");
	assert_int_equal(falls(f), 0);
	assert_int_equal(book_rule(f, "C9", "withdrawn") + book_rule(f, "C9", "done"), 1);
	fx_at(f, "2026-11-27T10:00");
	fx_sms(f, C1, "PROGRES " CODE " 2");
	assert_int_equal(falls(f), 1);
	fx_at(f, "2026-11-28T10:00");
	fx_sms(f, C1, "PROGRES " CODE " 1");
	fx_at(f, "2026-11-28T11:00");
	fx_sms(f, O1, "PROGRES " CODE " 1");
	size_t n = falls(f);
	fx_sms(f, O1, "ANULO");
	assert_true(falls(f) <= n);
	assert_int_equal(falls(f), 2);
	fx_sms(f, C1, "ANULO");
	assert_int_equal(falls(f), 1);
}

static void test_scores_of_one_domain_alone(void **state)
{
	struct fx *f = *state;

	fx_ask(f, O1, "RAST LYP Z4 M11");
	const char *const texts[] = { "PROGRES " CODE " familja 4", "PROGRES " CODE " shkolla 2",
				      "PROGRES " CODE " familja 3", "PROGRES " CODE " shkolla 3",
				      "PROGRES " CODE " familja 2" };
	for (size_t i = 0; i < 5; i++) {
		char day[24];
		snprintf(day, sizeof(day), "2026-11-%02dT10:00", 19 + (int)i);
		fx_at(f, day);
		say(f, O1, texts[i]);
		assert_int_equal(book_rule(f, "C9", NULL), i == 4);
	}
	assert_int_equal(falls(f), 1);
}

static void test_help_for_the_family(void **state)
{
	struct fx *f = *state;
	struct referral r[4];
	size_t n = 0;

	fx_ask(f, O1, "RAST LYP Z4 M11");
	assert_string_equal(fx_ask(f, O1, "progres " CODE " familja pa te ardhura"),
			    CODE ": progresi u shenua. Mbeshtetja e familjes pret koordinatorin");
	struct alert_row a = book_alert(f, "P4");
	char want[128], text[32];
	snprintf(want, sizeof(want),
		 CODE ": te ndihmohet familja (pune, ndihme ekonomike)? PO %lld ose JO %lld",
		 (long long)a.number, (long long)a.number);
	assert_string_equal(fx_to(f, C1), want);
	assert_int_equal(f->n_http, 0); /* nobody is asked before the coordinator says so */
	OK(referral_of_case(f->st, book_case(f, CODE).id, r, 4, &n));
	assert_int_equal(n, 0);
	/* not his own question to answer */
	snprintf(text, sizeof(text), "PO %lld", (long long)a.number);
	fx_ask(f, O1, text);
	OK(referral_of_case(f->st, book_case(f, CODE).id, r, 4, &n));
	assert_int_equal(n, 0);
	say(f, C1, book_with_pin(f, C1, text));
	book_said(f, C1, "U konfirmua. Faleminderit");
	book_said(f, O1, CODE ": referim R1 te PUNESIMI");
	OK(referral_of_case(f->st, book_case(f, CODE).id, r, 4, &n));
	assert_int_equal(n, 2);
	assert_string_equal(r[0].agency, "EMPLOY");
	assert_string_equal(r[0].service, "parent_job");
	assert_string_equal(r[0].rule, "M47");
	assert_string_equal(r[0].sender, "O1");
	assert_string_equal(r[1].agency, "MUN");
	assert_string_equal(r[1].service, "social_aid");
	assert_int_equal(book_rule(f, "P4", "acked"), 1);
	/* asked once while they work on it */
	fx_ask(f, O1, "progres " CODE " familja pa te ardhura");
	assert_int_equal(book_rule(f, "P4", NULL), 1);
}

static void test_help_refused(void **state)
{
	struct fx *f = *state;
	struct referral r[4];
	char text[32];
	size_t n = 0;

	fx_ask(f, O1, "RAST LYP Z4 M11");
	fx_ask(f, O1, "progres " CODE " 3 pa te ardhura");
	snprintf(text, sizeof(text), "JO %lld", (long long)book_alert(f, "P4").number);
	fx_ask(f, C1, text);
	book_said(f, O1, CODE ": mbeshtetja e familjes nuk u miratua");
	OK(referral_of_case(f->st, book_case(f, CODE).id, r, 4, &n));
	assert_int_equal(n, 0);
}

/* ---- visits overdue ------------------------------------------------------------------------- */

static void test_a_missed_visit(void **state)
{
	struct fx *f = *state;

	fx_ask(f, O1, "RAST LYP Z4 M11");
	fx_ask(f, O1, "vizite " CODE " familja mire");
	book_settle_rule(f, "C2");
	to(f, "2026-12-02T10:10"); /* fourteen days, less five minutes */
	assert_int_equal(fx_count_to(f, O1), 0);
	to(f, "2026-12-02T10:20");
	assert_string_equal(fx_to(f, O1), CODE ": vizita ka kaluar afatin. VIZITE " CODE " dhe si shkoi");
	assert_int_equal(fx_count_to(f, C1), 0);
	to(f, "2026-12-04T10:20");
	assert_int_equal(f->n_sms, 0);
	to(f, "2026-12-05T10:20");
	assert_int_equal(book_rule(f, "C5L", "open"), 1);
	book_has(fx_to(f, C1), CODE ": hapi i radhes ka kaluar afatin");
	fx_ask(f, O1, "vizite " CODE " familja mire");
	assert_int_equal(book_rule(f, "C5L", "open"), 0);
}

/* ---- assisted return ------------------------------------------------------------------------ */

static void test_announced(void **state)
{
	struct fx *f = *state;

	assert_string_equal(fx_ask(f, O1, "KTHIM GR M12 Selanik 05.12"),
			    "Kthim " CODE " me 05.12. Detyra: SHSSH vleresim familje deri 28.11");
	struct case_row c = book_case(f, CODE);
	assert_string_equal(c.sex, "M");
	assert_int_equal(c.age, 12);
	assert_string_equal(c.country, "GR");
	assert_string_equal(c.owner, "O1");
	struct return_op r = op_of(f, CODE);
	assert_string_equal(r.state, "announced");
	assert_string_equal(r.day, "2026-12-05");
	const struct {
		int64_t number;
		const char *agency, *service, *due, *who;
	} want[] = { { r.assessment, "SSS", "family_assessment", "2026-11-28", "" },
		     { r.reception, "TDH", "reception", "2026-12-05", "" },
		     { r.visit, "MUN", "visit", "2026-12-07", "O1" },
		     { r.enrol, "EDU", "enrol", "2026-12-19", "" } };
	for (size_t i = 0; i < 4; i++) {
		struct task t = task_of(f, want[i].number);
		assert_string_equal(t.agency, want[i].agency);
		assert_string_equal(t.service, want[i].service);
		assert_string_equal(t.due, want[i].due);
		assert_string_equal(t.assignee, want[i].who);
		assert_int_equal(t.case_id, c.id);
	}
	/* each office what its mandate lets it know; the education office not that there is a case */
	assert_non_null(book_http(f, "SSS", "return.new"));
	assert_non_null(book_http(f, "MUN", "return.new"));
	book_has(told(f, "SSS", "return.new"), "\"2026-12-05\"");
	book_not(told(f, "EDU", "task.new"), CODE);
	assert_null(book_http(f, "MUN", "case.new"));
	book_has(fx_to(f, S1), "vleresim familje " CODE " deri 28.11");
	book_has(fx_to(f, C1), "Kthim " CODE " me 05.12");
	assert_true(book_audited(f, "O1", "case.return", CODE));
	struct case_due due;
	assert_int_equal(due_get(f->st, c.id, "contact", &due), STORE_NONE); /* he is not here yet */
	/* the same text again is the same return */
	book_has(fx_ask(f, O1, "KTHIM GR M12 Selanik 05.12"), "Kthim " CODE);
	assert_int_equal(f->n_http, 0);
	assert_int_equal(task_get(f->st, r.enrol + 1, &(struct task){ 0 }), STORE_NONE);
	for (size_t i = 0; i < f->n_sms; i++)
		book_not(f->sms[i].text, "elanik");
}

static void test_announced_by_an_agency_and_refused_to_a_school(void **state)
{
	struct fx *f = *state;

	book_has(fx_ask(f, AG1, "KTHIM IT F15 10.12"), "Kthim " CODE " me 10.12");
	struct return_op r = op_of(f, CODE);
	struct task t = task_of(f, r.visit);
	assert_string_equal(t.agency, "TDH");
	assert_string_equal(t.assignee, "AG1");
	book_not(fx_ask(f, T1, "KTHIM GR M12 05.12"), "Kthim E26");
	/* no day: it is asked for, nothing is opened */
	fx_ask(f, O1, "KTHIM GR M12");
	assert_int_equal(case_by_code(f->st, "E26-0148-T", &(struct case_row){ 0 }), STORE_NONE);
}

static void test_moved_and_taken_back(void **state)
{
	struct fx *f = *state;

	fx_ask(f, O1, "KTHIM GR M12 05.12");
	struct return_op r = op_of(f, CODE);
	assert_string_equal(fx_ask(f, O1, "KTHIM " CODE " GR 12.12"),
			    "Kthim " CODE " me 12.12. Detyra: SHSSH vleresim familje deri 05.12");
	assert_string_equal(op_of(f, CODE).day, "2026-12-12");
	assert_string_equal(task_of(f, r.visit).due, "2026-12-14");
	fx_ask(f, O1, "KTHIM GR F9 15.12");
	struct return_op other = op_of(f, "E26-0148-T");
	fx_ask(f, O1, "ANULO");
	assert_string_equal(book_case(f, "E26-0148-T").state, "closed");
	assert_string_equal(op_at(f, other.id).state, "cancelled");
	assert_string_equal(task_of(f, other.enrol).state, "cancelled");
	assert_string_equal(task_of(f, r.enrol).state, "deferred");
}

static void test_the_assessment_blocks(void **state)
{
	struct fx *f = *state;
	char text[32];

	fx_ask(f, O1, "KTHIM GR M12 Selanik 05.12");
	struct return_op r = op_of(f, CODE);
	to(f, "2026-12-01T23:50");
	assert_int_equal(book_rule(f, "R2", NULL), 0);
	to(f, "2026-12-02T00:10");
	assert_int_equal(book_rule(f, "R2", "open"), 1);
	assert_non_null(book_http(f, "SSS", "return.unassessed"));
	assert_non_null(book_http(f, "MUN", "return.unassessed"));
	book_has(told(f, "SSS", "return.unassessed"), "\"urgent\":true");
	book_has(fx_to(f, C1), "URGJENT " CODE ": kthim me 05.12, familja s'eshte vleresuar");
	fx_clear(f);
	fx_due(f);
	assert_int_equal(f->n_sms + f->n_http, 0); /* once */
	/* done at last */
	snprintf(text, sizeof(text), "KRYER T%lld", (long long)r.assessment);
	fx_ask(f, S1, text);
	assert_int_equal(book_rule(f, "R2", "open"), 0);
	assert_false(op_of(f, CODE).unsafe);
}

static void test_announced_too_late_to_assess(void **state)
{
	struct fx *f = *state;

	assert_string_equal(fx_ask(f, O1, "KTHIM GR M12 20.11"),
			    "Kthim " CODE " me 20.11. Detyra: SHSSH vleresim familje deri 18.11");
	fx_clear(f);
	fx_due(f);
	assert_int_equal(book_rule(f, "R2", "open"), 1);
	assert_non_null(book_http(f, "SSS", "return.unassessed"));
}

static void test_an_unsafe_family(void **state)
{
	struct fx *f = *state;
	struct referral r;
	char text[64];

	fx_ask(f, O1, "KTHIM GR M12 05.12");
	struct return_op op = op_of(f, CODE);
	snprintf(text, sizeof(text), "KRYER T%lld familja e pasigurt", (long long)op.assessment);
	fx_ask(f, S1, text);
	op = op_of(f, CODE);
	assert_true(op.unsafe);
	OK(referral_get(f->st, op.shelter, &r));
	assert_string_equal(r.agency, "TV");
	assert_string_equal(r.service, "shelter");
	assert_string_equal(r.rule, "M44");
	assert_true(r.urgent);
	assert_non_null(book_http(f, "TV", "referral.new"));
	book_not(told(f, "TV", "referral.new"), "family");
	book_said(f, O1, CODE ": referim R1 te TV");
	snprintf(text, sizeof(text), "vizite " CODE " familja e pasigurt");
	fx_ask(f, O1, text); /* said again: asked once */
	assert_int_equal(op_of(f, CODE).shelter, op.shelter);
	assert_int_equal(referral_get(f->st, op.shelter + 1, &r), STORE_NONE);
}

static void test_not_arrived(void **state)
{
	struct fx *f = *state;

	fx_ask(f, O1, "KTHIM GR M12 05.12");
	struct return_op r = op_of(f, CODE);
	to(f, "2026-12-05T23:00");
	assert_int_equal(book_rule(f, "C1", NULL), 0);
	to(f, "2026-12-06T12:01");
	assert_string_equal(op_of(f, CODE).state, "missed");
	assert_int_equal(book_rule(f, "C1", "open"), 1);
	book_has(fx_to(f, D1), "URGJENT " CODE);
	assert_true(book_case(f, CODE).urgent);
	/* he came after all */
	fx_at(f, "2026-12-07T09:00");
	assert_string_equal(fx_ask(f, O1, "MBERRITI " CODE), CODE ": mberritja u shenua. Faleminderit");
	assert_int_equal(book_rule(f, "C1", "open"), 0);
	assert_string_equal(op_of(f, CODE).arrived, "2026-12-07");
	assert_string_equal(task_of(f, r.visit).due, "2026-12-09");
	assert_string_equal(task_of(f, r.reception).state, "done");
}

static void test_said_not_to_have_come(void **state)
{
	struct fx *f = *state;

	fx_ask(f, AG1, "KTHIM GR M12 19.11");
	fx_at(f, "2026-11-19T20:00");
	assert_string_equal(fx_ask(f, AG1, "nuk mberriti " CODE),
			    CODE ": mosmberritja u shenua. Njoftuam kujdestarin e turnit");
	assert_int_equal(book_rule(f, "C1", "open"), 1);
	book_has(fx_to(f, D1), "URGJENT " CODE);
}

static void test_arrived_and_seen(void **state)
{
	struct fx *f = *state;
	struct case_due due;

	say(f, C1, "KTHIM GR M12 Selanik 05.12");
	struct return_op r = op_of(f, CODE);
	fx_at(f, "2026-12-05T16:00");
	/* the office that receives him knows the code from its task; another worker does not */
	book_second_worker(f);
	assert_string_equal(fx_ask(f, O2, "MBERRITI " CODE), fx_ask(f, O2, "MBERRITI E26-0147-X"));
	assert_string_equal(op_of(f, CODE).state, "announced");
	assert_string_equal(fx_ask(f, AG1, "mberriti M12 nga Greqia"),
			    CODE ": mberritja u shenua. Faleminderit");
	assert_string_equal(op_of(f, CODE).state, "arrived");
	assert_non_null(book_http(f, "SSS", "return.arrived"));
	struct case_row c = book_case(f, CODE);
	OK(due_get(f->st, c.id, "contact", &due));
	assert_in_range(due.due, clock_utc_of("2026-12-07T16:00"), clock_utc_of("2026-12-07T16:00") + 9);
	to(f, "2026-12-07T16:01");
	book_has(fx_to(f, C1), CODE ": kontakti i pare ka kaluar afatin");
	fx_ask(f, C1, "vizite " CODE " familja mire");
	assert_string_equal(task_of(f, r.visit).state, "done");
	fx_ask(f, C1, "REGJISTRUAR " CODE " SH3 4B 9");
	assert_string_equal(task_of(f, r.enrol).state, "done");
	/* once more changes nothing */
	fx_ask(f, C1, "MBERRITI " CODE);
	assert_string_equal(op_of(f, CODE).arrived, "2026-12-05");
}

static void test_monitored_for_six_months(void **state)
{
	struct fx *f = *state;
	struct task t;

	fx_ask(f, O1, "KTHIM GR M12 30.11");
	struct return_op r = op_of(f, CODE);
	fx_at(f, "2026-11-30T12:00");
	fx_ask(f, O1, "MBERRITI " CODE);
	fx_ask(f, O1, "vizite " CODE " ne shkolle");
	const char *const due[] = { "2026-12-30", "2027-02-28", "2027-05-30" };
	const char *const look[] = { "2026-12-23T08:00", "2027-02-21T08:00", "2027-05-23T08:00" };
	for (int i = 0; i < 3; i++) {
		to(f, look[i]);
		struct return_op now = op_at(f, r.id);
		assert_int_equal(now.stage, i + 1);
		t = task_of(f, now.visit);
		assert_string_equal(t.service, "visit");
		assert_string_equal(t.due, due[i]);
		assert_string_equal(t.assignee, "O1");
		fx_ask(f, O1, "vizite " CODE " ne shkolle");
		assert_string_equal(task_of(f, now.visit).state, "done");
	}
	to(f, "2027-06-06T08:01");
	assert_string_equal(op_at(f, r.id).state, "ended");
	int64_t next = 0;
	assert_int_equal(return_next_due(f->st, &next), STORE_NONE);
	assert_true(book_audited(f, "system", "case.return", CODE));
}

static void test_a_duplicates_return_goes_on(void **state)
{
	struct fx *f = *state;

	fx_ask(f, O1, "RAST LYP Z4 M12");
	fx_ask(f, O1, "KTHIM GR M12 05.12");
	struct return_op r = op_of(f, "E26-0148-T");
	book_pin(f, C1, "BASHKO E26-0148-T " CODE);
	struct case_row young = book_case(f, "E26-0148-T");
	if (strcmp(young.state, "duplicate") == 0)
		assert_int_equal(op_at(f, r.id).case_id, book_case(f, CODE).id);
	else
		assert_string_equal(book_case(f, CODE).state, "duplicate");
	assert_string_equal(op_at(f, r.id).state, "announced");
}

/* ---- awareness ------------------------------------------------------------------------------ */

static void test_sessions(void **state)
{
	struct fx *f = *state;
	struct campaign c;

	assert_string_equal(fx_ask(f, AG1, "FUSHATE SH3 45"), "Regjistruar: SH3, 45 pjesemarres, 18.11");
	OK(campaign_of_message(f->st, f->message, &c));
	assert_string_equal(c.school, "SH3");
	assert_string_equal(c.day, "2026-11-18");
	assert_int_equal(c.participants, 45);
	assert_int_equal(c.pupils, -1);
	assert_true(book_audited(f, "AG1", "campaign.record", "SH3"));
	int64_t first = c.id;
	assert_string_equal(fx_ask(f, O1, "campaign z4 30 parents"),
			    "Regjistruar: Z4, 30 pjesemarres, 18.11");
	OK(campaign_of_message(f->st, f->message, &c));
	assert_int_equal(c.parents, 30);
	assert_string_equal(fx_ask(f, O1, "takim me prinder lagjja z4 25 veta"),
			    "Regjistruar: Z4, 25 pjesemarres, 18.11");
	OK(campaign_of_message(f->st, f->message, &c));
	assert_string_equal(c.zone, "Z4");
	assert_int_equal(c.parents, 25);
	fx_ask(f, O1, "ANULO");
	assert_int_equal(campaign_of_message(f->st, c.message, &c), STORE_NONE);
	/* the same words again: the same session, the same reply */
	assert_string_equal(fx_ask(f, AG1, "FUSHATE SH3 45"), "Regjistruar: SH3, 45 pjesemarres, 18.11");
	assert_int_equal(campaign_of_message(f->st, f->message, &c), STORE_NONE);
	size_t n = 0;
	struct campaign rows[8];
	OK(campaign_list(f->st, "2026-11-01", "2026-11-30", NULL, rows, 8, &n));
	assert_int_equal(n, 2);
	assert_int_equal(rows[0].id, first);
}

/* What cannot be taken back by a word is not said to be. */
static void test_a_visit_is_not_taken_back_silently(void **state)
{
	struct fx *f = *state;

	fx_ask(f, O1, "RAST LYP Z4 M11");
	fx_ask(f, O1, "vizite " CODE " familja mire");
	book_not(fx_ask(f, O1, "ANULO"), "anulua");
	fx_assert_state(f, "queued");
}

#define EACH(t) cmocka_unit_test_setup_teardown(t, book_setup, fx_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(test_enrolled_and_watched),
		EACH(test_a_place_in_one_text_and_its_limits),
		EACH(test_who_had_left_is_there_again),
		EACH(test_two_falls_in_a_row),
		EACH(test_a_fall_taken_back),
		EACH(test_scores_of_one_domain_alone),
		EACH(test_help_for_the_family),
		EACH(test_help_refused),
		EACH(test_a_missed_visit),
		EACH(test_announced),
		EACH(test_announced_by_an_agency_and_refused_to_a_school),
		EACH(test_moved_and_taken_back),
		EACH(test_the_assessment_blocks),
		EACH(test_announced_too_late_to_assess),
		EACH(test_an_unsafe_family),
		EACH(test_not_arrived),
		EACH(test_said_not_to_have_come),
		EACH(test_arrived_and_seen),
		EACH(test_monitored_for_six_months),
		EACH(test_a_duplicates_return_goes_on),
		EACH(test_sessions),
		EACH(test_a_visit_is_not_taken_back_silently),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
