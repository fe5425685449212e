/* doubt.c - see doubt.h.  Owns the short lists of words that no form uses but that change what a text
 * does: question words, the future, relatives, "present" and "not yet".  May call scan, reading.
 *
 * Asking once too often costs a text; taking a question or a plan for a fact writes a wrong record.
 */
#include "parser/doubt.h"
#include <string.h>

static bool in(const char *const *list, const struct scan *s, int i)
{
	for (; *list; list++)
		if (token_is(&s->ts, i, *list))
			return true;
	return false;
}

static bool any(const char *const *list, const struct scan *s)
{
	for (int i = 0; i < s->ts.n; i++)
		if (in(list, s, i))
			return true;
	return false;
}

static bool one_of(const struct reading *r, const char *const *list)
{
	for (; *list; list++)
		if (reading_is(r, *list))
			return true;
	return false;
}

/* "kush mungon", "sa raste", "a ka droge", "has .. arrived": known by the head, with a mark or not. */
static bool question_head(const struct scan *s, bool tale)
{
	static const char *const heads[] = { "kush", "sa", "who", NULL };
	/* a tale of harm may begin so: "kur vjen ne shtepi e rrahin" */
	static const char *const also[] = { "kur", "when", "has", NULL };
	static const char *const after_a[] = { "ka", "kane", "kemi", "jane", "eshte", "ta", "te", NULL };
	if (s->ts.n < 2)
		return false;
	if (token_is(&s->ts, 0, "how"))
		return token_is(&s->ts, 1, "many");
	if (token_is(&s->ts, 0, "a"))
		return !scan_glued(s, 1) && in(after_a, s, 1);
	return in(heads, s, 0) || (!tale && in(also, s, 0));
}

/* Someone else's doing: "martohet motra e saj", "vellai i saj .. per droge".  Who beats or forces the child
 * is a relative too: such a concern stays a case. */
static bool of_sibling(const struct scan *s, const struct reading *r)
{
	static const char *const kin[] = { "motra", "vellai", "sister", "brother", NULL };
	static const char *const done_to[] = { "violence", "sexual", "neglect", "trafficking", "begging",
					       "street", "unaccompanied", NULL };
	for (const char *const *c = done_to; *c; c++)
		if (reading_lists(r, "concerns", *c))
			return false;
	return any(kin, s);
}

static bool of_parents(const struct scan *s)
{
	static const char *const kin[] = { "prinderit", "babai", "nena", "parents", "father", "mother", "motra",
					   "vellai", "sister", "brother", NULL };
	return any(kin, s);
}

static bool planned(const struct scan *s)
{
	static const char *const verb[] = { "te", "bej", "shkoj", "mungoje", "mungojne", "vizitoj", NULL };
	for (int i = 0; i < s->ts.n; i++)
		if (token_is(&s->ts, i, "will") || (token_is(&s->ts, i, "do") && in(verb, s, i + 1)) ||
		    (token_is(&s->ts, i, "nuk") && token_is(&s->ts, i + 1, "vjen")))
			return true;
	return false;
}

static bool weekday(const struct pick *p)
{
	for (int i = 0; i < p->n; i++)
		if (p->p[i].u->type == U_DATE && (p->p[i].u->flags & K_WEEKDAY) &&
		    !(p->p[i].u->flags & K_SPAN))
			return true;
	return false;
}

static bool within_class(const struct pick *p, int at)
{
	for (int i = 0; i < p->n; i++) {
		const struct unit *u = p->p[i].u;
		if (p->p[i].used && u->type == U_CLASS && at >= u->at && at < u->at + u->n)
			return true;
	}
	return false;
}

/* "5A/B 3", "5A 12 e 6 B 3": a section that no class of the reading took. */
static bool stray_section(const struct scan *s, const struct pick *p)
{
	static const char *const letters[] = { "b", "c", "d", NULL };
	for (int i = 1; i < s->ts.n; i++)
		if (in(letters, s, i) && !scan_glued(s, i + 1) && !within_class(p, i) &&
		    (s->ts.t[i - 1].number || within_class(p, i - 1)))
			return true;
	return false;
}

/* "3 4 5 mungojne, 4 me raport": one pupil named again, so the word is about that one. */
static bool named_again(const struct pick *p, const struct reading *r)
{
	const char *cat = reading_word(r, "category");
	if (!cat || strcmp(cat, "unknown") == 0)
		return false;
	for (int i = 0; i < p->n; i++)
		for (int k = 0; k < i; k++)
			if (p->p[i].used && p->p[k].used && p->p[i].u->type == U_NUMBER &&
			    p->p[k].u->type == U_NUMBER && p->p[i].u->a == p->p[k].u->a)
				return true;
	return false;
}

