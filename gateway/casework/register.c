/* register.c - see register.h. */
#include "gateway/casework/register.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "gateway/hub/clock.h"
#include "parser/calendar.h"
#include "store/school.h"

#define SIZES 64
#define LEFT 400    /* more than a register has in two school years */
#define MARKS 20000 /* of one class in a span: 199 pupils absent on half of its days */

/* The year of an ISO week is that of its Thursday. */
void register_week_name(const char *day, char out[9])
{
	int32_t n;
	int y, m, d;

	out[0] = '\0';
	if (!day_from_iso(day, &n))
		return;
	int32_t thursday = n - day_weekday(n) + 4;
	day_split(thursday, &y, &m, &d);
	snprintf(out, 9, "%04uW%02u", (unsigned)y % 10000u,
		 (unsigned)((thursday - day_number(y, 1, 1)) / 7 + 1) % 100u);
}

/* ---- the span ------------------------------------------------------------------------------- */

struct work {
	struct desk *d;
	struct register_class *r;
	const char *from, *to, *closed;
	char today[SCHOOLDAY];
	struct class_size sizes[SIZES];
	size_t n_sizes;
};

static int size_on(const struct work *w, const char *day)
{
	int size = w->r->about->register_size;

	if (w->n_sizes)
		size = w->sizes[0].size;
	for (size_t i = 0; i < w->n_sizes && strcmp(w->sizes[i].day, day) <= 0; i++)
		size = w->sizes[i].size;
	return size;
}

/* A closed class is no class of the calendar any more; until then it had the school's days. */
static bool lessons(const struct work *w, const char *day)
{
	const struct config_class_row *c = w->r->about;

	if (*w->closed && strcmp(day, w->closed) >= 0)
		return false;
	return schoolday_is(w->d->cf, c->school, *w->closed ? NULL : c->class_name, day);
}

static bool is_due(const struct work *w, const char *day)
{
	const struct config_class_row *c = w->r->about;

	if (strcmp(day, w->today) != 0 || *w->closed)
		return strcmp(day, w->today) > 0;
	return w->d->now < schoolday_deadline(w->d->cf, c->school, c->class_name, day);
}

static int lay_out(struct work *w)
{
	int32_t a, b;

	if (!day_from_iso(w->from, &a) || !day_from_iso(w->to, &b) || b < a || b - a >= REGISTER_DAYS)
		return STORE_BOUND;
	w->r->days = calloc((size_t)(b - a) + 1, sizeof(*w->r->days));
	if (!w->r->days)
		return STORE_FAIL;
	for (; a <= b; a++) {
		struct register_day *d = &w->r->days[w->r->n_days++];
		day_to_iso(a, d->day);
		d->school = lessons(w, d->day);
		d->state = !d->school ? REGISTER_NO_SCHOOL :
			   is_due(w, d->day) ? REGISTER_DUE : REGISTER_SILENT;
	}
	return STORE_OK;
}

static struct register_day *find(const struct register_class *r, const char *day)
{
	int32_t first, n;

	if (r->n_days == 0 || !day_from_iso(r->days[0].day, &first) || !day_from_iso(day, &n) ||
	    n < first || (size_t)(n - first) >= r->n_days)
		return NULL;
	return &r->days[n - first];
}

static int read_left(struct work *w)
{
	const struct config_class_row *c = w->r->about;

	w->r->left = calloc(LEFT, sizeof(*w->r->left));
	return w->r->left ? report_left(w->d->st, c->school, c->class_name, w->from, w->to, w->r->left,
					LEFT, &w->r->n_left)
			  : STORE_FAIL;
}

/* A place in the register that nobody has any more is not one of somebody present. */
static int gone_by(const struct register_class *r, const char *day)
{
	int n = 0;

	for (size_t i = 0; i < r->n_left; i++)
		n += strcmp(day, r->left[i].from) >= 0 && strcmp(day, r->left[i].until) <= 0;
	return n;
}

static int read_days(struct work *w)
{
	const struct config_class_row *c = w->r->about;
	struct report_day *rows = calloc(REGISTER_DAYS, sizeof(*rows));
	size_t n = 0;
	int rc = rows ? report_days(w->d->st, c->school, c->class_name, w->from, w->to, rows,
				    REGISTER_DAYS, &n)
		      : STORE_FAIL;

	for (size_t i = 0; rc == STORE_OK && i < n; i++) {
		struct register_day *d = find(w->r, rows[i].day);
		if (!d)
			continue;
		d->state = REGISTER_REPORTED;
		d->list = rows[i].list;
		d->enrolled = rows[i].enrolled > 0 ? rows[i].enrolled : size_on(w, d->day);
		if (!rows[i].said)
			d->enrolled -= gone_by(w->r, d->day);
		d->absent = rows[i].absent;
	}
	free(rows);
	return rc;
}

