/* effects.c - one table from intent to the casework that carries it out.
 *
 * What stands in no row is not lost: it is kept for a person, and the reply says so.  May call
 * every noun of casework; nothing of casework calls it.
 */
#include "gateway/casework/effects.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "gateway/casework/agenda.h"
#include "gateway/casework/alerts.h"
#include "gateway/casework/answer.h"
#include "gateway/casework/attendance.h"
#include "gateway/casework/campaigns.h"
#include "gateway/casework/cases.h"
#include "gateway/casework/closing.h"
#include "gateway/casework/confirms.h"
#include "gateway/casework/correct.h"
#include "gateway/casework/dues.h"
#include "gateway/casework/duplicates.h"
#include "gateway/casework/enrol.h"
#include "gateway/casework/erasing.h"
#include "gateway/casework/followups.h"
#include "gateway/casework/keys.h"
#include "gateway/casework/last.h"
#include "gateway/casework/lines_tell.h"
#include "gateway/casework/meetings.h"
#include "gateway/casework/progress.h"
#include "gateway/casework/referrals.h"
#include "gateway/casework/reminders.h"
#include "gateway/casework/reporters.h"
#include "gateway/casework/returns.h"
#include "gateway/casework/risk.h"
#include "gateway/casework/safety.h"
#include "gateway/casework/silence.h"
#include "gateway/casework/status.h"
#include "gateway/casework/tasks.h"
#include "store/alerts.h"
#include "store/followups.h"
#include "store/referrals.h"
#include "store/returns.h"

#define ALERTS_SHOWN 8

typedef int effect_fn(struct desk *d, const struct message *m, const struct reporter *from,
		      const struct reading *r, struct effect *out);

/* The reply alone is the effect. */
static int nothing(struct desk *d, const struct message *m, const struct reporter *from,
		   const struct reading *r, struct effect *out)
{
	(void)d, (void)m, (void)from, (void)r, (void)out;
	return STORE_OK;
}

static int queue(struct desk *d, const struct message *m, const struct reporter *from,
		 const struct reading *r, struct effect *out)
{
	(void)d, (void)m, (void)from, (void)r;
	out->queue = true; /* the reading's own reply stands */
	return STORE_OK;
}

/* A bare OK of somebody who has several: which ones they are. */
static int which_alert(struct desk *d, const struct reporter *from, struct effect *out)
{
	int64_t numbers[ALERTS_SHOWN];
	char list[64] = "";
	size_t n = 0;

	int rc = alert_pending(d->st, from->id, numbers, ALERTS_SHOWN, &n);
	for (size_t i = 0; rc == STORE_OK && i < n; i++) {
		char one[24];
		snprintf(one, sizeof(one), "%lld", (long long)numbers[i]);
		desk_join(list, sizeof(list), ",", one);
	}
	if (rc == STORE_OK && n > 1) {
		answer_fill(out, "list", list);
		answer_with(out, "alert_ack_ambiguous");
	}
	return rc == STORE_NONE ? STORE_OK : rc;
}

/* The reply asks.  Where not even the kind of report is clear, a person reads the text as well. */
static int clarify(struct desk *d, const struct message *m, const struct reporter *from,
		   const struct reading *r, struct effect *out)
{
	static const char *const vague[] = { "meaning", "intent", "negation" };

	(void)m;
	for (size_t i = 0; i < sizeof(vague) / sizeof(vague[0]); i++) {
		if (r->about && strcmp(r->about, vague[i]) == 0)
			out->queue = true;
	}
	return from && r->about && strcmp(r->about, "alert") == 0 ? which_alert(d, from, out) : STORE_OK;
}

#define PUPILS_SHOWN 48 /* septets of a list in a reply */

