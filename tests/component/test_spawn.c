/* test_spawn.c - gateway/hub/spawn: what the starter starts, whose children those are, and what it refuses. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "gateway/hub/spawn.h"
#include "gateway/hub/wire.h"

static char self[SPAWN_PATH];

/* This program again, as a worker: says its name and its parent over the socket. */
static int worker(const char *name)
{
	char words[64];
	snprintf(words, sizeof words, "%s %d %d", name, (int)getppid(), fcntl(WIRE_FD + 1, F_GETFD) < 0);
	return send(WIRE_FD, words, strlen(words), 0) < 0;
}

static struct spawner *start(void)
{
	static const char *const power[] = {"/bin/sh", "-c", "exit 7", NULL};
	struct spawn_list list = {.power = {{.argv = NULL}}};
	memcpy(list.program[0], self, sizeof self);
	snprintf(list.power[0].name, sizeof list.power[0].name, "sim1");
	list.power[0].argv = power;
	struct spawner *s = spawn_open(&list);
	assert_non_null(s);
	return s;
}

static int exit_code(pid_t pid)
{
	int status = 0;
	assert_int_equal(waitpid(pid, &status, 0), pid); /* ours, not the starter's */
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static void a_listed_program_is_started_as_our_own_child(void **state)
{
	(void)state;
	char got[64] = "", want[64];
	int fd[2];
	struct spawner *s = start();
	assert_int_equal(wire_pair(fd), 0);
	pid_t pid = spawn_worker(s, self, "sim1", fd[1]);
	close(fd[1]);
	assert_true(pid > 0);
	assert_true(recv(fd[0], got, sizeof got - 1, 0) > 0);
	snprintf(want, sizeof want, "sim1 %d 1", (int)getpid());
	assert_string_equal(got, want);
	assert_int_equal(exit_code(pid), 0);
	close(fd[0]);
	spawn_close(s);
}

static void anything_else_is_refused(void **state)
{
	(void)state;
	int fd[2];
	struct spawner *s = start();
	assert_int_equal(wire_pair(fd), 0);
	static const char *const others[] = {"/bin/sh", "/bin/true", "kujdestar-modem", "x"};
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
		assert_int_equal(spawn_worker(s, others[i], "sim1", fd[1]), -1);
		assert_int_equal(errno, EACCES);
	}
	assert_int_equal(spawn_power(s, "sim2"), -1);
	assert_int_equal(errno, EACCES);
	assert_int_equal(spawn_power(s, ""), -1);
	assert_int_equal(exit_code(spawn_power(s, "sim1")), 7);
	close(fd[0]);
	close(fd[1]);
	spawn_close(s);
}

static void a_starter_that_is_gone_is_said(void **state)
{
	(void)state;
	int fd[2];
	struct spawner *s = start();
	assert_int_equal(wire_pair(fd), 0);
	char path[64], line[64] = "";
	snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)getpid(), (int)getpid());
	FILE *f = fopen(path, "r");
	assert_non_null(f);
	assert_non_null(fgets(line, sizeof line, f));
	fclose(f);
	pid_t starter = (pid_t)strtol(line, NULL, 10);
	assert_true(starter > 1);
	kill(starter, SIGKILL);
	assert_int_equal(spawn_worker(s, self, "sim1", fd[1]), -1);
	assert_int_equal(errno, EPIPE);
	close(fd[0]);
	close(fd[1]);
	spawn_close(s);
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return worker(argv[1]);
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
	self[n > 0 ? n : 0] = '\0';
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_listed_program_is_started_as_our_own_child),
		cmocka_unit_test(anything_else_is_refused),
		cmocka_unit_test(a_starter_that_is_gone_is_said),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
