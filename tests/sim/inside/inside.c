/* inside.c - tries what a confined process must not do, from inside it.
 *
 * Preloaded into a real worker or hub.  When that says that it is ready, INSIDE_TRY is done: a worker's
 * outcome goes to the hub as a NOTE, the hub's to standard error ("inside NAME ERRNO").  A call for which
 * the process is killed gives none.  INSIDE_LANDLOCK and INSIDE_SECCOMP play an older kernel.
 */
#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#define NOTE 38
#define READY 32
#define LANDLOCK_CREATE 444

static const char *wanted(const char *name)
{
	const char *v = getenv(name);
	return v && *v ? v : NULL;
}

static int number(const char *name)
{
	const char *v = wanted(name);
	return v ? atoi(v) : 0;
}

/* ---- an older kernel ---- */

long syscall(long n, ...)
{
	long a[6];
	va_list ap;
	va_start(ap, n);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(ap, long);
	va_end(ap);
	if (n == LANDLOCK_CREATE && wanted("INSIDE_LANDLOCK") && a[2] == 1) {
		errno = ENOSYS;
		return number("INSIDE_LANDLOCK") ? number("INSIDE_LANDLOCK") : -1;
	}
	long (*real)(long, ...) = (long (*)(long, ...))dlsym(RTLD_NEXT, "syscall");
	return real(n, a[0], a[1], a[2], a[3], a[4], a[5]);
}

int prctl(int op, ...)
{
	unsigned long a[4];
	va_list ap;
	va_start(ap, op);
	for (int i = 0; i < 4; i++)
		a[i] = va_arg(ap, unsigned long);
	va_end(ap);
	if (op == PR_GET_SECCOMP && wanted("INSIDE_SECCOMP")) {
		errno = EINVAL;
		return -1;
	}
	int (*real)(int, ...) = (int (*)(int, ...))dlsym(RTLD_NEXT, "prctl");
	return real(op, a[0], a[1], a[2], a[3]);
}

/* ---- what is tried: 0 or errno ---- */

static int try_open(const char *path, int how)
{
	return open(path, how, 0600) < 0 ? errno : 0;
}

static int try_connect(void)
{
	struct sockaddr_in sa = {.sin_family = AF_INET, .sin_port = htons((uint16_t)number("INSIDE_PORT"))};
	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	return fd < 0 || connect(fd, (struct sockaddr *)&sa, sizeof sa) < 0 ? errno : 0;
}

static int try_bind(void)
{
	struct sockaddr_in sa = {.sin_family = AF_INET};
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	return fd < 0 || bind(fd, (struct sockaddr *)&sa, sizeof sa) < 0 ? errno : 0;
}

static int try_control(void)
{
	struct sockaddr_un sa = {.sun_family = AF_UNIX};
	snprintf(sa.sun_path, sizeof sa.sun_path, "%s", wanted("INSIDE_FILE"));
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	return fd < 0 || connect(fd, (struct sockaddr *)&sa, sizeof sa) < 0 ? errno : 0;
}

static int try_exec(void)
{
	char *argv[] = {(char *)(uintptr_t) "/bin/true", NULL}, *envp[] = {NULL};
	execve(argv[0], argv, envp);
	return errno;
}

static int try_fork(void)
{
	pid_t pid = fork();
	if (pid == 0)
		_exit(0);
	return pid < 0 ? errno : 0;
}

static int try_memory_of_hub(void)
{
	char byte;
	struct iovec mine = {&byte, 1}, theirs = {(void *)(uintptr_t)&byte, 1};
	return process_vm_readv(getppid(), &mine, 1, &theirs, 1, 0) < 0 ? errno : 0;
}

static int try_wx(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return p == MAP_FAILED ? errno : 0;
}

static int try_dumpable(void)
{
	return prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0 ? EPERM : 0;
}

static int try_core(void)
{
	struct rlimit r;
	return getrlimit(RLIMIT_CORE, &r) == 0 && r.rlim_max == 0 ? EPERM : 0;
}

