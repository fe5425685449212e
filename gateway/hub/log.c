/* log.c - see log.h.  The only file that writes log lines. */
#include "gateway/hub/log.h"

#include <ctype.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define MASK_RUN 7   /* digits in a row from which a number may be a telephone */
#define MASK_HEAD 3
#define MASK_TAIL 4  /* of a number with its country code; shorter runs keep 2 */
#define MASK_LONG 11
#define LINE_MAX_BYTES 1024
_Static_assert(PIPE_BUF >= LINE_MAX_BYTES + 64, "a line fits");

static struct {
	enum log_level level;
	bool clear, journal;
} conf = {LOG_INFO, false, false};

static struct {
	bool on;
	size_t used;
	char bytes[PIPE_BUF]; /* one write of so much does not mix with another process's on a pipe */
} held;

static const char *const level_name[] = {"error", "warning", "info", "debug"};
static const char *const level_prefix[] = {"<3>", "<4>", "<6>", "<7>"}; /* sd-daemon(3) */

void log_setup(enum log_level level, bool private_clear, bool to_journal)
{
	conf.level = level;
	conf.clear = private_clear;
	conf.journal = to_journal;
}

bool log_level_from(const char *name, enum log_level *out)
{
	for (int i = LOG_ERROR; i <= LOG_DEBUG; i++) {
		if (strcmp(name, level_name[i]) == 0) {
			*out = (enum log_level)i;
			return true;
		}
	}
	return false;
}

void log_mask(char *s)
{
	for (char *p = s; *p;) {
		if (*p < '0' || *p > '9') { /* most of a line */
			p++;
			continue;
		}
		size_t run = strspn(p, "0123456789");
		size_t tail = run >= MASK_LONG ? MASK_TAIL : 2;
		if (run >= MASK_RUN)
			memset(p + MASK_HEAD, '*', run - MASK_HEAD - tail);
		p += run;
	}
}

/* A line is one line: what a worker or an agency put into a detail cannot start another. */
static void flatten(char *s)
{
	for (; *s; s++) {
		if (iscntrl((unsigned char)*s))
			*s = ' ';
	}
}

/* Whole lines in one write, so lines of several processes on one pipe do not mix; a full or closed log
 * is no reason to stop taking texts. */
static void write_held(void)
{
	ssize_t n = held.used ? write(STDERR_FILENO, held.bytes, held.used) : 0;
	(void)n;
	held.used = 0;
}

static void put(const char *line, size_t len)
{
	if (held.used + len > sizeof held.bytes)
		write_held();
	memcpy(held.bytes + held.used, line, len);
	held.used += len;
}

void log_line(enum log_level level, const char *fmt, ...)
{
	if (level > conf.level)
		return;
	char line[LINE_MAX_BYTES], out[LINE_MAX_BYTES + 64];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(line, sizeof line, fmt, ap);
	va_end(ap);
	flatten(line);
	if (!conf.clear)
		log_mask(line);
	int n;
	if (conf.journal) {
		n = snprintf(out, sizeof out, "%s%s\n", level_prefix[level], line);
	} else {
		static char stamp[24]; /* of the second in which the last line was written */
		static time_t stamped = -1;
		struct timespec t;
		struct tm tm;
		clock_gettime(CLOCK_REALTIME, &t);
		if (t.tv_sec != stamped && localtime_r(&t.tv_sec, &tm)) {
			strftime(stamp, sizeof stamp, "%Y-%m-%d %H:%M:%S", &tm);
			stamped = t.tv_sec;
		}
		n = snprintf(out, sizeof out, "%s.%03ld %s %s\n", stamp, t.tv_nsec / 1000000,
			     level_name[level], line);
	}
	if (n > 0)
		put(out, (size_t)n);
	if (!held.on || level < LOG_INFO)
		write_held();
}

void log_hold(bool on)
{
	held.on = on;
	write_held();
}
