/* fuzz_modem_ussd.c - arbitrary text as a +CUSD line: what a network, or a modem, says to a dialled code.
 *
 * Oracle: refused, or a status of the standard's and UTF-8 without control characters that fits, whatever
 * room there is; the same twice; a line that is unfinished has an opening quote. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/modem/ussd.h"
#include "parser/ucs2.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char line[2048], text[USSD_TEXT], again[USSD_TEXT];
	int status = -1, second = -1;

	if (size < 1 || size > 1024 || memchr(data + 1, 0, size - 1))
		return 0;
	memcpy(line, "+CUSD:", 6);
	memcpy(line + 6, data + 1, size - 1);
	line[size + 5] = '\0';
	bool is = ussd_decode(line, &status, text, sizeof(text));
	assert(is == ussd_decode(line, &second, again, sizeof(again)) && status == second);
	assert(memchr(text, 0, sizeof(text)) && strcmp(text, again) == 0);
	assert(is ? status >= 0 && status <= 5 : !text[0]);
	assert(utf8_valid(text, strlen(text)));
	for (const char *p = text; *p; p++)
		assert(((uint8_t)*p >= ' ' && *p != 0x7f) || *p == '\n');
	assert(!ussd_unfinished(line) || strchr(line, '"'));
	size_t room = 8 + data[0];
	char *exact = malloc(room); /* so that a sanitizer sees one octet too many */
	if (!exact)
		return 0;
	if (ussd_decode(line, &status, exact, room))
		assert(memchr(exact, 0, room));
	free(exact);
	return 0;
}
