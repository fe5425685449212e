/* test_school.c - schools and the calendar from CSV files into the store and into force; the register of
 * a class against days counted by hand. */
#include <jansson.h>
#include "gateway/outbox/attendance_report.h"
#include "store/outbox.h"
#include "gateway/casework/register.h"
#include "gateway/cli/report.h"
#include "gateway/hub/places.h"
#include "gateway/hub/verbs.h"
#include "tests/component/fixture.h"
#include <sqlite3.h>
#include "store/internal.h"

/* ---- asking as a command does --------------------------------------------------------------- */

static json_t *ask(struct fx *f, json_t *rq)
{
	json_t *answer = NULL;
	fx_begin(f);
	int rc = verb_run(&f->d, rq, 1000, &answer);
	if (rc == STORE_OK)
		fx_commit(f);
	else
		store_rollback(f->st);
	assert_non_null(answer);
	json_decref(rq);
	return answer;
}

static const char *file_of(const struct fx *f, const char *text)
{
	static char path[128];
	snprintf(path, sizeof(path), "%s/t.csv", f->dir);
	FILE *out = fopen(path, "w");
	assert_non_null(out);
	fputs(text, out);
	assert_int_equal(fclose(out), 0);
	return path;
}

static int add_class(void *arg, const struct config_class_row *r)
{
	return json_array_append_new(arg, json_pack("{s:s,s:s,s:i,s:s,s:s}", "school", r->school, "class",
						    r->class_name, "register", r->register_size, "shift",
						    r->shift, "zone", r->zone));
}

static int add_day(void *arg, const struct config_day_row *r)
{
	return json_array_append_new(arg, json_pack("{s:s,s:s,s:s,s:s,s:s}", "kind", r->kind, "from",
						    r->from, "to", r->to, "school", r->school, "why",
						    r->why));
}

/* Reads a file; its faults, without the folder, must be these. *rows gets the good ones. */
static void reads(struct fx *f, bool days, const char *text, const char *faults, json_t **rows)
{
	char *said = NULL;
	size_t len = 0;
	FILE *err = open_memstream(&said, &len);
	json_t *list = json_array();
	const char *path = file_of(f, text);
	assert_non_null(err);
	if (days)
		config_read_calendar(f->cf, path, add_day, list, err);
	else
		config_read_schools(f->cf, path, add_class, list, err);
	fclose(err);
	char *plain = calloc(1, len + 1), *to = plain;
	assert_non_null(plain);
	for (const char *p = said; *p;) {
		if (strncmp(p, f->dir, strlen(f->dir)) == 0) {
			p += strlen(f->dir) + 1;
			continue;
		}
		*to++ = *p++;
	}
	assert_string_equal(plain, faults);
	free(plain);
	free(said);
	if (rows)
		*rows = list;
	else
		json_decref(list);
}

/* What the hub does after an import. */
static void in_force(struct fx *f)
{
	struct places p;
	struct config *fresh = NULL;
	OK(places_load(f->st, &p));
	assert_int_equal(config_load_with(FX_CONFIG, &p.im, &fresh, stderr), 0);
	config_free(f->cf);
	f->cf = fresh;
	f->d.cf = fresh;
	places_free(&p);
}

static void counts(json_t *answer, size_t added, size_t changed, size_t gone, int same)
{
	assert_true(json_is_true(json_object_get(answer, "ok")));
	assert_int_equal(json_array_size(json_object_get(answer, "added")), added);
	assert_int_equal(json_array_size(json_object_get(answer, "changed")), changed);
	assert_int_equal(json_array_size(json_object_get(answer, "gone")), gone);
	assert_int_equal(json_integer_value(json_object_get(answer, "same")), same);
	json_decref(answer);
}

static json_t *import(struct fx *f, bool days, const char *text, bool dry, bool complete, bool partial)
{
	json_t *rows = NULL;
	reads(f, days, text, "", &rows);
	json_t *answer = ask(f, json_pack("{s:s,s:o,s:b,s:b,s:b}", "verb",
					  days ? "calendar.import" : "school.import", "rows", rows, "dry", dry,
					  "complete", complete, "partial", partial));
	if (!dry)
		in_force(f);
	return answer;
}

static const struct config_class_row *class_row(const struct fx *f, const char *school, const char *name)
{
	for (size_t i = 0; i < f->cf->n_classes; i++)
		if (strcmp(f->cf->classes[i].school, school) == 0 &&
		    strcmp(f->cf->classes[i].class_name, name) == 0)
			return &f->cf->classes[i];
	return NULL;
}

/* ---- faults --------------------------------------------------------------------------------- */

#define HEAD "school,class,register_size,shift,zone\n"

static void every_faulty_class_is_named(void **state)
{
	struct fx *f = *state;
	json_t *rows;
	reads(f, false, HEAD
	      "SH1,5A,30,morning,Z1\n"
	      "SH1,5a,30,morning,\n"
	      "SH1,99,0,night,Z77\n"
	      "sh 2,5B,twenty,morning,\n"
	      "SH7,7A\n"
	      "SH7,7-B,25,afternoon,Z2\n"
	      "SH7,,25,morning,\n"
	      "SH7,7C,200,morning,\n"
	      "SH7,7D,+5,morning,\n"
	      "SH7,7E,20,,\n"
	      "SH7,\"7F,20,morning,\n",
	      "t.csv:3: class: SH1 5A is in line 2 too\n"
	      "t.csv:4: register: \"0\" is not a number of pupils (1 to 199)\n"
	      "t.csv:4: shift: \"night\" is none of: morning afternoon\n"
	      "t.csv:4: zone: \"Z77\" is none of: Z1 Z2 Z3 Z4 Z5 Z6 Z7 Z8 Z9\n"
	      "t.csv:4: class \"99\": a grade 0..12 and a section, as 5A or 5/2\n"
	      "t.csv:5: register: \"twenty\" is not a number of pupils (1 to 199)\n"
	      "t.csv:5: school code \"sh 2\": capitals and digits, at most 11\n"
	      "t.csv:6: has 2 fields; the header has 5\n"
	      "t.csv:8: class \"\": a grade 0..12 and a section, as 5A or 5/2\n"
	      "t.csv:9: register: \"200\" is not a number of pupils (1 to 199)\n"
	      "t.csv:10: register: \"+5\" is not a number of pupils (1 to 199)\n"
	      "t.csv:11: shift: \"\" is none of: morning afternoon\n"
	      "t.csv:12: a quote is not closed in its line\n", &rows);
	assert_int_equal(json_array_size(rows), 2); /* 5A of line 2, 7B written as it is written */
	assert_string_equal(json_string_value(json_object_get(json_array_get(rows, 1), "class")), "7B");
	json_decref(rows);
	reads(f, false, "school,class,shift\nSH1,5A,morning\n",
	      "t.csv:1: a column is missing; the first line names the columns: school class register shift "
	      "[zone]\n", NULL);
	reads(f, false, "school,class,register,register_size,shift\n",
	      "t.csv:1: column \"register_size\" is there twice; the first line names the columns: school "
	      "class register shift [zone]\n", NULL);
	reads(f, false, "school,class,register,shift,teacher\n",
	      "t.csv:1: column \"teacher\" is unknown; the first line names the columns: school class "
	      "register shift [zone]\n", NULL);
	/* semicolons, a byte order mark, CRLF, columns in another order, the sections of the north */
	reads(f, false, "\xef\xbb\xbf" "class;school;shift;register\r\n5/2;SH8;morning;21\r\n5\xc3\x87;SH8;morning;22\r\n",
	      "", &rows);
	assert_int_equal(json_array_size(rows), 2);
	json_decref(rows);
}

