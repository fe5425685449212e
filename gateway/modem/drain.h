/* drain.h - from the modem's memories to the hub, and deleted only after the hub's word.
 *
 * Owns the table of messages in hand.  Each is known by memory, place and octets together: a place
 * whose octets changed is another message, so nothing is deleted that this process did not read and
 * the hub did not acknowledge.  A modem that restarts may number its messages anew, which takes it
 * longer than a second: what was read longer ago is read again before it is deleted.  libgammu lists
 * once and hands on what it keeps: a place that was emptied meanwhile may hold a new message by the
 * time its old one is handed on, which is then passed over.  Calls link and talk.
 */
#ifndef GATEWAY_MODEM_DRAIN_H
#define GATEWAY_MODEM_DRAIN_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "gateway/modem/link.h"
#include "gateway/modem/talk.h"

#define DRAIN_SLOTS 256

enum slot_state {
	SLOT_FREE,
	SLOT_OFFERED, /* the hub has it, no word yet */
	SLOT_DELETE,  /* committed there: to be deleted */
	SLOT_RETRY,   /* a deletion failed: again at the next full sweep */
	SLOT_KEPT,    /* the hub cannot take it now: offered again at the next full sweep */
	SLOT_STALE /* offered, and its place holds something else by now: only the word is awaited
		    */
};
struct slot {
	enum slot_state state;
	uint64_t token;
	char memory[4];
	uint32_t place;
	int location;
	int64_t read_at; /* mono ms */
	uint16_t len;
	bool rebuilt;
	uint8_t octets[CAPTURE_OCTETS];
};

struct drain {
	struct link *link;
	struct talk *talk;
	int credit;
	int offered;   /* slots in SLOT_OFFERED and SLOT_STALE */
	int to_delete; /* slots in SLOT_DELETE */
	int announced; /* deletions under the deadline that was announced last */
	int next_delete; /* the slot to look at first: in turn, so that none waits for long */
	bool moved;    /* a place held something else than what was read: sweep again */
	int listed;    /* messages the last sweep saw */
	int n_emptied; /* places emptied since the listing began */
	struct {
		char memory[4];
		uint32_t place;
	} emptied[DRAIN_SLOTS];
	struct slot slot[DRAIN_SLOTS];
};

void drain_init(struct drain *d, struct link *l, struct talk *t, int credit);

/* Lists both memories and offers what is new; waits for room when credit is used up.  full: also
 * what the hub kept back and deletions that failed.  Returns a link_result, LINK_OK at the end of
 * the list. */
int drain_sweep(struct drain *d, bool full);

/* Takes acknowledgements and carries out deletions.  A link_result. */
int drain_settle(struct drain *d);

/* Delivery reports that came on the line go to the hub as memory "CDS". */
bool drain_reports(struct drain *d); /* whether there was one */
#endif
