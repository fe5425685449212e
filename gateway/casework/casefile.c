/* casefile.c - what all work on a case shares.  See casefile.h. */
#include "gateway/casework/casefile.h"
#include <stdio.h>
#include <string.h>
#include "gateway/casework/alerts.h"
#include "gateway/casework/answer.h"
#include "gateway/hub/clock.h"
#include "gateway/outbox/notice.h"

bool cases_sees_all(const struct reporter *from)
{
	bool mun = !from->agency[0] || strcmp(from->agency, "MUN") == 0;

	return mun && (strcmp(from->role, "coordinator") == 0 || strcmp(from->role, "duty") == 0);
}

int cases_visible(struct desk *d, const struct reporter *from, const char *code,
		  struct case_row *out)
{
	if (!code || !code[0])
		return STORE_NONE;
	int rc = case_by_code(d->st, code, out);
	if (rc == STORE_OK && !cases_sees_all(from) && strcmp(out->owner, from->id) != 0)
		return STORE_NONE;
	return rc;
}

int casefile_named(struct desk *d, const struct reading *r, int64_t *case_id)
{
	char code[CASE_CODE_MAX];
	struct case_row c;
	int rc = STORE_NONE;

	*case_id = 0;
	for (unsigned i = 0; rc == STORE_NONE && strncmp(r->intent, "form:", 5) == 0 && i < r->n_values; i++) {
		const struct reading_value *v = &r->values[i];
		if (v->kind == READ_WORD && !v->note && code_read(v->word, strlen(v->word), code))
			rc = case_by_code(d->st, code, &c);
	}
	if (rc == STORE_OK)
		*case_id = c.id;
	return rc == STORE_NONE ? STORE_OK : rc;
}

int casefile_open(struct desk *d, const struct reporter *from, const struct reading *r,
		  struct effect *out, struct case_row *c, bool *found)
{
	int rc = cases_visible(d, from, reading_word(r, "case"), c);

	*found = rc == STORE_OK;
	if (rc == STORE_NONE)
		answer_with(out, "no_case");
	if (rc != STORE_OK)
		return rc == STORE_NONE ? STORE_OK : rc;
	casefile_remember(out, c);
	return STORE_OK;
}

void casefile_remember(struct effect *out, const struct case_row *c)
{
	out->case_id = c->id;
	snprintf(out->case_code, sizeof(out->case_code), "%s", c->code);
	out->facts.case_code = out->case_code;
}

bool casefile_lists(const char *list, const char *word)
{
	char padded[READING_WORD + 2], all[100];

	snprintf(padded, sizeof(padded), ",%.39s,", word);
	snprintf(all, sizeof(all), ",%.96s,", list);
	return strstr(all, padded) != NULL;
}

int casefile_risk_order(const char *risk)
{
	return strcmp(risk, "high") == 0     ? 3
	       : strcmp(risk, "medium") == 0 ? 2
	       : strcmp(risk, "low") == 0    ? 1
					     : 0;
}

void casefile_missing(struct case_row *c)
{
	c->missing[0] = '\0';
	if (!c->zone[0] && c->pupil < 0)
		desk_join(c->missing, sizeof(c->missing), ",", "zone");
	if (!c->concerns[0])
		desk_join(c->missing, sizeof(c->missing), ",", "concern");
	c->partial = c->missing[0] != '\0';
}

int casefile_note(struct desk *d, int64_t id, const char *who, const char *what,
		  const char *detail, const struct reading *r)
{
	char cut[96];

	desk_cut(cut, sizeof(cut), detail);
	return case_event_add(d->st, id, d->now, who, what, cut, r ? r->text : "",
			      r ? r->text_len : 0);
}

void casefile_facts(const struct case_row *c, struct post_event *e)
{
	*e = (struct post_event){ .case_id = c->id,
				  .case_code = c->code,
				  .concerns = c->concerns,
				  .zone = c->zone,
				  .sex = c->sex,
				  .risk = c->risk,
				  .age = c->age,
				  .n_children = c->n_children,
				  .urgent = c->urgent,
				  .school = c->school,
				  .class_name = c->class_name,
				  .country = c->country,
				  .pupil = c->pupil,
				  .days = -1,
				  .flags = c->flags };
}

int casefile_tell(struct desk *d, const struct case_row *c, int64_t message, const char *who,
		  const char *event, const char *window)
{
	struct alerts_about about = { .subject = c->code, .window = window, .case_id = c->id,
				      .message = message, .owner = c->owner, .who = who };
	int raised;

	casefile_facts(c, &about.facts);
	return alerts_raise_event(d, event, &about, &raised);
}

int casefile_seen(struct desk *d, const struct case_row *c, const char *known, int64_t message,
		  const char *who)
{
	char today[CLOCK_DAY], window[32];

	if (!known[0] || strcmp(known, c->zone) == 0)
		return STORE_OK;
	clock_day(d->now, today);
	snprintf(window, sizeof(window), "%s %.11s", today, c->zone);
	return casefile_tell(d, c, message, who, "case.elsewhere", window);
}

/* The alert the case was raised under goes with it: where no row names the event, it is all that
 * tells the municipality which. */
int casefile_tell_change(struct desk *d, const struct case_row *c, const char *event,
			 const char *reason)
{
	struct alert_row first;
	struct post_event e;
	size_t n = 0;
	int agencies;

	int rc = c->message ? alert_of_message(d->st, c->message, &first, 1, &n) : STORE_NONE;
	if (rc != STORE_OK && rc != STORE_NONE)
		return rc;
	casefile_facts(c, &e);
	e.event = event;
	e.reason = reason;
	e.alert = n ? first.number : 0;
	e.rule = n ? first.rule : "";
	return post_event(d, &e, &agencies);
}

int casefile_notify(struct desk *d, const struct case_row *c, const char *to, const char *but,
		    const char *message)
{
	struct message_fill fill = { "case", c->code };
	struct reporter who;
	bool told;

	if (!to[0] || strcmp(to, but) == 0)
		return STORE_OK;
	int rc = roster_by_id(d->st, to, &who);
	if (rc == STORE_OK)
		rc = notice_one(d, &who, message, &fill, 1, c->id, c->urgent, &told);
	return rc == STORE_NONE ? STORE_OK : rc;
}
