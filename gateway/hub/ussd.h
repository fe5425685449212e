/* ussd.h - the one code that is being dialled, its menus, and who waits for the answer.
 *
 * A session is begun by a person (CLI) or by the schedule of credits, answered from the configuration
 * or by the person, and dialled once: what has no known outcome is not dialled again here.  How a
 * configured code ended goes into h->news, which the next turn takes (credit.h).
 * Owns h->ussd; calls control, supervise, the store (the record that it was dialled) and parser/pick.
 */
#ifndef GATEWAY_HUB_USSD_H
#define GATEWAY_HUB_USSD_H
#include "gateway/hub/state.h"

/* Carries a request out and returns NULL: the answer follows; or an answer at once. */
json_t *ussd_ask(struct hub *h, int client, int uid, const json_t *rq);
/* Dials a configured code for nobody in particular; false: it cannot be now.  The caller has recorded
 * it. */
bool ussd_dial(struct hub *h, const char *modem, enum dial_kind kind);
bool ussd_busy(const struct hub *h);
void ussd_done(struct hub *h, int worker, const struct wire_done_ussd *d);
void ussd_lost(struct hub *h, int worker); /* its worker ended: it may have been dialled */
/* Long runs of digits are vouchers or numbers: not for logs and records. */
void ussd_mask(const char *code, char *out, size_t max);
#endif
