/* verbs.c - see verbs.h. */
#include "gateway/hub/verbs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/casework/reporters.h"
#include "gateway/hub/clock.h"
#include "gateway/hub/verbs_int.h"
#include "gateway/intake/intake.h"
#include "gateway/outbox/post.h"
#include "gateway/outbox/quiet.h"
#include "parser/msisdn.h"
#include "store/alerts.h"
#include "store/cases.h"
#include "store/inbox.h"
#include "store/lines.h"
#include "store/outbox.h"
#include "store/roster.h"

#define LIST_MAX 200

static json_t *yes(void)
{
	return json_pack("{s:b}", "ok", 1);
}

/* ---- contacts -------------------------------------------------------------------------------- */

static bool class_known(const struct config *cf, const char *school, const char *name)
{
	for (size_t i = 0; i < cf->n_classes; i++) {
		if (strcmp(cf->classes[i].school, school) == 0 &&
		    strcmp(cf->classes[i].class_name, name) == 0)
			return true;
	}
	return false;
}

/* Fills *r and number from a row of a request; words why not. */
static bool contact_from(const struct desk *d, const json_t *row, struct reporter *r,
			 char number[MSISDN_MAX], char *why, size_t max)
{
	memset(r, 0, sizeof *r);
	const char *id = verb_text(row, "id"), *lang = verb_text(row, "language");
	enum role role;
	if (!id[0] || strlen(id) >= sizeof r->id) {
		snprintf(why, max, "id: missing, or longer than %zu characters", sizeof r->id - 1);
		return false;
	}
	if (!role_from_name(verb_text(row, "role"), &role) || role == ROLE_NONE) {
		snprintf(why, max, "%s: role: one of teacher, head, outreach, coordinator, duty, agency",
			 id);
		return false;
	}
	const char *msisdn = verb_text(row, "msisdn");
	if (msisdn_normalise(&d->cf->plan, msisdn, strlen(msisdn), number) != MSISDN_OK) {
		snprintf(why, max, "%s: msisdn: not a telephone number of the configured plan", id);
		return false;
	}
	snprintf(r->id, sizeof r->id, "%s", id);
	snprintf(r->role, sizeof r->role, "%s", role_name(role));
	snprintf(r->school, sizeof r->school, "%.11s", verb_text(row, "school"));
	snprintf(r->agency, sizeof r->agency, "%.11s", verb_text(row, "agency"));
	snprintf(r->lang, sizeof r->lang, "%.3s", lang[0] ? lang : d->cf->language);
	r->active = true;
	const char *p = verb_text(row, "classes");
	while (*p) {
		p += strspn(p, " ");
		size_t n = strcspn(p, " ");
		char name[12];
		if (n == 0)
			break;
		if (n >= sizeof name || r->n_classes == sizeof r->classes / sizeof r->classes[0]) {
			snprintf(why, max, "%s: classes: too long or too many", id);
			return false;
		}
		memcpy(name, p, n);
		name[n] = '\0';
		if (!class_known(d->cf, r->school, name)) {
			snprintf(why, max, "%s: classes: \"%s\" is no class of school \"%s\"", id, name,
				 r->school);
			return false;
		}
		memcpy(r->classes[r->n_classes++], name, n + 1);
		p += n;
	}
	return true;
}

/* A lost telephone stays locked whatever roster is read in again; another SIM is what opens it. */
static int keep_locked(struct desk *d, struct reporter *r, const char *number)
{
	struct reporter was;
	char old[48] = "";
	int rc = roster_by_id(d->st, r->id, &was);
	if (rc == STORE_OK && !was.active)
		rc = roster_number(d->st, r->id, old, sizeof old);
	if (rc == STORE_OK)
		r->active = was.active || strcmp(old, number) != 0;
	return rc == STORE_NONE ? STORE_OK : rc;
}

