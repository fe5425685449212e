/* agenda_page.c - an agenda as text, CSV and a page to print.  See agenda_page.h. */
#include "gateway/cli/agenda_page.h"

#include <string.h>

#include "gateway/cli/table.h"

/* ---- what an agenda has ---------------------------------------------------------------------- */

struct field {
	const char *key, *sq;    /* title on paper, in Albanian; the key stands in CSV */
};
#define FIELDS_MAX 8
static const struct section {
	const char *key, *title, *none;
	struct field fields[FIELDS_MAX];
} sections[] = {
	{ "tasks", "Detyrat", "Asnje detyre.",
	  { { "task", "Detyra" }, { "case", "Rasti" }, { "agency", "Kush" }, { "work", "Puna" },
	    { "due", "Afati" }, { "state", "Gjendja" }, { "carries", "Shtyre" } } },
	{ "high_risk", "Raste te reja me rrezik te larte", "Asnje.",
	  { { "case", "Rasti" }, { "opened", "Hapur" }, { "state", "Faza" }, { "urgent", "Urgjent" } } },
	{ "referrals", "Referime pa pergjigje", "Asnje.",
	  { { "referral", "Referimi" }, { "case", "Rasti" }, { "agency", "Te kush" }, { "work", "Sherbimi" },
	    { "sent", "Derguar" }, { "due", "Afati" } } },
	{ "absences", "Mungesa mbi kufi pa veprim", "Asnje.",
	  { { "alert", "Sinjali" }, { "rule", "Rregulli" }, { "pupil", "Shkolla, klasa, nr" },
	    { "raised", "Me" } } },
	{ "closures", "Mbyllje per miratim", "Asnje.",
	  { { "number", "PO" }, { "case", "Rasti" }, { "reason", "Arsyeja" }, { "asked_by", "Kerkoi" },
	    { "asked", "Me" } } },
	{ "progress_falls", "Renie e progresit", "Asnje.",
	  { { "case", "Rasti" }, { "progress", "Pikat" }, { "seen", "Me" } } },
	{ "attendance", "Pjesemarrja", "Askush.",
	  { { "agency", "Agjencia" }, { "comes", "Vjen" }, { "does_not", "Nuk vjen" },
	    { "silent", "Pa pergjigje" } } },
};
#define SECTIONS (sizeof sections / sizeof sections[0])
#define TREND_TITLE "Raste te reja sipas shqetesimit dhe muajit"
#define TREND_NOTE "Nje rast mund te kete disa shqetesime. \"<5\": me pak se pese."

static const char *text_of(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));
	return s ? s : "";
}

#define LATE "ME VONESE"
static const char *state_sq(const char *state)
{
	static const struct {
		const char *key, *sq;
	} words[] = { { "open", "e hapur" },	  { "progress", "ne pune" }, { "deferred", "e shtyre" },
		      { "carried", "e mbartur" }, { "done", "u krye" },	     { "cancelled", "e anuluar" },
		      { "late", LATE },		  { "new", "i ri" },	     { "assessment", "vleresim" },
		      { "plan", "plan" },	  { "services", "sherbime" } };
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		if (strcmp(words[i].key, state) == 0)
			return words[i].sq;
	}
	return state;
}

static const char *concern_sq(const char *concern)
{
	static const struct {
		const char *key, *sq;
	} words[] = { { "begging", "lypje" },	     { "labour", "pune" },	 { "drugs", "droge" },
		      { "sexual", "shfrytezim" },    { "trafficking", "trafikim" }, { "marriage", "martese" },
		      { "street", "rruge" },	     { "unaccompanied", "i vetem" }, { "violence", "dhune" },
		      { "neglect", "neglizhim" },    { "dropout", "braktisje" },  { "crime", "vjedhje" } };
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		if (strcmp(words[i].key, concern) == 0)
			return words[i].sq;
	}
	return concern;
}

/* A value as people read it: days as 30.11.2026. */
static const char *shown(const json_t *o, const char *key, char *out, size_t max)
{
	const json_t *v = json_object_get(o, key);
	const char *s = json_string_value(v);
	out[0] = '\0';
	if (s && strcmp(key, "state") == 0)
		snprintf(out, max, "%s", state_sq(s));
	else if (s && strlen(s) == 10 && s[4] == '-' && s[7] == '-')
		snprintf(out, max, "%.2s.%.2s.%.4s", s + 8, s + 5, s);
	else if (s)
		snprintf(out, max, "%s", s);
	else if (json_is_integer(v))
		snprintf(out, max, "%lld", (long long)json_integer_value(v));
	else if (json_is_boolean(v))
		snprintf(out, max, "%s", json_is_true(v) ? "po" : "");
	return out;
}

