/* scope.c - fills a struct from a group of settings as the table describes it.
 * Calls config/reader, settings, values, arena, textfile. */
#include "config/scope.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "config/private.h"
#include "config/textfile.h"
#include "config/values.h"

struct fill {
	struct cfg_arena *a;
	struct cfg_faults *f;
	const struct cfg_node *group; /* the group the scope stands for */
	const char *file;             /* that names relative paths */
};

static void *at(void *base, size_t offset)
{
	return (char *)base + offset;
}

static bool type_is(struct fill *fl, const struct cfg_node *n, enum cfg_kind want)
{
	enum cfg_kind k = cfg_node_kind(n);

	if (k == want)
		return true;
	if (want == CFG_ARRAY && k == CFG_LIST)
		cfg_node_fault(fl->f, n, NULL,
			       "is a list ( ... ); an array [ ... ] of strings is wanted");
	else
		cfg_node_fault(fl->f, n, NULL, "is %s; %s is wanted", cfg_kind_name(k),
			       cfg_kind_name(want));
	cfg_node_take(n);
	return false;
}

/* ---- one value each: n is NULL when the default is to be stored ---- */

static int64_t number_of(struct fill *fl, const struct cfg_setting *s, const struct cfg_node *n)
{
	int64_t fallback = s->fallback ? strtoll(s->fallback, NULL, 10) : s->min;

	if (!n || !type_is(fl, n, CFG_INTEGER))
		return fallback;
	int64_t v = cfg_node_integer(n);
	if (v < s->min || v > s->max) {
		cfg_node_fault(fl->f, n, NULL,
			       "%" PRId64 " is out of range (%" PRId64 " to %" PRId64 ")", v,
			       s->min, s->max);
		return fallback;
	}
	return v;
}

static void not_allowed(struct fill *fl, const struct cfg_setting *s, const struct cfg_node *n,
			const char *v)
{
	char word[64], best[64] = "";
	unsigned least = strlen(v) > 6 ? 3 : 2;

	for (const char *p = s->allowed; *p; p += strspn(p, " ")) {
		size_t len = strcspn(p, " ");
		snprintf(word, sizeof(word), "%.*s", (int)len, p);
		unsigned d = cfg_distance(v, word);
		if (d < least) {
			least = d;
			memcpy(best, word, sizeof(best));
		}
		p += len;
	}
	if (*best)
		cfg_node_fault(fl->f, n, NULL,
			       "\"%.60s\" is not known, did you mean \"%s\"? Allowed: %s", v, best,
			       s->allowed);
	else
		cfg_node_fault(fl->f, n, NULL, "\"%.60s\" is none of: %s", v, s->allowed);
}

static bool text_ok(struct fill *fl, const struct cfg_setting *s, const struct cfg_node *n,
		    const char *v)
{
	const char *shown = s->type == TY_SECRET || s->type == TY_HIDDEN ? "(not shown)" : v, *why;
	size_t len = strlen(v);

	if (len == 0 && s->min == 0)
		return true;
	if (s->allowed && !cfg_word_in(s->allowed, v)) {
		not_allowed(fl, s, n, v);
		return false;
	}
	bool list = s->type == TY_WORDS || s->type == TY_HIDDEN || s->type == TY_FILES;
	if (list ? len < 1 || len > 200 : (int64_t)len < s->min || (int64_t)len > s->max) {
		cfg_node_fault(fl->f, n, NULL,
			       "\"%.60s\" has %zu bytes (%" PRId64 " to %" PRId64 ")", shown, len,
			       list ? 1 : s->min, list ? 200 : s->max);
		return false;
	}
	for (const char *p = v; *p; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f) {
			cfg_node_fault(fl->f, n, NULL, "\"%.60s\" has a control character in it",
				       shown);
			return false;
		}
	if (s->type != TY_PATH && !cfg_value_ok(s->check, v, &why)) {
		cfg_node_fault(fl->f, n, NULL, "\"%.60s\" %s", shown, why);
		return false;
	}
	return true;
}

static const char *text_of(struct fill *fl, const struct cfg_setting *s, const struct cfg_node *n)
{
	const char *fallback = s->fallback ? s->fallback : "";

	if (!n || !type_is(fl, n, CFG_STRING))
		return fallback;
	const char *v = cfg_node_string(n);
	return text_ok(fl, s, n, v) ? cfg_copy(fl->a, v) : fallback;
}

static const char *path_of(struct fill *fl, const struct cfg_setting *s, const struct cfg_node *n)
{
	const char *why, *v = cfg_absolute(fl->a, fl->file, text_of(fl, s, n));

	if (n && !cfg_value_ok(s->check, v, &why))
		cfg_node_fault(fl->f, n, NULL, "\"%s\" %s", v, why);
	return v;
}

static void put_buffer(struct fill *fl, const struct cfg_setting *s, const struct cfg_node *n,
		       char *out)
{
	const char *v = text_of(fl, s, n);
	size_t len = strnlen(v, (size_t)s->max);

	memcpy(out, v, len);
	out[len] = '\0';
}

