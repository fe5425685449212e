/* suppress.c - complementary suppression in a network of counts.  See suppress.h. */
#include "gateway/casework/suppress.h"
#include <string.h>

#define FREE INT64_MAX

struct net {
	const struct suppress_cell *cells;
	size_t n;
	int nodes;
	int64_t flow[SUPPRESS_CELLS];
};
struct path {
	int64_t cost;                  /* of what would have to be hidden; FREE: there is none */
	size_t cell[SUPPRESS_NODES];
	size_t n;
};

/* Another hidden count may grow without end and shrink to 1; a printed one could, if it were hidden. */
static bool passes(const struct net *g, size_t i, bool forward, bool hidden_only)
{
	const struct suppress_cell *c = &g->cells[i];

	if (c->value == 0 || (hidden_only && !c->hidden))
		return false;
	return forward || g->flow[i] > 1;
}

static int64_t cost_of(const struct suppress_cell *c)
{
	return c->hidden ? 0 : c->value;
}

/* The cheapest way from a to b that leaves out cell `but` (Bellman and Ford: the net is small). */
static void find_path(const struct net *g, int a, int b, size_t but, bool hidden_only, struct path *p)
{
	int64_t best[SUPPRESS_NODES];
	size_t by[SUPPRESS_NODES] = { 0 };
	bool changed = true;

	for (int v = 0; v < g->nodes; v++)
		best[v] = FREE;
	best[a] = 0;
	for (int round = 0; round < g->nodes && changed; round++) {
		changed = false;
		for (size_t i = 0; i < g->n; i++) {
			const struct suppress_cell *c = &g->cells[i];
			for (int back = 0; back < 2 && i != but; back++) {
				int u = back ? c->to : c->from, v = back ? c->from : c->to;
				if (best[u] == FREE || !passes(g, i, !back, hidden_only) ||
				    best[u] + cost_of(c) >= best[v])
					continue;
				best[v] = best[u] + cost_of(c);
				by[v] = i;
				changed = true;
			}
		}
	}
	p->cost = best[b];
	p->n = 0;
	for (int v = b; p->cost != FREE && v != a && p->n < SUPPRESS_NODES;) {
		const struct suppress_cell *c = &g->cells[by[v]];
		p->cell[p->n++] = by[v];
		/* which way it was taken: towards v */
		v = c->to == v ? c->from : c->to;
	}
}

/* One unit along a path that ends in b. */
static void push(struct net *g, const struct path *p, int b)
{
	int v = b;

	for (size_t i = 0; i < p->n; i++) {
		const struct suppress_cell *c = &g->cells[p->cell[i]];
		bool forward = c->to == v;
		g->flow[p->cell[i]] += forward ? 1 : -1;
		v = forward ? c->from : c->to;
	}
}

/* By how much the count may be greater (or smaller) with hidden ones alone, at most `most`; then, from where
 * that ends, the cheapest way to let it be more so. */
static int room(struct net *g, size_t cell, bool greater, int most, struct path *more)
{
	const struct suppress_cell *c = &g->cells[cell];
	int a = greater ? c->to : c->from, b = greater ? c->from : c->to, k = 0;

	for (size_t i = 0; i < g->n; i++)
		g->flow[i] = g->cells[i].value;
	if (!greater && most > c->value - 1)
		most = (int)(c->value - 1);
	more->cost = FREE;
	while (k < most) {
		find_path(g, a, b, cell, true, more);
		if (more->cost == FREE)
			break;
		push(g, more, b);
		k++;
	}
	if (k < most)
		find_path(g, a, b, cell, false, more);
	else
		more->cost = FREE;
	return k;
}

static int values(struct net *g, size_t cell, int most, struct path *up, struct path *down)
{
	int k = 1 + room(g, cell, true, most - 1, up);

	down->cost = FREE;
	return k >= most ? most : k + room(g, cell, false, most - k, down);
}

int suppress_values(const struct suppress_cell *cells, size_t n, int nodes, size_t cell, int most)
{
	struct net g = { .cells = cells, .n = n, .nodes = nodes };
	struct path up, down;

	return values(&g, cell, most, &up, &down);
}

/* Widens one hidden count; false: it needs nothing.  *stuck: nothing can be hidden that would help. */
static bool widen(struct net *g, struct suppress_cell *cells, size_t cell, bool *stuck)
{
	struct path up, down;

	if (values(g, cell, SUPPRESS_VALUES, &up, &down) >= SUPPRESS_VALUES)
		return false;
	const struct path *p = down.cost < up.cost ? &down : &up;
	*stuck = p->cost == FREE;
	for (size_t i = 0; !*stuck && i < p->n; i++)
		cells[p->cell[i]].hidden = true;
	return true;
}

static bool adds_up(const struct suppress_cell *cells, size_t n, int nodes)
{
	int64_t sum[SUPPRESS_NODES] = { 0 };

	if (n > SUPPRESS_CELLS || nodes > SUPPRESS_NODES)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (cells[i].from < 0 || cells[i].from >= nodes || cells[i].to < 0 ||
		    cells[i].to >= nodes || cells[i].value < 0)
			return false;
		sum[cells[i].from] -= cells[i].value;
		sum[cells[i].to] += cells[i].value;
	}
	for (int v = 0; v < nodes; v++) {
		if (sum[v] != 0)
			return false;
	}
	return true;
}

static void hide_all(struct suppress_cell *cells, size_t n)
{
	for (size_t i = 0; i < n; i++)
		cells[i].hidden = true;
}

bool suppress(struct suppress_cell *cells, size_t n, int nodes)
{
	static struct net g; /* 8 KB; the hub has one thread */
	bool again = true, stuck = false;

	if (!adds_up(cells, n, nodes)) {
		hide_all(cells, n);
		return false;
	}
	g.cells = cells;
	g.n = n;
	g.nodes = nodes;
	for (size_t i = 0; i < n; i++)
		cells[i].hidden = cells[i].value > 0 && cells[i].value < SUPPRESS_BELOW;
	/* What was hidden to hide another must be as safe: until nothing changes.  Each round hides at
	 * least one more, so it ends. */
	while (again && !stuck) {
		again = false;
		for (size_t i = 0; i < n && !stuck; i++)
			again |= cells[i].hidden && widen(&g, cells, i, &stuck);
	}
	if (stuck)
		hide_all(cells, n);
	return !stuck;
}
