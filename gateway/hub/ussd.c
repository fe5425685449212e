/* ussd.c - see ussd.h. */
#include "gateway/hub/ussd.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "gateway/hub/credit_value.h"
#include "gateway/hub/verbs.h"
#include "parser/pick.h"

#define CODE_MAX 40
#define JOB_MS 130000 /* past what the worker allows a step */
#define MASK_FROM 7   /* digits in a row that are no code any more */
#define VOUCHER "{voucher}"
#define ANSWERS " *#+.-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

static const char *const kinds[] = {
    [DIAL_CODE] = "code", [DIAL_BALANCE] = "balance", [DIAL_VALIDITY] = "validity",
    [DIAL_TOPUP] = "topup"};

static int find(struct hub *h, const char *modem)
{
	struct worker_view v;
	for (int i = 0; i < supervise_count(h->sup); i++) {
		if (supervise_view(h->sup, i, &v) && v.spec->kind == WORKER_MODEM &&
		    v.state == WORKER_READY && strcmp(v.spec->name, modem) == 0)
			return i;
	}
	return -1;
}

void ussd_mask(const char *code, char *out, size_t max)
{
	size_t at = 0;
	for (const char *p = code; *p && at + 1 < max;) {
		size_t n = strspn(p, "0123456789");
		for (size_t i = 0; i < (n ? n : 1) && at + 1 < max; i++)
			out[at++] = n >= MASK_FROM ? '.' : p[i];
		p += n ? n : 1;
	}
	out[at] = '\0';
}

/* Dialling is recorded before it is done: it may cost money. */
static int record(struct hub *h, int uid, const char *modem, const char *what)
{
	char who[24], object[64];
	snprintf(who, sizeof who, "cli:%d", uid);
	snprintf(object, sizeof object, "%.20s %.40s", modem, what);
	int rc = store_begin(h->st);
	if (rc == STORE_OK)
		rc = audit_add(h->st, clock_now(h->clock), who, "ussd", object, "dialled", "");
	if (rc == STORE_OK)
		return store_commit(h->st);
	if (store_in_turn(h->st))
		store_rollback(h->st);
	return rc;
}

/* ---- sessions -------------------------------------------------------------------------------- */

static bool send_step(struct hub *h, enum wire_ussd_step step, const char *code)
{
	struct wire_frame f = {.type = WIRE_WORK_USSD};
	f.u.work_ussd = (struct wire_work_ussd){h->ussd.job, (uint8_t)step, wire_str(code)};
	if (supervise_send(h->sup, h->ussd.worker, &f) < 0)
		return false;
	if (step == WIRE_USSD_CLOSE)
		return true;
	supervise_expect(h->sup, h->ussd.worker, h->ussd.job, JOB_MS);
	h->ussd.state = DIAL_WAITS;
	return true;
}

static bool begin(struct hub *h, int worker, const char *modem, enum dial_kind kind, const char *code)
{
	struct dial *u = &h->ussd;
	u->kind = kind;
	u->worker = worker;
	u->job = -(++u->n); /* below zero: no row of the outbox */
	u->n_answers = u->next_answer = 0;
	u->client = -1;
	u->over[0] = '\0';
	snprintf(u->modem, sizeof u->modem, "%s", modem);
	return send_step(h, WIRE_USSD_DIAL, code);
}

static void await_client(struct hub *h, int client)
{
	h->ussd.client = client;
	h->ussd.serial = control_serial(h->control, client);
}

bool ussd_busy(const struct hub *h)
{
	return h->ussd.state != DIAL_IDLE;
}

/* ---- configured codes ------------------------------------------------------------------------ */

static const struct config_code *code_of(const struct config_modem *m, enum dial_kind kind)
{
	return kind == DIAL_BALANCE	 ? &m->balance
	       : kind == DIAL_VALIDITY ? &m->validity
				       : &m->topup;
}

/* With the voucher in its place. */
static void fill_in(const char *pattern, const char *voucher, char out[DIAL_WORD])
{
	const char *place = strstr(pattern, VOUCHER);
	if (place)
		snprintf(out, DIAL_WORD, "%.*s%s%s", (int)(place - pattern), pattern, voucher,
			 place + strlen(VOUCHER));
	else
		snprintf(out, DIAL_WORD, "%s", pattern);
}

static bool begin_configured(struct hub *h, int worker, const struct config_modem *m,
			     enum dial_kind kind, const char *voucher)
{
	const struct config_code *c = code_of(m, kind);
	char code[DIAL_WORD];
	fill_in(c->code, voucher, code);
	if (!begin(h, worker, m->name, kind, code))
		return false;
	for (const char **a = c->answers; a && *a && h->ussd.n_answers < DIAL_ANSWERS; a++)
		fill_in(*a, voucher, h->ussd.answer[h->ussd.n_answers++]);
	return true;
}

