/* register.h - the register of one class over a span of days: who was marked how on each school day, what
 * was not reported, rates a week.
 *
 * A rate's denominator is made of reported school days alone (pupils enrolled on each); what was not
 * reported is a figure of its own, never a day present.  An absence without a word counts as without
 * excuse.  Late and left early are no absence.  Calls the store, schoolday and the clock.
 */
#ifndef GATEWAY_CASEWORK_REGISTER_H
#define GATEWAY_CASEWORK_REGISTER_H
#include "gateway/casework/desk.h"
#include "gateway/casework/schoolday.h"
#include "store/report_attendance.h"

#define REGISTER_DAYS 400  /* longest span of a report */

enum register_state {
	REGISTER_NO_SCHOOL,  /* neither school nor a report */
	REGISTER_REPORTED,
	REGISTER_SILENT,     /* the deadline passed without a report */
	REGISTER_DUE         /* ... has not passed yet */
};
struct register_day {
	char day[SCHOOLDAY];
	enum register_state state;
	bool school;         /* false and REPORTED: reported on a day without school; not in any rate */
	bool list;           /* false: only how many are absent is known */
	int enrolled;        /* on that day: as reported, else the register's size then less who had left */
	int absent, excused, unexcused; /* unexcused: unknown ones and those of a bare count too */
	int late, left;
};
struct register_week {       /* ISO 8601: Monday to Sunday, cut at the span's ends */
	char name[9];        /* "2026W47" */
	char from[SCHOOLDAY], to[SCHOOLDAY];
	int school_days, reported, silent; /* those that are due; school_days is the sum */
	int absent, possible; /* pupil-days of the reported school days */
};
struct register_class {
	const struct config_class_row *about;
	struct register_day *days; /* each day of the span */
	size_t n_days;
	struct report_mark *marks;
	size_t n_marks;
	struct report_left *left; /* who left the school for good */
	size_t n_left;
	struct register_week *weeks;
	size_t n_weeks;
	char last[SCHOOLDAY];         /* newest report up to the span's end, "" = never */
	char silent_since[SCHOOLDAY]; /* first school day after it that was not reported, "" = none */
	int silent_days;              /* how many they are by now */
};
/* closed: the day from which the class is no more, "" = it is there.  from..to: local ISO days, at most
 * REGISTER_DAYS.  about is kept, not copied.  out must be freed in either case. */
int register_load(struct desk *d, const struct config_class_row *about, const char *closed,
		  const char *from, const char *to, struct register_class *out);
void register_free(struct register_class *r);
/* "2026-W47" of a day by ISO 8601, as DHIS2 writes it: "2026W47". */
void register_week_name(const char *day, char out[9]);
#endif
