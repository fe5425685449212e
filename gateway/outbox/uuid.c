/* uuid.c - see uuid.h. */
#include "gateway/outbox/uuid.h"
#include <stdio.h>
#include <string.h>

#define BLOCK 64
#define NAME_MAX_LEN 200

static uint32_t roll(uint32_t v, unsigned n)
{
	return v << n | v >> (32 - n);
}

static void block(uint32_t h[5], const uint8_t p[BLOCK])
{
	uint32_t w[80], a = h[0], b = h[1], c = h[2], d = h[3], e = h[4];

	for (int i = 0; i < 16; i++)
		w[i] = (uint32_t)p[4 * i] << 24 | (uint32_t)p[4 * i + 1] << 16 |
		       (uint32_t)p[4 * i + 2] << 8 | p[4 * i + 3];
	for (int i = 16; i < 80; i++)
		w[i] = roll(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
	for (int i = 0; i < 80; i++) {
		uint32_t f = i < 20   ? (b & c) | (~b & d)
			     : i < 40 ? b ^ c ^ d
			     : i < 60 ? (b & c) | (b & d) | (c & d)
				      : b ^ c ^ d;
		uint32_t k = i < 20   ? 0x5a827999u
			     : i < 40 ? 0x6ed9eba1u
			     : i < 60 ? 0x8f1bbcdcu
				      : 0xca62c1d6u;
		uint32_t t = roll(a, 5) + f + e + k + w[i];
		e = d;
		d = c;
		c = roll(b, 30);
		b = a;
		a = t;
	}
	h[0] += a;
	h[1] += b;
	h[2] += c;
	h[3] += d;
	h[4] += e;
}

void uuid_sha1(const void *in, size_t len, uint8_t out[20])
{
	uint32_t h[5] = { 0x67452301u, 0xefcdab89u, 0x98badcfeu, 0x10325476u, 0xc3d2e1f0u };
	const uint8_t *p = in;
	uint8_t last[2 * BLOCK] = { 0 };
	size_t left = len;

	for (; left >= BLOCK; left -= BLOCK, p += BLOCK)
		block(h, p);
	if (left > 0)
		memcpy(last, p, left);
	last[left] = 0x80;
	size_t total = left < BLOCK - 8 ? BLOCK : 2 * BLOCK;
	uint64_t bits = (uint64_t)len * 8;
	for (int i = 0; i < 8; i++)
		last[total - 1 - (size_t)i] = (uint8_t)(bits >> (8 * i));
	block(h, last);
	if (total > BLOCK)
		block(h, last + BLOCK);
	for (int i = 0; i < 20; i++)
		out[i] = (uint8_t)(h[i / 4] >> (24 - 8 * (i % 4)));
}

static void digest(const uint8_t space[16], const char *name, uint8_t out[20])
{
	uint8_t all[16 + NAME_MAX_LEN];
	size_t n = strnlen(name, NAME_MAX_LEN);

	memcpy(all, space, 16);
	memcpy(all + 16, name, n);
	uuid_sha1(all, 16 + n, out);
}

void uuid_v5(const uint8_t space[16], const char *name, char out[UUID_TEXT])
{
	uint8_t d[20];

	digest(space, name, d);
	d[6] = (uint8_t)((d[6] & 0x0f) | 0x50);
	d[8] = (uint8_t)((d[8] & 0x3f) | 0x80);
	size_t at = 0;
	for (int i = 0; i < 16; i++)
		at += (size_t)snprintf(out + at, UUID_TEXT - at, "%s%02x",
				       i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", d[i]);
}

/* Drawn once for this program. */
static const uint8_t own_space[16] = { 0x3e, 0x1b, 0x6c, 0x52, 0x9d, 0x07, 0x4a, 0x88,
				       0xb1, 0x5f, 0x20, 0xc4, 0x6e, 0x93, 0x71, 0x0d };

void uuid_of(const char *name, char out[UUID_TEXT])
{
	uuid_v5(own_space, name, out);
}

void uuid_dhis2(const char *name, char out[UUID_DHIS2])
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
	uint8_t d[20];

	digest(own_space, name, d);
	for (int i = 0; i < UUID_DHIS2 - 1; i++)
		out[i] = digits[d[i] % (i == 0 ? 52u : 62u)];
	out[UUID_DHIS2 - 1] = '\0';
}
