/* work.h - what a store is asked to do, counted: two replies that shall not be told apart by their time come from
 * the same statements in the same order.  A clock would measure the machine's other guests.
 *
 * work_watch() in main(), before a store is opened; then work_begin() before what is counted, work_end() behind. */
#ifndef TESTS_COMPONENT_WORK_H
#define TESTS_COMPONENT_WORK_H
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define WORK_MAX 400
#define WORK_SQL 72

struct work {
	int n;
	char sql[WORK_MAX][WORK_SQL]; /* as prepared, without what was bound */
};
static struct work *work_now;

static inline int work_seen(unsigned type, void *context, void *stmt, void *text)
{
	(void)type, (void)context, (void)text;
	const char *sql = sqlite3_sql(stmt);
	if (work_now && work_now->n < WORK_MAX)
		snprintf(work_now->sql[work_now->n++], WORK_SQL, "%s", sql ? sql : "");
	return 0;
}

static inline int work_of_each(sqlite3 *db, char **err, const struct sqlite3_api_routines *api)
{
	(void)err, (void)api;
	return sqlite3_trace_v2(db, SQLITE_TRACE_STMT, work_seen, NULL);
}

static inline void work_watch(void)
{
	assert_int_equal(sqlite3_auto_extension((void (*)(void))work_of_each), SQLITE_OK);
}

static inline void work_begin(struct work *w)
{
	w->n = 0;
	work_now = w;
}

static inline void work_end(void)
{
	assert_non_null(work_now);
	assert_in_range(work_now->n, 1, WORK_MAX - 1); /* something was watched, and all of it */
	work_now = NULL;
}

static inline void work_same(const struct work *a, const struct work *b, const char *what)
{
	int i = 0;
	while (i < a->n && i < b->n && strcmp(a->sql[i], b->sql[i]) == 0)
		i++;
	if (i < a->n || i < b->n)
		fail_msg("%s: %d and %d statements, number %d is\n%s\n%s", what, a->n, b->n, i + 1,
			 i < a->n ? a->sql[i] : "none", i < b->n ? b->sql[i] : "none");
}
#endif
