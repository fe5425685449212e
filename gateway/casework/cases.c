/* cases.c - opening a case and completing it.  See cases.h. */
#include "gateway/casework/cases.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "gateway/casework/answer.h"
#include "gateway/casework/dues.h"
#include "gateway/casework/duplicates.h"
#include "gateway/casework/lifecycle.h"
#include "gateway/hub/clock.h"

#define NUMBERS_TRIED 64 /* four check characters of thirty-six are skipped: far more than enough */
#define CHILD_BELOW 18
#define SLIP_S 3600      /* so soon after his own report another zone puts it right */

/* ---- from a reading to a row ---------------------------------------------------------------- */

static void join_list(const struct reading *r, const char *field, char *out, size_t max)
{
	const struct reading_item *items;
	size_t n = reading_list(r, field, &items);

	for (size_t i = 0; i < n; i++) {
		if (!casefile_lists(out, items[i].word))
			desk_join(out, max, ",", items[i].word);
	}
}

static void take_int(const struct reading *r, const char *field, int *out)
{
	int64_t v;

	if (reading_int(r, field, &v) && v >= 0 && v < 1000)
		*out = (int)v;
}

static void take_word(const struct reading *r, const char *field, char *out, size_t max)
{
	const char *w = reading_word(r, field);

	if (w && w[0] && strlen(w) < max)
		memcpy(out, w, strlen(w) + 1);
}

/* What was said is taken; what was not stays as it is. */
static void take_facts(const struct reading *r, struct case_row *c)
{
	join_list(r, "concerns", c->concerns, sizeof(c->concerns));
	join_list(r, "flags", c->flags, sizeof(c->flags));
	take_word(r, "zone", c->zone, sizeof(c->zone));
	take_word(r, "sex", c->sex, sizeof(c->sex));
	take_word(r, "country", c->country, sizeof(c->country));
	if (reading_word(r, "risk") && casefile_risk_order(reading_word(r, "risk")))
		take_word(r, "risk", c->risk, sizeof(c->risk));
	take_int(r, "age", &c->age);
	take_int(r, "n_children", &c->n_children);
	if (reading_flag(r, "urgent")) {
		c->urgent = true;
		snprintf(c->risk, sizeof(c->risk), "high");
	}
	if (c->age >= CHILD_BELOW && !casefile_lists(c->flags, "adult"))
		desk_join(c->flags, sizeof(c->flags), ",", "adult");
	casefile_missing(c);
}

static bool by_school(const struct reporter *from)
{
	return strcmp(from->role, "teacher") == 0 || strcmp(from->role, "head") == 0;
}

static void take_pupil(const struct reading *r, const struct reporter *from, struct case_row *c)
{
	const struct reading_item *items;
	const char *school = reading_word(r, "school"), *class_name = reading_word(r, "class");
	size_t n = reading_list(r, "pupils", &items);

	c->pupil = -1;
	if (!class_name || n == 0)
		return;
	desk_cut(c->school, sizeof(c->school), school && school[0] ? school : from->school);
	desk_cut(c->class_name, sizeof(c->class_name), class_name);
	c->pupil = items[0].num;
	if (n > 1)
		c->n_children = (int)n;
}

static int next_code(struct desk *d, char code[CASE_CODE_MAX])
{
	char today[CLOCK_DAY];
	int64_t number;

	clock_day(d->now, today);
	int year = (int)strtol(today, NULL, 10);
	for (int i = 0; i < NUMBERS_TRIED; i++) {
		int rc = case_next_number(d->st, year, &number);
		if (rc != STORE_OK)
			return rc;
		if (code_make(d->cf->site_letter, year, number, code))
			return STORE_OK;
	}
	return STORE_BOUND;
}

/* ---- history ------------------------------------------------------------------------------- */

/* For a child an act or a purpose of exploitation is enough: no proof of force is asked, ever (UN
 * Trafficking Protocol, article 3 c; national screening rule for those under eighteen). */
static bool presumed_victim(const struct case_row *c)
{
	static const char *const acts[] = { "begging",     "labour",   "drugs", "sexual",
					    "trafficking", "marriage", "crime" };

	if (c->age >= CHILD_BELOW)
		return false;
	for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++) {
		if (casefile_lists(c->concerns, acts[i]))
			return true;
	}
	return false;
}

/* An adult decides himself: nothing is passed on before he has been asked. */
static void mark_nrm(struct case_row *c)
{
	const char *state = c->age >= CHILD_BELOW && c->concerns[0] ? "consent"
			    : presumed_victim(c)                    ? "potential"
								    : "";

	desk_cut(c->nrm, sizeof(c->nrm), state);
}

