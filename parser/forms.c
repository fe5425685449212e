/* forms.c - the table of built-in forms.  May call scan, finishing functions (by address). */
#include "parser/forms.h"
#include <string.h>
#include "parser/finish.h"

#define L(...) ((const uint8_t[]){ __VA_ARGS__, 0 })
#define CATS C_EXCUSED, C_UNEXCUSED, C_LATE, C_LEFT_EARLY, C_SICK, C_ABROAD, C_WORK, C_FAMILY_REASON, \
	C_WEATHER, C_TRANSPORT, C_NO_CLOTHES, C_COUNTRY, C_PARENT_WORD
#define CONCERNS C_BEGGING, C_LABOUR, C_DRUGS, C_SEXUAL, C_TRAFFICKING, C_MARRIAGE, C_STREET, \
	C_UNACCOMPANIED, C_VIOLENCE, C_NEGLECT, C_CRIME
#define FLAGS C_ADULT, C_INFANT, C_THIRD_PARTY, C_NIGHT, C_DEBT, C_PAPERS, C_FEAR, C_NO_INCOME, C_UNSAFE
#define ABOUT_CASE ABOUT_CHILD, C_HIGH, C_MEDIUM, C_LOW, C_RISK
#define ABOUT_CHILD CONCERNS, FLAGS, C_URGENT, C_NOW, C_TAKEN, C_COUNTRY, C_WORK, C_DROPOUT, C_NOT_IN_SCHOOL, C_CHILD_WORD, C_PARENT_WORD, C_ABROAD
#define SERVICES C_SHELTER, C_PARENT_JOB, C_COUNSEL, C_HEALTH, C_LEGAL, C_EDUCATION, C_FOOD, C_SOCIAL_AID, \
	C_DAY_CENTRE, C_BORDER, C_ASSESSMENT, C_DOCUMENTS
#define OUTCOMES C_OUT_OK, C_NOT_HOME, C_NOT_FOUND, C_MOVED_UNKNOWN, C_OUT_BAD, C_REFUSED, C_IN_SCHOOL, \
	C_NOT_IN_SCHOOL, C_DONE, C_OK
#define ROLL (T(CLASS) | T(GRADE) | T(SCHOOL) | T(DATE) | T(QUANTITY))
#define WHERE (T(CLASS) | T(GRADE))
#define WHO (T(SEX) | T(AGE) | T(SEX_AGE) | T(KIDS))

static bool asked(const struct scan *s, const char *what)
{
	return s->ctx && strncmp(s->ctx->asked, what, strlen(what)) == 0;
}

static bool seen_any(const struct scan *s, const uint8_t *list)
{
	for (; *list; list++)
		if (scan_seen(s, (enum concept)*list))
			return true;
	return false;
}

static bool school_staff(const struct scan *s)
{
	return world_allows_intent(s->w, I_ABSENCE, s->from->role);
}

/* "12 17": whose? */
static bool only_numbers(const struct scan *s)
{
	for (int i = 0; i < s->ts.n; i++)
		if (!s->ts.t[i].number || s->ts.t[i].digits > 2)
			return false;
	return s->ts.n > 0;
}

/* "5A 12 17" and, after a prompt for a class, "12 17". */
static bool bare_pupils(const struct scan *s)
{
	/* "nr 14 i 9B shet lule" is no absence */
	return school_staff(s) && (s->types & (T(NUMBER) | T(RANGE))) && (!scan_seen(s, C_LABOUR) || scan_seen(s, C_WORK)) &&
	       ((s->types & T(CLASS)) || asked(s, "class:") || asked(s, "pupils") || only_numbers(s));
}

static bool bare_count(const struct scan *s)
{
	return school_staff(s) && (s->types & (T(OUT_OF) | T(COUNT))) &&
	       ((s->types & T(CLASS)) || asked(s, "class:"));
}

/* "5A te gjithe", "asnje" after a prompt */
static bool bare_present(const struct scan *s)
{
	bool said = scan_seen(s, C_NOBODY) || (scan_seen(s, C_ALL) && scan_seen(s, C_CAME));
	return school_staff(s) && ((s->types & T(CLASS)) || asked(s, "class:")) && said;
}

/* "te gjithe prezent pervec 14" */
static bool all_but(const struct scan *s)
{
	return school_staff(s) && scan_seen(s, C_EXCEPT) && (s->types & (T(NUMBER) | T(RANGE))) &&
	       (seen_any(s, L(C_PRESENT, C_NO_ABSENCE)) || (scan_seen(s, C_ALL) && scan_seen(s, C_CAME)));
}

