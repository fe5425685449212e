/* sheets.c - the group's sheets as text and CSV.  See sheets.h. */
#include "gateway/cli/sheets.h"

#include <string.h>

#include "gateway/cli/agenda_page.h"
#include "gateway/cli/table.h"

static long long number(const json_t *o, const char *name)
{
	return (long long)json_integer_value(json_object_get(o, name));
}

static void csv_row(FILE *out, const char *const *fields, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		agenda_csv_field(fields[i], out);
		fputs(i + 1 < n ? "," : "\r\n", out);
	}
}

/* ---- campaigns ------------------------------------------------------------------------------- */

static const struct column sessions[] = {
	{"day", "DAY"},		  {"school", "SCHOOL"},	  {"zone", "ZONE"},
	{"participants", "ALL"},  {"pupils", "PUPILS"},	  {"parents", "PARENTS"},
	{"reports_before", "REPORTS BEFORE"}, {"reports_after", "REPORTS AFTER"}, {"running", "RUNNING"}};
#define SESSIONS (sizeof sessions / sizeof sessions[0])

void sheet_campaigns(const json_t *answer, FILE *out)
{
	size_t i;
	json_t *zone;
	fprintf(out, "Campaigns, %s to %s\n\n", cli_text(answer, "from"), cli_text(answer, "to"));
	fprintf(out, "sessions            %lld\n", number(answer, "sessions"));
	fprintf(out, "schools reached     %lld of %lld\n", number(answer, "schools_reached"),
		number(answer, "schools"));
	fprintf(out, "participants        %lld (said to be pupils %lld, parents %lld)\n",
		number(answer, "participants"), number(answer, "pupils"), number(answer, "parents"));
	fputs("zones not reached for 60 days: ", out);
	json_array_foreach(json_object_get(answer, "zones_not_reached"), i, zone)
		fprintf(out, "%s%s", i ? " " : "", json_string_value(zone));
	fputs(json_array_size(json_object_get(answer, "zones_not_reached")) ? "\n\n" : "none\n\n", out);
	fflush(out);
	cli_table(json_object_get(answer, "rows"), sessions, SESSIONS);
	if (json_is_true(json_object_get(answer, "cut")))
		fputs("There are more: ask for a shorter time.\n", out);
	fputs("\nReports are the texts of that school's people in the 14 days before and after a session;\n"
	      "running: those days are not over.\n", out);
}

void sheet_campaigns_csv(const json_t *answer, FILE *out)
{
	size_t i;
	json_t *row;
	const char *head[SESSIONS], *fields[SESSIONS];
	static char words[SESSIONS][24];
	for (size_t k = 0; k < SESSIONS; k++)
		head[k] = sessions[k].key;
	csv_row(out, head, SESSIONS);
	json_array_foreach(json_object_get(answer, "rows"), i, row) {
		for (size_t k = 0; k < SESSIONS; k++) {
			const json_t *v = json_object_get(row, sessions[k].key);
			if (json_is_integer(v))
				snprintf(words[k], sizeof words[k], "%lld", (long long)json_integer_value(v));
			else
				snprintf(words[k], sizeof words[k], "%.23s",
					 json_is_boolean(v) ? json_is_true(v) ? "yes" : "no"
					 : json_is_string(v) ? json_string_value(v) : "");
			fields[k] = words[k];
		}
		csv_row(out, fields, SESSIONS);
	}
}

/* ---- the quarter ----------------------------------------------------------------------------- */

static const char *count(const json_t *v, char words[24])
{
	if (json_is_integer(v))
		snprintf(words, 24, "%lld", (long long)json_integer_value(v));
	else
		snprintf(words, 24, "*");
	return words;
}

static bool all_zero(const json_t *row)
{
	const char *key;
	json_t *v;
	json_object_foreach((json_t *)row, key, v)
		if (!json_is_integer(v) || json_integer_value(v) != 0)
			return false;
	return true;
}

