/* retain.h - taking out what was kept long enough: one rule a kind of data, a bounded piece a call.
 *
 * A run takes the rules in their order; retain_step does one piece of one rule, in a turn of its own, and says
 * whether there is more.  A run that was cut short is begun again from its first rule: what is gone is gone,
 * and what is not is found.  Cases under a legal hold stay. */
#ifndef STORE_RETAIN_H
#define STORE_RETAIN_H
#include "store/store.h"

enum retain_rule {
	RETAIN_UNREAD,     /* texts that waited for a person too long */
	RETAIN_TEXTS,      /* what is left of texts and readings whose day's key was destroyed */
	RETAIN_SENDERS,    /* who sent a text */
	RETAIN_DELIVERIES, /* what was sent */
	RETAIN_LEAVERS,    /* numbers of contacts who were locked or left */
	RETAIN_ATTENDANCE, /* absences by pupil; class-days and sums stay */
	RETAIN_CASES,      /* closed cases, made anonymous */
	RETAIN_AUDIT,
	RETAIN_RULES
};
const char *retain_name(enum retain_rule r);

struct retain_terms {
	int64_t before[RETAIN_RULES]; /* UTC; what is younger stays.  Of RETAIN_ATTENDANCE unused: */
	char day[11];                 /* absences of days before it */
	int year;                     /* and sums of school years before it */
	int64_t compact_max;        /* octets of the file that may be written anew now, see store_compact */
};
/* How much a run would take out now. */
int retain_count(struct store *st, enum retain_rule r, const struct retain_terms *t, int64_t *n);

struct retain_run {
	bool on, dirty;               /* dirty: something was taken out */
	enum retain_rule rule;
	int64_t after;                /* row of the rule that was last */
	struct retain_terms terms;
	int64_t taken[RETAIN_RULES];
};
void retain_begin(struct retain_run *r, const struct retain_terms *t);
/* Outside a turn.  r->on false: it was the last piece; then the file was made compact and its log emptied, if
 * anything was taken out. */
int retain_step(struct store *st, struct retain_run *r, int64_t now);
#endif
