/* main.c - kujdestar-courier, started by the hub with its socket as descriptor WIRE_FD.
 *
 * Reads no configuration, arguments or environment.  Calls confine and courier.
 */
#include "gateway/hub/confine.h"
#include "gateway/courier/courier.h"
#include "gateway/hub/wire.h"

#include <malloc.h>
#include <stdio.h>
#include <sys/socket.h>

/* Buffers of TLS come and go with each delivery.  Were the end of the heap given back each time, every
 * delivery would take its pages anew, all of them, since what is freed is overwritten. */
#define KEPT_OCTETS (1 << 20)

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
	(void)mallopt(M_TRIM_THRESHOLD, KEPT_OCTETS);
	return courier_run(WIRE_FD);
}
