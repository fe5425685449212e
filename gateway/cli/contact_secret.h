/* contact_secret.h - a contact's PINs and codeword, set by whoever sits before the terminal. */
#ifndef GATEWAY_CLI_CONTACT_SECRET_H
#define GATEWAY_CLI_CONTACT_SECRET_H
#include <jansson.h>

#include "config/config.h"
#include "gateway/cli/cli.h"

/* Exit statuses of sysexits.h. once: one is drawn, printed, and must be changed before it opens anything. */
int contact_pin(struct cli *c, const char *id, bool once);
/* Asks for the PIN of a contact; what proves it to a verb ("hash", new reference), or NULL and *status. */
json_t *contact_prove(struct cli *c, const struct config *cf, const char *id, int *status);
int contact_codeword(struct cli *c, const char *id);
#endif
