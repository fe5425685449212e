/* cli.h - the subcommands of kujdestar that talk to the hub or, when it is down, to the store. */
#ifndef GATEWAY_CLI_CLI_H
#define GATEWAY_CLI_CLI_H
#include <jansson.h>
#include <stdbool.h>

struct cli {
	const char *config_file;
	const char *binary_dir;   /* where this program is, for `run` */
	bool json;                /* machine-readable output */
	int argc;                 /* arguments after the subcommand */
	char **argv;
};
/* Each returns an exit status of sysexits(3): 0, 64 usage, 65 refused, 69 hub or store not there,
 * 74, 75, 77, 78. */
int cli_run(struct cli *c);
int cli_init(struct cli *c);
int cli_parse(struct cli *c);
int cli_send(struct cli *c);
int cli_status(struct cli *c);
int cli_contact(struct cli *c);
int cli_case(struct cli *c);
int cli_alert(struct cli *c);
int cli_outbox(struct cli *c);
int cli_agency(struct cli *c);
int cli_form(struct cli *c);
int cli_agenda(struct cli *c);
int cli_audit(struct cli *c);
int cli_key(struct cli *c);
int cli_retention(struct cli *c);
int cli_backup(struct cli *c);
int cli_restore(struct cli *c);
int cli_broadcast(struct cli *c);
int cli_school(struct cli *c);
int cli_calendar(struct cli *c);
int cli_report(struct cli *c);
int cli_ussd(struct cli *c);
int cli_doctor(struct cli *c); /* 1: something is to be mended */

/* The passphrase of the master key, should one be needed, is read from this descriptor. */
void cli_passphrase_fd(const char *number);
int cli_usage(const char *words); /* prints to stderr, 64 */
#endif
