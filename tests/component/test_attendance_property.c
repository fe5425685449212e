/* test_attendance_property.c - terms at random: reports, late ones, corrections, counts, excuses, returns,
 * texts taken back, in any order.  After each text the sums of the store are those of its rows, and the
 * alerts that stand are those that a recomputation of the whole year from the bare rows allows and wants.
 *
 * The recomputation shares no code with the gateway: it reads the rows of two tables and goes through a
 * calendar day by day.  Fixed seeds and one of the clock's, which is printed; SEED=n plays one alone. */
#include "tests/component/fixture.h"
#include <sqlite3.h>
#include <time.h>
#include "gateway/casework/schoolday.h"
#include "parser/calendar.h"

#define SEEDS 12
#define PUPILS 6         /* numbers 1 to 5 of 5A */
#define SPAN 330         /* days of a school year looked at */
#define ALERTS 4000

static uint64_t dice;

static unsigned roll(unsigned n)
{
	dice ^= dice << 13;
	dice ^= dice >> 7;
	dice ^= dice << 17;
	return (unsigned)(dice % n);
}

/* ---- the bare rows -------------------------------------------------------------------------- */

struct bare {
	int32_t zero;                  /* day 0: 1 August */
	char mark[PUPILS][SPAN];       /* 0 unknown, 'p', 'u', 'e' */
	bool back[PUPILS][SPAN];
	int absent[PUPILS], unexcused[PUPILS], listed;
	struct {
		char rule[8], state[12];
		int pupil, first, number, raised;
	} a[ALERTS];
	int n_alerts;
};

static sqlite3 *db;
static struct bare b;

static sqlite3_stmt *query(const char *sql)
{
	sqlite3_stmt *s = NULL;

	if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK)
		fail_msg("%s", sqlite3_errmsg(db));
	return s;
}

static int index_of(const char *iso)
{
	int32_t day;

	assert_true(day_from_iso(iso, &day));
	return (int)(day - b.zero);
}

static const char *text(sqlite3_stmt *s, int col)
{
	return (const char *)sqlite3_column_text(s, col);
}

static void read_days(void)
{
	sqlite3_stmt *s = query(
		"SELECT d.day FROM class_days d WHERE d.state = 'stands' AND d.class_name = '5A' AND "
		"(EXISTS (SELECT 1 FROM class_days l WHERE l.first = d.first AND l.state <> 'undone' "
		"AND l.count <= 0) OR (SELECT count(*) FROM absences a WHERE a.class_day = d.first AND "
		"a.state = 'stands' AND a.category IN ('unknown', 'excused', 'unexcused')) >= d.count)");
	while (sqlite3_step(s) == SQLITE_ROW) {
		b.listed++;
		for (int p = 1; p < PUPILS; p++)
			b.mark[p][index_of(text(s, 0))] = 'p';
	}
	sqlite3_finalize(s);
	s = query("SELECT d.day, a.pupil, a.category FROM absences a JOIN class_days d ON "
		  "d.id = a.class_day WHERE a.state = 'stands' AND d.class_name = '5A' "
		  "AND a.category NOT IN ('late', 'left_early')");
	while (sqlite3_step(s) == SQLITE_ROW) {
		int p = sqlite3_column_int(s, 1);
		bool excused = strcmp(text(s, 2), "excused") == 0;
		b.mark[p][index_of(text(s, 0))] = excused ? 'e' : 'u';
		b.absent[p]++;
		b.unexcused[p] += !excused;
	}
	sqlite3_finalize(s);
	s = query("SELECT day, pupil FROM pupil_returns WHERE undone IS NULL");
	while (sqlite3_step(s) == SQLITE_ROW)
		b.back[sqlite3_column_int(s, 1)][index_of(text(s, 0))] = true;
	sqlite3_finalize(s);
}

static void read_alerts(void)
{
	sqlite3_stmt *s = query("SELECT rule, subject, span, state, raised FROM alerts "
				"WHERE subject LIKE 'SH1 5A %' AND rule LIKE 'A%'");
	while (sqlite3_step(s) == SQLITE_ROW) {
		char day[11];
		assert_in_range(b.n_alerts, 0, ALERTS - 1);
		snprintf(b.a[b.n_alerts].rule, 8, "%s", text(s, 0));
		b.a[b.n_alerts].pupil = atoi(text(s, 1) + 7);
		snprintf(day, sizeof(day), "%.10s", text(s, 2));
		b.a[b.n_alerts].first = index_of(day);
		b.a[b.n_alerts].number = atoi(text(s, 2) + 11);
		snprintf(b.a[b.n_alerts].state, 12, "%s", text(s, 3));
		clock_day(sqlite3_column_int64(s, 4), day);
		b.a[b.n_alerts++].raised = index_of(day);
	}
	sqlite3_finalize(s);
}

