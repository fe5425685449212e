/* load_school.c - shifts, schools with their classes, and the school calendar go into the world: those
 * of the configuration's files, or what the store holds.  Calls parser/schooldays, config/school_csv,
 * config/values. */
#include "config/load.h"
#include <string.h>
#include "config/school_csv.h"
#include "config/values.h"
#include "parser/schooldays.h"

void cfg_load_shifts(struct cfg_load *l)
{
	if (cfg_put_shifts(&l->own->x, l->c->world) < 0)
		cfg_node_fault(l->f, cfg_load_setting(l->root, "shifts"), NULL, "%s",
			       world_error(l->c->world));
}

/* ---- schools --------------------------------------------------------------------------------- */

struct rows { /* a list of classes that grows in the arena */
	struct cfg_arena *a;
	struct config_class_row *at;
	size_t n, room;
};

static int keep_class(void *arg, const struct config_class_row *row)
{
	struct rows *r = arg;

	if (r->n == r->room) {
		size_t room = r->room ? r->room * 2 : 64;
		struct config_class_row *p = cfg_alloc(r->a, room * sizeof(*p));
		if (!p)
			return -1;
		if (r->n)
			memcpy(p, r->at, r->n * sizeof(*p));
		r->at = p;
		r->room = room;
	}
	r->at[r->n++] = *row;
	return 0;
}

static bool first_of_school(const struct config_class_row *rows, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (strcmp(rows[k].school, rows[i].school) == 0)
			return false;
	return true;
}

/* Imported classes were checked when they came; a shift or zone that the configuration has no longer
 * does not take the class away: its deadline is then the morning's. */
static void take_imported(struct cfg_load *l)
{
	struct rows r = { .a = &l->own->arena };
	struct world *w = l->c->world;

	for (size_t i = 0; i < l->im->n_classes; i++) {
		struct config_class_row row = l->im->classes[i];
		row.school = cfg_copy(r.a, row.school);
		row.class_name = cfg_copy(r.a, row.class_name);
		row.shift = cfg_copy(r.a, row.shift);
		row.zone = cfg_copy(r.a, row.zone);
		if (!world_has_school(w, row.school) && world_add_school(w, row.school) < 0)
			continue;
		if (world_add_class(w, row.school, row.class_name, row.register_size, row.shift) < 0)
			continue;
		keep_class(&r, &row);
	}
	l->c->classes = r.at;
	l->c->n_classes = r.n;
}

static void read_file(struct cfg_load *l, struct world *w)
{
	struct rows r = { .a = &l->own->arena };
	struct cfg_class_file in = { l->own->x.schools_file, w,	   l->own->x.zones, r.a, l->f,
				     keep_class,		   &r };

	if (cfg_read_classes(&in) == 0 && r.n == 0)
		cfg_fault(l->f, in.file, 0, NULL, "no class in it");
	l->own->file_classes = r.at;
	l->own->n_file_classes = r.n;
}

void cfg_load_schools(struct cfg_load *l)
{
	bool imported = l->im && l->im->schools;
	/* a file that is not in force is read all the same: its faults and differences are told */
	struct world *aside = imported ? world_new() : NULL;

	if (imported && aside)
		cfg_put_shifts(&l->own->x, aside);
	if (*l->own->x.schools_file && (aside || !imported))
		read_file(l, imported ? aside : l->c->world);
	world_free(aside);
	if (imported) {
		take_imported(l);
	} else {
		l->c->classes = l->own->file_classes;
		l->c->n_classes = l->own->n_file_classes;
	}
	for (size_t i = 0; i < l->c->n_classes; i++)
		l->own->loaded.schools += first_of_school(l->c->classes, i);
}

/* ---- calendar -------------------------------------------------------------------------------- */

/* Into the list and into the world. */
static int put_day(struct cfg_load *l, const struct config_day_row *row)
{
	struct world *w = l->c->world;

	l->c->days[l->c->n_days++] = *row;
	if (strcmp(row->kind, "term") == 0)
		return world_add_term(w, row->school, row->from, row->to);
	if (strcmp(row->kind, "open") == 0)
		return world_add_makeup(w, row->school, row->from, row->to);
	return world_add_closure(w, row->school, row->from, row->to);
}

/* An imported term of the same scope stands in place of the configuration's: the union of both would
 * be a term that nobody decided. */
static bool replaced(const struct cfg_load *l, const char *school)
{
	for (size_t i = 0; l->im && i < l->im->n_days; i++)
		if (strcmp(l->im->days[i].kind, "term") == 0 &&
		    strcmp(l->im->days[i].school, school) == 0)
			return true;
	return false;
}

/* closed or terms of the file */
static void take_spans(struct cfg_load *l, const char *list, struct cfg_closed *rows, size_t n,
		       const char *kind)
{
	bool term = strcmp(kind, "term") == 0;

	for (size_t i = 0; i < n; i++) {
		struct cfg_closed *d = &rows[i];
		const struct cfg_node *at = cfg_load_place(l->root, list, i, "to");
		if (!*d->from || (term && !*d->to))
			continue;
		if (!*d->to)
			d->to = d->from;
		struct config_day_row row = { .kind = !term && *d->school ? "closure" : kind,
					      .from = d->from, .to = d->to, .school = d->school,
					      .why = d->why };
		if (cfg_day_number(d->to) < cfg_day_number(d->from))
			cfg_node_fault(l->f, at, NULL, "%s is before %s", d->to, d->from);
		else if (cfg_day_number(d->to) - cfg_day_number(d->from) > 366)
			cfg_node_fault(l->f, at, NULL, "%s is more than a year after %s", d->to,
				       d->from);
		else if (*d->school && !world_has_school(l->c->world, d->school) &&
			 !(l->im && l->im->schools))
			cfg_node_fault(l->f, cfg_load_place(l->root, list, i, "school"), NULL,
				       "\"%s\" is not in the schools file", d->school);
		else if (term && replaced(l, d->school))
			continue;
		else if ((!*d->school || world_has_school(l->c->world, d->school)) &&
			 put_day(l, &row) < 0)
			cfg_node_fault(l->f, at, NULL, "%s", world_error(l->c->world));
	}
}

static void take_imported_days(struct cfg_load *l)
{
	struct cfg_arena *a = &l->own->arena;

	for (size_t i = 0; i < l->im->n_days; i++) {
		struct config_day_row row = l->im->days[i];
		row.kind = cfg_copy(a, row.kind);
		row.from = cfg_copy(a, row.from);
		row.to = cfg_copy(a, row.to);
		row.school = cfg_copy(a, row.school);
		row.why = cfg_copy(a, row.why);
		if (!*row.school || world_has_school(l->c->world, row.school))
			put_day(l, &row); /* of a school that is gone: kept, and of no effect */
	}
}

void cfg_load_calendar(struct cfg_load *l)
{
	struct cfg_extra *x = &l->own->x;
	size_t room = x->n_closed + x->n_terms + cfg_count(x->open) + (l->im ? l->im->n_days : 0);

	l->c->days = cfg_alloc(&l->own->arena, (room + 1) * sizeof(*l->c->days));
	if (!l->c->days)
		return;
	take_spans(l, "calendar.terms", x->terms, x->n_terms, "term");
	take_spans(l, "calendar.closed", x->closed, x->n_closed, "holiday");
	cfg_load_each(l, "calendar.open", x->open, world_add_open);
	for (size_t i = 0; x->open && x->open[i]; i++)
		l->c->days[l->c->n_days++] = (struct config_day_row){
		    .kind = "open", .from = x->open[i], .to = x->open[i], .school = "", .why = "" };
	if (l->im)
		take_imported_days(l);
}
