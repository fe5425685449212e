/* field.c - see field.h.  May call scan, slots' recognisers, msisdn. */
#include "parser/field.h"
#include <stdio.h>
#include <string.h>
#include "parser/calendar.h"
#include "parser/slots.h"

int field_phrase_at(const struct scan *s, int i, const char *phrase)
{
	int n = 0;
	while (*phrase) {
		if (i + n >= s->ts.n)
			return 0;
		const struct token *t = &s->ts.t[i + n];
		if (n && *phrase == ' ') {
			phrase++;
			if (t->flags & TOK_GLUED)
				return 0;
		}
		if (strncmp(phrase, token_text(&s->ts, i + n), t->n) != 0)
			return 0;
		phrase += t->n;
		n++;
		if (*phrase && *phrase != ' ' && !(i + n < s->ts.n && (s->ts.t[i + n].flags & TOK_GLUED)))
			return 0;
	}
	return n;
}

static char before(const struct scan *s, int i, int back)
{
	int at = s->ts.t[i].off - back;
	return at >= 0 ? s->text[at] : ' ';
}

/* A minus is a sign where a blank or '=' stands before it; directly behind a word it may be a
 * separator, and is refused. */
static enum field_fault sign(const struct scan *s, int i, bool *minus)
{
	*minus = false;
	if (before(s, i, 1) != '-')
		return FIELD_OK;
	if (strchr(" =:,;", before(s, i, 2))) {
		*minus = true;
		return FIELD_OK;
	}
	return FIELD_AMBIGUOUS;
}

static bool ranged(const struct w_field *f, int64_t num, int64_t scale)
{
	return (!f->has_min || num >= f->min * scale) && (!f->has_max || num <= f->max * scale);
}

static bool fraction_follows(const struct scan *s, const struct w_form *form, int i)
{
	if (i + 1 >= s->ts.n || !s->ts.t[i + 1].number)
		return false;
	return scan_tight(s, i + 1, SEP_DOT) ||
	       (scan_tight(s, i + 1, SEP_COMMA) && !strchr(form->separators, ','));
}

static void read_integer(struct scan *s, const struct w_form *form, const struct w_field *f, int i,
			 struct field_value *v)
{
	int32_t n;
	unsigned flags;
	bool minus;
	int k = scan_number(s, i, &n, &flags);
	if (!k)
		return;
	v->fault = sign(s, i, &minus);
	v->tokens = k;
	/* the first of a positional "10,20" is 10; "2.5" is no whole number */
	if (s->ts.t[i].number && fraction_follows(s, form, i) && scan_tight(s, i + 1, SEP_DOT)) {
		v->fault = FIELD_BAD;
		v->tokens = 2;
		return;
	}
	v->num = minus ? -(int64_t)n : n;
	v->confirm = flags & K_FIXED;
	if (v->fault == FIELD_OK && !ranged(f, v->num, 1))
		v->fault = FIELD_RANGE;
}

static void read_decimal(struct scan *s, const struct w_form *form, const struct w_field *f, int i,
			 struct field_value *v)
{
	const struct token *t = &s->ts.t[i];
	bool minus;
	if (!t->number || (t->flags & TOK_HUGE))
		return;
	v->fault = sign(s, i, &minus);
	v->tokens = 1;
	v->num = (int64_t)t->num * 1000;
	v->confirm = t->flags & TOK_FIXED;
	if (fraction_follows(s, form, i)) {
		const struct token *d = &s->ts.t[i + 1];
		int64_t scale = d->digits == 1 ? 100 : d->digits == 2 ? 10 : 1;
		v->tokens = 2;
		if (d->digits > 3)
			v->fault = FIELD_BAD;
		v->num += d->num * scale;
	}
	if (minus)
		v->num = -v->num;
	if (v->fault == FIELD_OK && !ranged(f, v->num, 1000))
		v->fault = FIELD_RANGE;
}

static const struct w_choice *choice_at(const struct scan *s, const struct w_field *f, int i, int *n)
{
	const struct w_choice *best = NULL;
	*n = 0;
	for (int c = 0; c < f->n_choices; c++) {
		int k = field_phrase_at(s, i, f->choices[c].name);
		if (k > *n) {
			*n = k;
			best = &f->choices[c];
		}
	}
	return best;
}

