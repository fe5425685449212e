/* schoolday.h - the school calendar as casework asks it: local days as ISO text, deadlines as UTC.
 *
 * The rules are parser/schooldays.h's; the calendar is that of the configuration in force (terms,
 * holidays, closures, make-up days, shifts of files and of imports).  Pure but for the local zone, which
 * clock_zone set.  A day that is no date, a school or a class that is not there: no school.
 */
#ifndef GATEWAY_CASEWORK_SCHOOLDAY_H
#define GATEWAY_CASEWORK_SCHOOLDAY_H
#include <stdbool.h>
#include <stdint.h>
#include "config/config.h"

#define SCHOOLDAY 11 /* "2026-11-18" */

/* school "": is it a school day of all schools?  class_name NULL: of any class of the school. */
bool schoolday_is(const struct config *cf, const char *school, const char *class_name,
		  const char *day);
/* UTC second by which the class has to have reported on that day; -1: no school then. */
int64_t schoolday_deadline(const struct config *cf, const char *school, const char *class_name,
			   const char *day);
/* The next (step 1) or previous (step -1) school day after or before day; false: there is none. */
bool schoolday_step(const struct config *cf, const char *school, const char *class_name,
		    const char *day, int step, char out[SCHOOLDAY]);
/* The school day so many of them after (step 1) or before (step -1) day, of the school or, "", of all; the
 * last one when there are not so many. */
void schoolday_off(const struct config *cf, const char *school, const char *day, int days, int step,
		   char out[SCHOOLDAY]);
/* How many school days from..to, both included. */
int schoolday_count(const struct config *cf, const char *school, const char *class_name,
		    const char *from, const char *to);
#endif
