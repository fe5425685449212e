/* test_sms_provider.c - texts that leave through a provider of SMS and their reports; texts it brings: each
 * answer ends a row as it must, once, and what nobody knows is never sent again. */
#include "tests/component/fixture.h"
#include "gateway/intake/call.h"
#include "gateway/outbox/breaker.h"
#include "gateway/outbox/post.h"
#include "gateway/outbox/provider.h"
#include "gateway/outbox/report.h"
#include "store/providers.h"

#define SECRET "component-test-secret"

static const char *ok_if[] = { "R.0.code=101", NULL }, *delivered[] = { "Success", NULL },
		  *failed[] = { "Failed", NULL }, *headers[] = { "apiKey: {password:header}", NULL };

static struct config_sms_provider json_provider(void)
{
	struct config_sms_provider p = { .name = "line", .like = "", .secret = SECRET, .auth = "path" };

	p.receives = p.sends = p.reports = true;
	p.inbound.dedupe_s = 60;
	p.outbound.url = "https://sms.example/send";
	p.outbound.method = "POST";
	p.outbound.type = "application/x-www-form-urlencoded";
	p.outbound.body = "to={to:form}&m={text:form}&c={coding:form}&id={id:form}&dlr={report:form}";
	p.outbound.headers = headers;
	p.outbound.sender = p.outbound.user = p.outbound.ok = p.outbound.ca_file = "";
	p.outbound.allow_private = "";
	p.outbound.password = "pass\"word";
	p.outbound.auth = "none";
	p.outbound.number_form = "digits";
	p.outbound.coding_gsm = "0";
	p.outbound.coding_unicode = "2";
	p.outbound.ok_if = ok_if;
	p.outbound.id = "R.0.id";
	p.outbound.max_parts = 6;
	p.outbound.parallel = 4;
	p.outbound.timeout_ms = 20000;
	p.report.path = "/r/{secret}/x";
	p.report.base = "https://us.example/";
	p.report.delivered = delivered;
	p.report.failed = failed;
	return p;
}

static struct config_sms_provider line;

static void use_provider(struct fx *f)
{
	line = json_provider();
	f->cf->sms_providers = &line;
	f->cf->n_sms_providers = 1;
	f->cf->sms_circuit_failures = 100; /* nobody hears of it; test_circuit is about that */
}

static void post(struct fx *f, const char *id, const char *text)
{
	struct reporter r;
	bool told;

	fx_begin(f);
	OK(roster_by_id(f->st, id, &r));
	OK(post_sms(&f->d, &r, text, 0, 0, 0, true, &told));
	fx_commit(f);
	assert_true(told);
}

static struct hand_held held;

/* The row that was handed out; 0: none. */
static int64_t hand(struct fx *f, struct wire_frame *w)
{
	bool handed = false;

	fx_begin(f);
	int rc = hand_one_by_provider(&f->d, &line, NULL, &held, w, &handed);
	assert_true(rc == STORE_OK || rc == STORE_NONE);
	fx_commit(f);
	return handed ? held.item.id : 0;
}

static void answer(struct fx *f, int64_t job, int result, int status, const char *body)
{
	struct wire_done_http r = { .job = job, .result = (uint8_t)result, .status = (uint16_t)status,
				    .retry_after = -1, .body = wire_str(body), .header = wire_str(""),
				    .detail = wire_str("") };
	char words[256] = "";

	fx_begin(f);
	OK(settle_http(&f->d, &r, words, sizeof(words)));
	fx_commit(f);
	assert_null(strstr(words, "fjala"));
}

static const char *state_of(struct fx *f, int64_t id)
{
	static struct outbox_item item;

	OK(outbox_load(f->st, id, &item));
	return item.state;
}

static int report(struct fx *f, const char *id, const char *status)
{
	char words[256] = "";

	fx_begin(f);
	int rc = settle_provider_report(&f->d, &line, id, status, words, sizeof(words));
	fx_commit(f);
	return rc;
}

static const char taken[] = "{\"R\":[{\"code\":101,\"id\":\"their-7\"}]}";

static void test_request(void **state)
{
	struct fx *f = *state;
	struct wire_frame w;
	char body[2000], want[2000];

	use_provider(f);
	post(f, "O1", "fjala & tjetra+\xc3\xab?");
	int64_t id = hand(f, &w);
	assert_true(id > 0);
	assert_int_equal(w.type, WIRE_WORK_HTTP);
	wire_copy(w.u.work_http.body, body, sizeof(body));
	snprintf(want, sizeof(want), "id=%s-1&dlr=https%%3A%%2F%%2Fus.example%%2Fr%%2F" SECRET "%%2Fx",
		 held.item.uid);
	assert_non_null(strstr(body, want));
	assert_true(strncmp(body, "to=355", 6) == 0);
	assert_non_null(strstr(body, "%26"));
	assert_non_null(strstr(body, "tjetra%2B"));
	assert_true(wire_is(w.u.work_http.header[1], "apiKey: pass\"word"));
	assert_string_equal(state_of(f, id), "submitting");
	assert_int_equal(hand(f, &w), 0);
}

