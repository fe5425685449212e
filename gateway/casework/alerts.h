/* alerts.h - telling people and offices that something needs them, until somebody answers.
 *
 * The configuration's rules say on which event which roles are told by SMS, which event agencies
 * are told of, and what follows when nobody answers.  An alert is raised once per rule, subject and
 * window. Escalation goes to the roles of the rule, one a step; "duty" is the next duty officer in
 * order of id; and never beyond the municipality's own people.  Calls outbox/post and
 * outbox/notice; every step is audited.
 */
#ifndef GATEWAY_CASEWORK_ALERTS_H
#define GATEWAY_CASEWORK_ALERTS_H
#include "gateway/casework/desk.h"
#include "gateway/outbox/post.h"
#include "store/alerts.h"

struct alerts_about {
	const char *subject;     /* "SH1 5A 12", "E26-0147-V": the alert's texts are made of it */
	const char *window;      /* "2026-11-16+5": with rule and subject, raised once */
	int64_t case_id, message;
	const char *owner;       /* reporter told as "owner", "" none */
	const char *who;         /* audit: whose text it follows from */
	const char *text;        /* catalogue id in place of the rule's own, NULL */
	bool again;              /* one that is over is raised anew, not only one that was withdrawn */
	/* What agencies may be told; event, alert, rule and urgent are filled in. */
	struct post_event facts;
};
/* One rule.  *number is the alert's, 0 when it had been raised before. */
int alerts_raise(struct desk *d, const struct config_rule *rule, const struct alerts_about *about,
		 int64_t *number);
/* All rules of an event that do not count days.  *raised: how many are new. */
int alerts_raise_event(struct desk *d, const char *event, const struct alerts_about *about,
		       int *raised);

/* Takes an alert back: those told, but for `who` himself, hear so in one line (catalogue id
 * `notice`). */
int alerts_withdraw(struct desk *d, const struct alert_row *a, const char *who, const char *reason,
		    const char *notice);

/* The same of one whose matter is over: he is back, the report has come.  notice "": nobody is told. */
int alerts_end(struct desk *d, const struct alert_row *a, const char *who, const char *reason,
	       const char *notice);
/* The same of all of a subject whose rules watch one of these events (NULL-terminated): what they
 * asked for is done.  notice "": nobody is told. */
int alerts_resolve(struct desk *d, const char *subject, const char *const *events, const char *who,
		   const char *reason, const char *notice);

enum alerts_answer { ALERTS_ACKED, ALERTS_ALREADY, ALERTS_UNKNOWN };
/* OK n, or a bare OK (number 0) when exactly one is pending.  Unknown covers a number that is none,
 * one he was not told of, and a bare OK that could mean several: the answer must not tell which. */
int alerts_ack(struct desk *d, const char *reporter, int64_t number, struct alert_row *row,
	       enum alerts_answer *answer);

/* Escalations that have fallen due.  *next_at: the nearest one ahead, 0 = none. */
int alerts_due(struct desk *d, int *n, int64_t *next_at);
#endif
