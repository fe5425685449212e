/* quarter.c - the anonymous sheet of a quarter.  See quarter.h. */
#include "gateway/casework/quarter.h"
#include <stdio.h>
#include <string.h>
#include "gateway/casework/suppress.h"
#include "gateway/hub/clock.h"
#include "parser/calendar.h"

#define BATCH 64
#define NOT_SAID "not said"

static const char *const sexes[] = { "M", "F", NOT_SAID, NULL };
static const char *const concerns[] = { "begging", "labour",       "drugs",    "sexual",  "trafficking",
					"marriage", "street",      "unaccompanied", "violence", "neglect",
					"dropout",  "crime",       NOT_SAID,   NULL };
static const char *const statuses[] = { "new",    "in work", "in school", "closed, reintegrated",
					"closed", NULL };
static const char *const ages[] = { "0-5", "6-11", "12-14", "15-17", "18+", NOT_SAID, NULL };
static const char *const opened[] = { "in the quarter", "before", NULL };

static const struct {
	const char *name;
	const char *const *groups;
} by[BY_COUNT] = {
	[BY_SEX] = { "sex", sexes },
	[BY_CONCERN] = { "concern", concerns },
	[BY_STATUS] = { "status", statuses },
	[BY_AGE] = { "age", ages },
	[BY_OPENED] = { "opened", opened },
};

const char *quarter_by_name(enum quarter_by b)
{
	return by[b].name;
}

const char *quarter_group(enum quarter_by b, size_t i)
{
	size_t n = 0;

	while (by[b].groups[n])
		n++;
	return i < n ? by[b].groups[i] : NULL;
}

static size_t groups_of(enum quarter_by b)
{
	size_t n = 0;

	while (by[b].groups[n])
		n++;
	return n;
}

bool quarter_days(const char *name, char canonical[8], char from[11], char to[11])
{
	int y = 0;
	size_t n = strspn(name, "0123456789");

	for (size_t i = 0; i < 4 && i < n; i++)
		y = y * 10 + (name[i] - '0');
	const char *p = name + n + (name[n] == '-');
	if (n != 4 || y < 2000 || y > 2199 || (*p != 'Q' && *p != 'q') || p[1] < '1' || p[1] > '4' ||
	    p[2] != '\0')
		return false;
	int first = (p[1] - '1') * 3 + 1;
	snprintf(canonical, 8, "%.4sQ%c", name, p[1]);
	day_to_iso(day_number(y, first, 1), from);
	day_to_iso(day_number(first == 10 ? y + 1 : y, first == 10 ? 1 : first + 3, 1) - 1, to);
	return true;
}

/* ---- counting ------------------------------------------------------------------------------- */

static size_t place(enum quarter_by b, const char *word, size_t len)
{
	size_t n = groups_of(b);

	for (size_t i = 0; i < n; i++) {
		if (strlen(by[b].groups[i]) == len && memcmp(by[b].groups[i], word, len) == 0)
			return i;
	}
	return n - 1; /* not said */
}

static size_t status_of(const struct count_case *c)
{
	if (strcmp(c->state, "closed") == 0)
		return c->reintegrated ? 3 : 4;
	if (c->placed)
		return 2;
	return strcmp(c->state, "new") == 0 ? 0 : 1;
}

static size_t age_of(int age)
{
	return age < 0 ? 5 : age < 6 ? 0 : age < 12 ? 1 : age < 15 ? 2 : age < 18 ? 3 : 4;
}

static void count(struct quarter *q, const struct count_case *c, int64_t from)
{
	const size_t at[BY_COUNT] = {
		[BY_SEX] = place(BY_SEX, c->sex, strlen(c->sex)),
		[BY_CONCERN] = place(BY_CONCERN, c->concerns, strcspn(c->concerns, ",")),
		[BY_STATUS] = status_of(c),
		[BY_AGE] = age_of(c->age),
		[BY_OPENED] = c->opened >= from ? 0 : 1,
	};

	q->all.n++;
	for (int b = 0; b < BY_COUNT; b++) {
		q->total[b][at[b]].n++;
		if (b + 1 < BY_COUNT)
			q->cell[b][at[b]][at[b + 1]].n++;
	}
}

