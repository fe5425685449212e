/* master.c - see master.h. */
#include "store/master.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/file.h"

#define LINE_MAX_OCTETS (2 * CRYPT_KEY + 8)

static int parse_key(const char *buf, size_t n, uint8_t key[CRYPT_KEY])
{
	if (n == CRYPT_KEY) {
		memcpy(key, buf, CRYPT_KEY);
		return 0;
	}
	while (n && (buf[n - 1] == '\n' || buf[n - 1] == '\r' || buf[n - 1] == ' '))
		n--;
	return crypt_unhex(buf, n, key, CRYPT_KEY) ? 0 : -1;
}

/* systemd gives a credential to the user of the service by an ACL, whose mask shows as the group's bits. */
static int read_file(const char *what, const char *path, mode_t refused, uint8_t key[CRYPT_KEY], char *err,
		     size_t errlen)
{
	char buf[LINE_MAX_OCTETS];
	struct stat sb;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		snprintf(err, errlen, "%s %s: %s: restore it from its copy, or name the right one", what, path,
			 strerror(errno));
		return STORE_KEY;
	}
	int rc = STORE_KEY;
	if (fstat(fd, &sb) || !S_ISREG(sb.st_mode)) {
		snprintf(err, errlen, "%s %s: not a regular file", what, path);
		goto out;
	}
	if (sb.st_mode & refused) {
		snprintf(err, errlen, "%s %s: mode %04o lets others read it: chmod 0600 %s", what, path,
			 (unsigned)(sb.st_mode & 07777), path);
		goto out;
	}
	ssize_t n = read(fd, buf, sizeof buf);
	if (n < 0 || parse_key(buf, (size_t)n, key)) {
		snprintf(err, errlen, "%s %s: neither 32 octets nor 64 hex digits", what, path);
		goto out;
	}
	rc = STORE_OK;
out:
	crypt_wipe(buf, sizeof buf);
	close(fd);
	return rc;
}

static int read_credential(const char *name, uint8_t key[CRYPT_KEY], char *err, size_t errlen)
{
	char path[4096];
	const char *dir = getenv("CREDENTIALS_DIRECTORY");
	if (!dir || !dir[0]) {
		snprintf(err, errlen, "store.key_source is \"credential\", but systemd handed none over ($CREDENTIALS_DIRECTORY "
			 "is not set): the unit needs LoadCredential=%s:/path/of/the/key", name);
		return STORE_KEY;
	}
	int n = snprintf(path, sizeof path, "%s/%s", dir, name);
	if (n < 0 || (size_t)n >= sizeof path || strchr(name, '/')) {
		snprintf(err, errlen, "credential %s: not a name", name);
		return STORE_KEY;
	}
	return read_file("credential", path, 007, key, err, errlen);
}

int master_read(const struct master_from *from, uint8_t key[CRYPT_KEY], char *err, size_t errlen)
{
	if (!from->path || !from->path[0]) {
		snprintf(err, errlen, "no key file is named");
		return STORE_KEY;
	}
	return from->source == STORE_KEY_CREDENTIAL ? read_credential(from->path, key, err, errlen)
						    : read_file("key file", from->path, 077, key, err, errlen);
}

int master_ask(const struct master_from *from, bool fresh, char **words, size_t *len, char *err, size_t errlen)
{
	*len = 0;
	*words = crypt_alloc(STORE_PASSPHRASE_MAX);
	if (!*words) {
		snprintf(err, errlen, "out of guarded memory");
		return STORE_FAIL;
	}
	if (from->ask && from->ask(fresh, *words, STORE_PASSPHRASE_MAX, err, errlen) == STORE_OK)
		*len = strnlen(*words, STORE_PASSPHRASE_MAX);
	else if (!from->ask)
		snprintf(err, errlen, "the master key is made from a passphrase, and nobody can be asked for it here");
	if (*len > 0)
		return STORE_OK;
	crypt_free(*words);
	*words = NULL;
	return STORE_KEY;
}

/* ---- writing --------------------------------------------------------------------------------- */

static int write_all(int fd, const char *p, size_t len)
{
	while (len) {
		ssize_t n = write(fd, p, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

int master_write(const char *path, const uint8_t key[CRYPT_KEY], char *err, size_t errlen)
{
	char line[2 * CRYPT_KEY + 2];
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0) {
		int rc = file_class(errno);
		snprintf(err, errlen, "%s: %s", path, strerror(errno));
		return rc;
	}
	crypt_hex(key, CRYPT_KEY, line);
	line[2 * CRYPT_KEY] = '\n';
	int rc = STORE_OK;
	/* A key that is lost is worse than none: it must lie on the disk, under its name, before
	 * anything is wrapped with it. */
	if (fchmod(fd, 0600) || write_all(fd, line, 2 * CRYPT_KEY + 1) || fsync(fd) || file_sync_dir_of(path)) {
		rc = file_class(errno);
		snprintf(err, errlen, "%s: %s", path, strerror(errno));
		(void)unlink(path);
	}
	close(fd);
	crypt_wipe(line, sizeof line);
	return rc;
}

/* Of a file that has no name any more: what is linked elsewhere is somebody's copy. */
static void overwrite(int fd)
{
	static const char zeros[2 * CRYPT_KEY + 8];
	struct stat sb;
	if (fd < 0)
		return;
	if (fstat(fd, &sb) == 0 && sb.st_nlink == 0 && sb.st_size <= (off_t)sizeof zeros &&
	    pwrite(fd, zeros, (size_t)sb.st_size, 0) == sb.st_size)
		(void)fsync(fd);
	close(fd);
}

int master_replace(const char *path, const uint8_t key[CRYPT_KEY], char *err, size_t errlen)
{
	char next[4096];
	uint8_t there[CRYPT_KEY];
	const struct master_from now = { .source = STORE_KEY_FILE, .path = path };
	int n = snprintf(next, sizeof next, "%s.next", path);
	if (n < 0 || (size_t)n >= sizeof next) {
		snprintf(err, errlen, "%s: path too long", path);
		return STORE_BOUND;
	}
	bool same = master_read(&now, there, err, errlen) == STORE_OK && memcmp(there, key, CRYPT_KEY) == 0;
	crypt_wipe(there, sizeof there);
	(void)unlink(next); /* of a try that was cut short */
	if (same)
		return STORE_OK;
	int rc = master_write(next, key, err, errlen);
	if (rc != STORE_OK)
		return rc;
	int old = open(path, O_WRONLY | O_CLOEXEC);
	if (rename(next, path) || file_sync_dir_of(path)) {
		rc = file_class(errno);
		snprintf(err, errlen, "%s: %s", path, strerror(errno));
		if (old >= 0)
			close(old);
		return rc;
	}
	overwrite(old);
	return STORE_OK;
}
