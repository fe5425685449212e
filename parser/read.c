/* read.c - parser_read: the order in which a text is tried, and when a reading is good enough.
 *
 * A reading is taken when its leftovers are cheap and no other form comes near; else the sender is
 * asked (clarify) or the text goes to a person (unknown).  May call everything below it: scan, slots,
 * choose, forms, configured.
 */
#include "parser/parser.h"
#include <limits.h>
#include <string.h>
#include "parser/choose.h"
#include "parser/configured.h"
#include "parser/doubt.h"
#include "parser/finish.h"
#include "parser/slots.h"

#define LEFT_STRICT (5 * COST) /* what may be left over of a report */
#define LEFT_NOTES (14 * COST) /* ... of one that carries notes */
#define MARGIN (COST / 2)      /* a runner-up nearer than this is asked about */

static bool only_polite(const struct scan *s)
{
	bool any = false;
	for (int i = 0; i < s->ts.n;) {
		int n = scan_is(s, i, C_THANKS, NULL);
		if (!n)
			n = scan_is(s, i, C_GREETING, NULL);
		any |= n > 0;
		if (!n)
			n = scan_is(s, i, C_FILLER, NULL);
		if (!n && any)
			n = scan_is(s, i, C_AND, NULL);
		if (!n)
			return false;
		i += n;
	}
	return any;
}

static void ignore(struct reading *r)
{
	reading_init(r, "ignore");
}

/* For the queue: the words that can be kept. */
static void unknown(struct scan *s, struct reading *r, const char *intent)
{
	static const struct form none = { .flags = FORM_TEXT };
	struct pick p = { .form = &none, .n = 0 };
	reading_init(r, intent);
	for (int i = 0; i < s->ts.n;) {
		const struct unit *u = &s->units[s->first[i]];
		p.p[p.n].u = u;
		p.p[p.n++].used = false;
		i += u->n ? u->n : 1;
	}
	finish_notes(s, &p, r);
	r->confidence = 0;
	if (strcmp(intent, "unknown") == 0)
		reading_set_word(r, "queue", "coordinator");
}

static bool denial(const struct scan *s, const struct unit *u)
{
	/* "5B no 4" is the number; "12 no 13" may be a denial */
	int end = u->at + u->n;
	bool label = u->type == U_CONCEPT && scan_is(s, u->at, C_NUMBER_LABEL, NULL) && end < s->ts.n &&
		     s->ts.t[end].number && (u->at == 0 || !s->ts.t[u->at - 1].number);
	if (label)
		return false;
	return u->type == U_CONCEPT &&
	       (u->concept == C_NOBODY || scan_is(s, u->at, C_NOT, NULL) || scan_is(s, u->at, C_NO, NULL) ||
		scan_is(s, u->at, C_WITHOUT, NULL) || u->concept == C_OTHERWISE);
}

/* A "not" that the form could not place, in front of a word it did use, turns that word round. */
static bool denied(const struct scan *s, const struct pick *p)
{
	bool deny = false;
	for (int i = 0; i < p->n; i++) {
		const struct picked *k = &p->p[i];
		if (!k->used && denial(s, k->u)) {
			deny = true;
			continue;
		}
		int w = k->u->type == U_CONCEPT ? concept_weight((enum concept)k->u->concept) : 3;
		if (deny && k->used && w >= 2 && k->u->type != U_CODE)
			return true;
		if (w > 0 && k->u->type != U_WORD)
			deny = false;
	}
	/* ... and so does one behind it that ends the text: "mberriti .. jo" */
	for (int i = p->n - 1; i > 0; i--) {
		const struct picked *k = &p->p[i];
		bool no = k->u->type == U_CONCEPT && !k->used &&
			  scan_is(s, k->u->at, C_NO, NULL) == k->u->n;
		if (!no && k->u->type == U_CONCEPT && !concept_weight((enum concept)k->u->concept))
			continue;
		return no;
	}
	return false;
}

/* A keyword of another report that a strict form left over: two things were said. */
static bool second_keyword(const struct scan *s, const struct pick *p)
{
	for (int i = 0; i < p->n; i++) {
		const struct unit *u = p->p[i].u;
		if (p->p[i].used || u->type != U_CONCEPT || (u->flags & K_GUESS) ||
		    concept_weight((enum concept)u->concept) == 0)
			continue;
		if (scan_is(s, u->at, C_FILLER, NULL))
			continue; /* "sorry" may be no more than politeness */
		for (int32_t e = s->phrase[u->at].entry; e >= 0; e = s->w->lex.entries[e].next) {
			enum concept c = s->w->lex.entries[e].concept;
			if (concept_group(c) == G_TRIGGER && concept_weight(c) >= 3 && c != C_YES)
				return true;
		}
	}
	return false;
}

