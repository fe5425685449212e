/* calendar.c - see calendar.h.  Pure; calls libc only. */
#include "parser/calendar.h"
#include <string.h>

static bool leap(int y)
{
	return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
}

bool day_valid(int y, int m, int d)
{
	static const int8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	if (y < 1970 || y > 9999 || m < 1 || m > 12 || d < 1)
		return false;
	return d <= days[m - 1] + (m == 2 && leap(y));
}

/* Years start in March so that the leap day is the last of its year. */
int32_t day_number(int y, int m, int d)
{
	y -= m <= 2;
	int era = y / 400;
	int yoe = y - era * 400;
	int doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
	int doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
	return era * 146097 + doe - 719468;
}

void day_split(int32_t day, int *y, int *m, int *d)
{
	int32_t z = day + 719468;
	int32_t era = z / 146097;
	int32_t doe = z - era * 146097;
	int32_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int32_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int32_t mp = (5 * doy + 2) / 153;
	*d = doy - (153 * mp + 2) / 5 + 1;
	*m = mp < 10 ? mp + 3 : mp - 9;
	*y = yoe + era * 400 + (*m <= 2);
}

int day_weekday(int32_t day)
{
	return (int)((day % 7 + 10) % 7) + 1; /* 1970-01-01 was a Thursday */
}

static int two(const char *s, int n)
{
	int v = 0;
	for (int i = 0; i < n; i++) {
		if (s[i] < '0' || s[i] > '9')
			return -1;
		v = v * 10 + (s[i] - '0');
	}
	return v;
}

bool day_from_iso(const char *s, int32_t *day)
{
	if (strnlen(s, 11) < 10 || s[4] != '-' || s[7] != '-')
		return false;
	int y = two(s, 4), m = two(s + 5, 2), d = two(s + 8, 2);
	if (!day_valid(y, m, d))
		return false;
	*day = day_number(y, m, d);
	return true;
}

void day_to_iso(int32_t day, char out[11])
{
	int y, m, d;
	day_split(day, &y, &m, &d);
	for (int i = 3; i >= 0; i--, y /= 10)
		out[i] = (char)('0' + y % 10);
	out[4] = out[7] = '-';
	out[5] = (char)('0' + m / 10);
	out[6] = (char)('0' + m % 10);
	out[8] = (char)('0' + d / 10);
	out[9] = (char)('0' + d % 10);
	out[10] = 0;
}
