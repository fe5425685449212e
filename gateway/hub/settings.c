/* settings.c - see settings.h. */
#include "gateway/hub/settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/hub/log.h"
#include "gateway/hub/passphrase.h"

#define FINGERPRINT 2166136261u
#define USER_AGENT "Kujdestar/1"
#define COURIER_CREDIT 32
#define EDGE_CALLS 256 /* requests that wait for a turn at once */

struct store_options settings_store(const struct config *cf)
{
	bool credential = strcmp(cf->key_source, "credential") == 0;
	bool asked = strcmp(cf->key_source, "passphrase") == 0;
	return (struct store_options){.path = cf->store_path,
				      .keyring_path = cf->keyring_path,
				      .key_source = credential ? STORE_KEY_CREDENTIAL
						    : asked    ? STORE_KEY_PASSPHRASE
							       : STORE_KEY_FILE,
				      .key_file = credential ? cf->key_credential : cf->key_file,
				      .ask = passphrase_ask,
				      .busy_ms = cf->busy_ms};
}

static void put(struct wire_pairs *out, const char *name, const char *value)
{
	if (out->n == WIRE_SETTINGS_MAX)
		return;
	out->pair[out->n++] = (struct wire_pair){wire_str(name), wire_str(value)};
}

/* Numbers are text in the frame; their text lives in a ring long enough for one frame of either
 * worker.  The hub has one thread and encodes the frame at once. */
static void put_number(struct wire_pairs *out, const char *name, long value)
{
	static char text[WIRE_SETTINGS_MAX][24];
	static unsigned next;
	char *t = text[next++ % WIRE_SETTINGS_MAX];
	snprintf(t, sizeof text[0], "%ld", value);
	put(out, name, t);
}

/* What is longer than the text by which settings are compared counts by this (FNV-1a). */
static uint32_t fingerprint_of(const char *text, uint32_t h)
{
	for (;; text++) {
		h = (h ^ (unsigned char)*text) * 16777619u;
		if (!*text)
			return h;
	}
}

void settings_modem(const struct config *cf, const struct config_modem *m,
		    const struct settings_start *start, struct wire_pairs *out)
{
	out->n = 0;
	(void)cf;
	if (!m)
		return;
	put(out, "device", m->device);
	put(out, "connection", m->connection);
	put(out, "model", m->model);
	put(out, "features", m->features);
	put(out, "smsc", m->smsc);
	put(out, "pin", start->pin_withheld ? "" : m->pin);
	put_number(out, "withheld", start->pin_withheld);
	put_number(out, "sweep", m->sweep_s);
	put_number(out, "gap_ms", m->send_gap_ms);
	put_number(out, "ping_ms", (long)m->mute_s * 1000);
	put_number(out, "credit", m->credit);
	put_number(out, "status", m->sweep_s);
	put_number(out, "send_ms", (long)m->send_s * 1000);
	put_number(out, "call_ms", (long)m->call_s * 1000);
	put_number(out, "network_ms", (long)m->network_s * 1000);
	put_number(out, "wait_ms", (long)start->wait_s * 1000);
	put_number(out, "reset", start->restart);
	put_number(out, "safe", start->safe);
}

/* ---- what the courier may open and connect to: what the configuration names, and no more ---- */

/* Words, each once, between separators.  False: no room. */
static bool add_once(char *list, size_t max, char between, const char *word)
{
	size_t n = word ? strlen(word) : 0, at = strlen(list);
	if (n == 0)
		return true;
	for (const char *p = list; (p = strstr(p, word)) != NULL; p += n) {
		if ((p == list || p[-1] == between) && (p[n] == '\0' || p[n] == between))
			return true;
	}
	if (at + n + 2 > max)
		return false;
	if (at)
		list[at++] = between;
	memcpy(list + at, word, n + 1);
	return true;
}

static bool add_port(char *list, size_t max, const char *url)
{
	char word[8];
	const char *host = url ? strstr(url, "://") : NULL;
	if (!host)
		return true;
	host += 3;
	size_t len = strcspn(host, "/?#");
	unsigned long port = strncmp(url, "http://", 7) == 0 ? 80 : 443;
	for (size_t i = len; i > 0 && host[i - 1] != ']'; i--) {
		if (host[i - 1] == ':') {
			port = strtoul(host + i, NULL, 10);
			break;
		}
	}
	snprintf(word, sizeof word, "%lu", port > 65535 ? 0 : port);
	return add_once(list, max, ' ', word);
}

