/* ussd_try.c - `kujdestar ussd try`: plays the menus in the terminal, screen by screen, as a telephone
 * would show them.  Opens no store; with --commit a finished report is handed to the running gateway. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "gateway/cli/ask.h"
#include "gateway/cli/ussd_menu.h"
#include "parser/gsm7.h"

#define USAGE "ussd try [--from CONTACT] [--lang sq|en] [--limit SEPTETS] [--commit]"
#define LINE_BYTES 1024

struct options {
	const char *from, *lang;
	long limit;
	bool commit;
};

static bool take_options(struct cli *c, struct options *o)
{
	char *end;
	for (int i = 0; i < c->argc; i++) {
		const char *value = i + 1 < c->argc ? c->argv[i + 1] : NULL;
		if (strcmp(c->argv[i], "--commit") == 0) {
			o->commit = true;
			continue;
		}
		if (!value)
			return false;
		if (strcmp(c->argv[i], "--from") == 0)
			o->from = value;
		else if (strcmp(c->argv[i], "--lang") == 0)
			o->lang = value;
		else if (strcmp(c->argv[i], "--limit") == 0)
			o->limit = strtol(value, &end, 10);
		else
			return false;
		i++;
	}
	return o->limit >= SCREEN_LEAST && o->limit <= 182;
}

static void put_screen(const struct cli *c, const struct walk_screen *s)
{
	long septets = gsm7_count(s->text, strlen(s->text));
	if (c->json) {
		json_t *o = json_pack("{s:s,s:b,s:I,s:s,s:s}", "text", s->text, "end", s->end, "septets",
				      (json_int_t)septets, "form", s->form, "screen", s->name);
		json_dumpf(o, stdout, JSON_COMPACT);
		putchar('\n');
		json_decref(o);
	} else {
		printf("%s\n[%ld septets%s]\n", s->text, septets, s->end ? ", end" : "");
	}
	fflush(stdout);
}

static int commit(const struct config *cf, const char *from, const char *report)
{
	json_t *answer = ask_hub(cf, json_pack("{s:s,s:s,s:s}", "verb", "text", "from", from, "text", report));
	int status = EX_OK;
	if (!answer) {
		fprintf(stderr, "kujdestar: %s: %s: is the gateway running?\n", cf->control_socket,
			strerror(errno));
		status = EX_UNAVAILABLE;
	} else if (!json_is_true(json_object_get(answer, "ok"))) {
		fprintf(stderr, "kujdestar: %s\n", json_string_value(json_object_get(answer, "error")));
		status = EX_DATAERR;
	}
	json_decref(answer);
	return status;
}

static int play(const struct cli *c, struct menu_play *p, const struct options *o)
{
	char line[LINE_BYTES];
	struct walk_screen s;
	int status = EX_OK;
	menu_play_screen(p, NULL, 0, &s);
	put_screen(c, &s);
	while (!s.end && status == EX_OK) {
		if (isatty(STDIN_FILENO) && !c->json)
			fputs("> ", stdout);
		fflush(stdout);
		if (!fgets(line, sizeof line, stdin))
			break;
		size_t n = strcspn(line, "\n");
		if (!c->json && !isatty(STDIN_FILENO))
			printf("> %.*s\n", (int)n, line);
		/* the report itself, before it is answered as if it had been sent */
		struct walk ahead = p->walk;
		struct walk_screen report;
		bool sends = walk_answer(&p->set, &ahead, line, n, &report) == WALK_CARRY_OUT && !report.proves;
		if (sends && o->commit)
			status = commit(p->cf, o->from, report.report);
		menu_play_screen(p, line, n, &s);
		put_screen(c, &s);
	}
	return status;
}

int cli_ussd_try(struct cli *c)
{
	static struct menu_play p; /* 20 KB */
	struct options o = {.from = "", .lang = "", .limit = 182};
	int status;
	if (!take_options(c, &o))
		return cli_usage(USAGE);
	struct config *cf = ask_config(c, &status);
	if (!cf)
		return status;
	if (!o.from[0] && cf->n_roster > 0)
		o.from = cf->roster[0].id;
	menu_play_start(&p, cf, o.from, o.lang, (int)o.limit);
	status = play(c, &p, &o);
	config_free(cf);
	return status;
}
