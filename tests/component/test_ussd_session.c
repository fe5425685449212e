/* test_ussd_session.c - sessions over time: drafts that wait, go on, expire; secrets that are nowhere kept; what a
 * report makes is what the equal text makes. */
#define FX_CONFIG "tests/component/ussd.cfg"
#include "tests/component/fixture.h"
#include "gateway/ussd/session.h"
#include "gateway/ussd/walk.h"
#include "store/audit.h"
#include "store/ussd.h"
#include "tests/component/work.h"
#include "tests/unit/menu_path.h"
#include <sqlite3.h>

#define PIN_ASKED "PIN-in"
#define PIN "604817"
#define SECOND "915374"
#define AG1 "+355694000001"
#define AG2 "+355694000002"

static struct call_reply r;
static char text[1200];
static bool end;

static void call(struct fx *f, const char *block, const char *session, const char *number, const char *input, const char *event)
{
	struct wire_call c = {.id = 1, .kind = wire_str("ussd"), .block = wire_str(block), .peer = wire_str("127.0.0.1"),
			      .body = wire_str("")};
	const char *const pairs[][2] = {{"session", session}, {"msisdn", number}, {"code", "*123#"},
					{"input", input},     {"sequence", ""},  {"event", event}};
	for (size_t i = 0; i < 6; i++)
		c.fields.pair[c.fields.n++] = (struct wire_pair){wire_str(pairs[i][0]), wire_str(pairs[i][1])};
	memset(&r, 0, sizeof r);
	fx_begin(f);
	OK(session_call(&f->d, &c, &r, f->words, sizeof f->words));
	fx_commit(f);
	f->d.now += 10;
	wire_copy(wire_find(&r.fields, "text"), text, sizeof text);
	end = wire_is(wire_find(&r.fields, "end"), "1");
}

/* A provider that sends the last answer alone. */
static void say(struct fx *f, const char *session, const char *const *typed)
{
	call(f, "t-truteq", session, O1, "", "new");
	for (; *typed; typed++)
		call(f, "t-truteq", session, O1, *typed, "continue");
}

#define SAY(session, ...) say(f, session, (const char *const[]){__VA_ARGS__, NULL})

static void expire(struct fx *f, int64_t *n)
{
	fx_begin(f);
	OK(session_expire(&f->d, n));
	fx_commit(f);
}

static void b09_a_draft_waits_for_hours_and_then_goes_to_a_person(void **state)
{
	struct fx *f = *state;
	int64_t n, ready, waiting, queued, quarantined;
	SAY("a", "1", "1", "4");
	f->d.now += 3600 * 11;
	expire(f, &n);
	assert_int_equal(n, 0);
	SAY("b", "1"); /* goes on */
	assert_non_null(strstr(text, "Mosha"));
	f->d.now += 3600 * 13;
	expire(f, &n);
	assert_int_equal(n, 1);
	OK(inbox_queue_count(f->st, &ready, &waiting, &queued, &quarantined));
	assert_int_equal(queued, 1);
	assert_int_equal(ready, 0);
	SAY("c", "1"); /* nothing to go on with: this is the menu */
	assert_non_null(strstr(text, "Cfare ndodh"));
}

/* Who has the number of another now does not go on with what that one began; it goes to a person in its time. */
static void a_draft_is_not_the_next_holders(void **state)
{
	struct fx *f = *state;
	int64_t n;
	SAY("a", "1", "1", "4");
	fx_begin(f);
	fx_person(f, "O1", "+355692000077", "outreach", "", "", "MUN");
	fx_person(f, "O9", O1, "outreach", "", "", "MUN");
	fx_commit(f);
	call(f, "t-truteq", "b", O1, "", "new");
	assert_null(strstr(text, "Vazhdo"));
	call(f, "t-truteq", "b", O1, "1", "continue");
	assert_null(strstr(text, "Mosha"));
	f->d.now += 3600 * 13;
	expire(f, &n);
	assert_int_equal(n, 2); /* his own too */
}

/* A new session of somebody, and the lines that lead to a form of his. */
static void go_to(struct fx *f, const char *session, const char *number, const char *who_id, const char *name)
{
	struct parser_sender from;
	struct parser_clock clock = {.today = "2026-11-18"};
	struct menu_who who = {.from = &from, .clock = &clock};
	char line[12];
	int path[2];
	assert_true(config_sender(f->cf, who_id, &from));
	int n = menu_path(f->cf->menu, &who, name, path);
	if (n == 0)
		fail_msg("%s has no %s", who_id, name);
	call(f, "t-truteq", session, number, "", "new");
	if (strstr(text, "1 Vazhdo") || strstr(text, "1 Continue"))
		call(f, "t-truteq", session, number, "2", "continue");
	for (int i = 0; i < n; i++) {
		snprintf(line, sizeof line, "%d", path[i]);
		call(f, "t-truteq", session, number, line, "continue");
	}
}

static void type(struct fx *f, const char *session, const char *number, const char *typed)
{
	call(f, "t-truteq", session, number, typed, "continue");
}

/* What waits for the hash of a PIN: it is hashed, and the screen comes. */
static void hashed(struct fx *f)
{
	assert_true(r.waits_for != 0);
	int64_t message = r.waits_for;
	f->d.now -= 10; /* at once */
	fx_verdicts(f);
	memset(&r, 0, sizeof r);
	fx_begin(f);
	OK(session_resume(&f->d, message, f->verdict_reply, &r, f->words, sizeof f->words));
	fx_commit(f);
	f->d.now += 10;
	wire_copy(wire_find(&r.fields, "text"), text, sizeof text);
	end = wire_is(wire_find(&r.fields, "end"), "1");
}

static void other_drafts_expire_in_silence(void **state)
{
	struct fx *f = *state;
	int64_t n, ready, waiting, queued, quarantined;
	go_to(f, "a", O1, "O1", "progress"); /* a score: no child is lost with it */
	type(f, "a", O1, "#");
	type(f, "a", O1, "E26-0147-V");
	f->d.now += 3600 * 13;
	expire(f, &n);
	assert_int_equal(n, 1);
	OK(inbox_queue_count(f->st, &ready, &waiting, &queued, &quarantined));
	assert_int_equal(queued, 0);
}

