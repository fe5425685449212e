/* dialect.c - see dialect.h. */
#include "gateway/edge/dialect.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define LIST_MAX 32
#define CAPTURES 6
#define MSISDN_DIGITS_MIN 5
#define MSISDN_DIGITS_MAX 15 /* E.164 */

struct dialect {
	char *name, *path, *close_path, *in, *session, *msisdn, *code, *input, *sequence, *msisdn_form;
	char *reply_type, *cont, *end, *closed, *status, *failure, *newline_name, *auth, *auth_name;
	char *auth_user, *secret;
	char *methods, *new_if, *close_if, *status_if, *cont_headers, *end_headers, *addresses; /* lines */
	bool fold_names, first_input_is_code;
	unsigned failure_status, deadline_ms;
	enum template_newline newline;
};
struct capture {
	char name[24];
	struct edge_str value;
};
struct looking { /* one request in the reading */
	const struct dialect *d;
	const struct edge_request *rq;
	struct values *values;
	struct capture capture[CAPTURES];
	size_t n_captures;
	bool closing;     /* it came to close_path */
};

/* ---- a block out of its frame ---- */

static char *copy_of(const struct wire_pairs *p, const char *name)
{
	struct wire_str v = wire_find(p, name);
	char *s = malloc((size_t)v.len + 1);
	if (s) {
		if (v.len)
			memcpy(s, v.s, v.len);
		s[v.len] = '\0';
	}
	return s;
}

#define TEXTS(X)                                                                                             \
	X(name) X(path) X(close_path) X(in) X(session) X(msisdn) X(code) X(input) X(sequence) X(msisdn_form)   \
	X(reply_type) X(cont) X(end) X(closed) X(status) X(failure) X(auth) X(auth_name) X(auth_user)          \
	X(secret) X(methods) X(new_if) X(close_if) X(status_if) X(cont_headers) X(end_headers) X(addresses)

struct dialect *dialect_new(const struct wire_pairs *p)
{
	struct dialect *d = calloc(1, sizeof *d);
	bool whole = d != NULL;
	if (!d)
		return NULL;
#define X(f) whole = (d->f = copy_of(p, #f)) != NULL && whole;
	TEXTS(X)
#undef X
	d->newline_name = copy_of(p, "newline");
	whole = whole && d->newline_name;
	if (!whole || !d->name[0] || !d->path[0]) {
		dialect_free(d);
		return NULL;
	}
	d->fold_names = wire_find_num(p, "fold_names", 0) != 0;
	d->first_input_is_code = wire_find_num(p, "first_input_is_code", 0) != 0;
	d->failure_status = (unsigned)wire_find_num(p, "failure_status", 0);
	d->deadline_ms = (unsigned)wire_find_num(p, "deadline_ms", 5000);
	d->newline = strcmp(d->newline_name, "crlf") == 0    ? TEMPLATE_CRLF
		     : strcmp(d->newline_name, "br") == 0    ? TEMPLATE_BR
		     : strcmp(d->newline_name, "space") == 0 ? TEMPLATE_SPACE
							     : TEMPLATE_LF;
	return d;
}

void dialect_free(struct dialect *d)
{
	if (!d)
		return;
	if (d->secret)
		explicit_bzero(d->secret, strlen(d->secret));
#define X(f) free(d->f);
	TEXTS(X)
#undef X
	free(d->newline_name);
	free(d);
}

const char *dialect_name(const struct dialect *d)
{
	return d->name;
}

unsigned dialect_deadline_ms(const struct dialect *d)
{
	return d->deadline_ms;
}

/* The lines of a list, one a call. */
static bool line(const char **p, struct edge_str *out)
{
	if (!**p)
		return false;
	size_t n = strcspn(*p, "\n");
	*out = (struct edge_str){*p, n};
	*p += n + ((*p)[n] == '\n');
	return true;
}

/* ---- the path ---- */

static bool segment(const char **p, struct edge_str *out)
{
	if (**p != '/')
		return false;
	size_t n = strcspn(++*p, "/");
	*out = (struct edge_str){*p, n};
	*p += n;
	return true;
}

static bool is_placeholder(struct edge_str s)
{
	return s.len > 2 && s.s[0] == '{' && s.s[s.len - 1] == '}';
}

