/* settings.c - the table of settings.  Pure data; calls libc only. */
#include "config/settings.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "config/private.h"

#define EVENTS                                                                                     \
	"absence.streak absence.rate absence.cluster absence.abroad absence.work "                 \
	"absence.left school.silent case.new case.urgent case.amended case.risk case.not_found "   \
	"case.moved case.closed case.duplicate case.unconfirmed case.contact_due "                 \
	"case.contact_late case.followup_due case.followup_late case.close_asked "                 \
	"case.risk_asked "                                                                         \
	"emergency referral.new referral.reminder referral.withdrawn referral.declined "           \
	"referral.unanswered referral.expired referral.asked return.new return.arrived task.new "             \
	"task.carried "                                                                            \
	"delivery.failed campaign.done modem.down modem.back modem.full modem.credit"
#define KEYS                                                                                       \
	"alert rule event at case concerns age_band sex zone urgent risk n_children flags school " \
	"class register_no days from to country reason service referral task due date link"
#define SERVICES                                                                                   \
	"shelter parent_job psychosocial health legal education food social_aid day_care "         \
	"border_check family_assessment documents"
#define CONCERNS                                                                                   \
	"begging labour drugs sexual trafficking marriage street unaccompanied violence "          \
	"neglect dropout crime"
#define AUDIENCE "teacher head outreach coordinator duty agency owner"
#define ENDS "correction excuse return report"
#define SENDERS "teacher head outreach coordinator duty agency"
#define DAYS "mon tue wed thu fri sat sun"
#define FIELD_TYPES                                                                                \
	"integer decimal choice choices yesno date time text phone class zone school case "        \
	"age sex"

#define CONF(f) .offset = offsetof(struct config, f)
#define EXTRA(f) .extra = true, .offset = offsetof(struct cfg_extra, f)
#define IN(t, f) .offset = offsetof(struct t, f)
#define RANGE(a, b) .min = (a), .max = (b)
#define GROUPS_CONF(s, t, f, n)                                                                    \
	CONF(f), .child = (s), .elem = sizeof(struct t), .count = offsetof(struct config, n)
#define GROUPS_EXTRA(s, t, f, n)                                                                   \
	EXTRA(f), .child = (s), .elem = sizeof(struct t), .count = offsetof(struct cfg_extra, n)
#define GROUPS_IN(s, t, o, f, n)                                                                   \
	IN(o, f), .child = (s), .elem = sizeof(struct t), .count = offsetof(struct o, n)

