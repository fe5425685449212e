/* facts.h - what a caller's questions are made of: his cases, alerts, tasks, referrals, and what waits for
 * his yes or no, read from the store only where a question needs them.  Calls the store and casework. */
#ifndef GATEWAY_USSD_FACTS_H
#define GATEWAY_USSD_FACTS_H
#include "gateway/casework/desk.h"
#include "parser/menu.h"
#include "store/roster.h"

struct facts {
	struct parser_sender from;
	struct parser_clock clock;
	struct parser_context ctx;
	struct menu_who who;     /* of the above */
};
/* The sender and the clock; no lists yet.  who NULL: not on the roster. */
void facts_begin(struct desk *d, const struct reporter *who, struct facts *out);
/* Lists by menu.h MENU_CASES ..., and what the last question to him was.  decoys: he is under duress, and the
 * codes of cases are invented. */
int facts_load(struct desk *d, const struct reporter *who, unsigned needs, bool decoys, struct facts *f);
/* He is shown the list of his cases: a read of each, on record before the screen is. */
int facts_record(struct desk *d, const struct reporter *who);
#endif
