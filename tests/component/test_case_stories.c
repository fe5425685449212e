/* test_case_stories.c - the group's work on a child, story by story, word for word: reported (b), campaigns (c),
 * protection (d), the way back (e), assisted return (f), what leaves for whom (g), meetings (h), sheets (j).  Each
 * asserts the reply, what was recorded, who heard and that nobody else did, and the audit's row.
 * Attendance: test_attendance_stories.c. */
#include <jansson.h>
#include "gateway/hub/verbs.h"
#include "store/campaigns.h"
#include "store/progress.h"
#include "store/returns.h"
#include "store/tasks.h"
#include "tests/component/casebook.h"

#define AG1 "+355694000001" /* TDH */
#define AG2 "+355694000002" /* TV */
#define S1 "+355694000003"  /* SSS */
#define T3 "+355691000003"
#define NPF1 "+355694000009"
#define CODE "E26-0147-V"
#define NEXT "E26-0148-T"

static void say(struct fx *f, const char *from, const char *text)
{
	fx_clear(f);
	fx_sms(f, from, text);
	fx_drain(f);
}

#define ASKS(from, text, reply) assert_string_equal(fx_ask(f, from, text), reply)

/* Exactly this many SMS and deliveries left since the last text. */
static void left(const struct fx *f, size_t sms, size_t http)
{
	if (f->n_sms == sms && f->n_http == http)
		return;
	for (size_t i = 0; i < f->n_sms; i++)
		print_message("  %s: %s\n", f->sms[i].to, f->sms[i].text);
	for (size_t i = 0; i < f->n_http; i++)
		print_message("  %s %s\n", f->http[i].agency, f->http[i].event);
	fail_msg("%zu SMS and %zu deliveries, not %zu and %zu", f->n_sms, f->n_http, sms, http);
}

static void heard(struct fx *f, const char *number, const char *format, int64_t n)
{
	char want[200];

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	snprintf(want, sizeof(want), format, (long long)n, (long long)n);
#pragma GCC diagnostic pop
	book_said(f, number, want);
}

/* An agency was told of an event with this data and no other: JSON as text. */
static void told(const struct fx *f, const char *agency, const char *event, const char *data)
{
	const struct fx_http *h = book_http(f, agency, event);

	if (!h)
		fail_msg("%s was not told of %s", agency, event);
	json_t *body = json_loads(h ? h->body : "{}", 0, NULL), *want = json_loads(data, 0, NULL);
	assert_non_null(want);
	if (!json_equal(json_object_get(body, "data"), want))
		fail_msg("%s was told %s", agency, h ? h->body : "");
	json_decref(body);
	json_decref(want);
}

static int64_t alert_number(struct fx *f, const char *rule)
{
	return book_alert(f, rule).number;
}

static void numbered(struct fx *f, const char *from, const char *word, const char *rule)
{
	char text[40];

	snprintf(text, sizeof(text), "%s %lld", word, (long long)alert_number(f, rule));
	say(f, from, text);
}

/* What a yes approves wants a PIN beside it. */
static void approves(struct fx *f, const char *from, const char *rule)
{
	char text[40];

	snprintf(text, sizeof(text), "PO %lld", (long long)alert_number(f, rule));
	say(f, from, book_with_pin(f, from, text));
}

static void to(struct fx *f, const char *iso)
{
	fx_at(f, iso);
	fx_clear(f);
	fx_due(f);
}

/* Nobody has to be told of it any more: what a story is not about. */
static void open_case(struct fx *f, const char *text)
{
	fx_ask(f, O1, text);
	book_settle_rule(f, "C1");
	book_settle_rule(f, "C2");
	fx_clear(f);
}

static struct referral ref(struct fx *f, int64_t number)
{
	struct referral r;

	OK(referral_get(f->st, number, &r));
	return r;
}

static struct task task_of(struct fx *f, int64_t number)
{
	struct task t;

	OK(task_get(f->st, number, &t));
	return t;
}

/* ---- b: case by case ------------------------------------------------------------------------ */

static void test_b01_case_in_one_text(void **state)
{
	static const char *const texts[] = { "RAST LYP Z4 M11", "CASE BEG Z4 M11" };
	struct fx *f = *state;

	for (int i = 0; i < 2; i++) {
		f->d.now += (int64_t)i * 20 * 86400; /* not the first one's double */
		ASKS(O1, texts[i],
		     i ? "U hap " NEXT ". Njoftuam koordinatorin. Mos shkruaj emra. Fshije kete SMS"
		       : "U hap " CODE ". Njoftuam koordinatorin. Mos shkruaj emra. Fshije kete SMS");
		struct case_row c = book_newest(f);
		assert_string_equal(c.state, "new");
		assert_string_equal(c.concerns, "begging");
		assert_string_equal(c.zone, "Z4");
		assert_string_equal(c.sex, "M");
		assert_int_equal(c.age, 11);
		assert_string_equal(c.owner, "O1");
		assert_true(book_audited(f, "O1", "case.open", c.code));
		heard(f, C1, i ? "Rast i ri " NEXT ". OK %lld = mora" : "Rast i ri " CODE ". OK %lld = mora",
		      alert_number(f, "C2"));
		left(f, 2, 1); /* the reporter, the coordinator; the municipality */
		assert_non_null(book_http(f, "MUN", "case.new"));
	}
}

static void test_b02_never_lose_a_partial_report(void **state)
{
	struct fx *f = *state;

	ASKS(O1, "RAST LYP", CODE " u hap. Ku? Dergo zonen, p.sh. Z4");
	assert_true(book_case(f, CODE).partial);
	assert_string_equal(book_case(f, CODE).missing, "zone");
	ASKS(O1, "Z4", CODE " u plotesua. Faleminderit");
	assert_false(book_case(f, CODE).partial);
	assert_string_equal(book_case(f, CODE).zone, "Z4");
	assert_true(book_audited(f, "O1", "case.amend", CODE));
	ASKS(O1, "RAST XYZ Z7", NEXT " u hap. Cfare ndodh? P.sh. LYP, PUN, DRO, SEK, TRA, MAR, DHU");
	assert_string_equal(book_case(f, NEXT).missing, "concern");
	ASKS(O1, "pun", NEXT " u plotesua. Faleminderit");
	assert_string_equal(book_case(f, NEXT).concerns, "labour");
}

