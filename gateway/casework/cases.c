/* cases.c - cases.  See cases.h.  May call the store, alerts and outbox/post. */
#include "gateway/casework/cases.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "gateway/casework/alerts.h"
#include "gateway/hub/clock.h"

#define NUMBERS_TRIED 64 /* four check characters of thirty-six are skipped: far more than enough */
#define CHILD_BELOW 18

static void reply_with(struct effect *out, const char *id)
{
	snprintf(out->override_reply, sizeof(out->override_reply), "%s", id);
}

static int to_person(struct effect *out)
{
	out->queue = true;
	reply_with(out, "queued");
	return STORE_OK;
}

/* ---- who may see ---------------------------------------------------------------------------- */

bool cases_sees_all(const struct reporter *from)
{
	bool mun = !from->agency[0] || strcmp(from->agency, "MUN") == 0;

	return mun && (strcmp(from->role, "coordinator") == 0 || strcmp(from->role, "duty") == 0);
}

int cases_visible(struct desk *d, const struct reporter *from, const char *code,
		  struct case_row *out)
{
	if (!code || !code[0])
		return STORE_NONE;
	int rc = case_by_code(d->st, code, out);
	if (rc == STORE_OK && !cases_sees_all(from) && strcmp(out->owner, from->id) != 0)
		return STORE_NONE;
	return rc;
}

/* ---- from a reading to a row ---------------------------------------------------------------- */

static bool lists(const char *list, const char *word)
{
	char padded[READING_WORD + 2], all[100];

	snprintf(padded, sizeof(padded), ",%.39s,", word);
	snprintf(all, sizeof(all), ",%.96s,", list);
	return strstr(all, padded) != NULL;
}

