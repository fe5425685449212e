/* world.c - building and asking a world: places, roles, vocabulary.  School days are schooldays.c's, messages are
 * checked by messages.c, configured forms by form_add.c, sealing is seal.c's.  May call parser files below it and libc. */
#include "parser/world_int.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const roles[ROLES] = { "none", "teacher", "head", "outreach", "coordinator",
					  "duty", "agency" };
static const struct {
	const char *name;
	int listed;
} intents[I_COUNT] = {
#define X(id, name, listed) { name, listed },
	INTENTS(X)
#undef X
};

const char *intent_name(enum intent i)
{
	return intents[i].name;
}

int intent_from_name(const char *name)
{
	for (int i = 0; i < I_COUNT; i++)
		if (strcmp(intents[i].name, name) == 0)
			return i;
	return -1;
}

int intent_listed(enum intent i)
{
	return intents[i].listed;
}

const char *role_name(enum role r)
{
	return (unsigned)r < ROLES ? roles[r] : "none";
}

bool role_from_name(const char *name, enum role *out)
{
	for (int i = 1; i < ROLES; i++)
		if (strcmp(roles[i], name) == 0) {
			*out = (enum role)i;
			return true;
		}
	return false;
}

struct world *world_new(void)
{
	struct world *w = calloc(1, sizeof(*w));
	if (!w)
		return NULL;
	lex_init(&w->lex);
	w->week = 0x1f;
	w->site = 'E';
	w->plan = (struct msisdn_plan){ "355", "0", "00", 8, 9 };
	static const char *const help[4] = { "129", "112", "116111", "116006" };
	for (int i = 0; i < 4; i++)
		snprintf(w->help[i], sizeof(w->help[i]), "%s", help[i]);
	return w;
}

static void free_form(struct w_form *f)
{
	for (int i = 0; i < f->n_fields; i++) {
		free(f->fields[i].labels);
		free(f->fields[i].choices);
	}
	free(f->fields);
	free(f->keywords);
	free(f->reply[0]);
	free(f->reply[1]);
}

void world_free(struct world *w)
{
	if (!w)
		return;
	for (int i = 0; i < w->n_forms; i++)
		free_form(&w->forms[i]);
	for (int l = 0; l < WORLD_LANGS; l++)
		for (int m = 0; m < WORLD_MESSAGES; m++)
			free(w->messages[l][m]);
	free(w->schools);
	free(w->classes);
	free(w->zones);
	free(w->agencies);
	free(w->codes);
	free(w->terms.at);
	free(w->closed.at);
	free(w->open.at);
	free(w->values);
	free(w->forbidden);
	free(w->forms);
	free(w->faults);
	lex_free(&w->lex);
	free(w);
}

const char *world_error(const struct world *w)
{
	return w->error;
}

int world_fail(struct world *w, int code, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(w->error, sizeof(w->error), fmt, ap);
	va_end(ap);
	return code;
}

