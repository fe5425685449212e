/* report_page.c - an attendance report for people at a terminal.  See report.h. */
#include "gateway/cli/report.h"
#include "gateway/cli/table.h"

#include <string.h>

#define BLOCK 24     /* days side by side */
#define BAR 20       /* signs of a full bar */
#define BAR_FULL 0.5 /* ... at this rate */

static int number(const json_t *o, const char *name)
{
	return (int)json_integer_value(json_object_get(o, name));
}

static bool is(const json_t *o, const char *name, const char *value)
{
	return strcmp(cli_text(o, name), value) == 0;
}

/* ---- the register ---------------------------------------------------------------------------- */

static char letter(const char *category)
{
	static const struct {
		const char *name;
		char sign;
	} signs[] = {{"unknown", 'a'}, {"unexcused", 'u'}, {"excused", 'e'}, {"late", 'l'},
		     {"left_early", 'd'}};
	for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++)
		if (strcmp(signs[i].name, category) == 0)
			return signs[i].sign;
	return '?';
}

void report_legend(FILE *out)
{
	fputs("a absent, no word  u without excuse  e excused  l late  d left early  . present\n"
	      "# only a count was sent  - not reported  _ not due yet  x left the school  blank: no school\n\n", out);
}

static bool gone(const json_t *cls, const json_t *day, int pupil)
{
	const char *iso = cli_text(day, "day");
	size_t i;
	json_t *g;
	json_array_foreach(json_object_get(cls, "gone"), i, g) {
		if (number(g, "pupil") == pupil && strcmp(iso, cli_text(g, "from")) >= 0 &&
		    strcmp(iso, cli_text(g, "until")) <= 0)
			return true;
	}
	return false;
}

static char sign_of(const json_t *cls, const json_t *day, int pupil)
{
	size_t i;
	json_t *m;
	json_array_foreach(json_object_get(cls, "marks"), i, m) {
		if (number(m, "pupil") == pupil && is(m, "day", cli_text(day, "day")))
			return letter(cli_text(m, "category"));
	}
	if (gone(cls, day, pupil))
		return 'x';
	if (is(day, "state", "reported"))
		return json_is_true(json_object_get(day, "list")) ? '.' : '#';
	return is(day, "state", "silent") ? '-' : is(day, "state", "due") ? '_' : ' ';
}

/* Days that get a column: school days and days with a report up to now, and holidays among them. */
static size_t columns(const json_t *cls, const char *now, const json_t **out, size_t max)
{
	size_t i, n = 0, kept = 0;
	json_t *d;
	json_array_foreach(json_object_get(cls, "days"), i, d) {
		bool school = json_is_true(json_object_get(d, "school")) || is(d, "state", "reported");
		if (strncmp(cli_text(d, "day"), now, 10) > 0 || n == max)
			break;
		if (!school && number(d, "weekday") > 5)
			continue;
		out[n++] = d;
		if (school)
			kept = n;
	}
	return kept;
}

static int rows_of(const json_t *cls)
{
	int rows = number(cls, "register");
	size_t i;
	json_t *m;
	json_array_foreach(json_object_get(cls, "marks"), i, m) {
		if (number(m, "pupil") > rows)
			rows = number(m, "pupil"); /* of a register that was longer then */
	}
	return rows;
}

static void block(const json_t *cls, const json_t **days, size_t n, FILE *out)
{
	fprintf(out, "%.7s", cli_text(days[0], "day"));
	for (size_t k = 0; k < n; k++)
		fprintf(out, " %s", cli_text(days[k], "day") + 8);
	fputs("\n", out);
	for (int pupil = 1; pupil <= rows_of(cls); pupil++) {
		fprintf(out, "%7d", pupil);
		for (size_t k = 0; k < n; k++)
			fprintf(out, "  %c", sign_of(cls, days[k], pupil));
		fputs("\n", out);
	}
	fputs(" absent", out);
	for (size_t k = 0; k < n; k++) {
		if (is(days[k], "state", "reported"))
			fprintf(out, "%3d", number(days[k], "absent"));
		else
			fputs("   ", out);
	}
	fputs("\n\n", out);
}

static bool same_month(const json_t *a, const json_t *b)
{
	return strncmp(cli_text(a, "day"), cli_text(b, "day"), strlen("2026-11")) == 0;
}

