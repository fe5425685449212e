/* gate.c - see gate.h. */
#include "gateway/edge/gate.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define MSISDN_DIGITS_MIN 5
#define MSISDN_DIGITS_MAX 15 /* E.164 */

/* ---- a block out of its frame ---- */

char *gate_text(const struct wire_pairs *p, const char *name)
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

#define TEXTS(X) X(name) X(path) X(in) X(auth) X(auth_name) X(auth_user) X(secret) X(methods) X(addresses) X(list)

bool gate_open(struct gate *g, const struct wire_pairs *p)
{
	bool whole = true;
#define X(f) whole = (g->f = gate_text(p, #f)) != NULL && whole;
	TEXTS(X)
#undef X
	g->fold_names = wire_find_num(p, "fold_names", 0) != 0;
	return whole && g->name[0] && g->path[0];
}

void gate_close(struct gate *g)
{
	if (g->secret)
		explicit_bzero(g->secret, strlen(g->secret));
#define X(f) free(g->f);
	TEXTS(X)
#undef X
	memset(g, 0, sizeof *g);
}

bool gate_line(const char **p, struct edge_str *out)
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

static void keep_capture(struct gate_look *l, struct edge_str name, struct edge_str value)
{
	if (l->n_captures == GATE_CAPTURES || name.len >= sizeof l->capture[0].name)
		return;
	struct gate_capture *c = &l->capture[l->n_captures++];
	memcpy(c->name, name.s, name.len);
	c->name[name.len] = '\0';
	c->value = value;
}

/* All of it is walked whatever was found, and the secret is compared in a time of its own length. */
bool gate_fits(struct gate_look *l, const char *pattern)
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
			fits &= edge_same_secret(got, l->g->secret);
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

static bool address_allowed(const struct gate *g, const char *peer)
{
	const char *p = g->addresses;
	struct edge_str network;
	bool any = false;
	while (gate_line(&p, &network)) {
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

static bool query_is(const struct gate *g, const struct edge_request *rq)
{
	char user[64];
	bool twice, ok = true;
	size_t n = strcspn(g->auth_user, "=");
	if (g->auth_user[n] == '=' && n < sizeof user) {
		memcpy(user, g->auth_user, n);
		user[n] = '\0';
		ok = edge_is(request_arg(rq, user, NULL), g->auth_user + n + 1);
	}
	struct edge_str v = request_arg(rq, g->auth_name, &twice);
	return edge_same_secret(v, g->secret) && ok && !twice;
}

static bool is_proved(const struct gate *g, const struct edge_request *rq)
{
	char plain[200], coded[300];
	if (strcmp(g->auth, "query") == 0)
		return query_is(g, rq);
	if (strcmp(g->auth, "header") == 0)
		return header_is(rq, g->auth_name, "", g->secret);
	if (strcmp(g->auth, "bearer") == 0)
		return header_is(rq, "Authorization", "Bearer ", g->secret) ||
		       header_is(rq, "Authorization", "Token ", g->secret);
	if (strcmp(g->auth, "basic") == 0) {
		int n = snprintf(plain, sizeof plain, "%s:%s", g->auth_user, g->secret);
		bool ok = n > 0 && (size_t)n < sizeof plain && base64(plain, (size_t)n, coded) &&
			  header_is(rq, "Authorization", "Basic ", coded);
		explicit_bzero(plain, sizeof plain);
		explicit_bzero(coded, sizeof coded);
		return ok;
	}
	return true; /* the path proved it, or its address */
}

static bool method_allowed(const struct gate *g, const char *method)
{
	const char *p = g->methods;
	struct edge_str m;
	while (gate_line(&p, &m))
		if (strlen(method) == m.len && memcmp(method, m.s, m.len) == 0)
			return true;
	return false;
}

/* ---- fields ---- */

static bool type_allowed(const struct gate *g, const struct edge_request *rq)
{
	if (strcmp(g->in, "form") == 0)
		return request_type_is(rq, "application/x-www-form-urlencoded");
	if (strcmp(g->in, "json") == 0)
		return request_type_is(rq, "application/json");
	if (strcmp(g->in, "xml") == 0)
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

static const char *read_body(const struct gate *g, const struct edge_request *rq, struct values *out)
{
	if (strcmp(g->in, "form") == 0)
		return form_read(rq->body, out);
	if (strcmp(g->in, "json") == 0)
		return json_read(rq->body, out);
	if (strcmp(g->in, "xml") == 0)
		return xml_read(rq->body, out);
	return from_query(rq, out);
}

/* "sessionId", "path:session", "header:X-Id", "query:id". */
struct edge_str gate_field(const struct gate_look *l, const char *spec, bool *literal, bool *twice)
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
	return values_get(l->values, spec, l->g->fold_names, literal, twice);
}

/* "FIELD=VALUE", "FIELD^=BEGINNING"; *says: the value of some condition is not empty. */
static bool holds(const struct gate_look *l, struct edge_str cond, bool *says)
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
	struct edge_str v = gate_field(l, spec, &literal, &twice);
	if (!v.s || twice)
		return false;
	return (begins ? v.len >= want : v.len == want) && strncasecmp(v.s, eq + 1, want) == 0;
}

bool gate_any(const struct gate_look *l, const char *list, bool *says)
{
	struct edge_str cond;
	bool found = false;
	*says = false;
	while (gate_line(&list, &cond))
		found |= holds(l, cond, says);
	return found;
}

/* ---- the caller's number ---- */

/* One form: + and digits where it says its country, else digits as they came.  A + that was not written
 * as %2B arrives as a blank. */
bool gate_number(const char *form, struct edge_str v, char out[24])
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
	if (plus || (strcmp(form, "digits") == 0 && *first != '0'))
		out[n++] = '+';
	memcpy(out + n, first, digits);
	out[n + digits] = '\0';
	return true;
}

/* ---- one request ---- */

unsigned gate_proved(const struct gate *g, const struct edge_request *rq)
{
	if (!address_allowed(g, rq->peer))
		return 403;
	return is_proved(g, rq) ? 0 : 401;
}

unsigned gate_take(struct gate_look *l, const char **why)
{
	const struct gate *g = l->g;
	*why = "another method is wanted";
	if (!method_allowed(g, l->rq->method))
		return 405;
	bool bare = l->rq->body.len == 0 && !request_header(l->rq, "Content-Type", NULL).s;
	*why = "another type of body is wanted";
	if (!type_allowed(g, l->rq) && !bare)
		return 415;
	if (g->list[0])
		*why = json_list_open(l->rq->body, g->list, &l->list);
	else
		*why = bare && strcmp(g->in, "query") != 0 ? NULL : read_body(g, l->rq, l->values);
	return *why ? 400 : 0;
}

bool gate_next(struct gate_look *l, const char **why)
{
	return json_list_next(&l->list, l->values, why);
}

void gate_done(struct gate_look *l)
{
	json_list_close(&l->list);
}
