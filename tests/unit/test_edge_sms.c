/* test_edge_sms.c - lists of texts and reports in one request: a call of each, one answer for all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/edge/sms.h"

#define SECRET "0123456789abcdef"
#define TEXTS "/t/" SECRET
#define REPORTS "/r/" SECRET
#define BARE "/b/" SECRET
#define ONE(n) "{\"from\":\"35569111111" #n "\",\"text\":\"text " #n "\",\"messageId\":\"m" #n "\"}"

static struct edge_request rq;
static struct edge_answer out;
static struct route_call c;
static struct route_state st;

static void add_block(const char *kind, const char *path, const char *list)
{
	const char *const pairs[][2] = {
		{"kind", kind}, {"name", "line"}, {"path", path}, {"in", "json"}, {"list", list}, {"from", "from"},
		{"to", "to"}, {"text", "text"}, {"id", "messageId"}, {"status", "status.groupName"},
		{"number_form", "digits"}, {"reply_type", "text/plain"}, {"reply", "OK"}, {"auth", "path"},
		{"secret", SECRET}, {"methods", "POST"}};
	struct wire_pairs p = {0};
	for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
		p.pair[p.n++] = (struct wire_pair){wire_str(pairs[i][0]), wire_str(pairs[i][1])};
	assert_true(sms_block(&p));
}

static int set_up(void **state)
{
	(void)state;
	add_block("sms", "/t/{secret}", "results");
	add_block("report", "/r/{secret}", "results");
	add_block("sms", "/b/{secret}", ".");
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	sms_blocks_free();
	return 0;
}

static enum sms_what ask(const char *path, const char *body)
{
	memset(&rq, 0, sizeof rq);
	memset(&out, 0, sizeof out);
	rq.method = "POST";
	rq.path = path;
	rq.body = (struct edge_str){body, strlen(body)};
	rq.header[0] = (struct edge_pair){{"Content-Type", 12}, {"application/json", 16}};
	rq.n_headers = 1;
	snprintf(rq.peer, sizeof rq.peer, "127.0.0.1");
	return sms_ask(&rq, &st, &c, &out);
}

static bool field_is(const char *name, const char *value)
{
	return wire_is(wire_find(&c.call.fields, name), value);
}

/* True: that was the last, *out is the answer. */
static bool reply(unsigned status)
{
	struct wire_reply r = {.status = (uint16_t)status};
	return sms_tell(&st, &r, &out);
}

static void assert_told(unsigned status, const char *words)
{
	out.body[out.len] = '\0';
	assert_int_equal(out.status, status);
	if (!strstr(out.body, words))
		fail_msg("%s, not %s", out.body, words);
}

static void test_a_call_of_each_and_one_answer(void **state)
{
	(void)state;
	assert_int_equal(ask(TEXTS, "{\"results\":[" ONE(1) "," ONE(2) "," ONE(3) "],\"messageCount\":3}"), SMS_CALL);
	assert_true(field_is("from", "+355691111111"));
	assert_true(field_is("text", "text 1"));
	assert_true(field_is("id", "m1"));
	assert_true(sms_more(&st, &c));
	assert_true(field_is("text", "text 2"));
	assert_true(sms_more(&st, &c));
	assert_true(field_is("id", "m3"));
	assert_false(sms_more(&st, &c));
	assert_false(reply(200));
	assert_false(reply(200));
	assert_true(reply(200));
	assert_told(200, "OK");
}

/* What one element has is not the next one's. */
static void test_nothing_is_left_of_the_one_before(void **state)
{
	(void)state;
	assert_int_equal(ask(TEXTS, "{\"results\":[" ONE(1) ",{\"from\":\"355691111112\",\"text\":\"\"}]}"), SMS_CALL);
	assert_true(sms_more(&st, &c));
	assert_true(field_is("id", ""));
	assert_true(field_is("text", ""));
	assert_false(sms_more(&st, &c));
}

static void test_one_that_cannot_be_read_keeps_no_other_back(void **state)
{
	(void)state;
	assert_int_equal(ask(TEXTS, "{\"results\":[7,null,[],{\"from\":\"355691111119\"}," ONE(1)
				    ",{\"text\":\"nobody's\"}," ONE(2) "]}"), SMS_CALL);
	assert_true(field_is("text", "text 1"));
	assert_true(sms_more(&st, &c));
	assert_true(field_is("text", "text 2"));
	assert_false(sms_more(&st, &c));
	assert_false(reply(200));
	assert_true(reply(200));
	assert_told(400, "5 of 7 in the list were not taken; the others were");
	out.body[out.len] = '\0';
	assert_null(strstr(out.body, "nobody"));
}