/* Which report was taken back is said, so that the wrong one is seen. */
static void say_undone(const char *intent, const char *keys, struct effect *out)
{
	const struct reading_item *items;
	struct reading last;
	char shown[PUPILS_SHOWN + 1] = "";

	if (!keys_read(intent, keys, &last))
		return;
	const char *class_name = reading_word(&last, "class"), *day = reading_word(&last, "date");
	if (!class_name || !day || strlen(day) != 10 || last.n_entries)
		return;
	size_t n = reading_list(&last, "pupils", &items);
	for (size_t i = 0; i < n; i++) {
		char one[12];
		snprintf(one, sizeof(one), "%d", (int)items[i].num);
		desk_join(shown, sizeof(shown), ",", one);
	}
	snprintf(out->words[0], sizeof(out->words[0]), "%s", shown);
	desk_cut(out->words[2], sizeof(out->words[2]), class_name);
	snprintf(out->words[3], sizeof(out->words[3]), "%.2s.%.2s", day + 8, day + 5);
	answer_with(out, shown[0] ? "undo_absence" : "undo_class");
}

/* "ANULO 5A" means the last report only when 5A is all that one was about. */
static bool names_last(const struct reading *r, const char *intent, const char *keys)
{
	const char *class_name = reading_word(r, "class");
	struct reading last;

	if (!class_name)
		return true;
	const char *one = keys_read(intent, keys, &last) ? reading_word(&last, "class") : NULL;
	return one && last.n_entries == 0 && strcmp(one, class_name) == 0;
}

/* By what was reported; *undone false: it cannot be taken back by a word, a person does it. */
static int take_back(struct desk *d, const struct last *last, const struct reporter *from,
		     bool *undone, struct effect *out)
{
	static int (*const with_answer[])(struct desk *, int64_t, const struct reporter *, bool *,
					  struct effect *) = {
		cases_takeback, referrals_takeback, tasks_takeback, enrol_takeback, returns_takeback
	};
	static const char *const of[] = { "case_new", "refer", "task_new", "enrol", "return_new" };
	static const char *const attendance[] = { "absence",    "absence_count",    "all_present",
						  "correction", "excuse",           "return_to_school",
						  "left_school" };

	*undone = false;
	for (size_t i = 0; i < sizeof(of) / sizeof(of[0]); i++) {
		if (strcmp(last->intent, of[i]) == 0)
			return with_answer[i](d, last->message, from, undone, out);
	}
	if (strcmp(last->intent, "progress") == 0)
		return progress_takeback(d, last->message, from, undone);
	if (strcmp(last->intent, "campaign") == 0)
		return campaigns_takeback(d, last->message, from, undone);
	for (size_t i = 0; i < sizeof(attendance) / sizeof(attendance[0]); i++)
		*undone |= strcmp(last->intent, attendance[i]) == 0;
	*undone |= strncmp(last->intent, "form:", 5) == 0; /* its reading is all there is of it */
	return *undone ? attendance_takeback(d, last->message, from) : STORE_OK;
}

/* The sender's last report of the day before is gone as if it had not been sent, but for the record
 * that it was. */
static int undo(struct desk *d, const struct message *m, const struct reporter *from,
		const struct reading *r, struct effect *out)
{
	struct last last;
	enum last_state state;
	bool undone = true;

	(void)m;
	int rc = last_report(d, from->id, &last, &state);
	if (rc == STORE_OK && state == LAST_NONE)
		answer_with(out, "nothing_to_undo");
	if (rc != STORE_OK || state == LAST_NONE)
		return rc;
	/* A correction took away what others had sent: to put that back is a person's work. */
	if (state == LAST_OTHER || strcmp(last.intent, "correction") == 0 ||
	    !names_last(r, last.intent, last.keys))
		return answer_later(out);
	rc = take_back(d, &last, from, &undone, out);
	if (rc == STORE_OK && !undone)
		return answer_later(out);
	if (out->case_code[0])
		answer_with(out, "undo_case");
	else if (!out->override_reply[0])
		say_undone(last.intent, last.keys, out);
	if (rc == STORE_OK)
		rc = reading_undone(d->st, last.reading, d->now);
	return rc == STORE_OK ? last_undone(d, from->id) : rc;
}

