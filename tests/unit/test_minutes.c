/* test_minutes.c - minutes typed as text: what each line decides, and the words of what it cannot. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "config/config.h"
#include "gateway/casework/minutes.h"

#define DAY "2026-12-10"

static struct config *cf;

static int load(void **state)
{
	(void)state;
	return config_load("config/demo.cfg", &cf, stderr);
}

static int unload(void **state)
{
	(void)state;
	config_free(cf);
	return 0;
}

static struct minutes *read_text(const char *text)
{
	struct minutes *m = minutes_read(cf->world, DAY, text, strlen(text));

	assert_non_null(m);
	return m;
}

/* The one line of a text. */
static struct minutes_line one(const char *text)
{
	struct minutes *m = read_text(text);

	assert_int_equal(m->n, 1);
	struct minutes_line l = m->lines[0];
	assert_int_equal(m->faults, l.fault[0] != '\0');
	minutes_free(m);
	return l;
}

static void is_task(int at, const char *text, const char *agency, const char *person,
		    const char *service, const char *due)
{
	struct minutes_line l = one(text);

	if (l.fault[0])
		fail_msg("line %d: %s: %s", at, text, l.fault);
	assert_int_equal(l.kind, MINUTES_TASK);
	assert_string_equal(l.code, "E26-0147-V");
	assert_string_equal(l.agency, agency);
	assert_string_equal(l.person, person);
	assert_string_equal(l.service, service);
	assert_string_equal(l.due, due);
}
#define TASK(...) is_task(__LINE__, __VA_ARGS__)

static void test_new_tasks(void **state)
{
	(void)state;
	TASK("E26-0147-V TDH vizite deri 30.12", "TDH", "", "visit", "2026-12-30");
	TASK("e260147v tdh vizite deri 30.12", "TDH", "", "visit", "2026-12-30");
	TASK("E26-0147-V SHSSH vleresim familje deri 20.12\r", "SSS", "", "family_assessment",
	     "2026-12-20");
	TASK("  E26-0147-V\tTV  strehim", "TV", "", "shelter", "");
	TASK("E26-0147-V TDH vizite deri 15.1 # behind it", "TDH", "", "visit", "2027-01-15");
	TASK("E26-0147-V O1 vizite deri 30.12", "", "O1", "visit", "2026-12-30");
	TASK("E26-0147-V ag2 strehim", "", "AG2", "shelter", "");
	TASK("\xef\xbb\xbf" "E26-0147-V TDH vizit\xc3\xab deri 30.12", "TDH", "", "visit", "2026-12-30");
}

static void is_move(int at, const char *text, enum minutes_kind kind, const char *due)
{
	struct minutes_line l = one(text);

	if (l.fault[0])
		fail_msg("line %d: %s: %s", at, text, l.fault);
	assert_int_equal(l.kind, kind);
	assert_int_equal(l.task, 12);
	assert_string_equal(l.due, due);
}
#define MOVE(...) is_move(__LINE__, __VA_ARGS__)

static void test_old_tasks(void **state)
{
	(void)state;
	MOVE("T12 kryer", MINUTES_FINISH, "");
	MOVE("t12 u krye", MINUTES_FINISH, "");
	MOVE("T12 done", MINUTES_FINISH, "");
	MOVE("T12 shty 15.12", MINUTES_DEFER, "2026-12-15");
	MOVE("T12 jo akoma", MINUTES_PROGRESS, "");
	MOVE("T12 anuluar", MINUTES_CANCEL, "");
	MOVE("T12 cancelled # the family moved", MINUTES_CANCEL, "");
}

static void is_fault(int at, const char *text, const char *part)
{
	struct minutes_line l = one(text);

	if (!l.fault[0] || !strstr(l.fault, part))
		fail_msg("line %d: %s: \"%s\" is not in \"%s\"", at, text, part, l.fault);
}
#define FAULT(...) is_fault(__LINE__, __VA_ARGS__)

