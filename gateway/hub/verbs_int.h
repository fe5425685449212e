/* verbs_int.h - a verb that is carried out, for the files that hold verbs. */
#ifndef GATEWAY_HUB_VERBS_INT_H
#define GATEWAY_HUB_VERBS_INT_H
#include "gateway/casework/pins.h"
#include "gateway/hub/verbs.h"

struct verb_call {
	struct desk *d;
	const json_t *rq;
	char who[24]; /* for the audit: "cli:0" */
	json_t **answer;
};
/* The text of that name, rq's own; "" when there is none. */
const char *verb_text(const json_t *rq, const char *name);
/* Puts a text; an empty one as null. */
void verb_put(json_t *o, const char *name, const char *s);
/* Puts a time, UTC, as ISO 8601; 0 as null. */
void verb_put_time(json_t *o, const char *name, int64_t utc);
/* The whole number of that name; 0 when there is none. */
int64_t verb_number(const json_t *rq, const char *name);
/* verbs_secret.c */
/* The coordinator whom "as" names, proved by "hash", that of his PIN; else *answer says why not, on record as
 * this verb of this object.  *v: PINS_RIGHT, or PINS_SECOND, the duty officer called: what was asked for is then
 * answered and not done. */
int verb_coordinator(struct verb_call *c, const char *verb, const char *object, struct reporter *r,
		     enum pins_verdict *v);
/* n octets of hex digits. */
bool verb_octets(const json_t *rq, const char *name, uint8_t *out, size_t n);
int verb_contact_pin(struct verb_call *c);
int verb_contact_salt(struct verb_call *c);
int verb_contact_codeword(struct verb_call *c);
/* verbs_school.c */
int verb_school_import(struct verb_call *c);
int verb_school_list(struct verb_call *c);
int verb_calendar_import(struct verb_call *c);
int verb_calendar_end(struct verb_call *c);
int verb_calendar_list(struct verb_call *c);
int verb_calendar_show(struct verb_call *c);
/* verbs_report.c */
int verb_report_attendance(struct verb_call *c);
/* verbs_sheets.c */
int verb_report_campaigns(struct verb_call *c);
int verb_report_cases(struct verb_call *c);
int verb_case_export(struct verb_call *c);
int verb_broadcast(struct verb_call *c);
int verb_broadcast_list(struct verb_call *c);
int verb_broadcast_templates(struct verb_call *c);
int verb_broadcast_status(struct verb_call *c);
int verb_broadcast_stop(struct verb_call *c);
/* verbs_agenda.c */
int verb_agenda(struct verb_call *c);
int verb_agenda_outcome(struct verb_call *c);
int verb_agenda_minutes(struct verb_call *c);
int verb_meeting_set(struct verb_call *c);
int verb_meeting_cancel(struct verb_call *c);
int verb_meeting_list(struct verb_call *c);
/* verbs_outbox.c */
int verb_outbox_list(struct verb_call *c);
int verb_outbox_show(struct verb_call *c);
int verb_outbox_retry(struct verb_call *c);
int verb_outbox_drop(struct verb_call *c);
/* verbs_agency.c */
int verb_agency_list(struct verb_call *c);
/* verbs_data.c */
int verb_case_erase(struct verb_call *c);
int verb_case_hold(struct verb_call *c);
int verb_case_release(struct verb_call *c);
int verb_case_holds(struct verb_call *c);
int verb_retention_run(struct verb_call *c);
/* verbs_keys.c */
int verb_key_status(struct verb_call *c);
int verb_key_rotate(struct verb_call *c);
int verb_key_renew(struct verb_call *c);
int verb_key_copy(struct verb_call *c);
int verb_backup_key(struct verb_call *c);
/* verbs_audit.c */
/* An alert of this rule tells who worked under threat, and it is not the security role that asks. */
bool verb_hides(const struct verb_call *c, const char *rule);
/* *yes: an alert, by its number (0: none), that this person is not shown. */
int verb_hidden_alert(struct verb_call *c, int64_t number, bool *yes);
int verb_audit_show(struct verb_call *c);
int verb_audit_verify(struct verb_call *c);
int verb_audit_checkpoint(struct verb_call *c);
int verb_audit_checkpoints(struct verb_call *c);
int verb_audit_prune(struct verb_call *c);
#endif
