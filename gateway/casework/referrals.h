/* referrals.h - referring a case to an agency, its answer, and what follows when there is none.
 *
 * A referral leaves only under a mandate row of event referral.new for that agency, the case's
 * concerns and the service, with exactly that row's keys.  Declined or unanswered it comes back to
 * its sender and the municipality: never does it go to another agency by itself.
 * Calls casefile, lifecycle, confirms, mandate, alerts, outbox/post and the store. */
#ifndef GATEWAY_CASEWORK_REFERRALS_H
#define GATEWAY_CASEWORK_REFERRALS_H
#include "gateway/casework/effects.h"
#include "store/cases.h"
#include "store/confirms.h"
#include "store/referrals.h"

int referrals_new(struct desk *d, const struct message *m, const struct reporter *from,
		  const struct reading *r, struct effect *out);
int referrals_accept(struct desk *d, const struct message *m, const struct reporter *from,
		     const struct reading *r, struct effect *out);
int referrals_decline(struct desk *d, const struct message *m, const struct reporter *from,
		      const struct reading *r, struct effect *out);
int referrals_done(struct desk *d, const struct message *m, const struct reporter *from,
		   const struct reading *r, struct effect *out);

enum referrals_result {
	REFERRALS_TAKEN,
	REFERRALS_ALREADY, /* the same answer stood: nothing changed */
	REFERRALS_UNKNOWN, /* no such number, or another agency's: the answer must not tell which */
	REFERRALS_CLOSED   /* answered otherwise, ended or taken back before */
};
/* An agency's answer from wherever it came (an SMS, its own machine): "accept" "decline"
 * "complete".  agency: whose answer it is; who: reporter id, or "agency:TV".  reason: "" no_capacity
 * mandate. */
int referrals_answer(struct desk *d, int64_t number, const char *agency, const char *who,
		     const char *answer, const char *reason, enum referrals_result *result);

/* The PO or JO to a referral of an adult: has he consented? */
int referrals_confirm(struct desk *d, const struct message *m, const struct reporter *from,
		      const struct confirmation *q, bool yes, struct effect *out);
/* Asks an agency without a text: *number its number, 0 when its mandate does not allow it, or the case's own
 * consent comes first.  The same question that waits is the answer.  sender: hears what comes of it. */
int referrals_make(struct desk *d, struct case_row *c, const char *agency, const char *service,
		   bool urgent, const char *sender, int64_t *number);
/* Have the offices that help a family without income been asked, and not said no? */
int referrals_support_open(struct desk *d, const struct case_row *c, bool *yes);
/* The PO or JO to asking them. */
int referrals_support(struct desk *d, const struct message *m, const struct reporter *from,
		      const struct confirmation *q, bool yes, struct effect *out);
/* What a message referred is taken back while nobody has answered; the agency hears. *undone false:
 * too late, or it referred none. */
int referrals_takeback(struct desk *d, int64_t message, const struct reporter *from, bool *undone,
		       struct effect *out);

/* For closing: without an answer; and what becomes of a closed case's. */
int referrals_open_work(struct desk *d, int64_t case_id, int *n);
int referrals_closed(struct desk *d, const struct case_row *c, const char *who);
/* What has fallen due by the clock; *n done. */
int referrals_due(struct desk *d, int *n);
#endif
