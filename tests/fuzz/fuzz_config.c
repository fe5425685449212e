/* fuzz_config.c - arbitrary bytes as one file of a configuration that lacks the others.
 *
 * What the others are is none of this file's business, and reading them takes a hundred times as long:
 * fuzz_config_whole does.  Oracle: config_files.h; without the others there is no configuration; the file's
 * faults are the same twice.
 */
#include "tests/fuzz/config_files.h"

static void clean_up(void)
{
	char name[] = "m0";

	for (int i = 0; i < ROLES_N; i++, name[1]++)
		unlink(config_files_path(name));
	unlink(config_files_path("o"));
	rmdir(config_dir);
}

static void prepare(void)
{
	if (config_dir[0])
		return;
	config_files_open();
	atexit(clean_up);
	for (int role = VOCABULARY; role < ROLES_N; role++) {
		const char *names[ROLES_N] = {"", "", "", "", "", "", "", ""};
		char file[] = {'m', (char)('0' + role), '\0'};
		names[role] = "\"o\"";
		config_files_main(file, names);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 1 || size > 65536)
		return 0;
	prepare();
	int role = data[0] % ROLES_N;
	char file[] = {'m', (char)('0' + role), '\0'};
	config_files_write(role == MAIN ? file : "o", data + 1, size - 1);
	if (config_files_load(file))
		abort();
	return 0;
}
