/* test_referrals.c - a referral from a worker's text to the agency's answer, and what follows when
 * there is none. */
#include "gateway/casework/agencies.h"
#include "tests/component/casebook.h"

#define AG1 "+355694000001" /* TDH */
#define AG2 "+355694000002" /* TV */
#define S1 "+355694000003"  /* SSS */
#define NPF1 "+355694000009"

static struct referral ref(struct fx *f, int64_t number)
{
	struct referral r;

	if (referral_get(f->st, number, &r) != STORE_OK)
		fail_msg("no referral R%d", (int)number);
	return r;
}

static bool no_referral(struct fx *f, int64_t number)
{
	struct referral r;

	return referral_get(f->st, number, &r) == STORE_NONE;
}

/* Alerts of a new case are not what these tests are about. */
static void open_case(struct fx *f, const char *text)
{
	fx_sms(f, O1, text);
	fx_drain(f);
	book_settle_rule(f, "C2");
	fx_begin(f);
	OK(due_all_done(f->st, book_newest(f).id));
	fx_commit(f);
	fx_clear(f);
}

static void npf_person(struct fx *f)
{
	fx_begin(f);
	fx_person(f, "N1", NPF1, "agency", "", "", "NPF");
	fx_commit(f);
}

/* ---- referring ------------------------------------------------------------------------------- */

static void test_referred_with_the_least(void **state)
{
	struct fx *f = *state;

	open_case(f, "RAST TRA Z4 M11");
	assert_string_equal(fx_ask(f, O1, "refero E26-0147-V tjeter vizion strehim"),
			    "E26-0147-V: referim R1 te TV. Gabim? Shkruaj ANULO");
	struct referral r = ref(f, 1);
	assert_string_equal(r.agency, "TV");
	assert_string_equal(r.service, "shelter");
	assert_string_equal(r.sender, "O1");
	assert_string_equal(r.rule, "M44");
	book_has(r.basis, "VKM 499/2018");
	assert_string_equal(r.state, "sent"); /* TV's system took it */
	assert_int_equal(f->n_http, 1);
	const struct fx_http *tv = fx_agency(f, "TV");
	assert_non_null(tv);
	book_has(tv->body, "\"referral\":\"R1\"");
	book_has(tv->body, "\"case\":\"E26-0147-V\"");
	book_has(tv->body, "\"age_band\":\"6-11\"");
	book_has(tv->body, "\"service\":\"shelter\"");
	book_not(tv->body, "trafficking");
	book_not(tv->body, "zone");
	assert_string_equal(book_case(f, "E26-0147-V").state, "plan");
	assert_int_equal(book_events(f, r.case_id, "referred", "R1 TV shelter"), 1);
	assert_true(book_audited(f, "O1", "refer", "E26-0147-V"));
	/* Asked again, the same referral waits. */
	assert_string_equal(fx_ask(f, O1, "refero E26-0147-V tjeter vizion strehim"),
			    "E26-0147-V: R1 te TV ende pret pergjigje");
	assert_true(no_referral(f, 2));
	assert_int_equal(f->n_http, 0);
}

static void test_the_employment_office_learns_of_no_case(void **state)
{
	struct fx *f = *state;

	open_case(f, "RAST LYP Z4 M11");
	fx_ask(f, O1, "refero E26-0147-V zyra e punes prindi");
	struct referral r = ref(f, 1);
	assert_string_equal(r.agency, "EMPLOY");
	assert_string_equal(r.service, "parent_job");
	assert_int_equal(f->n_http, 0);
	/* It has neither internet nor people: the coordinator brings it there, by its number alone. */
	assert_string_equal(fx_to(f, C1), "Sinjal R1 nuk arriti te EMPLOY. Dergoje vete");
	assert_string_equal(r.state, "created");
}

static void test_refused_without_a_mandate(void **state)
{
	struct fx *f = *state;

	open_case(f, "RAST TRA Z4 M11");
	assert_string_equal(fx_ask(f, O1, "refero E26-0147-V tv dokumente"),
			    "TV s'ka mandat per kete. Provo: SHSSH, NJMF");
	assert_string_equal(fx_ask(f, O1, "refero E26-0147-V policia urgjent"),
			    "partneri s'ka mandat per kete. Provo: SHSSH, NJMF");
	assert_int_equal(f->n_http, 0);
	assert_true(no_referral(f, 1));
	assert_true(book_audited(f, "O1", "refer", "E26-0147-V"));
	assert_string_equal(book_case(f, "E26-0147-V").state, "new");
}

