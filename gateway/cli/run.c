/* run.c - `kujdestar run` and `kujdestar init`. */
#include "gateway/cli/cli.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "gateway/cli/ask.h"
#include "gateway/hub/hub.h"
#include "gateway/hub/settings.h"

int cli_run(struct cli *c)
{
	struct hub_options o = {.config_file = c->config_file,
				.binary_dir = c->binary_dir,
				.time_scale = 1};
	for (int i = 0; i < c->argc; i++) {
		const char *value = i + 1 < c->argc ? c->argv[i + 1] : NULL;
		char *end = NULL;
		if (strcmp(c->argv[i], "--start-at") == 0 && value) {
			o.start_at = c->argv[++i];
		} else if (strcmp(c->argv[i], "--time-scale") == 0 && value) {
			o.time_scale = strtod(c->argv[++i], &end);
			if (*end || !(o.time_scale >= 0.001 && o.time_scale <= 1e6))
				return cli_usage("--time-scale takes a number from 0.001 to 1000000");
		} else if (strcmp(c->argv[i], "--stop-after") == 0 && value) {
			long s = strtol(c->argv[++i], &end, 10);
			if (*end || s < 1 || s > 86400)
				return cli_usage("--stop-after takes seconds, 1 to 86400");
			o.stop_after_s = (int)s;
		} else {
			return cli_usage("run [--start-at 2026-11-16T07:30] [--time-scale 3600] "
					    "[--stop-after SECONDS]");
		}
	}
	return hub_run(&o);
}

/* Where what was made lies, and what a person must keep. */
static void say_made(const struct config *cf)
{
	printf("store    %s\nkeyring  %s\n", cf->store_path, cf->keyring_path);
	if (strcmp(cf->key_source, "file") == 0)
		printf("key file %s (copy it to paper or a safe: without it the store tells nothing, to you neither)\n",
		       cf->key_file);
	else
		printf("the master key is a %s: keep a copy of it in a safe; without it the store tells nothing, to you "
		       "neither\n", cf->key_source);
}

int cli_init(struct cli *c)
{
	if (c->argc != 0)
		return cli_usage("init");
	int status;
	struct config *cf = ask_config(c, &status);
	if (!cf)
		return status;
	char err[512] = "";
	struct store_options so = settings_store(cf);
	int rc = store_init(&so, err, sizeof err);
	if (rc != STORE_OK) {
		fprintf(stderr, "kujdestar: %s\n", err);
		status = rc == STORE_KEY ? EX_NOPERM : rc == STORE_BUSY ? EX_TEMPFAIL : EX_CANTCREAT;
	} else if (!c->json) {
		say_made(cf);
	} else {
		puts("{\"ok\": true}");
	}
	config_free(cf);
	return status;
}
