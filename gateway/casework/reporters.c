/* reporters.c - who is at the other end.  See reporters.h.  May call the store and outbox/notice.
 */
#include "gateway/casework/reporters.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "gateway/outbox/lines.h"
#include "gateway/outbox/notice.h"
#include "gateway/pin/typed.h"
#include "store/outbox.h"
#include "store/secrets.h"

#define TOLD_AFTER_S 60

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

int reporters_silent(struct desk *d, const struct reporter *who, bool *silent)
{
	struct line l;

	int rc = line_get(d->st, who->id, &l);
	*silent = rc == STORE_OK && lines_silent(d, &l);
	return rc == STORE_NONE ? STORE_OK : rc;
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

/* ---- lost telephones ------------------------------------------------------------------------ */

/* What the coordinators hear leaves behind the reply: before it on the same modem it would keep the reply
 * of a number that is ours back by the seconds that one SMS takes. */
static int64_t later(const struct desk *d)
{
	return d->now + TOLD_AFTER_S;
}

/* His number reads nothing and hears nothing from here on. */
int reporters_lock_phone(struct desk *d, const char *who, const char *lost, const char *why, int64_t but)
{
	struct message_fill fill = { "owner", lost };
	char object[40], number[48];
	int64_t n = 0;

	int rc = roster_set_active(d->st, lost, false, d->now);
	if (rc == STORE_OK)
		rc = roster_number(d->st, lost, number, sizeof(number));
	if (rc == STORE_OK)
		rc = outbox_withdraw(d->st, number, but, d->now, "its telephone is locked", &n);
	if (rc == STORE_OK)
		rc = notice_role_later(d, "coordinator", "phone_locked", &fill, 1, later(d));
	snprintf(object, sizeof(object), "locked, %" PRId64 " texts withdrawn", n);
	return rc == STORE_OK ? desk_audit(d, who, "lost", lost, object, why) : rc;
}

/* The coordinators hear at once, whatever the codeword is: the hub may end before it is hashed, and who
 * has forgotten his word has lost his telephone all the same.  Once an hour for one telephone. */
static int tell_lost(struct desk *d, const char *lost)
{
	struct message_fill fill = { "owner", lost };
	char name[32], hour[24], told[24] = "";

	snprintf(name, sizeof(name), "lost.%.23s", lost);
	snprintf(hour, sizeof(hour), "%" PRId64, d->now / 3600);
	int rc = store_meta_get(d->st, name, told, sizeof(told));
	if ((rc != STORE_OK && rc != STORE_NONE) || strcmp(told, hour) == 0)
		return rc;
	rc = store_meta_put(d->st, name, hour);
	return rc == STORE_OK ? notice_role_later(d, "coordinator", "phone_lost", &fill, 1, later(d)) : rc;
}

/* Was it sent before his telephone was replaced or unlocked?  Then it is about the one he had: an old report that
 * comes again must not lock the new one.  One stamped later, however late it comes, locks: that errs on the safe
 * side, and a coordinator opens it again. */
static int is_stale(struct desk *d, const struct message *m, const char *lost, bool *stale)
{
	struct line l = { .since = 0 };

	int rc = line_get(d->st, lost, &l);
	*stale = rc == STORE_OK && m->sent > 0 && m->sent < l.since && l.since <= d->now;
	return rc == STORE_NONE ? STORE_OK : rc;
}

/* Tries are counted before the hash: at the telephone that is to be locked, and at the one that asks. */
static int try_codeword(struct desk *d, const struct message *m, const char *who,
			const struct reporter *lost, const struct reading *r, const char **result)
{
	struct checker_job job = { .purpose = CHECKER_CODEWORD, .message = m->id };
	const struct reading_secret *at = &r->secrets[0];
	struct secret_row s;
	int64_t lately = 0;
	bool stale = false;

	*result = "told";
	int rc = is_stale(d, m, lost->id, &stale);
	if (rc != STORE_OK || stale) {
		*result = "told, older than his telephone";
		return rc;
	}
	if (!r->n_secrets || (size_t)at->at + at->len > m->text_len ||
	    !typed_codeword(m->text + at->at, at->len, job.secret))
		return STORE_OK;
	rc = secret_get(d->st, lost->id, SECRET_KIND_CODEWORD, &s);
	/* Reports of lost telephones alone: whoever wrote of other things before is no guesser for that. */
	if (rc == STORE_OK)
		rc = inbox_recent_of(d->st, m->sender, d->now - 3600, "lost_phone", &lately);
	bool room = d->checker && checker_has_room(d->checker, lost->id);
	if (rc == STORE_OK)
		*result = "told, codeword not looked at";
	if (rc == STORE_OK && room && s.locked_until <= d->now && lately <= d->cf->pin_tries) {
		*result = "told";
		int tries = s.locked_until ? 1 : s.tries + 1;
		int64_t until = tries >= d->cf->pin_tries ? d->now + (int64_t)d->cf->pin_lock_min * 60 : 0;
		rc = secret_tried(d->st, lost->id, SECRET_KIND_CODEWORD, tries, until);
		memcpy(job.salt, s.salt, sizeof(job.salt));
		desk_cut(job.reporter, sizeof(job.reporter), lost->id);
		desk_cut(job.from, sizeof(job.from), who);
		if (rc == STORE_OK)
			checker_stage(d->checker, &job);
	}
	pin_wipe(&s, sizeof(s));
	pin_wipe(&job, sizeof(job));
	return rc == STORE_NONE ? STORE_OK : rc;
}

/* The reply is the same whatever comes of it, and is on its way before the codeword is hashed: neither
 * words nor time tell whether the number is ours or the word was right. */
int reporters_lost(struct desk *d, const struct message *m, const struct reporter *from,
		   const struct reading *r, struct effect *out)
{
	const char *number = reading_word(r, "phone"), *who = from ? from->id : "unknown", *result = "told";
	struct reporter lost;

	int rc = number ? roster_by_number(d->st, number, &lost) : STORE_NONE;
	if (rc == STORE_NONE)
		return desk_audit(d, who, "lost", "-", "no such telephone", "");
	if (rc == STORE_OK)
		rc = try_codeword(d, m, who, &lost, r, &result);
	if (rc == STORE_OK)
		rc = tell_lost(d, lost.id);
	/* Not looked at for want of room or after too many: a person does what the word would have done. */
	out->queue = strcmp(result, "told") != 0;
	return rc == STORE_OK ? desk_audit(d, who, "lost", lost.id, result, "") : rc;
}

int reporters_codeword(struct desk *d, const struct checker_job *job, char *words, size_t max)
{
	struct secret_row s;

	int rc = secret_get(d->st, job->reporter, SECRET_KIND_CODEWORD, &s);
	if (rc != STORE_OK)
		return rc == STORE_NONE ? STORE_OK : rc;
	bool right = !job->failed && memcmp(job->salt, s.salt, sizeof(s.salt)) == 0 &&
		     pin_same(job->hash, s.hash);
	pin_wipe(&s, sizeof(s));
	snprintf(words, max, "lost=%s codeword=%s", job->reporter, right ? "right" : "wrong");
	if (!right)
		return desk_audit(d, job->from, "lost", job->reporter, "codeword is not his", "");
	rc = secret_tried(d->st, job->reporter, SECRET_KIND_CODEWORD, 0, 0);
	return rc == STORE_OK ? reporters_lock_phone(d, job->from, job->reporter, "codeword", job->message) : rc;
}

/* Under duress the reply is the ordinary one, and no telephone is locked. */
int reporters_lock(struct desk *d, const struct message *m, const struct reporter *from,
		   const struct reading *r, struct effect *out)
{
	const char *number = reading_word(r, "phone");
	struct reporter lost;

	(void)m, (void)out;
	int rc = number ? roster_by_number(d->st, number, &lost) : STORE_NONE;
	if (rc == STORE_NONE || reading_flag(r, "duress"))
		return desk_audit(d, from->id, "lost", rc == STORE_NONE ? "-" : lost.id,
				  rc == STORE_NONE ? "no such telephone" : "locked, 0 texts withdrawn", "");
	return rc == STORE_OK ? reporters_lock_phone(d, from->id, lost.id, "", 0) : rc;
}
