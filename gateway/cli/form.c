/* form.c - `kujdestar form list|check|sheet`: every report a phone can send, what is unwise in those a site
 * made, and the sheet a trainer prints.  Reads the configuration alone: no store, no hub.  Calls config and
 * parser.
 */
#include "gateway/cli/cli.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "gateway/cli/ask.h"
#include "gateway/hub/clock.h"
#include "parser/sheet.h"

#define USAGE "form list|check|sheet [--lang sq|en] [NAME]"
#define WIDTH 80

struct job {
	const struct cli *c;
	const struct config *cf;
	struct sheet *sh;
	const char *lang;        /* "" = none was asked for */
	bool one;                /* only this form */
	struct sheet_form form;
};

static bool wanted(const struct job *j, const struct sheet_form *f)
{
	return !j->one || j->form.index == f->index;
}

static int put_json(json_t *o)
{
	int rc = json_dumpf(o, stdout, JSON_INDENT(1) | JSON_SORT_KEYS);
	fputc('\n', stdout);
	json_decref(o);
	return rc == 0 ? EX_OK : EX_IOERR;
}

static json_t *roles_json(unsigned roles)
{
	json_t *a = json_array();
	for (int r = 0; r < ROLES; r++)
		if (roles >> r & 1)
			json_array_append_new(a, json_string(role_name((enum role)r)));
	return a;
}

/* ---- text in lines of WIDTH ---- */

struct flow { /* words one behind the other, broken at blanks, later lines indented */
	size_t at, indent;
};

static void flow_start(struct flow *f, const char *head, size_t indent)
{
	f->at = (size_t)printf("%s", head);
	f->indent = indent;
}

/* One piece that is not broken; a comma or blank before it is the caller's. */
static void flow_put(struct flow *f, const char *piece)
{
	size_t n = strlen(piece);
	if (f->at > f->indent && f->at + 1 + n >= WIDTH) { /* a comma may follow */
		printf("\n%*s", (int)f->indent, "");
		f->at = f->indent;
	} else if (f->at > f->indent) {
		putchar(' ');
		f->at++;
	}
	fputs(piece, stdout);
	f->at += n;
}

static void flow_words(struct flow *f, const char *text)
{
	char piece[SHEET_TEXT];
	while (*(text += strspn(text, " "))) {
		size_t n = strcspn(text, " ");
		snprintf(piece, sizeof piece, "%.*s", (int)n, text);
		flow_put(f, piece);
		text += n;
	}
}

/* ---- list ---- */

struct words { /* the keywords of one form in one language */
	const char *lang;
	struct flow flow;
	json_t *json;
	int n;
};

static bool in_langs(const char *langs, const char *lang)
{
	size_t n = strlen(lang);
	if (!*lang || !*langs)
		return *lang == *langs;
	for (const char *p = langs; (p = strstr(p, lang)); p += n)
		if ((p == langs || p[-1] == ' ') && (p[n] == ' ' || !p[n]))
			return true;
	return false;
}

static void put_word(void *arg, const char *langs, const char *word)
{
	struct words *w = arg;
	char piece[360], head[16];
	if (!in_langs(langs, w->lang))
		return;
	if (w->json) {
		json_array_append_new(w->json, json_string(word));
	} else {
		if (w->n == 0) {
			snprintf(head, sizeof head, "  %s:", *w->lang ? w->lang : "words");
			flow_start(&w->flow, head, 4);
		}
		snprintf(piece, sizeof piece, "%s", word);
		if (w->n)
			putchar(',');
		w->flow.at += w->n != 0;
		flow_put(&w->flow, piece);
	}
	w->n++;
}

/* "" first: words of which no language is known. */
static const char *const languages[] = { "", "sq", "en" };
#define LANGUAGES (sizeof languages / sizeof languages[0])

static bool speaks(const struct job *j, const char *lang)
{
	return !*j->lang || !*lang || strcmp(lang, j->lang) == 0;
}