/* All of them: the whole file is to be mended in one go. */
static void hundreds_of_faults_are_all_named(void **state)
{
	struct fx *f = *state;
	char *text = calloc(1, 400 * 32);
	size_t at;
	assert_non_null(text);
	at = (size_t)sprintf(text, "school,class,register,shift\n");
	for (int i = 0; i < 400; i++)
		at += (size_t)sprintf(text + at, "SH1,%d%c,0,morning\n", i % 12, 'A' + i / 20);
	json_t *rows = json_array();
	char *said = NULL;
	size_t len = 0;
	FILE *err = open_memstream(&said, &len);
	config_read_schools(f->cf, file_of(f, text), add_class, rows, err);
	fclose(err);
	int lines = 0;
	for (const char *p = said; *p; p++)
		lines += *p == '\n';
	assert_true(lines >= 400);
	assert_non_null(strstr(said, ":401: register:"));
	assert_int_equal(json_array_size(rows), 0);
	json_decref(rows);
	free(said);
	free(text);
}

#define DAYS "kind,from,to,school,why\n"

static void every_faulty_day_is_named(void **state)
{
	struct fx *f = *state;
	json_t *rows;
	reads(f, true, DAYS
	      "vacation,2026-09-14,2026-12-23,,first term\n"
	      "term,2026-02-30,2027-06-18,,second term\n"
	      "closure,2026-11-19,2026-11-18,SH9,heating\n"
	      "term,2026-09-14,2026-12-23,,\n"
	      "term,2026-12-01,2027-02-01,,\n"
	      "open,2026-11-28,,\n"
	      "open,2026-11-28,,,\n"
	      "open,2026-11-28,,,twice\n"
	      "holiday,2026-01-01,2027-03-01,,\n"
	      "holiday,18.11.2026,19.11.2026,,\n"
	      "holiday,,,,\n",
	      "t.csv:2: kind: \"vacation\" is none of: term holiday closure open\n"
	      "t.csv:3: from: \"2026-02-30\" is no date (YYYY-MM-DD)\n"
	      "t.csv:4: to: 2026-11-18 is before 2026-11-19\n"
	      "t.csv:4: school: \"SH9\" is none of: SH1 SH2 SH3 (empty: all)\n"
	      "t.csv:6: from: the term of 2026-12-01 overlaps that of line 5\n"
	      "t.csv:7: has 4 fields; the header has 5\n"
	      "t.csv:9: from: the open of 2026-11-28 begins as that of line 8: one row for both\n"
	      "t.csv:10: to: 2027-03-01 is more than 400 days after 2026-01-01\n"
	      "t.csv:11: from: \"18.11.2026\" is no date (YYYY-MM-DD)\n"
	      "t.csv:11: to: \"19.11.2026\" is no date (YYYY-MM-DD; empty: the one day of from)\n"
	      "t.csv:12: from: \"\" is no date (YYYY-MM-DD)\n"
	      "t.csv:12: to: \"\" is no date (YYYY-MM-DD; empty: the one day of from)\n", &rows);
	assert_int_equal(json_array_size(rows), 2);
	assert_string_equal(json_string_value(json_object_get(json_array_get(rows, 1), "to")), "2026-11-28");
	json_decref(rows);
	/* other terms for one school are no overlap; touching ones neither */
	reads(f, true, "kind,from,to,school\nterm,2026-09-14,2026-12-23,\nterm,2026-12-24,2027-06-18,\n"
	      "term,2026-10-01,2027-05-28,SH2\n", "", NULL);
	reads(f, true, "kind,to\nterm,2026-09-14\n",
	      "t.csv:1: a column is missing; the first line names the columns: kind from [to] [school] "
	      "[why]\n", NULL);
}

/* ---- classes -------------------------------------------------------------------------------- */

static void classes_are_imported(void **state)
{
	struct fx *f = *state;
	static const char text[] = HEAD "SH1,5A,30,morning,Z1\nSH1,5B,28,morning,\nSH7,7C,25,afternoon,\n";
	struct class_info row;
	char flag[8];

	counts(import(f, false, text, true, false, false), 1, 1, 2, 1); /* shown, not done */
	assert_int_equal(store_meta_get(f->st, PLACES_IMPORTED, flag, sizeof(flag)), STORE_NONE);
	assert_int_equal(class_get(f->st, "SH7", "7C", &row), STORE_NONE);
	OK(class_get(f->st, "SH1", "5A", &row));
	assert_int_equal(row.size, 28);

	counts(import(f, false, text, false, false, false), 1, 1, 2, 1);
	OK(class_get(f->st, "SH1", "5A", &row));
	assert_int_equal(row.size, 30);
	assert_string_equal(row.zone, "Z1");
	OK(class_get(f->st, "SH1", "9B", &row)); /* gone: closed, and there */
	assert_string_equal(row.closed, "2026-11-18");
	assert_null(class_row(f, "SH1", "9B"));
	assert_int_equal(class_row(f, "SH1", "5A")->register_size, 30);
	assert_non_null(class_row(f, "SH7", "7C"));
	assert_non_null(class_row(f, "SH2", "5/1")); /* its school is not in the file */

	counts(import(f, false, text, false, false, false), 0, 0, 0, 3); /* again: nothing */

	/* rows that could not be read take nothing away */
	counts(import(f, false, HEAD "SH1,5A,30,morning,Z1\n", false, true, true), 0, 0, 0, 1);
	assert_non_null(class_row(f, "SH1", "5B"));

	/* opened again; the complete list closes the other schools */
	fx_at(f, "2026-11-20T09:00");
	counts(import(f, false, HEAD "SH1,5A,30,morning,Z1\nSH1,9B,27,morning,\nSH7,7C,25,afternoon,\n", false,
		      true, false), 1, 0, 7, 2);
	OK(class_get(f->st, "SH1", "9B", &row));
	assert_string_equal(row.closed, "");
	assert_int_equal(row.size, 27);
	assert_int_equal(f->cf->n_classes, 3);
	json_t *list = ask(f, json_pack("{s:s}", "verb", "school.list"));
	assert_int_equal(json_array_size(json_object_get(list, "classes")), 11);
	json_decref(list);
}