bool ussd_dial(struct hub *h, const char *modem, enum dial_kind kind)
{
	const struct config_modem *m = config_modem(h->cf, modem);
	int worker = find(h, modem);
	return m && worker >= 0 && !ussd_busy(h) && begin_configured(h, worker, m, kind, "");
}

/* What a configured code came to; the value into *news. */
static void judge(const struct hub *h, const char *text, struct credit_news *news)
{
	const struct config_modem *m = config_modem(h->cf, news->modem);
	char day[CLOCK_DAY];
	int rc = PICK_NO_MATCH;
	clock_day(clock_now(h->clock), day);
	if (m && news->kind == DIAL_BALANCE)
		rc = pick_amount(m->balance.pick, text, &news->value);
	else if (m && news->kind == DIAL_VALIDITY)
		rc = pick_day(m->validity.pick, text, pick_day_number(day), &news->value);
	else if (m)
		rc = PICK_OK; /* a top-up: the words are a person's to read */
	news->state = rc == PICK_OK ? CREDIT_READ : CREDIT_UNREAD;
}

static void post_news(struct hub *h, enum credit_state state, const char *text)
{
	struct credit_news *news = &h->news;
	if (h->ussd.kind == DIAL_CODE)
		return;
	*news = (struct credit_news){.is = true, .kind = h->ussd.kind, .state = state};
	snprintf(news->modem, sizeof news->modem, "%s", h->ussd.modem);
	if (state == CREDIT_READ)
		judge(h, text, news);
}

/* ---- answers --------------------------------------------------------------------------------- */

static void answer(struct hub *h, json_t *o)
{
	if (h->ussd.client >= 0 && control_serial(h->control, h->ussd.client) == h->ussd.serial)
		control_answer(h->control, h->ussd.client, o);
	else
		json_decref(o); /* he did not wait */
	h->ussd.client = -1;
}

__attribute__((format(printf, 3, 4))) static void ended(struct hub *h, enum credit_state state,
							const char *fmt, ...)
{
	char words[1400];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(words, sizeof words, fmt, ap);
	va_end(ap);
	h->ussd.state = DIAL_IDLE;
	post_news(h, state, "");
	answer(h, verb_refuse("%s", words));
}

static void put_value(json_t *o, const struct credit_news *news)
{
	char value[CREDIT_WORDS];
	if (!news->is || news->kind == DIAL_TOPUP)
		return;
	json_object_set_new(o, "read", json_boolean(news->state == CREDIT_READ));
	if (news->state != CREDIT_READ)
		return;
	credit_words(news->kind == DIAL_VALIDITY, news->value, value);
	json_object_set_new(o, news->kind == DIAL_VALIDITY ? "until" : "amount", json_string(value));
}

static void answered(struct hub *h, int status, const char *text)
{
	struct dial *u = &h->ussd;
	bool asks = status == 1;
	if (asks && u->next_answer < u->n_answers) {
		if (!send_step(h, WIRE_USSD_ANSWER, u->answer[u->next_answer++]))
			ended(h, CREDIT_SILENT, "modem %s is gone", u->modem);
		return;
	}
	bool person = asks && u->kind == DIAL_CODE && u->client >= 0 &&
		      control_serial(h->control, u->client) == u->serial;
	u->state = person ? DIAL_OPEN : DIAL_IDLE;
	if (asks && !person)
		send_step(h, WIRE_USSD_CLOSE, "");
	memset(u->answer, 0, sizeof u->answer); /* there may have been a voucher */
	post_news(h, CREDIT_READ, text);
	json_t *o = json_pack("{s:b,s:i,s:b,s:I}", "ok", 1, "status", status, "open", person, "session",
			      (json_int_t)u->n);
	json_t *s = json_string(text);
	json_object_set_new(o, "text", s ? s : json_string("(not readable)"));
	if (u->kind != DIAL_CODE)
		put_value(o, &h->news);
	answer(h, o);
}

static void over(struct hub *h, int status)
{
	static const char *const words[] = {"the network ended the session",
					    "nobody answered for 90 s: the session was given up"};
	const char *why = words[status == 5];
	if (h->ussd.state == DIAL_WAITS)
		ended(h, CREDIT_REFUSED, "%s", why);
	h->ussd.state = DIAL_IDLE;
	snprintf(h->ussd.over, sizeof h->ussd.over, "%s", why);
}

void ussd_done(struct hub *h, int worker, const struct wire_done_ussd *d)
{
	static const char *const refusals[] = {"", "", "the network ended it", "another client answered",
					       "the network does not know this code",
					       "the network did not answer in time"};
	if (!ussd_busy(h) || worker != h->ussd.worker || d->job != h->ussd.job)
		return;
	supervise_job_done(h->sup, worker, d->job);
	char text[1100];
	wire_copy(d->text, text, sizeof text);
	if (d->result == WIRE_USSD_OVER)
		over(h, d->status);
	else if (d->result == WIRE_USSD_ANSWERED)
		answered(h, d->status, text);
	else if (d->result == WIRE_USSD_REFUSED)
		ended(h, CREDIT_REFUSED, "refused: %s %s(code %d)",
		      d->status < 6 ? refusals[d->status] : "", text, (int)d->code);
	else
		ended(h, CREDIT_SILENT,
		      "no answer came; it may have been carried out: look before you repeat");
}

