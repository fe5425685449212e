/* audit.c - `kujdestar audit`: who saw and did what; proving, signing and pruning the record. */
#include "gateway/cli/cli.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "gateway/cli/agenda_page.h"
#include "gateway/cli/ask.h"
#include "gateway/cli/table.h"
#include "parser/calendar.h"

static int usage(void)
{
	return cli_usage("audit [CODE] [--since DAY] [--who CONTACT] [--csv | --json]\n"
			 "       kujdestar audit --verify\n"
			 "       kujdestar audit checkpoint | checkpoints | prune --before DAY");
}

static const char *text_of(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));
	return s ? s : "";
}

static bool is_day(const char *s)
{
	int32_t n;
	return strlen(s) == 10 && day_from_iso(s, &n);
}

/* ---- rows ------------------------------------------------------------------------------------ */

static const struct column cols[] = {{"at", "WHEN"},     {"who", "WHO"},       {"role", "ROLE"},
				     {"number", "NUMBER"}, {"verb", "DID"},    {"object", "WITH"},
				     {"result", "RESULT"}, {"rule", "RULE"}};
#define COLS (sizeof cols / sizeof cols[0])

static void print_csv(const json_t *rows)
{
	size_t i;
	json_t *row;
	for (size_t k = 0; k < COLS; k++)
		printf("%s%s", cols[k].key, k + 1 < COLS ? "," : "\r\n");
	json_array_foreach(rows, i, row) {
		for (size_t k = 0; k < COLS; k++) {
			agenda_csv_field(text_of(row, cols[k].key), stdout);
			fputs(k + 1 < COLS ? "," : "\r\n", stdout);
		}
	}
}

/* All rows, an answer at a time: each says whether there are more. */
static json_t *gather(struct cli *c, const struct config *cf, const char *code, const char *since,
		      const char *who, int *status)
{
	struct cli quiet = *c;
	json_t *all = json_array();
	json_int_t after = 0;
	bool more = true;
	quiet.json = false;
	while (more && *status == EX_OK) {
		json_t *answer = ask(&quiet, cf, json_pack("{s:s,s:s,s:s,s:s,s:I}", "verb", "audit.show", "case",
							   code, "since", since, "who", who, "after", after),
				     status);
		more = answer && *status == EX_OK && json_is_true(json_object_get(answer, "more"));
		if (answer && *status == EX_OK)
			json_array_extend(all, json_object_get(answer, "audit"));
		after = json_integer_value(json_object_get(answer, "last"));
		json_decref(answer);
	}
	return all;
}

static int show(struct cli *c, const char *code, const char *since, const char *who, bool csv)
{
	int status;
	struct config *cf = ask_config(c, &status);
	if (!cf)
		return status;
	json_t *rows = gather(c, cf, code, since, who, &status);
	config_free(cf);
	if (status == EX_OK && c->json) {
		json_t *o = json_pack("{s:b,s:O}", "ok", 1, "audit", rows);
		json_dumpf(o, stdout, JSON_INDENT(1) | JSON_SORT_KEYS);
		fputc('\n', stdout);
		json_decref(o);
	} else if (status == EX_OK && csv) {
		print_csv(rows);
	} else if (status == EX_OK) {
		cli_table(rows, cols, COLS);
	}
	json_decref(rows);
	return status;
}

/* ---- the record itself ----------------------------------------------------------------------- */

static void print_row(const json_t *answer)
{
	const json_t *row = json_object_get(answer, "stands");
	if (json_is_object(row))
		fprintf(stderr, "row %lld reads now: %s %s %s %s %s\n",
			(long long)json_integer_value(json_object_get(row, "row")), text_of(row, "at"),
			text_of(row, "who"), text_of(row, "verb"), text_of(row, "object"),
			text_of(row, "result"));
}

static void print_point(const json_t *p)
{
	printf("row %lld, written %s, signed %s\nhash       %s\nsignature  %s\n",
	       (long long)json_integer_value(json_object_get(p, "row")), text_of(p, "written"),
	       text_of(p, "signed"), text_of(p, "hash"), text_of(p, "signature"));
	if (text_of(p, "public_key")[0])
		printf("public key %s\nWrite these down apart from the gateway: they prove the record later.\n",
		       text_of(p, "public_key"));
}

