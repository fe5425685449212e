/* test_modem_parts.c - the modem worker's pure parts: what it reads in libgammu's log, its
 * settings, and what it tries next. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "gateway/modem/capture.h"
#include "gateway/modem/rawat.h"
#include "gateway/modem/recover.h"
#include "gateway/modem/settings.h"
#include "gateway/modem/ussd.h"

static struct capture c;

static int clear(void **state)
{
	(void)state;
	memset(&c, 0, sizeof(c));
	return 0;
}

static void cached_message(void **state)
{
	(void)state;
	capture_arm(&c);
	capture_text(&c, "Cache status: Found: 0, count: 1\nGetting message");
	capture_text(&c, " from cache\n07915365");
	assert_false(c.have);
	capture_text(&c, "0000\nother\n");
	assert_true(c.have);
	assert_true(c.pdu.hex);
	assert_int_equal(c.pdu.len, 6);
	assert_memory_equal(c.pdu.octets, "\x07\x91\x53\x65\x00\x00", 6);
	capture_arm(&c);
	assert_false(c.have);
}

static void read_message(void **state)
{
	(void)state;
	capture_arm(&c);
	capture_text(&c, "1 \"AT+CMGR=1\"\r\n2 \"+CMGR: 0,,5\"\r\n3 \"0011AABB\"\r\n4 \"OK\"\r\n");
	assert_true(c.have);
	assert_int_equal(c.pdu.len, 4);
	assert_true(c.ok);
	/* not hex: its characters, for a person to see */
	capture_arm(&c);
	capture_text(&c, "2 \"+CMGR: 0,,5\"\n3 \"0BD0P26\"\n");
	assert_true(c.have);
	assert_false(c.pdu.hex);
	assert_int_equal(c.pdu.len, 7);
	assert_memory_equal(c.pdu.octets, "0BD0P26", 7);
}

static void notices_and_reports(void **state)
{
	struct capture_notice n;
	struct capture_pdu p;

	(void)state;
	capture_text(
	    &c,
	    "1 \"+CMTI: \"ME\",17\"\n1 \"+CMTI: SM,0\"\n1 \"+CMTI: \"\n1 \"+CMTI: \"LONG\",1\"\n");
	assert_true(capture_notice(&c, &n));
	assert_string_equal(n.memory, "ME");
	assert_int_equal(n.place, 17);
	assert_true(capture_notice(&c, &n));
	assert_string_equal(n.memory, "SM");
	assert_int_equal(n.place, 0);
	assert_false(capture_notice(&c, &n));
	capture_text(&c, "1 \"+CDS: 25\"\n2 \"0006AA\"\n");
	assert_true(capture_report(&c, &p));
	assert_int_equal(p.len, 3);
	assert_false(capture_report(&c, &p));
	for (int i = 0; i < 100; i++)
		capture_text(&c, "1 \"+CDS: 25\"\n2 \"0006AA\"\n1 \"+CMTI: \"SM\",1\"\n");
	assert_int_equal(c.n_reports, CAPTURE_REPORTS);
	assert_int_equal(c.n_notices, CAPTURE_NOTICES);
}

static void error_codes(void **state)
{
	(void)state;
	capture_arm(&c);
	capture_text(&c, "2 \"+CMS ERROR: 331\"\n");
	assert_int_equal(c.error_code, 331);
	capture_text(&c, "2 \"+CME ERROR: SIM not inserted\"\n");
	assert_int_equal(c.error_code, 0);
	assert_false(c.ok);
}

/* Whatever bytes a modem sends, nothing is written past a buffer (run under the sanitizer too). */
static void any_bytes(void **state)
{
	static const char *const bits[] = {"Getting message from cache\n",
					   "\"",
					   "+CMGR: ",
					   "\n",
					   "\r",
					   "+CDS:",
					   "0",
					   "FF",
					   "\x80",
					   "7 \"",
					   "+CMTI: \"",
					   ",",
					   "long "};
	static char big[5000];
	unsigned seed = 1;

	(void)state;
	memset(big, 'A', sizeof(big) - 1);
	for (int i = 0; i < 200000; i++) {
		seed = seed * 1103515245u + 12345u;
		unsigned pick = seed >> 16;
		capture_text(&c, pick % 1000 == 0 ? big
						  : bits[pick % (sizeof(bits) / sizeof(bits[0]))]);
		assert_true(c.pdu.len <= CAPTURE_OCTETS && c.n_reports <= CAPTURE_REPORTS);
	}
}

