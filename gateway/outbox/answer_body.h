/* answer_body.h - the JSON body of an agency's signed answer.
 *
 *     {"type":"referral.accept","data":{"referral":"R88"}}
 *     {"type":"referral.decline","data":{"referral":"R88","reason":"no_capacity"}}
 *     {"type":"alert.ack","data":{"alert":31}}     {"type":"task.done","data":{"task":"T12"}}
 *
 * Other members are passed over, so that a sender may add its own.  Pure; read only after the
 * signature was verified. */
#ifndef GATEWAY_OUTBOX_ANSWER_BODY_H
#define GATEWAY_OUTBOX_ANSWER_BODY_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct answer_body {
	char kind;          /* 'a' 'r' 't' */
	char what[16];      /* ack accept decline done */
	int64_t number;
	char reason[32];    /* [a-z_], "" when not given or none of ours */
};
/* NULL, or what is wrong with it (static text, repeats nothing of the body). */
const char *answer_body_read(const void *body, size_t len, struct answer_body *out);
#endif