static const struct cfg_setting table[] = {
    /* ---- the main file ---- */
    {SC_MAIN, "site.letter", TY_LETTER, CONF(site_letter),
     .what = "letter of the site, the first of its case codes"},
    {SC_MAIN, "site.timezone", TY_TEXT, CONF(timezone), RANGE(1, 64), .check = CK_ZONE_TIME,
     .fallback = "Europe/Tirane", .what = "time zone of school days and of replies"},
    {SC_MAIN, "site.language", TY_TEXT, CONF(language), RANGE(2, 3), .check = CK_LANGUAGE,
     .fallback = "sq", .what = "language of replies to a reporter who chose none"},
    {SC_MAIN, "site.zones", TY_WORDS, EXTRA(zones), RANGE(1, 200), .check = CK_CODE,
     .what = "codes of the town's zones, as reporters write them"},

    {SC_MAIN, "numbers.country", TY_BUFFER, CONF(plan.country), RANGE(1, 4), .check = CK_DIGITS,
     .fallback = "355", .what = "country code of telephone numbers, without +"},
    {SC_MAIN, "numbers.trunk", TY_BUFFER, CONF(plan.trunk), RANGE(0, 2), .check = CK_DIGITS,
     .fallback = "0", .what = "prefix of national calls, empty where there is none"},
    {SC_MAIN, "numbers.international", TY_BUFFER, CONF(plan.international), RANGE(1, 4),
     .check = CK_DIGITS, .fallback = "00", .what = "prefix of international calls"},
    {SC_MAIN, "numbers.national_min", TY_INT, CONF(plan.national_min), RANGE(4, 14),
     .fallback = "8", .what = "fewest digits of a national number after the country code"},
    {SC_MAIN, "numbers.national_max", TY_INT, CONF(plan.national_max), RANGE(4, 14),
     .fallback = "9", .what = "most digits of a national number after the country code"},

    {SC_MAIN, "store.path", TY_PATH, CONF(store_path), RANGE(1, 900),
     .fallback = "/var/lib/kujdestar/kujdestar.db", .what = "the database"},
    {SC_MAIN, "store.keyring", TY_PATH, CONF(keyring_path), RANGE(1, 900),
     .fallback = "/var/lib/kujdestar/keyring.db",
     .what = "the data keys, apart from the database so that its backups never hold them"},
    {SC_MAIN, "store.key_file", TY_PATH, CONF(key_file), RANGE(1, 900),
     .fallback = "/etc/kujdestar/master.key",
     .what = "the master key that wraps the data keys; mode 0600"},
    {SC_MAIN, "store.raw_days", TY_INT, CONF(raw_days), RANGE(1, 366), .fallback = "30",
     .what = "days after which a text can no longer be read, here or in any backup"},
    {SC_MAIN, "store.busy_ms", TY_INT, CONF(busy_ms), RANGE(0, 60000), .fallback = "5000",
     .what = "how long to wait for another reader of the database, in milliseconds"},

    {SC_MAIN, "hub.control_socket", TY_PATH, CONF(control_socket), RANGE(1, 900),
     .check = CK_SOCKET, .fallback = "/run/kujdestar/control",
     .what = "socket by which the commands speak to the running gateway"},
    {SC_MAIN, "hub.worker_dir", TY_PATH, CONF(worker_dir), RANGE(0, 900), .fallback = "",
     .what = "directory of the worker programs; empty: beside the gateway's own program"},
    {SC_MAIN, "hub.log_level", TY_TEXT, CONF(log_level), RANGE(1, 16),
     .allowed = "error warning info debug", .fallback = "info", .what = "what is logged"},
    {SC_MAIN, "hub.log_private", TY_BOOL, CONF(log_private), .fallback = "false",
     .what = "log telephone numbers and texts in clear; never on a real gateway"},
    {SC_MAIN, "hub.stop_s", TY_INT, CONF(stop_s), RANGE(1, 300), .fallback = "20",
     .what = "how long work in flight may take to end when the gateway is stopped, in seconds"},

    {SC_MAIN, "modems", TY_GROUPS, GROUPS_CONF(SC_MODEM, config_modem, modems, n_modems),
     RANGE(0, 16), .fallback = "", .what = "the GSM modems"},
    {SC_MAIN, "agencies", TY_GROUPS, GROUPS_CONF(SC_AGENCY, config_agency, agencies, n_agencies),
     RANGE(1, 64), .what = "the members of the child-protection group"},

    {SC_MAIN, "courier.parallel", TY_INT, CONF(courier_parallel), RANGE(1, 64), .fallback = "8",
     .what = "deliveries at once to all agencies together"},
    {SC_MAIN, "courier.expire_h", TY_INT, CONF(http_expire_h), RANGE(1, 720), .fallback = "72",
     .what = "hours for which a delivery to an agency is tried"},

    {SC_MAIN, "courier.circuit_failures", TY_INT, CONF(circuit_failures), RANGE(1, 100),
     .fallback = "5", .what = "failures in a row after which an agency is left in peace for a while"},
    {SC_MAIN, "courier.circuit_s", TY_INT, CONF(circuit_s), RANGE(1, 3600), .fallback = "60",
     .what = "seconds until it is tried once more; doubled with each failure"},
    {SC_MAIN, "courier.circuit_max_s", TY_INT, CONF(circuit_max_s), RANGE(1, 86400),
     .fallback = "900", .what = "longest time between two such tries, in seconds"},

    {SC_MAIN, "edge.listen", TY_TEXT, CONF(edge_listen), RANGE(0, 80), .check = CK_LISTEN,
     .fallback = "",
     .what = "address and port for agencies' answers and providers; empty: nothing listens"},
    {SC_MAIN, "edge.tls_cert", TY_PATH, CONF(edge_tls_cert), RANGE(0, 900), .fallback = "",
     .what = "PEM file of its certificate chain; empty: plain HTTP, behind a proxy of your own"},
    {SC_MAIN, "edge.tls_key", TY_PATH, CONF(edge_tls_key), RANGE(0, 900), .fallback = "",
     .what = "PEM file of the certificate's key; mode 0600"},
    {SC_MAIN, "edge.public_url", TY_TEXT, CONF(edge_public_url), RANGE(0, 200), .check = CK_URL,
     .fallback = "",
     .what = "how agencies reach it from outside: begins the links in alerts; empty: no links"},
    {SC_MAIN, "edge.link_days", TY_INT, CONF(edge_link_days), RANGE(1, 60), .fallback = "14",
     .what = "days for which such a link can be used"},
    {SC_MAIN, "edge.connections", TY_INT, CONF(edge_connections), RANGE(4, 4096),
     .fallback = "256", .what = "connections at once"},
    {SC_MAIN, "edge.per_address", TY_INT, CONF(edge_per_address), RANGE(1, 4096),
     .fallback = "64", .what = "connections at once of one address"},
    {SC_MAIN, "edge.request_s", TY_INT, CONF(edge_request_s), RANGE(1, 120), .fallback = "10",
     .what = "seconds in which a request must be whole, and answered"},
    {SC_MAIN, "edge.body_max", TY_INT, CONF(edge_body_max), RANGE(256, 49152),
     .fallback = "16384", .what = "longest body of a request, in bytes"},

    {SC_MAIN, "ussd.back", TY_TEXT, CONF(ussd_back), RANGE(1, 4), .check = CK_SIGN,
     .fallback = "0", .what = "what a caller types to go back, where there is a list"},
    {SC_MAIN, "ussd.main", TY_TEXT, CONF(ussd_main), RANGE(1, 4), .check = CK_SIGN,
     .fallback = "00", .what = "what leads to the first menu, from everywhere"},
    {SC_MAIN, "ussd.more", TY_TEXT, CONF(ussd_more), RANGE(1, 4), .check = CK_SIGN,
     .fallback = "98", .what = "what leads to the next page"},
    {SC_MAIN, "ussd.back_open", TY_TEXT, CONF(ussd_back_open), RANGE(1, 4), .check = CK_SIGN,
     .fallback = "*", .what = "what goes back where a number or words are asked for"},
    {SC_MAIN, "ussd.skip", TY_TEXT, CONF(ussd_skip), RANGE(1, 4), .check = CK_SIGN,
     .fallback = "#", .what = "what leaves out a number or words that may be left out"},
    {SC_MAIN, "ussd.resume_h", TY_INT, CONF(ussd_resume_h), RANGE(1, 72), .fallback = "12",
     .what = "hours for which an unfinished report is offered to be gone on with"},
    {SC_MAIN, "ussd.confirm", TY_BOOL, CONF(ussd_confirm), .fallback = "true",
     .what = "confirm what was reported by SMS too"},
    {SC_MAIN, "ussd.providers", TY_GROUPS,
     GROUPS_CONF(SC_PROVIDER, config_provider, providers, n_providers), RANGE(0, 32),
     .fallback = "", .what = "providers of menus; their settings: providers[] in the manual"},

    {SC_MAIN, "sms.expire_h", TY_INT, CONF(sms_expire_h), RANGE(1, 168), .fallback = "24",
     .what = "hours for which an SMS is tried"},
    {SC_MAIN, "sms.day_limit", TY_INT, CONF(sms_day_limit), RANGE(1, 100000), .fallback = "2000",
     .what = "most SMS sent in a day: guards the credit"},
    {SC_MAIN, "sms.recipient_hour_limit", TY_INT, CONF(sms_recipient_hour_limit), RANGE(1, 1000),
     .fallback = "40", .what = "most SMS to one number in an hour: guards against loops"},
    {SC_MAIN, "sms.unicode", TY_BOOL, CONF(sms_unicode), .fallback = "false",
     .what = "send letters outside GSM-7 as they are, 70 a segment; false: they are folded"},
    {SC_MAIN, "sms.max_attempts", TY_INT, CONF(sms_max_attempts), RANGE(1, 50), .fallback = "5",
     .what = "tries of an SMS that was surely not sent"},
    {SC_MAIN, "sms.gap_min", TY_INT, CONF(sms_gap_min), RANGE(0, 1440), .fallback = "0",
     .what = "minutes between two routine SMS to a person, what waited is joined; 0: none"},
    {SC_MAIN, "sms.quiet.from", TY_TEXT, CONF(quiet_from), RANGE(0, 5), .check = CK_TIME,
     .fallback = "", .what = "when the quiet hours begin: routine SMS wait; empty: there are none"},
    {SC_MAIN, "sms.quiet.to", TY_TEXT, CONF(quiet_to), RANGE(0, 5), .check = CK_TIME,
     .fallback = "", .what = "when the quiet hours end"},
    {SC_MAIN, "sms.quiet.digest", TY_TEXT, CONF(quiet_digest), RANGE(0, 5), .check = CK_TIME,
     .fallback = "", .what = "when what waited in them leaves; empty: at their end"},

    {SC_MAIN, "intake.concat_window_h", TY_INT, CONF(concat_window_h), RANGE(1, 168),
     .fallback = "24", .what = "hours to wait for the missing segment of a long SMS"},
    {SC_MAIN, "intake.undo_h", TY_INT, CONF(undo_h), RANGE(1, 168), .fallback = "24",
     .what = "hours in which a sender may take his last report back"},
    {SC_MAIN, "intake.context_h", TY_INT, CONF(context_h), RANGE(1, 72), .fallback = "12",
     .what = "hours in which a bare text answers what was asked"},
    {SC_MAIN, "intake.unknown_reply_h", TY_INT, CONF(unknown_reply_h), RANGE(1, 720),
     .fallback = "24", .what = "hours between two replies to an unknown number"},
    {SC_MAIN, "intake.flood_per_hour", TY_INT, CONF(flood_per_hour), RANGE(1, 1000),
     .fallback = "30", .what = "texts an hour of one number that get a reply; all are kept"},
    {SC_MAIN, "intake.clock_future_s", TY_INT64, CONF(clock_future_s), RANGE(0, 86400),
     .fallback = "600",
     .what = "how far ahead of receipt a network time stamp is believed, in seconds"},
    {SC_MAIN, "intake.clock_past_s", TY_INT64, CONF(clock_past_s), RANGE(3600, 2592000),
     .fallback = "604800",
     .what = "how far before receipt a network time stamp is believed, in seconds"},

    {SC_MAIN, "cases.contact_high_h", TY_INT, CONF(contact_h[0]), RANGE(1, 720), .fallback = "24",
     .what = "hours to the first contact with a child at high risk"},
    {SC_MAIN, "cases.contact_medium_h", TY_INT, CONF(contact_h[1]), RANGE(1, 720),
     .fallback = "72", .what = "the same at medium risk, and while the risk is not said"},
    {SC_MAIN, "cases.contact_low_h", TY_INT, CONF(contact_h[2]), RANGE(1, 720),
     .fallback = "168", .what = "the same at low risk"},
    {SC_MAIN, "cases.contact_late_h", TY_INT, CONF(contact_late_h), RANGE(1, 168),
     .fallback = "4", .what = "hours after which the coordinator hears of a missed first contact"},
    {SC_MAIN, "cases.followup_high_d", TY_INT, CONF(followup_d[0]), RANGE(1, 366),
     .fallback = "7", .what = "days to the next follow-up at high risk"},
    {SC_MAIN, "cases.followup_medium_d", TY_INT, CONF(followup_d[1]), RANGE(1, 366),
     .fallback = "14", .what = "the same at medium risk, and while the risk is not said"},
    {SC_MAIN, "cases.followup_low_d", TY_INT, CONF(followup_d[2]), RANGE(1, 366),
     .fallback = "30", .what = "the same at low risk"},
    {SC_MAIN, "cases.followup_late_d", TY_INT, CONF(followup_late_d), RANGE(1, 60),
     .fallback = "3", .what = "days after which the coordinator hears of a missed follow-up"},
    {SC_MAIN, "cases.duplicate_d", TY_INT, CONF(duplicate_d), RANGE(1, 366), .fallback = "14",
     .what = "days in which a second report of the same zone, sex and age may be the same child"},
    {SC_MAIN, "cases.confirm_min", TY_INT, CONF(confirm_min), RANGE(5, 1440), .fallback = "30",
     .what = "minutes of silence after which a person reads a case that was partly guessed"},

    {SC_MAIN, "referrals.answer_high_h", TY_INT, CONF(answer_high_h), RANGE(1, 720),
     .fallback = "24", .what = "hours an agency has to answer a referral at high risk"},
    {SC_MAIN, "referrals.answer_h", TY_INT, CONF(answer_h), RANGE(1, 720), .fallback = "72",
     .what = "the same for any other"},
    {SC_MAIN, "referrals.stop_d", TY_INT, CONF(referral_stop_d), RANGE(1, 90), .fallback = "14",
     .what = "days after which an unanswered referral ends and is its sender's again"},

    {SC_MAIN, "calendar.week", TY_WORDS, EXTRA(week), RANGE(1, 7), .allowed = DAYS,
     .fallback = "mon tue wed thu fri", .what = "weekdays with school"},
    {SC_MAIN, "calendar.closed", TY_GROUPS, GROUPS_EXTRA(SC_CLOSED, cfg_closed, closed, n_closed),
     RANGE(0, 366), .fallback = "", .what = "holidays and other days without school"},
    {SC_CLOSED, "from", TY_TEXT, IN(cfg_closed, from), RANGE(10, 10), .check = CK_DATE,
     .what = "first closed day"},
    {SC_CLOSED, "to", TY_TEXT, IN(cfg_closed, to), RANGE(0, 10), .check = CK_DATE, .fallback = "",
     .what = "last closed day; left out: one day"},
    {SC_CLOSED, "why", TY_TEXT, IN(cfg_closed, why), RANGE(0, 120), .fallback = "",
     .what = "for people"},
    {SC_CLOSED, "school", TY_TEXT, IN(cfg_closed, school), RANGE(0, 11), .fallback = "",
     .what = "the one school that is closed; left out: all"},
    {SC_MAIN, "calendar.terms", TY_GROUPS, GROUPS_EXTRA(SC_TERM, cfg_closed, terms, n_terms),
     RANGE(0, 64), .fallback = "", .what = "days outside every term are without school; none: no limit"},
    {SC_TERM, "from", TY_TEXT, IN(cfg_closed, from), RANGE(10, 10), .check = CK_DATE,
     .what = "first day of the term"},
    {SC_TERM, "to", TY_TEXT, IN(cfg_closed, to), RANGE(10, 10), .check = CK_DATE,
     .what = "last day of the term"},
    {SC_TERM, "school", TY_TEXT, IN(cfg_closed, school), RANGE(0, 11), .fallback = "",
     .what = "a school with terms of its own; left out: all others"},
    {SC_TERM, "why", TY_TEXT, IN(cfg_closed, why), RANGE(0, 120), .fallback = "",
     .what = "for people"},
    {SC_MAIN, "calendar.open", TY_WORDS, EXTRA(open), RANGE(0, 366), .check = CK_DATE,
     .fallback = "", .what = "days with school in spite of the above"},

    {SC_MAIN, "shifts", TY_GROUPS, GROUPS_EXTRA(SC_SHIFT, cfg_shift, shifts, n_shifts), RANGE(0, 8),
     .fallback = "", .what = "shifts of the school day; none: morning by 10:30, afternoon by 15:30"},
    {SC_SHIFT, "name", TY_TEXT, IN(cfg_shift, name), RANGE(1, 15), .check = CK_NAME,
     .what = "as the schools file names it"},
    {SC_SHIFT, "deadline", TY_TEXT, IN(cfg_shift, deadline), RANGE(5, 5), .check = CK_TIME,
     .what = "local time by which its classes have reported, HH:MM"},

    {SC_MAIN, "report.dhis2.period", TY_TEXT, CONF(dhis2_period), RANGE(1, 8),
     .allowed = "daily weekly monthly", .fallback = "daily",
     .what = "what one data value stands for; only whole periods are written"},
    {SC_MAIN, "report.dhis2.org_unit", TY_TEXT, CONF(dhis2_org_unit), RANGE(1, 8),
     .allowed = "class school", .fallback = "class",
     .what = "organisation unit of a value: SH1_5A, or SH1"},
    {SC_MAIN, "report.dhis2.data_set", TY_TEXT, CONF(dhis2_data_set), RANGE(0, 50), .check = CK_NAME,
     .fallback = "", .what = "code or UID of the data set; empty: not written"},
    {SC_MAIN, "report.dhis2.category", TY_TEXT, CONF(dhis2_category), RANGE(1, 50), .check = CK_NAME,
     .fallback = "default", .what = "category option combination of every value"},
    {SC_MAIN, "report.dhis2.attribute", TY_TEXT, CONF(dhis2_attribute), RANGE(1, 50),
     .check = CK_NAME, .fallback = "default", .what = "attribute option combination of every value"},
    {SC_MAIN, "report.dhis2.map", TY_GROUPS, GROUPS_CONF(SC_UID, config_uid, dhis2_map, n_dhis2_map),
     RANGE(0, 2000), .fallback = "", .what = "UIDs that stand in place of our codes"},
    {SC_UID, "code", TY_TEXT, IN(config_uid, code), RANGE(1, 50),
     .what = "ours: ATT_ENROLLED, SH1, SH1_5A"},
    {SC_UID, "uid", TY_TEXT, IN(config_uid, uid), RANGE(1, 50), .check = CK_NAME,
     .what = "the receiver's"},

    {SC_MAIN, "help.police", TY_TEXT, EXTRA(police), RANGE(2, 8), .check = CK_DIGITS,
     .fallback = "129", .what = "number of the police, given in replies; verify all four"},
    {SC_MAIN, "help.emergency", TY_TEXT, EXTRA(emergency), RANGE(2, 8), .check = CK_DIGITS,
     .fallback = "112", .what = "emergency number"},
    {SC_MAIN, "help.child_line", TY_TEXT, EXTRA(child_line), RANGE(2, 8), .check = CK_DIGITS,
     .fallback = "116111", .what = "number of the child helpline"},
    {SC_MAIN, "help.trafficking_line", TY_TEXT, EXTRA(trafficking_line), RANGE(2, 8),
     .check = CK_DIGITS, .fallback = "116006", .what = "number of the anti-trafficking helpline"},

    {SC_MAIN, "meetings.first", TY_TEXT, CONF(meeting_first), RANGE(0, 10), .check = CK_DATE,
     .fallback = "", .what = "day of one meeting of the group, from which the others are reckoned; "
			     "empty: each is set by a person"},
    {SC_MAIN, "meetings.time", TY_TEXT, CONF(meeting_time), RANGE(5, 5), .check = CK_TIME,
     .fallback = "10:00", .what = "when they begin, local"},
    {SC_MAIN, "meetings.every_months", TY_INT, CONF(meeting_months), RANGE(1, 12),
     .fallback = "2", .what = "months from one to the next; one on a weekend is on the Monday after"},
    {SC_MAIN, "meetings.place", TY_TEXT, CONF(meeting_place), RANGE(0, 11), .check = CK_CODE,
     .fallback = "", .what = "code of the place, as people know it; empty: not said"},
    {SC_MAIN, "meetings.remind_hour", TY_INT, CONF(remind_hour), RANGE(6, 20), .fallback = "8",
     .what = "local hour at which people are reminded of their tasks"},
    {SC_MAIN, "meetings.close_h", TY_INT, CONF(meeting_close_h), RANGE(1, 720), .fallback = "72",
     .what = "hours to wait for the minutes before what was not done is carried to the next meeting"},

    {SC_MAIN, "audit.keep_years", TY_INT, CONF(audit_keep_years), RANGE(1, 50), .fallback = "5",
     .what = "years for which no row of the audit can be taken out"},

    {SC_MAIN, "forbidden", TY_WORDS, EXTRA(forbidden), RANGE(0, 200), .fallback = "",
     .what = "words that must never stand in a message, as of a shelter's address"},

    {SC_MAIN, "files.vocabularies", TY_FILES, EXTRA(vocabularies), RANGE(1, 16),
     .what = "words of each language"},
    {SC_MAIN, "files.messages", TY_FILES, EXTRA(messages), RANGE(1, 16),
     .what = "message catalogue of each language"},
    {SC_MAIN, "files.intents", TY_FILE, EXTRA(intents_file), RANGE(1, 900),
     .what = "which roles may send what"},
    {SC_MAIN, "files.mandates", TY_FILE, EXTRA(mandates_file), RANGE(1, 900),
     .what = "which agency may be told of what"},
    {SC_MAIN, "files.rules", TY_FILE, EXTRA(rules_file), RANGE(1, 900),
     .what = "when people are alerted"},
    {SC_MAIN, "files.schools", TY_FILE, EXTRA(schools_file), RANGE(0, 900), .fallback = "",
     .what = "schools and classes: CSV school,class,register,shift[,zone]; empty: they are imported"},
    {SC_MAIN, "files.providers", TY_FILES, EXTRA(provider_files), RANGE(0, 16), .fallback = "",
     .what = "blocks of USSD providers"},
    {SC_MAIN, "files.roster", TY_FILE, CONF(roster_file), RANGE(0, 900), .fallback = "",
     .what = "reporters as CSV id,msisdn,role,school,classes,agency,language; for trying out only"},

    {SC_MAIN, "forms", TY_GROUPS, GROUPS_EXTRA(SC_FORM, cfg_form, forms, n_forms), RANGE(0, 32),
     .fallback = "", .what = "reports of the site's own"},

    {SC_MODEM, "name", TY_TEXT, IN(config_modem, name), RANGE(1, 16), .check = CK_NAME,
     .what = "name in logs, tables and commands"},
    {SC_MODEM, "device", TY_PATH, IN(config_modem, device), RANGE(1, 900), .check = CK_DEVICE,
     .what = "its serial device; take the name in /dev/serial/by-id, which survives a replug"},
    {SC_MODEM, "connection", TY_TEXT, IN(config_modem, connection), RANGE(1, 32), .check = CK_NAME,
     .fallback = "at115200", .what = "libgammu's name of the connection"},
    {SC_MODEM, "model", TY_TEXT, IN(config_modem, model), RANGE(0, 32), .check = CK_NAME,
     .fallback = "at", .what = "libgammu's model: at for any AT modem, empty to detect"},
    {SC_MODEM, "features", TY_TEXT, IN(config_modem, features), RANGE(0, 200), .fallback = "",
     .what = "libgammu's feature overrides, split by commas"},
    {SC_MODEM, "smsc", TY_TEXT, IN(config_modem, smsc), RANGE(0, 20), .check = CK_PHONE,
     .fallback = "", .what = "number of the SMS centre; empty: the SIM's own"},
    {SC_MODEM, "pin", TY_SECRET, IN(config_modem, pin), RANGE(0, 8), .check = CK_PIN,
     .fallback = "", .what = "PIN of the SIM, tried once; empty: none"},
    {SC_MODEM, "sweep_s", TY_INT, IN(config_modem, sweep_s), RANGE(5, 3600), .fallback = "30",
     .what = "seconds between two full looks at the modem's memories"},
    {SC_MODEM, "send_gap_ms", TY_INT, IN(config_modem, send_gap_ms), RANGE(0, 1000),
     .fallback = "30", .what = "longest pause of libgammu while sending, in milliseconds"},
    {SC_MODEM, "mute_s", TY_INT, IN(config_modem, mute_s), RANGE(1, 5), .fallback = "4",
     .what = "seconds without an answer to AT after which the modem is mute"},
    {SC_MODEM, "credit", TY_INT, IN(config_modem, credit), RANGE(1, 64), .fallback = "32",
     .what = "segments on their way to the database at once"},
    {SC_MODEM, "send_s", TY_INT, IN(config_modem, send_s), RANGE(1, 180), .fallback = "90",
     .what = "seconds to wait for the network's word on a sent segment"},
    {SC_MODEM, "call_s", TY_INT, IN(config_modem, call_s), RANGE(2, 120), .fallback = "60",
     .what = "longest call of libgammu, a listing, in seconds; others in proportion"},
    {SC_MODEM, "network_s", TY_INT, IN(config_modem, network_s), RANGE(5, 3600), .fallback = "180",
     .what = "seconds without network after which the radio is switched off and on"},
    {SC_MODEM, "prefixes", TY_WORDS, IN(config_modem, prefixes), RANGE(0, 64), .check = CK_PREFIX,
     .fallback = "", .what = "beginnings of numbers that it sends to by preference"},
    {SC_MODEM, "power_cycle", TY_WORDS, IN(config_modem, power_cycle), RANGE(0, 16),
     .fallback = "", .what = "program and arguments that switch the modem off and on, no shell"},
    {SC_MODEM, "balance.code", TY_TEXT, IN(config_modem, balance.code), RANGE(0, 40),
     .check = CK_USSD, .fallback = "", .what = "code that asks the SIM's credit; empty: not asked"},
    {SC_MODEM, "balance.answers", TY_WORDS, IN(config_modem, balance.answers), RANGE(0, 8),
     .check = CK_ANSWER, .fallback = "", .what = "what is answered to its menus, in order"},
    {SC_MODEM, "balance.amount", TY_TEXT, IN(config_modem, balance.pick), RANGE(0, 160),
     .fallback = "", .what = "expression whose one group ( ) takes the amount out of the answer"},
    {SC_MODEM, "balance.sample", TY_TEXT, IN(config_modem, balance.sample), RANGE(0, 400),
     .fallback = "", .what = "an answer of the operator, on which the expression is proved"},
    {SC_MODEM, "balance.low", TY_INT, IN(config_modem, balance.limit), RANGE(0, 10000000),
     .fallback = "0", .what = "credit below which people are told; 0: never"},
    {SC_MODEM, "balance.every_h", TY_INT, IN(config_modem, balance.every_h), RANGE(0, 720),
     .fallback = "24", .what = "hours between two questions; 0: only by hand"},
    {SC_MODEM, "validity.code", TY_TEXT, IN(config_modem, validity.code), RANGE(0, 40),
     .check = CK_USSD, .fallback = "",
     .what = "code that asks until when the SIM is valid; empty: not asked"},
    {SC_MODEM, "validity.answers", TY_WORDS, IN(config_modem, validity.answers), RANGE(0, 8),
     .check = CK_ANSWER, .fallback = "", .what = "what is answered to its menus, in order"},
    {SC_MODEM, "validity.date", TY_TEXT, IN(config_modem, validity.pick), RANGE(0, 160),
     .fallback = "", .what = "expression whose one group ( ) takes the day, or the days left"},
    {SC_MODEM, "validity.sample", TY_TEXT, IN(config_modem, validity.sample), RANGE(0, 400),
     .fallback = "", .what = "an answer of the operator, on which the expression is proved"},
    {SC_MODEM, "validity.days", TY_INT, IN(config_modem, validity.limit), RANGE(0, 365),
     .fallback = "7", .what = "days before its end on which people are told; 0: never"},
    {SC_MODEM, "validity.every_h", TY_INT, IN(config_modem, validity.every_h), RANGE(0, 720),
     .fallback = "24", .what = "hours between two questions; 0: only by hand"},
    {SC_MODEM, "topup.code", TY_TEXT, IN(config_modem, topup.code), RANGE(0, 60),
     .check = CK_TOPUP, .fallback = "",
     .what = "code that loads a voucher, {voucher} in its place; empty: none"},
    {SC_MODEM, "topup.answers", TY_WORDS, IN(config_modem, topup.answers), RANGE(0, 8),
     .check = CK_ANSWER, .fallback = "", .what = "what is answered to its menus; {voucher} may be one"},

    {SC_AGENCY, "code", TY_TEXT, IN(config_agency, code), RANGE(2, 11), .check = CK_CODE,
     .what = "code, as reporters write it"},
    {SC_AGENCY, "url", TY_TEXT, IN(config_agency, url), RANGE(0, 1000), .check = CK_URL,
     .fallback = "", .what = "where it receives deliveries; empty: told by a bare SMS"},
    {SC_AGENCY, "secret", TY_SECRET, IN(config_agency, secret), RANGE(0, 120), .check = CK_SECRET,
     .fallback = "", .what = "whsec_ and base64 of 24 to 64 bytes: signs its deliveries"},
    {SC_AGENCY, "secret_file", TY_PATH, IN(config_agency, secret_file), RANGE(0, 900),
     .fallback = "", .what = "file that holds the secret instead; mode 0600"},
    {SC_AGENCY, "secret_next", TY_SECRET, IN(config_agency, secret_next), RANGE(0, 120),
     .check = CK_SECRET, .fallback = "",
     .what = "the secret that comes after it: while both stand here, both sign"},
    {SC_AGENCY, "secret_next_file", TY_PATH, IN(config_agency, secret_next_file), RANGE(0, 900),
     .fallback = "", .what = "file that holds it instead; mode 0600"},
    {SC_AGENCY, "signing_key", TY_SECRET, IN(config_agency, signing_key), RANGE(0, 120),
     .check = CK_SIGNING, .fallback = "",
     .what = "whsk_ and base64 of 64 bytes: an Ed25519 signature (v1a) besides"},
    {SC_AGENCY, "signing_key_file", TY_PATH, IN(config_agency, signing_key_file), RANGE(0, 900),
     .fallback = "", .what = "file that holds it instead; mode 0600"},
    {SC_AGENCY, "format", TY_TEXT, IN(config_agency, format), RANGE(1, 16),
     .allowed = "webhook cloudevents", .fallback = "webhook",
     .what = "form of the body: Standard Webhooks or CloudEvents 1.0"},
    {SC_AGENCY, "client_cert", TY_PATH, IN(config_agency, client_cert), RANGE(0, 900),
     .fallback = "", .what = "PEM file of the certificate it knows the gateway by; empty: none"},
    {SC_AGENCY, "client_key", TY_PATH, IN(config_agency, client_key), RANGE(0, 900),
     .fallback = "", .what = "PEM file of that certificate's key; mode 0600"},
    {SC_AGENCY, "pin", TY_TEXT, IN(config_agency, pin), RANGE(0, 60), .check = CK_KEY_PIN,
     .fallback = "", .what = "the one public key it may show, sha256// and base64; empty: any"},
    {SC_AGENCY, "ordered", TY_BOOL, IN(config_agency, ordered), .fallback = "false",
     .what = "routine deliveries to it one after the other, oldest first; urgent ones pass"},
    {SC_AGENCY, "ca_file", TY_PATH, IN(config_agency, ca_file), RANGE(0, 900), .fallback = "",
     .what = "certificates of its authority; empty: the system's"},
    {SC_AGENCY, "allow_private", TY_TEXT, IN(config_agency, allow_private), RANGE(0, 200),
     .check = CK_NETWORKS, .fallback = "",
     .what = "private networks its address may lie in, space-separated"},
    {SC_AGENCY, "plain_http", TY_BOOL, IN(config_agency, plain_http), .fallback = "false",
     .what = "allow http:// for this agency; only on a network nobody else can hear"},
    {SC_AGENCY, "timeout_ms", TY_INT, IN(config_agency, timeout_ms), RANGE(1000, 120000),
     .fallback = "20000", .what = "longest wait for its answer, in milliseconds"},
    {SC_AGENCY, "parallel", TY_INT, IN(config_agency, parallel), RANGE(1, 16), .fallback = "2",
     .what = "deliveries at once to it"},

    {SC_FORM, "name", TY_TEXT, IN(cfg_form, name), RANGE(1, 31), .check = CK_NAME,
     .what = "name; the reading is form:NAME"},
    {SC_FORM, "keywords", TY_WORDS, IN(cfg_form, keywords), RANGE(1, 16),
     .what = "words that begin the report"},
    {SC_FORM, "roles", TY_WORDS, IN(cfg_form, roles), RANGE(1, 6), .allowed = SENDERS,
     .what = "who may send it"},
    {SC_FORM, "separators", TY_TEXT, IN(cfg_form, separators), RANGE(0, 16), .fallback = "",
     .what = "characters between fields; empty: any"},
    {SC_FORM, "reply.sq", TY_TEXT, IN(cfg_form, reply_sq), RANGE(0, 300), .fallback = "",
     .what = "reply in Albanian; empty: the general one"},
    {SC_FORM, "reply.en", TY_TEXT, IN(cfg_form, reply_en), RANGE(0, 300), .fallback = "",
     .what = "reply in English; empty: the general one"},
    {SC_FORM, "fields", TY_GROUPS, GROUPS_IN(SC_FIELD, cfg_field, cfg_form, fields, n_fields),
     RANGE(1, 24), .what = "its fields in order"},
    {SC_FIELD, "name", TY_TEXT, IN(cfg_field, name), RANGE(1, 31), .check = CK_NAME,
     .what = "name"},
    {SC_FIELD, "type", TY_TEXT, IN(cfg_field, type), RANGE(1, 16), .allowed = FIELD_TYPES,
     .what = "type of its value"},
    {SC_FIELD, "labels", TY_WORDS, IN(cfg_field, labels), RANGE(0, 16), .fallback = "",
     .what = "other names reporters use"},
    {SC_FIELD, "required", TY_BOOL, IN(cfg_field, required), .fallback = "false",
     .what = "whether a report without it is refused"},
    {SC_FIELD, "min", TY_INT64, IN(cfg_field, min), RANGE(-1000000000, 1000000000), .fallback = "",
     .what = "least number; left out: any"},
    {SC_FIELD, "max", TY_INT64, IN(cfg_field, max), RANGE(-1000000000, 1000000000), .fallback = "",
     .what = "greatest number; left out: any"},
    {SC_FIELD, "choices", TY_WORDS, IN(cfg_field, choices), RANGE(0, 64), .fallback = "",
     .what = "of a choice: code=alias,alias"},
    {SC_FIELD, "default", TY_TEXT, IN(cfg_field, fallback), RANGE(0, 60), .fallback = "",
     .what = "value when it is not said"},

    /* ---- the files it names ---- */
    {SC_VOCABULARY, "language", TY_TEXT, IN(cfg_vocabulary, language), RANGE(2, 3),
     .check = CK_LANGUAGE, .what = "language of these words"},
    {SC_VOCABULARY, "words", TY_GROUPS,
     GROUPS_IN(SC_WORD, cfg_word, cfg_vocabulary, words, n_words), RANGE(1, 5000),
     .what = "its words"},
    {SC_WORD, "concept", TY_TEXT, IN(cfg_word, concept), RANGE(1, 39), .what = "what they mean"},
    {SC_WORD, "say", TY_WORDS, IN(cfg_word, say), RANGE(1, 200),
     .what = "words and phrases, folded when read"},
    {SC_MESSAGES, "language", TY_TEXT, IN(cfg_messages, language), RANGE(2, 3),
     .check = CK_LANGUAGE, .what = "language of these messages"},
    {SC_MESSAGES, "messages", TY_GROUPS,
     GROUPS_IN(SC_MESSAGE, cfg_message, cfg_messages, messages, n_messages), RANGE(1, 1000),
     .what = "its messages"},
    {SC_MESSAGE, "id", TY_TEXT, IN(cfg_message, id), RANGE(1, 47), .what = "which message"},
    {SC_MESSAGE, "text", TY_TEXT, IN(cfg_message, text), RANGE(1, 1000),
     .what = "text with {placeholders}"},
    {SC_INTENTS, "intents", TY_GROUPS,
     GROUPS_IN(SC_INTENT, cfg_intent, cfg_intents, intents, n_intents), RANGE(1, 500),
     .what = "the intents"},
    {SC_INTENT, "intent", TY_TEXT, IN(cfg_intent, intent), RANGE(1, 39),
     .what = "which report or request"},
    {SC_INTENT, "roles", TY_WORDS, IN(cfg_intent, roles), RANGE(0, 7),
     .what = "roles that may send it"},
    {SC_PROVIDERS, "providers", TY_GROUPS,
     GROUPS_IN(SC_PROVIDER, config_provider, cfg_providers, providers, n_providers), RANGE(1, 64),
     .what = "the blocks"},
    {SC_PROVIDER, "name", TY_TEXT, IN(config_provider, name), RANGE(1, 16), .check = CK_NAME,
     .what = "name in logs and tables"},
    {SC_PROVIDER, "like", TY_TEXT, IN(config_provider, like), RANGE(0, 16), .check = CK_NAME, .fallback = "",
     .what = "another block: what is not said here is as there"},
    {SC_PROVIDER, "path", TY_TEXT, IN(config_provider, path), RANGE(0, 200), .fallback = "",
     .what = "path of its requests; {secret} its secret, other {names} values"},
    {SC_PROVIDER, "close_path", TY_TEXT, IN(config_provider, close_path), RANGE(0, 200), .fallback = "",
     .what = "path of its notices that a session ended; empty: none"},
    {SC_PROVIDER, "methods", TY_WORDS, IN(config_provider, methods), RANGE(1, 3), .allowed = "GET POST PUT", .fallback = "POST",
     .what = "methods of its requests"},
    {SC_PROVIDER, "in", TY_TEXT, IN(config_provider, in), RANGE(1, 8), .allowed = "query form json xml", .fallback = "form",
     .what = "where its fields stand"},
    {SC_PROVIDER, "fold_names", TY_BOOL, IN(config_provider, fold_names), .fallback = "false",
     .what = "names of its fields without regard to case"},
    {SC_PROVIDER, "session", TY_TEXT, IN(config_provider, session), RANGE(0, 80), .fallback = "",
     .what = "field of the session; path:, header: or query: before it: from there"},
    {SC_PROVIDER, "msisdn", TY_TEXT, IN(config_provider, msisdn), RANGE(0, 80), .fallback = "",
     .what = "field of the caller's number"},
    {SC_PROVIDER, "code", TY_TEXT, IN(config_provider, code), RANGE(0, 80), .fallback = "",
     .what = "field of the dialled code; empty: none"},
    {SC_PROVIDER, "input", TY_TEXT, IN(config_provider, input), RANGE(0, 80), .fallback = "",
     .what = "field of what was typed"},
    {SC_PROVIDER, "sequence", TY_TEXT, IN(config_provider, sequence), RANGE(0, 80), .fallback = "",
     .what = "field that tells a request from its repetition; empty: none"},
    {SC_PROVIDER, "session_key", TY_TEXT, IN(config_provider, session_key), RANGE(1, 8), .allowed = "field msisdn both", .fallback = "field",
     .what = "what a session is known by"},
    {SC_PROVIDER, "msisdn_form", TY_TEXT, IN(config_provider, msisdn_form), RANGE(1, 8), .allowed = "plus digits national", .fallback = "plus",
     .what = "how the number is written; digits: with its country, without +"},
    {SC_PROVIDER, "input_mode", TY_TEXT, IN(config_provider, input_mode), RANGE(1, 24), .allowed = "latest cumulative cumulative_with_code", .fallback = "latest",
     .what = "the input is the last answer, or all of them"},
    {SC_PROVIDER, "first_input_is_code", TY_BOOL, IN(config_provider, first_input_is_code), .fallback = "false",
     .what = "the first input is the dialled code"},
    {SC_PROVIDER, "new_if", TY_WORDS, IN(config_provider, new_if), RANGE(0, 8), .fallback = "",
     .what = "a new session: FIELD=VALUE, one of them; FIELD^=BEGINNING"},
    {SC_PROVIDER, "close_if", TY_WORDS, IN(config_provider, close_if), RANGE(0, 8), .fallback = "",
     .what = "the session ended: FIELD=VALUE, one of them"},
    {SC_PROVIDER, "status_if", TY_WORDS, IN(config_provider, status_if), RANGE(0, 8), .fallback = "",
     .what = "a question whether it is open: FIELD=VALUE"},
    {SC_PROVIDER, "repeat_s", TY_INT, IN(config_provider, repeat_s), RANGE(0, 60), .fallback = "2",
     .what = "of input latest without a sequence: seconds within which the same is the same"},
    {SC_PROVIDER, "reply_type", TY_TEXT, IN(config_provider, reply_type), RANGE(1, 80), .fallback = "text/plain",
     .what = "Content-Type of its answers"},
    {SC_PROVIDER, "cont", TY_TEXT, IN(config_provider, cont), RANGE(0, 2000), .fallback = "",
     .what = "answer that goes on; {text} the screen, {in.NAME} a field sent"},
    {SC_PROVIDER, "end", TY_TEXT, IN(config_provider, end), RANGE(0, 2000), .fallback = "",
     .what = "answer that ends the session"},
    {SC_PROVIDER, "closed", TY_TEXT, IN(config_provider, closed), RANGE(0, 2000), .fallback = "",
     .what = "answer to the news that a session ended"},
    {SC_PROVIDER, "status", TY_TEXT, IN(config_provider, status), RANGE(0, 2000), .fallback = "",
     .what = "answer to status_if"},
    {SC_PROVIDER, "failure", TY_TEXT, IN(config_provider, failure), RANGE(0, 2000), .fallback = "",
     .what = "answer when a request is refused; empty: a problem by HTTP"},
    {SC_PROVIDER, "failure_status", TY_INT, IN(config_provider, failure_status), RANGE(0, 599), .fallback = "0",
     .what = "HTTP status of failure; 0: that of the fault"},
    {SC_PROVIDER, "cont_headers", TY_WORDS, IN(config_provider, cont_headers), RANGE(0, 4), .fallback = "",
     .what = "headers of an answer that goes on"},
    {SC_PROVIDER, "end_headers", TY_WORDS, IN(config_provider, end_headers), RANGE(0, 4), .fallback = "",
     .what = "headers of an answer that ends"},
    {SC_PROVIDER, "newline", TY_TEXT, IN(config_provider, newline), RANGE(1, 8), .allowed = "lf crlf br space", .fallback = "lf",
     .what = "how a screen's lines are parted"},
    {SC_PROVIDER, "limit", TY_INT, IN(config_provider, limit), RANGE(60, 182), .fallback = "182",
     .what = "septets of a screen"},
    {SC_PROVIDER, "deadline_ms", TY_INT, IN(config_provider, deadline_ms), RANGE(200, 60000), .fallback = "5000",
     .what = "milliseconds in which a screen must be answered"},
    {SC_PROVIDER, "auth", TY_TEXT, IN(config_provider, auth), RANGE(1, 8), .allowed = "none path query basic bearer header", .fallback = "path",
     .what = "where its secret stands"},
    {SC_PROVIDER, "auth_name", TY_TEXT, IN(config_provider, auth_name), RANGE(0, 60), .fallback = "",
     .what = "of query and header: the name of the secret's field"},
    {SC_PROVIDER, "auth_user", TY_TEXT, IN(config_provider, auth_user), RANGE(0, 60), .fallback = "",
     .what = "of basic: the user; of query: NAME=VALUE that must stand there too"},
    {SC_PROVIDER, "secret", TY_SECRET, IN(config_provider, secret), RANGE(0, 120), .fallback = "",
     .what = "its secret"},
    {SC_PROVIDER, "secret_file", TY_PATH, IN(config_provider, secret_file), RANGE(0, 900), .fallback = "",
     .what = "file that holds the secret instead; mode 0600"},
    {SC_PROVIDER, "addresses", TY_WORDS, IN(config_provider, addresses), RANGE(0, 32), .check = CK_ADDRESS, .fallback = "",
     .what = "networks its requests come from; empty: any"},
    {SC_MANDATES, "mandates", TY_GROUPS,
     GROUPS_CONF(SC_MANDATE, config_mandate, mandates, n_mandates), RANGE(0, 500),
     .what = "the rows"},
    {SC_MANDATE, "rule", TY_TEXT, IN(config_mandate, rule), RANGE(1, 7), .check = CK_NAME,
     .what = "name of the row, for the audit"},
    {SC_MANDATE, "event", TY_TEXT, IN(config_mandate, event), RANGE(1, 31), .allowed = EVENTS,
     .what = "what happened"},
    {SC_MANDATE, "agency", TY_TEXT, IN(config_mandate, agency), RANGE(1, 11), .check = CK_CODE,
     .what = "who may be told"},
    {SC_MANDATE, "basis", TY_TEXT, IN(config_mandate, basis), RANGE(1, 300),
     .what = "legal basis, for the record"},
    {SC_MANDATE, "keys", TY_WORDS, IN(config_mandate, keys), RANGE(1, 32), .allowed = KEYS,
     .what = "what may leave: exactly these keys"},
    {SC_MANDATE, "concerns", TY_WORDS, IN(config_mandate, concerns), RANGE(0, 16),
     .allowed = CONCERNS, .fallback = "", .what = "only for cases of these; left out: any"},
    {SC_MANDATE, "services", TY_WORDS, IN(config_mandate, services), RANGE(0, 16),
     .allowed = SERVICES, .fallback = "",
     .what = "only for referrals that ask for one of these; left out: any"},
    {SC_RULES, "rules", TY_GROUPS, GROUPS_CONF(SC_RULE, config_rule, rules, n_rules), RANGE(0, 64),
     .what = "the rules"},
    {SC_RULES, "seasons", TY_GROUPS, GROUPS_CONF(SC_SEASON, config_season, seasons, n_seasons),
     RANGE(0, 64), .fallback = "", .what = "times of the year with rules of their own"},
    {SC_SEASON, "name", TY_TEXT, IN(config_season, name), RANGE(1, 60), .what = "for people"},
    {SC_SEASON, "from", TY_TEXT, IN(config_season, from), RANGE(5, 10), .check = CK_SEASON,
     .what = "first day"},
    {SC_SEASON, "to", TY_TEXT, IN(config_season, to), RANGE(5, 10), .check = CK_SEASON,
     .what = "last day"},
    {SC_RULE, "id", TY_TEXT, IN(config_rule, id), RANGE(1, 7), .check = CK_NAME,
     .what = "name of the rule"},
    {SC_RULE, "event", TY_TEXT, IN(config_rule, event), RANGE(0, 31), .allowed = EVENTS,
     .fallback = "", .what = "what it watches, where no sentence says it"},
    {SC_RULE, "when", TY_TEXT, IN(config_rule, when), RANGE(0, 200), .fallback = "",
     .what = "a sentence that says when an attendance rule fires"},
    {SC_RULE, "in_season", TY_TEXT, IN(config_rule, in_season), RANGE(0, 200), .fallback = "",
     .what = "the sentence inside a season; left out: the same"},
    {SC_RULE, "ends", TY_WORDS, IN(config_rule, ends), RANGE(0, 4), .allowed = ENDS,
     .fallback = "", .what = "what takes its alerts back; left out: whatever can"},
    {SC_RULE, "audience", TY_WORDS, IN(config_rule, audience), RANGE(0, 8), .allowed = AUDIENCE,
     .fallback = "", .what = "roles told by SMS"},
    {SC_RULE, "message", TY_TEXT, IN(config_rule, message), RANGE(0, 47), .check = CK_NAME,
     .fallback = "", .what = "message of the catalogue sent to them"},
    {SC_RULE, "tell", TY_TEXT, IN(config_rule, tell), RANGE(0, 31), .allowed = EVENTS,
     .fallback = "", .what = "event told to agencies by their mandates; empty: none"},
    {SC_RULE, "urgent", TY_BOOL, IN(config_rule, urgent), .fallback = "false",
     .what = "goes before all else, at any hour"},
    {SC_RULE, "ack_minutes", TY_INT, IN(config_rule, ack_minutes), RANGE(0, 10080), .fallback = "0",
     .what = "minutes to wait for an acknowledgement; 0: needs none"},
    {SC_RULE, "escalate", TY_WORDS, IN(config_rule, escalate), RANGE(0, 16), .allowed = AUDIENCE,
     .fallback = "", .what = "roles told when nobody answered, one step each"},
    {SC_RULE, "max_steps", TY_INT, IN(config_rule, max_steps), RANGE(0, 50), .fallback = "0",
     .what = "steps in all; the last role is told again until then"},
};

