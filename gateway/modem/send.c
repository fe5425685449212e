/* send.c - see send.h. */
#include "gateway/modem/send.h"
#include <poll.h>
#include <string.h>
#include "gateway/modem/mono.h"
#include "parser/tpdu.h"

#define PROMPT_MS 45000 /* libgammu waits 30 s for the prompt */
#define SMSC_MS 45000
#define PIECE_MS 1000
#define RESYNC_MS 3000

#define GONE(events) ((events) & (POLLHUP | POLLERR | POLLNVAL))

static void done(struct drain *d, int part, struct wire_done_sms w)
{
	w.job = d->talk->job.id;
	w.part = (uint16_t)part;
	talk_done(d->talk, &w);
}

static void failed(struct drain *d, int part, int code, const char *why)
{
	done(d, part,
	     (struct wire_done_sms){
		 .result = WIRE_SMS_FAILED, .code = code, .detail = wire_str(why)});
}

static void unknown(struct drain *d, int part, const char *why)
{
	done(d, part, (struct wire_done_sms){.result = WIRE_SMS_UNKNOWN, .detail = wire_str(why)});
}

/* Reads on until the outcome of what was handed over is known, or the time is over. */
static int await(struct drain *d, int send_ms)
{
	int64_t deadline = mono_ms() + send_ms;
	int code, rc = LINK_OK, left;
	uint8_t mr;

	while (rc == LINK_OK && link_sent(d->link, &mr, &code) == LINK_WAITING && !d->talk->over &&
	       (left = mono_left(deadline)) > 0) {
		short events =
		    talk_wait(d->talk, link_fd(d->link), left < PIECE_MS ? left : PIECE_MS);
		if (events & POLLIN)
			rc = link_poll(d->link);
		else if (GONE(events))
			rc = LINK_GONE;
	}
	return rc;
}

/* After a silence: the modem answers in order, so once it answers AT no outcome of this part can
 * come any more and be taken for the next one's; and it may come now. */
static int settle(struct drain *d, int rc)
{
	uint8_t mr;
	int code;

	if (rc != LINK_OK || link_sent(d->link, &mr, &code) != LINK_WAITING)
		return rc;
	return link_resync(d->link, RESYNC_MS);
}

/* Tells the outcome of a part that was handed over. */
static int tell(struct drain *d, int part, int rc)
{
	uint8_t mr;
	int code;

	switch (link_sent(d->link, &mr, &code)) {
	case LINK_SENT:
		done(d, part, (struct wire_done_sms){.result = WIRE_SMS_SENT, .mr = mr});
		return rc;
	case LINK_NOT_SENT:
		if (code > 0)
			failed(d, part, code, "refused");
		else /* a bare ERROR, or an answer not understood: it may have gone */
			unknown(d, part, "unclear answer");
		return rc == LINK_OK ? LINK_REFUSED : rc;
	case LINK_WAITING:
		break;
	}
	unknown(d, part, rc == LINK_GONE ? "device gone" : "no answer");
	return rc == LINK_OK ? LINK_REFUSED : rc;
}

static int send_part(struct drain *d, int part, int send_ms)
{
	const struct talk_part *p = &d->talk->job.part[part];
	struct tpdu t;
	const char *field;

	if (tpdu_decode(p->octets, p->len, true, &t, &field) != TPDU_OK || t.kind != TPDU_SUBMIT) {
		failed(d, part, 0, "not a SUBMIT");
		return LINK_REFUSED;
	}
	talk_begin(d->talk, "GSM_SendSMS", (int)((int64_t)PROMPT_MS * d->talk->call_ms / 60000) + send_ms + RESYNC_MS);
	int rc = link_send(d->link, &t, d->talk->job.report);
	if (rc == LINK_OK) {
		rc = tell(d, part, settle(d, await(d, send_ms)));
	} else if (rc == LINK_GONE) { /* a write failed; which one is not told */
		unknown(d, part, "device gone");
	} else { /* no prompt came, so nothing was handed over */
		failed(d, part, link_code(d->link),
		       rc == LINK_TIMEOUT ? "no prompt" : "refused at the prompt");
		rc = link_resync(d->link, RESYNC_MS);
		rc = rc == LINK_OK ? LINK_REFUSED : rc;
	}
	talk_end(d->talk);
	return rc;
}

static int have_smsc(struct drain *d)
{
	talk_call(d->talk, "GSM_GetSMSC", SMSC_MS);
	int rc = link_smsc(d->link);
	talk_end(d->talk);
	return rc;
}

int send_run(struct drain *d, int send_ms)
{
	struct talk_job *job = &d->talk->job;
	int part = 0;
	int rc = have_smsc(d);
	const char *why = rc == LINK_OK ? "an earlier part failed" : "no service centre number";

	while (rc == LINK_OK && part < job->n_parts && !d->talk->over) {
		rc = send_part(d, part++, send_ms);
		if (rc == LINK_OK && part < job->n_parts) /* reception goes on between parts */
			rc = drain_sweep(d, false);
		if (rc == LINK_OK)
			rc = drain_settle(d);
	}
	while (part < job->n_parts)
		failed(d, part++, 0, why);
	d->talk->has_job = false;
	return rc;
}