/* An agency's menus: what waits for its answer, and what it took and may say is done. */
static void an_agency_is_shown_its_own_referrals(void **state)
{
	struct fx *f = *state;
	char code[24], ask[60];
	struct case_row c;
	size_t n = 0;
	f->cf->pin_referrals = false;
	fx_ask(f, O1, "RAST TRA Z4 M11");
	OK(case_list(f->st, NULL, &c, 1, &n));
	snprintf(code, sizeof code, "%s", c.code);
	snprintf(ask, sizeof ask, "refero %.20s tv strehim", code);
	fx_ask(f, O1, ask);
	snprintf(ask, sizeof ask, "refero %.20s shssh strehim", code);
	fx_ask(f, O1, ask);
	static const char *const forms[] = {"referral_accept", "referral_done"};
	for (int i = 0; i < 2; i++) {
		go_to(f, i ? "m" : "l", AG2, "AG2", forms[i]);
		if (!strstr(text, "R1"))
			fail_msg("%d: %s", i, text);
		assert_null(strstr(text, "R2")); /* another's */
		type(f, i ? "m" : "l", AG2, "1");
		type(f, i ? "m" : "l", AG2, "1");
	}
	assert_non_null(strstr(text, "R1 u krye"));
}

/* The PIN goes through the reading and is nowhere afterwards; without the check of PINs all is denied. */
static void a_pin_leaves_no_trace(void **state)
{
	struct fx *f = *state;
	struct message m;
	struct ussd_session s;
	char code[24];
	go_to(f, "z", O1, "O1", "case_status");
	type(f, "z", O1, "#");
	type(f, "z", O1, "E26-0147-V");
	assert_non_null(strstr(text, PIN_ASKED)); /* his, another's, or none: the same words */
	call(f, "t-truteq", "z", O1, "00", "continue");
	snprintf(code, sizeof code, "%.10s", strstr(fx_ask(f, O1, "RAST LYP Z4 M11"), "E26-"));
	go_to(f, "a", O1, "O1", "case_status");
	type(f, "a", O1, "739158"); /* he has none: said, and asked again */
	assert_non_null(strstr(text, PIN_ASKED));
	type(f, "a", O1, "#");
	type(f, "a", O1, code);
	assert_non_null(strstr(text, PIN_ASKED));
	call(f, "t-truteq", "a", O1, "739158", "continue");
	assert_true(end);
	OK(ussd_find(f->st, "t-truteq", "a", &s));
	OK(inbox_load(f->st, s.message, &m));
	assert_null(strstr(m.text, "739158"));
	assert_null(memmem(s.draft, s.draft_len, "739158", 6));
	assert_null(strstr(text, "739158"));
	assert_null(strstr(f->words, "739158"));
	/* the same again shows the same */
	char was[1200];
	snprintf(was, sizeof was, "%s", text);
	f->d.now -= 10;
	call(f, "t-truteq", "a", O1, "739158", "continue");
	assert_string_equal(text, was);
}

static void answers_stand_nowhere_in_clear(void **state)
{
	struct fx *f = *state;
	int64_t n;
	go_to(f, "session-in-clear", O1, "O1", "form:marks");
	type(f, "session-in-clear", O1, "3");
	type(f, "session-in-clear", O1, "nje dallendyshje ne cati");
	assert_non_null(strstr(text, "dallendyshje"));
	assert_false(fx_on_disk(f, "dallendyshje"));
	assert_false(fx_on_disk(f, "session-in-clear"));
	assert_false(fx_on_disk(f, "355692000001"));
	f->d.now += 3600 * 30;
	expire(f, &n);
	struct ussd_session s;
	OK(ussd_find(f->st, "t-truteq", "session-in-clear", &s));
	assert_string_equal(s.state, "expired");
	assert_int_equal(s.draft_len, 0);
}

/* By a menu and by SMS: the same reading, the same reply, the same alerts. */
static void b09_a_menu_is_its_text(void **state)
{
	struct fx *f = *state;
	struct alert_row a[8];
	char by_menu[1200];
	fx_clear(f);
	SAY("a", "1", "1", "4", "11", "1", "2");
	assert_true(end);
	snprintf(by_menu, sizeof by_menu, "%s", text);
	fx_drain(f);
	size_t told = f->n_sms + f->n_http;
	assert_int_equal(fx_alerts(f, a, 8), 1);
	assert_string_equal(fx_to(f, O1), by_menu); /* confirmed by SMS */
	const char *by_text = fx_ask(f, O1, "RAST LYP Z5 M12 URGJENT");
	assert_int_equal(fx_alerts(f, a, 8), 2);
	assert_int_equal(f->n_sms + f->n_http, told);
	assert_int_equal(strlen(by_text), strlen(by_menu));
	assert_string_equal(by_text + 11, by_menu + 11);
}

static void a_day_key_that_is_gone_is_a_new_start(void **state)
{
	struct fx *f = *state;
	int64_t renewed, keys;
	SAY("a", "1", "1");
	OK(store_expire_days(f->st, f->d.now + 86400 * 2, f->d.now + 86400 * 2, &renewed, &keys));
	call(f, "t-truteq", "a", O1, "4", "continue");
	assert_non_null(strstr(text, "Zgjidh raportin"));
	assert_non_null(strstr(text, "Fillo prape"));
}

static void screens_are_counted(void **state)
{
	struct fx *f = *state;
	struct ussd_screen rows[40];
	size_t n = 0;
	int64_t zone = -1, dropped = -1;
	SAY("a", "1", "1");
	SAY("b", "1", "4");
	OK(ussd_screens(f->st, rows, 40, &n));
	for (size_t i = 0; i < n; i++)
		if (strcmp(rows[i].form, "case_new") == 0 && strcmp(rows[i].screen, "zone") == 0) {
			zone = rows[i].shown;
			dropped = rows[i].dropped;
		}
	assert_int_equal(zone, 2);
	assert_int_equal(dropped, 1);
}

/* What a turn showed is written when it ends, however much that is, and not when it is undone. */
static void counts_end_with_their_turn(void **state)
{
	struct fx *f = *state;
	struct ussd_screen rows[64];
	char screen[16];
	size_t n = 0, before = 0;
	OK(ussd_screens(f->st, rows, 64, &before));
	fx_begin(f);
	OK(ussd_count(f->st, "t-at", "undone", "zone", false));
	store_rollback(f->st);
	fx_begin(f);
	for (int i = 0; i < 80; i++) {
		snprintf(screen, sizeof screen, "s%d", i % 40);
		OK(ussd_count(f->st, "t-at", "many", screen, i >= 40));
	}
	fx_commit(f);
	OK(ussd_screens(f->st, rows, 64, &n));
	assert_int_equal(n, before + 40);
	for (size_t i = 0; i < n; i++) {
		assert_string_not_equal(rows[i].form, "undone");
		if (strcmp(rows[i].form, "many") == 0) {
			assert_int_equal(rows[i].shown, 1);
			assert_int_equal(rows[i].dropped, 1);
		}
	}
}

static void confirmation_is_a_setting(void **state)
{
	struct fx *f = *state;
	fx_clear(f);
	f->cf->ussd_confirm = false;
	SAY("a", "1", "1", "4", "11", "1", "1");
	assert_true(end);
	fx_drain(f);
	assert_string_equal(fx_to(f, O1), "");
}

/* ---- codes of his cases ---- */