static void read_all(const struct fx *f)
{
	int32_t now;
	char today[CLOCK_DAY];

	memset(&b, 0, sizeof(b));
	clock_day(f->d.now, today);
	assert_true(day_from_iso(today, &now));
	int y, m, d;
	day_split(now, &y, &m, &d);
	b.zero = day_number(m < 8 ? y - 1 : y, 8, 1);
	read_days();
	read_alerts();
}

/* ---- the sums ------------------------------------------------------------------------------- */

#define YEAR "CAST(substr(day, 1, 4) AS INTEGER) - (substr(day, 6, 2) < '08')"

static void class_sums_are_right(void)
{
	sqlite3_stmt *s = query("SELECT school, class_name, year, listed, rated, missed, places FROM class_years "
				"WHERE listed + rated + missed + places > 0 EXCEPT "
				"SELECT school, class_name, " YEAR ", sum(listed), sum(places > 0), "
				"sum(missed * (places > 0)), sum(places) FROM class_days WHERE state = 'stands' "
				"GROUP BY 1, 2, 3");

	assert_int_equal(sqlite3_step(s), SQLITE_DONE);
	sqlite3_finalize(s);
	s = query("SELECT school, class_name, " YEAR " AS y FROM class_days WHERE state = 'stands' "
		  "AND listed + places > 0 EXCEPT SELECT school, class_name, year FROM class_years "
		  "WHERE listed + places > 0");
	assert_int_equal(sqlite3_step(s), SQLITE_DONE);
	sqlite3_finalize(s);
}

static void sums_are_right(void)
{
	int seen[PUPILS] = { 0 }, listed = 0;

	sqlite3_stmt *s = query("SELECT pupil, absent, unexcused FROM pupil_years WHERE class_name = '5A'");
	while (sqlite3_step(s) == SQLITE_ROW) {
		int p = sqlite3_column_int(s, 0);
		assert_int_equal(sqlite3_column_int(s, 1), b.absent[p]);
		assert_int_equal(sqlite3_column_int(s, 2), b.unexcused[p]);
		seen[p] = 1;
	}
	sqlite3_finalize(s);
	for (int p = 1; p < PUPILS; p++)
		assert_true(seen[p] || b.absent[p] == 0);
	s = query("SELECT listed FROM class_years WHERE class_name = '5A'");
	if (sqlite3_step(s) == SQLITE_ROW)
		listed = sqlite3_column_int(s, 0);
	sqlite3_finalize(s);
	assert_int_equal(listed, b.listed);
	class_sums_are_right();
}

/* ---- the rules, day by day ------------------------------------------------------------------ */

static struct fx *fx;

static bool in_season(int i)
{
	char iso[11];

	day_to_iso(b.zero + i, iso);
	return config_in_season(fx->cf, iso); /* which has a test of its own */
}

/* The row around day i by walking: first, last, how many.  A return behind a day ends it. */
static int row(int p, int i, int *first, int *last)
{
	int n = 0;

	*first = *last = i;
	for (int k = i; k >= 0; k--) {
		if (k < i && b.back[p][k])
			break;
		if (b.mark[p][k] == 'p' || b.mark[p][k] == 'e')
			break;
		if (b.mark[p][k] == 'u') {
			*first = k;
			n++;
		}
	}
	for (int k = i; k < SPAN; k++) {
		if (k > i) {
			if (b.mark[p][k] == 'p' || b.mark[p][k] == 'e')
				break;
			if (b.mark[p][k] == 'u') {
				*last = k;
				n++;
			}
		}
		if (b.back[p][k])
			break;
	}
	return n;
}

static bool came_back(int p, int last, bool said_only)
{
	for (int k = last; k < SPAN; k++) {
		if (b.back[p][k] || (!said_only && k > last && b.mark[p][k] == 'p'))
			return true;
	}
	return false;
}

static int newest(int p)
{
	int at = -1;

	for (int k = 0; k < SPAN; k++)
		at = b.mark[p][k] ? k : at;
	return at;
}

