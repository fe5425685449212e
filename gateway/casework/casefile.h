/* casefile.h - what all work on a case shares: who may see it, its history, its facts for agencies.
 *
 * Every answer about a case that does not exist and one that is another worker's is the same.
 * Calls the store, alerts and outbox/post; owns nothing. */
#ifndef GATEWAY_CASEWORK_CASEFILE_H
#define GATEWAY_CASEWORK_CASEFILE_H
#include "gateway/casework/effects.h"
#include "gateway/outbox/post.h"
#include "store/cases.h"

bool cases_sees_all(const struct reporter *from); /* coordinators and duty officers */
/* A case by its code, if he may see it: STORE_NONE otherwise, whatever the cause. */
int cases_visible(struct desk *d, const struct reporter *from, const char *code,
		  struct case_row *out);
/* The case a reading names.  *found false: the reply says so, in the words of a wrong code. */
int casefile_open(struct desk *d, const struct reporter *from, const struct reading *r,
		  struct effect *out, struct case_row *c, bool *found);
/* The case that a value of a configured form names, whoever's it is, 0: none.  What is said with it is sealed
 * under that case's key. */
int casefile_named(struct desk *d, const struct reading *r, int64_t *case_id);
/* The message is sealed under the case's key, and a bare text after it is about this case. */
void casefile_remember(struct effect *out, const struct case_row *c);

/* Is word in a comma-separated list? */
bool casefile_lists(const char *list, const char *word);
int casefile_risk_order(const char *risk); /* high 3, medium 2, low 1, not said 0 */

/* What still has to be asked, by what is known. */
void casefile_missing(struct case_row *c);

/* One line of the append-only history; r's free text is its note, sealed; r may be NULL. */
int casefile_note(struct desk *d, int64_t id, const char *who, const char *what,
		  const char *detail, const struct reading *r);
/* What agencies may be told of it; event, alert, rule are the caller's. */
void casefile_facts(const struct case_row *c, struct post_event *e);
/* Raises the rules of an event about a case; window as in alerts.h. */
int casefile_tell(struct desk *d, const struct case_row *c, int64_t message, const char *who,
		  const char *event, const char *window);
/* Another zone than the one known: C6, once a day and zone. */
int casefile_seen(struct desk *d, const struct case_row *c, const char *known, int64_t message,
		  const char *who);
/* What was added to it, each office under its own mandate. */
int casefile_tell_change(struct desk *d, const struct case_row *c, const char *event,
			 const char *reason);
/* One line to a reporter about his case; skipped when it is `but`, or nobody. */
int casefile_notify(struct desk *d, const struct case_row *c, const char *to, const char *but,
		    const char *message);
#endif