static void test_the_hubs_refusal_of_one_is_the_answer(void **state)
{
	static const unsigned rows[][3] = {{200, 500, 500}, {500, 200, 500}, {404, 413, 413}, {200, 200, 200}};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		assert_int_equal(ask(TEXTS, "{\"results\":[" ONE(1) "," ONE(2) "]}"), SMS_CALL);
		assert_true(sms_more(&st, &c));
		assert_false(sms_more(&st, &c));
		assert_false(reply(rows[i][0]));
		assert_true(reply(rows[i][1]));
		assert_int_equal(out.status, rows[i][2]);
	}
}

static void test_hostile_lists(void **state)
{
	static const struct {
		const char *path, *body;
		unsigned status;
	} rows[] = {
		{TEXTS, "{\"results\":[]}", 200}, /* nothing in it that could be lost */
		{BARE, "[]", 200},
		{TEXTS, "{\"results\":{}}", 400},
		{TEXTS, "{\"results\":\"x\"}", 400},
		{TEXTS, "{\"result\":[" ONE(1) "]}", 400},
		{TEXTS, "[" ONE(1) "]", 400},
		{BARE, "{\"results\":[" ONE(1) "]}", 400},
		{TEXTS, "", 400},
		{TEXTS, "{\"results\":[" ONE(1) "]", 400},
		{TEXTS, "{\"results\":[" ONE(1) "],\"results\":[" ONE(2) "]}", 400},
		{TEXTS, "{\"results\":[[[[[[[[[" ONE(1) "]]]]]]]]]}", 400},
		{TEXTS, "{\"results\":[{\"from\":\"355691111111\",\"text\":\"a\",\"text\":\"b\"}]}", 400},
		{TEXTS, "{\"results\":[{\"from\":{\"from\":\"1\"},\"text\":\"a\"}]}", 400},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (ask(rows[i].path, rows[i].body) != SMS_ANSWERED || out.status != rows[i].status)
			fail_msg("%s: %u", rows[i].body, out.status);
		assert_int_equal(out.status, rows[i].status);
	}
}

static void test_no_more_than_so_many(void **state)
{
	static char body[40000];
	size_t n = 1;
	unsigned calls = 1;

	(void)state;
	body[0] = '[';
	for (int i = 0; i < 300; i++)
		n += (size_t)snprintf(body + n, sizeof body - n, "%s{\"from\":\"355691111111\",\"text\":\"t%d\"}",
				      i ? "," : "", i);
	snprintf(body + n, sizeof body - n, "]");
	assert_int_equal(ask(BARE, body), SMS_CALL);
	while (sms_more(&st, &c))
		calls++;
	assert_int_equal(calls, SMS_LIST_MAX);
	while (--calls > 0)
		assert_false(reply(200));
	assert_true(reply(200));
	assert_told(413, "236 of 300 in the list were not taken");
}

/* A request whose calls the hub did not take is let go by the next one. */
static void test_a_list_that_was_broken_off(void **state)
{
	(void)state;
	assert_int_equal(ask(TEXTS, "{\"results\":[" ONE(1) "," ONE(2) "]}"), SMS_CALL);
	assert_int_equal(ask(TEXTS, "{\"results\":[" ONE(3) "]}"), SMS_CALL);
	assert_true(field_is("id", "m3"));
	assert_false(sms_more(&st, &c));
	assert_true(reply(200));
	assert_told(200, "OK");
}

static void test_reports_in_a_list(void **state)
{
	(void)state;
	assert_int_equal(ask(REPORTS, "{\"results\":[{\"messageId\":\"m1\",\"status\":{\"groupName\":\"DELIVERED\"}},"
				      "{\"messageId\":\"m2\",\"status\":{\"groupName\":\"EXPIRED\"}}]}"), SMS_CALL);
	assert_true(field_is("id", "m1"));
	assert_true(field_is("status", "DELIVERED"));
	assert_true(sms_more(&st, &c));
	assert_true(field_is("status", "EXPIRED"));
	assert_false(sms_more(&st, &c));
	assert_false(reply(200));
	assert_true(reply(404)); /* not known yet: its answer is on its way */
	assert_told(404, "1 of 2 in the list were not taken");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_call_of_each_and_one_answer),
		cmocka_unit_test(test_nothing_is_left_of_the_one_before),
		cmocka_unit_test(test_one_that_cannot_be_read_keeps_no_other_back),
		cmocka_unit_test(test_the_hubs_refusal_of_one_is_the_answer),
		cmocka_unit_test(test_hostile_lists),
		cmocka_unit_test(test_no_more_than_so_many),
		cmocka_unit_test(test_a_list_that_was_broken_off),
		cmocka_unit_test(test_reports_in_a_list),
	};
	return cmocka_run_group_tests_name("lists of texts", tests, set_up, tear_down);
}
