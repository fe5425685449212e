/* query.c - asking a loaded configuration: agencies, modems, senders, seasons, mandates.
 * Calls parser/msisdn, parser/world. */
#include <string.h>
#include "config/config.h"

#define FALLBACK_AGENCY "MUN"

const struct config_agency *config_agency(const struct config *c, const char *code)
{
	for (size_t i = 0; i < c->n_agencies; i++)
		if (*code && strcmp(c->agencies[i].code, code) == 0)
			return &c->agencies[i];
	return NULL;
}

const struct config_provider *config_provider(const struct config *c, const char *name)
{
	for (size_t i = 0; i < c->n_providers; i++)
		if (strcmp(c->providers[i].name, name) == 0)
			return &c->providers[i];
	return NULL;
}

bool config_sends_sms(const struct config *c)
{
	for (size_t i = 0; i < c->n_sms_providers; i++)
		if (c->sms_providers[i].sends)
			return true;
	return false;
}

bool config_has(const char **words, const char *word)
{
	for (; words && *words; words++)
		if (strcmp(*words, word) == 0)
			return true;
	return false;
}

const struct config_sms_provider *config_sms_provider(const struct config *c, const char *name)
{
	for (size_t i = 0; i < c->n_sms_providers; i++)
		if (strcmp(c->sms_providers[i].name, name) == 0)
			return &c->sms_providers[i];
	return NULL;
}

const struct config_modem *config_modem(const struct config *c, const char *name)
{
	for (size_t i = 0; i < c->n_modems; i++)
		if (strcmp(c->modems[i].name, name) == 0)
			return &c->modems[i];
	return NULL;
}

static void copy(char *out, size_t max, const char *s)
{
	size_t n = strnlen(s, max - 1);

	memcpy(out, s, n);
	out[n] = '\0';
}

static void copy_classes(struct parser_sender *out, const char *s)
{
	while (*s && out->n_classes < sizeof(out->classes) / sizeof(out->classes[0])) {
		size_t n = strcspn(s, " ");
		if (n > 0 && n < sizeof(out->classes[0])) {
			memcpy(out->classes[out->n_classes], s, n);
			out->classes[out->n_classes++][n] = '\0';
		}
		s += n;
		s += strspn(s, " ");
	}
}

static const struct config_roster_row *find(const struct config *c, const char *who)
{
	char number[MSISDN_MAX];

	for (size_t i = 0; i < c->n_roster; i++)
		if (strcmp(c->roster[i].id, who) == 0)
			return &c->roster[i];
	if (msisdn_normalise(&c->plan, who, strlen(who), number) < 0)
		return NULL;
	for (size_t i = 0; i < c->n_roster; i++)
		if (strcmp(c->roster[i].number, number) == 0)
			return &c->roster[i];
	return NULL;
}

bool config_sender(const struct config *c, const char *id_or_number, struct parser_sender *out)
{
	const struct config_roster_row *row = find(c, id_or_number);

	*out = (struct parser_sender){.role = ROLE_NONE};
	copy(out->lang, sizeof(out->lang), row ? row->lang : c->language);
	if (!row || !role_from_name(row->role, &out->role))
		return false;
	copy(out->id, sizeof(out->id), row->id);
	copy(out->school, sizeof(out->school), row->school);
	copy(out->agency, sizeof(out->agency), row->agency);
	copy_classes(out, row->classes);
	return true;
}

static bool in_season(const struct config_season *s, const char *day)
{
	const char *d = strlen(s->from) == 5 ? day + 5 : day;
	bool after = strcmp(d, s->from) >= 0, before = strcmp(d, s->to) <= 0;

	/* "12-20" to "01-10" goes over the turn of the year */
	return strcmp(s->from, s->to) <= 0 ? after && before : after || before;
}

bool config_in_season(const struct config *c, const char *day)
{
	if (strlen(day) != 10)
		return false;
	for (size_t i = 0; i < c->n_seasons; i++)
		if (in_season(&c->seasons[i], day))
			return true;
	return false;
}

static bool applies(const struct config_mandate *m, const char *event, const char *concern)
{
	if (strcmp(m->event, event) != 0)
		return false;
	if (!m->concerns)
		return true;
	for (const char **p = m->concerns; concern && *p; p++)
		if (strcmp(*p, concern) == 0)
			return true;
	return false;
}

static bool among(const char **list, const char *words)
{
	for (const char *w = words; *w; w += strcspn(w, ","), w += *w == ',') {
		size_t n = strcspn(w, ",");
		for (const char **p = list; *p; p++)
			if (strlen(*p) == n && memcmp(*p, w, n) == 0)
				return true;
	}
	return false;
}

const struct config_mandate *config_mandate_referral(const struct config *c, const char *concerns,
						     const char *agency, const char *service)
{
	for (size_t i = 0; i < c->n_mandates; i++) {
		const struct config_mandate *m = &c->mandates[i];
		if (strcmp(m->event, "referral.new") == 0 && strcmp(m->agency, agency) == 0 &&
		    (!m->concerns || among(m->concerns, concerns)) &&
		    (!m->services || among(m->services, service)))
			return m;
	}
	return NULL;
}

/* What no row covers: the municipality alone learns that something happened, and asks. */
static const struct config_mandate *fallback(void)
{
	static const char *keys[] = {"alert", "event", "at", NULL};
	static const struct config_mandate least = {
	    .rule = "M00",
	    .event = "*",
	    .agency = FALLBACK_AGENCY,
	    .basis = "case lead of the child-protection group; no mandate row covers the event",
	    .keys = keys,
	};
	return &least;
}

size_t config_mandates(const struct config *c, const char *event, const char *concern,
		       const struct config_mandate **out, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n_mandates && n < max; i++)
		if (applies(&c->mandates[i], event, concern))
			out[n++] = &c->mandates[i];
	if (n == 0 && max > 0)
		out[n++] = fallback();
	return n;
}

const struct config_mandate *config_mandate_for(const struct config *c, const char *event,
						const char *concern, const char *agency)
{
	bool any = false;

	for (size_t i = 0; i < c->n_mandates; i++) {
		if (!applies(&c->mandates[i], event, concern))
			continue;
		any = true;
		if (strcmp(c->mandates[i].agency, agency) == 0)
			return &c->mandates[i];
	}
	return !any && strcmp(agency, FALLBACK_AGENCY) == 0 ? fallback() : NULL;
}
