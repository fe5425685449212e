/* test_pins.c - telephones in other hands: PINs, second PINs, codewords, silent and dead numbers, strangers;
 * what opens, what locks, what is told, and that no secret is kept anywhere. */
#include "gateway/casework/decoy.h"
#include "gateway/hub/verbs.h"
#include "gateway/outbox/report.h"
#include "gateway/pin/typed.h"
#include "store/lines.h"
#include "tests/component/casebook.h"
#include "tests/component/work.h"

#define PIN "482913"
#define SECOND "917304"
#define WORD "dallendyshe"
#define DAY 86400

static int setup(void **state)
{
	int rc = book_setup(state);

	fx_secret(*state, "O1", SECRET_KIND_PIN, PIN, SECOND);
	fx_secret(*state, "C1", SECRET_KIND_PIN, PIN, SECOND);
	return rc;
}

static const char *const code = "E26-0147-V"; /* the first case, O1's */

static void open_case(struct fx *f)
{
	assert_non_null(strstr(fx_ask(f, O1, "RAST LYP Z4 M11"), code));
}

static void has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("no \"%s\" in: %s", part, text);
}

static void has_not(const char *text, const char *part)
{
	if (strstr(text, part))
		fail_msg("\"%s\" in: %s", part, text);
}

/* Among all that went to a number since fx_clear. */
static bool heard(struct fx *f, const char *number, const char *part)
{
	bool found = false;

	f->d.now += 61; /* what is told later is due */
	fx_drain(f);
	for (size_t i = 0; i < f->n_sms; i++)
		found |= strcmp(f->sms[i].to, number) == 0 && strstr(f->sms[i].text, part);
	return found;
}

/* ---- PINs ----------------------------------------------------------------------------------- */

static void test_reads_want_it(void **state)
{
	struct fx *f = *state;

	open_case(f);
	has(fx_ask(f, O1, "STATUS E26-0147-V"), "duhet PIN-i");
	has(fx_ask(f, O1, "RASTET E MIA"), "duhet PIN-i");
	has(fx_ask(f, O1, "rendi i dites"), "duhet PIN-i");
	has(fx_ask(f, O1, "detyrat"), "duhet PIN-i");
	has(fx_ask(f, O1, "PIN " PIN " STATUS E26-0147-V"), "rreziku");
	has(fx_ask(f, O1, "status e260147v pin:" PIN), "rreziku");
	has(fx_ask(f, O1, "STATUS E26-0147-V " PIN), "rreziku");
	has(fx_ask(f, O1, "PIN٤٨٢٩١٣ STATUS E26-0147-V"), "rreziku"); /* other digits, the same PIN */
	has(fx_ask(f, O1, "PIN " PIN " RASTET E MIA"), code);
	has(fx_ask(f, O1, "PIN 604817 STATUS E26-0147-V"), "PIN-i nuk vlen");
	has(fx_ask(f, O1, "PIN 48291 STATUS E26-0147-V"), "PIN-i nuk vlen");
	has(fx_ask(f, O1, "PIN " PIN " STATUS E26-0147-V"), "rreziku");
	has(fx_ask(f, D1, "PIN " PIN " STATUS E26-0147-V"), "S'ke ende PIN");
}

/* Five wrong ones lock, whatever they are typed with; the right one is not looked at meanwhile. */
static void test_five_wrong_lock(void **state)
{
	struct fx *f = *state;

	open_case(f);
	has(fx_ask(f, O1, "PIN 604817 STATUS E26-0147-V"), "PIN-i nuk vlen");
	has(fx_ask(f, O1, "PIN 604817 STATUS E26-0148-T"), "PIN-i nuk vlen");
	has(fx_ask(f, O1, "PIN 604817 RASTET E MIA"), "PIN-i nuk vlen");
	has(fx_ask(f, O1, "MBYLL E26-0147-V I RIINTEGRUAR PIN 604817"), "PIN-i nuk vlen");
	has(fx_ask(f, O1, "PIN NDRYSHO 604817 915374"), "Shume PIN");
	has(fx_to(f, C1), "O1");
	has(fx_ask(f, O1, "PIN " PIN " STATUS E26-0147-V"), "Shume PIN");
	assert_int_equal(fx_count_to(f, C1), 0);
	assert_false(checker_busy(f->d.checker));
	f->d.now += 29 * 60;
	has(fx_ask(f, O1, "PIN " PIN " STATUS E26-0147-V"), "Shume PIN");
	f->d.now += 2 * 60;
	has(fx_ask(f, O1, "PIN 604817 STATUS E26-0147-V"), "PIN-i nuk vlen");
	has(fx_ask(f, O1, "PIN " PIN " STATUS E26-0147-V"), "rreziku");
	assert_string_equal(book_case(f, code).state, "new");
}

/* Segments of several texts, read in one turn whose verdicts have not come. */
static int ask_at_once(struct fx *f, const char *text, int n)
{
	uint8_t octets[10][256];
	size_t len[10];

	fx_clear(f);
	fx_begin(f);
	for (int i = 0; i < n; i++) {
		f->d.now++;
		fx_parts(f, O1, text, octets, len, 10);
		fx_take(f, octets[0], len[0]);
	}
	fx_process(f);
	fx_commit(f);
	f->d.now++;
	return n;
}

/* A burst gets no more tries than one after the other, and each is on record before it is hashed. */
static void test_a_burst_has_five_tries(void **state)
{
	struct fx *f = *state;
	struct secret_row s;
	int tries = 0;

	for (int round = 0; round < 3; round++) {
		ask_at_once(f, "PIN 604817 STATUS E26-0147-V", 7);
		OK(secret_get(f->st, "O1", SECRET_KIND_PIN, &s));
		int staged = 0;
		checker_commit(f->d.checker);
		while (checker_step(f->d.checker))
			staged++;
		tries += staged;
		assert_true(s.tries >= staged);
		fx_verdicts(f);
		fx_begin(f);
		const struct checker_job *job;
		int64_t message;
		while ((job = checker_done(f->d.checker)) != NULL) {
			OK(intake_verdict(&f->d, job, &message, f->verdict_reply, f->words, sizeof(f->words)));
			checker_settled(f->d.checker);
		}
		fx_commit(f);
		checker_commit(f->d.checker);
	}
	assert_true(tries <= 5);
	has(fx_ask(f, O1, "PIN " PIN " RASTET E MIA"), "Shume PIN");
}

