/* lexicon.c - see lexicon.h.  Calls libc only. */
#include "parser/lexicon.h"
#include <stdlib.h>
#include <string.h>

static uint32_t hash_bytes(const char *s, size_t n)
{
	uint32_t h = 2166136261u;
	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)s[i]) * 16777619u;
	return h ^ h >> 15;
}

static uint32_t hash_edge(int32_t from, int32_t word)
{
	uint32_t h = (uint32_t)from * 0x9e3779b1u ^ (uint32_t)word * 0x85ebca6bu;
	return h ^ h >> 15;
}

/* One bit a letter: two words that differ by k edits differ in at most 2k bits. */
static uint32_t letters_of(const char *s, size_t n)
{
	uint32_t sign = 0;
	for (size_t i = 0; i < n; i++)
		sign |= 1u << ((unsigned char)s[i] & 31);
	return sign;
}

static int grow(void **p, uint32_t *cap, uint32_t need, size_t size)
{
	if (need <= *cap)
		return 0;
	uint32_t c = *cap ? *cap * 2 : 256;
	while (c < need)
		c *= 2;
	void *q = realloc(*p, c * size);
	if (!q)
		return -1;
	*p = q;
	*cap = c;
	return 0;
}

void lex_init(struct lexicon *l)
{
	memset(l, 0, sizeof(*l));
}

void lex_free(struct lexicon *l)
{
	free(l->text);
	free(l->words);
	free(l->nodes);
	free(l->entries);
	free(l->edges);
	free(l->table);
	free(l->by_length);
	free(l->signs);
	lex_init(l);
}

static int rehash_words(struct lexicon *l, uint32_t cap)
{
	int32_t *t = malloc(cap * sizeof(*t));
	if (!t)
		return -1;
	for (uint32_t i = 0; i < cap; i++)
		t[i] = -1;
	for (uint32_t w = 0; w < l->n_words; w++) {
		uint32_t k = l->words[w].hash & (cap - 1);
		while (t[k] >= 0)
			k = (k + 1) & (cap - 1);
		t[k] = (int32_t)w;
	}
	free(l->table);
	l->table = t;
	l->cap_table = cap;
	return 0;
}

int32_t lex_find(const struct lexicon *l, const char *s, size_t n)
{
	if (!l->cap_table)
		return -1;
	uint32_t h = hash_bytes(s, n), mask = l->cap_table - 1;
	for (uint32_t k = h & mask; l->table[k] >= 0; k = (k + 1) & mask) {
		const struct lex_word *w = &l->words[l->table[k]];
		if (w->hash == h && w->n == n && memcmp(l->text + w->at, s, n) == 0)
			return l->table[k];
	}
	return -1;
}

static int32_t new_node(struct lexicon *l)
{
	if (grow((void **)&l->nodes, &l->cap_nodes, l->n_nodes + 1, sizeof(*l->nodes)))
		return -1;
	l->nodes[l->n_nodes] = (struct lex_node){ .entry = -1 };
	return (int32_t)l->n_nodes++;
}

static int32_t add_word(struct lexicon *l, const char *s, size_t n)
{
	int32_t w = lex_find(l, s, n);
	if (w >= 0)
		return w;
	if (grow((void **)&l->words, &l->cap_words, l->n_words + 1, sizeof(*l->words)) ||
	    grow((void **)&l->text, &l->cap_text, l->n_text + (uint32_t)n, 1))
		return -1;
	memcpy(l->text + l->n_text, s, n);
	l->words[l->n_words] = (struct lex_word){ .at = l->n_text, .n = (uint16_t)n, .node = -1,
		.sign = letters_of(s, n), .hash = hash_bytes(s, n) };
	l->n_text += (uint32_t)n;
	l->n_words++;
	if (l->n_words * 2 > l->cap_table && rehash_words(l, l->cap_table ? l->cap_table * 2 : 1024))
		return -1;
	if (l->cap_table && lex_find(l, s, n) < 0) {
		uint32_t k = l->words[l->n_words - 1].hash & (l->cap_table - 1);
		while (l->table[k] >= 0)
			k = (k + 1) & (l->cap_table - 1);
		l->table[k] = (int32_t)(l->n_words - 1);
	}
	return (int32_t)(l->n_words - 1);
}