static void keep_capture(struct looking *l, struct edge_str name, struct edge_str value)
{
	if (l->n_captures == CAPTURES || name.len >= sizeof l->capture[0].name)
		return;
	struct capture *c = &l->capture[l->n_captures++];
	memcpy(c->name, name.s, name.len);
	c->name[name.len] = '\0';
	c->value = value;
}

/* All of it is walked whatever was found, and the secret is compared in a time of its own length. */
static bool path_fits(struct looking *l, const char *pattern)
{
	const char *path = l->rq->path;
	struct edge_str want, got;
	bool fits = true;
	l->n_captures = 0;
	while (segment(&pattern, &want)) {
		if (!segment(&path, &got)) {
			got = (struct edge_str){"", 0};
			fits = false;
		}
		if (!is_placeholder(want)) {
			fits &= got.len == want.len && memcmp(got.s, want.s, want.len) == 0;
			continue;
		}
		struct edge_str name = {want.s + 1, want.len - 2};
		if (name.len == 6 && memcmp(name.s, "secret", 6) == 0) {
			fits &= edge_same_secret(got, l->d->secret);
		} else {
			fits &= got.len > 0;
			keep_capture(l, name, got);
		}
	}
	return fits && *path == '\0';
}

/* ---- who calls ---- */

static bool in_network(const char *peer, struct edge_str network)
{
	unsigned char a[16], b[16];
	char text[64];
	if (network.len >= sizeof text)
		return false;
	memcpy(text, network.s, network.len);
	text[network.len] = '\0';
	char *slash = strchr(text, '/');
	if (!slash)
		return false;
	*slash = '\0';
	int family = strchr(text, ':') ? AF_INET6 : AF_INET;
	long bits = strtol(slash + 1, NULL, 10), most = family == AF_INET ? 32 : 128;
	if (bits < 0 || bits > most || inet_pton(family, text, a) != 1)
		return false;
	/* an IPv4 caller of a socket for both (RFC 4291 2.5.5.2) */
	if (family == AF_INET && strncmp(peer, "::ffff:", 7) == 0)
		peer += 7;
	if (inet_pton(family, peer, b) != 1)
		return false;
	int whole = (int)bits / 8, rest = (int)bits % 8;
	unsigned char mask = (unsigned char)(0xff00 >> rest);
	return memcmp(a, b, (size_t)whole) == 0 && (rest == 0 || ((a[whole] ^ b[whole]) & mask) == 0);
}

static bool address_allowed(const struct dialect *d, const char *peer)
{
	const char *p = d->addresses;
	struct edge_str network;
	bool any = false;
	while (line(&p, &network)) {
		if (in_network(peer, network))
			return true;
		any = true;
	}
	return !any;
}

/* RFC 4648 4, as much as user:password needs. */
static size_t base64(const char *s, size_t n, char *out)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t at = 0;
	for (size_t i = 0; i < n; i += 3) {
		unsigned long v = (unsigned long)(unsigned char)s[i] << 16;
		v |= i + 1 < n ? (unsigned long)(unsigned char)s[i + 1] << 8 : 0;
		v |= i + 2 < n ? (unsigned long)(unsigned char)s[i + 2] : 0;
		out[at++] = digits[v >> 18 & 63];
		out[at++] = digits[v >> 12 & 63];
		out[at++] = i + 1 < n ? digits[v >> 6 & 63] : '=';
		out[at++] = i + 2 < n ? digits[v & 63] : '=';
	}
	out[at] = '\0';
	return at;
}

static bool header_is(const struct edge_request *rq, const char *name, const char *scheme, const char *secret)
{
	bool twice;
	struct edge_str v = request_header(rq, name, &twice);
	size_t n = strlen(scheme);
	bool fits = v.s && !twice && v.len > n && strncasecmp(v.s, scheme, n) == 0;
	/* compared in any case: that the header is missing takes as long as that it is wrong */
	struct edge_str rest = fits ? (struct edge_str){v.s + n, v.len - n} : (struct edge_str){"", 0};
	return edge_same_secret(rest, secret) && fits;
}

static bool query_is(const struct dialect *d, const struct edge_request *rq)
{
	char user[64];
	bool twice, ok = true;
	size_t n = strcspn(d->auth_user, "=");
	if (d->auth_user[n] == '=' && n < sizeof user) {
		memcpy(user, d->auth_user, n);
		user[n] = '\0';
		ok = edge_is(request_arg(rq, user, NULL), d->auth_user + n + 1);
	}
	struct edge_str v = request_arg(rq, d->auth_name, &twice);
	return edge_same_secret(v, d->secret) && ok && !twice;
}

