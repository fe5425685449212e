/* load.h - the parts of config_load, one a group of settings, and what they share (load_file.c).
 * Each reports its faults with file and line and goes on.  For files of config/ only. */
#ifndef CONFIG_LOAD_H
#define CONFIG_LOAD_H
#include "config/private.h"
#include "config/reader.h"
#include "config/settings.h"

struct cfg_load {
	struct config *c;
	struct config_private *own;
	struct cfg_faults *f;
	const struct cfg_node *root; /* of the main file */
	const struct config_imports *im; /* of the store, or NULL */
};

/* Opens a further file, fills base by scope, refuses what is unknown in it.  *out is for lines and
 * must be closed; -1 (faults reported, *out NULL) when it cannot be opened. */
int cfg_load_file(struct cfg_load *l, const char *file, enum cfg_scope scope, void *base,
		  struct cfg_reader **out);
/* The setting name of element i of the list, or the nearest thing there is: a place for a fault. */
const struct cfg_node *cfg_load_place(const struct cfg_node *root, const char *list, size_t i,
				      const char *name);
/* "numbers.national_min", or the nearest group above it that is there. */
const struct cfg_node *cfg_load_setting(const struct cfg_node *root, const char *path);
/* Elements of the array at path, each given to add; the world's words become the fault.  words is
 * what was taken of them. */
void cfg_load_each(struct cfg_load *l, const char *path, const char **words,
		   int (*add)(struct world *, const char *));
size_t cfg_count(const char **words); /* NULL-terminated; NULL is none */
bool cfg_has(const char **words, const char *word);

void cfg_load_places(struct cfg_load *l); /* site, numbers, zones, week, help, forbidden */
void cfg_load_shifts(struct cfg_load *l);
void cfg_load_schools(struct cfg_load *l);
void cfg_load_calendar(struct cfg_load *l); /* after the schools: its days may be of one */
void cfg_load_providers(struct cfg_load *l); /* USSD */
void cfg_load_sms_providers(struct cfg_load *l);
void cfg_load_modems(struct cfg_load *l);
void cfg_load_codes(struct cfg_load *l); /* of the modems: balance, validity, topup */
void cfg_load_quiet(struct cfg_load *l);
void cfg_load_agencies(struct cfg_load *l);
void cfg_load_forms(struct cfg_load *l);
void cfg_load_language(struct cfg_load *l); /* vocabularies, messages, intents */
void cfg_load_mandates(struct cfg_load *l);
void cfg_load_rules(struct cfg_load *l);
void cfg_load_templates(struct cfg_load *l); /* of broadcasts; after the places */
void cfg_load_roster(struct cfg_load *l);
#endif