static int put_contact(struct verb_call *c, const json_t *row, bool *done)
{
	struct reporter r;
	char number[MSISDN_MAX], why[160];
	*done = false;
	if (!contact_from(c->d, row, &r, number, why, sizeof why)) {
		*c->answer = verb_refuse("%s", why);
		return STORE_OK;
	}
	int rc = keep_locked(c->d, &r, number);
	if (rc == STORE_OK)
		rc = roster_put(c->d->st, &r, number, c->d->now);
	if (rc == STORE_EXISTS) {
		*c->answer = verb_refuse("%s: msisdn: the number belongs to another contact", r.id);
		return STORE_OK;
	}
	if (rc == STORE_OK)
		rc = audit_add(c->d->st, c->d->now, c->who, "contact.put", r.id, "ok", "");
	*done = rc == STORE_OK;
	return rc;
}

static bool same_contact(const struct reporter *a, const struct reporter *b)
{
	bool same = strcmp(a->role, b->role) == 0 && strcmp(a->school, b->school) == 0 &&
		    strcmp(a->agency, b->agency) == 0 && strcmp(a->lang, b->lang) == 0 &&
		    a->active == b->active && a->n_classes == b->n_classes;
	for (int i = 0; same && i < a->n_classes; i++)
		same = strcmp(a->classes[i], b->classes[i]) == 0;
	return same;
}

/* What importing a row would do.  *what NULL: it would be refused, and the answer says why. */
static int would_put(struct verb_call *c, const json_t *row, const char **what)
{
	struct reporter r, old, other;
	char number[MSISDN_MAX], was[48] = "", why[160];
	*what = NULL;
	if (!contact_from(c->d, row, &r, number, why, sizeof why)) {
		*c->answer = verb_refuse("%s", why);
		return STORE_OK;
	}
	int rc = roster_by_number(c->d->st, number, &other);
	if (rc == STORE_OK && strcmp(other.id, r.id) != 0) {
		*c->answer = verb_refuse("%s: msisdn: the number belongs to another contact", r.id);
		return STORE_OK;
	}
	if (rc == STORE_OK || rc == STORE_NONE)
		rc = roster_by_id(c->d->st, r.id, &old);
	if (rc == STORE_OK)
		rc = roster_number(c->d->st, r.id, was, sizeof was);
	else if (rc == STORE_NONE)
		old.id[0] = '\0';
	if (rc != STORE_OK && rc != STORE_NONE)
		return rc;
	*what = !old.id[0] ? "added" : same_contact(&r, &old) && strcmp(number, was) == 0 ? "unchanged" : "changed";
	return STORE_OK;
}

static int contact_preview(struct verb_call *c)
{
	size_t i;
	json_t *row, *done = json_array();
	json_array_foreach(json_object_get(c->rq, "rows"), i, row) {
		const char *what;
		int rc = would_put(c, row, &what);
		if (rc != STORE_OK || !what) {
			json_decref(done);
			return rc;
		}
		json_array_append_new(done, json_pack("{s:s,s:s}", "id", verb_text(row, "id"), "change", what));
	}
	*c->answer = json_pack("{s:b,s:i,s:o}", "ok", 1, "imported", 0, "contacts", done);
	return STORE_OK;
}

/* All rows or none: a half-imported roster would leave some of a school unheard. */
static int contact_import(struct verb_call *c)
{
	size_t i, n = 0;
	json_t *row;
	if (json_is_true(json_object_get(c->rq, "dry")))
		return contact_preview(c);
	json_array_foreach(json_object_get(c->rq, "rows"), i, row) {
		bool done;
		int rc = put_contact(c, row, &done);
		if (rc != STORE_OK || !done)
			return rc == STORE_OK ? STORE_STATE : rc;
		n++;
	}
	*c->answer = json_pack("{s:b,s:I}", "ok", 1, "imported", (json_int_t)n);
	return STORE_OK;
}

