/* attendance.h - class-days and absences.  Nothing is deleted: a row is superseded. */
#ifndef STORE_ATTENDANCE_H
#define STORE_ATTENDANCE_H
#include "store/store.h"

struct class_day {
	const char *school, *class_name, *day; /* day: local ISO */
	const char *reporter;
	int64_t message;
	int count, enrolled;                   /* -1 = not said (a list was sent) */
	bool list_follows;                     /* absences, and then class_day_tally */
	int away;                              /* ... how many of them are away: what its sums begin with */
};
/* The class-day is reported (again: the newer facts stand, absences are united). *id is stable for
 * (school, class, day); *fresh when nothing was reported before. */
int class_day_put(struct store *st, const struct class_day *d, int64_t now, int64_t *id, bool *fresh);

/* The sums of the class-day, after changes that left them: written when they are other. */
int class_day_tally(struct store *st, int64_t class_day);

struct absence {
	int64_t class_day, message;
	int pupil;               /* class-register number */
	const char *category;    /* unknown excused unexcused late left_early */
	const char *reason;      /* sick abroad work ..., "" */
	const char *country;     /* ISO 3166 alpha-2, "" */
	bool of_list;            /* class_day_tally follows */
};
/* STORE_EXISTS: the same fact stood already (a category said now replaces 'unknown'). */
int absence_put(struct store *st, const struct absence *a, int64_t now, int64_t *id);
/* A correction says that the pupil was there: the fact that stands is undone.  STORE_NONE: none did. */
int absence_clear(struct store *st, int64_t class_day, int pupil, int64_t now);
/* Supersedes what a message recorded; what it had itself superseded comes back. *n rows touched;
 * pupils of those rows for the withdrawal of alerts. */
struct absence_ref {
	char school[12], class_name[12], day[11];
	int pupil;
};
int attendance_undo(struct store *st, int64_t message, int64_t now, struct absence_ref *refs,
		    size_t max, size_t *n);

/* The newest reported class-days of a class up to `day`, newest first, and whether the pupil was
 * absent on each: what a streak is counted from. */
struct attendance_mark {
	char day[11];
	bool absent, list;       /* list: numbers were sent, so "not listed" means present */
	char category[12];
};
int attendance_recent(struct store *st, const char *school, const char *class_name, int pupil,
		      const char *day, struct attendance_mark *out, size_t max, size_t *n);
int attendance_of_day(struct store *st, const char *school, const char *class_name, const char *day,
		      int *pupils, size_t max, size_t *n, bool *reported);
#endif
