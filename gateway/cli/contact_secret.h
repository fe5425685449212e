/* contact_secret.h - a contact's PINs and codeword, set by whoever sits before the terminal. */
#ifndef GATEWAY_CLI_CONTACT_SECRET_H
#define GATEWAY_CLI_CONTACT_SECRET_H
#include "gateway/cli/cli.h"

/* Exit statuses of sysexits.h. once: one is drawn, printed, and must be changed before it opens anything. */
int contact_pin(struct cli *c, const char *id, bool once);
int contact_codeword(struct cli *c, const char *id);
#endif
