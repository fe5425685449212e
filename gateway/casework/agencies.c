/* agencies.c - see agencies.h.  May call alerts, referrals, tasks and the store. */
#include "gateway/casework/agencies.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "gateway/casework/alerts.h"
#include "gateway/casework/referrals.h"
#include "gateway/casework/tasks.h"
#include "store/answers.h"

static const char *const names[AGENCY_WHATS] = { "ack", "accept", "decline", "done" };
static const struct {
	char kind;
	const char *word;
} kinds[] = { { 'a', "alert" }, { 'r', "referral" }, { 't', "task" } };

const char *agency_what_name(enum agency_what what)
{
	return names[what];
}

bool agency_what_of(const char *name, enum agency_what *what)
{
	for (int i = 0; i < AGENCY_WHATS; i++) {
		if (strcmp(names[i], name) != 0)
			continue;
		*what = (enum agency_what)i;
		return true;
	}
	return false;
}

void agency_subject(char kind, int64_t number, char out[32])
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (kinds[i].kind == kind)
			snprintf(out, 32, "%s %" PRId64, kinds[i].word, number);
	}
}

bool agency_subject_of(const char *subject, char *kind, int64_t *number)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		size_t n = strlen(kinds[i].word);
		if (strncmp(subject, kinds[i].word, n) != 0 || subject[n] != ' ')
			continue;
		char *end;
		*kind = kinds[i].kind;
		*number = strtoll(subject + n + 1, &end, 10);
		return *number > 0 && *end == '\0';
	}
	return false;
}

/* Its own, and still open?  The municipality's acknowledgement is that of the office that leads. */
static int answer_alert(struct desk *d, const struct agency_says *says, enum agency_result *result)
{
	struct alert_row a;
	char who[32];

	if (agency_was_told(d->st, says->agency, says->number) != STORE_OK)
		return STORE_OK; /* unknown */
	int rc = alert_get(d->st, says->number, &a);
	if (rc != STORE_OK)
		return rc == STORE_NONE ? STORE_OK : rc;
	if (says->what != AGENCY_ACK && says->what != AGENCY_DONE) {
		*result = AGENCY_NOT_POSSIBLE;
		return STORE_OK;
	}
	if (strcmp(a.state, "withdrawn") == 0) {
		*result = AGENCY_CLOSED;
		return STORE_OK;
	}
	*result = strcmp(a.state, "acked") == 0 ? AGENCY_ALREADY : AGENCY_TAKEN;
	snprintf(who, sizeof(who), "agency:%s", says->agency);
	if (strcmp(says->agency, "MUN") != 0 || strcmp(a.state, "open") != 0)
		return STORE_OK;
	return alert_ack(d->st, a.number, who, d->now);
}

static int answer_referral(struct desk *d, const struct agency_says *says,
			   enum agency_result *result)
{
	static const char *const answers[AGENCY_WHATS] = { "", "accept", "decline", "complete" };
	static const enum agency_result results[] = { [REFERRALS_TAKEN] = AGENCY_TAKEN,
						      [REFERRALS_ALREADY] = AGENCY_ALREADY,
						      [REFERRALS_UNKNOWN] = AGENCY_UNKNOWN,
						      [REFERRALS_CLOSED] = AGENCY_CLOSED };
	enum referrals_result got;
	struct referral r;
	char who[32];

	/* Taken note of is no answer: it is recorded, and the answer is still waited for. */
	if (says->what == AGENCY_ACK) {
		int rc = referral_get(d->st, says->number, &r);
		if (rc == STORE_OK && strcmp(r.agency, says->agency) == 0)
			*result = AGENCY_TAKEN;
		return rc == STORE_NONE ? STORE_OK : rc;
	}
	snprintf(who, sizeof(who), "agency:%s", says->agency);
	int rc = referrals_answer(d, says->number, says->agency, who, answers[says->what],
				  says->reason ? says->reason : "", &got);
	if (rc == STORE_OK)
		*result = results[got];
	return rc;
}

static int answer_task(struct desk *d, const struct agency_says *says, enum agency_result *result)
{
	enum tasks_answer answer = TASKS_GONE;
	struct task t;
	char who[32];

	int rc = task_get(d->st, says->number, &t);
	if (rc != STORE_OK || strcmp(t.agency, says->agency) != 0)
		return rc == STORE_NONE ? STORE_OK : rc; /* unknown */
	if (says->what != AGENCY_DONE) {
		*result = AGENCY_NOT_POSSIBLE;
		return STORE_OK;
	}
	snprintf(who, sizeof(who), "agency:%s", says->agency);
	rc = tasks_move(d, &t, TASKS_FINISH, who, NULL, 0, 0, &answer);
	if (rc == STORE_OK)
		*result = answer == TASKS_DONE    ? AGENCY_TAKEN
			  : answer == TASKS_THERE ? AGENCY_ALREADY
						  : AGENCY_CLOSED;
	return rc;
}

int agency_answer(struct desk *d, const struct agency_says *says, enum agency_result *result)
{
	static const char *const words[] = { "taken", "already", "unknown", "closed", "not possible" };
	char who[32], object[32], verb[32];
	int rc = STORE_OK;

	*result = AGENCY_UNKNOWN;
	switch (says->kind) {
	case 'a':
		rc = answer_alert(d, says, result);
		break;
	case 'r':
		rc = answer_referral(d, says, result);
		break;
	case 't':
		rc = answer_task(d, says, result);
		break;
	default:
		break;
	}
	if (rc != STORE_OK)
		return rc;
	snprintf(who, sizeof(who), "agency:%s", says->agency);
	snprintf(verb, sizeof(verb), "answer.%s", names[says->what]);
	agency_subject(says->kind, says->number, object);
	return desk_audit(d, who, verb, object, words[*result], says->reason ? says->reason : "");
}