static void test_b03_two_concerns_many_children(void **state)
{
	struct fx *f = *state;

	ASKS(O1, "Rast LYP+PUN Z7 M13",
	     "U hap " CODE ". Njoftuam koordinatorin. Mos shkruaj emra. Fshije kete SMS");
	assert_string_equal(book_case(f, CODE).concerns, "begging,labour");
	told(f, "MUN", "case.new",
	     "{\"alert\":1,\"rule\":\"C2\",\"case\":\"" CODE "\",\"concerns\":[\"begging\",\"labour\"],"
	     "\"age_band\":\"12-14\",\"sex\":\"M\",\"zone\":\"Z7\",\"urgent\":false}");
	ASKS(O1, "rast lyp z4 2 femije",
	     "U hap " NEXT ". Njoftuam koordinatorin. Mos shkruaj emra. Fshije kete SMS");
	assert_int_equal(book_case(f, NEXT).n_children, 2);
	assert_int_equal(book_case(f, NEXT).age, -1);
}

static void test_b04_the_child_rule(void **state)
{
	static const char *const acts[] = { "LYP", "PUN", "DRO", "SEK", "TRA", "MAR", "VJE" };
	struct fx *f = *state;
	char text[64];

	for (size_t i = 0; i < 7; i++) { /* an act or a purpose is enough: nobody is asked for force */
		snprintf(text, sizeof(text), "RAST %s Z%d M1%d", acts[i], (int)(1 + i), (int)i);
		book_has(fx_ask(f, O1, text), "U hap ");
		assert_string_equal(book_newest(f).nrm, "potential");
	}
	fx_ask(f, O1, "RAST LYP Z9 M45");
	struct case_row c = book_newest(f);
	book_has(c.flags, "adult");
	assert_string_equal(c.nrm, "consent");
	snprintf(text, sizeof(text), "refero %s shssh strehim", c.code);
	book_has(fx_ask(f, O1, text), "i rritur, duhet pelqimi");
	assert_null(book_http(f, "SSS", "referral.new"));
}

static void test_b05_urgent(void **state)
{
	static const char *const who[] = { D1, D2, D3 };
	struct fx *f = *state;

	fx_begin(f);
	fx_person(f, "D2", D2, "duty", "", "", "MUN");
	fx_person(f, "D3", D3, "duty", "", "", "MUN");
	fx_commit(f);
	ASKS(O1, "RAST DRO Z2 M15 URGJENT",
	     CODE " URGJENT. Nese rrezik tani: 129 ose 112. Njoftuam kujdestarin e turnit");
	int64_t n = alert_number(f, "C1");
	heard(f, D1, "URGJENT " CODE ". OK %lld = mora", n);
	left(f, 2, 2);
	assert_non_null(book_http(f, "MUN", "case.urgent"));
	told(f, "POLICE", "case.urgent",
	     "{\"alert\":1,\"case\":\"" CODE "\",\"concerns\":[\"drugs\"],\"age_band\":\"15-17\","
	     "\"sex\":\"M\",\"zone\":\"Z2\",\"urgent\":true}");
	for (int i = 1; i <= 2; i++) {
		fx_clear(f);
		f->d.now += 14 * 60;
		fx_due(f);
		left(f, 0, 0);
		f->d.now += 61;
		fx_due(f);
		left(f, 1, 0);
		heard(f, who[i], "URGJENT " CODE ". OK %lld = mora", n);
	}
	fx_clear(f);
	f->d.now += 15 * 60 + 1;
	fx_due(f); /* three misses: all coordinators, and no other office in their place */
	assert_int_equal(fx_count_to(f, C1), 1);
	assert_int_equal(f->n_http, 0);
	numbered(f, C1, "OK", "C1");
	fx_clear(f);
	f->d.now += 86400;
	fx_due(f);
	assert_string_equal(fx_to(f, D1), "");

	/* no police without their row: begging, urgent */
	fx_clear(f);
	fx_sms(f, O1, "RAST LYP Z9 M9 URGJENT");
	fx_drain(f);
	assert_null(fx_agency(f, "POLICE"));
}

static void test_b05_taken_away_tomorrow(void **state)
{
	struct fx *f = *state;

	/* without the word for a case it was partly guessed: what was read is shown, and asked about */
	ASKS(O1, "f14 e cojne ne itali neser",
	     "TRA F14 IT: " CODE " URGJENT. Nese rrezik tani: 129 ose 112. Njoftuam kujdestarin e turnit. "
	     "Sakte? PO ose JO");
	struct case_row c = book_case(f, CODE);
	assert_true(c.urgent);
	assert_string_equal(c.concerns, "trafficking");
	assert_string_equal(c.country, "IT");
	assert_string_equal(c.sex, "F");
	assert_int_equal(c.age, 14);
	assert_non_null(book_http(f, "POLICE", "case.urgent"));
	assert_non_null(book_http(f, "SSS", "case.urgent"));
}

static void test_b06_teacher_as_witness(void **state)
{
	struct fx *f = *state;

	ASKS(T1, "5A nr 12 lyp te semafori", "Faleminderit, mesazhi u mor");
	struct case_row c = book_case(f, CODE);
	assert_string_equal(c.school, "SH1");
	assert_string_equal(c.class_name, "5A");
	assert_int_equal(c.pupil, 12);
	assert_string_equal(c.concerns, "begging");
	assert_true(book_audited(f, "T1", "case.open", CODE));
	heard(f, C1, "Rast i ri " CODE ". OK %lld = mora", alert_number(f, "C2"));
	left(f, 2, 1);
	const struct fx_http *mun = book_http(f, "MUN", "case.new");
	assert_non_null(mun);
	book_not(mun->body, "SH1"); /* no key of the row */
}

