/* configured.h - reading of the forms a site defines itself (form:NAME). */
#ifndef PARSER_CONFIGURED_H
#define PARSER_CONFIGURED_H
#include "parser/scan.h"

/* True when the text calls a configured form; r is then filled.  first: only as the very first word
 * (a built-in keyword stands before it otherwise). */
bool configured_read(struct scan *s, struct reading *r);
#endif
