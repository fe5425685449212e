/* stores.h - the message memories of the modem: SM (the SIM), ME (the modem), SR (status reports).
 *
 * Owns the stored octets.  May call libc only.  Slots are counted from 0 here; the number an AT
 * command shows is the slot plus the model's base.  Rule: 3GPP TS 27.005 3.1 (message storages,
 * <stat>).
 */
#ifndef SIM_STORES_H
#define SIM_STORES_H
#include <stddef.h>
#include <stdint.h>

enum store_id { STORE_SM, STORE_ME, STORE_SR, STORE_COUNT };
enum message_status { REC_UNREAD, REC_READ, STO_UNSENT, STO_SENT };
enum { STORES_FULL = -1, STORES_MEMORY = -2 };

struct message {
	uint8_t *octets; /* SMSC address, then the TPDU; NULL = free slot */
	size_t len;
	enum message_status status;
};

struct stores;

struct stores *stores_new(size_t sm, size_t me, size_t sr);
void stores_free(struct stores *s);

/* Copies octets into the first free slot; returns the slot or a negative error. */
long stores_put(struct stores *s, enum store_id id, const uint8_t *octets, size_t len,
		enum message_status status);
const struct message *stores_get(const struct stores *s, enum store_id id, size_t slot);
void stores_mark(struct stores *s, enum store_id id, size_t slot, enum message_status status);
int stores_delete(struct stores *s, enum store_id id, size_t slot); /* 1 deleted, 0 was free */

/* Moves the messages down to the first slots, their order reversed: after it no index is where it
 * was (some modems renumber like this when they restart). */
void stores_renumber(struct stores *s, enum store_id id);

size_t stores_size(const struct stores *s, enum store_id id);
size_t stores_used(const struct stores *s, enum store_id id);
const char *stores_name(enum store_id id);
int stores_find(const char *name, size_t len); /* a store_id, or -1 */
#endif