static bool is(const struct report_mark *m, const char *category)
{
	return strcmp(m->category, category) == 0;
}

static int read_marks(struct work *w)
{
	const struct config_class_row *c = w->r->about;
	struct register_class *r = w->r;

	r->marks = calloc(MARKS, sizeof(*r->marks));
	int rc = r->marks ? report_marks(w->d->st, c->school, c->class_name, w->from, w->to, r->marks,
					 MARKS, &r->n_marks)
			  : STORE_FAIL;
	for (size_t i = 0; rc == STORE_OK && i < r->n_marks; i++) {
		struct register_day *d = find(r, r->marks[i].day);
		if (!d)
			continue;
		d->late += is(&r->marks[i], "late");
		d->left += is(&r->marks[i], "left_early");
		d->excused += is(&r->marks[i], "excused");
		d->unexcused += is(&r->marks[i], "unknown") || is(&r->marks[i], "unexcused");
	}
	return rc;
}

/* Counted without a number: nobody excused them. */
static void settle(struct register_class *r)
{
	for (size_t i = 0; i < r->n_days; i++) {
		struct register_day *d = &r->days[i];
		int named = d->excused + d->unexcused;
		if (d->absent < named)
			d->absent = named;
		d->unexcused += d->absent - named;
	}
}

/* ---- what follows --------------------------------------------------------------------------- */

static int weeks(struct register_class *r)
{
	struct register_week *w = NULL;

	r->weeks = calloc(r->n_days / 7 + 2, sizeof(*r->weeks));
	if (!r->weeks)
		return STORE_FAIL;
	for (size_t i = 0; i < r->n_days; i++) {
		const struct register_day *d = &r->days[i];
		char name[9];
		register_week_name(d->day, name);
		if (!w || strcmp(w->name, name) != 0) {
			w = &r->weeks[r->n_weeks++];
			memcpy(w->name, name, sizeof(w->name));
			memcpy(w->from, d->day, sizeof(w->from));
		}
		memcpy(w->to, d->day, sizeof(w->to));
		w->school_days += d->school && d->state != REGISTER_DUE;
		w->silent += d->state == REGISTER_SILENT;
		if (!d->school || d->state != REGISTER_REPORTED)
			continue;
		w->reported++;
		w->absent += d->absent;
		w->possible += d->enrolled;
	}
	return STORE_OK;
}

/* Since when nothing is heard of the class: from its newest report on, or from the span's first day
 * when there never was one. */
static int silence(struct work *w)
{
	const struct config_class_row *c = w->r->about;
	const char *upto = strcmp(w->to, w->today) < 0 ? w->to : w->today;
	char day[SCHOOLDAY];
	int32_t n;

	int rc = report_last(w->d->st, c->school, c->class_name, upto, w->r->last);
	if (rc != STORE_OK && rc != STORE_NONE)
		return rc;
	if (!day_from_iso(rc == STORE_OK ? w->r->last : w->from, &n))
		return STORE_FAIL;
	for (n += rc == STORE_OK;; n++) {
		day_to_iso(n, day);
		if (strcmp(day, upto) > 0)
			break;
		if (!lessons(w, day) || is_due(w, day))
			continue;
		if (w->r->silent_days++ == 0)
			memcpy(w->r->silent_since, day, sizeof(day));
	}
	return STORE_OK;
}

int register_load(struct desk *d, const struct config_class_row *about, const char *closed,
		  const char *from, const char *to, struct register_class *out)
{
	struct work w = { .d = d, .r = out, .from = from, .to = to, .closed = closed };

	memset(out, 0, sizeof(*out));
	out->about = about;
	clock_day(d->now, w.today);
	int rc = class_sizes(d->st, about->school, about->class_name, w.sizes, SIZES, &w.n_sizes);
	if (rc == STORE_OK)
		rc = lay_out(&w);
	if (rc == STORE_OK)
		rc = read_left(&w);
	if (rc == STORE_OK)
		rc = read_days(&w);
	if (rc == STORE_OK)
		rc = read_marks(&w);
	if (rc != STORE_OK)
		return rc;
	settle(out);
	rc = weeks(out);
	return rc == STORE_OK ? silence(&w) : rc;
}

void register_free(struct register_class *r)
{
	free(r->days);
	free(r->marks);
	free(r->left);
	free(r->weeks);
	memset(r, 0, sizeof(*r));
}
