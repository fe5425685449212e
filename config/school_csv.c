/* school_csv.c - classes and days of the calendar from CSV files.  Calls config/csv, config/values,
 * parser/schooldays. */
#include "config/school_csv.h"
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include "config/csv.h"
#include "config/load.h"
#include "config/values.h"
#include "parser/schooldays.h"

#define DAYS_MAX 400
#define WHY_MAX 120

int cfg_put_shifts(const struct cfg_extra *x, struct world *w)
{
	int rc = WORLD_OK;

	for (size_t i = 0; rc == WORLD_OK && i < x->n_shifts; i++) {
		const char *t = x->shifts[i].deadline;
		if (*x->shifts[i].name && *t)
			rc = world_add_shift(w, x->shifts[i].name,
					     (int)strtol(t, NULL, 10) * 60 +
						 (int)strtol(t + 3, NULL, 10));
	}
	return rc;
}

/* A list of what is allowed, cut where it gets long. */
static void add_word(char *out, size_t max, const char *word)
{
	size_t n = strlen(out);

	if (n + strlen(word) + 6 < max)
		snprintf(out + n, max - n, "%s%s", n ? " " : "", word);
	else if (n + 4 < max && (n < 3 || strcmp(out + n - 3, "...") != 0))
		snprintf(out + n, max - n, "...");
}

/* ---- classes --------------------------------------------------------------------------------- */

enum { SCHOOL, CLASS, SIZE, SHIFT, ZONE };

struct classes {
	const struct cfg_class_file *in;
	struct config_class_row *rows; /* those that were taken, for duplicates */
	size_t n;
};

static const char *known_shifts(const struct world *w, char *out, size_t max)
{
	char name[16];

	out[0] = '\0';
	for (int i = 0; world_shift_name(w, i, name, sizeof(name)); i++)
		add_word(out, max, name);
	return out;
}

static bool pupils(const char *s, int *out)
{
	char *end;
	long n = strtol(s, &end, 10);

	*out = (int)n;
	return end != s && !*end && n >= 1 && n <= 199 && strspn(s, "0123456789") == strlen(s);
}

static void check_zone(const struct cfg_class_file *in, int line, const char *zone)
{
	char known[200] = "";
	const char **p = in->zones;

	for (; p && *p && strcmp(*p, zone) != 0; p++)
		add_word(known, sizeof(known), *p);
	if (!p || !*p)
		cfg_fault(in->f, in->file, line, "zone", "\"%.20s\" is none of: %s", zone, known);
}

/* The world words what is wrong with a code or a class, and keeps the schools apart. */
static void check_place(struct classes *s, int line, const char **field, int size)
{
	const struct cfg_class_file *in = s->in;
	const struct config_class_row *last = NULL;

	for (size_t i = 0; i < s->n && !last; i++)
		if (strcmp(s->rows[i].school, field[SCHOOL]) == 0 &&
		    strcmp(s->rows[i].class_name, field[CLASS]) == 0)
			last = &s->rows[i];
	if (last)
		cfg_fault(in->f, in->file, line, "class", "%s %s is in line %d too", field[SCHOOL],
			  field[CLASS], last->line);
	else if ((!world_has_school(in->w, field[SCHOOL]) &&
		  world_add_school(in->w, field[SCHOOL]) < 0) ||
		 world_add_class(in->w, field[SCHOOL], field[CLASS], size, field[SHIFT]) < 0)
		cfg_fault(in->f, in->file, line, NULL, "%s", world_error(in->w));
}

static int class_row(void *arg, int line, const char **field)
{
	struct classes *s = arg;
	const struct cfg_class_file *in = s->in;
	int before = in->f->n, size;
	char known[200], name[16];

	if (world_class_name(field[CLASS], name, sizeof(name)))
		field[CLASS] = cfg_copy(in->a, name);
	bool sized = pupils(field[SIZE], &size);
	if (!sized)
		cfg_fault(in->f, in->file, line, "register",
			  "\"%.20s\" is not a number of pupils (1 to 199)", field[SIZE]);
	if (!world_has_shift(in->w, field[SHIFT]))
		cfg_fault(in->f, in->file, line, "shift", "\"%.20s\" is none of: %s", field[SHIFT],
			  known_shifts(in->w, known, sizeof(known)));
	if (*field[ZONE])
		check_zone(in, line, field[ZONE]);
	check_place(s, line, field, sized ? size : 1);
	struct config_class_row row = { .school = field[SCHOOL], .class_name = field[CLASS],
					.shift = field[SHIFT], .zone = field[ZONE],
					.register_size = size, .line = line };
	s->rows[s->n++] = row;
	return in->f->n > before ? 0 : in->fn(in->arg, &row);
}

