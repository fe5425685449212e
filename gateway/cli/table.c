/* table.c - see table.h. */
#include "gateway/cli/table.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COLUMN_MAX 40

static void cell(const json_t *row, const char *key, char *out, size_t max)
{
	const json_t *v = json_object_get(row, key);
	if (json_is_string(v))
		snprintf(out, max, "%s", json_string_value(v));
	else if (json_is_integer(v))
		snprintf(out, max, "%lld", (long long)json_integer_value(v));
	else
		snprintf(out, max, "%s", json_is_true(v) ? "yes" : json_is_false(v) ? "no" : "-");
}

void cli_table(const json_t *rows, const struct column *cols, size_t n)
{
	size_t width[COLUMNS_MAX], i;
	char text[COLUMN_MAX];
	json_t *row;
	if (n > COLUMNS_MAX)
		n = COLUMNS_MAX;
	for (size_t k = 0; k < n; k++) {
		width[k] = strlen(cols[k].title);
		json_array_foreach(rows, i, row) {
			cell(row, cols[k].key, text, sizeof text);
			if (strlen(text) > width[k])
				width[k] = strlen(text);
		}
		printf("%-*s%s", k + 1 < n ? (int)width[k] : 0, cols[k].title, k + 1 < n ? "  " : "\n");
	}
	json_array_foreach(rows, i, row) {
		for (size_t k = 0; k < n; k++) {
			cell(row, cols[k].key, text, sizeof text);
			printf("%-*s%s", k + 1 < n ? (int)width[k] : 0, text, k + 1 < n ? "  " : "\n");
		}
	}
	if (json_array_size(rows) == 0)
		puts("(none)");
}

static void take_out(struct cli *c, int i, int n)
{
	memmove(&c->argv[i], &c->argv[i + n], sizeof c->argv[0] * (size_t)(c->argc - i - n));
	c->argc -= n;
}

const char *cli_option(struct cli *c, const char *name)
{
	for (int i = 0; i + 1 < c->argc; i++) {
		if (strcmp(c->argv[i], name) != 0)
			continue;
		const char *value = c->argv[i + 1];
		take_out(c, i, 2);
		return value;
	}
	return NULL;
}

bool cli_flag(struct cli *c, const char *name)
{
	for (int i = 0; i < c->argc; i++) {
		if (strcmp(c->argv[i], name) == 0) {
			take_out(c, i, 1);
			return true;
		}
	}
	return false;
}

bool cli_word(const struct cli *c, int i, const char *s)
{
	return i < c->argc && strcmp(c->argv[i], s) == 0;
}

const char *cli_text(const json_t *o, const char *name)
{
	const char *s = json_string_value(json_object_get(o, name));
	return s ? s : "";
}

bool cli_number(const char *s, json_int_t *out)
{
	char *end;
	errno = 0;
	*out = strtoll(s, &end, 10);
	return errno == 0 && end != s && *end == '\0' && *out > 0;
}
