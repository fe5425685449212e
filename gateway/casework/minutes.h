/* minutes.h - the minutes of a meeting typed back as a small text file, one decision a line:
 *
 *     E26-0147-V TDH vizite deri 30.11     a new task: case, agency or a person's id, work, day
 *     T12 kryer                            done
 *     T13 shty 15.12                       put off
 *     T14 jo akoma                         not yet
 *     T15 anuluar                          cancelled
 *     # a comment, also behind a decision
 *
 * Each line is read by the parser of texts, as the coordinator's on the day of the meeting, and nothing
 * in it is guessed: what a phone would be asked about is a fault here.  minutes_read is pure (the parser
 * alone); minutes_apply works inside a turn, on lines without a fault only, and does each decision of a
 * meeting once. */
#ifndef GATEWAY_CASEWORK_MINUTES_H
#define GATEWAY_CASEWORK_MINUTES_H
#include "gateway/casework/desk.h"
#include "store/meetings.h"

#define MINUTES_BYTES (64 * 1024)
#define MINUTES_LINES 2000     /* decisions */
#define MINUTES_AHEAD 200      /* days after the meeting: a day further off is a slip of the pen */

enum minutes_kind { MINUTES_TASK, MINUTES_FINISH, MINUTES_DEFER, MINUTES_PROGRESS, MINUTES_CANCEL };
struct minutes_line {
	int line;                /* from 1 */
	enum minutes_kind kind;
	char code[24];           /* of a new task's case */
	char agency[12];         /* ... and whose it is; "" when a person was named */
	char person[24];         /* as typed, capitals: a roster id to be looked up */
	char service[32];
	char due[11];            /* "" = the next meeting */
	int64_t task;
	char fault[120];         /* why it is not one, "" */
};
struct minutes {
	struct minutes_line *lines;
	size_t n;
	int faults;
};
/* text: UTF-8, len octets.  day: of the meeting.  Every faulty line is kept, with its words.  NULL: no
 * memory.  A file that is no text, or too long, is one fault on line 1. */
struct minutes *minutes_read(const struct world *w, const char *day, const char *text, size_t len);
void minutes_free(struct minutes *m);

struct minutes_done {
	int set, moved, already; /* tasks set, tasks moved, decisions that stood already */
	int carried;             /* by the meeting's end, which the minutes bring about */
};
/* Looks the lines up in the store: cases, tasks, people, mandates; a decision that was carried out is not
 * looked at again.  Adds faults to m.  Nothing is written. */
int minutes_check(struct desk *d, const struct meeting *meeting, struct minutes *m);
int minutes_apply(struct desk *d, struct meeting *meeting, const struct minutes *m, const char *who,
		  struct minutes_done *done);
#endif