static void list_keywords(const struct job *j, const struct sheet_form *f)
{
	for (size_t i = 0; i < LANGUAGES; i++) {
		struct words w = {.lang = languages[i]};
		if (!speaks(j, w.lang))
			continue;
		sheet_keywords(j->sh, f, put_word, &w);
		if (w.n)
			putchar('\n');
	}
}

static json_t *keywords_json(const struct job *j, const struct sheet_form *f)
{
	json_t *o = json_object();
	for (size_t i = 0; i < LANGUAGES; i++) {
		struct words w = {.lang = languages[i], .json = json_array()};
		if (speaks(j, w.lang))
			sheet_keywords(j->sh, f, put_word, &w);
		if (w.n)
			json_object_set(o, *w.lang ? w.lang : "any", w.json);
		json_decref(w.json);
	}
	return o;
}

static void range_text(const struct sheet_field *x, char *out, size_t max)
{
	out[0] = '\0';
	if (x->has_min && x->has_max)
		snprintf(out, max, "%lld to %lld", (long long)x->min, (long long)x->max);
	else if (x->has_min)
		snprintf(out, max, "at least %lld", (long long)x->min);
	else if (x->has_max)
		snprintf(out, max, "at most %lld", (long long)x->max);
}

static bool new_code(const struct sheet_field *x, int i)
{
	return i == 0 || strcmp(x->choices[i].code, x->choices[i - 1].code) != 0;
}

/* "none=ska,none": a code and what may be said for it. */
static void list_choices(struct flow *f, const struct sheet_field *x)
{
	char piece[200] = "";
	for (int i = 0; i < x->n_choices; i++) {
		size_t at = strlen(piece);
		if (new_code(x, i))
			snprintf(piece, sizeof piece, "%s", x->choices[i].code);
		else
			snprintf(piece + at, sizeof piece - at, "%s%s", new_code(x, i - 1) ? "=" : ",",
				 x->choices[i].alias);
		if (i + 1 == x->n_choices || new_code(x, i + 1))
			flow_put(f, piece);
	}
}

static void list_field(const struct sheet_field *x)
{
	char head[64], range[64], piece[100];
	struct flow f;
	snprintf(head, sizeof head, "    %-10s %s", x->name, x->type);
	flow_start(&f, head, 15);
	range_text(x, range, sizeof range);
	flow_words(&f, range);
	flow_put(&f, x->required ? "(required)" : "(may be left out)");
	if (*x->fallback) {
		snprintf(piece, sizeof piece, "else %s", x->fallback);
		flow_put(&f, piece);
	}
	for (int i = 0; i < x->n_labels; i++) {
		snprintf(piece, sizeof piece, "%s%s", i ? "" : "also ", x->labels[i]);
		flow_put(&f, piece);
	}
	if (x->n_choices)
		flow_put(&f, "of");
	list_choices(&f, x);
	putchar('\n');
}

static void list_form(const struct job *j, const struct sheet_form *f)
{
	struct sheet_field x;
	struct flow flow;
	char head[80];
	snprintf(head, sizeof head, "%s (%s)", f->name, f->built_in ? "built in" : "configured");
	flow_start(&flow, head, 2);
	if (!f->roles)
		flow_put(&flow, "nobody");
	for (int r = 0; r < ROLES; r++)
		if (f->roles >> r & 1)
			flow_put(&flow, r == ROLE_NONE ? "anybody" : role_name((enum role)r));
	putchar('\n');
	list_keywords(j, f);
	for (int k = 0; sheet_field(j->sh, f, k, &x); k++)
		list_field(&x);
}

static json_t *choices_json(const struct sheet_field *x)
{
	json_t *all = json_array(), *aliases = NULL;
	for (int i = 0; i < x->n_choices; i++) {
		const struct sheet_choice *c = &x->choices[i];
		if (new_code(x, i)) {
			aliases = json_array();
			json_array_append_new(all, json_pack("{s:s, s:o}", "code", c->code, "aliases", aliases));
		} else {
			json_array_append_new(aliases, json_string(c->alias));
		}
	}
	return all;
}

