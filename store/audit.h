/* audit.h - asking the audit: who did what with a thing; checkpoints, and pruning behind one.
 *
 * Writing and verifying the chain are in store.h.  A checkpoint is a signed statement of the chain's
 * hash at one row.  Rows up to it may be taken out when they are old enough: the chain then begins at
 * the checkpoint, and says by a row of its own (audit.prune) that it does, or it does not verify. */
#ifndef STORE_AUDIT_H
#define STORE_AUDIT_H
#include "store/seal.h"
#include "store/store.h"

struct audit_row {
	int64_t id, at;
	char who[32], verb[32], object[64], result[64], rule[32];
};
struct audit_query {
	const char *code;   /* with case_id: rows about the case, its alerts, tasks, referrals, texts, and
			     * lists that showed it; NULL = any */
	int64_t case_id, opened;
	int64_t since;      /* rows from that time on, 0 = all */
	const char *who;    /* NULL = anybody */
};
/* In order, from after row `after`; as stored, not verified. */
int audit_find(struct store *st, const struct audit_query *q, int64_t after, struct audit_row *out,
	       size_t max, size_t *n);
int audit_get(struct store *st, int64_t id, struct audit_row *out);

struct audit_checkpoint {
	int64_t upto, at, row_at; /* the row, when it was signed, when the row was written */
	uint8_t hash[SEAL_HASH], signature[SEAL_SIGNATURE];
	uint8_t public_key[SEAL_PUBLIC]; /* filled in by audit_checkpoint_add alone */
};
/* Verifies the chain and signs its end.  STORE_NONE: there is no row, or nothing after the newest
 * checkpoint but its own record; STORE_CORRUPT: it does not verify. */
int audit_checkpoint_add(struct store *st, const char *who, int64_t now,
			 struct audit_checkpoint *out);
int audit_checkpoint_list(struct store *st, struct audit_checkpoint *out, size_t max, size_t *n);
/* Verifies, from where audit_verify_some has come, signs a checkpoint at the last row before `before`, AUDIT_PIECE
 * rows from the first at most, and takes the rows up to it out; all in the caller's turn: again until STORE_NONE, no
 * row is that old.  *rows: how many, *upto: the last of them. */
int audit_prune(struct store *st, int64_t before, const char *who, int64_t now, int64_t *rows,
		int64_t *upto);
#endif