/* The hub ends while a PIN is hashed: the try counts, its text is kept without it, the sender is asked. */
static void test_a_crash_while_it_is_hashed(void **state)
{
	struct fx *f = *state;
	struct secret_row s;
	int64_t n = 0;

	open_case(f);
	fx_clear(f);
	ask_at_once(f, "PIN " PIN " STATUS E26-0147-V", 1);
	checker_free(f->d.checker);
	store_close(f->st);
	f->d.checker = checker_new(false);
	fx_open_store(f);
	assert_false(fx_on_disk(f, PIN));
	struct intake_item it;
	assert_int_equal(intake_peek(&f->d, &it), STORE_NONE); /* parked */
	fx_begin(f);
	OK(parked_clear(f->st, &n));
	assert_int_equal(n, 1);
	assert_int_equal(fx_process(f), 1);
	fx_commit(f);
	fx_drain(f);
	has(fx_to(f, O1), "duhet PIN-i");
	OK(secret_get(f->st, "O1", SECRET_KIND_PIN, &s));
	assert_int_equal(s.tries, 1);
	has(fx_ask(f, O1, "PIN " PIN " STATUS E26-0147-V"), "rreziku");
}

/* A turn that is undone leaves nothing to be hashed. */
static void test_an_undone_turn(void **state)
{
	struct fx *f = *state;
	uint8_t octets[10][256];
	size_t len[10];

	fx_clear(f);
	fx_parts(f, O1, "PIN " PIN " RASTET E MIA", octets, len, 10);
	fx_begin(f);
	fx_take(f, octets[0], len[0]);
	fx_process(f);
	assert_true(checker_busy(f->d.checker));
	store_rollback(f->st);
	checker_drop(f->d.checker);
	assert_false(checker_busy(f->d.checker));
	fx_begin(f);
	fx_take(f, octets[0], len[0]);
	fx_process(f);
	fx_commit(f);
	fx_verdicts(f);
	fx_drain(f);
	has(fx_to(f, O1), "S'ka raste");
}

static void test_change(void **state)
{
	struct fx *f = *state;
	static const char *const weak[] = { "1234", "0000", "1987", "2011", "2806", "123123", "98765",
					    "1221", "280611", "123", "1234567" };
	char text[80];

	for (size_t i = 0; i < sizeof(weak) / sizeof(weak[0]); i++) {
		snprintf(text, sizeof(text), "PIN NDRYSHO " PIN " %s", weak[i]);
		const char *reply = fx_ask(f, O1, text);
		if (!strstr(reply, "merret me mend") && !strstr(reply, "nuk vlen") && !strstr(reply, "Shkruaj PIN"))
			fail_msg("%s: %s", weak[i], reply);
	}
	has(fx_ask(f, O1, "PIN NDRYSHO " PIN " " SECOND), "merret me mend"); /* nobody finds it by trying */
	has(fx_ask(f, O1, "PIN NDRYSHO " PIN " " PIN), "merret me mend");
	has(fx_ask(f, O1, "PIN NDRYSHO " PIN " 915374"), "u ndryshua");
	has(fx_ask(f, O1, "PIN " PIN " RASTET E MIA"), "nuk vlen");
	has(fx_ask(f, O1, "PIN 915374 RASTET E MIA"), "S'ka raste");
	/* what he is made to set under threat opens nothing */
	has(fx_ask(f, O1, "NDRYSHO PIN " SECOND " 640281"), "u ndryshua"); /* noughts in their place are no telephone */
	open_case(f);
	has(fx_ask(f, O1, "PIN 915374 RASTET E MIA"), code);
	has_not(fx_ask(f, O1, "PIN 640281 RASTET E MIA"), code);
	assert_false(fx_on_disk(f, "915374"));
	assert_false(fx_on_disk(f, "640281"));
}

static void test_one_time(void **state)
{
	struct fx *f = *state;
	struct secret_row s;

	OK(secret_get(f->st, "O1", SECRET_KIND_PIN, &s));
	s.once = true;
	fx_begin(f);
	OK(secret_put(f->st, "O1", SECRET_KIND_PIN, &s, f->d.now));
	fx_commit(f);
	has(fx_ask(f, O1, "PIN " PIN " RASTET E MIA"), "Ndryshoje");
	has(fx_ask(f, O1, "PIN NDRYSHO " PIN " 915374"), "u ndryshua");
	has(fx_ask(f, O1, "PIN 915374 RASTET E MIA"), "S'ka raste");
}

/* What closes, lowers, refers, locks. */
static void test_deeds_want_it(void **state)
{
	struct fx *f = *state;
	struct reporter r;

	open_case(f);
	f->cf->pin_referrals = true;
	has(fx_ask(f, O1, "REFERO E26-0147-V TV strehim"), "pa PIN");
	has(fx_to(f, C1), "Referim E26-0147-V pa PIN");
	assert_null(fx_agency(f, "TV"));
	fx_ask(f, O1, "PIN " PIN " REFERO E26-0147-V TV strehim");
	assert_non_null(fx_agency(f, "TV"));
	fx_sms(f, C1, "MBYLL E26-0147-V I RIINTEGRUAR MEGJITHATE");
	assert_true(heard(f, C1, "pret"));
	assert_string_not_equal(book_case(f, code).state, "closed");
	fx_clear(f);
	fx_sms(f, C1, "BLLOKO 0691000001");
	assert_true(heard(f, C1, "duhet PIN-i"));
	OK(roster_by_id(f->st, "T1", &r));
	assert_true(r.active);
	fx_ask(f, O1, "PIN " PIN " BLLOKO 0691000001"); /* no coordinator */
	OK(roster_by_id(f->st, "T1", &r));
	assert_true(r.active);
	fx_clear(f);
	fx_sms(f, C1, "PIN " PIN " BLLOKO 0691000001");
	OK(roster_by_id(f->st, "T1", &r));
	assert_false(r.active);
	fx_sms(f, C1, "PIN " PIN " MBYLL E26-0147-V I RIINTEGRUAR MEGJITHATE");
	assert_string_equal(book_case(f, code).state, "closed");
}

