/* test_config.c - the configuration: what is shipped loads clean, each kind of fault is named with
 * file and line, all faults of a file in one run, and nothing that libconfig would misread gets
 * through. Runs from the project's root (it reads config/); calls config, gateway/cli/check. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "config/config.h"
#include "config/settings.h"
#include "config/values.h"
#include "gateway/cli/check.h"

/* What the manual of a fault lists: every event there is. */
#define EVENTS_SHOWN \
	"absence.streak absence.rate absence.cluster absence.abroad absence.work " \
	"absence.left school.silent alert.withdrawn case.new case.urgent case.amended case.risk " \
	"case.not_found case.moved case.elsewhere case.closed case.duplicate case.unconfirmed " \
	"case.contact_due case.contact_late case.followup_due case.followup_late " \
	"case.close_asked case.erase_asked case.risk_asked case.refer_asked emergency safety referral.new referral.reminder " \
	"referral.withdrawn referral.declined referral.unanswered referral.expired " \
	"referral.asked return.new return.unassessed return.arrived case.progress_fall case.support_asked task.new task.carried attendance.report delivery.failed " \
	"campaign.done " \
	"modem.down modem.back modem.full modem.credit"

static char root[512], dir[64];

static const char *const linked[] = {
    "vocabulary_sq.cfg", "vocabulary_en.cfg", "messages_sq.cfg", "messages_en.cfg",
    "intents.cfg",       "mandates.cfg",      "rules.cfg",       "demo_schools.csv",
};
#define LINKED (sizeof(linked) / sizeof(linked[0]))

/* ---- a small configuration in a directory of its own ---- */

