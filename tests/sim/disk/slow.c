/* slow.c - a disk on which each sync takes a second, or $SLOW_SYNC_MS: preloaded into one process.  The
 * sync itself is done. */
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static void wait_for_it(void)
{
	const char *ms = getenv("SLOW_SYNC_MS");
	long n = ms ? strtol(ms, NULL, 10) : 1000;
	struct timespec t = {n / 1000, n % 1000 * 1000000};

	nanosleep(&t, NULL);
}

int fsync(int fd)
{
	int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fsync");

	wait_for_it();
	return real(fd);
}

int fdatasync(int fd)
{
	int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");

	wait_for_it();
	return real(fd);
}
