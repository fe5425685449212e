/* store_common.h - what the store's component tests share: a directory of its own for each test, the
 * store in it, and the search for octets in its files. */
#ifndef TESTS_COMPONENT_STORE_COMMON_H
#define TESTS_COMPONENT_STORE_COMMON_H
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/store.h"

#define NOW INT64_C(1794812400) /* 2026-11-16 07:00 UTC, a Monday */
#define NUMBER_A "+355690000001"
#define NUMBER_B "+355690000002"
#define NUMBER_C "+355690000003"

struct box {
	char dir[64], db[96], ring[96], key[96];
	struct store_options o;
	struct store *st;
};

#define OK(call) assert_int_equal((call), STORE_OK)
#define RC(rc, call) assert_int_equal((call), (rc))

static inline void box_name(struct box *b)
{
	snprintf(b->dir, sizeof b->dir, "/tmp/kujdestar-store-XXXXXX");
	assert_non_null(mkdtemp(b->dir));
	snprintf(b->db, sizeof b->db, "%s/store.db", b->dir);
	snprintf(b->ring, sizeof b->ring, "%s/keyring.db", b->dir);
	snprintf(b->key, sizeof b->key, "%s/master.key", b->dir);
	b->o = (struct store_options){ .path = b->db, .keyring_path = b->ring, .key_file = b->key,
				       .busy_ms = 200 };
	b->st = NULL;
}

static inline void box_open(struct box *b)
{
	char err[400] = "";
	int rc = store_open(&b->o, &b->st, err, sizeof err);
	if (rc != STORE_OK)
		fail_msg("store_open: %s: %s", store_rc_name(rc), err);
}

static inline void box_reopen(struct box *b)
{
	store_close(b->st);
	b->st = NULL;
	box_open(b);
}

static inline int box_setup(void **state)
{
	char err[400] = "";
	struct box *b = calloc(1, sizeof *b);
	if (!b)
		return -1;
	box_name(b);
	int rc = store_init(&b->o, err, sizeof err);
	if (rc != STORE_OK)
		fail_msg("store_init: %s: %s", store_rc_name(rc), err);
	box_open(b);
	*state = b;
	return 0;
}

static inline void box_remove(const char *dir)
{
	char path[400];
	DIR *d = opendir(dir);
	struct dirent *e;
	while (d && (e = readdir(d))) {
		if (e->d_name[0] == '.')
			continue;
		snprintf(path, sizeof path, "%s/%s", dir, e->d_name);
		unlink(path);
	}
	if (d)
		closedir(d);
	rmdir(dir);
}

static inline int box_teardown(void **state)
{
	struct box *b = *state;
	store_close(b->st);
	box_remove(b->dir);
	free(b);
	return 0;
}

/* How many files of the directory hold these octets. */
static inline int box_holds(const struct box *b, const void *octets, size_t len)
{
	char path[400];
	int found = 0;
	DIR *d = opendir(b->dir);
	struct dirent *e;
	assert_non_null(d);
	while ((e = readdir(d))) {
		struct stat sb;
		snprintf(path, sizeof path, "%s/%s", b->dir, e->d_name);
		int fd = open(path, O_RDONLY);
		if (fd < 0 || fstat(fd, &sb) || !S_ISREG(sb.st_mode)) {
			if (fd >= 0)
				close(fd);
			continue;
		}
		char *all = malloc((size_t)sb.st_size + 1);
		assert_non_null(all);
		ssize_t n = read(fd, all, (size_t)sb.st_size);
		found += n > 0 && memmem(all, (size_t)n, octets, len) != NULL;
		free(all);
		close(fd);
	}
	closedir(d);
	return found;
}
#endif
