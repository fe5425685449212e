/* test_sim_modem.c - the simulated modem's AT engine and its commands, in process, with a made-up
 * clock.
 *
 * What the engine says is held against the standards (27.005, 27.007, V.250) by literal answers;
 * TPDUs against octets written by hand from 23.040.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "tests/sim/modem/commands.h"

#define OK "\r\nOK\r\n"

struct bench {
	struct sim sim;
	int64_t now;
	struct out said, answer, events;
	struct command_wait wait;
};

static void keep_event(void *context, const char *line, size_t len)
{
	struct bench *b = context;
	out_add(&b->events, line, len);
}

static struct bench *bench_new(const char *model, const char *pin, size_t sm, size_t me)
{
	struct bench *b = calloc(1, sizeof(*b));
	assert_non_null(b);
	b->now = 1000;
	b->sim.stores = stores_new(sm, me, 4);
	b->sim.net = net_new(&b->sim.events);
	b->sim.events.emit = keep_event;
	b->sim.events.context = b;
	struct at_setup setup = {.model = model, .pin = pin};
	b->sim.at = at_new(&setup, b->sim.stores, b->sim.net, &b->sim.fault, &b->sim.events);
	assert_non_null(b->sim.at);
	return b;
}

static int setup(void **state)
{
	*state = bench_new(NULL, NULL, 3, 2);
	return 0;
}

static int teardown(void **state)
{
	struct bench *b = *state;
	at_free(b->sim.at);
	net_free(b->sim.net);
	stores_free(b->sim.stores);
	events_free(&b->sim.events);
	out_free(&b->said);
	out_free(&b->answer);
	out_free(&b->events);
	free(b);
	return 0;
}

/* What the modem says by now; valid until the next call. */
static const char *hear(struct bench *b)
{
	at_run(b->sim.at, b->now);
	out_clear(&b->said);
	out_move(&b->said, at_output(b->sim.at));
	out_add(&b->said, "", 1);
	return out_bytes(&b->said);
}

static const char *say(struct bench *b, const char *text)
{
	at_feed(b->sim.at, text, strlen(text));
	return hear(b);
}

static const char *ctl(struct bench *b, const char *command)
{
	char *line = strdup(command);
	assert_non_null(line);
	out_clear(&b->answer);
	command_run(&b->sim, line, b->now, &b->answer, &b->wait);
	out_add(&b->answer, "", 1);
	free(line);
	return out_bytes(&b->answer);
}

static const char *happened(struct bench *b)
{
	out_add(&b->events, "", 1);
	return out_bytes(&b->events);
}

#define assert_has(text, part) assert_non_null(strstr((text), (part)))
#define assert_lacks(text, part) assert_null(strstr((text), (part)))
#define ctl_ok(b, command) assert_int_equal(strncmp(ctl((b), (command)), "{\"ok\":true", 10), 0)

static void echo_off(struct bench *b)
{
	assert_string_equal(say(b, "ATE0\r"), "ATE0\r" OK);
}

/* ---- the line -------------------------------------------------------------------------------- */

static void test_line(void **state)
{
	struct bench *b = *state;
	assert_string_equal(say(b, "AT\r"), "AT\r" OK);
	echo_off(b);
	assert_string_equal(say(b, "at\r\n"), OK);
	assert_string_equal(say(b, "\r\r\n"), "");
	assert_string_equal(say(b, "A"), "");
	assert_string_equal(say(b, "T\r"), OK);
	assert_string_equal(say(b, "ATX\x08\r"), OK);
	assert_string_equal(say(b, "AT+CSQ\x1B\r"), "");
	assert_string_equal(say(b, "\x1A"
				   "AT\r"),
			    OK);
	assert_string_equal(say(b, "noiseAT\r"), OK);
	assert_string_equal(say(b, "AT\rAT\r"), OK OK);
	assert_string_equal(say(b, "AT+NONE\r"), "\r\nERROR\r\n");
	assert_string_equal(say(b, "ATE0V1;+CSQ;+CMEE?\r"),
			    "\r\n+CSQ: 20,99\r\n\r\n+CMEE: 0\r\n" OK);
	assert_string_equal(say(b, "AT+CMEE=1;+NONE;+CSQ\r"), "\r\nERROR\r\n");
	assert_string_equal(say(b, "ATD123;\r"), "\r\nNO CARRIER\r\n");
	assert_string_equal(say(b, "AT&FS0=0E0\r"), OK);
	assert_string_equal(say(b, "AT+CPMS=\"SM\r"), "\r\n+CMS ERROR: 302\r\n");
}

