/* main.c - the modem worker's process: closes what it should not have, limits what it may take, and
 * dies with the hub.  Then worker.c.  Started by the hub with the socket as descriptor 3. */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>
#include "gateway/hub/confine.h"
#include "gateway/hub/wire.h"
#include "gateway/modem/worker.h"

static bool is_socket(int fd)
{
	int type;
	socklen_t len = sizeof(type);

	return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) == 0 && type == SOCK_SEQPACKET;
}

/* A stray message of libgammu's must not land in a descriptor opened later. */
static void fill_standard_fds(void)
{
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) != fd)
			_exit(WORKER_SETTINGS);
}

/* A hub that was killed before the signal was asked for leaves us behind, and we would hold the device
 * against the next hub's worker: but its end of the socket is closed by now. */
static bool orphan(void)
{
	struct pollfd p = {WIRE_FD, POLLRDHUP, 0};

	return poll(&p, 1, 0) == 1 && (p.revents & (POLLRDHUP | POLLHUP | POLLERR));
}

static bool guard(void)
{
	return confine_start() == 0 && !orphan();
}

int main(void)
{
	if (!is_socket(WIRE_FD)) {
		fputs("kujdestar-modem is started by kujdestar run, not by hand\n", stderr);
		return WORKER_SETTINGS;
	}
	fill_standard_fds();
	if (!guard())
		return WORKER_SETTINGS;
	return worker_run(WIRE_FD);
}