static bool stands(int a, bool over_too)
{
	return strcmp(b.a[a].state, "open") == 0 || strcmp(b.a[a].state, "acked") == 0 ||
	       (over_too && strcmp(b.a[a].state, "done") == 0);
}

static void rows_are_told(int p, const char *rule, int days, int every, int season_days)
{
	int first, last, end = newest(p), n;

	for (int a = 0; a < b.n_alerts; a++) {
		if (b.a[a].pupil != p || strcmp(b.a[a].rule, rule) != 0 ||
		    strcmp(b.a[a].state, "open") != 0)
			continue;
		assert_int_equal(b.mark[p][b.a[a].first], 'u');
		n = row(p, b.a[a].first, &first, &last);
		if (n < b.a[a].number || came_back(p, last, false))
			fail_msg("%s of %d from %d stands: %d days, not %d", rule, p, first, n,
				 b.a[a].number);
	}
	if (end < 0 || b.mark[p][end] != 'u')
		return;
	n = row(p, end, &first, &last);
	for (int k = end; k < SPAN; k++) {
		if (b.back[p][k])
			return;
	}
	int least = in_season(last) ? season_days : days;
	if (n < least)
		return;
	int step = every ? n - (n - least) % every : least;
	for (int a = 0; a < b.n_alerts; a++) {
		if (b.a[a].pupil == p && strcmp(b.a[a].rule, rule) == 0 && stands(a, false) &&
		    b.a[a].first >= first && b.a[a].first <= last && b.a[a].number >= step)
			return;
	}
	fail_msg("%s of %d is not told: %d days from %d", rule, p, n, first);
}

/* From absence i: the day on which ten (in a season seven) are reached in 56 days or in a row; -1. */
static int reached(int p, int i)
{
	bool unbroken = true;
	int n = 0;

	for (int k = i; k < SPAN; k++) {
		if (k >= i + 56 && !unbroken)
			break;
		if (b.mark[p][k] == 'u') {
			n++;
			if (n >= (in_season(k) ? 7 : 10))
				return k;
		} else if (b.mark[p][k]) {
			unbroken = false;
		}
		if (b.back[p][k])
			unbroken = false;
	}
	return -1;
}

static int end_of(int p, int i, int reach)
{
	int first, last;

	row(p, reach, &first, &last);
	return last > i + 55 ? last : i + 55;
}

static void totals_are_told(int p)
{
	for (int a = 0; a < b.n_alerts; a++) {
		bool holds = false;
		if (b.a[a].pupil != p || strcmp(b.a[a].rule, "A3") != 0 ||
		    strcmp(b.a[a].state, "open") != 0)
			continue;
		for (int i = 0; i <= b.a[a].first; i++) {
			int r = b.mark[p][i] == 'u' ? reached(p, i) : -1;
			holds |= r >= 0 && end_of(p, i, r) >= b.a[a].first;
		}
		if (!holds)
			fail_msg("A3 of %d from %d stands", p, b.a[a].first);
	}
	for (int i = 0; i < SPAN; i++) {
		int r = b.mark[p][i] == 'u' ? reached(p, i) : -1;
		bool told = false;
		if (r < 0)
			continue;
		int end = end_of(p, i, r);
		for (int a = 0; a < b.n_alerts; a++)
			told |= b.a[a].pupil == p && strcmp(b.a[a].rule, "A3") == 0 &&
				stands(a, came_back(p, r, true)) && b.a[a].first >= i &&
				b.a[a].first <= end;
		if (!told)
			fail_msg("A3 of %d is not told: from %d to %d", p, i, r);
		i = end;
	}
}

static bool rate(int p, int upto, int percent)
{
	int absent = 0, known = 0;

	for (int k = 0; k <= upto && k < SPAN; k++) {
		known += b.mark[p][k] != 0;
		absent += b.mark[p][k] == 'u' || b.mark[p][k] == 'e';
	}
	return known >= 20 && absent * 100 >= percent * known;
}

static void rates_are_told(int p)
{
	static const int tiers[] = { 50, 20, 10 };

	for (int a = 0; a < b.n_alerts; a++) {
		if (b.a[a].pupil == p && strncmp(b.a[a].rule, "A4", 2) == 0 &&
		    strcmp(b.a[a].state, "open") == 0 && !rate(p, b.a[a].raised, b.a[a].number))
			fail_msg("%s of %d stands", b.a[a].rule, p);
	}
	for (int t = 0; t < 3; t++) {
		bool told = false;
		if (!rate(p, SPAN, tiers[t]))
			continue;
		for (int a = 0; a < b.n_alerts; a++)
			told |= b.a[a].pupil == p && strncmp(b.a[a].rule, "A4", 2) == 0 &&
				b.a[a].number >= tiers[t] && stands(a, true);
		if (!told)
			fail_msg("%d %% of %d is not told", tiers[t], p);
		return;
	}
}

