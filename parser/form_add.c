/* form_add.c - taking a configured form into the world: every label and choice folded, every fault named.
 * May call world, messages and libc. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "parser/gsm7.h"
#include "parser/messages.h"
#include "parser/world_int.h"

static const char *const types[] = {
	[F_INTEGER] = "integer", [F_DECIMAL] = "decimal", [F_CHOICE] = "choice", [F_CHOICES] = "choices",
	[F_YESNO] = "yesno", [F_DATE] = "date", [F_TIME] = "time", [F_TEXT] = "text", [F_PHONE] = "phone",
	[F_CLASS] = "class", [F_ZONE] = "zone", [F_SCHOOL] = "school", [F_CASE] = "case", [F_AGE] = "age",
	[F_SEX] = "sex",
};

/* Next piece of a list up to one of stops; false at the end.  Blanks around it are cut. */
static bool piece(const char **p, const char *stops, const char **s, size_t *n)
{
	*p += strspn(*p, " ");
	if (!**p)
		return false;
	*n = strcspn(*p, stops);
	*s = *p;
	*p += *n + ((*p)[*n] != 0);
	while (*n && (*s)[*n - 1] == ' ')
		--*n;
	return true;
}

static int count(const char *list, char c)
{
	int n = 1;
	for (; *list; list++)
		n += *list == c;
	return n;
}

static bool fold_piece(struct world *w, const char *s, size_t n, char out[READING_WORD_MAX])
{
	char raw[READING_WORD_MAX];
	if (n == 0 || n >= sizeof(raw))
		return false;
	memcpy(raw, s, n);
	raw[n] = 0;
	return world_fold(w, raw, out, READING_WORD_MAX) && *out;
}

/* A comma-separated list, folded, after an optional first entry. */
static int add_list(struct world *w, const char *form, const char *first, const char *list,
		    char (**out)[READING_WORD_MAX], uint16_t *n)
{
	char (*a)[READING_WORD_MAX] = calloc((size_t)count(list, ',') + 1, sizeof(*a));
	const char *p = list, *s;
	size_t len;
	*out = a;
	if (!a)
		return world_fail(w, WORLD_NOMEM, "out of memory");
	if (first && !fold_piece(w, first, strlen(first), a[(*n)++]))
		return world_fail(w, WORLD_BAD, "form %s: \"%s\" is too long", form, first);
	while (piece(&p, ",", &s, &len))
		if (!fold_piece(w, s, len, a[(*n)++]))
			return world_fail(w, WORLD_BAD, "form %s: \"%.*s\" is empty or too long", form,
					  (int)len, s);
	return WORLD_OK;
}

static int add_choices(struct world *w, const char *form, const char *list, struct w_field *f)
{
	const char *p = list, *s;
	size_t len;
	f->choices = calloc((size_t)count(list, ',') + (size_t)count(list, ';') * 2, sizeof(*f->choices));
	if (!f->choices)
		return world_fail(w, WORLD_NOMEM, "out of memory");
	while (piece(&p, ";", &s, &len)) {
		const char *eq = memchr(s, '=', len);
		size_t code = eq ? (size_t)(eq - s) : len;
		while (code && s[code - 1] == ' ')
			code--;
		struct w_choice *c = &f->choices[f->n_choices];
		if (code == 0 || code >= READING_WORD_MAX || !fold_piece(w, s, code, c->name))
			return world_fail(w, WORLD_BAD, "form %s field %s: choice \"%.*s\"", form, f->name,
					  (int)len, s);
		memcpy(c->code, s, code);
		f->n_choices++;
		const char *q = eq ? eq + 1 : s + len, *alias, *end = s + len;
		size_t n;
		while (q < end && piece(&q, ",;", &alias, &n)) {
			struct w_choice *a = &f->choices[f->n_choices];
			if (!fold_piece(w, alias, n, a->name))
				return world_fail(w, WORLD_BAD, "form %s field %s: alias \"%.*s\"", form,
						  f->name, (int)n, alias);
			memcpy(a->code, c->code, sizeof(a->code));
			f->n_choices++;
		}
	}
	return f->n_choices ? WORLD_OK :
			      world_fail(w, WORLD_BAD, "form %s field %s: no choices", form, f->name);
}

