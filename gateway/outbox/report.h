/* report.h - delivery reports: the network's later word about an SMS that was sent. */
#ifndef GATEWAY_OUTBOX_REPORT_H
#define GATEWAY_OUTBOX_REPORT_H
#include "gateway/casework/desk.h"

/* status: raw TP-ST (3GPP TS 23.040 9.2.3.15).  STORE_NONE: it matches nothing that was sent.  An
 * alert that is reported as undeliverable is told to the coordinators. */
int settle_report(struct desk *d, const char *number, int mr, int status, char *words, size_t max);
/* A provider's word on a text it was given; STORE_NONE: it is of none. */
int settle_provider_report(struct desk *d, const struct config_sms_provider *p, const char *id,
			   const char *status, char *words, size_t max);
#endif
