/* test_old_texts.c - texts that come in parts, again or late, and numbers that change hands: a PIN that two parts
 * share is checked and not kept; what was done once is not done by the same text again, nor by an old one; and
 * nothing of one person's reaches whoever has his number next. */
#include <sqlite3.h>
#include "gateway/hub/verbs.h"
#include "gateway/outbox/post.h"
#include "store/lines.h"
#include "store/retain.h"
#include "tests/component/casebook.h"

#define PIN BOOK_PIN
#define NEW_SIM "+355692000077"
#define DAY 86400

static const char *const code = "E26-0147-V"; /* the first case, O1's */

static int setup(void **state)
{
	int rc = book_setup(state);
	struct fx *f = *state;

	fx_secret(f, "O1", SECRET_KIND_PIN, PIN, "");
	fx_secret(f, "C1", SECRET_KIND_PIN, PIN, "");
	book_has(fx_ask(f, O1, "RAST LYP Z4 M11"), code);
	return rc;
}

/* ---- parts ---------------------------------------------------------------------------------- */

struct part {
	uint8_t octets[256];
	size_t len;
};

/* A text of two parts, cut where the test says. */
static void in_two(struct fx *f, const char *from, const char *first, const char *second, struct part out[2])
{
	const char *const half[] = { first, second };
	struct tpdu base, t;

	f->ref++;
	for (int i = 0; i < 2; i++) {
		const uint8_t udh[] = { 5, 0, 3, (uint8_t)f->ref, 2, (uint8_t)(i + 1) };
		fx_deliver(f, from, &base);
		assert_int_equal(tpdu_split(&base, half[i], strlen(half[i]), 0, &t, 1), 1);
		memcpy(t.udh, udh, sizeof(udh));
		t.udh_len = sizeof(udh);
		int k = tpdu_encode(&t, out[i].octets, sizeof(out[i].octets));
		assert_true(k > 0);
		out[i].len = (size_t)k;
	}
}

static void arrives(struct fx *f, const struct part *p)
{
	fx_begin(f);
	fx_take(f, p->octets, p->len);
	fx_process(f);
	fx_commit(f);
}

/* No octets and no digits of it are left of the message last read, nor of any segment. */
static void no_trace(struct fx *f, const char *of)
{
	struct segment s;
	struct message m;

	fx_load(f, &m);
	for (int seq = 1; seq <= 2; seq++)
		assert_int_equal(inbox_part(f->st, m.id, seq, &s), STORE_NONE);
	for (size_t n = 4; n <= 6; n++) {
		char digits[8];
		snprintf(digits, sizeof(digits), "%.*s", (int)n, PIN);
		if (memmem(m.text, m.text_len, digits, n))
			fail_msg("%s: kept: %s", of, m.text);
	}
	assert_false(fx_on_disk(f, "48291"));
}

/* Segments whose octets are kept. */
static int raw_segments(struct fx *f)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *s = NULL;

	assert_int_equal(sqlite3_open(f->db, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, "SELECT count(*) FROM segments WHERE octets IS NOT NULL", -1, &s, NULL),
			 SQLITE_OK);
	assert_int_equal(sqlite3_step(s), SQLITE_ROW);
	int n = sqlite3_column_int(s, 0);
	sqlite3_finalize(s);
	sqlite3_close(db);
	return n;
}

static void test_a_pin_across_two_parts(void **state)
{
	static const char *const cut[][2] = {
		{ "STATUS E26-0147-V PIN 482", "913" },	  { "STATUS E26-0147-V PIN 4", "82913" },
		{ "PIN 48291", "3 STATUS E26-0147-V" },	  { "PI", "N 482913 STATUS E26-0147-V" },
		{ "STATUS E26-0147-V 482", "913" },	  { "PIN ", "482913 STATUS E26-0147-V" },
	};
	struct fx *f = *state;
	struct part p[2];

	for (size_t i = 0; i < 3 * sizeof(cut) / sizeof(cut[0]); i++) {
		const char *const *c = cut[i / 3];
		int way = (int)(i % 3); /* in order; the second first; the second an hour late */
		fx_clear(f);
		in_two(f, O1, c[0], c[1], p);
		arrives(f, &p[way == 1]);
		assert_int_equal(fx_count_to(f, O1), 0);
		f->d.now += way == 2 ? 3600 : 1;
		arrives(f, &p[way != 1]);
		no_trace(f, c[0]); /* in the turn that read it, before the hash is there */
		fx_verdicts(f);
		fx_drain(f);
		if (!strstr(fx_to(f, O1), "rreziku"))
			fail_msg("%s|%s %d: %s", c[0], c[1], way, fx_to(f, O1));
		no_trace(f, c[0]);
		f->d.now += 600;
	}
}