/* "tete e nente": a number in words that goes on with one read as a place in a row. */
static bool words_go_on(const struct scan *s, const struct pick *p)
{
	for (int i = 0; i < p->n; i++) {
		const struct unit *u = p->p[i].u;
		int at = u->at + u->n;
		if (p->p[i].used && u->type == U_NUMBER && (u->flags & K_WORDED) &&
		    (scan_is(s, at, C_ORDINAL, NULL) || (token_is(&s->ts, at, "e") &&
							 scan_is(s, at + 1, C_ORDINAL, NULL))))
			return true;
	}
	return false;
}

static const char *about_attendance(const struct scan *s, const struct pick *p, const struct reading *r)
{
	static const char *const here[] = { "present", "prezent", "prezente", "ketu", "here", NULL };
	static const char *const are[] = { "ka", "kane", "jane", "have", "gjithsej", NULL };
	if (reading_is(r, "correction") && any(here, s))
		return "correction";
	if (reading_is(r, "absence") && planned(s) && weekday(p))
		return "date";
	if (reading_is(r, "absence") && (stray_section(s, p) || named_again(p, r) || words_go_on(s, p)))
		return "meaning";
	if (reading_is(r, "absence_count") && any(are, s) && !scan_seen(s, C_ABSENCE) &&
	    !scan_seen(s, C_ABSENCES) && !scan_seen(s, C_NOT_COME))
		return "mass_absence";
	if (reading_is(r, "absence") && of_parents(s) && reading_lists(r, "flags", "work"))
		return "meaning";
	return NULL;
}

static const char *about_case(const struct scan *s, const struct pick *p, const struct reading *r)
{
	static const char *const not[] = { "s", "nuk", "not", "rralle", "rarely", "jo", "svajti", "svjen",
					   "sshkon", "sshkoi", NULL };
	static const char *const plan[] = { "trajnim", "takim", "training", "meeting", "shkoj", NULL };
	static const char *const place[] = { "shkolle", "shkollen", "school", NULL };
	static const char *const yet[] = { "ende", "yet", NULL };
	bool tale = reading_is(r, "case_new") && !reading_flag(r, "urgent");
	if (tale && reading_get(r, "class") && !reading_get(r, "zone") && !scan_seen(s, C_CASE) &&
	    of_sibling(s, r))
		return "meaning";
	bool plans = tale ? any(plan, s) : in(plan, s, 0);
	if (reading_is(r, "case_new") && plans && !scan_seen(s, C_CASE))
		return "meaning";
	/* a concern only nearly spelled, beside a class and without a keyword: "karrige" is no "martese" */
	for (int i = 0; tale && reading_get(r, "class") && i < p->n; i++)
		if (p->p[i].used && p->p[i].u->type == U_CONCEPT && (p->p[i].u->flags & K_GUESS) &&
		    concept_group((enum concept)p->p[i].u->concept) == G_CONCERN && !scan_seen(s, C_CASE))
			return "meaning";
	if (reading_is(r, "followup") && planned(s) && weekday(p))
		return "date";
	bool school = reading_flag(r, "in_school") ||
		      (!reading_get(r, "in_school") && any(place, s));
	if (reading_is(r, "followup") && school && any(not, s))
		return "meaning";
	if (reading_is(r, "close") && in(yet, s, s->ts.n - 1))
		return "negation";
	/* "refuzo R88 jo": refused, or not refused */
	if (reading_is(r, "referral_decline") && scan_is(s, 0, C_DECLINE, NULL) &&
	    (token_is(&s->ts, s->ts.n - 1, "jo") || token_is(&s->ts, s->ts.n - 1, "no")))
		return "negation";
	return NULL;
}

/* A yes or no with more to say: "po, por nr 13", "yes tomorrow". */
static bool qualified(const struct scan *s, const struct reading *r)
{
	static const char *const more[] = { "por", "but", "nr", "edhe", "vetem", "only", "vjen", "neser",
					    "tomorrow", NULL };
	/* "po 31", "jo 31" name the alert; after a question for a class the number is a pupil's */
	bool asked = s->ctx && strncmp(s->ctx->asked, "class:", 6) == 0;
	return any(more, s) || (asked && reading_get(r, "pending"));
}

const char *doubt_about(const struct scan *s, const struct pick *p, const struct reading *r)
{
	static const char *const effect[] = { "absence", "absence_count", "all_present", "correction",
		"case_new", "return_to_school", "left_school", "excuse", "return_arrived", "referral_accept",
		"referral_decline", "followup", "close", "enrol", "task_done", NULL };
	static const char *const marked[] = { "return_arrived", "meeting_rsvp", NULL };
	static const char *const answer[] = { "confirm_pending", "deny_pending", NULL };
	if (one_of(r, effect) && question_head(s, reading_is(r, "case_new")) && !reading_flag(r, "urgent"))
		return "meaning";
	if (one_of(r, marked) && memchr(s->text, '?', s->len))
		return "meaning";
	if (one_of(r, answer))
		return qualified(s, r) ? "meaning" : NULL;
	const char *about = about_attendance(s, p, r);
	return about ? about : about_case(s, p, r);
}
