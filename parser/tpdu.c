/* tpdu.c - SMS TPDUs: the bounded decoder, the encoder, and the splitting of a text into parts.
 *
 * Owns nothing.  May call parser/gsm7 and parser/ucs2.  All reading goes through struct cursor,
 * whose take() is the one place that compares a length with what is left.
 */
#include "parser/tpdu.h"
#include "parser/gsm7.h"
#include "parser/ucs2.h"
#include <string.h>
#include <time.h>

#define UD_OCTETS 140 /* 23.040 9.2.3.16: TP-UD holds at most 140 octets, 160 septets */
#define UD_SEPTETS 160
#define ADDRESS_DIGITS 20 /* 23.040 9.1.2.5: at most 10 octets of address value */

enum { MTI_DELIVER = 0, MTI_SUBMIT = 1, MTI_STATUS_REPORT = 2, MTI_MASK = 3 };
enum { FO_VPF = 0x18, FO_VPF_RELATIVE = 0x10, FO_REPORT = 0x20, FO_UDHI = 0x40 };
enum { TON_MASK = 0x70, TON_INTERNATIONAL = 0x10, TON_ALPHANUMERIC = 0x50 };
enum {
	IE_CONCAT8 = 0x00,
	IE_PORT8 = 0x04,
	IE_PORT16 = 0x05,
	IE_CONCAT16 = 0x08,
	IE_SINGLE_SHIFT = 0x24,
	IE_LOCKING_SHIFT = 0x25
};

struct cursor {
	const uint8_t *at;
	size_t left;
	const char *field; /* what is being read */
};

static const uint8_t *take(struct cursor *c, size_t n)
{
	if (n > c->left)
		return NULL;
	const uint8_t *p = c->at;
	c->at += n;
	c->left -= n;
	return p;
}

static int take_octet(struct cursor *c, const char *field, uint8_t *out)
{
	c->field = field;
	const uint8_t *p = take(c, 1);
	if (!p)
		return TPDU_ERR_SHORT;
	*out = *p;
	return TPDU_OK;
}

/* Semi-octets, low nibble first (23.040 9.1.2.3); an F ends the number. */
static void digits_text(const uint8_t *bcd, size_t digits, bool plus, char *out)
{
	static const char names[] = "0123456789*#abc";
	size_t n = 0;

	if (plus)
		out[n++] = '+';
	for (size_t i = 0; i < digits; i++) {
		unsigned d = i % 2 ? bcd[i / 2] >> 4 : bcd[i / 2] & 0x0fu;
		if (d == 0x0f)
			break;
		out[n++] = names[d];
	}
	out[n] = '\0';
}

static int alpha_text(const uint8_t *value, size_t octets, size_t semi_octets, char *out)
{
	uint8_t septets[ADDRESS_DIGITS];
	size_t n = semi_octets * 4 / 7;

	if (gsm7_unpack(value, octets, 0, n, septets, sizeof(septets)) < 0)
		return TPDU_ERR_ADDRESS;
	if (gsm7_decode(septets, n, 0, 0, out, TPDU_ADDRESS_MAX) < 0)
		return TPDU_ERR_ADDRESS;
	return TPDU_OK;
}

/* TP-OA, TP-DA, TP-RA: 23.040 9.1.2.5. */
static int read_address(struct cursor *c, const char *field, struct tpdu *out)
{
	uint8_t digits = 0;
	int rc = take_octet(c, field, &digits);

	if (rc == TPDU_OK)
		rc = take_octet(c, field, &out->address_type);
	if (rc != TPDU_OK)
		return rc;
	if (digits > ADDRESS_DIGITS)
		return TPDU_ERR_ADDRESS;
	size_t octets = (digits + 1u) / 2;
	const uint8_t *value = take(c, octets);
	if (!value)
		return TPDU_ERR_SHORT;
	out->alphanumeric = (out->address_type & TON_MASK) == TON_ALPHANUMERIC;
	if (out->alphanumeric)
		return alpha_text(value, octets, digits, out->address);
	digits_text(value, digits, (out->address_type & TON_MASK) == TON_INTERNATIONAL,
		    out->address);
	return TPDU_OK;
}

