/* load_words.c - vocabularies, messages, intents and configured forms go into the world.
 * Calls parser/world, config/reader, config/load. */
#include "config/load.h"
#include <string.h>

static const struct cfg_node *place(struct cfg_reader *r, const char *list, size_t i,
				    const char *name)
{
	return cfg_load_place(cfg_reader_root(r), list, i, name);
}

static void add_words(struct cfg_load *l, struct cfg_reader *r, const struct cfg_vocabulary *v)
{
	struct world *w = l->c->world;

	for (size_t i = 0; i < v->n_words; i++) {
		const struct cfg_word *word = &v->words[i];
		for (size_t j = 0; word->say && word->say[j] && *word->concept; j++) {
			if (world_add_word(w, v->language, word->concept, word->say[j]) ==
			    WORLD_OK) {
				l->own->loaded.words++;
				continue;
			}
			const struct cfg_node *say = place(r, "words", i, "say");
			const struct cfg_node *e = cfg_node_elem(say, j);
			cfg_node_fault(l->f, e ? e : say, NULL, "%s", world_error(w));
		}
	}
}

static void vocabulary(struct cfg_load *l, const char *file)
{
	struct cfg_vocabulary v = {.language = ""};
	struct cfg_reader *r;

	if (cfg_load_file(l, file, SC_VOCABULARY, &v, &r) == 0 && *v.language)
		add_words(l, r, &v);
	cfg_reader_close(r);
}

static void remember_id(struct cfg_load *l, const char *id)
{
	struct config_private *own = l->own;

	if (own->n_message_ids == own->message_room) {
		size_t room = own->message_room ? own->message_room * 2 : 128;
		const char **p = cfg_alloc(&own->arena, room * sizeof(*p));
		if (!p)
			return;
		if (own->n_message_ids)
			memcpy(p, own->message_ids, own->n_message_ids * sizeof(*p));
		own->message_ids = p;
		own->message_room = room;
	}
	own->message_ids[own->n_message_ids++] = id;
}

static void catalogue(struct cfg_load *l, const char *file, bool *has_site_language)
{
	struct cfg_messages m = {.language = ""};
	struct cfg_reader *r;

	if (cfg_load_file(l, file, SC_MESSAGES, &m, &r) == 0 && *m.language) {
		*has_site_language |= strcmp(m.language, l->c->language) == 0;
		for (size_t i = 0; i < m.n_messages; i++) {
			const struct cfg_message *t = &m.messages[i];
			if (!*t->id || !*t->text)
				continue;
			remember_id(l, t->id);
			l->own->loaded.texts++;
			if (world_add_message(l->c->world, m.language, t->id, t->text) < 0)
				cfg_node_fault(l->f, place(r, "messages", i, "text"), NULL, "%s",
					       world_error(l->c->world));
		}
	}
	cfg_reader_close(r);
}

static void allow(struct cfg_load *l, struct cfg_reader *r, size_t i, const struct cfg_intent *in)
{
	for (size_t j = 0; in->roles && in->roles[j]; j++) {
		const struct cfg_node *at = cfg_node_elem(place(r, "intents", i, "roles"), j);
		enum role role;
		if (!at)
			at = place(r, "intents", i, NULL);
		if (!role_from_name(in->roles[j], &role))
			cfg_node_fault(l->f, at, NULL,
				       "\"%s\" is none of: teacher head outreach "
				       "coordinator duty agency",
				       in->roles[j]);
		else if (world_allow(l->c->world, in->intent, role) < 0)
			cfg_node_fault(l->f, at, NULL, "%s", world_error(l->c->world));
	}
}

