/* correct.c - a class-day as it should have been reported.  See correct.h.
 *
 * A list of numbers replaces whatever stands for the class and day, from however many texts it
 * came. A class is exchanged only in the very last report, which is taken back and recorded anew.
 * Where it is not plain what is to be corrected, a person does it.
 */
#include "gateway/casework/correct.h"
#include <stdio.h>
#include <string.h>
#include "gateway/casework/attendance.h"
#include "gateway/casework/last.h"
#include "store/attendance.h"

#define PUPILS_MAX 200

struct fix {                 /* one class-day */
	const char *school, *class_name, *day;
	int old[PUPILS_MAX], now[PUPILS_MAX];
	size_t n_old, n_now;
	bool reported;
};

static int to_person(struct effect *out)
{
	out->queue = true;
	snprintf(out->override_reply, sizeof(out->override_reply), "queued");
	return STORE_OK;
}

static bool among(const int *list, size_t n, int number)
{
	for (size_t i = 0; i < n; i++) {
		if (list[i] == number)
			return true;
	}
	return false;
}

/* ---- numbers -------------------------------------------------------------------------------- */

/* Which class and day: what was said, and what was not from the last report, if that was about one
 * class on one day.  False: not plain. */
static bool find_class_day(const struct reading *r, const struct reading *last,
			   const struct reporter *from, struct fix *f)
{
	const char *school = reading_word(r, "school");

	f->class_name = reading_word(r, "class");
	f->day = reading_word(r, "date");
	f->school = school && school[0] ? school : from->school;
	if (r->n_entries || reading_get(r, "dates"))
		return false;
	const char *of = last && !last->n_entries ? reading_word(last, "class") : NULL;
	const char *on = last && !reading_get(last, "dates") ? reading_word(last, "date") : NULL;
	if (!f->class_name)
		f->class_name = of;
	if (!f->day && of && f->class_name && strcmp(of, f->class_name) == 0)
		f->day = on;
	return f->school[0] && f->class_name && f->day;
}

/* The numbers from now on.  False: one that is to be replaced does not stand. */
static bool find_numbers(const struct reading *r, struct fix *f)
{
	const struct reading_item *items;
	size_t n = reading_list(r, "replace", &items);

	if (n == 0) {
		n = reading_list(r, "pupils", &items);
		for (size_t i = 0; i < n && i < PUPILS_MAX; i++)
			f->now[f->n_now++] = items[i].num;
		return true;
	}
	for (size_t i = 0; i < f->n_old; i++) {
		char key[12];
		snprintf(key, sizeof(key), "%d", f->old[i]);
		const struct reading_item *it = reading_map(r, "replace", key);
		n -= it != NULL;
		f->now[f->n_now++] = it ? it->num : f->old[i];
	}
	return n == 0;
}

/* A number put in another's place is away for the reason the other was said to be. */
static int copy_category(struct desk *d, const struct fix *f, int from, int to,
			 struct reading *report)
{
	struct attendance_mark mark;
	char key[12];
	size_t n = 0;

	int rc = attendance_recent(d->st, f->school, f->class_name, from, f->day, &mark, 1, &n);
	if (rc != STORE_OK || n == 0 || strcmp(mark.day, f->day) != 0 || !mark.absent)
		return rc == STORE_NONE ? STORE_OK : rc;
	snprintf(key, sizeof(key), "%d", to);
	reading_add_pair(report, "categories", key, mark.category);
	return STORE_OK;
}

static void copy_said(const struct reading *r, struct reading *report)
{
	static const char *const words[] = { "category", "reason", "country" };
	static const char *const maps[] = { "categories", "reasons" };
	const struct reading_item *items;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		const char *w = reading_word(r, words[i]);
		if (w)
			reading_set_word(report, words[i], w);
	}
	for (size_t k = 0; k < sizeof(maps) / sizeof(maps[0]); k++) {
		size_t n = reading_list(r, maps[k], &items);
		for (size_t i = 0; i < n; i++)
			reading_add_pair(report, maps[k], items[i].key, items[i].word);
	}
}

/* The correction as a report of its own: what it says, for those who are away from now on. */
static int make_report(struct desk *d, const struct reading *r, const struct fix *f,
		       struct reading *report)
{
	const struct reading_item *items;
	size_t n = reading_list(r, "replace", &items);
	int rc = STORE_OK;

	reading_init(report, "absence");
	reading_set_word(report, "school", f->school);
	reading_set_word(report, "class", f->class_name);
	reading_set_word(report, "date", f->day);
	copy_said(r, report);
	for (size_t i = 0; rc == STORE_OK && i < n; i++) {
		int old = 0;
		for (size_t k = 0; k < f->n_old; k++)
			old = f->now[k] == items[i].num && f->old[k] != f->now[k] ? f->old[k] : old;
		if (old)
			rc = copy_category(d, f, old, items[i].num, report);
	}
	for (size_t i = 0; i < f->n_now; i++) {
		if (!reading_add_int(report, "pupils", f->now[i]))
			return STORE_BOUND;
	}
	return rc;
}

