/* dialect.c - see dialect.h. */
#include "gateway/edge/dialect.h"
#include "gateway/edge/gate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct dialect {
	struct gate g;
	char *close_path, *session, *msisdn, *code, *input, *sequence, *msisdn_form;
	char *reply_type, *cont, *end, *closed, *status, *failure, *newline_name;
	char *new_if, *close_if, *status_if, *cont_headers, *end_headers; /* lines */
	char *echoes; /* lines: names of fields that some answer repeats, "in.USERID" */
	bool first_input_is_code, posts;
	unsigned failure_status, deadline_ms;
	enum template_newline newline;
};
struct looking { /* one request in the reading */
	const struct dialect *d;
	struct gate_look at;
	bool closing; /* it came to close_path */
};

/* ---- a block out of its frame ---- */

#define TEXTS(X)                                                                                             \
	X(close_path) X(session) X(msisdn) X(code) X(input) X(sequence) X(msisdn_form) X(reply_type) X(cont)   \
	X(end) X(closed) X(status) X(failure) X(new_if) X(close_if) X(status_if) X(cont_headers) X(end_headers)

static bool has_line(const char *lines, const char *s, size_t len)
{
	struct edge_str one;
	while (gate_line(&lines, &one))
		if (one.len == len && memcmp(one.s, s, len) == 0)
			return true;
	return false;
}

/* What answers repeat of a request, found once and not a request.  False: no memory. */
static bool find_echoes(struct dialect *d)
{
	const char *const texts[] = {d->cont, d->end, d->closed, d->status, d->failure, d->cont_headers,
				     d->end_headers};
	size_t most = 1, at = 0;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		most += strlen(texts[i]) + 1;
	d->echoes = calloc(most, 1);
	for (size_t i = 0; d->echoes && i < sizeof texts / sizeof texts[0]; i++) {
		const char *p = texts[i], *name, *why;
		enum template_escape e;
		size_t n;
		while (template_next(&p, &name, &n, &e, &why) > 0) {
			if (n <= 3 || memcmp(name, "in.", 3) != 0 || n - 3 >= VALUES_NAME ||
			    has_line(d->echoes, name, n))
				continue;
			memcpy(d->echoes + at, name, n);
			at += n;
			d->echoes[at++] = '\n';
		}
	}
	return d->echoes != NULL;
}

struct dialect *dialect_new(const struct wire_pairs *p)
{
	struct dialect *d = calloc(1, sizeof *d);
	if (!d)
		return NULL;
	bool whole = gate_open(&d->g, p);
#define X(f) whole = (d->f = gate_text(p, #f)) != NULL && whole;
	TEXTS(X)
#undef X
	d->newline_name = gate_text(p, "newline");
	whole = whole && d->newline_name && find_echoes(d);
	if (!whole) {
		dialect_free(d);
		return NULL;
	}
	d->first_input_is_code = wire_find_num(p, "first_input_is_code", 0) != 0;
	d->posts = wire_find_num(p, "posts", 0) != 0;
	d->failure_status = (unsigned)wire_find_num(p, "failure_status", 0);
	d->deadline_ms = (unsigned)wire_find_num(p, "deadline_ms", 5000);
	d->newline = template_newline_named(d->newline_name);
	return d;
}

void dialect_free(struct dialect *d)
{
	if (!d)
		return;
	gate_close(&d->g);
#define X(f) free(d->f);
	TEXTS(X)
#undef X
	free(d->newline_name);
	free(d->echoes);
	free(d);
}

const char *dialect_name(const struct dialect *d)
{
	return d->g.name;
}

bool dialect_posts(const struct dialect *d)
{
	return d->posts;
}

unsigned dialect_deadline_ms(const struct dialect *d)
{
	return d->deadline_ms;
}

/* ---- what the answer will need ---- */

struct keeping {
	char *at, *end;
	bool full;
};

static void keep(struct keeping *k, const char *name, size_t name_len, struct edge_str v, bool literal)
{
	if (name_len > 250 || v.len > 60000 || (size_t)(k->end - k->at) < name_len + v.len + 5) {
		k->full = true;
		return;
	}
	*k->at++ = (char)name_len;
	memcpy(k->at, name, name_len);
	k->at += name_len;
	*k->at++ = (char)((v.s != NULL) | (literal ? 2 : 0));
	*k->at++ = (char)(v.len & 0xff);
	*k->at++ = (char)(v.len >> 8 & 0xff);
	if (v.s && v.len)
		memcpy(k->at, v.s, v.len);
	k->at += v.len;
	*k->at = 0; /* a name of no letters ends it */
}

