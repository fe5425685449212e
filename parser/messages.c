/* messages.c - see messages.h.  May call world, gsm7 and libc.
 *
 * The table below is the contract between the catalogue files (config/messages_XX.cfg) and the code:
 * an id, and the placeholders its text may hold (it need not use all).  {police} {emergency} {child}
 * {trafficking} are the help numbers of the configuration and always there.  A text is measured with
 * the longest value of each placeholder (table `fills`) and must then fit one SMS.
 *
 * What no message may hold, whatever it is filled with: names, addresses, telephone numbers of people, a
 * concern together with a school, the place of a shelter, that the police are involved, that a case
 * exists to one who may not know, the time and place of a visit.
 */
#include "parser/messages.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "parser/gsm7.h"

static const struct {
	const char *name;
	int longest;
} fills[] = {
	{ "class", 5 }, { "own", 5 }, { "day", 5 }, { "days", 24 }, { "date", 5 }, { "due", 5 }, { "n", 4 },
	{ "of", 3 }, { "pupils", 48 }, { "pupil", 3 }, { "entries", 90 }, { "size", 3 }, { "previous", 30 },
	{ "replace", 24 }, { "case", 11 }, { "cases", 24 }, { "alert", 6 }, { "referral", 8 },
	{ "task", 8 }, { "zone", 5 }, { "agency", 8 }, { "agencies", 40 }, { "school", 11 },
	{ "place", 11 }, { "risk", 8 }, { "police", 8 }, { "emergency", 8 }, { "child", 8 },
	{ "trafficking", 8 }, { "hour", 5 }, { "tasks", 90 }, { "list", 100 }, { "status", 20 },
	{ "form", 20 }, { "field", 20 }, { "fields", 60 }, { "values", 60 }, { "range", 24 },
	{ "word", 20 }, { "owner", 12 }, { "number", 6 }, { "rule", 3 }, { "reason", 20 }, { "action", 20 }, { "deadline", 5 },
	{ "modem", 16 }, { "amount", 14 }, { "hours", 11 },
	{ "example", 52 }, { "other", 40 }, { "either", 60 }, { "past", 5 }, { "later", 5 }, { "code", 11 },
	{ "sch", 18 }, { "understood", 40 }, { "value", 120 },
};