void ussd_lost(struct hub *h, int worker)
{
	if (!ussd_busy(h) || worker != h->ussd.worker)
		return;
	if (h->ussd.state == DIAL_WAITS)
		ended(h, CREDIT_SILENT, "the modem's worker ended meanwhile; it may have been carried out");
	else
		snprintf(h->ussd.over, sizeof h->ussd.over, "the modem's worker ended");
	h->ussd.state = DIAL_IDLE;
}

/* ---- requests -------------------------------------------------------------------------------- */

static bool only(const char *s, const char *set)
{
	return *s && strlen(s) <= CODE_MAX && s[strspn(s, set)] == '\0';
}

/* A further step of the session that the person began. */
static json_t *go_on(struct hub *h, int client, const json_t *rq, const char *text)
{
	struct dial *u = &h->ussd;
	bool his = json_integer_value(json_object_get(rq, "session")) == u->n;
	if (u->state != DIAL_OPEN || !his)
		return verb_refuse("%s", his && u->over[0] ? u->over : "there is no such session");
	if (!text) {
		u->state = DIAL_IDLE;
		send_step(h, WIRE_USSD_CLOSE, "");
		return json_pack("{s:b}", "ok", 1);
	}
	if (!only(text, ANSWERS))
		return verb_refuse("an answer is up to %d letters, digits, blanks, *, # and +", CODE_MAX);
	if (!send_step(h, WIRE_USSD_ANSWER, text))
		return verb_refuse("modem %s is gone", u->modem);
	await_client(h, client);
	return NULL;
}

static enum dial_kind kind_of(const json_t *rq)
{
	const char *ask = json_string_value(json_object_get(rq, "ask"));
	for (int k = DIAL_BALANCE; ask && k <= DIAL_TOPUP; k++) {
		if (strcmp(ask, kinds[k]) == 0)
			return (enum dial_kind)k;
	}
	return DIAL_CODE;
}

static json_t *check_voucher(const struct config_modem *m, const char *voucher)
{
	char word[DIAL_WORD];
	if (!only(voucher, "0123456789") || strlen(voucher) > 24)
		return verb_refuse("a voucher is up to 24 digits");
	fill_in(m->topup.code, voucher, word);
	bool fits = strlen(word) <= CODE_MAX;
	for (const char **a = m->topup.answers; a && *a; a++) {
		fill_in(*a, voucher, word);
		fits &= strlen(word) <= CODE_MAX;
	}
	return fits ? NULL : verb_refuse("code and voucher are longer than %d", CODE_MAX);
}

static json_t *check(const struct hub *h, const struct config_modem *m, enum dial_kind kind,
		     const char *code, const char *voucher)
{
	if (kind == DIAL_CODE && !only(code, "0123456789*#"))
		return verb_refuse("a code is up to %d of 0-9, * and #", CODE_MAX);
	if (kind != DIAL_CODE && !code_of(m, kind)->code[0])
		return verb_refuse("modems[].%s.code of %s is not configured", kinds[kind], m->name);
	json_t *no = kind == DIAL_TOPUP ? check_voucher(m, voucher) : NULL;
	if (no)
		return no;
	if (ussd_busy(h))
		return verb_refuse("another code is being dialled: wait for its answer");
	return NULL;
}

static const char *text_of(const json_t *rq, const char *name)
{
	const char *s = json_string_value(json_object_get(rq, name));
	return s ? s : "";
}

json_t *ussd_ask(struct hub *h, int client, int uid, const json_t *rq)
{
	const char *name = text_of(rq, "modem"), *code = text_of(rq, "code");
	const char *further = json_string_value(json_object_get(rq, "answer"));
	if (further || json_is_true(json_object_get(rq, "close")))
		return go_on(h, client, rq, further);
	const struct config_modem *m = config_modem(h->cf, name);
	if (!m)
		return verb_refuse("no modem \"%s\" in the configuration", name);
	enum dial_kind kind = kind_of(rq);
	json_t *no = check(h, m, kind, code, text_of(rq, "voucher"));
	if (no)
		return no;
	int worker = find(h, name);
	if (worker < 0)
		return verb_refuse("modem %s is not ready (kujdestar status)", name);
	char masked[DIAL_WORD];
	ussd_mask(code, masked, sizeof masked);
	int rc = record(h, uid, name, kind == DIAL_CODE ? masked : kinds[kind]);
	if (rc != STORE_OK)
		return verb_refuse("the store did not take the record of it: %s", store_rc_name(rc));
	bool sent = kind == DIAL_CODE ? begin(h, worker, name, kind, code)
				      : begin_configured(h, worker, m, kind, text_of(rq, "voucher"));
	if (!sent)
		return verb_refuse("modem %s is gone", name);
	await_client(h, client);
	return NULL;
}