void *world_slot(struct world *w, void **array, int *n, int *cap, size_t size)
{
	if (*n == *cap) {
		int c = *cap ? *cap * 2 : 16;
		void *p = realloc(*array, (size_t)c * size);
		if (!p) {
			world_fail(w, WORLD_NOMEM, "out of memory");
			return NULL;
		}
		*array = p;
		*cap = c;
	}
	void *slot = (char *)*array + (size_t)*n * size;
	memset(slot, 0, size);
	++*n;
	return slot;
}
#define SLOT(w, name) \
	world_slot(w, (void **)&(w)->name, &(w)->n_##name, &(w)->cap_##name, sizeof(*(w)->name))

bool world_fold(struct world *w, const char *s, char *out, size_t max)
{
	fold_text(&w->fold, s, strlen(s));
	token_split(&w->tokens, &w->fold);
	size_t at = 0;
	for (int i = 0; i < w->tokens.n; i++) {
		const struct token *t = &w->tokens.t[i];
		bool blank = i && !(t->flags & TOK_GLUED);
		if (at + t->n + blank >= max)
			return false;
		if (blank)
			out[at++] = ' ';
		memcpy(out + at, token_text(&w->tokens, i), t->n);
		at += t->n;
	}
	out[at] = 0;
	return !w->tokens.cut;
}

bool class_parse(const char *name, int *grade, int *section)
{
	int g = 0, n = 0;
	while (n < 2 && name[n] >= '0' && name[n] <= '9')
		g = g * 10 + (name[n++] - '0');
	const char *s = name + n;
	if (n == 0 || g > 12)
		return false;
	*grade = g;
	if (*s == '/' || *s == '-' || *s == ' ')
		s++;
	if (strcmp(s, "\xc3\x87") == 0 || strcmp(s, "\xc3\xa7") == 0) {
		*section = 'c' | SECTION_CEDILLA;
		return true;
	}
	if (s[0] == 0 || s[1] != 0)
		return false;
	if (s[0] >= '1' && s[0] <= '9' && s > name + n)
		*section = (unsigned char)s[0];
	else if ((s[0] | 32) >= 'a' && (s[0] | 32) <= 'z')
		*section = s[0] | 32;
	else
		return false;
	return true;
}

void class_format(int grade, int section, char out[WORLD_CODE])
{
	unsigned g = (unsigned)grade % 100;
	if (g > 9)
		*out++ = (char)('0' + g / 10);
	*out++ = (char)('0' + g % 10);
	if (section == ('c' | SECTION_CEDILLA)) {
		*out++ = '\xc3';
		*out++ = '\x87';
	} else if (section >= '1' && section <= '9') {
		*out++ = '/';
		*out++ = (char)section;
	} else if (section) {
		*out++ = (char)((section & 0xff) - 32);
	}
	*out = '\0';
}

static bool good_code(const char *s)
{
	size_t n = strlen(s);
	if (n == 0 || n >= WORLD_CODE)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!((s[i] >= 'A' && s[i] <= 'Z') || (s[i] >= '0' && s[i] <= '9')))
			return false;
	return true;
}

static int add_code(struct world *w, const char *s, enum w_kind kind, int index)
{
	struct w_code *c = SLOT(w, codes);
	if (!c)
		return WORLD_NOMEM;
	for (size_t i = 0; s[i]; i++)
		c->s[i] = (char)(s[i] >= 'A' && s[i] <= 'Z' ? s[i] + 32 : s[i]);
	c->kind = kind;
	c->index = index;
	return WORLD_OK;
}

static uint32_t code_hash(const char *s, size_t n)
{
	uint32_t h = 2166136261u;
	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)s[i]) * 16777619u;
	return h ^ h >> 13;
}

/* Among the codes, which are hashed in small letters and may be those of other things too. */
static int find_school(const struct world *w, const char *id)
{
	char code[WORLD_CODE];
	size_t n = 0;
	for (; id[n] && n < WORLD_CODE - 1; n++)
		code[n] = (char)(id[n] >= 'A' && id[n] <= 'Z' ? id[n] + 32 : id[n]);
	uint32_t mask = (uint32_t)w->cap_codes - 1;
	for (uint32_t k = code_hash(code, n) & mask; w->codes[k].s[0]; k = (k + 1) & mask)
		if (w->codes[k].kind == W_SCHOOL && strcmp(w->schools[w->codes[k].index].id, id) == 0)
			return w->codes[k].index;
	return -1;
}

int world_find_school(const struct world *w, const char *id)
{
	if (w->sealed)
		return find_school(w, id);
	for (int i = 0; i < w->n_schools; i++)
		if (strcmp(w->schools[i].id, id) == 0)
			return i;
	return -1;
}