/* The one choice a mistyped word probably was. */
static const char *near_choice(const struct scan *s, const struct w_field *f, int i)
{
	size_t n = s->ts.t[i].n;
	const char *found = NULL;
	if (n < 4)
		return NULL;
	for (int c = 0; c < f->n_choices; c++) {
		const char *name = f->choices[c].name;
		if (lex_distance(token_text(&s->ts, i), n, name, strlen(name), n < 7 ? 1 : 2) > (n < 7 ? 1 : 2))
			continue;
		if (found && strcmp(found, f->choices[c].code) != 0)
			return NULL;
		found = f->choices[c].code;
	}
	return found;
}

static void read_choice(struct scan *s, const struct w_field *f, int i, struct field_value *v)
{
	int n;
	const struct w_choice *c = choice_at(s, f, i, &n);
	if (c) {
		v->fault = FIELD_OK;
		v->tokens = n;
		snprintf(v->word, sizeof(v->word), "%s", c->code);
	} else if ((v->suggest = near_choice(s, f, i))) {
		v->fault = FIELD_BAD;
		v->tokens = 1;
	}
}

static void read_choices(struct scan *s, const struct w_field *f, int i, int end, struct field_value *v)
{
	int n, k = i;
	while (k < end && v->n_words < 16) {
		const struct w_choice *c = choice_at(s, f, k, &n);
		if (!c && v->n_words && scan_is(s, k, C_AND, NULL)) {
			k += scan_is(s, k, C_AND, NULL);
			continue;
		}
		if (!c)
			break;
		bool twice = false;
		for (int w = 0; w < v->n_words; w++)
			twice |= strcmp(v->words[w], c->code) == 0;
		if (!twice)
			v->words[v->n_words++] = c->code;
		k += n;
	}
	if (v->n_words) {
		v->fault = FIELD_OK;
		v->tokens = k - i;
	} else if ((v->suggest = near_choice(s, f, i))) {
		v->fault = FIELD_BAD;
		v->tokens = 1;
	}
}

static void read_yesno(struct scan *s, int i, struct field_value *v)
{
	int yes = scan_is(s, i, C_YES, NULL), no = yes ? 0 : scan_is(s, i, C_NO, NULL);
	const struct token *t = &s->ts.t[i];
	if (!yes && !no && t->number && t->digits == 1 && t->num <= 1) {
		yes = t->num == 1;
		no = !yes;
	} else if (!yes && !no && scan_is(s, i, C_NO_LETTER, NULL)) {
		no = 1;
	} else if (!yes && !no && scan_is(s, i, C_YES_LETTER, NULL)) {
		yes = 1;
	}
	if (yes || no) {
		v->fault = FIELD_OK;
		v->tokens = yes ? yes : no;
		v->num = yes != 0;
	}
}

static void read_time(struct scan *s, int i, struct field_value *v)
{
	const struct token *t = &s->ts.t[i];
	int h, m = 0, n = 1;
	if (!t->number || t->digits > 4)
		return;
	if (i + 1 < s->ts.n && s->ts.t[i + 1].number && s->ts.t[i + 1].digits == 2 &&
	    (scan_tight(s, i + 1, SEP_COLON) || scan_tight(s, i + 1, SEP_DOT))) {
		h = (int)t->num;
		m = (int)s->ts.t[i + 1].num;
		n = 2;
	} else if (t->digits >= 3) {
		h = (int)t->num / 100;
		m = (int)t->num % 100;
	} else {
		h = (int)t->num;
	}
	v->tokens = n;
	v->fault = h <= 23 && m <= 59 ? FIELD_OK : FIELD_BAD;
	snprintf(v->word, sizeof(v->word), "%02d:%02d", h % 100, m % 100);
}

/* Units of a recogniser at i; they are taken back, only the first of a wanted type is kept. */
static bool unit_at(struct scan *s, int i, uint32_t types, struct unit *out)
{
	int from = s->n_units;
	uint32_t seen = s->types;
	bool found = false;
	if (!private_units(s, i) && !code_units(s, i)) {
		class_units(s, i);
		date_units(s, i);
		people_units(s, i);
		ref_units(s, i);
	}
	for (int k = from; k < s->n_units; k++)
		if ((types >> s->units[k].type & 1) && (!found || s->units[k].n > out->n)) {
			*out = s->units[k];
			found = true;
		}
	s->n_units = from;
	s->types = seen;
	s->full = false;
	return found;
}

