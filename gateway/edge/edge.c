/* edge.c - see edge.h. */
#include "gateway/edge/edge.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/edge/mono.h"
#include "gateway/edge/route.h"
#include "gateway/edge/server.h"
#include "gateway/edge/sms.h"
#include "gateway/edge/ussd.h"
#include "gateway/hub/confine.h"
#include "gateway/hub/wire.h"

#define PEM_MAX 65536
#define FIGURES_US 2000000
#define FILES_SPARE 32 /* descriptors beside the connections */
#define MEMORY_BASE ((size_t)256 << 20) /* address space: programs, libraries, tables */
#define MEMORY_EACH ((size_t)1 << 20)   /* a connection: its head, its body, its answer, TLS */

struct edge {
	int fd;
	bool stopping;
	long calls; /* most at once */
	long asked; /* of the hub, and not replied to */
	struct server *server;
	char *cert, *key;
	struct wire_in in;
	struct wire_frame frame; /* the last one received, over in */
	struct wire_out out;     /* calls leave when all that can be read now is read */
	int64_t told;            /* when figures were, as of mono_us */
	int failed;              /* exit code that ends the loop */
};

_Static_assert(sizeof(struct route_state) <= SERVER_STATE, "a route keeps more than a request can");

static int wait_for(int fd, short events)
{
	struct pollfd p = {.fd = fd, .events = events};
	int n;
	do
		n = poll(&p, 1, -1);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -1 : 0;
}

/* 0, or the exit code.  A full socket keeps what is left: the loop waits for its room too. */
static int flush(struct edge *e)
{
	int rc = wire_flush(e->fd, &e->out);
	if (rc == WIRE_CLOSED)
		return EDGE_NO_HUB;
	return rc == WIRE_OK || rc == WIRE_AGAIN ? 0 : EDGE_FAILED;
}

/* A frame that leaves with the next flush, or how wire_add and wire_flush say that it cannot. */
static int say(struct edge *e, const struct wire_frame *f)
{
	int rc = wire_add(&e->out, f);
	if (rc != WIRE_AGAIN)
		return rc;
	rc = wire_flush(e->fd, &e->out);
	return rc == WIRE_OK ? wire_add(&e->out, f) : rc;
}

/* 0, or the exit code. */
static int tell(struct edge *e, const struct wire_frame *f)
{
	int rc;
	while ((rc = say(e, f)) == WIRE_AGAIN || (rc == WIRE_OK && (rc = wire_flush(e->fd, &e->out)) == WIRE_AGAIN))
		if (wait_for(e->fd, POLLOUT) < 0)
			return EDGE_FAILED;
	if (rc == WIRE_CLOSED)
		return EDGE_NO_HUB;
	return rc == WIRE_OK ? 0 : EDGE_FAILED;
}

/* ---- requests ---- */

/* Calls are counted, not requests: a list makes many, and as many replies, which must not overrun the hub's
 * queue to us. */
static int ask_hub(struct edge *e, uint64_t token, struct route_call *c)
{
	struct wire_frame f = {.type = WIRE_CALL};
	if (e->stopping || e->asked >= e->calls)
		return WIRE_AGAIN;
	c->call.id = token;
	f.u.call = c->call;
	int rc = say(e, &f);
	e->asked += rc == WIRE_OK;
	return rc;
}

static bool on_request(void *arg, uint64_t token, const struct edge_request *rq, void *state,
		       struct edge_answer *out)
{
	static struct route_call c; /* one thread */
	struct edge *e = arg;
	if (route_request(rq, state, &c, out))
		return true;
	if (server_waiting(e->server) == 0)
		e->asked = 0; /* a reply that never came is not missed for ever */
	int rc = ask_hub(e, token, &c);
	while (rc == WIRE_OK && route_more(state, &c))
		rc = ask_hub(e, token, &c);
	if (rc == WIRE_OK)
		return false;
	if (rc == WIRE_BAD)
		answer_problem(out, 413, "the request is too long");
	else
		route_unanswered(state, out);
	if (rc == WIRE_CLOSED)
		e->failed = EDGE_NO_HUB;
	return true;
}