static int contact_list(struct verb_call *c)
{
	json_t *rows = json_array();
	char after[ROSTER_ID] = "";
	for (;;) {
		struct reporter r[16];
		size_t n = 0;
		int rc = roster_list(c->d->st, after, r, 16, &n);
		if (rc != STORE_OK && rc != STORE_NONE) {
			json_decref(rows);
			return rc;
		}
		for (size_t i = 0; i < n; i++) {
			char number[48] = "", mask[MSISDN_MAX] = "";
			if (roster_number(c->d->st, r[i].id, number, sizeof number) == STORE_OK)
				msisdn_mask(number, mask);
			char classes[320] = "";
			size_t at = 0;
			for (int k = 0; k < r[i].n_classes && at < sizeof classes; k++)
				at += (size_t)snprintf(classes + at, sizeof classes - at, "%s%s",
						       k ? " " : "", r[i].classes[k]);
			json_array_append_new(rows, json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:b}", "id",
							      r[i].id, "role", r[i].role, "school",
							      r[i].school, "classes", classes, "agency",
							      r[i].agency, "language", r[i].lang,
							      "number", mask, "active", r[i].active));
		}
		if (n < 16)
			break;
		memcpy(after, r[n - 1].id, sizeof after);
	}
	*c->answer = json_pack("{s:b,s:o}", "ok", 1, "contacts", rows);
	return STORE_OK;
}

static int contact_unlock(struct verb_call *c)
{
	const char *id = verb_text(c->rq, "id");
	int rc = roster_set_active(c->d->st, id, true, c->d->now);
	if (rc == STORE_OK) /* a person has seen that it is his */
		rc = line_heard(c->d->st, id, c->d->now);
	if (rc == STORE_NONE) {
		*c->answer = verb_refuse("no contact \"%s\" (kujdestar contact list)", id);
		return STORE_OK;
	}
	if (rc != STORE_OK)
		return rc;
	*c->answer = yes();
	return audit_add(c->d->st, c->d->now, c->who, "contact.unlock", id, "ok", "");
}

static int contact_lock(struct verb_call *c)
{
	const char *id = verb_text(c->rq, "id");
	int rc = reporters_lock_phone(c->d, c->who, id, "", 0);
	if (rc == STORE_NONE) {
		*c->answer = verb_refuse("no contact \"%s\" (kujdestar contact list)", id);
		return STORE_OK;
	}
	if (rc == STORE_OK)
		*c->answer = yes();
	return rc;
}

/* ---- texts ----------------------------------------------------------------------------------- */

/* A roster id, or a number on the roster in any national form. */
static int find_contact(struct desk *d, const char *who, struct reporter *r)
{
	char number[MSISDN_MAX];
	int rc = roster_by_id(d->st, who, r);
	if (rc != STORE_NONE)
		return rc;
	if (msisdn_normalise(&d->cf->plan, who, strlen(who), number) != MSISDN_OK)
		return STORE_NONE;
	return roster_by_number(d->st, number, r);
}

static int send_text(struct verb_call *c)
{
	const char *to = verb_text(c->rq, "to"), *text = verb_text(c->rq, "text");
	struct reporter r;
	int rc = find_contact(c->d, to, &r);
	if (rc == STORE_NONE) {
		*c->answer = verb_refuse("\"%s\" is not on the roster: only contacts are written to "
					 "(kujdestar contact list)", to);
		return STORE_OK;
	}
	if (rc != STORE_OK)
		return rc;
	if (!text[0]) {
		*c->answer = verb_refuse("an empty text is not sent");
		return STORE_OK;
	}
	bool told = false, urgent = json_is_true(json_object_get(c->rq, "urgent"));
	rc = post_sms(c->d, &r, text, 0, 0, 0, urgent, &told);
	if (rc != STORE_OK)
		return rc;
	*c->answer = told ? yes() : verb_refuse("%s is locked or has left: nothing is sent to it", r.id);
	int64_t until = told && !urgent ? quiet_until(c->d->cf, c->d->now) : 0;
	if (until)
		verb_put_time(*c->answer, "waits_until", until);
	return audit_add(c->d->st, c->d->now, c->who, "sms.send", r.id, told ? "ok" : "refused", "");
}

