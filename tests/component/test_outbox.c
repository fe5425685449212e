/* test_outbox.c - what leaves: by mandate and with exactly the listed keys, signed, and what each
 * outcome does to its row. */
#include "tests/component/fixture.h"
#include <jansson.h>
#include "gateway/casework/mandate.h"
#include "gateway/outbox/breaker.h"
#include "gateway/outbox/post.h"
#include "gateway/outbox/report.h"
#include "gateway/outbox/sign.h"

/* An event that knows everything an event can know. */
static struct post_event full_event(const char *event, const char *concern)
{
	return (struct post_event){ .event = event,
				    .alert = 31,
				    .rule = "A3",
				    .case_code = "E26-0147-V",
				    .concerns = concern,
				    .zone = "Z4",
				    .sex = "M",
				    .risk = "high",
				    .age = 11,
				    .n_children = 2,
				    .urgent = true,
				    .school = "SH1",
				    .class_name = "5A",
				    .from = "2026-11-16",
				    .to = "2026-11-18",
				    .reason = "abroad",
				    .country = "GR",
				    .referral = "R88",
				    .service = "shelter",
				    .pupil = 12,
				    .days = 3,
				    .flags = "with_adult" };
}

static int64_t some_alert(struct fx *f)
{
	struct alert_row a = { .rule = "A3", .subject = "SH1 5A 12", .window = "2026-11-16+3" };
	bool fresh;

	OK(alert_raise(f->st, &a, f->d.now, &fresh));
	return a.number;
}

static void post(struct fx *f, struct post_event *e)
{
	int agencies;

	fx_begin(f);
	e->alert = some_alert(f);
	OK(post_event(&f->d, e, &agencies));
	fx_commit(f);
}

static bool listed(const char *const *keys, const char *key)
{
	for (; *keys; keys++) {
		if (strcmp(*keys, key) == 0)
			return true;
	}
	return false;
}

static void assert_keys(const struct fx_http *h, const char *const *keys)
{
	static const char *const unknown[] = { "date", "due", "task",
					       NULL }; /* of events of their own */
	json_t *body = json_loads(h->body, JSON_REJECT_DUPLICATES, NULL);
	json_t *data = json_object_get(body, "data");
	const char *key;
	json_t *v;

	assert_non_null(data);
	assert_int_equal(json_object_size(body), 3);
	assert_string_equal(json_string_value(json_object_get(body, "type")), h->event);
	json_object_foreach(data, key, v)
		if (!listed(keys, key))
			fail_msg("%s was told '%s' of %s", h->agency, key, h->event);
	for (; *keys; keys++) {
		if (!json_object_get(data, *keys) && !listed(unknown, *keys))
			fail_msg("%s was not told '%s' of %s", h->agency, *keys, h->event);
	}
	json_decref(body);
}

/* ---- mandates ------------------------------------------------------------------------------- */

static void test_every_row_and_only_its_keys(void **state)
{
	struct fx *f = *state;

	for (size_t i = 0; i < f->cf->n_mandates; i++) {
		const struct config_mandate *row = &f->cf->mandates[i];
		const struct config_agency *a = config_agency(f->cf, row->agency);
		struct post_event e = full_event(row->event,
						 row->concerns ? row->concerns[0] : "neglect");
		fx_clear(f);
		post(f, &e);
		fx_drain(f);
		const struct fx_http *h = fx_agency(f, row->agency);
		assert_non_null(a);
		if (!a->url[0]) {
			assert_null(h);
			continue;
		}
		assert_non_null(h);
		assert_keys(h, row->keys);
	}
}

static void test_who_is_not_named_is_not_told(void **state)
{
	struct fx *f = *state;

	for (size_t i = 0; i < f->cf->n_mandates; i++) {
		const char *event = f->cf->mandates[i].event;
		struct post_event e = full_event(event, "begging");
		fx_clear(f);
		post(f, &e);
		fx_drain(f);
		for (size_t k = 0; k < f->n_http; k++)
			assert_true(config_mandate_for(f->cf, event, "begging",
						       f->http[k].agency) != NULL ||
				    strcmp(f->http[k].agency, "MUN") == 0);
	}
}

