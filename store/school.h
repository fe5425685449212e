/* school.h - classes with their register sizes over time, and the school calendar.  Nothing is deleted:
 * a class is closed from a day on, a day of the calendar is ended. */
#ifndef STORE_SCHOOL_H
#define STORE_SCHOOL_H
#include "store/store.h"

struct class_info {
	char school[12], name[12], shift[16], zone[12]; /* zone "": not said */
	int size;
	char closed[11];         /* local day from which there is no such class, "" = it is there */
};
/* All classes, closed ones too, in (school, name) order, from after *after (NULL: from the start). */
int class_list(struct store *st, const struct class_info *after, struct class_info *out, size_t max,
	       size_t *n);
int class_get(struct store *st, const char *school, const char *name, struct class_info *out);
/* Adds a class, or changes it, or opens a closed one again (c->closed is not looked at).  A size holds
 * from `day` (local ISO) on; before it, the one that was. */
int class_change(struct store *st, const struct class_info *c, const char *day);
/* STORE_STATE: closed already, or not there. */
int class_close(struct store *st, const char *school, const char *name, const char *day);
/* The sizes of a class in order of the day from which each holds; none: it never changed. */
struct class_size {
	char day[11];
	int size;
};
int class_sizes(struct store *st, const char *school, const char *name, struct class_size *out,
		size_t max, size_t *n);

struct calendar_row {
	int64_t id, at;
	char kind[8];            /* term holiday closure open */
	char from[11], to[11];   /* local ISO days, both included */
	char school[12];         /* "" = all */
	char why[121], who[32];
};
/* The row of (kind, school, from) is as said: *added when there was none; *changed when there was another
 * one, which is ended.  Both false: it stood already. */
int calendar_put(struct store *st, const struct calendar_row *r, int64_t now, bool *added,
		 bool *changed);
int calendar_end(struct store *st, int64_t id, const char *who, int64_t now); /* STORE_STATE */
/* What stands, by first day. */
int calendar_list(struct store *st, struct calendar_row *out, size_t max, size_t *n);
#endif