static json_t *field_json(const struct sheet_field *x)
{
	json_t *labels = json_array();
	for (int i = 0; i < x->n_labels; i++)
		json_array_append_new(labels, json_string(x->labels[i]));
	json_t *o = json_pack("{s:s, s:s, s:b, s:o, s:o}", "name", x->name, "type", x->type, "required",
			      (int)x->required, "labels", labels, "choices", choices_json(x));
	if (x->has_min)
		json_object_set_new(o, "min", json_integer(x->min));
	if (x->has_max)
		json_object_set_new(o, "max", json_integer(x->max));
	if (*x->fallback)
		json_object_set_new(o, "default", json_string(x->fallback));
	return o;
}

static json_t *form_json(const struct job *j, const struct sheet_form *f)
{
	struct sheet_field x;
	json_t *fields = json_array();
	for (int k = 0; sheet_field(j->sh, f, k, &x); k++)
		json_array_append_new(fields, field_json(&x));
	return json_pack("{s:s, s:b, s:o, s:o, s:o}", "name", f->name, "built_in", (int)f->built_in, "roles",
			 roles_json(f->roles), "keywords", keywords_json(j, f), "fields", fields);
}

static int list(const struct job *j)
{
	struct sheet_form f;
	json_t *all = j->c->json ? json_array() : NULL;
	for (int i = 0; sheet_form(j->sh, i, &f); i++) {
		if (!wanted(j, &f))
			continue;
		if (all)
			json_array_append_new(all, form_json(j, &f));
		else
			list_form(j, &f);
	}
	return all ? put_json(json_pack("{s:o}", "forms", all)) : EX_OK;
}

/* ---- check ---- */

struct findings {
	const struct job *j;
	json_t *all;             /* NULL: as text */
	int n;
};

static void finding(void *arg, const char *form, const char *field, const char *what)
{
	struct findings *x = arg;
	if (x->j->one && (x->j->form.built_in || strcmp(x->j->form.name + strlen("form:"), form) != 0))
		return;
	x->n++;
	if (x->all)
		json_array_append_new(x->all, json_pack("{s:s, s:s, s:s}", "form", form, "field", field, "what", what));
	else
		printf("%s/%s: %s: %s\n", x->j->cf->file, form, field, what);
}

static int check(const struct job *j)
{
	struct findings x = {.j = j, .all = j->c->json ? json_array() : NULL};
	sheet_lint(j->sh, finding, &x);
	int rc = EX_OK;
	if (x.all)
		rc = put_json(json_pack("{s:s, s:o}", "file", j->cf->file, "findings", x.all));
	else if (x.n == 0)
		printf("%s: forms OK\n", j->cf->file);
	return rc != EX_OK ? rc : x.n ? EX_DATAERR : EX_OK;
}

/* ---- sheet ---- */

static const char *role_words(enum role r, bool en)
{
	static const char *const words[ROLES][2] = {
		[ROLE_NONE] = {"KUSHDO", "ANYBODY"},
		[ROLE_TEACHER] = {"MESUES", "TEACHER"},
		[ROLE_HEAD] = {"DREJTOR", "HEAD OF SCHOOL"},
		[ROLE_OUTREACH] = {"PUNONJES TERRENI", "OUTREACH WORKER"},
		[ROLE_COORDINATOR] = {"KOORDINATOR", "COORDINATOR"},
		[ROLE_DUTY] = {"KUJDESTAR I TURNIT", "PERSON ON DUTY"},
		[ROLE_AGENCY] = {"AGJENCI", "AGENCY"},
	};
	return words[r][en];
}

static void print_line(const struct sheet_line *l, bool en)
{
	struct flow f;
	printf("%s\n", l->what);
	flow_start(&f, "    ", 4);
	flow_words(&f, l->pattern);
	putchar('\n');
	flow_start(&f, en ? "    e.g.  " : "    p.sh. ", 10);
	flow_words(&f, l->example);
	putchar('\n');
}

