/* report.h - what is printed of an attendance report: a page, CSV, data values for DHIS2.  Pure: answers of the
 * hub (gateway/hub/verbs_report.c) in, text out. */
#ifndef GATEWAY_CLI_REPORT_H
#define GATEWAY_CLI_REPORT_H
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include "config/config.h"
#include "gateway/cli/cli.h"

/* report_sheets.c: the other reports, by subcommand. */
int report_campaigns(struct cli *c);
int report_cases(struct cli *c);
int report_case_export(struct cli *c);

/* The register of each class of an answer; then, of the classes of all answers, rates a week, silent
 * classes, who is over a threshold. */
void report_registers(const json_t *answer, FILE *out);
void report_page(const json_t *classes, FILE *out);
void report_legend(FILE *out);
/* CSV (RFC 4180) with Ed-Fi's names of attendance: a row a class and school day, or a row a pupil who
 * was not simply present. */
void report_csv_head(bool pupils, FILE *out);
void report_csv(const json_t *answer, bool pupils, FILE *out);
/* DHIS2's dataValueSets: gathered over schools into sums (a new object), then written out. left: periods that
 * lie in the span with a part only, which are not written. */
void report_dhis2_add(const struct config *cf, const json_t *answer, json_t *sums, int *left);
json_t *report_dhis2(const struct config *cf, const json_t *sums);
#endif