/* The SMSC address before the TPDU counts octets, its type included: 24.011 8.2.5.1. */
static int read_smsc(struct cursor *c, struct tpdu *out)
{
	uint8_t len = 0, type = 0;
	int rc = take_octet(c, "SMSC", &len);

	if (rc != TPDU_OK || len == 0)
		return rc;
	if (len > 1 + ADDRESS_DIGITS / 2)
		return TPDU_ERR_ADDRESS;
	rc = take_octet(c, "SMSC", &type);
	if (rc != TPDU_OK)
		return rc;
	const uint8_t *value = take(c, len - 1u);
	if (!value)
		return TPDU_ERR_SHORT;
	digits_text(value, (len - 1u) * 2, (type & TON_MASK) == TON_INTERNATIONAL, out->smsc);
	return TPDU_OK;
}

/* Days since 1970-01-01 of a Gregorian date. */
static int64_t days_from_civil(int64_t y, int64_t m, int64_t d)
{
	static const int16_t before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
	bool leap = y % 4 == 0 && (y % 100 != 0 || y % 400 == 0);
	int64_t p = y - 1;

	return p * 365 + p / 4 - p / 100 + p / 400 - 719162 + before[m - 1] + (leap && m > 2) + d -
	       1;
}

/* Seven semi-octet pairs, 23.040 9.2.3.11.  A stamp that is no date gives 0: networks do send such,
 * and the text under it is as good as any. */
static int64_t stamp_seconds(const uint8_t s[7], int32_t *zone)
{
	unsigned v[7];
	static const unsigned month_days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	*zone = 0;
	for (int i = 0; i < 7; i++) {
		unsigned tens = s[i] & 0x0fu, units = s[i] >> 4;
		if (i == 6)
			tens &= 7; /* bit 3 is the sign of the zone */
		if (tens > 9 || units > 9)
			return 0;
		v[i] = tens * 10 + units;
	}
	if (v[1] < 1 || v[1] > 12 || v[2] < 1 || v[2] > month_days[v[1] - 1] || v[3] > 23 ||
	    v[4] > 59 || v[5] > 59)
		return 0;
	int32_t east = (int32_t)v[6] * 15 * 60;
	*zone = s[6] & 0x08 ? -east : east;
	int64_t year = v[0] >= 90 ? 1900 + v[0] : 2000 + v[0]; /* GSM began in the nineties */
	if (v[1] == 2 && v[2] == 29 && year % 4 != 0)
		return 0;
	int64_t days = days_from_civil(year, v[1], v[2]);
	return days * 86400 + v[3] * 3600 + v[4] * 60 + v[5] - *zone;
}

static int read_stamp(struct cursor *c, const char *field, int64_t *when, int32_t *zone)
{
	c->field = field;
	const uint8_t *p = take(c, 7);
	if (!p)
		return TPDU_ERR_SHORT;
	*when = stamp_seconds(p, zone);
	return TPDU_OK;
}

/* 23.038 4.  Reserved codings are read as the default alphabet, as that clause asks; compressed
 * text (23.042, which no handset sends) stays octets. */
static enum tpdu_alphabet dcs_alphabet(uint8_t dcs)
{
	if (dcs < 0x80) { /* general, and "marked for automatic deletion", which is coded alike */
		if (dcs & 0x20)
			return TPDU_8BIT;
		switch (dcs & 0x0c) {
		case 0x04:
			return TPDU_8BIT;
		case 0x08:
			return TPDU_UCS2;
		default:
			return TPDU_GSM7;
		}
	}
	if ((dcs & 0xf0) == 0xe0)
		return TPDU_UCS2;
	if ((dcs & 0xf4) == 0xf4)
		return TPDU_8BIT;
	return TPDU_GSM7;
}

static bool dcs_flash(uint8_t dcs)
{
	if (dcs < 0x80)
		return (dcs & 0x13) == 0x10; /* class meant, and it is 0 */
	return (dcs & 0xf3) == 0xf0;
}

