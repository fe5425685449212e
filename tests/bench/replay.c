/* replay.c - the rows of a finished run, written once more by a bare SQLite loop.
 *
 * The limit that `make bench` holds the hub against: the same schema with its indexes and checks, the
 * same rows in their last shape, in groups of the same size, WAL with synchronous=FULL; nothing is
 * read, updated, sealed or checked against another table.
 * usage: replay FROM TO GROUP   FROM is a store; TO is made; GROUP texts a commit.  Prints seconds.
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define TABLES 16
#define COLUMNS 32

struct table {
	char insert[512];
	int columns;
	sqlite3_int64 rows, done;
	sqlite3_value **values;
	sqlite3_stmt *add;
};
static struct table tables[TABLES];
static int n_tables;

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void need(int ok, sqlite3 *c, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "replay: %s: %s\n", what, sqlite3_errmsg(c));
	exit(1);
}

static void run(sqlite3 *c, const char *sql)
{
	need(sqlite3_exec(c, sql, NULL, NULL, NULL) == SQLITE_OK, c, sql);
}

static sqlite3_stmt *prepared(sqlite3 *c, const char *sql)
{
	sqlite3_stmt *s = NULL;

	need(sqlite3_prepare_v3(c, sql, -1, SQLITE_PREPARE_PERSISTENT, &s, NULL) == SQLITE_OK, c, sql);
	return s;
}

static void name_insert(struct table *t, const char *name)
{
	size_t n = (size_t)snprintf(t->insert, sizeof(t->insert), "INSERT INTO %s VALUES (", name);

	for (int i = 0; i < t->columns; i++)
		n += (size_t)snprintf(t->insert + n, sizeof(t->insert) - n, "%s?", i ? "," : "");
	snprintf(t->insert + n, sizeof(t->insert) - n, ")");
}

/* All rows stand in memory before the clock runs. */
static void load(sqlite3 *c, const char *name)
{
	char sql[128];
	struct table *t = &tables[n_tables++];

	snprintf(sql, sizeof(sql), "SELECT count(*) FROM %s", name);
	sqlite3_stmt *s = prepared(c, sql);
	need(sqlite3_step(s) == SQLITE_ROW, c, sql);
	t->rows = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	snprintf(sql, sizeof(sql), "SELECT * FROM %s ORDER BY rowid", name);
	s = prepared(c, sql);
	t->columns = sqlite3_column_count(s);
	need(t->columns <= COLUMNS, c, "columns");
	t->values = calloc((size_t)t->rows * (size_t)t->columns + 1, sizeof(*t->values));
	need(t->values != NULL, c, "memory");
	for (sqlite3_int64 r = 0; r < t->rows && sqlite3_step(s) == SQLITE_ROW; r++) {
		for (int i = 0; i < t->columns; i++)
			t->values[r * t->columns + i] = sqlite3_value_dup(sqlite3_column_value(s, i));
	}
	sqlite3_finalize(s);
	name_insert(t, name);
}

static void copy_schema(sqlite3 *from, sqlite3 *to)
{
	sqlite3_stmt *s = prepared(from, "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL "
					 "AND type IN ('table', 'index') ORDER BY rowid");

	while (sqlite3_step(s) == SQLITE_ROW)
		run(to, (const char *)sqlite3_column_text(s, 0));
	sqlite3_finalize(s);
}

static void write_until(sqlite3 *c, struct table *t, sqlite3_int64 end)
{
	for (; t->done < end; t->done++) {
		for (int i = 0; i < t->columns; i++)
			sqlite3_bind_value(t->add, i + 1, t->values[t->done * t->columns + i]);
		need(sqlite3_step(t->add) == SQLITE_DONE, c, t->insert);
		sqlite3_reset(t->add);
	}
}

/* Table 0 are the messages: the others are spread evenly over their groups. */
static double write_all(sqlite3 *c, sqlite3_int64 group)
{
	double from = seconds();
	sqlite3_int64 texts = tables[0].rows;

	for (sqlite3_int64 n = group; texts > 0; n += group) {
		sqlite3_int64 upto = n < texts ? n : texts;
		run(c, "BEGIN IMMEDIATE");
		for (int i = 0; i < n_tables; i++)
			write_until(c, &tables[i], tables[i].rows * upto / texts);
		run(c, "COMMIT");
		if (upto == texts)
			break;
	}
	return seconds() - from;
}

int main(int argc, char **argv)
{
	static const char *const names[] = { "messages", "segments",  "readings", "class_days", "absences",
					     "outbox",   "attempts", "sms_parts", "audit" };
	sqlite3 *from = NULL, *to = NULL;

	if (argc != 4 || strtoll(argv[3], NULL, 10) < 1)
		return 64;
	need(sqlite3_open_v2(argv[1], &from, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK, from, argv[1]);
	need(sqlite3_open(argv[2], &to) == SQLITE_OK, to, argv[2]);
	run(to, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=OFF");
	copy_schema(from, to);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		load(from, names[i]);
	for (int i = 0; i < n_tables; i++)
		tables[i].add = prepared(to, tables[i].insert);
	printf("%.6f\n", write_all(to, strtoll(argv[3], NULL, 10)));
	return 0;
}
