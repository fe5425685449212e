/* token.c - see token.h.  Pure; calls libc only. */
#include "parser/token.h"
#include <string.h>

enum ctype { OTHER, LETTER, DIGIT };

static enum ctype type_of(char c)
{
	unsigned char u = (unsigned char)c;
	if ((u >= 'a' && u <= 'z') || u >= 0x80)
		return LETTER;
	return u >= '0' && u <= '9' ? DIGIT : OTHER;
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

static bool looks_numeric(char c)
{
	return type_of(c) == DIGIT || c == 'o' || c == 'l' || c == 'i';
}

/* Length of a run that is a number but for O, l or I; 0 when it is not. */
static unsigned mended_number(const struct fold *f, unsigned i, unsigned end)
{
	bool digit = false, letter = false;
	if (end - i > 9)
		return 0;
	for (unsigned k = i; k < end; k++) {
		if (!looks_numeric(f->s[k]))
			return 0;
		if (type_of(f->s[k]) == DIGIT)
			digit = true;
		else
			letter = true;
	}
	return digit && letter ? end - i : 0;
}

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

static void case_flags(struct token *t, const struct fold *f, unsigned i, unsigned end)
{
	unsigned upper = 0, letters = 0;
	for (unsigned k = i; k < end; k++) {
		if (f->s[k] == '\'')
			continue;
		letters++;
		if (f->was[k] & FOLD_UPPER)
			upper++;
		if (f->was[k] & FOLD_CEDILLA)
			t->flags |= TOK_CEDILLA;
	}
	if (upper == letters)
		t->flags |= TOK_UPPER;
	else if (upper == 1 && (f->was[i] & FOLD_UPPER))
		t->flags |= TOK_TITLE;
}

/* End of the word that starts at i: letters, and an apostrophe between two letters. */
static unsigned word_end(const struct fold *f, unsigned i)
{
	while (i < f->n && (type_of(f->s[i]) == LETTER ||
			    (f->s[i] == '\'' && i + 1 < f->n && type_of(f->s[i + 1]) == LETTER)))
		i++;
	return i;
}

void token_split(struct tokens *ts, const struct fold *f)
{
	ts->n = 0;
	ts->cut = f->cut;
	unsigned pre = 0, at = 0, run_end = 0;
	bool start = true;
	for (unsigned i = 0; i < f->n;) {
		enum ctype type = type_of(f->s[i]);
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
			run_end = i;
			while (run_end < f->n && type_of(f->s[run_end]) != OTHER)
				run_end++;
			if (mended_number(f, i, run_end)) {
				end = run_end;
				t->flags |= TOK_FIXED;
			}
		}
		t->number = false;
		if (end == i && type == DIGIT) {
			while (end < f->n && type_of(f->s[end]) == DIGIT)
				end++;
		} else if (end == i) {
			end = word_end(f, i);
			case_flags(t, f, i, end);
			if (start)
				t->flags |= TOK_START;
		}
		for (unsigned k = i; k < end; k++) {
			char c = f->s[k];
			if (t->flags & TOK_FIXED)
				c = c == 'o' ? '0' : c == 'l' || c == 'i' ? '1' : c;
			if (c != '\'')
				ts->chars[at++] = c;
		}
		t->n = (uint16_t)(at - t->at);
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
