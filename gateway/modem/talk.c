/* talk.c - frames to and from the hub.  See talk.h. */
#include "gateway/modem/talk.h"
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#define MINUTE_MS 60000
#define CALL_MIN_MS 1000
#define SEND_WAIT_MS 30000 /* a hub that takes nothing for so long is as good as gone */

void talk_open(struct talk *t, int fd)
{
	memset(t, 0, offsetof(struct talk, buf));
	t->fd = fd;
	t->call_ms = MINUTE_MS;
	int flags = fcntl(fd, F_GETFL);
	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
		t->over = true;
}

static void send_frame(struct talk *t, const struct wire_frame *f)
{
	if (t->over)
		return;
	int rc = wire_send(t->fd, f);
	if (rc == WIRE_AGAIN) {
		struct pollfd p = {t->fd, POLLOUT, 0};
		if (poll(&p, 1, SEND_WAIT_MS) == 1)
			rc = wire_send(t->fd, f);
	}
	if (rc != WIRE_OK)
		t->over = true;
}

static void take_job(struct talk *t, const struct wire_work_sms *w)
{
	/* Our credit is one: a second job before the first is done is a fault of the hub. */
	if (t->has_job || w->n_parts < 1 || w->n_parts > WIRE_PARTS_MAX) {
		t->over = true;
		return;
	}
	t->job.id = w->job;
	t->job.report = w->report;
	t->job.n_parts = w->n_parts;
	for (int i = 0; i < w->n_parts; i++) {
		struct wire_str o = w->part[i].octets;
		/* Too long to be a TPDU: kept empty, so that it fails as a part and not as a
		 * process. */
		t->job.part[i].len = o.len <= TALK_OCTETS ? o.len : 0;
		if (t->job.part[i].len)
			memcpy(t->job.part[i].octets, o.s, o.len);
	}
	t->has_job = true;
}

static void take_ack(struct talk *t, const struct wire_ack *a)
{
	if (t->n_acks == TALK_ACKS) { /* more than we ever have outstanding */
		t->over = true;
		return;
	}
	t->ack[t->n_acks++] = *a;
}

/* It goes into an AT command. */
static void take_ussd(struct talk *t, const struct wire_work_ussd *w)
{
	static const char *const set[] = {
	    [WIRE_USSD_DIAL] = "0123456789*#",
	    [WIRE_USSD_ANSWER] = "0123456789*#+.- ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
	    [WIRE_USSD_CLOSE] = ""};
	bool close = w->step == WIRE_USSD_CLOSE;

	/* Given up while a step of it still waits to be said: that one is not said any more. */
	if (close && t->has_ussd)
		t->has_ussd = false;
	size_t n = wire_copy(w->code, t->ussd_code, sizeof(t->ussd_code));
	if (t->has_ussd || (n == 0) != close || n != w->code.len ||
	    t->ussd_code[strspn(t->ussd_code, set[w->step])] != '\0') {
		t->over = true;
		return;
	}
	t->ussd_job = w->job;
	t->ussd_step = w->step;
	t->has_ussd = true;
}

static void take_frame(struct talk *t, const struct wire_frame *f)
{
	switch (f->type) {
	case WIRE_ACK:
		take_ack(t, &f->u.ack);
		break;
	case WIRE_WORK_SMS:
		take_job(t, &f->u.work_sms);
		break;
	case WIRE_WORK_USSD:
		take_ussd(t, &f->u.work_ussd);
		break;
	case WIRE_STOP:
		t->stop = true;
		break;
	default:
		t->over = true;
		break;
	}
}

static void take_frames(struct talk *t)
{
	while (!t->over) {
		struct wire_frame f;
		int rc = wire_recv(t->fd, t->buf, &f);
		if (rc == WIRE_AGAIN)
			return;
		if (rc == WIRE_OK)
			take_frame(t, &f);
		else
			t->over = true;
	}
}

short talk_wait(struct talk *t, int other_fd, int ms)
{
	struct pollfd p[2] = {{t->fd, POLLIN, 0}, {other_fd, POLLIN, 0}};

	if (t->over || poll(p, 2, ms) <= 0)
		return 0;
	if (p[0].revents)
		take_frames(t);
	return p[1].revents;
}

int talk_settings(struct talk *t, struct wire_pairs *out)
{
	struct pollfd p = {t->fd, POLLIN, 0};
	struct wire_frame f;

	if (t->over || poll(&p, 1, SEND_WAIT_MS) != 1)
		return -1;
	if (wire_recv(t->fd, t->buf, &f) != WIRE_OK || f.type != WIRE_SETTINGS)
		return -1;
	*out = f.u.pairs;
	return 0;
}

bool talk_ack(struct talk *t, struct wire_ack *out)
{
	if (t->n_acks == 0)
		return false;
	*out = t->ack[0];
	t->n_acks--;
	memmove(t->ack, t->ack + 1, t->n_acks * sizeof(t->ack[0]));
	return true;
}

void talk_begin(struct talk *t, const char *call, int deadline_ms)
{
	struct wire_frame f = {.type = WIRE_BEGIN};

	f.u.begin = (struct wire_begin){wire_str(call), (uint32_t)deadline_ms, 0};
	send_frame(t, &f);
	t->in_call = true;
}

void talk_call(struct talk *t, const char *call, int ms)
{
	int64_t scaled = (int64_t)ms * t->call_ms / MINUTE_MS;

	talk_begin(t, call, scaled > CALL_MIN_MS ? (int)scaled : CALL_MIN_MS);
}

void talk_end(struct talk *t)
{
	struct wire_frame f = {.type = WIRE_END};

	if (!t->in_call)
		return;
	t->in_call = false;
	send_frame(t, &f);
}

void talk_ready(struct talk *t, const char *detail)
{
	struct wire_frame f = {.type = WIRE_READY};

	f.u.ready = (struct wire_ready){wire_str("modem"), wire_str(detail), 1};
	send_frame(t, &f);
}

void talk_note(struct talk *t, const char *name, const char *value)
{
	struct wire_frame f = {.type = WIRE_NOTE};

	f.u.pairs.n = 1;
	f.u.pairs.pair[0] = (struct wire_pair){wire_str(name), wire_str(value)};
	send_frame(t, &f);
}

void talk_note_num(struct talk *t, const char *name, long value)
{
	char text[24];

	snprintf(text, sizeof(text), "%ld", value);
	talk_note(t, name, text);
}

void talk_segment(struct talk *t, const struct wire_segment *s)
{
	struct wire_frame f = {.type = WIRE_SEGMENT};

	f.u.segment = *s;
	send_frame(t, &f);
}

void talk_done_ussd(struct talk *t, const struct wire_done_ussd *d)
{
	struct wire_frame f = {.type = WIRE_DONE_USSD};

	f.u.done_ussd = *d;
	send_frame(t, &f);
}

void talk_done(struct talk *t, const struct wire_done_sms *d)
{
	struct wire_frame f = {.type = WIRE_DONE_SMS};

	f.u.done_sms = *d;
	send_frame(t, &f);
}