static char letter_of(struct fill *fl, const struct cfg_node *n)
{
	if (!n || !type_is(fl, n, CFG_STRING))
		return '\0';
	const char *v = cfg_node_string(n);
	if (strlen(v) != 1 || v[0] < 'A' || v[0] > 'Z' || strchr("ILOU", v[0])) {
		cfg_node_fault(fl->f, n, NULL,
			       "\"%.60s\" is not one letter of A to Z without I, L, O "
			       "and U",
			       v);
		return '\0';
	}
	return v[0];
}

/* The default of an array is space-separated words. */
static const char **default_words(struct fill *fl, const char *words)
{
	size_t n = 0, at_most = strlen(words) / 2 + 2;
	const char **out = cfg_alloc(fl->a, at_most * sizeof(*out));

	while (out && *words) {
		size_t len = strcspn(words, " ");
		if (len)
			out[n++] = cfg_copy_n(fl->a, words, len);
		words += len;
		words += strspn(words, " ");
	}
	return out;
}

static const char **words_of(struct fill *fl, const struct cfg_setting *s, const struct cfg_node *n)
{
	if (!n || !type_is(fl, n, CFG_ARRAY))
		return default_words(fl, s->fallback ? s->fallback : "");
	size_t len = cfg_node_length(n), kept = 0;
	if ((int64_t)len < s->min || (int64_t)len > s->max)
		cfg_node_fault(fl->f, n, NULL, "has %zu elements (%" PRId64 " to %" PRId64 ")", len,
			       s->min, s->max);
	if ((int64_t)len > s->max)
		return default_words(fl, "");
	const char **out = cfg_alloc(fl->a, (len + 1) * sizeof(*out));
	for (size_t i = 0; out && i < len; i++) {
		const struct cfg_node *e = cfg_node_elem(n, i);
		if (!type_is(fl, e, CFG_STRING))
			break; /* arrays are of one type: one fault is enough */
		const char *v = cfg_node_string(e);
		if (text_ok(fl, s, e, v))
			out[kept++] = s->type == TY_FILES ? cfg_beside(fl->a, fl->file, v)
							  : cfg_copy(fl->a, v);
	}
	return out;
}

static void one_setting(struct fill *fl, const struct cfg_setting *s, const struct cfg_node *n,
			void *base)
{
	void *to = at(base, s->offset);

	switch (s->type) {
	case TY_INT:
		*(int *)to = (int)number_of(fl, s, n);
		break;
	case TY_INT64:
		*(int64_t *)to = number_of(fl, s, n);
		break;
	case TY_BOOL:
		*(bool *)to = n && type_is(fl, n, CFG_BOOL) ? cfg_node_bool(n)
							    : s->fallback && s->fallback[0] == 't';
		break;
	case TY_TEXT:
	case TY_SECRET:
		*(const char **)to = text_of(fl, s, n);
		break;
	case TY_FILE:
		*(const char **)to = cfg_beside(fl->a, fl->file, text_of(fl, s, n));
		break;
	case TY_PATH:
		*(const char **)to = path_of(fl, s, n);
		break;
	case TY_BUFFER:
		put_buffer(fl, s, n, to);
		break;
	case TY_LETTER:
		*(char *)to = letter_of(fl, n);
		break;
	case TY_WORDS:
	case TY_HIDDEN:
	case TY_FILES:
		*(const char ***)to = words_of(fl, s, n);
		break;
	case TY_GROUPS:
		break;
	}
}

static bool groups_ok(struct fill *fl, const struct cfg_setting *s, const struct cfg_node *n)
{
	/* an empty "( )" and an empty "[ ]" say the same */
	if (cfg_node_kind(n) == CFG_ARRAY && cfg_node_length(n) == 0 && s->min == 0)
		return true;
	if (!type_is(fl, n, CFG_LIST))
		return false;
	size_t len = cfg_node_length(n);
	if ((int64_t)len >= s->min && (int64_t)len <= s->max)
		return true;
	cfg_node_fault(fl->f, n, NULL, "has %zu elements (%" PRId64 " to %" PRId64 ")", len, s->min,
		       s->max);
	cfg_node_take(n);
	return false;
}

/* Depth is the table's: lists of groups in groups, two deep. */
static void fill_groups(struct fill *fl, const struct cfg_setting *s, const struct cfg_node *n,
			void *base)
{
	if (!n || !groups_ok(fl, s, n))
		return;
	size_t len = cfg_node_length(n), kept = 0;
	char *array = cfg_alloc(fl->a, (len + 1) * s->elem);
	for (size_t i = 0; array && i < len; i++) {
		const struct cfg_node *e = cfg_node_elem(n, i);
		if (!type_is(fl, e, CFG_GROUP)) { /* the rest would be counted wrongly */
			cfg_node_take(n);
			kept = 0;
			break;
		}
		cfg_scope_fill(e, s->child, array + kept++ * s->elem, NULL, fl->a, fl->f);
	}
	*(void **)at(base, s->offset) = array;
	*(size_t *)at(base, s->count) = array ? kept : 0;
}

/* The node of "store.busy_ms"; a group on the way that is no group is said once, by its first row.
 */
