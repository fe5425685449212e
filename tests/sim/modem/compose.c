/* compose.c - see compose.h. */
#include "tests/sim/modem/compose.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "parser/gsm7.h"
#include "parser/tpdu.h"
#include "parser/ucs2.h"

#define NETWORK_SMSC "+355690000001"

/* A whole text in units (septets, or octets of UTF-16BE) and where each part starts. */
struct cut {
	enum tpdu_alphabet alphabet;
	uint8_t *units;
	size_t n;
	size_t single, each; /* units of an only part, and of one of several */
};

static bool is_number(const char *s)
{
	if (*s == '+')
		s++;
	size_t n = strspn(s, "0123456789*#abc");
	return n > 0 && s[n] == '\0';
}

static int set_address(struct tpdu *t, const char *address)
{
	size_t n = strlen(address);
	if (n == 0 || n >= sizeof(t->address))
		return COMPOSE_ERR_ADDRESS;
	memcpy(t->address, address, n + 1);
	t->alphanumeric = !is_number(address);
	t->address_type = t->alphanumeric ? 0xD0 : address[0] == '+' ? 0x91 : 0x81;
	return 0;
}

static int cut_open(struct cut *c, const struct compose_text *t)
{
	int header = t->bits == 16 ? 7 : 6;
	long n = t->alphabet == COMPOSE_UCS2 ? GSM7_ERR_CHAR : gsm7_count(t->text, t->len);
	size_t max = 2 * t->len + 2;
	c->units = malloc(max);
	if (!c->units)
		return COMPOSE_ERR_LONG;
	if (n >= 0) {
		c->alphabet = TPDU_GSM7;
		c->single = 160;
		c->each = (size_t)((140 - header) * 8 / 7);
		n = gsm7_encode(t->text, t->len, c->units, max);
	} else if (t->alphabet != COMPOSE_GSM7) {
		c->alphabet = TPDU_UCS2;
		c->single = 140;
		c->each = (size_t)((140 - header) / 2 * 2);
		n = ucs2_encode(t->text, t->len, c->units, max);
	}
	if (n < 0)
		return COMPOSE_ERR_TEXT;
	c->n = (size_t)n;
	return 0;
}

/* Units of the part that starts at `from`: an escape pair and a surrogate pair stay together. */
static size_t cut_length(const struct cut *c, size_t from)
{
	size_t left = c->n - from;
	size_t n = left < c->each ? left : c->each;
	if (n == left)
		return n;
	if (c->alphabet == TPDU_GSM7)
		return c->units[from + n - 1] == 0x1B ? n - 1 : n;
	return (c->units[from + n - 2] & 0xFC) == 0xD8 ? n - 2 : n;
}

static int cut_count(const struct cut *c)
{
	if (c->n <= c->single)
		return 1;
	int parts = 0;
	for (size_t at = 0; at < c->n; at += cut_length(c, at))
		parts++;
	return parts;
}

static void set_header(struct tpdu *t, const struct compose_text *text, int total, int seq)
{
	t->concat = (struct tpdu_concat){.ref = text->ref,
					 .bits = text->bits == 16 ? 16 : 8,
					 .total = (uint8_t)total,
					 .seq = (uint8_t)seq};
	uint8_t *u = t->udh;
	if (text->bits == 16) {
		const uint8_t header[] = {6,
					  8,
					  4,
					  (uint8_t)(text->ref >> 8),
					  (uint8_t)text->ref,
					  (uint8_t)total,
					  (uint8_t)seq};
		memcpy(u, header, sizeof(header));
		t->udh_len = sizeof(header);
	} else {
		const uint8_t header[] = {5,           0, 3, (uint8_t)text->ref, (uint8_t)total,
					  (uint8_t)seq};
		t->concat.ref &= 0xFF;
		memcpy(u, header, sizeof(header));
		t->udh_len = sizeof(header);
	}
}

static int encode(const struct tpdu *t, struct compose_part *part)
{
	int n = tpdu_encode(t, part->octets, sizeof(part->octets));
	if (n < 0)
		return n;
	part->len = (size_t)n;
	return n;
}

static int deliver_cut(const struct compose_text *text, const struct cut *c, struct tpdu *t,
		       struct compose_part *parts, int max)
{
	int total = cut_count(c);
	if (total > max || total > COMPOSE_PARTS)
		return COMPOSE_ERR_LONG;
	size_t at = 0;
	for (int i = 0; i < total; i++) {
		size_t n = total == 1 ? c->n : cut_length(c, at);
		if (total > 1)
			set_header(t, text, total, i + 1);
		memcpy(t->data, c->units + at, n);
		t->data_len = (uint8_t)n;
		int result = encode(t, &parts[i]);
		if (result < 0)
			return result;
		at += n;
	}
	return total;
}

int compose_deliver(const struct compose_text *text, struct compose_part *parts, int max)
{
	struct tpdu *t = calloc(1, sizeof(*t));
	struct cut c = {0};
	int result = COMPOSE_ERR_LONG;
	if (!t)
		return result;
	t->kind = TPDU_DELIVER;
	t->first_octet = 0x04; /* TP-MMS: no more messages wait */
	t->scts = text->scts;
	t->zone = text->zone;
	t->validity = t->port = -1;
	t->flash = text->flash;
	snprintf(t->smsc, sizeof(t->smsc), "%s", NETWORK_SMSC);
	result = set_address(t, text->from);
	if (result == 0)
		result = cut_open(&c, text);
	if (result == 0) {
		t->alphabet = c.alphabet;
		t->dcs = c.alphabet == TPDU_UCS2 ? 0x08 : 0x00;
		if (text->flash)
			t->dcs |= 0x10;
		result = deliver_cut(text, &c, t, parts, max);
	}
	free(c.units);
	free(t);
	return result;
}

int compose_report(const char *recipient, uint8_t mr, uint8_t status, int64_t submitted,
		   int64_t discharged, int32_t zone, struct compose_part *part)
{
	struct tpdu *t = calloc(1, sizeof(*t));
	if (!t)
		return COMPOSE_ERR_LONG;
	t->kind = TPDU_STATUS_REPORT;
	t->first_octet = 0x06;
	t->mr = mr;
	t->status = status;
	t->scts = submitted;
	t->discharge = discharged;
	t->zone = zone;
	t->validity = t->port = -1;
	snprintf(t->smsc, sizeof(t->smsc), "%s", NETWORK_SMSC);
	int result = set_address(t, recipient);
	if (result == 0)
		result = encode(t, part);
	free(t);
	return result;
}

const char *compose_error(int error)
{
	switch (error) {
	case COMPOSE_ERR_TEXT:
		return "the text does not fit the alphabet";
	case COMPOSE_ERR_ADDRESS:
		return "bad sender";
	case COMPOSE_ERR_LONG:
		return "too long";
	default:
		return tpdu_error_name(error);
	}
}
