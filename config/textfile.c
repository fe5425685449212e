/* textfile.c - one text file read whole, and paths beside a file.  Calls libc only. */
#include "config/textfile.h"
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int read_all(int fd, char *text, size_t size, size_t *len)
{
	*len = 0;
	while (*len < size) {
		ssize_t n = read(fd, text + *len, size - *len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		*len += (size_t)n;
	}
	return 0;
}

static int check_stat(const char *file, size_t max, const struct stat *st, struct cfg_faults *f)
{
	if (S_ISDIR(st->st_mode)) {
		cfg_fault(f, file, 0, NULL, "is a directory, not a file");
		return -1;
	}
	if (!S_ISREG(st->st_mode)) {
		cfg_fault(f, file, 0, NULL, "is not a regular file");
		return -1;
	}
	if (st->st_size < 0 || (uintmax_t)st->st_size > max) {
		cfg_fault(f, file, 0, NULL, "is too long: %lld bytes, at most %zu",
			  (long long)st->st_size, max);
		return -1;
	}
	return 0;
}

int cfg_slurp(const char *file, size_t max, struct cfg_arena *a, struct cfg_faults *f,
	      const char **text, size_t *len, struct stat *st)
{
	struct stat own;
	int rc = -1;
	/* O_NONBLOCK: a FIFO named by mistake must not hang the start; it is refused below. */
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (!st)
		st = &own;
	if (fd < 0 || fstat(fd, st) < 0) {
		cfg_fault(f, file, 0, NULL, "cannot be read: %s", strerror(errno));
		goto out;
	}
	if (check_stat(file, max, st, f) < 0)
		goto out;
	char *p = cfg_alloc(a, (size_t)st->st_size + 1);
	if (!p)
		goto out;
	if (read_all(fd, p, (size_t)st->st_size, len) < 0) {
		cfg_fault(f, file, 0, NULL, "cannot be read: %s", strerror(errno));
		goto out;
	}
	p[*len] = '\0';
	*text = p;
	rc = 0;
out:
	if (fd >= 0)
		close(fd);
	return rc;
}

/* Length of the well-formed UTF-8 sequence at s (Unicode 15, table 3-7), or 0. */
static size_t utf8_len(const unsigned char *s, size_t left)
{
	if (s[0] < 0x80)
		return 1;
	size_t n = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;
	if (s[0] < 0xc2 || s[0] > 0xf4 || left < n)
		return 0;
	for (size_t i = 1; i < n; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
	    (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
		return 0;
	return n;
}

int cfg_check_text(const char *file, const char *text, size_t len, int bom_ok, struct cfg_faults *f)
{
	const unsigned char *s = (const unsigned char *)text;
	int before = f->n, line = 1;

	if (len >= 2 && ((s[0] == 0xff && s[1] == 0xfe) || (s[0] == 0xfe && s[1] == 0xff))) {
		cfg_fault(f, file, 1, NULL,
			  "is UTF-16 text; save it as UTF-8 without byte order mark");
		return 1;
	}
	if (!bom_ok && len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		cfg_fault(f, file, 1, NULL,
			  "begins with a byte order mark (the bytes EF BB BF, put "
			  "there by an editor); save it as UTF-8 without byte order mark");
	for (size_t i = 0, n; i < len; i += n) {
		n = utf8_len(s + i, len - i);
		if (s[i] == '\n')
			line++;
		if (n == 0 || s[i] == '\0') {
			cfg_fault(f, file, line, NULL,
				  s[i] ? "byte 0x%02X is not UTF-8 text; save the "
					 "file as UTF-8"
				       : "a NUL byte (0x%02X), which would cut the text",
				  s[i]);
			break;
		}
	}
	if (line > TEXTFILE_LINES)
		cfg_fault(f, file, line, NULL, "more than %d lines", TEXTFILE_LINES);
	return f->n - before;
}

const char *cfg_beside(struct cfg_arena *a, const char *from, const char *name)
{
	const char *slash = strrchr(from, '/');

	if (name[0] == '/' || name[0] == '\0' || !slash)
		return cfg_copy(a, name);
	return cfg_format(a, "%.*s/%s", (int)(slash - from), from, name);
}

/* Lexical, which is right here: what stands before is a real path without symbolic links, unless
 * the name itself leads through one, and then the name says so. */
static void drop_dots(char *path)
{
	char *out = path;

	for (char *in = path; *in;) {
		char *end = in + 1;
		while (*end && *end != '/')
			end++;
		size_t n = (size_t)(end - in);
		if (n == 3 && in[1] == '.' && in[2] == '.') {
			while (out > path && *--out != '/')
				;
		} else if (n > 1 && !(n == 2 && in[1] == '.')) {
			memmove(out, in, n);
			out += n;
		}
		in = end;
	}
	if (out == path)
		*out++ = '/';
	*out = '\0';
}

const char *cfg_absolute(struct cfg_arena *a, const char *from, const char *name)
{
	char dir[PATH_MAX], real[PATH_MAX];

	if (name[0] == '\0')
		return "";
	const char *slash = strrchr(from, '/');
	size_t n = slash ? (size_t)(slash - from) : 0;
	if (n >= sizeof(dir))
		return cfg_copy(a, name);
	memcpy(dir, from, n);
	dir[n] = '\0';
	if (!realpath(n ? dir : slash ? "/" : ".", real))
		return cfg_beside(a, from, name);
	const char *joined =
	    name[0] == '/' ? cfg_copy(a, name) : cfg_format(a, "%s/%s", real, name);
	size_t len = strlen(joined);
	char *p = cfg_alloc(a, len + 2);
	if (!p)
		return "";
	memcpy(p, joined, len + 1);
	drop_dots(p);
	return p;
}
