/* places.c - `kujdestar school` and `kujdestar calendar`: imports that say what they change, lists, a
 * month on a page. */
#include "gateway/cli/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "gateway/cli/ask.h"
#include "gateway/cli/table.h"

static int number(const json_t *o, const char *name)
{
	return (int)json_integer_value(json_object_get(o, name));
}

/* ---- imports --------------------------------------------------------------------------------- */

/* Rows have several faults each; "file:line:" tells the rows apart, and faults come in their order. */
static int faulty_rows(const char *file, const char *words)
{
	size_t n = strlen(file);
	long last = -1;
	int rows = 0;
	for (const char *line = words; *line; line = strchrnul(line, '\n'), line += *line == '\n') {
		if (strncmp(line, file, n) != 0 || line[n] != ':')
			continue;
		long at = strtol(line + n + 1, NULL, 10);
		rows += at != last;
		last = at;
	}
	return rows;
}

static int collect_class(void *arg, const struct config_class_row *r)
{
	return json_array_append_new(arg, json_pack("{s:s,s:s,s:i,s:s,s:s}", "school", r->school, "class",
						    r->class_name, "register", r->register_size, "shift",
						    r->shift, "zone", r->zone));
}

static int collect_day(void *arg, const struct config_day_row *r)
{
	return json_array_append_new(arg, json_pack("{s:s,s:s,s:s,s:s,s:s}", "kind", r->kind, "from", r->from,
						    "to", r->to, "school", r->school, "why", r->why));
}

struct import {
	const char *verb, *file;
	bool dry, complete, skip;
	bool days;               /* a calendar, not classes */
};

/* All rows, or NULL after saying why not; *left: how many were left out. */
static json_t *read_rows(const struct config *cf, const struct import *m, int *left)
{
	char *words = NULL;
	size_t len = 0;
	FILE *err = open_memstream(&words, &len);
	json_t *rows = json_array();
	int faults = !err ? 1 :
		     m->days ? config_read_calendar(cf, m->file, collect_day, rows, err) :
			       config_read_schools(cf, m->file, collect_class, rows, err);
	if (err)
		fclose(err);
	fputs(words ? words : "", stderr);
	*left = words ? faulty_rows(m->file, words) : 0;
	free(words);
	if (faults && (!m->skip || json_array_size(rows) == 0))
		fprintf(stderr, "kujdestar: %s: %d fault%s; nothing was imported\n", m->file, faults,
			faults == 1 ? "" : "s");
	else if (json_array_size(rows) == 0)
		fprintf(stderr, "kujdestar: %s: no row in it; nothing was imported\n", m->file);
	else
		return rows;
	json_decref(rows);
	return NULL;
}

static void print_class(const char *what, const json_t *o)
{
	const char *was = cli_text(o, "was"), *zone = cli_text(o, "zone");
	printf("%-8s %s %s: %d pupils, %s%s%s", what, cli_text(o, "school"), cli_text(o, "class"),
	       number(o, "register"), cli_text(o, "shift"), *zone ? ", " : "", zone);
	printf(*was ? " (was %s)\n" : "\n", was);
}

static void print_day(const char *what, const json_t *o)
{
	const char *school = cli_text(o, "school"), *why = cli_text(o, "why"), *was = cli_text(o, "was");
	printf("%-8s %s %s to %s, %s%s%s", what, cli_text(o, "kind"), cli_text(o, "from"), cli_text(o, "to"),
	       *school ? school : "all schools", *why ? ": " : "", why);
	printf(*was ? " (was %s)\n" : "\n", was);
}

static size_t print_list(const json_t *answer, const struct import *m, const char *list, const char *what)
{
	const json_t *rows = json_object_get(answer, list);
	size_t i;
	json_t *o;
	json_array_foreach(rows, i, o) {
		if (m->days)
			print_day(what, o);
		else
			print_class(what, o);
	}
	return json_array_size(rows);
}

