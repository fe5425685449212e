/* test_mandates.c - the shipped mandate table, every event against every agency: exactly the listed
 * keys leave, and where no row stands nothing does.  What is expected is worked out from the rows
 * here, not by the code that is tested. */
#include <jansson.h>
#include "gateway/casework/mandate.h"
#include "gateway/outbox/payload.h"
#include "gateway/outbox/notice.h"
#include "tests/component/casebook.h"

static const char *const concerns[] = { "",          "begging",  "labour",        "drugs",
					"sexual",    "trafficking", "marriage",   "street",
					"unaccompanied", "violence", "neglect",   "dropout",
					"crime" };
static const char *const services[] = { "",       "shelter",    "parent_job", "psychosocial",
					"health", "legal",      "education",  "food",
					"social_aid", "day_care", "border_check",
					"family_assessment", "documents" };
#define CONCERNS (sizeof(concerns) / sizeof(concerns[0]))
#define SERVICES (sizeof(services) / sizeof(services[0]))
#define EVENTS_MAX 80

static bool among(const char *const *list, const char *word)
{
	for (; list && *list; list++) {
		if (strcmp(*list, word) == 0)
			return true;
	}
	return false;
}

/* Everything an event can know. */
static struct post_event full_event(const char *event, const char *concern)
{
	return (struct post_event){ .event = event,         .alert = 31,
				    .rule = "A3",           .case_code = "E26-0147-V",
				    .concerns = concern[0] ? concern : "none",
				    .zone = "Z4",           .sex = "M",
				    .risk = "high",         .age = 11,
				    .n_children = 2,        .urgent = true,
				    .school = "SH1",        .class_name = "5A",
				    .from = "2026-11-16",   .to = "2026-11-18",
				    .reason = "abroad",     .country = "GR",
				    .referral = "R88",      .service = "shelter",
				    .task = "T12",          .due = "2026-11-30",
				    .date = "2026-12-05",   .pupil = 12,
				    .days = 3,              .flags = "with_adult",
				    .link = "https://example.org/a/x" };
}

static size_t count(const char *const *list)
{
	size_t n = 0;

	while (list && list[n])
		n++;
	return n;
}

/* The body holds these keys, each once, and none beside them. */
static void assert_exactly(const char *body, size_t len, const char *const *keys, const char *what)
{
	json_t *all = json_loadb(body, len, JSON_REJECT_DUPLICATES, NULL);
	json_t *data = json_object_get(all, "data"), *value;
	const char *key;

	assert_true(json_is_object(data));
	json_object_foreach(data, key, value) {
		if (!among(keys, key))
			fail_msg("%s: \"%s\" leaves, which no row lists", what, key);
	}
	if (json_object_size(data) != count(keys))
		fail_msg("%s: %zu keys leave of %zu", what, json_object_size(data), count(keys));
	assert_int_equal(json_object_size(all), 3); /* type, timestamp, data */
	json_decref(all);
}

static size_t events_of(const struct config *cf, const char *out[EVENTS_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < cf->n_mandates; i++) {
		bool seen = false;
		for (size_t k = 0; k < n; k++)
			seen = seen || strcmp(out[k], cf->mandates[i].event) == 0;
		if (!seen)
			out[n++] = cf->mandates[i].event;
		assert_true(n < EVENTS_MAX);
	}
	return n;
}

/* The row of the table, or NULL; more than one is a fault of the table. */
static const struct config_mandate *row_of(const struct config *cf, const char *event,
					   const char *agency, const char *concern,
					   const char *service)
{
	const struct config_mandate *found = NULL;

	for (size_t i = 0; i < cf->n_mandates; i++) {
		const struct config_mandate *m = &cf->mandates[i];
		if (strcmp(m->event, event) != 0 || strcmp(m->agency, agency) != 0 ||
		    (m->concerns && !among(m->concerns, concern)) ||
		    (service && m->services && !among(m->services, service)))
			continue;
		assert_null(found);
		found = m;
	}
	return found;
}

static bool told(const struct config_mandate *const *rows, size_t n,
		 const struct config_mandate *row)
{
	for (size_t i = 0; i < n; i++) {
		if (rows[i] == row)
			return true;
	}
	return false;
}

static void one_event(const struct config *cf, const char *event, const char *concern, int *pairs)
{
	const struct config_mandate *rows[MANDATE_ROWS];
	static char body[20480];
	size_t n = mandate_rows(cf, event, concern, rows), want = 0;

	for (size_t a = 0; a < cf->n_agencies; a++) {
		const struct config_mandate *row =
			row_of(cf, event, cf->agencies[a].code, concern, NULL);
		char what[120];
		snprintf(what, sizeof(what), "%s to %s for %s", event, cf->agencies[a].code,
			 concern[0] ? concern : "-");
		++*pairs;
		want += row != NULL;
		if (!row)
			continue;
		if (!told(rows, n, row))
			fail_msg("%s: its row is not found", what);
		struct post_event e = full_event(event, concern);
		size_t len = payload_write(&e, row, 1795000000, body, sizeof(body));
		assert_true(len > 0);
		assert_exactly(body, len, row->keys, what);
	}
	if (want == 0) { /* the municipality alone, with the least */
		static const char *const least[] = { "alert", "at", "event", NULL };
		assert_int_equal(n, 1);
		assert_string_equal(rows[0]->agency, "MUN");
		struct post_event e = full_event(event, concern);
		size_t len = payload_write(&e, rows[0], 1795000000, body, sizeof(body));
		assert_exactly(body, len, least, event);
		return;
	}
	assert_int_equal(n, want);
}

