/* ussd.c - see ussd.h. */
#include "gateway/edge/ussd.h"

#include <stdio.h>
#include <string.h>

#include "gateway/edge/dialect.h"
#include "gateway/edge/mono.h"

#define BUCKETS 20 /* of a wait: less than 1, 2, 4 ... ms */

struct kept { /* of one request, in route_state.kept */
	uint8_t block;
	bool closing;
	int64_t since;
	char values[DIALECT_KEPT];
};
_Static_assert(sizeof(struct kept) <= sizeof(((struct route_state *)0)->kept), "more is kept than fits");

static struct {
	struct dialect *d;
	unsigned n, refused, late, bucket[BUCKETS];
	bool news;
} blocks[USSD_BLOCKS];
static size_t n_blocks;
static char busy[200] = "";

bool ussd_block(const struct wire_pairs *p)
{
	if (n_blocks == USSD_BLOCKS)
		return false;
	struct dialect *d = dialect_new(p);
	if (d)
		blocks[n_blocks++].d = d;
	return d != NULL;
}

void ussd_busy_words(struct wire_str words)
{
	wire_copy(words, busy, sizeof busy);
}

void ussd_blocks_free(void)
{
	while (n_blocks > 0) {
		dialect_free(blocks[--n_blocks].d);
		memset(&blocks[n_blocks], 0, sizeof blocks[0]);
	}
}

static bool copy_field(struct route_call *c, const char *name, struct edge_str v)
{
	if (v.len > sizeof c->room - c->used)
		return false;
	char *at = c->room + c->used;
	if (v.len)
		memcpy(at, v.s, v.len);
	c->used += v.len;
	return route_field(c, name, (struct edge_str){at, v.len});
}

/* What the posted screen will repeat: "in.NAME", or "raw.NAME" where it is no text (a JSON number). */
static bool add_echoes(const struct dialect *d, const char *kept, struct route_call *c)
{
	struct edge_str name, value;
	bool literal;
	for (size_t i = 0; dialect_echo(d, kept, i, &name, &value, &literal); i++) {
		char *at = c->room + c->used;
		int n = snprintf(at, sizeof c->room - c->used, "%s%.*s", literal ? "raw" : "in",
				 (int)(name.len - 2), name.s + 2);
		if (n < 0 || (size_t)n >= sizeof c->room - c->used)
			return false;
		c->used += (size_t)n + 1;
		if (value.s && !copy_field(c, at, value))
			return false;
	}
	return true;
}

static bool make_call(const struct dialect *d, const struct edge_request *rq, const struct dialect_call *k,
		      struct route_call *c)
{
	memset(&c->call, 0, sizeof c->call);
	c->used = 0;
	c->call.kind = wire_str("ussd");
	c->call.block = wire_str(dialect_name(d));
	c->call.peer = wire_str(rq->peer);
	c->call.body = wire_str("");
	struct edge_str number = {k->number, strlen(k->number)}, event = {k->event, strlen(k->event)};
	return copy_field(c, "session", k->session) && copy_field(c, "msisdn", number) &&
	       copy_field(c, "code", k->code) && copy_field(c, "input", k->input) &&
	       copy_field(c, "sequence", k->sequence) && copy_field(c, "event", event);
}

enum ussd_what ussd_ask(const struct edge_request *rq, struct route_state *st, struct route_call *c,
			unsigned *wait_ms, struct edge_answer *out)
{
	static struct values values; /* 35 KB; one thread */
	struct kept *k = (struct kept *)(void *)st->kept;
	struct dialect_call call;
	size_t mine = n_blocks;
	enum dialect_what what = DIALECT_NOT_MINE;
	/* Every block is asked, whichever it is: the time tells nothing of who is configured. */
	for (size_t i = 0; i < n_blocks && what == DIALECT_NOT_MINE; i++) {
		what = dialect_ask(blocks[i].d, rq, &values, &call, k->values, out);
		mine = i;
	}
	if (what == DIALECT_NOT_MINE)
		return USSD_NOT_MINE;
	if (what == DIALECT_REFUSED) {
		blocks[mine].refused++;
		blocks[mine].news = true;
	}
	if (what != DIALECT_CALL)
		return USSD_ANSWERED;
	k->block = (uint8_t)mine;
	k->closing = strcmp(call.event, "close") == 0;
	k->since = mono_us();
	*wait_ms = dialect_deadline_ms(blocks[mine].d);
	if (make_call(blocks[mine].d, rq, &call, c) &&
	    (!dialect_posts(blocks[mine].d) || add_echoes(blocks[mine].d, k->values, c)))
		return USSD_CALL;
	dialect_fail(blocks[mine].d, k->values, 413, "the request is too long", out);
	return USSD_ANSWERED;
}

