/* world_int.h - the inside of a world, for the parser's own files only. */
#ifndef PARSER_WORLD_INT_H
#define PARSER_WORLD_INT_H
#include "parser/intents.h"
#include "parser/lexicon.h"
#include "parser/world.h"

#define READING_WORD_MAX 40
#define WORLD_CODE 12     /* bytes of a school, zone or agency code, NUL included */
#define WORLD_LANGS 4
#define WORLD_MESSAGES 560
#define WORLD_FORM_FIELDS 20
#define WORLD_SHIFTS 8
#define WORLD_FORMS 56    /* built-in forms */
#define SECTION_CEDILLA 0x100 /* section C with a cedilla: another section than C */

struct w_school {
	char id[WORLD_CODE];
};
struct w_class {
	int16_t school;
	int16_t grade, section; /* section: 'a'.. or '1'.. ; | SECTION_CEDILLA */
	int32_t size;
	char name[WORLD_CODE];
	char shift[16];
};
struct w_code { /* a word of the text that names a zone, school or agency: "z4" */
	char s[WORLD_CODE];
	enum w_kind { W_ZONE, W_SCHOOL, W_AGENCY } kind;
	int32_t index;
};
struct w_span {
	int32_t from, to;
	int16_t school; /* -1 = all */
};
struct w_spans {
	struct w_span *at;
	int n, cap;
};
struct w_shift {
	char name[16];
	int32_t deadline; /* local minutes after midnight */
};
struct w_choice {
	char code[READING_WORD_MAX];
	char name[READING_WORD_MAX]; /* folded alias */
};
struct w_field {
	char name[READING_WORD_MAX];
	enum field_type { F_INTEGER, F_DECIMAL, F_CHOICE, F_CHOICES, F_YESNO, F_DATE, F_TIME, F_TEXT,
			  F_PHONE, F_CLASS, F_ZONE, F_SCHOOL, F_CASE, F_AGE, F_SEX } type;
	bool required, has_min, has_max;
	int64_t min, max;
	char fallback[READING_WORD_MAX];
	uint16_t n_labels, n_choices;
	char (*labels)[READING_WORD_MAX];  /* folded */
	struct w_choice *choices;
};
struct w_form {
	char intent[32];   /* "form:NAME" */
	char separators[16];
	unsigned roles;
	uint16_t n_keywords, n_fields;
	char (*keywords)[READING_WORD_MAX]; /* folded */
	struct w_field *fields;
	char *reply[2];
};

struct w_mask { /* a set of concepts */
	uint64_t bit[4];
};

struct world {
	char error[256];
	struct w_school *schools;
	struct w_class *classes;  /* in order of grade, section, school after sealing */
	char (*zones)[WORLD_CODE];
	char (*agencies)[WORLD_CODE];
	struct w_code *codes;     /* hash table after sealing */
	struct w_spans terms, closed, open;
	struct w_shift shifts[WORLD_SHIFTS];
	char (*values)[WORLD_CODE]; /* what agency: and country: words stand for */
	char (*forbidden)[48];
	struct w_form *forms;
	int n_schools, n_classes, n_zones, n_agencies, n_codes, n_values, n_shifts;
	int n_forbidden, n_forms;
	int cap_schools, cap_classes, cap_zones, cap_agencies, cap_values;
	int cap_forbidden, cap_forms, cap_codes;
	struct lexicon lex;
	struct msisdn_plan plan;
	char site;
	unsigned week;
	uint8_t allow[I_COUNT];   /* a bit a role */
	char langs[WORLD_LANGS][4];
	char word_langs[8][4];    /* of the vocabularies, in order of loading */
	int n_langs;
	char *messages[WORLD_LANGS][WORLD_MESSAGES];
	char help[4][20];         /* police, emergency, child line, trafficking line */
	struct w_mask accept[WORLD_FORMS], trigger[WORLD_FORMS]; /* of the built-in forms */
	bool noted[WORLD_FORMS];  /* ... that carry notes */
	uint64_t called[C_COUNT]; /* a bit a form that this concept is a trigger of */
	uint64_t uncalled;        /* ... that may be meant without one */
	bool sealed;
	char (*faults)[128];
	int n_faults, cap_faults;
	struct fold fold;         /* scratch while building */
	struct tokens tokens;
};

/* The forms that one of these concepts calls, a bit each. */
static inline uint64_t world_called(const struct world *w, const uint64_t concepts_said[4])
{
	uint64_t forms = 0;
	for (int k = 0; k < 4; k++)
		for (uint64_t said = concepts_said[k]; said; said &= said - 1)
			forms |= w->called[k * 64 + __builtin_ctzll(said)];
	return forms;
}

int world_index(struct world *w); /* sorts and hashes; part of sealing */
void world_report(struct world *w, const char *what, const char *name); /* one more fault */
bool world_allows_intent(const struct world *w, enum intent i, enum role role);
int world_lang(const struct world *w, const char *lang); /* index, or -1 */
/* A class by school (-1 = any), grade and section; section 0 = any.  n: how many fit.  -1 = none. */
int world_find_class(const struct world *w, int school, int grade, int section, int *n);
int world_find_school(const struct world *w, const char *id);
const struct w_code *world_find_code(const struct world *w, const char *s, size_t n);
bool world_has_agency(const struct world *w, const char *code);
bool world_school_day(const struct world *w, int school, int32_t day); /* school -1: of all */
bool class_parse(const char *name, int *grade, int *section);
void class_format(int grade, int section, char out[WORLD_CODE]);
int world_fail(struct world *w, int code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void *world_slot(struct world *w, void **array, int *n, int *cap, size_t size);
/* Folds a configured word into w->tokens and out (words joined by blanks). False when too long. */
bool world_fold(struct world *w, const char *s, char *out, size_t max);
#endif
