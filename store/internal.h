/* internal.h - what the files of store/ share: the opened store, statements by family, ids, seals.
 * Not for callers.  Layers: backup.c > store.c > retain.c, keys.c > erase.c, numbers.c > turn.c > one file a family >
 * base.c > index.c, keyring.c > seal.c, migrate.c > the seam. */
#ifndef STORE_INTERNAL_H
#define STORE_INTERNAL_H
#include "store/db.h"
#include "store/outbox.h"
#include "store/seal.h"
#include "store/store.h"

/* Each family keeps its SQL in one table at the top of its file; store_open prepares them all, so
 * that a typing slip fails at boot. */
struct sql_family {
	const char *name;
	const char *const *sql;
	size_t n;
};
/* Enumerator and table of each, one a line. */
#define STORE_FAMILIES(X) \
	X(META, meta) \
	X(USSD, ussd) \
	X(ROSTER, roster) \
	X(INBOX, inbox) \
	X(READING, reading) \
	X(ATTENDANCE, attendance) \
	X(CASES, cases) \
	X(ALERTS, alerts) \
	X(OUTBOX, outbox) \
	X(SETTLE, settle) \
	X(AUDIT, audit) \
	X(BASE, base) \
	X(REFERRALS, referrals) \
	X(CONFIRMS, confirms) \
	X(FOLLOWUPS, followups) \
	X(SCHOOL, school) \
	X(SCHOOLYEAR, schoolyear) \
	X(CIRCUITS, circuits) \
	X(TASKS, tasks) \
	X(MEETINGS, meetings) \
	X(AGENDA, agenda) \
	X(ROUTINE, routine) \
	X(PROVIDERS, providers) \
	X(ANSWERS, answers) \
	X(REPORT, report) \
	X(PROGRESS, progress) \
	X(RETURNS, returns) \
	X(CAMPAIGNS, campaigns) \
	X(BROADCASTS, broadcasts) \
	X(COUNTS, counts) \
	X(SECRETS, secrets) \
	X(KEYS, keys) \
	X(NUMBERS, numbers) \
	X(ERASE, erase) \
	X(RETAIN, retain) \
	X(LINES, lines) \
	X(SUMS, sums) \
	X(BACKUP, backup)
enum family {
#define X(NAME, table) FAM_##NAME,
	STORE_FAMILIES(X)
#undef X
	FAMILIES
};
#define X(NAME, table) extern const struct sql_family table##_family;
STORE_FAMILIES(X)
#undef X

enum sequence {
	SEQ_USSD,
	SEQ_ALERT,
	SEQ_ATTENDANCE,
	SEQ_CASE,
	SEQ_EVENT,
	SEQ_MESSAGE,
	SEQ_OUTBOX,
	SEQ_READING,
	SEQ_REPORTER,
	SEQ_SEGMENT,
	SEQ_FOLLOWUP,
	SEQ_REFERRAL,
	SEQ_CALENDAR,
	SEQ_MEETING,
	SEQ_TASK,
	SEQ_TASK_EVENT,
	SEQ_RETURN,
	SEQ_ENROLMENT,
	SEQ_SLOT,
	SEQ_PROGRESS,
	SEQ_RETURN_OP,
	SEQ_CAMPAIGN,
	SEQ_BROADCAST,
	SEQ_SECRET,
	SEQ_HOLD,
	SEQUENCES
};

struct audit_end {            /* where the audit's chain goes on, inside a turn; see audit.c */
	bool known;
	int64_t from, next;   /* numbers given out before this turn, and with it */
	uint8_t hash[SEAL_HASH];
};

struct audit_walk {           /* how far the audit's chain was checked, in this process; see audit.c */
	bool begun;
	int64_t start;        /* rows up to it were taken out, 0 = none */
	int64_t pruned;       /* ... of which the newest record of a pruning says so */
	int64_t at;           /* the row that was checked last */
	uint8_t hash[SEAL_HASH];
};

struct renewal {              /* of the data keys; see keys.c */
	bool known;
	int64_t since, after; /* 0 = none; the row of place that was last */
	int place;            /* -1: keys are retired; then which column */
};

/* Screens shown in this turn: written once, when it ends. */
#define SHOWN_MAX 16
struct shown {
	size_t n;
	struct {
		char provider[24], form[32], screen[32];
		int64_t shown, dropped;
	} of[SHOWN_MAX];
};

