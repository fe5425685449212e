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
#define LINE_MS 1000   /* for the rest of a line, or of an answer in several */
#define OPEN_MS 90000  /* how long a person may ponder a menu; networks give up at about that */
#define OCTETS 512
#define CHARSET_MAX 24
#define LINE_MAX 1024

enum { ASKS = 1, ENDED = 2, NO_ANSWER = 5 }; /* m of +CUSD */

/* ---- decoding --------------------------------------------------------------------------------- */

/* UTF-16 of a text has high octets that repeat (00, 01, 20): most of them few. */
static bool plausible_ucs2(const uint8_t *o, size_t n)
{
	size_t low = 0;

	for (size_t i = 0; i + 1 < n; i += 2)
		low += o[i] <= 0x06 || o[i] == 0x20;
	return n >= 2 && n % 2 == 0 && low * 10 >= n / 2 * 9;
}

/* Packed septets have the high bit set every few octets; a text of octets has it never. */
static bool plausible_text(const uint8_t *o, size_t n)
{
	size_t letters = 0;

	for (size_t i = 0; i < n; i++) {
		if (o[i] != '\r' && o[i] != '\n' && (o[i] < ' ' || o[i] > '~'))
			return false;
		letters += (o[i] | 0x20) >= 'a' && (o[i] | 0x20) <= 'z';
	}
	return n >= 6 && letters * 3 >= n;
}

static bool unpacked(const uint8_t *octets, size_t n, char *out, size_t max)
{
	uint8_t septets[OCTETS * 8 / 7 + 1];
	long got = gsm7_unpack(octets, n, 0, n * 8 / 7, septets, sizeof(septets));

	/* Fill, 23.038 6.1.2.3.1: a CR, or seven bits of zero. */
	if (got > 0 && (septets[got - 1] == '\r' || (n % 7 == 0 && septets[got - 1] == 0)))
		got--;
	return got > 0 && gsm7_decode(septets, (size_t)got, 0, 0, out, max) >= 0;
}

static void plain(const uint8_t *o, size_t n, char *out, size_t max)
{
	size_t at = 0;

	for (size_t i = 0; i < n && at + 1 < max; i++)
		out[at++] = o[i] == '\r' ? '\n' : (char)o[i];
	out[at] = '\0';
}

/* dcs: -1 when none was said.  23.038 5: 17 is UCS2 behind a language code of two packed septets; of
 * the general groups (01xx) bits 3 and 2 are the alphabet, 1 = octets, 2 = UCS2. */
static bool from_hex(const char *s, size_t len, int dcs, char *out, size_t max)
{
	uint8_t octets[OCTETS];
	int got = tpdu_from_hex(s, len, octets, sizeof(octets));
	size_t n = got > 0 ? (size_t)got : 0;

	bool ucs2 = n > 0 && plausible_ucs2(octets, n);
	/* A figure, "1500", is hex too: what is no more than digits is text. */
	if (n == 0 || (!ucs2 && strspn(s, "0123456789") >= len))
		return false;
	if (!ucs2 && dcs == 17 && n > 2 && plausible_ucs2(octets + 2, n - 2))
		return ucs2_decode(octets + 2, n - 2, out, max) >= 0;
	if (ucs2)
		return ucs2_decode(octets, n, out, max) >= 0;
	if ((dcs >= 0x40 && dcs < 0x80 && (dcs & 0x0c) == 0x04) || plausible_text(octets, n)) {
		plain(octets, n, out, max);
		return true;
	}
	return unpacked(octets, n, out, max);
}

/* Text of the modem's alphabet, GSM: what stands in the places of control characters there is read as
 * such; the rest is as good as ASCII, and some modems answer in UTF-8 whatever was agreed. */
static void as_text(const char *s, size_t len, char *out, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < len && n + 4 < max; i++) {
		uint8_t c = (uint8_t)s[i];
		char one[8] = "";
		bool text = c == '\n' || (c >= ' ' && c <= '~') || c >= 0x80;
		if (!text && c != '\r' && c < ' ' && gsm7_decode(&c, 1, 0, 0, one, sizeof(one)) > 0)
			n += (size_t)snprintf(out + n, max - n, "%s", one);
		else if (c == '\r' && s[i + 1] != '\n') /* s ends in a quote, or in NUL */
			out[n++] = '\n';
		else if (c != '\r')
			out[n++] = text ? (char)c : '?';
	}
	out[n] = '\0';
}