static void print_untouched(const json_t *answer, const struct import *m)
{
	const json_t *rows = json_object_get(answer, "untouched");
	size_t n = json_array_size(rows), i;
	json_t *o;
	if (n == 0)
		return;
	if (m->days) {
		printf("%zu earlier row%s not in the file, left as they are (--complete ends them)\n", n,
		       n == 1 ? "" : "s");
		return;
	}
	json_array_foreach(rows, i, o) {
		printf("%s%s", i ? " " : "", json_string_value(o));
	}
	puts(": not in the file, left as they are (--complete closes their classes)");
}

static void print_import(const json_t *answer, const struct import *m, int left)
{
	size_t added = print_list(answer, m, "added", "added");
	size_t changed = print_list(answer, m, "changed", "changed");
	size_t gone = print_list(answer, m, "gone", m->days ? "ended" : "closed");
	printf("%zu added, %zu changed, %zu gone, %d as before\n", added, changed, gone,
	       number(answer, "same"));
	print_untouched(answer, m);
	if (left)
		printf("%d faulty row%s left out; so nothing was %s\n", left, left == 1 ? "" : "s",
		       m->days ? "ended" : "closed");
	if (m->dry)
		puts("nothing was written (--dry-run)");
}

/* What is in the store and yet not at work is no success. */
static int in_force(const json_t *answer)
{
	if (!json_is_false(json_object_get(answer, "in_force")))
		return EX_OK;
	fputs("kujdestar: imported, but not in force: the configuration's files have faults (kujdestar "
	      "check); mend them and reload\n", stderr);
	return EX_CONFIG;
}

static int import(struct cli *c, const struct import *m)
{
	int status, left = 0;
	struct config *cf = ask_config_store(c, &status);
	if (!cf)
		return status;
	json_t *rows = read_rows(cf, m, &left);
	if (!rows) {
		config_free(cf);
		return EX_DATAERR;
	}
	json_t *answer = ask(c, cf, json_pack("{s:s,s:o,s:b,s:b,s:b}", "verb", m->verb, "rows", rows, "dry",
					      m->dry, "complete", m->complete, "partial", left > 0),
			     &status);
	if (answer && status == EX_OK) {
		if (!c->json)
			print_import(answer, m, left);
		status = in_force(answer);
	}
	json_decref(answer);
	config_free(cf);
	return status;
}

static bool import_options(struct cli *c, struct import *m)
{
	m->dry = cli_flag(c, "--dry-run");
	m->complete = cli_flag(c, "--complete");
	m->skip = cli_flag(c, "--skip-faulty");
	if (!cli_word(c, 0, "import") || c->argc != 2 || c->argv[1][0] == '-')
		return false;
	m->file = c->argv[1];
	return true;
}

int cli_school(struct cli *c)
{
	static const struct column cols[] = {{"school", "SCHOOL"},     {"class", "CLASS"},
					     {"register", "REGISTER"}, {"shift", "SHIFT"},
					     {"deadline", "DEADLINE"}, {"zone", "ZONE"},
					     {"closed", "CLOSED"}};
	struct import m = {.verb = "school.import"};
	if (cli_word(c, 0, "list") && c->argc == 1)
		return ask_and_show(c, json_pack("{s:s}", "verb", "school.list"), "classes", cols,
			      sizeof cols / sizeof cols[0]);
	if (import_options(c, &m))
		return import(c, &m);
	return cli_usage("school list | import [--dry-run] [--complete] [--skip-faulty] FILE.csv");
}

/* ---- calendar -------------------------------------------------------------------------------- */

static int calendar_add(struct cli *c, bool dry)
{
	struct import m = {.dry = dry, .days = true};
	const char *school = cli_option(c, "--school"), *why = cli_option(c, "--why");
	int status;
	if (c->argc < 3 || c->argc > 4)
		return cli_usage("calendar add term|holiday|closure|open FROM [TO] [--school SCHOOL] "
				 "[--why WORDS] [--dry-run]");
	struct config *cf = ask_config_store(c, &status);
	if (!cf)
		return status;
	json_t *row = json_pack("{s:s,s:s,s:s,s:s,s:s}", "kind", c->argv[1], "from", c->argv[2], "to",
				c->argv[c->argc - 1], "school", school ? school : "", "why",
				why ? why : "");
	json_t *answer = ask(c, cf, json_pack("{s:s,s:[o],s:b}", "verb", "calendar.import", "rows", row,
					      "dry", m.dry), &status);
	if (answer && status == EX_OK) {
		json_object_del(answer, "untouched");
		if (!c->json)
			print_import(answer, &m, 0);
		status = in_force(answer);
	}
	json_decref(answer);
	config_free(cf);
	return status;
}

