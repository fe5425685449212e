/* menus.c - see menus.h. */
#include "gateway/hub/menus.h"

#include "store/ussd.h"

#define SCREENS_MAX 400

json_t *menus_json(struct store *st)
{
	static struct ussd_screen rows[SCREENS_MAX]; /* 50 KB; the hub has one thread */
	size_t n = 0;
	if (ussd_screens(st, rows, SCREENS_MAX, &n) != STORE_OK || n == 0)
		return NULL;
	json_t *all = json_array();
	for (size_t i = 0; i < n && i < SCREENS_MAX; i++)
		json_array_append_new(all, json_pack("{s:s,s:s,s:s,s:I,s:I}", "provider", rows[i].provider, "form",
						     rows[i].form, "screen", rows[i].screen, "shown",
						     (json_int_t)rows[i].shown, "dropped",
						     (json_int_t)rows[i].dropped));
	return all;
}
