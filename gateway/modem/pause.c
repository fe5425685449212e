/* pause.c - usleep with a cap, in place of libc's.
 *
 * libgammu sleeps 0.7 s for each part sent and 0.4 s for each command of its set-up, through usleep
 * and without a setting; modems of the last fifteen years need none of it, and while it sleeps
 * nothing is received.  The program's definition stands before libc's when the library is bound.
 * The cap is a static because usleep has no argument for it.
 *
 * Until it knows the model it also writes character by character with 1 ms between them, which makes
 * half of the time from start to a modem that takes texts.  Whoever asked the modem with whole lines
 * before, and was answered, may cut that too.
 */
#include "gateway/modem/pause.h"
#include <time.h>
#include <unistd.h>

#define CHARACTER_US 1000 /* libgammu's sleep between two characters; all others are longer */
#define SHORT_US 20       /* not 0: a line that takes nothing is tried again in between */

static long cap_us = 1000000;
static bool whole_lines;

void pause_cap(int ms)
{
	cap_us = (long)ms * 1000;
}

void pause_whole_lines(bool yes)
{
	whole_lines = yes;
}

int usleep(useconds_t us)
{
	long most = whole_lines && us <= CHARACTER_US ? SHORT_US : cap_us;
	long n = (long)us < most ? (long)us : most;
	struct timespec ts = {n / 1000000, n % 1000000 * 1000};

	return nanosleep(&ts, NULL);
}
