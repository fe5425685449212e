/* sms.c - see sms.h. */
#include "gateway/edge/sms.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "gateway/edge/gate.h"
#include "parser/ucs2.h"

#define TEXT_LONGEST 4095 /* what a message holds, in UTF-8 */
#define WORD_LONGEST 200
#define UDH_LONGEST 140

struct block {
	struct gate g;
	char *kind, *from, *to, *text, *id, *udh, *status, *ucs2_if, *number_form, *reply_type, *reply;
};
static struct block blocks[SMS_BLOCKS];
static size_t n_blocks;

struct made { /* values that are not in the request as they are wanted */
	char number[24], text[TEXT_LONGEST + 1];
	uint8_t udh[UDH_LONGEST];
};
static struct { /* the request in the reading; one thread */
	struct gate_look look;
	const struct block *block;
	struct values values; /* 35 KB */
	struct made made;     /* what the call's fields point to until it is sent */
} now;

#define TEXTS(X) \
	X(kind) X(from) X(to) X(text) X(id) X(udh) X(status) X(ucs2_if) X(number_form) X(reply_type) X(reply)

static void forget(struct block *b)
{
	gate_close(&b->g);
#define X(f) free(b->f);
	TEXTS(X)
#undef X
	memset(b, 0, sizeof *b);
}

bool sms_block(const struct wire_pairs *p)
{
	if (n_blocks == SMS_BLOCKS)
		return false;
	struct block *b = &blocks[n_blocks];
	bool whole = gate_open(&b->g, p);
#define X(f) whole = (b->f = gate_text(p, #f)) != NULL && whole;
	TEXTS(X)
#undef X
	if (whole)
		n_blocks++;
	else
		forget(b);
	return whole;
}

void sms_blocks_free(void)
{
	gate_done(&now.look);
	while (n_blocks > 0)
		forget(&blocks[--n_blocks]);
}

/* ---- what a text is written in ---- */

