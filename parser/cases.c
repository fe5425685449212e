/* cases.c - readings about a child at risk: a new case, additions, follow-up, referral, return.  A case
 * report is never refused for what it lacks; what is missing is listed and one thing is asked.
 * May call finish, scan, world, calendar. */
#include <stdio.h>
#include <string.h>
#include "parser/calendar.h"
#include "parser/finish.h"

void finish_person(const struct pick *p, struct reading *r)
{
	int people = 0, sex = 0;
	int32_t age = -1, kids = 0;
	for (int i = 0; i < p->n; i++) {
		const struct unit *u = p->p[i].u;
		if (!p->p[i].used)
			continue;
		if (u->flags & K_FIXED)
			reading_set_flag(r, "confirm");
		if (u->type == U_SEX_AGE || u->type == U_SEX || u->type == U_AGE) {
			people += u->type == U_SEX_AGE;
			if (!sex && u->type != U_AGE)
				sex = u->a;
			/* "5 dhe 8 vjec" are two ages */
			bool two = u->type == U_AGE && i > 1 && p->p[i - 2].u->type == U_NUMBER &&
				   p->p[i - 1].u->type == U_CONCEPT && p->p[i - 1].u->concept == C_AND;
			if (age < 0 && u->type != U_SEX && !two)
				age = u->b;
		} else if (u->type == U_KIDS) {
			kids += u->a;
			if (!sex)
				sex = u->b;
		}
	}
	if (people > 1 && people > kids) {
		kids = people;
		reading_set_flag(r, "confirm");
	}
	if (sex)
		reading_set_word(r, "sex", sex == 'M' ? "M" : "F");
	/* "3 kids .. ages 7, 9 and 11": no one's age */
	if (age >= 0 && !(kids > 1 && pick_first(p, U_NUMBER)))
		reading_set_int(r, "age", age);
	if (kids > 1)
		reading_set_int(r, "n_children", kids);
	if (age >= 18)
		add_once(r, "flags", "adult");
}

static void write_zone(struct scan *s, const struct pick *p, struct reading *r)
{
	const struct unit *first = NULL;
	for (int i = 0; i < p->n; i++) {
		const struct unit *u = p->p[i].u;
		if (u->type != U_ZONE || !p->p[i].used)
			continue;
		if (u->flags & K_FIXED)
			reading_set_flag(r, "confirm");
		if (u->a < 0) {
			r->error = "unknown_zone";
			continue;
		}
		if (first && first->a != u->a) {
			reading_set_flag(r, "confirm");
			continue;
		}
		first = u;
	}
	if (first) {
		reading_set_word(r, "zone", s->w->zones[first->a]);
		r->error = NULL;
	}
}

/* Concerns, flags, risk, urgency and country: everything a report says in words. */
static void write_words(struct scan *s, const struct pick *p, struct reading *r)
{
	bool work = false, taken = false;
	for (int i = 0; i < p->n; i++) {
		const struct unit *u = p->p[i].u;
		if (u->type != U_CONCEPT || !p->p[i].used)
			continue;
		enum concept c = (enum concept)u->concept;
		enum concept_group g = concept_group(c);
		if (g == G_CONCERN && (u->flags & K_GUESS))
			reading_set_flag(r, "confirm");
		if (g == G_CONCERN)
			add_once(r, "concerns", concept_name(c));
		else if (g == G_FLAG)
			add_once(r, "flags", concept_name(c));
		else if (g == G_RISK)
			reading_set_word(r, "risk", concept_name(c));
		else if (c == C_URGENT || c == C_NOW)
			reading_set_flag(r, "urgent");
		else if (c == C_COUNTRY)
			reading_set_word(r, "country", s->w->values[u->a]);
		else if (c == C_DROPOUT || c == C_NOT_IN_SCHOOL)
			add_once(r, "concerns", "dropout");
		work |= c == C_WORK;
		taken |= c == C_TAKEN;
	}
	if (taken) {
		add_once(r, "concerns", "trafficking");
		reading_set_flag(r, "urgent");
	}
	const struct reading_item *it;
	size_t n = reading_list(r, "concerns", &it);
	/* work explains an absence from school; beside another concern it may be a parent's */
	if (work && (n == 0 || (n == 1 && strcmp(it[0].word, "dropout") == 0)))
		reading_add_word(r, "concerns", "labour");
}

