/* tokens.c - see tokens.h. */
#include "gateway/outbox/tokens.h"
#include <stdio.h>
#include <string.h>

#define AGENCIES 64

static struct entry {
	char agency[12], token[RECEIVER_TOKEN];
	int64_t until, job, refused;
} entries[AGENCIES]; /* the hub has one thread */

static struct entry *find(const char *agency, bool make)
{
	struct entry *spare = NULL;

	for (int i = 0; i < AGENCIES; i++) {
		if (strcmp(entries[i].agency, agency) == 0)
			return &entries[i];
		if (!spare && !entries[i].agency[0])
			spare = &entries[i];
	}
	if (!make || !spare)
		return NULL;
	snprintf(spare->agency, sizeof(spare->agency), "%s", agency);
	return spare;
}

const char *tokens_get(const char *agency, int64_t now)
{
	const struct entry *e = find(agency, false);

	return e && e->until > now ? e->token : "";
}

void tokens_put(const char *agency, const char *token, int64_t until)
{
	struct entry *e = find(agency, true);

	if (!e)
		return;
	snprintf(e->token, sizeof(e->token), "%s", token);
	e->until = until;
}

void tokens_forget(const char *agency)
{
	for (int i = 0; i < AGENCIES; i++) {
		if (agency && strcmp(entries[i].agency, agency) != 0)
			continue;
		explicit_bzero(&entries[i], sizeof(entries[i]));
	}
}

bool tokens_refused(const char *agency, int64_t job)
{
	struct entry *e = find(agency, true);

	if (!e)
		return true;
	bool again = e->refused == job;
	explicit_bzero(e->token, sizeof(e->token));
	e->until = 0;
	e->refused = job;
	return again;
}

void tokens_asking(const char *agency, int64_t job)
{
	struct entry *e = find(agency, true);

	if (e)
		e->job = job;
}

bool tokens_busy(const char *agency)
{
	const struct entry *e = find(agency, false);

	return e && e->job != 0;
}

void tokens_idle(void)
{
	for (int i = 0; i < AGENCIES; i++)
		entries[i].job = 0;
}

bool tokens_is_login(const char *agency, int64_t job)
{
	const struct entry *e = find(agency, false);

	return e && e->job == job && job != 0;
}
