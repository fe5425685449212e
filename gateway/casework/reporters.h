/* reporters.h - who is at the other end: a number to a reporter, a reporter to what the parser
 * needs to know of a sender, his language, and leaving. */
#ifndef GATEWAY_CASEWORK_REPORTERS_H
#define GATEWAY_CASEWORK_REPORTERS_H
#include "gateway/casework/effects.h"
#include "gateway/pin/checker.h"

/* number: E.164.  STORE_NONE: not on the roster.  Locked ones are found too (active false). */
int reporters_find(struct desk *d, const char *number, struct reporter *out);
/* from may be NULL (a number that is not on the roster), or locked: he then counts as unknown. */
void reporters_sender(const struct desk *d, const struct reporter *from, struct parser_sender *out);
/* Was his number silent for so long that it may be another's? */
int reporters_silent(struct desk *d, const struct reporter *who, bool *silent);
int reporters_lang(struct desk *d, const struct message *m, const struct reporter *from,
		   const struct reading *r, struct effect *out);
/* A telephone reported lost: whether or not it is known, from whomever and with whatever codeword, the
 * reply is the same.  The coordinators hear; its codeword goes into the checker.  from may be NULL. */
int reporters_lost(struct desk *d, const struct message *m, const struct reporter *from,
		   const struct reading *r, struct effect *out);
/* What the checker made of a codeword: the right one locks the telephone, withdraws what waits for it and
 * tells the coordinators.  words: a line for the log. */
int reporters_codeword(struct desk *d, const struct checker_job *job, char *words, size_t max);
/* Locks a telephone at once, withdraws what waits for its number but the answer to message `but`, and tells
 * the coordinators.  STORE_NONE: no such reporter. */
int reporters_lock_phone(struct desk *d, const char *who, const char *lost, const char *why, int64_t but);
/* A coordinator's BLLOKO, his PIN checked. */
int reporters_lock(struct desk *d, const struct message *m, const struct reporter *from,
		   const struct reading *r, struct effect *out);
int reporters_stop(struct desk *d, const struct message *m, const struct reporter *from,
		   const struct reading *r, struct effect *out);
#endif