int world_add_school(struct world *w, const char *id)
{
	if (!good_code(id))
		return world_fail(w, WORLD_BAD, "school code \"%s\": capitals and digits, at most 11", id);
	if (world_find_school(w, id) >= 0)
		return world_fail(w, WORLD_BAD, "school %s is named twice", id);
	struct w_school *s = SLOT(w, schools);
	if (!s)
		return WORLD_NOMEM;
	snprintf(s->id, sizeof(s->id), "%s", id);
	return add_code(w, id, W_SCHOOL, w->n_schools - 1);
}

int world_add_class(struct world *w, const char *school, const char *class_name, int register_size,
		    const char *shift)
{
	int at = world_find_school(w, school), grade, section;
	if (at < 0)
		return world_fail(w, WORLD_BAD, "class %s of unknown school %s", class_name, school);
	if (!class_parse(class_name, &grade, &section))
		return world_fail(w, WORLD_BAD, "class \"%s\": a grade 0..12 and a section, as 5A or 5/2",
				  class_name);
	if (register_size < 1 || register_size > 199)
		return world_fail(w, WORLD_BAD, "class %s: register of %d", class_name, register_size);
	for (int i = 0; i < w->n_classes; i++)
		if (w->classes[i].school == at && w->classes[i].grade == grade &&
		    w->classes[i].section == section)
			return world_fail(w, WORLD_BAD, "class %s %s is named twice", school, class_name);
	struct w_class *c = SLOT(w, classes);
	if (!c)
		return WORLD_NOMEM;
	c->school = (int16_t)at;
	c->grade = (int16_t)grade;
	c->section = (int16_t)section;
	c->size = register_size;
	snprintf(c->shift, sizeof(c->shift), "%s", shift ? shift : "");
	class_format(grade, section, c->name);
	return WORLD_OK;
}

int world_add_zone(struct world *w, const char *code)
{
	if (!good_code(code))
		return world_fail(w, WORLD_BAD, "zone code \"%s\": capitals and digits", code);
	char (*z)[WORLD_CODE] = SLOT(w, zones);
	if (!z)
		return WORLD_NOMEM;
	snprintf(*z, WORLD_CODE, "%s", code);
	return add_code(w, code, W_ZONE, w->n_zones - 1);
}

bool world_has_agency(const struct world *w, const char *code)
{
	for (int i = 0; i < w->n_agencies; i++)
		if (strcmp(w->agencies[i], code) == 0)
			return true;
	return false;
}

int world_add_agency(struct world *w, const char *code)
{
	if (!good_code(code))
		return world_fail(w, WORLD_BAD, "agency code \"%s\": capitals and digits", code);
	if (world_has_agency(w, code))
		return WORLD_OK;
	char (*a)[WORLD_CODE] = SLOT(w, agencies);
	if (!a)
		return WORLD_NOMEM;
	snprintf(*a, WORLD_CODE, "%s", code);
	return add_code(w, code, W_AGENCY, w->n_agencies - 1);
}

int world_set_plan(struct world *w, const struct msisdn_plan *plan)
{
	w->plan = *plan;
	return WORLD_OK;
}

int world_set_site(struct world *w, char site_letter)
{
	if (site_letter < 'A' || site_letter > 'Z' || strchr("ILOU", site_letter))
		return world_fail(w, WORLD_BAD, "site letter: one capital, not I, L, O or U");
	w->site = site_letter;
	return WORLD_OK;
}

int world_allow(struct world *w, const char *intent, enum role role)
{
	int i = intent_from_name(intent);
	if (i < 0)
		return world_fail(w, WORLD_BAD, "unknown intent \"%s\"", intent);
	if ((unsigned)role >= ROLES || role == ROLE_NONE)
		return world_fail(w, WORLD_BAD, "unknown role for intent %s", intent);
	w->allow[i] |= (uint8_t)(1u << role);
	return WORLD_OK;
}

bool world_allows_intent(const struct world *w, enum intent i, enum role role)
{
	return intents[i].listed == OPEN || (w->allow[i] >> role & 1);
}

