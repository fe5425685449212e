/* hash.h - slow hashes of PINs and codewords, and memory that is locked and wiped.
 *
 * Argon2id, 8 MiB, 3 passes (RFC 9106): some 10 ms of one core, so that whoever stole the store and its
 * key guesses a hundred a second.  Never called by the hub's own loop: see checker.h.
 * The gateway's only door to it in libsodium.  Owns nothing.
 */
#ifndef GATEWAY_PIN_HASH_H
#define GATEWAY_PIN_HASH_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PIN_SALT 16
#define PIN_HASH 32
#define PIN_MIN 4    /* digits */
#define PIN_MAX 6
#define PIN_SECRET 64 /* octets of a PIN or a codeword, NUL included */

/* -1: no memory for it. */
int pin_hash(const char *secret, const uint8_t salt[PIN_SALT], uint8_t out[PIN_HASH]);
/* In a time that does not depend on where they differ. */
bool pin_same(const uint8_t a[PIN_HASH], const uint8_t b[PIN_HASH]);
void pin_random(void *out, size_t n);
/* A PIN that nobody chose: six digits, none that pin_weak refuses. */
void pin_draw(char out[PIN_MAX + 1]);
/* One of the few that everybody tries first: a digit repeated, digits in a row, a pattern repeated, a
 * year, a day and month.  Also what is no PIN at all. */
bool pin_weak(const char *pin);
void pin_wipe(void *p, size_t n);
/* Zeroed memory that is not swapped and lies between guard pages; NULL: none. */
void *pin_keep(size_t n);
void pin_release(void *p); /* wiped; NULL is fine */
#endif
