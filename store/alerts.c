/* alerts.c - alerts: raised once per rule, subject and window; told, acknowledged or escalated.
 * Owns alerts and alert_told; may call base.c and the seam. */
#include "store/alerts.h"

#include <string.h>

#include "store/internal.h"

#define COLUMNS "a.number, a.rule, a.subject, a.span, a.case_id, a.state, a.urgent, a.step, " \
	"a.raised, a.escalate_at, a.acked_by, a.acked_at, a.message"

enum {
	Q_SAME, Q_ADD, Q_GET, Q_LIST, Q_LIST_OPEN, Q_TOLD, Q_WAS_TOLD, Q_PENDING, Q_ACK, Q_WITHDRAW,
	Q_OPEN_FOR, Q_STANDING_FOR, Q_OF_MESSAGE, Q_DUE, Q_NEXT_DUE, Q_ESCALATED, Q_STANDING_WITH,
	Q_IN_SPAN, Q_CLOSE, Q_CLOSE_BEFORE, Q_WHO, Q_SHIFT, Q_MOVE, Q_N
};
/* What it says still holds: nobody answered yet, or somebody is at work on it.  As the index has it. */
#define STANDING "state IN ('open', 'acked')"
/* Who was at work on one that is taken back. */
#define REASON "substr($1 || CASE WHEN acked_by <> '' THEN ', taken by ' || acked_by ELSE '' END, 1, 95)"
static const char *const sql[Q_N] = {
	[Q_SAME] = "SELECT " COLUMNS " FROM alerts a WHERE a.rule = $1 AND a.subject = $2 "
		   "AND a.span = $3",
	[Q_ADD] = "INSERT INTO alerts (number, rule, subject, span, case_id, state, urgent, step, "
		  "raised, escalate_at, acked_by, acked_at, message, reason) "
		  "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '', 0, $11, '')",
	[Q_GET] = "SELECT " COLUMNS " FROM alerts a WHERE a.number = $1",
	[Q_LIST] = "SELECT " COLUMNS " FROM alerts a ORDER BY a.number DESC LIMIT $1",
	[Q_LIST_OPEN] = "SELECT " COLUMNS " FROM alerts a WHERE a.state = 'open' ORDER BY a.number "
			"LIMIT $1",
	[Q_TOLD] = "INSERT INTO alert_told (alert, reporter, step, outbox) VALUES ($1, $2, $3, $4) "
		   "ON CONFLICT (alert, reporter, step) DO UPDATE SET outbox = excluded.outbox",
	[Q_WAS_TOLD] = "SELECT step FROM alert_told WHERE alert = $1 AND reporter = $2 LIMIT 1",
	[Q_PENDING] = "SELECT DISTINCT a.number FROM alert_told t JOIN alerts a ON a.number = t.alert "
		      "WHERE t.reporter = $1 AND a.state = 'open' ORDER BY a.number LIMIT $2",
	[Q_ACK] = "UPDATE alerts SET state = 'acked', acked_by = $1, acked_at = $2, closed = $2 "
		  "WHERE number = $3 AND state = 'open'",
	[Q_WITHDRAW] = "UPDATE alerts SET state = 'withdrawn', reason = " REASON ", acked_by = '', "
		       "closed = $2 WHERE number = $3 AND " STANDING,
	[Q_OPEN_FOR] = "SELECT " COLUMNS " FROM alerts a WHERE a.subject = $1 AND a.state = 'open' "
		       "ORDER BY a.number LIMIT $2",
	[Q_STANDING_FOR] = "SELECT " COLUMNS " FROM alerts a WHERE a.subject = $1 AND " STANDING
			   " ORDER BY a.number LIMIT $2",
	[Q_OF_MESSAGE] = "SELECT " COLUMNS " FROM alerts a WHERE a.message = $1 ORDER BY a.number "
			 "LIMIT $2",
	[Q_DUE] = "SELECT " COLUMNS " FROM alerts a WHERE a.state = 'open' AND a.escalate_at > 0 "
		  "AND a.escalate_at <= $1 ORDER BY a.escalate_at, a.number LIMIT 1",
	[Q_NEXT_DUE] = "SELECT min(escalate_at) FROM alerts WHERE state = 'open' AND escalate_at > 0",
	[Q_ESCALATED] = "UPDATE alerts SET step = $1, escalate_at = $2 WHERE number = $3 "
			"AND state = 'open'",
	[Q_STANDING_WITH] = "SELECT " COLUMNS " FROM alerts a WHERE a.subject >= $1 AND a.subject < $2 "
			    "AND " STANDING " ORDER BY a.subject, a.number LIMIT $3",
	[Q_IN_SPAN] = "SELECT " COLUMNS " FROM alerts a WHERE a.rule = $1 AND a.subject = $2 "
		      "AND a.span >= $3 AND a.span < $4 ORDER BY a.span LIMIT $5",
	[Q_CLOSE_BEFORE] = "UPDATE alerts SET state = 'done', reason = " REASON ", acked_by = '', "
			   "closed = $2 WHERE rule = $3 AND raised < $4 AND " STANDING,
	[Q_WHO] = "SELECT DISTINCT reporter FROM alert_told WHERE alert = $1 ORDER BY reporter LIMIT $2",
	[Q_SHIFT] = "UPDATE alerts SET escalate_at = escalate_at + $1 WHERE state = 'open' "
		    "AND escalate_at > 0 AND escalate_at + $1 > 0",
	[Q_MOVE] = "UPDATE alerts SET span = $1 WHERE number = $2 AND " STANDING,
	[Q_CLOSE] = "UPDATE alerts SET state = 'done', reason = " REASON ", acked_by = '', closed = $2 "
		    "WHERE number = $3 AND " STANDING,
};
const struct sql_family alerts_family = { "alerts", sql, Q_N };

