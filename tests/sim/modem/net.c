/* net.c - see net.h. */
#include "tests/sim/modem/net.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "parser/gsm7.h"
#include "parser/tpdu.h"
#include "parser/ucs2.h"

#define NET_OPEN_WINDOW 64 /* how many texts back a further segment may belong to */

struct fifo {
	struct net_message *first, **end;
	size_t count;
};

struct segment {
	bool present, report;
	enum tpdu_alphabet alphabet;
	int locking, single, mr;
	size_t len, raw_len;
	uint8_t data[160];
	uint8_t raw[TPDU_MAX];
};

struct submission {
	char to[TPDU_ADDRESS_MAX];
	struct tpdu_concat concat;
	int64_t when; /* network clock */
	unsigned have, total;
	struct segment *segments;
};

struct net {
	struct events *events;
	int64_t clock_utc, clock_from;
	double clock_scale;
	int32_t zone;
	uint16_t next_ref;
	uint8_t next_mr;
	struct fifo waiting, reports;
	struct submission *sent;
	size_t sent_count, sent_cap, complete, parts;
	bool reports_auto;
	int64_t reports_delay;
	uint8_t reports_status;
};

static void fifo_init(struct fifo *f)
{
	*f = (struct fifo){.end = &f->first};
}

static struct net_message *message_new(const uint8_t *octets, size_t len, int memory, int64_t due)
{
	struct net_message *m = calloc(1, sizeof(*m) + len);
	if (!m)
		return NULL;
	m->memory = memory;
	m->due = due;
	m->len = len;
	memcpy(m->octets, octets, len);
	return m;
}

static void fifo_add(struct fifo *f, struct net_message *m)
{
	*f->end = m;
	f->end = &m->next;
	f->count++;
}

/* Keeps the order of due times, so that a short delay overtakes a long one. */
static void fifo_add_due(struct fifo *f, struct net_message *m)
{
	struct net_message **at = &f->first;
	while (*at && (*at)->due <= m->due)
		at = &(*at)->next;
	m->next = *at;
	*at = m;
	if (!m->next)
		f->end = &m->next;
	f->count++;
}

static void fifo_drop(struct fifo *f)
{
	struct net_message *m = f->first;
	if (!m)
		return;
	f->first = m->next;
	if (!f->first)
		f->end = &f->first;
	f->count--;
	free(m);
}

struct net *net_new(struct events *events)
{
	struct net *n = calloc(1, sizeof(*n));
	if (!n)
		return NULL;
	n->events = events;
	n->clock_utc = -1;
	n->clock_scale = 1;
	n->next_ref = 1;
	n->reports_auto = true;
	n->reports_delay = 100;
	fifo_init(&n->waiting);
	fifo_init(&n->reports);
	return n;
}

void net_sent_forget(struct net *n)
{
	for (size_t i = 0; i < n->sent_count; i++)
		free(n->sent[i].segments);
	n->sent_count = n->complete = n->parts = 0;
}

void net_free(struct net *n)
{
	if (!n)
		return;
	while (n->waiting.first)
		fifo_drop(&n->waiting);
	while (n->reports.first)
		fifo_drop(&n->reports);
	net_sent_forget(n);
	free(n->sent);
	free(n);
}

void net_clock_set(struct net *n, int64_t utc, double scale, int64_t now)
{
	n->clock_utc = utc;
	n->clock_scale = scale;
	n->clock_from = now;
}

int64_t net_clock(const struct net *n, int64_t now)
{
	if (n->clock_utc < 0)
		return (int64_t)time(NULL);
	return n->clock_utc + (int64_t)((double)(now - n->clock_from) * n->clock_scale / 1000.0);
}

void net_zone_set(struct net *n, int32_t seconds_east)
{
	n->zone = seconds_east;
}

int32_t net_zone(const struct net *n)
{
	return n->zone;
}

static bool listed(const uint8_t *list, int count, int seq)
{
	for (int i = 0; i < count; i++)
		if (list[i] == seq)
			return true;
	return false;
}

static int queue_part(struct net *n, const struct net_delivery *d, const struct compose_part *parts,
		      int total, int seq)
{
	if (seq < 1 || seq > total || listed(d->drop, d->drop_count, seq))
		return 0;
	int times = listed(d->dup, d->dup_count, seq) ? 2 : 1;
	for (int i = 0; i < times; i++)
		if (net_raw(n, parts[seq - 1].octets, parts[seq - 1].len, d->memory) < 0)
			return COMPOSE_ERR_LONG;
	return times;
}

