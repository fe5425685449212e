/* json.c - see values.h: JSON of a request, its members by dotted path.  Calls jansson. */
#include "gateway/edge/values.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

static const char *walk(const json_t *o, char *path, size_t at, int depth, struct values *out);

/* Numbers and truths keep their type: their text is added as it would be written again. */
static const char *add(const json_t *v, const char *path, size_t n, struct values *out)
{
	char text[64];
	size_t len;
	if (json_is_null(v))
		return NULL;
	if (json_is_string(v))
		return values_add(out, path, n, json_string_value(v), json_string_length(v), false)
			   ? NULL
			   : "too much in it";
	len = json_dumpb(v, text, sizeof text, JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
	if (len == 0 || len > sizeof text)
		return "a number is too long";
	return values_add(out, path, n, text, len, true) ? NULL : "too much in it";
}

static const char *member(const json_t *v, char *path, size_t n, int depth, struct values *out)
{
	if (json_is_object(v))
		return walk(v, path, n, depth + 1, out);
	/* A list that matters is named by its block and taken apart by json_list. */
	return json_is_array(v) ? NULL : add(v, path, n, out);
}

static const char *walk(const json_t *o, char *path, size_t at, int depth, struct values *out)
{
	const char *key, *why = NULL;
	json_t *v;
	if (depth > VALUES_DEPTH)
		return "nested too deeply";
	json_object_foreach((json_t *)(uintptr_t)o, key, v)
	{
		size_t n = strlen(key), dot = at > 0;
		/* a key with a dot in it would be another's path */
		if (strchr(key, '.') || at + dot + n >= VALUES_NAME)
			continue;
		if (dot)
			path[at] = '.';
		memcpy(path + at + dot, key, n + 1);
		why = member(v, path, at + dot + n, depth, out);
		if (why)
			return why;
	}
	return NULL;
}

static json_t *load(struct edge_str body)
{
	json_error_t e;
	return json_loadb(body.s, body.len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &e);
}

static const char *object(const json_t *o, struct values *out)
{
	char path[VALUES_NAME];
	out->n = out->used = 0;
	return json_is_object(o) ? walk(o, path, 0, 1, out) : "not a JSON object";
}

const char *json_read(struct edge_str body, struct values *out)
{
	json_t *o = load(body);
	const char *why = object(o, out);
	json_decref(o);
	return why;
}

/* ---- lists ---- */

static const json_t *at_path(const json_t *o, const char *path)
{
	char key[VALUES_NAME];
	if (*path == '.')
		path++;
	while (o && *path) {
		size_t n = strcspn(path, ".");
		if (n >= sizeof key)
			return NULL;
		memcpy(key, path, n);
		key[n] = '\0';
		o = json_object_get(o, key);
		path += n + (path[n] == '.');
	}
	return o;
}

const char *json_list_open(struct edge_str body, const char *path, struct json_list *l)
{
	*l = (struct json_list){.root = load(body)};
	const json_t *list = at_path(l->root, path);
	if (json_is_array(list)) {
		l->list = list;
		return NULL;
	}
	const char *why = l->root ? "the list is missing" : "not JSON";
	json_list_close(l);
	return why;
}

bool json_list_next(struct json_list *l, struct values *out, const char **why)
{
	if (!l->list || l->at >= json_array_size(l->list))
		return false;
	*why = object(json_array_get(l->list, l->at++), out);
	return true;
}

void json_list_close(struct json_list *l)
{
	json_decref(l->root);
	*l = (struct json_list){.root = NULL};
}