static void test_b07_duplicate_hint(void **state)
{
	struct fx *f = *state;

	open_case(f, "RAST LYP Z4 M11");
	f->d.now += 13 * 86400;
	say(f, O1, "RAST PUN Z4 M12");
	heard(f, C1, NEXT " ngjan me " CODE ". BASHKO ose JO", 0);
	ASKS(C1, "BASHKO", "Per kete duhet PIN-i. Shkruaj PIN, numrin tend te fshehte dhe kerkesen");
	assert_string_equal(book_pin(f, C1, "BASHKO"), "U bashkuan: " NEXT "," CODE);
	assert_string_equal(book_case(f, NEXT).state, "duplicate");
	struct case_row c = book_case(f, CODE);
	assert_string_equal(c.concerns, "begging,labour");
	assert_int_equal(book_events(f, c.id, "took", NEXT), 1);
	assert_int_equal(book_events(f, c.id, "opened", NULL), 1);
	assert_int_equal(book_events(f, book_case(f, NEXT).id, "opened", NULL), 1);
	assert_true(book_audited(f, "C1", "case.merge", NEXT));
	/* two years apart, another zone, another sex, fifteen days: none */
	static const char *const others[] = { "RAST LYP Z4 M14", "RAST LYP Z5 M11", "RAST LYP Z4 F11" };
	for (size_t i = 0; i < 3; i++) {
		say(f, O1, others[i]);
		assert_int_equal(book_rule(f, "C7", NULL), 1);
	}
	f->d.now += 15 * 86400;
	say(f, O1, "RAST LYP Z5 M12");
	assert_int_equal(book_rule(f, "C7", NULL), 1);
}

static void test_b08_free_text_survives(void **state)
{
	struct fx *f = *state;
	char text[24];

	ASKS(O1, "vajze 14 do e martojne te shtunen z5",
	     "MAR Z5 F14: " CODE " URGJENT. Nese rrezik tani: 129 ose 112. Njoftuam kujdestarin e turnit. "
	     "Sakte? PO ose JO");
	struct case_row c = book_case(f, CODE);
	assert_string_equal(c.concerns, "marriage");
	assert_string_equal(c.sex, "F");
	assert_string_equal(c.zone, "Z5");
	ASKS(O1, "po", "U konfirmua. Faleminderit");
	f->d.now += 3600;
	fx_due(f);
	assert_int_equal(book_rule(f, "C8", NULL), 0);
	/* and when he says nothing: a person after half an hour */
	fx_ask(f, O1, "vajze 15 do e martojne te shtunen z6");
	snprintf(text, sizeof(text), "%s", book_newest(f).code);
	int64_t message = f->message;
	fx_clear(f);
	f->d.now += 30 * 60 + 1;
	fx_due(f);
	assert_int_equal(book_rule(f, "C8", "open"), 1);
	book_has(fx_to(f, C1), "pret konfirmim. Shiko radhen");
	book_has(fx_to(f, C1), text);
	f->message = message;
	fx_assert_state(f, "queued");
}

static void test_b10_public_tip(void **state)
{
	struct fx *f = *state;
	struct case_row c;
	size_t n = 0;

	ASKS(STRANGER, "dua te raportoj nje femije qe lyp",
	     "Faleminderit. Per femije ne rrezik telefono 116111 ose 129. Ky numer nuk eshte emergjence");
	fx_assert_state(f, "queued");
	assert_int_not_equal(case_list(f->st, NULL, &c, 1, &n) == STORE_OK && n > 0, true);
	ASKS(STRANGER, "prape lyp", "");
}

/* ---- c: awareness --------------------------------------------------------------------------- */

static void test_c01_session_report(void **state)
{
	struct fx *f = *state;

	ASKS(AG1, "FUSHATE SH3 45", "Regjistruar: SH3, 45 pjesemarres, 18.11");
	left(f, 1, 0);
	assert_true(book_audited(f, "AG1", "campaign.record", NULL));
	ASKS(AG1, "campaign z4 30 parents", "Regjistruar: Z4, 30 pjesemarres, 18.11");
	ASKS(O1, "takim me prinder lagjja z4 25 veta", "Regjistruar: Z4, 25 pjesemarres, 18.11");
	assert_int_equal(book_rule(f, "C2", NULL), 0);
}

/* ---- d: protection -------------------------------------------------------------------------- */

static void test_d01_risk_change(void **state)
{
	struct fx *f = *state;
	struct case_due due;

	open_case(f, "RAST LYP Z4 M11");
	ASKS(O1, "RREZIK " CODE " LARTE", CODE ": rreziku LARTE. Afatet ndryshuan");
	OK(due_get(f->st, book_case(f, CODE).id, "contact", &due));
	assert_in_range(due.due, f->d.now + 24 * 3600 - 5, f->d.now + 24 * 3600);
	assert_true(book_audited(f, "O1", "case.risk", CODE));
	/* down only by two */
	ASKS(O1, "RREZIK " CODE " ULET", CODE ": ulja e rrezikut pret miratimin e koordinatorit");
	assert_string_equal(book_case(f, CODE).risk, "high");
	approves(f, C1, "P2");
	book_said(f, O1, CODE ": rreziku u ul");
	assert_string_equal(book_case(f, CODE).risk, "low");
}