static void test_unknown_event_tells_the_municipality_the_least(void **state)
{
	static const char *const least[] = { "alert", "event", "at", NULL };
	struct fx *f = *state;
	struct post_event e = full_event("never.heard_of", "begging");

	fx_clear(f);
	post(f, &e);
	fx_drain(f);
	assert_int_equal(f->n_http, 1);
	assert_string_equal(f->http[0].agency, "MUN");
	assert_keys(&f->http[0], least);
	assert_null(strstr(f->http[0].body, "E26"));
	assert_null(strstr(f->http[0].body, "SH1"));
}

static void test_several_concerns_reach_each_office_once(void **state)
{
	struct fx *f = *state;
	struct post_event e = full_event("case.urgent", "begging,drugs,sexual");
	int police = 0, mun = 0;

	fx_clear(f);
	post(f, &e);
	fx_drain(f);
	for (size_t i = 0; i < f->n_http; i++) {
		police += strcmp(f->http[i].agency, "POLICE") == 0;
		mun += strcmp(f->http[i].agency, "MUN") == 0;
	}
	assert_int_equal(police, 1);
	assert_int_equal(mun, 1);
}

static void test_agency_without_internet_gets_a_bare_reference(void **state)
{
	struct fx *f = *state;
	struct post_event e = full_event("referral.new", "neglect");

	fx_begin(f);
	fx_person(f, "AG3", "+355694000009", "agency", "", "", "NPF");
	fx_commit(f);
	fx_clear(f);
	post(f, &e);
	fx_drain(f);
	assert_null(fx_agency(f, "NPF"));
	const char *text = fx_to(f, "+355694000009");
	assert_non_null(strstr(text, "R88"));
	assert_null(strstr(text, "E26"));
	assert_null(strstr(text, "SH1"));
	assert_null(strstr(text, "shelter"));
}

/* ---- signature ------------------------------------------------------------------------------ */

static void header(const struct fx_http *h, const char *name, char out[128])
{
	char find[64];

	snprintf(find, sizeof(find), "%s: ", name);
	const char *p = strstr(h->headers, find);
	assert_non_null(p);
	p += strlen(find);
	snprintf(out, 128, "%.*s", (int)strcspn(p, "\n"), p);
}

static void test_signed_and_the_same_id_over_tries(void **state)
{
	struct fx *f = *state;
	struct post_event e = full_event("absence.streak", "");
	char id[2][128], stamp[2][128], sig[2][128], key[128];

	fx_clear(f);
	post(f, &e);
	f->status = 500;
	fx_drain(f);
	f->d.now += 3600;
	f->status = 200;
	fx_drain(f);
	const struct fx_http *tries[2] = { NULL, NULL };
	for (size_t i = 0, n = 0; i < f->n_http && n < 2; i++) {
		if (strcmp(f->http[i].agency, "EDU") == 0)
			tries[n++] = &f->http[i];
	}
	for (int i = 0; i < 2; i++) {
		assert_non_null(tries[i]);
		header(tries[i], "webhook-id", id[i]);
		header(tries[i], "webhook-timestamp", stamp[i]);
		header(tries[i], "webhook-signature", sig[i]);
		header(tries[i], "Idempotency-Key", key);
		int64_t at = strtoll(stamp[i], NULL, 10);
		OK(sign_verify_v1(config_agency(f->cf, "EDU")->secret, id[i], at, at,
				  tries[i]->body, strlen(tries[i]->body), sig[i]));
		assert_int_equal(key[0], '"');
		assert_int_equal(strncmp(key + 1, id[i], strlen(id[i])), 0);
	}
	assert_string_equal(id[0], id[1]);
	assert_string_equal(tries[0]->body, tries[1]->body);
	assert_string_not_equal(stamp[0], stamp[1]);
	assert_string_not_equal(sig[0], sig[1]);
}

/* ---- back-off, pure ------------------------------------------------------------------------- */

