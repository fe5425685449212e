/* attendance.c - class-days and absences.  See attendance.h.
 * May call the store and streak (which calls alerts). */
#include "gateway/casework/attendance.h"
#include <stdio.h>
#include <string.h>
#include "gateway/casework/streak.h"
#include "gateway/hub/clock.h"
#include "store/attendance.h"

#define DAYS_MAX 40
#define PUPILS_MAX 200

struct report {              /* one text's absences, field by field */
	const struct message *m;
	const struct reporter *from;
	const struct reading *r;
	const char *school;
	const char *day[DAYS_MAX];
	size_t n_days;
	char latest[11];     /* the newest of the days and today: up to where streaks are counted */
};

static bool begin(struct desk *d, const struct message *m, const struct reporter *from,
		  const struct reading *r, struct report *p)
{
	const struct reading_item *items;
	const char *date = reading_word(r, "date"), *school = reading_word(r, "school");
	size_t n = reading_list(r, "dates", &items);

	memset(p, 0, sizeof(*p));
	p->m = m;
	p->from = from;
	p->r = r;
	p->school = school && school[0] ? school : from->school;
	clock_day(d->now, p->latest);
	if (date)
		p->day[p->n_days++] = date;
	for (size_t i = 0; i < n && p->n_days < DAYS_MAX; i++)
		p->day[p->n_days++] = items[i].word;
	for (size_t i = 0; i < p->n_days; i++) {
		if (strcmp(p->day[i], p->latest) > 0)
			memcpy(p->latest, p->day[i], sizeof(p->latest));
	}
	return p->school[0] && p->n_days;
}

static const char *category_of(const struct reading *r, int pupil)
{
	char key[12];

	snprintf(key, sizeof(key), "%d", pupil);
	const struct reading_item *it = reading_map(r, "categories", key);
	static const char *const known[] = { "excused", "unexcused", "late", "left_early" };
	const char *word = it ? it->word : reading_word(r, "category");
	for (size_t i = 0; word && i < sizeof(known) / sizeof(known[0]); i++) {
		if (strcmp(known[i], word) == 0)
			return known[i];
	}
	return "unknown"; /* counts as unexcused until somebody says otherwise */
}

static const char *reason_of(const struct reading *r, int pupil)
{
	char key[12];

	snprintf(key, sizeof(key), "%d", pupil);
	const struct reading_item *it = reading_map(r, "reasons", key);
	const char *word = it ? it->word : reading_word(r, "reason");
	return word ? word : "";
}

static int put_day(struct desk *d, const struct report *p, const char *class_name, const char *day,
		   int count, int enrolled, int64_t *id)
{
	struct class_day c = { p->school, class_name, day, p->from->id, p->m->id, count, enrolled };
	bool fresh;

	return class_day_put(d->st, &c, d->now, id, &fresh);
}

static int put_pupil(struct desk *d, const struct report *p, int64_t class_day, int number)
{
	const char *country = reading_word(p->r, "country");
	struct absence a = { class_day,
			     p->m->id,
			     number,
			     category_of(p->r, number),
			     reason_of(p->r, number),
			     country ? country : "" };
	int64_t id;

	int rc = absence_put(d->st, &a, d->now, &id);
	return rc == STORE_EXISTS ? STORE_OK : rc;
}

static int put_list(struct desk *d, const struct report *p, const char *class_name,
		    const struct reading_item *items, size_t n)
{
	int rc = STORE_OK;

	for (size_t k = 0; rc == STORE_OK && k < p->n_days; k++) {
		int64_t id = 0;
		rc = put_day(d, p, class_name, p->day[k], -1, -1, &id);
		for (size_t i = 0; rc == STORE_OK && i < n; i++)
			rc = put_pupil(d, p, id, items[i].num);
	}
	return rc;
}

/* A child taken abroad or put to work is told at once, and the teacher gets the ordinary reply: who
 * reports must not be able to warn anybody. */
static int special(struct desk *d, const struct report *p, const struct pupil *who)
{
	const char *reason = reason_of(p->r, who->number);
	const char *country = reading_word(p->r, "country");
	int raised;

	if (strcmp(reason, "abroad") != 0 && reading_lists(p->r, "flags", "abroad"))
		reason = "abroad";
	else if (strcmp(reason, "work") != 0 && reading_lists(p->r, "flags", "work"))
		reason = "work";
	if (strcmp(reason, "abroad") != 0 && strcmp(reason, "work") != 0)
		return STORE_OK;
	return streak_special(d, who,
			      strcmp(reason, "work") == 0 ? "absence.work" : "absence.abroad",
			      p->day[p->n_days - 1], reason, country ? country : "", p->m->id,
			      p->from->id, &raised);
}