static void count(const struct kept *k, bool late)
{
	int64_t us = mono_us() - k->since;
	unsigned b = 0;
	while (b + 1 < BUCKETS && us >= (int64_t)1000 << b)
		b++;
	blocks[k->block].n++;
	blocks[k->block].bucket[b]++;
	blocks[k->block].late += late;
	blocks[k->block].news = true;
}

static const struct kept *kept_of(const struct route_state *st)
{
	return (const struct kept *)(const void *)st->kept;
}

void ussd_tell(const struct route_state *st, const struct wire_reply *r, struct edge_answer *out)
{
	const struct kept *k = kept_of(st);
	const struct dialect *d = blocks[k->block].d;
	char words[200];
	count(k, false);
	if (r->status >= 400) {
		wire_copy(r->detail, words, sizeof words);
		dialect_fail(d, k->values, r->status, words, out);
		return;
	}
	struct wire_str text = wire_find(&r->fields, "text");
	dialect_tell(d, k->values, (struct edge_str){text.s, text.len},
		     wire_is(wire_find(&r->fields, "end"), "1"), wire_find(&r->fields, "closed").s != NULL, out);
}

bool ussd_unheard(const struct route_state *st, uint64_t token, struct route_call *c)
{
	const struct kept *k = kept_of(st);
	struct edge_str session, number;
	char call[24];
	dialect_caller(k->values, &session, &number);
	snprintf(call, sizeof call, "%llu", (unsigned long long)token);
	memset(&c->call, 0, sizeof c->call);
	c->used = 0;
	c->call.kind = wire_str("ussd");
	c->call.block = wire_str(dialect_name(blocks[k->block].d));
	c->call.peer = c->call.body = wire_str("");
	return !k->closing && copy_field(c, "session", session) && copy_field(c, "msisdn", number) &&
	       copy_field(c, "event", (struct edge_str){"unheard", 7}) &&
	       copy_field(c, "call", (struct edge_str){call, strlen(call)});
}

/* Inside the provider's deadline, with a screen that ends: the work goes on, and the next call of the
 * caller finds it done. */
void ussd_late(const struct route_state *st, struct edge_answer *out)
{
	const struct kept *k = kept_of(st);
	count(k, true);
	/* It is not known to be durable, and an answer without a screen says that it is: it may be sent again. */
	if (dialect_posts(blocks[k->block].d)) {
		dialect_fail(blocks[k->block].d, k->values, 503, "the gateway does not answer now; try again", out);
		return;
	}
	dialect_tell(blocks[k->block].d, k->values, (struct edge_str){busy, strlen(busy)}, true, k->closing, out);
}

/* Upper edge of the bucket in which the share lies. */
static unsigned share(const unsigned *bucket, unsigned n, unsigned percent)
{
	unsigned seen = 0;
	for (unsigned b = 0; b < BUCKETS; b++) {
		seen += bucket[b];
		if ((uint64_t)seen * 100 >= (uint64_t)n * percent)
			return 1u << b;
	}
	return 1u << (BUCKETS - 1);
}

bool ussd_figures(struct wire_pairs *p, char *room, size_t max)
{
	size_t used = 0;
	p->n = 0;
	for (size_t i = 0; i < n_blocks && p->n < WIRE_SETTINGS_MAX; i++) {
		if (!blocks[i].news)
			continue;
		blocks[i].news = false;
		int n = snprintf(room + used, max - used, "n=%u p50=%u p99=%u late=%u no=%u", blocks[i].n,
				 share(blocks[i].bucket, blocks[i].n, 50), share(blocks[i].bucket, blocks[i].n, 99),
				 blocks[i].late, blocks[i].refused);
		if (n < 0 || (size_t)n >= max - used)
			break;
		p->pair[p->n++] = (struct wire_pair){wire_str(dialect_name(blocks[i].d)),
						     wire_blob(room + used, (size_t)n)};
		used += (size_t)n;
	}
	return p->n > 0;
}