static void test_one_question_for_the_service(void **state)
{
	struct fx *f = *state;

	open_case(f, "RAST TRA Z4 M11");
	assert_string_equal(fx_ask(f, O1, "refero E26-0147-V tv"),
			    "Per cfare? P.sh. REFERO E26-0147-V TV STREHIM");
	assert_true(no_referral(f, 1));
	book_has(fx_ask(f, O1, "REFERO E26-0147-V TV STREHIM"), "referim R1 te TV");
}

static void test_an_agency_without_internet(void **state)
{
	struct fx *f = *state;

	npf_person(f);
	open_case(f, "RAST LYP Z4 M11");
	fx_ask(f, O1, "refero E26-0147-V npf arsim");
	assert_string_equal(fx_to(f, NPF1), "Sinjal R1 per ju. Telefono NJMF");
	assert_int_equal(f->n_http, 0);
	assert_int_equal(f->n_sms, 2); /* the reply, and that */
	assert_string_equal(ref(f, 1).state, "sent");
	assert_string_equal(fx_ask(f, NPF1, "PRANO R1"),
			    "R1: pranimi u shenua. Faleminderit");
	assert_string_equal(ref(f, 1).state, "accepted");
}

static void test_an_adult_is_asked_first(void **state)
{
	struct fx *f = *state;
	char text[32];

	open_case(f, "RAST LYP Z4 F45");
	assert_string_equal(fx_ask(f, O1, "refero E26-0147-V shssh strehim"),
			    "E26-0147-V: i rritur, duhet pelqimi. Referimi pret koordinatorin");
	assert_true(no_referral(f, 1));
	assert_int_equal(f->n_http, 0);
	struct alert_row a = book_alert(f, "P3");
	snprintf(text, sizeof(text), "JO %lld", (long long)a.number);
	fx_ask(f, C1, text);
	assert_string_equal(fx_to(f, O1), "E26-0147-V: referimi nuk u konfirmua");
	assert_true(no_referral(f, 1));
	fx_ask(f, O1, "refero E26-0147-V shssh strehim");
	snprintf(text, sizeof(text), "PO %lld", (long long)book_alert(f, "P3").number);
	assert_string_equal(book_pin(f, C1, text), "U konfirmua. Faleminderit");
	assert_string_equal(fx_to(f, O1), "E26-0147-V: referim R1 te SHSSH");
	assert_string_equal(ref(f, 1).service, "shelter");
	assert_string_equal(ref(f, 1).sender, "O1");
	assert_non_null(book_http(f, "SSS", "referral.new"));
	assert_int_equal(book_events(f, ref(f, 1).case_id, "consent", "given"), 1);
}

static void test_taken_back(void **state)
{
	struct fx *f = *state;

	open_case(f, "RAST TRA Z4 M11");
	fx_ask(f, O1, "refero E26-0147-V tv strehim");
	assert_string_equal(fx_ask(f, O1, "ANULO"), "U anulua R1. Njoftuam agjencine");
	assert_string_equal(ref(f, 1).state, "withdrawn");
	const struct fx_http *tv = book_http(f, "TV", "referral.withdrawn");
	assert_non_null(tv);
	book_has(tv->body, "\"data\":{\"referral\":\"R1\"}");
	assert_string_equal(fx_ask(f, AG2, "PRANO R1"), "R1 eshte mbyllur. Telefono NJMF");
	fx_ask(f, O1, "refero E26-0147-V tv strehim");
	fx_ask(f, AG2, "PRANO R2");
	fx_ask(f, O1, "ANULO"); /* too late: work has begun */
	assert_string_equal(ref(f, 2).state, "accepted");
	fx_assert_state(f, "queued");
}

/* ---- the answer ------------------------------------------------------------------------------ */

