/* lexcheck.c - a look at a configuration file's text before libconfig sees it: lexical traps,
 * grammar, duplicates, includes.  Calls config/textfile, config/fault. */
#include "config/lexcheck.h"
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "config/textfile.h"

#define NAME_MAX_LEN 40
#define INCLUDE_DEPTH 10

enum token {
	T_END,
	T_NAME,
	T_ASSIGN,
	T_INT,
	T_INT64,
	T_FLOAT,
	T_BOOL,
	T_STRING,
	T_OPEN_GROUP,
	T_CLOSE_GROUP,
	T_OPEN_ARRAY,
	T_CLOSE_ARRAY,
	T_OPEN_LIST,
	T_CLOSE_LIST,
	T_COMMA,
	T_SEMICOLON,
	T_JUNK
};

struct source {
	const char *name, *text;
	size_t len, at;
	int line;
};

struct lex {
	struct cfg_arena arena;
	struct cfg_faults *f;
	const char *main;
	struct source stack[INCLUDE_DEPTH + 1];
	int top, includes;
	enum token tok;        /* the token in hand ... */
	int line, before_line; /* ... its line, and that of the token before it */
	const char *file;
	char text[NAME_MAX_LEN]; /* ... its beginning */
	struct {
		char name[NAME_MAX_LEN];
		int line;
	} names[(LEXCHECK_DEPTH + 2) * LEXCHECK_SETTINGS];
	size_t n_names;
	bool broken; /* a syntax fault: from here only the lexical look goes on */
};

static struct source *here(struct lex *l)
{
	return &l->stack[l->top];
}

__attribute__((format(printf, 2, 3))) static void lexical(struct lex *l, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	cfg_vfault(l->f, here(l)->name, here(l)->line, NULL, fmt, ap);
	va_end(ap);
}

static int push(struct lex *l, const char *name)
{
	const char *text;
	size_t len;

	if (cfg_slurp(name, TEXTFILE_MAX, &l->arena, l->f, &text, &len, NULL) < 0)
		return -1;
	if (cfg_check_text(name, text, len, 0, l->f) > 0)
		return -1;
	l->top++;
	*here(l) = (struct source){.name = name, .text = text, .len = len, .line = 1};
	return 0;
}

/* ---- tokens ---- */

static char peek(struct lex *l, size_t ahead)
{
	struct source *s = here(l);
	return s->at + ahead < s->len ? s->text[s->at + ahead] : '\0';
}

static void step(struct lex *l, size_t n)
{
	struct source *s = here(l);
	while (n-- > 0 && s->at < s->len)
		if (s->text[s->at++] == '\n')
			s->line++;
}

static void skip_line(struct lex *l)
{
	while (peek(l, 0) && peek(l, 0) != '\n')
		step(l, 1);
}

