/* test_cases.c - a case from its opening to its end: texts in, rows, replies, alerts out, by a clock
 * that the test moves.  Referrals: test_referrals.c. */
#include "tests/component/fixture.h"
#include "tests/component/casebook.h"

/* ---- opening -------------------------------------------------------------------------------- */

static void test_opened_in_one_text(void **state)
{
	struct fx *f = *state;

	assert_string_equal(fx_ask(f, O1, "RAST LYP Z4 M11"),
			    "U hap E26-0147-V. Njoftuam koordinatorin. Mos shkruaj emra. Fshije kete "
			    "SMS");
	struct case_row c = book_case(f, "E26-0147-V");
	assert_string_equal(c.state, "new");
	assert_string_equal(c.concerns, "begging");
	assert_string_equal(c.nrm, "potential");
	struct alert_row a = book_alert(f, "C2");
	char want[64];
	snprintf(want, sizeof(want), "Rast i ri E26-0147-V. OK %lld = mora", (long long)a.number);
	assert_string_equal(fx_to(f, C1), want);
	assert_non_null(fx_agency(f, "MUN"));
	assert_true(book_audited(f, "O1", "case.open", "E26-0147-V"));
	struct case_due due;
	OK(due_get(f->st, c.id, "contact", &due));
	assert_true(due.open);
	assert_int_equal(due.due, c.opened + 72 * 3600); /* no risk said: not the lowest */
}

static void test_one_question_at_a_time(void **state)
{
	struct fx *f = *state;

	assert_string_equal(fx_ask(f, O1, "RAST M11"),
			    "E26-0147-V u hap. Ku? Dergo zonen, p.sh. Z4");
	assert_string_equal(fx_ask(f, O1, "Z4"),
			    "E26-0147-V u hap. Cfare ndodh? P.sh. LYP, PUN, DRO, SEK, TRA, MAR, DHU");
	assert_string_equal(fx_ask(f, O1, "LYP"), "E26-0147-V u plotesua. Faleminderit");
	struct case_row c = book_case(f, "E26-0147-V");
	assert_false(c.partial);
	assert_string_equal(c.zone, "Z4");
	assert_string_equal(c.concerns, "begging");
	assert_string_equal(c.nrm, "potential"); /* known only now */
	assert_int_equal(book_events(f, c.id, "nrm", "potential"), 1);
	assert_int_equal(book_events(f, c.id, "amended", NULL), 2);
	assert_true(book_audited(f, "O1", "case.amend", "E26-0147-V"));
}

static void test_the_zone_is_asked_while_it_is_missing(void **state)
{
	struct fx *f = *state;

	fx_ask(f, O1, "RAST LYP");
	assert_string_equal(fx_ask(f, O1, "M11"), "E26-0147-V: ku eshte femija? Dergo zonen");
	assert_string_equal(fx_ask(f, O1, "Z4"), "E26-0147-V u plotesua. Faleminderit");
	struct case_row c = book_case(f, "E26-0147-V");
	assert_int_equal(c.age, 11);
	assert_string_equal(c.zone, "Z4");
	assert_false(c.partial);
}

static void test_several_concerns_and_children(void **state)
{
	struct fx *f = *state;

	fx_ask(f, O1, "Rast LYP+PUN Z7 M13");
	assert_string_equal(book_case(f, "E26-0147-V").concerns, "begging,labour");
	fx_ask(f, O1, "rast lyp z4 2 femije");
	assert_int_equal(book_case(f, "E26-0148-T").n_children, 2);
}

static void test_an_adult_is_another_path(void **state)
{
	struct fx *f = *state;

	fx_ask(f, O1, "RAST LYP Z4 M45");
	struct case_row c = book_case(f, "E26-0147-V");
	assert_string_equal(c.nrm, "consent");
	book_has(c.flags, "adult");
	fx_ask(f, O1, "RAST DHU Z4 M9"); /* a child, but no act of exploitation */
	assert_string_equal(book_case(f, "E26-0148-T").nrm, "");
}

static void test_a_witness_learns_nothing(void **state)
{
	struct fx *f = *state;

	assert_string_equal(fx_ask(f, T1, "5A nr 12 lyp te semafori"),
			    "Faleminderit, mesazhi u mor");
	struct case_row c = book_case(f, "E26-0147-V");
	assert_string_equal(c.owner, "");
	f->d.now += 40 * 60; /* nothing was asked, so nothing is missed */
	fx_clear(f);
	fx_due(f);
	assert_int_equal(book_rule(f, "C8", NULL), 0);
	assert_int_equal(fx_count_to(f, T1), 0);
	book_not(fx_ask(f, T1, "NDJEK E26-0147-V vizite ok"), "E26-0147-V");
	assert_int_equal(book_events(f, c.id, "contact", NULL), 0);
}