static int add_history(struct desk *d, const struct case_row *c, const char *who,
		       const struct reading *r)
{
	const struct reading_item *items;
	char more[96] = "";
	size_t n = reading_list(r, "pupils", &items);

	int rc = casefile_note(d, c->id, who, "opened", c->concerns, r);
	if (rc == STORE_OK && c->nrm[0])
		rc = casefile_note(d, c->id, "system", "nrm", c->nrm, NULL);
	for (size_t i = 1; i < n; i++) {
		char one[12];
		snprintf(one, sizeof(one), "%d", (int)items[i].num);
		desk_join(more, sizeof(more), ",", one);
	}
	return rc == STORE_OK && more[0] ? casefile_note(d, c->id, who, "pupils", more, NULL) : rc;
}

static int tell_new(struct desk *d, const struct case_row *c, const struct message *m,
		    const char *who)
{
	return casefile_tell(d, c, m->id, who, c->urgent ? "case.urgent" : "case.new", "opened");
}

/* ---- effects -------------------------------------------------------------------------------- */

/* One question at most, and where the child is comes first: help can go there. */
static void ask(struct effect *out, const struct case_row *c)
{
	if (strstr(c->missing, "zone"))
		snprintf(out->asked, sizeof(out->asked), "zone");
	else if (strstr(c->missing, "concern"))
		snprintf(out->asked, sizeof(out->asked), "concern");
}

int cases_open(struct desk *d, const struct message *m, const struct reporter *from,
	       const struct reading *r, struct case_row *c)
{
	memset(c, 0, sizeof(*c));
	c->age = c->n_children = -1;
	c->message = m->id;
	c->opened = c->updated = d->now;
	snprintf(c->state, sizeof(c->state), "new");
	take_pupil(r, from, c);
	take_facts(r, c);
	mark_nrm(c);
	/* A school never owns a case: its people must not be able to ask what became of the child.
	 */
	if (!by_school(from))
		desk_cut(c->owner, sizeof(c->owner), from->id);
	int rc = next_code(d, c->code);
	if (rc == STORE_OK)
		rc = case_add(d->st, c, d->now, &c->id);
	if (rc == STORE_OK)
		rc = add_history(d, c, from->id, r);
	return rc == STORE_OK ? desk_audit(d, from->id, "case.open", c->code,
					   c->urgent    ? "urgent"
					   : c->partial ? "partial"
							: "new",
					   "")
			      : rc;
}

int cases_new(struct desk *d, const struct message *m, const struct reporter *from,
	      const struct reading *r, struct effect *out)
{
	struct case_row c;

	int rc = cases_open(d, m, from, r, &c);
	if (rc == STORE_OK)
		rc = tell_new(d, &c, m, from->id);
	/* A school is asked nothing: its thanks must not tell that something came of it. */
	bool asks = reading_flag(r, "confirm") && !by_school(from) && !c.partial;
	if (rc == STORE_OK)
		rc = dues_opened(d, &c, asks);
	if (rc == STORE_OK)
		rc = duplicates_hint(d, &c, m->id);
	if (rc != STORE_OK)
		return rc;
	out->case_id = c.id;
	if (by_school(from))
		return STORE_OK; /* thanks, and nothing that tells of a case */
	casefile_remember(out, &c);
	ask(out, &c);
	return STORE_OK;
}

static bool changed(const struct case_row *a, const struct case_row *b)
{
	return strcmp(a->concerns, b->concerns) != 0 || strcmp(a->flags, b->flags) != 0 ||
	       strcmp(a->zone, b->zone) != 0 || strcmp(a->sex, b->sex) != 0 ||
	       strcmp(a->country, b->country) != 0 || strcmp(a->risk, b->risk) != 0 ||
	       a->age != b->age || a->n_children != b->n_children || a->urgent != b->urgent;
}

/* What follows from the new facts, before they are written. */
static int note_nrm(struct desk *d, struct case_row *c)
{
	char before[sizeof(c->nrm)];

	memcpy(before, c->nrm, sizeof(before));
	mark_nrm(c);
	return strcmp(before, c->nrm) != 0 && c->nrm[0]
		       ? casefile_note(d, c->id, "system", "nrm", c->nrm, NULL)
		       : STORE_OK;
}