static int reads(struct fx *f, const char *how)
{
	static struct audit_row rows[400];
	const struct audit_query q = {.who = "O1"};
	size_t n = 0;
	int count = 0;
	OK(audit_find(f->st, &q, 0, rows, 400, &n));
	for (size_t i = 0; i < n; i++)
		count += strcmp(rows[i].verb, "read") == 0 && strcmp(rows[i].result, how) == 0;
	return count;
}

static void two_cases(struct fx *f, char codes[2][24])
{
	for (int i = 0; i < 2; i++) {
		const char *reply = fx_ask(f, O1, i ? "RAST PUN Z2 F14" : "RAST LYP Z4 M11");
		assert_non_null(strstr(reply, "E26-"));
		snprintf(codes[i], sizeof codes[i], "%.10s", strstr(reply, "E26-"));
	}
}

/* No code before a PIN; with it the list, each case a read on record; once a session; in the next one again. */
static void a_list_of_cases_wants_a_pin_once_a_session(void **state)
{
	struct fx *f = *state;
	struct ussd_session s;
	char codes[2][24];
	fx_secret(f, "O1", SECRET_KIND_PIN, PIN, SECOND);
	two_cases(f, codes);
	fx_clear(f);
	go_to(f, "a", O1, "O1", "followup");
	assert_non_null(strstr(text, PIN_ASKED));
	assert_null(strstr(text, "E26-"));
	type(f, "a", O1, "604818"); /* wrong */
	hashed(f);
	assert_non_null(strstr(text, "PIN-i nuk vlen"));
	assert_non_null(strstr(text, PIN_ASKED));
	assert_null(strstr(text, "E26-"));
	assert_int_equal(reads(f, "menu"), 0);
	type(f, "a", O1, PIN);
	hashed(f);
	assert_false(end);
	assert_non_null(strstr(text, codes[0]));
	assert_non_null(strstr(text, codes[1]));
	assert_int_equal(reads(f, "menu"), 2);
	/* the same request again shows the same, and proves nothing twice */
	char was[1200];
	snprintf(was, sizeof was, "%s", text);
	f->d.now -= 10;
	type(f, "a", O1, PIN);
	assert_string_equal(text, was);
	assert_int_equal(reads(f, "menu"), 2);
	type(f, "a", O1, "1");
	type(f, "a", O1, "1");
	type(f, "a", O1, "1");
	assert_non_null(strstr(text, "Vizite"));
	type(f, "a", O1, "00");
	for (const char *p = "45"; *p; p++) { /* another form's list, without being asked */
		type(f, "a", O1, (char[2]){*p, 0});
		if (strstr(text, "Kodi"))
			break;
	}
	go_to(f, "b", O1, "O1", "progress"); /* another session */
	assert_non_null(strstr(text, PIN_ASKED));
	assert_null(strstr(text, "E26-"));
	/* nowhere is the PIN, and no SMS tells what the screen showed */
	OK(ussd_find(f->st, "t-truteq", "a", &s));
	assert_null(memmem(s.draft, s.draft_len, PIN, 6));
	assert_false(fx_on_disk(f, PIN));
	fx_drain(f);
	for (size_t i = 0; i < f->n_sms; i++)
		if (strcmp(f->sms[i].to, O1) == 0)
			fail_msg("an SMS: %s", f->sms[i].text);
}

static void lists_go_on_when_the_session_is_lost(void **state)
{
	struct fx *f = *state;
	char codes[2][24];
	fx_secret(f, "O1", SECRET_KIND_PIN, PIN, "");
	two_cases(f, codes);
	go_to(f, "a", O1, "O1", "followup");
	type(f, "a", O1, PIN);
	hashed(f);
	type(f, "a", O1, "1");
	/* lost; the next one goes on behind the case, and asks again before a list is shown */
	call(f, "t-truteq", "b", O1, "", "new");
	assert_non_null(strstr(text, "Vazhdo"));
	assert_null(strstr(text, "E26-"));
	type(f, "b", O1, "1");
	assert_non_null(strstr(text, "Cfare?"));
	type(f, "b", O1, "0");
	assert_non_null(strstr(text, PIN_ASKED));
	assert_null(strstr(text, "E26-"));
	/* a provider that never says that a session ended: it is not proved for ever */
	type(f, "b", O1, PIN);
	hashed(f);
	assert_non_null(strstr(text, codes[0]));
	f->d.now += 400;
	type(f, "b", O1, "1");
	assert_non_null(strstr(text, PIN_ASKED));
	assert_null(strstr(text, "E26-"));
	/* lost when all but the end was answered: the case that was chosen is a read like its list */
	type(f, "b", O1, PIN);
	hashed(f);
	type(f, "b", O1, "1");
	type(f, "b", O1, "1");
	type(f, "b", O1, "1");
	assert_non_null(strstr(text, "E26-"));
	snprintf(codes[0], sizeof codes[0], "%.10s", strstr(text, "E26-"));
	int before = reads(f, "menu");
	call(f, "t-truteq", "c", O1, "", "new");
	assert_non_null(strstr(text, "Vazhdo"));
	type(f, "c", O1, "1");
	assert_non_null(strstr(text, PIN_ASKED));
	assert_null(strstr(text, "E26-"));
	assert_int_equal(reads(f, "menu"), before);
	type(f, "c", O1, PIN);
	hashed(f);
	assert_non_null(strstr(text, codes[0]));
	assert_non_null(strstr(text, "1 Dergo"));
	assert_int_equal(reads(f, "menu"), before + 2);
	type(f, "c", O1, "1");
	assert_true(end);
}

/* Numbers of tasks, referrals, alerts and questions say nothing of a case: neither its code, nor what is to be done,
 * nor by whom, nor how it stands. */