/* One information element.  One of a wrong length, or an impossible concatenation, is ignored; of
 * two of a kind the later counts: 23.040 9.2.3.24. */
static void read_element(uint8_t id, const uint8_t *v, size_t len, struct tpdu *out)
{
	struct tpdu_concat c = {0, 0, 0, 0};

	switch (id) {
	case IE_CONCAT8:
		if (len == 3)
			c = (struct tpdu_concat){v[0], 8, v[1], v[2]};
		break;
	case IE_CONCAT16:
		if (len == 4)
			c = (struct tpdu_concat){(uint16_t)(v[0] << 8 | v[1]), 16, v[2], v[3]};
		break;
	case IE_PORT8:
		if (len == 2)
			out->port = v[0];
		break;
	case IE_PORT16:
		if (len == 4)
			out->port = v[0] << 8 | v[1];
		break;
	case IE_SINGLE_SHIFT:
		if (len == 1)
			out->single = v[0];
		break;
	case IE_LOCKING_SHIFT:
		if (len == 1)
			out->locking = v[0];
		break;
	default:
		break;
	}
	if (c.bits && c.total && c.seq && c.seq <= c.total)
		out->concat = c;
}

static int read_udh(struct cursor *c, size_t ud_octets, struct tpdu *out)
{
	struct cursor h = {c->at, c->left < ud_octets ? c->left : ud_octets, "TP-UDH"};
	uint8_t len = 0;

	c->field = "TP-UDH";
	if (take_octet(&h, "TP-UDH", &len) != TPDU_OK || len > h.left || len + 1u > UD_OCTETS)
		return TPDU_ERR_UDH;
	memcpy(out->udh, c->at, len + 1u);
	out->udh_len = (uint8_t)(len + 1);
	h.left = len;
	while (h.left) {
		uint8_t id = 0, size = 0;
		const uint8_t *value = NULL;
		if (take_octet(&h, "TP-UDH", &id) == TPDU_OK &&
		    take_octet(&h, "TP-UDH", &size) == TPDU_OK)
			value = take(&h, size);
		if (!value)
			return TPDU_ERR_UDH;
		read_element(id, value, size, out);
	}
	take(c, out->udh_len);
	return TPDU_OK;
}

static int decode_text(struct tpdu *out)
{
	long n = 0;

	if (out->alphabet == TPDU_GSM7)
		n = gsm7_decode(out->data, out->data_len, out->locking, out->single, out->text,
				sizeof(out->text));
	else if (out->alphabet == TPDU_UCS2)
		n = ucs2_decode(out->data, out->data_len, out->text, sizeof(out->text));
	if (n < 0)
		return TPDU_ERR_SPACE;
	out->text_len = (size_t)n;
	return TPDU_OK;
}

/* Fill bits between a header of so many octets and the first septet: 23.040 figure 9.2.3.24 (a). */
static unsigned fill_bits(size_t udh_len)
{
	return (unsigned)((7 - udh_len * 8 % 7) % 7);
}

static size_t udh_septets(size_t udh_len)
{
	return (udh_len * 8 + 6) / 7;
}

/* Septets: udl counts them from the start of the header.  What is there is unpacked even when less
 * than udl promises, so that a person can be shown it. */
static int read_septets(struct cursor *c, size_t udl, struct tpdu *out)
{
	size_t head = udh_septets(out->udh_len);
	unsigned fill = fill_bits(out->udh_len);
	int rc = udl > UD_SEPTETS ? TPDU_ERR_LENGTH : TPDU_OK;

	if (udl < head)
		return TPDU_ERR_UDH;
	size_t want = udl - head;
	size_t have = c->left * 8 >= fill ? (c->left * 8 - fill) / 7 : 0;
	if (have < want) {
		want = have;
		rc = TPDU_ERR_LENGTH;
	}
	if (want > sizeof(out->data))
		want = sizeof(out->data);
	if (gsm7_unpack(c->at, c->left, fill, want, out->data, sizeof(out->data)) < 0)
		return TPDU_ERR_LENGTH;
	out->data_len = (uint8_t)want;
	return rc;
}