/* Unknown words that may hide what was meant: one that is a slip away from words with a meaning; in a text
 * without a keyword, any. */
static bool murky(const struct scan *s, const struct pick *p)
{
	bool tale = p->form->flags & (FORM_TALE | FORM_FREE), guessed = false;
	for (int i = 0; i < p->n; i++)
		guessed |= p->p[i].used && p->p[i].u->type == U_CONCEPT && (p->p[i].u->flags & K_GUESS) &&
			   concept_weight((enum concept)p->p[i].u->concept) >= 4;
	for (int i = 0; i < p->n; i++) {
		const struct unit *u = p->p[i].u;
		const struct token *t = &s->ts.t[u->at];
		if (u->type == U_CODE && !p->p[i].used)
			return true; /* a case is spoken of, and this report cannot say what of it */
		/* a keyword mended from a slip, and then not used; without a keyword, any mended word */
		bool mended = u->type == U_CONCEPT && !p->p[i].used && (u->flags & K_GUESS);
		/* ordinary words, and nothing but a guess that says what of them */
		if (u->type == U_CONCEPT && u->concept == C_COMMON && !tale && (!p->triggered || guessed))
			return true;
		if (mended && !tale && (!p->triggered || concept_weight((enum concept)u->concept) >= 3))
			return true;
		if (u->type != U_WORD || t->number || t->n < 3)
			continue;
		bool head = u->at == s->first_word && p->form->intent != I_CASE_NEW;
		if ((t->flags & TOK_NEAR) && (!tale || head) && !(p->form->flags & FORM_FREE))
			return true;
		if (!tale && !p->triggered && !s->phrase[u->at].n) /* a mark is a word that is known */
			return true;
	}
	return false;
}

/* "a mungon ..", "is 5A 12 absent": asked without the mark. */
static bool interrogative(const struct scan *s)
{
	static const uint8_t after_a[] = { C_ABSENCE, C_FILLER, C_CAME, C_RETURNED, C_ACCEPT, C_DONE };
	int i = s->first_word < 0 || s->first_word > 1 ? 0 : s->first_word;
	if (scan_is(s, 0, C_Q_PARTICLE, NULL) && !scan_glued(s, 1) && s->ts.n > 1 && !s->ts.t[1].number)
		for (unsigned k = 0; k < sizeof(after_a); k++)
			if (scan_is(s, 1, (enum concept)after_a[k], NULL))
				return true;
	/* "a mund", "a e": the particle and what is asked in one */
	if (token_is(&s->ts, 0, "a") && scan_is(s, 0, C_Q_HEAD, NULL) > 1)
		return true;
	return (scan_is(s, 0, C_Q_VERB, NULL) || scan_is(s, i, C_Q_VERB, NULL)) &&
	       !scan_is(s, 1, C_ABSENCE, NULL);
}

/* A question is no report: "A mungon nr 12 ne 5A?" */
static bool asks(const struct scan *s, const struct form *f)
{
	bool report = f->flags & FORM_PRIVATE;
	switch ((int)f->intent) {
	case I_REFERRAL_ACCEPT: case I_REFERRAL_DECLINE: case I_REFERRAL_DONE: case I_REFER: case I_TASK_DONE: case I_CLOSE:
	case I_FOLLOWUP: case I_CASE_AMEND: case I_PROGRESS: case I_REOPEN: case I_ENROL: case I_MERGE: case I_CASE_RISK: case I_UNDO: case I_RETURN_ARRIVED:
		report = true;
		break;
	default:
		break;
	}
	return report && ((s->ts.post & SEP_QUESTION) || interrogative(s));
}

static bool has_word_run(const struct pick *p)
{
	for (int i = 0; i + 1 < p->n; i++)
		if (p->p[i].u->type == U_WORD && p->p[i + 1].u->type == U_WORD)
			return true;
	return pick_first(p, U_NAME) != NULL;
}

/* A number that is not on the roster learns nothing: help, emergencies, lost telephones; all else is a
 * tip from the public, or nothing of ours. */
