/* table.h - what commands share: answers as a table, options out of the arguments. */
#ifndef GATEWAY_CLI_TABLE_H
#define GATEWAY_CLI_TABLE_H
#include <jansson.h>
#include "gateway/cli/cli.h"

#define COLUMNS_MAX 12
struct column {
	const char *key, *title;
};
/* Rows of objects, as wide as they need to be; "(none)" below the titles when there is none. */
void cli_table(const json_t *rows, const struct column *cols, size_t n);
/* The text of that name in an answer, the answer's own; "" when there is none. */
const char *cli_text(const json_t *o, const char *name);
/* The value after an option, taken out of the arguments; NULL when it is not there. */
const char *cli_option(struct cli *c, const char *name);
/* Takes a word out of the arguments; false: it is not there. */
bool cli_flag(struct cli *c, const char *name);
bool cli_number(const char *s, json_int_t *out); /* a whole one, above 0, and nothing else */
bool cli_word(const struct cli *c, int i, const char *s); /* is argument i this word? */
#endif
