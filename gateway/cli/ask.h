/* ask.h - carries a request out: by the running hub, or on the store itself when no hub holds it. */
#ifndef GATEWAY_CLI_ASK_H
#define GATEWAY_CLI_ASK_H
#include <jansson.h>
#include "config/config.h"
#include "gateway/cli/cli.h"
#include "gateway/cli/table.h"

/* Loads the configuration; prints its faults. NULL: *status says the exit status. */
struct config *ask_config(const struct cli *c, int *status);
/* The same with the classes and days that the store holds, as the hub has them in force. */
struct config *ask_config_store(const struct cli *c, int *status);
/* What the store holds of them, read without its keys; false: there is no store that can be read. */
struct places;
bool ask_places(const struct config *cf, struct places *out);
/* Takes request; returns the answer (caller's), or NULL after printing why. *status: 0, 65 refused
 * (its words were printed), or another exit status. */
json_t *ask(const struct cli *c, const struct config *cf, json_t *request, int *status);
/* Loads the configuration, asks, and prints the named list of the answer as a table; list may be NULL. Takes
 * request; returns the exit status. */
int ask_and_show(const struct cli *c, json_t *request, const char *list, const struct column *cols, size_t n);
/* The wall clock, UTC seconds, for what is done without a hub; 0 when it cannot be read. */
int64_t ask_now(void);
/* Only the running hub; NULL and no words when there is none. */
json_t *ask_hub(const struct config *cf, json_t *request);
#endif