static bool kept_value(const char *kept, const char *name, size_t len, struct template_value *out)
{
	const unsigned char *p = (const unsigned char *)kept;
	while (*p) {
		size_t n = *p++;
		const char *mine = (const char *)p;
		p += n;
		unsigned flags = *p;
		size_t v = p[1] | (size_t)p[2] << 8;
		if (n == len && memcmp(mine, name, n) == 0) {
			*out = (struct template_value){flags & 1 ? (const char *)p + 3 : NULL, v, flags & 2};
			return true;
		}
		p += 3 + v;
	}
	return false;
}

static void keep_echoes(const struct looking *l, struct keeping *k)
{
	const char *p = l->d->echoes;
	char spec[VALUES_NAME];
	struct edge_str name;
	bool literal, twice;
	while (gate_line(&p, &name)) {
		memcpy(spec, name.s + 3, name.len - 3);
		spec[name.len - 3] = '\0';
		struct edge_str v = gate_field(&l->at, spec, &literal, &twice);
		keep(k, name.s, name.len, twice ? (struct edge_str){NULL, 0} : v, literal && !twice);
	}
}

static bool keep_all(const struct looking *l, const struct dialect_call *c, char *kept)
{
	struct keeping k = {.at = kept, .end = kept + DIALECT_KEPT - 1};
	kept[0] = 0;
	keep(&k, "session", 7, c->session, false);
	keep(&k, "msisdn", 6, c->msisdn, false);
	keep(&k, "code", 4, c->code, false);
	keep(&k, "number", 6, (struct edge_str){c->number, strlen(c->number)}, false);
	keep_echoes(l, &k);
	return !k.full;
}

void dialect_caller(const char *kept, struct edge_str *session, struct edge_str *number)
{
	struct template_value s = {NULL, 0, false}, n = {NULL, 0, false};
	kept_value(kept, "session", 7, &s);
	kept_value(kept, "number", 6, &n);
	*session = (struct edge_str){s.s, s.len};
	*number = (struct edge_str){n.s, n.len};
}

bool dialect_echo(const struct dialect *d, const char *kept, size_t i, struct edge_str *name, struct edge_str *value,
		  bool *literal)
{
	const char *p = d->echoes;
	struct template_value v = {NULL, 0, false};
	do
		if (!gate_line(&p, name))
			return false;
	while (i-- > 0);
	kept_value(kept, name->s, name->len, &v);
	*value = (struct edge_str){v.s, v.len};
	*literal = v.literal;
	return true;
}

/* ---- answers ---- */

struct telling {
	const char *kept;
	struct edge_str text;
	char status[8];
};

static bool get(void *arg, const char *name, size_t len, struct template_value *out)
{
	const struct telling *t = arg;
	if (len == 4 && memcmp(name, "text", 4) == 0)
		*out = (struct template_value){t->text.s ? t->text.s : "", t->text.len, false};
	else if (len == 6 && memcmp(name, "status", 6) == 0)
		*out = (struct template_value){t->status, strlen(t->status), true};
	else if (!kept_value(t->kept, name, len, out))
		*out = (struct template_value){NULL, 0, false};
	return true;
}

static void add_headers(const struct dialect *d, struct telling *t, const char *list, struct edge_answer *out)
{
	struct edge_str one;
	char template[200], made[160];
	while (gate_line(&list, &one)) {
		if (one.len >= sizeof template)
			continue;
		memcpy(template, one.s, one.len);
		template[one.len] = '\0';
		if (template_write(template, get, t, d->newline, made, sizeof made) < 0)
			continue;
		char *colon = strstr(made, ": ");
		if (!colon)
			continue;
		*colon = '\0';
		answer_header(out, made, colon + 2);
	}
}

/* False: the values do not go into the template (not UTF-8, or longer than an answer). */
static bool write_body(const struct dialect *d, struct telling *t, const char *template, unsigned status,
		       struct edge_answer *out)
{
	long n = template_write(template, get, t, d->newline, out->body, sizeof out->body);
	if (n < 0)
		return false;
	out->len = (size_t)n;
	out->status = status;
	out->type = d->reply_type;
	return true;
}

