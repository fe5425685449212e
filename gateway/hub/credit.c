/* credit.c - see credit.h. */
#include "gateway/hub/credit.h"

#include <stdio.h>
#include <string.h>

#include "gateway/hub/credit_value.h"
#include "gateway/hub/log.h"
#include "gateway/hub/ussd.h"
#include "gateway/outbox/notice.h"
#include "gateway/outbox/post.h"
#include "parser/pick.h"
#include "store/outbox.h"

#define HOUR 3600
#define CREDIT_AGAIN_S 5 /* a modem that was not idle */
#define MISSES 3 /* questions in a row without an answer before people are told */
#define FAR (INT64_MAX / 2)

static const struct config_code *code_of(const struct config_modem *m, int kind)
{
	return kind ? &m->validity : &m->balance;
}

void credit_load(struct hub *h)
{
	for (size_t i = 0; i < h->cf->n_modems; i++) {
		const char *name = h->cf->modems[i].name;
		bool known = false;
		for (int k = 0; k < h->n_credit; k++)
			known |= strcmp(h->credit[k].name, name) == 0;
		if (known || h->n_credit == SUPERVISE_MAX)
			continue;
		struct credit *c = &h->credit[h->n_credit++];
		*c = (struct credit){.name = ""};
		snprintf(c->name, sizeof c->name, "%s", name);
		for (int kind = 0; kind < 2; kind++) {
			credit_get(h->st, name, kind == 1, &c->v[kind]);
			c->next[kind] = c->v[kind];
		}
	}
	h->credit_ask.kind = -1;
	h->credit_at = 0;
}

/* ---- telling --------------------------------------------------------------------------------- */

static int tell(struct desk *d, const char *modem, const char *id, const char *fill, const char *value,
		const char *what)
{
	struct message_fill fills[] = {{"modem", modem}, {fill, value}};
	char reason[160];
	int agencies;
	snprintf(reason, sizeof reason, "%s: %s", modem, what);
	log_line(LOG_WARNING, "alarm=modem.credit modem=%s reason=\"%s\"", modem, what);
	struct post_event e = {.event = "modem.credit", .reason = reason, .age = -1, .n_children = -1,
			       .pupil = -1, .days = -1};
	int rc = post_event(d, &e, &agencies);
	if (rc == STORE_OK)
		rc = notice_role(d, "coordinator", id, fills, 2, 0, false, NULL);
	if (rc == STORE_OK)
		rc = notice_role(d, "duty", id, fills, 2, 0, false, NULL);
	return rc == STORE_OK ? desk_audit(d, "system", "modem.credit", modem, id, "") : rc;
}

static int64_t today(int64_t now)
{
	char day[CLOCK_DAY];
	clock_day(now, day);
	return pick_day_number(day);
}

/* Low is told once, and again only after it has risen. */
static int judge_value(struct desk *d, struct credit *c, int kind, const struct config_code *code)
{
	struct credit_value *v = &c->next[kind];
	char words[CREDIT_WORDS], what[96], local[8];
	if (!v->at || !code->limit)
		return STORE_OK;
	bool low = kind ? v->value - today(d->now) <= code->limit : v->value < (int64_t)code->limit * 100;
	if (!low)
		v->told = false;
	if (!low || v->told)
		return STORE_OK;
	v->told = true;
	credit_words(kind == 1, v->value, words);
	snprintf(what, sizeof what, kind ? "valid until %s" : "credit %s", words);
	if (!kind)
		return tell(d, c->name, "credit_low", "amount", words, what);
	snprintf(local, sizeof local, "%.2s.%.2s", words + 8, words + 5);
	return tell(d, c->name, "credit_ends", "date", local, what);
}

/* What cannot be read is told at once; silence and refusals, which one bad minute of the network
 * brings, after some in a row.  Once, until it is read again. */
static int judge_miss(struct desk *d, struct credit *c, int kind)
{
	static const char *const why[] = {"", "", "is not understood", "is refused", "is not given"};
	struct credit_value *v = &c->next[kind];
	char what[96];
	if (v->told_unread || (v->state != CREDIT_UNREAD && v->misses < MISSES))
		return STORE_OK;
	v->told_unread = true;
	snprintf(what, sizeof what, "the answer to the %s code %s", kind ? "validity" : "balance",
		 why[v->state]);
	return tell(d, c->name, "credit_unread", "", "", what);
}

/* ---- a turn ---------------------------------------------------------------------------------- */

static struct credit *of(struct hub *h, const char *modem)
{
	for (int i = 0; i < h->n_credit; i++) {
		if (strcmp(h->credit[i].name, modem) == 0)
			return &h->credit[i];
	}
	return NULL;
}

