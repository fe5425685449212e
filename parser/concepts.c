/* concepts.c - the table of concepts.h as names, weights and groups.  Pure; calls libc only. */
#include "parser/concepts.h"
#include <stddef.h>
#include <string.h>

static const struct {
	const char *name;
	int weight;
	enum concept_group group;
} table[C_COUNT] = {
	[C_UNKNOWN] = { "", 0, G_NONE },
#define X(id, name, weight, group) [C_##id] = { name, weight, group },
	CONCEPTS(X)
#undef X
};

const char *concept_name(enum concept c)
{
	return table[c].name;
}

int concept_weight(enum concept c)
{
	return table[c].weight;
}

enum concept_group concept_group(enum concept c)
{
	return table[c].group;
}

enum concept concept_from_name(const char *name, unsigned long len)
{
	for (int c = C_UNKNOWN + 1; c < C_COUNT; c++)
		if (strlen(table[c].name) == len && memcmp(table[c].name, name, len) == 0)
			return (enum concept)c;
	return C_UNKNOWN;
}
