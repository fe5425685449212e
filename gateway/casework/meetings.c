/* meetings.c - the meetings of the group.  See meetings.h. */
#include "gateway/casework/meetings.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "gateway/casework/answer.h"
#include "gateway/hub/clock.h"
#include "gateway/outbox/notice.h"
#include "parser/calendar.h"
#include "store/tasks.h"

#define LIST 64
#define LOOK_AHEAD 240 /* meetings reckoned from the first one: decades */

void meetings_words(const struct meeting *m, char day[8], char hour[8])
{
	char iso[CLOCK_DAY];
	int h, minute, weekday;

	clock_day(m->at, iso);
	clock_local(m->at, &h, &minute, &weekday);
	snprintf(day, 8, "%.2s.%.2s", iso + 8, iso + 5);
	snprintf(hour, 8, "%02d:%02d", h % 24, minute % 60);
}

static int audit(struct desk *d, const char *who, const char *verb, const struct meeting *m,
		 const char *result)
{
	char object[32];

	snprintf(object, sizeof(object), "meeting %" PRId64, m->id);
	return desk_audit(d, who, verb, object, result, "");
}

/* ---- reckoning ------------------------------------------------------------------------------ */

/* The n-th meeting after the first: the same day of the month, or its last; on a weekend, the Monday
 * after.  By the wall clock of that day. */
static int64_t reckon(const struct config *cf, int n)
{
	char iso[CLOCK_DAY], at[32];
	int32_t first;
	int y, m, day;

	if (!day_from_iso(cf->meeting_first, &first))
		return 0;
	day_split(first, &y, &m, &day);
	m += n * cf->meeting_months - 1;
	y += m / 12;
	m = m % 12 + 1;
	while (day > 28 && !day_valid(y, m, day))
		day--;
	int32_t number = day_number(y, m, day);
	int weekday = day_weekday(number);
	day_to_iso(weekday > 5 ? number + 8 - weekday : number, iso);
	snprintf(at, sizeof(at), "%sT%s", iso, cf->meeting_time);
	return clock_utc_of(at);
}

/* A reckoned meeting that a person moved or cancelled does not come back. */
static bool called_off(const struct meeting *rows, size_t n, int64_t at)
{
	for (size_t i = 0; i < n; i++) {
		if (rows[i].at == at && strcmp(rows[i].state, "cancelled") == 0)
			return true;
	}
	return false;
}

/* Writes the next reckoned meeting down when none is planned ahead of `from`. */
static int ensure(struct desk *d, int64_t from, struct meeting *out)
{
	struct meeting rows[LIST];
	size_t n = 0;

	if (!d->cf->meeting_first[0])
		return STORE_NONE;
	int rc = meeting_list(d->st, rows, LIST, &n);
	for (int i = 0; rc == STORE_OK && i < LOOK_AHEAD; i++) {
		int64_t at = reckon(d->cf, i);
		if (at < from || at < d->now || called_off(rows, n, at))
			continue;
		memset(out, 0, sizeof(*out));
		out->at = at;
		desk_cut(out->place, sizeof(out->place), d->cf->meeting_place);
		snprintf(out->source, sizeof(out->source), "schedule");
		rc = meeting_add(d->st, out, d->now);
		return rc == STORE_OK ? audit(d, "system", "meeting.plan", out, "reckoned") : rc;
	}
	return rc == STORE_OK ? STORE_NONE : rc;
}

int meetings_next(struct desk *d, int64_t from, struct meeting *out)
{
	int rc = meeting_next(d->st, from, out);

	return rc == STORE_NONE ? ensure(d, from, out) : rc;
}

int meetings_last(struct desk *d, struct meeting *out)
{
	return meeting_last(d->st, d->now + 1, out);
}

int meetings_of_day(struct desk *d, const char *day, struct meeting *out)
{
	struct meeting rows[LIST];
	char iso[CLOCK_DAY];
	size_t n = 0;

	int rc = meeting_list(d->st, rows, LIST, &n);
	for (size_t i = 0; rc == STORE_OK && i < n; i++) {
		clock_day(rows[i].at, iso);
		if (strcmp(iso, day) == 0 && strcmp(rows[i].state, "cancelled") != 0) {
			*out = rows[i];
			return STORE_OK;
		}
	}
	return rc == STORE_OK ? STORE_NONE : rc;
}

/* ---- moving --------------------------------------------------------------------------------- */

/* Those who said they come, and have not seen it on paper, hear of the change. */
static int tell_comers(struct desk *d, const struct meeting *m, const char *message,
		       const char *but)
{
	struct rsvp rows[LIST];
	struct reporter to;
	char day[8], hour[8];
	size_t n = 0;
	bool told;

	meetings_words(m, day, hour);
	const struct message_fill fills[] = { { "date", day }, { "hour", hour } };
	int rc = rsvp_list(d->st, m->id, rows, LIST, &n);
	for (size_t i = 0; rc == STORE_OK && i < n; i++) {
		if (!rows[i].attending || strcmp(rows[i].reporter, but) == 0)
			continue;
		rc = roster_by_id(d->st, rows[i].reporter, &to);
		if (rc == STORE_OK)
			rc = notice_one(d, &to, message, fills, 2, 0, false, &told);
		if (rc == STORE_NONE)
			rc = STORE_OK;
	}
	return rc;
}

/* On another day it is another meeting, to be reminded of anew; what was due at the old one is due at
 * the new one. */
static int replace(struct desk *d, struct meeting *old, struct meeting *m, const char *who)
{
	char day[CLOCK_DAY];
	int64_t moved = 0;

	int rc = meeting_cancel(d->st, old->id);
	if (rc == STORE_OK)
		rc = meeting_add(d->st, m, d->now);
	clock_day(m->at, day);
	if (rc == STORE_OK)
		rc = task_follow(d->st, old->id, m->id, day, who, d->now, &moved);
	if (rc != STORE_OK)
		return rc;
	struct meeting at_new = *old;
	at_new.at = m->at; /* its comers are asked for the new day */
	return tell_comers(d, &at_new, "meeting_moved", who);
}