/* What libgammu leaves unended hides no line of the modem's. */
static void notice_after_half_a_line(void **state)
{
	struct capture_notice n;

	(void)state;
	capture_log(&c, "Ring detected - ");
	capture_log(&c, "1 \"+CMTI: \"SM\",3\"");
	capture_log(&c, "\n");
	assert_true(capture_notice(&c, &n));
	assert_string_equal(n.memory, "SM");
	assert_int_equal(n.place, 3);
}

/* What the modem says behind an answer is for libgammu: none of it is read with the answer. */
static void nothing_behind_an_answer_is_read(void **state)
{
	static const struct {
		const char *answer;
		int rc, code;
	} said[] = {
	    {"\r\nOK\r\n", RAWAT_OK, 0},
	    {"AT+CMGD=12\r\r\nOK\r\n", RAWAT_OK, 0},
	    {"AT+CM\r\nOK\r\n", RAWAT_OK, 0},
	    {"A\r\nERROR\r\n", RAWAT_REFUSED, 0},
	    {"AT+CMGD=12\r\r\n+CMS ERROR: 321\r\n", RAWAT_REFUSED, 321},
	    {"\r\n+CME ERROR: 5\r\n", RAWAT_REFUSED, 5},
	    {"\r\n+CMTI: \"SM\",1\r\n\r\nOK\r\n", RAWAT_OK, 0},
	    {"\r\nOKAY\r\nERR\r\n+CM\r\nOK\r\n", RAWAT_OK, 0},
	    {"O\nE\n+\nOK\n", RAWAT_OK, 0},
	    {"OK\r", RAWAT_OK, 0},
	    {"ERROR\r", RAWAT_REFUSED, 0},
	};
	static const char behind[] = "+CDS: 25\r\n0006";

	(void)state;
	for (size_t i = 0; i < sizeof(said) / sizeof(said[0]); i++) {
		struct rawat r = {0};
		char left[64];
		int pair[2];

		assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
		r.fd = pair[0];
		dprintf(pair[1], "%s%s", said[i].answer, behind);
		assert_int_equal(rawat_command(&r, "AT+CMGD=12", 1000, NULL, NULL), said[i].rc);
		assert_int_equal(r.code, said[i].code);
		ssize_t n = read(pair[0], left, sizeof(left) - 1);
		assert_true(n > 0);
		left[n] = '\0';
		assert_string_equal(left[0] == '\n' ? left + 1 : left, behind);
		close(pair[0]);
		close(pair[1]);
	}
}

static void recovery(void **state)
{
	struct recover r = {.network_ms = 180000};

	(void)state;
	assert_int_equal(recover_failed(&r), RECOVER_RETRY);
	recover_ok(&r);
	assert_int_equal(recover_failed(&r), RECOVER_RETRY);
	assert_int_equal(recover_failed(&r), RECOVER_CHECK);
	assert_int_equal(recover_failed(&r), RECOVER_RADIO);
	assert_int_equal(recover_failed(&r), RECOVER_REPLACE);
	assert_int_equal(recover_failed(&r), RECOVER_REPLACE);
	assert_int_equal(recover_radio(&r, false, 1000), NETWORK_WAIT);
	assert_int_equal(recover_radio(&r, false, 180000), NETWORK_WAIT);
	assert_int_equal(recover_radio(&r, false, 181000), NETWORK_RADIO);
	assert_int_equal(recover_radio(&r, false, 182000), NETWORK_WAIT); /* not again so soon */
	assert_int_equal(recover_radio(&r, false, 721000), NETWORK_RADIO);
	assert_int_equal(recover_radio(&r, false, 1261000), NETWORK_REPLACE);
	assert_int_equal(recover_radio(&r, true, 1262000), NETWORK_WAIT);
	assert_int_equal(recover_radio(&r, false, 2000000), NETWORK_WAIT);
}