static void test_accepted(void **state)
{
	struct fx *f = *state;

	open_case(f, "RAST TRA Z4 M11");
	fx_ask(f, O1, "refero E26-0147-V tv strehim");
	assert_string_equal(fx_ask(f, AG2, "PRANO R1"), "R1: pranimi u shenua. Faleminderit");
	assert_string_equal(fx_to(f, O1), "R1 u pranua nga TV");
	struct referral r = ref(f, 1);
	assert_string_equal(r.state, "accepted");
	assert_string_equal(r.answered_by, "AG2");
	assert_true(r.answered > 0);
	assert_string_equal(book_case(f, "E26-0147-V").state, "services");
	assert_true(book_audited(f, "AG2", "referral", "R1"));
	assert_string_equal(fx_ask(f, AG2, "PRANO R1"), "R1: pranimi u shenua. Faleminderit");
	assert_int_equal(fx_count_to(f, O1), 0); /* said twice, told once */
	assert_string_equal(fx_ask(f, AG2, "REFUZO R1 s'kemi vend"),
			    "R1 eshte mbyllur. Telefono NJMF");
	assert_string_equal(ref(f, 1).state, "accepted");
}

static void test_done_by_a_word(void **state)
{
	struct fx *f = *state;

	open_case(f, "RAST TRA Z4 M11");
	fx_ask(f, O1, "refero E26-0147-V tv strehim");
	fx_ask(f, AG2, "PRANO R1");
	assert_string_equal(fx_ask(f, AG1, "KRYER R1"), "Cili referim? P.sh. PRANO R88 ose REFUZO R88");
	assert_string_equal(ref(f, 1).state, "accepted");
	assert_string_equal(fx_ask(f, AG2, "KRYER R1"), "R1 u krye. Faleminderit");
	assert_string_equal(fx_to(f, O1), "R1 u krye nga TV");
	assert_string_equal(ref(f, 1).state, "completed");
	assert_true(book_audited(f, "AG2", "referral", "R1"));
	assert_string_equal(fx_ask(f, AG2, "R1 u krye"), "R1 u krye. Faleminderit");
	assert_int_equal(fx_count_to(f, O1), 0); /* said twice, told once */
	assert_string_equal(fx_ask(f, AG2, "REFUZO R1"), "R1 eshte mbyllur. Telefono NJMF");
	/* who says that it is done has taken it */
	fx_ask(f, O1, "refero E26-0147-V shssh strehim");
	assert_string_equal(fx_ask(f, S1, "KRYER R2"), "R2 u krye. Faleminderit");
	assert_string_equal(fx_to(f, O1), "R2 u krye nga SHSSH");
	assert_string_equal(ref(f, 2).state, "completed");
	assert_string_equal(ref(f, 2).answered_by, "S1");
	assert_string_equal(book_case(f, "E26-0147-V").state, "services");
	/* declined is declined */
	fx_ask(f, O1, "refero E26-0147-V tv strehim");
	fx_ask(f, AG2, "REFUZO R3");
	assert_string_equal(fx_ask(f, AG2, "KRYER R3"), "R3 eshte mbyllur. Telefono NJMF");
	assert_string_equal(ref(f, 3).state, "declined");
}

static void test_declined_comes_back_to_its_sender(void **state)
{
	struct fx *f = *state;

	open_case(f, "RAST TRA Z4 M11");
	fx_ask(f, O1, "refero E26-0147-V tv strehim");
	assert_string_equal(fx_ask(f, AG2, "REFUZO R1 s'kemi vend"),
			    "R1: refuzimi u shenua. Faleminderit");
	assert_string_equal(fx_to(f, O1), "R1 u refuzua nga TV: s'ka vend. Provo: SHSSH, NJMF");
	assert_string_equal(fx_to(f, C1), "R1 u refuzua nga TV: s'ka vend. Provo: SHSSH, NJMF");
	assert_string_equal(ref(f, 1).state, "declined");
	assert_string_equal(ref(f, 1).reason, "no_capacity");
	const struct fx_http *mun = book_http(f, "MUN", "referral.declined");
	assert_non_null(mun);
	book_has(mun->body, "\"reason\":\"no_capacity\"");
	assert_int_equal(f->n_http, 1); /* nobody else in its place */
	fx_ask(f, O1, "refero E26-0147-V shssh strehim");
	fx_ask(f, S1, "REFUZO R2");
	assert_string_equal(fx_to(f, O1), "R2 u refuzua nga SHSSH: pa arsye. Provo: NJMF");
}

