/* cases.h - cases: opening one however partial, completing it, taking it back.
 *
 * A report is never refused for what it lacks; one thing is asked at a time.  Calls casefile,
 * lifecycle, dues, duplicates. */
#ifndef GATEWAY_CASEWORK_CASES_H
#define GATEWAY_CASEWORK_CASES_H
#include "gateway/casework/casefile.h"

/* The case itself, its history and its audit: who is told, and what is due, is the caller's. */
int cases_open(struct desk *d, const struct message *m, const struct reporter *from,
	       const struct reading *r, struct case_row *c);
int cases_new(struct desk *d, const struct message *m, const struct reporter *from,
	      const struct reading *r, struct effect *out);
int cases_amend(struct desk *d, const struct message *m, const struct reporter *from,
		const struct reading *r, struct effect *out);
/* Intents whose work people do: kept, queued, and written into the case's history when it is his.
 */
int cases_for_person(struct desk *d, const struct message *m, const struct reporter *from,
		     const struct reading *r, struct effect *out);
/* What a message opened is closed again while nobody has worked on it; *undone false: too late, or
 * it opened none. */
int cases_takeback(struct desk *d, int64_t message, const struct reporter *from, bool *undone,
		   struct effect *out);
#endif
