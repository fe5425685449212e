/* modes.h - whether the gateway's files are open to others. */
#ifndef GATEWAY_HUB_MODES_H
#define GATEWAY_HUB_MODES_H
#include <stdbool.h>
#include <stddef.h>

/* A file that others may read or write, or whose folder others may change, in words with the mend; ""
 * when it is well or not there.  False: not well. */
bool modes_private(const char *path, char *why, size_t max);
#endif
