/* attendance.h - class-days and absences.  Nothing is deleted: a row is superseded. */
#ifndef STORE_ATTENDANCE_H
#define STORE_ATTENDANCE_H
#include "store/store.h"
#include "store/sums.h"

struct class_day {
	const char *school, *class_name, *day; /* day: local ISO */
	const char *reporter;
	int64_t message;
	int count, enrolled;                   /* -1 = not said (a list was sent) */
	int away;                              /* of the absences put behind it: how many are away */
};
/* The class-day is reported (again: the newer facts stand, absences are united). *id is stable for
 * (school, class, day); *fresh when nothing was reported before. */
int class_day_put(struct store *st, const struct class_day *d, int64_t now, int64_t *id, bool *fresh);

/* The same with a list of absences: begun, its absences put, ended.  Between the two the sums of the
 * class-day, and for one that was reported before its row, are not there yet. */
struct class_day_list {
	int64_t id;              /* of the class-day, for its absences */
	bool fresh;              /* nothing was reported before */
	bool listed;             /* numbers had been sent before */
	/* the store's own: */
	const struct class_day *of;
	int64_t standing;        /* the row that it will stand in place of, 0 = none */
	struct day_sums was;     /* ... and its sums */
	enum { LIST_FIRST, LIST_LATER, LIST_SAME } as;
	int away;                /* absences put that nothing had stood in place of */
	bool moved;              /* others stood and were superseded */
};
int class_day_begin(struct store *st, const struct class_day *d, int64_t now, struct class_day_list *out);
int class_day_end(struct store *st, struct class_day_list *l, int64_t now);

struct absence {
	int64_t class_day, message;
	int pupil;               /* class-register number */
	const char *category;    /* unknown excused unexcused late left_early */
	const char *reason;      /* sick abroad work ..., "" */
	const char *country;     /* ISO 3166 alpha-2, "" */
	struct class_day_list *list; /* that it is of, begun and not ended, or NULL */
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
