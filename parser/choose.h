/* choose.h - the cheapest form for a text, and the runner-up. */
#ifndef PARSER_CHOOSE_H
#define PARSER_CHOOSE_H
#include "parser/forms.h"

struct choice {
	int best, second;       /* index in forms[], or -1 */
	int best_cost, second_cost;
};
void choose_form(const struct scan *s, struct choice *c);
int choose_cost(const struct scan *s, int form); /* in 1/COST; INT_MAX when the form is no candidate */
void choose_pick(const struct scan *s, int form, struct pick *p);
#endif