static void a_bad_request_changes_nothing(void **state)
{
	struct fx *f = *state;
	json_t *rows = json_pack("[{s:s,s:s,s:i,s:s},{s:s,s:s,s:i,s:s}]", "school", "SH7", "class", "7A",
				 "register", 20, "shift", "morning", "school", "SH7", "class", "7a",
				 "register", 20, "shift", "morning");
	json_t *answer = ask(f, json_pack("{s:s,s:o}", "verb", "school.import", "rows", rows));
	struct class_info row;
	assert_false(json_is_true(json_object_get(answer, "ok")));
	assert_non_null(strstr(json_string_value(json_object_get(answer, "error")), "row 2: class \"7a\""));
	json_decref(answer);
	assert_int_equal(class_get(f->st, "SH7", "7A", &row), STORE_NONE);
	rows = json_pack("[{s:s,s:s,s:s}]", "kind", "closure", "from", "2026-11-19", "to", "2026-11-18");
	answer = ask(f, json_pack("{s:s,s:o}", "verb", "calendar.import", "rows", rows));
	assert_false(json_is_true(json_object_get(answer, "ok")));
	json_decref(answer);
	answer = ask(f, json_pack("{s:s,s:i}", "verb", "calendar.end", "id", 7));
	assert_false(json_is_true(json_object_get(answer, "ok")));
	json_decref(answer);
}

static void sizes_hold_from_their_day(void **state)
{
	struct fx *f = *state;
	struct class_size sizes[4];
	size_t n;
	fx_at(f, "2026-11-20T09:00");
	counts(import(f, false, HEAD "SH1,5A,30,morning,\n", false, false, false), 0, 1, 3, 0);
	fx_at(f, "2026-11-25T09:00");
	counts(import(f, false, HEAD "SH1,5A,31,morning,\n", false, false, false), 0, 1, 0, 0);
	OK(class_sizes(f->st, "SH1", "5A", sizes, 4, &n));
	assert_int_equal(n, 3);
	assert_int_equal(sizes[0].size, 28);
	assert_string_equal(sizes[1].day, "2026-11-20");
	assert_int_equal(sizes[1].size, 30);
	assert_string_equal(sizes[2].day, "2026-11-25");
	assert_int_equal(sizes[2].size, 31);
}

/* ---- the next text -------------------------------------------------------------------------- */

static void the_next_text_is_read_by_it(void **state)
{
	struct fx *f = *state;
	assert_non_null(strstr(fx_ask(f, T1, "MUNGESE 5A 30"), "28"));
	counts(import(f, false, HEAD "SH1,5A,30,morning,\nSH1,7C,20,morning,\n", false, false, false), 1, 1, 3, 0);
	assert_string_equal(fx_ask(f, T1, "MUNGESE 5A 30"), "5A 18.11: mungojne nr 30. Gabim? Shkruaj ANULO");
	assert_non_null(strstr(fx_ask(f, T1, "MUNGESE 5A 31"), "30"));
	assert_string_equal(fx_ask(f, T1, "MUNGESE 7C 3"), "7C 18.11: mungojne nr 3. Gabim? Shkruaj ANULO");
	assert_null(strstr(fx_ask(f, T1, "MUNGESE 9B 7"), "mungojne nr 7")); /* a class that is no more */

	counts(import(f, true, DAYS "closure,2026-11-18,,SH1,heating\n", false, false, false), 1, 0, 0, 0);
	assert_null(strstr(fx_ask(f, T1, "MUNGESE 5A 5"), "mungojne"));
	assert_non_null(strstr(fx_ask(f, T2, "MUNGESE 5/1 5"), "mungojne nr 5")); /* the other school */

	/* a span leaves the closed day out */
	fx_at(f, "2026-11-19T09:00");
	assert_string_equal(fx_ask(f, T1, "MUNGESE 5A 7 nga e marta"), "5A nr 7: mungon 17,19.11 (2 dite). Gabim? Shkruaj ANULO");
}

static void days_are_imported(void **state)
{
	struct fx *f = *state;
	static const char text[] = DAYS "term,2026-09-14,2026-12-23,,\nclosure,2026-11-19,,SH1,heating\n"
				   "open,2026-11-21,,,make-up\n";
	counts(import(f, true, text, true, false, false), 3, 0, 0, 0);
	assert_true(schoolday_is(f->cf, "SH1", "5A", "2026-11-19"));
	counts(import(f, true, text, false, false, false), 3, 0, 0, 0);
	assert_false(schoolday_is(f->cf, "SH1", "5A", "2026-11-19"));
	assert_true(schoolday_is(f->cf, "SH2", "5/1", "2026-11-19"));
	assert_true(schoolday_is(f->cf, "SH1", "5A", "2026-11-21"));
	assert_false(schoolday_is(f->cf, "SH1", "5A", "2026-09-11"));
	assert_false(schoolday_is(f->cf, "SH1", "5A", "2026-12-08")); /* of the configuration: still there */
	counts(import(f, true, text, false, false, false), 0, 0, 0, 3);
	/* longer; what is not in the file stays */
	counts(import(f, true, DAYS "closure,2026-11-19,2026-11-20,SH1,heating\n", false, false, false), 0, 1, 0, 0);
	assert_false(schoolday_is(f->cf, "SH1", "5A", "2026-11-20"));
	assert_true(schoolday_is(f->cf, "SH1", "5A", "2026-11-21"));
	/* said to be complete; but not when rows were left out */
	counts(import(f, true, DAYS "term,2026-09-14,2026-12-23,,\n", false, true, true), 0, 0, 0, 1);
	counts(import(f, true, DAYS "term,2026-09-14,2026-12-23,,\n", false, true, false), 0, 0, 2, 1);
	assert_true(schoolday_is(f->cf, "SH1", "5A", "2026-11-19"));
	assert_false(schoolday_is(f->cf, "SH1", "5A", "2026-11-21"));
	json_t *list = ask(f, json_pack("{s:s}", "verb", "calendar.list"));
	size_t i;
	json_t *o;
	json_int_t id = 0;
	json_array_foreach(json_object_get(list, "days"), i, o) {
		if (json_is_integer(json_object_get(o, "id")))
			id = json_integer_value(json_object_get(o, "id"));
	}
	json_decref(list);
	json_decref(ask(f, json_pack("{s:s,s:I}", "verb", "calendar.end", "id", id)));
	in_force(f);
	assert_true(schoolday_is(f->cf, "SH1", "5A", "2026-09-14")); /* no term: no limit */
	assert_true(schoolday_is(f->cf, "SH1", "5A", "2027-06-18"));
}

