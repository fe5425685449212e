/* test_delivery.c - deliveries to an agency that fails, changes its secret, or wants another form. */
#include "tests/component/fixture.h"
#include <jansson.h>
#include "config/private.h"
#include "gateway/outbox/parts.h"
#include "gateway/outbox/post.h"
#include "gateway/outbox/sign.h"
#include "store/circuits.h"

#define SECRET "whsec_a3VqZGVzdGFyIGRlbW9uc3RyYXRpb24sIG5vIGtleSE="
#define NEXT "whsec_bmV4dCBzZWNyZXQgb2YgdGhlIHNhbWUgYWdlbmN5ISE="
#define SIGNING "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg=="

static struct hand_held held;
static struct wire_frame frame;

/* The configuration is immutable to everybody but a test that asks what another would do. */
static struct config_agency *agency(struct fx *f, const char *code)
{
	for (size_t i = 0; i < f->cf->n_agencies; i++) {
		if (strcmp(f->cf->agencies[i].code, code) == 0)
			return &f->cf->agencies[i];
	}
	fail_msg("no agency %s", code);
	return NULL;
}

static void post_one(struct fx *f, const char *zone)
{
	struct post_event e = { .event = "case.new", .case_code = "E26-0147-V", .concerns = "begging",
				.zone = zone, .age = 11, .n_children = -1, .pupil = -1, .days = -1 };
	struct alert_row a = { .rule = "C2", .subject = "E26-0147-V" };
	bool fresh;
	int n;

	snprintf(a.window, sizeof(a.window), "%s", zone);
	fx_begin(f);
	OK(alert_raise(f->st, &a, f->d.now, &fresh));
	e.alert = a.number;
	OK(post_event(&f->d, &e, &n));
	assert_true(n > 0);
	fx_commit(f);
}

static int next(struct fx *f)
{
	return hand_http(&f->d, NULL, NULL, &held, &frame);
}

static void answer(struct fx *f, int result, int status)
{
	char words[200];
	struct wire_done_http r = { .job = held.item.id, .result = (uint8_t)result,
				    .status = (uint16_t)status, .retry_after = -1,
				    .body = { "", 0 }, .detail = { "", 0 } };

	OK(settle_http(&f->d, &r, words, sizeof(words)));
}

/* One try that fails, at the moment its row is due. */
static void fail_once(struct fx *f)
{
	int64_t at;

	fx_begin(f);
	OK(outbox_next_due(f->st, OUTBOX_HTTP, &at));
	f->d.now = at > f->d.now ? at : f->d.now;
	OK(next(f));
	answer(f, WIRE_HTTP_UNREACHED, 0);
	fx_commit(f);
}

static void test_left_in_peace_and_tried_less_and_less(void **state)
{
	struct fx *f = *state;
	struct circuit c;
	int64_t last = 0;

	assert_int_equal(circuit_get(f->st, CIRCUIT_AGENCY, "MUN", &c), STORE_NONE);
	post_one(f, "Z1");
	for (int i = 1; i <= 12; i++) {
		fail_once(f);
		OK(circuit_get(f->st, CIRCUIT_AGENCY, "MUN", &c));
		assert_int_equal(c.failures, i);
		if (i < f->cf->circuit_failures) {
			assert_int_equal(c.probe_at, 0);
			continue;
		}
		int64_t wait = c.probe_at - f->d.now;
		assert_true(wait >= f->cf->circuit_s * 8 / 10);
		assert_true(wait <= f->cf->circuit_max_s * 12 / 10);
		/* doubled, but for the jitter of a fifth, until the longest */
		assert_true(wait * 10 > last * 12 || last * 10 >= f->cf->circuit_max_s * 8);
		last = wait;
	}
}

