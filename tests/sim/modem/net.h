/* net.h - the simulated network: its clock, the texts it holds for the modem, the texts it was
 * given, and delivery reports.
 *
 * Owns all of these.  May call compose, parser/tpdu, events, out.  `now` is milliseconds of the
 * monotonic clock; the network's own time (UTC seconds) is derived from it.
 */
#ifndef SIM_NET_H
#define SIM_NET_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "tests/sim/modem/compose.h"
#include "tests/sim/modem/events.h"
#include "tests/sim/modem/out.h"

struct net;

/* A message on its way to the modem. */
struct net_message {
	struct net_message *next;
	int memory;  /* enum store_id it must go to, or -1 */
	int64_t due; /* not before */
	size_t len;
	uint8_t octets[];
};

/* Lists count segments from 1; an empty list means "as they come". */
struct net_delivery {
	struct compose_text text;
	int64_t time; /* UTC seconds, or -1: the network's clock */
	int memory;
	int ref; /* or -1: the next one */
	uint8_t order[64], drop[64], dup[64];
	int order_count, drop_count, dup_count;
};

struct net *net_new(struct events *events);
void net_free(struct net *n);

void net_clock_set(struct net *n, int64_t utc, double scale, int64_t now);
int64_t net_clock(const struct net *n, int64_t now);
void net_zone_set(struct net *n, int32_t seconds_east);
int32_t net_zone(const struct net *n);

/* Return the number of messages queued, or a negative error (compose_error names it). */
int net_deliver(struct net *n, const struct net_delivery *d, int64_t now);
int net_raw(struct net *n, const uint8_t *octets, size_t len, int memory);

const struct net_message *net_waiting(const struct net *n); /* the oldest, or NULL */
void net_taken(struct net *n);                              /* removes it */
size_t net_queued(const struct net *n);

/* The modem submits a TPDU (SMSC address first).  Returns its TP-MR, or a negative tpdu_error. */
int net_submit(struct net *n, const uint8_t *octets, size_t len, int64_t now);
size_t net_sent(const struct net *n);                   /* whole texts */
size_t net_sent_parts(const struct net *n);             /* segments */
void net_sent_json(const struct net *n, struct out *o); /* an array */
void net_sent_forget(struct net *n);

/* Reports: automatic ones answer a submission that asked for one, after delay. */
void net_reports(struct net *n, bool automatic, int64_t delay, uint8_t status);
int net_report(struct net *n, int mr, uint8_t status, int64_t delay,
	       int64_t now); /* mr -1: the last */
const struct net_message *net_report_due(const struct net *n, int64_t now);
void net_report_taken(struct net *n);
int64_t net_next(const struct net *n,
		 int64_t now); /* when the next report is due, INT64_MAX = none */
#endif
