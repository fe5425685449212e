/* settings.c - see settings.h. */
#include "gateway/hub/settings.h"

#include <stdio.h>
#include <string.h>

#define USER_AGENT "Kujdestar/1"
#define COURIER_CREDIT 32
#define EDGE_CALLS 256 /* requests that wait for a turn at once */

struct store_options settings_store(const struct config *cf)
{
	return (struct store_options){.path = cf->store_path,
				      .keyring_path = cf->keyring_path,
				      .key_file = cf->key_file,
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

void settings_courier(const struct config *cf, struct wire_pairs *out)
{
	out->n = 0;
	put(out, "user_agent", USER_AGENT);
	put_number(out, "max_parallel", cf->courier_parallel);
	put_number(out, "credit", COURIER_CREDIT < cf->courier_parallel ? COURIER_CREDIT
									: cf->courier_parallel);
}

void settings_edge(const struct config *cf, struct wire_pairs *out)
{
	out->n = 0;
	put(out, "listen", cf->edge_listen);
	put(out, "tls_cert", cf->edge_tls_cert);
	put(out, "tls_key", cf->edge_tls_key);
	put_number(out, "connections", cf->edge_connections);
	put_number(out, "per_address", cf->edge_per_address);
	put_number(out, "request_s", cf->edge_request_s);
	put_number(out, "body_max", cf->edge_body_max);
	put_number(out, "calls", EDGE_CALLS);
	put_number(out, "blocks", 0);
}

void settings_text(const struct wire_pairs *p, char *out, size_t max)
{
	size_t at = 0;
	out[0] = '\0';
	for (int i = 0; i < p->n && at < max; i++)
		at += (size_t)snprintf(out + at, max - at, "%.*s=%.*s\n", (int)p->pair[i].name.len,
				       p->pair[i].name.s, (int)p->pair[i].value.len, p->pair[i].value.s);
}
