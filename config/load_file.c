/* load_file.c - what the parts of config_load share: opening a further file, finding the place of a
 * fault.  Calls config/reader, scope. */
#include <stdio.h>
#include <string.h>
#include "config/load.h"
#include "config/scope.h"

int cfg_load_file(struct cfg_load *l, const char *file, enum cfg_scope scope, void *base,
		  struct cfg_reader **out)
{
	*out = NULL;
	if (!*file || cfg_reader_open(file, l->f, out) < 0)
		return -1;
	cfg_scope_fill(cfg_reader_root(*out), scope, base, &l->own->x, &l->own->arena, l->f);
	cfg_scope_unknown(*out, cfg_scope_info(scope)->file, l->f);
	return 0;
}

const struct cfg_node *cfg_load_place(const struct cfg_node *root, const char *list, size_t i,
				      const char *name)
{
	const struct cfg_node *at = cfg_node_find(root, list);
	const struct cfg_node *e = cfg_node_elem(at, i);
	const struct cfg_node *v = e && name ? cfg_node_find(e, name) : NULL;

	return v ? v : e ? e : at ? at : root;
}

const struct cfg_node *cfg_load_setting(const struct cfg_node *root, const char *path)
{
	const struct cfg_node *n = cfg_node_find(root, path);
	char group[64];

	if (n)
		return n;
	snprintf(group, sizeof(group), "%.*s", (int)strcspn(path, "."), path);
	n = cfg_node_child(root, group);
	return n ? n : root;
}

size_t cfg_count(const char **words)
{
	size_t n = 0;

	while (words && words[n])
		n++;
	return n;
}

bool cfg_has(const char **words, const char *word)
{
	for (; words && *words; words++)
		if (strcmp(*words, word) == 0)
			return true;
	return false;
}