static void read_date(struct scan *s, int i, struct field_value *v)
{
	struct unit u;
	if (!unit_at(s, i, T(DATE), &u))
		return;
	v->tokens = u.n;
	v->fault = u.flags & K_BAD ? FIELD_BAD : u.flags & (K_SPAN | K_US) ? FIELD_AMBIGUOUS : FIELD_OK;
	v->confirm = u.flags & K_WEEKDAY;
	day_to_iso(u.a, v->word);
}

static void read_class(struct scan *s, int i, struct field_value *v)
{
	struct unit u;
	if (!unit_at(s, i, T(CLASS) | T(GRADE), &u))
		return;
	v->tokens = u.n;
	v->fault = u.type == U_CLASS && u.c >= 0 ? FIELD_OK : FIELD_BAD;
	class_format(u.a, u.b, v->word);
}

static void read_place(struct scan *s, int i, bool zone, struct field_value *v)
{
	struct unit u;
	const struct w_code *c;
	const struct token *t = &s->ts.t[i];
	char code[WORLD_CODE];
	if (unit_at(s, i, zone ? T(ZONE) : T(SCHOOL), &u)) {
		v->tokens = u.n;
		v->fault = u.a >= 0 ? FIELD_OK : FIELD_BAD;
		if (u.a >= 0)
			snprintf(v->word, sizeof(v->word), "%s",
				 zone ? s->w->zones[u.a] : s->w->schools[u.a].id);
		return;
	}
	/* a bare number in a field of that type */
	int n = t->number ? snprintf(code, sizeof(code), "%s%d", zone ? "z" : "sh", (int)t->num) : 0;
	c = n > 0 && n < WORLD_CODE ? world_find_code(s->w, code, (size_t)n) : NULL;
	if (c && c->kind == (zone ? W_ZONE : W_SCHOOL)) {
		v->tokens = 1;
		v->fault = FIELD_OK;
		v->confirm = true;
		snprintf(v->word, sizeof(v->word), "%s",
			 zone ? s->w->zones[c->index] : s->w->schools[c->index].id);
	}
}

static void read_code(struct scan *s, int i, struct field_value *v)
{
	struct unit u;
	if (!unit_at(s, i, T(CODE) | T(BAD_CODE), &u))
		return;
	v->tokens = u.n;
	v->fault = u.type == U_CODE ? FIELD_OK : FIELD_BAD;
	if (u.type == U_CODE)
		snprintf(v->word, sizeof(v->word), "%s", s->codes[u.a]);
	s->n_codes = 0;
}

static void read_phone(struct scan *s, int i, struct field_value *v)
{
	struct unit u;
	char number[MSISDN_MAX];
	if (!unit_at(s, i, T(PHONE), &u))
		return;
	const struct token *a = &s->ts.t[u.at], *b = &s->ts.t[u.at + u.n - 1];
	size_t from = a->off - (a->pre & SEP_PLUS ? 1u : 0u), to = (size_t)b->off + b->len;
	v->tokens = u.n;
	v->fault = msisdn_normalise(&s->w->plan, s->text + from, to - from, number) == MSISDN_OK ?
			   FIELD_OK : FIELD_BAD;
	if (v->fault == FIELD_OK)
		snprintf(v->word, sizeof(v->word), "%s", number);
}

static void read_person(struct scan *s, const struct w_field *f, int i, struct field_value *v)
{
	struct unit u;
	int32_t n;
	unsigned flags;
	int k;
	if (f->type == F_SEX) {
		if (!unit_at(s, i, T(SEX), &u))
			return;
		v->tokens = u.n;
		v->fault = FIELD_OK;
		snprintf(v->word, sizeof(v->word), "%c", u.a == 'M' ? 'M' : 'F');
		return;
	}
	k = scan_number(s, i, &n, &flags);
	if (!k)
		return;
	v->num = n;
	v->tokens = k + scan_is(s, i + k, C_AGE_WORD, NULL);
	v->confirm = flags & K_FIXED;
	v->fault = n <= 120 && ranged(f, n, 1) ? FIELD_OK : FIELD_RANGE;
}

