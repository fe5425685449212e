/* load_places.c - site, numbering plan, zones, calendar, help numbers, forbidden words and schools
 * go into the world.  Calls parser/world, config/csv, config/values. */
#include "config/load.h"
#include <stdlib.h>
#include <string.h>
#include "config/csv.h"
#include "config/values.h"

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

/* Elements of the array at path, each given to add; the world's words become the fault.  words
 * lacks what was refused before, so the element of a word is looked for from the last one on. */
static void each(struct cfg_load *l, const char *path, const char **words,
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

static void closed(struct cfg_load *l)
{
	for (size_t i = 0; i < l->own->x.n_closed; i++) {
		struct cfg_closed *d = &l->own->x.closed[i];
		const struct cfg_node *at = cfg_load_place(l->root, "calendar.closed", i, "to");
		if (!*d->from)
			continue;
		if (!*d->to)
			d->to = d->from;
		if (cfg_day_number(d->to) < cfg_day_number(d->from))
			cfg_node_fault(l->f, at, NULL, "%s is before %s", d->to, d->from);
		else if (cfg_day_number(d->to) - cfg_day_number(d->from) > 366)
			cfg_node_fault(l->f, at, NULL, "%s is more than a year after %s", d->to,
				       d->from);
		else if (world_add_closed(l->c->world, d->from, d->to) < 0)
			cfg_node_fault(l->f, at, NULL, "%s", world_error(l->c->world));
	}
}

void cfg_load_places(struct cfg_load *l)
{
	const struct cfg_extra *x = &l->own->x;
	struct world *w = l->c->world;

	if (l->c->site_letter && world_set_site(w, l->c->site_letter) < 0)
		cfg_node_fault(l->f, cfg_load_setting(l->root, "site.letter"), NULL, "%s",
			       world_error(w));
	plan(l);
	each(l, "site.zones", x->zones, world_add_zone);
	week(l);
	closed(l);
	each(l, "calendar.open", x->open, world_add_open);
	if (world_set_help_numbers(w, x->police, x->emergency, x->child_line, x->trafficking_line) <
	    0)
		cfg_node_fault(l->f, cfg_load_setting(l->root, "help"), NULL, "%s", world_error(w));
	each(l, "forbidden", x->forbidden, world_add_forbidden);
}

/* ---- schools ---- */

struct schools {
	struct cfg_load *l;
	const char *file;
	size_t room;
};

static bool grow(struct schools *s)
{
	struct config *c = s->l->c;

	if (c->n_classes < s->room)
		return true;
	size_t room = s->room ? s->room * 2 : 64;
	struct config_class_row *p = cfg_alloc(&s->l->own->arena, room * sizeof(*p));
	if (!p)
		return false;
	if (c->n_classes)
		memcpy(p, c->classes, c->n_classes * sizeof(*p));
	c->classes = p;
	s->room = room;
	return true;
}

static bool known_school(const struct config *c, const char *id)
{
	for (size_t i = 0; i < c->n_classes; i++)
		if (strcmp(c->classes[i].school, id) == 0)
			return true;
	return false;
}

static int class_row(void *arg, int line, const char **field)
{
	struct schools *s = arg;
	struct config *c = s->l->c;
	struct cfg_faults *f = s->l->f;
	char *end;

	long size = strtol(field[2], &end, 10);
	if (*end || end == field[2] || size < 1 || size > 199) {
		cfg_fault(f, s->file, line, "register",
			  "\"%.20s\" is not a number of pupils (1 to 199)", field[2]);
		return 0;
	}
	if (!cfg_word_in("morning afternoon", field[3])) {
		cfg_fault(f, s->file, line, "shift", "\"%.20s\" is none of: morning afternoon",
			  field[3]);
		return 0;
	}
	bool fresh = !known_school(c, field[0]);
	if ((fresh && world_add_school(c->world, field[0]) < 0) ||
	    world_add_class(c->world, field[0], field[1], (int)size, field[3]) < 0) {
		cfg_fault(f, s->file, line, NULL, "%s", world_error(c->world));
		return 0;
	}
	if (!grow(s))
		return -1;
	c->classes[c->n_classes++] = (struct config_class_row){.school = field[0],
							       .class_name = field[1],
							       .shift = field[3],
							       .register_size = (int)size};
	s->l->own->loaded.schools += fresh;
	return 0;
}

void cfg_load_schools(struct cfg_load *l)
{
	struct schools s = {.l = l, .file = l->own->x.schools_file};

	if (!*s.file)
		return;
	int faults = cfg_csv_read(s.file, "school class register shift", &l->own->arena, l->f,
				  class_row, &s);
	if (faults == 0 && l->c->n_classes == 0)
		cfg_fault(l->f, s.file, 0, NULL, "no class in it");
}
