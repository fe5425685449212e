/* progress.c - how a child gets on.  See progress.h. */
#include "gateway/casework/progress.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "gateway/casework/alerts.h"
#include "gateway/casework/answer.h"
#include "gateway/casework/confirms.h"
#include "gateway/casework/dues.h"
#include "gateway/casework/lifecycle.h"
#include "gateway/casework/referrals.h"
#include "gateway/casework/returns.h"
#include "gateway/hub/clock.h"
#include "store/progress.h"

#define LOOKED_AT 24 /* newest ones that a fall is looked for in */
#define FALL_EVENT "case.progress_fall"

/* ---- falls ---------------------------------------------------------------------------------- */

enum series { OVERALL, SCHOOL, FAMILY, COMMUNITY, SERIES };
static const char *const series_name[SERIES] = { "score", "school", "family", "community" };

/* Twelfths, so that the mean of three stands beside a single score; 0 = not said. */
static int value_of(const struct progress *p, enum series s)
{
	bool all = p->school && p->family && p->community;
	const int values[SERIES] = {
		p->score ? p->score * 12 : all ? (p->school + p->family + p->community) * 4 : 0,
		p->school * 12, p->family * 12, p->community * 12
	};

	return values[s];
}

/* rows: the newest first.  Did this last one fall, and the one before it? */
static bool fell_twice(const struct progress *rows, size_t n, enum series s)
{
	int last[3], k = 0;

	if (n == 0 || value_of(&rows[0], s) == 0)
		return false;
	for (size_t i = 0; i < n && k < 3; i++) {
		int v = value_of(&rows[i], s);
		if (v)
			last[k++] = v;
	}
	return k == 3 && last[0] < last[1] && last[1] < last[2];
}

static int falling(struct desk *d, int64_t case_id, int64_t until, int64_t since, char which[PROGRESS_FELL])
{
	struct progress rows[LOOKED_AT];
	size_t n = 0;

	int rc = progress_list(d->st, case_id, until, rows, LOOKED_AT, &n);
	which[0] = '\0';
	if (n && rows[0].at < since)
		return rc;
	for (int s = OVERALL; rc == STORE_OK && s < SERIES; s++) {
		if (fell_twice(rows, n, (enum series)s))
			desk_join(which, PROGRESS_FELL, " ", series_name[s]);
	}
	return rc == STORE_NONE ? STORE_OK : rc;
}

int progress_fell(struct desk *d, int64_t case_id, int64_t at, char which[PROGRESS_FELL])
{
	return falling(d, case_id, at, at, which);
}

static const char *const fall_events[] = { FALL_EVENT, NULL };

static int look_for_falls(struct desk *d, const struct case_row *c, const struct progress *p)
{
	char window[32], detail[PROGRESS_FELL];

	int rc = falling(d, c->id, d->now, 0, detail);
	if (rc != STORE_OK)
		return rc;
	/* Better now, or the word that fell was put right: nobody need act on the fall before. */
	if (!detail[0])
		return alerts_resolve(d, c->code, fall_events, p->who, "no longer falls", "");
	rc = casefile_note(d, c->id, "system", "fall", detail, NULL);
	snprintf(window, sizeof(window), "progress %" PRId64, p->id);
	return rc == STORE_OK ? casefile_tell(d, c, p->message, p->who, FALL_EVENT, window) : rc;
}

/* ---- a family without income ----------------------------------------------------------------- */

static int propose_support(struct desk *d, const struct message *m, const struct reporter *from,
			   const struct case_row *c, struct effect *out)
{
	/* a coordinator's word that there is no income is no answer to what follows from it */
	struct confirms_about about = { .kind = "support", .event = "case.support_asked",
					.value = "income", .message = m->id,
					.asked_by = cases_sees_all(from) ? "system" : from->id };
	char window[24];
	bool asked, has;

	int rc = referrals_support_open(d, c, &has);
	if (rc != STORE_OK || has)
		return rc;
	snprintf(window, sizeof(window), "%" PRId64, m->id);
	about.window = window;
	rc = confirms_ask(d, c, &about, &asked);
	if (rc != STORE_OK || !asked)
		return rc;
	answer_with(out, "progress_support");
	rc = casefile_note(d, c->id, from->id, "asked", "support of the family", NULL);
	return rc == STORE_OK ? desk_audit(d, from->id, "case.support", c->code, "asked", "") : rc;
}

