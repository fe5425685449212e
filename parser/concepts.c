/* concepts.c - the table of concepts.h as names, weights and groups.  Pure; calls libc only. */
#include "parser/concepts.h"
#include <stddef.h>
#include <string.h>

const struct concept_row concept_rows[C_COUNT] = {
	[C_UNKNOWN] = { "", 0, G_NONE },
#define X(id, name, weight, group) [C_##id] = { name, weight, group },
	CONCEPTS(X)
#undef X
};

const char *concept_name(enum concept c)
{
	return concept_rows[c].name;
}

enum concept concept_from_name(const char *name, unsigned long len)
{
	for (int c = C_UNKNOWN + 1; c < C_COUNT; c++)
		/* the first letter before the call: a vocabulary asks this of each of its words */
		if (len > 0 && concept_rows[c].name[0] == name[0] && strncmp(concept_rows[c].name, name, len) == 0 &&
		    concept_rows[c].name[len] == '\0')
			return (enum concept)c;
	return C_UNKNOWN;
}