static const struct cfg_node *look_up(struct fill *fl, const char *name)
{
	const char *dot = strchr(name, '.');
	char first[64];

	if (!dot)
		return cfg_node_child(fl->group, name);
	snprintf(first, sizeof(first), "%.*s", (int)(dot - name), name);
	const struct cfg_node *g = cfg_node_child(fl->group, first);
	return g && cfg_node_kind(g) == CFG_GROUP ? cfg_node_find(g, dot + 1) : NULL;
}

static void check_groups(struct fill *fl, enum cfg_scope scope)
{
	size_t n;
	const struct cfg_setting *t = cfg_settings(&n);
	char first[64], last[64] = "";

	for (size_t i = 0; i < n; i++) {
		const char *dot = t[i].scope == scope ? strchr(t[i].name, '.') : NULL;
		if (!dot)
			continue;
		snprintf(first, sizeof(first), "%.*s", (int)(dot - t[i].name), t[i].name);
		const struct cfg_node *g = cfg_node_child(fl->group, first);
		if (g && strcmp(first, last) != 0)
			type_is(fl, g, CFG_GROUP);
		memcpy(last, first, sizeof(last));
	}
}

static void missing(struct fill *fl, const struct cfg_setting *s)
{
	char range[600], first[64];
	const char *dot = strchr(s->name, '.');

	snprintf(first, sizeof(first), "%.*s", dot ? (int)(dot - s->name) : 0, s->name);
	const struct cfg_node *g = dot ? cfg_node_child(fl->group, first) : NULL;
	if (g && cfg_node_kind(g) != CFG_GROUP)
		return; /* said before */
	cfg_node_fault(fl->f, g ? g : fl->group, g ? dot + 1 : s->name, "is missing (%s: %s)",
		       s->what, cfg_setting_range(s, range, sizeof(range)));
}

void cfg_scope_fill(const struct cfg_node *n, enum cfg_scope scope, void *base,
		    struct cfg_extra *extra, struct cfg_arena *a, struct cfg_faults *f)
{
	size_t rows;
	const struct cfg_setting *t = cfg_settings(&rows);
	struct fill fl = {.a = a, .f = f, .group = n, .file = cfg_node_file(n)};

	check_groups(&fl, scope);
	for (size_t i = 0; i < rows; i++) {
		if (t[i].scope != scope)
			continue;
		const struct cfg_node *v = look_up(&fl, t[i].name);
		void *to = t[i].extra ? (void *)extra : base;
		if (!v && !t[i].fallback)
			missing(&fl, &t[i]);
		if (v)
			fl.file = cfg_node_file(v); /* included files name their own relatives */
		one_setting(&fl, &t[i], v, to);
		if (t[i].type == TY_GROUPS)
			fill_groups(&fl, &t[i], v, to);
	}
}

/* ---- unknown settings ---- */

struct unknown {
	enum cfg_file file;
	struct cfg_faults *f;
};

/* "modems[1].devise" -> "modems[]." and "devise" */
static void split_path(const char *path, char *parent, size_t max)
{
	size_t n = 0;
	const char *last = strrchr(path, '.');

	for (const char *p = path; last && p <= last && n + 2 < max; p++) {
		if (*p == '[') {
			parent[n++] = '[';
			p += strcspn(p, "]");
		}
		parent[n++] = *p;
	}
	parent[n] = '\0';
}

/* The nearest name that the table has below parent, or "". */
static void nearest(enum cfg_file file, const char *parent, const char *name, char *best,
		    size_t max)
{
	size_t rows;
	const struct cfg_setting *t = cfg_settings(&rows);
	unsigned least = strlen(name) > 6 ? 3 : 2;
	char full[128], word[64];

	best[0] = '\0';
	for (size_t i = 0; i < rows; i++) {
		const struct cfg_scope_info *sc = cfg_scope_info(t[i].scope);
		snprintf(full, sizeof(full), "%s%s", sc->prefix, t[i].name);
		if (sc->file != file || strncmp(full, parent, strlen(parent)) != 0)
			continue;
		const char *rest = full + strlen(parent);
		snprintf(word, sizeof(word), "%.*s", (int)strcspn(rest, ".["), rest);
		unsigned d = cfg_distance(name, word);
		if (d < least) {
			least = d;
			snprintf(best, max, "%s", word);
		}
	}
}

static void report_unknown(void *arg, const struct cfg_node *n)
{
	const struct unknown *u = arg;
	char path[CFG_PATH], parent[CFG_PATH], best[64];

	split_path(cfg_node_path(n, path), parent, sizeof(parent));
	nearest(u->file, parent, cfg_node_name(n), best, sizeof(best));
	if (best[0])
		cfg_node_fault(u->f, n, NULL, "unknown setting, did you mean \"%s\"?", best);
	else
		cfg_node_fault(u->f, n, NULL, "unknown setting");
}

void cfg_scope_unknown(struct cfg_reader *r, enum cfg_file file, struct cfg_faults *f)
{
	struct unknown u = {.file = file, .f = f};

	cfg_reader_unread(r, report_unknown, &u);
}