bool world_allows(const struct world *w, const char *intent, enum role role)
{
	if (strncmp(intent, "form:", 5) == 0) {
		for (int f = 0; f < w->n_forms; f++)
			if (strcmp(w->forms[f].intent, intent) == 0)
				return w->forms[f].roles >> role & 1;
		return false;
	}
	int i = intent_from_name(intent);
	if (i < 0 || (unsigned)role >= ROLES)
		return false;
	return world_allows_intent(w, (enum intent)i, role);
}

int world_lang(const struct world *w, const char *lang)
{
	for (int i = 0; i < w->n_langs; i++)
		if (strcmp(w->langs[i], lang) == 0)
			return i;
	return -1;
}

int world_set_help_numbers(struct world *w, const char *police, const char *emergency,
			   const char *child_line, const char *trafficking_line)
{
	const char *n[4] = { police, emergency, child_line, trafficking_line };
	for (int i = 0; i < 4; i++) {
		if (strlen(n[i]) < 2 || strlen(n[i]) > 8 || strspn(n[i], "0123456789") != strlen(n[i]))
			return world_fail(w, WORLD_BAD, "help number \"%s\": 2 to 8 digits", n[i]);
		snprintf(w->help[i], sizeof(w->help[i]), "%s", n[i]);
	}
	return WORLD_OK;
}

static int value_index(struct world *w, const char *s)
{
	for (int i = 0; i < w->n_values; i++)
		if (strcmp(w->values[i], s) == 0)
			return i;
	char (*v)[WORLD_CODE] = SLOT(w, values);
	if (!v)
		return -1;
	snprintf(*v, WORLD_CODE, "%s", s);
	return w->n_values - 1;
}

/* The argument of "month:11" or "agency:TV"; false when the concept does not take it. */
static bool concept_value(struct world *w, enum concept c, const char *arg, int32_t *out)
{
	bool textual = c == C_AGENCY || c == C_COUNTRY;
	bool numeric = c == C_NUMBER || c == C_ORDINAL || c == C_WEEKDAY || c == C_MONTH;
	*out = 0;
	if (!arg)
		return !textual && !numeric;
	if (textual) {
		if (!good_code(arg))
			return false;
		*out = value_index(w, arg);
		return *out >= 0;
	}
	if (!numeric || !*arg || strlen(arg) > 4 || strspn(arg, "0123456789") != strlen(arg))
		return false;
	*out = (int32_t)strtol(arg, NULL, 10);
	return c == C_NUMBER || c == C_ORDINAL || (*out >= 1 && *out <= (c == C_MONTH ? 12 : 7));
}

/* Every language is read at once; which file a word came from is kept for the lists people read. */
static uint8_t word_lang(struct world *w, const char *lang)
{
	for (unsigned i = 0; *lang && strlen(lang) < sizeof(w->word_langs[0]) && i < 8; i++) {
		if (!w->word_langs[i][0])
			memcpy(w->word_langs[i], lang, strlen(lang) + 1);
		if (strcmp(w->word_langs[i], lang) == 0)
			return (uint8_t)(1u << i);
	}
	return 0;
}

int world_add_word(struct world *w, const char *lang, const char *concept, const char *phrase)
{
	const char *colon = strchr(concept, ':');
	size_t n = colon ? (size_t)(colon - concept) : strlen(concept);
	enum concept c = concept_from_name(concept, n);
	int32_t value;
	if (c == C_UNKNOWN)
		return world_fail(w, WORLD_BAD, "unknown concept \"%s\"", concept);
	if (!concept_value(w, c, colon ? colon + 1 : NULL, &value))
		return world_fail(w, WORLD_BAD, "concept \"%s\": missing or bad value", concept);
	fold_text(&w->fold, phrase, strlen(phrase));
	token_split(&w->tokens, &w->fold);
	if (w->tokens.n == 0 || w->tokens.n > LEX_PHRASE || w->tokens.cut)
		return world_fail(w, WORLD_BAD, "\"%s\": a phrase has 1 to %d words", phrase, LEX_PHRASE);
	bool exact = (c == C_AGENCY && w->tokens.n == 1 && w->tokens.t[0].n <= 4) || c == C_GIVEN_NAME;
	if (lex_add(&w->lex, &w->tokens, c, value, exact))
		return world_fail(w, WORLD_NOMEM, "out of memory");
	w->lex.entries[w->lex.last].langs |= word_lang(w, lang);
	return WORLD_OK;
}

