/* post.h - putting something into the outbox: replies, alerts to people, events to agencies.
 *
 * Runs inside a turn; nothing leaves before its commit.  Who may be told what is decided here and only
 * here: an event goes to the agencies that a mandate row names for it, with exactly that row's keys;
 * an event without a row goes to the municipality with the least that lets it act.
 */
#ifndef GATEWAY_OUTBOX_POST_H
#define GATEWAY_OUTBOX_POST_H
#include "gateway/casework/desk.h"
#include "store/roster.h"

/* Reply to the sender of a message; reporter may be NULL for a number that is not on the roster. */
int post_reply(struct desk *d, int64_t message, const struct reporter *to, const char *number,
	       const char *text, int64_t case_id);

/* The same ahead of what is urgent in this turn and was posted later: how long it takes must not show whether
 * somebody else is told too. */
int post_reply_first(struct desk *d, int64_t message, const struct reporter *to, const char *number,
		     const char *text, int64_t case_id);

/* An SMS to a reporter about an alert (or alert 0: a notice).  Locked or left reporters are skipped
 * (*told false). Counts as told at this step. */
int post_sms(struct desk *d, const struct reporter *to, const char *text, int64_t alert, int step,
	     int64_t case_id, bool urgent, bool *told);

/* An urgent notice that leaves no sooner: what else leaves in this turn must not show that there is one. */
int post_later(struct desk *d, const struct reporter *to, const char *text, int64_t not_before);
/* An SMS to a reporter that is about nothing else; *id its row of the outbox, 0: he is locked or left. */
int post_text(struct desk *d, const struct reporter *to, const char *kind, const char *text, int64_t *id);

/* What an event knows; the mandate row picks from it.  Absent = NULL, "" or -1. */
struct post_event {
	const char *event;      /* "case.new" */
	int64_t alert;
	const char *rule;       /* alert rule: "C2" */
	int64_t case_id;
	const char *case_code, *concerns /* comma-separated */, *zone, *sex, *risk;
	int age, n_children;
	bool urgent;
	const char *school, *class_name, *from, *to, *reason, *country, *referral, *service;
	const char *task, *due, *date;
	int pupil, days;
	const char *flags;
	const char *link;       /* filled in by post_event where a row lists the key */
};
/* Tells every agency with a mandate.  An agency without a URL is told by a bare reference by SMS to
 * its reporters.  *agencies: how many were told by HTTP. */
int post_event(struct desk *d, const struct post_event *e, int *agencies);
/* One agency over HTTP alone, under the row its caller found for it; *sent false: it has no URL. */
int post_http(struct desk *d, const struct post_event *e, const struct config_mandate *row,
	      bool *sent);

/* Rows of the outbox that one telling made. */
struct post_sent {
	int64_t id[8];
	size_t n;
};
/* One agency, under the row its caller found for it: the same keys and ways as post_event. */
int post_to(struct desk *d, const struct post_event *e, const struct config_mandate *row,
	    struct post_sent *sent);
/* The bare reference by SMS to the row's agency, whatever else it has; nobody there: nothing. */
int post_reference(struct desk *d, const struct post_event *e, const struct config_mandate *row,
		   struct post_sent *sent);
#endif
