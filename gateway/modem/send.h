/* send.h - one outgoing SMS, part by part, each with its outcome told to the hub.
 *
 * After Ctrl-Z the truth is the network's: silence, or a device that went away, is "unknown", and
 * the part is not sent again from here.  Calls drain, link and talk.
 */
#ifndef GATEWAY_MODEM_SEND_H
#define GATEWAY_MODEM_SEND_H
#include "gateway/modem/drain.h"

/* Sends talk->job and clears it.  send_ms: how long a part waits for its outcome.  All parts have
 * been answered for in any case.  LINK_TIMEOUT: and now the modem does not answer at all;
 * LINK_GONE; else it can be worked with. */
int send_run(struct drain *d, int send_ms);
#endif