/* "OK 31", or a bare OK.  A number he was not told of gets the words an unknown one gets. */
static int ack(struct desk *d, const struct message *m, const struct reporter *from,
	       const struct reading *r, struct effect *out)
{
	const char *word = reading_word(r, "alert");
	struct alert_row row;
	enum alerts_answer answer;
	int64_t number = 0;

	(void)m;
	if (!reading_int(r, "alert", &number) && word && word[0] >= '0' && word[0] <= '9')
		number = strtoll(word, NULL, 10);
	int rc = alerts_ack(d, from->id, number, &row, &answer);
	if (rc != STORE_OK)
		return rc;
	if (answer == ALERTS_UNKNOWN) {
		answer_with(out, "clarify_alert");
		return STORE_OK;
	}
	snprintf(out->words[0], sizeof(out->words[0]), "%lld", (long long)row.number);
	out->facts.alert = out->words[0];
	if (answer == ALERTS_ALREADY && row.acked_by[0] && strcmp(row.acked_by, from->id) != 0) {
		snprintf(out->words[1], sizeof(out->words[1]), "%s", row.acked_by);
		out->facts.owner = out->words[1];
		answer_with(out, "alert_by");
	} else if (number == 0) {
		answer_with(out, "ack_ok"); /* by its number: a bare OK may have met one that came since */
	}
	out->case_id = row.case_id;
	return STORE_OK;
}

/* ---- yes and no ----------------------------------------------------------------------------- */

/* What a PO or JO under the number of an alert does. */
static const struct {
	const char *kind;
	int (*answer)(struct desk *d, const struct message *m, const struct reporter *from,
		      const struct confirmation *q, bool yes, struct effect *out);
	/* The words of a yes, and nothing done; NULL: they are those of every yes. */
	int (*pretend)(struct desk *d, const struct confirmation *q, struct effect *out);
} questions[] = {
	{ "close", closing_answer, NULL },
	{ "risk", risk_answer, NULL },
	{ "merge", duplicates_answer, duplicates_pretend },
	{ "refer", referrals_confirm, NULL },
	{ "send", referrals_confirm, NULL },
	{ "support", referrals_support, NULL },
	{ "erase", erasing_answer, erasing_pretend },
};

/* Under duress: the question goes on waiting, for him or another; his telephone is not reminded of it. */
static int pretend_yes(struct desk *d, const struct reporter *from, const struct confirmation *q, struct effect *out)
{
	struct alert_row row;
	enum alerts_answer answer;

	int rc = alerts_ack(d, from->id, q->number, &row, &answer);
	for (size_t i = 0; rc == STORE_OK && i < sizeof(questions) / sizeof(questions[0]); i++) {
		if (strcmp(questions[i].kind, q->kind) == 0 && questions[i].pretend)
			return questions[i].pretend(d, q, out);
	}
	return rc;
}

static int answer_question(struct desk *d, const struct message *m, const struct reporter *from,
			   const struct reading *r, const struct confirmation *q, bool yes, struct effect *out)
{
	/* Two people, or one forged number would close a case by itself. */
	if (strcmp(q->asked_by, from->id) == 0) {
		answer_with(out, "confirm_other");
		return STORE_OK;
	}
	if (reading_flag(r, "duress") && yes)
		return pretend_yes(d, from, q, out);
	int rc = confirms_settle(d, q, from->id, yes);
	for (size_t i = 0; rc == STORE_OK && i < sizeof(questions) / sizeof(questions[0]); i++) {
		if (strcmp(questions[i].kind, q->kind) == 0)
			return questions[i].answer(d, m, from, q, yes, out);
	}
	return rc;
}