static void test_line_too_long(void **state)
{
	struct bench *b = *state;
	echo_off(b);
	say(b, "AT");
	for (int i = 0; i < 300; i++)
		say(b, "XXXXXXXXXX");
	assert_string_equal(say(b, "\r"), "\r\nERROR\r\n");
	assert_string_equal(say(b, "AT\r"), OK);
}

static void test_identity(void **state)
{
	struct bench *b = *state;
	echo_off(b);
	assert_string_equal(say(b, "AT+CGMM\r"), "\r\nSM1\r\n" OK);
	assert_string_equal(say(b, "AT+CGMI=?\r"), OK);
	assert_string_equal(say(b, "AT+CSCS=\"UCS2\"\r"), OK);
	assert_string_equal(say(b, "AT+CSCS?\r"), "\r\n+CSCS: \"UCS2\"\r\n" OK);
	assert_string_equal(say(b, "AT+CSCS=\"00470053004D\"\r"), OK);
	assert_string_equal(say(b, "AT+CSCS?\r"), "\r\n+CSCS: \"GSM\"\r\n" OK);
	assert_string_equal(say(b, "AT+CSCS=\"KLINGON\"\r"), "\r\nERROR\r\n");
	assert_has(say(b, "ATI\r"), "SM1");
}

/* ---- receiving ------------------------------------------------------------------------------- */

/* 23.040 by hand: SMSC +355690000001, DELIVER, sender +355691111111, 2026-11-16 08:30:00 +01:00
 * (zone 4 quarters: 40), text "hello" (E8329BFD06). */
#define HELLO                                                                                      \
	"07915365090000100"                                                                        \
	"40C9153651911111100006211618003004005E8329BFD06"

static void test_deliver(void **state)
{
	struct bench *b = *state;
	echo_off(b);
	say(b, "AT+CNMI=2,1\r");
	ctl_ok(b, "deliver from=+355691111111 time=2026-11-16T07:30 zone=3600 text=hello");
	assert_string_equal(hear(b), "\r\n+CMTI: \"SM\",1\r\n");
	assert_string_equal(say(b, "AT+CMGL=0\r"), "\r\n+CMGL: 1,0,,24\r\n" HELLO "\r\n" OK);
	assert_string_equal(say(b, "AT+CMGL=0\r"), OK); /* it has been read */
	assert_string_equal(say(b, "AT+CMGR=1\r"), "\r\n+CMGR: 1,,24\r\n" HELLO "\r\n" OK);
	assert_string_equal(say(b, "AT+CPMS?\r"),
			    "\r\n+CPMS: \"SM\",1,3,\"SM\",1,3,\"SM\",1,3\r\n" OK);
	assert_string_equal(say(b, "AT+CMGD=1\r"), OK);
	assert_string_equal(say(b, "AT+CMGR=1\r"), "\r\n+CMS ERROR: 321\r\n");
	assert_string_equal(say(b, "AT+CMGD=9\r"), "\r\n+CMS ERROR: 321\r\n");
	assert_has(ctl(b, "wait empty"), "\"ok\":true");
	assert_has(happened(b), "\"event\":\"deleted\"");
}

