/* arena.c - memory of one loaded configuration.  Calls libc only. */
#include "config/arena.h"
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct cfg_chunk {
	struct cfg_chunk *next;
	max_align_t data[];
};

void *cfg_alloc(struct cfg_arena *a, size_t n)
{
	struct cfg_chunk *c = n < SIZE_MAX / 2 ? calloc(1, sizeof(*c) + n) : NULL;

	if (!c) {
		a->failed = true;
		return NULL;
	}
	c->next = a->chunks;
	a->chunks = c;
	return c->data;
}

const char *cfg_copy_n(struct cfg_arena *a, const char *s, size_t n)
{
	char *p = cfg_alloc(a, n + 1);

	if (!p)
		return "";
	memcpy(p, s, n);
	return p;
}

const char *cfg_copy(struct cfg_arena *a, const char *s)
{
	return cfg_copy_n(a, s, strlen(s));
}

const char *cfg_format(struct cfg_arena *a, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	int n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	char *p = n >= 0 ? cfg_alloc(a, (size_t)n + 1) : NULL;
	if (!p)
		return "";
	va_start(ap, fmt);
	vsnprintf(p, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return p;
}

void cfg_arena_free(struct cfg_arena *a)
{
	while (a->chunks) {
		struct cfg_chunk *next = a->chunks->next;
		free(a->chunks);
		a->chunks = next;
	}
}