static void test_what_was_guessed_is_confirmed(void **state)
{
	struct fx *f = *state;
	struct case_due due;

	book_has(fx_ask(f, O1, "beg z4 m11"), "PO ose JO");
	struct case_row c = book_case(f, "E26-0147-V");
	OK(due_get(f->st, c.id, "confirm", &due));
	assert_true(due.open);
	assert_string_equal(fx_ask(f, O1, "po"), "U konfirmua. Faleminderit");
	OK(due_get(f->st, c.id, "confirm", &due));
	assert_false(due.open);
	f->d.now += 3600;
	fx_due(f);
	assert_int_equal(book_rule(f, "C8", NULL), 0);
}

static void test_silence_brings_a_person(void **state)
{
	struct fx *f = *state;

	fx_ask(f, O1, "vajze 14 do e martojne te shtunen z5");
	struct case_row c = book_case(f, "E26-0147-V");
	assert_true(c.urgent); /* in three days */
	int64_t message = f->message;
	f->d.now += 29 * 60;
	fx_due(f);
	assert_int_equal(book_rule(f, "C8", NULL), 0);
	fx_clear(f);
	f->d.now += 61;
	fx_due(f);
	assert_int_equal(book_rule(f, "C8", "open"), 1);
	assert_string_equal(fx_to(f, C1), "E26-0147-V pret konfirmim. Shiko radhen");
	f->message = message;
	fx_assert_state(f, "queued");
	fx_clear(f);
	fx_due(f);
	assert_int_equal(f->n_sms, 0); /* once */
}

static void test_no_takes_the_guess_back(void **state)
{
	struct fx *f = *state;
	struct case_due due;

	fx_ask(f, O1, "beg z4 m11");
	fx_ask(f, O1, "jo");
	struct case_row c = book_case(f, "E26-0147-V");
	assert_string_equal(c.state, "closed");
	OK(due_get(f->st, c.id, "confirm", &due));
	assert_false(due.open);
	OK(due_get(f->st, c.id, "contact", &due));
	assert_false(due.open);
}

/* ---- risk ----------------------------------------------------------------------------------- */

static void test_raising_a_risk_moves_what_is_due(void **state)
{
	struct fx *f = *state;
	struct case_due due;

	fx_ask(f, O1, "RAST LYP Z4 M11");
	struct case_row c = book_case(f, "E26-0147-V");
	f->d.now += 3600;
	int64_t at = f->d.now;
	assert_string_equal(fx_ask(f, O1, "RREZIK E26-0147-V LARTE"),
			    "E26-0147-V: rreziku LARTE. Afatet ndryshuan");
	OK(due_get(f->st, c.id, "contact", &due));
	assert_in_range(due.due, at + 24 * 3600, at + 24 * 3600 + 5);
	assert_string_equal(book_case(f, "E26-0147-V").risk, "high");
	const struct fx_http *mun = fx_agency(f, "MUN");
	assert_non_null(mun);
	assert_string_equal(mun->event, "case.risk");
	assert_true(book_audited(f, "O1", "case.risk", "E26-0147-V"));
	/* Raised again late, it is never due later than it was. */
	f->d.now += 20 * 3600;
	fx_ask(f, O1, "RREZIK E26-0147-V LARTE");
	struct case_due same;
	OK(due_get(f->st, c.id, "contact", &same));
	assert_int_equal(same.due, due.due);
}

static void test_lowering_a_risk_needs_a_second_person(void **state)
{
	struct fx *f = *state;
	struct case_due due;
	char text[32];

	fx_ask(f, O1, "RAST LYP Z4 M11 LARTE");
	struct case_row c = book_case(f, "E26-0147-V");
	assert_string_equal(c.risk, "high");
	assert_string_equal(fx_ask(f, O1, "RREZIK E26-0147-V ULET"),
			    "E26-0147-V: ulja e rrezikut pret miratimin e koordinatorit");
	assert_string_equal(book_case(f, "E26-0147-V").risk, "high");
	struct alert_row a = book_alert(f, "P2");
	snprintf(text, sizeof(text), "PO %lld", (long long)a.number);
	assert_string_equal(book_pin(f, O1, text),
			    "Cili? Pergjigju PO ose JO me numrin qe te erdhi"); /* not told of it */
	assert_string_equal(book_case(f, "E26-0147-V").risk, "high");
	assert_string_equal(book_pin(f, C1, text), "U konfirmua. Faleminderit");
	assert_string_equal(fx_to(f, O1), "E26-0147-V: rreziku u ul");
	assert_string_equal(book_case(f, "E26-0147-V").risk, "low");
	OK(due_get(f->st, c.id, "contact", &due));
	assert_int_equal(due.due, c.opened + 168 * 3600); /* counted from the opening */
	assert_true(book_audited(f, "C1", "confirm", NULL));
	assert_int_equal(book_rule(f, "P2", "acked"), 1);
}

