/* lexicon.h - the words and phrases of the vocabulary files, found exactly by hash and with a typing
 * slip by a bounded search over words of about the same length.
 *
 * Built before sealing (allocates), then only read.  A phrase is a path in a trie of words; its end
 * carries one or more concepts with a value.
 */
#ifndef PARSER_LEXICON_H
#define PARSER_LEXICON_H
#include "parser/concepts.h"
#include "parser/token.h"

#define LEX_PHRASE 8    /* words in a phrase */
#define LEX_LONGEST 24  /* letters of the longest word that is matched with a slip */

struct lex_entry { /* one meaning of a phrase */
	enum concept concept;
	int32_t value;  /* number, month, or index of a string kept by the world; 0 = none */
	int32_t next;   /* further meanings, or -1 */
	uint8_t langs;  /* a bit a language file it stands in, by world.word_langs; 0 = unsaid */
};
struct lex_word {
	uint32_t at, sign;  /* text; which letters it has */
	uint16_t n;
	bool exact;         /* never matched with a slip (agencies of four letters or fewer) */
	int32_t node;       /* the trie's node under the root, or -1 */
	uint32_t hash;
};
struct lex_node {
	int32_t entry;      /* first meaning, or -1 */
	bool more;          /* longer phrases go through here */
};
struct lex_edge {
	int32_t from, word, to;
};
struct lexicon {
	char *text;
	struct lex_word *words;
	struct lex_node *nodes;
	struct lex_entry *entries;
	struct lex_edge *edges;   /* hash table */
	int32_t *table;           /* hash table of words */
	int32_t *by_length;       /* word ids in order of length */
	uint32_t *signs;          /* their letters, in that order */
	uint32_t n_text, n_words, n_nodes, n_entries, n_edges;
	uint32_t cap_text, cap_words, cap_nodes, cap_entries, cap_edges, cap_table;
	uint32_t length_start[LEX_LONGEST + 2];
	int32_t last;             /* the entry lex_add made or found */
};

void lex_init(struct lexicon *l);
void lex_free(struct lexicon *l);
/* Adds one meaning.  exact: its words are never guessed from a slip.  0, or -1 without memory. */
int lex_add(struct lexicon *l, const struct tokens *phrase, enum concept c, int32_t value, bool exact);
int lex_seal(struct lexicon *l);
int32_t lex_find(const struct lexicon *l, const char *s, size_t n); /* word, or -1 */
/* What stands before a mistyped word narrows what it can be. */
struct lex_around {
	int n_paths;
	int32_t paths[LEX_PHRASE]; /* phrases begun before it, that it may go on with: nodes */
	bool numbered;             /* a number stands before it */
	uint64_t wanted[4];        /* concepts that the reports called by name can use; none set: any */
};
/* The one word within one edit (4 to 6 letters) or two (7 and more), by optimal string alignment;
 * words of equal meaning count as one, and of several as near the one that goes on with a phrase or is
 * wanted.  -1 when none or several fit; near tells which: a word with a meaning is within reach, though it
 * cannot be said which one, or the text's word is too short. */
int32_t lex_guess(const struct lexicon *l, const char *s, size_t n, const struct lex_around *around,
		  uint8_t *dist, bool *near);
/* Phrases that tokens before i have begun, into around. */
void lex_paths(const struct lexicon *l, const struct tokens *ts, int i, struct lex_around *around);
/* Edits between two words of at most LEX_LONGEST letters, or limit + 1 when there are more. */
int lex_distance(const char *a, size_t na, const char *b, size_t nb, int limit);
/* Longest phrase starting at token i: number of tokens, 0 = none. */
int lex_phrase(const struct lexicon *l, const struct tokens *ts, int i, int32_t *entry);
#endif
