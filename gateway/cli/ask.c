/* ask.c - see ask.h. */
#include "gateway/cli/ask.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "gateway/hub/clock.h"
#include "gateway/hub/control.h"
#include "gateway/hub/passphrase.h"
#include "gateway/hub/places.h"
#include "gateway/hub/settings.h"
#include "gateway/hub/upkeep.h"
#include "gateway/hub/verbs.h"

#define ANSWER_MS 30000

struct config *ask_config(const struct cli *c, int *status)
{
	struct config *cf = NULL;
	if (config_load(c->config_file, &cf, stderr) == 0 && cf) {
		clock_zone(cf->timezone);
		*status = EX_OK;
		return cf;
	}
	*status = EX_CONFIG;
	return NULL;
}

/* cf, or what becomes of it with the imports; takes cf. */
static struct config *with_places(const char *file, struct config *cf, const struct places *p)
{
	struct config *with = NULL;
	if ((!p->im.schools && p->im.n_days == 0) ||
	    config_load_with(file, &p->im, &with, stderr) != 0 || !with)
		return cf;
	config_free(cf);
	return with;
}

static bool places_of(const struct store_options *so, struct places *out)
{
	char err[512];
	struct store *st = NULL;
	memset(out, 0, sizeof *out);
	bool ok = store_open(so, &st, err, sizeof err) == STORE_OK && places_load(st, out) == STORE_OK;
	store_close(st);
	if (!ok)
		places_free(out);
	return ok;
}

bool ask_places(const struct config *cf, struct places *out)
{
	struct store_options so = settings_store(cf);
	so.read_only = true; /* beside a running hub, and without its keys: nothing of this is sealed */
	so.key_source = STORE_KEY_FILE;
	so.key_file = so.keyring_path = NULL;
	return places_of(&so, out);
}

/* A store of an earlier version cannot be read before it was brought up to date. */
static bool renewed_places(const struct config *cf, struct places *out)
{
	struct store_options so = settings_store(cf);
	return access(cf->store_path, F_OK) == 0 && places_of(&so, out);
}

struct config *ask_config_store(const struct cli *c, int *status)
{
	struct config *cf = ask_config(c, status);
	struct places p;
	if (!cf || !(ask_places(cf, &p) || renewed_places(cf, &p)))
		return cf;
	cf = with_places(c->config_file, cf, &p);
	places_free(&p);
	return cf;
}

static int exit_of(int rc)
{
	return rc == STORE_BUSY ? EX_TEMPFAIL : rc == STORE_KEY ? EX_NOPERM : EX_IOERR;
}

/* Without a hub the command takes the store's lock for the length of its one turn. */
static json_t *on_store(const struct config *cf, const json_t *request, int *status)
{
	char err[512] = "";
	struct store *st = NULL;
	struct store_options so = settings_store(cf);
	int rc = store_open(&so, &st, err, sizeof err);
	if (rc != STORE_OK) {
		fprintf(stderr, "kujdestar: %s\n", err);
		*status = exit_of(rc);
		return NULL;
	}
	json_t *answer = NULL;
	struct upkeep upkeep = {.not_before = 0};
	struct desk d = {.st = st, .cf = cf, .now = ask_now()};
	rc = store_begin(st);
	if (rc == STORE_OK)
		rc = verb_run(&d, request, (int)getuid(), &answer);
	if (rc == STORE_OK)
		rc = store_commit(st);
	else if (store_in_turn(st))
		store_rollback(st);
	if (rc != STORE_OK && (!answer || json_is_true(json_object_get(answer, "ok")))) {
		fprintf(stderr, "kujdestar: %s: %s: %s\n", cf->store_path, store_rc_name(rc),
			store_errmsg(st));
		*status = exit_of(rc);
		json_decref(answer);
		answer = NULL;
	}
	/* What the hub would do beside its turns is done here to its end. */
	upkeep_asked(&upkeep, cf, request, answer, d.now);
	while (rc == STORE_OK && upkeep_busy(&upkeep, st, d.now) && (rc = upkeep_step(&upkeep, st, d.now)) == STORE_OK)
		;
	if (rc != STORE_OK && *status == EX_OK)
		*status = exit_of(rc);
	store_close(st);
	return answer;
}

void cli_passphrase_fd(const char *number)
{
	passphrase_from((int)strtol(number, NULL, 10));
}

json_t *ask_hub(const struct config *cf, json_t *request)
{
	json_t *answer = control_ask(cf->control_socket, request, ANSWER_MS);
	int keep = errno;
	json_decref(request);
	errno = keep;
	return answer;
}

json_t *ask(const struct cli *c, const struct config *cf, json_t *request, int *status)
{
	*status = EX_OK;
	json_t *answer = control_ask(cf->control_socket, request, ANSWER_MS);
	if (!answer && (errno == ENOENT || errno == ECONNREFUSED)) {
		answer = on_store(cf, request, status);
	} else if (!answer) {
		fprintf(stderr, "kujdestar: %s: %s\n", cf->control_socket, strerror(errno));
		*status = EX_UNAVAILABLE;
	}
	json_decref(request);
	if (answer && c->json) {
		json_dumpf(answer, stdout, JSON_INDENT(1) | JSON_SORT_KEYS);
		fputc('\n', stdout);
	}
	if (answer && !json_is_true(json_object_get(answer, "ok"))) {
		const char *why = json_string_value(json_object_get(answer, "error"));
		if (!c->json)
			fprintf(stderr, "kujdestar: %s\n", why ? why : "refused");
		*status = EX_DATAERR;
	}
	return answer;
}

int ask_and_show(const struct cli *c, json_t *request, const char *list, const struct column *cols, size_t n)
{
	int status;
	struct config *cf = ask_config_store(c, &status);
	if (!cf) {
		json_decref(request);
		return status;
	}
	json_t *answer = ask(c, cf, request, &status);
	if (answer && status == EX_OK && !c->json && list)
		cli_table(json_object_get(answer, list), cols, n);
	json_decref(answer);
	config_free(cf);
	return status;
}

int64_t ask_now(void)
{
	struct clock *clock = clock_new();
	int64_t now = clock ? clock_now(clock) : 0;
	clock_free(clock);
	return now;
}
