/* inbox.c - segments and messages: once in, joined, sealed, settled.  Owns the tables segments and
 * messages; may call base.c and the seam. */
#include "store/inbox.h"

#include <string.h>

#include "store/internal.h"

#define SENDER_MAX 48
#define OCTETS_MAX 256
#define TP_MMS 0x04
#define TEXT_MAX 4096
#define REASON_MAX 96
#define PARTS_MAX 255
#define UNREAD "('waiting', 'ready', 'queued', 'quarantined')" /* still to be looked at */

enum {
	Q_SEG_ADD, Q_SEG_SEEN, Q_SEG_NEXT, Q_SEG_ATTEMPT, Q_SEG_END, Q_SEG_WAITING, Q_SEG_JOIN, Q_SEG_AGAIN, Q_OPEN,
	Q_HAS_PART, Q_SEEN_PART, Q_MSG_ADD, Q_MSG_PART, Q_PART, Q_GAP, Q_LOAD, Q_DEDUPE, Q_TEXT_OF,
	Q_SET_TEXT, Q_NEXT_READY, Q_MSG_ATTEMPT, Q_SETTLE, Q_AGAIN, Q_DROP_OCTETS, Q_PARTS_OF, Q_OCTETS,
	Q_SET_OCTETS, Q_COUNTS, Q_RECENT, Q_RECENT_OF, Q_OLD_TEXT, Q_OLD_OCTETS, Q_N
};
static const char *const sql[Q_N] = {
	[Q_SEG_ADD] = "INSERT INTO segments (id, hash, modem, memory, place, received, rebuilt, octets, "
		      "attempts, state, reason, message, seq, sent) "
		      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9, '', $10, $11, $12) "
		      "ON CONFLICT (hash) DO NOTHING",
	[Q_SEG_SEEN] = "SELECT s.id, CASE WHEN s.state IN ('settled', 'quarantined') THEN 1 "
		       "WHEN s.state = 'joined' AND m.state NOT IN ('waiting', 'ready') THEN 1 "
		       "ELSE 0 END FROM segments s LEFT JOIN messages m ON m.id = s.message "
		       "WHERE s.hash = $1",
	[Q_SEG_NEXT] = "SELECT id, received, modem, attempts, octets FROM segments "
		       "WHERE state = 'received' AND id > $1 ORDER BY id LIMIT 1",
	[Q_SEG_ATTEMPT] = "UPDATE segments SET attempts = attempts + 1 WHERE id = $1",
	[Q_SEG_END] = "UPDATE segments SET state = $1, reason = $2 WHERE id = $3 AND state = 'received'",
	[Q_SEG_WAITING] = "SELECT modem, received FROM segments WHERE id = $1 AND state = 'received'",
	[Q_SEG_JOIN] = "UPDATE segments SET state = 'joined', message = $1, seq = $2, sent = $3 "
		       "WHERE id = $4 AND state = 'received'",
	/* It goes the way of its message; where that part was destroyed, nothing of it is kept. */
	[Q_SEG_AGAIN] = "UPDATE segments SET state = 'settled', reason = 'a part that was there already', message = $1, "
			"octets = CASE WHEN EXISTS (SELECT 1 FROM segments p WHERE p.message = $1 AND p.seq = $2 "
			"AND p.octets IS NULL) THEN NULL ELSE octets END WHERE id = $3 AND state = 'received'",
	[Q_OPEN] = "SELECT id FROM messages WHERE sender_hash = $1 AND received > $2 "
		   "AND state = 'waiting' AND modem = $3 AND ref = $4 AND bits = $5 AND total = $6 "
		   "AND bits > 0 ORDER BY received DESC, id DESC LIMIT 1",
	[Q_HAS_PART] = "SELECT sent FROM segments WHERE message = $1 AND seq = $2",
	/* The network sent a part again after its message was whole: same place, same stamp. */
	[Q_SEEN_PART] = "SELECT m.id FROM messages m JOIN segments s ON s.message = m.id AND s.seq = $1 "
			"WHERE m.sender_hash = $2 AND m.received > $3 AND m.modem = $4 AND m.ref = $5 "
			"AND m.bits = $6 AND m.total = $7 AND m.bits > 0 AND s.sent = $8 AND s.sent > 0 "
			"ORDER BY m.received DESC, m.id DESC LIMIT 1",
	[Q_MSG_ADD] = "INSERT INTO messages (id, channel, modem, sender, sender_hash, sent, zone, "
		      "received, ref, bits, total, have, attempts, state, reason, reporter, text, dedupe) "
		      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 1, 0, $12, '', '', $13, $14)",
	[Q_MSG_PART] = "UPDATE messages SET have = have + 1, "
		       "state = CASE WHEN have + 1 = total THEN 'ready' ELSE 'waiting' END "
		       "WHERE id = $1 AND state = 'waiting' AND have < total RETURNING have, total",
	[Q_PART] = "SELECT id, received, modem, attempts, octets FROM segments "
		   "WHERE message = $1 AND seq = $2",
	[Q_GAP] = "UPDATE messages SET state = 'ready' WHERE id = (SELECT id FROM messages "
		  "WHERE state = 'waiting' AND received < $1 ORDER BY received, id LIMIT 1) "
		  "RETURNING id",
	[Q_LOAD] = "SELECT id, sent, received, zone, channel, modem, reporter, total, have, attempts, "
		   "state, sender, text FROM messages WHERE id = $1",
	[Q_DEDUPE] = "SELECT id FROM messages WHERE dedupe = $1",
	[Q_TEXT_OF] = "SELECT received, case_id, text FROM messages WHERE id = $1",
	[Q_SET_TEXT] = "UPDATE messages SET text = $1, case_id = $2 WHERE id = $3",
	[Q_NEXT_READY] = "SELECT id, attempts FROM messages WHERE state = 'ready' AND id > $1 AND NOT EXISTS "
			 "(SELECT 1 FROM parked p WHERE p.message = messages.id) ORDER BY id LIMIT 1",
	[Q_MSG_ATTEMPT] = "UPDATE messages SET attempts = attempts + 1 WHERE id = $1",
	[Q_SETTLE] = "UPDATE messages SET state = $1, reporter = $2, reason = $3, settled = $4 "
		     "WHERE id = $5 AND (state = 'ready' OR (state = 'queued' AND $1 = 'read'))",
	[Q_AGAIN] = "UPDATE messages SET state = 'queued', reason = $1 WHERE id = $2 AND state = 'read'",
	[Q_DROP_OCTETS] = "UPDATE segments SET octets = NULL WHERE message = $1 AND octets IS NOT NULL",
	[Q_PARTS_OF] = "SELECT id FROM segments WHERE message = $1 AND octets IS NOT NULL ORDER BY id",
	[Q_OCTETS] = "SELECT octets FROM segments WHERE id = $1",
	[Q_SET_OCTETS] = "UPDATE segments SET octets = $1 WHERE id = $2",
	[Q_COUNTS] = "SELECT (SELECT count(*) FROM messages WHERE state = 'ready'), "
		     "(SELECT count(*) FROM messages WHERE state = 'waiting'), "
		     "(SELECT count(*) FROM messages WHERE state = 'queued'), "
		     "(SELECT count(*) FROM messages WHERE state = 'quarantined') + "
		     "(SELECT count(*) FROM segments WHERE state = 'quarantined')",
	/* Bounded: in a flood each text would else count all before it. */
	[Q_RECENT] = "SELECT count(*) FROM (SELECT 1 FROM messages WHERE sender_hash = $1 "
		     "AND received >= $2 LIMIT 1001) AS lately",
	[Q_RECENT_OF] = "SELECT count(*) FROM (SELECT 1 FROM messages m JOIN readings r ON r.message = m.id "
			"WHERE m.sender_hash = $1 AND m.received >= $2 AND r.intent = $3 LIMIT 1001) AS lately",
	[Q_OLD_TEXT] = "SELECT id FROM messages WHERE id > $1 AND received < $2 AND case_id IS NULL "
		       "AND text IS NOT NULL AND state IN " UNREAD " ORDER BY id LIMIT 1",
	[Q_OLD_OCTETS] = "SELECT s.id FROM segments s LEFT JOIN messages m ON m.id = s.message "
			 "WHERE s.id > $1 AND s.received < $2 AND s.octets IS NOT NULL "
			 "AND (s.state IN ('received', 'quarantined') OR (s.state = 'joined' "
			 "AND m.case_id IS NULL AND m.state IN " UNREAD ")) ORDER BY s.id LIMIT 1",
};
const struct sql_family inbox_family = { "inbox", sql, Q_N };