static void test_answers(void **state)
{
	static const struct {
		int result, status;
		const char *body, *ends;
	} cases[] = {
		{ WIRE_HTTP_ANSWERED, 200, taken, "sent" },
		{ WIRE_HTTP_ANSWERED, 201, "{\"R\":[{\"code\":403}]}", "failed" },
		{ WIRE_HTTP_ANSWERED, 200, "{\"R\":[]}", "failed" },
		{ WIRE_HTTP_ANSWERED, 200, "<html>", "uncertain" },
		{ WIRE_HTTP_ANSWERED, 200, "", "uncertain" },
		{ WIRE_HTTP_ANSWERED, 302, "", "failed" },
		{ WIRE_HTTP_ANSWERED, 400, taken, "failed" },
		{ WIRE_HTTP_ANSWERED, 500, taken, "uncertain" },
		{ WIRE_HTTP_ANSWERED, 504, "", "uncertain" },
		{ WIRE_HTTP_ANSWERED, 429, "", "queued" },
		{ WIRE_HTTP_ANSWERED, 401, "", "queued" },
		{ WIRE_HTTP_ANSWERED, 402, "", "queued" },
		{ WIRE_HTTP_ANSWERED, 404, "", "queued" },
		{ WIRE_HTTP_ANSWERED, 503, "", "queued" },
		{ WIRE_HTTP_BROKEN, 0, "", "uncertain" },
		{ WIRE_HTTP_TIMEOUT, 0, "", "uncertain" },
		{ WIRE_HTTP_UNREACHED, 0, "", "queued" },
		{ WIRE_HTTP_TLS, 0, "", "queued" },
	};
	struct fx *f = *state;
	struct wire_frame w;

	use_provider(f);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		post(f, "O1", "fjala");
		int64_t id = hand(f, &w);
		assert_true(id > 0);
		answer(f, id, cases[i].result, cases[i].status, cases[i].body);
		if (strcmp(state_of(f, id), cases[i].ends) != 0)
			fail_msg("case %zu: %s", i, state_of(f, id));
		/* put off: not due at once; anything else: never again by itself */
		assert_int_equal(hand(f, &w), 0);
		fx_begin(f);
		if (strcmp(cases[i].ends, "queued") == 0)
			OK(outbox_drop(f->st, id, f->d.now, "test"));
		fx_commit(f);
	}
}

static void test_unreached_comes_to_an_end(void **state)
{
	struct fx *f = *state;
	struct wire_frame w;
	int tries = 0;
	int64_t id = 0, next;

	use_provider(f);
	post(f, "O1", "fjala");
	for (int64_t minutes = 0; minutes < 24 * 60; minutes++) {
		next = hand(f, &w);
		if (next) {
			id = next;
			tries++;
			answer(f, id, WIRE_HTTP_UNREACHED, 0, "");
		}
		f->d.now += 60;
	}
	assert_int_equal(tries, f->cf->sms_max_attempts);
	assert_string_equal(state_of(f, id), "failed");
}

/* Failures in a row open its circuit, people hear once, the probe is later and later, an answer closes it. */
static void test_circuit(void **state)
{
	struct fx *f = *state;
	struct wire_frame w;
	struct circuit c;

	use_provider(f);
	f->cf->sms_circuit_failures = 3;
	for (int i = 1; i <= 5; i++) {
		post(f, "O1", "fjala");
		int64_t id = hand(f, &w);
		answer(f, id, WIRE_HTTP_ANSWERED, 503, "");
		OK(circuit_get(f->st, CIRCUIT_PROVIDER, "line", &c));
		assert_int_equal(c.failures, i);
		assert_int_equal(c.told, i >= 3);
		static const int64_t wait[] = { 0, 0, 0, 60, 120, 240 };
		assert_in_range(c.probe_at ? c.probe_at - f->d.now : 0, wait[i] * 8 / 10, wait[i] * 12 / 10);
		assert_int_equal(breaker_state(&c, f->d.now), i < 3 ? BREAKER_CLOSED : BREAKER_OPEN);
		assert_int_equal(breaker_state(&c, f->d.now + 300), i < 3 ? BREAKER_CLOSED : BREAKER_PROBE);
		int64_t n = 0;
		OK(outbox_count(f->st, OUTBOX_SMS, "queued", &n));
		if (i == 3)
			assert_true(n > 3); /* those who look after it hear */
		for (int64_t other; (other = hand(f, &w));) { /* and are out of the way of the next */
			fx_begin(f);
			OK(outbox_sent(f->st, other, f->d.now, -1, ""));
			fx_commit(f);
		}
	}
	post(f, "O1", "fjala");
	int64_t id = hand(f, &w);
	answer(f, id, WIRE_HTTP_ANSWERED, 200, taken);
	assert_int_equal(circuit_get(f->st, CIRCUIT_PROVIDER, "line", &c), STORE_NONE);
	struct provider_word word;
	OK(provider_word(f->st, "line", f->d.now - 60, &word));
	assert_string_equal(word.outcome, "sent");
	assert_int_equal(word.handed, f->d.now);
	assert_true(word.unreported >= 1);
	assert_int_equal(provider_word(f->st, "other", 0, &word), STORE_NONE);
}

