/* fuzz_code.c - case codes: what reads is canonical, reads again to itself, and checks. */
#include <assert.h>
#include <string.h>
#include "parser/codes.h"
#include "parser/parser.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char out[CASE_CODE_MAX], again[CASE_CODE_MAX], plain[CASE_CODE_MAX];
	size_t n = 0;
	if (!code_read((const char *)data, size, out)) {
		assert(out[0] == 0);
		return 0;
	}
	assert(code_read(out, strlen(out), again));
	assert(strcmp(out, again) == 0);
	for (const char *p = out; *p; p++)
		if (*p != '-')
			plain[n++] = *p;
	assert(n >= 8);
	assert(code_check(plain, n - 1) == plain[n - 1]);
	return 0;
}
