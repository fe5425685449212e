/* sign.h - signatures of deliveries and of answers, after Standard Webhooks 1.0.0; scheme "v1":
 * "v1," and the base64 of HMAC-SHA256 over "id.timestamp.body", under the octets that follow
 * "whsec_" in base64.
 *
 * The id stays the same over all tries of a delivery; the timestamp (UTC seconds) is the try's, so
 * each try is signed anew.  Pure: owns nothing, keeps no key; decoded secrets are wiped.  Calls
 * libsodium, whose sodium_init the program has called.  The one file of the gateway for signatures.
 */
#ifndef GATEWAY_OUTBOX_SIGN_H
#define GATEWAY_OUTBOX_SIGN_H
#include <stddef.h>
#include <stdint.h>

#define SIGN_MAX 48     /* "v1," + 44 + NUL */
#define SIGN_KEY_MIN 24 /* octets of a secret, by the standard */
#define SIGN_KEY_MAX 64
#define SIGN_TOLERANCE_S 300 /* how far a timestamp may be from now, either way */

enum sign_error {
	SIGN_OK = 0,
	SIGN_SECRET = -1,  /* not "whsec_" and base64 of 24 to 64 octets */
	SIGN_ID = -2,      /* empty, or with a dot: the signed text would be ambiguous */
	SIGN_TIME = -3,    /* negative, or (verifying) too far from now */
	SIGN_MISMATCH = -4 /* no signature of the list is ours */
};

/* Is a configured secret usable?  SIGN_OK or SIGN_SECRET. */
int sign_secret_check(const char *secret);

/* Into out, NUL-terminated: the value of one webhook-signature.  SIGN_OK or an error and "". */
int sign_v1(const char *secret, const char *id, int64_t timestamp, const void *body, size_t len,
	    char out[SIGN_MAX]);

#define SIGN_A_MAX 96 /* "v1a," + 88 + NUL */
/* Scheme "v1a": Ed25519 over the same octets, under "whsk_" and the base64 of 64 octets, seed and
 * public key (the layout of libsodium's secret keys).  SIGN_SECRET also when the two halves do not
 * belong together. */
int sign_v1a(const char *key, const char *id, int64_t timestamp, const void *body, size_t len,
	     char out[SIGN_A_MAX]);

/* `list` is a webhook-signature header: signatures separated by spaces, of which one "v1," must be
 * ours; other schemes are passed over.  Each is compared in constant time. */
int sign_verify_v1(const char *secret, const char *id, int64_t timestamp, int64_t now,
		   const void *body, size_t len, const char *list);
#endif