static const struct cfg_scope_info scopes[SCOPES] = {
    [SC_MAIN] = {FILE_MAIN, ""},
    [SC_CLOSED] = {FILE_MAIN, "calendar.closed[]."},
    [SC_TERM] = {FILE_MAIN, "calendar.terms[]."},
    [SC_SHIFT] = {FILE_MAIN, "shifts[]."},
    [SC_UID] = {FILE_MAIN, "report.dhis2.map[]."},
    [SC_PROVIDERS] = {FILE_PROVIDERS, ""},
    [SC_PROVIDER] = {FILE_PROVIDERS, "providers[]."},
    [SC_MODEM] = {FILE_MAIN, "modems[]."},
    [SC_AGENCY] = {FILE_MAIN, "agencies[]."},
    [SC_FORM] = {FILE_MAIN, "forms[]."},
    [SC_FIELD] = {FILE_MAIN, "forms[].fields[]."},
    [SC_VOCABULARY] = {FILE_VOCABULARY, ""},
    [SC_WORD] = {FILE_VOCABULARY, "words[]."},
    [SC_MESSAGES] = {FILE_MESSAGES, ""},
    [SC_MESSAGE] = {FILE_MESSAGES, "messages[]."},
    [SC_INTENTS] = {FILE_INTENTS, ""},
    [SC_INTENT] = {FILE_INTENTS, "intents[]."},
    [SC_MANDATES] = {FILE_MANDATES, ""},
    [SC_MANDATE] = {FILE_MANDATES, "mandates[]."},
    [SC_RULES] = {FILE_RULES, ""},
    [SC_RULE] = {FILE_RULES, "rules[]."},
    [SC_SEASON] = {FILE_RULES, "seasons[]."},
};

