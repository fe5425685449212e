/* report_attendance.h - what reports of attendance read: class-days, absences and alerts of one class in
 * a span of days.  Reading only; every statement goes along an index. */
#ifndef STORE_REPORT_ATTENDANCE_H
#define STORE_REPORT_ATTENDANCE_H
#include "store/store.h"

struct report_day {              /* a class-day that was reported */
	char day[11];
	int absent;              /* counted or named, whichever is more; late ones are not */
	int enrolled;            /* how many could have come: as reported, or as the register had it */
	bool said;               /* as reported */
	bool list;               /* who was absent is known, not only how many */
};
/* By day, both ends included; more than max days are STORE_BOUND. */
int report_days(struct store *st, const char *school, const char *class_name, const char *from,
		const char *to, struct report_day *out, size_t max, size_t *n);
struct report_mark {             /* an absence that stands */
	char day[11];
	int pupil;
	char category[12], reason[32];
};
int report_marks(struct store *st, const char *school, const char *class_name, const char *from,
		 const char *to, struct report_mark *out, size_t max, size_t *n);
/* The newest reported day up to `to`; STORE_NONE: never. */
int report_last(struct store *st, const char *school, const char *class_name, const char *to,
		char day[11]);
struct report_left {             /* a pupil who left the school for good */
	int pupil;
	char from[11], until[11]; /* the day he was said to have left, and the end of that school year */
};
int report_left(struct store *st, const char *school, const char *class_name, const char *from,
		const char *to, struct report_left *out, size_t max, size_t *n);
struct report_alert {
	char rule[8], subject[64], span[32], state[12];
	int64_t raised;
};
/* Alerts of a rule about a class and its pupils ("SH1 5A", "SH1 5A 12"), raised from <= t < until and not
 * taken back. */
int report_alerts(struct store *st, const char *rule, const char *school, const char *class_name,
		  int64_t from, int64_t until, struct report_alert *out, size_t max, size_t *n);
#endif