int net_deliver(struct net *n, const struct net_delivery *d, int64_t now)
{
	struct compose_part *parts = malloc(COMPOSE_PARTS * sizeof(*parts));
	if (!parts)
		return COMPOSE_ERR_LONG;
	struct compose_text text = d->text;
	text.scts = d->time >= 0 ? d->time : net_clock(n, now);
	text.ref = d->ref >= 0 ? (uint16_t)d->ref : n->next_ref++;
	int total = compose_deliver(&text, parts, COMPOSE_PARTS), queued = 0;
	int count = d->order_count > 0 ? d->order_count : total;
	for (int i = 0; i < count && total > 0 && queued >= 0; i++) {
		int seq = d->order_count > 0 ? d->order[i] : i + 1;
		int one = queue_part(n, d, parts, total, seq);
		queued = one < 0 ? one : queued + one;
	}
	free(parts);
	return total < 0 ? total : queued;
}

int net_raw(struct net *n, const uint8_t *octets, size_t len, int memory)
{
	struct net_message *m = message_new(octets, len, memory, 0);
	if (!m)
		return COMPOSE_ERR_LONG;
	fifo_add(&n->waiting, m);
	return 1;
}

const struct net_message *net_waiting(const struct net *n)
{
	return n->waiting.first;
}

void net_taken(struct net *n)
{
	fifo_drop(&n->waiting);
}

size_t net_queued(const struct net *n)
{
	return n->waiting.count;
}

/* ---- texts the modem submits ----------------------------------------------------------------- */

static bool same_text(const struct submission *s, const struct tpdu *t)
{
	return s->have < s->total && s->concat.ref == t->concat.ref &&
	       s->concat.bits == t->concat.bits && s->total == t->concat.total &&
	       strcmp(s->to, t->address) == 0 && !s->segments[t->concat.seq - 1].present;
}

static bool is_concat(const struct tpdu *t)
{
	return t->concat.bits > 0 && t->concat.total > 1 && t->concat.seq >= 1 &&
	       t->concat.seq <= t->concat.total;
}

static struct submission *submission_open(struct net *n, const struct tpdu *t, int64_t when)
{
	for (size_t i = n->sent_count;
	     is_concat(t) && i > 0 && n->sent_count - i < NET_OPEN_WINDOW;)
		if (same_text(&n->sent[--i], t))
			return &n->sent[i];
	if (n->sent_count == n->sent_cap) {
		size_t cap = n->sent_cap ? 2 * n->sent_cap : 64;
		struct submission *more = realloc(n->sent, cap * sizeof(*more));
		if (!more)
			return NULL;
		n->sent = more;
		n->sent_cap = cap;
	}
	struct submission *s = &n->sent[n->sent_count];
	*s = (struct submission){.concat = t->concat, .when = when};
	s->total = is_concat(t) ? t->concat.total : 1;
	s->segments = calloc(s->total, sizeof(*s->segments));
	if (!s->segments)
		return NULL;
	memcpy(s->to, t->address, sizeof(s->to));
	n->sent_count++;
	return s;
}

static void segment_fill(struct segment *g, const struct tpdu *t, int mr, const uint8_t *octets,
			 size_t len)
{
	g->present = true;
	g->report = t->report_requested;
	g->alphabet = t->alphabet;
	g->locking = t->locking;
	g->single = t->single;
	g->mr = mr;
	g->len = t->data_len;
	memcpy(g->data, t->data, t->data_len);
	g->raw_len = len < sizeof(g->raw) ? len : sizeof(g->raw);
	memcpy(g->raw, octets, g->raw_len);
}

static void add_units(struct out *text, const uint8_t *be, size_t n)
{
	char utf8[512];
	for (size_t at = 0; at < n;) {
		size_t some = n - at < 128 ? n - at : 128;
		/* a pair that straddles the piece would be read as two lone surrogates */
		if (at + some < n && (be[at + some - 2] & 0xFC) == 0xD8)
			some -= 2;
		long m = ucs2_decode(be + at, some, utf8, sizeof(utf8));
		if (m > 0)
			out_add(text, utf8, (size_t)m);
		at += some;
	}
}

/* The text of all segments that are there; runs of UCS2 are joined before they are decoded. */
static void join(const struct submission *s, struct out *text)
{
	struct out units = {0};
	char utf8[1024];
	for (unsigned i = 0; i < s->total; i++) {
		const struct segment *g = &s->segments[i];
		if (!g->present)
			continue;
		if (g->alphabet == TPDU_UCS2) {
			out_add(&units, g->data, g->len);
			continue;
		}
		add_units(text, (const uint8_t *)out_bytes(&units), out_size(&units));
		out_clear(&units);
		if (g->alphabet == TPDU_8BIT) {
			out_hex(text, g->data, g->len);
			continue;
		}
		long m = gsm7_decode(g->data, g->len, g->locking, g->single, utf8, sizeof(utf8));
		if (m > 0)
			out_add(text, utf8, (size_t)m);
	}
	add_units(text, (const uint8_t *)out_bytes(&units), out_size(&units));
	out_free(&units);
}