static void test_lowering_a_risk_with_a_pin(void **state)
{
	struct fx *f = *state;
	static struct reading r;

	fx_ask(f, O1, "RAST LYP Z4 M11 LARTE");
	reading_init(&r, "case_risk");
	reading_set_word(&r, "case", "E26-0147-V");
	reading_set_word(&r, "risk", "low");
	reading_set_flag(&r, "duress");
	book_apply(f, "O1", &r);
	assert_string_equal(book_case(f, "E26-0147-V").risk, "high"); /* under duress: nothing */
	assert_int_equal(book_rule(f, "P2", NULL), 0);
	reading_init(&r, "case_risk");
	reading_set_word(&r, "case", "E26-0147-V");
	reading_set_word(&r, "risk", "low");
	reading_set_flag(&r, "authenticated");
	book_apply(f, "O1", &r);
	assert_string_equal(book_case(f, "E26-0147-V").risk, "low");
}

/* ---- who may see ---------------------------------------------------------------------------- */

static void test_others_learn_nothing_of_a_case(void **state)
{
	static const struct {
		const char *verb, *rest;
	} texts[] = { { "NDJEK", "vizite ok" }, { "RREZIK", "LARTE" }, { "REFERO", "tv strehim" },
		      { "MBYLL", "I RIINTEGRUAR" }, { "RIHAP", "" }, { "PLOTESO", "z5" } };
	/* another's, one that there is not, and one character off */
	static const char *const codes[] = { "E26-0147-V", "E26-0148-T", "E26-0147-X" };
	struct fx *f = *state;
	char text[64];

	book_second_worker(f);
	fx_ask(f, O1, "RAST LYP Z4 M11");
	struct case_row c = book_case(f, "E26-0147-V");
	int before = book_events(f, c.id, NULL, NULL);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		for (size_t k = 0; k < 3; k++) {
			snprintf(text, sizeof(text), "%s %s %s", texts[i].verb, codes[k],
				 texts[i].rest);
			assert_string_equal(fx_ask(f, O2, text),
					    "Kodi nuk vlen. Shiko kodin dhe provo prape");
		}
	}
	assert_int_equal(book_events(f, c.id, NULL, NULL), before);
}

static void test_reading_needs_a_pin(void **state)
{
	struct fx *f = *state;
	static struct reading r;
	struct effect e;

	fx_ask(f, O1, "RAST LYP Z4 M11 LARTE");
	assert_string_equal(fx_ask(f, O1, "STATUS E26-0147-V"),
			    "Per kete duhet PIN-i. Shkruaj PIN, numrin tend te fshehte dhe kerkesen");
	assert_string_equal(fx_ask(f, O1, "rastet e mia"),
			    "Per kete duhet PIN-i. Shkruaj PIN, numrin tend te fshehte dhe kerkesen");
	reading_init(&r, "case_status");
	reading_set_word(&r, "case", "E26-0147-V");
	reading_set_flag(&r, "authenticated");
	e = book_apply(f, "O1", &r);
	assert_string_equal(e.override_reply, "case_status_ok");
	assert_string_equal(book_fill(&e, "status"), "i ri");
	assert_string_equal(book_fill(&e, "risk"), "LARTE");
	assert_string_equal(book_fill(&e, "n"), "0");
	assert_true(book_audited(f, "O1", "read", "E26-0147-V"));
	book_second_worker(f);
	e = book_apply(f, "O2", &r);
	assert_string_equal(e.override_reply, "no_case");
	reading_init(&r, "case_list");
	reading_set_flag(&r, "authenticated");
	e = book_apply(f, "O1", &r);
	assert_string_equal(book_fill(&e, "list"), "E26-0147-V");
	e = book_apply(f, "O2", &r);
	assert_string_equal(e.override_reply, "case_list_none");
	reading_init(&r, "case_status");
	reading_set_word(&r, "case", "E26-0147-V");
	reading_set_flag(&r, "duress");
	e = book_apply(f, "O1", &r);
	assert_string_equal(e.override_reply, "case_status_ok"); /* the same shape */
	assert_string_not_equal(book_fill(&e, "risk"), "LARTE"); /* and not what is so */
	assert_string_not_equal(book_fill(&e, "status"), "i ri");
}

/* A reply holds eight codes; that there are more is said. */
static void test_a_list_that_is_cut_says_so(void **state)
{
	struct fx *f = *state;
	struct reading r;

	reading_init(&r, "case_list");
	reading_set_flag(&r, "authenticated");
	for (int i = 1; i <= 9; i++) {
		char text[40];
		snprintf(text, sizeof(text), "RAST LYP Z%d M%d", i, 5 + i);
		fx_ask(f, O1, text);
		struct effect e = book_apply(f, "O1", &r);
		const char *list = book_fill(&e, "list");
		assert_int_equal(strlen(list), i < 9 ? 12 * i - 2 : 96);
		assert_int_equal(strcmp(list + strlen(list) - 2, "..") == 0, i == 9);
	}
}

/* ---- follow-up ------------------------------------------------------------------------------ */

