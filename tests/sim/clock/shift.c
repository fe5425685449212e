/* shift.c - a wall clock that a test can set: preloaded into one process, adds the seconds that stand in
 * the file $CLOCK_SHIFT (a 64-bit number, mapped) to CLOCK_REALTIME.  Other clocks are as they are.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t id, struct timespec *t)
{
	static int (*real)(clockid_t, struct timespec *);
	static volatile int64_t *shift;

	if (!real)
		real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
	if (!shift) {
		const char *path = getenv("CLOCK_SHIFT");
		int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
		void *p = fd >= 0 ? mmap(NULL, sizeof(int64_t), PROT_READ, MAP_SHARED, fd, 0) : MAP_FAILED;
		if (fd >= 0)
			close(fd);
		if (p == MAP_FAILED)
			abort();
		shift = p;
	}
	int rc = real(id, t);
	if (rc == 0 && id == CLOCK_REALTIME)
		t->tv_sec += *shift;
	return rc;
}
