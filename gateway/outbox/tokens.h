/* tokens.h - tokens of agencies that want a login: kept in memory alone, and which job fetches one.
 *
 * Losing them costs a login.  One login at a time an agency: some allow six a minute. */
#ifndef GATEWAY_OUTBOX_TOKENS_H
#define GATEWAY_OUTBOX_TOKENS_H
#include <stdbool.h>
#include <stdint.h>
#include "gateway/outbox/receiver.h"

const char *tokens_get(const char *agency, int64_t now); /* "" when none holds */
void tokens_put(const char *agency, const char *token, int64_t until);
void tokens_forget(const char *agency);                  /* NULL: all of them */
/* A token was refused to this job: it is forgotten.  True when the one before was refused to it too. */
bool tokens_refused(const char *agency, int64_t job);
/* The row `job` is out as this agency's login. */
void tokens_asking(const char *agency, int64_t job);
bool tokens_is_login(const char *agency, int64_t job);
/* A login is out: its other rows wait for its token.  tokens_idle: whoever was to fetch one is gone. */
bool tokens_busy(const char *agency);
void tokens_idle(void);
#endif
