/* verbs_int.c - what all files of verbs answer with.  See verbs.h. */
#include "gateway/hub/verbs_int.h"
#include "gateway/hub/clock.h"

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

const char *verb_text(const json_t *rq, const char *name)
{
	const char *s = json_string_value(json_object_get(rq, name));
	return s ? s : "";
}

void verb_put(json_t *o, const char *name, const char *s)
{
	json_object_set_new(o, name, s[0] ? json_string(s) : json_null());
}

void verb_put_time(json_t *o, const char *name, int64_t utc)
{
	char iso[32];
	clock_iso(utc, iso, sizeof iso);
	json_object_set_new(o, name, utc ? json_string(iso) : json_null());
}

int64_t verb_number(const json_t *rq, const char *name)
{
	return json_integer_value(json_object_get(rq, name));
}