static void test_overflow_and_queue(void **state)
{
	struct bench *b = *state;
	echo_off(b);
	say(b, "AT+CNMI=2,1\r");
	for (int i = 0; i < 6; i++)
		ctl_ok(b, "deliver from=1234 text=x");
	const char *urc = hear(b);
	assert_has(urc, "+CMTI: \"SM\",3\r\n\r\n+CMTI: \"ME\",1\r\n\r\n+CMTI: \"ME\",2\r\n");
	assert_has(ctl(b, "stats"), "\"queued\":1,\"sm\":3,\"me\":2");
	assert_has(say(b, "AT+CMGD=2\r"), "+CMTI: \"SM\",2\r\n");
	assert_has(ctl(b, "list"), "\"queued\":0");
	assert_string_equal(say(b, "AT+CMGD=1,4\r"), OK);
	assert_string_equal(say(b, "AT+CPMS=\"ME\"\r"), "\r\n+CPMS: 2,2,0,3,0,3\r\n" OK);
}

static void test_no_overflow(void **state)
{
	struct bench *b = *state;
	ctl_ok(b, "overflow off");
	for (int i = 0; i < 4; i++)
		ctl_ok(b, "deliver from=1234 text=x");
	hear(b);
	assert_has(ctl(b, "stats"), "\"queued\":1,\"sm\":3,\"me\":0");
	ctl_ok(b, "deliver from=1234 memory=ME text=x"); /* behind the one that waits */
	hear(b);
	assert_has(ctl(b, "stats"), "\"queued\":2");
}

static void test_segments(void **state)
{
	struct bench *b = *state;
	char command[700] = "deliver from=+355691111111 order=2,1 ref=7 text=";
	memset(command + strlen(command), 'a', 200);
	assert_has(ctl(b, command), "\"parts\":2");
	hear(b);
	const char *list = ctl(b, "list");
	const char *second = strstr(list, "0500030702"),
		   *first = second ? strstr(second + 1, "0500030702") : NULL;
	assert_non_null(first);
	assert_int_equal(strncmp(second, "050003070202", 12), 0);
	assert_int_equal(strncmp(first, "050003070201", 12), 0);
	assert_has(ctl(b, "deliver from=1 drop=1 bits=16 text=\\n"), "\"parts\":0");
}

static void test_segments_16_and_doubled(void **state)
{
	struct bench *b = *state;
	char command[700] =
	    "deliver from=+355691111111 bits=16 ref=4660 drop=1 dup=2 alphabet=ucs2 text=";
	memset(command + strlen(command), 'a', 71); /* 66 units fit beside a 7-octet header */
	assert_has(ctl(b, command), "\"parts\":2");
	hear(b);
	const char *list = ctl(b, "list");
	const char *one = strstr(list, "06080412340202");
	assert_non_null(one);
	assert_has(one + 1, "06080412340202");
	assert_lacks(list, "06080412340201");
}

static void test_raw_pdu(void **state)
{
	struct bench *b = *state;
	echo_off(b);
	ctl_ok(b, "pdu 00FFEE memory=ME");
	ctl_ok(b, "pdu 09");
	hear(b);
	assert_string_equal(say(b, "AT+CMGL=4\r"), "\r\n+CMGL: 1,0,,0\r\n09\r\n" OK);
	say(b, "AT+CPMS=\"ME\"\r");
	assert_string_equal(say(b, "AT+CMGR=1\r"), "\r\n+CMGR: 0,,2\r\n00FFEE\r\n" OK);
	assert_has(ctl(b, "pdu 0G"), "\"ok\":false");
}

static void test_index_base(void **state)
{
	struct bench *b = bench_new("E173", NULL, 3, 2);
	(void)state;
	echo_off(b);
	say(b, "AT+CNMI=1,1\r");
	ctl_ok(b, "deliver from=1234 memory=ME text=x");
	assert_string_equal(hear(b), "\r\n+CMTI: \"ME\",0\r\n");
	ctl_ok(b, "fault hide0");
	assert_string_equal(say(b, "AT+CPMS=\"ME\"\r"), "\r\n+CPMS: 0,2,0,3,0,3\r\n" OK);
	assert_string_equal(say(b, "AT+CMGL=4\r"), OK);
	assert_has(say(b, "AT+CMGR=0\r"), "+CMGR: 0,,");
	assert_string_equal(say(b, "AT^CURC=0\r"), OK);
	void *freed = b;
	teardown(&freed);
}

