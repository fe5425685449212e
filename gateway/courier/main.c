/* main.c - kujdestar-courier, started by the hub with its socket as descriptor WIRE_FD.
 *
 * Reads no configuration, arguments or environment.  Calls confine and courier.
 */
#include "gateway/hub/confine.h"
#include "gateway/courier/courier.h"
#include "gateway/hub/wire.h"

#include <stdio.h>
#include <sys/socket.h>

int main(void)
{
	int type = 0;
	socklen_t len = sizeof type;
	if (getsockopt(WIRE_FD, SOL_SOCKET, SO_TYPE, &type, &len) < 0 || type != SOCK_SEQPACKET) {
		fputs("kujdestar-courier: started by kujdestar run, not by hand\n", stderr);
		return COURIER_FAILED;
	}
	if (confine_start() < 0) {
		perror("kujdestar-courier");
		return COURIER_FAILED;
	}
	return courier_run(WIRE_FD);
}