/* `check` says where the files say other things than what was imported. */
static void differences_are_told(void **state)
{
	struct fx *f = *state;
	char *said = NULL;
	size_t len = 0;
	counts(import(f, false, HEAD "SH1,5A,30,morning,\nSH1,5B,28,morning,\nSH1,6A,28,morning,\n", false, false,
		      false), 0, 1, 1, 2);
	counts(import(f, true, DAYS "term,2026-09-14,2026-12-23,,\nholiday,2026-11-28,2026-11-30,,\n"
		      "open,2026-12-08,,,\nholiday,2027-03-22,,,as in the file\nclosure,2026-12-08,,SH1,\n", false,
		      false, false), 5, 0, 0, 0);
	FILE *out = open_memstream(&said, &len);
	assert_non_null(out);
	assert_int_equal(config_differences(f->cf, out), 4);
	fclose(out);
	assert_non_null(strstr(said, "demo_schools.csv:2: SH1 5A: 28 morning; imported, which stands: 30 morning\n"));
	assert_non_null(strstr(said, "demo_schools.csv:5: SH1 9B is not among the imported classes, which stand\n"));
	assert_non_null(strstr(said, "holiday 2026-11-28 to 2026-11-29; imported: holiday 2026-11-28 to 2026-11-30\n"));
	assert_non_null(strstr(said, "holiday 2026-12-08 to 2026-12-08; imported: open 2026-12-08 to 2026-12-08\n"));
	free(said);
}

static void a_month_is_shown(void **state)
{
	struct fx *f = *state;
	size_t i, n = 0;
	json_t *o;
	counts(import(f, true, DAYS "closure,2026-11-19,,SH1,heating\nopen,2026-11-21,,,make-up\n", false, false,
		      false), 2, 0, 0, 0);
	json_t *m = ask(f, json_pack("{s:s,s:s,s:s}", "verb", "calendar.show", "month", "2026-11", "school",
				     "SH1"));
	assert_int_equal(json_array_size(json_object_get(m, "days")), 30);
	json_array_foreach(json_object_get(m, "days"), i, o) {
		n += json_is_true(json_object_get(o, "school"));
	}
	assert_int_equal(n, 21); /* 21 weekdays, one closed, one Saturday */
	json_decref(m);
	m = ask(f, json_pack("{s:s,s:s,s:s}", "verb", "calendar.show", "month", "2028-02", "school", ""));
	assert_int_equal(json_array_size(json_object_get(m, "days")), 29);
	json_decref(m);
	m = ask(f, json_pack("{s:s,s:s,s:s}", "verb", "calendar.show", "month", "2026-13", "school", ""));
	assert_false(json_is_true(json_object_get(m, "ok")));
	json_decref(m);
}

/* ---- the register, counted by hand ----------------------------------------------------------- */

/* Monday: 12 and 17, no word.  Tuesday: all there.  Wednesday: 3 of 28, no numbers.  Thursday: nothing.
 * Friday: 12 without excuse, 17 with, 5 late.  Monday 23rd: SH1 is closed.  Tuesday 24th: not due yet. */
static void a_week_of_texts(struct fx *f)
{
	fx_at(f, "2026-11-16T09:00");
	fx_ask(f, T1, "MUNGESE 5A 12 17");
	fx_at(f, "2026-11-17T09:00");
	fx_ask(f, T1, "5A 0");
	fx_at(f, "2026-11-18T09:00");
	fx_ask(f, T1, "mungese 5A 3/28");
	fx_at(f, "2026-11-20T09:00");
	fx_ask(f, T1, "MUNGESE 5A 12 pa arsye 17 me arsye");
	fx_ask(f, T1, "5A 5 vone");
	counts(import(f, true, DAYS "closure,2026-11-23,,SH1,heating\n", false, false, false), 1, 0, 0, 0);
	fx_at(f, "2026-11-24T10:00");
}

static void load(struct fx *f, const char *from, const char *to, struct register_class *r)
{
	fx_begin(f);
	OK(register_load(&f->d, class_row(f, "SH1", "5A"), "", from, to, r));
	fx_commit(f);
}

static void is_day(const struct register_day *d, const char *day, enum register_state state, bool list,
		   int absent, int excused, int unexcused, int late)
{
	assert_string_equal(d->day, day);
	assert_int_equal(d->state, state);
	assert_int_equal(d->list, list);
	assert_int_equal(d->absent, absent);
	assert_int_equal(d->excused, excused);
	assert_int_equal(d->unexcused, unexcused);
	assert_int_equal(d->late, late);
}

