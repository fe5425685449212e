/* forget.c - free and realloc that overwrite, in place of the C library's, in the workers.
 *
 * libgammu, libcurl and libmicrohttpd leave texts, numbers and bodies in what they free; who reads the memory
 * of a worker later is not to find them.  A program's own definitions stand before the C library's when its
 * libraries are bound, as those of pause.c do.  The C library's setting for it (glibc.malloc.perturb) would
 * also fill what is asked for, and so take a page of real memory for each that libgammu never uses.
 *
 * Sanitizers and memcheck have functions of their own here, which say more when they are left alone.
 * Needs glibc: __libc_free is its name for what stands behind free.
 */
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define GROWS 1024 /* octets */
#define SMALL 256  /* octets: most blocks, and for these a call costs more than what it does */

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer)
#define LEFT_ALONE
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(CONFINE_OFF)
#define LEFT_ALONE
#endif

#ifndef LEFT_ALONE
void __libc_free(void *p);

/* A usable size is whole words. */
static void overwrite(void *p)
{
	size_t n = malloc_usable_size(p);
	volatile size_t *word = p;

	if (n > SMALL) {
		explicit_bzero(p, n);
		return;
	}
	for (n /= sizeof(*word); n > 0; n--)
		*word++ = 0;
}

void free(void *p)
{
	if (!p)
		return;
	overwrite(p);
	__libc_free(p);
}

/* The C library's would free the old block by itself.  It grows one in place where it can; here each growth is
 * a copy, so what grows gets a quarter more beforehand.  A block that shrinks is overwritten when it is
 * freed. */
void *realloc(void *p, size_t n)
{
	size_t had = p ? malloc_usable_size(p) : 0;

	if (p && n == 0) {
		free(p);
		return NULL;
	}
	if (p && n <= had)
		return p;
	void *bigger = malloc(p && n > GROWS && n < SIZE_MAX / 2 ? n + n / 4 : n);
	if (bigger && p) {
		memcpy(bigger, p, had);
		free(p);
	}
	return bigger;
}
#endif
