/* progress.h - a child's way back: its place in a class, and scores of how it goes on.  Nothing is deleted: a
 * newer word supersedes, an undo lets the one before stand again. */
#ifndef STORE_PROGRESS_H
#define STORE_PROGRESS_H
#include "store/store.h"
#include "store/roster.h"

struct slot {
	int64_t id, case_id, at, message;
	char who[ROSTER_ID];
	char school[12], class_name[12];
	int pupil;               /* register number, -1 = not known yet */
	char was_school[12], was_class[12];
	int was_pupil;           /* what stood in the case before */
};
/* It stands; the one before is superseded.  id is filled in. */
int slot_put(struct store *st, struct slot *s, int64_t now);
/* STORE_NONE: the message gave none that stands. */
int slot_of_message(struct store *st, int64_t message, struct slot *out);
/* stands -> undone; the newest superseded one of the case stands again, if there is one. */
int slot_undo(struct store *st, const struct slot *s);

struct progress {
	int64_t id, case_id, at, message;
	char day[11], who[ROSTER_ID];
	int score, school, family, community; /* 1..5, 0 = not said */
	char flags[96];
};
/* A second one of the same person and day supersedes the first.  id is filled in. */
int progress_put(struct store *st, struct progress *p, int64_t now);
/* Those up to a time that stand, newest first. */
int progress_list(struct store *st, int64_t case_id, int64_t until, struct progress *out, size_t max,
		  size_t *n);
/* What a message recorded is undone; what it had superseded stands again.  *case_id 0: it recorded none. */
int progress_undo(struct store *st, int64_t message, int64_t *case_id);
#endif
