/* campaigns.h - sessions of awareness: where, when, how many; and what reports ask of them. */
#ifndef STORE_CAMPAIGNS_H
#define STORE_CAMPAIGNS_H
#include "store/store.h"
#include "store/roster.h"

struct campaign {
	int64_t id, message, at;
	char day[11], who[ROSTER_ID];
	char school[12], zone[8];
	int participants, pupils, parents; /* pupils, parents: -1 = not said */
};
/* id is filled in. */
int campaign_add(struct store *st, struct campaign *c, int64_t now);
/* STORE_OK: the same person recorded the same session at or after `since`. */
int campaign_same(struct store *st, const struct campaign *c, int64_t since);
int campaign_of_message(struct store *st, int64_t message, struct campaign *out);
int campaign_undo(struct store *st, int64_t id); /* stands -> undone */
/* Those that stand, of days from..to (local ISO, both included), by day, after row (day, id) of *after (NULL:
 * from the start). */
int campaign_list(struct store *st, const char *from, const char *to, const struct campaign *after,
		  struct campaign *out, size_t max, size_t *n);
/* Texts of a school's people in [from, to) that reported a class-day or a child. */
int campaign_reports(struct store *st, const char *school, int64_t from, int64_t to, int64_t *n);
#endif
