/* values.h - whether a text is what a setting takes: digits, date, address, network, secret.
 * Pure but for CK_ZONE_TIME, which looks into the time zone database.  Calls libc only. */
#ifndef CONFIG_VALUES_H
#define CONFIG_VALUES_H
#include <stdbool.h>
#include "config/settings.h"

/* True when s passes; otherwise why points to words ("has no host"). Emptiness is the caller's. */
bool cfg_value_ok(enum cfg_check check, const char *s, const char **why);
/* Is word one of the space-separated words? */
bool cfg_word_in(const char *words, const char *word);
/* Days of the Gregorian calendar since 1970-01-01, or -1 when s is no date YYYY-MM-DD of
 * 1970..9999. */
long cfg_day_number(const char *s);
/* Edits (insert, delete, replace, swap) between a and b, at most 64 bytes each; bounded. */
unsigned cfg_distance(const char *a, const char *b);
#endif
