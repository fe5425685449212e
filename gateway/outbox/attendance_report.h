/* attendance_report.h - sums of attendance for agencies that run DHIS2: what a school or class reported in
 * a day, a week or a month, as data values.
 *
 * An agency gets them under a mandate row of event attendance.report, with exactly the data elements its
 * keys name; without a row it gets none.  There is no pupil in them; a unit of few pupils is left out, where
 * a figure would be a person.  A period goes once it is over, and again while late reports may still
 * change it: DHIS2 takes data values as an upsert.
 * Owns nothing but meta "attendance.AGENCY", how far each agency's are made.  Calls casework/register. */
#ifndef GATEWAY_OUTBOX_ATTENDANCE_REPORT_H
#define GATEWAY_OUTBOX_ATTENDANCE_REPORT_H
#include "gateway/casework/desk.h"

#define ATTENDANCE_REPORT "attendance.report"

/* Makes what is due, at most so much that the hub is not held up; the rest with the next call, a minute
 * later.  *n: rows that were put into the outbox. */
int attendance_report_due(struct desk *d, int *n);
#endif
