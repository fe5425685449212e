/* page.c - see page.h. */
#include "gateway/edge/page.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define CSP "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'"

static const struct {
	const char *action, *button;
} actions[] = {
    {"ack", "E mora / Received"},
    {"accept", "Pranoj / Accept"},
    {"decline", "Refuzoj / Decline"},
    {"done", "U krye / Done"},
};

/* Only what we make ourselves, or one of a few characters, goes into a page. */
static bool plain(struct wire_str v)
{
	for (uint32_t i = 0; i < v.len; i++) {
		char ch = v.s[i];
		if (!((ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9') ||
		      ch == ' ' || ch == '_'))
			return false;
	}
	return true;
}

/* "action=accept" and nothing else: the page's own form has no other field. */
static struct edge_str action_of(struct edge_str body)
{
	static const char name[] = "action=";
	size_t n = sizeof name - 1;
	struct edge_str none = {NULL, 0};
	if (body.len <= n || body.len > n + 15 || memcmp(body.s, name, n) != 0)
		return none;
	struct edge_str v = {body.s + n, body.len - n};
	return plain((struct wire_str){v.s, (uint32_t)v.len}) ? v : none;
}

bool page_ask(const struct edge_request *rq, struct route_state *st, struct route_call *c,
	      struct edge_answer *out)
{
	bool post = strcmp(rq->method, "POST") == 0;
	snprintf(st->kept, sizeof st->kept, "%s", post ? "POST" : "GET");
	if (rq->n_args > 0) {
		answer_problem(out, 400, "this page takes no arguments");
		return false;
	}
	route_field(c, "token", (struct edge_str){c->call.block.s, c->call.block.len});
	c->call.block = wire_str("");
	if (!post)
		return true;
	struct edge_str action = action_of(rq->body);
	if (!request_type_is(rq, "application/x-www-form-urlencoded") || !action.s) {
		answer_problem(out, 400, "the page's own form is wanted");
		return false;
	}
	route_field(c, "action", action);
	return true;
}

/* ---- the page ---- */

static void add(struct edge_answer *out, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void add(struct edge_answer *out, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	int n = vsnprintf(out->body + out->len, sizeof out->body - out->len, fmt, ap);
	va_end(ap);
	if (n > 0 && (size_t)n < sizeof out->body - out->len)
		out->len += (size_t)n;
}

static void open_page(struct edge_answer *out, unsigned status)
{
	out->status = status;
	out->type = "text/html; charset=utf-8";
	out->len = 0;
	answer_header(out, "Content-Security-Policy", CSP);
	add(out, "<!doctype html>\n<html lang=\"sq\"><head><meta charset=\"utf-8\">"
		 "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
		 "<meta name=\"robots\" content=\"noindex\"><title>Kujdestar</title>\n"
		 "<style>body{font:1.1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:3rem auto;"
		 "padding:0 1rem;color:#1c1c1c;background:#fff}h1{font-size:1.3rem}"
		 "button{font:inherit;padding:.8rem 1.4rem;margin:.4rem .8rem .4rem 0;border:2px solid "
		 "#14532d;border-radius:.4rem;background:#fff;color:#14532d;cursor:pointer}"
		 "button:focus-visible,button:hover{background:#14532d;color:#fff}"
		 "p.note{color:#444;font-size:.95rem}</style></head><body>\n");
}

static void close_page(struct edge_answer *out)
{
	add(out, "</body></html>\n");
}

static const char *known(const char *word, size_t n, int *which)
{
	for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++) {
		if (strlen(actions[i].action) != n || memcmp(actions[i].action, word, n) != 0)
			continue;
		*which = (int)i;
		return actions[i].action;
	}
	return NULL;
}

static void refused(const struct wire_reply *r, struct edge_answer *out)
{
	open_page(out, r->status);
	add(out, "<h1>Kujdestar</h1><p>%s</p>",
	    r->status == 404
		? "Kjo lidhje nuk vlen me, ose u perdor. / This link is not valid any more, or was used."
	    : r->status == 409 ? "Eshte mbyllur. / It is closed."
			       : "Nuk u be. Telefononi bashkine. / It did not work. Please telephone.");
	close_page(out);
}

/* "referral 88" as people at the agency know it: R88. */
static void heading(const char *agency, const char *subject, struct edge_answer *out)
{
	static const struct {
		const char *word, *sq, *en, *letter;
	} kinds[] = {{"alert ", "Sinjali", "Alert", ""},
		     {"referral ", "Referimi", "Referral", "R"},
		     {"task ", "Detyra", "Task", "T"}};
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		size_t n = strlen(kinds[i].word);
		if (strncmp(subject, kinds[i].word, n) == 0)
			add(out, "<h1>%s: %s %s%s / %s %s%s</h1>", agency, kinds[i].sq, kinds[i].letter,
			    subject + n, kinds[i].en, kinds[i].letter, subject + n);
	}
}

static void buttons(const char *choices, struct edge_answer *out)
{
	add(out, "<form method=\"post\">");
	for (const char *p = choices; *p; p += strcspn(p, " "), p += *p == ' ') {
		int i;
		if (known(p, strcspn(p, " "), &i))
			add(out, "<button name=\"action\" value=\"%s\">%s</button>", actions[i].action,
			    actions[i].button);
	}
	add(out, "</form><p class=\"note\">Mos e dergoni kete lidhje me tej. / "
		 "Do not pass this link on.</p>");
}

void page_tell(const struct route_state *st, const struct wire_reply *r, struct edge_answer *out)
{
	char agency[16], subject[40], choices[40];
	wire_copy(wire_find(&r->fields, "agency"), agency, sizeof agency);
	wire_copy(wire_find(&r->fields, "subject"), subject, sizeof subject);
	wire_copy(wire_find(&r->fields, "choices"), choices, sizeof choices);
	if (r->status >= 400 || !plain(wire_str(agency)) || !plain(wire_str(subject))) {
		refused(r, out);
		return;
	}
	open_page(out, 200);
	heading(agency, subject, out);
	if (strcmp(st->kept, "POST") == 0)
		add(out, "<p>Faleminderit, pergjigjja u ruajt. / Thank you, the answer is kept.</p>");
	else
		buttons(choices, out);
	close_page(out);
}
