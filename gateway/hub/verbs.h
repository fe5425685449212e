/* verbs.h - what a person at a shell may ask of the store: one table, run by the hub for its control
 * socket, or by a command itself when no hub holds the store.  Each runs inside the caller's turn.
 */
#ifndef GATEWAY_HUB_VERBS_H
#define GATEWAY_HUB_VERBS_H
#include <jansson.h>
#include "gateway/casework/desk.h"

/* Carries out request["verb"] for the user uid.  *answer is always set (new reference):
 * {"ok":true,...} or {"ok":false,"error":"..."}.  A negative store_rc: the turn failed and must be
 * rolled back.  STORE_NONE with *answer NULL: no such verb here (the hub has some of its own). */
int verb_run(struct desk *d, const json_t *request, int uid, json_t **answer);
/* Did this request, once carried out, change classes or the calendar? */
bool verb_changes_places(const json_t *request);
json_t *verb_refuse(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Counts of the store for `status`, into an object. */
int verb_counts(struct store *st, json_t *into);
/* Into the same: SMS providers, what came of their last text; and whoever is left in peace or failed last:
 * agencies, modems, providers. */
int verb_ways(struct store *st, const struct config *cf, int64_t now, json_t *into);
#endif
