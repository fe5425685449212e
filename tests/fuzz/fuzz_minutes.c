/* fuzz_minutes.c - any octets as minutes: bounded, read the same twice, each line a decision that is whole
 * or a fault with words, and no long run of digits of the file in them. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include "gateway/casework/minutes.h"
#include "parser/calendar.h"
#include "tests/unit/world_fixture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct world *world(void)
{
	struct world *w = fixture_world_open();
	if (world_seal(w) || fixture_faults)
		abort();
	return w;
}

static void check_line(const struct minutes_line *l, int last)
{
	int32_t day;
	char code[CASE_CODE_MAX];

	assert(l->line > last);
	if (l->fault[0])
		return;
	if (l->kind == MINUTES_TASK) {
		assert(code_read(l->code, strlen(l->code), code) && strcmp(code, l->code) == 0);
		assert((l->agency[0] != '\0') != (l->person[0] != '\0'));
		assert(l->task == 0);
	} else {
		assert(l->task > 0 && l->code[0] == '\0');
		assert((l->kind == MINUTES_DEFER) == (l->due[0] != '\0'));
	}
	assert(!l->due[0] || (day_from_iso(l->due, &day) && strcmp(l->due, "2026-12-10") > 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct world *w;
	int last = 0, faults = 0;

	if (!w)
		w = world();
	if (size > 4096)
		return 0;
	struct minutes *m = minutes_read(w, "2026-12-10", (const char *)data, size);
	struct minutes *again = minutes_read(w, "2026-12-10", (const char *)data, size);
	assert(m && again && m->n == again->n && m->faults == again->faults);
	assert(m->n <= MINUTES_LINES);
	assert(m->n == 0 || memcmp(m->lines, again->lines, m->n * sizeof(*m->lines)) == 0);
	for (size_t i = 0; i < m->n; i++) {
		check_line(&m->lines[i], last);
		last = m->lines[i].line;
		faults += m->lines[i].fault[0] != '\0';
	}
	assert(faults == m->faults);
	minutes_free(m);
	minutes_free(again);
	return 0;
}
