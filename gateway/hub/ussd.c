/* ussd.c - see ussd.h. */
#include "gateway/hub/ussd.h"

#include <stdio.h>
#include <string.h>

#include "gateway/hub/verbs.h"

#define CODE_MAX 40
#define JOB_MS 100000

static int find(struct hub *h, const char *modem)
{
	struct worker_view v;
	for (int i = 0; i < supervise_count(h->sup); i++) {
		if (supervise_view(h->sup, i, &v) && v.spec->kind == WORKER_MODEM &&
		    v.state == WORKER_READY && strcmp(v.spec->name, modem) == 0)
			return i;
	}
	return -1;
}

/* Dialling is recorded before it is done: it may cost money. */
static int record(struct hub *h, int uid, const char *modem, const char *code)
{
	char who[24], object[64];
	snprintf(who, sizeof who, "cli:%d", uid);
	snprintf(object, sizeof object, "%.20s %.40s", modem, code);
	int rc = store_begin(h->st);
	if (rc == STORE_OK)
		rc = audit_add(h->st, clock_now(h->clock), who, "ussd", object, "dialled", "");
	if (rc == STORE_OK)
		return store_commit(h->st);
	if (store_in_turn(h->st))
		store_rollback(h->st);
	return rc;
}

json_t *ussd_ask(struct hub *h, int client, int uid, const json_t *rq)
{
	const char *modem = json_string_value(json_object_get(rq, "modem"));
	const char *code = json_string_value(json_object_get(rq, "code"));
	if (!modem || !config_modem(h->cf, modem))
		return verb_refuse("no modem \"%s\" in the configuration", modem ? modem : "");
	if (!code || !*code || strlen(code) > CODE_MAX || code[strspn(code, "0123456789*#")])
		return verb_refuse("a code is up to %d of 0-9, * and #", CODE_MAX);
	if (h->ussd.busy)
		return verb_refuse("another code is being dialled: wait for its answer");
	int worker = find(h, modem);
	if (worker < 0)
		return verb_refuse("modem %s is not ready (kujdestar status)", modem);
	int rc = record(h, uid, modem, code);
	if (rc != STORE_OK)
		return verb_refuse("the store did not take the record of it: %s", store_rc_name(rc));
	struct wire_frame f = {.type = WIRE_WORK_USSD};
	h->ussd.job = -(++h->ussd.n); /* below zero: no row of the outbox */
	f.u.work_ussd = (struct wire_work_ussd){h->ussd.job, wire_str(code)};
	if (supervise_send(h->sup, worker, &f) < 0)
		return verb_refuse("modem %s is gone", modem);
	supervise_expect(h->sup, worker, h->ussd.job, JOB_MS);
	h->ussd.busy = true;
	h->ussd.worker = worker;
	h->ussd.client = client;
	h->ussd.serial = control_serial(h->control, client);
	return NULL;
}

static void answer(struct hub *h, json_t *o)
{
	h->ussd.busy = false;
	if (control_serial(h->control, h->ussd.client) == h->ussd.serial)
		control_answer(h->control, h->ussd.client, o);
	else
		json_decref(o); /* he did not wait */
}

void ussd_done(struct hub *h, int worker, const struct wire_done_ussd *d)
{
	static const char *const refusals[] = {"", "", "the network ended it", "another client answered",
					       "the network does not know this code",
					       "the network did not answer in time"};
	if (!h->ussd.busy || worker != h->ussd.worker || d->job != h->ussd.job)
		return;
	supervise_job_done(h->sup, worker, d->job);
	char text[1100];
	wire_copy(d->text, text, sizeof text);
	if (d->result == WIRE_USSD_ANSWERED) {
		json_t *o = json_pack("{s:b,s:i}", "ok", 1, "status", d->status);
		json_t *s = json_string(text);
		json_object_set_new(o, "text", s ? s : json_string("(not readable)"));
		answer(h, o);
	} else if (d->result == WIRE_USSD_REFUSED) {
		answer(h, verb_refuse("refused: %s %s(code %d)", d->status < 6 ? refusals[d->status] : "",
				      text, (int)d->code));
	} else {
		answer(h, verb_refuse("no answer came; it may have been carried out: look before you repeat"));
	}
}

void ussd_lost(struct hub *h, int worker)
{
	if (h->ussd.busy && worker == h->ussd.worker)
		answer(h, verb_refuse("the modem's worker ended meanwhile; it may have been carried out"));
}
