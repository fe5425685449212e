/* menu_path.h - the lines of a menu that lead to a form, for tests that type them. */
#ifndef TESTS_UNIT_MENU_PATH_H
#define TESTS_UNIT_MENU_PATH_H
#include <string.h>
#include "parser/menu.h"

/* Lines from 1; how many are to be chosen, 0: he has no such form. */
static inline int menu_path(const struct menu *m, const struct menu_who *who, const char *form, int path[2])
{
	struct menu_item it, in;
	for (int i = 0; menu_item(m, who, 0, i, &it); i++) {
		path[0] = i + 1;
		if (!it.group && strcmp(it.form.name, form) == 0)
			return 1;
		for (int k = 0; it.group && menu_item(m, who, it.group, k, &in); k++) {
			path[1] = k + 1;
			if (strcmp(in.form.name, form) == 0)
				return 2;
		}
	}
	return 0;
}
#endif
