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
#define PREFIX_MAX 40
_Static_assert(PIPE_BUF >= PREFIX_MAX + LINE_MAX_BYTES + 1, "a line fits");

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

static size_t join(char out[PREFIX_MAX], size_t at, const char *s)
{
	size_t n = strlen(s);
	memcpy(out + at, s, n + 1);
	return at + n;
}

static void put(const char *line, size_t len)
{
	if (held.used + len > sizeof held.bytes)
		write_held();
	memcpy(held.bytes + held.used, line, len);
	held.used += len;
}

/* "2026-11-16 07:30:00.123 info ", or what journald takes for the level; its length. */
static size_t prefix(enum log_level level, char out[PREFIX_MAX])
{
	static char stamp[24]; /* of the second in which the last line was written */
	static time_t stamped = -1;
	struct timespec t;
	struct tm tm;
	if (conf.journal)
		return join(out, 0, level_prefix[level]);
	clock_gettime(CLOCK_REALTIME, &t);
	if (t.tv_sec != stamped && localtime_r(&t.tv_sec, &tm)) {
		strftime(stamp, sizeof stamp, "%Y-%m-%d %H:%M:%S", &tm);
		stamped = t.tv_sec;
	}
	int ms = (int)(t.tv_nsec / 1000000);
	char fraction[] = {'.', (char)('0' + ms / 100), (char)('0' + ms / 10 % 10), (char)('0' + ms % 10), ' ', 0};
	size_t at = join(out, join(out, 0, stamp), fraction);
	return join(out, join(out, at, level_name[level]), " ");
}

void log_line(enum log_level level, const char *fmt, ...)
{
	if (level > conf.level)
		return;
	char out[PREFIX_MAX + LINE_MAX_BYTES + 1];
	size_t at = prefix(level, out);
	va_list ap;
	va_start(ap, fmt);
	if (vsnprintf(out + at, LINE_MAX_BYTES, fmt, ap) < 0)
		out[at] = '\0';
	va_end(ap);
	flatten(out + at);
	if (!conf.clear)
		log_mask(out + at);
	at += strlen(out + at);
	out[at++] = '\n';
	put(out, at);
	if (!held.on || level < LOG_INFO)
		write_held();
}

void log_hold(bool on)
{
	held.on = on;
	write_held();
}