static struct db_stmt *q(struct store *st, int i)
{
	return st->q[FAM_INBOX][i];
}

/* One integer of the one row s gives. */
static int one_int(struct store *st, struct db_stmt *s, int64_t *value)
{
	int rc = db_step(s);
	if (rc != STORE_OK)
		return base_db(st, rc);
	*value = db_int(s, 0);
	db_reset(s);
	return STORE_OK;
}

static int met(struct store *st, struct db_stmt *s, const char *what)
{
	int rc = base_db(st, db_run(s));
	if (rc == STORE_OK && db_changes(st->db) == 0)
		rc = base_say(st, STORE_NONE, "no such %s", what);
	return rc;
}

/* ---- segments -------------------------------------------------------------------------------- */

static int seen_segment(struct store *st, const uint8_t hash[SEAL_HASH], int64_t *id, bool *settled)
{
	struct db_stmt *s = q(st, Q_SEG_SEEN);
	db_bind_blob(s, 1, hash, SEAL_HASH);
	int rc = db_step(s);
	if (rc != STORE_OK)
		return base_db(st, rc);
	*id = db_int(s, 0);
	*settled = db_int(s, 1) != 0;
	db_reset(s);
	return STORE_OK;
}

/* The segment's identity: its octets, but for TP-MMS, which says whether more texts waited at the centre
 * and so may differ when the network hands the same one over again (3GPP 23.040 9.2.3.2). */