static void test_direct(void **state)
{
	struct bench *b = *state;
	echo_off(b);
	say(b, "AT+CNMI=2,2\r");
	ctl_ok(b, "deliver from=+355691111111 time=2026-11-16T07:30 zone=3600 text=hello");
	assert_string_equal(hear(b), "\r\n+CMT: ,24\r\n" HELLO "\r\n");
	assert_string_equal(say(b, "AT+CNMI=2,1,1\r"), "\r\n+CMS ERROR: 302\r\n");
}

static void test_renumber(void **state)
{
	struct bench *b = *state;
	echo_off(b);
	for (int i = 0; i < 3; i++)
		ctl_ok(b, i == 0 ? "pdu 0001" : i == 1 ? "pdu 0002" : "pdu 0003");
	hear(b);
	say(b, "AT+CMGD=1\r");
	ctl_ok(b, "onreset renumber=1");
	assert_has(say(b, "AT+CFUN=1,1\r"), "OK");
	say(b, "ATE0\r");
	assert_string_equal(say(b, "AT+CMGL=4\r"),
			    "\r\n+CMGL: 1,0,,1\r\n0003\r\n\r\n+CMGL: 2,0,,1\r\n0002\r\n" OK);
}

/* ---- sending --------------------------------------------------------------------------------- */

/* SUBMIT with a report wanted (31 = 0x21 | VPF relative), to +355692222222, "hello". */
#define SUBMIT "0031000C915365292222220000FF05E8329BFD06"

static void test_submit(void **state)
{
	struct bench *b = *state;
	echo_off(b);
	assert_string_equal(say(b, "AT+CMGS=19\r"), "\r\n> ");
	assert_string_equal(say(b, SUBMIT "\x1A"), "\r\n+CMGS: 0\r\n" OK);
	const char *sent = ctl(b, "sent");
	assert_has(sent,
		   "\"to\":\"+355692222222\",\"text\":\"hello\",\"parts\":1,\"complete\":true");
	assert_has(sent, "\"report\":true");
	assert_has(happened(b), "\"event\":\"mt\"");
	say(b, "AT+CMGS=19\r");
	assert_string_equal(say(b, SUBMIT "\x1B"), OK);
	assert_has(ctl(b, "wait sent==1"), "\"ok\":true");
	say(b, "AT+CMGS=18\r");
	assert_string_equal(say(b, SUBMIT "\x1A"), "\r\n+CMS ERROR: 304\r\n");
	say(b, "AT+CMGS=2\r");
	assert_string_equal(say(b, "00FFFF\x1A"), "\r\n+CMS ERROR: 304\r\n");
	assert_string_equal(say(b, "AT+CMGS=0\r"), "\r\n+CMS ERROR: 304\r\n");
}

static void test_store_and_send(void **state)
{
	struct bench *b = *state;
	echo_off(b);
	assert_string_equal(say(b, "AT+CMGW=19\r"), "\r\n> ");
	assert_string_equal(say(b, SUBMIT "\x1A"), "\r\n+CMGW: 1\r\n" OK);
	assert_string_equal(say(b, "AT+CMSS=1\r"), "\r\n+CMSS: 0\r\n" OK);
	assert_string_equal(say(b, "AT+CMSS=2\r"), "\r\n+CMS ERROR: 321\r\n");
	assert_has(say(b, "AT+CMGL=3\r"), "+CMGL: 1,3,,19");
}

static void test_urc_waits_for_prompt(void **state)
{
	struct bench *b = *state;
	echo_off(b);
	say(b, "AT+CNMI=2,1\r");
	say(b, "AT+CMGS=19\r");
	ctl_ok(b, "deliver from=1234 text=x");
	assert_string_equal(hear(b), "");
	assert_string_equal(say(b, SUBMIT "\x1A"), "\r\n+CMGS: 0\r\n" OK "\r\n+CMTI: \"SM\",1\r\n");
}

