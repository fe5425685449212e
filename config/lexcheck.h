/* lexcheck.h - a look at a configuration file's text before libconfig sees it.
 *
 * libconfig 1.5 takes some texts for something else without an error: 3000000000 is read as
 * -1294967296, 99999999999999999999 as -1, 010 as ten, \u00e7 as "u00e7", and a NUL byte cuts a
 * string.  It stops at the first fault, too.  This pass reads the same tokens and the same grammar,
 * refuses those texts and reports every fault it finds.  Calls config/textfile, config/fault.
 */
#ifndef CONFIG_LEXCHECK_H
#define CONFIG_LEXCHECK_H
#include "config/fault.h"

#define LEXCHECK_DEPTH 16     /* groups and lists in each other */
#define LEXCHECK_SETTINGS 256 /* names in one group */
#define LEXCHECK_INCLUDES 32  /* included files in all; libconfig itself stops at a depth of 10 */

/* Returns the number of faults in file and all that it includes. */
int cfg_lexcheck(const char *file, struct cfg_faults *f);
#endif
