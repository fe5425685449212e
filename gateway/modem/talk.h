/* talk.h - the worker's end of the socket to the hub.
 *
 * Owns the socket, the receive buffer, the acknowledgements that arrived and the one job in hand.
 * Calls wire.  A hub that is gone, or that breaks the protocol, shows as talk.over: there is
 * nothing left to do then but to exit.
 */
#ifndef GATEWAY_MODEM_TALK_H
#define GATEWAY_MODEM_TALK_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "gateway/hub/wire.h"

#define TALK_ACKS 128
#define TALK_OCTETS 256

struct talk_part {
	uint8_t octets[TALK_OCTETS];
	size_t len;
};
struct talk_job {
	int64_t id;
	bool report;
	int n_parts;
	struct talk_part part[WIRE_PARTS_MAX];
};

struct talk {
	int fd;
	bool over; /* hub gone, or its frames are not understood */
	bool stop; /* STOP came */
	bool has_job;
	struct talk_job job;
	bool has_ussd;
	int64_t ussd_job;
	uint8_t ussd_step; /* enum wire_ussd_step */
	char ussd_code[48];
	struct wire_ack ack[TALK_ACKS]; /* in order of arrival */
	size_t n_acks;
	uint64_t next_token; /* of segments: unique in this process */
	bool in_call;
	int call_ms; /* what talk_call counts by; talk_open sets a minute */
	uint8_t buf[WIRE_FRAME_MAX];
};

void talk_open(struct talk *t, int fd);

/* Waits at most ms (0: not at all; -1: for ever) until the hub said something or other_fd (or -1)
 * is readable or gone, and takes every frame that is there.  Returns other_fd's poll events. */
short talk_wait(struct talk *t, int other_fd, int ms);

/* The first frame, which must be SETTINGS.  Strings live until the next talk_wait. */
int talk_settings(struct talk *t, struct wire_pairs *out);

/* The oldest acknowledgement not yet taken; false when there is none. */
bool talk_ack(struct talk *t, struct wire_ack *out);

/* A call that can block is about to start, with the time it may take; and it came back.  A second
 * begin replaces the first. */
void talk_begin(struct talk *t, const char *call, int deadline_ms);
void talk_end(struct talk *t);
/* The same for a call of libgammu's: ms is what it may take when call_ms is a minute. */
void talk_call(struct talk *t, const char *call, int ms);

void talk_ready(struct talk *t, const char *detail);
void talk_note(struct talk *t, const char *name, const char *value);
void talk_note_num(struct talk *t, const char *name, long value);
void talk_segment(struct talk *t, const struct wire_segment *s);
void talk_done_ussd(struct talk *t, const struct wire_done_ussd *d);
void talk_done(struct talk *t, const struct wire_done_sms *d);
#endif
