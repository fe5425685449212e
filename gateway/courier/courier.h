/* courier.h - the worker that delivers over HTTP.
 *
 * Takes WORK_HTTP frames and sends DONE_HTTP when a delivery ended; several run at once, matched by
 * job.  Knows no configuration but its SETTINGS frame:
 *   user_agent          text, default "Kujdestar"
 *   max_parallel        deliveries at once, 1..64, default 8
 *   credit              what READY grants, at most max_parallel, which is its default
 *   ca_file             trusted certificates for jobs that name none; "": the system's
 *   files               further files that may be read, one a line: jobs' certificates and keys
 *   ports               TCP ports that may be connected to, blanks between
 *   connect_timeout_ms  resolving, connecting and TLS, 1..600000, default 10000
 * Logs nothing about a delivery: the hub does, once an outcome.
 */
#ifndef GATEWAY_COURIER_COURIER_H
#define GATEWAY_COURIER_COURIER_H

enum courier_exit {
	COURIER_STOPPED = 0,  /* STOP came and all deliveries ended */
	COURIER_NO_HUB = 1,   /* the hub's end closed */
	COURIER_PROTOCOL = 2, /* a frame that cannot be */
	COURIER_FAILED = 3,   /* setting up, or the library as a whole */
	COURIER_RENEW = 4     /* a file that it may read was replaced: a new one may read the new file */
};

int courier_run(int fd);
#endif
