/* load_providers.c - blocks of USSD providers: what is not said is taken from the block they are like,
 * every template is checked for what it may hold, and a block that nothing proves is not served.
 * Calls config/blocks. */
#include <stdio.h>
#include <string.h>
#include "config/blocks.h"

/* ---- what is checked ---- */

static bool known(const char *name, size_t len)
{
	static const char *const names[] = {"text", "session", "msisdn", "code", "status", "input"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strlen(names[i]) == len && memcmp(names[i], name, len) == 0)
			return true;
	return len > 3 && memcmp(name, "in.", 3) == 0;
}

static void served(const struct cfg_blocks *bs, const struct cfg_block *b)
{
	const struct config_provider *p = b->at;

	if (!*p->cont || !*p->end)
		cfg_block_fault(bs, b, *p->cont ? "end" : "cont", "is missing: what an answer is made of");
	if (!*p->msisdn || !*p->input)
		cfg_block_fault(bs, b, *p->msisdn ? "input" : "msisdn", "is missing");
	if (!*p->session && strcmp(p->session_key, "msisdn") != 0)
		cfg_block_fault(bs, b, "session", "is missing; or session_key is \"msisdn\"");
	if (cfg_count(p->status_if) && !*p->status)
		cfg_block_fault(bs, b, "status", "is missing: the answer to status_if");
}

/* A screen that is posted has no answer to put headers on. */
static void posted(const struct cfg_blocks *bs, const struct cfg_block *b)
{
	struct config_provider *p = b->at;

	cfg_block_secret_file(bs, b, "post.password_file", p->post.password_file, &p->post.password);
	if (!*p->post.url)
		return;
	cfg_block_address(bs, b, "post", p->post.url, p->post.plain_http || !p->served);
	if (strchr(p->post.url, '{'))
		cfg_block_fault(bs, b, "post.url", "has a placeholder in it; it is one address");
	/* What is typed may be a PIN, and what is posted is stored. */
	char typed[100];
	snprintf(typed, sizeof(typed), "{in.%s:", p->input);
	for (int i = 0; i < 2; i++) {
		const char *t = i ? p->end : p->cont;
		if (strstr(t, "{input:") || (*p->input && strstr(t, typed)))
			cfg_block_fault(bs, b, i ? "end" : "cont", "repeats what was typed");
	}
	if (cfg_count(p->cont_headers) || cfg_count(p->end_headers))
		cfg_block_fault(bs, b, cfg_count(p->cont_headers) ? "cont_headers" : "end_headers",
				"are of answers, and its screens are posted");
	if (p->served && strcmp(p->post.auth, "none") != 0 && !*p->post.password)
		cfg_block_fault(bs, b, "post.password", "is missing");
}

static void proof(const struct cfg_blocks *bs, const struct cfg_block *b)
{
	struct config_provider *p = b->at;

	cfg_block_secret_file(bs, b, "secret_file", p->secret_file, &p->secret);
	p->served = *p->path && (*p->secret || cfg_count(p->addresses));
	const struct cfg_proof is = {p->auth, p->auth_name, p->secret, p->secret_file, p->served};
	cfg_block_proof(bs, b, &is);
}

static void answers(const struct cfg_blocks *bs, const struct cfg_block *b)
{
	const struct config_provider *p = b->at;
	const struct {
		const char *name, *text;
	} all[] = {{"cont", p->cont}, {"end", p->end}, {"closed", p->closed}, {"status", p->status},
		   {"failure", p->failure}};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		cfg_block_template(bs, b, all[i].name, all[i].text, p->reply_type, known);
	cfg_block_headers(bs, b, "cont_headers", p->cont_headers, known);
	cfg_block_headers(bs, b, "end_headers", p->end_headers, known);
}

static void check(const struct cfg_blocks *bs, const struct cfg_block *b)
{
	const struct config_provider *p = b->at;

	if (!*p->name)
		return;
	proof(bs, b);
	bool in_path = strcmp(p->auth, "path") == 0 && p->served;
	cfg_block_path(bs, b, "path", p->path, in_path);
	cfg_block_path(bs, b, "close_path", p->close_path, in_path);
	cfg_block_conditions(bs, b, "new_if", p->new_if);
	cfg_block_conditions(bs, b, "close_if", p->close_if);
	cfg_block_conditions(bs, b, "status_if", p->status_if);
	answers(bs, b);
	posted(bs, b);
	if (p->served)
		served(bs, b);
	for (const struct cfg_block *i = bs->b; i < b; i++) {
		const struct config_provider *o = i->at;
		if (o->served && p->served && strcmp(o->path, p->path) == 0 &&
		    strcmp(o->secret, p->secret) == 0)
			cfg_block_fault(bs, b, "path", "is the path of block \"%s\" too", o->name);
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

void cfg_load_providers(struct cfg_load *l)
{
	const char **files = l->own->x.provider_files;
	struct cfg_blocks bs = {.l = l, .scope = SC_PROVIDER, .size = sizeof(struct config_provider),
				.name = offsetof(struct config_provider, name),
				.like = offsetof(struct config_provider, like)};

	if (!cfg_blocks_begin(&bs))
		return;
	signs(l);
	if (l->c->n_providers)
		cfg_blocks_add(&bs, cfg_node_find(l->root, "ussd.providers"), l->c->providers,
			       l->c->n_providers);
	for (size_t i = 0; files && files[i] && i < BLOCKS_FILES; i++) {
		struct cfg_providers of = {.providers = NULL};
		if (cfg_load_file(l, files[i], SC_PROVIDERS, &of, &bs.open[i]) == 0)
			cfg_blocks_add(&bs, cfg_node_find(cfg_reader_root(bs.open[i]), "providers"),
				       of.providers, of.n_providers);
	}
	cfg_blocks_complete(&bs);
	for (size_t i = 0; i < bs.n; i++)
		check(&bs, &bs.b[i]);
	l->c->providers = cfg_blocks_array(&bs);
	l->c->n_providers = l->c->providers ? bs.n : 0;
	cfg_blocks_end(&bs);
}
