/* reload.h - the configuration at work: its files and what the store holds of schools and days, taken
 * over at the start, at SIGHUP and after an import. */
#ifndef GATEWAY_HUB_RELOAD_H
#define GATEWAY_HUB_RELOAD_H
#include "gateway/hub/state.h"

void reload_setup_log(const struct config *cf);
/* After the store was opened: what it holds comes to the configuration, and classes of the file to the
 * store.  STORE_OK, or why not (words on stderr). */
int reload_first(struct hub *h);
/* Reads all anew.  False: it has faults (each logged), and the old one stays in force. */
bool reload_config(struct hub *h);
#endif
