/* menu_words.c - how concepts, agencies and countries are shown in each language and said in a text:
 * the first phrase of each vocabulary that means it, or what the catalogue has for one that reads badly on a
 * screen (label_*).  May call sheet (the trie's way back to words), messages. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "parser/menu_int.h"
#include "parser/messages.h"
#include "parser/sheet_int.h"

#define WORD_LEAST 4

/* Message language of a vocabulary's bit, or -1. */
static int lang_of_bit(const struct world *w, unsigned bit)
{
	return w->word_langs[bit][0] ? world_lang(w, w->word_langs[bit]) : -1;
}

/* The first that is a word and no abbreviation, else the first. */
static void keep(char *out, size_t max, const char *phrase, bool capital)
{
	size_t n = strlen(phrase), had = strlen(out);
	bool better = capital && had < WORD_LEAST && n >= WORD_LEAST;
	if ((had && !better) || n == 0 || n >= max)
		return;
	memcpy(out, phrase, n + 1);
	if (capital && out[0] >= 'a' && out[0] <= 'z')
		out[0] = (char)(out[0] - 'a' + 'A');
}

/* An abbreviation, or a short code itself: in capitals, as its people write it. */
static void shout(char *s, const char *code)
{
	bool same = strlen(s) == strlen(code) && strlen(s) <= WORD_LEAST, vowel = false;
	for (size_t i = 0; s[i]; i++) {
		same = same && (s[i] == code[i] || s[i] - 'a' + 'A' == code[i]);
		vowel |= strchr("aeiouyAEIOUY ", s[i]) != NULL;
	}
	for (; (same || !vowel) && *s; s++)
		if (*s >= 'a' && *s <= 'z')
			*s = (char)(*s - 'a' + 'A');
}

/* alone: the phrase has no other meaning, so that a text can safely say it. */
static void name_it(const struct world *w, struct menu_word *to, const char *phrase, uint8_t langs, bool alone)
{
	for (unsigned b = 0; b < 8; b++) {
		int lang = langs >> b & 1 ? lang_of_bit(w, b) : -1;
		if (lang >= 0)
			keep(to->label[lang], sizeof(to->label[0]), phrase, true);
	}
	if (alone)
		keep(to->say, sizeof(to->say), phrase, false);
}

static struct menu_word *valued(struct menu *m, const struct lex_entry *e)
{
	const char *code = e->value >= 0 && e->value < m->w->n_values ? m->w->values[e->value] : "";
	if (e->concept == C_AGENCY) {
		for (int i = 0; i < m->w->n_agencies; i++)
			if (strcmp(m->w->agencies[i], code) == 0)
				return &m->agency[i];
		return NULL;
	}
	for (int i = 0; i < m->n_countries; i++)
		if (strcmp(m->country_code[i], code) == 0)
			return &m->country[i];
	if (m->n_countries == MENU_COUNTRIES || !*code)
		return NULL;
	memcpy(m->country_code[m->n_countries], code, strlen(code) + 1);
	return &m->country[m->n_countries++];
}

/* What nobody named is shown as it is said. */
static void complete(const struct menu *m, struct menu_word *to)
{
	for (int l = 0; l < m->w->n_langs; l++)
		keep(to->label[l], sizeof(to->label[0]), to->say, true);
}

/* The catalogue's own word for a concept. */
static void reword(const struct menu *m, enum concept c, struct menu_word *to)
{
	char id[48];
	snprintf(id, sizeof(id), "label_%s", concept_name(c));
	int index = message_find(id);
	for (int l = 0; index >= 0 && l < m->w->n_langs; l++) {
		const char *text = m->w->messages[l][index];
		if (text && strlen(text) < MENU_LABEL)
			memcpy(to->label[l], text, strlen(text) + 1);
	}
}

int menu_words(struct menu *m)
{
	const struct world *w = m->w;
	const struct lexicon *lex = &w->lex;
	struct sheet *sh = sheet_new(w);
	char phrase[LEX_PHRASE * (READING_WORD_MAX + 1)];
	int32_t *node_of = calloc((size_t)lex->n_entries + 1, sizeof(*node_of));
	m->agency = calloc((size_t)w->n_agencies + 1, sizeof(*m->agency));
	if (!sh || !m->agency || !node_of) {
		free(node_of);
		sheet_free(sh);
		return -1;
	}
	for (int i = 0; i < w->n_agencies; i++)
		memcpy(m->agency[i].say, w->agencies[i], sizeof(w->agencies[i]));
	/* Entries are in order of loading: the first phrase of a file comes first.  A node may be older than its
	 * entry, as the beginning of a longer phrase. */
	for (uint32_t n = 1; n < lex->n_nodes; n++)
		for (int32_t e = lex->nodes[n].entry; e >= 0; e = lex->entries[e].next)
			node_of[e] = (int32_t)n;
	for (uint32_t e = 0; e < lex->n_entries; e++) {
		const struct lex_entry *x = &lex->entries[e];
		struct menu_word *to = x->concept == C_AGENCY || x->concept == C_COUNTRY ? valued(m, x) :
										 &m->concept[x->concept];
		sheet_phrase(sh, node_of[e], phrase, sizeof(phrase));
		if (to)
			name_it(w, to, phrase, x->langs,
				lex->nodes[node_of[e]].entry == (int32_t)e && x->next < 0);
	}
	for (int c = 1; c < C_COUNT; c++) {
		complete(m, &m->concept[c]);
		reword(m, (enum concept)c, &m->concept[c]);
	}
	for (int i = 0; i < w->n_agencies; i++)
		complete(m, &m->agency[i]);
	for (int i = 0; i < w->n_agencies; i++)
		for (int l = 0; l < w->n_langs; l++)
			shout(m->agency[i].label[l], w->agencies[i]);
	for (int i = 0; i < m->n_countries; i++)
		complete(m, &m->country[i]);
	free(node_of);
	sheet_free(sh);
	return 0;
}

int menu_lang(const struct menu *m, const struct menu_who *who)
{
	int lang = world_lang(m->w, who->from->lang);
	return lang < 0 ? 0 : lang;
}
