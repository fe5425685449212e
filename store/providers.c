/* providers.c - see providers.h. */
#include "store/providers.h"

#include <stdio.h>
#include <string.h>

#include "store/internal.h"

enum { Q_TRY, Q_ID, Q_LAST, Q_FIND, Q_WORD, Q_STATUS, Q_ARRIVED, Q_REFUSED, Q_NEWEST, Q_UNREPORTED,
       Q_N };
static const char *const sql[Q_N] = {
	[Q_TRY] = "INSERT INTO sms_provider_ids (outbox, attempt, provider, id, handed, status) "
		  "VALUES ($1, $2, $3, $4, $5, '')",
	[Q_ID] = "UPDATE sms_provider_ids SET id = $1 WHERE outbox = $2 AND attempt = $3",
	[Q_LAST] = "SELECT provider, attempt FROM sms_provider_ids WHERE outbox = $1 "
		   "ORDER BY attempt DESC LIMIT 1",
	[Q_FIND] = "SELECT outbox, attempt FROM sms_provider_ids WHERE id = $1 "
		   "ORDER BY handed DESC, outbox DESC LIMIT 1",
	[Q_WORD] = "UPDATE sms_provider_ids SET status = $1, reported = $2 "
		   "WHERE outbox = $3 AND attempt = $4 AND status = ''",
	[Q_STATUS] = "SELECT status FROM sms_provider_ids WHERE outbox = $1 AND attempt = $2",
	[Q_ARRIVED] = "UPDATE outbox SET state = 'delivered', reason = '', settled = $1 "
		      "WHERE id = $2 AND attempts = $3 AND state IN ('sent', 'uncertain')",
	[Q_REFUSED] = "UPDATE outbox SET state = 'failed', reason = 'the provider reports it as not "
		      "delivered', settled = $1 WHERE id = $2 AND attempts = $3 "
		      "AND state IN ('sent', 'uncertain')",
	[Q_NEWEST] = "SELECT p.handed, a.outcome, a.detail FROM sms_provider_ids p "
		     "JOIN attempts a ON a.outbox = p.outbox AND a.n = p.attempt WHERE p.provider = $1 "
		     "ORDER BY p.handed DESC, p.outbox DESC LIMIT 1",
	[Q_UNREPORTED] = "SELECT count(*) FROM sms_provider_ids p JOIN outbox o ON o.id = p.outbox "
			 "WHERE p.provider = $1 AND p.handed >= $2 AND p.status = '' AND o.state = 'sent'",
};
const struct sql_family providers_family = { "providers", sql, Q_N };

static struct db_stmt *q(struct store *st, int i)
{
	return st->q[FAM_PROVIDERS][i];
}

/* Two providers may count alike. */
static int hash(struct store *st, const char *provider, const char *id, uint8_t out[SEAL_HASH])
{
	char key[300];
	int n = snprintf(key, sizeof key, "%s %s", provider, id);
	if (n < 0 || (size_t)n >= sizeof key)
		return base_say(st, STORE_BOUND, "provider: an id of %zu octets", strlen(id));
	return base_hash(st, "provider id", key, (size_t)n, out);
}

int provider_try(struct store *st, int64_t outbox, int attempt, const char *provider, const char *id,
		 int64_t now)
{
	uint8_t h[SEAL_HASH];
	int rc = hash(st, provider, id, h);
	if (rc != STORE_OK)
		return rc;
	struct db_stmt *s = q(st, Q_TRY);
	db_bind_int(s, 1, outbox);
	db_bind_int(s, 2, attempt);
	db_bind_text(s, 3, provider, PROVIDER_NAME);
	db_bind_blob(s, 4, h, sizeof h);
	db_bind_int(s, 5, now);
	return base_db(st, db_run(s));
}

