/* agenda_page.h - an agenda, and the outcome of a meeting, as text, CSV and a page to print.  Pure: answers of
 * the hub (gateway/hub/verbs_agenda.c) in, text out. */
#ifndef GATEWAY_CLI_AGENDA_PAGE_H
#define GATEWAY_CLI_AGENDA_PAGE_H
#include <jansson.h>
#include <stdio.h>

void agenda_text(const json_t *answer, FILE *out);
/* RFC 4180, one table: section, and up to seven columns that the section's own head names. */
void agenda_csv(const json_t *answer, FILE *out);
/* One HTML file without any other: styles for screen and paper, everything escaped. */
void agenda_html(const json_t *answer, FILE *out);
void outcome_text(const json_t *answer, FILE *out);
void outcome_csv(const json_t *answer, FILE *out);

/* A quoted field where it must be; a field that a spreadsheet would take for a formula is made harmless. */
void agenda_csv_field(const char *s, FILE *out);
void agenda_html_text(const char *s, FILE *out);
#endif
