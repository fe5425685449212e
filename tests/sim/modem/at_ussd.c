/* at_ussd.c - see at_ussd.h. */
#include "tests/sim/modem/at_ussd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "parser/gsm7.h"
#include "parser/tpdu.h"
#include "parser/ucs2.h"

#define USSD_SEPTETS 182 /* 160 octets packed, 3GPP TS 24.090 */

enum { USSD_DONE = 0, USSD_WANTS_ANSWER = 1, USSD_ENDED = 2, USSD_UNSUPPORTED = 4 };

/* ---- what the TE wrote ----------------------------------------------------------------------- */

static bool is_hex(const char *s)
{
	size_t n = strlen(s);
	return n >= 2 && n % 2 == 0 && strspn(s, "0123456789ABCDEFabcdef") == n;
}

/* A code as typed, out of the form the character set and the model give it. */
static void read_code(const struct at *at, const char *wire, char *code, size_t max)
{
	uint8_t octets[AT_USSD_TEXT], septets[USSD_SEPTETS + 8];
	long n = -1;
	int len = is_hex(wire) ? tpdu_from_hex(wire, strlen(wire), octets, sizeof(octets)) : -1;
	if (len > 0 && at->model->packed_ussd && len <= 160) {
		long count = gsm7_unpack(octets, (size_t)len, 0, (size_t)len * 8 / 7, septets,
					 sizeof(septets));
		/* seven fill bits look like '@' or a CR at the end (23.038 6.1.2.3.1) */
		while (count > 0 && (septets[count - 1] == 0 || septets[count - 1] == '\r'))
			count--;
		if (count > 0)
			n = gsm7_decode(septets, (size_t)count, 0, 0, code, max);
	} else if (len > 0 && at->charset == CHARSET_UCS2 && len % 2 == 0) {
		n = ucs2_decode(octets, (size_t)len, code, max);
	} else if (len > 0 && at->charset == CHARSET_HEX) {
		n = gsm7_decode(octets, (size_t)len, 0, 0, code, max);
	}
	if (n < 0)
		snprintf(code, max, "%s", wire);
}

/* ---- what the TE is shown -------------------------------------------------------------------- */

static void show_ucs2(const char *text, struct out *o)
{
	uint8_t be[2 * AT_USSD_TEXT];
	long n = ucs2_encode(text, strlen(text), be, sizeof(be));
	if (n > 0)
		out_hex(o, be, (size_t)n);
}

/* plain holds only characters that GSM-7 has. */
static void show_gsm(const struct at *at, const char *plain, struct out *o)
{
	uint8_t septets[2 * AT_USSD_TEXT], packed[2 * AT_USSD_TEXT];
	long n = gsm7_encode(plain, strlen(plain), septets, sizeof(septets) - 1);
	if (n < 0)
		return;
	if (at->model->packed_ussd) {
		if (n % 8 == 7)
			septets[n++] = '\r'; /* else the fill bits would read as one more '@' */
		n = gsm7_pack(septets, (size_t)n, 0, packed, sizeof(packed));
		if (n > 0)
			out_hex(o, packed, (size_t)n);
	} else if (at->charset == CHARSET_HEX) {
		out_hex(o, septets, (size_t)n);
	} else {
		out_text(o, plain);
	}
}

static void present(struct at *at, int status, int dcs, const char *text)
{
	struct out o = {0};
	char plain[2 * AT_USSD_TEXT];
	if (dcs == 72)
		show_ucs2(text, &o);
	else if (gsm7_plain(text, strlen(text), plain, sizeof(plain)) < 0)
		plain[0] = '\0';
	else if (at->charset == CHARSET_UCS2 && !at->model->packed_ussd)
		show_ucs2(plain, &o);
	else
		show_gsm(at, plain, &o);
	if (text[0] == '\0')
		at_urc(at, "+CUSD: %d", status);
	else
		at_urc(at, "+CUSD: %d,\"%.*s\",%d", status, (int)out_size(&o), out_bytes(&o), dcs);
	out_free(&o);
}

/* ---- sessions -------------------------------------------------------------------------------- */

static const struct at_ussd_entry *find(const struct at *at, const char *code)
{
	for (int i = 0; i < at->ussd_count; i++)
		if (strcmp(at->ussd[i]->code, code) == 0)
			return at->ussd[i];
	return NULL;
}

