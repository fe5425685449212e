/* line.h - the serial device: a pseudo terminal, a symbolic link to it, and the speed of the line.
 *
 * Owns both ends of the pty: the slave is kept open, so that a client's close is no hang-up.  May
 * call at, fault and the kernel.  Times are nanoseconds of the monotonic clock.
 */
#ifndef SIM_LINE_H
#define SIM_LINE_H
#include <poll.h>
#include <stdint.h>
#include "tests/sim/modem/at.h"
#include "tests/sim/modem/fault.h"

#define LINE_FDS 2

struct line;

/* rate is bytes a second each way, 0 = as fast as it goes.  NULL with errno set on failure. */
struct line *line_new(struct at *at, struct fault *fault, const char *link, long rate);
void line_free(struct line *l);

void line_device(struct line *l, int64_t now); /* hangs up, and comes back, as the faults say */
void line_read(struct line *l, int64_t now);   /* device -> at_feed */
void line_write(struct line *l, int64_t now);  /* at_output -> device */
int line_poll(const struct line *l, struct pollfd *fds,
	      int64_t now);              /* returns how many were set */
int64_t line_next(const struct line *l); /* when a throttled chunk is through, INT64_MAX = none */
#endif