static bool with_total(const struct scan *s)
{
	return s->types & T(TOTAL);
}

/* the answer to "which day?" */
static bool asked_date(const struct scan *s)
{
	return asked(s, "date") && (s->types & T(DATE)) && scan_last(s);
}

/* "ishte 13 jo 12" */
static bool bare_replacement(const struct scan *s)
{
	if (!(scan_seen(s, C_NOT) || scan_seen(s, C_NO)) || !(s->types & (T(NUMBER) | T(CLASS))))
		return false;
	/* in a new report "12 por jo 17" takes nothing back */
	if (scan_seen(s, C_BUT))
		return !scan_seen(s, C_ABSENCE);
	for (int i = 1; i + 1 < s->ts.n && !scan_seen(s, C_ABSENCE); i++) {
		int n = scan_is(s, i, C_NO, NULL);
		n = n ? n : scan_is(s, i, C_NOT, NULL);
		/* "13 jo 12", "5B jo 5A" */
		bool value = s->ts.t[i - 1].number || (scan_letter(s, i - 1, 'a', 'h') && scan_glued(s, i - 1));
		if (n && value && i + n < s->ts.n && s->ts.t[i + n].number)
			return true;
	}
	return false;
}

static bool bare_case(const struct scan *s)
{
	if (asked(s, "concern"))
		return false; /* the answer to a question about a case that is open */
	/* a concern alone may be a word like any other ("mar" is a code, and "I take") */
	if (!(s->types & (T(ZONE) | WHO | T(CLASS))) && !seen_any(s, L(C_CHILD_WORD, C_URGENT)))
		return false;
	if (seen_any(s, L(C_NOT_IN_SCHOOL, C_DROPOUT)) && (s->types & T(ZONE)) && (s->types & WHO))
		return true;
	return seen_any(s, L(CONCERNS, C_TAKEN)) ||
	       (scan_seen(s, C_WORK) && (s->types & (T(ZONE) | T(SEX_AGE) | T(AGE))));
}

static bool bare_amend(const struct scan *s)
{
	uint32_t facts = T(ZONE) | WHO;
	bool said = (s->types & facts) || seen_any(s, L(CONCERNS, FLAGS));
	return said && ((s->types & T(CODE)) || asked(s, "zone") || asked(s, "concern") ||
			(s->ctx && s->ctx->case_code[0]));
}

static bool code_and_risk(const struct scan *s)
{
	return (s->types & T(CODE)) && seen_any(s, L(C_HIGH, C_MEDIUM, C_LOW));
}

static bool code_and_outcome(const struct scan *s)
{
	return ((s->types & T(CODE)) || (s->ctx && s->ctx->case_code[0])) && seen_any(s, L(OUTCOMES));
}

static bool meeting_with_people(const struct scan *s)
{
	return scan_seen(s, C_MEETING) && (s->types & T(COUNT));
}

static bool meeting_yes_no(const struct scan *s)
{
	return scan_seen(s, C_MEETING) && (scan_seen(s, C_YES) || scan_seen(s, C_NO));
}

static bool only_language(const struct scan *s)
{
	return s->ts.n <= 2;
}

static bool two_secrets(const struct scan *s)
{
	return scan_seen(s, C_PIN);
}

/* a number and the word that was agreed on for its loss, however "humba" was typed */
static bool phone_and_codeword(const struct scan *s)
{
	return (s->types & T(PHONE)) && s->ctx && s->ctx->secret == SECRET_CODEWORD && !scan_seen(s, C_LOCK);
}

/* "12" after "which register number?" about a case: a school's people are asked about absences */
static bool asked_place(const struct scan *s)
{
	return asked(s, "pupils") && s->ctx->case_code[0] && !school_staff(s) && (s->types & T(NUMBER));
}

/* with a PIN it is a yes like others: casework knows to what */
static bool asked_merge(const struct scan *s)
{
	return asked(s, "merge") && scan_seen(s, C_YES) && !scan_seen(s, C_PIN);
}

static bool asked_confirm(const struct scan *s)
{
	return asked(s, "confirm") && (scan_seen(s, C_OK) || scan_seen(s, C_DONE));
}

/* "gabim" to what was shown back, and nothing of what is right */
static bool asked_wrong(const struct scan *s)
{
	return asked(s, "confirm") && scan_any(s, C_WRONG) && !(s->types & (T(NUMBER) | T(CLASS)));
}

