/* doubt.h - words that turn a report into a question, a plan or a remark about someone else. */
#ifndef PARSER_DOUBT_H
#define PARSER_DOUBT_H
#include "parser/choose.h"
#include "parser/reading.h"

/* What the sender must be asked about before the reading may have an effect, or NULL. */
const char *doubt_about(const struct scan *s, const struct pick *p, const struct reading *r);
#endif