static int32_t find_edge(const struct lexicon *l, int32_t from, int32_t word)
{
	if (!l->cap_edges)
		return -1;
	uint32_t mask = l->cap_edges - 1;
	for (uint32_t k = hash_edge(from, word) & mask; l->edges[k].to; k = (k + 1) & mask)
		if (l->edges[k].from == from && l->edges[k].word == word)
			return l->edges[k].to;
	return -1;
}

static void place_edge(struct lex_edge *t, uint32_t cap, struct lex_edge e)
{
	uint32_t k = hash_edge(e.from, e.word) & (cap - 1);
	while (t[k].to)
		k = (k + 1) & (cap - 1);
	t[k] = e;
}

static int add_edge(struct lexicon *l, struct lex_edge e)
{
	if ((l->n_edges + 1) * 2 > l->cap_edges) {
		uint32_t cap = l->cap_edges ? l->cap_edges * 2 : 1024;
		struct lex_edge *t = calloc(cap, sizeof(*t));
		if (!t)
			return -1;
		for (uint32_t i = 0; i < l->cap_edges; i++)
			if (l->edges[i].to)
				place_edge(t, cap, l->edges[i]);
		free(l->edges);
		l->edges = t;
		l->cap_edges = cap;
	}
	place_edge(l->edges, l->cap_edges, e);
	l->n_edges++;
	return 0;
}

static int32_t step_or_add(struct lexicon *l, int32_t node, int32_t word)
{
	int32_t to = node < 0 ? l->words[word].node : find_edge(l, node, word);
	if (to >= 0)
		return to;
	to = new_node(l);
	if (to < 0)
		return -1;
	if (node < 0) {
		l->words[word].node = to;
	} else {
		l->nodes[node].more = true;
		if (add_edge(l, (struct lex_edge){ node, word, to }))
			return -1;
	}
	return to;
}

int lex_add(struct lexicon *l, const struct tokens *phrase, enum concept c, int32_t value, bool exact)
{
	if (l->n_nodes == 0 && new_node(l) < 0) /* node 0 is nobody's: an edge to 0 means "free" */
		return -1;
	int32_t node = -1;
	for (int i = 0; i < phrase->n; i++) {
		int32_t w = add_word(l, token_text(phrase, i), phrase->t[i].n);
		if (w < 0)
			return -1;
		if (exact)
			l->words[w].exact = true;
		node = step_or_add(l, node, w);
		if (node < 0)
			return -1;
	}
	if (node < 0)
		return 0;
	for (int32_t e = l->nodes[node].entry; e >= 0; e = l->entries[e].next)
		if (l->entries[e].concept == c && l->entries[e].value == value) {
			l->last = e;
			return 0;
		}
	if (grow((void **)&l->entries, &l->cap_entries, l->n_entries + 1, sizeof(*l->entries)))
		return -1;
	l->entries[l->n_entries] = (struct lex_entry){ c, value, l->nodes[node].entry, 0 };
	l->last = l->nodes[node].entry = (int32_t)l->n_entries++;
	return 0;
}

/* Ordinary words and places are no use to a reading: a name is not taken for a slip of one, nor a slip for a
 * name. */
static bool only_common(const struct lexicon *l, const struct lex_word *w)
{
	int32_t e = w->node < 0 ? -1 : l->nodes[w->node].entry;
	if (e < 0 || l->nodes[w->node].more)
		return false;
	while (e >= 0 && (l->entries[e].concept == C_COMMON || l->entries[e].concept == C_PLACE ||
			  l->entries[e].concept == C_GIVEN_NAME))
		e = l->entries[e].next;
	return e < 0;
}

int lex_seal(struct lexicon *l)
{
	free(l->by_length);
	free(l->signs);
	l->by_length = malloc((l->n_words + 1) * sizeof(*l->by_length));
	l->signs = malloc((l->n_words + 1) * sizeof(*l->signs));
	if (!l->by_length || !l->signs)
		return -1;
	uint32_t at = 0;
	for (uint32_t len = 0; len <= LEX_LONGEST; len++) {
		l->length_start[len] = at;
		for (uint32_t w = 0; w < l->n_words; w++)
			if (l->words[w].n == len && !l->words[w].exact && !only_common(l, &l->words[w])) {
				l->signs[at] = l->words[w].sign;
				l->by_length[at++] = (int32_t)w;
			}
	}
	l->length_start[LEX_LONGEST + 1] = at;
	return 0;
}

