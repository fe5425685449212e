/* sheet.c - see sheet.h: the forms with their words and fields.  Owns the trie's way back from a node to its
 * words.  May call world, forms' table, concepts.
 */
#include "parser/sheet.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "parser/forms.h"
#include "parser/sheet_int.h"

/* What the units of a built-in form are called, in the order people write them. */
static const struct {
	const char *name, *type;
	uint32_t units;
	enum concept_group choices; /* G_NONE: none */
} parts[] = {
	{ "pin", "pin", T(SECRET), G_NONE },
	{ "case", "case", T(CODE) | T(BAD_CODE), G_NONE },
	{ "concern", "choices", 0, G_CONCERN },
	{ "school", "school", T(SCHOOL), G_NONE },
	{ "class", "class", T(CLASS) | T(GRADE) | T(GRADES), G_NONE },
	{ "zone", "zone", T(ZONE), G_NONE },
	{ "sex_age", "sex and age", T(SEX) | T(AGE) | T(SEX_AGE) | T(KIDS), G_NONE },
	{ "agency", "agency", T(AGENCY), G_NONE },
	{ "referral", "referral", T(REFERRAL), G_NONE },
	{ "task", "task", T(TASK), G_NONE },
	{ "alert", "alert", T(ALERT), G_NONE },
	{ "number", "integers", T(NUMBER) | T(RANGE), G_NONE },
	{ "count", "integer", T(COUNT) | T(OUT_OF) | T(TOTAL), G_NONE },
	{ "phone", "phone", T(PHONE), G_NONE },
	{ "type", "choice", 0, G_TYPE },
	{ "outcome", "choice", 0, G_OUTCOME },
	{ "service", "choice", 0, G_SERVICE },
	{ "risk", "choice", 0, G_RISK },
	{ "why", "choice", 0, G_CLOSE },
	{ "left", "choice", 0, G_LEFT },
	{ "decline", "choice", 0, G_DECLINE },
	{ "category", "choice", 0, G_CATEGORY },
	{ "reason", "choice", 0, G_REASON },
	{ "flags", "choices", 0, G_FLAG },
	{ "date", "date", T(DATE), G_NONE },
};
#define PARTS ((int)(sizeof(parts) / sizeof(parts[0])))

static const char *const types[] = {
	[F_INTEGER] = "integer", [F_DECIMAL] = "decimal", [F_CHOICE] = "choice", [F_CHOICES] = "choices",
	[F_YESNO] = "yesno", [F_DATE] = "date", [F_TIME] = "time", [F_TEXT] = "text", [F_PHONE] = "phone",
	[F_CLASS] = "class", [F_ZONE] = "zone", [F_SCHOOL] = "school", [F_CASE] = "case", [F_AGE] = "age",
	[F_SEX] = "sex",
};

static bool has_row(enum intent i)
{
	for (int f = 0; f < forms_n; f++)
		if (forms[f].intent == i && i != I_CLARIFY)
			return true;
	return false;
}

struct sheet *sheet_new(const struct world *w)
{
	struct sheet *sh = calloc(1, sizeof(*sh));
	size_t n = w->lex.n_nodes + 1;
	if (!sh)
		return NULL;
	sh->w = w;
	sh->word = malloc(n * sizeof(*sh->word));
	sh->from = malloc(n * sizeof(*sh->from));
	if (!sh->word || !sh->from) {
		sheet_free(sh);
		return NULL;
	}
	for (size_t i = 0; i < n; i++)
		sh->word[i] = sh->from[i] = -1;
	for (uint32_t i = 0; i < w->lex.n_words; i++)
		if (w->lex.words[i].node >= 0)
			sh->word[w->lex.words[i].node] = (int32_t)i;
	for (uint32_t i = 0; i < w->lex.cap_edges; i++)
		if (w->lex.edges[i].to) {
			sh->word[w->lex.edges[i].to] = w->lex.edges[i].word;
			sh->from[w->lex.edges[i].to] = w->lex.edges[i].from;
		}
	for (int i = 0; i < I_COUNT; i++)
		if (has_row((enum intent)i))
			sh->built[sh->n_built++] = (enum intent)i;
	return sh;
}

void sheet_free(struct sheet *sh)
{
	if (!sh)
		return;
	free(sh->word);
	free(sh->from);
	free(sh);
}

/* ---- fields of a built-in form: what any of its rows can use ---- */

bool sheet_uses(const struct world *w, enum intent i, enum concept c)
{
	for (int f = 0; f < forms_n; f++)
		if (forms[f].intent == i && (w->accept[f].bit[c >> 6] >> (c & 63) & 1))
			return true;
	return false;
}

static bool part_used(const struct world *w, enum intent i, int p)
{
	for (int f = 0; f < forms_n; f++)
		if (forms[f].intent == i && (forms[f].types & parts[p].units))
			return true;
	for (int c = 1; parts[p].choices != G_NONE && c < C_COUNT; c++)
		if (concept_group((enum concept)c) == parts[p].choices && sheet_uses(w, i, (enum concept)c))
			return true;
	return false;
}

/* The intent's first row, the usual one (others are answers to questions), has a need that this part alone
 * can meet. */
static bool part_required(enum intent i, int p)
{
	bool needed = false;
	int f = 0;
	while (f < forms_n && forms[f].intent != i)
		f++;
	for (int k = 0; f < forms_n && k < 3; k++)
		needed |= forms[f].need[k] && !(forms[f].need[k] & ~parts[p].units);
	return needed;
}

