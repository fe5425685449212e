/* counts.c - see counts.h.  Owns no table; may call base.c and the seam. */
#include "store/counts.h"

#include <stdio.h>
#include <string.h>

#include "store/internal.h"

enum { Q_CASES, Q_OUTCOMES, Q_N };
static const char *const sql[Q_N] = {
	[Q_CASES] = "SELECT c.id, c.opened, c.concerns, c.sex, c.age, "
		    "EXISTS (SELECT 1 FROM case_events e WHERE e.case_id = c.id AND e.what = 'closed' "
		    "AND e.at >= $1 AND e.at < $2), "
		    "EXISTS (SELECT 1 FROM case_slots s WHERE s.case_id = c.id AND s.state = 'stands' "
		    "AND s.at < $2), "
		    "coalesce((SELECT e.detail FROM case_events e WHERE e.case_id = c.id AND "
		    "e.what = 'closed' AND e.at < $2 ORDER BY e.id DESC LIMIT 1), ''), "
		    "(SELECT e.detail FROM case_events e WHERE e.case_id = c.id AND e.what = 'state' "
		    "AND e.at < $2 ORDER BY e.id DESC LIMIT 1) "
		    "FROM cases c WHERE c.opened < $2 AND c.id > $3 AND c.state <> 'duplicate' AND NOT "
		    "(c.state = 'closed' AND EXISTS (SELECT 1 FROM case_events e WHERE e.case_id = c.id AND "
		    "e.what = 'closed' AND e.detail = 'undone by its reporter')) ORDER BY c.id LIMIT $4",
	[Q_OUTCOMES] = "SELECT outcome, n FROM return_outcomes WHERE quarter = $1 ORDER BY outcome LIMIT $2",
};
const struct sql_family counts_family = { "counts", sql, Q_N };

static int load_case(struct store *st, struct db_stmt *s, void *row)
{
	struct count_case *c = row;
	char moved[96], why[96];
	(void)st;
	memset(c, 0, sizeof *c);
	c->id = db_int(s, 0);
	c->opened = db_int(s, 1);
	db_text(s, 2, c->concerns, sizeof c->concerns);
	db_text(s, 3, c->sex, sizeof c->sex);
	c->age = (int)db_int(s, 4);
	c->closed = db_int(s, 5) != 0;
	c->placed = db_int(s, 6) != 0;
	db_text(s, 7, why, sizeof why);
	c->reintegrated = c->closed && strcmp(why, "reintegrated") == 0;
	db_text(s, 8, moved, sizeof moved); /* "plan>services", or nothing */
	const char *to = strchr(moved, '>');
	snprintf(c->state, sizeof c->state, "%.15s", to ? to + 1 : "new");
	return db_row(s);
}

int count_cases(struct store *st, int64_t from, int64_t to, int64_t after, struct count_case *out, size_t max,
		size_t *n)
{
	struct db_stmt *s = st->q[FAM_COUNTS][Q_CASES];
	db_bind_int(s, 1, from);
	db_bind_int(s, 2, to);
	db_bind_int(s, 3, after);
	db_bind_int(s, 4, (int64_t)max);
	return base_many(st, s, load_case, out, sizeof *out, max, n);
}

static int load_outcome(struct store *st, struct db_stmt *s, void *row)
{
	struct count_outcome *o = row;
	(void)st;
	memset(o, 0, sizeof *o);
	db_text(s, 0, o->outcome, sizeof o->outcome);
	o->n = db_int(s, 1);
	return db_row(s);
}

int count_outcomes(struct store *st, const char *quarter, struct count_outcome *out, size_t max, size_t *n)
{
	struct db_stmt *s = st->q[FAM_COUNTS][Q_OUTCOMES];
	db_bind_text(s, 1, quarter, 7);
	db_bind_int(s, 2, (int64_t)max);
	return base_many(st, s, load_outcome, out, sizeof *out, max, n);
}