static void read_stranger(struct scan *s, struct reading *r)
{
	struct choice c;
	choose_form(s, &c);
	/* "help, a child is beaten": more than a question about usage */
	bool concern = false;
	for (int k = C_UNKNOWN + 1; k < C_COUNT; k++)
		concern |= concept_group((enum concept)k) == G_CONCERN && scan_seen(s, (enum concept)k);
	if (c.best >= 0 && forms[c.best].intent == I_HELP && concern) {
		unknown(s, r, "public_tip");
		return;
	}
	/* "femija im humbi": it is no telephone that is lost */
	if (c.best >= 0 && forms[c.best].intent == I_LOST_PHONE && scan_seen(s, C_CHILD_WORD) &&
	    !(s->types & T(PHONE)) && !scan_any(s, C_PHONE_WORD)) {
		unknown(s, r, "public_tip");
		return;
	}
	if (c.best >= 0 && !intent_listed(forms[c.best].intent) && forms[c.best].intent != I_CLARIFY) {
		struct pick p;
		choose_pick(s, c.best, &p);
		reading_init(r, intent_name(forms[c.best].intent));
		p.form->finish(s, &p, r);
		if (!reading_is(r, "public_tip"))
			return;
		unknown(s, r, "public_tip");
		return;
	}
	/* a child is spoken of, or what may be done to one */
	bool tip = (c.best >= 0 && forms[c.best].intent == I_CASE_NEW) || (concern && s->ts.n > 2) ||
		   (scan_seen(s, C_CHILD_WORD) && s->ts.n > 3);
	unknown(s, r, tip ? "public_tip" : "unauthorised");
}

/* "Per info *100#": a code that a telephone dials, in an operator's advertisement. */
static bool dials(const struct scan *s)
{
	for (size_t i = 0; i + 3 < s->len; i++) {
		size_t k = i + 1;
		if (s->text[i] != '*')
			continue;
		while (k < s->len && ((s->text[k] >= '0' && s->text[k] <= '9') || s->text[k] == '*'))
			k++;
		if (k > i + 3 && k < s->len && s->text[k] == '#')
			return !scan_seen(s, C_ABSENCE) && !scan_seen(s, C_CASE);
	}
	return false;
}

static void clarify(struct reading *r, const char *about)
{
	const char *of = strcmp(r->intent, "clarify") == 0 ? r->of : r->intent;
	const char *code = reading_word(r, "case");
	char of_case[READING_WORD] = "";
	if (code)
		memcpy(of_case, code, strlen(code) + 1);
	reading_init(r, "clarify");
	r->about = about;
	r->of = of;
	if (of_case[0]) /* his own, or it would not stand there: for the example */
		reading_set_word(r, "case", of_case);
	r->confidence = 20;
}

static bool same_outcome(struct scan *s, int form, const struct reading *r)
{
	struct reading other;
	struct pick p;
	choose_pick(s, form, &p);
	reading_init(&other, intent_name(forms[form].intent));
	forms[form].finish(s, &p, &other);
	return strcmp(other.intent, r->intent) == 0 && !other.error && !other.about;
}

/* "lyp" and no more: a report of a case, or a word like any other. */
static bool only_concern(const struct scan *s)
{
	int words = 0, concerns = 0;
	for (int i = 0; i < s->ts.n; i += s->phrase[i].n ? s->phrase[i].n : 1) {
		bool concern = false;
		for (int32_t e = s->phrase[i].n ? s->phrase[i].entry : -1; e >= 0; e = s->w->lex.entries[e].next)
			concern |= concept_group(s->w->lex.entries[e].concept) == G_CONCERN;
		concerns += concern;
		words += !scan_is(s, i, C_FILLER, NULL) && !scan_is(s, i, C_GREETING, NULL) && !concern;
	}
	return concerns > 0 && words == 0;
}

