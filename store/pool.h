/* pool.h - small blocks that are taken and given back many times a text, for the database library.
 *
 * A block that is given back waits in a list of its size, a few of each, and is the next one of that size
 * taken: Debian's SQLite has no lists of its own, and malloc was a tenth of a text's cost.  What is larger
 * or too many goes to malloc as ever.  Lists are a thread's own, so nothing is locked.  Aligned to 8. */
#ifndef STORE_POOL_H
#define STORE_POOL_H

/* 0 under a sanitizer, which has to see each block end. */
#if defined(__SANITIZE_ADDRESS__)
#define POOL_KEEPS 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer)
#define POOL_KEEPS 0
#endif
#endif
#ifndef POOL_KEEPS
#define POOL_KEEPS 1
#endif

void *pool_take(int octets);              /* NULL: out of memory */
void *pool_resize(void *block, int octets);
void pool_give(void *block);              /* NULL is none */
int pool_size(void *block);               /* octets that may be used of it; of NULL 0 */
int pool_rounded(int octets);             /* ... of one taken for so many */
#endif
