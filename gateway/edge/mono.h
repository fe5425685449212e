/* mono.h - the edge's clock for waits: monotonic, never set. */
#ifndef GATEWAY_EDGE_MONO_H
#define GATEWAY_EDGE_MONO_H
#include <stdint.h>

int64_t mono_us(void);
#endif
