/* finish.c - what the finishing functions share.  May call scan, reading, calendar, codes. */
#include "parser/finish.h"
#include <string.h>
#include "parser/calendar.h"

void finish_fail(struct reading *r, const char *error)
{
	if (!r->error && !r->about)
		r->error = error;
}

void finish_clarify(struct reading *r, const char *about)
{
	if (r->error)
		return;
	if (strcmp(r->intent, "clarify") != 0)
		r->of = r->intent;
	r->intent = "clarify";
	if (!r->about)
		r->about = about;
}

void finish_bool(struct reading *r, const char *field, bool value)
{
	if (!reading_set_flag(r, field) || value)
		return;
	for (unsigned i = 0; i < r->n_values; i++)
		if (strcmp(r->values[i].field, field) == 0)
			r->values[i].num = 0;
}

const struct unit *pick_first(const struct pick *p, enum unit_type type)
{
	for (int i = 0; i < p->n; i++)
		if (p->p[i].u->type == type)
			return p->p[i].u;
	return NULL;
}

const struct unit *pick_concept(const struct pick *p, enum concept c)
{
	for (int i = 0; i < p->n; i++)
		if (p->p[i].u->type == U_CONCEPT && p->p[i].u->concept == c)
			return p->p[i].u;
	return NULL;
}

int pick_count(const struct pick *p, enum unit_type type)
{
	int n = 0;
	for (int i = 0; i < p->n; i++)
		n += p->p[i].u->type == type;
	return n;
}

void add_once(struct reading *r, const char *field, const char *word)
{
	if (!reading_lists(r, field, word))
		reading_add_word(r, field, word);
}

void add_number_once(struct reading *r, const char *field, int32_t n)
{
	const struct reading_item *it;
	size_t k = reading_list(r, field, &it);
	for (size_t i = 0; i < k; i++)
		if (it[i].num == n)
			return;
	reading_add_int(r, field, n);
}

const char *unit_agency(const struct scan *s, const struct unit *u)
{
	return u->b ? s->w->agencies[u->a] : s->w->values[u->a];
}

static bool owned(const struct scan *s, const char *code)
{
	if (!s->ctx || !s->ctx->has_owned)
		return true;
	for (unsigned i = 0; i < s->ctx->n_owned && i < 64; i++)
		if (strcmp(s->ctx->owned[i], code) == 0)
			return true;
	return false;
}

void finish_case(struct scan *s, const struct pick *p, struct reading *r, bool required)
{
	const struct unit *u = pick_first(p, U_CODE);
	if (pick_first(p, U_BAD_CODE)) {
		finish_fail(r, "bad_case_code");
		return;
	}
	/* two cases where one is meant: neither is taken */
	for (int i = 0; u && i < p->n; i++)
		if (p->p[i].u->type == U_CODE && strcmp(s->codes[p->p[i].u->a], s->codes[u->a]) != 0) {
			add_once(r, "either", s->codes[u->a]);
			add_once(r, "either", s->codes[p->p[i].u->a]);
			finish_clarify(r, "case");
		}
	if (u) {
		const char *code = s->codes[u->a];
		if (!owned(s, code))
			finish_fail(r, "not_found_or_no_access");
		else
			reading_set_word(r, "case", code);
	} else if (s->ctx && s->ctx->case_code[0]) {
		reading_set_word(r, "case", s->ctx->case_code);
		reading_set_flag(r, "confirm");
	} else if (required) {
		finish_fail(r, "missing_case");
	}
}

/* A secret is never copied: only what the store says it was. */
void finish_auth(struct scan *s, const struct pick *p, struct reading *r)
{
	if (pick_first(p, U_SECRET))
		r->private_found = true;
	int secret = s->ctx ? (int)s->ctx->secret : SECRET_NONE;
	switch (secret) {
	case SECRET_PIN:
		reading_set_flag(r, "authenticated");
		break;
	case SECRET_DURESS:
		reading_set_flag(r, "duress");
		reading_set_word(r, "notify", "duty_silent");
		break;
	case SECRET_WRONG:
		finish_fail(r, "bad_pin");
		reading_set_flag(r, "auth_required");
		break;
	default:
		reading_set_flag(r, "auth_required");
	}
}

