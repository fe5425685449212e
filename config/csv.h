/* csv.h - rows of a CSV file (RFC 4180): quotes, CRLF, a byte order mark and ";" in place of ","
 * are taken; a line break inside quotes is not.  Calls config/textfile, fault, arena. */
#ifndef CONFIG_CSV_H
#define CONFIG_CSV_H
#include "config/arena.h"
#include "config/fault.h"

#define CSV_COLUMNS 12
#define CSV_ROWS 5000
#define CSV_BYTES (1024 * 1024)

/* fields: in the order of columns, trimmed, never NULL, in the arena. Returns 0, or negative to
 * end. */
typedef int cfg_csv_fn(void *arg, int line, const char **fields);
/* columns: space-separated names; the header must name each once, in any order.  "a|b" may be spelled
 * either way, "c?" may be missing (its fields are then "").  A row with a fault is reported and left
 * out.  Returns the number of faults (fn's are its own). */
int cfg_csv_read(const char *file, const char *columns, struct cfg_arena *a, struct cfg_faults *f,
		 cfg_csv_fn *fn, void *arg);
#endif
