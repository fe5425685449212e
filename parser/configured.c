/* configured.c - the forms a site defines: the keyword, then values named in any order, by position, glued
 * ("lf10mc20") or mixed.  Every fault of the text is listed; nothing is guessed.  May call field, scan,
 * reading.
 */
#include "parser/configured.h"
#include <stdio.h>
#include <string.h>
#include "parser/field.h"
#include "parser/slots.h"

#define FIRST_WORDS 6

struct fill { /* the state of one form's reading */
	struct scan *s;
	const struct w_form *form;
	struct reading *r;
	bool have[WORLD_FORM_FIELDS];
	int faults;
};

/* Tokens of a keyword at i; glued: the word runs on into a field's label ("sohlf10"), and skip is how
 * many letters of it the keyword takes. */
static int keyword_at(const struct scan *s, int i, const struct w_form *f, size_t *skip)
{
	*skip = 0;
	for (int k = 0; k < f->n_keywords; k++) {
		int n = field_phrase_at(s, i, f->keywords[k]);
		if (n)
			return n;
	}
	const char *t = token_text(&s->ts, i);
	size_t len = s->ts.t[i].n;
	if (s->ts.t[i].number || s->phrase[i].n || !scan_glued(s, i + 1))
		return 0;
	for (int k = 0; k < f->n_keywords; k++) {
		size_t kl = strlen(f->keywords[k]);
		if (kl < 2 || kl >= len || memcmp(t, f->keywords[k], kl) != 0)
			continue;
		for (int d = 0; d < f->n_fields; d++)
			for (int a = 0; a < f->fields[d].n_labels; a++)
				if (strlen(f->fields[d].labels[a]) == len - kl &&
				    memcmp(f->fields[d].labels[a], t + kl, len - kl) == 0) {
					*skip = kl;
					return 1;
				}
	}
	return 0;
}

/* A keyword with a typing slip: only where one form's keyword fits, and no vocabulary word stands. */
static int slipped_keyword(const struct scan *s, int i, const struct w_form **form)
{
	const struct token *t = &s->ts.t[i];
	int limit = t->n < 7 ? 1 : 2;
	*form = NULL;
	if (t->number || t->n < 4 || (s->phrase[i].n && !t->dist))
		return 0;
	for (int f = 0; f < s->w->n_forms; f++)
		for (int k = 0; k < s->w->forms[f].n_keywords; k++) {
			const char *kw = s->w->forms[f].keywords[k];
			if (strlen(kw) < 4 ||
			    lex_distance(token_text(&s->ts, i), t->n, kw, strlen(kw), limit) > limit)
				continue;
			if (*form && *form != &s->w->forms[f]) {
				*form = NULL;
				return 0;
			}
			*form = &s->w->forms[f];
		}
	return *form ? 1 : 0;
}

static bool built_in_trigger(const struct scan *s, int i)
{
	for (int32_t e = s->phrase[i].n ? s->phrase[i].entry : -1; e >= 0; e = s->w->lex.entries[e].next) {
		enum concept c = s->w->lex.entries[e].concept;
		if (concept_group(c) == G_TRIGGER && c != C_TEST && concept_weight(c) >= 4)
			return true;
	}
	return false;
}

static const struct w_form *find_form(const struct scan *s, int *at, int *n, size_t *skip)
{
	for (int pass = 0; pass < 2; pass++)
		for (int i = 0; i < s->ts.n && i < FIRST_WORDS; i++) {
			const struct w_form *slip;
			for (int f = 0; pass == 0 && f < s->w->n_forms; f++)
				if ((*n = keyword_at(s, i, &s->w->forms[f], skip))) {
					*at = i;
					return &s->w->forms[f];
				}
			*skip = 0;
			if (pass == 1 && (*n = slipped_keyword(s, i, &slip))) {
				*at = i;
				return slip;
			}
			if (built_in_trigger(s, i))
				break;
		}
	return NULL;
}

static void fault(struct fill *x, const char *what, const struct w_field *f, const char *suggest)
{
	char both[READING_WORD], hint[READING_WORD];
	snprintf(both, sizeof(both), "%s:%.28s", what, f->name);
	reading_add_word(x->r, "faults", both);
	if (x->faults++)
		return;
	x->r->error = what;
	x->r->error_field = f->name;
	field_hint(f, hint);
	if (*hint)
		reading_set_word(x->r, "hint", hint);
	if (suggest)
		reading_set_word(x->r, "suggest", suggest);
}

