/* facts.c - see facts.h. */
#include "gateway/ussd/facts.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "gateway/casework/cases.h"
#include "gateway/casework/decoy.h"
#include "gateway/casework/reporters.h"
#include "gateway/hub/clock.h"
#include "store/alerts.h"
#include "store/cases.h"
#include "store/confirms.h"
#include "store/referrals.h"
#include "store/tasks.h"

#define LIST_MAX 16 /* of tasks, referrals, questions: menu.h */
#define CASES_MAX 64

void facts_begin(struct desk *d, const struct reporter *who, struct facts *out)
{
	int weekday;
	memset(out, 0, sizeof *out);
	reporters_sender(d, who, &out->from);
	clock_day(d->now, out->clock.today);
	clock_local(d->now, &out->clock.hour, &out->clock.minute, &weekday);
	out->who = (struct menu_who){.from = &out->from, .clock = &out->clock, .ctx = &out->ctx};
}

static int fine(int rc)
{
	return rc == STORE_NONE || rc == STORE_BOUND ? STORE_OK : rc;
}

/* Whoever may name any case is shown the newest open ones, and can type another. */
static int list_cases(struct desk *d, const struct reporter *who, const struct case_row **list, size_t *n)
{
	static struct case_row rows[CASES_MAX]; /* 30 KB; the hub has one thread */
	int rc = cases_sees_all(who) ? case_list(d->st, NULL, rows, CASES_MAX, n)
				     : case_owned(d->st, who->id, rows, CASES_MAX, n);
	*n = fine(rc) == STORE_OK ? *n < CASES_MAX ? *n : CASES_MAX : 0;
	*list = rows;
	return fine(rc);
}

static int load_cases(struct desk *d, const struct reporter *who, struct facts *f)
{
	const struct case_row *rows;
	size_t n = 0;
	f->ctx.has_owned = !cases_sees_all(who);
	int rc = list_cases(d, who, &rows, &n);
	for (size_t i = 0; i < n; i++)
		desk_cut(f->ctx.owned[f->ctx.n_owned++], sizeof f->ctx.owned[0], rows[i].code);
	return rc;
}

/* As many as he has, as far as there are; the same ones that a text would name. */
static int decoy_cases(struct desk *d, const struct reporter *who, struct facts *f)
{
	char codes[DECOY_CODES][CASE_CODE_MAX];
	size_t n = 0;
	int rc = decoy_codes(d, who, codes, &n);
	f->ctx.n_owned = rc == STORE_OK && f->ctx.n_owned < n ? f->ctx.n_owned : (uint16_t)n;
	for (size_t i = 0; i < f->ctx.n_owned; i++)
		desk_cut(f->ctx.owned[i], sizeof f->ctx.owned[0], codes[i]);
	return rc;
}

/* Under duress too: what the record says is what it says of an ordinary read. */
int facts_record(struct desk *d, const struct reporter *who)
{
	const struct case_row *rows;
	size_t n = 0;
	int rc = list_cases(d, who, &rows, &n);
	for (size_t i = 0; rc == STORE_OK && i < n; i++)
		rc = desk_audit(d, who->id, "read", rows[i].code, "menu", "");
	return rc;
}

static int load_alerts(struct desk *d, const struct reporter *who, struct facts *f)
{
	int64_t numbers[32];
	size_t n = 0;
	int rc = alert_pending(d->st, who->id, numbers, 32, &n);
	for (size_t i = 0; fine(rc) == STORE_OK && i < n && i < 32; i++)
		f->ctx.alerts[f->ctx.n_alerts++] = (int32_t)numbers[i];
	return fine(rc);
}

static int load_tasks(struct desk *d, const struct reporter *who, struct facts *f)
{
	static struct task rows[LIST_MAX];
	size_t n = 0;
	int rc = task_open(d->st, cases_sees_all(who) ? "" : who->agency, 0, 0, rows, LIST_MAX, &n);
	for (size_t i = 0; fine(rc) == STORE_OK && i < n && i < LIST_MAX; i++)
		snprintf(f->who.tasks[f->who.n_tasks++], sizeof f->who.tasks[0], "T%" PRId64,
			 rows[i].number % 1000000000);
	return fine(rc);
}

static int list_referrals(struct desk *d, const struct reporter *who, bool taken, char (*list)[12], size_t *count)
{
	static struct referral rows[LIST_MAX];
	size_t n = 0;
	if (!cases_sees_all(who) && !who->agency[0])
		return STORE_OK;
	int rc = referral_open_of(d->st, cases_sees_all(who) ? "" : who->agency, taken, rows, LIST_MAX, &n);
	for (size_t i = 0; fine(rc) == STORE_OK && i < n && i < LIST_MAX; i++)
		snprintf(list[(*count)++], sizeof *list, "R%" PRId64, rows[i].number % 1000000000);
	return fine(rc);
}

static int load_referrals(struct desk *d, const struct reporter *who, struct facts *f)
{
	return list_referrals(d, who, false, f->who.referrals, &f->who.n_referrals);
}

static int load_taken(struct desk *d, const struct reporter *who, struct facts *f)
{
	return list_referrals(d, who, true, f->who.taken, &f->who.n_taken);
}

static int load_pending(struct desk *d, const struct reporter *who, struct facts *f)
{
	static struct confirmation rows[LIST_MAX];
	size_t n = 0;
	int rc = confirm_told(d->st, who->id, NULL, rows, LIST_MAX, &n);
	for (size_t i = 0; fine(rc) == STORE_OK && i < n && i < LIST_MAX; i++)
		snprintf(f->who.pending[f->who.n_pending++], sizeof f->who.pending[0], "%" PRId64,
			 rows[i].number % 1000000000);
	return fine(rc);
}

int facts_load(struct desk *d, const struct reporter *who, unsigned needs, bool decoys, struct facts *f)
{
	static const struct {
		unsigned need;
		int (*load)(struct desk *d, const struct reporter *who, struct facts *f);
	} lists[] = {{MENU_CASES, load_cases},
		     {MENU_ALERTS, load_alerts},
		     {MENU_TASKS, load_tasks},
		     {MENU_REFERRALS, load_referrals},
		     {MENU_TAKEN, load_taken},
		     {MENU_PENDING, load_pending}};
	int rc = context_get(d->st, who->id, d->now, f->ctx.asked, sizeof f->ctx.asked, f->ctx.case_code,
			     sizeof f->ctx.case_code);
	rc = rc == STORE_NONE ? STORE_OK : rc;
	for (size_t i = 0; rc == STORE_OK && i < sizeof lists / sizeof lists[0]; i++)
		if (needs & lists[i].need)
			rc = lists[i].load(d, who, f);
	return rc == STORE_OK && decoys && (needs & MENU_CASES) ? decoy_cases(d, who, f) : rc;
}