/* The hub hears of it, so that the same request, sent again, is known as the same. */
static void on_unheard(void *arg, uint64_t token, const void *state)
{
	static struct route_call c; /* one thread */
	struct edge *e = arg;
	struct wire_frame f = {.type = WIRE_CALL};
	if (e->stopping || !route_unheard(state, token, &c))
		return;
	f.u.call = c.call; /* number 0: nobody waits for the reply */
	say(e, &f);
}

static void on_expired(void *arg, uint64_t token, const void *state, struct edge_answer *out)
{
	(void)arg, (void)token;
	route_unanswered(state, out);
}

/* ---- frames of the hub ---- */

static void take_reply(struct edge *e, const struct wire_reply *r)
{
	static struct edge_answer a; /* 25 KB; one thread */
	struct route_state *st = server_state(e->server, r->id);
	e->asked -= e->asked > 0;
	if (!st)
		return; /* who asked did not wait */
	memset(&a, 0, offsetof(struct edge_answer, body));
	a.len = 0;
	if (route_reply(st, r, &a))
		server_answer(e->server, r->id, &a);
}

static int take_frames(struct edge *e)
{
	for (;;) {
		int rc = wire_next(e->fd, &e->in, &e->frame);
		if (rc == WIRE_AGAIN)
			return 0;
		if (rc != WIRE_OK)
			return rc == WIRE_CLOSED ? EDGE_NO_HUB : EDGE_PROTOCOL;
		if (e->frame.type == WIRE_REPLY) {
			take_reply(e, &e->frame.u.reply);
		} else if (e->frame.type == WIRE_STOP) {
			e->stopping = true;
			server_quiesce(e->server);
		} else {
			return EDGE_PROTOCOL;
		}
	}
}

/* How long callers waited, now and then: nothing of them. */
static void tell_figures(struct edge *e)
{
	char room[USSD_BLOCKS * 64];
	struct wire_frame f = {.type = WIRE_NOTE};
	int64_t now = mono_us();
	if (now - e->told < FIGURES_US || !ussd_figures(&f.u.pairs, room, sizeof room))
		return;
	e->told = now;
	tell(e, &f);
}

static int loop(struct edge *e)
{
	for (;;) {
		int rc = take_frames(e);
		if (rc == 0 && server_run(e->server) < 0)
			rc = EDGE_FAILED;
		if (rc == 0)
			rc = e->failed;
		if (rc == 0)
			rc = flush(e);
		if (rc)
			return rc;
		if (e->stopping && server_waiting(e->server) == 0)
			return EDGE_STOPPED;
		tell_figures(e);
		struct pollfd p[2] = {{.fd = e->fd, .events = (short)(POLLIN | (e->out.n ? POLLOUT : 0))},
				      {.fd = server_fd(e->server), .events = POLLIN}};
		if (poll(p, 2, server_timeout_ms(e->server)) < 0 && errno != EINTR)
			return EDGE_FAILED;
	}
}

/* ---- start ---- */

static int next_settings(struct edge *e)
{
	int rc;
	while ((rc = wire_next(e->fd, &e->in, &e->frame)) == WIRE_AGAIN)
		if (wait_for(e->fd, POLLIN) < 0)
			return EDGE_FAILED;
	if (rc == WIRE_CLOSED)
		return EDGE_NO_HUB;
	return rc == WIRE_OK && e->frame.type == WIRE_SETTINGS ? 0 : EDGE_PROTOCOL;
}

static long bounded(const struct wire_pairs *p, const char *name, long fallback, long least, long most)
{
	long n = wire_find_num(p, name, fallback);
	return n < least ? least : n > most ? most : n;
}

/* A PEM file's text, or NULL. */
static char *slurp(struct wire_str name)
{
	char path[1024], *text = NULL;
	if (name.len == 0 || wire_copy(name, path, sizeof path) != name.len)
		return NULL;
	FILE *f = fopen(path, "re");
	if (f && (text = malloc(PEM_MAX))) {
		size_t n = fread(text, 1, PEM_MAX - 1, f);
		text[n] = '\0';
	}
	if (f)
		fclose(f);
	return text;
}

