/* confine.c - see confine.h: limits, privileges, signals, and the order of the whole.
 */
#include "gateway/hub/confine.h"
#include "gateway/hub/confine_int.h"
#include "gateway/hub/wire.h"

#include <errno.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
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

/* ---- start ----------------------------------------------------------------------------------- */

/* The hub alone decides when a worker ends (STOP, the end of the socket, SIGKILL).  A Ctrl-C or a
 * service manager's SIGTERM reaches the whole group: dying of it here would leave deliveries in
 * flight with an unknown outcome.  PDEATHSIG is SIGKILL, since any other may be blocked or ignored.
 * SIGPIPE: the TLS library writes to sockets without MSG_NOSIGNAL.  SIGXFSZ: a file that may not
 * grow is an error to whoever writes, no death. */
static int signals(void)
{
	static const int ignored[] = {SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGXFSZ};
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

/* Keys, PINs, tokens and texts pass through every one of them: no core file, and no look into its
 * memory by another process of the same user. */
static int keep_private(void)
{
	umask(0077);
	if (limit(RLIMIT_CORE, 0) < 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return -1;
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

int confine_hub_start(void)
{
	return keep_private();
}

int confine_start(void)
{
	if (signals() < 0 || keep_private() < 0)
		return -1;
	return close_range(WIRE_FD + 1, ~0u, 0);
}

/* ---- finish ---------------------------------------------------------------------------------- */

/* A gateway that somebody runs as root has workers that are root in name only. */
static int drop_capabilities(void)
{
	struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3];
	memset(none, 0, sizeof none);
	return (int)syscall(SYS_capset, &head, none);
}

static int limits(const struct confine *c)
{
	if (CONFINE_OPEN) /* valgrind refuses another hard limit of descriptors, and needs memory */
		return 0;
	if (c->files && limit(RLIMIT_NOFILE, c->files) < 0)
		return -1;
	if (c->kind == CONFINE_HUB)
		return 0;
	if (limit(RLIMIT_FSIZE, 0) < 0) /* a worker writes no file */
		return -1;
	if (c->kind == CONFINE_EDGE && limit(RLIMIT_NPROC, 0) < 0) /* one thread; the others need some */
		return -1;
	return c->memory ? limit(RLIMIT_AS, c->memory) : 0;
}

static void join(char *out, const char *word)
{
	size_t at = strlen(out);
	snprintf(out + at, CONFINE_WORDS - at, "%s%s", at ? " " : "", word);
}

int confine_finish(const struct confine *c, char *what)
{
	struct confined done = {.files = false};
	what[0] = '\0';
	if (limits(c) < 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -1;
	if (CONFINE_OPEN) {
		join(what, "nothing"); /* this build is for a tool that looks inside */
		return 0;
	}
	if (c->kind != CONFINE_HUB && geteuid() == 0 && drop_capabilities() < 0)
		return -1;
	if (confine_paths(c, &done) < 0 || confine_calls(c, &done) < 0)
		return -1;
	if (done.files)
		join(what, "files");
	if (done.ports)
		join(what, "ports");
	if (done.signals)
		join(what, "signals");
	if (done.calls)
		join(what, "calls");
	if (!what[0])
		join(what, "nothing");
	return 0;
}

/* ---- what is there, and what is missing ------------------------------------------------------ */

struct confine_kernel confine_kernel(void)
{
	return (struct confine_kernel){.landlock = confine_landlock_version(),
				       .seccomp = confine_calls_known()};
}

static bool has(const char *have, const char *word)
{
	size_t n = strlen(word);
	for (const char *p = have; (p = strstr(p, word)) != NULL; p += n) {
		if ((p == have || p[-1] == ' ') && (p[n] == '\0' || p[n] == ' '))
			return true;
	}
	return false;
}

void confine_lacks(enum confine_kind kind, const char *have, char *out, size_t max)
{
	static const struct {
		const char *word, *lack;
		bool hub; /* its files are its service unit's matter, and its workers are its to end */
	} all[] = {{"files", "files: it could open those of others (Landlock is missing: Linux 5.13, and "
			     "lsm=landlock,... on the kernel's command line)", false},
		   {"ports", "ports: it could connect to any (Landlock 4 is missing: Linux 6.7)", true},
		   {"signals", "signals: it could end other processes (neither seccomp nor Landlock 6)", false},
		   {"calls", "system calls: it could make any (seccomp is missing in this kernel)", true}};
	size_t at = 0;
	out[0] = '\0';
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		bool asked = kind != CONFINE_HUB || all[i].hub;
		if (asked && !has(have, all[i].word) && at < max)
			at += (size_t)snprintf(out + at, max - at, "%s%s", at ? "; " : "", all[i].lack);
	}
}