/* "string",dcs : the quote that closes is the last one. */
static const char *closing(const char *open)
{
	const char *close = strrchr(open + 1, '"');

	return close && strspn(close + 1, ", 0123456789\r") == strlen(close + 1) ? close : NULL;
}

bool ussd_unfinished(const char *line)
{
	const char *open = strchr(line, '"');

	return open && !closing(open);
}

/* 16: a language code of three characters, "sq\r", stands before the text. */
static void drop_language(int dcs, char *text)
{
	if (dcs == 16 && strlen(text) > 3 && text[2] == '\n')
		memmove(text, text + 3, strlen(text + 3) + 1);
}

/* What is no text is not shown as any: octets that are no UTF-8, and what a terminal would obey, C1
 * (U+0080 to U+009F) included. */
static void clean(char *text)
{
	bool valid = utf8_valid(text, strlen(text));

	for (uint8_t *p = (uint8_t *)text; *p; p++) {
		bool c1 = p[0] == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0;
		if ((*p < ' ' && *p != '\n') || *p == 0x7f || (*p >= 0x80 && !valid) || c1)
			*p = '?';
		if (c1)
			*++p = '?';
	}
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
	const char *close = open ? closing(open) : NULL;
	if (!open)
		return true;
	size_t len = close ? (size_t)(close - open - 1) : strlen(open + 1);
	const char *label = close ? close + 1 + strspn(close + 1, ", ") : "";
	int dcs = *label >= '0' && *label <= '9' ? (int)strtol(label, NULL, 10) : -1;
	if (!from_hex(open + 1, len, dcs, text, max))
		as_text(open + 1, len, text, max);
	drop_language(dcs, text);
	clean(text);
	return true;
}

/* ---- dialling --------------------------------------------------------------------------------- */

struct seen {
	bool cusd;
	char line[LINE_MAX]; /* +CUSD as it came, its further lines behind it */
	char charset[CHARSET_MAX];
};

