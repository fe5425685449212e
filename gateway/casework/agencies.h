/* agencies.h - what an agency answers to what it was told: taken note of, accepted, declined, done.
 *
 * Who speaks has been verified by the caller (a signature, a link).  An agency may answer what it was
 * told of and nothing else; what is not its own reads like what does not exist.  An acknowledgement
 * by the municipality's own system stops the escalation of an alert, since the municipality leads;
 * anybody else's is recorded, and the municipality's people are still asked.
 */
#ifndef GATEWAY_CASEWORK_AGENCIES_H
#define GATEWAY_CASEWORK_AGENCIES_H
#include "gateway/casework/desk.h"

enum agency_what { AGENCY_ACK, AGENCY_ACCEPT, AGENCY_DECLINE, AGENCY_DONE, AGENCY_WHATS };
struct agency_says {
	const char *agency;
	enum agency_what what;
	char kind;              /* 'a' alert, 'r' referral, 't' task */
	int64_t number;
	const char *reason;     /* of a refusal: a word of ours ("no_capacity"), or "" */
};
enum agency_result {
	AGENCY_TAKEN,
	AGENCY_ALREADY,         /* the same answer stood: nothing changed */
	AGENCY_UNKNOWN,         /* no such thing, or not its own */
	AGENCY_CLOSED,          /* it was answered otherwise, withdrawn or expired: too late */
	AGENCY_NOT_POSSIBLE     /* an alert cannot be declined */
};
const char *agency_what_name(enum agency_what what);
bool agency_what_of(const char *name, enum agency_what *what);
/* "alert 31", "referral 88", "task 12" and back. */
void agency_subject(char kind, int64_t number, char out[32]);
bool agency_subject_of(const char *subject, char *kind, int64_t *number);
int agency_answer(struct desk *d, const struct agency_says *says, enum agency_result *result);
#endif