static int count_all(struct desk *d, struct quarter *q, int64_t from, int64_t to)
{
	struct count_case rows[BATCH];
	int64_t after = 0;
	size_t n = BATCH;
	int rc = STORE_OK;

	while (rc == STORE_OK && n == BATCH) {
		rc = count_cases(d->st, from, to, after, rows, BATCH, &n);
		for (size_t i = 0; rc == STORE_OK && i < n; i++) {
			after = rows[i].id;
			if (strcmp(rows[i].state, "closed") != 0 || rows[i].closed)
				count(q, &rows[i], from);
		}
	}
	return rc;
}

/* ---- leaving out ---------------------------------------------------------------------------- */

/* One count of the sheet is one cell of the network; where it came from, to write it back. */
struct chain {
	struct suppress_cell cells[SUPPRESS_CELLS];
	struct quarter_count *of[SUPPRESS_CELLS];
	size_t n;
};

static void add(struct chain *c, struct quarter_count *q, int from, int to)
{
	c->cells[c->n] = (struct suppress_cell){ .from = from, .to = to, .value = q->n };
	c->of[c->n++] = q;
}

/* root - sex | concern - (its total) - concern | status - ... - root: each group is a node where a table ends
 * and a node where the next begins, and its total leads from one to the other. */
static bool leave_out(struct quarter *q)
{
	static struct chain c; /* 40 KB; the hub has one thread */
	int node = 2, in[QUARTER_GROUPS], out[QUARTER_GROUPS] = { 0 };

	memset(&c, 0, sizeof(c));
	add(&c, &q->all, 1, 0);
	for (int b = 0; b < BY_COUNT; b++) {
		size_t n = groups_of((enum quarter_by)b);
		int before[QUARTER_GROUPS];
		memcpy(before, out, sizeof(before));
		for (size_t i = 0; i < n; i++) {
			in[i] = b == 0 ? 0 : node++;
			out[i] = b + 1 == BY_COUNT ? 1 : node++;
			add(&c, &q->total[b][i], in[i], out[i]);
		}
		for (size_t k = 0; b > 0 && k < groups_of((enum quarter_by)(b - 1)); k++) {
			for (size_t i = 0; i < n; i++)
				add(&c, &q->cell[b - 1][k][i], before[k], in[i]);
		}
	}
	bool good = suppress(c.cells, c.n, node);
	for (size_t i = 0; i < c.n; i++)
		c.of[i]->hidden = c.cells[i].hidden;
	return good;
}

static bool leave_out_returns(struct quarter *q)
{
	struct suppress_cell cells[QUARTER_OUTCOMES + 1];

	for (size_t i = 0; i < q->n_outcomes; i++) {
		cells[i] = (struct suppress_cell){ .from = 0, .to = 1, .value = q->outcome[i].n };
		q->outcomes += q->outcome[i].n;
	}
	cells[q->n_outcomes] = (struct suppress_cell){ .from = 1, .to = 0, .value = q->outcomes };
	bool good = suppress(cells, q->n_outcomes + 1, 2);
	for (size_t i = 0; i < q->n_outcomes; i++)
		q->outcome_hidden[i] = cells[i].hidden;
	q->outcomes_hidden = cells[q->n_outcomes].hidden;
	return good;
}

static int64_t begin_of(const char *day, int plus)
{
	char iso[11], at[24];
	int32_t n = 0;

	day_from_iso(day, &n);
	day_to_iso(n + plus, iso);
	snprintf(at, sizeof(at), "%sT00:00", iso);
	return clock_utc_of(at);
}

int quarter_build(struct desk *d, const char *name, struct quarter *out)
{
	memset(out, 0, sizeof(*out));
	if (!quarter_days(name, out->name, out->from, out->to))
		return STORE_NONE;
	int64_t from = begin_of(out->from, 0), to = begin_of(out->to, 1);
	out->running = d->now < to;
	int rc = count_all(d, out, from, to);
	if (rc == STORE_OK)
		rc = count_outcomes(d->st, out->name, out->outcome, QUARTER_OUTCOMES, &out->n_outcomes);
	if (rc != STORE_OK)
		return rc;
	return leave_out(out) && leave_out_returns(out) ? STORE_OK : STORE_FAIL;
}