/* A number he was not told of gets the words an unknown one gets. */
static int numbered(struct desk *d, const struct message *m, const struct reporter *from,
		    const struct reading *r, int64_t number, bool yes, struct effect *out)
{
	struct confirmation q;
	struct alert_row row;

	int rc = confirm_get(d->st, number, &q);
	if (rc == STORE_OK)
		rc = alert_was_told(d->st, number, from->id);
	if (rc == STORE_NONE) {
		answer_with(out, "confirm_unknown");
		return STORE_OK;
	}
	if (rc != STORE_OK)
		return rc;
	if (strcmp(q.state, "waiting") == 0)
		return answer_question(d, m, from, r, &q, yes, out);
	rc = alert_get(d->st, number, &row);
	if (rc != STORE_OK || strcmp(q.answered_by, from->id) == 0)
		return rc;
	answer_int(out, "alert", number);
	answer_fill(out, "owner", q.answered_by);
	answer_with(out, "alert_by");
	return STORE_OK;
}

/* Without a number: the very next text after a reply that spelt out what was understood and
 * recorded, else the one question that waits for him; to anything else it is a person's to
 * understand. */
static int bare(struct desk *d, const struct message *m, const struct reporter *from,
		const struct reading *r, bool yes, struct effect *out)
{
	char asked[24] = "", code[24] = "", list[100];
	struct confirmation q;
	struct case_row c;
	size_t n = 0;

	int rc = context_get(d->st, from->id, d->now, asked, sizeof(asked), code, sizeof(code));
	if (rc != STORE_OK && rc != STORE_NONE)
		return rc;
	if (strcmp(asked, "confirm") == 0) {
		if (!yes)
			return undo(d, m, from, r, out);
		rc = cases_visible(d, from, code, &c);
		return rc == STORE_OK ? dues_confirmed(d, c.id) : rc == STORE_NONE ? STORE_OK : rc;
	}
	rc = confirms_for(d, from, "", &q, &n, list);
	if (rc != STORE_OK)
		return rc;
	if (n == 1)
		return answer_question(d, m, from, r, &q, yes, out);
	if (n == 0)
		return answer_later(out);
	answer_fill(out, "list", list);
	answer_with(out, "confirm_which");
	return STORE_OK;
}

static int confirm(struct desk *d, const struct message *m, const struct reporter *from,
		   const struct reading *r, struct effect *out)
{
	int64_t number;

	return reading_int(r, "pending", &number) ? numbered(d, m, from, r, number, true, out)
						  : bare(d, m, from, r, true, out);
}

static int deny(struct desk *d, const struct message *m, const struct reporter *from,
		const struct reading *r, struct effect *out)
{
	int64_t number;

	return reading_int(r, "pending", &number) ? numbered(d, m, from, r, number, false, out)
						  : bare(d, m, from, r, false, out);
}

/* The family's assessment is a task like others, and a return waits for it. */
static int task_done(struct desk *d, const struct message *m, const struct reporter *from,
		     const struct reading *r, struct effect *out)
{
	int rc = tasks_done(d, m, from, r, out);

	if (rc != STORE_OK || !out->case_id)
		return rc;
	return returns_task_done(d, out->case_id, from->id, reading_lists(r, "flags", "family_unsafe"));
}

static const struct row {
	const char *intent;
	effect_fn *apply;
} table[] = {
	{ "absence", attendance_absence },
	{ "absence_count", attendance_count },
	{ "all_present", attendance_present },
	{ "correction", correct_apply },
	{ "undo", undo },
	{ "excuse", attendance_excuse },
	{ "return_to_school", attendance_return },
	{ "left_school", attendance_left },
	{ "case_new", cases_new },
	{ "case_amend", cases_amend },
	{ "case_risk", risk_change },
	{ "case_status", status_of_case },
	{ "case_list", status_list },
	{ "merge", duplicates_merge },
	{ "followup", followups_new },
	{ "refer", referrals_new },
	{ "referral_accept", referrals_accept },
	{ "referral_decline", referrals_decline },
	{ "referral_done", referrals_done },
	{ "enrol", enrol_case },
	{ "progress", progress_new },
	{ "return_new", returns_new },
	{ "return_arrived", returns_arrived },
	{ "campaign", campaigns_new },
	{ "close", closing_ask },
	{ "reopen", closing_reopen },
	{ "ack", ack },
	{ "confirm_pending", confirm },
	{ "deny_pending", deny },
	{ "task_new", tasks_new },
	{ "task_done", task_done },
	{ "task_progress", tasks_progress },
	{ "task_defer", tasks_defer },
	{ "task_list", tasks_list },
	{ "meeting_info", meetings_info },
	{ "meeting_rsvp", meetings_rsvp },
	{ "meeting_agenda", agenda_say },
	{ "lang", reporters_lang },
	{ "stop", reporters_stop },
	{ "emergency", safety_emergency },
	{ "help", nothing },
	{ "ignore", nothing },
	{ "clarify", clarify },
	{ "unauthorised", queue },
	{ "public_tip", queue },
	{ "lost_phone", reporters_lost },
	{ "lock", reporters_lock },
	{ "unknown", queue },
};