static void line_in(void *arg, const char *line)
{
	struct seen *s = arg;
	size_t n = strlen(s->line);

	if (strncmp(line, "+CSCS:", 6) == 0) {
		snprintf(s->charset, sizeof(s->charset), "%.20s", line + 6 + strspn(line + 6, " "));
	} else if (!s->cusd && strncmp(line, "+CUSD:", 6) == 0) {
		s->cusd = true;
		snprintf(s->line, sizeof(s->line), "%s", line);
	} else if (s->cusd && ussd_unfinished(s->line)) {
		snprintf(s->line + n, sizeof(s->line) - n, "\n%s", line);
	}
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

static int say(struct link *l, const char *code, bool pack, struct seen *seen)
{
	char cmd[160], hex[130];

	if (pack) {
		packed(code, hex, sizeof(hex));
		snprintf(cmd, sizeof(cmd), "AT+CUSD=1,%s,15", hex);
	} else {
		snprintf(cmd, sizeof(cmd), "AT+CUSD=1,\"%s\",15", code);
	}
	return link_raw(l, cmd, COMMAND_MS, line_in, seen);
}

static int dial(struct link *l, const char *code, struct ussd_session *s, struct seen *seen)
{
	int rc = say(l, code, s->packed, seen);
	/* A bare ERROR: the command was not understood, so nothing was dialled. */
	if (rc != LINK_REFUSED || link_code(l) != 0 || seen->cusd || s->packed)
		return rc;
	rc = say(l, code, true, seen);
	s->packed = rc == LINK_OK;
	return rc;
}

static int await(struct link *l, struct seen *s, int patience_ms)
{
	char line[LINE_MAX];
	int64_t deadline = mono_ms() + (patience_ms && patience_ms < ANSWER_MS ? patience_ms : ANSWER_MS);
	int rc = LINK_OK;

	while ((!s->cusd || ussd_unfinished(s->line)) && rc == LINK_OK) {
		rc = link_line(l, s->cusd ? mono_ms() + LINE_MS : deadline, line, sizeof(line));
		if (rc == LINK_OK)
			line_in(s, line);
	}
	return rc == LINK_TIMEOUT ? LINK_OK : rc;
}

static void tell(struct talk *t, int64_t job, uint8_t result, int status, int code, const char *text)
{
	struct wire_done_ussd d = {.job = job, .result = result, .status = (uint8_t)status,
				   .code = code, .text = wire_str(text)};

	talk_done_ussd(t, &d);
}

static void told(struct talk *t, const struct link *l, struct ussd_session *s, const struct seen *seen,
		 int rc, int code)
{
	char text[USSD_TEXT] = "";
	int status = 0;

	if (!seen->cusd || !ussd_decode(seen->line, &status, text, sizeof(text)))
		tell(t, s->job, rc == LINK_REFUSED ? WIRE_USSD_REFUSED : WIRE_USSD_SILENT, 0, code, "");
	else
		tell(t, s->job, status <= ASKS ? WIRE_USSD_ANSWERED : WIRE_USSD_REFUSED, status, code,
		     text);
	s->open = seen->cusd && status == ASKS;
	s->cusd = link_cusd(l);
	s->until = mono_ms() + OPEN_MS;
}

static void hang_up(struct link *l, struct ussd_session *s)
{
	s->open = false;
	link_raw(l, "AT+CUSD=2", COMMAND_MS, NULL, NULL);
}

static int ask(struct talk *t, struct link *l, struct ussd_session *s, struct seen *seen)
{
	int code = 0;
	int rc = dial(l, t->ussd_code, s, seen);

	if (rc == LINK_REFUSED)
		code = link_code(l);
	else if (rc == LINK_OK)
		rc = await(l, seen, s->patience_ms);
	told(t, l, s, seen, rc, code);
	if (rc != LINK_GONE && !seen->cusd)
		hang_up(l, s); /* no session stays open that nobody knows of */
	return rc;
}

static int step(struct talk *t, struct link *l, struct ussd_session *s)
{
	struct seen seen = {.cusd = false};
	char cmd[CHARSET_MAX + 16];
	unsigned before = s->cusd;
	int rc = LINK_OK;

	/* One that nobody answers any more, or that an earlier worker left: in it, the code would be
	 * taken for an answer. */
	if ((s->open || !s->begun) && t->ussd_step == WIRE_USSD_DIAL)
		hang_up(l, s);
	s->begun = true;
	s->job = t->ussd_job;
	s->open = false;
	/* libgammu believes that the alphabet is as it left it: put back afterwards. */
	link_raw(l, "AT+CSCS?", COMMAND_MS, line_in, &seen);
	link_raw(l, "AT+CSCS=\"GSM\"", COMMAND_MS, NULL, NULL);
	if (t->ussd_step == WIRE_USSD_ANSWER && link_cusd(l) != before)
		tell(t, s->job, WIRE_USSD_OVER, ENDED, 0, "");
	else
		rc = ask(t, l, s, &seen);
	if (rc != LINK_GONE && seen.charset[0]) {
		snprintf(cmd, sizeof(cmd), "AT+CSCS=%s", seen.charset);
		link_raw(l, cmd, COMMAND_MS, NULL, NULL);
	}
	return rc;
}

int ussd_run(struct talk *t, struct link *l, struct ussd_session *s)
{
	int rc = LINK_OK;
	bool ours = s->open && s->job == t->ussd_job;

	t->has_ussd = false;
	/* An answer without its session would be dialled as a code of its own. */
	if (t->ussd_step == WIRE_USSD_ANSWER && !ours) {
		s->begun = false;
		tell(t, t->ussd_job, WIRE_USSD_OVER, ENDED, 0, "");
		return LINK_OK;
	}
	if (t->ussd_step == WIRE_USSD_CLOSE && !ours)
		return LINK_OK;
	talk_begin(t, "AT+CUSD", ANSWER_MS + 6 * COMMAND_MS);
	if (t->ussd_step == WIRE_USSD_CLOSE)
		hang_up(l, s);
	else
		rc = step(t, l, s);
	talk_end(t);
	return rc == LINK_REFUSED ? LINK_OK : rc;
}

/* ---- while the network waits ------------------------------------------------------------------ */

void ussd_tick(struct talk *t, struct link *l, struct ussd_session *s)
{
	if (!s->open)
		return;
	bool ended = link_cusd(l) != s->cusd;
	if (!ended && mono_left(s->until) > 0)
		return;
	tell(t, s->job, WIRE_USSD_OVER, ended ? ENDED : NO_ANSWER, 0, "");
	talk_begin(t, "AT+CUSD=2", 2 * COMMAND_MS);
	hang_up(l, s);
	talk_end(t);
}