static int take_news(struct hub *h, struct desk *d)
{
	static const char *const states[] = {"", "read", "not understood", "refused", "no answer"};
	const struct credit_news *news = &h->news;
	struct credit *c = of(h, news->modem);
	if (!c)
		return STORE_OK;
	if (news->kind == DIAL_TOPUP) { /* what came of it is asked for at once */
		c->next[0].asked = c->next[1].asked = 0;
		return STORE_OK;
	}
	int kind = news->kind == DIAL_VALIDITY;
	struct credit_value *v = &c->next[kind];
	v->state = (int)news->state;
	v->asked = d->now;
	log_line(LOG_INFO, "modem=%s ussd=%s outcome=\"%s\"", c->name, kind ? "validity" : "balance",
		 states[v->state]);
	if (v->state != CREDIT_READ) {
		v->misses++;
		return judge_miss(d, c, kind);
	}
	v->at = d->now;
	v->value = news->value;
	v->misses = 0;
	v->told_unread = false;
	return STORE_OK;
}

static bool idle(struct hub *h, const char *modem)
{
	struct worker_view v;
	if (h->in || h->work_waits || h->stopping || ussd_busy(h) || h->credit_ask.kind >= 0)
		return false;
	if (h->due_at[OUTBOX_SMS] <= clock_now(h->clock))
		return false;
	for (int i = 0; i < supervise_count(h->sup); i++) {
		if (supervise_view(h->sup, i, &v) && strcmp(v.spec->name, modem) == 0)
			return v.state == WORKER_READY && !v.call[0] && h->slots[i].n_jobs == 0 &&
			       !h->slots[i].away;
	}
	return false;
}

/* When it is to be asked next; a time of the future (the clock went back) is taken for now. */
static int64_t due_at(const struct config_code *c, struct credit_value *v, int64_t now)
{
	if (!c->code[0] || !c->every_h)
		return FAR;
	if (v->asked > now)
		v->asked = now;
	return v->asked ? v->asked + (int64_t)c->every_h * HOUR : 0;
}

static int ask(struct hub *h, struct desk *d, struct credit *c, int kind)
{
	char object[64];
	h->credit_ask.modem = (int)(c - h->credit);
	h->credit_ask.kind = kind;
	c->next[kind].asked = d->now;
	/* Until its outcome is known it counts as one without. */
	c->next[kind].state = CREDIT_SILENT;
	snprintf(object, sizeof object, "%.20s %s", c->name, kind ? "validity" : "balance");
	return desk_audit(d, "system", "ussd", object, "dialled", "");
}

static int keep(struct hub *h, const struct credit *c, int kind)
{
	char was[CREDIT_TEXT], is[CREDIT_TEXT], name[32];
	credit_write(&c->v[kind], was);
	credit_write(&c->next[kind], is);
	if (strcmp(was, is) == 0)
		return STORE_OK;
	credit_name(kind == 1, c->name, name);
	return store_meta_put(h->st, name, is);
}

static int one(struct hub *h, struct desk *d, struct credit *c, int kind)
{
	const struct config_modem *m = config_modem(h->cf, c->name);
	if (!m)
		return STORE_OK;
	const struct config_code *code = code_of(m, kind);
	int rc = code->code[0] ? judge_value(d, c, kind, code) : STORE_OK;
	int64_t at = due_at(code, &c->next[kind], d->now);
	if (rc == STORE_OK && at <= d->now) {
		bool can = idle(h, c->name);
		rc = can ? ask(h, d, c, kind) : STORE_OK;
		at = can ? due_at(code, &c->next[kind], d->now) : d->now + CREDIT_AGAIN_S;
	}
	if (at < h->credit_at)
		h->credit_at = at;
	return rc == STORE_OK ? keep(h, c, kind) : rc;
}

int credit_stage(struct hub *h, struct desk *d)
{
	int rc = STORE_OK;
	h->credit_ask.kind = -1;
	h->credit_at = FAR;
	for (int i = 0; i < h->n_credit; i++)
		memcpy(h->credit[i].next, h->credit[i].v, sizeof h->credit[i].v);
	if (h->news.is)
		rc = take_news(h, d);
	for (int i = 0; i < h->n_credit && rc == STORE_OK; i++) {
		for (int kind = 0; kind < 2 && rc == STORE_OK; kind++)
			rc = one(h, d, &h->credit[i], kind);
	}
	return rc;
}

void credit_committed(struct hub *h)
{
	h->news.is = false;
	for (int i = 0; i < h->n_credit; i++)
		memcpy(h->credit[i].v, h->credit[i].next, sizeof h->credit[i].v);
	if (h->credit_ask.kind < 0)
		return;
	struct credit *c = &h->credit[h->credit_ask.modem];
	int kind = h->credit_ask.kind;
	h->credit_ask.kind = -1;
	if (!ussd_dial(h, c->name, kind ? DIAL_VALIDITY : DIAL_BALANCE))
		c->v[kind].asked = 0; /* surely not dialled: its modem went away just now */
}

/* ---- for people ------------------------------------------------------------------------------ */

json_t *credit_json(struct hub *h, const char *modem)
{
	const struct config_modem *m = config_modem(h->cf, modem);
	struct credit *c = of(h, modem);
	if (!m || !c)
		return NULL;
	json_t *balance = credit_value_json(&m->balance, false, &c->v[0]);
	json_t *validity = credit_value_json(&m->validity, true, &c->v[1]);
	if (!balance && !validity)
		return NULL;
	json_t *o = json_object();
	if (balance)
		json_object_set_new(o, "credit", balance);
	if (validity)
		json_object_set_new(o, "validity", validity);
	return o;
}