static int segment_hash(struct store *st, const struct segment_new *s, uint8_t hash[SEAL_HASH])
{
	uint8_t same[OCTETS_MAX];
	memcpy(same, s->octets, s->len);
	size_t first = 1 + (size_t)same[0]; /* behind the address of the centre */
	if (first < s->len)
		same[first] &= (uint8_t)~TP_MMS;
	return base_hash(st, "segment", same, s->len, hash);
}

struct segment_row {
	struct seal_place place;
	uint8_t hash[SEAL_HASH], sealed[OCTETS_MAX + SEAL_OVERHEAD];
	const struct segment_facts *joined; /* NULL: still to be decoded */
	int64_t message;
};

static int prepare_segment(struct store *st, const struct segment_new *s, struct segment_row *r)
{
	r->place.column = "segments.octets";
	int rc = base_next_id(st, SEQ_SEGMENT, &r->place.row);
	if (rc == STORE_OK)
		rc = base_seal(st, SEAL_DAY, base_day(s->received), &r->place, s->octets, s->len, r->sealed);
	return rc;
}

static int insert_segment(struct store *st, const struct segment_new *s, const struct segment_row *r)
{
	struct db_stmt *add = q(st, Q_SEG_ADD);
	db_bind_int(add, 1, r->place.row);
	db_bind_blob(add, 2, r->hash, sizeof r->hash);
	db_bind_text(add, 3, s->modem, 24);
	db_bind_text(add, 4, s->memory, 8);
	db_bind_int(add, 5, s->place);
	db_bind_int(add, 6, s->received);
	db_bind_int(add, 7, s->rebuilt);
	db_bind_blob(add, 8, r->sealed, s->len + SEAL_OVERHEAD);
	db_bind_text(add, 9, r->joined ? "joined" : "received", 16);
	db_bind_ref(add, 10, r->message);
	db_bind_ref(add, 11, r->joined ? 1 : 0);
	if (r->joined)
		db_bind_int(add, 12, r->joined->sent);
	else
		db_bind_ref(add, 12, 0);
	return base_db(st, db_run(add));
}

static int check_segment(struct store *st, const struct segment_new *s, uint8_t hash[SEAL_HASH])
{
	if (s->len == 0 || s->len > OCTETS_MAX)
		return base_say(st, STORE_BOUND, "a segment of %zu octets", s->len);
	return segment_hash(st, s, hash);
}

int inbox_add_segment(struct store *st, const struct segment_new *s, int64_t *id, bool *fresh,
		      bool *settled)
{
	struct segment_row r = { .joined = NULL };
	*fresh = *settled = false;
	int rc = check_segment(st, s, r.hash);
	if (rc == STORE_OK)
		rc = prepare_segment(st, s, &r);
	if (rc == STORE_OK)
		rc = insert_segment(st, s, &r);
	if (rc != STORE_OK)
		return rc;
	*fresh = db_changes(st->db) == 1;
	*id = r.place.row;
	return *fresh ? STORE_OK : seen_segment(st, r.hash, id, settled);
}

static int load_segment(struct store *st, struct db_stmt *s, struct segment *out, bool *gone)
{
	int rc = db_step(s);
	if (rc != STORE_OK)
		return base_db(st, rc);
	char octets[OCTETS_MAX + 1];
	const struct seal_place p = { "segments.octets", db_int(s, 0) };
	memset(out, 0, sizeof *out);
	out->id = p.row;
	out->received = db_int(s, 1);
	db_text(s, 2, out->modem, sizeof out->modem);
	out->attempts = (int)db_int(s, 3);
	rc = base_unseal(st, s, 4, &p, octets, sizeof octets, &out->len, gone);
	if (rc == STORE_OK)
		memcpy(out->octets, octets, out->len);
	seal_wipe(octets, sizeof octets);
	if (rc == STORE_OK)
		rc = base_db(st, db_row(s));
	db_reset(s);
	return rc;
}

int inbox_next_segment(struct store *st, int64_t after, struct segment *out)
{
	bool gone = false;
	struct db_stmt *s = q(st, Q_SEG_NEXT);
	db_bind_int(s, 1, after);
	int rc = load_segment(st, s, out, &gone);
	/* out->id is set: the caller quarantines it and goes on, or one bad row would stop the inbox. */
	if (rc == STORE_OK && gone)
		rc = base_say(st, STORE_KEY, "segment %lld: its day's key was destroyed",
			      (long long)out->id);
	return rc;
}

int inbox_part(struct store *st, int64_t message, int seq, struct segment *out)
{
	bool gone = false;
	struct db_stmt *s = q(st, Q_PART);
	db_bind_int(s, 1, message);
	db_bind_int(s, 2, seq);
	int rc = load_segment(st, s, out, &gone);
	if (rc == STORE_OK && out->len == 0)
		rc = base_say(st, STORE_NONE, "the part's octets were destroyed");
	return rc;
}