static void a_register_counted_by_hand(void **state)
{
	struct fx *f = *state;
	struct register_class r;
	a_week_of_texts(f);
	load(f, "2026-11-16", "2026-11-25", &r);
	assert_int_equal(r.n_days, 10);
	is_day(&r.days[0], "2026-11-16", REGISTER_REPORTED, true, 2, 0, 2, 0);
	is_day(&r.days[1], "2026-11-17", REGISTER_REPORTED, true, 0, 0, 0, 0);
	is_day(&r.days[2], "2026-11-18", REGISTER_REPORTED, false, 3, 0, 3, 0);
	is_day(&r.days[3], "2026-11-19", REGISTER_SILENT, false, 0, 0, 0, 0);
	is_day(&r.days[4], "2026-11-20", REGISTER_REPORTED, true, 2, 1, 1, 1);
	is_day(&r.days[5], "2026-11-21", REGISTER_NO_SCHOOL, false, 0, 0, 0, 0);
	is_day(&r.days[7], "2026-11-23", REGISTER_NO_SCHOOL, false, 0, 0, 0, 0);
	is_day(&r.days[8], "2026-11-24", REGISTER_DUE, false, 0, 0, 0, 0);
	is_day(&r.days[9], "2026-11-25", REGISTER_DUE, false, 0, 0, 0, 0);
	assert_int_equal(r.n_marks, 5);
	assert_int_equal(r.n_weeks, 2);
	assert_string_equal(r.weeks[0].name, "2026W47");
	assert_int_equal(r.weeks[0].school_days, 5);
	assert_int_equal(r.weeks[0].reported, 4);
	assert_int_equal(r.weeks[0].silent, 1);
	assert_int_equal(r.weeks[0].absent, 7);        /* 2 + 0 + 3 + 2 */
	assert_int_equal(r.weeks[0].possible, 4 * 28); /* Thursday is not in it */
	assert_int_equal(r.weeks[1].school_days, 0);
	assert_int_equal(r.weeks[1].possible, 0);
	assert_string_equal(r.last, "2026-11-20");
	assert_string_equal(r.silent_since, "");
	register_free(&r);

	/* the deadline, both sides */
	fx_at(f, "2026-11-24T10:29:59");
	load(f, "2026-11-23", "2026-11-24", &r);
	assert_int_equal(r.days[1].state, REGISTER_DUE);
	register_free(&r);
	fx_at(f, "2026-11-24T10:30:00");
	load(f, "2026-11-23", "2026-11-24", &r);
	assert_int_equal(r.days[1].state, REGISTER_SILENT);
	assert_string_equal(r.silent_since, "2026-11-24");
	assert_int_equal(r.silent_days, 1);
	register_free(&r);

	/* a correction is seen, an undone report is silence again */
	fx_at(f, "2026-11-24T10:45");
	fx_ask(f, T1, "MUNGESE 5A 9");
	load(f, "2026-11-24", "2026-11-24", &r);
	is_day(&r.days[0], "2026-11-24", REGISTER_REPORTED, true, 1, 0, 1, 0);
	register_free(&r);
	fx_ask(f, T1, "ANULO");
	load(f, "2026-11-24", "2026-11-24", &r);
	assert_int_equal(r.days[0].state, REGISTER_SILENT);
	register_free(&r);
}

static void a_rate_is_of_the_size_then(void **state)
{
	struct fx *f = *state;
	struct register_class r;
	a_week_of_texts(f);
	counts(import(f, false, HEAD "SH1,5A,40,morning,\n", false, false, false), 0, 1, 3, 0);
	fx_ask(f, T1, "MUNGESE 5A 39");
	load(f, "2026-11-16", "2026-11-24", &r);
	assert_int_equal(r.weeks[0].possible, 4 * 28);
	assert_int_equal(r.weeks[1].possible, 40);
	assert_int_equal(r.weeks[1].absent, 1);
	register_free(&r);
}

/* Who left has a place in the register that is nobody's: neither present nor in a rate. */
static void who_left_is_not_present(void **state)
{
	struct fx *f = *state;
	struct register_class r;
	fx_at(f, "2026-11-16T09:00");
	fx_ask(f, T1, "MUNGESE 5A 12");
	fx_at(f, "2026-11-17T09:00");
	fx_clear(f);
	fx_sms(f, T1, "BRAKTISI 5A 3");
	fx_at(f, "2026-11-18T09:00");
	fx_clear(f);
	fx_sms(f, T1, "MUNGESE 5A 12");
	load(f, "2026-11-16", "2026-11-18", &r);
	assert_int_equal(r.n_left, 1);
	assert_int_equal(r.left[0].pupil, 3);
	assert_string_equal(r.left[0].from, "2026-11-17");
	assert_int_equal(r.days[0].enrolled, 28);
	assert_int_equal(r.days[2].enrolled, 27);
	register_free(&r);
}

static void a_closed_class_has_its_past(void **state)
{
	struct fx *f = *state;
	a_week_of_texts(f);
	counts(import(f, false, HEAD "SH1,5B,28,morning,\n", false, false, false), 0, 0, 3, 1);
	json_t *answer = ask(f, json_pack("{s:s,s:s,s:s,s:s}", "verb", "report.attendance", "school", "SH1", "from",
					  "2026-11-16", "to", "2026-11-24"));
	const json_t *classes = json_object_get(answer, "classes");
	assert_int_equal(json_array_size(classes), 4);
	const json_t *a = json_array_get(classes, 1);
	assert_string_equal(json_string_value(json_object_get(a, "class")), "5A");
	assert_string_equal(json_string_value(json_object_get(a, "closed")), "2026-11-24");
	const json_t *w = json_array_get(json_object_get(a, "weeks"), 0);
	assert_int_equal(json_integer_value(json_object_get(w, "absent")), 7);
	json_decref(answer);
}

static void a_long_span_comes_in_parts(void **state)
{
	struct fx *f = *state;
	int parts = 0, classes = 0;
	a_week_of_texts(f);
	counts(import(f, false, HEAD "SH1,1A,20,morning,\nSH1,1B,20,morning,\nSH1,2A,20,morning,\n"
		      "SH1,2B,20,morning,\nSH1,3A,20,morning,\nSH1,3B,20,morning,\nSH1,4A,20,morning,\n"
		      "SH1,4B,20,morning,\nSH1,5A,28,morning,\n", false, false, false), 8, 0, 3, 1);
	json_int_t skip = 0;
	do {
		json_t *answer = ask(f, json_pack("{s:s,s:s,s:s,s:s,s:I}", "verb", "report.attendance",
						  "school", "SH1", "from", "2025-11-18", "to", "2026-12-20",
						  "skip", skip));
		assert_true(json_is_true(json_object_get(answer, "ok")));
		classes += (int)json_array_size(json_object_get(answer, "classes"));
		skip = json_integer_value(json_object_get(answer, "next"));
		json_decref(answer);
		parts++;
		assert_in_range(parts, 1, 5);
	} while (skip);
	assert_int_equal(parts, 2);
	assert_int_equal(classes, 9 + 3);
}

static void week_names(void **state)
{
	char w[9];
	(void)state;
	register_week_name("2026-01-01", w);
	assert_string_equal(w, "2026W01");
	register_week_name("2027-01-03", w); /* Sunday of the last week of 2026, a long year */
	assert_string_equal(w, "2026W53");
	register_week_name("2027-01-04", w);
	assert_string_equal(w, "2027W01");
	register_week_name("2024-12-30", w);
	assert_string_equal(w, "2025W01");
	register_week_name("2028-02-29", w);
	assert_string_equal(w, "2028W09");
	register_week_name("no day", w);
	assert_string_equal(w, "");
}

