/* load.c - config_load: opens the main file, fills the struct by the table of settings, then lets
 * the parts check each other.  First file to read of config/.  Calls config/load_*.c, reader,
 * scope. */
#include "config/load.h"
#include <stdlib.h>
#include <sys/stat.h>
#include "config/scope.h"

static struct config *make(const char *file)
{
	struct config *c = calloc(1, sizeof(*c));
	struct stat st;

	if (!c)
		return NULL;
	c->own = calloc(1, sizeof(*c->own));
	c->world = c->own ? world_new() : NULL;
	if (!c->world) {
		config_free(c);
		return NULL;
	}
	c->file = cfg_copy(&c->own->arena, file);
	c->own->file_mode = stat(file, &st) == 0 ? (unsigned)st.st_mode & 0777u : 0;
	return c;
}

static void seal(struct cfg_load *l)
{
	int n = world_seal(l->c->world);

	for (int i = 0; i < n; i++)
		cfg_node_fault(l->f, cfg_load_setting(l->root, "files.messages"), NULL, "%s",
			       world_fault(l->c->world, i));
}

static void load_parts(struct cfg_load *l)
{
	cfg_load_places(l);
	cfg_load_modems(l);
	cfg_load_codes(l);
	cfg_load_quiet(l);
	cfg_load_agencies(l);
	cfg_load_providers(l);
	cfg_load_sms_providers(l);
	cfg_load_shifts(l);
	cfg_load_schools(l);
	cfg_load_calendar(l);
	cfg_load_forms(l);
	int before = l->f->n;
	cfg_load_language(l);
	/* what a catalogue that did not load lacks is no news */
	if (l->f->n == before)
		seal(l);
	cfg_load_mandates(l);
	cfg_load_rules(l);
	cfg_load_templates(l);
	if (!l->im || !l->im->schools)
		cfg_load_roster(l);
}

int config_load(const char *file, struct config **out, FILE *err)
{
	return config_load_with(file, NULL, out, err);
}

int config_load_with(const char *file, const struct config_imports *im, struct config **out,
		     FILE *err)
{
	struct cfg_faults f = {.err = err};
	struct cfg_reader *r = NULL;
	struct config *c = make(file);

	*out = NULL;
	if (!c) {
		cfg_fault(&f, file, 0, NULL, "out of memory");
		return f.n;
	}
	struct cfg_load l = {.c = c, .own = c->own, .f = &f, .im = im};
	if (cfg_reader_open(file, &f, &r) == 0) {
		l.root = cfg_reader_root(r);
		cfg_scope_fill(l.root, SC_MAIN, c, &c->own->x, &c->own->arena, &f);
		cfg_scope_unknown(r, FILE_MAIN, &f);
		load_parts(&l);
		cfg_reader_close(r);
	}
	if (f.n == 0)
		c->menu = menu_new(c->world);
	if (c->own->arena.failed || (f.n == 0 && !c->menu))
		cfg_fault(&f, file, 0, NULL, "out of memory");
	if (f.n > 0)
		config_free(c);
	else
		*out = c;
	return f.n;
}

void config_free(struct config *c)
{
	if (!c)
		return;
	menu_free(c->menu);
	world_free(c->world);
	if (c->own)
		cfg_arena_free(&c->own->arena);
	free(c->own);
	free(c);
}
