/* readonly.c - a file system that turns read-only while the file $READ_ONLY_WHILE is there: preloaded into
 * one process, whose writes to files then fail with EROFS. */
#define pwrite pwrite_of_header /* this file defines both names of it */
#define pwrite64 pwrite64_of_header
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>
#undef pwrite
#undef pwrite64

typedef ssize_t write_fn(int, const void *, size_t, off_t);

static ssize_t guarded(const char *name, int fd, const void *p, size_t n, off_t at)
{
	const char *flag = getenv("READ_ONLY_WHILE");
	write_fn *real = (write_fn *)dlsym(RTLD_NEXT, name);

	if (flag && access(flag, F_OK) == 0) {
		errno = EROFS;
		return -1;
	}
	return real(fd, p, n, at);
}

ssize_t pwrite(int fd, const void *p, size_t n, off_t at);
ssize_t pwrite64(int fd, const void *p, size_t n, off_t at);

ssize_t pwrite(int fd, const void *p, size_t n, off_t at)
{
	return guarded("pwrite", fd, p, n, at);
}

ssize_t pwrite64(int fd, const void *p, size_t n, off_t at)
{
	return guarded("pwrite64", fd, p, n, at);
}