static int shift(struct desk *d, struct meeting *old, const struct meeting *to, const char *who)
{
	bool later = old->at != to->at;

	int rc = meeting_change(d->st, old->id, to->at, to->place);
	old->at = to->at;
	if (rc == STORE_OK && later)
		rc = tell_comers(d, old, "meeting_moved", who);
	return rc;
}

/* The one a new date stands for: that of the day, else the next one that was only reckoned. */
static int stands_for(struct desk *d, int64_t at, struct meeting *old, bool *same_day)
{
	char day[CLOCK_DAY];

	clock_day(at, day);
	int rc = meetings_of_day(d, day, old);
	*same_day = rc == STORE_OK;
	if (rc != STORE_NONE)
		return rc;
	rc = meetings_next(d, d->now, old);
	return rc == STORE_OK && strcmp(old->source, "schedule") != 0 ? STORE_NONE : rc;
}

int meetings_set(struct desk *d, int64_t at, const char *place, const char *who,
		 struct meeting *out, enum meetings_answer *answer)
{
	struct meeting old;
	bool same_day;

	*answer = MEETINGS_PAST;
	if (at < d->now)
		return STORE_OK;
	memset(out, 0, sizeof(*out));
	out->at = at;
	desk_cut(out->place, sizeof(out->place), place[0] ? place : d->cf->meeting_place);
	snprintf(out->source, sizeof(out->source), "person");
	int rc = stands_for(d, at, &old, &same_day);
	*answer = rc == STORE_OK ? MEETINGS_MOVED : MEETINGS_SET;
	if (rc == STORE_OK && strcmp(old.state, "planned") != 0) {
		*answer = MEETINGS_HELD;
		return STORE_OK;
	}
	if (rc == STORE_OK && old.at == at && strcmp(old.place, out->place) == 0 &&
	    strcmp(old.source, "person") == 0) {
		*out = old;
		*answer = MEETINGS_SAME;
		return STORE_OK;
	}
	if (rc == STORE_OK && same_day) {
		rc = shift(d, &old, out, who);
		out->id = old.id;
	} else if (rc == STORE_OK) {
		rc = replace(d, &old, out, who);
	} else if (rc == STORE_NONE) {
		rc = meeting_add(d->st, out, d->now);
	}
	return rc == STORE_OK ? audit(d, who, "meeting.set", out,
				      *answer == MEETINGS_MOVED ? "moved" : "new")
			      : rc;
}

int meetings_cancel(struct desk *d, const char *day, const char *who, struct meeting *out,
		    enum meetings_answer *answer)
{
	struct meeting next;
	char iso[CLOCK_DAY];
	int64_t moved;

	*answer = MEETINGS_NONE;
	int rc = meetings_of_day(d, day, out);
	if (rc != STORE_OK)
		return rc == STORE_NONE ? STORE_OK : rc;
	*answer = strcmp(out->state, "planned") != 0 ? MEETINGS_HELD :
		  out->at < d->now		     ? MEETINGS_PAST :
						       MEETINGS_SET;
	if (*answer != MEETINGS_SET)
		return STORE_OK;
	rc = meeting_cancel(d->st, out->id);
	if (rc == STORE_OK)
		rc = tell_comers(d, out, "meeting_off", who);
	if (rc == STORE_OK)
		rc = meetings_next(d, out->at + 1, &next);
	if (rc == STORE_OK) {
		clock_day(next.at, iso);
		rc = task_follow(d->st, out->id, next.id, iso, who, d->now, &moved);
	} else if (rc == STORE_NONE) {
		clock_day(out->at, iso);
		rc = task_follow(d->st, out->id, 0, iso, who, d->now, &moved);
	}
	return rc == STORE_OK ? audit(d, who, "meeting.cancel", out, "cancelled") : rc;
}

/* ---- from a phone --------------------------------------------------------------------------- */

int meetings_info(struct desk *d, const struct message *m, const struct reporter *from,
		  const struct reading *r, struct effect *out)
{
	struct meeting next;
	char day[8], hour[8];

	(void)m, (void)from, (void)r;
	int rc = meetings_next(d, d->now, &next);
	if (rc == STORE_NONE) {
		answer_with(out, "meeting_none");
		return STORE_OK;
	}
	if (rc != STORE_OK)
		return rc;
	meetings_words(&next, day, hour);
	answer_fill(out, "date", day);
	answer_fill(out, "hour", hour);
	answer_fill(out, "place", next.place);
	answer_with(out, next.place[0] ? "meeting_info_place" : "meeting_info_ok");
	return STORE_OK;
}

int meetings_rsvp(struct desk *d, const struct message *m, const struct reporter *from,
		  const struct reading *r, struct effect *out)
{
	struct meeting next;
	struct rsvp said;

	(void)m;
	int rc = meetings_next(d, d->now, &next);
	if (rc == STORE_NONE) {
		answer_with(out, "meeting_none");
		return STORE_OK;
	}
	memset(&said, 0, sizeof(said));
	desk_cut(said.reporter, sizeof(said.reporter), from->id);
	desk_cut(said.agency, sizeof(said.agency), from->agency[0] ? from->agency : "MUN");
	said.attending = reading_flag(r, "attending");
	if (rc == STORE_OK)
		rc = rsvp_put(d->st, next.id, &said, d->now);
	return rc == STORE_OK ? audit(d, from->id, "meeting.rsvp", &next,
				      said.attending ? "comes" : "does not come")
			      : rc;
}
