/* csv.c - rows of a CSV file.  Calls config/textfile, fault, arena. */
#include "config/csv.h"
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include "config/textfile.h"

struct csv {
	const char *file;
	struct cfg_faults *f;
	char separator;
	int line;
};

static char *trim(char *s)
{
	s += strspn(s, " \t");
	size_t n = strlen(s);
	while (n > 0 && strchr(" \t", s[n - 1]))
		s[--n] = '\0';
	return s;
}

/* A field in quotes at p, unquoted in place; *end is behind the closing quote. NULL: never closed.
 */
static char *quoted(char *p, char **end)
{
	char *in = p + 1, *out = p;

	while (*in) {
		if (in[0] == '"' && in[1] == '"') {
			*out++ = '"';
			in += 2;
		} else if (in[0] == '"') {
			*end = in + 1;
			*out = '\0';
			return p;
		} else {
			*out++ = *in++;
		}
	}
	return NULL;
}

/* Splits a line in place. The number of fields, or -1 with a fault. */
static int split(struct csv *c, char *line, char *out[CSV_COLUMNS])
{
	int n = 0;
	char *p = line;

	for (;;) {
		if (n == CSV_COLUMNS) {
			cfg_fault(c->f, c->file, c->line, NULL, "more than %d fields", CSV_COLUMNS);
			return -1;
		}
		char *start = p + strspn(p, " \t"), *end;
		if (*start == '"') {
			out[n] = quoted(start, &end);
			if (!out[n]) {
				cfg_fault(c->f, c->file, c->line, NULL,
					  "a quote is not closed in its line");
				return -1;
			}
			end += strspn(end, " \t");
			if (*end && *end != c->separator) {
				cfg_fault(c->f, c->file, c->line, NULL,
					  "text after a closing quote");
				return -1;
			}
		} else {
			out[n] = start;
			end = strchr(start, c->separator);
			if (!end)
				end = start + strlen(start);
			if (memchr(start, '"', (size_t)(end - start))) {
				cfg_fault(c->f, c->file, c->line, NULL, "a quote inside a field");
				return -1;
			}
		}
		bool last = *end == '\0';
		*end = '\0';
		out[n] = trim(out[n]);
		n++;
		if (last)
			return n;
		p = end + 1;
	}
}

/* Takes the next line off *rest, without its end. */
static char *take_line(char **rest)
{
	char *line = *rest;
	size_t n = strcspn(line, "\n");

	*rest = line + n + (line[n] == '\n');
	line[n] = '\0';
	if (n > 0 && line[n - 1] == '\r')
		line[n - 1] = '\0';
	return line;
}

/* They would go on to terminals, pages and other programs' files. */
static bool has_controls(struct csv *c, const char *line)
{
	for (; *line; line++) {
		unsigned char b = (unsigned char)*line;
		if ((b < ' ' && b != '\t') || b == 0x7f) {
			cfg_fault(c->f, c->file, c->line, NULL, "a control character (0x%02X)", b);
			return true;
		}
	}
	return false;
}

/* ---- the header: "school register|register_size zone?" ---- */

/* The next word of columns: its end, whether it may be left out. */
static const char *next_word(const char *p, size_t *n, bool *optional)
{
	*n = strcspn(p, " ");
	*optional = *n > 0 && p[*n - 1] == '?';
	return p + *n + (p[*n] == ' ');
}

/* Is name one of the spellings of a word, "register|register_size"? */
static bool spelled(const char *word, size_t len, const char *name)
{
	size_t want = strlen(name);

	while (len > 0) {
		const char *bar = memchr(word, '|', len);
		size_t n = bar ? (size_t)(bar - word) : len;
		if (n == want && memcmp(word, name, n) == 0)
			return true;
		word += n + (bar != NULL);
		len -= n + (bar != NULL);
	}
	return false;
}

static int column_of(const char *columns, const char *name)
{
	bool optional;
	size_t n;
	int i = 0;

	for (const char *p = columns, *next; *p; p = next, i++) {
		next = next_word(p, &n, &optional);
		if (spelled(p, n - optional, name))
			return i;
	}
	return -1;
}