void dialect_tell(const struct dialect *d, const char *kept, struct edge_str text, bool end, bool closed,
		  struct edge_answer *out)
{
	struct telling t = {kept, text, "200"};
	const char *template = closed ? d->closed : end ? d->end : d->cont;
	if (!write_body(d, &t, template, 200, out)) {
		answer_problem(out, 500, NULL);
		return;
	}
	if (!closed)
		add_headers(d, &t, end ? d->end_headers : d->cont_headers, out);
}

void dialect_fail(const struct dialect *d, const char *kept, unsigned status, const char *words,
		  struct edge_answer *out)
{
	struct telling t = {kept, {words, strlen(words)}, ""};
	snprintf(t.status, sizeof t.status, "%u", status);
	if (!d->failure[0] ||
	    !write_body(d, &t, d->failure, d->failure_status ? d->failure_status : status, out))
		answer_problem(out, status, words);
}

/* ---- one request ---- */

static enum dialect_what refuse(const struct dialect *d, const char *kept, unsigned status, const char *words,
				struct edge_answer *out)
{
	dialect_fail(d, kept, status, words, out);
	return DIALECT_REFUSED;
}

static const char *event_of(struct looking *l)
{
	bool says;
	if (l->closing || gate_any(&l->at, l->d->close_if, &says))
		return "close";
	if (gate_any(&l->at, l->d->new_if, &says))
		return "new";
	/* "the text is empty" says nothing of the session when it is not */
	return says ? "continue" : "";
}

/* NULL, or why not. */
static const char *take_fields(struct looking *l, struct dialect_call *c)
{
	const struct dialect *d = l->d;
	const struct {
		const char *spec;
		struct edge_str *to;
		size_t longest;
	} wanted[] = {{d->session, &c->session, 99},   {d->msisdn, &c->msisdn, 32}, {d->code, &c->code, 64},
		      {d->input, &c->input, 1200}, {d->sequence, &c->sequence, 63}};
	for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
		bool literal, twice;
		*wanted[i].to = gate_field(&l->at, wanted[i].spec, &literal, &twice);
		if (twice)
			return "a field is there twice";
		if (wanted[i].to->len > wanted[i].longest)
			return "a field is too long";
		if (wanted[i].to != &c->input && wanted[i].to->len &&
		    memchr(wanted[i].to->s, '\0', wanted[i].to->len))
			return "a field holds a zero octet";
	}
	c->event = event_of(l);
	if (d->session[0] && (!c->session.s || c->session.len == 0))
		return "the session is missing";
	if ((!c->msisdn.s || !gate_number(d->msisdn_form, c->msisdn, c->number)) && strcmp(c->event, "close") != 0)
		return "the number is missing or is none";
	if (!c->input.s && !l->closing && strcmp(c->event, "close") != 0)
		c->input = (struct edge_str){"", 0};
	if (d->first_input_is_code && strcmp(c->event, "new") == 0) {
		c->code = c->input;
		c->input = (struct edge_str){"", 0};
	}
	return NULL;
}

enum dialect_what dialect_ask(const struct dialect *d, const struct edge_request *rq, struct values *values,
			      struct dialect_call *c, char *kept, struct edge_answer *out)
{
	struct looking l = {.d = d, .at = {.g = &d->g, .rq = rq, .values = values}};
	const char *why;
	bool says;
	kept[0] = 0;
	memset(c, 0, sizeof *c);
	c->event = "";
	values->n = values->used = 0;
	bool fits = gate_fits(&l.at, d->g.path);
	if (!fits && d->close_path[0])
		fits = l.closing = gate_fits(&l.at, d->close_path);
	if (!fits)
		return DIALECT_NOT_MINE;
	/* Before it is proved who calls, a refusal has no form of the provider's. */
	unsigned status = gate_proved(&d->g, rq);
	if (status) {
		answer_problem(out, status, NULL);
		return DIALECT_REFUSED;
	}
	status = gate_take(&l.at, &why);
	if (status)
		return refuse(d, kept, status, why, out);
	if (gate_any(&l.at, d->status_if, &says)) {
		struct telling t = {kept, {NULL, 0}, "200"};
		if (!write_body(d, &t, d->status, 200, out))
			answer_problem(out, 500, NULL);
		return DIALECT_ANSWERED;
	}
	why = take_fields(&l, c);
	if (!why && !keep_all(&l, c, kept))
		why = "a field is too long";
	return why ? refuse(d, kept, 400, why, out) : DIALECT_CALL;
}
