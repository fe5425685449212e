/* token.h - folded text cut into words and numbers.
 *
 * Letters and digits are cut apart ("mungese5a12" is four tokens, the later three "glued"); what
 * stood between two tokens is kept as a set of separators.  An apostrophe inside a word is dropped
 * (s'ka is ska).  O for 0 and l or I for 1 are read only in a run that is otherwise a number.
 */
#ifndef PARSER_TOKEN_H
#define PARSER_TOKEN_H
#include "parser/fold.h"

#define TOKENS_MAX 512

enum { /* separators before a token */
	SEP_SPACE = 1, SEP_COMMA = 2, SEP_DOT = 4, SEP_DASH = 8, SEP_SLASH = 16, SEP_COLON = 32,
	SEP_SEMI = 64, SEP_LINE = 128, SEP_HASH = 256, SEP_QUOTE = 512, SEP_EQUALS = 1024,
	SEP_PIPE = 2048, SEP_PLUS = 4096, SEP_QUESTION = 8192, SEP_BANG = 16384, SEP_OTHER = 32768
};
enum { TOK_GLUED = 1, TOK_FIXED = 2, TOK_TITLE = 4, TOK_UPPER = 8, TOK_CEDILLA = 16, TOK_START = 32,
       TOK_HUGE = 64,
       TOK_NEAR = 128 /* unknown, but one slip from words that mean something: which, is not clear */ };

struct token {
	uint16_t off, len;   /* place in the source text */
	uint16_t at;         /* place in tokens.chars */
	uint16_t n;          /* its length there */
	uint16_t pre;        /* separators before it */
	uint8_t flags;
	bool number;
	uint8_t digits;      /* of a number */
	int32_t num;         /* value; 0 with TOK_HUGE when longer than nine digits */
	int32_t word;        /* lexicon's word, or -1 */
	uint8_t dist;        /* edits to that word */
};

struct tokens {
	uint16_t n;
	uint16_t post;       /* separators after the last token */
	bool cut;            /* there were more */
	struct token t[TOKENS_MAX];
	char chars[FOLD_MAX];
};
void token_split(struct tokens *ts, const struct fold *f);
static inline const char *token_text(const struct tokens *ts, int i)
{
	return ts->chars + ts->t[i].at;
}
bool token_is(const struct tokens *ts, int i, const char *word);
#endif
