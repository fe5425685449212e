/* answer_body.c - see answer_body.h. */
#include "gateway/outbox/answer_body.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NUMBER_MAX 999999999

static const struct form {
	const char *type, *member, *what;
	char kind, letter; /* letter: of "R88"; 0: a plain number */
} forms[] = {
	{ "alert.ack", "alert", "ack", 'a', 0 },
	{ "alert.done", "alert", "done", 'a', 0 },
	{ "referral.accept", "referral", "accept", 'r', 'R' },
	{ "referral.decline", "referral", "decline", 'r', 'R' },
	{ "referral.done", "referral", "done", 'r', 'R' },
	{ "task.done", "task", "done", 't', 'T' },
};

/* 31, "31" or "R88". */
static int64_t number_of(const json_t *v, char letter)
{
	if (json_is_integer(v))
		return json_integer_value(v);
	const char *s = json_string_value(v);
	if (!s)
		return 0;
	if (letter && (s[0] == letter || s[0] == letter + ('a' - 'A')))
		s++;
	size_t n = strspn(s, "0123456789");
	return n == 0 || n > 9 || s[n] ? 0 : strtoll(s, NULL, 10);
}

/* A refusal's reason is a word of a list; anything else could be a name. */
static void reason_of(const json_t *v, char out[32])
{
	const char *s = json_string_value(v);

	out[0] = '\0';
	if (s && strlen(s) < 32 && s[strspn(s, "abcdefghijklmnopqrstuvwxyz_")] == '\0')
		snprintf(out, 32, "%s", s);
}

static const char *take(const json_t *root, struct answer_body *out)
{
	const char *type = json_string_value(json_object_get(root, "type"));
	const json_t *data = json_object_get(root, "data");

	if (!type || !json_is_object(data))
		return "the body wants \"type\" and \"data\"";
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if (strcmp(forms[i].type, type) != 0)
			continue;
		out->kind = forms[i].kind;
		snprintf(out->what, sizeof(out->what), "%s", forms[i].what);
		out->number = number_of(json_object_get(data, forms[i].member), forms[i].letter);
		reason_of(json_object_get(data, "reason"), out->reason);
		return out->number > 0 && out->number <= NUMBER_MAX
			       ? NULL
			       : "\"data\" does not say what is answered";
	}
	return "an unknown \"type\": alert.ack, alert.done, referral.accept, referral.decline, "
	       "referral.done, task.done";
}

const char *answer_body_read(const void *body, size_t len, struct answer_body *out)
{
	memset(out, 0, sizeof(*out));
	json_t *root = json_loadb(body, len, JSON_REJECT_DUPLICATES, NULL);
	const char *why = json_is_object(root) ? take(root, out) : "the body is not a JSON object";

	json_decref(root);
	return why;
}
