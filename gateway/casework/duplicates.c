/* duplicates.c - two cases that may be one child.  See duplicates.h. */
#include "gateway/casework/duplicates.h"
#include <stdio.h>
#include <string.h>
#include "gateway/casework/answer.h"
#include "gateway/casework/confirms.h"
#include "gateway/casework/dues.h"
#include "gateway/casework/lifecycle.h"
#include "store/referrals.h"
#include "store/returns.h"
#include "store/tasks.h"

int duplicates_hint(struct desk *d, const struct case_row *c, int64_t message)
{
	struct case_row other;
	struct confirms_about about = { .kind = "merge", .event = "case.duplicate", .value = "",
					.asked_by = "system", .message = message };
	int64_t since = d->now - (int64_t)d->cf->duplicate_d * 86400;
	size_t n = 0;
	bool asked;

	if (!c->zone[0] || !c->sex[0] || c->age < 0)
		return STORE_OK;
	int rc = case_alike(d->st, c, since, &other, 1, &n);
	if (rc != STORE_OK || n == 0)
		return rc;
	const struct case_row *young = c->id > other.id ? c : &other;
	const struct case_row *old = young == c ? &other : c;
	about.other = old->id;
	about.window = old->code;
	return confirms_ask(d, young, &about, &asked);
}

/* What only the younger one knew is not lost to whoever works on the other. */
static void take_over(const struct case_row *from, struct case_row *to)
{
	char words[96];

	for (const char *p = from->concerns; *p; p += strcspn(p, ","), p += *p == ',') {
		snprintf(words, sizeof(words), "%.*s", (int)strcspn(p, ","), p);
		if (!casefile_lists(to->concerns, words))
			desk_join(to->concerns, sizeof(to->concerns), ",", words);
	}
	for (const char *p = from->flags; *p; p += strcspn(p, ","), p += *p == ',') {
		snprintf(words, sizeof(words), "%.*s", (int)strcspn(p, ","), p);
		if (!casefile_lists(to->flags, words))
			desk_join(to->flags, sizeof(to->flags), ",", words);
	}
	if (casefile_risk_order(from->risk) > casefile_risk_order(to->risk))
		memcpy(to->risk, from->risk, sizeof(to->risk));
	to->urgent |= from->urgent;
	if (!to->zone[0])
		memcpy(to->zone, from->zone, sizeof(to->zone));
	if (!to->sex[0])
		memcpy(to->sex, from->sex, sizeof(to->sex));
	if (to->age < 0)
		to->age = from->age;
	if (!to->nrm[0])
		memcpy(to->nrm, from->nrm, sizeof(to->nrm));
	if (to->pupil < 0 && from->pupil >= 0) {
		memcpy(to->school, from->school, sizeof(to->school));
		memcpy(to->class_name, from->class_name, sizeof(to->class_name));
		to->pupil = from->pupil;
	}
}

static int join(struct desk *d, struct case_row *young, struct case_row *old, const char *who)
{
	int before = casefile_risk_order(old->risk);

	int rc = life_move(d, young, LIFE_MERGE, who, old->id);
	if (rc == STORE_OK)
		rc = casefile_note(d, young->id, who, "merged", old->code, NULL);
	if (rc == STORE_OK)
		rc = casefile_note(d, old->id, who, "took", young->code, NULL);
	take_over(young, old);
	if (rc == STORE_OK)
		rc = case_update(d->st, old, d->now);
	if (rc == STORE_OK && casefile_risk_order(old->risk) > before)
		rc = dues_risk(d, old, true);
	if (rc == STORE_OK)
		rc = referral_move(d->st, young->id, old->id);
	if (rc == STORE_OK)
		rc = task_to_case(d->st, young->id, old->id, d->now);
	if (rc == STORE_OK)
		rc = return_merge(d->st, young->id, old->id);
	if (rc == STORE_OK)
		rc = life_wind_up(d, young, who, "merged", "");
	if (rc == STORE_OK)
		rc = casefile_notify(d, young, young->owner, who, "case_merged");
	if (rc == STORE_OK)
		rc = casefile_tell_change(d, old, "case.amended", NULL);
	return rc == STORE_OK ? desk_audit(d, who, "case.merge", young->code, old->code, "C7") : rc;
}

static void say_both(const struct case_row *young, const struct case_row *old, struct effect *out)
{
	char both[2 * 24 + 2];

	snprintf(both, sizeof(both), "%s,%s", young->code, old->code);
	answer_fill(out, "cases", both);
}

