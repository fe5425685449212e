/* sheet_lint.c - what is unwise in the forms a site made: things that load, and then are read wrongly or
 * cannot be typed.  May call world, lexicon, messages, gsm7.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "parser/gsm7.h"
#include "parser/messages.h"
#include "parser/sheet_int.h"

#define SLIP_MIN 4 /* shorter words are never taken for a typing slip of a built-in word */

struct lint {
	const struct sheet *sh;
	const struct w_form *f;
	sheet_finding_fn *finding;
	void *arg;
	int n;
};

__attribute__((format(printf, 3, 4)))
static void find(struct lint *x, const char *field, const char *fmt, ...)
{
	char what[240];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	x->finding(x->arg, x->f->intent + 5, field, what);
	x->n++;
}

static bool near(const char *a, const char *b, size_t nb)
{
	size_t na = strlen(a);
	if (na > LEX_LONGEST || nb > LEX_LONGEST)
		return na == nb && memcmp(a, b, nb) == 0;
	return lex_distance(a, na, b, nb, 1) <= 1;
}

/* ---- keywords ---- */

static void keyword_and_forms(struct lint *x, const char *kw)
{
	for (const struct w_form *o = x->sh->w->forms; o < x->f; o++)
		for (int k = 0; k < o->n_keywords; k++)
			if (near(kw, o->keywords[k], strlen(o->keywords[k])))
				find(x, "keywords", "\"%s\" is one letter from \"%s\" of form %s; take a word that a "
				     "slip cannot turn into the other", kw, o->keywords[k], o->intent + 5);
}

static void keyword_and_words(struct lint *x, const char *kw)
{
	const struct lexicon *l = &x->sh->w->lex;
	for (uint32_t i = 0; i < l->n_words; i++) {
		const struct lex_word *w = &l->words[i];
		const char *s = l->text + w->at;
		if (w->node < 0 || l->nodes[w->node].entry < 0 || w->n < SLIP_MIN)
			continue;
		bool same = strlen(kw) == w->n && memcmp(kw, s, w->n) == 0;
		if (same)
			find(x, "keywords", "\"%s\" is a word of the vocabularies (%s); take another", kw,
			     concept_name(l->entries[l->nodes[w->node].entry].concept));
		else if (!w->exact && near(kw, s, w->n))
			find(x, "keywords", "\"%s\" is one letter from \"%.*s\" of the vocabularies (%s); take "
			     "another", kw, (int)w->n, s,
			     concept_name(l->entries[l->nodes[w->node].entry].concept));
	}
}

static void keywords(struct lint *x)
{
	for (int k = 0; k < x->f->n_keywords; k++) {
		const char *kw = x->f->keywords[k];
		if (gsm7_count(kw, strlen(kw)) < 0)
			find(x, "keywords", "\"%s\" has a letter that a simple telephone cannot type; write it in "
			     "plain letters", kw);
		keyword_and_forms(x, kw);
		keyword_and_words(x, kw);
	}
}

/* ---- fields ---- */

static void order(struct lint *x)
{
	const struct w_field *open = NULL;
	for (int d = 0; d < x->f->n_fields; d++) {
		const struct w_field *f = &x->f->fields[d];
		bool last = d + 1 == x->f->n_fields;
		if (f->type == F_TEXT && !last && !x->f->separators[0])
			find(x, f->name, "a free text takes in what follows it; make it the last field, or give the "
			     "form separators");
		if (!f->required || f->fallback[0])
			open = open ? open : f;
		else if (open)
			find(x, f->name, "is required but stands after %s, which may be left out: a value without a "
			     "label goes to %s first; put required fields first", open->name, open->name);
		if (f->type == F_INTEGER && !(f->has_min && f->has_max))
			find(x, f->name, "has no %s: a slip of a digit is not noticed; give it min and max",
			     f->has_min ? "max" : f->has_max ? "min" : "range");
	}
}

static void label_and_choices(struct lint *x, const struct w_field *f, const char *label)
{
	for (int d = 0; d < x->f->n_fields; d++) {
		const struct w_field *o = &x->f->fields[d];
		for (int c = 0; o != f && c < o->n_choices; c++)
			if (strcmp(label, o->choices[c].name) == 0)
				find(x, f->name, "label \"%s\" is also a choice of %s; rename one", label, o->name);
	}
}

static void label_and_labels(struct lint *x, const struct w_field *f, const char *label)
{
	for (const struct w_field *o = x->f->fields; o < f; o++)
		for (int b = 0; b < o->n_labels; b++) {
			size_t n = strlen(o->labels[b]);
			if (strcmp(label, o->labels[b]) == 0)
				find(x, f->name, "label \"%s\" is also one of %s; rename one", label, o->name);
			/* single letters are told apart by their key, not by their spelling */
			else if (strlen(label) + n > 2 && near(label, o->labels[b], n))
				find(x, f->name, "label \"%s\" is one letter from \"%s\" of %s; rename one", label,
				     o->labels[b], o->name);
		}
}