/* The field whose label stands at i (the longest wins), and its tokens. */
static int label_at(const struct fill *x, int i, size_t skip, int *tokens)
{
	int best = -1;
	*tokens = 0;
	for (int d = 0; d < x->form->n_fields; d++)
		for (int a = 0; a < x->form->fields[d].n_labels; a++) {
			const char *l = x->form->fields[d].labels[a];
			const struct token *t = &x->s->ts.t[i];
			int n = 0;
			if (!skip)
				n = field_phrase_at(x->s, i, l);
			else if (strlen(l) == t->n - skip &&
				 memcmp(l, token_text(&x->s->ts, i) + skip, t->n - skip) == 0)
				n = 1;
			if (n > *tokens) {
				*tokens = n;
				best = d;
			}
		}
	return best;
}

/* The one field whose label a mistyped word probably was. */
static const struct w_field *near_label(const struct fill *x, int i, const char **label)
{
	const struct token *t = &x->s->ts.t[i];
	const struct w_field *found = NULL;
	int limit = t->n < 7 ? 1 : 2;
	if (t->number || t->n < 3)
		return NULL;
	for (int d = 0; d < x->form->n_fields; d++)
		for (int a = 0; a < x->form->fields[d].n_labels; a++) {
			const char *l = x->form->fields[d].labels[a];
			if (strlen(l) < 3 ||
			    lex_distance(token_text(&x->s->ts, i), t->n, l, strlen(l), limit) > limit)
				continue;
			if (found && found != &x->form->fields[d])
				return NULL;
			found = &x->form->fields[d];
			*label = l;
		}
	return found;
}

static void store(struct fill *x, int d, const struct field_value *v)
{
	const struct w_field *f = &x->form->fields[d];
	x->have[d] = true;
	if (v->confirm)
		reading_set_flag(x->r, "confirm");
	if (v->fault != FIELD_OK) {
		fault(x, v->fault == FIELD_RANGE ? "range" : v->fault == FIELD_AMBIGUOUS ? "ambiguous" : "bad", f,
		      v->suggest);
		return;
	}
	switch (f->type) {
	case F_INTEGER: case F_AGE:
		reading_set_int(x->r, f->name, v->num);
		break;
	case F_DECIMAL:
		reading_set_decimal(x->r, f->name, v->num);
		break;
	case F_YESNO:
		reading_set_flag(x->r, f->name);
		for (unsigned i = 0; i < x->r->n_values; i++)
			if (x->r->values[i].field == f->name)
				x->r->values[i].num = v->num;
		break;
	case F_CHOICES:
		for (int i = 0; i < v->n_words; i++)
			reading_add_word(x->r, f->name, v->words[i]);
		break;
	case F_PHONE:
		x->r->private_found = true;
		reading_set_word(x->r, f->name, v->word);
		break;
	case F_TEXT:
		reading_set_note(x->r, f->name, v->word);
		break;
	case F_CHOICE: case F_DATE: case F_TIME: case F_CLASS: case F_ZONE: case F_SCHOOL:
	case F_CASE: case F_SEX:
		reading_set_word(x->r, f->name, v->word);
		break;
	}
}

/* First token from i on where a label or another report stands: a text ends there. */
static int text_end(const struct fill *x, int i)
{
	int n;
	size_t skip;
	for (int k = i; k < x->s->ts.n; k++) {
		if (k > i && label_at(x, k, 0, &n) >= 0)
			return k;
		for (int f = 0; k > i && f < x->s->w->n_forms; f++)
			if (keyword_at(x->s, k, &x->s->w->forms[f], &skip))
				return k;
	}
	return x->s->ts.n;
}

/* A value without a label belongs to the next open field in order; optional ones that it does not fit
 * are passed over. */
static int positional(struct fill *x, int i)
{
	struct field_value v;
	int first = -1;
	for (int d = 0; d < x->form->n_fields; d++) {
		if (x->have[d])
			continue;
		if (first < 0)
			first = d;
		field_read(x->s, x->form, &x->form->fields[d], i, text_end(x, i), &v);
		if (v.fault != FIELD_NONE) {
			store(x, d, &v);
			return v.tokens;
		}
		if (x->form->fields[d].required && !x->form->fields[d].fallback[0])
			break;
	}
	const char *label = NULL;
	const struct w_field *f = near_label(x, i, &label);
	if (f) {
		fault(x, "bad", f, label);
		x->have[f - x->form->fields] = true;
		/* its value goes with it */
		return i + 1 < x->s->ts.n && x->s->ts.t[i + 1].number ? 2 : 1;
	}
	if (first >= 0) {
		fault(x, "bad", &x->form->fields[first], NULL);
		x->have[first] = true;
	} else if (x->form->n_fields) {
		/* more values than fields: which was meant is not ours to choose */
		fault(x, "ambiguous", &x->form->fields[x->form->n_fields - 1], NULL);
	}
	return 1;
}

