/* cases.c - cases and their append-only history.  Each case has a data key of its own, made before
 * its row.  Owns cases and case_events; may call base.c, seal.c and the seam. */
#include "store/cases.h"

#include <stdio.h>
#include <string.h>

#include "store/internal.h"

#define NOTE_MAX 640
#define COLUMNS "id, code, message, opened, updated, state, risk, concerns, zone, sex, country, " \
	"age, n_children, urgent, partial, missing, flags, owner, school, class_name, pupil, " \
	"nrm, merged"
#define OPEN "state NOT IN ('closed', 'duplicate')"

enum {
	Q_NUMBER, Q_ADD, Q_UPDATE, Q_STATE, Q_BY_CODE, Q_BY_ID, Q_BY_MESSAGE, Q_OWNED, Q_LIST_OPEN,
	Q_LIST, Q_EVENT, Q_EVENTS, Q_MERGE, Q_ENDED, Q_ALIKE, Q_HIGH, Q_LAST_EVENT, Q_OF_PUPIL, Q_PAGE, Q_N
};
static const char *const sql[Q_N] = {
	[Q_NUMBER] = "INSERT INTO sequence (name, next) VALUES ($1, 2) ON CONFLICT (name) DO UPDATE SET "
		     "next = sequence.next + 1 RETURNING next - 1",
	[Q_ADD] = "INSERT INTO cases (" COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, "
		  "$11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, NULL) ON CONFLICT (code) DO NOTHING",
	[Q_UPDATE] = "UPDATE cases SET updated = $1, risk = $2, concerns = $3, zone = $4, sex = $5, "
		     "country = $6, age = $7, n_children = $8, urgent = $9, partial = $10, "
		     "missing = $11, flags = $12, owner = $13, school = $14, class_name = $15, "
		     "pupil = $16, nrm = $17 WHERE id = $18",
	[Q_STATE] = "UPDATE cases SET state = $1, updated = $2 WHERE id = $3 AND state = $4",
	[Q_BY_CODE] = "SELECT " COLUMNS " FROM cases WHERE code = $1 AND ($2 = 1 OR erased IS NULL)",
	[Q_BY_ID] = "SELECT " COLUMNS " FROM cases WHERE id = $1",
	[Q_BY_MESSAGE] = "SELECT " COLUMNS " FROM cases WHERE message = $1 ORDER BY id LIMIT 1",
	[Q_OWNED] = "SELECT " COLUMNS " FROM cases WHERE owner = $1 AND " OPEN " ORDER BY id DESC "
		    "LIMIT $2",
	[Q_LIST_OPEN] = "SELECT " COLUMNS " FROM cases WHERE " OPEN " ORDER BY id DESC LIMIT $1",
	[Q_LIST] = "SELECT " COLUMNS " FROM cases WHERE state = $1 AND erased IS NULL ORDER BY id DESC LIMIT $2",
	[Q_EVENT] = "INSERT INTO case_events (id, case_id, at, who, what, detail, note) "
		    "VALUES ($1, $2, $3, $4, $5, $6, $7)",
	[Q_MERGE] = "UPDATE cases SET state = 'duplicate', merged = $1, updated = $2 WHERE id = $3 "
		    "AND state = $4 AND " OPEN,
	[Q_ENDED] = "SELECT " COLUMNS " FROM cases WHERE owner = $1 "
		    "AND state IN ('closed', 'duplicate') ORDER BY id DESC LIMIT $2",
	[Q_ALIKE] = "SELECT " COLUMNS " FROM cases WHERE zone = $1 AND zone <> '' AND sex = $2 "
		    "AND opened >= $3 AND state <> 'duplicate' AND age BETWEEN $4 AND $5 AND id <> $6 "
		    "ORDER BY id LIMIT $7",
	[Q_HIGH] = "SELECT " COLUMNS " FROM cases WHERE risk = 'high' AND opened >= $1 "
		   "AND state <> 'duplicate' ORDER BY opened, id LIMIT $2",
	[Q_LAST_EVENT] = "SELECT id, at, who, what, detail, note FROM case_events WHERE case_id = $1 "
			 "AND what = $2 ORDER BY id DESC LIMIT 1",
	/* A span of one: with "pupil = $3" beside the index's "pupil >= 0", SQLite reads the whole class
	 * and sorts it. */
	[Q_OF_PUPIL] = "SELECT " COLUMNS " FROM cases WHERE school = $1 AND class_name = $2 "
		       "AND pupil BETWEEN $3 AND $3 AND pupil >= 0 AND " OPEN " ORDER BY pupil, id LIMIT $4",
	[Q_PAGE] = "SELECT " COLUMNS " FROM cases WHERE id > $1 AND erased IS NULL ORDER BY id LIMIT $2",
	[Q_EVENTS] = "SELECT id, at, who, what, detail, note FROM case_events WHERE case_id = $1 "
		     "ORDER BY id LIMIT $2",
};
const struct sql_family cases_family = { "cases", sql, Q_N };

