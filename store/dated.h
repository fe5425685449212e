/* dated.h - files whose name says when they were made: backups and copies of the keyring.  Owns nothing. */
#ifndef STORE_DATED_H
#define STORE_DATED_H
#include <stddef.h>
#include <stdint.h>

/* dir/prefix20261127T030000Zsuffix, UTC.  STORE_BOUND. */
int dated_name(const char *dir, const char *prefix, const char *suffix, int64_t when, char *path, size_t max);
/* The time in a file's name; -1: not one of these. */
int64_t dated_when(const char *name, const char *prefix, const char *suffix);
/* When the newest in dir was made, 0 = none. */
int64_t dated_newest(const char *dir, const char *prefix, const char *suffix);
/* Removes those from before `before`, never the newest, and parts of tries that were cut short.  *n removed. */
int dated_expire(const char *dir, const char *prefix, const char *suffix, int64_t before, int64_t *n);
#endif