/* The k-th part that the intent uses, or -1. */
static int part_at(const struct world *w, enum intent i, int k)
{
	for (int p = 0; p < PARTS; p++)
		if (part_used(w, i, p) && k-- == 0)
			return p;
	return -1;
}

static void built_field(const struct world *w, enum intent i, int p, struct sheet_field *out)
{
	*out = (struct sheet_field){ .name = parts[p].name, .type = parts[p].type, .fallback = "",
				     .required = part_required(i, p) };
	for (int c = 1; parts[p].choices != G_NONE && c < C_COUNT && out->n_choices < SHEET_CHOICES; c++)
		if (concept_group((enum concept)c) == parts[p].choices && sheet_uses(w, i, (enum concept)c))
			out->choices[out->n_choices++] =
				(struct sheet_choice){ concept_name((enum concept)c), "" };
}

static void configured_field(const struct w_field *f, struct sheet_field *out)
{
	*out = (struct sheet_field){ .name = f->name, .type = types[f->type], .required = f->required,
				     .has_min = f->has_min, .has_max = f->has_max, .min = f->min,
				     .max = f->max, .fallback = f->fallback };
	/* the first label is the name itself */
	for (int i = 1; i < f->n_labels && out->n_labels < SHEET_LABELS; i++)
		out->labels[out->n_labels++] = f->labels[i];
	for (int i = 0; i < f->n_choices && out->n_choices < SHEET_CHOICES; i++)
		out->choices[out->n_choices++] =
			(struct sheet_choice){ f->choices[i].code, f->choices[i].name };
}

bool sheet_field(const struct sheet *sh, const struct sheet_form *f, int k, struct sheet_field *out)
{
	const struct w_form *c = sheet_configured(sh, f);
	if (k < 0 || k >= f->n_fields)
		return false;
	if (c)
		configured_field(&c->fields[k], out);
	else
		built_field(sh->w, sh->built[f->index], part_at(sh->w, sh->built[f->index], k), out);
	return true;
}

/* ---- forms ---- */

bool sheet_form(const struct sheet *sh, int i, struct sheet_form *out)
{
	if (i < 0 || i >= sh->n_built + sh->w->n_forms)
		return false;
	*out = (struct sheet_form){ .index = i, .built_in = i < sh->n_built };
	const struct w_form *c = sheet_configured(sh, out);
	if (c) {
		out->name = c->intent;
		out->roles = c->roles;
		out->n_fields = c->n_fields;
		return true;
	}
	out->name = intent_name(sh->built[i]);
	for (int r = 0; r < ROLES; r++)
		if (world_allows_intent(sh->w, sh->built[i], (enum role)r))
			out->roles |= 1u << r;
	while (part_at(sh->w, sh->built[i], out->n_fields) >= 0)
		out->n_fields++;
	return true;
}

bool sheet_find(const struct sheet *sh, const char *name, struct sheet_form *out)
{
	for (int i = 0; sheet_form(sh, i, out); i++)
		if (strcmp(out->name, name) == 0 || (!out->built_in && strcmp(out->name + 5, name) == 0))
			return true;
	return false;
}

/* ---- words ---- */

void sheet_phrase(const struct sheet *sh, int32_t node, char *out, size_t max)
{
	const struct lexicon *l = &sh->w->lex;
	int32_t way[LEX_PHRASE];
	int n = 0;
	size_t at = 0;
	for (; node >= 0 && sh->word[node] >= 0 && n < LEX_PHRASE; node = sh->from[node])
		way[n++] = sh->word[node];
	out[0] = 0;
	while (n-- > 0) {
		const struct lex_word *w = &l->words[way[n]];
		int k = snprintf(out + at, max - at, "%s%.*s", at ? " " : "", (int)w->n, l->text + w->at);
		if (k < 0 || (size_t)k >= max - at)
			return;
		at += (size_t)k;
	}
}

static void languages(const struct world *w, uint8_t bits, char out[40])
{
	out[0] = 0;
	for (unsigned i = 0; i < 8; i++)
		if (bits >> i & 1) {
			size_t at = strlen(out);
			snprintf(out + at, 40 - at, "%s%s", at ? " " : "", w->word_langs[i]);
		}
}

static bool is_trigger(const struct world *w, enum intent i, enum concept c)
{
	for (int f = 0; f < forms_n; f++)
		if (forms[f].intent == i && (w->trigger[f].bit[c >> 6] >> (c & 63) & 1))
			return true;
	return false;
}

void sheet_keywords(const struct sheet *sh, const struct sheet_form *f, sheet_word_fn *word, void *arg)
{
	const struct lexicon *l = &sh->w->lex;
	const struct w_form *c = sheet_configured(sh, f);
	char phrase[LEX_PHRASE * (READING_WORD_MAX + 1)], langs[40];
	for (int k = 0; c && k < c->n_keywords; k++)
		word(arg, "", c->keywords[k]);
	for (uint32_t n = 1; !c && n < l->n_nodes; n++) {
		uint8_t bits = 0;
		bool calls = false;
		for (int32_t e = l->nodes[n].entry; e >= 0; e = l->entries[e].next)
			if (is_trigger(sh->w, sh->built[f->index], l->entries[e].concept)) {
				bits |= l->entries[e].langs;
				calls = true;
			}
		if (!calls)
			continue;
		sheet_phrase(sh, (int32_t)n, phrase, sizeof(phrase));
		languages(sh->w, bits, langs);
		word(arg, langs, phrase);
	}
}
