/* ussd_words.c - `kujdestar ussd ...`: menus by the first word, else a code of the SIM. */
#include <string.h>

#include "gateway/cli/ussd_menu.h"

int cli_ussd_words(struct cli *c)
{
	static const struct {
		const char *word;
		int (*run)(struct cli *c);
	} words[] = {{"try", cli_ussd_try}, {"test", cli_ussd_test}};
	for (size_t i = 0; c->argc > 0 && i < sizeof words / sizeof words[0]; i++) {
		if (strcmp(c->argv[0], words[i].word) != 0)
			continue;
		c->argc--;
		c->argv++;
		return words[i].run(c);
	}
	return cli_ussd(c);
}