static void test_backoff_http(void **state)
{
	static const int64_t plain[] = { 0, 5, 30, 120, 600, 1800, 3600, 3600, 3600 };
	const int64_t day3 = 72 * 3600;

	(void)state;
	for (int i = 0; i < 9; i++) {
		int64_t low = settle_backoff_http(i, 0, day3, 0),
			high = settle_backoff_http(i, 0, day3, 999);
		assert_true(low >= plain[i] * 8 / 10 && low <= plain[i]);
		assert_true(high >= plain[i] && high <= plain[i] * 12 / 10);
	}
	assert_int_equal(settle_backoff_http(40, day3, day3, 500), -1);
	assert_int_equal(settle_backoff_http(40, day3 - 10, day3, 500),
			 10); /* the last one, on the horizon */
	int64_t age = 0, tries = 0;
	for (int64_t wait; (wait = settle_backoff_http((int)tries, age, day3, 500)) >= 0; tries++)
		age += wait > 0 ? wait : 1;
	assert_int_equal(age, day3);
	assert_in_range(tries, 70, 90);
}

static void test_backoff_sms(void **state)
{
	static const int never[] = { 1, 30, 96 };
	static const int few[] = { 8, 10, 21, 28, 29, 50, 69, 500 }; /* our subscription, or nobody knows what */
	static const int again[] = { 38, 41, 42, 47, 111, 331, 332 };

	(void)state;
	for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++)
		assert_int_equal(settle_backoff_sms(1, never[i], 8, 500), -1);
	for (size_t i = 0; i < sizeof(again) / sizeof(again[0]); i++) {
		assert_true(settle_backoff_sms(1, again[i], 8, 500) > 0);
		assert_true(settle_backoff_sms(7, again[i], 8, 500) > 0);
		assert_int_equal(settle_backoff_sms(8, again[i], 8, 500), -1);
	}
	for (size_t i = 0; i < sizeof(few) / sizeof(few[0]); i++) {
		assert_true(settle_backoff_sms(1, few[i], 8, 500) > 0);
		assert_int_equal(settle_backoff_sms(3, few[i], 8, 500), -1);
	}
	assert_true(settle_backoff_sms(2, 0, 8, 500) > settle_backoff_sms(1, 0, 8, 500));
}

/* ---- outcomes of HTTP ----------------------------------------------------------------------- */

static struct hand_held held;
static struct wire_frame frame;

static int64_t one_http(struct fx *f)
{
	struct post_event e = full_event("absence.streak", "");

	fx_clear(f);
	post(f, &e);
	fx_begin(f);
	OK(hand_http(&f->d, "MUN", NULL, &held, &frame));
	assert_string_equal(held.item.agency, "EDU");
	return held.item.id;
}

static int answer(struct fx *f, int64_t id, int result, int status, int retry_after)
{
	char words[200];
	struct wire_done_http r = { .job = id,
				    .result = (uint8_t)result,
				    .status = (uint16_t)status,
				    .retry_after = retry_after,
				    .body = { "", 0 },
				    .detail = { "", 0 } };

	return settle_http(&f->d, &r, words, sizeof(words));
}

static void assert_row(struct fx *f, int64_t id, const char *state)
{
	static struct outbox_item item;

	OK(outbox_load(f->st, id, &item));
	assert_string_equal(item.state, state);
}

static void test_statuses(void **state)
{
	static const struct {
		int status;
		const char *row;
	} rows[] = {
		{ 200, "delivered" }, { 201, "delivered" }, { 202, "delivered" },
		{ 204, "delivered" }, { 301, "queued" },    { 302, "queued" },
		{ 307, "queued" },    { 308, "queued" },    { 400, "queued" },
		{ 401, "queued" },    { 404, "queued" },    { 408, "queued" },
		{ 409, "queued" },    { 422, "dead" },      { 425, "queued" },
		{ 429, "queued" },    { 500, "queued" },    { 502, "queued" },
		{ 503, "queued" },    { 504, "queued" },    { 410, "dead" },
	};
	struct fx *f = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int64_t id = one_http(f);
		OK(answer(f, id, WIRE_HTTP_ANSWERED, rows[i].status, -1));
		assert_row(f, id, rows[i].row);
		fx_commit(f);
	}
	for (int result = WIRE_HTTP_UNREACHED; result <= WIRE_HTTP_REFUSED; result++) {
		fx_begin(f);
		OK(store_meta_put(f->st, "gone.EDU", "moved"));
		fx_commit(f);
		int64_t id = one_http(f);
		OK(answer(f, id, result, 0, -1));
		assert_row(f, id, "queued");
		fx_commit(f);
	}
}

