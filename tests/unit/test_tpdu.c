/* test_tpdu.c - the TPDU decoder against known PDUs, the encoder against the decoder, splitting. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "parser/gsm7.h"
#include "parser/tpdu.h"
#include "parser/ucs2.h"

#define COLUMNS 13
enum { ID, KIND, ERROR, ADDRESS, SMSC, CONCAT, SCTS, ZONE, DISCHARGE, STATUS, HEX, TEXT, ORIGIN };

static FILE *open_data(void)
{
	FILE *f = fopen("tests/unit/data/pdus.tsv", "r");
	assert_non_null(f);
	return f;
}

static int cut(char *line, char *column[COLUMNS])
{
	int n = 0;
	char *rest = line;

	line[strcspn(line, "\n")] = '\0';
	while (rest && n < COLUMNS)
		column[n++] = strsep(&rest, "\t");
	return rest ? -1 : n;
}

static void unescape(char *s)
{
	char *w = s;

	for (; *s; s++) {
		if (*s != '\\') {
			*w++ = *s;
			continue;
		}
		s++;
		*w++ = *s == 'n' ? '\n' : *s == 'r' ? '\r' : *s == 'f' ? '\f' : *s;
	}
	*w = '\0';
}

static const char *field(const char *s)
{
	return strcmp(s, "-") == 0 ? "" : s;
}

static int64_t number(const char *s)
{
	return strcmp(s, "-") == 0 ? 0 : strtoll(s, NULL, 10);
}

static void check_concat(const char *want, const struct tpdu *t)
{
	char got[40] = "-";

	if (t->concat.bits)
		snprintf(got, sizeof(got), "%u/%u/%u/%u", t->concat.ref, t->concat.bits,
			 t->concat.total, t->concat.seq);
	assert_string_equal(got, want);
}

static void check_row(char *column[COLUMNS])
{
	uint8_t octets[TPDU_MAX];
	struct tpdu t;
	const char *at = "";
	bool submit = strcmp(column[KIND], "submit") == 0;
	int rc = tpdu_from_hex(column[HEX], strlen(column[HEX]), octets, sizeof(octets));

	if (rc >= 0)
		rc = tpdu_decode(octets, (size_t)rc, submit, &t, &at);
	if (strcmp(tpdu_error_name(rc), column[ERROR]) != 0)
		fail_msg("%s: %s at %s, not %s", column[ID], tpdu_error_name(rc), at,
			 column[ERROR]);
	if (strcmp(column[KIND], "malformed") == 0)
		return;
	assert_int_equal(t.kind, submit                                 ? TPDU_SUBMIT
				 : strcmp(column[KIND], "deliver") == 0 ? TPDU_DELIVER
									: TPDU_STATUS_REPORT);
	assert_string_equal(t.address, field(column[ADDRESS]));
	assert_string_equal(t.smsc, field(column[SMSC]));
	check_concat(column[CONCAT], &t);
	assert_int_equal(t.scts, number(column[SCTS]));
	assert_int_equal(t.zone, number(column[ZONE]));
	assert_int_equal(t.discharge, number(column[DISCHARGE]));
	assert_int_equal(t.status, number(column[STATUS]));
	unescape(column[TEXT]);
	assert_string_equal(t.text, column[TEXT][0] == '=' ? column[TEXT] + 1 : "");
	assert_int_equal(t.text_len, strlen(t.text));
}

static void known_pdus(void **state)
{
	FILE *f = open_data();
	char line[4096];
	int rows = 0;

	(void)state;
	while (fgets(line, sizeof(line), f)) {
		char *column[COLUMNS];
		if (line[0] == '#')
			continue;
		assert_int_equal(cut(line, column), COLUMNS);
		check_row(column);
		rows++;
	}
	fclose(f);
	assert_int_equal(rows, 77);
}

/* What decodes without error encodes again to the same meaning. */
static void encode_decodes_back(void **state)
{
	FILE *f = open_data();
	char line[4096];

	(void)state;
	while (fgets(line, sizeof(line), f)) {
		char *column[COLUMNS];
		uint8_t octets[TPDU_MAX], again[TPDU_MAX + 32];
		struct tpdu a, b;
		if (line[0] == '#' || cut(line, column) != COLUMNS ||
		    strcmp(column[ERROR], "ok") != 0)
			continue;
		bool submit = strcmp(column[KIND], "submit") == 0;
		int n = tpdu_from_hex(column[HEX], strlen(column[HEX]), octets, sizeof(octets));
		assert_int_equal(tpdu_decode(octets, (size_t)n, submit, &a, NULL), TPDU_OK);
		n = tpdu_encode(&a, again, sizeof(again));
		if (n < 0)
			fail_msg("%s: %s", column[ID], tpdu_error_name(n));
		assert_int_equal(tpdu_decode(again, (size_t)n, submit, &b, NULL), TPDU_OK);
		assert_string_equal(a.address, b.address);
		assert_string_equal(a.smsc, b.smsc);
		assert_string_equal(a.text, b.text);
		assert_int_equal(a.scts, b.scts);
		assert_int_equal(a.discharge, b.discharge);
		assert_int_equal(a.status, b.status);
		assert_int_equal(a.validity, b.validity);
		assert_int_equal(a.report_requested, b.report_requested);
		assert_int_equal(a.udh_len, b.udh_len);
		assert_memory_equal(a.udh, b.udh, a.udh_len);
		assert_memory_equal(&a.concat, &b.concat, sizeof(a.concat));
	}
	fclose(f);
}

