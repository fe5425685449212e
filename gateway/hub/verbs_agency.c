/* verbs_agency.c - agency.list: how each agency answers. */
#include "gateway/hub/verbs_int.h"

#include "gateway/hub/clock.h"
#include "gateway/outbox/receiver.h"
#include "store/circuits.h"
#include "store/outbox.h"

static int row_of(struct verb_call *c, const struct config_agency *a, json_t **out)
{
	struct circuit k = {.failures = 0};
	int64_t waiting = 0, dead = 0;
	int rc = circuit_get(c->d->st, a->code, &k);
	if (rc == STORE_OK || rc == STORE_NONE)
		rc = outbox_of_agency(c->d->st, a->code, &waiting, &dead);
	if (rc != STORE_OK)
		return rc;
	*out = json_pack("{s:s,s:s,s:I,s:I,s:i}", "agency", a->code, "receiver",
			 a->url[0] ? receiver_of(a)->name : "sms", "waiting", (json_int_t)waiting, "dead",
			 (json_int_t)dead, "failures", k.failures);
	char iso[32] = "";
	if (k.probe_at)
		clock_iso(k.probe_at, iso, sizeof iso);
	json_object_set_new(*out, "probe_at", iso[0] ? json_string(iso) : json_null());
	return *out ? STORE_OK : STORE_FAIL;
}

int verb_agency_list(struct verb_call *c)
{
	json_t *list = json_array();
	int rc = STORE_OK;
	for (size_t i = 0; rc == STORE_OK && i < c->d->cf->n_agencies; i++) {
		json_t *row = NULL;
		rc = row_of(c, &c->d->cf->agencies[i], &row);
		json_array_append_new(list, row);
	}
	*c->answer = json_pack("{s:b,s:o}", "ok", 1, "agencies", list);
	return rc;
}
