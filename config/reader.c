/* reader.c - one configuration file as a tree of settings, checked and marked when read.
 * The only file that includes libconfig.h.  Calls libconfig, config/lexcheck, config/fault. */
#include "config/reader.h"
#include <libconfig.h>
#include <stdlib.h>
#include <string.h>
#include "config/lexcheck.h"

struct cfg_reader {
	config_t tree;
	char *file;
};

/* struct cfg_node is config_setting_t under another name, so that no other file needs the header.
 */
static config_setting_t *raw(const struct cfg_node *n)
{
	return (config_setting_t *)(uintptr_t)n;
}

static const struct cfg_node *cooked(config_setting_t *s)
{
	return (const struct cfg_node *)s;
}

static char read_mark; /* its address in a setting's hook says "read" */

static const struct cfg_node *mark(config_setting_t *s)
{
	if (s)
		config_setting_set_hook(s, &read_mark);
	return cooked(s);
}

/* Included files are looked for beside the main one. */
static void set_include_dir(config_t *tree, const char *file)
{
	char dir[1024];
	const char *slash = strrchr(file, '/');
	size_t n = slash ? (size_t)(slash - file) : 1;

	if (n >= sizeof(dir))
		return;
	memcpy(dir, slash ? file : ".", n);
	dir[n] = '\0';
	config_set_include_dir(tree, n ? dir : "/");
}

int cfg_reader_open(const char *file, struct cfg_faults *f, struct cfg_reader **out)
{
	*out = NULL;
	if (cfg_lexcheck(file, f) > 0)
		return -1;
	struct cfg_reader *r = calloc(1, sizeof(*r));
	char *name = strdup(file);
	if (!r || !name) {
		cfg_fault(f, file, 0, NULL, "out of memory");
		free(r);
		free(name);
		return -1;
	}
	r->file = name;
	config_init(&r->tree);
	set_include_dir(&r->tree, file);
	if (config_read_file(&r->tree, file) != CONFIG_TRUE) {
		const char *where = config_error_file(&r->tree);
		cfg_fault(f, where ? where : file, config_error_line(&r->tree), NULL, "%s",
			  config_error_text(&r->tree));
		cfg_reader_close(r);
		return -1;
	}
	config_setting_set_hook(config_root_setting(&r->tree), r);
	*out = r;
	return 0;
}

void cfg_reader_close(struct cfg_reader *r)
{
	if (!r)
		return;
	config_destroy(&r->tree);
	free(r->file);
	free(r);
}

const struct cfg_node *cfg_reader_root(struct cfg_reader *r)
{
	return cooked(config_root_setting(&r->tree));
}

const struct cfg_node *cfg_node_child(const struct cfg_node *n, const char *name)
{
	if (!n || !config_setting_is_group(raw(n)))
		return NULL;
	return mark(config_setting_get_member(raw(n), name));
}

const struct cfg_node *cfg_node_find(const struct cfg_node *n, const char *path)
{
	char name[64];

	while (n && *path) {
		size_t len = strcspn(path, ".");
		if (len >= sizeof(name))
			return NULL;
		memcpy(name, path, len);
		name[len] = '\0';
		n = cfg_node_child(n, name);
		path += len + (path[len] == '.');
	}
	return n;
}

size_t cfg_node_length(const struct cfg_node *n)
{
	return n && config_setting_is_aggregate(raw(n)) ? (size_t)config_setting_length(raw(n)) : 0;
}

const struct cfg_node *cfg_node_elem(const struct cfg_node *n, size_t i)
{
	return i < cfg_node_length(n) ? mark(config_setting_get_elem(raw(n), (unsigned)i)) : NULL;
}

void cfg_node_take(const struct cfg_node *n)
{
	mark(raw(n));
	for (size_t i = 0; i < cfg_node_length(n); i++)
		cfg_node_take(cfg_node_elem(n, i));
}

enum cfg_kind cfg_node_kind(const struct cfg_node *n)
{
	switch (config_setting_type(raw(n))) {
	case CONFIG_TYPE_GROUP:
		return CFG_GROUP;
	case CONFIG_TYPE_ARRAY:
		return CFG_ARRAY;
	case CONFIG_TYPE_LIST:
		return CFG_LIST;
	case CONFIG_TYPE_INT:
	case CONFIG_TYPE_INT64:
		return CFG_INTEGER;
	case CONFIG_TYPE_FLOAT:
		return CFG_FRACTION;
	case CONFIG_TYPE_BOOL:
		return CFG_BOOL;
	default:
		return CFG_STRING;
	}
}

