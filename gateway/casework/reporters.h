/* reporters.h - who is at the other end: a number to a reporter, a reporter to what the parser
 * needs to know of a sender, his language, and leaving. */
#ifndef GATEWAY_CASEWORK_REPORTERS_H
#define GATEWAY_CASEWORK_REPORTERS_H
#include "gateway/casework/effects.h"

/* number: E.164.  STORE_NONE: not on the roster.  Locked ones are found too (active false). */
int reporters_find(struct desk *d, const char *number, struct reporter *out);
/* from may be NULL (a number that is not on the roster), or locked: he then counts as unknown. */
void reporters_sender(const struct desk *d, const struct reporter *from, struct parser_sender *out);
int reporters_lang(struct desk *d, const struct message *m, const struct reporter *from,
		   const struct reading *r, struct effect *out);
/* A telephone reported lost: whether or not it is known, and from whomever, the reply is the same.
 * A coordinator's word locks it at once; anybody else's goes to the coordinators.  from may be
 * NULL. */
int reporters_lost(struct desk *d, const struct message *m, const struct reporter *from,
		   const struct reading *r, struct effect *out);
int reporters_stop(struct desk *d, const struct message *m, const struct reporter *from,
		   const struct reading *r, struct effect *out);
#endif
