/* test_receivers.c - what each receiver makes of each answer: a row a trap of the systems agencies run. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "gateway/outbox/receiver.h"

#define UID "msg_0123456789abcdef"
#define CASE_ID "11111111-2222-5333-8444-555555555555"
#define STORED "{\"data\":{\"id\":\"" CASE_ID "\",\"age\":11,\"sex\":\"male\"}}"
#define ANSWERED WIRE_HTTP_ANSWERED

struct row {
	const char *event, *phase;
	int result, status;
	const char *body;
	enum receiver_verdict verdict;
	const char *next; /* the phase it goes on with; NULL: as it was */
	const char *why;  /* words of it, or NULL */
	bool warn;
};

static struct config_agency agency(const char *receiver)
{
	return (struct config_agency){ .code = "MUN", .url = "https://agency.example/", .secret = "", .format = "webhook",
				       .receiver = receiver, .user = "u", .password = "p", .token = "t", .module = "m",
				       .form = "f", .program = "pr", .stage = "st", .id_scheme = "code" };
}

static const struct outbox_item *item_of(const char *event, const char *phase)
{
	static struct outbox_item item;

	memset(&item, 0, sizeof(item));
	snprintf(item.uid, sizeof(item.uid), UID);
	snprintf(item.event, sizeof(item.event), "%s", event);
	snprintf(item.phase, sizeof(item.phase), "%s", phase);
	item.len = sizeof(STORED) - 1;
	memcpy(item.body, STORED, sizeof(STORED));
	return &item;
}

static void check(const char *receiver, const struct row *rows, size_t n)
{
	struct config_agency a = agency(receiver);
	const struct receiver *r = receiver_of(&a);

	for (size_t i = 0; i < n; i++) {
		const struct row *w = &rows[i];
		const char *next = w->next ? w->next : w->phase;
		struct wire_done_http d = { .result = (uint8_t)w->result, .status = (uint16_t)w->status, .retry_after = -1,
					    .body = wire_str(w->body), .header = wire_str(""), .detail = wire_str("") };
		struct receiver_outcome out = { .warn = false };
		snprintf(out.phase, sizeof(out.phase), "%s", w->phase);
		r->judge(&a, item_of(w->event, w->phase), &d, &out);
		bool goes_on = out.verdict == RECEIVER_NEXT || out.verdict == RECEIVER_RETRY ||
			       out.verdict == RECEIVER_RETRY_ASKED || out.verdict == RECEIVER_LOGIN;
		if (out.verdict != w->verdict || out.warn != w->warn || (goes_on && strcmp(out.phase, next) != 0) ||
		    (w->why && !strstr(out.why, w->why)))
			fail_msg("%s row %zu: %s %s result %d status %d: verdict %d, phase \"%s\", warn %d, \"%s\"",
				 receiver, i + 1, w->event, w->phase, w->result, w->status, (int)out.verdict, out.phase,
				 out.warn, out.why);
	}
}

#define CHECK(receiver, rows) check(receiver, rows, sizeof(rows) / sizeof((rows)[0]))

