/* frames.h - an input as frames: 16 bits of length (little-endian), so many octets, and again. */
#ifndef TESTS_FUZZ_FRAMES_H
#define TESTS_FUZZ_FRAMES_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gateway/hub/wire.h"

#define FRAMES_MAX 64

static inline bool frames_next(const uint8_t **at, size_t *left, const uint8_t **frame, size_t *len)
{
	if (*left < 2)
		return false;
	*len = (size_t)(*at)[0] | (size_t)(*at)[1] << 8;
	if (*len > *left - 2)
		*len = *left - 2;
	*frame = *at + 2;
	*at += 2 + *len;
	*left -= 2 + *len;
	return true;
}

/* The worker's end of a socket in which the frames wait, and behind them the end; *hub stays open for
 * what the worker says.  -1: none. */
static inline int frames_socket(const uint8_t *data, size_t size, int *hub)
{
	const uint8_t *frame;
	size_t len;
	int fd[2], big = 1 << 22;
	if (wire_pair(fd) < 0)
		return -1;
	setsockopt(fd[0], SOL_SOCKET, SO_SNDBUF, &big, sizeof big);
	for (int n = 0; n < FRAMES_MAX && frames_next(&data, &size, &frame, &len); n++)
		if (send(fd[0], frame, len, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
			break;
	shutdown(fd[0], SHUT_WR);
	*hub = fd[0];
	return fd[1];
}
#endif
