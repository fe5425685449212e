/* mono.h - milliseconds of the monotonic clock, for deadlines: the wall clock steps. */
#ifndef GATEWAY_MODEM_MONO_H
#define GATEWAY_MODEM_MONO_H
#include <stdint.h>

int64_t mono_ms(void);
int mono_left(int64_t deadline); /* milliseconds until it, 0 when past, for poll */
#endif
