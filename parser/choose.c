/* choose.c - reads the text by each form that could be meant, as a shortest path over its units, and
 * compares what that costs.  May call scan, forms, concepts. */
#include "parser/choose.h"
#include <limits.h>
#include <string.h>

/* What it costs to leave a unit unexplained: high for what would change the meaning. */
static const uint8_t left_cost[U_TYPES] = {
	[U_WORD] = 3, [U_NAME] = 3, [U_NUMBER] = 6, [U_RANGE] = 8, [U_CLASS] = 6, [U_GRADE] = 4,
	[U_GRADES] = 3, [U_DATE] = 5, [U_ZONE] = 5, [U_SCHOOL] = 4, [U_AGENCY] = 4, [U_CODE] = 8,
	[U_BAD_CODE] = 8, [U_REFERRAL] = 6, [U_TASK] = 6, [U_ALERT] = 6, [U_SEX] = 2, [U_AGE] = 4,
	[U_SEX_AGE] = 5, [U_KIDS] = 4, [U_COUNT] = 6, [U_OUT_OF] = 8, [U_TOTAL] = 6, [U_PHONE] = 1,
	[U_NATIONAL_ID] = 1, [U_ADDRESS] = 1, [U_SECRET] = 2, [U_QUANTITY] = 2,
};

static bool in(const struct w_mask *m, unsigned c)
{
	return m->bit[c >> 6] >> (c & 63) & 1;
}

static int left_concept(const struct scan *s, const struct form *f, const struct w_mask *accept,
			const struct unit *u)
{
	int w = concept_weight((enum concept)u->concept);
	if (u->flags & K_GUESS && w > 3)
		w = 3; /* a word that only nearly is one says less */
	if (f->flags & FORM_FREE)
		return 0;
	if (!(f->flags & FORM_TEXT))
		return w * COST + u->cost;
	if (scan_is(s, u->at, C_NOT, NULL) || scan_is(s, u->at, C_WITHOUT, NULL)) {
		/* In notes a "not" is harmless unless it denies what the report is about. */
		int k = u->at + u->n;
		if (k < s->ts.n && s->phrase[k].n)
			for (int32_t e = s->phrase[k].entry; e >= 0; e = s->w->lex.entries[e].next)
				if (in(accept, s->w->lex.entries[e].concept) &&
				    concept_weight(s->w->lex.entries[e].concept) >= 3)
					return 9 * COST;
		return COST;
	}
	return u->cost + (w >= 5 ? 3 * COST : w >= 3 ? COST : w * 4);
}

static int unit_cost(const struct scan *s, const struct form *f, const struct w_mask *accept,
		     const struct unit *u, bool *used)
{
	*used = true;
	if (u->type == U_CONCEPT) {
		int w = concept_weight((enum concept)u->concept);
		if (in(accept, u->concept))
			return u->cost;
		*used = false;
		return w == 0 && !u->cost ? 1 : left_concept(s, f, accept, u);
	}
	if (f->types >> u->type & 1)
		return u->cost + 1;
	*used = false;
	if (f->flags & FORM_FREE)
		return 0;
	if (u->type == U_WORD) {
		const struct token *t = &s->ts.t[u->at];
		bool next = u->at + 1 < s->ts.n && (s->ts.t[u->at + 1].pre & SEP_EQUALS);
		bool junk = next || (t->pre & SEP_EQUALS);
		if (t->number && !junk)
			return left_cost[U_NUMBER] * COST / (f->flags & FORM_TEXT ? 2 : 1);
		return f->flags & FORM_TEXT ? 4 : t->n < 3 || t->number ? COST : 3 * COST;
	}
	if (u->type == U_NAME)
		return f->flags & FORM_TEXT ? 4 : COST; /* always noticed: it becomes a fault or is cut */
	return left_cost[u->type] * COST / (f->flags & FORM_TEXT ? 2 : 1);
}

static int walk(const struct scan *s, int form, uint16_t *way)
{
	const struct form *f = &forms[form];
	const struct w_mask *accept = &s->w->accept[form];
	int best[TOKENS_MAX + 1];
	best[s->ts.n] = 0;
	for (int i = s->ts.n - 1; i >= 0; i--) {
		best[i] = INT_MAX / 2;
		for (int k = s->first[i]; k < s->first[i + 1]; k++) {
			const struct unit *u = &s->units[k];
			bool used;
			int c = unit_cost(s, f, accept, u, &used) + best[i + u->n];
			if (c < best[i]) {
				best[i] = c;
				if (way)
					way[i] = (uint16_t)k;
			}
		}
	}
	return best[0];
}

/* Does a trigger stand there, and where?  A one-letter keyword counts only as the first word. */
static bool triggered(const struct scan *s, int form, int *at)
{
	const struct w_mask *t = &s->w->trigger[form];
	for (int i = 0; i < s->ts.n; i++)
		for (int k = s->first[i]; s->phrase[i].n && k < s->first[i + 1]; k++) {
			const struct unit *u = &s->units[k];
			if (u->type != U_CONCEPT || !in(t, u->concept))
				continue;
			if (u->concept == C_ABSENCE_SHORT &&
			    (i != s->first_word || !(s->types & (T(CLASS) | T(NUMBER)))))
				continue;
			*at = i;
			return true;
		}
	return false;
}

