/* fuzz_template.c - a template and a value, parted by a zero octet: what passes the check is written inside
 * its buffer or not at all, and a value never leaves the place it was put in. */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include "parser/template.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool known(const char *name, size_t len)
{
	return len == 4 && memcmp(name, "text", 4) == 0;
}

static bool value(void *arg, const char *name, size_t len, struct template_value *out)
{
	(void)name, (void)len;
	*out = *(struct template_value *)arg;
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const types[] = {"text/plain", "application/json", "text/xml",
					    "application/x-www-form-urlencoded", "header"};
	static char text[1024], out[8192];
	const uint8_t *zero = memchr(data, 0, size);
	size_t n = zero ? (size_t)(zero - data) : size;
	if (n >= sizeof(text))
		return 0;
	memcpy(text, data, n);
	text[n] = '\0';
	struct template_value v = {zero ? (const char *)zero + 1 : "", zero ? size - n - 1 : 0, false};
	for (size_t t = 0; t < sizeof(types) / sizeof(types[0]); t++) {
		if (template_fault(text, types[t], known))
			continue;
		for (int newline = 0; newline < 4; newline++) {
			long k = template_write(text, value, &v, (enum template_newline)newline, out, sizeof(out));
			assert(k < (long)sizeof(out));
			if (k >= 0 && strcmp(types[t], "header") == 0 && newline != TEMPLATE_BR && !strpbrk(text, "\r\n"))
				assert(!strpbrk(out, "\r\n"));
		}
	}
	return 0;
}
