/* backup.c - `kujdestar backup` and `kujdestar restore`.  A backup is read beside the running gateway, which is only
 * asked for its key. */
#include "gateway/cli/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "gateway/cli/ask.h"
#include "gateway/hub/clock.h"
#include "gateway/hub/settings.h"
#include "store/backup.h"

#define DAY_S 86400

static int exit_of(int rc)
{
	return rc == STORE_KEY ? EX_NOPERM : rc == STORE_CORRUPT ? EX_DATAERR : rc == STORE_EXISTS ? EX_CANTCREAT
	       : rc == STORE_BUSY ? EX_TEMPFAIL : EX_IOERR;
}

/* A day's key, on record; its answer says when that is: the gateway's own clock. */
static int64_t begun(struct cli *c, const struct config *cf, int *status)
{
	struct cli quiet = *c;
	quiet.json = false;
	json_t *answer = ask(&quiet, cf, json_pack("{s:s}", "verb", "backup.key"), status);
	int64_t at = json_integer_value(json_object_get(answer, "now"));
	json_decref(answer);
	return at;
}

/* The key of this backup must be in a copy of the keyring before the disk dies. */
static bool copy_keyring(struct cli *c, const struct config *cf)
{
	int status;
	struct cli quiet = *c;
	quiet.json = false;
	if (!cf->backup.recovery_key[0] || !cf->backup.keyring_directory[0])
		return false;
	json_t *answer = ask(&quiet, cf, json_pack("{s:s,s:s}", "verb", "key.copy", "dir", ""), &status);
	if (answer && status == EX_OK && !c->json)
		printf("keyring  %s\n", cli_text(answer, "copy"));
	json_decref(answer);
	return status == EX_OK;
}

static int make(struct cli *c, const struct config *cf, const char *dir)
{
	int status = EX_OK;
	char err[1400] = "", path[1024];
	struct backup_info info;
	int64_t gone = 0, at = begun(c, cf, &status);
	struct store_options so = settings_store(cf);
	if (status != EX_OK)
		return status;
	int rc = backup_make(&so, dir, at, &info, path, sizeof path, err, sizeof err);
	if (rc != STORE_OK) {
		fprintf(stderr, "kujdestar: %s: nothing was kept\n", err);
		return exit_of(rc);
	}
	(void)backup_expire(dir, at - (int64_t)cf->backup.keep_days * DAY_S, &gone);
	if (c->json)
		printf("{\"ok\": true, \"backup\": \"%s\", \"cases\": %lld, \"messages\": %lld, \"audit\": %lld}\n", path,
		       (long long)info.cases, (long long)info.messages, (long long)info.audit);
	else
		printf("backup   %s\n         put back for a trial and found whole: %lld cases, %lld texts, %lld rows of audit\n", path,
		       (long long)info.cases, (long long)info.messages, (long long)info.audit);
	if (!copy_keyring(c, cf) && !c->json)
		puts("keyring  not copied: without a copy (backup.recovery_key, backup.keyring_directory) a lost disk loses all");
	return EX_OK;
}

int cli_backup(struct cli *c)
{
	int status;
	char dir[4096];
	if (c->argc > 1)
		return cli_usage("backup [DIR]");
	struct config *cf = ask_config(c, &status);
	if (!cf)
		return status;
	const char *to = c->argc ? c->argv[0] : cf->backup.directory;
	if (!to[0]) {
		status = cli_usage("backup DIR   (or backup.directory of the configuration)");
	} else if (!realpath(to, dir)) {
		perror(to);
		status = EX_CANTCREAT;
	} else {
		status = make(c, cf, dir);
	}
	config_free(cf);
	return status;
}

int cli_restore(struct cli *c)
{
	int status;
	char err[1400] = "", made[32];
	struct backup_info info = {0};
	int64_t erased = 0, unsure = 0;
	if (c->argc != 1)
		return cli_usage("restore FILE");
	struct config *cf = ask_config(c, &status);
	if (!cf)
		return status;
	struct store_options so = settings_store(cf);
	int rc = backup_restore(&so, c->argv[0], ask_now(), &info, &erased, &unsure, err, sizeof err);
	clock_iso(info.made, made, sizeof made);
	if (rc != STORE_OK) {
		fprintf(stderr, "kujdestar: %s\n", err);
		status = exit_of(rc);
	} else if (c->json) {
		printf("{\"ok\": true, \"made\": \"%s\", \"cases\": %lld, \"messages\": %lld, \"erased\": %lld, \"uncertain\": %lld}\n",
		       made, (long long)info.cases, (long long)info.messages, (long long)erased, (long long)unsure);
	} else {
		printf("store    %s, as it was at %s: %lld cases, %lld texts; it is whole, and so is its audit\n"
		       "         what came after that is not in it: ask for it again\n",
		       cf->store_path, made, (long long)info.cases, (long long)info.messages);
		if (erased)
			printf("         %lld cases had been erased since, and were erased again\n", (long long)erased);
		if (unsure)
			printf("         %lld SMS waited to be sent and may have left since: kujdestar outbox list --state uncertain\n",
			       (long long)unsure);
	}
	config_free(cf);
	return status;
}
