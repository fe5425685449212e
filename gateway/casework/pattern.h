/* pattern.h - one pupil's school year as a row of marks, and what it amounts to: days missed in a row,
 * days missed in so many weeks, the rate.
 *
 * A mark is a day that is known: 'p' present, 'u' absent without excuse or unexplained, 'e' excused, and
 * 'r', which is no day but the word that he is back, standing behind its day.  Days of which nothing is
 * known (not reported, a bare count) are not there at all: they neither add nor break.  Pure. */
#ifndef GATEWAY_CASEWORK_PATTERN_H
#define GATEWAY_CASEWORK_PATTERN_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "config/when.h"

#define PATTERN_MARKS 420 /* a year has 366 days; returns are a few */

struct pattern_mark {
	int32_t day;             /* calendar.h */
	char mark;
	bool season;
};
struct pattern {
	struct pattern_mark m[PATTERN_MARKS]; /* by day, 'r' last */
	size_t n;
};

struct pattern_row {
	int days;                /* 0: none */
	int32_t first, last;
	bool season;             /* its last day lies in a season */
	bool back;               /* present, or said to be back, after it */
};
/* The row that reaches to the newest mark. */
struct pattern_row pattern_row_now(const struct pattern *p, bool excused_too);
/* The row that holds `day`. */
struct pattern_row pattern_row_of(const struct pattern *p, bool excused_too, int32_t day);
/* The first row of at least so many days that begins behind `after` and no later than `by`. */
struct pattern_row pattern_row_behind(const struct pattern *p, bool excused_too, int32_t after, int32_t by,
				      int days);

struct pattern_total {
	int32_t first, end;      /* the stretch it speaks for: another one begins after its end */
	int32_t last;            /* last absence in it */
	int days;                /* absences in it; 0: none */
	bool back;               /* said to be back since the number was reached */
};
/* Stretches of the year in which a WHEN_TOTAL sentence holds, from the left, not overlapping.  season:
 * the sentence for days that lie in one; may be the same.  Returns how many. */
size_t pattern_totals(const struct pattern *p, const struct config_when *w,
		      const struct config_when *season, struct pattern_total *out, size_t max);
/* Some such stretch that `day` lies in, wherever it begins; days 0: there is none. */
struct pattern_total pattern_total_of(const struct pattern *p, const struct config_when *w,
				      const struct config_when *season, int32_t day);

struct pattern_rate {
	int absent, known;       /* days, up to and with one */
};
struct pattern_rate pattern_rate(const struct pattern *p, int32_t upto);
/* The mark of a day, 0 = nothing is known of it. */
char pattern_mark_of(const struct pattern *p, int32_t day);
#endif
