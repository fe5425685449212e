/* quarter.h - the anonymous sheet of a quarter, for the national coordinator and donors: how many children,
 * in what state, back in school or not, by concern, sex and age band; nothing below the town.
 *
 * Counted are the cases that were open at some time in the quarter, each once: under the first concern that
 * was reported.  The tables share their margins and are suppressed together (suppress.h).  Calls the store. */
#ifndef GATEWAY_CASEWORK_QUARTER_H
#define GATEWAY_CASEWORK_QUARTER_H
#include "gateway/casework/desk.h"
#include "store/counts.h"

#define QUARTER_GROUPS 16
#define QUARTER_OUTCOMES 16
/* What is counted by, in the order of the chain: each table is of one and the next. */
enum quarter_by { BY_SEX, BY_CONCERN, BY_STATUS, BY_AGE, BY_OPENED, BY_COUNT };
struct quarter_count {
	int64_t n;
	bool hidden;
};
struct quarter {
	char name[8];                   /* "2026Q4" */
	char from[11], to[11];          /* its first and last day */
	bool running;                   /* it is not over yet */
	struct quarter_count all;
	struct quarter_count total[BY_COUNT][QUARTER_GROUPS];
	/* cell[b][i][k]: of group i of b and group k of b + 1 */
	struct quarter_count cell[BY_COUNT - 1][QUARTER_GROUPS][QUARTER_GROUPS];
	struct count_outcome outcome[QUARTER_OUTCOMES]; /* of assisted returns that ended */
	bool outcome_hidden[QUARTER_OUTCOMES], outcomes_hidden;
	int64_t outcomes;
	size_t n_outcomes;
};
const char *quarter_by_name(enum quarter_by b);
/* NULL after the last. */
const char *quarter_group(enum quarter_by b, size_t i);
/* "2026Q4", "2026q4", "2026-Q4": false: none. */
bool quarter_days(const char *name, char canonical[8], char from[11], char to[11]);
int quarter_build(struct desk *d, const char *name, struct quarter *out);
#endif