/* Optimal string alignment distance of two short words, or limit + 1 as soon as it must exceed. */
static int distance(const char *a, int na, const char *b, int nb, int limit)
{
	/* What both begin and end with costs nothing: mostly a letter or two are left. */
	while (na && nb && *a == *b)
		a++, b++, na--, nb--;
	while (na && nb && a[na - 1] == b[nb - 1])
		na--, nb--;
	if (na == 0 || nb == 0)
		return na + nb;
	if (na == 1 && nb == 1)
		return 1;
	if (limit == 1) /* what is left differs at both ends: two letters changed places, or it is more */
		return na == 2 && nb == 2 && a[0] == b[1] && a[1] == b[0] ? 1 : 2;
	if (na - nb > limit || nb - na > limit)
		return limit + 1;
	uint8_t rows[3][LEX_LONGEST + 4];
	uint8_t *before = rows[0], *last = rows[1], *row = rows[2];
	for (int j = 0; j <= nb; j++)
		last[j] = (uint8_t)j;
	memset(before, 100, (size_t)nb + 1);
	for (int i = 1; i <= na; i++) {
		int best = row[0] = (uint8_t)i;
		for (int j = 1; j <= nb; j++) {
			int d = last[j - 1] + (a[i - 1] != b[j - 1]);
			if (last[j] + 1 < d)
				d = last[j] + 1;
			if (row[j - 1] + 1 < d)
				d = row[j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
			    before[j - 2] + 1 < d)
				d = before[j - 2] + 1;
			row[j] = (uint8_t)d;
			if (d < best)
				best = d;
		}
		if (best > limit)
			return limit + 1;
		uint8_t *t = before;
		before = last;
		last = row;
		row = t;
	}
	return last[nb];
}

int lex_distance(const char *a, size_t na, const char *b, size_t nb, int limit)
{
	if (na > LEX_LONGEST || nb > LEX_LONGEST)
		return limit + 1;
	return distance(a, (int)na, b, (int)nb, limit);
}

static bool within(const struct lexicon *l, int32_t ea, int32_t eb)
{
	for (; ea >= 0; ea = l->entries[ea].next) {
		int32_t e = eb;
		while (e >= 0 && (l->entries[e].concept != l->entries[ea].concept ||
				  l->entries[e].value != l->entries[ea].value))
			e = l->entries[e].next;
		if (e < 0)
			return false;
	}
	return true;
}

/* All that one of the words can mean, the other can mean too: "mungese", "mungesa". */
static bool same_meaning(const struct lexicon *l, int32_t a, int32_t b)
{
	int32_t na = l->words[a].node, nb = l->words[b].node;
	if (na < 0 || nb < 0)
		return false;
	int32_t ea = l->nodes[na].entry, eb = l->nodes[nb].entry;
	return ea >= 0 && eb >= 0 && (within(l, ea, eb) || within(l, eb, ea));
}

/* Would it matter if this word had been meant?  Politeness would not. */
static bool meaningful(const struct lexicon *l, const struct lex_word *w)
{
	if (w->node < 0)
		return w->n >= 4; /* ends a phrase: "e diel" */
	if (l->nodes[w->node].more && w->n >= 4) /* begins a phrase: "with reason" */
		return true;
	for (int32_t e = l->nodes[w->node].entry; e >= 0; e = l->entries[e].next)
		if (concept_weight(l->entries[e].concept) >= 2 || l->entries[e].concept == C_UNTIL ||
		    l->entries[e].concept == C_FROM)
			return true;
	return false;
}

void lex_paths(const struct lexicon *l, const struct tokens *ts, int i, struct lex_around *around)
{
	around->n_paths = 0;
	for (int from = i - LEX_PHRASE + 1 < 0 ? 0 : i - LEX_PHRASE + 1; from < i; from++) {
		int32_t node = -1;
		for (int k = from; k < i; k++) {
			int32_t w = ts->t[k].word;
			node = w < 0 ? -1 : k == from ? l->words[w].node : find_edge(l, node, w);
			if (node < 0)
				break;
		}
		if (node >= 0 && l->nodes[node].more)
			around->paths[around->n_paths++] = node;
	}
}

/* "vite", "dite": what is counted, and only that. */
static bool only_counted(const struct lexicon *l, int32_t node)
{
	for (int32_t e = l->nodes[node].entry; e >= 0; e = l->entries[e].next)
		switch ((int)l->entries[e].concept) {
		case C_AGE_WORD: case C_DAY_WORD: case C_WEEK_WORD: case C_MINUTE_WORD: case C_HOUR_WORD:
		case C_TIMES_WORD: case C_PEOPLE_WORD:
			break;
		default:
			return false;
		}
	return true;
}

