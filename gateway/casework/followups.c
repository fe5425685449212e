/* followups.c - visits and calls.  See followups.h. */
#include "gateway/casework/followups.h"
#include <stdio.h>
#include <string.h>
#include "gateway/casework/answer.h"
#include "gateway/casework/dues.h"
#include "gateway/casework/lifecycle.h"
#include "gateway/casework/returns.h"
#include "gateway/hub/clock.h"
#include "store/followups.h"

static bool is(const char *word, const char *other)
{
	return strcmp(word, other) == 0;
}

static void take(const struct reading *r, const char *field, char *out, size_t max)
{
	const char *word = reading_word(r, field);

	desk_cut(out, max, word ? word : "");
}

/* Somebody was seen or spoken to; a closed door is a try, and what is due stays due. */
static bool contact(const struct followup *f)
{
	if (is(f->outcome, "not_home") || is(f->outcome, "not_found") ||
	    is(f->outcome, "moved_unknown"))
		return false;
	return f->outcome[0] || f->type[0] || f->in_school >= 0;
}

static void fill(const struct reading *r, const struct reporter *from, const struct case_row *c,
		 const struct message *m, struct followup *f)
{
	memset(f, 0, sizeof(*f));
	f->case_id = c->id;
	f->message = m->id;
	desk_cut(f->who, sizeof(f->who), from->id);
	take(r, "type", f->type, sizeof(f->type));
	take(r, "outcome", f->outcome, sizeof(f->outcome));
	f->in_school = reading_get(r, "in_school") ? reading_flag(r, "in_school") : -1;
}

static int record(struct desk *d, struct followup *f, const struct case_row *c,
		  const struct reading *r)
{
	char detail[96] = "";
	int64_t id;

	desk_join(detail, sizeof(detail), " ", f->type);
	desk_join(detail, sizeof(detail), " ", f->outcome);
	if (f->in_school >= 0)
		desk_join(detail, sizeof(detail), " ", f->in_school ? "in_school" : "not_in_school");
	int rc = followup_add(d->st, f, d->now, &id);
	if (rc == STORE_OK)
		rc = casefile_note(d, c->id, f->who, contact(f) ? "contact" : "followup", detail, r);
	return rc == STORE_OK ? desk_audit(d, f->who, "case.followup", c->code,
					   detail[0] ? detail : "noted", "")
			      : rc;
}

/* C6, at once; the same day's second word changes nothing. */
static int alarm(struct desk *d, const struct followup *f, const struct case_row *c)
{
	char today[CLOCK_DAY];
	bool lost = is(f->outcome, "not_found");

	if (!lost && !is(f->outcome, "moved_unknown"))
		return STORE_OK;
	clock_day(d->now, today);
	return casefile_tell(d, c, f->message, f->who, lost ? "case.not_found" : "case.moved",
			     today);
}

/* Where the child was seen is where he is now. */
static int place(struct desk *d, const struct message *m, const struct reading *r,
		 const char *who, struct case_row *c, bool *elsewhere)
{
	char known[sizeof(c->zone)];

	memcpy(known, c->zone, sizeof(known));
	take(r, "zone", c->zone, sizeof(c->zone));
	if (!c->zone[0])
		memcpy(c->zone, known, sizeof(known));
	if (strcmp(known, c->zone) == 0)
		return STORE_OK;
	*elsewhere = known[0] != '\0';
	casefile_missing(c);
	int rc = case_update(d->st, c, d->now);
	return rc == STORE_OK ? casefile_seen(d, c, known, m->id, who) : rc;
}

int followups_new(struct desk *d, const struct message *m, const struct reporter *from,
		  const struct reading *r, struct effect *out)
{
	struct case_row c;
	struct followup f;
	bool found, elsewhere = false;

	int rc = casefile_open(d, from, r, out, &c, &found);
	if (rc != STORE_OK || !found)
		return rc;
	if (!life_may(&c, LIFE_CONTACT, from)) {
		life_refuse(d, &c, from, out);
		return STORE_OK;
	}
	fill(r, from, &c, m, &f);
	rc = dues_confirmed(d, c.id);
	if (rc == STORE_OK && contact(&f)) {
		rc = life_move(d, &c, LIFE_CONTACT, from->id, 0);
		if (rc == STORE_OK)
			rc = dues_contact(d, &c, from->id, &f.next_due);
	} else if (rc == STORE_OK) {
		rc = dues_next(d, &c, &f.next_due);
	}
	if (rc == STORE_OK)
		rc = record(d, &f, &c, r);
	if (rc == STORE_OK)
		rc = place(d, m, r, from->id, &c, &elsewhere);
	if (rc == STORE_OK)
		rc = alarm(d, &f, &c);
	if (rc == STORE_OK && contact(&f) && !is(f.type, "call"))
		rc = returns_visited(d, &c, from->id);
	if (rc == STORE_OK && reading_lists(r, "flags", "family_unsafe"))
		rc = returns_unsafe(d, &c, from->id);
	bool alarmed = is(f.outcome, "not_found") || is(f.outcome, "moved_unknown");
	if (rc == STORE_OK && elsewhere)
		answer_with(out, "followup_alarm");
	else if (rc == STORE_OK && !alarmed && f.next_due > d->now) {
		answer_day(out, "due", f.next_due);
		answer_with(out, "followup_next");
	}
	return rc;
}
