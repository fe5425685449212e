/* check.c - `kujdestar check [--print]`.  Calls config. */
#include "gateway/cli/check.h"
#include <sysexits.h>
#include "config/config.h"

int cli_check(const char *file, bool print, FILE *out, FILE *err)
{
	struct config *c;
	int faults = config_load(file, &c, err);

	if (faults > 0 || !c) {
		fprintf(err, "%s: %d fault%s\n", file, faults, faults == 1 ? "" : "s");
		return EX_CONFIG;
	}
	if (print)
		config_print(c, out);
	fprintf(out, "%s: configuration OK\n", file);
	config_summary(c, out);
	int warnings = config_warnings(c, err);
	if (warnings)
		fprintf(out, "%d warning%s\n", warnings, warnings == 1 ? "" : "s");
	config_free(c);
	return EX_OK;
}