/* ---- its shapes ------------------------------------------------------------------------------ */

static json_t *report(struct fx *f, const char *name, const char *from, const char *to)
{
	return ask(f, json_pack("{s:s,s:s,s:s,s:s,s:s}", "verb", "report.attendance", "school", "SH1", "class",
				name, "from", from, "to", to));
}

static void prints(const char *want, void (*print)(const json_t *, FILE *), const json_t *o)
{
	char *said = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&said, &len);
	assert_non_null(out);
	print(o, out);
	fclose(out);
	assert_string_equal(said, want);
	free(said);
}

static void days_csv(const json_t *o, FILE *out)
{
	report_csv_head(false, out);
	report_csv(o, false, out);
}

static void pupils_csv(const json_t *o, FILE *out)
{
	report_csv_head(true, out);
	report_csv(o, true, out);
}

static void page(const json_t *o, FILE *out)
{
	report_page(json_object_get(o, "classes"), out);
}

#define TINY "SH1,5A,5,morning,\n"

static void shapes_of_a_report(void **state)
{
	struct fx *f = *state;
	counts(import(f, false, HEAD TINY, false, false, false), 0, 1, 3, 0);
	fx_at(f, "2026-11-16T09:00");
	fx_ask(f, T1, "MUNGESE 5A 2 4");
	fx_at(f, "2026-11-18T09:00");
	fx_ask(f, T1, "MUNGESE 5A 1 me arsye");
	fx_ask(f, T1, "5A 5 vone");
	fx_at(f, "2026-11-19T09:00");
	fx_ask(f, T1, "mungese 5A 3 nga 5");
	fx_at(f, "2026-11-20T10:00");
	json_t *o = report(f, "5a", "2026-11-16", "2026-11-21");
	prints("SH1 5A, 5 pupils, morning\n"
	       "2026-11 16 17 18 19 20\n"
	       "      1  .  -  e  #  _\n"
	       "      2  a  -  .  #  _\n"
	       "      3  .  -  .  #  _\n"
	       "      4  a  -  .  #  _\n"
	       "      5  .  -  l  #  _\n"
	       " absent  2     1  3   \n\n", report_registers, o);
	prints("School   Class Week      Days reported  Pupil-days absent  Rate\n"
	       "SH1      5A    2026W47    3 of 4         6 of 15      40.0 %  ################....  1 not reported\n"
	       "together                   3 of 4         6 of 15      40.0 %  ################....  1 not reported\n"
	       "\n", page, o);
	prints("date,school,class,shift,status,enrolled,In Attendance,Excused Absence,Unexcused Absence,Tardy,"
	       "Early departure\r\n"
	       "2026-11-16,SH1,5A,morning,reported,5,3,0,2,0,0\r\n"
	       "2026-11-17,SH1,5A,morning,not reported,,,,,,\r\n"
	       "2026-11-18,SH1,5A,morning,reported,5,4,1,0,1,0\r\n"
	       "2026-11-19,SH1,5A,morning,reported,5,2,0,3,0,0\r\n"
	       "2026-11-20,SH1,5A,morning,not due yet,,,,,,\r\n", days_csv, o);
	prints("date,school,class,register_no,attendance_event_category,reason\r\n"
	       "2026-11-16,SH1,5A,2,Unexcused Absence,\r\n"
	       "2026-11-16,SH1,5A,4,Unexcused Absence,\r\n"
	       "2026-11-18,SH1,5A,1,Excused Absence,\r\n"
	       "2026-11-18,SH1,5A,5,Tardy,\r\n", pupils_csv, o);
	json_decref(o);
}

static const char *value_of(const json_t *set, const char *element, const char *period, const char *unit)
{
	size_t i;
	json_t *v;
	json_array_foreach(json_object_get(set, "dataValues"), i, v) {
		assert_int_equal(json_object_size(v), 6);
		if (strcmp(json_string_value(json_object_get(v, "dataElement")), element) == 0 &&
		    strcmp(json_string_value(json_object_get(v, "period")), period) == 0 &&
		    strcmp(json_string_value(json_object_get(v, "orgUnit")), unit) == 0)
			return json_string_value(json_object_get(v, "value"));
	}
	return "none";
}

static json_t *data_values(const struct config *cf, const json_t *answer, int left)
{
	json_t *sums = json_object();
	int n = 0;
	report_dhis2_add(cf, answer, sums, &n);
	assert_int_equal(n, left);
	json_t *set = report_dhis2(cf, sums);
	json_decref(sums);
	return set;
}

static void data_values_for_dhis2(void **state)
{
	struct fx *f = *state;
	struct config cf;
	struct config_uid map[] = {{"ATT_PRESENT", "fbfJHSPpUQD"}, {"SH1", "DiszpKrYNg8"}};
	a_week_of_texts(f);
	json_t *answer = report(f, "5A", "2026-11-16", "2026-11-24");
	json_t *set = data_values(f->cf, answer, 0);
	assert_string_equal(value_of(set, "ATT_ENROLLED", "20261116", "SH1_5A"), "28");
	assert_string_equal(value_of(set, "ATT_PRESENT", "20261116", "SH1_5A"), "26");
	assert_string_equal(value_of(set, "ATT_UNEXCUSED", "20261118", "SH1_5A"), "3");
	assert_string_equal(value_of(set, "ATT_EXCUSED", "20261120", "SH1_5A"), "1");
	assert_string_equal(value_of(set, "ATT_TARDY", "20261120", "SH1_5A"), "1");
	/* what was not reported has no figures, only that it was not */
	assert_string_equal(value_of(set, "ATT_DAYS_SCHOOL", "20261119", "SH1_5A"), "1");
	assert_string_equal(value_of(set, "ATT_DAYS_REPORTED", "20261119", "SH1_5A"), "0");
	assert_string_equal(value_of(set, "ATT_ENROLLED", "20261119", "SH1_5A"), "none");
	assert_string_equal(value_of(set, "ATT_DAYS_SCHOOL", "20261123", "SH1_5A"), "none"); /* closed */
	assert_string_equal(value_of(set, "ATT_DAYS_SCHOOL", "20261124", "SH1_5A"), "none"); /* not due */
	assert_null(json_object_get(set, "dataSet"));
	json_decref(set);
	json_decref(answer);

	/* by week and school, under the receiver's names; half a week is left out */
	cf = *f->cf;
	cf.dhis2_period = "weekly";
	cf.dhis2_org_unit = "school";
	cf.dhis2_data_set = "ATT";
	cf.dhis2_map = map;
	cf.n_dhis2_map = 2;
	fx_at(f, "2026-11-24T10:31");
	answer = report(f, "5A", "2026-11-16", "2026-11-24");
	set = data_values(&cf, answer, 1);
	assert_string_equal(value_of(set, "fbfJHSPpUQD", "2026W47", "DiszpKrYNg8"), "105"); /* 112 - 7 */
	assert_string_equal(value_of(set, "ATT_DAYS_REPORTED", "2026W47", "DiszpKrYNg8"), "4");
	assert_string_equal(value_of(set, "ATT_DAYS_SCHOOL", "2026W47", "DiszpKrYNg8"), "5");
	assert_string_equal(value_of(set, "ATT_DAYS_SCHOOL", "2026W48", "DiszpKrYNg8"), "none");
	assert_string_equal(json_string_value(json_object_get(set, "dataSet")), "ATT");
	json_decref(set);
	json_decref(answer);
	answer = report(f, "5A", "2026-11-01", "2026-11-30");
	cf.dhis2_period = "monthly";
	set = data_values(&cf, answer, 0);
	assert_string_equal(value_of(set, "ATT_DAYS_REPORTED", "202611", "DiszpKrYNg8"), "4");
	json_decref(set);
	json_decref(answer);
	answer = report(f, "5A", "2026-11-02", "2026-11-30");
	set = data_values(&cf, answer, 1);
	json_decref(set);
	json_decref(answer);
}

