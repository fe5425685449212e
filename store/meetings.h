/* meetings.h - the meetings of the group: when, who comes, which decisions were carried out. */
#ifndef STORE_MEETINGS_H
#define STORE_MEETINGS_H
#include "store/store.h"
#include "store/roster.h"

struct meeting {
	int64_t id, at;          /* at: begins, UTC */
	char place[12];          /* a code, "" not said */
	char state[12];          /* planned held cancelled */
	char source[12];         /* schedule: reckoned; person: set */
	int64_t week_told, day_told; /* when its reminders went out, 0 = not yet */
	int minutes;             /* how often minutes of it were applied */
	int64_t closed, created; /* closed: when what was not done was carried over, 0 = not yet */
};
/* STORE_EXISTS: one begins at that time already. id, state (planned) and created are filled in. */
int meeting_add(struct store *st, struct meeting *m, int64_t now);
int meeting_get(struct store *st, int64_t id, struct meeting *out);
/* The first that is not cancelled with at >= from; the last with at < before; STORE_NONE. */
int meeting_next(struct store *st, int64_t from, struct meeting *out);
int meeting_last(struct store *st, int64_t before, struct meeting *out);
/* The first planned one whose time is past, STORE_NONE. */
int meeting_unclosed(struct store *st, int64_t now, struct meeting *out);
/* All, newest first. */
int meeting_list(struct store *st, struct meeting *out, size_t max, size_t *n);
/* planned stays planned: another time or place, set by a person. */
int meeting_change(struct store *st, int64_t id, int64_t at, const char *place);
int meeting_cancel(struct store *st, int64_t id);            /* planned -> cancelled */
int meeting_close(struct store *st, int64_t id, int64_t now); /* planned -> held */
/* A reminder of it went out, or fell away; once each. */
int meeting_told_week(struct store *st, int64_t id, int64_t now);
int meeting_told_day(struct store *st, int64_t id, int64_t now);

struct rsvp {
	char reporter[ROSTER_ID], agency[12];
	bool attending;
	int64_t at;
};
/* Says it, or says it anew. */
int rsvp_put(struct store *st, int64_t meeting, const struct rsvp *r, int64_t now);
int rsvp_list(struct store *st, int64_t meeting, struct rsvp *out, size_t max, size_t *n);

/* A decision of the minutes.  decision_get: the task it set or moved; STORE_NONE: not carried out. */
int decision_get(struct store *st, int64_t meeting, const char *decision, int64_t *task);
int decision_put(struct store *st, int64_t meeting, const char *decision, int64_t task,
		 int64_t now);
int meeting_minuted(struct store *st, int64_t id);
#endif
