/* test_sign.c - Standard Webhooks "v1" signatures against a published vector (that of the signing
 * tests of the standard-webhooks libraries) and against what must be refused.
 *
 * With SIGN_INPUT set to "secret id timestamp", signs standard input and prints the signature
 * instead: the system test compares that with openssl.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sodium.h>
#include <cmocka.h>

#include "gateway/outbox/sign.h"

struct vector {
	const char *secret, *id;
	int64_t timestamp;
	const char *body, *signature;
};

static const struct vector vectors[] = {
    {"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330,
     "{\"test\": 2432232314}", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="},
};

static void test_vectors(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
		const struct vector *v = &vectors[i];
		char out[SIGN_MAX];
		assert_int_equal(
		    sign_v1(v->secret, v->id, v->timestamp, v->body, strlen(v->body), out),
		    SIGN_OK);
		assert_string_equal(out, v->signature);
		assert_int_equal(sign_verify_v1(v->secret, v->id, v->timestamp, v->timestamp,
						v->body, strlen(v->body), v->signature),
				 SIGN_OK);
	}
}

static void secret_of(size_t octets, char *out, size_t max)
{
	unsigned char raw[128];
	memset(raw, 0xa5, sizeof raw);
	memcpy(out, "whsec_", 6);
	sodium_bin2base64(out + 6, max - 6, raw, octets, sodium_base64_VARIANT_ORIGINAL);
}

static void test_secrets(void **state)
{
	(void)state;
	static const char *const bad[] = {
	    "",
	    "whsec_",
	    "whsec",
	    "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
	    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS",   /* cut */
	    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw ", /* a space or line end copied along */
	    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n",
	    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2La_-Sw",
	    "WHSEC_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
	    "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dR",
	    "whsec_paWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpQ", /* padding left out */
	};
	char out[SIGN_MAX], text[256];
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		if (sign_secret_check(bad[i]) != SIGN_SECRET)
			fail_msg("secret %zu is taken", i);
		assert_int_equal(sign_v1(bad[i], "id", 1, "", 0, out), SIGN_SECRET);
		assert_string_equal(out, "");
	}
	for (size_t n = 1; n <= 80; n++) {
		secret_of(n, text, sizeof text);
		assert_int_equal(sign_secret_check(text),
				 n >= SIGN_KEY_MIN && n <= SIGN_KEY_MAX ? SIGN_OK : SIGN_SECRET);
	}
}

static void test_refused(void **state)
{
	(void)state;
	const struct vector *v = &vectors[0];
	char out[SIGN_MAX];
	assert_int_equal(sign_v1(v->secret, "", 1, "", 0, out), SIGN_ID);
	assert_int_equal(sign_v1(v->secret, "a.1", 1, "", 0, out), SIGN_ID);
	assert_int_equal(sign_v1(v->secret, "a", -1, "", 0, out), SIGN_TIME);
	assert_int_equal(sign_v1(v->secret, "a", INT64_MAX, NULL, 0, out), SIGN_OK);
	assert_int_equal(strlen(out), SIGN_MAX - 1);
}

static int verify(int64_t timestamp, int64_t now, const char *body, const char *list)
{
	return sign_verify_v1(vectors[0].secret, vectors[0].id, timestamp, now, body, strlen(body),
			      list);
}

static void test_verify(void **state)
{
	(void)state;
	const struct vector *v = &vectors[0];
	int64_t t = v->timestamp;
	char list[300];
	assert_int_equal(verify(t, t + 300, v->body, v->signature), SIGN_OK);
	assert_int_equal(verify(t, t - 300, v->body, v->signature), SIGN_OK);
	assert_int_equal(verify(t, t + 301, v->body, v->signature), SIGN_TIME);
	assert_int_equal(verify(t, t - 301, v->body, v->signature), SIGN_TIME);
	assert_int_equal(verify(t, INT64_MAX, v->body, v->signature), SIGN_TIME);
	assert_int_equal(verify(t + 1, t, v->body, v->signature), SIGN_MISMATCH);
	assert_int_equal(verify(t, t, "{\"test\": 2432232315}", v->signature), SIGN_MISMATCH);
	assert_int_equal(verify(t, t, v->body, ""), SIGN_MISMATCH);
	assert_int_equal(verify(t, t, v->body, "v1,"), SIGN_MISMATCH);
	assert_int_equal(verify(t, t, v->body, v->signature + 3), SIGN_MISMATCH);

	/* a key being replaced: both signatures stand in the list */
	snprintf(list, sizeof list, "v1,%044d  v1a,xyz %s v2,abc", 0, v->signature);
	assert_int_equal(verify(t, t, v->body, list), SIGN_OK);
	snprintf(list, sizeof list, "v2%s", v->signature + 2);
	assert_int_equal(verify(t, t, v->body, list), SIGN_MISMATCH);

	/* each changed octet of the signature is noticed */
	for (size_t i = 0; i < strlen(v->signature); i++) {
		snprintf(list, sizeof list, "%s", v->signature);
		list[i] = (char)(list[i] ^ 1);
		assert_int_equal(verify(t, t, v->body, list), SIGN_MISMATCH);
	}
}

/* "secret id timestamp" */
static int print_signature(const char *input)
{
	static char body[1 << 20];
	char text[512], out[SIGN_MAX], *rest = text;
	snprintf(text, sizeof text, "%s", input);
	const char *secret = strsep(&rest, " ");
	const char *id = rest ? strsep(&rest, " ") : "";
	int64_t timestamp = rest ? strtoimax(rest, NULL, 10) : -1;
	size_t n = fread(body, 1, sizeof body, stdin);
	int rc = sign_v1(secret, id, timestamp, body, n, out);
	puts(out);
	return rc == SIGN_OK ? 0 : 1;
}

/* The published vector of the asymmetric scheme. */
static void test_ed25519(void **state)
{
	static const char key[] = "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dR"
				  "qSKJp4AJ6p9lMicMFs6Kvg==";
	static const char body[] = "{\"test\": 2432232314}";
	char out[SIGN_A_MAX], bad[sizeof key];
	(void)state;
	assert_int_equal(sign_v1a(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body,
				  strlen(body), out),
			 SIGN_OK);
	assert_string_equal(out, "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZ"
				 "dpXwVLPo3mNl8EM+m7TBAg==");
	memcpy(bad, key, sizeof key);
	bad[80] = bad[80] == 'A' ? 'B' : 'A'; /* a public half of somebody else */
	assert_int_equal(sign_v1a(bad, "msg_1", 1, body, strlen(body), out), SIGN_SECRET);
	assert_string_equal(out, "");
	assert_int_equal(sign_v1a(key, "a.b", 1, body, strlen(body), out), SIGN_ID);
	assert_int_equal(sign_v1a(vectors[0].secret, "a", 1, body, 1, out), SIGN_SECRET);
}

int main(void)
{
	if (sodium_init() < 0)
		return 1;
	const char *input = getenv("SIGN_INPUT");
	if (input)
		return print_signature(input);
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_vectors),
	    cmocka_unit_test(test_ed25519),
	    cmocka_unit_test(test_secrets),
	    cmocka_unit_test(test_refused),
	    cmocka_unit_test(test_verify),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