/* Reads a text as if it had come from that number: training, and reports taken down by telephone. */
static int take_text(struct verb_call *c)
{
	const char *from = verb_text(c->rq, "from"), *text = verb_text(c->rq, "text");
	struct reporter r;
	char number[48];
	int rc = find_contact(c->d, from, &r);
	if (rc == STORE_OK)
		rc = roster_number(c->d->st, r.id, number, sizeof number);
	if (rc == STORE_NONE) {
		*c->answer = verb_refuse("\"%s\" is not on the roster", from);
		return STORE_OK;
	}
	if (rc != STORE_OK)
		return rc;
	int64_t id = 0;
	rc = intake_text(c->d, "console", number, text, strlen(text), NULL, &id);
	if (rc != STORE_OK)
		return rc;
	*c->answer = json_pack("{s:b,s:I}", "ok", 1, "message", (json_int_t)id);
	return audit_add(c->d->st, c->d->now, c->who, "text.as", r.id, "ok", "");
}

/* ---- cases and alerts ------------------------------------------------------------------------ */

static json_t *case_json(const struct case_row *k)
{
	json_t *o = json_object();
	verb_put(o, "case", k->code);
	verb_put(o, "state", k->state);
	verb_put(o, "risk", k->risk);
	verb_put(o, "concerns", k->concerns);
	verb_put(o, "zone", k->zone);
	verb_put(o, "sex", k->sex);
	verb_put(o, "country", k->country);
	json_object_set_new(o, "age", k->age >= 0 ? json_integer(k->age) : json_null());
	json_object_set_new(o, "n_children",
			    k->n_children >= 0 ? json_integer(k->n_children) : json_null());
	json_object_set_new(o, "urgent", json_boolean(k->urgent));
	verb_put(o, "missing", k->missing);
	verb_put(o, "flags", k->flags);
	verb_put(o, "owner", k->owner);
	verb_put(o, "school", k->school);
	verb_put(o, "class", k->class_name);
	json_object_set_new(o, "pupil", k->pupil >= 0 ? json_integer(k->pupil) : json_null());
	verb_put_time(o, "opened", k->opened);
	verb_put_time(o, "updated", k->updated);
	return o;
}

static int case_list_verb(struct verb_call *c)
{
	const char *state = verb_text(c->rq, "state");
	size_t n = 0;
	struct case_row *rows = calloc(LIST_MAX, sizeof *rows);
	if (!rows)
		return STORE_FAIL;
	int rc = case_list(c->d->st, state[0] ? state : NULL, rows, LIST_MAX, &n);
	if (rc == STORE_NONE)
		rc = STORE_OK;
	json_t *list = json_array();
	for (size_t i = 0; rc == STORE_OK && i < n; i++)
		json_array_append_new(list, case_json(&rows[i]));
	free(rows);
	*c->answer = json_pack("{s:b,s:o}", "ok", 1, "cases", list);
	if (rc == STORE_OK) /* reading is logged too */
		rc = audit_add(c->d->st, c->d->now, c->who, "case.list", state[0] ? state : "open", "ok",
			       "");
	return rc;
}

static int case_show(struct verb_call *c)
{
	char code[CASE_CODE_MAX];
	const char *typed = verb_text(c->rq, "case");
	struct case_row k;
	int rc = code_read(typed, strlen(typed), code) ? case_by_code(c->d->st, code, &k) : STORE_NONE;
	if (rc == STORE_NONE) {
		*c->answer = verb_refuse("no case with that code");
		return STORE_OK;
	}
	if (rc != STORE_OK)
		return rc;
	/* The read is in the record before it is shown. */
	rc = audit_add(c->d->st, c->d->now, c->who, "case.read", code, "ok", "");
	struct case_event *ev = calloc(LIST_MAX, sizeof *ev);
	size_t n = 0;
	if (rc == STORE_OK)
		rc = ev ? case_events(c->d->st, k.id, ev, LIST_MAX, &n) : STORE_FAIL;
	if (rc == STORE_NONE)
		rc = STORE_OK;
	json_t *history = json_array();
	for (size_t i = 0; rc == STORE_OK && i < n; i++) {
		json_t *o = json_object();
		verb_put_time(o, "at", ev[i].at);
		verb_put(o, "who", ev[i].who);
		verb_put(o, "what", ev[i].what);
		verb_put(o, "detail", ev[i].detail);
		verb_put(o, "note", ev[i].note);
		json_array_append_new(history, o);
	}
	free(ev);
	json_t *o = case_json(&k);
	json_object_set_new(o, "history", history);
	*c->answer = json_pack("{s:b,s:o}", "ok", 1, "case", o);
	return rc;
}