static void test_retry_after_is_heeded_within_bounds(void **state)
{
	static const struct {
		int status, asked;
		int64_t low, high;
	} rows[] = {
		{ 503, 900, 900, 900 }, { 429, 0, 4, 6 }, { 503, -1, 4, 6 },
		{ 429, 2000000000, 7200, 7200 }, { 400, 900, 4, 6 },
	};
	struct fx *f = *state;
	static struct outbox_item item;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int64_t id = one_http(f);
		OK(answer(f, id, WIRE_HTTP_ANSWERED, rows[i].status, rows[i].asked));
		OK(outbox_load(f->st, id, &item));
		assert_in_range(item.not_before - f->d.now, rows[i].low, rows[i].high);
		fx_commit(f);
	}
}

static void test_gone_stops_the_address_and_says_so(void **state)
{
	struct fx *f = *state;
	int64_t id = one_http(f);

	OK(answer(f, id, WIRE_HTTP_ANSWERED, 410, -1));
	fx_commit(f);
	fx_drain(f);
	assert_int_equal(fx_count_to(f, C1), 1);
	assert_non_null(strstr(fx_to(f, C1), "EDU"));

	struct post_event e = full_event("absence.rate", "");
	fx_clear(f);
	post(f, &e);
	fx_drain(f);
	assert_null(fx_agency(f, "EDU"));
	assert_non_null(fx_agency(f, "MUN"));
	assert_int_equal(fx_count_to(f, C1), 1); /* and this one is not silent either */
}

static void test_dead_after_the_horizon(void **state)
{
	struct fx *f = *state;
	int64_t id = one_http(f);

	fx_commit(f);
	f->d.now += (int64_t)f->cf->http_expire_h * 3600 + 1;
	fx_begin(f);
	OK(answer(f, id, WIRE_HTTP_TIMEOUT, 0, -1));
	assert_row(f, id, "dead");
	fx_commit(f);
	fx_drain(f);
	assert_non_null(strstr(fx_to(f, C1), "EDU"));
}

static void test_a_second_outcome_changes_nothing(void **state)
{
	struct fx *f = *state;
	int64_t id = one_http(f);

	OK(answer(f, id, WIRE_HTTP_ANSWERED, 200, -1));
	assert_int_equal(answer(f, id, WIRE_HTTP_ANSWERED, 500, -1), STORE_STATE);
	assert_int_equal(answer(f, id + 4000, WIRE_HTTP_ANSWERED, 200, -1), STORE_STATE);
	assert_row(f, id, "delivered");
	fx_commit(f);
}

static void test_delivery_to_the_education_office_is_confirmed(void **state)
{
	struct fx *f = *state;
	int64_t id = one_http(f);

	OK(answer(f, id, WIRE_HTTP_ANSWERED, 200, -1));
	fx_commit(f);
	fx_drain(f);
	assert_non_null(strstr(fx_to(f, C1), "EDU"));
}

static void test_duty_hears_after_the_first_failed_hour_once(void **state)
{
	struct fx *f = *state;
	int64_t id = one_http(f);
	int n;

	OK(answer(f, id, WIRE_HTTP_UNREACHED, 0, -1));
	OK(outbox_drop(f->st, id + 1, f->d.now, "test")); /* the other office's */
	OK(settle_overdue(&f->d, &n));
	assert_int_equal(n, 0);
	fx_commit(f);
	f->d.now += 3601;
	fx_begin(f);
	OK(settle_overdue(&f->d, &n));
	assert_int_equal(n, 1);
	OK(settle_overdue(&f->d, &n));
	assert_int_equal(n, 0);
	fx_commit(f);
	f->status = 500;
	fx_drain(f);
	assert_non_null(strstr(fx_to(f, D1), "EDU"));
	f->status = 200;
}

/* ---- outcomes of SMS ------------------------------------------------------------------------ */

static struct reporter person(struct fx *f, const char *id)
{
	struct reporter r;

	OK(roster_by_id(f->st, id, &r));
	return r;
}

