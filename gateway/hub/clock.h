/* clock.h - the one clock: wall time (replaceable, scalable), monotonic time, local days.
 *
 * Wall time is UTC seconds and may be scaled and set (`run --start-at --time-scale`); monotonic time
 * is real milliseconds and never is: worker deadlines and the network run on it.  A scaled clock stands
 * still while it is held (a worker call or a due delivery is in flight).  Not thread-safe; the hub has
 * one thread.
 */
#ifndef GATEWAY_HUB_CLOCK_H
#define GATEWAY_HUB_CLOCK_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct clock;
int clock_zone(const char *zone); /* sets the local zone of the process; -1: no such zone */
struct clock *clock_new(void);        /* the real time */
/* start: UTC seconds at the call; scale: wall seconds a real second (1 = real speed). */
struct clock *clock_new_scaled(int64_t start, double scale);
void clock_free(struct clock *c);
int64_t clock_now(struct clock *c);   /* wall, UTC seconds */
int64_t clock_mono_ms(void);          /* real, monotonic */
void clock_hold(struct clock *c, bool hold); /* a scaled clock stands still; the real one ignores it */
/* Real milliseconds until the wall clock reads at; 0 when it does already, at most max_ms. */
int64_t clock_wait_ms(struct clock *c, int64_t at, int64_t max_ms);
/* Wall time moved against monotonic time by more than 10 s since the last call: by how many seconds
 * (0 = no jump). */
int64_t clock_jump(struct clock *c);
/* Has it jumped since that last call?  Asked after a time was taken and before it is gone by: the clock may be
 * set at any moment.  The jump is still there for the next clock_jump. */
bool clock_moved(const struct clock *c);

#define CLOCK_DAY 11  /* "2026-11-18" */
void clock_day(int64_t utc, char out[CLOCK_DAY]);           /* local */
void clock_local(int64_t utc, int *hour, int *minute, int *weekday); /* weekday 0 = Monday */
int64_t clock_utc_of(const char *iso); /* "2026-11-16T07:30[:SS]" local, or with Z; -1 */
void clock_iso(int64_t utc, char *out, size_t max);          /* "2026-11-18T09:15:00Z" */
#endif