static void put_world(const struct config *cf, struct wire_pairs *out)
{
	static char files[16384], ports[512]; /* a frame's lists; one thread */
	bool fits = true;
	files[0] = ports[0] = '\0';
	for (size_t i = 0; i < cf->n_agencies; i++) {
		const struct config_agency *a = &cf->agencies[i];
		fits &= add_once(files, sizeof files, '\n', a->ca_file) &&
			add_once(files, sizeof files, '\n', a->client_cert) &&
			add_once(files, sizeof files, '\n', a->client_key) &&
			add_port(ports, sizeof ports, a->url);
	}
	for (size_t i = 0; i < cf->n_sms_providers; i++) {
		const struct config_sms_provider *p = &cf->sms_providers[i];
		fits &= !p->sends || (add_once(files, sizeof files, '\n', p->outbound.ca_file) &&
				      add_port(ports, sizeof ports, p->outbound.url));
	}
	for (size_t i = 0; i < cf->n_providers; i++) {
		const struct config_provider *p = &cf->providers[i];
		fits &= !p->served || (add_once(files, sizeof files, '\n', p->post.ca_file) &&
				       add_port(ports, sizeof ports, p->post.url));
	}
	if (!fits)
		log_line(LOG_ERROR, "worker=courier reason=\"more files and ports than it can be told: some agencies "
				    "will not be reached\"");
	put_number(out, "fingerprint", fingerprint_of(files, fingerprint_of(ports, FINGERPRINT)));
	put(out, "ports", ports);
	put(out, "files", files);
}

void settings_courier(const struct config *cf, struct wire_pairs *out)
{
	out->n = 0;
	put(out, "user_agent", USER_AGENT);
	put_number(out, "max_parallel", cf->courier_parallel);
	put_number(out, "credit", COURIER_CREDIT < cf->courier_parallel ? COURIER_CREDIT
									: cf->courier_parallel);
	put_world(cf, out);
}

/* ---- USSD providers: one frame each ---- */

static void put_words(struct wire_pairs *out, const char *name, const char **words)
{
	static char text[10][4096]; /* a frame's lists; one thread */
	static unsigned next;
	char *t = text[next++ % 10];
	size_t at = 0;
	t[0] = '\0';
	for (size_t i = 0; words && words[i] && at < sizeof text[0]; i++)
		at += (size_t)snprintf(t + at, sizeof text[0] - at, "%s%s", i ? "\n" : "", words[i]);
	put(out, name, t);
}

static void put_provider(const struct config_provider *p, struct wire_pairs *out)
{
	out->n = 0;
	put(out, "name", p->name);
	put(out, "path", p->path);
	put(out, "close_path", p->close_path);
	put_words(out, "methods", p->methods);
	put(out, "in", p->in);
	put_number(out, "fold_names", p->fold_names);
	put(out, "session", p->session);
	put(out, "msisdn", p->msisdn);
	put(out, "code", p->code);
	put(out, "input", p->input);
	put(out, "sequence", p->sequence);
	put(out, "msisdn_form", p->msisdn_form);
	put_number(out, "first_input_is_code", p->first_input_is_code);
	put_words(out, "new_if", p->new_if);
	put_words(out, "close_if", p->close_if);
	put_words(out, "status_if", p->status_if);
	put(out, "reply_type", p->reply_type);
	put(out, "cont", p->cont);
	put(out, "end", p->end);
	put(out, "closed", p->closed);
	put(out, "status", p->status);
	put(out, "failure", p->failure);
	put_number(out, "failure_status", p->failure_status);
	put_words(out, "cont_headers", p->cont_headers);
	put_words(out, "end_headers", p->end_headers);
	put(out, "newline", p->newline);
	put_number(out, "deadline_ms", p->deadline_ms);
	put_number(out, "posts", p->post.url[0] != 0);
	put(out, "auth", p->auth);
	put(out, "auth_name", p->auth_name);
	put(out, "auth_user", p->auth_user);
	put(out, "secret", p->secret);
	put_words(out, "addresses", p->addresses);
}

/* ---- SMS providers: a frame for what comes in, one for reports ---- */