static struct db_stmt *q(struct store *st, int i)
{
	return st->q[FAM_CASES][i];
}

int case_next_number(struct store *st, int year, int64_t *number)
{
	char name[32];
	snprintf(name, sizeof name, "case-%d", year);
	struct db_stmt *s = q(st, Q_NUMBER);
	db_bind_text(s, 1, name, sizeof name);
	int rc = db_step(s);
	if (rc != STORE_OK)
		return base_db(st, rc);
	*number = db_int(s, 0);
	db_reset(s);
	return STORE_OK;
}

/* Parameters i.. in the order risk .. owner, school, class, pupil, nrm; i + 16 is free after it. */
static void bind_facts(struct db_stmt *s, int i, const struct case_row *c)
{
	db_bind_text(s, i, c->risk, sizeof c->risk);
	db_bind_text(s, i + 1, c->concerns, sizeof c->concerns);
	db_bind_text(s, i + 2, c->zone, sizeof c->zone);
	db_bind_text(s, i + 3, c->sex, sizeof c->sex);
	db_bind_text(s, i + 4, c->country, sizeof c->country);
	db_bind_int(s, i + 5, c->age);
	db_bind_int(s, i + 6, c->n_children);
	db_bind_int(s, i + 7, c->urgent);
	db_bind_int(s, i + 8, c->partial);
	db_bind_text(s, i + 9, c->missing, sizeof c->missing);
	db_bind_text(s, i + 10, c->flags, sizeof c->flags);
	db_bind_text(s, i + 11, c->owner, sizeof c->owner);
	db_bind_text(s, i + 12, c->school, sizeof c->school);
	db_bind_text(s, i + 13, c->class_name, sizeof c->class_name);
	db_bind_int(s, i + 14, c->pupil);
	db_bind_text(s, i + 15, c->nrm, sizeof c->nrm);
}

int case_add(struct store *st, const struct case_row *c, int64_t now, int64_t *id)
{
	int64_t key;
	int rc = base_next_id(st, SEQ_CASE, id);
	if (rc != STORE_OK)
		return rc;
	if (!st->seal)
		return base_say(st, STORE_KEY, "opened without keys");
	rc = seal_key(st->seal, SEAL_CASE, *id, true, now, &key);
	if (rc != STORE_OK)
		return base_say(st, rc, "%s", seal_errmsg(st->seal));
	struct db_stmt *s = q(st, Q_ADD);
	db_bind_int(s, 1, *id);
	db_bind_text(s, 2, c->code, sizeof c->code);
	db_bind_ref(s, 3, c->message);
	db_bind_int(s, 4, c->opened ? c->opened : now);
	db_bind_int(s, 5, now);
	db_bind_text(s, 6, *c->state ? c->state : "new", sizeof c->state);
	bind_facts(s, 7, c);
	rc = base_db(st, db_run(s));
	if (rc == STORE_OK && db_changes(st->db) == 0)
		rc = base_say(st, STORE_EXISTS, "case %s is there already", c->code);
	return rc;
}

static int load_row(struct store *st, struct db_stmt *s, void *row)
{
	struct case_row *c = row;
	(void)st;
	memset(c, 0, sizeof *c);
	c->id = db_int(s, 0);
	db_text(s, 1, c->code, sizeof c->code);
	c->message = db_int(s, 2);
	c->opened = db_int(s, 3);
	c->updated = db_int(s, 4);
	db_text(s, 5, c->state, sizeof c->state);
	db_text(s, 6, c->risk, sizeof c->risk);
	db_text(s, 7, c->concerns, sizeof c->concerns);
	db_text(s, 8, c->zone, sizeof c->zone);
	db_text(s, 9, c->sex, sizeof c->sex);
	db_text(s, 10, c->country, sizeof c->country);
	c->age = (int)db_int(s, 11);
	c->n_children = (int)db_int(s, 12);
	c->urgent = db_int(s, 13) != 0;
	c->partial = db_int(s, 14) != 0;
	db_text(s, 15, c->missing, sizeof c->missing);
	db_text(s, 16, c->flags, sizeof c->flags);
	db_text(s, 17, c->owner, sizeof c->owner);
	db_text(s, 18, c->school, sizeof c->school);
	db_text(s, 19, c->class_name, sizeof c->class_name);
	c->pupil = (int)db_int(s, 20);
	db_text(s, 21, c->nrm, sizeof c->nrm);
	c->merged = db_int(s, 22);
	return db_row(s);
}