static void test_reports(void **state)
{
	struct bench *b = *state;
	echo_off(b);
	ctl_ok(b, "clock 2026-11-16T07:30");
	say(b, "AT+CNMI=2,1,0,1\r");
	say(b, "AT+CMGS=19\r");
	say(b, SUBMIT "\x1A");
	assert_true(at_next(b->sim.at, b->now) == b->now + 100);
	b->now += 100;
	/* 23.040 9.2.2.3: 06, TP-MR 00, recipient, two stamps, TP-ST 00 */
	assert_string_equal(hear(b), "\r\n+CDS: 25\r\n0791536509000010"
				     "06000C91536529222222"
				     "62116170030000"
				     "62116170030000"
				     "00\r\n");
	say(b, "AT+CNMI=2,1,0,2\r");
	ctl_ok(b, "report mr=0 status=70");
	assert_string_equal(hear(b), "\r\n+CDSI: \"SR\",1\r\n");
	say(b, "AT+CPMS=\"SR\"\r");
	assert_has(say(b, "AT+CMGR=1\r"), "0046\r\n");
	assert_has(ctl(b, "report mr=9"), "\"ok\":false");
	ctl_ok(b, "reports off");
	say(b, "AT+CMGS=19\r");
	say(b, SUBMIT "\x1A");
	b->now += 100000;
	assert_string_equal(hear(b), "");
}

/* ---- SIM and network ------------------------------------------------------------------------- */

static void test_pin(void **state)
{
	struct bench *b = bench_new(NULL, "1234", 3, 2);
	(void)state;
	echo_off(b);
	say(b, "AT+CMEE=1\r");
	ctl_ok(b, "deliver from=1234 text=x");
	assert_string_equal(say(b, "AT+CPIN?\r"), "\r\n+CPIN: SIM PIN\r\n" OK);
	assert_string_equal(say(b, "AT+CMGL=4\r"), "\r\n+CMS ERROR: 311\r\n");
	assert_string_equal(say(b, "AT+CIMI\r"), "\r\n+CME ERROR: 11\r\n");
	assert_string_equal(say(b, "AT+CPIN=\"0000\"\r"), "\r\n+CME ERROR: 16\r\n");
	assert_has(ctl(b, "stats"), "\"queued\":1");
	assert_string_equal(say(b, "AT+CPIN=\"1234\"\r"), OK);
	assert_string_equal(say(b, "AT+CPIN?\r"), "\r\n+CPIN: READY\r\n" OK);
	assert_string_equal(say(b, "AT+CREG?\r"), "\r\n+CREG: 0,1\r\n" OK);
	assert_has(ctl(b, "stats"), "\"queued\":0,\"sm\":1");
	assert_has(ctl(b, "wait pin_attempts==2"), "\"ok\":true");
	void *freed = b;
	teardown(&freed);
}

static void test_sim_faults(void **state)
{
	struct bench *b = *state;
	echo_off(b);
	say(b, "AT+CMEE=1\r");
	ctl_ok(b, "fault nosim");
	assert_string_equal(say(b, "AT+CPIN?\r"), "\r\n+CME ERROR: 10\r\n");
	assert_string_equal(say(b, "AT+CMGL=4\r"), "\r\n+CMS ERROR: 310\r\n");
	ctl_ok(b, "fault none");
	assert_string_equal(say(b, "AT+CPIN?\r"), "\r\n+CPIN: READY\r\n" OK);
	ctl_ok(b, "fault pinrefused");
	for (int i = 0; i < 3; i++)
		assert_has(say(b, "AT+CPIN=\"1234\"\r"), i < 2 ? "ERROR: 16" : "ERROR: 12");
	assert_string_equal(say(b, "AT+CPIN?\r"), "\r\n+CPIN: SIM PUK\r\n" OK);
	ctl_ok(b, "fault none");
	ctl_ok(b, "fault puk");
	assert_string_equal(say(b, "AT+CMGR=1\r"), "\r\n+CMS ERROR: 316\r\n");
	assert_string_equal(say(b, "AT+CPIN=\"12345678\",\"4321\"\r"), OK);
	assert_string_equal(say(b, "AT+CPIN?\r"), "\r\n+CPIN: READY\r\n" OK);
}

