/* config_files.h - a configuration in a folder of its own, one file of which is made of arbitrary bytes.
 *
 * The first byte says which: the main one, a vocabulary, a catalogue, the intents, the mandates, the
 * rules, the schools or the roster.  config_files_load gives what config_load gave, having asserted that
 * either faults are reported, each in a line of printable text, and there is no configuration, or there
 * is one.
 */
#ifndef TESTS_FUZZ_CONFIG_FILES_H
#define TESTS_FUZZ_CONFIG_FILES_H
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
static const char *const config_keys[ROLES_N] = {
    [VOCABULARY] = "vocabularies", [MESSAGES] = "messages", [INTENTS] = "intents", [MANDATES] = "mandates",
    [RULES] = "rules",             [SCHOOLS] = "schools",   [ROSTER] = "roster",
};
static char config_dir[32];
static char config_said[256 * 1024]; /* the faults of the last load */

/* In memory where that can be had: a disk would take longer than the reading. */
static void config_files_open(void)
{
	static const char *const at[] = {"/dev/shm", "/tmp"};

	for (size_t i = 0; i < 2 && access(config_dir, F_OK) != 0; i++) {
		snprintf(config_dir, sizeof(config_dir), "%s/fuzz_config.XXXXXX", at[i]);
		if (!mkdtemp(config_dir))
			config_dir[0] = '\0';
	}
	if (!config_dir[0])
		abort();
}

static const char *config_files_path(const char *name)
{
	static char path[64];

	snprintf(path, sizeof(path), "%s/%s", config_dir, name);
	return path;
}

static void config_files_write(const char *name, const void *data, size_t size)
{
	int fd = open(config_files_path(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	close(fd);
}

/* A main file that names these: names[role] of each role, "" none. */
static void config_files_main(const char *file, const char *const names[ROLES_N])
{
	char text[4096];
	size_t n = (size_t)snprintf(text, sizeof(text),
				    "site = { letter = \"E\"; language = \"en\"; zones = [ \"Z1\" ]; };\n"
				    "agencies = ( {code=\"MUN\";}, {code=\"SSS\";}, {code=\"POLICE\";}, {code=\"EDU\";}, "
				    "{code=\"TDH\";}, {code=\"NPF\";}, {code=\"TV\";}, {code=\"HOPE\";}, "
				    "{code=\"WOMEN\";}, {code=\"EMPLOY\";} );\nfiles = {\n");
	for (int i = VOCABULARY; i < ROLES_N; i++) {
		bool many = i == VOCABULARY || i == MESSAGES;
		if (*names[i])
			n += (size_t)snprintf(text + n, sizeof(text) - n, "%s = %s%s%s;\n", config_keys[i],
					      many ? "[ " : "", names[i], many ? " ]" : "");
	}
	n += (size_t)snprintf(text + n, sizeof(text) - n, "};\n");
	config_files_write(file, text, n);
}

static struct config *config_files_load(const char *main_file)
{
	struct config *c = NULL;
	FILE *err = fmemopen(config_said, sizeof(config_said) - 1, "w");

	if (!err)
		abort();
	int faults = config_load(config_files_path(main_file), &c, err);
	long n = ftell(err);
	fclose(err);
	config_said[n] = '\0';
	if (faults < 0 || (faults == 0) != (c != NULL) || (faults > 0) != (n > 0))
		abort();
	for (const char *p = config_said; *p; p++)
		if (((unsigned char)*p < ' ' && *p != '\n') || *p == 0x7f)
			abort();
	return c;
}
#endif
