/* modem_rig.h - a simulated modem and a real modem worker, for test programs that play the hub.
 *
 * Functions are static: a test program is one object.  Everything waits on a condition with a
 * deadline; a deadline that passes fails the test.  Binaries are looked for beside the test's own
 * (BUILD/tests/unit/x -> BUILD).
 */
#ifndef TESTS_UNIT_MODEM_RIG_H
#define TESTS_UNIT_MODEM_RIG_H
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "gateway/hub/wire.h"
#include "gateway/modem/mono.h"

#define RIG_MS 15000

struct rig {
	char dir[64], device[96], control[96];
	pid_t sim, worker;
	int hub; /* our end */
	uint8_t buf[WIRE_FRAME_MAX];
	struct wire_frame f;
};

static void rig_binary(const char *name, char *out, size_t max)
{
	char self[512];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	assert_true(n > 0);
	self[n] = '\0';
	for (int up = 0; up < 3; up++) {
		char *slash = strrchr(self, '/');
		assert_non_null(slash);
		*slash = '\0';
	}
	assert_true(snprintf(out, max, "%s/%s", self, name) < (int)max);
}

static int rig_connect(const struct rig *r)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(fd >= 0);
	snprintf(a.sun_path, sizeof(a.sun_path), "%s", r->control);
	assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	return fd;
}

/* One command to the simulator; fails unless it says ok (or when `may_fail`).  reply may be NULL.
 */
static bool rig_ask(const struct rig *r, const char *command, char *reply, size_t max)
{
	static char text[1 << 20];
	size_t n = 0;
	int fd = rig_connect(r);

	assert_true(dprintf(fd, "%s\n", command) > 0);
	shutdown(fd, SHUT_WR);
	for (;;) {
		struct pollfd p = {fd, POLLIN, 0};
		assert_int_equal(poll(&p, 1, RIG_MS * 2), 1);
		ssize_t got = read(fd, text + n, sizeof(text) - 1 - n);
		if (got <= 0)
			break;
		n += (size_t)got;
	}
	close(fd);
	text[n] = '\0';
	if (reply) {
		size_t cut = n < max ? n : max - 1;
		memcpy(reply, text, cut);
		reply[cut] = '\0';
	}
	return strncmp(text, "{\"ok\":true", 10) == 0;
}

__attribute__((format(printf, 2, 3))) static void rig_ctl(const struct rig *r, const char *format,
							  ...)
{
	char command[2048], reply[512];
	va_list ap;

	va_start(ap, format);
	vsnprintf(command, sizeof(command), format, ap);
	va_end(ap);
	if (!rig_ask(r, command, reply, sizeof(reply)))
		fail_msg("%s: %s", command, reply);
}