static int alert_list_verb(struct verb_call *c)
{
	size_t n = 0;
	struct alert_row *rows = calloc(LIST_MAX, sizeof *rows);
	if (!rows)
		return STORE_FAIL;
	bool all = json_is_true(json_object_get(c->rq, "all"));
	int rc = alert_list(c->d->st, !all, rows, LIST_MAX, &n);
	if (rc == STORE_NONE)
		rc = STORE_OK;
	json_t *list = json_array();
	for (size_t i = 0; rc == STORE_OK && i < n; i++) {
		if (verb_hides(c, rows[i].rule))
			continue;
		json_t *o = json_object();
		json_object_set_new(o, "alert", json_integer(rows[i].number));
		verb_put(o, "rule", rows[i].rule);
		verb_put(o, "subject", rows[i].subject);
		verb_put(o, "state", rows[i].state);
		json_object_set_new(o, "urgent", json_boolean(rows[i].urgent));
		json_object_set_new(o, "step", json_integer(rows[i].step));
		verb_put_time(o, "raised", rows[i].raised);
		verb_put_time(o, "escalates", rows[i].escalate_at);
		verb_put(o, "acked_by", rows[i].acked_by);
		verb_put_time(o, "acked", rows[i].acked_at);
		json_array_append_new(list, o);
	}
	free(rows);
	*c->answer = json_pack("{s:b,s:o}", "ok", 1, "alerts", list);
	return rc;
}

static int alert_ack_verb(struct verb_call *c)
{
	int64_t number = verb_number(c->rq, "alert");
	struct reporter r;
	bool hidden = false;
	const char *as = verb_text(c->rq, "as");
	int rc = find_contact(c->d, as, &r);
	if (rc == STORE_NONE) {
		*c->answer = verb_refuse("\"%s\" is not on the roster: --as names who takes the alert", as);
		return STORE_OK;
	}
	if (rc == STORE_OK)
		rc = verb_hidden_alert(c, number, &hidden);
	if (rc == STORE_OK)
		rc = hidden ? STORE_NONE : alert_ack(c->d->st, number, r.id, c->d->now);
	if (rc == STORE_NONE || rc == STORE_STATE) {
		*c->answer = verb_refuse("alert %lld is not open (kujdestar alert list)",
					 (long long)number);
		return STORE_OK;
	}
	if (rc != STORE_OK)
		return rc;
	char object[32];
	snprintf(object, sizeof object, "alert %lld", (long long)number);
	*c->answer = yes();
	return audit_add(c->d->st, c->d->now, c->who, "alert.ack", object, r.id, "");
}

int verb_counts(struct store *st, json_t *into)
{
	int64_t ready = 0, waiting = 0, queued = 0, quarantined = 0;
	int rc = inbox_queue_count(st, &ready, &waiting, &queued, &quarantined);
	if (rc != STORE_OK)
		return rc;
	json_object_set_new(into, "inbox",
			    json_pack("{s:I,s:I,s:I,s:I}", "ready", (json_int_t)ready, "waiting",
				      (json_int_t)waiting, "queued", (json_int_t)queued, "quarantined",
				      (json_int_t)quarantined));
	static const char *const states[] = {"queued", "inflight",  "submitting", "sent", "delivered",
					     "failed", "uncertain", "expired",    "dead"};
	static const char *const legs[] = {"sms", "http"};
	for (int leg = OUTBOX_SMS; leg <= OUTBOX_HTTP; leg++) {
		json_t *o = json_object();
		for (size_t i = 0; i < sizeof states / sizeof states[0]; i++) {
			int64_t n = 0;
			rc = outbox_count(st, (enum outbox_leg)leg, states[i], &n);
			if (rc == STORE_OK && n > 0)
				json_object_set_new(o, states[i], json_integer(n));
		}
		json_object_set_new(into, legs[leg], o);
	}
	return STORE_OK;
}

