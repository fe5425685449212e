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

/* What a setting that is missing would say. */
static const char *meaning(const struct cfg_blocks *bs, const char *setting)
{
	size_t rows;
	const struct cfg_setting *t = cfg_settings(&rows);

	for (size_t i = 0; i < rows; i++)
		if (t[i].scope == bs->scope && strcmp(t[i].name, setting) == 0)
			return t[i].what;
	return "";
}

static void needs(const struct cfg_blocks *bs, const struct cfg_block *b, const char *setting, bool there)
{
	if (!there)
		cfg_block_fault(bs, b, setting, "is missing (%s)", meaning(bs, setting));
}

/* A list has elements with names in JSON alone. */
static void list(const struct cfg_blocks *bs, const struct cfg_block *b, const char *group, const char *value,
		 const char *in)
{
	char setting[24];

	snprintf(setting, sizeof(setting), "%s.in", group);
	const struct cfg_node *said = cfg_node_find(b->node, setting);
	bool refused = said && strcmp(cfg_node_string(said), in) != 0; /* which has its own fault */
	if (!*value || strcmp(in, "json") == 0 || refused)
		return;
	snprintf(setting, sizeof(setting), "%s.list", group);
	cfg_block_fault(bs, b, setting, "is of JSON, and %s.in is \"%s\"", group, in);
}

/* ---- in -------------------------------------------------------------------------------------- */

static void inbound(const struct cfg_blocks *bs, const struct cfg_block *b)
{
	const struct config_sms_provider *p = b->at;

	cfg_block_path(bs, b, "inbound.path", p->inbound.path, strcmp(p->auth, "path") == 0 && p->receives);
	cfg_block_conditions(bs, b, "inbound.ucs2_if", p->inbound.ucs2_if);
	list(bs, b, "inbound", p->inbound.list, p->inbound.in);
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
	list(bs, b, "report", p->report.list, p->report.in);
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
	if (*p->outbound.body && !*p->outbound.type)
		cfg_block_fault(bs, b, "outbound.type", "is missing: outbound.body is sent as it says");
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
	for (size_t i = 0; i < 2; i++)
		if (!says(p, i ? "text" : "to"))
			cfg_block_fault(bs, b, *p->outbound.body ? "outbound.body" : "outbound.url",
					"has no {%s}: it stands in the address or the body", i ? "text" : "to");
	if (strcmp(p->outbound.auth, "none") != 0)
		needs(bs, b, "outbound.password", *p->outbound.password);
	if (!says(p, "report") || p->reports)
		return;
	if (*p->report.path)
		cfg_block_fault(bs, b, "secret", "is missing: report.path, which {report} names, is served with one");
	else
		cfg_block_fault(bs, b, "report.path", "is missing: {report} of outbound names it");
}

/* ---- all of one ------------------------------------------------------------------------------ */

/* A request is of the block whose path it fits: of two that are alike one would get nothing. */
static void differ(const struct cfg_blocks *bs, const struct cfg_block *b, const char *setting, const char *path,
		   const struct config_sms_provider *o, bool served, const char *other)
{
	const struct config_sms_provider *p = b->at;

	if (*path && served && strcmp(path, other) == 0 && strcmp(o->secret, p->secret) == 0)
		cfg_block_fault(bs, b, setting, "is a path of %s%s%s too", o == p ? "its texts" : "block \"",
				o == p ? "" : o->name, o == p ? "" : "\"");
}

static void paths(const struct cfg_blocks *bs, const struct cfg_block *b)
{
	const struct config_sms_provider *p = b->at;

	if (p->reports)
		differ(bs, b, "report.path", p->report.path, p, p->receives, p->inbound.path);
	for (const struct cfg_block *i = bs->b; i < b; i++) {
		const struct config_sms_provider *o = i->at;
		for (int k = 0; k < 2; k++) {
			bool mine = k ? p->reports : p->receives;
			const char *setting = k ? "report.path" : "inbound.path";
			const char *path = !mine ? "" : k ? p->report.path : p->inbound.path;
			differ(bs, b, setting, path, o, o->receives, o->inbound.path);
			differ(bs, b, setting, path, o, o->reports, o->report.path);
		}
	}
}

static void check(const struct cfg_blocks *bs, const struct cfg_block *b)
{
	struct config_sms_provider *p = b->at;

	if (!*p->name)
		return;
	cfg_block_secret_file(bs, b, "secret_file", p->secret_file, &p->secret);
	bool proved = *p->secret || *p->secret_file || cfg_count(p->addresses);
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
	paths(bs, b);
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