static int clear_others(struct desk *d, const struct message *m, const struct reporter *from,
			const struct fix *f)
{
	struct class_day c = { f->school, f->class_name, f->day, from->id, m->id, -1, -1, 0 };
	int64_t id;
	bool fresh;

	int rc = class_day_put(d->st, &c, d->now, &id, &fresh);
	for (size_t i = 0; rc == STORE_OK && i < f->n_old; i++) {
		if (among(f->now, f->n_now, f->old[i]))
			continue;
		rc = absence_clear(d->st, id, f->old[i], d->now);
		rc = rc == STORE_NONE ? STORE_OK : rc;
	}
	return rc;
}

static void say_previous(const struct fix *f, struct effect *out)
{
	for (size_t i = 0; i < f->n_old; i++) {
		char one[12];
		snprintf(one, sizeof(one), "%d", f->old[i]);
		desk_join(out->words[0], sizeof(out->words[0]), ",", one);
	}
	if (out->words[0][0])
		out->facts.previous = out->words[0];
}

static int correct_numbers(struct desk *d, const struct message *m, const struct reporter *from,
			   const struct reading *r, const struct reading *last, struct effect *out)
{
	struct reading report;
	struct fix f;

	memset(&f, 0, sizeof(f));
	if (!find_class_day(r, last, from, &f))
		return to_person(out);
	int rc = attendance_of_day(d->st, f.school, f.class_name, f.day, f.old, PUPILS_MAX,
				   &f.n_old, &f.reported);
	if (rc != STORE_OK && rc != STORE_NONE)
		return rc;
	if (!find_numbers(r, &f))
		return to_person(out);
	say_previous(&f, out);
	rc = make_report(d, r, &f, &report);
	if (rc == STORE_OK)
		rc = clear_others(d, m, from, &f);
	return rc == STORE_OK ? attendance_corrected(d, m, from, &report, f.old, f.n_old, out) : rc;
}

/* ---- the class ------------------------------------------------------------------------------ */

/* The last report with its class exchanged.  False: it was not about that class. */
static bool exchange_class(const struct reading *r, struct reading *last)
{
	const struct reading_item *items;
	size_t n = reading_list(r, "replace_class", &items);
	const char *one = reading_word(last, "class");

	if (n != 1)
		return false;
	if (one && !last->n_entries)
		return strcmp(one, items[0].key) == 0 &&
		       reading_set_word(last, "class", items[0].word);
	for (unsigned i = 0; i < last->n_entries; i++) {
		struct reading_entry *e = &last->entries[i];
		if (strcmp(e->class_name, items[0].key) != 0)
			continue;
		desk_cut(e->class_name, sizeof(e->class_name), items[0].word);
		return true;
	}
	return false;
}

static int record_again(struct desk *d, const struct message *m, const struct reporter *from,
			const struct reading *r, struct effect *out)
{
	if (reading_is(r, "all_present"))
		return attendance_present(d, m, from, r, out);
	if (reading_is(r, "absence_count"))
		return attendance_count(d, m, from, r, out);
	return attendance_absence(d, m, from, r, out);
}

static int correct_class(struct desk *d, const struct message *m, const struct reporter *from,
			 const struct reading *r, const struct last *last, struct reading *then,
			 struct effect *out)
{
	struct absence_ref refs[PUPILS_MAX];
	bool plain = reading_is(then, "absence") || reading_is(then, "all_present") ||
		     reading_is(then, "absence_count");
	size_t n = 0;

	if (!plain || !exchange_class(r, then))
		return to_person(out);
	int rc = attendance_undo(d->st, last->message, d->now, refs, PUPILS_MAX, &n);
	if (rc == STORE_OK || rc == STORE_NONE)
		rc = reading_undone(d->st, last->reading, d->now);
	if (rc == STORE_OK)
		rc = record_again(d, m, from, then, out);
	return rc == STORE_OK ? attendance_reconcile(d, refs, n, from) : rc;
}

int correct_apply(struct desk *d, const struct message *m, const struct reporter *from,
		  const struct reading *r, struct effect *out)
{
	const struct reading_item *items;
	struct last last;
	struct reading then;
	enum last_state state;

	int rc = last_report(d, from->id, &last, &state);
	if (rc != STORE_OK)
		return rc;
	bool here = state == LAST_HERE && keys_read(last.intent, last.keys, &then);
	if (reading_list(r, "replace_class", &items) == 0)
		return correct_numbers(d, m, from, r, here ? &then : NULL, out);
	return here ? correct_class(d, m, from, r, &last, &then, out) : to_person(out);
}
