/* reporters.c - who is at the other end.  See reporters.h.  May call the store and outbox/notice.
 */
#include "gateway/casework/reporters.h"
#include <string.h>
#include "gateway/outbox/notice.h"

int reporters_find(struct desk *d, const char *number, struct reporter *out)
{
	if (number[0] != '+')
		return STORE_NONE; /* a short code or letters never name a reporter */
	return roster_by_number(d->st, number, out);
}

void reporters_sender(const struct desk *d, const struct reporter *from, struct parser_sender *out)
{
	memset(out, 0, sizeof(*out));
	out->role = ROLE_NONE;
	desk_cut(out->lang, sizeof(out->lang),
		 from && from->lang[0] ? from->lang : d->cf->language);
	if (!from || !from->active || !role_from_name(from->role, &out->role))
		return;
	desk_cut(out->id, sizeof(out->id), from->id);
	desk_cut(out->school, sizeof(out->school), from->school);
	desk_cut(out->agency, sizeof(out->agency), from->agency);
	for (unsigned i = 0; i < from->n_classes && i < 24; i++)
		desk_cut(out->classes[out->n_classes++], sizeof(out->classes[0]), from->classes[i]);
}

int reporters_lang(struct desk *d, const struct message *m, const struct reporter *from,
		   const struct reading *r, struct effect *out)
{
	const char *lang = reading_word(r, "value");

	(void)m;
	(void)out;
	if (!lang || strlen(lang) > 3)
		return STORE_OK;
	return roster_set_lang(d->st, from->id, lang);
}

/* Who leaves hears nothing more, and the coordinators hear that he left.  Those whom alerts depend
 * on cannot leave by a word from a phone: a person arranges who takes over. */
int reporters_stop(struct desk *d, const struct message *m, const struct reporter *from,
		   const struct reading *r, struct effect *out)
{
	bool needed = strcmp(from->role, "duty") == 0 || strcmp(from->role, "coordinator") == 0;
	struct message_fill fill = { "owner", from->id };

	(void)m;
	(void)r;
	out->queue = true;
	int rc = notice_role(d, "coordinator", "reporter_left", &fill, 1, 0, false, NULL);
	if (rc == STORE_OK && !needed)
		rc = roster_set_active(d->st, from->id, false, d->now);
	return rc == STORE_OK
		       ? desk_audit(d, from->id, "stop", from->id, needed ? "asked" : "left", "")
		       : rc;
}

static bool is_coordinator(const struct reporter *from)
{
	return from && from->active && strcmp(from->role, "coordinator") == 0;
}

int reporters_lost(struct desk *d, const struct message *m, const struct reporter *from,
		   const struct reading *r, struct effect *out)
{
	const char *number = reading_word(r, "phone"), *who = from ? from->id : "unknown";
	struct reporter lost;
	struct message_fill fill = { "owner", lost.id };

	(void)m;
	(void)out;
	int rc = number ? roster_by_number(d->st, number, &lost) : STORE_NONE;
	if (rc == STORE_NONE)
		return desk_audit(d, who, "lost", "-", "no such telephone", "");
	if (rc == STORE_OK && is_coordinator(from))
		rc = roster_set_active(d->st, lost.id, false, d->now);
	else if (rc == STORE_OK)
		rc = notice_role(d, "coordinator", "phone_lost", &fill, 1, 0, true, NULL);
	return rc == STORE_OK ? desk_audit(d, who, "lost", lost.id,
					   is_coordinator(from) ? "locked" : "told", "")
			      : rc;
}
