/* ussd.c - see ussd.h. */
#include "gateway/modem/ussd.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "gateway/modem/mono.h"
#include "parser/gsm7.h"
#include "parser/tpdu.h"
#include "parser/ucs2.h"

#define ANSWER_MS 40000
#define COMMAND_MS 10000
#define OCTETS 512
#define CHARSET_MAX 24

/* ---- decoding --------------------------------------------------------------------------------- */

/* UTF-16 of a text has high octets that repeat (00, 01, 20): most of them few. */
static bool plausible_ucs2(const uint8_t *o, size_t n)
{
	size_t low = 0;

	for (size_t i = 0; i + 1 < n; i += 2)
		low += o[i] <= 0x06 || o[i] == 0x20;
	return n >= 2 && n % 2 == 0 && low * 10 >= n / 2 * 9;
}

static bool from_hex(const char *s, size_t len, char *out, size_t max)
{
	uint8_t octets[OCTETS], septets[OCTETS * 8 / 7 + 1];
	int n = tpdu_from_hex(s, len, octets, sizeof(octets));

	bool ucs2 = n > 0 && plausible_ucs2(octets, (size_t)n);
	/* A figure, "1500", is hex too: what is no more than digits is text. */
	if (n <= 0 || (!ucs2 && strspn(s, "0123456789") >= len))
		return false;
	if (ucs2)
		return ucs2_decode(octets, (size_t)n, out, max) >= 0;
	size_t k = (size_t)n * 8 / 7;
	long got = gsm7_unpack(octets, (size_t)n, 0, k, septets, sizeof(septets));
	/* Fill, 23.038 6.1.2.3.1: a CR, or seven bits of zero. */
	if (got > 0 && (septets[got - 1] == '\r' || (n % 7 == 0 && septets[got - 1] == 0)))
		got--;
	return got > 0 && gsm7_decode(septets, (size_t)got, 0, 0, out, max) >= 0;
}

static void as_text(const char *s, size_t len, char *out, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < len && n + 1 < max; i++)
		out[n++] = (s[i] >= ' ' && s[i] <= '~') || s[i] == '\n' ? s[i] : '?';
	out[n] = '\0';
}

bool ussd_decode(const char *line, int *status, char *text, size_t max)
{
	char *end;

	text[0] = '\0';
	if (strncmp(line, "+CUSD:", 6) != 0)
		return false;
	long m = strtol(line + 6, &end, 10);
	if (end == line + 6 || m < 0 || m > 5)
		return false;
	*status = (int)m;
	const char *open = strchr(end, '"');
	const char *close = open ? strrchr(open + 1, '"') : NULL;
	if (!open)
		return true;
	size_t len = close ? (size_t)(close - open - 1) : strlen(open + 1);
	if (!from_hex(open + 1, len, text, max))
		as_text(open + 1, len, text, max);
	return true;
}

/* ---- dialling --------------------------------------------------------------------------------- */

struct seen {
	bool cusd;
	int status;
	char text[USSD_TEXT], charset[CHARSET_MAX];
};

static void line_in(void *arg, const char *line)
{
	struct seen *s = arg;

	if (strncmp(line, "+CSCS:", 6) == 0)
		snprintf(s->charset, sizeof(s->charset), "%.20s", line + 6 + strspn(line + 6, " "));
	else if (!s->cusd)
		s->cusd = ussd_decode(line, &s->status, s->text, sizeof(s->text));
}

static void packed(const char *code, char *out, size_t max)
{
	uint8_t septets[64], octets[64];
	long n = gsm7_encode(code, strlen(code), septets, sizeof(septets) - 1);

	out[0] = '\0';
	if (n > 0 && n % 8 == 7)
		septets[n++] = '\r';
	n = n > 0 ? gsm7_pack(septets, (size_t)n, 0, octets, sizeof(octets)) : 0;
	for (long i = 0; i < n && (size_t)i * 2 + 2 < max; i++)
		snprintf(out + i * 2, 3, "%02X", octets[i]);
}

static int dial(struct link *l, const char *code, struct seen *s)
{
	char cmd[160], hex[130];

	snprintf(cmd, sizeof(cmd), "AT+CUSD=1,\"%s\",15", code);
	int rc = link_raw(l, cmd, COMMAND_MS, line_in, s);
	/* A bare ERROR: the command was not understood, so nothing was dialled. */
	if (rc != LINK_REFUSED || link_code(l) != 0 || s->cusd)
		return rc;
	packed(code, hex, sizeof(hex));
	snprintf(cmd, sizeof(cmd), "AT+CUSD=1,%s,15", hex);
	return link_raw(l, cmd, COMMAND_MS, line_in, s);
}

static int await(struct link *l, struct seen *s)
{
	char line[1024];
	int64_t deadline = mono_ms() + ANSWER_MS;
	int rc = LINK_OK;

	while (!s->cusd && rc == LINK_OK) {
		rc = link_line(l, deadline, line, sizeof(line));
		if (rc == LINK_OK)
			line_in(s, line);
	}
	return rc == LINK_TIMEOUT ? LINK_OK : rc;
}

static void tell(struct talk *t, const struct seen *s, int rc, int code)
{
	struct wire_done_ussd d = {.job = t->ussd_job, .code = code, .text = wire_str(s->text)};

	d.status = (uint8_t)s->status;
	if (s->cusd)
		d.result = s->status <= 1 ? WIRE_USSD_ANSWERED : WIRE_USSD_REFUSED;
	else
		d.result = rc == LINK_REFUSED ? WIRE_USSD_REFUSED : WIRE_USSD_SILENT;
	talk_done_ussd(t, &d);
}

int ussd_run(struct talk *t, struct link *l)
{
	struct seen s = {.cusd = false};
	char cmd[CHARSET_MAX + 16];
	int code = 0;

	t->has_ussd = false;
	talk_begin(t, "AT+CUSD", ANSWER_MS + 4 * COMMAND_MS);
	/* libgammu believes that the alphabet is as it left it: put back afterwards. */
	link_raw(l, "AT+CSCS?", COMMAND_MS, line_in, &s);
	link_raw(l, "AT+CSCS=\"GSM\"", COMMAND_MS, NULL, NULL);
	int rc = dial(l, t->ussd_code, &s);
	if (rc == LINK_REFUSED)
		code = link_code(l);
	else if (rc == LINK_OK)
		rc = await(l, &s);
	tell(t, &s, rc, code);
	if (rc != LINK_GONE && (s.status == 1 || !s.cusd))
		link_raw(l, "AT+CUSD=2", COMMAND_MS, NULL, NULL); /* no session stays open */
	if (rc != LINK_GONE && s.charset[0]) {
		snprintf(cmd, sizeof(cmd), "AT+CSCS=%s", s.charset);
		link_raw(l, cmd, COMMAND_MS, NULL, NULL);
	}
	talk_end(t);
	return rc == LINK_REFUSED ? LINK_OK : rc;
}