static void test_faults(void **state)
{
	(void)state;
	FAULT("E26-0147-W TDH vizite", "begins with neither"); /* its check character */
	FAULT("vizite TDH E26-0147-V", "begins with neither");
	FAULT("hello", "begins with neither");
	FAULT("E26-0147-V vizite deri 30.12", "to whom?");
	FAULT("E26-0147-V", "to whom?");
	FAULT("E26-0147-V TDH vizite deri 31.02", "no such day");
	FAULT("E26-0147-V TDH vizite deri 30.11.2026", "no such day");
	FAULT("E26-0147-V TDH vizite deri 10.12", "not after the meeting");
	FAULT("E26-0147-V TDH vizite deri 1.12.2027", "a slip?");
	FAULT("E26-0147-V TDH vizite te premten", "would be a guess");
	FAULT("E26-0147-V TDH TV vizite", "two ways");
	FAULT("E26-0147-V TDH Arben Hoxha vizite", "name or a number");
	FAULT("E26-0147-V TDH vizite 0691234567", "name or a number");
	FAULT("E26-0147-V TDH zhgrrb vizite", "not known");
	FAULT("T12", "");
	FAULT("T12 shty", "");
	FAULT("T12 shty 31.02", "");
	FAULT("T12 kryer T13", "");
	FAULT("T12 ndoshta", "");
	FAULT("T012 kryer", "");
	FAULT("T99999999999999999999 kryer", "begins with neither");
	FAULT("T12 anuluar kryer", "");
	FAULT("T12\x01 kryer", "control character");
}

static void test_every_fault_in_one_run(void **state)
{
	struct minutes *m = read_text("# minutes\n\nE26-0147-V TDH vizite\nhello\n T12 kryer\n   \nT12 shty 15.12\n"
				      "E26-0147-V TDH vizite\nT13 kryer");

	(void)state;
	assert_int_equal(m->n, 6);
	assert_int_equal(m->faults, 3);
	assert_int_equal(m->lines[1].line, 4);
	assert_string_equal(m->lines[3].fault, "decides what line 5 decided");
	assert_string_equal(m->lines[4].fault, "decides what line 3 decided");
	assert_int_equal(m->lines[5].line, 9);
	minutes_free(m);
}

static void test_hostile_files(void **state)
{
	static char big[MINUTES_BYTES + 8];
	struct minutes *m;

	(void)state;
	m = minutes_read(cf->world, DAY, "T12 kryer\0T13 kryer", 19);
	assert_int_equal(m->faults, 1);
	assert_string_equal(m->lines[0].fault, "is no text file: it holds NUL");
	minutes_free(m);
	memset(big, 'x', sizeof(big));
	m = minutes_read(cf->world, DAY, big, sizeof(big));
	assert_int_equal(m->faults, 1);
	minutes_free(m);
	m = minutes_read(cf->world, DAY, big, 5000);
	assert_int_equal(m->faults, 1);
	assert_non_null(strstr(m->lines[0].fault, "longer than"));
	minutes_free(m);
	/* more decisions than there can be: one fault says so, none is lost without a word */
	for (size_t i = 0; i + 1 < sizeof(big); i += 2)
		memcpy(big + i, "x\n", 2);
	m = minutes_read(cf->world, DAY, big, MINUTES_BYTES);
	assert_int_equal(m->n, MINUTES_LINES);
	assert_non_null(strstr(m->lines[MINUTES_LINES - 1].fault, "more decisions"));
	minutes_free(m);
	m = minutes_read(cf->world, DAY, "", 0);
	assert_int_equal(m->n + (size_t)m->faults, 0);
	minutes_free(m);
	m = minutes_read(cf->world, DAY, "\xff\xfe\xc3", 3);
	assert_int_equal(m->faults, 1);
	minutes_free(m);
	m = minutes_read(cf->world, DAY, "# \xff only a comment", 17);
	assert_int_equal(m->n, 0);
	minutes_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_new_tasks), cmocka_unit_test(test_old_tasks),
		cmocka_unit_test(test_faults), cmocka_unit_test(test_every_fault_in_one_run),
		cmocka_unit_test(test_hostile_files),
	};

	return cmocka_run_group_tests_name("minutes", tests, load, unload);
}
