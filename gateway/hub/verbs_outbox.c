/* verbs_outbox.c - outbox.list, show, retry, drop: what is owed to the outside, and why it is owed still.
 * What stands in a row is shown to nobody here. */
#include "gateway/hub/verbs_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/hub/clock.h"
#include "store/circuits.h"
#include "store/outbox.h"

#define ROWS_MAX 64
#define TRIES_MAX 20

static json_t *item_json(const struct outbox_item *it)
{
	json_t *o = json_object();
	json_object_set_new(o, "id", json_integer(it->id));
	verb_put(o, "leg", it->leg == OUTBOX_SMS ? "sms" : "http");
	verb_put(o, "uid", it->uid);
	verb_put(o, "kind", it->kind);
	verb_put(o, "event", it->event);
	verb_put(o, "agency", it->agency);
	verb_put(o, "reporter", it->reporter);
	verb_put(o, "state", it->state);
	json_object_set_new(o, "urgent", json_boolean(it->urgent));
	json_object_set_new(o, "attempts", json_integer(it->attempts));
	json_object_set_new(o, "alert", it->alert ? json_integer(it->alert) : json_null());
	verb_put(o, "reason", it->reason);
	verb_put_time(o, "created", it->created);
	verb_put_time(o, "not_before", it->not_before);
	return o;
}

static bool is_state(const char *s)
{
	static const char *const states[] = {"queued", "inflight", "submitting", "sent",      "delivered",
					     "failed", "dead",     "expired",    "uncertain", "dropped"};
	for (size_t i = 0; i < sizeof states / sizeof states[0]; i++)
		if (strcmp(s, states[i]) == 0)
			return true;
	return false;
}

int verb_outbox_list(struct verb_call *c)
{
	const char *state = verb_text(c->rq, "state");
	if (state[0] && !is_state(state)) {
		*c->answer = verb_refuse("\"%.20s\" is no state: queued inflight submitting sent delivered failed dead "
					 "expired uncertain dropped", state);
		return STORE_OK;
	}
	int64_t after = verb_number(c->rq, "after");
	bool owed = json_is_true(json_object_get(c->rq, "owed"));
	size_t n = 0;
	struct outbox_item *rows = calloc(ROWS_MAX, sizeof *rows);
	if (!rows)
		return STORE_FAIL;
	int rc = owed ? outbox_owed(c->d->st, after, rows, ROWS_MAX, &n)
		      : outbox_list(c->d->st, state[0] ? state : NULL, after, rows, ROWS_MAX, &n);
	json_t *list = json_array();
	for (size_t i = 0; rc == STORE_OK && i < n; i++) {
		bool hidden;
		rc = verb_hidden_alert(c, rows[i].alert, &hidden);
		if (rc == STORE_OK && !hidden)
			json_array_append_new(list, item_json(&rows[i]));
	}
	json_t *last = n == ROWS_MAX ? json_integer(rows[n - 1].id) : json_null();
	free(rows);
	/* more: behind which row the next ones stand */
	*c->answer = json_pack("{s:b,s:o,s:o}", "ok", 1, "outbox", list, "more", last);
	return rc;
}

/* STORE_NONE also of one whose alert this person is not shown. */
static int load(struct verb_call *c, int64_t id, struct outbox_item *it)
{
	bool hidden = false;
	int rc = outbox_load(c->d->st, id, it);
	if (rc == STORE_OK)
		rc = verb_hidden_alert(c, it->alert, &hidden);
	return hidden ? STORE_NONE : rc;
}

/* ---- one row --------------------------------------------------------------------------------- */

/* What a person may do about it. */
static const char *advice(const struct outbox_item *it, const struct circuit *k, int64_t now)
{
	static char words[200]; /* one thread */
	bool http = it->leg == OUTBOX_HTTP;
	char iso[32];
	if (strcmp(it->state, "queued") == 0 && k->probe_at > now) {
		clock_iso(k->probe_at, iso, sizeof iso);
		snprintf(words, sizeof words, "%s failed %d times in a row and is left in peace until %s; `agency test "
			 "%s` tells what is wrong there, `outbox retry` tries it now", it->agency, k->failures, iso, it->agency);
		return words;
	}
	if (strcmp(it->state, "queued") == 0)
		return it->not_before > now && http ? "it waits for its next try; `outbox retry` makes it now"
						    : "it waits";
	if (strcmp(it->state, "inflight") == 0 || strcmp(it->state, "submitting") == 0)
		return "it is on its way";
	if (strcmp(it->state, "uncertain") == 0)
		return "nobody knows whether it left: ask whom it was for, then `outbox retry` or `outbox drop`";
	if (http && strncmp(it->reason, "held", 4) == 0)
		return "look there for its uid: if it is there, `outbox drop`, if not, `outbox retry`";
	if (strcmp(it->state, "dead") == 0 || strcmp(it->state, "failed") == 0)
		return http ? "it was given up; once what is wrong is mended `outbox retry` sends it again under the "
			      "same uid, which the agency knows it by"
			    : "it was given up; `outbox retry` sends it again";
	return "it is done with";
}

