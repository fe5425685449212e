/* fuzz_csv.c - arbitrary bytes as a file of people, of classes or of days, for the imports and the loader.
 *
 * The first byte says which.  Run from the project's root (it reads config/).  Oracle: every row that is
 * handed out keeps the rules that the rest counts on, the same again when the file is read again; faults
 * are lines of printable text, none when no fault is counted, and hold no telephone number of the file.
 */
#include <assert.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char dir[] = "/tmp/fuzz_csv.XXXXXX";
static char file[sizeof(dir) + 8];
static struct config *conf;

static void clean_up(void)
{
	unlink(file);
	rmdir(dir);
	config_free(conf);
}

static void prepare(void)
{
	if (conf)
		return;
	if (!mkdtemp(dir) || config_load("config/demo.cfg", &conf, stderr) != 0)
		abort();
	snprintf(file, sizeof(file), "%s/f", dir);
	atexit(clean_up);
}

struct seen {
	int rows, line;
	uint64_t sum; /* of all that was handed out */
};

static void add(struct seen *s, int line, const char *const *words, size_t n)
{
	assert(line > s->line);
	s->line = line;
	s->rows++;
	for (size_t i = 0; i < n; i++) {
		assert(words[i]);
		for (const char *p = words[i]; *p; p++) {
			assert((unsigned char)*p >= ' ' && *p != 0x7f);
			s->sum = s->sum * 31 + (unsigned char)*p;
		}
		s->sum = s->sum * 31 + 1;
	}
}

static int person(void *arg, const struct config_roster_row *r)
{
	const char *const words[] = {r->id, r->number, r->role, r->school, r->classes, r->agency, r->lang};
	enum role role;

	add(arg, r->line, words, sizeof(words) / sizeof(words[0]));
	assert(strlen(r->id) >= 1 && strlen(r->id) <= 23);
	assert(r->number[0] == '+' && strlen(r->number) < MSISDN_MAX &&
	       strspn(r->number + 1, "0123456789") == strlen(r->number + 1));
	assert(role_from_name(r->role, &role) && strlen(r->lang) <= 3);
	assert(!r->agency[0] || config_agency(conf, r->agency));
	assert((role != ROLE_TEACHER && role != ROLE_HEAD) || r->school[0]);
	assert(role != ROLE_AGENCY || r->agency[0]);
	return 0;
}

static int class_row(void *arg, const struct config_class_row *r)
{
	const char *const words[] = {r->school, r->class_name, r->shift, r->zone};
	char why[300];

	add(arg, r->line, words, sizeof(words) / sizeof(words[0]));
	((struct seen *)arg)->sum += (uint64_t)r->register_size;
	assert(config_class_ok(conf, r, why, sizeof(why)));
	return 0;
}

static int day_row(void *arg, const struct config_day_row *r)
{
	const char *const words[] = {r->kind, r->from, r->to, r->school, r->why};
	char why[300];

	add(arg, r->line, words, sizeof(words) / sizeof(words[0]));
	assert(config_day_ok(conf, r, why, sizeof(why)));
	return 0;
}

static int read_file(int kind, struct seen *s, FILE *err)
{
	switch (kind) {
	case 0:
		return config_read_roster(conf, file, person, s, err);
	case 1:
		return config_read_schools(conf, file, class_row, s, err);
	default:
		return config_read_calendar(conf, file, day_row, s, err);
	}
}

/* Seven digits in a row are a telephone number, or part of one. */
static void check_said(const char *said)
{
	size_t run = 0;

	for (const char *p = said; *p; p++) {
		assert(((unsigned char)*p >= ' ' && *p != 0x7f) || *p == '\n');
		run = *p >= '0' && *p <= '9' ? run + 1 : 0;
		assert(run < 7);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char said[2][256 * 1024];
	struct seen seen[2] = {{0}};
	int faults[2];

	if (size < 1 || size > 65536)
		return 0;
	prepare();
	int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, data + 1, size - 1) != (ssize_t)size - 1)
		abort();
	close(fd);
	for (int i = 0; i < 2; i++) {
		memset(said[i], 0, sizeof(said[i]));
		FILE *err = fmemopen(said[i], sizeof(said[i]) - 1, "w");
		if (!err)
			abort();
		faults[i] = read_file(data[0] % 3, &seen[i], err);
		fclose(err);
	}
	assert(faults[0] == faults[1] && seen[0].rows == seen[1].rows && seen[0].sum == seen[1].sum);
	assert((faults[0] > 0) == (said[0][0] != '\0') && strcmp(said[0], said[1]) == 0);
	check_said(said[0]);
	return 0;
}
