/* fuzz_render.c - what a text was read to mean can be written back in its plainest form, and means the same.
 * A text that gives an absence, a count, "all present" or a new case without a fault or a question is
 * written as "MUNGESE 5A nr 12 nr 17 date 16.11.2026" and the like from the reading alone; that is read, and
 * class, pupils, days, count, zone, sex, age and concerns must be the same. */
#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include "parser/calendar.h"
#include "tests/unit/world_fixture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const who[] = { "T1", "T2", "T3", "H1", "O1", "C1", "D1", "AG1", "S1" };

static const struct world *world(void)
{
	static struct world *w;
	if (!w && (!(w = fixture_world()) || fixture_faults))
		abort();
	return w;
}

struct out {
	char s[2048];
	size_t n;
};

__attribute__((format(printf, 2, 3)))
static void put(struct out *o, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	int n = vsnprintf(o->s + o->n, sizeof(o->s) - o->n, fmt, ap);
	va_end(ap);
	assert(n >= 0 && (size_t)n < sizeof(o->s) - o->n);
	o->n += (size_t)n;
}

static void put_date(struct out *o, const char *iso)
{
	put(o, " date %.2s.%.2s.%.4s", iso + 8, iso + 5, iso);
}

/* The days are all the school days from the first to the last. */
static bool is_span(const struct reading_item *it, size_t n)
{
	int32_t from, to;
	char iso[11];
	size_t at = 0;
	assert(day_from_iso(it[0].word, &from) && day_from_iso(it[n - 1].word, &to));
	for (int32_t d = from; d <= to && at < n; d++) {
		day_to_iso(d, iso);
		if (world_is_school_day(world(), iso) && strcmp(it[at++].word, iso) != 0)
			return false;
	}
	return at == n;
}

/* One day; from and until; or each day by its date. */
static void put_days(struct out *o, const struct reading *r)
{
	const struct reading_item *it;
	size_t n = reading_list(r, "dates", &it);
	if (n == 0 && reading_word(r, "date"))
		put_date(o, reading_word(r, "date"));
	if (n > 1 && is_span(it, n)) {
		put(o, " nga");
		put_date(o, it[0].word);
		put(o, " deri");
		put_date(o, it[n - 1].word);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		put(o, "%s", i ? " dhe" : "");
		put_date(o, it[i].word);
	}
}

static void put_place(struct out *o, const struct reading *r)
{
	if (reading_word(r, "school"))
		put(o, " %s", reading_word(r, "school"));
	put(o, " %s", reading_word(r, "class"));
}

static void put_pupils(struct out *o, const struct reading *r)
{
	const struct reading_item *it;
	size_t n = reading_list(r, "pupils", &it);
	for (size_t i = 0; i < n; i++)
		put(o, " nr %d", (int)it[i].num);
}

static void write_absence(struct out *o, const struct reading *r)
{
	put(o, "MUNGESE");
	for (unsigned e = 0; e < r->n_entries; e++) {
		const struct reading_entry *en = &r->entries[e];
		put(o, "%s %s", e ? ";" : "", en->class_name);
		for (unsigned i = 0; i < en->n; i++)
			put(o, " nr %d", (int)r->items[en->first + i].num);
		put(o, "%s", en->n ? "" : " 0");
	}
	if (r->n_entries == 0) {
		put_place(o, r);
		put_pupils(o, r);
	}
	put_days(o, r);
}

static void write_count(struct out *o, const struct reading *r)
{
	int64_t n = 0, of;
	reading_int(r, "count", &n);
	put(o, "MUNGESE");
	put_place(o, r);
	if (reading_int(r, "enrolled", &of))
		put(o, " %d nga %d", (int)n, (int)of);
	else
		put(o, " %d nxenes", (int)n);
	if (reading_get(r, "enrolled"))
		put_days(o, r); /* else it is today: see dated_count */
}

static void write_present(struct out *o, const struct reading *r)
{
	put(o, "PREZENT");
	if (r->n_entries == 0)
		put_place(o, r);
	for (unsigned e = 0; e < r->n_entries; e++)
		put(o, " %s", r->entries[e].class_name);
	put_days(o, r);
}

static void write_case(struct out *o, const struct reading *r)
{
	static const char *const says[][2] = { { "marriage", "early marriage" }, { "street", "on the street" } };
	const struct reading_item *it;
	const char *sex = reading_word(r, "sex");
	int64_t age, kids;
	bool aged = reading_int(r, "age", &age), several = reading_int(r, "n_children", &kids);
	size_t n = reading_list(r, "concerns", &it);
	put(o, "RAST");
	/* first: behind "djale" the 5 of 5A is read as an age */
	if (reading_word(r, "class")) {
		put_place(o, r);
		put_pupils(o, r);
		put(o, ",");
	}
	for (size_t i = 0; i < n; i++) {
		const char *word = it[i].word;
		for (size_t k = 0; k < sizeof(says) / sizeof(says[0]); k++)
			if (strcmp(word, says[k][0]) == 0)
				word = says[k][1];
		put(o, "%s %s", i ? "," : "", word);
	}
	if (reading_word(r, "zone"))
		put(o, ", %s", reading_word(r, "zone"));
	if (sex && aged)
		put(o, " %s%d", sex, (int)age);
	else if (sex && !several)
		put(o, " %s", *sex == 'M' ? "djale" : "vajze");
	else if (aged)
		put(o, " %d vjec", (int)age);
	if (several)
		put(o, ", %d %s", (int)kids, !sex || aged ? "femije" : *sex == 'M' ? "djem" : "vajza");
}