static void lists_without_a_pin_are_numbers(void **state)
{
	static const struct {
		const char *number, *id, *form;
		int least;
	} rows[] = {{C1, "C1", "ack", 1},		    {C1, "C1", "confirm_pending", 1}, {C1, "C1", "deny_pending", 1},
		    {C1, "C1", "referral_accept", 1}, {C1, "C1", "referral_decline", 1}, {AG2, "AG2", "referral_accept", 1},
		    {AG2, "AG2", "referral_decline", 1}, {C1, "C1", "task_done", 2},	     {C1, "C1", "task_progress", 2},
		    {C1, "C1", "task_defer", 2},	 {AG1, "AG1", "task_done", 2},	     {AG1, "AG1", "task_defer", 2}};
	struct fx *f = *state;
	char codes[2][24], ask[80];
	f->cf->pin_referrals = false;
	two_cases(f, codes);
	snprintf(ask, sizeof ask, "refero %.20s tv strehim", codes[0]);
	fx_sms(f, O1, ask);
	for (int i = 0; i < 2; i++) {
		snprintf(ask, sizeof ask, "DETYRE %.20s TDH %s deri 30.11", codes[i], i ? "psikolog" : "vizite");
		fx_sms(f, C1, ask);
	}
	snprintf(ask, sizeof ask, "MBYLL %.20s I RIINTEGRUAR MEGJITHATE", codes[1]);
	fx_sms(f, O1, ask);
	f->cf->pin_referrals = true;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char session[12];
		int numbers = 0;
		snprintf(session, sizeof session, "l%zu", i);
		go_to(f, session, rows[i].number, rows[i].id, rows[i].form);
		for (const char *p = strchr(text, '\n'); p; p = strchr(p, '\n')) {
			p += 1 + strspn(p + 1, "0123456789");
			if (strncmp(p, " Kthehu", 7) == 0)
				break;
			p += 1 + strspn(p + 1, "TR");
			if (*p == '*') /* nothing to choose from */
				break;
			size_t n = strspn(p, "0123456789");
			if (n == 0 || (p[n] && p[n] != '\n'))
				fail_msg("%s %s: %s", rows[i].id, rows[i].form, text);
			numbers++;
		}
		if (numbers < rows[i].least)
			fail_msg("%s %s: %d of %d: %s", rows[i].id, rows[i].form, numbers, rows[i].least, text);
		type(f, session, rows[i].number, "1");
		if (strcmp(rows[i].form, "task_defer") == 0)
			type(f, session, rows[i].number, "5.12");
		for (size_t k = 0; k < f->cf->n_agencies; k++)
			if (strstr(text, f->cf->agencies[k].code))
				fail_msg("%s %s: %s", rows[i].id, rows[i].form, text);
		if (strstr(text, "E26-") || strstr(text, "izit") || strstr(text, "sikolog"))
			fail_msg("%s %s: %s", rows[i].id, rows[i].form, text);
	}
}

/* Under duress: as many codes, none of them a case's; the duty officer is called, the phone shows nothing of it. */
static void under_duress_the_list_is_invented(void **state)
{
	struct fx *f = *state;
	struct alert_row a[8];
	char codes[2][24], real[1200];
	struct case_row c;
	fx_secret(f, "O1", SECRET_KIND_PIN, PIN, SECOND);
	two_cases(f, codes);
	go_to(f, "a", O1, "O1", "progress");
	type(f, "a", O1, PIN);
	hashed(f);
	snprintf(real, sizeof real, "%s", text);
	int before = (int)fx_alerts(f, a, 8);
	go_to(f, "b", O1, "O1", "progress");
	type(f, "b", O1, SECOND);
	hashed(f);
	assert_int_equal(strlen(text), strlen(real));
	assert_null(strstr(text, codes[0]));
	assert_null(strstr(text, codes[1]));
	int n = 0;
	for (const char *p = text; (p = strstr(p, "E26-")) != NULL; p++, n++) {
		char code[24];
		snprintf(code, sizeof code, "%.10s", p);
		assert_int_equal(case_by_code(f->st, code, &c), STORE_NONE);
	}
	assert_int_equal(n, 2);
	assert_int_equal(fx_alerts(f, a, 8), before + 1);
	assert_int_equal(reads(f, "menu"), 4); /* what the record says does not tell */
	type(f, "b", O1, "1");
	assert_non_null(strstr(text, "Pike"));
}

/* What only shows wants no second PIN in a session; what closes, refers or lowers wants its own each time. */
static void a_proof_opens_what_only_shows(void **state)
{
	struct fx *f = *state;
	struct alert_row a[8];
	char codes[2][24];
	fx_secret(f, "O1", SECRET_KIND_PIN, PIN, SECOND);
	two_cases(f, codes);
	fx_clear(f);
	go_to(f, "a", O1, "O1", "case_status");
	type(f, "a", O1, PIN);
	hashed(f);
	type(f, "a", O1, "1");
	assert_non_null(strstr(text, "1 Dergo"));
	assert_null(strstr(text, PIN_ASKED));
	type(f, "a", O1, "1");
	assert_true(end);
	assert_memory_equal(text, "E26-", 4);
	fx_drain(f);
	for (size_t i = 0; i < f->n_sms; i++) /* shown, and not left lying in the telephone */
		assert_string_not_equal(f->sms[i].to, O1);
	go_to(f, "b", O1, "O1", "close");
	type(f, "b", O1, PIN);
	hashed(f);
	type(f, "b", O1, "1");
	type(f, "b", O1, "1");
	assert_non_null(strstr(text, PIN_ASKED));
	/* under duress what is shown is invented, too */
	int before = (int)fx_alerts(f, a, 8);
	go_to(f, "c", O1, "O1", "case_status");
	type(f, "c", O1, SECOND);
	hashed(f);
	type(f, "c", O1, "1");
	type(f, "c", O1, "1");
	assert_true(end);
	assert_null(strstr(text, codes[0]));
	assert_null(strstr(text, codes[1]));
	assert_memory_equal(text, "E26-", 4);
	assert_true(fx_alerts(f, a, 8) > before);
	/* a text is no menu: the proof is the session's */
	fx_clear(f);
	assert_non_null(strstr(fx_ask(f, O1, "RASTET E MIA"), "PIN"));
}

#define WRONG "604818"
static const char *const whose[] = {"his own", "another's", "nobody's"};

static void three_codes(struct fx *f, char codes[3][24])
{
	fx_begin(f);
	fx_person(f, "O2", "+355692000002", "outreach", "", "", "MUN");
	fx_commit(f);
	for (int i = 0; i < 2; i++)
		snprintf(codes[i], 24, "%.10s", strstr(fx_ask(f, i ? "+355692000002" : O1, "RAST LYP Z4 M11"), "E26-"));
	for (int64_t k = 9000; !code_make('E', 2026, k, codes[2]); k++)
		continue;
}

/* The screen to an answer, with noughts for the code in it, and what it cost. */
static void shown(struct fx *f, const char *session, const char *typed, const char *code, char out[1200], struct work *w)
{
	work_begin(w);
	type(f, session, O1, typed);
	if (r.waits_for)
		hashed(f);
	work_end();
	snprintf(out, 1200, "%s", text);
	for (char *at = out; (at = strstr(at, code)) != NULL;)
		memset(at, '0', strlen(code));
}

/* Who holds the telephone and types codes is not told which are its owner's: neither by the words, nor by the
 * length, nor by the work, not before a PIN and not with a wrong one.  With the right one his own is shown. */