static int decode_hex(const char *hex, struct tpdu *t)
{
	uint8_t octets[TPDU_MAX];
	const char *at;
	int n = tpdu_from_hex(hex, strlen(hex), octets, sizeof(octets));
	assert_true(n >= 0);
	return tpdu_decode(octets, (size_t)n, false, t, &at);
}

/* Every prefix of every PDU: an answer, never a read past the end (run under the sanitizer too). */
static void every_prefix(void **state)
{
	FILE *f = open_data();
	char line[4096];

	(void)state;
	while (fgets(line, sizeof(line), f)) {
		char *column[COLUMNS];
		uint8_t octets[TPDU_MAX];
		if (line[0] == '#' || cut(line, column) != COLUMNS ||
		    strcmp(column[ERROR], "hex") == 0)
			continue;
		bool submit = strcmp(column[KIND], "submit") == 0;
		int n = tpdu_from_hex(column[HEX], strlen(column[HEX]), octets, sizeof(octets));
		for (int cut_at = 0; cut_at < n; cut_at++) {
			struct tpdu t;
			uint8_t *exact = malloc(cut_at ? (size_t)cut_at : 1);
			assert_non_null(exact);
			memcpy(exact, octets, (size_t)cut_at);
			tpdu_decode(exact, (size_t)cut_at, submit, &t, NULL);
			free(exact);
		}
	}
	fclose(f);
}

static void bad_lengths(void **state)
{
	struct tpdu t;

	(void)state;
	/* TP-UDL 255 in septets: the one that overruns a fixed buffer elsewhere */
	assert_int_equal(
	    decode_hex("00040B911346610089F6000020806291731408FFC8F71D14969741F977FD07", &t),
	    TPDU_ERR_LENGTH);
	/* header longer than the data */
	assert_int_equal(decode_hex("00440B911346610089F600042080629173140806FF0003CC0201", &t),
			 TPDU_ERR_UDH);
	/* an element longer than the header */
	assert_int_equal(decode_hex("00440B911346610089F60004208062917314080605000ACC0201", &t),
			 TPDU_ERR_UDH);
	/* SUBMIT-REPORT and reserved message types */
	assert_int_equal(decode_hex("0001", &t), TPDU_ERR_KIND);
	assert_int_equal(decode_hex("0003", &t), TPDU_ERR_KIND);
	assert_int_equal(decode_hex("", &t), TPDU_ERR_SHORT);
}