static void skip_comment(struct lex *l)
{
	int line = here(l)->line;

	step(l, 2);
	while (peek(l, 0) && !(peek(l, 0) == '*' && peek(l, 1) == '/'))
		step(l, 1);
	if (!peek(l, 0))
		cfg_fault(l->f, here(l)->name, line, NULL, "a comment that begins here never ends");
	step(l, 2);
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_hex(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool is_name_start(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '*';
}

static bool is_name(char c)
{
	return is_name_start(c) || is_digit(c) || c == '_' || c == '-';
}

static void keep(struct lex *l, const char *s, size_t n)
{
	if (n >= sizeof(l->text))
		n = sizeof(l->text) - 1;
	memcpy(l->text, s, n);
	l->text[n] = '\0';
}

static void lex_escape(struct lex *l)
{
	char c = peek(l, 1);

	if (c == 'x' && is_hex(peek(l, 2)) && is_hex(peek(l, 3))) {
		if (peek(l, 2) == '0' && peek(l, 3) == '0')
			lexical(l, "\\x00 in a string would cut it");
		step(l, 4);
	} else if (c && strchr("nrtf\\\"", c)) {
		step(l, 2);
	} else {
		lexical(
		    l,
		    "\\%c is no escape that is read (allowed: \\\\ \\\" \\n \\r \\t \\f \\xHH); "
		    "write the character itself, in UTF-8",
		    c >= ' ' && c < 0x7f ? c : '?');
		step(l, c ? 2 : 1);
	}
}

static enum token lex_string(struct lex *l)
{
	int line = here(l)->line;

	step(l, 1);
	size_t begin = here(l)->at;
	while (peek(l, 0) && peek(l, 0) != '"') {
		if (peek(l, 0) == '\\')
			lex_escape(l);
		else
			step(l, 1);
	}
	keep(l, here(l)->text + begin, here(l)->at - begin);
	if (!peek(l, 0)) {
		cfg_fault(l->f, here(l)->name, line, NULL, "a string that begins here never ends");
		l->broken = true;
	}
	step(l, 1);
	return T_STRING;
}

/* s[0..n) are the digits of an integer without sign; big: an L or LL follows. */
static void check_range(struct lex *l, const char *word, const char *digits, int base, bool minus,
			bool big)
{
	char *end;

	errno = 0;
	uintmax_t v = strtoumax(digits, &end, base);
	bool over = errno == ERANGE;
	if (over || v > (uintmax_t)INT64_MAX + (minus ? 1 : 0))
		lexical(l, "%s is too big for any integer (%" PRId64 " to %" PRId64 ")", word,
			INT64_MIN, INT64_MAX);
	else if (!big && v > (uintmax_t)INT_MAX + (minus ? 1 : 0))
		lexical(l,
			"%s is too big for an integer (%d to %d); write %sL if it is meant, or put "
			"it in quotes if it is a telephone number",
			word, INT_MIN, INT_MAX, word);
}

/* -?(digits .digits? | .digits)(e[+-]?digits)? */
static bool is_float(const char *s)
{
	s += *s == '-' || *s == '+';
	size_t a = strspn(s, "0123456789"), b = 0;
	s += a;
	bool dot = *s == '.';
	if (dot)
		b = strspn(++s, "0123456789");
	s += b;
	bool power = *s == 'e' || *s == 'E';
	if (power) {
		s++;
		s += *s == '-' || *s == '+';
		size_t n = strspn(s, "0123456789");
		if (n == 0)
			return false;
		s += n;
	}
	return *s == '\0' && a + b > 0 && (dot || power);
}

static enum token lex_number(struct lex *l)
{
	char word[NAME_MAX_LEN];
	size_t n = 0;

	while (is_name(peek(l, n)) || peek(l, n) == '.' ||
	       (strchr("+-", peek(l, n)) && peek(l, n) &&
		(n == 0 || peek(l, n - 1) == 'e' || peek(l, n - 1) == 'E'))) {
		if (++n >= sizeof(word) - 1)
			break;
	}
	memcpy(word, here(l)->text + here(l)->at, n);
	word[n] = '\0';
	keep(l, word, n);
	bool minus = word[0] == '-';
	const char *p = word + (minus || word[0] == '+');
	bool hex = p[0] == '0' && (p[1] == 'x' || p[1] == 'X');
	size_t digits = hex ? strspn(p + 2, "0123456789abcdefABCDEF") : strspn(p, "0123456789");
	const char *tail = p + (hex ? 2 : 0) + digits;
	bool big = strcmp(tail, "L") == 0 || strcmp(tail, "LL") == 0;
	enum token t = big ? T_INT64 : T_INT;
	if (digits > 0 && (*tail == '\0' || big) && !(hex && p != word)) {
		if (!hex && digits > 1 && p[0] == '0')
			lexical(
			    l,
			    "%s begins with a zero; it would be read as a decimal number: write "
			    "it without the zero, or in quotes if the zero belongs to it",
			    word);
		check_range(l, word, hex ? p + 2 : p, hex ? 16 : 10, minus, big);
	} else if (is_float(word)) {
		t = T_FLOAT;
	} else {
		lexical(l, "%s is not a number", word);
		l->broken = true;
		t = T_JUNK;
	}
	step(l, n ? n : 1);
	return t;
}

static enum token lex_name(struct lex *l)
{
	size_t n = 0;

	while (is_name(peek(l, n)))
		n++;
	keep(l, here(l)->text + here(l)->at, n);
	if (n >= sizeof(l->text))
		lexical(l, "a name of %zu characters; at most %zu", n, sizeof(l->text) - 1);
	step(l, n);
	if (strcasecmp(l->text, "true") == 0 || strcasecmp(l->text, "false") == 0)
		return T_BOOL;
	return T_NAME;
}

static enum token lex_sign(struct lex *l)
{
	static const struct {
		char c;
		enum token t;
	} signs[] = {
	    {'=', T_ASSIGN},     {':', T_ASSIGN},      {'{', T_OPEN_GROUP}, {'}', T_CLOSE_GROUP},
	    {'[', T_OPEN_ARRAY}, {']', T_CLOSE_ARRAY}, {'(', T_OPEN_LIST},  {')', T_CLOSE_LIST},
	    {',', T_COMMA},      {';', T_SEMICOLON},
	};
	char c = peek(l, 0);

	keep(l, c > ' ' && c < 0x7f ? &c : "?", 1);
	step(l, 1);
	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
		if (signs[i].c == c)
			return signs[i].t;
	return T_JUNK;
}

/* @include "file": its tokens come next, as in libconfig. */
static void lex_include(struct lex *l)
{
	char name[256];
	size_t n = 0;

	step(l, strlen("@include"));
	while (peek(l, 0) == ' ' || peek(l, 0) == '\t')
		step(l, 1);
	if (peek(l, 0) != '"') {
		lexical(l, "@include takes a file name in quotes");
		l->broken = true;
		return;
	}
	step(l, 1);
	while (peek(l, 0) && !strchr("\"\n\\", peek(l, 0)) && n < sizeof(name) - 1) {
		name[n++] = peek(l, 0);
		step(l, 1);
	}
	name[n] = '\0';
	if (peek(l, 0) != '"' || n == 0 || name[0] == '/') {
		lexical(l, "@include takes the name of a file, relative to this file's directory");
		l->broken = true;
		skip_line(l);
		return;
	}
	step(l, 1);
	if (l->top == INCLUDE_DEPTH || ++l->includes > LEXCHECK_INCLUDES) {
		lexical(
		    l,
		    "@include \"%s\": too many files included in each other (at most %d deep, %d "
		    "in all)",
		    name, INCLUDE_DEPTH, LEXCHECK_INCLUDES);
		l->broken = true;
		return;
	}
	for (int i = 0; i <= l->top; i++)
		if (strcmp(l->stack[i].name, cfg_beside(&l->arena, l->main, name)) == 0) {
			lexical(l, "@include \"%s\": the file includes itself", name);
			l->broken = true;
			return;
		}
	/* libconfig looks beside the main file, whichever file includes */
	if (push(l, cfg_beside(&l->arena, l->main, name)) < 0)
		l->broken = true;
}

static bool skip_blank(struct lex *l)
{
	char c = peek(l, 0);

	if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f')
		step(l, 1);
	else if (c == '#' || (c == '/' && peek(l, 1) == '/'))
		skip_line(l);
	else if (c == '/' && peek(l, 1) == '*')
		skip_comment(l);
	else if (c == '@' && strncmp(here(l)->text + here(l)->at, "@include", 8) == 0)
		lex_include(l);
	else if (!c && l->top > 0)
		l->top--;
	else
		return false;
	return true;
}

static void next(struct lex *l)
{
	l->before_line = l->line;
	while (skip_blank(l))
		;
	char c = peek(l, 0);
	l->line = here(l)->line;
	l->file = here(l)->name;
	if (!c) {
		l->tok = T_END;
		keep(l, "the end of the file", 19);
	} else if (c == '"') {
		l->tok = lex_string(l);
	} else if (is_digit(c) || c == '-' || c == '+' || c == '.') {
		l->tok = lex_number(l);
	} else if (is_name_start(c)) {
		l->tok = lex_name(l);
	} else {
		l->tok = lex_sign(l);
	}
}

/* ---- grammar ---- */

static void expected(struct lex *l, const char *what)
{
	if (l->broken)
		return;
	l->broken = true;
	cfg_fault(l->f, l->file, l->line, NULL,
		  l->tok == T_END ? "expected %s, found %s" : "expected %s, found \"%s\"", what,
		  l->text);
}

static bool is_scalar(enum token t)
{
	return t == T_INT || t == T_INT64 || t == T_FLOAT || t == T_BOOL || t == T_STRING;
}

static void scalar(struct lex *l)
{
	bool string = l->tok == T_STRING;

	next(l);
	while (string && l->tok == T_STRING) /* adjacent strings are joined */
		next(l);
}

static void group(struct lex *l, enum token end, int depth);

static void array(struct lex *l)
{
	next(l);
	enum token type = l->tok;
	if (l->tok == T_CLOSE_ARRAY) {
		next(l);
		return;
	}
	for (;;) {
		if (!is_scalar(l->tok)) {
			expected(l, "a value of the array");
			return;
		}
		if (l->tok != type) {
			expected(l, "values of one type in an array");
			return;
		}
		scalar(l);
		if (l->tok == T_CLOSE_ARRAY) {
			next(l);
			return;
		}
		if (l->tok != T_COMMA) {
			expected(l, "\",\" or \"]\"");
			return;
		}
		next(l);
	}
}

static void value(struct lex *l, int depth);

static void list(struct lex *l, int depth)
{
	next(l);
	if (l->tok == T_CLOSE_LIST) {
		next(l);
		return;
	}
	while (!l->broken) {
		value(l, depth);
		if (l->tok == T_CLOSE_LIST) {
			next(l);
			return;
		}
		if (l->tok != T_COMMA) {
			expected(l, "\",\" or \")\"");
			return;
		}
		next(l);
	}
}

static void value(struct lex *l, int depth)
{
	if (depth > LEXCHECK_DEPTH) {
		expected(l, "fewer brackets in each other");
		return;
	}
	if (is_scalar(l->tok)) {
		scalar(l);
	} else if (l->tok == T_OPEN_ARRAY) {
		array(l);
	} else if (l->tok == T_OPEN_LIST) {
		list(l, depth + 1);
	} else if (l->tok == T_OPEN_GROUP) {
		next(l);
		group(l, T_CLOSE_GROUP, depth + 1);
	} else {
		expected(l, "a value");
	}
}

/* A duplicate is a fault of its own, and the pass goes on.  One stack holds the names of all groups
 * that are open: this group's begin at base. */
static void note_name(struct lex *l, size_t base)
{
	for (size_t i = base; i < l->n_names; i++)
		if (strcmp(l->names[i].name, l->text) == 0) {
			cfg_fault(l->f, l->file, l->line, l->text,
				  "set twice in one group (first in "
				  "line %d)",
				  l->names[i].line);
			return;
		}
	if (l->n_names - base == LEXCHECK_SETTINGS) {
		expected(l, "fewer settings in one group");
		return;
	}
	memcpy(l->names[l->n_names].name, l->text, sizeof(l->text));
	l->names[l->n_names++].line = l->line;
}

static void one_setting(struct lex *l, size_t base, int depth)
{
	char words[NAME_MAX_LEN + 24];

	if (l->tok != T_NAME) {
		expected(l, "the name of a setting");
		return;
	}
	note_name(l, base);
	snprintf(words, sizeof(words), "\"=\" after \"%s\"", l->text);
	next(l);
	if (l->tok != T_ASSIGN) {
		expected(l, words);
		return;
	}
	next(l);
	value(l, depth);
	if (l->tok == T_SEMICOLON || l->tok == T_COMMA)
		next(l);
}

static void group(struct lex *l, enum token end, int depth)
{
	int line = l->before_line;
	size_t base = l->n_names;

	while (!l->broken && l->tok != end) {
		if (l->tok == T_END) {
			cfg_fault(l->f, l->file, l->line, NULL,
				  "the group that begins in line %d never "
				  "ends: \"}\" is missing",
				  line);
			l->broken = true;
			return;
		}
		one_setting(l, base, depth);
	}
	l->n_names = base;
	if (!l->broken && end != T_END)
		next(l);
}

int cfg_lexcheck(const char *file, struct cfg_faults *f)
{
	struct lex *l = calloc(1, sizeof(*l));
	int before = f->n;

	if (!l) {
		cfg_fault(f, file, 0, NULL, "out of memory");
		return 1;
	}
	l->f = f;
	l->main = file;
	l->top = -1;
	if (push(l, file) == 0) {
		next(l);
		group(l, T_END, 0);
		while (l->broken && l->tok != T_END)
			next(l);
	}
	if (l->arena.failed)
		cfg_fault(f, file, 0, NULL, "out of memory");
	cfg_arena_free(&l->arena);
	free(l);
	return f->n - before;
}