bool finish_coming_day(struct scan *s, const struct pick *p, struct reading *r, const char *field)
{
	const struct unit *u = pick_first(p, U_DATE);
	char iso[11];
	if (!u)
		return false;
	int32_t day = u->flags & K_WEEKDAY ? u->c : u->b;
	if ((u->flags & K_BACK) && !(u->flags & K_BAD))
		day = u->b;
	if (u->flags & (K_US | K_VAGUE)) {
		finish_clarify(r, "date");
		return true;
	}
	if ((u->flags & K_BAD) || day < s->today) {
		finish_fail(r, "bad_date");
		return true;
	}
	/* "javen tjeter": by its last working day */
	while ((u->flags & K_SPAN) && day_weekday(day) > 5 && day > s->today + 1)
		day--;
	day_to_iso(day, iso);
	reading_set_word(r, field, iso);
	if (u->flags & (K_WEEKDAY | K_SPAN))
		reading_set_flag(r, "confirm");
	return true;
}

bool pick_private(const struct pick *p)
{
	return pick_first(p, U_NAME) || pick_first(p, U_PHONE) || pick_first(p, U_NATIONAL_ID) ||
	       pick_first(p, U_ADDRESS);
}

static void put_text(struct reading *r, const char *s, size_t n)
{
	if (r->text_len + n + 2 > READING_TEXT)
		return;
	if (r->text_len)
		r->text[r->text_len++] = ' ';
	memcpy(r->text + r->text_len, s, n);
	r->text_len = (uint16_t)(r->text_len + n);
	r->text[r->text_len] = 0;
}

/* A word as the vocabulary spells it.  What was only taken for one by its likeness may be a name: as a
 * filler it tells nothing and stays out. */
static void put_word(const struct scan *s, int i, const struct unit *u, struct reading *r)
{
	const struct token *t = &s->ts.t[i];
	const struct lexicon *l = &s->w->lex;
	if (scan_is(s, i, C_GIVEN_NAME, NULL))
		put_text(r, "***", 3);
	else if (!t->dist || t->word < 0)
		put_text(r, token_text(&s->ts, i), t->n);
	else if (u->type == U_CONCEPT && concept_weight(u->concept) < 2)
		put_text(r, "..", 2);
	else
		put_text(r, l->text + l->words[t->word].at, l->words[t->word].n);
}

/* Words that must never stand in a message reach nobody by a note either, known as each of them may be. */
static void blot_forbidden(const struct world *w, struct reading *r)
{
	for (int i = 0; i < w->n_forbidden; i++)
		for (char *f = r->text; (f = strstr(f, w->forbidden[i])) != NULL; r->redacted = true) {
			size_t n = strlen(w->forbidden[i]);
			memset(f, '*', n);
			f += n;
		}
}

/* Notes keep only words that a vocabulary knows and short numbers: a name in small letters looks like
 * any other unknown word, so unknown words stay out ("..").  The sealed raw text keeps them for a
 * person unless something private was found. */
void finish_notes(struct scan *s, const struct pick *p, struct reading *r)
{
	for (int i = 0; i < p->n; i++) {
		const struct unit *u = p->p[i].u;
		switch (u->type) {
		case U_NAME: case U_PHONE: case U_NATIONAL_ID: case U_ADDRESS:
			r->redacted = true;
			put_text(r, "***", 3);
			break;
		case U_WORD:
			put_text(r, "..", 2);
			break;
		case U_SECRET:
			break;
		default:
			for (int k = u->at; k < u->at + u->n; k++) {
				const struct token *t = &s->ts.t[k];
				if (t->number && t->digits > 4)
					put_text(r, "***", 3);
				else
					put_word(s, k, u, r);
			}
		}
	}
	blot_forbidden(s->w, r);
	if (r->redacted)
		reading_set_flag(r, "redacted");
}