/* A deed announced for the next days cannot wait for the ordinary queue. */
static void write_imminent(struct scan *s, const struct pick *p, struct reading *r)
{
	const struct unit *d = pick_first(p, U_DATE);
	if (!d || (d->flags & (K_BACK | K_VAGUE)))
		return;
	int32_t day = d->flags & K_WEEKDAY ? d->c : d->a;
	if (day > s->today && day <= s->today + 7 &&
	    (reading_lists(r, "concerns", "marriage") || reading_lists(r, "concerns", "trafficking")))
		reading_set_flag(r, "urgent");
}

static void write_pupil(struct scan *s, const struct pick *p, struct reading *r)
{
	const struct unit *c = pick_first(p, U_CLASS);
	int n;
	if (!c)
		return;
	int at = world_find_class(s->w, s->school, c->a, c->b, &n);
	if (at < 0) {
		finish_fail(r, "unknown_class");
		return;
	}
	reading_set_word(r, "class", s->w->classes[at].name);
	for (int i = 0; i < p->n; i++) {
		const struct unit *u = p->p[i].u;
		if (u->type != U_NUMBER || !p->p[i].used)
			continue;
		if (u->a < 1 || u->a > s->w->classes[at].size)
			finish_fail(r, "pupil_out_of_range");
		else
			add_number_once(r, "pupils", u->a);
	}
}

void finish_case_new(struct scan *s, struct pick *p, struct reading *r)
{
	/* An absence and a case in one text: recording one would lose the other. */
	const struct unit *absent = pick_concept(p, C_ABSENCE);
	bool pupil = absent && !p->triggered && pick_first(p, U_CLASS) && pick_concept(p, C_COUNTRY);
	if (absent && (absent->at == s->first_word || pupil) && pick_first(p, U_CLASS)) {
		finish_clarify(r, "absence_or_case");
		return;
	}
	write_words(s, p, r);
	write_zone(s, p, r);
	finish_person(p, r);
	write_imminent(s, p, r);
	write_pupil(s, p, r);
	/* "raste e mia" has the word for a case and nothing of one */
	bool nothing = r->n_values == 0 && p->n > 1 && !pick_concept(p, C_CHILD_WORD);
	for (int i = 0; i < p->n && nothing; i++)
		nothing = p->p[i].u->type != U_WORD;
	if (nothing)
		finish_clarify(r, "meaning");
	if (!reading_get(r, "zone") && !reading_get(r, "class"))
		reading_add_word(r, "missing", "zone");
	if (!reading_get(r, "concerns"))
		reading_add_word(r, "missing", "concern");
	if (!p->triggered)
		reading_set_flag(r, "confirm");
	finish_notes(s, p, r);
}

void finish_case_amend(struct scan *s, struct pick *p, struct reading *r)
{
	bool asked = s->ctx && strcmp(s->ctx->asked, "zone") == 0;
	finish_case(s, p, r, !asked);
	if (r->error)
		return;
	write_words(s, p, r);
	write_zone(s, p, r);
	finish_person(p, r);
	finish_notes(s, p, r);
}

void finish_merge(struct scan *s, struct pick *p, struct reading *r)
{
	if (pick_first(p, U_BAD_CODE)) {
		finish_fail(r, "bad_case_code");
		return;
	}
	for (int i = 0; i < p->n; i++)
		if (p->p[i].u->type == U_CODE) {
			finish_case(s, &(struct pick){ .n = 1, .p = { p->p[i] } }, r, true);
			add_once(r, "cases", s->codes[p->p[i].u->a]);
		}
	for (unsigned i = 0; i < r->n_values; i++)
		if (strcmp(r->values[i].field, "case") == 0)
			r->values[i] = r->values[--r->n_values];
	const struct reading_item *it;
	size_t n = reading_list(r, "cases", &it);
	if (n < 2 && s->ctx && s->ctx->case_code[0]) {
		add_once(r, "cases", s->ctx->case_code);
		n++;
	}
	if (n < 2 && !(s->ctx && strcmp(s->ctx->asked, "merge") == 0))
		finish_fail(r, "missing_case");
	finish_secret(s, p, r);
}

