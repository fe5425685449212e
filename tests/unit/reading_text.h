/* reading_text.h - test-only: a reading as one line of text, so that a table can say what is expected. */
#ifndef TESTS_UNIT_READING_TEXT_H
#define TESTS_UNIT_READING_TEXT_H
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "parser/parser.h"

static inline void text_add(char *out, size_t max, const char *fmt, ...)
{
	va_list ap;
	size_t n = strlen(out);
	va_start(ap, fmt);
	vsnprintf(out + n, max - n, fmt, ap);
	va_end(ap);
}

/* "absence class=5A pupils=12,17 confirm " - fields in the order they were set */
static inline void reading_text(const struct reading *r, char *out, size_t max)
{
	out[0] = 0;
	text_add(out, max, "%s ", r->intent);
	if (r->error)
		text_add(out, max, "error=%s%s%s ", r->error, r->error_field ? ":" : "",
			 r->error_field ? r->error_field : "");
	if (r->about)
		text_add(out, max, "about=%s ", r->about);
	if (r->test)
		text_add(out, max, "test ");
	for (unsigned i = 0; i < r->n_values; i++) {
		const struct reading_value *v = &r->values[i];
		switch (v->kind) {
		case READ_FLAG:
			text_add(out, max, v->num ? "%s " : "%s=no ", v->field);
			continue;
		case READ_INT:
			text_add(out, max, "%s=%lld ", v->field, (long long)v->num);
			continue;
		case READ_DECIMAL:
			text_add(out, max, "%s=%lldm ", v->field, (long long)v->num);
			continue;
		case READ_WORD:
			text_add(out, max, "%s=%s ", v->field, v->word);
			continue;
		case READ_INTS: case READ_WORDS: case READ_MAP: case READ_MAP_INT:
			text_add(out, max, "%s=", v->field);
			for (unsigned k = v->first; k < (unsigned)v->first + v->n; k++) {
				const struct reading_item *it = &r->items[k];
				text_add(out, max, "%s%s%s", k > v->first ? "," : "", it->key, *it->key ? ":" : "");
				if (v->kind == READ_INTS || v->kind == READ_MAP_INT)
					text_add(out, max, "%d", (int)it->num);
				else
					text_add(out, max, "%s", it->word);
			}
			text_add(out, max, " ");
			continue;
		case READ_ENTRIES:
			text_add(out, max, "entries=");
			for (unsigned e = 0; e < r->n_entries; e++) {
				text_add(out, max, "%s%s(", e ? "," : "", r->entries[e].class_name);
				for (unsigned k = 0; k < r->entries[e].n; k++)
					text_add(out, max, "%s%d", k ? "," : "",
						 (int)r->items[r->entries[e].first + k].num);
				text_add(out, max, ")");
			}
			text_add(out, max, " ");
		}
	}
}
#endif
