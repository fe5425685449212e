/* sums.h - sums of the standing rows of attendance, by school year: how many days a class reported, how
 * often a pupil was away.  Changed in the turn that changes a row, by whoever owns the rows. */
#ifndef STORE_SUMS_H
#define STORE_SUMS_H
#include <stdbool.h>
#include "store/store.h"

/* What one standing row of a class-day adds. */
struct day_sums {
	int64_t listed;         /* 1: with numbers */
	int64_t missed, places; /* how many of how many were away; places 0: not known, and missed not counted */
};
/* was stands no longer and is does now, of one class and day; either may be NULL. */
int sums_day(struct store *st, const char *school, const char *class_name, const char *day,
	     const struct day_sums *was, const struct day_sums *is);
/* An absence was added that stands and is no late coming; of rows that change the file itself keeps count. */
int sums_absence(struct store *st, const char *school, const char *class_name, const char *day, int pupil,
		 bool unexcused);
#endif