const struct cfg_setting *cfg_settings(size_t *n)
{
	*n = sizeof(table) / sizeof(table[0]);
	return table;
}

const struct cfg_scope_info *cfg_scope_info(enum cfg_scope s)
{
	return &scopes[s];
}

static const char *check_words(enum cfg_check c)
{
	static const char *const words[] = {
	    [CK_NONE] = "a text",
	    [CK_DIGITS] = "digits",
	    [CK_DATE] = "a date, YYYY-MM-DD",
	    [CK_TIME] = "a time of day, HH:MM",
	    [CK_NAME] = "letters, digits, \"_\", \"-\" and \".\"",
	    [CK_CODE] = "capital letters and digits, a letter first",
	    [CK_LANGUAGE] = "a language code, two or three small letters",
	    [CK_URL] = "an https:// address",
	    [CK_SEASON] = "a date, MM-DD of every year or YYYY-MM-DD",
	    [CK_NETWORKS] = "networks as 10.0.0.0/8, space-separated",
	    [CK_ZONE_TIME] = "a name of the time zone database",
	    [CK_PHONE] = "a telephone number",
	    [CK_PREFIX] = "+ and the first digits of a number",
	    [CK_PIN] = "4 to 8 digits",
	    [CK_SIGN] = "digits, * and #",
	    [CK_ADDRESS] = "a network as 10.0.0.0/8",
	    [CK_SECRET] = "whsec_ and base64 of 24 to 64 bytes",
	    [CK_SIGNING] = "whsk_ and base64 of 64 bytes",
	    [CK_KEY_PIN] = "sha256// and base64 of 32 bytes",
	    [CK_LISTEN] = "an address and a port, as 127.0.0.1:8480 or [::1]:8480",
	    [CK_USSD] = "digits, * and #",
	    [CK_TOPUP] = "digits, *, # and {voucher}",
	    [CK_ANSWER] = "letters, digits, blanks, *, #, + and {voucher}",
	    [CK_DEVICE] = "a path of at most 127 bytes when made absolute",
	    [CK_SOCKET] = "a path of at most 107 bytes when made absolute",
	};
	return words[c];
}

