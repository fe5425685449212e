/* fuzz_config.c - arbitrary bytes as one of the files of a configuration.
 *
 * The first byte says which file the rest is: the main one, a vocabulary, a catalogue, the intents,
 * the mandates, the rules, the schools or the roster; the others are the shipped ones (run from the
 * project's root).  Oracle: either faults are reported, each in a line of printable text, and there
 * is no configuration, or there is one that can be printed, asked and freed.
 */
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAIN, VOCABULARY, MESSAGES, INTENTS, MANDATES, RULES, SCHOOLS, ROSTER, ROLES_N };

static char dir[] = "/tmp/fuzz_config.XXXXXX";
static char main_file[sizeof(dir) + 8], other_file[sizeof(dir) + 8];

static void clean_up(void)
{
	unlink(main_file);
	unlink(other_file);
	rmdir(dir);
}

static void prepare(void)
{
	if (main_file[0])
		return;
	if (!mkdtemp(dir))
		abort();
	snprintf(main_file, sizeof(main_file), "%s/m", dir);
	snprintf(other_file, sizeof(other_file), "%s/o", dir);
	atexit(clean_up);
}

static void write_file(const char *name, const void *data, size_t size)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	close(fd);
}

/* A good main file in which the file of this role is the fuzzed one. */
static void write_main(int role)
{
	static const char *const names[ROLES_N] = {
	    [VOCABULARY] = "vocabulary_en.cfg",
	    [MESSAGES] = "messages_en.cfg",
	    [INTENTS] = "intents.cfg",
	    [MANDATES] = "mandates.cfg",
	    [RULES] = "rules.cfg",
	    [SCHOOLS] = "demo_schools.csv",
	    [ROSTER] = "demo_roster.csv",
	};
	static const char *const keys[ROLES_N] = {
	    [VOCABULARY] = "vocabularies", [MESSAGES] = "messages", [INTENTS] = "intents",
	    [MANDATES] = "mandates",       [RULES] = "rules",       [SCHOOLS] = "schools",
	    [ROSTER] = "roster",
	};
	char text[8192], cwd[PATH_MAX];
	size_t n = 0;

	if (!getcwd(cwd, sizeof(cwd)) || strlen(cwd) > 400)
		abort();
	n += (size_t)snprintf(
	    text, sizeof(text),
	    "site = { letter = \"E\"; zones = [ \"Z1\" ]; };\n"
	    "agencies = ( {code=\"MUN\";}, {code=\"SSS\";}, {code=\"POLICE\";}, {code=\"EDU\";}, "
	    "{code=\"TDH\";}, {code=\"NPF\";}, {code=\"TV\";}, {code=\"HOPE\";}, "
	    "{code=\"WOMEN\";}, {code=\"EMPLOY\";} );\nfiles = {\n");
	for (int i = VOCABULARY; i < ROLES_N; i++) {
		bool many = i == VOCABULARY || i == MESSAGES;
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s = %s\"%s%s%s\"", keys[i],
				      many ? "[ " : "", i == role ? other_file : cwd,
				      i == role ? "" : "/config/", i == role ? "" : names[i]);
		if (many)
			n += (size_t)snprintf(text + n, sizeof(text) - n,
					      ", \"%s/config/%s_sq.cfg\" ]", cwd,
					      i == VOCABULARY ? "vocabulary" : "messages");
		n += (size_t)snprintf(text + n, sizeof(text) - n, ";\n");
	}
	n += (size_t)snprintf(text + n, sizeof(text) - n, "};\n");
	write_file(main_file, text, n);
}

static void use(const struct config *c)
{
	const struct config_mandate *m[4];
	struct parser_sender s;
	FILE *null = fopen("/dev/null", "w");

	if (!null)
		abort();
	config_print(c, null);
	config_summary(c, null);
	config_warnings(c, null);
	fclose(null);
	if (config_mandates(c, "case.new", "begging", m, 4) < 1 || !m[0]->agency || !m[0]->keys)
		abort();
	for (size_t i = 0; i < c->n_roster; i++)
		if (!config_sender(c, c->roster[i].id, &s) ||
		    !config_sender(c, c->roster[i].number, &s))
			abort();
	if (!config_agency(c, "MUN"))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char said[256 * 1024];
	struct config *c = NULL;

	if (size < 1 || size > 65536)
		return 0;
	prepare();
	int role = data[0] % ROLES_N;
	if (role == MAIN) {
		write_file(main_file, data + 1, size - 1);
	} else {
		write_main(role);
		write_file(other_file, data + 1, size - 1);
	}
	memset(said, 0, sizeof(said));
	FILE *err = fmemopen(said, sizeof(said) - 1, "w");
	if (!err)
		abort();
	int faults = config_load(main_file, &c, err);
	fclose(err);
	if (faults < 0 || (faults == 0) != (c != NULL) || (faults > 0) != (said[0] != '\0'))
		abort();
	for (const char *p = said; *p; p++)
		if (((unsigned char)*p < ' ' && *p != '\n') || *p == 0x7f)
			abort();
	if (c)
		use(c);
	config_free(c);
	return 0;
}