static int read_octets(struct cursor *c, size_t udl, struct tpdu *out)
{
	int rc = udl > UD_OCTETS ? TPDU_ERR_LENGTH : TPDU_OK;

	if (udl < out->udh_len)
		return TPDU_ERR_UDH;
	size_t want = udl - out->udh_len;
	if (c->left < want) {
		want = c->left;
		rc = TPDU_ERR_LENGTH;
	}
	if (want > UD_OCTETS)
		want = UD_OCTETS;
	if (want)
		memcpy(out->data, c->at, want);
	out->data_len = (uint8_t)want;
	return rc;
}

static int read_user_data(struct cursor *c, struct tpdu *out)
{
	uint8_t udl = 0;
	int rc = take_octet(c, "TP-UDL", &udl);

	if (rc != TPDU_OK)
		return rc;
	bool gsm7 = out->alphabet == TPDU_GSM7;
	if (out->first_octet & FO_UDHI) {
		rc = read_udh(c, gsm7 ? (udl * 7u + 7) / 8 : udl, out);
		if (rc != TPDU_OK)
			return rc;
	}
	c->field = "TP-UD";
	rc = gsm7 ? read_septets(c, udl, out) : read_octets(c, udl, out);
	int text = decode_text(out);
	return rc != TPDU_OK ? rc : text;
}

static int read_coding(struct cursor *c, struct tpdu *out)
{
	int rc = take_octet(c, "TP-PID", &out->pid);

	if (rc == TPDU_OK)
		rc = take_octet(c, "TP-DCS", &out->dcs);
	if (rc != TPDU_OK)
		return rc;
	out->alphabet = dcs_alphabet(out->dcs);
	out->flash = dcs_flash(out->dcs);
	return TPDU_OK;
}

static int read_deliver(struct cursor *c, struct tpdu *out)
{
	int rc = read_address(c, "TP-OA", out);

	if (rc == TPDU_OK)
		rc = read_coding(c, out);
	if (rc == TPDU_OK)
		rc = read_stamp(c, "TP-SCTS", &out->scts, &out->zone);
	return rc == TPDU_OK ? read_user_data(c, out) : rc;
}

static int read_validity(struct cursor *c, struct tpdu *out)
{
	int format = out->first_octet & FO_VPF;

	c->field = "TP-VP";
	if (format == 0)
		return TPDU_OK;
	const uint8_t *p =
	    take(c, format == FO_VPF_RELATIVE ? 1 : 7); /* enhanced and absolute are 7 */
	if (!p)
		return TPDU_ERR_SHORT;
	if (format == FO_VPF_RELATIVE)
		out->validity = *p;
	return TPDU_OK;
}

static int read_submit(struct cursor *c, struct tpdu *out)
{
	int rc = take_octet(c, "TP-MR", &out->mr);

	if (rc == TPDU_OK)
		rc = read_address(c, "TP-DA", out);
	if (rc == TPDU_OK)
		rc = read_coding(c, out);
	if (rc == TPDU_OK)
		rc = read_validity(c, out);
	return rc == TPDU_OK ? read_user_data(c, out) : rc;
}

/* What may follow TP-ST (TP-PI and its fields) says nothing we use, and some modems add bytes. */
static int read_report(struct cursor *c, struct tpdu *out)
{
	int32_t zone;
	int rc = take_octet(c, "TP-MR", &out->mr);

	if (rc == TPDU_OK)
		rc = read_address(c, "TP-RA", out);
	if (rc == TPDU_OK)
		rc = read_stamp(c, "TP-SCTS", &out->scts, &out->zone);
	if (rc == TPDU_OK)
		rc = read_stamp(c, "TP-DT", &out->discharge, &zone);
	return rc == TPDU_OK ? take_octet(c, "TP-ST", &out->status) : rc;
}

