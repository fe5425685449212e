/* reading.h - what one text was understood to say.
 *
 * A reading names a form (a built-in intent or a configured one) and holds its typed values by field
 * name: one struct for every intent, so that a new report is data.  It is a plain value: no pointers
 * into the text, nothing to free, copied with '='.  Field names and words are those of the reading
 * contract (absence, absence_count, case_new, ...).
 */
#ifndef PARSER_READING_H
#define PARSER_READING_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum reading_kind {
	READ_FLAG,    /* true or false:          urgent, confirm, redacted */
	READ_INT,     /* num:                    count, age */
	READ_DECIMAL, /* num thousandths */
	READ_WORD,    /* word:                   class, date "2026-11-18", category, zone, case */
	READ_INTS,    /* list of numbers:        pupils */
	READ_WORDS,   /* list of words:          concerns, dates, flags, missing */
	READ_MAP,     /* key -> word:            categories {"12":"unexcused"}, replace_class */
	READ_MAP_INT, /* key -> number:          replace {"12":13} */
	READ_ENTRIES  /* several classes in one text: see struct reading_entry */
};

#define READING_WORD 40     /* bytes of a word, NUL included; free text is not kept in words */
#define READING_VALUES 24
#define READING_ITEMS 160   /* list and map items of the whole reading */
#define READING_ENTRIES 8
#define READING_TEXT 640    /* free text left after redaction, UTF-8 */
#define READING_SECRETS 4

struct reading_item {
	int32_t num;
	char key[12];
	char word[READING_WORD];
};
struct reading_entry { /* one class of an absence text that names several */
	char class_name[12];
	bool has_count;
	int32_t count;           /* N of N/M */
	uint16_t first, n;       /* its pupils in items[] */
};
struct reading_value {
	const char *field;       /* the form's own string: lives as long as the parser */
	enum reading_kind kind;
	bool note;               /* a word that is free text of a configured form: never kept in clear */
	int64_t num;
	uint16_t first, n;       /* list: items[first .. first+n-1]; entries: entries[first ..] */
	char word[READING_WORD];
};

struct reading_secret { /* where a PIN or a codeword stands in the text, never what it is */
	uint16_t at, len;
};

struct reading {
	const char *intent;      /* "absence", "form:NAME": lives as long as the parser */
	const char *error;       /* "missing_pupils", or NULL.  Names of the contract */
	const char *error_field; /* for missing:FIELD bad:FIELD range:FIELD ambiguous:FIELD, else NULL */
	const char *about;       /* of a clarify, else NULL */
	const char *of;          /* ... what was being read when the question came up, or NULL */
	bool wants_last;         /* what it is hangs on the sender's last report, which the context only
				    promised: to be read again with it */
	bool test;               /* TEST before it: read, reply, store nothing */
	bool redacted;           /* a name, number or address was cut out: the raw text must go */
	bool private_found;      /* ... or found and refused (names_not_allowed), or a PIN was in it */
	uint8_t confidence;      /* 0..100, for --explain and the queue */
	uint16_t rest;               /* offset in the text of a further report (configured forms), 0 = none */
	uint16_t n_values, n_items, n_entries, n_secrets;
	struct reading_secret secrets[READING_SECRETS];
	struct reading_value values[READING_VALUES];
	struct reading_item items[READING_ITEMS];
	struct reading_entry entries[READING_ENTRIES];
	uint16_t text_len;       /* what stays of the free text (case notes, unknown), redacted */
	char text[READING_TEXT];
};

/* Borrowed views; NULL / false / 0 when the field was not said. */
const struct reading_value *reading_get(const struct reading *r, const char *field);
const char *reading_word(const struct reading *r, const char *field);
bool reading_flag(const struct reading *r, const char *field);
bool reading_int(const struct reading *r, const char *field, int64_t *out);
size_t reading_list(const struct reading *r, const char *field, const struct reading_item **items);
bool reading_lists(const struct reading *r, const char *field, const char *word); /* word in list? */
const struct reading_item *reading_map(const struct reading *r, const char *field, const char *key);
/* Asked with some twenty names a text: most differ in the first letter. */
static inline bool reading_is(const struct reading *r, const char *intent)
{
	return r->intent[0] == intent[0] && strcmp(r->intent, intent) == 0;
}

/* Builders, used by the parser, by USSD and by tests.  False when a bound is reached. */
void reading_init(struct reading *r, const char *intent);
bool reading_set_flag(struct reading *r, const char *field);
bool reading_set_int(struct reading *r, const char *field, int64_t num);
bool reading_set_decimal(struct reading *r, const char *field, int64_t thousandths);
bool reading_set_word(struct reading *r, const char *field, const char *word);
bool reading_set_note(struct reading *r, const char *field, const char *text);
bool reading_add_int(struct reading *r, const char *field, int32_t num);
bool reading_add_word(struct reading *r, const char *field, const char *word);
bool reading_add_pair(struct reading *r, const char *field, const char *key, const char *word);
bool reading_add_pair_int(struct reading *r, const char *field, const char *key, int32_t num);
struct reading_entry *reading_add_entry(struct reading *r, const char *class_name);
bool reading_entry_pupil(struct reading *r, struct reading_entry *e, int32_t pupil);
#endif
