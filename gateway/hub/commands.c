/* commands.c - see commands.h. */
#include "gateway/hub/commands.h"

#include <string.h>
#include <unistd.h>

#include "gateway/hub/credit.h"
#include "gateway/hub/health.h"
#include "gateway/hub/inquiry.h"
#include "gateway/hub/menus.h"
#include "gateway/hub/reload.h"
#include "gateway/hub/traffic.h"
#include "gateway/hub/ussd.h"
#include "gateway/hub/verdicts.h"
#include "gateway/hub/verbs.h"
#include "gateway/hub/view.h"

static json_t *worker_json(struct hub *h, int i)
{
	struct worker_view v;
	if (!supervise_view(h->sup, i, &v))
		return NULL;
	json_t *o = view_json(&v);
	json_object_set_new(o, "jobs", json_integer(h->slots[i].n_jobs));
	json_object_set_new(o, "rung", json_string(v.spec->kind == WORKER_MODEM ? health_rung(h, v.spec->name)
										 : ""));
	json_t *sim = v.spec->kind == WORKER_MODEM ? credit_json(h, v.spec->name) : NULL;
	if (sim)
		json_object_set_new(o, "ussd", sim);
	return o;
}

static json_t *status_json(struct hub *h)
{
	char iso[32], day[CLOCK_DAY];
	int64_t now = clock_now(h->clock);
	clock_iso(now, iso, sizeof iso);
	clock_day(now, day);
	json_t *o = json_pack("{s:b,s:s,s:I,s:s,s:s,s:i,s:b,s:b,s:I,s:I}", "ok", 1, "hub", "running",
			      "now", (json_int_t)now, "time", iso, "day", day, "pid", (int)getpid(),
			      "store_ok", !h->failing, "careful", h->careful_until != 0, "segments",
			      (json_int_t)h->segments, "messages", (json_int_t)h->messages);
	json_t *workers = json_array();
	for (int i = 0; i < supervise_count(h->sup); i++) {
		json_t *w = worker_json(h, i);
		if (w)
			json_array_append_new(workers, w);
	}
	json_object_set_new(o, "workers", workers);
	/* What is owed and not settled: a test, and a person at shutdown, waits for nothing. */
	json_object_set_new(o, "idle",
			    json_boolean(!h->in && !h->work_waits && !checker_busy(h->checker) && !h->touched && !traffic_in_hand(h) &&
					 !h->failing && now < h->due_at[OUTBOX_SMS] &&
					 now < h->due_at[OUTBOX_HTTP]));
	char lacks[400];
	confine_lacks(CONFINE_HUB, h->confined, lacks, sizeof lacks);
	json_object_set_new(o, "confined", json_string(h->confined));
	json_object_set_new(o, "not_confined", json_string(lacks));
	verb_counts(h->st, o);
	verb_ways(h->st, h->cf, now, o);
	json_t *menus = menus_json(h->st);
	if (menus)
		json_object_set_new(o, "menus", menus);
	return o;
}

/* What was imported holds for the next text: the answer waits for it, and says when a fault of the
 * configuration's files stands in the way. */
static void in_force(struct hub *h, json_t *answer)
{
	bool ok = h->stopping || reload_config(h); /* an ending hub starts no workers: the next one reads it */
	json_object_set_new(answer, "in_force", json_boolean(ok));
}

static json_t *verb_in_turn(struct hub *h, const json_t *rq, int uid)
{
	struct desk d = hub_desk(h);
	json_t *answer = NULL;
	int rc = store_begin(h->st);
	if (rc == STORE_OK)
		rc = verb_run(&d, rq, uid, &answer);
	if (rc == STORE_NONE && !answer) {
		store_rollback(h->st);
		return verb_refuse("no such verb");
	}
	if (rc == STORE_OK)
		rc = store_commit(h->st);
	if (rc == STORE_OK) {
		verdicts_committed(h);
		h->work_waits = true;
		upkeep_asked(&h->upkeep, h->cf, rq, answer, d.now);
		if (verb_changes_places(rq) && json_is_true(json_object_get(answer, "ok")))
			in_force(h, answer);
		return answer;
	}
	if (store_in_turn(h->st))
		store_rollback(h->st);
	verdicts_undone(h);
	h->touched = 0;
	if (answer && !json_is_true(json_object_get(answer, "ok")))
		return answer;
	json_decref(answer);
	return verb_refuse("the store did not take it: %s: %s", store_rc_name(rc), store_errmsg(h->st));
}

void commands_run(struct hub *h)
{
	int client, uid;
	json_t *rq;
	while ((rq = control_next(h->control, &client, &uid)) != NULL) {
		const char *verb = json_string_value(json_object_get(rq, "verb"));
		bool status = verb && strcmp(verb, "status") == 0;
		bool ussd = verb && strcmp(verb, "ussd") == 0;
		bool probe = verb && strcmp(verb, "agency.test") == 0;
		json_t *answer = status  ? status_json(h)
				 : ussd  ? ussd_ask(h, client, uid, rq)
				 : probe ? inquiry_ask(h, client, rq)
					 : verb_in_turn(h, rq, uid);
		if (answer || !(ussd || probe))
			control_answer(h->control, client, answer);
		json_decref(rq);
	}
}