static void all_is_right(struct fx *f)
{
	read_all(f);
	sums_are_right();
	for (int p = 1; p < PUPILS; p++) {
		rows_are_told(p, "A1", 3, 0, 3);
		rows_are_told(p, "A2", 5, 5, 3);
		totals_are_told(p);
		rates_are_told(p);
	}
}

/* ---- a term --------------------------------------------------------------------------------- */

/* Some pupils are away more than others. */
static void pupils(char *out, size_t max, bool categories)
{
	static const unsigned often[PUPILS] = { 0, 80, 55, 30, 12, 4 };

	out[0] = '\0';
	for (int p = 1; p < PUPILS; p++) {
		size_t n = strlen(out);
		if (roll(100) >= often[p])
			continue;
		snprintf(out + n, max - n, " %d%s", p,
			 categories && roll(4) == 0 ? " me arsye" : "");
	}
	if (!out[0])
		snprintf(out, max, " 0");
}

static void some_day(struct fx *f, const char *today, char out[32])
{
	char day[SCHOOLDAY];

	snprintf(day, sizeof(day), "%s", today);
	for (unsigned back = roll(12) + 1; back > 0 && strcmp(day, "2026-09-14") > 0; back--)
		schoolday_step(f->cf, "SH1", NULL, day, -1, day);
	snprintf(out, 32, " date %.2s.%.2s", day + 8, day + 5);
}

static void text_of_chance(struct fx *f, const char *today, char *out, size_t max)
{
	char who[120], day[32] = "";
	unsigned what = roll(100);

	pupils(who, sizeof(who), what < 15);
	if (what >= 55 && what < 78)
		some_day(f, today, day);
	if (what < 62)
		snprintf(out, max, "%s 5A%s%s", strcmp(who, " 0") == 0 ? "" : "MUNGESE", who, day);
	else if (what < 78)
		snprintf(out, max, "KORRIGJO 5A%s%s", who, day);
	else if (what < 82)
		snprintf(out, max, "mungese 5A %u/28", roll(6));
	else if (what < 88)
		snprintf(out, max, "ANULO");
	else if (what < 93)
		snprintf(out, max, "ARSYE 5A %u", roll(PUPILS - 1) + 1);
	else
		snprintf(out, max, "KTHYE 5A %u", roll(PUPILS - 1) + 1);
}

static void play(struct fx *f, uint64_t seed)
{
	static const char *const starts[] = { "2026-09-14", "2026-11-30", "2027-01-11", "2027-05-17" };
	char day[SCHOOLDAY], said[200];

	dice = seed * UINT64_C(0x9e3779b97f4a7c15) + 1;
	snprintf(day, sizeof(day), "%s", starts[roll(4)]);
	for (int n = 0; n < 40 && strcmp(day, "2027-07-25") < 0; n++) {
		int texts = (int)roll(4); /* now and then a day of which nobody says anything */
		for (int i = 0; i < texts; i++) {
			char iso[24];
			snprintf(iso, sizeof(iso), "%sT%02d:%02d", day, 8 + 2 * i, (int)roll(60));
			fx_at(f, iso);
			text_of_chance(f, day, said, sizeof(said));
			fx_sms(f, T1, said);
			fx_drain(f);
			f->n_sms = f->n_http = 0;
			all_is_right(f);
		}
		if (!schoolday_step(f->cf, "SH1", NULL, day, 1, day))
			break;
	}
}

static void one_term(uint64_t seed)
{
	void *state = NULL;

	print_message("seed %llu\n", (unsigned long long)seed);
	assert_int_equal(fx_setup(&state), 0);
	fx = state;
	assert_int_equal(sqlite3_open_v2(fx->db, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
	play(fx, seed);
	sqlite3_close(db);
	fx_teardown(&state);
}

static void test_terms(void **state)
{
	const char *only = getenv("SEED");

	(void)state;
	if (only) {
		one_term(strtoull(only, NULL, 10));
		return;
	}
	for (uint64_t seed = 1; seed <= SEEDS; seed++)
		one_term(seed);
	one_term((uint64_t)time(NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_terms) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