static size_t fields_of(const struct section *s)
{
	size_t n = 0;
	while (n < FIELDS_MAX && s->fields[n].key)
		n++;
	return n;
}

static void heading(const json_t *answer, char *out, size_t max)
{
	char day[16];
	const json_t *m = json_object_get(answer, "meeting");
	snprintf(out, max, "%s, ora %s%s%s", shown(m, "day", day, sizeof day), text_of(m, "time"),
		 text_of(m, "place")[0] ? ", " : "", text_of(m, "place"));
}

/* ---- text ------------------------------------------------------------------------------------ */

static void text_section(const json_t *answer, const struct section *s, FILE *out)
{
	const json_t *rows = json_object_get(answer, s->key);
	size_t n = fields_of(s), width[FIELDS_MAX], i;
	json_t *row;
	char cell[128];
	fprintf(out, "\n%s\n", s->title);
	if (json_array_size(rows) == 0) {
		fprintf(out, "  %s\n", s->none);
		return;
	}
	for (size_t k = 0; k < n; k++) {
		width[k] = strlen(s->fields[k].sq);
		json_array_foreach(rows, i, row) {
			size_t len = strlen(shown(row, s->fields[k].key, cell, sizeof cell));
			width[k] = len > width[k] ? len : width[k];
		}
		fprintf(out, "  %-*s", (int)width[k], s->fields[k].sq);
	}
	fputc('\n', out);
	json_array_foreach(rows, i, row) {
		for (size_t k = 0; k < n; k++)
			fprintf(out, "  %-*s", (int)width[k], shown(row, s->fields[k].key, cell, sizeof cell));
		fputc('\n', out);
	}
}

/* The months of the trend, in order; how many. */
#define MONTHS_MAX 24
#define CONCERNS_MAX 24
struct trend {
	const char *month[MONTHS_MAX], *concern[CONCERNS_MAX];
	size_t months, concerns;
};

static size_t keep(const char **list, size_t n, size_t max, const char *s)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(list[i], s) == 0)
			return n;
	}
	if (n < max)
		list[n++] = s;
	return n;
}

static void trend_axes(const json_t *rows, struct trend *t)
{
	size_t i;
	json_t *row;
	memset(t, 0, sizeof *t);
	json_array_foreach(rows, i, row) {
		t->months = keep(t->month, t->months, MONTHS_MAX, text_of(row, "month"));
		t->concerns = keep(t->concern, t->concerns, CONCERNS_MAX, text_of(row, "concern"));
	}
}

static const char *trend_cell(const json_t *rows, const char *month, const char *concern)
{
	size_t i;
	json_t *row;
	json_array_foreach(rows, i, row) {
		if (strcmp(text_of(row, "month"), month) == 0 && strcmp(text_of(row, "concern"), concern) == 0)
			return text_of(row, "cases");
	}
	return "0";
}

static void text_trend(const json_t *answer, FILE *out)
{
	const json_t *rows = json_object_get(answer, "trend");
	struct trend t;
	trend_axes(rows, &t);
	fprintf(out, "\n%s\n", TREND_TITLE);
	if (!t.months) {
		fputs("  Asnje.\n", out);
		return;
	}
	fprintf(out, "  %-14s", "");
	for (size_t m = 0; m < t.months; m++)
		fprintf(out, "  %7s", t.month[m]);
	fputc('\n', out);
	for (size_t k = 0; k < t.concerns; k++) {
		fprintf(out, "  %-14s", concern_sq(t.concern[k]));
		for (size_t m = 0; m < t.months; m++)
			fprintf(out, "  %7s", trend_cell(rows, t.month[m], t.concern[k]));
		fputc('\n', out);
	}
	fprintf(out, "  %s\n", TREND_NOTE);
}

void agenda_text(const json_t *answer, FILE *out)
{
	char head[64];
	heading(answer, head, sizeof head);
	fprintf(out, "RENDI I DITES: takimi i %s\n", head);
	if (json_is_true(json_object_get(answer, "cut")))
		fputs("Kujdes: nje liste eshte me e gjate se kaq.\n", out);
	for (size_t i = 0; i < SECTIONS; i++)
		text_section(answer, &sections[i], out);
	text_trend(answer, out);
}

