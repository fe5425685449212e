/* codes.h - the check character of case codes, for those who make or test them (ISO/IEC 7064). */
#ifndef PARSER_CODES_H
#define PARSER_CODES_H
#include <stddef.h>

/* Check character of capitals and digits, MOD 37,36; NUL when a character is neither. */
char code_check(const char *s, size_t len);
#endif