static void test_a_visit_sets_the_next_one_by_risk(void **state)
{
	static const struct {
		const char *risk, *due;
		int days;
	} risks[] = { { "LARTE", "25.11", 7 }, { "MESATAR", "02.12", 14 }, { "ULET", "18.12", 30 } };
	struct fx *f = *state;
	char text[80], want[120];

	for (int i = 0; i < 3; i++) {
		struct followup all[4];
		size_t n = 0;
		snprintf(text, sizeof(text), "RAST LYP Z%d M%d %s", i + 1, 8 + 3 * i, risks[i].risk);
		fx_ask(f, O1, text);
		struct case_row c = book_newest(f);
		snprintf(text, sizeof(text), "vizite %s familja mire", c.code);
		snprintf(want, sizeof(want), "%s u shenua. Hapi tjeter deri %s. Faleminderit", c.code,
			 risks[i].due);
		assert_string_equal(fx_ask(f, O1, text), want);
		OK(followup_list(f->st, c.id, all, 4, &n));
		assert_int_equal(n, 1);
		assert_string_equal(all[0].type, "visit");
		assert_string_equal(all[0].outcome, "ok");
		assert_string_equal(all[0].who, "O1");
		assert_in_range(all[0].next_due, f->d.now + risks[i].days * 86400 - 5,
				f->d.now + risks[i].days * 86400);
		assert_string_equal(book_case(f, c.code).state, "assessment");
		assert_true(book_audited(f, "O1", "case.followup", c.code));
	}
}

static void test_back_at_school_is_kept(void **state)
{
	struct fx *f = *state;
	struct followup all[4];
	size_t n = 0;

	fx_ask(f, O1, "RAST LYP Z4 M11");
	struct case_row c = book_case(f, "E26-0147-V");
	fx_ask(f, O1, "vizite E26-0147-V u krye, femija ne shkolle");
	OK(followup_list(f->st, c.id, all, 4, &n));
	assert_int_equal(n, 1);
	assert_int_equal(all[0].in_school, 1);
	assert_string_equal(all[0].outcome, "ok");
}

static void test_first_contact_is_watched(void **state)
{
	struct fx *f = *state;
	char want[200];

	fx_ask(f, O1, "RAST LYP Z4 M11 LARTE");
	fx_clear(f);
	f->d.now += 23 * 3600;
	book_settle_rule(f, "C2");
	fx_due(f);
	fx_clear(f);
	assert_int_equal(book_rule(f, "C3", NULL), 0);
	f->d.now += 3600;
	fx_due(f);
	struct alert_row a = book_alert(f, "C3");
	snprintf(want, sizeof(want),
		 "E26-0147-V: kontakti i pare ka kaluar afatin. NDJEK E26-0147-V dhe si shkoi. OK "
		 "%lld = mora",
		 (long long)a.number);
	assert_string_equal(fx_to(f, O1), want);
	assert_int_equal(fx_count_to(f, C1), 0);
	fx_clear(f);
	f->d.now += 4 * 3600 - 10;
	fx_due(f);
	assert_int_equal(f->n_sms, 0);
	f->d.now += 20;
	fx_due(f);
	assert_int_equal(book_rule(f, "C3L", "open"), 1);
	book_has(fx_to(f, C1), "E26-0147-V: hapi i radhes ka kaluar afatin");
	/* A door that stayed closed is no contact. */
	fx_ask(f, O1, "vizite E26-0147-V askush ne shtepi");
	assert_int_equal(book_rule(f, "C3", "open"), 1);
	assert_string_equal(book_case(f, "E26-0147-V").state, "new");
	fx_ask(f, O1, "vizite E26-0147-V mire");
	assert_int_equal(book_rule(f, "C3", "done"), 1);
	assert_int_equal(book_rule(f, "C3L", "done"), 1);
	book_has(fx_to(f, C1), "E26-0147-V: hapi u krye.");
	assert_int_equal(fx_count_to(f, O1), 1); /* his reply and no more */
}

static void test_a_case_without_a_worker_goes_to_the_coordinator(void **state)
{
	struct fx *f = *state;

	fx_ask(f, T1, "5A nr 12 lyp te semafori");
	book_settle_rule(f, "C2");
	fx_clear(f);
	f->d.now += 72 * 3600;
	fx_due(f);
	assert_int_equal(book_rule(f, "C3", NULL), 0);
	assert_int_equal(book_rule(f, "C3L", "open"), 1);
	assert_int_equal(fx_count_to(f, T1), 0);
	book_has(fx_to(f, C1), "E26-0147-V");
}

