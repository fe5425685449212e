/* attendance.h - class-days and absences: recording, correcting, undoing, and what follows from
 * days missed in a row.
 *
 * A row of days is counted over the days a class reported by register numbers: days with a bare count
 * and days nobody reported neither add to it nor break it; an excused day, a day not listed and a
 * return end it.  Nothing is deleted: the store supersedes.  What follows from a change: follow.h. */
#ifndef GATEWAY_CASEWORK_ATTENDANCE_H
#define GATEWAY_CASEWORK_ATTENDANCE_H
#include "gateway/casework/effects.h"

int attendance_absence(struct desk *d, const struct message *m, const struct reporter *from,
		       const struct reading *r, struct effect *out); /* absence, with entries too */
int attendance_count(struct desk *d, const struct message *m, const struct reporter *from,
		     const struct reading *r, struct effect *out);
int attendance_present(struct desk *d, const struct message *m, const struct reporter *from,
		       const struct reading *r, struct effect *out);
int attendance_excuse(struct desk *d, const struct message *m, const struct reporter *from,
		      const struct reading *r, struct effect *out);
int attendance_return(struct desk *d, const struct message *m, const struct reporter *from,
		      const struct reading *r, struct effect *out);
int attendance_left(struct desk *d, const struct message *m, const struct reporter *from,
		    const struct reading *r, struct effect *out);
/* What one message recorded is taken back, and the alerts that no longer hold with it. */
struct absence_ref;
int attendance_takeback(struct desk *d, int64_t message, const struct reporter *from);
/* ... only the alerts, for the rows that were undone. */
int attendance_reconcile(struct desk *d, const struct absence_ref *refs, size_t n,
			 const struct reporter *from);
/* A report in place of what stood: who had been absent and is not any more is looked at too. */
int attendance_corrected(struct desk *d, const struct message *m, const struct reporter *from,
			 const struct reading *r, const int *cleared, size_t n, struct effect *out);
#endif