void finish_risk(struct scan *s, struct pick *p, struct reading *r)
{
	finish_case(s, p, r, true);
	const char *risk = NULL;
	for (int i = 0; i < p->n; i++) {
		const struct unit *u = p->p[i].u;
		if (u->type != U_CONCEPT || !p->p[i].used ||
		    concept_group((enum concept)u->concept) != G_RISK)
			continue;
		if (risk && strcmp(risk, concept_name((enum concept)u->concept)) != 0)
			finish_clarify(r, "risk");
		risk = concept_name((enum concept)u->concept);
	}
	if (!risk)
		finish_clarify(r, "risk");
	else
		reading_set_word(r, "risk", risk);
	/* Lowering needs a PIN; which way it goes only the store knows. */
	bool lower = risk && strcmp(risk, "high") != 0;
	if (lower || (s->ctx && s->ctx->secret != SECRET_NONE))
		finish_auth(s, p, r);
}

void finish_status(struct scan *s, struct pick *p, struct reading *r)
{
	if (!reading_is(r, "case_list"))
		finish_case(s, p, r, true);
	finish_auth(s, p, r);
}

void finish_followup(struct scan *s, struct pick *p, struct reading *r)
{
	finish_case(s, p, r, true);
	write_zone(s, p, r);
	const char *outcome = NULL;
	for (int i = 0; i < p->n; i++) {
		const struct unit *u = p->p[i].u;
		if (u->type != U_CONCEPT || !p->p[i].used)
			continue;
		enum concept c = (enum concept)u->concept;
		const char *now = c == C_OUT_OK || c == C_DONE || c == C_OK ? "ok" :
				  c == C_OUT_BAD ? "problem" :
				  concept_group(c) == G_OUTCOME ? concept_name(c) : NULL;
		if (now && (u->flags & K_GUESS))
			reading_set_flag(r, "confirm");
		if (concept_group(c) == G_TYPE && !reading_get(r, "type"))
			reading_set_word(r, "type", concept_name(c));
		if (c == C_UNSAFE) {
			add_once(r, "flags", concept_name(c));
			outcome = outcome && strcmp(outcome, "ok") != 0 ? outcome : "problem";
		}
		if (c == C_IN_SCHOOL)
			finish_bool(r, "in_school", true);
		if (c == C_NOT_IN_SCHOOL || c == C_DROPOUT)
			finish_bool(r, "in_school", false);
		/* "done, but nobody at home": the particular outcome counts, two of them are asked */
		if (now && outcome && strcmp(now, outcome) != 0 && strcmp(outcome, "ok") != 0 &&
		    strcmp(now, "ok") != 0) {
			add_once(r, "either", outcome);
			add_once(r, "either", now);
			finish_clarify(r, "outcome");
		}
		if (now && (!outcome || strcmp(outcome, "ok") == 0))
			outcome = now;
	}
	/* what will be done has not been done; with an outcome the day is the next visit's */
	const struct unit *day = pick_first(p, U_DATE);
	if (day && day->a > s->today && !outcome)
		finish_clarify(r, "date");
	if (!outcome && scan_seen(s, C_NOT_YET))
		finish_clarify(r, "outcome"); /* a visit that was not made */
	if (outcome && !r->about)
		reading_set_word(r, "outcome", outcome);
	finish_notes(s, p, r);
}

