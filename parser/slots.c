/* slots.c - runs every recogniser over every token.  May call the recognisers and scan. */
#include "parser/slots.h"

/* The sides of "1=1" are no register numbers that a person meant. */
static bool equation(const struct scan *s, int i)
{
	if (i >= s->ts.n)
		return false;
	bool left = i > 0 && (s->ts.t[i].pre & SEP_EQUALS) && s->ts.t[i - 1].number;
	bool right = i + 1 < s->ts.n && (s->ts.t[i + 1].pre & SEP_EQUALS) && s->ts.t[i + 1].number;
	return s->ts.t[i].number && (left || right);
}

static void word_unit(struct scan *s, int i)
{
	if (private_name(s, i)) {
		scan_add(s, U_NAME, i, 1);
		if (!s->phrase[i].n || !scan_is(s, i, C_GIVEN_NAME, NULL))
			return;
	} else if (!s->phrase[i].n || (scan_is(s, i, C_OTHERWISE, NULL) && equation(s, i + 1))) {
		scan_add(s, U_WORD, i, 1);
		return;
	}
	int slips = 0;
	for (int k = i; k < i + s->phrase[i].n; k++)
		slips += s->ts.t[k].dist;
	/* "it" and "gr" are countries in capitals, or where a return is spoken of. */
	int32_t value;
	const struct token *t = &s->ts.t[i];
	bool short_country = t->n == 2 && scan_is(s, i, C_COUNTRY, &value) == 1;
	bool is_country = (t->flags & TOK_UPPER) || scan_seen(s, C_RETURN_OP) || scan_seen(s, C_ARRIVED);
	for (int32_t e = s->phrase[i].entry; e >= 0; e = s->w->lex.entries[e].next) {
		if (short_country && (s->w->lex.entries[e].concept == C_COUNTRY) != is_country)
			continue;
		/* "a" and "m" are keywords only where a keyword stands */
		if (s->w->lex.entries[e].concept == C_ABSENCE_SHORT && i != s->first_word)
			continue;
		enum concept_group g = concept_group(s->w->lex.entries[e].concept);
		if (g == G_MARK || (g == G_CONCERN && scan_idle_concern(s, i)))
			continue; /* a word that is only a mark stays a word */
		struct unit *u = scan_add(s, U_CONCEPT, i, s->phrase[i].n);
		u->concept = (uint8_t)s->w->lex.entries[e].concept;
		u->a = s->w->lex.entries[e].value;
		u->cost = (int16_t)(slips * COST);
		u->flags = slips ? K_GUESS : 0;
	}
}

/* "pa" after a register number is "without reason"; "12PA", "17MA", "23S" are suffixes. */
static void suffix_unit(struct scan *s, int i)
{
	static const struct {
		enum concept suffix, category;
	} map[] = { { C_SUFFIX_EXCUSED, C_EXCUSED }, { C_SUFFIX_UNEXCUSED, C_UNEXCUSED },
		    { C_SUFFIX_SICK, C_SICK }, { C_SUFFIX_LATE, C_LATE }, { C_SUFFIX_EARLY, C_LEFT_EARLY } };
	if (i == 0 || !s->ts.t[i - 1].number)
		return;
	bool glued = scan_glued(s, i);
	for (unsigned k = 0; k < 5; k++) {
		int n = scan_is(s, i, map[k].suffix, NULL);
		if (!n || (!glued && (n > 1 || s->ts.t[i].n < 2 || scan_is(s, i + 1, C_ABSENCE, NULL) ||
				      scan_is(s, i + 1, C_ABSENCES, NULL))))
			continue;
		struct unit *u = scan_add(s, U_CONCEPT, i, n);
		u->concept = (uint8_t)map[k].category;
	}
}