static int named(struct fill *x, int i, int d, int label)
{
	struct field_value v;
	if (x->have[d]) {
		fault(x, "ambiguous", &x->form->fields[d], NULL);
		field_read(x->s, x->form, &x->form->fields[d], i + label, text_end(x, i + label), &v);
		return label + v.tokens;
	}
	field_read(x->s, x->form, &x->form->fields[d], i + label, text_end(x, i + label), &v);
	if (v.fault == FIELD_NONE) {
		v.fault = FIELD_BAD;
		int n;
		/* the next label is not the value */
		v.tokens = i + label < x->s->ts.n && label_at(x, i + label, 0, &n) < 0 ? 1 : 0;
	}
	store(x, d, &v);
	return label + v.tokens;
}

static bool politeness(const struct scan *s, int i, int *n)
{
	*n = scan_is(s, i, C_THANKS, NULL);
	if (!*n)
		*n = scan_is(s, i, C_GREETING, NULL);
	if (!*n && !scan_glued(s, i + 1)) /* the letter of a case's code is the word for "and" elsewhere */
		*n = scan_is(s, i, C_AND, NULL);
	return *n > 0;
}

static void fallbacks(struct fill *x)
{
	char missing[READING_WORD] = "";
	for (int d = 0; d < x->form->n_fields; d++) {
		const struct w_field *f = &x->form->fields[d];
		if (x->have[d])
			continue;
		if (f->fallback[0]) {
			int64_t n = 0;
			const char *c = f->fallback;
			bool minus = *c == '-', number = true;
			for (c += minus; *c && number; c++) {
				number = *c >= '0' && *c <= '9' && n < 100000000;
				n = n * 10 + (*c - '0');
			}
			if (number && (f->type == F_INTEGER || f->type == F_AGE))
				reading_set_int(x->r, f->name, minus ? -n : n);
			else
				reading_set_word(x->r, f->name, f->fallback);
			continue;
		}
		if (!f->required)
			continue;
		fault(x, "missing", f, NULL);
		size_t at = strlen(missing);
		if (at + strlen(f->name) + 3 >= sizeof(missing))
			continue;
		memcpy(missing + at, ", ", at ? 2 : 0);
		memcpy(missing + at + (at ? 2 : 0), f->name, strlen(f->name) + 1);
	}
	if (missing[0])
		reading_set_word(x->r, "fields", missing);
}

static void read_values(struct fill *x, int i, size_t skip)
{
	struct scan *s = x->s;
	while (i < s->ts.n) {
		int label, n, d = label_at(x, i, skip, &label);
		size_t ignored;
		if (d >= 0) {
			i += named(x, i, d, label);
			skip = 0;
			continue;
		}
		skip = 0;
		for (int f = 0; f < s->w->n_forms; f++)
			if (keyword_at(s, i, &s->w->forms[f], &ignored)) {
				x->r->rest = s->ts.t[i].off; /* another report begins */
				return;
			}
		/* politeness at the end, unless a text field is still open to it */
		if (politeness(s, i, &n) && (i + n >= s->ts.n || scan_is(s, i, C_AND, NULL))) {
			i += n;
			continue;
		}
		n = positional(x, i);
		i += n > 0 ? n : 1;
	}
}

/* A name, a number or an address anywhere in the text, used by a field or not: then the raw text must go. */
static bool holds_private(struct scan *s)
{
	bool found = false;
	for (int i = 0; i < s->ts.n && !found; i++)
		found = private_named(s, i) || private_units(s, i);
	s->n_units = 0;
	s->types = 0;
	return found;
}

bool configured_read(struct scan *s, struct reading *r)
{
	int at, n;
	size_t skip;
	if (s->w->n_forms == 0)
		return false;
	const struct w_form *form = find_form(s, &at, &n, &skip);
	if (!form)
		return false;
	reading_init(r, form->intent);
	r->test = scan_is(s, 0, C_TEST, NULL) > 0;
	if (!(form->roles >> s->from->role & 1)) {
		r->error = "not_authorised";
		r->private_found = holds_private(s);
		return true;
	}
	struct fill x = { .s = s, .form = form, .r = r };
	read_values(&x, skip ? at : at + n, skip);
	fallbacks(&x);
	r->private_found |= holds_private(s);
	r->confidence = x.faults ? 30 : 95;
	return true;
}