int world_add_forbidden(struct world *w, const char *word)
{
	char (*f)[48] = SLOT(w, forbidden);
	if (!f)
		return WORLD_NOMEM;
	if (!world_fold(w, word, *f, sizeof(*f)) || !**f)
		return world_fail(w, WORLD_BAD, "forbidden word \"%s\" is too long", word);
	return WORLD_OK;
}

static int class_order(const void *a, const void *b)
{
	const struct w_class *x = a, *y = b;
	if (x->grade != y->grade)
		return x->grade - y->grade;
	if (x->section != y->section)
		return x->section - y->section;
	return x->school - y->school;
}

int world_find_class(const struct world *w, int school, int grade, int section, int *n)
{
	int lo = 0, hi = w->n_classes, found = -1;
	while (lo < hi) {
		int mid = (lo + hi) / 2;
		const struct w_class *c = &w->classes[mid];
		if (c->grade < grade || (c->grade == grade && c->section < section))
			lo = mid + 1;
		else
			hi = mid;
	}
	*n = 0;
	for (; lo < w->n_classes && w->classes[lo].grade == grade; lo++) {
		if (section && w->classes[lo].section != section)
			break;
		if (school >= 0 && w->classes[lo].school != school)
			continue;
		if (found < 0)
			found = lo;
		++*n;
	}
	return found;
}

const struct w_code *world_find_code(const struct world *w, const char *s, size_t n)
{
	if (!w->sealed || n == 0 || n >= WORLD_CODE)
		return NULL;
	uint32_t mask = (uint32_t)w->cap_codes - 1;
	for (uint32_t k = code_hash(s, n) & mask; w->codes[k].s[0]; k = (k + 1) & mask)
		if (strlen(w->codes[k].s) == n && memcmp(w->codes[k].s, s, n) == 0)
			return &w->codes[k];
	return NULL;
}

static int hash_codes(struct world *w)
{
	int cap = 64;
	while (cap < w->n_codes * 2 + 2)
		cap *= 2;
	struct w_code *t = calloc((size_t)cap, sizeof(*t));
	if (!t)
		return -1;
	for (int i = 0; i < w->n_codes; i++) {
		uint32_t k = code_hash(w->codes[i].s, strlen(w->codes[i].s)) & (uint32_t)(cap - 1);
		while (t[k].s[0])
			k = (k + 1) & (uint32_t)(cap - 1);
		t[k] = w->codes[i];
	}
	free(w->codes);
	w->codes = t;
	w->cap_codes = cap;
	return 0;
}

void world_report(struct world *w, const char *what, const char *name)
{
	char (*f)[128] = SLOT(w, faults);
	if (f)
		snprintf(*f, sizeof(*f), "%s %s", what, name);
}

int world_index(struct world *w)
{
	if (w->n_classes)
		qsort(w->classes, (size_t)w->n_classes, sizeof(*w->classes), class_order);
	return lex_seal(&w->lex) || hash_codes(w) ? WORLD_NOMEM : WORLD_OK;
}

const char *world_fault(const struct world *w, int i)
{
	return i >= 0 && i < w->n_faults ? w->faults[i] : "";
}

const char *world_zone(const struct world *w, int i)
{
	return i >= 0 && i < w->n_zones ? w->zones[i] : NULL;
}