static int say_why(struct edge *e, const char *listen, const char *why)
{
	char words[160];
	struct wire_frame f = {.type = WIRE_NOTE};
	snprintf(words, sizeof words, "%.40s: %s", listen, why);
	f.u.pairs.n = 1;
	f.u.pairs.pair[0] = (struct wire_pair){wire_str("reason"), wire_str(words)};
	tell(e, &f);
	return EDGE_LISTEN;
}

static int open_server(struct edge *e, const struct wire_pairs *p, unsigned connections)
{
	char listen[128];
	const char *why = "";
	bool tls = wire_find(p, "tls_cert").len > 0;
	wire_copy(wire_find(p, "listen"), listen, sizeof listen);
	e->cert = slurp(wire_find(p, "tls_cert"));
	e->key = slurp(wire_find(p, "tls_key"));
	if (tls && (!e->cert || !e->key))
		return say_why(e, listen, "tls_cert or tls_key cannot be read");
	struct server_settings s = {
	    .listen = listen,
	    .tls_cert = e->cert,
	    .tls_key = e->key,
	    .connections = connections,
	    .per_address = (unsigned)bounded(p, "per_address", 64, 1, 4096),
	    .request_s = (unsigned)bounded(p, "request_s", 10, 1, 120),
	    .body_max = (size_t)bounded(p, "body_max", 16384, 256, 49152),
	};
	struct server_events ev = {e, on_request, on_unheard, on_expired};
	e->server = server_open(&s, &ev, &why);
	return e->server ? 0 : say_why(e, listen, why);
}

/* kind "sms" or "report": of an SMS provider; none: of one of menus. */
static bool take_block(const struct wire_pairs *p)
{
	return wire_find(p, "kind").len ? sms_block(p) : ussd_block(p);
}

static int give_up(struct edge *e, unsigned connections)
{
	const struct confine c = {.kind = CONFINE_EDGE,
				  .files = connections + FILES_SPARE,
				  .memory = MEMORY_BASE + (size_t)connections * MEMORY_EACH};
	char confined[CONFINE_WORDS];
	if (confine_finish(&c, confined) < 0)
		return EDGE_FAILED;
	struct wire_frame note = {.type = WIRE_NOTE};
	note.u.pairs.n = 1;
	note.u.pairs.pair[0] = (struct wire_pair){wire_str("confined"), wire_str(confined)};
	int rc = tell(e, &note);
	struct wire_frame f = {.type = WIRE_READY,
			       .u.ready = {wire_str("edge"), wire_str(e->cert ? "https" : "http"), 0}};
	return rc ? rc : tell(e, &f);
}

static int set_up(struct edge *e)
{
	int rc = next_settings(e);
	if (rc)
		return rc;
	const struct wire_pairs *p = &e->frame.u.pairs;
	long blocks = bounded(p, "blocks", 0, 0, 64);
	long connections = bounded(p, "connections", 256, 4, 4096);
	e->calls = bounded(p, "calls", 64, 1, 4096);
	rc = open_server(e, p, (unsigned)connections);
	ussd_busy_words(wire_find(p, "busy"));
	for (; rc == 0 && blocks > 0; blocks--) {
		rc = next_settings(e);
		if (rc == 0 && !take_block(&e->frame.u.pairs))
			rc = EDGE_PROTOCOL;
	}
	wire_forget(&e->in); /* secrets of the blocks went through it */
	return rc ? rc : give_up(e, (unsigned)connections);
}

int edge_run(int fd)
{
	struct edge *e = calloc(1, sizeof *e);
	if (!e)
		return EDGE_FAILED;
	e->fd = fd;
	int flags = fcntl(fd, F_GETFL);
	int rc = EDGE_FAILED;
	if (flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0)
		rc = set_up(e);
	if (rc == 0)
		rc = loop(e);
	server_close(e->server);
	ussd_blocks_free();
	sms_blocks_free();
	free(e->cert);
	if (e->key)
		explicit_bzero(e->key, strlen(e->key));
	free(e->key);
	free(e);
	return rc;
}