static void test_g01_every_event_to_every_agency(void **state)
{
	struct fx *f = *state;
	const char *events[EVENTS_MAX];
	size_t n = events_of(f->cf, events);
	int pairs = 0;

	assert_true(n > 20);
	for (size_t i = 0; i < n; i++) {
		/* Rows of a referral depend on the service too: below. */
		if (strcmp(events[i], "referral.new") == 0)
			continue;
		for (size_t c = 0; c < CONCERNS; c++)
			one_event(f->cf, events[i], concerns[c], &pairs);
	}
	one_event(f->cf, "never.heard_of", "", &pairs);
	assert_true(pairs > 2000);
}

static void test_every_referral_by_the_table(void **state)
{
	struct fx *f = *state;
	int allowed = 0, refused = 0;

	for (size_t a = 0; a < f->cf->n_agencies; a++) {
		for (size_t c = 0; c < CONCERNS; c++) {
			for (size_t s = 0; s < SERVICES; s++) {
				const char *agency = f->cf->agencies[a].code;
				const struct config_mandate *want =
					row_of(f->cf, "referral.new", agency, concerns[c],
					       services[s]);
				const struct config_mandate *got = config_mandate_referral(
					f->cf, concerns[c], agency, services[s]);
				assert_ptr_equal(got, want);
				allowed += got != NULL;
				refused += got == NULL;
			}
		}
	}
	assert_true(allowed > 100 && refused > 100);
}

/* ---- by text, to the wire -------------------------------------------------------------------- */

static const char *word_of(struct fx *f, const char *service, char out[NOTICE_TEXT])
{
	char id[48];

	out[0] = '\0';
	snprintf(id, sizeof(id), "service_%s", service);
	if (service[0])
		assert_true(notice_text(&f->d, NULL, id, NULL, 0, out));
	return out;
}

static size_t to_agency(const struct fx *f, const char *agency)
{
	size_t n = 0;

	for (size_t i = 0; i < f->n_http; i++)
		n += strcmp(f->http[i].agency, agency) == 0;
	return n;
}

/* A case of its own for each, so that no referral stands in the way of the next. */
static void refer(struct fx *f, const char *concern_word, const char *concern, const char *agency,
		  const char *service)
{
	char text[NOTICE_TEXT + 80], word[NOTICE_TEXT], what[120];

	snprintf(text, sizeof(text), "RAST %s Z4 M11", concern_word);
	f->d.now += 30 * 86400; /* nor a duplicate, nor more texts an hour than are answered */
	fx_sms(f, O1, text);
	struct case_row c = book_newest(f);
	assert_string_equal(c.concerns, concern);
	snprintf(text, sizeof(text), "REFERO %s %s %s", c.code, agency, word_of(f, service, word));
	fx_clear(f);
	fx_sms(f, O1, text);
	fx_drain(f);
	const struct config_mandate *row = row_of(f->cf, "referral.new", agency, concern, service);
	struct referral r[4];
	size_t n = 0;
	OK(referral_of_case(f->st, c.id, r, 4, &n));
	snprintf(what, sizeof(what), "%.80s (%.20s)", text, concern);
	if (n != (row != NULL))
		fail_msg("%s: %zu referrals", what, n);
	if (!row) {
		if (f->n_http)
			fail_msg("%s: %s was told", what, f->http[0].agency);
		return;
	}
	assert_string_equal(r[0].rule, row->rule);
	assert_true(strncmp(r[0].basis, row->basis, strlen(r[0].basis)) == 0);
	bool http = config_agency(f->cf, agency)->url[0] != '\0';
	assert_int_equal(f->n_http, http ? 1 : 0);
	assert_int_equal(to_agency(f, agency), http ? 1 : 0);
	if (!http)
		return;
	/* What the case does not know is left out; no key leaves that the row does not list. */
	json_t *all = json_loads(f->http[0].body, 0, NULL);
	const char *key;
	json_t *value;
	json_object_foreach(json_object_get(all, "data"), key, value) {
		if (!among(row->keys, key))
			fail_msg("%s: \"%s\" leaves", what, key);
	}
	json_decref(all);
}

static void test_every_referral_by_text(void **state)
{
	static const char *const cases[][2] = { { "LYP", "begging" }, { "TRA", "trafficking" } };
	struct fx *f = *state;

	for (size_t c = 0; c < 2; c++) {
		for (size_t a = 0; a < f->cf->n_agencies; a++) {
			for (size_t s = 0; s < SERVICES; s++)
				refer(f, cases[c][0], cases[c][1], f->cf->agencies[a].code,
				      services[s]);
		}
	}
}

#define EACH(name) cmocka_unit_test_setup_teardown(name, book_setup, fx_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(test_g01_every_event_to_every_agency),
		EACH(test_every_referral_by_the_table),
		EACH(test_every_referral_by_text),
	};
	return cmocka_run_group_tests_name("mandates", tests, NULL, NULL);
}
