/* report_export.c - an attendance report for other programs: CSV and DHIS2's data values.  See report.h. */
#include "gateway/cli/report.h"
#include "gateway/cli/table.h"
#include "config/dhis2.h"

#include <string.h>

static int number(const json_t *o, const char *name)
{
	return (int)json_integer_value(json_object_get(o, name));
}

/* ---- CSV ------------------------------------------------------------------------------------- */

static void field(const char *s, bool last, FILE *out)
{
	if (strpbrk(s, ",\"\r\n")) {
		fputc('"', out);
		for (; *s; s++) {
			if (*s == '"')
				fputc('"', out);
			fputc(*s, out);
		}
		fputc('"', out);
	} else {
		fputs(s, out);
	}
	fputs(last ? "\r\n" : ",", out);
}

/* Ed-Fi's AttendanceEventCategory; an absence without a word counts as without excuse. */
static const char *edfi(const char *category)
{
	return strcmp(category, "excused") == 0	   ? "Excused Absence" :
	       strcmp(category, "late") == 0	   ? "Tardy" :
	       strcmp(category, "left_early") == 0 ? "Early departure" :
						     "Unexcused Absence";
}

void report_csv_head(bool pupils, FILE *out)
{
	fputs(pupils ? "date,school,class,register_no,attendance_event_category,reason\r\n" :
		       "date,school,class,shift,status,enrolled,In Attendance,Excused Absence,"
		       "Unexcused Absence,Tardy,Early departure\r\n", out);
}

static void pupil_rows(const json_t *cls, FILE *out)
{
	size_t i;
	json_t *m;
	char no[16];
	json_array_foreach(json_object_get(cls, "marks"), i, m) {
		field(cli_text(m, "day"), false, out);
		field(cli_text(cls, "school"), false, out);
		field(cli_text(cls, "class"), false, out);
		snprintf(no, sizeof no, "%d", number(m, "pupil"));
		field(no, false, out);
		field(edfi(cli_text(m, "category")), false, out);
		field(cli_text(m, "reason"), true, out);
	}
}

/* Days that nobody reported have no numbers: an empty field is not a nought. */
static void day_rows(const json_t *cls, FILE *out)
{
	static const char *const names[] = {"excused", "unexcused", "late", "left"};
	size_t i, k;
	json_t *d;
	json_array_foreach(json_object_get(cls, "days"), i, d) {
		const char *state = cli_text(d, "state");
		bool reported = strcmp(state, "reported") == 0;
		bool school = json_is_true(json_object_get(d, "school"));
		if (!school && !reported)
			continue;
		field(cli_text(d, "day"), false, out);
		field(cli_text(cls, "school"), false, out);
		field(cli_text(cls, "class"), false, out);
		field(cli_text(cls, "shift"), false, out);
		field(reported ? (school ? "reported" : "reported, no school") :
		      strcmp(state, "due") == 0 ? "not due yet" : "not reported", false, out);
		if (!reported) {
			fputs(",,,,,\r\n", out);
			continue;
		}
		fprintf(out, "%d,%d", number(d, "enrolled"), number(d, "enrolled") - number(d, "absent"));
		for (k = 0; k < sizeof names / sizeof names[0]; k++)
			fprintf(out, ",%d", number(d, names[k]));
		fputs("\r\n", out);
	}
}

void report_csv(const json_t *answer, bool pupils, FILE *out)
{
	size_t i;
	json_t *cls;
	json_array_foreach(json_object_get(answer, "classes"), i, cls) {
		if (pupils)
			pupil_rows(cls, out);
		else
			day_rows(cls, out);
	}
}

/* ---- DHIS2 ----------------------------------------------------------------------------------- */

static void period_of(const struct config *cf, const json_t *day, char out[DHIS2_PERIOD])
{
	dhis2_period(cf, cli_text(day, "day"), cli_text(day, "week"), out);
}

/* A week or a month of which the span has a part only would overwrite a whole one at the receiver. The days of a
 * class are the span's: a period is whole when the span goes over its first and last day. */