static int add_tries(struct verb_call *c, int64_t id, json_t *o)
{
	static struct outbox_try tries[TRIES_MAX]; /* one thread */
	size_t n = 0;
	int rc = outbox_tries(c->d->st, id, tries, TRIES_MAX, &n);
	json_t *list = json_array();
	for (size_t i = 0; rc == STORE_OK && i < n; i++) {
		const struct outbox_try *t = &tries[i];
		json_t *one = json_object();
		json_object_set_new(one, "n", json_integer(t->n));
		verb_put_time(one, "started", t->started);
		json_object_set_new(one, "seconds", t->ended ? json_integer(t->ended - t->started) : json_null());
		verb_put(one, "worker", t->worker);
		verb_put(one, "outcome", t->outcome);
		json_object_set_new(one, "code", t->code ? json_integer(t->code) : json_null());
		verb_put(one, "detail", t->detail);
		json_array_append_new(list, one);
	}
	json_object_set_new(o, "tries", list);
	return rc;
}

int verb_outbox_show(struct verb_call *c)
{
	static struct outbox_item it; /* 20 KB; one thread */
	struct circuit k = {.failures = 0};
	int rc = load(c, verb_number(c->rq, "id"), &it);
	if (rc == STORE_NONE) {
		*c->answer = verb_refuse("no row %lld (kujdestar outbox list)", (long long)verb_number(c->rq, "id"));
		return STORE_OK;
	}
	if (rc == STORE_OK && it.leg == OUTBOX_HTTP)
		rc = circuit_get(c->d->st, CIRCUIT_AGENCY, it.agency, &k);
	if (rc != STORE_OK && rc != STORE_NONE)
		return rc;
	json_t *o = item_json(&it);
	json_object_set_new(o, "failures", json_integer(it.failures));
	json_object_set_new(o, "octets", json_integer((json_int_t)it.len));
	verb_put_time(o, "expires", it.expires);
	verb_put(o, "advice", advice(&it, &k, c->d->now));
	rc = add_tries(c, it.id, o);
	*c->answer = json_pack("{s:b,s:o}", "ok", 1, "row", o);
	return rc;
}

/* ---- by hand --------------------------------------------------------------------------------- */

static int change(struct verb_call *c, bool retry)
{
	static struct outbox_item it; /* 20 KB; one thread */
	int64_t id = verb_number(c->rq, "id");
	int rc = load(c, id, &it);
	if (rc == STORE_OK)
		rc = retry ? outbox_retry(c->d->st, id, c->d->now)
			   : outbox_drop(c->d->st, id, c->d->now, "dropped by a person");
	if (rc == STORE_NONE || rc == STORE_STATE) {
		*c->answer = verb_refuse("outbox row %lld is not one that can be %s (kujdestar outbox show %lld)",
					 (long long)id, retry ? "sent again" : "dropped", (long long)id);
		return STORE_OK;
	}
	if (rc == STORE_OK && retry && it.leg == OUTBOX_HTTP) /* it would wait with its agency else */
		rc = circuit_probe(c->d->st, CIRCUIT_AGENCY, it.agency, c->d->now);
	if (rc != STORE_OK)
		return rc;
	if (c->d->nudges)
		*c->d->nudges = 1;
	char object[32];
	snprintf(object, sizeof object, "outbox %lld", (long long)id);
	*c->answer = json_pack("{s:b}", "ok", 1);
	return audit_add(c->d->st, c->d->now, c->who, retry ? "outbox.retry" : "outbox.drop", object, "ok", "");
}

int verb_outbox_retry(struct verb_call *c)
{
	return change(c, true);
}

int verb_outbox_drop(struct verb_call *c)
{
	return change(c, false);
}
