/* ussd.c - USSD sessions and counters of their screens.  Owns ussd_sessions, ussd_screens; may call
 * base.c and the seam. */
#include "store/ussd.h"

#include <stdio.h>
#include <string.h>

#include "store/internal.h"

#define COLUMNS "u.id, u.provider, u.reporter, u.state, u.form, u.screen, u.hops, u.started, " \
	"u.changed, u.message, u.request, u.draft"

enum { Q_FIND, Q_OF_MESSAGE, Q_UNFINISHED, Q_ADD, Q_STEP, Q_MOVE, Q_ANEW, Q_SETTLE, Q_OVERDUE, Q_FORGET, Q_COUNT,
       Q_SCREENS, Q_N };
static const char *const sql[Q_N] = {
	[Q_FIND] = "SELECT " COLUMNS " FROM ussd_sessions u WHERE u.session = $1",
	[Q_OF_MESSAGE] = "SELECT " COLUMNS " FROM ussd_sessions u WHERE u.message = $1 AND "
			 "u.state = 'open' ORDER BY u.id DESC LIMIT 1",
	[Q_UNFINISHED] = "SELECT " COLUMNS " FROM ussd_sessions u WHERE u.number = $1 AND "
			 "u.changed >= $2 AND u.state IN ('open', 'closed') AND u.form <> '' "
			 "ORDER BY u.id DESC LIMIT 1",
	[Q_ADD] = "INSERT INTO ussd_sessions (id, session, number, provider, reporter, state, form, "
		  "screen, hops, started, changed, request, draft, message, caller) VALUES ($1, $2, $3, $4, "
		  "$5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
	/* The most frequent one; it names no column that indexes hold but `changed`, and none that refers to another
	 * table, for which SQLite would note what each page was before the statement. */
	[Q_STEP] = "UPDATE ussd_sessions SET form = $1, screen = $2, hops = $3, changed = $4, request = $5, "
		   "draft = $6, reporter = $7 WHERE id = $8 AND state = 'open'",
	[Q_MOVE] = "UPDATE ussd_sessions SET state = $1, form = $2, screen = $3, hops = $4, "
		   "changed = $5, request = $6, draft = $7, message = $8, reporter = $9 "
		   "WHERE id = $10 AND state = 'open'",
	[Q_ANEW] = "UPDATE ussd_sessions SET state = $1, form = $2, screen = $3, hops = $4, "
		   "changed = $5, request = $6, draft = $7, message = $8, reporter = $9 "
		   "WHERE id = $10",
	[Q_SETTLE] = "UPDATE ussd_sessions SET state = $1, changed = $2, "
		     "draft = CASE WHEN $1 = 'closed' THEN draft END "
		     "WHERE id = $3 AND state IN ('open', 'closed')",
	[Q_OVERDUE] = "SELECT " COLUMNS " FROM ussd_sessions u WHERE u.state IN ('open', 'closed') "
		      "AND u.changed < $1 ORDER BY u.changed LIMIT 1",
	[Q_FORGET] = "UPDATE ussd_sessions SET draft = NULL WHERE state NOT IN ('open', 'closed') "
		     "AND draft IS NOT NULL AND changed < $1",
	[Q_COUNT] = "INSERT INTO ussd_screens (provider, form, screen, shown, dropped) VALUES "
		    "($1, $2, $3, $4, $5) ON CONFLICT (provider, form, screen) DO UPDATE SET "
		    "shown = ussd_screens.shown + excluded.shown, dropped = ussd_screens.dropped + excluded.dropped",
	[Q_SCREENS] = "SELECT s.provider, s.form, s.screen, s.shown, s.dropped FROM ussd_screens s "
		      "ORDER BY s.provider, s.form, s.screen",
};
const struct sql_family ussd_family = { "ussd", sql, Q_N };

#define KEY_MAX 256

static struct db_stmt *q(struct store *st, int i)
{
	return st->q[FAM_USSD][i];
}

