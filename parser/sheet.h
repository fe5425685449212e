/* sheet.h - every form there is, as people must see it: for lists, for the cheat sheet a trainer prints,
 * and for a look at what is unwise in the forms a site made.
 *
 * A sheet borrows a sealed world and must not outlive it.  All strings handed out belong to the world or
 * to the program; nothing is to be freed but the sheet itself.  Reads only; time is an argument.
 */
#ifndef PARSER_SHEET_H
#define PARSER_SHEET_H
#include "parser/parser.h"

#define SHEET_LABELS 16
#define SHEET_CHOICES 64
#define SHEET_TEXT 161 /* bytes of a pattern or an example: one segment and the NUL */

struct sheet;

struct sheet_form {
	const char *name;        /* "absence", "form:water" */
	bool built_in;
	unsigned roles;          /* bit per enum role; ROLE_NONE = also a number that is not on the roster */
	int index;               /* sheet's own */
	int n_fields;
};
struct sheet_choice {
	const char *code, *alias; /* alias "" when only the code is said */
};
struct sheet_field {
	const char *name, *type;
	bool required, has_min, has_max;
	int64_t min, max;
	const char *fallback;    /* "" none */
	int n_labels, n_choices; /* what is beyond the bounds is left out */
	const char *labels[SHEET_LABELS];
	struct sheet_choice choices[SHEET_CHOICES];
};

struct sheet *sheet_new(const struct world *w); /* NULL without memory */
void sheet_free(struct sheet *sh);

/* Forms 0 .. in order: built-in ones that a text can call, then configured ones. False behind the last. */
bool sheet_form(const struct sheet *sh, int i, struct sheet_form *out);
/* By full name or, of a configured form, the name alone.  False: there is none. */
bool sheet_find(const struct sheet *sh, const char *name, struct sheet_form *out);
/* Field k in the order in which values are taken.  Of a built-in form: what its table row can use, in the
 * order of the usual text; required = its reading is not complete without. */
bool sheet_field(const struct sheet *sh, const struct sheet_form *f, int k, struct sheet_field *out);
/* Words that call the form, folded: langs is a space-separated list of the vocabularies they stand in, ""
 * when that is not known (the keywords of a configured form). */
typedef void sheet_word_fn(void *arg, const char *langs, const char *word);
void sheet_keywords(const struct sheet *sh, const struct sheet_form *f, sheet_word_fn *word, void *arg);

/* What a trainer prints of one form for one role. */
struct sheet_line {
	char what[80];           /* what it does, in one line */
	char pattern[SHEET_TEXT]; /* "MUNGESE klasa nr nr" */
	char example[SHEET_TEXT]; /* "MUNGESE 5A 12 17": made of the world's own schools, classes, zones */
	bool good;               /* the example was read back: this form, no error, the same values */
	char why[80];            /* when not good: what it was read as */
};
/* lang: "sq" or "en".  today: ISO.  False: that role does not send this form, or it needs no example. */
bool sheet_line(const struct sheet *sh, const struct sheet_form *f, enum role role, const char *lang,
		const char *today, struct sheet_line *out);
/* The examples' sender is an invented reporter of that role in the first fitting school. */
void sheet_sender(const struct sheet *sh, enum role role, const char *lang, struct parser_sender *out);

/* What is unwise in the configured forms: form and field by name ("-": the form as a whole), and what is
 * wrong with how to mend it.  Returns how many. */
typedef void sheet_finding_fn(void *arg, const char *form, const char *field, const char *what);
int sheet_lint(const struct sheet *sh, sheet_finding_fn *finding, void *arg);
#endif