/* "asnje mungese", "nuk ka mungesa", "s'ka asnje mungese": a denial before the absence. */
static void denial_unit(struct scan *s, int i)
{
	int n = scan_is(s, i, C_NOT, NULL);
	if (!n)
		n = scan_is(s, i, C_WITHOUT, NULL);
	if (!n)
		n = scan_is(s, i, C_NOBODY, NULL);
	if (!n)
		n = scan_is(s, i, C_NO, NULL);
	if (!n)
		return;
	/* "jo urgjent" says nothing that needs saying, and above all not that it is urgent */
	int urgent = scan_is(s, i + n, C_URGENT, NULL);
	if (urgent) {
		scan_add(s, U_CONCEPT, i, n + urgent)->concept = C_FILLER;
		return;
	}
	int k = i + n;
	for (int skipped = 0; skipped < 3; skipped++) {
		int m = scan_is(s, k, C_ABSENCE, NULL);
		if (scan_is(s, k, C_NOT_COME, NULL))
			return; /* nobody came: the opposite of nobody absent */
		if (!m)
			m = scan_is(s, k, C_ABSENCES, NULL);
		if (m) {
			m += scan_is(s, k + m, C_NOBODY, NULL);
			struct unit *u = scan_add(s, U_CONCEPT, i, k + m - i);
			u->concept = C_NO_ABSENCE;
			s->seen[C_NO_ABSENCE >> 6] |= 1ull << (C_NO_ABSENCE & 63);
			return;
		}
		m = scan_is(s, k, C_FILLER, NULL);
		if (!m)
			m = scan_is(s, k, C_NOBODY, NULL);
		if (!m)
			m = scan_is(s, k, C_NOT, NULL);
		if (!m)
			m = scan_is(s, k, C_PUPIL_WORD, NULL);
		if (!m)
			m = scan_is(s, k, C_CHILD_WORD, NULL);
		if (!m)
			return;
		k += m;
	}
}

/* "s'kane me ardh", "nuk u pa ardhur": a denial, what stands between, and coming.  Said in more ways than a list
 * holds. */
static void not_come_unit(struct scan *s, int i)
{
	int n = scan_is(s, i, C_NOT, NULL);
	if (!n || (s->phrase[i].n && scan_is(s, i, C_ABSENCE, NULL)))
		return;
	int k = i + n;
	for (int skipped = 0; skipped < 4; skipped++) {
		int m = scan_is(s, k, C_CAME, NULL);
		m = m ? m : scan_is(s, k, C_COME_FORM, NULL);
		/* "s'po shkon ma ne shkolle", "nuk jane aspak mire" */
		int school = scan_is(s, k, C_IN_SCHOOL, NULL), well = scan_is(s, k, C_OUT_OK, NULL);
		if (!m && (school || well)) {
			enum concept c = school ? C_NOT_IN_SCHOOL : C_OUT_BAD;
			scan_add(s, U_CONCEPT, i, k + (school ? school : well) - i)->concept = (uint8_t)c;
			s->seen[c >> 6] |= 1ull << (c & 63);
			return;
		}
		if (m) {
			scan_add(s, U_CONCEPT, i, k + m - i)->concept = C_ABSENCE;
			s->seen[C_ABSENCE >> 6] |= 1ull << (C_ABSENCE & 63);
			return;
		}
		m = scan_is(s, k, C_FILLER, NULL);
		m = m ? m : scan_is(s, k, C_TODAY, NULL);
		if (!m || s->ts.t[k].pre & (SEP_COMMA | SEP_DOT | SEP_SEMI | SEP_LINE))
			return;
		k += m;
	}
}

/* "e ka marre xhaxhai ne Greqi", "eshte te halla ne Itali": with a relative, and that in a country. */
static void fetched_unit(struct scan *s, int i)
{
	int k = i, m, who = 0, n;
	/* word by word: the phrases that start with "e" or "ka" are about something else */
	k += token_is(&s->ts, k, "e") || token_is(&s->ts, k, "i") || token_is(&s->ts, k, "u");
	k += token_is(&s->ts, k, "ka") || token_is(&s->ts, k, "kane") || token_is(&s->ts, k, "kan") ||
	     token_is(&s->ts, k, "has");
	n = scan_is(s, k, C_FETCHED, NULL);
	if (n != 1)
		return;
	k += n;
	for (int words = 0; words < 4; words++, k += m) {
		who |= m = scan_is(s, k, C_RELATIVE, NULL);
		if (!m && scan_is(s, k, C_COUNTRY, NULL))
			break;
		who |= m = m ? m : scan_is(s, k, C_ADULT, NULL);
		who |= m = m ? m : scan_is(s, k, C_PARENT_WORD, NULL);
		who |= m = m ? m : scan_is(s, k, C_FAMILY_WORD, NULL);
		m = m ? m : scan_is(s, k, C_FILLER, NULL);
		m = m ? m : scan_is(s, k, C_WITH, NULL);
		m = m ? m : scan_is(s, k, C_IN_PLACE, NULL);
		if (!m)
			return;
	}
	if (who && scan_is(s, k, C_COUNTRY, NULL))
		scan_add(s, U_CONCEPT, i, k - i)->concept = C_ABROAD;
}

