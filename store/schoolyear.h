/* schoolyear.h - what the rules of attendance ask about one school year, each in one short stretch of an
 * index, however many years lie in the store; returns, enrolments, starts of absences.
 *
 * A school year runs from August to July and is named by its first calendar year.  Days are local ISO. */
#ifndef STORE_SCHOOLYEAR_H
#define STORE_SCHOOLYEAR_H
#include "store/store.h"

int schoolyear_of(const char *day);                     /* 2026 for 2026-11-18 and for 2027-03-01 */
void schoolyear_begin(int year, char out[11]);
void schoolyear_end(int year, char out[11]);

struct pupil_key {
	const char *school, *class_name;
	int pupil;
};
struct day_mark {
	char day[11];
	char category[12];       /* of an absence: unknown excused unexcused; else "" */
};
/* Days of the class with numbers, oldest first; a day with a bare count is none. */
int class_listed(struct store *st, const char *school, const char *class_name, const char *from,
		 const char *to, struct day_mark *out, size_t max, size_t *n);
/* The pupil's standing absences (not late, not gone early), oldest first. */
int pupil_absences(struct store *st, const struct pupil_key *p, const char *from, const char *to,
		   struct day_mark *out, size_t max, size_t *n);
/* Who stands absent on a day of the class, by number. */
int class_absent(struct store *st, const char *school, const char *class_name, const char *day,
		 int *pupils, size_t max, size_t *n);
/* The nearest listed day before day; STORE_NONE. */
int class_listed_before(struct store *st, const char *school, const char *class_name,
			const char *day, char out[11]);
/* The newest day up to `day` of which anything was reported; STORE_NONE: none ever. */
int class_last_report(struct store *st, const char *school, const char *class_name, const char *day,
		      char out[11]);

/* Sums, kept by the store itself; zeros where there is none. */
struct class_year {
	int listed;              /* days with numbers */
	int rated, missed, places; /* days of known size, and how many of how many were away on them */
};
int class_year_get(struct store *st, const char *school, const char *class_name, int year,
		   struct class_year *out);
struct pupil_year {
	int pupil, absent, unexcused;
};
/* Pupils absent on at least `least` days of the year, by number. */
int pupil_years(struct store *st, const char *school, const char *class_name, int year, int least,
		struct pupil_year *out, size_t max, size_t *n);

/* "He is back": STORE_EXISTS, said of that day before. */
int return_put(struct store *st, const struct pupil_key *p, const char *day, int64_t message,
	       int64_t now);
int pupil_returns(struct store *st, const struct pupil_key *p, const char *from, const char *to,
		  struct day_mark *out, size_t max, size_t *n);
/* What a message said of returns and of leaving is taken back; *pupils gets who (class and school of the
 * first: a text names one class). */
struct taken_back {
	char school[12], class_name[12], day[11];
	int pupil;
};
int return_undo(struct store *st, int64_t message, int64_t now, struct taken_back *out, size_t max,
		size_t *n);

/* Ends the enrolment of the year of `day`; STORE_STATE: had left already. */
int enrolment_end(struct store *st, const struct pupil_key *p, const char *day, const char *reason,
		  int64_t message, int64_t now);
/* Enrolled again; STORE_STATE: had not left. */
int enrolment_resume(struct store *st, const struct pupil_key *p, int year, int64_t now);
/* Was it resumed by the word of this message that he is back, taken back since or not? */
int enrolment_resumed_by(struct store *st, const struct pupil_key *p, int year, int64_t message, bool *yes);
int enrolment_left(struct store *st, const struct pupil_key *p, int year, bool *left);
int enrolment_undo(struct store *st, int64_t message, int64_t now, struct taken_back *out, size_t max,
		   size_t *n);

/* Starts of absences: put is idempotent; a list is of a class (zone NULL) or of a zone. */
struct absence_start {
	char school[12], class_name[12], day[11], zone[12];
	int pupil;
};
int start_put(struct store *st, const struct pupil_key *p, const char *day, const char *zone);
int start_list_class(struct store *st, const char *school, const char *class_name, const char *from,
		     const char *to, struct absence_start *out, size_t max, size_t *n);
int start_list_zone(struct store *st, const char *zone, const char *from, const char *to,
		    struct absence_start *out, size_t max, size_t *n);
#endif