static bool whole(const struct config *cf, const json_t *days, const char *period)
{
	const json_t *first = json_array_get(days, 0), *last = json_array_get(days, json_array_size(days) - 1);
	char name[DHIS2_PERIOD];
	if (strcmp(cf->dhis2_period, "daily") == 0)
		return true;
	bool weekly = strcmp(cf->dhis2_period, "weekly") == 0;
	period_of(cf, first, name);
	if (strcmp(name, period) == 0 &&
	    (weekly ? number(first, "weekday") != 1 : strcmp(cli_text(first, "day") + 8, "01") != 0))
		return false;
	period_of(cf, last, name);
	return strcmp(name, period) != 0 ||
	       (weekly ? number(last, "weekday") == 7 : json_is_true(json_object_get(last, "month_end")));
}

static void add(json_t *values, int element, int n)
{
	json_t *v = json_array_get(values, (size_t)element);
	json_integer_set(v, json_integer_value(v) + n);
}

static void add_day(json_t *values, const json_t *d)
{
	add(values, DHIS2_DAYS_SCHOOL, 1);
	if (strcmp(cli_text(d, "state"), "reported") != 0)
		return;
	add(values, DHIS2_DAYS_REPORTED, 1);
	add(values, DHIS2_ENROLLED, number(d, "enrolled"));
	add(values, DHIS2_PRESENT, number(d, "enrolled") - number(d, "absent"));
	add(values, DHIS2_EXCUSED, number(d, "excused"));
	add(values, DHIS2_UNEXCUSED, number(d, "unexcused"));
	add(values, DHIS2_TARDY, number(d, "late"));
	add(values, DHIS2_EARLY, number(d, "left"));
}

/* sums: {"20261118": {"SH1_5A": [n, n, ...]}} */
static json_t *values_of(json_t *sums, const char *period, const char *unit)
{
	json_t *units = json_object_get(sums, period);
	if (!units) {
		units = json_object();
		json_object_set_new(sums, period, units);
	}
	json_t *values = json_object_get(units, unit);
	if (!values) {
		values = json_array();
		for (int e = 0; e < DHIS2_ELEMENTS; e++)
			json_array_append_new(values, json_integer(0));
		json_object_set_new(units, unit, values);
	}
	return values;
}

void report_dhis2_add(const struct config *cf, const json_t *answer, json_t *sums, int *left)
{
	size_t i, k;
	json_t *cls, *d;
	json_array_foreach(json_object_get(answer, "classes"), i, cls) {
		const json_t *days = json_object_get(cls, "days");
		char unit[DHIS2_CODE], period[DHIS2_PERIOD], cut[DHIS2_PERIOD] = "";
		dhis2_unit(cf, cli_text(cls, "school"), cli_text(cls, "class"), unit);
		json_array_foreach(days, k, d) {
			if (!json_is_true(json_object_get(d, "school")) ||
			    strcmp(cli_text(d, "state"), "due") == 0)
				continue;
			period_of(cf, d, period);
			if (whole(cf, days, period)) {
				add_day(values_of(sums, period, unit), d);
			} else if (strcmp(cut, period) != 0) {
				memcpy(cut, period, sizeof cut);
				++*left;
			}
		}
	}
}

json_t *report_dhis2(const struct config *cf, const json_t *sums)
{
	json_t *list = json_array(), *o = json_object(), *units, *values;
	const char *period, *unit;
	json_object_foreach((json_t *)sums, period, units) {
		json_object_foreach(units, unit, values) {
			/* nothing reported: no figure, which a nought would be */
			bool none = json_integer_value(json_array_get(values, DHIS2_DAYS_REPORTED)) == 0;
			for (int e = none ? DHIS2_DAYS_REPORTED : 0; e < DHIS2_ELEMENTS; e++) {
				char value[24], code[DHIS2_CODE];
				snprintf(value, sizeof value, "%lld",
					 (long long)json_integer_value(json_array_get(values, (size_t)e)));
				json_array_append_new(
					list, json_pack("{s:s,s:s,s:s,s:s,s:s,s:s}", "dataElement",
							dhis2_element(cf, e, code), "period", period, "orgUnit",
							dhis2_name(cf, unit), "categoryOptionCombo",
							dhis2_name(cf, cf->dhis2_category), "attributeOptionCombo",
							dhis2_name(cf, cf->dhis2_attribute), "value", value));
			}
		}
	}
	if (*cf->dhis2_data_set)
		json_object_set_new(o, "dataSet", json_string(dhis2_name(cf, cf->dhis2_data_set)));
	json_object_set_new(o, "dataValues", list);
	return o;
}
