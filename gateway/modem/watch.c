/* watch.c - see watch.h. */
#include "gateway/modem/watch.h"
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stddef.h>
#include <unistd.h>
#include "gateway/hub/wire.h"

#define GRACE_MS 300
#define STACK                                                                                      \
	((size_t)(PTHREAD_STACK_MIN > 262144 ? PTHREAD_STACK_MIN                                   \
					     : 262144)) /* a frame is built on it */

struct watch {
	int tty, hub, code;
};

static void *watch(void *arg)
{
	const struct watch *w = arg;
	struct pollfd p = {w->tty, 0, 0}; /* no events asked: only hang-up and error wake it */
	struct wire_frame f = {.type = WIRE_NOTE};

	while (poll(&p, 1, -1) < 0 && errno == EINTR)
		continue;
	poll(NULL, 0, GRACE_MS);
	f.u.pairs.n = 1;
	f.u.pairs.pair[0] =
	    (struct wire_pair){wire_str("reason"), wire_str("the device went away")};
	wire_send(w->hub, &f);
	_exit(w->code);
}

int watch_start(int tty_fd, int hub_fd, int code)
{
	static struct watch w; /* outlives this call */
	pthread_attr_t attr;
	pthread_t thread;

	w = (struct watch){tty_fd, hub_fd, code};
	if (pthread_attr_init(&attr) != 0)
		return -1;
	int rc = pthread_attr_setstacksize(&attr, STACK);
	if (rc == 0)
		rc = pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	if (rc == 0)
		rc = pthread_create(&thread, &attr, watch, &w);
	pthread_attr_destroy(&attr);
	return rc == 0 ? 0 : -1;
}
