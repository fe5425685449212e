/* agency_names.h - how an agency is called in a text to people.  Calls answer; owns nothing. */
#ifndef GATEWAY_CASEWORK_AGENCY_NAMES_H
#define GATEWAY_CASEWORK_AGENCY_NAMES_H
#include "gateway/casework/desk.h"
#include "store/roster.h"

/* "SHSSH" for SSS; that the police are in it is never said: "the partner". */
const char *agencies_name(const struct desk *d, const struct reporter *to, const char *code,
			  char name[64]);
#endif