/* ---- the table ------------------------------------------------------------------------------- */

static int contact_put_verb(struct verb_call *c)
{
	bool done;
	int rc = put_contact(c, c->rq, &done);
	if (rc == STORE_OK && done)
		*c->answer = yes();
	return rc;
}

static const struct {
	const char *name;
	int (*run)(struct verb_call *c);
} verbs[] = {
	{"contact.put", contact_put_verb},
	{"contact.import", contact_import},
	{"contact.list", contact_list},
	{"contact.pin", verb_contact_pin},
	{"contact.salt", verb_contact_salt},
	{"contact.codeword", verb_contact_codeword},
	{"contact.lock", contact_lock},
	{"contact.unlock", contact_unlock},
	{"send", send_text},
	{"text", take_text},
	{"case.list", case_list_verb},
	{"case.show", case_show},
	{"alert.list", alert_list_verb},
	{"alert.ack", alert_ack_verb},
	{"agency.list", verb_agency_list},
	{"outbox.list", verb_outbox_list},
	{"outbox.show", verb_outbox_show},
	{"outbox.retry", verb_outbox_retry},
	{"outbox.drop", verb_outbox_drop},
	{"school.import", verb_school_import},
	{"school.list", verb_school_list},
	{"calendar.import", verb_calendar_import},
	{"calendar.end", verb_calendar_end},
	{"calendar.list", verb_calendar_list},
	{"calendar.show", verb_calendar_show},
	{"report.attendance", verb_report_attendance},
	{"report.campaigns", verb_report_campaigns},
	{"report.cases", verb_report_cases},
	{"case.export", verb_case_export},
	{"broadcast", verb_broadcast},
	{"broadcast.list", verb_broadcast_list},
	{"broadcast.templates", verb_broadcast_templates},
	{"broadcast.status", verb_broadcast_status},
	{"broadcast.stop", verb_broadcast_stop},
	{"agenda", verb_agenda},
	{"agenda.outcome", verb_agenda_outcome},
	{"agenda.minutes", verb_agenda_minutes},
	{"meeting.set", verb_meeting_set},
	{"meeting.cancel", verb_meeting_cancel},
	{"meeting.list", verb_meeting_list},
	{"case.erase", verb_case_erase},
	{"case.hold", verb_case_hold},
	{"case.release", verb_case_release},
	{"case.holds", verb_case_holds},
	{"retention.run", verb_retention_run},
	{"key.status", verb_key_status},
	{"key.rotate", verb_key_rotate},
	{"key.renew", verb_key_renew},
	{"key.copy", verb_key_copy},
	{"backup.key", verb_backup_key},
	{"audit.show", verb_audit_show},
	{"audit.verify", verb_audit_verify},
	{"audit.checkpoint", verb_audit_checkpoint},
	{"audit.checkpoints", verb_audit_checkpoints},
	{"audit.prune", verb_audit_prune},
};

int verb_run(struct desk *d, const json_t *request, int uid, json_t **answer)
{
	const char *name = verb_text(request, "verb");
	*answer = NULL;
	for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
		if (strcmp(verbs[i].name, name) != 0)
			continue;
		struct verb_call c = {.d = d, .rq = request, .answer = answer};
		snprintf(c.who, sizeof c.who, "cli:%d", uid);
		int rc = verbs[i].run(&c);
		if (!*answer)
			*answer = verb_refuse("%s: %s", store_rc_name(rc), store_errmsg(d->st));
		return rc;
	}
	return STORE_NONE;
}
