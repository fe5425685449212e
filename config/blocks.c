/* blocks.c - see blocks.h. */
#include "config/blocks.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "config/textfile.h"
#include "parser/template.h"

#define LIKE_MAX 8 /* a chain of likes */

void cfg_block_fault(const struct cfg_blocks *bs, const struct cfg_block *b, const char *setting,
		     const char *fmt, ...)
{
	char words[400];
	va_list ap;
	const struct cfg_node *v = setting ? cfg_node_find(b->node, setting) : NULL;

	va_start(ap, fmt);
	vsnprintf(words, sizeof(words), fmt, ap);
	va_end(ap);
	cfg_node_fault(bs->l->f, v ? v : b->node, v ? NULL : setting, "%s", words);
}

/* ---- the list ---- */

bool cfg_blocks_begin(struct cfg_blocks *bs)
{
	bs->n = 0;
	bs->b = cfg_alloc(&bs->l->own->arena, BLOCKS_MAX * sizeof(*bs->b));
	return bs->b != NULL;
}

void cfg_blocks_add(struct cfg_blocks *bs, const struct cfg_node *list, void *all, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (bs->n == BLOCKS_MAX) {
			cfg_node_fault(bs->l->f, list, NULL, "more than %d blocks in all", BLOCKS_MAX);
			return;
		}
		bs->b[bs->n++] = (struct cfg_block){.at = (char *)all + i * bs->size,
						    .node = cfg_node_elem(list, i)};
	}
}

void *cfg_blocks_array(const struct cfg_blocks *bs)
{
	char *all = cfg_alloc(&bs->l->own->arena, (bs->n + 1) * bs->size);

	for (size_t i = 0; all && i < bs->n; i++)
		memcpy(all + i * bs->size, bs->b[i].at, bs->size);
	return all;
}

void cfg_blocks_end(struct cfg_blocks *bs)
{
	for (size_t i = 0; i < BLOCKS_FILES; i++)
		cfg_reader_close(bs->open[i]);
}

/* ---- like ---- */

static const char *text_at(const struct cfg_block *b, size_t offset)
{
	const char *s;

	memcpy(&s, (const char *)b->at + offset, sizeof(s));
	return s;
}

static size_t size_of(enum cfg_type t)
{
	return t == TY_BOOL ? sizeof(bool) : t == TY_INT ? sizeof(int) : sizeof(char *);
}

static bool own(const struct cfg_setting *t)
{
	return strcmp(t->name, "name") == 0 || strcmp(t->name, "like") == 0 || strstr(t->name, "secret") ||
	       strstr(t->name, "password");
}

static void inherit(const struct cfg_blocks *bs, struct cfg_block *to, const struct cfg_block *from)
{
	size_t rows;
	const struct cfg_setting *t = cfg_settings(&rows);

	for (size_t i = 0; i < rows; i++) {
		if (t[i].scope != bs->scope || own(&t[i]) || cfg_node_find(to->node, t[i].name))
			continue;
		memcpy((char *)to->at + t[i].offset, (const char *)from->at + t[i].offset,
		       size_of(t[i].type));
	}
}

static void complete(struct cfg_blocks *bs, struct cfg_block *b, int depth)
{
	const char *like = text_at(b, bs->like);
	struct cfg_block *base = NULL;

	if (b->complete || !*like) {
		b->complete = true;
		return;
	}
	for (size_t i = 0; i < bs->n && !base; i++)
		if (&bs->b[i] != b && strcmp(text_at(&bs->b[i], bs->name), like) == 0)
			base = &bs->b[i];
	b->complete = true;
	if (!base)
		cfg_block_fault(bs, b, "like", "\"%s\" is no block", like);
	else if (depth == LIKE_MAX)
		cfg_block_fault(bs, b, "like", "goes round, or is like more than %d others", LIKE_MAX);
	if (!base || depth == LIKE_MAX)
		return;
	complete(bs, base, depth + 1);
	inherit(bs, b, base);
}

void cfg_blocks_complete(struct cfg_blocks *bs)
{
	for (size_t i = 0; i < bs->n; i++)
		complete(bs, &bs->b[i], 0);
	for (struct cfg_block *b = bs->b; b < bs->b + bs->n; b++)
		for (const struct cfg_block *o = bs->b; o < b; o++)
			if (*text_at(b, bs->name) && strcmp(text_at(o, bs->name), text_at(b, bs->name)) == 0)
				cfg_block_fault(bs, b, "name", "\"%s\" is the name of another block too",
						text_at(b, bs->name));
}

/* ---- what is checked ---- */

void cfg_block_template(const struct cfg_blocks *bs, const struct cfg_block *b, const char *setting,
			const char *text, const char *type, cfg_known_fn *known)
{
	const char *why = template_fault(text, type, known);

	if (why)
		cfg_block_fault(bs, b, setting, "%s", why);
}

