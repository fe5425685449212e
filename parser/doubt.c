/* doubt.c - see doubt.h.  What no form uses but what changes what a text does: question words, the future,
 * relatives, "present" and "not yet".  The words are marks of the vocabulary files (G_MARK).  May call
 * scan, choose, reading.
 *
 * Asking once too often costs a text; taking a question or a plan for a fact writes a wrong record.
 */
#include "parser/doubt.h"
#include <string.h>

static bool one_of(const struct reading *r, const char *const *list)
{
	for (; *list; list++)
		if (reading_is(r, *list))
			return true;
	return false;
}

/* "kush mungon", "sa raste", "a ka droge", "has .. arrived": known by the head, with a mark or not.  A tale of
 * harm may begin with when: "kur vjen ne shtepi e rrahin". */
static bool question_head(const struct scan *s, bool tale)
{
	return s->ts.n > 1 && (scan_is(s, 0, C_Q_HEAD, NULL) || (!tale && scan_is(s, 0, C_Q_WHEN, NULL)));
}

/* Someone else's doing: "martohet motra e saj", "vellai i saj .. per droge".  Who beats or forces the child
 * is a relative too: such a concern stays a case. */
static bool of_sibling(const struct scan *s, const struct reading *r)
{
	static const char *const done_to[] = { "violence", "sexual", "neglect", "trafficking", "begging",
					       "street", "unaccompanied", NULL };
	for (const char *const *c = done_to; *c; c++)
		if (reading_lists(r, "concerns", *c))
			return false;
	return scan_any(s, C_SIBLING);
}

/* A denial that no word of the reading took: "s'vajti", "rralle", a "not" left over. */
static bool loose_denial(const struct scan *s, const struct pick *p)
{
	for (int i = 0; i < p->n; i++) {
		const struct unit *u = p->p[i].u;
		const struct token *t = &s->ts.t[u->at];
		bool denied = u->type == U_WORD && (t->flags & TOK_NEAR) && *token_text(&s->ts, u->at) == 's';
		static const uint8_t denials[] = { C_NOT, C_NO, C_HARDLY, C_NOT_COME, C_NOT_COMING, C_ABSENCE };
		bool said = false;
		for (unsigned k = 0; k < sizeof(denials); k++)
			said |= scan_is(s, u->at, (enum concept)denials[k], NULL) > 0;
		if (!p->p[i].used && (denied || said || token_is(&s->ts, u->at, "s")))
			return true;
	}
	return false;
}

/* Something was told that no word of the reading took, and nothing that a person who reads the notes would
 * understand ("femija semure", "nevoje per ushqim"). */
static bool told_more(const struct scan *s, const struct pick *p)
{
	bool more = false;
	for (int i = 0; i < p->n; i++) {
		const struct unit *u = p->p[i].u;
		const struct token *t = &s->ts.t[u->at];
		enum concept_group g = u->type == U_CONCEPT ? concept_group((enum concept)u->concept) : G_NONE;
		if (g == G_SERVICE || (u->type == U_CONCEPT && u->concept == C_SICK))
			return false;
		if (p->p[i].used)
			continue;
		if ((u->type == U_WORD && !t->number && t->n > 2) ||
		    (u->type == U_CONCEPT && concept_weight((enum concept)u->concept) > 1 &&
		     !scan_is(s, u->at, C_FILLER, NULL) && !scan_is(s, u->at, C_CASE, NULL)))
			more = true;
	}
	return more;
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
	for (int i = 1; i < s->ts.n; i++)
		if (scan_letter(s, i, 'b', 'd') && !scan_glued(s, i + 1) && !within_class(p, i) &&
		    (s->ts.t[i - 1].number || within_class(p, i - 1)))
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
		    (scan_is(s, at, C_ORDINAL, NULL) || (scan_is(s, at, C_AND, NULL) &&
							 scan_is(s, at + 1, C_ORDINAL, NULL))) &&
		    !(scan_is(s, at, C_ORDINAL, NULL) == 2 && scan_is(s, at + 1, C_NUMBER, NULL)))
			return true;
	}
	return false;
}

