/* counts.h - the rows that the anonymous sheet of a quarter is counted from.  Reads only. */
#ifndef STORE_COUNTS_H
#define STORE_COUNTS_H
#include "store/store.h"

struct count_case {
	int64_t id, opened;
	char state[16];          /* as it was just before `to` */
	char concerns[96], sex[2];
	int age;                 /* -1 = not said */
	bool placed;             /* has a place in a class that was given before `to` */
	bool closed, reintegrated; /* in [from, to); reintegrated: the last time it was closed, as that */
};
/* Cases opened before `to`, by id from after `after`; duplicates, and those their reporter took back, are
 * no cases. */
int count_cases(struct store *st, int64_t from, int64_t to, int64_t after, struct count_case *out, size_t max,
		size_t *n);
struct count_outcome {
	char outcome[16];
	int64_t n;
};
/* Of assisted returns that ended in the quarter ("2026Q4"), by outcome. */
int count_outcomes(struct store *st, const char *quarter, struct count_outcome *out, size_t max, size_t *n);
#endif