int ussd_request(struct store *st, const void *octets, size_t len, uint8_t out[32])
{
	return base_hash(st, "ussd.request", octets, len, out);
}

/* With some providers the key is the caller's number. */
int ussd_hash_session(struct store *st, const char *provider, const char *key, struct number_hash *out)
{
	char both[24 + 1 + KEY_MAX];
	size_t p = strlen(provider), k = strlen(key);
	if (p + 1 + k >= sizeof both)
		return base_say(st, STORE_BOUND, "a session key of %zu octets", k);
	memcpy(both, provider, p + 1);
	both[p] = '\n';
	memcpy(both + p + 1, key, k + 1);
	return base_hash_number(st, "ussd.session", both, p + 1 + k, out);
}

static int hash_number(struct store *st, const char *number, struct number_hash *out)
{
	return base_hash_number(st, "number", number, strlen(number), out);
}

static int load_row(struct store *st, struct db_stmt *s, void *row)
{
	struct ussd_session *u = row;
	bool gone;
	size_t len;
	memset(u, 0, offsetof(struct ussd_session, draft));
	u->id = db_int(s, 0);
	db_text(s, 1, u->provider, sizeof u->provider);
	db_text(s, 2, u->reporter, sizeof u->reporter);
	db_text(s, 3, u->state, sizeof u->state);
	db_text(s, 4, u->form, sizeof u->form);
	db_text(s, 5, u->screen, sizeof u->screen);
	u->hops = (int)db_int(s, 6);
	u->started = db_int(s, 7);
	u->changed = db_int(s, 8);
	u->message = u->kept_message = db_int(s, 9);
	const void *request = db_blob(s, 10, &len);
	if (request && len == sizeof u->request)
		memcpy(u->request, request, len);
	int rc = db_row(s);
	const struct seal_place p = { "ussd_sessions.draft", u->id };
	if (rc == STORE_OK)
		rc = base_unseal(st, s, 11, &p, u->draft, sizeof u->draft, &u->draft_len, &gone);
	return rc;
}

int ussd_find(struct store *st, const char *provider, const char *key, struct ussd_session *out)
{
	struct number_hash hash = { .n = 0 };
	int rc = ussd_hash_session(st, provider, key, &hash);
	if (rc != STORE_OK)
		return rc;
	rc = STORE_NONE;
	for (size_t i = 0; rc == STORE_NONE && i < hash.n; i++) {
		struct db_stmt *s = q(st, Q_FIND);
		db_bind_blob(s, 1, hash.of[i], SEAL_HASH);
		rc = base_one(st, s, load_row, out);
	}
	return rc;
}

int ussd_of_message(struct store *st, int64_t message, struct ussd_session *out)
{
	struct db_stmt *s = q(st, Q_OF_MESSAGE);
	db_bind_int(s, 1, message);
	return base_one(st, s, load_row, out);
}

int ussd_unfinished(struct store *st, const char *number, int64_t since, struct ussd_session *out)
{
	struct number_hash hash = { .n = 0 };
	int rc = hash_number(st, number, &hash);
	if (rc != STORE_OK)
		return rc;
	/* New rows have the first. */
	rc = STORE_NONE;
	for (size_t i = 0; rc == STORE_NONE && i < hash.n; i++) {
		struct db_stmt *s = q(st, Q_UNFINISHED);
		db_bind_blob(s, 1, hash.of[i], SEAL_HASH);
		db_bind_int(s, 2, since);
		rc = base_one(st, s, load_row, out);
	}
	return rc;
}

static int seal_draft(struct store *st, const struct ussd_session *u, int64_t now, uint8_t *sealed)
{
	const struct seal_place p = { "ussd_sessions.draft", u->id };
	if (u->draft_len >= sizeof u->draft)
		return base_say(st, STORE_BOUND, "a draft of %zu octets", u->draft_len);
	return base_seal(st, SEAL_DAY, base_day(now), &p, u->draft, u->draft_len, sealed);
}