int inbox_count_attempt(struct store *st, int64_t segment)
{
	struct db_stmt *s = q(st, Q_SEG_ATTEMPT);
	db_bind_int(s, 1, segment);
	return met(st, s, "segment");
}

static int end_segment(struct store *st, int64_t segment, const char *state, const char *reason)
{
	char why[REASON_MAX];
	base_cut(why, sizeof why, reason);
	struct db_stmt *s = q(st, Q_SEG_END);
	db_bind_text(s, 1, state, 16);
	db_bind_text(s, 2, why, sizeof why);
	db_bind_int(s, 3, segment);
	return base_transition(st, s, "segment");
}

int inbox_quarantine(struct store *st, int64_t segment, const char *reason)
{
	return end_segment(st, segment, "quarantined", reason);
}

int inbox_settle_segment(struct store *st, int64_t segment, const char *reason)
{
	return end_segment(st, segment, "settled", reason);
}

/* ---- joining --------------------------------------------------------------------------------- */

struct joining {
	const struct segment_facts *f;
	int64_t segment, received, now, window;
	char modem[24];
	struct number_hash sender;
};

static int open_under(struct store *st, const struct joining *j, const uint8_t sender[SEAL_HASH], int64_t *message)
{
	struct db_stmt *s = q(st, Q_OPEN);
	db_bind_blob(s, 1, sender, SEAL_HASH);
	db_bind_int(s, 2, j->now - j->window);
	db_bind_text(s, 3, j->modem, sizeof j->modem);
	db_bind_int(s, 4, j->f->ref);
	db_bind_int(s, 5, j->f->bits);
	db_bind_int(s, 6, j->f->total);
	return one_int(st, s, message);
}

/* Rows under the earlier key are the older ones. */
static int find_open(struct store *st, const struct joining *j, int64_t *message)
{
	int rc = STORE_NONE;
	for (size_t i = 0; rc == STORE_NONE && i < j->sender.n; i++)
		rc = open_under(st, j, j->sender.of[i], message);
	return rc;
}

/* *same: it has the network's stamp too.  Another stamp is another text whose reference came round again. */
static int has_part(struct store *st, const struct joining *j, int64_t message, bool *same)
{
	int64_t sent = 0;
	struct db_stmt *s = q(st, Q_HAS_PART);
	db_bind_int(s, 1, message);
	db_bind_int(s, 2, j->f->seq);
	int rc = one_int(st, s, &sent);
	*same = rc == STORE_OK && sent == j->f->sent;
	return rc;
}

static int seen_under(struct store *st, const struct joining *j, const uint8_t sender[SEAL_HASH], int64_t *message)
{
	struct db_stmt *s = q(st, Q_SEEN_PART);
	db_bind_int(s, 1, j->f->seq);
	db_bind_blob(s, 2, sender, SEAL_HASH);
	db_bind_int(s, 3, j->now - j->window);
	db_bind_text(s, 4, j->modem, sizeof j->modem);
	db_bind_int(s, 5, j->f->ref);
	db_bind_int(s, 6, j->f->bits);
	db_bind_int(s, 7, j->f->total);
	db_bind_int(s, 8, j->f->sent);
	return one_int(st, s, message);
}

static int seen_part(struct store *st, const struct joining *j, int64_t *message)
{
	int rc = STORE_NONE;
	for (size_t i = 0; rc == STORE_NONE && i < j->sender.n; i++)
		rc = seen_under(st, j, j->sender.of[i], message);
	return rc;
}

struct message_new {
	const char *channel, *modem, *sender, *state;
	const uint8_t *sender_hash, *dedupe;
	const struct segment_facts *f;
	int64_t sent, received;
	const char *text;
	size_t len;
};

static int add_message(struct store *st, const struct message_new *m, int64_t *id)
{
	uint8_t sender[SENDER_MAX + SEAL_OVERHEAD];
	size_t sender_len = strlen(m->sender);
	int rc = base_next_id(st, SEQ_MESSAGE, id);
	if (rc != STORE_OK)
		return rc;
	const struct seal_place at = { "messages.sender", *id }, text = { "messages.text", *id };
	rc = base_seal(st, SEAL_ROSTER, 0, &at, m->sender, sender_len, sender);
	if (rc == STORE_OK && m->text)
		rc = base_seal(st, SEAL_DAY, base_day(m->received), &text, m->text, m->len, st->scratch);
	if (rc != STORE_OK)
		return rc;
	struct db_stmt *s = q(st, Q_MSG_ADD);
	db_bind_int(s, 1, *id);
	db_bind_text(s, 2, m->channel, 8);
	db_bind_text(s, 3, m->modem, 24);
	db_bind_blob(s, 4, sender, sender_len + SEAL_OVERHEAD);
	db_bind_blob(s, 5, m->sender_hash, SEAL_HASH);
	db_bind_int(s, 6, m->sent);
	db_bind_int(s, 7, m->f->zone);
	db_bind_int(s, 8, m->received);
	db_bind_int(s, 9, m->f->ref);
	db_bind_int(s, 10, m->f->bits);
	db_bind_int(s, 11, m->f->total);
	db_bind_text(s, 12, m->state, 16);
	db_bind_blob(s, 13, m->text ? st->scratch : NULL, m->len + SEAL_OVERHEAD);
	db_bind_blob(s, 14, m->dedupe, SEAL_HASH);
	return base_db(st, db_run(s));
}

