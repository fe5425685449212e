/* load_providers.c - blocks of USSD providers: what is not said is taken from the block they are like,
 * every template is checked for what it may hold, and a block that nothing proves is not served.
 * Calls config/scope, settings, textfile, values; parser/template. */
#include "config/load.h"
#include <stdio.h>
#include <string.h>
#include "config/scope.h"
#include "config/textfile.h"
#include "config/values.h"
#include "parser/template.h"

#define FILES_MAX 17  /* the main one and those of files.providers */
#define BLOCKS_MAX 96
#define LIKE_MAX 8    /* a chain of likes */
#define SECRET_LEAST 16

struct block {
	struct config_provider p;
	const struct cfg_node *at;
	bool complete;
};
struct blocks {
	struct cfg_load *l;
	struct block *b;
	size_t n;
};

__attribute__((format(printf, 4, 5))) static void fault(struct blocks *bs, const struct block *b,
							 const char *setting, const char *fmt, ...)
{
	char words[400];
	va_list ap;
	const struct cfg_node *v = setting ? cfg_node_child(b->at, setting) : NULL;

	va_start(ap, fmt);
	vsnprintf(words, sizeof(words), fmt, ap);
	va_end(ap);
	cfg_node_fault(bs->l->f, v ? v : b->at, v ? NULL : setting, "%s", words);
}

static void add(struct blocks *bs, const struct cfg_node *list, const struct config_provider *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (bs->n == BLOCKS_MAX) {
			cfg_node_fault(bs->l->f, list, NULL, "more than %d blocks in all", BLOCKS_MAX);
			return;
		}
		bs->b[bs->n++] = (struct block){.p = p[i], .at = cfg_node_elem(list, i)};
	}
}

/* ---- like ---- */

static size_t size_of(enum cfg_type t)
{
	return t == TY_BOOL ? sizeof(bool) : t == TY_INT ? sizeof(int) : sizeof(char *);
}

static void inherit(struct block *to, const struct block *from)
{
	size_t rows;
	const struct cfg_setting *t = cfg_settings(&rows);

	for (size_t i = 0; i < rows; i++) {
		bool own = strcmp(t[i].name, "name") == 0 || strcmp(t[i].name, "like") == 0 ||
			   strncmp(t[i].name, "secret", 6) == 0;
		if (t[i].scope != SC_PROVIDER || own || cfg_node_child(to->at, t[i].name))
			continue;
		memcpy((char *)&to->p + t[i].offset, (const char *)&from->p + t[i].offset,
		       size_of(t[i].type));
	}
}

static void complete(struct blocks *bs, struct block *b, int depth)
{
	struct block *base = NULL;

	if (b->complete || !*b->p.like) {
		b->complete = true;
		return;
	}
	for (size_t i = 0; i < bs->n && !base; i++)
		if (&bs->b[i] != b && strcmp(bs->b[i].p.name, b->p.like) == 0)
			base = &bs->b[i];
	b->complete = true;
	if (!base)
		fault(bs, b, "like", "\"%s\" is no block", b->p.like);
	else if (depth == LIKE_MAX)
		fault(bs, b, "like", "goes round, or is like more than %d others", LIKE_MAX);
	if (!base || depth == LIKE_MAX)
		return;
	complete(bs, base, depth + 1);
	inherit(b, base);
}

/* ---- what is checked ---- */

static bool known(const char *name, size_t len)
{
	static const char *const names[] = {"text", "session", "msisdn", "code", "status", "input"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strlen(names[i]) == len && memcmp(names[i], name, len) == 0)
			return true;
	return len > 3 && memcmp(name, "in.", 3) == 0;
}

static void template(struct blocks *bs, const struct block *b, const char *setting, const char *text,
		     const char *type)
{
	const char *why = template_fault(text, type, known);

	if (why)
		fault(bs, b, setting, "%s", why);
}