/* What no system has to itself.  409 is each one's own. */
static void test_usual(void **state)
{
	static const char *const receivers[] = { "webhook", "primero", "dhis2", "cht", "rapidpro" };
	static const struct row rows[] = {
		{ "case.new", "", WIRE_HTTP_UNREACHED, 0, "", RECEIVER_RETRY, NULL, "unreached", false },
		{ "case.new", "", WIRE_HTTP_TLS, 0, "", RECEIVER_RETRY, NULL, "tls", false },
		{ "case.new", "", WIRE_HTTP_REFUSED, 0, "", RECEIVER_RETRY, NULL, "refused", false },
		{ "case.new", "", ANSWERED, 302, "", RECEIVER_RETRY, NULL, "not followed", false },
		{ "case.new", "", ANSWERED, 408, "", RECEIVER_RETRY_ASKED, NULL, NULL, false },
		{ "case.new", "", ANSWERED, 410, "", RECEIVER_STOP, NULL, NULL, false },
		{ "case.new", "", ANSWERED, 425, "", RECEIVER_RETRY_ASKED, NULL, NULL, false },
		{ "case.new", "", ANSWERED, 429, "", RECEIVER_RETRY_ASKED, NULL, NULL, false },
		{ "case.new", "", ANSWERED, 503, "", RECEIVER_RETRY_ASKED, NULL, NULL, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(receivers) / sizeof(receivers[0]); i++)
		CHECK(receivers[i], rows);
}

static void test_primero(void **state)
{
	static char many_flags[WIRE_REPLY_MAX + 2];
	const struct row rows[] = {
		/* 204 with an id, 200 without, 409 of what is there: all are success, and read back */
		{ "case.new", "", ANSWERED, 204, "", RECEIVER_NEXT, "verify", NULL, false },
		{ "case.new", "", ANSWERED, 200, "{}", RECEIVER_NEXT, "verify", NULL, false },
		{ "case.new", "", ANSWERED, 409, "{}", RECEIVER_NEXT, "verify", NULL, false },
		{ "case.new", "", ANSWERED, 401, "", RECEIVER_LOGIN, NULL, NULL, false },
		{ "case.new", "", ANSWERED, 403, "", RECEIVER_RETRY, NULL, NULL, false },
		{ "case.new", "", ANSWERED, 422, "{\"errors\":[{\"detail\":\"sex\"}]}", RECEIVER_REJECTED, NULL, "422", false },
		{ "case.new", "", ANSWERED, 500, "", RECEIVER_RETRY_ASKED, NULL, NULL, false },
		/* its id makes a repeat of a case harmless */
		{ "case.new", "", WIRE_HTTP_BROKEN, 0, "", RECEIVER_RETRY, NULL, "broken", false },
		{ "case.new", "", WIRE_HTTP_TIMEOUT, 0, "", RECEIVER_RETRY, NULL, NULL, false },
		/* what is urgent must not drown in a case that is there already */
		{ "case.urgent", "", ANSWERED, 409, "", RECEIVER_NEXT, "flag", NULL, false },
		{ "case.urgent", "flag", ANSWERED, 200, "", RECEIVER_DELIVERED, NULL, NULL, false },
		{ "case.urgent", "flag", WIRE_HTTP_BROKEN, 0, "", RECEIVER_RETRY, "lookup", NULL, false },
		{ "case.urgent", "lookup", ANSWERED, 200, "{\"data\":[]}", RECEIVER_NEXT, "flag", NULL, false },
		/* fields dropped without a word */
		{ "case.new", "verify", ANSWERED, 200, "{\"data\":{\"age\":11,\"sex\":\"male\"}}", RECEIVER_DELIVERED, NULL,
		  "whole", false },
		{ "case.new", "verify", ANSWERED, 200, "{\"data\":{\"age\":11}}", RECEIVER_DELIVERED, NULL, "dropped: sex", true },
		{ "case.new", "verify", ANSWERED, 200, "{\"data\":{\"age\":11,\"sex\":null}}", RECEIVER_DELIVERED, NULL,
		  "dropped: sex", true },
		{ "case.new", "verify", ANSWERED, 200, "<html>", RECEIVER_DELIVERED, NULL, "read back", false },
		{ "case.new", "verify", ANSWERED, 403, "", RECEIVER_DELIVERED, NULL, "read back", false },
		{ "case.new", "verify", ANSWERED, 401, "", RECEIVER_LOGIN, NULL, NULL, false },
		/* a flag has no id: one that may be set is looked for */
		{ "case.not_found", "", ANSWERED, 200, "", RECEIVER_DELIVERED, NULL, NULL, false },
		{ "case.not_found", "", WIRE_HTTP_BROKEN, 0, "", RECEIVER_RETRY, "lookup", NULL, false },
		{ "case.not_found", "", WIRE_HTTP_TIMEOUT, 0, "", RECEIVER_RETRY, "lookup", NULL, false },
		{ "case.not_found", "", ANSWERED, 500, "", RECEIVER_RETRY, "lookup", NULL, false },
		{ "case.not_found", "", ANSWERED, 502, "", RECEIVER_RETRY, "lookup", NULL, false },
		{ "case.not_found", "", ANSWERED, 503, "", RECEIVER_RETRY_ASKED, NULL, NULL, false },
		{ "case.not_found", "", WIRE_HTTP_UNREACHED, 0, "", RECEIVER_RETRY, NULL, NULL, false },
		{ "case.not_found", "lookup", ANSWERED, 200, "{\"data\":[{\"message\":\"Kujdestar x " UID "\"}]}",
		  RECEIVER_ALREADY, NULL, NULL, false },
		{ "case.not_found", "lookup", ANSWERED, 200, "{\"data\":[]}", RECEIVER_NEXT, "", NULL, false },
		{ "case.not_found", "lookup", ANSWERED, 200, many_flags, RECEIVER_HOLD, NULL, "too many", false },
		{ "case.not_found", "lookup", ANSWERED, 404, "", RECEIVER_RETRY, NULL, NULL, false },
		{ "case.not_found", "lookup", WIRE_HTTP_BROKEN, 0, "", RECEIVER_RETRY, NULL, NULL, false },
	};

	(void)state;
	memset(many_flags, ' ', WIRE_REPLY_MAX);
	CHECK("primero", rows);
}

static void test_primero_login(void **state)
{
	static char long_token[RECEIVER_TOKEN + 20] = "Bearer ";
	static const struct {
		int result, status;
		const char *header;
		bool good;
		enum receiver_verdict verdict;
	} rows[] = {
		{ ANSWERED, 200, "Bearer abc.def", true, RECEIVER_RETRY },
		{ ANSWERED, 200, "", false, RECEIVER_RETRY },
		{ ANSWERED, 200, "Bearer ", false, RECEIVER_RETRY },
		{ ANSWERED, 200, "Basic abc", false, RECEIVER_RETRY },
		{ ANSWERED, 200, long_token, false, RECEIVER_RETRY },
		{ ANSWERED, 401, "Bearer abc", false, RECEIVER_RETRY },
		{ ANSWERED, 429, "", false, RECEIVER_RETRY_ASKED }, /* six logins a minute */
		{ ANSWERED, 503, "", false, RECEIVER_RETRY_ASKED },
		{ WIRE_HTTP_BROKEN, 0, "", false, RECEIVER_RETRY },
	};
	struct config_agency a = agency("primero");
	char token[RECEIVER_TOKEN];
	int lasts;

	(void)state;
	memset(long_token + 7, 'x', sizeof(long_token) - 8);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct wire_done_http d = { .result = (uint8_t)rows[i].result, .status = (uint16_t)rows[i].status,
					    .header = wire_str(rows[i].header), .body = wire_str("") };
		struct receiver_outcome out = { .verdict = RECEIVER_RETRY };
		assert_int_equal(receiver_of(&a)->token(&d, token, &lasts, &out), rows[i].good);
		assert_int_equal(out.verdict, rows[i].verdict);
		if (rows[i].good)
			assert_string_equal(token, "abc.def");
	}
}