static void number_unit(struct scan *s, int i)
{
	int32_t value;
	unsigned flags;
	int n = scan_number(s, i, &value, &flags);
	/* "tete e nente": behind a number in words the place in a row is the number */
	if (!n && i > 0 && scan_is(s, i - 1, C_NUMBER, NULL) && scan_is(s, i, C_ORDINAL, NULL) == 2 &&
	    scan_is(s, i + 1, C_NUMBER, &value) == 1) {
		n = 2;
		flags = K_WORDED;
	}
	if (!n || s->plain[i] || value > 999999 || equation(s, i))
		return;
	if (i > 0 && (scan_is(s, i - 1, C_NUMBER_LABEL, NULL) || scan_is(s, i - 1, C_PUPIL_WORD, NULL) ||
		      (s->ts.t[i].pre & SEP_HASH)))
		flags |= K_LABELLED;
	struct unit *u = scan_add(s, U_NUMBER, i, n);
	u->a = value;
	u->flags = (uint16_t)flags;
	if (s->ts.t[i].number && s->ts.t[i].digits >= 4 && s->ts.t[i].digits <= 6 &&
	    (scan_seen(s, C_PIN) || (s->ctx && s->ctx->secret != SECRET_NONE)))
		scan_add(s, U_SECRET, i, 1);
}

/* "12-15", "12 deri 15", "nga 12 deri ne 15", "12-15-18" */
static void range_unit(struct scan *s, int i)
{
	int from = scan_is(s, i, C_FROM, NULL);
	int at = i + from;
	if (at + 1 >= s->ts.n || !s->ts.t[at].number || s->ts.t[at].digits > 3 || s->plain[at])
		return;
	int until = scan_is(s, at + 1, C_UNTIL, NULL);
	int end = at + 1 + until;
	bool dash = !until && scan_tight(s, end, SEP_DASH);
	if (end >= s->ts.n || !(until || dash) || !s->ts.t[end].number || s->ts.t[end].digits > 3 ||
	    scan_glued(s, end + 1))
		return;
	bool chain = dash && end + 1 < s->ts.n && scan_tight(s, end + 1, SEP_DASH) &&
		     s->ts.t[end + 1].number;
	bool tail = dash && scan_tight(s, at, SEP_DASH) && at > 0 && s->ts.t[at - 1].number;
	if (chain || tail || s->ts.t[end].num <= s->ts.t[at].num)
		return; /* read as the numbers of a list */
	struct unit *u = scan_add(s, U_RANGE, i, end + 1 - i);
	u->a = s->ts.t[at].num;
	u->b = s->ts.t[end].num;
	u->flags = (uint16_t)(dash ? K_DASH : from ? K_LABELLED : 0);
}

void slots_find(struct scan *s)
{
	int inside = 0;
	bool denied = scan_any(s, C_NOT), fetched = scan_any(s, C_FETCHED) && scan_any(s, C_COUNTRY);
	for (int i = 0; i < s->ts.n; i++) {
		s->first[i] = (uint16_t)s->n_units;
		/* The letters and digits inside a code or a telephone number are nothing else. */
		if (i < inside) {
			scan_add(s, U_WORD, i, 1);
			continue;
		}
		int n = private_units(s, i);
		if (n && s->units[s->n_units - 1].type != U_ADDRESS) {
			inside = i + n;
			continue;
		}
		n = scan_is(s, i, C_PIN, NULL) ? 0 : code_units(s, i); /* "pin4821" is no code */
		if (n) {
			inside = i + n;
			continue;
		}
		class_units(s, i);
		date_units(s, i);
		quantity_units(s, i);
		people_units(s, i);
		ref_units(s, i);
		range_unit(s, i);
		number_unit(s, i);
		if (!s->ts.t[i].number) {
			word_unit(s, i);
			suffix_unit(s, i);
			denial_unit(s, i);
			if (denied)
				not_come_unit(s, i);
			if (fetched)
				fetched_unit(s, i);
		} else if (s->phrase[i].n) {
			word_unit(s, i);
		}
		if (s->n_units == s->first[i])
			scan_add(s, U_WORD, i, 1); /* a number that belongs to what is before it */
	}
	s->first[s->ts.n] = (uint16_t)s->n_units;
}
