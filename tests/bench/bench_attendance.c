/* bench_attendance.c - what one more report of a class costs with years of data behind it, what the look
 * at a deadline costs with 5,000 classes, how long a large store takes to open.
 *
 * usage: bench_attendance [ABSENCES ...]   default 10000 1000000; one line a figure: name, value, unit
 * The class that is measured has the same hundred days of this school year behind it each time; the rest
 * is other classes and earlier years.  Rows of before are written by bare SQL, their sums in one go. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "gateway/casework/effects.h"
#include "gateway/casework/schoolday.h"
#include "gateway/casework/silence.h"
#include "gateway/hub/clock.h"
#include "gateway/intake/message.h"
#include "parser/calendar.h"
#include "store/inbox.h"
#include "store/roster.h"

#define SCHOOLS 250
#define CLASSES 20 /* of a school */
#define DAYS 100
#define TEXTS 60

static char dir[64];
static struct config *cf;
static struct store *st;

static double seconds(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void need(int ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "bench_attendance: %s: %s\n", what, st ? store_errmsg(st) : "");
	exit(1);
}

static const char *in_dir(const char *name)
{
	static char path[4][128];
	static int turn;

	turn = (turn + 1) % 4;
	snprintf(path[turn], sizeof(path[0]), "%s/%s", dir, name);
	return path[turn];
}

static void class_of(int i, char school[12], char name[12])
{
	int k = i % CLASSES;

	snprintf(school, 12, "S%03d", i / CLASSES + 1);
	snprintf(name, 12, "%d%c", k / 2 % 10 + 1, "AB"[k % 2]);
}

/* The demonstration's configuration with a town of other schools. */
static void make_config(void)
{
	char text[65536], school[12], name[12], root[512];
	FILE *in = fopen("config/demo.cfg", "r"), *out = fopen(in_dir("k.cfg"), "w");

	need(in && out && getcwd(root, sizeof(root)) != NULL, "config/demo.cfg");
	while (fgets(text, sizeof(text), in)) {
		char *quoted = strstr(text, ".cfg\"") || strstr(text, ".csv\"") ? strchr(text, '"') : NULL;
		if (strstr(text, "roster =") || strstr(text, "schools =")) {
			if (strstr(text, "schools ="))
				fprintf(out, "\tschools = \"%s\";\n", in_dir("schools.csv"));
			continue;
		}
		for (char *p = text; quoted && *p; p++) {
			bool begins = *p == '"' && (p[1] >= 'a' && p[1] <= 'z') && p[1] != '.';
			fputc(*p, out);
			if (begins && strcspn(p + 1, "\"") > 4 && strstr(p + 1, ".c"))
				fprintf(out, "%s/config/", root);
		}
		if (!quoted)
			fputs(text, out);
	}
	fclose(in);
	fclose(out);
	out = fopen(in_dir("schools.csv"), "w");
	need(out != NULL, "schools.csv");
	fprintf(out, "school,class,register,shift\n");
	for (int i = 0; i < SCHOOLS * CLASSES; i++) {
		class_of(i, school, name);
		fprintf(out, "%s,%s,28,morning\n", school, name);
	}
	fclose(out);
	need(config_load(in_dir("k.cfg"), &cf, stderr) == 0, "configuration");
	need(clock_zone(cf->timezone) == 0, "time zone");
}

static void options(struct store_options *o)
{
	static char path[128], ring[128], key[128];

	snprintf(path, sizeof(path), "%s/k.db", dir);
	snprintf(ring, sizeof(ring), "%s/r.db", dir);
	snprintf(key, sizeof(key), "%s/key", dir);
	*o = (struct store_options){ .path = path, .keyring_path = ring, .key_file = key };
}

