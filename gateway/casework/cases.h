/* cases.h - cases: opening one however partial, completing it, its risk, and who may see it.
 *
 * A report is never refused for what it lacks.  Every answer about a case that does not exist and
 * one that is another worker's is the same. */
#ifndef GATEWAY_CASEWORK_CASES_H
#define GATEWAY_CASEWORK_CASES_H
#include "gateway/casework/effects.h"
#include "store/cases.h"

int cases_new(struct desk *d, const struct message *m, const struct reporter *from,
	      const struct reading *r, struct effect *out);
int cases_amend(struct desk *d, const struct message *m, const struct reporter *from,
		const struct reading *r, struct effect *out);
/* Raising a risk is done at once; lowering one is a person's. */
int cases_risk(struct desk *d, const struct message *m, const struct reporter *from,
	       const struct reading *r, struct effect *out);
/* Intents whose work people do: kept, queued, and written into the case's history when it is his.
 */
int cases_for_person(struct desk *d, const struct message *m, const struct reporter *from,
		     const struct reading *r, struct effect *out);
/* What a message opened is closed again while nobody has worked on it; *undone false: too late, or
 * it opened none. */
int cases_takeback(struct desk *d, int64_t message, const struct reporter *from, bool *undone,
		   struct effect *out);
/* A case by its code, if he may see it: STORE_NONE otherwise, whatever the cause. */
int cases_visible(struct desk *d, const struct reporter *from, const char *code,
		  struct case_row *out);
bool cases_sees_all(const struct reporter *from); /* coordinators and duty officers */
#endif
