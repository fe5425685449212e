/* suppress.h - which counts of a published sheet must be left out, so that no small one can be worked out from
 * what is printed.  Pure.
 *
 * The sheet is a chain of tables that share margins, so that its counts are the flow of a network: a count
 * leads from one node to another, and at every node what comes in is what goes out (rows and columns add up
 * to their totals, and those to the next table's).  For such a network the exact range of every hidden count,
 * given all printed ones, is a question of maximum flow; that is what is asked here, not whether a row has
 * two holes.
 *
 * What a reader is taken to know: every printed count, that a hidden one is a whole number of at least 1 (zeros
 * are printed), and this program.  A count of 1 to SUPPRESS_BELOW - 1 is hidden; then, as long as a hidden
 * count has fewer than SUPPRESS_VALUES possible values, printed counts are hidden as well, those that tell
 * least first. */
#ifndef GATEWAY_CASEWORK_SUPPRESS_H
#define GATEWAY_CASEWORK_SUPPRESS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SUPPRESS_BELOW 5
#define SUPPRESS_VALUES 4  /* 1, 2, 3, 4: as many as "fewer than five" leaves */
#define SUPPRESS_NODES 128
#define SUPPRESS_CELLS 1024

struct suppress_cell {
	int from, to;      /* nodes below SUPPRESS_NODES */
	int64_t value;     /* 0 or more */
	bool hidden;       /* out */
};
/* False: the counts do not add up, or are too many; then all of them are hidden. */
bool suppress(struct suppress_cell *cells, size_t n, int nodes);
/* How many values a hidden count may have, given all that is printed: at most `most` are counted. */
int suppress_values(const struct suppress_cell *cells, size_t n, int nodes, size_t cell, int most);
#endif