/* A category said now may end a streak as well as make one longer. */
static int follow(struct desk *d, const struct report *p, const char *class_name,
		  const struct reading_item *items, size_t n)
{
	int rc = STORE_OK;

	for (size_t i = 0; rc == STORE_OK && i < n; i++) {
		struct pupil who = { p->school, class_name, items[i].num };
		rc = special(d, p, &who);
		if (rc == STORE_OK)
			rc = streak_reconcile(d, &who, p->latest, 0, p->from->id);
		if (rc == STORE_OK)
			rc = streak_raise(d, &who, p->latest, p->m->id, p->from->id);
	}
	return rc;
}

static int put_entry(struct desk *d, const struct report *p, const struct reading_entry *e)
{
	const struct reading_item *items = p->r->items + e->first;
	int rc = STORE_OK;

	if (e->has_count && e->n == 0) {
		for (size_t k = 0; rc == STORE_OK && k < p->n_days; k++) {
			int64_t id;
			rc = put_day(d, p, e->class_name, p->day[k], e->count ? e->count : -1, -1,
				     &id);
		}
		return rc;
	}
	rc = put_list(d, p, e->class_name, items, e->n);
	return rc == STORE_OK ? follow(d, p, e->class_name, items, e->n) : rc;
}

static int to_person(struct effect *out)
{
	out->queue = true;
	snprintf(out->override_reply, sizeof(out->override_reply), "queued");
	return STORE_OK;
}

int attendance_absence(struct desk *d, const struct message *m, const struct reporter *from,
		       const struct reading *r, struct effect *out)
{
	const struct reading_item *items;
	const char *class_name = reading_word(r, "class");
	struct report p;
	int rc = STORE_OK;

	if (!begin(d, m, from, r, &p) || (!class_name && r->n_entries == 0))
		return to_person(out);
	for (unsigned i = 0; rc == STORE_OK && i < r->n_entries; i++)
		rc = put_entry(d, &p, &r->entries[i]);
	if (rc != STORE_OK || !class_name || r->n_entries)
		return rc;
	size_t n = reading_list(r, "pupils", &items);
	rc = put_list(d, &p, class_name, items, n);
	return rc == STORE_OK ? follow(d, &p, class_name, items, n) : rc;
}

static int put_count(struct desk *d, const struct message *m, const struct reporter *from,
		     const struct reading *r, int64_t count, int64_t enrolled, struct effect *out)
{
	const char *class_name = reading_word(r, "class");
	struct report p;
	int rc = STORE_OK;

	if (!begin(d, m, from, r, &p) || !class_name || count > 999 || enrolled > 999)
		return to_person(out);
	/* "0 of 28" names nobody and yet says of each pupil that he is there: a list, of none. */
	for (size_t k = 0; rc == STORE_OK && k < p.n_days; k++) {
		int64_t id;
		rc = put_day(d, &p, class_name, p.day[k], count > 0 ? (int)count : -1,
			     (int)enrolled, &id);
	}
	return rc;
}

int attendance_count(struct desk *d, const struct message *m, const struct reporter *from,
		     const struct reading *r, struct effect *out)
{
	int64_t count, enrolled = -1;

	reading_int(r, "enrolled", &enrolled);
	if (!reading_int(r, "count", &count) || count < 0)
		return to_person(out);
	return put_count(d, m, from, r, count, enrolled, out);
}

int attendance_present(struct desk *d, const struct message *m, const struct reporter *from,
		       const struct reading *r, struct effect *out)
{
	return put_count(d, m, from, r, 0, -1, out);
}

/* ---- taking back ---------------------------------------------------------------------------- */

/* Rows of a class-day as a whole (pupil -1) are nobody's streak. */
int attendance_reconcile(struct desk *d, const struct absence_ref *refs, size_t n, int64_t message,
			 const struct reporter *from)
{
	char today[11];
	int rc = STORE_OK;

	clock_day(d->now, today);
	for (size_t i = 0; rc == STORE_OK && i < n; i++) {
		struct pupil who = { refs[i].school, refs[i].class_name, refs[i].pupil };
		if (who.number >= 0)
			rc = streak_reconcile(d, &who, today, message, from->id);
	}
	return rc;
}

