/* main.c - kujdestar-edge, started by the hub with its socket as descriptor WIRE_FD.
 *
 * Reads no configuration, arguments or environment.  Calls confine and edge.
 */
#include "gateway/hub/confine.h"
#include "gateway/edge/edge.h"
#include "gateway/hub/wire.h"

#include <stdio.h>
#include <sys/socket.h>

int main(void)
{
	int type = 0;
	socklen_t len = sizeof type;
	if (getsockopt(WIRE_FD, SOL_SOCKET, SO_TYPE, &type, &len) < 0 || type != SOCK_SEQPACKET) {
		fputs("kujdestar-edge: started by kujdestar run, not by hand\n", stderr);
		return EDGE_FAILED;
	}
	if (confine_start() < 0) {
		perror("kujdestar-edge");
		return EDGE_FAILED;
	}
	return edge_run(WIRE_FD);
}
