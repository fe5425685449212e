/* uuid.h - ids derived from our own, so that the same report has the same id at a receiver however
 * often it is sent: UUID version 5 (RFC 9562 5.5) and DHIS2's eleven characters.  Pure. */
#ifndef GATEWAY_OUTBOX_UUID_H
#define GATEWAY_OUTBOX_UUID_H
#include <stddef.h>
#include <stdint.h>

#define UUID_TEXT 37
#define UUID_DHIS2 12

void uuid_sha1(const void *in, size_t len, uint8_t out[20]); /* RFC 3174; no secret rests on it */
void uuid_v5(const uint8_t space[16], const char *name, char out[UUID_TEXT]);
/* In the space of this program. */
void uuid_of(const char *name, char out[UUID_TEXT]);
void uuid_dhis2(const char *name, char out[UUID_DHIS2]); /* a letter, then ten letters or digits */
#endif
