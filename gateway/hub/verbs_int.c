/* verbs_int.c - what all files of verbs answer with.  See verbs.h. */
#include "gateway/hub/verbs_int.h"

#include <stdarg.h>
#include <stdio.h>

json_t *verb_refuse(const char *fmt, ...)
{
	char words[512];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(words, sizeof words, fmt, ap);
	va_end(ap);
	return json_pack("{s:b,s:s}", "ok", 0, "error", words);
}
