/* session.c - see session.h. */
#include "gateway/ussd/session.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/casework/pins.h"
#include "gateway/casework/reporters.h"
#include "gateway/intake/intake.h"
#include "gateway/intake/message.h"
#include "gateway/outbox/posted.h"
#include "gateway/ussd/after.h"
#include "gateway/ussd/facts.h"
#include "gateway/ussd/walk.h"
#include "parser/msisdn.h"
#include "store/inbox.h"
#include "store/ussd.h"

#define KEY_MAX 200
#define INPUT_MAX 1200
#define COUNT_DIGITS 6   /* of a sequence that counts the requests of a session */
#define SPENT_S 3600     /* the last screen of a session that ended is kept for a repeated request so long */
#define EXPIRE_MAX 200   /* a call */
#define PROVED_S 300     /* a PIN holds so long after the last screen: no operator keeps a dialogue open longer */

struct request {
	const struct config_provider *p;
	char session[100], number[MSISDN_MAX], event[12], key[KEY_MAX];
	struct wire_str input;
	const struct wire_pairs *fields;
	uint64_t call;
	bool has_id;      /* its sequence is no count that each session begins anew */
	bool is_number;
	uint8_t hash[32];
};
/* What the draft keeps of requests, so that one that comes again is known. */
#define RECENT 5
struct recent {
	uint64_t call;    /* the edge's number of the last one */
	bool unheard;     /* its answer did not reach the provider */
	size_t echoes;    /* octets of its fields, behind the screen's text */
	int n;
	uint64_t hash[RECENT]; /* of the last ones, where no two that mean two things are alike; newest first */
};
struct dialogue { /* one call in the making; 40 KB, one at a time */
	struct desk *d;
	struct request rq;
	struct reporter who;
	struct walk_setting set;
	struct walk walk;
	struct walk_screen screen;
	struct after after;
	struct recent recent;
	bool found, parked, silent;
	bool drafted;     /* after, recent, screen and walk are those of its draft */
	char report[400]; /* the log's words about a report */
	/* From here on whoever fills them clears them: begin_call. */
	struct facts facts;
	struct ussd_session s, old;
	struct wire_pairs echoes; /* of a draft with a PIN on its way */
};

/* Two drafts of 4 KB need no clearing: their lengths say that there is none. */
static void begin_call(struct dialogue *g, struct desk *d)
{
	memset(g, 0, offsetof(struct dialogue, facts));
	memset(&g->s, 0, offsetof(struct ussd_session, draft));
	memset(&g->old, 0, offsetof(struct ussd_session, draft));
	g->echoes.n = 0;
	g->d = d;
}

/* ---- fields of a request that a posted screen repeats, while a PIN is being hashed ---- */

#define ECHOES_MAX 600

/* Each: length and name, length and value. */
static size_t echoes_write(const struct wire_pairs *p, char out[ECHOES_MAX])
{
	size_t at = 0;
	for (int i = 0; i < p->n; i++) {
		const struct wire_pair *f = &p->pair[i];
		bool typed = wire_is(f->name, "input") || wire_is(f->name, "event");
		if (typed || f->name.len > 255 || f->value.len > 255 ||
		    at + f->name.len + f->value.len + 2 > ECHOES_MAX)
			continue;
		out[at++] = (char)f->name.len;
		memcpy(out + at, f->name.s, f->name.len);
		at += f->name.len;
		out[at++] = (char)f->value.len;
		if (f->value.len)
			memcpy(out + at, f->value.s, f->value.len);
		at += f->value.len;
	}
	return at;
}

static bool echo_take(const char **p, const char *end, struct wire_str *v)
{
	size_t n = *p < end ? (unsigned char)**p : 0;
	if (*p >= end || n > (size_t)(end - *p) - 1)
		return false;
	*v = wire_blob(*p + 1, n);
	*p += n + 1;
	return true;
}

/* Over s, which must live as long. */
static void echoes_read(const char *s, size_t len, struct wire_pairs *out)
{
	const char *end = s + len;
	struct wire_pair f;
	out->n = 0;
	while (out->n < WIRE_SETTINGS_MAX && echo_take(&s, end, &f.name) && echo_take(&s, end, &f.value))
		out->pair[out->n++] = f;
}

/* ---- the draft: where the walk stands and the screen shown last ---- */

static char *put_blank(char *at)
{
	*at = ' ';
	return at + 1;
}