#define ERRORS(list) "{\"status\":\"ERROR\",\"validationReport\":{\"errorReports\":[" list "]}}"
#define CODE(c) "{\"errorCode\":\"" c "\",\"message\":\"Zana\"}"
#define COUNTS(i, u, g) "\"importCount\":{\"imported\":" #i ",\"updated\":" #u ",\"ignored\":" #g ",\"deleted\":0}"

static void test_dhis2(void **state)
{
	static const struct row rows[] = {
		{ "case.new", "", ANSWERED, 200, "{\"status\":\"OK\",\"stats\":{\"created\":1}}", RECEIVER_DELIVERED, NULL, NULL, false },
		{ "case.new", "", ANSWERED, 200, "{\"status\":\"WARNING\",\"stats\":{\"created\":1}}", RECEIVER_DELIVERED, NULL, NULL,
		  false },
		/* 200 that means a job in a queue: nobody knows yet */
		{ "case.new", "", ANSWERED, 200, "{\"status\":\"OK\",\"response\":{\"location\":\"/jobs/1\"}}", RECEIVER_RETRY, NULL,
		  "queued there", false },
		{ "case.new", "", ANSWERED, 200, "<html>login</html>", RECEIVER_RETRY, NULL, "no report", false },
		{ "case.new", "", ANSWERED, 409, ERRORS(CODE("E1030")), RECEIVER_ALREADY, NULL, NULL, false },
		{ "case.new", "", ANSWERED, 409, ERRORS(CODE("E1011")), RECEIVER_REJECTED, NULL, "E1011", false },
		{ "case.new", "", ANSWERED, 409, ERRORS(CODE("E1030") "," CODE("E1011")), RECEIVER_REJECTED, NULL, "E1011", false },
		{ "case.new", "", ANSWERED, 409, ERRORS(CODE("Zana")), RECEIVER_REJECTED, NULL, "no code", false },
		{ "case.new", "", ANSWERED, 409, ERRORS(""), RECEIVER_REJECTED, NULL, NULL, false },
		{ "case.new", "", ANSWERED, 409, "{}", RECEIVER_RETRY, NULL, "no report", false },
		{ "case.new", "", ANSWERED, 400, "", RECEIVER_REJECTED, NULL, NULL, false },
		{ "case.new", "", ANSWERED, 415, "", RECEIVER_REJECTED, NULL, NULL, false },
		/* a person mends the token; the alert waits */
		{ "case.new", "", ANSWERED, 401, "", RECEIVER_RETRY, NULL, "not allowed", false },
		{ "case.new", "", ANSWERED, 403, "", RECEIVER_RETRY, NULL, "not allowed", false },
		/* our id makes a repeat harmless */
		{ "case.new", "", WIRE_HTTP_BROKEN, 0, "", RECEIVER_RETRY, NULL, NULL, false },
		/* data values: the summary, value by value, under "response" or, of old servers, at the top */
		{ "attendance.report", "", ANSWERED, 200, "{\"status\":\"OK\",\"response\":{" COUNTS(3, 1, 0) "}}",
		  RECEIVER_DELIVERED, NULL, "4 values", false },
		{ "attendance.report", "", ANSWERED, 200, "{\"status\":\"SUCCESS\"," COUNTS(2, 0, 0) "}", RECEIVER_DELIVERED, NULL,
		  "2 values", false },
		/* a conflict that imported a part: repeating would change nothing */
		{ "attendance.report", "", ANSWERED, 409, "{\"status\":\"WARNING\",\"response\":{" COUNTS(3, 0, 2) "}}",
		  RECEIVER_DELIVERED, NULL, "3 values taken, 2 refused", true },
		{ "attendance.report", "", ANSWERED, 409, "{\"status\":\"WARNING\",\"response\":{" COUNTS(0, 0, 5) "}}",
		  RECEIVER_REJECTED, NULL, "all 5", false },
		{ "attendance.report", "", ANSWERED, 200, "{\"status\":\"OK\",\"response\":{" COUNTS(-1, 99999999999, 0) "}}",
		  RECEIVER_DELIVERED, NULL, "1000000 values", false },
		{ "attendance.report", "", ANSWERED, 200, "{\"status\":\"OK\"}", RECEIVER_RETRY, NULL, "no summary", false },
		{ "attendance.report", "", ANSWERED, 409, "", RECEIVER_RETRY, NULL, "no summary", false },
	};

	(void)state;
	CHECK("dhis2", rows);
}