/* A text of three parts to O1, as an alert or a notice. */
static int64_t one_sms(struct fx *f, bool alert)
{
	struct reporter to = person(f, "O1");
	char text[401];
	bool told;

	memset(text, 'x', 400);
	text[400] = '\0';
	fx_clear(f);
	fx_begin(f);
	OK(post_sms(&f->d, &to, text, alert ? some_alert(f) : 0, 0, 0, false, &told));
	assert_true(told);
	OK(hand_sms(&f->d, "sim1", NULL, &held, &frame));
	assert_int_equal(frame.u.work_sms.n_parts, 3);
	return held.item.id;
}

static int part(struct fx *f, int64_t id, int n, int result, int code)
{
	char words[200];
	struct wire_done_sms r = { .job = id, .part = (uint16_t)n, .result = (uint8_t)result,
				   .mr = (uint8_t)(40 + n), .code = code, .detail = { "", 0 } };

	return settle_sms(&f->d, "sim1", &r, words, sizeof(words));
}

static void test_sent_when_all_parts_are(void **state)
{
	struct fx *f = *state;
	int64_t id = one_sms(f, false);

	OK(part(f, id, 0, WIRE_SMS_SENT, 0));
	assert_row(f, id, "submitting");
	OK(part(f, id, 1, WIRE_SMS_SENT, 0));
	assert_row(f, id, "submitting");
	OK(part(f, id, 2, WIRE_SMS_SENT, 0));
	assert_row(f, id, "sent");
	assert_int_equal(part(f, id, 2, WIRE_SMS_SENT, 0), STORE_STATE);
	fx_commit(f);
}

static void test_a_later_part_that_fails_is_not_repeated(void **state)
{
	struct fx *f = *state;
	static struct outbox_item item;
	int64_t id = one_sms(f, true);

	OK(part(f, id, 0, WIRE_SMS_SENT, 0));
	OK(part(f, id, 1, WIRE_SMS_FAILED, 42));
	OK(outbox_load(f->st, id, &item));
	assert_string_equal(item.state, "failed");
	assert_non_null(strstr(item.reason, "part 2 of 3"));
	fx_commit(f);
	f->d.now += 7200;
	fx_drain(f);
	assert_int_equal(fx_count_to(f, O1), 0);
	assert_int_equal(fx_count_to(f, C1), 1); /* it carried an alert */
}

static void test_first_part_is_tried_again(void **state)
{
	struct fx *f = *state;
	int64_t id = one_sms(f, false);

	OK(part(f, id, 0, WIRE_SMS_FAILED, 42));
	assert_row(f, id, "queued");
	fx_commit(f);
	fx_drain(f);
	assert_int_equal(fx_count_to(f, O1), 0);
	f->d.now += 60;
	fx_drain(f);
	assert_int_equal(fx_count_to(f, O1), 1);
}

/* One bad number, tried again and again, never holds the others up; three different texts do open it. */
static void test_a_modem_is_judged_by_different_texts(void **state)
{
	struct fx *f = *state;
	struct circuit c;

	f->cf->sms_circuit_failures = 3;
	int64_t id = one_sms(f, false);
	OK(part(f, id, 0, WIRE_SMS_FAILED, 38));
	fx_commit(f);
	for (int i = 0; i < 2; i++) {
		f->d.now += 600;
		fx_begin(f);
		OK(hand_sms(&f->d, "sim1", NULL, &held, &frame));
		assert_int_equal(held.item.id, id);
		OK(part(f, id, 0, WIRE_SMS_FAILED, 38));
		fx_commit(f);
	}
	OK(circuit_get(f->st, CIRCUIT_MODEM, "sim1", &c));
	assert_int_equal(c.failures, 1);
	assert_int_equal(breaker_state(&c, f->d.now), BREAKER_CLOSED);
	for (int i = 0; i < 2; i++) {
		id = one_sms(f, false);
		OK(part(f, id, 0, WIRE_SMS_FAILED, 38));
		fx_commit(f);
	}
	OK(circuit_get(f->st, CIRCUIT_MODEM, "sim1", &c));
	assert_int_equal(breaker_state(&c, f->d.now), BREAKER_OPEN);
}

