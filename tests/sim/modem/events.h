/* events.h - what happened in the simulated modem, one JSON object a line, for whoever listens.
 *
 * Owns the line being built.  May call out.  The listener is a callback, so that the layers below
 * the control socket need not know of it.
 */
#ifndef SIM_EVENTS_H
#define SIM_EVENTS_H
#include <stddef.h>
#include <stdint.h>
#include "tests/sim/modem/out.h"

struct events {
	void (*emit)(void *context, const char *line,
		     size_t len); /* line ends in LF; NULL = nobody */
	void *context;
	uint64_t sequence;
	struct out line;
};

/* Opens {"event":NAME,"n":SEQUENCE and returns the buffer for the further members (each with a
 * comma before it), or NULL when nobody listens.  event_end closes and hands it over. */
struct out *event_begin(struct events *e, const char *name);
void event_end(struct events *e);

void event_text(struct events *e, const char *name, const char *key, const char *value, size_t len);
void event_number(struct events *e, const char *name, const char *key, long long value);
void events_free(struct events *e);
#endif