/* Each POST makes a document: what is perhaps there is for a person to look at. */
static void test_cht(void **state)
{
	static const struct row rows[] = {
		{ "case.new", "", ANSWERED, 200, "{\"success\":true,\"id\":\"1\"}", RECEIVER_DELIVERED, NULL, NULL, false },
		{ "case.new", "", ANSWERED, 200, "{\"success\":true,\"errors\":[{\"code\":\"x\"}]}", RECEIVER_DELIVERED, NULL,
		  "faults", true },
		{ "case.new", "", ANSWERED, 200, "{\"success\":false}", RECEIVER_DELIVERED, NULL, "faults", true },
		{ "case.new", "", ANSWERED, 200, "", RECEIVER_DELIVERED, NULL, NULL, false },
		{ "case.new", "", ANSWERED, 400, "{\"error\":\"Form not found\"}", RECEIVER_REJECTED, NULL, NULL, false },
		{ "case.new", "", ANSWERED, 401, "", RECEIVER_RETRY, NULL, NULL, false },
		{ "case.new", "", WIRE_HTTP_BROKEN, 0, "", RECEIVER_HOLD, NULL, "perhaps", false },
		{ "case.new", "", WIRE_HTTP_TIMEOUT, 0, "", RECEIVER_HOLD, NULL, "perhaps", false },
		{ "case.new", "", ANSWERED, 500, "", RECEIVER_HOLD, NULL, "perhaps", false },
		{ "case.new", "", ANSWERED, 502, "", RECEIVER_HOLD, NULL, "perhaps", false },
		{ "case.new", "", ANSWERED, 504, "", RECEIVER_HOLD, NULL, "perhaps", false },
	};

	(void)state;
	CHECK("cht", rows);
}

#define STARTS(where, id) "{\"next\":null,\"results\":[{\"uuid\":\"1\",\"" where "\":{\"kujdestar_id\":\"" id "\"}}]}"

