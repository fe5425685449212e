/* parse_command.c - `kujdestar parse`: options, and the configuration's roster as the senders. */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "gateway/cli/ask.h"
#include "gateway/cli/cli.h"
#include "gateway/cli/parse.h"

#define USAGE "parse [--json] [--from CONTACT] [--explain] [--expect FILE] [TEXT...]"

static bool sender(void *arg, const char *id_or_number, struct parser_sender *out)
{
	return config_sender(arg, id_or_number, out);
}

static bool join_words(const struct cli *c, int from, char *out, size_t max)
{
	size_t at = 0;
	out[0] = '\0';
	for (int i = from; i < c->argc; i++) {
		int n = snprintf(out + at, max - at, "%s%s", i > from ? " " : "", c->argv[i]);
		if (n < 0 || (size_t)n >= max - at)
			return false;
		at += (size_t)n;
	}
	return true;
}

static int expect(const struct parse_job *job, const char *file)
{
	struct parse_score score = {0};
	if (!parse_expect(job, file, stdout, &score)) {
		fprintf(stderr, "kujdestar: %s: cannot be read\n", file);
		return EX_NOINPUT;
	}
	return score.wrong ? EX_DATAERR : EX_OK;
}

static int carry_out(const struct cli *c, const struct parse_job *job, const char *from, const char *file,
		     bool explain, int first)
{
	char text[PARSER_TEXT_MAX];
	if (file)
		return expect(job, file);
	if (first == c->argc)
		return parse_stream(job, stdin, stdout) < 0 ? EX_IOERR : EX_OK;
	if (!join_words(c, first, text, sizeof text))
		return cli_usage("the text is longer than ten segments");
	return parse_text(job, from, text, explain, stdout) ? EX_OK : EX_USAGE;
}

int cli_parse(struct cli *c)
{
	const char *from = "", *file = NULL;
	bool explain = false;
	int i = 0;
	for (; i < c->argc && strncmp(c->argv[i], "--", 2) == 0; i++) {
		const char *value = i + 1 < c->argc ? c->argv[i + 1] : NULL;
		if (strcmp(c->argv[i], "--explain") == 0)
			explain = true;
		else if (strcmp(c->argv[i], "--from") == 0 && value)
			from = c->argv[++i];
		else if (strcmp(c->argv[i], "--expect") == 0 && value)
			file = c->argv[++i];
		else
			return cli_usage(USAGE);
	}
	if (i == c->argc && !c->json && !file)
		return cli_usage(USAGE);
	int status;
	struct config *cf = ask_config(c, &status);
	if (!cf)
		return status;
	struct parse_job job = {cf->world, sender, cf, cf->timezone, ask_now()};
	/* Without --from the first of the roster file speaks, so that a text can be tried at once. */
	if (!from[0] && cf->n_roster > 0)
		from = cf->roster[0].id;
	status = carry_out(c, &job, from, file, explain, i);
	config_free(cf);
	return status;
}