static bool is_proved(const struct dialect *d, const struct edge_request *rq)
{
	char plain[200], coded[300];
	if (strcmp(d->auth, "query") == 0)
		return query_is(d, rq);
	if (strcmp(d->auth, "header") == 0)
		return header_is(rq, d->auth_name, "", d->secret);
	if (strcmp(d->auth, "bearer") == 0)
		return header_is(rq, "Authorization", "Bearer ", d->secret) ||
		       header_is(rq, "Authorization", "Token ", d->secret);
	if (strcmp(d->auth, "basic") == 0) {
		int n = snprintf(plain, sizeof plain, "%s:%s", d->auth_user, d->secret);
		bool ok = n > 0 && (size_t)n < sizeof plain && base64(plain, (size_t)n, coded) &&
			  header_is(rq, "Authorization", "Basic ", coded);
		explicit_bzero(plain, sizeof plain);
		explicit_bzero(coded, sizeof coded);
		return ok;
	}
	return true; /* the path proved it, or its address */
}

static bool method_allowed(const struct dialect *d, const char *method)
{
	const char *p = d->methods;
	struct edge_str m;
	while (line(&p, &m))
		if (strlen(method) == m.len && memcmp(method, m.s, m.len) == 0)
			return true;
	return false;
}

/* ---- fields ---- */

static bool type_allowed(const struct dialect *d, const struct edge_request *rq)
{
	if (strcmp(d->in, "form") == 0)
		return request_type_is(rq, "application/x-www-form-urlencoded");
	if (strcmp(d->in, "json") == 0)
		return request_type_is(rq, "application/json");
	if (strcmp(d->in, "xml") == 0)
		return request_type_is(rq, "text/xml") || request_type_is(rq, "application/xml");
	return true;
}

static const char *from_query(const struct edge_request *rq, struct values *out)
{
	out->n = out->used = 0;
	for (size_t i = 0; i < rq->n_args; i++)
		if (!values_add(out, rq->arg[i].name.s, rq->arg[i].name.len, rq->arg[i].value.s,
				rq->arg[i].value.len, false))
			return "too many fields";
	return NULL;
}

static const char *read_body(const struct dialect *d, const struct edge_request *rq, struct values *out)
{
	if (strcmp(d->in, "form") == 0)
		return form_read(rq->body, out);
	if (strcmp(d->in, "json") == 0)
		return json_read(rq->body, out);
	if (strcmp(d->in, "xml") == 0)
		return xml_read(rq->body, out);
	return from_query(rq, out);
}

/* "sessionId", "path:session", "header:X-Id", "query:id". */
static struct edge_str field(const struct looking *l, const char *spec, bool *literal, bool *twice)
{
	struct edge_str none = {NULL, 0};
	*literal = *twice = false;
	if (!spec[0])
		return none;
	if (strncmp(spec, "header:", 7) == 0)
		return request_header(l->rq, spec + 7, twice);
	if (strncmp(spec, "query:", 6) == 0)
		return request_arg(l->rq, spec + 6, twice);
	if (strncmp(spec, "path:", 5) == 0) {
		for (size_t i = 0; i < l->n_captures; i++)
			if (strcmp(l->capture[i].name, spec + 5) == 0)
				return l->capture[i].value;
		return none;
	}
	return values_get(l->values, spec, l->d->fold_names, literal, twice);
}

/* "FIELD=VALUE", "FIELD^=BEGINNING"; *says: the value of some condition is not empty. */
static bool holds(const struct looking *l, struct edge_str cond, bool *says)
{
	char spec[200];
	const char *eq = memchr(cond.s, '=', cond.len);
	bool literal, twice;
	if (!eq || cond.len >= sizeof spec)
		return false;
	size_t n = (size_t)(eq - cond.s), want = cond.len - n - 1;
	bool begins = n > 0 && cond.s[n - 1] == '^';
	memcpy(spec, cond.s, n - begins);
	spec[n - begins] = '\0';
	*says |= want > 0;
	struct edge_str v = field(l, spec, &literal, &twice);
	if (!v.s || twice)
		return false;
	return (begins ? v.len >= want : v.len == want) && strncasecmp(v.s, eq + 1, want) == 0;
}