static void wait_reply(struct at *at, int status, int dcs, int64_t delay, const char *text)
{
	struct at_ussd_pending *p = &at->ussd_pending;
	p->active = true;
	p->due = at->now + delay;
	p->status = status;
	p->dcs = dcs;
	snprintf(p->text, sizeof(p->text), "%s", text);
}

static void request(struct at *at, const char *code)
{
	char path[2 * AT_USSD_TEXT + 2];
	const struct at_ussd_entry *e = NULL;
	if (at->ussd_session[0]) {
		snprintf(path, sizeof(path), "%s>%s", at->ussd_session, code);
		e = find(at, path);
	}
	if (!e)
		e = find(at, code);
	if (!e)
		e = find(at, "");
	at->counts.ussd++;
	event_text(at->events, "ussd", "code", code, strlen(code));
	if (!e) {
		at->ussd_session[0] = '\0';
		wait_reply(at, USSD_UNSUPPORTED, 15, 0, "");
		return;
	}
	if (e->status != USSD_WANTS_ANSWER)
		at->ussd_session[0] = '\0';
	else if (at->ussd_session[0] && strlen(path) < sizeof(at->ussd_session))
		memcpy(at->ussd_session, path, strlen(path) + 1);
	else if (!at->ussd_session[0])
		snprintf(at->ussd_session, sizeof(at->ussd_session), "%s", code);
	wait_reply(at, e->status, e->dcs, e->delay, e->text);
}

static int do_cusd(struct at *at, enum at_op op, const char *args)
{
	long n = at->cusd_n;
	char wire[AT_USSD_TEXT], code[AT_USSD_TEXT];
	if (op == AT_TEST) {
		at_info(at, "+CUSD: (0-2)");
		return AT_OK;
	}
	if (op == AT_READ) {
		at_info(at, "+CUSD: %d", at->cusd_n);
		return AT_OK;
	}
	if (at_arg_number(&args, &n) < 0 || n < 0 || n > 2)
		return AT_ERROR;
	int got = at_arg_string(&args, wire, sizeof(wire));
	if (got < 0)
		return AT_ERROR;
	if (n == 2) {
		at->ussd_session[0] = '\0';
		at->ussd_pending.active = false;
		event_number(at->events, "ussd_cancel", "n", 2);
		return AT_OK;
	}
	at->cusd_n = (int)n;
	if (got == 0)
		return AT_OK;
	if (!at_registered(at))
		return AT_CME + 30; /* no network service */
	read_code(at, wire, code, sizeof(code));
	request(at, code);
	return AT_OK;
}

const struct at_command at_ussd_commands[] = {
    {"+CUSD", do_cusd, AT_CME},
    {NULL, NULL, 0},
};

void at_ussd_run(struct at *at)
{
	struct at_ussd_pending *p = &at->ussd_pending;
	if (!p->active || at->now < p->due)
		return;
	p->active = false;
	if (at->cusd_n == 1)
		present(at, p->status, p->dcs, p->text);
}

int64_t at_ussd_next(const struct at *at)
{
	return at->ussd_pending.active ? at->ussd_pending.due : INT64_MAX;
}

int at_ussd_set(struct at *at, const char *code, int status, int dcs, int64_t delay,
		const char *text)
{
	struct at_ussd_entry *e = NULL;
	for (int i = 0; i < at->ussd_count && !e; i++)
		if (strcmp(at->ussd[i]->code, code) == 0)
			e = at->ussd[i];
	if (!e) {
		if (at->ussd_count == AT_USSD_MAX)
			return -1;
		e = calloc(1, sizeof(*e));
		if (!e)
			return -1;
		at->ussd[at->ussd_count++] = e;
	}
	snprintf(e->code, sizeof(e->code), "%s", code);
	snprintf(e->text, sizeof(e->text), "%s", text);
	e->status = status;
	e->dcs = dcs;
	e->delay = delay;
	return 0;
}

int at_ussd_push(struct at *at, int status, int dcs, int64_t delay, const char *text)
{
	if (at->ussd_pending.active)
		return -1;
	if (status == USSD_WANTS_ANSWER)
		snprintf(at->ussd_session, sizeof(at->ussd_session), "push");
	else
		at->ussd_session[0] = '\0';
	wait_reply(at, status, dcs, delay, text);
	return 0;
}

void at_ussd_clear(struct at *at)
{
	for (int i = 0; i < at->ussd_count; i++)
		free(at->ussd[i]);
	at->ussd_count = 0;
}