/* One hand-made DELIVER from 2002-08-26 19:37:41 with dcs, a first octet, a stamp and user data. */
static int deliver(const char *fo, const char *address, const char *dcs, const char *scts,
		   const char *ud, struct tpdu *t)
{
	char hex[512];
	int n = snprintf(hex, sizeof(hex), "00%s%s00%s%s%s", fo, address, dcs, scts, ud);
	assert_true(n > 0 && n < (int)sizeof(hex));
	return decode_hex(hex, t);
}

#define NUMBER "0B911346610089F6"
#define WHEN "20806291731408"

static void codings(void **state)
{
	struct tpdu t;
	static const struct {
		const char *dcs;
		enum tpdu_alphabet alphabet;
		bool flash;
	} rows[] = {
	    {"00", TPDU_GSM7, false}, {"04", TPDU_8BIT, false}, {"08", TPDU_UCS2, false},
	    {"0C", TPDU_GSM7, false}, {"10", TPDU_GSM7, true},  {"18", TPDU_UCS2, true},
	    {"20", TPDU_8BIT, false}, {"48", TPDU_UCS2, false}, {"80", TPDU_GSM7, false},
	    {"B4", TPDU_GSM7, false}, {"C8", TPDU_GSM7, false}, {"D0", TPDU_GSM7, false},
	    {"E0", TPDU_UCS2, false}, {"F0", TPDU_GSM7, true},  {"F1", TPDU_GSM7, false},
	    {"F4", TPDU_8BIT, true},  {"F6", TPDU_8BIT, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(deliver("04", NUMBER, rows[i].dcs, WHEN, "00", &t), TPDU_OK);
		assert_int_equal(t.alphabet, rows[i].alphabet);
		assert_int_equal(t.flash, rows[i].flash);
	}
}

static void stamps(void **state)
{
	struct tpdu t;

	(void)state;
	assert_int_equal(deliver("04", NUMBER, "00", "62118171510040", "00", &t), TPDU_OK);
	assert_int_equal(t.zone, 3600);
	assert_int_equal(t.scts, 1795018500);
	/* month 13, hour 24, a semi-octet that is no digit: no date, and no error */
	assert_int_equal(deliver("04", NUMBER, "00", "62318171510040", "00", &t), TPDU_OK);
	assert_int_equal(t.scts, 0);
	assert_int_equal(deliver("04", NUMBER, "00", "62118142510040", "00", &t), TPDU_OK);
	assert_int_equal(t.scts, 0);
	assert_int_equal(deliver("04", NUMBER, "00", "621181715100FF", "00", &t), TPDU_OK);
	assert_int_equal(t.scts, 0);
	assert_int_equal(deliver("04", NUMBER, "00", "00000000000000", "00", &t), TPDU_OK);
	assert_int_equal(t.scts, 0);
	/* 29 February in a leap year, and in another */
	assert_int_equal(deliver("04", NUMBER, "00", "42209200000000", "00", &t), TPDU_OK);
	assert_int_equal(t.scts, 1709164800);
	assert_int_equal(deliver("04", NUMBER, "00", "32209200000000", "00", &t), TPDU_OK);
	assert_int_equal(t.scts, 0);
}

static void addresses(void **state)
{
	struct tpdu t;

	(void)state;
	assert_int_equal(deliver("04", "0681BADCFE", "00", WHEN, "00", &t), TPDU_OK);
	assert_string_equal(t.address, "*#abc"); /* A B C D E, then F ends it */
	assert_int_equal(deliver("04", "0081", "00", WHEN, "00", &t), TPDU_OK);
	assert_string_equal(t.address, "");
	assert_int_equal(deliver("04", "1591", "00", WHEN, "00", &t), TPDU_ERR_ADDRESS);
}

static void headers(void **state)
{
	struct tpdu t;

	(void)state;
	/* 16-bit reference after a port element and an unknown one */
	assert_int_equal(deliver("44", NUMBER, "04", WHEN,
				 "1211"
				 "70020102"
				 "05040B8423F0"
				 "08040102"
				 "0302",
				 &t),
			 TPDU_ERR_UDH); /* one octet short of its own length */
	assert_int_equal(deliver("44", NUMBER, "04", WHEN,
				 "11"
				 "10"
				 "70020102"
				 "05040B8423F0"
				 "080401020302",
				 &t),
			 TPDU_OK);
	assert_int_equal(t.port, 0x0b84);
	assert_int_equal(t.concat.bits, 16);
	assert_int_equal(t.concat.ref, 0x0102);
	assert_int_equal(t.concat.total, 3);
	assert_int_equal(t.concat.seq, 2);
	/* part 0, part beyond the total, a length that is not 3: no concatenation, still a text */
	assert_int_equal(deliver("44", NUMBER, "08", WHEN,
				 "08"
				 "05"
				 "0003AA0200"
				 "0041",
				 &t),
			 TPDU_OK);
	assert_int_equal(t.concat.bits, 0);
	assert_string_equal(t.text, "A");
	assert_int_equal(deliver("44", NUMBER, "08", WHEN,
				 "08"
				 "05"
				 "0003AA0203"
				 "0041",
				 &t),
			 TPDU_OK);
	assert_int_equal(t.concat.bits, 0);
	assert_int_equal(deliver("44", NUMBER, "08", WHEN,
				 "07"
				 "04"
				 "0002AA02"
				 "0041",
				 &t),
			 TPDU_OK);
	assert_int_equal(t.concat.bits, 0);
	/* of two, the later */
	assert_int_equal(deliver("44", NUMBER, "08", WHEN,
				 "0D"
				 "0A"
				 "0003AA0201"
				 "0003BB0302"
				 "0041",
				 &t),
			 TPDU_OK);
	assert_int_equal(t.concat.ref, 0xbb);
	/* an empty header */
	assert_int_equal(deliver("44", NUMBER, "08", WHEN,
				 "03"
				 "00"
				 "0041",
				 &t),
			 TPDU_OK);
	assert_string_equal(t.text, "A");
	/* an odd octet of UCS2 is shown, not dropped */
	assert_int_equal(deliver("04", NUMBER, "08", WHEN,
				 "03"
				 "004100",
				 &t),
			 TPDU_OK);
	assert_string_equal(t.text, "A\xef\xbf\xbd");
}

static void make_text(char *out, size_t units, const char *unit)
{
	size_t len = strlen(unit);

	for (size_t i = 0; i < units; i++)
		memcpy(out + i * len, unit, len);
	out[units * len] = '\0';
}

static int split(const char *text, uint16_t ref, struct tpdu *parts, int max)
{
	struct tpdu base = {
	    .kind = TPDU_SUBMIT, .address = "+355691234567", .validity = -1, .port = -1};
	return tpdu_split(&base, text, strlen(text), ref, parts, max);
}

static void join(const struct tpdu *parts, int n, char *out, size_t max)
{
	out[0] = '\0';
	for (int i = 0; i < n; i++) {
		uint8_t octets[TPDU_MAX];
		struct tpdu t;
		int len = tpdu_encode(&parts[i], octets, sizeof(octets));
		assert_true(len > 0);
		assert_int_equal(tpdu_decode(octets, (size_t)len, true, &t, NULL), TPDU_OK);
		assert_int_equal(t.concat.bits ? t.concat.seq : 1, i + 1);
		assert_int_equal(t.concat.bits ? t.concat.total : 1, n);
		assert_true(strlen(out) + t.text_len < max);
		memcpy(out + strlen(out), t.text, t.text_len + 1);
	}
}

static void splitting(void **state)
{
	static const struct {
		const char *unit;
		size_t units;
		uint16_t ref;
		int parts;
	} rows[] = {
	    {"a", 0, 1, 1},     {"a", 160, 1, 1},   {"a", 161, 1, 2},   {"a", 306, 1, 2},
	    {"a", 307, 1, 3},   {"{", 80, 1, 1},    {"{", 81, 1, 2},    {"{", 152, 1, 2},
	    {"{", 153, 1, 3},   {"ë", 70, 1, 1},    {"ë", 71, 1, 2},    {"ë", 134, 1, 2},
	    {"ë", 135, 1, 3},   {"😀", 35, 1, 1},    {"😀", 36, 1, 2},    {"😀", 66, 1, 2},
	    {"😀", 67, 1, 3},    {"a", 304, 300, 2}, {"a", 305, 300, 3}, {"ë", 132, 300, 2},
	    {"ë", 133, 300, 3},
	};
	struct tpdu parts[4];
	char text[2048], back[2048];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		make_text(text, rows[i].units, rows[i].unit);
		int n = split(text, rows[i].ref, parts, 4);
		assert_int_equal(n, rows[i].parts);
		join(parts, n, back, sizeof(back));
		assert_string_equal(text, back);
	}
	make_text(text, 700, "a");
	assert_int_equal(split(text, 1, parts, 4), TPDU_ERR_SPACE);
	assert_int_equal(split("\xff", 1, parts, 4), TPDU_ERR_VALUE);
}

