/* roster.c - reporters from a CSV file: for the roster file and for `contact import`.
 * Calls config/csv, config/values, parser/msisdn, parser/world. */
#include <string.h>
#include "config/csv.h"
#include "config/load.h"
#include "config/values.h"

#define ID_MAX 23 /* struct parser_sender */
#define CLASSES_MAX 24

struct roster {
	const struct config *c;
	const char *file;
	struct cfg_arena *a;
	struct cfg_faults *f;
	config_roster_fn *row;
	void *arg;
	const char *ids[CSV_ROWS], *numbers[CSV_ROWS];
	int lines[CSV_ROWS];
	size_t n;
};

enum { ID, NUMBER, ROLE, SCHOOL, CLASSES, AGENCY, LANGUAGE };
#define COLUMNS "id msisdn role school classes agency language"

static bool has_school(const struct config *c, const char *school)
{
	for (size_t i = 0; i < c->n_classes; i++)
		if (strcmp(c->classes[i].school, school) == 0)
			return true;
	return false;
}

static bool has_class(const struct config *c, const char *school, const char *name, size_t n)
{
	for (size_t i = 0; i < c->n_classes; i++)
		if (strcmp(c->classes[i].school, school) == 0 &&
		    strlen(c->classes[i].class_name) == n &&
		    memcmp(c->classes[i].class_name, name, n) == 0)
			return true;
	return false;
}

static void check_id(struct roster *r, int line, const char *id)
{
	const char *why;
	size_t n = strlen(id);

	if (n < 1 || n > ID_MAX || !cfg_value_ok(CK_NAME, id, &why) ||
	    !((id[0] >= 'A' && id[0] <= 'Z') || (id[0] >= 'a' && id[0] <= 'z')))
		cfg_fault(r->f, r->file, line, "id",
			  "\"%.40s\" is no id: a letter, then letters, "
			  "digits, \"_\", \"-\", \".\"; at most %d",
			  id, ID_MAX);
	for (size_t i = 0; i < r->n; i++)
		if (strcmp(r->ids[i], id) == 0) {
			cfg_fault(r->f, r->file, line, "id", "\"%s\" is the id of line %d too", id,
				  r->lines[i]);
			return;
		}
}

/* The number itself is not quoted in a fault: terminals and logs keep what they are shown. */
static void check_number(struct roster *r, int line, const char *raw, char out[MSISDN_MAX])
{
	if (msisdn_normalise(&r->c->plan, raw, strlen(raw), out) < 0) {
		cfg_fault(r->f, r->file, line, "msisdn", "%s",
			  *raw ? "is no telephone number of the "
				 "plan in \"numbers\""
			       : "is missing");
		return;
	}
	for (size_t i = 0; i < r->n; i++)
		if (strcmp(r->numbers[i], out) == 0) {
			cfg_fault(r->f, r->file, line, "msisdn", "is the number of line %d too",
				  r->lines[i]);
			return;
		}
}

static void check_role(struct roster *r, int line, const char **field)
{
	enum role role;

	if (!role_from_name(field[ROLE], &role)) {
		cfg_fault(r->f, r->file, line, "role",
			  "\"%.20s\" is none of: teacher head outreach "
			  "coordinator duty agency",
			  field[ROLE]);
		return;
	}
	if ((role == ROLE_TEACHER || role == ROLE_HEAD) && !*field[SCHOOL])
		cfg_fault(r->f, r->file, line, "school", "is missing: a %s has one", field[ROLE]);
	if (role == ROLE_AGENCY && !*field[AGENCY])
		cfg_fault(r->f, r->file, line, "agency",
			  "is missing: a reporter of an agency has one");
}

static void check_classes(struct roster *r, int line, const char *school, const char *classes)
{
	int count = 0;

	for (const char *p = classes; *p;) {
		size_t n = strcspn(p, " ");
		if (!has_class(r->c, school, p, n))
			cfg_fault(r->f, r->file, line, "classes",
				  "\"%.*s\" is no class of school "
				  "\"%.20s\"",
				  n > 20 ? 20 : (int)n, p, school);
		count++;
		p += n;
		p += strspn(p, " ");
	}
	if (count > CLASSES_MAX)
		cfg_fault(r->f, r->file, line, "classes", "has %d classes, at most %d", count,
			  CLASSES_MAX);
}

static void check_places(struct roster *r, int line, const char **field)
{
	const char *why, *lang = field[LANGUAGE];

	if (*field[SCHOOL] && !has_school(r->c, field[SCHOOL]))
		cfg_fault(r->f, r->file, line, "school", "\"%.20s\" is not in the schools file",
			  field[SCHOOL]);
	else
		check_classes(r, line, field[SCHOOL], field[CLASSES]);
	if (*field[AGENCY] && !config_agency(r->c, field[AGENCY]))
		cfg_fault(r->f, r->file, line, "agency",
			  "\"%.20s\" is used but not defined in agencies", field[AGENCY]);
	if (*lang && (strlen(lang) > 3 || !cfg_value_ok(CK_LANGUAGE, lang, &why)))
		cfg_fault(r->f, r->file, line, "language", "\"%.20s\" is no language code (sq, en)",
			  lang);
}

static int one_row(void *arg, int line, const char **field)
{
	struct roster *r = arg;
	int before = r->f->n;
	char number[MSISDN_MAX];

	check_id(r, line, field[ID]);
	check_number(r, line, field[NUMBER], number);
	check_role(r, line, field);
	check_places(r, line, field);
	r->ids[r->n] = field[ID];
	r->numbers[r->n] = cfg_copy(r->a, number);
	r->lines[r->n++] = line;
	if (r->f->n > before)
		return 0;
	struct config_roster_row row = {
	    .id = field[ID],
	    .number = r->numbers[r->n - 1],
	    .role = field[ROLE],
	    .school = field[SCHOOL],
	    .classes = field[CLASSES],
	    .agency = field[AGENCY],
	    .lang = *field[LANGUAGE] ? field[LANGUAGE] : r->c->language,
	    .line = line,
	};
	if (r->row(r->arg, &row) < 0) {
		cfg_fault(r->f, r->file, line, NULL, "could not be taken");
		return -1;
	}
	return 0;
}

static int read_rows(const struct config *c, const char *file, struct cfg_arena *a,
		     struct cfg_faults *f, config_roster_fn *row, void *arg)
{
	struct roster *r = cfg_alloc(a, sizeof(*r));
	int before = f->n;

	if (!r)
		return 1;
	*r = (struct roster){.c = c, .file = file, .a = a, .f = f, .row = row, .arg = arg};
	cfg_csv_read(file, COLUMNS, a, f, one_row, r);
	return f->n - before;
}

int config_read_roster(const struct config *c, const char *file, config_roster_fn *row, void *arg,
		       FILE *err)
{
	struct cfg_arena a = {.chunks = NULL};
	struct cfg_faults f = {.err = err};

	read_rows(c, file, &a, &f, row, arg);
	if (a.failed)
		cfg_fault(&f, file, 0, NULL, "out of memory");
	cfg_arena_free(&a);
	return f.n;
}

static int keep_row(void *arg, const struct config_roster_row *row)
{
	struct config *c = arg;

	c->roster[c->n_roster++] = *row;
	return 0;
}

void cfg_load_roster(struct cfg_load *l)
{
	if (!*l->c->roster_file)
		return;
	l->c->roster = cfg_alloc(&l->own->arena, CSV_ROWS * sizeof(*l->c->roster));
	if (l->c->roster)
		read_rows(l->c, l->c->roster_file, &l->own->arena, l->f, keep_row, l->c);
}
