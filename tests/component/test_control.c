/* test_control.c - gateway/hub/control: whole requests, bounded clients, and rude ones. */
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "gateway/hub/clock.h"
#include "gateway/hub/control.h"

static char path[64];

static int set_up(void **state)
{
	char err[256], dir[] = "/tmp/kujdestar-XXXXXX";
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof path, "%s/control", dir);
	*state = control_listen(path, err, sizeof err);
	return *state ? 0 : -1;
}

static int tear_down(void **state)
{
	control_free(*state);
	assert_int_equal(access(path, F_OK), -1);
	*strrchr(path, '/') = '\0';
	return rmdir(path);
}

static void turn(struct control *c)
{
	struct pollfd fds[1 + CONTROL_CLIENTS];
	size_t n = control_pollfds(c, fds, 1 + CONTROL_CLIENTS);
	poll(fds, n, 20);
	control_ready_fds(c, fds, n);
}

/* Serves until one request came, answers it with its own "x" plus one. */
static void serve_one(struct control *c)
{
	int client, uid;
	json_t *rq = NULL;
	int64_t until = clock_mono_ms() + 10000;
	while (!rq && clock_mono_ms() < until) {
		turn(c);
		rq = control_next(c, &client, &uid);
	}
	assert_non_null(rq);
	assert_int_equal(uid, (int)getuid());
	json_int_t x = json_integer_value(json_object_get(rq, "x"));
	json_decref(rq);
	control_answer(c, client, json_pack("{s:b,s:I}", "ok", 1, "x", x + 1));
}

static pid_t asker(json_int_t x)
{
	pid_t pid = fork();
	if (pid != 0)
		return pid;
	json_t *rq = json_pack("{s:s,s:I}", "verb", "test", "x", x);
	json_t *answer = control_ask(path, rq, 10000);
	_exit(answer && json_integer_value(json_object_get(answer, "x")) == x + 1 ? 0 : 1);
}

static void drained(struct control *c, pid_t pid)
{
	int status, rc = 0;
	int64_t until = clock_mono_ms() + 10000;
	while ((rc = waitpid(pid, &status, WNOHANG)) == 0 && clock_mono_ms() < until)
		turn(c);
	assert_int_equal(rc, pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void a_request_is_answered(void **state)
{
	struct stat sb;
	assert_int_equal(stat(path, &sb), 0);
	assert_int_equal(sb.st_mode & 0777, 0600);
	pid_t pid = asker(41);
	serve_one(*state);
	drained(*state, pid);
}

static int rude(const char *bytes, size_t len)
{
	struct sockaddr_un sa = {.sun_family = AF_UNIX};
	snprintf(sa.sun_path, sizeof sa.sun_path, "%s", path);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&sa, sizeof sa), 0);
	assert_int_equal(send(fd, bytes, len, MSG_NOSIGNAL), (ssize_t)len);
	return fd;
}

static void rude_clients_do_not_stop_others(void **state)
{
	static const char *const junk[] = {"{\"verb\":", "\n\n\n[1,2]\nnull\n", "{\"a\":1,\"a\":2}\n", "\xff\xfe\n",
					   "GET / HTTP/1.1\r\n\r\n"};
	int fds[5];
	for (int i = 0; i < 5; i++)
		fds[i] = rude(junk[i], strlen(junk[i]));
	for (int i = 0; i < 20; i++) {
		int client, uid;
		turn(*state);
		assert_null(control_next(*state, &client, &uid)); /* nothing of this is a request */
	}
	pid_t pid = asker(7);
	serve_one(*state);
	drained(*state, pid);
	for (int i = 0; i < 5; i++)
		close(fds[i]);
}

static void more_clients_than_places_wait_their_turn(void **state)
{
	pid_t pid[CONTROL_CLIENTS + 4];
	for (int i = 0; i < CONTROL_CLIENTS + 4; i++)
		pid[i] = asker(i);
	for (int i = 0; i < CONTROL_CLIENTS + 4; i++)
		serve_one(*state);
	for (int i = 0; i < CONTROL_CLIENTS + 4; i++)
		drained(*state, pid[i]);
}

static void nobody_there(void **state)
{
	(void)state;
	json_t *rq = json_object();
	assert_null(control_ask("/nonexistent/control", rq, 100));
	assert_int_equal(errno, ENOENT);
	json_decref(rq);
}

static void a_file_is_not_replaced(void **state)
{
	char err[256], file[80];
	(void)state;
	snprintf(file, sizeof file, "%s.txt", path);
	FILE *f = fopen(file, "w");
	assert_non_null(f);
	fclose(f);
	assert_null(control_listen(file, err, sizeof err));
	assert_non_null(strstr(err, "no socket"));
	assert_int_equal(unlink(file), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_request_is_answered, set_up, tear_down),
		cmocka_unit_test_setup_teardown(rude_clients_do_not_stop_others, set_up, tear_down),
		cmocka_unit_test_setup_teardown(more_clients_than_places_wait_their_turn, set_up, tear_down),
		cmocka_unit_test_setup_teardown(nobody_there, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_file_is_not_replaced, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