static int begin_message(struct store *st, const struct joining *j, int64_t *message,
			 bool *complete)
{
	struct segment_facts f = *j->f;
	if (f.bits == 0)
		f.ref = 0, f.total = 1, f.seq = 1;
	*complete = f.total == 1;
	const struct message_new m = { .channel = "sms", .modem = j->modem, .sender = f.sender,
				       .state = *complete ? "ready" : "waiting",
				       .sender_hash = j->sender.of[0], .f = &f, .sent = f.sent,
				       .received = j->received };
	return add_message(st, &m, message);
}

static int add_part(struct store *st, int64_t message, bool *complete)
{
	struct db_stmt *s = q(st, Q_MSG_PART);
	db_bind_int(s, 1, message);
	int rc = db_step(s);
	if (rc == STORE_NONE)
		return base_say(st, STORE_STATE, "message: not waiting for parts");
	if (rc != STORE_OK)
		return base_db(st, rc);
	*complete = db_int(s, 0) == db_int(s, 1);
	db_reset(s);
	return STORE_OK;
}

static int place_segment(struct store *st, const struct joining *j, int64_t message)
{
	struct db_stmt *s = q(st, Q_SEG_JOIN);
	db_bind_int(s, 1, message);
	db_bind_int(s, 2, j->f->bits ? j->f->seq : 1);
	db_bind_int(s, 3, j->f->sent);
	db_bind_int(s, 4, j->segment);
	return base_transition(st, s, "segment");
}

/* A PIN in it must not outlive the part that was there. */
static int settle_again(struct store *st, const struct joining *j, int64_t message)
{
	struct db_stmt *s = q(st, Q_SEG_AGAIN);
	db_bind_int(s, 1, message);
	db_bind_int(s, 2, j->f->seq);
	db_bind_int(s, 3, j->segment);
	st->scrub = true;
	return base_transition(st, s, "segment");
}

static int start_join(struct store *st, struct joining *j)
{
	const struct segment_facts *f = j->f;
	size_t len = strnlen(f->sender, SENDER_MAX);
	if (len >= SENDER_MAX)
		return base_say(st, STORE_BOUND, "sender of %zu octets", len);
	if (f->bits && (f->total == 0 || f->seq == 0 || f->seq > f->total))
		return base_say(st, STORE_BOUND, "part %d of %d", f->seq, f->total);
	struct db_stmt *s = q(st, Q_SEG_WAITING);
	db_bind_int(s, 1, j->segment);
	int rc = db_step(s);
	if (rc != STORE_OK)
		return rc == STORE_NONE ? base_say(st, STORE_STATE, "segment: not 'received'")
					: base_db(st, rc);
	db_text(s, 0, j->modem, sizeof j->modem);
	j->received = db_int(s, 1);
	rc = db_row(s);
	db_reset(s);
	return rc == STORE_OK ? base_hash_number(st, "sender", f->sender, len, &j->sender) : base_db(st, rc);
}

int inbox_join(struct store *st, int64_t segment, const struct segment_facts *f, int64_t now,
	       int64_t window, int64_t *message, bool *complete, bool *duplicate)
{
	struct joining j = { .f = f, .segment = segment, .now = now, .window = window };
	*complete = *duplicate = false;
	int rc = start_join(st, &j);
	if (rc != STORE_OK)
		return rc;
	rc = f->bits && f->total > 1 ? find_open(st, &j, message) : STORE_NONE;
	bool open = rc == STORE_OK;
	if (rc == STORE_OK) {
		rc = has_part(st, &j, *message, duplicate);
		open = rc == STORE_NONE;
		rc = rc == STORE_OK ? STORE_NONE : rc;
	} else if (rc == STORE_NONE && f->bits && f->total > 1) {
		rc = seen_part(st, &j, message);
		*duplicate = rc == STORE_OK;
	}
	if (*duplicate)
		return settle_again(st, &j, *message);
	if (rc == STORE_NONE)
		rc = open ? add_part(st, *message, complete) : begin_message(st, &j, message, complete);
	return rc == STORE_OK ? place_segment(st, &j, *message) : rc;
}

