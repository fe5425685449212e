/* keys.h - a reading's keys as JSON, for the store, and back.
 *
 * Words, numbers and codes only: neither the free text of a reading nor a telephone number is among
 * them.  What comes back is
 * enough for a follow-up text to refer to (corrections, "12 is still away"): fields this file does
 * not know by name are left out, as is the text.  Pure; includes jansson. */
#ifndef GATEWAY_CASEWORK_KEYS_H
#define GATEWAY_CASEWORK_KEYS_H
#include <stdbool.h>
#include <stddef.h>
#include "parser/reading.h"

#define KEYS_MAX 8192
/* False when it does not fit; out is then "{}". */
bool keys_write(const struct reading *r, char *out, size_t max);
/* The free text of a configured form's fields, {"note":"..."}: for what is sealed alone.  Its length, 0:
 * there is none. */
size_t keys_notes(const struct reading *r, char *out, size_t max);
/* False when the text is no such JSON or the intent is not a built-in one. */
bool keys_read(const char *intent, const char *json, struct reading *out);
#endif
