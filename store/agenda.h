/* agenda.h - what a meeting's papers ask of several tables at once: the months' new cases, the time to
 * a first contact.  Reads only. */
#ifndef STORE_AGENDA_H
#define STORE_AGENDA_H
#include "store/store.h"

struct agenda_case {
	int64_t id, opened;
	char concerns[96]; /* "" when it was erased */
};
/* Cases opened since, duplicates not counted, by id from after `after`. */
int agenda_cases(struct store *st, int64_t since, int64_t after, struct agenda_case *out, size_t max,
		 size_t *n);
/* Events of one kind in the histories of open cases since a time, oldest first, from after event
 * `after`: "fall" is written by whoever sees progress fall twice in a row. */
struct agenda_event {
	int64_t id, at, case_id;
	char code[24], detail[96];
};
int agenda_events(struct store *st, const char *what, int64_t since, int64_t after,
		  struct agenda_event *out, size_t max, size_t *n);
/* Of cases opened in [from, to): seconds from opening to the first visit or call; those without one
 * are left out.  In ascending order. */
int agenda_contacts(struct store *st, int64_t from, int64_t to, int64_t *seconds, size_t max,
		    size_t *n);
#endif
