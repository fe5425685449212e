/* sheets.h - what is printed of the group's sheets: whom campaigns reached, the counts of a quarter, cases taken
 * out.  Pure: answers of the hub (gateway/hub/verbs_sheets.c) in, text out. */
#ifndef GATEWAY_CLI_SHEETS_H
#define GATEWAY_CLI_SHEETS_H
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

void sheet_campaigns(const json_t *answer, FILE *out);
void sheet_campaigns_csv(const json_t *answer, FILE *out);
/* A count that was left out is "*", in CSV too. */
void sheet_quarter(const json_t *answer, FILE *out);
void sheet_quarter_csv(const json_t *answer, FILE *out);
void sheet_cases_csv(const json_t *rows, bool head, FILE *out);
#endif
