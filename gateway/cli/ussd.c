/* ussd.c - `kujdestar ussd MODEM CODE [ANSWER...]`: dials a code of the SIM, once, shows what the
 * network says, and answers its menus: from the arguments, then from the person at the terminal. */
#include "gateway/cli/cli.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "gateway/cli/ask.h"
#include "gateway/hub/control.h"

#define ANSWER_MS 150000 /* the network may take 40 s, and a text may be on its way before */
#define LINE_MAX 80
#define USAGE "ussd MODEM CODE [ANSWER...] | ussd MODEM --balance | --validity | --topup VOUCHER"

struct talk {
	struct cli *c;
	const char *socket, *modem;
	json_t *steps;    /* what was said, for --json */
	json_t *last;     /* the last answer, owned */
	int next;         /* argument that answers next */
};

static bool ok(const json_t *o)
{
	return json_is_true(json_object_get(o, "ok"));
}

static const char *text_of(const json_t *o, const char *name)
{
	const char *s = json_string_value(json_object_get(o, name));
	return s ? s : "";
}

/* Takes rq; EX_OK when it was answered well. */
static int say(struct talk *t, json_t *rq)
{
	json_decref(t->last);
	t->last = control_ask(t->socket, rq, ANSWER_MS);
	json_decref(rq);
	if (!t->last) {
		fprintf(stderr, "kujdestar: %s: %s: is the gateway running?\n", t->socket,
			strerror(errno));
		return EX_UNAVAILABLE;
	}
	if (!ok(t->last)) {
		if (!t->c->json)
			fprintf(stderr, "kujdestar: %s\n", text_of(t->last, "error"));
		return EX_DATAERR;
	}
	json_array_append_new(t->steps, json_pack("{s:s,s:O}", "text", text_of(t->last, "text"), "status",
						  json_object_get(t->last, "status")));
	if (!t->c->json)
		puts(text_of(t->last, "text"));
	return EX_OK;
}

/* The next answer, or NULL: there is none. */
static const char *next_answer(struct talk *t, char line[LINE_MAX])
{
	if (t->next < t->c->argc)
		return t->c->argv[t->next++];
	if (!isatty(STDIN_FILENO))
		return NULL;
	fputs("> ", stderr);
	if (!fgets(line, LINE_MAX, stdin))
		return NULL;
	line[strcspn(line, "\r\n")] = '\0';
	return line[0] ? line : NULL;
}

static void give_up(struct talk *t, json_t *session)
{
	json_t *rq = json_pack("{s:s,s:b,s:O}", "verb", "ussd", "close", 1, "session", session);
	json_decref(control_ask(t->socket, rq, ANSWER_MS));
	json_decref(rq);
	if (!t->c->json)
		fputs("kujdestar: the network asks for an answer and none was given: the session is closed\n",
		      stderr);
}

static int menus(struct talk *t)
{
	char line[LINE_MAX];
	while (json_is_true(json_object_get(t->last, "open"))) {
		json_t *session = json_object_get(t->last, "session");
		const char *answer = next_answer(t, line);
		if (!answer) {
			give_up(t, session);
			return EX_OK;
		}
		int status = say(t, json_pack("{s:s,s:s,s:O}", "verb", "ussd", "answer", answer, "session",
					      session));
		if (status != EX_OK)
			return status;
	}
	if (t->next >= t->c->argc)
		return EX_OK;
	fprintf(stderr, "kujdestar: the network asked nothing further: not answered: %s\n",
		t->c->argv[t->next]);
	return EX_DATAERR;
}

/* What was picked out of the answer to a configured code. */
static int figure(const struct talk *t)
{
	const json_t *read = json_object_get(t->last, "read");
	const char *amount = text_of(t->last, "amount"), *until = text_of(t->last, "until");
	if (json_is_false(read)) {
		if (!t->c->json)
			fputs("kujdestar: the expression of the configuration does not find the figure in it\n",
			      stderr);
		return EX_DATAERR;
	}
	if (!t->c->json && *amount)
		printf("credit: %s\n", amount);
	if (!t->c->json && *until)
		printf("valid until: %s\n", until);
	return EX_OK;
}

static void print_json(const struct talk *t)
{
	json_t *o = t->last ? json_deep_copy(t->last) : json_object();
	json_object_del(o, "session");
	json_object_del(o, "open");
	json_object_set(o, "steps", t->steps);
	json_dumpf(o, stdout, JSON_INDENT(1) | JSON_SORT_KEYS);
	putchar('\n');
	json_decref(o);
}

static json_t *request(struct talk *t)
{
	const struct cli *c = t->c;
	const char *what = c->argc > 1 ? c->argv[1] : "-";
	t->next = c->argc;
	if (c->argc == 2 && (strcmp(what, "--balance") == 0 || strcmp(what, "--validity") == 0))
		return json_pack("{s:s,s:s,s:s}", "verb", "ussd", "modem", t->modem, "ask", what + 2);
	if (c->argc == 3 && strcmp(what, "--topup") == 0)
		return json_pack("{s:s,s:s,s:s,s:s}", "verb", "ussd", "modem", t->modem, "ask", "topup",
				 "voucher", c->argv[2]);
	if (what[0] == '-')
		return NULL;
	t->next = 2;
	return json_pack("{s:s,s:s,s:s}", "verb", "ussd", "modem", t->modem, "code", what);
}

int cli_ussd(struct cli *c)
{
	int status;
	struct talk t = {.c = c, .modem = c->argc > 0 ? c->argv[0] : ""};
	json_t *rq = request(&t);
	if (!rq)
		return cli_usage(USAGE);
	struct config *cf = ask_config(c, &status);
	if (!cf) {
		json_decref(rq);
		return status;
	}
	t.socket = cf->control_socket;
	t.steps = json_array();
	status = say(&t, rq);
	if (status == EX_OK)
		status = menus(&t);
	if (status == EX_OK)
		status = figure(&t);
	if (c->json && t.last)
		print_json(&t);
	json_decref(t.last);
	json_decref(t.steps);
	config_free(cf);
	return status;
}