static void test_a_missed_visit(void **state)
{
	struct fx *f = *state;

	fx_ask(f, O1, "RAST LYP Z4 M11 LARTE");
	book_settle_rule(f, "C2");
	fx_ask(f, O1, "vizite E26-0147-V mire");
	f->d.now += 7 * 86400 - 60;
	fx_clear(f);
	fx_due(f);
	assert_int_equal(f->n_sms, 0);
	f->d.now += 120;
	fx_due(f);
	assert_string_equal(fx_to(f, O1),
			    "E26-0147-V: vizita ka kaluar afatin. VIZITE E26-0147-V dhe si shkoi");
	assert_int_equal(fx_count_to(f, C1), 0);
	fx_clear(f);
	f->d.now += 3 * 86400 - 240;
	fx_due(f);
	assert_int_equal(f->n_sms, 0);
	f->d.now += 240;
	fx_due(f);
	book_has(fx_to(f, C1), "E26-0147-V: hapi i radhes ka kaluar afatin");
	assert_int_equal(book_rule(f, "C5", NULL), 1);
	assert_int_equal(book_rule(f, "C5L", NULL), 1);
	/* After a restart nothing is told twice. */
	store_close(f->st);
	fx_open_store(f);
	fx_clear(f);
	fx_due(f);
	assert_int_equal(f->n_sms, 0);
	book_has(fx_ask(f, O1, "vizite E26-0147-V mire"), "Hapi tjeter deri");
	assert_int_equal(book_rule(f, "C5", "done"), 1);
}

static void test_not_found_is_told_at_once(void **state)
{
	struct fx *f = *state;

	fx_ask(f, O1, "RAST TRA Z4 M11");
	assert_string_equal(fx_ask(f, O1, "NDJEK E26-0147-V nuk u gjet"),
			    "E26-0147-V u shenua. Njoftuam koordinatorin");
	assert_int_equal(book_rule(f, "C6", "open"), 1);
	book_has(fx_to(f, C1), "E26-0147-V: femija nuk u gjet.");
	const struct fx_http *mun = fx_agency(f, "MUN");
	assert_non_null(mun);
	assert_string_equal(mun->event, "case.not_found");
	book_not(mun->body, "concern");
	const struct fx_http *police = fx_agency(f, "POLICE");
	assert_non_null(police); /* a missing child that may be trafficked: by its mandate row */
	book_has(police->body, "\"age_band\":\"6-11\"");
	book_not(police->body, "trafficking");
	assert_null(fx_agency(f, "EDU"));
	assert_null(fx_agency(f, "SSS"));
	fx_ask(f, O1, "NDJEK E26-0147-V nuk u gjet"); /* the same day's second word */
	assert_int_equal(book_rule(f, "C6", NULL), 1);
	fx_ask(f, O1, "RAST LYP Z5 M12");
	fx_ask(f, O1, "NDJEK E26-0148-T nuk u gjet");
	assert_null(fx_agency(f, "POLICE")); /* begging has no such row */
}

static void test_moved_nobody_knows_where(void **state)
{
	struct fx *f = *state;

	fx_ask(f, O1, "RAST TRA Z4 M11");
	fx_ask(f, O1, "NDJEK E26-0147-V family moved unknown");
	assert_int_equal(book_rule(f, "C6M", "open"), 1);
	assert_int_equal(book_rule(f, "C6", NULL), 0);
	const struct fx_http *mun = fx_agency(f, "MUN");
	assert_non_null(mun);
	assert_string_equal(mun->event, "case.moved");
	assert_null(fx_agency(f, "POLICE")); /* a family that moved is no missing child */
}

static void test_seen_in_another_zone(void **state)
{
	struct fx *f = *state;
	char text[80];

	fx_ask(f, O1, "RAST LYP Z4 M11");
	fx_ask(f, C1, "OK 1");
	/* so soon it is his own slip, put right */
	assert_string_equal(fx_ask(f, O1, "SHTO E26-0147-V Z5"), "E26-0147-V u plotesua. Faleminderit");
	assert_int_equal(book_rule(f, "C6Z", NULL), 0);
	f->d.now += 86400;
	assert_string_equal(fx_ask(f, O1, "E26-0147-V u pa ne Z7"),
			    "E26-0147-V u plotesua. Faleminderit");
	struct alert_row a = book_alert(f, "C6Z");
	snprintf(text, sizeof(text), "E26-0147-V: femija u pa ne nje zone tjeter. OK %lld = mora",
		 (long long)a.number);
	assert_string_equal(fx_to(f, C1), text);
	const struct fx_http *mun = book_http(f, "MUN", "case.elsewhere");
	assert_non_null(mun);
	book_has(mun->body, "\"zone\":\"Z7\"");
	assert_null(fx_agency(f, "POLICE"));
	assert_true(book_audited(f, "O1", "case.amend", "E26-0147-V"));
	/* the same place again is no news, nor is where he is known to be */
	fx_ask(f, O1, "vizite E26-0147-V mire Z7");
	assert_int_equal(book_rule(f, "C6Z", NULL), 1);
	assert_int_equal(book_rule(f, "C6Z", "open"), 0); /* a visit ends it */
	assert_string_equal(fx_ask(f, O1, "vizite E26-0147-V mire Z2"),
			    "E26-0147-V u shenua. Njoftuam koordinatorin");
	assert_int_equal(book_rule(f, "C6Z", "open"), 1);
	assert_string_equal(book_case(f, "E26-0147-V").zone, "Z2");
	/* a visit may be what tells where the child is */
	fx_ask(f, O1, "RAST LYP M9");
	assert_string_equal(book_case(f, "E26-0148-T").missing, "zone");
	book_has(fx_ask(f, O1, "vizite E26-0148-T mire Z3"), "u shenua. Hapi tjeter deri");
	assert_string_equal(book_case(f, "E26-0148-T").missing, "");
	assert_int_equal(book_rule(f, "C6Z", NULL), 2);
}

