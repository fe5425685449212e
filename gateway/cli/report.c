/* report.c - `kujdestar report attendance`: asks school by school, prints a page, CSV or data values. */
#include "gateway/cli/cli.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "gateway/cli/ask.h"
#include "gateway/cli/report.h"
#include "gateway/cli/table.h"

#define USAGE                                                                                            \
	"report attendance [--school SCHOOL] [--class CLASS] [--from DATE [--to DATE] | --week | --month] " \
	"[--csv [--pupils] | --json]\n"                                                                    \
	"       kujdestar report campaigns [--from DAY [--to DAY]] [--csv | --json]\n"                      \
	"       kujdestar report cases --quarter 2026Q4 [--csv | --json]"

struct report {
	const char *school, *class_name, *from, *to;
	bool week, month, csv, pupils, json;
	char first[16], last[16]; /* of the first answer: the same days for every school */
	json_t *sums;    /* of the data values */
	json_t *classes; /* of the page, without their days */
	int left, schools;
};

static json_t *request_of(const struct report *r, const char *school, json_int_t skip)
{
	json_t *rq = json_pack("{s:s,s:s,s:s,s:I}", "verb", "report.attendance", "school", school, "span",
			       r->week ? "week" : "month", "skip", skip);
	if (r->class_name)
		json_object_set_new(rq, "class", json_string(r->class_name));
	if (r->first[0] || r->from)
		json_object_set_new(rq, "from", json_string(r->first[0] ? r->first : r->from));
	if (r->first[0] || r->to)
		json_object_set_new(rq, "to", json_string(r->first[0] ? r->last : r->to));
	return rq;
}

static void page_school(struct report *r, const json_t *answer)
{
	size_t i;
	json_t *cls;
	if (r->schools == 0) {
		printf("Attendance, %s to %s\n\n", r->first, r->last);
		if (r->class_name)
			report_legend(stdout);
	}
	if (r->class_name)
		report_registers(answer, stdout);
	json_array_foreach(json_object_get(answer, "classes"), i, cls) {
		json_object_del(cls, "days"); /* a whole town's would be many */
		json_object_del(cls, "marks");
		json_array_append(r->classes, cls);
	}
}

static void print_school(const struct config *cf, struct report *r, const json_t *answer)
{
	snprintf(r->first, sizeof r->first, "%s", cli_text(answer, "from"));
	snprintf(r->last, sizeof r->last, "%s", cli_text(answer, "to"));
	if (r->json) {
		report_dhis2_add(cf, answer, r->sums, &r->left);
	} else if (r->csv) {
		if (r->schools == 0)
			report_csv_head(r->pupils, stdout);
		report_csv(answer, r->pupils, stdout);
	} else {
		page_school(r, answer);
	}
	r->schools++;
}

static bool first_of_school(const struct config *cf, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (strcmp(cf->classes[k].school, cf->classes[i].school) == 0)
			return false;
	return true;
}

static bool has_class(const struct config *cf, const char *school, const char *name)
{
	for (size_t i = 0; i < cf->n_classes; i++)
		if (strcmp(cf->classes[i].school, school) == 0 && strcmp(cf->classes[i].class_name, name) == 0)
			return true;
	return false;
}

static int one_school(struct cli *c, const struct config *cf, struct report *r, const char *school)
{
	int status = EX_OK;
	struct cli quiet = *c;
	quiet.json = false; /* the answer is not what is printed */
	for (json_int_t skip = 0, next = 1; next > 0 && status == EX_OK; skip = next) {
		json_t *answer = ask(&quiet, cf, request_of(r, school, skip), &status);
		if (answer && status == EX_OK)
			print_school(cf, r, answer);
		next = json_integer_value(json_object_get(answer, "next"));
		json_decref(answer);
	}
	return status;
}

static int all_schools(struct cli *c, const struct config *cf, struct report *r)
{
	int status = EX_OK;
	if (r->school)
		return one_school(c, cf, r, r->school);
	for (size_t i = 0; i < cf->n_classes && status == EX_OK; i++)
		if (first_of_school(cf, i) &&
		    (!r->class_name || has_class(cf, cf->classes[i].school, r->class_name)))
			status = one_school(c, cf, r, cf->classes[i].school);
	if (status == EX_OK && r->schools == 0) {
		fprintf(stderr, "kujdestar: no %s (kujdestar school list)\n",
			r->class_name ? "such class" : "school");
		return EX_DATAERR;
	}
	return status;
}

static bool options(struct cli *c, struct report *r)
{
	r->school = cli_option(c, "--school");
	r->class_name = cli_option(c, "--class");
	r->from = cli_option(c, "--from");
	r->to = cli_option(c, "--to");
	r->week = cli_flag(c, "--week");
	r->month = cli_flag(c, "--month");
	r->csv = cli_flag(c, "--csv");
	r->pupils = cli_flag(c, "--pupils");
	r->json = c->json;
	return cli_word(c, 0, "attendance") && c->argc == 1 && !(r->to && !r->from) &&
	       r->week + r->month + (r->from != NULL) <= 1 && !(r->csv && r->json) &&
	       (r->csv || !r->pupils);
}

int cli_report(struct cli *c)
{
	struct report r = {0};
	int status;
	if (cli_word(c, 0, "campaigns"))
		return report_campaigns(c);
	if (cli_word(c, 0, "cases"))
		return report_cases(c);
	if (!options(c, &r))
		return cli_usage(USAGE);
	struct config *cf = ask_config_store(c, &status);
	if (!cf)
		return status;
	r.sums = json_object();
	r.classes = json_array();
	status = all_schools(c, cf, &r);
	if (status == EX_OK && !r.json && !r.csv)
		report_page(r.classes, stdout);
	if (status == EX_OK && r.json) {
		json_t *set = report_dhis2(cf, r.sums);
		json_dumpf(set, stdout, JSON_INDENT(1));
		putchar('\n');
		json_decref(set);
	}
	if (r.left)
		fprintf(stderr, "kujdestar: %d %s period%s not whole between %s and %s left out\n", r.left,
			cf->dhis2_period, r.left == 1 ? "" : "s", r.first, r.last);
	json_decref(r.sums);
	json_decref(r.classes);
	config_free(cf);
	return status;
}
