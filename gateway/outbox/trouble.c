/* trouble.c - what people hear when a delivery ends badly.  See trouble.h. */
#include "gateway/outbox/trouble.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "gateway/outbox/notice.h"
#include "store/alerts.h"
#include "store/referrals.h"

/* What people know it by: the alert's number, or the referral's. */
static const char *reference(struct desk *d, const struct outbox_item *item, char out[24])
{
	int64_t n;

	if (!item->alert && referral_of_outbox(d->st, item->id, &n) == STORE_OK)
		snprintf(out, 24, "R%lld", (long long)n);
	else
		snprintf(out, 24, "%lld", (long long)(item->alert ? item->alert : item->id));
	return out;
}

int trouble_dead(struct desk *d, const struct outbox_item *item)
{
	char ref[24];
	struct message_fill fills[] = { { "alert", reference(d, item, ref) },
					{ "agency", item->agency } };

	return notice_role(d, "coordinator", "dead_letter", fills, 2, item->case_id, item->urgent,
			   NULL);
}

int trouble_sms(struct desk *d, const struct outbox_item *item, bool uncertain)
{
	char ref[24];
	struct message_fill fills[] = { { "alert", reference(d, item, ref) },
					{ "owner", item->reporter } };

	if (!item->alert && ref[0] != 'R')
		return STORE_OK;
	return notice_role(d, "coordinator", uncertain ? "sms_uncertain" : "sms_failed", fills, 2,
			   item->case_id, item->urgent, NULL);
}

int trouble_late(struct desk *d, const struct outbox_item *item)
{
	char ref[24];
	bool sms = item->leg == OUTBOX_SMS;
	bool unsure = strcmp(item->state, "uncertain") == 0;
	const char *id = !sms ? "delivery_failed" : unsure ? "sms_uncertain" : "sms_failed";
	struct message_fill fills[] = { { "alert", reference(d, item, ref) },
					{ sms ? "owner" : "agency",
					  sms ? item->reporter : item->agency } };
	int told = 0;

	int rc = notice_role(d, "duty", id, fills, 2, item->case_id, true, &told);
	if (rc == STORE_OK && told == 0)
		rc = notice_role(d, "coordinator", id, fills, 2, item->case_id, true, &told);
	return rc;
}

int trouble_held(struct desk *d, const struct outbox_item *item)
{
	char ref[24];
	struct message_fill fills[] = { { "alert", reference(d, item, ref) },
					{ "agency", item->agency } };

	return notice_role(d, "coordinator", "delivery_held", fills, 2, item->case_id, item->urgent,
			   NULL);
}

int trouble_warn(struct desk *d, const struct outbox_item *item, const char *why)
{
	char ref[24];
	struct message_fill fills[] = { { "alert", reference(d, item, ref) },
					{ "agency", item->agency } };

	int rc = desk_audit(d, "system", "deliver.warn", item->agency, why, "");
	return rc == STORE_OK ? notice_role(d, "coordinator", "delivery_warn", fills, 2, item->case_id,
					    false, NULL)
			      : rc;
}

int trouble_back(struct desk *d, const char *agency)
{
	struct message_fill fills[] = { { "agency", agency } };
	int told = 0;

	int rc = notice_role(d, "duty", "delivery_back", fills, 1, 0, false, &told);
	if (rc == STORE_OK && told == 0)
		rc = notice_role(d, "coordinator", "delivery_back", fills, 1, 0, false, &told);
	return rc;
}

int trouble_told(struct desk *d, const struct outbox_item *item)
{
	struct alert_row a;
	char ref[24], days[12] = "";
	struct message_fill fills[] = { { "alert", reference(d, item, ref) },
					{ "agency", item->agency },
					{ "n", days } };

	if (!item->alert || strcmp(item->event, "absence.streak") != 0 ||
	    strcmp(item->agency, "MUN") == 0)
		return STORE_OK;
	int rc = alert_get(d->st, item->alert, &a);
	if (rc != STORE_OK)
		return rc;
	const char *plus = strchr(a.window, '+'); /* "2026-11-16+10" */
	snprintf(days, sizeof(days), "%d", plus ? (int)strtol(plus + 1, NULL, 10) : 0);
	return notice_role(d, "coordinator", "alert_a3_told", fills, 3, 0, false, NULL);
}
