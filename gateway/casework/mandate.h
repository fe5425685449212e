/* mandate.h - which agencies may be told of an event, and with which keys.
 *
 * The table is the configuration's; this file only reads it for an event with several concerns at
 * once.  Default deny: without a row the municipality alone is told, with the least (row "M00").
 */
#ifndef GATEWAY_CASEWORK_MANDATE_H
#define GATEWAY_CASEWORK_MANDATE_H
#include <stdbool.h>
#include <stddef.h>
#include "config/config.h"

#define MANDATE_ROWS 16
/* concerns: comma-separated words, "" or NULL = none.  At most one row an agency; returns how many.
 */
size_t mandate_rows(const struct config *cf, const char *event, const char *concerns,
		    const struct config_mandate *out[MANDATE_ROWS]);
#endif
