/* report_sheets.c - `kujdestar report campaigns`, `report cases`, `case export`. */
#include "gateway/cli/cli.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "gateway/cli/ask.h"
#include "gateway/cli/contact_secret.h"
#include "gateway/cli/report.h"
#include "gateway/cli/sheets.h"
#include "gateway/cli/table.h"

typedef void print_fn(const json_t *answer, FILE *out);

/* One request, one answer, printed as a page or as CSV; --json prints it as it is. */
static int one(struct cli *c, json_t *request, bool csv, print_fn *page, print_fn *table)
{
	int status;
	struct config *cf = ask_config_store(c, &status);
	if (!cf) {
		json_decref(request);
		return status;
	}
	json_t *answer = ask(c, cf, request, &status);
	if (answer && status == EX_OK && !c->json)
		(csv ? table : page)(answer, stdout);
	json_decref(answer);
	config_free(cf);
	return status;
}

int report_campaigns(struct cli *c)
{
	const char *from = cli_option(c, "--from"), *to = cli_option(c, "--to");
	bool csv = cli_flag(c, "--csv");
	if (c->argc != 1 || (csv && c->json) || (to && !from))
		return cli_usage("report campaigns [--from DAY [--to DAY]] [--csv | --json]");
	return one(c, json_pack("{s:s,s:s,s:s}", "verb", "report.campaigns", "from", from ? from : "", "to",
				to ? to : ""),
		   csv, sheet_campaigns, sheet_campaigns_csv);
}

int report_cases(struct cli *c)
{
	const char *quarter = cli_option(c, "--quarter");
	bool csv = cli_flag(c, "--csv");
	if (c->argc != 1 || !quarter || (csv && c->json))
		return cli_usage("report cases --quarter 2026Q4 [--csv | --json]");
	return one(c, json_pack("{s:s,s:s}", "verb", "report.cases", "quarter", quarter), csv, sheet_quarter,
		   sheet_quarter_csv);
}

int report_case_export(struct cli *c)
{
	const char *as = cli_option(c, "--as");
	int status;
	if (c->argc != 1 || !as)
		return cli_usage("case export --as COORDINATOR [--json]");
	struct config *cf = ask_config(c, &status);
	if (!cf)
		return status;
	struct cli quiet = *c;
	quiet.json = false;
	json_t *all = json_array(), *proof = contact_prove(c, cf, as, &status);
	bool more = proof != NULL;
	for (json_int_t after = 0; more && status == EX_OK;) {
		json_t *answer = ask(&quiet, cf, json_pack("{s:s,s:s,s:I,s:O}", "verb", "case.export", "as", as, "after",
							   after, "hash", proof), &status);
		more = answer && status == EX_OK && json_is_true(json_object_get(answer, "more"));
		if (answer && status == EX_OK)
			json_array_extend(all, json_object_get(answer, "cases"));
		after = json_integer_value(json_object_get(answer, "last"));
		json_decref(answer);
	}
	if (status == EX_OK && c->json) {
		json_dumpf(all, stdout, JSON_INDENT(1));
		putchar('\n');
	} else if (status == EX_OK) {
		sheet_cases_csv(all, true, stdout);
	}
	json_decref(proof);
	json_decref(all);
	config_free(cf);
	return status;
}
