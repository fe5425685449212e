/* check.c - `kujdestar check [--print]`.  Calls config, and reads the store if there is one. */
#include "gateway/cli/check.h"
#include <sysexits.h>
#include "config/config.h"
#include "gateway/cli/ask.h"
#include "gateway/hub/places.h"

/* What the store holds stands: where the files say otherwise a person should know. */
static int beside_store(const struct config *c, const char *file, FILE *err)
{
	struct places p;
	struct config *with = NULL;
	int n = 0;

	if (!ask_places(c, &p))
		return 0;
	if ((p.im.schools || p.im.n_days) && config_load_with(file, &p.im, &with, err) == 0 && with)
		n = config_differences(with, err);
	config_free(with);
	places_free(&p);
	return n;
}

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
	int warnings = config_warnings(c, err) + beside_store(c, file, err);
	if (warnings)
		fprintf(out, "%d warning%s\n", warnings, warnings == 1 ? "" : "s");
	config_free(c);
	return EX_OK;
}
