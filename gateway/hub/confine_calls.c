/* confine_calls.c - which system calls each process may make, by seccomp.  The only file that includes
 * libseccomp.  Owns nothing once the filter is loaded.
 *
 * The lists were found by running every test under a tracer and under the filter itself, on x86-64; what
 * other architectures call the same thing (mmap2, fstatat64, the _time64 calls) stands beside it, and a
 * name that an architecture does not have is left out by the library.  Arguments that are pointers
 * cannot be judged here: which file, is Landlock's matter; which address, the courier's own.
 */
#include "gateway/hub/confine_int.h"

#include <errno.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define CALL(name) SCMP_SYS(name)
#define N(a) (sizeof(a) / sizeof(a)[0])

/* What any program does that has memory, time, threads' locks and descriptors. */
static const int common[] = {
    CALL(read), CALL(write), CALL(readv), CALL(writev), CALL(close), CALL(fstat), CALL(fstat64),
    CALL(newfstatat), CALL(fstatat64), CALL(statx), CALL(stat), CALL(stat64), CALL(lseek), CALL(_llseek),
    CALL(fcntl), CALL(fcntl64), CALL(poll), CALL(ppoll), CALL(ppoll_time64), CALL(select), CALL(_newselect),
    CALL(pselect6), CALL(pselect6_time64), CALL(brk), CALL(munmap), CALL(mremap), CALL(madvise),
    CALL(rt_sigaction), CALL(rt_sigprocmask), CALL(rt_sigreturn), CALL(sigreturn), CALL(sigaltstack),
    CALL(futex), CALL(futex_time64), CALL(set_robust_list), CALL(rseq), CALL(membarrier), CALL(sched_yield),
    CALL(sched_getaffinity), CALL(clock_gettime), CALL(clock_gettime64), CALL(clock_nanosleep),
    CALL(clock_nanosleep_time64), CALL(nanosleep), CALL(gettimeofday), CALL(time), CALL(clock_getres),
    CALL(clock_getres_time64), CALL(getrandom), CALL(getpid), CALL(gettid), CALL(getppid), CALL(getuid),
    CALL(getuid32), CALL(geteuid), CALL(geteuid32), CALL(getgid), CALL(getgid32), CALL(getegid),
    CALL(getegid32), CALL(uname), CALL(sysinfo), CALL(exit), CALL(exit_group), CALL(restart_syscall),
    CALL(recvmsg), CALL(sendmsg), CALL(recvfrom), CALL(recv), CALL(sendto), CALL(send), CALL(getsockopt),
};

/* libgammu and the line: descriptors' settings, no sockets; files are Landlock's matter. */
static const int modem[] = {
    CALL(open), CALL(openat), CALL(ioctl), CALL(dup), CALL(flock),
};

/* libcurl, its resolver's threads, TLS: reads files, opens and closes connections. */
static const int courier[] = {
    CALL(open), CALL(openat), CALL(getdents64), CALL(getdents), CALL(access), CALL(faccessat), CALL(faccessat2), CALL(readlink),
    CALL(readlinkat), CALL(pread64), CALL(connect), CALL(getsockname), CALL(getpeername),
    CALL(setsockopt), CALL(shutdown), CALL(sendmmsg), CALL(recvmmsg), CALL(recvmmsg_time64),
    CALL(eventfd2), CALL(pipe2), CALL(epoll_create1), CALL(epoll_ctl), CALL(epoll_wait), CALL(epoll_pwait),
    CALL(ioctl),
};

/* libmicrohttpd on sockets that were opened before. */
static const int edge[] = {
    CALL(accept), CALL(accept4), CALL(getsockname), CALL(getpeername), CALL(setsockopt), CALL(shutdown),
    CALL(epoll_ctl), CALL(epoll_wait), CALL(epoll_pwait), CALL(epoll_pwait2), CALL(sendmmsg), CALL(recvmmsg),
    CALL(recvmmsg_time64),
};

