/* ussd.h - USSD sessions: where each caller stands, so that a dropped one can go on, and how far people
 * come.
 *
 * A session is known by a keyed hash of its provider and key, its caller by that of his number.  Its
 * draft (the walk, its answers, the last screen) is sealed with the key of its day and destroyed when
 * the session is spent.  States: store/STATES.md. */
#ifndef STORE_USSD_H
#define STORE_USSD_H
#include "store/store.h"
#include "store/roster.h"

#define USSD_DRAFT_MAX 4096
struct ussd_session {
	int64_t id, started, changed, message;
	int64_t kept_message;      /* as it stands in the row that was read */
	char provider[24], reporter[ROSTER_ID], state[12];
	char form[32], screen[32]; /* of the screen shown last */
	int hops;
	uint8_t request[32];
	size_t draft_len;          /* 0: none, or its key is gone */
	char draft[USSD_DRAFT_MAX];
};
/* Hash of a request as it is kept: the same octets, the same hash. */
int ussd_request(struct store *st, const void *octets, size_t len, uint8_t out[32]);
/* STORE_NONE: never seen. */
int ussd_find(struct store *st, const char *provider, const char *key, struct ussd_session *out);
/* The open or closed one of this number that began last, changed since `since` and is inside a form. */
int ussd_unfinished(struct store *st, const char *number, int64_t since, struct ussd_session *out);
/* The open one that a report came from. */
int ussd_of_message(struct store *st, int64_t message, struct ussd_session *out);
/* New, 'open'; s->id is filled in. */
int ussd_add(struct store *st, struct ussd_session *s, const char *key, const char *number, int64_t now);
/* The next screen of one: open -> open or done (state), with all that changed.  began anew: any state
 * -> open. */
int ussd_move(struct store *st, const struct ussd_session *s, bool anew, int64_t now);
/* open -> closed (the provider says that it ended); open, closed -> left (another one goes on with its
 * draft, which is destroyed here) or expired. */
int ussd_settle(struct store *st, const struct ussd_session *s, const char *to, int64_t now);
/* The oldest open or closed one that did not change since `before`. */
int ussd_overdue(struct store *st, int64_t before, struct ussd_session *out);
/* Drafts of spent ones that did not change since `before` are destroyed; *n. */
int ussd_forget(struct store *st, int64_t before, int64_t *n);

struct ussd_screen {
	char provider[24], form[32], screen[32];
	int64_t shown, dropped;
};
/* Once more, in this turn: it is written, and ussd_screens tells it, when that is committed. */
int ussd_count(struct store *st, const char *provider, const char *form, const char *screen, bool dropped);
int ussd_screens(struct store *st, struct ussd_screen *out, size_t max, size_t *n);
#endif
