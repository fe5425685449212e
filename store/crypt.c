/* crypt.c - see crypt.h. */
#include "store/crypt.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "store/store.h"

#define STREAM(x) crypto_secretstream_xchacha20poly1305_##x

_Static_assert(CRYPT_SALT == crypto_pwhash_argon2id_SALTBYTES, "salt");
_Static_assert(CRYPT_BOX == crypto_box_SEALBYTES, "box");
_Static_assert(CRYPT_KEY == crypto_box_PUBLICKEYBYTES, "public key");
_Static_assert(CRYPT_KEY == crypto_box_SECRETKEYBYTES, "secret key");
_Static_assert(CRYPT_STREAM_HEAD == STREAM(HEADERBYTES) && CRYPT_STREAM_OVER == STREAM(ABYTES), "stream");

/* A second on the smallest board it is meant for, and 64 MiB for each guess of an attacker. */
const struct crypt_cost crypt_cost_now = { 3, INT64_C(64) << 20 };

int crypt_start(void)
{
	return sodium_init() < 0 ? STORE_FAIL : STORE_OK;
}

void crypt_random(void *out, size_t len)
{
	randombytes_buf(out, len);
}

void crypt_wipe(void *p, size_t len)
{
	sodium_memzero(p, len);
}

void *crypt_alloc(size_t len)
{
	void *p = sodium_malloc(len);
	if (p)
		memset(p, 0, len);
	return p;
}

void crypt_free(void *p)
{
	sodium_free(p);
}

void crypt_hex(const void *in, size_t len, char *out)
{
	sodium_bin2hex(out, 2 * len + 1, in, len);
}

bool crypt_unhex(const char *in, size_t n, void *out, size_t len)
{
	size_t got = 0;
	return n == 2 * len && sodium_hex2bin(out, len, in, n, NULL, &got, NULL) == 0 && got == len;
}

int crypt_passphrase(const char *words, size_t len, const uint8_t salt[CRYPT_SALT], const struct crypt_cost *cost,
		     uint8_t key[CRYPT_KEY])
{
	/* The cost was read from a file: within what a machine can do. */
	if (cost->passes < 1 || cost->passes > 64 || cost->memory < (INT64_C(1) << 20) ||
	    cost->memory > (INT64_C(4) << 30))
		return STORE_CORRUPT;
	return crypto_pwhash_argon2id(key, CRYPT_KEY, words, len, salt, (unsigned long long)cost->passes,
				      (size_t)cost->memory, crypto_pwhash_argon2id_ALG_ARGON2ID13) == 0
		       ? STORE_OK
		       : STORE_FAIL;
}

void crypt_pair(uint8_t public_key[CRYPT_KEY], uint8_t secret[CRYPT_KEY])
{
	crypto_box_keypair(public_key, secret);
}

int crypt_public_of(const uint8_t secret[CRYPT_KEY], uint8_t public_key[CRYPT_KEY])
{
	return crypto_scalarmult_base(public_key, secret) == 0 ? STORE_OK : STORE_KEY;
}

int crypt_box(const uint8_t public_key[CRYPT_KEY], const void *in, size_t len, void *out)
{
	return crypto_box_seal(out, in, len, public_key) == 0 ? STORE_OK : STORE_KEY;
}

int crypt_unbox(const uint8_t secret[CRYPT_KEY], const void *in, size_t n, void *out)
{
	uint8_t public_key[CRYPT_KEY];
	if (n < CRYPT_BOX || crypt_public_of(secret, public_key) != STORE_OK)
		return STORE_KEY;
	return crypto_box_seal_open(out, in, n, public_key, secret) == 0 ? STORE_OK : STORE_KEY;
}

struct crypt_stream {
	crypto_secretstream_xchacha20poly1305_state state;
};

struct crypt_stream *crypt_stream_out(const uint8_t key[CRYPT_KEY], uint8_t head[CRYPT_STREAM_HEAD])
{
	struct crypt_stream *s = crypt_alloc(sizeof *s);
	if (s && STREAM(init_push)(&s->state, head, key) != 0) {
		crypt_free(s);
		s = NULL;
	}
	return s;
}

struct crypt_stream *crypt_stream_in(const uint8_t key[CRYPT_KEY], const uint8_t head[CRYPT_STREAM_HEAD])
{
	struct crypt_stream *s = crypt_alloc(sizeof *s);
	if (s && STREAM(init_pull)(&s->state, head, key) != 0) {
		crypt_free(s);
		s = NULL;
	}
	return s;
}

void crypt_stream_free(struct crypt_stream *s)
{
	crypt_free(s);
}

void crypt_stream_put(struct crypt_stream *s, const void *in, size_t len, const void *bound, size_t n_bound,
		      bool last, uint8_t *out)
{
	STREAM(push)(&s->state, out, NULL, in, len, bound, n_bound,
		     last ? STREAM(TAG_FINAL) : STREAM(TAG_MESSAGE));
}

int crypt_stream_get(struct crypt_stream *s, const uint8_t *in, size_t n, const void *bound, size_t n_bound,
		     bool *last, void *out)
{
	unsigned char tag = 0;
	if (n < CRYPT_STREAM_OVER || STREAM(pull)(&s->state, out, NULL, &tag, in, n, bound, n_bound) != 0)
		return STORE_CORRUPT;
	*last = tag == STREAM(TAG_FINAL);
	return STORE_OK;
}

/* ---- numbers --------------------------------------------------------------------------------- */

void crypt_put64(uint8_t p[8], int64_t v)
{
	for (int i = 0; i < 8; i++)
		p[i] = (uint8_t)((uint64_t)v >> (8 * i));
}

int64_t crypt_get64(const uint8_t p[8])
{
	uint64_t v = 0;
	for (int i = 0; i < 8; i++)
		v |= (uint64_t)p[i] << (8 * i);
	return (int64_t)v;
}