/* Free text as it was typed, up to the next field; what is private is cut out. */
static void read_text(struct scan *s, const struct w_form *form, int i, int end, struct field_value *v)
{
	size_t at = 0;
	int k = i;
	v->word[0] = 0;
	while (k < end) {
		const struct token *t = &s->ts.t[k];
		bool stop = false;
		if (k > i)
			for (const char *c = form->separators; *c; c++)
				stop |= *c != ' ' && memchr(s->text + s->ts.t[k - 1].off + s->ts.t[k - 1].len, *c,
					       (size_t)(t->off - s->ts.t[k - 1].off - s->ts.t[k - 1].len)) != NULL;
		if (stop)
			break;
		int n = private_units(s, k);
		bool name = !n && (private_named(s, k) || scan_is(s, k - 1, C_NAME_CUE, NULL));
		const char *piece = n || name ? "***" : s->text + t->off;
		size_t len = n || name ? 3 : t->len;
		bool gap = at && !(t->flags & TOK_GLUED);
		if (at + len + gap < sizeof(v->word)) {
			if (gap)
				v->word[at++] = ' ';
			memcpy(v->word + at, piece, len);
			at += len;
			v->word[at] = 0;
		}
		v->confirm |= n || name;
		k += n ? n : 1;
	}
	s->n_units = 0;
	s->types = 0;
	v->tokens = k - i;
	v->fault = k > i ? FIELD_OK : FIELD_NONE;
}

void field_read(struct scan *s, const struct w_form *form, const struct w_field *f, int i, int end,
		struct field_value *v)
{
	*v = (struct field_value){ .fault = FIELD_NONE };
	if (i >= end)
		return;
	switch (f->type) {
	case F_INTEGER: read_integer(s, form, f, i, v); break;
	case F_DECIMAL: read_decimal(s, form, f, i, v); break;
	case F_CHOICE: read_choice(s, f, i, v); break;
	case F_CHOICES: read_choices(s, f, i, end, v); break;
	case F_YESNO: read_yesno(s, i, v); break;
	case F_DATE: read_date(s, i, v); break;
	case F_TIME: read_time(s, i, v); break;
	case F_TEXT: read_text(s, form, i, end, v); break;
	case F_PHONE: read_phone(s, i, v); break;
	case F_CLASS: read_class(s, i, v); break;
	case F_ZONE: read_place(s, i, true, v); break;
	case F_SCHOOL: read_place(s, i, false, v); break;
	case F_CASE: read_code(s, i, v); break;
	case F_AGE: case F_SEX: read_person(s, f, i, v); break;
	}
}

void field_hint(const struct w_field *f, char out[READING_WORD])
{
	out[0] = 0;
	if (f->type == F_CHOICE || f->type == F_CHOICES) {
		const char *last = "";
		for (int c = 0; c < f->n_choices; c++) {
			size_t at = strlen(out);
			if (strcmp(last, f->choices[c].code) == 0 ||
			    at + strlen(f->choices[c].code) + 3 > READING_WORD)
				continue;
			last = f->choices[c].code;
			memcpy(out + at, ", ", at ? 2 : 0);
			memcpy(out + at + (at ? 2 : 0), last, strlen(last) + 1);
		}
	} else if (f->has_min && f->has_max) {
		snprintf(out, READING_WORD, "%lld-%lld", (long long)f->min, (long long)f->max);
	} else if (f->has_min) {
		snprintf(out, READING_WORD, ">= %lld", (long long)f->min);
	} else if (f->has_max) {
		snprintf(out, READING_WORD, "<= %lld", (long long)f->max);
	} else {
		static const char *const sample[] = {
			[F_INTEGER] = "12", [F_DECIMAL] = "2.5", [F_CHOICE] = "", [F_CHOICES] = "",
			[F_YESNO] = "PO, JO", [F_DATE] = "16.11", [F_TIME] = "10:30", [F_TEXT] = "abc",
			[F_PHONE] = "06x", [F_CLASS] = "5A", [F_ZONE] = "Z4", [F_SCHOOL] = "SH1",
			[F_CASE] = "-", [F_AGE] = "0-120", [F_SEX] = "M, F",
		};
		snprintf(out, READING_WORD, "%s", sample[f->type]);
	}
}