/* ---- CSV ------------------------------------------------------------------------------------- */

void agenda_csv_field(const char *s, FILE *out)
{
	bool formula = s[0] && strchr("=+-@\t\r", s[0]) != NULL;
	bool quoted = formula || strpbrk(s, "\",\r\n") != NULL;
	if (quoted)
		fputc('"', out);
	if (formula)
		fputc('\'', out);
	for (; *s; s++) {
		if (*s == '"')
			fputc('"', out);
		fputc(*s, out);
	}
	if (quoted)
		fputc('"', out);
}

/* As a machine reads it: ISO days, true and false. */
static const char *raw(const json_t *o, const char *key, char *out, size_t max)
{
	const json_t *v = json_object_get(o, key);
	out[0] = '\0';
	if (json_is_string(v))
		snprintf(out, max, "%s", json_string_value(v));
	else if (json_is_integer(v))
		snprintf(out, max, "%lld", (long long)json_integer_value(v));
	else if (json_is_boolean(v))
		snprintf(out, max, "%s", json_is_true(v) ? "true" : "false");
	return out;
}

static void csv_row(const char *section, const json_t *row, const char *const *keys, size_t n, FILE *out)
{
	char cell[128];
	agenda_csv_field(section, out);
	for (size_t k = 0; k < n; k++) {
		fputc(',', out);
		agenda_csv_field(row ? raw(row, keys[k], cell, sizeof cell) : keys[k], out);
	}
	fputs("\r\n", out);
}

static void csv_rows(const char *section, const json_t *rows, const char *const *keys, size_t n, FILE *out)
{
	size_t i;
	json_t *row;
	char head[40];
	snprintf(head, sizeof head, "%s.head", section);
	csv_row(head, NULL, keys, n, out);
	json_array_foreach(rows, i, row)
		csv_row(section, row, keys, n, out);
}

void agenda_csv(const json_t *answer, FILE *out)
{
	static const char *const meeting[] = { "day", "time", "place", "state" };
	static const char *const trend[] = { "month", "concern", "cases" };
	csv_row("meeting.head", NULL, meeting, 4, out);
	csv_row("meeting", json_object_get(answer, "meeting"), meeting, 4, out);
	for (size_t i = 0; i < SECTIONS; i++) {
		const char *keys[FIELDS_MAX];
		size_t n = fields_of(&sections[i]);
		for (size_t k = 0; k < n; k++)
			keys[k] = strcmp(sections[i].fields[k].key, "work") == 0 ? "service" :
										   sections[i].fields[k].key;
		csv_rows(sections[i].key, json_object_get(answer, sections[i].key), keys, n, out);
	}
	csv_rows("trend", json_object_get(answer, "trend"), trend, 3, out);
}

/* ---- HTML ------------------------------------------------------------------------------------ */

void agenda_html_text(const char *s, FILE *out)
{
	for (; *s; s++) {
		switch (*s) {
		case '&':
			fputs("&amp;", out);
			break;
		case '<':
			fputs("&lt;", out);
			break;
		case '>':
			fputs("&gt;", out);
			break;
		case '"':
			fputs("&quot;", out);
			break;
		case '\'':
			fputs("&#39;", out);
			break;
		default:
			fputc(*s, out);
		}
	}
}

static const char style[] =
	"@page{size:A4;margin:16mm 15mm 18mm}\n"
	"*{box-sizing:border-box}\n"
	"body{font:10.5pt/1.35 'DejaVu Sans','Liberation Sans',Arial,sans-serif;color:#111;background:#fff;"
	"max-width:190mm;margin:8mm auto;padding:0 5mm}\n"
	"header{border-bottom:2pt solid #111;padding-bottom:3mm;margin-bottom:4mm}\n"
	"h1{font-size:17pt;line-height:1.15;margin:0}\n"
	"header p{margin:1mm 0 0}\n"
	"h2{font-size:11.5pt;margin:6mm 0 1.5mm;break-after:avoid}\n"
	"table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}\n"
	"thead{display:table-header-group}\n"
	"tr{break-inside:avoid}\n"
	"th,td{text-align:left;vertical-align:top;padding:1mm 2mm 1mm 0;border-bottom:.4pt solid #999}\n"
	"th{font-size:8.5pt;font-weight:600;color:#444;border-bottom:.8pt solid #111}\n"
	"td.n,th.n{text-align:right}\n"
	"td.w{width:34mm}\n"
	"table.s{width:auto}\n"
	"table.s th,table.s td{padding-right:9mm}\n"
	".code{white-space:nowrap;font-weight:600}\n"
	".late{font-weight:700}\n"
	".none,.note{color:#555;margin:0}\n"
	".note{font-size:8.5pt;margin-top:1.5mm}\n"
	".box{display:inline-block;width:3.2mm;height:3.2mm;border:.6pt solid #111}\n"
	"footer{margin-top:7mm;border-top:.4pt solid #999;padding-top:1.5mm;font-size:8.5pt;color:#555}\n"
	"@media print{body{max-width:none;margin:0;padding:0}}\n";

