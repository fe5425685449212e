/* passphrase.h - asking a person for the passphrase of the master key: at the terminal, or by a descriptor that
 * a program hands over.  Never an argument, never the environment: both are seen by others.  Calls libc only. */
#ifndef GATEWAY_HUB_PASSPHRASE_H
#define GATEWAY_HUB_PASSPHRASE_H
#include <stdbool.h>
#include <stddef.h>

/* --passphrase-fd: it is read from there, a line each time one is asked for. */
void passphrase_from(int fd);
/* As store_ask_fn.  fresh: a new one, at the terminal said twice. */
int passphrase_ask(bool fresh, char *words, size_t max, char *err, size_t errlen);
/* Nobody is asked from now on: a gateway that runs has no terminal.  What was kept is wiped. */
void passphrase_end(void);
#endif
