/* scan.c - see scan.h.  May call fold, token, lexicon, world, calendar. */
#include "parser/scan.h"
#include <string.h>
#include <strings.h>
#include "parser/calendar.h"

#define GUESSES_MAX 48 /* words that are tried for slips in one text: bounds hostile input */

/* "RRAHIIIN": a letter three times running is one, stretched. */
static int32_t find_stretched(const struct scan *s, int i)
{
	char one[LEX_LONGEST];
	const char *t = token_text(&s->ts, i);
	size_t n = 0, len = s->ts.t[i].n;
	bool stretched = false;
	for (size_t k = 0; k < len; k++) {
		bool third = k + 2 < len && t[k] == t[k + 1] && t[k] == t[k + 2];
		bool later = k > 1 && t[k] == t[k - 1] && t[k] == t[k - 2];
		bool second = k > 0 && k + 1 < len && t[k] == t[k - 1] && t[k] == t[k + 1];
		stretched |= third;
		if (later || second)
			continue;
		if (n == sizeof(one))
			return -1;
		one[n++] = t[k];
	}
	return stretched ? lex_find(&s->w->lex, one, n) : -1;
}

/* "s'pranoj", "spranoj": a denied word is no slip of the word, and one edit from it. */
static bool denied_word(const struct scan *s, int i)
{
	const struct token *t = &s->ts.t[i];
	const char *c = token_text(&s->ts, i);
	if (c[0] != 's' || t->n < 3)
		return false;
	/* the apostrophe as it was typed: plain, curly, acute or a modifier letter */
	unsigned char mark = t->len > t->n ? (unsigned char)s->text[t->off + 1] : 0;
	if (mark == '\'' || mark == '`' || mark == 0xe2 || mark == 0xca || (mark == 0xc2 && t->len > t->n + 1))
		return true;
	return t->n > 4 && lex_find(&s->w->lex, c + 1, t->n - 1u) >= 0;
}

/* A word that says by itself what a report is about: a keyword, a concern. */
static bool telling(const struct scan *s, int32_t word)
{
	const struct lexicon *l = &s->w->lex;
	int32_t node = word < 0 ? -1 : l->words[word].node;
	for (int32_t e = node < 0 ? -1 : l->nodes[node].entry; e >= 0; e = l->entries[e].next) {
		enum concept_group g = concept_group(l->entries[e].concept);
		if ((g == G_TRIGGER || g == G_CONCERN) && concept_weight(l->entries[e].concept) >= 4)
			return true;
	}
	return false;
}

/* "rastlyp", "lypz4": a blank was left out.  Cuts token i behind its first word when both sides tell; the
 * letter of a zone or a sex counts beside its number.  True when cut. */
static bool cut_word(struct scan *s, int i)
{
	struct token *t = &s->ts.t[i];
	const char *c = token_text(&s->ts, i);
	if (t->n < 4 || t->n > LEX_LONGEST || s->ts.n == TOKENS_MAX)
		return false;
	for (int k = t->n - 1; k >= 3; k--) {
		int32_t left = lex_find(&s->w->lex, c, (size_t)k);
		size_t rest = t->n - (size_t)k;
		if (!telling(s, left))
			continue;
		bool letter = rest == 1 && i + 1 < s->ts.n && (s->ts.t[i + 1].flags & TOK_GLUED) &&
			      s->ts.t[i + 1].number && strchr("zmfv", c[k]);
		bool word = rest >= 3 && telling(s, lex_find(&s->w->lex, c + k, rest));
		/* "rastlypz4": the rest is cut in its turn */
		for (size_t j = 3; j < rest && !word && !letter; j++)
			word = telling(s, lex_find(&s->w->lex, c + k, j)) && rest - j == 1;
		if (!letter && !word)
			continue;
		for (int j = s->ts.n++; j > i; j--)
			s->ts.t[j] = s->ts.t[j - 1];
		t[1].off = (uint16_t)(t->off + k);
		t[1].at = (uint16_t)(t->at + k);
		t[1].n = (uint16_t)rest;
		t[1].len = (uint16_t)(t->len - k);
		t[1].pre = 0;
		t[1].flags = (uint8_t)((t->flags | TOK_GLUED) & ~TOK_START);
		t->len = t->n = (uint16_t)k;
		t->word = left;
		t->dist = 1;
		return true;
	}
	return false;
}