/* The network hands a part over twice, by another centre: its octets differ. */
static void test_a_part_that_comes_twice(void **state)
{
	struct fx *f = *state;
	struct part p[2], again;

	for (int when = 0; when < 2; when++) {
		fx_clear(f);
		in_two(f, O1, "STATUS E26-0147-V PIN 482", "913", p);
		arrives(f, &p[0]);
		again = p[0];
		again.octets[1 + again.octets[0]] ^= 0x20; /* a status report is wanted: another octet */
		if (!when)
			arrives(f, &again);
		arrives(f, &p[1]);
		fx_verdicts(f);
		if (when)
			arrives(f, &again);
		fx_drain(f);
		book_has(fx_to(f, O1), "rreziku");
		assert_int_equal(raw_segments(f), 1); /* of the case's report */
		f->d.now += 600;
	}
}

/* A reference that came round again while a text of before still waits: two texts, none of them lost or mixed. */
static void test_a_reference_that_came_round(void **state)
{
	struct fx *f = *state;
	struct part old[2], p[2];

	in_two(f, O1, "STATUS E26-0147-V PIN 604", "817", old);
	arrives(f, &old[0]);
	f->d.now += 3600;
	f->ref--;
	in_two(f, O1, "STATUS E26-0147-V PIN 482", "913", p);
	fx_clear(f);
	arrives(f, &p[0]);
	arrives(f, &p[1]);
	fx_verdicts(f);
	fx_drain(f);
	book_has(fx_to(f, O1), "rreziku");
	no_trace(f, "the second");
}

/* One part never comes: nothing is tried, and neither half of the PIN is left, in clear, under a seal, or as octets. */
static void test_half_a_pin(void **state)
{
	static const char *const cut[][2] = {
		{ "STATUS E26-0147-V PIN 482", "913" },	   { "STATUS E26-0147-V PIN 4", "82913" },
		{ "PIN 48291", "3 STATUS E26-0147-V" },	   { "STATUS E26-0147-V 4829", "13" },
		{ "VIZITE E26-0147-V mire pin im 48", "2913 e di ti" },
		{ "PIN NDRYSHO 482913 9153", "74" },
	};
	struct fx *f = *state;
	struct part p[2];
	struct secret_row s;
	struct message m;
	int64_t n;

	for (size_t i = 0; i < 2 * sizeof(cut) / sizeof(cut[0]); i++) {
		const char *const *c = cut[i / 2];
		fx_clear(f);
		in_two(f, O1, c[0], c[1], p);
		arrives(f, &p[i % 2]);
		for (int late = 0; late < 2; late++) { /* then the other, too late, and alone as well */
			f->d.now += (int64_t)(f->cf->concat_window_h + 1) * 3600;
			fx_begin(f);
			OK(intake_release(&f->d, &n));
			fx_process(f);
			fx_commit(f);
			assert_int_equal(n, 1);
			assert_false(checker_busy(f->d.checker));
			fx_assert_state(f, "queued");
			fx_load(f, &m);
			for (size_t k = 0; k + 2 <= strlen(PIN); k++) {
				char two[3] = { PIN[k], PIN[k + 1], 0 };
				if (strstr(m.text, two))
					fail_msg("%s|%s %zu: kept: %s", c[0], c[1], i % 2, m.text);
			}
			assert_int_equal(raw_segments(f), 1);
			if (!late)
				arrives(f, &p[!(i % 2)]);
		}
		OK(secret_get(f->st, "O1", SECRET_KIND_PIN, &s));
		assert_int_equal(s.tries, 0);
	}
}