static int amend(struct desk *d, const struct message *m, const struct reporter *from,
		 const struct reading *r, struct case_row *c, const struct case_row *before)
{
	int rc = note_nrm(d, c);

	if (rc == STORE_OK)
		rc = case_update(d->st, c, d->now);
	if (rc == STORE_OK)
		rc = casefile_note(d, c->id, from->id, "amended",
				   c->missing[0] ? c->missing : "complete", r);
	if (rc == STORE_OK)
		rc = dues_confirmed(d, c->id);
	if (rc == STORE_OK && casefile_risk_order(c->risk) > casefile_risk_order(before->risk))
		rc = dues_risk(d, c, true);
	if (rc == STORE_OK && c->urgent && !before->urgent)
		rc = casefile_tell(d, c, m->id, from->id, "case.urgent", "opened");
	else if (rc == STORE_OK)
		rc = casefile_tell_change(d, c, "case.amended", NULL);
	bool slip = strcmp(c->owner, from->id) == 0 && d->now < c->opened + SLIP_S;
	if (rc == STORE_OK && !slip)
		rc = casefile_seen(d, c, before->zone, m->id, from->id);
	if (rc == STORE_OK)
		rc = duplicates_hint(d, c, m->id);
	return rc == STORE_OK ? desk_audit(d, from->id, "case.amend", c->code,
					   c->partial ? "partial" : "complete", "")
			      : rc;
}

/* Is this what he was asked about this case? */
static int was_asked(struct desk *d, const struct reporter *from, const struct case_row *c,
		     bool *yes)
{
	char asked[24] = "", code[24] = "";

	int rc = context_get(d->st, from->id, d->now, asked, sizeof(asked), code, sizeof(code));
	*yes = rc == STORE_OK && strcmp(code, c->code) == 0 &&
	       (strcmp(asked, "zone") == 0 || strcmp(asked, "concern") == 0);
	return rc == STORE_NONE ? STORE_OK : rc;
}

int cases_amend(struct desk *d, const struct message *m, const struct reporter *from,
		const struct reading *r, struct effect *out)
{
	struct case_row c, before;
	bool found, answers;

	int rc = casefile_open(d, from, r, out, &c, &found);
	if (rc == STORE_OK && found)
		rc = was_asked(d, from, &c, &answers);
	if (rc != STORE_OK || !found)
		return rc;
	if (!life_may(&c, LIFE_AMEND, from)) {
		life_refuse(d, &c, from, out);
		return STORE_OK;
	}
	before = c;
	take_facts(r, &c);
	/* A risk is lowered by its own word, with a second person; never in passing. */
	if (casefile_risk_order(c.risk) < casefile_risk_order(before.risk))
		memcpy(c.risk, before.risk, sizeof(c.risk));
	ask(out, &c);
	if (strcmp(out->asked, "concern") == 0)
		answer_with(out, "case_new_ask_concern");
	else if (out->asked[0])
		answer_with(out, "case_ask_zone");
	else if (answers)
		answer_with(out, "case_amend_ok"); /* asked and answered: nothing was guessed */
	if (!changed(&before, &c) && r->text_len == 0)
		return STORE_OK;
	return amend(d, m, from, r, &c, &before);
}

int cases_for_person(struct desk *d, const struct message *m, const struct reporter *from,
		     const struct reading *r, struct effect *out)
{
	struct case_row c;
	bool found;

	(void)m;
	if (!reading_word(r, "case"))
		return answer_later(out);
	int rc = casefile_open(d, from, r, out, &c, &found);
	if (rc != STORE_OK || !found)
		return rc;
	rc = casefile_note(d, c.id, from->id, "received", r->intent, r);
	return rc == STORE_OK ? answer_later(out) : rc;
}

/* ---- taking back ---------------------------------------------------------------------------- */

int cases_takeback(struct desk *d, int64_t message, const struct reporter *from, bool *undone,
		   struct effect *out)
{
	struct case_row c;

	*undone = false;
	int rc = case_by_message(d->st, message, &c);
	if (rc != STORE_OK)
		return rc == STORE_NONE ? STORE_OK : rc;
	out->case_id = c.id;
	/* An urgent case is never closed by one word from a phone that may be in other hands; nor one
	 * that somebody has worked on. */
	if (c.urgent || !life_may(&c, LIFE_UNDO, c.owner[0] ? from : NULL))
		return casefile_note(d, c.id, from->id, "received", "undo", NULL);
	rc = life_move(d, &c, LIFE_UNDO, from->id, 0);
	if (rc == STORE_OK)
		rc = casefile_note(d, c.id, from->id, "closed", "undone by its reporter", NULL);
	if (rc == STORE_OK)
		rc = life_wind_up(d, &c, from->id, "undone by its reporter", "alert_withdrawn");
	if (rc != STORE_OK)
		return rc;
	*undone = true;
	if (c.owner[0]) /* a school is not shown a code */
		snprintf(out->case_code, sizeof(out->case_code), "%s", c.code);
	return desk_audit(d, from->id, "case.close", c.code, "undone by its reporter", "");
}