static struct db_stmt *q(struct store *st, int i)
{
	return st->q[FAM_ALERTS][i];
}

static int load_row(struct store *st, struct db_stmt *s, void *row)
{
	struct alert_row *a = row;
	(void)st;
	memset(a, 0, sizeof *a);
	a->number = db_int(s, 0);
	db_text(s, 1, a->rule, sizeof a->rule);
	db_text(s, 2, a->subject, sizeof a->subject);
	db_text(s, 3, a->window, sizeof a->window);
	a->case_id = db_int(s, 4);
	db_text(s, 5, a->state, sizeof a->state);
	a->urgent = db_int(s, 6) != 0;
	a->step = (int)db_int(s, 7);
	a->raised = db_int(s, 8);
	a->escalate_at = db_int(s, 9);
	db_text(s, 10, a->acked_by, sizeof a->acked_by);
	a->acked_at = db_int(s, 11);
	a->message = db_int(s, 12);
	return db_row(s);
}

static int add(struct store *st, struct alert_row *a)
{
	/* The number is taken only now: people type it, so none is wasted on an alert raised before. */
	int rc = base_next_id(st, SEQ_ALERT, &a->number);
	if (rc != STORE_OK)
		return rc;
	struct db_stmt *s = q(st, Q_ADD);
	db_bind_int(s, 1, a->number);
	db_bind_text(s, 2, a->rule, sizeof a->rule);
	db_bind_text(s, 3, a->subject, sizeof a->subject);
	db_bind_text(s, 4, a->window, sizeof a->window);
	db_bind_ref(s, 5, a->case_id);
	db_bind_text(s, 6, a->state, sizeof a->state);
	db_bind_int(s, 7, a->urgent);
	db_bind_int(s, 8, a->step);
	db_bind_int(s, 9, a->raised);
	db_bind_int(s, 10, a->escalate_at);
	db_bind_ref(s, 11, a->message);
	return base_db(st, db_run(s));
}

