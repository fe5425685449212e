/* follow.h - what follows from a change of a class's days, whoever made it: a report, a late one, a
 * correction, an excuse, one taken back.
 *
 * Looked at are the pupils named, those absent on the known day before a changed one (two rows may have
 * become one), those with an open alert, and those whose rate may have been reached:
 * never more than one class, never more than one school year.  Calls streak, cluster, watch, silence. */
#ifndef GATEWAY_CASEWORK_FOLLOW_H
#define GATEWAY_CASEWORK_FOLLOW_H
#include "gateway/casework/streak.h"

#define FOLLOW_PUPILS 1000 /* register numbers are below */

struct change {
	const char *school, *class_name;
	const char *const *day;  /* local ISO, of one class */
	size_t n_days;
	const int *pupil;        /* named in the change, absent or not any more */
	size_t n_pupils;
	bool reported;           /* something was reported: a silence has ended */
	bool same_days;          /* lists of all its days had come before: it parts and joins nobody's rows
				  * but those of the pupils it names */
	struct cause cause;
};
int follow_change(struct desk *d, const struct change *c);
#endif