static void test_an_answer_brings_the_others_forward(void **state)
{
	struct fx *f = *state;
	struct circuit c;
	int64_t at, count;

	post_one(f, "Z1");
	for (int i = 0; i < 8; i++)
		fail_once(f);
	post_one(f, "Z2");
	fx_begin(f);
	OK(next(f)); /* the new one: the old one waits for its next try */
	answer(f, WIRE_HTTP_ANSWERED, 200);
	assert_int_equal(circuit_get(f->st, CIRCUIT_AGENCY, "MUN", &c), STORE_NONE);
	OK(outbox_next_due(f->st, OUTBOX_HTTP, &at));
	assert_true(at <= f->d.now);
	OK(next(f));
	answer(f, WIRE_HTTP_ANSWERED, 204);
	OK(outbox_count(f->st, OUTBOX_HTTP, "delivered", &count));
	assert_int_equal(count, 2);
	fx_commit(f);
}

/* 422 is about one delivery: the agency itself answers. */
static void test_a_refusal_of_one_is_no_failure_of_the_agency(void **state)
{
	struct fx *f = *state;
	struct circuit c;

	post_one(f, "Z1");
	for (int i = 0; i < 6; i++)
		fail_once(f);
	post_one(f, "Z2");
	fx_begin(f);
	OK(next(f));
	answer(f, WIRE_HTTP_ANSWERED, 422);
	assert_int_equal(circuit_get(f->st, CIRCUIT_AGENCY, "MUN", &c), STORE_NONE);
	fx_commit(f);
}

static int notices(const struct fx *f, const char *words)
{
	int n = 0;

	for (size_t i = 0; i < f->n_sms; i++)
		n += strstr(f->sms[i].text, words) != NULL;
	return n;
}

static void test_duty_hears_once_of_an_outage_and_once_of_its_end(void **state)
{
	struct fx *f = *state;
	int n = 0, duty = 0;

	for (size_t i = 0; i < f->cf->n_roster; i++)
		duty += strcmp(f->cf->roster[i].role, "duty") == 0;
	assert_true(duty > 0);
	post_one(f, "Z1");
	post_one(f, "Z2");
	post_one(f, "Z3");
	for (int i = 0; i < 9; i++)
		fail_once(f);
	f->d.now += 3700;
	fx_begin(f);
	OK(settle_overdue(&f->d, &n));
	fx_commit(f);
	assert_int_equal(n, 1);
	f->status = 200;
	f->n_sms = 0;
	fx_drain(f);
	assert_int_equal(notices(f, "prej nje ore"), duty);
	assert_int_equal(notices(f, "MUN i merr perseri"), duty);
}

static void test_two_secrets_and_a_key_sign(void **state)
{
	struct fx *f = *state;
	struct config_agency *a = agency(f, "MUN");
	char list[400], *second, *third;

	a->secret_next = NEXT;
	a->signing_key = SIGNING;
	post_one(f, "Z1");
	f->n_http = 0;
	fx_drain(f);
	const struct fx_http *h = fx_agency(f, "MUN");
	assert_non_null(h);
	const char *at = strstr(h->headers, "webhook-signature: ");
	assert_non_null(at);
	snprintf(list, sizeof(list), "%.*s", (int)strcspn(at + 19, "\n"), at + 19);
	OK(sign_verify_v1(SECRET, h->uid, h->at, h->at, h->body, strlen(h->body), list));
	OK(sign_verify_v1(NEXT, h->uid, h->at, h->at, h->body, strlen(h->body), list));
	second = strchr(list, ' ');
	assert_non_null(second);
	third = strchr(second + 1, ' ');
	assert_non_null(third);
	assert_memory_equal(third + 1, "v1a,", 4);
}

