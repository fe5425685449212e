/* fuzz_modem_line.c - arbitrary bytes as all that a modem ever says to the first words on its line.
 *
 * The first octet chooses the question: a listing, a deletion of exactly one message, the SIM's state.
 * Oracle: it ends when the line does, within its bounds, and a message is deleted only after the modem
 * showed these very octets. */
#include <assert.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gateway/modem/rawat.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t message[] = {0x07, 0x91, 0x53, 0x95, 0x04, 0x41};
static const char message_hex[] = "079153950441";

static bool shown(const char *said, size_t len)
{
	for (size_t i = 0; i + sizeof(message_hex) - 1 <= len; i++)
		if (strncasecmp(said + i, message_hex, sizeof(message_hex) - 1) == 0)
			return true;
	return false;
}

static void ask(struct rawat *r, int what)
{
	static struct rawat_message list[RAWAT_LIST_MAX];
	int n;

	switch (what) {
	case 0:
		n = rawat_list(r, "SM", list, RAWAT_LIST_MAX);
		assert(n <= RAWAT_LIST_MAX && n >= RAWAT_GONE);
		for (int i = 0; i < n; i++)
			assert(list[i].pdu.len > 0 && list[i].pdu.len <= CAPTURE_OCTETS);
		break;
	case 1:
		n = rawat_delete_exact(r->fd, 3, message, sizeof(message));
		assert(n <= RAWAT_OK && n >= RAWAT_GONE);
		break;
	default:
		n = rawat_command(r, "AT+CPIN?", 1000, NULL, NULL);
		assert(n <= RAWAT_OK && n >= RAWAT_GONE);
		assert(r->used < sizeof(r->line) && memchr(r->line, 0, sizeof(r->line)));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char said[2049];
	static struct rawat r;
	int pair[2];

	if (size < 1 || size > sizeof(said) - 1)
		return 0;
	memcpy(said, data + 1, size - 1);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) != 0)
		abort();
	if (write(pair[1], said, size - 1) != (ssize_t)size - 1 || shutdown(pair[1], SHUT_WR) != 0)
		abort();
	memset(&r, 0, sizeof(r));
	r.fd = pair[0];
	ask(&r, data[0] % 3);
	char sent[4096];
	ssize_t n = read(pair[1], sent, sizeof(sent) - 1);
	sent[n > 0 ? n : 0] = '\0';
	if (strstr(sent, "AT+CMGD"))
		assert(data[0] % 3 == 1 && shown(said, size - 1));
	close(pair[0]);
	close(pair[1]);
	return 0;
}