const char *cfg_kind_name(enum cfg_kind k)
{
	static const char *const names[] = {
	    [CFG_GROUP] = "a group { ... }", [CFG_ARRAY] = "an array [ ... ]",
	    [CFG_LIST] = "a list ( ... )",   [CFG_INTEGER] = "an integer",
	    [CFG_FRACTION] = "a fraction",   [CFG_STRING] = "a string in quotes",
	    [CFG_BOOL] = "true or false",
	};
	return names[k];
}

int64_t cfg_node_integer(const struct cfg_node *n)
{
	/* get_int64 of a 32-bit setting converts; the other way round would give 0 without an error
	 */
	return cfg_node_kind(n) == CFG_INTEGER ? (int64_t)config_setting_get_int64(raw(n)) : 0;
}

bool cfg_node_bool(const struct cfg_node *n)
{
	return cfg_node_kind(n) == CFG_BOOL && config_setting_get_bool(raw(n)) == CONFIG_TRUE;
}

const char *cfg_node_string(const struct cfg_node *n)
{
	const char *s = cfg_node_kind(n) == CFG_STRING ? config_setting_get_string(raw(n)) : NULL;
	return s ? s : "";
}

const char *cfg_node_name(const struct cfg_node *n)
{
	const char *s = config_setting_name(raw(n));
	return s ? s : "";
}

const char *cfg_node_file(const struct cfg_node *n)
{
	const char *s = config_setting_source_file(raw(n));
	config_setting_t *top = raw(n);

	while (!s && config_setting_parent(top))
		top = config_setting_parent(top);
	return s ? s : ((const struct cfg_reader *)config_setting_get_hook(top))->file;
}

int cfg_node_line(const struct cfg_node *n)
{
	return (int)config_setting_source_line(raw(n));
}

static void put(char out[CFG_PATH], size_t *at, const char *s)
{
	int n = snprintf(out + *at, CFG_PATH - *at, "%s", s);
	if (n > 0)
		*at = *at + (size_t)n < CFG_PATH ? *at + (size_t)n : CFG_PATH - 1;
}

static void put_path(config_setting_t *s, char out[CFG_PATH], size_t *at)
{
	config_setting_t *up = config_setting_parent(s);
	char index[24];

	if (!up)
		return;
	put_path(up, out, at);
	if (config_setting_name(s)) {
		put(out, at, *at ? "." : "");
		put(out, at, config_setting_name(s));
	} else {
		snprintf(index, sizeof(index), "[%d]", config_setting_index(s) + 1);
		put(out, at, index);
	}
}

const char *cfg_node_path(const struct cfg_node *n, char out[CFG_PATH])
{
	size_t at = 0;

	out[0] = '\0';
	put_path(raw(n), out, &at);
	return out;
}

void cfg_node_fault(struct cfg_faults *f, const struct cfg_node *n, const char *below,
		    const char *fmt, ...)
{
	char path[CFG_PATH];
	va_list ap;

	cfg_node_path(n, path);
	size_t at = strlen(path);
	if (below && *below) {
		put(path, &at, at ? "." : "");
		put(path, &at, below);
	}
	va_start(ap, fmt);
	cfg_vfault(f, cfg_node_file(n), cfg_node_line(n), path, fmt, ap);
	va_end(ap);
}

/* Elements of an array carry no marks of their own: the array is read as one value. */
static void walk(config_setting_t *s, cfg_unread_fn *fn, void *arg)
{
	if (!config_setting_is_group(s) && !config_setting_is_list(s))
		return;
	for (int i = 0; i < config_setting_length(s); i++) {
		config_setting_t *e = config_setting_get_elem(s, (unsigned)i);
		if (!config_setting_get_hook(e))
			fn(arg, cooked(e));
		else
			walk(e, fn, arg);
	}
}

void cfg_reader_unread(struct cfg_reader *r, cfg_unread_fn *fn, void *arg)
{
	walk(config_root_setting(&r->tree), fn, arg);
}