/* ---- approvals ------------------------------------------------------------------------------ */

static const char *po(struct fx *f, const char *rule, const char *form)
{
	static char text[100];
	char number[24];

	snprintf(number, sizeof(number), "%lld", (long long)book_alert(f, rule).number);
	snprintf(text, sizeof(text), "%.*s%s%s", (int)(strchr(form, '#') - form), form, number,
		 strchr(form, '#') + 1);
	return text;
}

/* Two forged numbers, one that asks and one that approves, close, lower, refer and merge nothing. */
static void test_approvals_want_it(void **state)
{
	struct fx *f = *state;
	struct case_row c;

	open_case(f);
	f->cf->pin_referrals = true;
	fx_ask(f, O1, "RREZIK E26-0147-V LARTE");
	fx_ask(f, O1, "MBYLL E26-0147-V I RIINTEGRUAR");
	fx_ask(f, O1, "RREZIK E26-0147-V ULET");
	fx_ask(f, O1, "REFERO E26-0147-V TV strehim");
	fx_ask(f, O1, "RAST LYP Z4 M11");
	has(fx_ask(f, C1, "BASHKO E26-0148-T E26-0147-V"), "duhet PIN-i");
	has(fx_ask(f, C1, "BASHKO"), "duhet PIN-i");
	has(fx_ask(f, C1, po(f, "P1", "PO #")), "duhet PIN-i");
	has(fx_ask(f, C1, po(f, "P1", "PO # PIN 604817")), "PIN-i nuk vlen");
	has(fx_ask(f, C1, po(f, "P2", "po, #")), "duhet PIN-i");
	has(fx_ask(f, C1, po(f, "P9", "PO sinjal #")), "duhet PIN-i");
	has(fx_ask(f, C1, "PO 999"), "duhet PIN-i"); /* of no question: the same words */
	c = book_case(f, code);
	assert_string_equal(c.state, "new");
	assert_string_equal(c.risk, "high");
	assert_null(fx_agency(f, "TV"));
	assert_string_equal(book_case(f, "E26-0148-T").state, "new");

	has(fx_ask(f, C1, po(f, "P9", "PO sinjal # PIN " PIN)), "U konfirmua");
	assert_non_null(fx_agency(f, "TV"));
	has(fx_ask(f, C1, po(f, "P2", "PIN " PIN " po #")), "U konfirmua");
	assert_string_equal(book_case(f, code).risk, "low");
	has(fx_ask(f, C1, "BASHKO " PIN " E26-0148-T E26-0147-V"), "U bashkuan");
	assert_string_equal(book_case(f, "E26-0148-T").state, "duplicate");
	has(fx_ask(f, C1, po(f, "P1", "PO # " PIN)), "U konfirmua"); /* without the word for it */
	assert_string_equal(book_case(f, code).state, "closed");
	assert_false(fx_on_disk(f, PIN));
}

/* A bare yes to one's own report needs none, one to the only question does. */
static void test_a_bare_yes(void **state)
{
	struct fx *f = *state;

	has(fx_ask(f, O1, "beg z4 m11"), "PO ose JO");
	has(fx_ask(f, O1, "po"), "U konfirmua");
	fx_ask(f, O1, "MBYLL E26-0147-V I RIINTEGRUAR");
	has(fx_ask(f, C1, "po"), "duhet PIN-i");
	has(fx_ask(f, C1, "po " PIN), "U konfirmua"); /* six digits of no question are no number of one */
	assert_string_equal(book_case(f, code).state, "closed");
	fx_ask(f, C1, "po 604817");
	fx_ask(f, C1, "jo 604817");
	fx_ask(f, C1, "po 41 42 604817"); /* which? and the digits are not kept */
	fx_ask(f, C1, "STATUS E26-0147-V E26-0148-T 604817");
	assert_false(fx_on_disk(f, PIN));
	assert_false(fx_on_disk(f, "604817"));
}

/* Wherever a PIN stands, whatever is wrong about it or about the rest: its digits are in no file, text or reply. */
static void test_pins_in_strange_places(void **state)
{
	static const char *const texts[] = {
		"482913 STATUS E26-0147-V", "STATUS 482913 E26-0147-V", "STATUS E26-0147-V PIN=482913",
		"PIN 48291 STATUS E26-0147-V", "PIN 4829133 STATUS E26-0147-V", "PIM 482913 STATUS E26-0147-V",
		"STATU E26-0147-V 482913", "PN 482913 STATUS E26-0147-V", "PIN 482913STATUS E26-0147-V",
		"STATUS E26-0147-V\n482913", "kodi im 482913", "PIN 482913", "PIN NDRYSHO 482913",
		"PIN NDRYSHO 482913 915374 915374", "OK 482913", "OK 482913 faleminderit", "PO 482913", "JO 482913",
		"RASTET 482913", "BLLOKO 0691000001 482913", "HUMBA 0692000001 482913", "BASHKO E26-0147-V 482913",
		"RREZIK E26-0147-V 482913", "TEST PIN 482913 STATUS E26-0147-V", "TEST STATUS E26-0147-V 482913",
		"hello my pin is 482913", "PIN 482913 xyz", "RAST LYP Z4 M11 PIN 482913", "SOS PIN 482913",
		"VIZITE E26-0147-V mire PIN 482913", "PIN 482913, 915374 STATUS", "VIZITE E26-0147-V mire 482913",
		"OK 1 482913", "RAST LYP Z4 M11 482913", "mungese 5A 482913", "482913",
	};
	struct fx *f = *state;

	open_case(f);
	for (size_t i = 0; i < 2 * sizeof(texts) / sizeof(texts[0]); i++) {
		f->d.now += 400;
		fx_clear(f);
		fx_sms(f, i % 2 ? C1 : O1, texts[i / 2]);
		fx_drain(f);
		for (size_t k = 0; k < f->n_sms; k++)
			has_not(f->sms[k].text, "48291");
		has_not(f->words, "48291");
		if (fx_on_disk(f, "48291"))
			fail_msg("kept: %s", texts[i / 2]);
		fx_secret(f, i % 2 ? "C1" : "O1", SECRET_KIND_PIN, PIN, SECOND); /* no lock */
	}
}

