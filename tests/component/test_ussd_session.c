/* test_ussd_session.c - sessions over time: drafts that wait, go on, expire; secrets that are nowhere kept; what a
 * report makes is what the equal text makes. */
#define FX_CONFIG "tests/component/ussd.cfg"
#include "tests/component/fixture.h"
#include "gateway/ussd/session.h"
#include "gateway/ussd/walk.h"
#include "store/ussd.h"
#include <sqlite3.h>

#define PIN_ASKED "PIN-in"

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

static void other_drafts_expire_in_silence(void **state)
{
	struct fx *f = *state;
	int64_t n, ready, waiting, queued, quarantined;
	SAY("a", "7", "E26-0147-V"); /* a score: no child is lost with it */
	f->d.now += 3600 * 13;
	expire(f, &n);
	assert_int_equal(n, 1);
	OK(inbox_queue_count(f->st, &ready, &waiting, &queued, &quarantined));
	assert_int_equal(queued, 0);
}

static int number_for(struct fx *f, const char *who_id, const char *name)
{
	struct parser_sender from;
	struct parser_clock clock = {.today = "2026-11-18"};
	struct menu_form form;
	assert_true(config_sender(f->cf, who_id, &from));
	struct menu_who who = {.from = &from, .clock = &clock};
	for (int i = 0; menu_form(f->cf->menu, &who, i, &form); i++)
		if (strcmp(form.name, name) == 0)
			return i + 1;
	fail_msg("no %s", name);
	return 0;
}

static int number_of(struct fx *f, const char *name)
{
	return number_for(f, "O1", name);
}

/* An agency's menus: what waits for its answer, and what it took and may say is done. */
static void an_agency_is_shown_its_own_referrals(void **state)
{
	static const char tv[] = "+355694000002";
	struct fx *f = *state;
	char code[24], ask[60], number[12];
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
		snprintf(number, sizeof number, "%d", number_for(f, "AG2", forms[i]));
		call(f, "t-truteq", i ? "m" : "l", tv, "", "new");
		call(f, "t-truteq", i ? "m" : "l", tv, number, "continue");
		if (!strstr(text, "R1"))
			fail_msg("%d: %s", i, text);
		assert_null(strstr(text, "R2")); /* another's */
		call(f, "t-truteq", i ? "m" : "l", tv, "1", "continue");
		call(f, "t-truteq", i ? "m" : "l", tv, "1", "continue");
	}
	assert_non_null(strstr(text, "R1 u krye"));
}

/* The PIN goes through the reading and is nowhere afterwards; without the check of PINs all is denied. */
static void a_pin_leaves_no_trace(void **state)
{
	struct fx *f = *state;
	char number[12];
	struct message m;
	struct ussd_session s;
	snprintf(number, sizeof number, "%d", number_of(f, "case_status"));
	SAY("z", number, "E26-0147-V");
	assert_non_null(strstr(text, "Kodi nuk vlen")); /* another's, or none: the same words */
	call(f, "t-truteq", "z", O1, "00", "continue");
	fx_ask(f, O1, "RAST LYP Z4 M11");
	SAY("a", number, "1");
	assert_non_null(strstr(text, "PIN ****"));
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
	char number[12];
	int64_t n;
	snprintf(number, sizeof number, "%d", number_of(f, "form:marks"));
	SAY("session-in-clear", number, "3", "dallendyshja e bardhe");
	assert_non_null(strstr(text, "dallendyshja"));
	assert_false(fx_on_disk(f, "dallendyshja"));
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

/* ---- any walk is its text: the same rows in every table, the same words to everybody ---- */

#define PIN "604817"
#define SECOND "915374"

static uint32_t seed = 11;

static uint32_t rnd(uint32_t n)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % n;
}

