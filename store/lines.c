/* lines.c - when a reporter was last heard, and whether texts reach him.  Owns lines; may call base.c and
 * the seam. */
#include "store/lines.h"

#include <string.h>

#include "store/internal.h"

#define NEW "INSERT INTO lines (reporter, heard, failed, stopped, asked, tell) "

enum { Q_GET, Q_HEARD, Q_ARRIVED, Q_FAILED, Q_WITHHELD, Q_TO_TELL, Q_TOLD, Q_N };
static const char *const sql[Q_N] = {
	[Q_GET] = "SELECT r.changed, COALESCE(l.heard, 0), COALESCE(l.failed, 0), COALESCE(l.stopped, 0), "
		  "COALESCE(l.asked, 0), COALESCE(l.tell, 0) FROM reporters r "
		  "LEFT JOIN lines l ON l.reporter = r.id WHERE r.id = $1",
	[Q_HEARD] = NEW "VALUES ($1, $2, 0, 0, 0, 0) ON CONFLICT (reporter) DO UPDATE SET "
		    "heard = excluded.heard, failed = 0, stopped = 0, asked = 0, tell = 0",
	[Q_ARRIVED] = "UPDATE lines SET failed = 0 WHERE reporter = $1 AND failed > 0 AND stopped = 0",
	[Q_FAILED] = NEW "VALUES ($1, 0, 1, CASE WHEN $2 <= 1 THEN 1 ELSE 0 END, 0, "
		     "CASE WHEN $2 <= 1 THEN 1 ELSE 0 END) ON CONFLICT (reporter) DO UPDATE SET "
		     "failed = lines.failed + 1, "
		     "tell = CASE WHEN lines.failed + 1 >= $2 AND lines.stopped = 0 THEN 1 ELSE lines.tell END, "
		     "stopped = CASE WHEN lines.failed + 1 >= $2 THEN 1 ELSE lines.stopped END",
	[Q_WITHHELD] = NEW "VALUES ($1, 0, 0, 0, 1, 1) ON CONFLICT (reporter) DO UPDATE SET "
		       "asked = 1, tell = 1 WHERE lines.asked = 0",
	[Q_TO_TELL] = "SELECT l.reporter, l.stopped FROM lines l WHERE l.tell = 1 ORDER BY l.reporter LIMIT 1",
	[Q_TOLD] = "UPDATE lines SET tell = 0 WHERE reporter = $1 AND tell = 1",
};
const struct sql_family lines_family = { "lines", sql, Q_N };

static struct db_stmt *q(struct store *st, int i)
{
	return st->q[FAM_LINES][i];
}

static int load_row(struct store *st, struct db_stmt *s, void *row)
{
	struct line *l = row;
	(void)st;
	l->since = db_int(s, 0);
	l->heard = db_int(s, 1) > l->since ? db_int(s, 1) : l->since;
	l->failed = (int)db_int(s, 2);
	l->stopped = db_int(s, 3) != 0;
	l->asked = db_int(s, 4) != 0;
	l->tell = db_int(s, 5) != 0;
	return STORE_OK;
}

int line_get(struct store *st, const char *reporter, struct line *out)
{
	struct db_stmt *s = q(st, Q_GET);
	db_bind_text(s, 1, reporter, ROSTER_ID);
	return base_one(st, s, load_row, out);
}

int line_heard(struct store *st, const char *reporter, int64_t now)
{
	struct db_stmt *s = q(st, Q_HEARD);
	db_bind_text(s, 1, reporter, ROSTER_ID);
	db_bind_int(s, 2, now);
	return base_db(st, db_run(s));
}

int line_arrived(struct store *st, const char *reporter)
{
	struct db_stmt *s = q(st, Q_ARRIVED);
	db_bind_text(s, 1, reporter, ROSTER_ID);
	return base_db(st, db_run(s));
}

int line_failed(struct store *st, const char *reporter, int limit)
{
	struct db_stmt *s = q(st, Q_FAILED);
	db_bind_text(s, 1, reporter, ROSTER_ID);
	db_bind_int(s, 2, limit);
	return base_db(st, db_run(s));
}

int line_withheld(struct store *st, const char *reporter, bool *first)
{
	struct db_stmt *s = q(st, Q_WITHHELD);
	db_bind_text(s, 1, reporter, ROSTER_ID);
	int rc = db_run(s);
	*first = rc == STORE_OK && db_changes(st->db) > 0;
	return base_db(st, rc);
}

int line_to_tell(struct store *st, char reporter[ROSTER_ID], bool *stopped)
{
	struct db_stmt *s = q(st, Q_TO_TELL);
	int rc = db_step(s);
	if (rc != STORE_OK)
		return base_db(st, rc);
	db_text(s, 0, reporter, ROSTER_ID);
	*stopped = db_int(s, 1) != 0;
	rc = db_row(s);
	db_reset(s);
	return base_db(st, rc);
}

int line_told(struct store *st, const char *reporter)
{
	struct db_stmt *s = q(st, Q_TOLD);
	db_bind_text(s, 1, reporter, ROSTER_ID);
	return base_transition(st, s, "line");
}