/* ---- sums that go to an agency with DHIS2 ---- */

static int rows_made(struct fx *f, const char *at)
{
	int n;
	fx_at(f, at);
	fx_begin(f);
	OK(attendance_report_due(&f->d, &n));
	fx_commit(f);
	return n;
}

/* The value in the newest body that has it. */
static void sent_value(struct fx *f, int64_t id, const char *element, const char *period, const char *unit, char out[16])
{
	static struct outbox_item item;
	OK(outbox_load(f->st, id, &item));
	json_t *set = json_loads(item.body, 0, NULL);
	size_t i;
	json_t *v;
	snprintf(out, 16, "none");
	assert_string_equal(item.event, "attendance.report");
	assert_null(strstr(item.body, "pupil"));
	json_array_foreach(json_object_get(set, "dataValues"), i, v)
		if (strcmp(json_string_value(json_object_get(v, "dataElement")), element) == 0 &&
		    strcmp(json_string_value(json_object_get(v, "period")), period) == 0 &&
		    strcmp(json_string_value(json_object_get(v, "orgUnit")), unit) == 0)
			snprintf(out, 16, "%s", json_string_value(json_object_get(v, "value")));
	json_decref(set);
}

static void sums_for_an_agency(void **state)
{
	struct fx *f = *state;
	static const char *keys[] = {"att_enrolled", "att_present", "att_days_reported", NULL};
	static struct config_mandate rows[256];
	struct config_agency *edu = NULL;
	char value[16];
	a_week_of_texts(f);
	/* nobody has a mandate: nothing is made */
	assert_int_equal(rows_made(f, "2026-11-23T06:00"), 0);
	assert_true(f->cf->n_mandates < 255);
	memcpy(rows, f->cf->mandates, f->cf->n_mandates * sizeof(rows[0]));
	rows[f->cf->n_mandates++] = (struct config_mandate){.rule = "M99", .event = "attendance.report",
							    .agency = "EDU", .basis = "b", .keys = keys};
	f->cf->mandates = rows;
	assert_int_equal(rows_made(f, "2026-11-23T06:00"), 0); /* a webhook takes none */
	for (size_t i = 0; i < f->cf->n_agencies; i++)
		if (strcmp(f->cf->agencies[i].code, "EDU") == 0)
			edu = &f->cf->agencies[i];
	assert_non_null(edu);
	edu->receiver = "dhis2";
	f->cf->dhis2_period = "weekly";
	f->cf->dhis2_org_unit = "class";
	f->cf->dhis2_again = 1;
	assert_int_equal(rows_made(f, "2026-11-23T04:59"), 0); /* not before its hour */
	assert_true(rows_made(f, "2026-11-23T05:00") > 0);
	int64_t head = 0, at;
	bool in_hand;
	OK(outbox_head(f->st, "EDU", &at, &in_hand));
	int64_t waiting = 0, dead = 0;
	OK(outbox_of_agency(f->st, "EDU", &waiting, &dead));
	for (head = 1; ; head++) { /* the row is the only one of its event */
		static struct outbox_item item;
		if (outbox_load(f->st, head, &item) == STORE_OK && strcmp(item.event, "attendance.report") == 0)
			break;
		assert_true(head < 1000);
	}
	sent_value(f, head, "ATT_PRESENT", "2026W47", "SH1_5A", value);
	assert_string_equal(value, "105"); /* 4 days of 28, less 7 */
	sent_value(f, head, "ATT_DAYS_REPORTED", "2026W47", "SH1_5A", value);
	assert_string_equal(value, "4");
	sent_value(f, head, "ATT_UNEXCUSED", "2026W47", "SH1_5A", value);
	assert_string_equal(value, "none"); /* no such key in the row */
	assert_int_equal(rows_made(f, "2026-11-23T05:01"), 0); /* once */
	assert_int_equal(rows_made(f, "2026-11-29T23:00"), 0); /* the week is not over */
	assert_true(rows_made(f, "2026-11-30T05:00") >= 2);    /* it, and the one before again */
	assert_int_equal(rows_made(f, "2026-11-30T05:01"), 0);
	f->cf->dhis2_least = 1000; /* all units are too small */
	assert_int_equal(rows_made(f, "2026-12-07T05:00"), 0);
}

