/* out.c - see out.h. */
#include "tests/sim/modem/out.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int out_room(struct out *o, size_t n)
{
	if (o->len + n <= o->cap)
		return 0;
	if (o->head > 0) {
		memmove(o->data, o->data + o->head, o->len - o->head);
		o->len -= o->head;
		o->head = 0;
	}
	if (o->len + n <= o->cap)
		return 0;
	if (n > OUT_MAX || o->len + n > OUT_MAX)
		return -1;
	size_t cap = o->cap ? o->cap : 512;
	while (cap < o->len + n)
		cap *= 2;
	char *data = realloc(o->data, cap);
	if (!data)
		return -1;
	o->data = data;
	o->cap = cap;
	return 0;
}

void out_add(struct out *o, const void *bytes, size_t n)
{
	if (n == 0)
		return;
	if (out_room(o, n) < 0) {
		o->lost += n;
		return;
	}
	memcpy(o->data + o->len, bytes, n);
	o->len += n;
}

void out_text(struct out *o, const char *s)
{
	out_add(o, s, strlen(s));
}

void out_format(struct out *o, const char *format, ...)
{
	char text[1024];
	va_list args;
	va_start(args, format);
	int n = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (n > 0)
		out_add(o, text, (size_t)n < sizeof(text) ? (size_t)n : sizeof(text) - 1);
}

void out_hex(struct out *o, const uint8_t *bytes, size_t n)
{
	static const char digits[] = "0123456789ABCDEF";
	if (out_room(o, 2 * n) < 0) {
		o->lost += 2 * n;
		return;
	}
	for (size_t i = 0; i < n; i++) {
		o->data[o->len++] = digits[bytes[i] >> 4];
		o->data[o->len++] = digits[bytes[i] & 15];
	}
}

void out_json(struct out *o, const char *s, size_t n)
{
	out_add(o, "\"", 1);
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];
		if (c == '"' || c == '\\') {
			char pair[2] = {'\\', (char)c};
			out_add(o, pair, 2);
		} else if (c < 0x20 || c == 0x7f) {
			out_format(o, "\\u%04x", c);
		} else {
			out_add(o, s + i, 1);
		}
	}
	out_add(o, "\"", 1);
}

size_t out_size(const struct out *o)
{
	return o->len - o->head;
}

const char *out_bytes(const struct out *o)
{
	return o->data ? o->data + o->head : "";
}

char *out_edit(struct out *o)
{
	return o->data ? o->data + o->head : NULL;
}

void out_take(struct out *o, size_t n)
{
	o->head += n;
	if (o->head >= o->len)
		o->head = o->len = 0;
}

void out_move(struct out *to, struct out *from)
{
	out_add(to, out_bytes(from), out_size(from));
	out_clear(from);
}

void out_clear(struct out *o)
{
	o->head = o->len = 0;
}

void out_free(struct out *o)
{
	free(o->data);
	*o = (struct out){0};
}
