/* desk.h - what every piece of casework works on: the store inside a turn, the configuration, the
 * time.  Passed down, kept nowhere.  desk_* name the small questions all of them ask.
 *
 * Returns of casework calls: STORE_OK or a negative store_rc, which ends the turn (the hub rolls it
 * back and tries again); whatever a person did wrong is an answer, not an error.
 */
#ifndef GATEWAY_CASEWORK_DESK_H
#define GATEWAY_CASEWORK_DESK_H
#include <stddef.h>
#include <stdint.h>
#include "config/config.h"
#include "store/store.h"

struct checker;

struct desk {
	struct store *st;
	const struct config *cf;
	int64_t now;      /* UTC seconds, the hub's clock */
	int64_t *nudges;  /* set non-zero when rows were added to the outbox: hand out at the turn's
			     end */
	struct checker *checker; /* of PINs (gateway/pin), or NULL: none can be checked */
	int verdict;      /* enum pins_verdict of the text that was resumed last: for who waits at a menu */
};

/* audit_add with every word cut to what the table holds, at a character's end. */
int desk_audit(struct desk *d, const char *who, const char *verb, const char *object,
	       const char *result, const char *rule);
/* Copies as much of s as fits, never half a character. */
void desk_cut(char *out, size_t max, const char *s);
/* Appends word to a list with sep between; what does not fit whole is left out. */
void desk_join(char *list, size_t max, const char *sep, const char *word);
#endif