static const struct {
	const char *id, *fills;
} table[] = {
	/* replies to readings */
	{ "absence_ok", "class day pupils" },
	{ "absence_days_ok", "class pupils days n" },
	{ "absence_multi_ok", "day entries" },
	{ "absence_count_ok", "class day n of" },
	{ "absence_count_plain", "class day n" },
	{ "all_present_ok", "class day" },
	{ "correction_ok", "class day pupils previous" },
	{ "correction_plain", "class day pupils" },
	{ "correction_replace", "replace" },
	{ "undo_ok", "" },
	{ "excuse_ok", "class pupils" },
	{ "return_to_school_ok", "class pupils day" },
	{ "left_school_ok", "class pupils" },
	{ "case_new_ok", "case" },
	{ "case_new_urgent", "case police emergency" },
	{ "case_new_ask_zone", "case zone" },
	{ "case_new_ask_concern", "case" },
	{ "case_new_thanks", "" },            /* to a teacher: nothing tells that a case was opened */
	{ "case_amend_ok", "case" },
	{ "merge_ok", "cases" },
	{ "case_risk_ok", "case risk" },
	{ "auth_needed", "" },
	{ "pin_locked", "" }, { "pin_none", "" }, { "pin_once", "" }, { "pin_busy", "" }, { "pin_late", "" },
	{ "pin_weak", "" }, { "pin_changed", "" }, { "pin_change_how", "" },
	{ "request_ok", "" },                 /* also the answer under duress, and to a lost telephone */
	{ "case_status_ok", "case status risk n" },
	{ "case_list_ok", "list" },
	{ "case_list_none", "" },
	{ "followup_ok", "case" },
	{ "followup_alarm", "case" },
	{ "progress_ok", "case" },
	{ "refer_ok", "case agency referral" },
	{ "refer_no_mandate", "agency agencies" },
	{ "referral_accept_ok", "referral" },
	{ "referral_decline_ok", "referral" },
	{ "referral_done_ok", "referral" },
	{ "ack_ok", "alert" },
	{ "ack_latest", "" },
	{ "task_new_ok", "task agency case due" },
	{ "task_new_open", "task agency case" },
	{ "task_done_ok", "task" },
	{ "task_progress_ok", "task" },
	{ "task_defer_ok", "task date" },
	{ "task_list_ok", "tasks" },
	{ "task_list_none", "" },
	{ "meeting_info_ok", "date hour" },
	{ "meeting_none", "" },
	{ "meeting_yes", "" },
	{ "meeting_no", "" },
	{ "meeting_agenda_ok", "list" },
	{ "enrol_ok", "case school class" },
	{ "close_ok", "case" },
	{ "close_open_tasks", "case n" },
	{ "reopen_ok", "case" },
	{ "return_new_ok", "case date due" },
	{ "return_arrived_ok", "case" },
	{ "return_missed", "case" },
	{ "campaign_ok", "place n day" },
	{ "confirm_ok", "" },
	{ "deny_ok", "" },
	{ "help", "own zone police emergency child trafficking" },
	{ "lang_ok", "" },
	{ "stop_ok", "" },
	{ "emergency", "police emergency child trafficking" },
	{ "public_tip", "police child" },
	{ "unauthorised", "police child" },
	{ "unknown", "own zone" },
	{ "form_ok", "form" },
	{ "test_prefix", "" },
	{ "test_only", "" },
	{ "undo_cue", "" },     /* where the hint to undo begins in a reply */
	{ "confirm_tail", "" }, /* ... and what stands in its place after a guess */
	/* words put into replies */
	{ "word_case", "" }, { "word_new", "" }, { "word_new_task", "" }, { "word_partner", "" }, { "risk_high", "" }, { "risk_medium", "" }, { "risk_low", "" },
	{ "mark_excused", "" }, { "mark_unexcused", "" }, { "mark_late", "" }, { "mark_left_early", "" },
	{ "word_code", "" }, { "word_or", "" }, { "word_begging", "" }, { "word_labour", "" },
	{ "word_drugs", "" }, { "word_sexual", "" }, { "word_trafficking", "" }, { "word_marriage", "" },
	{ "word_street", "" }, { "word_unaccompanied", "" }, { "word_violence", "" },
	{ "word_neglect", "" }, { "word_dropout", "" }, { "word_crime", "" }, { "word_ok", "" },
	{ "word_problem", "" }, { "word_not_home", "" }, { "word_not_found", "" },
	{ "word_moved_unknown", "" }, { "word_refused", "" }, { "word_in_school", "" },
	{ "word_not_in_school", "" }, { "word_visit", "" }, { "word_call", "" },
	/* one right text of a form, put into faults and questions: {example} */
	{ "example_absence", "own" },
	{ "example_absence_missing_pupils", "own" },
	{ "example_absence_day", "own past" },
	{ "example_absence_names", "own" },
	{ "example_absence_count", "own" },
	{ "example_all_present", "own" },
	{ "example_correction", "own" },
	{ "example_undo", "" },
	{ "example_excuse", "own" },
	{ "example_return_to_school", "own" },
	{ "example_return_to_school_day", "own past" },
	{ "example_left_school", "own" },
	{ "example_case_new", "zone" },
	{ "example_case_amend", "code zone" },
	{ "example_merge", "" },
	{ "example_case_risk", "code" },
	{ "example_case_status", "code" },
	{ "example_followup", "code" },
	{ "example_followup_day", "code past" },
	{ "example_progress", "code" },
	{ "example_refer", "code" },
	{ "example_referral_accept", "" },
	{ "example_referral_decline", "" },
	{ "example_referral_done", "" },
	{ "example_ack", "" },
	{ "example_task_new", "code later" },
	{ "example_task_done", "" },
	{ "example_task_progress", "" },
	{ "example_task_defer", "later" },
	{ "example_meeting_rsvp", "" },
	{ "example_enrol", "code sch" },
	{ "example_close", "code" },
	{ "example_reopen", "code" },
	{ "example_return_new", "later" },
	{ "example_return_arrived", "code" },
	{ "example_campaign", "zone" },
	{ "example_campaign_day", "zone past" },
	/* faults */
	{ "error_missing_pupils", "example" },
	{ "error_missing_class", "example" },
	{ "error_missing_section", "example" },
	{ "error_missing_case", "example" },
	{ "error_missing_agency", "example" },
	{ "error_unknown_class", "example" },
	{ "error_unknown_zone", "zone" },
	{ "error_pupil_out_of_range", "class size example" },
	{ "error_bad_date", "example day" },
	{ "error_future_date", "example day" },
	{ "error_non_school_day", "example day" },
	{ "error_names_not_allowed", "example" },
	{ "error_bad_case_code", "" },        /* and not_found_or_no_access: the same words */
	{ "error_not_authorised", "" },
	{ "error_bad_pin", "" },
	{ "error_missing_field", "form fields" },
	{ "error_bad_field", "field values" },
	{ "error_range_field", "field range" },
	{ "error_ambiguous_field", "field" },
	{ "error_did_you_mean", "field word" },
	/* questions */
	{ "clarify", "example" },
	{ "clarify_outreach", "zone" }, /* the same to those who report no class */
	{ "clarify_office", "" },
	{ "clarify_date", "example day" },
	{ "clarify_date_or_pupils", "own day" },
	{ "clarify_range_or_list", "own" },
	{ "clarify_mass_absence", "class" },
	{ "clarify_date_or_duplicate", "own" },
	{ "clarify_alert", "" },
	{ "clarify_task", "" },
	{ "clarify_referral", "" },
	{ "clarify_risk", "" },
	{ "clarify_score", "" },
	{ "clarify_agency", "" },
	{ "clarify_place", "zone" },
	{ "clarify_participants", "zone" },
	{ "clarify_reason", "own" },
	{ "clarify_zero_or_pupils", "own" },
	{ "clarify_correction", "own" },
	{ "clarify_absence_or_case", "own" },
	{ "clarify_count_or_pupils", "own" },
	{ "clarify_case", "either" },
	{ "clarify_outcome", "either example" },
	{ "clarify_outcome_open", "example" },
	{ "clarify_intent", "example other" },
	{ "clarify_negation", "example" },
	{ "clarify_school", "sch" },
	{ "clarify_attending", "" },
	{ "clarify_which_class", "example" },
	{ "clarify_count_of_which_class", "example" },
	{ "clarify_language", "" },
	{ "clarify_pin", "" },
	{ "clarify_phone", "" },
	{ "clarify_too_long", "example" },
	{ "clarify_new_case", "example" },
	/* menus: what a form is called, what is asked, and the signs on a screen (see menu.h) */
	{ "menu_absence", "" }, { "menu_all_present", "" }, { "menu_absence_count", "" },
	{ "menu_case_new", "" }, { "menu_ack", "" }, { "menu_confirm_pending", "" },
	{ "menu_deny_pending", "" }, { "menu_referral_accept", "" }, { "menu_referral_decline", "" },
	{ "menu_referral_done", "" },
	{ "menu_followup", "" }, { "menu_progress", "" }, { "menu_case_amend", "" },
	{ "menu_refer", "" }, { "menu_case_risk", "" }, { "menu_case_status", "" },
	{ "menu_case_list", "" }, { "menu_merge", "" }, { "menu_task_done", "" },
	{ "menu_task_progress", "" }, { "menu_task_defer", "" }, { "menu_task_new", "" },
	{ "menu_task_list", "" }, { "menu_excuse", "" }, { "menu_correction", "" },
	{ "menu_return_to_school", "" }, { "menu_left_school", "" }, { "menu_enrol", "" },
	{ "menu_close", "" }, { "menu_reopen", "" }, { "menu_return_new", "" },
	{ "menu_return_arrived", "" }, { "menu_campaign", "" }, { "menu_meeting_info", "" },
	{ "menu_meeting_rsvp", "" }, { "menu_meeting_agenda", "" }, { "menu_lock", "" },
	{ "menu_lost_phone", "" }, { "menu_pin_change", "" },
	{ "menu_undo", "" }, { "menu_lang", "" }, { "menu_help", "" }, { "menu_emergency", "" },
	{ "ask_class", "" }, { "ask_pupils", "" }, { "ask_day", "" }, { "ask_few", "" },
	{ "ask_reason", "" }, { "ask_left", "" }, { "ask_concern", "" }, { "ask_zone", "" },
	{ "ask_age", "" }, { "ask_sex", "" }, { "ask_case", "" }, { "ask_case2", "" },
	{ "ask_risk", "" }, { "ask_type", "" }, { "ask_outcome", "" }, { "ask_score", "" },
	{ "ask_agency", "" }, { "ask_service", "" }, { "ask_referral", "" }, { "ask_taken", "" }, { "ask_decline", "" },
	{ "ask_alert", "" }, { "ask_pending", "" }, { "ask_task", "" }, { "ask_due", "" },
	{ "ask_school", "" }, { "ask_classof", "" }, { "ask_why", "" }, { "ask_country", "" },
	{ "ask_place", "" }, { "ask_people", "" }, { "ask_coming", "" }, { "ask_lang", "" },
	{ "ask_phone", "" }, { "ask_when", "" }, { "ask_note", "" },
	/* how an answer is told before it is sent, where it would not be understood alone */
	{ "told_pupils", "value" }, { "told_few", "value" }, { "told_age", "value" }, { "told_score", "value" },
	{ "told_people", "value" }, { "told_alert", "value" }, { "told_pending", "value" }, { "told_due", "value" },
	{ "group_site", "" }, { "group_alerts", "" }, { "group_cases", "" }, { "group_referrals", "" },
	{ "group_tasks", "" }, { "group_school", "" }, { "group_returns", "" }, { "group_meeting", "" },
	{ "group_other", "" },
	{ "menu_root", "" }, { "menu_more", "" }, { "menu_back", "" },
	{ "menu_main", "" }, { "menu_skip", "" }, { "menu_male", "" }, { "menu_female", "" },
	{ "label_today", "" }, { "label_yesterday", "" }, { "label_high", "" }, { "label_medium", "" },
	{ "label_low", "" }, { "label_sick", "" }, { "label_drugs", "" },
	{ "menu_send", "" }, { "menu_send_urgent", "" }, { "menu_pin", "" }, { "menu_no_pin", "" },
	{ "menu_pins", "" }, { "menu_codeword", "" }, { "menu_prove", "" }, { "menu_type_code", "" },
	{ "menu_add_note", "" }, { "menu_no_note", "" }, { "menu_note_private", "" }, { "menu_note_long", "" }, { "menu_note_otherwise", "" },
	{ "menu_resume", "form" }, { "menu_resume_yes", "" }, { "menu_resume_no", "" },
	{ "menu_restart", "" }, { "menu_changed", "" }, { "menu_bad_choice", "" },
	{ "menu_bad_number", "range" }, { "menu_bad_day", "" }, { "menu_bad_value", "" },
	{ "menu_read_otherwise", "" }, { "menu_busy", "" },
	/* sent by casework */
	{ "alert_a1", "class pupil n" },     /* teacher and head: n days without reason */
	{ "alert_a2", "alert school class pupils n" },
	{ "alert_a3_told", "alert agency n" },/* coordinator: the agency was told */
	{ "alert_a4", "alert school class pupils n" }, /* n per cent */
	{ "alert_a4_class", "school class n" },
	{ "alert_a5", "alert school class pupils" },
	{ "alert_a6", "alert place n" },
	{ "alert_a6_class", "alert school class n" },
	{ "alert_a8_head", "class n" },
	{ "alert_a8_mun", "alert school class n" },
	{ "alert_a8_school", "school n" },    /* nobody of a school reports */
	{ "alert_a8_smun", "alert school n" },
	{ "alert_reported", "alert school class" }, /* a silence has ended */
	{ "alert_reported_school", "alert school" },
	{ "alert_a9", "case" },               /* owner: absent today */
	{ "alert_a9_day", "case day" },       /* ... on a day that is over */
	{ "alert_case", "case alert" },
	{ "alert_case_urgent", "case alert" },
	{ "alert_escalated", "alert" },
	{ "alert_overdue", "case alert" },
	{ "alert_referral", "referral alert" },/* no answer */
	{ "alert_referral_declined", "referral agency" },
	{ "alert_lost", "case alert" },       /* not found, moved */
	{ "alert_elsewhere", "case alert" },
	{ "alert_duplicate", "case cases" },
	{ "alert_abroad", "alert school class pupils" },
	{ "alert_return", "case day alert" },
	{ "alert_unassessed", "case day alert" }, /* the day is near, the family not assessed */
	{ "alert_fall", "case alert" },       /* progress fell twice */
	{ "alert_tip", "alert" },
	{ "alert_emergency", "alert" },
	{ "alert_safety", "alert" },          /* duress and the like: says nothing on the screen */
	{ "alert_ops", "alert" },
	{ "alert_ack_thanks", "alert" },
	{ "alert_ack_ambiguous", "list" },
	{ "alert_withdrawn", "alert" },
	{ "alert_digest", "list" },
	{ "alert_by", "alert owner" },        /* who took it */
	{ "modem_down", "modem" },            /* people who look after the gateway */
	{ "modem_back", "modem hours" },
	{ "sends_nothing", "modem" },         /* a modem or a provider of SMS whose texts all fail */
	{ "sends_again", "modem" },
	{ "credit_low", "modem amount" },
	{ "credit_ends", "modem date" },
	{ "credit_unread", "modem" },
	{ "flood", "owner" },                 /* coordinator: more texts in an hour than are acted on */
	{ "hour_limit", "owner" },            /* coordinator: more SMS in an hour than one number gets */
	{ "delivery_failed", "agency alert" },
	{ "delivery_back", "agency" },
	{ "delivery_warn", "agency alert" },
	{ "delivery_held", "agency alert" },
	{ "dead_letter", "agency alert" },
	{ "nudge", "class" },
	{ "nudge_many", "entries" },             /* several classes of one teacher */
	{ "nudge_school", "school" },
	{ "nudge_visit", "case" },
	{ "agency_sms", "referral agency" },  /* a bare reference; {agency} is who to telephone */
	{ "task_sms", "task action case due" },
	{ "task_reminder", "tasks" },
	{ "task_overdue", "task n" },
	{ "meeting_digest", "date tasks" },
	{ "close_approve", "case number" },
	{ "confirm_needed", "number" },
	{ "case_silent", "case" },
	{ "locked", "" },
	{ "quota", "" },
	{ "queued", "" },
	{ "nothing_to_undo", "" },
	{ "alert_withdrawn_pupil", "alert class pupil" },
	{ "alert_returned", "alert class pupil" },
	{ "sms_failed", "alert owner" },
	{ "sms_uncertain", "alert owner" },
	{ "reporter_left", "owner" },
	{ "phone_lost", "owner" }, { "line_dead", "owner" }, { "line_silent", "owner" }, { "line_ask", "" },
	{ "pin_ok", "" },
	{ "pin_locked_told", "owner" }, { "phone_locked", "owner" },
	{ "undo_absence", "class day pupils" },
	{ "undo_class", "class day" },
	{ "absence_all_ok", "class day pupils" },
	{ "all_present_but", "class day pupils" },
	{ "excuse_days_ok", "class pupils days" },
	{ "undo_case", "case" },
	/* tasks, meetings, the agenda */
	{ "task_sms_open", "task action case" },
	{ "task_sms_bare", "task action due" },
	{ "task_sms_bare_open", "task action" },
	{ "task_no_mandate", "agency" },
	{ "task_untold", "task agency" },
	{ "task_gone", "task" },
	{ "task_cancelled", "task" },
	{ "undo_task", "task" },
	{ "tasks_late", "tasks" },
	{ "alert_task", "alert task n" },
	{ "task_carried", "task n" },
	{ "error_bad_due", "" },
	{ "clarify_due", "" },
	{ "meeting_info_place", "date hour place" },
	{ "meeting_moved", "date hour" },
	{ "meeting_off", "date" },
	{ "agenda_head", "date list" },
	{ "agenda_tasks", "n" },
	{ "agenda_late", "n" },
	{ "agenda_high", "n" },
	{ "agenda_referrals", "n" },
	{ "agenda_absences", "n" },
	{ "agenda_closures", "n" },
	{ "agenda_falls", "n" },
	{ "agenda_nothing", "" },
	{ "service_visit", "" },
	{ "service_call", "" },
	{ "service_reception", "" },
	{ "service_enrol", "" },
	{ "service_task", "" },
	{ "not_received_modem", "" },         /* the modem was away; please send again what was not answered */
	/* cases and referrals after their opening */
	{ "case_ask_zone", "case" },
	{ "followup_next", "case due" },
	{ "case_refused", "case list" },
	{ "case_merged", "case" },
	{ "risk_pending", "case" },
	{ "risk_done", "case" },
	{ "risk_denied", "case" },
	{ "refer_pending", "case" }, { "refer_unproved", "case" },
	{ "refer_ask_service", "case agency word" },
	{ "refer_open", "case referral agency" },
	{ "refer_denied", "case" },
	{ "referral_made", "case referral agency" },
	{ "referral_closed", "referral" },
	{ "referral_accepted", "referral agency" },
	{ "referral_declined", "referral agency reason agencies" },
	{ "referral_completed", "referral agency" },
	{ "undo_referral", "referral" },
	{ "alert_referral_expired", "referral alert" },
	{ "alert_referral_done", "referral alert" },
	{ "alert_contact", "case alert" },
	{ "alert_done", "case alert" },
	{ "risk_approve", "case number" },
	{ "consent_approve", "case number" }, { "refer_approve", "case number" },
	{ "confirm_which", "list" },
	{ "confirm_unknown", "" },
	{ "confirm_other", "" },
	{ "erase_approve", "case number" },
	{ "erase_done", "case" },
	{ "erase_denied", "case" },
	{ "erase_held", "case" },
	{ "close_done", "case" },
	{ "close_denied", "case" },
	{ "merge_no", "cases" },
	{ "merge_which", "list" },
	/* words put into them */
	{ "state_new", "" },
	{ "state_assessment", "" },
	{ "state_plan", "" },
	{ "state_services", "" },
	{ "state_closed", "" },
	{ "state_duplicate", "" },
	{ "verb_followup", "" },
	{ "verb_refer", "" },
	{ "verb_risk", "" },
	{ "verb_close", "" },
	{ "verb_reopen", "" },
	{ "agency_mun", "" },
	{ "agency_sss", "" },
	{ "agency_edu", "" },
	{ "agency_employ", "" },
	{ "reason_no_capacity", "" },
	{ "reason_mandate", "" },
	{ "reason_none", "" },
	{ "service_shelter", "" },
	{ "service_parent_job", "" },
	{ "service_psychosocial", "" },
	{ "service_health", "" },
	{ "service_legal", "" },
	{ "service_education", "" },
	{ "service_food", "" },
	{ "service_social_aid", "" },
	{ "service_day_care", "" },
	{ "service_border_check", "" },
	{ "service_family_assessment", "" },
	{ "service_documents", "" },
	/* the way back */
	{ "enrol_ask", "case school class" },
	{ "enrol_number", "case" },
	{ "progress_support", "case" },
	{ "support_approve", "case number" },
	{ "support_denied", "case" },
	{ "arrived_which", "" },
};
#define N_TABLE ((int)(sizeof(table) / sizeof(table[0])))
_Static_assert(sizeof(table) / sizeof(table[0]) <= WORLD_MESSAGES, "WORLD_MESSAGES is too small");

