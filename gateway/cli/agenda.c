/* agenda.c - `kujdestar agenda`: the meetings of the group, what is on the table, minutes, what came of
 * them. */
#include "gateway/cli/cli.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "config/csv.h"
#include "gateway/cli/agenda_page.h"
#include "gateway/cli/ask.h"
#include "gateway/cli/pdf.h"
#include "gateway/cli/table.h"
#include "gateway/hub/clock.h"
#include "parser/calendar.h"

#define MINUTES_BYTES (64 * 1024)

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

static bool is_time(const char *s)
{
	char day[11];
	snprintf(day, sizeof day, "%.10s", s);
	return strlen(s) == 16 && s[10] == 'T' && is_day(day) && clock_utc_of(s) > 0;
}

static int usage(void)
{
	return cli_usage("agenda [--meeting DAY] [--csv | --json | --html FILE | --pdf FILE]\n"
			 "       kujdestar agenda --set 2026-12-10T10:00 [--place CODE] | --cancel DAY\n"
			 "       kujdestar agenda meetings | import FILE.csv\n"
			 "       kujdestar agenda minutes FILE [--meeting DAY]\n"
			 "       kujdestar agenda outcome [--meeting DAY] [--csv | --json]");
}

/* ---- files ----------------------------------------------------------------------------------- */

/* A page of a meeting is for those at its table: nobody else on this machine. */
static int write_page(const char *file, const json_t *answer)
{
	mode_t old = umask(077);
	FILE *out = fopen(file, "w");
	umask(old);
	if (out)
		agenda_html(answer, out);
	if (!out || fflush(out) != 0 || ferror(out)) {
		fprintf(stderr, "kujdestar: %s: %s\n", file, strerror(errno));
		if (out)
			fclose(out);
		return EX_CANTCREAT;
	}
	return fclose(out) == 0 ? EX_OK : EX_IOERR;
}

static int write_pdf(const char *file, const json_t *answer)
{
	char page[] = "/tmp/kujdestar-agenda-XXXXXX.html";
	int fd = mkstemps(page, 5);
	if (fd < 0) {
		fprintf(stderr, "kujdestar: %s: %s\n", page, strerror(errno));
		return EX_CANTCREAT;
	}
	close(fd);
	int status = write_page(page, answer);
	if (status == EX_OK)
		status = pdf_print(page, file);
	unlink(page);
	return status;
}

/* ---- the agenda ------------------------------------------------------------------------------ */

struct forms {
	bool csv;
	const char *html, *pdf;
};

static int show(struct cli *c, const char *verb, const char *day, const struct forms *f)
{
	bool outcome = strcmp(verb, "agenda.outcome") == 0;
	int status;
	struct config *cf = ask_config(c, &status);
	if (!cf)
		return status;
	json_t *answer = ask(c, cf, json_pack("{s:s,s:s}", "verb", verb, "day", day), &status);
	if (answer && status == EX_OK) {
		if (f->html)
			status = write_page(f->html, answer);
		else if (f->pdf)
			status = write_pdf(f->pdf, answer);
		else if (f->csv)
			(outcome ? outcome_csv : agenda_csv)(answer, stdout);
		else if (!c->json)
			(outcome ? outcome_text : agenda_text)(answer, stdout);
	}
	json_decref(answer);
	config_free(cf);
	return status;
}

/* ---- meetings -------------------------------------------------------------------------------- */

static int simple(struct cli *c, json_t *request, void (*print)(const json_t *answer))
{
	int status;
	struct config *cf = ask_config(c, &status);
	if (!cf) {
		json_decref(request);
		return status;
	}
	json_t *answer = ask(c, cf, request, &status);
	if (answer && status == EX_OK && !c->json)
		print(answer);
	json_decref(answer);
	config_free(cf);
	return status;
}

static void print_meetings(const json_t *answer)
{
	static const struct column cols[] = {{"day", "DAY"}, {"time", "TIME"}, {"place", "PLACE"},
					     {"state", "STATE"}, {"minutes", "MINUTES"}};
	cli_table(json_object_get(answer, "meetings"), cols, sizeof cols / sizeof cols[0]);
}

static void print_set(const json_t *answer)
{
	size_t i;
	json_t *row;
	json_array_foreach(json_object_get(answer, "meetings"), i, row) {
		const json_t *m = json_object_get(row, "meeting");
		printf("%s: %s %s %s\n", text_of(row, "done"), text_of(m, "day"), text_of(m, "time"),
		       text_of(m, "place"));
	}
}

static void print_one(const json_t *answer)
{
	const json_t *m = json_object_get(answer, "meeting");
	printf("cancelled: %s %s\n", text_of(m, "day"), text_of(m, "time"));
}

static int set(struct cli *c, const char *at, const char *place)
{
	int status;
	struct config *cf = ask_config(c, &status); /* its time zone */
	if (!cf)
		return status;
	config_free(cf);
	if (!is_time(at)) {
		fprintf(stderr, "kujdestar: \"%s\" is no local time like 2026-12-10T10:00\n", at);
		return EX_USAGE;
	}
	if (strlen(place) > 11) {
		fputs("kujdestar: --place is a code of at most 11 characters\n", stderr);
		return EX_USAGE;
	}
	return simple(c, json_pack("{s:s,s:[{s:s,s:s}]}", "verb", "meeting.set", "rows", "at", at, "place", place),
		      print_set);
}

