/* when.h - the sentence that says when an attendance rule fires, as a teacher would say it:
 *
 *     absent 5 days in a row without excuse, and every 5 after
 *     absent 10 days without excuse, in a row or in 8 weeks
 *     absent 10 % of at least 20 reported days
 *     class silent 2 days
 *     3 pupils of a class begin an absence within 5 days
 *
 * The whole list of sentences is the table in when.c.  Days are school days, weeks are weeks of the
 * calendar.  Commas, capitals, a full stop at the end and the plural make no difference; numbers up to
 * ten may be words.  Pure; calls libc only. */
#ifndef CONFIG_WHEN_H
#define CONFIG_WHEN_H
#include <stdbool.h>
#include <stddef.h>

enum config_kind {
	WHEN_NONE,         /* the rule watches an event, not a sentence */
	WHEN_ROW,          /* days, every */
	WHEN_TOTAL,        /* days, weeks; in_row: so many in a row are enough too */
	WHEN_RATE,         /* percent, days (fewest reported ones) */
	WHEN_CLASS_RATE,   /* the same of all pupils of a class, counts included */
	WHEN_CLASS_SILENT, /* days; 1: the nudge of the same day */
	WHEN_SCHOOL_SILENT,
	WHEN_CLASS_CLUSTER, /* pupils, days (length of each absence), within */
	WHEN_ZONE_CLUSTER,
	WHEN_WATCHED, /* a pupil of an open case is absent */
	WHEN_ABROAD,
	WHEN_WORK,
	WHEN_LEFT
};
struct config_when {
	enum config_kind kind;
	int days, every, weeks, percent, pupils, within;
	bool excused_too; /* ROW, TOTAL: "without excuse" was not said */
	bool in_row;
};

/* False: why gets what was not understood and what is possible there. */
bool config_when_read(const char *sentence, struct config_when *out, char *why, size_t max);
/* What agencies are told such a rule is about: "absence.streak"; "" of WHEN_NONE. */
const char *config_when_event(enum config_kind kind);
/* All sentences there are, with the numbers as "N"; NULL behind the last. */
const char *config_when_sentence(size_t i);
#endif