static void thresholds_and_reading_are_recorded(void **state)
{
	struct fx *f = *state;
	char text[64];
	for (int day = 16; day <= 18; day++) {
		snprintf(text, sizeof(text), "2026-11-%dT09:00", day);
		fx_at(f, text);
		fx_sms(f, T1, "MUNGESE 5A 12");
	}
	json_t *o = report(f, "5A", "2026-11-16", "2026-11-20");
	const json_t *over = json_object_get(json_array_get(json_object_get(o, "classes"), 0), "over");
	assert_true(json_array_size(over) >= 1);
	const json_t *first = json_array_get(over, 0);
	assert_string_equal(json_string_value(json_object_get(first, "rule")), "A1");
	assert_int_equal(json_integer_value(json_object_get(first, "pupil")), 12);
	assert_string_equal(json_string_value(json_object_get(first, "raised")), "2026-11-18");
	json_decref(o);
	o = report(f, "5A", "2026-11-09", "2026-11-17"); /* before it was raised */
	assert_int_equal(json_array_size(json_object_get(json_array_get(json_object_get(o, "classes"), 0),
							  "over")), 0);
	json_decref(o);
	sqlite3 *db;
	sqlite3_stmt *s;
	assert_int_equal(sqlite3_open(f->db, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, "SELECT count(*) FROM audit WHERE verb = 'report.read' AND who = "
					    "'cli:1000' AND object LIKE 'attendance SH1 5A 2026-11-%'", -1, &s,
					    NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(s), SQLITE_ROW);
	assert_int_equal(sqlite3_column_int(s, 0), 2);
	sqlite3_finalize(s);
	sqlite3_close(db);
	o = report(f, "5A", "2026-11-20", "2026-11-16");
	assert_false(json_is_true(json_object_get(o, "ok")));
	json_decref(o);
	o = report(f, "8C", "2026-11-16", "2026-11-20");
	assert_non_null(strstr(json_string_value(json_object_get(o, "error")), "no class \"8C\" in SH1"));
	json_decref(o);
}

static void reports_walk_their_index(void **state)
{
	struct fx *f = *state;
	sqlite3 *db;
	assert_int_equal(sqlite3_open(f->db, &db), SQLITE_OK);
	const struct sql_family *families[] = {&report_family, &school_family};
	for (size_t k = 0; k < 2; k++)
		for (size_t i = 0; i < families[k]->n; i++) {
			char explain[1200];
			sqlite3_stmt *s;
			if (strncmp(families[k]->sql[i], "SELECT", 6) != 0)
				continue;
			snprintf(explain, sizeof(explain), "EXPLAIN QUERY PLAN %s", families[k]->sql[i]);
			assert_int_equal(sqlite3_prepare_v2(db, explain, -1, &s, NULL), SQLITE_OK);
			while (sqlite3_step(s) == SQLITE_ROW) {
				const char *step = (const char *)sqlite3_column_text(s, 3);
				/* the calendar's own list is read whole, in the order of its index */
				if ((strncmp(step, "SCAN", 4) == 0 && !strstr(step, "calendar_from")) ||
				    strstr(step, "TEMP B-TREE"))
					fail_msg("%s\nplan: %s", families[k]->sql[i], step);
			}
			sqlite3_finalize(s);
		}
	sqlite3_close(db);
}

#define T(f) cmocka_unit_test_setup_teardown(f, fx_setup, fx_teardown)

static const char *state_of(struct fx *f, int64_t number)
{
	static struct alert_row a;
	OK(alert_get(f->st, number, &a));
	return a.state;
}

static void a_closed_class_is_not_waited_for(void **state)
{
	static const char *const subjects[] = { "SH1 9B", "SH1 5B", "SH1 9B 7" };
	static const char *const rules[] = { "A8M", "A8M", "A3" };
	struct fx *f = *state;
	int64_t number[3];

	fx_begin(f);
	for (int i = 0; i < 3; i++) {
		struct alert_row a = { .raised = f->d.now };
		bool fresh;
		snprintf(a.rule, sizeof(a.rule), "%s", rules[i]);
		snprintf(a.subject, sizeof(a.subject), "%s", subjects[i]);
		snprintf(a.window, sizeof(a.window), "2026-11-09+5");
		OK(alert_raise(f->st, &a, f->d.now, &fresh));
		number[i] = a.number;
	}
	fx_commit(f);
	json_decref(import(f, false, HEAD "SH1,5A,28,morning,\nSH1,5B,28,morning,\nSH1,6A,28,morning,\n", false, false,
			   false));
	assert_string_equal(state_of(f, number[0]), "done");
	assert_string_equal(state_of(f, number[1]), "open");
	assert_string_equal(state_of(f, number[2]), "open"); /* a child is not forgotten with his class */
}

static json_t *people(const char *id, const char *msisdn, const char *classes)
{
	return json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:s}", "id", id, "msisdn", msisdn, "role", "teacher", "school",
			 "SH1", "classes", classes, "agency", "", "language", "sq");
}

static void contacts_are_previewed(void **state)
{
	static const char *const want[] = { "unchanged", "changed", "added" };
	struct fx *f = *state;
	struct reporter r;

	json_t *rows = json_pack("[o,o,o]", people("T1", T1, "5A 5B 6A 9B"), people("H1", H1, "5A"),
				 people("T9", "+355691230099", "5A"));
	json_t *a = ask(f, json_pack("{s:s,s:b,s:O}", "verb", "contact.import", "dry", 1, "rows", rows));
	assert_true(json_is_true(json_object_get(a, "ok")));
	for (size_t i = 0; i < 3; i++) {
		const json_t *one = json_array_get(json_object_get(a, "contacts"), i);
		assert_string_equal(json_string_value(json_object_get(one, "change")), want[i]);
	}
	json_decref(a);
	assert_int_equal(roster_by_id(f->st, "T9", &r), STORE_NONE);
	OK(roster_by_id(f->st, "H1", &r));
	assert_string_equal(r.role, "head");
	json_decref(ask(f, json_pack("{s:s,s:O}", "verb", "contact.import", "rows", rows)));
	OK(roster_by_id(f->st, "T9", &r));
	json_decref(rows);
	/* a number that is another's is refused here as it would be then */
	rows = json_pack("[o]", people("T8", T1, "5A"));
	a = ask(f, json_pack("{s:s,s:b,s:o}", "verb", "contact.import", "dry", 1, "rows", rows));
	assert_string_equal(json_string_value(json_object_get(a, "error")),
			    "T8: msisdn: the number belongs to another contact");
	json_decref(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(contacts_are_previewed),
		T(a_closed_class_is_not_waited_for),
		T(every_faulty_class_is_named),
		T(hundreds_of_faults_are_all_named),
		T(every_faulty_day_is_named),
		T(classes_are_imported),
		T(a_bad_request_changes_nothing),
		T(sizes_hold_from_their_day),
		T(the_next_text_is_read_by_it),
		T(days_are_imported),
		T(differences_are_told),
		T(a_month_is_shown),
		T(a_register_counted_by_hand),
		T(a_rate_is_of_the_size_then),
		T(who_left_is_not_present),
		T(a_closed_class_has_its_past),
		T(a_long_span_comes_in_parts),
		T(week_names),
		T(shapes_of_a_report),
		T(data_values_for_dhis2),
		T(sums_for_an_agency),
		T(thresholds_and_reading_are_recorded),
		T(reports_walk_their_index),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
