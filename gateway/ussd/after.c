/* after.c - see after.h. */
#include "gateway/ussd/after.h"

static uint64_t hash(const char *s, size_t len)
{
	uint64_t h = 14695981039346656037u; /* FNV-1a */
	for (size_t i = 0; i < len; i++)
		h = (h ^ (unsigned char)s[i]) * 1099511628211u;
	return h;
}

void after_keep(struct after *a, const char *s, size_t len)
{
	a->len = (uint32_t)len;
	a->hash = hash(s, len);
}

enum after_what after_take(const struct after *a, const char *s, size_t len, const char **answer, size_t *n)
{
	if (len < a->len || hash(s, a->len) != a->hash)
		return AFTER_OTHER;
	if (len == a->len)
		return AFTER_SAME;
	size_t from = a->len;
	/* Nothing stood there before: no '*' between. */
	if (from > 0 && s[from++] != '*')
		return AFTER_OTHER;
	*answer = s + from;
	*n = len - from;
	return AFTER_ANSWER;
}
