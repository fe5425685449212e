/* fault.h - what is wrong with the modem at the moment, as the control socket says.
 *
 * Plain values that the AT engine and the line look at; nothing here acts.  May call libc only.
 * Times are milliseconds of the monotonic clock; FAULT_EVER = until `fault none`.
 */
#ifndef SIM_FAULT_H
#define SIM_FAULT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FAULT_EVER INT64_MAX
#define FAULT_REFUSALS 8

enum refusal_kind { REFUSE_ERROR, REFUSE_CME, REFUSE_CMS };
enum fault_sim {
	FAULT_SIM_NONE,
	FAULT_SIM_MISSING,
	FAULT_SIM_PIN,
	FAULT_SIM_PIN_REFUSED,
	FAULT_SIM_PUK
};

struct refusal {
	char prefix[24]; /* upper case, without AT: "+CMGL" */
	enum refusal_kind kind;
	int code;
	int64_t left; /* how often still; FAULT_EVER = always, 0 = unused */
};

struct fault {
	int64_t mute_until;
	int64_t chatty_every, chatty_until, chatty_next;
	int64_t stall_until;
	int64_t hangup_until; /* the device is away until then; 0 = it is there */
	int64_t slow_ms;      /* before each answer */
	int64_t garbage_bytes, garbage_every, garbage_until, garbage_next;
	int garbage_mangle; /* of a hundred answer bytes, how many are changed */
	int cms_code;       /* the next cms_left submissions are refused with it */
	int64_t cms_left;
	int64_t swallow_left;       /* submissions that get no answer after Ctrl-Z */
	bool swallow_taken;         /* the network has them all the same */
	int64_t late_ms, late_left; /* submissions that are answered late */
	bool nocmti;                /* stored, but not announced */
	bool hide0;                 /* index 0 of ME is in no list and no count */
	enum fault_sim sim;
	char pin[9];
	struct refusal refusals[FAULT_REFUSALS];
};

/* Sets the fault that words[0] names.  Returns 0, or -1 with *error (a constant text) set. */
int fault_set(struct fault *f, char **words, int count, int64_t now, const char **error);

/* The refusal that applies to a command (upper case, without AT), counted down; NULL = none. */
const struct refusal *fault_refuses(struct fault *f, const char *command);

/* Earliest moment at which a fault wants to act, FAULT_EVER = none. */
int64_t fault_next(const struct fault *f, int64_t now);

void fault_expire(struct fault *f, int64_t now); /* ends what lasts for a time and is over */
bool fault_mute(const struct fault *f, int64_t now);
bool fault_chatty(const struct fault *f, int64_t now);
bool fault_stalled(const struct fault *f, int64_t now);
#endif