/* An alert's number has as many digits as a PIN in the end. */
static void test_numbers_like_pins(void **state)
{
	struct fx *f = *state;
	struct alert_row a = { .rule = "A1", .subject = "SH1 5A 12", .state = "done" };
	bool fresh;

	fx_begin(f);
	for (int i = 0; i < 1000; i++) {
		snprintf(a.window, sizeof(a.window), "%d", i);
		OK(alert_raise(f->st, &a, f->d.now, &fresh));
	}
	fx_commit(f);
	open_case(f);
	fx_ask(f, O1, "MBYLL E26-0147-V I RIINTEGRUAR");
	assert_true(book_alert(f, "P1").number > 1000);
	has(fx_ask(f, C1, po(f, "P1", "PO #")), "duhet PIN-i");
	assert_string_equal(book_case(f, code).state, "new");
	has(fx_ask(f, C1, po(f, "P1", "PO # PIN 604817")), "PIN-i nuk vlen");
	has(fx_ask(f, C1, po(f, "P1", "PIN 604817 PO #")), "PIN-i nuk vlen");
	has(fx_ask(f, C1, po(f, "P1", "PIN " PIN " PO #")), "U konfirmua");
	assert_string_equal(book_case(f, code).state, "closed");
}

/* Under duress: the ordinary words, nothing done, the telephone is not reminded, and later it can be done. */
static void test_approvals_under_duress(void **state)
{
	struct fx *f = *state;
	char merged[MESSAGE_REPLY];

	open_case(f);
	fx_ask(f, O1, "MBYLL E26-0147-V I RIINTEGRUAR");
	has(fx_ask(f, C1, po(f, "P1", "PO # PIN " SECOND)), "U konfirmua");
	assert_int_equal(fx_count_to(f, D1), 1);
	assert_string_equal(book_case(f, code).state, "new");
	has(fx_ask(f, C1, po(f, "P1", "PO # PIN " SECOND)), "U konfirmua");
	fx_clear(f);
	for (int i = 0; i < 3; i++) {
		f->d.now += 1441 * 60;
		fx_due(f);
	}
	for (size_t i = 0; i < f->n_sms; i++)
		has_not(f->sms[i].text, "Mbyllje");
	fx_ask(f, O1, "RAST LYP Z4 M11");
	snprintf(merged, sizeof(merged), "%s", fx_ask(f, C1, "PIN " SECOND " BASHKO E26-0148-T E26-0147-V"));
	has(merged, "U bashkuan");
	assert_string_equal(book_case(f, "E26-0148-T").state, "new");
	has(fx_ask(f, C1, po(f, "C7", "PO # PIN " SECOND)), "U bashkuan");
	assert_string_equal(book_case(f, "E26-0148-T").state, "new");
	assert_string_equal(fx_ask(f, C1, "PIN " PIN " BASHKO E26-0148-T E26-0147-V"), merged);
	assert_string_equal(book_case(f, "E26-0148-T").state, "duplicate");
	has(fx_ask(f, C1, po(f, "P1", "PO # PIN " PIN)), "U konfirmua");
	assert_string_equal(book_case(f, code).state, "closed");
}

/* ---- duress --------------------------------------------------------------------------------- */

/* The same request with both PINs: replies of the same length, the second one without a word that is true. */
static void compare(struct fx *f, const char *from, const char *request, char first[400], char second[400])
{
	char text[200];

	snprintf(text, sizeof(text), "PIN " PIN " %s", request);
	snprintf(first, MESSAGE_REPLY, "%s", fx_ask(f, from, text));
	snprintf(text, sizeof(text), "PIN " SECOND " %s", request);
	fx_clear(f);
	fx_sms(f, from, text);
	fx_drain(f);
	snprintf(second, MESSAGE_REPLY, "%s", f->verdict_reply);
	if (strlen(first) != strlen(second))
		fail_msg("%s: %s / %s", request, first, second);
}

static void test_duress(void **state)
{
	struct fx *f = *state;
	char first[MESSAGE_REPLY], second[MESSAGE_REPLY], text[80];
	struct alert_row rows[16];
	int n, calls = 0;

	open_case(f);
	for (int round = 0; round < 3; round++) {
		compare(f, O1, "STATUS E26-0147-V", first, second);
		assert_string_not_equal(first, second);
		has(second, code); /* he typed it */
		assert_int_equal(fx_count_to(f, D1), 1);
		assert_string_equal(f->sms[0].to, O1); /* his reply is not kept back by the call */
		has(fx_to(f, D1), "shiko radhen");
		has_not(fx_to(f, D1), "O1");
		compare(f, O1, "RASTET E MIA", first, second);
		has(first, code);
		has_not(second, code);
		fx_ask(f, O1, "RAST LYP Z5 F9"); /* another case, a longer list */
	}
	/* what he was shown can be asked about */
	const char *at = strstr(second, "E26-");
	assert_non_null(at);
	snprintf(text, sizeof(text), "PIN " SECOND " STATUS %.10s", at);
	has(fx_ask(f, O1, text), "rreziku");
	n = fx_alerts(f, rows, 16);
	for (int i = 0; i < n; i++)
		calls += strcmp(rows[i].rule, "E2") == 0;
	assert_int_equal(calls, 7);
	assert_false(fx_on_disk(f, "\"duress\":")); /* no reading's keys */
	assert_false(fx_on_disk(f, SECOND));
}

