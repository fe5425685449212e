/* file.c - durable names and classes of errno.  Owns nothing; may call libc only. */
#include "store/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "store/store.h"

int file_class(int errno_value)
{
	switch (errno_value) {
	case EEXIST:
		return STORE_EXISTS;
	case ENOSPC:
	case EDQUOT:
		return STORE_FULL;
	case EROFS:
	case EACCES:
	case EPERM:
		return STORE_READONLY;
	default:
		return STORE_IO;
	}
}

int file_sync_dir_of(const char *path)
{
	char dir[4096];
	const char *slash = strrchr(path, '/');
	int n = slash ? snprintf(dir, sizeof dir, "%.*s/", (int)(slash - path), path)
		      : snprintf(dir, sizeof dir, ".");
	if (n < 0 || (size_t)n >= sizeof dir) {
		errno = ENAMETOOLONG;
		return -1;
	}
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	int rc = fsync(fd), saved = errno;
	close(fd);
	errno = saved;
	return rc;
}