static const char *numbers_range(const struct cfg_setting *s, char *out, size_t max)
{
	snprintf(out, max, "an integer, %" PRId64 " to %" PRId64, s->min, s->max);
	return out;
}

static const char *words_range(const struct cfg_setting *s, char *out, size_t max)
{
	if (s->allowed)
		snprintf(out, max, "an array of %" PRId64 " to %" PRId64 " of: %s", s->min, s->max,
			 s->allowed);
	else
		snprintf(out, max, "an array of %" PRId64 " to %" PRId64 " strings: %s", s->min,
			 s->max, s->type == TY_FILES ? "file names" : check_words(s->check));
	return out;
}

const char *cfg_setting_range(const struct cfg_setting *s, char *out, size_t max)
{
	switch (s->type) {
	case TY_INT:
	case TY_INT64:
		return numbers_range(s, out, max);
	case TY_BOOL:
		return "true or false";
	case TY_LETTER:
		return "one letter of A to Z without I, L, O and U";
	case TY_WORDS:
	case TY_FILES:
		return words_range(s, out, max);
	case TY_GROUPS:
		snprintf(out, max, "a list of %" PRId64 " to %" PRId64 " groups", s->min, s->max);
		return out;
	case TY_FILE:
	case TY_PATH:
		if (s->check == CK_NONE)
			return "a path, relative to the file that names it";
		return check_words(s->check);
	case TY_TEXT:
	case TY_SECRET:
	case TY_BUFFER:
		break;
	}
	if (s->allowed)
		snprintf(out, max, "one of: %s", s->allowed);
	else
		snprintf(out, max, "%s, %" PRId64 " to %" PRId64 " bytes", check_words(s->check),
			 s->min, s->max);
	return out;
}
