/* spawn.c - see spawn.h.  Owns the starter and the socket to it.
 */
#include "gateway/hub/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gateway/hub/wire.h"

#define ANSWER_MS 10000
#define WORDS_MAX 17 /* of a power cycle, with its end */

struct request {
	char program[SPAWN_PATH]; /* "": a power cycle */
	char name[SPAWN_NAME];    /* of the worker, or the modem */
	char zone[128];           /* TZ */
};
struct answer {
	int pid, err;
};
struct spawner {
	int fd;
	pid_t pid;
};

/* ---- in a child ------------------------------------------------------------------------------ */

static void clean_signals(void)
{
	sigset_t none;
	sigemptyset(&none);
	for (int n = 1; n < SIGRTMIN; n++)
		(void)signal(n, SIG_DFL);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* close_range runs after dup2, so that nothing of the store leaks. */
_Noreturn static void become(const char *program, const char *name, int fd, const char *tz)
{
	int null = open("/dev/null", O_RDWR);
	clean_signals();
	if (fd == WIRE_FD) {
		if (fcntl(fd, F_SETFD, 0) < 0)
			_exit(126);
	} else if (dup2(fd, WIRE_FD) < 0) {
		_exit(126);
	}
	if (null < 0 || dup2(null, STDIN_FILENO) < 0 || close_range(WIRE_FD + 1, ~0U, 0) < 0)
		_exit(126);
	char zone[140], path[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin", lang[] = "LC_ALL=C.UTF-8";
	char asan[256], binary[SPAWN_PATH], own[SPAWN_NAME];
	const char *options = getenv("ASAN_OPTIONS"); /* sanitizer builds: the tests' own choice */
	snprintf(zone, sizeof zone, "TZ=%s", tz && *tz ? tz : "UTC");
	snprintf(asan, sizeof asan, "ASAN_OPTIONS=%s", options ? options : "");
	snprintf(binary, sizeof binary, "%s", program);
	snprintf(own, sizeof own, "%s", name);
	char *argv[] = {binary, own, NULL}, *envp[] = {path, lang, zone, asan, NULL};
	execve(binary, argv, envp);
	_exit(127);
}

_Noreturn void spawn_become(const char *program, const char *name, int fd)
{
	become(program, name, fd, getenv("TZ"));
}

_Noreturn static void become_power(const char *const *argv)
{
	char path[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin", lang[] = "LC_ALL=C.UTF-8";
	char *envp[] = {path, lang, NULL}, *args[WORDS_MAX];
	int n = 0, null = open("/dev/null", O_RDWR);

	clean_signals();
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (null < 0 || dup2(null, 0) < 0 || dup2(null, 1) < 0 || dup2(null, 2) < 0 ||
	    close_range(3, ~0U, 0) < 0)
		_exit(126);
	for (; n < WORDS_MAX - 1 && argv[n]; n++)
		args[n] = strdup(argv[n]); /* execve takes no const; the process is replaced at once */
	args[n] = NULL;
	if (!args[0])
		_exit(126);
	execve(args[0], args, envp);
	_exit(127);
}

/* ---- the starter ----------------------------------------------------------------------------- */

/* A brother, not a child: its parent is the hub, which waits for it and whose death ends it. */
static pid_t fork_brother(void)
{
	return (pid_t)syscall(SYS_clone, (long)(CLONE_PARENT | SIGCHLD), 0L, 0L, 0L, 0L);
}

static bool listed(const struct spawn_list *list, const char *program)
{
	for (int i = 0; i < SPAWN_PROGRAMS && list->program[i][0]; i++) {
		if (strcmp(list->program[i], program) == 0)
			return true;
	}
	return false;
}

static const char *const *power_of(const struct spawn_list *list, const char *modem)
{
	for (int i = 0; i < SPAWN_POWER && list->power[i].name[0]; i++) {
		if (strcmp(list->power[i].name, modem) == 0)
			return list->power[i].argv;
	}
	return NULL;
}

static struct answer carry_out(const struct spawn_list *list, const struct request *rq, int fd)
{
	const char *const *power = rq->program[0] ? NULL : power_of(list, rq->name);
	if (rq->program[0] ? fd < 0 || !listed(list, rq->program) : !power)
		return (struct answer){-1, EACCES};
	pid_t pid = fork_brother();
	if (pid == 0 && power)
		become_power(power);
	if (pid == 0)
		become(rq->program, rq->name, fd, rq->zone);
	return (struct answer){(int)pid, pid < 0 ? errno : 0};
}

/* One request with at most one descriptor.  False: the hub is gone, or this is no request. */
static bool take(int sock, struct request *rq, int *fd)
{
	_Alignas(struct cmsghdr) char room[CMSG_SPACE(sizeof(int))];
	struct iovec iov = {rq, sizeof *rq};
	struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = room, .msg_controllen = sizeof room};
	ssize_t n;
	*fd = -1;
	do
		n = recvmsg(sock, &m, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	struct cmsghdr *c = n > 0 ? CMSG_FIRSTHDR(&m) : NULL;
	if (c && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS)
		memcpy(fd, CMSG_DATA(c), sizeof *fd);
	rq->program[SPAWN_PATH - 1] = rq->name[SPAWN_NAME - 1] = rq->zone[sizeof rq->zone - 1] = '\0';
	return n == (ssize_t)sizeof *rq && !(m.msg_flags & (MSG_TRUNC | MSG_CTRUNC));
}

_Noreturn static void serve(const struct spawn_list *list, int sock)
{
	struct request rq;
	int fd;
	prctl(PR_SET_NAME, "kujdestar-start");
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* The hub decides when the gateway ends; a Ctrl-C reaches the whole group. */
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	if (dup2(sock, WIRE_FD) < 0 || close_range(WIRE_FD + 1, ~0U, 0) < 0)
		_exit(1);
	while (take(WIRE_FD, &rq, &fd)) {
		struct answer a = carry_out(list, &rq, fd);
		if (fd >= 0)
			close(fd);
		if (send(WIRE_FD, &a, sizeof a, MSG_NOSIGNAL) != (ssize_t)sizeof a)
			break;
	}
	_exit(0);
}

struct spawner *spawn_open(const struct spawn_list *list)
{
	int fds[2];
	struct spawner *s = calloc(1, sizeof *s);
	if (!s || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) < 0) {
		free(s);
		return NULL;
	}
	s->fd = fds[0];
	s->pid = fork();
	if (s->pid == 0)
		serve(list, fds[1]);
	close(fds[1]);
	if (s->pid > 0)
		return s;
	close(s->fd);
	free(s);
	return NULL;
}

void spawn_close(struct spawner *s)
{
	if (!s)
		return;
	close(s->fd);
	kill(s->pid, SIGKILL);
	while (waitpid(s->pid, NULL, 0) < 0 && errno == EINTR)
		;
	free(s);
}

/* ---- the hub's side -------------------------------------------------------------------------- */

static bool give(int sock, struct request *rq, int fd)
{
	_Alignas(struct cmsghdr) char room[CMSG_SPACE(sizeof(int))] = {0};
	struct iovec iov = {rq, sizeof *rq};
	struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1};
	if (fd >= 0) {
		m.msg_control = room;
		m.msg_controllen = sizeof room;
		struct cmsghdr *c = CMSG_FIRSTHDR(&m);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof fd);
		memcpy(CMSG_DATA(c), &fd, sizeof fd);
	}
	ssize_t n;
	do
		n = sendmsg(sock, &m, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	return n == (ssize_t)sizeof *rq;
}

static bool hear(int sock, struct answer *a)
{
	struct pollfd p = {.fd = sock, .events = POLLIN};
	int n;
	do
		n = poll(&p, 1, ANSWER_MS);
	while (n < 0 && errno == EINTR);
	return n > 0 && recv(sock, a, sizeof *a, 0) == (ssize_t)sizeof *a;
}

static pid_t ask(struct spawner *s, struct request *rq, int fd)
{
	struct answer a;
	const char *tz = getenv("TZ");
	snprintf(rq->zone, sizeof rq->zone, "%s", tz ? tz : "");
	if (!give(s->fd, rq, fd) || !hear(s->fd, &a)) {
		errno = EPIPE;
		return -1;
	}
	errno = a.err;
	return a.pid;
}

pid_t spawn_worker(struct spawner *s, const char *program, const char *name, int fd)
{
	struct request rq;
	memset(&rq, 0, sizeof rq);
	snprintf(rq.program, sizeof rq.program, "%s", program);
	snprintf(rq.name, sizeof rq.name, "%s", name);
	return ask(s, &rq, fd);
}

pid_t spawn_power(struct spawner *s, const char *modem)
{
	struct request rq;
	memset(&rq, 0, sizeof rq);
	snprintf(rq.name, sizeof rq.name, "%s", modem);
	return ask(s, &rq, -1);
}
