/* followups.h - visits and calls, and what a case is due next. */
#ifndef STORE_FOLLOWUPS_H
#define STORE_FOLLOWUPS_H
#include "store/store.h"
#include "store/roster.h"

struct followup {
	int64_t id, case_id, at, message;
	char who[ROSTER_ID];
	char type[16];           /* visit call "" */
	char outcome[24];        /* ok not_home not_found moved_unknown problem refused "" */
	int in_school;           /* -1 not said, 0, 1 */
	int64_t next_due;
};
int followup_add(struct store *st, const struct followup *f, int64_t now, int64_t *id);
/* Oldest first. */
int followup_list(struct store *st, int64_t case_id, struct followup *out, size_t max, size_t *n);

/* What is due: one row a case and kind. */
struct case_due {
	int64_t case_id, due;
	char kind[12];           /* contact followup confirm */
	int64_t look_at;         /* 0 = nothing more to say about it */
	int step;                /* how many have been told of this due time */
	bool open;
};
int due_set(struct store *st, int64_t case_id, const char *kind, int64_t due, int64_t look_at);
int due_get(struct store *st, int64_t case_id, const char *kind, struct case_due *out);
int due_looked(struct store *st, int64_t case_id, const char *kind, int step, int64_t look_at);
/* STORE_OK also when there was none to end. */
int due_done(struct store *st, int64_t case_id, const char *kind);
int due_all_done(struct store *st, int64_t case_id);
/* look_at reached; STORE_NONE. */
int due_next(struct store *st, int64_t now, struct case_due *out);
int due_next_at(struct store *st, int64_t *at);
#endif
