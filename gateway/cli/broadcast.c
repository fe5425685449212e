/* broadcast.c - `kujdestar broadcast`: an approved text to a group of staff; a look first, sent only with
 * --send. */
#include "gateway/cli/cli.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "gateway/cli/ask.h"
#include "gateway/cli/table.h"

#define SHOWN 40 /* recipients named in a look */

static int usage(void)
{
	return cli_usage("broadcast TEMPLATE --to ROLE [--school S] [--zone Z]\n"
			 "       kujdestar broadcast TEMPLATE --to ROLE [--school S] [--zone Z] --send --as COORDINATOR "
			 "[--again]\n"
			 "       kujdestar broadcast templates | list | status ID | stop ID");
}

static long long number(const json_t *o, const char *name)
{
	return (long long)json_integer_value(json_object_get(o, name));
}

static int request(struct cli *c, json_t *rq, void (*print)(const json_t *answer))
{
	int status;
	struct config *cf = ask_config_store(c, &status);
	if (!cf) {
		json_decref(rq);
		return status;
	}
	json_t *answer = ask(c, cf, rq, &status);
	if (answer && status == EX_OK && !c->json)
		print(answer);
	json_decref(answer);
	config_free(cf);
	return status;
}

static void print_plan(const json_t *answer)
{
	const json_t *sent = json_object_get(answer, "broadcast"), *cost = json_object_get(answer, "cost_hundredths");
	size_t i;
	json_t *id;
	printf("sq          %s\nen          %s\n", cli_text(answer, "sq"), cli_text(answer, "en"));
	printf("recipients  %lld", number(answer, "people"));
	if (number(answer, "inactive"))
		printf(" (and %lld locked or left, who get nothing)", number(answer, "inactive"));
	fputs(":", stdout);
	json_array_foreach(json_object_get(answer, "to"), i, id) {
		if (i == SHOWN)
			printf(" ...");
		if (i < SHOWN)
			printf(" %s", json_string_value(id));
	}
	printf("\nsegments    %lld\n", number(answer, "segments"));
	if (json_is_integer(cost))
		printf("cost        %lld.%02lld %s\n", (long long)json_integer_value(cost) / 100,
		       (long long)json_integer_value(cost) % 100, cli_text(answer, "currency"));
	if (sent)
		printf("\nsent as broadcast %lld: kujdestar broadcast status %lld, stop %lld\n",
		       number(sent, "broadcast"), number(sent, "broadcast"), number(sent, "broadcast"));
	else
		puts("\nnothing was sent: --send --as COORDINATOR sends it");
}

static void print_list(const json_t *answer)
{
	static const struct column cols[] = {{"broadcast", "ID"}, {"sent", "WHEN"},	{"template", "TEMPLATE"},
					     {"role", "TO"},	  {"school", "SCHOOL"}, {"zone", "ZONE"},
					     {"as", "AS"},	  {"state", "STATE"}};
	cli_table(json_object_get(answer, "broadcasts"), cols, sizeof cols / sizeof cols[0]);
}

static void print_templates(const json_t *answer)
{
	static const struct column cols[] = {{"name", "NAME"}, {"sq", "SQ"}, {"en", "EN"}};
	cli_table(json_object_get(answer, "templates"), cols, sizeof cols / sizeof cols[0]);
}

static void print_status(const json_t *answer)
{
	static const struct column cols[] = {{"contact", "CONTACT"}, {"state", "STATE"}, {"settled", "WHEN"},
					     {"reason", "REASON"}};
	const json_t *b = json_object_get(answer, "broadcast");
	const char *state;
	json_t *n;
	printf("broadcast %lld, %s to %s, %s:", number(b, "broadcast"), cli_text(b, "template"), cli_text(b, "role"),
	       cli_text(b, "state"));
	json_object_foreach(json_object_get(answer, "counts"), state, n)
		printf(" %lld %s", (long long)json_integer_value(n), state);
	puts("");
	cli_table(json_object_get(answer, "contacts"), cols, sizeof cols / sizeof cols[0]);
}

static void print_stop(const json_t *answer)
{
	printf("stopped; %lld withdrawn, what had left has left\n", number(answer, "withdrawn"));
}

static bool id_of(const char *s, json_int_t *id)
{
	char *end;
	errno = 0;
	*id = strtoll(s, &end, 10);
	return errno == 0 && end != s && !*end && *id > 0;
}

int cli_broadcast(struct cli *c)
{
	const char *to = cli_option(c, "--to"), *school = cli_option(c, "--school"), *zone = cli_option(c, "--zone");
	const char *as = cli_option(c, "--as");
	bool send = cli_flag(c, "--send"), again = cli_flag(c, "--again");
	json_int_t id;
	if (c->argc == 2 && id_of(c->argv[1], &id) && !to && !send) {
		if (cli_word(c, 0, "status"))
			return request(c, json_pack("{s:s,s:I}", "verb", "broadcast.status", "id", id), print_status);
		if (cli_word(c, 0, "stop"))
			return request(c, json_pack("{s:s,s:I}", "verb", "broadcast.stop", "id", id), print_stop);
	}
	if (c->argc != 1 || (send && !as) || (again && !send))
		return usage();
	if (!to && cli_word(c, 0, "list"))
		return request(c, json_pack("{s:s}", "verb", "broadcast.list"), print_list);
	if (!to && cli_word(c, 0, "templates"))
		return request(c, json_pack("{s:s}", "verb", "broadcast.templates"), print_templates);
	if (!to)
		return usage();
	return request(c, json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:b,s:b}", "verb", "broadcast", "template", c->argv[0],
				    "to", to, "school", school ? school : "", "zone", zone ? zone : "", "as",
				    as ? as : "", "send", send, "again", again), print_plan);
}
