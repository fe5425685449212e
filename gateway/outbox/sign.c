/* sign.c - Standard Webhooks "v1" signatures.  Owns nothing; calls libsodium and libc.
 */
#include "gateway/outbox/sign.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define PREFIX "whsec_"
#define SCHEME "v1,"
#define SIGN_BODY_MAX 65536 /* no body of ours is longer */
#define SECRET_BASE64_MAX 88 /* of SIGN_KEY_MAX octets, padded */

struct key {
	unsigned char octet[SIGN_KEY_MAX];
	size_t len;
};

/* Strict: padding present, no other character, 24 to 64 octets.  A secret that was cut when it was
 * copied must be refused here, not sign with what is left of it. */
static int decode(const char *secret, struct key *k)
{
	size_t n = strnlen(secret, sizeof PREFIX + SECRET_BASE64_MAX);
	const char *end = NULL;
	if (n <= sizeof PREFIX - 1 || n > sizeof PREFIX - 1 + SECRET_BASE64_MAX ||
	    memcmp(secret, PREFIX, sizeof PREFIX - 1) != 0)
		return SIGN_SECRET;
	if (sodium_base642bin(k->octet, sizeof k->octet, secret + sizeof PREFIX - 1,
			      n - (sizeof PREFIX - 1), NULL, &k->len, &end,
			      sodium_base64_VARIANT_ORIGINAL) != 0 ||
	    end != secret + n || k->len < SIGN_KEY_MIN) {
		sodium_memzero(k, sizeof *k);
		return SIGN_SECRET;
	}
	return SIGN_OK;
}

int sign_secret_check(const char *secret)
{
	struct key k;
	int rc = decode(secret, &k);
	sodium_memzero(&k, sizeof k);
	return rc;
}

static void mac(const struct key *k, const char *id, int64_t timestamp, const void *body,
		size_t len, unsigned char tag[crypto_auth_hmacsha256_BYTES])
{
	crypto_auth_hmacsha256_state st; /* the one-shot call takes keys of 32 octets only */
	char middle[32];
	int n = snprintf(middle, sizeof middle, ".%" PRId64 ".", timestamp);
	crypto_auth_hmacsha256_init(&st, k->octet, k->len);
	crypto_auth_hmacsha256_update(&st, (const unsigned char *)id, strlen(id));
	crypto_auth_hmacsha256_update(&st, (const unsigned char *)middle, (unsigned long long)n);
	if (len > 0)
		crypto_auth_hmacsha256_update(&st, body, len);
	crypto_auth_hmacsha256_final(&st, tag);
	sodium_memzero(&st, sizeof st);
}

int sign_v1(const char *secret, const char *id, int64_t timestamp, const void *body, size_t len,
	    char out[SIGN_MAX])
{
	unsigned char tag[crypto_auth_hmacsha256_BYTES];
	struct key k;
	out[0] = '\0';
	if (id[0] == '\0' || strchr(id, '.'))
		return SIGN_ID;
	if (timestamp < 0)
		return SIGN_TIME;
	int rc = decode(secret, &k);
	if (rc != SIGN_OK)
		return rc;
	mac(&k, id, timestamp, body, len, tag);
	sodium_memzero(&k, sizeof k);
	memcpy(out, SCHEME, sizeof SCHEME - 1);
	sodium_bin2base64(out + sizeof SCHEME - 1, SIGN_MAX - (sizeof SCHEME - 1), tag, sizeof tag,
			  sodium_base64_VARIANT_ORIGINAL);
	return SIGN_OK;
}

#define A_PREFIX "whsk_"
#define A_SCHEME "v1a,"

static int decode_a(const char *key, unsigned char out[crypto_sign_SECRETKEYBYTES])
{
	unsigned char pk[crypto_sign_PUBLICKEYBYTES], sk[crypto_sign_SECRETKEYBYTES];
	size_t n = strnlen(key, sizeof A_PREFIX + SECRET_BASE64_MAX), len = 0;
	const char *end = NULL;
	if (n <= sizeof A_PREFIX - 1 || memcmp(key, A_PREFIX, sizeof A_PREFIX - 1) != 0)
		return SIGN_SECRET;
	if (sodium_base642bin(out, crypto_sign_SECRETKEYBYTES, key + sizeof A_PREFIX - 1,
			      n - (sizeof A_PREFIX - 1), NULL, &len, &end,
			      sodium_base64_VARIANT_ORIGINAL) != 0 ||
	    end != key + n || len != crypto_sign_SECRETKEYBYTES)
		return SIGN_SECRET;
	/* Signing with another's public half would give the seed away. */
	crypto_sign_seed_keypair(pk, sk, out);
	int same = sodium_memcmp(sk, out, sizeof sk);
	sodium_memzero(sk, sizeof sk);
	return same == 0 ? SIGN_OK : SIGN_SECRET;
}

int sign_v1a(const char *key, const char *id, int64_t timestamp, const void *body, size_t len,
	     char out[SIGN_A_MAX])
{
	static unsigned char text[SIGN_BODY_MAX + 128]; /* one thread; not secret */
	unsigned char sk[crypto_sign_SECRETKEYBYTES], tag[crypto_sign_BYTES];
	out[0] = '\0';
	if (id[0] == '\0' || strchr(id, '.') || strlen(id) > 64)
		return SIGN_ID;
	if (timestamp < 0)
		return SIGN_TIME;
	int n = snprintf((char *)text, sizeof text, "%s.%" PRId64 ".", id, timestamp);
	if (n < 0 || len > SIGN_BODY_MAX || decode_a(key, sk) != SIGN_OK)
		return SIGN_SECRET;
	if (len > 0)
		memcpy(text + n, body, len);
	crypto_sign_detached(tag, NULL, text, (unsigned long long)n + len, sk);
	sodium_memzero(sk, sizeof sk);
	memcpy(out, A_SCHEME, sizeof A_SCHEME - 1);
	sodium_bin2base64(out + sizeof A_SCHEME - 1, SIGN_A_MAX - (sizeof A_SCHEME - 1), tag,
			  sizeof tag, sodium_base64_VARIANT_ORIGINAL);
	return SIGN_OK;
}

int sign_verify_v1(const char *secret, const char *id, int64_t timestamp, int64_t now,
		   const void *body, size_t len, const char *list)
{
	char ours[SIGN_MAX];
	int rc = sign_v1(secret, id, timestamp, body, len, ours);
	if (rc != SIGN_OK)
		return rc;
	/* both are at least 0, so the differences cannot overflow */
	if (now < 0 || timestamp - now > SIGN_TOLERANCE_S || now - timestamp > SIGN_TOLERANCE_S)
		return SIGN_TIME;
	size_t want = strlen(ours);
	rc = SIGN_MISMATCH;
	while (*list != '\0') {
		size_t n = strcspn(list, " ");
		if (n == want && sodium_memcmp(list, ours, want) == 0)
			rc = SIGN_OK;
		list += n + strspn(list + n, " ");
	}
	sodium_memzero(ours, sizeof ours);
	return rc;
}
