/* settings.c - reads a modem worker's first frame.  Calls wire only. */
#include "gateway/modem/settings.h"
#include <string.h>

static int text(const struct wire_pairs *p, const char *name, const char *fallback, char *out,
		size_t max)
{
	struct wire_str v = wire_find(p, name);

	if (!v.s)
		v = wire_str(fallback);
	if (v.len >= max || memchr(v.s, '\0', v.len))
		return -1;
	wire_copy(v, out, max);
	return 0;
}

static int number(const struct wire_pairs *p, const char *name, int fallback, int min, int max,
		  int *out)
{
	long v = wire_find_num(p, name, fallback);

	*out = (int)v;
	return v < min || v > max ? -1 : 0;
}

/* Only digits may follow: the PIN and the number go into AT commands. */
static bool digits(const char *s)
{
	return s[strspn(s, "0123456789")] == '\0';
}

static const char *texts(const struct wire_pairs *p, struct modem_settings *s)
{
	if (text(p, "device", "", s->device, sizeof(s->device)) < 0 || s->device[0] != '/')
		return "device";
	if (text(p, "connection", "at115200", s->connection, sizeof(s->connection)) < 0)
		return "connection";
	if (text(p, "model", "", s->model, sizeof(s->model)) < 0)
		return "model";
	if (text(p, "features", "", s->features, sizeof(s->features)) < 0)
		return "features";
	if (text(p, "smsc", "", s->smsc, sizeof(s->smsc)) < 0 ||
	    !digits(s->smsc + (s->smsc[0] == '+')))
		return "smsc";
	if (text(p, "pin", "", s->pin, sizeof(s->pin)) < 0 || !digits(s->pin))
		return "pin";
	return NULL;
}

static const char *numbers(const struct wire_pairs *p, struct modem_settings *s)
{
	int reports, safe, reset, withheld;

	if (number(p, "sweep", 30, 1, 3600, &s->sweep_s) < 0)
		return "sweep";
	if (number(p, "status", 60, 5, 3600, &s->status_s) < 0)
		return "status";
	if (number(p, "gap_ms", 30, 0, 1000, &s->gap_ms) < 0)
		return "gap_ms";
	if (number(p, "ping_ms", 4000, 500, 5000, &s->ping_ms) < 0)
		return "ping_ms";
	if (number(p, "send_ms", 90000, 1000, 180000, &s->send_ms) < 0)
		return "send_ms";
	if (number(p, "wait_ms", 0, 0, 600000, &s->wait_ms) < 0)
		return "wait_ms";
	if (number(p, "call_ms", 60000, 1000, 120000, &s->call_ms) < 0)
		return "call_ms";
	if (number(p, "network_ms", 180000, 1000, 3600000, &s->network_ms) < 0)
		return "network_ms";
	if (number(p, "credit", 64, 1, 64, &s->credit) < 0)
		return "credit";
	if (number(p, "reports", 1, 0, 1, &reports) < 0)
		return "reports";
	if (number(p, "safe", 0, 0, 1, &safe) < 0)
		return "safe";
	if (number(p, "reset", 0, 0, 1, &reset) < 0)
		return "reset";
	if (number(p, "withheld", 0, 0, 1, &withheld) < 0)
		return "withheld";
	s->reset = reset;
	s->withheld = withheld;
	s->reports = reports;
	s->safe = safe;
	return NULL;
}

int settings_read(const struct wire_pairs *pairs, struct modem_settings *out, const char **why)
{
	memset(out, 0, sizeof(*out));
	*why = texts(pairs, out);
	if (!*why)
		*why = numbers(pairs, out);
	return *why ? -1 : 0;
}