static void page_table(const json_t *answer, const json_t *table, FILE *out)
{
	const char *rows = cli_text(table, "rows"), *columns = cli_text(table, "columns"), *group, *key;
	const json_t *totals = json_object_get(answer, "totals");
	json_t *row, *v;
	char words[24];
	fprintf(out, "\n%s by %s\n%-22s", rows, columns, "");
	json_object_foreach(json_object_get(totals, columns), key, v)
		fprintf(out, " %20s", key);
	fprintf(out, " %8s\n", "total");
	json_object_foreach(json_object_get(table, "counts"), group, row) {
		if (all_zero(row))
			continue; /* all there is of it is in its total, a nought */
		fprintf(out, "%-22s", group);
		json_object_foreach(row, key, v)
			fprintf(out, " %20s", count(v, words));
		fprintf(out, " %8s\n", count(json_object_get(json_object_get(totals, rows), group), words));
	}
	fprintf(out, "%-22s", "total");
	json_object_foreach(json_object_get(totals, columns), key, v)
		fprintf(out, " %20s", count(v, words));
	fprintf(out, " %8s\n", count(json_object_get(answer, "cases"), words));
}

void sheet_quarter(const json_t *answer, FILE *out)
{
	size_t i;
	json_t *table, *v;
	const char *key;
	char words[24];
	fprintf(out, "Cases of %s, %s to %s%s\n", cli_text(answer, "quarter"), cli_text(answer, "from"), cli_text(answer, "to"),
		json_is_true(json_object_get(answer, "running")) ? " (not over yet)" : "");
	fprintf(out, "open at some time in it: %s\n", count(json_object_get(answer, "cases"), words));
	json_array_foreach(json_object_get(answer, "tables"), i, table)
		page_table(answer, table, out);
	fprintf(out, "\nassisted returns that ended: %s\n", count(json_object_get(answer, "returns_ended"), words));
	json_object_foreach(json_object_get(answer, "returns"), key, v)
		fprintf(out, "  %-20s %8s\n", key, count(v, words));
	fputs("\n*: left out, because a count below five could be seen or worked out.  Each case counts once, under\n"
	      "the first concern reported; what stands here is of the whole town.\n", out);
}

void sheet_quarter_csv(const json_t *answer, FILE *out)
{
	static const char *const head[] = {"quarter", "rows", "row", "columns", "column", "cases"};
	const json_t *totals = json_object_get(answer, "totals");
	const char *by, *group, *key, *q = cli_text(answer, "quarter");
	char words[24];
	json_t *one, *row, *v, *table;
	size_t i;
	csv_row(out, head, 6);
	csv_row(out, (const char *const[]){q, "", "", "", "", count(json_object_get(answer, "cases"), words)}, 6);
	json_object_foreach((json_t *)totals, by, one)
		json_object_foreach(one, group, v)
			csv_row(out, (const char *const[]){q, by, group, "", "", count(v, words)}, 6);
	json_array_foreach(json_object_get(answer, "tables"), i, table)
		json_object_foreach(json_object_get(table, "counts"), group, row)
			json_object_foreach(row, key, v)
				csv_row(out, (const char *const[]){q, cli_text(table, "rows"), group,
								   cli_text(table, "columns"), key, count(v, words)}, 6);
	csv_row(out, (const char *const[]){q, "returns ended", "", "", "",
					   count(json_object_get(answer, "returns_ended"), words)}, 6);
	json_object_foreach(json_object_get(answer, "returns"), key, v)
		csv_row(out, (const char *const[]){q, "returns ended", key, "", "", count(v, words)}, 6);
}

/* ---- cases ----------------------------------------------------------------------------------- */

void sheet_cases_csv(const json_t *rows, bool head, FILE *out)
{
	static const char *const keys[] = {"case", "state", "risk", "concerns", "zone",
					   "sex",  "age_band", "opened", "in_school"};
	const char *fields[9];
	size_t i;
	json_t *row;
	if (head)
		csv_row(out, keys, 9);
	json_array_foreach((json_t *)rows, i, row) {
		for (size_t k = 0; k < 9; k++) {
			const json_t *v = json_object_get(row, keys[k]);
			fields[k] = json_is_boolean(v) ? json_is_true(v) ? "yes" : "no" : cli_text(row, keys[k]);
		}
		csv_row(out, fields, 9);
	}
}