int inbox_add_whole(struct store *st, const struct segment_new *s, const struct segment_facts *f,
		    const char *text, size_t len, int64_t *id, int64_t *message, bool *fresh)
{
	struct segment_row r = { .joined = f };
	struct number_hash sender = { .n = 0 };
	size_t sender_len = strnlen(f->sender, SENDER_MAX);
	bool settled;
	*fresh = false;
	*message = 0;
	if (sender_len >= SENDER_MAX || len >= TEXT_MAX)
		return base_say(st, STORE_BOUND, "sender of %zu, text of %zu octets", sender_len, len);
	int rc = check_segment(st, s, r.hash);
	if (rc == STORE_OK)
		rc = seen_segment(st, r.hash, id, &settled);
	if (rc != STORE_NONE)
		return rc;
	const struct segment_facts alone = { .sender = f->sender, .sent = f->sent, .zone = f->zone,
					     .total = 1, .seq = 1 };
	const struct message_new m = { .channel = "sms", .modem = s->modem, .sender = f->sender,
				       .state = "ready", .sender_hash = sender.of[0], .f = &alone,
				       .sent = f->sent, .received = s->received,
				       .text = len ? text : NULL, .len = len };
	rc = base_hash_number(st, "sender", f->sender, sender_len, &sender);
	if (rc == STORE_OK)
		rc = add_message(st, &m, &r.message);
	if (rc == STORE_OK)
		rc = prepare_segment(st, s, &r);
	if (rc == STORE_OK)
		rc = insert_segment(st, s, &r);
	*id = r.place.row;
	*message = r.message;
	*fresh = rc == STORE_OK;
	return rc;
}

int inbox_release_gap(struct store *st, int64_t before, int64_t *message)
{
	struct db_stmt *s = q(st, Q_GAP);
	db_bind_int(s, 1, before);
	return one_int(st, s, message);
}

/* ---- messages -------------------------------------------------------------------------------- */

int inbox_load(struct store *st, int64_t message, struct message *out)
{
	struct db_stmt *s = q(st, Q_LOAD);
	const struct seal_place sender = { "messages.sender", message };
	const struct seal_place text = { "messages.text", message };
	size_t len;
	db_bind_int(s, 1, message);
	int rc = db_step(s);
	if (rc != STORE_OK)
		return base_db(st, rc);
	out->id = db_int(s, 0);
	out->sent = db_int(s, 1);
	out->received = db_int(s, 2);
	out->zone = (int32_t)db_int(s, 3);
	db_text(s, 4, out->channel, sizeof out->channel);
	db_text(s, 5, out->modem, sizeof out->modem);
	db_text(s, 6, out->reporter, sizeof out->reporter);
	out->total = (int)db_int(s, 7);
	out->have = (int)db_int(s, 8);
	out->attempts = (int)db_int(s, 9);
	db_text(s, 10, out->state, sizeof out->state);
	out->text[0] = '\0';
	out->text_len = 0;
	rc = base_db(st, db_row(s));
	if (rc == STORE_OK)
		rc = base_unseal(st, s, 11, &sender, out->sender, sizeof out->sender, &len, NULL);
	if (rc == STORE_OK)
		rc = base_unseal(st, s, 12, &text, out->text, sizeof out->text, &out->text_len, NULL);
	db_reset(s);
	return rc;
}

int inbox_seen(struct store *st, const char *dedupe)
{
	uint8_t key[SEAL_HASH];
	int64_t id;
	int rc = base_hash(st, "dedupe", dedupe, strlen(dedupe), key);
	if (rc != STORE_OK)
		return rc;
	db_bind_blob(q(st, Q_DEDUPE), 1, key, sizeof key);
	return one_int(st, q(st, Q_DEDUPE), &id);
}

int inbox_add_message(struct store *st, const char *channel, const char *sender, const char *text,
		      size_t len, int64_t sent, int64_t received, const char *dedupe, int64_t *id)
{
	uint8_t key[SEAL_HASH];
	struct number_hash hash = { .n = 0 };
	const struct segment_facts whole = { .total = 1, .seq = 1 };
	size_t sender_len = strnlen(sender, SENDER_MAX);
	if (len >= TEXT_MAX || sender_len >= SENDER_MAX)
		return base_say(st, STORE_BOUND, "a message of %zu octets", len);
	int rc = base_hash_number(st, "sender", sender, sender_len, &hash);
	if (rc == STORE_OK && dedupe)
		rc = base_hash(st, "dedupe", dedupe, strlen(dedupe), key);
	if (rc != STORE_OK)
		return rc;
	if (dedupe) {
		struct db_stmt *s = q(st, Q_DEDUPE);
		db_bind_blob(s, 1, key, sizeof key);
		rc = one_int(st, s, id);
		if (rc != STORE_NONE)
			return rc == STORE_OK ? base_say(st, STORE_EXISTS, "seen before") : rc;
	}
	const struct message_new m = { .channel = channel, .modem = "", .sender = sender,
				       .state = "ready", .sender_hash = hash.of[0],
				       .dedupe = dedupe ? key : NULL, .f = &whole, .sent = sent,
				       .received = received, .text = text ? text : "", .len = len };
	return add_message(st, &m, id);
}

/* Where a message's text belongs: its case's key once it has one, its day's before. */
static int text_facts(struct store *st, int64_t message, int64_t *received, int64_t *case_id)
{
	struct db_stmt *s = q(st, Q_TEXT_OF);
	db_bind_int(s, 1, message);
	int rc = db_step(s);
	if (rc != STORE_OK)
		return base_db(st, rc);
	*received = db_int(s, 0);
	*case_id = db_int(s, 1);
	db_reset(s);
	return STORE_OK;
}

