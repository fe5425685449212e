/* test_ussd_session.c - sessions over time: drafts that wait, go on, expire; secrets that are nowhere kept; what a
 * report makes is what the equal text makes. */
#define FX_CONFIG "tests/component/ussd.cfg"
#include "tests/component/fixture.h"
#include "gateway/ussd/session.h"
#include "store/ussd.h"

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

static void a_draft_waits_for_hours_and_then_goes_to_a_person(void **state)
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

static int number_of(struct fx *f, const char *name)
{
	struct parser_sender from;
	struct parser_clock clock = {.today = "2026-11-18"};
	struct menu_form form;
	assert_true(config_sender(f->cf, "O1", &from));
	struct menu_who who = {.from = &from, .clock = &clock};
	for (int i = 0; menu_form(f->cf->menu, &who, i, &form); i++)
		if (strcmp(form.name, name) == 0)
			return i + 1;
	fail_msg("no %s", name);
	return 0;
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
static void a_menu_is_its_text(void **state)
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

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, fx_setup, fx_teardown)
	const struct CMUnitTest tests[] = {
		T(a_draft_waits_for_hours_and_then_goes_to_a_person), T(other_drafts_expire_in_silence),
		T(a_pin_leaves_no_trace), T(answers_stand_nowhere_in_clear), T(a_menu_is_its_text),
		T(a_day_key_that_is_gone_is_a_new_start), T(screens_are_counted), T(confirmation_is_a_setting)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
