/* ussd_menu.h - the commands about menus: `kujdestar ussd try` and `kujdestar ussd test`. */
#ifndef GATEWAY_CLI_USSD_MENU_H
#define GATEWAY_CLI_USSD_MENU_H
#include "config/config.h"
#include "gateway/cli/cli.h"
#include "gateway/ussd/walk.h"

/* Everything under `ussd`: try, test, else the SIM's codes (cli_ussd). */
int cli_ussd_words(struct cli *c);
int cli_ussd_try(struct cli *c);
int cli_ussd_test(struct cli *c);

/* One caller's walk without a store: what a contact of the roster file would see.  Big; one at a time. */
struct menu_play {
	const struct config *cf;
	struct parser_sender from;
	struct parser_clock clock;
	struct parser_context ctx;
	struct menu_who who;
	struct walk_setting set;
	struct walk walk;
	bool known;
};
/* who: a contact's id or number. */
void menu_play_start(struct menu_play *p, const struct config *cf, const char *who, const char *lang, int limit);
/* typed NULL: he dialled. */
void menu_play_screen(struct menu_play *p, const char *typed, size_t len, struct walk_screen *out);
#endif