/* "school class register shift [zone]": the first spelling of each. */
static const char *columns_shown(const char *columns, char out[160])
{
	bool optional;
	size_t n, at = 0;

	out[0] = '\0';
	for (const char *p = columns, *next; *p && at < 159; p = next) {
		next = next_word(p, &n, &optional);
		int len = (int)strcspn(p, "|? ");
		at += (size_t)snprintf(out + at, 160 - at, "%s%s%.*s%s", at ? " " : "", optional ? "[" : "",
				       len, p, optional ? "]" : "");
	}
	return out;
}

/* Is each column there that must be?  Counts all of them. */
static bool complete(const char *columns, unsigned seen, int *count)
{
	bool optional, all = true;
	size_t n;

	*count = 0;
	for (const char *p = columns; *p; ++*count) {
		p = next_word(p, &n, &optional);
		all = all && (optional || seen >> *count & 1);
	}
	return all;
}

/* map[i]: which column the i-th field of a line is. Number of fields a line must have, or -1. */
static int header(struct csv *c, const char *columns, char *line, int map[CSV_COLUMNS])
{
	char *names[CSV_COLUMNS], shown[160];
	int count;
	unsigned seen = 0;

	int n = split(c, line, names);
	if (n < 0)
		return -1;
	for (int i = 0; i < n; i++) {
		map[i] = column_of(columns, names[i]);
		if (map[i] < 0 || seen >> map[i] & 1) {
			cfg_fault(c->f, c->file, c->line, NULL,
				  "column \"%.40s\" is %s; the first line "
				  "names the columns: %s",
				  names[i], map[i] < 0 ? "unknown" : "there twice",
				  columns_shown(columns, shown));
			return -1;
		}
		seen |= 1u << map[i];
	}
	if (complete(columns, seen, &count))
		return n;
	cfg_fault(c->f, c->file, c->line, NULL,
		  "a column is missing; the first line names the "
		  "columns: %s",
		  columns_shown(columns, shown));
	return -1;
}

static void rows(struct csv *c, char *rest, int n, const int map[CSV_COLUMNS], cfg_csv_fn *fn,
		 void *arg)
{
	char *raw[CSV_COLUMNS];
	const char *fields[CSV_COLUMNS];
	int count = 0;

	while (*rest) {
		char *line = take_line(&rest);
		c->line++;
		if (line[strspn(line, " \t")] == '\0')
			continue;
		if (++count > CSV_ROWS) {
			cfg_fault(c->f, c->file, c->line, NULL, "more than %d rows", CSV_ROWS);
			return;
		}
		int got = has_controls(c, line) ? -1 : split(c, line, raw);
		if (got < 0)
			continue;
		if (got != n) {
			cfg_fault(c->f, c->file, c->line, NULL, "has %d fields; the header has %d",
				  got, n);
			continue;
		}
		for (int i = 0; i < CSV_COLUMNS; i++)
			fields[i] = "";
		for (int i = 0; i < n; i++)
			fields[map[i]] = raw[i];
		if (fn(arg, c->line, fields) < 0)
			return;
	}
}

static int read_file(const char *file, const char *columns, struct cfg_arena *a, struct cfg_faults *f,
		     cfg_csv_fn *fn, void *arg)
{
	const char *text;
	size_t len;
	int before = f->n, map[CSV_COLUMNS];

	if (cfg_slurp(file, CSV_BYTES, a, f, &text, &len, NULL) < 0 ||
	    cfg_check_text(file, text, len, 1, f) > 0)
		return f->n > before ? f->n - before : 1;
	if (memcmp(text, "\xef\xbb\xbf", len < 3 ? 0 : 3) == 0 && len >= 3)
		text += 3;
	char *rest = (char *)(uintptr_t)text; /* the arena's own bytes, split in place */
	char *first = take_line(&rest);
	struct csv c = {.file = file,
			.f = f,
			.line = 1,
			.separator = strchr(first, ',') || !strchr(first, ';') ? ',' : ';'};
	int n = header(&c, columns, first, map);
	if (n > 0)
		rows(&c, rest, n, map, fn, arg);
	return f->n - before;
}

int cfg_csv_read(const char *file, const char *columns, struct cfg_arena *a, struct cfg_faults *f,
		 cfg_csv_fn *fn, void *arg)
{
	bool before = f->people;

	f->people = true;
	int faults = read_file(file, columns, a, f, fn, arg);
	f->people = before;
	return faults;
}