/* What the reports that carry notes, and are called by a word that is spelled right, can use.  Not those about
 * pupils: there a name must not be bent to a reason. */
static void find_wanted(const struct scan *s, uint64_t wanted[4])
{
	uint64_t said[4] = { 0 };
	memset(wanted, 0, 4 * sizeof(*wanted));
	for (int i = 0; i < s->ts.n; i++) {
		int32_t w = s->ts.t[i].dist ? -1 : s->ts.t[i].word, node = w < 0 ? -1 : s->w->lex.words[w].node;
		for (int32_t e = node < 0 ? -1 : s->w->lex.nodes[node].entry; e >= 0; e = s->w->lex.entries[e].next)
			said[s->w->lex.entries[e].concept >> 6] |= 1ull << (s->w->lex.entries[e].concept & 63);
	}
	for (uint64_t called = world_called(s->w, said); called; called &= called - 1) {
		int f = __builtin_ctzll(called);
		for (int k = 0; k < 4 && s->w->noted[f]; k++)
			wanted[k] |= s->w->accept[f].bit[k];
	}
}

/* "dy vite": phrases are not found yet, the words are. */
static bool number_word(const struct scan *s, int i)
{
	int32_t w = s->ts.t[i].word, node = w < 0 ? -1 : s->w->lex.words[w].node;
	for (int32_t e = node < 0 ? -1 : s->w->lex.nodes[node].entry; e >= 0; e = s->w->lex.entries[e].next)
		if (s->w->lex.entries[e].concept == C_NUMBER)
			return true;
	return false;
}

static bool only_a_name(const struct lexicon *l, int32_t word)
{
	int32_t e = word < 0 || l->words[word].node < 0 ? -1 : l->nodes[l->words[word].node].entry;
	return e >= 0 && l->entries[e].concept == C_GIVEN_NAME && l->entries[e].next < 0;
}

/* "arbenit", "mimozes", "hoxhen": a name with the ending of its case.  The name without it, or -1. */
static int32_t inflected_name(const struct scan *s, int i)
{
	static const struct { char end[4], base[2]; } endings[] = {
		{ "it", "" }, { "in", "" }, { "ut", "" }, { "un", "" }, { "i", "" }, { "u", "" }, { "t", "" }, { "n", "" },
		{ "s", "" }, { "es", "a" }, { "en", "a" }, { "es", "e" }, { "en", "e" }, { "ja", "e" }, { "ve", "" },
	};
	const char *c = token_text(&s->ts, i);
	size_t n = s->ts.t[i].n;
	for (unsigned k = 0; k < sizeof(endings) / sizeof(*endings); k++) {
		size_t end = strlen(endings[k].end), base = strlen(endings[k].base);
		char name[LEX_LONGEST];
		if (n > LEX_LONGEST || n < end + 3 || memcmp(c + n - end, endings[k].end, end) != 0)
			continue;
		memcpy(name, c, n - end);
		memcpy(name + n - end, endings[k].base, base);
		int32_t word = lex_find(&s->w->lex, name, n - end + base);
		if (only_a_name(&s->w->lex, word))
			return word;
	}
	return -1;
}

