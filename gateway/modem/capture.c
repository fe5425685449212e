/* capture.c - see capture.h.
 *
 * The lines that matter look so in libgammu 1.42 (answers of the modem are numbered and quoted):
 *   Getting message from cache            the next line is the PDU, bare
 *   2 "+CMGR: 0,,25"                      the next is the PDU, as  3 "0791..."
 *   1 "+CDS: 25"                          the same, for a delivery report
 *   1 "+CMTI: "SM",3"
 *   1 "+CUSD: 2"                          counted only: a USSD session ended, or something was pushed
 *   2 "+CMS ERROR: 38"
 */
#include "gateway/modem/capture.h"
#include <stdlib.h>
#include <string.h>
#include "parser/tpdu.h"

void capture_arm(struct capture *c)
{
	c->next = CAPTURE_NOTHING;
	c->have = false;
	c->pdu.len = 0;
	c->ok = false;
	c->error_code = 0;
}

/* The answer in a numbered line, or the whole line. */
static char *unquote(char *line, size_t *len)
{
	size_t skip = strspn(line, " 0123456789");

	if (skip == 0 || line[skip] != '"')
		return line;
	char *s = line + skip + 1;
	*len -= skip + 1;
	if (*len && s[*len - 1] == '"')
		s[--*len] = '\0';
	return s;
}

void capture_set(struct capture_pdu *p, const char *s, size_t len)
{
	int n = tpdu_from_hex(s, len, p->octets, sizeof(p->octets));

	p->hex = n > 0;
	if (n <= 0) {
		p->len = len < sizeof(p->octets) ? len : sizeof(p->octets);
		memcpy(p->octets, s, p->len);
	} else {
		p->len = (size_t)n;
	}
}

static void add_report(struct capture *c, const char *s, size_t len)
{
	if (c->n_reports == CAPTURE_REPORTS) /* the message then stays without its report */
		return;
	capture_set(&c->report[c->n_reports++], s, len);
}

/* +CMTI: "SM",3   What does not look so is dropped: a sweep finds the message. */
static void add_notice(struct capture *c, const char *s)
{
	struct capture_notice n = {"", 0};
	const char *comma = strchr(s, ',');
	const char *name = s + strspn(s, " \"");
	size_t len = strcspn(name, "\",");

	if (!comma || len == 0 || len >= sizeof(n.memory) || c->n_notices == CAPTURE_NOTICES)
		return;
	memcpy(n.memory, name, len);
	n.place = (uint32_t)strtoul(comma + 1, NULL, 10);
	c->notice[c->n_notices++] = n;
}

static bool starts(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

static void whole_line(struct capture *c, char *line, size_t len)
{
	enum capture_next is = c->next;

	c->next = CAPTURE_NOTHING;
	if (is == CAPTURE_CACHED) {
		capture_set(&c->pdu, line, len);
		c->have = len > 0;
		return;
	}
	char *s = unquote(line, &len);
	if (is == CAPTURE_READ && len > 0) {
		capture_set(&c->pdu, s, len);
		c->have = true;
	} else if (is == CAPTURE_REPORT && len > 0) {
		add_report(c, s, len);
	} else if (starts(s, "Getting message from cache")) {
		c->next = CAPTURE_CACHED;
	} else if (starts(s, "+CMGR:")) {
		c->next = CAPTURE_READ;
	} else if (starts(s, "+CDS:")) {
		c->next = CAPTURE_REPORT;
	} else if (strcmp(s, "OK") == 0) {
		c->ok = true;
	} else if (starts(s, "+CMTI:")) {
		add_notice(c, s + 6);
	} else if (starts(s, "+CUSD:")) {
		c->cusd++;
	} else if (starts(s, "+CMS ERROR:") || starts(s, "+CME ERROR:")) {
		c->error_code = (int)strtol(s + 11, NULL, 10);
	}
}

void capture_text(struct capture *c, const char *text)
{
	while (*text) {
		size_t n = strcspn(text, "\r\n");
		size_t room = sizeof(c->line) - 1 - c->used;
		size_t take = n < room ? n : room; /* a longer line is cut: no PDU is so long */
		memcpy(c->line + c->used, text, take);
		c->used += take;
		text += n;
		if (*text == '\0')
			return;
		c->line[c->used] = '\0';
		if (c->used)
			whole_line(c, c->line, c->used);
		c->used = 0;
		text++;
	}
}

static bool begins_answer(const char *text)
{
	size_t digits = strspn(text, "0123456789");

	return digits > 0 && text[digits] == ' ' && text[digits + 1] == '"';
}

void capture_log(struct capture *c, const char *text)
{
	if (begins_answer(text))
		c->used = 0;
	capture_text(c, text);
}

bool capture_report(struct capture *c, struct capture_pdu *out)
{
	if (c->n_reports == 0)
		return false;
	*out = c->report[0];
	c->n_reports--;
	memmove(c->report, c->report + 1, c->n_reports * sizeof(c->report[0]));
	return true;
}

bool capture_notice(struct capture *c, struct capture_notice *out)
{
	if (c->n_notices == 0)
		return false;
	*out = c->notice[0];
	c->n_notices--;
	memmove(c->notice, c->notice + 1, c->n_notices * sizeof(c->notice[0]));
	return true;
}
