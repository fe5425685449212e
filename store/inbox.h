/* inbox.h - what came in: segments (raw TPDUs), messages (joined texts), readings.
 *
 * A segment is unique by its octets: handing the same one over again gives the same row.  Raw octets
 * and texts are sealed with the key of their day; a message found to concern a case is sealed anew
 * under the case's key; one with a name or PIN in it is destroyed.  States: store/STATES.md.
 */
#ifndef STORE_INBOX_H
#define STORE_INBOX_H
#include "store/store.h"
#include "store/roster.h"

struct segment_new {
	const char *modem, *memory;
	uint32_t place;
	int64_t received;
	bool rebuilt;
	const void *octets;
	size_t len;
};
/* *fresh: this call made the row.  When false and *settled, all that follows from it is done. */
int inbox_add_segment(struct store *st, const struct segment_new *s, int64_t *id, bool *fresh,
		      bool *settled);
/* The next segment not yet decided (state 'received'), oldest first; octets unsealed. STORE_NONE. */
struct segment {
	int64_t id, received;
	char modem[24];
	int attempts;
	uint8_t octets[256];
	size_t len;
};
int inbox_next_segment(struct store *st, int64_t after, struct segment *out);
int inbox_count_attempt(struct store *st, int64_t segment); /* attempts + 1 */
int inbox_quarantine(struct store *st, int64_t segment, const char *reason);
/* The segment needs no message (a delivery report that was matched, a notice): settled. */
int inbox_settle_segment(struct store *st, int64_t segment, const char *reason);

struct segment_facts {
	const char *sender;   /* E.164, or the alphanumeric sender */
	int64_t sent;         /* SCTS in UTC, 0 = unusable */
	int32_t zone;
	uint16_t ref;
	uint8_t bits, total, seq; /* bits 0 = a message of its own */
};
/* Puts a segment into its message: a new one, or the open one with the same (modem, sender,
 * reference, width, total) that began within window seconds.  A part already there, with the same
 * stamp, changes nothing (*duplicate) and ends with the message.  *complete: every part is there; the message is then 'ready'. */
int inbox_join(struct store *st, int64_t segment, const struct segment_facts *f, int64_t now,
	       int64_t window, int64_t *message, bool *complete, bool *duplicate);
/* A segment that is a message of its own, with its text: the rows that inbox_add_segment, inbox_join and
 * inbox_set_text would make, at once.  *fresh false: it was there before, and nothing is added. */
int inbox_add_whole(struct store *st, const struct segment_new *s, const struct segment_facts *f,
		    const char *text, size_t len, int64_t *segment, int64_t *message, bool *fresh);
/* Raw octets of part seq (1-based) of a message; STORE_NONE = missing. */
int inbox_part(struct store *st, int64_t message, int seq, struct segment *out);
/* Messages still waiting for parts whose first part came before `before`: marked 'ready' with their
 * gap, one a call. */
int inbox_release_gap(struct store *st, int64_t before, int64_t *message);

struct message {
	int64_t id, sent, received;
	int32_t zone;
	char channel[8];        /* sms http ussd console */
	char modem[24];
	char sender[48];
	char reporter[ROSTER_ID];
	int total, have;        /* parts; have < total = a gap */
	int attempts;
	char state[16];         /* waiting ready read queued quarantined */
	size_t text_len;        /* 0 when destroyed or not set yet */
	char text[4096];
};
int inbox_load(struct store *st, int64_t message, struct message *out);
/* A message that did not come as segments (HTTP, console, `kujdestar send --as`). dedupe: caller's
 * stable key or NULL; STORE_EXISTS with *id when seen. */
int inbox_add_message(struct store *st, const char *channel, const char *sender, const char *text,
		      size_t len, int64_t sent, int64_t received, const char *dedupe, int64_t *id);
int inbox_seen(struct store *st, const char *dedupe); /* STORE_OK: such a key was used; STORE_NONE */
int inbox_set_text(struct store *st, int64_t message, const char *text, size_t len);
/* State 'ready' and not parked (secrets.h). */
int inbox_next_ready(struct store *st, int64_t after, int64_t *message, int *attempts);
int inbox_count_message_attempt(struct store *st, int64_t message);
/* ready -> read | queued (a person must look) | quarantined */
int inbox_settle(struct store *st, int64_t message, const char *state, const char *reporter,
		 const char *reason, int64_t now);
/* read -> queued: a person must look after all.  STORE_STATE: not read. */
int inbox_queue_again(struct store *st, int64_t message, const char *reason);
/* Text and raw octets gone for good, replaced by redacted (may be ""), under the case's key if any. */
int inbox_redact(struct store *st, int64_t message, int64_t case_id, const char *redacted, size_t len);
/* Sealed anew under the case's own key: destroying that key erases it. */
int inbox_to_case(struct store *st, int64_t message, int64_t case_id);
/* Texts of a sender since then that were read as this; up to 1001. */
int inbox_recent_of(struct store *st, const char *sender, int64_t since, const char *intent, int64_t *n);
int inbox_queue_count(struct store *st, int64_t *ready, int64_t *waiting, int64_t *queued,
		      int64_t *quarantined);

/* One reading of a message. keys: its JSON, structured words and codes only, never free text. */
int reading_put(struct store *st, int64_t message, int ordinal, const char *intent, const char *error,
		const char *about, const char *keys, int64_t *id);
/* Free text of a configured form: sealed under the key of the case that it names, 0: of the roster, since it
 * outlives the day's. */
#define READING_NOTES 1024
int reading_put_notes(struct store *st, int64_t reading, int64_t case_id, const char *notes, size_t len);
/* Do notes of an earlier version still have to be sealed under their case's key?  A piece of that, outside a turn. */
bool reading_notes_wait(struct store *st);
int reading_notes_step(struct store *st);
/* STORE_NONE: no such reading.  "" when it has none. */
int reading_notes(struct store *st, int64_t reading, char out[READING_NOTES], size_t *len);
/* The newest settled reading of a reporter since `since` with one of the given effects (attendance,
 * case or referral rows hang on its message) that is not undone; of: of that message alone, 0 = any. */
int reading_last(struct store *st, const char *reporter, int64_t of, int64_t since, int64_t *reading,
		 int64_t *message, char *intent, size_t imax, char *keys, size_t kmax);
int reading_undone(struct store *st, int64_t reading, int64_t now);
/* Messages of a sender received since `since` (quota and loop guard); counted up to 1001. */
int inbox_recent_count(struct store *st, const char *sender, int64_t since, int64_t *n);
#endif
