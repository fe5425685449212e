/* confirms.h - asking a second person for a PO or JO.
 *
 * The question is an alert: it is told to the rule's roles, escalates unanswered, and its number is
 * what they type.  Calls alerts and the store; owns nothing. */
#ifndef GATEWAY_CASEWORK_CONFIRMS_H
#define GATEWAY_CASEWORK_CONFIRMS_H
#include "gateway/casework/casefile.h"
#include "store/confirms.h"

struct confirms_about {
	const char *kind;      /* close risk merge refer */
	const char *event;     /* whose rules ask: "case.close_asked" */
	const char *value;     /* what is done on PO */
	const char *asked_by;
	const char *window;    /* of the alert: raised once */
	int64_t other, message;
};
/* One question a kind and case: asked again while it waits, nothing happens.  *asked false also when
 * it was answered before (same window). */
int confirms_ask(struct desk *d, const struct case_row *c, const struct confirms_about *about,
		 bool *asked);
/* What a PO or JO without a number is about: the one question that waits for him.  *n how many
 * there are; list: their numbers for a reply.  kind "" = any. */
int confirms_for(struct desk *d, const struct reporter *from, const char *kind,
		 struct confirmation *one, size_t *n, char list[100]);
/* Would this yes close, refer, lower, merge or erase?  Then two forged numbers must not be enough, and a
 * PIN stands beside it.  Under a number always: whether there is such a question is nobody's to learn. */
int confirms_guarded(struct desk *d, const struct reporter *from, const struct reading *r, bool *yes);
/* Answered: waiting -> confirmed or denied, and its alert counts as acknowledged. */
int confirms_settle(struct desk *d, const struct confirmation *q, const char *who, bool yes);
#endif