static char *put_decimal(char *at, uint64_t v)
{
	char digits[20];
	int n = 0;
	do
		digits[n++] = (char)('0' + v % 10);
	while ((v /= 10) > 0);
	while (n > 0)
		*at++ = digits[--n];
	return at;
}

static char *put_hex(char *at, uint64_t v)
{
	for (int shift = 60; shift >= 0; shift -= 4)
		*at++ = "0123456789abcdef"[v >> shift & 15];
	return at;
}

static bool draft_write(struct dialogue *g)
{
	char walk[WALK_WRITTEN], echoes[ECHOES_MAX];
	size_t n = walk_write(&g->walk, walk), shown = strlen(g->screen.text);
	size_t k = g->parked && g->rq.p->post.url[0] ? echoes_write(g->rq.fields, echoes) : 0;
	char *at = put_decimal(g->s.draft, g->after.len);
	at = put_hex(put_blank(at), g->after.hash);
	at = put_decimal(put_blank(at), g->screen.end);
	at = put_decimal(put_blank(at), shown);
	at = put_decimal(put_blank(at), g->recent.call);
	at = put_decimal(put_blank(at), g->recent.unheard);
	at = put_decimal(put_blank(at), k);
	for (int i = 0; i < g->recent.n; i++)
		at = put_hex(put_blank(at), g->recent.hash[i]);
	*at++ = '\n';
	if (n == 0 || (size_t)(at - g->s.draft) + shown + k + n >= sizeof g->s.draft)
		return false;
	memcpy(at, g->screen.text, shown);
	if (k)
		memcpy(at + shown, echoes, k);
	memcpy(at + shown + k, walk, n);
	g->s.draft_len = (size_t)(at - g->s.draft) + shown + k + n;
	return true;
}

/* Up to sixteen digits behind a blank, as put_hex writes them; anything else stays where it is. */
static uint64_t take_hex(char **at)
{
	uint64_t v = 0;
	char *p = *at + (**at == ' ');
	for (int i = 0; i < 16; i++, p++) {
		if (*p >= '0' && *p <= '9')
			v = v << 4 | (uint64_t)(*p - '0');
		else if (*p >= 'a' && *p <= 'f')
			v = v << 4 | (uint64_t)(*p - 'a' + 10);
		else
			break;
	}
	*at = p;
	return v;
}

/* Of the parts what is asked for; false: there is none that can be read. */
static bool draft_read(const struct ussd_session *s, struct after *a, struct recent *r, struct walk_screen *screen,
		       struct walk *w)
{
	const char *p = s->draft, *end = s->draft + s->draft_len;
	char head[112 + RECENT * 17];
	const char *line = s->draft_len ? memchr(p, '\n', s->draft_len) : NULL;
	char *q = head;
	if (!line || (size_t)(line - p) >= sizeof head)
		return false;
	memcpy(head, p, (size_t)(line - p));
	head[line - p] = '\0';
	a->len = (uint32_t)strtoul(q, &q, 10);
	a->hash = take_hex(&q);
	bool ended = strtol(q, &q, 10) != 0;
	size_t n = strtoul(q, &q, 10);
	memset(r, 0, sizeof *r);
	r->call = strtoull(q, &q, 10);
	r->unheard = strtol(q, &q, 10) != 0;
	r->echoes = strtoul(q, &q, 10);
	while (*q && r->n < RECENT)
		r->hash[r->n++] = take_hex(&q);
	size_t left = (size_t)(end - line - 1);
	if (*q || n > left || r->echoes > left - n || n >= sizeof screen->text)
		return false;
	screen->end = ended;
	memcpy(screen->text, line + 1, n);
	screen->text[n] = '\0';
	return walk_read(w, line + 1 + n + r->echoes, left - n - r->echoes);
}

/* ---- the request ---- */

static bool copy_field(const struct wire_call *c, const char *name, char *out, size_t max)
{
	struct wire_str v = wire_find(&c->fields, name);
	return wire_copy(v, out, max) == v.len;
}

/* The two, with a line between where there are both. */
static void put_key(char out[KEY_MAX], const char *session, const char *number)
{
	size_t n = strlen(session);
	memcpy(out, session, n + 1);
	if (n && *number)
		out[n++] = '\n';
	memcpy(out + n, number, strlen(number) + 1);
}