static int read_body(struct cursor *c, bool from_mobile, struct tpdu *out)
{
	int mti = out->first_octet & MTI_MASK;

	out->report_requested = (out->first_octet & FO_REPORT) != 0;
	if (from_mobile && mti == MTI_SUBMIT) {
		out->kind = TPDU_SUBMIT;
		return read_submit(c, out);
	}
	if (!from_mobile && mti == MTI_DELIVER) {
		out->kind = TPDU_DELIVER;
		return read_deliver(c, out);
	}
	if (!from_mobile && mti == MTI_STATUS_REPORT) {
		out->kind = TPDU_STATUS_REPORT;
		return read_report(c, out);
	}
	c->field = "TP-MTI";
	return TPDU_ERR_KIND;
}

int tpdu_decode(const uint8_t *octets, size_t len, bool from_mobile, struct tpdu *out,
		const char **field)
{
	struct cursor c = {octets, len, "SMSC"};

	memset(out, 0, sizeof(*out));
	out->validity = -1;
	out->port = -1;
	int rc = read_smsc(&c, out);
	if (rc == TPDU_OK)
		rc = take_octet(&c, "TP-MTI", &out->first_octet);
	if (rc == TPDU_OK)
		rc = read_body(&c, from_mobile, out);
	if (field)
		*field = rc == TPDU_OK ? "" : c.field;
	return rc;
}

const char *tpdu_error_name(int error)
{
	switch (error) {
	case TPDU_OK:
		return "ok";
	case TPDU_ERR_SHORT:
		return "short";
	case TPDU_ERR_ADDRESS:
		return "address";
	case TPDU_ERR_UDH:
		return "udh";
	case TPDU_ERR_KIND:
		return "kind";
	case TPDU_ERR_LENGTH:
		return "length";
	case TPDU_ERR_HEX:
		return "hex";
	case TPDU_ERR_SPACE:
		return "space";
	case TPDU_ERR_VALUE:
		return "value";
	default:
		return "unknown";
	}
}

/* ---- encoding ----------------------------------------------------------------------------------
 */

struct writer {
	uint8_t *at;
	size_t left;
	int error; /* the first one; later puts do nothing */
};

static void put(struct writer *w, const uint8_t *p, size_t n)
{
	if (w->error)
		return;
	if (n > w->left) {
		w->error = TPDU_ERR_SPACE;
		return;
	}
	if (n)
		memcpy(w->at, p, n);
	w->at += n;
	w->left -= n;
}

static void put_octet(struct writer *w, unsigned v)
{
	uint8_t b = (uint8_t)v;
	put(w, &b, 1);
}

/* Digits without '+' to semi-octets.  Returns the number of digits, or -1. */
static int digits_bcd(const char *s, uint8_t bcd[ADDRESS_DIGITS / 2])
{
	static const char names[] = "0123456789*#abc";
	int n = 0;

	for (; *s; s++, n++) {
		const char *d = strchr(names, *s);
		if (!d || n >= ADDRESS_DIGITS)
			return -1;
		uint8_t v = (uint8_t)(d - names);
		if (n % 2)
			bcd[n / 2] = (uint8_t)((bcd[n / 2] & 0x0f) | v << 4);
		else
			bcd[n / 2] = (uint8_t)(0xf0 | v);
	}
	return n;
}

static void put_alpha(struct writer *w, const char *name)
{
	uint8_t septets[ADDRESS_DIGITS], packed[ADDRESS_DIGITS / 2];
	long n = gsm7_encode(name, strlen(name), septets, sizeof(septets));
	long octets = n < 0 ? n : gsm7_pack(septets, (size_t)n, 0, packed, sizeof(packed));

	if (octets < 0) {
		w->error = w->error ? w->error : TPDU_ERR_VALUE;
		return;
	}
	put_octet(w, (unsigned)(n * 7 + 3) / 4); /* useful semi-octets */
	put_octet(w, 0xd0);
	put(w, packed, (size_t)octets);
}

