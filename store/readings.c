/* readings.c - what each message was understood to say.  Owns the table readings; may call base.c
 * and the seam. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "store/inbox.h"
#include "store/internal.h"

#define LEFT_ROWS \
	"(EXISTS (SELECT 1 FROM class_days d WHERE d.message = m.id AND d.state <> 'undone') OR " \
	"EXISTS (SELECT 1 FROM absences a WHERE a.message = m.id AND a.state <> 'undone') OR " \
	"EXISTS (SELECT 1 FROM cases c WHERE c.message = m.id) OR " \
	"EXISTS (SELECT 1 FROM pupil_returns p WHERE p.message = m.id AND p.undone IS NULL) OR " \
	"EXISTS (SELECT 1 FROM enrolments e WHERE e.message = m.id AND e.state = 'left') OR " \
	"EXISTS (SELECT 1 FROM referrals f WHERE f.message = m.id) OR " \
	"EXISTS (SELECT 1 FROM tasks t WHERE t.message = m.id) OR " \
	"EXISTS (SELECT 1 FROM case_slots s WHERE s.message = m.id AND s.state = 'stands') OR " \
	"EXISTS (SELECT 1 FROM progress g WHERE g.message = m.id AND g.state = 'stands') OR " \
	"EXISTS (SELECT 1 FROM returns o WHERE o.message = m.id) OR " \
	"EXISTS (SELECT 1 FROM campaigns k WHERE k.message = m.id AND k.state = 'stands')) "

enum { Q_PUT, Q_AGAIN, Q_LAST, Q_OF, Q_UNDONE, Q_PUT_NOTES, Q_NOTES, Q_OF_CASE, Q_MAX, Q_N };
static const char *const sql[Q_N] = {
	[Q_PUT] = "INSERT INTO readings (id, message, ordinal, intent, error, about, keys) "
		  "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (message, ordinal) DO NOTHING",
	[Q_AGAIN] = "UPDATE readings SET intent = $1, error = $2, about = $3, keys = $4 "
		    "WHERE message = $5 AND ordinal = $6 RETURNING id",
	[Q_LAST] = "SELECT r.id, r.message, r.intent, r.keys FROM messages m "
		   "JOIN readings r ON r.message = m.id "
		   "WHERE m.reporter = $1 AND m.received >= $2 AND m.state = 'read' "
		   "AND r.undone IS NULL AND " LEFT_ROWS
		   "ORDER BY m.received DESC, m.id DESC, "
		   "CASE WHEN r.error = '' THEN 0 ELSE 1 END, r.id DESC LIMIT 1",
	[Q_OF] = "SELECT r.id, r.message, r.intent, r.keys FROM messages m "
		 "JOIN readings r ON r.message = m.id "
		 "WHERE m.id = $1 AND m.reporter = $2 AND m.received >= $3 AND m.state = 'read' "
		 "AND r.undone IS NULL AND " LEFT_ROWS /* no LIMIT: few rows are sorted cheaper without */
		 "ORDER BY CASE WHEN r.error = '' THEN 0 ELSE 1 END, r.id DESC",
	[Q_PUT_NOTES] = "UPDATE readings SET notes = $1 WHERE id = $2",
	[Q_NOTES] = "SELECT notes FROM readings WHERE id = $1",
	/* Once in a store's life, for what was written before notes were sealed with their case. */
	[Q_OF_CASE] = "SELECT r.id, min(c.id) FROM readings r JOIN cases c ON r.keys LIKE '%\"' || c.code || '\"%' "
		      "WHERE r.id > $1 AND r.id <= $2 AND r.notes IS NOT NULL AND c.erased IS NULL "
		      "AND c.anonymised IS NULL GROUP BY r.id ORDER BY r.id LIMIT 1",
	[Q_MAX] = "SELECT coalesce(max(id), 0) FROM readings",
	[Q_UNDONE] = "UPDATE readings SET undone = $1 WHERE id = $2 AND undone IS NULL",
};
const struct sql_family reading_family = { "reading", sql, Q_N };

static void bind_words(struct db_stmt *s, int i, const char *intent, const char *error,
		       const char *about, const char *keys)
{
	db_bind_text(s, i, intent, 48);
	db_bind_text(s, i + 1, error, 64);
	db_bind_text(s, i + 2, about, 64);
	db_bind_text(s, i + 3, keys, 8192);
}

int reading_put(struct store *st, int64_t message, int ordinal, const char *intent,
		const char *error, const char *about, const char *keys, int64_t *id)
{
	int rc = base_next_id(st, SEQ_READING, id);
	if (rc != STORE_OK)
		return rc;
	struct db_stmt *s = st->q[FAM_READING][Q_PUT];
	db_bind_int(s, 1, *id);
	db_bind_int(s, 2, message);
	db_bind_int(s, 3, ordinal);
	bind_words(s, 4, intent, error, about, keys);
	rc = base_db(st, db_run(s));
	if (rc != STORE_OK || db_changes(st->db) == 1)
		return rc;
	/* A message that is read again gives the same rows. */
	s = st->q[FAM_READING][Q_AGAIN];
	bind_words(s, 1, intent, error, about, keys);
	db_bind_int(s, 5, message);
	db_bind_int(s, 6, ordinal);
	rc = db_step(s);
	if (rc != STORE_OK)
		return base_db(st, rc);
	*id = db_int(s, 0);
	db_reset(s);
	return STORE_OK;
}