/* False: no request of a block that is served. */
static bool take_request(struct desk *d, const struct wire_call *c, struct request *rq)
{
	char block[24], msisdn[40], sequence[64];
	_Static_assert(sizeof rq->session + sizeof msisdn < KEY_MAX && MSISDN_MAX <= sizeof msisdn, "a key is too long");
	memset(rq, 0, sizeof *rq);
	wire_copy(c->block, block, sizeof block);
	rq->p = config_provider(d->cf, block);
	rq->input = wire_find(&c->fields, "input");
	rq->fields = &c->fields;
	rq->call = c->id;
	if (!rq->p || !rq->p->served || rq->input.len > INPUT_MAX ||
	    !copy_field(c, "session", rq->session, sizeof rq->session) ||
	    !copy_field(c, "msisdn", msisdn, sizeof msisdn) ||
	    !copy_field(c, "event", rq->event, sizeof rq->event) ||
	    !copy_field(c, "sequence", sequence, sizeof sequence))
		return false;
	rq->has_id = strlen(sequence) > COUNT_DIGITS;
	rq->is_number =
	    msisdn_normalise(&d->cf->plan, msisdn, strlen(msisdn), rq->number) == MSISDN_OK;
	const char *kind = rq->p->session_key;
	bool field = strcmp(kind, "msisdn") != 0, number = strcmp(kind, "field") != 0;
	if ((field && !rq->session[0]) || (number && !msisdn[0]))
		return false;
	put_key(rq->key, field ? rq->session : "", number ? rq->is_number ? rq->number : msisdn : "");
	return true;
}

static int hash_request(struct dialogue *g, const struct wire_call *c)
{
	char all[INPUT_MAX + 400];
	size_t at = 0;
	static const char *const names[] = {"event", "msisdn", "code", "sequence", "input"};
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		struct wire_str v = wire_find(&c->fields, names[i]);
		if (v.len + 1 > sizeof all - at)
			return STORE_BOUND;
		if (v.len)
			memcpy(all + at, v.s, v.len);
		at += v.len;
		all[at++] = '\n';
	}
	return ussd_request(g->d->st, all, at, g->rq.hash);
}

static bool is_cumulative(const struct config_provider *p)
{
	return strncmp(p->input_mode, "cumulative", 10) == 0;
}

/* With the code in it the provider ends the whole with '#', which nobody typed. */
static struct wire_str whole_input(const struct request *rq)
{
	struct wire_str in = rq->input.s ? rq->input : wire_str("");
	if (strcmp(rq->p->input_mode, "cumulative_with_code") == 0 && in.len && in.s[in.len - 1] == '#')
		in.len--;
	return in;
}

/* Whether no two requests of this provider that mean two things are alike: each says all answers so far,
 * or has a number of its own. */
static bool is_exact(const struct config_provider *p)
{
	return is_cumulative(p) || p->sequence[0];
}

static uint64_t short_hash(const struct dialogue *g)
{
	uint64_t h;
	memcpy(&h, g->rq.hash, sizeof h);
	return h;
}

static void remember_request(struct dialogue *g)
{
	struct recent *r = &g->recent;
	r->call = g->rq.call;
	r->unheard = false;
	if (!is_exact(g->rq.p) || (r->n && r->hash[0] == short_hash(g)))
		return;
	r->n += r->n < RECENT;
	memmove(r->hash + 1, r->hash, sizeof r->hash[0] * (size_t)(r->n - 1));
	r->hash[0] = short_hash(g);
}

/* The same request again, maybe behind later ones.  Where each is exact it is known whenever it comes.
 * Elsewhere "1" and "1" may be two answers: alike is the same when it comes at once, which nobody types,
 * or when the answer to the first did not reach the provider, which then asks again. */
static bool is_repeated(const struct dialogue *g)
{
	if (!g->found)
		return false;
	bool same = memcmp(g->s.request, g->rq.hash, sizeof g->s.request) == 0;
	bool is_new = strcmp(g->rq.event, "new") == 0;
	if (!is_exact(g->rq.p))
		return same && (g->d->now - g->s.changed < g->rq.p->repeat_s || (g->drafted && g->recent.unheard));
	/* A key that is the telephone's begins with the same request each time, unless that has an id. */
	for (int i = 0; !same && (!is_new || g->rq.has_id) && g->drafted && i < g->recent.n; i++)
		same = g->recent.hash[i] == short_hash(g);
	return same;
}

/* ---- what is told ---- */

