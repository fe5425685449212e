/* confine.c - what a worker on the network gives up.  Owns nothing; calls libc and the kernel only.
 */
#include "gateway/hub/confine.h"
#include "gateway/hub/wire.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

static int limit(int resource, rlim_t most)
{
	struct rlimit now;
	if (getrlimit((__rlimit_resource_t)resource, &now) < 0)
		return -1;
	if (now.rlim_max != RLIM_INFINITY && now.rlim_max < most)
		most = now.rlim_max;
	struct rlimit r = {most, most};
	return setrlimit((__rlimit_resource_t)resource, &r);
}

/* The hub alone decides when a worker ends (STOP, the end of the socket, SIGKILL).  A Ctrl-C or a
 * service manager's SIGTERM reaches the whole group: dying of it here would leave deliveries in
 * flight with an unknown outcome.  PDEATHSIG is SIGKILL, since any other may be blocked or ignored.
 * SIGPIPE: the TLS library writes to sockets without MSG_NOSIGNAL. */
static int signals(void)
{
	static const int ignored[] = {SIGPIPE, SIGINT, SIGTERM, SIGHUP};
	sigset_t none;
	sigemptyset(&none);
	if (sigprocmask(SIG_SETMASK, &none, NULL) < 0)
		return -1;
	for (size_t i = 0; i < sizeof ignored / sizeof ignored[0]; i++) {
		struct sigaction sa;
		memset(&sa, 0, sizeof sa);
		sa.sa_handler = SIG_IGN;
		if (sigaction(ignored[i], &sa, NULL) < 0)
			return -1;
	}
	return prctl(PR_SET_PDEATHSIG, SIGKILL);
}

int confine_start(void)
{
	if (signals() < 0 || limit(RLIMIT_CORE, 0) < 0)
		return -1;
	return close_range(WIRE_FD + 1, ~0u, 0);
}

int confine_finish(unsigned files, char *what, size_t max)
{
	if (limit(RLIMIT_NOFILE, files) < 0)
		return -1;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -1;
	snprintf(what, max, "no_new_privs,nofile=%u", files);
	return 0;
}
