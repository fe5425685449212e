/* hash.c - see hash.h. */
#include "gateway/pin/hash.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define PASSES 3
#define MEMORY (8u * 1024 * 1024)

_Static_assert(PIN_SALT == crypto_pwhash_SALTBYTES, "libsodium's salt is of another length");

int pin_hash(const char *secret, const uint8_t salt[PIN_SALT], uint8_t out[PIN_HASH])
{
	if (sodium_init() < 0)
		return -1;
	return crypto_pwhash(out, PIN_HASH, secret, strlen(secret), salt, PASSES, MEMORY,
			     crypto_pwhash_ALG_ARGON2ID13);
}

bool pin_same(const uint8_t a[PIN_HASH], const uint8_t b[PIN_HASH])
{
	return sodium_memcmp(a, b, PIN_HASH) == 0;
}

void pin_random(void *out, size_t n)
{
	if (sodium_init() < 0)
		return; /* cannot be: it was called before, at the first hash */
	randombytes_buf(out, n);
}

void pin_draw(char out[PIN_MAX + 1])
{
	if (sodium_init() < 0)
		return;
	do
		snprintf(out, PIN_MAX + 1, "%06u", (unsigned)randombytes_uniform(1000000));
	while (pin_weak(out));
}

/* All steps from digit to digit are the same: 1111, 1234, 8642. */
static bool even_steps(const char *s, size_t n)
{
	for (size_t i = 2; i < n; i++) {
		if (s[i] - s[i - 1] != s[1] - s[0])
			return false;
	}
	return true;
}

/* A shorter piece, over and over: 1212, 123123. */
static bool repeats(const char *s, size_t n)
{
	for (size_t k = 1; k <= n / 2; k++) {
		if (n % k == 0 && memcmp(s, s + k, n - k) == 0)
			return true;
	}
	return false;
}

static bool palindrome(const char *s, size_t n)
{
	for (size_t i = 0; i < n / 2; i++) {
		if (s[i] != s[n - 1 - i])
			return false;
	}
	return true;
}

static int two(const char *s)
{
	return (s[0] - '0') * 10 + (s[1] - '0');
}

static bool day_of_year(int day, int month)
{
	return day >= 1 && day <= 31 && month >= 1 && month <= 12;
}

/* A year of birth, a birthday with or without its year. */
static bool date_like(const char *s, size_t n)
{
	if (n == 4)
		return two(s) == 19 || two(s) == 20 || day_of_year(two(s), two(s + 2)) ||
		       day_of_year(two(s + 2), two(s));
	if (n == 5)
		return false;
	return day_of_year(two(s), two(s + 2)) || day_of_year(two(s + 2), two(s)) ||
	       day_of_year(two(s + 4), two(s + 2));
}

bool pin_weak(const char *pin)
{
	size_t n = strlen(pin);

	if (n < PIN_MIN || n > PIN_MAX || strspn(pin, "0123456789") != n)
		return true;
	return even_steps(pin, n) || repeats(pin, n) || palindrome(pin, n) || date_like(pin, n);
}

void pin_wipe(void *p, size_t n)
{
	sodium_memzero(p, n);
}

void *pin_keep(size_t n)
{
	void *p = sodium_init() < 0 ? NULL : sodium_malloc(n);

	if (p)
		memset(p, 0, n);
	return p;
}

void pin_release(void *p)
{
	sodium_free(p);
}
