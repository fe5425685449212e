/* ussd.c - `kujdestar ussd MODEM CODE`: dials a code of the SIM, once, and shows the answer. */
#include "gateway/cli/cli.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "gateway/cli/ask.h"
#include "gateway/hub/control.h"

#define ANSWER_MS 100000 /* the network may take 40 s, and a text may be on its way before */

int cli_ussd(struct cli *c)
{
	int status;
	if (c->argc != 2)
		return cli_usage("ussd MODEM CODE, like: kujdestar ussd sim1 '*100#'");
	struct config *cf = ask_config(c, &status);
	if (!cf)
		return status;
	json_t *rq = json_pack("{s:s,s:s,s:s}", "verb", "ussd", "modem", c->argv[0], "code", c->argv[1]);
	json_t *answer = control_ask(cf->control_socket, rq, ANSWER_MS);
	if (!answer) {
		fprintf(stderr, "kujdestar: %s: %s: is the gateway running?\n", cf->control_socket,
			strerror(errno));
		status = EX_UNAVAILABLE;
	} else if (c->json) {
		json_dumpf(answer, stdout, JSON_INDENT(1) | JSON_SORT_KEYS);
		putchar('\n');
	} else if (json_is_true(json_object_get(answer, "ok"))) {
		puts(json_string_value(json_object_get(answer, "text")));
	} else {
		fprintf(stderr, "kujdestar: %s\n", json_string_value(json_object_get(answer, "error")));
	}
	if (answer && !json_is_true(json_object_get(answer, "ok")))
		status = EX_DATAERR;
	json_decref(answer);
	json_decref(rq);
	config_free(cf);
	return status;
}