static void put_address(struct writer *w, const struct tpdu *t)
{
	uint8_t bcd[ADDRESS_DIGITS / 2];
	bool plus = t->address[0] == '+';

	if (t->alphanumeric) {
		put_alpha(w, t->address);
		return;
	}
	int n = digits_bcd(t->address + plus, bcd);
	if (n < 0) {
		w->error = w->error ? w->error : TPDU_ERR_VALUE;
		return;
	}
	/* A type of our own choice only when none was given, or it contradicts the '+'. */
	uint8_t type = t->address_type;
	if (type == 0 || plus != ((type & TON_MASK) == TON_INTERNATIONAL) ||
	    (type & TON_MASK) == TON_ALPHANUMERIC)
		type = plus ? 0x91 : 0x81;
	put_octet(w, (unsigned)n);
	put_octet(w, type);
	put(w, bcd, (size_t)(n + 1) / 2);
}

static void put_smsc(struct writer *w, const char *smsc)
{
	uint8_t bcd[ADDRESS_DIGITS / 2];
	bool plus = smsc[0] == '+';

	if (!smsc[0]) {
		put_octet(w, 0);
		return;
	}
	int n = digits_bcd(smsc + plus, bcd);
	if (n < 0) {
		w->error = w->error ? w->error : TPDU_ERR_VALUE;
		return;
	}
	put_octet(w, 1 + (unsigned)(n + 1) / 2);
	put_octet(w, plus ? 0x91 : 0x81);
	put(w, bcd, (size_t)(n + 1) / 2);
}

static unsigned swapped(unsigned v)
{
	return (v % 10) << 4 | v / 10;
}

static void put_stamp(struct writer *w, int64_t when, int32_t zone)
{
	uint8_t s[7] = {0};
	time_t local = (time_t)(when + zone);
	struct tm tm;

	if (when == 0) { /* absent: a stamp that reads as absent */
		put(w, s, sizeof(s));
		return;
	}
	if (zone % 900 || zone > 79 * 900 || zone < -79 * 900 || !gmtime_r(&local, &tm) ||
	    tm.tm_year < 90 || tm.tm_year > 189) {
		w->error = w->error ? w->error : TPDU_ERR_VALUE;
		return;
	}
	s[0] = (uint8_t)swapped((unsigned)tm.tm_year % 100);
	s[1] = (uint8_t)swapped((unsigned)tm.tm_mon + 1);
	s[2] = (uint8_t)swapped((unsigned)tm.tm_mday);
	s[3] = (uint8_t)swapped((unsigned)tm.tm_hour);
	s[4] = (uint8_t)swapped((unsigned)tm.tm_min);
	s[5] = (uint8_t)swapped((unsigned)tm.tm_sec);
	s[6] =
	    (uint8_t)(swapped((unsigned)(zone < 0 ? -zone : zone) / 900) | (zone < 0 ? 0x08 : 0));
	put(w, s, sizeof(s));
}

static unsigned dcs_for(const struct tpdu *t)
{
	static const uint8_t general[] = {
	    [TPDU_GSM7] = 0x00, [TPDU_8BIT] = 0x04, [TPDU_UCS2] = 0x08};
	return general[t->alphabet] | (t->flash ? 0x10u : 0);
}

static void put_user_data(struct writer *w, const struct tpdu *t)
{
	uint8_t packed[UD_OCTETS];

	if (t->alphabet != TPDU_GSM7) {
		if ((size_t)t->udh_len + t->data_len > UD_OCTETS) {
			w->error = w->error ? w->error : TPDU_ERR_VALUE;
			return;
		}
		put_octet(w, (unsigned)t->udh_len + t->data_len);
		put(w, t->udh, t->udh_len);
		put(w, t->data, t->data_len);
		return;
	}
	size_t udl = udh_septets(t->udh_len) + t->data_len;
	long n = udl > UD_SEPTETS ? -1
				  : gsm7_pack(t->data, t->data_len, fill_bits(t->udh_len), packed,
					      sizeof(packed));
	if (n < 0 || (size_t)n + t->udh_len > UD_OCTETS) {
		w->error = w->error ? w->error : TPDU_ERR_VALUE;
		return;
	}
	put_octet(w, (unsigned)udl);
	put(w, t->udh, t->udh_len);
	put(w, packed, (size_t)n);
}

