/* providers.h - SMS that left through a provider: which had it, and its later word.
 * Owns sms_provider_ids; moves outbox rows that are 'sent' or 'uncertain' to their end. */
#ifndef STORE_PROVIDERS_H
#define STORE_PROVIDERS_H
#include "store/store.h"

#define PROVIDER_NAME 17
/* This try was handed to a provider under our own id for it. */
int provider_try(struct store *st, int64_t outbox, int attempt, const char *provider, const char *id,
		 int64_t now);
/* It gave an id of its own: reports of this try name that. */
int provider_id(struct store *st, int64_t outbox, int attempt, const char *provider, const char *id);
/* Who had the last try that went by a provider; STORE_NONE. */
int provider_last(struct store *st, int64_t outbox, char provider[PROVIDER_NAME], int *attempt);
/* Its word on the newest try of that id; the first that is final stands.  A row that is 'sent' or
 * 'uncertain' with that try becomes 'delivered' or 'failed' (*moved); one still 'submitting' does by
 * provider_overtaken.  STORE_NONE: nothing of that id went to it. */
int provider_report(struct store *st, const char *provider, const char *id, bool delivered, int64_t now,
		    int64_t *outbox, bool *moved);
/* The row just became 'sent' or 'uncertain': the report that overtook the answer counts now. */
int provider_overtaken(struct store *st, int64_t outbox, int attempt, int64_t now, bool *moved);

/* What came of the last text that was handed to it, and how many of those sent since `since` were not
 * reported on.  STORE_NONE: it never had one. */
struct provider_word {
	int64_t handed;
	char outcome[12], detail[96]; /* of the attempt, store/STATES.md; "" it is out */
	int64_t unreported;
};
int provider_word(struct store *st, const char *provider, int64_t since, struct provider_word *out);
#endif