static void whose_a_code_is_wants_a_pin(void **state)
{
	struct fx *f = *state;
	static struct work work[3][3];
	static char said[3][3][1200], codes[3][24];
	fx_secret(f, "O1", SECRET_KIND_PIN, PIN, SECOND);
	three_codes(f, codes);
	for (int i = 0; i < 3; i++) {
		const char *const typed[] = {codes[i], WRONG, PIN};
		const char *session = (const char *const[]){"a", "b", "c"}[i];
		for (int k = 0; k < 3; k++) {
			if (k != 1) {
				f->d.now += 3600 * 13; /* no draft of before is offered */
				go_to(f, session, O1, "O1", "case_status");
				type(f, session, O1, "#");
			}
			if (k == 2)
				type(f, session, O1, codes[i]);
			shown(f, session, typed[k], codes[i], said[i][k], &work[i][k]);
		}
	}
	for (int k = 0; k < 2; k++) {
		assert_non_null(strstr(said[0][k], k ? "PIN-i nuk vlen" : PIN_ASKED));
		for (int i = 1; i < 3; i++) {
			assert_string_equal(said[i][k], said[0][k]);
			work_same(&work[0][k], &work[i][k], whose[i]);
		}
	}
	assert_non_null(strstr(said[0][2], "rreziku"));
	assert_non_null(strstr(said[1][2], "Kodi nuk vlen"));
	assert_string_equal(said[2][2], said[1][2]);
	work_same(&work[1][2], &work[2][2], "with his PIN, another's and nobody's");
}

/* A slip in the code is found by its check character alone, before any PIN, in the words of all that is not his. */
static void a_slip_in_a_code_is_said_at_once(void **state)
{
	struct fx *f = *state;
	char codes[3][24], said[1200] = "";
	static const char *const session[] = {"a", "b", "c"};
	static struct work work[3];
	three_codes(f, codes);
	for (int i = 0; i < 3; i++) {
		char *last = &codes[i][strlen(codes[i]) - 1];
		*last = *last == 'X' ? 'Y' : 'X';
		go_to(f, session[i], O1, "O1", "case_status");
		type(f, session[i], O1, "#");
		work_begin(&work[i]);
		type(f, session[i], O1, codes[i]);
		work_end();
		assert_non_null(strstr(text, "Kodi nuk vlen. Shiko kodin dhe provo prape"));
		if (i)
			assert_string_equal(text, said);
		work_same(&work[0], &work[i], whose[i]);
		snprintf(said, sizeof said, "%s", text);
	}
}

/* Requests that come again when the session is long spent, in whatever order, make nothing. */
static void replays_make_nothing(void **state)
{
	static const char *const typed[] = {"", "1", "1*1", "1*1*4", "1*1*4*11", "1*1*4*11*1", "1*1*4*11*1*1"};
	struct fx *f = *state;
	struct case_row c[4];
	int64_t ready, waiting, queued, quarantined, expired;
	size_t n = 0;
	for (size_t i = 0; i < 7; i++)
		call(f, "t-africastalking", "s", O1, typed[i], i ? "" : "new");
	assert_true(end);
	for (int later = 0; later < 3; later++) {
		for (size_t i = 7; i > 1; i--) {
			call(f, "t-africastalking", "s", O1, typed[i - 1], "");
			assert_non_null(text[0] ? text : NULL);
		}
		call(f, "t-africastalking", "s", O1, typed[6], "");
		f->d.now += 3600 * 13;
		expire(f, &expired);
	}
	OK(case_list(f->st, NULL, c, 4, &n));
	assert_int_equal(n, 1);
	OK(inbox_queue_count(f->st, &ready, &waiting, &queued, &quarantined));
	assert_int_equal(queued + ready + waiting + quarantined, 0);
}

/* ---- notes ---- */

static void a_note_is_its_text(void **state)
{
	struct fx *f = *state;
	struct case_row c;
	struct message m;
	struct ussd_session s;
	size_t n = 0;
	go_to(f, "a", O1, "O1", "case_new");
	for (const char *const *t = (const char *const[]){"1", "4", "11", "1", "3", "vjen me motren cdo dite", "1", NULL}; *t; t++)
		type(f, "a", O1, *t);
	assert_true(end);
	OK(ussd_find(f->st, "t-truteq", "a", &s));
	OK(inbox_load(f->st, s.message, &m));
	assert_string_equal(m.text, "RAST lyp Z4 M11 vjen me motren cdo dite");
	/* a name or a number is refused before it is anywhere */
	go_to(f, "b", O1, "O1", "case_new");
	for (const char *const *t = (const char *const[]){"1", "4", "11", "1", "3", "Arben Hoxha e sheh", "tel 0691234567", PIN, NULL}; *t; t++) {
		type(f, "b", O1, *t);
		if (strstr(text, "Arben") || strstr(text, "0691") || strstr(text, PIN))
			fail_msg("%s", text);
	}
	OK(ussd_find(f->st, "t-truteq", "b", &s));
	assert_null(memmem(s.draft, s.draft_len, "Arben", 5));
	assert_null(memmem(s.draft, s.draft_len, "0691", 4));
	assert_null(memmem(s.draft, s.draft_len, PIN, 6));
	OK(case_list(f->st, NULL, &c, 1, &n));
	/* one that is longer than a note may be */
	char much[400];
	memset(much, 'a', sizeof much - 1);
	much[sizeof much - 1] = 0;
	type(f, "b", O1, much);
	assert_non_null(strstr(text, "me shkurt"));
}

/* ---- any walk is its text: the same rows in every table, the same words to everybody ---- */

static uint32_t seed = 11;

static uint32_t rnd(uint32_t n)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % n;
}

/* Messages that a proof of before sent: by SMS the PIN stands in them, and a text with a secret in it is not kept. */
static int64_t by_proof[400];
static int n_by_proof;

static bool is_by_proof(int64_t message)
{
	for (int i = 0; i < n_by_proof; i++)
		if (by_proof[i] == message)
			return true;
	return false;
}

/* The kind of the key that a value is sealed with, and whose it is; its octets differ each time. */
static int print_sealed(sqlite3 *db, const unsigned char *s, int len, char *out, size_t max)
{
	sqlite3_stmt *q;
	int n = 0;
	sqlite3_int64 id = 0;
	if (len <= 49 || s[0] != 1) /* a hash */
		return 0;
	for (int i = 8; i > 0; i--)
		id = (sqlite3_int64)((uint64_t)id << 8 | s[i]);
	assert_int_equal(sqlite3_prepare_v2(db, "SELECT kind, ref FROM ring.keys WHERE id = $1", -1, &q, NULL), SQLITE_OK);
	sqlite3_bind_int64(q, 1, id);
	assert_int_equal(sqlite3_step(q), SQLITE_ROW);
	n = snprintf(out, max, " sealed under %s of %s", (const char *)sqlite3_column_text(q, 0),
		     (const char *)sqlite3_column_text(q, 1));
	sqlite3_finalize(q);
	return n;
}

/* The way a message came, whose zone is that of the network's stamp, and ids of what went out: what was only shown
 * is not sent as well. */
