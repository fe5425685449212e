/* arena.h - memory of one loaded configuration: many small pieces, one release.
 * Calls libc only. */
#ifndef CONFIG_ARENA_H
#define CONFIG_ARENA_H
#include <stdbool.h>
#include <stddef.h>

struct cfg_chunk;
struct cfg_arena {
	struct cfg_chunk *chunks;
	bool failed; /* memory ran out at least once */
};
/* Zeroed memory that lives until cfg_arena_free, or NULL (then failed is set). */
void *cfg_alloc(struct cfg_arena *a, size_t n);
/* Copies; "" when memory ran out, so that a caller need not check every string: failed tells. */
const char *cfg_copy(struct cfg_arena *a, const char *s);
const char *cfg_copy_n(struct cfg_arena *a, const char *s, size_t n);
const char *cfg_format(struct cfg_arena *a, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void cfg_arena_free(struct cfg_arena *a);
#endif