/* Deeds under duress: the ordinary words, and nothing is done. */
static void test_duress_does_nothing(void **state)
{
	struct fx *f = *state;
	char first[MESSAGE_REPLY], second[MESSAGE_REPLY];
	struct reporter r;

	open_case(f);
	fx_ask(f, O1, "RREZIK E26-0147-V LARTE");
	fx_sms(f, C1, "PIN " SECOND " RREZIK E26-0147-V ULET");
	assert_string_equal(book_case(f, code).risk, "high");
	fx_sms(f, C1, "PIN " SECOND " MBYLL E26-0147-V I RIINTEGRUAR MEGJITHATE");
	snprintf(second, sizeof(second), "%s", f->verdict_reply);
	assert_string_not_equal(book_case(f, code).state, "closed");
	fx_clear(f);
	fx_sms(f, O1, "PIN " SECOND " REFERO E26-0147-V TV strehim");
	snprintf(first, sizeof(first), "%s", f->verdict_reply);
	fx_drain(f);
	assert_null(fx_agency(f, "TV"));
	has(first, "referim R");
	fx_sms(f, C1, "PIN " SECOND " BLLOKO 0691000001");
	OK(roster_by_id(f->st, "T1", &r));
	assert_true(r.active);
	has(f->verdict_reply, "Kerkesa u mor");
	fx_clear(f);
	fx_sms(f, C1, "PIN " PIN " MBYLL E26-0147-V I RIINTEGRUAR MEGJITHATE");
	assert_string_equal(f->verdict_reply, second);
	assert_string_equal(book_case(f, code).state, "closed");
}

/* A duty officer under duress: another hears, and his own telephone says nothing. */
static void test_duress_of_the_duty_officer(void **state)
{
	struct fx *f = *state;

	fx_begin(f);
	fx_person(f, "D2", D2, "duty", "", "", "MUN");
	fx_commit(f);
	fx_secret(f, "D1", SECRET_KIND_PIN, PIN, SECOND);
	fx_clear(f);
	fx_sms(f, D1, "PIN " SECOND " RASTET E MIA");
	fx_drain(f);
	assert_int_equal(fx_count_to(f, D1), 1); /* the reply */
	assert_int_equal(fx_count_to(f, D2), 1);
	for (int i = 0; i < 8; i++) {
		f->d.now += 901;
		fx_due(f);
	}
	assert_int_equal(fx_count_to(f, D1), 1);
	assert_true(fx_count_to(f, C1) >= 1);
}

static bool shows(struct fx *f, int uid, const char *verb)
{
	json_t *rq = json_pack("{s:s}", "verb", "audit.show"), *answer = NULL, *row;
	bool found = false;
	size_t i;

	fx_begin(f);
	OK(verb_run(&f->d, rq, uid, &answer));
	fx_commit(f);
	json_array_foreach(json_object_get(answer, "audit"), i, row) {
		const char *did = json_string_value(json_object_get(row, "verb"));
		const char *rule = json_string_value(json_object_get(row, "rule"));
		found |= strcmp(did, verb) == 0 || (rule && strcmp(rule, verb) == 0);
	}
	json_decref(rq);
	json_decref(answer);
	return found;
}

/* What a verb shows this uid, as text. */
static char *shown(struct fx *f, int uid, json_t *rq)
{
	json_t *answer = NULL;

	fx_begin(f);
	OK(verb_run(&f->d, rq, uid, &answer));
	fx_commit(f);
	char *text = json_dumps(answer, 0);
	json_decref(rq);
	json_decref(answer);
	assert_non_null(text);
	return text;
}

/* Whoever stands at the shell learns no more of it than from the telephone. */
static void test_duress_at_the_shell(void **state)
{
	struct fx *f = *state;
	char number[40], *text;

	open_case(f);
	fx_ask(f, O1, "PIN " SECOND " STATUS E26-0147-V");
	struct alert_row a = book_alert(f, "E2");
	snprintf(number, sizeof(number), "\"alert\": %lld", (long long)a.number);
	for (int uid = 0; uid <= 1000; uid += 1000) {
		text = shown(f, uid, json_pack("{s:s,s:b}", "verb", "alert.list", "all", 1));
		assert_int_equal(strstr(text, "\"E2\"") != NULL, uid == 0);
		free(text);
		text = shown(f, uid, json_pack("{s:s}", "verb", "outbox.list"));
		assert_int_equal(strstr(text, number) != NULL, uid == 0);
		free(text);
	}
	text = shown(f, 1000, json_pack("{s:s,s:I,s:s}", "verb", "alert.ack", "alert", (json_int_t)a.number, "as", "C1"));
	has(text, "is not open");
	free(text);
	assert_string_equal(book_alert(f, "E2").state, "open");
	text = shown(f, 1000, json_pack("{s:s,s:s}", "verb", "case.show", "case", code));
	has_not(text, "duress");
	has_not(text, "E2\"");
	free(text);
	text = shown(f, 0, json_pack("{s:s,s:I,s:s}", "verb", "alert.ack", "alert", (json_int_t)a.number, "as", "C1"));
	has(text, "true");
	free(text);
}

static void test_duress_in_the_record(void **state)
{
	struct fx *f = *state;

	open_case(f);
	fx_ask(f, O1, "PIN " SECOND " STATUS E26-0147-V");
	assert_true(shows(f, 0, "duress"));
	assert_false(shows(f, 1000, "duress"));
	assert_false(shows(f, 1000, "E2"));
	assert_true(shows(f, 1000, "read"));
	f->cf->security_uid = 1000;
	assert_true(shows(f, 1000, "duress"));
}

/* ---- lost telephones ------------------------------------------------------------------------ */

