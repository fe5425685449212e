/* check.h - `kujdestar check [--print]`: is the configuration right?  Calls config. */
#ifndef GATEWAY_CLI_CHECK_H
#define GATEWAY_CLI_CHECK_H
#include <stdbool.h>
#include <stdio.h>

/* Loads file. Without faults: "configuration OK", what was loaded in numbers, and with print every
 * setting in force, to out; warnings to err. Returns 0, or 78 (EX_CONFIG) with each fault in err.
 */
int cli_check(const char *file, bool print, FILE *out, FILE *err);
#endif