static void submission_json(const struct submission *s, struct out *o)
{
	struct out text = {0};
	join(s, &text);
	out_text(o, "\"to\":");
	out_json(o, s->to, strlen(s->to));
	out_text(o, ",\"text\":");
	out_json(o, out_bytes(&text), out_size(&text));
	out_format(o, ",\"parts\":%u,\"complete\":%s,\"report\":%s,\"time\":%lld,\"mr\":[",
		   s->total, s->have == s->total ? "true" : "false",
		   s->segments[0].report ? "true" : "false", (long long)s->when);
	for (unsigned i = 0, n = 0; i < s->total; i++)
		if (s->segments[i].present)
			out_format(o, "%s%d", n++ ? "," : "", s->segments[i].mr);
	out_text(o, "],\"raw\":[");
	for (unsigned i = 0, n = 0; i < s->total; i++) {
		if (!s->segments[i].present)
			continue;
		out_text(o, n++ ? ",\"" : "\"");
		out_hex(o, s->segments[i].raw, s->segments[i].raw_len);
		out_text(o, "\"");
	}
	out_text(o, "]");
	out_free(&text);
}

static void announce(struct net *n, const struct submission *s, const struct tpdu *t, int mr)
{
	struct out *o;
	if (s->total > 1 && (o = event_begin(n->events, "mt_part")) != NULL) {
		out_text(o, ",\"to\":");
		out_json(o, s->to, strlen(s->to));
		out_format(o, ",\"mr\":%d,\"ref\":%u,\"seq\":%u,\"total\":%u", mr, t->concat.ref,
			   t->concat.seq, t->concat.total);
		event_end(n->events);
	}
	if (s->have == s->total && (o = event_begin(n->events, "mt")) != NULL) {
		out_text(o, ",");
		submission_json(s, o);
		event_end(n->events);
	}
}

static int submit(struct net *n, const struct tpdu *t, const uint8_t *octets, size_t len,
		  int64_t now)
{
	struct submission *s = submission_open(n, t, net_clock(n, now));
	if (!s)
		return TPDU_ERR_SPACE;
	int mr = n->next_mr++;
	segment_fill(&s->segments[s->total > 1 ? t->concat.seq - 1 : 0], t, mr, octets, len);
	s->have++;
	n->parts++;
	if (s->have == s->total)
		n->complete++;
	announce(n, s, t, mr);
	if (t->report_requested && n->reports_auto)
		net_report(n, mr, n->reports_status, n->reports_delay, now);
	return mr;
}

int net_submit(struct net *n, const uint8_t *octets, size_t len, int64_t now)
{
	struct tpdu *t = calloc(1, sizeof(*t));
	const char *field = "";
	if (!t)
		return TPDU_ERR_SPACE;
	int result = tpdu_decode(octets, len, true, t, &field);
	if (result == TPDU_OK)
		result = t->kind == TPDU_SUBMIT ? submit(n, t, octets, len, now) : TPDU_ERR_KIND;
	free(t);
	return result;
}

size_t net_sent(const struct net *n)
{
	return n->complete;
}

size_t net_sent_parts(const struct net *n)
{
	return n->parts;
}

void net_sent_json(const struct net *n, struct out *o)
{
	out_text(o, "[");
	for (size_t i = 0; i < n->sent_count; i++) {
		out_text(o, i ? ",{" : "{");
		submission_json(&n->sent[i], o);
		out_text(o, "}");
	}
	out_text(o, "]");
}

/* ---- delivery reports ------------------------------------------------------------------------ */

static const struct submission *find_mr(const struct net *n, int mr, int *found)
{
	for (size_t i = n->sent_count; i > 0; i--) {
		const struct submission *s = &n->sent[i - 1];
		for (unsigned k = s->total; k > 0; k--) {
			const struct segment *g = &s->segments[k - 1];
			if (!g->present || (mr >= 0 && g->mr != mr))
				continue;
			*found = g->mr;
			return s;
		}
	}
	return NULL;
}

void net_reports(struct net *n, bool automatic, int64_t delay, uint8_t status)
{
	n->reports_auto = automatic;
	n->reports_delay = delay;
	n->reports_status = status;
}

int net_report(struct net *n, int mr, uint8_t status, int64_t delay, int64_t now)
{
	int found = 0;
	const struct submission *s = find_mr(n, mr, &found);
	if (!s)
		return COMPOSE_ERR_ADDRESS;
	struct compose_part part;
	int result = compose_report(s->to, (uint8_t)found, status, s->when, net_clock(n, now),
				    n->zone, &part);
	if (result < 0)
		return result;
	struct net_message *m = message_new(part.octets, part.len, -1, now + delay);
	if (!m)
		return COMPOSE_ERR_LONG;
	fifo_add_due(&n->reports, m);
	return 0;
}

const struct net_message *net_report_due(const struct net *n, int64_t now)
{
	const struct net_message *m = n->reports.first;
	return m && m->due <= now ? m : NULL;
}

void net_report_taken(struct net *n)
{
	fifo_drop(&n->reports);
}

int64_t net_next(const struct net *n, int64_t now)
{
	const struct net_message *m = n->reports.first;
	return !m || m->due <= now ? INT64_MAX : m->due;
}