static void test_lost_telephone(void **state)
{
	struct fx *f = *state;
	char reply[200], from[24];
	struct reporter r;

	fx_secret(f, "O1", SECRET_KIND_CODEWORD, WORD, "");
	snprintf(reply, sizeof(reply), "%s", fx_ask(f, "+355697000001", "HUMBA 0692000001 zogu"));
	assert_true(heard(f, C1, "O1 u raportua"));
	assert_string_equal(fx_ask(f, "+355697000002", "HUMBA 0692999999 " WORD), reply);
	assert_string_equal(fx_ask(f, "+355697000003", "HUMBA 0692000001"), reply);
	OK(roster_by_id(f->st, "O1", &r));
	assert_true(r.active);
	/* what waits for it is withdrawn; what says nothing of it goes */
	f->d.now += DAY - 41400; /* 23:45: routine texts wait for the morning */
	fx_clear(f);
	fx_begin(f);
	OK(roster_by_id(f->st, "O1", &r));
	bool told;
	OK(post_sms(&f->d, &r, "E26-0147-V", 0, 0, 0, false, &told));
	fx_commit(f);
	assert_string_equal(fx_ask(f, "+355697000004", "humba telefonin 0692000001, Dallëndyshe!"), reply);
	OK(roster_by_id(f->st, "O1", &r));
	assert_false(r.active);
	assert_true(heard(f, C1, "u bllokua"));
	f->d.now += DAY;
	fx_drain(f);
	assert_int_equal(fx_count_to(f, O1), 0);
	assert_string_equal(fx_ask(f, O1, "PIN " PIN " RASTET E MIA"), "");
	assert_false(fx_on_disk(f, WORD));
	assert_false(fx_on_disk(f, "692000001"));
	/* a roster that is read in again does not open it; the new SIM does */
	json_t *rq = json_pack("{s:s,s:[{s:s,s:s,s:s,s:s}]}", "verb", "contact.import", "rows", "id", "O1", "msisdn",
			       O1, "role", "outreach", "agency", "MUN");
	json_t *answer = NULL;
	fx_begin(f);
	OK(verb_run(&f->d, rq, 0, &answer));
	fx_commit(f);
	json_decref(rq);
	json_decref(answer);
	OK(roster_by_id(f->st, "O1", &r));
	assert_false(r.active);
	/* guesses: five, then none is hashed for half an hour */
	fx_secret(f, "T2", SECRET_KIND_CODEWORD, WORD, "");
	for (int i = 0; i < 7; i++) {
		snprintf(from, sizeof(from), "+35569600000%d", i);
		fx_ask(f, from, "HUMBA 0691000002 zogu");
	}
	fx_ask(f, "+355696000009", "HUMBA 0691000002 " WORD);
	OK(roster_by_id(f->st, "T2", &r));
	assert_true(r.active);
	f->d.now += 1801;
	fx_ask(f, "+355696000010", "HUMBA 0691000002 " WORD);
	OK(roster_by_id(f->st, "T2", &r));
	assert_false(r.active);
}

/* ---- numbers that may be another's ---------------------------------------------------------- */

static void tell_role(struct fx *f, const char *id, const char *text, bool urgent)
{
	struct reporter r;
	bool told;

	fx_begin(f);
	OK(roster_by_id(f->st, id, &r));
	OK(post_sms(&f->d, &r, text, 0, 0, 0, urgent, &told));
	fx_commit(f);
	fx_due(f);
}

static void test_silent_number(void **state)
{
	struct fx *f = *state;

	open_case(f);
	fx_clear(f);
	f->d.now += 61 * DAY;
	tell_role(f, "O1", "a routine text", false);
	f->d.now += DAY;
	fx_due(f);
	assert_true(heard(f, O1, "heshti gjate")); /* asked, told nothing */
	assert_false(heard(f, O1, "routine"));
	assert_true(heard(f, C1, "O1 s'ka shkruar"));
	tell_role(f, "O1", "an urgent text", true);
	assert_true(heard(f, O1, "an urgent text"));
	/* what he reports is recorded, and its answer says nothing */
	const char *reply = fx_ask(f, O1, "RAST LYP Z5 F9");
	has(reply, "heshti gjate");
	has_not(reply, "E2");
	assert_string_equal(book_newest(f).zone, "Z5");
	has(fx_ask(f, O1, "ndihme me rrahin"), "129");
	has(fx_ask(f, O1, "PIN 604817"), "nuk vlen");
	has(fx_ask(f, O1, "VIZITE E26-0147-V MIRE"), "heshti gjate");
	has(fx_ask(f, O1, "PIN " PIN), "PIN-i vlen");
	has(fx_ask(f, O1, "RAST LYP Z6 M9"), "E27");
	/* a teacher proves it by his own class, and nothing else */
	fx_at(f, "2027-03-31T10:15");
	has(fx_ask(f, T1, "RAST LYP Z4 M11"), "heshti gjate");
	has_not(fx_ask(f, T1, "MUNGESE 5A 12"), "heshti");
	/* the only coordinator hears on */
	tell_role(f, "C1", "a routine text", false);
	f->d.now += DAY;
	fx_clear(f);
	tell_role(f, "C1", "a routine text", false);
	f->d.now += DAY;
	fx_due(f);
	assert_true(heard(f, C1, "a routine text"));
}

static void report(struct fx *f, const char *number, int status)
{
	char words[100];
	int mr = -1;

	for (size_t i = 0; i < f->n_sms; i++) {
		if (strcmp(f->sms[i].to, number) == 0)
			mr = (uint8_t)f->sms[i].id;
	}
	assert_true(mr >= 0);
	fx_begin(f);
	OK(settle_report(&f->d, number, mr, status, words, sizeof(words)));
	fx_commit(f);
}

static void test_dead_number(void **state)
{
	struct fx *f = *state;
	struct line l;

	for (int i = 0; i < 5; i++) {
		fx_clear(f);
		tell_role(f, "T1", "one", true);
		report(f, T1, i == 1 ? 0 : 0x41); /* the second arrives: counted from there */
		f->d.now += 60;
	}
	OK(line_get(f->st, "T1", &l));
	assert_true(l.stopped);
	fx_due(f);
	f->d.now += DAY;
	fx_clear(f);
	tell_role(f, "T1", "another", true);
	assert_int_equal(fx_count_to(f, T1), 0);
	assert_string_not_equal(fx_ask(f, T1, "MUNGESE 5A 12"), ""); /* he writes: he is there */
	tell_role(f, "T1", "another", true);
	assert_true(fx_count_to(f, T1) >= 1);
}

/* ---- strangers ------------------------------------------------------------------------------ */

