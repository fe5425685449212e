/* mandate.c - which agencies may be told of an event.  Pure; may call config. */
#include "gateway/casework/mandate.h"
#include <string.h>

static bool least(const struct config_mandate *m)
{
	return strcmp(m->rule, "M00") == 0;
}

/* Adds a row unless its agency has one already: the first concern's row stands, so a second concern
 * never widens what an agency learns. */
static size_t add_row(const struct config_mandate **out, size_t n, const struct config_mandate *m)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(out[i]->agency, m->agency) == 0) {
			if (least(out[i]) && !least(m))
				out[i] = m;
			return n;
		}
	}
	if (n < MANDATE_ROWS)
		out[n++] = m;
	return n;
}

size_t mandate_rows(const struct config *cf, const char *event, const char *concerns,
		    const struct config_mandate *out[MANDATE_ROWS])
{
	const struct config_mandate *found[MANDATE_ROWS];
	const char *at = concerns ? concerns : "";
	size_t n = 0;

	do {
		char concern[40];
		size_t len = strcspn(at, ",");
		size_t keep = len < sizeof(concern) ? len : sizeof(concern) - 1;
		memcpy(concern, at, keep);
		concern[keep] = '\0';
		at += len + (at[len] == ',');
		size_t got = config_mandates(cf, event, keep ? concern : NULL, found, MANDATE_ROWS);
		for (size_t i = 0; i < got; i++)
			n = add_row(out, n, found[i]);
	} while (*at);

	/* One concern without a row of its own must not call the municipality a second time, nor
	 * stand in the way of the rows another concern has. */
	size_t real = 0;
	for (size_t i = 0; i < n; i++)
		real += !least(out[i]);
	for (size_t i = 0, k = 0; real && i < n; i++) {
		if (!least(out[i]))
			out[k++] = out[i];
	}
	return real ? real : n;
}

static bool mun(const char *agency)
{
	return strcmp(agency, "MUN") == 0;
}

size_t mandate_agencies(const struct config *cf, const char *concerns, const char *service,
			const char *but, const char *out[MANDATE_AGENCIES])
{
	size_t n = 0;

	/* The municipality leads every case: it is the last resort, not the first suggestion. */
	for (int last = 0; last < 2; last++) {
		for (size_t i = 0; i < cf->n_agencies && n < MANDATE_AGENCIES; i++) {
			const char *code = cf->agencies[i].code;
			if (mun(code) == (last == 1) && !(but && strcmp(code, but) == 0) &&
			    config_mandate_referral(cf, concerns, code, service))
				out[n++] = code;
		}
	}
	return n;
}

const char *mandate_service(const struct config *cf, const char *concerns, const char *agency)
{
	for (size_t i = 0; i < cf->n_mandates; i++) {
		const struct config_mandate *m = &cf->mandates[i];
		if (strcmp(m->event, "referral.new") == 0 && strcmp(m->agency, agency) == 0 &&
		    m->services &&
		    config_mandate_referral(cf, concerns, agency, m->services[0]) == m)
			return m->services[0];
	}
	return NULL;
}