/* One role's part; *bad counts the examples that do not read.  Nothing is printed with dry. */
static json_t *role_part(const struct job *j, enum role r, const char *today, bool dry, int *bad)
{
	struct sheet_form f;
	struct sheet_line l;
	const char *lang = *j->lang ? j->lang : j->cf->language;
	bool en = strcmp(lang, "en") == 0, headed = false;
	json_t *forms = json_array();
	for (int i = 0; sheet_form(j->sh, i, &f); i++) {
		if (!wanted(j, &f) || !sheet_line(j->sh, &f, r, lang, today, &l))
			continue;
		if (!l.good) {
			(*bad)++;
			fprintf(stderr, "kujdestar: form %s as %s: example \"%s\": %s\n", f.name, role_name(r),
				l.example, l.why);
			continue;
		}
		if (!dry && !j->c->json) {
			if (!headed)
				printf("\n%s\n\n", role_words(r, en));
			print_line(&l, en);
			headed = true;
		}
		json_array_append_new(forms, json_pack("{s:s, s:s, s:s, s:s}", "form", f.name, "what", l.what,
						       "pattern", l.pattern, "example", l.example));
	}
	return json_pack("{s:s, s:o}", "role", role_name(r), "forms", forms);
}

/* Those with a role first, what anybody may send last. */
static enum role in_order(int i)
{
	return (enum role)((i + 1) % ROLES);
}

static int sheet(const struct job *j)
{
	char today[CLOCK_DAY];
	int bad = 0;
	clock_day(ask_now(), today);
	/* all are read back before one is printed: a sheet is whole or not at all */
	json_t *all = json_array();
	for (int i = 0; i < ROLES; i++)
		json_array_append_new(all, role_part(j, in_order(i), today, true, &bad));
	if (bad) {
		json_decref(all);
		return EX_SOFTWARE;
	}
	if (j->c->json)
		return put_json(json_pack("{s:s, s:o}", "language", *j->lang ? j->lang : j->cf->language, "roles",
					  all));
	json_decref(all);
	for (int i = 0; i < ROLES; i++)
		json_decref(role_part(j, in_order(i), today, false, &bad));
	return EX_OK;
}

/* ---- command line ---- */

static const struct {
	const char *name;
	int (*run)(const struct job *j);
} verbs[] = {{"list", list}, {"check", check}, {"sheet", sheet}};
#define VERBS (sizeof verbs / sizeof verbs[0])

static bool take_options(const struct cli *c, const char **lang, const char **name)
{
	for (int i = 1; i < c->argc; i++) {
		const char *a = c->argv[i];
		if (strcmp(a, "--lang") == 0 && i + 1 < c->argc)
			*lang = c->argv[++i];
		else if (a[0] != '-' && !*name)
			*name = a;
		else
			return false;
	}
	return !**lang || strcmp(*lang, "sq") == 0 || strcmp(*lang, "en") == 0;
}

static int with_sheet(struct job *j, int (*run)(const struct job *j), const char *name)
{
	j->sh = sheet_new(j->cf->world);
	if (!j->sh)
		return EX_OSERR;
	int status = EX_DATAERR;
	j->one = name != NULL;
	if (name && !sheet_find(j->sh, name, &j->form))
		fprintf(stderr, "kujdestar: no form \"%s\"\n", name);
	else
		status = run(j);
	sheet_free(j->sh);
	return status;
}

int cli_form(struct cli *c)
{
	const char *lang = "", *name = NULL;
	size_t v = 0;
	while (v < VERBS && (c->argc == 0 || strcmp(verbs[v].name, c->argv[0]) != 0))
		v++;
	if (v == VERBS || !take_options(c, &lang, &name))
		return cli_usage(USAGE);
	int status;
	struct config *cf = ask_config_store(c, &status);
	if (!cf)
		return status;
	struct job j = {.c = c, .cf = cf, .lang = lang};
	status = with_sheet(&j, verbs[v].run, name);
	config_free(cf);
	return status;
}