void cfg_block_headers(const struct cfg_blocks *bs, const struct cfg_block *b, const char *setting,
		       const char **list, cfg_known_fn *known)
{
	for (size_t i = 0; list && list[i]; i++) {
		size_t n = strcspn(list[i], ":");
		if (n == 0 || list[i][n] != ':' || list[i][n + 1] != ' ' || strcspn(list[i], " \t{") < n)
			cfg_block_fault(bs, b, setting, "\"%.60s\" is not written \"Name: value\"", list[i]);
		cfg_block_template(bs, b, setting, list[i], "header", known);
	}
}

void cfg_block_conditions(const struct cfg_blocks *bs, const struct cfg_block *b, const char *setting,
			  const char **list)
{
	for (size_t i = 0; list && list[i]; i++)
		if (strcspn(list[i], "=") == strlen(list[i]) || list[i][0] == '=')
			cfg_block_fault(bs, b, setting, "\"%.60s\" is not written FIELD=VALUE", list[i]);
}

void cfg_block_path(const struct cfg_blocks *bs, const struct cfg_block *b, const char *setting,
		    const char *s, bool with_secret)
{
	if (!*s)
		return;
	if (s[0] != '/' || strstr(s, "//") || strstr(s, "/.") || s[strcspn(s, " ?#%\\")])
		cfg_block_fault(bs, b, setting, "\"%.60s\" is no path: / and letters, digits, \"-\", \"_\"", s);
	if (with_secret && !strstr(s, "{secret}"))
		cfg_block_fault(bs, b, setting, "has no {secret}, which \"auth\" says stands in it");
}

void cfg_block_secret_file(const struct cfg_blocks *bs, const struct cfg_block *b, const char *setting,
			   const char *file, const char **value)
{
	struct cfg_load *l = bs->l;
	struct stat st;
	const char *text;
	size_t len;

	if (!*file)
		return;
	if (**value)
		cfg_block_fault(bs, b, setting, "what it holds and the setting without _file exclude each other");
	if (cfg_slurp(file, 4096, &l->own->arena, l->f, &text, &len, &st) < 0)
		return;
	if (st.st_mode & 077)
		cfg_block_fault(bs, b, setting,
				"%s has mode %04o; others than its owner may not read it: chmod 600", file,
				(unsigned)st.st_mode & 07777u);
	*value = cfg_copy_n(&l->own->arena, text, strcspn(text, " \t\r\n"));
	if (!**value)
		cfg_block_fault(bs, b, setting, "the first line of the file is empty");
}

void cfg_block_proof(const struct cfg_blocks *bs, const struct cfg_block *b, const struct cfg_proof *p)
{
	const char *where = *p->secret_file ? "secret_file" : "secret";
	size_t n = strlen(p->secret);
	bool named = strcmp(p->auth, "query") == 0 || strcmp(p->auth, "header") == 0;

	if (n && n < BLOCKS_SECRET)
		cfg_block_fault(bs, b, where, "a secret has %d to 120 bytes", BLOCKS_SECRET);
	if (n && strcmp(p->auth, "path") == 0 &&
	    strspn(p->secret, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") < n)
		cfg_block_fault(bs, b, where, "a secret in a path has letters, digits, \"-\" and \"_\" only");
	/* a file that could not be read has its own fault */
	if (p->served && n == 0 && !*p->secret_file && strcmp(p->auth, "none") != 0)
		cfg_block_fault(bs, b, "auth",
				"\"%s\" without a secret; \"none\" where addresses alone prove it", p->auth);
	if (n && strcmp(p->auth, "none") == 0)
		cfg_block_fault(bs, b, "auth", "\"none\", though there is a secret");
	if (named && !*p->auth_name)
		cfg_block_fault(bs, b, "auth_name",
				"is missing: the name of the field that holds the secret");
}

void cfg_block_address(const struct cfg_blocks *bs, const struct cfg_block *b, const char *group, const char *url,
		       bool plain)
{
	bool https = strncmp(url, "https://", 8) == 0, http = strncmp(url, "http://", 7) == 0;
	size_t host = https ? 8 : 7;
	char setting[40];

	snprintf(setting, sizeof(setting), "%s.url", group);
	if (!https && !http)
		cfg_block_fault(bs, b, setting, "\"%.40s\" is no https:// address", url);
	else if (strcspn(url + host, "/") > strcspn(url + host, "{ ") || strchr(url, ' '))
		cfg_block_fault(bs, b, setting, "has a blank in it, or no host that stands fast");
	else if (http && !plain)
		cfg_block_fault(bs, b, setting, "http:// needs %s.plain_http = true", group);
}
