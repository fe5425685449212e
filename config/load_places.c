/* load_places.c - site, numbering plan, zones, school week, help numbers and forbidden words go into
 * the world.  Calls parser/world. */
#include "config/load.h"
#include <string.h>

static void plan(struct cfg_load *l)
{
	struct msisdn_plan *p = &l->c->plan;

	if (p->national_min > p->national_max)
		cfg_node_fault(l->f, cfg_load_setting(l->root, "numbers.national_min"), NULL,
			       "%d is more than national_max, %d", p->national_min,
			       p->national_max);
	else
		world_set_plan(l->c->world, p);
}

/* words lacks what was refused before, so the element of a word is looked for from the last one on. */
void cfg_load_each(struct cfg_load *l, const char *path, const char **words,
		   int (*add)(struct world *, const char *))
{
	const struct cfg_node *array = cfg_node_find(l->root, path), *e = NULL;
	size_t at = 0;

	for (size_t i = 0; array && words && words[i]; i++) {
		do
			e = cfg_node_elem(array, at++);
		while (e && strcmp(cfg_node_string(e), words[i]) != 0);
		const struct cfg_node *place = e ? e : array;
		size_t j = 0;
		while (j < i && strcmp(words[i], words[j]) != 0)
			j++;
		if (j < i)
			cfg_node_fault(l->f, place, NULL, "\"%s\" is there twice", words[i]);
		else if (add(l->c->world, words[i]) < 0)
			cfg_node_fault(l->f, place, NULL, "%s", world_error(l->c->world));
	}
}

static void week(struct cfg_load *l)
{
	static const char *const names[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
	unsigned mask = 0;

	for (unsigned i = 0; i < 7; i++)
		if (cfg_has(l->own->x.week, names[i]))
			mask |= 1u << i;
	if (mask && world_set_week(l->c->world, mask) < 0)
		cfg_node_fault(l->f, cfg_load_setting(l->root, "calendar.week"), NULL, "%s",
			       world_error(l->c->world));
}

void cfg_load_places(struct cfg_load *l)
{
	const struct cfg_extra *x = &l->own->x;
	struct world *w = l->c->world;

	if (l->c->site_letter && world_set_site(w, l->c->site_letter) < 0)
		cfg_node_fault(l->f, cfg_load_setting(l->root, "site.letter"), NULL, "%s",
			       world_error(w));
	plan(l);
	cfg_load_each(l, "site.zones", x->zones, world_add_zone);
	week(l);
	if (world_set_help_numbers(w, x->police, x->emergency, x->child_line, x->trafficking_line) <
	    0)
		cfg_node_fault(l->f, cfg_load_setting(l->root, "help"), NULL, "%s", world_error(w));
	cfg_load_each(l, "forbidden", x->forbidden, world_add_forbidden);
}