int alert_raise(struct store *st, struct alert_row *a, int64_t now, bool *fresh)
{
	struct db_stmt *s = q(st, Q_SAME);
	struct alert_row same;
	*fresh = false;
	db_bind_text(s, 1, a->rule, sizeof a->rule);
	db_bind_text(s, 2, a->subject, sizeof a->subject);
	db_bind_text(s, 3, a->window, sizeof a->window);
	int rc = base_one(st, s, load_row, &same);
	if (rc == STORE_OK)
		*a = same;
	if (rc != STORE_NONE)
		return rc;
	if (strcmp(a->state, "done") != 0)
		memcpy(a->state, "open", sizeof "open");
	a->raised = now;
	a->acked_by[0] = '\0';
	a->acked_at = 0;
	*fresh = true;
	return add(st, a);
}

int alert_get(struct store *st, int64_t number, struct alert_row *out)
{
	struct db_stmt *s = q(st, Q_GET);
	db_bind_int(s, 1, number);
	return base_one(st, s, load_row, out);
}

int alert_list(struct store *st, bool open_only, struct alert_row *out, size_t max, size_t *n)
{
	struct db_stmt *s = q(st, open_only ? Q_LIST_OPEN : Q_LIST);
	db_bind_int(s, 1, (int64_t)max);
	return base_many(st, s, load_row, out, sizeof *out, max, n);
}

int alert_told(struct store *st, int64_t number, const char *reporter, int step, int64_t outbox)
{
	struct db_stmt *s = q(st, Q_TOLD);
	db_bind_int(s, 1, number);
	db_bind_text(s, 2, reporter, ROSTER_ID);
	db_bind_int(s, 3, step);
	db_bind_ref(s, 4, outbox);
	return base_db(st, db_run(s));
}

int alert_was_told(struct store *st, int64_t number, const char *reporter)
{
	struct db_stmt *s = q(st, Q_WAS_TOLD);
	db_bind_int(s, 1, number);
	db_bind_text(s, 2, reporter, ROSTER_ID);
	int rc = db_step(s);
	db_reset(s);
	return base_db(st, rc);
}

int alert_pending(struct store *st, const char *reporter, int64_t *numbers, size_t max, size_t *n)
{
	struct db_stmt *s = q(st, Q_PENDING);
	int rc = STORE_OK;
	*n = 0;
	db_bind_text(s, 1, reporter, ROSTER_ID);
	db_bind_int(s, 2, (int64_t)max);
	while (*n < max && (rc = db_step(s)) == STORE_OK)
		numbers[(*n)++] = db_int(s, 0);
	db_reset(s);
	return rc == STORE_NONE ? STORE_OK : base_db(st, rc);
}

/* A transition of an open alert: STORE_NONE when there is none of that number. */
static int from_open(struct store *st, struct db_stmt *s, int64_t number)
{
	struct alert_row a;
	int rc = base_transition(st, s, "alert");
	if (rc == STORE_STATE && alert_get(st, number, &a) == STORE_NONE)
		return STORE_NONE;
	if (rc == STORE_STATE)
		return base_say(st, STORE_STATE, "alert: not open");
	return rc;
}

int alert_ack(struct store *st, int64_t number, const char *reporter, int64_t now)
{
	if (!reporter || !*reporter)
		return base_say(st, STORE_BOUND, "alert: acknowledged by nobody");
	struct db_stmt *s = q(st, Q_ACK);
	db_bind_text(s, 1, reporter, ROSTER_ID);
	db_bind_int(s, 2, now);
	db_bind_int(s, 3, number);
	return from_open(st, s, number);
}

int alert_withdraw(struct store *st, int64_t number, const char *reason, int64_t now)
{
	char why[96];
	base_cut(why, sizeof why, reason);
	struct db_stmt *s = q(st, Q_WITHDRAW);
	db_bind_text(s, 1, why, sizeof why);
	db_bind_int(s, 2, now);
	db_bind_int(s, 3, number);
	return from_open(st, s, number);
}

int alert_close(struct store *st, int64_t number, const char *reason, int64_t now)
{
	struct db_stmt *s = q(st, Q_CLOSE);
	db_bind_text(s, 1, reason, 96);
	db_bind_int(s, 2, now);
	db_bind_int(s, 3, number);
	return from_open(st, s, number);
}

int alert_move(struct store *st, int64_t number, const char *window)
{
	struct db_stmt *s = q(st, Q_MOVE);
	db_bind_text(s, 1, window, 32);
	db_bind_int(s, 2, number);
	return from_open(st, s, number);
}

