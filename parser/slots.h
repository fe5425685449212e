/* slots.h - the recognisers of typed units.  Each looks at one token and adds the units that may
 * start there; the number returned is the tokens of a unit that leaves no other choice, else 0. */
#ifndef PARSER_SLOTS_H
#define PARSER_SLOTS_H
#include "parser/scan.h"

void slots_find(struct scan *s); /* all of them, over the whole text */

int class_units(struct scan *s, int i);   /* classes.c */
/* A class at token i: tokens used, 0 = none.  class is its index in the world, or -1. */
int class_at(const struct scan *s, int i, int *grade, int *section, int *class_index, unsigned *flags);
void date_units(struct scan *s, int i);   /* dates.c */
void quantity_units(struct scan *s, int i); /* quantities.c: hours, minutes, times, totals */
void people_units(struct scan *s, int i); /* people.c: sex, age, children, counts, N of M */
int code_units(struct scan *s, int i);    /* refs.c: case codes, R88, T12, alerts, zones, schools */
void ref_units(struct scan *s, int i);
int private_units(struct scan *s, int i); /* private.c: telephone and identity numbers, addresses */
bool private_name(const struct scan *s, int i); /* does the unknown word look like a name? */
/* ... by the words about it alone, not for its capital: places and things of free text have one too. */
bool private_named(const struct scan *s, int i);
#endif