static bool for_anybody(const char *intent)
{
	return strcmp(intent, "emergency") == 0 || strcmp(intent, "help") == 0 ||
	       strcmp(intent, "ignore") == 0 || strcmp(intent, "public_tip") == 0 ||
	       strcmp(intent, "unauthorised") == 0 || strcmp(intent, "lost_phone") == 0 ||
	       strcmp(intent, "unknown") == 0 || strcmp(intent, "clarify") == 0;
}

static int carry_out(struct desk *d, const struct message *m, const struct reporter *from,
		     const struct reading *r, struct effect *out)
{
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (strcmp(table[i].intent, r->intent) == 0)
			return table[i].apply(d, m, from, r, out);
	}
	if (strncmp(r->intent, "form:", 5) == 0)
		return STORE_OK; /* a configured form: its reading is its record */
	return cases_for_person(d, m, from, r, out);
}

int effects_apply(struct desk *d, const struct message *m, const struct reporter *from,
		  const struct reading *r, struct effect *out)
{
	memset(out, 0, sizeof(*out));
	if (!from && !for_anybody(r->intent)) {
		out->queue = true; /* no case, no record, whatever was read */
		return STORE_OK;
	}
	int rc = carry_out(d, m, from, r, out);
	if (rc == STORE_OK && from && last_is_report(r->intent))
		rc = last_set(d, from->id, m->id);
	return rc;
}

/* What the clock brings.  due: carries out what is due, *n how much; next: when the next of it is,
 * STORE_NONE when nothing is ahead. */
static int alerts_next(struct desk *d, int64_t *at)
{
	return alert_next_due(d->st, at);
}

static int due_alerts(struct desk *d, int *n)
{
	int64_t unused;

	return alerts_due(d, n, &unused);
}

static int cases_next(struct desk *d, int64_t *at)
{
	return due_next_at(d->st, at);
}

static int referrals_next(struct desk *d, int64_t *at)
{
	return referral_next_due(d->st, at);
}

static int returns_next(struct desk *d, int64_t *at)
{
	return return_next_due(d->st, at);
}

static const struct {
	int (*due)(struct desk *d, int *n);
	int (*next)(struct desk *d, int64_t *at);
} clocked[] = {
	{ due_alerts, alerts_next },
	{ reminders_due, reminders_next },
	{ silence_due, silence_next },
	{ cases_due, cases_next },
	{ referrals_due, referrals_next },
	{ returns_due, returns_next },
	{ lines_tell_due, lines_tell_next },
};
#define CLOCKED (sizeof(clocked) / sizeof(clocked[0]))

int effects_next(struct desk *d, int64_t *next_at)
{
	*next_at = 0;
	for (size_t i = 0; i < CLOCKED; i++) {
		int64_t at = 0;
		int rc = clocked[i].next(d, &at);
		if (rc == STORE_NONE)
			continue;
		if (rc != STORE_OK)
			return rc;
		if (*next_at == 0 || at < *next_at)
			*next_at = at;
	}
	return STORE_OK;
}

int effects_due(struct desk *d, int *n, int64_t *next_at)
{
	*n = 0;
	for (size_t i = 0; i < CLOCKED; i++) {
		int some = 0;
		int rc = clocked[i].due(d, &some);
		if (rc != STORE_OK)
			return rc;
		*n += some;
	}
	return effects_next(d, next_at);
}
