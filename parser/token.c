/* token.c - see token.h.  Pure; calls libc only. */
#include "parser/token.h"
#include <string.h>

/* Bits: a run of a number that was typed with letters holds digits and letters like them, and no others. */
enum ctype { OTHER = 0, DIGIT = 1, LIKE_DIGIT = 2, LETTER = 4 };

#define D DIGIT
#define K LIKE_DIGIT
#define L LETTER
static const uint8_t types[256] = {
	['0'] = D, ['1'] = D, ['2'] = D, ['3'] = D, ['4'] = D, ['5'] = D, ['6'] = D, ['7'] = D, ['8'] = D,
	['9'] = D, ['a'] = L, ['b'] = L, ['c'] = L, ['d'] = L, ['e'] = L, ['f'] = L, ['g'] = L, ['h'] = L,
	['i'] = K, ['j'] = L, ['k'] = L, ['l'] = K, ['m'] = L, ['n'] = L, ['o'] = K, ['p'] = L, ['q'] = L,
	['r'] = L, ['s'] = L, ['t'] = L, ['u'] = L, ['v'] = L, ['w'] = L, ['x'] = L, ['y'] = L, ['z'] = L,
};
#undef D
#undef K
#undef L

static inline unsigned type_of(char c)
{
	unsigned char u = (unsigned char)c;
	return u >= 0x80 ? LETTER : types[u];
}

static inline bool is_letter(char c)
{
	return type_of(c) & (LIKE_DIGIT | LETTER);
}

static unsigned separator(char c)
{
	switch (c) {
	case ' ': return SEP_SPACE;
	case ',': return SEP_COMMA;
	case '.': return SEP_DOT;
	case '-': case '_': return SEP_DASH;
	case '/': return SEP_SLASH;
	case ':': return SEP_COLON;
	case ';': return SEP_SEMI;
	case '\n': return SEP_LINE;
	case '#': case '*': return SEP_HASH;
	case '\'': case '"': return SEP_QUOTE;
	case '=': return SEP_EQUALS;
	case '|': return SEP_PIPE;
	case '+': case '&': return SEP_PLUS;
	case '?': return SEP_QUESTION;
	case '!': return SEP_BANG;
	default: return SEP_OTHER;
	}
}

#define MENDED_MAX 9 /* digits of a number that is read with O, l or I in it */

static struct token *new_token(struct tokens *ts, const struct fold *f, unsigned i, unsigned pre,
			       unsigned at)
{
	if (ts->n == TOKENS_MAX) {
		ts->cut = true;
		return NULL;
	}
	struct token *t = &ts->t[ts->n++];
	t->off = f->at[i];
	t->at = (uint16_t)at;
	t->pre = (uint16_t)pre;
	t->flags = 0;
	t->digits = 0;
	t->num = 0;
	t->word = -1;
	t->dist = 0;
	return t;
}

static void finish_number(struct token *t, const char *s)
{
	t->number = true;
	t->digits = (uint8_t)(t->n > 255 ? 255 : t->n);
	if (t->n > 9) {
		t->flags |= TOK_HUGE;
		return;
	}
	for (unsigned i = 0; i < t->n; i++)
		t->num = t->num * 10 + (s[i] - '0');
}

/* The word that starts at i: letters, and an apostrophe between two letters, which is dropped.  Copies it,
 * notes how it was written; returns its end. */
static unsigned take_word(struct token *t, const struct fold *f, unsigned i, char *out)
{
	unsigned upper = 0, cedilla = 0, letters = 0, k = i;
	for (; k < f->n; k++) {
		char c = f->s[k];
		if (c == '\'' && k + 1 < f->n && is_letter(f->s[k + 1]))
			continue;
		if (!is_letter(c))
			break;
		upper += (f->was[k] & FOLD_UPPER) != 0;
		cedilla |= f->was[k] & FOLD_CEDILLA;
		out[letters++] = c;
	}
	t->n = (uint16_t)letters;
	if (cedilla)
		t->flags |= TOK_CEDILLA;
	if (upper == letters)
		t->flags |= TOK_UPPER;
	else if (upper == 1 && (f->was[i] & FOLD_UPPER))
		t->flags |= TOK_TITLE;
	return k;
}

/* Figures from i to end, letters like them among them. */
static void take_number(struct token *t, const struct fold *f, unsigned i, unsigned end, char *out)
{
	t->n = (uint16_t)(end - i);
	for (; i < end; i++) {
		char c = f->s[i];
		*out++ = (char)(c == 'o' ? '0' : c == 'l' || c == 'i' ? '1' : c);
	}
}

void token_split(struct tokens *ts, const struct fold *f)
{
	ts->n = 0;
	ts->cut = f->cut;
	unsigned pre = 0, at = 0, run_end = 0;
	bool start = true;
	for (unsigned i = 0; i < f->n;) {
		unsigned type = type_of(f->s[i]);
		if (type == OTHER) {
			pre |= separator(f->s[i]);
			if (f->s[i] == '.' || f->s[i] == '!' || f->s[i] == '?' || f->s[i] == '\n')
				start = true;
			i++;
			continue;
		}
		struct token *t = new_token(ts, f, i, pre, at);
		if (!t)
			break;
		if (pre == 0 && ts->n > 1)
			t->flags |= TOK_GLUED;
		unsigned end = i;
		if (i >= run_end) {
			unsigned run = 0, one;
			for (run_end = i; run_end < f->n && (one = type_of(f->s[run_end])) != OTHER; run_end++)
				run |= one;
			if (run == (DIGIT | LIKE_DIGIT) && run_end - i <= MENDED_MAX) {
				end = run_end;
				t->flags |= TOK_FIXED;
			}
		}
		t->number = false;
		if (type != DIGIT && end == i) {
			end = take_word(t, f, i, ts->chars + at);
			if (start)
				t->flags |= TOK_START;
		} else {
			while (!(t->flags & TOK_FIXED) && end < f->n && type_of(f->s[end]) == DIGIT)
				end++;
			take_number(t, f, i, end, ts->chars + at);
		}
		at += t->n;
		unsigned last = f->at[end - 1];
		t->len = (uint16_t)((end < f->n ? f->at[end] : last + 1u) - t->off);
		if (type == DIGIT || (t->flags & TOK_FIXED))
			finish_number(t, ts->chars + t->at);
		start = false;
		pre = 0;
		i = end;
	}
	ts->post = (uint16_t)pre;
}

bool token_is(const struct tokens *ts, int i, const char *word)
{
	return i >= 0 && i < ts->n && ts->t[i].n == strlen(word) &&
	       memcmp(token_text(ts, i), word, ts->t[i].n) == 0;
}
