/* fuzz_control.c - arbitrary octets at the control socket, and what its verbs make of them.
 *
 * Oracle: each request that is taken gets an answer which is a JSON object with "ok"; the server keeps
 * no more clients and no longer lines than it says; nothing is damaged.  */
#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "gateway/hub/control.h"
#include "gateway/hub/verbs.h"
#include "tests/fuzz/world.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct control *control;
static struct sockaddr_un address = {.sun_family = AF_UNIX};

static void end(void)
{
	control_free(control);
}

static void before(void)
{
	char err[256];
	world_text("+355692000001", "RAST LYP Z3 M9");
	world_text("+355691000001", "MUNGESE 5A 12 17");
	snprintf(address.sun_path, sizeof address.sun_path, "%s/control", world.dir);
	control = control_listen(address.sun_path, err, sizeof err);
	assert(control);
}

static void turn(void)
{
	struct pollfd fds[1 + CONTROL_CLIENTS];
	size_t n = control_pollfds(control, fds, 1 + CONTROL_CLIENTS);
	assert(n <= 1 + CONTROL_CLIENTS);
	poll(fds, n, 0);
	control_ready_fds(control, fds, n);
}

static void carry_out(void)
{
	int client, uid;
	json_t *rq;
	while ((rq = control_next(control, &client, &uid)) != NULL) {
		json_t *answer = NULL;
		assert(json_is_object(rq) && uid == (int)getuid());
		assert(store_begin(world.d.st) == STORE_OK);
		int rc = verb_run(&world.d, rq, uid, &answer);
		assert(rc != STORE_CORRUPT && rc != STORE_FAIL && rc != STORE_IO);
		if (store_in_turn(world.d.st))
			store_rollback(world.d.st);
		assert(!answer || json_is_boolean(json_object_get(answer, "ok")));
		control_answer(control, client, answer ? answer : verb_refuse("no such verb"));
		json_decref(rq);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char answer[1 << 16];
	if (!control) {
		world_start(before);
		atexit(end);
	}
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	assert(fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) == 0);
	turn();
	for (size_t at = 0; at < size;) {
		size_t piece = size - at < 4096 ? size - at : 4096;
		ssize_t n = send(fd, data + at, piece, MSG_NOSIGNAL);
		if (n <= 0 && errno != EAGAIN)
			break;
		at += n > 0 ? (size_t)n : 0;
		turn();
		carry_out();
		if (recv(fd, answer, sizeof answer, 0) > 0)
			assert(answer[0] == '{');
		if (n <= 0)
			break; /* a second request before the first was answered: not read */
	}
	close(fd);
	turn();
	carry_out();
	turn();
	return 0;
}