static bool is_way(const char *table, const char *column)
{
	static const char *const way[] = {"channel", "modem", "zone"};
	bool is = strcmp(column, "outbox") == 0;
	for (size_t i = 0; strcmp(table, "messages") == 0 && i < sizeof way / sizeof way[0]; i++)
		is |= strcmp(column, way[i]) == 0;
	return is;
}

static void dump_row(sqlite3 *db, const char *table, sqlite3_stmt *q, char *out, size_t max, size_t *at)
{
	for (int c = 0; c < sqlite3_column_count(q) && *at < max; c++) {
		const char *name = sqlite3_column_name(q, c);
		if (strcmp(table, "messages") == 0 && strcmp(name, "text") == 0 && is_by_proof(sqlite3_column_int64(q, 0)))
			continue;
		if (sqlite3_column_type(q, c) == SQLITE_BLOB)
			*at += (size_t)print_sealed(db, sqlite3_column_blob(q, c), sqlite3_column_bytes(q, c), out + *at, max - *at);
		else if (!is_way(table, name))
			*at += (size_t)snprintf(out + *at, max - *at, " %s=%s", name, (const char *)sqlite3_column_text(q, c));
	}
}

/* What is sealed in them, opened. */
static void dump_texts(const struct fx *f, char *out, size_t max, size_t *at)
{
	static struct case_row c[64];
	static struct case_event e[200];
	static struct message m;
	char notes[READING_NOTES];
	size_t n = 0, events, len;
	for (int64_t id = 1; inbox_load(f->st, id, &m) == STORE_OK && *at < max; id++)
		*at += (size_t)snprintf(out + *at, max - *at, "text %.*s\n", is_by_proof(id) ? 0 : (int)m.text_len, m.text);
	for (int64_t id = 1; reading_notes(f->st, id, notes, &len) == STORE_OK && *at < max; id++)
		*at += (size_t)snprintf(out + *at, max - *at, "notes %.*s\n", (int)len, notes);
	assert_int_not_equal(case_list(f->st, NULL, c, 64, &n), STORE_IO);
	assert_in_range(n, 1, 64);
	for (size_t i = 0; i < n; i++) {
		events = 0;
		assert_int_not_equal(case_events(f->st, c[i].id, e, 200, &events), STORE_IO);
		for (size_t k = 0; k < events && k < 200 && *at < max; k++)
			*at += (size_t)snprintf(out + *at, max - *at, "%s %s: %s\n", c[i].code, e[k].what, e[k].note);
	}
}

