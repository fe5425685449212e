/* Blocks of store/pool.c: sizes, contents over a change of size, and that two in use never overlap. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "store/pool.h"

static void test_a_block_holds_what_was_asked(void **state)
{
	(void)state;
	for (int n = 0; n < 5000; n += 7) {
		void *p = pool_take(n);
		assert_non_null(p);
		assert_int_equal((uintptr_t)p % 8, 0);
		assert_true(pool_size(p) >= n);
		assert_int_equal(pool_size(p), pool_rounded(n));
		memset(p, 0xa5, (size_t)pool_size(p));
		pool_give(p);
	}
	assert_int_equal(pool_size(NULL), 0);
	pool_give(NULL);
}

static void test_what_is_given_back_is_taken_again(void **state)
{
	(void)state;
	void *p = pool_take(100);
	pool_give(p);
	void *q = pool_take(97);
	if (POOL_KEEPS)
		assert_ptr_equal(p, q);
	assert_true(pool_size(q) >= 97);
	pool_give(q);
}

static void test_a_new_size_keeps_the_octets(void **state)
{
	(void)state;
	static const int sizes[] = { 1, 40, 33, 900, 1024, 1025, 5000, 70000, 2000, 1000, 10 };
	unsigned char *p = pool_resize(NULL, 1);
	p[0] = 1;
	int had = 1;
	for (size_t i = 1; i < sizeof sizes / sizeof sizes[0]; i++) {
		p = pool_resize(p, sizes[i]);
		assert_non_null(p);
		for (int k = 0; k < had && k < sizes[i]; k++)
			assert_int_equal(p[k], (unsigned char)(k + 1));
		for (int k = 0; k < sizes[i]; k++)
			p[k] = (unsigned char)(k + 1);
		had = sizes[i];
	}
	pool_give(p);
}

#define BLOCKS 300
static void test_blocks_in_use_never_overlap(void **state)
{
	(void)state;
	static unsigned char *at[BLOCKS];
	static int size[BLOCKS];
	unsigned x = 20261127;
	for (int round = 0; round < 20000; round++) {
		x = x * 1664525u + 1013904223u;
		int i = (int)(x >> 16) % BLOCKS, n = (int)(x >> 8) % 1500 + 1;
		for (int k = 0; at[i] && k < size[i]; k++)
			assert_int_equal(at[i][k], (unsigned char)i);
		if (at[i] && x & 1) {
			pool_give(at[i]);
			at[i] = NULL;
			continue;
		}
		at[i] = pool_resize(at[i], n);
		assert_non_null(at[i]);
		size[i] = n;
		memset(at[i], i & 0xff, (size_t)n);
	}
	for (int i = 0; i < BLOCKS; i++)
		pool_give(at[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_block_holds_what_was_asked),
		cmocka_unit_test(test_what_is_given_back_is_taken_again),
		cmocka_unit_test(test_a_new_size_keeps_the_octets),
		cmocka_unit_test(test_blocks_in_use_never_overlap),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