int alert_close_before(struct store *st, const char *rule, int64_t before, const char *reason,
		       int64_t now)
{
	struct db_stmt *s = q(st, Q_CLOSE_BEFORE);
	db_bind_text(s, 1, reason, 96);
	db_bind_int(s, 2, now);
	db_bind_text(s, 3, rule, 8);
	db_bind_int(s, 4, before);
	return base_db(st, db_run(s));
}

static int load_id(struct store *st, struct db_stmt *s, void *row)
{
	(void)st;
	db_text(s, 0, row, ROSTER_ID);
	return db_row(s);
}

int alert_who(struct store *st, int64_t number, char (*ids)[ROSTER_ID], size_t max, size_t *n)
{
	struct db_stmt *s = q(st, Q_WHO);
	db_bind_int(s, 1, number);
	db_bind_int(s, 2, (int64_t)max);
	return base_many(st, s, load_id, ids, sizeof *ids, max, n);
}

int alert_standing_with(struct store *st, const char *from, const char *before, struct alert_row *out,
		    size_t max, size_t *n)
{
	struct db_stmt *s = q(st, Q_STANDING_WITH);
	db_bind_text(s, 1, from, sizeof out->subject);
	db_bind_text(s, 2, before, sizeof out->subject);
	db_bind_int(s, 3, (int64_t)max);
	return base_many(st, s, load_row, out, sizeof *out, max, n);
}

int alert_in_span(struct store *st, const char *rule, const char *subject, const char *from,
		  const char *before, struct alert_row *out, size_t max, size_t *n)
{
	struct db_stmt *s = q(st, Q_IN_SPAN);
	db_bind_text(s, 1, rule, sizeof out->rule);
	db_bind_text(s, 2, subject, sizeof out->subject);
	db_bind_text(s, 3, from, sizeof out->window);
	db_bind_text(s, 4, before, sizeof out->window);
	db_bind_int(s, 5, (int64_t)max);
	return base_many(st, s, load_row, out, sizeof *out, max, n);
}

int alert_open_for(struct store *st, const char *subject, struct alert_row *out, size_t max,
		   size_t *n)
{
	struct db_stmt *s = q(st, Q_OPEN_FOR);
	db_bind_text(s, 1, subject, sizeof out->subject);
	db_bind_int(s, 2, (int64_t)max);
	return base_many(st, s, load_row, out, sizeof *out, max, n);
}

int alert_standing_for(struct store *st, const char *subject, struct alert_row *out, size_t max,
		       size_t *n)
{
	struct db_stmt *s = q(st, Q_STANDING_FOR);
	db_bind_text(s, 1, subject, sizeof out->subject);
	db_bind_int(s, 2, (int64_t)max);
	return base_many(st, s, load_row, out, sizeof *out, max, n);
}

int alert_of_message(struct store *st, int64_t message, struct alert_row *out, size_t max,
		     size_t *n)
{
	struct db_stmt *s = q(st, Q_OF_MESSAGE);
	db_bind_int(s, 1, message);
	db_bind_int(s, 2, (int64_t)max);
	return base_many(st, s, load_row, out, sizeof *out, max, n);
}

int alert_due(struct store *st, int64_t now, struct alert_row *out)
{
	struct db_stmt *s = q(st, Q_DUE);
	db_bind_int(s, 1, now);
	return base_one(st, s, load_row, out);
}

int alert_next_due(struct store *st, int64_t *at)
{
	return base_least(st, q(st, Q_NEXT_DUE), at);
}

int alert_escalated(struct store *st, int64_t number, int step, int64_t escalate_at)
{
	struct db_stmt *s = q(st, Q_ESCALATED);
	db_bind_int(s, 1, step);
	db_bind_int(s, 2, escalate_at);
	db_bind_int(s, 3, number);
	return from_open(st, s, number);
}

int alert_shift(struct store *st, int64_t seconds)
{
	struct db_stmt *s = q(st, Q_SHIFT);
	db_bind_int(s, 1, seconds);
	return base_db(st, db_run(s));
}