static int attempt(const char *what)
{
	const char *file = wanted("INSIDE_FILE");
#define IS(name) (strcmp(what, name) == 0)
#define FAILS(call) ((call) < 0 ? errno : 0)
	if (IS("passwd"))
		return try_open("/etc/passwd", O_RDONLY);
	if (IS("read"))
		return try_open(file, O_RDONLY);
	if (IS("write"))
		return try_open(file, O_WRONLY | O_CREAT);
	if (IS("inet"))
		return FAILS(socket(AF_INET, SOCK_STREAM, 0));
	if (IS("datagram"))
		return FAILS(socket(AF_INET, SOCK_DGRAM, 0));
	if (IS("unix"))
		return FAILS(socket(AF_UNIX, SOCK_STREAM, 0));
	if (IS("netlink"))
		return FAILS(socket(AF_NETLINK, SOCK_RAW, 0));
	if (IS("raw"))
		return FAILS(socket(AF_INET, SOCK_RAW, 1));
	if (IS("connect"))
		return try_connect();
	if (IS("bind"))
		return try_bind();
	if (IS("control"))
		return try_control();
	if (IS("exec"))
		return try_exec();
	if (IS("fork"))
		return try_fork();
	if (IS("ptrace"))
		return FAILS(ptrace(PTRACE_ATTACH, getppid(), NULL, NULL));
	if (IS("memory"))
		return try_memory_of_hub();
	if (IS("kill"))
		return FAILS(kill(getppid(), 0));
	if (IS("wx"))
		return try_wx();
	if (IS("unshare"))
		return FAILS(unshare(CLONE_NEWUSER));
	if (IS("mount"))
		return FAILS(mount("none", "/tmp", "tmpfs", 0, NULL));
	if (IS("bpf"))
		return FAILS((int)syscall(SYS_bpf, 0, NULL, 0));
	if (IS("io_uring"))
		return FAILS((int)syscall(425, 1, NULL));
	if (IS("keyctl"))
		return FAILS((int)syscall(SYS_keyctl, 0, 0, 0, 0, 0));
	if (IS("dumpable"))
		return try_dumpable();
	if (IS("core"))
		return try_core();
	if (IS("setuid"))
		return FAILS(setuid(0));
	return -1;
}

/* ---- when ---- */

static size_t put_text(unsigned char *p, const char *s)
{
	uint32_t n = (uint32_t)strlen(s);
	memcpy(p, &n, 4); /* little-endian, as the machines that run tests are */
	memcpy(p + 4, s, n);
	return 4 + n;
}

static bool tried;

typedef ssize_t sender(int fd, const void *buf, size_t len, int flags);

/* A frame is about to leave: before READY the outcome does. */
static void before(int fd, const unsigned char *b, size_t len, sender *real)
{
	const char *what = wanted("INSIDE_TRY");
	if (fd != 3 || len <= 2 || b[1] != READY || !what || tried)
		return;
	unsigned char f[256] = {1, NOTE, 1, 0};
	char outcome[16];
	tried = true;
	snprintf(outcome, sizeof outcome, "%d", attempt(what));
	size_t at = 4 + put_text(f + 4, "inside");
	at += put_text(f + at, outcome);
	real(fd, f, at, MSG_NOSIGNAL);
}

ssize_t send(int fd, const void *buf, size_t len, int flags)
{
	sender *real = (sender *)dlsym(RTLD_NEXT, "send");
	before(fd, buf, len, real);
	return real(fd, buf, len, flags);
}

int sendmmsg(int fd, struct mmsghdr *m, unsigned n, int flags)
{
	int (*real)(int, struct mmsghdr *, unsigned, int) =
	    (int (*)(int, struct mmsghdr *, unsigned, int))dlsym(RTLD_NEXT, "sendmmsg");
	for (unsigned i = 0; i < n; i++) {
		const struct iovec *v = m[i].msg_hdr.msg_iov;
		before(fd, v->iov_base, v->iov_len, (sender *)dlsym(RTLD_NEXT, "send"));
	}
	return real(fd, m, n, flags);
}

int sd_notify(int unset, const char *state)
{
	int (*real)(int, const char *) = (int (*)(int, const char *))dlsym(RTLD_NEXT, "sd_notify");
	const char *what = wanted("INSIDE_TRY");
	if (what && !tried && strncmp(state, "READY", 5) == 0) {
		char all[512], *rest = NULL;
		tried = true;
		snprintf(all, sizeof all, "%s", what);
		for (char *w = strtok_r(all, " ", &rest); w; w = strtok_r(NULL, " ", &rest))
			fprintf(stderr, "inside %s %d\n", w, attempt(w));
	}
	return real(unset, state);
}