/* What both hashes were made of, so that they can be made again under another key. */
static int seal_caller(struct store *st, int64_t id, const char *number, const char *key, uint8_t *out, size_t *len)
{
	char both[USSD_CALLER_MAX];
	const struct seal_place p = { "ussd_sessions.caller", id };
	int n = snprintf(both, sizeof both, "%s\n%s", number, key);
	if (n < 0 || (size_t)n >= sizeof both)
		return base_say(st, STORE_BOUND, "a caller of %d octets", n);
	*len = (size_t)n + SEAL_OVERHEAD;
	int rc = base_seal(st, SEAL_ROSTER, 0, &p, both, (size_t)n, out);
	seal_wipe(both, sizeof both);
	return rc;
}

int ussd_add(struct store *st, struct ussd_session *u, const char *key, const char *number, int64_t now)
{
	struct number_hash session, hash;
	uint8_t sealed[USSD_DRAFT_MAX + SEAL_OVERHEAD], caller[USSD_CALLER_MAX + SEAL_OVERHEAD];
	size_t caller_len = 0;
	int rc = ussd_hash_session(st, u->provider, key, &session);
	if (rc == STORE_OK)
		rc = hash_number(st, number, &hash);
	if (rc == STORE_OK)
		rc = base_next_id(st, SEQ_USSD, &u->id);
	if (rc == STORE_OK)
		rc = seal_draft(st, u, now, sealed);
	if (rc == STORE_OK)
		rc = seal_caller(st, u->id, number, key, caller, &caller_len);
	if (rc != STORE_OK)
		return rc;
	u->started = u->changed = now;
	struct db_stmt *s = q(st, Q_ADD);
	db_bind_int(s, 1, u->id);
	db_bind_blob(s, 2, session.of[0], SEAL_HASH);
	db_bind_blob(s, 3, hash.of[0], SEAL_HASH);
	db_bind_text(s, 4, u->provider, sizeof u->provider);
	db_bind_text(s, 5, u->reporter, sizeof u->reporter);
	db_bind_text(s, 6, u->state, sizeof u->state);
	db_bind_text(s, 7, u->form, sizeof u->form);
	db_bind_text(s, 8, u->screen, sizeof u->screen);
	db_bind_int(s, 9, u->hops);
	db_bind_int(s, 10, now);
	db_bind_int(s, 11, now);
	db_bind_blob(s, 12, u->request, sizeof u->request);
	db_bind_blob(s, 13, sealed, u->draft_len + SEAL_OVERHEAD);
	db_bind_ref(s, 14, u->message);
	db_bind_blob(s, 15, caller, caller_len);
	return base_db(st, db_run(s));
}

int ussd_move(struct store *st, const struct ussd_session *u, bool anew, int64_t now)
{
	uint8_t sealed[USSD_DRAFT_MAX + SEAL_OVERHEAD];
	int rc = seal_draft(st, u, now, sealed);
	if (rc != STORE_OK)
		return rc;
	bool step = !anew && strcmp(u->state, "open") == 0 && u->message == u->kept_message;
	struct db_stmt *s = q(st, step ? Q_STEP : anew ? Q_ANEW : Q_MOVE);
	int k = step ? 0 : 1;
	if (k)
		db_bind_text(s, 1, u->state, sizeof u->state);
	db_bind_text(s, k + 1, u->form, sizeof u->form);
	db_bind_text(s, k + 2, u->screen, sizeof u->screen);
	db_bind_int(s, k + 3, u->hops);
	db_bind_int(s, k + 4, now);
	db_bind_blob(s, k + 5, u->request, sizeof u->request);
	db_bind_blob(s, k + 6, sealed, u->draft_len + SEAL_OVERHEAD);
	if (!step)
		db_bind_ref(s, ++k + 6, u->message);
	db_bind_text(s, k + 7, u->reporter, sizeof u->reporter);
	db_bind_int(s, k + 8, u->id);
	return base_transition(st, s, "ussd session");
}

