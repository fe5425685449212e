/* refs.c - things with a code: cases (E26-0147-V), referrals (R88), tasks (T12), alerts (31), zones,
 * schools, agencies.  A case code is never guessed: its check character fits or it is a bad code.
 * May call scan, codes, world. */
#include "parser/slots.h"
#include <stdio.h>
#include <string.h>

/* Does the chunk have the shape of a code, whatever its check: X26-0147-V, and a slip of one? */
static bool code_shape(const char *c, size_t n, int parts, const int *part_len)
{
	size_t digits = 0;
	for (size_t i = 0; i < n; i++)
		digits += c[i] >= '0' && c[i] <= '9';
	if (n < 7 || n > 12 || digits + 4 < n || digits < 4)
		return false;
	if (parts == 3)
		return part_len[0] == 3 && part_len[1] >= 3 && part_len[2] == 1;
	bool letters = c[0] >= 'a' && c[0] <= 'z' && digits >= 6;
	if (parts == 2 && part_len[0] == 3 && letters && part_len[1] >= 4)
		return true; /* the check is missing */
	return parts <= 2 && letters && (n == 8 || n == 9);
}

static int add_code_unit(struct scan *s, int i, int n, const char *canonical)
{
	struct unit *u = scan_add(s, canonical ? U_CODE : U_BAD_CODE, i, n);
	if (canonical && s->n_codes < 8) {
		memcpy(s->codes[s->n_codes], canonical, CASE_CODE_MAX);
		u->a = s->n_codes++;
	} else if (canonical) {
		u->type = U_BAD_CODE;
	}
	return n;
}

/* "e26 0147 v", "e260147v", "e26-0147-v": grows token by token; the shortest chunk that checks and is
 * cut where the writer cut it.  Inside a chunk with separators the check stands by itself, so that the
 * score in "E26-0151-4 4" is not eaten. */
static int good_code(struct scan *s, int i)
{
	char c[20], out[CASE_CODE_MAX];
	size_t n = 0;
	bool cut = false;
	for (int k = i; k < s->ts.n && k < i + 6; k++) {
		const struct token *t = &s->ts.t[k];
		unsigned odd = t->pre & ~(unsigned)(SEP_SPACE | SEP_DOT | SEP_DASH | SEP_SLASH);
		/* Letters of other sites are read only in one piece: "m12 9123 s" is a boy of 12. */
		bool other_site = (*token_text(&s->ts, i) & ~32) != s->w->site;
		if (n + t->n > 10 || (k > i && (odd || (other_site && (t->pre & SEP_SPACE)))))
			break;
		if (k > i && !scan_glued(s, k))
			cut = true;
		memcpy(c + n, token_text(&s->ts, k), t->n);
		n += t->n;
		bool alone = t->n == 1 || !cut;
		if (k > i && n >= 8 && alone && !scan_glued(s, k + 1) && code_read(c, n, out))
			return add_code_unit(s, i, k + 1 - i, out);
	}
	return 0;
}

int code_units(struct scan *s, int i)
{
	if (scan_glued(s, i))
		return 0;
	if (s->ts.t[i].n <= 2 || (s->ts.t[i].number && s->ts.t[i].n <= 3)) {
		int n = s->ts.t[i].number ? 0 : good_code(s, i);
		if (n)
			return n;
	}
	if (i + 1 >= s->ts.n || !(scan_glued(s, i + 1) || s->ts.t[i + 1].pre == SEP_DASH || s->ts.t[i + 1].pre == SEP_DOT))
		return 0; /* nothing hangs on it */
	/* a chunk without blanks that looks like a code but does not check */
	char c[20];
	int part_len[3] = { 0 }, parts = 1, k = i;
	size_t n = 0;
	for (; k < s->ts.n; k++) {
		const struct token *t = &s->ts.t[k];
		if (k > i && !scan_glued(s, k)) {
			if ((t->pre != SEP_DASH && t->pre != SEP_DOT) || parts == 3)
				break;
			parts++;
		}
		if (n + t->n > 12)
			return 0;
		memcpy(c + n, token_text(&s->ts, k), t->n);
		n += t->n;
		part_len[parts - 1] += t->n;
	}
	if (k > i + 1 && code_shape(c, n, parts, part_len))
		return add_code_unit(s, i, k - i, NULL);
	/* the same with blanks, where the site's letter and the parts are plain to see */
	if (!scan_letter(s, i, 'a', 'z') || !scan_glued(s, i + 1) || i + 2 >= s->ts.n)
		return 0;
	const struct token *y = &s->ts.t[i + 1], *r = &s->ts.t[i + 2];
	bool check = i + 3 < s->ts.n && s->ts.t[i + 3].n == 1 && !s->ts.t[i + 3].number;
	bool site = (*token_text(&s->ts, i) & ~32) == s->w->site;
	if (y->number && y->digits == 2 && r->number && r->digits >= 4 && r->digits <= 6 && (check || site))
		return add_code_unit(s, i, check ? 4 : 3, NULL);
	return 0;
}