struct import {
	json_t *rows;
	struct cfg_faults *f;
	const char *file;
};

static int take_row(void *arg, int line, const char **fields)
{
	struct import *m = arg;
	char at[64];
	snprintf(at, sizeof at, "%.20sT%.20s", fields[0], fields[1]);
	if (!is_time(at))
		cfg_fault(m->f, m->file, line, "day, time",
			  "\"%.20s\", \"%.20s\" is no local time like 2026-12-10, 10:00", fields[0], fields[1]);
	else if (strlen(fields[2]) > 11)
		cfg_fault(m->f, m->file, line, "place", "a code of at most 11 characters");
	else
		json_array_append_new(m->rows, json_pack("{s:s,s:s}", "at", at, "place", fields[2]));
	return 0;
}

static int import(struct cli *c, const char *file)
{
	struct cfg_arena arena = {0};
	struct cfg_faults faults = {.err = stderr};
	struct import m = {json_array(), &faults, file};
	int status;
	struct config *cf = ask_config(c, &status);
	if (!cf) {
		json_decref(m.rows);
		return status;
	}
	config_free(cf);
	int n = cfg_csv_read(file, "day time place", &arena, &faults, take_row, &m);
	n = faults.n > n ? faults.n : n;
	cfg_arena_free(&arena);
	if (n > 0) {
		fprintf(stderr, "kujdestar: %s: %d fault%s; nothing was imported\n", file, n, n == 1 ? "" : "s");
		json_decref(m.rows);
		return EX_DATAERR;
	}
	return simple(c, json_pack("{s:s,s:o}", "verb", "meeting.set", "rows", m.rows), print_set);
}

/* ---- minutes --------------------------------------------------------------------------------- */

static json_t *read_minutes(const char *file)
{
	static char text[MINUTES_BYTES + 2];
	FILE *in = strcmp(file, "-") == 0 ? stdin : fopen(file, "r");
	if (!in) {
		fprintf(stderr, "kujdestar: %s: %s\n", file, strerror(errno));
		return NULL;
	}
	size_t n = fread(text, 1, sizeof text - 1, in);
	bool bad = ferror(in);
	if (in != stdin)
		fclose(in);
	if (bad || n > MINUTES_BYTES) {
		fprintf(stderr, "kujdestar: %s:1: %s\n", file, bad ? "cannot be read" : "longer than 64 KiB");
		return NULL;
	}
	json_t *s = json_stringn(text, n);
	if (!s)
		fprintf(stderr, "kujdestar: %s:1: is no UTF-8 text\n", file);
	return s;
}

static void print_faults(const json_t *answer, const char *file)
{
	size_t i;
	json_t *row;
	json_array_foreach(json_object_get(answer, "faults"), i, row)
		fprintf(stderr, "%s:%lld: %s\n", file,
			(long long)json_integer_value(json_object_get(row, "line")), text_of(row, "fault"));
}

static int minutes(struct cli *c, const char *file, const char *day)
{
	int status;
	json_t *text = read_minutes(file);
	if (!text)
		return EX_NOINPUT;
	struct config *cf = ask_config(c, &status);
	if (!cf) {
		json_decref(text);
		return status;
	}
	json_t *answer = ask(c, cf, json_pack("{s:s,s:s,s:o}", "verb", "agenda.minutes", "day", day, "text", text),
			     &status);
	if (answer && status != EX_OK && !c->json)
		print_faults(answer, file);
	if (answer && status == EX_OK && !c->json)
		printf("%lld tasks set, %lld moved, %lld stood already, %lld carried to the next meeting\n",
		       (long long)json_integer_value(json_object_get(answer, "set")),
		       (long long)json_integer_value(json_object_get(answer, "moved")),
		       (long long)json_integer_value(json_object_get(answer, "already")),
		       (long long)json_integer_value(json_object_get(answer, "carried")));
	json_decref(answer);
	config_free(cf);
	return status;
}

int cli_agenda(struct cli *c)
{
	const char *day = cli_option(c, "--meeting"), *at = cli_option(c, "--set");
	const char *place = cli_option(c, "--place"), *off = cli_option(c, "--cancel");
	struct forms f = {.html = cli_option(c, "--html"), .pdf = cli_option(c, "--pdf")};
	f.csv = cli_flag(c, "--csv");
	if ((day && !is_day(day)) || (off && !is_day(off)) || (place && !at) ||
	    (f.csv + c->json + (f.html != NULL) + (f.pdf != NULL) > 1))
		return usage();
	if (at && c->argc == 0 && !day && !off)
		return set(c, at, place ? place : "");
	if (off && c->argc == 0 && !day)
		return simple(c, json_pack("{s:s,s:s}", "verb", "meeting.cancel", "day", off), print_one);
	if (at || off)
		return usage();
	if (c->argc == 0)
		return show(c, "agenda", day ? day : "", &f);
	if (cli_word(c, 0, "outcome") && c->argc == 1 && !f.html && !f.pdf)
		return show(c, "agenda.outcome", day ? day : "", &f);
	if (cli_word(c, 0, "meetings") && c->argc == 1)
		return simple(c, json_pack("{s:s}", "verb", "meeting.list"), print_meetings);
	if (cli_word(c, 0, "import") && c->argc == 2)
		return import(c, c->argv[1]);
	if (cli_word(c, 0, "minutes") && c->argc == 2)
		return minutes(c, c->argv[1], day ? day : "");
	return usage();
}