static void intents(struct cfg_load *l)
{
	struct cfg_intents in = {.intents = NULL};
	struct cfg_reader *r;

	if (cfg_load_file(l, l->own->x.intents_file, SC_INTENTS, &in, &r) == 0) {
		for (size_t i = 0; i < in.n_intents; i++) {
			for (size_t j = 0; j < i; j++)
				if (*in.intents[i].intent &&
				    strcmp(in.intents[i].intent, in.intents[j].intent) == 0)
					cfg_node_fault(l->f, place(r, "intents", i, "intent"), NULL,
						       "\"%s\" is there twice",
						       in.intents[i].intent);
			if (*in.intents[i].intent)
				allow(l, r, i, &in.intents[i]);
		}
		l->own->loaded.intents = in.n_intents;
	}
	cfg_reader_close(r);
}

void cfg_load_language(struct cfg_load *l)
{
	const struct cfg_extra *x = &l->own->x;
	bool has_site_language = false;
	int before = l->f->n;

	for (size_t i = 0; x->vocabularies && x->vocabularies[i]; i++)
		vocabulary(l, x->vocabularies[i]);
	for (size_t i = 0; x->messages && x->messages[i]; i++)
		catalogue(l, x->messages[i], &has_site_language);
	if (!has_site_language && l->f->n == before && cfg_count(x->messages))
		cfg_node_fault(l->f, cfg_load_setting(l->root, "site.language"), NULL,
			       "no file of files.messages has the language \"%s\"", l->c->language);
	intents(l);
}

/* ---- configured forms ---- */

static const char *joined(struct cfg_load *l, const char **words, const char *between)
{
	const char *s = "";

	for (size_t i = 0; words && words[i]; i++)
		s = i ? cfg_format(&l->own->arena, "%s%s%s", s, between, words[i]) : words[i];
	return s;
}

static void field_of(struct cfg_load *l, const struct cfg_node *at, struct cfg_field *from,
		     struct world_field *to)
{
	from->has_min = cfg_node_child(at, "min") != NULL;
	from->has_max = cfg_node_child(at, "max") != NULL;
	from->has_default = cfg_node_child(at, "default") != NULL;
	if (from->has_min && from->has_max && from->min > from->max)
		cfg_node_fault(l->f, at, "min", "is more than max");
	*to = (struct world_field){
	    .name = from->name,
	    .type = from->type,
	    .labels = joined(l, from->labels, ","),
	    .choices = joined(l, from->choices, ";"),
	    .required = from->required,
	    .fallback = from->has_default ? from->fallback : NULL,
	    .has_min = from->has_min,
	    .has_max = from->has_max,
	    .min = from->min,
	    .max = from->max,
	};
}

static void form(struct cfg_load *l, size_t i)
{
	struct cfg_form *f = &l->own->x.forms[i];
	const struct cfg_node *at = cfg_load_place(l->root, "forms", i, NULL);
	struct world_field *fields = cfg_alloc(&l->own->arena, (f->n_fields + 1) * sizeof(*fields));
	enum role role;
	unsigned roles = 0;

	if (!fields || !*f->name || f->n_fields == 0)
		return;
	int before = l->f->n;
	bool whole = true;
	for (size_t j = 0; j < f->n_fields; j++) {
		field_of(l, cfg_load_place(at, "fields", j, NULL), &f->fields[j], &fields[j]);
		whole = whole && *f->fields[j].name && *f->fields[j].type;
	}
	if (!whole || l->f->n > before)
		return; /* said before */
	for (size_t j = 0; f->roles && f->roles[j]; j++)
		if (role_from_name(f->roles[j], &role))
			roles |= 1u << role;
	struct world_form w = {
	    .name = f->name,
	    .keywords = joined(l, f->keywords, ","),
	    .separators = f->separators,
	    .roles = roles,
	    .fields = fields,
	    .n_fields = f->n_fields,
	    .reply_sq = f->reply_sq,
	    .reply_en = f->reply_en,
	};
	if (world_add_form(l->c->world, &w) < 0)
		cfg_node_fault(l->f, at, NULL, "%s", world_error(l->c->world));
}

void cfg_load_forms(struct cfg_load *l)
{
	for (size_t i = 0; i < l->own->x.n_forms; i++)
		form(l, i);
}