static void test_registration(void **state)
{
	struct bench *b = *state;
	echo_off(b);
	say(b, "AT+CREG=1\r");
	ctl_ok(b, "creg 3");
	assert_string_equal(hear(b), "\r\n+CREG: 3\r\n");
	ctl_ok(b, "deliver from=1234 text=x");
	hear(b);
	assert_has(ctl(b, "stats"), "\"queued\":1");
	say(b, "AT+CMGS=19\r");
	assert_string_equal(say(b, SUBMIT "\x1A"), "\r\n+CMS ERROR: 331\r\n");
	ctl_ok(b, "creg 5");
	assert_string_equal(hear(b), "\r\n+CREG: 5\r\n");
	assert_has(ctl(b, "stats"), "\"queued\":0");
	ctl_ok(b, "signal 99");
	assert_string_equal(say(b, "AT+CSQ;+CREG?\r"),
			    "\r\n+CSQ: 99,99\r\n\r\n+CREG: 1,2\r\n" OK "\r\n+CREG: 2\r\n");
	ctl_ok(b, "signal 9");
	hear(b);
	assert_string_equal(say(b, "AT+CFUN=4\r"), OK "\r\n+CREG: 0\r\n");
	assert_string_equal(say(b, "AT+COPS?\r"), "\r\n+COPS: 0\r\n" OK);
}

static void test_clock(void **state)
{
	struct bench *b = *state;
	echo_off(b);
	ctl_ok(b, "clock 2026-11-16T07:30+01:00 scale 60 zone=3600");
	b->now += 2000;
	assert_string_equal(say(b, "AT+CCLK?\r"), "\r\n+CCLK: \"26/11/16,07:32:00+04\"\r\n" OK);
	assert_has(ctl(b, "clock yesterday"), "\"ok\":false");
}

static void test_ussd(void **state)
{
	struct bench *b = *state;
	echo_off(b);
	ctl_ok(b, "ussd *100# status=1 delay=200 1 Kredia");
	ctl_ok(b, "ussd *100#>1 dcs=72 \xC3\xAB");
	assert_string_equal(say(b, "AT+CUSD=1,\"*100#\",15\r"), OK);
	b->now += 200;
	assert_string_equal(hear(b), "\r\n+CUSD: 1,\"1 Kredia\",15\r\n");
	say(b, "AT+CUSD=1,\"1\",15\r");
	b->now += 50;
	assert_string_equal(hear(b), "\r\n+CUSD: 0,\"00EB\",72\r\n");
	say(b, "AT+CUSD=1,\"1\",15\r");
	assert_string_equal(hear(b), "");
	ctl_ok(b, "ussd push status=2 delay=0 fund");
	assert_string_equal(hear(b), "\r\n+CUSD: 2,\"fund\",15\r\n");
	say(b, "AT+CSCS=\"UCS2\"\r");
	assert_has(say(b, "AT+CUSD=1,\"002A0031002300\",15\r"), "OK");
	ctl_ok(b, "ussd *1# delay=0 ok");
	assert_string_equal(say(b, "AT+CUSD=1,\"002A00310023\",15\r"),
			    OK "\r\n+CUSD: 0,\"006F006B\",15\r\n");
	assert_has(happened(b), "\"event\":\"ussd\",\"n\":");
}

