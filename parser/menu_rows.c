/* menu_rows.c - the built-in forms as walks: which questions in which order, and the text they make.
 * Pure data.  A form that is not here is not walked. */
#include "parser/menu_int.h"

#define Q(x) { ASK_##x + 1, false }
#define O(x) { ASK_##x + 1, true }

/* In the order in which they are shown; a role sees those that intents.cfg lets it send. */
const struct menu_row menu_rows[] = {
	{ I_ABSENCE, 0, 0, { Q(CLASS), Q(PUPILS), Q(DAY) }, "MUNGESE {class} {pupils} {day}" },
	{ I_ALL_PRESENT, 0, 0, { Q(CLASS), Q(DAY) }, "PREZENT {class} {day}" },
	{ I_ABSENCE_COUNT, 0, 0, { Q(CLASS), Q(FEW) }, "MUNGESE {class} {few} nga {size}" },
	{ I_CASE_NEW, 1, 0, { Q(CONCERN), O(ZONE), O(AGE), O(SEX) }, "RAST {concern} {zone} {sexage}" },
	{ I_ACK, 0, 0, { Q(ALERT) }, "OK {alert}" },
	{ I_CONFIRM_PENDING, 0, MENU_PIN, { Q(PENDING) }, "{pin} PO {pending}" },
	{ I_DENY_PENDING, 0, 0, { Q(PENDING) }, "JO {pending}" },
	{ I_REFERRAL_ACCEPT, 0, 0, { Q(REFERRAL) }, "PRANO {referral}" },
	{ I_REFERRAL_DECLINE, 0, 0, { Q(REFERRAL), O(DECLINE) }, "REFUZO {referral} {decline}" },
	{ I_REFERRAL_DONE, 0, 0, { Q(TAKEN) }, "KRYER {taken}" },
	{ I_FOLLOWUP, 0, 0, { Q(CASE), Q(TYPE), Q(OUTCOME) }, "{type} {case} {outcome}" },
	{ I_PROGRESS, 0, 0, { Q(CASE), Q(SCORE) }, "PROGRES {case} {score}" },
	{ I_CASE_AMEND, 0, 0, { Q(CASE), O(CONCERN), O(ZONE), O(AGE), O(SEX) },
	  "SHTO {case} {concern} {zone} {sexage}" },
	{ I_REFER, 0, MENU_PIN_OR_NONE, { Q(CASE), Q(AGENCY), O(SERVICE) }, "{pin} REFERO {case} {agency} {service}" },
	{ I_CASE_RISK, 0, MENU_PIN_OR_NONE, { Q(CASE), Q(RISK) }, "{pin} RREZIK {case} {risk}" },
	{ I_CASE_STATUS, 0, MENU_PIN, { Q(CASE) }, "{pin} STATUS {case}" },
	{ I_CASE_LIST, 0, MENU_PIN, { { 0, false } }, "{pin} RASTET E MIA" },
	{ I_MERGE, 0, MENU_PIN, { Q(CASE), Q(CASE2) }, "{pin} BASHKO {case} {case2}" },
	{ I_TASK_DONE, 0, 0, { Q(TASK) }, "KRYER {task}" },
	{ I_TASK_PROGRESS, 0, 0, { Q(TASK) }, "{task} JO AKOMA" },
	{ I_TASK_DEFER, 0, 0, { Q(TASK), Q(DUE) }, "SHTY {task} {due}" },
	{ I_TASK_NEW, 0, 0, { Q(CASE), Q(AGENCY), Q(TYPE), Q(DUE) },
	  "DETYRE {case} {agency} {type} deri {due}" },
	{ I_TASK_LIST, 0, MENU_PIN, { { 0, false } }, "{pin} DETYRAT E MIA" },
	{ I_EXCUSE, 0, 0, { Q(CLASS), Q(PUPILS), O(REASON) }, "ARSYE {class} {pupils} {reason}" },
	{ I_CORRECTION, 0, 0, { Q(CLASS), Q(PUPILS), Q(DAY) }, "KORRIGJO {class} {pupils} {day}" },
	{ I_RETURN_TO_SCHOOL, 0, 0, { Q(CLASS), Q(PUPILS) }, "KTHYE {class} {pupils}" },
	{ I_LEFT_SCHOOL, 0, 0, { Q(CLASS), Q(PUPILS), Q(LEFT) }, "{left} {class} {pupils}" },
	{ I_ENROL, 0, 0, { Q(CASE), Q(SCHOOL), Q(CLASS_OF) }, "REGJISTRUAR {case} {school} {classof}" },
	{ I_CLOSE, 0, MENU_PIN_OR_NONE, { Q(CASE), Q(WHY) }, "{pin} MBYLL {case} {why}" },
	{ I_REOPEN, 0, MENU_PIN_OR_NONE, { Q(CASE) }, "{pin} RIHAP {case}" },
	{ I_RETURN_NEW, 0, 0, { Q(COUNTRY), Q(AGE), Q(SEX), Q(WHEN) }, "KTHIM {country} {sexage} {when}" },
	{ I_RETURN_ARRIVED, 0, 0, { Q(CASE) }, "MBERRITI {case}" },
	{ I_CAMPAIGN, 0, 0, { Q(PLACE), Q(PEOPLE) }, "FUSHATE {place} {people} veta" },
	{ I_MEETING_INFO, 0, 0, { { 0, false } }, "TAKIM" },
	{ I_MEETING_RSVP, 0, 0, { Q(COMING) }, "{coming}" },
	{ I_MEETING_AGENDA, 0, MENU_PIN, { { 0, false } }, "{pin} RENDI I DITES" },
	{ I_LOCK, 0, MENU_PIN, { Q(PHONE) }, "{pin} BLLOKO {phone}" },
	{ I_LOST_PHONE, 0, MENU_CODEWORD, { Q(PHONE) }, "HUMBA {phone} {secret}" },
	{ I_PIN_CHANGE, 0, MENU_PIN_CHANGE, { { 0, false } }, "PIN NDRYSHO {secret}" },
	{ I_UNDO, 0, 0, { { 0, false } }, "ANULO" },
	{ I_LANG, 0, 0, { Q(LANG) }, "GJUHA {lang}" },
	{ I_HELP, 0, 0, { { 0, false } }, "NDIHME" },
	{ I_EMERGENCY, 0, 0, { { 0, false } }, "SOS" },
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
};
_Static_assert(sizeof(menu_rows) / sizeof(menu_rows[0]) <= MENU_ROWS, "MENU_ROWS is too small");
