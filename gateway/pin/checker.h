/* checker.h - PINs and codewords on their way through the slow hash, in one helper thread.
 *
 * What was typed lies in locked memory alone from the turn that cut it out of its text until the turn
 * that acts on the hash, and is gone with the process.  A job belongs to the turn that staged it: it is
 * hashed only once that turn is committed, so that a try that counts is on record before anybody learns
 * what came of it.  Bounded; in order of staging.
 *
 * checker_stage .. checker_commit | checker_drop: the turn that found a secret.
 * checker_done .. checker_settled, checker_commit | checker_drop: the turn that acts on a hash.
 * All but the thread's own work is called by one thread.
 */
#ifndef GATEWAY_PIN_CHECKER_H
#define GATEWAY_PIN_CHECKER_H
#include "gateway/pin/hash.h"

#define CHECKER_JOBS 32  /* in all */
#define CHECKER_EACH 5   /* of one person: as many as he has tries */

enum checker_purpose {
	CHECKER_PIN,      /* a request that needs one: its message is parked */
	CHECKER_CHANGE,   /* ... one that sets a new PIN: fresh is hashed too */
	CHECKER_CODEWORD  /* of a telephone reported lost: no message waits */
};
struct checker_job {
	enum checker_purpose purpose;
	int64_t message;
	char reporter[24];              /* whose secret it is to be */
	char from[24];                  /* who typed it, "unknown" */
	char secret[PIN_SECRET], fresh[PIN_SECRET];
	uint8_t salt[PIN_SALT];
	/* filled in by the thread */
	uint8_t hash[PIN_HASH], fresh_hash[PIN_HASH];
	bool failed;                    /* no memory: nothing was hashed */
	bool spoiled;                   /* acting on it failed once: see checker_spoil */
};

struct checker;
/* threaded false: jobs are hashed by checker_step alone, for tests and single turns.  NULL: no memory. */
struct checker *checker_new(bool threaded);
void checker_free(struct checker *c); /* NULL is fine; what waits is wiped */
int checker_fd(const struct checker *c); /* readable when jobs are done */

bool checker_has_room(const struct checker *c, const char *reporter);
bool checker_stage(struct checker *c, const struct checker_job *job); /* copied; false: no room */
/* The oldest job whose hash is there and that this turn has not settled; NULL none. */
const struct checker_job *checker_done(struct checker *c);
void checker_settled(struct checker *c);  /* that one: forgotten with the commit */
void checker_spoil(struct checker *c);    /* that one: the next turn must not try it again */
void checker_commit(struct checker *c);
void checker_drop(struct checker *c);     /* the turn was undone */
bool checker_busy(const struct checker *c);  /* anything staged, waiting or done */
bool checker_ready(const struct checker *c); /* checker_done would give one */
bool checker_step(struct checker *c);     /* hashes one job here; false: none waits */
#endif