static int add_field(struct world *w, const char *form, const struct world_field *in, struct w_field *f)
{
	int type = -1, rc;
	for (int t = 0; t < (int)(sizeof(types) / sizeof(types[0])); t++)
		if (strcmp(types[t], in->type) == 0)
			type = t;
	if (type < 0)
		return world_fail(w, WORLD_BAD, "form %s field %s: unknown type \"%s\"", form, in->name, in->type);
	if (!*in->name || strlen(in->name) >= 20)
		return world_fail(w, WORLD_BAD, "form %s: a field name has 1 to 19 letters", form);
	f->type = (enum field_type)type;
	snprintf(f->name, sizeof(f->name), "%s", in->name);
	f->required = in->required;
	f->has_min = in->has_min;
	f->has_max = in->has_max;
	f->min = in->min;
	f->max = in->max;
	if (f->has_min && f->has_max && f->min > f->max)
		return world_fail(w, WORLD_BAD, "form %s field %s: min is above max", form, in->name);
	if (in->fallback && strlen(in->fallback) >= sizeof(f->fallback))
		return world_fail(w, WORLD_BAD, "form %s field %s: default is too long", form, in->name);
	if (in->fallback)
		snprintf(f->fallback, sizeof(f->fallback), "%s", in->fallback);
	rc = add_list(w, form, in->name, in->labels ? in->labels : "", &f->labels, &f->n_labels);
	if (rc == WORLD_OK && (f->type == F_CHOICE || f->type == F_CHOICES))
		rc = add_choices(w, form, in->choices ? in->choices : "", f);
	return rc;
}

static int check_keywords(struct world *w, const struct w_form *f)
{
	for (int o = 0; o + 1 < w->n_forms; o++)
		for (int a = 0; a < w->forms[o].n_keywords; a++)
			for (int b = 0; b < f->n_keywords; b++)
				if (strcmp(w->forms[o].keywords[a], f->keywords[b]) == 0)
					return world_fail(w, WORLD_BAD, "form %s: keyword \"%s\" is form %s's",
							  f->intent + 5, f->keywords[b],
							  w->forms[o].intent + 5);
	return WORLD_OK;
}

static int add_reply(struct world *w, const char *form, const char *text, char **out)
{
	if (!text || !*text)
		return WORLD_OK;
	char folded[640];
	long n = gsm7_count(text, strlen(text));
	if (n < 0 || n > MESSAGE_MAX || !world_fold(w, text, folded, sizeof(folded)))
		return world_fail(w, WORLD_BAD, "form %s: a reply is GSM-7 and at most %d septets", form,
				  MESSAGE_MAX);
	for (int i = 0; i < w->n_forbidden; i++)
		if (strstr(folded, w->forbidden[i]))
			return world_fail(w, WORLD_BAD, "form %s: the reply holds a forbidden word", form);
	*out = strdup(text);
	return *out ? WORLD_OK : world_fail(w, WORLD_NOMEM, "out of memory");
}

int world_add_form(struct world *w, const struct world_form *in)
{
	if (!*in->name || strlen(in->name) > 20)
		return world_fail(w, WORLD_BAD, "form name \"%s\": 1 to 20 letters", in->name);
	if (in->n_fields > WORLD_FORM_FIELDS)
		return world_fail(w, WORLD_BAD, "form %s: at most %d fields", in->name, WORLD_FORM_FIELDS);
	if (in->separators && strlen(in->separators) >= sizeof(((struct w_form *)0)->separators))
		return world_fail(w, WORLD_BAD, "form %s: too many separators", in->name);
	for (int i = 0; i < w->n_forms; i++)
		if (strcmp(w->forms[i].intent + 5, in->name) == 0)
			return world_fail(w, WORLD_BAD, "form %s is named twice", in->name);
	struct w_form *f = world_slot(w, (void **)&w->forms, &w->n_forms, &w->cap_forms, sizeof(*f));
	if (!f)
		return WORLD_NOMEM;
	snprintf(f->intent, sizeof(f->intent), "form:%s", in->name);
	snprintf(f->separators, sizeof(f->separators), "%s", in->separators ? in->separators : "");
	f->roles = in->roles;
	int rc = add_list(w, in->name, NULL, in->keywords, &f->keywords, &f->n_keywords);
	if (rc == WORLD_OK && f->n_keywords == 0)
		rc = world_fail(w, WORLD_BAD, "form %s has no keyword", in->name);
	if (rc == WORLD_OK)
		rc = check_keywords(w, f);
	f->fields = calloc(in->n_fields + 1, sizeof(*f->fields));
	if (!f->fields)
		return world_fail(w, WORLD_NOMEM, "out of memory");
	for (size_t i = 0; rc == WORLD_OK && i < in->n_fields; i++) {
		f->n_fields++;
		rc = add_field(w, in->name, &in->fields[i], &f->fields[i]);
	}
	if (rc == WORLD_OK)
		rc = add_reply(w, in->name, in->reply_sq, &f->reply[0]);
	if (rc == WORLD_OK)
		rc = add_reply(w, in->name, in->reply_en, &f->reply[1]);
	return rc;
}
