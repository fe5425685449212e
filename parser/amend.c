/* amend.c - taking back and correcting the last report.  May call finish, attendance's class rules
 * through scan and world. */
#include <stdio.h>
#include <string.h>
#include "parser/calendar.h"
#include "parser/finish.h"

static bool denial(const struct unit *u)
{
	return u->type == U_CONCEPT && (u->concept == C_NOT || u->concept == C_NO || u->concept == C_WITHOUT);
}

static bool value(const struct unit *u)
{
	return u->type == U_NUMBER || u->type == U_CLASS;
}

/* "9B eshte gabim, duhet 6A", "duhet 6A, gabim eshte 9B": which of two is said to be wrong; NULL when that
 * is not clear. */
static const struct unit *named_wrong(const struct pick *p, const struct unit *first, const struct unit *second)
{
	bool should[3] = { false }, mistake[3] = { false }; /* before, between, behind the two */
	for (int i = 0; i < p->n; i++) {
		const struct unit *u = p->p[i].u;
		int where = u->at < first->at ? 0 : u->at < second->at ? 1 : 2;
		if (u->type != U_CONCEPT)
			continue;
		should[where] |= u->concept == C_BUT;
		mistake[where] |= u->concept == C_CORRECT;
	}
	if (should[0])
		return mistake[2] && !mistake[0] && !mistake[1] && !should[1] ? second : NULL;
	if (should[1])
		return mistake[0] || mistake[1] || mistake[2] ? first : NULL;
	return should[2] && mistake[1] ? first : NULL;
}

/* "13 jo 12", "jo 12 por 13", "5B not 5A": the denied one is replaced by the other. */
static bool replacement(const struct pick *p, const struct unit **wrong, const struct unit **right)
{
	const struct unit *seen[3] = { NULL };
	bool denied[3] = { false };
	int n = 0;
	bool deny = false;
	for (int i = 0; i < p->n; i++) {
		const struct unit *u = p->p[i].u;
		if (denial(u))
			deny = true;
		if (!value(u))
			continue;
		if (n == 3)
			return false;
		seen[n] = u;
		denied[n++] = deny;
		deny = false;
	}
	/* a class that only says where: "5A 13 jo 12" */
	if (n == 3 && seen[0]->type == U_CLASS && seen[1]->type == U_NUMBER) {
		for (n = 0; n < 2; n++) {
			seen[n] = seen[n + 1];
			denied[n] = denied[n + 1];
		}
	}
	/* ... or behind them: "nr 13 jo nr 12 ne 5A" */
	if (n == 3 && seen[2]->type == U_CLASS && seen[0]->type == U_NUMBER && !denied[2])
		n = 2;
	if (n != 2 || seen[0]->type != seen[1]->type)
		return false;
	if (!denied[0] && !denied[1] && (*wrong = named_wrong(p, seen[0], seen[1]))) {
		*right = *wrong == seen[0] ? seen[1] : seen[0];
		return true;
	}
	if (denied[0] == denied[1])
		return false;
	*wrong = denied[0] ? seen[0] : seen[1];
	*right = denied[0] ? seen[1] : seen[0];
	return true;
}

static void replace(struct scan *s, const struct pick *p, struct reading *r, const struct unit *wrong,
		    const struct unit *right)
{
	char from[WORLD_CODE], to[WORLD_CODE];
	int n;
	if (wrong->type == U_CLASS) {
		class_format(wrong->a, wrong->b, from);
		class_format(right->a, right->b, to);
		if (world_find_class(s->w, s->school, right->a, right->b, &n) < 0)
			finish_fail(r, "unknown_class");
		else
			reading_add_pair(r, "replace_class", from, to);
		return;
	}
	const struct unit *c = pick_first(p, U_CLASS);
	snprintf(from, sizeof(from), "%d", (int)(wrong->a % 1000));
	if (c) {
		class_format(c->a, c->b, to);
		int at = world_find_class(s->w, s->school, c->a, c->b, &n);
		if (at < 0)
			finish_fail(r, "unknown_class");
		else if (right->a < 1 || right->a > s->w->classes[at].size)
			finish_fail(r, "pupil_out_of_range");
		reading_set_word(r, "class", to);
	}
	if (!r->error)
		reading_add_pair_int(r, "replace", from, right->a);
}

void finish_correction(struct scan *s, struct pick *p, struct reading *r)
{
	const struct unit *wrong, *right;
	if (pick_private(p)) {
		r->private_found = true;
		finish_fail(r, "names_not_allowed");
		return;
	}
	if (replacement(p, &wrong, &right)) {
		replace(s, p, r, wrong, right);
		return;
	}
	for (int i = 0; i < p->n; i++)
		if (denial(p->p[i].u)) {
			finish_clarify(r, "correction");
			return;
		}
	/* Otherwise it is a whole new report for the class. */
	bool bare = !pick_first(p, U_CLASS) && !pick_first(p, U_GRADE) && pick_first(p, U_NUMBER);
	const struct reading *last = bare ? scan_last(s) : NULL;
	if (last && reading_word(last, "class")) {
		reading_set_word(r, "class", reading_word(last, "class"));
		for (int i = 0; i < p->n; i++)
			if (p->p[i].u->type == U_NUMBER)
				add_number_once(r, "pupils", p->p[i].u->a);
		reading_set_flag(r, "confirm");
		return;
	}
	if (!pick_first(p, U_CLASS) && !pick_first(p, U_NUMBER)) {
		finish_clarify(r, "correction");
		return;
	}
	finish_absence(s, p, r);
	if (reading_is(r, "absence") || reading_is(r, "all_present"))
		r->intent = "correction";
}

void finish_undo(struct scan *s, struct pick *p, struct reading *r)
{
	(void)s;
	const struct unit *c = pick_first(p, U_CLASS);
	if (c) {
		char name[WORLD_CODE];
		class_format(c->a, c->b, name);
		reading_set_word(r, "class", name);
	}
}