struct store {
	struct db *db;
	struct seal *seal;            /* NULL: read-only without keys, sealed values come out empty */
	struct db_stmt **q[FAMILIES];
	int lock_fd, version;
	bool read_only, scrub;
	bool compact;                 /* meta.compact, or a turn was undone that set it */
	bool no_erasures;             /* none waits, as of the last look */
	enum store_key_source key_source;
	bool waits_for_key;           /* all is wrapped in a new master key that a person must put in place */
	struct renewal renew;
	bool numbers_on;              /* rows may lie under an earlier key of numbers; see numbers.c */
	struct {
		int64_t next, end;    /* taken in this process and not given yet */
	} ids[SEQUENCES];
	struct {
		bool known;
		int64_t now;          /* turn of the last row handed out: see outbox.c */
	} fair[2];
	struct audit_end audit;
	struct shown shown;
	struct audit_walk walk;
	char err[256];
	uint8_t scratch[OUTBOX_BODY_MAX + SEAL_OVERHEAD]; /* sealed octets only */
};

/* Keeps the words of a failed database call; returns rc. */
int base_db(struct store *st, int rc);
/* One row, or up to max, of a bound statement, each by load; the statement is reset.  base_one:
 * STORE_NONE when there is none; base_many: *n = 0 is no error. */
typedef int base_load_fn(struct store *st, struct db_stmt *s, void *row);
int base_one(struct store *st, struct db_stmt *s, base_load_fn *load, void *row);
int base_many(struct store *st, struct db_stmt *s, base_load_fn *load, void *rows, size_t size,
	      size_t max, size_t *n);
__attribute__((format(printf, 3, 4))) int base_say(struct store *st, int rc, const char *fmt, ...);

/* A row id, given before the insert.  Taken from the file in blocks where gaps are no matter. */
int base_next_id(struct store *st, enum sequence seq, int64_t *id);
void base_forget_ids(struct store *st); /* a turn was undone: so was what it took */
/* Inside a turn that takes out what stood in clear: the file is to be written anew, also after a restart. */
int store_owe_compact(struct store *st);
/* For store.c, before each commit, and after whatever ends a turn. */
int audit_end_turn(struct store *st);
void audit_forget(struct store *st);
int ussd_count_write(struct store *st);
void ussd_count_forget(struct store *st);

/* Seals into out (len + SEAL_OVERHEAD octets) with the live key of (kind, ref), made when it is a
 * day's or wanted; STORE_KEY when a case's was destroyed. */
int base_seal(struct store *st, enum seal_kind kind, int64_t ref, const struct seal_place *p,
	      const void *plain, size_t len, uint8_t *out);
/* Opens column col of the row s stands on.  *len 0 for NULL, without keys, or when the key was
 * destroyed (*gone).  plain gets a NUL after the text: max counts it. */
int base_unseal(struct store *st, struct db_stmt *s, int col, const struct seal_place *p,
		char *plain, size_t max, size_t *len, bool *gone);
int base_hash(struct store *st, const char *domain, const void *in, size_t len,
	      uint8_t out[SEAL_HASH]);
/* A number's: of[0] is what is written.  While the key of numbers is renewed a row may have of[1] instead, so
 * whoever looks for it looks for both. */
struct number_hash {
	size_t n;
	uint8_t of[2][SEAL_HASH];
};
int base_hash_number(struct store *st, const char *domain, const void *in, size_t len, struct number_hash *out);
/* ussd_sessions.caller, for numbers.c: "number\nkey of the session". */
#define USSD_CALLER_MAX (48 + 1 + 256)
int ussd_hash_session(struct store *st, const char *provider, const char *key, struct number_hash *out);
int64_t base_day(int64_t when); /* UTC day, the ref of its key */

/* For erase.c.  renew: what is still owed or unread and lies under a day's key from before `before`
 * is sealed anew under today's; *n grows by the values. */
struct backup_info;
int backup_counts(struct store *st, struct backup_info *info);
int backup_set_right(struct store *st, int64_t now, const char *made, int64_t *unsure);
int roster_forget_numbers(struct store *st, int64_t before, int64_t now, size_t max, int64_t *n);
int inbox_renew(struct store *st, int64_t before, int64_t now, int64_t *n);
int outbox_renew(struct store *st, int64_t before, int64_t now, int64_t *n);

/* numbers.c.  Opening: goes on, or first ends, what the keyring and the rows say is not at its end.  fresh: no row
 * is there yet, inside a turn.  begin: a new key, inside a turn; use: after it. */
int numbers_open(struct store *st);
int numbers_fresh(struct store *st);
int numbers_begin(struct store *st, int64_t since, int64_t now);
int numbers_use(struct store *st);
int numbers_step(struct store *st, int64_t now); /* outside a turn */

/* Words for people are cut rather than refused: never half a character. */
void base_cut(char *out, size_t max, const char *in);

/* STORE_NONE instead of a smallest value that is NULL. */
int base_least(struct store *st, struct db_stmt *s, int64_t *at);

/* Runs s whose one row changed is the transition: STORE_STATE when none did. */
int base_transition(struct store *st, struct db_stmt *s, const char *what);
#endif