#define SLOTS 2048 /* a power of two, sparse */
_Static_assert(sizeof(table) / sizeof(table[0]) < SLOTS / 2, "SLOTS is too small");

static unsigned slot_of(const char *id)
{
	uint32_t h = 2166136261u; /* FNV-1a */
	for (; *id; id++)
		h = (h ^ (unsigned char)*id) * 16777619u;
	return (h ^ h >> 15) % SLOTS;
}

/* Where each message stands, + 1; 0 is free.  Made at the first search: a screen asks for several. */
static const int16_t *slots(void)
{
	static int16_t at[SLOTS];
	static bool made;
	for (int i = 0; !made && i < N_TABLE; i++) {
		unsigned k = slot_of(table[i].id);
		while (at[k])
			k = (k + 1) % SLOTS;
		at[k] = (int16_t)(i + 1);
	}
	made = true;
	return at;
}

int message_find(const char *id)
{
	const int16_t *at = slots();
	for (unsigned k = slot_of(id); at[k]; k = (k + 1) % SLOTS)
		if (strcmp(table[at[k] - 1].id, id) == 0)
			return at[k] - 1;
	return -1;
}

const char *message_id(int index)
{
	return index >= 0 && index < N_TABLE ? table[index].id : NULL;
}

const char *message_fills(int index)
{
	return index >= 0 && index < N_TABLE ? table[index].fills : "";
}