static void ussd(void **state)
{
	static const struct {
		const char *line;
		int status;
		const char *text;
	} cases[] = {
	    {"+CUSD: 0,\"Your balance is 1500 L\",15", 0, "Your balance is 1500 L"},
	    {"+CUSD: 1,\"00470020006500EB\",72", 1, "G e\xc3\xab"},
	    {"+CUSD: 0,\"00470020006500EB\",15", 0, "G e\xc3\xab"}, /* as some label it */
	    {"+CUSD: 0,\"C8329BFD06\",15", 0, "Hello"},		     /* packed septets */
	    {"+CUSD: 0,\"1500\",15", 0, "1500"},
	    {"+CUSD: 0,\"71AC00470020006500EB\",17", 0, "G e\xc3\xab"}, /* a language before it */
	    {"+CUSD: 0,\"sq\rGjendja\",16", 0, "Gjendja"},
	    {"+CUSD: 0,\"476A656E646A613A203330\",68", 0, "Gjendja: 30"}, /* octets */
	    {"+CUSD: 0,\"476A656E646A613A203330\",15", 0, "Gjendja: 30"}, /* as some label them */
	    {"+CUSD: 0,\"476A\",68", 0, "Gj"},
	    {"+CUSD: 0,\"Gjendja\n350 L\",15", 0, "Gjendja\n350 L"},
	    {"+CUSD: 0,\"Shtyp \"1\" per kredi\",15", 0, "Shtyp \"1\" per kredi"},
	    {"+CUSD: 0,\"\tift\x05\",15", 0, "\xc3\x87ift\xc3\xa9"}, /* the GSM alphabet */
	    {"+CUSD: 0,\"Gj\xc3\xab\",15", 0, "Gj\xc3\xab"},
	    {"+CUSD: 0,\"Gj\xeb\",15", 0, "Gj?"},
	    {"+CUSD: 4", 4, ""},
	    {"+CUSD: 2,\"\"", 2, ""},
	    {"+CUSD: 0,\"cut off", 0, "cut off"},
	};
	char text[USSD_TEXT];
	int status;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_true(ussd_decode(cases[i].line, &status, text, sizeof(text)));
		assert_int_equal(status, cases[i].status);
		assert_string_equal(text, cases[i].text);
	}
	assert_true(ussd_unfinished("+CUSD: 0,\"Gjendja"));
	assert_true(ussd_unfinished("+CUSD: 0,\"Shtyp \"1\" per"));
	assert_false(ussd_unfinished("+CUSD: 0,\"Gjendja\n350 L\",15"));
	assert_false(ussd_unfinished("+CUSD: 0,\"Gjendja\""));
	assert_false(ussd_unfinished("+CUSD: 4"));
	assert_false(ussd_decode("+CUSD: 9", &status, text, sizeof(text)));
	assert_false(ussd_decode("+CUSD:", &status, text, sizeof(text)));
	assert_false(ussd_decode("+CMTI: 1", &status, text, sizeof(text)));
}

static int read_pairs(const char *const *p, struct modem_settings *s, const char **why)
{
	struct wire_pairs pairs = {0};

	for (; *p; p += 2)
		pairs.pair[pairs.n++] = (struct wire_pair){wire_str(p[0]), wire_str(p[1])};
	return settings_read(&pairs, s, why);
}

static void settings(void **state)
{
	static const char *const least[] = {"device", "/dev/ttyUSB0", NULL};
	static const char *const all[] = {"device", "/dev/m", "smsc",   "+35569",  "pin",
					  "0000",   "sweep",  "5",      "reports", "0",
					  "safe",   "1",      "gap_ms", "0",       NULL};
	static const char *const bad[][5] = {
	    {"pin", "1234", NULL},
	    {"device", "m", NULL},
	    {"device", "/dev/m", "pin", "12\"34", NULL},
	    {"device", "/dev/m", "smsc", "+35a", NULL},
	    {"device", "/dev/m", "sweep", "0", NULL},
	    {"device", "/dev/m", "safe", "2", NULL},
	    {"device", "/dev/m", "pin", "123456789012345", NULL},
	};
	static const char *const named[] = {"device", "device", "pin", "smsc",
					    "sweep",  "safe",   "pin"};
	struct modem_settings s;
	const char *why;

	(void)state;
	assert_int_equal(read_pairs(least, &s, &why), 0);
	assert_string_equal(s.connection, "at115200");
	assert_int_equal(s.sweep_s, 30);
	assert_int_equal(s.credit, 64);
	assert_true(s.reports);
	assert_false(s.safe);
	assert_int_equal(read_pairs(all, &s, &why), 0);
	assert_string_equal(s.smsc, "+35569");
	assert_string_equal(s.pin, "0000");
	assert_int_equal(s.gap_ms, 0);
	assert_true(s.safe);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(read_pairs(bad[i], &s, &why), -1);
		assert_string_equal(why, named[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(cached_message, clear),
	    cmocka_unit_test_setup(read_message, clear),
	    cmocka_unit_test_setup(notices_and_reports, clear),
	    cmocka_unit_test_setup(error_codes, clear),
	    cmocka_unit_test_setup(any_bytes, clear),
	    cmocka_unit_test_setup(notice_after_half_a_line, clear),
	    cmocka_unit_test(nothing_behind_an_answer_is_read),
	    cmocka_unit_test(recovery),
	    cmocka_unit_test(ussd),
	    cmocka_unit_test(settings),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