static void test_only_its_own_agency_answers(void **state)
{
	static const char *const texts[] = { "PRANO R1", "REFUZO R1 s'kemi vend", "PRANO R77" };
	struct fx *f = *state;

	open_case(f, "RAST TRA Z4 M11");
	fx_ask(f, O1, "refero E26-0147-V tv strehim");
	for (size_t i = 0; i < 3; i++) {
		assert_string_equal(fx_ask(f, AG1, texts[i]),
				    "Cili referim? P.sh. PRANO R88 ose REFUZO R88");
		book_not(fx_ask(f, O1, texts[i]), "pranimi");
		book_not(fx_ask(f, T1, texts[i]), "pranimi");
	}
	assert_string_equal(ref(f, 1).state, "sent");
	/* An agency that telephoned: the coordinator writes it down. */
	assert_string_equal(fx_ask(f, C1, "PRANO R1"), "R1: pranimi u shenua. Faleminderit");
	assert_string_equal(ref(f, 1).answered_by, "C1");
}

static void test_answered_by_its_own_system(void **state)
{
	struct fx *f = *state;
	struct agency_says says = { .agency = "TDH", .what = AGENCY_ACCEPT, .kind = 'r',
				    .number = 1, .reason = "" };
	enum agency_result result;

	open_case(f, "RAST TRA Z4 M11");
	fx_ask(f, O1, "refero E26-0147-V tv strehim");
	fx_clear(f);
	fx_begin(f);
	OK(agency_answer(&f->d, &says, &result));
	assert_int_equal(result, AGENCY_UNKNOWN); /* another's */
	says.agency = "TV";
	says.what = AGENCY_ACK;
	OK(agency_answer(&f->d, &says, &result));
	assert_int_equal(result, AGENCY_TAKEN);
	assert_string_equal(ref(f, 1).state, "sent");
	says.what = AGENCY_ACCEPT;
	OK(agency_answer(&f->d, &says, &result));
	assert_int_equal(result, AGENCY_TAKEN);
	OK(agency_answer(&f->d, &says, &result));
	assert_int_equal(result, AGENCY_ALREADY);
	says.what = AGENCY_DECLINE;
	OK(agency_answer(&f->d, &says, &result));
	assert_int_equal(result, AGENCY_CLOSED);
	says.what = AGENCY_DONE;
	OK(agency_answer(&f->d, &says, &result));
	assert_int_equal(result, AGENCY_TAKEN);
	fx_commit(f);
	fx_drain(f);
	assert_string_equal(ref(f, 1).state, "completed");
	assert_string_equal(ref(f, 1).answered_by, "agency:TV");
	book_said(f, O1, "R1 u pranua nga TV");
	book_said(f, O1, "R1 u krye nga TV");
	assert_int_equal(fx_count_to(f, O1), 2);
}

/* ---- no answer ------------------------------------------------------------------------------- */

static void test_unanswered_stays_inside_the_municipality(void **state)
{
	struct fx *f = *state;
	char want[80];

	open_case(f, "RAST TRA Z4 M11 LARTE");
	fx_ask(f, O1, "refero E26-0147-V tv strehim");
	int64_t sent = f->d.now;
	fx_clear(f);
	f->d.now = sent + 24 * 3600 - 30;
	fx_due(f);
	assert_int_equal(f->n_sms + f->n_http, 0);
	f->d.now = sent + 24 * 3600 + 30;
	fx_due(f);
	struct alert_row a = book_alert(f, "C4");
	snprintf(want, sizeof(want), "R1 ende pa pergjigje. OK %lld = mora", (long long)a.number);
	assert_string_equal(fx_to(f, O1), want);
	assert_string_equal(fx_to(f, C1), want);
	assert_string_equal(fx_to(f, AG2), "Sinjal R1 per ju. Telefono NJMF");
	const struct fx_http *again = book_http(f, "TV", "referral.reminder");
	assert_non_null(again);
	book_has(again->body, "\"data\":{\"referral\":\"R1\"}");
	assert_int_equal(f->n_http, 1); /* no other agency, ever */
	struct referral rows[4];
	size_t n = 0;
	OK(referral_unanswered(f->st, 0, rows, 4, &n));
	assert_int_equal(n, 1);
	assert_int_equal(rows[0].chased, 1);
	fx_clear(f);
	fx_ask(f, AG2, "PRANO R1");
	assert_int_equal(book_rule(f, "C4", "done"), 1);
	snprintf(want, sizeof(want), "R1: erdhi pergjigja. Sinjal %lld u mbyll",
		 (long long)a.number);
	assert_string_equal(fx_to(f, C1), want);
	fx_clear(f);
	for (int i = 0; i < 30; i++) {
		f->d.now += 86400;
		fx_due(f);
	}
	assert_int_equal(f->n_sms + f->n_http, 0);
}

