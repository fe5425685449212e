/* load_legs.c - modems and agencies: what is unique, what must be there, where secrets come from.
 * Calls parser/world, config/textfile, config/values. */
#include "config/load.h"
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include "config/textfile.h"
#include "config/values.h"

static void modem_unique(struct cfg_load *l, size_t i)
{
	const struct config_modem *m = l->c->modems;

	for (size_t j = 0; j < i; j++) {
		if (*m[i].name && strcmp(m[i].name, m[j].name) == 0)
			cfg_node_fault(l->f, cfg_load_place(l->root, "modems", i, "name"), NULL,
				       "\"%s\" is the name of modems[%zu] too", m[i].name, j + 1);
		if (*m[i].device && strcmp(m[i].device, m[j].device) == 0)
			cfg_node_fault(l->f, cfg_load_place(l->root, "modems", i, "device"), NULL,
				       "\"%s\" is the device of modem \"%s\" too", m[i].device,
				       m[j].name);
	}
}

void cfg_load_modems(struct cfg_load *l)
{
	char number[MSISDN_MAX];

	for (size_t i = 0; i < l->c->n_modems; i++) {
		struct config_modem *m = &l->c->modems[i];
		modem_unique(l, i);
		if (!*m->smsc)
			continue;
		if (msisdn_normalise(&l->c->plan, m->smsc, strlen(m->smsc), number) < 0)
			cfg_node_fault(l->f, cfg_load_place(l->root, "modems", i, "smsc"), NULL,
				       "\"%s\" is no number of the plan in \"numbers\"", m->smsc);
		else
			m->smsc = cfg_copy(&l->own->arena, number);
	}
}

static const struct cfg_node *place(struct cfg_load *l, size_t i, const char *name)
{
	return cfg_load_place(l->root, "agencies", i, name);
}

struct kept_apart { /* a secret that may stand in the configuration or alone in a file */
	const char *name, *file_name; /* settings */
	enum cfg_check check;
	const char **value, *file;
};

/* It stands alone in its file, which nobody else may read. */
static void from_file(struct cfg_load *l, size_t i, const struct kept_apart *k)
{
	struct stat st;
	const char *text, *why;
	size_t len;

	if (cfg_slurp(k->file, 4096, &l->own->arena, l->f, &text, &len, &st) < 0)
		return;
	if (st.st_mode & 077) {
		cfg_node_fault(l->f, place(l, i, k->file_name), NULL,
			       "%s has mode %04o; others than "
			       "its owner may not read it: chmod 600",
			       k->file, (unsigned)st.st_mode & 07777u);
		return;
	}
	size_t n = strcspn(text, " \t\r\n");
	if (n + strspn(text + n, " \t\r\n") != len)
		n = 0;
	*k->value = cfg_copy_n(&l->own->arena, text, n);
	if (!cfg_value_ok(k->check, *k->value, &why))
		cfg_node_fault(l->f, place(l, i, k->file_name), NULL, "what stands in %s %s",
			       k->file, why);
}

static void take_secret(struct cfg_load *l, size_t i, const struct kept_apart *k)
{
	if (**k->value && *k->file)
		cfg_node_fault(l->f, place(l, i, k->file_name), NULL,
			       "\"%s\" and \"%s\" exclude each other", k->name, k->file_name);
	else if (*k->file)
		from_file(l, i, k);
}

