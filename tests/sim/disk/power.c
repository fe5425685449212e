/* power.c - a disk whose power can go: preloaded into one process.
 *
 * Every change to a file below $POWER_DIR is done, and written down in $POWER_JOURNAL in the order in which it
 * was done; so is every sync of a file or a folder, which is not done: this is the disk.  What would still be
 * there after a cut is worked out from the journal (tests/system/disk.py).  At sync number $POWER_CUT the
 * process is killed: before that sync counts, or with $POWER_AFTER once it has.  Syncs of files whose names end
 * in $POWER_LIES are said to be done and are not.
 *
 * A record is struct record, the path, the octets.  One is written by one call under a lock, so that a kill
 * leaves whole ones.  Memory that is mapped (the index of a write-ahead log) is not followed.
 */
#define open open_of_header /* this file defines both names of them */
#define open64 open64_of_header
#define pwrite pwrite_of_header
#define pwrite64 pwrite64_of_header
#define ftruncate ftruncate_of_header
#define ftruncate64 ftruncate64_of_header
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>
#undef open
#undef open64
#undef pwrite
#undef pwrite64
#undef ftruncate
#undef ftruncate64

#define FDS 1024

enum { CREATE = 'C', OPEN = 'O', WRITE = 'W', CUT_OFF = 'T', SYNC = 'S', WHOLE = 'X', UNLINK = 'U', RENAME = 'R', SYNC_DIR = 'D' };

struct record {
	uint32_t op, path_len; /* RENAME: both paths, a NUL between them */
	uint64_t ino, at, len; /* CUT_OFF: at is the new size */
};

typedef int open_fn(const char *, int, ...);

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static bool followed[FDS], stdio[FDS]; /* below the folder; written by stdio, whose calls are not seen */
static long syncs;

int open(const char *path, int flags, ...);
int open64(const char *path, int flags, ...);
ssize_t pwrite(int fd, const void *p, size_t n, off_t at);
ssize_t pwrite64(int fd, const void *p, size_t n, off_t at);
int ftruncate(int fd, off_t size);
int ftruncate64(int fd, off_t size);

static void *real(const char *name)
{
	void *p = dlsym(RTLD_NEXT, name);
	if (!p)
		abort();
	return p;
}

static const char *wanted(const char *name)
{
	const char *v = getenv(name);
	return v && *v ? v : NULL;
}

static bool inside(const char *path)
{
	const char *dir = wanted("POWER_DIR");
	size_t n = dir ? strlen(dir) : 0;
	return n && strncmp(path, dir, n) == 0 && (path[n] == '/' || path[n] == '\0');
}

static bool ends_in(const char *path, const char *end)
{
	size_t n = strlen(path), m = end ? strlen(end) : 0;
	return m && n >= m && strcmp(path + n - m, end) == 0;
}

/* Where it was opened, also when the name is gone since. */
static void path_of(int fd, char path[PATH_MAX])
{
	char link[40];
	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	ssize_t n = readlink(link, path, PATH_MAX - 1);
	path[n < 0 ? 0 : n] = '\0';
}

