/* mono.c - see mono.h. */
#include "gateway/modem/mono.h"
#include <limits.h>
#include <time.h>

int64_t mono_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

int mono_left(int64_t deadline)
{
	int64_t left = deadline - mono_ms();

	return left < 0 ? 0 : left > INT_MAX ? INT_MAX : (int)left;
}
