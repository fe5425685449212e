/* notice.h - one-line notices to people: a catalogue message, in each recipient's language, to the
 * active reporters of a role.  Notices carry no alert number and need no answer.
 * Owns nothing; calls outbox/post, store/roster and the parser's catalogue. */
#ifndef GATEWAY_OUTBOX_NOTICE_H
#define GATEWAY_OUTBOX_NOTICE_H
#include "gateway/casework/desk.h"
#include "store/roster.h"

#define NOTICE_PEOPLE 32
#define NOTICE_TEXT 700 /* bytes of one catalogue message, filled */

/* Writes catalogue message id in a reporter's language.  False: no such message or a fill it does
 * not know; out is then "". */
bool notice_text(const struct desk *d, const struct reporter *to, const char *id,
		 const struct message_fill *fills, size_t n, char out[NOTICE_TEXT]);
/* One reporter; *told false when he is locked or the message does not exist. */
int notice_one(struct desk *d, const struct reporter *to, const char *id,
	       const struct message_fill *fills, size_t n, int64_t case_id, bool urgent,
	       bool *told);
/* All active ones of a role; *n_told may be NULL. */
int notice_role(struct desk *d, const char *role, const char *id, const struct message_fill *fills,
		size_t n, int64_t case_id, bool urgent, int *n_told);
/* The same, urgent, but no sooner than that. */
int notice_role_later(struct desk *d, const char *role, const char *id, const struct message_fill *fills,
		      size_t n, int64_t not_before);
#endif