void finish_progress(struct scan *s, struct pick *p, struct reading *r)
{
	finish_case(s, p, r, true);
	const char *domain = NULL;
	int scores = 0;
	for (int i = 0; i < p->n; i++) {
		const struct unit *u = p->p[i].u;
		if (!p->p[i].used)
			continue;
		if (u->type == U_CONCEPT) {
			domain = u->concept == C_SCHOOL_WORD ? "school" :
				 u->concept == C_FAMILY_WORD ? "family" :
				 u->concept == C_COMMUNITY_WORD ? "community" :
				 concept_weight((enum concept)u->concept) ? NULL : domain;
			if (concept_group((enum concept)u->concept) == G_FLAG)
				add_once(r, "flags", concept_name((enum concept)u->concept));
		}
		if (u->type != U_NUMBER)
			continue;
		if (u->a < 1 || u->a > 5 || (!domain && scores))
			finish_clarify(r, "score");
		else
			reading_set_int(r, domain ? domain : "score", u->a);
		scores++;
		domain = NULL;
	}
	if (!scores && !reading_get(r, "flags"))
		finish_clarify(r, "score");
	finish_notes(s, p, r);
}

static void write_agency(struct scan *s, const struct pick *p, struct reading *r, bool required)
{
	const char *agency = NULL;
	for (int i = 0; i < p->n; i++) {
		const struct unit *u = p->p[i].u;
		if (u->type != U_AGENCY || !p->p[i].used)
			continue;
		if (agency && strcmp(agency, unit_agency(s, u)) != 0)
			finish_clarify(r, "agency");
		agency = unit_agency(s, u);
	}
	if (agency)
		reading_set_word(r, "agency", agency);
	else if (required)
		finish_fail(r, "missing_agency");
}

static const char *service(const struct pick *p)
{
	for (int i = 0; i < p->n; i++) {
		const struct unit *u = p->p[i].u;
		if (u->type == U_CONCEPT && p->p[i].used &&
		    concept_group((enum concept)u->concept) == G_SERVICE)
			return concept_name((enum concept)u->concept);
	}
	return NULL;
}

void finish_refer(struct scan *s, struct pick *p, struct reading *r)
{
	finish_case(s, p, r, true);
	write_agency(s, p, r, true);
	const char *what = service(p), *agency = reading_word(r, "agency");
	if (!what && agency && strcmp(agency, "EMPLOY") == 0 &&
	    (pick_concept(p, C_PARENT_WORD) || scan_any(s, C_RELATIVE)))
		what = "parent_job";
	if (what)
		reading_set_word(r, "service", what);
	if (pick_concept(p, C_URGENT) || pick_concept(p, C_NOW))
		reading_set_flag(r, "urgent");
	if (s->ctx && s->ctx->secret != SECRET_NONE)
		finish_auth(s, p, r);
	finish_notes(s, p, r);
}

void finish_referral(struct scan *s, struct pick *p, struct reading *r)
{
	const struct unit *u = pick_first(p, U_REFERRAL);
	char ref[16];
	if (pick_count(p, U_REFERRAL) != 1) {
		finish_clarify(r, "referral");
		return;
	}
	/* "nuk refuzoj": denied, and so not its opposite either */
	const struct unit *verb = pick_concept(p, C_DECLINE);
	for (int i = 0; verb && i < p->n && p->p[i].u->at < verb->at; i++)
		if (p->p[i].u->type == U_CONCEPT && p->p[i].u->concept == C_NOT)
			finish_clarify(r, "negation");
	snprintf(ref, sizeof(ref), "R%d", (int)u->a);
	reading_set_word(r, "referral", ref);
	if (pick_concept(p, C_NO_CAPACITY))
		reading_set_word(r, "reason", "no_capacity");
	else if (pick_concept(p, C_MANDATE))
		reading_set_word(r, "reason", "mandate");
	finish_notes(s, p, r);
}

/* The register number, of a class if it is known. */
static void write_place(struct scan *s, const struct pick *p, int index, struct reading *r)
{
	const struct unit *n = pick_first(p, U_NUMBER);
	if (!n)
		return;
	if (pick_count(p, U_NUMBER) > 1 || n->a < 1 || n->a > 999) {
		finish_clarify(r, "meaning");
		return;
	}
	if (n->flags & K_FIXED)
		reading_set_flag(r, "confirm");
	reading_add_int(r, "pupils", n->a);
	if (index >= 0 && s->w->classes[index].size > 0 && n->a > s->w->classes[index].size)
		finish_fail(r, "pupil_out_of_range");
}