static bool needs_met(const struct scan *s, uint32_t need)
{
	if (s->types & need)
		return true;
	const struct parser_context *c = s->ctx;
	if (!c)
		return false;
	if ((need & T(CODE)) && c->case_code[0])
		return true;
	return (need & T(CLASS)) && strncmp(c->asked, "class:", 6) == 0;
}

/* The first word is the keyword of other forms than this one: people put first what they mean. */
static int other_head(const struct scan *s, int form)
{
	bool keyword = false;
	const struct phrase *ph = s->first_word >= 0 ? &s->phrase[s->first_word] : NULL;
	for (int32_t e = ph && ph->n ? ph->entry : -1; e >= 0; e = s->w->lex.entries[e].next) {
		enum concept c = s->w->lex.entries[e].concept;
		if (in(&s->w->accept[form], c))
			return 0;
		if (c == C_FILLER)
			return 0; /* "dergoj", "I send": a keyword, and a word of politeness */
		keyword |= concept_group(c) == G_TRIGGER && concept_weight(c) >= 4;
	}
	return !keyword ? 0 : s->ts.t[s->first_word].dist ? 3 * COST : 4 * COST;
}

/* The keyword, politeness, and hardly a word besides. */
static bool alone(const struct scan *s, int form)
{
	int others = 0;
	for (int i = 0; i < s->ts.n; i += s->phrase[i].n ? s->phrase[i].n : 1) {
		bool said = false;
		for (int32_t e = s->phrase[i].n ? s->phrase[i].entry : -1; e >= 0; e = s->w->lex.entries[e].next) {
			enum concept c = s->w->lex.entries[e].concept;
			said |= in(&s->w->accept[form], c) || c == C_FILLER || c == C_GREETING || c == C_THANKS;
		}
		others += !said;
	}
	return others < 3;
}

/* called: by something seen in the text, if not where it counts. */
static int form_cost(const struct scan *s, int form, bool called)
{
	const struct form *f = &forms[form];
	int at = 0, cost = 0;
	if (f->intent == I_PUBLIC_TIP && s->from->role != ROLE_NONE)
		return INT_MAX; /* our own people open a case */
	if (!called || !triggered(s, form, &at)) {
		if (f->without == NEVER || !f->fits || !f->fits(s))
			return INT_MAX;
		cost += f->without * COST;
	} else if (at != s->first_word) {
		cost += at < 6 ? COST : 3 * COST;
	}
	if (!(f->flags & FORM_FREE))
		cost += other_head(s, form);
	for (int k = 0; k < 3; k++)
		if (f->need[k] && !needs_met(s, f->need[k]))
			cost += 4 * COST;
	if (!world_allows_intent(s->w, f->intent, s->from->role))
		cost += COST;
	if ((f->flags & FORM_ALONE) && !alone(s, form))
		return INT_MAX;
	return cost + walk(s, form, NULL);
}

int choose_cost(const struct scan *s, int form)
{
	return form_cost(s, form, world_called(s->w, s->seen) >> form & 1);
}

void choose_form(const struct scan *s, struct choice *c)
{
	uint64_t called = world_called(s->w, s->seen);
	c->best = c->second = -1;
	c->best_cost = c->second_cost = INT_MAX;
	/* In the order of the table; of the others none can be meant. */
	for (uint64_t may = called | s->w->uncalled; may; may &= may - 1) {
		int f = __builtin_ctzll(may);
		bool by_name = called >> f & 1;
		if (!by_name && !forms[f].fits(s))
			continue;
		int cost = form_cost(s, f, by_name);
		if (cost == INT_MAX)
			continue;
		if (cost < c->best_cost) {
			if (c->best < 0 || forms[c->best].intent != forms[f].intent) {
				c->second = c->best;
				c->second_cost = c->best_cost;
			}
			c->best = f;
			c->best_cost = cost;
		} else if (cost < c->second_cost && forms[c->best].intent != forms[f].intent) {
			c->second = f;
			c->second_cost = cost;
		}
	}
}

void choose_pick(const struct scan *s, int form, struct pick *p)
{
	uint16_t way[TOKENS_MAX];
	int at;
	memset(way, 0, s->ts.n * sizeof(way[0]));
	p->form = &forms[form];
	p->cost = walk(s, form, way);
	p->triggered = (world_called(s->w, s->seen) >> form & 1) && triggered(s, form, &at);
	p->n = 0;
	for (int i = 0; i < s->ts.n;) {
		struct picked *k = &p->p[p->n++];
		k->u = &s->units[way[i]];
		unit_cost(s, p->form, &s->w->accept[form], k->u, &k->used);
		i += k->u->n;
	}
}