static void read_forms(struct scan *s, struct reading *r)
{
	struct choice c;
	struct pick p;
	choose_form(s, &c);
	if (c.best < 0 && (s->types & T(CODE))) {
		reading_init(r, "unknown");
		clarify(r, "meaning");
		return;
	}
	if (c.best < 0 && only_concern(s) && world_allows_intent(s->w, I_CASE_NEW, s->from->role)) {
		reading_init(r, "case_new");
		clarify(r, "new_case");
		return;
	}
	if (c.best < 0) {
		unknown(s, r, "unknown");
		return;
	}
	const struct form *f = &forms[c.best];
	choose_pick(s, c.best, &p);
	bool strict = !(f->flags & FORM_TEXT);
	bool rough = !(f->flags & FORM_FREE) && p.cost > (strict ? LEFT_STRICT : LEFT_NOTES);
	rough |= strict && !(f->flags & FORM_FREE) && second_keyword(s, &p);
	bool subject = s->types & (T(CLASS) | T(CODE)); /* of ours: worth a question */
	if (!p.triggered && rough && !subject && !(f->flags & FORM_PRIVATE && has_word_run(&p))) {
		unknown(s, r, "unknown");
		return;
	}
	reading_init(r, intent_name(f->intent));
	if (!world_allows_intent(s->w, f->intent, s->from->role)) {
		r->error = "not_authorised";
		r->private_found = pick_private(&p) || pick_first(&p, U_SECRET);
		return;
	}
	/* Two reports that differ in effect and cost the same: which one only the sender knows. */
	bool near = c.second >= 0 && c.second_cost - c.best_cost < MARGIN &&
		    world_allows_intent(s->w, forms[c.second].intent, s->from->role);
	f->finish(s, &p, r);
	/* "5A 0 mungesa": no pupil absent and all present are the same */
	if (near && reading_is(r, "all_present") && same_outcome(s, c.second, r))
		near = false;
	int left = c.best_cost / COST * 8;
	r->confidence = (uint8_t)(left > 95 ? 5 : 100 - left);
	if (r->error && strcmp(r->error, "names_not_allowed") == 0)
		return;
	bool priv = r->private_found || r->redacted;
	if (!r->about && (rough || asks(s, f) || (!r->error && murky(s, &p))))
		clarify(r, "meaning");
	else if ((!(f->flags & FORM_FREE) || f->intent == I_LOCK) && denied(s, &p))
		clarify(r, "negation");
	else if (near && !r->about && !r->error &&
		 strcmp(r->intent, intent_name(forms[c.second].intent)) != 0) {
		clarify(r, "intent");
		reading_add_word(r, "either", intent_name(f->intent));
		reading_add_word(r, "either", intent_name(forms[c.second].intent));
	}
	const char *doubt = r->error || r->about ? NULL : doubt_about(s, &p, r);
	if (doubt)
		clarify(r, doubt);
	if (s->marked_up && !r->error && !r->about)
		reading_set_flag(r, "confirm");
	r->private_found |= priv && !r->redacted;
}

/* A PIN must not outlive the reading: where one stands is told whatever the text was read as, so that it
 * can be cut out.  Digits behind the word for it count however many they are. */
static void note_secret(struct reading *r, const struct token *t)
{
	for (int i = 0; i < r->n_secrets; i++) {
		if (r->secrets[i].at == t->off)
			return;
	}
	if (r->n_secrets < READING_SECRETS)
		r->secrets[r->n_secrets++] = (struct reading_secret){ t->off, t->len };
}

static void note_secrets(const struct scan *s, struct reading *r)
{
	if (reading_is(r, "lost_phone") && r->n_secrets)
		return; /* its codeword */
	/* Beside a yes or no its form has told the PIN from the alert's number. */
	bool told = r->n_secrets && (reading_is(r, "confirm_pending") || reading_is(r, "deny_pending"));
	if (!told)
		r->n_secrets = 0;
	for (int i = 0; i < s->n_units && !told; i++) {
		if (s->units[i].type == U_SECRET)
			note_secret(r, &s->ts.t[s->units[i].at]);
	}
	for (int i = 0; scan_any(s, C_PIN) && i < s->ts.n; i++) {
		const struct token *t = &s->ts.t[i];
		if (t->number && t->digits >= 3 && t->digits < 9 && scan_behind_pin(s, i))
			note_secret(r, t);
	}
	r->private_found |= r->n_secrets > 0;
}

/* whole: nothing of the text was cut off. */
static void read_scan(struct scan *s, bool whole, struct reading *out)
{
	scan_text(s);
	if ((s->ts.n == 0 && !s->marked_up) || only_polite(s) || scan_seen(s, C_AUTO) || dials(s)) {
		ignore(out);
		return;
	}
	if (s->from->role != ROLE_NONE && configured_read(s, out)) {
		note_secrets(s, out);
		return;
	}
	slots_find(s);
	if (s->from->role == ROLE_NONE)
		read_stranger(s, out);
	else if (s->full || s->ts.cut || !whole)
		unknown(s, out, "unknown"); /* too much for one report: a person reads it */
	else
		read_forms(s, out);
	note_secrets(s, out);
	if (scan_is(s, 0, C_TEST, NULL))
		out->test = true;
}

void parser_read(const struct world *w, const struct parser_sender *from,
		 const struct parser_clock *clock, const struct parser_context *ctx, const char *text,
		 size_t len, struct reading *out)
{
	struct scan s;
	bool wants_last = false;
	s.w = w;
	s.from = from;
	s.clock = clock;
	s.ctx = ctx;
	s.wants_last = &wants_last;
	s.text = text;
	s.len = len > PARSER_TEXT_MAX ? PARSER_TEXT_MAX : len;
	read_scan(&s, len <= PARSER_TEXT_MAX, out);
	out->wants_last = wants_last;
}
