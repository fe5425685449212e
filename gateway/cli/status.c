/* status.c - `kujdestar status`: how the gateway is, in words or JSON, hub up or down. */
#include "gateway/cli/cli.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <sysexits.h>

#include "gateway/cli/ask.h"
#include "gateway/hub/settings.h"
#include "gateway/hub/verbs.h"

#define NOT_RUNNING 3 /* as init scripts say it (LSB) */
#define DEGRADED 1

static void print_counts(const json_t *o, const char *name)
{
	const char *key;
	json_t *v;
	bool any = false;
	printf("%-8s", name);
	json_object_foreach(json_object_get(o, name), key, v) {
		printf(" %s=%lld", key, (long long)json_integer_value(v));
		any = true;
	}
	puts(any ? "" : " empty");
}

/* "credit 350.50 (of 2026-11-18T09:15:00Z); last time: no answer" */
static void print_figure(const json_t *sim, const char *name, const char *value)
{
	const json_t *o = json_object_get(sim, name);
	const char *words = json_string_value(json_object_get(o, value));
	const char *at = json_string_value(json_object_get(o, "at"));
	const char *state = json_string_value(json_object_get(o, "state"));
	if (!o || !state)
		return;
	printf("         %s", name);
	if (words && at)
		printf(" %s (of %s)%s", words, at, json_is_true(json_object_get(o, "low")) ? " LOW" : "");
	if (!words || strcmp(state, "read") != 0)
		printf("%s: %s", words ? "; last time" : "", state);
	putchar('\n');
}

/* Screens of menus at which people gave up. */
static void print_menus(const json_t *o)
{
	size_t i;
	json_t *m;
	json_array_foreach(json_object_get(o, "menus"), i, m) {
		long long shown = json_integer_value(json_object_get(m, "shown"));
		long long dropped = json_integer_value(json_object_get(m, "dropped"));
		const char *form = json_string_value(json_object_get(m, "form"));
		if (dropped)
			printf("menu     %s: %s%s%s shown=%lld dropped=%lld\n",
			       json_string_value(json_object_get(m, "provider")), form, *form ? "/" : "",
			       json_string_value(json_object_get(m, "screen")), shown, dropped);
	}
}

/* What this kernel does not take from a process that was meant to be without it. */
static void print_open(const json_t *o)
{
	const char *lacks = json_string_value(json_object_get(o, "not_confined"));
	if (lacks && *lacks)
		printf("         NOT CONFINED in its %s\n", lacks);
}

static long long number(const json_t *o, const char *name)
{
	return (long long)json_integer_value(json_object_get(o, name));
}

/* Providers of SMS, and whoever failed last and is tried less often for it. */
static void print_ways(const json_t *o)
{
	size_t i;
	json_t *p;
	json_array_foreach(json_object_get(o, "sms_providers"), i, p) {
		printf("provider %s:%s%s", cli_text(p, "name"), json_is_true(json_object_get(p, "sends")) ? " sends" : "",
		       json_is_true(json_object_get(p, "receives")) ? " receives" : "");
		if (*cli_text(p, "last_at"))
			printf(" last=%s at %s%s%s%s", cli_text(p, "last"), cli_text(p, "last_at"),
			       *cli_text(p, "detail") ? " (" : "", cli_text(p, "detail"), *cli_text(p, "detail") ? ")" : "");
		if (number(p, "unreported"))
			printf(" unreported=%lld", number(p, "unreported"));
		putchar('\n');
	}
	json_array_foreach(json_object_get(o, "circuits"), i, p) {
		printf("%-8s %s: failures=%lld since %s", cli_text(p, "kind"), cli_text(p, "name"), number(p, "failures"),
		       cli_text(p, "since"));
		if (*cli_text(p, "probe_at"))
			printf(", left in peace, next try %s", cli_text(p, "probe_at"));
		putchar('\n');
	}
}

static bool print_workers(const json_t *o)
{
	size_t i;
	json_t *w;
	bool all = true;
	json_array_foreach(json_object_get(o, "workers"), i, w) {
		const char *key, *state = json_string_value(json_object_get(w, "state"));
		const char *why = json_string_value(json_object_get(w, "reason"));
		json_t *v;
		bool ready = state && strcmp(state, "ready") == 0;
		all &= ready;
		printf("worker   %s: %s", json_string_value(json_object_get(w, "name")), state);
		if (!ready && why && *why)
			printf(" (%s)", why);
		json_object_foreach(json_object_get(w, "notes"), key, v)
			printf(" %s=%s", key, json_string_value(v));
		putchar('\n');
		print_open(w);
		print_figure(json_object_get(w, "ussd"), "credit", "amount");
		print_figure(json_object_get(w, "ussd"), "validity", "until");
	}
	return all;
}

static int hub_up(const struct cli *c, const json_t *o)
{
	bool store_ok = json_is_true(json_object_get(o, "store_ok")), all = true;
	size_t i;
	json_t *w;
	json_array_foreach(json_object_get(o, "workers"), i, w) {
		const char *state = json_string_value(json_object_get(w, "state"));
		all &= state && strcmp(state, "ready") == 0;
	}
	if (c->json) {
		json_dumpf(o, stdout, JSON_INDENT(1) | JSON_SORT_KEYS);
		putchar('\n');
	} else {
		printf("hub      running, pid %lld, clock %s\n",
		       (long long)json_integer_value(json_object_get(o, "pid")),
		       json_string_value(json_object_get(o, "time")));
		print_open(o);
		if (!store_ok)
			puts("store    CANNOT BE WRITTEN: texts stay on the SIM until it can (see the log)");
		print_workers(o);
		print_counts(o, "inbox");
		print_counts(o, "sms");
		print_counts(o, "http");
		print_ways(o);
		print_menus(o);
	}
	return store_ok && all ? EX_OK : DEGRADED;
}

static int hub_down(const struct cli *c, const struct config *cf)
{
	char err[512] = "";
	struct store *st = NULL;
	struct store_options so = settings_store(cf);
	so.read_only = true;
	int rc = store_open(&so, &st, err, sizeof err);
	json_t *o = json_pack("{s:b,s:s}", "ok", rc == STORE_OK, "hub", "down");
	if (rc == STORE_OK)
		rc = verb_counts(st, o) == STORE_OK ? verb_ways(st, cf, ask_now(), o) : STORE_FAIL;
	else
		json_object_set_new(o, "error", json_string(err));
	if (c->json) {
		json_dumpf(o, stdout, JSON_INDENT(1) | JSON_SORT_KEYS);
		putchar('\n');
	} else {
		puts("hub      not running (kujdestar run)");
		if (rc != STORE_OK)
			printf("store    %s\n", err);
		else
			for (int i = 0; i < 3; i++)
				print_counts(o, (const char *const[]){"inbox", "sms", "http"}[i]);
		print_ways(o);
	}
	json_decref(o);
	store_close(st);
	return NOT_RUNNING;
}

int cli_status(struct cli *c)
{
	if (c->argc != 0)
		return cli_usage("status");
	int status;
	struct config *cf = ask_config(c, &status);
	if (!cf)
		return status;
	json_t *answer = ask_hub(cf, json_pack("{s:s}", "verb", "status"));
	status = answer ? hub_up(c, answer) : hub_down(c, cf);
	json_decref(answer);
	config_free(cf);
	return status;
}