/* ---- duplicates ----------------------------------------------------------------------------- */

static void two_alike(struct fx *f)
{
	book_second_worker(f);
	fx_ask(f, O1, "RAST LYP Z4 M11");
	f->d.now += 86400;
	fx_ask(f, O2, "RAST PUN Z4 M12 LARTE");
}

static void test_two_reports_of_one_child(void **state)
{
	struct fx *f = *state;

	two_alike(f);
	assert_int_equal(book_rule(f, "C7", "open"), 1);
	book_said(f, C1, "E26-0148-T ngjan me E26-0147-V. BASHKO ose JO");
	assert_string_equal(book_pin(f, C1, "BASHKO"), "U bashkuan: E26-0148-T,E26-0147-V");
	struct case_row young = book_case(f, "E26-0148-T"), old = book_case(f, "E26-0147-V");
	assert_string_equal(young.state, "duplicate");
	assert_int_equal(young.merged, old.id);
	assert_string_equal(old.concerns, "begging,labour");
	assert_string_equal(old.risk, "high");
	assert_int_equal(book_events(f, young.id, "opened", NULL), 1); /* both histories stay */
	assert_int_equal(book_events(f, young.id, "merged", "E26-0147-V"), 1);
	assert_int_equal(book_events(f, old.id, "took", "E26-0148-T"), 1);
	assert_string_equal(fx_to(f, O2),
			    "E26-0148-T u bashkua me nje rast tjeter. Fol me koordinatorin");
	assert_string_equal(fx_ask(f, O2, "vizite E26-0148-T mire"),
			    "E26-0148-T u bashkua me nje rast tjeter. Fol me koordinatorin");
	assert_true(book_audited(f, "C1", "case.merge", "E26-0148-T"));
	assert_int_equal(book_rule(f, "C7", "acked"), 1);
	f->d.now += 30 * 86400;
	fx_clear(f);
	book_settle_rule(f, "C2");
	fx_due(f); /* what is overdue is the case's, not the duplicate's */
	for (size_t i = 0; i < f->n_sms; i++)
		book_not(f->sms[i].text, "E26-0148-T");
}

static void test_not_one_child(void **state)
{
	struct fx *f = *state;

	two_alike(f);
	assert_string_equal(fx_ask(f, C1, "JO"), "Mire, mbeten te ndara: E26-0148-T,E26-0147-V");
	assert_string_equal(book_case(f, "E26-0148-T").state, "new");
	fx_ask(f, O2, "PLOTESO E26-0148-T 2 femije"); /* asked once, answered once */
	assert_int_equal(book_rule(f, "C7", NULL), 1);
	assert_string_equal(book_pin(f, C1, "BASHKO E26-0147-V E26-0148-T"), /* he changed his mind */
			    "U bashkuan: E26-0148-T,E26-0147-V");
	assert_string_equal(book_case(f, "E26-0148-T").state, "duplicate");
}

static void test_what_is_no_duplicate(void **state)
{
	static const char *const texts[] = { "RAST LYP Z5 M11", "RAST LYP Z4 F11", "RAST LYP Z4 M14",
					     "RAST LYP Z4", "RAST LYP Z4 M11" };
	struct fx *f = *state;

	fx_ask(f, O1, "RAST LYP Z4 M12");
	for (size_t i = 0; i < 5; i++) {
		if (i == 4)
			f->d.now += 15 * 86400; /* too long ago */
		fx_ask(f, O1, texts[i]);
		assert_int_equal(book_rule(f, "C7", NULL), 0);
	}
}

static void test_merging_names_both_when_several_wait(void **state)
{
	struct fx *f = *state;

	two_alike(f);
	fx_ask(f, O1, "RAST LYP Z6 F9");
	fx_ask(f, O1, "RAST LYP Z6 F9");
	assert_int_equal(book_rule(f, "C7", "open"), 2);
	book_has(book_pin(f, C1, "BASHKO"), "BASHKO dhe te dy kodet");
	assert_string_equal(book_case(f, "E26-0148-T").state, "new");
	book_has(fx_ask(f, C1, "JO"), "Pergjigju PO ose JO dhe numrin: ");
	assert_string_equal(fx_ask(f, O1, "BASHKO E26-0148-T E26-0147-V"),
			    "S'u regjistrua: ky lloj raporti s'eshte per ty. Per ndihme: NDIHME");
	book_has(book_pin(f, C1, "BASHKO E26-0148-T E26-0147-V"), "U bashkuan");
	assert_string_equal(book_case(f, "E26-0148-T").state, "duplicate");
	/* Into an ended case a child would vanish. */
	fx_ask(f, O1, "RAST LYP Z8 F9");
	struct case_row last = book_newest(f);
	fx_ask(f, O1, "ANULO");
	fx_ask(f, O1, "RAST LYP Z8 F9");
	struct case_row newer = book_newest(f);
	char text[64];
	snprintf(text, sizeof(text), "BASHKO %s %s", newer.code, last.code);
	book_has(book_pin(f, C1, text), "Mund: RIHAP");
	assert_string_equal(book_case(f, newer.code).state, "new");
}

