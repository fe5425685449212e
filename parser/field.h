/* field.h - one field of a configured form: its value at a place in the text. */
#ifndef PARSER_FIELD_H
#define PARSER_FIELD_H
#include "parser/scan.h"

enum field_fault { FIELD_OK, FIELD_NONE, FIELD_BAD, FIELD_RANGE, FIELD_AMBIGUOUS };

struct field_value {
	enum field_fault fault;
	int tokens;              /* used */
	bool confirm;            /* O or l was read as a digit, a slip was mended */
	int64_t num;             /* integer, age, yes/no; thousandths of a decimal */
	char word[READING_WORD]; /* all others */
	int n_words;             /* several choices */
	const char *words[16];
	const char *suggest;     /* what a mistyped choice probably was */
};

/* Reads the value of f at token i.  end: first token that belongs to something else (a text stops
 * there). */
void field_read(struct scan *s, const struct w_form *form, const struct w_field *f, int i, int end,
		struct field_value *v);
/* "1-99", "M, F": what the field may hold, for the reply. */
void field_hint(const struct w_field *f, char out[READING_WORD]);
/* Tokens of a folded phrase standing at i; glued says that the last may run on into a number. */
int field_phrase_at(const struct scan *s, int i, const char *phrase);
#endif