static void labels(struct lint *x)
{
	for (int d = 0; d < x->f->n_fields; d++)
		for (int a = 0; a < x->f->fields[d].n_labels; a++) {
			label_and_choices(x, &x->f->fields[d], x->f->fields[d].labels[a]);
			label_and_labels(x, &x->f->fields[d], x->f->fields[d].labels[a]);
		}
}

static void choices_of(struct lint *x, const struct w_field *f)
{
	for (int a = 0; a < f->n_choices; a++)
		for (int b = 0; b < a; b++)
			if (strcmp(f->choices[a].name, f->choices[b].name) == 0 &&
			    strcmp(f->choices[a].code, f->choices[b].code) != 0)
				find(x, f->name, "\"%s\" stands for %s and for %s; keep it in one", f->choices[a].name,
				     f->choices[b].code, f->choices[a].code);
}

/* An earlier field that may be left out takes a value that was meant for the later one. */
static void choices_across(struct lint *x, const struct w_field *f)
{
	for (const struct w_field *o = x->f->fields; o < f; o++)
		for (int a = 0; (!o->required || o->fallback[0]) && a < f->n_choices; a++)
			for (int b = 0; b < o->n_choices; b++)
				if (strcmp(f->choices[a].name, o->choices[b].name) == 0)
					find(x, f->name, "\"%s\" is also a choice of %s, which may be left out and takes it "
					     "first; rename one", f->choices[a].name, o->name);
}

/* ---- replies ---- */

/* What a reply to a configured form always fills, and what only a field of that name does. */
static bool filled(const struct w_form *f, const char *name)
{
	static const char always[] = " class own size day days pupils entries replace n of case cases alert referral "
				     "task previous date due zone place risk police emergency child trafficking "
				     "field fields values range word form ";
	char padded[28];
	snprintf(padded, sizeof(padded), " %s ", name);
	if (*name && strstr(always, padded))
		return true;
	for (int d = 0; d < f->n_fields; d++)
		if (strcmp(f->fields[d].name, name) == 0)
			return strcmp(name, "school") == 0 || strcmp(name, "agency") == 0;
	return false;
}

/* Length of text at its longest fill in septets; -1: a placeholder nobody fills. */
static long longest(const struct w_form *f, const char *text, char name[24])
{
	char plain[1024];
	size_t at = 0;
	for (const char *p = text; *p; p++) {
		size_t n = strcspn(p, "}");
		int fill;
		if (*p != '{') {
			if (at + 1 < sizeof(plain))
				plain[at++] = *p;
			continue;
		}
		snprintf(name, 24, "%.*s", (int)(n > 22 ? 22 : n) - 1, p + 1);
		fill = p[n] && filled(f, name) ? message_longest(name) : -1;
		if (fill < 0)
			return -1;
		for (int k = 0; k < fill && at + 1 < sizeof(plain); k++)
			plain[at++] = 'x';
		p += n;
	}
	return gsm7_count(plain, at);
}

static void replies(struct lint *x)
{
	static const char *const field[2] = { "reply.sq", "reply.en" };
	char name[24];
	for (int l = 0; l < 2; l++) {
		const char *text = x->f->reply[l];
		long n = text ? longest(x->f, text, name) : 0;
		if (n < 0)
			find(x, field[l], "nothing fills {%s}, and the reply would not be sent; take it out", name);
		else if (n > MESSAGE_MAX)
			find(x, field[l], "is %ld septets at its longest and would not be sent: %d fit one SMS; "
			     "shorten it", n, MESSAGE_MAX);
	}
	if (x->f->reply[1] && !x->f->reply[0])
		find(x, field[0], "is empty while reply.en is not, so neither is used; write both");
}

int sheet_lint(const struct sheet *sh, sheet_finding_fn *finding, void *arg)
{
	int n = 0;
	for (int i = 0; i < sh->w->n_forms; i++) {
		struct lint x = { .sh = sh, .f = &sh->w->forms[i], .finding = finding, .arg = arg };
		if (!(x.f->roles & ~(1u << ROLE_NONE)))
			find(&x, "roles", "no role may send it; name one or remove the form");
		keywords(&x);
		order(&x);
		labels(&x);
		for (int d = 0; d < x.f->n_fields; d++) {
			choices_of(&x, &x.f->fields[d]);
			choices_across(&x, &x.f->fields[d]);
		}
		replies(&x);
		n += x.n;
	}
	return n;
}