void finish_enrol(struct scan *s, struct pick *p, struct reading *r)
{
	finish_case(s, p, r, true);
	const struct unit *school = pick_first(p, U_SCHOOL), *c = pick_first(p, U_CLASS);
	int at = school ? school->a : s->school, n;
	if (school && school->a < 0)
		finish_clarify(r, "school");
	if (at >= 0 && !r->error)
		reading_set_word(r, "school", s->w->schools[at].id);
	if (!c) {
		finish_fail(r, pick_first(p, U_GRADE) ? "missing_section" : "missing_class");
		return;
	}
	int index = world_find_class(s->w, at, c->a, c->b, &n);
	if (index < 0)
		finish_fail(r, "unknown_class");
	else if (n > 1)
		finish_clarify(r, "school");
	if (r->error || r->about)
		return;
	reading_set_word(r, "school", s->w->schools[s->w->classes[index].school].id);
	reading_set_word(r, "class", s->w->classes[index].name);
	write_place(s, p, index, r);
	if (pick_private(p))
		finish_notes(s, p, r);
}

/* The number alone, where it was asked for: the class is the case's. */
void finish_place(struct scan *s, struct pick *p, struct reading *r)
{
	reading_set_word(r, "case", s->ctx->case_code);
	write_place(s, p, -1, r);
}

void finish_close(struct scan *s, struct pick *p, struct reading *r)
{
	finish_case(s, p, r, true);
	if (reading_is(r, "close")) {
		const char *why = NULL;
		for (int i = 0; i < p->n && !why; i++) {
			const struct unit *u = p->p[i].u;
			if (u->type != U_CONCEPT || !p->p[i].used)
				continue;
			enum concept c = (enum concept)u->concept;
			if (concept_group(c) == G_CLOSE || c == C_TRANSFERRED || c == C_MOVED_ABROAD)
				why = concept_name(c);
		}
		if (why)
			reading_set_word(r, "reason", why);
		reading_set_flag(r, "approval_required");
		if (pick_concept(p, C_ANYWAY))
			reading_set_flag(r, "anyway");
	}
	if (s->ctx && s->ctx->secret != SECRET_NONE)
		finish_auth(s, p, r);
	finish_notes(s, p, r);
}

static void write_country(struct scan *s, const struct pick *p, struct reading *r)
{
	for (int i = 0; i < p->n; i++) {
		const struct unit *u = p->p[i].u;
		if (u->type == U_CONCEPT && u->concept == C_COUNTRY && p->p[i].used &&
		    strcmp(s->w->values[u->a], "AL") != 0)
			reading_set_word(r, "country", s->w->values[u->a]);
	}
}

void finish_return_new(struct scan *s, struct pick *p, struct reading *r)
{
	if (pick_first(p, U_CODE) || pick_first(p, U_BAD_CODE))
		finish_case(s, p, r, true);
	write_country(s, p, r);
	finish_person(p, r);
	if (!finish_coming_day(s, p, r, "date"))
		finish_clarify(r, "date");
	if (!reading_get(r, "case") && !reading_get(r, "sex") && !reading_get(r, "age") &&
	    !reading_get(r, "n_children"))
		finish_fail(r, "missing_case");
	finish_notes(s, p, r);
}

void finish_arrived(struct scan *s, struct pick *p, struct reading *r)
{
	finish_person(p, r);
	bool person = reading_get(r, "sex") || reading_get(r, "age");
	finish_case(s, p, r, !person);
	write_country(s, p, r);
	const struct unit *d = pick_first(p, U_DATE);
	if (d && !(d->flags & (K_BAD | K_US | K_SPAN))) {
		char iso[11];
		day_to_iso(d->a, iso);
		if (d->a > s->today)
			finish_fail(r, "future_date");
		else
			reading_set_word(r, "date", iso);
	} else if (d) {
		finish_fail(r, "bad_date");
	}
	if (pick_concept(p, C_NOT_ARRIVED))
		finish_bool(r, "arrived", false);
	finish_notes(s, p, r);
}