/* "dergo E26-0147-V te policia" */
static bool sent_to_agency(const struct scan *s)
{
	return (s->types & T(CODE)) && (s->types & T(AGENCY)) && scan_seen(s, C_SEND);
}

static bool task_is_done(const struct scan *s)
{
	return (s->types & T(TASK)) && scan_seen(s, C_OK);
}

static bool referral_and_reason(const struct scan *s)
{
	return (s->types & T(REFERRAL)) && seen_any(s, L(C_NO_CAPACITY, C_MANDATE));
}

static bool referral_and_ok(const struct scan *s)
{
	return (s->types & T(REFERRAL)) && seen_any(s, L(C_OK, C_TOOK, C_YES));
}

const struct form forms[] = {
	/* who was in class */
	{ I_ABSENCE, FORM_PRIVATE, L(C_ABSENCE, C_ABSENCE_SHORT, C_LATE, C_LEFT_EARLY, C_ABSENCES),
	  L(CATS, C_ALL, C_SOME, C_NOBODY, C_EXCUSE, C_LABOUR), ROLL | T(NUMBER) | T(RANGE) | T(COUNT),
	  { WHERE, T(NUMBER) | T(RANGE) }, 1, bare_pupils, finish_absence },
	{ I_ABSENCE_COUNT, FORM_PRIVATE, L(C_ABSENCE, C_ABSENCE_SHORT, C_ABSENCES), L(C_ALL, C_SOME),
	  ROLL | T(OUT_OF) | T(COUNT) | T(TOTAL), { WHERE, T(OUT_OF) | T(COUNT) }, 1, bare_count,
	  finish_absence_count },
	{ I_ABSENCE_COUNT, FORM_PRIVATE, L(C_ABSENCE, C_ABSENCE_SHORT, C_ABSENCES), L(C_AND),
	  ROLL | T(NUMBER) | T(TOTAL), { WHERE, T(TOTAL), T(NUMBER) }, 1, with_total,
	  finish_absence_count },
	{ I_ALL_PRESENT, FORM_PRIVATE, L(C_NO_ABSENCE, C_PRESENT), L(C_ALL, C_NOBODY, C_CAME), ROLL,
	  { WHERE }, 1, bare_present, finish_all_present },
	{ I_ABSENCE, FORM_PRIVATE, L(0), L(CATS, C_EXCEPT, C_PRESENT, C_NO_ABSENCE, C_ALL, C_CAME),
	  ROLL | T(NUMBER) | T(RANGE), { WHERE, T(NUMBER) | T(RANGE) }, 0, all_but, finish_all_but },
	{ I_ABSENCE, FORM_PRIVATE, L(C_REPORTED), L(C_BUT, C_YES), T(DATE), { T(DATE) }, 0, asked_date,
	  finish_date_answer },
	{ I_CLARIFY, 0, L(C_REPORTED), L(C_ABSENCE, C_YES, C_ABSENCES, C_BUT, C_QUESTION),
	  ROLL | T(NUMBER) | T(RANGE), { WHERE }, NEVER, NULL, finish_reported },
	{ I_CORRECTION, FORM_PRIVATE, L(C_CORRECT),
	  L(CATS, C_NOT, C_NO, C_BUT, C_YES, C_ABSENCE, C_PRESENT, C_WITHOUT),
	  ROLL | T(NUMBER) | T(RANGE), { WHERE | T(NUMBER) }, 0, bare_replacement, finish_correction },
	{ I_UNDO, 0, L(C_UNDO), L(C_LAST_WORD, C_ABSENCE, C_ABSENCES, C_CASE, C_CORRECT), WHERE, { 0 }, NEVER, NULL,
	  finish_undo },
	{ I_EXCUSE, FORM_PRIVATE, L(C_EXCUSE), L(CATS, C_ABSENCE, C_ABSENCES), ROLL | T(NUMBER) | T(RANGE),
	  { WHERE, T(NUMBER) | T(RANGE) }, NEVER, NULL, finish_excuse },
	{ I_RETURN_TO_SCHOOL, FORM_PRIVATE, L(C_RETURNED, C_CAME), L(C_IN_SCHOOL, C_PRESENT, C_ABSENCES),
	  ROLL | T(NUMBER) | T(RANGE), { WHERE, T(NUMBER) | T(RANGE) }, NEVER, NULL, finish_return },
	{ I_LEFT_SCHOOL, FORM_PRIVATE, L(C_DROPOUT, C_TRANSFERRED, C_MOVED_ABROAD, C_LEFT_SCHOOL, C_MARRIED),
	  L(C_COUNTRY, C_ABROAD, C_PARENT_WORD, C_WORK, C_NOT_IN_SCHOOL), ROLL | T(NUMBER) | T(RANGE),
	  { WHERE, T(NUMBER) | T(RANGE) }, NEVER, NULL, finish_left },
	/* a child at risk */
	{ I_CASE_NEW, FORM_TEXT | FORM_TALE, L(C_CASE), L(ABOUT_CASE, C_TIP), T(ZONE) | T(DATE) | WHO, { 0 }, 1, bare_case,
	  finish_case_new },
	{ I_CASE_NEW, FORM_TEXT | FORM_TALE, L(C_CASE), L(ABOUT_CASE, C_TIP), T(ZONE) | T(DATE) | WHO | T(CLASS) | T(NUMBER),
	  { T(CLASS) }, 1, bare_case, finish_case_new },
	{ I_CASE_AMEND, FORM_TEXT | FORM_TALE, L(C_AMEND), L(ABOUT_CHILD, C_CASE), T(CODE) | T(BAD_CODE) | T(ZONE) | WHO,
	  { T(CODE) | T(BAD_CODE) }, 2, bare_amend, finish_case_amend },
	{ I_MERGE, 0, L(C_MERGE), L(C_CASE, C_YES, C_PIN), T(CODE) | T(BAD_CODE) | T(SECRET), { 0 }, 1, asked_merge,
	  finish_merge },
	{ I_CASE_RISK, 0, L(C_RISK), L(C_HIGH, C_MEDIUM, C_LOW, C_CASE, C_PIN), T(CODE) | T(BAD_CODE) | T(SECRET),
	  { T(CODE) | T(BAD_CODE) }, 1, code_and_risk, finish_risk },
	{ I_CASE_STATUS, 0, L(C_STATUS), L(C_PIN, C_CASE), T(CODE) | T(BAD_CODE) | T(SECRET),
	  { T(CODE) | T(BAD_CODE) }, NEVER, NULL, finish_status },
	{ I_CASE_LIST, 0, L(C_CASES), L(C_PIN, C_CASE), T(SECRET), { 0 }, NEVER, NULL, finish_status },
	{ I_FOLLOWUP, FORM_TEXT | FORM_TALE, L(C_FOLLOWUP, C_VISIT, C_CALL),
	  L(OUTCOMES, FLAGS, C_PARENT_WORD, C_CHILD_WORD, C_URGENT),
	  T(CODE) | T(BAD_CODE) | T(DATE) | T(ZONE), { T(CODE) | T(BAD_CODE) }, 2, code_and_outcome, finish_followup },
	{ I_PROGRESS, FORM_TEXT, L(C_PROGRESS),
	  L(C_SCHOOL_WORD, C_FAMILY_WORD, C_COMMUNITY_WORD, FLAGS, C_PARENT_WORD),
	  T(CODE) | T(BAD_CODE) | T(NUMBER), { T(CODE) | T(BAD_CODE), T(NUMBER) }, NEVER, NULL,
	  finish_progress },
	{ I_REFER, FORM_TEXT, L(C_REFER),
	  L(SERVICES, C_URGENT, C_NOW, C_PARENT_WORD, C_FAMILY_WORD, C_CASE, C_PIN, C_CHILD_WORD, C_SEND),
	  T(CODE) | T(BAD_CODE) | T(AGENCY) | T(SECRET), { T(CODE) | T(BAD_CODE) }, 1, sent_to_agency,
	  finish_refer },
	{ I_REFERRAL_ACCEPT, 0, L(C_ACCEPT), L(C_OK, C_TOOK, C_YES, C_CASE), T(REFERRAL), { T(REFERRAL) }, 1,
	  referral_and_ok, finish_referral },
	{ I_REFERRAL_DECLINE, FORM_TEXT, L(C_DECLINE), L(C_NO_CAPACITY, C_MANDATE, C_NO, C_NOT), T(REFERRAL),
	  { T(REFERRAL) }, 1, referral_and_reason, finish_referral },
	{ I_REFERRAL_DONE, FORM_TEXT, L(C_DONE), L(C_OK, C_UNSAFE, C_FAMILY_WORD), T(REFERRAL), { T(REFERRAL) }, NEVER, NULL,
	  finish_referral },
	{ I_ENROL, 0, L(C_ENROL), L(C_IN_SCHOOL, C_CASE),
	  T(CODE) | T(BAD_CODE) | T(SCHOOL) | WHERE | T(DATE) | T(NUMBER), { T(CODE) | T(BAD_CODE) }, NEVER, NULL,
	  finish_enrol },
	{ I_ENROL, 0, L(0), L(C_IN_SCHOOL), T(NUMBER), { T(NUMBER) }, 0, asked_place, finish_place },
	{ I_CLOSE, FORM_TEXT, L(C_CLOSE), L(C_REINTEGRATED, C_CLOSED_OTHER, C_REPATRIATED, C_DEATH, C_CLOSED_DONE,
	  C_ADULT_NOW, C_TRANSFERRED, C_MOVED_ABROAD, C_ANYWAY, C_CASE, C_PIN, C_IN_SCHOOL),
	  T(CODE) | T(BAD_CODE) | T(SECRET), { T(CODE) | T(BAD_CODE) }, NEVER, NULL, finish_close },
	{ I_REOPEN, FORM_TEXT, L(C_REOPEN), L(C_CASE, C_PIN), T(CODE) | T(BAD_CODE) | T(SECRET),
	  { T(CODE) | T(BAD_CODE) }, NEVER, NULL, finish_close },
	{ I_RETURN_NEW, FORM_TEXT, L(C_RETURN_OP), L(C_COUNTRY, C_UNACCOMPANIED, FLAGS, C_ABROAD, C_CHILD_WORD),
	  T(CODE) | T(BAD_CODE) | WHO | T(DATE), { T(CODE) | WHO, T(DATE) }, NEVER, NULL, finish_return_new },
	{ I_RETURN_ARRIVED, FORM_TEXT, L(C_ARRIVED, C_NOT_ARRIVED), L(C_COUNTRY, C_CHILD_WORD),
	  T(CODE) | T(BAD_CODE) | WHO | T(DATE), { T(CODE) | T(BAD_CODE) | WHO }, NEVER, NULL, finish_arrived },
	/* working together */
	{ I_ACK, 0, L(C_OK, C_TOOK), L(C_ALERT_WORD, C_DONE), T(ALERT) | T(NUMBER), { 0 }, NEVER, NULL,
	  finish_ack },
	{ I_TASK_NEW, FORM_TEXT, L(C_TASK), L(SERVICES, C_VISIT, C_CALL, C_FOLLOWUP, C_REFER, C_URGENT,
	  C_FAMILY_WORD, C_CHILD_WORD), T(CODE) | T(BAD_CODE) | T(AGENCY) | T(DATE),
	  { T(CODE) | T(BAD_CODE), T(AGENCY) }, NEVER, NULL, finish_task_new },
	{ I_TASK_DONE, FORM_TEXT, L(C_DONE), L(C_TASK, C_OK, C_UNSAFE, C_FAMILY_WORD), T(TASK), { T(TASK) }, 1, task_is_done,
	  finish_task },
	{ I_TASK_PROGRESS, FORM_TEXT, L(C_NOT_YET), L(C_TASK, C_DONE, C_NO), T(TASK), { T(TASK) }, NEVER, NULL,
	  finish_task },
	{ I_TASK_DEFER, FORM_TEXT, L(C_DEFER), L(C_TASK, C_DOCUMENTS, C_ABSENCE), T(TASK) | T(DATE), { T(TASK) },
	  NEVER, NULL, finish_task },
	{ I_TASK_LIST, 0, L(C_TASKS), L(C_TASK, C_QUESTION, C_PIN), T(SECRET), { 0 }, NEVER, NULL, finish_secret },
	{ I_MEETING_INFO, 0, L(C_MEETING), L(C_QUESTION, C_NEXT), T(DATE), { 0 }, NEVER, NULL, finish_plain },
	{ I_MEETING_RSVP, 0, L(C_COMING, C_NOT_COMING), L(C_MEETING, C_YES, C_NO, C_OK, C_NEXT), T(DATE), { 0 },
	  1, meeting_yes_no, finish_meeting },
	{ I_MEETING_AGENDA, 0, L(C_AGENDA), L(C_MEETING, C_QUESTION, C_NEXT, C_PIN), T(SECRET), { 0 }, NEVER, NULL,
	  finish_secret },
	{ I_CAMPAIGN, 0, L(C_CAMPAIGN), L(C_PARENT_WORD, C_PEOPLE_WORD, C_MEETING, C_COMMUNITY_WORD,
	  C_CHILD_WORD, C_BEGGING, C_TRAFFICKING), T(SCHOOL) | T(ZONE) | T(GRADES) | T(GRADE) | T(CLASS) |
	  T(COUNT) | T(NUMBER) | T(KIDS) | T(DATE), { 0 }, 1, meeting_with_people, finish_campaign },
	/* conversation */
	{ I_CONFIRM_PENDING, 0, L(C_YES), L(C_OK, C_DONE, C_PIN), T(NUMBER) | T(ALERT) | T(SECRET), { 0 }, 0, asked_confirm,
	  finish_pending },
	{ I_DENY_PENDING, 0, L(C_NO), L(C_NOT, C_CORRECT, C_PIN), T(NUMBER) | T(ALERT) | T(CLASS) | T(SECRET), { 0 }, 0,
	  asked_wrong, finish_pending },
	{ I_HELP, 0, L(C_HELP), L(C_QUESTION, C_HOWTO), T(CLASS), { 0 }, NEVER, NULL, finish_plain },
	{ I_HELP, 0, L(C_HOWTO), L(C_QUESTION, C_HELP, C_CASE, C_ABSENCE, C_ABSENCES, C_CHILD_WORD, C_FOLLOWUP, C_VISIT,
	  C_CORRECT, C_UNDO, C_TASK, C_REFER, C_MEETING, C_CLOSE), T(CLASS), { 0 }, NEVER, NULL, finish_plain },
	{ I_LANG, 0, L(C_LANGUAGE), L(C_LANG_SQ, C_LANG_EN, C_CHANGE), 0, { 0 }, NEVER, NULL, finish_lang },
	{ I_LANG, FORM_ALONE, L(C_LANG_SQ, C_LANG_EN), L(C_LANGUAGE), 0, { 0 }, NEVER, only_language,
	  finish_lang },
	{ I_STOP, FORM_ALONE, L(C_STOP), L(C_STOP), 0, { 0 }, NEVER, NULL, finish_plain },
	{ I_EMERGENCY, FORM_TEXT | FORM_TALE | FORM_FREE, L(C_EMERGENCY), L(C_HELP), 0, { 0 }, NEVER, NULL,
	  finish_emergency },
	{ I_LOST_PHONE, FORM_FREE, L(C_LOST), L(C_PHONE_WORD), T(PHONE), { T(PHONE) }, 2, phone_and_codeword,
	  finish_lost },
	{ I_LOCK, FORM_FREE, L(C_LOCK), L(C_PHONE_WORD, C_PIN), T(PHONE) | T(SECRET), { T(PHONE) }, NEVER, NULL, finish_lost },
	{ I_PIN_CHANGE, 0, L(C_CHANGE), L(C_PIN, C_LAST_WORD), T(SECRET) | T(NUMBER), { T(SECRET) }, 2, two_secrets,
	  finish_pin },
	{ I_PUBLIC_TIP, FORM_TEXT | FORM_TALE | FORM_FREE, L(C_TIP), L(ABOUT_CASE), T(ZONE) | WHO, { 0 }, NEVER, NULL,
	  finish_emergency },
};
const int forms_n = (int)(sizeof(forms) / sizeof(forms[0]));
_Static_assert(sizeof(forms) / sizeof(forms[0]) <= WORLD_FORMS, "WORLD_FORMS is too small");

static void mark(struct w_mask *m, const uint8_t *list)
{
	for (; *list; list++)
		m->bit[*list >> 6] |= 1ull << (*list & 63);
}

void forms_prepare(struct world *w)
{
	memset(w->called, 0, sizeof(w->called));
	w->uncalled = 0;
	for (int f = 0; f < forms_n; f++) {
		memset(&w->accept[f], 0, sizeof(w->accept[f]));
		memset(&w->trigger[f], 0, sizeof(w->trigger[f]));
		w->noted[f] = forms[f].flags & FORM_TEXT;
		mark(&w->trigger[f], forms[f].trigger);
		mark(&w->accept[f], forms[f].trigger);
		mark(&w->accept[f], forms[f].accept);
		for (const uint8_t *c = forms[f].trigger; *c; c++)
			w->called[*c] |= 1ull << f;
		if (forms[f].without != NEVER && forms[f].fits)
			w->uncalled |= 1ull << f;
	}
}
