/* textfile.h - one text file read whole, with the faults that make it no text file said in words.
 * Calls libc only. */
#ifndef CONFIG_TEXTFILE_H
#define CONFIG_TEXTFILE_H
#include <stddef.h>
#include <sys/stat.h>
#include "config/arena.h"
#include "config/fault.h"

#define TEXTFILE_MAX (1024 * 1024)
/* libconfig keeps line numbers in 16 bits: a longer file would be reported at wrong lines. */
#define TEXTFILE_LINES 60000

/* Reads a regular file of at most max bytes into a (NUL added). -1 with a fault (path and errno)
 * when it is missing, unreadable, no regular file or too long.  st may be NULL. */
int cfg_slurp(const char *file, size_t max, struct cfg_arena *a, struct cfg_faults *f,
	      const char **text, size_t *len, struct stat *st);
/* NUL bytes, UTF-16, other encodings than UTF-8, too many lines; a byte order mark too unless
 * bom_ok. Returns the number of faults. */
int cfg_check_text(const char *file, const char *text, size_t len, int bom_ok,
		   struct cfg_faults *f);
/* The path of name as the file `from` names it: relative to from's directory. */
const char *cfg_beside(struct cfg_arena *a, const char *from, const char *name);
/* The same, absolute and without "." and "..": holds when the working directory changes. */
const char *cfg_absolute(struct cfg_arena *a, const char *from, const char *name);
#endif
