/* route.c - see route.h. */
#include "gateway/edge/route.h"
#include "gateway/edge/answer.h"
#include "gateway/edge/page.h"
#include "gateway/edge/sms.h"
#include "gateway/edge/ussd.h"

#include <string.h>

struct route {
	const char *path;    /* ending in "/": one more segment follows, the block or token */
	const char *methods; /* space-separated, as in the Allow header */
	const char *kind;
	/* NULL: the call has no fields.  False: refused, *out says why. */
	bool (*ask)(const struct edge_request *rq, struct route_state *st, struct route_call *c,
		    struct edge_answer *out);
	void (*tell)(const struct route_state *st, const struct wire_reply *r, struct edge_answer *out);
	bool words; /* tells refusals in its own form too */
};

static void tell_health(const struct route_state *st, const struct wire_reply *r, struct edge_answer *out)
{
	(void)st, (void)r;
	answer_text(out, 200, "application/json", "{\"status\":\"ok\"}\n");
}

static const struct route routes[] = {
    {"/health", "GET", "health", NULL, tell_health, false},
    {"/answers/", "POST", "answer", answer_ask, answer_tell, false},
    {"/a/", "GET POST", "link", page_ask, page_tell, true},
};

/* Providers' paths are of their blocks. */
static const struct route ussd_route = {"", "", "ussd", NULL, ussd_tell, true};
static const struct route sms_route = {"", "", "sms", NULL, NULL, true};

/* What follows the route's path, "" for one that ends there; NULL: another route. */
static const char *rest_of(const struct route *r, const char *path)
{
	size_t n = strlen(r->path);
	bool open = n > 1 && r->path[n - 1] == '/';
	if (strncmp(path, r->path, n) != 0)
		return NULL;
	const char *rest = path + n;
	if (!open)
		return *rest ? NULL : rest;
	return *rest && strlen(rest) < ROUTE_REST && !strchr(rest, '/') ? rest : NULL;
}

static bool allows(const char *methods, const char *method)
{
	size_t n = strlen(method);
	for (const char *p = methods; *p; p += strcspn(p, " "), p += *p == ' ')
		if (strcspn(p, " ") == n && memcmp(p, method, n) == 0)
			return true;
	return false;
}

bool route_request(const struct edge_request *rq, struct route_state *st, struct route_call *c,
		   struct edge_answer *out)
{
	const struct route *r = NULL;
	const char *rest = NULL;
	enum ussd_what what = ussd_ask(rq, st, c, &out->wait_ms, out);
	st->route = &ussd_route;
	if (what != USSD_NOT_MINE)
		return what == USSD_ANSWERED;
	enum sms_what sms = sms_ask(rq, st, c, out);
	if (sms != SMS_NOT_MINE) {
		st->route = &sms_route;
		return sms == SMS_ANSWERED;
	}
	for (size_t i = 0; i < sizeof routes / sizeof routes[0] && !rest; i++) {
		r = &routes[i];
		rest = rest_of(r, rq->path);
	}
	if (!rest) {
		answer_problem(out, 404, NULL);
		return true;
	}
	if (!allows(r->methods, rq->method)) {
		answer_problem(out, 405, NULL);
		answer_header(out, "Allow", r->methods);
		return true;
	}
	memset(c, 0, sizeof *c);
	c->call.kind = wire_str(r->kind);
	c->call.block = wire_str(rest);
	c->call.peer = wire_str(rq->peer);
	c->call.body = wire_str("");
	st->route = r;
	st->kept[0] = '\0';
	return r->ask && !r->ask(rq, st, c, out);
}

bool route_more(struct route_state *st, struct route_call *c)
{
	return st->route == &sms_route && sms_more(st, c);
}

bool route_reply(struct route_state *st, const struct wire_reply *r, struct edge_answer *out)
{
	if (st->route == &sms_route)
		return sms_tell(st, r, out);
	if (r->status >= 400 && !st->route->words)
		route_refusal(r, out);
	else
		st->route->tell(st, r, out);
	return true;
}

bool route_unheard(const struct route_state *st, uint64_t token, struct route_call *c)
{
	return st->route == &ussd_route && ussd_unheard(st, token, c);
}

void route_unanswered(const struct route_state *st, struct edge_answer *out)
{
	if (st->route == &ussd_route) {
		ussd_late(st, out);
		return;
	}
	answer_problem(out, 503, "the gateway does not answer now; try again");
	answer_header(out, "Retry-After", "30");
}
