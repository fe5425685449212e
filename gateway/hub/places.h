/* places.h - classes and days that the store holds, in the shape the configuration is loaded with.  Used
 * by the hub and by commands; calls the store and config. */
#ifndef GATEWAY_HUB_PLACES_H
#define GATEWAY_HUB_PLACES_H
#include "config/config.h"
#include "store/school.h"

/* Once this is in the store's meta table, its classes stand in place of files.schools. */
#define PLACES_IMPORTED "schools_imported"

struct places {
	struct config_imports im; /* points into the rest */
	struct class_info *classes;
	size_t n_classes;         /* closed ones too */
	struct calendar_row *days;
	size_t n_days;
	struct config_class_row *class_rows;
	struct config_day_row *day_rows;
};
/* out must be freed in either case. */
int places_load(struct store *st, struct places *out);
void places_free(struct places *p);
#endif