/* ---- again, and late ------------------------------------------------------------------------ */

/* The very octets, however often and however late they come. */
static void test_the_same_octets_again(void **state)
{
	struct fx *f = *state;
	uint8_t octets[10][256];
	size_t len[10];

	for (int i = 0; i < 4; i++) {
		if (i == 0)
			fx_parts(f, O1, "PIN " PIN " REFERO E26-0147-V TV strehim", octets, len, 10);
		fx_clear(f);
		fx_begin(f);
		assert_int_equal(fx_take(f, octets[0], len[0]), i == 0);
		assert_int_equal(fx_process(f) > 0, i == 0);
		fx_commit(f);
		fx_verdicts(f);
		fx_drain(f);
		assert_int_equal(fx_count_to(f, O1), i == 0);
		assert_int_equal(book_http(f, "TV", "referral") != NULL || fx_agency(f, "TV") != NULL, i == 0);
		f->d.now += 3 * DAY;
	}
}

/* The same text once more, with a stamp of its own: answered, and not done twice. */
static void test_the_same_text_again(void **state)
{
	struct fx *f = *state;

	fx_ask(f, O1, "PIN " PIN " REFERO E26-0147-V TV strehim");
	assert_non_null(fx_agency(f, "TV"));
	f->d.now += 3 * DAY;
	book_has(fx_ask(f, O1, "PIN " PIN " REFERO E26-0147-V TV strehim"), "R1 te TV ende pret");
	assert_null(fx_agency(f, "TV"));
	fx_ask(f, C1, "PIN " PIN " MBYLL E26-0147-V I RIINTEGRUAR MEGJITHATE");
	assert_string_equal(book_case(f, code).state, "closed");
	int events = book_events(f, book_case(f, code).id, NULL, NULL);
	f->d.now += 3 * DAY;
	book_has(fx_ask(f, C1, "PIN " PIN " MBYLL E26-0147-V I RIINTEGRUAR MEGJITHATE"), "s'mund te behet");
	assert_int_equal(book_events(f, book_case(f, code).id, NULL, NULL), events);
}

/* A text that was `age` seconds on its way. */
static const char *ask_late(struct fx *f, const char *from, const char *text, int64_t age)
{
	uint8_t octets[256];
	struct tpdu base, t;

	fx_clear(f);
	fx_deliver(f, from, &base);
	base.scts -= age;
	assert_int_equal(tpdu_split(&base, text, strlen(text), 0, &t, 1), 1);
	int n = tpdu_encode(&t, octets, sizeof(octets));
	assert_true(n > 0);
	fx_begin(f);
	fx_take(f, octets, (size_t)n);
	fx_process(f);
	fx_commit(f);
	fx_verdicts(f);
	fx_drain(f);
	f->d.now += 130;
	return fx_to(f, from);
}

static bool is_active(struct fx *f, const char *id)
{
	struct reporter r;

	OK(roster_by_id(f->st, id, &r));
	return r.active;
}

