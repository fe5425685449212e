/* menus.h - how far callers come in the menus, for status: screens shown, and how many went no further.
 * Reads the store. */
#ifndef GATEWAY_HUB_MENUS_H
#define GATEWAY_HUB_MENUS_H
#include <jansson.h>
#include "store/store.h"

/* [{provider, form, screen, shown, dropped}], or NULL when nobody dialled yet. */
json_t *menus_json(struct store *st);
#endif