static const char *const months[] = {"January",   "February", "March",    "April",    "May",      "June", "July",
				     "August",    "September", "October", "November", "December"};

/* A month as a page: "18" a school day, "21 x" none, "5 +" one in spite of the weekday. */
static void print_month(const json_t *answer)
{
	const json_t *days = json_object_get(answer, "days"), *first = json_array_get(days, 0);
	const char *month = cli_text(answer, "month"), *school = cli_text(answer, "school");
	long m = strtol(month + 5, NULL, 10);
	size_t i, count = 0;
	json_t *o;
	json_array_foreach(days, i, o) {
		count += json_is_true(json_object_get(o, "school"));
	}
	printf("%s %.4s, %s: %zu school days\n", months[m >= 1 && m <= 12 ? m - 1 : 0], month,
	       *school ? school : "all schools", count);
	puts("Mon  Tue  Wed  Thu  Fri  Sat  Sun");
	printf("%*s", 5 * (number(first, "weekday") - 1), "");
	json_array_foreach(days, i, o) {
		bool lessons = json_is_true(json_object_get(o, "school"));
		int weekday = number(o, "weekday");
		printf("%2zu %c%s", i + 1, lessons ? (weekday > 5 ? '+' : ' ') : 'x',
		       weekday == 7 || i + 1 == json_array_size(days) ? "\n" : " ");
	}
	puts("x no school, + school at a weekend");
	json_array_foreach(json_object_get(answer, "rows"), i, o) {
		print_day("", o);
	}
}

static int calendar_show(struct cli *c)
{
	const char *school = cli_option(c, "--school");
	int status;
	if (c->argc != 2)
		return cli_usage("calendar show MONTH [--school SCHOOL]   as 2026-11");
	struct config *cf = ask_config_store(c, &status);
	if (!cf)
		return status;
	json_t *answer = ask(c, cf, json_pack("{s:s,s:s,s:s}", "verb", "calendar.show", "month", c->argv[1],
					      "school", school ? school : ""), &status);
	if (answer && status == EX_OK && !c->json)
		print_month(answer);
	json_decref(answer);
	config_free(cf);
	return status;
}

int cli_calendar(struct cli *c)
{
	static const struct column cols[] = {{"id", "ID"},         {"kind", "KIND"}, {"from", "FROM"},
					     {"to", "TO"},         {"school", "SCHOOL"},
					     {"why", "WHY"}};
	struct import m = {.verb = "calendar.import", .days = true};
	char *end;
	if (cli_word(c, 0, "list") && c->argc == 1)
		return ask_and_show(c, json_pack("{s:s}", "verb", "calendar.list"), "days", cols,
			      sizeof cols / sizeof cols[0]);
	if (cli_word(c, 0, "show"))
		return calendar_show(c);
	if (cli_word(c, 0, "end") && c->argc == 2) {
		long id = strtol(c->argv[1], &end, 10);
		if (*end || id <= 0)
			return cli_usage("calendar end ID   (kujdestar calendar list)");
		return ask_and_show(c, json_pack("{s:s,s:I}", "verb", "calendar.end", "id", (json_int_t)id), NULL,
			      NULL, 0);
	}
	if (import_options(c, &m))
		return import(c, &m);
	if (cli_word(c, 0, "add"))
		return calendar_add(c, m.dry);
	return cli_usage("calendar list | show MONTH [--school SCHOOL] | import [--dry-run] [--complete] "
			 "[--skip-faulty] FILE.csv | add KIND FROM [TO] [--school SCHOOL] [--why WORDS] | "
			 "end ID");
}
