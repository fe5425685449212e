/* key.c - `kujdestar key`: the keys asked after, changed, copied, and made again of a copy. */
#include "gateway/cli/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "gateway/cli/ask.h"
#include "gateway/hub/clock.h"
#include "gateway/hub/settings.h"
#include "store/keys.h"

#define LOOK_MS 100
#define ROTATE_MS 600000

static int usage(void)
{
	return cli_usage("key status\n"
			 "       kujdestar key rotate [--to FILE | --passphrase]\n"
			 "       kujdestar key renew\n"
			 "       kujdestar key copy [DIR]\n"
			 "       kujdestar key recovery FILE\n"
			 "       kujdestar key recover COPY --with FILE");
}

static long long number(const json_t *o, const char *name)
{
	return json_integer_value(json_object_get(o, name));
}

static bool is(const json_t *o, const char *name)
{
	return json_is_true(json_object_get(o, name));
}

/* ---- status ------------------------------------------------------------------------------------ */

static void print_status(const json_t *s)
{
	static const struct column cols[] = {{"kind", "KEYS OF"}, {"live", "LIVE"}, {"retired", "RETIRED"},
					     {"destroyed", "DESTROYED"}};
	printf("master key   %s, from a %s%s%s\n", cli_text(s, "master"), cli_text(s, "source"),
	       cli_text(s, "since")[0] ? ", since " : "", cli_text(s, "since"));
	if (is(s, "waits"))
		printf("             all keys lie under a new one: put it in place and restart; until then the old one opens\n");
	else if (number(s, "left") >= 0)
		printf("             being changed: %lld keys left\n", number(s, "left"));
	if (is(s, "renewing"))
		printf("data keys    being renewed\n");
	printf("newest copy  %s\n\n", cli_text(s, "copied")[0] ? cli_text(s, "copied")
							       : "none (backup.keyring_directory): a lost disk loses all");
	cli_table(json_object_get(s, "kinds"), cols, sizeof cols / sizeof cols[0]);
}

static int status_of(struct cli *c)
{
	int status;
	struct config *cf = ask_config(c, &status);
	if (!cf)
		return status;
	json_t *s = ask(c, cf, json_pack("{s:s}", "verb", "key.status"), &status);
	if (s && status == EX_OK && !c->json)
		print_status(s);
	json_decref(s);
	config_free(cf);
	return status;
}

/* ---- changing ---------------------------------------------------------------------------------- */

/* A running hub does it a piece a turn: until it has, or needs a person. */
static bool settled(const struct config *cf, bool *waits)
{
	int64_t until = clock_mono_ms() + ROTATE_MS;
	*waits = false;
	while (clock_mono_ms() < until) {
		json_t *s = ask_hub(cf, json_pack("{s:s}", "verb", "key.status"));
		bool busy = s && ((number(s, "left") >= 0 && !is(s, "waits")) || is(s, "renewing"));
		*waits = is(s, "waits");
		json_decref(s);
		if (!busy)
			return true;
		nanosleep(&(struct timespec){.tv_nsec = LOOK_MS * 1000000L}, NULL);
	}
	return false;
}

static int change(struct cli *c, json_t *request, const char *done)
{
	int status;
	bool waits = false;
	struct config *cf = ask_config(c, &status);
	if (!cf) {
		json_decref(request);
		return status;
	}
	json_t *answer = ask(c, cf, request, &status);
	if (answer && status == EX_OK && !settled(cf, &waits)) {
		fprintf(stderr, "kujdestar: it goes on in the gateway (kujdestar key status)\n");
		status = EX_TEMPFAIL;
	} else if (answer && status == EX_OK && !c->json && waits) {
		puts("All keys lie under the new master key. Put it in place of the old one and restart the gateway; until "
		     "then the old one opens them, too.");
	} else if (answer && status == EX_OK && !c->json) {
		puts(done);
	}
	json_decref(answer);
	config_free(cf);
	return status;
}

