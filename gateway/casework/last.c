/* last.c - which report of a sender "ANULO" speaks of.  See last.h. */
#include "gateway/casework/last.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "store/inbox.h"

#define UNDONE "-"

static void name_of(const char *reporter, char out[32])
{
	snprintf(out, 32, "last.%.23s", reporter);
}

int last_report(struct desk *d, const char *reporter, struct last *out, enum last_state *state)
{
	char name[32], value[32] = "";

	*state = LAST_NONE;
	name_of(reporter, name);
	int rc = store_meta_get(d->st, name, value, sizeof(value));
	if (rc != STORE_OK && rc != STORE_NONE)
		return rc;
	if (strcmp(value, UNDONE) == 0)
		return STORE_OK;
	int64_t of = strtoll(value, NULL, 10);
	rc = reading_last(d->st, reporter, of, d->now - (int64_t)d->cf->undo_h * 3600, &out->reading,
			  &out->message, out->intent, sizeof(out->intent), out->keys,
			  sizeof(out->keys));
	if (rc == STORE_OK)
		*state = LAST_HERE;
	else if (rc == STORE_NONE && of)
		*state = LAST_OTHER;
	return rc == STORE_NONE ? STORE_OK : rc;
}

int last_set(struct desk *d, const char *reporter, int64_t message)
{
	char name[32], value[32];

	name_of(reporter, name);
	snprintf(value, sizeof(value), "%" PRId64, message);
	return store_meta_put(d->st, name, value);
}

int last_undone(struct desk *d, const char *reporter)
{
	char name[32];

	name_of(reporter, name);
	return store_meta_put(d->st, name, UNDONE);
}

bool last_is_report(const char *intent)
{
	static const char *const not_one[] = { "undo",         "ack",          "help",
					       "lang",         "stop",         "ignore",
					       "clarify",      "unknown",      "confirm_pending",
					       "deny_pending", "emergency",    "lost_phone",
					       "lock",         "pin_change",   "public_tip",
					       "unauthorised", "case_status",  "case_list",
					       "task_list",    "meeting_info", "meeting_agenda" };

	for (size_t i = 0; i < sizeof(not_one) / sizeof(not_one[0]); i++) {
		if (strcmp(intent, not_one[i]) == 0)
			return false;
	}
	return true;
}
