/* text.h - the parts of a message become its text.
 *
 * UTF-16 data of neighbouring parts is joined before it is decoded: a character may lie across the
 * seam. GSM parts are decoded each with its own national tables.  A missing part leaves TEXT_GAP in
 * its place. Calls the store, the parser's alphabets and pins. */
#ifndef GATEWAY_INTAKE_TEXT_H
#define GATEWAY_INTAKE_TEXT_H
#include "gateway/casework/desk.h"
#include "store/inbox.h"

#define TEXT_GAP " [...] "
#define TEXT_MAX 4096
/* *len bytes, NUL-terminated; cut at a character's end when longer.  gaps: "2,3", "" none. */
int text_join(struct desk *d, const struct message *m, char out[TEXT_MAX], size_t *len, char *gaps,
	      size_t gmax);
/* A number that a gap cuts is none, but may be half a PIN: noughts in place of digits that touch a gap, and of
 * those beside it that are as many as a PIN has.  False: there are none. */
bool text_blank_halves(struct message *m);
#endif