static void find_words(struct scan *s)
{
	static const uint8_t labels[] = { C_CLASS_WORD, C_ZONE_WORD, C_SCHOOL_WORD, C_NUMBER_LABEL, C_DATE_LABEL,
					  C_AGE_LABEL, C_ALERT_WORD, C_REFERRAL_WORD, C_TASK };
	int guesses = 0;
	struct lex_around around = { 0 };
	for (int i = 0; i < s->ts.n; i++) {
		struct token *t = &s->ts.t[i];
		t->word = lex_find(&s->w->lex, token_text(&s->ts, i), t->n);
		if (t->word < 0 && !t->number && t->n > 3)
			t->word = find_stretched(s, i);
		if (t->word < 0 && !t->number)
			t->word = inflected_name(s, i);
	}
	for (int i = 0; i < s->ts.n; i++) {
		struct token *t = &s->ts.t[i];
		if (t->word < 0 && !t->number && t->n > 3 && i > 0 && (t->flags & TOK_GLUED))
			t->word = lex_find(&s->w->lex, token_text(&s->ts, i), t->n); /* what was cut off */
		/* A capitalised word inside a sentence is more likely a name than a slip. */
		bool name = (t->flags & TOK_TITLE) && !(t->flags & TOK_START);
		if (t->word >= 0 || t->number || name || t->n < 3 || guesses == GUESSES_MAX)
			continue;
		if (t->len == t->n && cut_word(s, i))
			continue;
		if (denied_word(s, i)) {
			t->flags |= TOK_NEAR;
			continue;
		}
		bool near;
		if (guesses++ == 0)
			find_wanted(s, around.wanted);
		lex_paths(&s->w->lex, &s->ts, i, &around);
		around.numbered = i > 0 && (s->ts.t[i - 1].number || number_word(s, i - 1));
		struct lex_around here = around;
		if (i + 1 < s->ts.n && s->ts.t[i + 1].number) /* "zonaa 4" */
			for (unsigned k = 0; k < sizeof(labels); k++)
				here.wanted[labels[k] >> 6] |= 1ull << (labels[k] & 63);
		t->word = lex_guess(&s->w->lex, token_text(&s->ts, i), t->n, &here, &t->dist, &near);
		if (t->word < 0 && near)
			t->flags |= TOK_NEAR;
	}
}

#define DAY (SAYS_DAY | SAYS_DAYS)
#define SEX SAYS_PERSON
static const uint8_t says[C_COUNT] = {
	[C_FROM] = DAY, [C_DATE_LABEL] = DAY, [C_MONTH] = DAY, [C_WEEKDAY] = DAY, [C_AGO] = DAY, [C_HENCE] = DAY,
	[C_NEXT] = DAY, [C_LAST_WORD] = DAY, [C_MONTH_WORD] = DAY, [C_WEEK_WORD] = DAY, [C_THIS_WEEK] = DAY,
	[C_LAST_WEEK] = DAY, [C_TODAY] = DAY, [C_YESTERDAY] = DAY, [C_DAY_BEFORE] = DAY, [C_TOMORROW] = DAY,
	[C_DAY_AFTER] = DAY, [C_DAY_WORD] = SAYS_DAYS, [C_UNTIL] = SAYS_DAYS, [C_NUMBER] = SAYS_DAY | SEX,
	[C_MALE] = SEX, [C_FEMALE] = SEX | SAYS_KIDS, [C_SEX_M] = SEX, [C_SEX_F] = SEX, [C_AGE_LABEL] = SEX,
	[C_OF] = SEX, [C_CHILD_WORD] = SAYS_KIDS | SAYS_COUNTED, [C_MALES] = SAYS_KIDS | SAYS_COUNTED,
	[C_FEMALES] = SAYS_KIDS | SAYS_COUNTED, [C_PUPIL_WORD] = SAYS_COUNTED, [C_PARENT_WORD] = SAYS_COUNTED,
	[C_PEOPLE_WORD] = SAYS_COUNTED, [C_TEACHER_WORD] = SAYS_COUNTED, [C_ABSENCES] = SAYS_COUNTED,
};
#undef DAY
#undef SEX