/* A count in words beside a written date ("3 nxenes date 16.11") is refused with missing_pupils: safe, but it
 * cannot be written back. */
static bool dated_count(const struct reading *r, const char *today)
{
	const char *date = reading_word(r, "date");
	return reading_is(r, "absence_count") && !reading_get(r, "enrolled") &&
	       (!date || strcmp(date, today) != 0);
}

/* A class like 9/1 in a case is read from "IX/1" and not from "9/1": the case is opened and its place asked
 * for, but it cannot be written back. */
static bool case_of_numbered_class(const struct reading *r)
{
	const char *c = reading_word(r, "class");
	return reading_is(r, "case_new") && c && strchr(c, '/');
}

static bool write_text(const struct reading *r, const char *today, struct out *o)
{
	o->n = 0;
	o->s[0] = 0;
	if (r->error || r->about || r->rest || r->test || dated_count(r, today) || case_of_numbered_class(r))
		return false;
	if (reading_is(r, "absence"))
		write_absence(o, r);
	else if (reading_is(r, "absence_count"))
		write_count(o, r);
	else if (reading_is(r, "all_present"))
		write_present(o, r);
	else if (reading_is(r, "case_new"))
		write_case(o, r);
	else
		return false;
	return true;
}

/* ---- the oracle ---- */

static bool same_word(const struct reading *a, const struct reading *b, const char *field)
{
	const char *x = reading_word(a, field), *y = reading_word(b, field);
	return x && y ? strcmp(x, y) == 0 : x == y;
}

static bool same_int(const struct reading *a, const struct reading *b, const char *field)
{
	int64_t x = -1, y = -1;
	bool p = reading_int(a, field, &x), q = reading_int(b, field, &y);
	return p == q && x == y;
}

/* The same members; in what order they were said does not matter. */
static bool same_list(const struct reading *a, const struct reading *b, const char *field)
{
	const struct reading_item *x, *y;
	size_t n = reading_list(a, field, &x), found = 0;
	if (reading_list(b, field, &y) != n)
		return false;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < n; k++)
			if (x[i].num == y[k].num && strcmp(x[i].word, y[k].word) == 0) {
				found++;
				break;
			}
	return found == n;
}

static bool same_entries(const struct reading *a, const struct reading *b)
{
	if (a->n_entries != b->n_entries)
		return false;
	for (unsigned e = 0; e < a->n_entries; e++) {
		const struct reading_entry *x = &a->entries[e], *y = &b->entries[e];
		if (strcmp(x->class_name, y->class_name) != 0 || x->n != y->n)
			return false;
		for (unsigned i = 0; i < x->n; i++)
			if (a->items[x->first + i].num != b->items[y->first + i].num)
				return false;
	}
	return true;
}

static const char *difference(const struct reading *a, const struct reading *b)
{
	static const char *const words[] = { "class", "date", "zone", "sex" };
	static const char *const ints[] = { "count", "enrolled", "age", "n_children" };
	static const char *const lists[] = { "pupils", "dates", "concerns" };
	if (strcmp(a->intent, b->intent) != 0)
		return "intent";
	if (b->error || b->about || b->rest)
		return "a fault";
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (!same_word(a, b, words[i]))
			return words[i];
	for (size_t i = 0; i < sizeof(ints) / sizeof(ints[0]); i++)
		if (!same_int(a, b, ints[i]))
			return ints[i];
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		if (!same_list(a, b, lists[i]))
			return lists[i];
	return same_entries(a, b) ? NULL : "entries";
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct reading a, b;
	const struct world *w = world();
	struct parser_sender from;
	struct parser_clock clock = { "2026-11-18", 10, 15, false };
	struct out o;
	if (size < 1)
		return 0;
	memset(&from, 0, sizeof(from));
	snprintf(from.lang, sizeof(from.lang), "%s", data[0] & 64 ? "en" : "sq");
	fixture_sender(NULL, who[(data[0] & 63) % 9], &from);
	if (data[0] & 128)
		snprintf(clock.today, sizeof(clock.today), "2027-01-12");
	parser_read(w, &from, &clock, NULL, (const char *)data + 1, size - 1, &a);
	if (!write_text(&a, clock.today, &o))
		return 0;
	parser_read(w, &from, &clock, NULL, o.s, o.n, &b);
	const char *what = difference(&a, &b);
	if (what) {
		fprintf(stderr, "%s: %s differs\n  text    %.*s\n  written %s\n  read as %s%s%s%s%s\n", from.id, what,
			(int)(size - 1), (const char *)data + 1, o.s, b.intent, b.error ? " error " : "",
			b.error ? b.error : "", b.about ? " about " : "", b.about ? b.about : "");
		if (!getenv("RENDER_SURVEY"))
			abort();
	}
	return 0;
}
