/* casebook.h - what tests of case work ask of the fixture: a case by its code, its history, its
 * alerts, the audit.  The first case opened is E26-0147-V. */
#ifndef TESTS_COMPONENT_CASEBOOK_H
#define TESTS_COMPONENT_CASEBOOK_H
#include "store/audit.h"
#include "store/confirms.h"
#include "store/followups.h"
#include "gateway/casework/reporters.h"
#include "store/referrals.h"
#include "tests/component/fixture.h"

#define O2 "+355692000002"
#define FIRST_NUMBER 147

static inline int book_setup(void **state)
{
	int64_t number = 0;

	if (fx_setup(state) != 0)
		return -1;
	struct fx *f = *state;
	fx_begin(f);
	while (number < FIRST_NUMBER - 1)
		OK(case_next_number(f->st, 2026, &number));
	fx_commit(f);
	return 0;
}

static inline void book_second_worker(struct fx *f)
{
	fx_begin(f);
	fx_person(f, "O2", O2, "outreach", "", "", "MUN");
	fx_commit(f);
}

static inline struct case_row book_case(struct fx *f, const char *code)
{
	struct case_row c;

	if (case_by_code(f->st, code, &c) != STORE_OK)
		fail_msg("no case %s", code);
	return c;
}

static inline struct case_row book_newest(struct fx *f)
{
	struct case_row c;
	size_t n = 0;

	OK(case_list(f->st, NULL, &c, 1, &n));
	assert_int_equal(n, 1);
	return c;
}

/* Lines of a case's history; what, detail NULL = any. */
static inline int book_events(struct fx *f, int64_t case_id, const char *what, const char *detail)
{
	static struct case_event e[128];
	size_t n = 0;
	int k = 0;

	OK(case_events(f->st, case_id, e, 128, &n));
	for (size_t i = 0; i < n; i++)
		k += (!what || strcmp(e[i].what, what) == 0) &&
		     (!detail || strcmp(e[i].detail, detail) == 0);
	return k;
}

static inline int book_rule(struct fx *f, const char *rule, const char *state)
{
	static struct alert_row rows[128];
	int n = fx_alerts(f, rows, 128), k = 0;

	for (int i = 0; i < n; i++)
		k += strcmp(rows[i].rule, rule) == 0 && (!state || strcmp(rows[i].state, state) == 0);
	return k;
}

/* The newest alert of a rule. */
static inline struct alert_row book_alert(struct fx *f, const char *rule)
{
	static struct alert_row rows[128];
	int n = fx_alerts(f, rows, 128);

	for (int i = 0; i < n; i++) {
		if (strcmp(rows[i].rule, rule) == 0)
			return rows[i];
	}
	fail_msg("no alert %s", rule);
	return rows[0];
}

/* Its open alerts are answered, so that only what the test is about is told. */
static inline void book_settle_rule(struct fx *f, const char *rule)
{
	static struct alert_row rows[128];
	int n = fx_alerts(f, rows, 128);

	fx_begin(f);
	for (int i = 0; i < n; i++) {
		if (strcmp(rows[i].rule, rule) == 0 && strcmp(rows[i].state, "open") == 0)
			OK(alert_ack(f->st, rows[i].number, "C1", f->d.now));
	}
	fx_commit(f);
}

/* object NULL = any */
static inline bool book_audited(struct fx *f, const char *who, const char *verb, const char *object)
{
	static struct audit_row rows[64];
	const struct audit_query q = { .who = who };
	int64_t after = 0;
	size_t n = 0;

	do {
		OK(audit_find(f->st, &q, after, rows, 64, &n));
		for (size_t i = 0; i < n; i++) {
			if (strcmp(rows[i].verb, verb) == 0 &&
			    (!object || strcmp(rows[i].object, object) == 0))
				return true;
			after = rows[i].id;
		}
	} while (n == 64);
	return false;
}

static inline void book_has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("\"%s\" is not in \"%s\"", part, text);
}

static inline void book_not(const char *text, const char *part)
{
	if (strstr(text, part))
		fail_msg("\"%s\" is in \"%s\"", part, text);
}

/* What an agency was told of an event since fx_clear, or NULL. */
static inline const struct fx_http *book_http(const struct fx *f, const char *agency,
					      const char *event)
{
	for (size_t i = 0; i < f->n_http; i++) {
		if (strcmp(f->http[i].agency, agency) == 0 && strcmp(f->http[i].event, event) == 0)
			return &f->http[i];
	}
	return NULL;
}

/* This text was sent to that number since fx_clear. */
static inline void book_said(struct fx *f, const char *number, const char *text)
{
	for (size_t i = 0; i < f->n_sms; i++) {
		if (strcmp(f->sms[i].to, number) == 0 && strcmp(f->sms[i].text, text) == 0)
			return;
	}
	fail_msg("nobody said \"%s\" to %s", text, number);
}

/* A reading that no text of this test can give (a PIN is verified elsewhere), carried out. */
static inline struct effect book_apply(struct fx *f, const char *who, const struct reading *r)
{
	struct message m;
	struct reporter from;
	struct effect e;

	fx_load(f, &m);
	OK(roster_by_id(f->st, who, &from));
	fx_begin(f);
	OK(effects_apply(&f->d, &m, &from, r, &e));
	fx_commit(f);
	return e;
}

#define BOOK_PIN "482913"

/* A text with his PIN beside it; he is given one first. */
static inline const char *book_with_pin(struct fx *f, const char *number, const char *text)
{
	static char with[200];
	struct secret_row s;
	struct reporter who;

	OK(reporters_find(&f->d, number, &who));
	if (secret_get(f->st, who.id, SECRET_KIND_PIN, &s) == STORE_NONE)
		fx_secret(f, who.id, SECRET_KIND_PIN, BOOK_PIN, "");
	snprintf(with, sizeof(with), "PIN " BOOK_PIN " %s", text);
	return with;
}

static inline const char *book_pin(struct fx *f, const char *number, const char *text)
{
	return fx_ask(f, number, book_with_pin(f, number, text));
}

static inline const char *book_fill(const struct effect *e, const char *name)
{
	for (unsigned i = 0; i < e->n_fills; i++) {
		if (strcmp(e->fill[i].name, name) == 0)
			return e->fill[i].value;
	}
	return "";
}
#endif
