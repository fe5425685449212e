/* desk.c - small questions all casework asks.  Calls the store's audit; owns nothing. */
#include "gateway/casework/desk.h"
#include <string.h>

void desk_cut(char *out, size_t max, const char *s)
{
	size_t n = strlen(s);

	if (n >= max) {
		n = max - 1;
		while (n > 0 && ((unsigned char)s[n] & 0xc0) == 0x80)
			n--;
	}
	memcpy(out, s, n);
	out[n] = '\0';
}

void desk_join(char *list, size_t max, const char *sep, const char *word)
{
	size_t at = strlen(list), gap = at ? strlen(sep) : 0, n = strlen(word);

	if (n == 0 || at + gap + n >= max)
		return;
	snprintf(list + at, max - at, "%s%s", at ? sep : "", word);
}

int desk_audit(struct desk *d, const char *who, const char *verb, const char *object,
	       const char *result, const char *rule)
{
	char w[32], v[32], o[64], r[64], u[32]; /* the columns' bounds, in store/ */

	desk_cut(w, sizeof(w), who);
	desk_cut(v, sizeof(v), verb);
	desk_cut(o, sizeof(o), object);
	desk_cut(r, sizeof(r), result);
	desk_cut(u, sizeof(u), rule);
	return audit_add(d->st, d->now, w, v, o, r, u);
}