/* The key a value is to be sealed under. */
struct under {
	enum seal_kind kind;
	int64_t ref;
};

static struct under key_for(int64_t received, int64_t case_id)
{
	if (case_id)
		return (struct under){ SEAL_CASE, case_id };
	return (struct under){ SEAL_DAY, base_day(received) };
}

static int put_text(struct store *st, int64_t message, struct under key, int64_t case_id,
		    const char *text, size_t len)
{
	const struct seal_place p = { "messages.text", message };
	if (len >= TEXT_MAX)
		return base_say(st, STORE_BOUND, "a text of %zu octets", len);
	int rc = base_seal(st, key.kind, key.ref, &p, text, len, st->scratch);
	if (rc != STORE_OK)
		return rc;
	struct db_stmt *s = q(st, Q_SET_TEXT);
	db_bind_blob(s, 1, len ? st->scratch : NULL, len + SEAL_OVERHEAD);
	db_bind_ref(s, 2, case_id);
	db_bind_int(s, 3, message);
	return base_db(st, db_run(s));
}

int inbox_set_text(struct store *st, int64_t message, const char *text, size_t len)
{
	int64_t received = 0, case_id = 0;
	int rc = text_facts(st, message, &received, &case_id);
	if (rc != STORE_OK)
		return rc;
	return put_text(st, message, key_for(received, case_id), case_id, text, len);
}

int inbox_next_ready(struct store *st, int64_t after, int64_t *message, int *attempts)
{
	struct db_stmt *s = q(st, Q_NEXT_READY);
	db_bind_int(s, 1, after);
	int rc = db_step(s);
	if (rc != STORE_OK)
		return base_db(st, rc);
	*message = db_int(s, 0);
	*attempts = (int)db_int(s, 1);
	db_reset(s);
	return STORE_OK;
}

int inbox_count_message_attempt(struct store *st, int64_t message)
{
	struct db_stmt *s = q(st, Q_MSG_ATTEMPT);
	db_bind_int(s, 1, message);
	return met(st, s, "message");
}

int inbox_settle(struct store *st, int64_t message, const char *state, const char *reporter,
		 const char *reason, int64_t now)
{
	if (strcmp(state, "read") != 0 && strcmp(state, "queued") != 0 &&
	    strcmp(state, "quarantined") != 0)
		return base_say(st, STORE_STATE, "no message is settled as '%.16s'", state);
	char why[REASON_MAX];
	base_cut(why, sizeof why, reason);
	struct db_stmt *s = q(st, Q_SETTLE);
	db_bind_text(s, 1, state, 16);
	db_bind_text(s, 2, reporter, ROSTER_ID);
	db_bind_text(s, 3, why, sizeof why);
	db_bind_int(s, 4, now);
	db_bind_int(s, 5, message);
	return base_transition(st, s, "message");
}

int inbox_queue_again(struct store *st, int64_t message, const char *reason)
{
	char why[96];
	base_cut(why, sizeof why, reason);
	struct db_stmt *s = q(st, Q_AGAIN);
	db_bind_text(s, 1, why, sizeof why);
	db_bind_int(s, 2, message);
	return base_transition(st, s, "message");
}

int inbox_redact(struct store *st, int64_t message, int64_t case_id, const char *redacted,
		 size_t len)
{
	int64_t received = 0, had = 0;
	int rc = text_facts(st, message, &received, &had);
	if (rc == STORE_OK)
		had = case_id ? case_id : had;
	if (rc == STORE_OK)
		rc = put_text(st, message, key_for(received, had), had, redacted, len);
	if (rc != STORE_OK)
		return rc;
	struct db_stmt *s = q(st, Q_DROP_OCTETS);
	db_bind_int(s, 1, message);
	st->scrub = true;
	return base_db(st, db_run(s));
}

/* A value whose key was destroyed stays as it is: it is nothing any more. */
static int reseal_key_by_id(struct store *st, int64_t segment, struct under key)
{
	const struct seal_place p = { "segments.octets", segment };
	char octets[OCTETS_MAX + 1];
	size_t len;
	bool gone = false;
	struct db_stmt *s = q(st, Q_OCTETS);
	db_bind_int(s, 1, segment);
	int rc = db_step(s);
	if (rc != STORE_OK)
		return base_db(st, rc);
	rc = base_unseal(st, s, 0, &p, octets, sizeof octets, &len, &gone);
	db_reset(s);
	if (rc == STORE_OK && !gone)
		rc = base_seal(st, key.kind, key.ref, &p, octets, len, st->scratch);
	seal_wipe(octets, sizeof octets);
	if (rc != STORE_OK || gone)
		return rc;
	s = q(st, Q_SET_OCTETS);
	db_bind_blob(s, 1, st->scratch, len + SEAL_OVERHEAD);
	db_bind_int(s, 2, segment);
	return base_db(st, db_run(s));
}

