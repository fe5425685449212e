/* commands.h - the language of the control socket (main.c describes it for people).
 *
 * A line in, one line of JSON out.  May call everything below it (at, net, stores, fault); knows no
 * socket and no clock, so that tests can call it directly.  `now` is milliseconds, monotonic.
 */
#ifndef SIM_COMMANDS_H
#define SIM_COMMANDS_H
#include <stdbool.h>
#include <stdint.h>
#include "tests/sim/modem/out.h"
#include "tests/sim/modem/sim.h"

enum command_result {
	COMMAND_DONE,   /* the answer is written */
	COMMAND_WAIT,   /* it comes when *wait is fulfilled or late */
	COMMAND_EVENTS, /* answered; from now on the asker gets the events */
	COMMAND_QUIT    /* answered; the simulator is to end */
};

struct command_wait {
	char counter[24];
	char compare; /* '>' at least, '<' at most, '=' equal */
	long long value;
	int64_t deadline;
};

/* line is changed. */
enum command_result command_run(struct sim *sim, char *line, int64_t now, struct out *answer,
				struct command_wait *wait);

/* Writes the answer and returns true when the waiting is over. */
bool command_waited(struct sim *sim, const struct command_wait *wait, int64_t now,
		    struct out *answer);
#endif