static void test_d02_acknowledge(void **state)
{
	struct fx *f = *state;

	fx_ask(f, O1, "RAST LYP Z4 M11");
	f->d.now += 600;
	ASKS(C1, "mora 1", "Sinjal 1: u mor. Faleminderit");
	struct alert_row a = book_alert(f, "C2");
	assert_string_equal(a.state, "acked");
	assert_string_equal(a.acked_by, "C1");
	assert_in_range(a.acked_at - a.raised, 600, 605);
	fx_clear(f);
	f->d.now += 2 * 3600;
	fx_due(f);
	left(f, 0, 0);
	assert_true(book_audited(f, "C1", "alert.ack", NULL));
	/* a bare ok is of the only one */
	fx_ask(f, O1, "RAST PUN Z5 M9");
	ASKS(C1, "ok", "Sinjal 2: u mor. Faleminderit");
	fx_ask(f, O1, "RAST PUN Z6 M9");
	fx_ask(f, O1, "RAST PUN Z7 M9");
	ASKS(C1, "ok", "Cili sinjal? Pergjigju OK dhe numrin: 3,4");
	assert_int_equal(book_rule(f, "C2", "open"), 2);
	/* a number he was not told of is as unknown as one that is not */
	char wrong[200];
	snprintf(wrong, sizeof(wrong), "%s", fx_ask(f, T1, "OK 99"));
	ASKS(T1, "OK 3", wrong);
	assert_int_equal(book_rule(f, "C2", "open"), 2);
}

static void test_d03_refer_by_mandate(void **state)
{
	struct fx *f = *state;

	open_case(f, "RAST TRA Z4 M11");
	ASKS(O1, "refero " CODE " tjeter vizion strehim", CODE ": referim R1 te TV. Gabim? Shkruaj ANULO");
	told(f, "TV", "referral.new",
	     "{\"referral\":\"R1\",\"case\":\"" CODE "\",\"age_band\":\"6-11\",\"sex\":\"M\","
	     "\"urgent\":false,\"service\":\"shelter\"}");
	left(f, 1, 1);
	assert_string_equal(ref(f, 1).rule, "M44");
	book_has(ref(f, 1).basis, "VKM 499/2018");
	assert_true(book_audited(f, "O1", "refer", CODE));
	ASKS(O1, "refero " CODE " tv dokumente", "TV s'ka mandat per kete. Provo: SHSSH, NJMF");
	left(f, 1, 0);
	/* the employment office has no internet here: its people get the number alone */
	fx_begin(f);
	fx_person(f, "EM1", "+355694000011", "agency", "", "", "EMPLOY");
	fx_commit(f);
	ASKS(O1, "refero " CODE " zyra e punes prindi", CODE ": referim R2 te PUNESIMI. Gabim? Shkruaj ANULO");
	assert_string_equal(fx_to(f, "+355694000011"), "Sinjal R2 per ju. Telefono NJMF");
	left(f, 2, 0);
}

static void test_d04_answer_a_referral(void **state)
{
	struct fx *f = *state;

	open_case(f, "RAST TRA Z4 M11");
	fx_ask(f, O1, "refero " CODE " tv strehim");
	ASKS(AG2, "PRANO R1", "R1: pranimi u shenua. Faleminderit");
	assert_string_equal(fx_to(f, O1), "R1 u pranua nga TV");
	left(f, 2, 0);
	fx_ask(f, O1, "refero " CODE " shssh strehim");
	ASKS(S1, "REFUZO R2 s'kemi vend", "R2: refuzimi u shenua. Faleminderit");
	assert_string_equal(fx_to(f, O1), "R2 u refuzua nga SHSSH: s'ka vend. Provo: NJMF");
	assert_true(book_audited(f, "S1", "referral", "R2"));
	/* nobody answers: 72 h, and 24 h where the risk is high */
	fx_ask(f, O1, "refero " CODE " mun vleresim familje");
	int64_t asked = f->d.now;
	OK(store_begin(f->st));
	OK(due_all_done(f->st, book_case(f, CODE).id));
	fx_commit(f);
	fx_clear(f);
	f->d.now = asked + 71 * 3600;
	fx_due(f);
	assert_int_equal(book_rule(f, "C4", NULL), 0);
	f->d.now = asked + 72 * 3600 + 10;
	fx_due(f);
	heard(f, O1, "R3 ende pa pergjigje. OK %lld = mora", alert_number(f, "C4"));
	heard(f, C1, "R3 ende pa pergjigje. OK %lld = mora", alert_number(f, "C4"));
}

static void test_d05_wrong_code(void **state)
{
	struct fx *f = *state;

	book_second_worker(f);
	open_case(f, "RAST LYP Z4 M11");
	ASKS(O1, "vizite E26-0147-W mire", "Kodi nuk vlen. Shiko kodin dhe provo prape");
	ASKS(O2, "vizite " CODE " mire", "Kodi nuk vlen. Shiko kodin dhe provo prape");
	ASKS(O2, "RREZIK " NEXT " LARTE", "Kodi nuk vlen. Shiko kodin dhe provo prape");
	ASKS(AG1, "vizite " CODE " mire", "Kodi nuk vlen. Shiko kodin dhe provo prape");
	assert_int_equal(book_events(f, book_case(f, CODE).id, NULL, NULL), 2); /* opened, nrm */
	left(f, 1, 0);
}

static void test_d06_not_found(void **state)
{
	struct fx *f = *state;

	open_case(f, "RAST TRA Z4 M11");
	ASKS(O1, "NDJEK " CODE " nuk u gjet", CODE " u shenua. Njoftuam koordinatorin");
	heard(f, C1, CODE ": femija nuk u gjet. OK %lld = mora", alert_number(f, "C6"));
	told(f, "POLICE", "case.not_found",
	     "{\"alert\":2,\"case\":\"" CODE "\",\"age_band\":\"6-11\",\"sex\":\"M\",\"zone\":\"Z4\","
	     "\"urgent\":true}");
	told(f, "MUN", "case.not_found",
	     "{\"alert\":2,\"rule\":\"C6\",\"case\":\"" CODE "\",\"zone\":\"Z4\"}");
	left(f, 2, 2);
	assert_true(book_audited(f, "O1", "case.followup", CODE));
	open_case(f, "RAST LYP Z7 M8");
	ASKS(O1, NEXT " family moved unknown", NEXT " u shenua. Njoftuam koordinatorin");
	assert_int_equal(book_rule(f, "C6M", "open"), 1);
	assert_non_null(book_http(f, "MUN", "case.moved"));
	assert_null(fx_agency(f, "POLICE")); /* no row for begging */
}

