/* messages.h - the catalogue: which messages there are, what may be filled into each, and the checks a
 * text passes before it can ever be sent. */
#ifndef PARSER_MESSAGES_H
#define PARSER_MESSAGES_H
#include "parser/parser.h"
#include "parser/world_int.h"

#define MESSAGE_MAX 160 /* septets of one SMS (3GPP TS 23.038) */

int message_find(const char *id);          /* index, or -1 */
const char *message_id(int index);         /* NULL behind the last */
const char *message_fills(int index);      /* its placeholders, separated by blanks */
int message_longest(const char *fill);     /* septets of the longest value, or -1 */
/* The text of id in lang, else in the first language that has it, else NULL. */
const char *message_text(const struct world *w, const char *lang, int index);
/* Fills text; false when a placeholder has no fill or out is too small. */
bool message_render(const char *text, const struct message_fill *fills, size_t n, char *out, size_t max);
/* Does text hold one of the configuration's forbidden words? */
bool message_forbidden(struct world *w, const char *text);
void messages_prove(struct world *w);      /* reports every id that a language lacks */
#endif