int message_longest(const char *fill)
{
	for (size_t i = 0; i < sizeof(fills) / sizeof(fills[0]); i++)
		if (strcmp(fills[i].name, fill) == 0)
			return fills[i].longest;
	return -1;
}

static bool is_help_number(const char *name)
{
	return strcmp(name, "police") == 0 || strcmp(name, "emergency") == 0 ||
	       strcmp(name, "child") == 0 || strcmp(name, "trafficking") == 0;
}

static bool listed(int index, const char *name)
{
	const char *p = table[index].fills;
	size_t n = strlen(name);
	while (*p) {
		size_t k = strcspn(p, " ");
		if (k == n && memcmp(p, name, n) == 0)
			return true;
		p += k + (p[k] == ' ');
	}
	return is_help_number(name);
}

/* Measures text with the longest fills; WORLD_OK or a refusal in words. */
static int check_length(struct world *w, int index, const char *text)
{
	char plain[1024];
	size_t at = 0;
	for (const char *p = text; *p;) {
		if (*p != '{') {
			if (at + 1 >= sizeof(plain))
				return world_fail(w, WORLD_BAD, "message %s is too long", table[index].id);
			plain[at++] = *p++;
			continue;
		}
		const char *end = strchr(p, '}');
		char name[24];
		size_t n = end ? (size_t)(end - p - 1) : 0;
		if (!end || n == 0 || n >= sizeof(name))
			return world_fail(w, WORLD_BAD, "message %s: a brace that is not closed", table[index].id);
		memcpy(name, p + 1, n);
		name[n] = 0;
		int longest = message_longest(name);
		if (longest < 0 || !listed(index, name))
			return world_fail(w, WORLD_BAD, "message %s: {%s} is not among its values (%s)",
					  table[index].id, name, table[index].fills);
		if (at + (size_t)longest >= sizeof(plain))
			return world_fail(w, WORLD_BAD, "message %s is too long", table[index].id);
		memset(plain + at, 'x', (size_t)longest);
		at += (size_t)longest;
		p = end + 1;
	}
	plain[at] = 0;
	long septets = gsm7_count(plain, at);
	if (septets < 0)
		return world_fail(w, WORLD_BAD, "message %s: a character that GSM-7 lacks", table[index].id);
	if (septets > MESSAGE_MAX)
		return world_fail(w, WORLD_BAD, "message %s: %ld septets at its longest, %d fit one SMS",
				  table[index].id, septets, MESSAGE_MAX);
	return WORLD_OK;
}