static void test_the_hard_stop(void **state)
{
	struct fx *f = *state;
	int64_t next;

	open_case(f, "RAST TRA Z4 M11"); /* no high risk: 72 hours */
	fx_ask(f, O1, "refero E26-0147-V tv strehim");
	int64_t sent = f->d.now - 1;
	struct referral r = ref(f, 1);
	assert_in_range(r.due, sent + 72 * 3600 - 5, sent + 72 * 3600 + 5);
	OK(referral_next_due(f->st, &next));
	assert_int_equal(next, r.due);
	fx_begin(f);
	OK(effects_next(&f->d, &next)); /* the hub wakes for it */
	fx_commit(f);
	assert_true(next <= r.due);
	fx_clear(f);
	for (int day = 1; day <= 13; day++) {
		f->d.now = sent + (int64_t)day * 86400 + 60;
		fx_due(f);
		book_settle_rule(f, "C4");
	}
	assert_int_equal(ref(f, 1).chased, 4); /* days 3, 6, 9, 12 */
	assert_string_equal(ref(f, 1).state, "sent");
	for (size_t i = 0; i < f->n_http; i++)
		assert_string_equal(f->http[i].agency, "TV");
	assert_int_equal(book_rule(f, "C4", NULL), 1);
	fx_clear(f);
	f->d.now = sent + 14 * 86400 + 120;
	fx_due(f);
	assert_string_equal(ref(f, 1).state, "expired");
	book_has(fx_to(f, O1), "R1 u mbyll pa pergjigje. Provo tjeterkund.");
	book_has(fx_to(f, C1), "R1 u mbyll pa pergjigje. Provo tjeterkund.");
	assert_int_equal(f->n_http, 0);
	assert_true(book_audited(f, "system", "referral", "R1"));
	assert_string_equal(fx_ask(f, AG2, "PRANO R1"), "R1 eshte mbyllur. Telefono NJMF");
}

static void test_a_dead_delivery_is_told_by_its_number(void **state)
{
	struct fx *f = *state;

	open_case(f, "RAST TRA Z4 M11");
	f->status = 422; /* refused for good */
	fx_ask(f, O1, "refero E26-0147-V tv strehim");
	assert_string_equal(fx_to(f, C1), "Sinjal R1 nuk arriti te TV. Dergoje vete");
	assert_string_equal(ref(f, 1).state, "created");
}

/* Whatever a reporter writes: nothing that goes out says where a shelter is, nor what a child's
 * concern is beside its school, nor a name. */
static void test_what_never_leaves(void **state)
{
	static const char *const never[] = { "kalter", "strehimorj", "Hoxha", "hoxha", "Kombit",
					     "691234567" };
	static const struct {
		const char *from, *text;
	} texts[] = {
		{ O1, "RAST TRA Z4 M11 te strehimorja e kalter, Arben Hoxha" },
		{ O1, "vizite E26-0147-V te strehimorja e kalter rr. Kombit nr 5 mire" },
		{ O1, "refero E26-0147-V tv strehim tel 0691234567" },
		{ AG2, "REFUZO R1 s'kemi vend Arben Hoxha" },
		{ O1, "refero E26-0147-V shssh strehim Arben Hoxha" },
		{ T1, "5A nr 12 lyp te semafori, Arben Hoxha" },
		{ O1, "NDJEK E26-0147-V nuk u gjet te strehimorja e kalter" },
		{ O1, "MBYLL E26-0147-V I RIINTEGRUAR MEGJITHATE rr. Kombit" },
	};
	struct fx *f = *state;

	fx_clear(f);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		fx_sms(f, texts[i].from, texts[i].text);
		fx_drain(f);
	}
	assert_true(f->n_sms > 12 && f->n_http > 5);
	assert_string_equal(ref(f, 1).state, "declined"); /* they were read, not refused */
	for (size_t k = 0; k < sizeof(never) / sizeof(never[0]); k++) {
		for (size_t i = 0; i < f->n_sms; i++)
			book_not(f->sms[i].text, never[k]);
		for (size_t i = 0; i < f->n_http; i++)
			book_not(f->http[i].body, never[k]);
	}
	for (size_t i = 0; i < f->n_http; i++) {
		if (strstr(f->http[i].body, "\"concerns\""))
			book_not(f->http[i].body, "\"school\"");
	}
}

