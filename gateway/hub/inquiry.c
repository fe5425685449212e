/* inquiry.c - see inquiry.h. */
#include "gateway/hub/inquiry.h"

#include <stdio.h>
#include <string.h>

#include "gateway/hub/verbs.h"
#include "gateway/outbox/receiver.h"

#define TIMEOUT_MS 20000
#define MARGIN_MS 10000

static int courier_of(struct hub *h)
{
	struct worker_view v;
	for (int i = 0; i < supervise_count(h->sup); i++) {
		if (supervise_view(h->sup, i, &v) && v.spec->kind == WORKER_COURIER && v.state == WORKER_READY)
			return i;
	}
	return -1;
}

static int hand(struct hub *h, const struct config_agency *a, const struct receiver_exchange *x)
{
	char auth[RECEIVER_TOKEN + 64], type[80];
	struct wire_frame f = {.type = WIRE_WORK_HTTP};
	struct wire_work_http *w = &f.u.work_http;
	h->inquiry.job = -(++h->inquiry.n);
	*w = (struct wire_work_http){.job = h->inquiry.job,
				     .method = wire_str(x->method),
				     .url = wire_str(x->url),
				     .body = wire_blob(x->len ? x->body : "", x->len),
				     .timeout_ms = TIMEOUT_MS,
				     .plain_http = a->plain_http,
				     .allow_private = wire_str(a->allow_private),
				     .ca_file = wire_str(a->ca_file),
				     .client_cert = wire_str(a->client_cert),
				     .client_key = wire_str(a->client_key),
				     .pin = wire_str(a->pin),
				     .want = wire_str(x->want ? x->want : "")};
	snprintf(auth, sizeof auth, "Authorization: %s", x->auth);
	snprintf(type, sizeof type, "Content-Type: %s", x->type ? x->type : "");
	if (x->auth[0])
		w->header[w->n_headers++] = wire_str(auth);
	if (x->type && x->type[0])
		w->header[w->n_headers++] = wire_str(type);
	int rc = supervise_send(h->sup, h->inquiry.worker, &f);
	explicit_bzero(auth, sizeof auth);
	if (rc == 0)
		supervise_expect(h->sup, h->inquiry.worker, h->inquiry.job, TIMEOUT_MS + MARGIN_MS);
	return rc;
}

json_t *inquiry_ask(struct hub *h, int client, const json_t *rq)
{
	static struct receiver_exchange x; /* 6 KB; the hub has one thread */
	const char *code = json_string_value(json_object_get(rq, "agency"));
	const struct config_agency *a = code ? config_agency(h->cf, code) : NULL;
	if (!a)
		return verb_refuse("no agency \"%s\" in the configuration", code ? code : "");
	if (!a->url[0])
		return verb_refuse("%s has no url: it is told by a bare SMS", a->code);
	if (h->inquiry.busy)
		return verb_refuse("another agency is being tested: wait for its answer");
	h->inquiry.worker = courier_of(h);
	if (h->inquiry.worker < 0)
		return verb_refuse("the courier is not ready (kujdestar status)");
	const struct receiver *r = receiver_of(a);
	memset(&x, 0, sizeof x);
	if (r->login && r->login(a, &x))
		return verb_refuse("a login to %s cannot be made of its settings", a->code);
	if (!r->login)
		r->probe(a, "", &x);
	h->inquiry.login = r->login != NULL;
	int rc = hand(h, a, &x);
	explicit_bzero(&x, sizeof x);
	if (rc < 0)
		return verb_refuse("the courier is gone");
	h->inquiry.busy = true;
	h->inquiry.client = client;
	h->inquiry.serial = control_serial(h->control, client);
	snprintf(h->inquiry.agency, sizeof h->inquiry.agency, "%s", a->code);
	return NULL;
}

static void answer(struct hub *h, json_t *o)
{
	h->inquiry.busy = false;
	if (control_serial(h->control, h->inquiry.client) == h->inquiry.serial)
		control_answer(h->control, h->inquiry.client, o);
	else
		json_decref(o); /* he did not wait */
}

/* ---- in words ---- */

static bool has_words(struct wire_str v, const char *words)
{
	char text[200];
	wire_copy(v, text, sizeof text);
	return strstr(text, words) != NULL;
}

