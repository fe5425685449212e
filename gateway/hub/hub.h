/* hub.h - `kujdestar run`: the loop that owns the store.
 *
 * One turn: wait; begin; take every frame that is ready (bounded); decide; commit; only then
 * acknowledge to workers, answer commands and hand out new work.  A turn that cannot be committed is
 * tried again with the same frames and nothing is acknowledged; texts stay on the SIM meanwhile.
 */
#ifndef GATEWAY_HUB_HUB_H
#define GATEWAY_HUB_HUB_H
#include <stdbool.h>
#include <stdint.h>

struct hub_options {
	const char *config_file;
	const char *binary_dir;  /* where the workers are when the configuration does not say */
	const char *start_at;    /* ISO local time, or NULL = now */
	double time_scale;       /* 1 = real */
	int stop_after_s;        /* tests: stop by itself after so many real seconds; 0 = never */
};
/* Exit status: 0 stopped cleanly; 69 a needed thing is missing (socket folder); 74 the store cannot be
 * read or written; 75 another process holds the store; 77 key file; 78 configuration. */
int hub_run(const struct hub_options *o);
#endif