/* ---- the text ------------------------------------------------------------------------------- */

static int score(const struct reading *r, const char *field)
{
	int64_t v;

	return reading_int(r, field, &v) && v >= 1 && v <= 5 ? (int)v : 0;
}

static void fill(const struct desk *d, const struct reading *r, const struct reporter *from,
		 const struct message *m, int64_t case_id, struct progress *p)
{
	const struct reading_item *items;
	size_t n = reading_list(r, "flags", &items);

	memset(p, 0, sizeof(*p));
	p->case_id = case_id;
	p->message = m->id;
	desk_cut(p->who, sizeof(p->who), from->id);
	clock_day(d->now, p->day);
	p->score = score(r, "score");
	p->school = score(r, "school");
	p->family = score(r, "family");
	p->community = score(r, "community");
	for (size_t i = 0; i < n; i++)
		desk_join(p->flags, sizeof(p->flags), ",", items[i].word);
}

static int record(struct desk *d, const struct progress *p, const struct case_row *c,
		  const struct reading *r)
{
	const int said[SERIES] = { p->score, p->school, p->family, p->community };
	char detail[96] = "", one[24];

	for (int s = OVERALL; s < SERIES; s++) {
		snprintf(one, sizeof(one), "%s %d", series_name[s], said[s]);
		if (said[s])
			desk_join(detail, sizeof(detail), " ", one);
	}
	desk_join(detail, sizeof(detail), " ", p->flags);
	int rc = casefile_note(d, c->id, p->who, "progress", detail, r);
	return rc == STORE_OK ? desk_audit(d, p->who, "case.progress", c->code, "noted", "") : rc;
}

int progress_new(struct desk *d, const struct message *m, const struct reporter *from,
		 const struct reading *r, struct effect *out)
{
	struct case_row c;
	struct progress p;
	bool found;

	int rc = casefile_open(d, from, r, out, &c, &found);
	if (rc != STORE_OK || !found)
		return rc;
	if (!life_may(&c, LIFE_PROGRESS, from)) {
		life_refuse(d, &c, from, out);
		return STORE_OK;
	}
	fill(d, r, from, m, c.id, &p);
	rc = progress_put(d->st, &p, d->now);
	if (rc == STORE_OK)
		rc = record(d, &p, &c, r);
	if (rc == STORE_OK)
		rc = dues_confirmed(d, c.id);
	if (rc == STORE_OK)
		rc = look_for_falls(d, &c, &p);
	if (rc == STORE_OK && casefile_lists(p.flags, "no_income"))
		rc = propose_support(d, m, from, &c, out);
	if (rc == STORE_OK && casefile_lists(p.flags, "family_unsafe"))
		rc = returns_unsafe(d, &c, from->id);
	return rc;
}

int progress_takeback(struct desk *d, int64_t message, const struct reporter *from, bool *undone)
{
	char still[PROGRESS_FELL];
	int64_t case_id = 0;
	struct case_row c;

	int rc = progress_undo(d->st, message, &case_id);
	*undone = case_id > 0;
	if (rc != STORE_OK || !case_id)
		return rc;
	rc = case_by_id(d->st, case_id, &c);
	/* A fall that hung on this word is none, whoever's word brought it to light. */
	if (rc == STORE_OK)
		rc = falling(d, case_id, d->now, 0, still);
	if (rc == STORE_OK && !still[0])
		rc = alerts_resolve(d, c.code, fall_events, from->id, "taken back", "alert_withdrawn");
	return rc == STORE_OK ? desk_audit(d, from->id, "case.progress", c.code, "undone", "") : rc;
}