/* Where the provider takes screens in requests of their own, its request is answered by that it was taken. */
static int tell(struct dialogue *g, struct call_reply *r)
{
	r->status = 200;
	if (g->rq.p->post.url[0]) {
		call_field(r, "closed", "1");
		return posted_add(g->d, g->rq.p, g->rq.fields, g->screen.text, g->screen.end, g->s.message);
	}
	call_field(r, "text", g->screen.text);
	call_field(r, "end", g->screen.end ? "1" : "0");
	r->still = true; /* what a report owes nudges by itself */
	return STORE_OK;
}

/* The same words that a text of an unknown, or a long silent number would get; nothing is stored of it. */
static int tell_stranger(struct dialogue *g, struct call_reply *r, char *words, size_t max)
{
	char text[700] = "";
	parser_message(g->d->cf->world, g->d->cf->language, g->silent ? "line_ask" : "unauthorised", NULL, 0, text,
		       sizeof text);
	walk_tell(&g->set, &g->walk, text, &g->screen);
	snprintf(words, max, "ussd=- provider=%s who=- screen=stranger", g->rq.p->name);
	int rc = ussd_count(g->d->st, g->rq.p->name, "", "stranger", false);
	return rc == STORE_OK ? tell(g, r) : rc;
}

static int load_lists(struct dialogue *g, const char *typed, size_t len)
{
	unsigned needs = walk_needs(&g->set, &g->walk, typed, len);
	return facts_load(g->d, &g->who, needs, g->walk.proof == WALK_DECOYED, &g->facts);
}

/* ---- a report ---- */

static void tell_reply(struct dialogue *g, const char *reply)
{
	char queued[MESSAGE_REPLY] = "";
	if (!reply[0])
		parser_message(g->d->cf->world, g->facts.from.lang, "queued", NULL, 0, queued, sizeof queued);
	if (g->d->nudges)
		*g->d->nudges = 1;
	walk_tell(&g->set, &g->walk, reply[0] ? reply : queued, &g->screen);
}

/* What came of a PIN that was to prove him.  Each case of the list he is about to see is a read of it. */
static int tell_proof(struct dialogue *g, enum pins_verdict v, const char *reply)
{
	bool proved = v == PINS_RIGHT || v == PINS_SECOND;
	g->walk.proof = v == PINS_SECOND ? WALK_DECOYED : proved ? WALK_PROVED : WALK_UNPROVED;
	int rc = load_lists(g, "", 0);
	if (rc == STORE_OK && proved)
		rc = facts_record(g->d, &g->who);
	if (rc == STORE_OK)
		walk_proved(&g->set, &g->walk, g->walk.proof, reply, &g->screen);
	return rc;
}

static enum pins_verdict proof_of(const struct walk *w)
{
	return w->proof == WALK_PROVED ? PINS_RIGHT : w->proof == WALK_DECOYED ? PINS_SECOND : PINS_UNASKED;
}

static int carry_out(struct dialogue *g)
{
	char reply[MESSAGE_REPLY];
	int64_t id;
	size_t n = strlen(g->screen.report);
	bool proves = g->screen.proves;
	int rc = intake_text(g->d, "ussd", g->rq.number, g->screen.report, n, NULL, &id);
	explicit_bzero(g->screen.report, sizeof g->screen.report); /* a PIN may stand in it */
	if (rc == STORE_OK)
		rc = message_answer(g->d, id, g->d->cf->ussd_confirm, proof_of(&g->walk), reply, &g->parked,
				    g->report, sizeof g->report);
	if (rc != STORE_OK)
		return rc;
	g->s.message = id;
	if (g->parked) /* the walk stands where it is until session_resume */
		return STORE_OK;
	if (proves)
		return tell_proof(g, PINS_UNASKED, reply);
	tell_reply(g, reply);
	return STORE_OK;
}

/* ---- beginning ---- */

