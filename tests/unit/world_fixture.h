/* world_fixture.h - test-only: the sample world from the shipped vocabularies, catalogues and roles, and the
 * sample schools and roster in tests/unit/data.  Reads libconfig directly. */
#ifndef TESTS_UNIT_WORLD_FIXTURE_H
#define TESTS_UNIT_WORLD_FIXTURE_H
#include <libconfig.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "parser/parser.h"

static __attribute__((unused)) int fixture_faults;

static inline void fixture_check(const struct world *w, int rc, const char *what)
{
	if (rc == WORLD_OK)
		return;
	fprintf(stderr, "%s: %s\n", what, world_error(w));
	fixture_faults++;
}

static inline void fixture_open(config_t *c, const char *file)
{
	config_init(c);
	if (config_read_file(c, file))
		return;
	fprintf(stderr, "%s:%d: %s\n", file, config_error_line(c), config_error_text(c));
	exit(1);
}

static inline const char *fixture_string(config_setting_t *s, const char *name)
{
	const char *v = "";
	config_setting_lookup_string(s, name, &v);
	return v;
}

static inline void fixture_words(struct world *w, const char *file)
{
	config_t c;
	const char *lang = "";
	fixture_open(&c, file);
	config_lookup_string(&c, "language", &lang);
	config_setting_t *list = config_lookup(&c, "words");
	for (int i = 0; list && i < config_setting_length(list); i++) {
		config_setting_t *e = config_setting_get_elem(list, (unsigned)i);
		config_setting_t *say = config_setting_get_member(e, "say");
		for (int k = 0; say && k < config_setting_length(say); k++)
			fixture_check(w, world_add_word(w, lang, fixture_string(e, "concept"),
							config_setting_get_string_elem(say, k)), file);
	}
	config_destroy(&c);
}

static inline void fixture_messages(struct world *w, const char *file)
{
	config_t c;
	const char *lang = "";
	fixture_open(&c, file);
	config_lookup_string(&c, "language", &lang);
	config_setting_t *list = config_lookup(&c, "messages");
	for (int i = 0; list && i < config_setting_length(list); i++) {
		config_setting_t *e = config_setting_get_elem(list, (unsigned)i);
		fixture_check(w, world_add_message(w, lang, fixture_string(e, "id"),
						   fixture_string(e, "text")), file);
	}
	config_destroy(&c);
}

static inline void fixture_intents(struct world *w, const char *file)
{
	config_t c;
	fixture_open(&c, file);
	config_setting_t *list = config_lookup(&c, "intents");
	for (int i = 0; list && i < config_setting_length(list); i++) {
		config_setting_t *e = config_setting_get_elem(list, (unsigned)i);
		config_setting_t *roles = config_setting_get_member(e, "roles");
		for (int k = 0; roles && k < config_setting_length(roles); k++) {
			enum role role = ROLE_NONE;
			role_from_name(config_setting_get_string_elem(roles, k), &role);
			fixture_check(w, world_allow(w, fixture_string(e, "intent"), role), file);
		}
	}
	config_destroy(&c);
}

/* Field n of a comma-separated line, in out. */
static inline void fixture_field(const char *line, int n, char *out, size_t max)
{
	while (n-- > 0) {
		line += strcspn(line, ",\r\n");
		line += *line == ',';
	}
	size_t k = strcspn(line, ",\r\n");
	if (k >= max)
		k = max - 1;
	memcpy(out, line, k);
	out[k] = 0;
}

static inline void fixture_schools(struct world *w, const char *file)
{
	char line[256], school[16], name[16], size[16], shift[16];
	FILE *f = fopen(file, "re");
	if (!f || !fgets(line, sizeof(line), f))
		exit(1);
	while (fgets(line, sizeof(line), f)) {
		fixture_field(line, 0, school, sizeof(school));
		fixture_field(line, 1, name, sizeof(name));
		fixture_field(line, 2, size, sizeof(size));
		fixture_field(line, 3, shift, sizeof(shift));
		world_add_school(w, school); /* again for each class: refused, harmless */
		fixture_check(w, world_add_class(w, school, name, (int)strtol(size, NULL, 10), shift), file);
	}
	fclose(f);
}

/* Everything but the seal, so that a test can add to it. */
static inline struct world *fixture_world_open(void)
{
	static const char *const agencies[] = { "MUN", "SSS", "POLICE", "EDU", "TDH", "NPF", "TV", "HOPE",
						"WOMEN", "EMPLOY" };
	struct world *w = world_new();
	fixture_schools(w, "tests/unit/data/reading_schools.csv");
	for (int i = 1; i <= 9; i++) {
		const char z[3] = { 'Z', (char)('0' + i), 0 };
		fixture_check(w, world_add_zone(w, z), "zones");
	}
	for (size_t i = 0; i < sizeof(agencies) / sizeof(agencies[0]); i++)
		fixture_check(w, world_add_agency(w, agencies[i]), "agencies");
	fixture_words(w, "config/vocabulary_sq.cfg");
	fixture_words(w, "config/vocabulary_en.cfg");
	fixture_messages(w, "config/messages_sq.cfg");
	fixture_messages(w, "config/messages_en.cfg");
	fixture_intents(w, "config/intents.cfg");
	return w;
}

static inline struct world *fixture_world(void)
{
	struct world *w = fixture_world_open();
	int n = world_seal(w);
	for (int i = 0; i < n; i++)
		fprintf(stderr, "fault: %s\n", world_fault(w, i));
	fixture_faults += n;
	return w;
}

/* A roster row by id or number in any national form. */
static inline bool fixture_sender(void *arg, const char *who, struct parser_sender *out)
{
	(void)arg;
	static const struct msisdn_plan plan = { "355", "0", "00", 8, 9 };
	char line[256], number[MSISDN_MAX] = "";
	FILE *f = fopen("tests/unit/data/reading_roster.csv", "re");
	bool found = false;
	if (!f)
		return false;
	if (msisdn_normalise(&plan, who, strlen(who), number) != MSISDN_OK)
		number[0] = 0;
	while (!found && fgets(line, sizeof(line), f)) {
		char id[24], phone[24], role[24], classes[128];
		fixture_field(line, 0, id, sizeof(id));
		fixture_field(line, 1, phone, sizeof(phone));
		if (strcmp(id, who) != 0 && (!number[0] || strcmp(phone, number) != 0))
			continue;
		memset(out, 0, sizeof(*out));
		fixture_field(line, 2, role, sizeof(role));
		found = role_from_name(role, &out->role);
		snprintf(out->id, sizeof(out->id), "%s", id);
		fixture_field(line, 3, out->school, sizeof(out->school));
		fixture_field(line, 4, classes, sizeof(classes));
		fixture_field(line, 5, out->agency, sizeof(out->agency));
		fixture_field(line, 6, out->lang, sizeof(out->lang));
		for (char *p = classes; *p && out->n_classes < 24;) {
			size_t n = strcspn(p, " ");
			snprintf(out->classes[out->n_classes++], sizeof(out->classes[0]), "%.*s", (int)n, p);
			p += n + (p[n] == ' ');
		}
	}
	fclose(f);
	return found;
}
#endif