/* The hub: a database in files, Unix sockets, signals to its workers; no program is started by it (the
 * starter does that), no network. */
static const int hub[] = {
    CALL(open), CALL(openat), CALL(creat), CALL(access), CALL(faccessat), CALL(faccessat2), CALL(lstat),
    CALL(lstat64), CALL(readlink), CALL(readlinkat), CALL(getdents), CALL(getdents64), CALL(getcwd),
    CALL(chdir), CALL(fchdir), CALL(statfs), CALL(statfs64), CALL(fstatfs), CALL(fstatfs64), CALL(pread64),
    CALL(pwrite64), CALL(preadv), CALL(pwritev), CALL(ftruncate), CALL(ftruncate64), CALL(truncate),
    CALL(fallocate), CALL(fadvise64), CALL(fadvise64_64), CALL(arm_fadvise64_64), CALL(readahead),
    CALL(fsync), CALL(fdatasync), CALL(sync_file_range), CALL(syncfs), CALL(msync), CALL(mlock),
    CALL(mlock2), CALL(munlock), CALL(mincore), CALL(flock), CALL(rename), CALL(renameat), CALL(renameat2),
    CALL(unlink), CALL(unlinkat), CALL(mkdir), CALL(mkdirat), CALL(rmdir), CALL(link), CALL(linkat),
    CALL(symlink), CALL(symlinkat), CALL(chmod), CALL(fchmod), CALL(fchmodat), CALL(fchown), CALL(fchown32),
    CALL(utimensat), CALL(utimensat_time64), CALL(umask), CALL(copy_file_range), CALL(sendfile),
    CALL(sendfile64), CALL(dup), CALL(dup2), CALL(dup3), CALL(pipe), CALL(pipe2), CALL(eventfd2),
    CALL(epoll_create1), CALL(epoll_ctl), CALL(epoll_wait), CALL(epoll_pwait), CALL(timerfd_create),
    CALL(timerfd_settime), CALL(timerfd_settime64), CALL(timerfd_gettime), CALL(signalfd4), CALL(connect),
    CALL(bind), CALL(listen), CALL(accept), CALL(accept4), CALL(getsockname), CALL(getpeername),
    CALL(setsockopt), CALL(shutdown), CALL(wait4), CALL(waitid), CALL(waitpid), CALL(kill), CALL(tgkill),
    CALL(getrlimit), CALL(ugetrlimit), CALL(getrusage), CALL(times), CALL(getpgrp), CALL(getpgid),
    CALL(getsid), CALL(getpriority), CALL(setpriority), CALL(sched_getparam), CALL(sched_getscheduler),
    CALL(getgroups), CALL(getgroups32), CALL(capget), CALL(clock_adjtime), CALL(adjtimex),
    CALL(rt_sigpending), CALL(rt_sigtimedwait), CALL(rt_sigtimedwait_time64), CALL(sendmmsg), CALL(recvmmsg),
    CALL(recvmmsg_time64),
};

static struct scmp_arg_cmp is(unsigned arg, scmp_datum_t value)
{
	return (struct scmp_arg_cmp){arg, SCMP_CMP_EQ, value, 0};
}

static struct scmp_arg_cmp masked(unsigned arg, scmp_datum_t mask, scmp_datum_t value)
{
	return (struct scmp_arg_cmp){arg, SCMP_CMP_MASKED_EQ, mask, value};
}

static int allow_all(scmp_filter_ctx f, const int *calls, size_t n)
{
	int rc = 0;
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = seccomp_rule_add(f, SCMP_ACT_ALLOW, calls[i], 0);
	return rc;
}

static int first_bad(const int *rc, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (rc[i] < 0)
			return rc[i];
	}
	return 0;
}