static void test_ussd_packed(void **state)
{
	struct bench *b = bench_new("E3531", NULL, 3, 2);
	(void)state;
	echo_off(b);
	say(b, "AT+CUSD=1\r");
	ctl_ok(b, "ussd *100# delay=0 hello");
	/* "*100#" packed: 2A 31 30 30 23 -> AA180C3602 */
	assert_string_equal(say(b, "AT+CUSD=1,\"AA180C3602\",15\r"),
			    OK "\r\n+CUSD: 0,\"E8329BFD06\",15\r\n");
	void *freed = b;
	teardown(&freed);
}

/* ---- faults ---------------------------------------------------------------------------------- */

static void test_mute(void **state)
{
	struct bench *b = *state;
	echo_off(b);
	say(b, "AT+CNMI=2,1\r");
	ctl_ok(b, "fault mute 500");
	assert_string_equal(say(b, "AT\r"), "");
	ctl_ok(b, "deliver from=1 text=x");
	assert_string_equal(hear(b), "");
	b->now += 500;
	assert_string_equal(say(b, "AT\r"), OK);
	assert_has(ctl(b, "stats"), "\"sm\":1");
}

static void test_chatty(void **state)
{
	struct bench *b = *state;
	echo_off(b);
	ctl_ok(b, "fault chatty every=100 for=1000");
	assert_string_equal(say(b, "AT\r"), "\r\n^RSSI:20\r\n");
	assert_string_equal(hear(b), "");
	assert_true(at_next(b->sim.at, b->now) == b->now + 100);
	b->now += 100;
	assert_string_equal(hear(b), "\r\n^RSSI:20\r\n");
	b->now += 1000;
	assert_string_equal(say(b, "AT\r"), OK);
}

static void test_send_faults(void **state)
{
	struct bench *b = *state;
	echo_off(b);
	ctl_ok(b, "reports off");
	ctl_ok(b, "fault cms 38 1");
	say(b, "AT+CMGS=19\r");
	assert_string_equal(say(b, SUBMIT "\x1A"), "\r\n+CMS ERROR: 38\r\n");
	ctl_ok(b, "fault noanswer 1");
	say(b, "AT+CMGS=19\r");
	assert_string_equal(say(b, SUBMIT "\x1A"), "");
	assert_has(ctl(b, "wait sent==1"), "\"ok\":true");
	ctl_ok(b, "fault noanswer 1 taken=0");
	say(b, "AT+CMGS=19\r");
	assert_string_equal(say(b, SUBMIT "\x1A"), "");
	assert_has(ctl(b, "wait sent==1"), "\"ok\":true");
	ctl_ok(b, "fault late 3000");
	say(b, "AT+CMGS=19\r");
	assert_string_equal(say(b, SUBMIT "\x1A"
					  "AT\r"),
			    "");
	assert_true(at_next(b->sim.at, b->now) == b->now + 3000);
	b->now += 3000;
	assert_string_equal(hear(b), "\r\n+CMGS: 1\r\n" OK OK);
}

static void test_refusals(void **state)
{
	struct bench *b = *state;
	echo_off(b);
	say(b, "AT+CMEE=1\r");
	ctl_ok(b, "fault refuse +CNMI");
	ctl_ok(b, "fault refuse AT+CSQ 1 cme=100");
	ctl_ok(b, "fault cmgl 500 2");
	assert_string_equal(say(b, "AT+CNMI?\r"), "\r\nERROR\r\n");
	assert_string_equal(say(b, "AT+CSQ\r"), "\r\n+CME ERROR: 100\r\n");
	assert_string_equal(say(b, "AT+CSQ\r"), "\r\n+CSQ: 20,99\r\n" OK);
	for (int i = 0; i < 3; i++)
		assert_string_equal(say(b, "AT+CMGL=4\r"), i < 2 ? "\r\n+CMS ERROR: 500\r\n" : OK);
	ctl_ok(b, "fault none");
	assert_has(say(b, "AT+CNMI?\r"), "+CNMI: 0,0,0,0,0");
	assert_has(ctl(b, "fault frost"), "no such fault");
	assert_has(ctl(b, "fault pin 1"), "\"ok\":false");
	assert_has(ctl(b, "fault"), "\"ok\":false");
}