static void test_d07_names_refused(void **state)
{
	struct fx *f = *state;

	ASKS(T1, "Mungese 5A Arben Hoxha", "S'u regjistrua. Mos shkruaj emra. Perdor numrin e regjistrit: MUNGESE 5A 12");
	assert_false(fx_on_disk(f, "Arben"));
	book_not(f->words, "Arben");
	assert_int_equal(fx_absent(f, "SH1", "5A", "2026-11-18", (int[40]){ 0 }, 40, &(bool){ false }), 0);
	book_has(fx_ask(f, O1, "RAST LYP Z4 M11 tel 069 444 5566"), CODE);
	assert_false(fx_on_disk(f, "4445566"));
	assert_false(fx_on_disk(f, "444 5566"));
	book_not(f->words, "444");
	left(f, 2, 1);
}

static void test_d08_shelter_bed_silence(void **state)
{
	struct fx *f = *state;

	open_case(f, "RAST TRA Z4 F15 strehimorja e kalter");
	say(f, O1, "refero " CODE " tv strehim te strehimorja e kalter");
	say(f, AG2, "PRANO R1 te strehimorja e kalter kati 2");
	for (size_t i = 0; i < f->n_sms; i++)
		book_not(f->sms[i].text, "kalter");
	for (size_t i = 0; i < f->n_http; i++)
		book_not(f->http[i].body, "kalter");
	assert_false(fx_on_disk(f, "strehimorja e kalter"));
}

/* ---- e: back to school ---------------------------------------------------------------------- */

static void test_e01_enrol(void **state)
{
	struct fx *f = *state;

	open_case(f, "RAST LYP Z4 M11");
	ASKS(O1, "REGJISTRUAR " CODE " SH3 4B", CODE ": SH3 4B. Cili eshte numri ne regjister? Dergo numrin, p.sh. 12");
	ASKS(O1, "9", CODE ": numri u shenua. Ndjekja e mungesave filloi");
	struct case_row c = book_case(f, CODE);
	assert_string_equal(c.school, "SH3");
	assert_string_equal(c.class_name, "4B");
	assert_int_equal(c.pupil, 9);
	assert_string_equal(c.state, "services");
	assert_true(book_audited(f, "O1", "case.enrol", CODE));
	left(f, 1, 0); /* the school is told nothing */
}

static void test_e02_first_missed_day(void **state)
{
	struct fx *f = *state;

	open_case(f, "RAST LYP Z4 M11");
	ASKS(O1, "REGJISTRUAR " CODE " SH3 6B 9", CODE ": SH3 6B. Ndjekja e mungesave filloi");
	to(f, "2026-11-19T09:00");
	ASKS(T3, "mungese 6B 9", "6B 19.11: mungojne nr 9. Gabim? Shkruaj ANULO");
	assert_string_equal(fx_to(f, O1), CODE " mungoi sot ne shkolle. Pergjigju VIZITE " CODE " dhe si shkoi");
	left(f, 2, 0);
	fx_ask(f, T3, "mungese 6B 9"); /* the same again: nothing */
	left(f, 1, 0);
}

static void test_e03_visit(void **state)
{
	static const struct {
		const char *risk, *due;
	} by[] = { { "LARTE", "25.11" }, { "MESEM", "02.12" } };
	struct fx *f = *state;
	char text[60], want[100];

	open_case(f, "RAST LYP Z4 M11");
	for (size_t i = 0; i < 2; i++) {
		open_case(f, i ? "RAST PUN Z5 M8 LARTE" : "RAST LYP Z6 M9");
		struct case_row c = book_newest(f);
		snprintf(text, sizeof(text), "vizite %s familja mire", c.code);
		snprintf(want, sizeof(want), "%s u shenua. Hapi tjeter deri %s. Faleminderit", c.code,
			 by[1 - i].due);
		ASKS(O1, text, want);
		left(f, 1, 0);
	}
	/* a sloppy code, and what was found in school */
	book_has(fx_ask(f, O1, "vizite e26 0147v u krye, femija ne shkolle"), CODE " u shenua. Hapi tjeter deri 02.12");
	struct followup rows[4];
	size_t n = 0;
	OK(followup_list(f->st, book_case(f, CODE).id, rows, 4, &n));
	assert_int_equal(n, 1);
	assert_int_equal(rows[0].in_school, 1);
	assert_true(book_audited(f, "O1", "case.followup", CODE));
}

static void test_e04_progress(void **state)
{
	struct fx *f = *state;

	open_case(f, "RAST LYP Z4 M11");
	for (int i = 4; i >= 2; i--) {
		char text[40];
		f->d.now += 86400;
		snprintf(text, sizeof(text), "PROGRES " CODE " %d", i);
		say(f, O1, text);
		book_said(f, O1, CODE ": progresi u shenua");
		left(f, i == 2 ? 3 : 1, 0);
	}
	heard(f, O1, CODE ": progresi ra dy here rresht. OK %lld = mora", alert_number(f, "C9"));
	heard(f, C1, CODE ": progresi ra dy here rresht. OK %lld = mora", alert_number(f, "C9"));
	say(f, O1, "PROGRES " CODE " shkolla 3 familja 2 komuniteti 4");
	struct progress rows[8];
	size_t n = 0;
	OK(progress_list(f->st, book_case(f, CODE).id, f->d.now, rows, 8, &n));
	assert_in_range(n, 3, 4);
	assert_int_equal(rows[0].school, 3);
	assert_int_equal(rows[0].family, 2);
	assert_int_equal(rows[0].community, 4);
	assert_int_equal(book_events(f, book_case(f, CODE).id, "fall", NULL), 1);
	assert_true(book_audited(f, "O1", "case.progress", CODE));
}