static int rotate(struct cli *c)
{
	const char *to = cli_option(c, "--to");
	bool passphrase = cli_flag(c, "--passphrase");
	char path[4096] = "";
	if (c->argc != 1 || (to && passphrase))
		return usage();
	/* The hub may stand in another folder. */
	if (to && !realpath(to, path)) {
		perror(to);
		return EX_NOINPUT;
	}
	return change(c, json_pack("{s:s,s:s,s:b}", "verb", "key.rotate", "to", path, "passphrase", passphrase),
		      passphrase ? "The master key was changed: from now on it is that passphrase (store.key_source = "
				   "\"passphrase\")."
				 : "The master key was changed. Copies of the old key file open nothing made from now on: make a "
				   "new copy.");
}

/* ---- copies ------------------------------------------------------------------------------------ */

static int copy(struct cli *c, const char *dir)
{
	int status;
	char path[4096] = "";
	if (dir[0] && !realpath(dir, path)) {
		perror(dir);
		return EX_NOINPUT;
	}
	struct config *cf = ask_config(c, &status);
	if (!cf)
		return status;
	json_t *answer = ask(c, cf, json_pack("{s:s,s:s}", "verb", "key.copy", "dir", path), &status);
	if (answer && status == EX_OK && !c->json)
		printf("%s\n", cli_text(answer, "copy"));
	json_decref(answer);
	config_free(cf);
	return status;
}

static int recovery(const struct cli *c, const char *file)
{
	char pub[65], err[256];
	if (keys_make_recovery(file, pub, err, sizeof err) != STORE_OK) {
		fprintf(stderr, "kujdestar: %s\n", err);
		return EX_CANTCREAT;
	}
	if (c->json)
		printf("{\"ok\": true, \"recovery_key\": \"%s\"}\n", pub);
	else
		printf("%s holds the secret half: take it off this machine, on paper or a stick in a safe, and remove it here.\n"
		       "Into the configuration:\n\nbackup = { recovery_key = \"%s\"; };\n",
		       file, pub);
	return EX_OK;
}

static int recover(struct cli *c, const char *from)
{
	int status;
	const char *with = cli_option(c, "--with");
	char err[512] = "", iso[32];
	int64_t made = 0;
	if (!with || c->argc != 2)
		return usage();
	struct config *cf = ask_config(c, &status);
	if (!cf)
		return status;
	struct store_options so = settings_store(cf);
	int rc = keys_recover(&so, from, with, &made, err, sizeof err);
	clock_iso(made, iso, sizeof iso);
	if (rc != STORE_OK) {
		fprintf(stderr, "kujdestar: %s\n", err);
		status = rc == STORE_KEY ? EX_NOPERM : rc == STORE_EXISTS ? EX_CANTCREAT : EX_DATAERR;
	} else if (!c->json) {
		printf("keyring %s, as it was at %s, under the master key of this machine.\nNow put a backup back: kujdestar "
		       "restore FILE\n", cf->keyring_path, iso);
	} else {
		printf("{\"ok\": true, \"made\": \"%s\"}\n", iso);
	}
	config_free(cf);
	return status;
}

int cli_key(struct cli *c)
{
	if (cli_word(c, 0, "status") && c->argc == 1)
		return status_of(c);
	if (cli_word(c, 0, "rotate"))
		return rotate(c);
	if (cli_word(c, 0, "renew") && c->argc == 1)
		return change(c, json_pack("{s:s}", "verb", "key.renew"),
			      "The data keys were renewed. The old ones stay until the last backup that needs them has expired.");
	if (cli_word(c, 0, "copy") && c->argc <= 2)
		return copy(c, c->argc == 2 ? c->argv[1] : "");
	if (cli_word(c, 0, "recovery") && c->argc == 2)
		return recovery(c, c->argv[1]);
	if (cli_word(c, 0, "recover") && c->argc >= 2)
		return recover(c, c->argv[1]);
	return usage();
}