/* What stands in the tables of the work, but for what is sealed: its octets differ each time. */
static void dump(const struct fx *f, char *out, size_t max)
{
	static const char *const tables[] = {"readings", "class_days", "absences", "cases", "followups", "progress",
					     "referrals", "tasks", "enrolments", "returns", "campaigns", "alerts",
					     "confirmations", "attendees"};
	sqlite3 *db;
	size_t at = 0;
	out[0] = 0;
	assert_int_equal(sqlite3_open_v2(f->db, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
	for (size_t t = 0; t < sizeof tables / sizeof tables[0]; t++) {
		sqlite3_stmt *q;
		char sql[80];
		snprintf(sql, sizeof sql, "SELECT * FROM %s ORDER BY 1, 2", tables[t]);
		if (sqlite3_prepare_v2(db, sql, -1, &q, NULL) != SQLITE_OK)
			continue;
		while (sqlite3_step(q) == SQLITE_ROW && at < max) {
			at += (size_t)snprintf(out + at, max - at, "%s", tables[t]);
			for (int c = 0; c < sqlite3_column_count(q) && at < max; c++)
				if (sqlite3_column_type(q, c) != SQLITE_BLOB)
					at += (size_t)snprintf(out + at, max - at, " %s=%s", sqlite3_column_name(q, c),
							       (const char *)sqlite3_column_text(q, c));
			at += at < max ? (size_t)snprintf(out + at, max - at, "\n") : 0;
		}
		sqlite3_finalize(q);
	}
	sqlite3_close(db);
	assert_true(at < max);
}

/* Something that the screen asks for: one of its numbers, or words of each kind that is typed. */
static const char *an_answer(const char *screen, const char *code, int tries, char out[40])
{
	static const char *const typed[] = {"12", "3", "12 17", "30.11", "+355691000002", "10:30", "*", "T1", "R1", "1"};
	const char *line[40], *p = screen;
	int n = 0;
	for (; p && n < 40; p = strchr(p, '\n') ? strchr(p, '\n') + 1 : NULL)
		if (*p >= '1' && *p <= '9' && strspn(p, "0123456789") < 3 && p[strspn(p, "0123456789")] == ' ' &&
		    strncmp(p, "98 ", 3) != 0)
			line[n++] = p;
	if (strstr(screen, PIN_ASKED))
		return strstr(screen, "1234*5678") ? PIN "*" SECOND : strstr(screen, "# ") && rnd(2) ? "#" : PIN;
	if (strstr(screen, "fshehte"))
		return "dallendyshja";
	if (strstr(screen, "Kodi i rastit") && !n)
		return code;
	if (n == 0 || tries > 3)
		return typed[rnd(sizeof typed / sizeof typed[0])];
	const char *mine = line[rnd((uint32_t)n)];
	snprintf(out, 40, "%.*s", (int)strspn(mine, "0123456789"), mine);
	return out;
}

/* One walk of a form to its end; the text of its report, "" when it was given up. */
static void walk_form(struct fx *f, const char *who, int form, int n, const char *code, char report[WALK_REPORT])
{
	char session[24], number[12], mine[40], shown[1200] = "";
	const char *typed = "";
	struct ussd_session s;
	struct message m;
	snprintf(session, sizeof session, "w%d", n);
	snprintf(number, sizeof number, "%d", form);
	report[0] = 0;
	call(f, "t-truteq", session, who, "", "new");
	if (strstr(text, "Vazhdo"))
		call(f, "t-truteq", session, who, "2", "continue");
	call(f, "t-truteq", session, who, number, "continue");
	for (int k = 0; !end && !r.waits_for && k < 24; k++) {
		snprintf(shown, sizeof shown, "%s", text);
		typed = an_answer(text, code, k / 6, mine);
		call(f, "t-truteq", session, who, typed, "continue");
	}
	if (!end && !r.waits_for) {
		call(f, "t-truteq", session, who, "00", "continue");
		return;
	}
	OK(ussd_find(f->st, "t-truteq", session, &s));
	if (!s.message)
		return;
	if (r.waits_for) {
		f->d.now -= 10; /* at once */
		fx_verdicts(f);
		f->d.now += 10;
	}
	/* a text with a secret in it is not kept: what was shown before it was typed says the rest */
	char *stars = strstr(shown, "****");
	if (stars && strcmp(typed, "#") != 0) {
		stars[strcspn(stars, "\n")] = 0;
		snprintf(report, WALK_REPORT, "%.*s%s%s", (int)(stars - shown), shown, typed, stars + 4);
		for (char *p = strchr(report, '*'); p; p = strchr(p, '*'))
			*p = ' '; /* between two PINs */
		return;
	}
	OK(inbox_load(f->st, s.message, &m));
	snprintf(report, WALK_REPORT, "%.500s", m.text);
}

static void any_walk_is_its_text(void **state)
{
	static char rows[2][1 << 18];
	static const char *const people[] = {O1, T1, C1, H1};
	struct fx *f = *state, *g;
	char report[WALK_REPORT], code[24] = "E26-0147-V";
	int walks = 0, told = 0;
	void *other = NULL;
	assert_int_equal(fx_setup(&other), 0);
	g = other;
	struct fx *both[2] = {f, g};
	for (int i = 0; i < 2; i++) {
		fx_secret(both[i], "O1", SECRET_KIND_PIN, PIN, "");
		const char *reply = fx_ask(both[i], O1, "RAST LYP Z4 M11");
		assert_non_null(strstr(reply, "E26-"));
		snprintf(code, sizeof code, "%.10s", strstr(reply, "E26-"));
	}
	for (size_t p = 0; p < sizeof people / sizeof people[0]; p++)
		for (int form = 1; form < 40; form++)
			for (int again = 0; again < 3; again++) {
				walk_form(f, people[p], form, ++walks, code, report);
				if (!report[0])
					continue;
				g->d.now = f->d.now - 10; /* when the last answer came */
				fx_sms(g, people[p], report);
				f->d.now = g->d.now = f->d.now + 60;
				dump(f, rows[0], sizeof rows[0]);
				dump(g, rows[1], sizeof rows[1]);
				if (strcmp(rows[0], rows[1]) != 0) {
					size_t at = 0;
					while (rows[0][at] == rows[1][at])
						at++;
					at = at > 200 ? at - 200 : 0;
					fail_msg("%s: \"%s\"\nby menu ...%.500s\nby text ...%.500s", people[p], report,
						 rows[0] + at, rows[1] + at);
				}
				told++;
			}
	if (told < 200)
		fail_msg("%d of %d walks came to a report", told, walks);
	fx_teardown(&other);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, fx_setup, fx_teardown)
	const struct CMUnitTest tests[] = {
		T(b09_a_draft_waits_for_hours_and_then_goes_to_a_person), T(other_drafts_expire_in_silence),
		T(a_pin_leaves_no_trace), T(answers_stand_nowhere_in_clear), T(b09_a_menu_is_its_text), T(an_agency_is_shown_its_own_referrals),
		T(a_day_key_that_is_gone_is_a_new_start), T(screens_are_counted), T(confirmation_is_a_setting),
		T(any_walk_is_its_text)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
