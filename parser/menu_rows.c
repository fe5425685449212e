/* menu_rows.c - the built-in forms as walks: which questions in which order, and the text they make.
 * Pure data.  A form that is not here is not walked. */
#include "parser/menu_int.h"

#define Q(x) { ASK_##x + 1, false }
#define O(x) { ASK_##x + 1, true }
#define URGENT MENU_MAY_BE_URGENT
#define NOTE MENU_MAY_HAVE_NOTE
#define SHOWS MENU_SHOWS

/* In the order in which they are shown within their group; a role sees those that intents.cfg lets it send.
 * Intent, group, flags, secret, questions, text. */
const struct menu_row menu_rows[] = {
	{ I_ABSENCE, GROUP_ROOT, 0, 0, { Q(CLASS), Q(PUPILS), Q(DAY) }, "MUNGESE {class} {pupils} {day}" },
	{ I_ALL_PRESENT, GROUP_ROOT, 0, 0, { Q(CLASS), Q(DAY) }, "PREZENT {class} {day}" },
	{ I_ABSENCE_COUNT, GROUP_ROOT, 0, 0, { Q(CLASS), Q(FEW) }, "MUNGESE {class} {few} nga {size}" },
	{ I_CASE_NEW, GROUP_ROOT, URGENT | NOTE, 0, { Q(CONCERN), O(ZONE), O(AGE), O(SEX) }, "RAST {concern} {zone} {sexage}" },
	{ I_ACK, GROUP_ALERTS, 0, 0, { Q(ALERT) }, "OK {alert}" },
	{ I_CONFIRM_PENDING, GROUP_ALERTS, 0, MENU_PIN, { Q(PENDING) }, "{pin} PO {pending}" },
	{ I_DENY_PENDING, GROUP_ALERTS, 0, 0, { Q(PENDING) }, "JO {pending}" },
	{ I_REFERRAL_ACCEPT, GROUP_REFERRALS, 0, 0, { Q(REFERRAL) }, "PRANO {referral}" },
	{ I_REFERRAL_DECLINE, GROUP_REFERRALS, NOTE, 0, { Q(REFERRAL), O(DECLINE) }, "REFUZO {referral} {decline}" },
	{ I_REFERRAL_DONE, GROUP_REFERRALS, NOTE, 0, { Q(TAKEN) }, "KRYER {taken}" },
	{ I_FOLLOWUP, GROUP_ROOT, NOTE, 0, { Q(CASE), Q(TYPE), Q(OUTCOME) }, "{type} {case} {outcome}" },
	{ I_PROGRESS, GROUP_CASES, NOTE, 0, { Q(CASE), Q(SCORE) }, "PROGRES {case} {score}" },
	{ I_CASE_AMEND, GROUP_CASES, NOTE, 0, { Q(CASE), O(CONCERN), O(ZONE), O(AGE), O(SEX) },
	  "SHTO {case} {concern} {zone} {sexage}" },
	{ I_REFER, GROUP_REFERRALS, NOTE, MENU_PIN_OR_NONE, { Q(CASE), Q(AGENCY), O(SERVICE) }, "{pin} REFERO {case} {agency} {service}" },
	{ I_CASE_RISK, GROUP_CASES, 0, MENU_PIN_OR_NONE, { Q(CASE), Q(RISK) }, "{pin} RREZIK {case} {risk}" },
	{ I_CASE_STATUS, GROUP_CASES, SHOWS, MENU_PIN, { Q(CASE) }, "{pin} STATUS {case}" },
	{ I_CASE_LIST, GROUP_CASES, SHOWS, MENU_PIN, { { 0, false } }, "{pin} RASTET E MIA" },
	{ I_MERGE, GROUP_CASES, 0, MENU_PIN, { Q(CASE), Q(CASE2) }, "{pin} BASHKO {case} {case2}" },
	{ I_TASK_DONE, GROUP_TASKS, NOTE, 0, { Q(TASK) }, "KRYER {task}" },
	{ I_TASK_PROGRESS, GROUP_TASKS, NOTE, 0, { Q(TASK) }, "{task} JO AKOMA" },
	{ I_TASK_DEFER, GROUP_TASKS, NOTE, 0, { Q(TASK), Q(DUE) }, "SHTY {task} {due}" },
	{ I_TASK_NEW, GROUP_TASKS, NOTE, 0, { Q(CASE), Q(AGENCY), Q(TYPE), Q(DUE) },
	  "DETYRE {case} {agency} {type} deri {due}" },
	{ I_TASK_LIST, GROUP_TASKS, SHOWS, MENU_PIN, { { 0, false } }, "{pin} DETYRAT E MIA" },
	{ I_EXCUSE, GROUP_SCHOOL, 0, 0, { Q(CLASS), Q(PUPILS), O(REASON) }, "ARSYE {class} {pupils} {reason}" },
	{ I_CORRECTION, GROUP_SCHOOL, 0, 0, { Q(CLASS), Q(PUPILS), Q(DAY) }, "KORRIGJO {class} {pupils} {day}" },
	{ I_RETURN_TO_SCHOOL, GROUP_SCHOOL, 0, 0, { Q(CLASS), Q(PUPILS) }, "KTHYE {class} {pupils}" },
	{ I_LEFT_SCHOOL, GROUP_SCHOOL, 0, 0, { Q(CLASS), Q(PUPILS), Q(LEFT) }, "{left} {class} {pupils}" },
	{ I_ENROL, GROUP_SCHOOL, 0, 0, { Q(CASE), Q(SCHOOL), Q(CLASS_OF) }, "REGJISTRUAR {case} {school} {classof}" },
	{ I_CLOSE, GROUP_CASES, NOTE, MENU_PIN_OR_NONE, { Q(CASE), Q(WHY) }, "{pin} MBYLL {case} {why}" },
	{ I_REOPEN, GROUP_CASES, NOTE, MENU_PIN_OR_NONE, { Q(CASE) }, "{pin} RIHAP {case}" },
	{ I_RETURN_NEW, GROUP_RETURNS, NOTE, 0, { Q(COUNTRY), Q(AGE), Q(SEX), Q(WHEN) }, "KTHIM {country} {sexage} {when}" },
	{ I_RETURN_ARRIVED, GROUP_RETURNS, NOTE, 0, { Q(CASE) }, "MBERRITI {case}" },
	{ I_CAMPAIGN, GROUP_OTHER, 0, 0, { Q(PLACE), Q(PEOPLE) }, "FUSHATE {place} {people} veta" },
	{ I_MEETING_INFO, GROUP_MEETING, 0, 0, { { 0, false } }, "TAKIM" },
	{ I_MEETING_RSVP, GROUP_MEETING, 0, 0, { Q(COMING) }, "{coming}" },
	{ I_MEETING_AGENDA, GROUP_MEETING, SHOWS, MENU_PIN, { { 0, false } }, "{pin} RENDI I DITES" },
	{ I_LOCK, GROUP_OTHER, 0, MENU_PIN, { Q(PHONE) }, "{pin} BLLOKO {phone}" },
	{ I_LOST_PHONE, GROUP_OTHER, 0, MENU_CODEWORD, { Q(PHONE) }, "HUMBA {phone} {secret}" },
	{ I_PIN_CHANGE, GROUP_OTHER, 0, MENU_PIN_CHANGE, { { 0, false } }, "PIN NDRYSHO {secret}" },
	{ I_UNDO, GROUP_END, 0, 0, { { 0, false } }, "ANULO" },
	{ I_LANG, GROUP_OTHER, 0, 0, { Q(LANG) }, "GJUHA {lang}" },
	{ I_HELP, GROUP_OTHER, 0, 0, { { 0, false } }, "NDIHME" },
	{ I_EMERGENCY, GROUP_END, 0, 0, { { 0, false } }, "SOS" },
};
const int menu_rows_n = (int)(sizeof(menu_rows) / sizeof(menu_rows[0]));