static int by_code(struct store *st, const char *code, bool erased, struct case_row *out)
{
	struct db_stmt *s = q(st, Q_BY_CODE);
	db_bind_text(s, 1, code, sizeof out->code);
	db_bind_int(s, 2, erased);
	return base_one(st, s, load_row, out);
}

int case_by_code(struct store *st, const char *code, struct case_row *out)
{
	return by_code(st, code, false, out);
}

int case_ever_by_code(struct store *st, const char *code, struct case_row *out)
{
	return by_code(st, code, true, out);
}

int case_by_id(struct store *st, int64_t id, struct case_row *out)
{
	struct db_stmt *s = q(st, Q_BY_ID);
	db_bind_int(s, 1, id);
	return base_one(st, s, load_row, out);
}

int case_by_message(struct store *st, int64_t message, struct case_row *out)
{
	struct db_stmt *s = q(st, Q_BY_MESSAGE);
	db_bind_int(s, 1, message);
	return base_one(st, s, load_row, out);
}

int case_update(struct store *st, const struct case_row *c, int64_t now)
{
	struct db_stmt *s = q(st, Q_UPDATE);
	db_bind_int(s, 1, now);
	bind_facts(s, 2, c);
	db_bind_int(s, 18, c->id);
	int rc = base_db(st, db_run(s));
	if (rc == STORE_OK && db_changes(st->db) == 0)
		rc = base_say(st, STORE_NONE, "no such case");
	return rc;
}

int case_set_state(struct store *st, int64_t id, const char *from, const char *to, int64_t now)
{
	struct db_stmt *s = q(st, Q_STATE);
	db_bind_text(s, 1, to, 16);
	db_bind_int(s, 2, now);
	db_bind_int(s, 3, id);
	db_bind_text(s, 4, from, 16);
	return base_transition(st, s, "case");
}

static int owned(struct store *st, int query, const char *owner, struct case_row *out, size_t max,
		 size_t *n)
{
	struct db_stmt *s = q(st, query);
	db_bind_text(s, 1, owner, ROSTER_ID);
	db_bind_int(s, 2, (int64_t)max);
	return base_many(st, s, load_row, out, sizeof *out, max, n);
}

int case_owned(struct store *st, const char *owner, struct case_row *out, size_t max, size_t *n)
{
	return owned(st, Q_OWNED, owner, out, max, n);
}

int case_of_pupil(struct store *st, const char *school, const char *class_name, int pupil,
		  struct case_row *out, size_t max, size_t *n)
{
	struct db_stmt *s = q(st, Q_OF_PUPIL);
	db_bind_text(s, 1, school, sizeof out->school);
	db_bind_text(s, 2, class_name, sizeof out->class_name);
	db_bind_int(s, 3, pupil);
	db_bind_int(s, 4, (int64_t)max);
	return base_many(st, s, load_row, out, sizeof *out, max, n);
}

int case_merge(struct store *st, int64_t id, const char *from, int64_t into, int64_t now)
{
	struct db_stmt *s = q(st, Q_MERGE);
	db_bind_int(s, 1, into);
	db_bind_int(s, 2, now);
	db_bind_int(s, 3, id);
	db_bind_text(s, 4, from, 16);
	return base_transition(st, s, "case");
}

int case_ever_owned(struct store *st, const char *owner, struct case_row *out, size_t max,
		    size_t *n)
{
	size_t ended = 0;
	int rc = owned(st, Q_OWNED, owner, out, max, n);
	if (rc == STORE_OK && *n < max)
		rc = owned(st, Q_ENDED, owner, out + *n, max - *n, &ended);
	*n += ended;
	return rc;
}

