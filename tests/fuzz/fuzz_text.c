/* fuzz_text.c - folding any bytes: bounded, valid, and folding twice is folding once. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include "parser/token.h"
#include "parser/ucs2.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fold *a = malloc(sizeof(*a)), *b = malloc(sizeof(*b));
	struct tokens *t = malloc(sizeof(*t));
	if (!a || !b || !t || size > 4096)
		goto out;
	fold_text(a, (const char *)data, size);
	assert(a->n <= FOLD_MAX);
	assert(utf8_valid(a->s, a->n));
	for (unsigned i = 0; i < a->n; i++) {
		assert(a->at[i] < size);
		assert(!(a->s[i] >= 'A' && a->s[i] <= 'Z'));
	}
	if (!a->cut) {
		fold_text(b, a->s, a->n);
		assert(a->n == b->n && memcmp(a->s, b->s, a->n) == 0);
	}
	token_split(t, a);
	assert(t->n <= TOKENS_MAX);
	for (int i = 0; i < t->n; i++) {
		assert(t->t[i].n > 0 && t->t[i].at + t->t[i].n <= FOLD_MAX);
		assert((size_t)t->t[i].off + t->t[i].len <= size);
		assert(i == 0 || t->t[i].off >= t->t[i - 1].off);
	}
out:
	free(a);
	free(b);
	free(t);
	return 0;
}