static void test_cloudevents_carry_the_same_keys(void **state)
{
	struct fx *f = *state;
	static struct fx_http plain;

	post_one(f, "Z1");
	f->n_http = 0;
	fx_drain(f);
	plain = *fx_agency(f, "MUN");
	agency(f, "MUN")->format = "cloudevents";
	post_one(f, "Z1 again");
	f->n_http = 0;
	fx_drain(f);
	const struct fx_http *h = fx_agency(f, "MUN");
	assert_non_null(strstr(h->headers, "application/cloudevents+json"));
	json_t *was = json_loads(plain.body, 0, NULL), *is = json_loads(h->body, 0, NULL);
	assert_non_null(was);
	assert_non_null(is);
	assert_string_equal(json_string_value(json_object_get(is, "specversion")), "1.0");
	assert_string_equal(json_string_value(json_object_get(is, "id")), h->uid);
	assert_string_equal(json_string_value(json_object_get(is, "source")), "/kujdestar/E");
	assert_string_equal(json_string_value(json_object_get(is, "type")), "kujdestar.case.new");
	const json_t *a = json_object_get(was, "data"), *b = json_object_get(is, "data");
	const char *key;
	json_t *value;
	json_object_foreach((json_t *)(uintptr_t)a, key, value)
		assert_non_null(json_object_get(b, key));
	assert_int_equal(json_object_size(a), json_object_size(b));
	json_decref(was);
	json_decref(is);
}

static void test_the_network_keeps_a_text_no_longer_than_we_would(void **state)
{
	static const struct {
		int64_t seconds;
		int vp;
	} rows[] = { { 0, 167 },         { 300, 0 },          { 3600, 11 },     { 43200, 143 },
		     { 45000, 144 },     { 86399, 166 },      { 86400, 167 },   { 2 * 86400, 168 },
		     { 30 * 86400, 196 }, { 35 * 86400, 197 }, { 441 * 86400, 255 } };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(parts_validity(rows[i].seconds), rows[i].vp);
}

/* Three days of silence: nothing is lost, nothing given up before its time, and all of it arrives once,
 * oldest first. */
static void test_g02_three_days_of_silence(void **state)
{
	struct fx *f = *state;
	int64_t start = f->d.now, count, at, last = 0;
	char zone[8];
	size_t posted = 0;

	f->status = 503;
	while (f->d.now < start + 71 * 3600) {
		if (posted < 24 && f->d.now >= start + (int64_t)posted * 2 * 3600) {
			snprintf(zone, sizeof(zone), "D%zu", posted++);
			post_one(f, zone);
		}
		fx_drain(f);
		f->n_http = f->n_sms = 0;
		assert_int_equal(outbox_next_due(f->st, OUTBOX_HTTP, &at), STORE_OK);
		int64_t hour = f->d.now + 3600;
		f->d.now = at > f->d.now && at < hour ? at : hour;
	}
	OK(outbox_count(f->st, OUTBOX_HTTP, "queued", &count));
	assert_int_equal(count, 24);
	f->status = 200;
	f->d.now = start + 71 * 3600 + 1800;
	fx_begin(f);
	OK(outbox_release(f->st, "MUN", f->d.now));
	fx_commit(f);
	f->n_http = 0;
	fx_drain(f);
	assert_int_equal(f->n_http, 24);
	for (size_t i = 0; i < f->n_http; i++) {
		assert_true(f->http[i].id > last);
		last = f->http[i].id;
	}
	OK(outbox_count(f->st, OUTBOX_HTTP, "delivered", &count));
	assert_int_equal(count, 24);
}

#define EACH(name) cmocka_unit_test_setup_teardown(name, fx_setup, fx_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(test_left_in_peace_and_tried_less_and_less),
		EACH(test_an_answer_brings_the_others_forward),
		EACH(test_a_refusal_of_one_is_no_failure_of_the_agency),
		EACH(test_duty_hears_once_of_an_outage_and_once_of_its_end),
		EACH(test_g02_three_days_of_silence),
		cmocka_unit_test(test_the_network_keeps_a_text_no_longer_than_we_would),
		EACH(test_two_secrets_and_a_key_sign),
		EACH(test_cloudevents_carry_the_same_keys),
	};
	return cmocka_run_group_tests_name("delivery", tests, NULL, NULL);
}
