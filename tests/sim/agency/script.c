/* script.c - what the simulated agency answers: rules with a count are used up first, in the order
 * they came; then the standing rule; then 200 {"ok":true}.  Calls libc only.
 */
#include "tests/sim/agency/agency.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[] = {"answer", "close_before", "close_after", "half_headers",
				    "endless"};

const char *rule_name(enum rule_kind kind)
{
	return names[kind];
}

bool next_word(char **p, char **name, char **value)
{
	char *s = *p + strspn(*p, " \t");
	if (*s == '\0')
		return false;
	*name = s;
	*value = NULL;
	s += strcspn(s, " \t=");
	if (*s == '=') {
		*s++ = '\0';
		char quote = *s == '\'' || *s == '"' ? *s++ : '\0';
		*value = s;
		char *end = quote ? strchr(s, quote) : s + strcspn(s, " \t");
		s = end ? end : s + strlen(s);
	}
	if (*s != '\0')
		*s++ = '\0';
	*p = s;
	return true;
}

static bool number(const char *text, long low, long high, long *out)
{
	char *end;
	errno = 0;
	long n = text ? strtol(text, &end, 10) : 0;
	if (!text || *text == '\0' || *end != '\0' || errno || n < low || n > high)
		return false;
	*out = n;
	return true;
}

static bool text(char *out, size_t max, const char *value)
{
	size_t n = value ? strlen(value) : max;
	if (n >= max)
		return false;
	memcpy(out, value, n + 1);
	return true;
}

static bool option(struct rule *r, const char *name, const char *value)
{
	long status;
	if (strcmp(name, "count") == 0)
		return number(value, 1, 1000000, &r->count);
	if (strcmp(name, "delay") == 0)
		return number(value, 0, 600000, &r->delay_ms);
	if (strcmp(name, "retry_after") == 0)
		return text(r->retry_after, sizeof r->retry_after, value);
	if (strcmp(name, "location") == 0)
		return text(r->location, sizeof r->location, value);
	if (strcmp(name, "body") == 0)
		return text(r->body, sizeof r->body, value);
	if (strcmp(name, "path") == 0)
		return text(r->path, sizeof r->path, value);
	if (strcmp(name, "type") == 0)
		return text(r->type, sizeof r->type, value);
	if (strcmp(name, "status") == 0 && number(value, 200, 599, &status)) {
		r->status = (unsigned)status;
		return true;
	}
	return false;
}

static int kind_of(const char *command, struct rule *r)
{
	if (strcmp(command, "redirect") == 0) {
		r->status = 302;
		return RULE_ANSWER;
	}
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strcmp(command, names[i]) == 0)
			return (int)i;
	return -1;
}

/* A new standing rule takes the place of the old one for the same path. */
static const char *insert(struct agency *a, const struct rule *r)
{
	unsigned at = a->n_rules;
	for (unsigned i = 0; r->count < 0 && i < a->n_rules; i++)
		if (a->rule[i].count < 0 && strcmp(a->rule[i].path, r->path) == 0)
			at = i;
	if (at == RULES_MAX)
		return "too many rules";
	a->rule[at] = *r;
	if (at == a->n_rules)
		a->n_rules++;
	return "";
}

const char *rule_add(struct agency *a, const char *command, char *words)
{
	struct rule r = {.status = 200, .count = -1, .type = "application/json"};
	char *name, *value;
	long status;
	int kind = kind_of(command, &r);
	if (kind < 0)
		return "unknown command";
	r.kind = (enum rule_kind)kind;
	if (strcmp(command, "answer") == 0) {
		if (!next_word(&words, &name, &value) || value || !number(name, 200, 599, &status))
			return "answer STATUS ...";
		r.status = (unsigned)status;
	} else if (strcmp(command, "redirect") == 0) {
		if (!next_word(&words, &name, &value) || value ||
		    !text(r.location, sizeof r.location, name))
			return "redirect LOCATION ...";
	}
	while (next_word(&words, &name, &value))
		if (!value || !option(&r, name, value))
			return "unknown option or value out of range";
	pthread_mutex_lock(&a->lock);
	const char *fault = insert(a, &r);
	pthread_mutex_unlock(&a->lock);
	return fault;
}

void rule_reset(struct agency *a)
{
	pthread_mutex_lock(&a->lock);
	a->n_rules = 0;
	pthread_mutex_unlock(&a->lock);
}

static bool applies(const struct rule *r, bool before, const char *path)
{
	if ((r->kind == RULE_CLOSE_BEFORE) != before)
		return false;
	if (r->path[0] == '\0')
		return true;
	return path && strncmp(path, r->path, strlen(r->path)) == 0;
}

static void use_up(struct agency *a, unsigned i)
{
	if (a->rule[i].count < 0 || --a->rule[i].count > 0)
		return;
	a->n_rules--;
	memmove(&a->rule[i], &a->rule[i + 1], (a->n_rules - i) * sizeof a->rule[0]);
}

/* A fault before reading waits its turn: it acts only when no answer was queued ahead of it. */
bool rule_pick(struct agency *a, bool before, const char *path, struct rule *out)
{
	bool found = false;
	*out = (struct rule){
	    .status = 200, .count = -1, .type = "application/json", .body = "{\"ok\":true}"};
	pthread_mutex_lock(&a->lock);
	for (int standing = 0; standing < 2 && !found; standing++)
		for (unsigned i = 0; i < a->n_rules; i++) {
			if ((a->rule[i].count < 0) != (standing == 1))
				continue;
			if (!applies(&a->rule[i], before, path)) {
				if (before && !standing)
					goto out;
				continue;
			}
			*out = a->rule[i];
			use_up(a, i);
			found = true;
			break;
		}
out:
	pthread_mutex_unlock(&a->lock);
	return found;
}