static void test_a_bare_yes_with_two_questions_is_asked_about(void **state)
{
	struct fx *f = *state;

	two_alike(f);
	fx_ask(f, O1, "MBYLL E26-0147-V I RIINTEGRUAR");
	book_has(fx_ask(f, C1, "po"), "Pergjigju PO ose JO dhe numrin: ");
	assert_string_equal(book_case(f, "E26-0148-T").state, "new");
	assert_string_equal(book_case(f, "E26-0147-V").state, "new");
	book_not(book_pin(f, C1, "BASHKO"), "U bashkuan");
	assert_string_equal(book_case(f, "E26-0148-T").state, "new");
}

static void test_a_bare_yes_to_the_one_question(void **state)
{
	struct fx *f = *state;

	two_alike(f);
	assert_string_equal(book_pin(f, C1, "po"), "U bashkuan: E26-0148-T,E26-0147-V");
	fx_ask(f, O1, "MBYLL E26-0147-V I RIINTEGRUAR");
	assert_string_equal(book_pin(f, C1, "po"), "U konfirmua. Faleminderit");
	assert_string_equal(book_case(f, "E26-0147-V").state, "closed");
}

/* ---- closing -------------------------------------------------------------------------------- */

static void test_closing_with_approval(void **state)
{
	struct fx *f = *state;
	char text[32], want[80];

	fx_ask(f, O1, "RAST LYP Z4 M11");
	fx_ask(f, O1, "vizite E26-0147-V mire");
	assert_string_equal(fx_ask(f, O1, "MBYLL E26-0147-V I RIINTEGRUAR"),
			    "E26-0147-V: mbyllja pret miratimin e koordinatorit");
	struct alert_row a = book_alert(f, "P1");
	snprintf(want, sizeof(want), "Mbyllje E26-0147-V? PO %lld ose JO %lld", (long long)a.number,
		 (long long)a.number);
	assert_string_equal(fx_to(f, C1), want);
	assert_string_equal(book_case(f, "E26-0147-V").state, "assessment");
	struct confirmation q[4];
	size_t n = 0;
	OK(confirm_waiting(f->st, "close", 0, q, 4, &n));
	assert_int_equal(n, 1);
	assert_int_equal(q[0].number, a.number);
	assert_string_equal(q[0].value, "reintegrated");
	fx_ask(f, O1, "MBYLL E26-0147-V I RIINTEGRUAR"); /* once is enough */
	assert_int_equal(book_rule(f, "P1", NULL), 1);
	snprintf(text, sizeof(text), "PO %lld", (long long)a.number);
	book_not(book_pin(f, O1, text), "konfirmua"); /* not by the one who asks */
	book_not(book_pin(f, T1, text), "konfirmua");
	assert_string_equal(book_case(f, "E26-0147-V").state, "assessment");
	assert_string_equal(book_pin(f, C1, text), "U konfirmua. Faleminderit");
	assert_string_equal(fx_to(f, O1), "E26-0147-V u mbyll");
	assert_string_equal(book_case(f, "E26-0147-V").state, "closed");
	const struct fx_http *mun = book_http(f, "MUN", "case.closed");
	assert_non_null(mun);
	book_has(mun->body, "\"reason\":\"reintegrated\"");
	assert_true(book_audited(f, "C1", "case.close", "E26-0147-V"));
	book_pin(f, C1, text); /* said twice, done once */
	struct case_row c = book_case(f, "E26-0147-V");
	assert_int_equal(book_events(f, c.id, "closed", NULL), 1);
	f->d.now += 60 * 86400;
	fx_clear(f);
	fx_due(f);
	assert_int_equal(f->n_sms, 0); /* nothing is due of a closed case */
}

static void test_closing_is_not_approved(void **state)
{
	struct fx *f = *state;
	char text[32];

	fx_ask(f, O1, "RAST LYP Z4 M11");
	fx_ask(f, O1, "MBYLL E26-0147-V I RIINTEGRUAR");
	snprintf(text, sizeof(text), "JO %lld", (long long)book_alert(f, "P1").number);
	assert_string_equal(fx_ask(f, C1, text), "Mire, nuk u regjistrua");
	assert_string_equal(fx_to(f, O1), "E26-0147-V: mbyllja nuk u miratua");
	assert_string_equal(book_case(f, "E26-0147-V").state, "new");
	fx_ask(f, O1, "MBYLL E26-0147-V I RIINTEGRUAR"); /* asked anew */
	assert_int_equal(book_rule(f, "P1", NULL), 2);
}