/* The first call for help is answered and told whatever else was written before. */
static void test_emergency_after_other_texts(void **state)
{
	struct fx *f = *state;

	for (int i = 0; i < 40; i++)
		fx_sms(f, STRANGER, "hello");
	has(fx_ask(f, STRANGER, "ndihme me rrahin"), "129");
	assert_int_equal(fx_count_to(f, D1), 1);
	for (int i = 0; i < 6; i++)
		fx_ask(f, STRANGER, "ndihme me rrahin");
	assert_int_equal(fx_count_to(f, STRANGER), 0);
	assert_int_equal(fx_count_to(f, D1), 0);
	f->d.now += 3601;
	has(fx_ask(f, STRANGER, "ndihme me rrahin"), "129");
	assert_int_equal(fx_count_to(f, D1), 1);
}

/* A robot with ever new numbers: the first are all answered, the duty officer hears thirty times and once that more
 * wait, and then no more credit goes; our own people are answered on, and an hour later everybody is. */
static void test_many_cries_for_help(void **state)
{
	struct fx *f = *state;
	char from[24];
	int answered = 0, told = 0;

	for (int i = 0; i < 200; i++) {
		snprintf(from, sizeof(from), "+3556960%05d", i);
		answered += strstr(fx_ask(f, from, "ndihme me rrahin"), "129") != NULL;
		if (i < 120)
			assert_int_equal(answered, i + 1);
		told += fx_count_to(f, D1);
	}
	assert_int_equal(answered, 120);
	assert_int_equal(told, 31);
	has(fx_ask(f, T1, "ndihme me rrahin"), "129");
	assert_int_equal(fx_count_to(f, D1), 1);
	f->d.now += 3600;
	has(fx_ask(f, "+355696099999", "ndihme me rrahin"), "129");
	assert_int_equal(fx_count_to(f, D1), 1);
}

/* Whoever wrote much before, or many texts of other things, still locks his lost telephone; guesses beyond
 * the bound are not looked at, and a person sees that they were not. */
static void test_a_codeword_is_never_silently_unchecked(void **state)
{
	struct fx *f = *state;
	struct reporter r;

	fx_secret(f, "T2", SECRET_KIND_CODEWORD, WORD, "");
	for (int i = 0; i < 40; i++)
		fx_sms(f, STRANGER, "hello");
	fx_sms(f, STRANGER, "HUMBA 0691000002 " WORD);
	OK(roster_by_id(f->st, "T2", &r));
	assert_false(r.active);
	fx_secret(f, "T1", SECRET_KIND_CODEWORD, WORD, "");
	for (int i = 0; i < 6; i++) {
		fx_sms(f, "+355697000009", "HUMBA 0691000001 zogu");
		f->d.now += 60;
	}
	fx_assert_state(f, "queued");
	fx_sms(f, "+355697000009", "HUMBA 0691000001 " WORD);
	fx_assert_state(f, "queued");
	OK(roster_by_id(f->st, "T1", &r));
	assert_true(r.active);
	assert_true(book_audited(f, "unknown", "lost", "T1"));
	assert_true(heard(f, C1, "T1 u raportua"));
}

static void test_strangers_learn_nothing(void **state)
{
	struct fx *f = *state;
	char reply[200];

	open_case(f);
	snprintf(reply, sizeof(reply), "%s", fx_ask(f, "+355697000001", "PIN " PIN " STATUS E26-0147-V"));
	assert_string_equal(fx_ask(f, "+355697000002", "PIN 604817 STATUS E26-0999-2"), reply);
	has_not(reply, "E26");
	assert_string_equal(fx_ask(f, "+355697000001", "STATUS E26-0147-V"), ""); /* once in 24 hours */
	assert_string_equal(fx_ask(f, "Vodafone", "PIN " PIN " STATUS E26-0147-V"), "");
	assert_string_equal(fx_ask(f, "54321", "STATUS E26-0147-V"), "");
	assert_false(fx_on_disk(f, PIN));
}

/* Why something cannot be done is a fact of the case, and not for who has no PIN. */
static void test_without_a_pin_no_reason_is_told(void **state)
{
	struct fx *f = *state;
	f->cf->pin_referrals = true;
	static const char *const asked[][2] = {
		{ "MBYLL E26-0147-V I RIINTEGRUAR", "1 detyra te hapura" },
		{ "RIHAP E26-0147-V", "Mund: " },
		{ "refero E26-0147-V tv strehim", "ende pret" },
		{ "refero E26-0147-V npf strehim", "s'ka mandat" },
	};
	char text[100];

	open_case(f);
	has(fx_ask(f, O1, "PIN " PIN " refero E26-0147-V tv strehim"), "R1");
	for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
		assert_string_equal(fx_ask(f, O1, asked[i][0]), fx_ask(f, O1, "STATUS E26-0148-T"));
		f->d.now += 3600;
		snprintf(text, sizeof(text), "PIN " PIN " %s", asked[i][0]);
		has(fx_ask(f, O1, text), asked[i][1]);
	}
}

/* Of an adult, too: that his consent is wanted is for who proved himself. */
static void test_without_a_pin_nobody_is_an_adult(void **state)
{
	struct fx *f = *state;
	char child[200], grown[200];

	f->cf->pin_referrals = true;
	fx_ask(f, O1, "RAST TRA Z4 M11");
	fx_ask(f, O1, "RAST TRA Z5 M25");
	struct case_row c = book_newest(f);
	snprintf(child, sizeof(child), "%s", fx_ask(f, O1, "refero E26-0147-V tv strehim"));
	char text[100];
	snprintf(text, sizeof(text), "refero %.20s tv strehim", c.code);
	snprintf(grown, sizeof(grown), "%s", fx_ask(f, O1, text));
	assert_string_equal(c.nrm, "consent");
	assert_string_equal(strchr(grown, ':'), strchr(child, ':'));
	has(grown, "pa PIN");
}

/* ---- shape ---------------------------------------------------------------------------------- */

/* What it takes to read and answer a text. */
static void count(struct fx *f, const char *from, const char *text, struct work *w)
{
	work_begin(w);
	fx_sms(f, from, text);
	work_end();
	f->d.now += 130; /* below the quota of texts an hour */
}

/* A code of another worker, of nobody, and one with a slip take the same work; and his own, too, before he has typed
 * his PIN. */
