/* private.h - what a loaded configuration owns beside the public struct: its memory, and the
 * settings that went into the world and are kept to be printed.  For files of config/ only. */
#ifndef CONFIG_PRIVATE_H
#define CONFIG_PRIVATE_H
#include "config/arena.h"
#include "config/config.h"

struct cfg_closed { /* a term too */
	const char *from, *to, *school, *why;
};
struct cfg_shift {
	const char *name, *deadline;
};
struct cfg_field {
	const char *name, *type, *fallback;
	const char **labels, **choices;
	bool required, has_min, has_max, has_default;
	int64_t min, max;
};
struct cfg_form {
	const char *name, *separators, *reply_sq, *reply_en;
	const char **keywords, **roles;
	struct cfg_field *fields;
	size_t n_fields;
};
/* What the other files hold; kept only while they go into the world. */
struct cfg_word {
	const char *concept, **say;
};
struct cfg_vocabulary {
	const char *language;
	struct cfg_word *words;
	size_t n_words;
};
struct cfg_message {
	const char *id, *text;
};
struct cfg_messages {
	const char *language;
	struct cfg_message *messages;
	size_t n_messages;
};
struct cfg_intent {
	const char *intent, **roles;
};
struct cfg_intents {
	struct cfg_intent *intents;
	size_t n_intents;
};
struct cfg_providers { /* of one file */
	struct config_provider *providers;
	size_t n_providers;
};
struct cfg_sms_providers { /* of one file */
	struct config_sms_provider *providers;
	size_t n_providers;
};
struct cfg_extra {
	const char **provider_files, **sms_provider_files;
	const char **zones, **week, **open, **forbidden, **vocabularies, **messages;
	struct cfg_closed *closed, *terms;
	size_t n_closed, n_terms;
	struct cfg_shift *shifts;
	size_t n_shifts;
	const char *police, *emergency, *child_line, *trafficking_line;
	const char *intents_file, *mandates_file, *rules_file, *schools_file;
	struct cfg_form *forms;
	size_t n_forms;
};
struct cfg_loaded { /* in numbers, for `check` */
	size_t words, texts, intents, schools;
};
struct config_private {
	struct cfg_arena arena;
	struct cfg_extra x;
	struct cfg_loaded loaded;
	struct config_class_row *file_classes; /* of the schools file, in force or not */
	size_t n_file_classes;
	const char **message_ids; /* of all catalogues, for the rules; room for room, n in it */
	size_t n_message_ids, message_room;
	unsigned file_mode; /* of the main file: a secret in a file that others read is warned of */
};
#endif
