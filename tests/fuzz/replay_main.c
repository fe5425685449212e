/* replay_main.c - a main() for a fuzz target without a fuzzer: runs the target over each file
 * named, and each file of each directory named, and prints one TAP line.  A crash ends the process,
 * which is the failure.  So the corpus is a test that any compiler can build. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define INPUT_MAX ((size_t)1 << 20)
#define PATH_LENGTH 4096

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The input is copied to a block of exactly its size, so that a sanitizer sees an overrun of one.
 */
static int run_file(const char *path)
{
	static uint8_t buf[INPUT_MAX];
	FILE *f = fopen(path, "rb");

	if (!f) {
		perror(path);
		return -1;
	}
	size_t n = fread(buf, 1, sizeof(buf), f);
	fclose(f);
	uint8_t *exact = malloc(n ? n : 1);
	if (!exact)
		return -1;
	memcpy(exact, buf, n);
	LLVMFuzzerTestOneInput(exact, n);
	free(exact);
	return 1;
}

static int run_dir(const char *path)
{
	DIR *d = opendir(path);
	const struct dirent *e;
	int files = 0;

	if (!d) {
		perror(path);
		return -1;
	}
	while (files >= 0 && (e = readdir(d)) != NULL) {
		char file[PATH_LENGTH];
		int n = snprintf(file, sizeof(file), "%s/%s", path, e->d_name);
		struct stat st;
		if (n < 0 || (size_t)n >= sizeof(file) || stat(file, &st) != 0 ||
		    !S_ISREG(st.st_mode))
			continue;
		files = run_file(file) < 0 ? -1 : files + 1;
	}
	closedir(d);
	return files;
}

static const char *target_name(const char *argv0)
{
	const char *slash = strrchr(argv0, '/');
	return slash ? slash + 1 : argv0;
}

int main(int argc, char **argv)
{
	const char *name = target_name(argv[0]);
	int inputs = 0;
	struct stat st;

	for (int i = 1; i < argc; i++) {
		int n = -1;
		if (stat(argv[i], &st) == 0)
			n = S_ISDIR(st.st_mode) ? run_dir(argv[i]) : run_file(argv[i]);
		if (n < 0) {
			printf("not ok 1 - %s # cannot read %s\n", name, argv[i]);
			return 1;
		}
		inputs += n;
	}
	printf("ok 1 - %s # %d inputs\n", name, inputs);
	return 0;
}