/* Bits that say what follows are ours; the others (more messages, reply path, reject duplicates)
 * are kept as they came. */
static unsigned first_octet(const struct tpdu *t, unsigned mti)
{
	unsigned keep = t->first_octet & (t->kind == TPDU_STATUS_REPORT ? 0x04u : 0x84u);
	unsigned v = keep | mti;

	if (t->report_requested)
		v |= FO_REPORT;
	if (t->kind != TPDU_STATUS_REPORT && t->udh_len)
		v |= FO_UDHI;
	if (t->kind == TPDU_SUBMIT && t->validity >= 0)
		v |= FO_VPF_RELATIVE;
	return v;
}

static void put_deliver(struct writer *w, const struct tpdu *t)
{
	put_octet(w, first_octet(t, MTI_DELIVER));
	put_address(w, t);
	put_octet(w, t->pid);
	put_octet(w, dcs_for(t));
	put_stamp(w, t->scts, t->zone);
	put_user_data(w, t);
}

static void put_submit(struct writer *w, const struct tpdu *t)
{
	put_octet(w, first_octet(t, MTI_SUBMIT));
	put_octet(w, t->mr);
	put_address(w, t);
	put_octet(w, t->pid);
	put_octet(w, dcs_for(t));
	if (t->validity >= 0)
		put_octet(w, (unsigned)t->validity);
	put_user_data(w, t);
}

static void put_report(struct writer *w, const struct tpdu *t)
{
	put_octet(w, first_octet(t, MTI_STATUS_REPORT));
	put_octet(w, t->mr);
	put_address(w, t);
	put_stamp(w, t->scts, t->zone);
	put_stamp(w, t->discharge, t->zone);
	put_octet(w, t->status);
}

int tpdu_encode(const struct tpdu *t, uint8_t *octets, size_t max)
{
	struct writer w = {octets, max, 0};

	put_smsc(&w, t->smsc);
	switch (t->kind) {
	case TPDU_DELIVER:
		put_deliver(&w, t);
		break;
	case TPDU_SUBMIT:
		put_submit(&w, t);
		break;
	case TPDU_STATUS_REPORT:
		put_report(&w, t);
		break;
	default:
		return TPDU_ERR_KIND;
	}
	return w.error ? w.error : (int)(w.at - octets);
}

/* ---- splitting ---------------------------------------------------------------------------------
 */

/* How much of data from i on goes into a part of room units, without cutting a pair in two. */
static size_t part_septets(const uint8_t *s, size_t n, size_t i, size_t room)
{
	if (n - i <= room)
		return n - i;
	/* The pair starts at an escape that is not itself the second of a pair: encoders never emit
	 * two escapes in a row, so the last septet alone tells. */
	return s[i + room - 1] == 0x1b ? room - 1 : room;
}

static size_t part_octets(const uint8_t *be, size_t n, size_t i, size_t room)
{
	if (n - i <= room)
		return n - i;
	bool high = (be[i + room - 2] & 0xfc) == 0xd8;
	return high ? room - 2 : room;
}

static size_t concat_header(uint8_t *udh, uint16_t ref)
{
	if (ref <= 0xff) {
		memcpy(udh, (const uint8_t[]){5, IE_CONCAT8, 3, (uint8_t)ref}, 4);
		return 6;
	}
	memcpy(udh, (const uint8_t[]){6, IE_CONCAT16, 4, (uint8_t)(ref >> 8), (uint8_t)ref}, 5);
	return 7;
}

struct split {
	enum tpdu_alphabet alphabet;
	const uint8_t *data; /* septets or octets */
	size_t len, room;
	size_t udh_len;
	uint16_t ref;
};