static void put_sms_gate(const struct config_sms_provider *p, struct wire_pairs *out, const char *kind)
{
	out->n = 0;
	put(out, "kind", kind);
	put(out, "name", p->name);
	put(out, "auth", p->auth);
	put(out, "auth_name", p->auth_name);
	put(out, "auth_user", p->auth_user);
	put(out, "secret", p->secret);
	put_words(out, "addresses", p->addresses);
	put_number(out, "fold_names", p->fold_names);
}

static void put_inbound(const struct config_sms_provider *p, struct wire_pairs *out)
{
	put_sms_gate(p, out, "sms");
	put(out, "path", p->inbound.path);
	put_words(out, "methods", p->inbound.methods);
	put(out, "in", p->inbound.in);
	put(out, "list", p->inbound.list);
	put(out, "from", p->inbound.from);
	put(out, "to", p->inbound.to);
	put(out, "text", p->inbound.text);
	put(out, "id", p->inbound.id);
	put(out, "udh", p->inbound.udh);
	put_words(out, "ucs2_if", p->inbound.ucs2_if);
	put(out, "number_form", p->inbound.number_form);
	put(out, "reply_type", p->inbound.reply_type);
	put(out, "reply", p->inbound.reply);
}

static void put_report(const struct config_sms_provider *p, struct wire_pairs *out)
{
	put_sms_gate(p, out, "report");
	put(out, "path", p->report.path);
	put_words(out, "methods", p->report.methods);
	put(out, "in", p->report.in);
	put(out, "list", p->report.list);
	put(out, "id", p->report.id);
	put(out, "status", p->report.status);
	put(out, "reply_type", p->report.reply_type);
	put(out, "reply", p->report.reply);
}

static bool sms_frame(const struct config *cf, int k, struct wire_pairs *out)
{
	for (size_t i = 0; i < cf->n_sms_providers; i++) {
		const struct config_sms_provider *p = &cf->sms_providers[i];
		if (p->receives && k-- == 0) {
			put_inbound(p, out);
			return true;
		}
		if (p->reports && k-- == 0) {
			put_report(p, out);
			return true;
		}
	}
	return false;
}

bool settings_provider(const struct config *cf, int k, struct wire_pairs *out)
{
	for (size_t i = 0; i < cf->n_providers; i++) {
		if (!cf->providers[i].served || k-- > 0)
			continue;
		put_provider(&cf->providers[i], out);
		return true;
	}
	return sms_frame(cf, k, out);
}

/* Of all blocks: a reload that changes one restarts the edge. */
static long fingerprint(const struct config *cf)
{
	struct wire_pairs p;
	uint32_t h = FINGERPRINT;
	for (int k = 0; settings_provider(cf, k, &p); k++)
		for (int i = 0; i < p.n; i++)
			h = fingerprint_of(p.pair[i].value.s, h);
	return (long)h;
}

void settings_edge(const struct config *cf, struct wire_pairs *out)
{
	long print = fingerprint(cf); /* first: it fills frames of its own, and there is one ring of numbers */
	out->n = 0;
	put(out, "listen", cf->edge_listen);
	put(out, "tls_cert", cf->edge_tls_cert);
	put(out, "tls_key", cf->edge_tls_key);
	put_number(out, "connections", cf->edge_connections);
	put_number(out, "per_address", cf->edge_per_address);
	put_number(out, "request_s", cf->edge_request_s);
	put_number(out, "body_max", cf->edge_body_max);
	put_number(out, "calls", EDGE_CALLS);
	size_t blocks = 0;
	for (size_t i = 0; i < cf->n_providers; i++)
		blocks += cf->providers[i].served;
	for (size_t i = 0; i < cf->n_sms_providers; i++)
		blocks += (size_t)cf->sms_providers[i].receives + cf->sms_providers[i].reports;
	static char busy[200]; /* lives as long as the frame is filled and sent: one thread */
	parser_message(cf->world, cf->language, "menu_busy", NULL, 0, busy, sizeof busy);
	put(out, "busy", busy);
	put_number(out, "blocks", (long)blocks);
	put_number(out, "fingerprint", print);
}

void settings_text(const struct wire_pairs *p, char *out, size_t max)
{
	size_t at = 0;
	out[0] = '\0';
	for (int i = 0; i < p->n && at < max; i++)
		at += (size_t)snprintf(out + at, max - at, "%.*s=%.*s\n", (int)p->pair[i].name.len,
				       p->pair[i].name.s, (int)p->pair[i].value.len, p->pair[i].value.s);
}