/* Someone's walk of an earlier session, or of this one when the provider begins its key anew. */
static int find_unfinished(struct dialogue *g, bool *there)
{
	int64_t since = g->d->now - (int64_t)g->d->cf->ussd_resume_h * 3600;
	struct after a;
	struct recent r;
	struct walk_screen shown;
	bool own = g->found && (strcmp(g->s.state, "open") == 0 || strcmp(g->s.state, "closed") == 0) &&
		   g->s.form[0] && g->s.changed >= since;
	*there = false;
	if (own) {
		g->old = g->s;
		g->old.id = 0; /* it goes on under its own row */
	} else {
		int rc = ussd_unfinished(g->d->st, g->rq.number, since, &g->old);
		if (rc != STORE_OK)
			return rc == STORE_NONE ? STORE_OK : rc;
	}
	/* Not one of him who had this number before. */
	*there = strcmp(g->old.reporter, g->who.id) == 0 && draft_read(&g->old, &a, &r, &shown, &g->walk) &&
		 walk_begun(&g->walk);
	return STORE_OK;
}

static int begin(struct dialogue *g, const char *note)
{
	struct wire_str in = whole_input(&g->rq);
	bool there;
	int rc = find_unfinished(g, &there);
	if (rc == STORE_OK && there && g->old.id)
		rc = ussd_settle(g->d->st, &g->old, "left", g->d->now);
	if (rc != STORE_OK)
		return rc;
	if (there)
		walk_resume(&g->set, &g->walk, &g->screen);
	else
		walk_begin(&g->set, &g->walk, note, &g->screen);
	after_keep(&g->after, in.s, in.len);
	memset(&g->recent, 0, sizeof g->recent);
	g->s.hops = 0;
	g->s.message = 0;
	return STORE_OK;
}

/* ---- going on ---- */

static int answer(struct dialogue *g, const char *typed, size_t len)
{
	if (g->d->now - g->s.changed > PROVED_S)
		g->walk.proof = WALK_UNPROVED;
	int rc = load_lists(g, typed, len);
	if (rc != STORE_OK)
		return rc;
	if (walk_answer(&g->set, &g->walk, typed, len, &g->screen) == WALK_CARRY_OUT)
		rc = carry_out(g);
	g->s.hops++;
	return rc;
}

static int go_on(struct dialogue *g)
{
	struct wire_str in = whole_input(&g->rq);
	const char *typed = in.s;
	size_t len = in.len;
	if (!g->drafted)
		return begin(g, "menu_restart"); /* its key is gone */
	if (!is_cumulative(g->rq.p))
		return answer(g, typed, len);
	enum after_what what = after_take(&g->after, in.s, in.len, &typed, &len);
	if (what == AFTER_SAME)
		return STORE_OK; /* the screen that stands */
	if (what == AFTER_OTHER)
		return begin(g, "menu_restart");
	after_keep(&g->after, in.s, in.len);
	return answer(g, typed, len);
}

/* ---- one call ---- */

static int keep(struct dialogue *g, bool anew)
{
	desk_cut(g->s.state, sizeof g->s.state, g->screen.end ? "done" : "open");
	if (g->screen.name[0]) {
		desk_cut(g->s.form, sizeof g->s.form, g->screen.form);
		desk_cut(g->s.screen, sizeof g->s.screen, g->screen.name);
	}
	memcpy(g->s.provider, g->rq.p->name, strnlen(g->rq.p->name, sizeof g->s.provider - 1) + 1);
	desk_cut(g->s.reporter, sizeof g->s.reporter, g->who.id);
	memcpy(g->s.request, g->rq.hash, sizeof g->s.request);
	remember_request(g);
	if (!draft_write(g))
		return STORE_BOUND;
	int rc = g->found ? ussd_move(g->d->st, &g->s, anew, g->d->now)
			  : ussd_add(g->d->st, &g->s, g->rq.key, g->rq.number, g->d->now);
	return rc == STORE_OK ? ussd_count(g->d->st, g->s.provider, g->s.form, g->s.screen, false) : rc;
}

static void say(const struct dialogue *g, const char *what, char *words, size_t max)
{
	snprintf(words, max, "ussd=%" PRId64 " provider=%s who=%s screen=%s%s%s hops=%d%s%s%s", g->s.id,
		 g->rq.p->name, g->who.id, g->s.form, g->s.form[0] ? "/" : "", g->s.screen, g->s.hops, what,
		 g->report[0] ? " " : "", g->report);
}

static int one_screen(struct dialogue *g, struct call_reply *r, char *words, size_t max)
{
	bool is_new = strcmp(g->rq.event, "new") == 0;
	bool open = g->found && strcmp(g->s.state, "open") == 0;
	const char *note = !is_new && strcmp(g->rq.event, "continue") == 0 ? "menu_restart" : NULL;
	bool anew = !open || is_new;
	int rc = anew ? begin(g, note) : go_on(g);
	if (rc == STORE_OK)
		rc = keep(g, anew);
	if (rc != STORE_OK)
		return rc;
	say(g, "", words, max);
	if (g->parked) {
		r->waits_for = g->s.message;
		return STORE_OK;
	}
	return tell(g, r);
}

