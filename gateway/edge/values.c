/* values.c - see values.h: the set, and the decoder of forms (WHATWG URL 5.1). */
#include "gateway/edge/values.h"

#include <string.h>
#include <strings.h>

static bool same(struct edge_str a, const char *b, size_t n, bool fold)
{
	return a.len == n && (fold ? strncasecmp(a.s, b, n) == 0 : memcmp(a.s, b, n) == 0);
}

struct edge_str values_get(const struct values *v, const char *name, bool fold, bool *literal, bool *twice)
{
	struct edge_str found = {NULL, 0};
	size_t n = strlen(name);
	bool again = false;
	for (size_t i = 0; i < v->n; i++) {
		if (!same(v->at[i].name, name, n, fold))
			continue;
		again |= found.s != NULL || v->at[i].twice;
		if (found.s)
			continue;
		found = v->at[i].value;
		if (literal)
			*literal = v->at[i].literal;
	}
	if (twice)
		*twice = again;
	return found;
}

static const char *store(struct values *v, const char *s, size_t len)
{
	char *to = v->room + v->used;
	if (len >= sizeof v->room - v->used)
		return NULL;
	if (len)
		memcpy(to, s, len);
	to[len] = '\0';
	v->used += len;
	return to;
}

bool values_add(struct values *v, const char *name, size_t name_len, const char *s, size_t len, bool literal)
{
	if (v->n == VALUES_MAX || name_len >= VALUES_NAME)
		return false;
	const char *at = store(v, name, name_len);
	const char *value = at ? store(v, s, len) : NULL;
	if (!value)
		return false;
	struct edge_value *e = &v->at[v->n];
	*e = (struct edge_value){{at, name_len}, {value, len}, literal, false};
	for (size_t i = 0; i < v->n; i++)
		if (same(v->at[i].name, name, name_len, false))
			v->at[i].twice = e->twice = true;
	v->n++;
	return true;
}

bool values_more(struct values *v, const char *s, size_t len)
{
	if (v->n == 0 || !store(v, s, len))
		return false;
	v->at[v->n - 1].value.len += len;
	return true;
}

/* ---- forms ---- */

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 32;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Decodes into out (len octets are enough); -1: a % that two hex digits do not follow. */
static long decode(const char *s, size_t len, char *out)
{
	size_t n = 0;
	for (size_t i = 0; i < len; i++) {
		if (s[i] == '+') {
			out[n++] = ' ';
		} else if (s[i] != '%') {
			out[n++] = s[i];
		} else if (i + 2 < len && digit(s[i + 1]) >= 0 && digit(s[i + 2]) >= 0) {
			out[n++] = (char)(digit(s[i + 1]) * 16 + digit(s[i + 2]));
			i += 2;
		} else {
			return -1;
		}
	}
	return (long)n;
}

static const char *form_pair(const char *s, size_t len, struct values *out)
{
	static char name[VALUES_NAME], value[VALUES_ROOM]; /* one thread */
	const char *eq = memchr(s, '=', len);
	size_t name_len = eq ? (size_t)(eq - s) : len;
	if (name_len >= sizeof name || len - name_len >= sizeof value)
		return "a field is too long";
	long n = decode(s, name_len, name);
	long v = eq ? decode(eq + 1, len - name_len - 1, value) : 0;
	if (n < 0 || v < 0)
		return "a % without two digits";
	return values_add(out, name, (size_t)n, value, (size_t)v, false) ? NULL : "too many fields";
}

const char *form_read(struct edge_str body, struct values *out)
{
	out->n = out->used = 0;
	for (size_t i = 0; i < body.len;) {
		const char *amp = memchr(body.s + i, '&', body.len - i);
		size_t n = amp ? (size_t)(amp - body.s) - i : body.len - i;
		const char *why = n ? form_pair(body.s + i, n, out) : NULL;
		if (why)
			return why;
		i += n + 1;
	}
	return NULL;
}
