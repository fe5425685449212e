/* attendance.c - class-days and absences.  See attendance.h.
 * May call the store, follow and streak (which call alerts). */
#include "gateway/casework/attendance.h"
#include <stdio.h>
#include <string.h>
#include "gateway/casework/alerts.h"
#include "gateway/casework/answer.h"
#include "gateway/casework/follow.h"
#include "gateway/casework/rules.h"
#include "gateway/hub/clock.h"
#include "store/attendance.h"

#define DAYS_MAX 40
#define PUPILS_MAX 200
#define SHOWN 49 /* of a list in a reply, with its end */

struct report {              /* one text's absences, field by field */
	const struct message *m;
	const struct reporter *from;
	const struct reading *r;
	const char *school;
	const char *day[DAYS_MAX];
	size_t n_days;
	char latest[11];     /* the newest of the days and today */
	const int *cleared;  /* of a correction: who had been absent and is not */
	size_t n_cleared;
	bool correction;
	bool known;          /* numbers of all its days had been sent before */
	int64_t class_day;   /* of the last day that a list was put for */
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

/* What is said of one pupil: "5A:12" in a text about several classes, "12" in one about one. */
static const struct reading_item *said_of(const struct reading *r, const char *map,
					  const char *class_name, int pupil)
{
	char key[24];

	snprintf(key, sizeof(key), "%.11s:%d", class_name, pupil);
	const struct reading_item *it = reading_map(r, map, key);
	return it ? it : reading_map(r, map, key + strlen(class_name) + 1);
}

static const char *category_of(const struct reading *r, const char *class_name, int pupil)
{
	static const char *const known[] = { "excused", "unexcused", "late", "left_early" };
	const struct reading_item *it = said_of(r, "categories", class_name, pupil);
	const char *word = it ? it->word : reading_word(r, "category");

	for (size_t i = 0; word && i < sizeof(known) / sizeof(known[0]); i++) {
		if (strcmp(known[i], word) == 0)
			return known[i];
	}
	return "unknown"; /* counts as unexcused until somebody says otherwise */
}

static const char *reason_of(const struct reading *r, const char *class_name, int pupil)
{
	const struct reading_item *it = said_of(r, "reasons", class_name, pupil);
	const char *word = it ? it->word : reading_word(r, "reason");

	return word ? word : "";
}

static int put_day(struct desk *d, const struct report *p, const char *class_name, const char *day,
		   int count, int enrolled, int64_t *id)
{
	struct class_day c = { p->school, class_name, day, p->from->id, p->m->id, count, enrolled, 0 };
	bool fresh;

	return class_day_put(d->st, &c, d->now, id, &fresh);
}

/* Who came late or left early was there. */
static int away(const struct report *p, const char *class_name, const struct reading_item *items, size_t n)
{
	int count = 0;

	for (size_t i = 0; i < n; i++) {
		const char *category = category_of(p->r, class_name, items[i].num);
		count += strcmp(category, "late") != 0 && strcmp(category, "left_early") != 0;
	}
	return count;
}

static int put_pupil(struct desk *d, const struct report *p, struct class_day_list *list,
		     const char *class_name, int number)
{
	const struct reading_item *unused;
	bool abroad = reading_list(p->r, "reasons", &unused) == 0 ||
		      strcmp(reason_of(p->r, class_name, number), "abroad") == 0;
	const char *country = abroad ? reading_word(p->r, "country") : NULL;
	struct absence a = { list->id,
			     p->m->id,
			     number,
			     category_of(p->r, class_name, number),
			     reason_of(p->r, class_name, number),
			     country ? country : "",
			     list };
	int64_t id;

	int rc = absence_put(d->st, &a, d->now, &id);
	return rc == STORE_EXISTS ? STORE_OK : rc;
}

static int put_list(struct desk *d, struct report *p, const char *class_name,
		    const struct reading_item *items, size_t n)
{
	struct class_day c = { p->school, class_name, NULL, p->from->id, p->m->id, -1, -1,
			       away(p, class_name, items, n) };
	int rc = STORE_OK;

	p->known = !p->correction; /* which has reported the day itself before it came here */
	for (size_t k = 0; rc == STORE_OK && k < p->n_days; k++) {
		struct class_day_list list;
		c.day = p->day[k];
		rc = class_day_begin(d->st, &c, d->now, &list);
		for (size_t i = 0; rc == STORE_OK && i < n; i++)
			rc = put_pupil(d, p, &list, class_name, items[i].num);
		if (rc == STORE_OK)
			rc = class_day_end(d->st, &list, d->now);
		p->known &= list.listed;
		p->class_day = list.id;
	}
	return rc;
}

static struct cause cause_of(const struct report *p)
{
	return (struct cause){ .message = p->m->id, .who = p->from->id };
}

/* A child taken abroad or put to work is told at once, and the teacher gets the ordinary reply: who
 * reports must not be able to warn anybody. */
static int special(struct desk *d, const struct report *p, const char *class_name, int number)
{
	const struct pupil_key who = { p->school, class_name, number };
	const struct cause cause = cause_of(p);
	const char *reason = reason_of(p->r, class_name, number);
	const char *country = reading_word(p->r, "country");
	const struct reading_item *unused;
	int raised;

	/* A flag is of the whole text, unless it says of each pupil why. */
	if (reading_list(p->r, "reasons", &unused) == 0) {
		if (strcmp(reason, "abroad") != 0 && reading_lists(p->r, "flags", "abroad"))
			reason = "abroad";
		else if (strcmp(reason, "work") != 0 && reading_lists(p->r, "flags", "work"))
			reason = "work";
	}
	if (strcmp(reason, "abroad") != 0 && strcmp(reason, "work") != 0)
		return STORE_OK;
	return streak_special(d, &who,
			      strcmp(reason, "work") == 0 ? "absence.work" : "absence.abroad",
			      p->day[p->n_days - 1], reason, country ? country : "", &cause, &raised);
}

/* A category said now may end a row as well as make one longer; a day reported now may part one. */
static int follow(struct desk *d, const struct report *p, const char *class_name,
		  const struct reading_item *items, size_t n)
{
	int pupils[PUPILS_MAX];
	struct change c = { p->school, class_name, p->day, p->n_days, pupils, 0, true, p->known, cause_of(p) };
	int rc = STORE_OK;

	for (size_t i = 0; rc == STORE_OK && i < n && c.n_pupils < PUPILS_MAX; i++) {
		pupils[c.n_pupils++] = items[i].num;
		rc = special(d, p, class_name, items[i].num);
	}
	for (size_t i = 0; c.n_pupils < PUPILS_MAX && i < p->n_cleared; i++)
		pupils[c.n_pupils++] = p->cleared[i];
	c.cause.correction = p->correction;
	return rc == STORE_OK ? follow_change(d, &c) : rc;
}

static int put_entry(struct desk *d, struct report *p, const struct reading_entry *e)
{
	const struct reading_item *items = p->r->items + e->first;
	int rc = STORE_OK;

	if (e->has_count && e->n == 0) {
		p->known = false;
		for (size_t k = 0; rc == STORE_OK && k < p->n_days; k++) {
			int64_t id;
			rc = put_day(d, p, e->class_name, p->day[k], e->count ? e->count : -1, -1,
				     &id);
		}
		return rc == STORE_OK ? follow(d, p, e->class_name, NULL, 0) : rc;
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

/* "3,8,12", and how many more where they do not all fit: none is left out silently. */
static void show(const int *pupils, size_t n, char out[SHOWN])
{
	char one[12], rest[12];

	for (size_t i = 0; i < n; i++) {
		snprintf(one, sizeof(one), "%d", pupils[i]);
		snprintf(rest, sizeof(rest), " +%zu", (n - i) % 1000);
		bool last = i + 1 == n;
		if (strlen(out) + 1 + strlen(one) + (last ? 0 : strlen(rest)) >= SHOWN) {
			snprintf(out + strlen(out), SHOWN - strlen(out), "%s", rest);
			return;
		}
		desk_join(out, SHOWN, ",", one);
	}
}

/* Numbers that were sent before stand until they are corrected, whoever sent them: a nought sent in
 * haste must not hide a child.  The reply must not say that all are there, then; nor, after a second
 * list of the day, that these are all who are away.  known: how many the reply names anyhow. */
static int say_absent(struct desk *d, const char *school, const char *class_name, const char *day,
		      size_t known, const char *message, struct effect *out)
{
	int pupils[PUPILS_MAX];
	char shown[SHOWN] = "", when[8];
	bool reported;
	size_t n = 0;

	int rc = attendance_of_day(d->st, school, class_name, day, pupils, PUPILS_MAX, &n, &reported);
	if (rc != STORE_OK || n <= known)
		return rc == STORE_NONE ? STORE_OK : rc;
	show(pupils, n, shown);
	snprintf(when, sizeof(when), "%.2s.%.2s", day + 8, day + 5);
	answer_fill(out, "class", class_name);
	answer_fill(out, "pupils", shown);
	answer_fill(out, "day", when);
	answer_with(out, message);
	return STORE_OK;
}

static int say_absent_of(struct desk *d, const struct report *p, const char *class_name, struct effect *out)
{
	int rc = STORE_OK;

	for (size_t k = 0; rc == STORE_OK && k < p->n_days && !out->override_reply[0]; k++)
		rc = say_absent(d, p->school, class_name, p->day[k], 0, "all_present_but", out);
	return rc;
}

static int record(struct desk *d, struct report *p, struct effect *out)
{
	const struct reading_item *items;
	const char *class_name = reading_word(p->r, "class");
	int rc = STORE_OK;

	if (!class_name && p->r->n_entries == 0)
		return to_person(out);
	for (unsigned i = 0; rc == STORE_OK && i < p->r->n_entries; i++) {
		const struct reading_entry *e = &p->r->entries[i];
		rc = put_entry(d, p, e);
		if (rc == STORE_OK && e->n == 0 && !e->count)
			rc = say_absent_of(d, p, e->class_name, out);
	}
	if (rc != STORE_OK || !class_name || p->r->n_entries)
		return rc;
	size_t n = reading_list(p->r, "pupils", &items);
	rc = put_list(d, p, class_name, items, n);
	if (rc == STORE_OK)
		rc = follow(d, p, class_name, items, n);
	bool plain = p->n_days == 1 && !p->correction && !reading_flag(p->r, "confirm");
	return rc == STORE_OK && plain ? say_absent(d, p->school, class_name, p->day[0], n,
						    "absence_all_ok", out)
				       : rc;
}

int attendance_absence(struct desk *d, const struct message *m, const struct reporter *from,
		       const struct reading *r, struct effect *out)
{
	struct report p;

	return begin(d, m, from, r, &p) ? record(d, &p, out) : to_person(out);
}

int attendance_corrected(struct desk *d, const struct message *m, const struct reporter *from,
			 const struct reading *r, const int *cleared, size_t n, struct effect *out)
{
	struct report p;

	if (!begin(d, m, from, r, &p))
		return to_person(out);
	p.cleared = cleared;
	p.n_cleared = n;
	p.correction = true;
	return record(d, &p, out);
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
	if (rc == STORE_OK)
		rc = follow(d, &p, class_name, NULL, 0);
	return rc == STORE_OK && count == 0 ? say_absent_of(d, &p, class_name, out) : rc;
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

/* All rows of one class at once; rows of a class-day as a whole (pupil -1) name nobody. */
static int follow_class(struct desk *d, const struct absence_ref *refs, size_t n, size_t first,
			const struct cause *cause)
{
	const char *day[DAYS_MAX];
	int pupils[PUPILS_MAX];
	struct change c = { refs[first].school, refs[first].class_name, day, 0, pupils, 0, false, false,
			    *cause };

	for (size_t i = first; i < n; i++) {
		bool known = false;
		if (strcmp(refs[i].school, c.school) != 0 || strcmp(refs[i].class_name, c.class_name) != 0)
			continue;
		for (size_t k = 0; k < c.n_days; k++)
			known |= strcmp(day[k], refs[i].day) == 0;
		if (!known && c.n_days < DAYS_MAX)
			day[c.n_days++] = refs[i].day;
		if (refs[i].pupil >= 0 && c.n_pupils < PUPILS_MAX)
			pupils[c.n_pupils++] = refs[i].pupil;
	}
	return follow_change(d, &c);
}

int attendance_reconcile(struct desk *d, const struct absence_ref *refs, size_t n,
			 const struct reporter *from)
{
	const struct cause cause = { .who = from->id, .correction = true };
	int rc = STORE_OK;

	for (size_t i = 0; rc == STORE_OK && i < n; i++) {
		bool before = false;
		for (size_t k = 0; k < i; k++)
			before |= strcmp(refs[k].school, refs[i].school) == 0 &&
				  strcmp(refs[k].class_name, refs[i].class_name) == 0;
		if (!before)
			rc = follow_class(d, refs, n, i, &cause);
	}
	return rc;
}

/* What was told at once holds as long as the text that told it. */
static int take_back_special(struct desk *d, int64_t message, const struct reporter *from)
{
	struct alert_row rows[32];
	size_t n = 0;

	int rc = alert_of_message(d->st, message, rows, 32, &n);
	for (size_t i = 0; rc == STORE_OK && i < n; i++) {
		const struct config_rule *rule = rules_of(d, rows[i].rule);
		if (rule && (rule->is.kind == WHEN_ABROAD || rule->is.kind == WHEN_WORK ||
			     rule->is.kind == WHEN_LEFT))
			rc = alerts_withdraw(d, &rows[i], from->id, "the report was changed",
					     "alert_withdrawn_pupil");
	}
	return rc == STORE_NONE ? STORE_OK : rc;
}

/* The word that he is back was wrong, and he had left: he has left again, and whoever was told that he is
 * back hears so. */
static int left_again(struct desk *d, int64_t message, const struct taken_back *b, const struct reporter *from)
{
	const struct pupil_key who = { b->school, b->class_name, b->pupil };
	const struct cause cause = { .who = from->id, .correction = true };
	bool resumed;
	int raised;

	int rc = enrolment_resumed_by(d->st, &who, schoolyear_of(b->day), message, &resumed);
	if (rc != STORE_OK || !resumed)
		return rc;
	rc = enrolment_end(d->st, &who, b->day, "left", 0, d->now);
	return rc == STORE_OK
		       ? streak_special(d, &who, "absence.left", b->day, "left", "", &cause, &raised)
		       : rc;
}

/* Returns and leavings of the message, as rows of their pupils. */
static int undo_others(struct desk *d, int64_t message, const struct reporter *from, struct absence_ref *refs,
		       size_t max, size_t *n)
{
	struct taken_back back[PUPILS_MAX];
	size_t k = 0;

	int rc = return_undo(d->st, message, d->now, back, PUPILS_MAX, &k);
	for (size_t i = 0; rc == STORE_OK && i < k; i++)
		rc = left_again(d, message, &back[i], from);
	for (int pass = 0; rc == STORE_OK && pass < 2; pass++) {
		for (size_t i = 0; i < k && *n < max; i++) {
			struct absence_ref *to = &refs[(*n)++];
			desk_cut(to->school, sizeof(to->school), back[i].school);
			desk_cut(to->class_name, sizeof(to->class_name), back[i].class_name);
			desk_cut(to->day, sizeof(to->day), back[i].day);
			to->pupil = back[i].pupil;
		}
		k = 0;
		if (pass == 0)
			rc = enrolment_undo(d->st, message, d->now, back, PUPILS_MAX, &k);
	}
	return rc;
}

int attendance_takeback(struct desk *d, int64_t message, const struct reporter *from)
{
	struct absence_ref refs[2 * PUPILS_MAX];
	size_t n = 0;

	int rc = attendance_undo(d->st, message, d->now, refs, PUPILS_MAX, &n);
	if (rc == STORE_OK || rc == STORE_NONE)
		rc = undo_others(d, message, from, refs, 2 * (size_t)PUPILS_MAX, &n);
	if (rc == STORE_OK)
		rc = take_back_special(d, message, from);
	return rc == STORE_OK ? attendance_reconcile(d, refs, n, from) : rc;
}

/* ---- one pupil ------------------------------------------------------------------------------ */

static bool named_day(const struct report *p, const char *day)
{
	bool named = p->n_days == 0;

	for (size_t i = 0; i < p->n_days; i++)
		named |= strcmp(p->day[i], day) == 0;
	return named;
}

/* The days said; of none the days missed in a row, or the last such row when he has just come back:
 * the excuse comes with the child. */
static int excused_span(struct desk *d, const struct report *p, const struct pupil_key *who, char first[11],
			char last[11])
{
	memcpy(last, p->latest, 11);
	if (p->n_days == 0)
		return streak_excusable(d, who, p->latest, first, last);
	memcpy(first, p->latest, 11);
	for (size_t i = 0; i < p->n_days; i++) {
		if (strcmp(p->day[i], first) < 0)
			snprintf(first, 11, "%s", p->day[i]);
	}
	return STORE_OK;
}

static int excuse_day(struct desk *d, const struct report *p, const struct pupil_key *who, const char *day)
{
	const char *reason = reading_word(p->r, "reason");
	int64_t id, absence;

	int rc = put_day(d, p, who->class_name, day, -1, -1, &id);
	struct absence a = { id, p->m->id, who->pupil, "excused", reason ? reason : "", "", NULL };
	if (rc == STORE_OK)
		rc = absence_put(d->st, &a, d->now, &absence);
	return rc == STORE_EXISTS ? STORE_OK : rc;
}

struct excused {             /* what the reply tells of */
	char first[11], last[11], pupils[49];
	bool all;            /* of each pupil something, and to this day */
};

static void tell_excused(struct excused *e, int number, const char *first, const char *last)
{
	char one[12];

	snprintf(one, sizeof(one), "%d", number);
	desk_join(e->pupils, sizeof(e->pupils), ",", one);
	if (!e->first[0] || strcmp(first, e->first) < 0)
		snprintf(e->first, sizeof(e->first), "%s", first);
	if (strcmp(last, e->last) > 0)
		snprintf(e->last, sizeof(e->last), "%s", last);
}

static int excuse_pupil(struct desk *d, const struct report *p, const struct pupil_key *who,
			struct excused *e)
{
	struct day_mark marks[DAYS_MAX];
	const char *days[DAYS_MAX];
	char first[11] = "", last[11];
	size_t n = 0, k = 0;

	int rc = excused_span(d, p, who, first, last);
	if (rc == STORE_OK && first[0])
		rc = pupil_absences(d->st, who, first, last, marks, DAYS_MAX, &n);
	for (size_t i = 0; rc == STORE_OK && i < n; i++) {
		if (!named_day(p, marks[i].day))
			continue;
		days[k++] = marks[i].day;
		rc = excuse_day(d, p, who, marks[i].day);
	}
	e->all &= k > 0 && p->n_days == 0 && strcmp(last, p->latest) == 0;
	if (k)
		tell_excused(e, who->pupil, days[0], days[k - 1]);
	struct change c = { p->school, who->class_name, days, k, &who->pupil, 1, false, false, cause_of(p) };
	c.cause.excuse = true;
	return rc == STORE_OK && k ? follow_change(d, &c) : rc;
}

/* Which days, where it is not all that he is away now. */
static void say_excused(const struct excused *e, const char *class_name, struct effect *out)
{
	char days[16];

	snprintf(days, sizeof(days), "%.2s.%.2s", e->first + 8, e->first + 5);
	if (strcmp(e->first, e->last) != 0)
		snprintf(days + 5, sizeof(days) - 5, "-%.2s.%.2s", e->last + 8, e->last + 5);
	answer_fill(out, "class", class_name);
	answer_fill(out, "pupils", e->pupils);
	answer_fill(out, "days", days);
	answer_with(out, "excuse_days_ok");
}

int attendance_excuse(struct desk *d, const struct message *m, const struct reporter *from,
		      const struct reading *r, struct effect *out)
{
	const struct reading_item *items;
	const char *class_name = reading_word(r, "class");
	struct excused e = { .all = true };
	struct report p;
	int rc = STORE_OK;

	begin(d, m, from, r, &p);
	size_t n = reading_list(r, "pupils", &items);
	if (!class_name || !p.school[0] || n == 0)
		return to_person(out);
	for (size_t i = 0; rc == STORE_OK && i < n; i++) {
		const struct pupil_key who = { p.school, class_name, items[i].num };
		rc = excuse_pupil(d, &p, &who, &e);
	}
	/* Nothing stands that could be excused: making a class-day of it would call the rest
	 * present. */
	if (rc == STORE_OK && !e.pupils[0])
		return to_person(out);
	if (rc == STORE_OK && !e.all)
		say_excused(&e, class_name, out);
	return rc;
}

/* Nobody need enrol him any more who was told to. */
static int end_left(struct desk *d, const struct report *p, const struct pupil_key *who)
{
	struct alert_row rows[32];
	char subject[64];
	size_t n = 0;

	snprintf(subject, sizeof(subject), "%s %s %d", who->school, who->class_name, who->pupil);
	int rc = alert_standing_for(d->st, subject, rows, 32, &n);
	for (size_t i = 0; rc == STORE_OK && i < n; i++) {
		const struct config_rule *rule = rules_of(d, rows[i].rule);
		if (rule && rule->is.kind == WHEN_LEFT && (rule->ended_by & END_RETURN))
			rc = alerts_end(d, &rows[i], p->from->id, "back at school", "alert_returned");
	}
	return rc == STORE_NONE ? STORE_OK : rc;
}

static int is_back(struct desk *d, const struct report *p, const struct pupil_key *who, const char *day)
{
	int rc = return_put(d->st, who, day, p->m->id, d->now);

	if (rc == STORE_OK || rc == STORE_EXISTS)
		rc = enrolment_resume(d->st, who, schoolyear_of(day), d->now);
	if (rc == STORE_OK)
		rc = end_left(d, p, who);
	if (rc == STORE_STATE) /* he had not left */
		rc = STORE_OK;
	struct change c = { p->school, who->class_name, &day, 1, &who->pupil, 1, false, false, cause_of(p) };
	return rc == STORE_OK ? follow_change(d, &c) : rc;
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
		const struct pupil_key who = { p.school, class_name, items[i].num };
		rc = is_back(d, &p, &who, date ? date : p.latest);
	}
	return rc;
}

/* The register keeps his number; nothing more is expected of it, and nothing more told of it. */
static int has_left(struct desk *d, const struct report *p, const struct pupil_key *who,
		    const char *reason)
{
	const struct cause cause = cause_of(p);
	const char *day = p->latest;
	int raised;

	int rc = enrolment_end(d->st, who, day, reason, p->m->id, d->now);
	if (rc == STORE_STATE) /* said before */
		return STORE_OK;
	if (rc == STORE_OK)
		rc = streak_special(d, who, "absence.left", day, reason, "", &cause, &raised);
	struct change c = { p->school, who->class_name, &day, 1, &who->pupil, 1, false, false, cause };
	return rc == STORE_OK ? follow_change(d, &c) : rc;
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
		const struct pupil_key who = { p.school, class_name, items[i].num };
		rc = has_left(d, &p, &who, reason ? reason : "left");
	}
	return rc;
}