/* How well a word fits where it stands: 4 goes on with a phrase, 3 wanted, 2 means something, 1 begins a phrase,
 * 0 only stands inside phrases.  at: the node it leads to. */
static int fitness(const struct lexicon *l, int32_t word, const struct lex_around *around, int32_t *at)
{
	for (int i = 0; i < around->n_paths; i++)
		if ((*at = find_edge(l, around->paths[i], word)) >= 0)
			return 4;
	*at = l->words[word].node;
	if (*at < 0)
		return 0;
	if (l->nodes[*at].entry < 0)
		return 1;
	if (!around->numbered && only_counted(l, *at))
		return 1;
	for (int32_t e = l->nodes[*at].entry; e >= 0; e = l->entries[e].next)
		if (around->wanted[l->entries[e].concept >> 6] >> (l->entries[e].concept & 63) & 1)
			return 3;
	return 2;
}

static bool same_end(const struct lexicon *l, int32_t a, int32_t b)
{
	int32_t ea = a < 0 ? -1 : l->nodes[a].entry, eb = b < 0 ? -1 : l->nodes[b].entry;
	return ea >= 0 && eb >= 0 && (within(l, ea, eb) || within(l, eb, ea));
}

/* More than 2 bits, or than 4: counted only as far as it matters. */
static inline bool too_many(uint32_t bits, bool four)
{
	bits &= bits - 1;
	bits &= bits - 1;
	if (four) {
		bits &= bits - 1;
		bits &= bits - 1;
	}
	return bits != 0;
}

/* The next of by_length, from i on, whose letters are near enough. */
static uint32_t next_alike(const struct lexicon *l, uint32_t sign, uint32_t i, uint32_t to, int limit)
{
	uint32_t seven = l->length_start[7]; /* shorter ones are allowed one slip */
	uint32_t end = limit == 1 || to < seven ? to : seven;
	while (i < end && too_many(sign ^ l->signs[i], false))
		i++;
	if (i < end)
		return i;
	while (i < to && too_many(sign ^ l->signs[i], true))
		i++;
	return i;
}

int32_t lex_guess(const struct lexicon *l, const char *s, size_t n, const struct lex_around *around,
		  uint8_t *dist, bool *near)
{
	*near = false;
	if (n < 3 || n > LEX_LONGEST || !l->by_length)
		return -1;
	int limit = n < 7 ? 1 : 2, best = limit + 1, fits = -1;
	int32_t found = -1, end = -1;
	bool tie = false;
	uint32_t sign = letters_of(s, n);
	uint32_t from = l->length_start[n - (size_t)limit < 3 ? 3 : n - (size_t)limit];
	size_t longest = n + (size_t)limit > LEX_LONGEST ? LEX_LONGEST : n + (size_t)limit;
	uint32_t to = l->length_start[longest + 1];
	for (uint32_t i = from; (i = next_alike(l, sign, i, to, limit)) < to; i++) {
		int32_t id = l->by_length[i], at;
		const struct lex_word *w = &l->words[id];
		/* Judged by the vocabulary's word too: a four-letter text never reaches a short word. */
		int allowed = w->n < 7 ? 1 : limit;
		int d = distance(s, (int)n, l->text + w->at, w->n, allowed);
		if (d > allowed)
			continue;
		*near |= meaningful(l, w);
		if (n < 4 || w->n < 4 || d > best)
			continue;
		int f = fitness(l, id, around, &at);
		if (d < best || f > fits) {
			best = d;
			fits = f;
			found = id;
			end = at;
			tie = false;
		} else if (f == fits && !same_meaning(l, id, found) && !same_end(l, at, end)) {
			tie = true;
		}
	}
	if (found < 0 || tie)
		return -1;
	*dist = (uint8_t)best;
	return found;
}

int lex_phrase(const struct lexicon *l, const struct tokens *ts, int i, int32_t *entry)
{
	int best = 0;
	int32_t node = -1;
	for (int k = i; k < ts->n && k < i + LEX_PHRASE; k++) {
		int32_t w = ts->t[k].word;
		if (w < 0)
			break;
		node = node < 0 ? l->words[w].node : find_edge(l, node, w);
		if (node < 0)
			break;
		if (l->nodes[node].entry >= 0) {
			best = k - i + 1;
			*entry = l->nodes[node].entry;
		}
		if (!l->nodes[node].more)
			break;
	}
	return best;
}
