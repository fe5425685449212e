/* request.c - see request.h. */
#include "gateway/edge/request.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static struct edge_str find(const struct edge_pair *p, size_t n, const char *name, bool fold, bool *twice)
{
	struct edge_str found = {NULL, 0};
	size_t len = strlen(name);
	bool again = false;
	for (size_t i = 0; i < n; i++) {
		if (p[i].name.len != len || (fold ? strncasecmp(p[i].name.s, name, len) != 0
						  : memcmp(p[i].name.s, name, len) != 0))
			continue;
		again |= found.s != NULL;
		if (!found.s)
			found = p[i].value.s ? p[i].value : (struct edge_str){"", 0};
	}
	if (twice)
		*twice = again;
	return found;
}

struct edge_str request_arg(const struct edge_request *rq, const char *name, bool *twice)
{
	return find(rq->arg, rq->n_args, name, false, twice);
}

struct edge_str request_header(const struct edge_request *rq, const char *name, bool *twice)
{
	return find(rq->header, rq->n_headers, name, true, twice);
}

bool edge_is(struct edge_str v, const char *s)
{
	size_t n = strlen(s);
	return v.s && v.len == n && memcmp(v.s, s, n) == 0;
}

bool request_type_is(const struct edge_request *rq, const char *type)
{
	bool twice;
	struct edge_str v = request_header(rq, "Content-Type", &twice);
	size_t n = 0;
	if (!v.s || twice)
		return false;
	while (n < v.len && v.s[n] != ';' && v.s[n] != ' ' && v.s[n] != '\t')
		n++;
	return n == strlen(type) && strncasecmp(v.s, type, n) == 0;
}

static bool all_digits(struct edge_str v)
{
	for (size_t i = 0; i < v.len; i++)
		if (v.s[i] < '0' || v.s[i] > '9')
			return false;
	return v.len > 0;
}

const char *request_ambiguous(const struct edge_request *rq)
{
	bool two_lengths, two_codings;
	struct edge_str length = request_header(rq, "Content-Length", &two_lengths);
	struct edge_str coding = request_header(rq, "Transfer-Encoding", &two_codings);
	if (two_lengths || two_codings)
		return "a length is given twice";
	if (length.s && coding.s)
		return "a length beside a transfer coding";
	if (length.s && !all_digits(length))
		return "a length that is no number";
	if (coding.s && !(coding.len == 7 && strncasecmp(coding.s, "chunked", 7) == 0))
		return "a transfer coding other than chunked";
	return NULL;
}

/* ---- answers ---- */

bool answer_text(struct edge_answer *a, unsigned status, const char *type, const char *text)
{
	size_t n = strlen(text);
	if (n >= sizeof a->body)
		return false;
	a->status = status;
	a->type = type;
	memcpy(a->body, text, n + 1);
	a->len = n;
	return true;
}

static const char *title(unsigned status)
{
	static const struct {
		unsigned status;
		const char *title;
	} names[] = {
	    {400, "Bad Request"},       {401, "Unauthorized"},          {403, "Forbidden"},
	    {404, "Not Found"},         {405, "Method Not Allowed"},    {408, "Request Timeout"},
	    {409, "Conflict"},          {410, "Gone"},                  {411, "Length Required"},
	    {413, "Content Too Large"}, {415, "Unsupported Media Type"}, {422, "Unprocessable Content"},
	    {429, "Too Many Requests"}, {503, "Service Unavailable"},
	};
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (names[i].status == status)
			return names[i].title;
	return "Error";
}

void answer_problem(struct edge_answer *a, unsigned status, const char *detail)
{
	char safe[256];
	size_t n = 0;
	/* Our own words only; a quote or control octet in them would be a mistake, not an attack. */
	for (const char *p = detail ? detail : ""; *p && n < sizeof safe - 1; p++)
		safe[n++] = *p == '"' || *p == '\\' || (unsigned char)*p < ' ' ? '\'' : *p;
	safe[n] = '\0';
	int len = n ? snprintf(a->body, sizeof a->body,
			       "{\"title\":\"%s\",\"status\":%u,\"detail\":\"%s\"}\n", title(status),
			       status, safe)
		    : snprintf(a->body, sizeof a->body, "{\"title\":\"%s\",\"status\":%u}\n",
			       title(status), status);
	a->status = status;
	a->type = "application/problem+json";
	a->len = len > 0 ? (size_t)len : 0;
}

bool answer_header(struct edge_answer *a, const char *name, const char *value)
{
	if (a->n_headers == EDGE_HEADERS_MAX || strpbrk(value, "\r\n"))
		return false;
	int n = snprintf(a->header[a->n_headers], sizeof a->header[0], "%s: %s", name, value);
	if (n < 0 || (size_t)n >= sizeof a->header[0])
		return false;
	a->n_headers++;
	return true;
}

bool edge_same_secret(struct edge_str given, const char *secret)
{
	size_t n = strlen(secret);
	volatile unsigned char diff = given.s && given.len == n && n > 0 ? 0 : 1;
	/* As many steps for every guess of any length: the secret is walked whole. */
	for (size_t i = 0; i < n; i++)
		diff |= (unsigned char)((given.s && given.len > 0 ? given.s[i % given.len] : 0) ^ secret[i]);
	return diff == 0;
}
