/* at_state.c - see at_state.h. */
#include "tests/sim/modem/at_state.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define URC_MAX (64u << 10) /* what a line that nobody reads keeps */

static void add_line(struct out *o, const char *format, va_list args)
{
	char text[AT_LINE_MAX];
	int n = vsnprintf(text, sizeof(text), format, args);
	if (n < 0)
		return;
	out_add(o, "\r\n", 2);
	out_add(o, text, (size_t)n < sizeof(text) ? (size_t)n : sizeof(text) - 1);
	out_add(o, "\r\n", 2);
}

void at_info(struct at *at, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	add_line(&at->reply, format, args);
	va_end(args);
}

static bool urc_room(struct at *at)
{
	if (out_size(&at->urc) + out_size(&at->out) < URC_MAX)
		return true;
	at->counts.urc_lost++;
	return false;
}

void at_urc(struct at *at, const char *format, ...)
{
	if (!urc_room(at))
		return;
	va_list args;
	va_start(args, format);
	add_line(&at->urc, format, args);
	va_end(args);
}

void at_urc_pdu(struct at *at, const char *head, const uint8_t *octets, size_t len)
{
	if (!urc_room(at))
		return;
	out_format(&at->urc, "\r\n%s%zu\r\n", head, at_tpdu_length(octets, len));
	out_hex(&at->urc, octets, len);
	out_text(&at->urc, "\r\n");
}

int at_arg_number(const char **p, long *value)
{
	const char *s = *p;
	while (*s == ' ')
		s++;
	if (*s == '\0' || *s == ',') {
		*p = *s ? s + 1 : s;
		return 0;
	}
	char *end;
	errno = 0;
	long v = strtol(s, &end, 10);
	while (*end == ' ')
		end++;
	if (end == s || errno || (*end && *end != ','))
		return -1;
	*value = v;
	*p = *end ? end + 1 : end;
	return 1;
}

int at_arg_string(const char **p, char *text, size_t max)
{
	const char *s = *p;
	while (*s == ' ')
		s++;
	text[0] = '\0';
	if (*s == '\0' || *s == ',') {
		*p = *s ? s + 1 : s;
		return 0;
	}
	const char *end;
	if (*s == '"') {
		end = strchr(++s, '"');
		if (!end)
			return -1;
	} else {
		end = s + strcspn(s, ",");
	}
	size_t n = (size_t)(end - s);
	if (n >= max)
		return -1;
	memcpy(text, s, n);
	text[n] = '\0';
	end += *end == '"';
	if (*end && *end != ',')
		return -1;
	*p = *end ? end + 1 : end;
	return 1;
}

enum at_sim at_sim_state(const struct at *at)
{
	if (at->fault->sim == FAULT_SIM_MISSING)
		return SIM_MISSING;
	if (at->pin_done || at->pin[0] == '\0')
		return SIM_READY;
	return at->pin_tries > 0 ? SIM_PIN : SIM_PUK;
}

int at_sim_error(const struct at *at, int base)
{
	/* 27.007 9.2: 10 not inserted, 11 PIN, 12 PUK.  27.005 3.2.5: 310, 311, 316. */
	switch (at_sim_state(at)) {
	case SIM_MISSING:
		return base == AT_CMS ? AT_CMS + 310 : AT_CME + 10;
	case SIM_PIN:
		return base == AT_CMS ? AT_CMS + 311 : AT_CME + 11;
	case SIM_PUK:
		return base == AT_CMS ? AT_CMS + 316 : AT_CME + 12;
	case SIM_READY:
		break;
	}
	return AT_OK;
}

int at_registration(const struct at *at)
{
	if (at->function != 1 || at_sim_state(at) != SIM_READY)
		return 0;
	bool on = at->registration == 1 || at->registration == 5;
	return on && at->signal == 99 ? 2 : at->registration;
}

bool at_registered(const struct at *at)
{
	int stat = at_registration(at);
	return stat == 1 || stat == 5;
}

size_t at_tpdu_length(const uint8_t *octets, size_t len)
{
	if (len == 0 || (size_t)octets[0] + 1 > len)
		return 0;
	return len - 1 - octets[0];
}
