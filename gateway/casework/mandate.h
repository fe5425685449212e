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

#define MANDATE_AGENCIES 32
/* Agencies to which a case with these concerns may be referred for a service ("" = not said), in the
 * configuration's order, the municipality last; without `but` (NULL: none). */
size_t mandate_agencies(const struct config *cf, const char *concerns, const char *service,
			const char *but, const char *out[MANDATE_AGENCIES]);
/* A service for which this agency may be asked about such a case, or NULL: it takes none, or any. */
const char *mandate_service(const struct config *cf, const char *concerns, const char *agency);
#endif
