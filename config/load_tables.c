/* load_tables.c - the mandate table: each name used in it is defined, no two rows contradict each
 * other.  Calls config/load, config/config (queries). */
#include "config/load.h"
#include <string.h>

static const struct cfg_node *place(struct cfg_reader *r, const char *list, size_t i,
				    const char *name)
{
	return cfg_load_place(cfg_reader_root(r), list, i, name);
}

static bool same(const char *a, const char *b)
{
	return *a && strcmp(a, b) == 0;
}

/* NULL: any */
static bool share(const char **a, const char **b)
{
	if (!a || !b)
		return true;
	for (; *a; a++)
		if (cfg_has(b, *a))
			return true;
	return false;
}

/* Could both rows apply to one case?  Then "exactly these keys" would be two answers. */
static bool overlap(const struct config_mandate *a, const struct config_mandate *b)
{
	return same(a->event, b->event) && same(a->agency, b->agency) &&
	       share(a->concerns, b->concerns) && share(a->services, b->services);
}

/* Sums of attendance go to a system that takes them; their keys go with nothing else. */
static void sums(struct cfg_load *l, struct cfg_reader *r, size_t i)
{
	const struct config_mandate *m = &l->c->mandates[i];
	const struct config_agency *a = config_agency(l->c, m->agency);
	bool report = same(m->event, "attendance.report");

	if (report && a && strcmp(a->receiver, "dhis2") != 0)
		cfg_node_fault(l->f, place(r, "mandates", i, "event"), NULL,
			       "goes to agencies with receiver = \"dhis2\", which %s is not", m->agency);
	for (size_t k = 0; m->keys && m->keys[k]; k++)
		if ((strncmp(m->keys[k], "att_", 4) == 0) != report) {
			cfg_node_fault(l->f, place(r, "mandates", i, "keys"), NULL, "\"%s\" is no key of %s",
				       m->keys[k], m->event);
			return;
		}
}

static void mandate(struct cfg_load *l, struct cfg_reader *r, size_t i)
{
	struct config_mandate *m = l->c->mandates;

	if (cfg_count(m[i].concerns) == 0)
		m[i].concerns = NULL;
	if (cfg_count(m[i].services) == 0)
		m[i].services = NULL;
	if (m[i].services && strncmp(m[i].event, "referral.", 9) != 0)
		cfg_node_fault(l->f, place(r, "mandates", i, "services"), NULL,
			       "goes with referrals only, not with %s", m[i].event);
	if (*m[i].agency && !config_agency(l->c, m[i].agency))
		cfg_node_fault(l->f, place(r, "mandates", i, "agency"), NULL,
			       "\"%s\" is used but not defined in agencies", m[i].agency);
	sums(l, r, i);
	if (strcmp(m[i].rule, "M00") == 0)
		cfg_node_fault(l->f, place(r, "mandates", i, "rule"), NULL,
			       "\"M00\" is the built-in row of what no other row covers");
	for (size_t j = 0; j < i; j++) {
		if (same(m[i].rule, m[j].rule))
			cfg_node_fault(l->f, place(r, "mandates", i, "rule"), NULL,
				       "\"%s\" is the name of mandates[%zu] too", m[i].rule, j + 1);
		if (overlap(&m[i], &m[j]))
			cfg_node_fault(l->f, place(r, "mandates", i, "event"), NULL,
				       "rows %s and %s "
				       "both apply to %s for %s: give each its own concerns",
				       m[j].rule, m[i].rule, m[i].event, m[i].agency);
	}
}

void cfg_load_mandates(struct cfg_load *l)
{
	struct cfg_reader *r;

	if (cfg_load_file(l, l->own->x.mandates_file, SC_MANDATES, l->c, &r) == 0)
		for (size_t i = 0; i < l->c->n_mandates; i++)
			mandate(l, r, i);
	cfg_reader_close(r);
}
