/* edge.h - the worker that listens for HTTP from outside: USSD providers, SMS aggregators, agencies.
 *
 * Takes whole requests from server, turns them into CALL frames (route) and the hub's REPLY frames
 * into answers.  Nothing is acknowledged to a caller that the hub has not committed.  Knows no
 * configuration but its SETTINGS frames: the first one has
 *   listen        "127.0.0.1:8480"
 *   tls_cert, tls_key  files, read before confinement; "": plain HTTP
 *   connections, per_address, request_s, body_max   limits
 *   calls         requests that may wait for the hub at once
 *   busy          the screen of a menu that is late
 *   blocks        how many SETTINGS frames follow, one a provider
 * Logs nothing about a request: the hub does.
 */
#ifndef GATEWAY_EDGE_EDGE_H
#define GATEWAY_EDGE_EDGE_H

enum edge_exit {
	EDGE_STOPPED = 0,  /* STOP came and nobody waits */
	EDGE_NO_HUB = 1,   /* the hub's end closed */
	EDGE_PROTOCOL = 2, /* a frame that cannot be */
	EDGE_FAILED = 3,   /* setting up, or the library as a whole */
	EDGE_LISTEN = 4    /* the address cannot be listened on: NOTE reason tells why */
};

int edge_run(int fd);
#endif