static void print(const json_t *answer, const char *verb)
{
	size_t i;
	json_t *p;
	if (strcmp(verb, "audit.verify") == 0)
		printf("the audit verifies: %lld rows\n",
		       (long long)json_integer_value(json_object_get(answer, "rows")));
	else if (strcmp(verb, "audit.prune") == 0)
		printf("%lld rows taken out, up to row %lld; what is left verifies behind a signed checkpoint\n",
		       (long long)json_integer_value(json_object_get(answer, "rows")),
		       (long long)json_integer_value(json_object_get(answer, "upto")));
	else if (strcmp(verb, "audit.checkpoint") == 0)
		print_point(json_object_get(answer, "checkpoint"));
	else
		json_array_foreach(json_object_get(answer, "checkpoints"), i, p)
			print_point(p);
}

/* Asked a piece at a time, between which the gateway goes on. */
static json_t *verify_all(struct cli *c, const struct config *cf, int *status)
{
	json_t *answer = NULL;
	bool on = false;
	do {
		json_decref(answer);
		answer = ask(c, cf, json_pack("{s:s,s:b}", "verb", "audit.verify", "on", on), status);
		on = true;
	} while (answer && *status == EX_OK && json_is_true(json_object_get(answer, "more")));
	return answer;
}

/* Rows of the last piece become those of all. */
static json_t *prune_all(struct cli *c, const struct config *cf, const char *before, int *status)
{
	json_t *answer = NULL;
	json_int_t rows = 0;
	bool more = true;
	while (more) {
		json_decref(answer);
		answer = ask(c, cf, json_pack("{s:s,s:s}", "verb", "audit.prune", "before", before), status);
		rows += json_integer_value(json_object_get(answer, "rows"));
		more = answer && *status == EX_OK && json_is_true(json_object_get(answer, "more"));
	}
	if (answer && *status == EX_OK)
		json_object_set_new(answer, "rows", json_integer(rows));
	return answer;
}

static json_t *carry_out(struct cli *c, const struct config *cf, const char *verb, const char *before, int *status)
{
	json_t *verified = strcmp(verb, "audit.checkpoints") != 0 ? verify_all(c, cf, status) : NULL;
	if (strcmp(verb, "audit.verify") == 0 || (verified && *status != EX_OK))
		return verified;
	json_decref(verified);
	return strcmp(verb, "audit.prune") == 0
		       ? prune_all(c, cf, before, status)
		       : ask(c, cf, json_pack("{s:s}", "verb", verb), status);
}

static int act(struct cli *c, const char *verb, const char *before)
{
	int status;
	struct config *cf = ask_config(c, &status);
	if (!cf)
		return status;
	struct cli quiet = *c;
	quiet.json = false;
	json_t *answer = carry_out(&quiet, cf, verb, before, &status);
	if (answer && c->json) {
		json_dumpf(answer, stdout, JSON_INDENT(1) | JSON_SORT_KEYS);
		putchar('\n');
	}
	if (answer && status != EX_OK && !c->json)
		print_row(answer);
	else if (answer && !c->json)
		print(answer, verb);
	json_decref(answer);
	config_free(cf);
	return status;
}

int cli_audit(struct cli *c)
{
	const char *since = cli_option(c, "--since"), *who = cli_option(c, "--who");
	const char *before = cli_option(c, "--before");
	bool csv = cli_flag(c, "--csv"), verify = cli_flag(c, "--verify");
	bool plain = !since && !who && !csv;
	if ((since && !is_day(since)) || (before && !is_day(before)) || (csv && c->json))
		return usage();
	if (verify)
		return plain && !before && c->argc == 0 ? act(c, "audit.verify", "") : usage();
	if (cli_word(c, 0, "checkpoint") && c->argc == 1 && plain && !before)
		return act(c, "audit.checkpoint", "");
	if (cli_word(c, 0, "checkpoints") && c->argc == 1 && plain && !before)
		return act(c, "audit.checkpoints", "");
	if (cli_word(c, 0, "prune") && c->argc == 1 && plain && before)
		return act(c, "audit.prune", before);
	if (before || c->argc > 1)
		return usage();
	return show(c, c->argc ? c->argv[0] : "", since ? since : "", who ? who : "", csv);
}