/* Memory that can be written is never run, and what runs was mapped from a file as it is. */
static int memory(scmp_filter_ctx f, enum confine_kind kind)
{
	const int maps[] = {CALL(mmap), CALL(mmap2)};
	int rc = seccomp_rule_add(f, SCMP_ACT_ALLOW, CALL(mprotect), 1, masked(2, PROT_EXEC, 0));
	for (size_t i = 0; rc == 0 && i < N(maps); i++)
		rc = seccomp_rule_add(f, SCMP_ACT_ALLOW, maps[i], 1, masked(2, PROT_EXEC, 0));
	/* modules of the resolver are loaded when they are needed first */
	bool modules = kind == CONFINE_COURIER || kind == CONFINE_HUB;
	for (size_t i = 0; rc == 0 && modules && i < N(maps); i++)
		rc = seccomp_rule_add(f, SCMP_ACT_ALLOW, maps[i], 1, masked(2, PROT_WRITE, 0));
	return rc;
}

/* A thread, never a process.  clone3 hides its flags behind a pointer: libc tries the old call when it
 * is told that there is none. */
static int threads(scmp_filter_ctx f)
{
	const int rc[] = {
	    seccomp_rule_add(f, SCMP_ACT_ERRNO(ENOSYS), CALL(clone3), 0),
#if defined(__s390__)
	    seccomp_rule_add(f, SCMP_ACT_ALLOW, CALL(clone), 1, masked(1, CLONE_THREAD, CLONE_THREAD)),
#else
	    seccomp_rule_add(f, SCMP_ACT_ALLOW, CALL(clone), 1, masked(0, CLONE_THREAD, CLONE_THREAD)),
#endif
	};
	return first_bad(rc, N(rc));
}

/* abort() ends this process and no other; its name, and whether it may be looked into, are its own. */
static int itself(scmp_filter_ctx f, enum confine_kind kind)
{
	scmp_datum_t me = (scmp_datum_t)getpid();
	const int rc[] = {
	    kind == CONFINE_HUB ? 0 : seccomp_rule_add(f, SCMP_ACT_ALLOW, CALL(tgkill), 1, is(0, me)),
	    seccomp_rule_add(f, SCMP_ACT_ALLOW, CALL(prlimit64), 1, is(2, 0)), /* reads only */
	    seccomp_rule_add(f, SCMP_ACT_ALLOW, CALL(prctl), 1, is(0, PR_SET_NAME)),
	    seccomp_rule_add(f, SCMP_ACT_ALLOW, CALL(prctl), 1, is(0, PR_GET_DUMPABLE)),
	};
	return first_bad(rc, N(rc));
}

#define KIND_OF_SOCKET 0xf /* beside SOCK_CLOEXEC and SOCK_NONBLOCK */

static int family(scmp_filter_ctx f, int domain, int kind)
{
	return seccomp_rule_add(f, SCMP_ACT_ALLOW, CALL(socket), 2, is(0, (scmp_datum_t)domain),
				masked(1, KIND_OF_SOCKET, (scmp_datum_t)kind));
}

/* The resolver of libc asks a caching daemon over a Unix socket and the kernel over netlink before it
 * does its own work: both are told that there is no such thing. */
static int network(scmp_filter_ctx f)
{
	const int rc[] = {
	    family(f, AF_INET, SOCK_STREAM), family(f, AF_INET, SOCK_DGRAM),
	    family(f, AF_INET6, SOCK_STREAM), family(f, AF_INET6, SOCK_DGRAM),
	    seccomp_rule_add(f, SCMP_ACT_ERRNO(EAFNOSUPPORT), CALL(socket), 1, is(0, AF_UNIX)),
	    seccomp_rule_add(f, SCMP_ACT_ERRNO(EAFNOSUPPORT), CALL(socket), 1, is(0, AF_NETLINK)),
	    seccomp_rule_add(f, SCMP_ACT_ALLOW, CALL(socketpair), 1, is(0, AF_UNIX)),
	};
	return first_bad(rc, N(rc));
}

