/* crypt.h - what store/ asks of libsodium beside sealing values: keys from passphrases, boxes for the
 * recovery key, the stream of a backup.  Owns nothing; calls libsodium alone.  Results are STORE_OK or a
 * negative store_rc. */
#ifndef STORE_CRYPT_H
#define STORE_CRYPT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CRYPT_KEY 32
#define CRYPT_SALT 16
#define CRYPT_BOX 48 /* octets that a box is longer than what is in it */

int crypt_start(void);
void crypt_random(void *out, size_t len);
void crypt_wipe(void *p, size_t len);
/* Guarded and wiped when freed; NULL: out of memory. */
void *crypt_alloc(size_t len);
void crypt_free(void *p);
/* Lower case, with a NUL: out holds 2 len + 1.  crypt_unhex: exactly len octets, or false. */
void crypt_hex(const void *in, size_t len, char *out);
bool crypt_unhex(const char *in, size_t n, void *out, size_t len);

/* Eight octets, the lowest first: numbers in what is sealed, wrapped or copied. */
void crypt_put64(uint8_t p[8], int64_t v);
int64_t crypt_get64(const uint8_t p[8]);

/* Argon2id (RFC 9106).  memory in octets. */
struct crypt_cost {
	int64_t passes, memory;
};
extern const struct crypt_cost crypt_cost_now; /* what a new passphrase is given */
int crypt_passphrase(const char *words, size_t len, const uint8_t salt[CRYPT_SALT], const struct crypt_cost *cost,
		     uint8_t key[CRYPT_KEY]);

/* X25519 pairs, and boxes that only the secret key opens (crypto_box_seal). */
void crypt_pair(uint8_t public_key[CRYPT_KEY], uint8_t secret[CRYPT_KEY]);
int crypt_public_of(const uint8_t secret[CRYPT_KEY], uint8_t public_key[CRYPT_KEY]);
int crypt_box(const uint8_t public_key[CRYPT_KEY], const void *in, size_t len, void *out);
/* STORE_KEY: another key's box, or altered. */
int crypt_unbox(const uint8_t secret[CRYPT_KEY], const void *in, size_t n, void *out);

/* A stream of chunks (secretstream, XChaCha20-Poly1305): in this order, none missing, none after the last. */
#define CRYPT_STREAM_HEAD 24
#define CRYPT_STREAM_OVER 17
struct crypt_stream;
struct crypt_stream *crypt_stream_out(const uint8_t key[CRYPT_KEY], uint8_t head[CRYPT_STREAM_HEAD]);
struct crypt_stream *crypt_stream_in(const uint8_t key[CRYPT_KEY], const uint8_t head[CRYPT_STREAM_HEAD]);
void crypt_stream_free(struct crypt_stream *s);
/* out holds len + CRYPT_STREAM_OVER; bound: authenticated with this chunk, not kept. */
void crypt_stream_put(struct crypt_stream *s, const void *in, size_t len, const void *bound, size_t n_bound,
		      bool last, uint8_t *out);
/* out holds n - CRYPT_STREAM_OVER.  STORE_CORRUPT: altered, out of order, or of another key. */
int crypt_stream_get(struct crypt_stream *s, const uint8_t *in, size_t n, const void *bound, size_t n_bound,
		     bool *last, void *out);
#endif
