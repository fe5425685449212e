/* campaigns.c - sessions of awareness.  See campaigns.h. */
#include "gateway/casework/campaigns.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "gateway/casework/answer.h"
#include "gateway/hub/clock.h"
#include "parser/calendar.h"

#define AGAIN_S 3600 /* the same words again within so long are the same session */
#define BATCH 64

/* ---- recording ------------------------------------------------------------------------------ */

static int number(const struct reading *r, const char *field)
{
	int64_t v;

	return reading_int(r, field, &v) && v >= 0 && v < 100000 ? (int)v : -1;
}

static void take(const struct reading *r, const char *field, char *out, size_t max)
{
	const char *word = reading_word(r, field);

	desk_cut(out, max, word ? word : "");
}

int campaigns_new(struct desk *d, const struct message *m, const struct reporter *from,
		  const struct reading *r, struct effect *out)
{
	struct campaign c;
	char result[48];

	memset(&c, 0, sizeof(c));
	c.message = m->id;
	desk_cut(c.who, sizeof(c.who), from->id);
	take(r, "school", c.school, sizeof(c.school));
	take(r, "zone", c.zone, sizeof(c.zone));
	take(r, "date", c.day, sizeof(c.day));
	c.participants = number(r, "participants");
	c.pupils = number(r, "pupils_n");
	c.parents = number(r, "parents_n");
	if (c.participants < 0 || strlen(c.day) != 10 || (!c.school[0] && !c.zone[0]))
		return answer_later(out);
	int rc = campaign_same(d->st, &c, d->now - AGAIN_S);
	if (rc != STORE_NONE)
		return rc; /* recorded before: the same reply */
	rc = campaign_add(d->st, &c, d->now);
	snprintf(result, sizeof(result), "%s %d", c.day, c.participants);
	return rc == STORE_OK ? desk_audit(d, from->id, "campaign.record",
					   c.school[0] ? c.school : c.zone, result, "")
			      : rc;
}

int campaigns_takeback(struct desk *d, int64_t message, const struct reporter *from, bool *undone)
{
	struct campaign c;

	*undone = false;
	int rc = campaign_of_message(d->st, message, &c);
	if (rc != STORE_OK)
		return rc == STORE_NONE ? STORE_OK : rc;
	rc = campaign_undo(d->st, c.id);
	*undone = rc == STORE_OK;
	return rc == STORE_OK ? desk_audit(d, from->id, "campaign.record",
					   c.school[0] ? c.school : c.zone, "undone", "")
			      : rc;
}

/* ---- the sheet ------------------------------------------------------------------------------ */

static int64_t day_begin(const char *day, int plus)
{
	char iso[11], at[24];
	int32_t n = 0;

	day_from_iso(day, &n);
	day_to_iso(n + plus, iso);
	snprintf(at, sizeof(at), "%sT00:00", iso);
	return clock_utc_of(at);
}

static int count_reports(struct desk *d, struct campaign_line *l)
{
	const char *day = l->c.day;
	int64_t end = day_begin(day, CAMPAIGN_AFTER + 1);

	l->before = l->after = -1;
	l->running = d->now < end;
	if (!l->c.school[0])
		return STORE_OK;
	/* the day of the session itself is in neither */
	int rc = campaign_reports(d->st, l->c.school, day_begin(day, -CAMPAIGN_AFTER), day_begin(day, 0),
				  &l->before);
	return rc == STORE_OK
		       ? campaign_reports(d->st, l->c.school, day_begin(day, 1), end, &l->after)
		       : rc;
}

static int load(struct desk *d, struct campaign_sheet *s)
{
	struct campaign rows[BATCH];
	size_t n = BATCH;
	int rc = STORE_OK;

	while (rc == STORE_OK && n == BATCH && s->n < CAMPAIGN_ROWS) {
		rc = campaign_list(d->st, s->from, s->to, s->n ? &s->lines[s->n - 1].c : NULL, rows,
				   BATCH, &n);
		for (size_t i = 0; rc == STORE_OK && i < n && s->n < CAMPAIGN_ROWS; i++) {
			s->lines[s->n].c = rows[i];
			rc = count_reports(d, &s->lines[s->n++]);
		}
	}
	s->cut = s->n == CAMPAIGN_ROWS;
	return rc;
}

static bool first_of_school(const struct config *cf, size_t i)
{
	for (size_t k = 0; k < i; k++) {
		if (strcmp(cf->classes[k].school, cf->classes[i].school) == 0)
			return false;
	}
	return true;
}

static void add_up(const struct config *cf, struct campaign_sheet *s)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct campaign *c = &s->lines[i].c;
		s->participants += c->participants;
		s->pupils += c->pupils > 0 ? c->pupils : 0;
		s->parents += c->parents > 0 ? c->parents : 0;
	}
	for (size_t i = 0; i < cf->n_classes; i++) {
		if (!first_of_school(cf, i))
			continue;
		s->schools_all++;
		bool reached = false;
		for (size_t k = 0; k < s->n && !reached; k++)
			reached = strcmp(s->lines[k].c.school, cf->classes[i].school) == 0;
		s->schools += reached;
	}
}

/* A session at a school reaches the zone the school lies in. */
static bool reaches(const struct config *cf, const struct campaign *c, const char *zone)
{
	if (strcmp(c->zone, zone) == 0)
		return true;
	for (size_t i = 0; c->school[0] && i < cf->n_classes; i++) {
		if (strcmp(cf->classes[i].school, c->school) == 0 &&
		    strcmp(cf->classes[i].zone, zone) == 0)
			return true;
	}
	return false;
}

static int find_forgotten(struct desk *d, struct campaign_sheet *s)
{
	struct campaign rows[BATCH], last;
	bool reached[CAMPAIGN_ZONES] = { false }, any = false;
	const struct world *w = d->cf->world;
	size_t n = BATCH;
	char from[11];
	int32_t day = 0;
	int rc = STORE_OK;

	day_from_iso(s->to, &day);
	day_to_iso(day - CAMPAIGN_FORGOTTEN + 1, from);
	while (rc == STORE_OK && n == BATCH) {
		rc = campaign_list(d->st, from, s->to, any ? &last : NULL, rows, BATCH, &n);
		for (size_t i = 0; rc == STORE_OK && i < n; i++) {
			for (int z = 0; z < CAMPAIGN_ZONES && world_zone(w, z); z++)
				reached[z] |= reaches(d->cf, &rows[i], world_zone(w, z));
			last = rows[i];
			any = true;
		}
	}
	for (int z = 0; z < CAMPAIGN_ZONES && world_zone(w, z); z++) {
		if (!reached[z])
			s->forgotten[s->n_forgotten++] = world_zone(w, z);
	}
	return rc;
}

int campaigns_sheet(struct desk *d, const char *from, const char *to, struct campaign_sheet *out)
{
	memset(out, 0, sizeof(*out));
	desk_cut(out->from, sizeof(out->from), from);
	desk_cut(out->to, sizeof(out->to), to);
	out->lines = calloc(CAMPAIGN_ROWS, sizeof(*out->lines));
	int rc = out->lines ? load(d, out) : STORE_FAIL;
	if (rc == STORE_OK)
		add_up(d->cf, out);
	return rc == STORE_OK ? find_forgotten(d, out) : rc;
}

void campaigns_free(struct campaign_sheet *s)
{
	free(s->lines);
	s->lines = NULL;
}
