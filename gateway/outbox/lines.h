/* lines.h - whether texts may go to a reporter's number.
 *
 * A number that was silent for long may be somebody else's by now: routine texts wait until he proved to be
 * there (a PIN, a report of his own class, a coordinator's `contact unlock`), urgent ones go.  The last
 * coordinator or duty officer that can be reached is written to whatever he does, or nobody would hear.
 * After so many texts in a row that the network says did not arrive, nothing goes.  Calls the store. */
#ifndef GATEWAY_OUTBOX_LINES_H
#define GATEWAY_OUTBOX_LINES_H
#include "gateway/casework/desk.h"
#include "store/lines.h"
#include "store/roster.h"

bool lines_silent(const struct desk *d, const struct line *l);
/* *open: the text may go.  What is kept back for the first time is told to the coordinators later. */
int lines_open(struct desk *d, const struct reporter *to, bool urgent, bool *open);
/* The network's last word on a text to him; reporter "" is nobody. */
int lines_report(struct desk *d, const char *reporter, bool arrived);
#endif