bool message_forbidden(struct world *w, const char *text)
{
	char folded[1024];
	if (!world_fold(w, text, folded, sizeof(folded)))
		return true;
	for (int i = 0; i < w->n_forbidden; i++)
		if (strstr(folded, w->forbidden[i]))
			return true;
	return false;
}

static int check_forbidden(struct world *w, const char *id, const char *text)
{
	char folded[1024];
	if (!world_fold(w, text, folded, sizeof(folded)))
		return world_fail(w, WORLD_BAD, "message %s is too long", id);
	for (int i = 0; i < w->n_forbidden; i++)
		if (strstr(folded, w->forbidden[i]))
			return world_fail(w, WORLD_BAD, "message %s holds a forbidden word", id);
	return WORLD_OK;
}

int world_add_message(struct world *w, const char *lang, const char *id, const char *text)
{
	int index = message_find(id), l = world_lang(w, lang);
	if (index < 0)
		return world_fail(w, WORLD_BAD, "unknown message \"%s\"", id);
	if (l < 0) {
		if (w->n_langs == WORLD_LANGS || strlen(lang) >= sizeof(w->langs[0]) || !*lang)
			return world_fail(w, WORLD_BAD, "language \"%s\": %d languages of 2 or 3 letters",
					  lang, WORLD_LANGS);
		l = w->n_langs++;
		snprintf(w->langs[l], sizeof(w->langs[l]), "%s", lang);
	}
	if (check_length(w, index, text) || check_forbidden(w, id, text))
		return WORLD_BAD;
	if (w->messages[l][index])
		return world_fail(w, WORLD_BAD, "message %s (%s) is given twice", id, lang);
	w->messages[l][index] = strdup(text);
	return w->messages[l][index] ? WORLD_OK : world_fail(w, WORLD_NOMEM, "out of memory");
}

