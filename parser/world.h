/* world.h - what the parser knows before it reads: words, forms, schools, zones, agencies, calendar,
 * roles and messages.
 *
 * Built once by config/ (or a test) and then only read; one world serves any number of readings, from
 * any thread.  world_new .. world_seal allocate; after world_seal nothing does.  Every world_add_*
 * copies its strings and returns WORLD_OK or a negative error whose words are in world_error(w): the
 * caller adds file and line.
 */
#ifndef PARSER_WORLD_H
#define PARSER_WORLD_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "parser/msisdn.h"

struct world;
enum world_result { WORLD_OK = 0, WORLD_BAD = -1, WORLD_FULL = -2, WORLD_NOMEM = -3 };

enum role { /* of a reporter; ROLE_NONE is a number that is not on the roster */
	ROLE_NONE, ROLE_TEACHER, ROLE_HEAD, ROLE_OUTREACH, ROLE_COORDINATOR, ROLE_DUTY, ROLE_AGENCY
};
#define ROLES 7
const char *role_name(enum role r);
bool role_from_name(const char *name, enum role *out);

struct world *world_new(void);
void world_free(struct world *w);
const char *world_error(const struct world *w);

/* Places and codes. school ids "SH1"; class names as the school writes them, "5A" or "5/2". */
int world_add_school(struct world *w, const char *id);
int world_add_class(struct world *w, const char *school, const char *class_name, int register_size,
		    const char *shift);
int world_add_zone(struct world *w, const char *code);
int world_add_agency(struct world *w, const char *code);
int world_set_plan(struct world *w, const struct msisdn_plan *plan);
int world_set_site(struct world *w, char site_letter); /* the letter of case codes */

/* School days: weekdays (bit 0 = Monday; default Monday..Friday), minus closed days, plus make-up
 * days.  Dates are ISO.  Terms, closures of one school and shifts: parser/schooldays.h. */
int world_set_week(struct world *w, unsigned mask);
int world_add_closed(struct world *w, const char *from, const char *to);
int world_add_open(struct world *w, const char *day);
bool world_is_school_day(const struct world *w, const char *iso_date);

/* Vocabulary: a phrase (one or several words, folded on entry) of a language means a concept.  The
 * concepts are listed in parser/concepts.h; an unknown one is refused, so a typing slip in a
 * vocabulary file is found at load.  "agency:TV", "country:GR", "month:11", "number:7" take a value. */
int world_add_word(struct world *w, const char *lang, const char *concept, const char *phrase);

/* Which roles may send an intent.  Default deny: an intent without a line is for nobody. */
int world_allow(struct world *w, const char *intent, enum role role);
bool world_allows(const struct world *w, const char *intent, enum role role);
/* The i-th zone, NULL after the last. */
const char *world_zone(const struct world *w, int i);

/* Message catalogue: id and language -> text with {placeholders}. Checked here: known id, known
 * placeholders for that id, GSM-7, length at the longest fill, forbidden words. */
int world_add_message(struct world *w, const char *lang, const char *id, const char *text);
int world_add_forbidden(struct world *w, const char *word); /* must never stand in a message */
int world_set_help_numbers(struct world *w, const char *police, const char *emergency,
			   const char *child_line, const char *trafficking_line);

/* Configured forms (form:NAME). */
struct world_field {
	const char *name, *type;     /* integer decimal choice choices yesno date time text phone class zone
				      * school case age sex */
	const char *labels;          /* comma-separated aliases, "" = name alone */
	const char *choices;         /* "code=alias,alias; code=..." */
	const char *fallback;        /* default value, or NULL */
	bool required, has_min, has_max;
	int64_t min, max;
};
struct world_form {
	const char *name, *keywords, *separators; /* keywords comma-separated; separators "" = any */
	unsigned roles;                           /* bit per enum role */
	const struct world_field *fields;
	size_t n_fields;
	const char *reply_sq, *reply_en;          /* "" = the catalogue's general one */
};
int world_add_form(struct world *w, const struct world_form *form);

/* Ends building: builds the indexes, proves that every message id and every intent's role line is
 * there.  Returns the number of faults; world_fault(w, i) words each. */
int world_seal(struct world *w);
const char *world_fault(const struct world *w, int i);
#endif
