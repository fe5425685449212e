/* roll.h - who a text about a class names, and for which days: the units of a form, in the order written,
 * as marks.  Between the parser's scan and the forms of attendance.c.  Pure; owns nothing. */
#ifndef PARSER_ROLL_H
#define PARSER_ROLL_H
#include "parser/finish.h"

#define ROLL_MAX 96
#define ROLL_DAYS 40

struct mark { /* one pupil, or one word about pupils */
	int8_t entry;          /* class it stands under; -1 = before any */
	int8_t part;           /* grows where a keyword or a class stands between pupils */
	bool pupil;
	int32_t n;
	const char *category, *reason;
};
struct roll {
	int n_entries, n_marks, n_pupils;
	int classes[READING_ENTRIES]; /* index in the world */
	int8_t part;
	bool too_many, loose_date;    /* loose: days stand between pupils */
	struct mark marks[ROLL_MAX];
	char country[WORLD_CODE];
	bool abroad, work, zero, clash; /* clash: with and without reason at once */
	int n_days;
	int32_t days[ROLL_DAYS];
};

/* roll.c.  Faults go into the reading; the classes are those of the sender's school, or the one named. */
void roll_collect(struct scan *s, struct pick *p, struct reading *r, struct roll *o);
void roll_add(struct roll *o, int entry, bool pupil, int32_t n, const char *category, const char *reason);
/* Which class each pupil stands under, and then, for one class, what is said of each of its pupils. */
void roll_settle_entries(struct roll *o);
void roll_settle_words(struct roll *o, int entry);
/* The unit picked at i is "went to" without a country: not abroad. */
bool roll_elsewhere(const struct scan *s, const struct pick *p, int i);

/* roll_days.c: the days of the text into o->days, and as "date" or "dates" into the reading; today when it
 * names none.  School days only; of those that are none, or have not come, a fault. */
void roll_days(struct scan *s, struct pick *p, struct reading *r, struct roll *o);
#endif