static void test_e05_overdue(void **state)
{
	struct fx *f = *state;

	open_case(f, "RAST LYP Z4 M11 LARTE");
	fx_ask(f, O1, "vizite " CODE " mire"); /* the next by 25.11. */
	to(f, "2026-11-25T09:00");
	left(f, 0, 0);
	to(f, "2026-11-25T11:00");
	assert_string_equal(fx_to(f, O1), CODE ": vizita ka kaluar afatin. VIZITE " CODE " dhe si shkoi");
	left(f, 1, 0);
	to(f, "2026-11-27T11:00");
	left(f, 0, 0);
	to(f, "2026-11-28T11:00");
	heard(f, C1, CODE ": hapi i radhes ka kaluar afatin. OK %lld = mora", alert_number(f, "C5L"));
	left(f, 1, 0);
}

static void test_e06_family_support(void **state)
{
	struct fx *f = *state;

	open_case(f, "RAST LYP Z4 M11");
	ASKS(O1, "progres " CODE " 3 familja pa te ardhura",
	     CODE ": progresi u shenua. Mbeshtetja e familjes pret koordinatorin");
	heard(f, C1, CODE ": te ndihmohet familja (pune, ndihme ekonomike)? PO %lld ose JO %lld",
	      alert_number(f, "P4"));
	left(f, 2, 0);
	approves(f, C1, "P4");
	assert_string_equal(ref(f, 1).agency, "EMPLOY");
	assert_string_equal(ref(f, 1).service, "parent_job");
	assert_string_equal(ref(f, 2).agency, "MUN");
	assert_string_equal(ref(f, 2).service, "social_aid");
	assert_true(book_audited(f, "O1", "case.support", CODE));
}

static void test_e07_close_with_approval(void **state)
{
	struct fx *f = *state;

	open_case(f, "RAST LYP Z4 M11");
	fx_ask(f, C1, "DETYRE " CODE " TDH vizite");
	ASKS(O1, book_with_pin(f, O1, "MBYLL " CODE " I RIINTEGRUAR"),
	     CODE " ka 1 detyra te hapura. Per ta mbyllur: MBYLL " CODE " MEGJITHATE");
	assert_int_equal(book_rule(f, "P1", NULL), 0);
	ASKS(O1, "MBYLL " CODE " I RIINTEGRUAR MEGJITHATE", CODE ": mbyllja pret miratimin e koordinatorit");
	heard(f, C1, "Mbyllje " CODE "? PO %lld ose JO %lld", alert_number(f, "P1"));
	assert_string_equal(book_case(f, CODE).state, "plan");
	approves(f, C1, "P1");
	book_said(f, C1, "U konfirmua. Faleminderit");
	book_said(f, O1, CODE " u mbyll");
	assert_string_equal(book_case(f, CODE).state, "closed");
	told(f, "MUN", "case.closed", "{\"case\":\"" CODE "\",\"reason\":\"reintegrated\"}");
	assert_true(book_audited(f, "C1", "case.close", CODE));
	say(f, O1, "RIHAP " CODE);
	book_has(fx_to(f, O1), CODE);
	assert_string_equal(book_case(f, CODE).state, "plan");
	assert_int_equal(book_events(f, book_case(f, CODE).id, "opened", NULL), 1);
}

/* ---- f: assisted return --------------------------------------------------------------------- */

static void test_f01_announce(void **state)
{
	struct fx *f = *state;

	ASKS(AG1, "KTHIM GR M12 Selanik 05.12", "Kthim " CODE " me 05.12. Detyra: SHSSH vleresim familje deri 28.11");
	struct case_row c = book_case(f, CODE);
	struct return_op r;
	OK(return_of_case(f->st, c.id, &r));
	assert_string_equal(r.country, "GR");
	assert_true(book_audited(f, "AG1", "case.return", CODE));
	told(f, "SSS", "return.new",
	     "{\"alert\":1,\"case\":\"" CODE "\",\"country\":\"GR\",\"date\":\"2026-12-05\","
	     "\"age_band\":\"12-14\",\"sex\":\"M\"}");
	heard(f, C1, "Kthim " CODE " me 05.12. OK %lld = mora", alert_number(f, "R1"));
	static const struct {
		const char *service, *agency, *due;
	} tasks[] = { { "family_assessment", "SSS", "2026-11-28" },
		      { "reception", "", "2026-12-05" },
		      { "visit", "", "2026-12-07" },
		      { "enrol", "", "2026-12-19" } };
	for (int i = 0; i < 4; i++) {
		struct task t = task_of(f, i + 1);
		assert_string_equal(t.service, tasks[i].service);
		assert_string_equal(t.due, tasks[i].due);
		if (tasks[i].agency[0])
			assert_string_equal(t.agency, tasks[i].agency);
	}
	assert_null(fx_agency(f, "POLICE"));
	/* who enrols learns that there is a place to find, not of a case */
	told(f, "EDU", "task.new", "{\"task\":\"T4\",\"due\":\"2026-12-19\",\"service\":\"enrol\"}");
}

static void test_f02_assessment_blocks(void **state)
{
	struct fx *f = *state;

	fx_ask(f, O1, "KTHIM GR M12 Selanik 05.12");
	to(f, "2026-12-02T12:00");
	heard(f, C1, "URGJENT " CODE ": kthim me 05.12, familja s'eshte vleresuar. OK %lld = mora",
	      alert_number(f, "R2"));
	assert_non_null(book_http(f, "SSS", "return.unassessed"));
	assert_non_null(book_http(f, "MUN", "return.unassessed"));
	fx_clear(f);
	fx_sms(f, O1, "vizite " CODE " familja e pasigurt");
	fx_drain(f);
	told(f, "TV", "referral.new",
	     "{\"referral\":\"R1\",\"case\":\"" CODE "\",\"age_band\":\"12-14\",\"sex\":\"M\","
	     "\"urgent\":true,\"service\":\"shelter\"}");
}