/* From another time, with the right PIN or a wrong one: nothing is shown, done, counted or kept. */
static void test_an_old_text(void **state)
{
	static const char *const texts[] = {
		"PIN 482913 STATUS E26-0147-V",	 "STATUS E26-0147-V 482913", "PIN 482913 RASTET E MIA",
		"PIN 482913 REFERO E26-0147-V TV strehim", "PIN 482913 MBYLL E26-0147-V I RIINTEGRUAR MEGJITHATE",
		"PIN 482913 RREZIK E26-0147-V ULET", "PIN 482913 BLLOKO 0691000001", "PIN NDRYSHO 482913 915374",
		"PIN 482917 STATUS E26-0147-V",	 "PO 1 PIN 482913",
	};
	const int64_t ages[] = { DAY + 60, 3 * DAY, 30 * DAY, 400 * DAY };
	struct fx *f = *state;
	struct secret_row s;

	fx_ask(f, O1, "RREZIK E26-0147-V LARTE");
	int events = book_events(f, book_case(f, code).id, NULL, NULL);
	for (size_t i = 0; i < 4 * sizeof(texts) / sizeof(texts[0]); i++) {
		f->d.now += 400;
		book_has(ask_late(f, C1, texts[i / 4], ages[i % 4]), "vonese");
		assert_false(checker_busy(f->d.checker));
		assert_null(fx_agency(f, "TV"));
		assert_int_equal(book_events(f, book_case(f, code).id, NULL, NULL), events);
		assert_true(is_active(f, "T1"));
		OK(secret_get(f->st, "C1", SECRET_KIND_PIN, &s));
		assert_int_equal(s.tries, 0);
		assert_int_equal(raw_segments(f), 2); /* of what was reported before */
	}
	/* what needs none is taken as of its day, and what was an hour on its way, or comes from a network whose
	 * clock runs ahead, is done */
	book_has(ask_late(f, O1, "VIZITE E26-0147-V mire", 2 * DAY), code);
	book_has(ask_late(f, O1, "PIN 482913 STATUS E26-0147-V", 3600), "rreziku");
	book_has(ask_late(f, O1, "PIN 482913 STATUS E26-0147-V", -DAY), "rreziku");
}

/* The report of a lost telephone, late: it locks; again after he has another, or his own back: it does not. */
static void test_an_old_report_of_a_lost_telephone(void **state)
{
	struct fx *f = *state;

	fx_secret(f, "T1", SECRET_KIND_CODEWORD, "dallendyshe", "");
	f->d.now += 5 * DAY;
	ask_late(f, STRANGER, "HUMBA 0691000001 dallendyshe", 2 * DAY);
	assert_false(is_active(f, "T1"));
	f->d.now += 3600;
	fx_begin(f);
	OK(roster_set_active(f->st, "T1", true, f->d.now));
	fx_commit(f);
	f->d.now += DAY;
	ask_late(f, "+355697777778", "HUMBA 0691000001 dallendyshe", 2 * DAY);
	assert_true(is_active(f, "T1"));
	fx_assert_state(f, "queued"); /* a person sees that it came */
	ask_late(f, "+355697777779", "HUMBA 0691000001 dallendyshe", 60);
	assert_false(is_active(f, "T1"));
}

/* ---- numbers that change hands -------------------------------------------------------------- */

static void put(struct fx *f, const char *id, const char *number, const char *role)
{
	json_t *rq = json_pack("{s:s,s:s,s:s,s:s,s:s}", "verb", "contact.put", "id", id, "msisdn", number, "role", role,
			       "agency", "MUN");
	json_t *answer = NULL;

	fx_begin(f);
	OK(verb_run(&f->d, rq, 0, &answer));
	fx_commit(f);
	if (!json_is_true(json_object_get(answer, "ok")))
		fail_msg("%s", json_string_value(json_object_get(answer, "error")));
	json_decref(rq);
	json_decref(answer);
}

static int64_t queue_for(struct fx *f, const char *id, const char *text)
{
	struct reporter r;
	int64_t row;

	fx_begin(f);
	OK(roster_by_id(f->st, id, &r));
	OK(post_text(&f->d, &r, "notice", text, &row));
	fx_commit(f);
	assert_true(row > 0);
	return row;
}

/* Among all that went to a number since fx_clear. */
static bool heard(struct fx *f, const char *number, const char *part)
{
	for (size_t i = 0; i < f->n_sms; i++) {
		if (strcmp(f->sms[i].to, number) == 0 && strstr(f->sms[i].text, part))
			return true;
	}
	return false;
}

