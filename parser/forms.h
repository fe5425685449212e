/* forms.h - the built-in forms: which words call one, which units and words it can use, what it
 * cannot do without, and what finishes its reading.  A form is a row of a table (forms.c); the engine
 * (choose.c) knows none of them by name. */
#ifndef PARSER_FORMS_H
#define PARSER_FORMS_H
#include "parser/scan.h"

#define PICKS_MAX TOKENS_MAX
enum { FORM_TEXT = 1,   /* carries notes: unknown words are cheap, and kept redacted */
       FORM_FREE = 2,   /* whatever else stands there does not matter */
       FORM_ALONE = 4,  /* only when nothing else is said */
       FORM_PRIVATE = 8, /* names in it are a fault, not notes */
       FORM_TALE = 16   /* tells a story: unknown words are usual in it, and never stop it */ };
#define NEVER 255

struct picked {
	const struct unit *u;
	bool used;       /* the form can use it; else it is left over */
};
struct pick { /* the cheapest way to read the text by one form */
	const struct form *form;
	int cost;        /* in 1/COST */
	bool triggered;
	int n;
	struct picked p[PICKS_MAX];
};
struct form {
	enum intent intent;
	unsigned flags;
	const uint8_t *trigger;  /* concepts, 0 at the end */
	const uint8_t *accept;   /* further concepts it uses */
	uint32_t types;          /* unit types it uses */
	uint32_t need[3];        /* of each set, one unit should be there */
	uint8_t without;         /* cost when no trigger stands there, or NEVER */
	bool (*fits)(const struct scan *s); /* asked when no trigger stands there; NULL = never then */
	void (*finish)(struct scan *s, struct pick *p, struct reading *r);
};

extern const struct form forms[];
extern const int forms_n;
void forms_prepare(struct world *w); /* concept lists to sets */
#endif
