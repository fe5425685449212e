/* sheet_int.h - the inside of a sheet, for the parser's sheet and menu files only. */
#ifndef PARSER_SHEET_INT_H
#define PARSER_SHEET_INT_H
#include "parser/sheet.h"
#include "parser/world_int.h"

struct sheet {
	const struct world *w;
	int n_built;
	enum intent built[I_COUNT];
	int32_t *word, *from;    /* of each node of the trie: the word that leads to it, from which node */
};

/* The configured form behind f, or NULL when it is built in. */
static inline const struct w_form *sheet_configured(const struct sheet *sh, const struct sheet_form *f)
{
	return f->built_in ? NULL : &sh->w->forms[f->index - sh->n_built];
}
/* Can any row of the intent use this concept? */
bool sheet_uses(const struct world *w, enum intent i, enum concept c);
/* The words that lead to a node of the trie; cut where they do not fit. */
void sheet_phrase(const struct sheet *sh, int32_t node, char *out, size_t max);
#endif