/* What stands in the tables of the work, sealed or not. */
static void dump(const struct fx *f, char *out, size_t max)
{
	static const char *const tables[] = {"messages", "readings", "class_days", "absences", "cases", "case_events",
					     "case_dues", "case_slots", "followups", "progress", "referrals", "referral_told",
					     "tasks", "task_events", "enrolments", "returns", "pupil_returns", "campaigns",
					     "alerts", "alert_told", "confirmations", "rsvps", "meetings", "absence_starts",
					     "reporters"};
	sqlite3 *db;
	size_t at = 0;
	char sql[160];
	out[0] = 0;
	assert_int_equal(sqlite3_open_v2(f->db, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
	snprintf(sql, sizeof sql, "ATTACH '%s' AS ring", f->keyring);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	for (size_t t = 0; t < sizeof tables / sizeof tables[0]; t++) {
		sqlite3_stmt *q;
		snprintf(sql, sizeof sql, "SELECT * FROM main.%s ORDER BY 1, 2", tables[t]);
		if (sqlite3_prepare_v2(db, sql, -1, &q, NULL) != SQLITE_OK)
			fail_msg("%s", sqlite3_errmsg(db));
		while (sqlite3_step(q) == SQLITE_ROW && at < max) {
			at += (size_t)snprintf(out + at, max - at, "%s", tables[t]);
			dump_row(db, tables[t], q, out, max, &at);
			at += at < max ? (size_t)snprintf(out + at, max - at, "\n") : 0;
		}
		sqlite3_finalize(q);
	}
	sqlite3_close(db);
	dump_texts(f, out, max, &at);
	assert_true(at < max);
}

static bool asks_pin(const char *screen)
{
	return strstr(screen, "Shkruaj PIN") || strstr(screen, "Type your PIN") || strstr(screen, "Type the old PIN");
}

static bool asks_codeword(const char *screen)
{
	return strstr(screen, "fshehte") || strstr(screen, "codeword");
}

static bool asks_note(const char *screen)
{
	return strstr(screen, "pa emra e pa numra") || strstr(screen, "without names or");
}

static const char *const notes[] = {"vjen me motren cdo dite", "kemi nevoje per transport", "spoke with the grandmother",
				    "older sister takes care of her"};
/* Refused by a menu: by SMS they would be cut out, or the text not taken. */
static const char *const private_notes[] = {"Arben Hoxha e sheh", "tel 0691234567", "banon rruga Qemal Stafa 12",
					    "letternjoftimi J12345678A", PIN};
static const char *const private_words[] = {"Hoxha", "1234567", "Qemal", "J1234", PIN};

/* Of the lines with a number, the one that leads to a note; "" none. */
static const char *note_line(const char *screen, char out[40])
{
	const char *at = strstr(screen, " Shto shenim");
	at = at ? at : strstr(screen, " Add a note");
	const char *from = at;
	while (from && from > screen && from[-1] != '\n')
		from--;
	snprintf(out, 40, "%.*s", at ? (int)(at - from) : 0, at ? from : "");
	return out;
}

static const char *numbered(const char **line, int n, char out[40])
{
	const char *mine = line[rnd((uint32_t)n)];
	snprintf(out, 40, "%.*s", (int)strspn(mine, "0123456789"), mine);
	return out;
}

/* Something that the screen asks for: one of its numbers, or words of each kind that is typed. */
static const char *an_answer(const char *screen, const char *code, int tries, char out[40])
{
	static const char *const typed[] = {"12", "3", "12 17", "30.11", "+355691000002", "10:30", "*", "T1", "R1", "1",
					    "motra kujdeset per te", "#"};
	const char *line[40], *p = screen;
	int n = 0;
	for (; p && n < 40; p = strchr(p, '\n') ? strchr(p, '\n') + 1 : NULL)
		if (*p >= '1' && *p <= '9' && strspn(p, "0123456789") < 3 && p[strspn(p, "0123456789")] == ' ' &&
		    strncmp(p, "98 ", 3) != 0)
			line[n++] = p;
	if (asks_note(screen))
		return tries < 3 && rnd(2) ? private_notes[rnd(5)] : rnd(8) ? notes[rnd(4)] : "#";
	if (note_line(screen, out)[0] && rnd(3) == 0)
		return out;
	if (asks_pin(screen))
		return strstr(screen, "1234*5678") ? PIN "*" SECOND : strstr(screen, "# ") && rnd(2) ? "#" : PIN;
	if (asks_codeword(screen))
		return "dallendyshja";
	if (strstr(screen, "Kodi i rastit") || strstr(screen, "Case code"))
		return n && rnd(2) ? numbered(line, n, out) : code;
	if (n == 0 || tries > 3)
		return typed[rnd(sizeof typed / sizeof typed[0])];
	return numbered(line, n, out);
}

/* The text of the walk that stands in a session's draft: what a report would be that is sent now. */
static void report_of(struct fx *f, const char *session, const char *id, const char *secret, char report[WALK_REPORT])
{
	struct ussd_session s;
	struct walk w;
	struct menu_form form;
	struct parser_sender from;
	struct parser_clock clock;
	struct menu_who who = {.from = &from, .clock = &clock};
	size_t echoes;
	report[0] = 0;
	OK(ussd_find(f->st, "t-truteq", session, &s));
	const char *line = memchr(s.draft, '\n', s.draft_len);
	unsigned len;
	assert_non_null(line);
	assert_int_equal(sscanf(s.draft, "%*s %*s %*s %u %*s %*s %zu", &len, &echoes), 2);
	const char *at = line + 1 + len + echoes;
	assert_true(walk_read(&w, at, s.draft_len - (size_t)(at - s.draft)));
	assert_true(config_sender(f->cf, id, &from));
	clock_day(f->d.now, clock.today);
	if (w.mode == WALK_SEND && menu_find(f->cf->menu, &who, w.form, &form))
		menu_text(f->cf->menu, &form, &who, &w.a, false, secret, report, WALK_REPORT);
}

/* One walk of a form to its end; the text of its report, "" when it was given up, and the note that went with it.  A PIN before a list of cases
 * is the text that asks for the list: sent to g too. */
static void walk_form(struct fx *f, struct fx *g, const char *who, const char *id, const struct menu_form *form, int n,
		      const char *code, char report[WALK_REPORT], char noted[MENU_VALUE])
{
	char session[24], mine[40], kept[WALK_REPORT], secret[40];
	struct ussd_session s;
	struct message m;
	bool typed_pin = false;
	snprintf(session, sizeof session, "w%d", n);
	report[0] = noted[0] = 0;
	go_to(f, session, who, id, form->name);
	for (int k = 0; !end && k < 24; k++) {
		const char *typed = an_answer(text, code, k / 6, mine);
		snprintf(secret, sizeof secret, "%.39s", strcmp(typed, "#") == 0 ? "" : typed);
		if (strchr(secret, '*')) /* between two PINs */
			*strchr(secret, '*') = ' ';
		report_of(f, session, id, secret, kept);
		bool list = strstr(text, "per te pare rastet") || strstr(text, "see your cases");
		bool proves = list && strcmp(typed, PIN) == 0;
		bool asks = asks_pin(text) || asks_codeword(text);
		typed_pin = asks && strcmp(typed, "#") != 0;
		if (strchr(typed, '*') && asks && !strstr(text, "1234*5678"))
			typed_pin = false;
		bool note = asks_note(text);
		g->d.now = f->d.now;
		type(f, session, who, typed);
		if (note && !asks_note(text))
			snprintf(noted, MENU_VALUE, "%.120s", strcmp(typed, "#") == 0 ? "" : typed);
		if (r.waits_for)
			hashed(f);
		if (proves)
			fx_sms(g, who, "PIN " PIN " RASTET E MIA");
	}
	if (!end) {
		type(f, session, who, "00");
		return;
	}
	OK(ussd_find(f->st, "t-truteq", session, &s));
	if (!s.message)
		return;
	/* a text with a secret in it is not kept: what stood before it was typed says the rest */
	OK(inbox_load(f->st, s.message, &m));
	bool proved = form->shows && !typed_pin; /* by the PIN before the list */
	if (proved && n_by_proof < (int)(sizeof by_proof / sizeof by_proof[0]))
		by_proof[n_by_proof++] = s.message;
	snprintf(report, WALK_REPORT, "%s%.480s", proved ? "PIN " PIN " " : "", typed_pin ? kept : m.text);
}

/* Every form of every role came to a report that way, but where there was nothing to answer, or the case is not
 * his: a school's never is. */
static bool may_not_come(const char *id, const char *form)
{
	static const char *const may_not[] = {"confirm_pending", "deny_pending", "referral_accept", "referral_decline",
					      "referral_done", "merge", "reopen"};
	bool may = (id[0] == 'T' || id[0] == 'H') && strcmp(form, "case_amend") == 0;
	for (size_t i = 0; i < sizeof may_not / sizeof may_not[0]; i++)
		may |= strcmp(form, may_not[i]) == 0;
	return may;
}

static void any_walk(struct fx *f, bool english)
{
	static char rows[2][1 << 20];
	static const struct {
		const char *number, *id;
	} people[] = {{O1, "O1"}, {T1, "T1"}, {C1, "C1"}, {H1, "H1"}, {D1, "D1"}, {AG1, "AG1"}};
	enum { PEOPLE = sizeof people / sizeof people[0] };
	struct fx *g;
	struct parser_sender from;
	struct parser_clock clock = {.today = "2026-11-18"};
	struct menu_who who = {.from = &from, .clock = &clock};
	struct menu_form form;
	char report[WALK_REPORT], code[PEOPLE][24], noted[MENU_VALUE];
	int walks = 0, told = 0;
	struct case_row c;
	size_t n = 0;
	void *other = NULL;
	assert_int_equal(fx_setup(&other), 0);
	g = other;
	n_by_proof = 0;
	struct fx *both[2] = {f, g};
	for (int i = 0; i < 2; i++) {
		fx_secret(both[i], "O1", SECRET_KIND_PIN, PIN, "");
		for (size_t p = 0; p < PEOPLE; p++) { /* each has a case of his own */
			snprintf(code[p], sizeof code[p], "RAST LYP Z%zu M1%zu", p + 1, p);
			fx_sms(both[i], people[p].number, code[p]);
			OK(case_list(f->st, NULL, &c, 1, &n));
			snprintf(code[p], sizeof code[p], "%.23s", c.code);
			if (english)
				fx_sms(both[i], people[p].number, "GJUHA anglisht");
		}
	}
	for (size_t p = 0; p < PEOPLE; p++)
		for (int k = 0; config_sender(f->cf, people[p].id, &from) && menu_form(f->cf->menu, &who, k, &form); k++) {
			int sent = 0, with_note = 0;
			bool rare = may_not_come(people[p].id, form.name);
			if (strcmp(form.name, "lang") == 0) /* the test could not read on */
				continue;
			for (int again = 0; again < (rare ? 4 : 40) && (sent < 2 || (form.note && !with_note)); again++) {
				walk_form(f, g, people[p].number, people[p].id, &form, ++walks, code[p], report, noted);
				if (!report[0])
					continue;
				sent++;
				with_note += noted[0] != 0;
				if (noted[0] && !strstr(report, noted))
					fail_msg("%s: \"%s\" lacks \"%s\"", people[p].id, report, noted);
				g->d.now = f->d.now - 10; /* when the last answer came */
				fx_sms(g, people[p].number, report);
				f->d.now = g->d.now = f->d.now + 60;
				dump(f, rows[0], sizeof rows[0]);
				dump(g, rows[1], sizeof rows[1]);
				if (strcmp(rows[0], rows[1]) != 0) {
					size_t at = 0;
					while (rows[0][at] == rows[1][at])
						at++;
					at = at > 200 ? at - 200 : 0;
					fail_msg("%s: \"%s\"\nby menu ...%.500s\nby text ...%.500s", people[p].id, report,
						 rows[0] + at, rows[1] + at);
				}
				told++;
			}
			if ((sent == 0 || (form.note && !with_note)) && !rare)
				fail_msg("%s: no walk of %s came to a report%s", people[p].id, form.name,
					 sent ? " with a note" : "");
		}
	for (size_t i = 0; i < sizeof private_words / sizeof private_words[0]; i++)
		if (fx_on_disk(f, private_words[i]) || fx_on_disk(g, private_words[i]))
			fail_msg("%s is on disk", private_words[i]);
	if (told < 150)
		fail_msg("%d of %d walks came to a report", told, walks);
	fx_teardown(&other);
}

/* What lies in the history of a case of the free words of a text. */
static int histories(struct fx *f, const char *code, const char *word)
{
	static struct case_event e[60];
	struct case_row c;
	size_t n = 0;
	int found = 0;
	OK(case_by_code(f->st, code, &c));
	assert_int_not_equal(case_events(f->st, c.id, e, 60, &n), STORE_IO);
	for (size_t i = 0; i < n && i < 60; i++)
		found += strstr(e[i].note, word) != NULL;
	return found;
}

/* Free words of each kind of report lie in its case's history, by menu as by SMS, when the text is long gone. */
static void a_note_stands_in_the_history_of_its_case(void **state)
{
#define NOTE_WORD "transport"
#define NOTE "kemi nevoje per " NOTE_WORD
	static const struct {
		const char *form, *typed[6];
		bool announced, closed, opens; /* before; a case of its own */
	} rows[] = {
		{"progress", {"4", "2", NOTE, "1"}, false, false, false},
		{"task_new", {"1", "1", "30.11", "2", NOTE, "1"}, false, false, false},
		{"reopen", {"1", NOTE, PIN}, false, true, false},
		{"return_arrived", {"2", NOTE, "1"}, false, false, false},
		{"return_arrived", {"2", NOTE, "1"}, true, false, false},
		{"return_new", {"1", "12", "1", "05.12", "2", NOTE}, false, false, true},
	};
	static char dumped[2][1 << 18];
	struct fx *f = *state, *g;
	void *other = NULL;
	assert_int_equal(fx_setup(&other), 0);
	g = other;
	struct fx *both[2] = {f, g};
	fx_secret(f, "C1", SECRET_KIND_PIN, PIN, "");
	fx_secret(g, "C1", SECRET_KIND_PIN, PIN, "");
	n_by_proof = 0;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char session[8], code[24], report[WALK_REPORT], before[80];
		struct case_row c;
		for (int k = 0; k < 2; k++) {
			fx_sms(both[k], C1, "RAST LYP Z4 M11");
			OK(case_by_message(both[k]->st, both[k]->message, &c));
			snprintf(code, sizeof code, "%s", c.code);
			snprintf(before, sizeof before, "%s%s GR 05.12", rows[i].announced ? "KTHIM " : "", code);
			if (rows[i].announced)
				fx_sms(both[k], C1, before);
			OK(case_by_code(both[k]->st, code, &c));
			fx_begin(both[k]);
			if (rows[i].closed)
				OK(case_set_state(both[k]->st, c.id, c.state, "closed", both[k]->d.now));
			fx_commit(both[k]);
		}
		snprintf(session, sizeof session, "n%zu", i);
		go_to(f, session, C1, "C1", rows[i].form);
		if (!rows[i].opens) {
			type(f, session, C1, "#");
			type(f, session, C1, code);
		}
		for (int k = 0; k < 6 && rows[i].typed[k]; k++) {
			report_of(f, session, "C1", PIN, report);
			type(f, session, C1, rows[i].typed[k]);
		}
		if (rows[i].opens) {
			report_of(f, session, "C1", "", report);
			type(f, session, C1, "1");
		}
		if (r.waits_for)
			hashed(f);
		if (!end)
			fail_msg("%s: %s", rows[i].form, text);
		g->d.now = f->d.now - 10;
		fx_sms(g, C1, report);
		f->d.now = g->d.now = f->d.now + 60;
		if (rows[i].opens) {
			assert_non_null(strstr(text, "E26-"));
			snprintf(code, sizeof code, "%.10s", strstr(text, "E26-"));
		}
		for (int k = 0; k < 2; k++)
			if (histories(both[k], code, NOTE_WORD) != 1)
				fail_msg("%s %zu: %d notes %s of \"%s\"", rows[i].form, i, histories(both[k], code, NOTE_WORD),
					 k ? "by text" : "by menu", report);
		dump(f, dumped[0], sizeof dumped[0]);
		dump(g, dumped[1], sizeof dumped[1]);
		assert_string_equal(dumped[0], dumped[1]);
		assert_false(fx_on_disk(f, NOTE_WORD));
	}
	fx_teardown(&other);
}

static void any_walk_is_its_text(void **state)
{
	any_walk(*state, false);
}

static void any_walk_in_english_is_its_text(void **state)
{
	any_walk(*state, true);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, fx_setup, fx_teardown)
	const struct CMUnitTest tests[] = {
		T(b09_a_draft_waits_for_hours_and_then_goes_to_a_person), T(other_drafts_expire_in_silence),
		T(a_pin_leaves_no_trace), T(answers_stand_nowhere_in_clear), T(b09_a_menu_is_its_text), T(an_agency_is_shown_its_own_referrals),
		T(a_day_key_that_is_gone_is_a_new_start), T(screens_are_counted), T(counts_end_with_their_turn),
		T(confirmation_is_a_setting),
		T(a_list_of_cases_wants_a_pin_once_a_session), T(lists_go_on_when_the_session_is_lost), T(lists_without_a_pin_are_numbers),
		T(under_duress_the_list_is_invented), T(a_proof_opens_what_only_shows),
		T(whose_a_code_is_wants_a_pin), T(a_slip_in_a_code_is_said_at_once),
		T(a_draft_is_not_the_next_holders),
		T(replays_make_nothing), T(a_note_is_its_text), T(any_walk_is_its_text),
		T(a_note_stands_in_the_history_of_its_case),
		T(any_walk_in_english_is_its_text)};
	work_watch();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