static void test_reports(void **state)
{
	struct fx *f = *state;
	struct wire_frame w;

	use_provider(f);
	post(f, "O1", "fjala");
	int64_t id = hand(f, &w);
	assert_int_equal(report(f, "their-7", "Success"), STORE_NONE);
	answer(f, id, WIRE_HTTP_ANSWERED, 200, taken);
	assert_int_equal(report(f, "their-7", "Buffered"), STORE_OK);
	assert_string_equal(state_of(f, id), "sent");
	assert_int_equal(report(f, "their-7", "Success"), STORE_OK);
	assert_string_equal(state_of(f, id), "delivered");
	assert_int_equal(report(f, "their-7", "Failed"), STORE_OK);
	assert_string_equal(state_of(f, id), "delivered");
	struct config_sms_provider other = line;
	other.name = "other";
	char words[100];
	fx_begin(f);
	assert_int_equal(settle_provider_report(&f->d, &other, "their-7", "Failed", words, sizeof(words)), STORE_NONE);
	fx_commit(f);
}

/* Under our own id: before the answer came, and for one whose answer never did. */
static void test_reports_of_ours(void **state)
{
	struct fx *f = *state;
	struct wire_frame w;
	char own[PROVIDER_ID];

	use_provider(f);
	line.outbound.id = "";
	post(f, "O1", "fjala");
	int64_t id = hand(f, &w);
	provider_own_id(&held.item, own);
	assert_int_equal(report(f, own, "Success"), STORE_OK);
	assert_string_equal(state_of(f, id), "submitting");
	answer(f, id, WIRE_HTTP_ANSWERED, 200, taken);
	assert_string_equal(state_of(f, id), "delivered");

	post(f, "O1", "fjala");
	id = hand(f, &w);
	provider_own_id(&held.item, own);
	answer(f, id, WIRE_HTTP_TIMEOUT, 0, "");
	assert_string_equal(state_of(f, id), "uncertain");
	assert_int_equal(report(f, own, "Success"), STORE_OK);
	assert_string_equal(state_of(f, id), "delivered");

	post(f, "O1", "fjala");
	id = hand(f, &w);
	provider_own_id(&held.item, own);
	answer(f, id, WIRE_HTTP_BROKEN, 0, "");
	assert_int_equal(report(f, own, "Failed"), STORE_OK);
	assert_string_equal(state_of(f, id), "failed");
}

static void test_courier_dies(void **state)
{
	struct fx *f = *state;
	struct wire_frame w;
	int64_t http, sms;

	use_provider(f);
	post(f, "O1", "fjala");
	int64_t id = hand(f, &w);
	fx_begin(f);
	OK(outbox_recover(f->st, "courier", f->d.now, &http, &sms));
	fx_commit(f);
	assert_int_equal(sms, 1);
	assert_string_equal(state_of(f, id), "uncertain");
	assert_int_equal(hand(f, &w), 0);
}

static void test_too_long(void **state)
{
	struct fx *f = *state;
	struct wire_frame w;
	char text[400];

	use_provider(f);
	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	post(f, "O1", text);
	int64_t id = hand(f, &w);
	assert_true(id > 0); /* whole: it joins them itself */
	int64_t parts;
	bool was_held;
	OK(outbox_hour(f->st, held.item.number, f->d.now, &parts, &was_held));
	assert_int_equal(parts, 3);
	answer(f, id, WIRE_HTTP_ANSWERED, 200, taken);
	line.outbound.max_parts = 2;
	post(f, "O1", text);
	assert_int_equal(hand(f, &w), 0);
	int64_t n;
	OK(outbox_count(f->st, OUTBOX_SMS, "failed", &n));
	assert_int_equal(n, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_request, fx_setup, fx_teardown),
		cmocka_unit_test_setup_teardown(test_answers, fx_setup, fx_teardown),
		cmocka_unit_test_setup_teardown(test_unreached_comes_to_an_end, fx_setup, fx_teardown),
		cmocka_unit_test_setup_teardown(test_circuit, fx_setup, fx_teardown),
		cmocka_unit_test_setup_teardown(test_reports, fx_setup, fx_teardown),
		cmocka_unit_test_setup_teardown(test_reports_of_ours, fx_setup, fx_teardown),
		cmocka_unit_test_setup_teardown(test_courier_dies, fx_setup, fx_teardown),
		cmocka_unit_test_setup_teardown(test_too_long, fx_setup, fx_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
