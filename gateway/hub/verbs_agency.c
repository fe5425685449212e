/* verbs_agency.c - agency.list: how each agency answers; for status, how the ways out are. */
#include "gateway/hub/verbs_int.h"

#include "gateway/hub/clock.h"
#include "gateway/outbox/receiver.h"
#include "store/circuits.h"
#include "store/outbox.h"
#include "store/providers.h"

#define WAYS_MAX 64
#define REPORT_S 86400 /* a report that has not come by then will not */

static int row_of(struct verb_call *c, const struct config_agency *a, json_t **out)
{
	struct circuit k = {.failures = 0};
	int64_t waiting = 0, dead = 0;
	int rc = circuit_get(c->d->st, CIRCUIT_AGENCY, a->code, &k);
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

static json_t *time_json(int64_t t)
{
	char iso[32];
	if (!t)
		return json_null();
	clock_iso(t, iso, sizeof iso);
	return json_string(iso);
}

static int circuits_json(struct store *st, enum circuit_kind kind, json_t *list)
{
	static const char *const kinds[] = {"agency", "modem", "provider"};
	struct circuit c[WAYS_MAX];
	size_t n = 0;
	int rc = circuit_list(st, kind, c, WAYS_MAX, &n);
	for (size_t i = 0; rc == STORE_OK && i < n; i++)
		json_array_append_new(list, json_pack("{s:s,s:s,s:i,s:o,s:o}", "kind", kinds[kind], "name",
						      c[i].name, "failures", c[i].failures, "since",
						      time_json(c[i].since), "probe_at", time_json(c[i].probe_at)));
	return rc;
}

static int provider_json(struct store *st, const struct config_sms_provider *p, int64_t now, json_t *list)
{
	struct provider_word w = {.handed = 0};
	int rc = p->sends ? provider_word(st, p->name, now - REPORT_S, &w) : STORE_NONE;
	if (rc != STORE_OK && rc != STORE_NONE)
		return rc;
	json_array_append_new(list, json_pack("{s:s,s:b,s:b,s:b,s:o,s:s,s:s,s:I}", "name", p->name, "receives",
					      p->receives, "sends", p->sends, "reports", p->reports, "last_at",
					      time_json(w.handed), "last", w.handed && !w.outcome[0] ? "out" : w.outcome,
					      "detail", w.detail, "unreported",
					      p->reports ? (json_int_t)w.unreported : (json_int_t)0));
	return STORE_OK;
}

int verb_ways(struct store *st, const struct config *cf, int64_t now, json_t *into)
{
	json_t *circuits = json_array(), *providers = json_array();
	int rc = STORE_OK;
	for (int kind = CIRCUIT_AGENCY; rc == STORE_OK && kind <= CIRCUIT_PROVIDER; kind++)
		rc = circuits_json(st, (enum circuit_kind)kind, circuits);
	for (size_t i = 0; rc == STORE_OK && i < cf->n_sms_providers; i++) {
		const struct config_sms_provider *p = &cf->sms_providers[i];
		if (p->sends || p->receives) /* the others are patterns */
			rc = provider_json(st, p, now, providers);
	}
	json_object_set_new(into, "circuits", circuits);
	json_object_set_new(into, "sms_providers", providers);
	return rc;
}