static int closed(struct dialogue *g, struct call_reply *r, char *words, size_t max)
{
	int rc = STORE_OK;
	if (g->found && strcmp(g->s.state, "open") == 0)
		rc = ussd_settle(g->d->st, &g->s, "closed", g->d->now);
	r->status = 200;
	call_field(r, "closed", "1");
	if (g->found)
		say(g, " closed", words, max);
	return rc;
}

/* The row as it stands, with another draft. */
static int keep_draft(struct dialogue *g)
{
	return draft_write(g) ? ussd_move(g->d->st, &g->s, true, g->s.changed) : STORE_BOUND;
}

/* The answer to a request did not reach the provider: of note while it is the last one. */
static int unheard(struct dialogue *g, struct call_reply *r, char *words, size_t max)
{
	char call[24];
	wire_copy(wire_find(g->rq.fields, "call"), call, sizeof call);
	r->status = 200;
	if (!g->drafted || strtoull(call, NULL, 10) != g->recent.call)
		return STORE_OK;
	g->recent.unheard = true;
	say(g, " unheard", words, max);
	return keep_draft(g);
}

static int repeated(struct dialogue *g, struct call_reply *r, char *words, size_t max)
{
	int rc = STORE_OK;
	if (!g->drafted)
		return one_screen(g, r, words, max);
	say(g, " repeated", words, max);
	if (!g->screen.text[0] && g->s.message) { /* its PIN is being hashed: both get the screen */
		r->waits_for = g->s.message;
		return STORE_OK;
	}
	if (g->recent.unheard) {
		g->recent.unheard = false;
		g->recent.call = g->rq.call;
		rc = keep_draft(g);
	}
	if (g->rq.p->post.url[0]) { /* it is on its way, or was dropped as too late */
		r->status = 200;
		call_field(r, "closed", "1");
		return rc;
	}
	return rc == STORE_OK ? tell(g, r) : rc;
}

static void set_up(struct dialogue *g)
{
	const struct config *cf = g->d->cf;
	g->set = (struct walk_setting){.world = cf->world, .menu = cf->menu, .who = &g->facts.who,
				       .limit = g->rq.p->limit, .crlf = strcmp(g->rq.p->newline, "crlf") == 0,
				       .signs = {cf->ussd_back, cf->ussd_main, cf->ussd_more,
						 cf->ussd_back_open, cf->ussd_skip}};
}

static int find_caller(struct dialogue *g, bool *known)
{
	int rc = g->rq.is_number ? reporters_find(g->d, g->rq.number, &g->who) : STORE_NONE;
	*known = rc == STORE_OK && g->who.active;
	if (*known)
		rc = reporters_silent(g->d, &g->who, &g->silent);
	*known &= !g->silent; /* menus name his cases: first he proves by a text who he is */
	facts_begin(g->d, *known ? &g->who : NULL, &g->facts);
	if (!*known)
		snprintf(g->facts.from.lang, sizeof g->facts.from.lang, "%s", g->d->cf->language);
	return rc == STORE_NONE ? STORE_OK : rc;
}

int session_call(struct desk *d, const struct wire_call *c, struct call_reply *r, char *words, size_t max)
{
	static struct dialogue g; /* the hub has one thread */
	bool known;
	begin_call(&g, d);
	if (!take_request(d, c, &g.rq)) {
		call_refuse(r, 400, "not a request of this provider");
		snprintf(words, max, "ussd=- refused");
		return STORE_OK;
	}
	set_up(&g);
	int rc = find_caller(&g, &known);
	if (rc == STORE_OK)
		rc = hash_request(&g, c);
	if (rc == STORE_OK) {
		rc = ussd_find(d->st, g.rq.p->name, g.rq.key, &g.s);
		g.found = rc == STORE_OK;
		rc = rc == STORE_NONE ? STORE_OK : rc;
	}
	if (rc != STORE_OK)
		return rc;
	g.drafted = g.found && draft_read(&g.s, &g.after, &g.recent, &g.screen, &g.walk);
	if (strcmp(g.rq.event, "unheard") == 0)
		return unheard(&g, r, words, max);
	if (strcmp(g.rq.event, "close") == 0)
		return closed(&g, r, words, max);
	if (!known)
		return tell_stranger(&g, r, words, max);
	return is_repeated(&g) ? repeated(&g, r, words, max) : one_screen(&g, r, words, max);
}