static void test_slow_and_garbage(void **state)
{
	struct bench *b = *state;
	echo_off(b);
	ctl_ok(b, "fault slow 200");
	assert_string_equal(say(b, "AT\r"), "");
	b->now += 200;
	assert_string_equal(hear(b), OK);
	ctl_ok(b, "fault none");
	ctl_ok(b, "fault garbage 100");
	at_run(b->sim.at, b->now);
	assert_int_equal(out_size(at_output(b->sim.at)), 100);
	out_clear(at_output(b->sim.at));
	at_run(b->sim.at, b->now + 1000);
	assert_int_equal(out_size(at_output(b->sim.at)), 0);
	ctl_ok(b, "fault nocmti");
	say(b, "AT+CNMI=2,1\r");
	ctl_ok(b, "deliver from=1 text=x");
	assert_string_equal(hear(b), "");
}

static void test_pace(void **state)
{
	struct bench *b = *state;
	ctl_ok(b, "pace 300");
	ctl_ok(b, "deliver from=1 text=x");
	ctl_ok(b, "deliver from=1 text=y");
	hear(b);
	assert_has(ctl(b, "stats"), "\"queued\":1");
	assert_true(at_next(b->sim.at, b->now) == b->now + 300);
	b->now += 300;
	hear(b);
	assert_has(ctl(b, "stats"), "\"queued\":0");
}

static void test_commands(void **state)
{
	static const char *const bad[] = {
	    "",
	    "nonsense",
	    "deliver",
	    "deliver from=1",
	    "deliver text=x",
	    "deliver from=1 zone=7 text=x",
	    "deliver from=1 order=0 text=x",
	    "deliver from=1 memory=XX text=x",
	    "pdu",
	    "pdu 0",
	    "wait",
	    "wait nothing>=1",
	    "wait sent>=x",
	    "signal",
	    "signal 100",
	    "creg x",
	    "report mr=x",
	    "reports",
	    "overflow",
	    "clock 2026-13",
	    "clock 5 scale",
	    "ussd",
	    "deliver from=1 bits=7 text=x",
	    "deliver from=1 alphabet=gsm7 text=\xD0\x96",
	    "deliver from=+12345678901234567890123 text=x",
	};
	struct bench *b = *state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (!strstr(ctl(b, bad[i]), "\"ok\":false"))
			fail_msg("accepted: %s", bad[i]);
	char line[] = "wait sent>=1 timeout=50";
	out_clear(&b->answer);
	assert_int_equal(command_run(&b->sim, line, b->now, &b->answer, &b->wait), COMMAND_WAIT);
	assert_false(command_waited(&b->sim, &b->wait, b->now + 49, &b->answer));
	assert_true(command_waited(&b->sim, &b->wait, b->now + 50, &b->answer));
	out_add(&b->answer, "", 1);
	assert_string_equal(out_bytes(&b->answer),
			    "{\"ok\":false,\"error\":\"timeout\",\"sent\":0}\n");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_line),
	    TEST(test_line_too_long),
	    TEST(test_identity),
	    TEST(test_deliver),
	    TEST(test_overflow_and_queue),
	    TEST(test_no_overflow),
	    TEST(test_segments),
	    TEST(test_segments_16_and_doubled),
	    TEST(test_raw_pdu),
	    cmocka_unit_test(test_index_base),
	    TEST(test_direct),
	    TEST(test_renumber),
	    TEST(test_submit),
	    TEST(test_store_and_send),
	    TEST(test_urc_waits_for_prompt),
	    TEST(test_reports),
	    cmocka_unit_test(test_pin),
	    TEST(test_sim_faults),
	    TEST(test_registration),
	    TEST(test_clock),
	    TEST(test_ussd),
	    cmocka_unit_test(test_ussd_packed),
	    TEST(test_mute),
	    TEST(test_chatty),
	    TEST(test_send_faults),
	    TEST(test_refusals),
	    TEST(test_slow_and_garbage),
	    TEST(test_pace),
	    TEST(test_commands),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