static int local_sockets(scmp_filter_ctx f)
{
	const int rc[] = {
	    seccomp_rule_add(f, SCMP_ACT_ALLOW, CALL(socket), 1, is(0, AF_UNIX)),
	    seccomp_rule_add(f, SCMP_ACT_ALLOW, CALL(socketpair), 1, is(0, AF_UNIX)),
	};
	return first_bad(rc, N(rc));
}

/* Descriptors that are no terminal: blocking or not, and how much waits. */
static int plain_ioctl(scmp_filter_ctx f)
{
	const int rc[] = {
	    seccomp_rule_add(f, SCMP_ACT_ALLOW, CALL(ioctl), 1, is(1, FIONBIO)),
	    seccomp_rule_add(f, SCMP_ACT_ALLOW, CALL(ioctl), 1, is(1, FIONREAD)),
	    seccomp_rule_add(f, SCMP_ACT_ERRNO(ENOTTY), CALL(ioctl), 1, is(1, TCGETS)),
	};
	return first_bad(rc, N(rc));
}

/* Also where the kernel has no Landlock: nothing more is opened. */
static int no_files(scmp_filter_ctx f)
{
	const int calls[] = {CALL(open), CALL(openat), CALL(access), CALL(faccessat), CALL(readlink), CALL(readlinkat)};
	int rc = 0;
	for (size_t i = 0; rc == 0 && i < N(calls); i++)
		rc = seccomp_rule_add(f, SCMP_ACT_ERRNO(EACCES), calls[i], 0);
	return rc;
}

static int own(scmp_filter_ctx f, enum confine_kind kind)
{
	int rc = 0;
	switch (kind) {
	case CONFINE_MODEM:
		rc = threads(f); /* one that watches the line for a hang-up */
		return rc ? rc : allow_all(f, modem, N(modem));
	case CONFINE_COURIER:
		rc = threads(f);
		if (rc == 0)
			rc = network(f);
		return rc ? rc : allow_all(f, courier, N(courier));
	case CONFINE_EDGE:
		rc = no_files(f);
		if (rc == 0)
			rc = plain_ioctl(f);
		return rc ? rc : allow_all(f, edge, N(edge));
	case CONFINE_HUB:
		rc = threads(f);
		if (rc == 0)
			rc = local_sockets(f);
		if (rc == 0)
			rc = plain_ioctl(f);
		return rc ? rc : allow_all(f, hub, N(hub));
	}
	return -EINVAL;
}

bool confine_calls_known(void)
{
	return prctl(PR_GET_SECCOMP, 0, 0, 0, 0) >= 0 && seccomp_api_get() > 0;
}

int confine_calls(const struct confine *c, struct confined *done)
{
	if (!confine_calls_known())
		return 0;
	scmp_filter_ctx f = seccomp_init(c->kind == CONFINE_HUB ? SCMP_ACT_ERRNO(EPERM) : SCMP_ACT_KILL_PROCESS);
	if (!f)
		return -1;
	int rc = seccomp_attr_set(f, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
	if (rc == 0)
		rc = seccomp_attr_set(f, SCMP_FLTATR_CTL_TSYNC, 1); /* threads that run already, too */
	if (rc == 0)
		rc = seccomp_attr_set(f, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	if (rc == 0)
		rc = allow_all(f, common, N(common));
	if (rc == 0)
		rc = memory(f, c->kind);
	if (rc == 0)
		rc = itself(f, c->kind);
	if (rc == 0)
		rc = own(f, c->kind);
	if (rc == 0)
		rc = seccomp_load(f);
	seccomp_release(f);
	if (rc < 0) {
		errno = -rc;
		return -1;
	}
	done->calls = true;
	done->signals = c->kind != CONFINE_HUB;
	/* no socket() at all: whatever Landlock's version */
	if (c->kind != CONFINE_COURIER)
		done->ports = true;
	if (c->kind == CONFINE_EDGE)
		done->files = true;
	return 0;
}