static void find_phrases(struct scan *s)
{
	s->says = 0;
	for (int i = 0; i < s->ts.n; i++) {
		s->plain[i] = false;
		s->phrase[i].says = 0;
		s->phrase[i].n = (uint8_t)lex_phrase(&s->w->lex, &s->ts, i, &s->phrase[i].entry);
		for (int32_t e = s->phrase[i].n ? s->phrase[i].entry : -1; e >= 0;
		     e = s->w->lex.entries[e].next) {
			enum concept c = s->w->lex.entries[e].concept;
			s->any[c >> 6] |= 1ull << (c & 63);
			s->phrase[i].says |= says[c];
		}
		s->says |= s->phrase[i].says;
	}
}

bool scan_idle_concern(const struct scan *s, int i)
{
	if (s->phrase[i].n != 1)
		return false;
	bool everyday = scan_is(s, i, C_FILLER, NULL) || scan_is(s, i, C_PLACE, NULL) || scan_is(s, i, C_HENCE, NULL) ||
			scan_is(s, i, C_COMMON, NULL);
	static const uint8_t before[] = { C_CASE, C_URGENT, C_CHILD_WORD, C_MALE, C_FEMALE, C_SEX_M, C_SEX_F };
	for (unsigned k = 0; everyday && k < sizeof(before); k++)
		if (scan_is(s, i - 1, (enum concept)before[k], NULL))
			return false;
	return everyday && i > 0;
}

/* Marks what is seen along the way a reader goes: the longest phrase, then on after it. */
static void note_concepts(struct scan *s)
{
	s->first_word = -1;
	for (int i = 0; i < s->ts.n;) {
		const struct phrase *ph = &s->phrase[i];
		bool idle = false, only_marks = true; /* what a mark hides still counts */
		for (int32_t e = ph->n ? ph->entry : -1; e >= 0; e = s->w->lex.entries[e].next) {
			enum concept c = s->w->lex.entries[e].concept;
			enum concept_group g = concept_group(c);
			if (g != G_CONCERN || !scan_idle_concern(s, i))
				s->seen[c >> 6] |= 1ull << (c & 63);
			idle |= c == C_FILLER || c == C_GREETING || c == C_THANKS || c == C_TEST;
			only_marks &= g == G_MARK;
		}
		if (!idle && s->first_word < 0)
			s->first_word = i;
		i += ph->n && !only_marks ? ph->n : 1;
	}
}

/* The end of the mark-up that begins at i, or i: "<b>", "</p>", "<script> .. </script>", "&nbsp;". */
static size_t markup(const struct scan *s, size_t i)
{
	const char *t = s->text;
	size_t k = i + 1;
	if (t[i] == '&') {
		while (k < s->len && k < i + 9 && ((t[k] | 32) >= 'a' && (t[k] | 32) <= 'z'))
			k++;
		return k > i + 1 && k < s->len && t[k] == ';' ? k + 1 : i;
	}
	if (t[i] == '<' && k < s->len && t[k] == '3' && (k + 1 == s->len || t[k + 1] == ' '))
		return k + 1; /* a heart */
	bool letter = k < s->len && (((t[k] | 32) >= 'a' && (t[k] | 32) <= 'z') || t[k] == '/' || t[k] == '!');
	if (t[i] != '<' || !letter)
		return i;
	bool script = s->len - k >= 6 && strncasecmp(t + k, "script", 6) == 0;
	while (k < s->len && t[k] != '>')
		k++;
	if (k == s->len)
		return i;
	/* what a script says is no word of the report */
	for (size_t e = k; script && e + 8 < s->len; e++)
		if (strncasecmp(t + e, "</script", 8) == 0)
			k = e + 8;
	return k + 1 < s->len ? k + 1 : s->len;
}