static void test_a_wrong_number_is_not_tried_again(void **state)
{
	struct fx *f = *state;
	int64_t id = one_sms(f, false);

	OK(part(f, id, 0, WIRE_SMS_FAILED, 1));
	assert_row(f, id, "failed");
	fx_commit(f);
	fx_drain(f);
	assert_int_equal(fx_count_to(f, C1), 0); /* a notice: nothing more is said of it */
}

static void test_uncertain_is_never_sent_blindly(void **state)
{
	struct fx *f = *state;
	int64_t id = one_sms(f, true);

	OK(part(f, id, 0, WIRE_SMS_UNKNOWN, 0));
	assert_row(f, id, "uncertain");
	fx_commit(f);
	for (int hour = 0; hour < 30; hour++) {
		f->d.now += 3600;
		fx_drain(f);
	}
	assert_int_equal(fx_count_to(f, O1), 0);
	assert_int_equal(fx_count_to(f, C1), 1);
	assert_row(f, id, "uncertain");
}

static void test_reports_find_their_parts(void **state)
{
	struct fx *f = *state;
	char words[200];
	int64_t id = one_sms(f, false);

	for (int i = 0; i < 3; i++)
		OK(part(f, id, i, WIRE_SMS_SENT, 0));
	for (int i = 0; i < 3; i++)
		OK(settle_report(&f->d, O1, 40 + i, 0, words, sizeof(words)));
	assert_row(f, id, "delivered");
	assert_int_equal(settle_report(&f->d, O1, 99, 0, words, sizeof(words)), STORE_NONE);
	fx_commit(f);
}

static void test_a_locked_phone_hears_nothing_more(void **state)
{
	struct fx *f = *state;
	struct reporter to = person(f, "O1");
	bool told;

	fx_clear(f);
	fx_begin(f);
	OK(post_sms(&f->d, &to, "queued before", 0, 0, 0, false, &told));
	OK(roster_set_active(f->st, "O1", false, f->d.now));
	to = person(f, "O1");
	OK(post_sms(&f->d, &to, "and after", 0, 0, 0, false, &told));
	assert_false(told);
	OK(post_reply(&f->d, 0, &to, O1, "nor a reply", 0));
	fx_commit(f);
	fx_drain(f);
	assert_int_equal(fx_count_to(f, O1), 0);
}

static void test_what_a_dead_worker_held_is_uncertain_and_told(void **state)
{
	struct fx *f = *state;
	int64_t http, sms, id = one_sms(f, true);
	int n;

	OK(outbox_recover(f->st, "sim1", f->d.now, &http, &sms));
	assert_int_equal(sms, 1);
	assert_row(f, id, "uncertain");
	fx_commit(f);
	f->d.now += 3601;
	fx_begin(f);
	OK(settle_overdue(&f->d, &n));
	assert_int_equal(n, 1);
	fx_commit(f);
	fx_drain(f);
	assert_non_null(strstr(fx_to(f, D1), "O1"));
	assert_int_equal(fx_count_to(f, O1), 0);
}

static void test_the_days_allowance(void **state)
{
	struct fx *f = *state;
	struct reporter to = person(f, "O1");
	bool told;

	fx_clear(f);
	f->cf->sms_day_limit = 2;
	for (int i = 0; i < 6; i++) {
		char text[16];
		snprintf(text, sizeof(text), "text %d", i);
		fx_begin(f);
		OK(post_sms(&f->d, &to, text, 0, 0, 0, i >= 4, &told));
		fx_commit(f);
	}
	fx_drain(f);
	assert_int_equal(fx_count_to(f, O1), 4); /* the urgent ones, which take nothing from the others, and two */
	f->n_sms = 0;
	fx_drain(f);
	assert_int_equal(f->n_sms, 0);
	f->cf->sms_day_limit = 2000;
	fx_at(f, "2026-11-19T00:01");
	fx_drain(f);
	assert_int_equal(fx_count_to(f, O1), 2); /* the others, the day after */
}

static const struct config_agency *offline(struct fx *f, const char *code)
{
	for (size_t i = 0; i < f->cf->n_agencies; i++) {
		if (strcmp(f->cf->agencies[i].code, code) == 0)
			f->cf->agencies[i].url = "";
	}
	return config_agency(f->cf, code);
}

