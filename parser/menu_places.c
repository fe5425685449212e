/* menu_places.c - which line of which screen a form is: the root of each role, made so that it is short.
 *
 * A root has what is sent most often, the site's own reports, a line a group, and last what takes a report
 * back and what calls for help.  A group with one form for a role is that form; the site's reports are a
 * group where they are many.  Calls nothing. */
#include <stdlib.h>
#include "parser/menu_int.h"

#define SITE_IN_ROOT 2 /* of a site's own reports; more are a group */

static enum menu_group group_of(int form)
{
	return form < menu_rows_n ? (enum menu_group)menu_rows[form].group : GROUP_SITE;
}

static int count(const struct menu *m, enum role role, enum menu_group g)
{
	int n = 0;
	for (int i = 0; i < m->n_forms[role]; i++)
		n += group_of(m->form_of[role][i]) == g;
	return n;
}

/* Whether its forms are lines of the root, and not of a screen of its own. */
static bool is_flat(const struct menu *m, enum role role, enum menu_group g)
{
	int most = g == GROUP_ROOT || g == GROUP_END ? MENU_ROWS : g == GROUP_SITE ? SITE_IN_ROOT : 1;
	return count(m, role, g) <= most;
}

static void add_line(struct menu *m, enum role role, enum menu_group screen, int what)
{
	m->lines[role][screen].of[m->lines[role][screen].n++] = (int16_t)what;
}

static void add_forms(struct menu *m, enum role role, enum menu_group g, enum menu_group screen)
{
	for (int i = 0; i < m->n_forms[role]; i++)
		if (group_of(m->form_of[role][i]) == g)
			add_line(m, role, screen, m->form_of[role][i]);
}

int menu_places(struct menu *m, enum role role)
{
	for (int g = 0; g < GROUPS; g++) {
		m->lines[role][g].of = calloc((size_t)m->n_forms[role] + 1, sizeof(int16_t));
		if (!m->lines[role][g].of)
			return -1;
	}
	for (enum menu_group g = GROUP_ROOT; g < GROUPS; g++) {
		m->flat[role][g] = is_flat(m, role, g);
		if (m->flat[role][g]) {
			add_forms(m, role, g, GROUP_ROOT);
			continue;
		}
		add_line(m, role, GROUP_ROOT, -1 - (int)g);
		add_forms(m, role, g, g);
	}
	return 0;
}

int menu_group_of(const struct menu *m, enum role role, int form)
{
	enum menu_group g = group_of(form);
	return m->flat[role][g] ? 0 : (int)g;
}