/* O1 has another SIM, and his old number is another's, while texts wait for it. */
static void test_a_number_that_moves(void **state)
{
	struct fx *f = *state;
	struct outbox_item *item = calloc(1, sizeof(*item));

	assert_non_null(item);
	fx_clear(f);
	int64_t row = queue_for(f, "O1", "E26-0147-V");
	fx_sms(f, O1, "VIZITE E26-0147-V mire"); /* the reply waits too, and what was spoken of */
	put(f, "O1", NEW_SIM, "outreach");
	put(f, "O2", O1, "outreach");
	queue_for(f, "O2", "a text of his own");
	fx_drain(f);
	assert_int_equal(fx_count_to(f, NEW_SIM), 0);
	assert_int_equal(fx_count_to(f, O1), 1);
	assert_true(heard(f, O1, "a text of his own"));
	OK(outbox_load(f->st, row, item));
	assert_string_equal(item->state, "failed");
	book_has(item->reason, "number");
	/* also not when a person sends it off again */
	fx_begin(f);
	OK(outbox_retry(f->st, row, f->d.now));
	fx_commit(f);
	fx_drain(f);
	assert_false(heard(f, O1, "E26"));
	/* nor does he who has it now find anything of the other's */
	fx_secret(f, "O2", SECRET_KIND_PIN, "604817", "");
	book_not(fx_ask(f, O1, "PIN 604817 RASTET E MIA"), "E26");
	book_has(fx_ask(f, O1, "PIN " PIN " RASTET E MIA"), "nuk vlen");
	book_has(fx_ask(f, O1, "PIN 604817 STATUS E26-0147-V"), "Kodi nuk vlen");
	book_has(fx_ask(f, NEW_SIM, "PIN " PIN " RASTET E MIA"), code);
	free(item);
}

/* Locked, and after a while forgotten: the number is free for another, who gets nothing. */
static void test_a_number_that_was_given_up(void **state)
{
	struct fx *f = *state;
	struct retain_run run;
	struct retain_terms terms;

	fx_clear(f);
	queue_for(f, "O1", "E26-0147-V");
	fx_begin(f);
	OK(roster_set_active(f->st, "O1", false, f->d.now));
	fx_commit(f);
	f->d.now += 400 * DAY;
	memset(&terms, 0, sizeof(terms));
	terms.before[RETAIN_LEAVERS] = f->d.now - DAY;
	snprintf(terms.day, sizeof(terms.day), "2000-01-01");
	retain_begin(&run, &terms);
	while (run.on)
		OK(retain_step(f->st, &run, f->d.now));
	assert_int_equal(run.taken[RETAIN_LEAVERS], 1);
	put(f, "O2", O1, "outreach");
	fx_secret(f, "O2", SECRET_KIND_PIN, "604817", "");
	fx_drain(f);
	assert_int_equal(fx_count_to(f, O1), 0);
	book_not(fx_ask(f, O1, "PIN 604817 RASTET E MIA"), "E26");
}

/* A roster that is read in again proves nothing of who holds a number; a new number is a new beginning. */
static void test_a_roster_is_no_sign_of_life(void **state)
{
	struct fx *f = *state;
	struct line was, now;

	OK(line_get(f->st, "O1", &was));
	f->d.now += 61 * DAY;
	put(f, "O1", O1, "outreach");
	OK(line_get(f->st, "O1", &now));
	assert_int_equal(now.heard, was.heard);
	book_has(fx_ask(f, O1, "VIZITE E26-0147-V MIRE"), "heshti gjate");
	put(f, "O1", NEW_SIM, "outreach");
	OK(line_get(f->st, "O1", &now));
	assert_int_equal(now.heard, f->d.now);
	book_not(fx_ask(f, NEW_SIM, "VIZITE E26-0147-V MIRE"), "heshti gjate");
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, fx_teardown)
	const struct CMUnitTest tests[] = {
		T(test_a_pin_across_two_parts),
		T(test_a_part_that_comes_twice),
		T(test_a_reference_that_came_round),
		T(test_half_a_pin),
		T(test_the_same_octets_again),
		T(test_the_same_text_again),
		T(test_an_old_text),
		T(test_an_old_report_of_a_lost_telephone),
		T(test_a_number_that_moves),
		T(test_a_number_that_was_given_up),
		T(test_a_roster_is_no_sign_of_life),
	};
	return cmocka_run_group_tests_name("old texts", tests, NULL, NULL);
}
