/* calendar.h - days as numbers: proleptic Gregorian (ISO 8601), day 0 = 1970-01-01.  Pure. */
#ifndef PARSER_CALENDAR_H
#define PARSER_CALENDAR_H
#include <stdbool.h>
#include <stdint.h>

bool day_valid(int y, int m, int d);
int32_t day_number(int y, int m, int d);
void day_split(int32_t day, int *y, int *m, int *d);
int day_weekday(int32_t day); /* 1 = Monday .. 7 = Sunday */
bool day_from_iso(const char *s, int32_t *day);
void day_to_iso(int32_t day, char out[11]);
#endif