static int fill_part(const struct split *s, const struct tpdu *base, size_t *at, struct tpdu *part)
{
	bool gsm7 = s->alphabet == TPDU_GSM7;
	size_t n = gsm7 ? part_septets(s->data, s->len, *at, s->room)
			: part_octets(s->data, s->len, *at, s->room);

	*part = *base;
	part->alphabet = s->alphabet;
	part->locking = part->single = 0;
	part->port = -1;
	part->concat = (struct tpdu_concat){0, 0, 0, 0};
	part->udh_len = (uint8_t)s->udh_len;
	part->data_len = (uint8_t)n;
	if (n)
		memcpy(part->data, s->data + *at, n);
	*at += n;
	part->dcs = (uint8_t)dcs_for(part);
	return decode_text(part);
}

static void number_parts(const struct split *s, struct tpdu *parts, int count)
{
	for (int i = 0; s->udh_len && i < count; i++) {
		struct tpdu *p = &parts[i];
		concat_header(p->udh, s->ref);
		p->udh[s->udh_len - 2] = (uint8_t)count;
		p->udh[s->udh_len - 1] = (uint8_t)(i + 1);
		p->concat = (struct tpdu_concat){s->ref, s->ref <= 0xff ? 8 : 16, (uint8_t)count,
						 (uint8_t)(i + 1)};
	}
}

static int split_data(struct split *s, const struct tpdu *base, struct tpdu *parts, int max)
{
	bool gsm7 = s->alphabet == TPDU_GSM7;
	uint8_t udh[8];
	size_t at = 0;
	int count = 0;

	s->room = gsm7 ? UD_SEPTETS : UD_OCTETS;
	if (s->len > s->room) {
		s->udh_len = concat_header(udh, s->ref);
		s->room = gsm7 ? UD_SEPTETS - udh_septets(s->udh_len)
			       : (UD_OCTETS - s->udh_len) & ~(size_t)1;
	}
	do {
		if (count >= max || count >= 255)
			return TPDU_ERR_SPACE;
		int rc = fill_part(s, base, &at, &parts[count++]);
		if (rc != TPDU_OK)
			return rc;
	} while (at < s->len);
	number_parts(s, parts, count);
	return count;
}

int tpdu_split(const struct tpdu *base, const char *utf8, size_t len, uint16_t ref,
	       struct tpdu *parts, int max)
{
	uint8_t data[255 * 153]; /* the most that 255 parts hold, in either alphabet */
	struct split s = {TPDU_GSM7, data, 0, 0, 0, ref};

	if (max < 1)
		return TPDU_ERR_SPACE;
	long n = gsm7_encode(utf8, len, data, sizeof(data));
	if (n == GSM7_ERR_CHAR) {
		s.alphabet = TPDU_UCS2;
		n = ucs2_encode(utf8, len, data, sizeof(data));
		if (n == UCS2_ERR_INPUT)
			return TPDU_ERR_VALUE;
	}
	if (n < 0)
		return TPDU_ERR_SPACE;
	s.len = (size_t)n;
	return split_data(&s, base, parts, max);
}

/* ---- hex ---------------------------------------------------------------------------------------
 */

static int nibble(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

int tpdu_from_hex(const char *hex, size_t len, uint8_t *octets, size_t max)
{
	if (len % 2)
		return TPDU_ERR_HEX;
	if (len / 2 > max)
		return TPDU_ERR_SPACE;
	for (size_t i = 0; i < len / 2; i++) {
		int high = nibble(hex[2 * i]), low = nibble(hex[2 * i + 1]);
		if (high < 0 || low < 0)
			return TPDU_ERR_HEX;
		octets[i] = (uint8_t)(high << 4 | low);
	}
	return (int)(len / 2);
}

int tpdu_to_hex(const uint8_t *octets, size_t len, char *hex, size_t max)
{
	static const char digits[] = "0123456789ABCDEF";

	if (len > 0xffff || len * 2 + 1 > max)
		return TPDU_ERR_SPACE;
	for (size_t i = 0; i < len; i++) {
		hex[2 * i] = digits[octets[i] >> 4];
		hex[2 * i + 1] = digits[octets[i] & 0x0f];
	}
	hex[len * 2] = '\0';
	return (int)(len * 2);
}