int case_alike(struct store *st, const struct case_row *c, int64_t since, struct case_row *out,
	       size_t max, size_t *n)
{
	struct db_stmt *s = q(st, Q_ALIKE);
	db_bind_text(s, 1, c->zone, sizeof c->zone);
	db_bind_text(s, 2, c->sex, sizeof c->sex);
	db_bind_int(s, 3, since);
	db_bind_int(s, 4, c->age - 1);
	db_bind_int(s, 5, c->age + 1);
	db_bind_int(s, 6, c->id);
	db_bind_int(s, 7, (int64_t)max);
	return base_many(st, s, load_row, out, sizeof *out, max, n);
}

int case_high_since(struct store *st, int64_t since, struct case_row *out, size_t max, size_t *n)
{
	struct db_stmt *s = q(st, Q_HIGH);
	db_bind_int(s, 1, since);
	db_bind_int(s, 2, (int64_t)max);
	return base_many(st, s, load_row, out, sizeof *out, max, n);
}

int case_page(struct store *st, int64_t after, struct case_row *out, size_t max, size_t *n)
{
	struct db_stmt *s = q(st, Q_PAGE);
	db_bind_int(s, 1, after);
	db_bind_int(s, 2, (int64_t)max);
	return base_many(st, s, load_row, out, sizeof *out, max, n);
}

int case_list(struct store *st, const char *state, struct case_row *out, size_t max, size_t *n)
{
	struct db_stmt *s = q(st, state ? Q_LIST : Q_LIST_OPEN);
	if (state)
		db_bind_text(s, 1, state, 16);
	db_bind_int(s, state ? 2 : 1, (int64_t)max);
	return base_many(st, s, load_row, out, sizeof *out, max, n);
}

int case_event_add(struct store *st, int64_t case_id, int64_t now, const char *who,
		   const char *what, const char *detail, const char *note, size_t note_len)
{
	uint8_t sealed[NOTE_MAX + SEAL_OVERHEAD];
	struct seal_place p = { "case_events.note", 0 };
	if (!note)
		note_len = 0;
	if (note_len >= NOTE_MAX)
		return base_say(st, STORE_BOUND, "a note of %zu octets", note_len);
	int rc = base_next_id(st, SEQ_EVENT, &p.row);
	if (rc == STORE_OK && note_len)
		rc = base_seal(st, SEAL_CASE, case_id, &p, note, note_len, sealed);
	if (rc != STORE_OK)
		return rc;
	struct db_stmt *s = q(st, Q_EVENT);
	db_bind_int(s, 1, p.row);
	db_bind_int(s, 2, case_id);
	db_bind_int(s, 3, now);
	db_bind_text(s, 4, who, ROSTER_ID);
	db_bind_text(s, 5, what, 24);
	db_bind_text(s, 6, detail, 96);
	db_bind_blob(s, 7, note_len ? sealed : NULL, note_len + SEAL_OVERHEAD);
	return base_db(st, db_run(s));
}

static int load_event(struct store *st, struct db_stmt *s, struct case_event *e)
{
	size_t len;
	e->id = db_int(s, 0);
	e->at = db_int(s, 1);
	db_text(s, 2, e->who, sizeof e->who);
	db_text(s, 3, e->what, sizeof e->what);
	db_text(s, 4, e->detail, sizeof e->detail);
	const struct seal_place p = { "case_events.note", e->id };
	int rc = base_db(st, db_row(s));
	return rc == STORE_OK ? base_unseal(st, s, 5, &p, e->note, sizeof e->note, &len, NULL) : rc;
}

int case_events(struct store *st, int64_t case_id, struct case_event *out, size_t max, size_t *n)
{
	struct db_stmt *s = q(st, Q_EVENTS);
	int rc = STORE_OK;
	*n = 0;
	db_bind_int(s, 1, case_id);
	db_bind_int(s, 2, (int64_t)max);
	while (*n < max && (rc = db_step(s)) == STORE_OK) {
		rc = load_event(st, s, &out[*n]);
		if (rc != STORE_OK)
			break;
		++*n;
	}
	db_reset(s);
	return rc == STORE_NONE || rc == STORE_OK ? STORE_OK : rc;
}

int case_event_last(struct store *st, int64_t case_id, const char *what, struct case_event *out)
{
	struct db_stmt *s = q(st, Q_LAST_EVENT);
	db_bind_int(s, 1, case_id);
	db_bind_text(s, 2, what, sizeof out->what);
	int rc = db_step(s);
	if (rc == STORE_OK)
		rc = load_event(st, s, out);
	db_reset(s);
	return base_db(st, rc);
}