int session_resume(struct desk *d, int64_t message, const char *reply, struct call_reply *r, char *words,
		   size_t max)
{
	static struct dialogue g; /* the hub has one thread */
	begin_call(&g, d);
	int rc = ussd_of_message(d->st, message, &g.s);
	g.rq.p = rc == STORE_OK ? config_provider(d->cf, g.s.provider) : NULL;
	if (rc == STORE_OK)
		rc = roster_by_id(d->st, g.s.reporter, &g.who);
	if (rc == STORE_NONE || (rc == STORE_OK && !g.rq.p)) {
		call_refuse(r, 404, NULL);
		return STORE_OK;
	}
	if (rc != STORE_OK)
		return rc;
	g.found = true;
	memcpy(g.rq.hash, g.s.request, sizeof g.rq.hash);
	facts_begin(d, &g.who, &g.facts);
	set_up(&g);
	if (!draft_read(&g.s, &g.after, &g.recent, &g.screen, &g.walk))
		memset(&g.walk, 0, sizeof g.walk);
	g.rq.call = g.recent.call;
	static char echoes[ECHOES_MAX]; /* the draft is written anew before they are read */
	size_t n = g.recent.echoes < sizeof echoes ? g.recent.echoes : 0;
	const char *line = memchr(g.s.draft, '\n', g.s.draft_len);
	if (n && line)
		memcpy(echoes, line + 1 + strlen(g.screen.text), n);
	echoes_read(echoes, n, &g.echoes);
	g.rq.fields = &g.echoes;
	if (g.walk.mode == WALK_PROVE)
		rc = tell_proof(&g, (enum pins_verdict)d->verdict, reply);
	else
		tell_reply(&g, reply);
	if (rc == STORE_OK)
		rc = keep(&g, false);
	if (rc != STORE_OK)
		return rc;
	say(&g, "", words, max);
	return tell(&g, r);
}

/* ---- the clock ---- */

/* What a worker began to tell of a child and did not end is not thrown away: a person looks at it. */
static int keep_for_a_person(struct dialogue *g, const struct ussd_session *s)
{
	char report[WALK_REPORT];
	struct walk_screen shown;
	char number[40];
	int64_t id;
	if (strcmp(s->form, "case_new") != 0 || !draft_read(s, &g->after, &g->recent, &shown, &g->walk) ||
	    roster_by_id(g->d->st, s->reporter, &g->who) != STORE_OK)
		return STORE_OK;
	g->rq.p = config_provider(g->d->cf, s->provider);
	facts_begin(g->d, &g->who, &g->facts);
	g->set = (struct walk_setting){.world = g->d->cf->world, .menu = g->d->cf->menu,
				       .who = &g->facts.who};
	if (!walk_report(&g->set, &g->walk, report) ||
	    roster_number(g->d->st, g->who.id, number, sizeof number) != STORE_OK)
		return STORE_OK;
	int rc = intake_text(g->d, "ussd", number, report, strlen(report), NULL, &id);
	if (rc == STORE_OK)
		rc = inbox_settle(g->d->st, id, "queued", g->who.id, "begun in a menu and not sent", g->d->now);
	return rc == STORE_OK ? desk_audit(g->d, g->who.id, "ussd.unfinished", "case_new", "queued", "") : rc;
}

int session_expire(struct desk *d, int64_t *n)
{
	static struct dialogue g;
	int64_t before = d->now - (int64_t)d->cf->ussd_resume_h * 3600, spent = 0;
	int rc = STORE_OK;
	*n = 0;
	while (rc == STORE_OK && *n < EXPIRE_MAX) {
		begin_call(&g, d);
		rc = ussd_overdue(d->st, before, &g.s);
		if (rc == STORE_OK)
			rc = keep_for_a_person(&g, &g.s);
		if (rc == STORE_OK)
			rc = ussd_settle(d->st, &g.s, "expired", d->now);
		*n += rc == STORE_OK;
	}
	if (rc == STORE_NONE || rc == STORE_OK)
		rc = ussd_forget(d->st, d->now - SPENT_S, &spent);
	return rc;
}
