/* verdicts.c - see verdicts.h. */
#include "gateway/hub/verdicts.h"

#include <string.h>

#include "gateway/hub/log.h"
#include "gateway/hub/traffic.h"
#include "gateway/intake/call.h"
#include "gateway/intake/intake.h"
#include "gateway/intake/message.h"

#define PLACES (sizeof h->waiting / sizeof h->waiting[0])

bool verdicts_wait(struct hub *h, int worker, uint64_t call, int64_t message)
{
	for (size_t i = 0; i < PLACES; i++) {
		if (h->waiting[i].message)
			continue;
		h->waiting[i] = (struct waiting){.message = message, .worker = worker, .call = call,
						 .generation = supervise_generation(h->sup, worker),
						 .state = WAITING_NEW};
		return true;
	}
	return false;
}

/* The next one that is not answered: a request that was sent twice waits twice. */
static struct waiting *waiting_for(struct hub *h, int64_t message)
{
	for (size_t i = 0; message && i < PLACES; i++) {
		if (h->waiting[i].message == message && h->waiting[i].state != WAITING_ANSWERED)
			return &h->waiting[i];
	}
	return NULL;
}

static int send_reply(struct hub *h, struct waiting *w, const struct call_reply *r)
{
	w->state = WAITING_ANSWERED;
	if (w->generation != supervise_generation(h->sup, w->worker))
		return STORE_OK; /* nobody waits any more: the edge was replaced */
	struct wire_frame f = {.type = WIRE_REPLY,
			       .u.reply = {w->call, r->status, wire_str(r->detail), r->fields}};
	return traffic_depart(h, w->worker, &f) ? STORE_OK : STORE_FAIL;
}

static int answer_calls(struct hub *h, struct desk *d, int64_t message, const char *reply)
{
	static struct call_reply r; /* 18 KB; the hub has one thread */
	char words[256] = "";
	struct waiting *w;
	int rc = call_resume(d, message, reply, &r, words, sizeof words);
	if (rc == STORE_OK && words[0])
		log_line(LOG_INFO, "%s", words);
	while (rc == STORE_OK && (w = waiting_for(h, message)) != NULL)
		rc = send_reply(h, w, &r);
	return rc;
}

static int one(struct hub *h, struct desk *d, const struct checker_job *job)
{
	char reply[MESSAGE_REPLY], words[384] = "";
	int64_t message;
	int rc = intake_verdict(d, job, &message, reply, words, sizeof words);
	if (rc == STORE_OK && job->spoiled)
		h->work_waits = true;
	if (rc == STORE_OK && words[0])
		log_line(LOG_INFO, "%s", words);
	return rc == STORE_OK && waiting_for(h, message) ? answer_calls(h, d, message, reply) : rc;
}

int verdicts_stage(struct hub *h, struct desk *d)
{
	const struct checker_job *job;
	while ((job = checker_done(h->checker)) != NULL) {
		int rc = one(h, d, job);
		if (rc != STORE_OK) {
			log_line(LOG_ERROR, "mo=%lld pin=refused reason=\"%s: %s\"", (long long)job->message,
				 store_rc_name(rc), store_errmsg(h->st));
			if (!traffic_environment(rc))
				checker_spoil(h->checker); /* else this text would stop every turn */
			return rc;
		}
		h->touched = 1;
		h->messages += job->purpose != CHECKER_CODEWORD;
		checker_settled(h->checker);
	}
	return STORE_OK;
}

void verdicts_committed(struct hub *h)
{
	checker_commit(h->checker);
	for (size_t i = 0; i < PLACES; i++) {
		if (h->waiting[i].state == WAITING_ANSWERED)
			memset(&h->waiting[i], 0, sizeof h->waiting[i]);
		else if (h->waiting[i].message)
			h->waiting[i].state = WAITING_STANDS;
	}
}

void verdicts_undone(struct hub *h)
{
	checker_drop(h->checker);
	for (size_t i = 0; i < PLACES; i++) {
		if (h->waiting[i].message && h->waiting[i].state == WAITING_NEW)
			memset(&h->waiting[i], 0, sizeof h->waiting[i]);
		else if (h->waiting[i].message)
			h->waiting[i].state = WAITING_STANDS;
	}
}