/* What is no UTF-8 was written by somebody who means ISO 8859-1: no text is lost for it. */
static long from_latin1(struct edge_str v, char *out, size_t max)
{
	size_t n = 0;
	for (size_t i = 0; i < v.len; i++) {
		unsigned char c = (unsigned char)v.s[i];
		if (n + 2 > max)
			return -1;
		if (c >= 0x80)
			out[n++] = (char)(0xc0 | c >> 6);
		out[n++] = (char)(c < 0x80 ? c : 0x80 | (c & 0x3f));
	}
	return (long)n;
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 32;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Octets out of hex digits; -1: they are none, or too many. */
static long from_hex(struct edge_str v, uint8_t *out, size_t max)
{
	if (v.len % 2 || v.len / 2 > max)
		return -1;
	for (size_t i = 0; i < v.len; i += 2) {
		int hi = digit(v.s[i]), lo = digit(v.s[i + 1]);
		if (hi < 0 || lo < 0)
			return -1;
		out[i / 2] = (uint8_t)(hi << 4 | lo);
	}
	return (long)v.len / 2;
}

static bool is_hex(struct edge_str v)
{
	for (size_t i = 0; i < v.len; i++)
		if (digit(v.s[i]) < 0)
			return false;
	return v.len > 0 && v.len % 4 == 0;
}

/* UTF-16 comes as its octets, or as the hex of them. */
static long from_ucs2(struct edge_str v, char *out, size_t max)
{
	static uint8_t be[TEXT_LONGEST + 1];
	long n = (long)v.len;
	if (is_hex(v))
		n = from_hex(v, be, sizeof be);
	else if (v.len > sizeof be)
		n = -1;
	else if (v.len)
		memcpy(be, v.s, v.len);
	return n < 0 ? n : ucs2_decode(be, (size_t)n & ~(size_t)1, out, max);
}

static const char *take_text(const struct gate_look *l, const struct block *b, struct edge_str *v,
			     struct made *m)
{
	bool says;
	long n;
	if (gate_any(l, b->ucs2_if, &says))
		n = from_ucs2(*v, m->text, sizeof m->text);
	else if (v->len <= TEXT_LONGEST && utf8_valid(v->s, v->len))
		return NULL;
	else
		n = utf8_valid(v->s, v->len) ? -1 : from_latin1(*v, m->text, sizeof m->text);
	*v = (struct edge_str){m->text, n < 0 ? 0 : (size_t)n};
	return n < 0 || n > TEXT_LONGEST ? "the text is too long" : NULL;
}

/* ---- fields ---- */

/* "%05%00%03..." arrives as octets, others write hex. */
static const char *take_udh(struct edge_str *v, struct made *m)
{
	if (v->len == 0)
		return NULL;
	bool octets = (unsigned char)v->s[0] == v->len - 1;
	long n = octets ? (long)v->len : from_hex(*v, m->udh, sizeof m->udh);
	if (n < 0 || n > UDH_LONGEST)
		return "the header of the text is none";
	if (octets)
		memcpy(m->udh, v->s, v->len);
	*v = (struct edge_str){(const char *)m->udh, (size_t)n};
	return NULL;
}

/* A sender that is no number (a bank, a shop) is kept as it is written. */
static void take_number(const struct block *b, struct edge_str *v, struct made *m)
{
	if (gate_number(b->number_form, *v, m->number))
		*v = (struct edge_str){m->number, strlen(m->number)};
}

static const char *word(const struct gate_look *l, const char *spec, struct edge_str *v)
{
	bool literal, twice;
	*v = gate_field(l, spec, &literal, &twice);
	if (twice)
		return "a field is there twice";
	if (v->len > WORD_LONGEST)
		return "a field is too long";
	return v->len && memchr(v->s, '\0', v->len) ? "a field holds a zero octet" : NULL;
}

static const char *take_sms(const struct gate_look *l, const struct block *b, struct route_call *c,
			    struct made *m)
{
	struct edge_str from, to, id, text, udh;
	bool literal, twice[2];
	const char *why = word(l, b->from, &from);
	if (!why)
		why = word(l, b->to, &to);
	if (!why)
		why = word(l, b->id, &id);
	text = gate_field(l, b->text, &literal, &twice[0]);
	udh = gate_field(l, b->udh, &literal, &twice[1]);
	if (!why && (twice[0] || twice[1]))
		why = "a field is there twice";
	if (!why && (!from.len || !text.s))
		why = "the sender or the text is missing";
	if (!why)
		why = take_text(l, b, &text, m);
	if (!why)
		why = take_udh(&udh, m);
	if (why)
		return why;
	take_number(b, &from, m);
	return route_field(c, "from", from) && route_field(c, "to", to) && route_field(c, "id", id) &&
		       route_field(c, "text", text) && route_field(c, "udh", udh)
		       ? NULL
		       : "too many fields";
}

static const char *take_report(const struct gate_look *l, const struct block *b, struct route_call *c)
{
	struct edge_str id, status;
	const char *why = word(l, b->id, &id);
	if (!why)
		why = word(l, b->status, &status);
	if (!why && (!id.len || !status.len))
		why = "the message or its status is missing";
	if (why)
		return why;
	return route_field(c, "id", id) && route_field(c, "status", status) ? NULL : "too many fields";
}

/* ---- one request ---- */

struct waiting { /* what a request keeps for its answer */
	size_t block;
	unsigned calls;     /* whose replies are still to come */
	unsigned all, lost; /* elements of its list; of them not taken */
	unsigned status;    /* of the worst that was lost */
};
_Static_assert(sizeof(struct waiting) <= sizeof(((struct route_state *)0)->kept), "more than is kept");

static void keep(struct route_state *st, const struct waiting *w)
{
	memcpy(st->kept, w, sizeof *w);
}

static struct waiting kept(const struct route_state *st)
{
	struct waiting w;
	memcpy(&w, st->kept, sizeof w);
	return w;
}

static enum sms_what refuse(struct edge_answer *out, unsigned status, const char *why)
{
	answer_problem(out, status, why);
	return SMS_ANSWERED;
}

static unsigned status_of(const char *why)
{
	return strstr(why, "too long") ? 413 : 400;
}

/* Of the values that were read; NULL, or why not. */
static const char *make(struct route_call *c)
{
	const struct block *b = now.block;
	memset(&c->call, 0, sizeof c->call);
	c->used = 0;
	c->call.kind = wire_str(b->kind);
	c->call.block = wire_str(b->g.name);
	c->call.peer = wire_str(now.look.rq->peer);
	c->call.body = wire_str("");
	return strcmp(b->kind, "sms") == 0 ? take_sms(&now.look, b, c, &now.made) : take_report(&now.look, b, c);
}

/* ---- a list ---- */

static void lose(struct waiting *w, unsigned status)
{
	w->lost++;
	w->status = status > w->status ? status : w->status;
}

/* One that cannot be read must not keep back the others: they are taken, and the answer tells that not all
 * were. */
static bool next_call(struct waiting *w, struct route_call *c)
{
	const char *why;
	while (gate_next(&now.look, &why)) {
		if (w->all++ >= SMS_LIST_MAX)
			why = "the list is too long";
		else if (!why)
			why = make(c);
		if (!why) {
			w->calls++;
			return true;
		}
		lose(w, status_of(why));
	}
	gate_done(&now.look);
	return false;
}

static void tell_all(const struct waiting *w, struct edge_answer *out)
{
	const struct block *b = &blocks[w->block];
	char words[80];
	if (w->lost) {
		snprintf(words, sizeof words, "%u of %u in the list were not taken; the others were", w->lost, w->all);
		answer_problem(out, w->status, words);
	} else if (!answer_text(out, 200, b->reply_type, b->reply)) {
		answer_problem(out, 500, NULL);
	}
}

bool sms_more(struct route_state *st, struct route_call *c)
{
	struct waiting w = kept(st);
	bool more = now.block->g.list[0] && next_call(&w, c);
	keep(st, &w);
	return more;
}

/* ---- all of it ---- */

static enum sms_what take(struct waiting *w, struct route_call *c, struct edge_answer *out)
{
	const char *why;
	unsigned status = gate_proved(&now.block->g, now.look.rq);
	if (status)
		return refuse(out, status, NULL);
	status = gate_take(&now.look, &why);
	if (status)
		return refuse(out, status, why);
	if (now.block->g.list[0]) {
		if (next_call(w, c))
			return SMS_CALL;
		tell_all(w, out); /* empty, or nothing in it can be taken */
		return SMS_ANSWERED;
	}
	w->calls = 1;
	why = make(c);
	return why ? refuse(out, status_of(why), why) : SMS_CALL;
}

enum sms_what sms_ask(const struct edge_request *rq, struct route_state *st, struct route_call *c,
		      struct edge_answer *out)
{
	size_t mine = n_blocks;
	gate_done(&now.look); /* of a request before, whose calls the hub did not take */
	now.look = (struct gate_look){.rq = rq, .values = &now.values};
	now.values.n = now.values.used = 0;
	for (size_t i = 0; i < n_blocks && mine == n_blocks; i++) {
		now.look.g = &blocks[i].g;
		if (gate_fits(&now.look, now.look.g->path))
			mine = i;
	}
	if (mine == n_blocks)
		return SMS_NOT_MINE;
	struct waiting w = {.block = mine};
	now.block = &blocks[mine];
	enum sms_what what = take(&w, c, out);
	keep(st, &w);
	return what;
}

bool sms_tell(struct route_state *st, const struct wire_reply *r, struct edge_answer *out)
{
	struct waiting w = kept(st);
	if (w.calls > 0)
		w.calls--;
	if (r->status >= 400 && !w.all) {
		route_refusal(r, out);
		return true;
	}
	if (r->status >= 400)
		lose(&w, r->status);
	keep(st, &w);
	if (w.calls == 0)
		tell_all(&w, out);
	return w.calls == 0;
}
