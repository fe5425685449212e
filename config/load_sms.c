/* load_sms.c - blocks of SMS providers: what is not said is taken from the block they are like, and what
 * is served is whole: templates, expressions, where secrets stand.  Calls config/blocks; parser/pick. */
#include <regex.h>
#include <stdio.h>
#include <string.h>
#include "config/blocks.h"
#include "parser/pick.h"

static bool known(const char *name, size_t len)
{
	static const char *const names[] = {"to",   "text",     "id",     "sender",
					    "user", "password", "coding", "report"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strlen(names[i]) == len && memcmp(names[i], name, len) == 0)
			return true;
	return false;
}

static void needs(const struct cfg_blocks *bs, const struct cfg_block *b, const char *setting, bool there)
{
	if (!there)
		cfg_block_fault(bs, b, setting, "is missing");
}

/* ---- in -------------------------------------------------------------------------------------- */

static void inbound(const struct cfg_blocks *bs, const struct cfg_block *b)
{
	const struct config_sms_provider *p = b->at;

	cfg_block_path(bs, b, "inbound.path", p->inbound.path, strcmp(p->auth, "path") == 0 && p->receives);
	cfg_block_conditions(bs, b, "inbound.ucs2_if", p->inbound.ucs2_if);
	if (!p->receives)
		return;
	needs(bs, b, "inbound.from", *p->inbound.from);
	needs(bs, b, "inbound.text", *p->inbound.text);
}

static void report(const struct cfg_blocks *bs, const struct cfg_block *b)
{
	const struct config_sms_provider *p = b->at;
	const char *base = p->report.base;

	cfg_block_path(bs, b, "report.path", p->report.path, strcmp(p->auth, "path") == 0 && p->reports);
	if (*base && strncmp(base, "http://", 7) != 0 && strncmp(base, "https://", 8) != 0)
		cfg_block_fault(bs, b, "report.base", "\"%.60s\" is not written https://host:port", base);
	if (!p->reports)
		return;
	needs(bs, b, "report.id", *p->report.id);
	needs(bs, b, "report.status", *p->report.status);
	needs(bs, b, "report.delivered", cfg_count(p->report.delivered) > 0);
	for (size_t i = 0; i < cfg_count(p->report.failed); i++)
		if (cfg_has(p->report.delivered, p->report.failed[i]))
			cfg_block_fault(bs, b, "report.failed", "\"%s\" is one of report.delivered too",
					p->report.failed[i]);
}

/* ---- out ------------------------------------------------------------------------------------- */

static void expressions(const struct cfg_blocks *bs, const struct cfg_block *b)
{
	const struct config_sms_provider *p = b->at;
	const char *id = p->outbound.id;
	char why[120], inner[PICK_PATTERN];
	size_t n = strlen(id);
	regex_t re;

	if (*p->outbound.ok) {
		int rc = regcomp(&re, p->outbound.ok, REG_EXTENDED | REG_NOSUB);
		if (rc == 0)
			regfree(&re);
		else
			cfg_block_fault(bs, b, "outbound.ok", "is no expression (regex(7))");
	}
	if (n < 2 || id[0] != '/' || id[n - 1] != '/')
		return;
	snprintf(inner, sizeof(inner), "%.*s", (int)(n - 2), id + 1);
	if (!pick_check(inner, why, sizeof(why)))
		cfg_block_fault(bs, b, "outbound.id", "%s", why);
}

/* What is in neither the address, nor the body, nor a header never reaches the provider. */
static bool says(const struct config_sms_provider *p, const char *name)
{
	char word[24];

	snprintf(word, sizeof(word), "{%s", name);
	return strstr(p->outbound.url, word) || strstr(p->outbound.body, word);
}

static void outbound(const struct cfg_blocks *bs, const struct cfg_block *b)
{
	struct config_sms_provider *p = b->at;

	cfg_block_secret_file(bs, b, "outbound.password_file", p->outbound.password_file,
			      &p->outbound.password);
	cfg_block_template(bs, b, "outbound.url", p->outbound.url, "application/x-www-form-urlencoded", known);
	if (*p->outbound.type || *p->outbound.body)
		cfg_block_template(bs, b, "outbound.body", p->outbound.body,
				   *p->outbound.type ? p->outbound.type : "text/plain", known);
	cfg_block_headers(bs, b, "outbound.headers", p->outbound.headers, known);
	cfg_block_conditions(bs, b, "outbound.ok_if", p->outbound.ok_if);
	expressions(bs, b);
	if (*p->outbound.url)
		cfg_block_address(bs, b, "outbound", p->outbound.url, p->outbound.plain_http || !p->sends);
	if (!p->sends)
		return;
	needs(bs, b, "outbound.url", says(p, "to") && says(p, "text"));
	if (strcmp(p->outbound.auth, "none") != 0)
		needs(bs, b, "outbound.password", *p->outbound.password);
	if (says(p, "report"))
		needs(bs, b, "report.path", p->reports);
}

/* ---- all of one ------------------------------------------------------------------------------ */

static void check(const struct cfg_blocks *bs, const struct cfg_block *b)
{
	struct config_sms_provider *p = b->at;

	if (!*p->name)
		return;
	cfg_block_secret_file(bs, b, "secret_file", p->secret_file, &p->secret);
	bool proved = *p->secret || cfg_count(p->addresses);
	p->receives = *p->inbound.path && proved;
	p->reports = *p->report.path && proved;
	/* A pattern has nobody's account in it. */
	p->sends = *p->outbound.url && (*p->outbound.password || *p->outbound.password_file || proved);
	const struct cfg_proof is = {p->auth, p->auth_name, p->secret, p->secret_file,
				     p->receives || p->reports};
	cfg_block_proof(bs, b, &is);
	inbound(bs, b);
	report(bs, b);
	outbound(bs, b);
	for (const struct cfg_block *i = bs->b; i < b; i++) {
		const struct config_sms_provider *o = i->at;
		if (o->receives && p->receives && strcmp(o->inbound.path, p->inbound.path) == 0 &&
		    strcmp(o->secret, p->secret) == 0)
			cfg_block_fault(bs, b, "inbound.path", "is the path of block \"%s\" too", o->name);
	}
}

void cfg_load_sms_providers(struct cfg_load *l)
{
	const char **files = l->own->x.sms_provider_files;
	struct cfg_blocks bs = {.l = l, .scope = SC_SMS_PROVIDER, .size = sizeof(struct config_sms_provider),
				.name = offsetof(struct config_sms_provider, name),
				.like = offsetof(struct config_sms_provider, like)};

	if (!cfg_blocks_begin(&bs))
		return;
	if (l->c->n_sms_providers)
		cfg_blocks_add(&bs, cfg_node_find(l->root, "sms_providers"), l->c->sms_providers,
			       l->c->n_sms_providers);
	for (size_t i = 0; files && files[i] && i < BLOCKS_FILES; i++) {
		struct cfg_sms_providers of = {.providers = NULL};
		if (cfg_load_file(l, files[i], SC_SMS_PROVIDERS, &of, &bs.open[i]) == 0)
			cfg_blocks_add(&bs, cfg_node_find(cfg_reader_root(bs.open[i]), "providers"),
				       of.providers, of.n_providers);
	}
	cfg_blocks_complete(&bs);
	for (size_t i = 0; i < bs.n; i++)
		check(&bs, &bs.b[i]);
	l->c->sms_providers = cfg_blocks_array(&bs);
	l->c->n_sms_providers = l->c->sms_providers ? bs.n : 0;
	cfg_blocks_end(&bs);
}
