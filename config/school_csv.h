/* school_csv.h - classes and days of the calendar from CSV files, for the loader and the imports.  For
 * files of config/ only. */
#ifndef CONFIG_SCHOOL_CSV_H
#define CONFIG_SCHOOL_CSV_H
#include "config/private.h"
#include "config/fault.h"

/* Rows with all faults of each; good ones go to fn (negative ends the reading), their strings into
 * the arena.  w: a world without schools that has its shifts; gets the schools and classes.  zones: those there
 * are.  Return the number of faults. */
struct cfg_class_file {
	const char *file;
	struct world *w;
	const char **zones;
	struct cfg_arena *a;
	struct cfg_faults *f;
	config_class_fn *fn;
	void *arg;
};
int cfg_read_classes(const struct cfg_class_file *in);
struct cfg_day_file {
	const char *file;
	const struct config *c; /* its classes say which schools there are */
	struct cfg_arena *a;
	struct cfg_faults *f;
	config_day_fn *fn;
	void *arg;
};
int cfg_read_days(const struct cfg_day_file *in);
/* The shifts of the configuration go into a world. */
int cfg_put_shifts(const struct cfg_extra *x, struct world *w);
#endif
