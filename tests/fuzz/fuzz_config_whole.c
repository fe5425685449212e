/* fuzz_config_whole.c - arbitrary bytes as one file of a configuration whose others are the shipped ones
 * (run from the project's root).
 *
 * Oracle: config_files.h; a configuration that was loaded can be printed, asked and freed.
 */
#include "tests/fuzz/config_files.h"

static const char *const shipped[] = {
    "demo.cfg",    "kujdestar.cfg",     "vocabulary_en.cfg", "vocabulary_sq.cfg", "messages_en.cfg", "messages_sq.cfg",
    "intents.cfg", "mandates.cfg",      "rules.cfg",         "providers.cfg",     "providers_sms.cfg",
    "schools.csv", "demo_schools.csv",  "demo_roster.csv",
};
#define SHIPPED_N (sizeof(shipped) / sizeof(shipped[0]))

static void clean_up(void)
{
	for (size_t i = 0; i < SHIPPED_N; i++)
		unlink(config_files_path(shipped[i]));
	unlink(config_files_path("m"));
	unlink(config_files_path("o"));
	rmdir(config_dir);
}

/* The shipped files lie beside the main one, so that one that names them finds them. */
static void prepare(void)
{
	char cwd[PATH_MAX], to[PATH_MAX + 64];

	if (config_dir[0])
		return;
	config_files_open();
	atexit(clean_up);
	if (!getcwd(cwd, sizeof(cwd)))
		abort();
	for (size_t i = 0; i < SHIPPED_N; i++) {
		snprintf(to, sizeof(to), "%s/config/%s", cwd, shipped[i]);
		if (symlink(to, config_files_path(shipped[i])) != 0)
			abort();
	}
}

static void write_files(int role, const uint8_t *data, size_t size)
{
	const char *names[ROLES_N] = {
	    [MAIN] = "",
	    [VOCABULARY] = "\"vocabulary_en.cfg\"", /* one language: two take twice as long */
	    [MESSAGES] = "\"messages_en.cfg\"",
	    [INTENTS] = "\"intents.cfg\"",
	    [MANDATES] = "\"mandates.cfg\"",
	    [RULES] = "\"rules.cfg\"",
	    [SCHOOLS] = "\"demo_schools.csv\"",
	    [ROSTER] = "\"demo_roster.csv\"",
	};
	if (role == MAIN) {
		config_files_write("m", data, size);
		return;
	}
	names[role] = "\"o\"";
	config_files_main("m", names);
	config_files_write("o", data, size);
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
		if (!config_sender(c, c->roster[i].id, &s) || !config_sender(c, c->roster[i].number, &s))
			abort();
	if (!config_agency(c, "MUN"))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 1 || size > 65536)
		return 0;
	prepare();
	write_files(data[0] % ROLES_N, data + 1, size - 1);
	struct config *c = config_files_load("m");
	if (c)
		use(c);
	config_free(c);
	return 0;
}
