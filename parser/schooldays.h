/* schooldays.h - when there is school: weekdays, terms, holidays, closures, make-up days and shifts, of
 * one school or of all.
 *
 * A day is judged by the nearest rule that speaks of it, in this order: the school's own make-up day;
 * its own closure; a make-up day of all; a holiday of all; a weekday without school; a day outside every
 * term (the school's own terms stand in place of the general ones; none given: no limit).  Pure; part of
 * a world: built before world_seal, then only read.
 */
#ifndef PARSER_SCHOOLDAYS_H
#define PARSER_SCHOOLDAYS_H
#include "parser/world.h"

#define DEADLINE_MORNING (10 * 60 + 30) /* local minutes by which a class has reported; lessons begin at 8 */
#define DEADLINE_AFTERNOON (15 * 60 + 30) /* second shift: lessons begin at 13 */

/* school: an id that was added, or "" for all.  Dates are ISO. */
int world_add_term(struct world *w, const char *school, const char *from, const char *to);
int world_add_closure(struct world *w, const char *school, const char *from, const char *to);
int world_add_makeup(struct world *w, const char *school, const char *from, const char *to);
/* Shifts replace the two there are by default, "morning" and "afternoon".  minutes: local, 0..1439. */
int world_add_shift(struct world *w, const char *name, int minutes);
bool world_has_shift(const struct world *w, const char *name);
bool world_has_school(const struct world *w, const char *id);
/* The i-th shift there is; false: there are no more. */
bool world_shift_name(const struct world *w, int i, char *out, size_t max);
/* The one way a class is written, "5A" for "5a" and "5-A"; false: no class is written so. */
bool world_class_name(const char *typed, char *out, size_t max);

/* Is there school?  school "" asks what is true of every school.  class_name: NULL, or a class, which
 * must be one of the school's: a class that is gone has no lessons.  day: see calendar.h. */
bool world_lessons(const struct world *w, const char *school, const char *class_name, int32_t day);
/* By when the class has to have reported on a school day: local minutes after midnight; -1: no such
 * class. */
int world_deadline(const struct world *w, const char *school, const char *class_name);
/* The nearest school day after (step 1) or before (step -1) day; false: none within two years. */
bool world_step_school_day(const struct world *w, const char *school, const char *class_name,
			   int32_t day, int step, int32_t *out);
/* Why there is no school, for people: "closed", "holiday", "weekend", "no term"; "" when there is. */
const char *world_no_school(const struct world *w, const char *school, int32_t day);
#endif
