/* shift.c - a wall clock that a test can set: preloaded into one process, adds the seconds that stand in
 * the file $CLOCK_SHIFT to CLOCK_REALTIME.  Other clocks are as they are.  The file is three 64-bit numbers,
 * mapped: the seconds; what they become when the clock was read so many times more; and so many times (0:
 * they stay).
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
	static volatile struct {
		int64_t seconds, next, readings;
	} *shift;

	if (!real)
		real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
	if (!shift) {
		const char *path = getenv("CLOCK_SHIFT");
		int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
		void *p = fd >= 0 ? mmap(NULL, sizeof *shift, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) : MAP_FAILED;
		if (fd >= 0)
			close(fd);
		if (p == MAP_FAILED)
			abort();
		shift = p;
	}
	int rc = real(id, t);
	if (rc == 0 && id == CLOCK_REALTIME) {
		if (shift->readings > 0 && --shift->readings == 0)
			shift->seconds = shift->next;
		t->tv_sec += shift->seconds;
	}
	return rc;
}
