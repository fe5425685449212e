/* modes.c - see modes.h. */
#include "gateway/hub/modes.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static void folder_of(const char *path, char *out, size_t max)
{
	const char *slash = strrchr(path, '/');
	if (!slash)
		snprintf(out, max, ".");
	else
		snprintf(out, max, "%.*s", slash == path ? 1 : (int)(slash - path), path);
}

bool modes_private(const char *path, char *why, size_t max)
{
	char folder[1024];
	struct stat sb;
	why[0] = '\0';
	if (!path || !path[0])
		return true;
	if (stat(path, &sb) == 0 && S_ISREG(sb.st_mode) && (sb.st_mode & 077)) {
		snprintf(why, max, "%s: mode %04o lets others at it: chmod 0600 %s", path,
			 (unsigned)(sb.st_mode & 07777), path);
		return false;
	}
	folder_of(path, folder, sizeof folder);
	/* with the sticky bit others may add to it, and not replace what is there */
	if (stat(folder, &sb) == 0 && (sb.st_mode & S_IWOTH) && !(sb.st_mode & S_ISVTX)) {
		snprintf(why, max, "%s: mode %04o lets others replace what is in it: chmod 0700 %s", folder,
			 (unsigned)(sb.st_mode & 07777), folder);
		return false;
	}
	return true;
}