static void headers(struct blocks *bs, const struct block *b, const char *setting, const char **list)
{
	for (size_t i = 0; list && list[i]; i++) {
		size_t n = strcspn(list[i], ":");
		if (n == 0 || list[i][n] != ':' || list[i][n + 1] != ' ' || strcspn(list[i], " \t{") < n)
			fault(bs, b, setting, "\"%.60s\" is not written \"Name: value\"", list[i]);
		template(bs, b, setting, list[i], "header");
	}
}

static void conditions(struct blocks *bs, const struct block *b, const char *setting, const char **list)
{
	for (size_t i = 0; list && list[i]; i++)
		if (strcspn(list[i], "=") == strlen(list[i]) || list[i][0] == '=')
			fault(bs, b, setting, "\"%.60s\" is not written FIELD=VALUE", list[i]);
}

static void path(struct blocks *bs, const struct block *b, const char *setting, const char *s)
{
	if (!*s)
		return;
	if (s[0] != '/' || strstr(s, "//") || strstr(s, "/.") || s[strcspn(s, " ?#%\\")])
		fault(bs, b, setting, "\"%.60s\" is no path: / and letters, digits, \"-\", \"_\"", s);
	if (strcmp(b->p.auth, "path") == 0 && b->p.served && !strstr(s, "{secret}"))
		fault(bs, b, setting, "has no {secret}, which \"auth\" says stands in it");
}

static void secret_file(struct blocks *bs, struct block *b)
{
	struct cfg_load *l = bs->l;
	struct stat st;
	const char *text;
	size_t len;

	if (*b->p.secret)
		fault(bs, b, "secret_file", "\"secret\" and \"secret_file\" exclude each other");
	if (cfg_slurp(b->p.secret_file, 4096, &l->own->arena, l->f, &text, &len, &st) < 0)
		return;
	if (st.st_mode & 077)
		fault(bs, b, "secret_file", "%s has mode %04o; others than its owner may not read it: chmod 600",
		      b->p.secret_file, (unsigned)st.st_mode & 07777u);
	b->p.secret = cfg_copy_n(&l->own->arena, text, strcspn(text, " \t\r\n"));
}