static void report_round_trip(void **state)
{
	struct tpdu t = {.kind = TPDU_STATUS_REPORT,
			 .address = "+355691234567",
			 .mr = 200,
			 .status = 0x46,
			 .scts = 1763456400,
			 .zone = 3600,
			 .discharge = 1763456460,
			 .port = -1};
	struct tpdu b;
	uint8_t octets[64];
	int n = tpdu_encode(&t, octets, sizeof(octets));

	(void)state;
	assert_true(n > 0);
	assert_int_equal(tpdu_decode(octets, (size_t)n, false, &b, NULL), TPDU_OK);
	assert_int_equal(b.mr, 200);
	assert_int_equal(b.status, 0x46);
	assert_int_equal(b.scts, t.scts);
	assert_int_equal(b.discharge, t.discharge);
	assert_int_equal(tpdu_encode(&t, octets, 10), TPDU_ERR_SPACE);
	memcpy(t.address, "+35x", 5);
	assert_int_equal(tpdu_encode(&t, octets, sizeof(octets)), TPDU_ERR_VALUE);
}

static void hex(void **state)
{
	uint8_t octets[4];
	char out[9];

	(void)state;
	assert_int_equal(tpdu_from_hex("00ffAB", 6, octets, 4), 3);
	assert_int_equal(tpdu_to_hex(octets, 3, out, sizeof(out)), 6);
	assert_string_equal(out, "00FFAB");
	assert_int_equal(tpdu_from_hex("0", 1, octets, 4), TPDU_ERR_HEX);
	assert_int_equal(tpdu_from_hex("0g", 2, octets, 4), TPDU_ERR_HEX);
	assert_int_equal(tpdu_from_hex("0011223344", 10, octets, 4), TPDU_ERR_SPACE);
	assert_int_equal(tpdu_to_hex(octets, 4, out, 8), TPDU_ERR_SPACE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(known_pdus),   cmocka_unit_test(encode_decodes_back),
	    cmocka_unit_test(every_prefix), cmocka_unit_test(bad_lengths),
	    cmocka_unit_test(codings),      cmocka_unit_test(stamps),
	    cmocka_unit_test(addresses),    cmocka_unit_test(headers),
	    cmocka_unit_test(splitting),    cmocka_unit_test(report_round_trip),
	    cmocka_unit_test(hex),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
