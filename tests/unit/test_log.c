/* test_log.c - gateway/hub/log: numbers are masked whoever logs them, a line stays a line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <cmocka.h>

#include "gateway/hub/log.h"

static void numbers_are_masked(void **state)
{
	(void)state;
	static const struct {
		const char *in, *out;
	} row[] = {
		{"from=+355691000001", "from=+355*****0001"},
		{"0691000001", "069*****01"},
		{"1234567", "123**67"},
		{"mo=42 alert=31 case=E26-0147-V", "mo=42 alert=31 case=E26-0147-V"},
		{"at=123456", "at=123456"},
		{"355691000001355691000001", "355*****************0001"},
		{"", ""},
	};
	for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
		char s[64];
		snprintf(s, sizeof s, "%s", row[i].in);
		log_mask(s);
		assert_string_equal(s, row[i].out);
	}
}

static void a_line_is_one_line(void **state)
{
	(void)state;
	int fds[2], keep = dup(STDERR_FILENO);
	assert_int_equal(pipe(fds), 0);
	dup2(fds[1], STDERR_FILENO);
	log_setup(LOG_INFO, false, true);
	log_line(LOG_INFO, "detail=\"%s\" to=%s", "first\nforged=1\r\n", "+355691000001");
	log_line(LOG_DEBUG, "not at this level");
	dup2(keep, STDERR_FILENO);
	close(keep);
	close(fds[1]);
	char out[512];
	ssize_t n = read(fds[0], out, sizeof out - 1);
	close(fds[0]);
	assert_true(n > 0);
	out[n] = '\0';
	assert_string_equal(out, "<6>detail=\"first forged=1  \" to=+355*****0001\n");
}

static size_t waiting(int fd)
{
	int n = 0;
	assert_int_equal(ioctl(fd, FIONREAD, &n), 0);
	return (size_t)n;
}

static void held_lines_come_together(void **state)
{
	(void)state;
	int fds[2], keep = dup(STDERR_FILENO);
	assert_int_equal(pipe(fds), 0);
	dup2(fds[1], STDERR_FILENO);
	log_setup(LOG_INFO, false, true);
	log_hold(true);
	log_line(LOG_INFO, "one");
	assert_int_equal(waiting(fds[0]), 0);
	log_line(LOG_WARNING, "two"); /* is no reason to wait, and keeps its place */
	assert_int_equal(waiting(fds[0]), strlen("<6>one\n<4>two\n"));
	for (int i = 0; i < 1000; i++)
		log_line(LOG_INFO, "a line of many");
	assert_true(waiting(fds[0]) > 10000);
	log_hold(false);
	assert_int_equal(waiting(fds[0]), 14 + 1000 * strlen("<6>a line of many\n"));
	log_line(LOG_INFO, "after");
	assert_int_equal(waiting(fds[0]), 14 + 1000 * strlen("<6>a line of many\n") + 9);
	dup2(keep, STDERR_FILENO);
	close(keep);
	close(fds[0]);
	close(fds[1]);
}

static void levels_have_names(void **state)
{
	(void)state;
	enum log_level l;
	assert_true(log_level_from("debug", &l));
	assert_int_equal(l, LOG_DEBUG);
	assert_false(log_level_from("loud", &l));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_masked),
		cmocka_unit_test(a_line_is_one_line),
		cmocka_unit_test(held_lines_come_together),
		cmocka_unit_test(levels_have_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