static void print_register(const json_t *cls, const char *now, FILE *out)
{
	const json_t *days[400];
	size_t n = columns(cls, now, days, 400), from = 0;
	const char *closed = cli_text(cls, "closed");
	fprintf(out, "%s %s, %d pupils, %s%s%s\n", cli_text(cls, "school"), cli_text(cls, "class"),
		number(cls, "register"), cli_text(cls, "shift"), *closed ? ", closed from " : "", closed);
	while (from < n) { /* a block is of one month, so that its head can say which */
		size_t k = 1;
		while (from + k < n && k < BLOCK && same_month(days[from], days[from + k]))
			k++;
		block(cls, days + from, k, out);
		from += k;
	}
	if (n == 0)
		fputs("no school day in the span up to now\n\n", out);
}

/* ---- rates ----------------------------------------------------------------------------------- */

static void bar(double rate, FILE *out)
{
	int n = (int)(rate / BAR_FULL * BAR + 0.5);
	for (int i = 0; i < BAR; i++)
		fputc(i < n ? '#' : '.', out);
}

struct sums {
	int reported, days, absent, possible;
};

static void print_rate(const struct sums *s, FILE *out)
{
	fprintf(out, "%4d of %-4d ", s->reported, s->days);
	if (s->possible) {
		double r = (double)s->absent / s->possible;
		fprintf(out, "%6d of %-6d %5.1f %%  ", s->absent, s->possible, r * 100);
		bar(r, out);
		fputs("  ", out);
	}
	if (s->days > s->reported)
		fprintf(out, "%d not reported", s->days - s->reported);
	fputs("\n", out);
}

static void print_week(const json_t *cls, const json_t *w, struct sums *total, FILE *out)
{
	struct sums s = {number(w, "reported"), number(w, "school_days"), number(w, "absent"),
			 number(w, "possible")};
	if (s.days == 0)
		return;
	fprintf(out, "%-8s %-5s %s ", cli_text(cls, "school"), cli_text(cls, "class"), cli_text(w, "week"));
	print_rate(&s, out);
	total->reported += s.reported;
	total->days += s.days;
	total->absent += s.absent;
	total->possible += s.possible;
}

static void print_rates(const json_t *classes, FILE *out)
{
	struct sums total = {0, 0, 0, 0};
	size_t i, k;
	json_t *cls, *w;
	fputs("School   Class Week      Days reported  Pupil-days absent  Rate\n", out);
	json_array_foreach(classes, i, cls) {
		json_array_foreach(json_object_get(cls, "weeks"), k, w) {
			print_week(cls, w, &total, out);
		}
	}
	fputs("together                ", out);
	print_rate(&total, out);
	fputs("\n", out);
}

/* ---- silence and thresholds ------------------------------------------------------------------ */

static void print_silent(const json_t *classes, FILE *out)
{
	bool any = false;
	size_t i;
	json_t *cls;
	json_array_foreach(classes, i, cls) {
		const char *last = cli_text(cls, "last");
		if (number(cls, "silent_days") == 0)
			continue;
		if (!any)
			fputs("Silent classes\n", out);
		any = true;
		fprintf(out, "%-8s %-5s since %s, %d school day%s; ", cli_text(cls, "school"), cli_text(cls, "class"),
			cli_text(cls, "silent_since"), number(cls, "silent_days"),
			number(cls, "silent_days") == 1 ? "" : "s");
		fprintf(out, *last ? "last report %s\n" : "no report before\n", last);
	}
	if (any)
		fputs("\n", out);
}

static void print_over(const json_t *classes, FILE *out)
{
	bool any = false;
	size_t i, k;
	json_t *cls, *o;
	json_array_foreach(classes, i, cls) {
		json_array_foreach(json_object_get(cls, "over"), k, o) {
			if (!any)
				fputs("Over a rule's threshold (register numbers)\n", out);
			any = true;
			fprintf(out, "%-8s %-5s ", cli_text(cls, "school"), cli_text(cls, "class"));
			if (json_is_integer(json_object_get(o, "pupil")))
				fprintf(out, "nr %-4d", number(o, "pupil"));
			else
				fputs("class  ", out);
			fprintf(out, " rule %-5s since %s, %s\n", cli_text(o, "rule"), cli_text(o, "raised"),
				cli_text(o, "state"));
		}
	}
	if (any)
		fputs("\n", out);
}

void report_registers(const json_t *answer, FILE *out)
{
	size_t i;
	json_t *cls;
	json_array_foreach(json_object_get(answer, "classes"), i, cls) {
		print_register(cls, cli_text(answer, "today"), out);
	}
}

void report_page(const json_t *classes, FILE *out)
{
	print_rates(classes, out);
	print_silent(classes, out);
	print_over(classes, out);
}