/* "z4" and "zona 4", "sh3" and "shkolla 3": codes of the configuration. */
static int coded(const struct scan *s, int i, const struct w_code **found)
{
	char c[WORLD_CODE];
	const struct token *t = &s->ts.t[i];
	if (t->number || t->n >= WORLD_CODE)
		return 0;
	memcpy(c, token_text(&s->ts, i), t->n);
	size_t n = t->n;
	*found = world_find_code(s->w, c, n);
	int used = *found && !scan_glued(s, i + 1) ? 1 : 0;
	if (i + 1 < s->ts.n && s->ts.t[i + 1].number && n + s->ts.t[i + 1].n < WORLD_CODE &&
	    (scan_glued(s, i + 1) || s->ts.t[i + 1].pre == SEP_SPACE || s->ts.t[i + 1].pre == SEP_DASH ||
	     s->ts.t[i + 1].pre == SEP_DOT)) {
		memcpy(c + n, token_text(&s->ts, i + 1), s->ts.t[i + 1].n);
		const struct w_code *two = world_find_code(s->w, c, n + s->ts.t[i + 1].n);
		/* "z O4": a letter typed for a nought that the code has not */
		if (!two && (s->ts.t[i + 1].flags & TOK_FIXED) && c[n] == '0') {
			memmove(c + n, c + n + 1, s->ts.t[i + 1].n - 1u);
			two = world_find_code(s->w, c, n + s->ts.t[i + 1].n - 1u);
		}
		if (two) {
			*found = two;
			used = 2;
		}
	}
	return used;
}

/* After "zona" or "shkolla" a bare number stands for the code with the usual letters. */
static int worded(const struct scan *s, int i, enum w_kind kind, const struct w_code **found)
{
	char c[WORLD_CODE];
	const char *sample = kind == W_ZONE && s->w->n_zones ? s->w->zones[0] :
			     kind == W_SCHOOL && s->w->n_schools ? s->w->schools[0].id : "";
	size_t n = 0;
	while (sample[n] >= 'A' && sample[n] <= 'Z') {
		c[n] = (char)(sample[n] + 32);
		n++;
	}
	*found = NULL;
	int32_t word;
	if (n && i < s->ts.n && kind == W_ZONE && scan_is(s, i, C_NUMBER, &word) == 1 && word < 100) {
		int k = snprintf(c + n, sizeof(c) - n, "%d", (int)word); /* "zona kater" */
		*found = world_find_code(s->w, c, n + (size_t)k);
		return *found ? 1 : 0;
	}
	if (i >= s->ts.n || !s->ts.t[i].number || n + s->ts.t[i].n >= WORLD_CODE || !n)
		return 0;
	memcpy(c + n, token_text(&s->ts, i), s->ts.t[i].n);
	*found = world_find_code(s->w, c, n + s->ts.t[i].n);
	return 1;
}

static void add_coded(struct scan *s, int i, int n, enum w_kind kind, int index)
{
	struct unit *u = scan_add(s, kind == W_ZONE ? U_ZONE : kind == W_SCHOOL ? U_SCHOOL : U_AGENCY, i, n);
	u->a = index;
	u->b = 1;
	if (s->ts.t[i + n - 1].flags & TOK_FIXED)
		u->flags = K_FIXED;
}