static void write_bytes(const char *name, const void *data, size_t n)
{
	FILE *f = fopen(name, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(data, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
}

static void write_text(const char *name, const char *text)
{
	write_bytes(name, text, strlen(text));
}

static int enter(void **state)
{
	(void)state;
	snprintf(dir, sizeof(dir), "/tmp/test_config.XXXXXX");
	assert_non_null(getcwd(root, sizeof(root)));
	assert_non_null(mkdtemp(dir));
	assert_int_equal(chdir(dir), 0);
	for (size_t i = 0; i < LINKED; i++) {
		char from[600];
		snprintf(from, sizeof(from), "%s/config/%s", root, linked[i]);
		assert_int_equal(symlink(from, linked[i]), 0);
	}
	return 0;
}

static int leave(void **state)
{
	static const char *const made[] = {"k.cfg", "x.cfg", "s.csv", "r.csv", "secret"};

	(void)state;
	for (size_t i = 0; i < LINKED; i++)
		unlink(linked[i]);
	for (size_t i = 0; i < sizeof(made) / sizeof(made[0]); i++)
		unlink(made[i]);
	assert_int_equal(chdir(root), 0);
	return rmdir(dir);
}

#define SITE "site = { letter = \"E\"; zones = [ \"Z1\", \"Z2\" ]; };"
#define AGENCIES                                                                                   \
	"agencies = ( {code=\"MUN\";}, {code=\"SSS\";}, {code=\"POLICE\";}, {code=\"EDU\";}, "     \
	"{code=\"TDH\";}, {code=\"NPF\";}, {code=\"TV\";}, {code=\"HOPE\";}, {code=\"WOMEN\";}, "  \
	"{code=\"EMPLOY\";} );"
#define CATALOGUE                                                                                  \
	"vocabularies = [ \"vocabulary_sq.cfg\", \"vocabulary_en.cfg\" ]; "                        \
	"messages = [ \"messages_sq.cfg\", \"messages_en.cfg\" ]; intents = \"intents.cfg\"; "
#define FILES_WITH(more) "files = { " CATALOGUE more " };"
#define FILES                                                                                      \
	FILES_WITH("mandates = \"mandates.cfg\"; rules = \"rules.cfg\"; "                          \
		   "schools = \"demo_schools.csv\";")

/* Line 1 is site, 2 agencies, 3 files; more begins in line 4.  NULL: the good line. */
struct parts {
	const char *site, *agencies, *files, *more;
};

static void write_main(const struct parts *p)
{
	char text[16384];
	int n = snprintf(text, sizeof(text), "%s\n%s\n%s\n%s\n", p->site ? p->site : SITE,
			 p->agencies ? p->agencies : AGENCIES, p->files ? p->files : FILES,
			 p->more ? p->more : "");

	assert_true(n > 0 && (size_t)n < sizeof(text));
	write_text("k.cfg", text);
}

static char said[65536];

static int load(const char *file, struct config **c)
{
	memset(said, 0, sizeof(said));
	FILE *err = fmemopen(said, sizeof(said) - 1, "w");
	assert_non_null(err);
	int faults = config_load(file, c, err);
	fclose(err);
	assert_true((faults == 0) == (*c != NULL));
	return faults;
}

/* Everything said is exactly expect, so faults that should not be there fail the test too. */
static void fails(const struct parts *p, const char *expect)
{
	struct config *c;
	int lines = 0;

	write_main(p);
	int faults = load("k.cfg", &c);
	config_free(c);
	if (strcmp(said, expect) != 0)
		print_message("said:\n%s", said);
	assert_string_equal(said, expect);
	for (const char *s = said; *s; s++)
		lines += *s == '\n';
	assert_int_equal(faults, lines);
}

static struct config *loads(const struct parts *p)
{
	struct config *c;

	write_main(p);
	if (load("k.cfg", &c) != 0)
		print_message("said:\n%s", said);
	assert_non_null(c);
	return c;
}

#define PART(...) (&(struct parts){__VA_ARGS__})
#define MORE(text) PART(.more = text)

/* ---- what libconfig would misread ---- */

static void numbers_are_not_misread(void **state)
{
	(void)state;
	fails(MORE("store = { busy_ms = 3000000000; };"),
	      "k.cfg:4: 3000000000 is too big for an integer (-2147483648 to 2147483647); write "
	      "3000000000L if it is meant, or put it in quotes if it is a telephone number\n");
	fails(MORE("store = {\n busy_ms = 99999999999999999999;\n};"),
	      "k.cfg:5: 99999999999999999999 is too big for any integer (-9223372036854775808 to "
	      "9223372036854775807)\n");
	fails(MORE("store = { busy_ms = 9223372036854775808L; };"),
	      "k.cfg:4: 9223372036854775808L is too big for any integer (-9223372036854775808 to "
	      "9223372036854775807)\n");
	fails(MORE("store = { busy_ms = 010; };"),
	      "k.cfg:4: 010 begins with a zero; it would be read as a decimal number: write it "
	      "without the zero, or in quotes if the zero belongs to it\n");
	fails(MORE("store = { busy_ms = 0xFFFFFFFF; };"),
	      "k.cfg:4: 0xFFFFFFFF is too big for an integer (-2147483648 to 2147483647); write "
	      "0xFFFFFFFFL if it is meant, or put it in quotes if it is a telephone number\n");
	fails(MORE("store = { busy_ms = 5A; };"), "k.cfg:4: 5A is not a number\n");
	/* the L that would be read as 0 by a 32-bit getter */
	fails(MORE("store = { busy_ms = 3000000000L; };"),
	      "k.cfg:4: store.busy_ms: 3000000000 is out of range (0 to 60000)\n");
}

static void good_numbers_are_read(void **state)
{
	struct config *c = loads(MORE("store = { busy_ms = 0x10; }; hub = { stop_s = 30L; };\n"
				      "sms = { day_limit = +7; };"));

	(void)state;
	assert_int_equal(c->busy_ms, 16);
	assert_int_equal(c->stop_s, 30);
	assert_int_equal(c->sms_day_limit, 7);
	config_free(c);
}

static void texts_are_not_misread(void **state)
{
	struct config *c;

	(void)state;
	fails(MORE("forbidden = [ \"rruga e \\u00e7\" ];"),
	      "k.cfg:4: \\u is no escape that is read (allowed: \\\\ \\\" \\n \\r \\t \\f \\xHH); "
	      "write "
	      "the character itself, in UTF-8\n");
	fails(MORE("forbidden = [ \"a\\x00b\" ];"), "k.cfg:4: \\x00 in a string would cut it\n");
	fails(MORE("forbidden = [ \"a\nb\" ];"),
	      "k.cfg:5: forbidden[1]: \"(not shown)\" has a control character in it\n");

	write_bytes("k.cfg", "a = 1;\nb = \"x\0y\";\n", 18);
	assert_int_equal(load("k.cfg", &c), 1);
	assert_string_equal(said, "k.cfg:2: a NUL byte (0x00), which would cut the text\n");
	write_text("k.cfg", "\xef\xbb\xbfsite = { };\n");
	assert_int_equal(load("k.cfg", &c), 1);
	assert_string_equal(said,
			    "k.cfg:1: begins with a byte order mark (the bytes EF BB BF, put there "
			    "by an editor); save it as UTF-8 without byte order mark\n");
	write_bytes("k.cfg", "\xff\xfes\0i\0", 6);
	assert_int_equal(load("k.cfg", &c), 1);
	assert_string_equal(said,
			    "k.cfg:1: is UTF-16 text; save it as UTF-8 without byte order mark\n");
	write_text("k.cfg", "# ok\n# \xeb\n");
	assert_int_equal(load("k.cfg", &c), 1);
	assert_string_equal(said, "k.cfg:2: byte 0xEB is not UTF-8 text; save the file as UTF-8\n");
}

static void syntax_is_named_with_its_line(void **state)
{
	(void)state;
	fails(MORE("store = { busy_ms 5; };"),
	      "k.cfg:4: expected \"=\" after \"busy_ms\", found \"5\"\n");
	fails(MORE("store = { busy_ms = ; };"), "k.cfg:4: expected a value, found \";\"\n");
	fails(MORE("store = {\nbusy_ms = 5;\n"),
	      "k.cfg:7: the group that begins in line 4 never ends: "
	      "\"}\" is missing\n");
	fails(MORE("forbidden = [ \"a\", 5 ];"),
	      "k.cfg:4: expected values of one type in an array, found \"5\"\n");
	fails(MORE("modems = ( { }, );"), "k.cfg:4: expected a value, found \")\"\n");
	fails(MORE("forbidden = [ \"a ];\n"), "k.cfg:4: a string that begins here never ends\n");
	fails(MORE("/* never"), "k.cfg:4: a comment that begins here never ends\n");
	fails(MORE("@include \"/etc/x\"\n"),
	      "k.cfg:4: @include takes the name of a file, relative to this file's directory\n");
	fails(MORE("@include \"none.cfg\"\n"),
	      "none.cfg: cannot be read: No such file or directory\n");
	fails(MORE("@include \"k.cfg\"\n"),
	      "k.cfg:4: @include \"k.cfg\": the file includes itself\n");
}

static void includes_are_read_and_named(void **state)
{
	struct config *c;

	(void)state;
	write_text("x.cfg", "busy_ms = 7;\n");
	c = loads(MORE("store = {\n@include \"x.cfg\"\n};"));
	assert_int_equal(c->busy_ms, 7);
	config_free(c);
	write_text("x.cfg", "\nbusy_ms = 08;\nbusy_ms = 1;\n");
	fails(MORE("store = {\n@include \"x.cfg\"\n};"),
	      "x.cfg:2: 08 begins with a zero; it would be read as a decimal number: write it "
	      "without "
	      "the zero, or in quotes if the zero belongs to it\n"
	      "x.cfg:3: busy_ms: set twice in one group (first in line 2)\n");
	write_text("x.cfg", "\nbusy_ms = -1;\n");
	fails(MORE("store = {\n@include \"x.cfg\"\n};"),
	      "x.cfg:2: store.busy_ms: -1 is out of range (0 to 60000)\n");
}

/* ---- settings ---- */

static void settings_are_checked(void **state)
{
	(void)state;
	fails(MORE("store = { busy_ms = 60001; };"),
	      "k.cfg:4: store.busy_ms: 60001 is out of range (0 to 60000)\n");
	fails(MORE("store = { busy_ms = \"5\"; };"),
	      "k.cfg:4: store.busy_ms: is a string in quotes; an integer is wanted\n");
	fails(MORE("store = { busy_ms = 1.5; };"),
	      "k.cfg:4: store.busy_ms: is a fraction; an integer is wanted\n");
	fails(MORE("sms = { unicode = 1; };"),
	      "k.cfg:4: sms.unicode: is an integer; true or false is wanted\n");
	fails(MORE("store = ( );"),
	      "k.cfg:4: store: is a list ( ... ); a group { ... } is wanted\n");
	fails(MORE("modems = { name = \"a\"; };"),
	      "k.cfg:4: modems: is a group { ... }; a list ( ... ) is wanted\n");
	fails(MORE("modems = ( \"sim1\" );"),
	      "k.cfg:4: modems[1]: is a string in quotes; a group { ... } is wanted\n");
	fails(MORE("forbidden = ( \"a\" );"),
	      "k.cfg:4: forbidden: is a list ( ... ); an array [ ... ] of "
	      "strings is wanted\n");
	fails(MORE("hub = { log_level = \"chatty\"; };"),
	      "k.cfg:4: hub.log_level: \"chatty\" is none of: error warning info debug\n");
	fails(MORE("numbers = { country = \"+355\"; };"),
	      "k.cfg:4: numbers.country: \"+355\" takes digits only\n");
	fails(MORE("numbers = { country = \"12345\"; };"),
	      "k.cfg:4: numbers.country: \"12345\" has 5 bytes (1 to 4)\n");
	fails(MORE("numbers = { national_min = 9; national_max = 8; };"),
	      "k.cfg:4: numbers.national_min: 9 is more than national_max, 8\n");
	fails(PART(.site = "site = { letter = \"O\"; zones = [ \"Z1\" ]; };"),
	      "k.cfg:1: site.letter: \"O\" is not one letter of A to Z without I, L, O and U\n");
	fails(
	    PART(.site = "site = { letter = \"E\"; zones = [ \"Z1\", \"z2\", \"Z1\" ]; };"),
	    "k.cfg:1: site.zones[2]: \"z2\" takes capital letters and digits only, a letter first\n"
	    "k.cfg:1: site.zones[3]: \"Z1\" is there twice\n");
	fails(PART(.site = "site = { letter = \"E\"; zones = [ \"Z1\" ]; timezone = "
			   "\"Europe/Nowhere\"; };"),
	      "k.cfg:1: site.timezone: \"Europe/Nowhere\" is not in /usr/share/zoneinfo\n");
	fails(PART(.site = "site = { letter = \"E\"; zones = [ \"Z1\" ]; language = \"it\"; };"),
	      "k.cfg:1: site.language: no file of files.messages has the language \"it\"\n");
	fails(MORE("help = { police = \"call\"; };"), "k.cfg:4: help.police: \"call\" takes digits "
						      "only\n");
}

static void required_ones_are_missed(void **state)
{
	(void)state;
	fails(PART(.site = "site = { zones = [ \"Z1\" ]; };"),
	      "k.cfg:1: site.letter: is missing (letter of the site, the first of its case codes: "
	      "one letter of A to Z without I, L, O and U)\n");
}

static void unknown_ones_are_refused(void **state)
{
	(void)state;
	fails(MORE("stoer = { busy_ms = 5; };"), "k.cfg:4: stoer: unknown setting, did you mean "
						 "\"store\"?\n");
	fails(MORE("store = { busyms = 5; };"),
	      "k.cfg:4: store.busyms: unknown setting, did you mean "
	      "\"busy_ms\"?\n");
	fails(MORE("modems = ( { name = \"a\"; devise = \"/dev/x\"; device = \"/dev/y\"; } );"),
	      "k.cfg:4: modems[1].devise: unknown setting, did you mean \"device\"?\n");
	fails(MORE("colour = \"red\";"), "k.cfg:4: colour: unknown setting\n");
	fails(MORE("store = { busy_ms = 1; };\n\nstore = { busy_ms = 2; busy_ms = 3; };"),
	      "k.cfg:6: store: set twice in one group (first in line 4)\n"
	      "k.cfg:6: busy_ms: set twice in one group (first in line 6)\n");
}

static void all_faults_come_in_one_run(void **state)
{
	(void)state;
	fails(
	    MORE("store = { busy_ms = -1;\n colour = 1; };\nhub = { stop_s = \"x\"; };\n"
		 "modems = ( { name = \"a b\"; device = \"/dev/x\"; },\n { name = \"c\"; } );"),
	    "k.cfg:4: store.busy_ms: -1 is out of range (0 to 60000)\n"
	    "k.cfg:6: hub.stop_s: is a string in quotes; an integer is wanted\n"
	    "k.cfg:7: modems[1].name: \"a b\" takes letters, digits, \"_\", \"-\" and \".\" only\n"
	    "k.cfg:8: modems[2].device: is missing (its serial device; take the name in "
	    "/dev/serial/by-id, which survives a replug: a path of at most 127 bytes when made "
	    "absolute)\n"
	    "k.cfg:5: store.colour: unknown setting\n");
}

/* ---- modems, agencies ---- */

static void modems_are_checked(void **state)
{
	(void)state;
	fails(
	    MORE("modems = ( { name = \"a\"; device = \"/dev/x\"; },\n"
		 "{ name = \"b\"; device = \"/dev/../dev/./x\"; },\n"
		 "{ name = \"a\"; device = \"/dev/y\"; smsc = \"12\"; } );"),
	    "k.cfg:6: modems[3].smsc: \"12\" is no telephone number (digits, spaces, + in front)\n"
	    "k.cfg:5: modems[2].device: \"/dev/x\" is the device of modem \"a\" too\n"
	    "k.cfg:6: modems[3].name: \"a\" is the name of modems[1] too\n");
	fails(MORE("modems = ( { name = \"a\"; device = \"/dev/x\"; pin = \"12a4\"; } );"),
	      "k.cfg:4: modems[1].pin: \"(not shown)\" takes 4 to 8 digits\n");
}

#define MODEM(rest) MORE("modems = ( { name = \"a\"; device = \"/dev/x\";\n" rest " } );")

static void codes_of_the_sim_are_checked(void **state)
{
	(void)state;
	fails(MODEM("balance = { code = \"*12a#\"; };"),
	      "k.cfg:5: modems[1].balance.code: \"*12a#\" takes digits, * and # only\n");
	fails(MODEM("balance = { code = \"*123#\"; };"),
	      "k.cfg:5: modems[1].balance.code: needs \"amount\", which takes the credit out of the "
	      "answer\n");
	fails(MODEM("balance = { code = \"*123#\"; amount = \"([0-9]+)\"; };"),
	      "k.cfg:5: modems[1].balance.amount: needs a \"sample\": an answer as the operator gives "
	      "it\n");
	fails(MODEM("balance = { code = \"*123#\";\namount = \"[0-9]+\"; sample = \"5 L\"; };"),
	      "k.cfg:6: modems[1].balance.amount: \"[0-9]+\" has 0 groups ( ); one is wanted, around "
	      "the figure\n");
	fails(MODEM("balance = { code = \"*123#\";\namount = \"([0-9]+\"; sample = \"5 L\"; };"),
	      "k.cfg:6: modems[1].balance.amount: \"([0-9]+\" is no expression: Unmatched ( or \\(\n");
	fails(MODEM("balance = { code = \"*123#\"; amount = \"kredia ([0-9]+)\";\nsample = \"5 L\"; };"),
	      "k.cfg:6: modems[1].balance.sample: the expression does not find anything in it\n");
	fails(MODEM("balance = { code = \"*123#\"; amount = \"kredia (.*)\";\n"
		    "sample = \"kredia e madhe\"; };"),
	      "k.cfg:6: modems[1].balance.sample: what the group takes of it is no amount\n");
	fails(MODEM("validity = { code = \"*123#\"; date = \"deri (.*)\";\nsample = \"deri 31.11.2026\"; "
		    "};"),
	      "k.cfg:6: modems[1].validity.sample: what the group takes of it is no day\n");
	fails(MODEM("validity = { answers = [ \"1\", \"\\\"\", \"{voucher}\" ]; };"),
	      "k.cfg:5: modems[1].validity.answers[2]: \"\"\" takes up to 40 letters, digits, blanks, *, "
	      "#, + and {voucher}\n"
	      "k.cfg:5: modems[1].validity.answers: {voucher} is of \"topup\" only\n");
	fails(MODEM("topup = { code = \"*122#\"; };"),
	      "k.cfg:5: modems[1].topup.code: {voucher} stands neither in \"code\" nor in \"answers\"\n");
	fails(MODEM("topup = { code = \"*{voucher}#\"; answers = [ \"{voucher}\" ]; };"),
	      "k.cfg:5: modems[1].topup.code: {voucher} stands more than once in \"code\" and "
	      "\"answers\"\n");
	fails(MODEM("topup = { code = \"*{voucher}*{voucher}#\"; };"),
	      "k.cfg:5: modems[1].topup.code: \"*{voucher}*{voucher}#\" takes digits, *, # and one "
	      "{voucher} only\n");
	struct config *c = loads(MODEM("balance = { code = \"*123#\"; low = 200;\n"
				       "amount = \"balanca[^0-9]*([0-9.]+)\";\n"
				       "sample = \"Balanca juaj eshte 350.50 L\"; };\n"
				       "topup = { code = \"*122#\"; answers = [ \"1\", \"{voucher}\" ]; };"));
	assert_int_equal(c->modems[0].balance.limit, 200);
	assert_int_equal(c->modems[0].validity.limit, 7);
	assert_string_equal(c->modems[0].topup.answers[1], "{voucher}");
	config_free(c);
}

static void quiet_hours_are_checked(void **state)
{
	(void)state;
	fails(MORE("sms = { quiet = { from = \"21:00\"; }; };"),
	      "k.cfg:4: sms.quiet: \"from\" and \"to\" belong together\n");
	fails(MORE("sms = { quiet = { from = \"21:00\"; to = \"21:00\"; }; };"),
	      "k.cfg:4: sms.quiet.to: is \"from\" too: that would be all day\n");
	fails(MORE("sms = { quiet = { digest = \"08:00\"; }; };"),
	      "k.cfg:4: sms.quiet.digest: stands without quiet hours\n");
	fails(MORE("sms = { quiet = { from = \"24:00\"; to = \"7:00\"; }; };"),
	      "k.cfg:4: sms.quiet.from: \"24:00\" is no time of day (HH:MM, 00:00 to 23:59)\n"
	      "k.cfg:4: sms.quiet.to: \"7:00\" is no time of day (HH:MM, 00:00 to 23:59)\n");
}

#define MUN(rest)                                                                                  \
	PART(.agencies = "agencies = ( { code = \"MUN\"; " rest " } );",                           \
	     .files = FILES_WITH(                                                                  \
		 "mandates = \"x.cfg\"; rules = \"rules.cfg\"; schools = \"demo_schools.csv\";"))
#define GOOD_SECRET "secret = \"whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz\"; "

static void agencies_are_checked(void **state)
{
	(void)state;
	write_text("x.cfg", "mandates = ( );\n");
	fails(
	    MUN("url = \"https://a.example/\";"),
	    "k.cfg:2: agencies[1]: MUN has an url but neither \"secret\" nor \"secret_file\": its "
	    "deliveries could not be signed\n");
	fails(
	    MUN("url = \"http://a.example/\"; " GOOD_SECRET),
	    "k.cfg:2: agencies[1].url: \"http://a.example/\" is not https://; deliveries would go "
	    "in clear (allowed only with plain_http = true)\n");
	fails(MUN("url = \"https://u:p@a.example/\"; " GOOD_SECRET),
	      "k.cfg:2: agencies[1].url: \"https://u:p@a.example/\" has a user name in it; "
	      "deliveries are signed with the secret instead\n");
	fails(MUN("url = \"https:///x\"; " GOOD_SECRET),
	      "k.cfg:2: agencies[1].url: \"https:///x\" has no host\n");
	fails(MUN("url = \"https://a.example:99999/x\"; " GOOD_SECRET),
	      "k.cfg:2: agencies[1].url: \"https://a.example:99999/x\" has a bad port\n");
	fails(MUN("url = \"ftp://a.example/x\"; " GOOD_SECRET),
	      "k.cfg:2: agencies[1].url: \"ftp://a.example/x\" does not begin with https://\n");
	fails(MUN("url = \"https://a.example/a b\"; " GOOD_SECRET),
	      "k.cfg:2: agencies[1].url: \"https://a.example/a b\" has a character that must be "
	      "written as %XX\n");
	fails(MUN("url = \"https://a.example/#x\"; " GOOD_SECRET),
	      "k.cfg:2: agencies[1].url: \"https://a.example/#x\" has a fragment (#...), which is "
	      "never sent\n");
	fails(MUN("url = \"https://[::1/x\"; " GOOD_SECRET),
	      "k.cfg:2: agencies[1].url: \"https://[::1/x\" has an unclosed [\n");
	fails(MUN("url = \"https://a.example/\"; secret = \"whsec_c2hvcnQ=\";"),
	      "k.cfg:2: agencies[1].secret: \"(not shown)\" does not hold 24 to 64 bytes\n");
	fails(MUN("url = \"https://a.example/\"; secret = \"hunter2\";"),
	      "k.cfg:2: agencies[1].secret: \"(not shown)\" does not begin with whsec_\n");
	fails(MUN("allow_private = \"10.0.0.0/33\";"),
	      "k.cfg:2: agencies[1].allow_private: \"10.0.0.0/33\" has a network with a bad "
	      "length\n");
	fails(MUN("allow_private = \"10.0.0.1\";"),
	      "k.cfg:2: agencies[1].allow_private: \"10.0.0.1\" has a network without a length "
	      "(10.0.0.0/8)\n");
	fails(MUN("ca_file = \"/nonexistent\";"), "k.cfg:2: agencies[1].ca_file: /nonexistent "
						  "cannot be read: No such file or directory\n");
	fails(PART(.agencies = "agencies = ( {code=\"SSS\";}, {code=\"SSS\";} );",
		   .files = FILES_WITH("mandates = \"x.cfg\"; rules = \"rules.cfg\"; schools = "
				       "\"demo_schools.csv\";")),
	      "k.cfg:2: agencies[2].code: \"SSS\" is the code of agencies[1] too\n"
	      "k.cfg:2: agencies: \"MUN\" is missing: what no mandate covers goes to the "
	      "municipality alone\n");
}

static void secrets_come_from_files_of_their_own(void **state)
{
	struct config *c;

	(void)state;
	write_text("x.cfg", "mandates = ( );\n");
	write_text("secret", "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz\n");
	assert_int_equal(chmod("secret", 0640), 0);
	write_main(MUN("url = \"https://a.example/\"; secret_file = \"secret\";"));
	assert_int_equal(load("k.cfg", &c), 1);
	assert_non_null(strstr(said, "k.cfg:2: agencies[1].secret_file: /tmp/"));
	assert_non_null(
	    strstr(said, "/secret has mode 0640; others than its owner may not read it: chmod "
			 "600\n"));
	assert_null(strstr(said, "MDEy"));
	assert_int_equal(chmod("secret", 0600), 0);
	c = loads(MUN("url = \"https://a.example/\"; secret_file = \"secret\";"));
	assert_string_equal(config_agency(c, "MUN")->secret,
			    "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz");
	config_free(c);
	fails(MUN("secret_file = \"secret\"; " GOOD_SECRET),
	      "k.cfg:2: agencies[1].secret_file: \"secret\" and \"secret_file\" exclude each "
	      "other\n");
	write_text("secret", "whsec_MDEy\n");
	write_main(MUN("url = \"https://a.example/\"; secret_file = \"secret\";"));
	assert_int_equal(load("k.cfg", &c), 1);
	assert_non_null(strstr(said, "does not hold 24 to 64 bytes\n"));
}

/* ---- tables ---- */

#define WITH(name)                                                                                 \
	PART(.files = FILES_WITH("mandates = \"" name                                              \
				 "\"; rules = \"rules.cfg\"; schools = \"demo_schools.csv\";"))
#define WITH_RULES                                                                                 \
	PART(.files = FILES_WITH("mandates = \"mandates.cfg\"; rules = \"x.cfg\"; schools = "      \
				 "\"demo_schools.csv\";"))
/* One thing missing at a time, of each system that agencies run. */
static void single_faults_of_receivers(void **state)
{
#define AT "url = \"https://a.example/\"; "
#define USER "user = \"u\"; password = \"long enough\"; "
	(void)state;
	write_text("x.cfg", "mandates = ( );\n");
	fails(MUN(AT "receiver = \"cht\"; " USER), "k.cfg:2: agencies[1].receiver: cht needs \"form\"\n");
	fails(MUN(AT "receiver = \"primero\"; " USER), "k.cfg:2: agencies[1].receiver: primero needs \"module\"\n");
	fails(MUN(AT "receiver = \"rapidpro\"; token = \"t\"; form = \"f\";"),
	      "k.cfg:2: agencies[1].receiver: rapidpro needs \"urns\"\n");
	fails(MUN(AT "receiver = \"dhis2\"; token = \"t\"; program = \"p\"; stage = \"s\";"),
	      "k.cfg:2: agencies[1].receiver: dhis2 needs \"units\"\n");
	fails(MUN(AT "receiver = \"dhis2\"; program = \"p\"; stage = \"s\"; units = [ \"*=u\" ];"),
	      "k.cfg:2: agencies[1].receiver: dhis2 needs \"token\"\n");
	fails(MUN(AT GOOD_SECRET "client_cert = \"x.cfg\";"),
	      "k.cfg:2: agencies[1].client_cert: \"client_cert\" and \"client_key\" go together\n");
#undef AT
#undef USER
}

#define ROW(rule, event, agency, keys, more)                                                       \
	"{ rule = \"" rule "\"; event = \"" event "\"; agency = \"" agency                         \
	"\"; basis = \"b\"; keys = [ " keys " ]; " more " }"

static void mandates_are_checked(void **state)
{
	(void)state;
	fails(WITH("none.cfg"), "none.cfg: cannot be read: No such file or directory\n");
	fails(WITH("."), ".: is a directory, not a file\n");
	write_text("x.cfg",
		   "mandates = (\n" ROW("M1", "case.new", "XYZ", "\"alert\"", "") ",\n" ROW(
		       "M2", "case.old", "MUN", "\"alert\"",
		       "") ",\n" ROW("M3", "case.new", "MUN", "\"alert\", \"name\"",
				     "") ",\n" ROW("M3", "case.closed", "MUN", "\"alert\"",
						   "") ",\n" ROW("M4", "case.new", "MUN",
								 "\"case\"",
								 "concerns = [ \"begging\" "
								 "];") ",\n" ROW("M00", "case.new",
										 "SSS", "\"case\"",
										 "concerns = "
										 "[ "
										 "\"beging\" "
										 "];") ");"
										       "\n");
	fails(WITH("x.cfg"),
	      "x.cfg:3: mandates[2].event: \"case.old\" is none of: " EVENTS_SHOWN "\nx.cfg:4: mandates[3].keys[2]: \"name\" "
	      "is none of: alert rule event at case concerns age_band sex zone urgent risk "
	      "n_children flags school class register_no days from to country reason service "
	      "referral task due date link att_enrolled att_present att_excused att_unexcused att_tardy "
	      "att_early_departure att_days_reported att_days_school\nx.cfg:7: mandates[6].concerns[1]: \"beging\" is not "
	      "known, did you mean \"begging\"? Allowed: begging labour drugs sexual "
	      "trafficking marriage street unaccompanied violence neglect dropout "
	      "crime\nx.cfg:2: mandates[1].agency: \"XYZ\" is used but not defined in "
	      "agencies\nx.cfg:5: mandates[4].rule: \"M3\" is the name of mandates[3] "
	      "too\nx.cfg:6: mandates[5].event: rows M3 and M4 both apply to case.new for MUN: "
	      "give each its own concerns\nx.cfg:7: mandates[6].rule: \"M00\" is the built-in "
	      "row of what no other row covers\n");
}

/* One fault a file, and the whole of what is said of it. */
static void single_faults_of_mandates(void **state)
{
	static const struct {
		const char *row, *said;
	} faults[] = {
	    {ROW("M1", "attendance.report", "EDU", "\"att_present\"", ""),
	     "x.cfg:2: mandates[1].event: goes to agencies with receiver = \"dhis2\", which EDU is not\n"},
	    {ROW("M1", "case.new", "MUN", "\"alert\", \"att_present\"", ""),
	     "x.cfg:2: mandates[1].keys: \"att_present\" is no key of case.new\n"},
	    {ROW("M1", "case.new", "MUN", "\"alert\"", "services = [ \"shelter\" ];"),
	     "x.cfg:2: mandates[1].services: goes with referrals only, not with case.new\n"},
	    {ROW("M00", "case.new", "MUN", "\"alert\"", ""),
	     "x.cfg:2: mandates[1].rule: \"M00\" is the built-in row of what no other row covers\n"},
	    {ROW("M1", "case.new", "MUN", "", ""),
	     "x.cfg:2: mandates[1].keys: has 0 elements (1 to 32)\n"},
	    {"{ rule = \"M1\"; event = \"case.new\"; agency = \"MUN\"; keys = [ \"alert\" ]; }",
	     "x.cfg:2: mandates[1].basis: is missing (legal basis, for the record: a text, 1 to 300 bytes)\n"},
	};
	char text[600];

	(void)state;
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		snprintf(text, sizeof(text), "mandates = (\n%s );\n", faults[i].row);
		write_text("x.cfg", text);
		fails(WITH("x.cfg"), faults[i].said);
	}
}

static void rules_are_checked(void **state)
{
	(void)state;
	write_text(
	    "x.cfg",
	    "rules = (\n"
	    "{ id = \"A1\"; event = \"absence.streak\"; },\n"
	    "{ id = \"A1\"; event = \"case.new\"; audience = [ \"mayor\" ]; },\n"
	    "{ id = \"A2\"; event = \"case.new\"; audience = [ \"duty\" ]; },\n"
	    "{ id = \"A3\"; event = \"case.new\"; message = \"no_such\"; },\n"
	    "{ id = \"A4\"; event = \"case.new\"; escalate = [ \"duty\" ]; },\n"
	    "{ id = \"A5\"; event = \"case.new\"; ack_minutes = 5; escalate = [ \"duty\", \"duty\" "
	    "]; "
	    "max_steps = 1; },\n"
	    "{ id = \"A6\"; event = \"case.new\"; tell = \"case.gone\"; max_steps = 1; }\n);\n");
	fails(WITH_RULES,
	      "x.cfg:3: rules[2].audience[1]: \"mayor\" is none of: teacher head outreach "
	      "coordinator duty agency owner\nx.cfg:8: rules[7].tell: \"case.gone\" is none "
	      "of: " EVENTS_SHOWN "\nx.cfg:2: rules[1].event: "
	      "absence.streak needs a sentence: when = \"...\"\nx.cfg:3: rules[2].id: "
	      "\"A1\" is the name of rules[1] too\nx.cfg:4: rules[3].audience: is told by "
	      "SMS, but \"message\" is missing\nx.cfg:5: rules[4].message: \"no_such\" is used "
	      "but not defined in files.messages\nx.cfg:6: rules[5].escalate: needs "
	      "ack_minutes: after how long without an answer\nx.cfg:7: rules[6].max_steps: 1 "
	      "is less than the 2 steps of \"escalate\"\nx.cfg:8: rules[7].max_steps: has no "
	      "use without \"escalate\"\n");
}

static void sentences_of_rules_are_checked(void **state)
{
	(void)state;
	write_text(
	    "x.cfg",
	    "rules = (\n"
	    "{ id = \"A1\"; when = \"absent 5 weeks in a row\"; },\n"
	    "{ id = \"A2\"; when = \"absent 0 days in a row\"; },\n"
	    "{ id = \"A3\"; when = \"class silent 2 days\"; event = \"absence.rate\"; },\n"
	    "{ id = \"A4\"; },\n"
	    "{ id = \"A5\"; when = \"absent 3 days in a row\"; in_season = \"class silent today\"; },\n"
	    "{ id = \"A6\"; when = \"absent 3 days in a row\"; ends = [ \"excuse\" ]; },\n"
	    "{ id = \"A7\"; when = \"class silent today\"; days = 3; }\n);\n");
	fails(WITH_RULES,
	      "x.cfg:8: rules[7].days: unknown setting\n"
	      "x.cfg:2: rules[1].when: \"weeks\" is not understood after \"absent 5\"; possible "
	      "here: \"days\", \"%\"\n"
	      "x.cfg:3: rules[2].when: 0 is not possible for days (1 to 200)\n"
	      "x.cfg:4: rules[3].event: the sentence is about school.silent, not absence.rate: "
	      "leave \"event\" out\n"
	      "x.cfg:5: rules[4]: rule A4 needs \"when\" (a sentence) or \"event\"\n"
	      "x.cfg:6: rules[5].in_season: is another kind of sentence than \"when\": it may "
	      "change the numbers\n"
	      "x.cfg:6: rules[5].in_season: has no use without \"seasons\"\n"
	      "x.cfg:7: rules[6].ends: \"excuse\" cannot end what this rule tells of\n"
	      "x.cfg:7: rules[6].ends: possible here: correction return\n");
	write_text("x.cfg", "seasons = (\n{ name = \"s\"; from = \"06-31\"; to = \"09-15\"; },\n"
			    "{ name = \"t\"; from = \"06-15\"; to = \"2027-09-15\"; },\n"
			    "{ name = \"u\"; from = \"2027-06-15\"; to = \"2027-06-14\"; }\n);\nrules = ();\n");
	fails(WITH_RULES,
	      "x.cfg:2: seasons[1].from: \"06-31\" is no date (MM-DD, or YYYY-MM-DD)\n"
	      "x.cfg:3: seasons[2].to: \"06-15\" and \"2027-09-15\": both with a year, or both "
	      "without\nx.cfg:4: seasons[3].to: \"2027-06-14\" is before \"2027-06-15\"\n");
}

static void seasons_have_two_sides(void **state)
{
	struct config *c;

	(void)state;
	write_text("x.cfg", "seasons = ({ name = \"s\"; from = \"06-15\"; to = \"09-15\"; },"
			    "{ name = \"t\"; from = \"12-20\"; to = \"01-10\"; },"
			    "{ name = \"u\"; from = \"2027-03-22\"; to = \"2027-03-23\"; });"
			    "rules = ();");
	write_main(WITH_RULES);
	assert_int_equal(load("k.cfg", &c), 0);
	static const struct {
		const char *day;
		bool in;
	} days[] = {
	    {"2026-06-14", false}, {"2026-06-15", true},  {"2027-06-15", true},
	    {"2026-09-15", true},  {"2026-09-16", false}, {"2026-12-19", false},
	    {"2026-12-20", true},  {"2026-12-31", true},  {"2027-01-01", true},
	    {"2027-01-10", true},  {"2027-01-11", false}, {"2027-03-21", false},
	    {"2027-03-22", true},  {"2027-03-23", true},  {"2027-03-24", false},
	    {"2026-03-22", false}, {"", false},
	};
	for (size_t i = 0; i < sizeof(days) / sizeof(days[0]); i++)
		assert_int_equal(config_in_season(c, days[i].day), days[i].in);
	config_free(c);
}

static void mandates_answer_by_default_deny(void **state)
{
	const struct config_mandate *m[8];
	struct config *c;

	(void)state;
	write_text("x.cfg",
		   "mandates = (\n" ROW("M1", "case.new", "MUN", "\"alert\", \"case\"",
					"") ",\n" ROW("M2", "case.new", "SSS", "\"case\"",
						      "concerns = [ \"begging\" ];") ");\n");
	c = loads(WITH("x.cfg"));
	assert_int_equal(config_mandates(c, "case.new", NULL, m, 8), 1);
	assert_string_equal(m[0]->rule, "M1");
	assert_int_equal(config_mandates(c, "case.new", "begging", m, 8), 2);
	assert_int_equal(config_mandates(c, "case.new", "begging", m, 1), 1);
	assert_int_equal(config_mandates(c, "case.new", "drugs", m, 8), 1);
	assert_int_equal(config_mandates(c, "return.new", NULL, m, 8), 1);
	assert_string_equal(m[0]->rule, "M00");
	assert_string_equal(m[0]->agency, "MUN");
	assert_string_equal(m[0]->keys[0], "alert");
	assert_string_equal(m[0]->keys[1], "event");
	assert_string_equal(m[0]->keys[2], "at");
	assert_null(m[0]->keys[3]);
	assert_null(m[0]->concerns);
	assert_string_equal(config_mandate_for(c, "case.new", "begging", "SSS")->rule, "M2");
	assert_null(config_mandate_for(c, "case.new", "drugs", "SSS"));
	assert_null(config_mandate_for(c, "return.new", NULL, "SSS"));
	assert_string_equal(config_mandate_for(c, "return.new", NULL, "MUN")->rule, "M00");
	config_free(c);
}

static void calendar_is_checked(void **state)
{
	struct config *c;

	(void)state;
	fails(
	    MORE("calendar = { closed = ( { from = \"2026-02-30\"; },\n"
		 "{ from = \"2026-12-08\"; to = \"2026-12-01\"; } );\n open = [ \"1.12.2026\" ];\n"
		 " week = [ \"mon\", \"lun\" ]; };"),
	    "k.cfg:7: calendar.week[2]: \"lun\" is not known, did you mean \"sun\"? Allowed: mon "
	    "tue wed thu fri sat sun\n"
	    "k.cfg:4: calendar.closed[1].from: \"2026-02-30\" is no date (YYYY-MM-DD)\n"
	    "k.cfg:6: calendar.open[1]: \"1.12.2026\" is no date (YYYY-MM-DD)\n"
	    "k.cfg:5: calendar.closed[2].to: 2026-12-01 is before 2026-12-08\n");
	c = loads(MORE("calendar = { week = [ \"mon\", \"sat\" ]; open = [ \"2026-11-24\" ]; "
		       "closed = ( { from = \"2026-11-23\"; } ); };"));
	assert_false(world_is_school_day(c->world, "2026-11-23"));
	assert_true(world_is_school_day(c->world, "2026-11-24"));
	assert_false(world_is_school_day(c->world, "2026-11-25"));
	assert_true(world_is_school_day(c->world, "2026-11-28"));
	config_free(c);
	assert_int_equal(cfg_day_number("1970-01-01"), 0);
	assert_int_equal(cfg_day_number("2026-11-18"), 20775);
	assert_int_equal(cfg_day_number("2024-02-29"), 19782);
	assert_int_equal(cfg_day_number("2026-02-29"), -1);
}

static void words_of_other_files_are_checked(void **state)
{
	(void)state;
	write_text("x.cfg",
		   "language = \"sq\";\nwords = ( { concept = \"no_such\"; say = [ \"a\",\n"
		   "\"b\" ]; } );\n");
	fails(
	    PART(.files =
		     "files = { vocabularies = [ \"x.cfg\" ]; messages = [ \"messages_sq.cfg\" ]; "
		     "intents = \"intents.cfg\"; mandates = \"mandates.cfg\"; rules = "
		     "\"rules.cfg\"; "
		     "schools = \"demo_schools.csv\"; };"),
	    "x.cfg:2: words[1].say[1]: unknown concept \"no_such\"\n"
	    "x.cfg:3: words[1].say[2]: unknown concept \"no_such\"\n");
	write_text("x.cfg", "intents = ( { intent = \"absence\"; roles = [ \"mayor\" ]; },\n"
			    "{ intent = \"absense\"; roles = [ \"head\" ]; },\n{ intent = "
			    "\"absence\"; roles = []; } "
			    ");\n");
	fails(
	    PART(.files =
		     "files = { vocabularies = [ \"vocabulary_sq.cfg\" ]; "
		     "messages = [ \"messages_sq.cfg\", \"messages_en.cfg\" ]; "
		     "intents = \"x.cfg\"; mandates = \"mandates.cfg\"; rules = \"rules.cfg\"; "
		     "schools = \"demo_schools.csv\"; };"),
	    "x.cfg:1: intents[1].roles[1]: \"mayor\" is none of: teacher head outreach coordinator "
	    "duty agency\n"
	    "x.cfg:2: intents[2].roles[1]: unknown intent \"absense\"\n"
	    "x.cfg:3: intents[3].intent: \"absence\" is there twice\n");
}

static void forms_are_loaded_and_checked(void **state)
{
	struct config *c;

	(void)state;
	fails(
	    MORE("forms = ( { name = \"soh\"; keywords = [ \"soh\" ]; roles = [ \"head\" ];\n"
		 "fields = ( { name = \"lf\"; type = \"intiger\"; },\n"
		 "{ name = \"mc\"; type = \"integer\"; min = 5; max = 1; } ); } );"),
	    "k.cfg:5: forms[1].fields[1].type: \"intiger\" is not known, did you mean \"integer\"? "
	    "Allowed: integer decimal choice choices yesno date time text phone class zone school "
	    "case age sex\n"
	    "k.cfg:6: forms[1].fields[2].min: is more than max\n");
	c = loads(
	    MORE("forms = ( { name = \"soh\"; keywords = [ \"soh\" ]; roles = [ \"head\" ];\n"
		 "fields = ( { name = \"lf\"; type = \"integer\"; min = 0; }, { name = \"mc\"; "
		 "type = \"integer\"; } ); } );"));
	assert_true(world_allows(c->world, "form:soh", ROLE_HEAD));
	assert_false(world_allows(c->world, "form:soh", ROLE_TEACHER));
	config_free(c);
}

/* ---- CSV ---- */

#define SCHOOLS                                                                                    \
	PART(.files = FILES_WITH("mandates = \"mandates.cfg\"; rules = \"rules.cfg\"; "            \
				 "schools = \"s.csv\";"))
#define ROSTER                                                                                     \
	PART(.files = FILES_WITH("mandates = \"mandates.cfg\"; rules = \"rules.cfg\"; "            \
				 "schools = \"demo_schools.csv\"; roster = \"r.csv\";"))
#define HEAD "id,msisdn,role,school,classes,agency,language\n"

static void schools_are_checked(void **state)
{
	(void)state;
	fails(SCHOOLS, "s.csv: cannot be read: No such file or directory\n");
	write_text("s.csv", "school,class,shift\nSH1,5A,morning\n");
	fails(
	    SCHOOLS,
	    "s.csv:1: a column is missing; the first line names the columns: school class register "
	    "shift [zone]\n");
	write_text("s.csv", "school,class,register,shift\nSH1,5A,28,morning\nSH1,5A,28,morning\n"
			    "SH1,5B,x,morning\nSH1,5C,20,night\nSH1,6A,20\nsh 9,5A,20,morning\n"
			    "SH1,\"6B,20,morning\nSH1,\"6B\"x,20,morning\n");
	fails(SCHOOLS, "s.csv:3: class: SH1 5A is in line 2 too\n"
		       "s.csv:4: register: \"x\" is not a number of pupils (1 to 199)\n"
		       "s.csv:5: shift: \"night\" is none of: morning afternoon\n"
		       "s.csv:6: has 3 fields; the header has 4\n"
		       "s.csv:7: school code \"sh 9\": capitals and digits, at most 11\n"
		       "s.csv:8: a quote is not closed in its line\n"
		       "s.csv:9: text after a closing quote\n");
	write_text("s.csv", "school,class,register,shift\n");
	fails(SCHOOLS, "s.csv: no class in it\n");
}

static void roster_rows_are_checked(void **state)
{
	(void)state;
	write_text("r.csv", HEAD "T1,+355691000001,teacher,SH1,5A,,sq\n"
				 "T1,+355691000002,teacher,SH1,5A,,sq\n"
				 "T2,069 100 0001,teacher,SH1,5A,,sq\n"
				 "T3,12,teacher,SH1,5A,,sq\n"
				 "T4,+355691000004,mayor,,,,sq\n"
				 "T5,+355691000005,teacher,,,,sq\n"
				 "T6,+355691000006,teacher,SH1,5A 7Z,,sq\n"
				 "T7,+355691000007,teacher,SH7,,,sq\n"
				 "A1,+355691000008,agency,,,,sq\n"
				 "A2,+355691000009,agency,,,XYZ,sq\n"
				 "9,+355691000010,head,SH1,,,albanian\n");
	fails(
	    ROSTER,
	    "r.csv:3: id: \"T1\" is the id of line 2 too\n"
	    "r.csv:4: msisdn: is the number of line 2 too\n"
	    "r.csv:5: msisdn: is no telephone number of the plan in \"numbers\"\n"
	    "r.csv:6: role: \"mayor\" is none of: teacher head outreach coordinator duty agency\n"
	    "r.csv:7: school: is missing: a teacher has one\n"
	    "r.csv:8: classes: \"7Z\" is no class of school \"SH1\"\n"
	    "r.csv:9: school: \"SH7\" is not in the schools file\n"
	    "r.csv:10: agency: is missing: a reporter of an agency has one\n"
	    "r.csv:11: agency: \"XYZ\" is used but not defined in agencies\n"
	    "r.csv:12: id: \"9\" is no id: a letter, then letters, digits, \"_\", \"-\", \".\"; at "
	    "most 23\n"
	    "r.csv:12: language: \"albanian\" is no language code (sq, en)\n");
}

/* Faults go to the journal too, when a roster is loaded at a reload. */
static void faults_of_a_roster_name_nobody(void **state)
{
	(void)state;
	write_text("r.csv", HEAD "+355691000001,T1,teacher,SH1,5A,,sq\n"
				 "T2,+355691000002,Arben Hoxha,SH1,5A,,sq\n"
				 "T3,+355691000003,teacher,Luljeta,5A,,sq\n"
				 "T4,+355691000004,head,SH1,,vajza e agimit,sq\n"
				 "Gj\xc3\xabrgj Kola,+355691000005,head,SH1,,,\n");
	fails(ROSTER,
	      "r.csv:2: id: \"+355*********\" is no id: a letter, then letters, digits, \"_\", \"-\", \".\"; at "
	      "most 23\n"
	      "r.csv:2: msisdn: is no telephone number of the plan in \"numbers\"\n"
	      "r.csv:3: role: \"A**** *****\" is none of: teacher head outreach coordinator duty agency\n"
	      "r.csv:4: school: \"L******\" is not in the schools file\n"
	      "r.csv:5: agency: \"v**** * ******\" is used but not defined in agencies\n"
	      "r.csv:6: id: \"G****** ****\" is no id: a letter, then letters, digits, \"_\", \"-\", \".\"; at "
	      "most 23\n");
}

static void roster_is_tolerant_of_spreadsheets(void **state)
{
	struct config *c;
	struct parser_sender s;

	(void)state;
	write_text("r.csv", "\xef\xbb\xbfrole;id;\"msisdn\";classes;school;language;agency\r\n"
			    "teacher;T1;\"069 100 0001\";\"5A 5B\";SH1;;\r\n\r\n coordinator ; C1 "
			    ";+355693000001;;;en;MUN");
	c = loads(ROSTER);
	assert_int_equal(c->n_roster, 2);
	assert_true(config_sender(c, "T1", &s));
	assert_int_equal(s.role, ROLE_TEACHER);
	assert_string_equal(s.id, "T1");
	assert_string_equal(s.school, "SH1");
	assert_string_equal(s.lang, "sq");
	assert_int_equal(s.n_classes, 2);
	assert_string_equal(s.classes[1], "5B");
	assert_true(config_sender(c, "00355 69 100 0001", &s));
	assert_string_equal(s.id, "T1");
	assert_true(config_sender(c, "+355693000001", &s));
	assert_int_equal(s.role, ROLE_COORDINATOR);
	assert_string_equal(s.agency, "MUN");
	assert_string_equal(s.lang, "en");
	assert_false(config_sender(c, "+355699999999", &s));
	assert_int_equal(s.role, ROLE_NONE);
	assert_string_equal(s.lang, "sq");
	assert_false(config_sender(c, "nobody", &s));
	config_free(c);
}

static int stop_at_second(void *arg, const struct config_roster_row *row)
{
	int *n = arg;

	assert_true(row->line == 2 || row->line == 3);
	return ++*n == 2 ? -1 : 0;
}

static void roster_is_read_for_import(void **state)
{
	struct config *c = loads(PART(.site = NULL));
	int n = 0;

	(void)state;
	write_text("r.csv",
		   HEAD "T1,+355691000001,teacher,SH1,5A,,sq\nT2,+355691000002,teacher,SH1,,,\n"
			"T3,+355691000003,teacher,SH1,,,\n");
	memset(said, 0, sizeof(said));
	FILE *err = fmemopen(said, sizeof(said) - 1, "w");
	assert_int_equal(config_read_roster(c, "r.csv", stop_at_second, &n, err), 1);
	fclose(err);
	assert_int_equal(n, 2);
	assert_string_equal(said, "r.csv:3: could not be taken\n");
	config_free(c);
}

/* ---- what is shipped ---- */

static struct config *shipped(const char *name)
{
	char path[600];
	struct config *c;

	snprintf(path, sizeof(path), "%s/config/%s", root, name);
	if (load(path, &c) != 0)
		print_message("%s", said);
	assert_non_null(c);
	return c;
}

static void sample_loads_clean(void **state)
{
	struct config *c = shipped("kujdestar.cfg");

	(void)state;
	assert_int_equal(c->n_modems, 1);
	assert_int_equal(config_warnings(c, stderr), 0);
	config_free(c);
}

static void demo_loads_clean(void **state)
{
	struct config *c = shipped("demo.cfg");
	struct parser_sender s;
	char path[600];

	(void)state;
	/* relative names hold from any working directory: this test stands in another one */
	snprintf(path, sizeof(path), "%s/build/demo/modem", root);
	assert_string_equal(c->modems[0].device, path);
	assert_int_equal(c->site_letter, 'E');
	assert_int_equal(c->n_agencies, 10);
	assert_true(config_sender(c, "T1", &s));
	assert_int_equal(s.n_classes, 4);
	assert_false(world_is_school_day(c->world, "2026-11-14"));
	assert_false(world_is_school_day(c->world, "2026-12-08"));
	assert_true(world_is_school_day(c->world, "2026-11-18"));
	for (size_t i = 0; i < c->n_rules; i++)
		assert_non_null(c->rules[i].message);
	config_free(c);
}

/* What the mandate table must never come to say, whoever edits it next. */
static void shipped_mandates_keep_their_limits(void **state)
{
	struct config *c = shipped("demo.cfg");
	static const char *const of_the_child[] = {"concerns", "zone", "case", "sex", "age_band"};

	(void)state;
	for (size_t i = 0; i < c->n_mandates; i++) {
		const struct config_mandate *m = &c->mandates[i];
		bool edu = strcmp(m->agency, "EDU") == 0, job = strcmp(m->agency, "EMPLOY") == 0;
		bool task = strcmp(m->event, "task.new") == 0;
		bool withdrawn = strcmp(m->event, "alert.withdrawn") == 0;
		bool police = strcmp(m->agency, "POLICE") == 0;
		bool danger = strcmp(m->event, "case.urgent") == 0 ||
			      strcmp(m->event, "case.not_found") == 0;
		if (police)
			assert_true((danger && m->concerns) || task);
		if (edu)
			assert_true(strncmp(m->event, "absence.", 8) == 0 || task || withdrawn);
		for (const char **k = m->keys; *k; k++) {
			/* the number says it to who was told; to another it must say nothing */
			assert_false(withdrawn && strcmp(*k, "alert") != 0 &&
				     strcmp(*k, "event") != 0 && strcmp(*k, "at") != 0);
			for (size_t j = 0; j < sizeof(of_the_child) / sizeof(of_the_child[0]); j++)
				assert_false((edu || job || (police && task)) &&
					     strcmp(*k, of_the_child[j]) == 0);
			assert_false(job && strcmp(*k, "referral") != 0 &&
				     strcmp(*k, "service") != 0 &&
				     !(task && (strcmp(*k, "task") == 0 || strcmp(*k, "due") == 0)));
			/* a school beside a concern would tell who the child is */
			if (strcmp(*k, "school") == 0)
				for (const char **o = m->keys; *o; o++)
					assert_string_not_equal(*o, "concerns");
		}
	}
	assert_null(config_mandate_for(c, "absence.abroad", NULL, "EDU"));
	assert_null(config_mandate_for(c, "case.urgent", "begging", "POLICE"));
	assert_non_null(config_mandate_for(c, "case.urgent", "drugs", "POLICE"));
	config_free(c);
}

static char *slurp(const char *name)
{
	char path[600];

	snprintf(path, sizeof(path), "%s/config/%s", root, name);
	FILE *f = fopen(path, "r");
	assert_non_null(f);
	char *text = calloc(1, 200000);
	assert_non_null(text);
	assert_true(fread(text, 1, 199999, f) > 1000);
	fclose(f);
	return text;
}

/* ---- blocks of SMS providers: each wrong setting has its own fault, at its line, and it alone ---- */

static const char *const sms_block[] = { /* in line 4 and those behind it */
	"sms_providers = ( {",
	"name = \"line\";",
	"secret = \"0123456789abcdef\";",
	"inbound = {",
	" path = \"/s/{secret}\";",
	" in = \"json\";",
	" list = \"results\";",
	" from = \"f\";",
	" text = \"t\";",
	" ucs2_if = [ \"c=2\" ];",
	"}; outbound = {",
	" url = \"https://sms.example/send?to={to:form}&m={text:form}\";",
	" type = \"application/json\";",
	" body = \"{\\\"r\\\":{report:json}}\";",
	" headers = [ \"Key: {password:header}\" ];",
	" password = \"x\";",
	" auth = \"bearer\";",
	" ok = \"^OK\";",
	" ok_if = [ \"a=1\" ];",
	" id = \"/id=([0-9]+)/\";",
	" max_parts = 3;",
	"}; report = {",
	" path = \"/r/{secret}\";",
	" base = \"https://us.example\";",
	" id = \"i\";",
	" status = \"s\";",
	" delivered = [ \"1\" ];",
	" failed = [ \"2\" ];",
	"}; } );",
};
#define SMS_LINES (sizeof(sms_block) / sizeof(sms_block[0]))

/* The block with the line that begins so replaced; its number is the answer. */
static int sms_text(char out[4096], const char *begin, const char *by)
{
	size_t n = 0, len = begin ? strlen(begin) : 0;
	int line = 0;

	for (size_t i = 0; i < SMS_LINES; i++) {
		bool this = len && !line && strncmp(sms_block[i], begin, len) == 0;
		n += (size_t)snprintf(out + n, 4096 - n, "%s\n", this ? by : sms_block[i]);
		line = this ? (int)i + 4 : line;
	}
	assert_true(n < 4096 && (!len || line));
	return line;
}

/* expect: behind "sms_providers[1]."; before it "^": at the block, where the setting is not; "+", "@": a line
 * or two further on, at the setting that no longer fits. */
static const struct {
	const char *begin, *by, *expect;
} sms_faults[] = {
	{ "name", "", "^name: is missing (name in logs and tables: letters, digits, \"_\", \"-\" and \".\", 1 to 16 bytes)" },
	{ "name", "name = \"a line\";", "name: \"a line\" takes letters, digits, \"_\", \"-\" and \".\" only" },
	{ "name", "name = \"line\"; like = \"nobody\";", "like: \"nobody\" is no block" },
	{ "secret", "secret = \"short\";", "secret: a secret has 16 to 120 bytes" },
	{ "secret", "secret = \"0123456789abcd/f\";",
	  "secret: a secret in a path has letters, digits, \"-\" and \"_\" only" },
	{ "secret", "", "^secret: is missing: report.path, which {report} names, is served with one" },
	{ "secret", "secret_file = \"secret\";", "secret_file: the first line of the file is empty" },
	{ "secret", "secret = \"0123456789abcdef\"; auth = \"none\";", "auth: \"none\", though there is a secret" },
	{ "secret", "secret = \"0123456789abcdef\"; auth = \"header\";",
	  "^auth_name: is missing: the name of the field that holds the secret" },
	{ "secret", "secret = \"0123456789abcdef\"; auth = \"cookie\";",
	  "auth: \"cookie\" is none of: none path query basic bearer header" },
	{ "secret", "secret = \"0123456789abcdef\"; addresses = [ \"10.0.0.0/40\" ];",
	  "addresses[1]: \"10.0.0.0/40\" has a network with a bad length" },
	{ "secret", "secret = \"0123456789abcdef\"; prefixes = [ \"x\" ];",
	  "prefixes[1]: \"x\" is not + and the first digits of a number" },
	{ "secret", "secret = \"0123456789abcdef\"; colour = \"red\";", "colour: unknown setting" },
	{ " path = \"/s", "path = \"s/{secret}\";",
	  "inbound.path: \"s/{secret}\" is no path: / and letters, digits, \"-\", \"_\"" },
	{ " path = \"/s", "path = \"/s/x\";", "inbound.path: has no {secret}, which \"auth\" says stands in it" },
	{ " path = \"/s", "path = \"/s/{secret}\"; methods = [ \"DELETE\" ];",
	  "inbound.methods[1]: \"DELETE\" is none of: GET POST PUT" },
	{ " in", "in = \"yaml\";", "inbound.in: \"yaml\" is none of: query form json xml" },
	{ " in", "in = \"form\";", "+inbound.list: is of JSON, and inbound.in is \"form\"" },
	{ " from", "", "^inbound.from: is missing (field of the sender; path:, header: or query: before it: from there)" },
	{ " text", "", "^inbound.text: is missing (field of the text)" },
	{ " ucs2_if", "ucs2_if = [ \"c\" ];", "inbound.ucs2_if: \"c\" is not written FIELD=VALUE" },
	{ " ucs2_if", "dedupe_s = -1;", "inbound.dedupe_s: -1 is out of range (0 to 86400)" },
	{ " ucs2_if", "number_form = \"roman\";", "inbound.number_form: \"roman\" is none of: plus digits national" },
	{ " url", "url = \"http://sms.example/?to={to:form}&m={text:form}\";",
	  "outbound.url: http:// needs outbound.plain_http = true" },
	{ " url", "url = \"ftp://sms.example/?to={to:form}&m={text:form}\";",
	  "outbound.url: \"ftp://sms.example/?to={to:form}&m={text:\" is no https:// address" },
	{ " url", "url = \"https://sms.example/?to={to}&m={text:form}\";",
	  "outbound.url: has a placeholder without an escape" },
	{ " url", "url = \"https://sms.example/?to={to:form}&m={text:json}\";",
	  "outbound.url: has an escape of another type of body" },
	{ " url", "url = \"https://sms.example/?to={to:form}&m={text:form}&z={zone:form}\";",
	  "outbound.url: has an unknown placeholder" },
	{ " url", "url = \"https://{to:form}/?m={text:form}\";",
	  "outbound.url: has a blank in it, or no host that stands fast" },
	{ " body", "body = \"{\\\"r\\\":{report}}\";", "outbound.body: has a placeholder without an escape" },
	{ " body", "body = \"{\\\"r\\\":\\\"{report:json}\\\"}\";",
	  "outbound.body: has a value inside quotes: :json brings its own" },
	{ " body", "body = \"{\\\"r\\\":{report:json}\";", "outbound.body: is no JSON: a bracket or a quote stays open" },
	{ " body", "body = \"{\\\"r\\\":{report:json}]}\";",
	  "outbound.body: is no JSON: a bracket closes that was not open" },
	{ " url", "url = \"https://sms.example/send?m={text:form}\";",
	  "@outbound.body: has no {to}: it stands in the address or the body" },
	{ " type", "", "^outbound.type: is missing: outbound.body is sent as it says" },
	{ " headers", "headers = [ \"Key {password:header}\" ];",
	  "outbound.headers: \"Key {password:header}\" is not written \"Name: value\"" },
	{ " headers", "headers = [ \"Key: {password}\" ];", "outbound.headers: has a placeholder without an escape" },
	{ " password", "", "^outbound.password: is missing ({password}: of that account, or its key)" },
	{ " auth", "auth = \"digest\";", "outbound.auth: \"digest\" is none of: none basic bearer" },
	{ " ok =", "ok = \"(\";", "outbound.ok: is no expression (regex(7))" },
	{ " ok_if", "ok_if = [ \"a\" ];", "outbound.ok_if: \"a\" is not written FIELD=VALUE" },
	{ " id = \"/", "id = \"/id=[0-9]+/\";", "outbound.id: has 0 groups ( ); one is wanted, around the figure" },
	{ " max_parts", "max_parts = 11;", "outbound.max_parts: 11 is out of range (1 to 10)" },
	{ " max_parts", "parallel = 0;", "outbound.parallel: 0 is out of range (1 to 16)" },
	{ " max_parts", "timeout_ms = 10;", "outbound.timeout_ms: 10 is out of range (1000 to 120000)" },
	{ " max_parts", "allow_private = \"10.0.0.0/99\";",
	  "outbound.allow_private: \"10.0.0.0/99\" has a network with a bad length" },
	{ " max_parts", "ca_file = 7;", "outbound.ca_file: is an integer; a string in quotes is wanted" },
	{ " max_parts", "max_parts = \"3\";", "outbound.max_parts: is a string in quotes; an integer is wanted" },
	{ " path = \"/r", "path = \"/r/x\";", "report.path: has no {secret}, which \"auth\" says stands in it" },
	{ " path = \"/r", "", "^report.path: is missing: {report} of outbound names it" },
	{ " path = \"/r", "path = \"/s/{secret}\";", "report.path: is a path of its texts too" },
	{ " base", "base = \"us.example\";", "report.base: \"us.example\" is not written https://host:port" },
	{ " base", "list = \"results\";", "report.list: is of JSON, and report.in is \"form\"" },
	{ " id = \"i", "", "^report.id: is missing (field of the number of the text: its own, or ours where outbound.id "
			   "is empty)" },
	{ " status", "", "^report.status: is missing (field of what became of it)" },
	{ " delivered", "", "^report.delivered: is missing (its words for: arrived)" },
	{ " failed", "failed = [ \"1\" ];", "report.failed: \"1\" is one of report.delivered too" },
};

static void a_fault_of_an_sms_block_has_its_line_and_words(void **state)
{
	char text[4096], expect[400];

	(void)state;
	write_text("secret", "\n");
	assert_int_equal(chmod("secret", 0600), 0);
	sms_text(text, NULL, NULL);
	config_free(loads(MORE(text)));
	for (size_t i = 0; i < sizeof(sms_faults) / sizeof(sms_faults[0]); i++) {
		const char *words = sms_faults[i].expect;
		int line = sms_text(text, sms_faults[i].begin, sms_faults[i].by);
		const char *marks = "^+@", *mark = strchr(marks, *words);
		snprintf(expect, sizeof(expect), "k.cfg:%d: sms_providers[1].%s\n",
			 !mark ? line : *mark == '^' ? 4 : line + (int)(mark - marks), words + (mark != NULL));
		fails(MORE(text), expect);
	}
}

static void blocks_of_sms_share_no_path(void **state)
{
#define SERVED(name, in, out) \
	"{ name = \"" name "\"; secret = \"0123456789abcdef\"; " \
	"inbound = { path = \"/" in "/{secret}\"; from = \"f\"; text = \"t\"; }; " \
	"report = { path = \"/" out "/{secret}\"; id = \"i\"; status = \"s\"; delivered = [ \"1\" ]; }; }"

	(void)state;
	config_free(loads(MORE("sms_providers = ( " SERVED("a", "a", "b") ", " SERVED("c", "c", "d") " );")));
	fails(MORE("sms_providers = ( " SERVED("a", "a", "b") ",\n" SERVED("c", "b", "d") " );"),
	      "k.cfg:5: sms_providers[2].inbound.path: is a path of block \"a\" too\n");
	fails(MORE("sms_providers = ( " SERVED("a", "a", "b") ",\n" SERVED("c", "c", "b") " );"),
	      "k.cfg:5: sms_providers[2].report.path: is a path of block \"a\" too\n");
#undef SERVED
}

/* The manual has an entry for every setting, with range and default; the sample explains each of
 * the main file. */
static void manual_and_sample_name_every_setting(void **state)
{
	size_t n;
	const struct cfg_setting *t = cfg_settings(&n);
	char *manual = slurp("kujdestar.cfg.5"), *sample = slurp("kujdestar.cfg");
	char want[400], range[600];

	(void)state;
	for (size_t i = 0; i < n; i++) {
		const struct cfg_scope_info *sc = cfg_scope_info(t[i].scope);
		const char *dot = strrchr(t[i].name, '.');
		snprintf(want, sizeof(want), ".It Li %s%s\n", sc->prefix, t[i].name);
		const char *entry = strstr(manual, want);
		if (!entry) {
			fail_msg("manual: %s%s", sc->prefix, t[i].name);
			return;
		}
		const char *end = strstr(entry + 1, ".It ");
		const char *said_range =
		    strstr(entry, cfg_setting_range(&t[i], range, sizeof(range)) + 1);
		snprintf(want, sizeof(want), "Default: %s.\n",
			 t[i].fallback && *t[i].fallback ? t[i].fallback : "empty");
		const char *fallback = strstr(entry, t[i].fallback ? want : "Required.\n");
		if (!said_range || !fallback || (end && (said_range > end || fallback > end)))
			fail_msg("manual: range or default of %s%s: %s", sc->prefix, t[i].name,
				 range);
		snprintf(want, sizeof(want), "# %s: ", dot ? dot + 1 : t[i].name);
		if (sc->file == FILE_MAIN && !strstr(sample, want))
			fail_msg("sample: %s%s", sc->prefix, t[i].name);
	}
	free(manual);
	free(sample);
}

static void check_prints_and_exits(void **state)
{
	static char out[200000];

	(void)state;
	write_main(PART(.more = "store = { busy_ms = 77; };"));
	memset(out, 0, sizeof(out));
	FILE *o = fmemopen(out, sizeof(out) - 1, "w");
	memset(said, 0, sizeof(said));
	FILE *e = fmemopen(said, sizeof(said) - 1, "w");
	assert_int_equal(cli_check("k.cfg", true, o, e), 0);
	fflush(o);
	assert_non_null(strstr(out, "store.busy_ms = 77\n"));
	assert_non_null(strstr(out, "hub.stop_s = 20  # default\n"));
	assert_non_null(strstr(out, "k.cfg: configuration OK\n"));
	write_main(PART(.more = "store = { busy_ms = -77; };"));
	assert_int_equal(cli_check("k.cfg", false, o, e), 78);
	fclose(e);
	fclose(o);
	assert_non_null(strstr(said, "k.cfg: no modem: no SMS comes in or goes out\n"));
	assert_non_null(strstr(said, "k.cfg:4: store.busy_ms: -77 is out of range (0 to 60000)\n"
				     "k.cfg: 1 fault\n"));
}

static void secrets_are_never_printed(void **state)
{
	struct config *c = shipped("demo.cfg"); /* it forbids a shelter's address, too */
	static char out[200000];
	FILE *o = fmemopen(out, sizeof(out) - 1, "w");

	(void)state;
	config_print(c, o);
	config_summary(c, o);
	config_warnings(c, o);
	fclose(o);
	for (size_t i = 0; i < c->n_agencies; i++)
		assert_true(!*c->agencies[i].secret || !strstr(out, c->agencies[i].secret));
	assert_non_null(strstr(out, "forbidden = (1, not shown)\n"));
	config_free(c);
	write_text("x.cfg", "mandates = ( );\n");
	fails(MUN("secret = \"whsec_hunter2\";"),
	      "k.cfg:2: agencies[1].secret: \"(not shown)\" is not base64 after whsec_\n");
	assert_null(strstr(said, "hunter2"));
}

static void missing_file_is_named(void **state)
{
	struct config *c;

	(void)state;
	assert_int_equal(load("absent/k.cfg", &c), 1);
	assert_string_equal(said, "absent/k.cfg: cannot be read: No such file or directory\n");
	assert_int_equal(load("/dev/null", &c), 1);
	assert_string_equal(said, "/dev/null: is not a regular file\n");
}

static void hostile_sizes_are_bounded(void **state)
{
	struct config *c;
	const size_t n = 400000;
	char *text = malloc(n + 64);

	(void)state;
	assert_non_null(text);
	memset(text, '(', n);
	memcpy(text, "a = ", 4);
	write_bytes("k.cfg", text, n);
	assert_int_equal(load("k.cfg", &c), 1);
	assert_string_equal(said, "k.cfg:1: expected fewer brackets in each other, found \"(\"\n");
	size_t at = 0;
	for (int i = 0; at < n; i++)
		at += (size_t)snprintf(text + at, 64, "a%d=1;\n", i);
	write_bytes("k.cfg", text, at);
	assert_int_equal(load("k.cfg", &c), 1);
	assert_string_equal(said,
			    "k.cfg:257: expected fewer settings in one group, found \"a256\"\n");
	memset(text, '\n', n);
	write_bytes("k.cfg", text, n);
	assert_int_equal(load("k.cfg", &c), 1);
	assert_string_equal(said, "k.cfg:400001: more than 60000 lines\n");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(numbers_are_not_misread),
	    cmocka_unit_test(good_numbers_are_read),
	    cmocka_unit_test(texts_are_not_misread),
	    cmocka_unit_test(syntax_is_named_with_its_line),
	    cmocka_unit_test(includes_are_read_and_named),
	    cmocka_unit_test(settings_are_checked),
	    cmocka_unit_test(required_ones_are_missed),
	    cmocka_unit_test(unknown_ones_are_refused),
	    cmocka_unit_test(all_faults_come_in_one_run),
	    cmocka_unit_test(modems_are_checked),
	    cmocka_unit_test(codes_of_the_sim_are_checked),
	    cmocka_unit_test(quiet_hours_are_checked),
	    cmocka_unit_test(agencies_are_checked),
	    cmocka_unit_test(secrets_come_from_files_of_their_own),
	    cmocka_unit_test(single_faults_of_receivers),
	    cmocka_unit_test(mandates_are_checked),
	    cmocka_unit_test(single_faults_of_mandates),
	    cmocka_unit_test(rules_are_checked),
	    cmocka_unit_test(sentences_of_rules_are_checked),
	    cmocka_unit_test(seasons_have_two_sides),
	    cmocka_unit_test(mandates_answer_by_default_deny),
	    cmocka_unit_test(calendar_is_checked),
	    cmocka_unit_test(words_of_other_files_are_checked),
	    cmocka_unit_test(forms_are_loaded_and_checked),
	    cmocka_unit_test(schools_are_checked),
	    cmocka_unit_test(roster_rows_are_checked),
	    cmocka_unit_test(faults_of_a_roster_name_nobody),
	    cmocka_unit_test(roster_is_tolerant_of_spreadsheets),
	    cmocka_unit_test(roster_is_read_for_import),
	    cmocka_unit_test(sample_loads_clean),
	    cmocka_unit_test(demo_loads_clean),
	    cmocka_unit_test(shipped_mandates_keep_their_limits),
	    cmocka_unit_test(a_fault_of_an_sms_block_has_its_line_and_words),
	    cmocka_unit_test(blocks_of_sms_share_no_path),
	    cmocka_unit_test(manual_and_sample_name_every_setting),
	    cmocka_unit_test(check_prints_and_exits),
	    cmocka_unit_test(secrets_are_never_printed),
	    cmocka_unit_test(missing_file_is_named),
	    cmocka_unit_test(hostile_sizes_are_bounded),
	};

	return cmocka_run_group_tests(tests, enter, leave);
}