static int merge(struct desk *d, const struct reporter *from, struct case_row *young,
		 struct case_row *old, bool duress, struct effect *out)
{
	casefile_remember(out, young);
	if (!life_may(young, LIFE_MERGE, from)) {
		life_refuse(d, young, from, out);
		return STORE_OK;
	}
	/* Into an ended case a living child would vanish. */
	if (!life_may(old, LIFE_AMEND, from)) {
		casefile_remember(out, old);
		life_refuse(d, old, from, out);
		return STORE_OK;
	}
	say_both(young, old, out);
	answer_with(out, "merge_ok");
	if (duress) /* the ordinary reply, and nothing happens */
		return STORE_OK;
	int rc = join(d, young, old, from->id);
	casefile_remember(out, old);
	return rc;
}

int duplicates_answer(struct desk *d, const struct message *m, const struct reporter *from,
		      const struct confirmation *q, bool yes, struct effect *out)
{
	struct case_row young, old;

	(void)m;
	int rc = case_by_id(d->st, q->case_id, &young);
	if (rc == STORE_OK)
		rc = case_by_id(d->st, q->other, &old);
	if (rc != STORE_OK)
		return rc;
	if (yes)
		return merge(d, from, &young, &old, false, out);
	casefile_remember(out, &young);
	say_both(&young, &old, out);
	answer_with(out, "merge_no");
	rc = casefile_note(d, young.id, from->id, "not_merged", old.code, NULL);
	return rc == STORE_OK ? casefile_note(d, old.id, from->id, "not_merged", young.code, NULL)
			      : rc;
}

int duplicates_pretend(struct desk *d, const struct confirmation *q, struct effect *out)
{
	struct case_row young, old;

	int rc = case_by_id(d->st, q->case_id, &young);
	if (rc == STORE_OK)
		rc = case_by_id(d->st, q->other, &old);
	if (rc != STORE_OK)
		return rc;
	say_both(&young, &old, out);
	answer_with(out, "merge_ok");
	return STORE_OK;
}

/* The one that waits for him; of several he names both codes. */
static int waiting(struct desk *d, const struct message *m, const struct reporter *from, bool duress,
		   struct effect *out)
{
	struct confirmation q;
	struct case_row c;
	char list[100];
	size_t n = 0;

	int rc = confirms_for(d, from, "merge", &q, &n, list);
	if (rc != STORE_OK)
		return rc;
	if (n == 1 && duress)
		return duplicates_pretend(d, &q, out);
	if (n == 1) {
		rc = confirms_settle(d, &q, from->id, true);
		return rc == STORE_OK ? duplicates_answer(d, m, from, &q, true, out) : rc;
	}
	if (n > 1 && case_by_id(d->st, q.case_id, &c) == STORE_OK) {
		answer_fill(out, "list", c.code);
		answer_with(out, "merge_which");
		return STORE_OK;
	}
	return answer_later(out);
}

int duplicates_merge(struct desk *d, const struct message *m, const struct reporter *from,
		     const struct reading *r, struct effect *out)
{
	const struct reading_item *items;
	size_t n = reading_list(r, "cases", &items);
	bool duress = reading_flag(r, "duress");
	struct confirmation q;
	struct case_row a, b;

	if (n < 2)
		return waiting(d, m, from, duress, out);
	int rc = cases_visible(d, from, items[0].word, &a);
	if (rc == STORE_OK)
		rc = cases_visible(d, from, items[1].word, &b);
	if (rc == STORE_NONE || (rc == STORE_OK && (a.id == b.id || n > 2))) {
		answer_with(out, "no_case");
		return STORE_OK;
	}
	if (rc != STORE_OK)
		return rc;
	struct case_row *young = a.id > b.id ? &a : &b, *old = young == &a ? &b : &a;
	/* Settled here, the question is answered too; one about another pair ends with the case. */
	if (!duress && life_may(young, LIFE_MERGE, from) && life_may(old, LIFE_AMEND, from)) {
		rc = confirm_waiting_of(d->st, "merge", young->id, &q);
		if (rc == STORE_OK && q.other == old->id)
			rc = confirms_settle(d, &q, from->id, true);
		if (rc != STORE_OK && rc != STORE_NONE)
			return rc;
	}
	return merge(d, from, young, old, duress, out);
}