/* What a browser or a copied page left in the text is taken out, and what remains is shown back. */
static void drop_markup(struct scan *s)
{
	int kept = 0, i = 0;
	s->marked_up = false;
	if (!memchr(s->text, '<', s->len) && !memchr(s->text, '&', s->len))
		return;
	for (size_t at = 0; at < s->len;) {
		size_t end = markup(s, at);
		if (end == at) {
			at++;
			continue;
		}
		for (; i < s->ts.n && s->ts.t[i].off < at; i++)
			s->ts.t[kept++] = s->ts.t[i];
		for (; i < s->ts.n && s->ts.t[i].off < end; i++)
			s->marked_up = true;
		if (i < s->ts.n && s->marked_up) {
			s->ts.t[i].pre |= SEP_SPACE;
			s->ts.t[i].flags &= (uint8_t)~TOK_GLUED;
		}
		at = end;
	}
	while (i < s->ts.n)
		s->ts.t[kept++] = s->ts.t[i++];
	s->ts.n = (uint16_t)kept;
}

void scan_text(struct scan *s)
{
	memset(s->seen, 0, sizeof(s->seen));
	memset(s->any, 0, sizeof(s->any));
	s->types = 0;
	s->n_units = s->n_codes = 0;
	s->full = false;
	s->school = s->from->school[0] ? world_find_school(s->w, s->from->school) : -1;
	if (!day_from_iso(s->clock->today, &s->today))
		s->today = 0;
	fold_text(&s->fold, s->text, s->len);
	token_split(&s->ts, &s->fold);
	drop_markup(s);
	find_words(s);
	find_phrases(s);
	note_concepts(s);
}

int scan_look(const struct scan *s, int i, enum concept c, int32_t *value)
{
	if (i < 0 || i >= s->ts.n || !s->phrase[i].n)
		return 0;
	for (int32_t e = s->phrase[i].entry; e >= 0; e = s->w->lex.entries[e].next) {
		if (s->w->lex.entries[e].concept != c)
			continue;
		if (value)
			*value = s->w->lex.entries[e].value;
		return s->phrase[i].n;
	}
	return 0;
}

bool scan_letter(const struct scan *s, int i, char from, char to)
{
	if (i < 0 || i >= s->ts.n || s->ts.t[i].number || s->ts.t[i].n != 1)
		return false;
	char c = *token_text(&s->ts, i);
	return c >= from && c <= to;
}

/* "njezet e pese": of scan_number. */
int scan_worded(const struct scan *s, int i, int32_t *value, unsigned *flags)
{
	int n = scan_is(s, i, C_NUMBER, value);
	if (!n)
		return 0;
	*flags = K_WORDED;
	/* njezet e pese: tens, and, units; "e nente" is a place in a row elsewhere */
	int32_t units;
	int k = scan_is(s, i + n, C_AND, NULL);
	if (scan_is(s, i + n, C_ORDINAL, &units) == 2 && scan_is(s, i + n + 1, C_NUMBER, NULL) == 1)
		k = 1;
	int m = scan_is(s, i + n + k, C_NUMBER, &units);
	if (*value >= 20 && *value % 10 == 0 && m && units >= 1 && units <= 9) {
		*value += units;
		n += k + m;
	}
	return n;
}

struct unit *scan_add(struct scan *s, enum unit_type type, int at, int n)
{
	if (s->n_units == UNITS_MAX) {
		s->full = true;
		return &s->units[UNITS_MAX]; /* a sink: a text this full is not read */
	}
	struct unit *u = &s->units[s->n_units++];
	*u = (struct unit){ .type = (uint8_t)type, .at = (uint16_t)at, .n = (uint16_t)n };
	s->types |= 1u << type;
	return u;
}

bool scan_behind_pin(const struct scan *s, int i)
{
	while (i > 0 && s->ts.t[i].number)
		i--;
	for (int k = i; k >= 0 && k > i - 3; k--) {
		if (scan_is(s, k, C_PIN, NULL) == i + 1 - k)
			return true;
	}
	return false;
}