static void rig_start(struct rig *r, const char *const *extra)
{
	char path[600];
	const char *argv[24] = {"sim-modem", "--link", r->device, "--control", r->control};
	int out[2], n = 5;
	char word[16];

	memset(r, 0, sizeof(*r));
	r->hub = -1;
	snprintf(r->dir, sizeof(r->dir), "/tmp/kujdestar-rig-XXXXXX");
	assert_non_null(mkdtemp(r->dir));
	snprintf(r->device, sizeof(r->device), "%s/modem", r->dir);
	snprintf(r->control, sizeof(r->control), "%s/control", r->dir);
	while (extra && *extra)
		argv[n++] = *extra++;
	rig_binary("sim-modem", path, sizeof(path));
	assert_int_equal(pipe(out), 0);
	r->sim = fork();
	assert_true(r->sim >= 0);
	if (r->sim == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(out[1], 1);
		close(out[0]);
		close(out[1]);
		execv(path, (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	close(out[1]);
	struct pollfd p = {out[0], POLLIN, 0};
	assert_int_equal(poll(&p, 1, RIG_MS), 1);
	assert_true(read(out[0], word, sizeof(word)) >= 5);
	close(out[0]);
}

static void rig_worker(struct rig *r, const char *const *settings)
{
	char path[600];
	int fds[2];
	struct wire_frame f = {.type = WIRE_SETTINGS};

	rig_binary("kujdestar-modem", path, sizeof(path));
	assert_int_equal(wire_pair(fds), 0);
	r->worker = fork();
	assert_true(r->worker >= 0);
	if (r->worker == 0) {
		if (fds[1] == WIRE_FD)
			fcntl(WIRE_FD, F_SETFD, 0);
		else
			dup2(fds[1], WIRE_FD);
		execl(path, "kujdestar-modem", (char *)NULL);
		_exit(127);
	}
	close(fds[1]);
	r->hub = fds[0];
	f.u.pairs.pair[f.u.pairs.n++] = (struct wire_pair){wire_str("device"), wire_str(r->device)};
	for (; settings && *settings; settings += 2)
		f.u.pairs.pair[f.u.pairs.n++] =
		    (struct wire_pair){wire_str(settings[0]), wire_str(settings[1])};
	assert_int_equal(wire_send(r->hub, &f), WIRE_OK);
}

static void rig_ack(struct rig *r, uint64_t token, uint8_t verdict)
{
	struct wire_frame f = {.type = WIRE_ACK};

	f.u.ack = (struct wire_ack){token, verdict};
	assert_int_equal(wire_send(r->hub, &f), WIRE_OK);
}

/* The next frame in r->f; false when the worker closed.  BEGIN and END are passed over. */
static bool rig_any(struct rig *r)
{
	int64_t deadline = mono_ms() + RIG_MS;

	for (;;) {
		struct pollfd p = {r->hub, POLLIN, 0};
		if (mono_left(deadline) == 0 || poll(&p, 1, mono_left(deadline)) != 1)
			fail_msg("no frame came");
		int rc = wire_recv(r->hub, r->buf, &r->f);
		if (rc == WIRE_CLOSED)
			return false;
		assert_int_equal(rc, WIRE_OK);
		if (r->f.type == WIRE_NOTE && wire_is(wire_find(&r->f.u.pairs, "pin"), "wanted"))
			rig_ack(r, 0, WIRE_STORED); /* a hub has written it down by now */
		if (r->f.type != WIRE_BEGIN && r->f.type != WIRE_END)
			return true;
	}
}

/* The next frame of a type; notes before it are passed over, any other type fails. */
static void rig_next(struct rig *r, uint8_t type)
{
	do {
		if (!rig_any(r))
			fail_msg("the worker ended, %s was to come", wire_type_name(type));
	} while (r->f.type == WIRE_NOTE && type != WIRE_NOTE);
	if (r->f.type != type)
		fail_msg("%s came, not %s", wire_type_name(r->f.type), wire_type_name(type));
}

static void rig_note(struct rig *r, const char *name, const char *value)
{
	for (;;) {
		rig_next(r, WIRE_NOTE);
		struct wire_str v = wire_find(&r->f.u.pairs, name);
		if (v.s && (!value || wire_is(v, value)))
			return;
	}
}

static void rig_stop(struct rig *r)
{
	struct wire_frame f = {.type = WIRE_STOP};
	assert_int_equal(wire_send(r->hub, &f), WIRE_OK);
}

/* Waits for the worker's end, reading what it still says; its wait status. */
static int rig_end(struct rig *r)
{
	int status = -1;

	while (rig_any(r))
		continue;
	close(r->hub);
	r->hub = -1;
	assert_int_equal(waitpid(r->worker, &status, 0), r->worker);
	r->worker = 0;
	return status;
}

static void rig_free(struct rig *r)
{
	if (r->worker > 0) {
		kill(r->worker, SIGKILL);
		waitpid(r->worker, NULL, 0);
	}
	if (r->hub >= 0)
		close(r->hub);
	if (r->sim > 0) {
		kill(r->sim, SIGTERM);
		waitpid(r->sim, NULL, 0);
	}
	unlink(r->device);
	unlink(r->control);
	rmdir(r->dir);
}
#endif
