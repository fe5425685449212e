/* outbox.c - `kujdestar outbox list | show | retry | drop`: what is owed to the outside. */
#include "gateway/cli/cli.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "gateway/cli/ask.h"
#include "gateway/cli/table.h"

#define USAGE "outbox list [--all | --state STATE] [--after ID] | show ID | retry ID | drop ID"

/* Loads the configuration and asks; the answer, or NULL with *status. */
static json_t *answer_to(struct cli *c, json_t *request, int *status)
{
	struct config *cf = ask_config(c, status);
	if (!cf) {
		json_decref(request);
		return NULL;
	}
	json_t *answer = ask(c, cf, request, status);
	config_free(cf);
	return answer;
}

static int list(struct cli *c, const char *state, bool all, json_int_t after)
{
	static const struct column cols[] = {{"id", "ID"},           {"leg", "LEG"},
					     {"kind", "KIND"},       {"event", "EVENT"},
					     {"agency", "AGENCY"},   {"reporter", "TO"},
					     {"state", "STATE"},     {"attempts", "TRIES"},
					     {"not_before", "NEXT"}, {"reason", "REASON"}};
	int status;
	json_t *answer = answer_to(c, json_pack("{s:s,s:s,s:b,s:I}", "verb", "outbox.list", "state", state ? state : "",
						"owed", !all && !state, "after", after), &status);
	const json_t *more = json_object_get(answer, "more");
	if (answer && status == EX_OK && !c->json)
		cli_table(json_object_get(answer, "outbox"), cols, sizeof cols / sizeof cols[0]);
	if (json_is_integer(more) && !c->json)
		printf("there are more: --after %lld\n", (long long)json_integer_value(more));
	json_decref(answer);
	return status;
}

static void line(const char *name, const json_t *row, const char *key)
{
	const json_t *v = json_object_get(row, key);
	if (json_is_string(v))
		printf("%-10s %s\n", name, json_string_value(v));
	else if (json_is_integer(v))
		printf("%-10s %lld\n", name, (long long)json_integer_value(v));
	else if (json_is_true(v))
		printf("%-10s yes\n", name);
}

static void show_row(const json_t *row)
{
	static const char *const lines[][2] = {
		{"id", "id"}, {"uid", "uid"}, {"by", "leg"}, {"event", "event"}, {"agency", "agency"}, {"to", "reporter"},
		{"alert", "alert"}, {"urgent", "urgent"}, {"octets", "octets"}, {"made", "created"}, {"expires", "expires"},
		{"state", "state"}, {"reason", "reason"}, {"tries", "attempts"}, {"failed", "failures"}};
	static const struct column cols[] = {{"n", "TRY"},           {"started", "BEGUN"}, {"seconds", "SECONDS"},
					     {"worker", "BY"},       {"outcome", "OUTCOME"}, {"code", "CODE"},
					     {"detail", "DETAIL"}};
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
		line(lines[i][0], row, lines[i][1]);
	if (strcmp(cli_text(row, "state"), "queued") == 0)
		line("next", row, "not_before");
	printf("%s\n", cli_text(row, "advice"));
	if (json_array_size(json_object_get(row, "tries")) == 0)
		return;
	putchar('\n');
	cli_table(json_object_get(row, "tries"), cols, sizeof cols / sizeof cols[0]);
}

static int show(struct cli *c, json_int_t id)
{
	int status;
	json_t *answer = answer_to(c, json_pack("{s:s,s:I}", "verb", "outbox.show", "id", id), &status);
	if (answer && status == EX_OK && !c->json)
		show_row(json_object_get(answer, "row"));
	json_decref(answer);
	return status;
}

int cli_outbox(struct cli *c)
{
	const char *state = cli_option(c, "--state"), *from = cli_option(c, "--after");
	bool all = cli_flag(c, "--all");
	json_int_t n = 0, after = 0;
	if (from && !cli_number(from, &after))
		return cli_usage(USAGE);
	if (cli_word(c, 0, "list") && c->argc == 1 && !(all && state))
		return list(c, state, all, after);
	if (c->argc != 2 || state || from || all || !cli_number(c->argv[1], &n))
		return cli_usage(USAGE);
	if (cli_word(c, 0, "show"))
		return show(c, n);
	if (cli_word(c, 0, "retry"))
		return ask_and_show(c, json_pack("{s:s,s:I}", "verb", "outbox.retry", "id", n), NULL, NULL, 0);
	if (cli_word(c, 0, "drop"))
		return ask_and_show(c, json_pack("{s:s,s:I}", "verb", "outbox.drop", "id", n), NULL, NULL, 0);
	return cli_usage(USAGE);
}
