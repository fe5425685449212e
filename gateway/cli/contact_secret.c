/* contact_secret.c - `kujdestar contact pin | codeword`: what a person types in the coordinator's office.
 *
 * Hashed here, so that it leaves this process on no socket and stands in no list of processes: it is read
 * from the terminal without an echo, or a line each from standard input. */
#include "gateway/cli/contact_secret.h"

#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sysexits.h>
#include <termios.h>
#include <unistd.h>

#include "gateway/cli/ask.h"
#include "gateway/pin/typed.h"

#define LINE 256
#define CODEWORD_MIN 5 /* letters and digits */

/* Terminal or not, one line; false at the end of input. */
static bool read_line(const char *prompt, char line[LINE])
{
	struct termios old, quiet;
	bool tty = isatty(STDIN_FILENO) && tcgetattr(STDIN_FILENO, &old) == 0;

	if (tty) {
		quiet = old;
		quiet.c_lflag &= ~(tcflag_t)ECHO;
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
		fprintf(stderr, "%s: ", prompt);
	}
	bool ok = fgets(line, LINE, stdin) != NULL;
	if (tty) {
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &old);
		fputc('\n', stderr);
	}
	if (!ok)
		line[0] = '\0';
	line[strcspn(line, "\r\n")] = '\0';
	return ok;
}

/* Once more where somebody types it blind. */
static bool read_twice(const char *prompt, char line[LINE])
{
	char again[LINE];

	if (!read_line(prompt, line))
		return false;
	if (!isatty(STDIN_FILENO) || !line[0])
		return true;
	bool same = read_line("the same again", again) && strcmp(line, again) == 0;
	pin_wipe(again, sizeof again);
	if (!same)
		fprintf(stderr, "kujdestar: they differ; nothing was changed\n");
	return same;
}

static json_t *hex(const uint8_t *in, size_t n)
{
	char out[2 * PIN_HASH + 1];

	for (size_t i = 0; i < n && i < PIN_HASH; i++)
		snprintf(out + 2 * i, 3, "%02x", in[i]);
	json_t *s = json_string(out);
	pin_wipe(out, sizeof out);
	return s;
}

struct typed_pair { /* what is to be set; the second may be "" */
	char first[PIN_SECRET], second[PIN_SECRET];
};

static json_t *request(const char *verb, const char *id, const struct typed_pair *t, bool once)
{
	uint8_t salt[PIN_SALT], hash[PIN_HASH], second[PIN_HASH];

	pin_random(salt, sizeof salt);
	pin_random(second, sizeof second);
	if (pin_hash(t->first, salt, hash) < 0 || (t->second[0] && pin_hash(t->second, salt, second) < 0))
		return NULL;
	json_t *rq = json_pack("{s:s,s:s,s:o,s:o,s:o,s:b}", "verb", verb, "id", id, "salt", hex(salt, sizeof salt),
			       "hash", hex(hash, sizeof hash), "second", hex(second, sizeof second), "once", once);
	pin_wipe(hash, sizeof hash);
	return rq;
}

static int set(struct cli *c, const char *verb, const char *id, const struct typed_pair *t, bool once)
{
	int status;
	struct config *cf = ask_config_store(c, &status);
	if (!cf)
		return status;
	json_t *rq = request(verb, id, t, once);
	if (!rq) {
		fprintf(stderr, "kujdestar: no memory to hash it; nothing was changed\n");
		status = EX_OSERR;
	} else {
		json_decref(ask(c, cf, rq, &status));
	}
	config_free(cf);
	return status;
}

static int refuse(const char *why)
{
	fprintf(stderr, "kujdestar: %s; nothing was changed\n", why);
	return EX_DATAERR;
}

static int typed_pins(struct typed_pair *t)
{
	char line[LINE];

	if (!read_twice("PIN, 4 to 6 digits", line))
		return EX_NOINPUT;
	bool pin = typed_pin(line, strlen(line), t->first);
	pin_wipe(line, sizeof line);
	if (!pin || pin_weak(t->first))
		return refuse("the PIN has not 4 to 6 digits, or is one that everybody tries first");
	read_line("second PIN, to be typed under threat; empty: none", line);
	bool second = line[0] != '\0' && typed_pin(line, strlen(line), t->second);
	bool bad = line[0] != '\0' && (!second || pin_weak(t->second) || strcmp(t->first, t->second) == 0 ||
				       strlen(t->first) != strlen(t->second));
	pin_wipe(line, sizeof line);
	/* Of another length it would show, to whoever has seen the first one typed. */
	return bad ? refuse("the second PIN is weak, the same as the first, or of another length") : EX_OK;
}

static void no_traces(void)
{
	prctl(PR_SET_DUMPABLE, 0);
	setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
}

int contact_pin(struct cli *c, const char *id, bool once)
{
	struct typed_pair t = {"", ""};
	int status = EX_OK;

	no_traces();
	if (once)
		pin_draw(t.first);
	else
		status = typed_pins(&t);
	if (status == EX_OK)
		status = set(c, "contact.pin", id, &t, once);
	if (status == EX_OK && once)
		printf("%s\n", t.first);
	pin_wipe(&t, sizeof t);
	return status;
}

int contact_codeword(struct cli *c, const char *id)
{
	struct typed_pair t = {"", ""};
	char line[LINE];
	int status = EX_NOINPUT;

	no_traces();
	if (read_twice("codeword for a lost telephone", line))
		status = typed_codeword(line, strlen(line), t.first) && strlen(t.first) >= CODEWORD_MIN
			     ? set(c, "contact.codeword", id, &t, false)
			     : refuse("a codeword has at least five letters, and at most sixty");
	pin_wipe(line, sizeof line);
	pin_wipe(&t, sizeof t);
	return status;
}

/* The salt as octets; false: it is none. */
static bool salt_of(const json_t *answer, uint8_t salt[PIN_SALT])
{
	const char *s = json_string_value(json_object_get(answer, "salt"));
	static const char digits[] = "0123456789abcdef";

	if (!s || strlen(s) != 2 * PIN_SALT)
		return false;
	for (size_t i = 0; i < PIN_SALT; i++) {
		const char *hi = strchr(digits, s[2 * i]), *lo = strchr(digits, s[2 * i + 1]);
		if (!hi || !lo)
			return false;
		salt[i] = (uint8_t)((hi - digits) << 4 | (lo - digits));
	}
	return true;
}

json_t *contact_prove(struct cli *c, const struct config *cf, const char *id, int *status)
{
	uint8_t salt[PIN_SALT], hash[PIN_HASH];
	char line[LINE], pin[PIN_SECRET];
	struct cli quiet = *c;

	quiet.json = false;
	no_traces();
	json_t *answer = ask(&quiet, cf, json_pack("{s:s,s:s}", "verb", "contact.salt", "id", id), status);
	bool salted = answer && *status == EX_OK && salt_of(answer, salt);
	json_decref(answer);
	if (!salted)
		return NULL;
	bool typed = read_line("PIN", line) && typed_pin(line, strlen(line), pin);
	pin_wipe(line, sizeof line);
	*status = typed ? pin_hash(pin, salt, hash) < 0 ? EX_OSERR : EX_OK : refuse("no PIN was typed");
	pin_wipe(pin, sizeof pin);
	return *status == EX_OK ? hex(hash, sizeof hash) : NULL;
}
