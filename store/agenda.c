/* agenda.c - see agenda.h.  Owns no table; may call base.c and the seam. */
#include "store/agenda.h"

#include <string.h>

#include "store/internal.h"

enum { Q_CASES, Q_EVENTS, Q_CONTACTS, Q_N };
static const char *const sql[Q_N] = {
	[Q_CASES] = "SELECT id, opened, concerns FROM cases WHERE opened >= $1 AND id > $2 "
		    "AND state <> 'duplicate' ORDER BY id LIMIT $3",
	[Q_EVENTS] = "SELECT e.id, e.at, c.code, e.detail, c.id FROM case_events e JOIN cases c "
		     "ON c.id = e.case_id WHERE e.what = $1 AND e.at >= $2 AND e.id > $3 "
		     "AND c.state NOT IN ('closed', 'duplicate') ORDER BY e.id LIMIT $4",
	[Q_CONTACTS] = "SELECT min(f.at) - c.opened AS waited FROM cases c JOIN followups f "
		       "ON f.case_id = c.id AND f.outcome NOT IN "
		       "('not_home', 'not_found', 'moved_unknown') WHERE c.opened >= $1 AND c.opened < $2 "
		       "AND c.state <> 'duplicate' GROUP BY c.id, c.opened ORDER BY waited LIMIT $3",
};
const struct sql_family agenda_family = { "agenda", sql, Q_N };

static int load_case(struct store *st, struct db_stmt *s, void *row)
{
	struct agenda_case *c = row;
	(void)st;
	c->id = db_int(s, 0);
	c->opened = db_int(s, 1);
	db_text(s, 2, c->concerns, sizeof c->concerns);
	return db_row(s);
}

static int load_event(struct store *st, struct db_stmt *s, void *row)
{
	struct agenda_event *e = row;
	(void)st;
	e->id = db_int(s, 0);
	e->at = db_int(s, 1);
	db_text(s, 2, e->code, sizeof e->code);
	db_text(s, 3, e->detail, sizeof e->detail);
	e->case_id = db_int(s, 4);
	return db_row(s);
}

static int load_seconds(struct store *st, struct db_stmt *s, void *row)
{
	(void)st;
	*(int64_t *)row = db_int(s, 0);
	return STORE_OK;
}

int agenda_cases(struct store *st, int64_t since, int64_t after, struct agenda_case *out, size_t max,
		 size_t *n)
{
	struct db_stmt *s = st->q[FAM_AGENDA][Q_CASES];
	db_bind_int(s, 1, since);
	db_bind_int(s, 2, after);
	db_bind_int(s, 3, (int64_t)max);
	return base_many(st, s, load_case, out, sizeof *out, max, n);
}

int agenda_events(struct store *st, const char *what, int64_t since, int64_t after,
		  struct agenda_event *out, size_t max, size_t *n)
{
	struct db_stmt *s = st->q[FAM_AGENDA][Q_EVENTS];
	db_bind_text(s, 1, what, 24);
	db_bind_int(s, 2, since);
	db_bind_int(s, 3, after);
	db_bind_int(s, 4, (int64_t)max);
	return base_many(st, s, load_event, out, sizeof *out, max, n);
}

int agenda_contacts(struct store *st, int64_t from, int64_t to, int64_t *seconds, size_t max,
		    size_t *n)
{
	struct db_stmt *s = st->q[FAM_AGENDA][Q_CONTACTS];
	db_bind_int(s, 1, from);
	db_bind_int(s, 2, to);
	db_bind_int(s, 3, (int64_t)max);
	return base_many(st, s, load_seconds, seconds, sizeof *seconds, max, n);
}
