/* rules.c - the alert rules.  See rules.h. */
#include "gateway/casework/rules.h"
#include <string.h>

static const char *duty[] = { "duty", NULL };
static const char *coordinator[] = { "coordinator", NULL };
static const char *leads[] = { "owner", "coordinator", NULL };
static const char *both[] = { "duty", "coordinator", NULL };
static const char *either[] = { "coordinator", "duty", NULL };

#define DAY_MINUTES 1440
/* Words of danger call the duty officer, and what waits for a PO asks for one, also where the
 * configuration has no rule for them. */
static const struct config_rule built_in[] = {
	{ .id = "E1",
	  .event = "emergency",
	  .audience = duty,
	  .message = "alert_emergency",
	  .tell = "emergency",
	  .urgent = true,
	  .ack_minutes = 15,
	  .escalate = both,
	  .max_steps = 4 },
	{ .id = "P1", .event = "case.close_asked", .audience = coordinator, .message = "close_approve",
	  .ack_minutes = DAY_MINUTES, .escalate = either, .max_steps = 4 },
	{ .id = "P2", .event = "case.risk_asked", .audience = coordinator, .message = "risk_approve",
	  .ack_minutes = DAY_MINUTES, .escalate = either, .max_steps = 4 },
	{ .id = "P5", .event = "case.erase_asked", .audience = either, .message = "erase_approve",
	  .ack_minutes = DAY_MINUTES, .escalate = either, .max_steps = 4 },
	{ .id = "P3", .event = "referral.asked", .audience = coordinator, .message = "consent_approve",
	  .ack_minutes = DAY_MINUTES, .escalate = either, .max_steps = 4 },
	{ .id = "P4", .event = "case.support_asked", .audience = coordinator,
	  .message = "support_approve", .ack_minutes = DAY_MINUTES, .escalate = either,
	  .max_steps = 4 },
	{ .id = "C9", .event = "case.progress_fall", .audience = leads, .message = "alert_fall" },
	{ .id = "R2", .event = "return.unassessed", .audience = coordinator, .urgent = true,
	  .message = "alert_unassessed", .tell = "return.unassessed", .ack_minutes = 240,
	  .escalate = either, .max_steps = 3 },
	{ .id = "C7", .event = "case.duplicate", .audience = coordinator,
	  .message = "alert_duplicate" },
};

const struct config_rule *rules_next(const struct desk *d, const char *event, size_t *at)
{
	bool any = false;

	for (size_t i = 0; i < d->cf->n_rules; i++) {
		if (strcmp(d->cf->rules[i].event, event) != 0)
			continue;
		any = true;
		if (i >= *at) {
			*at = i + 1;
			return &d->cf->rules[i];
		}
	}
	for (size_t i = 0; !any && *at == 0 && i < sizeof(built_in) / sizeof(built_in[0]); i++) {
		if (strcmp(built_in[i].event, event) == 0) {
			*at = 1;
			return &built_in[i];
		}
	}
	return NULL;
}

const struct config_rule *rules_of(const struct desk *d, const char *id)
{
	for (size_t i = 0; i < d->cf->n_rules; i++) {
		if (strcmp(d->cf->rules[i].id, id) == 0)
			return &d->cf->rules[i];
	}
	for (size_t i = 0; i < sizeof(built_in) / sizeof(built_in[0]); i++) {
		if (strcmp(built_in[i].id, id) == 0)
			return &built_in[i];
	}
	return NULL;
}