static void places(struct scan *s, int i)
{
	const struct w_code *c;
	int n = coded(s, i, &c);
	if (n) {
		add_coded(s, i, n, c->kind, c->index);
		return;
	}
	int k = scan_is(s, i, C_ZONE_WORD, NULL);
	if (k && worded(s, i + k, W_ZONE, &c))
		add_coded(s, i, k + 1, W_ZONE, c ? c->index : -1);
	k = scan_is(s, i, C_SCHOOL_WORD, NULL);
	if (k && worded(s, i + k, W_SCHOOL, &c))
		add_coded(s, i, k + 1, W_SCHOOL, c ? c->index : -1);
}

static void number_of(struct scan *s, enum unit_type type, int i, int n, int at)
{
	if (at >= s->ts.n || !s->ts.t[at].number || s->ts.t[at].digits > 6 || scan_glued(s, at + 1))
		return; /* R8B is not R8 */
	if (scan_glued(s, at))
		s->plain[at] = true; /* the 88 of R88 is no number by itself */
	struct unit *u = scan_add(s, type, i, n);
	u->a = s->ts.t[at].num;
}

/* "detyra 12", "detyra nr 12" */
static void worded_number(struct scan *s, enum unit_type type, int i, int k)
{
	k += scan_is(s, i + k, C_NUMBER_LABEL, NULL);
	number_of(s, type, i, k + 1, i + k);
}

static void references(struct scan *s, int i)
{
	int k;
	bool next = i + 1 < s->ts.n && s->ts.t[i + 1].number &&
		    (scan_glued(s, i + 1) || s->ts.t[i + 1].pre == SEP_SPACE || s->ts.t[i + 1].pre == SEP_DASH);
	char letter = next && s->ts.t[i].n == 1 ? *token_text(&s->ts, i) : '\0';
	if (letter == 'r')
		number_of(s, U_REFERRAL, i, 2, i + 1);
	if (letter == 't')
		number_of(s, U_TASK, i, 2, i + 1);
	if ((k = scan_is(s, i, C_REFERRAL_WORD, NULL)) || (k = scan_is(s, i, C_REFER, NULL)))
		worded_number(s, U_REFERRAL, i, k);
	if ((k = scan_is(s, i, C_TASK, NULL)))
		worded_number(s, U_TASK, i, k);
	if ((k = scan_is(s, i, C_ALERT_WORD, NULL)))
		worded_number(s, U_ALERT, i, k);
}

void ref_units(struct scan *s, int i)
{
	const struct token *t = &s->ts.t[i];
	if (t->number && s->ts.n == 1 && s->ctx && strcmp(s->ctx->asked, "zone") == 0) {
		const struct w_code *c; /* the answer to "which zone?" */
		if (worded(s, i, W_ZONE, &c))
			add_coded(s, i, 1, W_ZONE, c ? c->index : -1);
	}
	if (t->number)
		return;
	places(s, i);
	references(s, i);
	int32_t value;
	int k = scan_is(s, i, C_AGENCY, &value);
	if (k) {
		struct unit *u = scan_add(s, U_AGENCY, i, k);
		u->a = value;
	}
	/* a zone-like word that names no zone: z44 */
	if (t->n == 1 && s->w->n_zones && (*token_text(&s->ts, i) | 0) == (s->w->zones[0][0] | 32) &&
	    scan_glued(s, i + 1) && s->ts.t[i + 1].number && !(s->types & T(ZONE))) {
		const struct w_code *c;
		if (!coded(s, i, &c))
			add_coded(s, i, 2, W_ZONE, -1);
	}
	if (t->n == 2 && token_is(&s->ts, i, "sh") && scan_glued(s, i + 1) && s->ts.t[i + 1].number) {
		const struct w_code *c;
		if (!coded(s, i, &c))
			add_coded(s, i, 2, W_SCHOOL, -1);
	}
}
