/* ussd.h - dialled codes (balance, validity, top-up), the network's menus and answers to them.
 *
 * Said in plain AT on libgammu's idle line: its own DialService repeats a code after a silence, resets
 * some modems, and decodes two of the alphabets into nothing.  A code is dialled once; only a modem
 * that refused the command itself is given it again, in the packed form some want.  While the network
 * waits for an answer the session stays open and texts are taken and sent as ever; any +CUSD that
 * comes meanwhile ends it: an answer must never be dialled as a code of its own.
 * 3GPP TS 27.007 7.15 (+CUSD), TS 23.038 5 (its coding scheme).  Calls link, talk and the parser's
 * alphabets.
 */
#ifndef GATEWAY_MODEM_USSD_H
#define GATEWAY_MODEM_USSD_H
#include <stddef.h>
#include "gateway/modem/link.h"
#include "gateway/modem/talk.h"

#define USSD_TEXT 1024

struct ussd_session {
	bool open;     /* the network waits for an answer */
	bool packed;   /* this modem wants strings as packed septets */
	bool begun;    /* none of an earlier worker's can be open any more */
	int64_t job;
	unsigned cusd; /* +CUSD lines when it was opened: a further one is its end */
	int64_t until; /* milliseconds: then it is given up */
	int patience_ms; /* for the network's answer, 40 s at most; 0: that */
};

/* Pure: +CUSD: m,"string",dcs  to status and UTF-8.  String forms: UCS2 in hex, packed septets in hex,
 * octets in hex, text; dcs decides only where it alone can, since modems label wrongly.  False: no
 * +CUSD line. */
bool ussd_decode(const char *line, int *status, char *text, size_t max);
/* Pure: the string has no end yet, the next line belongs to it (operators write in several lines). */
bool ussd_unfinished(const char *line);
/* Carries out talk's step and tells the hub.  A link_result. */
int ussd_run(struct talk *t, struct link *l, struct ussd_session *s);
/* Now and then: tells of a session that the network ended, gives one up that nobody answered. */
void ussd_tick(struct talk *t, struct link *l, struct ussd_session *s);
#endif
