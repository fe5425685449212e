/* agency.c - `kujdestar agency list | test AGENCY`: how the agencies answer. */
#include "gateway/cli/cli.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "gateway/cli/ask.h"
#include "gateway/cli/table.h"
#include "gateway/hub/control.h"

#define TEST_MS 60000
#define USAGE "agency list | agency test AGENCY"

static int list(struct cli *c)
{
	static const struct column cols[] = {{"agency", "AGENCY"},     {"receiver", "BY"},
					     {"waiting", "WAITING"},   {"failures", "FAILURES"},
					     {"probe_at", "NEXT TRY"}, {"dead", "DEAD"}};
	int status;
	struct config *cf = ask_config_store(c, &status);
	if (!cf)
		return status;
	json_t *answer = ask(c, cf, json_pack("{s:s}", "verb", "agency.list"), &status);
	if (answer && status == EX_OK && !c->json)
		cli_table(json_object_get(answer, "agencies"), cols, sizeof cols / sizeof cols[0]);
	json_decref(answer);
	config_free(cf);
	return status;
}

static int show(const struct cli *c, const json_t *o)
{
	const char *error = json_string_value(json_object_get(o, "error"));
	bool good = json_is_true(json_object_get(o, "good"));
	if (c->json)
		json_dumpf(o, stdout, JSON_SORT_KEYS | JSON_COMPACT);
	if (c->json)
		putchar('\n');
	else if (error)
		fprintf(stderr, "kujdestar: %s\n", error);
	else
		printf("%s (%s): %s [status %d, %d ms%s%s]\n",
		       json_string_value(json_object_get(o, "agency")),
		       json_string_value(json_object_get(o, "receiver")),
		       json_string_value(json_object_get(o, "words")),
		       (int)json_integer_value(json_object_get(o, "status")),
		       (int)json_integer_value(json_object_get(o, "elapsed_ms")),
		       json_string_length(json_object_get(o, "detail")) ? ", " : "",
		       json_string_value(json_object_get(o, "detail")));
	return error ? EX_DATAERR : good ? EX_OK : EX_UNAVAILABLE;
}

static int test(struct cli *c, const char *agency)
{
	int status;
	struct config *cf = ask_config(c, &status);
	if (!cf)
		return status;
	json_t *rq = json_pack("{s:s,s:s}", "verb", "agency.test", "agency", agency);
	json_t *o = control_ask(cf->control_socket, rq, TEST_MS);
	if (o)
		status = show(c, o);
	else
		fprintf(stderr, "kujdestar: %s: %s: is the gateway running?\n", cf->control_socket,
			strerror(errno));
	status = o ? status : EX_UNAVAILABLE;
	json_decref(rq);
	json_decref(o);
	config_free(cf);
	return status;
}

int cli_agency(struct cli *c)
{
	if (c->argc == 1 && strcmp(c->argv[0], "list") == 0)
		return list(c);
	if (c->argc == 2 && strcmp(c->argv[0], "test") == 0)
		return test(c, c->argv[1]);
	return cli_usage(USAGE);
}