static bool is_number(const char *key)
{
	static const char *const keys[] = { "carries", "comes", "does_not", "silent", "alert", "number" };
	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
		if (strcmp(keys[i], key) == 0)
			return true;
	}
	return false;
}

static void html_cell(const struct section *s, const json_t *row, const char *key, FILE *out)
{
	char cell[128];
	bool state = strcmp(s->key, "tasks") == 0 && strcmp(key, "state") == 0;
	bool code = strcmp(key, "case") == 0 || strcmp(key, "task") == 0 || strcmp(key, "referral") == 0;
	shown(row, key, cell, sizeof cell);
	if (state && strcmp(cell, LATE) == 0)
		fputs("<td class=\"late\">", out);
	else if (code)
		fputs("<td class=\"code\">", out);
	else
		fputs(is_number(key) ? "<td class=\"n\">" : "<td>", out);
	agenda_html_text(cell, out);
	fputs("</td>", out);
}

/* Tasks have a place where a pen notes the decision. */
static void html_section(const json_t *answer, const struct section *s, FILE *out)
{
	const json_t *rows = json_object_get(answer, s->key);
	bool tasks = strcmp(s->key, "tasks") == 0;
	size_t n = fields_of(s), i;
	json_t *row;
	fputs("<section><h2>", out);
	agenda_html_text(s->title, out);
	fputs("</h2>\n", out);
	if (json_array_size(rows) == 0) {
		fprintf(out, "<p class=\"none\">%s</p></section>\n", s->none);
		return;
	}
	fputs(tasks ? "<table><thead><tr>" : "<table class=\"s\"><thead><tr>", out);
	for (size_t k = 0; k < n; k++)
		fprintf(out, "<th%s>%s</th>", is_number(s->fields[k].key) ? " class=\"n\"" : "",
			s->fields[k].sq);
	fputs(tasks ? "<th>Vendimi</th>" : "", out);
	fputs("</tr></thead>\n<tbody>", out);
	json_array_foreach(rows, i, row) {
		fputs("<tr>", out);
		for (size_t k = 0; k < n; k++)
			html_cell(s, row, s->fields[k].key, out);
		fputs(tasks ? "<td class=\"w\"><span class=\"box\"></span></td>" : "", out);
		fputs("</tr>\n", out);
	}
	fputs("</tbody></table></section>\n", out);
}

static void html_trend(const json_t *answer, FILE *out)
{
	const json_t *rows = json_object_get(answer, "trend");
	struct trend t;
	trend_axes(rows, &t);
	fputs("<section><h2>" TREND_TITLE "</h2>\n", out);
	if (!t.months) {
		fputs("<p class=\"none\">Asnje.</p></section>\n", out);
		return;
	}
	fputs("<table class=\"s\"><thead><tr><th>Shqetesimi</th>", out);
	for (size_t m = 0; m < t.months; m++)
		fprintf(out, "<th class=\"n\">%.2s.%.4s</th>", t.month[m] + 5, t.month[m]);
	fputs("</tr></thead>\n<tbody>", out);
	for (size_t k = 0; k < t.concerns; k++) {
		fputs("<tr><td>", out);
		agenda_html_text(concern_sq(t.concern[k]), out);
		fputs("</td>", out);
		for (size_t m = 0; m < t.months; m++) {
			fputs("<td class=\"n\">", out);
			agenda_html_text(trend_cell(rows, t.month[m], t.concern[k]), out);
			fputs("</td>", out);
		}
		fputs("</tr>\n", out);
	}
	fputs("</tbody></table><p class=\"note\">", out);
	agenda_html_text(TREND_NOTE, out);
	fputs("</p></section>\n", out);
}

