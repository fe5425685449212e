/* pause.c - usleep with a cap, in place of libc's.
 *
 * libgammu sleeps 0.7 s for each part sent and 0.4 s for each command of its set-up, through usleep
 * and without a setting; modems of the last fifteen years need none of it, and while it sleeps
 * nothing is received.  The program's definition stands before libc's when the library is bound.
 * The cap is a static because usleep has no argument for it.
 */
#include "gateway/modem/pause.h"
#include <time.h>
#include <unistd.h>

static long cap_us = 1000000;

void pause_cap(int ms)
{
	cap_us = (long)ms * 1000;
}

int usleep(useconds_t us)
{
	long n = (long)us < cap_us ? (long)us : cap_us;
	struct timespec ts = {n / 1000000, n % 1000000 * 1000};

	return nanosleep(&ts, NULL);
}