static int reseal_text(struct store *st, int64_t message, struct under key, int64_t case_id)
{
	const struct seal_place p = { "messages.text", message };
	char text[TEXT_MAX];
	size_t len;
	bool gone = false;
	struct db_stmt *s = q(st, Q_TEXT_OF);
	db_bind_int(s, 1, message);
	int rc = db_step(s);
	if (rc != STORE_OK)
		return base_db(st, rc);
	rc = base_unseal(st, s, 2, &p, text, sizeof text, &len, &gone);
	db_reset(s);
	if (rc == STORE_OK)
		rc = put_text(st, message, key, case_id, text, len);
	seal_wipe(text, sizeof text);
	return rc;
}

static int parts_to_case(struct store *st, int64_t message, int64_t case_id)
{
	int64_t ids[PARTS_MAX];
	size_t n = 0;
	int rc = STORE_OK;
	struct db_stmt *s = q(st, Q_PARTS_OF);
	db_bind_int(s, 1, message);
	while (n < PARTS_MAX && (rc = db_step(s)) == STORE_OK)
		ids[n++] = db_int(s, 0);
	db_reset(s);
	if (rc != STORE_NONE && rc != STORE_OK)
		return base_db(st, rc);
	rc = STORE_OK;
	for (size_t i = 0; rc == STORE_OK && i < n; i++)
		rc = reseal_key_by_id(st, ids[i], (struct under){ SEAL_CASE, case_id });
	return rc;
}

int inbox_to_case(struct store *st, int64_t message, int64_t case_id)
{
	int rc = reseal_text(st, message, (struct under){ SEAL_CASE, case_id }, case_id);
	if (rc == STORE_OK)
		rc = parts_to_case(st, message, case_id);
	/* What lay under the day's key must not outlive the case's in the write-ahead log. */
	if (rc == STORE_OK)
		st->scrub = true;
	return rc;
}

/* ---- keys that end --------------------------------------------------------------------------- */

static int next_old(struct store *st, int query, int64_t after, int64_t before, int64_t *id)
{
	struct db_stmt *s = q(st, query);
	db_bind_int(s, 1, after);
	db_bind_int(s, 2, before);
	return one_int(st, s, id);
}

int inbox_renew(struct store *st, int64_t before, int64_t now, int64_t *n)
{
	const struct under today = { SEAL_DAY, base_day(now) };
	int64_t id = 0;
	int rc;
	while ((rc = next_old(st, Q_OLD_TEXT, id, before, &id)) == STORE_OK) {
		rc = reseal_text(st, id, today, 0);
		if (rc != STORE_OK)
			return rc;
		++*n;
	}
	id = 0;
	while (rc == STORE_NONE && (rc = next_old(st, Q_OLD_OCTETS, id, before, &id)) == STORE_OK) {
		rc = reseal_key_by_id(st, id, today);
		if (rc != STORE_OK)
			return rc;
		++*n;
		rc = STORE_NONE;
	}
	return rc == STORE_NONE ? STORE_OK : rc;
}

int inbox_queue_count(struct store *st, int64_t *ready, int64_t *waiting, int64_t *queued,
		      int64_t *quarantined)
{
	struct db_stmt *s = q(st, Q_COUNTS);
	int rc = db_step(s);
	if (rc != STORE_OK)
		return base_db(st, rc);
	*ready = db_int(s, 0);
	*waiting = db_int(s, 1);
	*queued = db_int(s, 2);
	*quarantined = db_int(s, 3);
	db_reset(s);
	return STORE_OK;
}

static int hash_sender(struct store *st, const char *sender, struct number_hash *hash)
{
	size_t len = strnlen(sender, SENDER_MAX);
	if (len >= SENDER_MAX)
		return base_say(st, STORE_BOUND, "sender of %zu octets", len);
	return base_hash_number(st, "sender", sender, len, hash);
}

int inbox_recent_count(struct store *st, const char *sender, int64_t since, int64_t *n)
{
	struct number_hash hash = { .n = 0 };
	int rc = hash_sender(st, sender, &hash);
	*n = 0;
	for (size_t i = 0; rc == STORE_OK && i < hash.n; i++) {
		int64_t some = 0;
		struct db_stmt *s = q(st, Q_RECENT);
		db_bind_blob(s, 1, hash.of[i], SEAL_HASH);
		db_bind_int(s, 2, since);
		rc = one_int(st, s, &some);
		*n += some;
	}
	return rc;
}

int inbox_recent_of(struct store *st, const char *sender, int64_t since, const char *intent, int64_t *n)
{
	struct number_hash hash = { .n = 0 };
	int rc = hash_sender(st, sender, &hash);
	*n = 0;
	for (size_t i = 0; rc == STORE_OK && i < hash.n; i++) {
		int64_t some = 0;
		struct db_stmt *s = q(st, Q_RECENT_OF);
		db_bind_blob(s, 1, hash.of[i], SEAL_HASH);
		db_bind_int(s, 2, since);
		db_bind_text(s, 3, intent, 48);
		rc = one_int(st, s, &some);
		*n += some;
	}
	return rc;
}
