/* intents.h - the built-in intents: X(enumerator, name, who may send it).
 * LISTED intents need a role line in intents.cfg (default deny); OPEN ones are for everybody, for a
 * number that is not on the roster too. */
#ifndef PARSER_INTENTS_H
#define PARSER_INTENTS_H
enum { OPEN = 0, LISTED = 1 };

#define INTENTS(X) \
	X(ABSENCE, "absence", LISTED) X(ABSENCE_COUNT, "absence_count", LISTED) \
	X(ALL_PRESENT, "all_present", LISTED) X(CORRECTION, "correction", LISTED) \
	X(UNDO, "undo", LISTED) X(EXCUSE, "excuse", LISTED) \
	X(RETURN_TO_SCHOOL, "return_to_school", LISTED) X(LEFT_SCHOOL, "left_school", LISTED) \
	X(CASE_NEW, "case_new", LISTED) X(CASE_AMEND, "case_amend", LISTED) X(MERGE, "merge", LISTED) \
	X(CASE_RISK, "case_risk", LISTED) X(CASE_STATUS, "case_status", LISTED) \
	X(CASE_LIST, "case_list", LISTED) X(FOLLOWUP, "followup", LISTED) \
	X(PROGRESS, "progress", LISTED) X(REFER, "refer", LISTED) \
	X(REFERRAL_ACCEPT, "referral_accept", LISTED) X(REFERRAL_DECLINE, "referral_decline", LISTED) \
	X(REFERRAL_DONE, "referral_done", LISTED) \
	X(ACK, "ack", LISTED) X(TASK_NEW, "task_new", LISTED) X(TASK_DONE, "task_done", LISTED) \
	X(TASK_PROGRESS, "task_progress", LISTED) X(TASK_DEFER, "task_defer", LISTED) \
	X(TASK_LIST, "task_list", LISTED) X(MEETING_INFO, "meeting_info", LISTED) \
	X(MEETING_RSVP, "meeting_rsvp", LISTED) X(MEETING_AGENDA, "meeting_agenda", LISTED) \
	X(ENROL, "enrol", LISTED) X(CLOSE, "close", LISTED) X(REOPEN, "reopen", LISTED) \
	X(RETURN_NEW, "return_new", LISTED) X(RETURN_ARRIVED, "return_arrived", LISTED) \
	X(CAMPAIGN, "campaign", LISTED) X(CONFIRM_PENDING, "confirm_pending", LISTED) \
	X(DENY_PENDING, "deny_pending", LISTED) X(LOCK, "lock", LISTED) \
	X(PIN_CHANGE, "pin_change", LISTED) X(LANG, "lang", LISTED) X(STOP, "stop", LISTED) \
	X(HELP, "help", OPEN) X(EMERGENCY, "emergency", OPEN) X(LOST_PHONE, "lost_phone", OPEN) \
	X(PUBLIC_TIP, "public_tip", OPEN) X(UNAUTHORISED, "unauthorised", OPEN) \
	X(IGNORE, "ignore", OPEN) X(CLARIFY, "clarify", OPEN) X(UNKNOWN, "unknown", OPEN)

enum intent {
#define X(id, name, listed) I_##id,
	INTENTS(X)
#undef X
	I_COUNT
};
const char *intent_name(enum intent i);
int intent_from_name(const char *name); /* or -1 */
int intent_listed(enum intent i);
#endif
