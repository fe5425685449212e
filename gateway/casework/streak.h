/* streak.h - the rules about one pupil: days missed in a row, days missed in so many weeks, the rate of
 * a school year; and what is told at once (abroad, at work, left).
 *
 * A view is one pupil's school year, read once.  settle takes back what does not hold any more, raise
 * tells what holds and was not told: first all views are settled, then raised, so that nobody hears of a
 * withdrawal and a new alert for the same thing.  Calls the store, pattern and alerts. */
#ifndef GATEWAY_CASEWORK_STREAK_H
#define GATEWAY_CASEWORK_STREAK_H
#include "gateway/casework/desk.h"
#include "gateway/casework/pattern.h"
#include "store/schoolyear.h"

#define YEAR_DAYS 366

struct cause {               /* what an evaluation follows from */
	int64_t message;
	const char *who;     /* reporter id: he is told by his reply */
	bool excuse;         /* absences were excused, nothing was corrected */
	bool correction;     /* what had been reported was changed or taken back */
};
struct class_view {          /* a class's school year: the days it gave numbers for */
	const char *school, *class_name;
	int year;
	char from[11], to[11];
	struct day_mark listed[YEAR_DAYS];
	struct pattern_mark present[YEAR_DAYS]; /* the same as marks */
	size_t n_listed;
};
struct pupil_view {
	struct pupil_key key;
	int year;
	char from[11], to[11]; /* the school year */
	char subject[64];      /* "SH1 5A 12" */
	bool left;             /* the enrolment has ended */
	struct pattern p;
};

int streak_class(struct desk *d, const char *school, const char *class_name, const char *day,
		 struct class_view *out);
int streak_view(struct desk *d, const struct class_view *c, int pupil, struct pupil_view *out);
int streak_settle(struct desk *d, const struct pupil_view *v, const struct cause *c);
int streak_raise(struct desk *d, const struct pupil_view *v, const struct cause *c);

/* Reason abroad or work, or left for good: told at once, once a stretch of absence. */
int streak_special(struct desk *d, const struct pupil_key *p, const char *event, const char *day,
		   const char *reason, const char *country, const struct cause *c, int *raised);

/* What an excuse without a day is about: the row without excuse that reaches to the newest known day up
 * to `upto` (last: `upto`), or the one that ended some days ago (last: its last day).  first "": none. */
int streak_excusable(struct desk *d, const struct pupil_key *p, const char *upto, char first[11],
		     char last[11]);

/* For rules of a window "2026-11-16+5": its day and number; false when it has no such form. */
bool streak_window(const char *window, int32_t *day, int *number);
/* Does an alert of the rule and subject that was not withdrawn speak of a day in from..to?  least: with
 * at least this number in its window.  over_too: one that is over counts too. */
int streak_covered(struct desk *d, const struct config_rule *rule, const char *subject, int32_t from,
		   int32_t to, int least, bool over_too, bool *yes);
#endif
