/* world_group.h - one world, made from the real data files, for a group of cmocka tests. */
#ifndef TESTS_WORLD_GROUP_H
#define TESTS_WORLD_GROUP_H
#include "tests/unit/world_fixture.h"

static struct world *w;

static inline int fixture_setup(void **state)
{
	(void)state;
	w = fixture_world();
	return fixture_faults;
}

static inline int fixture_teardown(void **state)
{
	(void)state;
	world_free(w);
	return 0;
}
#endif
