/* fuzz_read.c - any text from any sender in any context gives exactly one outcome, the same one twice, with a
 * reply that fits one SMS and repeats no telephone number or identity number of the text. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include "parser/gsm7.h"
#include "tests/unit/world_fixture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const asked[] = { "", "class:6A", "zone", "confirm", "date", "pupils", "duplicate", "merge" };
static const char *const who[] = { "T1", "T2", "T3", "H1", "O1", "C1", "D1", "AG1", "X", "S1" };

static struct world *world_with_forms(void)
{
	static const struct world_field fields[] = {
		{ .name = "lf", .type = "integer", .labels = "liter", .required = true },
		{ .name = "mc", .type = "decimal", .labels = "" },
		{ .name = "day", .type = "date", .labels = "dita" },
		{ .name = "note", .type = "text", .labels = "shenim" },
		{ .name = "kind", .type = "choices", .labels = "", .choices = "A=alfa; B=beta" },
		{ .name = "tel", .type = "phone", .labels = "" },
		{ .name = "who", .type = "sex", .labels = "" },
		{ .name = "place", .type = "zone", .labels = "" },
	};
	struct world *w = fixture_world_open();
	const struct world_form f = { .name = "SOH", .keywords = "soh,stok", .separators = "", .roles = 0xfe,
				      .fields = fields, .n_fields = 8, .reply_sq = "", .reply_en = "" };
	fixture_check(w, world_add_form(w, &f), "form");
	if (world_seal(w) || fixture_faults)
		abort();
	return w;
}

/* A run of seven digits or more of the text must not stand in the reply. */
static bool echoes_digits(const char *text, size_t len, const char *reply)
{
	char run[8];
	for (size_t i = 0; i + 7 <= len; i++) {
		size_t k = 0;
		while (k < 7 && text[i + k] >= '0' && text[i + k] <= '9')
			k++;
		memcpy(run, text + i, 7);
		run[7] = 0;
		if (k == 7 && strstr(reply, run))
			return true;
	}
	return false;
}

static void check_values(const struct reading *r)
{
	assert(r->n_values <= READING_VALUES && r->n_items <= READING_ITEMS && r->n_entries <= READING_ENTRIES);
	for (unsigned i = 0; i < r->n_values; i++) {
		const struct reading_value *v = &r->values[i];
		assert(memchr(v->word, 0, sizeof(v->word)));
		if (v->kind == READ_ENTRIES)
			continue;
		assert(v->n == 0 || v->first + v->n <= r->n_items);
	}
	for (unsigned i = 0; i < r->n_items; i++)
		assert(memchr(r->items[i].word, 0, READING_WORD) && memchr(r->items[i].key, 0, 12));
	for (unsigned e = 0; e < r->n_entries; e++)
		assert(r->entries[e].n == 0 || r->entries[e].first + r->entries[e].n <= r->n_items);
	assert(r->text_len < READING_TEXT && r->text[r->text_len] == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct world *w;
	static struct reading a, b;
	struct parser_sender from;
	struct parser_context ctx;
	struct parser_clock clock = { "2026-11-18", 10, 15, false };
	char reply[512], again[512];
	if (!w)
		w = world_with_forms();
	if (size < 3)
		return 0;
	memset(&from, 0, sizeof(from));
	snprintf(from.lang, sizeof(from.lang), data[1] & 64 ? "en" : "sq");
	fixture_sender(NULL, who[data[0] % 10], &from);
	memset(&ctx, 0, sizeof(ctx));
	snprintf(ctx.asked, sizeof(ctx.asked), "%s", asked[data[1] % 8]);
	if (data[1] & 8)
		snprintf(ctx.case_code, sizeof(ctx.case_code), "E26-0147-V");
	ctx.has_owned = data[1] & 16;
	ctx.n_alerts = data[1] >> 6;
	if (data[1] & 32)
		snprintf(clock.today, sizeof(clock.today), "2027-01-10");
	static const int secrets[] = { SECRET_NONE, SECRET_PIN, SECRET_DURESS, SECRET_WRONG, SECRET_CODEWORD };
	memcpy(&ctx.secret, &secrets[data[2] % 5], sizeof(ctx.secret));
	const char *text = (const char *)data + 3;
	size_t len = size - 3;
	parser_read(w, &from, &clock, &ctx, text, len, &a);
	parser_read(w, &from, &clock, &ctx, text, len, &b);
	assert(a.intent && *a.intent);
	assert(!(a.error && a.about));
	assert((strcmp(a.intent, "clarify") == 0) == (a.about != NULL));
	assert(a.intent == b.intent && a.error == b.error && a.about == b.about);
	assert(a.n_values == b.n_values && a.n_items == b.n_items);
	check_values(&a);
	if (a.rest)
		assert(a.rest < len);
	/* what nobody on the roster sent can only be one of the open intents */
	if (from.role == ROLE_NONE)
		assert(world_allows(w, a.intent, ROLE_NONE));
	size_t n = parser_reply(w, &from, &clock, &a, NULL, reply, sizeof(reply));
	parser_reply(w, &from, &clock, &b, NULL, again, sizeof(again));
	assert(strcmp(reply, again) == 0);
	assert((n == 0) == (strcmp(a.intent, "ignore") == 0));
	assert(gsm7_count(reply, n) >= 0 && gsm7_count(reply, n) <= 160);
	assert(!echoes_digits(text, len, reply));
	ctx.last = &b;
	parser_read(w, &from, &clock, &ctx, text, len, &a);
	check_values(&a);
	return 0;
}