static const char *not_answered(const struct config_agency *a, const struct wire_done_http *d)
{
	switch (d->result) {
	case WIRE_HTTP_UNREACHED:
		return "it cannot be reached: is the address right, the machine up, a firewall between?";
	case WIRE_HTTP_TLS:
		if (has_words(d->detail, " alert "))
			return "it does not take us for who we are: it wants a client_cert and client_key that it "
			       "knows";
		if (has_words(d->detail, "pinned"))
			return "its key is another than pin says: if it was renewed, ask there for the new one";
		return "its certificate does not verify: set ca_file or pin, or have it mended there";
	case WIRE_HTTP_TIMEOUT:
		return "it took the call and did not answer in time";
	case WIRE_HTTP_REFUSED:
		return "our own rules forbid it: a private address wants allow_private, http:// wants "
		       "plain_http";
	default: /* a reset may overtake the alert that says why */
		return strncmp(a->url, "https:", 6) == 0
			       ? "the connection broke before an answer was whole: does it want a client_cert that it "
				 "knows?"
			       : "the connection broke before an answer was whole";
	}
}

static const char *answered(unsigned status, bool webhook, bool *good)
{
	*good = status < 300;
	if (status < 300)
		return "it answers, and lets us in";
	if (status < 400)
		return "it points elsewhere, and that is never followed: set url to where it points";
	if (status == 401 || status == 403)
		return "it answers and does not let us in: user, password or token are wrong, or lack a right";
	if (webhook && (status == 405 || status == 404 || status == 501 || status == 400)) {
		*good = status == 405 || status == 501 || status == 400;
		return *good ? "it answers; whether it takes a delivery only a delivery shows"
			     : "it answers, but there is nothing at this path: is url right?";
	}
	if (status == 404)
		return "it answers, but has no such path: is url that of the system itself?";
	if (status == 410)
		return "it says it is gone for good";
	if (status == 429)
		return "it wants to be asked less often";
	return status >= 500 ? "it answers that it is out of order itself" : "it refuses the call";
}

static json_t *outcome(const struct config_agency *a, const struct wire_done_http *d)
{
	char detail[160];
	bool good = false, webhook = strcmp(receiver_of(a)->name, "webhook") == 0;
	const char *words = d->result == WIRE_HTTP_ANSWERED ? answered(d->status, webhook, &good)
							    : not_answered(a, d);
	wire_copy(d->detail, detail, sizeof detail);
	json_t *o = json_pack("{s:b,s:s,s:s,s:b,s:s,s:i,s:i}", "ok", 1, "agency", a->code, "receiver",
			      receiver_of(a)->name, "good", good, "words", words, "status", d->status,
			      "elapsed_ms", (int)d->elapsed_ms);
	json_t *s = json_string(detail);
	json_object_set_new(o, "detail", s ? s : json_string(""));
	return o;
}

/* After a login the call that shows whether its token is good for anything. */
static bool go_on(struct hub *h, const struct config_agency *a, const struct wire_done_http *d)
{
	static struct receiver_exchange x;
	char token[RECEIVER_TOKEN];
	struct receiver_outcome o = {0};
	int lasts_s;
	if (!h->inquiry.login || d->result != WIRE_HTTP_ANSWERED ||
	    !receiver_of(a)->token(d, token, &lasts_s, &o))
		return false;
	h->inquiry.login = false;
	memset(&x, 0, sizeof x);
	receiver_of(a)->probe(a, token, &x);
	int rc = hand(h, a, &x);
	explicit_bzero(token, sizeof token);
	explicit_bzero(&x, sizeof x);
	return rc == 0;
}

bool inquiry_done(struct hub *h, int worker, const struct wire_done_http *d)
{
	if (d->job >= 0)
		return false;
	supervise_job_done(h->sup, worker, d->job);
	if (!h->inquiry.busy || worker != h->inquiry.worker || d->job != h->inquiry.job)
		return true;
	const struct config_agency *a = config_agency(h->cf, h->inquiry.agency);
	if (!a)
		answer(h, verb_refuse("the agency was taken out of the configuration meanwhile"));
	else if (!go_on(h, a, d))
		answer(h, outcome(a, d));
	return true;
}

void inquiry_lost(struct hub *h, int worker)
{
	if (h->inquiry.busy && worker == h->inquiry.worker)
		answer(h, verb_refuse("the courier ended meanwhile"));
}