int reading_put_notes(struct store *st, int64_t reading, int64_t case_id, const char *notes, size_t len)
{
	const struct seal_place p = { "readings.notes", reading };
	uint8_t sealed[READING_NOTES + SEAL_OVERHEAD];
	if (len >= READING_NOTES)
		return base_say(st, STORE_BOUND, "notes of %zu octets", len);
	int rc = base_seal(st, case_id ? SEAL_CASE : SEAL_ROSTER, case_id, &p, notes, len, sealed);
	if (rc != STORE_OK)
		return rc;
	struct db_stmt *s = st->q[FAM_READING][Q_PUT_NOTES];
	db_bind_blob(s, 1, sealed, len + SEAL_OVERHEAD);
	db_bind_int(s, 2, reading);
	return base_transition(st, s, "reading");
}

int reading_notes(struct store *st, int64_t reading, char out[READING_NOTES], size_t *len)
{
	const struct seal_place p = { "readings.notes", reading };
	struct db_stmt *s = st->q[FAM_READING][Q_NOTES];
	db_bind_int(s, 1, reading);
	*len = 0;
	out[0] = '\0';
	int rc = db_step(s);
	if (rc == STORE_OK)
		rc = base_unseal(st, s, 0, &p, out, READING_NOTES, len, NULL);
	db_reset(s);
	return base_db(st, rc);
}

/* ---- notes of before ------------------------------------------------------------------------- */

#define CASE_NOTES "case_notes"
#define WINDOW 2000 /* readings a piece */

bool reading_notes_wait(struct store *st)
{
	char at[24] = "";
	return store_meta_get(st, CASE_NOTES, at, sizeof at) == STORE_OK && at[0];
}

static int to_case(struct store *st, int64_t reading, int64_t case_id)
{
	char notes[READING_NOTES];
	size_t len;
	int rc = reading_notes(st, reading, notes, &len);
	if (rc == STORE_OK && len > 0)
		rc = reading_put_notes(st, reading, case_id, notes, len);
	seal_wipe(notes, sizeof notes);
	return rc;
}

static int window_to_cases(struct store *st, int64_t after, int64_t until)
{
	struct db_stmt *s = st->q[FAM_READING][Q_OF_CASE];
	int rc = STORE_OK;
	while (rc == STORE_OK) {
		db_bind_int(s, 1, after);
		db_bind_int(s, 2, until);
		rc = db_step(s);
		if (rc != STORE_OK)
			break;
		after = db_int(s, 0);
		int64_t case_id = db_int(s, 1);
		db_reset(s);
		rc = to_case(st, after, case_id);
	}
	return rc == STORE_NONE ? STORE_OK : base_db(st, rc);
}

int reading_notes_step(struct store *st)
{
	char at[24] = "";
	int64_t last = 0;
	int rc = store_begin(st);
	if (rc != STORE_OK)
		return rc;
	rc = store_meta_get(st, CASE_NOTES, at, sizeof at);
	int64_t after = strtoll(at, NULL, 10);
	if (rc == STORE_OK)
		rc = base_least(st, st->q[FAM_READING][Q_MAX], &last);
	if (rc == STORE_OK)
		rc = window_to_cases(st, after, after + WINDOW);
	snprintf(at, sizeof at, "%" PRId64, after + WINDOW);
	if (rc == STORE_OK)
		rc = store_meta_put(st, CASE_NOTES, after + WINDOW >= last ? "" : at);
	st->scrub |= rc == STORE_OK; /* what they replaced goes from the log, too */
	if (rc == STORE_OK)
		return store_commit(st);
	store_rollback(st);
	return rc;
}

int reading_last(struct store *st, const char *reporter, int64_t of, int64_t since, int64_t *reading,
		 int64_t *message, char *intent, size_t imax, char *keys, size_t kmax)
{
	struct db_stmt *s = st->q[FAM_READING][of ? Q_OF : Q_LAST];
	int i = 1;
	if (of)
		db_bind_int(s, i++, of);
	db_bind_text(s, i, reporter, ROSTER_ID);
	db_bind_int(s, i + 1, since);
	int rc = db_step(s);
	if (rc != STORE_OK)
		return base_db(st, rc);
	*reading = db_int(s, 0);
	*message = db_int(s, 1);
	db_text(s, 2, intent, imax);
	db_text(s, 3, keys, kmax);
	rc = db_row(s);
	db_reset(s);
	return base_db(st, rc);
}

int reading_undone(struct store *st, int64_t reading, int64_t now)
{
	struct db_stmt *s = st->q[FAM_READING][Q_UNDONE];
	db_bind_int(s, 1, now);
	db_bind_int(s, 2, reading);
	return base_transition(st, s, "reading");
}