int cfg_read_classes(const struct cfg_class_file *in)
{
	struct classes s = { .in = in, .rows = cfg_alloc(in->a, CSV_ROWS * sizeof(*s.rows)) };
	int before = in->f->n;

	if (s.rows)
		cfg_csv_read(in->file, "school class register|register_size shift zone?", in->a,
			     in->f, class_row, &s);
	return in->f->n - before;
}

/* ---- days ------------------------------------------------------------------------------------ */

enum { KIND, FROM, TO, WHERE, WHY };
#define KINDS "term holiday closure open"

struct days {
	const struct cfg_day_file *in;
	struct config_day_row *rows;
	size_t n;
};

static bool has_school(const struct config *c, const char *school, char *known, size_t max)
{
	known[0] = '\0';
	for (size_t i = 0; i < c->n_classes; i++) {
		const char *s = c->classes[i].school;
		if (strcmp(s, school) == 0)
			return true;
		if (i == 0 || strcmp(s, c->classes[i - 1].school) != 0)
			add_word(known, max, s);
	}
	return false;
}

static void check_days(const struct cfg_day_file *in, int line, const char **field)
{
	long from = cfg_day_number(field[FROM]), to = cfg_day_number(field[TO]);

	if (from < 0)
		cfg_fault(in->f, in->file, line, "from", "\"%.20s\" is no date (YYYY-MM-DD)",
			  field[FROM]);
	if (to < 0)
		cfg_fault(in->f, in->file, line, "to",
			  "\"%.20s\" is no date (YYYY-MM-DD; empty: the one day of from)", field[TO]);
	if (from >= 0 && to >= 0 && to < from)
		cfg_fault(in->f, in->file, line, "to", "%s is before %s", field[TO], field[FROM]);
	else if (from >= 0 && to - from > DAYS_MAX)
		cfg_fault(in->f, in->file, line, "to", "%s is more than %d days after %s", field[TO],
			  DAYS_MAX, field[FROM]);
}

/* Two rows of one kind and place that begin alike would be one row of the store; two terms that overlap
 * are one term, or a slip. */
static void check_twice(const struct days *s, int line, const char **field)
{
	const struct cfg_day_file *in = s->in;

	for (size_t i = 0; i < s->n; i++) {
		const struct config_day_row *r = &s->rows[i];
		if (strcmp(r->kind, field[KIND]) != 0 || strcmp(r->school, field[WHERE]) != 0)
			continue;
		bool term = strcmp(r->kind, "term") == 0;
		if (strcmp(r->from, field[FROM]) != 0 &&
		    !(term && strcmp(r->from, field[TO]) <= 0 && strcmp(field[FROM], r->to) <= 0))
			continue;
		cfg_fault(in->f, in->file, line, "from", "the %s of %s %s line %d%s", r->kind,
			  field[FROM], term ? "overlaps that of" : "begins as that of", r->line,
			  term ? "" : ": one row for both");
		return;
	}
}

static int day_row(void *arg, int line, const char **field)
{
	struct days *s = arg;
	const struct cfg_day_file *in = s->in;
	int before = in->f->n;
	char known[200];

	if (!*field[TO])
		field[TO] = field[FROM];
	if (!cfg_word_in(KINDS, field[KIND]))
		cfg_fault(in->f, in->file, line, "kind", "\"%.20s\" is none of: " KINDS, field[KIND]);
	check_days(in, line, field);
	if (*field[WHERE] && !has_school(in->c, field[WHERE], known, sizeof(known)))
		cfg_fault(in->f, in->file, line, "school", "\"%.20s\" is none of: %s (empty: all)",
			  field[WHERE], known);
	if (strlen(field[WHY]) > WHY_MAX)
		cfg_fault(in->f, in->file, line, "why", "has %zu bytes (0 to %d)", strlen(field[WHY]),
			  WHY_MAX);
	if (in->f->n == before)
		check_twice(s, line, field);
	struct config_day_row row = { .kind = field[KIND], .from = field[FROM], .to = field[TO],
				      .school = field[WHERE], .why = field[WHY], .line = line };
	if (in->f->n > before)
		return 0;
	s->rows[s->n++] = row;
	return in->fn(in->arg, &row);
}

