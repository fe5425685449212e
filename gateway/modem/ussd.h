/* ussd.h - one dialled code (balance, validity) and the network's answer.
 *
 * Said in plain AT on libgammu's idle line: its own DialService repeats a code after a silence, resets
 * some modems, and decodes two of the alphabets into nothing.  A code is dialled once; only a modem
 * that refused the command itself is given it again, in the packed form some want.  3GPP TS 27.007
 * 7.15 (+CUSD), TS 23.038 5 (its coding scheme).  Calls link, talk and the parser's alphabets.
 */
#ifndef GATEWAY_MODEM_USSD_H
#define GATEWAY_MODEM_USSD_H
#include <stddef.h>
#include "gateway/modem/link.h"
#include "gateway/modem/talk.h"

#define USSD_TEXT 1024

/* Pure: +CUSD: m,"string",dcs  to status and UTF-8.  String forms, whatever dcs claims: UCS2 in hex,
 * packed septets in hex, text.  False: no +CUSD line. */
bool ussd_decode(const char *line, int *status, char *text, size_t max);
/* Dials talk->ussd and tells the hub.  A link_result. */
int ussd_run(struct talk *t, struct link *l);
#endif