static void add_people(void)
{
	char school[12], name[12], number[24];

	need(store_begin(st) == STORE_OK, "begin");
	for (int i = 0; i < SCHOOLS * CLASSES; i++) {
		struct reporter r = { .active = true, .n_classes = 1 };
		class_of(i, school, name);
		need(school_put(st, school) == STORE_OK && class_put(st, school, name, 28, "morning") == STORE_OK,
		     "class");
		snprintf(r.id, sizeof(r.id), "T%d", i);
		snprintf(r.role, sizeof(r.role), "teacher");
		snprintf(r.school, sizeof(r.school), "%s", school);
		snprintf(r.lang, sizeof(r.lang), "sq");
		snprintf(r.classes[0], sizeof(r.classes[0]), "%s", name);
		snprintf(number, sizeof(number), "+35569%07d", 1000000 + i);
		need(roster_put(st, &r, number, 1) == STORE_OK, "reporter");
	}
	need(store_commit(st) == STORE_OK, "commit");
}

/* ---- years of rows -------------------------------------------------------------------------- */

static void run(sqlite3 *c, const char *sql)
{
	char *err = NULL;

	if (sqlite3_exec(c, sql, NULL, NULL, &err) == SQLITE_OK)
		return;
	fprintf(stderr, "bench_attendance: %.60s: %s\n", sql, err);
	exit(1);
}

/* One class-day with two absences; ids go on from id. */
static void put_day(sqlite3_stmt *d, sqlite3_stmt *a, sqlite3_int64 *id, int class_no, const char *day, int salt)
{
	char school[12], name[12];
	sqlite3_int64 first = *id;

	class_of(class_no, school, name);
	sqlite3_bind_int64(d, 1, first);
	sqlite3_bind_text(d, 2, school, -1, SQLITE_STATIC);
	sqlite3_bind_text(d, 3, name, -1, SQLITE_STATIC);
	sqlite3_bind_text(d, 4, day, -1, SQLITE_STATIC);
	need(sqlite3_step(d) == SQLITE_DONE, "class-day");
	sqlite3_reset(d);
	for (int k = 0; k < 2; k++) {
		sqlite3_bind_int64(a, 1, ++*id);
		sqlite3_bind_int64(a, 2, first);
		sqlite3_bind_int(a, 3, 1 + (salt + k * 11) % 22);
		sqlite3_bind_text(a, 4, school, -1, SQLITE_STATIC);
		sqlite3_bind_text(a, 5, name, -1, SQLITE_STATIC);
		sqlite3_bind_text(a, 6, day, -1, SQLITE_STATIC);
		need(sqlite3_step(a) == SQLITE_DONE, "absence");
		sqlite3_reset(a);
	}
	++*id;
}

static bool weekday(int32_t day)
{
	return day_weekday(day) <= 5;
}

static void fill(sqlite3 *c, long absences, int32_t today)
{
	sqlite3_stmt *d, *a;
	sqlite3_int64 id = 1000;
	char day[11];
	long put = 0;

	need(sqlite3_prepare_v2(c, "INSERT INTO class_days (id, first, school, class_name, day, reporter, count, "
				"enrolled, at, state, listed, missed, places) VALUES (?1, ?1, ?2, ?3, ?4, 'T', "
				"-1, -1, 1, 'stands', 1, 2, 28)", -1, &d, NULL) == SQLITE_OK, "prepare");
	need(sqlite3_prepare_v2(c, "INSERT INTO absences (id, class_day, pupil, category, reason, country, at, "
				"state, school, class_name, day) VALUES (?1, ?2, ?3, 'unknown', '', '', 1, "
				"'stands', ?4, ?5, ?6)", -1, &a, NULL) == SQLITE_OK, "prepare");
	int32_t back = today;
	for (int n = 0; n < DAYS; back--) {
		if (!weekday(back - 1))
			continue;
		day_to_iso(back - 1, day);
		put_day(d, a, &id, 0, day, n++ * 7);
		put += 2;
	}
	/* the same class in earlier years first, then all others day by day backwards */
	int32_t year = today - 365;
	for (int n = 0; n < 800 && put < absences; n++, year--) {
		day_to_iso(year, day);
		if (weekday(year))
			put_day(d, a, &id, 0, day, n), put += 2;
	}
	for (int32_t at = today - 1; put < absences; at--) {
		day_to_iso(at, day);
		for (int k = 1; weekday(at) && k < SCHOOLS * CLASSES && put < absences; k++, put += 2)
			put_day(d, a, &id, k, day, at + k);
	}
	sqlite3_finalize(d);
	sqlite3_finalize(a);
	char sql[120];
	snprintf(sql, sizeof(sql), "UPDATE sequence SET next = %lld WHERE name = 'attendance'", (long long)id + 64);
	run(c, sql);
}

