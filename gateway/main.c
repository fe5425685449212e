/* main.c - kujdestar: one table of subcommands. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "gateway/cli/check.h"
#include "gateway/cli/cli.h"
#include "gateway/cli/ussd_menu.h"

#define CONFIG_DEFAULT "/etc/kujdestar/kujdestar.cfg"

static int run_check(struct cli *c)
{
	if (c->argc > 1 || (c->argc == 1 && strcmp(c->argv[0], "--print") != 0))
		return cli_usage("check [--print]");
	return cli_check(c->config_file, c->argc == 1, stdout, stderr);
}

static const struct command {
	const char *name, *what;
	int (*run)(struct cli *c);
} commands[] = {
	{"run", "take texts, keep them, tell who must know, until SIGTERM", cli_run},
	{"init", "make the key file, the keyring and an empty store", cli_init},
	{"check", "check the configuration and every file it names [--print]", run_check},
	{"parse", "show how texts are read, without a store [--explain] TEXT", cli_parse},
	{"send", "send a text to a contact, or read one as if it came from him [--as]", cli_send},
	{"status", "how the gateway is; exit status 0 well, 1 degraded, 3 not running", cli_status},
	{"contact", "who may text: list, import FILE.csv, put, lock, unlock, pin, codeword", cli_contact},
	{"case", "cases: list, show CODE, export, erase CODE --as CONTACT, hold, release", cli_case},
	{"alert", "alerts: list [--all], ack NUMBER --as CONTACT", cli_alert},
	{"doctor", "what may keep the gateway from working, and how to mend it", cli_doctor},
	{"ussd", "dial a code of the SIM, once: MODEM CODE [ANSWER...], --balance, --topup; menus: try, test", cli_ussd_words},
	{"agency", "how agencies answer: list, test AGENCY (changes nothing there)", cli_agency},
	{"outbox", "what is owed to the outside: list [--state dead], show ID, retry ID, drop ID", cli_outbox},
	{"school", "schools and classes: list, import FILE.csv", cli_school},
	{"calendar", "school days: list, show MONTH, import FILE.csv, add, end", cli_calendar},
	{"report", "attendance, campaigns, cases --quarter 2026Q4 [--csv|--json]", cli_report},
	{"broadcast", "an approved text to a group of staff: TEMPLATE --to ROLE [--send], status, stop", cli_broadcast},
	{"agenda", "meetings: what is on the table, minutes FILE, outcome, --set TIME", cli_agenda},
	{"audit", "who saw and did what: [CODE], --verify, checkpoint, prune", cli_audit},
	{"backup", "an encrypted backup of the store, proved by putting it back: [DIR]", cli_backup},
	{"restore", "put a backup back, where no store is: FILE", cli_restore},
	{"retention", "what is kept long enough: run [--dry-run]", cli_retention},
	{"key", "the keys: status, rotate, renew, copy, recovery FILE, recover COPY --with FILE", cli_key},
	{"form", "reports a phone can send: list, check, sheet [--lang sq|en] [NAME]", cli_form},
};
#define COMMANDS (sizeof commands / sizeof commands[0])

static void help(FILE *out)
{
	fputs("usage: kujdestar [--config FILE] [--json] COMMAND ...\n\n", out);
	for (size_t i = 0; i < COMMANDS; i++)
		fprintf(out, "  %-8s %s\n", commands[i].name, commands[i].what);
	fprintf(out, "\n--config   configuration file, default %s or $KUJDESTAR_CONFIG\n"
		     "--json     answers as JSON\n"
		     "--passphrase-fd N  the passphrase of the master key is read from a descriptor\n"
		     "kujdestar(8) and kujdestar.cfg(5) tell the rest.\n",
		CONFIG_DEFAULT);
}

/* The folder of this program: the workers stand beside it. */
static void own_folder(char *out, size_t max)
{
	ssize_t n = readlink("/proc/self/exe", out, max - 1);
	out[n > 0 ? n : 0] = '\0';
	char *slash = strrchr(out, '/');
	if (slash)
		*slash = '\0';
	else
		snprintf(out, max, ".");
}

/* --config and --json are taken wherever they stand, so that `kujdestar parse --config F --json` works
 * as well as `kujdestar --config F parse`. */
static int take_globals(int argc, char **argv, struct cli *c)
{
	int kept = 1;
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--json") == 0) {
			c->json = true;
		} else if (strcmp(argv[i], "--config") == 0 && i + 1 < argc) {
			c->config_file = argv[++i];
		} else if (strncmp(argv[i], "--config=", 9) == 0) {
			c->config_file = argv[i] + 9;
		} else if (strcmp(argv[i], "--passphrase-fd") == 0 && i + 1 < argc) {
			cli_passphrase_fd(argv[++i]);
		} else if (strcmp(argv[i], "--") == 0) {
			while (++i < argc)
				argv[kept++] = argv[i];
		} else {
			argv[kept++] = argv[i];
		}
	}
	return kept;
}

int main(int argc, char **argv)
{
	char folder[256];
	const char *env = getenv("KUJDESTAR_CONFIG");
	struct cli c = {.config_file = env && *env ? env : CONFIG_DEFAULT, .binary_dir = folder};
	own_folder(folder, sizeof folder);
	argc = take_globals(argc, argv, &c);
	if (argc < 2 || strcmp(argv[1], "help") == 0 || strcmp(argv[1], "--help") == 0 ||
	    strcmp(argv[1], "-h") == 0) {
		help(argc < 2 ? stderr : stdout);
		return argc < 2 ? EX_USAGE : EX_OK;
	}
	for (size_t i = 0; i < COMMANDS; i++) {
		if (strcmp(argv[1], commands[i].name) != 0)
			continue;
		c.argc = argc - 2;
		c.argv = argv + 2;
		if (c.argc == 1 && strcmp(c.argv[0], "--help") == 0) {
			printf("kujdestar %s: %s\n", commands[i].name, commands[i].what);
			fflush(stdout);
			commands[i].run(&c); /* none knows --help: each prints its usage */
			return EX_OK;
		}
		return commands[i].run(&c);
	}
	fprintf(stderr, "kujdestar: no command \"%s\"\n", argv[1]);
	help(stderr);
	return EX_USAGE;
}
