/* scope.h - fills a struct from a group of settings as the table describes it.
 *
 * Every row of the scope is looked up, checked (type, range, allowed words, form) and stored at its
 * offset; a row that is left out takes its default, a required one is a fault.  Lists of groups are
 * filled the same way, element by element.  Texts are never NULL afterwards.  Calls config/reader,
 * settings, values, arena, textfile.
 */
#ifndef CONFIG_SCOPE_H
#define CONFIG_SCOPE_H
#include "config/arena.h"
#include "config/reader.h"
#include "config/settings.h"

struct cfg_extra;
/* extra: where rows with .extra go (SC_MAIN only). */
void cfg_scope_fill(const struct cfg_node *n, enum cfg_scope scope, void *base,
		    struct cfg_extra *extra, struct cfg_arena *a, struct cfg_faults *f);
/* A fault for each setting that no row named, with the name that was probably meant. */
void cfg_scope_unknown(struct cfg_reader *r, enum cfg_file file, struct cfg_faults *f);
#endif