static void test_work_of_codes_that_are_not_his(void **state)
{
	struct fx *f = *state;
	static const struct {
		const char *before, *after;
		bool own;
	} asked[] = { { "VIZITE", "MIRE", false },
		      { "STATUS", "", true },
		      { "PIN 604817 STATUS", "", true },
		      { "PIN " PIN " STATUS", "", false } };
	static struct work first, next;
	char codes[4][CASE_CODE_MAX] = { "E26-0147-V", "", "E26-0147-X", "" }, text[100];

	book_second_worker(f);
	fx_secret(f, "O2", SECRET_KIND_PIN, PIN, "");
	open_case(f);
	for (int64_t k = 9000; !code_make('E', 2026, k, codes[1]); k++)
		continue;
	snprintf(codes[3], CASE_CODE_MAX, "%.10s", strstr(fx_ask(f, O2, "RAST LYP Z4 M11"), "E26-"));
	for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
		for (int k = 0; k < 3 + asked[i].own; k++) {
			snprintf(text, sizeof(text), "%s %s %s", asked[i].before, codes[k], asked[i].after);
			count(f, O2, text, k ? &next : &first);
			if (k)
				work_same(&first, &next, text);
		}
	}
}

/* Numbers of referrals, tasks and alerts of others, and of nothing. */
static void test_work_of_numbers_that_are_not_his(void **state)
{
	struct fx *f = *state;
	static const char *const asked[][2] = { { "PRANOJ R1", "PRANOJ R999" }, { "KRYER T1", "KRYER T999" },
						{ "SHTY T1 30.11", "SHTY T999 30.11" }, { "OK 1", "OK 999" } };
	static struct work work[2];
	char said[200] = "";

	open_case(f);
	fx_begin(f);
	fx_person(f, "AG9", "+355694000009", "agency", "", "", "NPF");
	fx_commit(f);
	has(fx_ask(f, O1, "PIN " PIN " refero E26-0147-V tv strehim"), "R1");
	has(fx_ask(f, C1, "DETYRE E26-0147-V TDH vizite"), "T1");
	fx_ask(f, "+355694000009", "NDIHME"); /* he was heard today */
	for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
		for (int k = 0; k < 2; k++) {
			fx_clear(f);
			count(f, "+355694000009", asked[i][k], &work[k]);
			fx_drain(f);
			const char *reply = fx_to(f, "+355694000009");
			if (k)
				assert_string_equal(reply, said);
			snprintf(said, sizeof(said), "%s", reply);
		}
		assert_true(said[0] != '\0');
		work_same(&work[0], &work[1], asked[i][0]);
	}
}

/* At the shell, too: a case that there is, none, and no code, in the name of somebody who may not, or whose PIN is not
 * the right one. */
static void test_a_name_without_proof_at_the_shell(void **state)
{
	struct fx *f = *state;
	static const char *const codes[] = { "E26-0147-V", "E26-0148-T", "E26-0147-X" };
	static const char *const names[] = { "O1", "NOBODY", "C1" };
	static struct work first, next;
	char said[1200] = "", zeros[2 * PIN_HASH + 1];

	open_case(f);
	memset(zeros, '0', sizeof(zeros) - 1);
	zeros[sizeof(zeros) - 1] = '\0';
	for (size_t i = 0; i < 3; i++) {
		for (size_t k = 0; k < 3; k++) {
			work_begin(k ? &next : &first);
			char *text = shown(f, 0, json_pack("{s:s,s:s,s:s,s:s}", "verb", "case.erase", "case", codes[k],
								 "as", names[i], "hash", zeros));
			work_end();
			if (k)
				assert_string_equal(text, said);
			snprintf(said, sizeof(said), "%s", text);
			free(text);
			if (k)
				work_same(&first, &next, codes[k]);
		}
		has(said, i < 2 ? "is no coordinator" : "PIN");
	}
}

/* Own, another's, nobody's, and a code with a slip: with the same PIN, none, a wrong one. */
static void test_codes_that_are_not_his(void **state)
{
	struct fx *f = *state;
	char reply[200], text[100];
	static const char *const others[] = { "E26-0147-V", "E26-0148-T", "E26-0147-X" };

	book_second_worker(f);
	fx_secret(f, "O2", SECRET_KIND_PIN, PIN, "");
	open_case(f);
	for (size_t i = 0; i < 3; i++) {
		snprintf(text, sizeof(text), "STATUS %s", others[i]);
		has(fx_ask(f, O2, text), "duhet PIN-i");
		snprintf(text, sizeof(text), "PIN " PIN " STATUS %s", others[i]);
		const char *said = fx_ask(f, O2, text);
		if (i)
			assert_string_equal(said, reply);
		snprintf(reply, sizeof(reply), "%s", said);
		f->d.now += 3600;
	}
	has(reply, "Kodi nuk vlen");
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, fx_teardown)
	const struct CMUnitTest tests[] = {
		T(test_reads_want_it),	 T(test_five_wrong_lock),	 T(test_a_burst_has_five_tries),
		T(test_a_crash_while_it_is_hashed), T(test_an_undone_turn), T(test_change),
		T(test_one_time),	 T(test_deeds_want_it),	 T(test_approvals_want_it),
		T(test_pins_in_strange_places), T(test_a_bare_yes),	 T(test_numbers_like_pins), T(test_approvals_under_duress),
		T(test_duress),
		T(test_duress_does_nothing), T(test_duress_of_the_duty_officer),
		T(test_duress_at_the_shell), T(test_duress_in_the_record), T(test_lost_telephone), T(test_silent_number),
		T(test_dead_number),	 T(test_emergency_after_other_texts),
		T(test_many_cries_for_help), T(test_a_codeword_is_never_silently_unchecked),
		T(test_strangers_learn_nothing), T(test_codes_that_are_not_his),
		T(test_work_of_codes_that_are_not_his), T(test_work_of_numbers_that_are_not_his),
		T(test_a_name_without_proof_at_the_shell),
		T(test_without_a_pin_no_reason_is_told), T(test_without_a_pin_nobody_is_an_adult),
	};
	work_watch();
	return cmocka_run_group_tests_name("pins", tests, NULL, NULL);
}