static void years_of_rows(long absences, int32_t today)
{
	struct store_options o;
	char triggers[8][2048];
	int n = 0;
	sqlite3 *c = NULL;
	sqlite3_stmt *s;

	options(&o);
	need(sqlite3_open(o.path, &c) == SQLITE_OK, "open");
	run(c, "PRAGMA synchronous=OFF; PRAGMA cache_size=-400000; BEGIN");
	sqlite3_prepare_v2(c, "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND "
			   "name LIKE '%counted%'", -1, &s, NULL);
	char drop[8][128];
	while (sqlite3_step(s) == SQLITE_ROW && n < 8) {
		snprintf(drop[n], sizeof(drop[0]), "DROP TRIGGER %s", (const char *)sqlite3_column_text(s, 0));
		snprintf(triggers[n++], sizeof(triggers[0]), "%s", (const char *)sqlite3_column_text(s, 1));
	}
	sqlite3_finalize(s);
	for (int i = 0; i < n; i++)
		run(c, drop[i]);
	fill(c, absences, today);
	run(c, "INSERT INTO pupil_years SELECT school, class_name, CAST(substr(day, 1, 4) AS INTEGER) - "
	       "(substr(day, 6, 2) < '08') AS y, pupil, count(*), count(*) FROM absences GROUP BY 1, 2, 3, 4");
	run(c, "INSERT INTO class_years SELECT school, class_name, CAST(substr(day, 1, 4) AS INTEGER) - "
	       "(substr(day, 6, 2) < '08') AS y, count(*), count(*), 2 * count(*), 28 * count(*) "
	       "FROM class_days GROUP BY 1, 2, 3");
	for (int i = 0; i < n; i++)
		run(c, triggers[i]);
	run(c, "COMMIT; PRAGMA wal_checkpoint(TRUNCATE)");
	sqlite3_close(c);
}

/* ---- figures -------------------------------------------------------------------------------- */

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

/* Texts of successive school days from one class: read, recorded, followed, answered, committed. */
static void class_days(long absences, int32_t today)
{
	double took[TEXTS], used[TEXTS];
	int64_t nudges = 0;
	struct desk d = { .st = st, .cf = cf, .nudges = &nudges };
	int n = 0;

	for (int32_t day = today; n < TEXTS; day++) {
		char iso[11], at[32], text[64], words[400], key[32];
		int64_t id;
		day_to_iso(day, iso);
		if (!schoolday_is(cf, "S001", NULL, iso))
			continue;
		snprintf(at, sizeof(at), "%sT08:%02d", iso, n % 60);
		d.now = clock_utc_of(at) + n;
		snprintf(text, sizeof(text), "MUNGESE 1A %d %d %d", 1 + n % 22, 1 + (n + 7) % 22, 1 + (n + 9) % 22);
		snprintf(key, sizeof(key), "k%d", n);
		double cpu = seconds(CLOCK_PROCESS_CPUTIME_ID), wall = seconds(CLOCK_MONOTONIC);
		need(store_begin(st) == STORE_OK, "begin");
		need(inbox_add_message(st, "http", "+355691000000", text, strlen(text), d.now, d.now, key, &id) ==
			     STORE_OK, "message");
		need(message_process(&d, id, words, sizeof(words)) == STORE_OK, words);
		need(store_commit(st) == STORE_OK, "commit");
		took[n] = seconds(CLOCK_MONOTONIC) - wall;
		used[n++] = seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu;
		if (!strstr(words, "intent=absence error=- "))
			need(0, words);
	}
	qsort(took, TEXTS, sizeof(took[0]), by_value);
	qsort(used, TEXTS, sizeof(used[0]), by_value);
	printf("class_day_cpu_%ld %.1f us\n", absences, used[TEXTS / 2] * 1e6);
	printf("class_day_wall_%ld %.1f us\n", absences, took[TEXTS / 2] * 1e6);
}