void agenda_html(const json_t *answer, FILE *out)
{
	char head[64];
	heading(answer, head, sizeof head);
	fputs("<!DOCTYPE html>\n<html lang=\"sq\"><head><meta charset=\"utf-8\">"
	      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
	      "style-src 'unsafe-inline'\"><meta name=\"referrer\" content=\"no-referrer\">"
	      "<meta name=\"viewport\" content=\"width=device-width\"><title>Rendi i dites, ", out);
	agenda_html_text(head, out);
	fprintf(out, "</title><style>\n%s</style></head>\n<body><header><h1>Rendi i dites</h1><p>Takimi i "
		     "grupit per mbrojtjen e femijeve, ", style);
	agenda_html_text(head, out);
	fputs("</p></header>\n", out);
	if (json_is_true(json_object_get(answer, "cut")))
		fputs("<p class=\"late\">Kujdes: nje liste eshte me e gjate se kaq.</p>\n", out);
	for (size_t i = 0; i < SECTIONS; i++)
		html_section(answer, &sections[i], out);
	html_trend(answer, out);
	fputs("<footer>Vetem kode. Mos shkruaj emra ne kete flete; pas takimit ruaje te kycur ose "
	      "shkaterroje. Pergatitur ", out);
	agenda_html_text(shown(answer, "today", head, sizeof head), out);
	fputs("</footer></body></html>\n", out);
}

/* ---- the outcome ----------------------------------------------------------------------------- */

static const char *const outcome_keys[] = { "agency", "set", "done", "open", "late", "carried", "cancelled" };
#define OUTCOME_KEYS (sizeof outcome_keys / sizeof outcome_keys[0])

/* Seconds as hours, or days where there are many. */
static const char *wait_words(const json_t *o, const char *key, char *out, size_t max)
{
	const json_t *v = json_object_get(o, key);
	double h = (double)json_integer_value(v) / 3600.0;
	if (!json_is_integer(v))
		snprintf(out, max, "-");
	else if (h < 72)
		snprintf(out, max, "%.1f ore", h);
	else
		snprintf(out, max, "%.1f dite", h / 24);
	return out;
}

void outcome_text(const json_t *answer, FILE *out)
{
	static const char *const titles[OUTCOME_KEYS] = { "Agjencia", "Vendosur", "Kryer", "Hapur", "Vonese",
							  "Mbartur", "Anuluar" };
	const json_t *rows = json_object_get(answer, "agencies"), *w = json_object_get(answer, "medians");
	char cell[64], wait[32];
	size_t i;
	json_t *row;
	heading(answer, cell, sizeof cell);
	fprintf(out, "CFARE DOLI nga takimi i %s\n\n", cell);
	for (size_t k = 0; k < OUTCOME_KEYS; k++)
		fprintf(out, "%-11s", titles[k]);
	fputc('\n', out);
	json_array_foreach(rows, i, row) {
		for (size_t k = 0; k < OUTCOME_KEYS; k++)
			fprintf(out, "%-11s", raw(row, outcome_keys[k], cell, sizeof cell));
		fputc('\n', out);
	}
	if (json_array_size(rows) == 0)
		fputs("(asnje detyre)\n", out);
	fprintf(out, "\nKontakti i pare, mediana:       %s (%lld raste)\n",
		wait_words(w, "first_contact_s", wait, sizeof wait),
		(long long)json_integer_value(json_object_get(w, "first_contacts")));
	fprintf(out, "Pergjigja e referimit, mediana: %s (%lld referime, %lld pa pergjigje)\n",
		wait_words(w, "referral_answer_s", wait, sizeof wait),
		(long long)json_integer_value(json_object_get(w, "referral_answers")),
		(long long)json_integer_value(json_object_get(w, "referrals_unanswered")));
}

void outcome_csv(const json_t *answer, FILE *out)
{
	static const char *const waits[] = { "first_contacts", "first_contact_s", "referral_answers",
					     "referral_answer_s", "referrals_unanswered" };
	csv_rows("tasks", json_object_get(answer, "agencies"), outcome_keys, OUTCOME_KEYS, out);
	csv_row("medians.head", NULL, waits, 5, out);
	csv_row("medians", json_object_get(answer, "medians"), waits, 5, out);
}