const char *const menu_ask_names[ASKS] = {
	[ASK_CLASS] = "class",     [ASK_PUPILS] = "pupils",     [ASK_DAY] = "day",
	[ASK_FEW] = "few",         [ASK_REASON] = "reason",     [ASK_LEFT] = "left",
	[ASK_CONCERN] = "concern", [ASK_ZONE] = "zone",         [ASK_AGE] = "age",
	[ASK_SEX] = "sex",         [ASK_CASE] = "case",         [ASK_CASE2] = "case2",
	[ASK_RISK] = "risk",       [ASK_TYPE] = "type",         [ASK_OUTCOME] = "outcome",
	[ASK_SCORE] = "score",     [ASK_AGENCY] = "agency",     [ASK_SERVICE] = "service",
	[ASK_REFERRAL] = "referral", [ASK_TAKEN] = "taken",     [ASK_DECLINE] = "decline", [ASK_ALERT] = "alert",
	[ASK_PENDING] = "pending", [ASK_TASK] = "task",         [ASK_DUE] = "due",
	[ASK_SCHOOL] = "school",   [ASK_CLASS_OF] = "classof",  [ASK_WHY] = "why",
	[ASK_COUNTRY] = "country", [ASK_PLACE] = "place",       [ASK_PEOPLE] = "people",
	[ASK_COMING] = "coming",   [ASK_LANG] = "lang",         [ASK_PHONE] = "phone",   [ASK_WHEN] = "when",
	[ASK_NOTE] = "note",
};
enum menu_ask menu_ask_of(const char *name)
{
	int i = 0;
	while (i < ASKS && menu_ask_names[i] != name)
		i++;
	return (enum menu_ask)i;
}

const char *const menu_group_names[GROUPS] = {
	[GROUP_ROOT] = "",         [GROUP_SITE] = "site",           [GROUP_ALERTS] = "alerts",
	[GROUP_CASES] = "cases",   [GROUP_REFERRALS] = "referrals", [GROUP_TASKS] = "tasks",
	[GROUP_SCHOOL] = "school", [GROUP_RETURNS] = "returns",     [GROUP_MEETING] = "meeting",
	[GROUP_OTHER] = "other",   [GROUP_END] = "end",
};
_Static_assert(sizeof(menu_rows) / sizeof(menu_rows[0]) <= MENU_ROWS, "MENU_ROWS is too small");
