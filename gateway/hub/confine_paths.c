/* confine_paths.c - files, TCP ports and signals by Landlock.  Owns the list of what was allowed.
 *
 * The kernel's own constants, by their numbers: the headers of Debian 12 know the second version only,
 * and the kernel that runs may know the seventh.
 */
#include "gateway/hub/confine_int.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444 /* the same on every architecture */
#define SYS_landlock_add_rule 445
#define SYS_landlock_restrict_self 446
#endif

#define FS_WRITE_FILE (1u << 1)
#define FS_READ_FILE (1u << 2)
#define FS_READ_DIR (1u << 3)
#define FS_IOCTL_DEV (1u << 15) /* version 5 */
#define NET_BIND_TCP 1u
#define NET_CONNECT_TCP 2u
#define SCOPE_ABSTRACT_UNIX 1u
#define SCOPE_SIGNAL 2u
#define RULE_PATH 1
#define RULE_PORT 2
#define VERSION_PORTS 4
#define VERSION_IOCTL 5
#define VERSION_SCOPES 6

/* Older kernels take the longer struct when what they do not know is zero. */
struct ruleset {
	uint64_t fs, net, scoped;
};
struct __attribute__((packed)) path_rule {
	uint64_t allowed;
	int32_t fd;
};
struct port_rule {
	uint64_t allowed, port;
};

static struct {
	const char *path; /* lives as long as the process: see confine_stale */
	dev_t dev;
	ino_t ino;        /* 0: it was not there */
} seen[CONFINE_FILES_MAX];
static size_t n_seen;

int confine_landlock_version(void)
{
	long v = syscall(SYS_landlock_create_ruleset, NULL, (size_t)0, 1u /* asks for it */);
	return v > 0 ? (int)v : 0;
}

/* Every right over files that this version knows: what is not allowed below is refused. */
static uint64_t all_of(int version)
{
	unsigned rights = version >= VERSION_IOCTL ? 16 : version >= 3 ? 15 : version == 2 ? 14 : 13;
	return (1u << rights) - 1;
}

/* What is not there cannot be allowed; it is refused then like everything else. */
static int allow(int rules, const char *path, uint64_t file, uint64_t folder)
{
	struct stat sb;
	int fd = open(path, O_PATH | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT || errno == ENOTDIR || errno == EACCES ? 0 : -1;
	int rc = fstat(fd, &sb);
	struct path_rule r = {S_ISDIR(sb.st_mode) ? file | folder : file, fd};
	if (rc == 0)
		rc = (int)syscall(SYS_landlock_add_rule, rules, RULE_PATH, &r, 0u);
	close(fd);
	return rc;
}

static int fill(int rules, const struct confine *c, int version)
{
	uint64_t use = FS_READ_FILE | FS_WRITE_FILE | (version >= VERSION_IOCTL ? FS_IOCTL_DEV : 0);
	if (c->device && allow(rules, c->device, use, 0) < 0)
		return -1;
	for (size_t i = 0; i < CONFINE_FILES_MAX && c->read[i]; i++) {
		if (allow(rules, c->read[i], FS_READ_FILE, FS_READ_DIR) < 0)
			return -1;
	}
	for (size_t i = 0; version >= VERSION_PORTS && i < c->n_ports; i++) {
		struct port_rule r = {NET_CONNECT_TCP, c->port[i]};
		if (syscall(SYS_landlock_add_rule, rules, RULE_PORT, &r, 0u) < 0)
			return -1;
	}
	return 0;
}

static void remember(const struct confine *c)
{
	struct stat sb;
	for (n_seen = 0; n_seen < CONFINE_FILES_MAX && c->read[n_seen]; n_seen++) {
		bool there = stat(c->read[n_seen], &sb) == 0;
		seen[n_seen].path = c->read[n_seen];
		seen[n_seen].dev = there ? sb.st_dev : 0;
		seen[n_seen].ino = there ? sb.st_ino : 0;
	}
}

int confine_paths(const struct confine *c, struct confined *done)
{
	int version = confine_landlock_version();
	/* The hub's folders are its service unit's matter: it also writes what people name. */
	if (version == 0 || c->kind == CONFINE_HUB)
		return 0;
	struct ruleset set = {.fs = all_of(version),
			      .net = version >= VERSION_PORTS ? NET_BIND_TCP | NET_CONNECT_TCP : 0,
			      .scoped = version >= VERSION_SCOPES ? SCOPE_ABSTRACT_UNIX | SCOPE_SIGNAL : 0};
	remember(c);
	int rules = (int)syscall(SYS_landlock_create_ruleset, &set, sizeof set, 0u);
	if (rules < 0)
		return -1;
	int rc = fill(rules, c, version);
	if (rc == 0)
		rc = (int)syscall(SYS_landlock_restrict_self, rules, 0u);
	close(rules);
	if (rc < 0)
		return -1;
	done->files = true;
	done->ports = version >= VERSION_PORTS;
	done->signals = version >= VERSION_SCOPES;
	return 0;
}

bool confine_stale(void)
{
	struct stat sb;
	for (size_t i = 0; i < n_seen; i++) {
		bool there = stat(seen[i].path, &sb) == 0;
		if (there != (seen[i].ino != 0))
			return true;
		if (there && (sb.st_ino != seen[i].ino || sb.st_dev != seen[i].dev))
			return true;
	}
	return false;
}