/* ---- with closing ---------------------------------------------------------------------------- */

static void test_open_work_keeps_a_case_open(void **state)
{
	struct fx *f = *state;
	char text[32];

	open_case(f, "RAST TRA Z4 M11");
	fx_ask(f, O1, "refero E26-0147-V tv strehim");
	assert_string_equal(book_pin(f, O1, "MBYLL E26-0147-V I RIINTEGRUAR"),
			    "E26-0147-V ka 1 detyra te hapura. Per ta mbyllur: MBYLL E26-0147-V "
			    "MEGJITHATE");
	assert_int_equal(book_rule(f, "P1", NULL), 0);
	assert_string_equal(fx_ask(f, O1, "MBYLL E26-0147-V I RIINTEGRUAR MEGJITHATE"),
			    "E26-0147-V: mbyllja pret miratimin e koordinatorit");
	snprintf(text, sizeof(text), "PO %lld", (long long)book_alert(f, "P1").number);
	book_pin(f, C1, text);
	assert_string_equal(book_case(f, "E26-0147-V").state, "closed");
	assert_string_equal(ref(f, 1).state, "withdrawn");
	assert_non_null(book_http(f, "TV", "referral.withdrawn"));
}

static void test_accepted_ones_end_with_the_case(void **state)
{
	struct fx *f = *state;
	char text[32];

	open_case(f, "RAST TRA Z4 M11");
	fx_ask(f, O1, "refero E26-0147-V tv strehim");
	fx_ask(f, AG2, "PRANO R1");
	fx_ask(f, O1, "MBYLL E26-0147-V I RIINTEGRUAR");
	snprintf(text, sizeof(text), "PO %lld", (long long)book_alert(f, "P1").number);
	book_pin(f, C1, text);
	assert_string_equal(ref(f, 1).state, "completed");
	assert_string_equal(fx_ask(f, O1, "refero E26-0147-V tv strehim"),
			    "E26-0147-V: kjo s'mund te behet tani. Mund: RIHAP");
	fx_ask(f, O1, "RIHAP E26-0147-V");
	assert_string_equal(book_case(f, "E26-0147-V").state, "services"); /* where it was */
}

static void test_a_duplicates_referral_goes_with_the_child(void **state)
{
	struct fx *f = *state;

	book_second_worker(f);
	open_case(f, "RAST TRA Z4 M11");
	fx_sms(f, O2, "RAST TRA Z4 M12");
	fx_ask(f, O2, "refero E26-0148-T tv strehim");
	book_pin(f, C1, "BASHKO E26-0148-T E26-0147-V");
	assert_int_equal(ref(f, 1).case_id, book_case(f, "E26-0147-V").id);
	fx_ask(f, AG2, "PRANO R1");
	assert_string_equal(book_case(f, "E26-0147-V").state, "services");
}

#define EACH(name) cmocka_unit_test_setup_teardown(name, book_setup, fx_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(test_referred_with_the_least),
		EACH(test_the_employment_office_learns_of_no_case),
		EACH(test_refused_without_a_mandate),
		EACH(test_one_question_for_the_service),
		EACH(test_an_agency_without_internet),
		EACH(test_an_adult_is_asked_first),
		EACH(test_taken_back),
		EACH(test_accepted),
		EACH(test_done_by_a_word),
		EACH(test_declined_comes_back_to_its_sender),
		EACH(test_only_its_own_agency_answers),
		EACH(test_answered_by_its_own_system),
		EACH(test_unanswered_stays_inside_the_municipality),
		EACH(test_the_hard_stop),
		EACH(test_a_dead_delivery_is_told_by_its_number),
		EACH(test_what_never_leaves),
		EACH(test_open_work_keeps_a_case_open),
		EACH(test_accepted_ones_end_with_the_case),
		EACH(test_a_duplicates_referral_goes_with_the_child),
	};
	return cmocka_run_group_tests_name("referrals", tests, NULL, NULL);
}