int ussd_settle(struct store *st, const struct ussd_session *u, const char *to, int64_t now)
{
	struct db_stmt *s = q(st, Q_SETTLE);
	db_bind_text(s, 1, to, sizeof u->state);
	db_bind_int(s, 2, now);
	db_bind_int(s, 3, u->id);
	int rc = base_transition(st, s, "ussd session");
	if (rc == STORE_OK && strcmp(to, "closed") != 0) {
		st->scrub = true; /* the draft's octets still lie in the log of writes */
		rc = ussd_count(st, u->provider, u->form, u->screen, true);
	}
	return rc;
}

int ussd_overdue(struct store *st, int64_t before, struct ussd_session *out)
{
	struct db_stmt *s = q(st, Q_OVERDUE);
	db_bind_int(s, 1, before);
	return base_one(st, s, load_row, out);
}

int ussd_forget(struct store *st, int64_t before, int64_t *n)
{
	struct db_stmt *s = q(st, Q_FORGET);
	db_bind_int(s, 1, before);
	int rc = base_db(st, db_run(s));
	*n = rc == STORE_OK ? db_changes(st->db) : 0;
	st->scrub |= *n > 0;
	return rc;
}

static int write_count(struct store *st, size_t i)
{
	struct db_stmt *s = q(st, Q_COUNT);
	db_bind_text(s, 1, st->shown.of[i].provider, sizeof st->shown.of[i].provider);
	db_bind_text(s, 2, st->shown.of[i].form, sizeof st->shown.of[i].form);
	db_bind_text(s, 3, st->shown.of[i].screen, sizeof st->shown.of[i].screen);
	db_bind_int(s, 4, st->shown.of[i].shown);
	db_bind_int(s, 5, st->shown.of[i].dropped);
	return base_db(st, db_run(s));
}

int ussd_count_write(struct store *st)
{
	int rc = STORE_OK;
	for (size_t i = 0; rc == STORE_OK && i < st->shown.n; i++)
		rc = write_count(st, i);
	st->shown.n = 0;
	return rc;
}

void ussd_count_forget(struct store *st)
{
	st->shown.n = 0;
}

/* Where the screen is counted in this turn. */
static size_t counted(const struct store *st, const char *provider, const char *form, const char *screen)
{
	size_t i = 0;
	while (i < st->shown.n && (strcmp(st->shown.of[i].screen, screen) != 0 || strcmp(st->shown.of[i].form, form) != 0 ||
				   strcmp(st->shown.of[i].provider, provider) != 0))
		i++;
	return i;
}

int ussd_count(struct store *st, const char *provider, const char *form, const char *screen, bool dropped)
{
	size_t i = counted(st, provider, form, screen);
	int rc = i == SHOWN_MAX ? ussd_count_write(st) : STORE_OK;
	if (rc != STORE_OK)
		return rc;
	if (i >= st->shown.n) {
		i = st->shown.n++;
		memset(&st->shown.of[i], 0, sizeof st->shown.of[i]);
		base_cut(st->shown.of[i].provider, sizeof st->shown.of[i].provider, provider);
		base_cut(st->shown.of[i].form, sizeof st->shown.of[i].form, form);
		base_cut(st->shown.of[i].screen, sizeof st->shown.of[i].screen, screen);
	}
	st->shown.of[i].shown += !dropped;
	st->shown.of[i].dropped += dropped;
	return STORE_OK;
}

static int load_screen(struct store *st, struct db_stmt *s, void *row)
{
	struct ussd_screen *u = row;
	(void)st;
	memset(u, 0, sizeof *u);
	db_text(s, 0, u->provider, sizeof u->provider);
	db_text(s, 1, u->form, sizeof u->form);
	db_text(s, 2, u->screen, sizeof u->screen);
	u->shown = db_int(s, 3);
	u->dropped = db_int(s, 4);
	return db_row(s);
}

int ussd_screens(struct store *st, struct ussd_screen *out, size_t max, size_t *n)
{
	return base_many(st, q(st, Q_SCREENS), load_screen, out, sizeof *out, max, n);
}
