/* cases.h - cases and their append-only history.  A case has a data key of its own. */
#ifndef STORE_CASES_H
#define STORE_CASES_H
#include "store/store.h"
#include "store/roster.h"

struct case_row {
	int64_t id, message, opened, updated;
	char code[24];
	char state[16];        /* new assessment plan services closed duplicate */
	char risk[8];          /* high medium low "" */
	char concerns[96];     /* comma-separated words */
	char zone[8], sex[2], country[3];
	int age, n_children;   /* -1 = not said */
	bool urgent, partial;  /* partial: a wanted field is still missing */
	char missing[32];
	char flags[96];
	char owner[ROSTER_ID]; /* reporter who opened or was given it */
	char school[12], class_name[12];
	int pupil;             /* register number, or -1 */
	char nrm[12];          /* "" potential consent: see STATES.md */
	int64_t merged;        /* of a duplicate: the case it became */
};
/* The next running number of a year; numbers are never given twice (a gap is no matter). */
int case_next_number(struct store *st, int year, int64_t *number);
int case_add(struct store *st, const struct case_row *c, int64_t now, int64_t *id);
int case_by_code(struct store *st, const char *code, struct case_row *out);
/* Also one that was erased: for the record of it, which alone is left. */
int case_ever_by_code(struct store *st, const char *code, struct case_row *out);
int case_by_id(struct store *st, int64_t id, struct case_row *out);
/* Writes the changed facts; code, message and opened never change. */
int case_update(struct store *st, const struct case_row *c, int64_t now);
int case_set_state(struct store *st, int64_t id, const char *from, const char *to, int64_t now);
/* any open state -> duplicate of another case, kept as a link. */
int case_merge(struct store *st, int64_t id, const char *from, int64_t into, int64_t now);
/* Open cases of a pupil, oldest first. */
int case_of_pupil(struct store *st, const char *school, const char *class_name, int pupil,
		  struct case_row *out, size_t max, size_t *n);
/* Open cases of an owner, newest first. */
int case_owned(struct store *st, const char *owner, struct case_row *out, size_t max, size_t *n);
/* All that ever were his, open ones first, then the newest. */
int case_ever_owned(struct store *st, const char *owner, struct case_row *out, size_t max,
		    size_t *n);
/* Opened since `since`, of the same zone and sex and an age within one year, not a duplicate and not
 * the case itself; oldest first. */
int case_alike(struct store *st, const struct case_row *c, int64_t since, struct case_row *out,
	       size_t max, size_t *n);
/* Of high risk now, opened since, open or not, oldest first. */
int case_high_since(struct store *st, int64_t since, struct case_row *out, size_t max, size_t *n);
int case_list(struct store *st, const char *state /* NULL = open ones */, struct case_row *out,
	      size_t max, size_t *n);
/* All there ever were, but for erased ones, by id from after `after`. */
int case_page(struct store *st, int64_t after, struct case_row *out, size_t max, size_t *n);
/* History: what happened, by whom; note is sealed under the case's key, may be "". */
struct case_event {
	int64_t id, at;
	char who[ROSTER_ID], what[24], detail[96];
	char note[640];
};
int case_event_add(struct store *st, int64_t case_id, int64_t now, const char *who, const char *what,
		   const char *detail, const char *note, size_t note_len);
/* The newest of one kind; STORE_NONE. */
int case_event_last(struct store *st, int64_t case_id, const char *what, struct case_event *out);
int case_events(struct store *st, int64_t case_id, struct case_event *out, size_t max, size_t *n);
/* The case a message opened (for undo). */
int case_by_message(struct store *st, int64_t message, struct case_row *out);
#endif