int provider_id(struct store *st, int64_t outbox, int attempt, const char *provider, const char *id)
{
	uint8_t h[SEAL_HASH];
	int rc = hash(st, provider, id, h);
	if (rc != STORE_OK)
		return rc;
	struct db_stmt *s = q(st, Q_ID);
	db_bind_blob(s, 1, h, sizeof h);
	db_bind_int(s, 2, outbox);
	db_bind_int(s, 3, attempt);
	return base_transition(st, s, "provider id");
}

int provider_last(struct store *st, int64_t outbox, char provider[PROVIDER_NAME], int *attempt)
{
	struct db_stmt *s = q(st, Q_LAST);
	db_bind_int(s, 1, outbox);
	int rc = db_step(s);
	if (rc == STORE_OK) {
		db_text(s, 0, provider, PROVIDER_NAME);
		*attempt = (int)db_int(s, 1);
	}
	db_reset(s);
	return base_db(st, rc);
}

/* Moves the row when it stands where a report can end it. */
static int end(struct store *st, int64_t outbox, int attempt, bool delivered, int64_t now, bool *moved)
{
	struct db_stmt *s = q(st, delivered ? Q_ARRIVED : Q_REFUSED);
	db_bind_int(s, 1, now);
	db_bind_int(s, 2, outbox);
	db_bind_int(s, 3, attempt);
	int rc = base_db(st, db_run(s));
	*moved = rc == STORE_OK && db_changes(st->db) > 0;
	return rc;
}

int provider_report(struct store *st, const char *provider, const char *id, bool delivered, int64_t now,
		    int64_t *outbox, bool *moved)
{
	uint8_t h[SEAL_HASH];
	*moved = false;
	int rc = hash(st, provider, id, h);
	if (rc != STORE_OK)
		return rc;
	struct db_stmt *s = q(st, Q_FIND);
	db_bind_blob(s, 1, h, sizeof h);
	rc = db_step(s);
	if (rc != STORE_OK)
		return base_db(st, rc);
	*outbox = db_int(s, 0);
	int attempt = (int)db_int(s, 1);
	db_reset(s);
	s = q(st, Q_WORD);
	db_bind_text(s, 1, delivered ? "delivered" : "failed", 12);
	db_bind_int(s, 2, now);
	db_bind_int(s, 3, *outbox);
	db_bind_int(s, 4, attempt);
	rc = base_db(st, db_run(s));
	if (rc != STORE_OK || db_changes(st->db) == 0)
		return rc;
	return end(st, *outbox, attempt, delivered, now, moved);
}

int provider_overtaken(struct store *st, int64_t outbox, int attempt, int64_t now, bool *moved)
{
	char status[12] = "";
	*moved = false;
	struct db_stmt *s = q(st, Q_STATUS);
	db_bind_int(s, 1, outbox);
	db_bind_int(s, 2, attempt);
	int rc = db_step(s);
	if (rc == STORE_OK)
		db_text(s, 0, status, sizeof status);
	db_reset(s);
	if (rc != STORE_OK || !status[0])
		return rc == STORE_NONE ? STORE_OK : base_db(st, rc);
	return end(st, outbox, attempt, strcmp(status, "delivered") == 0, now, moved);
}

int provider_word(struct store *st, const char *provider, int64_t since, struct provider_word *out)
{
	struct db_stmt *s = q(st, Q_NEWEST);
	db_bind_text(s, 1, provider, PROVIDER_NAME);
	int rc = db_step(s);
	if (rc == STORE_OK) {
		out->handed = db_int(s, 0);
		db_text(s, 1, out->outcome, sizeof out->outcome);
		db_text(s, 2, out->detail, sizeof out->detail);
	}
	db_reset(s);
	if (rc != STORE_OK)
		return base_db(st, rc);
	s = q(st, Q_UNREPORTED);
	db_bind_text(s, 1, provider, PROVIDER_NAME);
	db_bind_int(s, 2, since);
	rc = db_step(s);
	out->unreported = rc == STORE_OK ? db_int(s, 0) : 0;
	db_reset(s);
	return base_db(st, rc);
}