static void test_f03_arrived_or_not(void **state)
{
	struct fx *f = *state;

	fx_ask(f, O1, "KTHIM GR M12 Selanik 05.12");
	fx_ask(f, S1, "KRYER T1");
	to(f, "2026-12-05T20:00");
	assert_int_equal(book_rule(f, "C1", NULL), 0);
	to(f, "2026-12-07T09:00");
	assert_int_equal(book_rule(f, "C1", "open"), 1);
	heard(f, D1, "URGJENT " CODE ". OK %lld = mora", alert_number(f, "C1"));
	say(f, O1, "MBERRITI " CODE);
	struct case_due due;
	OK(due_get(f->st, book_case(f, CODE).id, "contact", &due));
	assert_true(due.open);
	assert_in_range(due.due, f->d.now + 48 * 3600 - 5, f->d.now + 48 * 3600);
	assert_int_equal(book_rule(f, "C1", "open"), 0);
	assert_true(book_audited(f, "O1", "case.return", CODE));
}

static void test_f04_monitor(void **state)
{
	static const char *const months[] = { "2027-01-05", "2027-03-05", "2027-06-05" };
	struct fx *f = *state;
	struct return_op r;

	fx_ask(f, O1, "KTHIM GR M12 Selanik 05.12");
	fx_ask(f, S1, "KRYER T1");
	to(f, "2026-12-05T12:00");
	fx_ask(f, O1, "MBERRITI " CODE);
	to(f, "2026-12-06T12:00");
	say(f, O1, "vizite " CODE " mire");
	for (int i = 0; i < 3; i++) {
		char iso[24];
		snprintf(iso, sizeof(iso), "%sT12:00", months[i]);
		fx_at(f, iso);
		f->d.now -= 7 * 86400;
		fx_due(f);
		OK(return_get(f->st, 1, &r));
		struct task t = task_of(f, r.visit);
		assert_int_equal(r.stage, i + 1);
		assert_string_equal(t.service, "visit");
		assert_string_equal(t.due, months[i]);
		say(f, O1, "vizite " CODE " ne shkolle");
		assert_string_equal(task_of(f, r.visit).state, "done");
	}
	to(f, "2027-06-13T12:00");
	OK(return_get(f->st, 1, &r));
	assert_string_equal(r.state, "ended");
}

/* ---- g: what leaves ------------------------------------------------------------------------- */

/* g01, every event and every agency: test_mandates.c; g02, signed, tried again, under one id: test_outbox.c,
 * test_delivery.c and tests/system/test_delivery.py, test_kill.py. */
static void test_g01_default_deny(void **state)
{
	struct fx *f = *state;

	say(f, O1, "RAST NEG Z4 M6");
	left(f, 2, 1);
	assert_non_null(book_http(f, "MUN", "case.new"));
}

static void test_g03_agency_without_internet(void **state)
{
	struct fx *f = *state;

	fx_begin(f);
	fx_person(f, "N1", NPF1, "agency", "", "", "NPF");
	fx_commit(f);
	open_case(f, "RAST LYP Z4 M11");
	ASKS(O1, "refero " CODE " ndihme per femijet arsim", CODE ": referim R1 te NPF. Gabim? Shkruaj ANULO");
	assert_string_equal(fx_to(f, NPF1), "Sinjal R1 per ju. Telefono NJMF");
	left(f, 2, 0);
}

static void test_g04_who_saw_it(void **state)
{
	struct fx *f = *state;
	json_t *answer = NULL, *one;
	size_t i;
	bool opened = false, read = false;

	open_case(f, "RAST LYP Z4 M11");
	for (int k = 0; k < 2; k++) { /* the question itself is a row of the answer */
		fx_begin(f);
		json_t *rq = json_pack("{s:s,s:s}", "verb", "audit.show", "case", CODE);
		OK(verb_run(&f->d, rq, 0, &answer));
		fx_commit(f);
		json_decref(rq);
		if (k == 0)
			json_decref(answer);
	}
	json_array_foreach(json_object_get(answer, "audit"), i, one) {
		const char *verb = json_string_value(json_object_get(one, "verb"));
		opened |= strcmp(verb, "case.open") == 0;
		read |= strcmp(verb, "audit.read") == 0;
	}
	assert_true(opened && read);
	json_decref(answer);
}

/* ---- h: meetings ---------------------------------------------------------------------------- */

static void test_h01_task_by_text(void **state)
{
	struct fx *f = *state;

	open_case(f, "RAST LYP Z4 M11");
	ASKS(C1, "DETYRE " CODE " TDH vizite deri 30.11", "Detyre T1 per TDH: " CODE " deri 30.11");
	assert_string_equal(fx_to(f, AG1), "Detyre T1: vizite " CODE " deri 30.11. KRYER T1 / SHTY T1 data");
	told(f, "TDH", "task.new",
	     "{\"task\":\"T1\",\"case\":\"" CODE "\",\"due\":\"2026-11-30\",\"service\":\"visit\"}");
	left(f, 2, 1);
	assert_true(book_audited(f, "C1", "task.set", NULL));
}

static void test_h02_done_late_postponed(void **state)
{
	struct fx *f = *state;

	open_case(f, "RAST LYP Z4 M11");
	fx_ask(f, C1, "DETYRE " CODE " TDH vizite deri 28.11");
	ASKS(AG1, "T1 jo akoma", "T1 u shenua: ende jo e kryer");
	ASKS(AG1, "SHTY T1 30.11 mungon dokumenti", "T1: afati i ri 30.11");
	assert_string_equal(task_of(f, 1).state, "deferred");
	assert_string_equal(task_of(f, 1).due, "2026-11-30");
	ASKS(AG1, "SHTY T1 02.12", "T1: afati i ri 02.12");
	assert_int_equal(book_rule(f, "T1", NULL), 0);
	say(f, AG1, "SHTY T1 04.12");
	heard(f, C1, "Sinjal %lld: detyra T1 u shty 3 here. OK %lld = mora", alert_number(f, "T1"));
	ASKS(AG1, "KRYER T1", "T1 u krye. Faleminderit");
	assert_true(book_audited(f, "AG1", "task.done", NULL));
}

