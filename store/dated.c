/* dated.c - see dated.h. */
#include "store/dated.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "store/file.h"
#include "store/store.h"

#define STAMP 16 /* 20261127T030000Z */
#define DAY_S 86400

/* Days since 1970 and back, of the proleptic Gregorian calendar: years begin in March, so that the leap day
 * is the last of one. */
static int64_t day_of(int64_t y, int64_t m, int64_t d)
{
	y -= m <= 2;
	int64_t era = y / 400, of_era = y - era * 400;
	int64_t of_year = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static void date_of(int64_t day, int64_t *y, int64_t *m, int64_t *d)
{
	int64_t z = day + 719468, era = z / 146097, of_era = z - era * 146097;
	int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * year + year / 4 - year / 100), shifted = (5 * of_year + 2) / 153;
	*d = of_year - (153 * shifted + 2) / 5 + 1;
	*m = shifted + (shifted < 10 ? 3 : -9);
	*y = year + era * 400 + (*m <= 2);
}

int dated_name(const char *dir, const char *prefix, const char *suffix, int64_t when, char *path, size_t max)
{
	int64_t y, m, d, s = when % DAY_S;
	date_of(when / DAY_S, &y, &m, &d);
	int n = snprintf(path, max, "%s/%s%04d%02d%02dT%02d%02d%02dZ%s", dir, prefix, (int)y, (int)m, (int)d,
			 (int)(s / 3600), (int)(s / 60 % 60), (int)(s % 60), suffix);
	return n < 0 || (size_t)n >= max ? STORE_BOUND : STORE_OK;
}

static int64_t digits(const char *p, int n)
{
	int64_t v = 0;
	for (int i = 0; i < n; i++) {
		if (p[i] < '0' || p[i] > '9')
			return -1;
		v = v * 10 + (p[i] - '0');
	}
	return v;
}

int64_t dated_when(const char *name, const char *prefix, const char *suffix)
{
	size_t before = strlen(prefix), after = strlen(suffix), n = strlen(name);
	if (n != before + STAMP + after || memcmp(name, prefix, before) != 0 ||
	    memcmp(name + before + STAMP, suffix, after) != 0)
		return -1;
	const char *p = name + before;
	int64_t y = digits(p, 4), m = digits(p + 4, 2), d = digits(p + 6, 2), h = digits(p + 9, 2),
		min = digits(p + 11, 2), s = digits(p + 13, 2);
	if (y < 0 || m < 1 || m > 12 || d < 1 || d > 31 || h < 0 || min < 0 || s < 0 || p[8] != 'T' || p[15] != 'Z')
		return -1;
	return day_of(y, m, d) * DAY_S + h * 3600 + min * 60 + s;
}

int64_t dated_newest(const char *dir, const char *prefix, const char *suffix)
{
	int64_t newest = 0;
	DIR *d = opendir(dir);
	struct dirent *e;
	while (d && (e = readdir(d)) != NULL) {
		int64_t when = dated_when(e->d_name, prefix, suffix);
		newest = when > newest ? when : newest;
	}
	if (d)
		closedir(d);
	return newest;
}

static int64_t when_of_part(const char *name, const char *prefix, const char *suffix)
{
	char part[64];
	int n = snprintf(part, sizeof part, "%s.part", suffix);
	return n > 0 && (size_t)n < sizeof part ? dated_when(name, prefix, part) : -1;
}

int dated_expire(const char *dir, const char *prefix, const char *suffix, int64_t before, int64_t *n)
{
	int64_t newest = dated_newest(dir, prefix, suffix);
	int rc = STORE_OK;
	*n = 0;
	DIR *d = opendir(dir);
	if (!d)
		return file_class(errno);
	struct dirent *e;
	while ((e = readdir(d)) != NULL) {
		int64_t when = dated_when(e->d_name, prefix, suffix), part = when_of_part(e->d_name, prefix, suffix);
		if (!(when >= 0 && when < before && when != newest) && !(part >= 0 && part < before))
			continue;
		if (unlinkat(dirfd(d), e->d_name, 0) != 0)
			rc = file_class(errno);
		else
			++*n;
	}
	if (fsync(dirfd(d)) != 0)
		rc = file_class(errno);
	closedir(d);
	return rc;
}