static void proof(struct blocks *bs, struct block *b)
{
	const struct config_provider *p = &b->p;
	bool in_path = strcmp(p->auth, "path") == 0;
	size_t n;

	if (*p->secret_file)
		secret_file(bs, b);
	n = strlen(p->secret);
	b->p.served = *p->path && (n || cfg_count(p->addresses));
	if (n && n < SECRET_LEAST)
		fault(bs, b, *p->secret_file ? "secret_file" : "secret", "a secret has %d to 120 bytes",
		      SECRET_LEAST);
	if (n && in_path &&
	    strspn(p->secret, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") < n)
		fault(bs, b, *p->secret_file ? "secret_file" : "secret",
		      "a secret in a path has letters, digits, \"-\" and \"_\" only");
	if (b->p.served && n == 0 && strcmp(p->auth, "none") != 0)
		fault(bs, b, "auth", "\"%s\" without a secret; \"none\" where addresses alone prove it", p->auth);
	if (n && strcmp(p->auth, "none") == 0)
		fault(bs, b, "auth", "\"none\", though there is a secret");
	if ((strcmp(p->auth, "query") == 0 || strcmp(p->auth, "header") == 0) && !*p->auth_name)
		fault(bs, b, "auth_name", "is missing: the name of the field that holds the secret");
}

static void served(struct blocks *bs, const struct block *b)
{
	const struct config_provider *p = &b->p;

	if (!*p->cont || !*p->end)
		fault(bs, b, *p->cont ? "end" : "cont", "is missing: what an answer is made of");
	if (!*p->msisdn || !*p->input)
		fault(bs, b, *p->msisdn ? "input" : "msisdn", "is missing");
	if (!*p->session && strcmp(p->session_key, "msisdn") != 0)
		fault(bs, b, "session", "is missing; or session_key is \"msisdn\"");
	if (cfg_count(p->status_if) && !*p->status)
		fault(bs, b, "status", "is missing: the answer to status_if");
}

static void check(struct blocks *bs, struct block *b)
{
	const struct config_provider *p = &b->p;

	if (!*p->name)
		return;
	proof(bs, b);
	path(bs, b, "path", p->path);
	path(bs, b, "close_path", p->close_path);
	conditions(bs, b, "new_if", p->new_if);
	conditions(bs, b, "close_if", p->close_if);
	conditions(bs, b, "status_if", p->status_if);
	template(bs, b, "cont", p->cont, p->reply_type);
	template(bs, b, "end", p->end, p->reply_type);
	template(bs, b, "closed", p->closed, p->reply_type);
	template(bs, b, "status", p->status, p->reply_type);
	template(bs, b, "failure", p->failure, p->reply_type);
	headers(bs, b, "cont_headers", p->cont_headers);
	headers(bs, b, "end_headers", p->end_headers);
	if (p->served)
		served(bs, b);
	for (const struct block *o = bs->b; o < b; o++) {
		if (strcmp(o->p.name, p->name) == 0)
			fault(bs, b, "name", "\"%s\" is the name of another block too", p->name);
		if (o->p.served && p->served && strcmp(o->p.path, p->path) == 0 &&
		    strcmp(o->p.secret, p->secret) == 0)
			fault(bs, b, "path", "is the path of block \"%s\" too", o->p.name);
	}
}

/* No two signs of one kind of screen may be the same. */
static void signs(struct cfg_load *l)
{
	const struct config *c = l->c;
	const struct {
		const char *name, *a, *b;
	} pairs[] = {{"ussd.main", c->ussd_main, c->ussd_back},
		     {"ussd.more", c->ussd_more, c->ussd_back},
		     {"ussd.more", c->ussd_more, c->ussd_main},
		     {"ussd.back_open", c->ussd_back_open, c->ussd_main},
		     {"ussd.skip", c->ussd_skip, c->ussd_main},
		     {"ussd.skip", c->ussd_skip, c->ussd_back_open}};

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		if (strcmp(pairs[i].a, pairs[i].b) == 0)
			cfg_node_fault(l->f, cfg_load_setting(l->root, pairs[i].name), NULL,
				       "\"%s\" is the sign of something else too", pairs[i].a);
}

static void take(struct cfg_load *l, struct blocks *bs)
{
	struct config_provider *all = cfg_alloc(&l->own->arena, (bs->n + 1) * sizeof(*all));

	for (size_t i = 0; i < bs->n; i++)
		complete(bs, &bs->b[i], 0);
	for (size_t i = 0; i < bs->n; i++)
		check(bs, &bs->b[i]);
	for (size_t i = 0; all && i < bs->n; i++)
		all[i] = bs->b[i].p;
	l->c->providers = all;
	l->c->n_providers = all ? bs->n : 0;
}

void cfg_load_providers(struct cfg_load *l)
{
	const char **files = l->own->x.provider_files;
	struct cfg_reader *open[FILES_MAX] = {NULL};
	struct blocks bs = {.l = l,
			    .b = cfg_alloc(&l->own->arena, BLOCKS_MAX * sizeof(struct block))};

	if (!bs.b)
		return;
	signs(l);
	if (l->c->n_providers)
		add(&bs, cfg_node_find(l->root, "ussd.providers"), l->c->providers, l->c->n_providers);
	for (size_t i = 0; files && files[i] && i < FILES_MAX; i++) {
		struct cfg_providers of = {.providers = NULL};
		if (cfg_load_file(l, files[i], SC_PROVIDERS, &of, &open[i]) == 0)
			add(&bs, cfg_node_find(cfg_reader_root(open[i]), "providers"), of.providers,
			    of.n_providers);
	}
	take(l, &bs);
	for (size_t i = 0; i < FILES_MAX; i++)
		cfg_reader_close(open[i]); /* lines of faults are needed until here */
}