static void test_h03_reminders(void **state)
{
	struct fx *f = *state;

	open_case(f, "RAST LYP Z4 M11");
	fx_ask(f, C1, "DETYRE " CODE " TDH vizite deri 15.12");
	fx_ask(f, C1, "DETYRE " CODE " TDH dokumente deri 14.12");
	to(f, "2026-12-07T12:00");
	assert_int_equal(fx_count_to(f, AG1), 0);
	to(f, "2026-12-08T12:00");
	assert_string_equal(fx_to(f, AG1), "Takimi me 15.12. Detyrat e tua: T2 " CODE " 14.12, T1 " CODE " 15.12");
	fx_clear(f);
	fx_due(f);
	left(f, 0, 0);
	to(f, "2026-12-14T12:00");
	assert_string_equal(fx_to(f, AG1), "Takimi me 15.12. Detyrat e tua: T2 " CODE " 14.12, T1 " CODE " 15.12");
}

static void test_h04_meeting_on_a_phone(void **state)
{
	struct fx *f = *state;

	open_case(f, "RAST LYP Z4 M11");
	fx_ask(f, C1, "DETYRE " CODE " TDH vizite deri 15.12");
	ASKS(AG1, "TAKIM", "Takimi i grupit: 15.12 ora 10:00. Pergjigju VIJ ose NUK VIJ");
	ASKS(AG1, "TAKIM VIJ", "U shenua: vjen ne takim. Faleminderit");
	ASKS(AG1, "nuk vij", "U shenua: nuk vjen ne takim. Faleminderit");
	/* it names cases: with a PIN alone */
	ASKS(AG1, "rendi i dites", "Per kete duhet PIN-i. Shkruaj PIN, numrin tend te fshehte dhe kerkesen");
	fx_secret(f, "AG1", SECRET_KIND_PIN, "482913", "");
	ASKS(AG1, "PIN 482913 rendi i dites", "Rendi i dites 15.12: 1 detyra. T1 " CODE " 15.12");
	book_has(fx_ask(f, T1, "rendi i dites"), "NDIHME"); /* no school reads it */
}

/* ---- the same in the other language ---------------------------------------------------------- */

static void test_in_english(void **state)
{
	struct fx *f = *state;

	fx_ask(f, O1, "lang en");
	fx_ask(f, AG2, "lang en");
	ASKS(O1, "CASE TRF Z4 M11", "Opened " CODE ". The coordinator is told. Write no names. Delete this SMS");
	heard(f, C1, "Rast i ri " CODE ". OK %lld = mora", alert_number(f, "C2")); /* each in his own */
	ASKS(O1, "visit " CODE " family ok", CODE " noted. Next step by 02.12. Thank you");
	ASKS(O1, "refer " CODE " tv shelter", CODE ": referral R1 to TV. Wrong? Send UNDO");
	ASKS(AG2, "accept R1", "R1: accepted. Thank you");
	assert_string_equal(fx_to(f, O1), "R1 was accepted by TV");
	ASKS(AG2, "R1 done", "R1: done. Thank you");
	ASKS(O1, "enrolled " CODE " SH3 6B 9", CODE ": SH3 6B. Attendance watch has begun");
	ASKS(O1, "progress " CODE " 4", CODE ": progress noted");
	ASKS(O1, "close " CODE " reintegrated", CODE ": closing waits for the coordinator's approval");
	approves(f, C1, "P1");
	book_said(f, O1, CODE " is closed");
	ASKS(O1, "case XYZ Z5", NEXT " is opened. What is it? E.g. BEG, LAB, DRG, SEX, TRF, VIO");
	ASKS(O1, "visit E26-0147-W ok", "The code is not valid. Look at the code and try again");
}

static const struct CMUnitTest tests[] = {
#define EACH(name) cmocka_unit_test_setup_teardown(name, book_setup, fx_teardown)
	EACH(test_b01_case_in_one_text),
	EACH(test_b02_never_lose_a_partial_report),
	EACH(test_b03_two_concerns_many_children),
	EACH(test_b04_the_child_rule),
	EACH(test_b05_urgent),
	EACH(test_b05_taken_away_tomorrow),
	EACH(test_b06_teacher_as_witness),
	EACH(test_b07_duplicate_hint),
	EACH(test_b08_free_text_survives),
	EACH(test_b10_public_tip),
	EACH(test_c01_session_report),
	EACH(test_d01_risk_change),
	EACH(test_d02_acknowledge),
	EACH(test_d03_refer_by_mandate),
	EACH(test_d04_answer_a_referral),
	EACH(test_d05_wrong_code),
	EACH(test_d06_not_found),
	EACH(test_d07_names_refused),
	EACH(test_d08_shelter_bed_silence),
	EACH(test_e01_enrol),
	EACH(test_e02_first_missed_day),
	EACH(test_e03_visit),
	EACH(test_e04_progress),
	EACH(test_e05_overdue),
	EACH(test_e06_family_support),
	EACH(test_e07_close_with_approval),
	EACH(test_f01_announce),
	EACH(test_f02_assessment_blocks),
	EACH(test_f03_arrived_or_not),
	EACH(test_f04_monitor),
	EACH(test_g01_default_deny),
	EACH(test_g03_agency_without_internet),
	EACH(test_g04_who_saw_it),
	EACH(test_h01_task_by_text),
	EACH(test_h02_done_late_postponed),
	EACH(test_h03_reminders),
	EACH(test_h04_meeting_on_a_phone),
	EACH(test_in_english),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