/* What a system other than a plain webhook cannot do without. */
static void receiver_needs(struct cfg_load *l, size_t i)
{
	const struct config_agency *a = &l->c->agencies[i];
	const struct {
		const char *receiver, *name;
		bool there;
	} needs[] = {{"primero", "user", *a->user},
		     {"primero", "password", *a->password},
		     {"primero", "module", *a->module},
		     {"dhis2", "token", *a->token || (*a->user && *a->password)},
		     {"dhis2", "program", *a->program},
		     {"dhis2", "stage", *a->stage},
		     {"dhis2", "units", cfg_count(a->units) > 0},
		     {"cht", "user", *a->user},
		     {"cht", "password", *a->password},
		     {"cht", "form", *a->form},
		     {"rapidpro", "token", *a->token},
		     {"rapidpro", "form", *a->form},
		     {"rapidpro", "urns", cfg_count(a->urns) + cfg_count(a->groups) > 0}};

	for (size_t k = 0; k < sizeof(needs) / sizeof(needs[0]); k++)
		if (strcmp(needs[k].receiver, a->receiver) == 0 && !needs[k].there)
			cfg_node_fault(l->f, place(l, i, "receiver"), NULL, "%s needs \"%s\"",
				       a->receiver, needs[k].name);
}

static void agency_secret(struct cfg_load *l, size_t i)
{
	struct config_agency *a = &l->c->agencies[i];
	const struct kept_apart kept[] = {
	    {"secret", "secret_file", CK_SECRET, &a->secret, a->secret_file},
	    {"secret_next", "secret_next_file", CK_SECRET, &a->secret_next, a->secret_next_file},
	    {"signing_key", "signing_key_file", CK_SIGNING, &a->signing_key, a->signing_key_file},
	    {"password", "password_file", CK_NONE, &a->password, a->password_file},
	    {"token", "token_file", CK_NONE, &a->token, a->token_file}};

	for (size_t k = 0; k < sizeof(kept) / sizeof(kept[0]); k++)
		take_secret(l, i, &kept[k]);
	if (strcmp(a->receiver, "webhook") != 0)
		receiver_needs(l, i);
	else if (*a->url && !*a->secret && !*a->secret_file && !cfg_node_child(place(l, i, NULL), "secret"))
		cfg_node_fault(l->f, place(l, i, NULL), NULL,
			       "%s has an url but neither \"secret\" nor "
			       "\"secret_file\": its deliveries could not be signed",
			       a->code);
}

static void agency_url(struct cfg_load *l, size_t i)
{
	const struct config_agency *a = &l->c->agencies[i];

	if (strncmp(a->url, "http://", 7) == 0 && !a->plain_http)
		cfg_node_fault(l->f, place(l, i, "url"), NULL,
			       "\"%s\" is not https://; deliveries would "
			       "go in clear (allowed only with plain_http = true)",
			       a->url);
	const char *const files[][2] = {{"ca_file", a->ca_file},
					{"client_cert", a->client_cert},
					{"client_key", a->client_key}};
	for (size_t k = 0; k < sizeof(files) / sizeof(files[0]); k++)
		if (*files[k][1] && access(files[k][1], R_OK) < 0)
			cfg_node_fault(l->f, place(l, i, files[k][0]), NULL, "%s cannot be read: %s",
				       files[k][1], strerror(errno));
	if (!*a->client_cert != !*a->client_key)
		cfg_node_fault(l->f, place(l, i, *a->client_cert ? "client_cert" : "client_key"), NULL,
			       "\"client_cert\" and \"client_key\" go together");
}

void cfg_load_agencies(struct cfg_load *l)
{
	const struct config_agency *a = l->c->agencies;

	for (size_t i = 0; i < l->c->n_agencies; i++) {
		for (size_t j = 0; j < i; j++)
			if (*a[i].code && strcmp(a[i].code, a[j].code) == 0)
				cfg_node_fault(l->f, place(l, i, "code"), NULL,
					       "\"%s\" is the code of agencies[%zu] too", a[i].code,
					       j + 1);
		if (*a[i].code && world_add_agency(l->c->world, a[i].code) < 0)
			cfg_node_fault(l->f, place(l, i, "code"), NULL, "%s",
				       world_error(l->c->world));
		agency_secret(l, i);
		agency_url(l, i);
	}
	if (l->c->n_agencies && !config_agency(l->c, "MUN"))
		cfg_node_fault(
		    l->f, cfg_load_place(l->root, "agencies", l->c->n_agencies, NULL), NULL,
		    "\"MUN\" is missing: what no mandate covers goes to the municipality "
		    "alone");
}