static bool any_holds(const struct looking *l, const char *list, bool *says)
{
	struct edge_str cond;
	bool found = false;
	*says = false;
	while (line(&list, &cond))
		found |= holds(l, cond, says);
	return found;
}

/* ---- the caller's number ---- */

/* One form: + and digits where it says its country, else digits as they came.  A + that was not written
 * as %2B arrives as a blank. */
static bool number_of(const struct dialect *d, struct edge_str v, char out[24])
{
	size_t n = 0, digits = 0;
	bool plus = false;
	for (size_t i = 0; i < v.len; i++) {
		if (i == 0 && (v.s[i] == '+' || v.s[i] == ' '))
			plus = true;
		else if (v.s[i] >= '0' && v.s[i] <= '9' && digits < MSISDN_DIGITS_MAX)
			digits++;
		else
			return false;
	}
	if (digits < MSISDN_DIGITS_MIN)
		return false;
	/* 0 begins no country: a national number, or one behind 00 */
	const char *first = v.s + plus;
	if (plus || (strcmp(d->msisdn_form, "digits") == 0 && *first != '0'))
		out[n++] = '+';
	memcpy(out + n, first, digits);
	out[n + digits] = '\0';
	return true;
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

static bool is_echoed(const char *name, size_t len)
{
	return (len > 3 && memcmp(name, "in.", 3) == 0);
}

static void keep_echoes(const struct looking *l, const char *text, struct keeping *k, const char *kept)
{
	const char *p = text, *name, *why;
	enum template_escape e;
	struct template_value there;
	char spec[VALUES_NAME];
	bool literal, twice;
	size_t n;
	while (template_next(&p, &name, &n, &e, &why) > 0) {
		if (!is_echoed(name, n) || n - 3 >= sizeof spec || kept_value(kept, name, n, &there))
			continue;
		memcpy(spec, name + 3, n - 3);
		spec[n - 3] = '\0';
		struct edge_str v = field(l, spec, &literal, &twice);
		keep(k, name, n, twice ? (struct edge_str){NULL, 0} : v, literal && !twice);
	}
}

static bool keep_all(const struct looking *l, const struct dialect_call *c, char *kept)
{
	const struct dialect *d = l->d;
	struct keeping k = {.at = kept, .end = kept + DIALECT_KEPT - 1};
	const char *const texts[] = {d->cont, d->end, d->closed, d->status, d->failure, d->cont_headers,
				     d->end_headers};
	kept[0] = 0;
	keep(&k, "session", 7, c->session, false);
	keep(&k, "msisdn", 6, c->msisdn, false);
	keep(&k, "code", 4, c->code, false);
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		keep_echoes(l, texts[i], &k, kept);
	return !k.full;
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
	while (line(&list, &one)) {
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
	if (l->closing || any_holds(l, l->d->close_if, &says))
		return "close";
	if (any_holds(l, l->d->new_if, &says))
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
		*wanted[i].to = field(l, wanted[i].spec, &literal, &twice);
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
	if ((!c->msisdn.s || !number_of(d, c->msisdn, c->number)) && strcmp(c->event, "close") != 0)
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
	struct looking l = {.d = d, .rq = rq, .values = values};
	bool says;
	kept[0] = 0;
	memset(c, 0, sizeof *c);
	c->event = "";
	values->n = values->used = 0;
	bool fits = path_fits(&l, d->path);
	if (!fits && d->close_path[0])
		fits = l.closing = path_fits(&l, d->close_path);
	if (!fits)
		return DIALECT_NOT_MINE;
	/* Before it is proved who calls, a refusal has no form of the provider's. */
	if (!address_allowed(d, rq->peer)) {
		answer_problem(out, 403, NULL);
		return DIALECT_REFUSED;
	}
	if (!is_proved(d, rq)) {
		answer_problem(out, 401, NULL);
		return DIALECT_REFUSED;
	}
	if (!method_allowed(d, rq->method))
		return refuse(d, kept, 405, "another method is wanted", out);
	bool bare = rq->body.len == 0 && !request_header(rq, "Content-Type", NULL).s;
	if (!type_allowed(d, rq) && !bare)
		return refuse(d, kept, 415, "another type of body is wanted", out);
	const char *why = bare && strcmp(d->in, "query") != 0 ? NULL : read_body(d, rq, values);
	if (why)
		return refuse(d, kept, 400, why, out);
	if (any_holds(&l, d->status_if, &says)) {
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
