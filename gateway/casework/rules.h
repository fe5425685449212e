/* rules.h - the alert rules: the configuration's, and those built in where it has none for an event
 * that somebody has to hear of.  Pure. */
#ifndef GATEWAY_CASEWORK_RULES_H
#define GATEWAY_CASEWORK_RULES_H
#include "gateway/casework/desk.h"

/* The rules of an event one after the other: *at begins at 0; NULL at the end. */
const struct config_rule *rules_next(const struct desk *d, const char *event, size_t *at);
const struct config_rule *rules_of(const struct desk *d, const char *id); /* or NULL */
#endif