const char *message_text(const struct world *w, const char *lang, int index)
{
	int l = world_lang(w, lang);
	if (index < 0 || index >= N_TABLE)
		return NULL;
	if (l >= 0 && w->messages[l][index])
		return w->messages[l][index];
	for (l = 0; l < w->n_langs; l++)
		if (w->messages[l][index])
			return w->messages[l][index];
	return NULL;
}

bool message_render(const char *text, const struct message_fill *f, size_t n, char *out, size_t max)
{
	size_t at = 0;
	while (*text) {
		if (*text != '{') {
			if (at + 1 >= max)
				return false;
			out[at++] = *text++;
			continue;
		}
		const char *end = strchr(text, '}');
		const char *value = NULL;
		for (size_t i = 0; end && i < n; i++)
			if (strlen(f[i].name) == (size_t)(end - text - 1) &&
			    memcmp(f[i].name, text + 1, strlen(f[i].name)) == 0)
				value = f[i].value;
		if (!value || at + strlen(value) >= max)
			return false;
		memcpy(out + at, value, strlen(value));
		at += strlen(value);
		text = end + 1;
	}
	out[at] = 0;
	return true;
}

size_t parser_message(const struct world *w, const char *lang, const char *id,
		      const struct message_fill *given, size_t n, char *out, size_t max)
{
	struct message_fill all[24] = { { "police", w->help[0] }, { "emergency", w->help[1] },
					{ "child", w->help[2] }, { "trafficking", w->help[3] } };
	int index = message_find(id);
	const char *text = message_text(w, lang, index);
	if (max)
		out[0] = 0;
	if (!text || n > 20)
		return 0;
	for (size_t i = 0; i < n; i++) {
		if (!given[i].value || !listed(index, given[i].name))
			return 0;
		all[4 + i] = given[i];
	}
	if (!message_render(text, all, n + 4, out, max)) {
		if (max)
			out[0] = 0;
		return 0;
	}
	return strlen(out);
}

void messages_prove(struct world *w)
{
	for (int l = 0; l < w->n_langs; l++)
		for (int i = 0; i < N_TABLE; i++) {
			char what[48];
			snprintf(what, sizeof(what), "catalogue %s lacks message", w->langs[l]);
			if (!w->messages[l][i])
				world_report(w, what, table[i].id);
		}
	if (w->n_langs == 0)
		world_report(w, "no message catalogue is loaded", "");
}
