/* pool.c - see pool.h.  May call nothing. */
#include "store/pool.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define STEP 32
#define LARGEST 1024 /* of a block in a list */
#define LISTS (LARGEST / STEP)
#define KEPT 8       /* blocks that wait in one */

/* In front of each block.  While it waits in a list its first octets are the next one. */
struct head {
	int64_t size;
};
struct list {
	void *first;
	int n;
};
static _Thread_local struct list lists[LISTS + 1];

static struct head *head_of(void *block)
{
	return (struct head *)block - 1;
}

int pool_rounded(int octets)
{
	if (octets < 1)
		return STEP; /* room for the list's next */
	return octets > INT32_MAX - STEP ? octets : (octets + STEP - 1) & ~(STEP - 1);
}

int pool_size(void *block)
{
	return block ? (int)head_of(block)->size : 0;
}

void *pool_take(int octets)
{
	int size = pool_rounded(octets);
	struct list *l = size <= LARGEST ? &lists[size / STEP] : NULL;
	if (l && l->first) {
		void *block = l->first;
		memcpy(&l->first, block, sizeof l->first);
		l->n--;
		return block;
	}
	struct head *h = malloc(sizeof *h + (size_t)size);
	if (!h)
		return NULL;
	h->size = size;
	return h + 1;
}

void pool_give(void *block)
{
	if (!block)
		return;
	int64_t size = head_of(block)->size;
	struct list *l = POOL_KEEPS && size <= LARGEST ? &lists[size / STEP] : NULL;
	if (!l || l->n >= KEPT) {
		free(head_of(block));
		return;
	}
	memcpy(block, &l->first, sizeof l->first);
	l->first = block;
	l->n++;
}

void *pool_resize(void *block, int octets)
{
	int size = pool_rounded(octets), had = pool_size(block);
	if (had == size)
		return block;
	if (had > LARGEST && size > LARGEST) {
		struct head *h = realloc(head_of(block), sizeof *h + (size_t)size);
		if (!h)
			return NULL;
		h->size = size;
		return h + 1;
	}
	void *more = pool_take(octets);
	if (more && block) {
		memcpy(more, block, (size_t)(had < size ? had : size));
		pool_give(block);
	}
	return more;
}