static void join_list(const struct reading *r, const char *field, char *out, size_t max)
{
	const struct reading_item *items;
	size_t n = reading_list(r, field, &items);

	for (size_t i = 0; i < n; i++) {
		if (!lists(out, items[i].word))
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

static void mark_missing(struct case_row *c)
{
	c->missing[0] = '\0';
	if (!c->zone[0] && c->pupil < 0)
		desk_join(c->missing, sizeof(c->missing), ",", "zone");
	if (!c->concerns[0])
		desk_join(c->missing, sizeof(c->missing), ",", "concern");
	c->partial = c->missing[0] != '\0';
}

static int risk_order(const char *risk)
{
	return strcmp(risk, "high") == 0     ? 3
	       : strcmp(risk, "medium") == 0 ? 2
	       : strcmp(risk, "low") == 0    ? 1
					     : 0;
}

/* What was said is taken; what was not stays as it is. */
static void take_facts(const struct reading *r, struct case_row *c)
{
	join_list(r, "concerns", c->concerns, sizeof(c->concerns));
	join_list(r, "flags", c->flags, sizeof(c->flags));
	take_word(r, "zone", c->zone, sizeof(c->zone));
	take_word(r, "sex", c->sex, sizeof(c->sex));
	take_word(r, "country", c->country, sizeof(c->country));
	if (reading_word(r, "risk") && risk_order(reading_word(r, "risk")))
		take_word(r, "risk", c->risk, sizeof(c->risk));
	take_int(r, "age", &c->age);
	take_int(r, "n_children", &c->n_children);
	if (reading_flag(r, "urgent")) {
		c->urgent = true;
		snprintf(c->risk, sizeof(c->risk), "high");
	}
	if (c->age >= CHILD_BELOW && !lists(c->flags, "adult"))
		desk_join(c->flags, sizeof(c->flags), ",", "adult");
	mark_missing(c);
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

/* ---- history -------------------------------------------------------------------------------- */

static int history(struct desk *d, int64_t id, const char *who, const char *what,
		   const char *detail, const struct reading *r)
{
	char cut[96];

	desk_cut(cut, sizeof(cut), detail);
	return case_event_add(d->st, id, d->now, who, what, cut, r ? r->text : "",
			      r ? r->text_len : 0);
}

/* For a child an act or a purpose of exploitation is enough: no proof of force is asked, ever (UN
 * Trafficking Protocol, article 3 c; national screening rule for those under eighteen). */
static bool presumed_victim(const struct case_row *c)
{
	static const char *const acts[] = { "begging",     "labour",   "drugs", "sexual",
					    "trafficking", "marriage", "crime" };

	if (c->age >= CHILD_BELOW)
		return false;
	for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++) {
		if (lists(c->concerns, acts[i]))
			return true;
	}
	return false;
}

static int add_history(struct desk *d, const struct case_row *c, const char *who,
		       const struct reading *r)
{
	const struct reading_item *items;
	char more[96] = "";
	size_t n = reading_list(r, "pupils", &items);

	int rc = history(d, c->id, who, "opened", c->concerns, r);
	if (rc == STORE_OK && presumed_victim(c))
		rc = history(d, c->id, "system", "nrm", "potential", NULL);
	for (size_t i = 1; i < n; i++) {
		char one[12];
		snprintf(one, sizeof(one), "%d", (int)items[i].num);
		desk_join(more, sizeof(more), ",", one);
	}
	return rc == STORE_OK && more[0] ? history(d, c->id, who, "pupils", more, NULL) : rc;
}

/* ---- telling -------------------------------------------------------------------------------- */

static void case_facts(const struct case_row *c, struct post_event *e)
{
	*e = (struct post_event){ .case_id = c->id,
				  .case_code = c->code,
				  .concerns = c->concerns,
				  .zone = c->zone,
				  .sex = c->sex,
				  .risk = c->risk,
				  .age = c->age,
				  .n_children = c->n_children,
				  .urgent = c->urgent,
				  .school = c->school,
				  .class_name = c->class_name,
				  .country = c->country,
				  .pupil = c->pupil,
				  .days = -1,
				  .flags = c->flags };
}

static int tell(struct desk *d, const struct case_row *c, const struct message *m, const char *who,
		const char *event)
{
	struct alerts_about about = { .subject = c->code, .window = "opened", .case_id = c->id,
				      .message = m->id, .owner = c->owner, .who = who };
	int raised;

	case_facts(c, &about.facts);
	return alerts_raise_event(d, event, &about, &raised);
}

static int tell_new(struct desk *d, const struct case_row *c, const struct message *m,
		    const char *who)
{
	return tell(d, c, m, who, c->urgent ? "case.urgent" : "case.new");
}

/* ---- effects -------------------------------------------------------------------------------- */

static void remember(struct effect *out, const struct case_row *c)
{
	out->case_id = c->id;
	snprintf(out->case_code, sizeof(out->case_code), "%s", c->code);
	out->facts.case_code = out->case_code;
}

/* One question at most, and where the child is comes first: help can go there. */
static void ask(struct effect *out, const struct case_row *c)
{
	if (strstr(c->missing, "zone"))
		snprintf(out->asked, sizeof(out->asked), "zone");
	else if (strstr(c->missing, "concern"))
		snprintf(out->asked, sizeof(out->asked), "concern");
}

int cases_new(struct desk *d, const struct message *m, const struct reporter *from,
	      const struct reading *r, struct effect *out)
{
	struct case_row c;

	memset(&c, 0, sizeof(c));
	c.age = c.n_children = -1;
	c.message = m->id;
	c.opened = c.updated = d->now;
	snprintf(c.state, sizeof(c.state), "new");
	take_pupil(r, from, &c);
	take_facts(r, &c);
	/* A school never owns a case: its people must not be able to ask what became of the child.
	 */
	if (!by_school(from))
		desk_cut(c.owner, sizeof(c.owner), from->id);
	int rc = next_code(d, c.code);
	if (rc == STORE_OK)
		rc = case_add(d->st, &c, d->now, &c.id);
	if (rc == STORE_OK)
		rc = add_history(d, &c, from->id, r);
	if (rc == STORE_OK)
		rc = tell_new(d, &c, m, from->id);
	if (rc == STORE_OK)
		rc = desk_audit(d, from->id, "case.open", c.code,
				c.urgent    ? "urgent"
				: c.partial ? "partial"
					    : "new",
				"");
	if (rc != STORE_OK)
		return rc;
	out->case_id = c.id;
	if (by_school(from))
		return STORE_OK; /* thanks, and nothing that tells of a case */
	remember(out, &c);
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

/* Offices hear what was added to a case, each under its own mandate.  The alert the case was raised
 * under goes with it: where no row names the event, it is all that tells the municipality which. */
static int tell_amended(struct desk *d, const struct case_row *c, const char *event)
{
	struct alert_row first;
	struct post_event e;
	size_t n = 0;
	int agencies;

	int rc = alert_of_message(d->st, c->message, &first, 1, &n);
	if (rc != STORE_OK && rc != STORE_NONE)
		return rc;
	case_facts(c, &e);
	e.event = event;
	e.alert = n ? first.number : 0;
	e.rule = n ? first.rule : "";
	return post_event(d, &e, &agencies);
}

int cases_amend(struct desk *d, const struct message *m, const struct reporter *from,
		const struct reading *r, struct effect *out)
{
	struct case_row c, before;

	int rc = cases_visible(d, from, reading_word(r, "case"), &c);
	if (rc == STORE_NONE) {
		reply_with(out, "no_case");
		return STORE_OK;
	}
	if (rc != STORE_OK)
		return rc;
	before = c;
	take_facts(r, &c);
	remember(out, &c);
	ask(out, &c);
	if (strcmp(out->asked, "concern") == 0)
		reply_with(out, "case_new_ask_concern");
	if (!changed(&before, &c) && r->text_len == 0)
		return STORE_OK;
	rc = case_update(d->st, &c, d->now);
	if (rc == STORE_OK)
		rc = history(d, c.id, from->id, "amended", c.missing[0] ? c.missing : "complete",
			     r);
	if (rc == STORE_OK && c.urgent && !before.urgent)
		rc = tell(d, &c, m, from->id, "case.urgent");
	else if (rc == STORE_OK)
		rc = tell_amended(d, &c, "case.amended");
	return rc == STORE_OK ? desk_audit(d, from->id, "case.amend", c.code,
					   c.partial ? "partial" : "complete", "")
			      : rc;
}

int cases_risk(struct desk *d, const struct message *m, const struct reporter *from,
	       const struct reading *r, struct effect *out)
{
	const char *risk = reading_word(r, "risk");
	struct case_row c;

	int rc = cases_visible(d, from, reading_word(r, "case"), &c);
	if (rc == STORE_NONE) {
		reply_with(out, "no_case");
		return STORE_OK;
	}
	if (rc != STORE_OK)
		return rc;
	if (!risk || !risk_order(risk) || risk_order(risk) < risk_order(c.risk))
		return cases_for_person(d, m, from, r, out);
	remember(out, &c);
	if (strcmp(risk, c.risk) == 0)
		return STORE_OK;
	desk_cut(c.risk, sizeof(c.risk), risk);
	rc = case_update(d->st, &c, d->now);
	if (rc == STORE_OK)
		rc = history(d, c.id, from->id, "risk", risk, r);
	if (rc == STORE_OK)
		rc = tell_amended(d, &c, "case.risk");
	return rc == STORE_OK ? desk_audit(d, from->id, "case.risk", c.code, risk, "") : rc;
}

int cases_for_person(struct desk *d, const struct message *m, const struct reporter *from,
		     const struct reading *r, struct effect *out)
{
	const char *code = reading_word(r, "case");
	struct case_row c;

	(void)m;
	if (!code)
		return to_person(out);
	int rc = cases_visible(d, from, code, &c);
	if (rc == STORE_NONE) {
		reply_with(out, "no_case");
		return STORE_OK;
	}
	if (rc != STORE_OK)
		return rc;
	rc = history(d, c.id, from->id, "received", r->intent, r);
	out->case_id = c.id;
	return rc == STORE_OK ? to_person(out) : rc;
}

/* ---- taking back ---------------------------------------------------------------------------- */

int cases_takeback(struct desk *d, int64_t message, const struct reporter *from, bool *undone,
		   struct effect *out)
{
	struct alert_row rows[16];
	struct case_row c;
	size_t n = 0;

	*undone = false;
	int rc = case_by_message(d->st, message, &c);
	if (rc != STORE_OK)
		return rc == STORE_NONE ? STORE_OK : rc;
	out->case_id = c.id;
	/* An urgent case is never closed by one word from a phone that may be in other hands. */
	if (c.urgent)
		return history(d, c.id, from->id, "received", "undo", NULL);
	rc = case_set_state(d->st, c.id, "new", "closed", d->now);
	if (rc == STORE_STATE)
		return history(d, c.id, from->id, "received", "undo", NULL);
	if (rc == STORE_OK)
		rc = history(d, c.id, from->id, "closed", "undone by its reporter", NULL);
	if (rc == STORE_OK)
		rc = alert_open_for(d->st, c.code, rows, 16, &n);
	for (size_t i = 0; rc == STORE_OK && i < n; i++)
		rc = alerts_withdraw(d, &rows[i], from->id, "undone by its reporter",
				     "alert_withdrawn");
	if (rc != STORE_OK)
		return rc;
	*undone = true;
	if (c.owner[0]) /* a school is not shown a code */
		snprintf(out->case_code, sizeof(out->case_code), "%s", c.code);
	return desk_audit(d, from->id, "case.close", c.code, "undone by its reporter", "");
}