static void test_an_office_that_cannot_be_told_is_the_coordinators(void **state)
{
	struct fx *f = *state;
	struct post_event e = full_event("absence.streak", "");

	fx_clear(f);
	assert_non_null(offline(f, "EDU"));
	post(f, &e);
	fx_drain(f);
	assert_null(fx_agency(f, "EDU"));
	assert_non_null(strstr(fx_to(f, C1), "EDU"));
}

static void test_municipality_without_internet_is_not_told_twice(void **state)
{
	struct fx *f = *state;
	struct post_event e = full_event("case.new", "begging");
	struct reporter to = person(f, "C1");
	bool told;
	int agencies;

	fx_clear(f);
	offline(f, "MUN");
	fx_begin(f);
	e.alert = some_alert(f);
	OK(post_sms(&f->d, &to, "the alert itself", e.alert, 0, 0, false, &told));
	OK(post_event(&f->d, &e, &agencies));
	assert_int_equal(agencies, 0);
	fx_commit(f);
	fx_drain(f);
	assert_string_equal(fx_to(f, C1), "the alert itself");
}

static void test_a_row_whose_agency_is_gone_fails_and_the_next_goes(void **state)
{
	struct fx *f = *state;
	struct post_event e = full_event("absence.streak", "");

	fx_clear(f);
	post(f, &e);
	offline(f, "EDU");
	fx_drain(f);
	assert_null(fx_agency(f, "EDU"));
	assert_non_null(fx_agency(f, "MUN"));
	assert_non_null(strstr(fx_to(f, C1), "EDU"));
}

static void test_letters_outside_gsm7_cost_no_second_part(void **state)
{
	struct fx *f = *state;
	struct reporter to = person(f, "O1");
	bool told;

	fx_clear(f);
	fx_begin(f);
	OK(post_sms(&f->d, &to, "k\xc3\xabrko \xe2\x80\x9cprovo\xe2\x80\x9d \xc3\xa7", 0, 0, 0,
		    false, &told));
	fx_commit(f);
	fx_drain(f);
	for (const char *p = fx_to(f, O1); *p; p++)
		assert_true((unsigned char)*p < 0x80);
	assert_int_equal(f->sms[0].parts, 1);
}

#define EACH(name) cmocka_unit_test_setup_teardown(name, fx_setup, fx_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(test_every_row_and_only_its_keys),
		EACH(test_who_is_not_named_is_not_told),
		EACH(test_unknown_event_tells_the_municipality_the_least),
		EACH(test_several_concerns_reach_each_office_once),
		EACH(test_agency_without_internet_gets_a_bare_reference),
		EACH(test_signed_and_the_same_id_over_tries),
		cmocka_unit_test(test_backoff_http),
		cmocka_unit_test(test_backoff_sms),
		EACH(test_statuses),
		EACH(test_retry_after_is_heeded_within_bounds),
		EACH(test_gone_stops_the_address_and_says_so),
		EACH(test_dead_after_the_horizon),
		EACH(test_a_second_outcome_changes_nothing),
		EACH(test_delivery_to_the_education_office_is_confirmed),
		EACH(test_duty_hears_after_the_first_failed_hour_once),
		EACH(test_sent_when_all_parts_are),
		EACH(test_a_later_part_that_fails_is_not_repeated),
		EACH(test_first_part_is_tried_again),
		EACH(test_a_modem_is_judged_by_different_texts),
		EACH(test_a_wrong_number_is_not_tried_again),
		EACH(test_uncertain_is_never_sent_blindly),
		EACH(test_reports_find_their_parts),
		EACH(test_a_locked_phone_hears_nothing_more),
		EACH(test_what_a_dead_worker_held_is_uncertain_and_told),
		EACH(test_the_days_allowance),
		EACH(test_an_office_that_cannot_be_told_is_the_coordinators),
		EACH(test_municipality_without_internet_is_not_told_twice),
		EACH(test_a_row_whose_agency_is_gone_fails_and_the_next_goes),
		EACH(test_letters_outside_gsm7_cost_no_second_part),
	};
	return cmocka_run_group_tests_name("outbox", tests, NULL, NULL);
}
