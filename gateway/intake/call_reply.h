/* call_reply.h - the reply to a call, as whoever answers one fills it in.  Pure. */
#ifndef GATEWAY_INTAKE_CALL_REPLY_H
#define GATEWAY_INTAKE_CALL_REPLY_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "gateway/hub/wire.h"

#define CALL_ROOM 16384 /* octets of a reply's texts */

struct call_reply {
	int64_t waits_for;      /* message whose PIN is being hashed: the reply follows, call_resume; 0 = it is here */
	bool still;             /* nothing that falls due was added or settled: what is due stays as it was */
	uint16_t status;        /* as of HTTP; 0 counts as 500 */
	char detail[160];       /* of a refusal: for whoever calls, names nobody, repeats nothing */
	struct wire_pairs fields; /* values live in room or are static */
	char room[CALL_ROOM];
	size_t used;
};
/* False: no room; then the reply is a 500. */
bool call_field(struct call_reply *r, const char *name, const char *value); /* name static, value copied */
void call_refuse(struct call_reply *r, unsigned status, const char *detail);
#endif