static const char *about_attendance(const struct scan *s, const struct pick *p, const struct reading *r)
{
	if (reading_is(r, "correction") && scan_any(s, C_HERE))
		return "correction";
	if (reading_is(r, "absence") && (stray_section(s, p) || words_go_on(s, p)))
		return "meaning";
	if (reading_is(r, "absence_count") && scan_any(s, C_HAVE) && !scan_seen(s, C_ABSENCE) &&
	    !scan_seen(s, C_ABSENCES) && !scan_seen(s, C_NOT_COME))
		return "mass_absence";
	return NULL;
}

static const char *about_case(const struct scan *s, const struct pick *p, const struct reading *r)
{
	bool tale = reading_is(r, "case_new") && !reading_flag(r, "urgent");
	if (tale && reading_get(r, "class") && !reading_get(r, "zone") && !scan_seen(s, C_CASE) &&
	    of_sibling(s, r))
		return "meaning";
	bool plans = tale ? scan_any(s, C_PLAN) : scan_is(s, 0, C_PLAN, NULL) > 0;
	if (reading_is(r, "case_new") && plans && !scan_seen(s, C_CASE))
		return "meaning";
	/* a concern only nearly spelled, beside a class and without a keyword: "karrige" is no "martese" */
	for (int i = 0; tale && reading_get(r, "class") && i < p->n; i++)
		if (p->p[i].used && p->p[i].u->type == U_CONCEPT && (p->p[i].u->flags & K_GUESS) &&
		    concept_group((enum concept)p->p[i].u->concept) == G_CONCERN && !scan_seen(s, C_CASE))
			return "meaning";
	if (reading_is(r, "followup") && scan_any(s, C_FUTURE) && weekday(p))
		return "date";
	bool school = reading_flag(r, "in_school") ||
		      (!reading_get(r, "in_school") && scan_any(s, C_SCHOOL_WORD));
	if (reading_is(r, "followup") && school && loose_denial(s, p))
		return "meaning";
	/* a visit whose outcome was said in words that were not read */
	if (reading_is(r, "followup") && !reading_get(r, "outcome") && !reading_get(r, "in_school") &&
	    (loose_denial(s, p) || (!r->redacted && told_more(s, p)) || scan_seen(s, C_DEFER)))
		return "outcome";
	/* a visit on Friday, and nothing of how it went: the one gone by, or the one to come */
	if (reading_is(r, "followup") && !reading_get(r, "outcome") && !reading_get(r, "in_school") && weekday(p))
		return "date";
	if (reading_is(r, "close") && scan_is(s, s->ts.n - 1, C_STILL, NULL))
		return "negation";
	/* "refuzo R88 jo": refused, or not refused */
	if (reading_is(r, "referral_decline") && scan_is(s, 0, C_DECLINE, NULL) &&
	    scan_is(s, s->ts.n - 1, C_NO, NULL))
		return "negation";
	return NULL;
}

/* A yes or no with more to say: "po, por nr 13", "yes tomorrow". */
static bool qualified(const struct scan *s, const struct reading *r)
{
	/* "po 31", "jo 31" name the alert; after a question for a class the number is a pupil's */
	bool asked = s->ctx && strncmp(s->ctx->asked, "class:", 6) == 0;
	return scan_any(s, C_MORE) || (asked && reading_get(r, "pending"));
}

const char *doubt_about(const struct scan *s, const struct pick *p, const struct reading *r)
{
	static const char *const effect[] = { "absence", "absence_count", "all_present", "correction",
		"case_new", "return_to_school", "left_school", "excuse", "return_arrived", "referral_accept",
		"referral_decline", "referral_done", "followup", "close", "enrol", "task_done", NULL };
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