static void deadline(long absences, const char *day)
{
	int64_t nudges = 0;
	struct desk d = { .st = st, .cf = cf, .nudges = &nudges };
	char at[32];
	int n = 0;

	snprintf(at, sizeof(at), "%sT10:30", day);
	d.now = clock_utc_of(at);
	need(store_begin(st) == STORE_OK, "begin");
	char value[32];
	snprintf(value, sizeof(value), "%lld", (long long)d.now - 86400);
	store_meta_put(st, "silence.swept", value);
	store_meta_put(st, "silence.since", value);
	snprintf(value, sizeof(value), "%lld", (long long)d.now);
	store_meta_put(st, "silence.next", value);
	double from = seconds(CLOCK_MONOTONIC);
	need(silence_due(&d, &n) == STORE_OK, "sweep");
	double took = seconds(CLOCK_MONOTONIC) - from;
	need(store_commit(st) == STORE_OK, "commit");
	printf("sweep_5000_classes_%ld %.1f ms\n", absences, took * 1e3);
	printf("sweep_sent_%ld %d texts\n", absences, n);
}

static void opening(long absences)
{
	struct store_options o;
	char err[256] = "";
	int64_t nudges = 0, next;
	int n;

	store_close(st);
	st = NULL;
	options(&o);
	double from = seconds(CLOCK_MONOTONIC);
	need(store_open(&o, &st, err, sizeof(err)) == STORE_OK, err);
	struct desk d = { .st = st, .cf = cf, .now = (int64_t)time(NULL), .nudges = &nudges };
	need(store_begin(st) == STORE_OK, "begin");
	need(effects_next(&d, &next) == STORE_OK && silence_due(&d, &n) == STORE_OK, "what is due");
	need(store_commit(st) == STORE_OK, "commit");
	printf("open_and_first_turn_%ld %.1f ms\n", absences, (seconds(CLOCK_MONOTONIC) - from) * 1e3);
}

static void clean(void)
{
	static const char *const names[] = { "k.db", "k.db-wal", "k.db-shm", "k.db.lock", "r.db", "r.db-wal",
					     "r.db-shm", "key", "r.db.lock", "k.cfg", "schools.csv" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		unlink(in_dir(names[i]));
}

static void measure(long absences)
{
	struct store_options o;
	char err[256] = "";
	int32_t today;

	options(&o);
	need(day_from_iso("2027-02-17", &today), "day"); /* a Wednesday */
	need(store_init(&o, err, sizeof(err)) == STORE_OK, err);
	need(store_open(&o, &st, err, sizeof(err)) == STORE_OK, err);
	add_people();
	store_close(st);
	st = NULL;
	years_of_rows(absences, today);
	need(store_open(&o, &st, err, sizeof(err)) == STORE_OK, err);
	class_days(absences, today);
	deadline(absences, "2027-02-18");
	opening(absences);
	store_close(st);
	st = NULL;
	for (int i = 0; i < 8; i++)
		unlink(in_dir((const char *[]){ "k.db", "k.db-wal", "k.db-shm", "k.db.lock", "r.db", "r.db-wal",
						"r.db-shm", "key" }[i]));
}

int main(int argc, char **argv)
{
	snprintf(dir, sizeof(dir), "/tmp/kujdestar-bench-XXXXXX");
	need(mkdtemp(dir) != NULL, dir);
	make_config();
	if (argc < 2) {
		measure(10000);
		measure(1000000);
	}
	for (int i = 1; i < argc; i++)
		measure(strtol(argv[i], NULL, 10));
	config_free(cf);
	clean();
	rmdir(dir);
	return 0;
}