static void test_nobody_approves_his_own(void **state)
{
	struct fx *f = *state;
	static struct reading r;
	char text[32];

	fx_sms(f, C1, "RAST LYP Z4 M11");
	fx_sms(f, C1, "MBYLL E26-0147-V I RIINTEGRUAR");
	snprintf(text, sizeof(text), "PO %lld", (long long)book_alert(f, "P1").number);
	assert_string_equal(book_pin(f, C1, text), "Duhet miratimi i nje personi tjeter");
	assert_string_equal(book_case(f, "E26-0147-V").state, "new");
	f->d.now += 1441 * 60; /* unanswered: the duty officer is asked in the end */
	fx_due(f);
	f->d.now += 1441 * 60;
	fx_due(f);
	assert_string_equal(book_pin(f, D1, text), "U konfirmua. Faleminderit");
	assert_string_equal(book_case(f, "E26-0147-V").state, "closed");
	/* With his PIN a coordinator is known to be himself. */
	fx_sms(f, C1, "RAST LYP Z5 M9");
	reading_init(&r, "close");
	reading_set_word(&r, "case", "E26-0148-T");
	reading_set_word(&r, "reason", "reintegrated");
	reading_set_flag(&r, "authenticated");
	book_apply(f, "C1", &r);
	assert_string_equal(book_case(f, "E26-0148-T").state, "closed");
}

static void test_reopening_restores(void **state)
{
	struct fx *f = *state;
	char text[32];
	struct case_due due;

	fx_ask(f, O1, "RAST LYP Z4 M11");
	fx_ask(f, O1, "vizite E26-0147-V mire");
	fx_ask(f, O1, "MBYLL E26-0147-V I RIINTEGRUAR");
	snprintf(text, sizeof(text), "PO %lld", (long long)book_alert(f, "P1").number);
	book_pin(f, C1, text);
	struct case_row c = book_case(f, "E26-0147-V");
	int before = book_events(f, c.id, NULL, NULL);
	assert_string_equal(fx_ask(f, O1, "vizite E26-0147-V mire"),
			    "E26-0147-V: kjo s'mund te behet tani. Mund: RIHAP");
	assert_string_equal(fx_ask(f, O1, "RIHAP E26-0147-V"), "E26-0147-V u rihap");
	assert_string_equal(book_case(f, "E26-0147-V").state, "assessment");
	assert_true(book_events(f, c.id, NULL, NULL) > before);
	OK(due_get(f->st, c.id, "followup", &due));
	assert_true(due.open);
	assert_string_equal(book_pin(f, O1, "RIHAP E26-0147-V"),
			    "E26-0147-V: kjo s'mund te behet tani. Mund: NDJEK, REFERO, RREZIK, "
			    "MBYLL");
}

#define EACH(name) cmocka_unit_test_setup_teardown(name, book_setup, fx_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(test_a_list_that_is_cut_says_so),
		EACH(test_opened_in_one_text),
		EACH(test_one_question_at_a_time),
		EACH(test_the_zone_is_asked_while_it_is_missing),
		EACH(test_several_concerns_and_children),
		EACH(test_an_adult_is_another_path),
		EACH(test_a_witness_learns_nothing),
		EACH(test_what_was_guessed_is_confirmed),
		EACH(test_silence_brings_a_person),
		EACH(test_no_takes_the_guess_back),
		EACH(test_raising_a_risk_moves_what_is_due),
		EACH(test_lowering_a_risk_needs_a_second_person),
		EACH(test_lowering_a_risk_with_a_pin),
		EACH(test_others_learn_nothing_of_a_case),
		EACH(test_reading_needs_a_pin),
		EACH(test_a_visit_sets_the_next_one_by_risk),
		EACH(test_back_at_school_is_kept),
		EACH(test_first_contact_is_watched),
		EACH(test_a_case_without_a_worker_goes_to_the_coordinator),
		EACH(test_a_missed_visit),
		EACH(test_not_found_is_told_at_once),
		EACH(test_moved_nobody_knows_where),
		EACH(test_seen_in_another_zone),
		EACH(test_two_reports_of_one_child),
		EACH(test_not_one_child),
		EACH(test_what_is_no_duplicate),
		EACH(test_merging_names_both_when_several_wait),
		EACH(test_a_bare_yes_with_two_questions_is_asked_about),
		EACH(test_a_bare_yes_to_the_one_question),
		EACH(test_closing_with_approval),
		EACH(test_closing_is_not_approved),
		EACH(test_nobody_approves_his_own),
		EACH(test_reopening_restores),
	};
	return cmocka_run_group_tests_name("cases", tests, NULL, NULL);
}