int attendance_takeback(struct desk *d, int64_t message, const struct reporter *from)
{
	struct absence_ref refs[PUPILS_MAX];
	size_t n = 0;

	int rc = attendance_undo(d->st, message, d->now, refs, PUPILS_MAX, &n);
	if (rc == STORE_NONE)
		return STORE_OK;
	return rc == STORE_OK ? attendance_reconcile(d, refs, n, message, from) : rc;
}

/* ---- one pupil ------------------------------------------------------------------------------ */

static int excuse_pupil(struct desk *d, const struct report *p, const char *class_name, int number,
			bool *any)
{
	struct pupil who = { p->school, class_name, number };
	struct attendance_mark marks[DAYS_MAX];
	struct streak s;
	size_t n = 0;

	int rc = streak_count(d, &who, p->latest, &s);
	if (rc == STORE_OK && s.days)
		rc = attendance_recent(d->st, p->school, class_name, number, p->latest, marks,
				       DAYS_MAX, &n);
	const char *reason = reading_word(p->r, "reason");
	for (size_t i = 0; rc == STORE_OK && i < n; i++) {
		int64_t id, absence;
		if (!marks[i].absent || strcmp(marks[i].day, s.first) < 0)
			continue;
		rc = put_day(d, p, class_name, marks[i].day, -1, -1, &id);
		struct absence a = { id, p->m->id, number, "excused", reason ? reason : "", "" };
		if (rc == STORE_OK)
			rc = absence_put(d->st, &a, d->now, &absence);
		rc = rc == STORE_EXISTS ? STORE_OK : rc;
		*any = true;
	}
	return rc == STORE_OK && *any ? streak_reconcile(d, &who, p->latest, 0, p->from->id) : rc;
}

int attendance_excuse(struct desk *d, const struct message *m, const struct reporter *from,
		      const struct reading *r, struct effect *out)
{
	const struct reading_item *items;
	const char *class_name = reading_word(r, "class");
	struct report p;
	bool any = false;
	int rc = STORE_OK;

	begin(d, m, from, r, &p); /* a day is not asked for: the days missed in a row are meant */
	size_t n = reading_list(r, "pupils", &items);
	if (!class_name || !p.school[0] || n == 0)
		return to_person(out);
	for (size_t i = 0; rc == STORE_OK && i < n; i++)
		rc = excuse_pupil(d, &p, class_name, items[i].num, &any);
	/* Nothing stands that could be excused: making a class-day of it would call the rest
	 * present. */
	return rc == STORE_OK && !any ? to_person(out) : rc;
}

int attendance_return(struct desk *d, const struct message *m, const struct reporter *from,
		      const struct reading *r, struct effect *out)
{
	const struct reading_item *items;
	const char *class_name = reading_word(r, "class"), *date = reading_word(r, "date");
	struct report p;
	int rc = STORE_OK;

	begin(d, m, from, r, &p);
	size_t n = reading_list(r, "pupils", &items);
	if (!class_name || !p.school[0] || n == 0)
		return to_person(out);
	for (size_t i = 0; rc == STORE_OK && i < n; i++) {
		struct pupil who = { p.school, class_name, items[i].num };
		rc = streak_close(d, &who, date ? date : p.latest, from->id);
	}
	return rc;
}

int attendance_left(struct desk *d, const struct message *m, const struct reporter *from,
		    const struct reading *r, struct effect *out)
{
	const struct reading_item *items;
	const char *class_name = reading_word(r, "class"), *reason = reading_word(r, "reason");
	struct report p;
	int rc = STORE_OK;

	begin(d, m, from, r, &p);
	size_t n = reading_list(r, "pupils", &items);
	if (!class_name || !p.school[0] || n == 0)
		return to_person(out);
	for (size_t i = 0; rc == STORE_OK && i < n; i++) {
		struct pupil who = { p.school, class_name, items[i].num };
		int raised = 0;
		rc = streak_special(d, &who, "absence.left", p.latest, reason ? reason : "left", "",
				    m->id, from->id, &raised);
	}
	/* The register itself is kept by people: one of them takes the number out. */
	out->queue = true;
	return rc;
}