int cfg_read_days(const struct cfg_day_file *in)
{
	struct days s = { .in = in, .rows = cfg_alloc(in->a, CSV_ROWS * sizeof(*s.rows)) };
	int before = in->f->n;

	if (s.rows)
		cfg_csv_read(in->file, "kind from to? school? why?", in->a, in->f, day_row, &s);
	return in->f->n - before;
}

/* ---- for the imports ------------------------------------------------------------------------- */

int config_read_schools(const struct config *c, const char *file, config_class_fn *row, void *arg,
			FILE *err)
{
	struct cfg_arena a = { .chunks = NULL };
	struct cfg_faults f = { .err = err, .all = true };
	struct cfg_class_file in = { file, world_new(), c->own->x.zones, &a, &f, row, arg };

	if (!in.w || cfg_put_shifts(&c->own->x, in.w) < 0)
		cfg_fault(&f, file, 0, NULL, "out of memory");
	else
		cfg_read_classes(&in);
	if (a.failed)
		cfg_fault(&f, file, 0, NULL, "out of memory");
	world_free(in.w);
	cfg_arena_free(&a);
	return f.n;
}

int config_read_calendar(const struct config *c, const char *file, config_day_fn *row, void *arg,
			 FILE *err)
{
	struct cfg_arena a = { .chunks = NULL };
	struct cfg_faults f = { .err = err, .all = true };
	struct cfg_day_file in = { file, c, &a, &f, row, arg };

	cfg_read_days(&in);
	if (a.failed)
		cfg_fault(&f, file, 0, NULL, "out of memory");
	cfg_arena_free(&a);
	return f.n;
}

static bool say(char *why, size_t max, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
static bool say(char *why, size_t max, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, max, fmt, ap);
	va_end(ap);
	return false;
}

static bool school_code(const char *s)
{
	size_t n = strlen(s);

	return n >= 1 && n <= 11 && strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == n;
}

bool config_class_ok(const struct config *c, const struct config_class_row *row, char *why,
		     size_t max)
{
	char name[16];

	if (!school_code(row->school))
		return say(why, max, "school \"%.20s\": capitals and digits, at most 11",
			   row->school);
	if (!world_class_name(row->class_name, name, sizeof(name)) ||
	    strcmp(name, row->class_name) != 0)
		return say(why, max, "class \"%.20s\": a grade 0..12 and a section, as 5A or 5/2",
			   row->class_name);
	if (row->register_size < 1 || row->register_size > 199)
		return say(why, max, "%s %s: register of %d (1 to 199)", row->school,
			   row->class_name, row->register_size);
	if (!world_has_shift(c->world, row->shift))
		return say(why, max, "%s %s: no shift \"%.20s\"", row->school, row->class_name,
			   row->shift);
	if (*row->zone && !cfg_has(c->own->x.zones, row->zone))
		return say(why, max, "%s %s: no zone \"%.20s\"", row->school, row->class_name,
			   row->zone);
	return true;
}

bool config_day_ok(const struct config *c, const struct config_day_row *row, char *why, size_t max)
{
	char known[200];
	long from = cfg_day_number(row->from), to = cfg_day_number(row->to);

	if (!cfg_word_in(KINDS, row->kind))
		return say(why, max, "kind \"%.20s\" is none of: " KINDS, row->kind);
	if (from < 0 || to < 0)
		return say(why, max, "\"%.20s\" is no date (YYYY-MM-DD)",
			   from < 0 ? row->from : row->to);
	if (to < from || to - from > DAYS_MAX)
		return say(why, max, "%s to %s: the last day is %s", row->from, row->to,
			   to < from ? "before the first" : "more than 400 days after the first");
	if (*row->school && !has_school(c, row->school, known, sizeof(known)))
		return say(why, max, "school \"%.20s\" is none of: %s", row->school, known);
	if (strlen(row->why) > WHY_MAX)
		return say(why, max, "why: more than %d bytes", WHY_MAX);
	return true;
}