static void put(int op, uint64_t ino, uint64_t at, const char *path, size_t path_len, const void *p, size_t n)
{
	static int journal = -1;
	struct record r = {(uint32_t)op, (uint32_t)path_len, ino, at, n};
	struct iovec v[] = {{&r, sizeof r}, {(void *)(uintptr_t)path, path_len}, {(void *)(uintptr_t)p, n}};
	if (journal < 0)
		journal = ((open_fn *)real("open"))(wanted("POWER_JOURNAL"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (journal < 0 || writev(journal, v, 3) != (ssize_t)(sizeof r + path_len + n))
		abort();
}

static bool regular(int fd, struct stat *sb)
{
	int saved = errno;
	bool yes = fd >= 0 && fd < FDS && followed[fd] && fstat(fd, sb) == 0 && S_ISREG(sb->st_mode);
	errno = saved;
	return yes;
}

/* ---- files and names ---- */

static void opened(int fd, const char *path, int flags, bool was)
{
	struct stat sb;
	if (fd < 0 || fd >= FDS)
		return;
	followed[fd] = inside(path) && (flags & O_ACCMODE) != O_RDONLY;
	stdio[fd] = false;
	if (!regular(fd, &sb))
		return;
	put(was ? OPEN : CREATE, sb.st_ino, 0, path, strlen(path), "", 0);
	if (was && (flags & O_TRUNC))
		put(CUT_OFF, sb.st_ino, 0, "", 0, "", 0);
}

static int do_open(const char *name, const char *path, int flags, int mode)
{
	open_fn *f = (open_fn *)real(name);
	pthread_mutex_lock(&lock);
	bool was = !(flags & O_CREAT) || access(path, F_OK) == 0;
	int fd = f(path, flags, mode);
	opened(fd, path, flags, was);
	pthread_mutex_unlock(&lock);
	return fd;
}

int open(const char *path, int flags, ...)
{
	va_list ap;
	va_start(ap, flags);
	int mode = flags & O_CREAT ? va_arg(ap, int) : 0;
	va_end(ap);
	return do_open("open", path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
	va_list ap;
	va_start(ap, flags);
	int mode = flags & O_CREAT ? va_arg(ap, int) : 0;
	va_end(ap);
	return do_open("open64", path, flags, mode);
}

FILE *fdopen(int fd, const char *mode)
{
	FILE *(*f)(int, const char *) = (FILE * (*)(int, const char *)) real("fdopen");
	if (fd >= 0 && fd < FDS)
		stdio[fd] = true;
	return f(fd, mode);
}

int unlink(const char *path)
{
	int (*f)(const char *) = (int (*)(const char *))real("unlink");
	pthread_mutex_lock(&lock);
	int rc = f(path);
	if (rc == 0 && inside(path))
		put(UNLINK, 0, 0, path, strlen(path), "", 0);
	pthread_mutex_unlock(&lock);
	return rc;
}

int unlinkat(int dir, const char *name, int flags)
{
	int (*f)(int, const char *, int) = (int (*)(int, const char *, int))real("unlinkat");
	char path[PATH_MAX + NAME_MAX + 2];
	pthread_mutex_lock(&lock);
	path_of(dir, path);
	size_t n = strlen(path);
	snprintf(path + n, sizeof path - n, "/%s", name);
	int rc = f(dir, name, flags);
	if (rc == 0 && inside(path))
		put(UNLINK, 0, 0, path, strlen(path), "", 0);
	pthread_mutex_unlock(&lock);
	return rc;
}

int rename(const char *from, const char *to)
{
	int (*f)(const char *, const char *) = (int (*)(const char *, const char *))real("rename");
	char both[2 * PATH_MAX];
	pthread_mutex_lock(&lock);
	int rc = f(from, to);
	if (rc == 0 && (inside(from) || inside(to))) {
		int n = snprintf(both, sizeof both, "%s%c%s", from, '\0', to);
		put(RENAME, 0, 0, both, (size_t)n, "", 0);
	}
	pthread_mutex_unlock(&lock);
	return rc;
}

/* ---- octets ---- */

static ssize_t do_pwrite(const char *name, int fd, const void *p, size_t n, off_t at)
{
	ssize_t (*f)(int, const void *, size_t, off_t) = (ssize_t (*)(int, const void *, size_t, off_t))real(name);
	struct stat sb;
	pthread_mutex_lock(&lock);
	ssize_t done = f(fd, p, n, at);
	if (done > 0 && regular(fd, &sb))
		put(WRITE, sb.st_ino, (uint64_t)at, "", 0, p, (size_t)done);
	pthread_mutex_unlock(&lock);
	return done;
}

ssize_t pwrite(int fd, const void *p, size_t n, off_t at)
{
	return do_pwrite("pwrite", fd, p, n, at);
}

ssize_t pwrite64(int fd, const void *p, size_t n, off_t at)
{
	return do_pwrite("pwrite64", fd, p, n, at);
}

ssize_t write(int fd, const void *p, size_t n)
{
	ssize_t (*f)(int, const void *, size_t) = (ssize_t (*)(int, const void *, size_t))real("write");
	struct stat sb;
	if (!regular(fd, &sb))
		return f(fd, p, n);
	pthread_mutex_lock(&lock);
	off_t at = lseek(fd, 0, SEEK_CUR);
	ssize_t done = f(fd, p, n);
	if (done > 0)
		put(WRITE, sb.st_ino, (uint64_t)at, "", 0, p, (size_t)done);
	pthread_mutex_unlock(&lock);
	return done;
}

static int do_ftruncate(const char *name, int fd, off_t size)
{
	int (*f)(int, off_t) = (int (*)(int, off_t))real(name);
	struct stat sb;
	pthread_mutex_lock(&lock);
	int rc = f(fd, size);
	if (rc == 0 && regular(fd, &sb))
		put(CUT_OFF, sb.st_ino, (uint64_t)size, "", 0, "", 0);
	pthread_mutex_unlock(&lock);
	return rc;
}

int ftruncate(int fd, off_t size)
{
	return do_ftruncate("ftruncate", fd, size);
}

int ftruncate64(int fd, off_t size)
{
	return do_ftruncate("ftruncate64", fd, size);
}

/* ---- syncs ---- */

static void whole(const struct stat *sb, const char *path)
{
	size_t n = (size_t)sb->st_size;
	int fd = ((open_fn *)real("open"))(path, O_RDONLY | O_CLOEXEC);
	char *p = malloc(n + 1);
	if (!p || fd < 0 || read(fd, p, n) != (ssize_t)n)
		abort();
	put(WHOLE, sb->st_ino, 0, "", 0, p, n);
	free(p);
	close(fd);
}

static int sync_of(const char *name, int fd)
{
	int (*f)(int) = (int (*)(int))real(name);
	char path[PATH_MAX];
	struct stat sb;
	path_of(fd, path);
	if (!inside(path) || fstat(fd, &sb) != 0)
		return f(fd);
	pthread_mutex_lock(&lock);
	const char *cut = wanted("POWER_CUT");
	bool now = ++syncs == (cut ? strtol(cut, NULL, 10) : 0);
	if (now && !wanted("POWER_AFTER"))
		kill(getpid(), SIGKILL);
	if (!ends_in(path, wanted("POWER_LIES"))) {
		if (fd < FDS && stdio[fd])
			whole(&sb, path);
		put(S_ISDIR(sb.st_mode) ? SYNC_DIR : SYNC, sb.st_ino, 0, path, strlen(path), "", 0);
	}
	if (now)
		kill(getpid(), SIGKILL);
	pthread_mutex_unlock(&lock);
	return 0;
}

int fsync(int fd)
{
	return sync_of("fsync", fd);
}

int fdatasync(int fd)
{
	return sync_of("fdatasync", fd);
}