static void test_rapidpro(void **state)
{
	static const struct row rows[] = {
		{ "case.new", "", ANSWERED, 201, "{}", RECEIVER_DELIVERED, NULL, NULL, false },
		{ "case.new", "", ANSWERED, 400, "{}", RECEIVER_REJECTED, NULL, NULL, false },
		{ "case.new", "", ANSWERED, 403, "", RECEIVER_RETRY, NULL, NULL, false },
		{ "case.new", "", ANSWERED, 404, "", RECEIVER_RETRY, NULL, NULL, false },
		{ "case.new", "", WIRE_HTTP_BROKEN, 0, "", RECEIVER_RETRY, "lookup", NULL, false },
		{ "case.new", "", WIRE_HTTP_TIMEOUT, 0, "", RECEIVER_RETRY, "lookup", NULL, false },
		{ "case.new", "", ANSWERED, 500, "", RECEIVER_RETRY_ASKED, "lookup", NULL, false },
		{ "case.new", "", ANSWERED, 504, "", RECEIVER_RETRY_ASKED, "lookup", NULL, false },
		{ "case.new", "lookup", ANSWERED, 200, STARTS("params", UID), RECEIVER_ALREADY, NULL, NULL, false },
		{ "case.new", "lookup", ANSWERED, 200, STARTS("extra", UID), RECEIVER_ALREADY, NULL, NULL, false },
		{ "case.new", "lookup", ANSWERED, 200, STARTS("params", "another"), RECEIVER_NEXT, "", NULL, false },
		{ "case.new", "lookup", ANSWERED, 200, STARTS("other", UID), RECEIVER_NEXT, "", NULL, false },
		{ "case.new", "lookup", ANSWERED, 200, "{\"results\":[]}", RECEIVER_NEXT, "", NULL, false },
		/* cut, or no list: it says nothing */
		{ "case.new", "lookup", ANSWERED, 200, "{\"results\":[{\"params\":", RECEIVER_HOLD, NULL, "perhaps", false },
		{ "case.new", "lookup", ANSWERED, 200, "{}", RECEIVER_HOLD, NULL, "perhaps", false },
		{ "case.new", "lookup", ANSWERED, 403, "", RECEIVER_RETRY, NULL, NULL, false },
		{ "case.new", "lookup", ANSWERED, 400, "", RECEIVER_RETRY, NULL, NULL, false },
		{ "case.new", "lookup", ANSWERED, 429, "", RECEIVER_RETRY_ASKED, NULL, NULL, false },
		{ "case.new", "lookup", WIRE_HTTP_BROKEN, 0, "", RECEIVER_RETRY, NULL, NULL, false },
	};

	(void)state;
	CHECK("rapidpro", rows);
}

/* Under each phase the call is the right one. */
static void test_calls(void **state)
{
	static const struct {
		const char *receiver, *event, *phase, *method, *url;
	} rows[] = {
		{ "webhook", "case.new", "", "POST", "https://agency.example/" },
		{ "primero", "case.new", "", "POST", "https://agency.example/api/v2/cases" },
		{ "primero", "case.new", "verify", "GET", "https://agency.example/api/v2/cases/" CASE_ID },
		{ "primero", "case.not_found", "", "POST", "https://agency.example/api/v2/cases/" CASE_ID "/flags" },
		{ "primero", "case.not_found", "lookup", "GET", "https://agency.example/api/v2/cases/" CASE_ID "/flags" },
		{ "primero", "case.urgent", "flag", "POST", "https://agency.example/api/v2/cases/" CASE_ID "/flags" },
		{ "dhis2", "case.new", "", "POST", "https://agency.example/api/tracker?async=false&importStrategy=CREATE" },
		{ "dhis2", "attendance.report", "", "POST",
		  "https://agency.example/api/dataValueSets?orgUnitIdScheme=code&dataElementIdScheme=code&idScheme=code" },
		{ "cht", "case.new", "", "POST", "https://agency.example/api/v2/records" },
		{ "rapidpro", "case.new", "", "POST", "https://agency.example/api/v2/flow_starts.json" },
		{ "rapidpro", "case.new", "lookup", "GET", "https://agency.example/api/v2/flow_starts.json" },
	};
	static struct receiver_exchange x;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct config_agency a = agency(rows[i].receiver);
		memset(&x, 0, sizeof(x));
		assert_null(receiver_of(&a)->build(&a, item_of(rows[i].event, rows[i].phase), "token", 1794996000, &x));
		assert_string_equal(x.method, rows[i].method);
		assert_string_equal(x.url, rows[i].url);
		assert_int_equal(x.len > 0, strcmp(rows[i].method, "POST") == 0);
		assert_int_equal(x.is_signed, i == 0); /* a signature is for those who can verify it */
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_usual),  cmocka_unit_test(test_primero), cmocka_unit_test(test_primero_login),
		cmocka_unit_test(test_dhis2),  cmocka_unit_test(test_cht),     cmocka_unit_test(test_rapidpro),
		cmocka_unit_test(test_calls),
	};
	return cmocka_run_group_tests_name("receivers", tests, NULL, NULL);
}
